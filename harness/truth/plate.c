/* SPDX-License-Identifier: MIT */
/* What does not depend on the output: number, clock, plate, energy. */
#include "harness/truth/internal.h"

#include <assert.h>
#include <math.h>

#define ENERGY_SHARE 0.01 /* T240-4.8a: DC meters of class 1.0 */
#define WH_PER_KWH   1000.0
#define DAY_S        86400

/* ---- number: CRM and CSD ---- */

static double number_off(const struct truths *truth, double said) {
    double plate = truth->config.number(truth->config.ctx);
    double wanted = isnan(plate) ? truth->told_number : plate;
    return isnan(said) || isnan(wanted) ? 0 : said != wanted;
}

static void crm(void *ctx, struct signal *signal, int64_t at_ns) {
    struct truths *truth = ctx;
    (void)signal;
    double said = truth_field(truth, FIELD_CRM_CHARGER_NUMBER);
    signal_set(truth->number, at_ns, number_off(truth, said));
    truth->told_number = isnan(truth->told_number) ? said : truth->told_number;
}

/* ---- clock: CTS ---- */

static bool leap(int64_t year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Seconds since 1970-01-01 00:00; a date that the calendar does not have is counted on. */
static int64_t seconds_of(const double *at) {
    static const int before[12] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int64_t year = (int64_t)at[5], month = (int64_t)at[4];
    int64_t days = (int64_t)at[3] - 1 + (month > 2 && leap(year));
    days += before[(month + 11) % 12];
    for (int64_t y = 1970; y < year; y++) {
        days += leap(y) ? 366 : 365;
    }
    return days * DAY_S + (int64_t)at[2] * 3600 + (int64_t)at[1] * 60 + (int64_t)at[0];
}

static void cts(void *ctx, struct signal *signal, int64_t at_ns) {
    static const enum truth_field fields[] = {FIELD_CTS_SECOND, FIELD_CTS_MINUTE, FIELD_CTS_HOUR,
                                              FIELD_CTS_DAY,    FIELD_CTS_MONTH,  FIELD_CTS_YEAR};
    struct truths *truth = ctx;
    double at[6];
    (void)signal;
    bool supplied = truth->config.clock_s >= 0;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        at[i] = truth_field(truth, fields[i]);
        supplied = supplied && !isnan(at[i]);
    }
    double now_s = (double)truth->config.clock_s + (double)at_ns / (double)NS_PER_S;
    signal_set(truth->clock, at_ns, supplied ? (double)seconds_of(at) - floor(now_s) : 0);
}

/* ---- plate: CML ---- */

/* More than the plate says, higher or lower as the field is; a limit that is offered may be narrower:
 * power is shared, derated, or limited by a cable. */
static void cml(void *ctx, struct signal *signal, int64_t at_ns) {
    static const struct {
        enum truth_field field;
        bool least;
        double sign;
    } fields[TRUTH_PLATE] = {
        [TRUTH_VOLTAGE_MIN] = {FIELD_CML_VOLTAGE_MIN, true, 1},
        [TRUTH_VOLTAGE_MAX] = {FIELD_CML_VOLTAGE_MAX, false, 1},
        [TRUTH_CURRENT_MIN] = {FIELD_CML_CURRENT_MIN, true, -1},
        [TRUTH_CURRENT_MAX] = {FIELD_CML_CURRENT_MAX, false, -1},
    };
    struct truths *truth = ctx;
    (void)signal;
    for (unsigned i = 0; i < TRUTH_PLATE; i++) {
        double said = fields[i].sign * truth_field(truth, fields[i].field);
        double plate = truth_plate(truth, (enum truth_plate)i);
        double beyond = fields[i].least ? plate - said : said - plate;
        signal_set(truth->cml[i], at_ns, isnan(beyond) || beyond < 0 ? 0 : beyond);
    }
}

/* ---- CSD ---- */

/* The nearer of the two: what the meter counted, what was carried. */
static double energy_off(const struct truths *truth) {
    double meter = truth->meter_error->known ? truth->meter_error->value : 0;
    double plant = truth->plant_error->known ? truth->plant_error->value : 0;
    double nearer = fabs(meter) < fabs(plant) ? meter : plant;
    double said_wh = truth_field(truth, FIELD_CSD_ENERGY) * WH_PER_KWH;
    double share = ENERGY_SHARE * fabs(said_wh - nearer);
    assert(fabs(nearer) <= fabs(meter) && fabs(nearer) <= fabs(plant));
    return isnan(said_wh) ? 0 : distance(nearer, -share, share);
}

static void csd(void *ctx, struct signal *signal, int64_t at_ns) {
    struct truths *truth = ctx;
    (void)signal;
    signal_set(truth->number, at_ns,
               number_off(truth, truth_field(truth, FIELD_CSD_CHARGER_NUMBER)));
    signal_set(truth->csd_energy, at_ns, energy_off(truth));
}

void truth_plate_init(struct truths *truth) {
    static const struct {
        const char *name, *unit, *text;
    } offers[TRUTH_PLATE] = {
        [TRUTH_VOLTAGE_MIN] = {"truth.cml_voltage_min", "V",
                               "lowest voltage in CML below that of the plate"},
        [TRUTH_VOLTAGE_MAX] = {"truth.cml_voltage_max", "V",
                               "highest voltage in CML above that of the plate"},
        [TRUTH_CURRENT_MIN] = {"truth.cml_current_min", "A",
                               "lowest current in CML below that of the plate"},
        [TRUTH_CURRENT_MAX] = {"truth.cml_current_max", "A",
                               "highest current in CML above that of the plate"},
    };
    truth->told_number = (double)NAN;
    truth->meter_error = truth_find(truth, "meter.csd_error");
    truth->plant_error = truth_find(truth, "plant.csd_error");
    truth->number = truth_signal(truth, "truth.number", SIGNAL_BOOL, "",
                                 "CRM or CSD has another charger number than the plate");
    truth->clock =
        truth_signal(truth, "truth.clock", SIGNAL_NUMBER, "s", "time in CTS less the pile's clock");
    for (unsigned i = 0; i < TRUTH_PLATE; i++) {
        truth->cml[i] =
            truth_signal(truth, offers[i].name, SIGNAL_NUMBER, offers[i].unit, offers[i].text);
    }
    truth->csd_energy =
        truth_signal(truth, "truth.csd_energy", SIGNAL_NUMBER, "Wh",
                     "energy in CSD beyond 1 % of what the meter counted, or was carried");
    truth_follow(truth, "CRM", crm);
    truth_follow(truth, "CTS", cts);
    truth_follow(truth, "CML", cml);
    truth_follow(truth, "CSD", csd);
}
