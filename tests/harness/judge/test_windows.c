/* SPDX-License-Identifier: MIT */
/* Checks of values, and of what happens in a window: peak, always, never. */
#include "tests/harness/support/judge_bench.h"

/* ---- value and peak ---- */

START_TEST(values) {
    add_quantity(CHECK_VALUE, "making.difference", "k1.closed and k2.closed", "making");
    add_quantity(CHECK_VALUE, "gun.voltage", "@end", "sixty");
    add_quantity(CHECK_VALUE, "abs(BCL.current_demand)", "BCL", NULL);
    set(k1, 0);
    begin();
    at(100);
    ramp_go(&gun, 100, -10);
    set(making, 9.5);
    set(k1, 1);
    set(demand, -200);
    came(bcl);
    at(200);
    set(making, 300);
    finish(4100);
    const struct result_check *one = is(0, VERDICT_PASS, NULL);
    ck_assert_double_eq(one->value, 9.5);
    ck_assert_str_eq(one->unit, "V");
    ck_assert_double_eq(one->margin, 0.5);
    ck_assert_ptr_null(one->instrument);
    ck_assert_int_eq(one->from_ns, 100 * NS_PER_MS);
    ck_assert_str_eq(one->condition, "value making.difference, at k1.closed and k2.closed");
    one = is(1, VERDICT_PASS, NULL); /* exactly 60 V, limit 0.06 kV */
    ck_assert_double_eq(one->value, 60);
    ck_assert_double_eq(one->limit_max, 60);
    ck_assert_double_eq(is(2, VERDICT_PASS, NULL)->value, 200);
}
END_TEST

START_TEST(value_at_an_open_limit) {
    add_quantity(CHECK_VALUE, "making.difference", "not k1.closed", "making");
    begin();
    set(making, 10);
    set(k1, 0);
    finish(100);
    is(0, VERDICT_FAIL, "10 V; the limit is below 10 V (NB/T 33008.1-2018 5.2)");
}
END_TEST

/* Beyond a limit by less than 10 ppm is at it, unless the limit is open. */
START_TEST(quantities_at_a_limit) {
    static const struct {
        const char *limit;
        double volts, told;
        enum verdict verdict;
    } rows[] = {
        {"sixty", 60.0005, 60, VERDICT_PASS},       {"sixty", 59.9995, 60, VERDICT_PASS},
        {"sixty", 60.001, 60.001, VERDICT_FAIL},    {"sixty", 59.9, 59.9, VERDICT_PASS},
        {"making", 9.99999, 9.99999, VERDICT_PASS}, {"making", 10.00001, 10.00001, VERDICT_FAIL},
    };
    add_quantity(CHECK_VALUE, "making.difference", "not k1.closed", rows[_i].limit);
    begin();
    set(making, rows[_i].volts);
    set(k1, 0);
    finish(100);
    ck_assert_double_eq(is(0, rows[_i].verdict, NULL)->value, rows[_i].told);
}
END_TEST

START_TEST(value_not_known) {
    add_quantity(CHECK_VALUE, "making.difference", "not k1.closed", "making");
    begin();
    set(k1, 0);
    finish(100);
    is(0, VERDICT_INCONCLUSIVE, "making.difference is unknown");
}
END_TEST

START_TEST(value_at_each) {
    add_quantity(CHECK_VALUE, "making.difference", "k1.closed", "making")->each = true;
    begin();
    static const double volts[] = {3, 12, 4};
    for (int i = 0; i < 3; i++) {
        at(100 * i + 10);
        set(k1, 0);
        set(making, volts[i]);
        at(100 * i + 60);
        set(k1, 1);
    }
    finish(1000);
    ck_assert_double_eq(is(0, VERDICT_FAIL, "12 V")->value, 12);
    ck_assert_int_eq(result.checks[0].from_ns, 160 * NS_PER_MS);
}
END_TEST

