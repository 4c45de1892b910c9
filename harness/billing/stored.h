/* SPDX-License-Identifier: MIT */
/* stored.h: each charge record as the pile writes it, against what the bench has seen.
 *
 *   stored_init(&stored, &config);                       publishes stored.* (`pilebench list signals`)
 *   stored_copy(&stored, offset, bytes, &card);          a slot of the bulk storage was written
 *   stored_power_failed(&stored), stored_clock_touched(&stored)      what a record may then say
 *   stored_end(&stored);
 *
 * Where billing.h waits until a case reads the records, this one looks at every copy that reaches
 * the storage, in every case: open ones, closed ones, those that a power cut left. Each signal is
 * how far the last copy is off, 0 when it is right; the monitors of scenarios/monitors.json hold
 * them against limits. Only the bench's own storage can be watched: elsewhere nothing is off.
 *
 * What a healthy charger may do otherwise than the reference is inside what counts as right:
 *  - a slot may be written in pieces and as often as the charger likes;
 *  - a register may be as old as the readings of the last STORED_FRESH_NS;
 *  - a reason is wrong only where nothing that was seen can have brought it about;
 *  - what is not recorded at all is not looked at: whether it has to be is for the cases. */
#ifndef HARNESS_BILLING_STORED_H
#define HARNESS_BILLING_STORED_H

#include "harness/billing/billing.h"

#define STORED_FRESH_NS (6 * NS_PER_S) /* a meter that is asked every 5 s while nothing flows */

#define STORED_SIGNALS  16
#define STORED_FOLLOWED 8
#define STORED_ALARMS   16
#define STORED_READINGS 64

struct stored_config {
    struct loop *loop;
    struct signal_board
        *board;              /* with the gun's, the meters', the messages' signals and happened.* */
    struct billing *billing; /* of the same gun */
    const struct stored
        *other; /* of the pile's other gun: the numbers are the pile's; NULL: none */
};

/* Of the charge whose copies are being written. */
struct stored_charge {
    uint32_t sequence; /* 0: none yet */
    bool closed;
    int64_t first_ns; /* its first copy was written; by the pile's clock: */
    double first_s;
    double counted_wh, carried_wh; /* then */
    bool cst, bst, broken;         /* seen since then: CST, BST, CEM or BEM */
    int32_t alarms[STORED_ALARMS]; /* shown since then */
    unsigned alarm_count;
};

struct stored {
    struct stored_config config;
    struct signal *shown[STORED_SIGNALS];
    struct signal *counted, *carried, *reg, *k1, *k2, *alarm;
    struct signal *causes[4]; /* of CST: what ended the charge, by enum of stored_reason.c */
    struct signal *happened[4];
    struct subscription following[STORED_FOLLOWED];
    struct signal *followed[STORED_FOLLOWED];
    unsigned followed_count;
    struct stored_charge charge;
    bool power_failed, clock_touched;
    double closed_counted_wh, closed_carried_wh; /* when the last record was closed */
    struct {
        int64_t at_ns;
        double wh;
    } readings[STORED_READINGS]; /* a ring: registers when the meter was asked */
    unsigned reading_count;
};

void stored_init(struct stored *stored, const struct stored_config *config);
/* offset: of the slot; bytes: CHARGE_RECORD_BYTES that stand in it now; card: what stands for the
 * card, NULL: not known. Bytes that are no whole record are not looked at. */
void stored_copy(struct stored *stored, uint32_t offset, const uint8_t *bytes,
                 const struct billing_card *card);
void stored_power_failed(struct stored *stored);
void stored_clock_touched(struct stored *stored);
void stored_end(struct stored *stored);

/* ---- stored_reason.c ---- */

void stored_reason_init(struct stored *stored);
/* Can what was seen of this charge have brought about the reason, the fault and the flags that stand
 * in the record? */
bool stored_reason_fits(const struct stored *stored, const struct charge_record *record);
bool stored_fault_fits(const struct stored *stored, const struct charge_record *record);
bool stored_flags_fit(const struct stored *stored, const struct charge_record *record);
/* changed is called at each change, or reception. */
void stored_follow(struct stored *stored, const char *name,
                   void (*changed)(void *stored, struct signal *signal, int64_t at_ns));

#endif
