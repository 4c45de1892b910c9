/* SPDX-License-Identifier: MIT */
/* billing.h: from registers of a meter to energy and amounts per tariff (ZS-6.5.8.4a, 6.5.8.5q).
 *
 *   core_billing_begin(&billing, &table, register, tariff);
 *   core_billing_limit(&billing, CHARGE_BY_AMOUNT, 500000);       50 yuan
 *   if (!core_billing_advance(&billing, register)) ...            beyond belief: nothing was billed
 *   core_billing_switch(&billing, tariff);                        what comes is billed by this one
 *   billing.beyond_wh = wh;                                       what no register admits
 *   if (core_billing_limit_reached(&billing, elapsed_s, reserve)) stop
 *
 * Energy and registers count in steps of 0.01 kWh, rolling over after 999999.99 kWh; every step
 * between the first register and the last is billed once, by the tariff that held when it was first
 * seen. Amounts are integers of 0.0001 yuan. Steps times price are exact in 0.000001 yuan; each
 * tariff's energy and service amount is rounded half up once, on the charge's whole energy in that
 * tariff. Pure functions; no host, no clock. */
#ifndef CORE_BILLING_H
#define CORE_BILLING_H

#include "billing/tariff.h"

#define CORE_BILLING_ROLL_OVER  100000000u /* steps of 0.01 kWh */
#define CORE_BILLING_UNLIMITED  UINT32_MAX
#define CORE_BILLING_NO_CEILING UINT64_MAX

struct core_billing {
    uint32_t price[CHARGE_TARIFFS], fee[CHARGE_TARIFFS];
    uint32_t energy[CHARGE_TARIFFS];
    uint32_t start, last; /* registers */
    uint32_t jump_max;    /* steps between two readings; more is no meter's reading */
    uint8_t tariff;       /* 1..4, of what comes next */
    uint8_t mode;         /* enum charge_mode */
    uint64_t limit;       /* minutes, steps or 0.0001 yuan */
    uint32_t beyond_wh;   /* billed besides the registers, by the tariff that holds */
    /* For the limits only; not in the record. */
    uint32_t pending; /* steps that the charger measured, but the register does not show yet */
    uint8_t soon;     /* tariff that may hold before the current has stopped; 0: no other */
    uint64_t ceiling; /* amount that is not exceeded whatever the mode: the card's balance */
};

void core_billing_begin(struct core_billing *billing, const struct core_tariff_table *table,
                        uint32_t reg, unsigned tariff);
void core_billing_limit(struct core_billing *billing, enum charge_mode mode, uint64_t limit);
bool core_billing_advance(struct core_billing *billing, uint32_t reg);
void core_billing_switch(struct core_billing *billing, unsigned tariff);

uint32_t core_billing_energy(const struct core_billing *billing); /* all tariffs */
uint64_t core_billing_energy_amount(const struct core_billing *billing, unsigned tariff);
uint64_t core_billing_service_amount(const struct core_billing *billing, unsigned tariff);
uint64_t core_billing_beyond_amount(const struct core_billing *billing); /* with its service */
uint64_t core_billing_amount(const struct core_billing *billing);        /* all of it */

/* Steps that may still come besides those pending, by the dearer of the tariffs now and soon,
 * before limit or ceiling would be exceeded; CORE_BILLING_UNLIMITED: neither energy nor amount
 * limits it. */
uint32_t core_billing_allowed(const struct core_billing *billing);

/* elapsed_s: since the charge began. reserve: steps that may come while the current falls. */
bool core_billing_limit_reached(const struct core_billing *billing, int64_t elapsed_s,
                                uint32_t reserve);

#endif
