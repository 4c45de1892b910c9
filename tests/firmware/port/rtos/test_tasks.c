/* SPDX-License-Identifier: MIT */
#include "firmware-under-test/port/rtos/rtos.h"

#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct board {
    struct rtos rtos;
    struct rtos_queue queue;
    char said[400];
    unsigned count;
    _Alignas(max_align_t) uint8_t arena[RTOS_ARENA(RTOS_TASKS_MAX)];
};

struct speaker {
    struct board *board;
    const char *word;
    uint32_t period;
};

static struct board *board_of(size_t arena) {
    struct board *board = calloc(1, sizeof *board);
    rtos_init(&board->rtos, board->arena, arena, 10);
    return board;
}

static struct board *new_board(void) {
    return board_of(RTOS_ARENA(RTOS_TASKS_MAX));
}

static void say(struct board *board, const char *word) {
    ck_assert_uint_lt(strlen(board->said) + strlen(word), sizeof board->said);
    strcat(board->said, word);
}

static void speak(void *argument) {
    struct speaker *speaker = argument;
    for (;;) {
        say(speaker->board, speaker->word);
        rtos_delay(&speaker->board->rtos, speaker->period);
    }
}

static void ticks(struct board *board, unsigned count) {
    while (count-- > 0) {
        ck_assert_msg(rtos_tick(&board->rtos), "%s", rtos_fault(&board->rtos));
        say(board, ".");
    }
}

START_TEST(a_delay_ends_at_its_tick_and_the_urgent_run_first) {
    struct board *board = new_board();
    struct speaker slow = {board, "a", 2}, fast = {board, "b", 1}, urgent = {board, "C", 3};
    ck_assert_ptr_nonnull(rtos_task(&board->rtos, "slow", 1, speak, &slow, 0));
    ck_assert_ptr_nonnull(rtos_task(&board->rtos, "fast", 1, speak, &fast, 0));
    ck_assert_ptr_nonnull(rtos_task(&board->rtos, "urgent", 2, speak, &urgent, 0));
    ticks(board, 7);
    ck_assert_str_eq(board->said, "Cab.b.ab.Cb.ab.b.Cab.");
    free(board);
}
END_TEST

static void keep_time(void *argument) {
    struct board *board = argument;
    uint64_t last = rtos_now(&board->rtos);
    for (;;) {
        say(board, "x");
        rtos_delay(&board->rtos, board->count % 2); /* work that takes 0 or 1 tick */
        board->count++;
        rtos_delay_until(&board->rtos, &last, 3);
    }
}

START_TEST(a_period_does_not_drift) {
    struct board *board = new_board();
    rtos_task(&board->rtos, "period", 1, keep_time, board, 0);
    ticks(board, 9);
    ck_assert_str_eq(board->said, "x...x...x...");
    free(board);
}
END_TEST

static void end_at_once(void *argument) {
    say(argument, "e");
}

START_TEST(a_task_may_end_and_as_many_as_fit_run) {
    struct board *board = new_board();
    for (int i = 0; i < RTOS_TASKS_MAX; i++) {
        ck_assert_ptr_nonnull(rtos_task(&board->rtos, "short", 1, end_at_once, board, 0));
    }
    ticks(board, 2);
    ck_assert_str_eq(board->said, "eeeeeeeeeeeeeeeeeeeeeeee..");
    ck_assert_ptr_null(rtos_task(&board->rtos, "surplus", 1, end_at_once, board, 0));
    ck_assert_str_eq(rtos_fault(&board->rtos),
                     "no room for task surplus: there are 24 already (RTOS_TASKS_MAX)");
    ck_assert(!rtos_tick(&board->rtos));
    free(board);
}
END_TEST

START_TEST(a_full_arena_is_told) {
    struct board *board = board_of(RTOS_ARENA(1));
    ck_assert_ptr_nonnull(rtos_task(&board->rtos, "one", 1, end_at_once, board, 0));
    ck_assert_ptr_null(rtos_task(&board->rtos, "two", 1, end_at_once, board, 0));
    ck_assert_ptr_nonnull(strstr(rtos_fault(&board->rtos), "the arena of 88064 bytes is full: "));
    ck_assert(!rtos_tick(&board->rtos));
    ck_assert_str_eq(board->said, "");
    free(board);
}
END_TEST

/* Touches a frame of 256 bytes at each level. */
static unsigned (*volatile deeper)(struct board *board, unsigned levels);

static unsigned dive(struct board *board, unsigned levels) {
    volatile uint8_t frame[256];
    for (size_t i = 0; i < sizeof frame; i++) {
        frame[i] = (uint8_t)levels;
    }
    return levels == 0 ? frame[0] : deeper(board, levels - 1) + frame[1];
}

static void use_stack(void *argument) {
    struct board *board = argument;
    deeper = dive; /* by pointer: a real frame at each level */
    for (;;) {
        dive(board, board->count);
        rtos_delay(&board->rtos, 1);
    }
}

START_TEST(an_overflow_is_told_and_ends_all_tasks) {
    struct board *board = new_board();
    struct speaker other = {board, "o", 1};
    const char *fault;
    struct rtos_task *task = rtos_task(&board->rtos, "deep", 2, use_stack, board, 0);
    rtos_task(&board->rtos, "other", 1, speak, &other, 0);
    board->count = 8;
    ticks(board, 2);
    ck_assert_uint_gt(rtos_stack_used(task), 8 * 256);
    ck_assert_uint_lt(rtos_stack_used(task), RTOS_STACK_MIN / 2);
    /* Deeper and deeper, by less than the red zone. */
    while (rtos_fault(&board->rtos) == NULL) {
        board->count++;
        ck_assert_uint_lt(board->count, RTOS_STACK_MIN / 256);
        rtos_tick(&board->rtos);
    }
    fault = rtos_fault(&board->rtos);
    ck_assert_str_eq(fault, "task deep overflowed its stack of 65536 bytes (give rtos_task more)");
    ck_assert_uint_eq(rtos_stack_used(task), RTOS_STACK_MIN);
    board->said[0] = '\0';
    ck_assert(!rtos_tick(&board->rtos));
    ck_assert_str_eq(board->said, "");
    free(board);
}
END_TEST

