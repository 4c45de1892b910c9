/* SPDX-License-Identifier: MIT */
/* The whole case: steps, verdict, when it may end, what cannot be judged; and random runs. */
#include "tests/harness/support/judge_bench.h"

/* ---- steps ---- */

START_TEST(steps_reached) {
    steps[0] = (struct step_def){.type = STEP_UNTIL, .what.text = "k1.closed", .from_start = true};
    steps[1] = (struct step_def){.type = STEP_DO, .what.text = "press estop"};
    steps[2] = (struct step_def){.type = STEP_UNTIL,
                                 .what.text = "gun.voltage < 60 V",
                                 .time_ns = 2 * NS_PER_S,
                                 .note = {"wait for the discharge", "等待泄放"}};
    add_watch(CHECK_ALWAYS, "k1.closed", NULL, NULL);
    begin();
    at(100);
    judge_step(judge, &steps[0], true, loop.now_ns);
    at(200);
    judge_step(judge, &steps[1], true, loop.now_ns);
    at(900);
    judge_step(judge, &steps[2], true, loop.now_ns);
    finish(1000);
    ck_assert_uint_eq(result.check_count, 2);
    const struct result_check *one = is(1, VERDICT_PASS, NULL);
    ck_assert_int_eq(one->kind, RESULT_STEP);
    ck_assert_double_eq(one->value, 700);
    ck_assert_double_eq(one->limit_max, 2000);
    ck_assert_str_eq(one->title.zh, "等待泄放");
    ck_assert_str_eq(one->condition, "gun.voltage < 60 V");
    ck_assert_int_eq(result.verdict, VERDICT_PASS);
}
END_TEST

static void step_missed(const char *event, int64_t after_ms, enum verdict verdict,
                        const char *reason) {
    setup();
    steps[0] = (struct step_def){.type = STEP_WAIT, .what.text = "1 s", .time_ns = NS_PER_S};
    steps[1] = (struct step_def){.type = STEP_UNTIL, .what.text = event, .time_ns = 2 * NS_PER_S};
    add_watch(CHECK_ALWAYS, "k1.closed", NULL, NULL);
    begin();
    at(1000);
    judge_step(judge, &steps[0], true, loop.now_ns);
    at(1000 + after_ms);
    judge_step(judge, &steps[1], false, loop.now_ns);
    finish(1000 + after_ms);
    is(0, VERDICT_PASS, NULL);
    is(1, verdict, reason);
    ck_assert_int_eq(result.verdict, verdict);
    ck_assert_ptr_nonnull(strstr(result.reason.en, reason));
    teardown();
}

START_TEST(steps_not_reached) {
    teardown();
    step_missed("not k1.closed", 2000, VERDICT_FAIL,
                "step 2 was not reached: 'not k1.closed' did not happen within 2000 ms");
    step_missed("CST.emergency_stop == 1", 2000, VERDICT_FAIL, "did not happen");
    step_missed(
        "not k1.closed", 1999, VERDICT_INCONCLUSIVE,
        "step 2 was not completed: the case ended 1999 ms after it began ('not k1.closed')");
    step_missed("insulation.positive > 1 ohm", 2000, VERDICT_INCONCLUSIVE,
                "cannot be observed because insulation.positive is unknown");
    setup();
}
END_TEST

/* ---- the case ---- */

START_TEST(a_case_without_an_evaluated_check) {
    add_watch(CHECK_ALWAYS, "k1.closed", NULL, NULL)->monitor = true;
    add_time("estop.pressed", "not k1.closed", NULL)->optional = true;
    begin();
    finish(1000);
    ck_assert_int_eq(result.verdict, VERDICT_INCONCLUSIVE);
    ck_assert_ptr_nonnull(strstr(result.reason.en, "none of the case's own checks"));
    is(0, VERDICT_NONE, NULL); /* own checks first */
    is(1, VERDICT_PASS, NULL);
    ck_assert(result.checks[1].monitor);
}
END_TEST

START_TEST(a_case_without_checks) {
    begin();
    finish(1000);
    ck_assert_int_eq(result.verdict, VERDICT_INCONCLUSIVE);
    ck_assert_int_eq(result.focus_from_ns, -1);
}
END_TEST

START_TEST(a_monitor_fails_the_case) {
    add_watch(CHECK_NEVER, "estop.pressed", NULL, NULL)->monitor = true;
    add_watch(CHECK_ALWAYS, "k1.closed", NULL, NULL);
    begin();
    at(100);
    set(estop, 1);
    finish(1000);
    ck_assert_int_eq(result.verdict, VERDICT_FAIL);
    ck_assert_ptr_nonnull(strstr(result.reason.en, "estop.pressed"));
}
END_TEST

