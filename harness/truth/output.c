/* SPDX-License-Identifier: MIT */
/* CCS against the plant: voltage, current, minutes, permission; the minutes of CSD. */
#include "harness/truth/internal.h"

#include <assert.h>
#include <math.h>

#define SHARE         0.015 /* NB/T 33001-2018: +-(1.5 % + 1 A); the 1 A is the profile's */
#define TRACKED       0.01  /* V, A: a tenth of what CCS can say */
#define FLOWS_A       5.0   /* GB/T 18487.1-2015 B.3.6: below it K1/K2 may open */
#define FALL_A_PER_S  20.0  /* GB/T 34657.1-2017 D0.4103: the slowest a demand may be followed */
#define MINUTE_NS     (60 * NS_PER_S)
#define MINUTES_MAX   600.0            /* SPN 3083, 3611: longer is sent as 600 */
#define PAUSE_NS      (599 * NS_PER_S) /* GB/T 27930-2015 annex C: 10 min; its end is a condition met */
#define CLOCK_SLACK_S 1.0              /* of the counter's own resolution */

/* ---- what the quantities have been ---- */

static const struct truth_sample *sample_at(const struct truths *truth, size_t index) {
    assert(index < truth->sample_count && truth->sample_count <= TRUTH_SAMPLES);
    return &truth->samples[(truth->first_sample + index) % TRUTH_SAMPLES];
}

/* One that is older stays: the quantity came from there into the window. */
static void forget_old(struct truths *truth, int64_t at_ns) {
    while (truth->sample_count > 1 && (sample_at(truth, 1)->at_ns <= at_ns - TRUTH_FRESH_NS ||
                                       truth->sample_count == TRUTH_SAMPLES)) {
        truth->first_sample = (truth->first_sample + 1) % TRUTH_SAMPLES;
        truth->sample_count--;
    }
    assert(truth->sample_count < TRUTH_SAMPLES); /* there is room for one more */
}

static struct signal *followed(const struct truths *truth, size_t which) {
    struct signal *const signals[] = {[TRUTH_INNER_V] = truth->inner,
                                      [TRUTH_OUTER_V] = truth->outer,
                                      [TRUTH_CURRENT_A] = truth->current};
    assert(which < TRUTH_FOLLOWED);
    return signals[which];
}

/* Its extremes since the last time, or its value where it was not followed; goes on following it. */
static void follow(struct truths *truth, size_t which, int64_t at_ns, double *low, double *high) {
    struct signal_track *track = &truth->tracks[which];
    if (track->signal == NULL) {
        *low = *high = signal_at(followed(truth, which), at_ns);
        track->tolerance = TRACKED;
        signal_track_start(followed(truth, which), track, at_ns);
    } else {
        signal_track_read(track, at_ns);
        *low = track->min;
        *high = track->max;
        signal_track_renew(track, at_ns);
    }
    assert(!(*low > *high));
}

void truth_output_end(struct truths *truth) {
    for (size_t i = 0; i < TRUTH_FOLLOWED && truth->tracks[i].signal != NULL; i++) {
        signal_track_stop(&truth->tracks[i], truth->config.loop->now_ns);
        truth->tracks[i].signal = NULL;
    }
}

/* What it was between the last CCS and this one; behind a step, what it is now. */
static void sample(struct truths *truth, int64_t at_ns) {
    forget_old(truth, at_ns);
    assert(truth->sample_count < TRUTH_SAMPLES);
    assert(truth->sample_count == 0 || sample_at(truth, truth->sample_count - 1)->at_ns <= at_ns);
    size_t index = (truth->first_sample + truth->sample_count++) % TRUTH_SAMPLES;
    struct truth_sample *one = &truth->samples[index];
    one->at_ns = at_ns;
    for (size_t i = 0; i < TRUTH_FOLLOWED; i++) {
        follow(truth, i, at_ns, &one->low[i], &one->high[i]);
    }
}

struct range {
    double low, high;
};

static void widen(struct range *range, const struct truth_sample *from, size_t count,
                  enum truth_followed which) {
    for (size_t i = 0; i < count; i++) {
        double low = from[i].low[which], high = from[i].high[which];
        range->low = low < range->low ? low : range->low;
        range->high = high > range->high ? high : range->high;
    }
}

/* What it has been within the time; what was not known widens nothing. */
static struct range range_of(const struct truths *truth, enum truth_followed which) {
    struct range range = {(double)INFINITY, (double)-INFINITY};
    size_t to_end = TRUTH_SAMPLES - truth->first_sample; /* of the ring */
    size_t first = truth->sample_count < to_end ? truth->sample_count : to_end;
    widen(&range, &truth->samples[truth->first_sample], first, which);
    widen(&range, truth->samples, truth->sample_count - first, which);
    return range;
}

