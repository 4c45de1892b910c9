/* SPDX-License-Identifier: MIT */
#include "services/capability.h"

#include "services/params.h"

#define MODULES_BIT_S 125000 /* both makers' */

/* One gun's power: what the pile gives at most, or its own voltage times its own current. */
static int32_t gun_power_w(const int32_t *param) {
    int64_t own_w =
        (int64_t)param[CORE_P_VOLTAGE_MAX] * param[CORE_P_CURRENT_MAX] / INT64_C(1000000);
    return own_w < param[CORE_P_POWER_MAX] ? (int32_t)own_w : param[CORE_P_POWER_MAX];
}

static int32_t plate(const int32_t *param, enum dut_capability what) {
    switch (what) {
    case DUT_CAP_VOLTAGE_MIN_MV:
        return param[CORE_P_VOLTAGE_MIN];
    case DUT_CAP_VOLTAGE_MAX_MV:
        return param[CORE_P_VOLTAGE_MAX];
    case DUT_CAP_CURRENT_MIN_MA:
        return param[CORE_P_CURRENT_MIN];
    case DUT_CAP_CURRENT_MAX_MA:
        return param[CORE_P_CURRENT_MAX];
    case DUT_CAP_POWER_MAX_W:
        return gun_power_w(param);
    case DUT_CAP_PILE_POWER_W:
        return param[CORE_P_POWER_MAX];
    case DUT_CAP_AC_MIN_MV:
        return param[CORE_P_AC_LOW];
    case DUT_CAP_AC_MAX_MV:
        return param[CORE_P_AC_HIGH];
    default:
        return DUT_UNKNOWN;
    }
}

/* 0 ms is at once here, and "for ever" in dut.h. */
static int32_t wait_ms(int32_t param_ms) {
    return param_ms > 0 ? param_ms : 1;
}

/* What the standard leaves open, as this core does it. */
static int32_t way(const int32_t *param, enum dut_capability what) {
    switch (what) {
    case DUT_CAP_BHM_WAIT_MS:
        return wait_ms(param[CORE_P_BHM_TIMEOUT]);
    case DUT_CAP_BHM_FALLBACK:
        return 0;
    case DUT_CAP_RECONNECTIONS:
        return param[CORE_P_RECONNECT_MAX];
    case DUT_CAP_TEST_MAKING:
        return param[CORE_P_INSULATION_ORDER] != 0;
    case DUT_CAP_MISMATCH_MS:
        return wait_ms(param[CORE_P_READY_TIMEOUT]);
    case DUT_CAP_CTS:
        return param[CORE_P_CTS_SEND];
    default:
        return plate(param, what);
    }
}

static int32_t lent_by_channels(const int32_t *param) {
    return param[CORE_P_GUNS] > 1 && param[CORE_P_MODULE_GROUPS] > 1 ? DUT_GUNS_MAX : 0;
}

/* What goes over DUT_NET_MODULES; nothing is said of modules that are commanded by channels. */
static int32_t modules(const int32_t *param, enum dut_capability what) {
    bool channels = param[CORE_P_MODULE_FACE] == DUT_MODULES_CHANNELS;
    bool fixed = param[CORE_P_DISTRIBUTION_KIND] == 0 || param[CORE_P_GUNS] < 2;
    switch (what) {
    case DUT_CAP_MODULES:
        return param[CORE_P_MODULE_FACE];
    case DUT_CAP_MODULE_GROUPS:
        return channels ? lent_by_channels(param) : fixed ? 0 : param[CORE_P_DISTRIBUTION_GROUPS];
    case DUT_CAP_MODULES_BIT_S:
        return channels ? DUT_UNKNOWN : MODULES_BIT_S;
    case DUT_CAP_MODULE_COUNT:
        return channels ? DUT_UNKNOWN : param[CORE_P_MODULE_COUNT];
    case DUT_CAP_MODULE_W:
        return channels ? DUT_UNKNOWN : param[CORE_P_MODULE_POWER];
    default:
        return way(param, what);
    }
}

int32_t core_capability(const int32_t *param, enum dut_capability what) {
    switch (what) {
    case DUT_CAP_GUNS:
        return param[CORE_P_GUNS];
    case DUT_CAP_EDITIONS:
        return DUT_EDITION_2015;
    case DUT_CAP_DC_METER:
    case DUT_CAP_AC_METER:
        return DUT_METER_DLT645;
    case DUT_CAP_BILLING:
        return DUT_BILLING_RECORDS | DUT_BILLING_TARIFFS | DUT_BILLING_LIMITS | DUT_BILLING_CARDS;
    case DUT_CAP_IMD:
        return DUT_IMD_OHM;
    case DUT_CAP_SUPPLY:
        return DUT_SUPPLY_VOLTAGE;
    case DUT_CAP_TEMPERATURES:
        return DUT_TEMPERATURE_GUN;
    case DUT_CAP_DERATES:
        return 0;
    default:
        return modules(param, what);
    }
}
