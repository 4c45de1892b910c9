/* SPDX-License-Identifier: MIT */
#include "harness/dut/remote.h"

#include "sim/memory.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECES_MAX     (PILE_IO_IDENTITY_SIZE / PILE_IO_IDENTITY_PIECE)
#define DECLARE_ALIVES 10 /* a pile that says nothing of itself for a second declares nothing */
#define PINGS          8  /* counters remembered: an answer later than 800 ms is not counted */

/* A machine that stood still (lateness.h) is one that could not give the pile its inputs in
 * time. */
_Static_assert(LOOP_HELD_NS == PILE_IO_SLOW_MS * NS_PER_MS, "one limit for both");

struct dut_remote;

/* Input frames of a gun. */
enum input_frame {
    SWITCHES,
    VOLTAGES,
    CURRENT,
    INSULATION,
    SLOW,
    ENERGY,
    PHASES, /* from here on: version 3 of dut.h, sent only where something of it is wired */
    SUPPLY,
    CURRENTS,
    TO_PE,
    AIR,
    PLACES,
    INPUT_FRAMES,
};

static const uint32_t input_ids[INPUT_FRAMES] = {
    [SWITCHES] = PILE_IO_SWITCHES,     [VOLTAGES] = PILE_IO_VOLTAGES, [CURRENT] = PILE_IO_CURRENT,
    [INSULATION] = PILE_IO_INSULATION, [SLOW] = PILE_IO_SLOW,         [ENERGY] = PILE_IO_ENERGY,
    [PHASES] = PILE_IO_PHASES,         [SUPPLY] = PILE_IO_SUPPLY,     [CURRENTS] = PILE_IO_CURRENTS,
    [TO_PE] = PILE_IO_TO_PE,           [AIR] = PILE_IO_AIR,           [PLACES] = PILE_IO_PLACES,
};

/* Where a channel sits: bit, or first byte, of which frame. */
struct place {
    enum input_frame frame;
    uint8_t at;    /* bit of the frame when width is 0, else first byte */
    uint8_t width; /* bytes; 0: one bit */
};

