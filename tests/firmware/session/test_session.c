/* SPDX-License-Identifier: MIT */
/* The order of a session: GB/T 18487.1-2015 B.3, GB/T 27930-2015. */
#include "tests/firmware/support/fake_pile.h"
#include "tests/support/suite.h"

START_TEST(nothing_happens_without_plug_and_person) {
    fake_call(pile);
    fake_input(pile, DUT_IN_START, 1); /* plug out: no start */
    fake_run(pile, 1000);
    fake_input(pile, DUT_IN_START, 0);
    fake_input(pile, DUT_IN_CC1_MV, 4000);
    fake_run(pile, 5000);
    ck_assert_str_eq(fake_state(pile, 0), "plugged");
    ck_assert_int_eq(fake_output_at(pile, DUT_OUT_LOCK, 1, 0), FAKE_NEVER);
    ck_assert_uint_eq(pile->frame_count, 0);
}
END_TEST

/* Supply and temperatures, which glide, once a second; nothing else. */
START_TEST(idle_core_hardly_polls) {
    unsigned runs;
    fake_call(pile);
    fake_run(pile, 1000);
    runs = pile->runs;
    fake_run(pile, 100000);
    ck_assert_uint_ge(pile->runs, runs + 99);
    ck_assert_uint_le(pile->runs, runs + 101);
}
END_TEST

/* A frame of the golden order: appears after the former one, and with this first byte. */
static int64_t next_frame(unsigned pf, int first, int64_t after) {
    const struct fake_frame *s = fake_sent(pile, pf, first, after);
    ck_assert_msg(s != NULL, "frame %02X never came", pf);
    return s->at;
}

START_TEST(normal_session_in_order) {
    int64_t chm, crm, crm_aa, cml, cro, cro_aa, ccs, cst, csd, k1, aux_off, unlock;
    fake_charging(pile);
    chm = next_frame(0x26, 0x01, 0);
    ck_assert_int_gt(chm, fake_output_at(pile, DUT_OUT_AUX, 1, 0) - 1);
    ck_assert_int_ge(fake_output_at(pile, DUT_OUT_AUX, 1, 0),
                     fake_output_at(pile, DUT_OUT_LOCK, 1, 0));
    crm = next_frame(0x01, 0x00, chm);
    crm_aa = next_frame(0x01, 0xAA, crm);
    cml = next_frame(0x08, -1, crm_aa);
    cro = next_frame(0x0A, 0x00, cml);
    cro_aa = next_frame(0x0A, 0xAA, cro);
    k1 = fake_output_at(pile, DUT_OUT_K1, 1, cro);
    ck_assert_int_lt(k1, cro_aa);
    ccs = next_frame(0x12, -1, cro_aa);
    pile->gun[0].want_stop = true;
    ck_assert(fake_until(pile, "ended", 20000));
    cst = next_frame(0x1A, 0x40, ccs);
    csd = next_frame(0x1D, -1, cst);
    aux_off = fake_output_at(pile, DUT_OUT_AUX, 0, csd);
    unlock = fake_output_at(pile, DUT_OUT_LOCK, 0, csd);
    ck_assert_int_ge(unlock, aux_off);
    ck_assert_str_eq(fake_alarm(pile), "none");
    /* no frame of a former phase */
    ck_assert_uint_eq(fake_count(pile, 0x26, crm + 1, pile->now), 0);
    ck_assert_uint_eq(fake_count(pile, 0x01, cml + 1, pile->now), 0);
    ck_assert_uint_eq(fake_count(pile, 0x08, cro + 1, pile->now), 0);
    ck_assert_uint_eq(fake_count(pile, 0x0A, ccs + 1, pile->now), 0);
    ck_assert_uint_eq(fake_count(pile, 0x12, cst + 1, pile->now), 0);
    ck_assert_uint_eq(fake_count(pile, 0x1A, csd + 1, pile->now), 0);
    fake_run(pile, 2000);
    ck_assert_uint_eq(fake_count(pile, 0x1D, aux_off, pile->now), 0);
}
END_TEST

START_TEST(periods_are_kept) {
    int64_t from;
    fake_charging(pile);
    from = pile->now;
    fake_run(pile, 10000);
    ck_assert_uint_eq(fake_count(pile, 0x12, from, pile->now), 200);
}
END_TEST

START_TEST(pause_and_resume) {
    fake_charging(pile);
    pile->gun[0].bsm[1] = 0xC0;
    fake_run(pile, 3000);
    ck_assert_str_eq(fake_state(pile, 0), "paused");
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_MODULE_MA], 0);
    ck_assert_uint_eq(fake_sent(pile, 0x12, -1, pile->now - 60 * FAKE_MS)->frame.data[6], 0xFC);
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_K1], 1);
    pile->gun[0].bsm[1] = 0xD0;
    fake_run(pile, 3000);
    ck_assert_str_eq(fake_state(pile, 0), "charging");
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_MODULE_MA], 100000);
    ck_assert_ptr_nonnull(fake_sent(pile, 0x12, -1, pile->now - 100 * FAKE_MS));
}
END_TEST

