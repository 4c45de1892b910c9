/* SPDX-License-Identifier: MIT */
/* The bench's side of the I/O frames, laid out by the DBC, on an in-process network. */
#include "harness/dut/remote.h"
#include "tests/firmware/support/dbc.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define DBC_FILE TEST_SOURCE_DIR "/firmware-under-test/include/pile_io.dbc"
#define IDS      0x800

static struct dbc dbc;
static struct loop loop;
static struct signal_board board;
static struct can_net *io;
static struct can_node pile;
static struct dut_remote *dut;
static struct can_frame_ext last[IDS];
static unsigned seen[IDS];
static int64_t seen_ns[IDS];
static unsigned lost_count, ready_count;
static char lost_text[128];
static bool answers; /* the pile echoes */
static unsigned alive_abi;
static struct lateness late;

static void send_raw(unsigned id, unsigned len, const uint8_t *data) {
    struct can_frame_ext frame = {.id = id, .len = (uint8_t)len};
    memcpy(frame.data, data, 8);
    ck_assert_int_eq(can_send(io, &pile, &frame), 0);
}

static void on_frame(void *ctx, int64_t at_ns, const struct can_frame_ext *frame) {
    (void)ctx;
    ck_assert(!frame->extended && frame->id < IDS);
    last[frame->id] = *frame;
    seen[frame->id]++;
    seen_ns[frame->id] = at_ns;
    if (frame->id == PILE_IO_PING && answers) {
        send_raw(PILE_IO_ECHO, 4, frame->data);
    }
}

static void on_lost(void *ctx, int64_t at_ns, const char *text) {
    (void)ctx;
    (void)at_ns;
    lost_count++;
    snprintf(lost_text, sizeof lost_text, "%s", text);
}

static void on_ready(void *ctx, int64_t at_ns) {
    (void)ctx;
    (void)at_ns;
    ready_count++;
}

/* One signal for each input, all with a value of its own. */
static const struct {
    unsigned id;
    const char *name;
    enum dut_input channel;
    double signal_value;
    int32_t raw;
} inputs[] = {
    {PILE_IO_SWITCHES, "LOCK_FEEDBACK", DUT_IN_LOCK_FEEDBACK, 1, 1},
    {PILE_IO_SWITCHES, "K1_FEEDBACK", DUT_IN_K1_FEEDBACK, 1, 1},
    {PILE_IO_SWITCHES, "K2_FEEDBACK", DUT_IN_K2_FEEDBACK, 1, 1},
    {PILE_IO_SWITCHES, "PE_OK", DUT_IN_PE_OK, 1, 1},
    {PILE_IO_SWITCHES, "START", DUT_IN_START, 1, 1},
    {PILE_IO_SWITCHES, "STOP", DUT_IN_STOP, 1, 1},
    {PILE_IO_SWITCHES, "ESTOP", DUT_IN_ESTOP, 1, 1},
    {PILE_IO_SWITCHES, "DOOR_OPEN", DUT_IN_DOOR_OPEN, 1, 1},
    {PILE_IO_VOLTAGES, "INNER_MV", DUT_IN_INNER_MV, 1000.123, 1000123},
    {PILE_IO_VOLTAGES, "OUTER_MV", DUT_IN_OUTER_MV, -540, -540000},
    {PILE_IO_CURRENT, "CURRENT_MA", DUT_IN_CURRENT_MA, -250.001, -250001},
    {PILE_IO_CURRENT, "CC1_MV", DUT_IN_CC1_MV, 4, 4000},
    {PILE_IO_CURRENT, "AUX_MV", DUT_IN_AUX_MV, -0.012, -12},
    {PILE_IO_INSULATION, "POSITIVE_OHM", DUT_IN_INSULATION_POS_OHM, 1e13, INT32_MAX},
    {PILE_IO_INSULATION, "NEGATIVE_OHM", DUT_IN_INSULATION_NEG_OHM, 75000, 75000},
    {PILE_IO_SLOW, "TEMPERATURE_POS_DC", DUT_IN_GUN_TEMP_POS_DC, -40.1, -401},
    {PILE_IO_SLOW, "TEMPERATURE_NEG_DC", DUT_IN_GUN_TEMP_NEG_DC, 1e6, INT16_MAX},
    {PILE_IO_SLOW, "AC_MV", DUT_IN_AC_MV, 380, 380000},
    {PILE_IO_ENERGY, "ENERGY_WH", DUT_IN_ENERGY_WH, 123456789, 123456789},
    {PILE_IO_PHASES, "L1_MV", DUT_IN_AC_L1_MV, 220.5, 220500},
    {PILE_IO_PHASES, "L2_MV", DUT_IN_AC_L2_MV, 0.001, 1},
    {PILE_IO_SUPPLY, "L3_MV", DUT_IN_AC_L3_MV, 230, 230000},
    {PILE_IO_SUPPLY, "FREQUENCY_MHZ", DUT_IN_AC_FREQUENCY_MHZ, 49.95, 49950},
    {PILE_IO_PLACES, "AC_ORDER_OK", DUT_IN_AC_ORDER_OK, 1, 1},
    {PILE_IO_CURRENTS, "RESIDUAL_UA", DUT_IN_AC_RESIDUAL_UA, 0.03, 30000},
    {PILE_IO_PLACES, "AC_SWITCH_CLOSED", DUT_IN_AC_SWITCH_CLOSED, 1, 1},
    {PILE_IO_PLACES, "AC_CONTACTOR_CLOSED", DUT_IN_AC_CONTACTOR_CLOSED, 1, 1},
    {PILE_IO_TO_PE, "POS_TO_PE_MV", DUT_IN_POS_TO_PE_MV, 375, 375000},
    {PILE_IO_TO_PE, "NEG_TO_PE_MV", DUT_IN_NEG_TO_PE_MV, -375, -375000},
    {PILE_IO_AIR, "CABINET_DC", DUT_IN_CABINET_DC, 60.5, 605},
    {PILE_IO_AIR, "AMBIENT_DC", DUT_IN_AMBIENT_DC, -20, -200},
    {PILE_IO_AIR, "PRESSURE_PA", DUT_IN_AIR_PRESSURE_PA, 80000, 80000},
    {PILE_IO_PLACES, "FAN_RPM", DUT_IN_FAN_RPM, 2800, 2800},
    {PILE_IO_CURRENTS, "AUX_MA", DUT_IN_AUX_MA, 10, 10000},
    {PILE_IO_PLACES, "GROUPS_CLOSED", DUT_IN_DISTRIBUTION_CLOSED, 5, 5},
};
#define INPUTS (sizeof inputs / sizeof inputs[0])