static const struct place places[DUT_INPUTS] = {
    [DUT_IN_CC1_MV] = {CURRENT, PILE_IO_S16_CC1_MV, 2},
    [DUT_IN_LOCK_FEEDBACK] = {SWITCHES, PILE_IO_BIT_LOCK_FEEDBACK, 0},
    [DUT_IN_K1_FEEDBACK] = {SWITCHES, PILE_IO_BIT_K1_FEEDBACK, 0},
    [DUT_IN_K2_FEEDBACK] = {SWITCHES, PILE_IO_BIT_K2_FEEDBACK, 0},
    [DUT_IN_AUX_MV] = {CURRENT, PILE_IO_S16_AUX_MV, 2},
    [DUT_IN_INNER_MV] = {VOLTAGES, PILE_IO_S32_INNER_MV, 4},
    [DUT_IN_OUTER_MV] = {VOLTAGES, PILE_IO_S32_OUTER_MV, 4},
    [DUT_IN_CURRENT_MA] = {CURRENT, PILE_IO_S32_CURRENT_MA, 4},
    [DUT_IN_INSULATION_POS_OHM] = {INSULATION, PILE_IO_S32_POSITIVE_OHM, 4},
    [DUT_IN_INSULATION_NEG_OHM] = {INSULATION, PILE_IO_S32_NEGATIVE_OHM, 4},
    [DUT_IN_PE_OK] = {SWITCHES, PILE_IO_BIT_PE_OK, 0},
    [DUT_IN_GUN_TEMP_POS_DC] = {SLOW, PILE_IO_S16_TEMPERATURE_POS_DC, 2},
    [DUT_IN_GUN_TEMP_NEG_DC] = {SLOW, PILE_IO_S16_TEMPERATURE_NEG_DC, 2},
    [DUT_IN_ENERGY_WH] = {ENERGY, PILE_IO_S32_ENERGY_WH, 4},
    [DUT_IN_START] = {SWITCHES, PILE_IO_BIT_START, 0},
    [DUT_IN_STOP] = {SWITCHES, PILE_IO_BIT_STOP, 0},
    [DUT_IN_ESTOP] = {SWITCHES, PILE_IO_BIT_ESTOP, 0},
    [DUT_IN_DOOR_OPEN] = {SWITCHES, PILE_IO_BIT_DOOR_OPEN, 0},
    [DUT_IN_AC_MV] = {SLOW, PILE_IO_S32_AC_MV, 4},
    [DUT_IN_AC_L1_MV] = {PHASES, PILE_IO_S32_L1_MV, 4},
    [DUT_IN_AC_L2_MV] = {PHASES, PILE_IO_S32_L2_MV, 4},
    [DUT_IN_AC_L3_MV] = {SUPPLY, PILE_IO_S32_L3_MV, 4},
    [DUT_IN_AC_FREQUENCY_MHZ] = {SUPPLY, PILE_IO_S32_FREQUENCY_MHZ, 4},
    [DUT_IN_AC_ORDER_OK] = {PLACES, PILE_IO_BIT_AC_ORDER_OK, 0},
    [DUT_IN_AC_RESIDUAL_UA] = {CURRENTS, PILE_IO_S32_RESIDUAL_UA, 4},
    [DUT_IN_AC_SWITCH_CLOSED] = {PLACES, PILE_IO_BIT_AC_SWITCH_CLOSED, 0},
    [DUT_IN_AC_CONTACTOR_CLOSED] = {PLACES, PILE_IO_BIT_AC_CONTACTOR_CLOSED, 0},
    [DUT_IN_POS_TO_PE_MV] = {TO_PE, PILE_IO_S32_POS_TO_PE_MV, 4},
    [DUT_IN_NEG_TO_PE_MV] = {TO_PE, PILE_IO_S32_NEG_TO_PE_MV, 4},
    [DUT_IN_CABINET_DC] = {AIR, PILE_IO_S16_CABINET_DC, 2},
    [DUT_IN_AMBIENT_DC] = {AIR, PILE_IO_S16_AMBIENT_DC, 2},
    [DUT_IN_AIR_PRESSURE_PA] = {AIR, PILE_IO_S32_PRESSURE_PA, 4},
    [DUT_IN_FAN_RPM] = {PLACES, PILE_IO_S16_FAN_RPM, 2},
    [DUT_IN_AUX_MA] = {CURRENTS, PILE_IO_S32_AUX_MA, 4},
    [DUT_IN_DISTRIBUTION_CLOSED] = {PLACES, PILE_IO_S32_GROUPS_CLOSED, 4},
};

/* Commands that are bits of COMMANDS, by bit. */
static const enum dut_output command_bits[] = {
    [PILE_IO_BIT_K1] = DUT_OUT_K1,
    [PILE_IO_BIT_K2] = DUT_OUT_K2,
    [PILE_IO_BIT_AUX] = DUT_OUT_AUX,
    [PILE_IO_BIT_LOCK] = DUT_OUT_LOCK,
    [PILE_IO_BIT_DISCHARGE] = DUT_OUT_DISCHARGE,
    [PILE_IO_BIT_IMD] = DUT_OUT_IMD,
    [PILE_IO_BIT_MODULES_ON] = DUT_OUT_MODULES_ON,
};

/* Commands that are bits of EXTRA. */
static const struct {
    enum dut_output output;
    unsigned bit;
} extra_bits[] = {
    {DUT_OUT_AC_TRIP, PILE_IO_BIT_AC_TRIP},
    {DUT_OUT_AC_CONTACTOR, PILE_IO_BIT_AC_CONTACTOR},
    {DUT_OUT_IMD_POS, PILE_IO_BIT_IMD_POS},
    {DUT_OUT_IMD_NEG, PILE_IO_BIT_IMD_NEG},
};

struct line_out { /* an input of the DUT that steps */
    struct subscription subscription;
    struct dut_remote *dut;
    unsigned gun, channel;
};

struct ping {
    uint32_t count;
    int64_t sent_ns;
};

