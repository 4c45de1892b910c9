/* SPDX-License-Identifier: MIT */
/* misbehave.h: the reference core as a shared object that goes wrong in the middle of a charge. The
 * core's dut_entry is compiled as core_dut_entry; this file's takes its place.
 *
 *   #define MISBEHAVE() what it does once more than 50 A flow
 *   #include "misbehave.h" */
#include "dut.h"

const struct dut_api *core_dut_entry(void);

static const struct dut_host *the_host;

static int remember_host(void *dut, const struct dut_host *host, int64_t now_ns) {
    the_host = host;
    return core_dut_entry()->init(dut, host, now_ns);
}

static int64_t run(void *dut, int64_t now_ns) {
    if (the_host->input(the_host->ctx, 0, DUT_IN_CURRENT_MA) > 50000) {
        MISBEHAVE();
    }
    return core_dut_entry()->run(dut, now_ns);
}

const struct dut_api *dut_entry(void) {
    static struct dut_api api;
    api = *core_dut_entry();
    api.init = remember_host;
    api.run = run;
    return &api;
}
