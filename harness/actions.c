/* SPDX-License-Identifier: MIT */
/* The actions of the scenario language: one table of what can be done to the bench. */
#include "harness/actions_internal.h"
#include "harness/expression.h"
#include "vehicle_bms/transport_faults.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 24
#define ARGS_MAX  3
#define TEXT_MAX  200
#define BUTTON_NS (200 * NS_PER_MS) /* how long a person holds a button */

struct action {
    const char *usage; /* small words as they are, CAPITALS are arguments (see kinds[]) */
    const char *meaning;
    int (*act)(struct bench *bench, const struct argument *args);
};

static int press_estop(struct bench *bench, const struct argument *args) {
    (void)args;
    signal_set(bench->gun.estop, bench->loop.now_ns, 1);
    return 0;
}

static int release_estop(struct bench *bench, const struct argument *args) {
    (void)args;
    signal_set(bench->gun.estop, bench->loop.now_ns, 0);
    return 0;
}

static int press_start(struct bench *bench, const struct argument *args) {
    (void)args;
    signal_set(bench->gun.start, bench->loop.now_ns, 1);
    loop_set(&bench->loop, &bench->start_button, bench->loop.now_ns + BUTTON_NS);
    return 0;
}

static int press_stop(struct bench *bench, const struct argument *args) {
    (void)args;
    signal_set(bench->gun.stop, bench->loop.now_ns, 1);
    loop_set(&bench->loop, &bench->stop_button, bench->loop.now_ns + BUTTON_NS);
    return 0;
}

static int plug_in(struct bench *bench, const struct argument *args) {
    (void)args;
    pilot_insert(&bench->gun.pilot, true, bench->loop.now_ns);
    return 0;
}

static int unplug(struct bench *bench, const struct argument *args) {
    (void)args;
    pilot_insert(&bench->gun.pilot, false, bench->loop.now_ns);
    return 0;
}

static int open_s(struct bench *bench, const struct argument *args) {
    (void)args;
    pilot_press(&bench->gun.pilot, true, bench->loop.now_ns);
    return 0;
}

static int close_s(struct bench *bench, const struct argument *args) {
    (void)args;
    pilot_press(&bench->gun.pilot, false, bench->loop.now_ns);
    return 0;
}

static int break_cc1(struct bench *bench, const struct argument *args) {
    (void)args;
    pilot_break_cc1(&bench->gun.pilot, true, bench->loop.now_ns);
    return 0;
}

static int restore_cc1(struct bench *bench, const struct argument *args) {
    (void)args;
    pilot_break_cc1(&bench->gun.pilot, false, bench->loop.now_ns);
    return 0;
}

static int break_pe(struct bench *bench, const struct argument *args) {
    (void)args;
    pilot_break_pe(&bench->gun.pilot, true, bench->loop.now_ns);
    return 0;
}

static int restore_pe(struct bench *bench, const struct argument *args) {
    (void)args;
    pilot_break_pe(&bench->gun.pilot, false, bench->loop.now_ns);
    return 0;
}

static int set_r4(struct bench *bench, const struct argument *args) {
    bench->gun.pilot.r4_ohm = args[0].number;
    pilot_update(&bench->gun.pilot, bench->loop.now_ns);
    return 0;
}

static int open_door(struct bench *bench, const struct argument *args) {
    (void)args;
    signal_set(bench->gun.door, bench->loop.now_ns, 1);
    return 0;
}

static int close_door(struct bench *bench, const struct argument *args) {
    (void)args;
    signal_set(bench->gun.door, bench->loop.now_ns, 0);
    return 0;
}

static struct contactor *contactor_by_name(struct bench *bench, const char *name) {
    struct {
        const char *name;
        struct contactor *contactor;
    } all[] = {{"k1", &bench->gun.k1},
               {"k2", &bench->gun.k2},
               {"k3k4", &bench->gun.k3k4},
               {"k5", &bench->gun.k5},
               {"k6", &bench->gun.k6}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (strcmp(all[i].name, name) == 0) {
            return all[i].contactor;
        }
    }
    return NULL;
}