static struct signal *input_signal(enum dut_input channel) {
    return signal_find(&board, dut_input_wires[channel].signal[0]);
}

static void setup_wired(unsigned inputs_wired) {
    lost_count = ready_count = 0;
    answers = false;
    alive_abi = 2;
    memset(seen, 0, sizeof seen);
    memset(last, 0, sizeof last);
    ck_assert(dbc_read(&dbc, DBC_FILE));
    loop_init(&loop, LOOP_VIRTUAL);
    io = can_bus_new(&loop, 500000);
    pile = (struct can_node){.received = on_frame};
    can_join(io, &pile);
    for (unsigned i = 0; i < inputs_wired; i++) {
        signal_add(&board, dut_input_wires[i].signal[0], SIGNAL_NUMBER, "", "");
        signal_set(input_signal((enum dut_input)i), 0, 0);
    }
    struct dut_remote_config config = {.loop = &loop,
                                       .board = &board,
                                       .io = io,
                                       .guns = 1,
                                       .late = &late,
                                       .lost = on_lost,
                                       .ready = on_ready};
    memset(&late, 0, sizeof late);
    dut = dut_remote_new(&config);
}

/* As a bench without the inputs of version 3: their frames are not sent. */
static void setup(void) {
    setup_wired(DUT_IN_AC_L1_MV);
}

static void setup_all(void) {
    setup_wired(DUT_INPUTS);
}

static void teardown(void) {
    dut_remote_free(dut);
    can_free(io);
    signal_board_free(&board);
    loop_free(&loop);
}

static void run_ms(int64_t ms) {
    loop_run(&loop, loop.now_ns + ms * NS_PER_MS);
}

