/* SPDX-License-Identifier: MIT */
/* The keys of a vehicle preset (scenarios/vehicles/NAME.json) and where their values go. */
#include "harness/bench/bench.h"
#include "harness/expression/expression.h"
#include "sim/memory.h"
#include "sim/text/nearest.h"
#include "vehicle_bms/message/messages.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATTERY_VOLTAGE_MAX 1500.0 /* of a whole battery: what charging equipment goes up to */
#define VIN_LENGTH          17
#define MAKER_LENGTH        4
#define BRM_SHORT           41 /* the two lengths of BRM: without and with the BMS's software version */
#define BRM_LONG            49

enum target {
    TO_DOUBLE,
    TO_UNSIGNED,
    TO_TIME, /* int64 nanoseconds */
    TO_TEXT,
    TO_CHEMISTRY,
    TO_CURVE, /* one point of the OCV curve: curve.N = "3.30 V", N the state of charge in % */
};

/* Ranges: of the message's field where one carries the value; else what a charger can meet. A text's is
 * of its length. */
struct key {
    const char *name;
    struct range range;
    enum target target;
    size_t offset; /* in struct bench_vehicle */
};

#define PACK(field) offsetof(struct bench_vehicle, pack.field)
#define BMS(field)  offsetof(struct bench_vehicle, bms.field)

static const struct key keys[] = {
    {"chemistry", {.unit = NULL}, TO_CHEMISTRY, PACK(chemistry)},
    {"cells_series", {1, 1000, "", true}, TO_UNSIGNED, PACK(cells_series)},
    {"sensors", {1, 128, "", true}, TO_UNSIGNED, PACK(sensors)},
    {"capacity", {1, 1000, "Ah", false}, TO_DOUBLE, PACK(capacity_ah)},
    {"soc", {0, 100, "%", false}, TO_DOUBLE, PACK(soc_percent)},
    {"resistance", {0.001, 10, "ohm", false}, TO_DOUBLE, PACK(resistance_ohm)},
    {"cell_nominal", {0.5, 24, "V", false}, TO_DOUBLE, PACK(cell_nominal_v)},
    {"cell_spread", {0, 1, "V", false}, TO_DOUBLE, PACK(cell_spread_v)},
    {"temperature", {-50, 200, "degC", false}, TO_DOUBLE, PACK(temperature_c)},
    {"ambient", {-50, 200, "degC", false}, TO_DOUBLE, PACK(ambient_c)},
    {"ocv_curve", {.unit = NULL}, TO_CURVE, 0},
    {"target_soc", {0, 100, "%", false}, TO_DOUBLE, BMS(target_soc_percent)},
    {"demand_current", {0, 400, "A", false}, TO_DOUBLE, BMS(demand_current_a)},
    {"charge_cell_voltage", {0.5, 24, "V", false}, TO_DOUBLE, BMS(charge_cell_voltage_v)},
    {"end_current", {0, 400, "A", false}, TO_DOUBLE, BMS(end_current_a)},
    {"bhm_voltage", {1, 1500, "V", false}, TO_DOUBLE, BMS(bhm_voltage_v)},
    {"voltage_max", {1, 1500, "V", false}, TO_DOUBLE, BMS(voltage_max_v)},
    {"cell_voltage_max", {0.5, 24, "V", false}, TO_DOUBLE, BMS(cell_voltage_max_v)},
    {"current_max", {0, 400, "A", false}, TO_DOUBLE, BMS(current_max_a)},
    {"temperature_max", {-50, 200, "degC", false}, TO_DOUBLE, BMS(temperature_max_c)},
    {"brm_length", {BRM_SHORT, BRM_LONG, "", true}, TO_UNSIGNED, BMS(brm_length)},
    {"vin", {VIN_LENGTH, VIN_LENGTH, "", true}, TO_TEXT, BMS(vin)},
    {"maker", {1, MAKER_LENGTH, "", true}, TO_TEXT, BMS(maker)},
    {"wake", {0, 60, "s", false}, TO_TIME, BMS(wake_ns)},
    {"k5_close", {0, 60, "s", false}, TO_TIME, BMS(k5_close_ns)},
    {"k6_close", {0, 60, "s", false}, TO_TIME, BMS(k6_close_ns)},
    {"ready", {0, 60, "s", false}, TO_TIME, BMS(ready_ns)},
    /* Of the pile that the vehicle meets: its contactors may be slow ones. */
    {"k1k2_close", {0.004, 1, "s", false}, TO_TIME, offsetof(struct bench_vehicle, k1k2_close_ns)},
    {"k1k2_open", {0.004, 1, "s", false}, TO_TIME, offsetof(struct bench_vehicle, k1k2_open_ns)},
    {"open_fault", {0, 60, "s", false}, TO_TIME, BMS(open_fault_ns)},
};

