/* SPDX-License-Identifier: MIT */
/* account.h: connects a gun's session and meter with the billing of its charge (charge.h).
 *
 *   core_account_open(gun);               the charge begins: a record, or a fault
 *   core_account_run(gun);                new readings; closes what has ended, or a power cut left open
 *   if (core_account_reached(gun)) ...    the mode's limit (ZS-6.5.8.4a)
 *   core_account_cap_ma(gun)              less current for the last steps before a limit
 *
 * Mode, limit, card and tariffs are parameters: billing.*, card.*, tariff.*. They are taken when
 * a charge begins, so that one that runs keeps its tariffs. A record closes with the first reading
 * after the output is off; when the meter is silent then, it stays open until the meter answers, at
 * the latest before the next charge. Without bulk storage in the host (dut.h) nothing is recorded. */
#ifndef CORE_ACCOUNT_H
#define CORE_ACCOUNT_H

#include "charge.h"

struct core_account {
    struct core_charge charge;
    bool recovered;  /* what a power cut left has been looked after */
    int64_t read_ns; /* reading that was billed last */
    int64_t off_ns;  /* the output has been off since; INT64_MAX: it is not */
    uint16_t fault;  /* of the session that ends */
    uint8_t stop;    /* enum charge_stop */
};

struct gun;

void core_account_begin(struct gun *gun);                            /* at power on */
enum core_fault core_account_refusal(const struct gun *gun);         /* what forbids a start now */
void core_account_explain(struct gun *gun, enum core_fault refusal); /* to the log, what to mend */
void core_account_open(struct gun *gun);
void core_account_run(struct gun *gun);
bool core_account_reached(const struct gun *gun);
int32_t core_account_cap_ma(const struct gun *gun);

#endif
