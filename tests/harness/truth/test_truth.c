/* SPDX-License-Identifier: MIT */
/* What the charger says against what is true, on a board of stepped signals. */
#include "harness/truth/truth.h"

#include <check.h>
#include <math.h>
#include <string.h>

#define S NS_PER_S

static struct loop loop;
static struct signal_board board;
static struct truths truth;
static double plate_number;

static double number_of_plate(void *ctx) {
    (void)ctx;
    return plate_number;
}

static void add(const char *name, double value) {
    signal_set(signal_add(&board, name, SIGNAL_NUMBER, "", ""), loop.now_ns, value);
}

static bool set_up; /* the case sets parameters */

static void setup_at(int64_t clock_s) {
    static const char *const zero[] = {
        "output.voltage",  "gun.voltage", "gun.current",   "modules.on",   "k1.closed",
        "k2.closed",       "k5.closed",   "k6.closed",     "gun.inserted", "meter.csd_error",
        "plant.csd_error", "k3k4.closed", "operator.start"};
    static const char *const pulses[] = {"CCS", "CRO", "CRM", "CTS", "CML", "CSD", "BCS", "BCP",
                                         "CEM", "BEM", "CHM", "BHM", "CST", "BST", "BRM"};
    static const char *const fields[] = {"CCS.charging_permitted",
                                         "CCS.output_voltage",
                                         "CCS.output_current",
                                         "CCS.charging_time",
                                         "BCL.current_demand",
                                         "BCL.voltage_demand",
                                         "BSM.charging_permitted",
                                         "BCS.soc",
                                         "CSD.charging_time",
                                         "CSD.charger_number",
                                         "CSD.energy",
                                         "CRM.charger_number",
                                         "CRM.result",
                                         "CRO.ready",
                                         "BHM.voltage_max",
                                         "BCP.voltage_max",
                                         "BCP.battery_voltage",
                                         "CML.voltage_min",
                                         "CML.voltage_max",
                                         "CML.current_min",
                                         "CML.current_max",
                                         "CTS.second",
                                         "CTS.minute",
                                         "CTS.hour",
                                         "CTS.day",
                                         "CTS.month",
                                         "CTS.year"};
    loop_init(&loop, LOOP_VIRTUAL);
    memset(&board, 0, sizeof board);
    for (size_t i = 0; i < sizeof zero / sizeof zero[0]; i++) {
        add(zero[i], 0);
    }
    for (size_t i = 0; i < sizeof pulses / sizeof pulses[0]; i++) {
        signal_add(&board, pulses[i], SIGNAL_PULSE, "", "");
    }
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        signal_add(&board, fields[i], SIGNAL_NUMBER, "", "");
    }
    plate_number = 7;
    add("plate.voltage_min", 200);
    add("plate.voltage_max", 950);
    add("plate.current_min", 0);
    add("plate.current_max", 250);
    add("plate.power", 100000);
    const struct truth_config config = {.loop = &loop,
                                        .board = &board,
                                        .clock_s = clock_s,
                                        .number = number_of_plate,
                                        .set_up = set_up};
    truth_init(&truth, &config);
}

static void setup(void) {
    setup_at(1767225590); /* 2025-12-31 23:59:50 */
}

static void teardown(void) {
    truth_free(&truth);
    signal_board_free(&board);
    loop_free(&loop);
}

static void set(const char *name, double value) {
    signal_set(signal_find(&board, name), loop.now_ns, value);
}

static double get(const char *name) {
    return signal_find(&board, name)->value;
}

static void wait(int64_t ns) {
    loop_run(&loop, loop.now_ns + ns);
}

static void say(const char *message) {
    static double count;
    set(message, ++count);
}

static void close_all(double volts, double amperes) {
    static const char *const contacts[] = {"k5.closed", "k6.closed", "k1.closed", "k2.closed",
                                           "modules.on"};
    for (size_t i = 0; i < sizeof contacts / sizeof contacts[0]; i++) {
        set(contacts[i], 1);
    }
    set("output.voltage", volts);
    set("gun.voltage", volts);
    set("gun.current", amperes);
}

