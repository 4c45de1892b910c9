/* SPDX-License-Identifier: MIT */
/* Recorded signals and frames come back as written; what is damaged is counted, not guessed. */
#include "reports/record/recording.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MS INT64_C(1000000)
#define S  INT64_C(1000000000)

static char folder[] = "/tmp/pilebench-recording-XXXXXX";
static struct recording *recording;

static void setup(void) {
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    recording = NULL;
}

static void teardown(void) {
    char path[128];
    if (recording != NULL) {
        recording_free(recording);
    }
    snprintf(path, sizeof path, "%s/s.csv", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/t.log", folder);
    unlink(path);
    rmdir(folder);
}

static void store(const char *name, const char *content) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *stream = fopen(path, "w");
    ck_assert_ptr_nonnull(stream);
    fputs(content, stream);
    fclose(stream);
}

static void load(const char *csv, const char *log) {
    struct result_case one = {.signals = csv != NULL ? (char *)"s.csv" : NULL,
                              .trace = log != NULL ? (char *)"t.log" : NULL};
    if (csv != NULL) {
        store("s.csv", csv);
    }
    if (log != NULL) {
        store("t.log", log);
    }
    recording = recording_load(folder, &one);
}

static const struct recorded_signal *signal_of(const char *name) {
    const struct recorded_signal *signal = recording_signal(recording, name);
    ck_assert_msg(signal != NULL, "%s is not there", name);
    return signal;
}

START_TEST(stepped_signals_hold_and_may_be_unknown) {
    load("time_ns,signal,value\n0,k1.closed,0\n1000000000,k1.closed,1\n2000000000,k1.closed,nan\n",
         NULL);
    const struct recorded_signal *k1 = signal_of("k1.closed");
    ck_assert_double_eq(recorded_at(k1, S - 1), 0);
    ck_assert_double_eq(recorded_at(k1, S), 1);
    ck_assert_double_eq(recorded_at(k1, 2 * S - 1), 1);
    ck_assert(isnan(recorded_at(k1, 2 * S)));
    ck_assert(recorded_changes(k1, 0, S));
    ck_assert(!recorded_changes(k1, S, 2 * S - 1));
    ck_assert(recorded_changes(k1, S, 2 * S)); /* to unknown is a change */
    ck_assert_str_eq(recording->signals_problem, "");
}
END_TEST

START_TEST(before_the_first_sample_nothing_is_known) {
    load("time_ns,signal,value\n1000000000,gun.voltage,5\n", NULL);
    ck_assert(isnan(recorded_at(signal_of("gun.voltage"), S - 1)));
    ck_assert_ptr_null(recording_signal(recording, "gun.current"));
}
END_TEST

START_TEST(continuous_signals_are_lines_between_samples) {
    load("time_ns,signal,value\n1000000000,gun.voltage,100\n1001000000,gun.voltage,200\n", NULL);
    ck_assert_double_eq_tol(recorded_at(signal_of("gun.voltage"), S + MS / 4), 125, 1e-9);
}
END_TEST

/* At rest from 1 s on, no lines; K5 closes at 9 s and the voltage is there at once. */
START_TEST(a_resting_voltage_jumps_at_a_switching) {
    load("time_ns,signal,value\n0,gun.voltage,0\n1000000000,k1.closed,0\n9000000000,k5.closed,1\n"
         "9000000000,gun.voltage,540\n",
         NULL);
    ck_assert_double_eq(recorded_at(signal_of("gun.voltage"), 9 * S - 1), 0);
    ck_assert_double_eq(recorded_at(signal_of("gun.voltage"), 9 * S), 540);
}
END_TEST

/* Moves off by itself: the slope starts at the sampling before, not at the last line. */
START_TEST(a_resting_voltage_does_not_become_a_long_slope) {
    load("time_ns,signal,value\n0,gun.voltage,500\n0,k1.closed,0\n10000000000,gun.voltage,400\n",
         NULL);
    ck_assert_double_eq(recorded_at(signal_of("gun.voltage"), 9 * S), 500);
    ck_assert_double_lt(recorded_at(signal_of("gun.voltage"), 9900 * MS), 500);
}
END_TEST

