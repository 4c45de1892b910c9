/* SPDX-License-Identifier: MIT */
#include "meter/registers.h"

#include "meter/registers_internal.h"

#include "sim/random.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define J_PER_KWH         3.6e6
#define KWH_ROLL_OVER     1e6 /* 999999.99 is the last */
#define ROLL_OVER_10WH    INT64_C(100000000)
#define NS_PER_SECOND     INT64_C(1000000000)
#define DAY_S             86400
#define SLACK_KWH         1e-9 /* rounding of a register; a microwatt-hour */
#define FLAT              3
#define REFERENCE_C       23.0
#define GAIN_SHARE        0.6 /* of the class: leaves room for temperature */
#define OFFSET_SHARE      0.2
#define TEMPERATURE_SHARE 0.05 /* of the class per kelvin, DL/T 614's order of magnitude */

const struct registers_params registers_params_default = REGISTERS_PARAMS_DEFAULT;

/* ---- clock ---- */

int64_t civil_days(int year, unsigned month, unsigned day) {
    assert(month >= 1 && month <= 12);
    /* Years from March: the leap day is the last of the year. */
    int64_t y = year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (int64_t)((month + 9) % 12) + 2) / 5 + (int64_t)day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

void civil_date(int64_t days, int *year, unsigned *month, unsigned *day) {
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t of_era = days - era * 146097;
    int64_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * years + years / 4 - years / 100);
    int64_t from_march = (5 * of_year + 2) / 153;
    *day = (unsigned)(of_year - (153 * from_march + 2) / 5 + 1);
    *month = (unsigned)(from_march < 10 ? from_march + 3 : from_march - 9);
    *year = (int)(years + era * 400 + (*month <= 2));
    assert(*day >= 1 && *day <= 31 && *month >= 1 && *month <= 12);
}

static double clock_of(const struct registers *registers, int64_t now_ns) {
    assert(registers->params.drift_ppm > -1e6); /* it may be slow, not stand or run back */
    double passed = (double)(now_ns - registers->clock_base_ns) / (double)NS_PER_SECOND;
    return (double)registers->clock_base_s + passed * (1.0 + registers->params.drift_ppm * 1e-6);
}

int64_t registers_clock_s(const struct registers *registers, int64_t now_ns) {
    return (int64_t)floor(clock_of(registers, now_ns));
}

static unsigned minute_of_day(int64_t clock_s) {
    unsigned minute = (unsigned)((clock_s % DAY_S + DAY_S) % DAY_S / 60);
    assert(minute < DAY_S / 60);
    return minute;
}

static uint8_t tariff_at(const struct registers_params *params, int64_t clock_s) {
    unsigned minute = minute_of_day(clock_s);
    if (params->switch_count == 0) {
        return FLAT;
    }
    /* Before the day's first switch yesterday's last one counts. */
    uint8_t tariff = params->switches[params->switch_count - 1].tariff;
    assert(params->switch_count <= TARIFF_SWITCHES_MAX);
    for (unsigned i = 0; i < params->switch_count; i++) {
        if (params->switches[i].minute_of_day <= minute) {
            tariff = params->switches[i].tariff;
        }
    }
    assert(tariff >= 1 && tariff <= METER_TARIFFS);
    return tariff;
}

int64_t registers_next_switch(const struct registers *registers, int64_t now_ns) {
    const struct registers_params *params = &registers->params;
    double now_s = clock_of(registers, now_ns), best = INFINITY;
    double midnight = floor(now_s / DAY_S) * DAY_S;
    for (unsigned i = 0; i < params->switch_count; i++) {
        double at = midnight + 60.0 * params->switches[i].minute_of_day;
        at += at <= now_s ? DAY_S : 0;
        best = at < best ? at : best;
    }
    if (isinf(best)) {
        return INT64_MAX;
    }
    double left_s = (best - now_s) / (1.0 + params->drift_ppm * 1e-6);
    assert(left_s > 0.0);
    return now_ns + (int64_t)ceil(left_s * (double)NS_PER_SECOND);
}

/* ---- error model ---- */

/* -1...1. */
static double draw_error(uint64_t seed, unsigned index) {
    double error = 2 * random_share(random_of(seed + index + 1)) - 1.0;
    assert(error >= -1 && error < 1);
    return error;
}

