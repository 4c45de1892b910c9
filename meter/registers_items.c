/* SPDX-License-Identifier: MIT */
/* What a meter answers to each identifier it has. */
#include "meter/registers_internal.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define DAY_S              86400
#define BATTERY_V          3.6
#define COMBINED_FORWARD   0x01 /* of the rule word 04000601: forward is added, reverse is added */
#define COMBINED_REVERSE   0x04
#define ROLL_OVER_COMBINED INT64_C(80000000) /* its highest digit has the sign */

static uint8_t bcd(unsigned value) {
    assert(value <= 99);
    return (uint8_t)(value % 10 | value / 10 << 4);
}

static void put_date(int64_t clock_s, uint8_t *data) {
    int64_t days = (clock_s - (clock_s % DAY_S + DAY_S) % DAY_S) / DAY_S;
    unsigned month, day;
    int year;
    civil_date(days, &year, &month, &day);
    assert(civil_days(year, month, day) == days);      /* there and back */
    data[0] = bcd((unsigned)((days % 7 + 7 + 4) % 7)); /* 1970-01-01 was a Thursday; Sunday is 0 */
    data[1] = bcd(day);
    data[2] = bcd(month);
    data[3] = bcd((unsigned)(year % 100));
}

static void put_time(int64_t clock_s, uint8_t *data) {
    unsigned second = (unsigned)((clock_s % DAY_S + DAY_S) % DAY_S);
    assert(second < DAY_S);
    data[0] = bcd(second % 60);
    data[1] = bcd(second / 60 % 60);
    data[2] = bcd(second / 3600);
}

/* YYMMDDhhmm, as a freeze or a demand has it. */
static void put_moment(int64_t clock_s, uint8_t *data) {
    uint8_t date[4], time[3];
    put_date(clock_s, date);
    put_time(clock_s, time);
    data[0] = time[1];
    data[1] = time[2];
    memcpy(data + 2, date + 1, 3);
}

static bool put_scaled(const struct meter_item *item, double value, uint8_t *data) {
    assert(item->decimals < 2 * item->bytes);
    return meter_item_put(item, llround(value * pow(10.0, item->decimals)), data);
}

