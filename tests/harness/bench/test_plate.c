/* SPDX-License-Identifier: MIT */
/* What a case knows of charger and vehicle: declared, or as CML and BCL say. */
#include "harness/bench/plate.h"
#include "tests/support/suite.h"
#include "vehicle_bms/bms/bms.h"
#include "vehicle_bms/listen/observer.h"

#include <check.h>
#include <string.h>

static struct signal_board board;
static struct observer *observer;
static struct plate plate;
static int32_t declared[DUT_CAPABILITIES];

static int32_t capability(void *ctx, enum dut_capability what) {
    (void)ctx;
    return declared[what];
}

static void setup(void) {
    memset(&board, 0, sizeof board);
    observer = observer_new(&board, EDITION_2015);
    plate_init(&plate, &board);
    for (unsigned i = 0; i < DUT_CAPABILITIES; i++) {
        declared[i] = DUT_UNKNOWN;
    }
}

static void teardown(void) {
    plate_end(&plate);
    signal_board_free(&board);
    observer_free(observer);
}

static void hear(uint32_t id, size_t length, const uint8_t *data) {
    struct can_frame_ext frame = {.id = id, .extended = true, .len = (uint8_t)length};
    memcpy(frame.data, data, length);
    observer_frame(observer, 1, &frame);
}

static void hear_cml(void) { /* 750 V, 200 V, -60 A, 0 A */
    hear(0x1808F456, 8, (const uint8_t[8]){0x4C, 0x1D, 0xD0, 0x07, 0x48, 0x0D, 0xA0, 0x0F});
}

static void hear_bhm(void) { /* 613.2 V */
    hear(0x182756F4, 2, (const uint8_t[2]){0xF4, 0x17});
}

static bool known(const char *name) {
    return signal_find(&board, name)->known;
}

static double value(const char *name) {
    ck_assert_msg(known(name), "%s", name);
    return signal_find(&board, name)->value;
}

START_TEST(what_is_declared_stands) {
    declared[DUT_CAP_CURRENT_MAX_MA] = 45000;
    declared[DUT_CAP_VOLTAGE_MAX_MV] = 500000;
    declared[DUT_CAP_DC_METER] = DUT_METER_REGISTER;
    declared[DUT_CAP_BILLING] = DUT_BILLING_RECORDS | DUT_BILLING_CARDS;
    plate_declare(&plate, capability, NULL, 0);
    hear_cml();
    hear_bhm();
    ck_assert_double_eq(value("plate.current_max"), 45);
    ck_assert_double_eq(value("firmware.dc_meter"), 2);
    ck_assert_double_eq(value("firmware.records"), 1);
    ck_assert_double_eq(value("firmware.tariffs"), 0);
    ck_assert_double_eq(value("firmware.cards"), 1);
    ck_assert_double_eq(value("insulation.due"), 500); /* BHM allows more than the plate has */
    ck_assert(!known("firmware.reconnections"));
    ck_assert(!known("plate.power"));
}
END_TEST

START_TEST(what_is_not_declared_comes_from_cml) {
    plate_declare(&plate, capability, NULL, 0);
    hear_bhm();
    ck_assert_double_eq_tol(value("insulation.due"), 613.2, 1e-9);
    ck_assert(!known("plate.current_max"));
    hear_cml();
    ck_assert_double_eq_tol(value("plate.current_max"), 60, 1e-9);
    ck_assert_double_eq_tol(value("plate.voltage_min"), 200, 1e-9);
    ck_assert(!known("firmware.dc_meter"));
}
END_TEST

/* Batteries that the rating is of, with something above them; what is not declared fits all. */
START_TEST(a_battery_fits_the_rating_or_not) {
    ck_assert(plate_fits(&plate, 1000));
    declared[DUT_CAP_VOLTAGE_MIN_MV] = 350000;
    declared[DUT_CAP_VOLTAGE_MAX_MV] = 500000;
    plate_declare(&plate, capability, NULL, 0);
    ck_assert(plate_fits(&plate, 448));
    ck_assert(!plate_fits(&plate, 480)); /* 504 V with its headroom */
    ck_assert(!plate_fits(&plate, 537.6));
    ck_assert(!plate_fits(&plate, 349));
    ck_assert(plate_fits(&plate, 350));
}
END_TEST

START_TEST(the_demand_is_what_bcl_asked_for_last) {
    hear(0x181056F4, 5, (const uint8_t[5]){0x10, 0x17, 0xB8, 0x0B, 2}); /* 590.4 V, -100 A */
    ck_assert_double_eq_tol(value("demand.current"), 100, 1e-9);
    ck_assert_double_eq_tol(value("demand.voltage"), 590.4, 1e-9);
    hear(0x181056F4, 5, (const uint8_t[5]){0xFF, 0xFF, 0xFF, 0xFF, 2}); /* not supplied */
    ck_assert_double_eq_tol(value("demand.current"), 100, 1e-9);
    const struct bms_params params = bms_params_default;
    plate_vehicle(&plate, &params, 0);
    ck_assert_double_eq(value("vehicle.voltage_max"), params.voltage_max_v);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("plate");
    TCase *tcase = tcase_create("plate");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, what_is_declared_stands);
    tcase_add_test(tcase, what_is_not_declared_comes_from_cml);
    tcase_add_test(tcase, a_battery_fits_the_rating_or_not);
    tcase_add_test(tcase, the_demand_is_what_bcl_asked_for_last);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
