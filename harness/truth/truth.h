/* SPDX-License-Identifier: MIT */
/* truth.h: every byte that the charger sends against what is true.
 *
 *   truth_init(&truth, &config);                         after the plant, the observer and the meters
 *   truth_stimulus(&truth, "open door");                 for each action of a case
 *   truth_free(&truth);                                  before the board
 *
 * It adds signals to the board and sets them at each message of the charger. What a healthy charger
 * may do otherwise than the reference is inside what counts as true:
 *  - a measurement may be as old as TRUTH_FRESH_NS, filtered or not: it is held against everything
 *    the quantity has been in that time;
 *  - voltage is that of either side of K1/K2;
 *  - minutes may be counted from anywhere between the plug's going in and the first CCS, with pauses
 *    or without, rounded either way;
 *  - energy is that of the meter, or what was carried.
 * What cannot be known (no clock, no plate, "not supplied") counts as true: whether it has to be
 * said is for the cases. */
#ifndef HARNESS_TRUTH_TRUTH_H
#define HARNESS_TRUTH_TRUTH_H

#include "sim/loop.h"
#include "sim/signal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRUTH_FRESH_NS (1 * NS_PER_S) /* NB/T 33008.1-2018 5.12.18: values are renewed within 1 s */

/* What the plate of the pile says: the signals plate.*, which are there before truth_init. */
enum truth_plate {
    TRUTH_VOLTAGE_MIN, /* V */
    TRUTH_VOLTAGE_MAX,
    TRUTH_CURRENT_MIN, /* A */
    TRUTH_CURRENT_MAX,
    TRUTH_PLATE,
};

struct truth_config {
    struct loop *loop;
    struct signal_board *board;
    int64_t
        clock_s; /* the pile's clock when the loop's time is 0, seconds since 1970; negative: none */
    double (*number)(void *ctx); /* the charger's; NAN: not known */
    void *ctx;
    bool limited; /* the firmware was told to end at an energy, a time, an amount */
    bool
        set_up; /* a parameter that the case sets, or a line that the bench does not see, may be what
                    keeps the firmware from charging */
};

#define TRUTH_SUBSCRIPTIONS 48
#define TRUTH_SAMPLES       64

/* Fields of messages that are looked at. */
enum truth_field {
    FIELD_CCS_CHARGING_PERMITTED,
    FIELD_CCS_OUTPUT_VOLTAGE,
    FIELD_CCS_OUTPUT_CURRENT,
    FIELD_CCS_CHARGING_TIME,
    FIELD_BCL_CURRENT_DEMAND,
    FIELD_BCL_VOLTAGE_DEMAND,
    FIELD_BSM_CHARGING_PERMITTED,
    FIELD_BCS_SOC,
    FIELD_CSD_CHARGING_TIME,
    FIELD_CSD_CHARGER_NUMBER,
    FIELD_CSD_ENERGY,
    FIELD_CRM_CHARGER_NUMBER,
    FIELD_CRM_RESULT,
    FIELD_CRO_READY,
    FIELD_BHM_VOLTAGE_MAX,
    FIELD_BCP_VOLTAGE_MAX,
    FIELD_BCP_BATTERY_VOLTAGE,
    FIELD_CML_VOLTAGE_MIN,
    FIELD_CML_VOLTAGE_MAX,
    FIELD_CML_CURRENT_MIN,
    FIELD_CML_CURRENT_MAX,
    FIELD_CTS_SECOND,
    FIELD_CTS_MINUTE,
    FIELD_CTS_HOUR,
    FIELD_CTS_DAY,
    FIELD_CTS_MONTH,
    FIELD_CTS_YEAR,
    TRUTH_FIELDS,
};

enum truth_followed {
    TRUTH_INNER_V,
    TRUTH_OUTER_V,
    TRUTH_CURRENT_A,
    TRUTH_FOLLOWED,
};

/* Between the CCS before and this one. */
struct truth_sample {
    int64_t at_ns;
    double low[TRUTH_FOLLOWED], high[TRUTH_FOLLOWED];
};

