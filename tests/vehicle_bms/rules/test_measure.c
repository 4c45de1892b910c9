/* SPDX-License-Identifier: MIT */
/* What a result and its proofs say was measured, and against what. */
#include "tests/vehicle_bms/support/charge_stream.h"

#include <math.h>

#define NONE ((double)NAN)

static struct stream stream;

static void same(const char *what, double is, double wanted) {
    ck_assert_msg(isnan(wanted) ? isnan(is) : fabs(is - wanted) < 1e-6, "%s is %g, not %g", what,
                  is, wanted);
}

static void measured(const struct rule_measure *measure, double value, double min, double max,
                     const char *unit) {
    ck_assert_ptr_nonnull(measure->unit);
    ck_assert_str_eq(measure->unit, unit);
    same("the value", measure->value, value);
    same("the lower limit", measure->limit_min, min);
    same("the upper limit", measure->limit_max, max);
}

static void nothing(const struct rule_measure *measure) {
    ck_assert_ptr_null(measure->unit);
    ck_assert(isnan(measure->value) && isnan(measure->limit_min) && isnan(measure->limit_max));
}

/* ---- violations, each with the bytes or the gap that shows it ---- */

static void long_gap(void) {
    shift(&stream, "BCL", 9010, 9011, 15000);
}

static void one_byte_less(void) {
    say(&stream, "BCL", 9010, 9011, "7C 13 B8 0B");
}

/* Cells of two bytes each: 2 and 4 bytes would do. */
static void odd_bmv(void) {
    uint8_t cells[3] = {0x4C, 0x01, 0x4C};
    transfer(&stream, 9100, MESSAGE_BMV, cells, sizeof cells);
}

static void hot_sensor(void) {
    say(&stream, "BSM", 9050, 9051, "01 FB 01 4F 02 00 D0"); /* 201 degC */
}

static void too_much(void) {
    say(&stream, "CCS", 9040, 9041, "A0 0F B8 01 01 00 FD FF"); /* 356 A */
}

static void wrong_sign(void) {
    say(&stream, "BCL", 9010, 9011, "7C 13 88 13 02"); /* +100 A on the wire */
}

static void late_bms(void) {
    drop(&stream, "BCL", 9000, 20000);
    drop(&stream, "BST", 0, ALL_TIME);
    drop(&stream, "BCS", 9000, 20000);
    drop(&stream, "BSM", 9000, 20000);
    drop(&stream, "charger", 10200, ALL_TIME);
    drop(&stream, "BMS", 10200, ALL_TIME);
    repeat(&stream, "CEM", 9960, 10300, 250, "FC F0 C4 FC");
}

static const struct {
    const char *id;
    void (*change)(void);
    double value, min, max;
    const char *unit;
} violations[] = {
    {"period.BCL", long_gap, 65, 40, 60, "ms"},
    {"length.BCL", one_byte_less, 4, 5, 5, "bytes"},
    {"length.BMV", odd_bmv, 3, 2, 2, "bytes"},
    {"value.BSM", hot_sensor, 201, -50, 200, "degC"},
    {"output.current", too_much, 356, NONE, 106.5, "A"},
    {"sign.BCL", wrong_sign, -100, -0.5, NONE, "A"},
    {"awaited.bms.BCL", late_bms, 1.002, NONE, 1, "s"},
};

START_TEST(of_a_violation) {
    charge(&stream);
    violations[_i].change();
    judged(&stream);
    const struct rule_result *result = result_of(&stream, violations[_i].id);
    ck_assert_msg(result->verdict == RULE_FAIL, "%s: not among %s", result->id, stream.failed);
    measured(&result->decisive, violations[_i].value, violations[_i].min, violations[_i].max,
             violations[_i].unit);
    ck_assert_mem_eq(&result->proofs[0].measure.value, &result->decisive.value, sizeof(double));
    stream_free(&stream);
}
END_TEST

