/* SPDX-License-Identifier: MIT */
/* utf16.h: UTF-16 text as a stream of UTF-8, for files that Windows programs wrote.
 *
 *   struct utf16 text = {.big_endian = false};
 *   size_t n = utf16_decode(&text, in, in_size, out);     out: at least UTF16_ROOM(in_size) bytes
 *
 * A character may be torn between two calls. What is no character becomes U+FFFD. */
#ifndef HARNESS_CAPTURE_SOURCE_UTF16_H
#define HARNESS_CAPTURE_SOURCE_UTF16_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF16_ROOM(size) (((size) / 2 + 1) * 3 + 3)

struct utf16 {
    bool big_endian;
    bool half; /* one byte of a unit is waiting */
    uint8_t first;
    uint16_t high; /* a high surrogate that waits for its low one, or 0 */
};

size_t utf16_decode(struct utf16 *text, const uint8_t *in, size_t size, uint8_t *out);

#endif
