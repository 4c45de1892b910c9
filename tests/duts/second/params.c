/* SPDX-License-Identifier: MIT */
#include "params.h"

#define PROTOCOL "GB/T 27930-2015 "
#define PILOT    "GB/T 18487.1-2015 "

const struct dut_param params[PARAMS] = {
    [PARAM_DECLARES] =
        {"declares", "",
         "dut.h: 0: nothing of itself, as an older firmware; 2: other ways than it goes", 1, 0, 2},
    [PARAM_NUMBER] = {"charger.number", "", PROTOCOL "SPN 2561", 20240107, 0, INT32_MAX},
    [PARAM_CURRENT_MAX] = {"output.current_max", "mA", "rating", 60000, 5000, 250000},
    [PARAM_VOLTAGE_MAX] = {"output.voltage_max", "mV", "rating", 750000, 300000, 1000000},
    [PARAM_VOLTAGE_MIN] = {"output.voltage_min", "mV", "rating", 200000, 50000, 300000},
    [PARAM_RAMP_UP] = {"output.ramp_up", "mA/s", "NB/T 33001 20 A/s at least", 40000, 20000,
                       200000},
    [PARAM_RAMP_DOWN] = {"output.ramp_down", "mA/s", PILOT "B.3.6 100 A/s at least", 200000, 100000,
                         1000000},
    [PARAM_PRECHARGE_BELOW] = {"precharge.below", "mV", PILOT "B.3.4 1 to 10 V", 5000, 1000, 10000},
    [PARAM_BATTERY_WAIT] = {"battery.wait", "ms", "maker", 3000, 100, 60000},
    [PARAM_WELD_TEST] = {"weld.test", "mV", "NB/T 33008.1-2018 5.4.11, maker", 50000, 30000, 59000},
    [PARAM_INSULATION_FAULT] = {"insulation.fault", "ohm/V", PILOT "B.4.1", 100, 1, 2000},
    [PARAM_INSULATION_WARNING] = {"insulation.warning", "ohm/V", PILOT "B.4.1", 500, 1, 2000},
    [PARAM_GUN_WARM] = {"gun.warm", "0.1 degC", "maker: half the current", 800, 400, 1200},
    [PARAM_GUN_HOT] = {"gun.hot", "0.1 degC", "maker", 900, 400, 1200},
    [PARAM_WINDOW] = {"transport.window", "", "SAE J1939-21 CTS", 2, 1, 255},
    [PARAM_TIME_BHM] = {"time.bhm", "ms", "maker", 15000, 1000, 120000},
    [PARAM_TIME_BRM] = {"time.brm", "ms", PROTOCOL "SPN 3921", 5000, 100, 120000},
    [PARAM_TIME_BCP] = {"time.bcp", "ms", PROTOCOL "SPN 3922", 5000, 100, 120000},
    [PARAM_TIME_BRO] = {"time.bro", "ms", PROTOCOL "SPN 3923", 5000, 100, 120000},
    [PARAM_TIME_BRO_READY] = {"time.bro_ready", "ms", PROTOCOL "SPN 3923", 60000, 100, 120000},
    [PARAM_TIME_BCS] = {"time.bcs", "ms", PROTOCOL "SPN 3924", 5000, 100, 120000},
    [PARAM_TIME_BCL] = {"time.bcl", "ms", PROTOCOL "SPN 3925", 1000, 100, 120000},
    [PARAM_TIME_BST] = {"time.bst", "ms", PROTOCOL "SPN 3926", 5000, 100, 120000},
    [PARAM_TIME_BSD] = {"time.bsd", "ms", PROTOCOL "SPN 3927", 10000, 100, 120000},
    [PARAM_TIME_PAUSE] = {"time.pause", "ms", PROTOCOL "annex C", 600000, 1000, 3600000},
    [PARAM_RECONNECTIONS] = {"reconnections", "", PILOT "B.3.7.3: the third time-out interrupts", 2,
                             0, 10},
};
