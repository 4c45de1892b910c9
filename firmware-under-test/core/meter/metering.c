/* SPDX-License-Identifier: MIT */
#include "meter/metering.h"

#include "services/assert.h"

#define NJ_PER_MWH   INT64_C(3600000000)
#define NS_PER_US    1000
#define STALE_NS     INT64_C(10000000000) /* no integral over a gap as long as this */
#define UW_MAX       INT64_C(1000000000000)
#define MWH_PER_10WH 10000

static bool by_input(const struct core_metering *m) {
    return m->meter.absent;
}

static void energy_add(struct core_energy *energy, int64_t uw, int64_t ns) {
    CORE_ASSERT(ns >= 0);
    uw = uw > UW_MAX ? UW_MAX : uw < -UW_MAX ? -UW_MAX : uw;
    energy->nj += uw / 1000 * (ns / NS_PER_US);
    energy->mwh += energy->nj / NJ_PER_MWH;
    energy->nj %= NJ_PER_MWH;
    CORE_ASSERT(energy->nj > -NJ_PER_MWH && energy->nj < NJ_PER_MWH);
}

static int64_t power_uw(int32_t mv, int32_t ma) {
    return (int64_t)mv * ma;
}

/* How far a register has come, over the roll-over; negative: backwards. */
static int32_t advance_10wh(const struct core_metering *m, int32_t from, int32_t to) {
    int32_t by = to - from, all = m->services->param[CORE_P_METER_ROLL_OVER];
    if (by < -all / 2) {
        by += all;
    } else if (by > all / 2) {
        by -= all;
    }
    return by;
}

/* ---- is it believed ---- */

static bool agrees(const struct core_metering *m, int64_t counted_mwh, int64_t measured_mwh) {
    int64_t apart =
        counted_mwh > measured_mwh ? counted_mwh - measured_mwh : measured_mwh - counted_mwh;
    int64_t larger = counted_mwh > measured_mwh ? counted_mwh : measured_mwh;
    int64_t floor_mwh = (int64_t)m->services->param[CORE_P_METER_FLOOR] * 1000;
    CORE_ASSERT(apart >= 0 && larger >= counted_mwh && larger >= measured_mwh);
    return apart - floor_mwh <= larger / 1000 * m->services->param[CORE_P_METER_TOLERANCE];
}

/* Compares, and begins anew after meter.window, so that a late lie is not diluted by a long
 * charge. */
static bool compare(const struct core_metering *m, struct core_comparison *c, int32_t register_10wh,
                    int64_t mwh) {
    if (!c->begun) {
        *c = (struct core_comparison){true, register_10wh, mwh};
        return true;
    }
    int64_t measured = mwh - c->mwh;
    int64_t counted = (int64_t)advance_10wh(m, c->register_10wh, register_10wh) * MWH_PER_10WH;
    if (!agrees(m, counted, measured)) {
        return false;
    }
    if (measured >= (int64_t)m->services->param[CORE_P_METER_WINDOW] * 1000) {
        *c = (struct core_comparison){true, register_10wh, mwh};
    }
    return true;
}

static void believe(struct core_metering *m, int32_t register_10wh) {
    CORE_ASSERT(m->at_ns <= m->services->now);
    m->register_10wh = register_10wh;
    m->at_ns = m->services->now;
    m->own_believed_mwh = m->own.mwh;
    m->read = m->ready = true;
    m->doubted = false;
    m->backwards = 0;
}

static void doubt(struct core_metering *m) {
    if (!m->doubted) {
        m->doubt_ns = m->services->now;
    }
    m->doubted = true;
    CORE_ASSERT(m->doubt_ns <= m->services->now && m->read);
    if (m->services->now - m->doubt_ns >= core_ns(m->services, CORE_P_METER_DOUBT)) {
        core_fail(m->services, CORE_FAULT_METER_CONTRADICTS);
    }
}

/* A single byte of checksum lets one damaged frame in 256 pass: only the second such register in
 * a row counts. */