/* On the real clock two frames come in one go: each has the values of its own instant. */
START_TEST(values_of_overtaken_instants) {
    add_quantity(CHECK_VALUE, "BCL.current_demand", "BCL", NULL);
    begin();
    at(100);
    signal_set(demand, 99 * NS_PER_MS, 5);
    signal_set(bcl, 99 * NS_PER_MS, 1);
    signal_set(demand, 99 * NS_PER_MS + 500, 7);
    signal_set(bcl, 99 * NS_PER_MS + 500, 2);
    finish(1000);
    ck_assert_double_eq(is(0, VERDICT_PASS, NULL)->value, 5);
    ck_assert_int_eq(result.checks[0].from_ns, 99 * NS_PER_MS);
}
END_TEST

START_TEST(peaks) {
    add_quantity(CHECK_PEAK, "gun.voltage", "estop.pressed", "sixty")->to.text = "not k1.closed";
    add_quantity(CHECK_PEAK, "gun.voltage", "estop.pressed", "sixty")->window_ns = 4 * NS_PER_S;
    struct check_def *third = add_quantity(CHECK_PEAK, "making.difference", "estop.pressed", NULL);
    third->window_ns = NS_PER_S;
    ramp_go(&gun, 90, 0);
    begin();
    ramp_go(&gun, 0, 20);
    at(1000);
    set(estop, 1);
    at(2000);
    set(k1, 0);
    at(4500);
    ramp_go(&gun, 10, 0);
    finish(10000);
    const struct result_check *one = is(0, VERDICT_PASS, NULL);
    ck_assert_double_eq(one->value, 40);
    ck_assert_double_eq(one->margin, 20);
    ck_assert_int_eq(one->from_ns, NS_PER_S);
    ck_assert_int_eq(one->to_ns, 2 * NS_PER_S);
    one = is(1, VERDICT_FAIL, "90 V; the limit is at most 60 V");
    ck_assert_int_eq(one->to_ns, 5 * NS_PER_S);
    is(2, VERDICT_INCONCLUSIVE, "making.difference is unknown");
}
END_TEST

START_TEST(peak_until_the_end) {
    add_quantity(CHECK_PEAK, "gun.voltage", NULL, "sixty");
    begin();
    ramp_go(&gun, 0, 10);
    finish(7000);
    ck_assert_double_eq(is(0, VERDICT_FAIL, "70 V")->value, 70);
}
END_TEST

START_TEST(peak_cut_short) {
    add_quantity(CHECK_PEAK, "gun.voltage", NULL, "sixty")->window_ns = 8 * NS_PER_S;
    add_quantity(CHECK_PEAK, "making.difference", NULL, "making")->window_ns = 8 * NS_PER_S;
    add_quantity(CHECK_PEAK, "BCL.current_demand", NULL, NULL)->window_ns = 7 * NS_PER_S;
    set(making, 3);
    set(demand, 3);
    begin();
    ramp_go(&gun, 0, 10);
    finish(7000);
    is(0, VERDICT_FAIL, "70 V");
    is(1, VERDICT_INCONCLUSIVE, "the case ended 7000 ms after the start of the case; 8000 ms were");
    is(2, VERDICT_PASS, NULL);
}
END_TEST

/* ---- always and never ---- */

START_TEST(watched_conditions_that_hold) {
    add_watch(CHECK_ALWAYS, "k1.closed", NULL, NULL);
    add_watch(CHECK_NEVER, "not k1.closed", "estop.pressed", "not k2.closed");
    add_watch(CHECK_NEVER, "gun.voltage > 60 V", "estop.pressed", NULL)->window_ns = NS_PER_S;
    begin();
    ramp_go(&gun, 0, 0);
    at(1000);
    set(estop, 1);
    finish(5000);
    const struct result_check *one = is(0, VERDICT_PASS, NULL);
    ck_assert_int_eq(one->kind, RESULT_ALWAYS);
    ck_assert_int_eq(one->from_ns, 0);
    ck_assert_int_eq(one->to_ns, 5 * NS_PER_S);
    one = is(1, VERDICT_PASS, NULL); /* its end never came: until the end of the case */
    ck_assert_int_eq(one->kind, RESULT_NEVER);
    ck_assert_int_eq(one->from_ns, NS_PER_S);
    ck_assert_int_eq(is(2, VERDICT_PASS, NULL)->to_ns, 2 * NS_PER_S);
    ck_assert_double_nan(one->value);
}
END_TEST

