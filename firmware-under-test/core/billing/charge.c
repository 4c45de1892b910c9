/* SPDX-License-Identifier: MIT */
#include "billing/charge.h"

#include "services/assert.h"

#define NS_PER_S     INT64_C(1000000000)
#define CLOCK_STEP_S 30   /* further from the charge's own time it was set, not slow */
#define LESS_WH      20u  /* than measured, and a tenth: two steps */
#define MORE_WH      500u /* than measured, and a tenth: what flowed since it was saved */
#define WHY          (CHARGE_FLAG_SILENT | CHARGE_FLAG_DOUBTED)

static uint32_t stamp(int64_t wall_s) {
    return wall_s < 0 || wall_s >= CHARGE_UNKNOWN ? CHARGE_UNKNOWN : (uint32_t)wall_s;
}

static void add_segment(struct core_record *record, int64_t wall_s) {
    CORE_ASSERT(record->segment_count <= CHARGE_SEGMENTS_MAX);
    if (record->segment_count == CHARGE_SEGMENTS_MAX) {
        record->left_out = (uint16_t)(record->left_out + (record->left_out < UINT16_MAX ? 1u : 0u));
        return;
    }
    record->segments[record->segment_count++] = (struct core_record_segment){
        .at_s = stamp(wall_s), .reg = record->billing.last, .tariff = record->billing.tariff};
}

static void describe(struct core_record *record, const struct core_charge_setup *setup) {
    *record = (struct core_record){
        .vehicle_kind = (uint8_t)setup->vehicle_kind,
        .table = setup->table->number,
        .balance = setup->balance < 0 ? -1 : setup->balance,
    };
    for (unsigned i = 0; i < CHARGE_TEXT_BYTES; i++) {
        record->card[i] = setup->card[i];
        record->vehicle[i] = setup->vehicle[i];
    }
}

int core_charge_begin(struct core_charge *charge, const struct core_charge_setup *setup,
                      uint32_t reg, int64_t wall_s, int64_t now_ns) {
    struct core_record *record = &charge->record;
    int result;
    CORE_ASSERT(!charge->active && core_tariff_valid(setup->table));
    charge->setup = *setup;
    charge->table = *setup->table;
    charge->setup.table = &charge->table;
    describe(record, setup);
    record->start_s = record->end_s = stamp(wall_s);
    record->flags = wall_s < 0 ? CHARGE_FLAG_CLOCK : 0;
    core_billing_begin(&record->billing, &charge->table, reg,
                       core_tariff_at(&charge->table, wall_s));
    core_billing_limit(&record->billing, setup->mode, setup->limit);
    record->billing.jump_max = setup->jump_max;
    if (setup->balance_stops && setup->balance >= 0) {
        record->billing.ceiling = (uint64_t)setup->balance;
    }
    charge->wall_s = wall_s;
    charge->wall_ns = now_ns;
    add_segment(record, wall_s);
    charge->begun_ns = charge->saved_ns = now_ns;
    charge->unsaved = false;
    result = core_records_new(setup->records, setup->gun, record);
    charge->active = result >= 0;
    return result;
}

static int save(struct core_charge *charge, int64_t now_ns) {
    int result = core_records_update(charge->setup.records, &charge->record);
    charge->unsaved = result < 0;
    if (result >= 0) {
        charge->saved_ns = now_ns;
    }
    return result;
}

/* A tariff and an end by a clock that was set in between are right only as far as the clock is. */
static void watch_clock(struct core_charge *charge, int64_t wall_s, int64_t now_ns) {
    struct core_record *record = &charge->record;
    int64_t apart = wall_s - charge->wall_s - (now_ns - charge->wall_ns) / NS_PER_S;
    if (wall_s < 0) {
        record->flags |= CHARGE_FLAG_CLOCK;
        return;
    }
    if (charge->wall_s >= 0 && (apart > CLOCK_STEP_S || apart < -CLOCK_STEP_S)) {
        record->flags |= CHARGE_FLAG_SET;
    }
    charge->wall_s = wall_s;
    charge->wall_ns = now_ns;
    record->end_s = stamp(wall_s);
}

int core_charge_reading(struct core_charge *charge, uint32_t reg, int64_t wall_s, int64_t now_ns) {
    CORE_ASSERT(charge->active);
    struct core_record *record = &charge->record;
    unsigned tariff = wall_s < 0 ? record->billing.tariff : core_tariff_at(&charge->table, wall_s);
    bool due = charge->unsaved || now_ns - charge->saved_ns >= charge->setup.save_ns;
    if (!core_billing_advance(&record->billing, reg)) {
        record->flags |= CHARGE_FLAG_REGISTER;
    }
    watch_clock(charge, wall_s, now_ns);
    if (tariff != record->billing.tariff) {
        core_billing_switch(&record->billing, tariff);
        add_segment(record, wall_s);
        due = true;
    }
    return due ? save(charge, now_ns) : 0;
}

int core_charge_beyond(struct core_charge *charge, uint32_t wh, unsigned why, int64_t now_ns,
                       int64_t every_ns) {
    CORE_ASSERT(charge->active);
    struct core_record *record = &charge->record;
    CORE_ASSERT((why & ~(unsigned)WHY) == 0 && (wh == 0 || why != 0));
    bool due =
        charge->unsaved || (record->flags & WHY) != why || now_ns - charge->saved_ns >= every_ns;
    record->flags = (uint8_t)((record->flags & ~WHY) | why);
    record->billing.beyond_wh = wh;
    return due ? save(charge, now_ns) : 0;
}

