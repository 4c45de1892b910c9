/* SPDX-License-Identifier: MIT */
#include "meter/registers.h"

#include "sim/random.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define J_PER_KWH         3.6e6
#define KWH_ROLL_OVER     1e6 /* 999999.99 is the last */
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
    double passed = (double)(now_ns - registers->clock_base_ns) / (double)NS_PER_SECOND;
    return (double)registers->clock_base_s + passed * (1.0 + registers->params.drift_ppm * 1e-6);
}

int64_t registers_clock_s(const struct registers *registers, int64_t now_ns) {
    return (int64_t)floor(clock_of(registers, now_ns));
}

static unsigned minute_of_day(int64_t clock_s) {
    return (unsigned)((clock_s % DAY_S + DAY_S) % DAY_S / 60);
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
    return 2 * random_share(random_of(seed + index + 1)) - 1.0;
}

static double gain_of(const struct registers *registers) {
    const struct registers_params *params = &registers->params;
    return (1.0 + registers->drawn_gain + params->gain) *
           (1.0 + params->temperature_per_k * (params->temperature_c - REFERENCE_C));
}

/* ---- energy ---- */

static double carried_j(const struct registers *registers, int64_t now_ns) {
    return registers->stuck ? registers->stuck_j
                            : registers->source.energy_j(registers->source.ctx, now_ns);
}

/* What the tariffs have counted is what has been counted. */
static void check_sum(const struct registers *registers) {
    double sum = 0.0, total = registers->counted_kwh[0];
    for (unsigned i = 1; i <= METER_TARIFFS; i++) {
        sum += registers->counted_kwh[i];
    }
    assert(fabs(sum - total) <= SLACK_KWH * (1.0 + fabs(total)));
    (void)total;
}

/* Books what was carried since the last time under the running tariff and the present gain. */
static void settle(struct registers *registers, int64_t now_ns) {
    double now_j = carried_j(registers, now_ns);
    assert(now_j >= registers->since_j);
    assert(registers->tariff >= 1 && registers->tariff <= METER_TARIFFS);
    double kwh = (now_j - registers->since_j) / J_PER_KWH * gain_of(registers);
    registers->counted_kwh[0] += kwh;
    registers->counted_kwh[registers->tariff] += kwh;
    registers->since_j = now_j;
    check_sum(registers);
}

/* A register that was read never shows less later, unless it was set back (or counts backwards). */
static void check_rise(struct registers *registers, unsigned tariff, double kwh) {
    double *told_kwh = &registers->told_kwh[tariff];
    assert(kwh >= *told_kwh - SLACK_KWH || gain_of(registers) < 0.0);
    *told_kwh = kwh;
}

int64_t registers_energy(struct registers *registers, int64_t now_ns, unsigned tariff) {
    assert(tariff <= METER_TARIFFS);
    double kwh = registers->counted_kwh[tariff];
    if (tariff == 0 || tariff == registers->tariff) {
        kwh += (carried_j(registers, now_ns) - registers->since_j) / J_PER_KWH * gain_of(registers);
    }
    check_rise(registers, tariff, kwh);
    kwh -= floor(kwh / KWH_ROLL_OVER) * KWH_ROLL_OVER;
    assert(kwh >= 0.0 && kwh <= KWH_ROLL_OVER);
    /* A nanowatt-hour of slack: 12.34 kWh held as 12.33999... is 12.34. */
    int64_t digits = (int64_t)floor(kwh * 100.0 + 1e-7);
    return digits % 100000000;
}

void registers_switch(struct registers *registers, int64_t now_ns) {
    settle(registers, now_ns);
    registers->tariff = tariff_at(&registers->params, registers_clock_s(registers, now_ns));
}

void registers_set_clock(struct registers *registers, int64_t now_ns, int64_t epoch_s) {
    registers->clock_base_ns = now_ns;
    registers->clock_base_s = epoch_s;
    registers_switch(registers, now_ns);
}

void registers_jump(struct registers *registers, int64_t now_ns, double kwh) {
    settle(registers, now_ns);
    registers->counted_kwh[0] += kwh;
    registers->counted_kwh[registers->tariff] += kwh;
    memcpy(registers->told_kwh, registers->counted_kwh, sizeof registers->told_kwh);
}

void registers_stick(struct registers *registers, int64_t now_ns, bool stuck) {
    settle(registers, now_ns);
    registers->stuck_j = registers->since_j;
    registers->stuck = stuck;
    if (!stuck) { /* what passed meanwhile is lost */
        registers->since_j = carried_j(registers, now_ns);
    }
}

void registers_clear(struct registers *registers, int64_t now_ns) {
    settle(registers, now_ns);
    memset(registers->counted_kwh, 0, sizeof registers->counted_kwh);
    memset(registers->told_kwh, 0, sizeof registers->told_kwh);
}

void registers_freeze(struct registers *registers, int64_t now_ns) {
    registers->frozen_10wh = registers_energy(registers, now_ns, 0);
    registers->frozen = true;
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
    registers->counted_kwh[0] = params->start_kwh;
    for (unsigned i = 1; i <= METER_TARIFFS; i++) {
        registers->counted_kwh[i] = params->start_kwh / METER_TARIFFS;
    }
    memcpy(registers->told_kwh, registers->counted_kwh, sizeof registers->told_kwh);
    registers->clock_base_ns = now_ns;
    registers->clock_base_s = params->epoch_s;
    registers->since_j = carried_j(registers, now_ns);
    registers->tariff = tariff_at(params, params->epoch_s);
}