START_TEST(monitors_cut_off_do_not_count) {
    add_time("estop.pressed", "not k1.closed", "estop.open")->monitor = true;
    add_watch(CHECK_NEVER, "not k1.closed", "estop.pressed", NULL)->window_ns = NS_PER_S;
    checks[1].monitor = true;
    add_watch(CHECK_ALWAYS, "k1.closed", NULL, NULL);
    begin();
    at(950);
    set(estop, 1);
    finish(1000);
    is(0, VERDICT_PASS, NULL);
    is(1, VERDICT_NONE, "the case ended 50 ms after");
    is(2, VERDICT_NONE, "the case ended 50 ms after");
    ck_assert_int_eq(result.verdict, VERDICT_PASS);
}
END_TEST

START_TEST(focus_of_a_passed_case) {
    add_watch(CHECK_ALWAYS, "k1.closed", NULL, NULL);
    add_time("estop.pressed", "not k2.closed", "estop.open");
    begin();
    at(1000);
    set(estop, 1);
    at(1080);
    set(k2, 0);
    finish(5000);
    ck_assert_int_eq(result.verdict, VERDICT_PASS);
    ck_assert_int_eq(result.focus_from_ns, NS_PER_S);
    ck_assert_int_eq(result.focus_to_ns, 1080 * NS_PER_MS);
}
END_TEST

/* The first of the worst gives the reason. All orders of a pass, an inconclusive and a fail. */
/* A value that is only recorded has judged nothing: the case cannot pass by it. */
START_TEST(recording_alone_is_no_pass) {
    add_time("@a", "k1.closed", NULL);
    begin();
    judge_mark(judge, "a", 0);
    at(20);
    set(k1, 1);
    finish(1000);
    ck_assert_int_eq(result.checks[0].verdict, VERDICT_PASS);
    ck_assert_int_eq(result.verdict, VERDICT_INCONCLUSIVE);
}
END_TEST

START_TEST(worst_wins) {
    static const char *const ids = "PIF";
    teardown();
    for (int order = 0; order < 27; order++) {
        int kinds[3] = {order / 9, order / 3 % 3, order % 3}, worst = 0, first = 0;
        setup();
        for (int i = 0; i < 3; i++) {
            struct check_def *check = kinds[i] == 0   ? add_time("@a", "k1.closed", "estop.open")
                                      : kinds[i] == 1 ? add_time("@never", "k1.closed", NULL)
                                                      : add_expect("BCL", "@a", 10);
            char title[8];
            snprintf(title, sizeof title, "%c%d", ids[kinds[i]], i);
            check->title.en = strdup(title);
            first = kinds[i] > worst ? i : first;
            worst = kinds[i] > worst ? kinds[i] : worst;
        }
        begin();
        judge_mark(judge, "a", 0);
        finish(1000);
        ck_assert_int_eq(result.verdict, worst == 0   ? VERDICT_PASS
                                         : worst == 1 ? VERDICT_INCONCLUSIVE
                                                      : VERDICT_FAIL);
        if (worst > 0) {
            size_t length = strlen(checks[first].title.en);
            ck_assert(strncmp(result.reason.en, checks[first].title.en, length) == 0);
        }
        for (int i = 0; i < 3; i++) {
            free((char *)(uintptr_t)checks[i].title.en);
        }
        teardown();
    }
    setup();
}
END_TEST

/* ---- settled ---- */

static bool settled(int64_t ms) {
    at(ms);
    return judge_settled(judge, loop.now_ns);
}

START_TEST(settled_by_times) {
    add_time("estop.pressed", "not k1.closed", "estop.open");
    begin();
    ck_assert(!settled(0));
    ck_assert(!settled(500));
    set(estop, 1);
    ck_assert(!settled(550));
    ck_assert(!settled(700)); /* failed for sure, but when it opens is worth a little waiting */
    ck_assert(settled(2000));
    set(k1, 0);
    ck_assert(settled(2100));
    finish(3000);
}
END_TEST

START_TEST(settled_once_it_came) {
    add_time("estop.pressed", "not k1.closed", NULL);
    begin();
    at(100);
    set(estop, 1);
    ck_assert(!settled(50000));
    set(k1, 0);
    ck_assert(!judge_settled(judge, loop.now_ns)); /* this instant is not over */
    ck_assert(settled(50001));
}
END_TEST

