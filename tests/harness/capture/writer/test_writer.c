/* SPDX-License-Identifier: MIT */
#include "harness/capture/writer/writer.h"

#include "harness/capture/candump/line.h"
#include "tests/harness/capture/support/reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TIME_NS INT64_C(1429599213477123456)
#define FRAMES  200

static struct reading reading;
static char folder[] = "/tmp/pilebench-writer.XXXXXX";
static char path[64], part[80];
static struct problem problem;

static const struct {
    enum capture_format format;
    const char *ending;
    int64_t unit_ns;
    bool names, direction; /* what it can hold */
} formats[] = {
    {CAPTURE_CANDUMP_LOG, ".log", 1000, true, false},
    {CAPTURE_ASC, ".asc", 1000, false, true},
    {CAPTURE_PCAPNG, ".pcapng", 1, true, true},
};

static void setup(void) {
    strcpy(folder + strlen(folder) - 6, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/out", folder);
    snprintf(part, sizeof part, "%s.part", path);
}

static void teardown(void) {
    remove(path);
    remove(part);
    rmdir(folder);
}

/* Every length, standard and extended, both directions, three networks. */
static struct capture_frame frame_number(unsigned i, int64_t start_ns) {
    static const char *const networks[] = {"bms", "io", "spare"};
    struct capture_frame frame = {.at_ns = start_ns + (int64_t)i * 12345678,
                                  .network = networks[i % 7 == 0    ? 1
                                                      : i % 11 == 0 ? 2
                                                                    : 0],
                                  .sent = i % 5 == 0,
                                  .frame = {.extended = i % 3 != 0, .len = (uint8_t)(i % 9)}};
    frame.frame.id = (0x9E3779B9u * (i + 1)) & (frame.frame.extended ? 0x1FFFFFFFu : 0x7FFu);
    for (unsigned k = 0; k < frame.frame.len; k++) {
        frame.frame.data[k] = (uint8_t)(i * 31 + k);
    }
    return frame;
}

static struct capture_writer *open_writer(enum capture_format format) {
    struct capture_writer *writer = capture_writer_open(path, format, &problem);
    ck_assert_msg(writer != NULL, "%s", problem.text);
    return writer;
}

static void close_writer(struct capture_writer *writer) {
    ck_assert_msg(capture_writer_close(writer, &problem), "%s", problem.text);
}

static void read_path(void) {
    memset(&reading, 0, sizeof reading);
    read_all(&reading, capture_open(path, NULL, &reading.problem));
    ck_assert_str_eq(reading.problem.text, "");
}

static void round_trip(int kind, int64_t start_ns) {
    struct capture_writer *writer = open_writer(formats[kind].format);
    for (unsigned i = 0; i < FRAMES; i++) {
        struct capture_frame frame = frame_number(i, start_ns);
        capture_write(writer, &frame);
    }
    ck_assert_int_ne(access(path, F_OK), 0); /* not before it is complete */
    close_writer(writer);
    ck_assert_int_ne(access(part, F_OK), 0);
    read_path();
    ck_assert_uint_eq(reading.count, FRAMES);
    ck_assert_int_eq(reading.health.format, formats[kind].format);
    ck_assert_uint_eq(reading.health.damaged, 0);
    ck_assert_uint_eq(reading.health.network_count, 3);
    for (unsigned i = 0; i < FRAMES; i++) {
        struct capture_frame want = frame_number(i, start_ns);
        const struct capture_frame *got = &reading.frames[i];
        ck_assert_int_eq(got->at_ns, want.at_ns / formats[kind].unit_ns * formats[kind].unit_ns);
        ck_assert_uint_eq(got->frame.id, want.frame.id);
        ck_assert_int_eq(got->frame.extended, want.frame.extended);
        ck_assert_uint_eq(got->frame.len, want.frame.len);
        ck_assert_mem_eq(got->frame.data, want.frame.data, want.frame.len);
        ck_assert_int_eq(got->sent, want.sent && formats[kind].direction);
        if (formats[kind].names) {
            ck_assert_str_eq(reading.networks[i], want.network);
        } else { /* channels in the order of their first frame */
            const char *channel = want.network[0] == 'i' ? "1" : want.network[0] == 'b' ? "2" : "3";
            ck_assert_str_eq(reading.networks[i], channel);
        }
    }
}

START_TEST(read_back_with_a_date) {
    round_trip(_i, TIME_NS);
    ck_assert_int_eq(reading.health.clock, CLOCK_ABSOLUTE);
}
END_TEST

START_TEST(read_back_without_a_date) {
    round_trip(_i, 30 * S + 1234567);
    ck_assert_int_ne(reading.health.clock, CLOCK_NONE);
}
END_TEST

/* A clock that goes back before the first frame. */
START_TEST(clock_that_goes_back) {
    static const int64_t at_ns[] = {TIME_NS, TIME_NS - 3 * S, TIME_NS - 1 * S, 0};
    struct capture_writer *writer = open_writer(formats[_i].format);
    for (unsigned i = 0; at_ns[i] > 0; i++) {
        struct capture_frame frame = {.at_ns = at_ns[i], .network = "bms", .frame = {.id = i}};
        capture_write(writer, &frame);
    }
    close_writer(writer);
    read_path();
    ck_assert_uint_eq(reading.count, 3);
    for (unsigned i = 0; at_ns[i] > 0; i++) {
        ck_assert_int_eq(reading.frames[i].at_ns,
                         at_ns[i] / formats[_i].unit_ns * formats[_i].unit_ns);
    }
    ck_assert_uint_eq(reading.health.steps_back, 1);
}
END_TEST

START_TEST(names_that_would_break_a_line) {
    static const char *const names[] = {"", "CAN 1", "a-very-long-name-of-a-network", "2", "x\ny"};
    struct capture_writer *writer = open_writer(formats[_i].format);
    for (unsigned i = 0; i < 5; i++) {
        struct capture_frame frame = {
            .at_ns = TIME_NS + i * S, .network = names[i], .frame = {.id = i, .len = 1}};
        capture_write(writer, &frame);
    }
    close_writer(writer);
    read_path();
    ck_assert_uint_eq(reading.count, 5);
    ck_assert_uint_eq(reading.health.network_count, 5);
    if (formats[_i].names) {
        ck_assert_str_eq(reading.networks[0], "can0");
        ck_assert_str_eq(reading.networks[1], "CAN_1");
        ck_assert_str_eq(reading.networks[2], "a-very-long-nam");
        ck_assert_str_eq(reading.networks[4], "x_y");
    } else {
        ck_assert_str_eq(reading.networks[0], "1");
        ck_assert_str_eq(reading.networks[3], "4"); /* 2 was taken by then */
    }
}
END_TEST

START_TEST(no_frame_at_all) {
    close_writer(open_writer(formats[_i].format));
    struct stat state;
    ck_assert_int_eq(stat(path, &state), 0);
    if (formats[_i].format != CAPTURE_CANDUMP_LOG) { /* an empty log is an empty file */
        read_path();
        ck_assert_uint_eq(reading.count, 0);
        ck_assert_uint_eq(reading.health.damaged, 0);
    }
}
END_TEST

/* The file under its temporary name is a disk that is always full. */
START_TEST(full_disk_is_told) {
    ck_assert_int_eq(symlink("/dev/full", part), 0);
    struct capture_writer *writer = open_writer(formats[_i].format);
    for (unsigned i = 0; i < 10000; i++) {
        struct capture_frame frame = frame_number(i, TIME_NS);
        capture_write(writer, &frame);
    }
    ck_assert(capture_writer_failed(writer));
    ck_assert(!capture_writer_close(writer, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "is not complete: No space left on device"));
    ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

START_TEST(missing_folder_and_unwritable_format_are_told) {
    ck_assert_ptr_null(capture_writer_open("/nonexistent/a.log", CAPTURE_CANDUMP_LOG, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "/nonexistent/a.log"));
    ck_assert_ptr_null(capture_writer_open(path, CAPTURE_CANDUMP_CONSOLE, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "candump, asc, blf, csv, pcapng and trc"));
}
END_TEST

START_TEST(more_networks_than_room) {
    struct capture_writer *writer = open_writer(CAPTURE_PCAPNG);
    for (unsigned i = 0; i < 65; i++) {
        char name[16];
        snprintf(name, sizeof name, "net%u", i);
        struct capture_frame frame = {.at_ns = i, .network = name};
        ck_assert(!capture_writer_failed(writer));
        capture_write(writer, &frame);
    }
    ck_assert(capture_writer_failed(writer));
    ck_assert(!capture_writer_close(writer, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "--network"));
    ck_assert_int_ne(access(path, F_OK), 0);
    ck_assert_int_eq(access(part, F_OK), 0);
}
END_TEST

START_TEST(formats_by_name) {
    ck_assert_int_eq(capture_format_of_name("a.log"), CAPTURE_CANDUMP_LOG);
    ck_assert_int_eq(capture_format_of_name("b/c.ASC"), CAPTURE_ASC);
    ck_assert_int_eq(capture_format_of_name("a.b.pcapng"), CAPTURE_PCAPNG);
    ck_assert_int_eq(capture_format_of_name(".log"), CAPTURE_UNKNOWN);
    ck_assert_int_eq(capture_format_of_name("a.blf"), CAPTURE_BLF);
    ck_assert_int_eq(capture_format_of_name("log"), CAPTURE_UNKNOWN);
}
END_TEST

START_TEST(line_is_candumps) {
    char text[CANDUMP_LINE_SIZE + 1];
    struct can_frame_ext frame = {.id = 0x1826F456, .extended = true, .len = 3, .data = {1, 1, 0}};
    text[candump_line(text, 12345678999, "bms", 3, &frame)] = '\0';
    ck_assert_str_eq(text, "(0000000012.345678) bms 1826F456#010100");
    struct can_frame_ext empty = {.id = 0x7};
    text[candump_line(text, INT64_C(1436509053850870000), "vcan0", 5, &empty)] = '\0';
    ck_assert_str_eq(text, "(1436509053.850870) vcan0 007#");
}
END_TEST

START_TEST(longest_line_fits) {
    char text[CANDUMP_LINE_SIZE + 64];
    struct can_frame_ext frame = {.id = 0x1FFFFFFF, .extended = true, .len = 8};
    size_t length = candump_line(text, INT64_MAX, "fifteen-letters", 15, &frame);
    ck_assert_uint_lt(length + 1, CANDUMP_LINE_SIZE);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("writer");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_loop_test(cases, read_back_with_a_date, 0, 3);
    tcase_add_loop_test(cases, read_back_without_a_date, 0, 3);
    tcase_add_loop_test(cases, clock_that_goes_back, 0, 3);
    tcase_add_loop_test(cases, names_that_would_break_a_line, 0, 3);
    tcase_add_loop_test(cases, no_frame_at_all, 0, 3);
    tcase_add_loop_test(cases, full_disk_is_told, 0, 3);
    tcase_add_test(cases, missing_folder_and_unwritable_format_are_told);
    tcase_add_test(cases, more_networks_than_room);
    tcase_add_test(cases, formats_by_name);
    tcase_add_test(cases, line_is_candumps);
    tcase_add_test(cases, longest_line_fits);
    return run_suite("writer", cases);
}
