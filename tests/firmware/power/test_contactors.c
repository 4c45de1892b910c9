/* SPDX-License-Identifier: MIT */
/* K1 and K2 and their auxiliary contacts: T240-8.14. */
#include "tests/firmware/support/fake_pile.h"
#include "tests/support/suite.h"

static const struct {
    bool k1, k2;
    const char *alarm;
} stuck[] = {{true, false, "K1 does not close"}, {false, true, "K2 does not close"}};

/* In the weld test, where each is closed alone, and later, where both are. */
START_TEST(contact_that_does_not_close) {
    pile->gun[0].stuck_open[0] = stuck[_i].k1;
    pile->gun[0].stuck_open[1] = stuck[_i].k2;
    fake_start(pile);
    ck_assert(fake_until(pile, "ended", 15000));
    ck_assert_str_eq(fake_alarm(pile), stuck[_i].alarm);
    ck_assert_int_eq(fake_output_at(pile, DUT_OUT_MODULE_MV, 600000, 0), FAKE_NEVER);
}
END_TEST

START_TEST(contact_that_does_not_close_after_the_test) {
    fake_start(pile);
    ck_assert(fake_until(pile, "getting ready", 15000));
    pile->gun[0].stuck_open[0] = stuck[_i].k1;
    pile->gun[0].stuck_open[1] = stuck[_i].k2;
    fake_run(pile, 10000);
    ck_assert_str_eq(fake_alarm(pile), stuck[_i].alarm);
    ck_assert_ptr_null(fake_sent(pile, 0x0A, 0xAA, 0));
}
END_TEST

START_TEST(contact_that_opens_by_itself) {
    fake_charging(pile);
    pile->gun[0].contact[1] = false;
    pile->gun[0].stuck_open[1] = true;
    fake_run(pile, 300);
    ck_assert_str_eq(fake_alarm(pile), "K2 does not close");
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_K1], 0);
}
END_TEST

static const struct {
    bool k1, k2;
    const char *alarm;
} welds[] = {
    {true, false, "K1 welded"}, {false, true, "K2 welded"}, {true, true, "K1 and K2 welded"}};

START_TEST(weld_seen_by_the_feedback_at_the_end) {
    fake_charging(pile);
    pile->gun[0].welded[0] = welds[_i].k1;
    pile->gun[0].welded[1] = welds[_i].k2;
    fake_input(pile, DUT_IN_STOP, 1);
    fake_run(pile, 5000);
    ck_assert_str_eq(fake_alarm(pile), welds[_i].alarm);
}
END_TEST

/* K3/K4 wait for K1/K2, even where a person stops a session that ramps down anyway. */
START_TEST(auxiliary_supply_outlasts_the_contactors) {
    int64_t k1;
    fake_param(pile, "output.ramp_down", 20000);
    fake_charging(pile);
    pile->gun[0].muted = FAKE_BCL;
    ck_assert(fake_until(pile, "timed out", 3000));
    fake_input(pile, DUT_IN_STOP, 1);
    ck_assert(fake_until(pile, "ended", 20000));
    k1 = fake_output_at(pile, DUT_OUT_K1, 0, fake_sent(pile, 0x1F, -1, 0)->at);
    ck_assert_int_ge(fake_output_at(pile, DUT_OUT_AUX, 0, 0), k1);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("contactors");
    TCase *tc = tcase_create("contactors");
    tcase_add_checked_fixture(tc, fake_setup, fake_teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, contact_that_opens_by_itself);
    tcase_add_test(tc, auxiliary_supply_outlasts_the_contactors);
    tcase_add_loop_test(tc, contact_that_does_not_close, 0, sizeof stuck / sizeof stuck[0]);
    tcase_add_loop_test(tc, contact_that_does_not_close_after_the_test, 0,
                        sizeof stuck / sizeof stuck[0]);
    tcase_add_loop_test(tc, weld_seen_by_the_feedback_at_the_end, 0,
                        sizeof welds / sizeof welds[0]);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
