/* SPDX-License-Identifier: MIT */
/* faults.h: what can stop or refuse a session, its name, how fast it acts, and what CST says of it.
 *
 *   core_fault_row(CORE_FAULT_ESTOP)->name     "emergency stop"
 *
 * The numbers are what DUT_OUT_ALARM shows. They are stable: new faults go to the end. */
#ifndef CORE_FAULTS_H
#define CORE_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

enum core_fault {
    CORE_FAULT_NONE,
    CORE_FAULT_ESTOP,
    CORE_FAULT_PILOT,
    CORE_FAULT_PE,
    CORE_FAULT_DOOR,
    CORE_FAULT_LOCK,
    CORE_FAULT_AC_LOST,
    CORE_FAULT_AC_RANGE,
    CORE_FAULT_GUN_TEMPERATURE,
    CORE_FAULT_AUX,
    CORE_FAULT_BHM_MISSING,
    CORE_FAULT_BHM_LOW,
    CORE_FAULT_OUTER_LIVE,
    CORE_FAULT_K1_WELDED,
    CORE_FAULT_K2_WELDED,
    CORE_FAULT_K1_K2_WELDED,
    CORE_FAULT_K1_FEEDBACK,
    CORE_FAULT_K2_FEEDBACK,
    CORE_FAULT_OUTPUT_MISSING,
    CORE_FAULT_OUTPUT_SHORT,
    CORE_FAULT_INSULATION,
    CORE_FAULT_INSULATION_UNKNOWN,
    CORE_FAULT_INSULATION_LOW, /* shown only: charging goes on */
    CORE_FAULT_DISCHARGE,
    CORE_FAULT_BATTERY_VOLTAGE,
    CORE_FAULT_BATTERY_REVERSED,
    CORE_FAULT_PRECHARGE,
    CORE_FAULT_OVERVOLTAGE,
    CORE_FAULT_OVERCURRENT,
    CORE_FAULT_BACKFLOW,
    CORE_FAULT_BSM_CELL,
    CORE_FAULT_BSM_SOC,
    CORE_FAULT_BSM_CURRENT,
    CORE_FAULT_BSM_TEMPERATURE,
    CORE_FAULT_BSM_INSULATION,
    CORE_FAULT_BSM_CONNECTOR,
    CORE_FAULT_BATTERY_LIMITS,
    CORE_FAULT_PAUSE,
    CORE_FAULT_COMMUNICATION,
    CORE_FAULT_BRO_WITHDRAWN,
    CORE_FAULT_METER_SILENT,
    CORE_FAULT_METER_BACKWARDS,
    CORE_FAULT_METER_CONTRADICTS,
    CORE_FAULT_AC_METER_SILENT, /* shown only: the DC meter bills */
    CORE_FAULT_RECORDS,
    CORE_FAULT_TARIFF,
    CORE_FAULT_TIE,          /* the modules' tie to the other gun does not open */
    CORE_FAULT_MODULES,      /* none is left that delivers, or none was there */
    CORE_FAULT_MODULE,       /* shown only: the others go on */
    CORE_FAULT_MODULE_HOT,   /* the same: it has switched itself off */
    CORE_FAULT_DISTRIBUTION, /* the bus is not this gun's own */
    CORE_FAULT_COUNT
};

struct core_fault_row {
    const char *name;
    uint8_t cst[3]; /* bits set in CST bytes 2, 3, 4: SPN 3522 and 3523 */
    bool fast;      /* output dies at once, K1/K2 open within 100 ms; else it ramps down */
};

/* Row of a fault; of CORE_FAULT_NONE if the number is unknown. Never NULL. */
const struct core_fault_row *core_fault_row(int32_t fault);

#endif
