/* SPDX-License-Identifier: MIT */
#include "sim/serial/serial.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

struct ear {
    struct serial_station station;
    struct serial_line *line;
    char heard[512];
    int64_t first_ns, last_ns;
    const char *answer; /* sent back at once, once */
    bool leaves;
};

static struct loop loop;
static struct serial_line *line;
static struct ear ears[4];

static void received(void *ctx, int64_t now_ns, const struct serial_run *run) {
    struct ear *ear = ctx;
    ear->first_ns = run->first_ns;
    ear->last_ns = now_ns;
    size_t at = strlen(ear->heard);
    for (size_t i = 0; i < run->count; i++) {
        at += (size_t)snprintf(ear->heard + at, sizeof ear->heard - at, "%c",
                               run->garbled ? '?' : run->bytes[i]);
    }
    if (ear->answer != NULL) {
        const char *answer = ear->answer;
        ear->answer = NULL;
        ck_assert_int_eq(serial_send(line, &ear->station, (const uint8_t *)answer, strlen(answer)),
                         0);
    }
    if (ear->leaves) {
        serial_leave(line, &ear->station);
    }
}

static void join_all(void) {
    memset(ears, 0, sizeof ears);
    for (size_t i = 0; i < 4; i++) {
        ears[i].station = (struct serial_station){.received = received, .ctx = &ears[i]};
        serial_join(line, &ears[i].station);
    }
}

static void setup(void) {
    loop_init(&loop, LOOP_VIRTUAL);
    line = serial_bus_new(&loop, "meter", 2400);
    join_all();
}

static void teardown(void) {
    serial_free(line);
    loop_free(&loop);
}

static int say(unsigned who, const char *text) {
    return serial_send(line, &ears[who].station, (const uint8_t *)text, strlen(text));
}

#define BYTE_NS (INT64_C(11) * NS_PER_S / 2400)

START_TEST(all_others_hear_it_in_time) {
    ck_assert_int_eq(say(0, "hello"), 0);
    loop_run(&loop, 5 * BYTE_NS - 1);
    ck_assert_str_eq(ears[1].heard, "");
    loop_run(&loop, 5 * BYTE_NS);
    ck_assert_str_eq(ears[0].heard, "");
    ck_assert_str_eq(ears[1].heard, "hello");
    ck_assert_str_eq(ears[3].heard, "hello");
    ck_assert_int_eq(ears[1].first_ns, BYTE_NS);
    ck_assert_int_eq(ears[1].last_ns, 5 * BYTE_NS);
    ck_assert_uint_eq(serial_stats(line)->bytes, 5);
}
END_TEST

START_TEST(answer_from_inside_the_call) {
    ears[1].answer = "yes";
    say(0, "ask");
    loop_run(&loop, NS_PER_S);
    ck_assert_str_eq(ears[0].heard, "yes");
    ck_assert_str_eq(ears[2].heard, "askyes");
    ck_assert_int_eq(ears[2].last_ns, 6 * BYTE_NS);
}
END_TEST

START_TEST(own_bytes_follow_one_another) {
    say(0, "ab");
    loop_run(&loop, BYTE_NS);
    say(0, "cd");
    loop_run(&loop, NS_PER_S);
    ck_assert_str_eq(ears[1].heard, "abcd");
    ck_assert_int_eq(ears[1].last_ns, 4 * BYTE_NS);
    ck_assert_uint_eq(serial_stats(line)->runs, 1);
}
END_TEST

START_TEST(two_at_once_collide) {
    say(0, "abc");
    loop_run(&loop, BYTE_NS / 2);
    say(1, "xyz");
    loop_run(&loop, NS_PER_S);
    ck_assert_str_eq(ears[0].heard, "");
    ck_assert_str_eq(ears[1].heard, "");
    ck_assert_str_eq(ears[2].heard, "??????");
    ck_assert_uint_eq(serial_stats(line)->collisions, 2);
    say(0, "ok"); /* and over */
    loop_run(&loop, 2 * NS_PER_S);
    ck_assert_str_eq(ears[1].heard, "ok");
    for (unsigned i = 0; i < 3; i++) { /* three at once, and then two: the third hears those */
        say(i, "a");
    }
    loop_run(&loop, 3 * NS_PER_S);
    ck_assert_str_eq(ears[2].heard, "??????ok");
    say(0, "a");
    say(1, "b");
    loop_run(&loop, 4 * NS_PER_S);
    ck_assert_str_eq(ears[2].heard, "??????ok??");
    ck_assert_str_eq(ears[3].heard, "??????ok?????");
}
END_TEST

static uint8_t bytes_heard[64];
static size_t bytes_count;

static void keep(void *ctx, int64_t now_ns, const struct serial_run *run) {
    (void)ctx, (void)now_ns;
    memcpy(bytes_heard, run->bytes, run->count);
    bytes_count = run->count;
}

