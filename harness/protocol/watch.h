/* SPDX-License-Identifier: MIT */
/* watch.h: the rules of vehicle_bms/rules.h beside a running case. The same rules judge a
 * capture (`pilebench judge`); here those that bind the charger become monitors of the case.
 *
 *   struct protocol_watch *watch = protocol_watch_new(edition, &limits, net);
 *   protocol_watch_late(watch, &bench->late);           real clock: how late the machine is
 *   ... the loop runs ...
 *   protocol_watch_record(watch, loop.now_ns, &result); appends checks, after judge_finish
 *   protocol_watch_free(watch);                         before the network goes
 *
 * In the record: the last charge's last word; one monitor a rule that was violated or could not be decided, one for all that were
 * kept, whose condition lists their ids, and one for each of these that measures, with the worst
 * value that was seen. What the simulated vehicle does wrong is the case's
 * own doing and is not recorded. Instants are cut to microseconds, as the trace has them: the
 * capture of a run gives the same verdicts as the run, but for what only a run can be told
 * (rules_tell). */
#ifndef HARNESS_PROTOCOL_WATCH_H
#define HARNESS_PROTOCOL_WATCH_H

#include "reports/record/result.h"
#include "sim/can/can.h"
#include "sim/lateness.h"
#include "vehicle_bms/rules/rules.h"

struct protocol_watch;

struct protocol_watch *protocol_watch_new(enum edition edition, const struct rules_limits *limits,
                                          struct can_net *net);
/* The same over the frames of a trace, handed in one after the other: what the record says, from what was
 * recorded. */
struct protocol_watch *protocol_watch_trace(enum edition edition,
                                            const struct rules_limits *limits);
void protocol_watch_frame(struct protocol_watch *watch, int64_t at_ns,
                          const struct can_frame_ext *frame);
/* The machine's lateness is the resolution of every time. What it cannot decide is recorded with
 * its reason and without a verdict: a monitor is not what the case asks for, and the same rule is
 * judged exactly where the clock is virtual. */
void protocol_watch_late(struct protocol_watch *watch, const struct lateness *late);
/* What no frame shows: the case has done it now. */
void protocol_watch_tell(struct protocol_watch *watch, enum rules_told what, int64_t now_ns);
void protocol_watch_record(struct protocol_watch *watch, int64_t end_ns,
                           struct result_case *result);
void protocol_watch_free(struct protocol_watch *watch);

#endif
