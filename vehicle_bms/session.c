/* SPDX-License-Identifier: MIT */
#include "vehicle_bms/session.h"

#include <assert.h>
#include <math.h>

const struct rule_measure rule_measure_none = {
    .value = (double)NAN, .limit_min = (double)NAN, .limit_max = (double)NAN};

const char *ended_by_text(enum ended_by by, bool chinese) {
    static const char *const texts[][2] = {
        [ENDED_NOT] = {"not ended in this capture", "记录内未结束"},
        [ENDED_BY_BMS] = {"the BMS", "BMS"},
        [ENDED_BY_CHARGER] = {"the charger", "充电机"},
        [ENDED_BY_PERSON] = {"a person", "人工"},
        [ENDED_BY_TIMEOUT] = {"a timeout", "超时"},
        [ENDED_BY_BUS] = {"the bus fell silent", "总线静默"},
        [ENDED_BEFORE] = {"the charge never began", "充电未开始"},
    };
    assert((unsigned)by < sizeof texts / sizeof texts[0]);
    return texts[by][chinese];
}
