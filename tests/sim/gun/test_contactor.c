/* SPDX-License-Identifier: MIT */
#include "sim/gun/contactor.h"

#include "tests/support/suite.h"

#include <stdlib.h>
#include <unistd.h>

static struct loop loop;
static struct signal_board board;
static struct contactor k1;

static void set_up(void) {
    static const struct contactor_names names = {"k1.closed",      "", "k1.feedback", "",
                                                 "k1.interrupted", ""};
    loop_init(&loop, LOOP_VIRTUAL);
    contactor_init(&k1, &loop, &board, &names, &contactor_dc);
}

static void tear_down(void) {
    signal_board_free(&board);
    loop_free(&loop);
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

START_TEST(contactor_travels_bounces_and_reports) {
    struct steps main = {0}, feedback = {0};
    struct subscription on_main = {.changed = note, .ctx = &main};
    struct subscription on_feedback = {.changed = note, .ctx = &feedback};
    signal_subscribe(k1.closed, &on_main);
    signal_subscribe(k1.feedback, &on_feedback);
    contactor_command(&k1, true, 0);
    loop_run(&loop, NS_PER_S);
    contactor_command(&k1, false, NS_PER_S);
    loop_run(&loop, 2 * NS_PER_S);
    /* touch, part, rejoin, open */
    ck_assert_int_eq(main.count, 4);
    ck_assert_int_eq(main.at_ns[0], contactor_dc.close_ns);
    ck_assert_int_eq(main.at_ns[1], contactor_dc.close_ns + contactor_dc.bounce_ns);
    ck_assert_int_eq(main.at_ns[2], contactor_dc.close_ns + 2 * contactor_dc.bounce_ns);
    ck_assert_int_eq(main.at_ns[3], NS_PER_S + contactor_dc.open_ns);
    ck_assert(main.value[0] == 1 && main.value[1] == 0 && main.value[2] == 1);
    ck_assert_int_eq(feedback.count, 2);
    ck_assert_int_eq(feedback.at_ns[0], contactor_dc.close_ns + contactor_dc.feedback_ns);
}
END_TEST

static void busy(void *ctx, int64_t now_ns) {
    (void)ctx, (void)now_ns;
    usleep(10000); /* longer than bounce and feedback: all their timers are late */
}

static bool closed_at_feedback;

static void look_at_contacts(void *ctx, struct signal *signal, int64_t at_ns) {
    (void)ctx, (void)signal, (void)at_ns;
    closed_at_feedback = signal_is(k1.closed);
}

/* A bench that is late on the real clock, with traffic between the timers, once told the charger
 * that K1 was closed while it was still parted by a bounce. */
START_TEST(feedback_never_overtakes_the_bounce) {
    struct loop real;
    struct signal_board own = {0};
    static const struct contactor_names names = {"k1.closed",      "", "k1.feedback", "",
                                                 "k1.interrupted", ""};
    struct subscription on_feedback = {.changed = look_at_contacts};
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], "x", 1), 1); /* readable for ever */
    loop_init(&real, LOOP_REAL);
    ck_assert(loop_fd_add(&real, ends[0], busy, NULL));
    contactor_init(&k1, &real, &own, &names, &contactor_dc);
    signal_subscribe(k1.feedback, &on_feedback);
    closed_at_feedback = false;
    contactor_command(&k1, true, 0);
    loop_run(&real, 200 * NS_PER_MS);
    ck_assert(signal_is(k1.feedback));
    ck_assert(closed_at_feedback);
    signal_board_free(&own);
    loop_free(&real);
}
END_TEST

START_TEST(a_command_taken_back_in_time_moves_nothing) {
    struct steps main = {0};
    struct subscription on_main = {.changed = note, .ctx = &main};
    signal_subscribe(k1.closed, &on_main);
    contactor_command(&k1, true, 0);
    loop_run(&loop, 5 * NS_PER_MS);
    contactor_command(&k1, false, loop.now_ns);
    loop_run(&loop, NS_PER_S);
    ck_assert_int_eq(main.count, 0);
}
END_TEST

START_TEST(opening_taken_back_in_a_bounce_ends_closed) {
    contactor_command(&k1, true, 0);
    loop_run(&loop, contactor_dc.close_ns + contactor_dc.bounce_ns + 1);
    ck_assert(!signal_is(k1.closed));
    contactor_command(&k1, false, loop.now_ns);
    contactor_command(&k1, true, loop.now_ns);
    loop_run(&loop, NS_PER_S);
    ck_assert(signal_is(k1.closed));
}
END_TEST

START_TEST(a_weld_holds_and_only_a_mirror_contact_shows_it) {
    contactor_command(&k1, true, 0);
    loop_run(&loop, NS_PER_S);
    contactor_weld(&k1, true, loop.now_ns);
    contactor_command(&k1, false, loop.now_ns);
    loop_run(&loop, 2 * NS_PER_S);
    ck_assert(signal_is(k1.closed));
    ck_assert(!signal_is(k1.feedback));
    k1.mirror = true;
    contactor_weld(&k1, true, loop.now_ns);
    ck_assert(signal_is(k1.feedback));
    contactor_weld(&k1, false, loop.now_ns);
    ck_assert(!signal_is(k1.closed));
    ck_assert(!signal_is(k1.feedback));
}
END_TEST

