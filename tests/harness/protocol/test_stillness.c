/* SPDX-License-Identifier: MIT */
#include "harness/protocol/stillness.h"
#include "tests/support/suite.h"

#include <check.h>
#include <stdlib.h>

#define MS INT64_C(1000000)

#define CCS 0x1812F456u /* charger, 50 ms */
#define CEM 0x081FF456u
#define BCL 0x181056F4u /* BMS, 50 ms */
#define BSM 0x181356F4u /* 250 ms */
#define CHM 0x1826F456u
#define BHM 0x182756F4u
#define DT  0x1CEB56F4u /* packets of a transfer */

static struct stillness still;
static uint64_t line;

static void setup(void) {
    still = (struct stillness){.count = 0};
    line = 0;
}

static bool see(uint32_t id, int64_t at_ms) {
    const struct can_frame_ext frame = {.id = id, .extended = true, .len = 8};
    return stillness_see(&still, at_ms * MS, ++line, &frame);
}

/* Ten periods of both sides; the last frame of the BMS at 450 ms, of the charger at 475 ms. */
static void charge(void) {
    for (int64_t at_ms = 0; at_ms < 500; at_ms += 50) {
        ck_assert(!see(BCL, at_ms));
        ck_assert(!see(CCS, at_ms + 25));
    }
}

START_TEST(both_silent_is_nobodys_fault) {
    charge();
    ck_assert(see(BCL, 1000));
    ck_assert_uint_eq(still.count, 1);
    ck_assert_uint_eq(still.first_line, line);
    ck_assert_int_eq(still.first_ns, 525 * MS);
    ck_assert(!see(CCS, 1025)); /* told once */
    ck_assert(!see(BCL, 1050));
    ck_assert(see(CCS, 1300));
    ck_assert_uint_eq(still.count, 2);
    ck_assert_int_eq(still.first_ns, 525 * MS);
}
END_TEST

START_TEST(one_side_alone_is_to_blame) {
    charge();
    for (int64_t at_ms = 500; at_ms < 1000; at_ms += 50) {
        ck_assert(!see(BCL, at_ms));
    }
    ck_assert(!see(CCS, 1000));
}
END_TEST

START_TEST(who_says_something_else_has_given_up) {
    charge();
    ck_assert(!see(CEM, 1500));
    ck_assert_uint_eq(still.count, 0);
}
END_TEST

/* 25 ms late on either side is a fault of theirs; half a period and more of both is none. */
START_TEST(half_a_period_is_needed) {
    static const struct {
        int64_t at_ms;
        bool still;
    } cases[] = {{525, false}, {550, false}, {556, true}};
    charge();
    /* CCS was at 475 ms and is overdue from 555 ms on, BCL (450 ms) from 530 ms on. */
    ck_assert_int_eq(see(BCL, cases[_i].at_ms), cases[_i].still);
}
END_TEST

START_TEST(anything_heard_is_no_silence) {
    static const uint32_t heard[] = {DT, 0x18FF0001u};
    charge();
    ck_assert(!see(heard[_i], 700));
    ck_assert(!see(BCL, 750)); /* overdue, but when all was silent it had been missing already */
}
END_TEST

/* Packets of transfers have no period, and what comes irregularly none to be late for. */
START_TEST(only_what_has_a_period_can_be_overdue) {
    static const int64_t at_ms[] = {0, 10, 20, 30, 200, 210, 220, 230};
    for (size_t i = 0; i < sizeof at_ms / sizeof at_ms[0]; i++) {
        ck_assert(!see(DT, at_ms[i]));
        ck_assert(!see(CCS, at_ms[i] + 1));
    }
    ck_assert(!see(DT, 900));
    ck_assert(!see(CCS, 901));
    setup();
    static const int64_t odd_ms[] = {0, 20, 140, 150, 400};
    for (size_t i = 0; i < sizeof odd_ms / sizeof odd_ms[0]; i++) {
        ck_assert(!see(BSM, odd_ms[i]));
        ck_assert(!see(CCS, odd_ms[i] + 1));
    }
    ck_assert(!see(BSM, 2000));
}
END_TEST

/* The handshake is given up, and begins anew a second later. */
START_TEST(a_charge_that_begins_anew_was_not_still) {
    for (int64_t at_ms = 0; at_ms < 2000; at_ms += 250) {
        ck_assert(!see(CHM, at_ms));
        ck_assert(!see(BHM, at_ms + 40));
    }
    ck_assert(!see(CHM, 3000));
    ck_assert(!see(BHM, 3040));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("protocol_stillness");
    TCase *tests = tcase_create("stillness");
    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, both_silent_is_nobodys_fault);
    tcase_add_test(tests, one_side_alone_is_to_blame);
    tcase_add_test(tests, who_says_something_else_has_given_up);
    tcase_add_loop_test(tests, half_a_period_is_needed, 0, 3);
    tcase_add_loop_test(tests, anything_heard_is_no_silence, 0, 2);
    tcase_add_test(tests, only_what_has_a_period_can_be_overdue);
    tcase_add_test(tests, a_charge_that_begins_anew_was_not_still);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