struct dut_remote {
    struct dut_remote_config config;
    struct dut_wiring wiring;
    struct can_node node;
    struct timer fast, slow, silence;
    struct line_out lines[DUT_GUNS_MAX][DUT_INPUTS];
    bool wired[DUT_GUNS_MAX][INPUT_FRAMES];  /* the pile gets this frame */
    uint8_t sequence[DUT_GUNS_MAX];          /* of SWITCHES */
    uint8_t commands_sequence[DUT_GUNS_MAX]; /* expected next of COMMANDS */
    bool commands_seen[DUT_GUNS_MAX];
    uint32_t alive_count; /* as the pile counts */
    bool told_lost, has_run;
    uint32_t ping_count;
    struct ping pings[PINGS];
    uint32_t pieces; /* of IDENTITY, bits */
    bool running, ready_told;
    unsigned running_alives;         /* heard since it runs */
    uint64_t declared[DUT_GUNS_MAX]; /* capabilities that came, bits */
    struct dut_remote_status status;
};

static void put(uint8_t *bytes, int32_t value, unsigned width) {
    assert(width == 2 || width == 4);
    if (width == 2) { /* 16 bits hold every value of these channels that makes sense */
        value = value > INT16_MAX ? INT16_MAX : value < INT16_MIN ? INT16_MIN : value;
    }
    for (unsigned i = 0; i < width; i++) {
        bytes[i] = (uint8_t)((uint32_t)value >> 8 * i);
    }
}