static double sum_power_w(const struct registers *registers, int64_t now_ns) {
    assert(registers->params.phases >= 1 && registers->params.phases <= 3);
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
    double reading = 1.0 + registers->drawn_offset, power = registers_gain(registers) / 1000.0;
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

/* 00 0q tt 00: combined, forward, reverse; total or a tariff, now. */
static bool energy(struct registers *registers, int64_t now_ns, const struct meter_item *item,
                   uint8_t *data) {
    unsigned quantity = item->di >> 16, tariff = item->di >> 8 & 0xFF;
    if (quantity > 2 || tariff > METER_TARIFFS || (item->di & 0xFF) != 0) {
        return false;
    }
    int64_t forward = registers_energy_of(registers, now_ns, REGISTERS_FORWARD, tariff);
    int64_t reverse = registers_energy_of(registers, now_ns, REGISTERS_REVERSE, tariff);
    int64_t value = quantity == 1   ? forward
                    : quantity == 2 ? reverse
                                    : (forward + reverse) % ROLL_OVER_COMBINED;
    assert(forward >= 0 && reverse >= 0 && value >= 0);
    return meter_item_put(item, value, data);
}

static bool read_number(struct registers *registers, int64_t now_ns, const struct meter_item *item,
                        uint8_t *data) {
    double value;
    switch (item->di) {
    case 0x02800002:
        return registers->params.phases == 3 &&
               put_scaled(item, registers->params.frequency_hz, data);
    case 0x02800007:
        return put_scaled(item, registers->params.temperature_c, data);
    case 0x02800008:
        return put_scaled(item, BATTERY_V, data);
    case 0x04000204:
        return meter_item_put(item, METER_TARIFFS, data);
    case 0x04000409:
        return meter_item_put(item, registers->params.constant, data);
    default:
        break;
    }
    if (item->di >> 24 == 0x00) {
        return energy(registers, now_ns, item, data);
    }
    return item->di >> 24 == 0x02 && instantaneous(registers, now_ns, item, &value) &&
           put_scaled(item, value, data);
}

/* Freezes at once: 05 01 00 0n their time, 05 01 01 0n the forward energies. 0: no such freeze. */
static size_t read_freeze(const struct registers *registers, const struct meter_item *item,
                          uint8_t *data) {
    unsigned which = (item->di & 0xFF) - 1;
    if (which >= registers->freeze_count) {
        return 0;
    }
    const struct register_freeze *freeze = &registers->freezes[which];
    assert(which < REGISTERS_FREEZES);
    if ((item->di & 0xFF00) == 0) {
        put_moment(freeze->clock_s, data);
        return METER_MOMENT_BYTES;
    }
    for (unsigned i = 0; i <= METER_TARIFFS; i++) {
        (void)meter_item_put(item, freeze->energy_10wh[i], data + (size_t)i * item->bytes);
    }
    return (METER_TARIFFS + 1) * (size_t)item->bytes;
}

/* A meter has a block when it has one element of it; what it lacks is FF. */
static size_t read_block(struct registers *registers, int64_t now_ns, const struct meter_item *item,
                         uint8_t *data) {
    unsigned count = meter_item_elements(item), known = 0;
    assert(count >= 1 && count <= METER_TARIFFS + 1);
    struct meter_item element = *item;
    element.is_block = false;
    for (unsigned i = 0; i < count; i++, data += item->bytes) {
        element.di = meter_item_element(item, i);
        if (registers_read(registers, now_ns, &element, data) > 0) {
            known++;
        } else {
            memset(data, 0xFF, item->bytes);
        }
    }
    assert(known <= count);
    return known > 0 ? count * (size_t)item->bytes : 0;
}

static bool read_status(const struct registers *registers, uint32_t di, uint8_t *data) {
    if (di == METER_COMBINATION) {
        data[0] = COMBINED_FORWARD | COMBINED_REVERSE;
        return true;
    }
    if (di < 0x04000501 || di > 0x04000507) {
        return false; /* the baud rate is the line's */
    }
    assert(di - 0x04000501 < sizeof registers->status / sizeof registers->status[0]);
    uint16_t word = registers->status[di - 0x04000501];
    data[0] = (uint8_t)word;
    data[1] = (uint8_t)(word >> 8);
    return true;
}

static bool read_stamp(const struct registers *registers, int64_t now_ns, uint32_t di,
                       uint8_t *data) {
    int64_t clock_s = registers_clock_s(registers, now_ns);
    if (di == METER_DATE) {
        put_date(clock_s, data);
    } else if (di == METER_TIME) {
        put_time(clock_s, data);
    }
    return di == METER_DATE || di == METER_TIME;
}

size_t registers_read(struct registers *registers, int64_t now_ns, const struct meter_item *item,
                      uint8_t *data) {
    bool known = false;
    if (item->di >> 16 == METER_FREEZE_TIME >> 16) {
        return (item->di >> 8 & 0xFF) <= 1 ? read_freeze(registers, item, data) : 0;
    }
    if (item->is_block) {
        return read_block(registers, now_ns, item, data);
    }
    switch (item->kind) {
    case METER_NUMBER:
        known = read_number(registers, now_ns, item, data);
        break;
    case METER_STAMP:
        known = read_stamp(registers, now_ns, item->di, data);
        break;
    case METER_DIGITS:
        known = item->di == 0x04000401 || item->di == 0x04000402;
        if (known) {
            memcpy(data,
                   item->di == 0x04000401 ? registers->params.address : registers->params.number,
                   item->bytes);
        }
        break;
    case METER_STATUS:
        known = read_status(registers, item->di, data);
        break;
    default:
        break;
    }
    return known ? item->bytes : 0;
}