START_TEST(violations_at_their_instant) {
    add_watch(CHECK_ALWAYS, "k1.closed", "estop.pressed", NULL);
    add_watch(CHECK_NEVER, "gun.voltage > 60 V", "estop.pressed", NULL);
    ramp_go(&gun, 0, 0);
    begin();
    at(1000);
    set(estop, 1);
    ramp_go(&gun, 0, 100);
    at(1500);
    set(k1, 0);
    at_ns(1500000001);
    set(k1, 1);
    finish(5000);
    const struct result_check *one =
        is(0, VERDICT_FAIL, "'k1.closed' did not hold at 1.500000 s, 500 ms after 'estop.pressed'");
    ck_assert_int_eq(one->from_ns, 1500 * NS_PER_MS);
    ck_assert_int_eq(one->to_ns, 1500 * NS_PER_MS);
    ck_assert_str_eq(one->reason.zh,
                     "接触器断开：1.500000 s时“k1.closed”不成立（“estop.pressed”之后500 ms）");
    one = is(1, VERDICT_FAIL, "'gun.voltage > 60 V' happened at 1.600000 s");
    ck_assert_int_eq(result.focus_from_ns, 1500 * NS_PER_MS);
}
END_TEST

START_TEST(violated_from_the_beginning) {
    add_watch(CHECK_NEVER, "k1.closed", "estop.pressed", NULL);
    begin();
    at(1000);
    set(estop, 1);
    finish(5000);
    is(0, VERDICT_FAIL, "at 1.000000 s, 0 ms after");
}
END_TEST

/* K1 opens, then K2, at one instant: "both or none" is broken in between, for no time. */
START_TEST(glitches_are_no_violations) {
    const char *both_or_none = "k1.closed and k2.closed or not k1.closed and not k2.closed";
    add_watch(CHECK_ALWAYS, both_or_none, NULL, NULL);
    add_watch(CHECK_NEVER, "k1.closed and not k2.closed", NULL, NULL);
    begin();
    at(1000);
    set(k1, 0);
    set(k2, 0);
    at(2000);
    set(k1, 1);
    set(k2, 1);
    finish(5000);
    is(0, VERDICT_PASS, NULL);
    is(1, VERDICT_PASS, NULL);
}
END_TEST

static struct timer relay;

static void k2_follows(void *ctx, int64_t now_ns) {
    (void)ctx;
    signal_set(k2, now_ns, 0);
}

static void k1_opens(void *ctx, int64_t now_ns) {
    (void)ctx;
    signal_set(k1, now_ns, 0);
    relay.fire = k2_follows;
    loop_set(&loop, &relay, now_ns); /* after the judge's own timer */
}

START_TEST(glitches_over_several_timers) {
    add_watch(CHECK_NEVER, "not k1.closed and k2.closed", NULL, NULL);
    add_quantity(CHECK_VALUE, "gun.voltage", "not k1.closed and k2.closed", NULL)->optional = true;
    begin();
    relay = (struct timer){.fire = k1_opens};
    loop_set(&loop, &relay, NS_PER_S);
    finish(5000);
    is(0, VERDICT_PASS, NULL);
    is(1, VERDICT_NONE, "never happened");
}
END_TEST

static void look(void) {
    loop_run(&loop, loop.now_ns);
}

/* More may come at an instant after the judge has looked at it. */
START_TEST(instants_that_go_on) {
    add_watch(CHECK_NEVER, "not k1.closed", NULL, "@pressed");
    add_watch(CHECK_NEVER, "not k2.closed", NULL, "@pressed");
    add_watch(CHECK_NEVER, "BCL", NULL, "@pressed");
    add_watch(CHECK_NEVER, "CST", NULL, "@pressed");
    begin();
    at(1000);
    set(k1, 0);
    came(cst);
    look();
    set(k1, 1); /* for no time, after all; but a message was received */
    look();
    at(2000);
    set(k2, 0);
    came(bcl);
    look();
    judge_mark(judge, "pressed", loop.now_ns); /* the window ends here, after all */
    finish(5000);
    is(0, VERDICT_PASS, NULL);
    is(1, VERDICT_PASS, NULL);
    is(2, VERDICT_PASS, NULL);
    ck_assert_int_eq(is(3, VERDICT_FAIL, NULL)->from_ns, NS_PER_S);
}
END_TEST

