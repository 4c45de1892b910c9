/* SPDX-License-Identifier: MIT */
/* check.h: a protocol rule as a check of the record, the same for a running case and for a capture.
 *
 *   struct result_check check = protocol_check(rule);
 *   protocol_check_measured(&check, rule);            value and limits too; or protocol_check_worst
 *   result_check_clear(&check);
 *
 * The rule's id is the check's condition, its clause the limit's source. */
#ifndef HARNESS_PROTOCOL_CHECK_H
#define HARNESS_PROTOCOL_CHECK_H

#include "reports/record/result.h"
#include "vehicle_bms/rules/rules.h"

/* A check about which nothing is known yet: a monitor without value, limits and instants. */
struct result_check protocol_check_empty(void);

/* Title, id, clause, verdict, the reason of what could not be decided, and the instant of the first
 * violation. */
struct result_check protocol_check(const struct rule_result *rule);

/* What was measured against which limits: what violated; of a rule that was kept the mean or the
 * last. */
void protocol_check_measured(struct result_check *check, const struct rule_result *rule);

/* The same, but of a rule that was kept the worst that was seen; false: nothing was measured. */
bool protocol_check_worst(struct result_check *check, const struct rule_result *rule);

/* For a record that lists no single frames: a violated rule says which came first and how many there
 * were; one that says nothing else says what it demands. */
void protocol_check_reason(struct result_check *check, const struct rule_result *rule);

#endif
