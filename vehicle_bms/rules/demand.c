/* SPDX-License-Identifier: MIT */
/* The demand (BCL) against what was announced (CML, BCP), the output (CCS) against the demand and
 * against CML. Currents here are magnitudes: on the wire charging is negative. The output is
 * compared with the highest demand of the last output_settle_ns, so that it has time to fall; the
 * current also with what is left of a higher demand when it falls no faster than it has to. */
#include "vehicle_bms/rules/internal.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* The highest demand of the last output_settle_ns, in buckets. */
#define DEMAND_BUCKETS 8
struct demand_window {
    int64_t slots[DEMAND_BUCKETS + 1];
    double max[DEMAND_BUCKETS + 1];
};

struct demand {
    double voltage_v, current_a; /* BCL; magnitudes; NAN: not known */
    double cml_v, cml_a, bcp_v, bcp_a;
    double output_v, output_a;
    struct demand_window voltages, currents;
    double
        fading_a; /* a demand that fell, less what the output has to have fallen since; NAN: none */
    int64_t faded_ns; /* when that was so */
};

static struct demand *own(const struct rules *rules) {
    return rules->states[STATE_DEMAND];
}

static void demand_begin(struct rules *rules) {
    double unknown = (double)NAN;
    *own(rules) = (struct demand){
        .voltage_v = unknown,
        .current_a = unknown,
        .cml_v = unknown,
        .cml_a = unknown,
        .bcp_v = unknown,
        .bcp_a = unknown,
        .output_v = unknown,
        .output_a = unknown,
        .fading_a = unknown,
    };
    for (unsigned i = 0; i <= DEMAND_BUCKETS; i++) {
        own(rules)->voltages.slots[i] = own(rules)->currents.slots[i] = -1;
    }
}

static int64_t slot_of(const struct rules *rules, int64_t at_ns) {
    assert(at_ns >= 0); /* a place of the window is found by it */
    int64_t width_ns = rules->limits.output_settle_ns / DEMAND_BUCKETS;
    return width_ns > 0 ? at_ns / width_ns : at_ns;
}

static void remember(const struct rules *rules, struct demand_window *window, int64_t at_ns,
                     double value) {
    int64_t slot = slot_of(rules, at_ns);
    size_t i = (size_t)(slot % (DEMAND_BUCKETS + 1));
    if (window->slots[i] != slot) {
        window->slots[i] = slot;
        window->max[i] = value;
    } else if (!(value <= window->max[i])) {
        window->max[i] = value;
    }
    assert(!(window->max[i] < value));
}

static double highest(const struct rules *rules, const struct demand_window *window, int64_t at_ns,
                      double now) {
    int64_t oldest = slot_of(rules, at_ns) - DEMAND_BUCKETS;
    double max = now;
    assert(slot_of(rules, at_ns) >= oldest);
    for (unsigned i = 0; i <= DEMAND_BUCKETS; i++) {
        if (window->slots[i] >= 0 && window->slots[i] >= oldest) {
            max = fmax(max, window->max[i]);
        }
    }
    assert(!(max < now)); /* the present demand is one of them */
    return max;
}

/* The margin is beyond what double arithmetic adds. */
static bool above(double value, double limit) {
    return value > limit + 1e-6; /* false when either is not known */
}

static void compare(struct rules *rules, enum rule_index index, const struct assembled *message,
                    const char *unit, double value, double limit, double margin) {
    if (isnan(value) || isnan(limit)) {
        return;
    }
    rules_observe(rules, index);
    rules_measure(rules, index, unit, value, (double)NAN, limit);
    assert(margin >= 0 || isnan(margin));
    struct rule_measure measure = {value, (double)NAN, limit + margin, unit};
    if (above(value, limit + margin)) {
        RULES_SAY(rules_violation_of(rules, index, message->at_ns, message->mark, measure),
                  "%s为%.1f %s，上限%.1f %s", "%s says %.1f %s, limit %.1f %s",
                  message->message->code, value, unit, limit, unit);
    } else {
        measure.value = fmin(value, measure.limit_max); /* not beyond it by what is added */
        rules_kept(rules, index, measure);
    }
}

/* What the output is compared with: a demand with the wrong sign asks for none. */
static double wanted_a(const struct rules *rules) {
    double current_a = own(rules)->current_a;
    return rules->attempt->paused || current_a < 0 ? 0 : current_a;
}

