/* SPDX-License-Identifier: MIT */
/* account.h: connects a gun's session and meter with the billing of its charge (charge.h).
 *
 *   core_account_open(gun);               the charge begins: a record, or a fault
 *   core_account_run(gun);                new readings; closes what has ended, or a power cut left open
 *   if (core_account_reached(gun)) ...    the mode's limit (ZS-6.5.8.4a)
 *   core_account_cap_ma(gun)              less current for the last steps before a limit
 *
 * Mode, limit, card and tariffs are parameters: billing.*, card.*, tariff.*. They are taken when
 * a charge begins, so that one that runs keeps its tariffs. Parameters that are no tariff table forbid
 * the start.
 *
 * A record closes with the first register read after the output is off. That register has to admit
 * what the charger itself measured since the last one it believed; one that does not (stuck, backwards,
 * of another meter), meter.confirm times, or none for billing.wait, closes the record with the last good
 * register, and with what was measured besides (charge_record.h, CHARGE_U32_BEYOND).
 *
 * A storage that cannot be written for billing.storage ends the charge; one that cannot be read or
 * written forbids the start. Without bulk storage in the host (dut.h) nothing is recorded. */
#ifndef CORE_ACCOUNT_H
#define CORE_ACCOUNT_H

#include "billing/charge.h"

/* What the charger measured, but the register does not show: it is read now and then, and may count
 * in coarse steps. Counts against the limits only. */
struct core_account_pending {
    int64_t own_mwh;  /* the charger's integral, when looked at last */
    int64_t mwh;      /* beyond the register */
    int64_t flow_mwh; /* since the register moved */
    uint32_t grain;   /* least advance of the register seen; 0: none yet */
};

struct core_account {
    struct core_charge charge;
    struct core_account_pending pending;
    bool recovered;     /* what a power cut left has been looked after */
    bool failing;       /* the storage, since failing_ns */
    int64_t failing_ns; /* tried again RETRY_NS after tried_ns */
    int64_t tried_ns;
    int64_t read_ns;   /* reading that was billed last */
    int64_t off_ns;    /* the output has been off since; INT64_MAX: it is not */
    int64_t off_s;     /* the same, by the clock */
    int32_t unread_wh; /* measured since the last register believed, until off */
    uint8_t why;       /* CHARGE_FLAG_SILENT or DOUBTED when it went off; 0: neither */
    int32_t disagreed; /* registers since then that do not admit it */
    uint16_t fault;    /* of the session that ends */
    uint8_t stop;      /* enum charge_stop */
};

struct gun;

void core_account_begin(struct gun *gun);                            /* at power on */
enum core_fault core_account_refusal(const struct gun *gun);         /* what forbids a start now */
void core_account_explain(struct gun *gun, enum core_fault refusal); /* to the log, what to mend */
void core_account_open(struct gun *gun);
void core_account_run(struct gun *gun);
bool core_account_closing(const struct gun *gun); /* waits for the last reading */
bool core_account_reached(const struct gun *gun);
int32_t core_account_cap_ma(const struct gun *gun);

#endif
