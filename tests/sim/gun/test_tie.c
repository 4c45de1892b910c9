/* SPDX-License-Identifier: MIT */
/* Two guns with the contactor between their buses, wired by signals. */
#include "sim/gun/tie.h"
#include "tests/support/suite.h"

#include <math.h>

static struct loop loop;
static struct signal_board boards[DC_GUNS]; /* the first one has the tie's signals, too */
static struct gun guns[DC_GUNS];
static struct gun_tie tie;

static struct signal *of(size_t gun, const char *name) {
    struct signal *signal = signal_find(&boards[gun], name);
    ck_assert_msg(signal != NULL, "%s", name);
    return signal;
}

static void set(size_t gun, const char *name, double value) {
    signal_set(of(gun, name), loop.now_ns, value);
}

static double is(size_t gun, const char *name) {
    return signal_at(of(gun, name), loop.now_ns);
}

static void pass(int64_t ns) {
    loop_run(&loop, loop.now_ns + ns);
}

/* b's gun is in a vehicle of 380 V; a's is free. Modules are told 100 A. */
static void set_up(void) {
    static const char *const from_others[] = {"k5.command", "k6.command"};
    struct gun_params params = gun_params_default;
    params.dc = dc_params_default;
    loop_init(&loop, LOOP_VIRTUAL);
    for (size_t i = 0; i < DC_GUNS; i++) {
        for (size_t k = 0; k < 2; k++) {
            signal_set(signal_add(&boards[i], from_others[k], SIGNAL_BOOL, "", ""), 0, 0);
        }
        signal_set(signal_add(&boards[i], "ac.voltage", SIGNAL_NUMBER, "V", ""), 0, 380);
        signal_set(signal_add(&boards[i], "battery.ocv", SIGNAL_NUMBER, "V", ""), 0, 380);
        gun_init(&guns[i], &loop, &boards[i], &params);
        set(i, "modules.voltage_set", 380);
        set(i, "modules.current_set", 100);
    }
    gun_tie_init(&tie, &loop, &boards[0], &guns[0], &guns[1]);
    pilot_insert(&guns[1].pilot, true, 0);
}

static void tear_down(void) {
    signal_board_free(&boards[0]);
    signal_board_free(&boards[1]);
    loop_free(&loop);
}

static void charge_b(void) {
    set(0, "modules.on", 1);
    set(1, "modules.on", 1);
    set(1, "k5.command", 1);
    set(1, "k6.command", 1);
    pass(5 * NS_PER_S);
    set(1, "k1.command", 1);
    set(1, "k2.command", 1);
    pass(NS_PER_S);
    set(1, "modules.voltage_set", 600);
    pass(4 * NS_PER_S);
    ck_assert_double_eq_tol(is(1, "gun.current"), 100.0, 0.1);
}

START_TEST(the_contacts_travel_and_the_buses_are_one) {
    charge_b();
    ck_assert(is(0, "tie.closed") == 0 && is(0, "tie.interrupted") == 1);
    set(0, "tie.command", 1);
    pass(20 * NS_PER_MS);
    ck_assert(is(0, "tie.closed") == 0);
    pass(20 * NS_PER_MS);
    ck_assert(is(0, "tie.closed") == 1 && is(0, "tie.feedback") == 1);
    ck_assert(is(0, "tie.interrupted") == 0);
    ck_assert_double_eq(is(0, "output.voltage"), is(1, "output.voltage"));
    set(0, "modules.voltage_set", 600);
    pass(4 * NS_PER_S);
    ck_assert_double_eq_tol(is(1, "gun.current"), 200.0, 0.2);
    ck_assert_double_eq_tol(is(0, "gun.current"), 0.0, 0.01);
}
END_TEST

/* Parting under 100 A leaves arcs, and what the tie says of them ends when they do. */
START_TEST(it_parts_under_load_with_arcs) {
    charge_b();
    set(0, "tie.command", 1);
    pass(NS_PER_S);
    set(1, "modules.on", 0);
    set(0, "modules.voltage_set", 600);
    pass(4 * NS_PER_S);
    guns[0].dc.params.arc.volt = 3.0; /* so little that a's modules feed them */
    set(0, "tie.command", 0);
    pass(contactor_dc.open_ns + NS_PER_MS);
    ck_assert(is(0, "tie.closed") == 0 && is(0, "tie.interrupted") == 0);
    ck_assert_double_gt(is(1, "gun.current"), 90.0);
    pass(guns[0].dc.params.arc.longest_ns);
    ck_assert(is(0, "tie.interrupted") == 1);
    pass(NS_PER_S);
    ck_assert_double_lt(fabs(is(1, "gun.current")), 0.1);
}
END_TEST

static int crossings;

static void crossed(void *ctx, struct signal *signal, int64_t at_ns, bool rising) {
    (void)ctx, (void)signal, (void)rising;
    ck_assert(at_ns == loop.now_ns);
    crossings++;
}

/* A watch of b's bus fires at its instant by b's own timer, though only a was told anything. */
START_TEST(a_command_to_one_gun_wakes_the_other) {
    charge_b();
    set(0, "tie.command", 1);
    pass(NS_PER_S);
    set(1, "k1.command", 0);
    set(1, "k2.command", 0);
    pass(NS_PER_S);
    set(1, "modules.on", 0);
    set(0, "modules.voltage_set", 500);
    pass(2 * NS_PER_S);
    struct signal_watch watch = {.level = 450, .crossed = crossed};
    crossings = 0;
    signal_watch_start(of(1, "output.voltage"), &watch);
    set(0, "modules.on", 0);
    set(0, "discharge.command", 1);
    pass(5 * NS_PER_S);
    ck_assert_int_eq(crossings, 1);
    signal_watch_stop(&watch);
}
END_TEST

START_TEST(a_welded_tie_stays) {
    set(0, "tie.command", 1);
    pass(NS_PER_S);
    contactor_weld(&tie.contactor, true, loop.now_ns);
    set(0, "tie.command", 0);
    pass(NS_PER_S);
    ck_assert(is(0, "tie.closed") == 1 && guns[0].dc.pair == &tie.pair);
}
END_TEST

START_TEST(both_plugs_in_one_vehicle) {
    pilot_insert(&guns[0].pilot, true, loop.now_ns);
    gun_tie_share_vehicle(&tie, true, loop.now_ns);
    charge_b();
    set(0, "k5.command", 1);
    set(0, "k6.command", 1);
    pass(NS_PER_S);
    double first_v = is(1, "battery.voltage");
    set(0, "modules.voltage_set", 390);
    pass(2 * NS_PER_S);
    set(0, "k1.command", 1);
    set(0, "k2.command", 1);
    set(0, "modules.voltage_set", 600);
    pass(4 * NS_PER_S);
    ck_assert_double_eq_tol(is(0, "gun.current"), 100.0, 0.1);
    ck_assert_double_eq(is(0, "battery.voltage"), is(1, "battery.voltage"));
    double more_v = is(1, "battery.voltage") - first_v;
    ck_assert_double_eq_tol(more_v, 100.0 * dc_params_default.battery_ohm, 0.05);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("tie");
    TCase *tests = tcase_create("tie");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, the_contacts_travel_and_the_buses_are_one);
    tcase_add_test(tests, it_parts_under_load_with_arcs);
    tcase_add_test(tests, a_command_to_one_gun_wakes_the_other);
    tcase_add_test(tests, a_welded_tie_stays);
    tcase_add_test(tests, both_plugs_in_one_vehicle);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
