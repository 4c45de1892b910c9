/* SPDX-License-Identifier: MIT */
/* sim/serial_port.c on real UART drivers: two crossed 16550s and a USB adapter. Runs inside
 * uart-run.
 *
 * Parity is proven where it takes effect: in the kernel's settings and in the UART's own registers.
 * A parity error cannot be seen here: QEMU carries bytes, neither parity nor stop bits, and never
 * sets the error bits of a line status register but for a break. It does not pace either: no
 * times. */
#include "sim/serial/serial.h"
#include "tests/uart/monitor.h"
#include "tests/uart/registers.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/serial.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define EXIT_SKIP 77
#define PATIENCE  (10 * NS_PER_S) /* nothing takes so long unless it is broken */
#define A         "/dev/ttyS1"
#define B         "/dev/ttyS2"
#define ADAPTER   "/dev/ttyUSB0"
#define FAR_END   "/dev/ttyS3" /* of the adapter */

static const struct {
    uint32_t bits_per_s;
    speed_t speed;
} rates[] = {{600, B600},   {1200, B1200}, {2400, B2400},
             {4800, B4800}, {9600, B9600}, {19200, B19200}};
#define RATES ((int)(sizeof rates / sizeof rates[0]))

struct end {
    struct serial_station station;
    struct serial_line *line;
    uint8_t bytes[4096];
    size_t count;
    bool uneven; /* bytes of a run neither as far apart as the rate says, nor all at once */
};

static struct loop loop;
static struct end ends[2];

static void received(void *ctx, int64_t now_ns, const struct serial_run *run) {
    struct end *end = ctx;
    ck_assert_uint_le(end->count + run->count, sizeof end->bytes);
    memcpy(end->bytes + end->count, run->bytes, run->count);
    end->count += run->count;
    int64_t byte_ns = SERIAL_BYTE_BITS * NS_PER_S / serial_rate(end->line);
    end->uneven = end->uneven || (run->byte_ns != 0 && run->byte_ns != byte_ns) ||
                  run->first_ns + (int64_t)(run->count - 1) * run->byte_ns != now_ns;
}

/* What the bench must not rely on: the opposite of all it wants, as another program left it. */
static void leave_it_wrong(const char *path) {
    struct termios wrong;
    int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    ck_assert_msg(fd >= 0 && tcgetattr(fd, &wrong) == 0, "%s: %s", path, strerror(errno));
    wrong.c_iflag = BRKINT | PARMRK | INPCK | ISTRIP | ICRNL | IXON | IXOFF;
    wrong.c_oflag = OPOST | ONLCR;
    wrong.c_lflag = ISIG | ICANON | ECHO | IEXTEN;
    wrong.c_cflag = CS7 | CSTOPB | PARENB | PARODD | CREAD | HUPCL;
    cfsetispeed(&wrong, B38400);
    cfsetospeed(&wrong, B38400);
    ck_assert_int_eq(tcsetattr(fd, TCSANOW, &wrong), 0);
    close(fd);
}

static struct serial_line *open_line(const char *path, uint32_t bits_per_s) {
    struct problem problem = {0};
    leave_it_wrong(path);
    struct serial_line *line = serial_open(&loop, path, bits_per_s, &problem);
    ck_assert_msg(line != NULL, "%s", problem.text);
    return line;
}

static void open_end(struct end *end, const char *path, uint32_t bits_per_s) {
    memset(end, 0, sizeof *end);
    end->line = open_line(path, bits_per_s);
    end->station = (struct serial_station){.received = received, .ctx = end};
    serial_join(end->line, &end->station);
}

static void setup(void) {
    loop_init(&loop, LOOP_REAL);
}

static void open_both(uint32_t bits_per_s) {
    open_end(&ends[0], A, bits_per_s);
    open_end(&ends[1], B, bits_per_s);
}

static void close_both(void) {
    serial_free(ends[0].line);
    serial_free(ends[1].line);
}

static void teardown(void) {
    loop_free(&loop);
}

static void wait_for_bytes(const struct end *end, size_t count) {
    int64_t until_ns = loop.now_ns + PATIENCE;
    while (end->count < count && loop.now_ns < until_ns) {
        loop_run(&loop, loop.now_ns + 5 * NS_PER_MS);
    }
}

static void send(struct end *from, const void *bytes, size_t count) {
    ck_assert_int_eq(serial_send(from->line, &from->station, bytes, count), 0);
}

/* ---- settings ---- */