#define KEYS (sizeof keys / sizeof keys[0])

bool bench_preset_describe(size_t index, struct preset_key *key) {
    if (index >= KEYS) {
        return false;
    }
    const struct key *row = &keys[index];
    *key = (struct preset_key){.name = row->name,
                               .range = row->range,
                               .text = row->target == TO_TEXT,
                               .chemistry = row->target == TO_CHEMISTRY,
                               .curve = row->target == TO_CURVE};
    return true;
}

const char *bench_chemistry(size_t index) {
    const struct field *field = field_by_path("BRM.battery_type", NULL);
    for (const struct field_label *label = field->labels; label->en != NULL; label++) {
        if (index-- == 0) {
            return label->en;
        }
    }
    return NULL;
}

static const struct key *find(const char *name) {
    for (size_t i = 0; i < KEYS; i++) {
        if (strcmp(keys[i].name, name) == 0) {
            return &keys[i];
        }
    }
    return NULL;
}

static const char *next_chemistry(void *ctx, size_t index) {
    (void)ctx;
    return bench_chemistry(index);
}

/* ---- values ---- */

/* The words are those of decoded messages. */
static bool to_chemistry(const struct preset_value *value, uint8_t *code, struct problem *problem) {
    const struct field *field = field_by_path("BRM.battery_type", NULL);
    const char *text = value->string != NULL ? value->string : "";
    for (const struct field_label *label = field->labels; label->en != NULL; label++) {
        if (strcmp(label->en, text) == 0) {
            *code = (uint8_t)label->raw;
            return true;
        }
    }
    char all[160] = "";
    for (size_t i = 0; bench_chemistry(i) != NULL; i++) {
        size_t used = strlen(all);
        snprintf(all + used, sizeof all - used, "%s%s", i > 0 ? ", " : "", bench_chemistry(i));
    }
    bool ternary = strcmp(text, "NCM") == 0 || strcmp(text, "NCA") == 0;
    problem_set_both(problem, "there is no chemistry '%.40s'", "没有电池类型'%.40s'", text);
    nearest_add(problem, ternary ? "ternary" : text, next_chemistry, NULL, nearest_else);
    problem_add(problem, "; it is one of: ", "；可用：");
    return problem_add(problem, all, all);
}

static bool refuse_range(const struct key *key, struct problem *problem) {
    char range[RANGE_TEXT_SIZE];
    range_text(&key->range, range, sizeof range);
    const char *kind = key->range.whole ? "a whole number, " : "";
    return problem_set(problem, "%s is out of range: %s%s", key->name, kind, range);
}

