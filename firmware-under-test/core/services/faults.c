/* SPDX-License-Identifier: MIT */
#include "services/faults.h"

#include "services/assert.h"

#include <stddef.h>

/* SPN 3522 in CST bytes 2 and 3, SPN 3523 in byte 4 (GB/T 27930-2015, CST table). */
#define HOT       0x01, 0x00, 0x00 /* 2.1 charger over-temperature */
#define CONNECTOR 0x04, 0x00, 0x00 /* 2.3 charging connector */
#define NO_ENERGY 0x40, 0x00, 0x00 /* 2.7 energy cannot be transferred */
#define ESTOP     0x00, 0x01, 0x00 /* 3.1 emergency stop */
#define OTHER     0x00, 0x04, 0x00 /* 3.3 other */
#define CURRENT   0x00, 0x00, 0x01 /* 4.1 current mismatch */
#define VOLTAGE   0x00, 0x00, 0x04 /* 4.3 voltage abnormal */

static const struct core_fault_row rows[CORE_FAULT_COUNT] = {
    [CORE_FAULT_NONE] = {"none", {0, 0, 0}, false},
    [CORE_FAULT_ESTOP] = {"emergency stop", {ESTOP}, true},
    [CORE_FAULT_PILOT] = {"control pilot", {CONNECTOR}, true},
    [CORE_FAULT_PE] = {"protective earth lost", {OTHER}, true},
    [CORE_FAULT_DOOR] = {"door open", {OTHER}, true},
    [CORE_FAULT_LOCK] = {"lock not closed", {CONNECTOR}, true},
    [CORE_FAULT_AC_LOST] = {"AC supply lost", {NO_ENERGY}, true},
    [CORE_FAULT_AC_RANGE] = {"AC supply out of range", {OTHER}, true},
    [CORE_FAULT_GUN_TEMPERATURE] = {"gun too hot", {HOT}, true},
    [CORE_FAULT_AUX] = {"auxiliary supply", {OTHER}, true},
    [CORE_FAULT_BHM_MISSING] = {"no BHM", {OTHER}, false},
    [CORE_FAULT_BHM_LOW] = {"BHM below lowest output", {VOLTAGE}, false},
    [CORE_FAULT_OUTER_LIVE] = {"voltage at the gun before the test", {VOLTAGE}, false},
    [CORE_FAULT_K1_WELDED] = {"K1 welded", {OTHER}, true},
    [CORE_FAULT_K2_WELDED] = {"K2 welded", {OTHER}, true},
    [CORE_FAULT_K1_K2_WELDED] = {"K1 and K2 welded", {OTHER}, true},
    [CORE_FAULT_K1_FEEDBACK] = {"K1 does not close", {OTHER}, true},
    [CORE_FAULT_K2_FEEDBACK] = {"K2 does not close", {OTHER}, true},
    [CORE_FAULT_OUTPUT_MISSING] = {"no output voltage", {NO_ENERGY}, false},
    [CORE_FAULT_OUTPUT_SHORT] = {"output shorted", {OTHER}, true},
    [CORE_FAULT_INSULATION] = {"insulation fault", {OTHER}, false},
    [CORE_FAULT_INSULATION_UNKNOWN] = {"insulation not measured", {OTHER}, false},
    [CORE_FAULT_INSULATION_LOW] = {"insulation low", {OTHER}, false},
    [CORE_FAULT_DISCHARGE] = {"discharge too slow", {OTHER}, false},
    [CORE_FAULT_BATTERY_VOLTAGE] = {"battery voltage not as reported", {VOLTAGE}, false},
    [CORE_FAULT_BATTERY_REVERSED] = {"battery reversed", {VOLTAGE}, true},
    [CORE_FAULT_PRECHARGE] = {"pre-charge failed", {OTHER}, false},
    [CORE_FAULT_OVERVOLTAGE] = {"output over-voltage", {VOLTAGE}, true},
    [CORE_FAULT_OVERCURRENT] = {"output over-current", {CURRENT}, true},
    [CORE_FAULT_BACKFLOW] = {"current from the battery", {CURRENT}, true},
    [CORE_FAULT_BSM_CELL] = {"BSM: cell voltage", {VOLTAGE}, false},
    [CORE_FAULT_BSM_SOC] = {"BSM: SOC", {OTHER}, false},
    [CORE_FAULT_BSM_CURRENT] = {"BSM: over-current", {CURRENT}, false},
    [CORE_FAULT_BSM_TEMPERATURE] = {"BSM: over-temperature", {OTHER}, false},
    [CORE_FAULT_BSM_INSULATION] = {"BSM: insulation", {OTHER}, false},
    [CORE_FAULT_BSM_CONNECTOR] = {"BSM: connector", {CONNECTOR}, false},
    [CORE_FAULT_BATTERY_LIMITS] = {"battery beyond its limits", {VOLTAGE}, false},
    [CORE_FAULT_PAUSE] = {"paused too long", {OTHER}, false},
    [CORE_FAULT_COMMUNICATION] = {"communication interrupted", {OTHER}, false},
    [CORE_FAULT_BRO_WITHDRAWN] = {"BRO withdrawn", {OTHER}, false},
    [CORE_FAULT_METER_SILENT] = {"meter silent", {OTHER}, false},
    [CORE_FAULT_METER_BACKWARDS] = {"meter runs backwards", {OTHER}, false},
    [CORE_FAULT_METER_CONTRADICTS] = {"meter contradicts voltage and current", {OTHER}, false},
    [CORE_FAULT_RECORDS] = {"charge cannot be recorded", {OTHER}, false},
    [CORE_FAULT_TARIFF] = {"tariff table refused", {OTHER}, false},
    [CORE_FAULT_TIE] = {"module tie not open", {OTHER}, false},
    [CORE_FAULT_MODULES] = {"no power module", {NO_ENERGY}, false},
    [CORE_FAULT_MODULE] = {"power module", {OTHER}, false},
    [CORE_FAULT_MODULE_HOT] = {"power module too hot", {HOT}, false},
    [CORE_FAULT_DISTRIBUTION] = {"power distribution", {OTHER}, false},
    [CORE_FAULT_AC_METER_SILENT] = {"AC meter silent", {OTHER}, false},
};

const struct core_fault_row *core_fault_row(int32_t fault) {
    bool known = fault >= 0 && fault < CORE_FAULT_COUNT;
    CORE_ASSERT(rows[fault > 0 && known ? fault : 0].name != NULL); /* a row for each */
    return &rows[known ? fault : CORE_FAULT_NONE];
}
