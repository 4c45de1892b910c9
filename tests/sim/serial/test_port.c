/* SPDX-License-Identifier: MIT */
/* What can be said of ports without one: what is refused, and a pseudo-terminal in place of a
 * device. Parity and pace need a UART: tests/uart. */
#include "sim/serial/serial.h"

#include "tests/support/suite.h"

#include <string.h>
#include <unistd.h>

static struct loop loop;
static struct problem problem;

static void set_up(void) {
    loop_init(&loop, LOOP_REAL);
    problem = (struct problem){0};
}

static void tear_down(void) {
    loop_free(&loop);
}

static void check_refused(const char *path, uint32_t bits_per_s, const char *told) {
    ck_assert_ptr_null(serial_open(&loop, path, bits_per_s, &problem));
    ck_assert_msg(strstr(problem.text, told) != NULL, "%s", problem.text);
    ck_assert_uint_eq(loop.fd_count, 0);
}

START_TEST(rates_that_meters_do_not_have_are_refused) {
    check_refused("/dev/null", 115200, "115200 bit/s");
    check_refused("/dev/null", 0, "0 bit/s");
    check_refused("/dev/null", 300, "600, 1200, 2400, 4800, 9600 and 19200");
}
END_TEST

START_TEST(what_is_not_there_or_is_no_port) {
    check_refused("/dev/no-such-port", 2400, "/dev/no-such-port: ");
    check_refused("/dev/null", 2400, "is not a serial port");
}
END_TEST

static char heard[16];
static size_t heard_count;

static void received(void *ctx, int64_t now_ns, const struct serial_run *run) {
    (void)ctx, (void)now_ns;
    ck_assert_uint_le(heard_count + run->count, sizeof heard);
    memcpy(heard + heard_count, run->bytes, run->count);
    heard_count += run->count;
}

/* Our own line on one end, opened by its name as any program would on the other. */
START_TEST(a_pseudo_terminal_opens_by_its_name) {
    char path[64];
    struct serial_station station = {.received = received}, other = {.received = received};
    struct serial_line *made = serial_pty_new(&loop, path, sizeof path, &problem);
    ck_assert_msg(made != NULL, "%s", problem.text);
    struct serial_line *opened = serial_open(&loop, path, 9600, &problem);
    ck_assert_msg(opened != NULL, "%s", problem.text);
    ck_assert_uint_eq(serial_rate(opened), 9600);
    ck_assert_str_eq(serial_name(opened), path);
    serial_join(made, &station);
    serial_join(opened, &other);
    heard_count = 0;
    ck_assert_int_eq(serial_send(opened, &other, (const uint8_t *)"\x68\x00\x16", 3), 0);
    while (heard_count < 3) { /* nothing is translated, not even 0 */
        loop_run(&loop, loop.now_ns + NS_PER_MS);
    }
    ck_assert_int_eq(memcmp(heard, "\x68\x00\x16", 3), 0);
    ck_assert_uint_eq(serial_stats(made)->bytes, 3);
    serial_free(opened);
    serial_free(made);
    ck_assert_uint_eq(loop.fd_count, 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("serial port");
    TCase *tests = tcase_create("port");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, rates_that_meters_do_not_have_are_refused);
    tcase_add_test(tests, what_is_not_there_or_is_no_port);
    tcase_add_test(tests, a_pseudo_terminal_opens_by_its_name);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