static void say_ccs(double volts, double amperes, double minutes, double permitted) {
    set("CCS.output_voltage", volts);
    set("CCS.output_current", -amperes);
    set("CCS.charging_time", minutes);
    set("CCS.charging_permitted", permitted);
    say("CCS");
}

/* From 100 A to 80 A in 2 s. */
START_TEST(ccs_may_be_a_second_old) {
    close_all(500, 100);
    for (int i = 0; i <= 40; i++) {
        wait(50 * NS_PER_MS);
        set("gun.current", 100 - i * 0.5);
        set("gun.voltage", 500 + i * 0.5);
        say_ccs(500 + i * 0.5, 100 - i * 0.5, 0, 1);
        ck_assert_double_eq(get("truth.ccs_voltage"), 0);
        ck_assert_double_eq(get("truth.ccs_current"), 0);
    }
    say_ccs(511, 89, 0, 1); /* of 0.9 s ago */
    ck_assert_double_eq(get("truth.ccs_voltage"), 0);
    ck_assert_double_eq(get("truth.ccs_current"), 0);
    say_ccs(530, 80, 0, 1);
    ck_assert_double_eq_tol(get("truth.ccs_voltage"), 10, 1e-9);
    say_ccs(495, 80, 0, 1); /* the other side of K1/K2 still has 500 V */
    ck_assert_double_eq_tol(get("truth.ccs_voltage"), -5, 1e-9);
    say_ccs(520, 95, 0, 1); /* 1.9 s ago it was so */
    ck_assert_double_gt(get("truth.ccs_current"), 3);
    say_ccs(520, 76, 0, 1);
    ck_assert_double_eq_tol(get("truth.ccs_current"), 76 - 80 * 0.985, 1e-9);
}
END_TEST

/* A dip between two CCS: what the charger has measured in it is true. */
START_TEST(between_two_ccs_it_was_so_too) {
    close_all(500, 100);
    wait(3 * S);
    say_ccs(500, 100, 0, 1);
    wait(20 * NS_PER_MS);
    set("gun.current", -3);
    set("gun.voltage", 480);
    wait(20 * NS_PER_MS);
    set("gun.current", 40);
    set("gun.voltage", 490);
    say_ccs(480, -3, 0, 1);
    ck_assert_double_eq(get("truth.ccs_current"), 0);
    ck_assert_double_eq(get("truth.ccs_voltage"), 0);
    say_ccs(470, -5, 0, 1);
    ck_assert_double_eq_tol(get("truth.ccs_current"), -5 + 3 * 1.015, 1e-9);
    ck_assert_double_eq_tol(get("truth.ccs_voltage"), -10, 1e-9);
    wait(1100 * NS_PER_MS);
    say_ccs(490, 40, 0, 1);
    wait(1100 * NS_PER_MS);
    say_ccs(490, -3, 0, 1); /* long ago */
    ck_assert_double_lt(get("truth.ccs_current"), -40);
}
END_TEST

START_TEST(after_a_step_nothing_is_said_of_ccs) {
    close_all(500, 100);
    wait(3 * S);
    set("modules.on", 0);
    set("gun.current", 0);
    wait(500 * NS_PER_MS);
    say_ccs(600, 50, 0, 1);
    ck_assert_double_eq(get("truth.ccs_voltage"), 0);
    wait(600 * NS_PER_MS);
    say_ccs(600, 50, 0, 1);
    ck_assert_double_gt(get("truth.ccs_voltage"), 50);
    ck_assert_double_eq_tol(get("truth.ccs_current"), 50, 1e-9);
}
END_TEST

