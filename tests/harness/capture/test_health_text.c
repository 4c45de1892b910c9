/* SPDX-License-Identifier: MIT */
#include "harness/capture/health_text.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static char *text;

static int complain(const struct capture_health *health, const char *path) {
    size_t size;
    free(text);
    text = NULL;
    FILE *stream = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(stream);
    int lines = capture_complain(health, path, false, stream);
    fclose(stream);
    return lines;
}

START_TEST(nothing_to_say) {
    struct capture_health health = {.format = CAPTURE_ASC,
                                    .frames = 10,
                                    .clock = CLOCK_RELATIVE,
                                    .dialect = {.en = "Vector ASC"}};
    ck_assert_int_eq(complain(&health, "car.asc"), 0);
    ck_assert_str_eq(text, "");
    health.frames = 1; /* one frame alone has no clock: no wonder */
    health.clock = CLOCK_CONSTANT;
    ck_assert_int_eq(complain(&health, "car.asc"), 0);
}
END_TEST

START_TEST(everything_to_say) {
    struct capture_health health = {
        .format = CAPTURE_CSV,
        .dialect = {.en = "CSV"},
        .frames = 45678,
        .damaged = 5,
        .remote = 1,
        .error = 2,
        .fd = 3,
        .other = 4,
        .damage_count = 2,
        .damages = {{17, false, {.en = "data longer than 8 bytes"}},
                    {99, false, {.en = "no identifier"}}},
        .clock = CLOCK_NONE,
        .steps_back = 2,
        .first_back_line = 120,
        .cut = true,
        .read_error = "Input/output error",
    };
    ck_assert_int_eq(complain(&health, "-"), 12);
    ck_assert_str_eq(
        text,
        "pilebench: standard input:17: data longer than 8 bytes\n"
        "pilebench: standard input:99: no identifier\n"
        "pilebench: standard input: and 3 more places like these\n"
        "pilebench: standard input: 5 damaged lines were left out; 45678 frames were read\n"
        "pilebench: standard input: the file is cut off: it ends in the middle of a line\n"
        "pilebench: standard input: reading ended early: Input/output error\n"
        "pilebench: standard input:120: the clock goes backwards here for the first time: several "
        "recordings in one file, or a clock that was set\n"
        "pilebench: standard input: no usable time: only the order of the frames is known\n"
        "pilebench: standard input: 1 remote frame was left out: not of GB/T 27930\n"
        "pilebench: standard input: 2 error frames were left out: not of GB/T 27930\n"
        "pilebench: standard input: 3 CAN FD frames were left out: not of GB/T 27930\n"
        "pilebench: standard input: 4 other frames were left out: not of GB/T 27930\n");
}
END_TEST

START_TEST(records_and_single_ones) {
    struct capture_health health = {
        .format = CAPTURE_BLF,
        .dialect = {.en = "Vector BLF"},
        .damaged = 1,
        .damage_count = 1,
        .damages = {{3, false, {.en = "CAN object shorter than its data"}}},
        .clock = CLOCK_ABSOLUTE};
    ck_assert_int_eq(complain(&health, "a.blf"), 3);
    ck_assert_str_eq(text, "pilebench: a.blf:3: CAN object shorter than its data\n"
                           "pilebench: a.blf: 1 damaged record was left out; 0 frames were read\n"
                           "pilebench: a.blf: the capture has no frames (Vector BLF)\n");
    health = (struct capture_health){.frames = 9, .clock = CLOCK_CONSTANT, .steps_back = 1};
    health.first_back_line = 7;
    ck_assert_int_eq(complain(&health, "a.csv"), 2);
    ck_assert_ptr_nonnull(strstr(text, "a.csv:7: the clock goes backwards here: several"));
    ck_assert_ptr_nonnull(strstr(text, "a.csv: the same time on every frame"));
}
END_TEST

START_TEST(network_that_is_not_there) {
    struct capture_health health = {.format = CAPTURE_ASC,
                                    .networks = {"1", "2"},
                                    .network_frames = {123, 5},
                                    .network_count = 2};
    ck_assert_int_eq(complain(&health, "a.asc"), 1);
    ck_assert_str_eq(text, "pilebench: a.asc: no frames on the network given with --network; "
                           "the capture has 1 (123 frames), 2 (5 frames)\n");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("capture_words");
    TCase *tests = tcase_create("capture_words");
    tcase_add_test(tests, nothing_to_say);
    tcase_add_test(tests, everything_to_say);
    tcase_add_test(tests, records_and_single_ones);
    tcase_add_test(tests, network_that_is_not_there);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
