/* SPDX-License-Identifier: MIT */
/* Tariff tables: T240-4.10, T240-P5.2. */
#include "tests/firmware/support/flash.h"
#include "tests/support/suite.h"

#define DAY INT64_C(86400)

static int64_t at(int hour, int minute, int second) {
    return 20000 * DAY + hour * 3600 + minute * 60 + second;
}

START_TEST(each_minute_has_its_tariff) {
    struct core_tariff_table table = flash_table();
    ck_assert_uint_eq(core_tariff_at(&table, at(0, 0, 0)), CORE_TARIFF_VALLEY);
    ck_assert_uint_eq(core_tariff_at(&table, at(6, 59, 59)), CORE_TARIFF_VALLEY);
    ck_assert_uint_eq(core_tariff_at(&table, at(7, 0, 0)), CORE_TARIFF_FLAT);
    ck_assert_uint_eq(core_tariff_at(&table, at(10, 0, 0)), CORE_TARIFF_PEAK);
    ck_assert_uint_eq(core_tariff_at(&table, at(18, 59, 59)), CORE_TARIFF_PEAK);
    ck_assert_uint_eq(core_tariff_at(&table, at(19, 0, 0)), CORE_TARIFF_SHARP);
    ck_assert_uint_eq(core_tariff_at(&table, at(22, 59, 59)), CORE_TARIFF_SHARP);
    ck_assert_uint_eq(core_tariff_at(&table, at(23, 0, 0)), CORE_TARIFF_VALLEY);
    ck_assert_uint_eq(core_tariff_at(&table, at(23, 59, 59)), CORE_TARIFF_VALLEY);
}
END_TEST

START_TEST(no_clock_is_flat) {
    struct core_tariff_table table = flash_table();
    ck_assert_uint_eq(core_tariff_at(&table, -1), CORE_TARIFF_FLAT);
}
END_TEST

START_TEST(no_clock_is_the_cheapest_without_flat) {
    struct core_tariff_table table = flash_table();
    table.switches[0].tariff = CORE_TARIFF_SHARP;
    ck_assert_uint_eq(core_tariff_at(&table, -1), CORE_TARIFF_VALLEY);
    table.fee[CORE_TARIFF_VALLEY - 1] = 900000;
    ck_assert_uint_eq(core_tariff_at(&table, -1), CORE_TARIFF_PEAK);
}
END_TEST

/* By their names, as a person sets them. */
static void set_switch(int32_t *param, unsigned n, int32_t value) {
    char name[40];
    snprintf(name, sizeof name, "tariff.switch_%u", n);
    ck_assert_int_eq(core_params_set(param, name, value), 0);
}

START_TEST(forty_eight_parameters) {
    int32_t param[CORE_PARAM_COUNT];
    struct core_tariff_table table;
    core_params_default(param);
    for (unsigned n = 1; n <= 48; n++) {
        set_switch(param, n, (int32_t)((n - 1) * 300 + n % 4 + 1));
    }
    ck_assert_uint_eq(core_tariff_take(&table, param), 0);
    ck_assert_uint_eq(table.count, 48);
    ck_assert(core_tariff_valid(&table));
    for (int minute = 0; minute < 1440; minute++) {
        ck_assert_uint_eq(core_tariff_at(&table, at(0, minute, 0)),
                          (unsigned)(minute / 30 + 1) % 4 + 1);
    }
    ck_assert_int_lt(core_params_set(param, "tariff.switch_49", 0), 0);
}
END_TEST

START_TEST(parameters_that_are_no_table) {
    static const struct {
        int32_t values[4];
        unsigned bad;
    } rows[] = {{{0, 0, 0, 0}, 0},         {{4, 0, 0, 0}, 0},
                {{14394, 0, 0, 0}, 0},     {{4201, 6002, 11403, 13804}, 0},
                {{6002, 4201, 0, 0}, 2},   {{4201, 4202, 0, 0}, 2}, /* the same minute twice */
                {{4205, 0, 0, 0}, 1},      {{4200, 0, 0, 0}, 1},
                {{4201, 0, 6002, 0}, 2},   {{0, 4201, 0, 0}, 1},
                {{4201, 6002, 6009, 0}, 3}};
    for (unsigned row = 0; row < sizeof rows / sizeof rows[0]; row++) {
        int32_t param[CORE_PARAM_COUNT];
        struct core_tariff_table table;
        core_params_default(param);
        for (unsigned n = 1; n <= 4; n++) {
            set_switch(param, n, rows[row].values[n - 1]);
        }
        ck_assert_msg(core_tariff_take(&table, param) == rows[row].bad, "row %u", row);
        ck_assert(rows[row].bad != 0 || core_tariff_valid(&table));
    }
}
END_TEST

START_TEST(forty_eight_switches) {
    struct core_tariff_table table = {.count = CORE_TARIFF_SWITCHES_MAX};
    for (unsigned i = 0; i < table.count; i++) {
        table.switches[i] = (struct core_tariff_switch){(uint16_t)(30 * i), (uint8_t)(i % 4 + 1)};
    }
    ck_assert(core_tariff_valid(&table));
    for (int minute = 0; minute < 1440; minute++) {
        ck_assert_uint_eq(core_tariff_at(&table, at(0, minute, 30)), (unsigned)minute / 30 % 4 + 1);
    }
}
END_TEST

START_TEST(bad_tables_are_refused) {
    struct core_tariff_table good = flash_table(), bad = good;
    ck_assert(core_tariff_valid(&good));
    bad.count = 0;
    ck_assert(!core_tariff_valid(&bad));
    bad.count = CORE_TARIFF_SWITCHES_MAX + 1;
    ck_assert(!core_tariff_valid(&bad));
    bad = good;
    bad.switches[1].minute = bad.switches[0].minute;
    ck_assert(!core_tariff_valid(&bad));
    bad = good;
    bad.switches[3].minute = 1440;
    ck_assert(!core_tariff_valid(&bad));
    bad = good;
    bad.switches[2].tariff = 5;
    ck_assert(!core_tariff_valid(&bad));
    bad.switches[2].tariff = 0;
    ck_assert(!core_tariff_valid(&bad));
    bad = good;
    bad.fee[3] = CORE_TARIFF_PRICE_MAX + 1;
    ck_assert(!core_tariff_valid(&bad));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("tariff");
    TCase *tc = tcase_create("tariff");
    tcase_add_test(tc, each_minute_has_its_tariff);
    tcase_add_test(tc, no_clock_is_flat);
    tcase_add_test(tc, no_clock_is_the_cheapest_without_flat);
    tcase_add_test(tc, forty_eight_parameters);
    tcase_add_test(tc, parameters_that_are_no_table);
    tcase_add_test(tc, forty_eight_switches);
    tcase_add_test(tc, bad_tables_are_refused);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
