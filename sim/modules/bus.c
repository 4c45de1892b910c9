/* SPDX-License-Identifier: MIT */
#include "sim/modules/internal.h"

#include <assert.h>
#include <math.h>

#define SAME_V  0.5  /* of one step */
#define TIE_V   1e-6 /* the bus is at the step's voltage */
#define TIE_A   1e-6
#define ROUNDS  MODULES_MOST
#define UNEQUAL 0.15 /* of its fair part: it shares badly */
#define NOTABLE 2.0  /* A, below which nobody judges how it shares */

static double own_voltage(const struct modules_bus *bus) {
    return bus->on ? bus->steps[bus->count - 1].voltage_v : 0.0;
}

static double bus_voltage(const struct modules_bus *bus, int64_t now_ns) {
    const struct signal *voltage = bus->config.voltage;
    return voltage != NULL ? signal_at(voltage, now_ns) : own_voltage(bus);
}

static double bus_current(const struct modules_bus *bus, int64_t now_ns) {
    const struct signal *current = bus->config.current;
    return current != NULL ? signal_at(current, now_ns) : 0.0;
}

double modules_bus_output_v(const struct modules_bus *bus, int64_t now_ns) {
    const struct signal *output = bus->config.output;
    return output != NULL ? signal_at(output, now_ns) : own_voltage(bus);
}

struct modules_bus *modules_bus_of(struct module_bank *bank, const struct module *module) {
    unsigned half = (bank->config.count + 1) / 2;
    return &bank->buses[bank->bus_count > 1 && module->index >= half ? 1 : 0];
}

/* ---- steps ---- */

static void add_to_step(struct modules_bus *bus, const struct module *m) {
    unsigned at = 0;
    while (at < bus->count && bus->steps[at].voltage_v < m->now_v - SAME_V) {
        at++;
    }
    bool joins = at < bus->count && bus->steps[at].voltage_v <= m->now_v + SAME_V;
    if (!joins) {
        assert(bus->count < MODULES_MOST);
        for (unsigned i = bus->count; i > at; i--) {
            bus->steps[i] = bus->steps[i - 1];
        }
        bus->steps[at] = (struct modules_step){.voltage_v = m->now_v};
        bus->count++;
    }
    struct modules_step *step = &bus->steps[at];
    step->voltage_v = fmax(step->voltage_v, m->now_v);
    step->limit_a += m->now_a;
    step->weight += bus->bank->slots[m->index].weight * m->faults.share;
    step->members |= UINT32_C(1) << m->index;
}

static void find_steps(struct modules_bus *bus) {
    struct module_bank *bank = bus->bank;
    bus->count = 0;
    for (unsigned i = 0; i < bank->config.count; i++) {
        const struct module *m = &bank->modules[i];
        if (modules_bus_of(bank, m) == bus && module_runs(m) && m->now_a > 0) {
            add_to_step(bus, m);
        }
    }
}

/* What the steps from this one on can deliver. */
static double limit_from(const struct modules_bus *bus, unsigned first) {
    double sum = 0.0;
    for (unsigned i = first; i < bus->count; i++) {
        sum += bus->steps[i].limit_a;
    }
    return sum;
}

/* The lowest step that the bus is not above; at its voltage with less than the higher ones deliver: it lets
 * go, and the next one is it. */
static unsigned find_active(const struct modules_bus *bus, bool was_on, int64_t now_ns) {
    double voltage_v = bus_voltage(bus, now_ns), current_a = bus_current(bus, now_ns);
    unsigned at = 0;
    while (at + 1 < bus->count && voltage_v > bus->steps[at].voltage_v + TIE_V) {
        at++;
    }
    bool holds = fabs(voltage_v - bus->steps[at].voltage_v) <= TIE_V && was_on;
    if (holds && at + 1 < bus->count && current_a <= limit_from(bus, at + 1) + TIE_A) {
        at++;
    }
    return at;
}

static void watch(struct signal *signal, struct signal_watch *one, bool *watched, bool wanted,
                  double level) {
    if (*watched && (!wanted || one->level != level)) {
        signal_watch_stop(one);
        *watched = false;
    }
    if (wanted && !*watched && signal != NULL) {
        one->level = level;
        signal_watch_start(signal, one);
        *watched = true;
    }
}

static void set_watches(struct modules_bus *bus) {
    unsigned at = bus->active;
    bool below = bus->on && at > 0, above = bus->on && at + 1 < bus->count;
    watch(bus->config.voltage, &bus->below, &bus->watched_below, below,
          below ? bus->steps[at - 1].voltage_v : 0.0);
    watch(bus->config.current, &bus->lets_go, &bus->watched_lets_go, above,
          above ? limit_from(bus, at + 1) : 0.0);
}

static void drive(struct modules_bus *bus, int64_t now_ns) {
    double voltage_v = bus->on ? bus->steps[bus->active].voltage_v : 0.0;
    double current_a = bus->on ? limit_from(bus, bus->active) : 0.0;
    bus->voltage_v = voltage_v;
    bus->current_a = current_a;
    if (bus->config.drive != NULL) {
        bus->config.drive(bus->config.ctx, now_ns, bus->on, voltage_v, current_a);
    }
}

