/* SPDX-License-Identifier: MIT */
#include "sim/loop.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MANY 500

static int fired[MANY];
static int fired_count;

struct numbered {
    struct timer timer;
    int number;
    struct loop *loop;
    int64_t fired_at_ns;
};

static void note(void *ctx, int64_t now_ns) {
    struct numbered *one = ctx;
    one->fired_at_ns = now_ns;
    fired[fired_count++] = one->number;
}

START_TEST(events_come_in_order_of_time_then_of_setting) {
    struct loop loop;
    struct numbered timers[MANY];
    uint32_t random = 12345;
    fired_count = 0;
    loop_init(&loop, LOOP_VIRTUAL);
    for (int i = 0; i < MANY; i++) {
        timers[i] = (struct numbered){.timer = {.fire = note, .ctx = &timers[i]}, .number = i};
        random = random * 1664525u + 1013904223u;
        loop_set(&loop, &timers[i].timer, (int64_t)(random >> 24));
    }
    /* Moving and cancelling some must not disturb the others. */
    for (int i = 0; i < MANY; i += 7) {
        loop_set(&loop, &timers[i].timer, 300);
    }
    for (int i = 3; i < MANY; i += 11) {
        loop_cancel(&loop, &timers[i].timer);
    }
    loop_run(&loop, 1000);
    int expected = 0;
    for (int i = 0; i < MANY; i++) {
        expected += i < 3 || (i - 3) % 11 != 0;
    }
    ck_assert_int_eq(fired_count, expected);
    for (int i = 1; i < fired_count; i++) {
        const struct numbered *before = &timers[fired[i - 1]], *after = &timers[fired[i]];
        ck_assert_int_le(before->fired_at_ns, after->fired_at_ns);
        if (before->fired_at_ns == after->fired_at_ns) {
            ck_assert_uint_lt(before->timer.order, after->timer.order);
        }
    }
    ck_assert_int_eq(loop.now_ns, 1000);
    loop_free(&loop);
}
END_TEST

static void set_again(void *ctx, int64_t now_ns) {
    struct numbered *one = ctx;
    if (++one->number < 10) {
        loop_set(one->loop, &one->timer, now_ns + 5);
    } else {
        loop_stop(one->loop);
    }
}

START_TEST(a_timer_can_set_itself_and_stop_the_loop) {
    struct loop loop;
    loop_init(&loop, LOOP_VIRTUAL);
    struct numbered one = {.loop = &loop};
    one.timer = (struct timer){.fire = set_again, .ctx = &one};
    loop_set(&loop, &one.timer, 5);
    loop_run(&loop, 1000);
    ck_assert_int_eq(one.number, 10);
    ck_assert_int_eq(loop.now_ns, 50);
    ck_assert(!loop_is_set(&one.timer));
    loop_free(&loop);
}
END_TEST

START_TEST(the_past_fires_now_and_the_future_is_not_touched) {
    struct loop loop;
    loop_init(&loop, LOOP_VIRTUAL);
    struct numbered early = {.timer = {.fire = note, .ctx = &early}, .number = 1};
    struct numbered late = {.timer = {.fire = note, .ctx = &late}, .number = 2};
    fired_count = 0;
    loop_run(&loop, 100);
    loop_set(&loop, &early.timer, 50);
    loop_set(&loop, &late.timer, 201);
    loop_run(&loop, 200);
    ck_assert_int_eq(fired_count, 1);
    ck_assert_int_eq(early.fired_at_ns, 100);
    ck_assert(loop_is_set(&late.timer));
    loop_free(&loop);
}
END_TEST

static int64_t ready_at_ns;

static void readable(void *ctx, int64_t now_ns) {
    char byte;
    ready_at_ns = now_ns;
    ck_assert_int_eq(read(*(int *)ctx, &byte, 1), 1);
}

START_TEST(the_real_clock_waits_for_timers_and_descriptors) {
    struct loop loop;
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    loop_init(&loop, LOOP_REAL);
    struct numbered one = {.timer = {.fire = note, .ctx = &one}};
    fired_count = 0;
    ready_at_ns = -1;
    ck_assert(loop_fd_add(&loop, ends[0], readable, &ends[0]));
    ck_assert_int_eq(write(ends[1], "x", 1), 1);
    loop_set(&loop, &one.timer, 20 * NS_PER_MS);
    loop_run(&loop, 30 * NS_PER_MS);
    ck_assert_int_ge(ready_at_ns, 0);
    /* Equal, and later than set, only when the machine stood still. */
    ck_assert_int_le(ready_at_ns, one.fired_at_ns);
    ck_assert_int_ge(one.fired_at_ns, 20 * NS_PER_MS);
    ck_assert_int_ge(loop_clock_ns(&loop), 30 * NS_PER_MS);
    loop_fd_remove(&loop, ends[0]);
    loop_free(&loop);
}
END_TEST

