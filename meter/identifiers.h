/* SPDX-License-Identifier: MIT */
/* identifiers.h: the data of a meter as one table: DL/T 645-2007 annex A, what a charging pile
 * needs.
 *
 *   const struct meter_item *item = meter_item(METER_STANDARD, 0x02010100);    voltage of phase A
 *   uint8_t data[METER_READ_DATA_MAX];
 *   if (meter_item_put(item, 2205, data)) ...                                  220.5 V: 05 22
 *   int64_t value;
 *   if (meter_item_get(item, data, &value)) ...                                2205
 *
 * Values are whole numbers in units of the last decimal: 2205 with decimals 1 is 220.5 V. No
 * floating point: a meter's register is exact. Numbers are packed decimal, lowest digits first;
 * where the item is signed, the highest bit is the sign (6.3).
 *
 * Types of meters differ in bytes and decimals, DC meters above all (no public text says that GB/T
 * 29318 extends the identifiers): a type is a list of items that replace the standard's. XXX.X V in
 * 2 bytes ends at 999.9 V, XXX.XXX A in 3 bytes at 799.999 A (the sign): a pile of 1000 V needs a
 * type with more. */
#ifndef METER_IDENTIFIERS_H
#define METER_IDENTIFIERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define METER_DI(d3, d2, d1, d0)                                                                   \
    ((uint32_t)(d3) << 24 | (uint32_t)(d2) << 16 | (uint32_t)(d1) << 8 | (uint32_t)(d0))

#define METER_ENERGY_FORWARD 0x00010000u /* total; tariff n: + n << 8 */
#define METER_ENERGY_BLOCK   0x0001FF00u
#define METER_VOLTAGE_A      0x02010100u
#define METER_CURRENT_A      0x02020100u
#define METER_POWER          0x02030000u
#define METER_DATE           0x04000101u
#define METER_TIME           0x04000102u
#define METER_ENERGY_FROZEN  0x05060001u
#define METER_TARIFFS        4

enum meter_item_kind {
    METER_NUMBER, /* packed decimal, scaled */
    METER_DIGITS, /* a number that is a name: address, meter number */
    METER_STATUS, /* bits */
    METER_STAMP,  /* date, time: packed decimal, each byte a part */
    METER_BLOCK,  /* the items of elements, one after the other */
};

struct meter_item {
    uint32_t di;
    const char *name; /* snake_case, unique: "energy_forward" */
    const char *zh, *en;
    const char *unit; /* "kWh"; "" */
    uint8_t bytes;    /* of a block: of one element */
    uint8_t decimals;
    bool is_signed;
    uint8_t kind;         /* enum meter_item_kind */
    uint32_t elements[8]; /* of a block; ends with 0 or full */
};

enum meter_type {
    METER_STANDARD, /* DL/T 645-2007 as printed */
    /* Voltage XXXX.X V in 3 bytes, current XXXX.XXX A in 4, power XXXX.XXXX kW in 4. */
    METER_DC_VENDOR,
    METER_AC_WIDE, /* standard, but power XXXX.XXXX kW in 4 bytes: XX.XXXX kW ends at 79.9999 */
    METER_TYPES,
};

/* NULL when there is no such item. */
const struct meter_item *meter_item(enum meter_type type, uint32_t di);
const struct meter_item *meter_item_by_name(enum meter_type type, const char *name);
/* All items of a type in the order of their identifiers; NULL past the end. */
const struct meter_item *meter_item_at(enum meter_type type, size_t index);
const char *meter_type_name(enum meter_type type); /* "standard", "dc-vendor" */

/* Largest magnitude the item can hold. */
int64_t meter_item_max(const struct meter_item *item);
/* False, and nothing written: it does not fit (too large, negative without a sign). */
bool meter_item_put(const struct meter_item *item, int64_t value, uint8_t *data);
/* False: a digit is none, e.g. FF FF (a meter's way to say "no value"). */
bool meter_item_get(const struct meter_item *item, const uint8_t *data, int64_t *value);
/* Bytes of the whole answer after the identifier: blocks are their elements together. */
size_t meter_item_bytes(enum meter_type type, const struct meter_item *item);
/* "1234.56 kWh", "2024-01-02 (2)", "000102030425", "0x0040". Ends with NUL. */
void meter_item_print(const struct meter_item *item, const uint8_t *data, char *text, size_t size);

/* Identifier in a frame: lowest byte first. */
void meter_di_put(uint32_t di, uint8_t data[4]);
uint32_t meter_di_get(const uint8_t data[4]);

#endif
