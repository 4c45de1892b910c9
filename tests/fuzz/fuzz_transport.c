/* SPDX-License-Identifier: MIT */
/* fuzz_transport.c: sender and receiver on one line, with faults, losses, invented frames and time
 * from the input. What has to hold whatever comes: no object waits without a deadline, time alone
 * always brings both to rest, a message that is handed over has a legal length, and as long as no
 * frame was invented its bytes are those that were sent. */
#include "sim/loop.h"
#include "vehicle_bms/message/messages.h"
#include "vehicle_bms/transport/transport.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX  64
#define TURNS_MAX 4096 /* calls of time at one push; more is a loop without end */
#define PGN       0x0200u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct line {
    struct transport_sender sender;
    struct transport_receiver receiver;
    struct can_frame_ext frames[LINE_MAX];
    size_t first, count;
    int64_t now_ns;
    size_t length; /* of every message of this input: two of different length could mix */
    bool invented;
};

struct input {
    const uint8_t *data;
    size_t size;
};

static void must(bool holds) {
    if (!holds) {
        abort();
    }
}

static uint8_t take(struct input *input) {
    if (input->size == 0) {
        return 0;
    }
    input->size--;
    return *input->data++;
}

/* Every message is the beginning of this one. Made once: its loop would be most of an execution. */
static const uint8_t *message(void) {
    static uint8_t bytes[TRANSPORT_LENGTH_MAX];
    for (size_t i = 0; bytes[0] == 0 && i < sizeof bytes; i++) {
        size_t k = sizeof bytes - 1 - i;
        bytes[k] = (uint8_t)(k * 7 + k / 256 + 3);
    }
    return bytes;
}

static int line_send(void *ctx, int64_t now_ns, const struct can_frame_ext *frame) {
    struct line *line = ctx;
    (void)now_ns;
    must(frame->extended && frame->len == 8);
    if (line->count == LINE_MAX) {
        return -1;
    }
    line->frames[(line->first + line->count++) % LINE_MAX] = *frame;
    return 0;
}

static void line_received(void *ctx, int64_t now_ns, uint32_t pgn, const uint8_t *data,
                          size_t length) {
    struct line *line = ctx;
    (void)now_ns;
    must(length >= 9 && length <= TRANSPORT_LENGTH_MAX);
    must(line->invented ||
         (pgn == PGN && length == line->length && memcmp(data, message(), length) == 0));
}

static void line_ended(void *ctx, int64_t now_ns, uint32_t pgn, enum transport_result result) {
    (void)ctx;
    (void)now_ns;
    (void)pgn;
    must(transport_result_text(result, true)[0] != '\0');
}

static void configure(struct line *line, struct input *input) {
    const struct transport_port bms = {ADDRESS_BMS, ADDRESS_CHARGER, line_send, line};
    const struct transport_port charger = {ADDRESS_CHARGER, ADDRESS_BMS, line_send, line};
    struct transport_timing timing = transport_timing_default;
    timing.answer_ns = take(input) % 2 * 150 * NS_PER_MS;
    transport_sender_init(&line->sender, &bms, &timing, line_ended);
    transport_receiver_init(&line->receiver, &charger, &timing, line_received);
    line->receiver.failed = line_ended;
    line->sender.fault = (enum transport_fault)(take(input) % (TRANSPORT_WRONG_LENGTH + 1));
    /* A wrong length that fits is believed; so is the foreign RTS when the first one was lost. */
    line->invented =
        line->sender.fault == TRANSPORT_WRONG_LENGTH || line->sender.fault == TRANSPORT_INTERLEAVES;
    line->sender.at = take(input);
    line->receiver.fault = (enum reception_fault)(take(input) % (RECEPTION_CTS_BETWEEN + 1));
    line->receiver.at = take(input);
    uint8_t flags = take(input);
    line->sender.strict = flags & 1;
    line->receiver.strict = flags & 2;
    line->receiver.hold = flags & 4;
    line->receiver.requests_max = flags >> 3 & 3;
    line->receiver.packets_per_cts = take(input);
    line->length = 1 + (size_t)(take(input) << 8 | take(input)) % TRANSPORT_LENGTH_MAX;
}

