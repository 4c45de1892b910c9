/* SPDX-License-Identifier: MIT */
#include "harness/billing/facts.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define MINUTES_A_DAY  1440
#define ROUNDING_WH    1e-3 /* of some thousand additions */
#define WH_PER_STEP    10.0 /* 0.01 kWh */
#define UNITS_PER_YUAN 1e4
#define S_PER_MIN      60
#define CHARGED_WH     1.0 /* less is no charge: an insulation test, a pre-charge */

enum shown {
    COUNT_OF_RECORDS,
    CLOSED,
    SOUND,
    RECOVERED,
    STOP,
    ENERGY,
    SHARP, /* the four in the order of the tariffs */
    PEAK,
    FLAT,
    VALLEY,
    BEYOND,
    UNBILLED,
    PLANT_ERROR,
    TARIFF_ERROR,
    AMOUNT,
    AMOUNT_ERROR,
    LEFT,
    BALANCE_ERROR,
    WRITTEN_BACK,
    ORDER,
    VEHICLE,
    CLOCK_ERROR,
    FLAGS,
    FAULT,
    NAMED,
    SWITCHES,
    LEFT_OUT,
};

static const struct {
    const char *name;
    enum signal_kind kind;
    const char *unit, *text;
} rows[BILLING_SIGNALS] = {
    [COUNT_OF_RECORDS] = {"record.count", SIGNAL_NUMBER, "",
                          "charge records in the pile's storage, when it was read last"},
    [CLOSED] = {"record.closed", SIGNAL_BOOL, "", "none of them is still open"},
    [SOUND] = {"record.sound", SIGNAL_BOOL, "",
               "each adds up: energies to registers, amounts to prices"},
    [RECOVERED] = {"record.recovered", SIGNAL_BOOL, "", "the last was closed after a power cut"},
    [STOP] = {"record.stop", SIGNAL_NUMBER, "",
              "why the last ended: 1 vehicle, 2 person, 3 limit, 4 fault, 5 link, 6 power"},
    [ENERGY] = {"record.energy", SIGNAL_NUMBER, "Wh", "billed in all records"},
    [SHARP] = {"record.sharp", SIGNAL_NUMBER, "Wh", "of it by the sharp tariff"},
    [PEAK] = {"record.peak", SIGNAL_NUMBER, "Wh", "of it by the peak tariff"},
    [FLAT] = {"record.flat", SIGNAL_NUMBER, "Wh", "of it by the flat tariff"},
    [VALLEY] = {"record.valley", SIGNAL_NUMBER, "Wh", "of it by the valley tariff"},
    [BEYOND] = {"record.beyond", SIGNAL_NUMBER, "Wh",
                "billed separately, by the pile's own measurement, because no register reports it"},
    [PLANT_ERROR] = {"record.plant_error", SIGNAL_NUMBER, "Wh",
                     "billed, by register or separately, less carried to the vehicle"},
    [UNBILLED] =
        {"record.unbilled", SIGNAL_NUMBER, "Wh",
         "counted by the DC meter less billed, by register or separately; negative: billed twice"},
    [TARIFF_ERROR] =
        {"record.tariff_error", SIGNAL_NUMBER, "Wh",
         "largest difference of a tariff's energy from what was counted while it held"},
    [AMOUNT] = {"record.amount", SIGNAL_NUMBER, "yuan", "billed in all records"},
    [AMOUNT_ERROR] = {"record.amount_error", SIGNAL_NUMBER, "yuan",
                      "that less the energies at the prices the case has set"},
    [LEFT] =
        {"record.left", SIGNAL_NUMBER, "Wh",
         "what the limit of energy or amount would still have allowed the last charge, in whole "
         "steps of the meter"},
    [BALANCE_ERROR] = {"record.balance_error", SIGNAL_NUMBER, "yuan",
                       "the card's balance after the last charge, less what it should be"},
    [WRITTEN_BACK] = {"record.written_back", SIGNAL_BOOL, "",
                      "that balance is in the storage for the card too, with the card's number"},
    [ORDER] = {"record.order", SIGNAL_BOOL, "",
               "each names mode, limit, tariff table and card as they are set"},
    [VEHICLE] = {"record.vehicle", SIGNAL_BOOL, "", "each names the vehicle by its VIN"},
    [CLOCK_ERROR] =
        {"record.clock_error", SIGNAL_NUMBER, "s",
         "of the last, largest difference of a time: begin and end from K1 and K2, switches from "
         "the tariffs'"},
    [FLAGS] =
        {"record.flags", SIGNAL_NUMBER, "",
         "what the last says of its own doubts, as bits: 1 clock not set, 2 register, 4 meter "
         "silent, 8 meter doubted, 16 clock set in between"},
    [FAULT] = {"record.fault", SIGNAL_NUMBER, "",
               "the last names this fault, by the number that pile.alarm shows; 0: none"},
    [NAMED] = {"record.named", SIGNAL_BOOL, "", "the last names a vehicle at all"},
    [SWITCHES] = {"record.switches", SIGNAL_NUMBER, "",
                  "tariff switches in the last one, without the tariff it began with"},
    [LEFT_OUT] = {"record.left_out", SIGNAL_NUMBER, "",
                  "tariff switches that it only counts, because its list was full"},
};

