/* SPDX-License-Identifier: MIT */
/* Every action of the scenario language on a bench without a charger: it is understood, it can be
 * done, and those that turn something turn it. */
#include "harness/action/action.h"
#include "harness/bench/bench.h"
#include "vehicle_bms/transport/faults.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct bench *bench;
static struct problem problem;

static void set_up(void) {
    bench = bench_signals(&problem);
    ck_assert_msg(bench != NULL, "%s", problem.text);
}

static void tear_down(void) {
    bench_free(bench);
}

static bool done(const char *text) {
    struct action *action = action_parse(text, &problem, NULL);
    ck_assert_msg(action != NULL, "%s: %s", text, problem.text);
    struct phrase why;
    bool good = action_do(bench, action, &why);
    free(action);
    return good;
}

static void act(const char *text) {
    ck_assert_msg(done(text), "%s: %s", text, problem.text);
}

static double value(const char *name) {
    return signal_at(signal_find(&bench->board, name), bench->loop.now_ns);
}

/* A usage with its capital words filled in. */
static void fill(const char *usage, char *text, size_t size) {
    static const struct {
        const char *kind, *example;
    } examples[] = {
        {"RESISTANCE", "30 kohm"}, {"VOLTAGE", "40 V"},
        {"CURRENT", "100 A"},      {"PERCENT", "40 %"},
        {"TIME", "250 ms"},        {"TEMPERATURE", "95 degC"},
        {"CONTACTOR", "k1"},       {"MESSAGE", "BRM"},
        {"LONG-MESSAGE", "BCP"},   {"FIELD-OR-MESSAGE", "BCL.mode"},
        {"FIELD", "BCL.mode"},     {"VALUE", "2"},
        {"BYTES", "AA 55"},        {"COUNT", "3"},
        {"REASON", "soc_reached"}, {"SWITCH", "1"},
        {"FAULT", "skipping"},     {"RECEPTION-FAULT", "holding"},
        {"REASON-BYTE", "7"},      {"METER", "dc"},
        {"ENERGY", "5 kWh"},       {"IDENTIFIER", "101957F4"},
        {"CAPACITANCE", "10 nF"},
    };
    char copy[128];
    text[0] = '\0';
    snprintf(copy, sizeof copy, "%s", usage);
    for (char *word = strtok(copy, " "); word != NULL; word = strtok(NULL, " ")) {
        for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
            if (strcmp(examples[i].kind, word) == 0) {
                word = (char *)(uintptr_t)examples[i].example;
                break;
            }
        }
        size_t used = strlen(text);
        snprintf(text + used, size - used, "%s%s", used > 0 ? " " : "", word);
    }
}

START_TEST(every_action_is_understood) {
    const char *usage, *meaning;
    size_t count = 0;
    for (; action_describe(count, &usage, &meaning); count++) {
        char text[200];
        fill(usage, text, sizeof text);
        struct action *action = action_parse(text, &problem, NULL);
        ck_assert_msg(action != NULL, "%s: %s", text, problem.text);
        free(action);
        /* The vehicle can be stopped, and held, only in a charge; here is no pile to be
         * switched, and no voltage at the gun to ask less than. */
        bool now = strncmp(text, "stop vehicle", 12) != 0 && strncmp(text, "hold", 4) != 0 &&
                   strncmp(text, "power", 5) != 0 && strncmp(text, "spoil", 5) != 0 &&
                   strstr(text, "storage") == NULL && strstr(text, "below gun") == NULL &&
                   strstr(text, "clock") == NULL && strcmp(text, "read records") != 0;
        ck_assert_msg(!now || done(text), "%s: %s", text, problem.text);
        ck_assert_uint_gt(strlen(meaning), 5);
        ck_assert_msg(truth_stimulus_known(usage), "what may '%s' cause? (harness/truth/reasons.c)",
                      usage);
    }
    ck_assert_uint_gt(count, 40);
}
END_TEST