/* As the kernel keeps them: asked through a descriptor of the test's own. */
static void check_kernel(const char *path, speed_t speed) {
    struct termios mode;
    int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    ck_assert_msg(fd >= 0 && tcgetattr(fd, &mode) == 0, "%s: %s", path, strerror(errno));
    ck_assert_uint_eq(cfgetospeed(&mode), speed);
    ck_assert_uint_eq(cfgetispeed(&mode), speed);
    ck_assert_uint_eq(mode.c_cflag & (CSIZE | PARENB | PARODD | CMSPAR | CSTOPB | CRTSCTS),
                      CS8 | PARENB);
    ck_assert_uint_eq(mode.c_cflag & (CREAD | CLOCAL), CREAD | CLOCAL);
    ck_assert_uint_eq(mode.c_iflag & (IXON | IXOFF | ICRNL | INLCR | IGNCR | ISTRIP), 0);
    ck_assert_uint_eq(mode.c_oflag & OPOST, 0);
    ck_assert_uint_eq(mode.c_lflag & (ICANON | ECHO | ISIG), 0);
    close(fd);
}

static void check_uart(const char *name, uint32_t bits_per_s) {
    struct uart_registers set;
    ck_assert(uart_registers_read(name, &set));
    ck_assert_uint_eq(set.line_control, LCR_8_BITS | LCR_PARITY | LCR_EVEN);
    ck_assert_uint_eq(set.divisor, UART_CLOCK_BAUD / bits_per_s);
}

START_TEST(every_rate_8e1) {
    struct serial_line *line = open_line(A, rates[_i].bits_per_s);
    ck_assert_uint_eq(serial_rate(line), rates[_i].bits_per_s);
    check_kernel(A, rates[_i].speed);
    check_uart("ttyS1", rates[_i].bits_per_s);
    serial_free(line);
}
END_TEST

/* DL/T 645-2007 control code 17H: a meter changes its rate while the line stays open. */
START_TEST(rate_changes_on_an_open_line) {
    struct serial_line *line = open_line(B, 2400);
    for (int i = 0; i < RATES; i++) {
        ck_assert_int_eq(serial_set_rate(line, rates[i].bits_per_s), 0);
        ck_assert_uint_eq(serial_rate(line), rates[i].bits_per_s);
        check_kernel(B, rates[i].speed);
        check_uart("ttyS2", rates[i].bits_per_s);
    }
    serial_free(line);
}
END_TEST

/* ---- bytes ---- */

/* Every value: what a terminal would take for flow control, line end, interrupt, end of file
 * too. */
START_TEST(every_byte_both_ways) {
    uint8_t all[256];
    for (unsigned i = 0; i < sizeof all; i++) {
        all[i] = (uint8_t)i;
    }
    open_both(rates[_i].bits_per_s);
    send(&ends[0], all, sizeof all);
    wait_for_bytes(&ends[1], sizeof all);
    send(&ends[1], all, sizeof all);
    wait_for_bytes(&ends[0], sizeof all);
    for (unsigned i = 0; i < 2; i++) {
        ck_assert_uint_eq(ends[i].count, sizeof all);
        ck_assert_mem_eq(ends[i].bytes, all, sizeof all);
        ck_assert(!ends[i].uneven);
        ck_assert_uint_eq(serial_stats(ends[i].line)->refused, 0);
    }
    close_both();
}
END_TEST

/* Many times the 16 bytes of the UART's buffer, both ways at once. */
START_TEST(a_long_run_arrives_whole) {
    uint8_t many[SERIAL_QUEUE], other[SERIAL_QUEUE];
    for (unsigned i = 0; i < sizeof many; i++) {
        many[i] = (uint8_t)(i * 7 + i / 256);
        other[i] = (uint8_t)~many[i];
    }
    open_both(9600);
    send(&ends[0], many, sizeof many);
    send(&ends[1], other, sizeof other);
    wait_for_bytes(&ends[1], sizeof many);
    wait_for_bytes(&ends[0], sizeof other);
    ck_assert_uint_eq(ends[1].count, sizeof many);
    ck_assert_mem_eq(ends[1].bytes, many, sizeof many);
    ck_assert_uint_eq(ends[0].count, sizeof other);
    ck_assert_mem_eq(ends[0].bytes, other, sizeof other);
    close_both();
}
END_TEST

