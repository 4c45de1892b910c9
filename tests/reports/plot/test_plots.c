/* SPDX-License-Identifier: MIT */
/* Plots: what PLplot draws becomes small, well-formed SVG that shows what was recorded. */
#include "reports/plot/plots.h"
#include "reports/plot/svg.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS INT64_C(1000000)
#define S  INT64_C(1000000000)

static struct recording *recording;
static struct buffer page;
static struct problem problem;

static void setup(void) {
    recording = calloc(1, sizeof *recording);
    recording->signals = calloc(16, sizeof *recording->signals);
    recording->signal_room = 16;
    page = (struct buffer){0};
}

static void teardown(void) {
    recording_free(recording);
    buffer_free(&page);
}

static struct recorded_signal *add_signal(const char *name, size_t room, bool continuous) {
    struct recorded_signal *signal = &recording->signals[recording->signal_count++];
    *signal =
        (struct recorded_signal){.name = strdup(name), .room = room, .continuous = continuous};
    signal->samples = calloc(room, sizeof *signal->samples);
    return signal;
}

static void add_sample(struct recorded_signal *signal, int64_t at_ns, double value) {
    ck_assert_uint_lt(signal->count, signal->room);
    signal->samples[signal->count++] = (struct recorded_sample){at_ns, value};
}

static void add_frames(size_t count, int64_t period_ns, uint32_t id) {
    recording->frames =
        realloc(recording->frames, (recording->frame_count + count) * sizeof *recording->frames);
    for (size_t i = 0; i < count; i++) {
        recording->frames[recording->frame_count++] =
            (struct recorded_frame){.at_ns = (int64_t)i * period_ns, .id = id, .length = 8};
    }
}

static size_t occurrences(const char *what) {
    size_t count = 0;
    for (const char *at = strstr(page.chars, what); at != NULL; at = strstr(at + 1, what)) {
        count++;
    }
    return count;
}

static void draw(const struct result_case *one, const struct plots_view *view) {
    ck_assert_msg(plots_draw(&page, recording, one, view, "a <label>", &problem), "%s",
                  problem.text);
}

static struct result_check a_time(int64_t from_ns, double ms, double limit_ms) {
    return (struct result_check){.kind = RESULT_MEASURE,
                                 .value = ms,
                                 .limit_min = (double)NAN,
                                 .limit_max = limit_ms,
                                 .unit = (char *)"ms",
                                 .margin = limit_ms - ms,
                                 .uncertainty = 0,
                                 .from_ns = from_ns,
                                 .to_ns = from_ns + llround(ms * 1e6)};
}

START_TEST(the_focus_takes_in_a_limit_that_is_near) {
    struct result_check check = a_time(20 * S, 60, 100);
    struct result_case one = {.checks = &check,
                              .check_count = 1,
                              .duration_ns = 30 * S,
                              .focus_from_ns = 20 * S,
                              .focus_to_ns = 20 * S + 60 * MS};
    add_signal("k1.closed", 1, false);
    struct plots_view view = plots_focus(&one, recording);
    ck_assert(view.worth && view.focus);
    ck_assert(view.zero_ns == 20 * S);
    ck_assert(view.from_ns == 20 * S - 20 * MS);
    ck_assert(view.to_ns == 20 * S + 120 * MS);
    check.limit_max = 5000; /* far away: left out */
    view = plots_focus(&one, recording);
    ck_assert(view.to_ns == 20 * S + 80 * MS);
}
END_TEST

/* A value at an instant, as of pre-charge, decided nothing: its surroundings are shown all the same. */
START_TEST(without_a_focus_the_tightest_measure_is_one) {
    struct result_check checks[] = {a_time(5 * S, 60, 6000), a_time(20 * S, 0, 10),
                                    a_time(9 * S, 60, 60)};
    struct result_case one = {.checks = checks,
                              .check_count = 2,
                              .duration_ns = 30 * S,
                              .focus_from_ns = -1,
                              .focus_to_ns = -1};
    add_signal("k1.closed", 1, false);
    checks[1].margin = 5;
    checks[1].unit = (char *)"V";
    struct plots_view view = plots_focus(&one, recording);
    ck_assert(view.worth && view.zero_ns == 20 * S);
    ck_assert(view.from_ns == 20 * S - 200 * MS && view.to_ns == 20 * S + 200 * MS);
    one.check_count = 3; /* margin 0 */
    ck_assert(plots_focus(&one, recording).zero_ns == 9 * S);
    checks[2].monitor = true; /* not the case's own */
    ck_assert(plots_focus(&one, recording).zero_ns == 20 * S);
    one.focus_from_ns = one.focus_to_ns = 7 * S; /* the record's own goes before */
    ck_assert(plots_focus(&one, recording).zero_ns == 7 * S);
}
END_TEST

