/* SPDX-License-Identifier: MIT */
/* A value against a limit: at it, on both sides of it, with a band of uncertainty around the value. */
#include "harness/judge/internal.h"
#include "tests/support/suite.h"

#include <math.h>

#define NONE ((double)NAN)

static const struct {
    double min, max;
    bool min_open, max_open;
    double value, uncertainty;
    enum verdict simple, guarded;
    double margin;
} rows[] = {
    /* the limit belongs to it, an open one does not */
    {NONE, 100, false, false, 100, 0, VERDICT_PASS, VERDICT_PASS, 0},
    {NONE, 100, false, true, 100, 0, VERDICT_FAIL, VERDICT_FAIL, 0},
    {NONE, 100, false, false, 100.5, 0, VERDICT_FAIL, VERDICT_FAIL, -0.5},
    {NONE, 100, false, true, 99.5, 0, VERDICT_PASS, VERDICT_PASS, 0.5},
    {10, NONE, false, false, 10, 0, VERDICT_PASS, VERDICT_PASS, 0},
    {10, NONE, true, false, 10, 0, VERDICT_FAIL, VERDICT_FAIL, 0},
    {10, NONE, false, false, 9.5, 0, VERDICT_FAIL, VERDICT_FAIL, -0.5},
    {10, NONE, true, false, 10.5, 0, VERDICT_PASS, VERDICT_PASS, 0.5},
    /* the band reaches over the upper limit, up to it, and lies beyond it */
    {NONE, 100, false, false, 99, 2, VERDICT_PASS, VERDICT_INCONCLUSIVE, 1},
    {NONE, 100, false, false, 98, 2, VERDICT_PASS, VERDICT_PASS, 2},
    {NONE, 100, false, true, 98, 2, VERDICT_PASS, VERDICT_INCONCLUSIVE, 2},
    {NONE, 100, false, false, 101, 2, VERDICT_FAIL, VERDICT_INCONCLUSIVE, -1},
    {NONE, 100, false, false, 102, 2, VERDICT_FAIL, VERDICT_INCONCLUSIVE, -2},
    {NONE, 100, false, true, 102, 2, VERDICT_FAIL, VERDICT_FAIL, -2},
    {NONE, 100, false, false, 103, 2, VERDICT_FAIL, VERDICT_FAIL, -3},
    /* the same at the lower one */
    {10, NONE, false, false, 11, 2, VERDICT_PASS, VERDICT_INCONCLUSIVE, 1},
    {10, NONE, false, false, 12, 2, VERDICT_PASS, VERDICT_PASS, 2},
    {10, NONE, true, false, 12, 2, VERDICT_PASS, VERDICT_INCONCLUSIVE, 2},
    {10, NONE, false, false, 8, 2, VERDICT_FAIL, VERDICT_INCONCLUSIVE, -2},
    {10, NONE, true, false, 8, 2, VERDICT_FAIL, VERDICT_FAIL, -2},
    {10, NONE, false, false, 7, 2, VERDICT_FAIL, VERDICT_FAIL, -3},
    /* both: the margin is to the nearer one; a band wider than the limits cannot be decided */
    {10, 100, false, false, 30, 1, VERDICT_PASS, VERDICT_PASS, 20},
    {10, 100, false, false, 90, 1, VERDICT_PASS, VERDICT_PASS, 10},
    {10, 12, false, false, 11, 5, VERDICT_PASS, VERDICT_INCONCLUSIVE, 1},
    {10, 10, false, false, 10, 0, VERDICT_PASS, VERDICT_PASS, 0},
    /* no limit at all */
    {NONE, NONE, false, false, 5, 1, VERDICT_PASS, VERDICT_PASS, NONE},
};

static void check_decision(size_t i, enum decision decision, enum verdict expected) {
    const struct judge_limit limit = {.min = rows[i].min,
                                      .max = rows[i].max,
                                      .min_open = rows[i].min_open,
                                      .max_open = rows[i].max_open};
    struct outcome outcome = {.value = rows[i].value, .uncertainty = rows[i].uncertainty};
    limit_decide(&limit, decision, &outcome);
    ck_assert_int_eq(outcome.verdict, expected);
    ck_assert_int_eq(outcome.finding,
                     expected == VERDICT_INCONCLUSIVE ? FINDING_BAND : FINDING_MEASURED);
    if (isnan(rows[i].margin)) {
        ck_assert(isnan(outcome.margin));
    } else {
        ck_assert_double_eq(outcome.margin, rows[i].margin);
    }
}

