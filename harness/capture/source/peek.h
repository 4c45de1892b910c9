/* SPDX-License-Identifier: MIT */
/* peek.h: the lines of bytes that were only looked at, for recognising a format.
 *
 *   struct peek peek = {.at = data, .end = data + size};
 *   while (peek_line(&peek)) look(peek.line, peek.length);
 *
 * The last line may not have arrived in full: it is torn. Lines are cut at SOURCE_LINE_MAX. */
#ifndef HARNESS_CAPTURE_SOURCE_PEEK_H
#define HARNESS_CAPTURE_SOURCE_PEEK_H

#include "harness/capture/source/source.h"

struct peek {
    const uint8_t *at, *end;
    char line[SOURCE_LINE_MAX + 1];
    size_t length;
    uint64_t number; /* of the line, from 1 */
    bool torn;       /* the line has no end: there may be more of it */
};

bool peek_line(struct peek *peek);

/* Waits until that many whole lines or SOURCE_SNIFF bytes are there, or the end: for formats
 * of which one line says too little. */
void peek_wait(struct source *source, unsigned lines);

#endif
