/* SPDX-License-Identifier: MIT */
/* The reference core as one that has no meter of its own, bills nothing and says so. */
#include "dut.h"

const struct dut_api *core_dut_entry(void);

static int32_t capability(void *dut, unsigned gun, enum dut_capability what) {
    switch (what) {
    case DUT_CAP_DC_METER:
    case DUT_CAP_AC_METER:
        return DUT_METER_NONE;
    case DUT_CAP_BILLING:
        return 0;
    default:
        return core_dut_entry()->capability(dut, gun, what);
    }
}

const struct dut_api *dut_entry(void) {
    static struct dut_api api;
    api = *core_dut_entry();
    api.capability = capability;
    return &api;
}