/* What the modules still have when a contact has moved says nothing of what they are told. */
START_TEST(power_at_each_ccs) {
    close_all(500, 100);
    wait(900 * NS_PER_MS);
    say_ccs(500, 100, 0, 1);
    ck_assert_double_eq(get("truth.power"), 0);
    wait(200 * NS_PER_MS);
    say_ccs(490, 90, 0, 1); /* whatever it says */
    ck_assert_double_eq(get("truth.power"), 50);
    set("gun.current", 120);
    ck_assert_double_eq(get("truth.power"), 50);
    say_ccs(490, 90, 0, 1);
    ck_assert_double_eq(get("truth.power"), 60);
    signal_find(&board, "plate.power")->known = false; /* a firmware that declares none */
    say_ccs(490, 90, 0, 1);
    ck_assert_double_eq(get("truth.power"), 0);
}
END_TEST

/* Plugged in for so long, CCS for so long, of which so long paused. */
START_TEST(minutes) {
    static const struct {
        int64_t plugged_s, ccs_s, paused_s;
        double said, off;
    } rows[] = {
        {10, 30, 0, 0, 0},      {10, 30, 0, 1, 0},       {10, 30, 0, 2, 1},
        {10, 119, 0, 1, 0},     {10, 119, 0, 0, -1},     {10, 119, 0, 3, 0},
        {10, 119, 0, 4, 1},     {300, 120, 0, 7, 0},     {10, 300, 200, 1, 0},
        {10, 300, 200, 5, 0},   {10, 300, 200, 0, -1},   {10, 300, 0, 256, 250},
        {10, 40000, 0, 600, 0}, {10, 40000, 0, 599, -1}, {10, 40000, 0, 601, 1},
    };
    const double said = rows[_i].said, off = rows[_i].off;
    set("gun.inserted", 1);
    wait(rows[_i].plugged_s * S);
    for (int64_t s = 0; s <= rows[_i].ccs_s; s++) {
        say_ccs(0, 0, NAN, s >= rows[_i].paused_s);
        wait(1 * S);
    }
    say_ccs(0, 0, said, 1);
    ck_assert_msg(get("truth.charging_time") == off, "%g", get("truth.charging_time"));
    set("CSD.charging_time", said);
    say("CSD");
    ck_assert_double_eq(get("truth.charging_time"), off);
}
END_TEST

START_TEST(minutes_of_a_new_attempt_may_begin_anew) {
    set("gun.inserted", 1);
    for (int s = 0; s <= 200; s++) {
        say_ccs(0, 0, floor(s / 60.0), 1);
        wait(1 * S);
    }
    set("CRO.ready", 0);
    say("CRO");
    say_ccs(0, 0, 0, 1);
    ck_assert_double_eq(get("truth.charging_time"), 0);
    say_ccs(0, 0, 3, 1);
    ck_assert_double_eq(get("truth.charging_time"), 0);
}
END_TEST

START_TEST(paused_while_current_flows) {
    close_all(500, 100);
    wait(3 * S);
    for (int s = 0; s < 6; s++) { /* 100 A may take 5 s to fall, and be seen 1 s later */
        say_ccs(500, 100, 0, 0);
        ck_assert_double_eq(get("truth.ccs_permission"), 0);
        wait(1 * S);
    }
    wait(100 * NS_PER_MS);
    say_ccs(500, 100, 0, 0);
    ck_assert_double_eq(get("truth.ccs_permission"), 1);
    set("gun.current", 4.9);
    say_ccs(500, 5, 0, 0);
    ck_assert_double_eq(get("truth.ccs_permission"), 0);
    set("gun.current", 100);
    say_ccs(500, 100, 0, 1);
    ck_assert_double_eq(get("truth.ccs_permission"), 0);
}
END_TEST

START_TEST(a_pause_that_is_over_is_a_condition) {
    for (int s = 0; s < 600; s++) {
        ck_assert_double_eq(get("happened.condition"), 0);
        say_ccs(500, 0, 0, 0);
        wait(1 * S);
    }
    ck_assert_double_eq(get("happened.condition"), 1);
}
END_TEST