START_TEST(a_moving_voltage_stays_a_line_across_a_switching) {
    load("time_ns,signal,value\n0,k5.closed,0\n1000000000,gun.voltage,100\n1000200000,k5.closed,1\n"
         "1000200000,gun.voltage,90\n",
         NULL);
    ck_assert_double_eq_tol(recorded_at(signal_of("gun.voltage"), S + MS / 10), 95, 1e-9);
}
END_TEST

/* A set point that creeps between two samples is no switching: nothing was sampled there. */
START_TEST(a_set_point_between_samples_makes_no_step) {
    load("time_ns,signal,value\n0,k1.closed,1\n1000000000,gun.current,10\n"
         "1050000000,modules.current_set,11.4\n1080000000,gun.current,18\n",
         NULL);
    ck_assert_double_eq_tol(recorded_at(signal_of("gun.current"), S + 40 * MS), 14, 1e-6);
}
END_TEST

START_TEST(bad_lines_are_counted_and_skipped) {
    load("time_ns,signal,value\n0,k1.closed,0\nrubbish\n5,k1.closed\n7,,1\n8,k1.closed,abc\n"
         "9,k1.closed,1\n3,k1.closed,0\n10,k1.closed,inf\n99999999999999999999,k1.closed,1\n",
         NULL);
    ck_assert_uint_eq(signal_of("k1.closed")->count, 2);
    ck_assert_str_eq(recording->signals_problem, "s.csv: 7 lines cannot be read");
}
END_TEST

START_TEST(missing_files_are_told) {
    struct result_case one = {.signals = (char *)"s.csv", .trace = (char *)"t.log"};
    recording = recording_load(folder, &one);
    ck_assert_str_eq(recording->signals_problem, "s.csv: No such file or directory");
    ck_assert_str_eq(recording->trace_problem, "t.log: No such file or directory");
    ck_assert_uint_eq(recording->signal_count + recording->frame_count, 0);
}
END_TEST

START_TEST(frames_of_the_vehicle_network_are_read) {
    load(NULL, "(0000000012.345678) bms 1826F456#010100\n(0000000012.5) io 00000101#01\n"
               "(0000000013.000000) bms 101AF456#04\n(0000000014.000000) bms 123#00\n"
               "(0000000014.000000) bms 20000080#0000000000000000\n");
    ck_assert_uint_eq(recording->frame_count, 2);
    ck_assert(recording->frames[0].at_ns == 12345678 * INT64_C(1000));
    ck_assert_uint_eq(recording->frames[0].id, 0x1826F456);
    ck_assert_uint_eq(recording->frames[0].length, 3);
    ck_assert_uint_eq(recording->frames[0].data[1], 1);
    ck_assert_str_eq(recording->trace_problem, "");
}
END_TEST

START_TEST(bad_frames_are_counted) {
    load(NULL, "(1.0) bms 1826F456#0\n1.0 bms 1826F456#00\n(x.0) bms 1826F456#00\n"
               "(1.0 bms 1826F456#00\n(2.0) bms 1826F456#00112233445566778899\n"
               "(2.0) bms 1826F456#00\n(1.0) bms 1826F456#00\n(2.0) bms 1826F456\n");
    ck_assert_uint_eq(recording->frame_count, 1);
    ck_assert_str_eq(recording->trace_problem, "t.log: 7 lines cannot be read");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("recording");
    TCase *tests = tcase_create("files");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, stepped_signals_hold_and_may_be_unknown);
    tcase_add_test(tests, before_the_first_sample_nothing_is_known);
    tcase_add_test(tests, continuous_signals_are_lines_between_samples);
    tcase_add_test(tests, a_resting_voltage_jumps_at_a_switching);
    tcase_add_test(tests, a_resting_voltage_does_not_become_a_long_slope);
    tcase_add_test(tests, a_moving_voltage_stays_a_line_across_a_switching);
    tcase_add_test(tests, a_set_point_between_samples_makes_no_step);
    tcase_add_test(tests, bad_lines_are_counted_and_skipped);
    tcase_add_test(tests, missing_files_are_told);
    tcase_add_test(tests, frames_of_the_vehicle_network_are_read);
    tcase_add_test(tests, bad_frames_are_counted);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