START_TEST(what_is_relative_goes_by_vehicle_and_plate) {
    double battery_v = bench->guns[0].plant.ocv->value;
    act("set battery.shortfall 10 %");
    ck_assert_double_eq_tol(bench->guns[0].plant.battery_offset_v, -battery_v / 10.0, 1e-9);
    act("set battery.shortfall 0 %");
    ck_assert_double_eq(bench->guns[0].plant.battery_offset_v, 0.0);
    double vehicle_v = signal_find(&bench->board, "vehicle.insulation_voltage")->value;
    act("set insulation.negative 90 ohm per volt");
    ck_assert_double_eq_tol(bench->guns[0].plant.insulation_negative_ohm, 90.0 * vehicle_v, 1e-6);
    double allowed_v = signal_find(&bench->board, "vehicle.voltage_max")->value;
    act("ramp battery.voltage 103 % of vehicle.voltage_max in 10 ms");
    loop_run(&bench->loop, bench->loop.now_ns + 20 * NS_PER_MS);
    ck_assert_double_eq_tol(bench->guns[0].plant.battery_offset_v, allowed_v * 1.03 - battery_v,
                            1e-9);
    act("set battery.offset 0 V");
    signal_set((struct signal *)(uintptr_t)signal_find(&bench->board, "plate.voltage_max"),
               bench->loop.now_ns, 300.0);
    act("set insulation.positive 90 ohm per volt");
    ck_assert_double_eq_tol(bench->guns[0].plant.insulation_positive_ohm, 27000.0, 1e-6);
    act("ramp battery.voltage 50 % of limit in 10 ms");
    loop_run(&bench->loop, bench->loop.now_ns + 20 * NS_PER_MS);
    ck_assert_double_eq_tol(bench->guns[0].plant.battery_offset_v, 150.0 - battery_v, 1e-9);
    ck_assert(!done("set vehicle.voltage_demand 3 V below gun")); /* no voltage there */
}
END_TEST

START_TEST(actions_turn_what_they_name) {
    struct registers *dc =
        simulated_registers(meters_post(&bench->guns[0].meters, METERS_DC)->simulated);
    ck_assert_uint_eq(dc->tariff, 3);
    act("meter dc wrong tariffs");
    ck_assert_uint_eq(dc->tariff, 1);
    act("plug in");
    ck_assert_double_eq_tol(value("cc1.voltage"), 4.0, 1e-9);
    act("open s");
    ck_assert_double_eq_tol(value("cc1.voltage"), 6.0, 1e-9);
    act("close s");
    act("set pilot.r4 2000 ohm");
    ck_assert_double_eq_tol(value("cc1.voltage"), 4.8, 1e-9);
    act("break cc1");
    ck_assert_double_eq_tol(value("cc1.voltage"), 12.0, 1e-9);
    act("restore cc1");
    act("unplug");
    ck_assert_double_eq_tol(value("cc2.voltage"), 12.0, 1e-9);
    act("press estop");
    ck_assert_double_eq(value("estop.pressed"), 1.0);
    act("release estop");
    ck_assert_double_eq(value("estop.pressed"), 0.0);
    act("weld k1 with feedback");
    ck_assert_double_eq(value("k1.closed"), 1.0);
    ck_assert_double_eq(value("k1.feedback"), 1.0);
    act("unweld k1");
    ck_assert_double_eq(value("k1.closed"), 0.0);
    act("slow k2 opening 300 ms");
    ck_assert_int_eq(bench->guns[0].plant.k2.faults.open_ns, 300 * NS_PER_MS);
    ck_assert(!bench->guns[0].plant.k2.faults.open_unseen);
    act("slow k2 closing 1 s unseen");
    ck_assert(bench->guns[0].plant.k2.faults.close_ns == NS_PER_S &&
              bench->guns[0].plant.k2.faults.close_unseen);
    act("bounce k6 4 times 2 ms unseen");
    ck_assert_int_eq(bench->guns[0].plant.k6.faults.bounces, 4);
    ck_assert_int_eq(bench->guns[0].plant.k6.faults.bounce_ns, 2 * NS_PER_MS);
    ck_assert(bench->guns[0].plant.k6.faults.bounce_unseen);
    act("free k2");
    ck_assert(bench->guns[0].plant.k2.faults.open_ns == 0 &&
              bench->guns[0].plant.k2.faults.close_ns == 0);
    act("stick k5 open unseen");
    ck_assert(bench->guns[0].plant.k5.faults.worn && !bench->guns[0].plant.k5.stuck_open);
    act("set insulation.output_negative 30 kohm");
    ck_assert_double_eq(bench->guns[0].plant.dc.inner_insulation_ohm[DC_NEGATIVE], 30e3);
    ck_assert_double_eq(bench->guns[0].plant.dc.inner_insulation_ohm[DC_POSITIVE], 20e6);
    act("set output.y 0.1 uF");
    ck_assert_double_eq_tol(bench->guns[0].plant.dc.params.inner_y_farad, 100e-9, 1e-18);
    act("set grid.voltage 0.3 kV");
    ck_assert_double_eq_tol(value("ac.voltage"), 300.0, 1e-9);
    act("set vehicle.soc 70 %");
    ck_assert_double_eq_tol(value("battery.soc"), 70.0, 1e-6);
    act("set vehicle.own_timeouts 0");
    ck_assert(!bms_params(bench->guns[0].bms)->own_timeouts);
    act("set vehicle.own_timeouts 1");
    ck_assert(bms_params(bench->guns[0].bms)->own_timeouts);
    act("set vehicle.optional_messages 1");
    ck_assert(bms_params(bench->guns[0].bms)->send_bmv &&
              bms_params(bench->guns[0].bms)->send_bmt && bms_params(bench->guns[0].bms)->send_bsp);
    act("send BEM too");
    act("restore BEM");
    act("send frame 101957F4 40 00 00 00");
    ck_assert(!done("send frame 101957F4 00 00 00 00 00 00 00 00 00")); /* nine bytes */
    act("reverse battery");
    loop_run(&bench->loop, bench->loop.now_ns + NS_PER_S);
    ck_assert_double_lt(value("battery.voltage"), -400.0);
}
END_TEST