/* 5 V of 540 are seen in a focus, on a cut axis; the whole begins at zero. */
START_TEST(a_focus_far_from_zero_is_cut) {
    struct result_case one = {
        .duration_ns = 30 * S, .focus_from_ns = 20 * S, .focus_to_ns = 20 * S + 60 * MS};
    add_sample(add_signal("output.voltage", 1, true), 0, 535.5);
    add_sample(add_signal("gun.voltage", 1, true), 0, 540.5);
    struct plots_view view = plots_focus(&one, recording);
    draw(&one, &view);
    ck_assert_ptr_nonnull(strstr(page.chars, ">540<"));
    ck_assert_ptr_null(strstr(page.chars, ">200<"));
    buffer_free(&page);
    view = plots_whole(&one, recording);
    draw(&one, &view);
    ck_assert_ptr_nonnull(strstr(page.chars, ">200<"));
}
END_TEST

START_TEST(no_focus_no_second_drawing) {
    struct result_case one = {.duration_ns = 30 * S, .focus_from_ns = -1, .focus_to_ns = -1};
    ck_assert(!plots_whole(&one, recording).worth); /* nothing recorded */
    add_signal("k1.closed", 1, false);
    ck_assert(plots_whole(&one, recording).worth);
    ck_assert(!plots_focus(&one, recording).worth);
    one.focus_from_ns = 1 * S; /* nearly the whole case */
    one.focus_to_ns = 29 * S;
    ck_assert(!plots_focus(&one, recording).worth);
    one.focus_from_ns = 40 * S; /* not in the case at all */
    one.focus_to_ns = 41 * S;
    ck_assert(!plots_focus(&one, recording).worth);
}
END_TEST

/* A file that was cut short or edited may have other signals only. */
START_TEST(a_recording_of_nothing_that_is_shown_is_a_problem_in_words) {
    struct result_case one = {.duration_ns = 30 * S, .focus_from_ns = -1, .focus_to_ns = -1};
    add_signal("something.else", 1, false);
    struct plots_view view = plots_whole(&one, recording);
    ck_assert(view.worth);
    ck_assert(!plots_draw(&page, recording, &one, &view, "label", &problem));
    ck_assert_str_eq(problem.text, "nothing that a plot shows was recorded");
    ck_assert_uint_eq(page.length, 0);
}
END_TEST

START_TEST(numbers_count_own_checks_and_monitors_apart) {
    struct result_check checks[5] = {{.kind = RESULT_STEP},
                                     {.kind = RESULT_MEASURE},
                                     {.kind = RESULT_NEVER, .monitor = true},
                                     {.kind = RESULT_EXPECT},
                                     {.kind = RESULT_NEVER, .monitor = true}};
    struct result_case one = {.checks = checks, .check_count = 5};
    const size_t expected[] = {0, 1, 1, 2, 2};
    for (size_t i = 0; i < 5; i++) {
        ck_assert_uint_eq(plots_number(&one, i), expected[i]);
    }
}
END_TEST

START_TEST(lanes_and_messages_are_named_and_text_stays_text) {
    struct result_case one = {.duration_ns = 10 * S, .focus_from_ns = -1, .focus_to_ns = -1};
    struct recorded_signal *k1 = add_signal("k1.closed", 4, false);
    add_sample(k1, 0, 0);
    add_sample(k1, 2 * S, 1);
    add_sample(k1, 4 * S, 0);
    add_sample(add_signal("door.open", 1, false), 0, 0); /* never changes, nobody asks */
    add_frames(5, S, 0x1810F456); /* CCS has PF 12; 10 is BCL whoever sends it */
    add_frames(1, S, 0x101956F4);
    struct plots_view view = plots_whole(&one, recording);
    draw(&one, &view);
    ck_assert_ptr_nonnull(strstr(page.chars, "<tspan class=\"z\">K1 闭合 </tspan>k1.closed"));
    ck_assert_ptr_null(strstr(page.chars, "door.open"));
    ck_assert_ptr_nonnull(strstr(page.chars, ">BCL<"));
    ck_assert_ptr_nonnull(strstr(page.chars, ">BST<"));
    ck_assert_ptr_nonnull(strstr(page.chars, "aria-label=\"a &lt;label&gt;\""));
    ck_assert_uint_eq(occurrences("<svg"), 1);
    ck_assert_ptr_null(strstr(page.chars, "<?xml"));
    ck_assert_ptr_null(strstr(page.chars, " id="));
}
END_TEST

