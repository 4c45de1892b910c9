/* SPDX-License-Identifier: MIT */
#include "sim/signal.h"

#include "tests/support/suite.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static struct signal_board board;

static void set_up(void) {
    board = (struct signal_board){0};
}

static void tear_down(void) {
    signal_board_free(&board);
}

struct steps {
    int64_t at_ns[16];
    double value[16];
    int count;
};

static void note(void *ctx, struct signal *signal, int64_t at_ns) {
    struct steps *steps = ctx;
    ck_assert_int_lt(steps->count, 16);
    steps->at_ns[steps->count] = at_ns;
    steps->value[steps->count++] = signal->value;
}

static int crossings;
static bool last_rising;

static void crossed(void *ctx, struct signal *signal, int64_t at_ns, bool rising) {
    (void)ctx, (void)signal, (void)at_ns;
    crossings++;
    last_rising = rising;
}

START_TEST(stepped_signals_have_watches_extremes_and_unknowns) {
    struct signal *volt = signal_add(&board, "x.voltage", SIGNAL_NUMBER, "V", "");
    struct signal_watch watch = {.level = 60, .crossed = crossed};
    struct signal_track track = {0};
    crossings = 0;
    ck_assert(isnan(signal_at(volt, 0)));
    signal_watch_start(volt, &watch);
    signal_track_start(volt, &track, 0);
    signal_set(volt, 1, 100);
    ck_assert(crossings == 1 && last_rising);
    signal_set(volt, 2, 60); /* not above: crossed downwards */
    ck_assert(crossings == 2 && !last_rising);
    signal_set(volt, 3, 10);
    ck_assert_int_eq(crossings, 2);
    signal_track_stop(&track, 4);
    ck_assert(track.max == 100 && track.max_ns == 1 && track.min == 10 && track.min_ns == 3);
    signal_watch_stop(&watch);
    signal_set(volt, 5, 500);
    ck_assert_int_eq(crossings, 2);
    signal_track_start(volt, &track, 5);
    signal_set(volt, 6, 70);
    signal_track_renew(&track, 6); /* what came before does not count */
    signal_set(volt, 7, 65);
    signal_track_stop(&track, 8);
    ck_assert(track.max == 70 && track.max_ns == 6 && track.min == 65);
    signal_set(volt, 9, (double)NAN);
    ck_assert(!volt->known);
    ck_assert_ptr_eq(signal_find(&board, "x.voltage"), volt);
    ck_assert_ptr_null(signal_find(&board, "x.volt"));
}
END_TEST

START_TEST(a_pulse_calls_every_time) {
    struct signal *pulse = signal_add(&board, "CRM", SIGNAL_PULSE, "", "");
    struct steps steps = {0};
    struct subscription one = {.changed = note, .ctx = &steps};
    signal_subscribe(pulse, &one);
    signal_set(pulse, 1, 1);
    signal_set(pulse, 2, 1);
    ck_assert_int_eq(steps.count, 2);
    signal_unsubscribe(pulse, &one);
    signal_set(pulse, 3, 1);
    ck_assert_int_eq(steps.count, 2);
}
END_TEST

START_TEST(time_never_goes_back) {
    struct signal *volt = signal_add(&board, "x.voltage", SIGNAL_NUMBER, "V", "");
    signal_set(volt, 5, 1);
    signal_set(volt, 5, 2); /* twice in one instant is no step back */
    signal_set(volt, 4, 3);
}
END_TEST

START_TEST(names_are_unique) {
    signal_add(&board, "x.voltage", SIGNAL_NUMBER, "V", "");
    signal_add(&board, "x.voltage", SIGNAL_NUMBER, "V", "");
}
END_TEST

START_TEST(unchanged_values_call_nobody) {
    struct signal *closed = signal_add(&board, "x.closed", SIGNAL_BOOL, "", "");
    struct steps steps = {0};
    struct subscription one = {.changed = note, .ctx = &steps};
    signal_subscribe(closed, &one);
    signal_set(closed, 1, (double)NAN); /* was unknown, stays so */
    ck_assert_int_eq(steps.count, 0);
    signal_set(closed, 2, 0);
    signal_set(closed, 3, 0);
    ck_assert_int_eq(steps.count, 1);
    ck_assert_int_eq(closed->changed_ns, 2);
    ck_assert(closed->known && !signal_is(closed));
}
END_TEST

static struct subscription *to_leave;

static void leave(void *ctx, struct signal *signal, int64_t at_ns) {
    note(ctx, signal, at_ns);
    signal_unsubscribe(signal, to_leave);
}

START_TEST(a_subscriber_may_leave_inside_its_call) {
    struct signal *closed = signal_add(&board, "x.closed", SIGNAL_BOOL, "", "");
    struct steps first = {0}, second = {0};
    struct subscription once = {.changed = leave, .ctx = &first};
    struct subscription always = {.changed = note, .ctx = &second};
    to_leave = &once;
    signal_subscribe(closed, &once);
    signal_subscribe(closed, &always);
    signal_set(closed, 1, 1);
    signal_set(closed, 2, 0);
    ck_assert_int_eq(first.count, 1);
    ck_assert_int_eq(second.count, 2);
}
END_TEST

