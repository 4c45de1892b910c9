/* SPDX-License-Identifier: MIT */
/* plate.c: what this charger is and has (dut.h, version 3), and which of the ways that the standards
 * leave open it takes. */
#include "charger.h"

int32_t plate(void *dut, unsigned gun, enum dut_capability what) {
    const int32_t *param = ((const struct charger *)dut)->param;
    const bool lies = param[PARAM_DECLARES] == 2;
    (void)gun;
    if (param[PARAM_DECLARES] == 0) {
        return DUT_UNKNOWN;
    }
    switch (what) {
    case DUT_CAP_GUNS:
        return 1;
    case DUT_CAP_EDITIONS:
        return DUT_EDITION_2015;
    case DUT_CAP_VOLTAGE_MIN_MV:
        return param[PARAM_VOLTAGE_MIN];
    case DUT_CAP_VOLTAGE_MAX_MV:
        return param[PARAM_VOLTAGE_MAX];
    case DUT_CAP_CURRENT_MIN_MA:
        return param[PARAM_CURRENT_MIN];
    case DUT_CAP_CURRENT_MAX_MA:
        return param[PARAM_CURRENT_MAX];
    case DUT_CAP_POWER_MAX_W:
    case DUT_CAP_PILE_POWER_W: /* it limits voltage and current, and nothing between */
        return (int32_t)((int64_t)param[PARAM_VOLTAGE_MAX] * param[PARAM_CURRENT_MAX] / 1000000);
    case DUT_CAP_POWER_FROM_MV:
        return param[PARAM_VOLTAGE_MAX];
    case DUT_CAP_AC_MIN_MV:
        return 323000;
    case DUT_CAP_AC_MAX_MV:
        return 437000;
    case DUT_CAP_DC_METER:
        return DUT_METER_REGISTER;
    case DUT_CAP_AC_METER:
        return DUT_METER_NONE;
    case DUT_CAP_BILLING:
        return 0;
    case DUT_CAP_IMD:
        return DUT_IMD_OHM;
    case DUT_CAP_MODULES:
        return DUT_MODULES_CHANNELS;
    case DUT_CAP_MODULE_GROUPS:
        return 0;
    case DUT_CAP_SUPPLY:
        return DUT_SUPPLY_VOLTAGE;
    case DUT_CAP_TEMPERATURES:
        return DUT_TEMPERATURE_GUN;
    case DUT_CAP_DERATES:
        return DUT_DERATES_GUN;
    case DUT_CAP_BHM_WAIT_MS:
        return param[PARAM_TIME_BHM];
    case DUT_CAP_BHM_FALLBACK:
        return 0;
    case DUT_CAP_RECONNECTIONS:
        return param[PARAM_RECONNECTIONS] + (lies ? 1 : 0);
    case DUT_CAP_TEST_MAKING:
        return (param[PARAM_VOLTAGE_FIRST] == 0) != lies;
    case DUT_CAP_MISMATCH_MS:
        return param[PARAM_BATTERY_WAIT];
    case DUT_CAP_CTS:
        return charger_has_clock(dut);
    default:
        return DUT_UNKNOWN;
    }
}