START_TEST(pause_ends_after_its_limit) {
    fake_param(pile, "pause.timeout", 20000);
    fake_charging(pile);
    pile->gun[0].bsm[1] = 0xC0;
    fake_run(pile, 19000);
    ck_assert_str_eq(fake_state(pile, 0), "paused");
    ck_assert(fake_until(pile, "ended", 20000));
    ck_assert_str_eq(fake_alarm(pile), "paused too long");
}
END_TEST

/* BSM 3096 = 11 is no permission and no ban: the former one stays. */
START_TEST(undefined_permission_keeps_the_pause) {
    fake_charging(pile);
    pile->gun[0].bsm[1] = 0xC0;
    fake_run(pile, 1000);
    pile->gun[0].bsm[1] = 0xF0;
    fake_run(pile, 1000);
    ck_assert_str_eq(fake_state(pile, 0), "paused");
}
END_TEST

static void bsm_case(uint8_t byte_6, uint8_t byte_7, bool stops) {
    const struct fake_frame *cst;
    fake_charging(pile);
    pile->gun[0].bsm[0] = byte_6;
    pile->gun[0].bsm[1] = byte_7;
    fake_run(pile, 1000);
    cst = fake_sent(pile, 0x1A, 0x10, 0);
    ck_assert_msg((cst != NULL) == stops, "BSM %02X %02X", byte_6, byte_7);
    if (!stops) {
        ck_assert_str_eq(fake_state(pile, 0), "charging");
    }
}

/* GB/T 34658 DP.3003 and DP.3004: abnormal stops, untrusted changes nothing. */
static const struct {
    uint8_t byte_6, byte_7;
    bool stops;
} bsm_cases[] = {
    {0x01, 0xD0, true},  {0x02, 0xD0, true},  {0x04, 0xD0, true},  {0x08, 0xD0, true},
    {0x10, 0xD0, true},  {0x40, 0xD0, true},  {0x00, 0xD1, true},  {0x00, 0xD4, true},
    {0x20, 0xD0, false}, {0x80, 0xD0, false}, {0x00, 0xD2, false}, {0x00, 0xD8, false},
};

START_TEST(battery_state) {
    bsm_case(bsm_cases[_i].byte_6, bsm_cases[_i].byte_7, bsm_cases[_i].stops);
}
END_TEST

/* Each bit of the parameter is one of the states. */
START_TEST(battery_states_are_told_apart) {
    fake_param(pile, "bsm.react", 63 & ~(1 << _i));
    fake_charging(pile);
    *(_i < 4 ? &pile->gun[0].bsm[0] : &pile->gun[0].bsm[1]) |= (uint8_t)(1 << _i % 4 * 2);
    fake_run(pile, 1000);
    ck_assert_str_eq(fake_state(pile, 0), "charging");
    fake_param(pile, "bsm.react", 1 << _i);
    fake_run(pile, 1000);
    ck_assert_ptr_nonnull(fake_sent(pile, 0x1A, 0x10, 0));
}
END_TEST

START_TEST(untrusted_states_may_be_abnormal) {
    fake_param(pile, "bsm.untrusted", 1);
    bsm_case(0x20, 0xD0, true);
}
END_TEST

/* Without the parameter's demand for a replug a fault is forgotten at the next start. */
START_TEST(restart_after_a_fault) {
    fake_param(pile, "restart.replug", _i);
    bsm_case(0x01, 0xD0, true);
    ck_assert(fake_until(pile, "ended", 20000));
    pile->gun[0].bsm[0] = 0;
    fake_input(pile, DUT_IN_START, 1);
    fake_run(pile, 500);
    ck_assert_str_eq(fake_state(pile, 0), _i == 1 ? "ended" : "weld test");
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_AUX], 1 - _i);
}
END_TEST

/* Stopped and started in one breath: the next handshake waits until the vehicle has lost its supply. */
START_TEST(restart_waits_for_the_vehicle) {
    pile->gun[0].aux_lasts_ms = 400;
    fake_charging(pile);
    fake_input(pile, DUT_IN_STOP, 1);
    ck_assert(fake_until(pile, "ended", 20000));
    fake_input(pile, DUT_IN_STOP, 0);
    int64_t ended = pile->now;
    fake_input(pile, DUT_IN_START, 1);
    fake_run(pile, 300);
    ck_assert_str_eq(fake_state(pile, 0), "ended");
    fake_input(pile, DUT_IN_START, 0);
    fake_run(pile, 2000);
    ck_assert_int_ge(fake_ms_between(ended, fake_sent(pile, 0x26, -1, ended)->at), 400);
}
END_TEST