START_TEST(settled_by_windows) {
    add_watch(CHECK_ALWAYS, "k1.closed", NULL, NULL);
    add_watch(CHECK_NEVER, "not k1.closed", "estop.pressed", NULL)->window_ns = NS_PER_S;
    add_quantity(CHECK_PEAK, "gun.voltage", NULL, NULL)->to.text = "@end";
    begin();
    ck_assert(!judge_settled(judge, 0));
    ck_assert(!settled(100));
    set(estop, 1);
    ck_assert(!settled(1099));
    ck_assert(settled(1100));
}
END_TEST

/* Something just happened and was not looked at: the case cannot end here. */
START_TEST(not_settled_within_an_instant) {
    add_watch(CHECK_ALWAYS, "k1.closed", NULL, NULL);
    begin();
    ck_assert(settled(100));
    set(k1, 0);
    ck_assert(!judge_settled(judge, loop.now_ns));
    finish(200);
    is(0, VERDICT_FAIL, NULL);
}
END_TEST

/* One timer after the other at the same instant: the judge does not wait for ever. */
static struct timer turn;
static unsigned turns;

static void next_turn(void *ctx, int64_t now_ns) {
    (void)ctx;
    turns++;
    if (turns == 1 || turns == 150) {
        signal_set(k1, now_ns, turns == 1 ? 0 : 1);
    }
    if (turns < 200) {
        loop_set(&loop, &turn, now_ns);
    }
}

START_TEST(an_instant_that_does_not_end_is_looked_at) {
    add_time("estop.pressed", "not k1.closed", "estop.open");
    begin();
    at(1000);
    turns = 0;
    turn = (struct timer){.fire = next_turn};
    set(estop, 1);
    loop_set(&loop, &turn, loop.now_ns);
    finish(2000);
    ck_assert_uint_eq(turns, 200);
    ck_assert_double_eq(is(0, VERDICT_PASS, NULL)->value, 0);
}
END_TEST

/* A plant that is solved when it is asked, and finds a crossing on the way: here K1 opens at the
 * second look. */
static unsigned asked;

static double solve(void *ctx, unsigned index, int64_t at_ns) {
    (void)ctx, (void)index;
    if (++asked == 2) {
        signal_set(k1, at_ns - NS_PER_MS / 2, 0);
    }
    return 100;
}

START_TEST(a_change_that_looking_brings_to_light_is_kept) {
    static const struct signal_source source = {.at = solve};
    signal_add_continuous(&board, "plant.voltage", "V", "", &source, NULL, 0);
    add_quantity(CHECK_VALUE, "plant.voltage", "estop.pressed", NULL);
    add_time("estop.pressed", "not k1.closed", "estop.open");
    begin();
    set(k1, 1);
    at(1000);
    asked = 0;
    set(estop, 1);
    finish(2000);
    ck_assert_uint_ge(asked, 2);
    ck_assert_double_eq(is(0, VERDICT_PASS, NULL)->value, 100);
    ck_assert_int_eq(is(1, VERDICT_PASS, NULL)->verdict, VERDICT_PASS);
}
END_TEST

/* On the real clock a message and the answer to it are often read in one go, with their own times: the
 * mark bears the message's. */
START_TEST(an_answer_that_is_read_with_its_message_comes_after_the_mark) {
    static const struct {
        int64_t answer_ns;
        bool first; /* it is read before the case marks the message */
        enum verdict verdict;
    } rows[] = {
        {1000 * NS_PER_MS - 1, true, VERDICT_FAIL},
        {1000 * NS_PER_MS, true, VERDICT_PASS},
        {1000 * NS_PER_MS, false, VERDICT_PASS},
        {1001 * NS_PER_MS, false, VERDICT_PASS},
    };
    add_watch(CHECK_NEVER, "CST", NULL, "@a");
    begin();
    at(1005);
    if (rows[_i].first) {
        signal_set(cst, rows[_i].answer_ns, 1);
    }
    judge_mark(judge, "a", 1000 * NS_PER_MS);
    if (!rows[_i].first) {
        signal_set(cst, rows[_i].answer_ns, 1);
    }
    finish(2000);
    is(0, rows[_i].verdict, NULL);
}
END_TEST

/* What a case awaits may come true while the judge looks, as above. */
static double solve_with_mark(void *ctx, unsigned index, int64_t at_ns) {
    (void)ctx, (void)index;
    if (++asked == 2) {
        judge_mark(judge, "a", at_ns);
    }
    return 100;
}