START_TEST(value_against_limit) {
    check_decision((size_t)_i, DECISION_SIMPLE, rows[_i].simple);
    check_decision((size_t)_i, DECISION_GUARD_BAND, rows[_i].guarded);
}
END_TEST

START_TEST(no_value_is_not_decided) {
    const struct judge_limit limit = {.min = NONE, .max = 100};
    struct outcome outcome = {.value = NONE, .uncertainty = 1};
    limit_decide(&limit, DECISION_GUARD_BAND, &outcome);
    ck_assert_int_eq(outcome.verdict, VERDICT_INCONCLUSIVE);
    ck_assert_int_eq(outcome.finding, FINDING_UNKNOWN);
}
END_TEST

/* What has waited so long that even with the uncertainty nothing can be in time any more. */
START_TEST(elapsed) {
    static const struct {
        double max, waited_ms, uncertainty_ms;
        bool elapsed;
    } waits[] = {
        {100, 99, 0, false},  {100, 100, 0, true}, {100, 101, 0, true},
        {100, 101, 2, false}, {100, 102, 2, true}, {100, 102, 2.5, false},
        {0, 0, 0, true},      {0, 0, 1, false},    {NONE, 1e9, 0, false},
    };
    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
        const struct judge_limit limit = {.min = NONE, .max = waits[i].max};
        ck_assert_msg(limit_elapsed(&limit, waits[i].waited_ms, waits[i].uncertainty_ms) ==
                          waits[i].elapsed,
                      "row %zu", i);
    }
}
END_TEST

/* To the unit of what is measured; times to whole nanoseconds, and from there to ms. */
START_TEST(in_the_unit_of_the_check) {
    static const struct {
        double written;
        const char *from, *to;
        double own; /* NONE: the units do not agree */
    } conversions[] = {
        {0.3, "s", "ms", 300},   {300, "ms", "ms", 300},         {1.0000004, "ms", "ms", 1.0000004},
        {5e-7, "s", "ms", 5e-4}, {0.0000014, "s", "ms", 0.0014}, {2, "min", "ms", 120000},
        {1.5, "kV", "V", 1500},  {250, "mV", "V", 0.25},         {20, "kohm", "ohm", 20000},
        {5, "A", "V", NONE},     {5, "V", "ms", NONE},
    };
    for (size_t i = 0; i < sizeof conversions / sizeof conversions[0]; i++) {
        const struct limit limit = {.min = NONE,
                                    .max = conversions[i].written,
                                    .max_open = true,
                                    .name = "a name",
                                    .source = "a clause",
                                    .unit = conversions[i].from};
        const struct limit other = {.min = conversions[i].written,
                                    .max = NONE,
                                    .min_open = true,
                                    .unit = conversions[i].from};
        struct judge_limit own, low;
        bool good = !isnan(conversions[i].own);
        ck_assert(limit_for(&own, &limit, conversions[i].to) == good);
        ck_assert(limit_for(&low, &other, conversions[i].to) == good);
        if (good) {
            ck_assert_double_eq(own.max, conversions[i].own);
            ck_assert_double_eq(low.min, conversions[i].own);
            ck_assert(isnan(own.min) && isnan(low.max));
            ck_assert(own.max_open && !own.min_open && low.min_open && !low.max_open);
            ck_assert_str_eq(own.name, "a name");
            ck_assert_str_eq(own.source, "a clause");
        }
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("limit");
    TCase *tc = tcase_create("limit");
    tcase_add_loop_test(tc, value_against_limit, 0, sizeof rows / sizeof rows[0]);
    tcase_add_test(tc, no_value_is_not_decided);
    tcase_add_test(tc, elapsed);
    tcase_add_test(tc, in_the_unit_of_the_check);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
