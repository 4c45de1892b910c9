/* SPDX-License-Identifier: MIT */
/* dlt645.h: frames of DL/T 645-2007 as a small controller needs them: reading one value.
 *
 *   uint8_t bytes[CORE_DLT645_REQUEST_MAX];
 *   unsigned count = core_dlt645_request(bytes, 4, address, CORE_DLT645_ENERGY);
 *
 *   struct core_dlt645_frame frame;
 *   if (core_dlt645_byte(&rx, byte, &frame)) ...        for every byte received
 *   int64_t value;
 *   if (core_dlt645_value(&frame, true, &value)) ...    packed decimal, sign in the highest bit
 *
 * FE and noise before a frame are skipped. A frame with more data than a single value has is not
 * ours: it is passed over byte by byte. Buffers are fixed; data come without their 33H. */
#ifndef CORE_DLT645_H
#define CORE_DLT645_H

#include <stdbool.h>
#include <stdint.h>

#define CORE_DLT645_ADDRESS     6
#define CORE_DLT645_DATA_MAX    9 /* identifier and ten digits */
#define CORE_DLT645_FRAME_MAX   (12 + CORE_DLT645_DATA_MAX)
#define CORE_DLT645_WAKE_UPS    4
#define CORE_DLT645_REQUEST_MAX (CORE_DLT645_WAKE_UPS + 16)

/* Identifiers (annex A), DI3 first. */
#define CORE_DLT645_ENERGY  0x00010000u /* forward active energy, total: XXXXXX.XX kWh */
#define CORE_DLT645_VOLTAGE 0x02010100u
#define CORE_DLT645_CURRENT 0x02020100u

#define CORE_DLT645_READ    0x11 /* control codes (chapter 7) */
#define CORE_DLT645_ANSWER  0x91
#define CORE_DLT645_REFUSED 0xD1

struct core_dlt645_frame {
    uint8_t address[CORE_DLT645_ADDRESS]; /* lowest two digits first */
    uint8_t control;
    uint8_t length; /* of data */
    uint8_t data[CORE_DLT645_DATA_MAX];
};

struct core_dlt645_rx {
    uint8_t bytes[CORE_DLT645_FRAME_MAX];
    uint8_t count;
};

/* Request to read di; wake_ups (0..4) FE before it. Returns the number of bytes. */
unsigned core_dlt645_request(uint8_t bytes[CORE_DLT645_REQUEST_MAX], unsigned wake_ups,
                             const uint8_t address[CORE_DLT645_ADDRESS], uint32_t di);
/* True: this byte ended a whole frame with the right checksum. */
bool core_dlt645_byte(struct core_dlt645_rx *rx, uint8_t byte, struct core_dlt645_frame *frame);
/* Is it the answer that carries di? */
bool core_dlt645_carries(const struct core_dlt645_frame *frame, uint32_t di);
/* The value behind the identifier. False: none there, or a digit that is none (FF FF). */
bool core_dlt645_value(const struct core_dlt645_frame *frame, bool is_signed, int64_t *value);
/* Twelve digits of which the first three are 0. */
void core_dlt645_address(int32_t number, uint8_t address[CORE_DLT645_ADDRESS]);

#endif
