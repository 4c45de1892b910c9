/* SPDX-License-Identifier: MIT */
/* charge_slot.h: a charge record as a pile writes it, byte by byte, for tests of who reads it.
 *
 *   slot_write(bytes, 1, CHARGE_AUTOMATIC, (unsigned[]){0, 20, 30, 0});
 *   put(bytes, CHARGE_U8_STOP, CHARGE_STOP_FAULT, 1);
 *   slot_seal(bytes);                                  its check sum is right again
 *
 * Prices 1.4, 1.2345, 0 and 0.3333 yuan/kWh, a service fee of 0.4 in sharp; card 7654321 with 10 yuan,
 * vehicle TESTVIN0000000001, closed at a limit, tariff table 12. */
#ifndef TESTS_CHARGE_SLOT_H
#define TESTS_CHARGE_SLOT_H

#include "firmware-under-test/include/charge_record.h"

#include <stdint.h>
#include <string.h>
#include <zlib.h>

static inline void put(uint8_t *bytes, size_t at, uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; i++) {
        bytes[at + i] = (uint8_t)(value >> 8 * i);
    }
}

static inline uint64_t amount_of(uint64_t steps, uint64_t price) {
    return (steps * price + 50) / 100;
}

/* What was changed by hand is whole again. */
static inline void slot_seal(uint8_t *bytes) {
    put(bytes, CHARGE_U32_CRC, crc32(0, bytes, CHARGE_U32_CRC), 4);
}

/* A whole record: steps[] by tariff from register 0 on; it adds up. */
static inline void slot_write(uint8_t *bytes, unsigned sequence, unsigned mode,
                              const unsigned steps[CHARGE_TARIFFS]) {
    static const unsigned prices[] = {14000, 12345, 0, 3333}, fees[] = {4000, 0, 0, 0};
    uint64_t amount = 0, energy = 0;
    memset(bytes, 0, CHARGE_RECORD_BYTES);
    put(bytes, CHARGE_U32_MAGIC, CHARGE_RECORD_MAGIC, 4);
    put(bytes, CHARGE_U16_VERSION, CHARGE_RECORD_VERSION, 2);
    put(bytes, CHARGE_U32_SEQUENCE, sequence, 4);
    put(bytes, CHARGE_U8_STATE, CHARGE_CLOSED, 1);
    put(bytes, CHARGE_U8_MODE, mode, 1);
    put(bytes, CHARGE_U8_TARIFF, CHARGE_TARIFFS, 1);
    put(bytes, CHARGE_U8_STOP, CHARGE_STOP_LIMIT, 1);
    put(bytes, CHARGE_U64_LIMIT, 500, 8);
    put(bytes, CHARGE_U32_TABLE, 12, 4);
    memcpy(bytes + CHARGE_TEXT_CARD, "7654321", 7);
    memcpy(bytes + CHARGE_TEXT_VEHICLE, "TESTVIN0000000001", 17);
    put(bytes, CHARGE_U8_VEHICLE_KIND, CHARGE_VEHICLE_VIN, 1);
    for (unsigned i = 0; i < CHARGE_TARIFFS; i++) {
        size_t row = CHARGE_TARIFF_ROWS + i * CHARGE_TARIFF_ROW_BYTES;
        put(bytes, row + CHARGE_ROW_U32_ENERGY, steps[i], 4);
        put(bytes, row + CHARGE_ROW_U32_PRICE, prices[i], 4);
        put(bytes, row + CHARGE_ROW_U32_FEE, fees[i], 4);
        put(bytes, row + CHARGE_ROW_U64_AMOUNT, amount_of(steps[i], prices[i]), 8);
        put(bytes, row + CHARGE_ROW_U64_SERVICE, amount_of(steps[i], fees[i]), 8);
        amount += amount_of(steps[i], prices[i]) + amount_of(steps[i], fees[i]);
        size_t segment = CHARGE_SEGMENT_ROWS + i * CHARGE_SEGMENT_BYTES;
        put(bytes, segment + CHARGE_SEGMENT_U32_REG, energy, 4);
        put(bytes, segment + CHARGE_SEGMENT_U8_TARIFF, i + 1, 1);
        energy += steps[i];
    }
    put(bytes, CHARGE_U16_SEGMENTS, CHARGE_TARIFFS, 2);
    put(bytes, CHARGE_U32_END, energy, 4);
    put(bytes, CHARGE_U32_ENERGY, energy, 4);
    put(bytes, CHARGE_U64_AMOUNT, amount, 8);
    put(bytes, CHARGE_S64_BALANCE, 100000, 8);
    put(bytes, CHARGE_S64_BALANCE_AFTER, 100000 - amount, 8);
    slot_seal(bytes);
}

/* Only the first `count` switches; the rest of the room is empty. */
static inline void slot_switches(uint8_t *bytes, unsigned count) {
    size_t end = CHARGE_SEGMENT_ROWS + count * CHARGE_SEGMENT_BYTES;
    put(bytes, CHARGE_U16_SEGMENTS, count, 2);
    memset(bytes + end, 0, CHARGE_U64_LIMIT - end);
}

#endif