static int weld(struct bench *bench, const struct argument *args) {
    contactor_weld(contactor_by_name(bench, args[0].text), true, bench->loop.now_ns);
    return 0;
}

static int weld_with_feedback(struct bench *bench, const struct argument *args) {
    contactor_by_name(bench, args[0].text)->mirror = true;
    return weld(bench, args);
}

static int unweld(struct bench *bench, const struct argument *args) {
    contactor_weld(contactor_by_name(bench, args[0].text), false, bench->loop.now_ns);
    return 0;
}

static int stick_open(struct bench *bench, const struct argument *args) {
    contactor_stick_open(contactor_by_name(bench, args[0].text), true, bench->loop.now_ns);
    return 0;
}

static int free_contactor(struct bench *bench, const struct argument *args) {
    contactor_stick_open(contactor_by_name(bench, args[0].text), false, bench->loop.now_ns);
    return 0;
}

static int block_lock(struct bench *bench, const struct argument *args) {
    (void)args;
    lock_block(&bench->gun.lock, true, bench->loop.now_ns);
    return 0;
}

static int free_lock(struct bench *bench, const struct argument *args) {
    (void)args;
    lock_block(&bench->gun.lock, false, bench->loop.now_ns);
    return 0;
}

static int lose_lock_feedback(struct bench *bench, const struct argument *args) {
    (void)args;
    lock_lose_feedback(&bench->gun.lock, true, bench->loop.now_ns);
    return 0;
}

static int set_insulation_positive(struct bench *bench, const struct argument *args) {
    gun_set_insulation(&bench->gun, args[0].number, bench->gun.insulation_negative_ohm,
                       bench->loop.now_ns);
    return 0;
}

static int set_insulation_negative(struct bench *bench, const struct argument *args) {
    gun_set_insulation(&bench->gun, bench->gun.insulation_positive_ohm, args[0].number,
                       bench->loop.now_ns);
    return 0;
}

static int short_gun(struct bench *bench, const struct argument *args) {
    gun_set_short(&bench->gun, args[0].number, bench->loop.now_ns);
    return 0;
}

static int clear_short(struct bench *bench, const struct argument *args) {
    (void)args;
    gun_set_short(&bench->gun, (double)INFINITY, bench->loop.now_ns);
    return 0;
}

static int fail_diode(struct bench *bench, const struct argument *args) {
    (void)args;
    gun_set_diode_short(&bench->gun, true, bench->loop.now_ns);
    return 0;
}

static int offset_modules(struct bench *bench, const struct argument *args) {
    gun_set_modules_offset(&bench->gun, args[0].number, bench->loop.now_ns);
    return 0;
}

static int set_grid(struct bench *bench, const struct argument *args) {
    grid_set_voltage(&bench->grid, args[0].number, bench->loop.now_ns);
    return 0;
}

static int dip_grid(struct bench *bench, const struct argument *args) {
    grid_dip(&bench->grid, args[0].number, (int64_t)args[1].number, bench->loop.now_ns);
    return 0;
}

static int set_soc(struct bench *bench, const struct argument *args) {
    pack_set_soc(bench->pack, bench->loop.now_ns, args[0].number);
    return 0;
}

static int set_target_soc(struct bench *bench, const struct argument *args) {
    bms_params(bench->bms)->target_soc_percent = args[0].number;
    return 0;
}

static int set_demand(struct bench *bench, const struct argument *args) {
    bms_params(bench->bms)->demand_current_a = args[0].number;
    return 0;
}

static int set_own_timeouts(struct bench *bench, const struct argument *args) {
    bms_params(bench->bms)->own_timeouts = args[0].number != 0;
    return 0;
}

/* From the next phase on: what a phase sends is settled when it begins. */
static int set_optional_messages(struct bench *bench, const struct argument *args) {
    struct bms_params *params = bms_params(bench->bms);
    params->send_bmv = params->send_bmt = params->send_bsp = args[0].number != 0;
    return 0;
}