START_TEST(current_ramps_down_before_the_contactors_open) {
    int64_t stop, k1;
    int32_t last_ma = 0;
    fake_charging(pile);
    ck_assert_int_eq(pile->gun[0].in[DUT_IN_CURRENT_MA], 100000);
    stop = pile->now;
    fake_input(pile, DUT_IN_STOP, 1);
    for (int i = 0; i < 3000 && pile->gun[0].out[DUT_OUT_K1] != 0; i++) {
        last_ma = pile->gun[0].in[DUT_IN_CURRENT_MA];
        fake_run(pile, 1);
    }
    k1 = pile->now;
    ck_assert_int_le(last_ma, 5000);
    ck_assert_int_gt(last_ma, 1000);
    ck_assert_int_lt(fake_ms_between(stop, k1), 950); /* 95 A at 100 A/s */
    ck_assert_ptr_nonnull(fake_sent(pile, 0x1A, 0x04, stop));
    fake_run(pile, 1000);
    ck_assert_int_lt(pile->gun[0].in[DUT_IN_INNER_MV], 60000);
    ck_assert(fake_until(pile, "ended", 10000));
}
END_TEST

START_TEST(current_rises_at_its_slew) {
    pile->gun[0].bcl_da = 100;
    fake_charging(pile);
    pile->gun[0].bcl_da = 2000; /* 190 A more: at most 9.5 s at 20 A/s */
    fake_run(pile, 1000);
    ck_assert_int_gt(pile->gun[0].out[DUT_OUT_MODULE_MA], 80000);
    ck_assert_int_lt(pile->gun[0].out[DUT_OUT_MODULE_MA], 150000);
    fake_run(pile, 2000);
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_MODULE_MA], 200000);
}
END_TEST

START_TEST(demand_is_limited) {
    pile->gun[0].bcl_dv = 7000; /* BCP allows 600.0 V, -250.0 A */
    pile->gun[0].bcl_da = 3500;
    fake_charging(pile);
    fake_run(pile, 3000);
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_MODULE_MV], 600000);
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_MODULE_MA], 250000);
    fake_param(pile, "output.power_max", 54000);
    fake_run(pile, 3000);
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_MODULE_MA], 100000); /* at 540 V */
}
END_TEST

START_TEST(ends_on_a_condition) {
    fake_param(pile, "end.minutes", 1);
    fake_charging(pile);
    fake_run(pile, 50000);
    ck_assert_str_eq(fake_state(pile, 0), "charging");
    ck_assert(fake_until(pile, "ended", 20000));
    ck_assert_ptr_nonnull(fake_sent(pile, 0x1A, 0x01, 0));
    ck_assert_str_eq(fake_alarm(pile), "none");
}
END_TEST

START_TEST(ends_on_soc_and_energy) {
    fake_param(pile, "end.soc", 50); /* BCS says 50 % */
    fake_start(pile);
    ck_assert(fake_until(pile, "stopping", 15000));
    ck_assert(fake_until(pile, "ended", 20000));
    fake_param(pile, "end.soc", 0);
    fake_param(pile, "end.energy_wh", 700);
    fake_charging(pile); /* a normal end needs a new press only */
    pile->gun[0].in[DUT_IN_ENERGY_WH] = 700;
    ck_assert(fake_until(pile, "ended", 20000));
    ck_assert_uint_eq(fake_sent(pile, 0x1D, -1, pile->now - 3000 * FAKE_MS)->frame.data[2], 7);
}
END_TEST

START_TEST(no_bhm_ends_in_time) {
    int64_t chm;
    pile->gun[0].muted = FAKE_BHM;
    fake_start(pile);
    ck_assert(fake_until(pile, "ended", 15000));
    chm = fake_sent(pile, 0x26, -1, 0)->at;
    ck_assert_int_eq(fake_ms_between(chm, fake_output_at(pile, DUT_OUT_AUX, 0, chm)), 10000);
    ck_assert_str_eq(fake_alarm(pile), "no BHM");
}
END_TEST

START_TEST(bhm_below_the_own_range_refuses) {
    pile->gun[0].bhm_dv = 1900;
    fake_start(pile);
    ck_assert(fake_until(pile, "ended", 5000));
    ck_assert_str_eq(fake_alarm(pile), "BHM below lowest output");
    ck_assert_int_eq(fake_output_at(pile, DUT_OUT_MODULES_ON, 1, 0), FAKE_NEVER);
}
END_TEST

