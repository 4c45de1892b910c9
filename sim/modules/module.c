/* SPDX-License-Identifier: MIT */
#include "sim/modules/module.h"

#include "sim/loop.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define NEVER        INT64_MAX
#define MOVING_NS    (10 * NS_PER_MS)  /* while voltage, limit or walk-in move */
#define RESTING_NS   (500 * NS_PER_MS) /* heat and power over a bus voltage that glides */
#define ARRIVED      1e-4              /* of the rating: as good as there */
#define DARK_V       100.0             /* below this between all lines its control has no supply */
#define PHASE_LOST   0.6               /* the least line, of the greatest */
#define UNBALANCED   0.9
#define AMBIENT_C    25.0
#define SHORT_V      20.0 /* bus voltage while it delivers more than SHORT_A and wants more voltage */
#define SHORT_A      1.0
#define OVER_VOLTAGE 1.05 /* of voltage_max_v, at its output */

const struct module_params module_params_default = {
    .voltage_min_v = 50.0,
    .voltage_max_v = 1000.0,
    .voltage_low_v = 500.0,
    .current_max_a = 66.7,
    .power_w = 20e3,
    .walk_in_ns = 5 * NS_PER_S,
    .response_ns = 30 * NS_PER_MS,
    .allocate_ns = 10 * NS_PER_S,
    .silence_ns = 10 * NS_PER_S,
    .hold_up_ns = NS_PER_S,
    .regroup_ns = 4 * NS_PER_S,
    .ac_least_v = 260.0,
    .ac_full_v = 323.0,
    .ac_most_v = 475.0,
    .derate_from_c = 85.0,
    .hot_c = 105.0,
    .cooled_c = 90.0,
    .rise_c = 30.0,
    .rise_fanless_c = 160.0,
    .heat_ns = 60 * NS_PER_S,
};

void module_init(struct module *m, const struct module_params *params, unsigned slot,
                 const char *serial) {
    assert(params->power_w > 0 && params->voltage_max_v > params->voltage_min_v);
    assert(strlen(serial) == MODULE_SERIAL_SIZE - 1);
    memset(m, 0, sizeof *m);
    m->params = params;
    m->index = slot;
    memcpy(m->serial, serial, MODULE_SERIAL_SIZE);
    m->faults.share = 1.0;
    m->dark_ns = m->seen_ns = 0;
    m->lost_ns = m->regrouped_ns = NEVER;
    m->walk_in = true;
    m->mode = 0xA0;
    m->noise = 0xA0;
    m->ambient_c = m->inside_c = AMBIENT_C;
    m->present = true;
}

/* ---- what it is ---- */

bool module_online(const struct module *m) {
    return m->present && m->powered && !m->faults.silent;
}

bool module_allocating(const struct module *m, int64_t now_ns) {
    return m->faults.starting || now_ns < m->allocated_ns;
}

bool module_able(const struct module *m, int64_t now_ns) {
    return module_online(m) && !m->asleep && !module_allocating(m, now_ns) &&
           (m->troubles & MODULE_STOPPED_BY) == 0;
}

bool module_runs(const struct module *m) {
    bool can = m->present && m->powered;
    bool should = m->on && !m->asleep && (m->troubles & MODULE_STOPPED_BY) == 0 &&
                  !module_allocating(m, m->seen_ns);
    return can && (m->faults.stuck ? m->now_a > 0 : should);
}

static double least_line(const struct module *m) {
    return fmin(m->line_v[0], fmin(m->line_v[1], m->line_v[2]));
}

static double greatest_line(const struct module *m) {
    return fmax(m->line_v[0], fmax(m->line_v[1], m->line_v[2]));
}

/* By heat and by AC: a share of rated power. */
static double derating(const struct module *m) {
    const struct module_params *p = m->params;
    double by_heat = (p->hot_c - m->inside_c) / (p->hot_c - p->derate_from_c);
    double by_ac = least_line(m) / p->ac_full_v;
    return fmax(0.0, fmin(1.0, fmin(by_heat, by_ac)));
}

static double top_v(const struct module *m) {
    return m->range == MODULE_RANGE_LOW ? m->params->voltage_low_v : m->params->voltage_max_v;
}

/* Rating, power and derating alone. */
static double capable_a(const struct module *m) {
    const struct module_params *p = m->params;
    double share = derating(m);
    double by_power = p->power_w / fmax(m->bus_v, 1.0);
    return share * fmin(p->current_max_a, by_power);
}

double module_available_a(const struct module *m) {
    return module_runs(m) ? capable_a(m) : 0.0;
}

static double walked_in_a(const struct module *m, int64_t now_ns) {
    double since = (double)(now_ns - m->started_ns) / (double)m->params->walk_in_ns;
    return m->walk_in && since < 1.0 ? since * m->params->current_max_a : (double)INFINITY;
}

