/* SPDX-License-Identifier: MIT */
#include "billing/billing.h"

#include "services/assert.h"

#define EXACT_PER_UNIT 100u /* 0.000001 yuan, what a step times a price gives, in 0.0001 yuan */
#define WH_PER_KWH     1000u

static uint64_t amount(uint32_t steps, uint32_t price) {
    return ((uint64_t)steps * price + EXACT_PER_UNIT / 2) / EXACT_PER_UNIT;
}

void core_billing_begin(struct core_billing *billing, const struct core_tariff_table *table,
                        uint32_t reg, unsigned tariff) {
    CORE_ASSERT(tariff >= 1 && tariff <= CHARGE_TARIFFS);
    *billing = (struct core_billing){.start = reg,
                                     .last = reg,
                                     .jump_max = CORE_BILLING_ROLL_OVER / 2,
                                     .ceiling = CORE_BILLING_NO_CEILING,
                                     .tariff = (uint8_t)tariff};
    for (unsigned i = 0; i < CHARGE_TARIFFS; i++) {
        billing->price[i] = table->price[i];
        billing->fee[i] = table->fee[i];
    }
}

void core_billing_limit(struct core_billing *billing, enum charge_mode mode, uint64_t limit) {
    CORE_ASSERT(mode <= CHARGE_BY_AMOUNT);
    billing->mode = (uint8_t)mode;
    billing->limit = limit;
}

bool core_billing_advance(struct core_billing *billing, uint32_t reg) {
    uint32_t steps, before;
    if (reg >= CORE_BILLING_ROLL_OVER) {
        return false;
    }
    steps = (reg + CORE_BILLING_ROLL_OVER - billing->last) % CORE_BILLING_ROLL_OVER;
    if (steps > billing->jump_max) {
        return false;
    }
    before = core_billing_energy(billing);
    billing->energy[billing->tariff - 1u] += steps;
    billing->last = reg;
    CORE_ASSERT(core_billing_energy(billing) - before == steps); /* billed once, in one tariff */
    return true;
}

void core_billing_switch(struct core_billing *billing, unsigned tariff) {
    CORE_ASSERT(tariff >= 1 && tariff <= CHARGE_TARIFFS);
    billing->tariff = (uint8_t)tariff;
}

uint32_t core_billing_energy(const struct core_billing *billing) {
    uint32_t steps = 0;
    for (unsigned i = 0; i < CHARGE_TARIFFS; i++) {
        steps += billing->energy[i];
    }
    return steps;
}

uint64_t core_billing_energy_amount(const struct core_billing *billing, unsigned tariff) {
    CORE_ASSERT(tariff >= 1 && tariff <= CHARGE_TARIFFS);
    return amount(billing->energy[tariff - 1u], billing->price[tariff - 1u]);
}

uint64_t core_billing_service_amount(const struct core_billing *billing, unsigned tariff) {
    CORE_ASSERT(tariff >= 1 && tariff <= CHARGE_TARIFFS);
    return amount(billing->energy[tariff - 1u], billing->fee[tariff - 1u]);
}

static uint64_t beyond(uint32_t wh, uint32_t price) {
    return ((uint64_t)wh * price + WH_PER_KWH / 2) / WH_PER_KWH;
}

uint64_t core_billing_beyond_amount(const struct core_billing *billing) {
    CORE_ASSERT(billing->tariff >= 1 && billing->tariff <= CHARGE_TARIFFS);
    return beyond(billing->beyond_wh, billing->price[billing->tariff - 1u]) +
           beyond(billing->beyond_wh, billing->fee[billing->tariff - 1u]);
}

static uint64_t tariffs_amount(const struct core_billing *billing) {
    uint64_t sum = 0;
    for (unsigned tariff = 1; tariff <= CHARGE_TARIFFS; tariff++) {
        sum += core_billing_energy_amount(billing, tariff) +
               core_billing_service_amount(billing, tariff);
    }
    return sum;
}

uint64_t core_billing_amount(const struct core_billing *billing) {
    return tariffs_amount(billing) + core_billing_beyond_amount(billing);
}

/* The amount there would be, were it what is pending and `steps` more. What is beyond the registers
 * is pending too, and not counted twice. */
static uint64_t amount_after(const struct core_billing *billing, unsigned tariff, uint32_t steps) {
    struct core_billing later = *billing;
    CORE_ASSERT(tariff >= 1 && tariff <= CHARGE_TARIFFS);
    later.energy[billing->tariff - 1u] += billing->pending;
    later.energy[tariff - 1u] += steps;
    return tariffs_amount(&later);
}

/* Rounding makes the division inexact, so the answer is found by halving: amounts only rise. */
static uint32_t affordable(const struct core_billing *billing, unsigned tariff, uint64_t limit) {
    uint32_t low = 0, high = CORE_BILLING_ROLL_OVER;
    if (amount_after(billing, tariff, 0) > limit) {
        return 0;
    }
    while (low < high) {
        uint32_t middle = low + (high - low + 1) / 2;
        if (amount_after(billing, tariff, middle) <= limit) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    CORE_ASSERT(low == high && amount_after(billing, tariff, low) <= limit);
    return low < CORE_BILLING_ROLL_OVER ? low : CORE_BILLING_UNLIMITED;
}

static uint32_t allowed_by_amount(const struct core_billing *billing, uint64_t limit) {
    CORE_ASSERT(billing->soon <= CHARGE_TARIFFS);
    uint32_t now = affordable(billing, billing->tariff, limit);
    uint32_t soon = now;
    if (billing->soon != 0 && billing->soon != billing->tariff) {
        soon = affordable(billing, billing->soon, limit);
    }
    return soon < now ? soon : now;
}

static uint32_t allowed_by_energy(const struct core_billing *billing) {
    CORE_ASSERT(billing->mode == CHARGE_BY_ENERGY);
    uint64_t steps = (uint64_t)core_billing_energy(billing) + billing->pending;
    uint64_t rest = billing->limit > steps ? billing->limit - steps : 0;
    return rest < CORE_BILLING_ROLL_OVER ? (uint32_t)rest : CORE_BILLING_UNLIMITED;
}

uint32_t core_billing_allowed(const struct core_billing *billing) {
    uint32_t by_energy = CORE_BILLING_UNLIMITED, by_amount = CORE_BILLING_UNLIMITED;
    uint64_t most = billing->ceiling;
    if (billing->mode == CHARGE_BY_AMOUNT && billing->limit < most) {
        most = billing->limit;
    }
    if (billing->mode == CHARGE_BY_ENERGY) {
        by_energy = allowed_by_energy(billing);
    }
    if (most != CORE_BILLING_NO_CEILING) {
        by_amount = allowed_by_amount(billing, most);
    }
    return by_amount < by_energy ? by_amount : by_energy;
}

bool core_billing_limit_reached(const struct core_billing *billing, int64_t elapsed_s,
                                uint32_t reserve) {
    if (billing->mode == CHARGE_BY_TIME && elapsed_s >= 0 &&
        (uint64_t)elapsed_s >= billing->limit * 60u) {
        return true;
    }
    return core_billing_allowed(billing) <= reserve;
}