static int set_battery_offset(struct bench *bench, const struct argument *args) {
    gun_set_battery_offset(&bench->gun, args[0].number, bench->loop.now_ns);
    return 0;
}

static int reverse_battery(struct bench *bench, const struct argument *args) {
    (void)args;
    gun_reverse_battery(&bench->gun, true, bench->loop.now_ns);
    return 0;
}

static int set_gun_temperature(struct bench *bench, const struct argument *args) {
    signal_set(bench->gun.temperature_positive, bench->loop.now_ns, args[0].number);
    return 0;
}

static int mute(struct bench *bench, const struct argument *args) {
    return bms_mute(bench->bms, args[0].text, 0);
}

static int mute_after(struct bench *bench, const struct argument *args) {
    return bms_mute(bench->bms, args[0].text, (unsigned)args[1].number);
}

static int unmute(struct bench *bench, const struct argument *args) {
    return bms_unmute(bench->bms, args[0].text);
}

static int override(struct bench *bench, const struct argument *args) {
    return bms_override(bench->bms, args[0].text, args[1].number);
}

static int restore(struct bench *bench, const struct argument *args) {
    if (strchr(args[0].text, '.') != NULL) {
        return bms_release(bench->bms, args[0].text);
    }
    return bms_unbend(bench->bms, args[0].text);
}

static int raw(struct bench *bench, const struct argument *args) {
    return bms_bytes(bench->bms, args[0].text, args[1].bytes, args[1].count);
}

static int send_length(struct bench *bench, const struct argument *args) {
    return bms_length(bench->bms, args[0].text, (size_t)args[1].number);
}

static int set_period(struct bench *bench, const struct argument *args) {
    return bms_period(bench->bms, args[0].text, (int64_t)args[1].number);
}

static int delay(struct bench *bench, const struct argument *args) {
    return bms_delay(bench->bms, args[0].text, (int64_t)args[1].number);
}

static int hold(struct bench *bench, const struct argument *args) {
    return bms_hold(bench->bms, args[0].text, true);
}

static int break_transport(struct bench *bench, const struct argument *args) {
    return bms_break_transport(bench->bms, args[0].text, TRANSPORT_STOPS, (unsigned)args[1].number,
                               0);
}

static int break_transport_by(struct bench *bench, const struct argument *args) {
    const struct transport_fault_word *word = transport_fault_find(true, args[1].text);
    return bms_break_transport(bench->bms, args[0].text, (enum transport_fault)word->fault,
                               word->at, 0);
}

static int break_transport_by_at(struct bench *bench, const struct argument *args) {
    const struct transport_fault_word *word = transport_fault_find(true, args[1].text);
    return bms_break_transport(bench->bms, args[0].text, (enum transport_fault)word->fault,
                               (unsigned)args[2].number, 0);
}

static int abort_transport(struct bench *bench, const struct argument *args) {
    return bms_break_transport(bench->bms, args[0].text, TRANSPORT_ABORTS, (unsigned)args[1].number,
                               (uint8_t)args[2].number);
}

static int break_reception_by(struct bench *bench, const struct argument *args) {
    const struct transport_fault_word *word = transport_fault_find(false, args[0].text);
    return bms_break_reception(bench->bms, (enum reception_fault)word->fault, word->at, 0);
}

static int break_reception_by_at(struct bench *bench, const struct argument *args) {
    const struct transport_fault_word *word = transport_fault_find(false, args[0].text);
    return bms_break_reception(bench->bms, (enum reception_fault)word->fault,
                               (unsigned)args[1].number, 0);
}

static int abort_reception(struct bench *bench, const struct argument *args) {
    return bms_break_reception(bench->bms, RECEPTION_ABORTS, (unsigned)args[0].number,
                               (uint8_t)args[1].number);
}

static int restore_reception(struct bench *bench, const struct argument *args) {
    (void)args;
    return bms_break_reception(bench->bms, RECEPTION_SOUND, 0, 0);
}

static int stop_vehicle(struct bench *bench, const struct argument *args) {
    return bms_stop(bench->bms, args[0].text);
}

