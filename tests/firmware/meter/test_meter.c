/* SPDX-License-Identifier: MIT */
/* The core and its meters: what it asks and when, what it believes, and how a charge ends whose
 * meter does not answer, runs backwards or lies. The meter here is the test's own. */
#include "firmware-under-test/core/meter/meter.h"
#include "tests/firmware/support/fake_meter.h"
#include "tests/support/suite.h"

static unsigned count_requests(unsigned line, enum item item, int64_t from) {
    unsigned count = 0;
    for (unsigned i = 0; i < request_count; i++) {
        count += requests[i].line == line && requests[i].item == item && requests[i].at >= from;
    }
    return count;
}

START_TEST(both_meters_are_read_all_the_time) {
    meter_charging();
    int64_t from = pile->now;
    run_ms(60000);
    for (enum item item = ENERGY; item < ITEMS; item++) {
        ck_assert_uint_ge(count_requests(0, item, from), 59);
        ck_assert_uint_le(count_requests(0, item, from), 61);
    }
    ck_assert_uint_eq(count_requests(1, ENERGY, 0), 0); /* one gun */
    ck_assert_uint_ge(count_requests(2, ENERGY, from), 11);
    meter_press_stop();
    ck_assert(meter_until("ended", 10000));
    check_told(meters[0].energy_j / 3600);
    ck_assert_str_eq(fake_alarm(pile), "none");
}
END_TEST

START_TEST(the_last_csd_tells_the_register) {
    meter_charging();
    run_ms(47000);
    meter_press_stop();
    ck_assert(meter_until("ended", 10000));
    int counted = (int)(register_10wh(0) - 1234567) * 10;
    ck_assert_int_eq(meter_told(), (counted + 50) / 100);
}
END_TEST

START_TEST(idle_asks_for_the_register_now_and_then) {
    plug_in();
    int64_t from = pile->now;
    run_ms(50000);
    ck_assert_uint_ge(count_requests(0, ENERGY, from), 9);
    ck_assert_uint_le(count_requests(0, ENERGY, from), 11);
    ck_assert_uint_eq(count_requests(0, VOLTAGE, from), 0);
}
END_TEST

START_TEST(silent_meter_is_tried_three_times_a_second_apart) {
    meter_charging();
    meters[0].silent = true;
    run_ms(1500); /* the next request is out */
    int64_t last = 0;
    unsigned tries = 0;
    ends_with("meter silent", 15000);
    for (unsigned i = 0; i < request_count && tries < 3; i++) {
        if (requests[i].line != 0 || requests[i].at < pile->now - 12000 * FAKE_MS) {
            continue;
        }
        if (last != 0 && requests[i].at - last >= 1000 * FAKE_MS) {
            tries++;
        }
        last = requests[i].at;
    }
    ck_assert_uint_ge(tries, 2);
}
END_TEST

START_TEST(silent_meter_bills_what_flowed_on) {
    meter_charging();
    run_ms(20000);
    meters[0].silent = true;
    ends_with("meter silent", 15000);
    check_told(meters[0].energy_j / 3600);
    pile->gun[0].bcl_da = 0;
}
END_TEST

START_TEST(no_charge_without_a_meter) {
    meters[0].silent = true;
    plug_in();
    run_ms(10000);
    ck_assert_str_eq(fake_alarm(pile), "meter silent");
    press_start();
    run_ms(5000);
    ck_assert_str_eq(fake_state(pile, 0), "plugged");
    ck_assert_int_eq(fake_output_at(pile, DUT_OUT_LOCK, 1, 0), FAKE_NEVER);
    meters[0].silent = false;
    run_ms(6000);
    ck_assert_str_eq(fake_alarm(pile), "none");
    press_start();
    ck_assert(meter_until("charging", 15000));
}
END_TEST

START_TEST(meter_that_falls_silent_at_the_start) {
    plug_in();
    meters[0].silent = true;
    press_start();
    ck_assert_msg(meter_until("releasing", 15000), "still %s: %s", fake_state(pile, 0),
                  fake_alarm(pile));
    ck_assert_str_eq(fake_alarm(pile), "meter silent");
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_K1], 0);
    ck_assert_ptr_null(fake_sent(pile, 0x12, -1, 0)); /* no CCS */
}
END_TEST

