/* SPDX-License-Identifier: MIT */
/* Fills the vehicle's network for ever and does nothing else any more: K1 stays closed. */
#include "dut.h"

static void flood(const struct dut_host *host) {
    const struct dut_can_frame frame = {.id = 0x1CFFFFFF, .len = 8};
    for (int i = 0; i < 200; i++) {
        (void)host->can_send(host->ctx, DUT_NET_VEHICLE, &frame);
    }
}

#define MISBEHAVE() return flood(the_host), now_ns
#include "misbehave.h"
