/* SPDX-License-Identifier: MIT */
#include "sim/gun/pilot.h"

#include "sim/loop.h"
#include "tests/support/suite.h"

static struct signal_board board;

static void set_up(void) {
    board = (struct signal_board){0};
}

static void tear_down(void) {
    signal_board_free(&board);
}

/* GB/T 18487.1-2015 annex B, states S0..S3 by their voltages. */
START_TEST(pilot_states_by_resistances) {
    struct pilot pilot;
    pilot_init(&pilot, &board, 0);
    struct signal *cc1 = pilot.cc1, *cc2 = pilot.cc2;
    ck_assert_double_eq_tol(cc1->value, 6.0, 1e-9); /* S0 */
    ck_assert_double_eq_tol(cc2->value, 12.0, 1e-9);
    pilot_press(&pilot, true, 1);
    ck_assert_double_eq_tol(cc1->value, 12.0, 1e-9); /* S1 */
    pilot_insert(&pilot, true, 2);
    ck_assert_double_eq_tol(cc1->value, 6.0, 1e-9); /* S2 */
    ck_assert_double_eq_tol(cc2->value, 6.0, 1e-9);
    pilot_press(&pilot, false, 3);
    ck_assert_double_eq_tol(cc1->value, 4.0, 1e-9); /* S3 */
    pilot.r4_ohm = 1340.5;
    pilot_update(&pilot, 4);
    ck_assert_double_eq_tol(cc1->value, 4.37, 1e-3); /* standards: R4 for 4.37 V */
    pilot.r4_ohm = 1000;
    pilot_break_pe(&pilot, true, 5);
    ck_assert_double_eq_tol(cc1->value, 6.0, 1e-9); /* R4's return is gone */
    ck_assert(!signal_is(pilot.pe_ok));
    pilot_break_pe(&pilot, false, 6);
    pilot_break_cc1(&pilot, true, 7);
    ck_assert_double_eq_tol(cc1->value, 12.0, 1e-9);
    ck_assert_double_eq_tol(cc2->value, 6.0, 1e-9);
}
END_TEST

/* Whatever is pressed, plugged or broken: each detection point by its own equation. */
START_TEST(every_combination_by_its_equation) {
    struct pilot pilot;
    pilot_init(&pilot, &board, 0);
    for (unsigned state = 0; state < 16; state++) {
        bool pressed = state & 1, inserted = state & 2, pe_broken = state & 4,
             cc1_broken = state & 8;
        int64_t at_ns = state + 1;
        pilot.pressed = pressed;
        pilot.inserted = inserted;
        pilot.pe_broken = pe_broken;
        pilot_break_cc1(&pilot, cc1_broken, at_ns);
        bool mated = inserted && !pe_broken;
        unsigned to_earth = cc1_broken ? 0u : (unsigned)!pressed + (unsigned)mated;
        static const double cc1_v[] = {12.0, 6.0, 4.0}; /* by the resistors of 1 kohm in parallel */
        ck_assert_double_eq_tol(pilot.cc1->value, cc1_v[to_earth], 1e-9);
        ck_assert_double_eq_tol(pilot.cc2->value, mated ? 6.0 : 12.0, 1e-9);
        ck_assert_int_eq(signal_is(pilot.s_open), pressed);
        ck_assert_int_eq(signal_is(pilot.gun_inserted), inserted);
        ck_assert_int_eq(signal_is(pilot.pe_ok), !pe_broken);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("pilot");
    TCase *tcase = tcase_create("pilot");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, pilot_states_by_resistances);
    tcase_add_test(tcase, every_combination_by_its_equation);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
