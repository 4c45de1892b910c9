/* SPDX-License-Identifier: MIT */
/* The pile's side of the I/O frames, laid out by the DBC, over a socket that the test plays. */
#include "firmware-under-test/port/pile_channels.c"
#include "tests/firmware/support/dbc.h"
#include "tests/support/suite.h"

#include <check.h>
#include <stdlib.h>

#define DBC_FILE   TEST_SOURCE_DIR "/firmware-under-test/include/pile_io.dbc"
#define FRAMES_MAX 128

static struct dbc dbc;
static struct pile_can io;
static struct pile_channels channels;
static struct pile_frame sent[FRAMES_MAX];
static unsigned sent_count;
static int send_result;

int pile_can_send(struct pile_can *can, const struct pile_frame *frame) {
    ck_assert_ptr_eq(can, &io);
    ck_assert_uint_lt(sent_count, FRAMES_MAX);
    if (send_result == 0) {
        sent[sent_count++] = *frame;
    }
    return send_result;
}

static void setup(void) {
    ck_assert(dbc_read(&dbc, DBC_FILE));
    sent_count = 0;
    send_result = 0;
    pile_channels_init(&channels, 2, &io, "core", "1.2.3");
}

/* A frame with one signal set, the others 0. */
static struct pile_frame frame_with(unsigned id, const char *name, int64_t raw) {
    const struct dbc_signal *signal = dbc_find(&dbc, id, name);
    ck_assert_ptr_nonnull(signal);
    struct pile_frame frame = {.id = id, .len = (uint8_t)signal->frame_length};
    dbc_put(signal, frame.data, raw);
    return frame;
}

static const struct {
    unsigned id;
    const char *name;
    enum dut_input channel;
    int32_t value;
} inputs[] = {
    {PILE_IO_SWITCHES, "LOCK_FEEDBACK", DUT_IN_LOCK_FEEDBACK, 1},
    {PILE_IO_SWITCHES, "K1_FEEDBACK", DUT_IN_K1_FEEDBACK, 1},
    {PILE_IO_SWITCHES, "K2_FEEDBACK", DUT_IN_K2_FEEDBACK, 1},
    {PILE_IO_SWITCHES, "PE_OK", DUT_IN_PE_OK, 1},
    {PILE_IO_SWITCHES, "START", DUT_IN_START, 1},
    {PILE_IO_SWITCHES, "STOP", DUT_IN_STOP, 1},
    {PILE_IO_SWITCHES, "ESTOP", DUT_IN_ESTOP, 1},
    {PILE_IO_SWITCHES, "DOOR_OPEN", DUT_IN_DOOR_OPEN, 1},
    {PILE_IO_VOLTAGES, "INNER_MV", DUT_IN_INNER_MV, 1000123},
    {PILE_IO_VOLTAGES, "OUTER_MV", DUT_IN_OUTER_MV, -540000},
    {PILE_IO_CURRENT, "CURRENT_MA", DUT_IN_CURRENT_MA, -250001},
    {PILE_IO_CURRENT, "CC1_MV", DUT_IN_CC1_MV, 4000},
    {PILE_IO_CURRENT, "AUX_MV", DUT_IN_AUX_MV, -12},
    {PILE_IO_INSULATION, "POSITIVE_OHM", DUT_IN_INSULATION_POS_OHM, 2147483647},
    {PILE_IO_INSULATION, "NEGATIVE_OHM", DUT_IN_INSULATION_NEG_OHM, -2},
    {PILE_IO_SLOW, "TEMPERATURE_POS_DC", DUT_IN_GUN_TEMP_POS_DC, -401},
    {PILE_IO_SLOW, "TEMPERATURE_NEG_DC", DUT_IN_GUN_TEMP_NEG_DC, 905},
    {PILE_IO_SLOW, "AC_MV", DUT_IN_AC_MV, 380000},
    {PILE_IO_ENERGY, "ENERGY_WH", DUT_IN_ENERGY_WH, 123456789},
    {PILE_IO_PHASES, "L1_MV", DUT_IN_AC_L1_MV, 220500},
    {PILE_IO_PHASES, "L2_MV", DUT_IN_AC_L2_MV, 1},
    {PILE_IO_SUPPLY, "L3_MV", DUT_IN_AC_L3_MV, 230000},
    {PILE_IO_SUPPLY, "FREQUENCY_MHZ", DUT_IN_AC_FREQUENCY_MHZ, 49950},
    {PILE_IO_PLACES, "AC_ORDER_OK", DUT_IN_AC_ORDER_OK, 1},
    {PILE_IO_CURRENTS, "RESIDUAL_UA", DUT_IN_AC_RESIDUAL_UA, 30000},
    {PILE_IO_PLACES, "AC_SWITCH_CLOSED", DUT_IN_AC_SWITCH_CLOSED, 1},
    {PILE_IO_PLACES, "AC_CONTACTOR_CLOSED", DUT_IN_AC_CONTACTOR_CLOSED, 1},
    {PILE_IO_TO_PE, "POS_TO_PE_MV", DUT_IN_POS_TO_PE_MV, 375000},
    {PILE_IO_TO_PE, "NEG_TO_PE_MV", DUT_IN_NEG_TO_PE_MV, -375000},
    {PILE_IO_AIR, "CABINET_DC", DUT_IN_CABINET_DC, 605},
    {PILE_IO_AIR, "AMBIENT_DC", DUT_IN_AMBIENT_DC, -200},
    {PILE_IO_AIR, "PRESSURE_PA", DUT_IN_AIR_PRESSURE_PA, 80000},
    {PILE_IO_PLACES, "FAN_RPM", DUT_IN_FAN_RPM, 2800},
    {PILE_IO_CURRENTS, "AUX_MA", DUT_IN_AUX_MA, 10000},
    {PILE_IO_PLACES, "GROUPS_CLOSED", DUT_IN_DISTRIBUTION_CLOSED, 5},
};
#define INPUTS (sizeof inputs / sizeof inputs[0])