START_TEST(what_a_condition_names_is_shown) {
    struct result_check check = {.kind = RESULT_ALWAYS,
                                 .condition = (char *)"not door.open and cc1.voltage < 5 V",
                                 .from_ns = -1,
                                 .to_ns = -1};
    struct result_case one = {.checks = &check,
                              .check_count = 1,
                              .duration_ns = 10 * S,
                              .focus_from_ns = -1,
                              .focus_to_ns = -1};
    add_sample(add_signal("door.open", 1, false), 0, 0);
    add_sample(add_signal("cc1.voltage", 1, true), 0, 4);
    add_sample(add_signal("cc2.voltage", 1, true), 0, 4);
    struct plots_view view = plots_whole(&one, recording);
    draw(&one, &view);
    ck_assert_ptr_nonnull(strstr(page.chars, "door.open"));
    ck_assert_ptr_nonnull(strstr(page.chars, "cc1.voltage"));
    ck_assert_ptr_null(strstr(page.chars, "cc2.voltage"));
}
END_TEST

START_TEST(long_messages_are_named_by_what_was_announced) {
    struct result_case one = {.duration_ns = 10 * S, .focus_from_ns = -1, .focus_to_ns = -1};
    add_frames(1, S, 0x1CEC56F4);
    recording->frames[0].data[0] = 0x10;
    recording->frames[0].data[6] = 0x06; /* BCP */
    add_frames(1, S, 0x1CEB56F4);
    struct plots_view view = plots_whole(&one, recording);
    draw(&one, &view);
    ck_assert_ptr_nonnull(strstr(page.chars, ">BCP<"));
    ck_assert_ptr_null(strstr(page.chars, ">TP<"));
}
END_TEST

/* The marks are at the instants, to the tenth, and away from any line of the grid. */
START_TEST(what_the_firmware_said_is_on_the_same_axis) {
    char *said[] = {(char *)"0.000000 state 1: idle", (char *)"1.500000 log: meter found",
                    (char *)"(3 lines left out)", (char *)"9.000000 alarm 2: door"};
    struct result_case one = {.duration_ns = 2 * S, .said = said, .said_count = 4};
    struct plots_view view = {.worth = true, .from_ns = S, .to_ns = 2 * S};
    add_frames(20, 100 * MS, 0x1812F456);
    add_frames(20, 100 * MS, 0x181056F4);
    draw(&one, &view);
    ck_assert_uint_eq(occurrences("固件自述"),
                      1); /* between charger and vehicle, one tick in view */
    ck_assert_ptr_nonnull(strstr(strstr(page.chars, "CCS"), "固件自述"));
    ck_assert_ptr_nonnull(strstr(strstr(page.chars, "固件自述"), "BCL"));
    buffer_free(&page);
    page = (struct buffer){0};
    one.said_count = 1; /* before the view */
    draw(&one, &view);
    ck_assert_uint_eq(occurrences("固件自述"), 0);
}
END_TEST

START_TEST(judged_instants_and_limits_are_where_they_belong) {
    struct result_check check = a_time(20 * S, 57, 95);
    struct result_case one = {.checks = &check,
                              .check_count = 1,
                              .duration_ns = 30 * S,
                              .focus_from_ns = 20 * S,
                              .focus_to_ns = 20 * S + 57 * MS};
    add_sample(add_signal("k1.closed", 1, false), 0, 1);
    struct plots_view view = plots_focus(&one, recording); /* -20 .. 115 ms on 172 .. 816 */
    draw(&one, &view);
    char place[32];
    const double at_ms[] = {57, 95};
    for (size_t i = 0; i < 2; i++) {
        snprintf(place, sizeof place, "M%.4g ", 172 + (at_ms[i] + 20) / 135 * (816 - 172));
        ck_assert_msg(strstr(page.chars, place) != NULL, "no line at %s in\n%s", place, page.chars);
    }
    ck_assert_ptr_nonnull(strstr(page.chars, "stroke-dasharray"));
}
END_TEST

/* The highest place that paths of a colour reach, and how many points they have. */
static double highest(const char *stroke, size_t *points) {
    double y = 0;
    double top = 1e9;
    *points = 0;
    for (const char *at = strstr(page.chars, stroke); at != NULL; at = strstr(at + 1, stroke)) {
        const char *d = strstr(at, " d=\"") + 4;
        for (double x; *d != '"'; (*points)++) {
            char letter = *d++;
            char *after = (char *)d;
            x = letter == 'v' ? 0 : strtod(d, &after);
            double down = letter == 'h' ? 0 : strtod(after, &after);
            y = letter == 'M' ? down : y + down;
            top = y < top ? y : top;
            ck_assert_msg(after != d && x < 1000, "near %.40s", d);
            d = after;
        }
    }
    return top;
}