/* ---- items ---- */

static uint8_t bcd(unsigned value) {
    assert(value <= 99);
    return (uint8_t)(value % 10 | value / 10 << 4);
}

static void put_date(int64_t clock_s, uint8_t *data) {
    int64_t days = (clock_s - (clock_s % DAY_S + DAY_S) % DAY_S) / DAY_S;
    unsigned month, day;
    int year;
    civil_date(days, &year, &month, &day);
    data[0] = bcd((unsigned)((days % 7 + 7 + 4) % 7)); /* 1970-01-01 was a Thursday; Sunday is 0 */
    data[1] = bcd(day);
    data[2] = bcd(month);
    data[3] = bcd((unsigned)(year % 100));
}

static void put_time(int64_t clock_s, uint8_t *data) {
    unsigned second = (unsigned)((clock_s % DAY_S + DAY_S) % DAY_S);
    data[0] = bcd(second % 60);
    data[1] = bcd(second / 60 % 60);
    data[2] = bcd(second / 3600);
}

static bool put_scaled(const struct meter_item *item, double value, uint8_t *data) {
    return meter_item_put(item, llround(value * pow(10.0, item->decimals)), data);
}

static double sum_power_w(const struct registers *registers, int64_t now_ns) {
    double sum = 0;
    for (unsigned phase = 0; phase < registers->params.phases; phase++) {
        sum += registers->source.power_w(registers->source.ctx, now_ns, phase);
    }
    return sum;
}

/* Voltages, currents, powers: 0x02QQPP00, PP 0 total, 1..3 phases. False: it has none. */
static bool instantaneous(const struct registers *registers, int64_t now_ns,
                          const struct meter_item *item, double *value) {
    const struct meter_source *source = &registers->source;
    unsigned quantity = item->di >> 16 & 0xFF, phase = item->di >> 8 & 0xFF;
    double reading = 1.0 + registers->drawn_offset, power = gain_of(registers) / 1000.0;
    if (phase > registers->params.phases) {
        return false;
    }
    switch (quantity) {
    case 0x01:
        *value = source->voltage_v(source->ctx, now_ns, phase - 1) * reading;
        return phase > 0;
    case 0x02:
        *value = source->current_a(source->ctx, now_ns, phase - 1) * reading;
        return phase > 0;
    case 0x03:
        *value = (phase == 0 ? sum_power_w(registers, now_ns)
                             : source->power_w(source->ctx, now_ns, phase - 1)) *
                 power;
        return true;
    default:
        return false;
    }
}

static bool read_number(struct registers *registers, int64_t now_ns, const struct meter_item *item,
                        uint8_t *data) {
    double value;
    if (item->di == 0 || (item->di & 0xFFFF00FFu) == METER_ENERGY_FORWARD) {
        return meter_item_put(item, registers_energy(registers, now_ns, item->di >> 8 & 0xFF),
                              data);
    }
    switch (item->di) {
    case 0x00020000: /* nothing flows back through these meters */
        return meter_item_put(item, 0, data);
    case METER_ENERGY_FROZEN:
        return registers->frozen && meter_item_put(item, registers->frozen_10wh, data);
    case 0x02800002:
        return registers->params.phases == 3 &&
               put_scaled(item, registers->params.frequency_hz, data);
    case 0x02800007:
        return put_scaled(item, registers->params.temperature_c, data);
    case 0x02800008:
        return put_scaled(item, 3.6, data);
    case 0x04000204:
        return meter_item_put(item, METER_TARIFFS, data);
    case 0x04000409:
        return meter_item_put(item, registers->params.constant, data);
    default:
        return item->di >> 24 == 0x02 && instantaneous(registers, now_ns, item, &value) &&
               put_scaled(item, value, data);
    }
}

static bool read_block(struct registers *registers, int64_t now_ns, const struct meter_item *item,
                       uint8_t *data) {
    size_t count = sizeof item->elements / sizeof item->elements[0];
    for (size_t i = 0; i < count && (i == 0 || item->elements[i] != 0); i++) {
        const struct meter_item *element = meter_item(registers->params.type, item->elements[i]);
        if (!registers_read(registers, now_ns, element, data)) {
            memset(data, 0xFF, element->bytes); /* a phase that it does not have */
        }
        data += element->bytes;
    }
    return true;
}

bool registers_read(struct registers *registers, int64_t now_ns, const struct meter_item *item,
                    uint8_t *data) {
    switch (item->kind) {
    case METER_BLOCK:
        return read_block(registers, now_ns, item, data);
    case METER_NUMBER:
        return read_number(registers, now_ns, item, data);
    case METER_STAMP:
        (item->di == METER_DATE ? put_date : put_time)(registers_clock_s(registers, now_ns), data);
        return true;
    case METER_DIGITS:
        memcpy(data, item->di == 0x04000401 ? registers->params.address : registers->params.number,
               item->bytes);
        return true;
    default:
        break;
    }
    if (item->di >= 0x04000501 && item->di <= 0x04000507) {
        uint16_t word = registers->status[item->di - 0x04000501];
        data[0] = (uint8_t)word;
        data[1] = (uint8_t)(word >> 8);
        return true;
    }
    return false; /* the baud rate is the line's */
}