static uint32_t get(const uint8_t *bytes) {
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void transmit(struct dut_remote *dut, const struct can_frame_ext *frame) {
    if (can_send(dut->config.io, &dut->node, frame) != 0) {
        dut->status.refused_frames++;
    }
}

/* A switch of a frame of version 3 says in the byte behind whether it is wired. */
static void put_bit(uint8_t *data, const struct place *place, int32_t value) {
    assert(place->width == 0 && place->at < 64);
    uint8_t bit = (uint8_t)(1u << place->at % 8);
    if (place->frame >= PHASES && value != DUT_UNKNOWN) {
        data[PILE_IO_BYTE_PLACES_WIRED] |= bit;
    }
    data[place->at / 8] |= value != 0 && value != DUT_UNKNOWN ? bit : 0;
}

static void send_inputs(struct dut_remote *dut, unsigned gun, enum input_frame which) {
    int64_t now_ns = dut->config.loop->now_ns;
    struct can_frame_ext frame = {.id = input_ids[which] + gun * PILE_IO_GUN_STEP,
                                  .len = which == ENERGY ? 4 : 8};
    for (unsigned i = 0; i < DUT_INPUTS; i++) {
        const struct place *place = &places[i];
        if (place->frame != which) {
            continue;
        }
        int32_t value = dut_wiring_input(&dut->wiring, gun, (enum dut_input)i, now_ns);
        if (place->width == 0) {
            put_bit(frame.data, place, value);
        } else {
            put(&frame.data[place->at], value, place->width);
        }
    }
    if (which == SWITCHES) {
        frame.data[PILE_IO_BYTE_SEQUENCE] = dut->sequence[gun]++;
    }
    transmit(dut, &frame);
}

/* Of a program that runs and whose dut.h has them, until all have come. */
static bool wants_capabilities(const struct dut_remote *dut) {
    return dut->running && dut->status.abi >= 3 && !dut->status.described;
}

static void send_ping(struct dut_remote *dut) {
    struct can_frame_ext frame = {.id = PILE_IO_PING, .len = 8};
    struct ping *ping = &dut->pings[dut->ping_count % PINGS];
    ping->count = dut->ping_count++;
    put(&frame.data[PILE_IO_U32_PING_COUNT], (int32_t)ping->count, 4);
    frame.data[PILE_IO_BYTE_PING_WISH] =
        (uint8_t)((dut->status.identified ? 0 : PILE_IO_WISH_IDENTITY) |
                  (wants_capabilities(dut) ? PILE_IO_WISH_CAPABILITY : 0));
    ping->sent_ns = loop_clock_ns(dut->config.loop);
    transmit(dut, &frame);
}

/* The next period; those missed on the real clock are left out, not sent in a burst. */
static void set_next(struct dut_remote *dut, struct timer *timer, int64_t now_ns, int period_ms) {
    int64_t next_ns = now_ns + period_ms * NS_PER_MS;
    int64_t clock_ns = loop_clock_ns(dut->config.loop);
    loop_set(dut->config.loop, timer,
             next_ns > clock_ns ? next_ns : clock_ns + period_ms * NS_PER_MS);
}

static void on_fast(void *ctx, int64_t now_ns) {
    struct dut_remote *dut = ctx;
    for (unsigned gun = 0; gun < dut->wiring.guns; gun++) {
        send_inputs(dut, gun, VOLTAGES);
        send_inputs(dut, gun, CURRENT);
        if (dut->wired[gun][TO_PE]) {
            send_inputs(dut, gun, TO_PE);
        }
    }
    set_next(dut, &dut->fast, now_ns, PILE_IO_FAST_MS);
}

static void on_slow(void *ctx, int64_t now_ns) {
    struct dut_remote *dut = ctx;
    for (unsigned gun = 0; gun < dut->wiring.guns; gun++) {
        send_inputs(dut, gun, SWITCHES);
        send_inputs(dut, gun, INSULATION);
        send_inputs(dut, gun, SLOW);
        send_inputs(dut, gun, ENERGY);
        for (unsigned which = PHASES; which < INPUT_FRAMES; which++) {
            if (dut->wired[gun][which] && which != TO_PE) {
                send_inputs(dut, gun, (enum input_frame)which);
            }
        }
    }
    send_ping(dut);
    set_next(dut, &dut->slow, now_ns, PILE_IO_SLOW_MS);
}

/* Its frame goes out at each change, too: whether the firmware is told or samples is the port's
 * matter. A continuous one goes out at the frame's period. */
static bool tells(const struct signal *signal) {
    return signal != NULL && signal->source == NULL;
}

static void input_changed(void *ctx, struct signal *signal, int64_t at_ns) {
    const struct line_out *line = ctx;
    (void)signal;
    (void)at_ns;
    assert(line->gun < line->dut->wiring.guns && line->channel < DUT_INPUTS);
    send_inputs(line->dut, line->gun, places[line->channel].frame);
}

static void tell_lost(struct dut_remote *dut, int64_t at_ns, const char *text) {
    dut->status.alive = false;
    dut->status.state = PILE_IO_WAITING;
    if (!dut->told_lost && dut->config.lost != NULL) {
        dut->config.lost(dut->config.ctx, at_ns, text);
    }
    dut->told_lost = true;
}

/* While this machine stood still the pile could not speak either: it gets its time anew. */
static void on_silence(void *ctx, int64_t now_ns) {
    struct dut_remote *dut = ctx;
    const struct lateness *late = dut->config.late;
    int64_t by_ns = late == NULL ? 0 : late->still_until_ns + PILE_IO_SILENT_MS * NS_PER_MS;
    if (loop_clock_ns(dut->config.loop) < by_ns) {
        loop_set(dut->config.loop, &dut->silence, by_ns);
        return;
    }
    tell_lost(dut, now_ns,
              dut->status.alive_count == 0
                  ? "the pile's controller never answered on the I/O network"
                  : "the pile's controller fell silent on the I/O network");
}

static int64_t start_ns(const struct dut_remote *dut) {
    return dut->config.start_ns > 0 ? dut->config.start_ns : DUT_REMOTE_START_MS * NS_PER_MS;
}

/* Until its firmware runs it boots, and may be busy with that for longer than it may be silent
 * later. A counter that did not go up is a controller that was restarted (its watchdog?). */
static void take_alive(struct dut_remote *dut, int64_t at_ns, const uint8_t *data) {
    uint32_t count = get(&data[PILE_IO_U32_ALIVE_COUNT]);
    if (dut->status.alive_count > 0 && dut->status.alive && count <= dut->alive_count) {
        tell_lost(dut, at_ns, "the pile's controller restarted");
        dut->status.identified = false;
        dut->pieces = 0;
    }
    bool ran = dut->status.alive && dut->status.state == PILE_IO_RUNNING;
    bool ready_before = ran && dut->ready_told;
    dut->alive_count = count;
    dut->told_lost = false;
    dut->status.alive = true;
    dut->status.alive_count++;
    dut->status.abi = data[PILE_IO_BYTE_ALIVE_ABI];
    dut->status.guns = data[PILE_IO_BYTE_ALIVE_GUNS];
    dut->status.state = (enum pile_io_state)data[PILE_IO_BYTE_ALIVE_STATE];
    dut->has_run = dut->has_run || dut->status.state != PILE_IO_WAITING;
    loop_set(dut->config.loop, &dut->silence,
             at_ns + (dut->has_run ? PILE_IO_SILENT_MS * NS_PER_MS : start_ns(dut)));
    dut->running = dut->status.state != PILE_IO_WAITING;
    dut->running_alives = dut->running && ran ? dut->running_alives + 1 : 0;
    bool told_enough = !wants_capabilities(dut) || dut->running_alives >= DECLARE_ALIVES;
    dut->ready_told = ready_before;
    if (!ready_before && dut->status.state == PILE_IO_RUNNING && told_enough) {
        dut->ready_told = true;
        if (dut->config.ready != NULL) {
            dut->config.ready(dut->config.ctx, at_ns);
        }
    }
}

/* Complete when every number that the pile knows has come for every gun that it says it has. */
static void take_capability(struct dut_remote *dut, const uint8_t *data) {
    struct dut_remote_status *status = &dut->status;
    unsigned gun = data[PILE_IO_BYTE_CAPABILITY_GUN], number = data[PILE_IO_BYTE_CAPABILITY_NUMBER];
    unsigned count = data[PILE_IO_BYTE_CAPABILITY_COUNT];
    if (gun >= DUT_GUNS_MAX || number >= 64 || count == 0 || count > 64 || number >= count) {
        return;
    }
    if (number < DUT_CAPABILITIES) {
        status->capabilities[gun][number] = (int32_t)get(&data[PILE_IO_S32_CAPABILITY]);
    }
    dut->declared[gun] |= UINT64_C(1) << number;
    status->described = true;
    for (unsigned i = 0; i < dut->wiring.guns && i < status->guns; i++) {
        status->described = status->described && dut->declared[i] == UINT64_MAX >> (64 - count);
    }
}

static void take_echo(struct dut_remote *dut, int64_t at_ns, const uint8_t *data) {
    struct dut_remote_status *status = &dut->status;
    uint32_t count = get(&data[PILE_IO_U32_PING_COUNT]);
    const struct ping *ping = &dut->pings[count % PINGS];
    if (count >= dut->ping_count || ping->count != count) {
        return; /* not ours, or too late */
    }
    assert(ping->sent_ns <= loop_clock_ns(dut->config.loop));
    int64_t trip_ns = at_ns - ping->sent_ns;
    trip_ns = trip_ns < 0 ? 0 : trip_ns; /* the two clocks' readings are a little apart */
    bool first = status->round_trips++ == 0;
    status->round_trip_last_ns = trip_ns;
    status->round_trip_min_ns =
        first || trip_ns < status->round_trip_min_ns ? trip_ns : status->round_trip_min_ns;
    status->round_trip_max_ns =
        trip_ns > status->round_trip_max_ns ? trip_ns : status->round_trip_max_ns;
    assert(status->round_trip_min_ns <= trip_ns && trip_ns <= status->round_trip_max_ns);
    if (dut->config.round_trip != NULL) {
        dut->config.round_trip(dut->config.ctx, at_ns, trip_ns);
    }
}

/* All pieces there: the name ends with its zero byte, the version follows. */
static void take_identity(struct dut_remote *dut, const uint8_t *data) {
    struct dut_remote_status *status = &dut->status;
    unsigned piece = data[0] & ~(unsigned)PILE_IO_IDENTITY_LAST;
    if (status->identified || piece >= PIECES_MAX) {
        return;
    }
    size_t at = piece * PILE_IO_IDENTITY_PIECE;
    assert(at + PILE_IO_IDENTITY_PIECE <= sizeof status->name);
    memcpy(&status->name[at], &data[1], PILE_IO_IDENTITY_PIECE);
    dut->pieces |= UINT32_C(1) << piece;
    if ((data[0] & PILE_IO_IDENTITY_LAST) == 0) {
        return; /* pieces come in order; with the last one all are there, or the wish is repeated */
    }
    size_t end = at + PILE_IO_IDENTITY_PIECE;
    memset(&status->name[end], 0, sizeof status->name - end);
    status->name[sizeof status->name - 1] = '\0';
    if (dut->pieces == (UINT32_C(2) << piece) - 1) {
        size_t length = strlen(status->name);
        status->version = length + 1 < end ? &status->name[length + 1] : "";
        status->identified = true;
    }
    dut->pieces = 0;
}

static void set(struct dut_remote *dut, unsigned gun, enum dut_output output, int64_t at_ns,
                int32_t value) {
    bool known = dut_wiring_output(&dut->wiring, gun, output, at_ns, value);
    assert(known);
    (void)known;
}

static void take_commands(struct dut_remote *dut, unsigned gun, int64_t at_ns,
                          const uint8_t *data) {
    uint8_t sequence = data[PILE_IO_BYTE_SEQUENCE];
    if (dut->commands_seen[gun]) {
        dut->status.lost_frames += (uint8_t)(sequence - dut->commands_sequence[gun]);
    }
    dut->commands_seen[gun] = true;
    dut->commands_sequence[gun] = (uint8_t)(sequence + 1);
    for (unsigned bit = 0; bit < sizeof command_bits / sizeof command_bits[0]; bit++) {
        set(dut, gun, command_bits[bit], at_ns, data[0] >> bit & 1);
    }
}

static void take_extra(struct dut_remote *dut, unsigned gun, int64_t at_ns, const uint8_t *data) {
    const uint8_t *fans = &data[PILE_IO_S16_FAN_PERMILLE];
    set(dut, gun, DUT_OUT_DISTRIBUTION, at_ns, (int32_t)get(&data[PILE_IO_S32_GROUPS]));
    set(dut, gun, DUT_OUT_FAN_PERMILLE, at_ns, (int16_t)(fans[0] | fans[1] << 8));
    for (size_t i = 0; i < sizeof extra_bits / sizeof extra_bits[0]; i++) {
        unsigned bit = extra_bits[i].bit;
        set(dut, gun, extra_bits[i].output, at_ns, data[bit / 8] >> bit % 8 & 1);
    }
}

static void take_gun_frame(struct dut_remote *dut, uint32_t id, unsigned gun, int64_t at_ns,
                           const uint8_t *data) {
    switch (id) {
    case PILE_IO_COMMANDS:
        take_commands(dut, gun, at_ns, data);
        break;
    case PILE_IO_MODULES:
        set(dut, gun, DUT_OUT_MODULE_MV, at_ns, (int32_t)get(&data[PILE_IO_S32_MODULE_MV]));
        set(dut, gun, DUT_OUT_MODULE_MA, at_ns, (int32_t)get(&data[PILE_IO_S32_MODULE_MA]));
        break;
    case PILE_IO_STATUS:
        set(dut, gun, DUT_OUT_ALARM, at_ns, (int32_t)get(&data[PILE_IO_S32_ALARM]));
        set(dut, gun, DUT_OUT_STATE, at_ns, (int32_t)get(&data[PILE_IO_S32_STATE]));
        break;
    case PILE_IO_EXTRA:
        take_extra(dut, gun, at_ns, data);
        break;
    default:
        break;
    }
}

static void frame_received(void *ctx, int64_t at_ns, const struct can_frame_ext *frame) {
    struct dut_remote *dut = ctx;
    if (frame->extended || (frame->len != 8 && frame->id != PILE_IO_ECHO)) {
        return; /* not a frame of pile_io.h */
    }
    switch (frame->id) {
    case PILE_IO_ALIVE:
        take_alive(dut, at_ns, frame->data);
        return;
    case PILE_IO_ECHO:
        if (frame->len >= 4) {
            take_echo(dut, at_ns, frame->data);
        }
        return;
    case PILE_IO_IDENTITY:
        take_identity(dut, frame->data);
        return;
    case PILE_IO_CAPABILITY:
        take_capability(dut, frame->data);
        return;
    default:
        break;
    }
    for (unsigned gun = 0; gun < dut->wiring.guns; gun++) {
        uint32_t offset = gun * PILE_IO_GUN_STEP;
        if (frame->id >= PILE_IO_COMMANDS + offset && frame->id <= PILE_IO_EXTRA + offset) {
            take_gun_frame(dut, frame->id - offset, gun, at_ns, frame->data);
        }
    }
}

static void connect_inputs(struct dut_remote *dut) {
    for (unsigned gun = 0; gun < dut->wiring.guns; gun++) {
        for (unsigned i = 0; i < DUT_INPUTS; i++) {
            struct line_out *line = &dut->lines[gun][i];
            struct signal *signal = dut->wiring.inputs[gun][i];
            *line = (struct line_out){.dut = dut, .gun = gun, .channel = i};
            dut->wired[gun][places[i].frame] |= signal != NULL;
            line->subscription = (struct subscription){.changed = input_changed, .ctx = line};
            if (tells(signal)) {
                signal_subscribe(signal, &line->subscription);
            }
        }
    }
}

static void clear_commands(struct dut_remote *dut) {
    for (unsigned gun = 0; gun < dut->wiring.guns; gun++) {
        for (unsigned i = 0; i < DUT_OUTPUTS; i++) {
            set(dut, gun, (enum dut_output)i, dut->config.loop->now_ns, 0);
        }
    }
}

struct dut_remote *dut_remote_new(const struct dut_remote_config *config) {
    struct dut_remote *dut = memory_zeroed(1, sizeof *dut);
    dut->config = *config;
    dut->status.version = "";
    for (unsigned i = 0; i < DUT_GUNS_MAX * DUT_CAPABILITIES; i++) {
        dut->status.capabilities[i / DUT_CAPABILITIES][i % DUT_CAPABILITIES] = DUT_UNKNOWN;
    }
    dut->node = (struct can_node){.received = frame_received, .ctx = dut};
    dut->fast = (struct timer){.fire = on_fast, .ctx = dut};
    dut->slow = (struct timer){.fire = on_slow, .ctx = dut};
    dut->silence = (struct timer){.fire = on_silence, .ctx = dut};
    dut_wiring_bind(&dut->wiring, config->board, config->guns);
    clear_commands(dut);
    connect_inputs(dut);
    can_join(config->io, &dut->node);

    int64_t now_ns = config->loop->now_ns;
    loop_set(config->loop, &dut->slow, now_ns);
    loop_set(config->loop, &dut->fast, now_ns);
    loop_set(config->loop, &dut->silence, now_ns + start_ns(dut));
    return dut;
}

void dut_remote_free(struct dut_remote *dut) {
    if (dut == NULL) {
        return;
    }
    loop_cancel(dut->config.loop, &dut->fast);
    loop_cancel(dut->config.loop, &dut->slow);
    loop_cancel(dut->config.loop, &dut->silence);
    for (unsigned gun = 0; gun < dut->wiring.guns; gun++) {
        for (unsigned i = 0; i < DUT_INPUTS; i++) {
            if (tells(dut->wiring.inputs[gun][i])) {
                signal_unsubscribe(dut->wiring.inputs[gun][i], &dut->lines[gun][i].subscription);
            }
        }
    }
    can_leave(dut->config.io, &dut->node);
    free(dut);
}

void dut_remote_unpowered(struct dut_remote *dut) {
    clear_commands(dut);
}

const struct dut_remote_status *dut_remote_status(const struct dut_remote *dut) {
    return &dut->status;
}
