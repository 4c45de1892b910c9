/* SPDX-License-Identifier: MIT */
/* The module master on a wire with modules of the test's own: what it sends, when, and what comes of it. */
#include "firmware-under-test/core/modules/modules.h"
#include "tests/firmware/support/fake_modules.h"
#include "tests/firmware/support/fake_pile.h"
#include "tests/support/suite.h"

#define SPACING (20 * FAKE_MS)

static struct core_modules master;
static int32_t param[CORE_PARAM_COUNT];
static struct fake_modules bus;
static struct core_modules_wish wish[DUT_GUNS_MAX];
static double battery_v[FAKE_BUSES], least_a, most_a;
static unsigned below_ms;                   /* that gun A's current was below 97 A */
static unsigned at[CORE_MODULE_GROUPS_MAX]; /* the bus that each group stands on */
static int32_t closed[DUT_GUNS_MAX];
static int64_t now, wake;
static bool tie_stuck;

static int take_frame(void *ctx, unsigned net, const struct dut_can_frame *frame) {
    (void)ctx;
    ck_assert_uint_eq(net, DUT_NET_MODULES);
    fake_modules_take(&bus, now, frame);
    return 0;
}

static int32_t read_input(void *ctx, unsigned gun, enum dut_input channel) {
    (void)ctx;
    ck_assert_int_eq(channel, DUT_IN_DISTRIBUTION_CLOSED);
    return tie_stuck && gun == 0 ? 3 : closed[gun];
}

/* One tie: a group of another gun's on a gun's bus ties both buses. */
static void write_output(void *ctx, unsigned gun, enum dut_output channel, int32_t value) {
    (void)ctx;
    ck_assert_int_eq(channel, DUT_OUT_DISTRIBUTION);
    closed[gun] = value;
    at[1] = (closed[0] & 2) != 0 ? 0 : 1;
    at[0] = (closed[1] & 1) != 0 ? 1 : 0;
}

static void log_line(void *ctx, const char *text) {
    (void)ctx;
    if (getenv("FAKE_LOG") != NULL) {
        fprintf(stderr, "%10.3f %s\n", (double)now / 1e9, text);
    }
}

static const struct dut_host host = {
    .can_send = take_frame, .input = read_input, .output = write_output, .log = log_line};

static void set_param(const char *name, int32_t value) {
    ck_assert_int_eq(core_params_set(param, name, value), 0);
}

static void begin(enum fake_face face) {
    memset(wish, 0, sizeof wish);
    memset(battery_v, 0, sizeof battery_v);
    memset(closed, 0, sizeof closed);
    tie_stuck = false;
    now = 5 * FAKE_MS;
    wake = now;
    at[0] = 0;
    at[1] = 1;
    fake_modules_init(&bus, face, 12);
    core_params_default(param);
    set_param("modules.face", (int32_t)face);
    set_param("guns", 2);
    core_modules_begin(&master, &host, param, now);
}

static double bus_voltage(unsigned gun) {
    double v = battery_v[gun];
    for (unsigned i = 0; v == 0 && i < bus.count; i++) {
        const struct fake_module *module = &bus.module[i];
        if (at[module->group - bus.first_group] == gun && module->there && module->v > v) {
            v = module->v;
        }
    }
    return v;
}

static void measure(void) {
    for (unsigned gun = 0; gun < DUT_GUNS_MAX; gun++) {
        wish[gun].current_ma = (int32_t)(fake_modules_current(&bus, at, gun) * 1000);
        unsigned on = gun == 1 && (closed[0] & 2) != 0   ? 0
                      : gun == 0 && (closed[1] & 1) != 0 ? 1
                                                         : gun;
        wish[gun].bus_mv = (int32_t)(bus_voltage(on) * 1000);
    }
    double a = fake_modules_current(&bus, at, 0);
    least_a = a < least_a ? a : least_a;
    most_a = a > most_a ? a : most_a;
    below_ms += a < 97;
}

static void run(int ms) {
    for (int i = 0; i < ms; i++) {
        struct dut_can_frame frame;
        now += FAKE_MS;
        bool heard = false;
        while (fake_modules_answer(&bus, now, &frame)) {
            core_modules_hear(&master, now, &frame);
            heard = true;
        }
        fake_modules_tick(&bus, now, battery_v, at);
        measure();
        if (heard || now >= wake || i == 0) {
            wake = core_modules_run(&master, now, wish);
        }
    }
}

