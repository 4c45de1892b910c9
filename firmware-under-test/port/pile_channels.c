/* SPDX-License-Identifier: MIT */
#include "pile_channels.h"

#include <stdio.h>
#include <string.h>

#define NS_PER_MS     INT64_C(1000000)
#define PERIOD_NS     (PILE_IO_SLOW_MS * NS_PER_MS)
#define SILENT_NS     (PILE_IO_SILENT_MS * NS_PER_MS)
#define FRAMES_OF_GUN 6u    /* input frames without which a gun does not start */
#define CC1_OPEN_MV   12000 /* nothing plugged in */
#define NOT_MEASURED  -1

_Static_assert(DUT_INPUTS <= 64, "stepped inputs are bits of a uint64_t");

static uint32_t get_u32(const uint8_t *bytes) {
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static int32_t get_s32(const uint8_t *bytes) {
    return (int32_t)get_u32(bytes);
}

static int32_t get_s16(const uint8_t *bytes) {
    return (int16_t)(bytes[0] | bytes[1] << 8);
}

static void put_u32(uint8_t *bytes, uint32_t value) {
    for (unsigned i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(value >> 8 * i);
    }
}

static bool is_pile_wide(enum dut_input channel) {
    return channel == DUT_IN_ESTOP || channel == DUT_IN_DOOR_OPEN ||
           (channel >= DUT_IN_AC_MV && channel <= DUT_IN_AC_CONTACTOR_CLOSED) ||
           (channel >= DUT_IN_CABINET_DC && channel <= DUT_IN_FAN_RPM);
}

/* Where the inputs of version 3 sit. */
static const struct place {
    enum dut_input channel;
    unsigned id;
    uint8_t at, width; /* first byte and bytes; width 0: a bit */
} places[] = {
    {DUT_IN_AC_L1_MV, PILE_IO_PHASES, PILE_IO_S32_L1_MV, 4},
    {DUT_IN_AC_L2_MV, PILE_IO_PHASES, PILE_IO_S32_L2_MV, 4},
    {DUT_IN_AC_L3_MV, PILE_IO_SUPPLY, PILE_IO_S32_L3_MV, 4},
    {DUT_IN_AC_FREQUENCY_MHZ, PILE_IO_SUPPLY, PILE_IO_S32_FREQUENCY_MHZ, 4},
    {DUT_IN_AC_ORDER_OK, PILE_IO_PLACES, PILE_IO_BIT_AC_ORDER_OK, 0},
    {DUT_IN_AC_RESIDUAL_UA, PILE_IO_CURRENTS, PILE_IO_S32_RESIDUAL_UA, 4},
    {DUT_IN_AC_SWITCH_CLOSED, PILE_IO_PLACES, PILE_IO_BIT_AC_SWITCH_CLOSED, 0},
    {DUT_IN_AC_CONTACTOR_CLOSED, PILE_IO_PLACES, PILE_IO_BIT_AC_CONTACTOR_CLOSED, 0},
    {DUT_IN_POS_TO_PE_MV, PILE_IO_TO_PE, PILE_IO_S32_POS_TO_PE_MV, 4},
    {DUT_IN_NEG_TO_PE_MV, PILE_IO_TO_PE, PILE_IO_S32_NEG_TO_PE_MV, 4},
    {DUT_IN_CABINET_DC, PILE_IO_AIR, PILE_IO_S16_CABINET_DC, 2},
    {DUT_IN_AMBIENT_DC, PILE_IO_AIR, PILE_IO_S16_AMBIENT_DC, 2},
    {DUT_IN_AIR_PRESSURE_PA, PILE_IO_AIR, PILE_IO_S32_PRESSURE_PA, 4},
    {DUT_IN_FAN_RPM, PILE_IO_PLACES, PILE_IO_S16_FAN_RPM, 2},
    {DUT_IN_AUX_MA, PILE_IO_CURRENTS, PILE_IO_S32_AUX_MA, 4},
    {DUT_IN_DISTRIBUTION_CLOSED, PILE_IO_PLACES, PILE_IO_S32_GROUPS_CLOSED, 4},
};

static int32_t at_place(const struct place *place, const uint8_t *data) {
    if (place->width == 4) {
        return get_s32(&data[place->at]);
    }
    if (place->width == 2) {
        int32_t value = get_s16(&data[place->at]);
        return value == INT16_MIN ? DUT_UNKNOWN : value;
    }
    unsigned bit = place->at % 8;
    bool wired = (data[PILE_IO_BYTE_PLACES_WIRED] >> bit & 1) != 0;
    return wired ? data[place->at / 8] >> bit & 1 : DUT_UNKNOWN;
}

void pile_channels_init(struct pile_channels *c, unsigned guns, struct pile_can *io,
                        const char *name, const char *version) {
    memset(c, 0, sizeof *c);
    c->guns = guns;
    c->io = io;
    for (unsigned gun = 0; gun < DUT_GUNS_MAX; gun++) {
        c->inputs[gun][DUT_IN_CC1_MV] = CC1_OPEN_MV;
        c->inputs[gun][DUT_IN_INSULATION_POS_OHM] = NOT_MEASURED;
        c->inputs[gun][DUT_IN_INSULATION_NEG_OHM] = NOT_MEASURED;
        for (unsigned i = DUT_IN_AC_L1_MV; i < DUT_INPUTS; i++) {
            c->inputs[gun][i] = DUT_UNKNOWN;
        }
    }
    int length = snprintf(c->identity, sizeof c->identity, "%s%c%s", name, '\0', version);
    int most = (int)sizeof c->identity - 1;
    c->identity_length = (unsigned)(length < most ? length : most);
}

static void step(struct pile_channels *c, unsigned gun, enum dut_input channel) {
    c->stepped[gun] |= UINT64_C(1) << channel;
    if (gun == 0 && is_pile_wide(channel)) {
        c->stepped[1] |= UINT64_C(1) << channel;
    }
}

/* A value that comes by steps: the firmware is told of a change. */
static void take(struct pile_channels *c, unsigned gun, enum dut_input channel, int32_t value) {
    if (c->inputs[gun][channel] != value) {
        c->inputs[gun][channel] = value;
        step(c, gun, channel);
    }
}

static void take_switches(struct pile_channels *c, unsigned gun, const uint8_t *data) {
    static const enum dut_input bits[8] = {
        [PILE_IO_BIT_LOCK_FEEDBACK] = DUT_IN_LOCK_FEEDBACK,
        [PILE_IO_BIT_K1_FEEDBACK] = DUT_IN_K1_FEEDBACK,
        [PILE_IO_BIT_K2_FEEDBACK] = DUT_IN_K2_FEEDBACK,
        [PILE_IO_BIT_PE_OK] = DUT_IN_PE_OK,
        [PILE_IO_BIT_START] = DUT_IN_START,
        [PILE_IO_BIT_STOP] = DUT_IN_STOP,
        [PILE_IO_BIT_ESTOP] = DUT_IN_ESTOP,
        [PILE_IO_BIT_DOOR_OPEN] = DUT_IN_DOOR_OPEN,
    };
    for (unsigned bit = 0; bit < 8; bit++) {
        take(c, gun, bits[bit], data[0] >> bit & 1);
    }
}

static void set_inputs_lost(struct pile_channels *c, bool lost) {
    if (c->inputs_lost != lost) {
        c->inputs_lost = lost;
        step(c, 0, DUT_IN_ESTOP);
        fprintf(stderr, lost ? "pile: no inputs from the bench: emergency stop assumed\n"
                             : "pile: inputs from the bench are back\n");
    }
}

static void take_places(struct pile_channels *c, unsigned gun, uint32_t id, const uint8_t *data) {
    for (unsigned i = 0; i < sizeof places / sizeof places[0]; i++) {
        int32_t value = at_place(&places[i], data);
        bool glides = places[i].width >= 2 && id != PILE_IO_PLACES;
        if (places[i].id == id && glides) {
            c->inputs[gun][places[i].channel] = value;
        } else if (places[i].id == id) {
            take(c, gun, places[i].channel, value);
        }
    }
}

static void take_input_frame(struct pile_channels *c, int64_t now_ns, unsigned gun, uint32_t id,
                             const uint8_t *data) {
    switch (id) {
    case PILE_IO_SWITCHES:
        take_switches(c, gun, data);
        if (gun == 0) {
            c->switches_ns = now_ns;
            set_inputs_lost(c, false);
        }
        break;
    case PILE_IO_VOLTAGES: /* glide: sampled by the firmware, not told */
        c->inputs[gun][DUT_IN_INNER_MV] = get_s32(&data[PILE_IO_S32_INNER_MV]);
        c->inputs[gun][DUT_IN_OUTER_MV] = get_s32(&data[PILE_IO_S32_OUTER_MV]);
        break;
    case PILE_IO_CURRENT:
        c->inputs[gun][DUT_IN_CURRENT_MA] = get_s32(&data[PILE_IO_S32_CURRENT_MA]);
        take(c, gun, DUT_IN_CC1_MV, get_s16(&data[PILE_IO_S16_CC1_MV]));
        c->inputs[gun][DUT_IN_AUX_MV] = get_s16(&data[PILE_IO_S16_AUX_MV]);
        break;
    case PILE_IO_INSULATION:
        take(c, gun, DUT_IN_INSULATION_POS_OHM, get_s32(&data[PILE_IO_S32_POSITIVE_OHM]));
        take(c, gun, DUT_IN_INSULATION_NEG_OHM, get_s32(&data[PILE_IO_S32_NEGATIVE_OHM]));
        break;
    case PILE_IO_SLOW: /* glide */
        c->inputs[gun][DUT_IN_GUN_TEMP_POS_DC] = get_s16(&data[PILE_IO_S16_TEMPERATURE_POS_DC]);
        c->inputs[gun][DUT_IN_GUN_TEMP_NEG_DC] = get_s16(&data[PILE_IO_S16_TEMPERATURE_NEG_DC]);
        c->inputs[gun][DUT_IN_AC_MV] = get_s32(&data[PILE_IO_S32_AC_MV]);
        break;
    case PILE_IO_ENERGY:
        c->inputs[gun][DUT_IN_ENERGY_WH] = get_s32(&data[PILE_IO_S32_ENERGY_WH]);
        break;
    default:
        take_places(c, gun, id, data);
        return;
    }
    c->frames_seen |= 1u << (gun * FRAMES_OF_GUN + id - PILE_IO_SWITCHES);
}

static void send_identity(struct pile_channels *c) {
    unsigned pieces = (c->identity_length + PILE_IO_IDENTITY_PIECE - 1) / PILE_IO_IDENTITY_PIECE;
    for (unsigned i = 0; i < pieces; i++) {
        struct pile_frame frame = {.id = PILE_IO_IDENTITY, .len = 8};
        unsigned at = i * PILE_IO_IDENTITY_PIECE, rest = c->identity_length - at;
        frame.data[0] = (uint8_t)(i | (i + 1 == pieces ? PILE_IO_IDENTITY_LAST : 0));
        memcpy(&frame.data[1], &c->identity[at],
               rest < PILE_IO_IDENTITY_PIECE ? rest : PILE_IO_IDENTITY_PIECE);
        (void)pile_can_send(c->io, &frame);
    }
}

static void send_capabilities(struct pile_channels *c) {
    struct pile_frame frame = {.id = PILE_IO_CAPABILITY, .len = 8};
    frame.data[PILE_IO_BYTE_CAPABILITY_COUNT] = DUT_CAPABILITIES;
    for (unsigned gun = 0; gun < c->guns; gun++) {
        for (unsigned i = 0; i < DUT_CAPABILITIES; i++) {
            frame.data[PILE_IO_BYTE_CAPABILITY_GUN] = (uint8_t)gun;
            frame.data[PILE_IO_BYTE_CAPABILITY_NUMBER] = (uint8_t)i;
            put_u32(&frame.data[PILE_IO_S32_CAPABILITY], (uint32_t)c->capabilities[gun][i]);
            (void)pile_can_send(c->io, &frame);
        }
    }
}

void pile_channels_declare(struct pile_channels *c,
                           int32_t (*capability)(void *ctx, unsigned gun, enum dut_capability what),
                           void *ctx) {
    for (unsigned gun = 0; gun < c->guns; gun++) {
        for (unsigned i = 0; i < DUT_CAPABILITIES; i++) {
            c->capabilities[gun][i] = capability(ctx, gun, (enum dut_capability)i);
        }
    }
    c->declared = true;
    send_capabilities(c);
}

static void answer_ping(struct pile_channels *c, const uint8_t *data) {
    struct pile_frame echo = {.id = PILE_IO_ECHO, .len = 4};
    memcpy(echo.data, &data[PILE_IO_U32_PING_COUNT], 4);
    (void)pile_can_send(c->io, &echo); /* a lost one is a lost measurement, no more */
    if ((data[PILE_IO_BYTE_PING_WISH] & PILE_IO_WISH_IDENTITY) != 0) {
        send_identity(c);
    }
    if ((data[PILE_IO_BYTE_PING_WISH] & PILE_IO_WISH_CAPABILITY) != 0 && c->declared) {
        send_capabilities(c);
    }
}

void pile_channels_frame(struct pile_channels *c, int64_t now_ns, const struct pile_frame *frame) {
    unsigned least = (frame->id & ~(uint32_t)PILE_IO_GUN_STEP) == PILE_IO_ENERGY ? 4 : 8;
    if (frame->extended || frame->len < least) {
        return;
    }
    if (frame->id == PILE_IO_PING) {
        answer_ping(c, frame->data);
        return;
    }
    for (unsigned gun = 0; gun < c->guns; gun++) {
        uint32_t offset = gun * PILE_IO_GUN_STEP;
        if (frame->id >= PILE_IO_SWITCHES + offset && frame->id <= PILE_IO_PLACES + offset) {
            take_input_frame(c, now_ns, gun, frame->id - offset, frame->data);
        }
    }
}

bool pile_channels_ready(const struct pile_channels *c) {
    return c->frames_seen == (1u << c->guns * FRAMES_OF_GUN) - 1;
}

bool pile_channels_stepped(struct pile_channels *c, unsigned *gun, enum dut_input *channel) {
    for (unsigned g = 0; g < c->guns; g++) {
        for (unsigned i = 0; i < DUT_INPUTS && c->stepped[g] != 0; i++) {
            if ((c->stepped[g] >> i & 1u) != 0) {
                c->stepped[g] &= ~(UINT64_C(1) << i);
                *gun = g;
                *channel = (enum dut_input)i;
                return true;
            }
        }
    }
    return false;
}

int32_t pile_channels_input(const struct pile_channels *c, unsigned gun, enum dut_input channel) {
    if (gun >= c->guns || (unsigned)channel >= DUT_INPUTS) {
        return 0;
    }
    if (channel == DUT_IN_ESTOP && c->inputs_lost) {
        return 1;
    }
    return c->inputs[is_pile_wide(channel) ? 0 : gun][channel];
}

static unsigned frame_of(enum dut_output channel) {
    switch (channel) {
    case DUT_OUT_MODULE_MV:
    case DUT_OUT_MODULE_MA:
        return PILE_IO_MODULES - PILE_IO_COMMANDS;
    case DUT_OUT_ALARM:
    case DUT_OUT_STATE:
        return PILE_IO_STATUS - PILE_IO_COMMANDS;
    case DUT_OUT_AC_TRIP:
    case DUT_OUT_AC_CONTACTOR:
    case DUT_OUT_IMD_POS:
    case DUT_OUT_IMD_NEG:
    case DUT_OUT_FAN_PERMILLE:
    case DUT_OUT_DISTRIBUTION:
        return PILE_IO_EXTRA - PILE_IO_COMMANDS;
    default:
        return 0;
    }
}

void pile_channels_output(struct pile_channels *c, unsigned gun, enum dut_output channel,
                          int32_t value) {
    if (gun >= c->guns || (unsigned)channel >= DUT_OUTPUTS) {
        return;
    }
    if (c->outputs[gun][channel] != value) {
        c->outputs[gun][channel] = value;
        c->dirty[gun][frame_of(channel)] = true;
        c->extra[gun] = c->extra[gun] || frame_of(channel) == frame_of(DUT_OUT_AC_TRIP);
    }
}

void pile_channels_clear_outputs(struct pile_channels *c) {
    for (unsigned gun = 0; gun < c->guns; gun++) {
        for (unsigned i = 0; i < DUT_OUTPUTS; i++) {
            pile_channels_output(c, gun, (enum dut_output)i, 0);
        }
    }
}

static void fill_commands(struct pile_channels *c, unsigned gun, uint8_t *data) {
    static const enum dut_output bits[] = {
        [PILE_IO_BIT_K1] = DUT_OUT_K1,
        [PILE_IO_BIT_K2] = DUT_OUT_K2,
        [PILE_IO_BIT_AUX] = DUT_OUT_AUX,
        [PILE_IO_BIT_LOCK] = DUT_OUT_LOCK,
        [PILE_IO_BIT_DISCHARGE] = DUT_OUT_DISCHARGE,
        [PILE_IO_BIT_IMD] = DUT_OUT_IMD,
        [PILE_IO_BIT_MODULES_ON] = DUT_OUT_MODULES_ON,
    };
    for (unsigned bit = 0; bit < sizeof bits / sizeof bits[0]; bit++) {
        data[0] |= (uint8_t)((c->outputs[gun][bits[bit]] != 0) << bit);
    }
    data[PILE_IO_BYTE_SEQUENCE] = c->sequence[gun];
}

static void fill_extra(const int32_t *outputs, uint8_t *data) {
    static const struct {
        enum dut_output channel;
        unsigned bit;
    } bits[] = {{DUT_OUT_AC_TRIP, PILE_IO_BIT_AC_TRIP},
                {DUT_OUT_AC_CONTACTOR, PILE_IO_BIT_AC_CONTACTOR},
                {DUT_OUT_IMD_POS, PILE_IO_BIT_IMD_POS},
                {DUT_OUT_IMD_NEG, PILE_IO_BIT_IMD_NEG}};
    uint32_t fans = (uint32_t)outputs[DUT_OUT_FAN_PERMILLE];
    put_u32(&data[PILE_IO_S32_GROUPS], (uint32_t)outputs[DUT_OUT_DISTRIBUTION]);
    data[PILE_IO_S16_FAN_PERMILLE] = (uint8_t)fans;
    data[PILE_IO_S16_FAN_PERMILLE + 1] = (uint8_t)(fans >> 8);
    for (unsigned i = 0; i < sizeof bits / sizeof bits[0]; i++) {
        data[bits[i].bit / 8] |= (uint8_t)((outputs[bits[i].channel] != 0) << bits[i].bit % 8);
    }
}

static void send_outputs(struct pile_channels *c, unsigned gun, unsigned which) {
    struct pile_frame frame = {.id = PILE_IO_COMMANDS + which + gun * PILE_IO_GUN_STEP, .len = 8};
    const int32_t *outputs = c->outputs[gun];
    if (frame_of(DUT_OUT_MODULE_MV) == which) {
        put_u32(&frame.data[PILE_IO_S32_MODULE_MV], (uint32_t)outputs[DUT_OUT_MODULE_MV]);
        put_u32(&frame.data[PILE_IO_S32_MODULE_MA], (uint32_t)outputs[DUT_OUT_MODULE_MA]);
    } else if (frame_of(DUT_OUT_STATE) == which) {
        put_u32(&frame.data[PILE_IO_S32_ALARM], (uint32_t)outputs[DUT_OUT_ALARM]);
        put_u32(&frame.data[PILE_IO_S32_STATE], (uint32_t)outputs[DUT_OUT_STATE]);
    } else if (frame_of(DUT_OUT_AC_TRIP) == which) {
        fill_extra(outputs, frame.data);
    } else {
        fill_commands(c, gun, frame.data);
    }
    if (pile_can_send(c->io, &frame) != 0) {
        return; /* stays dirty: the next turn tries again */
    }
    c->dirty[gun][which] = false;
    c->sequence[gun] = (uint8_t)(c->sequence[gun] + (which == 0));
}

static void send_alive(struct pile_channels *c) {
    struct pile_frame frame = {.id = PILE_IO_ALIVE, .len = 8};
    put_u32(&frame.data[PILE_IO_U32_ALIVE_COUNT], c->alive_count++);
    frame.data[PILE_IO_BYTE_ALIVE_ABI] = (uint8_t)DUT_ABI_VERSION;
    frame.data[PILE_IO_BYTE_ALIVE_GUNS] = (uint8_t)c->guns;
    frame.data[PILE_IO_BYTE_ALIVE_STATE] = !c->declared     ? PILE_IO_WAITING
                                           : c->inputs_lost ? PILE_IO_INPUTS_LOST
                                                            : PILE_IO_RUNNING;
    (void)pile_can_send(c->io, &frame);
}

static void send_all_outputs(struct pile_channels *c, bool unchanged_too) {
    for (unsigned gun = 0; gun < c->guns; gun++) {
        for (unsigned which = 0; which < PILE_OUTPUT_FRAMES; which++) {
            bool wanted = which != frame_of(DUT_OUT_AC_TRIP) || c->extra[gun];
            if (wanted && (unchanged_too || c->dirty[gun][which])) {
                send_outputs(c, gun, which);
            }
        }
    }
}

void pile_channels_flush(struct pile_channels *c) {
    send_all_outputs(c, false);
}

int64_t pile_channels_serve(struct pile_channels *c, int64_t now_ns) {
    bool due = now_ns >= c->due_ns;
    send_all_outputs(c, due);
    if (due) {
        send_alive(c);
        c->due_ns = now_ns + PERIOD_NS;
        if (pile_channels_ready(c) && now_ns - c->switches_ns > SILENT_NS) {
            set_inputs_lost(c, true);
        }
    }
    return c->due_ns;
}
