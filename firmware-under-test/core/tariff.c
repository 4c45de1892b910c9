/* SPDX-License-Identifier: MIT */
#include "tariff.h"

#define DAY_MINUTES 1440

bool core_tariff_valid(const struct core_tariff_table *table) {
    if (table->count == 0 || table->count > CORE_TARIFF_SWITCHES_MAX)
        return false;
    for (unsigned i = 0; i < table->count; i++) {
        const struct core_tariff_switch *at = &table->switches[i];
        if (at->minute >= DAY_MINUTES || at->tariff < 1 || at->tariff > CHARGE_TARIFFS)
            return false;
        if (i > 0 && at->minute <= table->switches[i - 1].minute)
            return false;
    }
    for (unsigned i = 0; i < CHARGE_TARIFFS; i++)
        if (table->price[i] > CORE_TARIFF_PRICE_MAX || table->fee[i] > CORE_TARIFF_PRICE_MAX)
            return false;
    return true;
}

unsigned core_tariff_at(const struct core_tariff_table *table, int64_t wall_s) {
    unsigned tariff = table->switches[table->count - 1u].tariff; /* yesterday's last */
    if (wall_s < 0)
        return CORE_TARIFF_FLAT;
    for (unsigned i = 0; i < table->count; i++)
        if (table->switches[i].minute * 60 <= wall_s % CORE_TARIFF_DAY_S)
            tariff = table->switches[i].tariff;
    return tariff;
}
