/* SPDX-License-Identifier: MIT */
/* Both sides measure the same current and the same voltage, each by itself (SPN 3075, 3076 in BCS, 3081,
 * 3082 in CCS). No source says how near they have to be, and a vehicle may use some of the current before
 * its own sensor (heater, converter), or be charged by a second gun. What is left is a contradiction: for
 * agree_ns one of the two says next to nothing while the other one says much, or they are far apart in
 * voltage while current flows. Which of the two is wrong no frame shows: it is the rule of neither side. */
#include "vehicle_bms/rules/internal.h"

#include <assert.h>
#include <math.h>

#define NOTHING    0.1 /* of what the other side says */
#define MUCH       5   /* times agree_a: more than any heater takes */
#define FAR        0.05
#define CCS_PERIOD INT64_C(50000000)

/* CCS by CCS. */
struct apart {
    unsigned frames;
    int64_t from_ns;
    uint64_t mark;
    bool told;
};

/* NAN: not known. Currents are magnitudes: sign.c looks at their signs. */
struct agree {
    double battery_v, battery_a, demand_a;
    double output_v, output_a;
    struct apart voltage, current;
};

static struct agree *own(const struct rules *rules) {
    return rules->states[STATE_AGREE];
}

/* Has it gone on for so long? Once for each stretch. */
static bool lasts(const struct rules *rules, struct apart *apart, bool is_apart,
                  const struct assembled *ccs) {
    if (!is_apart) {
        apart->frames = 0;
        return false;
    }
    if (apart->frames++ == 0) {
        apart->from_ns = ccs->at_ns;
        apart->mark = ccs->mark;
        apart->told = false;
    }
    const int64_t lasts_ns =
        rules->clock ? ccs->at_ns - apart->from_ns : (apart->frames - 1) * CCS_PERIOD;
    if (apart->told || lasts_ns < rules->limits.agree_ns) {
        return false;
    }
    apart->told = true;
    return true;
}

static void say(struct rules *rules, enum rule_index index, const struct apart *apart, double ccs,
                double bcs, const char *unit) {
    const double asked_a = own(rules)->demand_a;
    assert(apart->frames > 0);
    RULES_SAY(rules_violation(rules, index, apart->from_ns, apart->mark),
              "自此起%g s内CCS为%.1f %s，而BCS测得%.1f %s（BCL需求%.1f A）：至少一方有误",
              "for %g s from here CCS says %.1f %s and BCS measures %.1f %s (BCL asks for %.1f A): "
              "one of the two is wrong",
              seconds(rules->limits.agree_ns), ccs, unit, bcs, unit, asked_a);
}

static void judge_current(struct rules *rules, const struct assembled *ccs, double output_a) {
    struct agree *agree = own(rules);
    const double least_a = rules->limits.agree_a;
    if (isnan(output_a) || isnan(agree->battery_a) || isnan(agree->demand_a)) {
        return;
    }
    const bool asked = agree->demand_a >= least_a && !rules->attempt->paused;
    const bool unsaid =
        agree->battery_a >= least_a &&
        output_a < NOTHING * fmin(agree->battery_a, agree->demand_a); /* CCS: nothing */
    const bool unfelt =
        output_a >= MUCH * least_a && agree->battery_a < NOTHING * output_a; /* BCS: nothing */
    rules_observe(rules, RULE_AGREE_CURRENT);
    if (lasts(rules, &agree->current, asked && (unsaid || unfelt), ccs)) {
        say(rules, RULE_AGREE_CURRENT, &agree->current, output_a, agree->battery_a, "A");
    }
}

static void judge_voltage(struct rules *rules, const struct assembled *ccs, double output_v,
                          double output_a) {
    struct agree *agree = own(rules);
    if (isnan(output_v) || isnan(output_a) || !(agree->battery_v > 0)) {
        return;
    }
    const double far_v = fmax(rules->limits.agree_v, FAR * agree->battery_v);
    const bool flows = output_a > 2 * rules->limits.sign_output_a;
    rules_observe(rules, RULE_AGREE_VOLTAGE);
    if (lasts(rules, &agree->voltage, flows && fabs(output_v - agree->battery_v) > far_v, ccs)) {
        say(rules, RULE_AGREE_VOLTAGE, &agree->voltage, output_v, agree->battery_v, "V");
    }
}

static void agree_message(struct rules *rules, struct heard *heard) {
    const struct assembled *message = heard->message;
    struct agree *agree = own(rules);
    if (!heard_counts(heard)) {
        return;
    }
    switch (heard->index) {
    case MESSAGE_BCL:
        agree->demand_a = event_ampere(message, "current_demand");
        break;
    case MESSAGE_BCS:
        agree->battery_v = event_value(message, "voltage");
        agree->battery_a = fabs(event_ampere(message, "current"));
        break;
    case MESSAGE_CCS:
        if (heard->changed || isnan(agree->output_v)) {
            agree->output_v = event_value(message, "output_voltage");
            agree->output_a = fabs(event_ampere(message, "output_current"));
        }
        judge_current(rules, message, agree->output_a);
        judge_voltage(rules, message, agree->output_v, agree->output_a);
        break;
    default:
        break;
    }
}

static void agree_begin(struct rules *rules) {
    const double unknown = (double)NAN;
    *own(rules) = (struct agree){.battery_v = unknown,
                                 .battery_a = unknown,
                                 .demand_a = unknown,
                                 .output_v = unknown,
                                 .output_a = unknown};
}

/* Of what is missing, or of a time that nobody knows, nothing lasts. */
static void agree_lost(struct rules *rules, uint64_t mark) {
    (void)mark;
    own(rules)->voltage.frames = own(rules)->current.frames = 0;
}

const struct judge judge_agree = {
    .state_size = sizeof(struct agree),
    .both = true,
    .begin = agree_begin,
    .message = agree_message,
    .lost = agree_lost,
};