/* What came before the line was opened is not heard. */
START_TEST(begins_with_nothing) {
    open_end(&ends[0], A, 9600);
    int fd = open(B, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    send(&ends[0], "old", 3);
    int waiting = 0;
    for (int tries = 0; waiting < 3 && tries < 1000; tries++) {
        usleep(5000);
        ck_assert_int_eq(ioctl(fd, FIONREAD, &waiting), 0);
        if (waiting == 0) { /* left wrong, it waits for a whole line */
            struct termios mode;
            tcgetattr(fd, &mode);
            mode.c_lflag &= ~(tcflag_t)ICANON;
            tcsetattr(fd, TCSANOW, &mode);
        }
    }
    ck_assert_int_eq(waiting, 3);
    open_end(&ends[1], B, 9600);
    send(&ends[0], "new", 3);
    wait_for_bytes(&ends[1], 3);
    ck_assert_uint_eq(ends[1].count, 3);
    ck_assert_mem_eq(ends[1].bytes, "new", 3);
    close(fd);
    close_both();
}
END_TEST

/* ---- noise ---- */

/* A break is heard as one byte 0, which DL/T 645 passes over as noise; what follows is not hurt. */
START_TEST(a_break_is_a_zero) {
    struct serial_icounter_struct before, after;
    struct monitor monitor = monitor_open();
    open_both(2400);
    int fd = open(B, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    ck_assert_int_eq(ioctl(fd, TIOCGICOUNT, &before), 0);
    ck_assert(monitor_ask(&monitor, "chardev-send-break", "{\"id\": \"s2\"}"));
    wait_for_bytes(&ends[1], 1);
    send(&ends[0], "\x68\x16", 2);
    wait_for_bytes(&ends[1], 3);
    ck_assert_int_eq(ioctl(fd, TIOCGICOUNT, &after), 0);
    ck_assert_int_eq(after.brk, before.brk + 1);
    ck_assert_uint_eq(ends[1].count, 3);
    ck_assert_mem_eq(ends[1].bytes, "\0\x68\x16", 3);
    close(fd);
    close_both();
    monitor_close(&monitor);
}
END_TEST

/* ---- ports that are not there, or not any more ---- */

static void check_refused(const char *path, const char *told) {
    struct problem problem = {0};
    ck_assert_ptr_null(serial_open(&loop, path, 2400, &problem));
    ck_assert_msg(strstr(problem.text, told) != NULL &&
                      strncmp(problem.text, path, strlen(path)) == 0,
                  "%s", problem.text);
}

START_TEST(absent_ports_are_told) {
    check_refused("/dev/ttyUSB7", "No such file or directory");
    check_refused("/dev/null", "is not a serial port of this machine");
    check_refused("/dev/ttyS5",
                  "no UART behind it"); /* the kernel has the name, the machine no port */
}
END_TEST

static bool appears(const char *path, bool there) {
    int tries = 2000;
    while ((access(path, R_OK) == 0) != there && tries-- > 0) {
        usleep(10000);
    }
    return tries >= 0;
}

static void check_adapter_works(void) {
    ck_assert_msg(appears(ADAPTER, true), "no %s within 20 s", ADAPTER);
    open_end(&ends[0], ADAPTER, 9600);
    open_end(&ends[1], FAR_END, 9600);
    check_kernel(ADAPTER, B9600);
    send(&ends[0], "to the meter", 12);
    wait_for_bytes(&ends[1], 12);
    send(&ends[1], "and back", 8);
    wait_for_bytes(&ends[0], 8);
    ck_assert_uint_eq(ends[1].count, 12);
    ck_assert_mem_eq(ends[1].bytes, "to the meter", 12);
    ck_assert_uint_eq(ends[0].count, 8);
    ck_assert_mem_eq(ends[0].bytes, "and back", 8);
}

/* QEMU lets go of the old adapter some time after the kernel has. */
static bool plug_in(struct monitor *monitor) {
    static const char adapter[] =
        "{\"driver\": \"usb-serial\", \"id\": \"adapter\", \"chardev\": \"usb\"}";
    for (int tries = 0; tries < 100; tries++) {
        if (monitor_ask(monitor, "device_add", adapter)) {
            return true;
        }
        usleep(100000);
    }
    return false;
}

/* Pulled out while in use: sending fails and is counted, the loop goes on, the name is gone; put in
 * again, it works again. */
START_TEST(usb_adapter_is_pulled_out) {
    struct monitor monitor = monitor_open();
    check_adapter_works();
    ck_assert(monitor_ask(&monitor, "device_del", "{\"id\": \"adapter\"}"));
    ck_assert_msg(appears(ADAPTER, false), "%s is still there", ADAPTER);
    loop_run(&loop, loop.now_ns + 50 * NS_PER_MS);
    ck_assert_int_eq(serial_send(ends[0].line, &ends[0].station, (const uint8_t *)"x", 1), -1);
    ck_assert_uint_eq(serial_stats(ends[0].line)->refused, 1);
    send(&ends[1], "y", 1); /* the far end does not notice */
    close_both();
    check_refused(ADAPTER, "No such file or directory");
    ck_assert(plug_in(&monitor));
    check_adapter_works();
    close_both();
    monitor_close(&monitor);
}
END_TEST

static void add(Suite *suite, const char *name, const TTest *test, int count) {
    TCase *tcase = tcase_create(name);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, test, 0, count);
    suite_add_tcase(suite, tcase);
}

int main(void) {
    if (getenv("IN_UART_GUEST") == NULL) {
        puts("skipped: runs inside tests/uart/uart-run");
        return EXIT_SKIP;
    }
    Suite *suite = suite_create("serial ports");
    add(suite, "every rate", every_rate_8e1, RATES);
    add(suite, "rate changes", rate_changes_on_an_open_line, 1);
    add(suite, "every byte", every_byte_both_ways, RATES);
    add(suite, "long run", a_long_run_arrives_whole, 1);
    add(suite, "begins with nothing", begins_with_nothing, 1);
    add(suite, "break", a_break_is_a_zero, 1);
    add(suite, "absent", absent_ports_are_told, 1);
    add(suite, "pulled out", usb_adapter_is_pulled_out, 1);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