START_TEST(each_input_goes_where_the_dbc_says) {
    ck_assert_uint_eq(INPUTS, DUT_INPUTS);
    for (unsigned i = 0; i < INPUTS; i++) {
        signal_set(input_signal(inputs[i].channel), loop.now_ns, inputs[i].signal_value);
        run_ms(120);
        const struct dbc_signal *s = dbc_find(&dbc, inputs[i].id, inputs[i].name);
        ck_assert_uint_eq(last[s->id].len, s->frame_length);
        ck_assert_msg(dbc_raw(s, last[s->id].data) == inputs[i].raw, "%s", inputs[i].name);
        signal_set(input_signal(inputs[i].channel), loop.now_ns, 0);
        run_ms(120);
        ck_assert_msg(dbc_raw(s, last[s->id].data) == 0, "%s", inputs[i].name);
    }
}
END_TEST

START_TEST(periods_are_kept) {
    run_ms(1000);
    ck_assert_uint_eq(seen[PILE_IO_VOLTAGES], 100);
    ck_assert_uint_eq(seen[PILE_IO_CURRENT], 100);
    ck_assert_uint_eq(seen[PILE_IO_SWITCHES], 10);
    ck_assert_uint_eq(seen[PILE_IO_INSULATION], 10);
    ck_assert_uint_eq(seen[PILE_IO_SLOW], 10);
    ck_assert_uint_eq(seen[PILE_IO_ENERGY], 10);
    ck_assert_uint_eq(seen[PILE_IO_PING], 10);
    ck_assert_uint_eq(last[PILE_IO_SWITCHES].data[PILE_IO_BYTE_SEQUENCE], 9);
    for (unsigned id = PILE_IO_PHASES; id <= PILE_IO_PLACES; id++) {
        ck_assert_uint_eq(seen[id], 0); /* nothing of them is wired */
    }
}
END_TEST

START_TEST(steps_go_out_at_once) {
    run_ms(55);
    int64_t pressed_ns = loop.now_ns;
    signal_set(input_signal(DUT_IN_ESTOP), pressed_ns, 1);
    run_ms(2);
    ck_assert_int_lt(seen_ns[PILE_IO_SWITCHES] - pressed_ns, NS_PER_MS); /* a frame's time */
    ck_assert_int_gt(seen_ns[PILE_IO_SWITCHES], pressed_ns);
    int64_t open_ns = loop.now_ns;
    signal_set(input_signal(DUT_IN_CC1_MV), open_ns, 12);
    run_ms(1);
    ck_assert_int_gt(seen_ns[PILE_IO_CURRENT], open_ns);
}
END_TEST

static void send_signal(unsigned id, const char *name, int64_t raw) {
    const struct dbc_signal *s = dbc_find(&dbc, id, name);
    uint8_t data[8] = {0};
    ck_assert_ptr_nonnull(s);
    dbc_put(s, data, raw);
    send_raw(id, s->frame_length, data);
}

static const struct {
    unsigned id;
    const char *name;
    const char *signal;
    int64_t raw;
    double value;
} commands[] = {
    {PILE_IO_COMMANDS, "K1", "k1.command", 1, 1},
    {PILE_IO_COMMANDS, "K2", "k2.command", 1, 1},
    {PILE_IO_COMMANDS, "AUX", "aux.command", 1, 1},
    {PILE_IO_COMMANDS, "LOCK", "lock.command", 1, 1},
    {PILE_IO_COMMANDS, "DISCHARGE", "discharge.command", 1, 1},
    {PILE_IO_COMMANDS, "IMD", "imd.command", 1, 1},
    {PILE_IO_COMMANDS, "MODULES_ON", "modules.on", 1, 1},
    {PILE_IO_MODULES, "MODULE_MV", "modules.voltage_set", 750250, 750.25},
    {PILE_IO_MODULES, "MODULE_MA", "modules.current_set", 250000, 250},
    {PILE_IO_STATUS, "ALARM", "pile.alarm", 70000, 70000},
    {PILE_IO_STATUS, "STATE", "pile.state", -5, -5},
    {PILE_IO_EXTRA, "GROUPS", "distribution.command", 6, 6},
    {PILE_IO_EXTRA, "FAN_PERMILLE", "fan.command", 1000, 100},
    {PILE_IO_EXTRA, "AC_TRIP", "ac.trip_command", 1, 1},
    {PILE_IO_EXTRA, "AC_CONTACTOR", "ac.contactor_command", 1, 1},
    {PILE_IO_EXTRA, "IMD_POS", "imd.positive_command", 1, 1},
    {PILE_IO_EXTRA, "IMD_NEG", "imd.negative_command", 1, 1},
};

