/* SPDX-License-Identifier: MIT */
#include "billing/tariff.h"

#include "services/assert.h"

#define DAY_MINUTES 1440

static bool fits(const struct core_tariff_table *table, unsigned i) {
    CORE_ASSERT(i < CORE_TARIFF_SWITCHES_MAX);
    const struct core_tariff_switch *at = &table->switches[i];
    if (at->minute >= DAY_MINUTES || at->tariff < 1 || at->tariff > CHARGE_TARIFFS) {
        return false;
    }
    return i == 0 || at->minute > table->switches[i - 1].minute;
}

/* A switch is minute x 10 + tariff. */
unsigned core_tariff_take(struct core_tariff_table *table, const int32_t *param) {
    *table = (struct core_tariff_table){.number = (uint32_t)param[CORE_P_TARIFF_NUMBER]};
    for (unsigned i = 0; i < CHARGE_TARIFFS; i++) {
        table->price[i] = (uint32_t)param[CORE_P_PRICE_SHARP + i];
        table->fee[i] = (uint32_t)param[CORE_P_FEE_SHARP + i];
    }
    for (unsigned i = 0; i < CORE_TARIFF_SWITCHES_MAX; i++) {
        int32_t value = param[CORE_P_TARIFF_SWITCH_1 + i];
        if (value == 0) {
            continue;
        }
        if (table->count != i) {
            return table->count + 1u; /* a gap */
        }
        table->switches[i] =
            (struct core_tariff_switch){(uint16_t)(value / 10), (uint8_t)(value % 10)};
        table->count++;
        if (!fits(table, i)) {
            return table->count;
        }
    }
    if (table->count == 0) {
        table->switches[table->count++] = (struct core_tariff_switch){0, CORE_TARIFF_FLAT};
    }
    CORE_ASSERT(core_tariff_valid(table));
    return 0;
}

bool core_tariff_valid(const struct core_tariff_table *table) {
    if (table->count == 0 || table->count > CORE_TARIFF_SWITCHES_MAX) {
        return false;
    }
    for (unsigned i = 0; i < table->count; i++) {
        if (!fits(table, i)) {
            return false;
        }
    }
    for (unsigned i = 0; i < CHARGE_TARIFFS; i++) {
        if (table->price[i] > CORE_TARIFF_PRICE_MAX || table->fee[i] > CORE_TARIFF_PRICE_MAX) {
            return false;
        }
    }
    return true;
}

static uint32_t cost(const struct core_tariff_table *table, unsigned tariff) {
    CORE_ASSERT(tariff >= 1 && tariff <= CHARGE_TARIFFS);
    return table->price[tariff - 1u] + table->fee[tariff - 1u];
}

static unsigned without_clock(const struct core_tariff_table *table) {
    unsigned cheapest = table->switches[0].tariff;
    for (unsigned i = 0; i < table->count; i++) {
        unsigned tariff = table->switches[i].tariff;
        if (tariff == CORE_TARIFF_FLAT) {
            return tariff;
        }
        if (cost(table, tariff) < cost(table, cheapest)) {
            cheapest = tariff;
        }
    }
    CORE_ASSERT(cheapest >= 1 && cheapest <= CHARGE_TARIFFS);
    return cheapest;
}

unsigned core_tariff_at(const struct core_tariff_table *table, int64_t wall_s) {
    CORE_ASSERT(table->count >= 1 && table->count <= CORE_TARIFF_SWITCHES_MAX);
    unsigned tariff = table->switches[table->count - 1u].tariff; /* yesterday's last */
    if (wall_s < 0) {
        return without_clock(table);
    }
    for (unsigned i = 0; i < table->count; i++) {
        if (table->switches[i].minute * 60 <= wall_s % CORE_TARIFF_DAY_S) {
            tariff = table->switches[i].tariff;
        }
    }
    CORE_ASSERT(tariff >= 1 && tariff <= CHARGE_TARIFFS);
    return tariff;
}