START_TEST(voltage_at_the_gun_before_the_test_refuses) {
    pile->gun[0].k5_welded = true;
    pile->gun[0].battery_v = 12;
    fake_start(pile);
    ck_assert(fake_until(pile, "ended", 5000));
    ck_assert_str_eq(fake_alarm(pile), "voltage at the gun before the test");
    ck_assert_int_eq(fake_output_at(pile, DUT_OUT_K1, 1, 0), FAKE_NEVER);
}
END_TEST

START_TEST(lock_stays_while_the_gun_is_live) {
    pile->gun[0].muted = FAKE_BHM;
    fake_start(pile);
    ck_assert(fake_until(pile, "handshake", 5000));
    pile->gun[0].battery_v = 65;
    pile->gun[0].k5_welded = true;
    ck_assert(fake_until(pile, "releasing", 15000));
    fake_run(pile, 5000);
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_LOCK], 1);
    pile->gun[0].battery_v = 55;
    ck_assert(fake_until(pile, "ended", 1000));
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_LOCK], 0);
}
END_TEST

/* GB/T 34658 DN.2009. */
START_TEST(withdrawn_bro_silences_the_charger) {
    static const uint8_t not_ready = 0x00;
    int64_t at;
    fake_start(pile);
    ck_assert(fake_until(pile, "getting ready", 15000));
    pile->gun[0].muted = FAKE_BRO;
    fake_run(pile, 300);
    at = pile->now;
    fake_frame(pile, 0, 0x100956F4, &not_ready, 1);
    pile->gun[0].battery_connected = false;
    pile->gun[0].phase = FAKE_QUIET;
    fake_run(pile, 10000);
    ck_assert_int_lt(fake_ms_between(at, fake_output_at(pile, DUT_OUT_AUX, 0, at)), 1000);
    ck_assert_ptr_eq(fake_sent(pile, 0x0A, -1, at + 1), NULL);
    ck_assert_ptr_eq(fake_sent(pile, 0x1A, -1, at), NULL);
    ck_assert_str_eq(fake_state(pile, 0), "ended");
    fake_input(pile, DUT_IN_START, 1);
    fake_run(pile, 1000);
    ck_assert_str_eq(fake_state(pile, 0), "ended"); /* replug needed */
    fake_input(pile, DUT_IN_START, 0);
    fake_input(pile, DUT_IN_CC1_MV, 6000);
    fake_run(pile, 1000);
    pile->gun[0].muted = 0;
    fake_charging(pile);
}
END_TEST

/* The same with the parameter off: BRO(00) is passed over, and only the missing BRO(AA) counts. */
START_TEST(withdrawn_bro_passed_over) {
    static const uint8_t not_ready = 0x00;
    fake_param(pile, "bro.withdrawn", 0);
    fake_param(pile, "contactor.order", 30000);
    fake_start(pile);
    ck_assert(fake_until(pile, "getting ready", 15000));
    pile->gun[0].muted = FAKE_BRO;
    fake_run(pile, 300);
    fake_frame(pile, 0, 0x100956F4, &not_ready, 1);
    fake_run(pile, 1000);
    ck_assert_str_eq(fake_state(pile, 0), "getting ready");
    fake_run(pile, 4000);
    ck_assert_str_eq(fake_state(pile, 0), "timed out");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("session");
    TCase *tc = tcase_create("session");
    tcase_add_checked_fixture(tc, fake_setup, fake_teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, nothing_happens_without_plug_and_person);
    tcase_add_test(tc, idle_core_hardly_polls);
    tcase_add_test(tc, normal_session_in_order);
    tcase_add_test(tc, periods_are_kept);
    tcase_add_test(tc, pause_and_resume);
    tcase_add_test(tc, pause_ends_after_its_limit);
    tcase_add_test(tc, undefined_permission_keeps_the_pause);
    tcase_add_loop_test(tc, battery_state, 0, sizeof bsm_cases / sizeof bsm_cases[0]);
    tcase_add_loop_test(tc, battery_states_are_told_apart, 0, 6);
    tcase_add_test(tc, untrusted_states_may_be_abnormal);
    tcase_add_loop_test(tc, restart_after_a_fault, 0, 2);
    tcase_add_test(tc, restart_waits_for_the_vehicle);
    tcase_add_test(tc, current_ramps_down_before_the_contactors_open);
    tcase_add_test(tc, current_rises_at_its_slew);
    tcase_add_test(tc, demand_is_limited);
    tcase_add_test(tc, ends_on_a_condition);
    tcase_add_test(tc, ends_on_soc_and_energy);
    tcase_add_test(tc, no_bhm_ends_in_time);
    tcase_add_test(tc, bhm_below_the_own_range_refuses);
    tcase_add_test(tc, voltage_at_the_gun_before_the_test_refuses);
    tcase_add_test(tc, lock_stays_while_the_gun_is_live);
    tcase_add_test(tc, withdrawn_bro_silences_the_charger);
    tcase_add_test(tc, withdrawn_bro_passed_over);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
