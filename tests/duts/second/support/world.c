/* SPDX-License-Identifier: MIT */
#include "world.h"

#include <stdlib.h>
#include <string.h>

static const uint32_t ids[WORLD_FRAMES] = {
    [WORLD_CHM] = 0x1826F456, [WORLD_CRM] = 0x1801F456, [WORLD_CML] = 0x1808F456,
    [WORLD_CRO] = 0x100AF456, [WORLD_CCS] = 0x1812F456, [WORLD_CST] = 0x101AF456,
    [WORLD_CSD] = 0x181DF456, [WORLD_CEM] = 0x081FF456,
};

/* The vehicle. */

static void say(struct world *world, uint32_t id, const uint8_t *bytes, uint8_t length) {
    struct dut_can_frame frame = {.id = id, .len = length};
    memcpy(frame.data, bytes, length);
    world->api->on_can(world->dut, world->ms * 1000000, DUT_NET_VEHICLE, &frame);
}

static void become(struct world *world, enum world_phase phase) {
    if (world->phase != phase) {
        world->phase = phase;
        world->phase_ms = world->ms;
        world->long_open = false;
    }
}

static void ask_to_send(struct world *world, unsigned pgn, const uint8_t *bytes, unsigned count) {
    const uint8_t rts[8] = {16, (uint8_t)count,      0, (uint8_t)((count + 6) / 7), 0xFF,
                            0,  (uint8_t)(pgn >> 8), 0};
    memcpy(world->long_message, bytes, count);
    world->long_bytes = count;
    world->long_pgn = pgn;
    world->long_open = true;
    say(world, 0x1CEC56F4, rts, 8);
}

static void send_packets(struct world *world, unsigned count, unsigned from) {
    for (unsigned number = from; number < from + count; number++) {
        uint8_t data[8];
        memset(data, 0xFF, sizeof data);
        data[0] = (uint8_t)number;
        for (unsigned i = 0; i < 7 && (number - 1) * 7 + i < world->long_bytes; i++) {
            data[1 + i] = world->long_message[(number - 1) * 7 + i];
        }
        say(world, 0x1CEB56F4, data, 8);
    }
}

static void put(uint8_t *bytes, int32_t value) {
    bytes[0] = (uint8_t)value;
    bytes[1] = (uint8_t)(value >> 8);
}

static void say_brm(struct world *world) {
    uint8_t brm[49];
    memset(brm, 0xFF, sizeof brm);
    ask_to_send(world, 0x0200, brm, sizeof brm);
}

static void say_bcp(struct world *world) {
    uint8_t bcp[13] = {0x72, 0x01, 0, 0, 0x2A, 0x02, 0, 0, 0x73, 0x08, 0x03};
    put(bcp + 2, 4000 - 1000); /* 100 A */
    put(bcp + 6, 4500);        /* 450 V */
    put(bcp + 11, world->told_mv / 100);
    ask_to_send(world, 0x0600, bcp, sizeof bcp);
}

static void say_charge(struct world *world) {
    static const uint8_t bsm[7] = {0, 70, 0, 60, 0, 0, 0xD0};
    uint8_t bcl[5] = {0, 0, 0, 0, 2}, bcs[9] = {0, 0, 0, 0, 0x4C, 0x61, 77, 60, 0};
    put(bcl, 4400);
    put(bcl + 2, 4000 - world->demand_ma / 100);
    put(bcs, world->outer_mv / 100);
    put(bcs + 2, 4000 - world->current_ma / 100);
    if (world->ms % 50 == 0) {
        say(world, 0x181056F4, bcl, 5);
    }
    if (world->ms % 250 == 0) {
        say(world, 0x181356F4, bsm, 7);
        ask_to_send(world, 0x1100, bcs, 9);
    }
}

