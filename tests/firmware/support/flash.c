/* SPDX-License-Identifier: MIT */
#include "tests/firmware/support/flash.h"

/* True when this write is the one that is cut. */
static bool flash_cuts(struct flash *flash) {
    flash->writes++;
    if (flash->writes_left < 0 || --flash->writes_left > 0) {
        return false;
    }
    flash->off = true;
    return true;
}

int flash_read(void *ctx, uint32_t offset, void *bytes, size_t size) {
    const struct flash *flash = ctx;
    if (flash->off || offset + size > CHARGE_BULK_BYTES) {
        return DUT_ERROR_ABSENT;
    }
    memcpy(bytes, flash->bytes + offset, size);
    return (int)size;
}

int flash_write(void *ctx, uint32_t offset, const void *bytes, size_t size) {
    struct flash *flash = ctx;
    if (flash->off || offset + size > CHARGE_BULK_BYTES) {
        return DUT_ERROR_FULL;
    }
    if (!flash_cuts(flash)) {
        memcpy(flash->bytes + offset, bytes, size);
        return (int)size;
    }
    size_t whole = flash->torn < size ? flash->torn : size;
    memcpy(flash->bytes + offset, bytes, whole);
    for (size_t i = whole; i < size && i < whole + FLASH_NOISE; i++) {
        flash->bytes[offset + i] = (uint8_t)(i * 37 + 5);
    }
    return DUT_ERROR_FULL;
}

int flash_store(void *ctx, unsigned record, const void *bytes, size_t size) {
    struct flash *flash = ctx;
    if (flash->off) {
        return DUT_ERROR_FULL;
    }
    ck_assert_uint_lt(record - CARD_BALANCE_RECORD, DUT_GUNS_MAX);
    ck_assert_uint_eq(size, CARD_BALANCE_BYTES);
    if (flash_cuts(flash)) {
        return DUT_ERROR_FULL;
    }
    memcpy(flash->card[record - CARD_BALANCE_RECORD], bytes, size);
    return 0;
}

void flash_power(struct flash *flash) {
    flash->off = false;
    flash->writes = 0;
    flash->writes_left = -1;
}

struct flash *flash_new(void) {
    struct flash *flash = calloc(1, sizeof *flash);
    flash->bytes = calloc(1, CHARGE_BULK_BYTES);
    flash->host = (struct dut_host){.ctx = flash,
                                    .store_write = flash_store,
                                    .bulk_read = flash_read,
                                    .bulk_write = flash_write};
    flash_power(flash);
    return flash;
}

void flash_free(struct flash *flash) {
    free(flash->bytes);
    free(flash);
}

struct core_tariff_table flash_table(void) {
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

struct core_charge_setup flash_setup(struct core_records *records,
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
