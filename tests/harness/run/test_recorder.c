/* SPDX-License-Identifier: MIT */
#include "harness/run/recorder.h"

#include "tests/harness/support/ramp.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/pilebench-recorder.XXXXXX";
static char path[128], part[160];
static struct problem problem;
static struct loop loop;
static struct signal_board board;
static struct ramp gun;
static struct signal *k1, *meter, *message;

static void setup(void) {
    strcpy(folder + strlen(folder) - 6, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/case.csv", folder);
    snprintf(part, sizeof part, "%s.part", path);
    memset(&board, 0, sizeof board);
    memset(&problem, 0, sizeof problem);
    loop_init(&loop, LOOP_VIRTUAL);
    gun = (struct ramp){.loop = &loop};
    k1 = signal_add(&board, "k1.closed", SIGNAL_BOOL, "", "");
    meter = signal_add(&board, "meter.energy", SIGNAL_NUMBER, "kWh", "");
    message = signal_add(&board, "CST", SIGNAL_PULSE, "", "");
    ramp_add(&gun, &board, "gun.voltage", "V");
    signal_set(k1, 0, 0);
}

static void teardown(void) {
    signal_board_free(&board);
    loop_free(&loop);
    remove(path);
    remove(part);
    rmdir(folder);
}

static char *recorded(char text[20000]) {
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    size_t count = fread(text, 1, 19999, file);
    fclose(file);
    text[count] = '\0';
    return text;
}

static size_t lines_of(const char *text, const char *signal) {
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, signal)) != NULL; at += strlen(signal)) {
        count++;
    }
    return count;
}

START_TEST(each_change_of_a_stepped_signal) {
    char text[20000];
    struct recorder *recorder = recorder_open(path, &loop, &board, &problem);
    ck_assert_ptr_nonnull(recorder);
    loop_run(&loop, 5 * NS_PER_MS);
    signal_set(k1, loop.now_ns, 1);
    signal_set(meter, loop.now_ns, 1.25);
    signal_set(message, loop.now_ns, 1);
    loop_run(&loop, 9 * NS_PER_MS);
    signal_set(meter, loop.now_ns, (double)NAN);
    ck_assert_int_ne(access(path, F_OK), 0); /* not before it is whole */
    ck_assert(recorder_close(recorder, &problem));
    ck_assert_int_ne(access(part, F_OK), 0);
    signal_set(k1, loop.now_ns, 0); /* nobody listens any more */
    recorded(text);
    ck_assert(strncmp(text, "time_ns,signal,value\n0,k1.closed,0\n", 35) == 0);
    ck_assert_ptr_nonnull(strstr(text, "\n5000000,k1.closed,1\n"));
    ck_assert_ptr_nonnull(strstr(text, "\n5000000,meter.energy,1.25\n"));
    ck_assert_ptr_nonnull(strstr(text, "\n9000000,meter.energy,nan\n"));
    ck_assert_uint_eq(lines_of(text, "k1.closed"), 2);
    ck_assert_uint_eq(lines_of(text, "CST"), 0); /* the trace has it */
}
END_TEST

/* A transient behind a switching is drawn in full; what goes on for long has a line every 2 s. */
START_TEST(samples_grow_apart) {
    char text[20000];
    struct recorder *recorder = recorder_open(path, &loop, &board, &problem);
    loop_run(&loop, NS_PER_S);
    ramp_go(&gun, 1, 1); /* 1 V/s from here on */
    signal_set(k1, loop.now_ns, 1);
    loop_run(&loop, 200 * NS_PER_S);
    ck_assert(recorder_close(recorder, &problem));
    recorded(text);
    size_t fine = 0;
    for (int64_t at_ns = NS_PER_S; at_ns < NS_PER_S + NS_PER_MS; at_ns += RECORDER_FINE_NS) {
        char line[64];
        snprintf(line, sizeof line, "\n%lld,gun.voltage,", (long long)at_ns);
        fine += strstr(text, line) != NULL;
    }
    ck_assert_uint_eq(fine, 10);
    size_t all = lines_of(text, "gun.voltage");
    ck_assert_uint_gt(all, 200 * NS_PER_S / RECORDER_COARSE_NS);
    ck_assert_uint_lt(all, 400);
}
END_TEST

START_TEST(a_full_disk_is_told) {
    ck_assert_int_eq(symlink("/dev/full", part), 0);
    struct recorder *recorder = recorder_open(path, &loop, &board, &problem);
    ck_assert_ptr_nonnull(recorder);
    ck_assert(!recorder_close(recorder, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "No space left"));
    ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

START_TEST(a_missing_folder_is_told) {
    ck_assert_ptr_null(recorder_open("/nowhere/at/all/x.csv", &loop, &board, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "/nowhere/at/all/x.csv"));
}
END_TEST

START_TEST(none_at_all_is_closed_well) {
    ck_assert(recorder_close(NULL, &problem));
    ck_assert_str_eq(problem.text, "");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("recorder");
    TCase *tests = tcase_create("recorder");
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, each_change_of_a_stepped_signal);
    tcase_add_test(tests, samples_grow_apart);
    tcase_add_test(tests, a_full_disk_is_told);
    tcase_add_test(tests, a_missing_folder_is_told);
    tcase_add_test(tests, none_at_all_is_closed_well);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