static int break_can(struct bench *bench, const struct argument *args) {
    (void)args;
    bms_disconnect(bench->bms, true);
    return 0;
}

static int restore_can(struct bench *bench, const struct argument *args) {
    (void)args;
    bms_disconnect(bench->bms, false);
    return 0;
}

static int power_off(struct bench *bench, const struct argument *args) {
    (void)args;
    return bench_power(bench, false) ? 0 : -1;
}

static int power_on(struct bench *bench, const struct argument *args) {
    (void)args;
    return bench_power(bench, true) ? 0 : -1;
}

static int read_records(struct bench *bench, const struct argument *args) {
    (void)args;
    return bench_read_records(bench) ? 0 : -1;
}

static const struct action actions[] = {
    {"plug in", "the plug goes into the vehicle's inlet", plug_in},
    {"unplug", "the plug is pulled", unplug},
    {"press start", "a person confirms the start (button held for 200 ms)", press_start},
    {"press stop", "a person stops the charge (button held for 200 ms)", press_stop},
    {"press estop", "emergency stop, stays in", press_estop},
    {"release estop", "emergency stop released", release_estop},
    {"open door", "a door with live parts behind it opens", open_door},
    {"close door", "that door closes", close_door},
    {"open s", "switch S in the plug opens (latch button pressed)", open_s},
    {"close s", "switch S closes", close_s},
    {"break cc1", "the CC1 wire breaks at the vehicle interface", break_cc1},
    {"restore cc1", "the CC1 wire is whole again", restore_cc1},
    {"break pe", "protective earth breaks at the vehicle interface", break_pe},
    {"restore pe", "protective earth is whole again", restore_pe},
    {"set pilot.r4 RESISTANCE", "R4 of the vehicle's inlet (GB/T 18487.1 annex B)", set_r4},
    {"weld CONTACTOR", "main contacts fused shut; the auxiliary contact does not show it", weld},
    {"weld CONTACTOR with feedback", "the same, and a mirror contact shows it", weld_with_feedback},
    {"unweld CONTACTOR", "main contacts part again", unweld},
    {"stick CONTACTOR open", "the armature does not move any more", stick_open},
    {"free CONTACTOR", "the armature moves again", free_contactor},
    {"block lock", "the electronic lock's bolt does not move any more", block_lock},
    {"free lock", "the bolt moves again", free_lock},
    {"lose lock feedback", "the lock's feedback contact stays open", lose_lock_feedback},
    {"set insulation.positive RESISTANCE", "vehicle and cable, DC+ to PE", set_insulation_positive},
    {"set insulation.negative RESISTANCE", "vehicle and cable, DC- to PE", set_insulation_negative},
    {"short gun RESISTANCE", "a short circuit at the plug", short_gun},
    {"clear short", "the short circuit is gone", clear_short},
    {"fail diode", "the blocking diode fails short: back-feed possible", fail_diode},
    {"set modules.offset VOLTAGE", "the power modules deliver so much more than they are told",
     offset_modules},
    {"set grid.voltage VOLTAGE", "AC supply, line to line", set_grid},
    {"dip grid PERCENT for TIME", "AC supply falls to so many percent, then returns", dip_grid},
    {"set vehicle.soc PERCENT", "state of charge of the pack", set_soc},
    {"set vehicle.target_soc PERCENT", "state of charge at which the BMS ends the charge",
     set_target_soc},
    {"set vehicle.current_demand CURRENT", "what the BMS asks for in constant current", set_demand},
    {"set vehicle.own_timeouts SWITCH",
     "0: the BMS waits for ever and raises no BEM, so that the charger's CEM comes first",
     set_own_timeouts},
    {"set vehicle.optional_messages SWITCH",
     "1: in the next charge the BMS sends BMV, BMT and BSP too", set_optional_messages},
    {"set battery.offset VOLTAGE",
     "the battery's real voltage is so much higher than the BMS believes", set_battery_offset},
    {"reverse battery", "the battery is connected with the wrong polarity", reverse_battery},
    {"set gun.temperature TEMPERATURE", "the gun's DC+ contact", set_gun_temperature},
    {"mute MESSAGE", "the BMS does not send this message any more", mute},
    {"mute MESSAGE after COUNT", "the same after so many more of them", mute_after},
    {"unmute MESSAGE", "the BMS sends it again", unmute},
    {"override FIELD VALUE", "the BMS sends this value in the field, as coded on the wire",
     override},
    {"restore FIELD-OR-MESSAGE", "the BMS sends what is true again", restore},
    {"raw MESSAGE BYTES", "the BMS sends these bytes (hexadecimal) as the message", raw},
    {"length MESSAGE COUNT", "the BMS sends the message cut or padded to so many bytes",
     send_length},
    {"period MESSAGE TIME", "the BMS sends the message at this period", set_period},
    {"delay MESSAGE TIME", "the first of each phase comes so much later", delay},
    {"hold MESSAGE", "the BMS keeps sending it instead of going on to the next phase", hold},
    {"break transport MESSAGE at COUNT", "its transfers fall silent after that packet",
     break_transport},
    {"break transport MESSAGE by FAULT", "its transfers go wrong; the faults are listed below",
     break_transport_by},
    {"break transport MESSAGE by FAULT at COUNT", "the same, at that packet",
     break_transport_by_at},
    {"break transport MESSAGE by aborting at COUNT with reason REASON-BYTE",
     "Conn_Abort with that reason, 1 to 255", abort_transport},
    {"break reception by RECEPTION-FAULT", "the BMS goes wrong as a receiver of transfers",
     break_reception_by},
    {"break reception by RECEPTION-FAULT at COUNT", "the same, at that packet",
     break_reception_by_at},
    {"break reception by aborting at COUNT with reason REASON-BYTE",
     "Conn_Abort with that reason, 1 to 255", abort_reception},
    {"restore reception", "the BMS receives as it should again", restore_reception},
    {"stop vehicle REASON", "the BMS ends the charge: BST with this field set", stop_vehicle},
    {"meter METER sound", "the meter answers properly again, its register moves again",
     meter_sound},
    {"meter METER silent", "it does not answer", meter_silent},
    {"meter METER late TIME", "its answers come so long after the request", meter_late},
    {"meter METER early", "its answers come at once, without the pause of 20 ms", meter_early},
    {"meter METER checksum PERCENT", "so many of its answers have a wrong checksum",
     meter_checksum},
    {"meter METER truncate", "its answers end in the middle", meter_truncate},
    {"meter METER address", "its answers carry another meter's address", meter_wrong_address},
    {"meter METER foreign",
     "a frame of another meter, with another value, comes before each answer", meter_foreign},
    {"meter METER refuse COUNT", "it refuses with this error byte (2: no such data)", meter_refuse},
    {"meter METER wrong item", "it answers with another item than asked for", meter_wrong_item},
    {"meter METER no value", "its answers have FF in place of the value", meter_no_value},
    {"meter METER echo", "the charger's adapter hears its own requests", meter_echo},
    {"meter METER stick", "its register stands still", meter_stick},
    {"meter METER jump ENERGY", "its register leaps by so much, backwards when negative",
     meter_jump},
    {"meter METER gain PERCENT", "it counts so much too much from now on", meter_gain},
    {"meter METER roll over", "its register is set to 1 kWh before 999999.99 kWh and 0",
     meter_roll_over},
    {"meter METER wrong tariffs", "its own tariff table is wrong: all is sharp",
     meter_wrong_tariffs},
    {"meter METER drift PERCENT", "its clock runs so much too fast", meter_drift},
    {"break can", "S+ and S- are cut", break_can},
    {"restore can", "S+ and S- are whole again", restore_can},
    {"power off", "the pile's controller loses its supply: all its outputs drop", power_off},
    {"power on", "it comes back and starts anew, with the storage it had", power_on},
    {"read records", "the charge records are read out of the pile's storage: record.*",
     read_records},
};

