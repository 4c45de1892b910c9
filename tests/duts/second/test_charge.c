/* SPDX-License-Identifier: MIT */
/* Whole charges against the firmware's own stand-ins. */
#include "support/world.h"

#include "faults.h"
#include "tests/support/suite.h"

#include <string.h>

/* Plugged, started, and at its demanded current. */
static struct world *charging(int32_t demand_ma) {
    struct world *world = world_new();
    world->demand_ma = demand_ma;
    world_run(world, 500);
    world->cc1_mv = 4000;
    world_run(world, 500);
    world->start = true;
    world_run(world, 200);
    world->start = false;
    world_run(world, 15000);
    ck_assert_uint_gt(world->frames[WORLD_CCS], 20);
    return world;
}

static const char *state(const struct world *world) {
    return world->api->state_name(world->output[DUT_OUT_STATE]);
}

static const char *alarm(const struct world *world) {
    return world->api->fault_name(world->output[DUT_OUT_ALARM]);
}

static void all_off(const struct world *world) {
    static const enum dut_output off[] = {DUT_OUT_K1,        DUT_OUT_K2,        DUT_OUT_AUX,
                                          DUT_OUT_LOCK,      DUT_OUT_DISCHARGE, DUT_OUT_IMD,
                                          DUT_OUT_MODULES_ON};
    for (size_t i = 0; i < sizeof off / sizeof *off; i++) {
        ck_assert_int_eq(world->output[off[i]], 0);
    }
}

START_TEST(a_charge_ended_by_the_vehicle) {
    struct world *world = charging(50000);
    ck_assert_int_eq(world->current_ma, 50000);
    ck_assert_str_eq(state(world), "charging");
    ck_assert_int_eq(world->output[DUT_OUT_ALARM], 0);
    world_run(world, 60000);
    world->wants_to_stop = true;
    world_run(world, 10000);
    ck_assert_str_eq(state(world), "finished");
    ck_assert_int_eq(world->output[DUT_OUT_ALARM], 0);
    ck_assert_mem_eq(world->last[WORLD_CST], ((uint8_t[]){0x40, 0, 0xF0, 0xF0}), 4);
    ck_assert_uint_ge(world->frames[WORLD_CSD], 3);
    ck_assert_uint_eq(world->frames[WORLD_CEM], 0);
    ck_assert_uint_eq(world->last[WORLD_CSD][0], 1); /* minutes */
    ck_assert_uint_ge(world->last[WORLD_CSD][2], 3); /* 20 kW over a minute: 0.1 kWh */
    ck_assert_uint_le(world->last[WORLD_CSD][2], 5);
    ck_assert(!world->closed_under_voltage);
    all_off(world);
    world_free(world);
}
END_TEST

START_TEST(the_register_may_roll_over) {
    struct world *world = world_new();
    world->register_began_wh = 999999900; /* 0.1 kWh before its end */
    world->cc1_mv = 4000;
    world_run(world, 500);
    world->start = true;
    world_run(world, 75000);
    ck_assert_int_gt(world->energy_mws / 3600000, 100);
    world->wants_to_stop = true;
    world_run(world, 10000);
    ck_assert_uint_ge(world->last[WORLD_CSD][2], 3);
    ck_assert_uint_le(world->last[WORLD_CSD][2], 5);
    ck_assert_uint_eq(world->last[WORLD_CSD][3], 0);
    world_free(world);
}
END_TEST

START_TEST(a_person_stops_it_and_starts_again) {
    struct world *world = charging(50000);
    world->stop = true;
    world_run(world, 200);
    world->stop = false;
    world_run(world, 10000);
    ck_assert_mem_eq(world->last[WORLD_CST], ((uint8_t[]){0x04, 0, 0xF0, 0xF0}), 4);
    ck_assert_str_eq(state(world), "finished");
    all_off(world);
    memset(world->frames, 0, sizeof world->frames);
    world->start = true;
    world_run(world, 200);
    world->start = false;
    world_run(world, 15000);
    ck_assert_uint_gt(world->frames[WORLD_CCS], 20);
    world_free(world);
}
END_TEST

START_TEST(ratings_bound_the_current) {
    struct world *world = charging(90000);
    ck_assert_int_eq(world->most_ma, 60000);
    world_free(world);
    world = world_new();
    ck_assert_int_eq(world->api->set_param(world->dut, "output.current_max", 120000), 0);
    world->demand_ma = 150000;
    world->cc1_mv = 4000;
    world_run(world, 500);
    world->start = true;
    world_run(world, 15000);
    ck_assert_int_eq(world->most_ma, 100000); /* the battery's */
    world_free(world);
}
END_TEST