START_TEST(a_mark_that_looking_brings_to_light_is_kept) {
    static const struct signal_source source = {.at = solve_with_mark};
    signal_add_continuous(&board, "plant.voltage", "V", "", &source, NULL, 0);
    add_quantity(CHECK_VALUE, "plant.voltage", "estop.pressed", NULL);
    add_time("@a", "not k1.closed", "estop.open");
    begin();
    at(1000);
    asked = 0;
    set(estop, 1);
    at(1050);
    set(k1, 0);
    finish(2000);
    ck_assert_uint_ge(asked, 2);
    ck_assert_double_eq(is(1, VERDICT_PASS, NULL)->value, 50);
}
END_TEST

START_TEST(settled_by_the_end_of_a_window) {
    add_watch(CHECK_NEVER, "not k1.closed", NULL, "estop.pressed");
    begin();
    ck_assert(!settled(5000));
    set(estop, 1);
    ck_assert(settled(5001));
}
END_TEST

START_TEST(settle_waits_for_its_limit) {
    add_time("estop.pressed", "not k1.closed", "estop.open")->settle = true;
    begin();
    at(1000);
    set(estop, 1);
    set(k1, 0);
    ck_assert(!settled(1050));
    ck_assert(settled(1100));
}
END_TEST

START_TEST(what_is_open_ended_is_settled) {
    add_time("BCL", "BCL", "estop.open")->each = true;
    add_time("estop.pressed", "k1.closed", NULL)->optional = true;
    add_time("estop.pressed", "not k1.closed", NULL)->monitor = true;
    add_quantity(CHECK_VALUE, "gun.voltage", "@end", NULL);
    begin();
    ck_assert(!settled(10));
    came(bcl);
    ck_assert(!settled(50));
    came(bcl);
    ck_assert(settled(60));
    finish(70);
    is(2, VERDICT_PASS, NULL);
}
END_TEST

/* ---- what cannot be judged ---- */

static void refused(const char *part, int line, int column) {
    static const struct instrument instrument = {NULL, "virtual clock", uncertainty};
    struct problem problem = {0};
    ck_assert_ptr_null(judge_new(&scenario, &profile, &board, &loop, &instrument, &problem));
    ck_assert_msg(strstr(problem.text, part) != NULL, "'%s' lacks '%s'", problem.text, part);
    ck_assert_str_eq(problem.file, "cases/case.json");
    ck_assert_int_eq(problem.line, line);
    ck_assert_int_eq(problem.column, column);
    teardown();
    setup();
}

START_TEST(problems) {
    struct check_def *check = add_time("estop.pressed", "not k1.closd", NULL);
    check->to.line = 12;
    check->to.column = 20;
    refused("did you mean 'k1.closed'", 12, 24);
    add_time("estop.pressed", "k1.closed", "making");
    refused("the limit 'making' is in V, but it is for ms", 7, 0);
    add_quantity(CHECK_VALUE, "k1.closed", "estop.pressed", NULL);
    refused("a quantity is expected", 0, 0);
    check = add_quantity(CHECK_VALUE, "gun.voltag", "estop.pressed", NULL);
    check->condition.line = 14;
    refused("did you mean 'gun.voltage'", 14, 0);
    check = add_quantity(CHECK_PEAK, "abs(gun.voltag)", NULL, NULL);
    check->condition.line = 14;
    check->condition.column = 30;
    refused("did you mean 'gun.voltage'", 14, 34);
    add_quantity(CHECK_PEAK, "gun.voltage", NULL, "estop.open");
    refused("is in ms, but it is for V", 7, 0);
    check = add_time("estop.pressed", "k1.closed", NULL);
    check->each = check->settle = true;
    refused("exclude each other", 7, 0);
}
END_TEST

/* Random signals against every type of check: whatever happens, the rules of the record hold (see
 * finish), and a second run says the same. */
static uint32_t seed;

static uint32_t dice(uint32_t sides) {
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 16) % sides;
}

