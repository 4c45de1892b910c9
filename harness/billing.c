/* SPDX-License-Identifier: MIT */
#include "harness/billing.h"

#include <math.h>
#include <string.h>

#define MINUTES_A_DAY  1440
#define WH_PER_STEP    10.0 /* 0.01 kWh */
#define UNITS_PER_YUAN 1e4
#define S_PER_MIN      60

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
                "billed besides, by the pile's own measurement, because no register admits it"},
    [PLANT_ERROR] = {"record.plant_error", SIGNAL_NUMBER, "Wh",
                     "billed, by register or besides, less carried to the vehicle"},
    [UNBILLED] = {"record.unbilled", SIGNAL_NUMBER, "Wh",
                  "counted by the DC meter less billed; negative: billed twice"},
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
};

/* ---- by the bench's clock ---- */

static int64_t clock_minute(const struct billing *billing, int64_t now_ns) {
    return (billing->config.setup->clock_s + now_ns / NS_PER_S) / S_PER_MIN;
}

static void book(struct billing *billing, int64_t now_ns) {
    double counted_wh = signal_at(billing->counted, now_ns);
    if (billing->tariff > 0) {
        billing->due_wh[billing->tariff - 1] += counted_wh - billing->since_wh;
    }
    billing->since_wh = counted_wh;
}

/* The last switch of the day that has passed; before the first, the last one of the day before. */
static unsigned tariff_at(const struct billing *billing, unsigned minute) {
    unsigned latest = 0, tariff = CHARGE_TARIFFS - 1; /* flat, when there is no switch at all */
    bool passed = false;
    for (unsigned i = 0; i < billing->switch_count; i++) {
        bool before = billing->switches[i].minute <= minute;
        bool better = before == passed ? billing->switches[i].minute >= latest : before;
        if (better) {
            passed = before;
            latest = billing->switches[i].minute;
            tariff = billing->switches[i].tariff;
        }
    }
    return tariff;
}

static void next_switch(struct billing *billing, int64_t now_ns) {
    int64_t minute = clock_minute(billing, now_ns), soonest = INT64_MAX;
    for (unsigned i = 0; i < billing->switch_count; i++) {
        int64_t wait = (billing->switches[i].minute - minute % MINUTES_A_DAY + MINUTES_A_DAY - 1) %
                           MINUTES_A_DAY +
                       1;
        soonest = wait < soonest ? wait : soonest;
    }
    billing->tariff = tariff_at(billing, (unsigned)(minute % MINUTES_A_DAY));
    if (soonest < INT64_MAX) {
        loop_set(billing->config.loop, &billing->switched,
                 ((minute + soonest) * S_PER_MIN - billing->config.setup->clock_s) * NS_PER_S);
    }
}

static void on_switch(void *ctx, int64_t now_ns) {
    struct billing *billing = ctx;
    book(billing, now_ns);
    next_switch(billing, now_ns);
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
    if (config->setup != NULL && config->setup->clock_s > 0) {
        read_switches(billing);
        book(billing, config->loop->now_ns);
        next_switch(billing, config->loop->now_ns);
    }
}

void billing_end(struct billing *billing) {
    if (billing->config.loop != NULL) {
        loop_cancel(billing->config.loop, &billing->switched);
    }
}

/* ---- the records ---- */

struct sums {
    unsigned count, open, unsound;
    uint64_t energy, beyond_wh, tariffs[CHARGE_TARIFFS], amount, due_amount;
    struct charge_record last;
};

static uint64_t setting(const struct billing *billing, const char *what, unsigned tariff) {
    static const char *const names[CHARGE_TARIFFS] = {"sharp", "peak", "flat", "valley"};
    char name[32];
    int32_t value = 0;
    snprintf(name, sizeof name, "tariff.%s_%s", what, names[tariff]);
    (void)setup_value(billing->config.setup, name, &value);
    return value > 0 ? (uint64_t)value : 0;
}

/* Steps of 0.01 kWh at 0.0001 yuan/kWh, in 0.0001 yuan. */
static uint64_t priced(uint64_t steps, uint64_t price) {
    return (steps * price + 50) / 100;
}

static uint64_t priced_wh(uint64_t wh, uint64_t price) {
    return (wh * price + 500) / 1000;
}