#define ACTIONS (sizeof actions / sizeof actions[0])

bool bench_action_describe(size_t index, const char **usage, const char **meaning) {
    if (index >= ACTIONS) {
        return false;
    }
    *usage = actions[index].usage;
    *meaning = actions[index].meaning;
    return true;
}

/* The words of a text, cut at blanks. */
struct words {
    char buffer[TEXT_MAX];
    const char *word[WORDS_MAX];
    size_t offset[WORDS_MAX];
    size_t count;
};

static bool split(const char *text, struct words *words) {
    words->count = 0;
    if (strlen(text) >= sizeof words->buffer) {
        return false;
    }
    strcpy(words->buffer, text);
    char *at = words->buffer;
    while (*at != '\0') {
        while (isspace((unsigned char)*at)) {
            *at++ = '\0';
        }
        if (*at == '\0') {
            break;
        }
        if (words->count == WORDS_MAX) {
            return false;
        }
        words->offset[words->count] = (size_t)(at - words->buffer);
        words->word[words->count++] = at;
        while (*at != '\0' && !isspace((unsigned char)*at)) {
            at++;
        }
    }
    return words->count > 0;
}

/* Where the reading of an action's words stands. */
struct reading {
    const struct words *words;
    size_t next;
    struct argument args[ARGS_MAX];
    size_t arg_count;
    const struct field *field; /* of the FIELD argument, for the unit of VALUE */
    char *why;
    size_t why_size;
};

