/* SPDX-License-Identifier: MIT */
/* billed_pile.h: fake_pile.h with a register behind DUT_IN_ENERGY_WH, a clock and flash.h.
 *
 *   billed_setup();
 *   step_wh = 1000; lag_ms = 4000;        a coarse and late register, if wanted
 *   charging();
 *   run_metered(5000);
 *   ck_assert(kept(1)); record.billing... */
#ifndef BILLED_PILE_H
#define BILLED_PILE_H

#include "tests/firmware/support/flash.h"

#define WALL_S (20000 * INT64_C(86400) + 22 * 3600 + 58 * 60) /* 22:58 */

static struct fake *f;
static struct flash *flash;
static struct dut_host host;
static double delivered_wh;
static int step_wh, lag_ms; /* the meter's: counts in such steps, shows them so late */
static int64_t shown_ns, clock_set_s;
static int64_t counted_ns;
static struct core_record record;

static inline int bulk_read(void *ctx, uint32_t offset, void *bytes, size_t size) {
    (void)ctx;
    return flash_read(flash, offset, bytes, size);
}

static inline int bulk_write(void *ctx, uint32_t offset, const void *bytes, size_t size) {
    (void)ctx;
    return flash_write(flash, offset, bytes, size);
}

static inline int store_write(void *ctx, unsigned number, const void *bytes, size_t size) {
    (void)ctx;
    return flash_store(flash, number, bytes, size);
}

static inline int64_t wall_time(void *ctx) {
    return WALL_S + clock_set_s + ((const struct fake *)ctx)->now / 1000000000;
}

/* The controller starts anew; the pile around it stays as it is. */
static inline void boot(void) {
    host = (struct dut_host){.ctx = f,
                             .can_send = fake_can_send,
                             .input = fake_read,
                             .output = fake_write,
                             .log = fake_log,
                             .serial_write = NULL,
                             .store_write = store_write,
                             .bulk_read = bulk_read,
                             .bulk_write = bulk_write,
                             .wall_time = wall_time};
    memset(f->dut, 0, f->api->instance_size);
    ck_assert_int_eq(f->api->init(f->dut, &host, f->now), 0);
    fake_param(f, "tariff.number", 11);
    fake_param(f, "tariff.price_sharp", 12000);
    fake_param(f, "tariff.price_valley", 3000);
    fake_param(f, "tariff.fee_sharp", 4000);
    fake_param(f, "tariff.fee_valley", 4000);
    fake_param(f, "tariff.switch_1", 10801); /* sharp from 18:00 */
    fake_param(f, "tariff.switch_2", 13804); /* valley from 23:00 */
    fake_param(f, "billing.save", 5000);
}

static inline void billed_setup(void) {
    f = fake_new();
    flash = flash_new();
    delivered_wh = 0;
    step_wh = 10;
    lag_ms = 0;
    shown_ns = clock_set_s = 0;
    counted_ns = f->now;
    f->gun[0].in[DUT_IN_ENERGY_WH] = 500000;
    boot();
}

static inline void billed_teardown(void) {
    flash_free(flash);
    fake_free(f);
}

/* The pile runs, and its meter counts: 10 Wh steps of what flows. */
static inline void run_metered(int ms) {
    for (int i = 0; i < ms; i += 10) {
        fake_run(f, 10);
        delivered_wh += (double)f->gun[0].in[DUT_IN_OUTER_MV] * f->gun[0].in[DUT_IN_CURRENT_MA] *
                        (double)(f->now - counted_ns) / 1e9 / 3.6e9;
        counted_ns = f->now;
        if (f->now - shown_ns < lag_ms * FAKE_MS)
            continue;
        shown_ns = f->now;
        f->gun[0].in[DUT_IN_ENERGY_WH] = 500000 + (int32_t)delivered_wh / step_wh * step_wh;
    }
}

static inline uint32_t reg(void) {
    return (uint32_t)f->gun[0].in[DUT_IN_ENERGY_WH] / 10;
}

static inline void charging(void) {
    fake_start(f);
    ck_assert_msg(fake_until(f, "charging", 15000), "stuck in %s, alarm %s", fake_state(f, 0),
                  fake_alarm(f));
    counted_ns = f->now;
}

/* Without the controller: what another one finds in the storage. */
static inline bool kept(uint32_t sequence) {
    static struct core_records records;
    memset(&records, 0, sizeof records);
    return core_records_begin(&records, &flash->host) == 0 &&
           core_records_read(&records, sequence, &record);
}

static inline void until_ended(int ms) {
    for (int i = 0; i < ms && strcmp(fake_state(f, 0), "ended") != 0; i += 100)
        run_metered(100);
    run_metered(6000);
    ck_assert_str_eq(fake_state(f, 0), "ended");
}

#endif
