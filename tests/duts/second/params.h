/* SPDX-License-Identifier: MIT */
/* params.h: the numbers of this charger: ratings, limits, times. */
#ifndef SECOND_PARAMS_H
#define SECOND_PARAMS_H

#include "dut.h"

enum param {
    PARAM_DECLARES,
    PARAM_NUMBER,
    PARAM_CURRENT_MAX,
    PARAM_VOLTAGE_MAX,
    PARAM_VOLTAGE_MIN,
    PARAM_RAMP_UP,
    PARAM_RAMP_DOWN,
    PARAM_PRECHARGE_BELOW,
    PARAM_BATTERY_WAIT,
    PARAM_WELD_TEST,
    PARAM_INSULATION_FAULT,
    PARAM_INSULATION_WARNING,
    PARAM_GUN_WARM,
    PARAM_GUN_HOT,
    PARAM_WINDOW,
    PARAM_TIME_BHM,
    PARAM_TIME_BRM,
    PARAM_TIME_BCP,
    PARAM_TIME_BRO,
    PARAM_TIME_BRO_READY,
    PARAM_TIME_BCS,
    PARAM_TIME_BCL,
    PARAM_TIME_BST,
    PARAM_TIME_BSD,
    PARAM_TIME_PAUSE,
    PARAM_RECONNECTIONS,
    PARAMS
};

extern const struct dut_param params[PARAMS];

#endif