START_TEST(each_command_sets_its_signal_with_the_frames_instant) {
    run_ms(50);
    for (unsigned i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        struct signal *signal = signal_find(&board, commands[i].signal);
        ck_assert_double_eq(signal->value, 0);
        int64_t before_ns = loop.now_ns;
        send_signal(commands[i].id, commands[i].name, commands[i].raw);
        run_ms(3);
        ck_assert_msg(signal->value == commands[i].value, "%s", commands[i].signal);
        ck_assert_int_gt(signal->changed_ns, before_ns);
        ck_assert_int_lt(signal->changed_ns, loop.now_ns);
        send_signal(commands[i].id, commands[i].name, 0);
        run_ms(3);
        ck_assert_double_eq(signal->value, 0);
    }
}
END_TEST

static void send_alive(uint32_t count, enum pile_io_state state) {
    uint8_t data[8] = {0};
    dbc_put(dbc_find(&dbc, PILE_IO_ALIVE, "ALIVE_COUNT"), data, count);
    dbc_put(dbc_find(&dbc, PILE_IO_ALIVE, "ALIVE_ABI"), data, alive_abi);
    dbc_put(dbc_find(&dbc, PILE_IO_ALIVE, "ALIVE_GUNS"), data, 1);
    dbc_put(dbc_find(&dbc, PILE_IO_ALIVE, "ALIVE_STATE"), data, state);
    send_raw(PILE_IO_ALIVE, 8, data);
}

START_TEST(a_pile_that_never_answers_is_told_after_the_starting_time) {
    run_ms(DUT_REMOTE_START_MS - 1);
    ck_assert_uint_eq(lost_count, 0);
    run_ms(2);
    ck_assert_uint_eq(lost_count, 1);
    ck_assert_ptr_nonnull(strstr(lost_text, "never answered"));
    run_ms(5000);
    ck_assert_uint_eq(lost_count, 1); /* told once */
}
END_TEST

START_TEST(a_pile_that_falls_silent_is_told_in_500_ms) {
    for (uint32_t i = 0; i < 20; i++) {
        send_alive(i, i < 3 ? PILE_IO_WAITING : PILE_IO_RUNNING);
        run_ms(PILE_IO_SLOW_MS);
    }
    ck_assert_uint_eq(lost_count, 0);
    ck_assert_uint_eq(ready_count, 1);
    ck_assert(dut_remote_status(dut)->alive);
    ck_assert_uint_eq(dut_remote_status(dut)->abi, alive_abi);
    run_ms(PILE_IO_SILENT_MS - PILE_IO_SLOW_MS - 1);
    ck_assert_uint_eq(lost_count, 0);
    run_ms(3);
    ck_assert_uint_eq(lost_count, 1);
    ck_assert_ptr_nonnull(strstr(lost_text, "fell silent"));
    ck_assert(!dut_remote_status(dut)->alive);
    send_alive(20, PILE_IO_RUNNING);
    run_ms(1);
    ck_assert(dut_remote_status(dut)->alive);
    ck_assert_uint_eq(ready_count, 2);
}
END_TEST

START_TEST(a_machine_that_stood_still_heard_nothing_either) {
    send_alive(0, PILE_IO_RUNNING);
    run_ms(PILE_IO_SILENT_MS - 2);
    lateness_note(&late, loop.now_ns, 9 * NS_PER_S); /* late, but at work */
    run_ms(4);
    ck_assert_uint_eq(lost_count, 1);
    send_alive(1, PILE_IO_RUNNING);
    run_ms(PILE_IO_SILENT_MS - 2);
    lateness_held(&late, loop.now_ns - LOOP_HELD_NS, loop.now_ns);
    run_ms(PILE_IO_SILENT_MS - 2);
    ck_assert_uint_eq(lost_count, 1);
    run_ms(4); /* it went on for as long, and nothing came */
    ck_assert_uint_eq(lost_count, 2);
}
END_TEST

START_TEST(a_pile_that_boots_may_be_silent) {
    send_alive(0, PILE_IO_WAITING);
    run_ms(DUT_REMOTE_START_MS - 1);
    ck_assert_uint_eq(lost_count, 0);
    send_alive(1, PILE_IO_RUNNING);
    run_ms(1);
    ck_assert_uint_eq(ready_count, 1);
    run_ms(PILE_IO_SILENT_MS);
    ck_assert_uint_eq(lost_count, 1);
}
END_TEST