static double told_a(const struct modules_bus *bus) {
    struct module_bank *bank = bus->bank;
    double sum = 0.0;
    for (unsigned i = 0; i < bank->config.count; i++) {
        const struct module *m = &bank->modules[i];
        bool counts = modules_bus_of(bank, m) == bus && m->present && m->powered && m->on;
        sum += counts ? m->set_a : 0.0;
    }
    return sum;
}

void modules_bus_update(struct modules_bus *bus, int64_t now_ns) {
    bool was_on = bus->on;
    find_steps(bus);
    bus->on = bus->count > 0;
    bus->active = bus->on ? find_active(bus, was_on, now_ns) : 0;
    drive(bus, now_ns);
    set_watches(bus);
    double told = told_a(bus);
    if (bus->told != NULL && told != bus->told->value) {
        signal_set(bus->told, now_ns, told);
    }
}

/* ---- who delivers what ---- */

/* Divides by weight; who is at his limit delivers that, and the others the more. */
static void divide(struct module_bank *bank, const struct modules_step *step, double total_a,
                   double part_a[MODULES_MOST]) {
    uint32_t free = step->members;
    double left_a = total_a, weight = step->weight;
    for (unsigned round = 0; round < ROUNDS && free != 0; round++) {
        uint32_t full = 0;
        for (unsigned i = 0; i < bank->config.count; i++) {
            const struct module *m = &bank->modules[i];
            double mine = bank->slots[i].weight * m->faults.share;
            if ((free >> i & 1u) == 0) {
                continue;
            }
            part_a[i] = weight > 0 ? left_a * mine / weight : 0.0;
            if (part_a[i] > m->now_a) {
                full |= UINT32_C(1) << i;
            }
        }
        for (unsigned i = 0; i < bank->config.count; i++) {
            if (full >> i & 1u) {
                part_a[i] = bank->modules[i].now_a;
                left_a -= part_a[i];
                weight -= bank->slots[i].weight * bank->modules[i].faults.share;
            }
        }
        free = full == 0 ? 0 : free & ~full;
    }
}

static void judge_sharing(struct module *m, double fair_a) {
    bool notable = fair_a > NOTABLE && module_runs(m) && m->current_a < m->now_a * (1 - 1e-6);
    bool badly = notable && fabs(m->current_a - fair_a) > UNEQUAL * fair_a;
    m->troubles &= ~(uint32_t)MODULE_SHARES_BADLY;
    m->troubles |= badly ? (uint32_t)MODULE_SHARES_BADLY : 0;
}

static unsigned members(const struct modules_step *step) {
    unsigned count = 0;
    for (uint32_t rest = step->members; rest != 0; rest &= rest - 1) {
        count++;
    }
    return count;
}

void modules_bus_share(struct modules_bus *bus, int64_t now_ns) {
    struct module_bank *bank = bus->bank;
    double voltage_v = bus_voltage(bus, now_ns), left_a = fmax(0.0, bus_current(bus, now_ns));
    double part_a[MODULES_MOST] = {0};
    for (unsigned k = bus->count; k > 0; k--) {
        const struct modules_step *step = &bus->steps[k - 1];
        double of_step = fmin(left_a, step->limit_a);
        divide(bank, step, of_step, part_a);
        left_a -= of_step;
    }
    for (unsigned i = 0; i < bank->config.count; i++) {
        struct module *m = &bank->modules[i];
        if (modules_bus_of(bank, m) == bus) {
            module_feel(m, voltage_v, part_a[i]);
        }
    }
    for (unsigned k = 0; k < bus->count; k++) {
        double sum = 0.0;
        for (unsigned i = 0; i < bank->config.count; i++) {
            sum += bus->steps[k].members >> i & 1u ? part_a[i] : 0.0;
        }
        for (unsigned i = 0; i < bank->config.count; i++) {
            if (bus->steps[k].members >> i & 1u) {
                judge_sharing(&bank->modules[i], sum / members(&bus->steps[k]));
            }
        }
    }
}

/* ---- life ---- */

static void another_step(void *ctx, struct signal *signal, int64_t at_ns, bool rising) {
    struct modules_bus *bus = ctx;
    (void)signal, (void)at_ns;
    if (!rising) {
        modules_refresh(bus->bank, bus->bank->config.loop->now_ns);
    }
}

void modules_bus_init(struct modules_bus *bus, struct module_bank *bank, unsigned index) {
    *bus = (struct modules_bus){.config = bank->config.buses[index], .bank = bank, .index = index};
    bus->below = bus->lets_go = (struct signal_watch){.crossed = another_step, .ctx = bus};
}

void modules_bus_end(struct modules_bus *bus) {
    watch(bus->config.voltage, &bus->below, &bus->watched_below, false, 0.0);
    watch(bus->config.current, &bus->lets_go, &bus->watched_lets_go, false, 0.0);
}