START_TEST(each_input_is_read_where_the_dbc_puts_it) {
    ck_assert_uint_eq(INPUTS, DUT_INPUTS);
    for (unsigned i = 0; i < INPUTS; i++) {
        pile_channels_init(&channels, 2, &io, "core", "1");
        struct pile_frame frame = frame_with(inputs[i].id, inputs[i].name, inputs[i].value);
        if (inputs[i].id == PILE_IO_PLACES) {
            frame.data[PILE_IO_BYTE_PLACES_WIRED] = 0xFF;
        }
        pile_channels_frame(&channels, 0, &frame);
        ck_assert_msg(pile_channels_input(&channels, 0, inputs[i].channel) == inputs[i].value, "%s",
                      inputs[i].name);
        bool steps = inputs[i].id == PILE_IO_SWITCHES || inputs[i].id == PILE_IO_INSULATION ||
                     inputs[i].id == PILE_IO_PLACES || inputs[i].channel == DUT_IN_CC1_MV;
        bool told = (channels.stepped[0] >> inputs[i].channel & 1u) != 0;
        ck_assert_msg(told == steps, "%s", inputs[i].name);
    }
}
END_TEST

START_TEST(the_second_gun_has_its_own_inputs_but_the_piles_switches) {
    struct pile_frame cc1 = frame_with(PILE_IO_CURRENT + PILE_IO_GUN_STEP, "CC1_MV", 6000);
    struct pile_frame estop = frame_with(PILE_IO_SWITCHES, "ESTOP", 1);
    pile_channels_frame(&channels, 0, &cc1);
    pile_channels_frame(&channels, 0, &estop);
    ck_assert_int_eq(pile_channels_input(&channels, 0, DUT_IN_CC1_MV), 12000);
    ck_assert_int_eq(pile_channels_input(&channels, 1, DUT_IN_CC1_MV), 6000);
    ck_assert_int_eq(pile_channels_input(&channels, 1, DUT_IN_ESTOP), 1);
    unsigned gun, steps = 0;
    enum dut_input channel;
    while (pile_channels_stepped(&channels, &gun, &channel)) {
        steps++;
    }
    ck_assert_uint_eq(steps, 1 + 2); /* CC1 of the second gun; e-stop on both */
}
END_TEST

static void send_input(int64_t now_ns, unsigned gun, unsigned id) {
    struct pile_frame frame = {.id = id + gun * PILE_IO_GUN_STEP,
                               .len = id == PILE_IO_ENERGY ? 4 : 8};
    pile_channels_frame(&channels, now_ns, &frame);
}