/* The extremes of gun A's current from now on. */
static void watch(void) {
    least_a = 1e9;
    most_a = -1;
    below_ms = 0;
}

static void ask(unsigned gun, double v, double a) {
    wish[gun].on = wish[gun].served = true;
    wish[gun].mv = (int32_t)(v * 1000);
    wish[gun].ma = (int32_t)(a * 1000);
    wish[gun].want_w = (int32_t)(v * a);
}

static void stop(unsigned gun) {
    wish[gun].on = false;
    wish[gun].mv = wish[gun].ma = wish[gun].want_w = 0;
}

static double current(unsigned gun) {
    return fake_modules_current(&bus, at, gun);
}

static unsigned count_state(enum core_module_state state) {
    unsigned count = 0;
    for (unsigned i = 0; i < CORE_MODULES_MAX; i++) {
        count += master.module[i].state == state;
    }
    return count;
}

static void check_manners(void) {
    ck_assert_int_ge(bus.spacing_least_ns, SPACING);
    for (unsigned i = 0; i < bus.count; i++) {
        ck_assert_msg(bus.module[i].writes_while_allocating == 0, "module %u was written to", i);
        ck_assert_msg(bus.module[i].on_before_set == 0, "module %u was on before it was set", i);
    }
}

/* Gun A at 540 V, from the six modules of its own. */
static void charging(enum fake_face face, double a) {
    begin(face);
    run(5000);
    battery_v[0] = 540;
    ask(0, 600, a);
    run(3000);
    ck_assert_double_eq_tol(current(0), a, 0.1);
}

static const enum fake_face faces[] = {FAKE_INFYPOWER, FAKE_UUGREEN};

START_TEST(finds_twelve_and_delivers) {
    charging(faces[_i], 120);
    for (unsigned i = 0; i < 12; i++) {
        ck_assert_uint_eq(master.module[i].address, bus.module[i].address);
        ck_assert_uint_eq(master.module[i].group, i / 6);
        ck_assert_int_eq(bus.module[i].on, i < 6);
        ck_assert_double_eq_tol(bus.module[i].a, i < 6 ? 20 : 0, 0.01);
        ck_assert_uint_eq(bus.module[i].status & 0x4000, 0); /* no walk-in: the master ramps */
    }
    ck_assert_int_eq(core_modules_supply(&master, 0)->power_w, 120000);
    ck_assert_int_eq(core_modules_supply(&master, 0)->notice, CORE_FAULT_NONE);
    check_manners();
}
END_TEST

/* A minute of nothing to say: nobody's watchdog runs out, and idle ones are heard of too. */
START_TEST(twelve_live_for_a_minute) {
    charging(faces[_i], 60);
    for (unsigned s = 0; s < 60; s++) {
        run(1000);
        for (unsigned i = 0; i < 12; i++) {
            ck_assert_int_lt(now - bus.module[i].heard_ns, 2000 * FAKE_MS);
            ck_assert(!bus.module[i].cut);
        }
    }
    ck_assert_double_eq_tol(current(0), 60, 0.1);
    check_manners();
}
END_TEST

START_TEST(off_is_one_broadcast_at_once) {
    charging(faces[_i], 120);
    for (int delay = 0; delay < 40; delay += 7) { /* at any time within a command's spacing */
        run(3000 + delay);
        ck_assert_double_gt(current(0), 100);
        unsigned offs = bus.offs_to_all;
        int64_t cause = now;
        stop(0);
        run(30);
        ck_assert_uint_eq(bus.offs_to_all, offs + 1);
        ck_assert_int_le(bus.off_ns - cause, 27 * FAKE_MS);
        run(200);
        ck_assert_double_eq(current(0), 0);
        ask(0, 600, 120);
    }
    check_manners();
}
END_TEST

