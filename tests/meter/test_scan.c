/* SPDX-License-Identifier: MIT */
#include "meter/scan.h"
#include "meter/simulated.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define METERS_MAX 64

static double zero(void *ctx, int64_t now_ns) {
    (void)ctx, (void)now_ns;
    return 0;
}
static double zero_of(void *ctx, int64_t now_ns, unsigned phase) {
    (void)ctx, (void)now_ns, (void)phase;
    return 0;
}
static const struct meter_source source = {zero, zero_of, zero_of, zero_of, NULL, NULL};

static char addresses[METERS_MAX][METER_ADDRESS_TEXT];
static unsigned address_count;
static unsigned questions, most_left;
static int64_t scan_ns;

static void found(void *ctx, const uint8_t address[6]) {
    (void)ctx;
    ck_assert_uint_lt(address_count, METERS_MAX);
    meter_address_to_text(address, addresses[address_count++]);
}

static void asking(void *ctx, unsigned asked, unsigned left) {
    (void)ctx;
    ck_assert_uint_eq(asked, questions);
    questions++;
    most_left = left > most_left ? left : most_left;
}

static int by_text(const void *a, const void *b) {
    return strcmp(a, b);
}

/* Scans a line with these meters, of which each answers so much after the former; what was found is
 * in addresses, sorted. */
static struct scan scan_apart(const char *const *meters, unsigned count, int64_t apart_ns) {
    struct loop loop;
    struct master master;
    struct master_params params = master_params_default;
    struct simulated *all[METERS_MAX];
    loop_init(&loop, LOOP_VIRTUAL);
    struct serial_line *line = serial_bus_new(&loop, "meters", 9600);
    master_init(&master, &loop, line, &params);
    for (unsigned i = 0; i < count; i++) {
        struct simulated_params one = simulated_params_default;
        one.bits_per_s = 9600;
        one.answer_ns += i % 5 * apart_ns;
        ck_assert(meter_address_from_text(meters[i], one.registers.address));
        all[i] = simulated_new(&loop, line, &one, &source);
    }
    struct scan scan = {.master = &master,
                        .silence_ns = SCAN_SILENCE_NS,
                        .tries = 1,
                        .found = found,
                        .asking = asking};
    address_count = questions = most_left = 0;
    ck_assert(scan_line(&scan));
    ck_assert_uint_eq(scan.asked, questions);
    ck_assert_int_eq(master.params.timeout_ns, params.timeout_ns);
    ck_assert_uint_eq(master.params.tries, params.tries);
    scan_ns = loop.now_ns;
    qsort(addresses, address_count, sizeof addresses[0], by_text);
    for (unsigned i = 0; i < count; i++) {
        simulated_free(all[i]);
    }
    master_free(&master);
    serial_free(line);
    loop_free(&loop);
    return scan;
}

/* Not quite at the same time. */
static struct scan scan_of(const char *const *meters, unsigned count) {
    return scan_apart(meters, count, NS_PER_MS);
}

/* Each answer is whole before the next begins: nothing collides, yet there is more than one. */
START_TEST(slow_meters_are_not_overheard) {
    static const char *const some[] = {"000000000025", "000102030425", "000000000026"};
    struct scan scan = scan_apart(some, 3, 200 * NS_PER_MS);
    ck_assert_uint_eq(scan.found_count, 3);
    ck_assert_uint_eq(scan.unclear, 0);
    ck_assert(scan.collided);
    static const char *const twins[] = {"000000000025", "000000000025"};
    scan = scan_apart(twins, 2, 200 * NS_PER_MS);
    ck_assert_uint_eq(scan.found_count, 1);
    ck_assert_uint_eq(scan.unclear, 1);
}
END_TEST

START_TEST(nobody_one_and_some) {
    static const char *const one[] = {"000102030425"};
    static const char *const some[] = {"000000000025", "000000000026", "000000001025",
                                       "000102030425", "990102030425"};
    ck_assert_uint_eq(scan_of(NULL, 0).found_count, 0);
    ck_assert_uint_eq(scan_of(one, 1).found_count, 1);
    ck_assert_str_eq(addresses[0], one[0]);
    ck_assert_uint_eq(scan_of(some, 5).found_count, 5);
    for (unsigned i = 0; i < 5; i++) {
        ck_assert_str_eq(addresses[i], some[i]);
    }
}
END_TEST

/* Two meters that differ in their lowest digits: all, and a hundred. At 9600 bit/s a silent one costs
 * 18 ms of request and the 520 ms. */
START_TEST(two_meters_take_less_than_a_minute) {
    static const char *const two[] = {"000000000025", "000000000026"};
    ck_assert_uint_eq(scan_of(two, 2).found_count, 2);
    ck_assert_uint_eq(questions, 101);
    ck_assert_uint_eq(most_left, 100);
    ck_assert_int_lt(scan_ns, 56 * NS_PER_S);
    ck_assert_int_gt(scan_ns, 98 * SCAN_SILENCE_NS);
}
END_TEST

START_TEST(sixty_four) {
    static char texts[METERS_MAX][METER_ADDRESS_TEXT];
    const char *meters[METERS_MAX];
    for (unsigned i = 0; i < METERS_MAX; i++) {
        snprintf(texts[i], sizeof texts[i], "%012u", 1000 + i * 37);
        meters[i] = texts[i];
    }
    struct scan scan = scan_of(meters, METERS_MAX);
    ck_assert_uint_eq(scan.found_count, METERS_MAX);
    ck_assert_uint_eq(scan.unclear, 0);
    for (unsigned i = 0; i < METERS_MAX; i++) {
        ck_assert_str_eq(addresses[i], texts[i]);
    }
}
END_TEST

START_TEST(two_of_one_address_are_told) {
    static const char *const twins[] = {"000000000025", "000000000025", "000000000026"};
    struct scan scan = scan_of(twins, 3);
    ck_assert_uint_eq(scan.found_count, 1);
    ck_assert_uint_eq(scan.unclear, 1);
}
END_TEST

/* An adapter that is pulled out is no line without meters. */
START_TEST(a_line_that_goes_is_not_searched) {
    struct loop loop;
    struct master master;
    struct problem problem;
    loop_init(&loop, LOOP_REAL);
    int far = posix_openpt(O_RDWR | O_NOCTTY);
    ck_assert(far >= 0 && grantpt(far) == 0 && unlockpt(far) == 0);
    struct serial_line *line = serial_open(&loop, ptsname(far), 9600, &problem);
    ck_assert_msg(line != NULL, "%s", problem.text);
    master_init(&master, &loop, line, &master_params_default);
    ck_assert(!serial_gone(line));
    close(far);
    loop_run(&loop, loop.now_ns + 50 * NS_PER_MS);
    ck_assert(serial_gone(line));
    struct scan scan = {.master = &master, .found = found};
    ck_assert(!scan_line(&scan));
    ck_assert_uint_eq(scan.found_count, 0);
    master_free(&master);
    serial_free(line);
    loop_free(&loop);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("meter scan");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_test(all, slow_meters_are_not_overheard);
    tcase_add_test(all, nobody_one_and_some);
    tcase_add_test(all, two_meters_take_less_than_a_minute);
    tcase_add_test(all, sixty_four);
    tcase_add_test(all, two_of_one_address_are_told);
    tcase_add_test(all, a_line_that_goes_is_not_searched);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
