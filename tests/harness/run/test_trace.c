/* SPDX-License-Identifier: MIT */
#include "harness/run/trace.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/pilebench-trace.XXXXXX";
static char path[128], part[160];
static struct problem problem;
static struct loop loop;
static struct can_net *bms, *io;
static struct can_node bms_node, io_node;

static void setup(void) {
    strcpy(folder + strlen(folder) - 6, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/case.log", folder);
    snprintf(part, sizeof part, "%s.part", path);
    loop_init(&loop, LOOP_VIRTUAL);
    bms = can_bus_new(&loop, 250000);
    io = can_bus_new(&loop, 500000);
    can_join(bms, &bms_node);
    can_join(io, &io_node);
}

static void teardown(void) {
    can_free(bms);
    can_free(io);
    loop_free(&loop);
    remove(path);
    remove(part);
    rmdir(folder);
}

static void send_both(void) {
    struct can_frame_ext crm = {.id = 0x1801F456, .extended = true, .len = 8, .data = {0x01, 0xAB}};
    struct can_frame_ext io_frame = {.id = 0x20F, .len = 1, .data = {0x7F}};
    can_send(bms, &bms_node, &crm);
    can_send(io, &io_node, &io_frame);
}

static size_t read_all(const char *name, char *text, size_t size) {
    FILE *file = fopen(name, "r");
    ck_assert_ptr_nonnull(file);
    size_t count = fread(text, 1, size - 1, file);
    fclose(file);
    text[count] = '\0';
    return count;
}

START_TEST(records_all_networks_in_one_file) {
    struct trace *trace = trace_open(path, 0, &problem);
    trace_add(trace, bms, "bms");
    trace_add(trace, io, "io");
    loop_run(&loop, NS_PER_S);
    send_both();
    loop_run(&loop, 2 * NS_PER_S);
    ck_assert_int_ne(access(path, F_OK), 0); /* not before it is complete */
    ck_assert_int_eq(access(part, F_OK), 0);
    ck_assert_uint_eq(trace_frames(trace), 2);
    ck_assert(trace_close(trace, &problem));
    ck_assert_int_ne(access(part, F_OK), 0);

    struct can_frame_ext crm = {.id = 0x1801F456, .extended = true, .len = 8, .data = {0x01, 0xAB}};
    struct can_frame_ext io_frame = {.id = 0x20F, .len = 1, .data = {0x7F}};
    char want[256], text[512];
    snprintf(want, sizeof want,
             "(0000000001.%06u) io 20F#7F\n(0000000001.%06u) bms 1801F456#01AB000000000000\n",
             can_frame_bits(&io_frame) * 2, can_frame_bits(&crm) * 4);
    read_all(path, text, sizeof text);
    ck_assert_str_eq(text, want);
}
END_TEST

/* A BRM on one network: held back with what follows on both, then written in order, its VIN
 * masked. */
START_TEST(masked_trace_keeps_its_order) {
    struct can_frame_ext rts = {
        .id = 0x1CEC56F4, .extended = true, .len = 8, .data = {0x10, 41, 0, 6, 0xFF, 0, 2, 0}};
    struct trace *trace = trace_open(path, 0, &problem);
    trace_mask(trace, "key");
    trace_add(trace, bms, "bms");
    trace_add(trace, io, "io");
    can_send(bms, &bms_node, &rts);
    for (uint8_t number = 1; number <= 6; number++) {
        struct can_frame_ext packet = {.id = 0x1CEB56F4, .extended = true, .len = 8};
        memset(packet.data, 'A' + number, 8);
        packet.data[0] = number;
        loop_run(&loop, number * 10 * NS_PER_MS);
        can_send(bms, &bms_node, &packet);
        send_both();
    }
    loop_run(&loop, NS_PER_S);
    ck_assert(trace_close(trace, &problem));
    char text[4096];
    read_all(path, text, sizeof text);
    double before = 0;
    unsigned lines = 0, on_io = 0;
    for (const char *at = text; *at != '\0'; at = strchr(at, '\n') + 1, lines++) {
        double time = strtod(at + 1, NULL);
        ck_assert(time >= before);
        before = time;
        on_io += strncmp(at + 20, "io", 2) == 0;
    }
    ck_assert_uint_eq(lines, 1 + 3 * 6);
    ck_assert_uint_eq(on_io, 6);
    ck_assert_ptr_nonnull(strstr(text, "1CEB56F4#0142424242424242")); /* nothing personal in it */
    ck_assert_ptr_nonnull(strstr(text, "1CEB56F4#05"));
    ck_assert_ptr_null(strstr(text, "1CEB56F4#0546464646464646"));
}
END_TEST

START_TEST(closed_trace_no_longer_listens) {
    struct trace *trace = trace_open(path, 0, &problem);
    trace_add(trace, bms, "bms");
    ck_assert(trace_close(trace, &problem));
    send_both();
    loop_run(&loop, NS_PER_S);
    char text[64];
    ck_assert_uint_eq(read_all(path, text, sizeof text), 0);
}
END_TEST

/* More than the buffer, so that writing goes on during the run. */
START_TEST(long_recordings_lose_nothing) {
    enum {
        FRAMES = 5000
    };
    struct trace *trace = trace_open(path, 0, &problem);
    trace_add(trace, bms, "bms");
    for (int i = 0; i < FRAMES; i++) {
        send_both();
        loop_run(&loop, loop.now_ns + 10 * NS_PER_MS);
    }
    ck_assert(trace_close(trace, &problem));
    FILE *file = fopen(path, "r");
    char line[128];
    int lines = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        unsigned long s, us;
        ck_assert_int_eq(sscanf(line, "(%lu.%lu) bms 1801F456#01AB000000000000", &s, &us), 2);
        lines++;
    }
    fclose(file);
    ck_assert_int_eq(lines, FRAMES);
}
END_TEST

