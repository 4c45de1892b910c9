/* SPDX-License-Identifier: MIT */
#include "harness/capture/source/peek.h"

#include <string.h>

/* Line ends as source_line has them. */
static const uint8_t *behind_end(const uint8_t *p, const uint8_t *end) {
    const uint8_t *q = p;
    while (q < end && *q == '\r' && q - p < 2) {
        q++;
    }
    return q < end && *q == '\n' ? q + 1 : p + 1;
}

bool peek_line(struct peek *peek) {
    if (peek->at == peek->end) {
        return false;
    }
    const uint8_t *from = peek->at, *stop = from;
    while (stop < peek->end && *stop != '\n' && *stop != '\r') {
        stop++;
    }
    peek->torn = stop == peek->end;
    peek->at = stop < peek->end ? behind_end(stop, peek->end) : stop;
    peek->number++;
    peek->length = (size_t)(stop - from);
    if (peek->length > SOURCE_LINE_MAX) {
        peek->length = SOURCE_LINE_MAX;
    }
    memcpy(peek->line, from, peek->length);
    peek->line[peek->length] = '\0';
    return true;
}

static unsigned line_ends(const uint8_t *data, size_t size) {
    unsigned n = 0;
    for (size_t i = 0; i < size; i++) {
        n += data[i] == '\n' || (data[i] == '\r' && i + 1 < size && data[i + 1] != '\n');
    }
    return n;
}

void peek_wait(struct source *source, unsigned lines) {
    size_t size;
    const uint8_t *data;
    do {
        data = source_peek(source, &size);
    } while (line_ends(data, size) < lines && source_more(source));
}
