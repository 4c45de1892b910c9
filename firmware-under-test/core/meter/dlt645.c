/* SPDX-License-Identifier: MIT */
#include "meter/dlt645.h"

#include "services/assert.h"

#define START   0x68
#define END     0x16
#define WAKE_UP 0xFE
#define OFFSET  0x33 /* added to every data byte on the wire */

/* Places in a frame. */
#define AT_ADDRESS 1
#define AT_SECOND  7 /* start again */
#define AT_CONTROL 8
#define AT_LENGTH  9
#define AT_DATA    10
#define OVERHEAD   12 /* bytes of a frame without data */

static uint8_t sum(const uint8_t *bytes, unsigned count) {
    unsigned total = 0;
    for (unsigned i = 0; i < count; i++) {
        total += bytes[i];
    }
    return (uint8_t)total;
}

static void put_di(uint8_t data[4], uint32_t di) {
    for (unsigned i = 0; i < 4; i++) {
        data[i] = (uint8_t)(di >> 8 * i);
    }
}

unsigned core_dlt645_request(uint8_t bytes[CORE_DLT645_REQUEST_MAX], unsigned wake_ups,
                             const uint8_t address[CORE_DLT645_ADDRESS], uint32_t di) {
    uint8_t data[4];
    unsigned first = wake_ups < CORE_DLT645_WAKE_UPS ? wake_ups : CORE_DLT645_WAKE_UPS;
    uint8_t *frame = bytes + first;
    for (unsigned i = 0; i < first; i++) {
        bytes[i] = WAKE_UP;
    }
    frame[0] = frame[AT_SECOND] = START;
    for (unsigned i = 0; i < CORE_DLT645_ADDRESS; i++) {
        frame[AT_ADDRESS + i] = address[i];
    }
    frame[AT_CONTROL] = CORE_DLT645_READ;
    frame[AT_LENGTH] = sizeof data;
    put_di(data, di);
    for (unsigned i = 0; i < sizeof data; i++) {
        frame[AT_DATA + i] = (uint8_t)(data[i] + OFFSET);
    }
    frame[AT_DATA + sizeof data] = sum(frame, AT_DATA + sizeof data);
    frame[AT_DATA + sizeof data + 1] = END;
    CORE_ASSERT(first + OVERHEAD + sizeof data <= CORE_DLT645_REQUEST_MAX);
    return first + OVERHEAD + sizeof data;
}

static void drop(struct core_dlt645_rx *rx, unsigned count) {
    CORE_ASSERT(count <= rx->count);
    for (unsigned i = count; i < rx->count; i++) {
        rx->bytes[i - count] = rx->bytes[i];
    }
    rx->count = (uint8_t)(rx->count - count);
}

/* Can what is kept still become a frame of ours? */
static bool hopeful(const struct core_dlt645_rx *rx) {
    CORE_ASSERT(rx->count >= 1 && rx->count <= CORE_DLT645_FRAME_MAX);
    const uint8_t *bytes = rx->bytes;
    if (bytes[0] != START || (rx->count > AT_SECOND && bytes[AT_SECOND] != START)) {
        return false;
    }
    if (rx->count <= AT_LENGTH) {
        return true;
    }
    unsigned length = bytes[AT_LENGTH];
    if (length > CORE_DLT645_DATA_MAX) {
        return false;
    }
    return rx->count < OVERHEAD + length ||
           (sum(bytes, AT_DATA + length) == bytes[AT_DATA + length] &&
            bytes[AT_DATA + length + 1] == END);
}

static void unpack(const uint8_t *bytes, struct core_dlt645_frame *frame) {
    for (unsigned i = 0; i < CORE_DLT645_ADDRESS; i++) {
        frame->address[i] = bytes[AT_ADDRESS + i];
    }
    frame->control = bytes[AT_CONTROL];
    frame->length = bytes[AT_LENGTH];
    CORE_ASSERT(frame->length <= CORE_DLT645_DATA_MAX);
    for (unsigned i = 0; i < frame->length && i < CORE_DLT645_DATA_MAX; i++) {
        frame->data[i] = (uint8_t)(bytes[AT_DATA + i] - OFFSET);
    }
}

bool core_dlt645_byte(struct core_dlt645_rx *rx, uint8_t byte, struct core_dlt645_frame *frame) {
    CORE_ASSERT(rx->count < CORE_DLT645_FRAME_MAX);
    rx->bytes[rx->count++] = byte;
    while (rx->count > 0 && !hopeful(rx)) { /* a start may lie inside what was none */
        drop(rx, 1);
    }
    if (rx->count <= AT_LENGTH || rx->count < OVERHEAD + rx->bytes[AT_LENGTH]) {
        return false;
    }
    CORE_ASSERT(rx->bytes[0] == START && rx->bytes[AT_LENGTH] <= CORE_DLT645_DATA_MAX);
    unpack(rx->bytes, frame);
    drop(rx, OVERHEAD + frame->length);
    return true;
}

bool core_dlt645_carries(const struct core_dlt645_frame *frame, uint32_t di) {
    CORE_ASSERT(frame->length <= CORE_DLT645_DATA_MAX);
    uint8_t data[4];
    bool same = frame->control == CORE_DLT645_ANSWER && frame->length > sizeof data;
    put_di(data, di);
    for (unsigned i = 0; same && i < sizeof data; i++) {
        same = frame->data[i] == data[i];
    }
    return same;
}

bool core_dlt645_value(const struct core_dlt645_frame *frame, bool is_signed, int64_t *value) {
    bool negative = false;
    *value = 0;
    if (frame->length <= 4) {
        return false;
    }
    for (unsigned i = frame->length; i-- > 4;) {
        unsigned byte = frame->data[i];
        if (is_signed && i == frame->length - 1u) {
            negative = (byte & 0x80) != 0;
            byte &= 0x7F;
        }
        if (byte >> 4 > 9 || (byte & 0x0F) > 9) {
            return false;
        }
        *value = *value * 100 + (byte >> 4) * 10 + (byte & 0x0F);
    }
    CORE_ASSERT(*value >= 0 && *value <= INT64_C(9999999999)); /* ten digits */
    *value = negative ? -*value : *value;
    return true;
}

void core_dlt645_address(int32_t number, uint8_t address[CORE_DLT645_ADDRESS]) {
    CORE_ASSERT(number >= 0);
    for (unsigned i = 0; i < CORE_DLT645_ADDRESS; i++) {
        unsigned pair = (unsigned)(number % 100);
        address[i] = (uint8_t)(pair / 10 << 4 | pair % 10);
        number /= 100;
    }
}