START_TEST(a_boot_that_never_ends_is_told) {
    send_alive(0, PILE_IO_WAITING);
    run_ms(DUT_REMOTE_START_MS + 2);
    ck_assert_uint_eq(lost_count, 1);
}
END_TEST

START_TEST(a_restart_is_told) {
    send_alive(100, PILE_IO_RUNNING);
    run_ms(100);
    send_alive(0, PILE_IO_WAITING);
    run_ms(100);
    ck_assert_uint_eq(lost_count, 1);
    ck_assert_ptr_nonnull(strstr(lost_text, "restarted"));
}
END_TEST

START_TEST(a_restart_after_the_first_sign_of_life_is_told) {
    send_alive(0, PILE_IO_RUNNING);
    run_ms(100);
    send_alive(0, PILE_IO_RUNNING);
    run_ms(100);
    ck_assert_uint_eq(lost_count, 1);
    ck_assert_uint_eq(ready_count, 2);
}
END_TEST

START_TEST(round_trips_are_measured) {
    answers = true;
    run_ms(1000);
    const struct dut_remote_status *status = dut_remote_status(dut);
    ck_assert_uint_eq(status->round_trips, 10);
    ck_assert_int_eq(status->round_trip_last_ns > 0, 1);
    /* Six frames of its own before PING, PING itself, then the echo: 2 us a bit. */
    ck_assert_int_lt(status->round_trip_max_ns, 9 * 135 * 2 * NS_PER_US);
    ck_assert_int_le(status->round_trip_min_ns, status->round_trip_last_ns);
    uint8_t never_sent[8] = {0xFF, 0xFF};
    send_raw(PILE_IO_ECHO, 4, never_sent);
    run_ms(1);
    ck_assert_uint_eq(status->round_trips, 10);
}
END_TEST

START_TEST(identity_is_put_together) {
    const struct dut_remote_status *status = dut_remote_status(dut);
    run_ms(5);
    ck_assert_uint_eq(last[PILE_IO_PING].data[PILE_IO_BYTE_PING_WISH], PILE_IO_WISH_IDENTITY);
    send_raw(PILE_IO_IDENTITY, 8, (const uint8_t[8]){0x81, '2', '.', '3'}); /* the first was lost */
    run_ms(5);
    ck_assert(!status->identified);
    send_raw(PILE_IO_IDENTITY, 8, (const uint8_t[8]){0, 'c', 'o', 'r', 'e', 0, '1', '.'});
    send_raw(PILE_IO_IDENTITY, 8, (const uint8_t[8]){0x81, '2', '.', '3'});
    run_ms(200);
    ck_assert(status->identified);
    ck_assert_str_eq(status->name, "core");
    ck_assert_str_eq(status->version, "1.2.3");
    ck_assert_uint_eq(last[PILE_IO_PING].data[PILE_IO_BYTE_PING_WISH], 0);
}
END_TEST

static void send_capability(unsigned gun, unsigned number, unsigned count, int32_t value) {
    uint8_t data[8] = {0};
    dbc_put(dbc_find(&dbc, PILE_IO_CAPABILITY, "CAPABILITY_GUN"), data, gun);
    dbc_put(dbc_find(&dbc, PILE_IO_CAPABILITY, "CAPABILITY_NUMBER"), data, number);
    dbc_put(dbc_find(&dbc, PILE_IO_CAPABILITY, "CAPABILITY_COUNT"), data, count);
    dbc_put(dbc_find(&dbc, PILE_IO_CAPABILITY, "CAPABILITY"), data, value);
    send_raw(PILE_IO_CAPABILITY, 8, data);
}

START_TEST(a_pile_is_ready_when_it_has_said_what_it_declares) {
    alive_abi = DUT_ABI_VERSION;
    const struct dut_remote_status *status = dut_remote_status(dut);
    ck_assert_int_eq(status->capabilities[0][DUT_CAP_CURRENT_MAX_MA], DUT_UNKNOWN);
    send_alive(0, PILE_IO_RUNNING);
    run_ms(150); /* it is asked */
    ck_assert_uint_eq(ready_count, 0);
    ck_assert_uint_eq(last[PILE_IO_PING].data[PILE_IO_BYTE_PING_WISH] & PILE_IO_WISH_CAPABILITY,
                      PILE_IO_WISH_CAPABILITY);
    for (unsigned i = 0; i < DUT_CAPABILITIES + 2u; i++) { /* a newer one knows two more */
        send_capability(0, i, DUT_CAPABILITIES + 2u, (int32_t)i);
        run_ms(1);
    }
    send_alive(1, PILE_IO_RUNNING);
    run_ms(150);
    ck_assert_uint_eq(ready_count, 1);
    ck_assert_int_eq(status->capabilities[0][DUT_CAP_CURRENT_MAX_MA], DUT_CAP_CURRENT_MAX_MA);
    ck_assert_uint_eq(last[PILE_IO_PING].data[PILE_IO_BYTE_PING_WISH] & PILE_IO_WISH_CAPABILITY, 0);
    send_capability(3, 200, 255, 1); /* nonsense does no harm */
    run_ms(5);
}
END_TEST