static void send_all_inputs(int64_t now_ns) {
    for (unsigned id = PILE_IO_SWITCHES; id <= PILE_IO_ENERGY; id++) {
        send_input(now_ns, 0, id);
        send_input(now_ns, 1, id);
    }
}

/* Of both guns, whichever comes last. */
START_TEST(ready_only_with_all_inputs) {
    unsigned first = (unsigned)_i;
    for (unsigned i = 0; i < 2; i++) {
        for (unsigned id = PILE_IO_SWITCHES; id <= PILE_IO_ENERGY; id++) {
            ck_assert(!pile_channels_ready(&channels));
            send_input(0, i == 0 ? first : 1 - first, id);
        }
    }
    ck_assert(pile_channels_ready(&channels));
}
END_TEST

START_TEST(foreign_and_short_frames_are_left_alone) {
    struct pile_frame frame = frame_with(PILE_IO_SWITCHES, "ESTOP", 1);
    frame.len = 7;
    pile_channels_frame(&channels, 0, &frame);
    frame.len = 8;
    frame.extended = true;
    pile_channels_frame(&channels, 0, &frame);
    ck_assert_int_eq(pile_channels_input(&channels, 0, DUT_IN_ESTOP), 0);
}
END_TEST

static const struct {
    enum dut_output channel;
    unsigned id;
    const char *name;
    int32_t value;
} outputs[] = {
    {DUT_OUT_K1, PILE_IO_COMMANDS, "K1", 1},
    {DUT_OUT_K2, PILE_IO_COMMANDS, "K2", 1},
    {DUT_OUT_AUX, PILE_IO_COMMANDS, "AUX", 1},
    {DUT_OUT_LOCK, PILE_IO_COMMANDS, "LOCK", 1},
    {DUT_OUT_DISCHARGE, PILE_IO_COMMANDS, "DISCHARGE", 1},
    {DUT_OUT_IMD, PILE_IO_COMMANDS, "IMD", 1},
    {DUT_OUT_MODULES_ON, PILE_IO_COMMANDS, "MODULES_ON", 1},
    {DUT_OUT_MODULE_MV, PILE_IO_MODULES, "MODULE_MV", 750250},
    {DUT_OUT_MODULE_MA, PILE_IO_MODULES, "MODULE_MA", 250000},
    {DUT_OUT_ALARM, PILE_IO_STATUS, "ALARM", 70000},
    {DUT_OUT_STATE, PILE_IO_STATUS, "STATE", -5},
    {DUT_OUT_AC_TRIP, PILE_IO_EXTRA, "AC_TRIP", 1},
    {DUT_OUT_AC_CONTACTOR, PILE_IO_EXTRA, "AC_CONTACTOR", 1},
    {DUT_OUT_IMD_POS, PILE_IO_EXTRA, "IMD_POS", 1},
    {DUT_OUT_IMD_NEG, PILE_IO_EXTRA, "IMD_NEG", 1},
    {DUT_OUT_FAN_PERMILLE, PILE_IO_EXTRA, "FAN_PERMILLE", 1000},
    {DUT_OUT_DISTRIBUTION, PILE_IO_EXTRA, "GROUPS", 6},
};
#define OUTPUTS (sizeof outputs / sizeof outputs[0])

START_TEST(each_output_is_put_where_the_dbc_says) {
    ck_assert_uint_eq(OUTPUTS, DUT_OUTPUTS);
    pile_channels_serve(&channels, 0); /* the periodic ones are over */
    for (unsigned i = 0; i < OUTPUTS; i++) {
        for (unsigned gun = 0; gun < 2; gun++) {
            pile_channels_clear_outputs(&channels);
            pile_channels_serve(&channels, 1);
            sent_count = 0;
            pile_channels_output(&channels, gun, outputs[i].channel, outputs[i].value);
            pile_channels_serve(&channels, 1);
            ck_assert_uint_eq(sent_count, 1); /* at once, and nothing else */
            unsigned id = outputs[i].id + gun * PILE_IO_GUN_STEP;
            ck_assert_uint_eq(sent[0].id, id);
            ck_assert_int_eq(dbc_raw(dbc_find(&dbc, id, outputs[i].name), sent[0].data),
                             outputs[i].value);
        }
    }
}
END_TEST