START_TEST(allowed_while_none_can_flow) {
    static const struct {
        double demand, allowed, untrue;
    } rows[] = {{-100, 1, 1}, {-4, 1, 0}, {0, NAN, 0}, {-100, 0, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        close_all(500, 100);
        set("BCL.current_demand", rows[i].demand);
        set("BSM.charging_permitted", rows[i].allowed);
        set("modules.on", 0);
        wait(2 * S);
        say_ccs(500, 0, 0, 1);
        ck_assert_double_eq(get("truth.ccs_permission"), 0);
        wait(100 * NS_PER_MS);
        say_ccs(500, 0, 0, 1);
        ck_assert_double_eq(get("truth.ccs_permission"), rows[i].untrue);
    }
}
END_TEST

START_TEST(ready_with_open_contactors) {
    set("CRO.ready", 170);
    say("CRO");
    ck_assert_double_eq(get("truth.cro"), 1);
    set("CRO.ready", 0);
    say("CRO");
    ck_assert_double_eq(get("truth.cro"), 0);
    set("k1.closed", 1);
    set("CRO.ready", 170);
    say("CRO");
    ck_assert_double_eq(get("truth.cro"), 1); /* one of two */
    set("k2.closed", 1);
    say("CRO");
    ck_assert_double_eq(get("truth.cro"), 0);
    set("k1.closed", 0);
    wait(100 * NS_PER_MS);
    say("CRO"); /* under way as they opened */
    ck_assert_double_eq(get("truth.cro"), 0);
    wait(1);
    say("CRO");
    ck_assert_double_eq(get("truth.cro"), 1);
}
END_TEST

START_TEST(number) {
    static const struct {
        double plate, crm, csd, in_crm, in_csd;
    } rows[] = {{7, 7, 7, 0, 0},   {7, 8, 7, 1, 0},   {7, 7, 8, 0, 1},
                {7, 7, NAN, 0, 0}, {NAN, 8, 8, 0, 0}, {NAN, 8, 9, 0, 1}};
    plate_number = rows[_i].plate;
    set("CRM.charger_number", rows[_i].crm);
    say("CRM");
    ck_assert_double_eq(get("truth.number"), rows[_i].in_crm);
    set("CSD.charger_number", rows[_i].csd);
    say("CSD");
    ck_assert_double_eq(get("truth.number"), rows[_i].in_csd);
}
END_TEST

/* The clock was set to 2025-12-31 23:59:50 at 0. */
START_TEST(clock_of_cts) {
    static const struct {
        int64_t at_s;
        double said[6], off;
    } rows[] = {
        {0, {50, 59, 23, 31, 12, 2025}, 0},
        {9, {59, 59, 23, 31, 12, 2025}, 0},
        {10, {0, 0, 0, 1, 1, 2026}, 0},
        {10, {0, 0, 0, 1, 1, 2025}, -365 * 86400},
        {10, {0, 0, 0, 1, 2, 2026}, 31 * 86400},
        {10, {0, 0, 0, 2, 1, 2026}, 86400},
        {10, {0, 0, 8, 1, 1, 2026}, 8 * 3600},
        {10, {0, 1, 0, 1, 1, 2026}, 60},
        {10, {58, 59, 23, 31, 12, 2025}, -2},
        {10, {NAN, NAN, NAN, NAN, NAN, NAN}, 0},
        {10, {0, 0, 0, 1, 3, 2024}, -671 * 86400}, /* 2024 has a 29 February */
    };
    static const char *const fields[] = {"CTS.second", "CTS.minute", "CTS.hour",
                                         "CTS.day",    "CTS.month",  "CTS.year"};
    wait(rows[_i].at_s * S);
    for (size_t i = 0; i < 6; i++) {
        set(fields[i], rows[_i].said[i]);
    }
    say("CTS");
    ck_assert_double_eq(get("truth.clock"), rows[_i].off);
}
END_TEST

START_TEST(without_a_clock_any_time_is_true) {
    teardown();
    setup_at(-1);
    set("CTS.second", 0);
    say("CTS");
    ck_assert_double_eq(get("truth.clock"), 0);
}
END_TEST

START_TEST(cml_beyond_the_plate) {
    static const struct {
        const char *field, *off;
        double said, beyond;
    } rows[] = {
        {"CML.voltage_max", "truth.cml_voltage_max", 950, 0},
        {"CML.voltage_max", "truth.cml_voltage_max", 1000, 50},
        {"CML.voltage_max", "truth.cml_voltage_max", 500, 0}, /* it may offer less */
        {"CML.voltage_min", "truth.cml_voltage_min", 200, 0},
        {"CML.voltage_min", "truth.cml_voltage_min", 150, 50},
        {"CML.voltage_min", "truth.cml_voltage_min", 300, 0},
        {"CML.current_max", "truth.cml_current_max", -250, 0},
        {"CML.current_max", "truth.cml_current_max", -251, 1},
        {"CML.current_max", "truth.cml_current_max", -100, 0},
        {"CML.current_min", "truth.cml_current_min", 0, 0},
        {"CML.current_min", "truth.cml_current_min", 5, 5},
    };
    set(rows[_i].field, rows[_i].said);
    say("CML");
    ck_assert_double_eq_tol(get(rows[_i].off), rows[_i].beyond, 1e-9);
    set("plate.voltage_min", NAN);
    set("plate.voltage_max", NAN);
    set("plate.current_min", NAN);
    set("plate.current_max", NAN);
    say("CML");
    ck_assert_double_eq(get(rows[_i].off), 0);
}
END_TEST

/* CSD less meter, CSD less plant, and what is left of the nearer beyond 1 %. */
START_TEST(energy_of_csd) {
    static const struct {
        double kwh, meter_wh, plant_wh, off_wh;
    } rows[] = {
        {0.1, 40, 45, 40 - 0.6}, {10, 100, 500, 0.0 + 100 - 99},
        {10, 500, -90, 0},       {10, -500, -500, -500 + 105},
        {NAN, 500, 500, 0},
    };
    set("CSD.energy", rows[_i].kwh);
    set("meter.csd_error", rows[_i].meter_wh);
    set("plant.csd_error", rows[_i].plant_wh);
    say("CSD");
    ck_assert_double_eq_tol(get("truth.csd_energy"), rows[_i].off_wh, 1e-9);
}
END_TEST

START_TEST(reasons) {
    static const struct {
        const char *usage, *happened, *not_happened;
    } rows[] = {
        {"press estop", "happened.estop", "happened.person"},
        {"press stop", "happened.person", "happened.fault"},
        {"press start", NULL, "happened.fault"},
        {"break cc1", "happened.connector", "happened.heat"},
        {"set gun.temperature TEMPERATURE", "happened.heat", "happened.estop"},
        {"dip grid PERCENT for TIME", "happened.energy", "happened.current"},
        {"fail diode", "happened.current", "happened.voltage"},
        {"override FIELD VALUE", "happened.voltage", "happened.estop"},
        {"meter METER sound", NULL, "happened.fault"},
        {"meter METER silent", "happened.fault", "happened.connector"},
        {"something new", "happened.fault", "happened.person"},
    };
    truth_stimulus(&truth, rows[_i].usage);
    ck_assert(rows[_i].happened == NULL || get(rows[_i].happened) == 1);
    ck_assert_double_eq(get(rows[_i].not_happened), 0);
    ck_assert_int_eq(truth_stimulus_known(rows[_i].usage),
                     strcmp(rows[_i].usage, "something new") != 0);
}
END_TEST

START_TEST(reasons_that_come_by_themselves) {
    set("BCS.soc", 94);
    say("BCS");
    ck_assert_double_eq(get("happened.condition"), 0);
    set("BCS.soc", 95);
    say("BCS");
    ck_assert_double_eq(get("happened.condition"), 1);
    set("BHM.voltage_max", 613);
    set("BCP.voltage_max", 613);
    set("BCP.battery_voltage", 540);
    say("BCP");
    ck_assert_double_eq(get("happened.fault"), 0);
    set("gun.voltage", 613);
    ck_assert_double_eq(get("happened.voltage"), 0);
    set("gun.voltage", 614);
    ck_assert_double_eq(get("happened.voltage"), 1);
    ck_assert_double_eq(get("happened.current"), 0);
}
END_TEST

START_TEST(a_vehicle_that_does_not_suit) {
    set("BCP.voltage_max", 150);
    say("BCP");
    ck_assert_double_eq(get("happened.voltage"), 1);
}
END_TEST

START_TEST(a_timeout_is_a_reason) {
    say("CEM");
    ck_assert_double_eq(get("happened.fault"), 1);
    ck_assert_double_eq(get("happened.connector"), 0);
}
END_TEST

static void timeout_and_crm(const char *error) {
    wait(5 * S);
    say(error);
    ck_assert_double_eq(get("charger.timed_out"), 1);
    wait(S / 4);
    say(error);
    wait(S / 4);
    set("CRM.result", 0);
    say("CRM");
    say(error); /* it had not heard yet */
    ck_assert_double_eq(get("charger.timed_out"), 0);
    wait(S / 4);
    say("CRM");
}

START_TEST(reconnections) {
    set("k3k4.closed", 1);
    set("CRM.result", 0);
    say("CRM");
    ck_assert_double_eq(get("charger.reconnections"), 0);
    timeout_and_crm("CEM");
    ck_assert_double_eq(get("charger.reconnections"), 1);
    timeout_and_crm("BEM");
    timeout_and_crm("CEM");
    ck_assert_double_eq(get("charger.reconnections"), 3);
    say("CCS");
    ck_assert_double_eq(get("charger.reconnections"), 0);
    timeout_and_crm("CEM");
    ck_assert_double_eq(get("charger.reconnections"), 1);
    wait(5 * S);
    say("CEM");
    set("k3k4.closed", 0);
    ck_assert_double_eq(get("charger.timed_out"), 0);
    set("k3k4.closed", 1);
    say("CRM");
    ck_assert_double_eq(get("charger.reconnections"), 0); /* another charge */
}
END_TEST

/* The vehicle gives up while the charger says CRM(00) and goes on saying it: it has not begun anew. After a
 * pause, or its own CEM, it has. */
START_TEST(no_reconnection_goes_on) {
    static const struct {
        const char *error;
        int64_t pause_ns;
        double count;
    } rows[] = {{"BEM", S / 4, 0}, {"BEM", S / 2, 0}, {"BEM", S / 2 + 1, 1}, {"CEM", S / 4, 1}};
    set("k3k4.closed", 1);
    set("CRM.result", 0);
    say("CRM");
    say(rows[_i].error);
    wait(rows[_i].pause_ns);
    say("CRM");
    ck_assert_double_eq(get("charger.reconnections"), rows[_i].count);
    ck_assert_double_eq(get("charger.timed_out"), 0);
}
END_TEST

/* ---- what a charger owes ---- */

/* c: K3/K4 close, o: open; p: plugged, u: not; s: a person confirms the start; w: 1 s, W: 10 s; h: CHM, r: CRM, l: CML, H: BHM, B: BRM,
 * R: CRO, C: CCS; T: CST, E: CEM, D: CSD, t: BST, e: BEM; x: a person stops it; X: the door opens. */
static void go(const char *course) {
    static const struct {
        char letter;
        const char *message;
    } messages[] = {{'h', "CHM"}, {'r', "CRM"}, {'l', "CML"}, {'R', "CRO"},
                    {'C', "CCS"}, {'T', "CST"}, {'E', "CEM"}, {'D', "CSD"},
                    {'t', "BST"}, {'e', "BEM"}, {'H', "BHM"}, {'B', "BRM"}};
    for (; *course != '\0'; course++) {
        set(*course == 'c' || *course == 'o' ? "k3k4.closed" : "gun.inserted",
            *course == 'c'   ? 1
            : *course == 'o' ? 0
            : *course == 'p' ? 1
            : *course == 'u' ? 0
                             : get("gun.inserted"));
        for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
            if (*course == messages[i].letter) {
                say(messages[i].message);
            }
        }
        if (*course == 's') {
            set("operator.start", 1);
            wait(200 * NS_PER_MS);
            set("operator.start", 0);
        } else if (*course == 'x' || *course == 'X') {
            truth_stimulus(&truth, *course == 'x' ? "press stop" : "open door");
        } else if (*course == 'w' || *course == 'W') {
            wait(*course == 'w' ? S : 10 * S);
        }
    }
}