double registers_gain(const struct registers *registers) {
    assert(fabs(registers->drawn_gain) <= registers->params.class_percent / 100.0);
    const struct registers_params *params = &registers->params;
    return (1.0 + registers->drawn_gain + params->gain) *
           (1.0 + params->temperature_per_k * (params->temperature_c - REFERENCE_C));
}

/* ---- energy ---- */

static double source_j(const struct registers *registers, int64_t now_ns,
                       enum register_direction direction) {
    assert((unsigned)direction < REGISTERS_DIRECTIONS);
    const struct meter_source *source = &registers->source;
    if (direction == REGISTERS_FORWARD) {
        return source->energy_j(source->ctx, now_ns);
    }
    return source->reverse_j != NULL ? source->reverse_j(source->ctx, now_ns) : 0;
}

static double carried_j(const struct registers *registers, int64_t now_ns,
                        enum register_direction direction) {
    return registers->stuck ? registers->count[direction].stuck_j
                            : source_j(registers, now_ns, direction);
}

/* What the tariffs have counted is what has been counted. */
static void check_sum(const struct register_count *count) {
    double sum = 0.0, total = count->kwh[0];
    for (unsigned i = 1; i <= METER_TARIFFS; i++) {
        sum += count->kwh[i];
    }
    assert(fabs(sum - total) <= SLACK_KWH * (1.0 + fabs(total)));
    (void)total;
}

/* Books what was carried since the last time under the running tariff and the present gain. */
static void settle(struct registers *registers, int64_t now_ns) {
    assert(registers->tariff >= 1 && registers->tariff <= METER_TARIFFS);
    for (unsigned i = 0; i < REGISTERS_DIRECTIONS; i++) {
        struct register_count *count = &registers->count[i];
        double now_j = carried_j(registers, now_ns, (enum register_direction)i);
        assert(now_j >= count->since_j);
        double kwh = (now_j - count->since_j) / J_PER_KWH * registers_gain(registers);
        count->kwh[0] += kwh;
        count->kwh[registers->tariff] += kwh;
        count->since_j = now_j;
        check_sum(count);
    }
}

/* A register that was read never shows less later, unless it was set back (or counts backwards). */
static void check_rise(struct registers *registers, struct register_count *count, unsigned tariff,
                       double kwh) {
    double *told_kwh = &count->told_kwh[tariff];
    assert(kwh >= *told_kwh - SLACK_KWH || registers_gain(registers) < 0.0);
    *told_kwh = kwh;
}

int64_t registers_energy_of(struct registers *registers, int64_t now_ns,
                            enum register_direction direction, unsigned tariff) {
    assert(tariff <= METER_TARIFFS);
    struct register_count *count = &registers->count[direction];
    double kwh = count->kwh[tariff];
    if (tariff == 0 || tariff == registers->tariff) {
        kwh += (carried_j(registers, now_ns, direction) - count->since_j) / J_PER_KWH *
               registers_gain(registers);
    }
    check_rise(registers, count, tariff, kwh);
    kwh -= floor(kwh / KWH_ROLL_OVER) * KWH_ROLL_OVER;
    assert(kwh >= 0.0 && kwh <= KWH_ROLL_OVER);
    /* A nanowatt-hour of slack: 12.34 kWh held as 12.33999... is 12.34. */
    int64_t digits = (int64_t)floor(kwh * 100.0 + 1e-7);
    assert(digits >= 0);
    return digits % ROLL_OVER_10WH;
}

int64_t registers_energy(struct registers *registers, int64_t now_ns, unsigned tariff) {
    return registers_energy_of(registers, now_ns, REGISTERS_FORWARD, tariff);
}

void registers_switch(struct registers *registers, int64_t now_ns) {
    settle(registers, now_ns);
    registers->tariff = tariff_at(&registers->params, registers_clock_s(registers, now_ns));
}

void registers_set_clock(struct registers *registers, int64_t now_ns, int64_t epoch_s) {
    registers->clock_base_ns = now_ns;
    registers->clock_base_s = epoch_s;
    registers_switch(registers, now_ns);
    assert(registers_clock_s(registers, now_ns) == epoch_s);
}

void registers_jump(struct registers *registers, int64_t now_ns, double kwh) {
    struct register_count *count = &registers->count[REGISTERS_FORWARD];
    settle(registers, now_ns);
    count->kwh[0] += kwh;
    count->kwh[registers->tariff] += kwh;
    memcpy(count->told_kwh, count->kwh, sizeof count->told_kwh);
}

