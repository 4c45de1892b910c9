/* SPDX-License-Identifier: MIT */
/* billing.h: what the pile has billed, against what the bench says it had to bill.
 *
 *   billing_init(&billing, &config);                  publishes record.* (`pilebench list signals`)
 *   billing_take(&billing, storage, &card);           the pile's bulk storage is read out now
 *   billing_clock_moved(&billing, 3600);              its clock is an hour ahead from now on
 *   billing_end(&billing);
 *
 * The bench's side of the comparison: the register of the gun's DC meter, divided among the tariffs
 * by the case's clock and switches (firmware parameters clock, tariff.switch_N, tariff.price_*,
 * tariff.fee_* of the case's "firmware"), and those prices. Both tell the pile's own rules nothing:
 * a switch belongs to the instant of the clock, an amount is energy times price, rounded half up
 * once per tariff and charge (charge_record.h).
 *
 * The setup is that of the case with what the command line sets besides. An amount is unknown when
 * the price of an energy in it is not set there.
 *
 * Until billing_take, and where there is nothing to compare with, a signal is unknown. */
#ifndef HARNESS_BILLING_BILLING_H
#define HARNESS_BILLING_BILLING_H

#include "harness/billing/charge_records.h"
#include "harness/scenario/setup.h"
#include "sim/loop.h"
#include "sim/signal.h"

#include <stdio.h>

#define BILLING_SWITCHES_MAX 48
#define BILLING_SIGNALS      27

struct billing_config {
    struct loop *loop;
    struct signal_board *board; /* with meter.counted, plant.energy, k1.closed and k2.closed */
    const struct setup *setup;  /* NULL: the signals only */
    int64_t clock_s;            /* the pile's clock where the case sets none; 0: not known */
    const char *vin;            /* the vehicle's; NULL: not known */
    unsigned gun;               /* of the pile; what else is of this gun, too */
    bool several;               /* there are others: records of theirs are none of its own */
};

/* What the pile has stored for the gun's card: CARD_BALANCE_RECORD of charge_record.h. */
struct billing_card {
    bool written;
    uint8_t bytes[CARD_BALANCE_BYTES];
};

struct billing {
    struct billing_config config;
    struct signal *counted, *carried, *contactors[2];
    struct subscription listening[2];
    bool conducting;                   /* K1 and K2, since made_ns, when made_wh were carried */
    int64_t made_ns, begin_ns, end_ns; /* the latter of the last charge; -1: none yet */
    double made_wh, made_s, begin_s, end_s; /* the latter by the pile's clock */
    int64_t moved_s;                        /* the clock has been set forward by so much */
    struct timer switched;
    unsigned tariff; /* that holds, 1..4; 0: not known */
    double since_wh; /* meter.counted when it began to hold */
    double first_wh; /* and when the first one did */
    double due_wh[CHARGE_TARIFFS];
    struct {
        unsigned minute, tariff;
    } switches[BILLING_SWITCHES_MAX];
    unsigned switch_count;
    struct signal *shown[BILLING_SIGNALS];
};

void billing_init(struct billing *billing, const struct billing_config *config);
/* Closes the file. Nothing in it that is a record: record.count is 0, the others are unknown. card
 * NULL: it cannot be told what was stored for the card. */
void billing_take(struct billing *billing, FILE *storage, const struct billing_card *card);
/* The pile's clock is set forward, or back, by so much from now on. */
void billing_clock_moved(struct billing *billing, int64_t by_s);
void billing_end(struct billing *billing);

#endif
