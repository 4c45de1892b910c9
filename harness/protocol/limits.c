/* SPDX-License-Identifier: MIT */
#include "harness/protocol/limits.h"

#include "harness/expression/expression.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define PREFIX "protocol."

enum kind {
    KIND_TIME,  /* int64_t, ns */
    KIND_SHARE, /* double; a profile writes per cent */
    KIND_VOLT,
    KIND_AMPERE,
    KIND_RATE,  /* double, at least: the others are at most */
    KIND_COUNT, /* unsigned */
};

#define LIMIT(name, kind, member)                                                                  \
    { PREFIX name, kind, offsetof(struct rules_limits, member) }

static const struct named {
    const char *name;
    enum kind kind;
    size_t offset;
} named[] = {
    LIMIT("period-mean", KIND_SHARE, period_mean),
    LIMIT("period-gap", KIND_SHARE, period_gap),
    LIMIT("period-10ms", KIND_TIME, period_10ms_ns),
    LIMIT("gaps-allowed", KIND_SHARE, gaps_allowed),
    LIMIT("timeout-early", KIND_TIME, timeout_early_ns),
    LIMIT("timeout-late", KIND_TIME, timeout_late_ns),
    LIMIT("wait-bhm", KIND_TIME, bhm_ns),
    LIMIT("wait-brm", KIND_TIME, brm_ns),
    LIMIT("wait-bcp", KIND_TIME, bcp_ns),
    LIMIT("wait-bro", KIND_TIME, bro_ns),
    LIMIT("wait-bro-aa", KIND_TIME, bro_aa_ns),
    LIMIT("wait-bcs", KIND_TIME, bcs_ns),
    LIMIT("wait-bcl", KIND_TIME, bcl_ns),
    LIMIT("wait-bsm", KIND_TIME, bsm_ns),
    LIMIT("wait-bst", KIND_TIME, bst_ns),
    LIMIT("wait-bsd", KIND_TIME, bsd_ns),
    LIMIT("wait-chm", KIND_TIME, chm_ns),
    LIMIT("wait-crm-00", KIND_TIME, crm_00_ns),
    LIMIT("wait-crm-aa", KIND_TIME, crm_aa_ns),
    LIMIT("wait-cml", KIND_TIME, cml_ns),
    LIMIT("wait-cro", KIND_TIME, cro_ns),
    LIMIT("wait-cro-aa", KIND_TIME, cro_aa_ns),
    LIMIT("wait-ccs", KIND_TIME, ccs_ns),
    LIMIT("wait-cst", KIND_TIME, cst_ns),
    LIMIT("wait-csd", KIND_TIME, csd_ns),
    LIMIT("pause", KIND_TIME, pause_ns),
    LIMIT("demand-margin-voltage", KIND_VOLT, demand_margin_v),
    LIMIT("demand-margin-current", KIND_AMPERE, demand_margin_a),
    LIMIT("output-over-voltage", KIND_VOLT, output_over_v),
    LIMIT("output-over-current", KIND_AMPERE, output_over_a),
    LIMIT("output-over-share", KIND_SHARE, output_over_share),
    LIMIT("output-settle", KIND_TIME, output_settle_ns),
    LIMIT("output-fall", KIND_RATE, output_fall_a_per_s),
    LIMIT("session-gap", KIND_TIME, session_gap_ns),
    LIMIT("former-phase", KIND_TIME, former_ns),
    LIMIT("reaction", KIND_TIME, react_ns),
    LIMIT("crossing", KIND_TIME, crossing_ns),
    LIMIT("fault-named", KIND_COUNT, fault_named),
    LIMIT("sign-demand-current", KIND_AMPERE, sign_demand_a),
    LIMIT("sign-output-current", KIND_AMPERE, sign_output_a),
    LIMIT("agree-time", KIND_TIME, agree_ns),
    LIMIT("agree-voltage", KIND_VOLT, agree_v),
    LIMIT("agree-current", KIND_AMPERE, agree_a),
    LIMIT("reconnections", KIND_COUNT, reconnections),
    LIMIT("transport-tr", KIND_TIME, transport.tr_ns),
    LIMIT("transport-th", KIND_TIME, transport.th_ns),
    LIMIT("transport-t1", KIND_TIME, transport.t1_ns),
    LIMIT("transport-t2", KIND_TIME, transport.t2_ns),
    LIMIT("transport-t3", KIND_TIME, transport.t3_ns),
    LIMIT("transport-t4", KIND_TIME, transport.t4_ns),
};

