/* SPDX-License-Identifier: MIT */
/* A firmware that does not look at inputs while a phase of its charge goes on. */
#include "harness/mutant/internal.h"

#include <check.h>

static int32_t inputs[DUT_INPUTS];
static struct blinds blinds;
static struct resolved_mutation one;

static int32_t read_input(void *ctx, unsigned gun, enum dut_input channel) {
    (void)ctx, (void)gun;
    return inputs[channel];
}

static const struct dut_host host = {.input = read_input};

static void look(void) {
    blinds_look(&blinds, &one, 1, &host, 1);
}

static void say(const char *code, uint8_t byte) {
    struct dut_can_frame frame = {.id = message_id(message_by_code(code)), .len = 8};
    for (size_t i = 0; i < 8; i++) {
        frame.data[i] = byte;
    }
    blind_session_said(&blinds.sessions[0], &frame);
    look();
}

static bool blind_to(enum dut_input channel) {
    return blinds_kept(&blinds, &one, 1, 0, channel) != NULL;
}

static void begin(enum dut_input input, bool all, const char *phase) {
    blinds = (struct blinds){0};
    one = (struct resolved_mutation){
        .mutation = {.type = MUTATION_BLIND}, .input = input, .all = all};
    ck_assert(blind_phase_named(phase, &one.phase));
    for (unsigned i = 0; i < DUT_INPUTS; i++) {
        inputs[i] = (int32_t)i;
    }
    blind_session_aux(&blinds.sessions[0], 1);
    look();
}

START_TEST(a_phase_begins_and_ends_with_its_message) {
    begin(DUT_IN_ESTOP, false, "CML");
    ck_assert(!blind_to(DUT_IN_ESTOP));
    say("CML", 0xFF);
    ck_assert(blind_to(DUT_IN_ESTOP));
    ck_assert(!blind_to(DUT_IN_DOOR_OPEN));
    inputs[DUT_IN_ESTOP] = 99;
    say("CTS", 0xFF); /* goes with CML */
    ck_assert_int_eq(*blinds_kept(&blinds, &one, 1, 0, DUT_IN_ESTOP), (int32_t)DUT_IN_ESTOP);
    ck_assert(!blinds_missed(&blinds, &one, 1, 0, DUT_IN_ESTOP));
    say("CRO", 0);
    ck_assert(!blind_to(DUT_IN_ESTOP));
    ck_assert(blinds_missed(&blinds, &one, 1, 0, DUT_IN_ESTOP));
    ck_assert(!blinds_missed(&blinds, &one, 1, 0, DUT_IN_DOOR_OPEN));
}
END_TEST

START_TEST(all_interlocks_and_nothing_else) {
    begin(DUT_INPUTS, true, "start");
    ck_assert(blind_to(DUT_IN_PE_OK) && blind_to(DUT_IN_AC_MV) && blind_to(DUT_IN_CC1_MV));
    ck_assert(!blind_to(DUT_IN_STOP) && !blind_to(DUT_IN_OUTER_MV));
    say("CHM", 0);
    ck_assert(!blind_to(DUT_IN_PE_OK));
}
END_TEST

START_TEST(charging_is_told_from_a_pause_and_by_its_current) {
    static const struct {
        const char *phase;
        uint8_t permitted;
        int32_t current_ma;
        bool blind;
    } rows[] = {
        {"CCS", 0xFF, 50000, true},
        {"CCS", 0xFC, 50000, false},
        {"pause", 0xFC, 0, true},
        {"pause", 0xFD, 0, false},
        {"low-current", 0xFD, 19000, true},
        {"low-current", 0xFD, 21000, false},
        {"high-current", 0xFD, 151000, true},
        {"high-current", 0xFD, 149000, false},
        {"all-but-charging", 0xFC, 0, true},
        {"all-but-charging", 0xFD, 0, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(DUT_IN_DOOR_OPEN, false, rows[i].phase);
        inputs[DUT_IN_CURRENT_MA] = rows[i].current_ma;
        say("CCS", rows[i].permitted);
        ck_assert_msg(blind_to(DUT_IN_DOOR_OPEN) == rows[i].blind, "row %zu", i);
    }
}
END_TEST

START_TEST(without_auxiliary_supply_no_phase_goes_on) {
    begin(DUT_IN_STOP, false, "all-but-charging");
    ck_assert(blind_to(DUT_IN_STOP));
    blind_session_aux(&blinds.sessions[0], 0);
    look();
    ck_assert(!blind_to(DUT_IN_STOP));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("mutation_blind");
    TCase *tc = tcase_create("mutation_blind");
    tcase_add_test(tc, a_phase_begins_and_ends_with_its_message);
    tcase_add_test(tc, all_interlocks_and_nothing_else);
    tcase_add_test(tc, charging_is_told_from_a_pause_and_by_its_current);
    tcase_add_test(tc, without_auxiliary_supply_no_phase_goes_on);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