/* In the unit of the key's range. */
static bool to_number(const struct key *key, const struct preset_value *value, double *number,
                      struct problem *problem) {
    const char *unit = key->range.unit;
    char range[RANGE_TEXT_SIZE];
    range_text(&key->range, range, sizeof range);
    bool written = unit[0] != '\0'
                       ? value->string != NULL && quantity_parse(value->string, unit, number)
                       : value->string == NULL;
    if (!written && unit[0] != '\0') {
        return problem_set(problem, "%s must be a text with number and unit, %s", key->name, range);
    }
    if (!written) {
        return problem_set(problem, "%s must be a number without quotes, %s", key->name, range);
    }
    *number = unit[0] == '\0' ? value->number : *number;
    if (!range_holds(&key->range, *number)) {
        return refuse_range(key, problem);
    }
    if (key->range.max == BRM_LONG && *number != BRM_SHORT && *number != BRM_LONG) {
        return problem_set(problem, "%s is %d or %d", key->name, BRM_SHORT, BRM_LONG);
    }
    return true;
}

static bool to_text(const struct key *key, const struct preset_value *value, const char **text,
                    struct problem *problem) {
    size_t length = value->string != NULL ? strlen(value->string) : 0;
    bool plain = value->string != NULL;
    for (size_t i = 0; i < length; i++) {
        plain = plain && value->string[i] > ' ' && value->string[i] <= '~';
    }
    if (!plain || !range_holds(&key->range, (double)length)) {
        bool exact = key->range.min == key->range.max;
        return problem_set(problem, "%s must be a text of %s%.0f letters, digits or signs of ASCII",
                           key->name, exact ? "" : "1 to ", key->range.max);
    }
    *text = value->string;
    return true;
}

/* "0 %: 2.80 V, 10 %: 3.20 V, ..." */
static bool to_curve(const char *text, struct pack_params *pack) {
    size_t count = 0;
    if (text == NULL) {
        return false;
    }
    while (*text != '\0') {
        struct pack_point point;
        int used = 0;
        if (count == PACK_CURVE_POINTS ||
            sscanf(text, " %lf %% : %lf V%n", &point.soc_percent, &point.cell_ocv_v, &used) != 2 ||
            used == 0 || !(point.cell_ocv_v >= 0.1 && point.cell_ocv_v <= 24) ||
            !(point.soc_percent >= 0 && point.soc_percent <= 100)) {
            return false;
        }
        pack->curve[count++] = point;
        text += used;
        while (*text == ',' || *text == ' ') {
            text++;
        }
    }
    pack->curve_count = count;
    return count >= 2;
}

static bool store(struct bench_vehicle *vehicle, const struct key *key,
                  const struct preset_value *value, struct problem *problem) {
    char *place = (char *)vehicle + key->offset;
    double number = 0.0;
    switch (key->target) {
    case TO_TEXT:
        return to_text(key, value, (const char **)(void *)place, problem);
    case TO_CHEMISTRY:
        return to_chemistry(value, (uint8_t *)place, problem);
    case TO_CURVE:
        return to_curve(value->string, &vehicle->pack) ||
               problem_set(
                   problem,
                   "%s must be a text of 2 to %d points \"0 %%: 2.80 V, 10 %%: 3.20 V, ...\" "
                   "from 0 %% to 100 %%, both rising, 0.1 V to 24 V",
                   key->name, PACK_CURVE_POINTS);
    default:
        break;
    }
    if (!to_number(key, value, &number, problem)) {
        return false;
    }
    if (key->target == TO_DOUBLE) {
        *(double *)(void *)place = number;
    } else if (key->target == TO_TIME) {
        *(int64_t *)(void *)place = (int64_t)llround(number * (double)NS_PER_S);
    } else {
        *(unsigned *)(void *)place = (unsigned)number;
    }
    return true;
}

static const char *next_key(void *ctx, size_t index) {
    (void)ctx;
    return index < KEYS ? keys[index].name : NULL;
}

bool bench_preset_known(const char *name, struct problem *problem) {
    if (find(name) != NULL) {
        return true;
    }
    problem_set_both(problem, "unknown key '%.60s' of a vehicle", "车辆没有键'%.60s'", name);
    nearest_add(problem, name, next_key, NULL, nearest_else);
    return problem_add(problem, " (`pilebench list vehicle-keys`)",
                       "（`pilebench list vehicle-keys`）");
}