static double wanted_a(const struct module *m, int64_t now_ns) {
    return fmin(fmin(m->set_a, walked_in_a(m, now_ns)), capable_a(m));
}

/* ---- what goes on by itself ---- */

static double toward(double from, double to, double share) {
    return to + (from - to) * share;
}

static bool moves(const struct module *m, int64_t now_ns) {
    const struct module_params *p = m->params;
    return module_runs(m) && !m->faults.stuck &&
           (fabs(m->now_v - fmin(m->set_v, top_v(m))) > ARRIVED * p->voltage_max_v ||
            fabs(m->now_a - wanted_a(m, now_ns)) > ARRIVED * p->current_max_a ||
            (m->walk_in && now_ns < m->started_ns + p->walk_in_ns));
}

static void respond(struct module *m, int64_t now_ns) {
    double left = exp(-(double)(now_ns - m->seen_ns) / (double)m->params->response_ns);
    if (m->faults.stuck) {
        return;
    }
    if (!module_runs(m)) {
        m->now_a = 0.0;
        m->now_v = 0.0;
        m->started_ns = now_ns;
        return;
    }
    m->now_v = toward(m->now_v, fmin(m->set_v, top_v(m)), left);
    m->now_a = toward(m->now_a, wanted_a(m, now_ns), left);
    if (!moves(m, now_ns)) {
        m->now_v = fmin(m->set_v, top_v(m));
        m->now_a = wanted_a(m, now_ns);
    }
}

static void warm(struct module *m, int64_t now_ns) {
    const struct module_params *p = m->params;
    double left = exp(-(double)(now_ns - m->seen_ns) / (double)p->heat_ns);
    double rise_c = m->faults.fan ? p->rise_fanless_c : p->rise_c;
    double load = m->bus_v * m->current_a / p->power_w;
    m->inside_c = toward(m->inside_c, m->ambient_c + rise_c * fmax(0.0, load), left);
}

static void set_trouble(struct module *m, enum module_trouble trouble, bool is) {
    m->troubles = is ? m->troubles | (uint32_t)trouble : m->troubles & ~(uint32_t)trouble;
}

static bool has(const struct module *m, enum module_trouble trouble) {
    return (m->troubles & (uint32_t)trouble) != 0;
}

/* A short of the bus is met with constant current, and over when the voltage is back (ZS-6.5.14h); one of
 * its own output stage stops it. */
static void look_at_output(struct module *m) {
    bool into_short = m->bus_v < SHORT_V && m->current_a > SHORT_A && m->now_v > 2.0 * SHORT_V;
    set_trouble(m, MODULE_SHORT, m->faults.shorted);
    set_trouble(m, MODULE_INTO_SHORT, module_runs(m) && into_short);
    set_trouble(m, MODULE_OVER_VOLTAGE, m->bus_v > OVER_VOLTAGE * m->params->voltage_max_v);
}

static void look_at_input(struct module *m) {
    const struct module_params *p = m->params;
    double least = least_line(m), greatest = greatest_line(m);
    bool lost = least < PHASE_LOST * greatest;
    set_trouble(m, MODULE_PHASE_LOST, lost);
    set_trouble(m, MODULE_UNBALANCED, least < UNBALANCED * greatest);
    set_trouble(m, MODULE_AC_UNDER, !lost && least < p->ac_least_v);
    set_trouble(m, MODULE_AC_OVER, greatest > p->ac_most_v);
}

static void look(struct module *m, int64_t now_ns) {
    const struct module_params *p = m->params;
    bool too_hot = m->inside_c >= p->hot_c || (has(m, MODULE_HOT) && m->inside_c > p->cooled_c);
    look_at_output(m);
    look_at_input(m);
    set_trouble(m, MODULE_HOT, too_hot);
    set_trouble(m, MODULE_FAN, m->faults.fan);
    set_trouble(m, MODULE_INTERRUPTED, now_ns - m->heard_ns >= p->silence_ns);
    bool limited = capable_a(m) < fmin(m->set_a, p->current_max_a) - ARRIVED * p->current_max_a;
    set_trouble(m, MODULE_LIMITED, module_runs(m) && limited);
}

static void wake(struct module *m, int64_t now_ns) {
    m->powered = true;
    m->asleep = false;
    m->walk_in = true;
    m->set_v = m->set_a = 0.0;
    m->allocated_ns = now_ns + m->params->allocate_ns;
    m->heard_ns = now_ns;
    m->lost_ns = NEVER;
    if (!m->by_dial) {
        m->group = m->next_group;
    } else {
        m->group = m->next_group = 0; /* what was set is lost with the supply */
    }
    m->regrouped_ns = NEVER;
}

static void go_dark(struct module *m, int64_t now_ns) {
    m->powered = m->on = false;
    m->now_a = m->now_v = 0.0;
    m->lost_ns = now_ns;
    m->faults.stuck = false;
}

