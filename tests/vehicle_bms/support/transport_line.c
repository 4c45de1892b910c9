/* SPDX-License-Identifier: MIT */
#include "tests/vehicle_bms/support/transport_line.h"

static int line_send(void *ctx, int64_t now_ns, const struct can_frame_ext *frame) {
    struct line *line = ctx;
    ck_assert_uint_lt(line->count, LINE_MAX);
    line->at_ns[line->count] = now_ns;
    line->frames[line->count++] = *frame;
    return 0;
}

static void line_received(void *ctx, int64_t now_ns, uint32_t pgn, const uint8_t *data,
                          size_t length) {
    struct line *line = ctx;
    (void)now_ns;
    line->received++;
    line->pgn = pgn;
    line->length = length;
    memcpy(line->data, data, length);
}

static void line_finished(void *ctx, int64_t now_ns, uint32_t pgn, enum transport_result result) {
    struct line *line = ctx;
    (void)pgn;
    line->finished++;
    line->result = result;
    line->finished_ns = now_ns;
}

static void line_failed(void *ctx, int64_t now_ns, uint32_t pgn, enum transport_result result) {
    struct line *line = ctx;
    (void)now_ns;
    line->failed++;
    line->failed_pgn = pgn;
    line->failure = result;
}

struct line *line_new(void) {
    struct line *line = calloc(1, sizeof *line);
    const struct transport_port bms = {ADDRESS_BMS, ADDRESS_CHARGER, line_send, line};
    const struct transport_port charger = {ADDRESS_CHARGER, ADDRESS_BMS, line_send, line};
    ck_assert_ptr_nonnull(line);
    transport_sender_init(&line->sender, &bms, &transport_timing_default, line_finished);
    transport_receiver_init(&line->receiver, &charger, &transport_timing_default, line_received);
    line->receiver.failed = line_failed;
    return line;
}

static void deliver(struct line *line) {
    while (line->delivered < line->count) {
        size_t i = line->delivered++;
        if (i >= line->lose_from && i < line->lose_to) {
            continue;
        }
        transport_sender_frame(&line->sender, line->now_ns, &line->frames[i]);
        transport_receiver_frame(&line->receiver, line->now_ns, &line->frames[i]);
    }
}

void run(struct line *line, int64_t until_ns) {
    for (;;) {
        deliver(line);
        int64_t a = line->sender.deadline_ns, b = line->receiver.deadline_ns;
        int64_t next = a < b ? a : b;
        if (next > until_ns) {
            break;
        }
        line->now_ns = next;
        transport_sender_time(&line->sender, next);
        transport_receiver_time(&line->receiver, next);
    }
    line->now_ns = until_ns;
}

void line_transfer(struct line *line, size_t length) {
    uint8_t data[TRANSPORT_LENGTH_MAX];
    for (size_t i = 0; i < length; i++) {
        data[i] = (uint8_t)(i * 7 + 3);
    }
    ck_assert_int_eq(transport_send(&line->sender, line->now_ns, 0x0200, data, length), 0);
}

void arrived_whole(const struct line *line, size_t length) {
    ck_assert_uint_eq(line->received, 1);
    ck_assert_uint_eq(line->pgn, 0x0200);
    ck_assert_uint_eq(line->length, length);
    for (size_t i = 0; i < length; i++) {
        ck_assert_uint_eq(line->data[i], (uint8_t)(i * 7 + 3));
    }
}

void is_frame(const struct line *line, size_t i, uint32_t id, const uint8_t bytes[8]) {
    ck_assert_uint_lt(i, line->count);
    ck_assert_uint_eq(line->frames[i].id, id);
    ck_assert_uint_eq(line->frames[i].len, 8);
    ck_assert(line->frames[i].extended);
    ck_assert_mem_eq(line->frames[i].data, bytes, 8);
}

unsigned count_of(const struct line *line, uint32_t id, uint8_t first) {
    unsigned count = 0;
    for (size_t i = 0; i < line->count; i++) {
        count += line->frames[i].id == id && line->frames[i].data[0] == first;
    }
    return count;
}
