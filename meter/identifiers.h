/* SPDX-License-Identifier: MIT */
/* identifiers.h: the data of a meter: DL/T 645-2007 annex A.
 *
 *   struct meter_found found;
 *   if (meter_find(METER_STANDARD, 0x00020100, &found)) ...                    reverse active energy, tariff 1
 *   const struct meter_item *item = meter_item_by_name(METER_STANDARD, "voltage_a");
 *   uint8_t data[METER_READ_DATA_MAX];
 *   if (meter_item_put(item, 2205, data)) ...                                  220.5 V: 05 22
 *   int64_t value;
 *   if (meter_item_get(item, data, &value)) ...                                2205
 *
 * Identifiers are a grammar, not a list: DI3 says what kind of data, DI2 which quantity, DI1 which tariff
 * or phase (FF: all, a block), DI0 which settlement day or freeze. meter_find knows it (scheme.c); the
 * table of named items (identifiers.c) is what a charging pile needs, with names for the command line.
 * What neither knows has no format here: raw bytes.
 *
 * Values are whole numbers in units of the last decimal: 2205 with decimals 1 is 220.5 V. No
 * floating point: a meter's register is exact. Numbers are packed decimal, lowest digits first;
 * where the item is signed, the highest bit is the sign (6.3).
 *
 * A block has as many elements as the meter has tariffs (1 to 63, and the total) or phases: any
 * multiple of an element is a whole answer.
 *
 * Types of meters differ in bytes and decimals, DC meters above all (no public text says that GB/T
 * 29318 extends the identifiers): a type says how long voltages, currents and powers are. XXX.X V in
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
#define METER_POWER_A        0x02030100u
#define METER_DATE           0x04000101u
#define METER_TIME           0x04000102u
#define METER_FREEZE_TIME    0x05010001u /* of the last freeze at once; before it 05010002 ... */
#define METER_FREEZE_ENERGY  0x05010101u /* its forward active energy: total and tariffs */
#define METER_COMBINATION    0x04000601u /* which energies the combined one is made of */
#define METER_TARIFFS        4
#define METER_MOMENT_BYTES   5 /* YYMMDDhhmm */

enum meter_item_kind {
    METER_NUMBER, /* packed decimal, scaled */
    METER_DEMAND, /* a number and the time it was reached (YYMMDDhhmm) */
    METER_DIGITS, /* a number that is a name: address, meter number */
    METER_STATUS, /* bits */
    METER_STAMP,  /* date, time, switching points: packed decimal, each byte a part */
    METER_TEXT,   /* ASCII */
    METER_SECRET, /* a password: never shown */
};

struct meter_item {
    uint32_t di;
    const char
        *name; /* snake_case, unique: "energy_forward"; without one the identifier: "00020100" */
    const char *zh, *en;
    const char *unit; /* "kWh"; "" */
    uint8_t bytes;    /* of a block: of one element */
    uint8_t decimals;
    bool is_signed;
    uint8_t kind; /* enum meter_item_kind */
    bool is_block;
    bool is_private;  /* whose it is can be told by it: masked */
    const char *form; /* of a stamp, highest byte first: "20%-%-%", % two digits, # a number */
};

#define METER_TITLE_SIZE 96

/* An item and room for its names: item.name, zh and en may point into it. */
struct meter_found {
    struct meter_item item;
    char name[12], zh[METER_TITLE_SIZE], en[METER_TITLE_SIZE];
};

enum meter_type {
    METER_STANDARD, /* DL/T 645-2007 as printed */
    /* Voltage XXXX.X V in 3 bytes, current XXXX.XXX A in 4, power XXXX.XXXX kW in 4. */
    METER_DC_VENDOR,
    METER_AC_WIDE, /* standard, but power XXXX.XXXX kW in 4 bytes: XX.XXXX kW ends at 79.9999 */
    METER_TYPES,
};

/* By table and scheme; false: nothing is known of its format. */
bool meter_find(enum meter_type type, uint32_t di, struct meter_found *found);
/* Of the table of named items; NULL when there is none. */
const struct meter_item *meter_item(enum meter_type type, uint32_t di);
const struct meter_item *meter_item_by_name(enum meter_type type, const char *name);
/* All named items of a type in the order of the table; NULL past the end. */
const struct meter_item *meter_item_at(enum meter_type type, size_t index);
const char *meter_type_name(enum meter_type type); /* "standard", "dc-vendor" */

/* Largest magnitude the item can hold. */
int64_t meter_item_max(const struct meter_item *item);
/* False, and nothing written: it does not fit (too large, negative without a sign). */
bool meter_item_put(const struct meter_item *item, int64_t value, uint8_t *data);
/* False: a digit is none, e.g. FF FF (a meter's way to say "no value"). */
bool meter_item_get(const struct meter_item *item, const uint8_t *data, int64_t *value);
/* Elements of a block as a meter with four tariffs or three phases has it; 1 when it is none. */
unsigned meter_item_elements(const struct meter_item *item);
/* Identifier of an element of a block; of the item itself when it is none. */
uint32_t meter_item_element(const struct meter_item *item, unsigned index);
/* Is that a whole answer, after the identifier? Of a block: any number of elements but none. */
bool meter_item_length_fits(const struct meter_item *item, size_t length);
/* "1234.56 kWh", "2024-01-02 (2)", "000102030425", "0x0040", "12.3456 kW at 2026-01-01 00:00". One element of a block.
 * Ends with NUL. A password is "(not shown)". */
void meter_item_print(const struct meter_item *item, const uint8_t *data, bool chinese, char *text,
                      size_t size);

/* Identifier in a frame: lowest byte first. */
void meter_di_put(uint32_t di, uint8_t data[4]);
uint32_t meter_di_get(const uint8_t data[4]);

#endif