static bool refuse(struct reading *reading, const char *what, const char *wanted) {
    snprintf(reading->why, reading->why_size, "'%s' is not %s", what, wanted);
    return false;
}

static const struct {
    const char *kind, *unit, *wanted;
} quantities[] = {
    {"RESISTANCE", "ohm", "a resistance such as '30 kohm'"},
    {"VOLTAGE", "V", "a voltage such as '40 V'"},
    {"CURRENT", "A", "a current such as '100 A'"},
    {"PERCENT", "%", "a percentage such as '80 %'"},
    {"TIME", "ns", "a time such as '250 ms'"},
    {"ENERGY", "kWh", "an energy such as '5 kWh'"},
    {"TEMPERATURE", "degC", "a temperature such as '95 degC'"},
};

/* A number and, unless the unit is "", its unit, one or two words. */
static bool read_quantity(struct reading *reading, const char *unit, const char *wanted,
                          struct argument *arg) {
    char text[TEXT_MAX];
    const struct words *words = reading->words;
    bool two = reading->next + 1 < words->count;
    snprintf(text, sizeof text, "%s%s%s", words->word[reading->next], two ? " " : "",
             two ? words->word[reading->next + 1] : "");
    if (two && quantity_parse(text, unit, &arg->number)) {
        reading->next += 2;
        return true;
    }
    if (quantity_parse(words->word[reading->next], unit, &arg->number)) {
        reading->next++;
        return true;
    }
    return refuse(reading, text, wanted);
}

static bool read_count(struct reading *reading, struct argument *arg) {
    const char *word = reading->words->word[reading->next];
    char *end;
    long count = strtol(word, &end, 10);
    if (end == word || *end != '\0' || count < 0 || count > 100000) {
        return refuse(reading, word, "a count, 0 to 100000");
    }
    arg->number = (double)count;
    reading->next++;
    return true;
}

static bool read_switch(struct reading *reading, struct argument *arg) {
    const char *word = reading->words->word[reading->next];
    if (strcmp(word, "0") != 0 && strcmp(word, "1") != 0) {
        return refuse(reading, word, "0 (off) or 1 (on)");
    }
    arg->number = word[0] - '0';
    reading->next++;
    return true;
}

static bool read_bytes(struct reading *reading, struct argument *arg) {
    arg->count = 0;
    for (; reading->next < reading->words->count; reading->next++) {
        const char *word = reading->words->word[reading->next];
        char *end;
        unsigned long byte = strtoul(word, &end, 16);
        if (end != word + 2 || *end != '\0' || arg->count == ACTION_BYTES_MAX) {
            return refuse(reading, word, "a byte of two hexadecimal digits");
        }
        arg->bytes[arg->count++] = (uint8_t)byte;
    }
    return arg->count > 0;
}

