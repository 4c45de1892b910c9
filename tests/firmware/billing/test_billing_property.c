/* SPDX-License-Identifier: MIT */
/* 10,000 charges from a seed, with power cuts in the middle of writes, silent meters, roll-overs,
 * tariff switches, new tariff tables and clocks that jump, meters that never answer again. What
 * must hold: the records' energies and what they bill beyond are the meter's register, exactly; no
 * step is billed twice or lost; amounts are those of a second calculation. PROPERTY_SEED and
 * PROPERTY_CHARGES choose others. */
#include "tests/firmware/support/flash.h"
#include "tests/support/suite.h"

#define SECOND   INT64_C(1000000000)
#define JUMP_MAX 100000u

struct world {
    struct flash *flash;
    struct core_records records;
    struct core_charge charge;
    struct core_tariff_table table;
    uint64_t seed;
    uint32_t reg;  /* what the meter shows */
    uint32_t paid; /* register at which the last record ended */
    uint32_t seen; /* last record looked at */
    int64_t wall_s, now_ns;
    bool clock_set;
    unsigned long beyond; /* steps that no register admitted */
    unsigned long cuts, splits, silences, switches, recovered, roll_overs;
};

static uint32_t chance(struct world *w, uint32_t below) {
    w->seed = w->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(w->seed >> 33) % below;
}

static int64_t wall(const struct world *w) {
    return w->clock_set ? w->wall_s : -1;
}

static void new_table(struct world *w) {
    unsigned count = 1 + chance(w, CORE_TARIFF_SWITCHES_MAX);
    w->table.number++;
    w->table.count = (uint8_t)count;
    for (unsigned i = 0; i < count; i++) {
        w->table.switches[i].minute = (uint16_t)(i * (1440 / count) + chance(w, 1440 / count));
        w->table.switches[i].tariff = (uint8_t)(1 + chance(w, 4));
    }
    for (unsigned i = 0; i < CHARGE_TARIFFS; i++) {
        w->table.price[i] = chance(w, 30000);
        w->table.fee[i] = chance(w, 10000);
    }
    ck_assert(core_tariff_valid(&w->table));
}

/* Some write of those to come will be the last before the power goes. */
static void maybe_cut(struct world *w, uint32_t one_in) {
    if (chance(w, one_in) != 0) {
        return;
    }
    w->flash->writes_left = 1 + (int)chance(w, 12);
    w->flash->torn = chance(w, CHARGE_RECORD_BYTES + 1);
}

static void energy(struct world *w, uint32_t steps) {
    w->roll_overs += w->reg + steps >= CORE_BILLING_ROLL_OVER;
    w->reg = (w->reg + steps) % CORE_BILLING_ROLL_OVER;
}

/* Power comes back, perhaps to go again while the records are being mended. */
static void restart(struct world *w) {
    do {
        w->cuts++;
        flash_power(w->flash);
        maybe_cut(w, 3);
        memset(&w->charge, 0, sizeof w->charge);
        memset(&w->records, 0, sizeof w->records);
        w->wall_s += chance(w, 5000);
        (void)core_records_begin(&w->records, &w->flash->host);
        (void)core_charge_recover(&w->charge, &w->records, 0, w->reg, JUMP_MAX);
    } while (w->flash->off);
}

static void one_reading(struct world *w) {
    int64_t passed_s = chance(w, 20) == 0 ? chance(w, 4000) : chance(w, 30);
    bool silent = chance(w, 10) == 0;
    w->wall_s += passed_s;
    w->now_ns += passed_s * SECOND;
    energy(w, chance(w, 40));
    if (chance(w, 200) == 0) {
        w->wall_s += (int64_t)chance(w, 7200) - 3600; /* somebody sets the clock */
    }
    w->silences += silent;
    if (!silent) {
        (void)core_charge_reading(&w->charge, w->reg, wall(w), w->now_ns);
    }
    if (!w->flash->off && chance(w, 400) == 0) {
        new_table(w);
        w->splits++;
        (void)core_charge_change_table(&w->charge, &w->table, wall(w), w->now_ns);
        energy(w, chance(w, 3));
    }
}

/* The meter has gone silent for good: the last steps are beyond its register. */
static void end_without_meter(struct world *w) {
    uint32_t steps = 1 + chance(w, 60);
    (void)core_charge_reading(&w->charge, w->reg, wall(w), w->now_ns);
    if (w->flash->off) {
        return;
    }
    energy(w, steps);
    (void)core_charge_beyond(&w->charge, steps * 10, CHARGE_FLAG_SILENT, w->now_ns, SECOND);
    if (!w->flash->off) {
        (void)core_charge_stopped(&w->charge, CHARGE_STOP_FAULT, 40, wall(w), w->now_ns);
    }
    if (!w->flash->off) {
        (void)core_charge_end(&w->charge, CHARGE_STOP_FAULT, 40, wall(w));
    }
}

/* The charge ends with a reading: without one the record stays open. */
static void end(struct world *w) {
    if (chance(w, 10) == 0) {
        end_without_meter(w);
        return;
    }
    (void)core_charge_reading(&w->charge, w->reg, wall(w), w->now_ns);
    if (!w->flash->off) {
        (void)core_charge_end(&w->charge, CHARGE_STOP_VEHICLE, 0, wall(w));
    }
}

