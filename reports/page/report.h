/* SPDX-License-Identifier: MIT */
/* report.h: makes the reports of a run from its folder, without running anything.
 *
 *   if (!report_write("out", &problem)) ...       file, line or path, and the cause
 *
 * Reads results.jsonl, times.csv where it is there (how long each case took, for junit.xml) and, for the plots, traces and signals of each case; writes junit.xml and
 * report.html. Each is written beside its place and renamed, so that what is there is whole. The
 * same folder gives the same bytes. A run that was cut short gives reports that say so. Traces or
 * signals that cannot be read cost the plot, not the report: the page says what is missing. */
#ifndef REPORTS_PAGE_REPORT_H
#define REPORTS_PAGE_REPORT_H

#include "sim/text/problem.h"

bool report_write(const char *folder, struct problem *problem);

/* Takes away the reports of an earlier run, so that they do not stand beside a newer record. */
void report_remove(const char *folder);

#endif
