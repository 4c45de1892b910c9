/* SPDX-License-Identifier: MIT */
#include "sim/gun/lock.h"

#include "tests/support/suite.h"

static struct loop loop;
static struct signal_board board;

static void set_up(void) {
    loop_init(&loop, LOOP_VIRTUAL);
}

static void tear_down(void) {
    signal_board_free(&board);
    loop_free(&loop);
}

START_TEST(lock_travels_blocks_and_loses_its_feedback) {
    struct lock lock;
    lock_init(&lock, &loop, &board);
    lock_command(&lock, true, 0);
    loop_run(&loop, lock.travel_ns - 1);
    ck_assert(!signal_is(lock.closed));
    loop_run(&loop, lock.travel_ns);
    ck_assert(signal_is(lock.closed) && signal_is(lock.feedback));
    lock_lose_feedback(&lock, true, loop.now_ns);
    ck_assert(signal_is(lock.closed) && !signal_is(lock.feedback));
    lock_block(&lock, true, loop.now_ns);
    lock_command(&lock, false, loop.now_ns);
    loop_run(&loop, NS_PER_S);
    ck_assert(signal_is(lock.closed));
    lock_block(&lock, false, loop.now_ns);
    loop_run(&loop, 2 * NS_PER_S);
    ck_assert(!signal_is(lock.closed));
}
END_TEST

START_TEST(a_command_taken_back_travels_anew) {
    struct lock lock;
    lock_init(&lock, &loop, &board);
    lock_command(&lock, true, 0);
    loop_run(&loop, lock.travel_ns / 2);
    lock_command(&lock, false, loop.now_ns);
    loop_run(&loop, NS_PER_S);
    ck_assert(!signal_is(lock.closed));
    lock_command(&lock, true, loop.now_ns);
    lock_command(&lock, true, loop.now_ns + 1); /* said twice: no second start */
    loop_run(&loop, NS_PER_S + lock.travel_ns);
    ck_assert(signal_is(lock.closed) && signal_is(lock.feedback));
}
END_TEST

START_TEST(a_bolt_blocked_on_its_way_stays) {
    struct lock lock;
    lock_init(&lock, &loop, &board);
    lock_command(&lock, true, 0);
    loop_run(&loop, lock.travel_ns / 2);
    lock_block(&lock, true, loop.now_ns);
    loop_run(&loop, NS_PER_S);
    ck_assert(!signal_is(lock.closed));
    lock_block(&lock, false, loop.now_ns); /* the command still stands */
    loop_run(&loop, NS_PER_S + lock.travel_ns);
    ck_assert(signal_is(lock.closed));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("lock");
    TCase *tcase = tcase_create("lock");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, lock_travels_blocks_and_loses_its_feedback);
    tcase_add_test(tcase, a_command_taken_back_travels_anew);
    tcase_add_test(tcase, a_bolt_blocked_on_its_way_stays);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