bool bench_preset(struct bench_vehicle *vehicle, const struct preset_value *value,
                  struct problem *problem) {
    const struct key *key = find(value->name);
    return key != NULL ? store(vehicle, key, value, problem)
                       : bench_preset_known(value->name, problem);
}

/* ---- the whole vehicle ---- */

/* Two figures of which the first must not be above the second: the vehicle would contradict itself, and
 * the charger be blamed for what it does then. */
struct pair {
    const char *key; /* where the fault is told */
    const char *what;
    double value;
    const char *other;
    double most;
    const char *unit, *why;
};

static bool pair_holds(const struct pair *pair, const char **key, struct problem *problem) {
    if (pair->value <= pair->most) {
        return true;
    }
    *key = pair->key;
    return problem_set(problem, "%s, %.6g %s, is above %s, %.6g %s: %s", pair->what, pair->value,
                       pair->unit, pair->other, pair->most, pair->unit, pair->why);
}

static bool agrees_with_itself(const struct bench_vehicle *vehicle, const char **key,
                               struct problem *problem) {
    static const char equipment[] = "what charging equipment goes up to";
    static const char open[] = "the battery's voltage before the charge";
    static const char asks[] = "the BMS would ask for more than it allows";
    const struct pack_params *pack = &vehicle->pack;
    const struct bms_params *bms = &vehicle->bms;
    double cells = pack->cells_series, nominal_v = cells * pack->cell_nominal_v;
    double open_v = pack_curve_v(pack, pack->soc_percent), full_v = pack_curve_v(pack, 100);
    const struct pair pairs[] = {
        {"cell_nominal", "cells_series times cell_nominal", nominal_v, equipment,
         BATTERY_VOLTAGE_MAX, "V", "fewer cells or a lower voltage"},
        {"ocv_curve", "the full battery's voltage", full_v, equipment, BATTERY_VOLTAGE_MAX, "V",
         "fewer cells or a lower curve"},
        {"voltage_max", open, open_v, "voltage_max", bms->voltage_max_v, "V",
         "no charger may charge it"},
        {"bhm_voltage", open, open_v, "bhm_voltage", bms->bhm_voltage_v, "V",
         "no charger may charge it"},
        {"charge_cell_voltage", "cells_series times charge_cell_voltage",
         cells * bms->charge_cell_voltage_v, "voltage_max", bms->voltage_max_v, "V", asks},
        {"charge_cell_voltage", "charge_cell_voltage", bms->charge_cell_voltage_v,
         "cell_voltage_max", bms->cell_voltage_max_v, "V", asks},
        {"demand_current", "demand_current", bms->demand_current_a, "current_max",
         bms->current_max_a, "A", asks},
        {"soc", "soc", pack->soc_percent, "target_soc", bms->target_soc_percent, "%",
         "the charge would end before it begins"},
        {"temperature", "temperature", pack->temperature_c, "temperature_max",
         bms->temperature_max_c, "degC", "the BMS would end every charge at once"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (!pair_holds(&pairs[i], key, problem)) {
            return false;
        }
    }
    return true;
}

bool bench_preset_check(const struct preset_value *value, struct problem *problem) {
    struct bench_vehicle scratch = {0}; /* what is stored in it is never read */
    return bench_preset(&scratch, value, problem);
}

bool bench_vehicle_check(const struct preset *preset, const char **key, struct problem *problem) {
    struct bench_vehicle scratch = {.pack = pack_bus_lfp_540v, .bms = bms_params_default};
    bool good = true;
    *key = NULL;
    for (size_t i = 0; good && i < preset->value_count; i++) {
        good = bench_preset(&scratch, &preset->values[i], problem);
        *key = good ? NULL : preset->values[i].name;
    }
    if (good && !pack_params_ok(&scratch.pack, problem)) {
        *key = "ocv_curve"; /* the only one that a range does not cover */
        good = false;
    }
    return good && agrees_with_itself(&scratch, key, problem);
}
