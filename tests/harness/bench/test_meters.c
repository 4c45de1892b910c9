/* SPDX-License-Identifier: MIT */
/* The bench's meters on their lines: what they tell, what the actions do to them, and that they go
 * on when the pile has no power. */
#include "firmware-under-test/include/dut.h"
#include "harness/action/action.h"
#include "harness/bench/bench.h"
#include "harness/dut/local.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct bench *bench;
static struct problem problem;

/* The charger's end, heard besides. */
static struct serial_station ear;
static struct meter_parser parser;
static struct meter_frame frames[8];
static unsigned frame_count;

static void framed(void *ctx, int64_t first_ns, int64_t last_ns, const struct meter_frame *frame) {
    (void)ctx, (void)first_ns, (void)last_ns;
    ck_assert_uint_lt(frame_count, 8);
    frames[frame_count++] = *frame;
}

static void heard(void *ctx, int64_t now_ns, const struct serial_run *run) {
    (void)ctx;
    for (size_t i = 0; i < run->count; i++) {
        meter_parser_byte(&parser, now_ns, run->bytes[i]);
    }
}

static void setup(void) {
    bench = bench_signals(&problem);
    ck_assert_msg(bench != NULL, "%s", problem.text);
    meter_parser_init(&parser, framed, NULL, NULL);
    ear = (struct serial_station){.received = heard};
}

static void teardown(void) {
    bench_free(bench);
}

/* False: it is no action, or cannot be done. */
static bool done(const char *text) {
    struct action *action = action_parse(text, &problem, NULL);
    struct phrase why;
    bool good = action != NULL && action_do(bench, action, &why);
    free(action);
    return good;
}

static void act(const char *text) {
    ck_assert_msg(done(text), "%s: %s", text, problem.text);
}

static double value(const char *name) {
    return signal_at(signal_find(&bench->board, name), bench->loop.now_ns);
}

static void run_s(double seconds) {
    loop_run(&bench->loop, bench->loop.now_ns + (int64_t)(seconds * (double)NS_PER_S));
}

/* Asks as the charger does; what came back within a second, requests and answers, is in frames. */
static void ask(unsigned line, const char *address, uint32_t di) {
    struct meter_frame request = {.control = METER_READ, .length = 4};
    uint8_t bytes[METER_FRAME_BYTES_MAX];
    struct serial_line *wire = bench->guns[0].meters.posts[line == DUT_LINE_AC_METER].line;
    meter_address_from_text(address, request.address);
    meter_di_put(di, request.data);
    size_t count = meter_frame_encode(&request, bytes);
    frame_count = 0;
    serial_join(wire, &ear);
    ck_assert_int_ge(meters_write(&bench->guns[0].meters, line, bytes, count), 0);
    run_s(1);
    meter_parser_end(&parser);
    serial_leave(wire, &ear);
}

/* The value of the one answer, after the request itself. */
static int64_t answer(enum meter_type type, uint32_t di) {
    int64_t number = -1;
    ck_assert_uint_eq(frame_count, 2);
    ck_assert_uint_eq(frames[1].control, METER_READ | METER_ANSWER);
    ck_assert_uint_eq(meter_di_get(frames[1].data), di);
    ck_assert(meter_item_get(meter_item(type, di), frames[1].data + 4, &number));
    return number;
}

static int64_t dc_register(void) {
    ask(DUT_LINE_DC_METER, "1", METER_ENERGY_FORWARD);
    return answer(METER_DC_VENDOR, METER_ENERGY_FORWARD);
}

START_TEST(each_meter_answers_on_its_own_line) {
    ck_assert_int_eq(dc_register(), 1234550);
    ck_assert(value("meter.energy") == 12345500.0);
    ask(DUT_LINE_AC_METER, "101", METER_VOLTAGE_A);
    int64_t decivolts = answer(METER_AC_WIDE, METER_VOLTAGE_A);
    ck_assert_int_ge(decivolts, 2191); /* 380 V / sqrt 3 = 219.4 V, within class 0.5 */
    ck_assert_int_le(decivolts, 2197);
    ask(DUT_LINE_AC_METER, "1", METER_VOLTAGE_A);
    ck_assert_uint_eq(frame_count, 1); /* the DC meter is not there */
    ck_assert(value("meter.requests") == 1 && value("ac_meter.requests") == 1);
    ck_assert_int_eq(meters_write(&bench->guns[0].meters, 1, (const uint8_t *)"", 1),
                     DUT_ERROR_ABSENT);
    ck_assert_ptr_null(
        meters_option(&bench->guns[0].meters, METERS_DC)); /* nothing for another process */
}
END_TEST

START_TEST(standby_is_counted_while_the_grid_is_there) {
    run_s(10 * 3600);
    ck_assert_double_le(value("ac_meter.counted"), 610);
    ck_assert_double_ge(value("ac_meter.counted"), 580); /* 60 W, 10 h, cut to 10 Wh, class 0.5 */
    ck_assert(value("meter.counted") == 0);
    double before = value("ac_meter.counted");
    act("set grid.voltage 0 V");
    run_s(10 * 3600);
    ck_assert_double_le(value("ac_meter.counted") - before, 10);
    act("set grid.voltage 380 V");
    run_s(10 * 3600);
    ck_assert_double_ge(value("ac_meter.counted") - before, 580);
}
END_TEST