START_TEST(a_pile_that_says_nothing_of_itself_is_ready_after_a_second) {
    alive_abi = DUT_ABI_VERSION;
    for (uint32_t i = 0; i < 10; i++) {
        send_alive(i, PILE_IO_RUNNING);
        run_ms(PILE_IO_SLOW_MS);
        ck_assert_uint_eq(ready_count, 0);
    }
    send_alive(10, PILE_IO_RUNNING);
    run_ms(5);
    ck_assert_uint_eq(ready_count, 1);
    ck_assert(!dut_remote_status(dut)->described);
}
END_TEST

START_TEST(a_switch_says_whether_it_is_wired) {
    run_ms(120);
    const uint8_t *data = last[PILE_IO_PLACES].data;
    ck_assert_uint_eq(data[PILE_IO_BYTE_PLACES_WIRED], 7);
    ck_assert_uint_eq(data[PILE_IO_BYTE_PLACES_WIRED - 1], 0);
}
END_TEST

START_TEST(gaps_in_the_sequence_are_counted) {
    for (unsigned i = 0; i < 300; i++) {
        if (i != 100 && i != 258) {
            send_signal(PILE_IO_COMMANDS, "SEQUENCE", i & 0xFF);
        }
        run_ms(1);
    }
    ck_assert_uint_eq(dut_remote_status(dut)->lost_frames, 2);
}
END_TEST

START_TEST(foreign_frames_do_no_harm) {
    const uint8_t ones[8] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    send_raw(PILE_IO_COMMANDS, 7, ones);                    /* too short */
    send_raw(PILE_IO_COMMANDS + PILE_IO_GUN_STEP, 8, ones); /* a gun that is not wired */
    send_raw(PILE_IO_IDENTITY, 8, ones);
    struct can_frame_ext extended = {.id = PILE_IO_COMMANDS, .extended = true, .len = 8};
    memset(extended.data, 0xFF, 8);
    can_send(io, &pile, &extended);
    run_ms(10);
    ck_assert(!signal_is(signal_find(&board, "k1.command")));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("dut_remote");
    TCase *tcase = tcase_create("remote");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, periods_are_kept);
    tcase_add_test(tcase, steps_go_out_at_once);
    tcase_add_test(tcase, each_command_sets_its_signal_with_the_frames_instant);
    tcase_add_test(tcase, a_pile_that_never_answers_is_told_after_the_starting_time);
    tcase_add_test(tcase, a_pile_that_falls_silent_is_told_in_500_ms);
    tcase_add_test(tcase, a_machine_that_stood_still_heard_nothing_either);
    tcase_add_test(tcase, a_pile_that_boots_may_be_silent);
    tcase_add_test(tcase, a_boot_that_never_ends_is_told);
    tcase_add_test(tcase, a_restart_is_told);
    tcase_add_test(tcase, a_restart_after_the_first_sign_of_life_is_told);
    tcase_add_test(tcase, round_trips_are_measured);
    tcase_add_test(tcase, identity_is_put_together);
    tcase_add_test(tcase, a_pile_is_ready_when_it_has_said_what_it_declares);
    tcase_add_test(tcase, a_pile_that_says_nothing_of_itself_is_ready_after_a_second);
    tcase_add_test(tcase, gaps_in_the_sequence_are_counted);
    tcase_add_test(tcase, foreign_frames_do_no_harm);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("all inputs");
    tcase_add_checked_fixture(tcase, setup_all, teardown);
    tcase_add_test(tcase, each_input_goes_where_the_dbc_says);
    tcase_add_test(tcase, a_switch_says_whether_it_is_wired);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