/* ---- by the bench's clock ---- */

int64_t billing_clock_s(const struct billing *billing) {
    int64_t set_s = billing->config.setup->clock_s;
    return (set_s > 0 ? set_s : billing->config.clock_s) + billing->moved_s +
           setup_zone_s(billing->config.setup);
}

static int64_t clock_minute(const struct billing *billing, int64_t now_ns) {
    assert(now_ns >= 0 && billing_clock_s(billing) > 0); /* only then are there tariffs */
    return (billing_clock_s(billing) + now_ns / NS_PER_S) / S_PER_MIN;
}

/* What was counted since the first tariff began, and what the tariffs have of it, is the same. */
static bool is_conserved(const struct billing *billing) {
    double due_wh = 0;
    for (unsigned i = 0; i < CHARGE_TARIFFS; i++) {
        due_wh += billing->due_wh[i];
    }
    return fabs(due_wh - (billing->since_wh - billing->first_wh)) < ROUNDING_WH;
}

static void book(struct billing *billing, int64_t now_ns) {
    double counted_wh = signal_at(billing->counted, now_ns);
    if (billing->tariff > 0) {
        billing->due_wh[billing->tariff - 1] += counted_wh - billing->since_wh;
    } else {
        billing->first_wh = counted_wh;
    }
    billing->since_wh = counted_wh;
    assert(is_conserved(billing));
}

/* The last switch of the day that has passed; before the first, the last one of the day before. */
static unsigned tariff_at(const struct billing *billing, unsigned minute) {
    unsigned latest = 0, tariff = CHARGE_TARIFFS - 1; /* flat, when there is no switch at all */
    bool passed = false;
    assert(minute < MINUTES_A_DAY);
    for (unsigned i = 0; i < billing->switch_count; i++) {
        bool before = billing->switches[i].minute <= minute;
        bool better = before == passed ? billing->switches[i].minute >= latest : before;
        if (better) {
            passed = before;
            latest = billing->switches[i].minute;
            tariff = billing->switches[i].tariff;
        }
    }
    assert(!passed || latest <= minute); /* none that is still to come */
    return tariff;
}

static void next_switch(struct billing *billing, int64_t now_ns) {
    assert(!loop_is_set(&billing->switched)); /* one at a time */
    int64_t minute = clock_minute(billing, now_ns), soonest = INT64_MAX;
    for (unsigned i = 0; i < billing->switch_count; i++) {
        int64_t wait = (billing->switches[i].minute - minute % MINUTES_A_DAY + MINUTES_A_DAY - 1) %
                           MINUTES_A_DAY +
                       1;
        soonest = wait < soonest ? wait : soonest;
    }
    billing->tariff = tariff_at(billing, (unsigned)(minute % MINUTES_A_DAY));
    assert(billing->tariff >= 1 && billing->tariff <= CHARGE_TARIFFS);
    assert(billing->switch_count == 0 || (soonest >= 1 && soonest <= MINUTES_A_DAY));
    if (soonest < INT64_MAX) {
        loop_set(billing->config.loop, &billing->switched,
                 ((minute + soonest) * S_PER_MIN - billing_clock_s(billing)) * NS_PER_S);
    }
}

static void on_switch(void *ctx, int64_t now_ns) {
    struct billing *billing = ctx;
    book(billing, now_ns);
    next_switch(billing, now_ns);
}

