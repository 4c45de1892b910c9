/* SPDX-License-Identifier: MIT */
/* metering.h: what a gun's DC meter says, whether it can be believed, and what to bill when not.
 *
 *   core_metering_start(&metering);                a person starts: compare from here on
 *   if (core_metering_ready(&metering)) ...        the register was read since then
 *   core_metering_mark(&metering);                 energy is counted from here (phase E)
 *   core_metering_energy_wh(&metering)             delivered since then
 *   struct core_meter_reading r = core_metering_reading(&metering);      for billing
 *
 * Three things are wrong with a meter that cannot be believed: it does not answer, its register
 * runs backwards (999999.99 to 0 does not), or its register contradicts voltage times current, its
 * own or the charger's, by more than meter.tolerance for meter.doubt. Before the charge each
 * forbids the start, later it ends the charge in order.
 *
 * Nothing delivered goes unbilled: from the last reading that could be believed on, what the
 * charger itself measured (voltage times current) counts as beyond_wh.
 *
 * On a port without meter lines the register comes from DUT_IN_ENERGY_WH and is believed. */
#ifndef CORE_METERING_H
#define CORE_METERING_H

#include "meter/meter.h"
#include "services/services.h"

struct core_meter_reading {
    int32_t register_10wh; /* last one believed: XXXXXX.XX kWh, begins anew at 1,000,000 kWh */
    int32_t beyond_wh; /* delivered since then by the charger's own measurement; 0 while valid */
    bool valid;        /* the meter answers and is believed */
    bool silent;       /* if not: it does not answer; else it is not believed */
    int64_t at_ns;     /* of the register */
};

/* Integral of voltage times current. */
struct core_energy {
    int64_t mwh;
    int64_t nj; /* what is left below 1 mWh */
};

/* A register against an integral, from a common beginning. */
struct core_comparison {
    bool begun;
    int32_t register_10wh;
    int64_t mwh;
};

/* What the session needs of the meter now. */
struct core_metering_want {
    bool active;  /* a session is under way: voltage and current too, and a lost meter is a fault */
    bool ending;  /* the session ends: the register alone, without a pause */
    bool closing; /* a record waits for its last register */
};

struct core_metering {
    struct core_services *services;
    struct core_meter meter;
    int32_t register_10wh; /* believed */
    int64_t at_ns;
    bool read, ready;   /* ever; since core_metering_start */
    bool doubted;       /* the last register was not believed */
    bool own_sampled;   /* sampled_ns is that of the last sample */
    bool meter_sampled; /* metered_ns, metered_uw are */
    int32_t backwards;  /* such registers in a row */
    int64_t doubt_ns;   /* since when it contradicts */
    int64_t sampled_ns, metered_ns;
    int64_t metered_uw;
    struct core_energy own;     /* by the charger's voltage and current */
    struct core_energy metered; /* by the meter's */
    int64_t own_believed_mwh;   /* own when register_10wh was read */
    struct core_comparison against_own, against_metered;
    int32_t start_10wh; /* energy of the charge is counted from here */
    int64_t start_mwh;  /* and from so much beyond the register */
};

/* At power on. */
void core_metering_begin(struct core_metering *m, struct core_services *services);
void core_metering_run(struct core_metering *m, const struct core_metering_want *want);
/* supervised: a session is under way, whose register goes on from reading to reading. */
void core_metering_hear(struct core_metering *m, const uint8_t *bytes, unsigned count,
                        bool supervised);
/* on: voltage and current were just read; false: they are not, for now. */
void core_metering_sample(struct core_metering *m, bool on);
void core_metering_start(struct core_metering *m);
bool core_metering_ready(const struct core_metering *m);
void core_metering_mark(struct core_metering *m);
/* The register was asked for after since_ns and answered, or will not be. */
bool core_metering_final(const struct core_metering *m, int64_t since_ns);
struct core_meter_reading core_metering_reading(struct core_metering *m);
/* Delivered since the last register that was believed, by the charger's own measurement. */
int32_t core_metering_unread_wh(const struct core_metering *m);
/* So many steps of 10 Wh do not contradict what the charger measured. */
bool core_metering_admits(const struct core_metering *m, uint32_t steps, int32_t measured_wh);
int32_t core_metering_energy_wh(struct core_metering *m);
/* What forbids a start now. */
enum core_fault core_metering_refusal(const struct core_metering *m);

#endif
