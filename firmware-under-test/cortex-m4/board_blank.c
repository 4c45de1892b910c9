/* SPDX-License-Identifier: MIT */
/* The core on a bare Cortex-M4 with an empty host: links everything a board would link, so that
 * flash, RAM and stack use are real. A board fills in the host's functions and the clock. */
#include "../include/dut.h"

#define INSTANCE_BYTES 11264 /* checked against instance_size before use */

static _Alignas(max_align_t) uint8_t instance[INSTANCE_BYTES];

static int can_send(void *ctx, unsigned net, const struct dut_can_frame *frame) {
    (void)ctx;
    (void)net;
    (void)frame;
    return DUT_ERROR_ABSENT;
}

static int serial_write(void *ctx, unsigned line, const uint8_t *bytes, size_t count) {
    (void)ctx;
    (void)line;
    (void)bytes;
    (void)count;
    return DUT_ERROR_ABSENT;
}

static int32_t input(void *ctx, unsigned gun, enum dut_input channel) {
    (void)ctx;
    (void)gun;
    (void)channel;
    return 0;
}

static void output(void *ctx, unsigned gun, enum dut_output channel, int32_t value) {
    (void)ctx;
    (void)gun;
    (void)channel;
    (void)value;
}

static int store_read(void *ctx, unsigned record, void *bytes, size_t size) {
    (void)ctx;
    (void)record;
    (void)bytes;
    (void)size;
    return DUT_ERROR_ABSENT;
}

static int store_write(void *ctx, unsigned record, const void *bytes, size_t size) {
    (void)ctx;
    (void)record;
    (void)bytes;
    (void)size;
    return DUT_ERROR_ABSENT;
}

static void log_line(void *ctx, const char *text) {
    (void)ctx;
    (void)text;
}

static const struct dut_host host = {
    .can_send = can_send,
    .serial_write = serial_write,
    .input = input,
    .output = output,
    .store_read = store_read,
    .store_write = store_write,
    .log = log_line,
};

int main(void) {
    const struct dut_api *api = dut_entry();
    int64_t now_ns = 0;
    if (api->abi_version != DUT_ABI_VERSION || api->instance_size > sizeof instance) {
        return 1;
    }
    if (api->init(instance, &host, now_ns) < 0) {
        return 1;
    }
    for (;;) {
        struct dut_can_frame nothing = {0};
        api->on_can(instance, now_ns, DUT_NET_VEHICLE, &nothing);
        api->on_input(instance, now_ns, 0, DUT_IN_ESTOP, 1);
        api->run(instance, now_ns);
        now_ns += 1000000;
    }
}