static void speak(struct world *world) {
    static const uint8_t bhm[2] = {0x94, 0x11}, not_ready[1] = {0x00}, ready[1] = {0xAA};
    static const uint8_t bst[4] = {0x40, 0, 0, 0xF0}, bsd[7] = {77, 0x4D, 1, 0x4E, 1, 53, 54};
    const bool slow = world->ms % 250 == 0;
    if (world->mute) {
        return;
    }
    if (world->phase == SAYS_BHM && slow) {
        say(world, 0x182756F4, bhm, 2);
    } else if (world->phase == SAYS_BRM && slow) {
        say_brm(world);
    } else if (world->phase == SAYS_BCP && world->ms % 500 == 0) {
        say_bcp(world);
    } else if (world->phase == SAYS_BRO && slow) {
        say(world, 0x100956F4, not_ready, 1);
    } else if (world->phase == SAYS_READY && slow) {
        say(world, 0x100956F4, ready, 1);
    } else if (world->phase == SAYS_CHARGE) {
        say_charge(world);
    } else if (world->phase == SAYS_BST && world->ms % 10 == 0) {
        say(world, 0x101956F4, bst, 4);
    } else if (world->phase == SAYS_BSD && slow) {
        say(world, 0x181C56F4, bsd, 7);
    }
}

static void think(struct world *world) {
    if (world->phase == SAYS_BRO && world->ms - world->phase_ms > 700) {
        world->k56 = true;
        become(world, SAYS_READY);
    } else if (world->phase == SAYS_CHARGE && world->wants_to_stop) {
        become(world, SAYS_BST);
    } else if (world->phase == SAYS_BST && world->ms - world->phase_ms > 100 &&
               world->frames[WORLD_CST] > 0) {
        become(world, SAYS_BSD);
    } else if (world->phase == SAYS_BSD && world->current_ma < 1000) {
        world->k56 = false;
    }
    if (world->output[DUT_OUT_AUX] == 0) {
        world->k56 = false;
        become(world, SAYS_NOTHING);
    }
}

static void hear(struct world *world, enum world_frame frame, const uint8_t *data) {
    const enum world_phase phase = world->phase;
    if (frame == WORLD_CHM && phase == SAYS_NOTHING) {
        become(world, SAYS_BHM);
    } else if (frame == WORLD_CRM && data[0] == 0x00) {
        become(world, SAYS_BRM);
    } else if (frame == WORLD_CRM && phase == SAYS_BRM) {
        become(world, SAYS_BCP);
    } else if (frame == WORLD_CML && phase == SAYS_BCP) {
        become(world, SAYS_BRO);
    } else if (frame == WORLD_CRO && data[0] == 0xAA && phase == SAYS_READY) {
        become(world, SAYS_CHARGE);
    } else if (frame == WORLD_CST && phase == SAYS_CHARGE) {
        become(world, SAYS_BST);
    }
    /* CSD ends BSD, but the test's vehicle says it twice more, as late ones do. */
    if (frame == WORLD_CSD && world->frames[WORLD_CSD] == 2) {
        become(world, SAYS_NOTHING);
    }
}

static int can_send(void *ctx, unsigned net, const struct dut_can_frame *frame) {
    struct world *world = ctx;
    (void)net;
    if (frame->id == 0x1CECF456 && frame->data[0] == 17 && world->long_open) {
        send_packets(world, frame->data[1], frame->data[2]);
    }
    for (int i = 0; i < WORLD_FRAMES; i++) {
        if (ids[i] == frame->id) {
            world->frames[i]++;
            memcpy(world->last[i], frame->data, 8);
            hear(world, (enum world_frame)i, frame->data);
        }
    }
    return 0;
}

/* The plant, a step of 1 ms. */

static int32_t toward(int32_t from, int32_t to, int32_t step) {
    return to > from + step ? from + step : to < from - step ? from - step : to;
}

static bool both(const struct world *world) {
    return (world->output[DUT_OUT_K1] != 0 || world->k1_welded) &&
           (world->output[DUT_OUT_K2] != 0 || world->k2_welded);
}