START_TEST(a_full_disk_is_told) {
    ck_assert_int_eq(symlink("/dev/full", part), 0);
    struct trace *trace = trace_open(path, 0, &problem);
    ck_assert_ptr_nonnull(trace);
    trace_add(trace, bms, "bms");
    for (int i = 0; i < 3000; i++) {
        send_both();
        loop_run(&loop, loop.now_ns + 10 * NS_PER_MS);
    }
    ck_assert_int_eq(trace_error(trace), ENOSPC);
    ck_assert(!trace_close(trace, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "No space left"));
    ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

START_TEST(a_small_trace_on_a_full_disk_is_told_at_the_end) {
    ck_assert_int_eq(symlink("/dev/full", part), 0);
    struct trace *trace = trace_open(path, 0, &problem);
    trace_add(trace, bms, "bms");
    send_both();
    loop_run(&loop, NS_PER_S);
    ck_assert(!trace_close(trace, &problem));
}
END_TEST

START_TEST(a_missing_folder_is_told) {
    ck_assert_ptr_null(trace_open("/nowhere/at/all/x.log", 0, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "/nowhere/at/all/x.log"));
}
END_TEST

/* can-utils reads it, where it is installed. */
START_TEST(log2asc_accepts_it) {
    if (system("command -v log2asc >/dev/null") != 0) {
        fputs("log2asc_accepts_it: skipped, can-utils is not installed\n", stderr);
        return;
    }
    struct trace *trace = trace_open(path, INT64_C(1700000000) * NS_PER_S, &problem);
    trace_add(trace, bms, "bms");
    trace_add(trace, io, "io");
    send_both();
    loop_run(&loop, NS_PER_S);
    ck_assert(trace_close(trace, &problem));
    char command[512], text[2048];
    snprintf(command, sizeof command, "log2asc -I %s -O %s bms io", path, part);
    ck_assert_int_eq(WEXITSTATUS(system(command)), 0);
    read_all(part, text, sizeof text);
    ck_assert_ptr_nonnull(strstr(text, "1  1801F456x"));
    ck_assert_ptr_nonnull(strstr(text, "01 AB 00 00 00 00 00 00"));
    ck_assert_ptr_nonnull(strstr(text, "2  20F"));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("trace");
    TCase *tcase = tcase_create("trace");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, records_all_networks_in_one_file);
    tcase_add_test(tcase, masked_trace_keeps_its_order);
    tcase_add_test(tcase, closed_trace_no_longer_listens);
    tcase_add_test(tcase, long_recordings_lose_nothing);
    tcase_add_test(tcase, a_full_disk_is_told);
    tcase_add_test(tcase, a_small_trace_on_a_full_disk_is_told_at_the_end);
    tcase_add_test(tcase, a_missing_folder_is_told);
    tcase_add_test(tcase, log2asc_accepts_it);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
