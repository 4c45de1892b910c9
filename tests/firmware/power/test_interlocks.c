/* SPDX-License-Identifier: MIT */
/* Emergency stop, pilot, PE, door, lock, AC supply, gun temperature: GB/T 18487.1-2015 B.3.7,
 * T240-4.13, 4.16, 8.6. */
#include "tests/firmware/support/fake_pile.h"
#include "tests/support/suite.h"

static const struct {
    enum dut_input channel;
    int32_t bad, good;
    const char *alarm;
    int limit_ms;
    uint8_t cst[4];
} cases[] = {
    {DUT_IN_ESTOP, 1, 0, "emergency stop", 100, {0x10, 0x00, 0xF1, 0xF0}},
    {DUT_IN_CC1_MV, 6000, 4000, "control pilot", 50, {0x10, 0x04, 0xF0, 0xF0}},
    {DUT_IN_CC1_MV, 12000, 4000, "control pilot", 100, {0x10, 0x04, 0xF0, 0xF0}},
    {DUT_IN_CC1_MV, 5000, 4000, "control pilot", 100, {0x10, 0x04, 0xF0, 0xF0}},
    {DUT_IN_PE_OK, 0, 1, "protective earth lost", 100, {0x10, 0x00, 0xF4, 0xF0}},
    {DUT_IN_DOOR_OPEN, 1, 0, "door open", 100, {0x10, 0x00, 0xF4, 0xF0}},
    {DUT_IN_AC_MV, 0, 380000, "AC supply lost", 100, {0x10, 0x40, 0xF0, 0xF0}},
    {DUT_IN_AC_MV, 310000, 380000, "AC supply out of range", 1000, {0x10, 0x00, 0xF4, 0xF0}},
    {DUT_IN_AC_MV, 450000, 380000, "AC supply out of range", 1000, {0x10, 0x00, 0xF4, 0xF0}},
    {DUT_IN_GUN_TEMP_NEG_DC, 950, 300, "gun too hot", 1000, {0x10, 0x01, 0xF0, 0xF0}},
};

#define CASES (sizeof cases / sizeof cases[0])

START_TEST(fast_stop_while_charging) {
    const struct fake_frame *cst;
    int64_t at;
    fake_charging(pile);
    at = pile->now;
    fake_input(pile, cases[_i].channel, cases[_i].bad);
    fake_run(pile, 2000);
    ck_assert_str_eq(fake_alarm(pile), cases[_i].alarm);
    ck_assert_int_le(fake_ms_between(at, fake_output_at(pile, DUT_OUT_MODULES_ON, 0, at)),
                     cases[_i].limit_ms / 2);
    ck_assert_int_le(fake_ms_between(at, fake_output_at(pile, DUT_OUT_K1, 0, at)),
                     cases[_i].limit_ms - 20);
    ck_assert_int_le(fake_ms_between(at, fake_output_at(pile, DUT_OUT_K2, 0, at)),
                     cases[_i].limit_ms - 20);
    cst = fake_sent(pile, 0x1A, -1, at);
    ck_assert_ptr_nonnull(cst);
    ck_assert_int_le(fake_ms_between(at, cst->at), cases[_i].limit_ms);
    ck_assert_mem_eq(cst->frame.data, cases[_i].cst, 4);
    ck_assert_int_lt(pile->gun[0].in[DUT_IN_INNER_MV], 60000);
    fake_run(pile, 12000);
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_LOCK], 0);
    ck_assert_ptr_nonnull(fake_sent(pile, 0x1D, -1, at));
}
END_TEST

START_TEST(no_start_after_a_fault_without_replug) {
    int64_t at;
    fake_charging(pile);
    fake_input(pile, cases[_i].channel, cases[_i].bad);
    fake_run(pile, 1000);
    if (cases[_i].channel == DUT_IN_CC1_MV) {
        return; /* that is the replug */
    }
    fake_input(pile, cases[_i].channel, cases[_i].good);
    ck_assert(fake_until(pile, "ended", 15000));
    at = pile->now;
    fake_input(pile, DUT_IN_START, 1);
    fake_run(pile, 2000);
    ck_assert_int_eq(fake_output_at(pile, DUT_OUT_LOCK, 1, at), FAKE_NEVER);
    fake_input(pile, DUT_IN_START, 0);
    fake_input(pile, DUT_IN_CC1_MV, 6000);
    fake_run(pile, 500);
    ck_assert_str_eq(fake_alarm(pile), cases[_i].alarm); /* shown until the next plug comes */
    fake_charging(pile);
    ck_assert_str_eq(fake_alarm(pile), "none");
}
END_TEST

START_TEST(no_start_while_it_lasts) {
    fake_call(pile);
    if (cases[_i].channel != DUT_IN_CC1_MV) {
        fake_input(pile, cases[_i].channel, cases[_i].bad);
    }
    fake_run(pile, 1000);
    if (cases[_i].channel != DUT_IN_CC1_MV) {
        ck_assert_str_eq(fake_alarm(pile), cases[_i].alarm);
    } else {
        pile->gun[0].in[DUT_IN_LOCK_FEEDBACK] = 0;
    }
    fake_input(pile, DUT_IN_CC1_MV,
               cases[_i].channel == DUT_IN_CC1_MV ? cases[_i].bad : cases[_i].good);
    if (cases[_i].channel != DUT_IN_CC1_MV) {
        fake_input(pile, DUT_IN_CC1_MV, 4000);
    }
    fake_run(pile, 500);
    fake_input(pile, DUT_IN_START, 1);
    fake_run(pile, 2000);
    ck_assert_int_eq(fake_output_at(pile, DUT_OUT_LOCK, 1, 0), FAKE_NEVER);
}
END_TEST