START_TEST(a_stuck_armature_stays_open_until_freed) {
    contactor_stick_open(&k1, true, 0);
    contactor_command(&k1, true, 0);
    loop_run(&loop, NS_PER_S);
    ck_assert(!signal_is(k1.closed));
    contactor_stick_open(&k1, false, loop.now_ns);
    loop_run(&loop, 2 * NS_PER_S);
    ck_assert(signal_is(k1.closed));
}
END_TEST

/* What main and auxiliary contacts do after a command. */
static void follow(struct steps *main, struct steps *feedback, bool on) {
    struct subscription on_main = {.changed = note, .ctx = main};
    struct subscription on_feedback = {.changed = note, .ctx = feedback};
    *main = *feedback = (struct steps){0};
    signal_subscribe(k1.closed, &on_main);
    signal_subscribe(k1.feedback, &on_feedback);
    int64_t began_ns = loop.now_ns;
    contactor_command(&k1, on, began_ns);
    loop_run(&loop, began_ns + 10 * NS_PER_S);
    for (int i = 0; i < 16; i++) {
        main->at_ns[i] -= began_ns;
        feedback->at_ns[i] -= began_ns;
    }
    signal_unsubscribe(k1.closed, &on_main);
    signal_unsubscribe(k1.feedback, &on_feedback);
}

START_TEST(a_late_armature_takes_the_auxiliary_contact_along) {
    const struct contactor_params *p = &contactor_dc;
    struct steps main, feedback;
    contactor_slow(&k1, true, NS_PER_S, CONTACTOR_SHOWN);
    contactor_slow(&k1, false, 2 * NS_PER_S, CONTACTOR_SHOWN);
    follow(&main, &feedback, true);
    ck_assert_int_eq(main.at_ns[0], p->close_ns + NS_PER_S);
    ck_assert_int_eq(feedback.at_ns[0], p->close_ns + NS_PER_S + p->feedback_ns);
    follow(&main, &feedback, false);
    ck_assert_int_eq(main.at_ns[0], p->open_ns + 2 * NS_PER_S);
    ck_assert_int_eq(feedback.at_ns[0], p->open_ns + 2 * NS_PER_S + p->feedback_ns);
    contactor_mend(&k1, loop.now_ns);
    follow(&main, &feedback, true);
    ck_assert_int_eq(main.at_ns[0], p->close_ns);
}
END_TEST

START_TEST(late_main_contacts_behind_an_auxiliary_contact_in_time) {
    const struct contactor_params *p = &contactor_dc;
    struct steps main, feedback;
    contactor_slow(&k1, true, NS_PER_S, CONTACTOR_UNSEEN);
    contactor_slow(&k1, false, 2 * NS_PER_S, CONTACTOR_UNSEEN);
    follow(&main, &feedback, true);
    ck_assert_int_eq(main.count, 3); /* it bounces as it ever does */
    ck_assert_int_eq(main.at_ns[0], p->close_ns + NS_PER_S);
    ck_assert_int_eq(feedback.count, 1);
    ck_assert_int_eq(feedback.at_ns[0], p->close_ns + p->feedback_ns);
    follow(&main, &feedback, false);
    ck_assert_int_eq(main.at_ns[0], p->open_ns + 2 * NS_PER_S);
    ck_assert_int_eq(feedback.at_ns[0], p->open_ns + p->feedback_ns);
}
END_TEST

/* Told to close again before contacts that part late have parted: they never do. */
START_TEST(late_contacts_that_are_called_back_stay) {
    struct steps main = {0};
    struct subscription on_main = {.changed = note, .ctx = &main};
    contactor_command(&k1, true, 0);
    loop_run(&loop, NS_PER_S);
    contactor_slow(&k1, false, 2 * NS_PER_S, CONTACTOR_UNSEEN);
    contactor_command(&k1, false, loop.now_ns);
    loop_run(&loop, 2 * NS_PER_S);
    ck_assert(signal_is(k1.closed) && !signal_is(k1.feedback));
    signal_subscribe(k1.closed, &on_main);
    contactor_command(&k1, true, loop.now_ns);
    loop_run(&loop, 10 * NS_PER_S);
    ck_assert(signal_is(k1.closed) && signal_is(k1.feedback));
    ck_assert_int_le(main.count, 2); /* a bounce as the armature arrives */
}
END_TEST

/* The coil falls and comes back while the main contacts are on their way: so they are again. */
START_TEST(late_contacts_taken_back_are_late_again) {
    contactor_slow(&k1, true, NS_PER_S, CONTACTOR_UNSEEN);
    contactor_command(&k1, true, 0);
    loop_run(&loop, NS_PER_S / 2);
    ck_assert(!signal_is(k1.closed) && signal_is(k1.feedback));
    contactor_command(&k1, false, loop.now_ns);
    contactor_command(&k1, true, loop.now_ns);
    loop_run(&loop, 3 * NS_PER_S / 2 - 1);
    ck_assert(!signal_is(k1.closed));
    loop_run(&loop, 3 * NS_PER_S / 2);
    ck_assert(signal_is(k1.closed));
}
END_TEST

