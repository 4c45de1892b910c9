/* SPDX-License-Identifier: MIT */
#include "firmware-under-test/port/rtos/rtos.h"

#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

struct board {
    struct rtos rtos;
    struct rtos_queue queue;
    struct rtos_semaphore semaphore;
    struct rtos_mutex mutex;
    struct rtos_flags flags;
    uint32_t timeout;
    char said[200];
    _Alignas(max_align_t) uint8_t arena[RTOS_ARENA(4)];
};

static struct board *new_board(void) {
    struct board *board = calloc(1, sizeof *board);
    rtos_init(&board->rtos, board->arena, sizeof board->arena, 10);
    ck_assert(rtos_queue_init(&board->queue, &board->rtos, 1, 2));
    rtos_semaphore_init(&board->semaphore, &board->rtos, 0, 3);
    rtos_mutex_init(&board->mutex, &board->rtos);
    rtos_flags_init(&board->flags, &board->rtos);
    board->timeout = RTOS_FOREVER;
    return board;
}

static void say(struct board *board, char letter) {
    const size_t length = strlen(board->said);
    ck_assert_uint_lt(length + 1, sizeof board->said);
    board->said[length] = letter;
}

static void tick(struct board *board) {
    ck_assert_msg(rtos_tick(&board->rtos), "%s", rtos_fault(&board->rtos));
    say(board, '.');
}

static bool send(struct board *board, char item) {
    return rtos_send(&board->queue, &item, 0);
}

static void receive_lower(void *argument) {
    struct board *board = argument;
    char item;
    for (;;) {
        say(board, rtos_receive(&board->queue, &item, board->timeout) ? item : '-');
    }
}

static void receive_upper(void *argument) {
    struct board *board = argument;
    char item;
    for (;;) {
        say(board,
            rtos_receive(&board->queue, &item, board->timeout) ? (char)(item - 'a' + 'A') : '-');
    }
}

START_TEST(a_queue_keeps_order_and_refuses_when_full) {
    struct board *board = new_board();
    char item;
    ck_assert(send(board, 'a') && send(board, 'b'));
    ck_assert(!send(board, 'c'));
    ck_assert(rtos_receive(&board->queue, &item, 0) && item == 'a');
    ck_assert(send(board, 'd'));
    ck_assert(rtos_receive(&board->queue, &item, 0) && item == 'b');
    ck_assert(rtos_receive(&board->queue, &item, 0) && item == 'd');
    ck_assert(!rtos_receive(&board->queue, &item, 0));
    ck_assert_ptr_null(rtos_fault(&board->rtos));
    free(board);
}
END_TEST

START_TEST(receivers_take_turns) {
    struct board *board = new_board();
    rtos_task(&board->rtos, "lower", 1, receive_lower, board, 0);
    rtos_task(&board->rtos, "upper", 1, receive_upper, board, 0);
    tick(board);
    send(board, 'a');
    tick(board);
    send(board, 'b');
    tick(board);
    send(board, 'c');
    send(board, 'd'); /* both are woken, but who runs takes what is there */
    tick(board);
    send(board, 'e'); /* who came too late has kept its place */
    tick(board);
    ck_assert_str_eq(board->said, ".a.B.cd.E.");
    free(board);
}
END_TEST

START_TEST(the_urgent_receiver_gets_it) {
    struct board *board = new_board();
    rtos_task(&board->rtos, "lower", 1, receive_lower, board, 0);
    rtos_task(&board->rtos, "upper", 2, receive_upper, board, 0);
    tick(board);
    send(board, 'a');
    tick(board);
    send(board, 'b');
    tick(board);
    ck_assert_str_eq(board->said, ".A.B.");
    free(board);
}
END_TEST

START_TEST(a_receive_gives_up_in_time) {
    struct board *board = new_board();
    board->timeout = 3;
    rtos_task(&board->rtos, "lower", 1, receive_lower, board, 0);
    for (int i = 0; i < 5; i++) {
        tick(board);
    }
    send(board, 'x');
    for (int i = 0; i < 5; i++) {
        tick(board);
    }
    ck_assert_str_eq(board->said, "...-..x...-..");
    free(board);
}
END_TEST

static void send_all(void *argument) {
    struct board *board = argument;
    for (char item = 'a'; item <= 'e'; item++) {
        ck_assert(rtos_send(&board->queue, &item, RTOS_FOREVER));
    }
    say(board, '!');
}

static void receive_slowly(void *argument) {
    struct board *board = argument;
    char item;
    for (;;) {
        rtos_delay(&board->rtos, 2);
        ck_assert(rtos_receive(&board->queue, &item, RTOS_FOREVER));
        say(board, item);
    }
}