/* From the present value, in time, and to the end exactly; a set value ends the ramp. */
START_TEST(what_glides_glides) {
    static const struct {
        const char *ramp, *set, *signal;
        double begin, half, end, other;
    } rows[] = {
        {"ramp grid.voltage 300 V in 2 s", "set grid.voltage 400 V", "ac.voltage", 380, 340, 300,
         400},
        {"ramp gun.temperature 95 degC in 2 s", "set gun.temperature 30 degC",
         "gun.temperature_positive", 25, 60, 95, 30},
        {"ramp gun.temperature_negative 95 degC in 2 s", "set gun.temperature_negative 30 degC",
         "gun.temperature_negative", 25, 60, 95, 30},
        {"ramp aux.voltage 10 V in 2 s", "set aux.voltage 13 V", "aux.voltage", 12, 11, 10, 13},
    };
    signal_set(signal_find(&bench->board, "aux.command"), bench->loop.now_ns, 1);
    loop_run(&bench->loop, bench->loop.now_ns + NS_PER_S);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_double_eq_tol(value(rows[i].signal), rows[i].begin, 1e-9);
        act(rows[i].ramp);
        ck_assert_double_eq_tol(value(rows[i].signal), rows[i].begin, 1e-9);
        loop_run(&bench->loop, bench->loop.now_ns + NS_PER_S);
        ck_assert_double_eq_tol(value(rows[i].signal), rows[i].half, 1e-6);
        loop_run(&bench->loop, bench->loop.now_ns + 2 * NS_PER_S);
        ck_assert_double_eq_tol(value(rows[i].signal), rows[i].end, 1e-9);
        act(rows[i].ramp);
        act(rows[i].set);
        loop_run(&bench->loop, bench->loop.now_ns + 3 * NS_PER_S);
        ck_assert_double_eq_tol(value(rows[i].signal), rows[i].other, 1e-9);
    }
}
END_TEST

START_TEST(a_button_is_held_for_a_moment) {
    act("press start");
    ck_assert_double_eq(value("operator.start"), 1.0);
    loop_run(&bench->loop, bench->loop.now_ns + NS_PER_S);
    ck_assert_double_eq(value("operator.start"), 0.0);
}
END_TEST

