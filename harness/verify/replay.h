/* SPDX-License-Identifier: MIT */
/* replay.h: a case once more, as its files have it: recorded signals and frames set a board of signals in the
 * order of their times, and expressions follow them.
 *
 *   struct replay *replay = replay_new(names, edition, second);
 *   struct course *course = replay_follow(replay, "k1.closed and k2.closed");    NULL: cannot be followed
 *   if (!replay_play(replay, "out", &one, &problem)) ...                         a file cannot be read
 *   if (course_came(course, to_ns)) ...
 *   replay_free(replay);                                                         the courses go with it
 *
 * Signals that a model solves in closed form are recorded by samples, so of an expression over them is
 * known only between which two samples it came; of one over a current, which rings, not even that. Instants of messages are those of the trace, in whole
 * microseconds. */
#ifndef HARNESS_VERIFY_REPLAY_H
#define HARNESS_VERIFY_REPLAY_H

#include "reports/record/result.h"
#include "sim/text/problem.h"
#include "vehicle_bms/message/messages.h"

#include <stdbool.h>
#include <stdint.h>

struct bench;
struct course;
struct replay;

/* names: the signals there are, with their units. second: names without a prefix are those of the second gun. */
struct replay *replay_new(const struct bench *names, enum edition edition, bool second);
void replay_free(struct replay *replay);

struct course *replay_follow(struct replay *replay, const char *text);
bool replay_play(struct replay *replay, const char *folder, const struct result_case *one,
                 struct problem *problem);

/* It may have become true at that instant: it was true right after, and not all the time before. What never
 * was false came at the beginning. */
bool course_came(const struct course *course, int64_t at_ns);
/* It was true at that instant, or may have been. */
bool course_held(const struct course *course, int64_t at_ns);
/* It was certainly true, or certainly false, somewhere between the two, ends excluded: the instant, -1: no. */
int64_t course_found(const struct course *course, bool truth, int64_t from_ns, int64_t to_ns);

#endif