static void send_message(struct line *line) {
    (void)transport_send(&line->sender, line->now_ns, PGN, message(), line->length);
}

static void give(struct line *line, const struct can_frame_ext *frame) {
    transport_sender_frame(&line->sender, line->now_ns, frame);
    transport_receiver_frame(&line->receiver, line->now_ns, frame);
}

static void next_frame(struct line *line, bool lost) {
    if (line->count > 0) {
        struct can_frame_ext frame = line->frames[line->first];
        line->first = (line->first + 1) % LINE_MAX;
        line->count--;
        if (!lost) {
            give(line, &frame);
        }
    }
}

static void push_time(struct line *line, int64_t by_ns) {
    int64_t until_ns = line->now_ns + by_ns;
    for (unsigned turn = 0;; turn++) {
        int64_t a = line->sender.deadline_ns, b = line->receiver.deadline_ns;
        int64_t next_ns = a < b ? a : b;
        must(turn < TURNS_MAX);
        if (next_ns > until_ns) {
            break;
        }
        line->now_ns = next_ns > line->now_ns ? next_ns : line->now_ns;
        transport_sender_time(&line->sender, line->now_ns);
        transport_receiver_time(&line->receiver, line->now_ns);
    }
    line->now_ns = until_ns;
}

static void invent(struct line *line, struct input *input, bool data_frame) {
    uint8_t direction = take(input);
    uint8_t from = direction & 1 ? ADDRESS_BMS : ADDRESS_CHARGER;
    uint8_t to = direction & 1 ? ADDRESS_CHARGER : ADDRESS_BMS;
    struct can_frame_ext frame = {
        .id = message_frame_id(7, data_frame ? TRANSPORT_PGN_DT : TRANSPORT_PGN_CM, to, from),
        .extended = (direction & 2) == 0,
        .len = (direction & 12) == 12 ? take(input) % 9 : 8};
    for (size_t i = 0; i < frame.len; i++) {
        frame.data[i] = take(input);
    }
    line->invented = true;
    give(line, &frame);
}

static void at_rest_or_awaited(const struct line *line) {
    must((line->sender.state == SENDER_IDLE) == (line->sender.deadline_ns == LOOP_NEVER));
    must((line->receiver.state == RECEIVER_IDLE) == (line->receiver.deadline_ns == LOOP_NEVER));
}

static void step(struct line *line, struct input *input) {
    uint8_t what = take(input);
    switch (what % 8) {
    case 0:
        push_time(line, take(input) * 10 * NS_PER_MS);
        break;
    case 1:
        invent(line, input, false);
        break;
    case 2:
        invent(line, input, true);
        break;
    case 3:
        send_message(line);
        break;
    case 4:
        transport_receiver_release(&line->receiver, line->now_ns);
        break;
    case 5:
        next_frame(line, what & 64);
        break;
    case 6: /* as on a sound line for a while */
        for (unsigned i = what >> 3; i > 0; i--) {
            next_frame(line, false);
            push_time(line, 10 * NS_PER_MS);
        }
        break;
    default:
        transport_sender_abort(&line->sender, line->now_ns, take(input));
        break;
    }
    at_rest_or_awaited(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct input input = {data, size};
    static struct line line; /* large; every input starts from zero */
    memset(&line, 0, sizeof line);
    configure(&line, &input);
    while (input.size > 0) {
        step(&line, &input);
    }
    /* Nobody says anything any more: both come to rest, a receiver told to hold apart. */
    push_time(&line, 300 * NS_PER_S); /* 255 holds and a transfer fit */
    must(line.sender.state == SENDER_IDLE);
    must(line.receiver.state == RECEIVER_IDLE || line.receiver.state == RECEIVER_HOLDING);
    return 0;
}
