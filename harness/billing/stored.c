/* SPDX-License-Identifier: MIT */
#include "harness/billing/stored.h"

#include "harness/billing/facts.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define WH_PER_STEP 10.0 /* 0.01 kWh */
#define FRESH_S     3.0  /* an end so far: with a reading of the meter, which may be repeated */

enum shown {
    COPY,
    RECORD,
    OPEN,
    UNSOUND,
    UNORDERED,
    FOREIGN,
    MISPLACED,
    OUT_OF_ORDER,
    WRONG_REASON,
    WRONG_FAULT,
    WRONG_FLAGS,
    CARD_WRONG,
    REGISTER_ERROR,
    CLOCK_ERROR,
    UNBILLED,
    PLANT_ERROR,
};

static const struct {
    const char *name;
    enum signal_kind kind;
    const char *unit, *text;
} rows[STORED_SIGNALS] = {
    [COPY] = {"stored.copy", SIGNAL_PULSE, "", "a charge record was written, open or closed"},
    [RECORD] = {"stored.record", SIGNAL_PULSE, "", "the record of an ended charge was written"},
    [OPEN] = {"stored.open", SIGNAL_BOOL, "", "the record written last is of an open charge"},
    [UNSOUND] = {"stored.unsound", SIGNAL_BOOL, "",
                 "it does not add up: energies to registers, amounts to prices"},
    [UNORDERED] =
        {"stored.unordered", SIGNAL_BOOL, "",
         "it names mode, limit, prices, tariff table or card otherwise than they are set"},
    [FOREIGN] = {"stored.foreign", SIGNAL_BOOL, "", "it names another vehicle"},
    [MISPLACED] = {"stored.misplaced", SIGNAL_BOOL, "",
                   "it stands elsewhere than its number and state say (charge_record.h)"},
    [OUT_OF_ORDER] = {"stored.out_of_order", SIGNAL_BOOL, "",
                      "its number does not follow the one before, or its charge had ended"},
    [WRONG_REASON] = {"stored.wrong_reason", SIGNAL_BOOL, "",
                      "it gives a reason for the end of the charge that contradicts CST, or that "
                      "nothing brought about"},
    [WRONG_FAULT] = {"stored.wrong_fault", SIGNAL_BOOL, "",
                     "it names a fault that was not shown, or none where one ended the charge"},
    [WRONG_FLAGS] = {"stored.wrong_flags", SIGNAL_BOOL, "",
                     "it doubts clock or meter, with which nothing was wrong"},
    [CARD_WRONG] = {"stored.card_wrong", SIGNAL_BOOL, "",
                    "the charge has ended, and another balance is stored for the card"},
    [REGISTER_ERROR] = {"stored.register_error", SIGNAL_NUMBER, "Wh",
                        "its last register, beyond what the meter has had in the last seconds"},
    [CLOCK_ERROR] = {"stored.clock_error", SIGNAL_NUMBER, "s",
                     "largest difference of a time in it from the pile's clock"},
    [UNBILLED] = {"stored.unbilled", SIGNAL_NUMBER, "Wh",
                  "of an ended charge: counted by the DC meter less billed"},
    [PLANT_ERROR] = {"stored.plant_error", SIGNAL_NUMBER, "Wh",
                     "of an ended charge with a doubtful meter: billed less carried"},
};

static void show(struct stored *stored, enum shown which, double value) {
    signal_set(stored->shown[which], stored->config.loop->now_ns, value);
}

void stored_follow(struct stored *stored, const char *name,
                   void (*changed)(void *stored, struct signal *signal, int64_t at_ns)) {
    struct signal *signal = signal_find(stored->config.board, name);
    if (signal == NULL) {
        return; /* an edition without that message */
    }
    assert(stored->followed_count < STORED_FOLLOWED);
    unsigned i = stored->followed_count++;
    stored->followed[i] = signal;
    stored->following[i] = (struct subscription){.changed = changed, .ctx = stored};
    signal_subscribe(signal, &stored->following[i]);
}

/* ---- registers that the meter has told ---- */

static void note_register(struct stored *stored, int64_t at_ns) {
    unsigned i = stored->reading_count++ % STORED_READINGS;
    stored->readings[i].at_ns = at_ns;
    stored->readings[i].wh = signal_at(stored->reg, at_ns);
}

static void meter_asked(void *ctx, struct signal *signal, int64_t at_ns) {
    (void)signal;
    note_register(ctx, at_ns);
}

/* How far a register is outside of what the meter has had lately. A meter that rolls over has had
 * anything. */
