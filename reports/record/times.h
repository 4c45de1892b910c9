/* SPDX-License-Identifier: MIT */
/* times.h: how long each case took, by the wall, beside the record: times.csv ("case,seconds", a line a case).
 * No evidence, and not in the record, which is the same whenever a run is repeated; whoever waits for a CI
 * server wants to know.
 *
 *   times_write("out", set, &problem);      took_ns of each case
 *   times_read("out", set);                 into took_ns; where there is none it stays 0 */
#ifndef REPORTS_RECORD_TIMES_H
#define REPORTS_RECORD_TIMES_H

#include "reports/record/result.h"

#define TIMES_NAME "times.csv"

bool times_write(const char *folder, const struct result_set *set, struct problem *problem);
void times_read(const char *folder, struct result_set *set);

#endif
