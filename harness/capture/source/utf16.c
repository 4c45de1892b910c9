/* SPDX-License-Identifier: MIT */
#include "harness/capture/source/utf16.h"

#include <assert.h>

#define REPLACEMENT 0xFFFDu

static size_t put_utf8(uint32_t c, uint8_t *out) {
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (uint8_t)(0xC0 | c >> 6);
        out[1] = (uint8_t)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (uint8_t)(0xE0 | c >> 12);
        out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
        out[2] = (uint8_t)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (uint8_t)(0xF0 | c >> 18);
    out[1] = (uint8_t)(0x80 | (c >> 12 & 0x3F));
    out[2] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
    out[3] = (uint8_t)(0x80 | (c & 0x3F));
    return 4;
}

static size_t decode_unit(struct utf16 *text, uint16_t u, uint8_t *out) {
    size_t n = 0;
    bool low = u >= 0xDC00 && u <= 0xDFFF;
    if (text->high && low) {
        uint32_t c = 0x10000u + ((uint32_t)(text->high & 0x3FF) << 10) + (u & 0x3FFu);
        text->high = 0;
        return put_utf8(c, out);
    }
    if (text->high) {
        n = put_utf8(REPLACEMENT, out);
    }
    text->high = 0;
    if (u >= 0xD800 && u <= 0xDBFF) {
        text->high = u;
    } else {
        n += put_utf8(low ? REPLACEMENT : u, out + n);
    }
    return n;
}

size_t utf16_decode(struct utf16 *text, const uint8_t *in, size_t size, uint8_t *out) {
    size_t n = 0;
    for (size_t i = 0; i < size; i++) {
        if (!text->half) {
            text->first = in[i];
            text->half = true;
            continue;
        }
        text->half = false;
        uint16_t u = text->big_endian ? (uint16_t)(text->first << 8 | in[i])
                                      : (uint16_t)(in[i] << 8 | text->first);
        n += decode_unit(text, u, out + n);
        assert(n <= UTF16_ROOM(size));
    }
    return n;
}
