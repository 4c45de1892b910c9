/* SPDX-License-Identifier: MIT */
/* judge_bench.h: a small board of signals and a case around a judge, for its tests.
 *
 *   add_time("estop.pressed", "not k1.closed", "estop.open");      checks of the case
 *   begin();                                                       the judge starts at 0
 *   at(1000); set(estop, 1);                                       at 1000 ms
 *   finish(5000);                                                  the case ends; the record is sane
 *   is(0, VERDICT_FAIL, "did not happen");                         verdict and reason of check 0
 *
 * setup and teardown are the fixture; a test that needs several runs calls them itself. */
#ifndef TESTS_HARNESS_SUPPORT_JUDGE_BENCH_H
#define TESTS_HARNESS_SUPPORT_JUDGE_BENCH_H

#include "harness/judge/judge.h"
#include "harness/judge/verdict.h"
#include "tests/harness/support/ramp.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECKS_MAX 4

static struct loop loop;
static struct signal_board board;
static struct ramp gun;
static struct signal *estop, *k1, *k2, *bcl, *demand, *ccs, *cst, *cst_stop, *making, *imd;
static struct check_def checks[CHECKS_MAX];
static struct step_def steps[3];
static struct scenario scenario;
static struct judge *judge;
static struct result_case result;
static int64_t uncertainty_ns;

#define NO_SIDE ((double)NAN)

static struct limit limits[] = {
    {"estop.open", NO_SIDE, 100, false, false, "ms", "T240-8.6a", {"", ""}, NULL},
    {"below.100", NO_SIDE, 0.1, false, true, "s", "", {"", ""}, NULL},
    {"not.before", 0.5, NO_SIDE, false, false, "s", "", {"", ""}, NULL},
    {"between", 450, 550, false, false, "ms", "", {"", ""}, NULL},
    {"making", NO_SIDE, 10, false, true, "V", "NB/T 33008.1-2018 5.2", {"", ""}, NULL},
    {"sixty", NO_SIDE, 0.06, false, false, "kV", "", {"", ""}, NULL},
    {"uneven", NO_SIDE, 1.005, false, false, "s", "", {"", ""}, NULL}, /* 1.005 * 1000 < 1005 */
};
static struct profile profile = {.name = "test",
                                 .decision = DECISION_SIMPLE,
                                 .limits = limits,
                                 .limit_count = sizeof limits / sizeof limits[0]};

__attribute__((unused)) static int64_t uncertainty(void *ctx, int64_t from_ns, int64_t to_ns) {
    (void)ctx, (void)from_ns, (void)to_ns;
    return uncertainty_ns;
}

__attribute__((unused)) static void setup(void) {
    memset(&board, 0, sizeof board);
    memset(checks, 0, sizeof checks);
    memset(steps, 0, sizeof steps);
    memset(&result, 0, sizeof result);
    loop_init(&loop, LOOP_VIRTUAL);
    uncertainty_ns = 0;
    profile.decision = DECISION_SIMPLE;
    gun = (struct ramp){.loop = &loop};
    estop = signal_add(&board, "estop.pressed", SIGNAL_BOOL, "", "");
    k1 = signal_add(&board, "k1.closed", SIGNAL_BOOL, "", "");
    k2 = signal_add(&board, "k2.closed", SIGNAL_BOOL, "", "");
    bcl = signal_add(&board, "BCL", SIGNAL_PULSE, "", "");
    demand = signal_add(&board, "BCL.current_demand", SIGNAL_NUMBER, "A", "");
    ccs = signal_add(&board, "CCS", SIGNAL_PULSE, "", "");
    cst = signal_add(&board, "CST", SIGNAL_PULSE, "", "");
    cst_stop = signal_add(&board, "CST.emergency_stop", SIGNAL_NUMBER, "", "");
    making = signal_add(&board, "making.difference", SIGNAL_NUMBER, "V", "");
    imd = signal_add(&board, "insulation.positive", SIGNAL_NUMBER, "ohm", "");
    ramp_add(&gun, &board, "gun.voltage", "V");
    signal_set(estop, 0, 0);
    signal_set(k1, 0, 1);
    signal_set(k2, 0, 1);
    scenario = (struct scenario){.id = "case",
                                 .file = "cases/case.json",
                                 .steps = steps,
                                 .step_count = 3,
                                 .checks = checks,
                                 .timeout_ns = 60 * NS_PER_S};
}

__attribute__((unused)) static void teardown(void) {
    judge_free(judge);
    judge = NULL;
    result_case_clear(&result);
    signal_board_free(&board);
    loop_free(&loop);
}

