/* SPDX-License-Identifier: MIT */
/* The limits of the protocol rules by their names in a profile. */
#include "harness/protocol/limits.h"

#include "harness/scenario/library.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct problem problem;

static bool take(const char *name, double max, const char *unit, struct rules_limits *limits) {
    struct limit one = {.name = name, .min = max, .max = max, .unit = unit};
    struct profile profile = {.name = "test", .limits = &one, .limit_count = 1};
    problem = (struct problem){0};
    return protocol_limits(&profile, limits, &problem);
}

static double value_of(const struct rules_limits *limits, const char *name, const char **unit) {
    for (size_t i = 0; protocol_limit_name(i) != NULL; i++) {
        if (strcmp(protocol_limit_name(i), name) == 0) {
            return protocol_limit_value(limits, i, unit);
        }
    }
    ck_abort_msg("no limit %s", name);
}

START_TEST(nothing_named_is_the_default) {
    struct rules_limits limits;
    const char *unit;
    ck_assert(take("estop.open", 100, "ms", &limits));
    for (size_t i = 0; protocol_limit_name(i) != NULL; i++) {
        ck_assert_double_eq_tol(protocol_limit_value(&limits, i, &unit),
                                protocol_limit_value(&rules_limits_default, i, &unit), 1e-12);
    }
}
END_TEST

START_TEST(each_kind_is_taken) {
    struct rules_limits limits;
    ck_assert(take("protocol.wait-brm", 7, "s", &limits));
    ck_assert_int_eq(limits.brm_ns, INT64_C(7000000000));
    ck_assert_int_eq(limits.bcp_ns, rules_limits_default.bcp_ns);
    ck_assert(take("protocol.pause", 5, "min", &limits));
    ck_assert_int_eq(limits.pause_ns, INT64_C(300000000000));
    ck_assert(take("protocol.period-gap", 30, "%", &limits));
    ck_assert_double_eq_tol(limits.period_gap, 0.3, 1e-12);
    ck_assert(take("protocol.output-over-voltage", 4000, "mV", &limits));
    ck_assert_double_eq_tol(limits.output_over_v, 4, 1e-12);
    ck_assert(take("protocol.demand-margin-current", 2, "A", &limits));
    ck_assert_double_eq_tol(limits.demand_margin_a, 2, 1e-12);
    ck_assert(take("protocol.output-fall", 30, "A/s", &limits));
    ck_assert_double_eq_tol(limits.output_fall_a_per_s, 30, 1e-12);
    ck_assert(take("protocol.reconnections", 2, "", &limits));
    ck_assert_uint_eq(limits.reconnections, 2);
    ck_assert(take("protocol.transport-t3", 1, "s", &limits));
    ck_assert_int_eq(limits.transport.t3_ns, INT64_C(1000000000));
}
END_TEST

/* No two names share a member, and each sets its own only. */
START_TEST(every_name_has_its_own_place) {
    for (size_t i = 0; protocol_limit_name(i) != NULL; i++) {
        struct rules_limits limits;
        const char *unit;
        double before = protocol_limit_value(&rules_limits_default, i, &unit);
        ck_assert_msg(take(protocol_limit_name(i), before + 1, unit, &limits), "%s", problem.text);
        for (size_t k = 0; protocol_limit_name(k) != NULL; k++) {
            double wanted = protocol_limit_value(&rules_limits_default, k, &unit) + (k == i);
            ck_assert_msg(fabs(protocol_limit_value(&limits, k, &unit) - wanted) < 1e-9,
                          "%s changes %s", protocol_limit_name(i), protocol_limit_name(k));
        }
    }
}
END_TEST

START_TEST(what_does_not_fit_is_refused) {
    struct rules_limits limits;
    ck_assert(!take("protocol.wait-brn", 5, "s", &limits));
    ck_assert_ptr_nonnull(strstr(problem.text, "protocol.wait-brn"));
    ck_assert(!take("protocol.wait-brm", 5, "V", &limits));
    ck_assert_ptr_nonnull(strstr(problem.text, "5 s"));
    ck_assert(!take("protocol.wait-brm", 5, "", &limits));
    ck_assert(!take("protocol.wait-brm", NAN, "s", &limits));
    ck_assert(!take("protocol.reconnections", -1, "", &limits));
    ck_assert(!take("protocol.period-mean", 0.1, "s", &limits));
    ck_assert(!take("protocol.wait-brm", 1e300, "s", &limits));
    ck_assert(!take("protocol.wait-brm", 1e9, "s", &limits));
    ck_assert_ptr_nonnull(strstr(problem.text, "too large"));
    ck_assert(!take("protocol.reconnections", 1e10, "", &limits));
    ck_assert_ptr_nonnull(strstr(problem.text, "too large"));
}
END_TEST

/* The shipped profile names every limit, with the figure that is the default. */
START_TEST(shipped_profile_names_them_all) {
    const struct vocabulary any = {0};
    struct library *library = library_open(TEST_SOURCE_DIR "/scenarios", &any, &problem);
    ck_assert_msg(library != NULL, "%s", problem.text);
    struct profile *profile = profile_load(library, "gbt-2015", &problem);
    ck_assert_msg(profile != NULL, "%s", problem.text);
    struct rules_limits limits;
    ck_assert_msg(protocol_limits(profile, &limits, &problem), "%s", problem.text);
    for (size_t i = 0; protocol_limit_name(i) != NULL; i++) {
        const char *name = protocol_limit_name(i), *unit;
        ck_assert_msg(profile_limit(profile, name) != NULL, "%s is not in the profile", name);
        ck_assert_msg(fabs(value_of(&limits, name, &unit) -
                           value_of(&rules_limits_default, name, &unit)) < 1e-9,
                      "%s differs from the default", name);
    }
    library_free(library);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("protocol_limits");
    TCase *tests = tcase_create("limits");
    tcase_add_test(tests, nothing_named_is_the_default);
    tcase_add_test(tests, each_kind_is_taken);
    tcase_add_test(tests, every_name_has_its_own_place);
    tcase_add_test(tests, what_does_not_fit_is_refused);
    tcase_add_test(tests, shipped_profile_names_them_all);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
