/* SPDX-License-Identifier: MIT */
/* faults.h: what can go wrong, its number on the display, what CST says of it, and how quick the
 * output has to go. */
#ifndef SECOND_FAULTS_H
#define SECOND_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

enum fault {
    FAULT_NONE = 0,
    FAULT_EMERGENCY_STOP = 1,
    FAULT_DOOR = 2,
    FAULT_PE = 3,
    FAULT_AC_LOW = 4,
    FAULT_AC_HIGH = 5,
    FAULT_CONNECTOR = 11,
    FAULT_CONNECTOR_OPEN = 12,
    FAULT_LOCK = 13,
    FAULT_LOCK_STUCK = 14,
    FAULT_GUN_HOT = 15,
    FAULT_GUN_SENSOR = 16,
    FAULT_AUX = 17,
    FAULT_CONTACTOR = 21,
    FAULT_CONTACTOR_WELDED = 22,
    FAULT_DISCHARGE = 23,
    FAULT_SHORT_CIRCUIT = 24,
    FAULT_PRECHARGE = 25,
    FAULT_PLUG_LIVE = 26,
    FAULT_REVERSED = 27,
    FAULT_INSULATION = 31,
    FAULT_INSULATION_WARNING = 32,
    FAULT_NO_INSULATION_VALUE = 33,
    FAULT_OVER_VOLTAGE = 41,
    FAULT_OVER_CURRENT = 42,
    FAULT_BACKFLOW = 43,
    FAULT_BATTERY_VOLTAGE = 44,
    FAULT_VEHICLE_VOLTAGE_LOW = 45,
    FAULT_BATTERY_LIMIT = 46,
    FAULT_NO_VEHICLE = 51,
    FAULT_COMMUNICATION = 52,
    FAULT_WITHDRAWN = 53,
    FAULT_VEHICLE_ABNORMAL = 54,
    FAULT_STATISTICS = 55,
};

struct fault_row {
    enum fault fault;
    const char *name;
    uint8_t cst[3]; /* bytes 2 to 4 of CST, the bits that are set */
    bool at_once;   /* contactors within 100 ms; else the current is taken down first */
    bool cut;       /* auxiliary supply too within a second (GB/T 18487.1 B.3.7.6) */
};

/* Never NULL. */
const struct fault_row *fault_row(enum fault fault);
const char *fault_name(int32_t fault);

#endif
