/* SPDX-License-Identifier: MIT */
/* registers.h: what a meter counts and knows: energy by tariff, instantaneous values, clock, error
 * model. No line, no frames: meter/simulated.h puts those around it.
 *
 *   struct registers registers;
 *   registers_init(&registers, &params, &source, now_ns);
 *   int64_t register_10wh = registers_energy(&registers, now_ns, 0);     total, in 0.01 kWh
 *   size_t bytes = registers_read(&registers, now_ns, item, data);       any item of identifiers.h
 *
 * Energy is the exact integral that the source tells, times the meter's error, cut (not rounded) to
 * the register's last digit as a counting register does; the registers of the tariffs are cut each
 * by itself, so their sum may be up to 3 digits below the total. At 999999.99 kWh they begin anew
 * at 0. The combined register is forward plus reverse, as meters are delivered (rule 04000601: 05H).
 *
 * Tariffs switch by the meter's own clock, which may drift. Between calls nothing needs to happen
 * but registers_switch at registers_next_switch: until then one tariff counts. */
#ifndef METER_REGISTERS_H
#define METER_REGISTERS_H

#include "meter/identifiers.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TARIFF_SWITCHES_MAX 48

/* From minute_of_day on (the meter's clock) the tariff counts: 1 sharp, 2 peak, 3 flat, 4
 * valley. */
struct tariff_switch {
    uint16_t minute_of_day;
    uint8_t tariff;
};

/* The truth, at an instant. phase 0..2; a DC meter asks for 0 only. */
struct meter_source {
    double (*energy_j)(void *ctx, int64_t now_ns); /* carried forward since the start */
    double (*voltage_v)(void *ctx, int64_t now_ns, unsigned phase);
    double (*current_a)(void *ctx, int64_t now_ns, unsigned phase);
    double (*power_w)(void *ctx, int64_t now_ns, unsigned phase);
    void *ctx;
    double (*reverse_j)(void *ctx, int64_t now_ns); /* carried backwards; NULL: nothing ever is */
};

struct registers_params {
    enum meter_type type;
    unsigned phases;  /* 1: DC, 3: AC */
    double start_kwh; /* total register at the start; tariffs have a share of 1/4 each */
    int64_t constant; /* imp/kWh */
    /* error model */
    double class_percent; /* accuracy class 0.1 ... 1.0; 0: exact. The seed draws gain and
                                  offset within 0.6 and 0.2 of it */
    uint64_t seed;
    double gain; /* further, on purpose: 0.01 reads 1 % too much */
    /* Gain per kelvin from 23 degC; when 0 and there is a class: drawn within 0.05 of the class. */
    double temperature_per_k;
    double temperature_c; /* 23 */
    double frequency_hz;  /* 50; DC 0 */
    /* clock */
    int64_t epoch_s; /* wall time at the start, seconds since 1970, local time */
    double drift_ppm;
    struct tariff_switch switches[TARIFF_SWITCHES_MAX];
    unsigned switch_count; /* 0: everything is tariff 3, flat */
    uint8_t address[6];    /* lowest digits first */
    uint8_t number[6];
};

/* One phase, exact, at 23 degC, clock at 2026-01-01 00:00:00. For what holds such parameters
 * itself. */
#define REGISTERS_PARAMS_DEFAULT                                                                   \
    {                                                                                              \
        .type = METER_STANDARD, .phases = 1, .constant = 1000, .temperature_c = 23,                \
        .epoch_s = INT64_C(1767225600), .address = {1}, .number = {1},                             \
    }

extern const struct registers_params registers_params_default;

enum register_direction {
    REGISTERS_FORWARD,
    REGISTERS_REVERSE,
    REGISTERS_DIRECTIONS,
};

/* What has been counted in one direction. */
struct register_count {
    double kwh[METER_TARIFFS + 1];      /* [0] total; up to since_j */
    double told_kwh[METER_TARIFFS + 1]; /* highest reading since it was last set back */
    double since_j, stuck_j;
};

/* What a freeze keeps (05 01 0x 0n). */
struct register_freeze {
    int64_t clock_s;
    int64_t energy_10wh[METER_TARIFFS + 1];
};

#define REGISTERS_FREEZES 3 /* as many as the standard has */

struct registers {
    struct registers_params params;
    struct meter_source source;
    double drawn_gain, drawn_offset; /* of energy and power; of voltage and current */
    struct register_count count[REGISTERS_DIRECTIONS];
    uint8_t tariff;
    int64_t clock_base_ns, clock_base_s; /* wall time clock_base_s was at clock_base_ns */
    bool stuck;                          /* the registers do not move */
    struct register_freeze freezes[REGISTERS_FREEZES]; /* the last one first */
    unsigned freeze_count;
    uint16_t status[7];
    bool tripped;
};

void registers_init(struct registers *registers, const struct registers_params *params,
                    const struct meter_source *source, int64_t now_ns);
/* Forward: total (0) or of a tariff (1..4), in units of 0.01 kWh. */
int64_t registers_energy(struct registers *registers, int64_t now_ns, unsigned tariff);
int64_t registers_energy_of(struct registers *registers, int64_t now_ns,
                            enum register_direction direction, unsigned tariff);
/* Instant of the next tariff switch; INT64_MAX when there is none. */
int64_t registers_next_switch(const struct registers *registers, int64_t now_ns);
void registers_switch(struct registers *registers, int64_t now_ns);
/* Fills the item's bytes (blocks: all elements) and says how many. 0: this meter does not have it, or
 * the value does not fit its format (999.9 V). */
size_t registers_read(struct registers *registers, int64_t now_ns, const struct meter_item *item,
                      uint8_t *data);

int64_t registers_clock_s(const struct registers *registers, int64_t now_ns);
void registers_set_clock(struct registers *registers, int64_t now_ns, int64_t epoch_s);
/* Adds kwh to the total and the running tariff at once; negative sets them back. */
void registers_jump(struct registers *registers, int64_t now_ns, double kwh);
void registers_stick(struct registers *registers, int64_t now_ns, bool stuck);
void registers_clear(struct registers *registers, int64_t now_ns);
/* Keeps the forward registers and the clock as they are now: "energy_frozen", "freeze_time". */
void registers_freeze(struct registers *registers, int64_t now_ns);
void registers_set_gain(struct registers *registers, int64_t now_ns, double gain);
/* From now on the meter's clock runs fast by ppm (slow when negative). */
void registers_set_drift(struct registers *registers, int64_t now_ns, double ppm);
void registers_set_temperature(struct registers *registers, int64_t now_ns, double temperature_c);
void registers_set_tariffs(struct registers *registers, int64_t now_ns,
                           const struct tariff_switch *switches, unsigned count);

/* Days since 1970-01-01 of a civil date, and back (proleptic Gregorian). */
int64_t civil_days(int year, unsigned month, unsigned day);
void civil_date(int64_t days, int *year, unsigned *month, unsigned *day);

#endif