static int64_t held_longest_ns;
static unsigned held_count;

static void note_held(void *ctx, int64_t from_ns, int64_t until_ns) {
    (void)ctx;
    held_count++;
    held_longest_ns = until_ns - from_ns > held_longest_ns ? until_ns - from_ns : held_longest_ns;
}

static void take_time(void *ctx, int64_t now_ns) {
    const struct timespec sleep = {.tv_nsec = *(long *)ctx};
    (void)now_ns;
    (void)nanosleep(&sleep, NULL);
}

/* Ten call-backs that are all due at 1 ms, of so long each. */
static struct loop busy_loop(long each_ns) {
    struct loop loop;
    struct timer timers[10];
    loop_init(&loop, LOOP_REAL);
    loop.held = note_held;
    held_count = 0;
    held_longest_ns = 0;
    for (size_t i = 0; i < 10; i++) {
        timers[i] = (struct timer){.fire = take_time, .ctx = &each_ns};
        loop_set(&loop, &timers[i], NS_PER_MS);
    }
    loop_run(&loop, 2 * NS_PER_MS);
    loop_free(&loop);
    return loop;
}

/* A process that is held up shows it in one go; one that has much to do does not. */
START_TEST(much_to_do_is_late_but_not_held_up) {
    struct loop loop = busy_loop(25 * (long)NS_PER_MS);
    ck_assert_int_ge(loop.late_max_ns, 2 * LOOP_HELD_NS);
    ck_assert_uint_eq(held_count, 0);
}
END_TEST

START_TEST(what_holds_it_up_is_told) {
    (void)busy_loop((long)LOOP_HELD_NS);
    ck_assert_uint_eq(held_count, 10);
    ck_assert_int_ge(held_longest_ns, LOOP_HELD_NS);
}
END_TEST

START_TEST(a_long_sleep_is_none) {
    struct loop loop;
    loop_init(&loop, LOOP_REAL);
    loop.held = note_held;
    held_count = 0;
    loop_run(&loop, 3 * LOOP_HELD_NS);
    ck_assert_uint_eq(held_count, 0);
    loop_free(&loop);
}
END_TEST

/* Stopped in its sleep, as when the whole machine stands still. */
START_TEST(a_sleep_that_ends_late_is_told) {
    struct loop loop;
    pid_t parent = getpid();
    loop_init(&loop, LOOP_REAL);
    loop.held = note_held;
    held_count = 0;
    held_longest_ns = 0;
    pid_t stopper = fork();
    if (stopper == 0) {
        const struct timespec while_it_sleeps = {.tv_nsec = 30 * NS_PER_MS};
        const struct timespec still = {.tv_nsec = 300 * NS_PER_MS};
        (void)nanosleep(&while_it_sleeps, NULL);
        kill(parent, SIGSTOP);
        (void)nanosleep(&still, NULL);
        kill(parent, SIGCONT);
        _exit(0);
    }
    loop_run(&loop, 60 * NS_PER_MS);
    ck_assert_int_eq(waitpid(stopper, NULL, 0), stopper);
    loop_run(&loop, loop_clock_ns(&loop));
    ck_assert_uint_ge(held_count, 1);
    ck_assert_int_ge(held_longest_ns, 200 * NS_PER_MS);
    loop_free(&loop);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("loop");
    TCase *tcase = tcase_create("loop");
    tcase_add_test(tcase, events_come_in_order_of_time_then_of_setting);
    tcase_add_test(tcase, a_timer_can_set_itself_and_stop_the_loop);
    tcase_add_test(tcase, the_past_fires_now_and_the_future_is_not_touched);
    tcase_add_test(tcase, the_real_clock_waits_for_timers_and_descriptors);
    tcase_add_test(tcase, much_to_do_is_late_but_not_held_up);
    tcase_add_test(tcase, what_holds_it_up_is_told);
    tcase_add_test(tcase, a_long_sleep_is_none);
    tcase_add_test(tcase, a_sleep_that_ends_late_is_told);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