START_TEST(only_what_overlaps_is_garbled) {
    ears[3].station.received = keep;
    say(0, "UUU");
    loop_run(&loop, 2 * BYTE_NS + BYTE_NS / 2);
    say(1, "uuu");
    loop_run(&loop, NS_PER_S);
    ck_assert_uint_eq(bytes_count, 6);
    ck_assert_mem_eq(bytes_heard, "UU", 2);
    ck_assert(bytes_heard[2] != 'U');
    ck_assert(bytes_heard[3] != 'u');
    ck_assert_mem_eq(bytes_heard + 4, "uu", 2);
}
END_TEST

START_TEST(echo_and_leaving) {
    serial_echo(line, true);
    say(0, "me");
    loop_run(&loop, NS_PER_S);
    ck_assert_str_eq(ears[0].heard, "me");
    ears[1].leaves = ears[2].leaves = true;
    say(0, "!");
    loop_run(&loop, 2 * NS_PER_S);
    ck_assert_str_eq(ears[3].heard, "me!");
    say(0, "?");
    loop_run(&loop, 3 * NS_PER_S);
    ck_assert_str_eq(ears[2].heard, "me!");
    ck_assert_str_eq(ears[3].heard, "me!?");
}
END_TEST

START_TEST(too_much_is_refused) {
    static uint8_t much[SERIAL_QUEUE + 1];
    ck_assert_int_eq(serial_send(line, &ears[0].station, much, sizeof much), -1);
    ck_assert_int_eq(serial_send(line, &ears[0].station, much, SERIAL_QUEUE), 0);
    ck_assert_int_eq(serial_send(line, &ears[0].station, much, 1), -1);
    ck_assert_int_eq(serial_send(line, &ears[0].station, much, 0), 0);
    ck_assert_int_eq(serial_send(line, &ears[1].station, much, 1), 0);
    ck_assert_uint_eq(serial_stats(line)->refused, 2); /* of five */
}
END_TEST

START_TEST(rate_changes_at_the_next_run) {
    serial_set_rate(line, 9600);
    say(0, "a");
    loop_run(&loop, 11 * NS_PER_S / 9600 - 1);
    ck_assert_str_eq(ears[1].heard, "");
    loop_run(&loop, NS_PER_S);
    ck_assert_str_eq(ears[1].heard, "a");
}
END_TEST

/* The kernel hands them over when it comes to it: on a busy machine late. */
static void hear(struct loop *real, size_t count) {
    for (unsigned i = 0; i < 100 && bytes_count < count; i++) {
        loop_run(real, real->now_ns + 100 * NS_PER_MS);
    }
    ck_assert_uint_eq(bytes_count, count);
}

/* Both ways through a pseudo-terminal, with every byte value: nothing is translated. */
START_TEST(pseudo_terminal) {
    char path[64];
    struct problem problem;
    struct loop real;
    loop_init(&real, LOOP_REAL);
    struct serial_line *pty = serial_pty_new(&real, path, sizeof path, &problem);
    ck_assert_msg(pty != NULL, "%s", problem.text);
    struct serial_station station = {.received = keep};
    serial_join(pty, &station);
    int fd = open(path, O_RDWR | O_NOCTTY);
    ck_assert_int_ge(fd, 0);
    static const uint8_t odd[] = {0x00, 0x03, 0x04, 0x0A, 0x0D, 0x11, 0x13, 0x7F, 0xFF, 0xFE};
    bytes_count = 0;
    ck_assert_int_eq(write(fd, odd, sizeof odd), sizeof odd);
    hear(&real, sizeof odd);
    ck_assert_mem_eq(bytes_heard, odd, sizeof odd);
    uint8_t back[sizeof odd] = {0};
    ck_assert_int_eq(serial_send(pty, &station, odd, sizeof odd), 0);
    ck_assert_int_eq(read(fd, back, sizeof back), sizeof odd);
    ck_assert_mem_eq(back, odd, sizeof odd);
    close(fd); /* the line outlives its user */
    loop_run(&real, real.now_ns + 20 * NS_PER_MS);
    fd = open(path, O_RDWR | O_NOCTTY);
    bytes_count = 0;
    ck_assert_int_eq(write(fd, "x", 1), 1);
    hear(&real, 1);
    close(fd);
    serial_free(pty);
    loop_free(&real);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("serial");
    TCase *bus = tcase_create("bus"), *pty = tcase_create("pty");
    tcase_add_checked_fixture(bus, setup, teardown);
    tcase_add_test(bus, all_others_hear_it_in_time);
    tcase_add_test(bus, answer_from_inside_the_call);
    tcase_add_test(bus, own_bytes_follow_one_another);
    tcase_add_test(bus, two_at_once_collide);
    tcase_add_test(bus, only_what_overlaps_is_garbled);
    tcase_add_test(bus, echo_and_leaving);
    tcase_add_test(bus, too_much_is_refused);
    tcase_add_test(bus, rate_changes_at_the_next_run);
    tcase_add_test(pty, pseudo_terminal);
    suite_add_tcase(suite, bus);
    suite_add_tcase(suite, pty);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