START_TEST(flush_sends_what_changed_and_nothing_else) {
    pile_channels_serve(&channels, 0);
    sent_count = 0;
    pile_channels_output(&channels, 0, DUT_OUT_K1, 0); /* as it was */
    pile_channels_flush(&channels);
    ck_assert_uint_eq(sent_count, 0);
    pile_channels_output(&channels, 0, DUT_OUT_ALARM, 3);
    pile_channels_flush(&channels);
    pile_channels_flush(&channels);
    ck_assert_uint_eq(sent_count, 1);
    ck_assert_uint_eq(sent[0].id, PILE_IO_STATUS);
}
END_TEST

START_TEST(what_could_not_be_sent_is_sent_again) {
    pile_channels_serve(&channels, 0);
    sent_count = 0;
    send_result = DUT_ERROR_FULL;
    pile_channels_output(&channels, 0, DUT_OUT_K1, 1);
    pile_channels_serve(&channels, 1);
    send_result = 0;
    pile_channels_serve(&channels, 2);
    ck_assert_uint_eq(sent_count, 1);
    pile_channels_serve(&channels, 3);
    ck_assert_uint_eq(sent_count, 1);
}
END_TEST

static int32_t declares(void *ctx, unsigned gun, enum dut_capability what) {
    (void)ctx;
    return what == DUT_CAP_CURRENT_MAX_MA ? 60000 * (int32_t)(gun + 1) : DUT_UNKNOWN;
}

static void declare(void) {
    sent_count = 0;
    pile_channels_declare(&channels, declares, NULL);
}

START_TEST(what_is_not_wired_reads_unknown) {
    struct pile_frame states = frame_with(PILE_IO_PLACES, "AC_ORDER_OK", 1);
    struct pile_frame air = frame_with(PILE_IO_AIR, "CABINET_DC", INT16_MIN);
    for (unsigned i = DUT_IN_AC_L1_MV; i < DUT_INPUTS; i++) {
        ck_assert_int_eq(pile_channels_input(&channels, 1, (enum dut_input)i), DUT_UNKNOWN);
    }
    pile_channels_frame(&channels, 0, &states);
    pile_channels_frame(&channels, 0, &air);
    ck_assert_int_eq(pile_channels_input(&channels, 0, DUT_IN_AC_ORDER_OK), DUT_UNKNOWN);
    ck_assert_int_eq(pile_channels_input(&channels, 0, DUT_IN_CABINET_DC), DUT_UNKNOWN);
    ck_assert_int_eq(pile_channels_input(&channels, 0, DUT_IN_AMBIENT_DC), 0);
    states.data[PILE_IO_BYTE_PLACES_WIRED] = 1;
    pile_channels_frame(&channels, 0, &states);
    ck_assert_int_eq(pile_channels_input(&channels, 0, DUT_IN_AC_ORDER_OK), 1);
    ck_assert_int_eq(pile_channels_input(&channels, 1, DUT_IN_AC_ORDER_OK), 1); /* the pile's */
    ck_assert_int_eq(pile_channels_input(&channels, 0, DUT_IN_AC_SWITCH_CLOSED), DUT_UNKNOWN);
}
END_TEST

START_TEST(capabilities_go_out_once_and_when_wished) {
    struct pile_frame ping = frame_with(PILE_IO_PING, "PING_WISH", PILE_IO_WISH_CAPABILITY);
    const struct dbc_signal *number = dbc_find(&dbc, PILE_IO_CAPABILITY, "CAPABILITY_NUMBER");
    const struct dbc_signal *value = dbc_find(&dbc, PILE_IO_CAPABILITY, "CAPABILITY");
    pile_channels_frame(&channels, 0, &ping);
    ck_assert_uint_eq(sent_count, 1); /* the echo: nothing is declared yet */
    declare();
    ck_assert_uint_eq(sent_count, 2 * DUT_CAPABILITIES);
    const uint8_t *second = sent[DUT_CAPABILITIES + DUT_CAP_CURRENT_MAX_MA].data;
    ck_assert_int_eq(dbc_raw(number, second), DUT_CAP_CURRENT_MAX_MA);
    ck_assert_int_eq(dbc_raw(value, second), 120000);
    ck_assert_int_eq(dbc_raw(value, sent[0].data), DUT_UNKNOWN);
    sent_count = 0;
    pile_channels_frame(&channels, 0, &ping);
    ck_assert_uint_eq(sent_count, 1 + 2 * DUT_CAPABILITIES);
}
END_TEST