static double register_error_wh(struct stored *stored, double reg_wh) {
    int64_t now_ns = stored->config.loop->now_ns;
    double low = signal_at(stored->reg, now_ns), high = low;
    unsigned count =
        stored->reading_count < STORED_READINGS ? stored->reading_count : STORED_READINGS;
    for (unsigned i = 0; i < count; i++) {
        if (now_ns - stored->readings[i].at_ns <= STORED_FRESH_NS) {
            low = fmin(low, stored->readings[i].wh);
            high = fmax(high, stored->readings[i].wh);
        }
    }
    assert(low <= high);
    return reg_wh < low ? low - reg_wh : reg_wh > high ? reg_wh - high : 0;
}

/* ---- a copy ---- */

static bool has_clock(const struct stored *stored) {
    const struct billing *billing = stored->config.billing;
    return billing->config.setup != NULL && billing_clock_s(billing) > 0;
}

/* By the pile's clock; 0: it has none. */
static double wall_s(const struct stored *stored) {
    return has_clock(stored) ? (double)billing_clock_s(stored->config.billing) +
                                   (double)stored->config.loop->now_ns / (double)NS_PER_S
                             : 0;
}

/* A charge of its own; what happened before it is none of its business, but for the alarm that is
 * shown. */
static void begin_charge(struct stored *stored, const struct charge_record *record) {
    int64_t now_ns = stored->config.loop->now_ns;
    bool begins = record->state == CHARGE_OPEN;
    bool shown = stored->alarm != NULL && stored->alarm->known && stored->alarm->value != 0.0;
    stored->charge = (struct stored_charge){
        .sequence = record->sequence,
        .first_ns = now_ns,
        .first_s = wall_s(stored),
        .counted_wh = begins ? signal_at(stored->counted, now_ns) : stored->closed_counted_wh,
        .carried_wh = begins ? signal_at(stored->carried, now_ns) : stored->closed_carried_wh,
        .alarms = {shown ? (int32_t)stored->alarm->value : 0},
        .alarm_count = shown,
    };
}

static bool is_misplaced(const struct charge_record *record, uint32_t offset) {
    uint32_t ring = CHARGE_RING_OFFSET + record->sequence % CHARGE_RING_SLOTS * CHARGE_RECORD_BYTES;
    return offset < CHARGE_RING_OFFSET ? offset / CHARGE_RECORD_BYTES / 2 != record->gun
                                       : offset != ring || record->state == CHARGE_OPEN;
}

static bool is_foreign(const struct stored *stored, const struct charge_record *record) {
    const char *vin = stored->config.billing->config.vin;
    return vin != NULL && record->vehicle_kind == CHARGE_VEHICLE_VIN &&
           strcmp(vin, record->vehicle) != 0;
}

static double outside(double value, double low, double high) {
    return value < low ? low - value : value > high ? value - high : 0;
}

/* A charge begins between K1 and K2 closing and its first copy, whichever comes first, ... */
static double begin_error_s(const struct stored *stored, const struct charge_record *record,
                            double made_s) {
    double first_s = stored->charge.first_s;
    return outside((double)record->start_s, fmin(made_s, first_s), fmax(made_s, first_s));
}

/* ... is as far as a fresh reading of the meter while it is under way, and ends when K1 and K2 have
 * opened, at the latest when it is recorded: sooner or later, as the vehicle still has to be heard. */
static double clock_error_s(const struct stored *stored, const struct charge_record *record) {
    const struct billing *billing = stored->config.billing;
    double now_s = wall_s(stored), end_s = (double)record->end_s;
    if (stored->clock_touched || !has_clock(stored)) {
        return 0;
    }
    if (billing->conducting) {
        bool running = record->state == CHARGE_OPEN && record->stop == CHARGE_STOP_NONE;
        return running && record->flags == 0 ? fmax(begin_error_s(stored, record, billing->made_s),
                                                    outside(end_s, now_s - FRESH_S, now_s))
                                             : 0;
    }
    if (billing->end_ns < stored->charge.first_ns) {
        return 0; /* the charge that carried something last is not that of the record */
    }
    double switches_s = billing_switch_error_s(billing, record);
    double ended_s = record->state == CHARGE_CLOSED ? outside(end_s, billing->end_s, now_s) : 0;
    return fmax(begin_error_s(stored, record, billing->begin_s), fmax(switches_s, ended_s));
}