static const struct {
    const char *course;
    bool owed;
} starts[] = {
    {"pws", true},      {"pwsW", true},  {"us", false},    {"p", false},
    {"pwsh", false},    {"pwsr", false}, {"pwsl", false},  {"pwsC", false},
    {"pwsT", false},    {"pwsE", false}, {"pwxs", false},  {"pwsx", false},
    {"pwsX", false},    {"pwXs", false}, {"pwhs", false},  {"ucupws", true},
    {"pwso", true},     {"ps", false},   {"psss", false}, /* it may not have noticed the plug */
    {"psW", false},     {"psws", true},  {"pwupws", true}, {"pwups", false},
    {"pwchtos", false}, /* the next one may want another plug-in */
};

START_TEST(a_start_is_owed_an_answer) {
    go(starts[_i].course);
    ck_assert_msg((get("charger.start_owed") != 0) == starts[_i].owed, "%s", starts[_i].course);
}
END_TEST

static const struct {
    const char *course;
    bool left;
} leavings[] = {
    {"pschHo", true},      {"psch", false},        {"pschHW", true},
    {"pscrBW", true},      {"psclW", false}, /* the vehicle never answered */
    {"pscho", false},      {"pschW", false},       {"pschHlW", true},
    {"pschHRW", true},     {"pschHrlRCo", true}, /* while charging */
    {"pschHrlRCW", false},                       /* the rule of CCS says so */
    {"pscHo", false},      {"psco", false},        {"pschHTo", false},
    {"pschHEo", false},    {"pschHDo", false},     {"pschHto", false},
    {"pschHeo", false},    {"pschHxo", false},     {"pschHXo", false},
    {"pschHxW", false},    {"pschHTW", false},     {"pschHwwwwwwwwwhwwwwwwwww", false},
    {"pschHohW", true},    {"pschHTochHW", false},
};

