/* SPDX-License-Identifier: MIT */
/* The stream parser of DL/T 645-2007 frames and a simulated meter behind it, on any bytes at any
 * times. Odd inputs take the bytes as they are; even ones are pieces: a length, a pause, bytes. */
#include "meter/frame.h"
#include "meter/simulated.h"

#include <stdlib.h>
#include <string.h>

#define PAUSE_NS (10 * NS_PER_MS)

struct count {
    size_t bytes; /* told: in frames and as damage */
};

static void frame(void *ctx, int64_t first_ns, int64_t last_ns, const struct meter_frame *got) {
    struct count *count = ctx;
    uint8_t bytes[METER_FRAME_BYTES_MAX];
    if (first_ns > last_ns || got->length > METER_READ_DATA_MAX) {
        abort();
    }
    size_t size = meter_frame_encode(got, bytes);
    if (size != (size_t)12 + got->length) {
        abort();
    }
    count->bytes += size;
}

static void damage(void *ctx, int64_t at_ns, enum meter_damage what, const uint8_t *bytes,
                   size_t size) {
    struct count *count = ctx;
    (void)at_ns, (void)bytes;
    if (size == 0 || meter_damage_text(what, false)[0] == '\0') {
        abort();
    }
    count->bytes += size;
}

static double zero(void *ctx, int64_t now_ns) {
    (void)ctx, (void)now_ns;
    return 0;
}
static double zero_of(void *ctx, int64_t now_ns, unsigned phase) {
    (void)ctx, (void)now_ns, (void)phase;
    return 0;
}

/* Every byte is told once: in a frame, as damage, or it is a wake-up byte. */
static void parse(const uint8_t *data, size_t size, bool bare) {
    struct meter_parser parser;
    struct count count = {0};
    size_t wake_ups = 0;
    meter_parser_init(&parser, frame, damage, &count);
    parser.accept_bare = bare;
    for (size_t i = 0; i < size; i++) {
        wake_ups += data[i] == 0xFE;
        meter_parser_byte(&parser, (int64_t)i, data[i]);
    }
    meter_parser_end(&parser);
    if (count.bytes > size || count.bytes + wake_ups < size) {
        abort();
    }
}

static void ignore(void *ctx, int64_t now_ns, const struct serial_run *run) {
    (void)ctx, (void)now_ns, (void)run;
}

static void answer(const uint8_t *data, size_t size) {
    static const struct meter_source source = {zero, zero_of, zero_of, zero_of, NULL, NULL};
    struct serial_station asker = {.received = ignore};
    struct loop loop;
    loop_init(&loop, LOOP_VIRTUAL);
    struct serial_line *line = serial_bus_new(&loop, "meter", 2400);
    struct simulated *meter = simulated_new(&loop, line, &simulated_params_default, &source);
    serial_join(line, &asker);
    while (size >= 2) {
        size_t count = data[0] < size - 2 ? data[0] : size - 2;
        int64_t pause_ns = data[1] * PAUSE_NS;
        (void)serial_send(line, &asker, data + 2, count);
        loop_run(&loop, loop.now_ns + pause_ns);
        data += 2 + count;
        size -= 2 + count;
    }
    simulated_free(meter);
    serial_free(line);
    loop_free(&loop);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) {
        return 0;
    }
    if (data[0] % 2 != 0) {
        parse(data + 1, size - 1, data[0] % 4 == 3);
    } else {
        answer(data + 1, size - 1);
    }
    return 0;
}
