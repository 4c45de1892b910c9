/* SPDX-License-Identifier: MIT */
/* flash.h: a bulk storage that loses its power in the middle of a write.
 *
 *   struct flash *flash = flash_new();
 *   core_records_begin(&records, &flash->host);
 *   flash->writes_left = 3; flash->torn = 512;    the third write from now is cut after 512 bytes
 *   if (flash->off) flash_power(flash);           ... and is back
 *
 * Behind the cut, a few bytes of the write are noise and the others keep what they held. */
#ifndef FLASH_H
#define FLASH_H

#include "firmware-under-test/core/billing/charge.h"
#include "tests/firmware/support/fake_pile.h"

#define FLASH_NOISE 16u

struct flash {
    struct dut_host host;
    uint8_t *bytes;
    uint8_t card[DUT_GUNS_MAX][CARD_BALANCE_BYTES];
    unsigned writes; /* since power came */
    int writes_left; /* -1: no cut */
    size_t torn;
    bool off;
};

/* True when this write is the one that is cut. */
static inline bool flash_cuts(struct flash *flash) {
    flash->writes++;
    if (flash->writes_left < 0 || --flash->writes_left > 0)
        return false;
    flash->off = true;
    return true;
}

static inline int flash_read(void *ctx, uint32_t offset, void *bytes, size_t size) {
    const struct flash *flash = ctx;
    if (flash->off || offset + size > CHARGE_BULK_BYTES)
        return DUT_ERROR_ABSENT;
    memcpy(bytes, flash->bytes + offset, size);
    return (int)size;
}

static inline int flash_write(void *ctx, uint32_t offset, const void *bytes, size_t size) {
    struct flash *flash = ctx;
    if (flash->off || offset + size > CHARGE_BULK_BYTES)
        return DUT_ERROR_FULL;
    if (!flash_cuts(flash)) {
        memcpy(flash->bytes + offset, bytes, size);
        return (int)size;
    }
    size_t whole = flash->torn < size ? flash->torn : size;
    memcpy(flash->bytes + offset, bytes, whole);
    for (size_t i = whole; i < size && i < whole + FLASH_NOISE; i++)
        flash->bytes[offset + i] = (uint8_t)(i * 37 + 5);
    return DUT_ERROR_FULL;
}

/* Records are the host's: whole or not at all. */
static inline int flash_store(void *ctx, unsigned record, const void *bytes, size_t size) {
    struct flash *flash = ctx;
    if (flash->off)
        return DUT_ERROR_FULL;
    ck_assert_uint_lt(record - CARD_BALANCE_RECORD, DUT_GUNS_MAX);
    ck_assert_uint_eq(size, CARD_BALANCE_BYTES);
    if (flash_cuts(flash))
        return DUT_ERROR_FULL;
    memcpy(flash->card[record - CARD_BALANCE_RECORD], bytes, size);
    return 0;
}

static inline void flash_power(struct flash *flash) {
    flash->off = false;
    flash->writes = 0;
    flash->writes_left = -1;
}

static inline struct flash *flash_new(void) {
    struct flash *flash = calloc(1, sizeof *flash);
    flash->bytes = calloc(1, CHARGE_BULK_BYTES);
    flash->host = (struct dut_host){.ctx = flash,
                                    .store_write = flash_store,
                                    .bulk_read = flash_read,
                                    .bulk_write = flash_write};
    flash_power(flash);
    return flash;
}

static inline void flash_free(struct flash *flash) {
    free(flash->bytes);
    free(flash);
}

/* Prices that tell the tariffs apart, four switches a day: valley from 23:00 over midnight to 07:00. */
static inline struct core_tariff_table flash_table(void) {
    return (struct core_tariff_table){
        .number = 7,
        .count = 4,
        .switches = {{420, CORE_TARIFF_FLAT},
                     {600, CORE_TARIFF_PEAK},
                     {1140, CORE_TARIFF_SHARP},
                     {1380, CORE_TARIFF_VALLEY}},
        .price = {12345, 10001, 6677, 3333},
        .fee = {4000, 3500, 3001, 2999},
    };
}

static inline struct core_charge_setup flash_setup(struct core_records *records,
                                                   const struct core_tariff_table *table) {
    return (struct core_charge_setup){
        .records = records,
        .table = table,
        .jump_max = 100000,
        .save_ns = 60 * INT64_C(1000000000),
        .card = "0000123456789",
        .vehicle = "LPBTEST0000000001",
        .vehicle_kind = CHARGE_VEHICLE_VIN,
        .balance = 2000000,
    };
}

#endif