static void flow(struct world *world) {
    const int32_t *out = world->output;
    const bool delivers = out[DUT_OUT_MODULES_ON] != 0 && out[DUT_OUT_MODULE_MA] > 0;
    const bool loop = both(world) && world->k56;
    const bool pushes = delivers && out[DUT_OUT_MODULE_MV] > world->battery_mv;
    int32_t to = delivers ? out[DUT_OUT_MODULE_MV] : world->inner_mv;
    if (out[DUT_OUT_DISCHARGE] != 0) {
        to = 0;
    }
    world->current_ma =
        toward(world->current_ma, loop && pushes ? out[DUT_OUT_MODULE_MA] : 0, 5000);
    world->inner_mv = loop ? world->battery_mv : toward(world->inner_mv, to, 3000);
    world->outer_mv = world->k56    ? world->battery_mv
                      : both(world) ? world->inner_mv
                                    : toward(world->outer_mv, 0, 1000);
    world->energy_mws += (int64_t)world->outer_mv * world->current_ma / 1000000;
    world->imd_ms = out[DUT_OUT_IMD] != 0 ? world->imd_ms + 1 : 0;
    if (world->current_ma > world->most_ma) {
        world->most_ma = world->current_ma;
    }
}

static void set_output(void *ctx, unsigned gun, enum dut_output channel, int32_t value) {
    struct world *world = ctx;
    const bool open = !both(world);
    (void)gun;
    world->output[channel] = value;
    if (open && both(world) && world->k56 && world->outer_mv - world->inner_mv > 10000) {
        world->closed_under_voltage = true;
    }
}

static int32_t get_input(void *ctx, unsigned gun, enum dut_input channel) {
    const struct world *world = ctx;
    const int32_t *out = world->output;
    (void)gun;
    switch (channel) {
    case DUT_IN_CC1_MV:
        return world->cc1_mv;
    case DUT_IN_LOCK_FEEDBACK:
        return out[DUT_OUT_LOCK];
    case DUT_IN_K1_FEEDBACK:
        return out[DUT_OUT_K1];
    case DUT_IN_K2_FEEDBACK:
        return out[DUT_OUT_K2];
    case DUT_IN_AUX_MV:
        return out[DUT_OUT_AUX] * 12000;
    case DUT_IN_INNER_MV:
        return world->inner_mv;
    case DUT_IN_OUTER_MV:
        return world->outer_mv;
    case DUT_IN_CURRENT_MA:
        return world->current_ma;
    case DUT_IN_INSULATION_POS_OHM:
    case DUT_IN_INSULATION_NEG_OHM:
        return world->imd_ms > 1000 ? world->insulation_ohm : -1;
    case DUT_IN_PE_OK:
        return 1;
    case DUT_IN_GUN_TEMP_POS_DC:
    case DUT_IN_GUN_TEMP_NEG_DC:
        return 250;
    case DUT_IN_ENERGY_WH:
        return (int32_t)((world->register_began_wh + world->energy_mws / 3600000) % 1000000000);
    case DUT_IN_START:
        return world->start;
    case DUT_IN_STOP:
        return world->stop;
    case DUT_IN_ESTOP:
        return world->estop;
    case DUT_IN_AC_MV:
        return 380000;
    default:
        return 0;
    }
}

static void log_line(void *ctx, const char *text) {
    (void)ctx, (void)text;
}

void world_power_up(struct world *world) {
    memset(world->output, 0, sizeof world->output);
    memset(world->dut, 0, world->api->instance_size);
    if (world->api->init(world->dut, &world->host, world->ms * 1000000) != 0) {
        abort();
    }
}

struct world *world_new(void) {
    struct world *world = calloc(1, sizeof *world);
    if (world == NULL) {
        abort();
    }
    world->api = dut_entry();
    world->host = (struct dut_host){.ctx = world,
                                    .can_send = can_send,
                                    .input = get_input,
                                    .output = set_output,
                                    .log = log_line};
    world->dut = calloc(1, world->api->instance_size);
    world->cc1_mv = 12000;
    world->battery_mv = 400000;
    world->told_mv = 400000;
    world->demand_ma = 50000;
    world->insulation_ohm = 1000000;
    world_power_up(world);
    return world;
}

void world_run(struct world *world, int64_t ms) {
    for (const int64_t end = world->ms + ms; world->ms < end;) {
        world->ms++;
        flow(world);
        think(world);
        speak(world);
        if (world->ms % (world->api->tick_ns / 1000000) == 0) {
            world->api->run(world->dut, world->ms * 1000000);
        }
    }
}

void world_free(struct world *world) {
    free(world->dut);
    free(world);
}