/* A checksum of one byte lets a damaged frame pass now and then: one such register is nothing. */
START_TEST(backwards_counts_when_it_is_said_twice) {
    meter_charging();
    run_ms(5000);
    meters[0].bad_registers = 1;
    run_ms(5000);
    ck_assert_str_eq(fake_state(pile, 0), "charging");
    meters[0].bad_registers = 2;
    ends_with("meter runs backwards", 15000);
    check_told(meters[0].energy_j / 3600);
}
END_TEST

START_TEST(roll_over_is_not_backwards) {
    meters[0].start_10wh = 99999990; /* 100 Wh to go: 7 s at 54 kW */
    meter_charging();
    run_ms(30000);
    ck_assert_str_eq(fake_state(pile, 0), "charging");
    ck_assert_int_lt(register_10wh(0), 1000);
    meter_press_stop();
    ck_assert(meter_until("ended", 10000));
    check_told(meters[0].energy_j / 3600);
}
END_TEST

START_TEST(lying_meter_ends_the_charge) {
    static const double gains[] = {1.1, 0.9, 0.0, 2.0};
    pile->gun[0].bcl_da = 2000;
    meters[0].gain = gains[_i];
    meter_charging();
    ends_with("meter contradicts voltage and current", 120000);
}
END_TEST

START_TEST(meter_within_its_class_does_not) {
    static const double gains[] = {1.01, 0.99};
    pile->gun[0].bcl_da = 2000;
    meters[0].gain = gains[_i];
    meter_charging();
    run_ms(120000);
    ck_assert_str_eq(fake_state(pile, 0), "charging");
}
END_TEST

START_TEST(stuck_register_bills_what_flowed) {
    meter_charging();
    run_ms(20000);
    double before = meters[0].energy_j, carried = 0;
    meters[0].gain = 0;
    for (int i = 0; i < 60000 && strcmp(fake_state(pile, 0), "ended") != 0; i++) {
        run_ms(1);
        carried += pile->gun[0].outer_v * pile->gun[0].current_a / 1000;
    }
    ck_assert_str_eq(fake_alarm(pile), "meter contradicts voltage and current");
    check_told((before + carried) / 3600);
}
END_TEST

START_TEST(refused_energy_is_no_meter) {
    meter_charging();
    meters[0].refuses[ENERGY] = true;
    ends_with("meter silent", 15000);
}
END_TEST

/* Not every DC meter tells voltage and current: the charger's own are compared then. */
START_TEST(refused_voltage_and_current_do_not_matter) {
    meters[0].refuses[VOLTAGE] = meters[0].refuses[CURRENT] = true;
    meter_charging();
    run_ms(60000);
    ck_assert_msg(strcmp(fake_state(pile, 0), "charging") == 0, "%s", fake_alarm(pile));
    meters[0].gain = 0;
    ends_with("meter contradicts voltage and current", 30000);
}
END_TEST

START_TEST(answers_of_others_and_damaged_ones_do_not_count) {
    meter_charging();
    if (_i == 0) {
        meters[0].other_address = true;
    } else {
        meters[0].bad_sum = true;
    }
    ends_with("meter silent", 15000);
}
END_TEST

/* ---- a meter alone on its line ---- */

static unsigned written;
static int count_write(void *ctx, unsigned line, const uint8_t *bytes, size_t count) {
    (void)ctx, (void)line, (void)bytes;
    written++;
    return (int)count;
}

static int32_t params[CORE_PARAM_COUNT];
static const struct dut_host line_host = {.serial_write = count_write};
static struct core_meter alone;

static void begin_alone(void) {
    memset(params, 0, sizeof params);
    params[CORE_P_METER_DC_A] = 1;
    params[CORE_P_METER_TRIES] = 3;
    params[CORE_P_METER_TIMEOUT] = 1000;
    params[CORE_P_METER_PAUSE] = 30;
    params[CORE_P_METER_GAP] = 500;
    written = 0;
    core_meter_begin(&alone, &line_host, params, DUT_LINE_DC_METER, CORE_P_METER_DC_A);
}

/* 1234.56 kWh, as the standard has it, and with a fifth byte. */
static const uint8_t energy_4[] = {0x68, 0x01, 0,    0,    0,    0,    0,    0x68, 0x91, 0x08,
                                   0x33, 0x33, 0x34, 0x33, 0x89, 0x67, 0x45, 0x33, 0x9F, 0x16};
static const uint8_t energy_5[] = {0x68, 0x01, 0,    0,    0,    0,    0,    0x68, 0x91, 0x09, 0x33,
                                   0x33, 0x34, 0x33, 0x33, 0x89, 0x67, 0x45, 0x33, 0xD3, 0x16};

