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

int flash_read(void *ctx, uint32_t offset, void *bytes, size_t size);
int flash_write(void *ctx, uint32_t offset, const void *bytes, size_t size);
/* Records are the host's: whole or not at all. */
int flash_store(void *ctx, unsigned record, const void *bytes, size_t size);
void flash_power(struct flash *flash);
struct flash *flash_new(void);
void flash_free(struct flash *flash);
/* Prices that tell the tariffs apart, four switches a day: valley from 23:00 over midnight to
 * 07:00. */
struct core_tariff_table flash_table(void);
struct core_charge_setup flash_setup(struct core_records *records,
                                     const struct core_tariff_table *table);

#endif
