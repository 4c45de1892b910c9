/* SPDX-License-Identifier: MIT */
#include "harness/expression/expression.h"
#include "tests/harness/support/ramp.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct loop loop;
static struct signal_board board;
static struct ramp gun, difference;
static struct signal *k1, *k2, *crm, *result, *soc, *demand, *pe;

/* What changed() was told. */
static struct {
    int64_t at_ns;
    enum truth truth;
    bool in_pulse;
} told[32];
static size_t told_count;
static struct expression *watched;

static void note(void *ctx, int64_t at_ns, enum truth truth) {
    (void)ctx;
    ck_assert_uint_lt(told_count, 32);
    told[told_count].at_ns = at_ns;
    told[told_count].truth = truth;
    told[told_count++].in_pulse = expression_in_pulse(watched);
}

static void setup(void) {
    memset(&board, 0, sizeof board);
    loop_init(&loop, LOOP_VIRTUAL);
    told_count = 0;
    gun = (struct ramp){.loop = &loop};
    difference = (struct ramp){.loop = &loop};
    k1 = signal_add(&board, "k1.closed", SIGNAL_BOOL, "", "");
    k2 = signal_add(&board, "k2.closed", SIGNAL_BOOL, "", "");
    pe = signal_add(&board, "pe.ok", SIGNAL_BOOL, "", "");
    crm = signal_add(&board, "CRM", SIGNAL_PULSE, "", "");
    result = signal_add(&board, "CRM.result", SIGNAL_NUMBER, "", "");
    soc = signal_add(&board, "battery.soc", SIGNAL_NUMBER, "%", "");
    demand = signal_add(&board, "BCL.voltage_demand", SIGNAL_NUMBER, "V", "");
    signal_add(&board, "BRM.year", SIGNAL_NUMBER, "a", "");
    ramp_add(&gun, &board, "gun.voltage", "V");
    ramp_add(&difference, &board, "contactor.difference", "V");
    static const struct signal_source silent = {.at = ramp_at};
    signal_add_continuous(&board, "cc1.voltage", "V", "cannot be watched", &silent, &gun, 0);
}

static void teardown(void) {
    expression_free(watched);
    watched = NULL;
    signal_board_free(&board);
    loop_free(&loop);
}

static void start(const char *text) {
    struct expression_fault fault = {0};
    expression_free(watched);
    watched = expression_compile(text, &board, &fault);
    ck_assert_msg(watched != NULL, "%s: %s", text, fault.text);
    told_count = 0;
    expression_start(watched, loop.now_ns, note, NULL);
}

/* Crossings of continuous signals are exact to 2e-9 of the unit: some ns on slow ramps. */
static void told_near(size_t index, enum truth truth, double seconds) {
    ck_assert_uint_lt(index, told_count);
    ck_assert_int_eq(told[index].truth, truth);
    ck_assert_double_eq_tol((double)told[index].at_ns, seconds * 1e9, 3);
}

static enum truth now(const char *text) {
    start(text);
    enum truth truth = expression_truth(watched);
    ck_assert_uint_eq(told_count, 0);
    return truth;
}

static void set(struct signal *signal, double value) {
    signal_set(signal, loop.now_ns, value);
}

static void refused(const char *text, size_t offset, const char *part) {
    struct expression_fault fault = {0};
    struct expression *expression = expression_compile(text, &board, &fault);
    ck_assert_msg(expression == NULL, "'%s' was accepted", text);
    ck_assert_msg(strstr(fault.text, part) != NULL, "'%s': '%s' lacks '%s'", text, fault.text,
                  part);
    ck_assert_msg(fault.offset == offset, "'%s': offset %zu: %s", text, fault.offset, fault.text);
}