/* The register may be as old as the first request: what flowed since is not in it. */
START_TEST(late_answer_is_not_newer_than_the_first_request) {
    begin_alone();
    core_meter_run(&alone, 0, 1000 * FAKE_MS, false);
    core_meter_run(&alone, 1000 * FAKE_MS, 1000 * FAKE_MS, false);
    core_meter_run(&alone, 1030 * FAKE_MS, 1000 * FAKE_MS, false);
    ck_assert_uint_eq(written, 2);
    ck_assert(core_meter_hear(&alone, 1200 * FAKE_MS, energy_4, sizeof energy_4));
    ck_assert_int_eq(alone.value[CORE_METER_ENERGY], 123456);
    ck_assert_int_eq(alone.energy_asked_ns, 0);
    core_meter_run(&alone, 1200 * FAKE_MS, 1000 * FAKE_MS, false);
    core_meter_run(&alone, 3000 * FAKE_MS, 1000 * FAKE_MS, false);
    ck_assert(core_meter_hear(&alone, 3100 * FAKE_MS, energy_4, sizeof energy_4));
    ck_assert_int_eq(alone.energy_asked_ns, 3000 * FAKE_MS);
}
END_TEST

START_TEST(energy_of_another_length_is_no_register) {
    begin_alone();
    core_meter_run(&alone, 0, 1000 * FAKE_MS, false);
    ck_assert(!core_meter_hear(&alone, 100 * FAKE_MS, energy_5, sizeof energy_5));
    ck_assert(core_meter_hear(&alone, 200 * FAKE_MS, energy_4, sizeof energy_4));
}
END_TEST

START_TEST(ac_meter_is_shown_only) {
    meter_charging();
    meters[2].silent = true;
    run_ms(15000);
    ck_assert_str_eq(fake_alarm(pile), "AC meter silent");
    ck_assert_str_eq(fake_state(pile, 0), "charging");
    meters[2].silent = false;
    run_ms(10000);
    ck_assert_str_eq(fake_alarm(pile), "none");
}
END_TEST

START_TEST(without_lines_the_register_is_an_input) {
    for (unsigned i = 0; i < LINES; i++) {
        meters[i].absent = true;
    }
    pile->gun[0].in[DUT_IN_ENERGY_WH] = 5000;
    meter_charging();
    pile->gun[0].in[DUT_IN_ENERGY_WH] = 6200;
    meter_press_stop();
    ck_assert(meter_until("ended", 10000));
    ck_assert_int_eq(meter_told(), 12);
    ck_assert_str_eq(fake_alarm(pile), "none");
}
END_TEST

START_TEST(second_gun_has_a_meter_of_its_own) {
    fake_param(pile, "guns", 2);
    fake_call(pile);
    run_ms(20000);
    ck_assert_uint_ge(count_requests(1, ENERGY, 0), 3);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("meter");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, meter_setup, meter_teardown);
    tcase_add_test(all, both_meters_are_read_all_the_time);
    tcase_add_test(all, the_last_csd_tells_the_register);
    tcase_add_test(all, idle_asks_for_the_register_now_and_then);
    tcase_add_test(all, silent_meter_is_tried_three_times_a_second_apart);
    tcase_add_test(all, silent_meter_bills_what_flowed_on);
    tcase_add_test(all, no_charge_without_a_meter);
    tcase_add_test(all, meter_that_falls_silent_at_the_start);
    tcase_add_test(all, backwards_counts_when_it_is_said_twice);
    tcase_add_test(all, roll_over_is_not_backwards);
    tcase_add_loop_test(all, lying_meter_ends_the_charge, 0, 4);
    tcase_add_loop_test(all, meter_within_its_class_does_not, 0, 2);
    tcase_add_test(all, stuck_register_bills_what_flowed);
    tcase_add_test(all, refused_energy_is_no_meter);
    tcase_add_test(all, refused_voltage_and_current_do_not_matter);
    tcase_add_loop_test(all, answers_of_others_and_damaged_ones_do_not_count, 0, 2);
    tcase_add_test(all, late_answer_is_not_newer_than_the_first_request);
    tcase_add_test(all, energy_of_another_length_is_no_register);
    tcase_add_test(all, ac_meter_is_shown_only);
    tcase_add_test(all, without_lines_the_register_is_an_input);
    tcase_add_test(all, second_gun_has_a_meter_of_its_own);
    suite_add_tcase(suite, all);
    return suite_main(suite);
}