START_TEST(a_straight_line_takes_few_points) {
    struct result_case one = {.duration_ns = 10 * S, .focus_from_ns = -1, .focus_to_ns = -1};
    struct recorded_signal *v = add_signal("gun.voltage", 10001, true);
    size_t points;
    for (int i = 0; i <= 10000; i++) {
        add_sample(v, i * MS, i * 0.05);
    }
    struct plots_view view = plots_whole(&one, recording);
    draw(&one, &view);
    highest("stroke=\"#0B5CAD\"", &points);
    ck_assert_uint_ge(points, 2);
    ck_assert_uint_le(points, 6); /* the legend's two are among them */
}
END_TEST

/* An hour with everything in motion: one spike of a single sample is still there, the rest thins
 * out, and every run gives the same bytes. */
START_TEST(an_hour_stays_small_and_keeps_its_spike) {
    struct result_case one = {.duration_ns = 3600 * S, .focus_from_ns = -1, .focus_to_ns = -1};
    struct recorded_signal *v = add_signal("gun.voltage", 400000, true);
    struct recorded_signal *a = add_signal("gun.current", 400000, true);
    struct recorded_signal *k1 = add_signal("k1.closed", 400000, false);
    for (int i = 0; i < 360000; i++) {
        add_sample(v, i * 10 * MS, i == 180123 ? 900 : 500 + 20 * sin(i * 0.37));
        add_sample(a, i * 10 * MS, 100 + 90 * sin(i * 0.0001) * sin(i * 1.1));
        add_sample(k1, i * 10 * MS, i % 2);
    }
    add_frames(72000, 50 * MS, 0x181056F4);
    struct plots_view view = plots_whole(&one, recording);
    draw(&one, &view);
    ck_assert_uint_lt(page.length, 100000);
    /* The panel of 132 from 6 on shows -3 % to +108 % of 900. */
    size_t points;
    ck_assert_double_eq_tol(highest("stroke=\"#0B5CAD\"", &points), 6 + 132 * 0.08 / 1.11, 0.2);
    ck_assert_uint_gt(points, 500);
    char *first = buffer_take(&page);
    draw(&one, &view);
    ck_assert_str_eq(first, page.chars);
    free(first);
}
END_TEST

START_TEST(unknown_is_a_gap) {
    struct result_case one = {.duration_ns = 10 * S, .focus_from_ns = -1, .focus_to_ns = -1};
    struct recorded_signal *k1 = add_signal("k1.closed", 4, false);
    add_sample(k1, 0, (double)NAN);
    struct plots_view view = plots_whole(&one, recording);
    draw(&one, &view);
    ck_assert_ptr_null(strstr(page.chars, "#AEB8C2")); /* not even the line of low */
    buffer_free(&page);
    add_sample(k1, 5 * S, 0);
    draw(&one, &view);
    ck_assert_ptr_nonnull(strstr(page.chars, "#AEB8C2"));
}
END_TEST

START_TEST(what_is_not_from_plplot_is_refused) {
    const struct svg_look look = {.width = 10, .height = 10, .label = ""};
    ck_assert(!svg_clean(&page, "rubbish", &look));
    ck_assert(!svg_clean(&page, "<svg><polyline fill=\"none\"/></svg>", &look));
    ck_assert(!svg_clean(&page, "<svg><text x=\"1\"></text></svg>", &look));
    ck_assert_ptr_null(page.chars);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("plots");
    TCase *tests = tcase_create("drawings");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, the_focus_takes_in_a_limit_that_is_near);
    tcase_add_test(tests, without_a_focus_the_tightest_measure_is_one);
    tcase_add_test(tests, a_focus_far_from_zero_is_cut);
    tcase_add_test(tests, no_focus_no_second_drawing);
    tcase_add_test(tests, a_recording_of_nothing_that_is_shown_is_a_problem_in_words);
    tcase_add_test(tests, numbers_count_own_checks_and_monitors_apart);
    tcase_add_test(tests, lanes_and_messages_are_named_and_text_stays_text);
    tcase_add_test(tests, what_a_condition_names_is_shown);
    tcase_add_test(tests, long_messages_are_named_by_what_was_announced);
    tcase_add_test(tests, what_the_firmware_said_is_on_the_same_axis);
    tcase_add_test(tests, judged_instants_and_limits_are_where_they_belong);
    tcase_add_test(tests, a_straight_line_takes_few_points);
    tcase_add_test(tests, an_hour_stays_small_and_keeps_its_spike);
    tcase_add_test(tests, unknown_is_a_gap);
    tcase_add_test(tests, what_is_not_from_plplot_is_refused);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
