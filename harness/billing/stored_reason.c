/* SPDX-License-Identifier: MIT */
/* Why a record says that its charge ended, and what it doubts, against what was seen. */
#include "harness/billing/stored.h"

#include <assert.h>

enum cause {
    BY_CONDITION,
    BY_PERSON,
    BY_FAULT,
    BY_VEHICLE,
};

enum happened {
    A_PERSON,
    A_CONDITION,
    A_FAULT,
    NO_ENERGY, /* something at meter, supply or vehicle: the least that an unfit meter counts as */
};

static bool says(const struct stored *stored, enum cause cause) {
    const struct signal *signal = stored->causes[cause];
    return stored->charge.cst && signal != NULL && signal->known && signal->value == 1.0;
}

static bool happened(const struct stored *stored, enum happened what) {
    return stored->happened[what] == NULL || signal_is(stored->happened[what]);
}

static bool alarmed(const struct stored *stored, unsigned fault) {
    const struct stored_charge *charge = &stored->charge;
    for (unsigned i = 0; i < charge->alarm_count; i++) {
        if (charge->alarms[i] == (int32_t)fault) {
            return true;
        }
    }
    return false;
}

/* What ends a charge first is in CST; what went wrong after it may be the record's reason too. */
bool stored_reason_fits(const struct stored *stored, const struct charge_record *record) {
    bool told = stored->charge.cst;
    switch (record->stop) {
    case CHARGE_STOP_VEHICLE:
        return says(stored, BY_VEHICLE) || (!told && stored->charge.bst);
    case CHARGE_STOP_PERSON:
        return says(stored, BY_PERSON) || (!told && happened(stored, A_PERSON));
    case CHARGE_STOP_LIMIT:
        return says(stored, BY_CONDITION) || (!told && happened(stored, A_CONDITION));
    case CHARGE_STOP_FAULT:
        return says(stored, BY_FAULT) || stored->charge.alarm_count > 0 ||
               (!told && happened(stored, A_FAULT));
    case CHARGE_STOP_LINK:
        return stored->charge.broken || (!told && happened(stored, A_FAULT));
    case CHARGE_STOP_POWER:
        return stored->power_failed && record->state == CHARGE_RECOVERED;
    case CHARGE_STOP_NONE:
        return record->state == CHARGE_OPEN;
    default:
        return false;
    }
}

/* An ended charge whose reason is a fault names it, by the number that was shown. */
bool stored_fault_fits(const struct stored *stored, const struct charge_record *record) {
    if (record->fault == 0) {
        return record->state == CHARGE_OPEN || record->stop != CHARGE_STOP_FAULT;
    }
    return stored->alarm == NULL || !stored->alarm->known || alarmed(stored, record->fault);
}

/* A doubt of the meter that comes while it charges may go again: it counts in what is billed. */
bool stored_flags_fit(const struct stored *stored, const struct charge_record *record) {
    unsigned clock = CHARGE_FLAG_CLOCK | CHARGE_FLAG_SET;
    unsigned meter = CHARGE_FLAG_REGISTER | CHARGE_FLAG_SILENT | CHARGE_FLAG_DOUBTED;
    return ((record->flags & clock) == 0 || stored->clock_touched) &&
           ((record->flags & meter) == 0 || record->state == CHARGE_OPEN ||
            happened(stored, NO_ENERGY));
}

/* ---- what is seen ---- */

static void cst(void *ctx, struct signal *signal, int64_t at_ns) {
    (void)signal, (void)at_ns;
    ((struct stored *)ctx)->charge.cst = true;
}

static void bst(void *ctx, struct signal *signal, int64_t at_ns) {
    (void)signal, (void)at_ns;
    ((struct stored *)ctx)->charge.bst = true;
}

static void broken(void *ctx, struct signal *signal, int64_t at_ns) {
    (void)signal, (void)at_ns;
    ((struct stored *)ctx)->charge.broken = true;
}

static void alarm(void *ctx, struct signal *signal, int64_t at_ns) {
    struct stored_charge *charge = &((struct stored *)ctx)->charge;
    (void)at_ns;
    if (signal->known && signal->value != 0.0) {
        charge->alarms[charge->alarm_count % STORED_ALARMS] = (int32_t)signal->value;
        charge->alarm_count += charge->alarm_count < STORED_ALARMS;
    }
}

void stored_reason_init(struct stored *stored) {
    static const char *const causes[] = {
        [BY_CONDITION] = "CST.condition_reached",
        [BY_PERSON] = "CST.manual_stop",
        [BY_FAULT] = "CST.fault_stop",
        [BY_VEHICLE] = "CST.bms_stopped",
    };
    static const char *const happenings[] = {
        [A_PERSON] = "happened.person",
        [A_CONDITION] = "happened.condition",
        [A_FAULT] = "happened.fault",
        [NO_ENERGY] = "happened.energy",
    };
    for (unsigned i = 0; i < 4; i++) {
        stored->causes[i] = signal_find(stored->config.board, causes[i]);
        stored->happened[i] = signal_find(stored->config.board, happenings[i]);
    }
    stored->alarm = signal_find(stored->config.board, "pile.alarm");
    stored_follow(stored, "CST", cst);
    stored_follow(stored, "BST", bst);
    stored_follow(stored, "CEM", broken);
    stored_follow(stored, "BEM", broken);
    stored_follow(stored, "pile.alarm", alarm);
}