START_TEST(faults_say_where_and_what_to_do) {
    refused("", 0, "empty");
    refused("   ", 3, "empty");
    refused("k1.closd", 0, "did you mean 'k1.closed'?");
    refused("k1.closed and gun.voltag < 3 V", 14, "did you mean 'gun.voltage'?");
    refused("xyzzy.nothing.like.it", 0, "there is no signal");
    refused("gun.voltage", 0, "compare it, e.g. 'gun.voltage > 0 V'");
    refused("CRM.result", 0, "'CRM.result > 0'");
    refused("not gun.voltage", 4, "is a number");
    refused("gun.voltage < 60", 16, "a unit is missing: gun.voltage is in V, write V, mV or kV");
    refused("gun.voltage < 60 and k1.closed", 17, "a unit is missing");
    refused("gun.voltage < 60 A", 17, "'A' does not fit: gun.voltage is in V");
    refused("gun.voltage < 60 volts", 17, "'volts' does not fit");
    refused("CRM.result == 1 V", 16, "has no unit");
    refused("battery.soc < gun.voltage", 0, "cannot be compared");
    refused("k1.closed == 1", 0, "write 'k1.closed' or 'not k1.closed'");
    refused("1 == k1.closed", 5, "true or false");
    refused("(k1.closed or k2.closed) == 1", 0, "a condition cannot be compared");
    refused("CRM > 2", 0, "has no value");
    refused("1 < 2", 0, "two numbers");
    refused("60", 0, "a number alone");
    refused("gun.voltage < contactor.difference", 14, "difference");
    refused("gun.voltage == 60 V", 0, "never exactly");
    refused("cc1.voltage < 6 V", 0, "not compared");
    refused("1 V < gun.voltage < 3 V", 18, "two sides");
    refused("k1.closed k2.closed", 10, "expected here");
    refused("(k1.closed", 10, "')' is missing for the '(' at character 1");
    refused("k1.closed)", 9, "expected here");
    refused("k1.closed and", 13, "missing here");
    refused("and k1.closed", 0, "missing here");
    refused("k1.closed = 1", 10, "write '=='");
    refused("k1.closed && k2.closed", 10, "write 'and'");
    refused("k1.closed || k2.closed", 10, "write 'or'");
    refused("!k1.closed", 0, "write 'not'");
    refused("gun.voltage ≥ 3 V", 12, "write '>='");
    refused("gun.voltage => 3 V", 12, "write '>='");
    refused("k1.closed 与 k2.closed", 10, "'与' has no meaning");
    refused("@pressed and k1.closed", 0, "mark");
    refused("abs(3 V) > 2 V", 4, "name of a signal");
    refused("abs(k1.closed)", 4, "true or false");
    refused("abs gun.voltage > 2 V", 4, "abs(SIGNAL)");
    refused("abs(gun.voltage > 2 V", 16, "')' is missing");
    refused("gun.voltage < - V", 14, "no number");
    refused("gun.voltage < 1e999 V", 14, "no number");
    refused("CRM.result == 0x", 14, "no number");
    refused("CRM.result == 0x11112222333344", 14, "no number");
}
END_TEST

/* What no charger meets would only break the arithmetic. */
START_TEST(numbers_beyond_all_reach_are_refused) {
    refused("gun.voltage < 1e308 V", 14, "out of range: -100000 V to 100000 V");
    refused("gun.voltage > -1e308 kV", 14, "out of range: -100 kV to 100 kV");
    refused("gun.voltage < 100.1 kV", 14, "out of range");
    refused("BRM.year > 1e300 a", 11, "out of range");
    refused("CRM.result == 1e16", 14, "out of range: -1e+15 to 1e+15");
    (void)now("gun.voltage < 100 kV");
    (void)now("CRM.result == 0xFFFFFFFFFFFF");
}
END_TEST

START_TEST(hostile_texts_are_refused) {
    char text[EXPRESSION_TEXT_MAX + 200] = "";
    for (int i = 0; i < 20; i++) {
        strcat(text, "(");
    }
    refused(text, EXPRESSION_DEPTH_MAX, "levels");
    text[0] = '\0';
    for (int i = 0; i < 20; i++) {
        strcat(text, "not ");
    }
    refused(text, 4 * EXPRESSION_DEPTH_MAX, "levels");
    strcpy(text, "pe.ok");
    for (int i = 0; i < 32; i++) {
        strcat(text, " and pe.ok");
    }
    struct expression_fault fault = {0};
    ck_assert_ptr_null(expression_compile(text, &board, &fault));
    ck_assert_ptr_nonnull(strstr(fault.text, "more than 64 parts"));
    memset(text, 'a', sizeof text - 1);
    refused(text, EXPRESSION_TEXT_MAX, "longer than 1000");
    text[100] = '\0';
    refused(text, 0, "longer than any signal's");
}
END_TEST

