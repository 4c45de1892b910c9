/* SPDX-License-Identifier: MIT */
/* Insulation test: GB/T 18487.1-2015 B.3.3, B.4.1; limits at the rated 950 V: 95 and 475 kohm. */
#include "tests/firmware/support/fake_pile.h"
#include "tests/support/suite.h"

static const struct {
    int32_t pos_ohm, neg_ohm;
    const char *alarm;
    bool charges;
} cases[] = {
    {475001, 10000000, "none", true},
    {475000, 10000000, "insulation low", true},
    {10000000, 95001, "insulation low", true},
    {95000, 10000000, "insulation fault", false},
    {10000000, 95000, "insulation fault", false},
    {20000, 20000, "insulation fault", false},
};

START_TEST(verdicts) {
    fake_param(pile, "insulation.warn_alarm", 1);
    pile->gun[0].insulation_ohm[0] = cases[_i].pos_ohm;
    pile->gun[0].insulation_ohm[1] = cases[_i].neg_ohm;
    fake_start(pile);
    fake_run(pile, 8000);
    ck_assert_str_eq(fake_alarm(pile), cases[_i].alarm);
    ck_assert_str_eq(fake_state(pile, 0), cases[_i].charges ? "charging" : "ended");
    if (!cases[_i].charges) {
        ck_assert_ptr_null(fake_sent(pile, 0x01, -1, 0));
    }
}
END_TEST

START_TEST(low_insulation_alarms_only_if_so_chosen) {
    pile->gun[0].insulation_ohm[0] = 300000;
    fake_charging(pile);
    ck_assert_str_eq(fake_alarm(pile), "none");
}
END_TEST

START_TEST(skipped_test_leaves_the_output_dead) {
    fake_param(pile, "insulation.check", 0);
    fake_start(pile);
    ck_assert(fake_until(pile, "recognition", 15000));
    ck_assert_int_eq(fake_output_at(pile, DUT_OUT_IMD, 1, 0), FAKE_NEVER);
    ck_assert_int_lt(pile->gun[0].in[DUT_IN_INNER_MV], 60000); /* from the weld test */
}
END_TEST

static const struct {
    int bhm_dv;
    int32_t test_mv;
} voltages[] = {{2000, 200000}, {6000, 600000}, {9500, 950000}, {12000, 950000}};

START_TEST(test_voltage_is_bhm_or_the_own_maximum) {
    pile->gun[0].bhm_dv = voltages[_i].bhm_dv;
    fake_start(pile);
    ck_assert(fake_until(pile, "recognition", 15000));
    ck_assert_int_ne(fake_output_at(pile, DUT_OUT_MODULE_MV, voltages[_i].test_mv, 0), FAKE_NEVER);
}
END_TEST

START_TEST(dead_and_open_before_crm) {
    int64_t imd_on, imd_off, crm, k1_off;
    fake_start(pile);
    ck_assert(fake_until(pile, "recognition", 15000));
    imd_on = fake_output_at(pile, DUT_OUT_IMD, 1, 0);
    imd_off = fake_output_at(pile, DUT_OUT_IMD, 0, imd_on);
    crm = fake_sent(pile, 0x01, 0x00, 0)->at;
    k1_off = fake_output_at(pile, DUT_OUT_K1, 0, imd_off);
    ck_assert_int_ne(imd_off, FAKE_NEVER);
    ck_assert_int_gt(k1_off, imd_off); /* discharged through closed contactors */
    ck_assert_int_lt(fake_ms_between(imd_off, k1_off), 1000);
    ck_assert_int_gt(crm, k1_off);
    ck_assert_int_lt(pile->gun[0].in[DUT_IN_OUTER_MV], 60000);
    ck_assert_uint_eq(fake_count(pile, 0x26, crm + 1, pile->now), 0);
}
END_TEST

START_TEST(silent_monitor_is_a_fault) {
    pile->gun[0].insulation_ohm[1] = -1;
    fake_start(pile);
    ck_assert(fake_until(pile, "ended", 20000));
    ck_assert_str_eq(fake_alarm(pile), "insulation not measured");
}
END_TEST

START_TEST(shorted_output_is_found) {
    pile->gun[0].shorted = true;
    fake_start(pile);
    ck_assert(fake_until(pile, "ended", 20000));
    ck_assert_str_eq(fake_alarm(pile), "output shorted");
    ck_assert_ptr_null(fake_sent(pile, 0x01, -1, 0));
}
END_TEST

START_TEST(contactors_first_if_so_chosen) {
    int64_t k1, raised;
    fake_param(pile, "insulation.order", 1);
    fake_start(pile);
    ck_assert(fake_until(pile, "recognition", 15000));
    raised = fake_output_at(pile, DUT_OUT_MODULE_MV, 600000, 0);
    k1 = fake_output_at(pile, DUT_OUT_K1, 1, raised - 100 * FAKE_MS);
    ck_assert_int_le(k1, raised);
}
END_TEST

START_TEST(forgotten_discharge_is_noticed) {
    fake_param(pile, "discharge.use", 0);
    fake_start(pile);
    fake_run(pile, 10000);
    ck_assert_str_eq(fake_alarm(pile), "discharge too slow");
    ck_assert_ptr_null(fake_sent(pile, 0x01, -1, 0));
}
END_TEST

START_TEST(person_stops_the_test) {
    fake_start(pile);
    ck_assert(fake_until(pile, "insulation test", 15000));
    fake_run(pile, 500);
    fake_input(pile, DUT_IN_STOP, 1);
    ck_assert(fake_until(pile, "ended", 15000));
    ck_assert_str_eq(fake_alarm(pile), "none");
    ck_assert_int_lt(pile->gun[0].in[DUT_IN_OUTER_MV], 60000);
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_IMD], 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("insulation");
    TCase *tc = tcase_create("insulation");
    tcase_add_checked_fixture(tc, fake_setup, fake_teardown);
    tcase_add_loop_test(tc, verdicts, 0, sizeof cases / sizeof cases[0]);
    tcase_add_test(tc, low_insulation_alarms_only_if_so_chosen);
    tcase_add_test(tc, skipped_test_leaves_the_output_dead);
    tcase_add_loop_test(tc, test_voltage_is_bhm_or_the_own_maximum, 0,
                        sizeof voltages / sizeof voltages[0]);
    tcase_add_test(tc, dead_and_open_before_crm);
    tcase_add_test(tc, silent_monitor_is_a_fault);
    tcase_add_test(tc, shorted_output_is_found);
    tcase_add_test(tc, contactors_first_if_so_chosen);
    tcase_add_test(tc, forgotten_discharge_is_noticed);
    tcase_add_test(tc, person_stops_the_test);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