static void run_backwards(struct core_metering *m) {
    m->backwards += m->backwards < m->services->param[CORE_P_METER_CONFIRM];
    if (m->backwards >= m->services->param[CORE_P_METER_CONFIRM]) {
        core_fail(m->services, CORE_FAULT_METER_BACKWARDS);
    }
    CORE_ASSERT(m->backwards >= 1);
}

static void take_register(struct core_metering *m, int32_t register_10wh, bool supervised) {
    if (!supervised || !m->read) { /* may have been exchanged meanwhile */
        believe(m, register_10wh);
        m->against_own.begun = m->against_metered.begun = false;
        return;
    }
    if (advance_10wh(m, m->register_10wh, register_10wh) < 0) {
        run_backwards(m);
        return;
    }
    bool fits = compare(m, &m->against_own, register_10wh, m->own.mwh);
    if (m->meter_sampled && m->services->now - m->metered_ns <= STALE_NS) {
        fits = compare(m, &m->against_metered, register_10wh, m->metered.mwh) && fits;
    } else {
        m->against_metered.begun = false; /* it tells no voltage or current */
    }
    CORE_ASSERT(advance_10wh(m, m->register_10wh, register_10wh) >= 0);
    if (fits) {
        believe(m, register_10wh);
    } else {
        doubt(m);
    }
}

/* ---- voltage times current ---- */

static void take_power(struct core_metering *m) {
    const struct core_meter *meter = &m->meter;
    int64_t uw = power_uw(meter->value[CORE_METER_VOLTAGE], meter->value[CORE_METER_CURRENT]);
    bool known = meter->known[CORE_METER_VOLTAGE] && meter->known[CORE_METER_CURRENT];
    bool goes_on = m->meter_sampled && m->services->now - m->metered_ns <= STALE_NS;
    if (known && goes_on) {
        int64_t mean = m->metered_uw / 2 + uw / 2;
        energy_add(&m->metered, mean, m->services->now - m->metered_ns);
    } else {
        m->against_metered.begun = false;
    }
    CORE_ASSERT(m->metered_ns <= m->services->now);
    m->meter_sampled = known;
    m->metered_ns = m->services->now;
    m->metered_uw = uw;
}

void core_metering_sample(struct core_metering *m, bool on) {
    CORE_ASSERT(!m->own_sampled || m->sampled_ns <= m->services->now);
    if (on && m->own_sampled) {
        energy_add(&m->own,
                   power_uw(m->services->in[DUT_IN_OUTER_MV], m->services->in[DUT_IN_CURRENT_MA]),
                   m->services->now - m->sampled_ns);
    }
    m->own_sampled = on;
    m->sampled_ns = m->services->now;
}

/* ---- its line ---- */

void core_metering_begin(struct core_metering *m, struct core_services *services) {
    unsigned index = services->index;
    *m = (struct core_metering){.services = services};
    core_meter_begin(&m->meter, services->host, services->param, DUT_LINE_DC_METER + index,
                     index == 0 ? CORE_P_METER_DC_A : CORE_P_METER_DC_B);
}

/* While the charge ends the register is asked for without a pause: CSD tells it, and the record is
 * closed with it. */
void core_metering_run(struct core_metering *m, const struct core_metering_want *want) {
    struct core_services *services = m->services;
    int64_t period_ns = core_ns(services, want->active ? CORE_P_METER_PERIOD : CORE_P_METER_IDLE);
    bool lost = core_meter_lost(&m->meter);
    if ((want->active && (want->ending || !m->ready)) || (!lost && want->closing)) {
        period_ns = 0;
    }
    core_wake(services,
              core_meter_run(&m->meter, services->now, period_ns, want->active && !want->ending));
    if (!want->active && core_meter_lost(&m->meter) != lost) {
        core_recheck(services); /* it is shown, or no longer */
        core_again(services);
    }
    if (want->active && core_meter_lost(&m->meter)) {
        core_fail(services, CORE_FAULT_METER_SILENT);
    }
}