START_TEST(many_levels_within_the_bound_are_fine) {
    set(pe, 1);
    ck_assert_int_eq(now("((((((((((((((((pe.ok))))))))))))))))"), TRUTH_TRUE);
    ck_assert_int_eq(now("not not not not pe.ok and (not (not pe.ok))"), TRUTH_TRUE);
}
END_TEST

START_TEST(comparisons_of_stepped_signals) {
    set(result, 0xAA);
    ck_assert_int_eq(now("CRM.result == 0xAA"), TRUTH_TRUE);
    ck_assert_int_eq(now("0xaa == CRM.result"), TRUTH_TRUE);
    ck_assert_int_eq(now("CRM.result != 170"), TRUTH_FALSE);
    ck_assert_int_eq(now("CRM.result < 170"), TRUTH_FALSE);
    ck_assert_int_eq(now("CRM.result <= 170"), TRUTH_TRUE);
    ck_assert_int_eq(now("CRM.result > 170"), TRUTH_FALSE);
    ck_assert_int_eq(now("CRM.result >= 170"), TRUTH_TRUE);
    ck_assert_int_eq(now("171 > CRM.result"), TRUTH_TRUE);
    ck_assert_int_eq(now("169 >= CRM.result"), TRUTH_FALSE);
    ck_assert_int_eq(now("171 <= CRM.result"), TRUTH_FALSE);
    set(result, -3);
    ck_assert_int_eq(now("abs(CRM.result) == 3"), TRUTH_TRUE);
    ck_assert_int_eq(now("CRM.result > -3.5 and CRM.result < -0.25e1"), TRUTH_TRUE);
    set(demand, 700);
    ck_assert_int_eq(now("BCL.voltage_demand == 0.7 kV"), TRUTH_TRUE);
    ck_assert_int_eq(now("BCL.voltage_demand >= 700001mV"), TRUTH_FALSE);
}
END_TEST

/* Binding strength: not, then and, then or. */
START_TEST(precedence) {
    set(k1, 1), set(k2, 0), set(pe, 1);
    ck_assert_int_eq(now("k1.closed or pe.ok and k2.closed"), TRUTH_TRUE);
    ck_assert_int_eq(now("(k1.closed or pe.ok) and k2.closed"), TRUTH_FALSE);
    ck_assert_int_eq(now("not k2.closed and k1.closed"), TRUTH_TRUE);
    ck_assert_int_eq(now("not (k2.closed or k1.closed)"), TRUTH_FALSE);
}
END_TEST