static void judge_copy(struct stored *stored, const struct charge_record *record, uint32_t offset,
                       bool in_order) {
    show(stored, OPEN, record->state == CHARGE_OPEN);
    show(stored, UNSOUND, charge_record_problem(record) != NULL);
    show(stored, UNORDERED,
         !billing_as_ordered(stored->config.billing, record) ||
             !billing_as_priced(stored->config.billing, record));
    show(stored, FOREIGN, is_foreign(stored, record));
    show(stored, MISPLACED, is_misplaced(record, offset));
    show(stored, OUT_OF_ORDER, !in_order);
    show(stored, WRONG_FLAGS, !stored_flags_fit(stored, record));
    show(stored, REGISTER_ERROR,
         record->flags != 0 ? 0 : register_error_wh(stored, (double)record->end * WH_PER_STEP));
    show(stored, CLOCK_ERROR, clock_error_s(stored, record));
}

/* A charge that has ended, on its way to the ring. */
static void judge_record(struct stored *stored, const struct charge_record *record,
                         const struct billing_card *card) {
    int64_t now_ns = stored->config.loop->now_ns;
    bool measured = (record->flags & (CHARGE_FLAG_SILENT | CHARGE_FLAG_DOUBTED)) != 0;
    bool counted = !measured && (record->flags & CHARGE_FLAG_REGISTER) == 0;
    double counted_wh = signal_at(stored->counted, now_ns) - stored->charge.counted_wh;
    double carried_wh = signal_at(stored->carried, now_ns) - stored->charge.carried_wh;
    double billed_wh = (double)record->energy * WH_PER_STEP + (double)record->beyond_wh;
    show(stored, UNBILLED, counted ? counted_wh - billed_wh : 0);
    show(stored, PLANT_ERROR, measured ? billed_wh - carried_wh : 0);
    show(stored, CARD_WRONG, billing_written_back(stored->config.billing, record, card) == 0);
    show(stored, WRONG_REASON, !stored_reason_fits(stored, record));
    show(stored, WRONG_FAULT, !stored_fault_fits(stored, record));
    stored->closed_counted_wh = signal_at(stored->counted, now_ns);
    stored->closed_carried_wh = signal_at(stored->carried, now_ns);
}

/* Of the charge that is being written, or of the next one. */
static bool take_charge(struct stored *stored, const struct charge_record *record) {
    const struct stored *other = stored->config.other;
    uint32_t own = stored->charge.sequence, before = own;
    bool open = record->state == CHARGE_OPEN;
    if (other != NULL && other->charge.sequence > before) {
        before = other->charge.sequence; /* the numbers of both follow one another */
    }
    bool in_order = before == 0 || record->sequence == before + 1;
    if (record->sequence == own) {
        in_order = !open || !stored->charge.closed;
    } else {
        begin_charge(stored, record);
    }
    stored->charge.closed = stored->charge.closed || !open;
    return in_order;
}

void stored_copy(struct stored *stored, uint32_t offset, const uint8_t *bytes,
                 const struct billing_card *card) {
    struct charge_record record;
    bool ring = offset >= CHARGE_RING_OFFSET;
    if (stored->config.loop == NULL || !charge_record_decode(bytes, &record) ||
        record.gun != stored->config.billing->config.gun ||
        record.sequence < stored->charge.sequence) {
        return; /* of a charge before this one: brought up late */
    }
    judge_copy(stored, &record, offset, take_charge(stored, &record));
    if (ring) {
        judge_record(stored, &record, card);
        show(stored, RECORD, 1);
    }
    show(stored, COPY, 1);
}

void stored_power_failed(struct stored *stored) {
    stored->power_failed = true;
}

void stored_clock_touched(struct stored *stored) {
    stored->clock_touched = true;
}

void stored_init(struct stored *stored, const struct stored_config *config) {
    *stored = (struct stored){.config = *config};
    stored->counted = signal_find(config->board, "meter.counted");
    stored->carried = signal_find(config->board, "plant.energy");
    stored->reg = signal_find(config->board, "meter.energy");
    for (unsigned i = 0; i < STORED_SIGNALS; i++) {
        stored->shown[i] =
            signal_add(config->board, rows[i].name, rows[i].kind, rows[i].unit, rows[i].text);
        if (rows[i].kind != SIGNAL_PULSE) {
            show(stored, (enum shown)i, 0);
        }
    }
    stored->closed_counted_wh = signal_at(stored->counted, config->loop->now_ns);
    stored->closed_carried_wh = signal_at(stored->carried, config->loop->now_ns);
    stored_follow(stored, "meter.requests", meter_asked);
    stored_reason_init(stored);
}

void stored_end(struct stored *stored) {
    for (unsigned i = 0; i < stored->followed_count; i++) {
        signal_unsubscribe(stored->followed[i], &stored->following[i]);
    }
    stored->followed_count = 0;
}
