/* SPDX-License-Identifier: MIT */
#include "meter/metering.h"

#include "gun.h"

#define NJ_PER_MWH   INT64_C(3600000000)
#define NS_PER_US    1000
#define STALE_NS     INT64_C(10000000000) /* between two readings of the meter's power: no integral */
#define UW_MAX       INT64_C(1000000000000)
#define MWH_PER_10WH 10000

static bool by_input(const struct gun *gun) {
    return gun->metering.meter.absent;
}

static void energy_add(struct core_energy *energy, int64_t uw, int64_t ns) {
    uw = uw > UW_MAX ? UW_MAX : uw < -UW_MAX ? -UW_MAX : uw;
    energy->nj += uw / 1000 * (ns / NS_PER_US);
    energy->mwh += energy->nj / NJ_PER_MWH;
    energy->nj %= NJ_PER_MWH;
}

static int64_t power_uw(int32_t mv, int32_t ma) {
    return (int64_t)mv * ma;
}

/* How far a register has come, over the roll-over; negative: backwards. */
static int32_t advance_10wh(const struct gun *gun, int32_t from, int32_t to) {
    int32_t by = to - from, all = gun->param[CORE_P_METER_ROLL_OVER];
    if (by < -all / 2)
        by += all;
    else if (by > all / 2)
        by -= all;
    return by;
}

/* ---- is it believed ---- */

static bool agrees(const struct gun *gun, int64_t counted_mwh, int64_t measured_mwh) {
    int64_t apart =
        counted_mwh > measured_mwh ? counted_mwh - measured_mwh : measured_mwh - counted_mwh;
    int64_t larger = counted_mwh > measured_mwh ? counted_mwh : measured_mwh;
    int64_t floor_mwh = (int64_t)gun->param[CORE_P_METER_FLOOR] * 1000;
    return apart - floor_mwh <= larger / 1000 * gun->param[CORE_P_METER_TOLERANCE];
}

/* Compares, and begins anew after meter.window, so that a late lie is not diluted by a long charge. */
static bool compare(const struct gun *gun, struct core_comparison *c, int32_t register_10wh,
                    int64_t mwh) {
    if (!c->begun) {
        *c = (struct core_comparison){true, register_10wh, mwh};
        return true;
    }
    int64_t measured = mwh - c->mwh;
    int64_t counted = (int64_t)advance_10wh(gun, c->register_10wh, register_10wh) * MWH_PER_10WH;
    if (!agrees(gun, counted, measured))
        return false;
    if (measured >= (int64_t)gun->param[CORE_P_METER_WINDOW] * 1000)
        *c = (struct core_comparison){true, register_10wh, mwh};
    return true;
}

static void believe(struct gun *gun, int32_t register_10wh) {
    struct core_metering *m = &gun->metering;
    m->register_10wh = register_10wh;
    m->at_ns = gun->now;
    m->own_believed_mwh = m->own.mwh;
    m->read = m->ready = true;
    m->doubted = false;
    m->backwards = 0;
}

static void doubt(struct gun *gun) {
    struct core_metering *m = &gun->metering;
    if (!m->doubted)
        m->doubt_ns = gun->now;
    m->doubted = true;
    if (gun->now - m->doubt_ns >= core_ns(gun, CORE_P_METER_DOUBT))
        core_fail(gun, CORE_FAULT_METER_CONTRADICTS);
}

/* A single byte of checksum lets one damaged frame in 256 pass: only the second such register in
 * a row counts. */
static void run_backwards(struct gun *gun) {
    struct core_metering *m = &gun->metering;
    m->backwards += m->backwards < gun->param[CORE_P_METER_CONFIRM];
    if (m->backwards >= gun->param[CORE_P_METER_CONFIRM])
        core_fail(gun, CORE_FAULT_METER_BACKWARDS);
}

static void take_register(struct gun *gun, int32_t register_10wh) {
    struct core_metering *m = &gun->metering;
    if (!core_session_supervised(gun) || !m->read) { /* may have been exchanged meanwhile */
        believe(gun, register_10wh);
        m->against_own.begun = m->against_metered.begun = false;
        return;
    }
    if (advance_10wh(gun, m->register_10wh, register_10wh) < 0) {
        run_backwards(gun);
        return;
    }
    bool fits = compare(gun, &m->against_own, register_10wh, m->own.mwh);
    if (m->meter_sampled && gun->now - m->metered_ns <= STALE_NS)
        fits = compare(gun, &m->against_metered, register_10wh, m->metered.mwh) && fits;
    else
        m->against_metered.begun = false; /* it tells no voltage or current */
    if (fits)
        believe(gun, register_10wh);
    else
        doubt(gun);
}

/* ---- voltage times current ---- */

static void take_power(struct gun *gun) {
    struct core_metering *m = &gun->metering;
    const struct core_meter *meter = &m->meter;
    int64_t uw = power_uw(meter->value[CORE_METER_VOLTAGE], meter->value[CORE_METER_CURRENT]);
    bool known = meter->known[CORE_METER_VOLTAGE] && meter->known[CORE_METER_CURRENT];
    bool goes_on = m->meter_sampled && gun->now - m->metered_ns <= STALE_NS;
    if (known && goes_on) {
        int64_t mean = m->metered_uw / 2 + uw / 2;
        energy_add(&m->metered, mean, gun->now - m->metered_ns);
    } else {
        m->against_metered.begun = false;
    }
    m->meter_sampled = known;
    m->metered_ns = gun->now;
    m->metered_uw = uw;
}

