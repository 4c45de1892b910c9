/* SPDX-License-Identifier: MIT */
#include "harness/mutant/mutation_meter.h"

#include "meter/frame.h"

#include <assert.h>
#include <string.h>

#define WAKE_UP    0xFE
#define START      0x68
#define ON_WIRE    0x33 /* added to every data byte */
#define NO_DIGITS  0xFF
#define AT_ADDRESS 1
#define AT_SECOND  7
#define AT_CONTROL 8
#define AT_LENGTH  9
#define AT_DATA    10
#define DI_BYTES   4

const char *unchecked_name(enum unchecked what) {
    assert((unsigned)what < UNCHECKED);
    static const char *const names[UNCHECKED] = {"checksum", "address", "item", "digits"};
    return names[what];
}

/* Bytes of the frame that begins there; 0: none does. */
static size_t frame_size(const uint8_t *bytes, size_t count) {
    if (count < METER_FRAME_BYTES_MIN || bytes[0] != START || bytes[AT_SECOND] != START) {
        return 0;
    }
    size_t size = METER_FRAME_BYTES_MIN + (size_t)bytes[AT_LENGTH];
    return size <= count ? size : 0;
}

void mutation_meter_asked(struct mutation_meter *meter, unsigned line, const uint8_t *bytes,
                          size_t count) {
    while (count > 0 && *bytes == WAKE_UP) {
        bytes++;
        count--;
    }
    if (line < MUTATION_METER_LINES && frame_size(bytes, count) >= AT_DATA + DI_BYTES) {
        memcpy(meter->asked[line].address, bytes + AT_ADDRESS, 6);
        memcpy(meter->asked[line].di, bytes + AT_DATA, DI_BYTES);
    }
}

static bool reading(const uint8_t *frame) {
    return frame[AT_CONTROL] == (METER_READ | METER_ANSWER) && frame[AT_LENGTH] >= DI_BYTES;
}

static uint8_t sum_of(const uint8_t *frame, size_t size) {
    assert(size >= METER_FRAME_BYTES_MIN);
    uint8_t sum = 0;
    for (size_t i = 0; i < size - 2; i++) {
        sum = (uint8_t)(sum + frame[i]);
    }
    return sum;
}

static void mend_frame(const struct mutation_meter *meter, enum unchecked what, unsigned line,
                       uint8_t *frame, size_t size) {
    assert(line < MUTATION_METER_LINES && frame[0] == START && frame[AT_SECOND] == START);
    bool sound = sum_of(frame, size) == frame[size - 2];
    if (what == UNCHECKED_ADDRESS) {
        memcpy(frame + AT_ADDRESS, meter->asked[line].address, 6);
    } else if (what == UNCHECKED_ITEM && reading(frame)) {
        memcpy(frame + AT_DATA, meter->asked[line].di, DI_BYTES);
    } else if (what == UNCHECKED_DIGITS && reading(frame)) {
        for (size_t i = AT_DATA + DI_BYTES; i < size - 2; i++) {
            bool none = frame[i] == (uint8_t)(NO_DIGITS + ON_WIRE);
            frame[i] = none ? ON_WIRE : frame[i];
        }
    }
    if (sound || what == UNCHECKED_CHECKSUM) {
        frame[size - 2] = sum_of(frame, size);
    }
}

void mutation_meter_mend(const struct mutation_meter *meter, enum unchecked what, unsigned line,
                         uint8_t *bytes, size_t count) {
    for (size_t at = 0; line < MUTATION_METER_LINES && at < count;) {
        size_t size = frame_size(bytes + at, count - at);
        if (size > 0 && (bytes[at + AT_CONTROL] & METER_ANSWER) != 0) {
            mend_frame(meter, what, line, bytes + at, size);
        }
        at += size > 0 ? size : 1;
    }
}