START_TEST(off_of_one_gun_leaves_the_other) {
    charging(faces[_i], 60);
    battery_v[1] = 400;
    ask(1, 450, 90);
    run(4000);
    ck_assert_double_eq_tol(current(1), 90, 0.1);
    int64_t cause = now;
    stop(0);
    run(100);
    ck_assert_int_le(bus.off_ns - cause, 27 * FAKE_MS);
    ck_assert_double_eq(current(0), 0);
    ck_assert_double_eq_tol(current(1), 90, 0.1);
    check_manners();
}
END_TEST

/* Never above what is asked for, and close to it soon: the sum follows a demand that moves. */
START_TEST(follows_a_demand) {
    charging(faces[_i], 10);
    for (int step = 0; step < 200; step++) {
        double a = 10 + step;
        ask(0, 600, a < 110 ? a : 220 - a);
        run(50);
        ck_assert_double_le(current(0), 112);
    }
    ask(0, 600, 33);
    run(1500);
    ck_assert_double_eq_tol(current(0), 33, 0.1);
    check_manners();
}
END_TEST

START_TEST(power_and_plate_bound_the_set_values) {
    charging(FAKE_INFYPOWER, 120);
    ask(0, 1200, 900);
    battery_v[0] = 900;
    run(2000);
    for (unsigned i = 0; i < 6; i++) { /* what is beyond, a module ignores */
        ck_assert_double_eq_tol(bus.module[i].set_v, 1000, 0.01);
        ck_assert_double_eq_tol(bus.module[i].set_a, 20, 0.01);
    }
    battery_v[0] = 250;
    ask(0, 300, 900);
    run(3000);
    ck_assert_double_eq_tol(bus.module[0].set_a, 60, 0.01);
}
END_TEST

/* ---- a module that is not as it should be ---- */

START_TEST(a_pulled_module_is_made_up_for) {
    charging(faces[_i], 120);
    watch();
    bus.module[3].there = false;
    run(300);
    ck_assert_double_ge(least_a, 99.9);
    run(1700);
    ck_assert_double_eq_tol(current(0), 120, 0.5);
    ck_assert_double_le(most_a, 121);
    ck_assert_int_eq(core_modules_supply(&master, 0)->notice, CORE_FAULT_MODULE);
    ck_assert_uint_eq(count_state(CORE_MODULE_SILENT), 1);
    check_manners();
}
END_TEST

/* It is heard no more, and delivers on: the others leave it its part, and it is told to stop. */
START_TEST(a_silent_module_is_counted_by_its_current) {
    charging(faces[_i], 120);
    bus.module[2].silent = true;
    bus.module[2].ignores_off = true;
    watch();
    run(14000);
    ck_assert_double_le(most_a, 121);
    ck_assert_double_ge(least_a, 119);
    ask(0, 600, 60);
    run(1500);
    ck_assert_double_eq_tol(current(0), 60, 1);
    bus.module[2].ignores_off = false;
    run(2000);
    ck_assert(!bus.module[2].on); /* it hears off, over and over */
    ck_assert_double_eq_tol(current(0), 60, 0.5);
    check_manners();
}
END_TEST

START_TEST(a_late_module_goes_on) {
    charging(faces[_i], 120);
    bus.module[4].late_ms = 250;
    watch();
    run(10000);
    ck_assert_double_ge(least_a, 118);
    ck_assert_double_le(most_a, 122);
    ck_assert_uint_eq(count_state(CORE_MODULE_SILENT), 0);
}
END_TEST

/* Deaf for longer than its watchdog, while the charge ends. What it hears first afterwards is off. */
START_TEST(a_watchdogs_restart_delivers_nothing) {
    charging(faces[_i], 120);
    bus.module[1].deaf = bus.module[1].silent = true;
    run(12000);
    ck_assert(bus.module[1].cut);
    stop(0);
    wish[0].served = false;
    battery_v[0] = 0;
    run(30000);
    bus.module[1].deaf = bus.module[1].silent = false;
    for (int i = 0; i < 5000; i++) {
        run(1);
        ck_assert(!bus.module[1].on);
    }
    ck_assert_uint_eq(count_state(CORE_MODULE_SILENT), 0);
    battery_v[0] = 540;
    ask(0, 600, 60);
    run(4000);
    ck_assert_double_eq_tol(bus.module[1].a, 10, 0.1); /* and it is used again */
    check_manners();
}
END_TEST

