/* SPDX-License-Identifier: MIT */
/* The keys of a vehicle preset (scenarios/vehicles/NAME.json) and where their values go. */
#include "harness/bench/bench.h"
#include "harness/expression/expression.h"
#include "sim/text/nearest.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum target {
    TO_DOUBLE,
    TO_UNSIGNED,
    TO_TIME, /* int64 nanoseconds */
    TO_TEXT,
    TO_CHEMISTRY,
    TO_CURVE, /* one point of the OCV curve: curve.N = "3.30 V", N the state of charge in % */
};

struct key {
    const char *name, *unit;
    enum target target;
    size_t offset; /* in struct bench */
};

#define PACK(field) offsetof(struct bench, pack_params.field)
#define BMS(field)  offsetof(struct bench, bms_params.field)

static const struct key keys[] = {
    {"chemistry", "", TO_CHEMISTRY, PACK(chemistry)},
    {"cells_series", "", TO_UNSIGNED, PACK(cells_series)},
    {"sensors", "", TO_UNSIGNED, PACK(sensors)},
    {"capacity", "Ah", TO_DOUBLE, PACK(capacity_ah)},
    {"soc", "%", TO_DOUBLE, PACK(soc_percent)},
    {"resistance", "ohm", TO_DOUBLE, PACK(resistance_ohm)},
    {"cell_nominal", "V", TO_DOUBLE, PACK(cell_nominal_v)},
    {"cell_spread", "V", TO_DOUBLE, PACK(cell_spread_v)},
    {"temperature", "degC", TO_DOUBLE, PACK(temperature_c)},
    {"ambient", "degC", TO_DOUBLE, PACK(ambient_c)},
    {"ocv_curve", "V", TO_CURVE, 0},
    {"target_soc", "%", TO_DOUBLE, BMS(target_soc_percent)},
    {"demand_current", "A", TO_DOUBLE, BMS(demand_current_a)},
    {"charge_cell_voltage", "V", TO_DOUBLE, BMS(charge_cell_voltage_v)},
    {"end_current", "A", TO_DOUBLE, BMS(end_current_a)},
    {"bhm_voltage", "V", TO_DOUBLE, BMS(bhm_voltage_v)},
    {"voltage_max", "V", TO_DOUBLE, BMS(voltage_max_v)},
    {"cell_voltage_max", "V", TO_DOUBLE, BMS(cell_voltage_max_v)},
    {"current_max", "A", TO_DOUBLE, BMS(current_max_a)},
    {"temperature_max", "degC", TO_DOUBLE, BMS(temperature_max_c)},
    {"brm_length", "", TO_UNSIGNED, BMS(brm_length)},
    {"vin", "", TO_TEXT, BMS(vin)},
    {"maker", "", TO_TEXT, BMS(maker)},
    {"wake", "ns", TO_TIME, BMS(wake_ns)},
    {"k5_close", "ns", TO_TIME, BMS(k5_close_ns)},
    {"k6_close", "ns", TO_TIME, BMS(k6_close_ns)},
    {"ready", "ns", TO_TIME, BMS(ready_ns)},
    {"open_fault", "ns", TO_TIME, BMS(open_fault_ns)},
};

#define KEYS (sizeof keys / sizeof keys[0])

static const struct {
    const char *name;
    uint8_t code;
} chemistries[] = {{"lead-acid", 1}, {"NiMH", 2},    {"LFP", 3}, {"LMO", 4},     {"LCO", 5},
                   {"NCM", 6},       {"polymer", 7}, {"LTO", 8}, {"other", 0xFF}};

bool bench_preset_describe(size_t index, const char **name, const char **unit) {
    if (index >= KEYS) {
        return false;
    }
    *name = keys[index].name;
    *unit = keys[index].unit;
    return true;
}

static const struct key *find(const char *name) {
    for (size_t i = 0; i < KEYS; i++) {
        if (strcmp(keys[i].name, name) == 0) {
            return &keys[i];
        }
    }
    return NULL;
}

static bool to_chemistry(const char *text, uint8_t *code) {
    for (size_t i = 0; text != NULL && i < sizeof chemistries / sizeof chemistries[0]; i++) {
        if (strcmp(chemistries[i].name, text) == 0) {
            *code = chemistries[i].code;
            return true;
        }
    }
    return false;
}

static bool to_number(const struct key *key, const struct preset_value *value, double *number) {
    if (value->string != NULL) {
        return key->unit[0] != '\0' && quantity_parse(value->string, key->unit, number);
    }
    *number = value->number;
    return key->unit[0] == '\0';
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
            used == 0) {
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

static bool store(struct bench *bench, const struct key *key, const struct preset_value *value) {
    char *place = (char *)bench + key->offset;
    double number = 0.0;
    switch (key->target) {
    case TO_TEXT:
        *(const char **)(void *)place = value->string;
        return value->string != NULL;
    case TO_CHEMISTRY:
        return to_chemistry(value->string, (uint8_t *)place);
    case TO_CURVE:
        return to_curve(value->string, &bench->pack_params);
    default:
        break;
    }
    if (!to_number(key, value, &number) || !isfinite(number)) {
        return false;
    }
    if (key->target != TO_DOUBLE && (number < 0.0 || number > INT32_MAX * 1e9)) {
        return false;
    }
    if (key->target == TO_DOUBLE) {
        *(double *)(void *)place = number;
    } else if (key->target == TO_TIME) {
        *(int64_t *)(void *)place = (int64_t)number;
    } else if (key->target == TO_UNSIGNED && number <= INT32_MAX) {
        *(unsigned *)(void *)place = (unsigned)number;
    } else {
        return false;
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
    const char *near = nearest_name(name, next_key, NULL);
    return problem_set(
        problem, "unknown key '%.60s' of a vehicle%s%s%s (`pilebench list vehicle-keys`)", name,
        near != NULL ? "; did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?" : "");
}

bool bench_preset(struct bench *bench, const struct preset_value *value, struct problem *problem) {
    const struct key *key = find(value->name);
    if (key == NULL) {
        return bench_preset_known(value->name, problem);
    }
    if (store(bench, key, value)) {
        return true;
    }
    if (key->target == TO_CHEMISTRY) {
        return problem_set(problem, "'%s' must be a chemistry, such as LFP, NCM or LTO",
                           value->name);
    }
    if (key->target == TO_TEXT) {
        return problem_set(problem, "'%s' must be a text", value->name);
    }
    if (key->unit[0] == '\0') {
        return problem_set(problem, "'%s' must be a number", value->name);
    }
    return problem_set(problem, "'%s' must be a text with number and unit, in %s", value->name,
                       key->unit);
}