/* NULL: none. */
__attribute__((unused)) static const struct limit *limit_named(const char *name) {
    const struct limit *limit = name != NULL ? profile_limit(&profile, name) : NULL;
    ck_assert(name == NULL || limit != NULL);
    return limit;
}

/* ---- a run ---- */

__attribute__((unused)) static struct check_def *add(enum check_type type) {
    ck_assert_uint_lt(scenario.check_count, CHECKS_MAX);
    struct check_def *check = &checks[scenario.check_count++];
    check->type = type;
    check->title = (struct phrase){"contactors open", "接触器断开"};
    check->line = 7;
    return check;
}

__attribute__((unused)) static struct check_def *add_time(const char *from, const char *to,
                                                          const char *limit) {
    struct check_def *check = add(CHECK_TIME);
    check->from.text = from;
    check->to.text = to;
    check->limit = limit_named(limit);
    return check;
}

__attribute__((unused)) static struct check_def *
add_watch(enum check_type type, const char *condition, const char *from, const char *to) {
    struct check_def *check = add(type);
    check->condition.text = condition;
    check->from.text = from;
    check->to.text = to;
    return check;
}

__attribute__((unused)) static struct check_def *add_expect(const char *condition, const char *from,
                                                            int64_t within_ms) {
    struct check_def *check = add_watch(CHECK_EXPECT, condition, from, NULL);
    check->window_ns = within_ms * NS_PER_MS;
    return check;
}

__attribute__((unused)) static struct check_def *
add_quantity(enum check_type type, const char *quantity, const char *from, const char *limit) {
    struct check_def *check = add_watch(type, quantity, from, NULL);
    check->limit = limit_named(limit);
    return check;
}

__attribute__((unused)) static void begin(void) {
    static const struct instrument instrument = {NULL, "virtual clock", uncertainty};
    struct problem problem = {0};
    judge = judge_new(&scenario, &profile, &board, &loop, &instrument, &problem);
    ck_assert_msg(judge != NULL, "%s", problem.text);
    judge_start(judge, loop.now_ns);
}

__attribute__((unused)) static void at_ns(int64_t instant_ns) {
    loop_run(&loop, instant_ns);
}

__attribute__((unused)) static void at(int64_t ms) {
    at_ns(ms * NS_PER_MS);
}

__attribute__((unused)) static void set(struct signal *signal, double value) {
    signal_set(signal, loop.now_ns, value);
}

__attribute__((unused)) static void came(struct signal *message) {
    signal_set(message, loop.now_ns, message->known ? message->value + 1 : 1);
}

/* The machine under the bench stood still meanwhile. */
__attribute__((unused)) static void finish_after(int64_t ms, struct standstill standstill) {
    at(ms);
    judge_finish(judge, loop.now_ns, &result);
    const struct verdict_facts facts = {.end = CASE_RAN,
                                        .checks = result.checks,
                                        .check_count = result.check_count,
                                        .standstill = standstill};
    verdict_give(&facts, &result);
    for (size_t i = 0; i < result.check_count; i++) { /* what must hold of every record */
        const struct result_check *one = &result.checks[i];
        ck_assert_int_le(one->verdict, result.verdict);
        ck_assert(one->verdict == VERDICT_PASS || one->reason.en != NULL);
        ck_assert(one->verdict == VERDICT_PASS || one->reason.zh != NULL);
        ck_assert(one->verdict != VERDICT_PASS || one->reason.en == NULL);
        ck_assert_ptr_nonnull(one->title.en);
        ck_assert_ptr_nonnull(one->condition);
    }
    ck_assert(result.verdict == VERDICT_PASS || result.reason.en != NULL);
    ck_assert(result.verdict != VERDICT_PASS || result.reason.en == NULL);
}

__attribute__((unused)) static void finish(int64_t ms) {
    finish_after(ms, (struct standstill){0});
}

__attribute__((unused)) static const struct result_check *is(size_t index, enum verdict verdict,
                                                             const char *reason) {
    ck_assert_uint_lt(index, result.check_count);
    const struct result_check *one = &result.checks[index];
    ck_assert_msg(one->verdict == verdict, "verdict %s: %s", verdict_name(one->verdict),
                  one->reason.en != NULL ? one->reason.en : "");
    if (reason != NULL) {
        ck_assert_ptr_nonnull(one->reason.en);
        ck_assert_msg(strstr(one->reason.en, reason) != NULL, "'%s' lacks '%s'", one->reason.en,
                      reason);
    }
    return one;
}

__attribute__((unused)) static int run_suite(const char *name, TCase *tests) {
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 120);
    Suite *suite = suite_create(name);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