START_TEST(the_end_of_the_case_is_outside) {
    set(making, 1);
    add_watch(CHECK_NEVER, "not k1.closed", NULL, NULL);
    add_watch(CHECK_ALWAYS, "making.difference < 10 V", NULL, NULL);
    begin();
    at(5000);
    set(k1, 0);
    set(making, NAN);
    look();
    finish(5000);
    is(0, VERDICT_PASS, NULL);
    is(1, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(the_message_that_opens_a_window_is_outside) {
    add_watch(CHECK_NEVER, "BCL", "BCL", NULL);
    add_watch(CHECK_NEVER, "BCL", "BCL", NULL);
    checks[1].window_ns = 100 * NS_PER_MS;
    begin();
    at(1000);
    came(bcl);
    at(1200);
    came(bcl);
    finish(5000);
    ck_assert_int_eq(is(0, VERDICT_FAIL, NULL)->from_ns, 1200 * NS_PER_MS);
    is(1, VERDICT_PASS, NULL);
}
END_TEST

/* On the real clock an instant may be over before the loop comes round: 1 ns is long enough. */
START_TEST(short_violations_in_one_go) {
    add_watch(CHECK_NEVER, "k1.closed and not k2.closed", NULL, NULL);
    add_watch(CHECK_NEVER, "not k1.closed and k2.closed", NULL, NULL);
    begin();
    at(1000);
    signal_set(k2, 999 * NS_PER_MS, 0);
    signal_set(k1, 999 * NS_PER_MS + 1, 0);
    signal_set(k1, 999 * NS_PER_MS + 2, 1);
    signal_set(k2, 999 * NS_PER_MS + 2, 1);
    finish(5000);
    ck_assert_int_eq(is(0, VERDICT_FAIL, NULL)->from_ns, 999 * NS_PER_MS);
    is(1, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(messages_violate_at_once) {
    add_watch(CHECK_NEVER, "BCL", "estop.pressed", NULL);
    add_watch(CHECK_NEVER, "BCL and BCL.current_demand < -100 A", NULL, NULL);
    add_watch(CHECK_ALWAYS, "not CCS", NULL, NULL);
    add_watch(CHECK_NEVER, "CST", NULL, NULL);
    begin();
    at(500);
    set(demand, -50);
    came(bcl);
    at(1000);
    set(estop, 1);
    at(2000);
    set(demand, -150);
    at(2100);
    came(bcl);
    came(ccs);
    finish(5000);
    ck_assert_int_eq(is(0, VERDICT_FAIL, "happened")->from_ns, 2100 * NS_PER_MS);
    ck_assert_int_eq(is(1, VERDICT_FAIL, "happened")->from_ns, 2100 * NS_PER_MS);
    ck_assert_int_eq(is(2, VERDICT_FAIL, "did not hold")->from_ns, 2100 * NS_PER_MS);
    is(3, VERDICT_PASS, NULL);
}
END_TEST

/* What becomes true at the very instant of "to", or at the end of "for", is outside. */
START_TEST(the_end_of_a_window_is_outside) {
    add_watch(CHECK_NEVER, "not k1.closed", "estop.pressed", "not k2.closed");
    add_watch(CHECK_NEVER, "BCL", "estop.pressed", "not k2.closed");
    add_watch(CHECK_NEVER, "not k1.closed", "estop.pressed", NULL)->window_ns = NS_PER_S;
    add_watch(CHECK_NEVER, "not k1.closed", "estop.pressed", NULL)->window_ns = NS_PER_S + 1;
    begin();
    at(1000);
    set(estop, 1);
    at(2000);
    set(k1, 0);
    came(bcl);
    set(k2, 0);
    at(3000);
    set(k1, 1);
    came(bcl);
    finish(5000);
    is(0, VERDICT_PASS, NULL);
    is(1, VERDICT_PASS, NULL);
    is(2, VERDICT_PASS, NULL);
    is(3, VERDICT_FAIL, NULL);
}
END_TEST

START_TEST(windows_that_are_empty_or_never_begin) {
    add_watch(CHECK_ALWAYS, "k1.closed", "estop.pressed", "k2.closed");
    add_watch(CHECK_ALWAYS, "k1.closed", "not k1.closed", NULL);
    add_watch(CHECK_ALWAYS, "k1.closed", "not k1.closed", NULL)->optional = true;
    add_watch(CHECK_NEVER, "not k1.closed", "estop.pressed", "k2.closed")->each = true;
    begin();
    at(1000);
    set(estop, 1);
    finish(5000);
    is(0, VERDICT_INCONCLUSIVE,
       "from 'estop.pressed' to 'k2.closed' ended at the instant it began");
    is(1, VERDICT_INCONCLUSIVE, "'not k1.closed' never happened");
    is(2, VERDICT_NONE, NULL);
    is(3, VERDICT_INCONCLUSIVE, "ended at the instant it began");
}
END_TEST

/* "each", and the only window begins as the case ends: there was nothing to look at. */
START_TEST(the_only_window_begins_at_the_end) {
    add_watch(CHECK_NEVER, "k1.closed", "estop.pressed", "k2.closed and not k1.closed")->each =
        true;
    add_watch(CHECK_ALWAYS, "k1.closed", "estop.pressed", NULL)->each = true;
    checks[1].monitor = true;
    add_watch(CHECK_ALWAYS, "k1.closed", "estop.pressed", NULL)->each = true;
    checks[2].optional = true;
    begin();
    at(1000);
    set(estop, 1);
    finish(1000);
    ck_assert_uint_eq(result.check_count, 3);
    is(0, VERDICT_INCONCLUSIVE, "ended at the instant it began");
    is(1, VERDICT_NONE, "ended at the instant it began");
    is(2, VERDICT_NONE, "ended at the instant it began");
    ck_assert(result.checks[0].from_ns == NS_PER_S && isnan(result.checks[0].value));
}
END_TEST

START_TEST(watches_cut_short) {
    add_watch(CHECK_NEVER, "not k1.closed", NULL, NULL)->window_ns = 6 * NS_PER_S;
    add_watch(CHECK_NEVER, "not k1.closed", NULL, NULL)->window_ns = 5 * NS_PER_S;
    add_watch(CHECK_NEVER, "estop.pressed", NULL, NULL)->window_ns = 6 * NS_PER_S;
    begin();
    at(100);
    set(estop, 1);
    finish(5000);
    is(0, VERDICT_INCONCLUSIVE, "the case ended 5000 ms after the start of the case; 6000 ms were");
    is(1, VERDICT_PASS, NULL);
    is(2, VERDICT_FAIL, NULL);
}
END_TEST

START_TEST(watches_of_what_is_not_known) {
    add_watch(CHECK_NEVER, "insulation.positive < 100 kohm", NULL, NULL);
    add_watch(CHECK_ALWAYS, "making.difference < 10 V", NULL, NULL);
    add_watch(CHECK_NEVER, "making.difference > 10 V", NULL, NULL);
    add_watch(CHECK_ALWAYS, "making.difference < 10 V", "estop.pressed", NULL);
    begin();
    at(1000);
    set(making, 3);
    at(2000);
    set(estop, 1);
    finish(5000);
    is(0, VERDICT_INCONCLUSIVE, "cannot be observed because insulation.positive is unknown");
    is(1, VERDICT_INCONCLUSIVE, "making.difference was unknown");
    is(2, VERDICT_PASS, NULL); /* was not seen to happen while it could be seen */
    is(3, VERDICT_PASS, NULL);
}
END_TEST

/* Not known for no time at all: the fields of the first message are set one after the other. */
START_TEST(unknown_for_an_instant_only) {
    set(making, 3);
    add_watch(CHECK_ALWAYS, "making.difference < 10 V", NULL, NULL);
    begin();
    at(1000);
    set(making, NAN);
    set(making, 4);
    finish(5000);
    is(0, VERDICT_PASS, NULL);
}
END_TEST

START_TEST(watch_each_window) {
    add_watch(CHECK_NEVER, "estop.pressed", "k1.closed", "not k1.closed")->each = true;
    begin();
    for (int i = 0; i < 3; i++) {
        at(1000 * i + 100);
        set(k1, 0);
        set(estop, i == 1); /* outside */
        at(1000 * i + 500);
        set(estop, 0);
        set(k1, 1);
    }
    finish(5000);
    is(0, VERDICT_PASS, NULL);
    ck_assert_str_eq(result.checks[0].title.en, "contactors open (worst of 4)");
}
END_TEST

START_TEST(watch_each_window_violated_once) {
    add_watch(CHECK_NEVER, "estop.pressed", "k1.closed", "not k1.closed")->each = true;
    begin();
    at(100);
    set(k1, 0);
    at(200);
    set(k1, 1);
    at(300);
    set(estop, 1);
    at(301);
    set(estop, 0);
    at(400);
    set(k1, 0);
    finish(5000);
    ck_assert_int_eq(is(0, VERDICT_FAIL, NULL)->from_ns, 300 * NS_PER_MS);
}
END_TEST

/* ---- mean ---- */

static struct check_def *add_mean(const char *from, const char *to, const char *limit) {
    struct check_def *check = add(CHECK_MEAN);
    check->condition.text = "CCS";
    check->from.text = from;
    check->to.text = to;
    check->limit = limit_named(limit);
    return check;
}

/* The receptions at both ends: the one at from counts, the one at to does not. */
START_TEST(means_of_a_message) {
    add_mean("CCS", "CST", "between");
    add_mean("@begun", NULL, "not.before")->window_ns = 1100 * NS_PER_MS;
    add_mean("not k1.closed", "CST", NULL);
    begin();
    static const int times[] = {100, 500, 1100, 1600};
    judge_mark(judge, "begun", 0);
    for (int i = 0; i < 4; i++) {
        at(times[i]);
        came(ccs);
    }
    set(k1, 0);
    at(2000);
    came(ccs);
    came(cst);
    at(2100);
    came(ccs);
    finish(5000);
    const struct result_check *one = is(0, VERDICT_PASS, NULL);
    ck_assert_double_eq(one->value, 500); /* (1600 - 100) / 3 */
    ck_assert_str_eq(one->unit, "ms");
    ck_assert_str_eq(one->condition, "mean CCS, from CCS, to CST");
    ck_assert_double_eq(one->limit_max, 550);
    ck_assert_ptr_nonnull(one->instrument);
    ck_assert_double_eq(is(1, VERDICT_FAIL, "400 ms; the limit is at least 500 ms")->value, 400);
    is(2, VERDICT_INCONCLUSIVE, "did not happen twice"); /* only at its opening */
}
END_TEST

START_TEST(mean_until_the_end_with_uncertainty) {
    add_mean("CCS", NULL, "between");
    add_mean("CCS", "CST", "between");
    uncertainty_ns = 40 * NS_PER_MS;
    profile.decision = DECISION_GUARD_BAND;
    begin();
    for (int i = 1; i <= 5; i++) {
        at(540 * i);
        came(ccs);
    }
    finish(3000);
    /* 40 ms over 4 gaps */
    ck_assert_double_eq(is(0, VERDICT_PASS, NULL)->uncertainty, 10);
    ck_assert_double_eq(is(1, VERDICT_PASS, NULL)->value, 540);
}
END_TEST

static struct check_def *add_gap(const char *from, const char *to, const char *limit) {
    struct check_def *check = add_mean(from, to, limit);
    check->type = CHECK_GAP;
    return check;
}

/* What is left after the last one is none, and one alone has none. */
START_TEST(gaps_of_a_message) {
    add_gap("CCS", "CST", "between");
    add_gap("CCS", "CST", "between")->each = true;
    add_gap("not k1.closed", "CST", NULL);
    add_gap("not k1.closed", "CST", NULL)->optional = true;
    begin();
    static const int times[] = {100, 500, 1040, 1500};
    for (int i = 0; i < 4; i++) {
        at(times[i]);
        came(ccs);
    }
    at(1600);
    came(cst);
    at(3000);
    came(ccs);
    at(4200);
    came(ccs);
    at(4250);
    set(k1, 0);
    at(4260);
    came(ccs);
    at(4300);
    came(cst);
    finish(5000);
    const struct result_check *one = is(0, VERDICT_PASS, NULL);
    ck_assert_double_eq(one->value, 540);
    ck_assert_str_eq(one->condition, "gap CCS, from CCS, to CST");
    one = is(1, VERDICT_FAIL, "1200 ms; the limit is");
    ck_assert_int_eq(one->failed_ns, 4200 * NS_PER_MS);
    is(2, VERDICT_INCONCLUSIVE, "did not happen twice");
    is(3, VERDICT_NONE, "did not happen twice");
}
END_TEST

static struct check_def *add_never(const char *condition) {
    struct check_def *check = add(CHECK_NEVER);
    check->condition.text = condition;
    return check;
}

/* Which term of an "or" it was: the first to come, of two that are true the last one of the text. */
START_TEST(terms_of_a_violation) {
    add_never("CCS or BCL or CST");
    add_never("not k1.closed or (k2.closed and estop.pressed) or CST");
    add_never("CCS or (BCL or estop.pressed)");
    add_never("estop.pressed");
    begin();
    at(100);
    came(bcl);
    at(200);
    set(estop, 1);
    at(300);
    came(cst);
    finish(5000);
    is(0, VERDICT_FAIL, "'CCS or BCL or CST' (BCL) happened at 0.100000 s");
    is(1, VERDICT_FAIL, " or CST' ((k2.closed and estop.pressed)) happened at 0.200000 s");
    is(2, VERDICT_FAIL, "(BCL) happened at 0.100000 s");
    is(3, VERDICT_FAIL, ": 'estop.pressed' happened at 0.200000 s");
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("judge: windows");
    tcase_add_test(tests, values);
    tcase_add_test(tests, value_at_an_open_limit);
    tcase_add_loop_test(tests, quantities_at_a_limit, 0, 6);
    tcase_add_test(tests, value_not_known);
    tcase_add_test(tests, value_at_each);
    tcase_add_test(tests, values_of_overtaken_instants);
    tcase_add_test(tests, peaks);
    tcase_add_test(tests, peak_until_the_end);
    tcase_add_test(tests, peak_cut_short);
    tcase_add_test(tests, watched_conditions_that_hold);
    tcase_add_test(tests, violations_at_their_instant);
    tcase_add_test(tests, violated_from_the_beginning);
    tcase_add_test(tests, glitches_are_no_violations);
    tcase_add_test(tests, glitches_over_several_timers);
    tcase_add_test(tests, instants_that_go_on);
    tcase_add_test(tests, the_end_of_the_case_is_outside);
    tcase_add_test(tests, the_message_that_opens_a_window_is_outside);
    tcase_add_test(tests, short_violations_in_one_go);
    tcase_add_test(tests, messages_violate_at_once);
    tcase_add_test(tests, the_end_of_a_window_is_outside);
    tcase_add_test(tests, windows_that_are_empty_or_never_begin);
    tcase_add_test(tests, the_only_window_begins_at_the_end);
    tcase_add_test(tests, watches_cut_short);
    tcase_add_test(tests, watches_of_what_is_not_known);
    tcase_add_test(tests, unknown_for_an_instant_only);
    tcase_add_test(tests, watch_each_window);
    tcase_add_test(tests, watch_each_window_violated_once);
    tcase_add_test(tests, means_of_a_message);
    tcase_add_test(tests, mean_until_the_end_with_uncertainty);
    tcase_add_test(tests, gaps_of_a_message);
    tcase_add_test(tests, terms_of_a_violation);
    return run_suite("judge: windows", tests);
}