static double voltage_off(const struct truths *truth, double volts) {
    struct range inner = range_of(truth, TRUTH_INNER_V), outer = range_of(truth, TRUTH_OUTER_V);
    double from_inner = distance(volts, inner.low, inner.high);
    double from_outer = distance(volts, outer.low, outer.high);
    return fabs(from_inner) < fabs(from_outer) ? from_inner : from_outer;
}

static double current_off(const struct truths *truth, double amperes) {
    struct range range = range_of(truth, TRUTH_CURRENT_A);
    return distance(amperes, range.low - SHARE * fabs(range.low),
                    range.high + SHARE * fabs(range.high));
}

/* What flows and stands there changes at once: between two samples it may have been anything. */
static void stepped(void *ctx, struct signal *signal, int64_t at_ns) {
    struct truths *truth = ctx;
    (void)signal;
    bool dead = !signal_is(truth->modules_on) || !signal_is(truth->k1) || !signal_is(truth->k2);
    truth->stepped_ns = at_ns;
    truth->sample_count = 0;
    truth_output_end(truth);
    if (!dead) {
        truth->dead_ns = -1;
    } else if (truth->dead_ns < 0) {
        truth->dead_ns = at_ns;
    }
    assert((truth->dead_ns >= 0) == dead);
    assert(truth->sample_count == 0 && truth->tracks[0].signal == NULL); /* begun anew */
}

/* ---- minutes ---- */

static double rounded_up(double minutes) {
    return fmin(ceil(minutes), MINUTES_MAX);
}

double truth_minutes_off(const struct truths *truth, int64_t at_ns, double minutes) {
    double least = fmax((double)truth->counted_ns / (double)NS_PER_S - CLOCK_SLACK_S, 0) / 60.0;
    double most = ((double)(at_ns - truth->begin_ns) / (double)NS_PER_S + CLOCK_SLACK_S) / 60.0;
    assert(at_ns >= truth->begin_ns && least <= most); /* it counts from the plug on at most */
    return isnan(minutes) ? 0
                          : distance(minutes, fmin(floor(least), MINUTES_MAX), rounded_up(most));
}

static void count_time(struct truths *truth, int64_t at_ns, bool permitted) {
    assert(truth->first_ccs_ns < 0 || truth->last_ccs_ns <= at_ns);
    if (truth->first_ccs_ns < 0) {
        truth->first_ccs_ns = at_ns;
        truth->counted_ns = 0;
    } else if (truth->counting) {
        truth->counted_ns += at_ns - truth->last_ccs_ns;
    }
    truth->counting = permitted;
    truth->last_ccs_ns = at_ns;
    assert(truth->counted_ns >= 0 && truth->counted_ns <= at_ns - truth->first_ccs_ns);
}

/* ---- permission ---- */

/* "Paused" while current flows, longer than it may take to fall. */
static bool flows_in_pause(struct truths *truth, int64_t at_ns, bool permitted) {
    double current_a = fabs(signal_at(truth->current, at_ns));
    if (permitted) {
        truth->paused_ns = -1;
        return false;
    }
    if (truth->paused_ns < 0) {
        truth->paused_ns = at_ns;
        truth->paused_a = current_a;
    }
    assert(truth->paused_ns <= at_ns && truth->paused_a >= 0);
    if (at_ns - truth->paused_ns >= PAUSE_NS) {
        truth_happens(truth, TRUTH_CONDITION);
    }
    int64_t falls_ns = (int64_t)(truth->paused_a / FALL_A_PER_S * (double)NS_PER_S);
    assert(falls_ns >= 0);
    return current_a > FLOWS_A && at_ns - truth->paused_ns > falls_ns + TRUTH_FRESH_NS;
}

/* "Allowed" while nothing can flow, though the vehicle asks for it. */
static bool dead_though_allowed(const struct truths *truth, int64_t at_ns, bool permitted) {
    double demand_a = fabs(truth_field(truth, FIELD_BCL_CURRENT_DEMAND));
    double allowed = truth_field(truth, FIELD_BSM_CHARGING_PERMITTED);
    return permitted && truth->dead_ns >= 0 && at_ns - truth->dead_ns > 2 * TRUTH_FRESH_NS &&
           demand_a > FLOWS_A && !(allowed == 0);
}

/* ---- messages ---- */

/* Percent of what the plate has; a plate that does not say it can have any. */
static double share_of_power(const struct truths *truth, int64_t at_ns) {
    const struct signal *plate = truth->plate_power;
    double power_w = signal_at(truth->outer, at_ns) * signal_at(truth->current, at_ns);
    bool declared = plate != NULL && plate->known && plate->value > 0;
    return declared ? 100.0 * power_w / plate->value : 0;
}