int core_charge_stopped(struct core_charge *charge, enum charge_stop stop, uint16_t fault,
                        int64_t wall_s, int64_t now_ns) {
    CORE_ASSERT(charge->active && stop != CHARGE_STOP_NONE);
    struct core_record *record = &charge->record;
    record->stop = (uint8_t)stop;
    record->fault = fault;
    if (wall_s >= 0) {
        record->end_s = stamp(wall_s);
    }
    return save(charge, now_ns);
}

bool core_charge_limit_reached(const struct core_charge *charge, int64_t now_ns) {
    CORE_ASSERT(charge->active && now_ns >= charge->begun_ns);
    return core_billing_limit_reached(
        &charge->record.billing, (now_ns - charge->begun_ns) / NS_PER_S, charge->setup.reserve);
}

int core_charge_end(struct core_charge *charge, enum charge_stop stop, uint16_t fault,
                    int64_t wall_s) {
    struct core_record *record = &charge->record;
    int result;
    CORE_ASSERT(charge->active && stop != CHARGE_STOP_NONE);
    record->state = CHARGE_CLOSED;
    record->stop = (uint8_t)stop;
    record->fault = fault;
    if (wall_s >= 0) {
        record->end_s = stamp(wall_s);
    }
    result = core_records_close(charge->setup.records, record);
    charge->active = result < 0;
    return result;
}

/* What is left of the limit for the record that goes on. */
static uint64_t rest_of_limit(const struct core_charge *charge, int64_t now_ns) {
    const struct core_billing *billing = &charge->record.billing;
    uint64_t used = 0;
    if (billing->mode == CHARGE_BY_ENERGY) {
        used = core_billing_energy(billing);
    }
    if (billing->mode == CHARGE_BY_AMOUNT) {
        used = core_billing_amount(billing);
    }
    if (billing->mode == CHARGE_BY_TIME) {
        used = (uint64_t)((now_ns - charge->begun_ns) / (60 * NS_PER_S));
    }
    CORE_ASSERT(now_ns >= charge->begun_ns);
    return billing->limit > used ? billing->limit - used : 0;
}

int core_charge_change_table(struct core_charge *charge, const struct core_tariff_table *table,
                             int64_t wall_s, int64_t now_ns) {
    struct core_charge_setup rest = charge->setup;
    uint32_t reg = charge->record.billing.last;
    int result;
    rest.limit = rest_of_limit(charge, now_ns);
    rest.balance = core_record_balance_after(&charge->record);
    rest.table = table;
    result = core_charge_end(charge, CHARGE_STOP_TARIFF, 0, wall_s);
    return result < 0 ? result : core_charge_begin(charge, &rest, reg, wall_s, now_ns);
}

/* The cut came after the old table's record and before the new one's: what was delivered in between
 * is a record of its own. The new table is not known any more: it is billed by the old one. */
static int begin_rest(struct core_charge *charge, struct core_records *records, unsigned gun) {
    struct core_record *record = &charge->record;
    struct core_billing *billing = &record->billing;
    record->balance = core_record_balance_after(record);
    record->start_s = record->end_s;
    record->segment_count = record->left_out = record->fault = 0;
    record->stop = CHARGE_STOP_NONE;
    record->flags &= CHARGE_FLAG_CLOCK;
    billing->start = billing->last;
    billing->beyond_wh = 0;
    for (unsigned i = 0; i < CHARGE_TARIFFS; i++) {
        billing->energy[i] = 0;
    }
    add_segment(record, record->start_s == CHARGE_UNKNOWN ? -1 : (int64_t)record->start_s);
    CORE_ASSERT(core_billing_energy(billing) == 0 && record->segment_count == 1);
    return core_records_new(records, gun, record);
}

/* Does the first register after the cut admit what the charger had measured before it? */
static bool admits(const struct core_record *record, uint32_t reg) {
    CORE_ASSERT((record->flags & WHY) != 0);
    const struct core_billing *billing = &record->billing;
    uint32_t steps = (reg + CORE_BILLING_ROLL_OVER - billing->last) % CORE_BILLING_ROLL_OVER;
    uint64_t wh = (uint64_t)steps * 10, measured_wh = billing->beyond_wh;
    if (record->flags & CHARGE_FLAG_DOUBTED) {
        return false;
    }
    return reg < CORE_BILLING_ROLL_OVER && wh + LESS_WH >= measured_wh * 9 / 10 &&
           wh <= measured_wh * 11 / 10 + MORE_WH;
}

static void last_reading(struct core_record *record, uint32_t reg) {
    if ((record->flags & WHY) != 0) {
        if (!admits(record, reg)) {
            return;
        }
        record->flags = (uint8_t)(record->flags & ~WHY);
        record->billing.beyond_wh = 0;
    }
    if (!core_billing_advance(&record->billing, reg)) {
        record->flags |= CHARGE_FLAG_REGISTER;
    }
}

int core_charge_recover(struct core_charge *charge, struct core_records *records, unsigned gun,
                        uint32_t reg, uint32_t jump_max) {
    CORE_ASSERT(!charge->active); /* nothing is under way at power on */
    struct core_record *record = &charge->record;
    int result = 0;
    if (!core_records_open(records, gun, record)) {
        return 0;
    }
    record->billing.jump_max = jump_max;
    if (record->state != CHARGE_OPEN) {
        if (reg == record->billing.last) {
            return 0;
        }
        result = begin_rest(charge, records, gun);
    }
    if (result < 0) {
        return result;
    }
    last_reading(record, reg);
    if (record->stop == CHARGE_STOP_NONE) { /* else it had been stopped before the cut */
        record->stop = CHARGE_STOP_POWER;
    }
    record->state = CHARGE_RECOVERED;
    return core_records_close(records, record);
}