static bool read_message(struct reading *reading, bool field_allowed, bool message_allowed,
                         struct argument *arg) {
    const char *word = reading->words->word[reading->next];
    const struct message *message = message_by_code(word);
    reading->field = field_by_path(word, NULL);
    if (!((message_allowed && message != NULL) || (field_allowed && reading->field != NULL))) {
        return refuse(reading, word,
                      field_allowed
                          ? "a field such as BCL.current_demand (`pilebench list messages`)"
                          : "a message such as BRM (`pilebench list messages`)");
    }
    if (message == NULL) {
        field_by_path(word, &message);
    }
    if (message->from_charger) {
        return refuse(reading, word, "sent by the BMS: only the simulated side can be bent");
    }
    snprintf(arg->text, sizeof arg->text, "%s", word);
    reading->next++;
    return true;
}

static bool read_contactor(struct reading *reading, struct argument *arg) {
    static const char *const names[] = {"k1", "k2", "k3k4", "k5", "k6"};
    const char *word = reading->words->word[reading->next];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], word) == 0) {
            snprintf(arg->text, sizeof arg->text, "%s", word);
            reading->next++;
            return true;
        }
    }
    return refuse(reading, word, "a contactor: k1, k2, k3k4, k5 or k6");
}

static bool read_meter(struct reading *reading, struct argument *arg) {
    const char *word = reading->words->word[reading->next];
    if (strcmp(word, "dc") != 0 && strcmp(word, "ac") != 0) {
        return refuse(reading, word, "a meter: dc (the gun's) or ac (the pile's)");
    }
    snprintf(arg->text, sizeof arg->text, "%s", word);
    reading->next++;
    return true;
}

static bool read_reason(struct reading *reading, struct argument *arg) {
    const char *word = reading->words->word[reading->next];
    if (field_find(message_by_code("BST"), word) == NULL) {
        return refuse(reading, word, "a field of BST, such as soc_reached");
    }
    snprintf(arg->text, sizeof arg->text, "%s", word);
    reading->next++;
    return true;
}

static bool read_fault(struct reading *reading, bool sending, struct argument *arg) {
    const char *word = reading->words->word[reading->next];
    if (transport_fault_find(sending, word) == NULL) {
        return refuse(reading, word,
                      sending
                          ? "a fault of a sender, such as skipping (`pilebench list actions`)"
                          : "a fault of a receiver, such as holding (`pilebench list actions`)");
    }
    snprintf(arg->text, sizeof arg->text, "%s", word);
    reading->next++;
    return true;
}

static bool read_reason_byte(struct reading *reading, struct argument *arg) {
    const char *word = reading->words->word[reading->next];
    if (!read_count(reading, arg) || arg->number < 1 || arg->number > UINT8_MAX) {
        return refuse(reading, word, "a reason of Conn_Abort, 1 to 255");
    }
    return true;
}

static bool read_argument(struct reading *reading, const char *kind) {
    struct argument *arg = &reading->args[reading->arg_count++];
    if (reading->next >= reading->words->count) {
        snprintf(reading->why, reading->why_size, "a %s is missing at the end", kind);
        return false;
    }
    for (size_t i = 0; i < sizeof quantities / sizeof quantities[0]; i++) {
        if (strcmp(quantities[i].kind, kind) == 0) {
            return read_quantity(reading, quantities[i].unit, quantities[i].wanted, arg);
        }
    }
    if (strcmp(kind, "COUNT") == 0) {
        return read_count(reading, arg);
    }
    if (strcmp(kind, "SWITCH") == 0) {
        return read_switch(reading, arg);
    }
    if (strcmp(kind, "BYTES") == 0) {
        return read_bytes(reading, arg);
    }
    if (strcmp(kind, "FAULT") == 0 || strcmp(kind, "RECEPTION-FAULT") == 0) {
        return read_fault(reading, kind[0] == 'F', arg);
    }
    if (strcmp(kind, "REASON-BYTE") == 0) {
        return read_reason_byte(reading, arg);
    }
    if (strcmp(kind, "CONTACTOR") == 0) {
        return read_contactor(reading, arg);
    }
    if (strcmp(kind, "METER") == 0) {
        return read_meter(reading, arg);
    }
    if (strcmp(kind, "REASON") == 0) {
        return read_reason(reading, arg);
    }
    if (strcmp(kind, "VALUE") == 0) {
        return read_quantity(reading, reading->field->unit, "a value in the field's unit", arg);
    }
    bool field = strncmp(kind, "FIELD", 5) == 0;
    return read_message(reading, field, !field || strstr(kind, "MESSAGE") != NULL, arg);
}

