/* SPDX-License-Identifier: MIT */
#include "sim/text/unit.h"

#include <assert.h>
#include <string.h>

#define SAME(name)                                                                                 \
    { name, name }

const struct unit units[UNIT_COUNT] = {
    {"s", DIMENSION_TIME, 1, 0, false, SAME("s")},
    {"ms", DIMENSION_TIME, 1, -3, false, SAME("ms")},
    {"us", DIMENSION_TIME, 1, -6, false, SAME("µs")},
    {"ns", DIMENSION_TIME, 1, -9, false, SAME("ns")},
    {"min", DIMENSION_TIME, 60, 0, false, SAME("min")},
    {"h", DIMENSION_TIME, 3600, 0, false, SAME("h")},
    {"V", DIMENSION_VOLTAGE, 1, 0, false, SAME("V")},
    {"mV", DIMENSION_VOLTAGE, 1, -3, false, SAME("mV")},
    {"kV", DIMENSION_VOLTAGE, 1, 3, false, SAME("kV")},
    {"A", DIMENSION_CURRENT, 1, 0, false, SAME("A")},
    {"mA", DIMENSION_CURRENT, 1, -3, false, SAME("mA")},
    {"ohm", DIMENSION_RESISTANCE, 1, 0, false, SAME("Ω")},
    {"kohm", DIMENSION_RESISTANCE, 1, 3, false, SAME("kΩ")},
    {"Mohm", DIMENSION_RESISTANCE, 1, 6, false, SAME("MΩ")},
    {"Ω", DIMENSION_RESISTANCE, 1, 0, true, SAME("Ω")},
    {"kΩ", DIMENSION_RESISTANCE, 1, 3, true, SAME("kΩ")},
    {"MΩ", DIMENSION_RESISTANCE, 1, 6, true, SAME("MΩ")},
    {"ohm/V", DIMENSION_RESISTANCE_PER_VOLT, 1, 0, false, SAME("Ω/V")},
    {"F", DIMENSION_CAPACITANCE, 1, 0, false, SAME("F")},
    {"nF", DIMENSION_CAPACITANCE, 1, -9, false, SAME("nF")},
    {"uF", DIMENSION_CAPACITANCE, 1, -6, false, SAME("µF")},
    {"W", DIMENSION_POWER, 1, 0, false, SAME("W")},
    {"kW", DIMENSION_POWER, 1, 3, false, SAME("kW")},
    {"Wh", DIMENSION_ENERGY, 1, 0, false, SAME("Wh")},
    {"kWh", DIMENSION_ENERGY, 1, 3, false, SAME("kWh")},
    {"Ah", DIMENSION_CHARGE, 1, 0, false, SAME("Ah")},
    {"%", DIMENSION_SHARE, 1, 0, false, SAME("%")},
    {"degC", DIMENSION_TEMPERATURE, 1, 0, false, SAME("°C")},
    {"°C", DIMENSION_TEMPERATURE, 1, 0, true, SAME("°C")},
    {"℃", DIMENSION_TEMPERATURE, 1, 0, true, SAME("°C")},
    {"Hz", DIMENSION_FREQUENCY, 1, 0, false, SAME("Hz")},
    {"A/s", DIMENSION_CURRENT_SLOPE, 1, 0, false, SAME("A/s")},
    {"V/s", DIMENSION_VOLTAGE_SLOPE, 1, 0, false, SAME("V/s")},
    {"yuan", DIMENSION_MONEY, 1, 0, false, {"yuan", "元"}},
};

const struct unit *unit_find(const char *name) {
    for (size_t i = 0; i < UNIT_COUNT; i++) {
        if (strcmp(units[i].name, name) == 0) {
            return &units[i];
        }
    }
    return NULL;
}

const char *unit_text(const char *name, bool chinese) {
    const struct unit *unit = unit_find(name);
    return unit != NULL ? phrase_in(&unit->shown, chinese) : name;
}

void unit_list(struct buffer *text) {
    for (size_t i = 0; i < UNIT_COUNT; i++) {
        if (!units[i].alias) {
            assert(units[i].name[0] != '\0' && units[i].shown.en != NULL);
            bool same = i > 0 && units[i].dimension == units[i - 1].dimension;
            buffer_put(text, i == 0 ? "" : same ? ", " : "; ");
            buffer_put(text, units[i].name);
        }
    }
}