/* The worst one decides, wherever it stands; each proof keeps its own. */
START_TEST(the_worst_decides) {
    charge(&stream);
    shift(&stream, "BCL", 9010, 9011, 15000);
    shift(&stream, "BCL", 10010, 10011, 25000);
    judged(&stream);
    const struct rule_result *result = result_of(&stream, "period.BCL");
    ck_assert_uint_eq(result->violations, 4);
    measured(&result->proofs[0].measure, 65, 40, 60, "ms");
    measured(&result->proofs[1].measure, 35, 40, 60, "ms");
    measured(&result->proofs[2].measure, 75, 40, 60, "ms");
    measured(&result->decisive, 75, 40, 60, "ms");
    stream_free(&stream);
}
END_TEST

/* A rule that is kept shows what came nearest to its limits. */
START_TEST(the_nearest_of_what_is_kept) {
    charge(&stream);
    shift(&stream, "BCL", 9010, 9011, 7000);
    shift(&stream, "BCL", 10010, 10011, 3000);
    ck_assert_str_eq(judged(&stream), "");
    measured(&result_of(&stream, "period.BCL")->decisive, 57, 40, 60, "ms");
    measured(&result_of(&stream, "awaited.bms.BCL")->decisive, 0.057, NONE, 1, "s");
    measured(&result_of(&stream, "demand.current.CML")->decisive, 100, NONE, 250.5, "A");
    measured(&result_of(&stream, "output.current")->decisive, 100, NONE, 106.5, "A");
    nothing(&result_of(&stream, "order.BCL")->decisive);
    nothing(&result_of(&stream, "value.BCL")->decisive);
    nothing(&result_of(&stream, "timeout.charger.BCL")->decisive);
    stream_free(&stream);
}
END_TEST

/* Gaps that the limits allow are no violation, and still the worst of what was seen. */
START_TEST(allowed_gaps) {
    charge(&stream);
    stream.limits.gaps_allowed = 0.1;
    long_gap();
    ck_assert_str_eq(judged(&stream), "");
    const struct rule_result *result = result_of(&stream, "period.BCL");
    ck_assert_int_eq(result->verdict, RULE_PASS);
    measured(&result->decisive, 65, 40, 60, "ms");
    stream_free(&stream);
}
END_TEST

/* 66.1 A + 0.3 A is 66.399999999999991 A by computer, and 66.4 A is not beyond it. */
START_TEST(rounding_is_not_beyond_a_limit) {
    charge(&stream);
    stream.limits.output_over_a = 0.3;
    stream.limits.output_over_share = 0;
    say(&stream, "BCL", 0, ALL_TIME, "7C 13 0B 0D 02");          /* 66.1 A */
    say(&stream, "CCS", 0, ALL_TIME, "A0 0F 08 0D 01 00 FD FF"); /* 66.4 A */
    ck_assert_str_eq(judged(&stream), "");
    const struct rule_result *result = result_of(&stream, "output.current");
    ck_assert_int_eq(result->verdict, RULE_PASS);
    ck_assert(result->decisive.value <= result->decisive.limit_max);
    measured(&result->decisive, 66.4, NONE, 66.4, "A");
    stream_free(&stream);
}
END_TEST

/* A violation that measures nothing says so. */
START_TEST(nothing_measured) {
    charge(&stream);
    put(&stream, 3000, "BCL", BCL_OK);
    judged(&stream);
    const struct rule_result *result = result_of(&stream, "order.BCL");
    ck_assert_int_eq(result->verdict, RULE_FAIL);
    nothing(&result->decisive);
    nothing(&result->proofs[0].measure);
    stream_free(&stream);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("measure");
    TCase *tests = tcase_create("measure");
    tcase_add_loop_test(tests, of_a_violation, 0, (int)(sizeof violations / sizeof violations[0]));
    tcase_add_test(tests, the_worst_decides);
    tcase_add_test(tests, the_nearest_of_what_is_kept);
    tcase_add_test(tests, allowed_gaps);
    tcase_add_test(tests, rounding_is_not_beyond_a_limit);
    tcase_add_test(tests, nothing_measured);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