void registers_stick(struct registers *registers, int64_t now_ns, bool stuck) {
    settle(registers, now_ns);
    registers->stuck = stuck;
    for (unsigned i = 0; i < REGISTERS_DIRECTIONS; i++) {
        struct register_count *count = &registers->count[i];
        count->stuck_j = count->since_j;
        if (!stuck) { /* what passed meanwhile is lost */
            count->since_j = carried_j(registers, now_ns, (enum register_direction)i);
        }
    }
}

void registers_clear(struct registers *registers, int64_t now_ns) {
    settle(registers, now_ns);
    for (unsigned i = 0; i < REGISTERS_DIRECTIONS; i++) {
        struct register_count *count = &registers->count[i];
        memset(count->kwh, 0, sizeof count->kwh);
        memset(count->told_kwh, 0, sizeof count->told_kwh);
    }
}

void registers_freeze(struct registers *registers, int64_t now_ns) {
    struct register_freeze *freezes = registers->freezes;
    memmove(freezes + 1, freezes, (REGISTERS_FREEZES - 1) * sizeof *freezes);
    freezes[0].clock_s = registers_clock_s(registers, now_ns);
    for (unsigned i = 0; i <= METER_TARIFFS; i++) {
        freezes[0].energy_10wh[i] = registers_energy(registers, now_ns, i);
    }
    registers->freeze_count += registers->freeze_count < REGISTERS_FREEZES;
    assert(registers->freeze_count >= 1 && registers->freeze_count <= REGISTERS_FREEZES);
}

void registers_set_gain(struct registers *registers, int64_t now_ns, double gain) {
    settle(registers, now_ns);
    registers->params.gain = gain;
}

void registers_set_drift(struct registers *registers, int64_t now_ns, double ppm) {
    double clock_s = clock_of(registers, now_ns), whole_s = floor(clock_s);
    registers->clock_base_s = (int64_t)whole_s;
    registers->clock_base_ns = now_ns - (int64_t)((clock_s - whole_s) * (double)NS_PER_SECOND);
    registers->params.drift_ppm = ppm;
    /* Another pace from here on; the second under way has it from its beginning. */
    assert(fabs(clock_of(registers, now_ns) - clock_s) <= fabs(ppm) * 1e-6 + 1e-6);
}

void registers_set_temperature(struct registers *registers, int64_t now_ns, double temperature_c) {
    settle(registers, now_ns);
    registers->params.temperature_c = temperature_c;
}

void registers_set_tariffs(struct registers *registers, int64_t now_ns,
                           const struct tariff_switch *switches, unsigned count) {
    assert(count <= TARIFF_SWITCHES_MAX);
    if (count > 0) {
        memcpy(registers->params.switches, switches, count * sizeof *switches);
    }
    registers->params.switch_count = count;
    registers_switch(registers, now_ns);
    assert(registers->tariff >= 1 && registers->tariff <= METER_TARIFFS);
}

void registers_init(struct registers *registers, const struct registers_params *params,
                    const struct meter_source *source, int64_t now_ns) {
    memset(registers, 0, sizeof *registers);
    registers->params = *params;
    registers->source = *source;
    if (params->class_percent > 0) {
        double share = params->class_percent / 100.0;
        registers->drawn_gain = GAIN_SHARE * share * draw_error(params->seed, 0);
        registers->drawn_offset = OFFSET_SHARE * share * draw_error(params->seed, 1);
        if (params->temperature_per_k == 0) {
            registers->params.temperature_per_k =
                TEMPERATURE_SHARE * share * draw_error(params->seed, 2);
        }
    }
    struct register_count *forward = &registers->count[REGISTERS_FORWARD];
    forward->kwh[0] = params->start_kwh;
    for (unsigned i = 1; i <= METER_TARIFFS; i++) {
        forward->kwh[i] = params->start_kwh / METER_TARIFFS;
    }
    memcpy(forward->told_kwh, forward->kwh, sizeof forward->told_kwh);
    registers->clock_base_ns = now_ns;
    registers->clock_base_s = params->epoch_s;
    for (unsigned i = 0; i < REGISTERS_DIRECTIONS; i++) {
        registers->count[i].since_j = source_j(registers, now_ns, (enum register_direction)i);
    }
    registers->tariff = tariff_at(params, params->epoch_s);
    assert(registers->tariff >= 1 && registers->tariff <= METER_TARIFFS);
}
