/* SPDX-License-Identifier: MIT */
/* The lines of a text file, however long they are and however their characters are written. */
#include "harness/capture/source/source.h"
#include "harness/capture/source/utf16.h"
#include "harness/cli/meter/meter.h"
#include "sim/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK     (64u * 1024u)
#define GUESS_MIN 8 /* bytes that tell UTF-16 without a mark */
#define GUESS_MAX 4096
#define LINE_MAX  (16u * 1024u * 1024u) /* where a file without any line end is cut */

struct lines {
    void (*line)(void *ctx, const uint8_t *bytes, size_t length);
    void *ctx;
    uint8_t *bytes; /* of the line so far */
    size_t length, room;
    bool after_cr; /* LF behind it is no line of its own */
};

static void tell(struct lines *lines) {
    lines->line(lines->ctx, lines->bytes, lines->length);
    lines->length = 0;
}

static void take(struct lines *lines, const uint8_t *bytes, size_t count) {
    if (lines->length + count > lines->room) {
        lines->room = 2 * (lines->length + count);
        lines->bytes = memory_resized(lines->bytes, lines->room, 1);
    }
    for (size_t i = 0; i < count; i++) {
        bool end = bytes[i] == '\n' || bytes[i] == '\r';
        if (end && !(bytes[i] == '\n' && lines->after_cr)) {
            tell(lines);
        } else if (!end) {
            lines->bytes[lines->length++] = bytes[i];
        }
        lines->after_cr = bytes[i] == '\r';
    }
    if (lines->length > LINE_MAX) {
        tell(lines);
    }
}

/* UTF-16 without a mark: every other byte of the first ones is 0, and only every other. */
static bool guess_utf16(struct source *source, bool *big_endian) {
    size_t size, zeros[2] = {0};
    while (source_more(source)) {
        (void)source_peek(source, &size);
        if (size >= GUESS_MIN) {
            break;
        }
    }
    const uint8_t *first = source_peek(source, &size);
    size = size < GUESS_MAX ? size : GUESS_MAX;
    for (size_t i = 0; i < size; i++) {
        zeros[i % 2] += first[i] == 0;
    }
    *big_endian = zeros[0] > zeros[1];
    size_t more = zeros[*big_endian ? 0 : 1], less = zeros[*big_endian ? 1 : 0];
    return size >= GUESS_MIN && less == 0 && more > size / 4;
}

bool meter_text_lines(const char *path,
                      void (*line)(void *ctx, const uint8_t *bytes, size_t length), void *ctx,
                      struct problem *problem) {
    struct source *source = source_open(path, problem);
    if (source == NULL) {
        return false;
    }
    struct lines lines = {.line = line, .ctx = ctx};
    struct utf16 utf16 = {0};
    bool wide = guess_utf16(source, &utf16.big_endian);
    uint8_t *chunk = memory_zeroed(CHUNK + UTF16_ROOM(CHUNK), 1), *text = chunk + CHUNK;
    size_t count;
    while ((void)source_peek(source, &count), count > 0) {
        count = source_read(source, chunk, count < CHUNK ? count : CHUNK);
        size_t size = wide ? utf16_decode(&utf16, chunk, count, text) : count;
        assert(size <= UTF16_ROOM(CHUNK));
        take(&lines, wide ? text : chunk, size);
    }
    if (lines.length > 0) {
        tell(&lines);
    }
    const char *error = source_error(source);
    if (error != NULL) {
        problem_set(problem, "%s: %s", path, error);
    }
    free(chunk);
    free(lines.bytes);
    source_close(source);
    return error == NULL;
}
