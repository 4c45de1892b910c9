/* SPDX-License-Identifier: MIT */
/* The meter on its line: requests in, answers out after their time, spoilt where asked for. What an
 * answer says is simulated_answers.c's. */
#include "meter/simulated.h"

#include "meter/simulated_internal.h"
#include "sim/memory.h"
#include "sim/random.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAKE_UP     0xFE
#define FRAME_START 0x68
#define FRAME_END   0x16
#define ON_WIRE     0x33 /* added to every data byte */
#define FRAME_BARE  12   /* bytes of a frame without data */
#define DI_BYTES    4    /* before the value of a reading answer */
#define FAULT_DRAW  1000 /* where the draws of faults begin in the seed's sequence */

const struct simulated_params simulated_params_default = {
    .registers = REGISTERS_PARAMS_DEFAULT,
    .bits_per_s = 2400,
    .answer_ns = 30 * NS_PER_MS,
    .frame_data = METER_READ_DATA_MAX,
    .wake_ups = 4,
    .password = {0x02, 0, 0, 0},
};

static const char *const fault_names[SIMULATED_FAULTS] = {
    "sound",   "silent",  "late",    "early",      "checksum", "truncated",
    "address", "foreign", "refuses", "wrong-item", "no-value",
};

const char *simulated_fault_name(enum simulated_fault fault) {
    return (unsigned)fault < SIMULATED_FAULTS ? fault_names[fault] : NULL;
}

/* ---- sending ---- */

static size_t append(uint8_t *bytes, size_t at, const struct meter_frame *frame,
                     unsigned wake_ups) {
    memset(bytes + at, WAKE_UP, wake_ups);
    return at + wake_ups + meter_frame_encode(frame, bytes + at + wake_ups);
}

static bool carries_value(const struct meter_frame *answer) {
    return (answer->control & (METER_ABNORMAL | METER_FUNCTION)) == METER_READ &&
           answer->length > DI_BYTES;
}

/* One of the value's higher digits, one up or down: still a number, not the same. */
static uint8_t other_digit(uint8_t digits) {
    return digits ^ 0x01;
}

static size_t digit_to_spoil(const struct meter_frame *answer) {
    assert(answer->length > DI_BYTES);
    return answer->length > DI_BYTES + 1 ? answer->length - 2u : answer->length - 1u;
}

static size_t spoil_bytes(struct simulated *meter, uint8_t *bytes, size_t count) {
    switch (meter->spoilt) {
    case SIMULATED_CHECKSUM: {
        /* What a receiver that does not check it would take is wrong, too. */
        size_t from_end = carries_value(&meter->answer)
                              ? 2u + meter->answer.length - digit_to_spoil(&meter->answer)
                              : 2u;
        uint8_t *byte = &bytes[count - from_end];
        *byte = (uint8_t)(other_digit((uint8_t)(*byte - ON_WIRE)) + ON_WIRE);
        break;
    }
    case SIMULATED_TRUNCATED:
        count = meter->spoilt_value < (double)count ? (size_t)meter->spoilt_value : count - 1;
        break;
    default:
        break;
    }
    assert(count > 0); /* silence is another fault */
    return count;
}

/* The next piece of the answer, until all are out. */
static void send_piece(struct simulated *meter, int64_t now_ns) {
    size_t left = meter->out_count - meter->out_sent;
    size_t count = meter->piece_bytes > 0 && meter->piece_bytes < left ? meter->piece_bytes : left;
    assert(count > 0);
    (void)serial_send(meter->line, &meter->station, meter->out + meter->out_sent, count);
    meter->out_sent += count;
    assert(meter->out_sent <= meter->out_count && meter->out_count <= sizeof meter->out);
    if (meter->out_sent < meter->out_count) {
        int64_t on_wire_ns =
            (int64_t)count * SERIAL_BYTE_BITS * NS_PER_S / (int64_t)meter->params.bits_per_s;
        loop_set(meter->loop, &meter->piece_timer, now_ns + on_wire_ns + meter->piece_pause_ns);
        return;
    }
    if (meter->new_rate != 0) { /* its own answer still goes out at the old one */
        meter->params.bits_per_s = meter->new_rate;
        meter->new_rate = 0;
    }
}

static void piece_due(void *ctx, int64_t now_ns) {
    send_piece(ctx, now_ns);
}

