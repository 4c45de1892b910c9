/* SPDX-License-Identifier: MIT */
/* billed_pile.h: fake_pile.h with a register behind DUT_IN_ENERGY_WH, a clock and flash.h.
 *
 *   billed_setup();
 *   step_wh = 1000; lag_ms = 4000;        a coarse and late register, if wanted
 *   billed_charging();
 *   run_metered(5000);
 *   ck_assert(kept(1)); record.billing... */
#ifndef BILLED_PILE_H
#define BILLED_PILE_H

#include "tests/firmware/support/flash.h"

#define WALL_S (20000 * INT64_C(86400) + 22 * 3600 + 58 * 60) /* 22:58 */

extern struct flash *flash;
extern int step_wh, lag_ms; /* the meter's: counts in such steps, shows them so late */
extern int64_t shown_ns, clock_set_s;
extern int64_t counted_ns;
extern struct core_record record;

int bulk_read(void *ctx, uint32_t offset, void *bytes, size_t size);
int bulk_write(void *ctx, uint32_t offset, const void *bytes, size_t size);
int store_write(void *ctx, unsigned number, const void *bytes, size_t size);
int64_t wall_time(void *ctx);
/* The controller starts anew; the pile around it stays as it is. */
void boot(void);
void billed_setup(void);
void billed_teardown(void);
/* The pile runs, and its meter counts: 10 Wh steps of what flows. */
void run_metered(int ms);
uint32_t billed_reg(void);
void billed_charging(void);
/* Without the controller: what another one finds in the storage. */
bool kept(uint32_t sequence);
void until_ended(int ms);

#endif
