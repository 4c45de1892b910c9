/* SPDX-License-Identifier: MIT */
#include "tests/firmware/support/billed_pile.h"

struct flash *flash;
static struct dut_host host;
static double delivered_wh;
int step_wh, lag_ms;
int64_t shown_ns, clock_set_s;
int64_t counted_ns;
struct core_record record;

int bulk_read(void *ctx, uint32_t offset, void *bytes, size_t size) {
    (void)ctx;
    return flash_read(flash, offset, bytes, size);
}

int bulk_write(void *ctx, uint32_t offset, const void *bytes, size_t size) {
    (void)ctx;
    return flash_write(flash, offset, bytes, size);
}

int store_write(void *ctx, unsigned number, const void *bytes, size_t size) {
    (void)ctx;
    return flash_store(flash, number, bytes, size);
}

int64_t wall_time(void *ctx) {
    return WALL_S + clock_set_s + ((const struct fake *)ctx)->now / 1000000000;
}

void boot(void) {
    host = (struct dut_host){.ctx = pile,
                             .can_send = fake_can_send,
                             .input = fake_read,
                             .output = fake_write,
                             .log = fake_log,
                             .serial_write = NULL,
                             .store_write = store_write,
                             .bulk_read = bulk_read,
                             .bulk_write = bulk_write,
                             .wall_time = wall_time};
    memset(pile->dut, 0, pile->api->instance_size);
    ck_assert_int_eq(pile->api->init(pile->dut, &host, pile->now), 0);
    fake_param(pile, "tariff.number", 11);
    fake_param(pile, "tariff.price_sharp", 12000);
    fake_param(pile, "tariff.price_valley", 3000);
    fake_param(pile, "tariff.fee_sharp", 4000);
    fake_param(pile, "tariff.fee_valley", 4000);
    fake_param(pile, "tariff.switch_1", 10801); /* sharp from 18:00 */
    fake_param(pile, "tariff.switch_2", 13804); /* valley from 23:00 */
    fake_param(pile, "billing.save", 5000);
}

void billed_setup(void) {
    pile = fake_new();
    flash = flash_new();
    delivered_wh = 0;
    step_wh = 10;
    lag_ms = 0;
    shown_ns = clock_set_s = 0;
    counted_ns = pile->now;
    pile->gun[0].in[DUT_IN_ENERGY_WH] = 500000;
    boot();
}

void billed_teardown(void) {
    flash_free(flash);
    fake_free(pile);
}

void run_metered(int ms) {
    for (int i = 0; i < ms; i += 10) {
        fake_run(pile, 10);
        delivered_wh += (double)pile->gun[0].in[DUT_IN_OUTER_MV] *
                        pile->gun[0].in[DUT_IN_CURRENT_MA] * (double)(pile->now - counted_ns) /
                        1e9 / 3.6e9;
        counted_ns = pile->now;
        if (pile->now - shown_ns < lag_ms * FAKE_MS) {
            continue;
        }
        shown_ns = pile->now;
        pile->gun[0].in[DUT_IN_ENERGY_WH] = 500000 + (int32_t)delivered_wh / step_wh * step_wh;
    }
}

uint32_t billed_reg(void) {
    return (uint32_t)pile->gun[0].in[DUT_IN_ENERGY_WH] / 10;
}

void billed_charging(void) {
    fake_start(pile);
    ck_assert_msg(fake_until(pile, "charging", 15000), "stuck in %s, alarm %s", fake_state(pile, 0),
                  fake_alarm(pile));
    counted_ns = pile->now;
}

bool kept(uint32_t sequence) {
    static struct core_records records;
    memset(&records, 0, sizeof records);
    return core_records_begin(&records, &flash->host) == 0 &&
           core_records_read(&records, sequence, &record);
}

void until_ended(int ms) {
    for (int i = 0; i < ms && strcmp(fake_state(pile, 0), "ended") != 0; i += 100) {
        run_metered(100);
    }
    run_metered(6000);
    ck_assert_str_eq(fake_state(pile, 0), "ended");
}