void core_metering_hear(struct core_metering *m, const uint8_t *bytes, unsigned count,
                        bool supervised) {
    struct core_meter *meter = &m->meter;
    bool lost = core_meter_lost(meter);
    if (core_meter_hear(meter, m->services->now, bytes, count)) {
        if (meter->fresh & 1u << CORE_METER_ENERGY) {
            take_register(m, meter->value[CORE_METER_ENERGY], supervised);
        }
        if (meter->fresh & 1u << CORE_METER_CURRENT) {
            take_power(m);
        }
    }
    if (core_meter_lost(meter) != lost) {
        core_recheck(m->services);
    }
}

/* ---- for the session ---- */

void core_metering_start(struct core_metering *m) {
    m->ready = m->doubted = m->meter_sampled = false;
    m->backwards = 0;
    m->own = m->metered = (struct core_energy){0};
    m->own_believed_mwh = 0;
    m->against_own.begun = m->against_metered.begun = false;
    CORE_ASSERT(core_metering_unread_wh(m) == 0);
}

bool core_metering_ready(const struct core_metering *m) {
    return by_input(m) || m->ready;
}

void core_metering_mark(struct core_metering *m) {
    struct core_meter_reading now = core_metering_reading(m);
    m->start_10wh = now.register_10wh;
    m->start_mwh = (int64_t)now.beyond_wh * 1000;
    CORE_ASSERT(m->start_mwh >= 0);
}

bool core_metering_final(const struct core_metering *m, int64_t since_ns) {
    const struct core_meter *meter = &m->meter;
    return by_input(m) || core_meter_lost(meter) || meter->energy_asked_ns >= since_ns;
}

/* After a silence: what was measured since the last reading. Of a register that contradicts, which
 * cannot be told from a sound one before the tolerance is used up: since the comparison began. */
int32_t core_metering_unread_wh(const struct core_metering *m) {
    int64_t mwh = m->own.mwh - m->own_believed_mwh;
    if (m->doubted && m->against_own.begun) {
        mwh =
            m->own.mwh - m->against_own.mwh -
            (int64_t)advance_10wh(m, m->against_own.register_10wh, m->register_10wh) * MWH_PER_10WH;
    }
    return mwh < 0 ? 0 : (int32_t)((mwh + 500) / 1000);
}

bool core_metering_admits(const struct core_metering *m, uint32_t steps, int32_t measured_wh) {
    CORE_ASSERT(measured_wh >= 0);
    return agrees(m, (int64_t)steps * MWH_PER_10WH, (int64_t)measured_wh * 1000);
}

static int32_t beyond_wh(const struct core_metering *m) {
    return m->services->param[CORE_P_METER_BEYOND] == 0 ? 0 : core_metering_unread_wh(m);
}

struct core_meter_reading core_metering_reading(struct core_metering *m) {
    if (by_input(m)) {
        return (struct core_meter_reading){.register_10wh =
                                               core_read(m->services, DUT_IN_ENERGY_WH) / 10,
                                           .valid = true,
                                           .at_ns = m->services->now};
    }
    bool sound = m->read && !m->doubted && m->backwards == 0 && !core_meter_lost(&m->meter);
    CORE_ASSERT(!sound || m->at_ns <= m->services->now);
    return (struct core_meter_reading){
        .register_10wh = m->register_10wh,
        .beyond_wh = sound ? 0 : beyond_wh(m),
        .valid = sound,
        .silent = core_meter_lost(&m->meter),
        .at_ns = m->at_ns,
    };
}

int32_t core_metering_energy_wh(struct core_metering *m) {
    struct core_meter_reading now = core_metering_reading(m);
    int32_t counted = advance_10wh(m, m->start_10wh, now.register_10wh) * 10;
    return counted + now.beyond_wh - (int32_t)(m->start_mwh / 1000);
}

enum core_fault core_metering_refusal(const struct core_metering *m) {
    return core_meter_lost(&m->meter) ? CORE_FAULT_METER_SILENT : CORE_FAULT_NONE;
}