START_TEST(emergency_stop_opens_within_100_ms) {
    struct world *world = charging(50000);
    world->estop = true;
    world_run(world, 60);
    ck_assert_int_eq(world->output[DUT_OUT_K1], 0);
    ck_assert_int_eq(world->output[DUT_OUT_K2], 0);
    ck_assert_str_eq(alarm(world), "emergency stop");
    ck_assert_mem_eq(world->last[WORLD_CST], ((uint8_t[]){0x10, 0, 0xF1, 0xF0}), 4);
    world_run(world, 10000);
    all_off(world);
    ck_assert_str_eq(state(world), "fault: unplug");
    world->estop = false;
    world->start = true;
    world_run(world, 5000);
    ck_assert_str_eq(state(world), "fault: unplug"); /* not without unplugging */
    world->cc1_mv = 12000;
    world_run(world, 5000);
    ck_assert_int_eq(world->output[DUT_OUT_ALARM], 0);
    ck_assert_str_eq(state(world), "standby");
    world_free(world);
}
END_TEST

START_TEST(silence_is_reconnected_twice) {
    struct world *world = charging(50000);
    world->mute = true;
    world_run(world, 1500);
    ck_assert_uint_gt(world->frames[WORLD_CEM], 0);
    ck_assert_mem_eq(world->last[WORLD_CEM], ((uint8_t[]){0xFC, 0xF0, 0xC4, 0xFC}), 4);
    ck_assert_int_eq(world->output[DUT_OUT_K1], 0);
    world->mute = false;
    world_run(world, 6000);
    ck_assert_str_eq(state(world), "charging");
    ck_assert_int_eq(world->output[DUT_OUT_ALARM], 0);
    world->mute = true;
    memset(world->frames, 0, sizeof world->frames);
    world_run(world, 20000);
    ck_assert_str_eq(alarm(world), "communication with the vehicle lost");
    all_off(world);
    ck_assert_uint_eq(world->frames[WORLD_CHM], 0);
    /* A time-out in charging, two in recognition. */
    ck_assert_uint_ge(world->frames[WORLD_CRM], 2 * 20);
    ck_assert_uint_le(world->frames[WORLD_CRM], 2 * 21);
    world_free(world);
}
END_TEST

START_TEST(bad_insulation_ends_before_recognition) {
    struct world *world = world_new();
    world->insulation_ohm = 74000; /* below 100 ohm/V of 750 V */
    world->cc1_mv = 4000;
    world_run(world, 500);
    world->start = true;
    world_run(world, 15000);
    ck_assert_str_eq(alarm(world), "insulation fault");
    ck_assert_uint_eq(world->frames[WORLD_CRM], 0);
    all_off(world);
    world_free(world);
}
END_TEST

START_TEST(low_insulation_is_told_and_charged) {
    struct world *world = world_new();
    world->insulation_ohm = 200000;
    world->cc1_mv = 4000;
    world_run(world, 500);
    world->start = true;
    world_run(world, 15000);
    ck_assert_str_eq(alarm(world), "insulation low");
    ck_assert_uint_gt(world->frames[WORLD_CCS], 20);
    world_free(world);
}
END_TEST

START_TEST(a_weld_is_found_before_recognition) {
    for (int welded = 1; welded < 4; welded++) {
        struct world *world = world_new();
        world->k1_welded = (welded & 1) != 0;
        world->k2_welded = (welded & 2) != 0;
        world->cc1_mv = 4000;
        world_run(world, 500);
        world->start = true;
        world_run(world, 15000);
        ck_assert_str_eq(alarm(world), "contactor welded");
        ck_assert_uint_eq(world->frames[WORLD_CRM], 0);
        all_off(world);
        world_free(world);
    }
}
END_TEST

START_TEST(a_battery_that_is_not_as_reported_is_left_alone) {
    struct world *world = world_new();
    world->told_mv = 370000;
    world->cc1_mv = 4000;
    world_run(world, 500);
    world->start = true;
    world_run(world, 30000);
    ck_assert_str_eq(alarm(world), "battery voltage is not as reported");
    ck_assert_uint_eq(world->last[WORLD_CRO][0], 0);
    ck_assert_uint_eq(world->frames[WORLD_CCS], 0);
    world_free(world);
}
END_TEST

START_TEST(a_power_failure_leaves_all_off) {
    struct world *world = charging(50000);
    world_power_up(world);
    world_run(world, 5000);
    ck_assert_str_eq(state(world), "standby");
    all_off(world);
    world_free(world);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("second charge");
    TCase *tests = tcase_create("charge");
    tcase_add_test(tests, a_charge_ended_by_the_vehicle);
    tcase_add_test(tests, the_register_may_roll_over);
    tcase_add_test(tests, a_person_stops_it_and_starts_again);
    tcase_add_test(tests, ratings_bound_the_current);
    tcase_add_test(tests, emergency_stop_opens_within_100_ms);
    tcase_add_test(tests, silence_is_reconnected_twice);
    tcase_add_test(tests, bad_insulation_ends_before_recognition);
    tcase_add_test(tests, low_insulation_is_told_and_charged);
    tcase_add_test(tests, a_weld_is_found_before_recognition);
    tcase_add_test(tests, a_battery_that_is_not_as_reported_is_left_alone);
    tcase_add_test(tests, a_power_failure_leaves_all_off);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
