/* SPDX-License-Identifier: MIT */
/* tariff.h: what a kilowatt-hour costs when (T240-4.10, T240-P5.2, ZS-6.5.8.5q).
 *
 *   if (core_tariff_take(&table, param) != 0) refuse it;     the table of parameters tariff.*
 *   if (!core_tariff_valid(&table)) refuse it;
 *   tariff = core_tariff_at(&table, wall_s);         1..4; wall_s negative: clock not set, fallback
 *
 * A day has up to 48 switches, in minutes from midnight, rising. Before the first of a day the last
 * one of the day before holds. Wall times are seconds since 1970-01-01 00:00 of civil time; China
 * has no daylight saving, so that every day has 1440 minutes. Without a clock flat holds, or, in a
 * table that has no flat, the cheapest it has: nobody pays more, and nothing is free, because a
 * clock was not set. Pure functions. */
#ifndef CORE_TARIFF_H
#define CORE_TARIFF_H

#include "charge_record.h"
#include "services/params.h"

#include <stdbool.h>
#include <stdint.h>

#define CORE_TARIFF_SWITCHES_MAX 48u
#define CORE_TARIFF_PRICE_MAX    1000000u /* 100 yuan/kWh; keeps amounts within 64 bits */
#define CORE_TARIFF_DAY_S        86400

_Static_assert(CORE_P_TARIFF_SWITCH_48 - CORE_P_TARIFF_SWITCH_1 + 1 == CORE_TARIFF_SWITCHES_MAX,
               "a parameter for each switch");

enum core_tariff {
    CORE_TARIFF_SHARP = 1,
    CORE_TARIFF_PEAK = 2,
    CORE_TARIFF_FLAT = 3,
    CORE_TARIFF_VALLEY = 4,
};

struct core_tariff_switch {
    uint16_t minute; /* of the day */
    uint8_t tariff;  /* from then on */
};

struct core_tariff_table {
    uint32_t number; /* whoever sets tables counts them */
    uint8_t count;
    struct core_tariff_switch switches[CORE_TARIFF_SWITCHES_MAX];
    uint32_t price[CHARGE_TARIFFS]; /* 0.0001 yuan/kWh, sharp first */
    uint32_t fee[CHARGE_TARIFFS];   /* service, the same */
};

/* No switch at all is flat all day. Returns 0, or the number of the first switch that does not
 * rise, names no tariff, or comes after a gap: then the table is not to be used. */
unsigned core_tariff_take(struct core_tariff_table *table, const int32_t *param);
bool core_tariff_valid(const struct core_tariff_table *table);
unsigned core_tariff_at(const struct core_tariff_table *table, int64_t wall_s);

#endif