static void (*volatile deep)(struct board *board, unsigned levels);

static void wait_deep(struct board *board, unsigned levels) {
    volatile uint8_t frame[1024];
    frame[levels] = 1;
    if (levels == 0) {
        rtos_delay(&board->rtos, 1);
    } else {
        deep(board, levels - 1);
    }
    frame[levels + 1] = frame[levels];
}

static void wait_below(void *argument) {
    struct board *board = argument;
    deep = wait_deep;
    /* Over the red zone in one leap, which hardly touches what it passes. */
    wait_deep(board, RTOS_STACK_MIN / 1024 + 4);
}

START_TEST(a_wait_below_the_stack_is_told) {
    struct board *board = new_board();
    rtos_allocate(&board->rtos, 64 * 1024); /* what the leap may hurt */
    rtos_task(&board->rtos, "leaper", 1, wait_below, board, 0);
    ck_assert(!rtos_tick(&board->rtos));
    ck_assert_ptr_nonnull(strstr(rtos_fault(&board->rtos), "task leaper overflowed its stack"));
    free(board);
}
END_TEST

static void spin(void *argument) {
    struct board *board = argument;
    for (;;) {
        rtos_yield(&board->rtos);
    }
}

START_TEST(tasks_that_never_rest_are_told) {
    struct board *board = new_board();
    rtos_task(&board->rtos, "spinner", 1, spin, board, 0);
    ck_assert(!rtos_tick(&board->rtos));
    ck_assert_str_eq(rtos_fault(&board->rtos),
                     "the tasks never come to rest: spinner yields and does not wait");
    free(board);
}
END_TEST

START_TEST(a_yield_lets_equals_run_and_nobody_below) {
    struct board *board = new_board();
    struct speaker equal = {board, "e", 5}, below = {board, "b", 5};
    rtos_task(&board->rtos, "spinner", 2, spin, board, 0);
    rtos_task(&board->rtos, "equal", 2, speak, &equal, 0);
    rtos_task(&board->rtos, "below", 1, speak, &below, 0);
    ck_assert(!rtos_tick(&board->rtos)); /* the spinner spins */
    ck_assert_str_eq(board->said, "e");
    free(board);
}
END_TEST

START_TEST(a_wait_outside_a_task_is_told) {
    struct board *board = new_board();
    rtos_delay(&board->rtos, 1);
    ck_assert_ptr_nonnull(strstr(rtos_fault(&board->rtos), "a wait outside a task"));
    free(board);
}
END_TEST

START_TEST(two_instances_do_not_meet) {
    struct board *one = new_board(), *two = new_board();
    struct speaker first = {one, "1", 1}, second = {two, "2", 2};
    rtos_task(&one->rtos, "one", 1, speak, &first, 0);
    rtos_task(&two->rtos, "two", 1, speak, &second, 0);
    for (int i = 0; i < 3; i++) {
        ticks(one, 1);
        ticks(two, 1);
    }
    ck_assert_str_eq(one->said, "1.1.1.");
    ck_assert_str_eq(two->said, "2..2.");
    free(one);
    free(two);
}
END_TEST

/* A power failure: the same memory zeroed in the middle of everything, then set up again. */
START_TEST(an_instance_starts_anew_on_zeroed_memory) {
    struct board *board = new_board();
    struct speaker speaker = {board, "s", 2};
    char first[sizeof board->said];
    for (int life = 0; life < 3; life++) {
        memset(board, 0, sizeof *board);
        rtos_init(&board->rtos, board->arena, sizeof board->arena, 10);
        rtos_task(&board->rtos, "speaker", 1, speak, &speaker, 0);
        rtos_task(&board->rtos, "time", 2, keep_time, board, 0);
        ticks(board, 7);
        if (life > 0) {
            ck_assert_str_eq(board->said, first);
        }
        strcpy(first, board->said);
    }
    free(board);
}
END_TEST

START_TEST(milliseconds_are_rounded_up) {
    struct board *board = new_board();
    ck_assert_uint_eq(rtos_ticks(&board->rtos, 0), 0);
    ck_assert_uint_eq(rtos_ticks(&board->rtos, 1), 1);
    ck_assert_uint_eq(rtos_ticks(&board->rtos, 10), 1);
    ck_assert_uint_eq(rtos_ticks(&board->rtos, 11), 2);
    free(board);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("rtos tasks");
    TCase *tests = tcase_create("tasks");
    tcase_add_test(tests, a_delay_ends_at_its_tick_and_the_urgent_run_first);
    tcase_add_test(tests, a_period_does_not_drift);
    tcase_add_test(tests, a_task_may_end_and_as_many_as_fit_run);
    tcase_add_test(tests, a_full_arena_is_told);
    tcase_add_test(tests, an_overflow_is_told_and_ends_all_tasks);
    tcase_add_test(tests, a_wait_below_the_stack_is_told);
    tcase_add_test(tests, tasks_that_never_rest_are_told);
    tcase_add_test(tests, a_yield_lets_equals_run_and_nobody_below);
    tcase_add_test(tests, a_wait_outside_a_task_is_told);
    tcase_add_test(tests, two_instances_do_not_meet);
    tcase_add_test(tests, an_instance_starts_anew_on_zeroed_memory);
    tcase_add_test(tests, milliseconds_are_rounded_up);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