/* Bits of what may be the cause of a reason in CST. */
enum truth_cause {
    TRUTH_ESTOP = 1,     /* SPN 3522: emergency stop */
    TRUTH_PERSON = 2,    /* SPN 3521: stopped by hand */
    TRUTH_CONDITION = 4, /* SPN 3521: condition reached */
    TRUTH_CONNECTOR = 8, /* SPN 3522: charging connector */
    TRUTH_HEAT = 16,     /* SPN 3522: over-temperature, of charger or gun */
    TRUTH_ENERGY = 32,   /* SPN 3522: energy cannot be transferred */
    TRUTH_CURRENT = 64,  /* SPN 3523: current mismatch */
    TRUTH_VOLTAGE = 128, /* SPN 3523: voltage abnormal */
    TRUTH_FAULT = 256,   /* SPN 3521: stopped by a fault; SPN 3522: another fault */
    TRUTH_ANY = 512 - 1 - TRUTH_ESTOP - TRUTH_PERSON - TRUTH_CONDITION,
    TRUTH_CAUSES = 9,
};

struct truths {
    struct truth_config config;
    const struct truths
        *other; /* of the pile's other gun, which shares its power; NULL: there is none */
    /* read */
    struct signal *fields[TRUTH_FIELDS]; /* NULL: not in this edition */
    struct signal *plate[TRUTH_PLATE];
    struct signal *inner, *outer, *current, *modules_on, *k1, *k2, *meter_error, *plant_error;
    /* written */
    struct signal *ccs_voltage, *ccs_current, *ccs_permission, *charging_time, *power;
    struct signal *cro, *clock, *number, *csd_energy;
    struct signal *timed_out, *reconnections;
    struct signal *start_owed, *left, *short_of, *plate_power, *pile_power;
    struct signal *cml[TRUTH_PLATE]; /* by enum truth_plate */
    struct signal *happened[TRUTH_CAUSES];
    struct subscription subscriptions[TRUTH_SUBSCRIPTIONS];
    size_t subscription_count;
    /* output.c */
    struct signal_track tracks[TRUTH_FOLLOWED];
    struct truth_sample samples[TRUTH_SAMPLES]; /* of the last TRUTH_FRESH_NS, a ring */
    size_t first_sample, sample_count;
    int64_t stepped_ns;              /* when contacts or modules last changed */
    int64_t paused_ns;               /* CCS says "paused" since then; -1: it does not */
    double paused_a;                 /* the current then */
    int64_t dead_ns;                 /* nothing can flow since then; -1: something can */
    int64_t begin_ns;                /* of this charge at the earliest: the plug went in */
    int64_t first_ccs_ns;            /* since CRO; -1: none yet */
    int64_t last_ccs_ns, counted_ns; /* time in which CCS allowed charging, since the first CCS */
    bool counting;
    /* ready.c */
    int64_t opened_ns; /* when K1 and K2 were last both closed; -1: never */
    /* reconnect.c */
    int64_t error_ns; /* of the last CEM or BEM; -1: none */
    bool error;       /* ... and no CRM(00) since its burst began */
    bool recognising; /* the last CRM was CRM(00), at recognising_ns, and no CEM has come since */
    int64_t recognising_ns;
    /* plate.c */
    double told_number; /* by CRM; NAN: none yet */
    /* reasons.c */
    struct signal_watch high; /* gun.voltage above what it may be; signal NULL: not known yet */
    /* owed.c */
    struct timer silent;
    bool under_way; /* a message of the charger has come, and K3 and K4 have not opened since */
    bool answered;  /* ... and the vehicle has spoken */
    bool ended;     /* a charge has ended, somehow */
    double asked_a; /* by BCL, since asked_ns; so long less flows; NAN: nothing yet */
    int64_t asked_ns;
};

void truth_init(struct truths *truth, const struct truth_config *config);
/* Two guns of one pile: while both are under way each is owed half of its power, and no more. */
void truth_share(struct truths *one, struct truths *other);
/* usage: of the action's row, as `pilebench list actions` prints it. */
void truth_stimulus(struct truths *truth, const char *usage);
/* May a charge end by it? */
bool truth_stimulus_disturbs(const char *usage);
/* False: nobody has thought of what such an action may cause; it counts as a cause of anything. */
bool truth_stimulus_known(const char *usage);
/* The pile's clock is set forward by so much from now on, or not known any more. */
void truth_clock(struct truths *truth, int64_t by_s, bool lost);
void truth_free(struct truths *truth);

#endif