void core_metering_sample(struct gun *gun, bool on) {
    struct core_metering *m = &gun->metering;
    if (on && m->own_sampled)
        energy_add(&m->own, power_uw(gun->in[DUT_IN_OUTER_MV], gun->in[DUT_IN_CURRENT_MA]),
                   gun->now - m->sampled_ns);
    m->own_sampled = on;
    m->sampled_ns = gun->now;
}

/* ---- its line ---- */

void core_metering_begin(struct gun *gun) {
    enum core_param address = gun->index == 0 ? CORE_P_METER_DC_A : CORE_P_METER_DC_B;
    gun->metering = (struct core_metering){0};
    core_meter_begin(&gun->metering.meter, gun->host, gun->param, DUT_LINE_DC_METER + gun->index,
                     address);
}

/* While the charge ends the register is asked for without a pause: CSD tells it, and the record is
 * closed with it. */
void core_metering_run(struct gun *gun) {
    struct core_metering *m = &gun->metering;
    bool active = core_session_watches(gun) != 0, ending = gun->session.ending;
    int64_t period_ns = core_ns(gun, active ? CORE_P_METER_PERIOD : CORE_P_METER_IDLE);
    bool lost = core_meter_lost(&m->meter);
    if ((active && (ending || !m->ready)) || (!lost && core_account_closing(gun)))
        period_ns = 0;
    core_wake(gun, core_meter_run(&m->meter, gun->now, period_ns, active && !ending));
    if (!active && core_meter_lost(&m->meter) != lost) {
        gun->interlocks.dirty = true; /* it is shown, or no longer */
        gun->again = true;
    }
    if (active && core_meter_lost(&m->meter))
        core_fail(gun, CORE_FAULT_METER_SILENT);
}

void core_metering_hear(struct gun *gun, const uint8_t *bytes, unsigned count) {
    struct core_meter *meter = &gun->metering.meter;
    bool lost = core_meter_lost(meter);
    if (core_meter_hear(meter, gun->now, bytes, count)) {
        if (meter->fresh & 1u << CORE_METER_ENERGY)
            take_register(gun, meter->value[CORE_METER_ENERGY]);
        if (meter->fresh & 1u << CORE_METER_CURRENT)
            take_power(gun);
    }
    if (core_meter_lost(meter) != lost)
        gun->interlocks.dirty = true;
}

/* ---- for the session ---- */

void core_metering_start(struct gun *gun) {
    struct core_metering *m = &gun->metering;
    m->ready = m->doubted = m->meter_sampled = false;
    m->backwards = 0;
    m->own = m->metered = (struct core_energy){0};
    m->own_believed_mwh = 0;
    m->against_own.begun = m->against_metered.begun = false;
}

bool core_metering_ready(const struct gun *gun) {
    return by_input(gun) || gun->metering.ready;
}

void core_metering_mark(struct gun *gun) {
    struct core_meter_reading now = core_metering_reading(gun);
    gun->metering.start_10wh = now.register_10wh;
    gun->metering.start_mwh = (int64_t)now.beyond_wh * 1000;
}

bool core_metering_final(const struct gun *gun, int64_t since_ns) {
    const struct core_meter *meter = &gun->metering.meter;
    return by_input(gun) || core_meter_lost(meter) || meter->energy_asked_ns >= since_ns;
}

/* After a silence: what was measured since the last reading. Of a register that contradicts, which
 * cannot be told from a sound one before the tolerance is used up: since the comparison began. */
int32_t core_metering_unread_wh(const struct gun *gun) {
    const struct core_metering *m = &gun->metering;
    int64_t mwh = m->own.mwh - m->own_believed_mwh;
    if (m->doubted && m->against_own.begun)
        mwh = m->own.mwh - m->against_own.mwh -
              (int64_t)advance_10wh(gun, m->against_own.register_10wh, m->register_10wh) *
                  MWH_PER_10WH;
    return mwh < 0 ? 0 : (int32_t)((mwh + 500) / 1000);
}

bool core_metering_admits(const struct gun *gun, uint32_t steps, int32_t measured_wh) {
    return agrees(gun, (int64_t)steps * MWH_PER_10WH, (int64_t)measured_wh * 1000);
}

static int32_t beyond_wh(const struct gun *gun) {
    return gun->param[CORE_P_METER_BEYOND] == 0 ? 0 : core_metering_unread_wh(gun);
}

struct core_meter_reading core_metering_reading(struct gun *gun) {
    const struct core_metering *m = &gun->metering;
    if (by_input(gun))
        return (struct core_meter_reading){.register_10wh = core_read(gun, DUT_IN_ENERGY_WH) / 10,
                                           .valid = true,
                                           .at_ns = gun->now};
    bool sound = m->read && !m->doubted && m->backwards == 0 && !core_meter_lost(&m->meter);
    return (struct core_meter_reading){
        .register_10wh = m->register_10wh,
        .beyond_wh = sound ? 0 : beyond_wh(gun),
        .valid = sound,
        .silent = core_meter_lost(&m->meter),
        .at_ns = m->at_ns,
    };
}

int32_t core_metering_energy_wh(struct gun *gun) {
    struct core_meter_reading now = core_metering_reading(gun);
    int32_t counted = advance_10wh(gun, gun->metering.start_10wh, now.register_10wh) * 10;
    return counted + now.beyond_wh - (int32_t)(gun->metering.start_mwh / 1000);
}

enum core_fault core_metering_refusal(const struct gun *gun) {
    return core_meter_lost(&gun->metering.meter) ? CORE_FAULT_METER_SILENT : CORE_FAULT_NONE;
}