START_TEST(a_charge_is_not_left_without_a_word) {
    go(leavings[_i].course);
    ck_assert_msg((get("charger.left") != 0) == leavings[_i].left, "%s", leavings[_i].course);
}
END_TEST

static const struct {
    double demand_a, amperes, volts, demand_v, seconds;
    const char *course; /* before it */
    bool lacks;
} demands[] = {
    {100, 89, 500, 600, 16, "", true},
    {100, 91, 500, 600, 60, "", false},
    {100, 89, 500, 600, 14, "", false}, /* 5 s to follow, and 10 s */
    {10, 8, 500, 600, 11, "", true},
    {10, 8, 500, 600, 10, "", false},
    {9, 5, 500, 600, 60, "", false},
    {260, 200, 300, 600, 60, "", false}, /* above its rating */
    {201, 100, 500, 600, 60, "", false}, /* and its power */
    {200, 100, 500, 600, 21, "", true},
    {100, 50, 580, 600, 60, "", false}, /* the voltage limits */
    {100, 50, 579, 600, 60, "", true},
    {100, 0, 500, 600, 60, "x", false},
    {100, 0, 500, 600, 60, "t", false},
};

START_TEST(a_demand_is_owed_its_current) {
    close_all(demands[_i].volts, demands[_i].amperes);
    set("BCL.current_demand", -demands[_i].demand_a);
    set("BCL.voltage_demand", demands[_i].demand_v);
    go(demands[_i].course);
    for (double s = 0; s <= demands[_i].seconds; s += 0.5) {
        say_ccs(demands[_i].volts, demands[_i].amperes, 0, 1);
        wait(S / 2);
    }
    ck_assert_int_eq(get("charger.short_of") != 0, demands[_i].lacks);
    set("BCL.current_demand", -demands[_i].demand_a - 1); /* another one: from now on */
    say_ccs(demands[_i].volts, demands[_i].amperes, 0, 1);
    ck_assert_double_eq(get("charger.short_of"), 0);
    for (int i = 0; i < 80; i++) {
        wait(S / 2);
        say_ccs(demands[_i].volts, demands[_i].amperes, 0, 0); /* nor in a pause */
    }
    ck_assert_double_eq(get("charger.short_of"), 0);
}
END_TEST