START_TEST(a_module_that_ignores_its_set_value_is_left_out) {
    charging(faces[_i], 120);
    bus.module[0].ignores_set = true;
    ask(0, 600, 48);
    run(6000);
    ck_assert(!bus.module[0].on);
    ck_assert_double_eq_tol(current(0), 48, 0.5);
    ck_assert_uint_eq(count_state(CORE_MODULE_BARRED), 1);
    stop(0);
    wish[0].served = false;
    bus.module[0].ignores_set = false;
    run(1000);
    ask(0, 600, 60);
    run(3000);
    ck_assert_double_eq_tol(bus.module[0].a, 10, 0.1); /* the next charge tries it anew */
}
END_TEST

START_TEST(a_stuck_module_is_counted) {
    charging(faces[_i], 120);
    bus.module[0].ignores_set = bus.module[0].ignores_off = true;
    ask(0, 600, 60);
    run(6000);
    ck_assert_double_eq_tol(bus.module[0].a, 20, 0.1);
    ck_assert_double_eq_tol(current(0), 60, 1);
}
END_TEST

static const struct {
    enum fake_face face;
    uint32_t status;
    enum core_fault notice;
} unfit[] = {
    {FAKE_INFYPOWER, 0x000200, CORE_FAULT_MODULE},     /* fault */
    {FAKE_INFYPOWER, 0x000400, CORE_FAULT_MODULE},     /* protection */
    {FAKE_INFYPOWER, 0x001000, CORE_FAULT_MODULE_HOT}, /* over-temperature */
    {FAKE_INFYPOWER, 0x020000, CORE_FAULT_MODULE},     /* address repeated */
    {FAKE_INFYPOWER, 0x000001, CORE_FAULT_MODULE},     /* output short */
    {FAKE_INFYPOWER, 0x000010, CORE_FAULT_MODULE},     /* sleeping */
    {FAKE_UUGREEN, 1u << 16, CORE_FAULT_MODULE_HOT},   {FAKE_UUGREEN, 1u << 21, CORE_FAULT_MODULE},
    {FAKE_UUGREEN, 1u << 29, CORE_FAULT_MODULE},
};

START_TEST(an_unfit_module_takes_no_share) {
    charging(unfit[_i].face, 120);
    bus.module[5].status |= unfit[_i].status;
    bus.module[5].on = false; /* it protects itself */
    run(2000);
    ck_assert_double_eq_tol(current(0), 120, 0.5);
    ck_assert_double_eq_tol(bus.module[4].a, 24, 0.1);
    ck_assert(!bus.module[5].on);
    ck_assert_int_eq(core_modules_supply(&master, 0)->notice, unfit[_i].notice);
    bus.module[5].status &= ~unfit[_i].status;
    watch();
    run(3000);
    ck_assert_double_eq_tol(bus.module[5].a, 20, 0.1); /* and comes back without a jump */
    ck_assert_double_le(most_a, 121);
    ck_assert_int_eq(core_modules_supply(&master, 0)->notice, CORE_FAULT_NONE);
}
END_TEST

START_TEST(all_gone_is_a_fault) {
    charging(faces[_i], 120);
    for (unsigned i = 0; i < 12; i++) { /* of six, the other six would take over */
        bus.module[i].there = false;
    }
    run(6000);
    ck_assert_int_eq(core_modules_supply(&master, 0)->fault, CORE_FAULT_MODULES);
    ck_assert_int_eq(core_modules_supply(&master, 0)->power_w, 0);
    ck_assert_int_eq(core_modules_supply(&master, 1)->fault, CORE_FAULT_NONE);
}
END_TEST

/* ---- addresses, hot plug ---- */

/* Error 7 for ten seconds from all, as after power-up; then found, and used. */
START_TEST(nothing_is_written_while_addresses_are_given) {
    begin(FAKE_INFYPOWER);
    for (unsigned i = 0; i < 12; i++) {
        bus.module[i].allocates_until_ns = 10000 * FAKE_MS;
    }
    battery_v[0] = 540;
    ask(0, 600, 60);
    run(9900);
    ck_assert_uint_eq(count_state(CORE_MODULE_FREE), CORE_MODULES_MAX);
    run(6000);
    ck_assert_double_eq_tol(current(0), 60, 0.2);
    check_manners();
}
END_TEST