/* 100 V from 10 ns on: enough of a source to see who is asked. */
static int watched, tracked;

static double source_at(void *ctx, unsigned index, int64_t at_ns) {
    (void)ctx;
    return at_ns < 10 ? 0.0 : 100.0 * index;
}

static void source_watch(void *ctx, unsigned index, struct signal_watch *watch, bool on) {
    (void)ctx, (void)index, (void)watch;
    watched += on ? 1 : -1;
}

static void source_track(void *ctx, unsigned index, struct signal_track *track, bool on) {
    (void)ctx, (void)index, (void)track;
    tracked += on ? 1 : -1;
}

static void source_read(void *ctx, unsigned index, struct signal_track *track, int64_t at_ns) {
    track->max = source_at(ctx, index, at_ns);
    track->max_ns = at_ns;
}

START_TEST(continuous_signals_are_their_sources) {
    static const struct signal_source source = {
        .at = source_at, .watch = source_watch, .track = source_track, .track_read = source_read};
    struct signal *volt = signal_add_continuous(&board, "x.voltage", "V", "", &source, NULL, 1);
    struct signal_watch watch = {.level = 50, .crossed = crossed};
    struct signal_track track = {0};
    ck_assert(volt->known && signal_can_watch(volt));
    ck_assert_double_eq(signal_at(volt, 9), 0.0);
    ck_assert_double_eq(signal_at(volt, 10), 100.0);
    signal_watch_start(volt, &watch);
    signal_track_start(volt, &track, 0);
    ck_assert(watched == 1 && tracked == 1);
    signal_track_stop(&track, 20);
    signal_watch_stop(&watch);
    ck_assert(watched == 0 && tracked == 0);
    ck_assert(track.max == 100.0 && track.max_ns == 20);
}
END_TEST

START_TEST(many_are_found_by_name_and_in_order) {
    char names[600][8]; /* more than there are buckets */
    for (int i = 0; i < 600; i++) {
        snprintf(names[i], sizeof names[i], "n.%d", i);
        signal_add(&board, names[i], SIGNAL_NUMBER, "", "");
    }
    ck_assert_uint_eq(board.count, 600);
    int i = 0;
    for (struct signal *one = board.first; one != NULL; one = one->next_added, i++) {
        ck_assert_str_eq(one->name, names[i]);
        ck_assert_ptr_eq(signal_find(&board, names[i]), one);
    }
    ck_assert_int_eq(i, 600);
}
END_TEST

static bool of_the_pile(const char *name) {
    return strncmp(name, "ac.", 3) == 0;
}

START_TEST(a_view_has_names_of_its_own) {
    struct signal_board view = {.whole = &board, .prefix = "gun2:", .is_common = of_the_pile};
    struct signal *first = signal_add(&board, "k1", SIGNAL_BOOL, "", "");
    ck_assert_ptr_null(signal_find(&view, "k1")); /* the first one's is not the second's */
    struct signal *second = signal_add(&view, "k1", SIGNAL_BOOL, "", "");
    struct signal *supply = signal_add(&board, "ac.volt", SIGNAL_NUMBER, "V", "");
    ck_assert_str_eq(second->name, "gun2:k1");
    ck_assert_ptr_eq(signal_find(&view, "k1"), second);
    ck_assert_ptr_eq(signal_find(&board, "gun2:k1"), second);
    ck_assert_ptr_eq(signal_find(&board, "k1"), first);
    ck_assert_ptr_eq(signal_find(&view, "gun2:k1"),
                     first); /* to the second the first is the other */
    ck_assert_ptr_eq(signal_find(&view, "ac.volt"), supply);
    ck_assert_ptr_eq(signal_add(&view, "ac.volt", SIGNAL_NUMBER, "V", ""), supply);
    ck_assert_ptr_eq(signal_find(&board, "gun1:k1"), first);
    ck_assert_ptr_eq(signal_find(&view, "gun1:k1"), second); /* its own, by the case's count */
    ck_assert_uint_eq(board.count, 3);
    ck_assert_ptr_eq(signal_board_whole(&view), &board);
}
END_TEST

START_TEST(names_of_a_view_are_unique) {
    struct signal_board view = {.whole = &board, .prefix = "gun2:", .is_common = of_the_pile};
    signal_add(&view, "k1", SIGNAL_BOOL, "", "");
    signal_add(&view, "k1", SIGNAL_BOOL, "", "");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("signal");
    TCase *tcase = tcase_create("signal");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, stepped_signals_have_watches_extremes_and_unknowns);
    tcase_add_test(tcase, a_pulse_calls_every_time);
    tcase_add_test(tcase, unchanged_values_call_nobody);
    tcase_add_test(tcase, a_subscriber_may_leave_inside_its_call);
    tcase_add_test(tcase, continuous_signals_are_their_sources);
    tcase_add_test(tcase, many_are_found_by_name_and_in_order);
    tcase_add_test_raise_signal(tcase, time_never_goes_back, SIGABRT);
    tcase_add_test_raise_signal(tcase, names_are_unique, SIGABRT);
    tcase_add_test(tcase, a_view_has_names_of_its_own);
    tcase_add_test_raise_signal(tcase, names_of_a_view_are_unique, SIGABRT);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