/* K1 and K2 make or part: a charge is what carried energy in between. */
static void on_contactor(void *ctx, struct signal *signal, int64_t at_ns) {
    struct billing *billing = ctx;
    bool was = billing->conducting;
    (void)signal;
    billing->conducting = signal_is(billing->contactors[0]) && signal_is(billing->contactors[1]);
    double carried_wh = signal_at(billing->carried, at_ns);
    double wall_s = (double)billing_clock_s(billing) + (double)at_ns / (double)NS_PER_S;
    if (billing->conducting && !was) {
        billing->made_ns = at_ns;
        billing->made_s = wall_s;
        billing->made_wh = carried_wh;
    }
    if (was && !billing->conducting && carried_wh - billing->made_wh > CHARGED_WH) {
        assert(billing->made_ns <= at_ns && billing->made_ns >= billing->end_ns);
        billing->begin_ns = billing->made_ns;
        billing->begin_s = billing->made_s;
        billing->end_ns = at_ns;
        billing->end_s = wall_s;
    }
    assert(billing->begin_ns <= billing->end_ns);
}

static void watch_contactors(struct billing *billing) {
    static const char *const names[] = {"k1.closed", "k2.closed"};
    billing->begin_ns = billing->end_ns = -1;
    for (unsigned i = 0; i < 2; i++) {
        billing->contactors[i] = signal_find(billing->config.board, names[i]);
        billing->listening[i] = (struct subscription){.changed = on_contactor, .ctx = billing};
        signal_subscribe(billing->contactors[i], &billing->listening[i]);
    }
}

/* tariff.switch_N is minute of the day x 10 + tariff; 0 is none. */
static void read_switches(struct billing *billing) {
    for (unsigned i = 1; i <= BILLING_SWITCHES_MAX; i++) {
        char name[32];
        int32_t value;
        snprintf(name, sizeof name, "tariff.switch_%u", i);
        if (setup_value(billing->config.setup, name, &value) && value > 0 &&
            value / 10 < MINUTES_A_DAY && value % 10 >= 1 &&
            value % 10 <= (int32_t)CHARGE_TARIFFS) {
            assert(billing->switch_count < i); /* each parameter is one at most */
            billing->switches[billing->switch_count].minute = (unsigned)value / 10;
            billing->switches[billing->switch_count++].tariff = (unsigned)value % 10;
        }
    }
}

void billing_init(struct billing *billing, const struct billing_config *config) {
    *billing = (struct billing){.config = *config};
    billing->switched = (struct timer){.fire = on_switch, .ctx = billing};
    billing->counted = signal_find(config->board, "meter.counted");
    billing->carried = signal_find(config->board, "plant.energy");
    for (unsigned i = 0; i < BILLING_SIGNALS; i++) {
        billing->shown[i] =
            signal_add(config->board, rows[i].name, rows[i].kind, rows[i].unit, rows[i].text);
    }
    if (config->setup != NULL && (config->setup->clock_s > 0 || config->clock_s > 0)) {
        watch_contactors(billing);
        read_switches(billing);
    }
    if (config->setup != NULL && config->setup->clock_s > 0) {
        book(billing, config->loop->now_ns);
        next_switch(billing, config->loop->now_ns);
    }
}

void billing_clock_moved(struct billing *billing, int64_t by_s) {
    bool tariffs = billing->tariff > 0;
    if (tariffs) {
        book(billing, billing->config.loop->now_ns);
    }
    billing->moved_s += by_s;
    if (tariffs) {
        loop_cancel(billing->config.loop,
                    &billing->switched); /* it is due at another instant now */
        next_switch(billing, billing->config.loop->now_ns);
    }
}

void billing_end(struct billing *billing) {
    if (billing->config.loop != NULL) {
        loop_cancel(billing->config.loop, &billing->switched);
    }
    for (unsigned i = 0; i < 2 && billing->contactors[i] != NULL; i++) {
        signal_unsubscribe(billing->contactors[i], &billing->listening[i]);
    }
}

/* ---- the records ---- */

struct sums {
    unsigned count, open, unsound, unordered, foreign;
    bool unpriced; /* by a tariff whose price nobody has set */
    uint64_t energy, beyond_wh, tariffs[CHARGE_TARIFFS], beyonds_wh[CHARGE_TARIFFS];
    uint64_t amount, due_amount;
    struct charge_record last;
};

/* What is due for steps of 0.01 kWh and Wh besides, in 0.0001 yuan; false: nobody has set its
 * price. */