static void ccs(void *ctx, struct signal *signal, int64_t at_ns) {
    struct truths *truth = ctx;
    (void)signal;
    double permission = truth_field(truth, FIELD_CCS_CHARGING_PERMITTED);
    bool permitted = !(permission == 0);
    bool settled = at_ns - truth->stepped_ns > TRUTH_FRESH_NS;
    double volts = truth_field(truth, FIELD_CCS_OUTPUT_VOLTAGE);
    double amperes = -truth_field(truth, FIELD_CCS_OUTPUT_CURRENT);
    sample(truth, at_ns);
    count_time(truth, at_ns, permitted);
    bool judged = settled && !isnan(volts) && !isnan(amperes);
    signal_set(truth->ccs_voltage, at_ns, judged ? voltage_off(truth, volts) : 0);
    signal_set(truth->ccs_current, at_ns, judged ? current_off(truth, amperes) : 0);
    signal_set(truth->power, at_ns, settled ? share_of_power(truth, at_ns) : 0);
    signal_set(truth->charging_time, at_ns,
               truth_minutes_off(truth, at_ns, truth_field(truth, FIELD_CCS_CHARGING_TIME)));
    bool untrue =
        flows_in_pause(truth, at_ns, permitted) || dead_though_allowed(truth, at_ns, permitted);
    signal_set(truth->ccs_permission, at_ns, untrue);
}

static void csd(void *ctx, struct signal *signal, int64_t at_ns) {
    struct truths *truth = ctx;
    (void)signal;
    signal_set(truth->charging_time, at_ns,
               truth_minutes_off(truth, at_ns, truth_field(truth, FIELD_CSD_CHARGING_TIME)));
}

/* A new attempt: whether its minutes go on from those of the one before is the maker's choice. */
static void cro(void *ctx, struct signal *signal, int64_t at_ns) {
    struct truths *truth = ctx;
    (void)signal, (void)at_ns;
    truth->first_ccs_ns = truth->paused_ns = -1;
    truth->counted_ns = 0;
    truth->counting = false;
    assert(truth->first_ccs_ns < 0 && truth->paused_ns < 0); /* as before any CCS */
}

static void plugged(void *ctx, struct signal *signal, int64_t at_ns) {
    struct truths *truth = ctx;
    assert(truth->begin_ns <= at_ns);
    if (signal_is(signal)) {
        truth->begin_ns = at_ns;
        cro(ctx, signal, at_ns);
    }
}

void truth_output_init(struct truths *truth) {
    truth->inner = truth_find(truth, "output.voltage");
    truth->outer = truth_find(truth, "gun.voltage");
    truth->current = truth_find(truth, "gun.current");
    truth->modules_on = truth_find(truth, "modules.on");
    truth->k1 = truth_find(truth, "k1.closed");
    truth->k2 = truth_find(truth, "k2.closed");
    assert(truth->inner && truth->outer && truth->current && truth->modules_on && truth->k1 &&
           truth->k2); /* the plant comes first */
    truth->ccs_voltage =
        truth_signal(truth, "truth.ccs_voltage", SIGNAL_NUMBER, "V",
                     "voltage in CCS beyond what either side of K1/K2 has had within 1 s");
    truth->ccs_current =
        truth_signal(truth, "truth.ccs_current", SIGNAL_NUMBER, "A",
                     "current in CCS beyond what has flowed within 1 s, and 1.5 % of it");
    truth->power =
        truth_signal(truth, "truth.power", SIGNAL_NUMBER, "%",
                     "what the plug delivers of the plate's power, at each CCS; 0 within 1 s "
                     "of a contact, and where the plate has none");
    truth->ccs_permission =
        truth_signal(truth, "truth.ccs_permission", SIGNAL_BOOL, "",
                     "CCS says \"paused\" while current flows, or \"allowed\" while none can");
    truth->charging_time = truth_signal(truth, "truth.charging_time", SIGNAL_NUMBER, "min",
                                        "minutes in CCS or CSD beyond what can have passed");
    truth->first_ccs_ns = truth->paused_ns = -1;
    truth->dead_ns = truth->stepped_ns = truth->config.loop->now_ns;
    truth_follow(truth, "CCS", ccs);
    truth_follow(truth, "CSD", csd);
    truth_follow(truth, "CRO", cro);
    truth_follow(truth, "gun.inserted", plugged);
    static const char *const steps[] = {"k1.closed", "k2.closed", "k5.closed", "k6.closed",
                                        "modules.on"};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        truth_follow(truth, steps[i], stepped);
    }
}