/* How many leading words of a usage the text shares; the whole usage read: SIZE_MAX. */
static size_t match(const struct action *action, struct reading *reading) {
    struct words usage;
    split(action->usage, &usage);
    reading->next = 0;
    reading->arg_count = 0;
    reading->why[0] = '\0';
    for (size_t i = 0; i < usage.count; i++) {
        const char *word = usage.word[i];
        if (isupper((unsigned char)word[0])) {
            if (!read_argument(reading, word)) {
                return i;
            }
        } else if (reading->next < reading->words->count &&
                   strcmp(word, reading->words->word[reading->next]) == 0) {
            reading->next++;
        } else {
            return i;
        }
    }
    return reading->next == reading->words->count ? SIZE_MAX : usage.count;
}

/* The usage that shares most letters with what was written, when it shares some. */
static const char *alike_usage(const char *text) {
    const char *alike = NULL;
    size_t most = 2;
    for (size_t i = 0; i < ACTIONS; i++) {
        size_t shared = 0;
        while (text[shared] != '\0' && text[shared] == actions[i].usage[shared]) {
            shared++;
        }
        if (shared > most) {
            most = shared;
            alike = actions[i].usage;
        }
    }
    return alike;
}

/* Explains the refusal by the action whose usage came nearest. */
static void explain(struct reading *reading, const struct action *nearest, char *why,
                    size_t why_size, size_t *offset) {
    char detail[256] = "";
    if (nearest != NULL) {
        reading->why = detail;
        reading->why_size = sizeof detail;
        match(nearest, reading);
    }
    if (nearest == NULL) {
        reading->next = 0;
        const char *alike = alike_usage(reading->words->buffer);
        snprintf(why, why_size, "'%s' begins no action%s%s%s; `pilebench list actions` shows them",
                 reading->words->word[0], alike ? "; did you mean '" : "", alike ? alike : "",
                 alike ? "'" : "");
    } else {
        snprintf(why, why_size, "%s%sthe action is written '%s'", detail,
                 detail[0] != '\0' ? "; " : "", nearest->usage);
    }
    size_t at = reading->next < reading->words->count ? reading->next : reading->words->count - 1;
    if (offset != NULL) {
        *offset = reading->words->offset[at];
    }
}

bool bench_action(struct bench *bench, const char *text, char *why, size_t why_size,
                  size_t *offset) {
    struct words words;
    char scratch[256];
    struct reading reading = {.words = &words, .why = scratch, .why_size = sizeof scratch};
    if (!split(text, &words)) {
        snprintf(why, why_size, "an action has 1 to %d words", WORDS_MAX);
        return false;
    }
    const struct action *nearest = NULL;
    size_t best = 0;
    for (size_t i = 0; i < ACTIONS; i++) {
        size_t shared = match(&actions[i], &reading);
        if (shared == SIZE_MAX) {
            if (bench != NULL && actions[i].act(bench, reading.args) != 0) {
                snprintf(why, why_size, "'%s' cannot be done in this state", text);
                return false;
            }
            return true;
        }
        if (shared > best) {
            best = shared;
            nearest = &actions[i];
        }
    }
    explain(&reading, nearest, why, why_size, offset);
    return false;
}
