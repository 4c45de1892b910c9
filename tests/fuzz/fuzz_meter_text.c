/* SPDX-License-Identifier: MIT */
/* Frames of a meter's line in any text: every frame is sound, and no byte is told that nothing was
 * written for. */
#include "meter/text/frames.h"

#include <stdlib.h>
#include <string.h>

struct told {
    size_t bytes;
    int64_t line;
};

static void frame(void *ctx, int64_t first_ns, int64_t last_ns, const struct meter_frame *got) {
    struct told *told = ctx;
    uint8_t bytes[METER_FRAME_BYTES_MAX];
    if (first_ns < 1 || first_ns > last_ns || got->length > METER_READ_DATA_MAX) {
        abort();
    }
    size_t count = meter_frame_encode(got, bytes);
    if (!meter_frame_is_whole(bytes, count, false)) {
        abort();
    }
    told->bytes += count;
    told->line = last_ns;
}

static void damage(void *ctx, int64_t at_ns, enum meter_damage what, const uint8_t *bytes,
                   size_t count) {
    struct told *told = ctx;
    (void)bytes, (void)what;
    if (count == 0 || at_ns < told->line) { /* in the order of the lines */
        abort();
    }
    told->bytes += count;
    told->line = at_ns;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct told told = {0};
    struct meter_parser parser;
    meter_parser_init(&parser, frame, damage, &told);
    parser.accept_bare = true;
    struct text_frames *frames = text_frames_new(&parser);
    for (size_t at = 0; at < size;) {
        const uint8_t *end = memchr(data + at, '\n', size - at);
        size_t length = end != NULL ? (size_t)(end - data) - at : size - at;
        text_frames_line(frames, data + at, length);
        at += length + 1;
    }
    text_frames_end(frames);
    if (told.bytes > size) {
        abort();
    }
    return 0;
}