static void send_answer(void *ctx, int64_t now_ns) {
    struct simulated *meter = ctx;
    uint8_t *bytes = meter->out;
    size_t count = 0;
    assert(2 * (size_t)(meter->params.wake_ups + METER_FRAME_BYTES_MAX) <= sizeof meter->out);
    if (meter->spoilt == SIMULATED_FOREIGN) {
        struct meter_frame foreign = meter->answer;
        foreign.address[0] = (uint8_t)(foreign.address[0] ^ 0x11);
        if (carries_value(&foreign)) {
            uint8_t *digits = &foreign.data[digit_to_spoil(&foreign)];
            *digits = other_digit(*digits);
        }
        count = append(bytes, 0, &foreign, meter->params.wake_ups);
    }
    count = append(bytes, count, &meter->answer, meter->params.wake_ups);
    count = spoil_bytes(meter, bytes, count);
    assert(count > 0 && count <= sizeof meter->out);
    meter->stats.answers++;
    assert(meter->stats.answers <= meter->stats.requests); /* it never speaks unasked */
    meter->out_count = count;
    meter->out_sent = 0;
    loop_cancel(meter->loop, &meter->piece_timer);
    send_piece(meter, now_ns);
}

static void spoil_answer(struct simulated *meter) {
    struct meter_frame *answer = &meter->answer;
    switch (meter->spoilt) {
    case SIMULATED_ADDRESS:
        answer->address[0] = (uint8_t)(answer->address[0] ^ 0x11);
        break;
    case SIMULATED_REFUSES:
        answer->control |= METER_ABNORMAL;
        answer->length = 1;
        answer->data[0] = (uint8_t)meter->spoilt_value;
        break;
    case SIMULATED_WRONG_ITEM:
        answer->data[1] ^= 0x01; /* another phase, another tariff */
        break;
    case SIMULATED_NO_VALUE:
        if (carries_value(answer)) {
            memset(answer->data + DI_BYTES, 0xFF, answer->length - (size_t)DI_BYTES);
        }
        break;
    default:
        break;
    }
}

/* Draws whether this answer is spoilt, and sets its time. */
static void schedule(struct simulated *meter, int64_t now_ns) {
    int64_t after = meter->params.answer_ns;
    bool spoilt = meter->fault != SIMULATED_SOUND &&
                  random_share(random_next(&meter->random)) < meter->fault_share;
    meter->spoilt = spoilt ? meter->fault : SIMULATED_SOUND;
    meter->spoilt_value =
        meter->fault_value; /* of this answer, whatever is said until it goes out */
    meter->stats.faults += spoilt;
    if (meter->spoilt == SIMULATED_SILENT) {
        return;
    }
    if (meter->spoilt == SIMULATED_LATE) {
        after = llround(meter->spoilt_value * (double)NS_PER_S);
    } else if (meter->spoilt == SIMULATED_EARLY) {
        after = 0;
    }
    spoil_answer(meter);
    assert(after >= 0);
    loop_set(meter->loop, &meter->answer_timer, now_ns + after);
}

/* ---- receiving ---- */

static void requested(void *ctx, int64_t first_ns, int64_t last_ns,
                      const struct meter_frame *request) {
    struct simulated *meter = ctx;
    (void)first_ns;
    if ((request->control & METER_ANSWER) != 0 ||
        !meter_address_matches(request->address, meter->registers.params.address)) {
        return;
    }
    meter->stats.requests++;
    if (meter->asked != NULL) {
        meter->asked(meter->asked_ctx, meter->loop->now_ns);
    }
    meter->answer = (struct meter_frame){
        .control = (uint8_t)(METER_ANSWER | (request->control & METER_FUNCTION))};
    memcpy(meter->answer.address, meter->registers.params.address, 6);
    int64_t now_ns = meter->loop->now_ns > last_ns ? meter->loop->now_ns : last_ns;
    bool answers = simulated_answer(meter, now_ns, request);
    meter->stats.refused += answers && (meter->answer.control & METER_ABNORMAL) != 0;
    if (answers && !meter_address_is_broadcast(request->address)) {
        schedule(meter, now_ns);
    }
}

static void damaged(void *ctx, int64_t at_ns, enum meter_damage damage, const uint8_t *bytes,
                    size_t count) {
    struct simulated *meter = ctx;
    (void)at_ns, (void)damage, (void)bytes, (void)count;
    meter->stats.damaged++;
}

/* A run that is one sound frame for, or of, another meter: most of what a meter on a shared line
 * hears. The parser would come to the same, byte by byte. */
