/* SPDX-License-Identifier: MIT */
/* Defects of a firmware that serves two guns: an index or a wire of the other one. */
#include "harness/mutant/internal.h"

#include <assert.h>

unsigned crossed_input(const struct resolved_mutation *all, size_t count, unsigned gun,
                       enum dut_input channel) {
    bool crossed = false;
    for (size_t i = 0; i < count; i++) {
        crossed = crossed || (all[i].mutation.type == MUTATION_CROSS && all[i].input == channel);
    }
    return crossed && gun < DUT_GUNS_MAX ? 1 - gun : gun;
}

static bool is_output(const struct resolved_mutation *one) {
    return one->mutation.type == MUTATION_CROSS && one->message == NULL && !one->meter &&
           one->input == DUT_INPUTS;
}

unsigned crossed_output(const struct resolved_mutation *all, size_t count, unsigned gun,
                        enum dut_output channel) {
    bool crossed = false;
    for (size_t i = 0; i < count; i++) {
        crossed = crossed || (is_output(&all[i]) && all[i].crossed == channel);
    }
    return crossed && gun < DUT_GUNS_MAX ? 1 - gun : gun;
}

unsigned crossed_net(const struct resolved_mutation *all, size_t count, unsigned net, uint32_t id) {
    bool crossed = false;
    for (size_t i = 0; i < count; i++) {
        crossed = crossed || (all[i].mutation.type == MUTATION_CROSS && all[i].message != NULL &&
                              message_id(all[i].message) == id);
    }
    unsigned gun = net - DUT_NET_VEHICLE;
    return crossed && gun < DUT_GUNS_MAX ? DUT_NET_VEHICLE + 1 - gun : net;
}

unsigned crossed_line(const struct resolved_mutation *all, size_t count, unsigned line) {
    bool crossed = false;
    for (size_t i = 0; i < count; i++) {
        crossed = crossed || all[i].meter;
    }
    unsigned gun = line - DUT_LINE_DC_METER;
    return crossed && gun < DUT_GUNS_MAX ? DUT_LINE_DC_METER + 1 - gun : line;
}

bool is_shared(const struct resolved_mutation *all, size_t count, enum dut_input channel) {
    bool shared = false;
    for (size_t i = 0; i < count; i++) {
        shared = shared || (all[i].mutation.type == MUTATION_SHARE && all[i].input == channel);
    }
    return shared;
}

int32_t shared_value(enum dut_input channel, int32_t one, int32_t other) {
    bool rests_high = channel == DUT_IN_PE_OK || channel == DUT_IN_AC_MV;
    return (one < other) == rests_high ? one : other;
}