START_TEST(a_sender_waits_for_room) {
    struct board *board = new_board();
    rtos_task(&board->rtos, "sender", 1, send_all, board, 0);
    rtos_task(&board->rtos, "receiver", 1, receive_slowly, board, 0);
    for (int i = 0; i < 12; i++) {
        tick(board);
    }
    ck_assert_str_eq(board->said, "..a..b..c!..d..e..");
    free(board);
}
END_TEST

static void take(void *argument) {
    struct board *board = argument;
    for (;;) {
        say(board, rtos_take(&board->semaphore, board->timeout) ? 't' : '-');
    }
}

START_TEST(a_semaphore_counts) {
    struct board *board = new_board();
    rtos_task(&board->rtos, "taker", 1, take, board, 0);
    tick(board);
    ck_assert(rtos_give(&board->semaphore) && rtos_give(&board->semaphore));
    tick(board);
    ck_assert(rtos_give(&board->semaphore));
    ck_assert(rtos_give(&board->semaphore) && rtos_give(&board->semaphore));
    ck_assert(!rtos_give(&board->semaphore));
    tick(board);
    ck_assert_str_eq(board->said, ".tt.ttt.");
    free(board);
}
END_TEST

static void work_alone(void *argument) {
    struct board *board = argument;
    for (int i = 0; i < 2; i++) {
        ck_assert(rtos_lock(&board->mutex, RTOS_FOREVER));
        ck_assert(rtos_lock(&board->mutex, 0)); /* again, at once */
        say(board, '(');
        rtos_delay(&board->rtos, 2);
        rtos_unlock(&board->mutex);
        say(board, ')');
        rtos_unlock(&board->mutex);
    }
}

START_TEST(a_mutex_lets_one_in) {
    struct board *board = new_board();
    rtos_task(&board->rtos, "one", 1, work_alone, board, 0);
    rtos_task(&board->rtos, "two", 1, work_alone, board, 0);
    for (int i = 0; i < 12; i++) {
        tick(board);
    }
    ck_assert_str_eq(board->said, "(..)(..)(..)(..)....");
    free(board);
}
END_TEST

static void unlock_only(void *argument) {
    struct board *board = argument;
    rtos_delay(&board->rtos, 1);
    rtos_unlock(&board->mutex);
    say(board, '?');
}

START_TEST(only_its_owner_unlocks_a_mutex) {
    struct board *board = new_board();
    rtos_task(&board->rtos, "owner", 1, work_alone, board, 0);
    rtos_task(&board->rtos, "other", 1, unlock_only, board, 0);
    tick(board);
    ck_assert(!rtos_tick(&board->rtos));
    ck_assert_str_eq(rtos_fault(&board->rtos),
                     "a mutex was unlocked by a task that does not own it");
    ck_assert_str_eq(board->said, "(.");
    free(board);
}
END_TEST

static void wait_for_both(void *argument) {
    struct board *board = argument;
    for (;;) {
        const uint32_t bits = rtos_flags_wait(&board->flags, 3, RTOS_ALL, RTOS_FOREVER);
        say(board, (char)('0' + bits));
    }
}

static void wait_for_either(void *argument) {
    struct board *board = argument;
    for (;;) {
        const uint32_t bits = rtos_flags_wait(&board->flags, 6, RTOS_ANY | RTOS_KEEP, 2);
        say(board, (bits & 6) != 0 ? 'e' : '-');
        rtos_flags_clear(&board->flags, bits & 4);
    }
}

START_TEST(flags_are_waited_for_all_or_any) {
    struct board *board = new_board();
    rtos_task(&board->rtos, "both", 2, wait_for_both, board, 0);
    tick(board);
    rtos_flags_set(&board->flags, 1);
    tick(board);
    rtos_flags_set(&board->flags, 4);
    tick(board);
    rtos_flags_set(&board->flags, 2);
    tick(board);
    ck_assert_uint_eq(board->flags.bits, 4); /* those waited for were cleared */
    rtos_task(&board->rtos, "either", 1, wait_for_either, board, 0);
    tick(board);
    tick(board);
    tick(board);
    ck_assert_str_eq(board->said, "...7.e..-.");
    free(board);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("rtos objects");
    TCase *tests = tcase_create("objects");
    tcase_add_test(tests, a_queue_keeps_order_and_refuses_when_full);
    tcase_add_test(tests, receivers_take_turns);
    tcase_add_test(tests, the_urgent_receiver_gets_it);
    tcase_add_test(tests, a_receive_gives_up_in_time);
    tcase_add_test(tests, a_sender_waits_for_room);
    tcase_add_test(tests, a_semaphore_counts);
    tcase_add_test(tests, a_mutex_lets_one_in);
    tcase_add_test(tests, only_its_owner_unlocks_a_mutex);
    tcase_add_test(tests, flags_are_waited_for_all_or_any);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