/* A seventh comes while six deliver: no write to it while it says error 7, the others are set on. */
START_TEST(a_module_is_added_while_charging) {
    begin(FAKE_INFYPOWER);
    bus.module[5].there = false;
    run(5000);
    battery_v[0] = 540;
    ask(0, 600, 100);
    run(3000);
    ck_assert_double_eq_tol(bus.module[0].a, 20, 0.1);
    watch();
    bus.module[5].there = true;
    bus.module[5].allocates_until_ns = now + 10000 * FAKE_MS;
    run(5000);
    ask(0, 600, 110); /* set one by one meanwhile */
    run(4000);
    ck_assert_double_eq_tol(current(0), 110, 0.2);
    run(5000);
    ck_assert_double_eq_tol(bus.module[5].a, 110 / 6.0, 0.1);
    ck_assert_uint_le(below_ms, 20); /* all of a group change at once */
    ck_assert_double_ge(least_a, 88);
    ck_assert_double_le(most_a, 112);
    check_manners();
}
END_TEST

START_TEST(a_hundred_hot_plugs) {
    charging(faces[_i], 100);
    watch();
    for (unsigned i = 0; i < 100; i++) {
        struct fake_module *module = &bus.module[i * 5 % 6];
        module->there = false;
        module->on = module->was_set = false;
        module->set_a = module->set_v = 0;
        run(2500);
        module->there = true;
        run(2500);
        ck_assert_double_eq_tol(current(0), 100, 0.5);
    }
    ck_assert_double_ge(least_a, 83); /* one of six, until it is noticed */
    ck_assert_double_le(most_a, 103);
    check_manners();
}
END_TEST

/* UUGreen: two modules with one address show two serials. */
START_TEST(an_address_that_two_have) {
    begin(FAKE_UUGREEN);
    bus.module[5].address = bus.module[4].address;
    run(5000);
    battery_v[0] = 540;
    ask(0, 600, 100);
    run(4000);
    ck_assert(!bus.module[4].on && !bus.module[5].on);
    ck_assert_double_eq_tol(current(0), 100, 0.5);
}
END_TEST

/* Its address changes: it is another module, off until it is told what to do. */
START_TEST(an_address_that_changes) {
    charging(faces[_i], 120);
    watch();
    bus.module[2].address = 40;
    run(8000);
    ck_assert_double_eq_tol(current(0), 120, 0.5);
    ck_assert_double_le(most_a, 122);
}
END_TEST

/* ---- distribution ---- */

START_TEST(one_gun_has_the_modules_of_both) {
    charging(faces[_i], 120);
    ask(0, 600, 250); /* 135 kW at 540 V: more than six have */
    run(8000);
    ck_assert_int_eq(closed[0], 3);
    ck_assert_double_eq_tol(current(0), 250, 0.5);
    ck_assert_int_eq(core_modules_supply(&master, 0)->power_w, 240000);
    ck_assert_int_eq(core_modules_supply(&master, 1)->refusal, CORE_FAULT_DISTRIBUTION);
    check_manners();
}
END_TEST

/* What was lent comes back: the first gun is limited, and gives its current up without a jump. */
START_TEST(a_starting_gun_takes_its_modules_back) {
    charging(faces[_i], 120);
    ask(0, 600, 250);
    run(8000);
    ask(0, 600, 200); /* what six can: the output has been limited */
    wish[1].served = true;
    run(1);
    watch();
    run(12000);
    ck_assert_int_eq(closed[0], 1);
    ck_assert_int_eq(closed[1], 2);
    ck_assert_int_eq(core_modules_supply(&master, 1)->refusal, CORE_FAULT_NONE);
    ck_assert_double_ge(least_a, _i == 0 ? 190 : 185); /* UUGreen needs two frames */
    ck_assert_double_le(most_a, 251);
    ck_assert_double_eq_tol(current(0), 200, 0.5);
    battery_v[1] = 400;
    ask(1, 450, 100);
    run(3000);
    ck_assert_double_eq_tol(current(1), 100, 0.5);
    check_manners();
}
END_TEST