START_TEST(a_power_that_is_not_declared_may_be_any) {
    signal_find(&board, "plate.power")->known = false;
    close_all(500, 10);
    set("BCL.current_demand", -100);
    set("BCL.voltage_demand", 600);
    for (int i = 0; i < 80; i++) {
        say_ccs(500, 10, 0, 1);
        wait(S / 2);
    }
    ck_assert_double_eq(get("charger.short_of"), 0);
}
END_TEST

START_TEST(a_case_that_sets_the_firmware_owes_itself) {
    teardown();
    set_up = true;
    setup();
    go("pws");
    ck_assert_double_eq(get("charger.start_owed"), 0);
    go("cho");
    ck_assert_double_eq(get("charger.left"), 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("truth");
    TCase *tests = tcase_create("all");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, ccs_may_be_a_second_old);
    tcase_add_test(tests, between_two_ccs_it_was_so_too);
    tcase_add_test(tests, after_a_step_nothing_is_said_of_ccs);
    tcase_add_test(tests, power_at_each_ccs);
    tcase_add_loop_test(tests, minutes, 0, 15);
    tcase_add_test(tests, minutes_of_a_new_attempt_may_begin_anew);
    tcase_add_test(tests, paused_while_current_flows);
    tcase_add_test(tests, a_pause_that_is_over_is_a_condition);
    tcase_add_test(tests, allowed_while_none_can_flow);
    tcase_add_test(tests, ready_with_open_contactors);
    tcase_add_loop_test(tests, number, 0, 6);
    tcase_add_loop_test(tests, clock_of_cts, 0, 11);
    tcase_add_test(tests, without_a_clock_any_time_is_true);
    tcase_add_loop_test(tests, cml_beyond_the_plate, 0, 11);
    tcase_add_loop_test(tests, energy_of_csd, 0, 5);
    tcase_add_loop_test(tests, reasons, 0, 11);
    tcase_add_test(tests, reasons_that_come_by_themselves);
    tcase_add_test(tests, a_vehicle_that_does_not_suit);
    tcase_add_test(tests, a_timeout_is_a_reason);
    tcase_add_test(tests, reconnections);
    tcase_add_loop_test(tests, no_reconnection_goes_on, 0, 4);
    tcase_add_loop_test(tests, a_start_is_owed_an_answer, 0,
                        (int)(sizeof starts / sizeof starts[0]));
    tcase_add_loop_test(tests, a_charge_is_not_left_without_a_word, 0,
                        (int)(sizeof leavings / sizeof leavings[0]));
    tcase_add_loop_test(tests, a_demand_is_owed_its_current, 0,
                        (int)(sizeof demands / sizeof demands[0]));
    tcase_add_test(tests, a_power_that_is_not_declared_may_be_any);
    tcase_add_test(tests, a_case_that_sets_the_firmware_owes_itself);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