static void add(const struct billing *billing, const struct charge_record *record,
                struct sums *sums) {
    sums->count++;
    sums->open += record->state == CHARGE_OPEN;
    sums->unsound += charge_record_problem(record) != NULL;
    sums->energy += record->energy;
    sums->amount += record->amount;
    for (unsigned i = 0; i < CHARGE_TARIFFS; i++) {
        uint64_t steps = record->tariffs[i].energy;
        sums->tariffs[i] += steps;
        sums->due_amount +=
            priced(steps, setting(billing, "price", i)) + priced(steps, setting(billing, "fee", i));
    }
    sums->beyond_wh += record->beyond_wh;
    if (record->tariff >= 1 && record->tariff <= CHARGE_TARIFFS) {
        unsigned i = record->tariff - 1;
        sums->due_amount += priced_wh(record->beyond_wh, setting(billing, "price", i)) +
                            priced_wh(record->beyond_wh, setting(billing, "fee", i));
    }
    sums->last = *record;
}

static void show(struct billing *billing, enum shown which, double value) {
    if (!isnan(value)) {
        signal_set(billing->shown[which], billing->config.loop->now_ns, value);
    }
}

static double tariff_error_wh(struct billing *billing, const struct sums *sums) {
    double worst_wh = billing->tariff > 0 ? 0.0 : (double)NAN;
    book(billing, billing->config.loop->now_ns);
    for (unsigned i = 0; billing->tariff > 0 && i < CHARGE_TARIFFS; i++) {
        worst_wh =
            fmax(worst_wh, fabs((double)sums->tariffs[i] * WH_PER_STEP - billing->due_wh[i]));
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

/* In energy at the price that held last, so that it can be told in steps of the meter. */
static double left_wh(const struct billing *billing, const struct charge_record *last) {
    unsigned tariff = last->segment_count > 0 ? last->segments[last->segment_count - 1].tariff : 0;
    int32_t most;
    if (last->mode == CHARGE_BY_ENERGY &&
        setup_value(billing->config.setup, "billing.limit", &most)) {
        return ((double)most - (double)last->energy) * WH_PER_STEP;
    }
    if (tariff < 1 || tariff > CHARGE_TARIFFS || !most_units(billing, last, &most)) {
        return (double)NAN;
    }
    uint64_t price = setting(billing, "price", tariff - 1) + setting(billing, "fee", tariff - 1);
    double steps = ((double)most - (double)last->amount) * 100.0 / (double)price;
    return price == 0 ? (double)NAN : floor(steps) * WH_PER_STEP;
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

static void show_sums(struct billing *billing, const struct sums *sums) {
    int64_t now_ns = billing->config.loop->now_ns;
    double energy_wh = (double)sums->energy * WH_PER_STEP;
    show(billing, COUNT_OF_RECORDS, sums->count);
    if (sums->count == 0) {
        return;
    }
    show(billing, CLOSED, sums->open == 0);
    show(billing, SOUND, sums->unsound == 0);
    show(billing, RECOVERED, sums->last.state == CHARGE_RECOVERED);
    show(billing, STOP, sums->last.stop);
    show(billing, ENERGY, energy_wh);
    for (unsigned i = 0; i < CHARGE_TARIFFS; i++) {
        show(billing, (enum shown)(SHARP + i), (double)sums->tariffs[i] * WH_PER_STEP);
    }
    show(billing, BEYOND, (double)sums->beyond_wh);
    show(billing, PLANT_ERROR,
         energy_wh + (double)sums->beyond_wh - signal_at(billing->carried, now_ns));
    show(billing, UNBILLED, signal_at(billing->counted, now_ns) - energy_wh);
    show(billing, TARIFF_ERROR, tariff_error_wh(billing, sums));
    show(billing, AMOUNT, (double)sums->amount / UNITS_PER_YUAN);
    show(billing, AMOUNT_ERROR, ((double)sums->amount - (double)sums->due_amount) / UNITS_PER_YUAN);
    show(billing, LEFT, left_wh(billing, &sums->last));
    show(billing, BALANCE_ERROR, balance_error_yuan(billing, &sums->last));
}

void billing_take(struct billing *billing, FILE *storage) {
    struct sums sums = {0};
    struct charge_record record;
    char why[256];
    struct charge_records *records = charge_records_read(storage, "bulk", why, sizeof why);
    if (records != NULL) {
        while (charge_records_next(records, &record)) {
            add(billing, &record, &sums);
        }
        charge_records_close(records);
    }
    show_sums(billing, &sums);
}