START_TEST(a_tie_closes_on_equal_and_opens_without_current) {
    charging(FAKE_INFYPOWER, 120);
    ask(0, 600, 250);
    for (int i = 0; i < 9000; i++) {
        int32_t before = closed[0];
        double own = bus_voltage(1), other = bus_voltage(0);
        run(1);
        if (closed[0] != before) {
            ck_assert_double_le(own - other, 8);
            ck_assert_double_ge(own - other, -8);
        }
    }
    ck_assert_int_eq(closed[0], 3);
    wish[1].served = true;
    for (int i = 0; i < 9000; i++) {
        int32_t before = closed[0];
        double a = 0;
        for (unsigned k = 6; k < 12; k++) {
            a += bus.module[k].a;
        }
        run(1);
        ck_assert(closed[0] == before || a < 0.5);
    }
    ck_assert_int_eq(closed[0], 1);
}
END_TEST

START_TEST(who_ends_gives_back) {
    charging(FAKE_INFYPOWER, 120);
    ask(0, 600, 250);
    run(8000);
    ck_assert_int_eq(closed[0], 3);
    stop(0);
    battery_v[0] = 0;
    run(500);
    ck_assert_int_eq(closed[0], 3); /* its session goes on: nobody else needs them */
    wish[0].served = false;
    run(3000);
    ck_assert_int_eq(closed[0], 1);
    ck_assert_int_eq(core_modules_supply(&master, 1)->refusal, CORE_FAULT_NONE);
}
END_TEST

/* Welded: the gun whose bus it ties to another one must not begin. */
START_TEST(a_tie_that_does_not_open_keeps_the_other_gun_off) {
    charging(FAKE_INFYPOWER, 120);
    ask(0, 600, 250);
    run(8000);
    ck_assert_int_eq(closed[0], 3);
    tie_stuck = true;
    wish[1].served = true;
    run(20000);
    ck_assert_int_eq(closed[0], 1); /* as commanded */
    ck_assert_int_eq(core_modules_supply(&master, 1)->refusal, CORE_FAULT_DISTRIBUTION);
    ck_assert_int_eq(core_modules_supply(&master, 0)->refusal, CORE_FAULT_NONE);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("master");
    TCase *tc = tcase_create("master");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, finds_twelve_and_delivers, 0, 2);
    tcase_add_loop_test(tc, twelve_live_for_a_minute, 0, 2);
    tcase_add_loop_test(tc, off_is_one_broadcast_at_once, 0, 2);
    tcase_add_loop_test(tc, off_of_one_gun_leaves_the_other, 0, 2);
    tcase_add_loop_test(tc, follows_a_demand, 0, 2);
    tcase_add_test(tc, power_and_plate_bound_the_set_values);
    tcase_add_loop_test(tc, a_pulled_module_is_made_up_for, 0, 2);
    tcase_add_loop_test(tc, a_silent_module_is_counted_by_its_current, 0, 2);
    tcase_add_loop_test(tc, a_late_module_goes_on, 0, 2);
    tcase_add_loop_test(tc, a_watchdogs_restart_delivers_nothing, 0, 2);
    tcase_add_loop_test(tc, a_module_that_ignores_its_set_value_is_left_out, 0, 2);
    tcase_add_loop_test(tc, a_stuck_module_is_counted, 0, 2);
    tcase_add_loop_test(tc, an_unfit_module_takes_no_share, 0, sizeof unfit / sizeof unfit[0]);
    tcase_add_loop_test(tc, all_gone_is_a_fault, 0, 2);
    tcase_add_test(tc, nothing_is_written_while_addresses_are_given);
    tcase_add_test(tc, a_module_is_added_while_charging);
    tcase_add_loop_test(tc, a_hundred_hot_plugs, 0, 2);
    tcase_add_test(tc, an_address_that_two_have);
    tcase_add_loop_test(tc, an_address_that_changes, 0, 2);
    tcase_add_loop_test(tc, one_gun_has_the_modules_of_both, 0, 2);
    tcase_add_loop_test(tc, a_starting_gun_takes_its_modules_back, 0, 2);
    tcase_add_test(tc, a_tie_closes_on_equal_and_opens_without_current);
    tcase_add_test(tc, who_ends_gives_back);
    tcase_add_test(tc, a_tie_that_does_not_open_keeps_the_other_gun_off);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