static void one_charge(struct world *w) {
    struct core_charge_setup how = flash_setup(&w->records, &w->table);
    unsigned readings = chance(w, 120);
    how.balance = chance(w, 2) ? -1 : 1000000;
    how.jump_max = JUMP_MAX;
    w->clock_set = chance(w, 20) != 0;
    w->wall_s += chance(w, 20000);
    maybe_cut(w, 4);
    if (core_charge_begin(&w->charge, &how, w->reg, wall(w), w->now_ns) >= 0) {
        for (unsigned i = 0; i < readings && !w->flash->off; i++) {
            one_reading(w);
        }
        if (!w->flash->off && chance(w, 8) != 0) {
            end(w);
        } else {
            energy(w, w->flash->off ? 0 : chance(w, 30)); /* goes dark between two writes */
        }
    }
    if (w->flash->off || w->charge.active) {
        restart(w);
    }
    w->flash->writes_left = -1;
}

/* Amounts by long division in millionths, the same rule put differently. */
static uint64_t second_calculation(const struct core_billing *billing) {
    uint64_t sum = 0;
    for (unsigned i = 0; i < CHARGE_TARIFFS; i++) {
        uint64_t prices[2] = {billing->price[i], billing->fee[i]};
        for (unsigned k = 0; k < 2; k++) {
            uint64_t millionths = billing->energy[i] * prices[k];
            sum += millionths / 100 + (millionths % 100 >= 50 ? 1 : 0);
            if (i == billing->tariff - 1u) {
                sum += billing->beyond_wh * prices[k] / 1000 +
                       (billing->beyond_wh * prices[k] % 1000 >= 500 ? 1 : 0);
            }
        }
    }
    return sum;
}

static void check_record(struct world *w, const struct core_record *record) {
    uint32_t by_tariff[CHARGE_TARIFFS] = {0};
    uint32_t energy_all = core_billing_energy(&record->billing);
    ck_assert_uint_ne(record->state, CHARGE_OPEN);
    ck_assert_uint_eq(record->flags & CHARGE_FLAG_REGISTER, 0);
    ck_assert_uint_eq(record->billing.start, w->paid); /* nothing between two records */
    ck_assert_uint_eq((record->billing.start + energy_all) % CORE_BILLING_ROLL_OVER,
                      record->billing.last);
    for (unsigned i = 0; i < record->segment_count && record->left_out == 0; i++) {
        bool last = i + 1u == record->segment_count;
        uint32_t to = last ? record->billing.last : record->segments[i + 1].reg;
        by_tariff[record->segments[i].tariff - 1] +=
            (to + CORE_BILLING_ROLL_OVER - record->segments[i].reg) % CORE_BILLING_ROLL_OVER;
    }
    for (unsigned i = 0; i < CHARGE_TARIFFS && record->left_out == 0; i++) {
        ck_assert_uint_eq(by_tariff[i], record->billing.energy[i]);
    }
    ck_assert_uint_eq(core_billing_amount(&record->billing), second_calculation(&record->billing));
    w->switches += record->segment_count - 1u;
    w->recovered += record->state == CHARGE_RECOVERED;
    ck_assert_uint_eq(record->billing.beyond_wh % 10, 0);
    w->beyond += record->billing.beyond_wh / 10;
    w->paid = (record->billing.last + record->billing.beyond_wh / 10) % CORE_BILLING_ROLL_OVER;
}

static void check_all_new(struct world *w) {
    for (w->seen++; w->seen < w->records.next; w->seen++) {
        struct core_record record;
        ck_assert_msg(core_records_read(&w->records, w->seen, &record), "record %u is lost",
                      w->seen);
        check_record(w, &record);
    }
    w->seen--;
    ck_assert_uint_eq(w->paid, w->reg); /* all that the meter counted is in some record */
}

static uint64_t from_environment(const char *name, uint64_t otherwise) {
    const char *text = getenv(name);
    return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

START_TEST(records_are_the_register) {
    struct world w = {.flash = flash_new(), .wall_s = 20000 * INT64_C(86400)};
    uint64_t charges = from_environment("PROPERTY_CHARGES", 10000);
    w.seed = from_environment("PROPERTY_SEED", 1);
    w.table = flash_table();
    ck_assert_int_eq(core_records_begin(&w.records, &w.flash->host), 0);
    for (uint64_t i = 0; i < charges; i++) {
        if (i % 100 == 0) { /* another meter is built in, close to its roll-over */
            w.reg = w.paid = CORE_BILLING_ROLL_OVER - 1 - chance(&w, 50000);
        }
        if (chance(&w, 10) == 0) {
            new_table(&w);
        }
        one_charge(&w);
        check_all_new(&w);
    }
    printf("%u records, %lu cuts, %lu recovered, %lu new tables, %lu switches, %lu silences, "
           "%lu roll-overs, %lu steps beyond the registers\n",
           w.seen, w.cuts, w.recovered, w.splits, w.switches, w.silences, w.roll_overs, w.beyond);
    ck_assert_uint_gt(w.beyond, charges / 2);
    ck_assert_uint_gt(w.recovered, charges / 10);
    ck_assert_uint_gt(w.roll_overs, charges / 200);
    flash_free(w.flash);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("billing property");
    TCase *tc = tcase_create("billing property");
    tcase_set_timeout(tc, 250);
    tcase_add_test(tc, records_are_the_register);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