/* Frames heard after a request (the request is one), and the action that makes it so. */
START_TEST(actions_change_the_answers) {
    static const struct {
        const char *action;
        unsigned frames;
    } rows[] = {
        {"meter dc silent", 1},   {"meter dc late 2 s", 1},       {"meter dc early", 2},
        {"meter dc truncate", 1}, {"meter dc checksum 100 %", 1}, {"meter dc foreign", 3},
        {"meter dc address", 2},  {"meter dc refuse 2", 2},       {"meter dc wrong item", 2},
        {"meter dc no value", 2}, {"meter dc sound", 2},
    };
    ask(DUT_LINE_DC_METER, "1", METER_ENERGY_FORWARD);
    struct meter_frame sound = frames[1];
    ck_assert(done(rows[_i].action));
    ask(DUT_LINE_DC_METER, "1", METER_ENERGY_FORWARD);
    ck_assert_msg(frame_count == rows[_i].frames, "%s: %u frames", rows[_i].action, frame_count);
    bool same = frame_count == 2 && memcmp(&sound, &frames[1], sizeof sound) == 0;
    bool harmless = strstr(rows[_i].action, "early") || strstr(rows[_i].action, "sound");
    ck_assert_int_eq(same, harmless);
    run_s(3);
    act("meter dc sound");
    ck_assert_int_eq(dc_register(), 1234550);
}
END_TEST

static unsigned charger_heard;

static void charger_hears(void *ctx, int64_t now_ns, const struct serial_run *run) {
    (void)ctx, (void)now_ns;
    charger_heard += (unsigned)run->count;
}

START_TEST(an_echo_is_heard_by_the_charger) {
    bench->guns[0].meters.posts[METERS_DC].charger.received = charger_hears;
    ask(DUT_LINE_DC_METER, "1", METER_ENERGY_FORWARD);
    unsigned without = charger_heard;
    act("meter dc echo");
    charger_heard = 0;
    ask(DUT_LINE_DC_METER, "1", METER_ENERGY_FORWARD);
    ck_assert_uint_eq(charger_heard, without + 16); /* the request */
}
END_TEST

START_TEST(actions_move_the_register) {
    act("meter dc jump 5 kWh");
    ck_assert_int_eq(dc_register(), 1235050);
    act("meter dc jump -1.5 kWh");
    ck_assert_int_eq(dc_register(), 1234900);
    act("meter dc roll over");
    ck_assert_int_eq(dc_register(), 99999900);
    act("meter dc jump 2 kWh");
    ck_assert_int_eq(dc_register(), 100);
    ck_assert(!done("meter gas silent"));
    ck_assert_ptr_nonnull(strstr(problem.text, "dc (the gun's) or ac (the pile's)"));
    ck_assert(!done("meter dc refuse 256"));
}
END_TEST

START_TEST(stick_and_gain_act_on_what_flows) {
    run_s(3600);
    double before = value("ac_meter.counted");
    act("meter ac stick");
    run_s(36000);
    ck_assert(value("ac_meter.counted") == before);
    act("meter ac sound");
    act("meter ac gain 100 %");
    run_s(36000);
    ck_assert_double_ge(value("ac_meter.counted") - before, 1180); /* 60 W, 10 h, twice */
}
END_TEST

START_TEST(a_clock_drifts_from_when_it_is_told) {
    struct registers *registers =
        simulated_registers(bench->guns[0].meters.posts[METERS_DC].simulated);
    run_s(1000.5);
    int64_t before = registers_clock_s(registers, bench->loop.now_ns);
    act("meter dc drift 10 %");
    ck_assert_int_eq(registers_clock_s(registers, bench->loop.now_ns), before);
    run_s(1000);
    ck_assert_int_eq(registers_clock_s(registers, bench->loop.now_ns), before + 1100);
}
END_TEST

/* The whole bench with the reference core. */
START_TEST(registers_outlive_the_piles_power) {
    struct run_plan plan = {.wiring = WIRING_SIM};
    struct preset preset = {.file = "none"};
    struct progress progress = {0};
    bench_free(bench);
    bench = bench_new(&plan, &(struct bench_order){.vehicles = {&preset}, .guns = 1}, &progress,
                      &problem);
    ck_assert_msg(bench != NULL, "%s", problem.text);
    run_s(21); /* no request is on the wire */
    act("meter dc jump 7 kWh");
    double asked = value("meter.requests"), counted = value("ac_meter.counted");
    ck_assert_double_ge(asked, 4);
    dut_local_power(bench->dut_local, false);
    run_s(3600);
    ck_assert(value("meter.requests") == asked);
    ck_assert(value("meter.energy") == 12352500.0);
    ck_assert_double_ge(value("ac_meter.counted"), counted + 50);
    dut_local_power(bench->dut_local, true);
    run_s(20);
    ck_assert_double_ge(value("meter.requests"), asked + 4);
    ck_assert(value("pile.alarm") == 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("meters");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, each_meter_answers_on_its_own_line);
    tcase_add_test(all, standby_is_counted_while_the_grid_is_there);
    tcase_add_loop_test(all, actions_change_the_answers, 0, 10);
    tcase_add_test(all, an_echo_is_heard_by_the_charger);
    tcase_add_test(all, actions_move_the_register);
    tcase_add_test(all, stick_and_gain_act_on_what_flows);
    tcase_add_test(all, a_clock_drifts_from_when_it_is_told);
    tcase_add_test(all, registers_outlive_the_piles_power);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
