/* SPDX-License-Identifier: MIT */
#include "harness/capture/peek.h"

#include <string.h>

/* Line ends as source_line has them. */
static const uint8_t *behind_end(const uint8_t *p, const uint8_t *end) {
    const uint8_t *q = p;
    while (q < end && *q == '\r' && q - p < 2)
        q++;
    return q < end && *q == '\n' ? q + 1 : p + 1;
}

bool peek_line(struct peek *peek) {
    if (peek->at == peek->end)
        return false;
    const uint8_t *from = peek->at, *stop = from;
    while (stop < peek->end && *stop != '\n' && *stop != '\r')
        stop++;
    peek->torn = stop == peek->end;
    peek->at = stop < peek->end ? behind_end(stop, peek->end) : stop;
    peek->number++;
    peek->length = (size_t)(stop - from);
    if (peek->length > SOURCE_LINE_MAX)
        peek->length = SOURCE_LINE_MAX;
    memcpy(peek->line, from, peek->length);
    peek->line[peek->length] = '\0';
    return true;
}
