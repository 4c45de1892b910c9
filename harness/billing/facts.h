/* SPDX-License-Identifier: MIT */
/* facts.h: what stands in a charge record besides energies and amounts, against what the case
 * has set and the bench has seen. Part of billing.h. */
#ifndef HARNESS_BILLING_FACTS_H
#define HARNESS_BILLING_FACTS_H

#include "harness/billing/billing.h"

/* What the pile had for its time when the case began, seconds of its civil time: clock.zone is
 * added to the clock it is given. */
int64_t billing_clock_s(const struct billing *billing);

/* Mode, limit, tariff table and card, as far as they are set. */
bool billing_as_ordered(const struct billing *billing, const struct charge_record *record);
/* Prices and service fees, and the balance that the card had, as far as they are set. */
bool billing_as_priced(const struct billing *billing, const struct charge_record *record);
/* 1, 0, or NAN: there is no card, the record is open, or it cannot be told. */
double billing_written_back(const struct billing *billing, const struct charge_record *last,
                            const struct billing_card *card);
/* The largest distance of a tariff switch from one of the table, in s. */
double billing_switch_error_s(const struct billing *billing, const struct charge_record *record);
/* The largest difference of a time, in s; NAN: no clock, no charge yet, or one under way. */
double billing_clock_error_s(const struct billing *billing, const struct charge_record *last);

#endif