static bool passes_by(const struct simulated *meter, const struct serial_run *run) {
    const uint8_t *frame = run->bytes, *end = run->bytes + run->count;
    while (frame < end && *frame == WAKE_UP) {
        frame++;
    }
    ptrdiff_t count = end - frame;
    if (meter->parser.count != 0 || count < FRAME_BARE || frame[0] != FRAME_START ||
        frame[7] != FRAME_START || count != FRAME_BARE + frame[9] ||
        meter_address_matches(frame + 1, meter->registers.params.address)) {
        return false;
    }
    uint8_t sum = 0;
    for (ptrdiff_t i = 0; i < count - 2; i++) {
        sum = (uint8_t)(sum + frame[i]);
    }
    return sum == frame[count - 2] && frame[count - 1] == FRAME_END;
}

static void received(void *ctx, int64_t now_ns, const struct serial_run *run) {
    struct simulated *meter = ctx;
    (void)now_ns;
    if (serial_rate(meter->line) != meter->params.bits_per_s && run->byte_ns != 0) {
        meter->stats.damaged++;
        return;
    }
    if (passes_by(meter, run)) {
        return;
    }
    for (size_t i = 0; i < run->count; i++) {
        meter_parser_byte(&meter->parser, run->first_ns + (int64_t)i * run->byte_ns, run->bytes[i]);
    }
}

/* ---- tariffs ---- */

void simulated_clock_changed(struct simulated *meter) {
    int64_t at_ns = registers_next_switch(&meter->registers, meter->loop->now_ns);
    assert(at_ns > meter->loop->now_ns);
    if (at_ns == INT64_MAX) {
        loop_cancel(meter->loop, &meter->switch_timer);
    } else {
        loop_set(meter->loop, &meter->switch_timer, at_ns);
    }
}

static void tariff_switches(void *ctx, int64_t now_ns) {
    struct simulated *meter = ctx;
    registers_switch(&meter->registers, now_ns);
    simulated_clock_changed(meter);
}

/* ---- life ---- */

struct simulated *simulated_new(struct loop *loop, struct serial_line *line,
                                const struct simulated_params *params,
                                const struct meter_source *source) {
    assert(params->bits_per_s > 0 && params->answer_ns >= 0 && params->frame_data > 5);
    struct simulated *meter = memory_zeroed(1, sizeof *meter);
    meter->loop = loop;
    meter->line = line;
    meter->params = *params;
    meter->random = params->registers.seed + FAULT_DRAW;
    meter->answer_timer = (struct timer){.fire = send_answer, .ctx = meter};
    meter->piece_timer = (struct timer){.fire = piece_due, .ctx = meter};
    meter->switch_timer = (struct timer){.fire = tariff_switches, .ctx = meter};
    registers_init(&meter->registers, &params->registers, source, loop->now_ns);
    meter_parser_init(&meter->parser, requested, damaged, meter);
    meter->station = (struct serial_station){.received = received, .ctx = meter};
    serial_join(line, &meter->station);
    simulated_clock_changed(meter);
    return meter;
}

void simulated_misbehave(struct simulated *meter, enum simulated_fault fault, double value,
                         double share) {
    assert((unsigned)fault < SIMULATED_FAULTS && share >= 0 && share <= 1);
    meter->fault = fault;
    meter->fault_value = value;
    meter->fault_share = share;
}

void simulated_in_pieces(struct simulated *meter, size_t bytes, int64_t pause_ns) {
    assert(pause_ns >= 0);
    meter->piece_bytes = bytes;
    meter->piece_pause_ns = pause_ns;
}

void simulated_on_request(struct simulated *meter, void (*asked)(void *ctx, int64_t now_ns),
                          void *ctx) {
    meter->asked = asked;
    meter->asked_ctx = ctx;
}

uint32_t simulated_rate(const struct simulated *meter) {
    return meter->params.bits_per_s;
}

struct registers *simulated_registers(struct simulated *meter) {
    return &meter->registers;
}

const struct simulated_stats *simulated_stats(const struct simulated *meter) {
    return &meter->stats;
}

void simulated_free(struct simulated *meter) {
    if (meter != NULL) {
        loop_cancel(meter->loop, &meter->answer_timer);
        loop_cancel(meter->loop, &meter->piece_timer);
        loop_cancel(meter->loop, &meter->switch_timer);
        serial_leave(meter->line, &meter->station);
        free(meter);
    }
}
