/* SPDX-License-Identifier: MIT */
/* junit.h: the record as JUnit XML, for CI servers.
 *
 *   struct buffer xml = {0};
 *   junit_put(&xml, set);
 *
 * One testsuite a run, one testcase a case. JUnit knows pass, failure, error and skipped; a CI
 * server stays green on skipped, so nothing here is ever skipped:
 *
 *   pass           nothing inside the testcase
 *   fail           <failure type="fail">
 *   inconclusive   <error type="inconclusive">: not proved, so not green, but no failure either
 *   none           <error type="none">: nothing was judged
 *   error          <error type="error">: the bench itself failed
 *
 * A run that was cut short gets one more testcase with <error type="incomplete">. Clauses, profile,
 * level of evidence and device under test are properties; the measured values are in system-out. */
#ifndef REPORTS_PAGE_JUNIT_H
#define REPORTS_PAGE_JUNIT_H

#include "reports/record/result.h"
#include "sim/text/buffer.h"

void junit_put(struct buffer *xml, const struct result_set *set);

#endif
