/* SPDX-License-Identifier: MIT */
/* The sign of currents (GB/T 27930-2015: offset -400 A, charging negative): stacks that carry the
 * magnitude, or count the other way, say "discharging" while they charge. What is announced or
 * demanded is told by itself. A measured current may well be a little beyond 0, or flow back for a
 * moment when the contactors close: it has to flow the wrong way for output_settle_ns. BCS may hold
 * what the vehicle draws from its battery, too: it has to be the mirror image of CCS. */
#include "vehicle_bms/rules/internal.h"

#include <assert.h>
#include <math.h>

#define ZERO_A       400.0
#define RAW_PER_A    10
#define MIRROR_SHARE 0.1
#define CCS_PERIOD   INT64_C(50000000)
#define BCS_PERIOD   INT64_C(250000000)

/* A measured current that flows the wrong way, frame by frame. */
struct reverse {
    unsigned frames;
    int64_t from_ns;
    uint64_t mark;
    bool told;
};

/* Amperes into the battery; NAN: not known. */
struct sign {
    double demanded_a, battery_a, output_a; /* BCL, BCS, CCS */
    struct reverse reverse[2];              /* BCS, CCS */
};

static struct sign *own(const struct rules *rules) {
    return rules->states[STATE_SIGN];
}

bool rules_sign_announced(const struct rules *rules, double ampere) {
    return !(ampere < -rules->limits.sign_demand_a - 1e-6); /* true when it is not known */
}

/* On the wire. */
static int raw_of(double ampere) {
    long raw = lround((ZERO_A - ampere) * RAW_PER_A);
    assert(raw >= 0 && raw <= UINT16_MAX); /* every current of the table has two bytes */
    return (int)raw;
}

static void judge_announced(struct rules *rules, enum rule_index index,
                            const struct assembled *message, double ampere) {
    if (isnan(ampere) || ampere < -ZERO_A) {
        return; /* beyond the range: value.* says so */
    }
    assert(index == RULE_SIGN_BCP || index == RULE_SIGN_CML || index == RULE_SIGN_BCL);
    rules_observe(rules, index);
    if (!rules_sign_announced(rules, ampere)) {
        assert(ampere < 0); /* the wrong sign, beyond the margin */
        const struct rule_measure measure = {ampere, -rules->limits.sign_demand_a, (double)NAN,
                                             "A"};
        RULES_SAY(rules_violation_of(rules, index, message->at_ns, message->mark, measure),
                  "%s电流符号错误：原始值%d，偏移量-400 A，即%+.1f A，为放电方向",
                  "%s: current has the wrong sign: raw %d, offset -400 A, is %+.1f A, which is "
                  "discharging",
                  message->message->code, raw_of(ampere), -ampere);
    }
}

/* One violation for each stretch, at its first frame. Without a clock frames are counted. */
static void judge_measured(struct rules *rules, enum rule_index index,
                           const struct assembled *message, double ampere, bool reversed) {
    assert(!isnan(ampere) && (index == RULE_SIGN_CCS) == message->message->from_charger);
    bool ccs = message->message->from_charger;
    struct reverse *reverse = &own(rules)->reverse[ccs];
    if (!reversed) {
        reverse->frames = 0;
        return;
    }
    if (reverse->frames++ == 0) {
        reverse->from_ns = message->at_ns;
        reverse->mark = message->mark;
        reverse->told = false;
    }
    int64_t lasts_ns = rules->clock ? message->at_ns - reverse->from_ns
                                    : (reverse->frames - 1) * (ccs ? CCS_PERIOD : BCS_PERIOD);
    if (reverse->told || lasts_ns < rules->limits.output_settle_ns) {
        return;
    }
    assert(reverse->frames > 0 && reverse->mark <= message->mark);
    reverse->told = true;
    const struct rule_measure measure = {ampere, -rules->limits.sign_output_a, (double)NAN, "A"};
    RULES_SAY(rules_violation_of(rules, index, reverse->from_ns, reverse->mark, measure),
              "%s电流符号错误：连续%u帧为放电方向，原始值%d，偏移量-400 A，即%+.1f A",
              "%s: current has the wrong sign in %u frames in a row: raw %d, offset -400 A, is "
              "%+.1f A, which is discharging",
              message->message->code, reverse->frames, raw_of(ampere), -ampere);
}

static void judge_output(struct rules *rules, const struct assembled *message) {
    assert(message->message->from_charger);
    double output_a = own(rules)->output_a;
    if (!isnan(output_a)) {
        rules_observe(rules, RULE_SIGN_CCS);
        judge_measured(rules, RULE_SIGN_CCS, message, output_a,
                       output_a < -rules->limits.sign_output_a);
    }
}

static void judge_battery(struct rules *rules, const struct assembled *message) {
    assert(!message->message->from_charger);
    double battery_a = own(rules)->battery_a, output_a = fabs(own(rules)->output_a);
    double noise_a = rules->limits.sign_output_a;
    if (isnan(battery_a) || !(output_a > 2 * noise_a)) {
        own(rules)->reverse[BMS_SIDE].frames = 0;
        return;
    }
    bool mirrored = fabs(battery_a + output_a) <= MIRROR_SHARE * output_a + noise_a;
    rules_observe(rules, RULE_SIGN_BCS);
    judge_measured(rules, RULE_SIGN_BCS, message, battery_a, battery_a < -noise_a && mirrored);
}

/* A payload like the one before is not looked at again. */
static void follow(double *ampere, const struct heard *heard, const char *field) {
    if (heard->changed || isnan(*ampere)) {
        *ampere = event_ampere(heard->message, field);
    }
}

static void sign_message(struct rules *rules, struct heard *heard) {
    const struct assembled *message = heard->message;
    struct sign *sign = own(rules);
    if (!heard_counts(heard)) {
        return;
    }
    switch (heard->index) {
    case MESSAGE_BCP:
        judge_announced(rules, RULE_SIGN_BCP, message, event_ampere(message, "current_max"));
        break;
    case MESSAGE_CML:
        judge_announced(rules, RULE_SIGN_CML, message,
                        fmin(event_ampere(message, "current_max"),
                             event_ampere(message, "current_min"))); /* ignores NAN */
        break;
    case MESSAGE_BCL:
        follow(&sign->demanded_a, heard, "current_demand");
        judge_announced(rules, RULE_SIGN_BCL, message, sign->demanded_a);
        break;
    case MESSAGE_BCS:
        follow(&sign->battery_a, heard, "current");
        judge_battery(rules, message);
        break;
    case MESSAGE_CCS:
        follow(&sign->output_a, heard, "output_current");
        judge_output(rules, message);
        break;
    default:
        break;
    }
}

static void sign_begin(struct rules *rules) {
    const double unknown = (double)NAN;
    *own(rules) = (struct sign){.demanded_a = unknown, .battery_a = unknown, .output_a = unknown};
}

const struct judge judge_sign = {
    .state_size = sizeof(struct sign),
    .begin = sign_begin,
    .message = sign_message,
};