static void look_at_supply(struct module *m, int64_t now_ns) {
    bool supplied = m->present && greatest_line(m) >= DARK_V;
    if (supplied && !m->powered) {
        wake(m, now_ns);
    }
    if (supplied) {
        m->dark_ns = NEVER;
        return;
    }
    m->dark_ns = m->dark_ns == NEVER ? now_ns : m->dark_ns;
    if (m->powered && (!m->present || now_ns - m->dark_ns >= m->params->hold_up_ns)) {
        go_dark(m, now_ns);
    }
}

static int64_t earlier(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static int64_t due(const struct module *m, int64_t now_ns) {
    const struct module_params *p = m->params;
    int64_t at_ns = m->regrouped_ns;
    if (!m->powered) {
        return NEVER;
    }
    if (m->dark_ns != NEVER) {
        at_ns = earlier(at_ns, m->dark_ns + p->hold_up_ns);
    }
    if (now_ns < m->allocated_ns) {
        at_ns = earlier(at_ns, m->allocated_ns);
    }
    if (!has(m, MODULE_INTERRUPTED)) {
        at_ns = earlier(at_ns, m->heard_ns + p->silence_ns);
    }
    if (module_runs(m) || has(m, MODULE_HOT)) {
        at_ns = earlier(at_ns, now_ns + (moves(m, now_ns) ? MOVING_NS : RESTING_NS));
    }
    return at_ns;
}

int64_t module_advance(struct module *m, int64_t now_ns) {
    assert(now_ns >= m->seen_ns);
    if (now_ns >= m->regrouped_ns) {
        m->group = m->next_group;
        m->regrouped_ns = NEVER;
    }
    warm(m, now_ns);
    respond(m, now_ns);
    m->seen_ns = now_ns;
    look_at_supply(m, now_ns);
    look(m, now_ns);
    respond(m, now_ns);
    assert(m->now_a >= 0 && isfinite(m->now_a) && isfinite(m->now_v));
    return due(m, now_ns);
}

/* ---- what is done to it ---- */

void module_plug(struct module *m, bool in, int64_t now_ns) {
    module_advance(m, now_ns);
    m->present = in;
    module_advance(m, now_ns);
}

void module_supply(struct module *m, const double line_v[3], int64_t now_ns) {
    module_advance(m, now_ns);
    memcpy(m->line_v, line_v, sizeof m->line_v);
    module_advance(m, now_ns);
}

void module_hear(struct module *m, int64_t now_ns) {
    bool again = has(m, MODULE_INTERRUPTED);
    m->heard_ns = now_ns;
    if (again) { /* it goes on with the set points from before (V1.09), from 0 A */
        module_advance(m, now_ns);
    }
}

bool module_set(struct module *m, double voltage_v, double current_a, int64_t now_ns) {
    const struct module_params *p = m->params;
    assert(voltage_v >= 0 && current_a >= 0);
    if (m->faults.deaf) {
        return true;
    }
    if (voltage_v < p->voltage_min_v || voltage_v > top_v(m)) {
        return false;
    }
    module_advance(m, now_ns);
    m->set_v = voltage_v;
    m->set_a = fmin(current_a, p->current_max_a);
    module_advance(m, now_ns);
    return true;
}

void module_switch(struct module *m, bool on, int64_t now_ns) {
    module_advance(m, now_ns);
    m->on = on;
    module_advance(m, now_ns);
}

void module_sleep(struct module *m, bool asleep, int64_t now_ns) {
    module_advance(m, now_ns);
    m->asleep = asleep;
    module_advance(m, now_ns);
}

void module_regroup(struct module *m, uint8_t group, int64_t now_ns) {
    module_advance(m, now_ns);
    m->next_group = group;
    m->regrouped_ns = now_ns + m->params->regroup_ns;
}

bool module_set_range(struct module *m, uint8_t range, int64_t now_ns) {
    if (module_runs(m)) {
        return false;
    }
    module_advance(m, now_ns);
    m->range = range;
    return true;
}

void module_set_faults(struct module *m, const struct module_faults *faults, int64_t now_ns) {
    assert(faults->share >= 0);
    module_advance(m, now_ns);
    if (faults->silent != m->faults.silent) {
        m->lost_ns = faults->silent ? now_ns : NEVER;
    }
    m->faults = *faults;
    module_advance(m, now_ns);
}

void module_set_ambient(struct module *m, double celsius, int64_t now_ns) {
    module_advance(m, now_ns);
    m->inside_c += celsius - m->ambient_c; /* its air is its cooling: all of it moves along */
    m->ambient_c = celsius;
    module_advance(m, now_ns);
}

void module_feel(struct module *m, double bus_v, double current_a) {
    assert(isfinite(bus_v) && isfinite(current_a));
    m->bus_v = bus_v;
    m->current_a = current_a;
}