static bool due_units(const struct billing *billing, unsigned tariff, uint64_t steps, uint64_t wh,
                      uint64_t *units) {
    static const char *const names[CHARGE_TARIFFS] = {"sharp", "peak", "flat", "valley"};
    static const char *const whats[] = {"price", "fee"};
    bool known = true;
    assert(tariff < CHARGE_TARIFFS);
    for (unsigned i = 0; i < 2; i++) {
        char name[32];
        int32_t price = 0;
        snprintf(name, sizeof name, "tariff.%s_%s", whats[i], names[tariff]);
        known = setup_value(billing->config.setup, name, &price) && known;
        *units += (steps * (uint64_t)price + 50) / 100 + (wh * (uint64_t)price + 500) / 1000;
    }
    return known || (steps == 0 && wh == 0);
}

static uint64_t beyond_wh(const struct charge_record *record, unsigned tariff) {
    return record->tariff == tariff + 1 ? record->beyond_wh : 0;
}

static void add(const struct billing *billing, const struct charge_record *record,
                struct sums *sums) {
    const char *vin = billing->config.vin;
    sums->count++;
    sums->open += record->state == CHARGE_OPEN;
    sums->unsound += charge_record_problem(record) != NULL;
    sums->unordered += !billing_as_ordered(billing, record);
    sums->foreign += vin != NULL && (record->vehicle_kind != CHARGE_VEHICLE_VIN ||
                                     strcmp(vin, record->vehicle) != 0);
    sums->energy += record->energy;
    sums->amount += record->amount;
    sums->beyond_wh += record->beyond_wh;
    for (unsigned i = 0; i < CHARGE_TARIFFS; i++) {
        sums->tariffs[i] += record->tariffs[i].energy;
        sums->beyonds_wh[i] += beyond_wh(record, i);
        sums->unpriced |= !due_units(billing, i, record->tariffs[i].energy, beyond_wh(record, i),
                                     &sums->due_amount);
    }
    assert(sums->open <= sums->count && sums->unsound <= sums->count);
    assert(sums->unordered <= sums->count && sums->foreign <= sums->count);
    sums->last = *record;
}

static void show(struct billing *billing, enum shown which, double value) {
    assert((unsigned)which < BILLING_SIGNALS);
    signal_set(billing->shown[which], billing->config.loop->now_ns, value);
}

static double tariff_error_wh(struct billing *billing, const struct sums *sums) {
    double worst_wh = billing->tariff > 0 ? 0.0 : (double)NAN;
    book(billing, billing->config.loop->now_ns);
    for (unsigned i = 0; billing->tariff > 0 && i < CHARGE_TARIFFS; i++) {
        worst_wh = fmax(worst_wh, fabs((double)sums->tariffs[i] * WH_PER_STEP +
                                       (double)sums->beyonds_wh[i] - billing->due_wh[i]));
    }
    return worst_wh;
}

/* The amount that may be billed at most: what is set, and what the card holds. */
static bool most_units(const struct billing *billing, const struct charge_record *last,
                       int32_t *most) {
    int32_t limit, balance;
    bool limited = last->mode == CHARGE_BY_AMOUNT &&
                   setup_value(billing->config.setup, "billing.limit", &limit);
    bool card = setup_value(billing->config.setup, "card.balance", &balance) && balance >= 0;
    *most = limited && (!card || limit < balance) ? limit : card ? balance : 0;
    return limited || card;
}

static bool due_after(const struct billing *billing, const struct charge_record *record,
                      unsigned tariff, int64_t more, int64_t *units) {
    uint64_t due = 0;
    bool known = true;
    for (unsigned i = 0; i < CHARGE_TARIFFS; i++) {
        uint64_t steps = record->tariffs[i].energy + (i == tariff ? (uint64_t)more : 0);
        known &= due_units(billing, i, steps, beyond_wh(record, i), &due);
    }
    *units = (int64_t)due;
    return known;
}

/* In energy at the price that held last, so that it can be told in steps of the meter. Roundings
 * make the division inexact: its result is only where the search begins. */
