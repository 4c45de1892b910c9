/* SPDX-License-Identifier: MIT */
/* What a parameter may be set to: the range that its unit has, but for those that are named here. */
#include "services/params.h"
#include "tests/support/suite.h"

#include <string.h>

struct range_row {
    const char *key; /* a unit; or a name, or the end of one (".period") */
    int32_t min, max;
};

static const struct range_row by_unit[] = {
    {"", 0, 1}, /* a switch */
    {"ms", 0, 3600000},
    {"mV", 0, 2000000},
    {"mA", 0, 1000000},
    {"mA/s", 1, 100000000},
    {"ohm/V", 0, 100000},
    {"permille", 0, 1000},
    {"Wh", 0, INT32_MAX},
    {"0.0001 yuan/kWh", 0, 1000000},
    {"minute x 10 + tariff", 0, 14394}, /* 23:59, the last of four tariffs */
};

static const struct range_row by_name[] = {
    {"meter.idle_period", 1, 3600000},
    {"supervise.period", 1, 1000},
    {"supervise.slow", 1, 10000},
    {"supervise.idle", 1, 10000},
    {"meter.timeout", 1, 3600000},
    {"meter.gap", 1, 3600000},
    {"tp.t1", 1, 3600000},
    {"tp.t2", 1, 3600000},
    {"guns", 1, 2},
    {"charger.number", INT32_MIN, INT32_MAX},
    {"charger.region", 0, 0xFFFFFF}, /* three bytes of CRM */
    {"output.power_max", 0, 1000000},
    {"pilot.low", 0, 15000},
    {"pilot.high", 0, 15000},
    {"aux.low", 0, 30000},
    {"aux.high", 0, 30000},
    {"ccs.length", 7, 8},
    {"csd.frames", 1, 1000},
    {"cem.frames", 1, 1000},
    {"bro.ready", 0, 255},
    {"reconnect.max", 0, 100},
    {"brm.lengths", 1, 3},
    {"wait.restart", 0, 3},
    {"tp.window", 1, 255},
    {"tp.length", 9, 1785}, /* GB/T 27930 6.5: a transfer */
    {"tp.retries", 0, 100},
    {"feedback.check", 0, 3},
    {"weld.check", 0, 7},
    {"precharge.least", -2000000, 2000000},
    {"gun.temp_max", -500, 3000},
    {"bsm.react", 0, 63},
    {"meter.dc_number_a", 0, 999999999},
    {"meter.dc_number_b", 0, 999999999},
    {"modules.groups", 0, 2},
    {"tie.check", 0, 3},
    {"modules.face", 0, 2},
    {"modules.count", 1, 16},
    {"modules.power", 1000, 100000},
    {"distribution.groups", 1, 8},
    {"modules.group_first", 0, 7}, /* the last of eight is a number that both makers have */
    {"modules.spacing", 1, 1000},
    {"modules.read", 1, 10000},
    {"modules.read_idle", 1, 10000},
    {"modules.suspect", 1, 255},
    {"modules.silent", 1, 255},
    {"modules.walk_in", 0, 1},
    {"distribution.kind", 0, 2},
    {"distribution.policy", 0, 2},
    {"meter.ac_number", 0, 999999999},
    {"meter.tries", 1, 1000000},
    {"meter.confirm", 1, 1000000},
    {"meter.wake_ups", 0, 4},
    {"meter.voltage_decimals", 0, 6},
    {"meter.current_decimals", 0, 6},
    {"meter.roll_over", 1000000, 2000000000},
    {"meter.tolerance", 0, 1000000},
    {"clock.zone", -1440, 1440}, /* a day to either side */
    {"billing.mode", 0, 3},
    {"billing.limit", 0, INT32_MAX},
    {"billing.reserve", 0, 1000},
    {"billing.jump", 1, 50000000}, /* half the register */
    {"card.number", 0, INT32_MAX},
    {"card.balance", -1, INT32_MAX},
    {"tariff.number", 0, INT32_MAX},
    {"end.minutes", 0, 100000},
    {"end.soc", 0, 100},
    {".period", 1, 3600000}, /* what repeats cannot repeat at once */
};

/* The first row whose key is the text, or its end where the key begins with a dot. */
static const struct range_row *find(const struct range_row *rows, size_t count, const char *text) {
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(text), end = strlen(rows[i].key);
        if (end <= length && strcmp(text + length - end, rows[i].key) == 0 &&
            (end == length || rows[i].key[0] == '.')) {
            return &rows[i];
        }
    }
    return NULL;
}

static const struct range_row *range_of(const struct dut_param *param) {
    const struct range_row *row = find(by_name, sizeof by_name / sizeof by_name[0], param->name);
    return row != NULL ? row : find(by_unit, sizeof by_unit / sizeof by_unit[0], param->unit);
}

START_TEST(ranges_go_by_unit_or_name) {
    for (size_t i = 0; i < CORE_PARAM_COUNT; i++) {
        const struct range_row *row = range_of(&core_params[i]);
        ck_assert_msg(row != NULL, "no range of %s", core_params[i].name);
        ck_assert_msg(core_params[i].min == row->min && core_params[i].max == row->max,
                      "%s: %d to %d", core_params[i].name, core_params[i].min, core_params[i].max);
    }
}
END_TEST

/* Both ends are in, what is next to them is refused and changes nothing, not even another one. */
START_TEST(ends_of_the_range) {
    int32_t values[CORE_PARAM_COUNT], before[CORE_PARAM_COUNT];
    for (size_t i = 0; i < CORE_PARAM_COUNT; i++) {
        const struct dut_param *p = &core_params[i];
        core_params_default(values);
        core_params_default(before);
        ck_assert_int_eq(values[i], p->value);
        if (p->min > INT32_MIN) {
            ck_assert_int_eq(core_params_set(values, p->name, p->min - 1), DUT_ERROR_ARGUMENT);
        }
        if (p->max < INT32_MAX) {
            ck_assert_int_eq(core_params_set(values, p->name, p->max + 1), DUT_ERROR_ARGUMENT);
        }
        ck_assert_mem_eq(values, before, sizeof values);
        ck_assert_int_eq(core_params_set(values, p->name, p->min), 0);
        before[i] = p->min;
        ck_assert_mem_eq(values, before, sizeof values);
        ck_assert_int_eq(core_params_set(values, p->name, p->max), 0);
        before[i] = p->max;
        ck_assert_mem_eq(values, before, sizeof values);
    }
}
END_TEST

START_TEST(names_are_whole) {
    static const char *const strangers[] = {"gun",          "gunss", "brm.timeou",
                                            "brm.timeoutt", "BRM",   ""};
    int32_t values[CORE_PARAM_COUNT];
    core_params_default(values);
    ck_assert_int_eq(core_params_set(values, strangers[_i], 1), DUT_ERROR_ABSENT);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("params");
    TCase *tc = tcase_create("params");
    tcase_add_test(tc, ranges_go_by_unit_or_name);
    tcase_add_test(tc, ends_of_the_range);
    tcase_add_loop_test(tc, names_are_whole, 0, 6);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