START_TEST(kleene) {
    static const struct {
        double k1, k2; /* NAN: unknown */
        enum truth both, any, not_k1;
    } rows[] = {
        {0, 0, TRUTH_FALSE, TRUTH_FALSE, TRUTH_TRUE},
        {0, 1, TRUTH_FALSE, TRUTH_TRUE, TRUTH_TRUE},
        {1, 1, TRUTH_TRUE, TRUTH_TRUE, TRUTH_FALSE},
        {NAN, 0, TRUTH_FALSE, TRUTH_UNKNOWN, TRUTH_UNKNOWN},
        {NAN, 1, TRUTH_UNKNOWN, TRUTH_TRUE, TRUTH_UNKNOWN},
        {0, NAN, TRUTH_FALSE, TRUTH_UNKNOWN, TRUTH_TRUE},
        {1, NAN, TRUTH_UNKNOWN, TRUTH_TRUE, TRUTH_FALSE},
        {NAN, NAN, TRUTH_UNKNOWN, TRUTH_UNKNOWN, TRUTH_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        set(k1, rows[i].k1), set(k2, rows[i].k2);
        ck_assert_int_eq(now("k1.closed and k2.closed"), rows[i].both);
        ck_assert_int_eq(now("k1.closed or k2.closed"), rows[i].any);
        ck_assert_int_eq(now("not k1.closed"), rows[i].not_k1);
    }
}
END_TEST

START_TEST(the_unknown_signal_is_named) {
    ck_assert_int_eq(now("CRM.result == 1"), TRUTH_UNKNOWN);
    ck_assert_str_eq(expression_unknown(watched), "CRM.result");
    set(k1, 1);
    now("k1.closed and (not k2.closed or battery.soc > 3 %)");
    ck_assert_str_eq(expression_unknown(watched), "k2.closed");
    set(k2, 1);
    ck_assert_str_eq(expression_unknown(watched), "battery.soc");
    set(soc, 5);
    ck_assert_ptr_null(expression_unknown(watched));
    ck_assert_int_eq(expression_truth(watched), TRUTH_TRUE);
    set(soc, NAN); /* no longer supplied */
    ck_assert_int_eq(expression_truth(watched), TRUTH_UNKNOWN);
}
END_TEST

START_TEST(changes_are_told_once) {
    set(k1, 0), set(k2, 0);
    start("k1.closed and not k2.closed");
    loop.now_ns = 10;
    set(k1, 1);
    set(k1, 1);
    ck_assert_uint_eq(told_count, 1);
    ck_assert_int_eq(told[0].truth, TRUTH_TRUE);
    ck_assert_int_eq(told[0].at_ns, 10);
    loop.now_ns = 20;
    set(k2, 1);
    set(k1, 0); /* false already */
    ck_assert_uint_eq(told_count, 2);
    ck_assert_int_eq(told[1].truth, TRUTH_FALSE);
    ck_assert_int_eq(told[1].at_ns, 20);
    expression_stop(watched);
    set(k2, 0), set(k1, 1);
    ck_assert_uint_eq(told_count, 2);
}
END_TEST

/* All parts that read one signal change together: no state in between is told. */
START_TEST(one_signal_in_two_parts_shows_no_glitch) {
    set(result, 1);
    start("CRM.result == 1 or CRM.result == 2");
    set(result, 2);
    set(result, 1);
    ck_assert_uint_eq(told_count, 0);
    set(result, 3);
    ck_assert_uint_eq(told_count, 1);
}
END_TEST

START_TEST(a_message_is_true_for_its_instant) {
    start("CRM");
    ck_assert_int_eq(expression_truth(watched), TRUTH_FALSE);
    loop.now_ns = 5;
    set(crm, 1);
    ck_assert_uint_eq(told_count, 2);
    ck_assert_int_eq(told[0].truth, TRUTH_TRUE);
    ck_assert(told[0].in_pulse);
    ck_assert_int_eq(told[1].truth, TRUTH_FALSE);
    ck_assert(!told[1].in_pulse);
    ck_assert_int_eq(told[1].at_ns, 5);
    set(crm, 1); /* the same count again is another reception */
    ck_assert_uint_eq(told_count, 4);
}
END_TEST

START_TEST(a_message_with_the_fields_of_that_very_message) {
    start("CRM and CRM.result == 0xAA");
    set(result, 0);
    set(crm, 1);
    ck_assert_uint_eq(told_count, 0);
    set(result, 0xAA); /* the observer sets the fields first, the pulse last */
    ck_assert_uint_eq(told_count, 0);
    set(crm, 2);
    ck_assert_uint_eq(told_count, 2);
    ck_assert_int_eq(told[0].truth, TRUTH_TRUE);
    ck_assert_int_eq(told[1].truth, TRUTH_FALSE);
    set(result, NAN);
    set(crm, 3);
    ck_assert_uint_eq(told_count, 4);
    ck_assert_int_eq(told[2].truth, TRUTH_UNKNOWN);
}
END_TEST

START_TEST(a_message_twice_in_one_condition_is_one_reception) {
    set(k1, 1), set(k2, 1);
    start("CRM and k1.closed or CRM and k2.closed");
    set(crm, 1);
    ck_assert_uint_eq(told_count, 2);
}
END_TEST

START_TEST(continuous_crossings_at_their_instant) {
    ramp_go(&gun, 500, -100);
    start("gun.voltage < 60 V");
    ck_assert_int_eq(expression_truth(watched), TRUTH_FALSE);
    loop_run(&loop, 10 * NS_PER_S);
    ck_assert_uint_eq(told_count, 1);
    told_near(0, TRUTH_TRUE, 4.4);
    ramp_go(&gun, -500, 3);
    loop_run(&loop, 1000 * NS_PER_S);
    ck_assert_uint_eq(told_count, 2);
    told_near(1, TRUTH_FALSE, 10 + 560.0 / 3);
}
END_TEST

START_TEST(units_of_continuous_levels) {
    ramp_go(&gun, 0, 1);
    start("0.06 kV < gun.voltage");
    loop_run(&loop, 100 * NS_PER_S);
    ck_assert_uint_eq(told_count, 1);
    told_near(0, TRUTH_TRUE, 60);
}
END_TEST

/* Falls to exactly 0 and stays: <= 0 holds, < 0 does not. */
START_TEST(a_value_resting_at_the_level) {
    static const struct {
        const char *text;
        enum truth above, at, below;
    } rows[] = {
        {"gun.voltage < 0 V", TRUTH_FALSE, TRUTH_FALSE, TRUTH_TRUE},
        {"gun.voltage <= 0 V", TRUTH_FALSE, TRUTH_TRUE, TRUTH_TRUE},
        {"gun.voltage > 0 V", TRUTH_TRUE, TRUTH_FALSE, TRUTH_FALSE},
        {"gun.voltage >= 0 V", TRUTH_TRUE, TRUTH_TRUE, TRUTH_FALSE},
    };
    for (size_t i = 0; i < 4; i++) {
        ramp_go(&gun, 5, 0);
        ck_assert_int_eq(now(rows[i].text), rows[i].above);
        ramp_go(&gun, 0, 0);
        ck_assert_int_eq(expression_truth(watched), rows[i].at);
        ramp_go(&gun, -5, 0);
        ck_assert_int_eq(expression_truth(watched), rows[i].below);
        ramp_go(&gun, 0, 0);
        ck_assert_int_eq(expression_truth(watched), rows[i].at);
        ck_assert_int_eq(now(rows[i].text), rows[i].at);
    }
}
END_TEST

START_TEST(absolute_values_watch_both_levels) {
    ramp_go(&difference, -30, 1);
    start("abs(contactor.difference) >= 10 V");
    ck_assert_int_eq(expression_truth(watched), TRUTH_TRUE);
    loop_run(&loop, 100 * NS_PER_S);
    ck_assert_uint_eq(told_count, 2);
    told_near(0, TRUTH_FALSE, 20);
    told_near(1, TRUTH_TRUE, 40);
    ramp_go(&difference, -10, 0);
    ck_assert_int_eq(expression_truth(watched), TRUTH_TRUE);
    ck_assert_int_eq(now("abs(contactor.difference) <= 10 V"), TRUTH_TRUE);
    ck_assert_int_eq(now("abs(contactor.difference) < 10 V"), TRUTH_FALSE);
    ck_assert_int_eq(now("abs(contactor.difference) > 10 V"), TRUTH_FALSE);
    ramp_go(&difference, -10.5, 0);
    ck_assert_int_eq(expression_truth(watched), TRUTH_TRUE);
    ck_assert_int_eq(now("abs(contactor.difference) > -1 V"), TRUTH_TRUE);
    ck_assert_int_eq(now("abs(contactor.difference) >= 0 V"), TRUTH_TRUE);
    ramp_go(&difference, 0, 0);
    ck_assert_int_eq(expression_truth(watched), TRUTH_TRUE);
    ck_assert_int_eq(now("abs(contactor.difference) > 0 V"), TRUTH_FALSE);
    ck_assert_int_eq(now("abs(contactor.difference) < 0 V"), TRUTH_FALSE);
}
END_TEST

/* A level that is a message's field moves with every message. */
START_TEST(a_stepped_signal_as_level) {
    ramp_go(&gun, 0, 10);
    start("BCL.voltage_demand < gun.voltage");
    ck_assert_int_eq(expression_truth(watched), TRUTH_UNKNOWN);
    ck_assert_str_eq(expression_unknown(watched), "BCL.voltage_demand");
    set(demand, 50);
    ck_assert_int_eq(expression_truth(watched), TRUTH_FALSE);
    loop_run(&loop, 6 * NS_PER_S);
    ck_assert_int_eq(expression_truth(watched), TRUTH_TRUE);
    told_near(1, TRUTH_TRUE, 5);
    set(demand, 100);
    ck_assert_int_eq(expression_truth(watched), TRUTH_FALSE);
    loop_run(&loop, 20 * NS_PER_S);
    ck_assert_uint_eq(told_count, 4);
    told_near(3, TRUTH_TRUE, 10);
    set(demand, NAN);
    ck_assert_int_eq(expression_truth(watched), TRUTH_UNKNOWN);
}
END_TEST

START_TEST(a_share_of_a_stepped_signal_as_level) {
    ramp_go(&gun, 0, 10);
    start("gun.voltage > 90 % of BCL.voltage_demand");
    ck_assert_int_eq(expression_truth(watched), TRUTH_UNKNOWN);
    ck_assert_str_eq(expression_unknown(watched), "BCL.voltage_demand");
    set(demand, 100);
    ck_assert_int_eq(expression_truth(watched), TRUTH_FALSE);
    loop_run(&loop, 10 * NS_PER_S);
    told_near(told_count - 1, TRUTH_TRUE, 9);
    set(demand, 200); /* 180 V */
    ck_assert_int_eq(expression_truth(watched), TRUTH_FALSE);
    loop_run(&loop, 20 * NS_PER_S);
    told_near(told_count - 1, TRUTH_TRUE, 18);
}
END_TEST

START_TEST(a_shifted_signal_as_level) {
    set(demand, 100);
    ck_assert_int_eq(now("BCL.voltage_demand - 2 V > 97 V"), TRUTH_TRUE);
    ck_assert_int_eq(now("BCL.voltage_demand -2000 mV > 99 V"), TRUTH_FALSE);
    ck_assert_int_eq(now("50 % of BCL.voltage_demand + 5 V == 55 V"), TRUTH_TRUE);
    ramp_go(&gun, 0, 10);
    start("gun.voltage >= BCL.voltage_demand - 50 V");
    loop_run(&loop, 10 * NS_PER_S);
    told_near(told_count - 1, TRUTH_TRUE, 5);
}
END_TEST

START_TEST(a_quantity_in_percent_of_another) {
    struct expression_fault fault = {0};
    watched = quantity_compile("gun.voltage / BCL.voltage_demand", &board, &fault);
    ck_assert_msg(watched != NULL, "%s", fault.text);
    ck_assert_str_eq(expression_unit(watched), "%");
    ck_assert_str_eq(expression_unknown(watched), "BCL.voltage_demand");
    ck_assert(isnan(expression_value(watched, 0)));
    set(demand, 200);
    ramp_go(&gun, 50, 0);
    ck_assert_double_eq(expression_value(watched, loop.now_ns), 25);
    expression_track_start(watched, loop.now_ns);
    ramp_go(&gun, 150, 0);
    ck_assert_double_eq(expression_track_stop(watched, loop.now_ns, NULL), 75);
    expression_track_start(watched, loop.now_ns); /* no peak: of which whole? */
    set(demand, 100);
    set(demand, 200);
    ck_assert(isnan(expression_track_stop(watched, loop.now_ns, NULL)));
    set(demand, 0);
    ck_assert(isnan(expression_value(watched, loop.now_ns)));
}
END_TEST

START_TEST(shares_are_refused_where_they_mean_nothing) {
    refused("BCL.voltage_demand > 90 % of gun.voltage", 29, "changes all the time");
    refused("gun.voltage - 2 V > BCL.voltage_demand", 0, "changes all the time");
    refused("gun.voltage > 90 of BCL.voltage_demand", 17, "'of' does not fit");
    refused("gun.voltage > 90 V of BCL.voltage_demand", 19, "only a share");
    refused("gun.voltage > 90 % of 100 V", 22, "name of a signal");
    refused("gun.voltage > 90 % of k1.closed", 22, "true or false");
    refused("gun.voltage > BCL.voltage_demand - 2 A", 37, "does not fit");
    refused("gun.voltage > BCL.voltage_demand - - 2 V", 33, "no number");
    refused("gun.voltage / BCL.voltage_demand > 3", 33, "expected here");
}
END_TEST

START_TEST(nothing_stays_behind_after_stop) {
    ramp_go(&gun, 0, 10);
    start("abs(gun.voltage) < 60 V and k1.closed");
    expression_stop(watched);
    for (size_t i = 0; i < RAMP_WATCHES; i++) {
        ck_assert_ptr_null(gun.watches[i].watch);
    }
    ck_assert_ptr_null(k1->subscribers);
    expression_start(watched, loop.now_ns, note, NULL); /* again */
    ck_assert_ptr_nonnull(k1->subscribers);
}
END_TEST

static struct expression *quantity(const char *text) {
    struct expression_fault fault = {0};
    struct expression *one = quantity_compile(text, &board, &fault);
    ck_assert_msg(one != NULL, "%s: %s", text, fault.text);
    return one;
}

START_TEST(quantities) {
    ramp_go(&gun, -500, 100);
    struct expression *one = quantity("gun.voltage"), *two = quantity(" ( abs(gun.voltage) ) ");
    ck_assert_str_eq(expression_unit(one), "V");
    ck_assert_double_eq(expression_value(one, NS_PER_S), -400);
    ck_assert_double_eq(expression_value(two, NS_PER_S), 400);
    expression_free(one);
    expression_free(two);
    one = quantity("battery.soc");
    ck_assert_double_nan(expression_value(one, 0));
    ck_assert_str_eq(expression_unknown(one), "battery.soc");
    set(soc, 20);
    ck_assert_double_eq(expression_value(one, 0), 20);
    ck_assert_ptr_null(expression_unknown(one));
    expression_free(one);
    struct expression_fault fault;
    ck_assert_ptr_null(quantity_compile("k1.closed", &board, &fault));
    ck_assert_ptr_null(quantity_compile("gun.voltage < 3 V", &board, &fault));
    ck_assert_ptr_null(quantity_compile("3 V", &board, &fault));
    ck_assert_ptr_null(quantity_compile("gun.voltage +", &board, &fault));
    ck_assert_ptr_null(quantity_compile("gun.volltage", &board, &fault));
    ck_assert_ptr_nonnull(strstr(fault.text, "gun.voltage"));
}
END_TEST

START_TEST(peaks) {
    int64_t at_ns = -1;
    ramp_go(&gun, -500, 100);
    struct expression *one = quantity("gun.voltage");
    expression_track_start(one, loop.now_ns);
    loop_run(&loop, 3 * NS_PER_S);
    ck_assert_double_eq(expression_track_stop(one, loop.now_ns, &at_ns), -200);
    ck_assert_int_eq(at_ns, 3 * NS_PER_S);
    expression_free(one);
    ramp_go(&gun, -500, 100);
    one = quantity("abs(gun.voltage)");
    expression_track_start(one, loop.now_ns);
    loop_run(&loop, 10 * NS_PER_S); /* ends at +200 V */
    ck_assert_double_eq(expression_track_stop(one, loop.now_ns, &at_ns), 500);
    ck_assert_int_eq(at_ns, 3 * NS_PER_S);
    expression_free(one);
    one = quantity("battery.soc");
    expression_track_start(one, loop.now_ns);
    ck_assert_double_nan(expression_track_stop(one, loop.now_ns, &at_ns));
    expression_track_start(one, loop.now_ns);
    set(soc, 30), set(soc, 20);
    ck_assert_double_eq(expression_track_stop(one, loop.now_ns, NULL), 30);
    expression_free(one);
    one = quantity("cc1.voltage"); /* its source keeps no extremes */
    expression_track_start(one, loop.now_ns);
    ck_assert_double_nan(expression_track_stop(one, loop.now_ns, NULL));
    expression_free(one);
}
END_TEST

START_TEST(numbers_with_units) {
    static const struct {
        const char *text, *unit;
        double value;
    } good[] = {
        {"250 ms", "ns", 250e6},
        {"1.5 s", "ns", 1.5e9},
        {"0.1 s", "ms", 100},
        {"90min", "h", 1.5},
        {"2 h", "s", 7200},
        {"60 mV", "V", 0.06},
        {"1 kV", "mV", 1e6},
        {"250 A", "A", 250},
        {"20 Mohm", "ohm", 20e6},
        {"1 kΩ", "ohm", 1000},
        {"120 kW", "W", 120e3},
        {"1500 Wh", "kWh", 1.5},
        {"80 %", "%", 80},
        {"-40 degC", "degC", -40},
        {" 50 °C ", "degC", 50},
        {"50 Hz", "Hz", 50},
        {"20 A/s", "A/s", 20},
        {"0xFF", "", 255},
        {"7", "", 7},
        {"+3.5e2 V/s", "V/s", 350},
        {"4 a", "a", 4},
        {".5 V", "V", 0.5},
        {"100 us", "ms", 0.1},
    };
    double value;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ck_assert_msg(quantity_parse(good[i].text, good[i].unit, &value), "%s", good[i].text);
        ck_assert_msg(value == good[i].value, "%s: %.17g", good[i].text, value);
    }
    static const char *const bad[][2] = {
        {"", "V"},         {"V", "V"},      {"12", "V"},
        {"12 V", ""},      {"12 A", "V"},   {"12 V x", "V"},
        {"twelve V", "V"}, {"inf V", "V"},  {"nan V", "V"},
        {"1 2 V", "V"},    {"- 1 V", "V"},  {"1.e V", "V"},
        {"0x V", "V"},     {"1 degC", "V"}, {"1 s", "Hz"},
        {"1e400 V", "V"},  {"3 MV", "V"},   {"3 aVeryLongUnitName", "V"},
        {". V", "V"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_msg(!quantity_parse(bad[i][0], bad[i][1], &value), "'%s' as '%s'", bad[i][0],
                      bad[i][1]);
    }
    ck_assert(quantity_convert(0.3, "s", "ms", &value) && value == 300);
    ck_assert(quantity_convert(5, "furlong", "furlong", &value) && value == 5);
    ck_assert(!quantity_convert(0.3, "s", "V", &value));
    ck_assert(!quantity_convert(1e308, "kV", "mV", &value)); /* beyond a double */
}
END_TEST

/* Whatever the text: a result or a fault with an offset inside it, never a crash. */
START_TEST(random_texts) {
    static const char *const parts[] = {
        "k1.closed", "CRM",  "gun.voltage", "abs(",        "(",     ")",   " and ",
        " or ",      "not ", "< ",          "==",          "60 V",  "0xA", " ",
        "@",         "≥",    "-",           "battery.soc", "% of ", " / ", "90"};
    uint32_t random = 12345;
    size_t accepted = 0;
    for (int round = 0; round < 20000; round++) {
        char text[400] = "";
        size_t count = (random >> 8) % 9;
        for (size_t i = 0; i < count; i++) {
            random = random * 1664525u + 1013904223u;
            strcat(text, parts[(random >> 16) % (sizeof parts / sizeof parts[0])]);
        }
        random = random * 1664525u + 1013904223u;
        struct expression_fault fault = {.offset = SIZE_MAX};
        struct expression *one = expression_compile(text, &board, &fault);
        if (one == NULL) {
            ck_assert_uint_le(fault.offset, strlen(text));
            ck_assert_str_ne(fault.text, "");
        } else {
            accepted++;
            expression_start(one, 0, NULL, NULL);
            expression_free(one);
        }
    }
    ck_assert_uint_gt(accepted, 100);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("expression");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, faults_say_where_and_what_to_do);
    tcase_add_test(tests, hostile_texts_are_refused);
    tcase_add_test(tests, numbers_beyond_all_reach_are_refused);
    tcase_add_test(tests, many_levels_within_the_bound_are_fine);
    tcase_add_test(tests, comparisons_of_stepped_signals);
    tcase_add_test(tests, precedence);
    tcase_add_test(tests, kleene);
    tcase_add_test(tests, the_unknown_signal_is_named);
    tcase_add_test(tests, changes_are_told_once);
    tcase_add_test(tests, one_signal_in_two_parts_shows_no_glitch);
    tcase_add_test(tests, a_message_is_true_for_its_instant);
    tcase_add_test(tests, a_message_with_the_fields_of_that_very_message);
    tcase_add_test(tests, a_message_twice_in_one_condition_is_one_reception);
    tcase_add_test(tests, continuous_crossings_at_their_instant);
    tcase_add_test(tests, units_of_continuous_levels);
    tcase_add_test(tests, a_value_resting_at_the_level);
    tcase_add_test(tests, absolute_values_watch_both_levels);
    tcase_add_test(tests, a_stepped_signal_as_level);
    tcase_add_test(tests, a_share_of_a_stepped_signal_as_level);
    tcase_add_test(tests, a_shifted_signal_as_level);
    tcase_add_test(tests, a_quantity_in_percent_of_another);
    tcase_add_test(tests, shares_are_refused_where_they_mean_nothing);
    tcase_add_test(tests, nothing_stays_behind_after_stop);
    tcase_add_test(tests, quantities);
    tcase_add_test(tests, peaks);
    tcase_add_test(tests, numbers_with_units);
    tcase_add_test(tests, random_texts);
    Suite *suite = suite_create("expression");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
