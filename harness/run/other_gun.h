/* SPDX-License-Identifier: MIT */
/* other_gun.h: what watches the gun that a case does not mean where it names none: the monitors and the
 * protocol rules, as they watch its own.
 *
 *   struct other_gun *other = other_gun_new(plan, scenario, bench, &instrument, &problem);
 *   other_gun_start(other, now_ns);                     with the case's judge
 *   other_gun_tell(other, RULES_STARTED, now_ns);       what the case does to it, as protocol_watch_tell
 *   other_gun_monitors(other, now_ns, &result);         behind the checks of the case's judge
 *   other_gun_rules(other, now_ns, &result);            behind the rules of the case's gun
 *   other_gun_free(other);
 *
 * Each check that it adds to the record says which gun it is of. NULL is allowed for other everywhere, and
 * does nothing: there is one gun. */
#ifndef HARNESS_RUN_OTHER_GUN_H
#define HARNESS_RUN_OTHER_GUN_H

#include "harness/bench/bench.h"
#include "harness/judge/judge.h"
#include "harness/protocol/watch.h"

struct other_gun;

/* NULL: problem says why. All but the instrument must outlive it. */
struct other_gun *other_gun_new(const struct run_plan *plan, const struct scenario *scenario,
                                struct bench *bench, const struct instrument *instrument,
                                struct problem *problem);
void other_gun_start(struct other_gun *other, int64_t now_ns);
/* As judge_settled. */
bool other_gun_settled(const struct other_gun *other, int64_t now_ns);
void other_gun_tell(struct other_gun *other, enum rules_told what, int64_t now_ns);
void other_gun_monitors(struct other_gun *other, int64_t now_ns, struct result_case *result);
void other_gun_rules(struct other_gun *other, int64_t now_ns, struct result_case *result);
/* All checks of own go over to result, labelled as those of gun `number` (1, 2), and its last word behind that of
 * the case's gun. */
void other_gun_hand_over(struct result_case *own, struct result_case *result, unsigned number);
void other_gun_free(struct other_gun *other);

#endif
