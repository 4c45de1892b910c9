/* SPDX-License-Identifier: MIT */
#include "harness/capture/candump/line.h"

#include <assert.h>
#include <string.h>

#define SECONDS_DIGITS 10
#define MICROS_DIGITS  6

static char *put_decimal(char *at, uint64_t value, int digits) {
    for (int i = digits - 1; i >= 0; i--) {
        at[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return at + digits;
}

static char *put_hex(char *at, uint32_t value, int digits) {
    static const char hex_digits[] = "0123456789ABCDEF";
    for (int i = digits - 1; i >= 0; i--) {
        at[i] = hex_digits[value & 0xFu];
        value >>= 4;
    }
    return at + digits;
}

size_t candump_line(char *text, int64_t at_ns, const char *name, size_t name_length,
                    const struct can_frame_ext *frame) {
    assert(at_ns >= 0 && name_length < CANDUMP_NAME_SIZE && frame->len <= 8);
    char *at = text;
    *at++ = '(';
    at = put_decimal(at, (uint64_t)(at_ns / NS_PER_S), SECONDS_DIGITS);
    *at++ = '.';
    at = put_decimal(at, (uint64_t)(at_ns % NS_PER_S / NS_PER_US), MICROS_DIGITS);
    *at++ = ')';
    *at++ = ' ';
    memcpy(at, name, name_length);
    at += name_length;
    *at++ = ' ';
    at = put_hex(at, frame->id, frame->extended ? 8 : 3);
    *at++ = '#';
    for (unsigned i = 0; i < frame->len; i++) {
        at = put_hex(at, frame->data[i], 2);
    }
    return (size_t)(at - text);
}