START_TEST(it_bounces_as_often_and_as_long_as_told) {
    const struct contactor_params *p = &contactor_dc;
    for (int unseen = 0; unseen < 2; unseen++) {
        struct steps main, feedback;
        contactor_bounce(&k1, 3, 10 * NS_PER_MS, unseen ? CONTACTOR_UNSEEN : CONTACTOR_SHOWN);
        follow(&main, &feedback, true);
        ck_assert_int_eq(main.count, 7);
        for (int i = 0; i < 7; i++) {
            ck_assert_int_eq(main.at_ns[i], p->close_ns + i * 10 * NS_PER_MS);
            ck_assert_double_eq(main.value[i], i % 2 == 0);
        }
        int64_t shown_ns = unseen ? 0 : 60 * NS_PER_MS;
        ck_assert_int_eq(feedback.count, 1);
        ck_assert_int_eq(feedback.at_ns[0], p->close_ns + shown_ns + p->feedback_ns);
        follow(&main, &feedback, false);
        ck_assert_int_eq(main.count, 1);
        ck_assert_int_eq(feedback.at_ns[0], p->open_ns + p->feedback_ns);
    }
}
END_TEST

START_TEST(worn_contacts_do_not_make_and_nothing_shows_it) {
    struct steps main, feedback;
    contactor_command(&k1, true, 0);
    loop_run(&loop, NS_PER_S);
    contactor_wear(&k1, loop.now_ns);
    ck_assert(!signal_is(k1.closed) && signal_is(k1.feedback));
    follow(&main, &feedback, false);
    follow(&main, &feedback, true);
    ck_assert_int_eq(main.count, 0);
    ck_assert_int_eq(feedback.count, 1);
    contactor_mend(&k1, loop.now_ns);
    ck_assert(signal_is(k1.closed));
}
END_TEST

/* Whatever is wrong with it, and whatever comes in whichever order: the assertions of contactor.c hold,
 * and once it is mended and told, it obeys. */
START_TEST(any_faults_in_any_order) {
    uint32_t state = 12345;
    for (int i = 0; i < 20000; i++) {
        state = state * 1664525u + 1013904223u;
        uint32_t draw = state >> 8;
        enum contactor_visibility seen = draw >> 4 & 1 ? CONTACTOR_UNSEEN : CONTACTOR_SHOWN;
        switch (draw % 12) {
        case 0:
            contactor_slow(&k1, draw >> 5 & 1, (draw >> 6) % 200 * NS_PER_MS, seen);
            break;
        case 1:
            contactor_bounce(&k1, 1 + (int)((draw >> 5) % 5), 1 + (draw >> 8) % 30000000, seen);
            break;
        case 2:
            contactor_wear(&k1, loop.now_ns);
            break;
        case 3:
            contactor_stick_open(&k1, draw >> 5 & 1, loop.now_ns);
            break;
        case 4:
            contactor_weld(&k1, draw >> 5 & 1, loop.now_ns);
            break;
        case 5:
            contactor_mend(&k1, loop.now_ns);
            break;
        default:
            contactor_command(&k1, draw >> 5 & 1, loop.now_ns);
        }
        loop_run(&loop, loop.now_ns + (draw >> 9) % (100 * NS_PER_MS));
    }
    contactor_weld(&k1, false, loop.now_ns);
    contactor_mend(&k1, loop.now_ns);
    for (int on = 0; on < 2; on++) {
        contactor_command(&k1, !on, loop.now_ns);
        loop_run(&loop, loop.now_ns + 10 * NS_PER_S);
        contactor_command(&k1, on, loop.now_ns);
        loop_run(&loop, loop.now_ns + 10 * NS_PER_S);
        ck_assert(signal_is(k1.closed) == (on != 0) && signal_is(k1.feedback) == (on != 0));
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("contactor");
    TCase *tcase = tcase_create("contactor");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, contactor_travels_bounces_and_reports);
    tcase_add_test(tcase, feedback_never_overtakes_the_bounce);
    tcase_add_test(tcase, a_command_taken_back_in_time_moves_nothing);
    tcase_add_test(tcase, opening_taken_back_in_a_bounce_ends_closed);
    tcase_add_test(tcase, a_weld_holds_and_only_a_mirror_contact_shows_it);
    tcase_add_test(tcase, a_stuck_armature_stays_open_until_freed);
    tcase_add_test(tcase, a_late_armature_takes_the_auxiliary_contact_along);
    tcase_add_test(tcase, late_main_contacts_behind_an_auxiliary_contact_in_time);
    tcase_add_test(tcase, late_contacts_that_are_called_back_stay);
    tcase_add_test(tcase, late_contacts_taken_back_are_late_again);
    tcase_add_test(tcase, it_bounces_as_often_and_as_long_as_told);
    tcase_add_test(tcase, worn_contacts_do_not_make_and_nothing_shows_it);
    tcase_add_test(tcase, any_faults_in_any_order);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