/* A limit with the wrong sign is none. */
static double announced_a(const struct rules *rules, const struct assembled *message) {
    double value = event_ampere(message, "current_max");
    return rules_sign_announced(rules, value) ? value : (double)NAN;
}

static void demanded(struct rules *rules, const struct assembled *message, bool changed) {
    struct demand *demand = own(rules);
    const struct rules_limits *limits = &rules->limits;
    if (changed || isnan(demand->voltage_v)) {
        demand->voltage_v = event_value(message, "voltage_demand");
        demand->current_a = event_ampere(message, "current_demand");
    }
    double current_a = wanted_a(rules);
    remember(rules, &demand->voltages, message->at_ns, demand->voltage_v);
    remember(rules, &demand->currents, message->at_ns, current_a);
    compare(rules, RULE_DEMAND_VOLTAGE_CML, message, "V", demand->voltage_v, demand->cml_v,
            limits->demand_margin_v);
    compare(rules, RULE_DEMAND_CURRENT_CML, message, "A", demand->current_a, demand->cml_a,
            limits->demand_margin_a);
    compare(rules, RULE_DEMAND_VOLTAGE_BCP, message, "V", demand->voltage_v, demand->bcp_v,
            limits->demand_margin_v);
    compare(rules, RULE_DEMAND_CURRENT_BCP, message, "A", demand->current_a, demand->bcp_a,
            limits->demand_margin_a);
}

/* At least the present demand. */
static double fading(struct rules *rules, int64_t at_ns) {
    struct demand *demand = own(rules);
    double since_s = (double)(at_ns - demand->faded_ns) / (double)NS_PER_S;
    double left_a = demand->fading_a - rules->limits.output_fall_a_per_s * fmax(since_s, 0);
    demand->fading_a = fmax(wanted_a(rules), left_a); /* of which one may be unknown */
    demand->faded_ns = at_ns;
    assert(!(demand->fading_a < wanted_a(rules)));
    return demand->fading_a;
}

static void delivered(struct rules *rules, const struct assembled *message, bool changed) {
    struct demand *demand = own(rules);
    const struct rules_limits *limits = &rules->limits;
    double share = limits->output_over_share;
    if (changed || isnan(demand->output_v)) {
        demand->output_v = event_value(message, "output_voltage");
        demand->output_a = event_ampere(message, "output_current");
    }
    compare(rules, RULE_OUTPUT_CURRENT_CML, message, "A", demand->output_a, demand->cml_a,
            limits->output_over_a + share * demand->cml_a);
    double current_a = highest(rules, &demand->currents, message->at_ns, wanted_a(rules));
    current_a = fmax(current_a, fading(rules, message->at_ns));
    double voltage_v = highest(rules, &demand->voltages, message->at_ns, demand->voltage_v);
    compare(rules, RULE_OUTPUT_CURRENT, message, "A", demand->output_a, current_a,
            limits->output_over_a + share * current_a);
    if (above(demand->output_a, limits->output_over_a)) { /* else it is the battery's voltage */
        compare(rules, RULE_OUTPUT_VOLTAGE_CML, message, "V", demand->output_v, demand->cml_v,
                limits->output_over_v + share * demand->cml_v);
        compare(rules, RULE_OUTPUT_VOLTAGE, message, "V", demand->output_v, voltage_v,
                limits->output_over_v + share * voltage_v);
    }
}

static void demand_message(struct rules *rules, struct heard *heard) {
    const struct assembled *message = heard->message;
    if (!heard_counts(heard)) {
        return;
    }
    switch (heard->index) {
    case MESSAGE_BCP:
        own(rules)->bcp_v = event_value(message, "voltage_max");
        own(rules)->bcp_a = announced_a(rules, message);
        break;
    case MESSAGE_CML:
        own(rules)->cml_v = event_value(message, "voltage_max");
        own(rules)->cml_a = announced_a(rules, message);
        break;
    case MESSAGE_BCL:
        demanded(rules, message, heard->changed);
        break;
    case MESSAGE_CCS:
        delivered(rules, message, heard->changed);
        break;
    default:
        break;
    }
}

const struct judge judge_demand = {
    .state_size = sizeof(struct demand),
    .begin = demand_begin,
    .message = demand_message,
};
