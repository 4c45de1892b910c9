/* SPDX-License-Identifier: MIT */
/* folder.h: the folder of a run's evidence, which one run has at a time.
 *
 *   if (!folder_take(out, &problem)) ...          another run has it
 *   if (!folder_make(out, &problem)) ...          with its folders traces, signals and firmware
 *
 * It is taken until this process ends. */
#ifndef HARNESS_RUN_FOLDER_H
#define HARNESS_RUN_FOLDER_H

#include "sim/text/problem.h"

#include <stdbool.h>
#include <stddef.h>

struct scenario;

/* True also when there is no such folder yet, or its file system knows no locks. */
bool folder_take(const char *out, struct problem *problem);
bool folder_make(const char *out, struct problem *problem);
/* The record of an earlier run gets another name: whatever becomes of this run, it is not its own. */
void folder_set_aside(const char *out);
/* Nothing of an earlier run stays in the folder: its record, its traces, signals and logs are removed, of which
 * the list in it tells that they are the bench's own. Whatever else somebody has put there is left alone.
 * The list is then that of these cases. */
bool folder_begin(const char *out, struct scenario *const *cases, size_t count,
                  struct problem *problem);
/* The same for a run that goes on: what the first `kept` cases left stays, of the others nothing does. */
bool folder_go_on(const char *out, struct scenario *const *cases, size_t count, size_t kept,
                  struct problem *problem);
/* How many of the first `kept` cases have their trace and their signals, whole as far as can be seen: a power cut
 * may have taken what was written last. */
size_t folder_whole(const char *out, struct scenario *const *cases, size_t kept);
/* Every file of these cases can have its name in it. */
bool folder_has_room(const char *out, struct scenario *const *cases, size_t count,
                     struct problem *problem);
/* Trace, signals and log of a case, whole or not, are removed. */
void folder_drop(const char *out, const struct scenario *scenario);

#endif