static void random_run(uint32_t round, char *summary, size_t size) {
    static const char *const events[] = {NULL,
                                         "estop.pressed",
                                         "not k1.closed",
                                         "BCL",
                                         "@a",
                                         "gun.voltage < 60 V",
                                         "insulation.positive < 5 ohm",
                                         "BCL and k2.closed",
                                         "@end"};
    setup();
    seed = round;
    for (int i = 0; i < CHECKS_MAX; i++) {
        enum check_type type = (enum check_type)dice(CHECK_NEVER + 1);
        struct check_def *check = add(type);
        bool value = type == CHECK_VALUE || type == CHECK_PEAK || type == CHECK_RATE;
        bool needs_to = type == CHECK_TIME || type == CHECK_RATE;
        check->from.text = events[value ? 1 + dice(8) : dice(9)];
        check->to.text = needs_to ? events[1 + dice(8)] : events[dice(9)];
        check->after.text = dice(4) == 0 ? events[dice(8)] : NULL;
        check->condition.text = value ? "gun.voltage" : events[1 + dice(7)];
        check->window_ns = dice(3) == 0 ? 30 * NS_PER_MS : 0;
        check->each = check->from.text != NULL && dice(2);
        check->last = type == CHECK_TIME && check->from.text != NULL && dice(3) == 0;
        check->settle = needs_to && !check->each && !check->last && dice(2);
        check->settle_ns = check->settle && dice(2) ? 20 * NS_PER_MS : 0;
        check->monitor = dice(4) == 0;
        check->optional = dice(4) == 0;
    }
    begin();
    struct signal *const stepped[] = {estop, k1, k2, imd}, *one;
    for (int i = 0; i < 60; i++) {
        at_ns(loop.now_ns + dice(3) * 3 * NS_PER_MS);
        int64_t late_ns = round % 3 == 0 ? (int64_t)dice(3) * NS_PER_MS : 0; /* a real clock */
        int64_t stamp_ns = loop.now_ns > late_ns ? loop.now_ns - late_ns : 0;
        switch (dice(4)) {
        case 0:
            signal_set(bcl, stamp_ns > bcl->changed_ns ? stamp_ns : bcl->changed_ns, i);
            break;
        case 1:
            ramp_go(&gun, dice(120), dice(2) ? 1000 : -1000);
            break;
        case 2:
            judge_mark(judge, "a", loop.now_ns);
            break;
        default:
            one = stepped[dice(4)];
            stamp_ns = stamp_ns > one->changed_ns ? stamp_ns : one->changed_ns;
            signal_set(one, stamp_ns, dice(5) == 0 ? (double)NAN : (double)dice(2));
        }
    }
    finish(loop.now_ns / NS_PER_MS + (int64_t)dice(50));
    summary[0] = '\0';
    for (size_t i = 0; i < result.check_count; i++) {
        size_t used = strlen(summary);
        const char *reason = result.checks[i].reason.en;
        snprintf(summary + used, size - used, "%s %.17g %s\n",
                 verdict_name(result.checks[i].verdict), result.checks[i].value,
                 reason != NULL ? reason : "");
    }
    teardown();
}

START_TEST(random_runs) {
    size_t seen[VERDICT_ERROR + 1] = {0};
    teardown();
    for (uint32_t round = 0; round < 3000; round++) {
        char one[2000], two[2000];
        random_run(round, one, sizeof one);
        random_run(round, two, sizeof two);
        ck_assert_str_eq(one, two);
        seen[VERDICT_PASS] += strstr(one, "pass") != NULL;
        seen[VERDICT_FAIL] += strstr(one, "fail") != NULL;
        seen[VERDICT_INCONCLUSIVE] += strstr(one, "inconclusive") != NULL;
    }
    ck_assert_uint_gt(seen[VERDICT_PASS], 500);
    ck_assert_uint_gt(seen[VERDICT_FAIL], 500);
    ck_assert_uint_gt(seen[VERDICT_INCONCLUSIVE], 500);
    setup();
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("judge");
    tcase_add_test(tests, steps_reached);
    tcase_add_test(tests, steps_not_reached);
    tcase_add_test(tests, a_case_without_an_evaluated_check);
    tcase_add_test(tests, a_case_without_checks);
    tcase_add_test(tests, a_monitor_fails_the_case);
    tcase_add_test(tests, monitors_cut_off_do_not_count);
    tcase_add_test(tests, focus_of_a_passed_case);
    tcase_add_test(tests, recording_alone_is_no_pass);
    tcase_add_test(tests, worst_wins);
    tcase_add_test(tests, settled_by_times);
    tcase_add_test(tests, settled_once_it_came);
    tcase_add_test(tests, settled_by_windows);
    tcase_add_test(tests, not_settled_within_an_instant);
    tcase_add_test(tests, an_instant_that_does_not_end_is_looked_at);
    tcase_add_test(tests, a_change_that_looking_brings_to_light_is_kept);
    tcase_add_loop_test(tests, an_answer_that_is_read_with_its_message_comes_after_the_mark, 0, 4);
    tcase_add_test(tests, a_mark_that_looking_brings_to_light_is_kept);
    tcase_add_test(tests, settled_by_the_end_of_a_window);
    tcase_add_test(tests, settle_waits_for_its_limit);
    tcase_add_test(tests, what_is_open_ended_is_settled);
    tcase_add_test(tests, problems);
    tcase_add_test(tests, random_runs);
    return run_suite("judge", tests);
}