/* What the protocol rules are told of it. */
START_TEST(who_may_end_a_charge) {
    static const struct {
        const char *text;
        bool disturbs, starts, one, other;
    } rows[] = {{"press stop", true, false, true, false},
                {"press start", false, true, true, false},
                {"gun2: press stop", true, false, false, true},
                {"gun2: press start", false, true, false, true},
                {"open door", true, false, true, true},
                {"close door", false, false, true, true},
                {"set grid.voltage 0 V", true, false, true, true},
                {"meter ac silent", true, false, true, true},
                {"meter dc silent", true, false, true, false},
                {"break pe", true, false, true, false},
                {"restore pe", false, false, true, false},
                {"plug in", false, false, true, false},
                /* what the vehicle says and leaves unsaid is what the waits are about */
                {"mute BRM", false, false, true, false},
                {"break can", false, false, true, false},
                {"hold BCP", false, false, true, false},
                {"send BST too", false, false, true, false},
                {"set vehicle.soc 99 %", false, false, true, false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct action *action = action_parse(rows[i].text, &problem, NULL);
        ck_assert_msg(action != NULL, "%s: %s", rows[i].text, problem.text);
        ck_assert_msg(action_disturbs(action) == rows[i].disturbs, "%s", rows[i].text);
        ck_assert_msg(action_starts(action) == rows[i].starts, "%s", rows[i].text);
        ck_assert_msg(action_concerns(action, false) == rows[i].one, "%s", rows[i].text);
        ck_assert_msg(action_concerns(action, true) == rows[i].other, "%s", rows[i].text);
        free(action);
    }
}
END_TEST

/* Each word reaches the bench. */
START_TEST(every_fault_of_the_transport_can_be_named) {
    const struct transport_fault_name *word;
    size_t sending = 0, receiving = 0;
    for (; (word = transport_fault_name(true, sending)) != NULL; sending++) {
        char text[100];
        snprintf(text, sizeof text, "break transport BRM by %s", word->name);
        act(text);
        snprintf(text, sizeof text, "break transport BCS by %s at 2", word->name);
        act(text);
        ck_assert(word->en[0] != '\0' && word->zh[0] != '\0');
    }
    for (; (word = transport_fault_name(false, receiving)) != NULL; receiving++) {
        char text[100];
        snprintf(text, sizeof text, "break reception by %s at 1", word->name);
        act(text);
    }
    ck_assert_uint_eq(sending, TRANSPORT_WRONG_LENGTH); /* each fault has its word */
    ck_assert_uint_eq(receiving, RECEPTION_CTS_BETWEEN);
    act("break transport BRM by aborting at 2 with reason 9");
    act("restore reception");
}
END_TEST

static const struct {
    const char *text, *says;
    size_t offset;
} bad[] = {
    {"", "1 to", 0},
    {"dance", "unknown action 'dance'; `pilebench list", 0},
    {"wled k1", "unknown action 'wled'; did you mean 'weld CONTACTOR'?", 0},
    {"pres start", "unknown action 'pres'; did you mean 'press start'?", 0},
    {"press", "press", 0},
    {"press cake", "press", 6},
    {"weld k9", "a contactor", 5},
    {"set grid.voltage 5 A", "a voltage", 17},
    {"set grid.voltage", "missing", 4},
    {"mute BRX", "list messages", 5},
    {"mute CRM", "only what the simulated vehicle", 5},
    {"override BCL.spd 3", "a field", 9},
    {"raw BRO 5Z", "two hexadecimal digits", 8},
    {"raw BRO", "missing", 4},
    {"mute BRM after -1", "a count", 15},
    {"set vehicle.own_timeouts 2", "0 (off) or 1 (on)", 25},
    {"stop vehicle boredom", "a field of BST", 13},
    {"plug in now", "plug in", 8},
    {"send frame 101957F 40", "an extended identifier", 11},
    {"send frame 201957F4 40", "an extended identifier", 11},
    {"send frame 10195XF4 40", "an extended identifier", 11},
    {"send frame 101957F4", "BYTES is missing", 11},
    {"send CST too", "only what the simulated vehicle", 5},
    {"break transport BRM by magic", "a fault of a sender", 23},
    {"break transport BRM by holding", "a fault of a sender", 23},
    {"break transport BRM by skipping at all", "a count", 35},
    {"break transport BRM by aborting at 2 with reason 0", "1 to 255", 49},
    {"break transport BRM by aborting at 2 with reason 256", "1 to 255", 49},
    {"break reception by skipping", "a fault of a receiver", 19},
    {"break transport BHM by skipping", "'BHM' is not sent in a transfer", 16},
    {"hold BSM", "'BSM' is not held: BHM, BRM, BCP, BRO and BST can be", 5},
    {"break transport BRM by wrong-count at 256", "a count, 0 to 255", 38},
    {"break transport BRM by wrong-length at 65536", "a count, 0 to 65535", 39},
    {"break reception by wrong-cts at 256", "a count, 0 to 255", 32},
    /* a word is mistyped: the action that has the others */
    {"brake cc1", "did you mean 'break cc1'?", 0},
    {"set vehicle.curent_demand 120 A", "did you mean 'set vehicle.current_demand CURRENT'?", 4},
    {"weld k1 with feedbak", "write 'weld CONTACTOR with feedback'", 13},
    {"meter dc sielnt", "did you mean 'meter METER silent'?", 9},
    {"set grid.voltag 5 V", "did you mean 'set grid.voltage VOLTAGE'?", 4},
    /* no charger meets such values */
    {"set vehicle.current_demand 1200000 A", "out of range: 0 A to 400 A", 27},
    {"set vehicle.soc -500 %", "out of range: 0 % to 100 %", 16},
    {"set vehicle.soc 100.1 %", "out of range: 0 % to 100 %", 16},
    {"set grid.voltage -1 V", "out of range: 0 V to 1000 V", 17},
    {"ramp grid.voltage -1 V in 1 s", "out of range: 0 V to 1000 V", 18},
    {"dip grid 101 % for 1 s", "out of range: 0 % to 100 %", 9},
    {"dip grid 40 % for 0 s", "out of range: 0.001 s to 3600 s", 18},
    {"set aux.voltage -1 V", "out of range: 0 V to 1500 V", 16},
    {"ramp aux.voltage -1 V in 1 s", "out of range: 0 V to 1500 V", 17},
    {"set battery.offset 2 kV", "out of range: -1500 V to 1500 V", 19},
    {"set gun.temperature 1e9 degC", "out of range", 20},
    {"period BCL -1 s", "out of range: 0.001 s to 3600 s", 11},
    {"period BCL 0 s", "out of range: 0.001 s to 3600 s", 11},
    {"delay BRM -1 s", "out of range: 0 s to 3600 s", 10},
    {"dip grid 0 % for 2 h", "out of range: 0.001 s to 3600 s", 17},
    {"meter dc refuse 256", "a count, 0 to 255", 16},
    {"meter dc drift -100 %", "out of range: -99 % to 1000 %", 15},
    {"meter dc jump 1e300 kWh", "out of range", 14},
    {"length BCL 100000", "a count, 0 to", 11},
    {"override BCL.mode 99999", "'99999' is out of range: 0 to 255", 18},
    {"override BCL.current_demand -401 A", "out of range: -400 A to 6153.5 A", 28},
    {"override BRM.vin 5", "BRM.vin holds a text, no number", 17},
};

START_TEST(bad_words_are_explained) {
    size_t offset = 99;
    ck_assert_ptr_null(action_parse(bad[_i].text, &problem, &offset));
    ck_assert_msg(strstr(problem.text, bad[_i].says) != NULL, "'%s': %s", bad[_i].text,
                  problem.text);
    ck_assert_msg(_i == 0 || offset == bad[_i].offset, "'%s': offset %zu", bad[_i].text, offset);
}
END_TEST

START_TEST(a_locked_plug_is_not_pulled) {
    struct phrase why = {NULL, NULL};
    act("plug in");
    act("unplug");
    act("plug in");
    lock_command(&bench->guns[0].plant.lock, true, bench->loop.now_ns);
    loop_run(&bench->loop, bench->loop.now_ns + NS_PER_S);
    ck_assert_double_eq(value("lock.closed"), 1.0);
    struct action *action = action_parse("unplug", &problem, NULL);
    ck_assert(!action_do(bench, action, &why));
    ck_assert_ptr_nonnull(strstr(why.en, "the lock holds the plug"));
    free(action);
    ck_assert_double_eq(value("gun.inserted"), 1.0);
    act("unplug by force");
    ck_assert_double_eq(value("gun.inserted"), 0.0);
}
END_TEST

static void refused(const char *name, const char *string, double number, const char *says) {
    struct preset_value value_ = {.name = name, .string = string, .number = number};
    ck_assert_msg(!bench_preset_check(&value_, &problem), "%s %s %g", name,
                  string != NULL ? string : "", number);
    ck_assert_msg(strstr(problem.text, says) != NULL, "%s", problem.text);
}

START_TEST(vehicle_values_have_ranges) {
    refused("brm_length", NULL, 0, "41 to 49");
    refused("brm_length", NULL, 45, "41 or 49");
    refused("brm_length", NULL, 100000, "41 to 49");
    refused("bhm_voltage", "-5 V", 0, "1 V to 1500 V");
    refused("voltage_max", "1e300 V", 0, "1 V to 1500 V");
    refused("capacity", "1e-300 Ah", 0, "1 Ah to 1000 Ah");
    refused("capacity", "0 Ah", 0, "1 Ah to 1000 Ah");
    refused("capacity", NULL, 228, "a text with number and unit");
    refused("cell_nominal", "1e308 V", 0, "0.5 V to 24 V");
    refused("temperature", "-300 degC", 0, "-50 degC to 200 degC");
    refused("temperature", "1e308 degC", 0, "-50 degC to 200 degC");
    refused("demand_current", "1e308 A", 0, "0 A to 400 A");
    refused("resistance", "1e308 ohm", 0, "0.001 ohm to 10 ohm");
    refused("resistance", "1e-300 ohm", 0, "0.001 ohm to 10 ohm");
    refused("k5_close", "100 h", 0, "0 s to 60 s");
    refused("wake", "-1 s", 0, "0 s to 60 s");
    refused("cells_series", NULL, 0, "whole number, 1 to 1000");
    refused("cells_series", NULL, 168.5, "whole number, 1 to 1000");
    refused("cells_series", NULL, 4e9, "whole number, 1 to 1000");
    refused("cells_series", "168", 0, "a number without quotes");
    refused("sensors", NULL, 0, "1 to 128");
    refused("soc", "101 %", 0, "0 % to 100 %");
    refused("soc", "NaN %", 0, "a text with number and unit, 0 % to 100 %");
    refused("vin", "PB0FICTIONAL0000", 0, "17 letters");
    refused("vin",
            "PB0FICTIONAL\xE4\xB8\xAD"
            "01",
            0, "17 letters");
    refused("maker", "FIVES", 0, "1 to 4 letters");
    refused("ocv_curve", "0 %: 2.5 V, 100 %: 30 V", 0, "0.1 V to 24 V");
    refused("chemistry", "NCM", 0, "did you mean 'ternary'?");
    refused("chemistry", "LFF", 0, "did you mean 'LFP'?");
    refused("chemistry", NULL, 3, "there is no chemistry");
    refused("weels", NULL, 4, "unknown key 'weels'");
}
END_TEST

static void contradicts(const char *at, const char *says, struct preset_value *values,
                        size_t count) {
    struct preset preset = {.name = "v", .file = "v.json", .values = values, .value_count = count};
    const char *key = NULL;
    ck_assert_msg(!bench_vehicle_check(&preset, &key, &problem), "%s", says);
    ck_assert_str_eq(key, at);
    ck_assert_msg(strstr(problem.text, says) != NULL, "%s", problem.text);
}

#define VALUES(...)                                                                                \
    (struct preset_value[]){__VA_ARGS__},                                                          \
        sizeof((struct preset_value[]){__VA_ARGS__}) / sizeof(struct preset_value)

START_TEST(a_vehicle_agrees_with_itself) {
    struct preset empty = {.name = "v", .file = "v.json"};
    const char *key = NULL;
    ck_assert(bench_vehicle_check(&empty, &key, &problem)); /* the defaults do */
    contradicts("voltage_max", "no charger may charge it",
                VALUES({.name = "voltage_max", .string = "500 V"}));
    contradicts("bhm_voltage", "no charger may charge it",
                VALUES({.name = "bhm_voltage", .string = "500 V"}));
    contradicts("soc", "would end before it begins", VALUES({.name = "soc", .string = "99 %"}));
    contradicts("temperature", "would end every charge",
                VALUES({.name = "temperature_max", .string = "20 degC"}));
    contradicts("demand_current", "more than it allows",
                VALUES({.name = "current_max", .string = "100 A"}));
    contradicts("charge_cell_voltage", "is above voltage_max",
                VALUES({.name = "charge_cell_voltage", .string = "3.66 V"}));
    contradicts("cell_nominal", "what charging equipment goes up to",
                VALUES({.name = "cells_series", .number = 500}));
    contradicts("ocv_curve", "rising",
                VALUES({.name = "ocv_curve", .string = "0 %: 3.5 V, 100 %: 3.4 V"}));
}
END_TEST

START_TEST(vehicle_keys_take_their_units) {
    struct preset_value value = {.name = "capacity", .string = "0.1 kohm"};
    ck_assert(!bench_preset(&bench->guns[0].vehicle, &value, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "Ah"));
    value = (struct preset_value){.name = "capacity", .string = "100 Ah"};
    ck_assert(bench_preset(&bench->guns[0].vehicle, &value, &problem));
    ck_assert_double_eq(bench->guns[0].vehicle.pack.capacity_ah, 100.0);
    value = (struct preset_value){.name = "ready", .string = "20 s"};
    ck_assert(bench_preset(&bench->guns[0].vehicle, &value, &problem));
    ck_assert_int_eq(bench->guns[0].vehicle.bms.ready_ns, 20 * NS_PER_S);
    value = (struct preset_value){.name = "chemistry", .string = "LTO"};
    ck_assert(bench_preset(&bench->guns[0].vehicle, &value, &problem));
    ck_assert_uint_eq(bench->guns[0].vehicle.pack.chemistry, 8);
    value = (struct preset_value){.name = "chemistry", .string = "wood"};
    ck_assert(!bench_preset(&bench->guns[0].vehicle, &value, &problem));
    value = (struct preset_value){.name = "cells_series", .number = 200};
    ck_assert(bench_preset(&bench->guns[0].vehicle, &value, &problem));
    value = (struct preset_value){.name = "cells_series", .number = -3};
    ck_assert(!bench_preset(&bench->guns[0].vehicle, &value, &problem));
    value = (struct preset_value){.name = "ocv_curve", .string = "0 %: 2.5 V, 100 %: 3.4 V"};
    ck_assert(bench_preset(&bench->guns[0].vehicle, &value, &problem));
    ck_assert_uint_eq(bench->guns[0].vehicle.pack.curve_count, 2);
    value = (struct preset_value){.name = "ocv_curve", .string = "full"};
    ck_assert(!bench_preset(&bench->guns[0].vehicle, &value, &problem));
    value = (struct preset_value){.name = "wheels", .number = 4};
    ck_assert(!bench_preset(&bench->guns[0].vehicle, &value, &problem));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("actions");
    TCase *tcase = tcase_create("actions");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, every_action_is_understood);
    tcase_add_test(tcase, what_is_relative_goes_by_vehicle_and_plate);
    tcase_add_test(tcase, actions_turn_what_they_name);
    tcase_add_test(tcase, what_glides_glides);
    tcase_add_test(tcase, a_button_is_held_for_a_moment);
    tcase_add_test(tcase, who_may_end_a_charge);
    tcase_add_test(tcase, every_fault_of_the_transport_can_be_named);
    tcase_add_loop_test(tcase, bad_words_are_explained, 0, (int)(sizeof bad / sizeof bad[0]));
    tcase_add_test(tcase, a_locked_plug_is_not_pulled);
    tcase_add_test(tcase, vehicle_values_have_ranges);
    tcase_add_test(tcase, a_vehicle_agrees_with_itself);
    tcase_add_test(tcase, vehicle_keys_take_their_units);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
