/* SPDX-License-Identifier: MIT */
/* unit.h: the one list of units: what can be written in cases and profiles, and what stands in records.
 *
 *   const struct unit *unit = unit_find("ms");
 *   unit_text("ohm", false)                     "Ω"
 *
 * Records and cases write units in ASCII ("ohm", "degC"); people are shown the sign. */
#ifndef SIM_TEXT_UNIT_H
#define SIM_TEXT_UNIT_H

#include "sim/text/buffer.h"
#include "sim/text/phrase.h"

#include <stddef.h>

enum dimension {
    DIMENSION_TIME,
    DIMENSION_VOLTAGE,
    DIMENSION_CURRENT,
    DIMENSION_RESISTANCE,
    DIMENSION_RESISTANCE_PER_VOLT, /* insulation */
    DIMENSION_CAPACITANCE,
    DIMENSION_POWER,
    DIMENSION_ENERGY,
    DIMENSION_CHARGE,
    DIMENSION_SHARE,
    DIMENSION_TEMPERATURE,
    DIMENSION_FREQUENCY,
    DIMENSION_CURRENT_SLOPE,
    DIMENSION_VOLTAGE_SLOPE,
    DIMENSION_MONEY,
};

/* One unit is factor * 10^exponent of the dimension's base unit. Powers of ten are kept apart because
 * 1e-3 is not exact in binary, 1e3 is. */
struct unit {
    const char *name; /* as records have it */
    enum dimension dimension;
    int factor;
    int exponent;
    bool alias;          /* can be written, is not offered */
    struct phrase shown; /* to people */
};

#define UNIT_COUNT 34

/* Units of one dimension stand together, its base unit first. */
extern const struct unit units[UNIT_COUNT];

/* NULL: there is no such unit. */
const struct unit *unit_find(const char *name);
/* As people are shown it; what is not in the list is shown as it is. */
const char *unit_text(const char *name, bool chinese);
/* What may be written, for messages: "s, ms, us, ns, min, h; V, mV, kV; A, mA; ...". */
void unit_list(struct buffer *text);

#endif