START_TEST(alive_tells_the_state) {
    const struct dbc_signal *state = dbc_find(&dbc, PILE_IO_ALIVE, "ALIVE_STATE");
    const struct dbc_signal *count = dbc_find(&dbc, PILE_IO_ALIVE, "ALIVE_COUNT");
    int64_t next_ns = pile_channels_serve(&channels, 0);
    ck_assert_int_eq(next_ns, PILE_IO_SLOW_MS * NS_PER_MS);
    ck_assert_uint_eq(sent[sent_count - 1].id, PILE_IO_ALIVE);
    ck_assert_int_eq(dbc_raw(state, sent[sent_count - 1].data), PILE_IO_WAITING);
    send_all_inputs(next_ns);
    declare();
    sent_count = 0;
    pile_channels_serve(&channels, next_ns);
    ck_assert_int_eq(dbc_raw(state, sent[sent_count - 1].data), PILE_IO_RUNNING);
    ck_assert_int_eq(dbc_raw(count, sent[sent_count - 1].data), 1);
}
END_TEST

START_TEST(a_silent_bench_reads_as_emergency_stop) {
    send_all_inputs(0);
    unsigned gun;
    enum dut_input channel;
    while (pile_channels_stepped(&channels, &gun, &channel)) {
    }
    pile_channels_serve(&channels, PILE_IO_SILENT_MS * NS_PER_MS);
    ck_assert_int_eq(pile_channels_input(&channels, 0, DUT_IN_ESTOP), 0);
    pile_channels_serve(&channels, (PILE_IO_SILENT_MS + PILE_IO_SLOW_MS) * NS_PER_MS);
    ck_assert_int_eq(pile_channels_input(&channels, 0, DUT_IN_ESTOP), 1);
    ck_assert(pile_channels_stepped(&channels, &gun, &channel));
    ck_assert_int_eq(channel, DUT_IN_ESTOP);
    send_all_inputs(NS_PER_MS * 1000);
    ck_assert_int_eq(pile_channels_input(&channels, 0, DUT_IN_ESTOP), 0);
}
END_TEST

START_TEST(ping_is_answered_with_echo_and_identity) {
    struct pile_frame ping = frame_with(PILE_IO_PING, "PING_COUNT", 0x12345678);
    pile_channels_frame(&channels, 0, &ping);
    ck_assert_uint_eq(sent_count, 1);
    ck_assert_uint_eq(sent[0].id, PILE_IO_ECHO);
    ck_assert_int_eq(dbc_raw(dbc_find(&dbc, PILE_IO_ECHO, "PING_COUNT"), sent[0].data), 0x12345678);

    sent_count = 0;
    dbc_put(dbc_find(&dbc, PILE_IO_PING, "PING_WISH"), ping.data, PILE_IO_WISH_IDENTITY);
    pile_channels_frame(&channels, 0, &ping);
    ck_assert_uint_eq(sent_count, 1 + 2); /* "core\0" "1.2.3" is 10 characters */
    ck_assert_uint_eq(sent[1].data[0], 0);
    ck_assert_int_eq(memcmp(&sent[1].data[1], "core\0001.", 7), 0);
    ck_assert_uint_eq(sent[2].data[0], 1 | PILE_IO_IDENTITY_LAST);
    ck_assert_int_eq(memcmp(&sent[2].data[1], "2.3\0\0\0\0", 7), 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("pile_channels");
    TCase *tcase = tcase_create("channels");
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, each_input_is_read_where_the_dbc_puts_it);
    tcase_add_test(tcase, the_second_gun_has_its_own_inputs_but_the_piles_switches);
    tcase_add_loop_test(tcase, ready_only_with_all_inputs, 0, 2);
    tcase_add_test(tcase, foreign_and_short_frames_are_left_alone);
    tcase_add_test(tcase, each_output_is_put_where_the_dbc_says);
    tcase_add_test(tcase, flush_sends_what_changed_and_nothing_else);
    tcase_add_test(tcase, what_could_not_be_sent_is_sent_again);
    tcase_add_test(tcase, what_is_not_wired_reads_unknown);
    tcase_add_test(tcase, capabilities_go_out_once_and_when_wished);
    tcase_add_test(tcase, alive_tells_the_state);
    tcase_add_test(tcase, a_silent_bench_reads_as_emergency_stop);
    tcase_add_test(tcase, ping_is_answered_with_echo_and_identity);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