static double left_wh(const struct billing *billing, const struct charge_record *last) {
    unsigned tariff = last->segment_count > 0 ? last->segments[last->segment_count - 1].tariff : 0;
    uint64_t thousand = 0; /* 10 kWh: unrounded */
    int32_t most;
    int64_t due, later;
    if (last->mode == CHARGE_BY_ENERGY &&
        setup_value(billing->config.setup, "billing.limit", &most)) {
        return ((double)most - (double)last->energy) * WH_PER_STEP;
    }
    if (tariff < 1 || tariff > CHARGE_TARIFFS || !most_units(billing, last, &most) ||
        !due_after(billing, last, tariff - 1, 0, &due) ||
        !due_units(billing, tariff - 1, 1000, 0, &thousand) || thousand == 0) {
        return (double)NAN;
    }
    if (due > most) {
        return floor(((double)most - (double)due) * 1000.0 / (double)thousand) * WH_PER_STEP;
    }
    int64_t steps = (most - due) * 1000 / (int64_t)thousand + 2;
    while (steps > 0 && (!due_after(billing, last, tariff - 1, steps, &later) || later > most)) {
        steps--;
    }
    assert(steps >= 0); /* nothing is due beyond what is allowed: told above */
    return (double)steps * WH_PER_STEP;
}

static double balance_error_yuan(const struct billing *billing, const struct charge_record *last) {
    int32_t balance;
    if (!setup_value(billing->config.setup, "card.balance", &balance) || balance < 0 ||
        last->state == CHARGE_OPEN) {
        return (double)NAN;
    }
    return ((double)last->balance_after - ((double)balance - (double)last->amount)) /
           UNITS_PER_YUAN;
}

/* What stands in each record, apart from energies and amounts. */
static void show_facts(struct billing *billing, const struct sums *sums,
                       const struct billing_card *card) {
    const struct charge_record *last = &sums->last;
    bool set = billing->config.setup != NULL;
    show(billing, CLOSED, sums->open == 0);
    show(billing, SOUND, sums->unsound == 0);
    show(billing, RECOVERED, last->state == CHARGE_RECOVERED);
    show(billing, STOP, last->stop);
    show(billing, FLAGS, last->flags);
    show(billing, FAULT, last->fault);
    show(billing, NAMED, last->vehicle_kind != CHARGE_VEHICLE_NONE);
    show(billing, SWITCHES, last->segment_count > 0 ? last->segment_count - 1.0 : 0.0);
    show(billing, LEFT_OUT, last->left_out);
    show(billing, ORDER, set ? sums->unordered == 0 : (double)NAN);
    show(billing, VEHICLE, billing->config.vin != NULL ? sums->foreign == 0 : (double)NAN);
    show(billing, CLOCK_ERROR, billing_clock_error_s(billing, last));
    show(billing, WRITTEN_BACK, billing_written_back(billing, last, card));
}

static void show_sums(struct billing *billing, const struct sums *sums) {
    int64_t now_ns = billing->config.loop->now_ns;
    double energy_wh = (double)sums->energy * WH_PER_STEP;
    show(billing, ENERGY, energy_wh);
    for (unsigned i = 0; i < CHARGE_TARIFFS; i++) {
        show(billing, (enum shown)(SHARP + i), (double)sums->tariffs[i] * WH_PER_STEP);
    }
    show(billing, BEYOND, (double)sums->beyond_wh);
    show(billing, PLANT_ERROR,
         energy_wh + (double)sums->beyond_wh - signal_at(billing->carried, now_ns));
    show(billing, UNBILLED,
         signal_at(billing->counted, now_ns) - energy_wh - (double)sums->beyond_wh);
    show(billing, TARIFF_ERROR, tariff_error_wh(billing, sums));
    show(billing, AMOUNT, (double)sums->amount / UNITS_PER_YUAN);
    show(billing, AMOUNT_ERROR,
         sums->unpriced ? (double)NAN
                        : ((double)sums->amount - (double)sums->due_amount) / UNITS_PER_YUAN);
    show(billing, LEFT, left_wh(billing, &sums->last));
    show(billing, BALANCE_ERROR, balance_error_yuan(billing, &sums->last));
}

void billing_take(struct billing *billing, FILE *storage, const struct billing_card *card) {
    struct sums sums = {0};
    struct charge_record record;
    struct problem nothing; /* no record: the signals say so */
    struct charge_records *records = charge_records_read(storage, "bulk", &nothing);
    if (records != NULL) {
        while (charge_records_next(records, &record)) {
            if (!billing->config.several || record.gun == billing->config.gun) {
                add(billing, &record, &sums);
            }
        }
        charge_records_close(records);
    }
    for (unsigned i = 0; i < BILLING_SIGNALS; i++) { /* nothing stays from an earlier reading */
        show(billing, (enum shown)i, i == COUNT_OF_RECORDS ? (double)sums.count : (double)NAN);
    }
    if (sums.count > 0) {
        show_facts(billing, &sums, card);
        show_sums(billing, &sums);
    }
}
