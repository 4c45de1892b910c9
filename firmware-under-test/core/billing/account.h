/* SPDX-License-Identifier: MIT */
/* account.h: connects a gun's session and meter with the billing of its charge (charge.h).
 *
 *   core_account_open(&account, link.vin);    the charge begins: a record, or a fault
 *   core_account_run(&account, &session);     new readings; closes what ended or was cut off
 *   if (core_account_reached(&account)) ...   the mode's limit (ZS-6.5.8.4a)
 *   core_account_cap_ma(&account)             less current for the last steps before a limit
 *
 * Mode, limit, card and tariffs are parameters: billing.*, card.*, tariff.*. They are taken when
 * a charge begins, so that one that runs keeps its tariffs. Parameters that are no tariff table
 * forbid the start.
 *
 * A record closes with the first register read after the output is off. That register has to admit
 * what the charger itself measured since the last one it believed; one that does not (stuck,
 * backwards, of another meter), meter.confirm times, or none for billing.wait, closes the record
 * with the last good register, and with what was measured besides (charge_record.h,
 * CHARGE_U32_BEYOND).
 *
 * A storage that cannot be written for billing.storage ends the charge; one that cannot be read or
 * written forbids the start. Without bulk storage in the host (dut.h) nothing is recorded. */
#ifndef CORE_ACCOUNT_H
#define CORE_ACCOUNT_H

#include "billing/charge.h"
#include "meter/metering.h"
#include "services/services.h"

#define CORE_ACCOUNT_VIN 17 /* characters */

/* What the session says of itself whenever the account is run. */
struct core_account_session {
    bool running;          /* from the lock to the end of the output */
    bool over;             /* and its output is off: the next register is the last one */
    enum charge_stop stop; /* why it ends, as far as it does */
};

/* What the charger measured, but the register does not show: it is read now and then, and may count
 * in coarse steps. Counts against the limits only. */
struct core_account_pending {
    int64_t own_mwh;  /* the charger's integral, when looked at last */
    int64_t mwh;      /* beyond the register */
    int64_t flow_mwh; /* since the register moved */
    uint32_t grain;   /* least advance of the register seen; 0: none yet */
};

struct core_account {
    struct core_services *services;
    struct core_metering *metering;
    struct core_records *records; /* of all guns */
    struct core_account_session session;
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

/* At power on. */
void core_account_begin(struct core_account *account, struct core_services *services,
                        struct core_metering *metering, struct core_records *records);
enum core_fault core_account_refusal(const struct core_account *account); /* what forbids a start */
/* To the log: what has to be mended. */
void core_account_explain(struct core_account *account, enum core_fault refusal);
/* vin: CORE_ACCOUNT_VIN characters, FF where not supplied. */
void core_account_open(struct core_account *account, const uint8_t *vin);
void core_account_run(struct core_account *account, const struct core_account_session *session);
bool core_account_closing(const struct core_account *account); /* waits for the last reading */
bool core_account_reached(const struct core_account *account);
int32_t core_account_cap_ma(const struct core_account *account);

#endif