#define COUNT (sizeof named / sizeof named[0])

/* The unit a limit is converted to before it is stored. */
static const char *unit_of(enum kind kind) {
    static const char *const units[] = {"ns", "%", "V", "A", "A/s", ""};
    return units[kind];
}

/* What a limit may be at most, in that unit: far beyond any use, and sums of several of them have room
 * in their type. */
static double most_of(enum kind kind) {
    return kind == KIND_TIME ? 1e15 : 1e6; /* 11 days */
}

static void store(const struct named *one, double value, struct rules_limits *limits) {
    char *place = (char *)limits + one->offset;
    assert(value >= 0 && value <= most_of(one->kind));
    if (one->kind == KIND_TIME) {
        const int64_t ns = (int64_t)llround(value);
        memcpy(place, &ns, sizeof ns);
    } else if (one->kind == KIND_COUNT) {
        const unsigned count = (unsigned)lround(value);
        memcpy(place, &count, sizeof count);
    } else {
        const double number = one->kind == KIND_SHARE ? value / 100 : value;
        memcpy(place, &number, sizeof number);
    }
}

static bool take(const struct limit *limit, struct rules_limits *limits, struct problem *problem) {
    static const char *const examples[] = {"5 s", "10 %", "5 V", "5 A", "20 A/s", "3"};
    for (size_t i = 0; i < COUNT; i++) {
        if (strcmp(limit->name, named[i].name) != 0) {
            continue;
        }
        char text[64];
        double value = 0;
        bool least = named[i].kind == KIND_RATE;
        double given = least ? limit->min : limit->max;
        snprintf(text, sizeof text, "%.17g %s", given, limit->unit);
        if (isnan(given) || given < 0 || !quantity_parse(text, unit_of(named[i].kind), &value)) {
            return problem_set(problem, "the limit %s needs a \"%s\" like \"%s\", not negative",
                               limit->name, least ? "min" : "max", examples[named[i].kind]);
        }
        if (value > most_of(named[i].kind)) {
            return problem_set(problem, "the limit %s is %s, which is too large; at most %g %s",
                               limit->name, text, most_of(named[i].kind), unit_of(named[i].kind));
        }
        store(&named[i], value, limits);
        return true;
    }
    return problem_set(problem,
                       "no protocol rule has a limit %s; `pilebench list limits` shows them",
                       limit->name);
}

bool protocol_limits(const struct profile *profile, struct rules_limits *limits,
                     struct problem *problem) {
    *limits = rules_limits_default;
    for (size_t i = 0; i < profile->limit_count; i++) {
        const struct limit *limit = &profile->limits[i];
        if (strncmp(limit->name, PREFIX, sizeof PREFIX - 1) == 0 && !take(limit, limits, problem)) {
            return false;
        }
    }
    return true;
}

const char *protocol_limit_name(size_t index) {
    return index < COUNT ? named[index].name : NULL;
}

double protocol_limit_value(const struct rules_limits *limits, size_t index, const char **unit) {
    const char *place = (const char *)limits + named[index].offset;
    double number;
    int64_t ns;
    unsigned count;
    *unit = named[index].kind == KIND_TIME ? "s" : unit_of(named[index].kind);
    switch (named[index].kind) {
    case KIND_TIME:
        memcpy(&ns, place, sizeof ns);
        return (double)ns / 1e9;
    case KIND_COUNT:
        memcpy(&count, place, sizeof count);
        return count;
    default:
        memcpy(&number, place, sizeof number);
        return named[index].kind == KIND_SHARE ? number * 100 : number;
    }
}
