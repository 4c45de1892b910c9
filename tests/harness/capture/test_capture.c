/* SPDX-License-Identifier: MIT */
/* What capture.c adds to the readers: recognition, the clock's story, networks, damage, pipes. */
#include "tests/harness/capture/support/reading.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct reading r;

START_TEST(what_is_no_capture_is_refused_with_a_word_on_what_to_do) {
    static const struct {
        const char *data;
        size_t size;
        const char *says;
    } cases[] = {
        {"", 0, "the capture is empty"},
        {"\x7f"
         "ELF\x02\x01\x01",
         7, "unknown capture format: it is a program"},
        {"PK\x03\x04....", 8, "save it as CSV first"},
        {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8, "an Excel workbook (.xls)"},
        {"\x1F\x8B\x08", 3, "gunzip -c"},
        {"\x00\x01\x02\x03", 4, "begins with the bytes 00 01 02 03 "},
        {"Dear Sir,\nthe pile does not charge.\n", 36, "--columns id=2,data=6,time=1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        read_bytes(&r, cases[i].data, cases[i].size, NULL);
        ck_assert_msg(strstr(r.problem.text, cases[i].says) != NULL, "%zu: %s", i, r.problem.text);
        ck_assert_uint_eq(r.count, 0);
    }
}
END_TEST

START_TEST(files_that_cannot_be_read_are_named) {
    struct problem problem;
    ck_assert_ptr_null(capture_open("/nowhere/a.log", NULL, &problem));
    ck_assert_str_eq(problem.text, "cannot open /nowhere/a.log: No such file or directory");
    ck_assert_ptr_null(capture_open("/", NULL, &problem));
    ck_assert_str_eq(problem.text, "/: cannot be read: Is a directory");
}
END_TEST

START_TEST(midnight_is_carried_over) {
    read_text(&r, "Time,ID,Data\n"
                  "23:59:59.900,1826F456,01 01 00\n"
                  "00:00:00.100,1826F456,01 01 00\n"
                  "23:59:59.950,182756F4,8E 17\n" /* comes late, from before midnight */
                  "00:00:00.200,1826F456,01 01 00\n"
                  "23:00:00.000,1826F456,01 01 00\n"
                  "01:00:00.000,1826F456,01 01 00\n");
    ck_assert_uint_eq(r.count, 6);
    ck_frame(&r, 0, 86399900 * MS, "1826F456#010100");
    ck_frame(&r, 1, 86400100 * MS, "1826F456#010100");
    ck_frame(&r, 2, 86399950 * MS, "182756F4#8E17");
    ck_frame(&r, 3, 86400200 * MS, "1826F456#010100");
    ck_assert_int_eq(r.health.clock, CLOCK_OF_DAY);
    ck_assert_uint_ge(r.health.steps_back, 1);
    ck_assert_uint_eq(r.health.first_back_line, 4);
}
END_TEST

START_TEST(two_midnights) {
    read_text(&r, "Time,ID,Data\n12:00:00,1826F456,01 01 00\n23:00:00,1826F456,01 01 00\n"
                  "09:00:00,1826F456,01 01 00\n20:00:00,1826F456,01 01 00\n"
                  "01:00:00,1826F456,01 01 00\n");
    ck_frame(&r, 4, (48 + 1) * 3600 * S, "1826F456#010100");
    ck_assert_uint_eq(r.health.steps_back, 0);
}
END_TEST

START_TEST(a_clock_that_goes_back_is_counted_and_named) {
    read_text(&r, "(10.0) can0 1826F456#010100\n(10.5) can0 1826F456#010100\n"
                  "(9.0) can0 1826F456#010100\n(9.5) can0 1826F456#010100\n"
                  "(1.0) can0 1826F456#010100\n");
    ck_assert_uint_eq(r.health.steps_back, 2);
    ck_assert_uint_eq(r.health.first_back_line, 3);
    ck_frame(&r, 2, 9 * S, "1826F456#010100");
    ck_assert_int_eq(r.health.first_ns, 10 * S);
    ck_assert_int_eq(r.health.last_ns, 1 * S);
}
END_TEST

START_TEST(a_clock_that_stands_is_as_good_as_none) {
    read_text(&r, "(10.0) can0 1826F456#010100\n(10.0) can0 1826F456#010100\n"
                  "(10.0) can0 1826F456#010100\n");
    ck_assert_int_eq(r.health.clock, CLOCK_CONSTANT);
    ck_assert(!capture_clock_good_for(&r.health, 3600 * S));
    read_text(&r, "(10.0) can0 1826F456#010100\n(10.0) can0 1826F456#010100\n"
                  "(10.1) can0 1826F456#010100\n");
    ck_assert_int_eq(r.health.clock, CLOCK_RELATIVE);
}
END_TEST

START_TEST(centuries_are_told_apart) {
    read_text(&r, "(9190000000.000000) can0 1826F456#010100\n" /* 2261 */
                  "(9190000000.250000) can0 1826F456#010100\n");
    ck_assert_uint_eq(r.count, 2);
    ck_assert_int_eq(r.frames[1].at_ns - r.frames[0].at_ns, 250 * MS);
    ck_assert_int_eq(r.frames[0].at_ns, INT64_C(9190000000) * S);
    ck_assert_int_eq(r.health.clock, CLOCK_ABSOLUTE);
    read_text(&r, "Time (s),ID,Data\n2400000000.25,1826F456,01 01 00\n" /* 2046 */
                  "2400000000.5,1826F456,01 01 00\n");
    ck_assert_int_eq(r.frames[0].at_ns, INT64_C(2400000000) * S + 250 * MS);
    ck_assert_int_eq(r.frames[1].at_ns, INT64_C(2400000000) * S + 500 * MS);
}
END_TEST

START_TEST(a_time_that_no_clock_can_hold_is_damage) {
    read_text(&r, "(10.0) can0 1826F456#010100\n(9200000000.0) can0 1826F456#010100\n"
                  "(-9200000000.0) can0 1826F456#010100\n(11.0) can0 1826F456#010100\n");
    ck_assert_uint_eq(r.count, 2);
    ck_assert_uint_eq(r.health.damaged, 2);
    ck_assert_uint_eq(r.health.damages[0].line, 2);
    ck_assert_str_eq(r.health.damages[0].what.en,
                     "time beyond what a clock can hold (the year 2261)");
    ck_assert_uint_eq(r.health.steps_back, 0);
    /* From the first, which is negative, to the last there are more than 64 bits. */
    read_text(&r, "(-9180000000.0) can0 1826F456#010100\n(9180000000.0) can0 1826F456#010100\n"
                  "(9180000001.0) can0 1826F456#010100\n");
    ck_assert_int_eq(r.frames[0].at_ns, 0);
    ck_assert_int_eq(r.frames[1].at_ns, CAPTURE_MOST_NS);
    ck_assert_int_eq(r.frames[2].at_ns, CAPTURE_MOST_NS);
}
END_TEST

START_TEST(times_are_never_negative) {
    read_text(&r, "Time,ID,Data\n-0.500,1826F456,01 01 00\n-0.250,1826F456,01 01 00\n"
                  "0.250,1826F456,01 01 00\n-1.0,1826F456,01 01 00\n");
    ck_frame(&r, 0, 0, "1826F456#010100");
    ck_frame(&r, 1, 250 * MS, "1826F456#010100");
    ck_frame(&r, 2, 750 * MS, "1826F456#010100");
    ck_frame(&r, 3, 0, "1826F456#010100");
    ck_assert_uint_eq(r.health.steps_back, 1);
}
END_TEST

START_TEST(resolution_is_the_clock_s_not_the_traffic_s) {
    /* One message every 250 ms with a clock of 1 us. */
    read_text(&r, "(10.000000) can0 1826F456#010100\n(10.250013) can0 1826F456#010100\n"
                  "(10.499998) can0 1826F456#010100\n(10.750007) can0 1826F456#010100\n");
    ck_assert_int_eq(r.health.resolution_ns, 1000);
    ck_assert(capture_clock_good_for(&r.health, 10 * MS));
    /* Windows: milliseconds, but steps of 15 or 16. */
    read_text(&r, "(10.000) can0 1826F456#010100\n(10.000) can0 1826F456#010100\n"
                  "(10.015) can0 1826F456#010100\n(10.031) can0 1826F456#010100\n"
                  "(10.031) can0 1826F456#010100\n(10.046) can0 1826F456#010100\n");
    ck_assert_int_eq(r.health.resolution_ns, 15 * MS);
    ck_assert(!capture_clock_good_for(&r.health, 50 * MS));
    ck_assert(capture_clock_good_for(&r.health, 250 * MS));
}
END_TEST

START_TEST(networks_are_listed_and_one_can_be_chosen) {
    const char *text = "(1.0) can0 1826F456#010100\n(1.1) can1 123#01\n(1.2) can0 182756F4#8E17\n";
    struct capture_options options = {.network = "CAN0"};
    read_text(&r, text);
    ck_assert_uint_eq(r.count, 3);
    ck_assert_uint_eq(r.health.network_count, 2);
    ck_assert_str_eq(r.health.networks[0], "can0");
    ck_assert_str_eq(r.health.networks[1], "can1");
    ck_assert_uint_eq(r.health.network_frames[0], 2);
    read_bytes(&r, text, strlen(text), &options);
    ck_assert_uint_eq(r.count, 2);
    ck_frame(&r, 1, 1200 * MS, "182756F4#8E17");
    ck_assert_uint_eq(r.health.network_frames[1], 1); /* left out, but known */
    options.network = "can7";
    read_bytes(&r, text, strlen(text), &options);
    ck_assert_uint_eq(r.count, 0);
    ck_assert_str_eq(r.problem.text, "");
}
END_TEST

START_TEST(more_networks_than_are_listed_are_still_read) {
    char text[4096];
    size_t n = 0;
    for (int i = 0; i < 40; i++) {
        n += (size_t)sprintf(text + n, "(%d.0) interface-number-%02d 1826F456#010100\n", i, i);
    }
    read_text(&r, text);
    ck_assert_uint_eq(r.count, 40);
    ck_assert_uint_le(r.health.network_count, CAPTURE_NETWORKS_MAX);
}
END_TEST

START_TEST(only_the_first_damages_are_kept_but_all_are_counted) {
    static char text[100 * 8 + 100];
    size_t n = (size_t)sprintf(text, "(1.0) can0 1826F456#010100\n");
    for (int i = 0; i < 100; i++) {
        n += (size_t)sprintf(text + n, "rubbish\n");
    }
    read_text(&r, text);
    ck_assert_uint_eq(r.health.damaged, 100);
    ck_assert_uint_eq(r.health.damage_count, CAPTURE_DAMAGES_MAX);
    ck_assert_uint_eq(r.health.damages[CAPTURE_DAMAGES_MAX - 1].line, CAPTURE_DAMAGES_MAX + 1);
}
END_TEST

START_TEST(damage_in_front_does_not_hide_the_format) {
    read_text(&r, "\x01\x02rubbish\n1826F456#0101\n(1.0) can0 1826F456#010100\n");
    ck_assert_int_eq(r.health.format, CAPTURE_CANDUMP_LOG);
    ck_assert_uint_eq(r.count, 1);
    ck_assert_uint_eq(r.health.damaged, 2);
}
END_TEST

START_TEST(texts) {
    ck_assert_str_eq(capture_format_name(CAPTURE_CANDUMP_LOG), "candump log");
    for (int i = 0; i < CAPTURE_FORMATS; i++) {
        ck_assert_uint_gt(strlen(capture_format_name((enum capture_format)i)), 0);
    }
    for (int i = CLOCK_NONE; i <= CLOCK_ABSOLUTE; i++) {
        ck_assert_str_ne(capture_clock_text((enum capture_clock)i, true),
                         capture_clock_text((enum capture_clock)i, false));
    }
}
END_TEST

/* Lines into a pipe, a child writes them; returns the end to read from. */
static int pipe_of(long lines, pid_t *child) {
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    *child = fork();
    ck_assert_int_ge(*child, 0);
    if (*child == 0) {
        close(ends[0]);
        FILE *out = fdopen(ends[1], "w");
        for (long i = 0; i < lines; i++) {
            fprintf(out, "(%ld.%06ld) can0 1826F456#010100\n", 1436509052 + i / 1000,
                    i % 1000 * 1000);
        }
        fclose(out);
        _exit(0);
    }
    close(ends[1]);
    return ends[0];
}

static long peak_kb(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static uint64_t read_pipe(long lines, struct capture_health *health) {
    pid_t child;
    struct problem problem;
    uint64_t n = 0;
    struct capture_frame frame;
    int fd = pipe_of(lines, &child), standard_input = dup(STDIN_FILENO);
    dup2(fd, STDIN_FILENO);
    close(fd);
    struct capture *capture = capture_open("-", NULL, &problem);
    ck_assert_msg(capture != NULL, "%s", problem.text);
    while (capture_next(capture, &frame)) {
        n++;
    }
    *health = *capture_health(capture);
    capture_close(capture);
    dup2(standard_input, STDIN_FILENO);
    close(standard_input);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    return n;
}

START_TEST(a_pipe_of_any_length_needs_no_more_memory) {
    struct capture_health health;
    ck_assert_uint_eq(read_pipe(1000, &health), 1000);
    long after_short = peak_kb();
    ck_assert_uint_eq(read_pipe(400000, &health), 400000); /* 17 MB of text */
    ck_assert_uint_eq(health.damaged, 0);
    ck_assert_int_eq(health.resolution_ns, 1 * MS);
    ck_assert_int_lt(peak_kb() - after_short, 2048);
}
END_TEST

/* A live source: the first line is handed out before the second has been written. */
START_TEST(a_live_pipe_is_read_as_it_comes) {
    static const char line[] = "(1.000000) can0 1826F456#010100\n";
    int there[2];
    struct problem problem;
    char path[32];
    struct capture_frame frame;
    ck_assert_int_eq(pipe(there), 0);
    ck_assert_int_eq(write(there[1], line, sizeof line - 1), (int)sizeof line - 1);
    snprintf(path, sizeof path, "/dev/fd/%d", there[0]);
    struct capture *capture = capture_open(path, NULL, &problem);
    ck_assert_msg(capture != NULL, "%s", problem.text);
    ck_assert(capture_next(capture, &frame));
    ck_assert_int_eq(write(there[1], line, sizeof line - 1), (int)sizeof line - 1);
    ck_assert(capture_next(capture, &frame));
    ck_assert_uint_eq(frame.line, 2);
    close(there[1]);
    ck_assert(!capture_next(capture, &frame));
    close(there[0]);
    capture_close(capture);
}
END_TEST

/* A table that comes in pieces, the header alone first: the time is understood all the same. */
START_TEST(a_live_table_is_learned_before_it_is_read) {
    static const char *const pieces[] = {"Time [ms],ID,", "Data\n", "100,1826F456,01 01 00\n",
                                         "350,1826F456,01 01 00\n"};
    int ends[2], standard_input = dup(STDIN_FILENO);
    struct problem problem;
    struct capture_frame frame;
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_gt(write(ends[1], pieces[i], strlen(pieces[i])), 0);
    }
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    struct capture *capture = capture_open("-", NULL, &problem);
    ck_assert_msg(capture != NULL, "%s", problem.text);
    ck_assert(capture_next(capture, &frame) && capture_next(capture, &frame));
    ck_assert_int_eq(frame.at_ns, 350 * MS);
    ck_assert_int_eq(capture_health(capture)->clock, CLOCK_RELATIVE);
    capture_close(capture);
    dup2(standard_input, STDIN_FILENO);
    close(standard_input);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("capture");
    tcase_set_timeout(cases, 120); /* a live pipe that blocks is a failure */
    tcase_add_test(cases, what_is_no_capture_is_refused_with_a_word_on_what_to_do);
    tcase_add_test(cases, files_that_cannot_be_read_are_named);
    tcase_add_test(cases, midnight_is_carried_over);
    tcase_add_test(cases, two_midnights);
    tcase_add_test(cases, a_clock_that_goes_back_is_counted_and_named);
    tcase_add_test(cases, a_clock_that_stands_is_as_good_as_none);
    tcase_add_test(cases, centuries_are_told_apart);
    tcase_add_test(cases, a_time_that_no_clock_can_hold_is_damage);
    tcase_add_test(cases, times_are_never_negative);
    tcase_add_test(cases, resolution_is_the_clock_s_not_the_traffic_s);
    tcase_add_test(cases, networks_are_listed_and_one_can_be_chosen);
    tcase_add_test(cases, more_networks_than_are_listed_are_still_read);
    tcase_add_test(cases, only_the_first_damages_are_kept_but_all_are_counted);
    tcase_add_test(cases, damage_in_front_does_not_hide_the_format);
    tcase_add_test(cases, texts);
    tcase_add_test(cases, a_pipe_of_any_length_needs_no_more_memory);
    tcase_add_test(cases, a_live_pipe_is_read_as_it_comes);
    tcase_add_test(cases, a_live_table_is_learned_before_it_is_read);
    return run_suite("capture", cases);
}