/* Each of them in each of the phases before charging: nothing is energised afterwards. */
static const char *const phases[] = {"handshake",   "weld test",  "insulation test",
                                     "recognition", "parameters", "getting ready"};

#define PHASES (sizeof phases / sizeof phases[0])

START_TEST(stop_before_charging) {
    unsigned i = (unsigned)_i % CASES, phase = (unsigned)_i / CASES;
    int64_t at;
    if (phase == 0) {
        pile->gun[0].muted = FAKE_BHM; /* or the phase is over at once */
    }
    fake_start(pile);
    ck_assert(fake_until(pile, phases[phase], 15000));
    at = pile->now;
    fake_input(pile, cases[i].channel, cases[i].bad);
    fake_run(pile, 12000);
    ck_assert_str_eq(fake_alarm(pile), cases[i].alarm);
    ck_assert_str_eq(fake_state(pile, 0), cases[i].channel == DUT_IN_CC1_MV ? "idle" : "ended");
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_K1] + pile->gun[0].out[DUT_OUT_MODULES_ON], 0);
    ck_assert_int_eq(fake_output_at(pile, DUT_OUT_K1, 1, at + 400 * FAKE_MS), FAKE_NEVER);
}
END_TEST

START_TEST(short_glitches_do_not_stop) {
    fake_charging(pile);
    for (unsigned i = 0; i < CASES; i++) {
        fake_input(pile, cases[i].channel, cases[i].bad);
        fake_run(pile, 3);
        fake_input(pile, cases[i].channel, cases[i].good);
        fake_run(pile, 50);
    }
    ck_assert_str_eq(fake_state(pile, 0), "charging");
}
END_TEST

/* The plug's lock feedback opens although the lock is commanded. */
START_TEST(lost_lock_feedback_stops) {
    int64_t at;
    fake_charging(pile);
    at = pile->now;
    pile->api->on_input(pile->dut, pile->now, 0, DUT_IN_LOCK_FEEDBACK, 0);
    fake_call(pile);
    fake_run(pile, 100);
    ck_assert_str_eq(fake_alarm(pile), "lock not closed");
    ck_assert_int_lt(fake_ms_between(at, fake_output_at(pile, DUT_OUT_K1, 0, at)), 80);
}
END_TEST

START_TEST(jammed_lock_does_not_start) {
    pile->gun[0].lock_jammed = true;
    fake_start(pile);
    fake_run(pile, 4000);
    ck_assert_str_eq(fake_alarm(pile), "lock not closed");
    ck_assert_str_eq(fake_state(pile, 0), "ended");
    ck_assert_int_eq(fake_output_at(pile, DUT_OUT_AUX, 1, 0), FAKE_NEVER);
}
END_TEST

START_TEST(missing_auxiliary_supply_does_not_start) {
    pile->gun[0].aux_dead = true;
    fake_start(pile);
    fake_run(pile, 4000);
    ck_assert_str_eq(fake_alarm(pile), "auxiliary supply");
    ck_assert_uint_eq(pile->frame_count, 0);
}
END_TEST

START_TEST(lost_auxiliary_supply_stops) {
    fake_charging(pile);
    pile->gun[0].aux_dead = true;
    fake_run(pile, 500);
    ck_assert_str_eq(fake_alarm(pile), "auxiliary supply");
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_K1], 0);
}
END_TEST

START_TEST(vehicle_that_stays_silent_after_a_fault) {
    int64_t at;
    fake_charging(pile);
    pile->gun[0].muted = FAKE_BST | FAKE_BSD | FAKE_BCL | FAKE_BCS;
    at = pile->now;
    fake_input(pile, DUT_IN_ESTOP, 1);
    fake_run(pile, 15000);
    ck_assert_int_le(fake_ms_between(at, fake_output_at(pile, DUT_OUT_AUX, 0, at)), 10000);
}
END_TEST

START_TEST(aux_with_the_contactors_if_so_chosen) {
    int64_t at;
    fake_param(pile, "fault.aux_after", 0);
    fake_charging(pile);
    at = pile->now;
    fake_input(pile, DUT_IN_ESTOP, 1);
    fake_run(pile, 1000);
    ck_assert_int_le(fake_ms_between(at, fake_output_at(pile, DUT_OUT_AUX, 0, at)), 80);
    ck_assert_ptr_nonnull(fake_sent(pile, 0x1A, 0x10, at));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("interlocks");
    TCase *tc = tcase_create("interlocks");
    tcase_add_checked_fixture(tc, fake_setup, fake_teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, fast_stop_while_charging, 0, CASES);
    tcase_add_loop_test(tc, no_start_after_a_fault_without_replug, 0, CASES);
    tcase_add_loop_test(tc, no_start_while_it_lasts, 0, CASES);
    tcase_add_loop_test(tc, stop_before_charging, 0, CASES * PHASES);
    tcase_add_test(tc, short_glitches_do_not_stop);
    tcase_add_test(tc, lost_lock_feedback_stops);
    tcase_add_test(tc, jammed_lock_does_not_start);
    tcase_add_test(tc, missing_auxiliary_supply_does_not_start);
    tcase_add_test(tc, lost_auxiliary_supply_stops);
    tcase_add_test(tc, vehicle_that_stays_silent_after_a_fault);
    tcase_add_test(tc, aux_with_the_contactors_if_so_chosen);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
