/* SPDX-License-Identifier: MIT */
#include "vehicle_bms/bms/pack.h"

#include "sim/memory.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define OCV_STEP_V       0.005            /* republish at such a drift */
#define SOC_STEP_PERCENT 0.05             /* republish at such a drift */
#define LOOK_AGAIN_NS    (10 * NS_PER_S)  /* at the latest */
#define LOOK_SOONEST_NS  (10 * NS_PER_MS) /* bound on events at absurd currents */
#define COULOMB_PER_AH   3600.0
#define ROUNDING         1e-12 /* relative, of a few products and sums */

/* LFP at rest, 25 degC, after half an hour; typical of prismatic cells. The last percent is steep,
 * which is what ends a charge. */
const struct pack_params pack_bus_lfp_540v = {
    .name = "bus-lfp-540v",
    .chemistry = 3,
    .cells_series = 168,
    .sensors = 24,
    .capacity_ah = 228,
    .soc_percent = 40,
    .resistance_ohm = 0.060,
    .cell_nominal_v = 3.2,
    .cell_spread_v = 0.008,
    .temperature_c = 25,
    .temperature_spread_k = 2,
    .ambient_c = 25,
    .heat_capacity_j_k = 1.1e6,
    .heat_transfer_w_k = 120,
    .curve_count = 14,
    .curve = {{0, 2.80},
              {2, 3.00},
              {5, 3.12},
              {10, 3.19},
              {20, 3.245},
              {30, 3.275},
              {40, 3.288},
              {50, 3.293},
              {60, 3.302},
              {70, 3.326},
              {90, 3.333},
              {97, 3.340},
              {99, 3.375},
              {100, 3.460}},
};

struct pack {
    struct pack_params params;
    struct loop *loop;
    struct signal_board *board;
    struct signal *ocv, *soc;
    struct signal *current; /* battery.current, once the plant has added it */
    double (*charge_c)(void *ctx, int64_t now_ns);
    void *charge_ctx;
    struct timer timer;
    int64_t at_ns;      /* state of the following: */
    double charge_at_c; /* the plant's integral */
    double soc_percent;
    double ocv_v;               /* at soc_percent, by the curve */
    double temperature_c;       /* mean */
    struct pack *of;            /* the pack that it really is: another plug's; NULL: its own */
    struct pack *also;          /* the other way round */
    struct subscription follow; /* of the real one's battery.ocv */
};

static bool complain(struct problem *problem, const char *text, const char *name) {
    return problem_set(problem, "pack %s: %s", name != NULL ? name : "(no name)", text);
}

static bool curve_ok(const struct pack_params *params) {
    const struct pack_point *curve = params->curve;
    size_t count = params->curve_count;
    if (count < 2 || count > PACK_CURVE_POINTS || curve[0].soc_percent != 0.0 ||
        curve[count - 1].soc_percent != 100.0 || !(curve[0].cell_ocv_v > 0.0)) {
        return false;
    }
    for (size_t i = 1; i < count; i++) {
        if (!(curve[i].soc_percent > curve[i - 1].soc_percent) ||
            !(curve[i].cell_ocv_v > curve[i - 1].cell_ocv_v)) {
            return false;
        }
    }
    return true;
}

bool pack_params_ok(const struct pack_params *params, struct problem *problem) {
    const char *name = params->name;
    if (params->cells_series == 0 || params->cells_series > 1000) {
        return complain(problem, "cells_series must be 1..1000", name);
    }
    if (params->sensors == 0 || params->sensors > 128) {
        return complain(problem, "sensors must be 1..128", name);
    }
    if (!(params->capacity_ah > 0)) {
        return complain(problem, "capacity_ah must be above 0", name);
    }
    if (!(params->soc_percent >= 0 && params->soc_percent <= 100)) {
        return complain(problem, "soc_percent must be 0..100", name);
    }
    if (!(params->resistance_ohm > 0)) {
        return complain(problem, "resistance_ohm must be above 0", name);
    }
    if (!(params->cell_nominal_v > 0) || !(params->cell_spread_v >= 0)) {
        return complain(problem, "cell_nominal_v and cell_spread_v must be positive", name);
    }
    if (!(params->heat_capacity_j_k >= 0) || !(params->heat_transfer_w_k >= 0)) {
        return complain(problem, "the heat figures must not be negative", name);
    }
    if (!curve_ok(params)) {
        return complain(problem,
                        "the curve needs 2..32 points from SOC 0 to 100, SOC and OCV rising", name);
    }
    return true;
}

/* The segment of the curve that holds a SOC: index of its upper point. */
static size_t segment_of(const struct pack_params *params, double soc_percent) {
    assert(soc_percent >= 0 && soc_percent <= 100);
    size_t upper = 1;
    while (upper + 1 < params->curve_count && params->curve[upper].soc_percent < soc_percent) {
        upper++;
    }
    assert(upper < params->curve_count);
    assert(params->curve[upper].cell_ocv_v > params->curve[upper - 1].cell_ocv_v); /* OCV rises */
    return upper;
}

static double slope_v_percent(const struct pack_params *params, size_t upper) {
    assert(upper >= 1 && upper < params->curve_count);
    const struct pack_point *a = &params->curve[upper - 1], *b = &params->curve[upper];
    return (b->cell_ocv_v - a->cell_ocv_v) / (b->soc_percent - a->soc_percent) *
           params->cells_series;
}

double pack_curve_v(const struct pack_params *params, double soc_percent) {
    size_t upper = segment_of(params, soc_percent);
    const struct pack_point *below = &params->curve[upper - 1];
    return below->cell_ocv_v * params->cells_series +
           slope_v_percent(params, upper) * (soc_percent - below->soc_percent);
}

/* A full or empty cell keeps its end voltage: what is forced in or out beyond is not stored. */
static void set_soc(struct pack *pack, double soc_percent) {
    const struct pack_params *params = &pack->params;
    const struct pack_point *full = &params->curve[params->curve_count - 1];
    pack->soc_percent = fmin(fmax(soc_percent, 0.0), 100.0);
    pack->ocv_v = pack_curve_v(params, pack->soc_percent);
    assert(pack->ocv_v >= params->curve[0].cell_ocv_v * params->cells_series * (1 - ROUNDING));
    assert(pack->ocv_v <= full->cell_ocv_v * params->cells_series * (1 + ROUNDING));
}

static double plug_a(struct pack *pack, int64_t now_ns) {
    if (pack->current == NULL) {
        pack->current = signal_find(pack->board, "battery.current");
    }
    double current = pack->current != NULL ? signal_at(pack->current, now_ns) : 0.0;
    return isnan(current) ? 0.0 : current;
}

double pack_current_a(struct pack *pack, int64_t now_ns) {
    struct pack *real = pack->of != NULL ? pack->of : pack;
    double other_a = real->also != NULL ? plug_a(real->also, now_ns) : 0.0;
    return plug_a(real, now_ns) + other_a;
}

/* One lump towards its final temperature, exact for a constant current. */
static void warm(struct pack *pack, double current_a, double seconds) {
    assert(seconds > 0);
    const struct pack_params *params = &pack->params;
    double heat_w = current_a * current_a * params->resistance_ohm;
    if (params->heat_capacity_j_k <= 0) {
        return;
    }
    if (params->heat_transfer_w_k <= 0) {
        pack->temperature_c += heat_w * seconds / params->heat_capacity_j_k;
        return;
    }
    double end_c = params->ambient_c + heat_w / params->heat_transfer_w_k;
    double before_c = pack->temperature_c;
    double decay = exp(-seconds * params->heat_transfer_w_k / params->heat_capacity_j_k);
    pack->temperature_c = end_c + (before_c - end_c) * decay;
    assert(fabs(pack->temperature_c - end_c) <= fabs(before_c - end_c)); /* never past its end */
}

static void take_over(struct pack *pack) {
    pack->soc_percent = pack->of->soc_percent;
    pack->ocv_v = pack->of->ocv_v;
    pack->temperature_c = pack->of->temperature_c;
    pack->at_ns = pack->of->at_ns;
}

/* Takes over the charge since the last look; publishes what has drifted far enough. */
static void advance(struct pack *pack, int64_t now_ns) {
    if (pack->of != NULL) {
        advance(pack->of, now_ns);
        take_over(pack);
        return;
    }
    if (now_ns <= pack->at_ns) { /* a question about a moment ago gets the present answer */
        return;
    }
    double seconds = (double)(now_ns - pack->at_ns) / (double)NS_PER_S;
    double charge = pack->charge_c != NULL ? pack->charge_c(pack->charge_ctx, now_ns) : 0.0;
    double moved = charge - pack->charge_at_c;
    double capacity_c = pack->params.capacity_ah * COULOMB_PER_AH;
    pack->charge_at_c = charge;
    pack->at_ns = now_ns;
    double before = pack->soc_percent;
    set_soc(pack, before + moved / capacity_c * 100.0);
    /* No charge is made or lost inside the pack: at most what has moved is stored, in its sense. */
    double stored = (pack->soc_percent - before) / 100.0 * capacity_c;
    assert(fabs(stored) <= fabs(moved) + 1e-6 * capacity_c && stored * moved >= 0);
    warm(pack, moved / seconds, seconds);
}

static void publish(struct pack *pack, int64_t now_ns) {
    if (fabs(pack->ocv_v - pack->ocv->value) >= OCV_STEP_V ||
        fabs(pack->soc_percent - pack->soc->value) >= SOC_STEP_PERCENT) {
        signal_set(pack->soc, now_ns, pack->soc_percent);
        signal_set(pack->ocv, now_ns, pack->ocv_v);
    }
    assert(fabs(pack->ocv_v - pack->ocv->value) < OCV_STEP_V); /* what is published is as good */
}

/* Percent of SOC to go, in the direction of the current, until something published is off by its
 * drift, or the slope of the curve changes and the prediction has to be made anew. */
static double percent_to_go(const struct pack *pack, double current_a) {
    size_t upper = segment_of(&pack->params, pack->soc_percent);
    double slope = slope_v_percent(&pack->params, upper);
    double drift_soc = fabs(pack->soc_percent - pack->soc->value);
    double drift_ocv = fabs(pack->ocv_v - pack->ocv->value);
    const struct pack_point *corner = &pack->params.curve[current_a > 0 ? upper : upper - 1];
    assert(slope > 0 && drift_soc < SOC_STEP_PERCENT && drift_ocv < OCV_STEP_V); /* published */
    double percent = fmin(SOC_STEP_PERCENT - drift_soc, (OCV_STEP_V - drift_ocv) / slope);
    assert(percent > 0);
    return fmin(percent, fabs(corner->soc_percent - pack->soc_percent));
}

static int64_t next_look_ns(struct pack *pack, int64_t now_ns) {
    double current_a = pack_current_a(pack, now_ns);
    double percent_s = fabs(current_a) / (pack->params.capacity_ah * COULOMB_PER_AH) * 100.0;
    double seconds = percent_s > 0 ? percent_to_go(pack, current_a) / percent_s : INFINITY;
    if (seconds >= (double)(LOOK_AGAIN_NS / NS_PER_S)) {
        return now_ns + LOOK_AGAIN_NS;
    }
    int64_t wait_ns = (int64_t)ceil(seconds * (double)NS_PER_S) + 1;
    assert(wait_ns > 0 && wait_ns <= LOOK_AGAIN_NS + 1);
    return now_ns + (wait_ns > LOOK_SOONEST_NS ? wait_ns : LOOK_SOONEST_NS);
}

static void look(void *ctx, int64_t now_ns) {
    struct pack *pack = ctx;
    if (pack->of != NULL) {
        look(pack->of, now_ns);
        return;
    }
    advance(pack, now_ns);
    publish(pack, now_ns);
    loop_set(pack->loop, &pack->timer, next_look_ns(pack, now_ns));
}

/* The real one has moved: shown here at once, lest both be published apart. */
static void real_one_moved(void *ctx, struct signal *signal, int64_t at_ns) {
    struct pack *pack = ctx;
    (void)signal;
    take_over(pack);
    signal_set(pack->soc, at_ns, pack->of->soc->value);
    signal_set(pack->ocv, at_ns, pack->of->ocv->value);
}

static void leave(struct pack *pack, int64_t now_ns) {
    advance(pack, now_ns);
    signal_unsubscribe(pack->of->ocv, &pack->follow);
    pack->of->also = NULL;
    pack->of = NULL;
    pack->charge_at_c = pack->charge_c != NULL ? pack->charge_c(pack->charge_ctx, now_ns) : 0.0;
    pack->at_ns = now_ns;
    look(pack, now_ns);
}

void pack_follow(struct pack *pack, struct pack *other, int64_t now_ns) {
    assert(pack != other && pack->also == NULL && (other == NULL || other->of == NULL));
    if (pack->of == other) {
        return;
    }
    advance(pack, now_ns); /* what has gone into either so far is counted */
    if (pack->of != NULL) {
        leave(pack, now_ns);
    }
    if (other != NULL) {
        advance(other, now_ns);
        loop_cancel(pack->loop, &pack->timer);
        pack->params = other->params;
        pack->of = other;
        other->also = pack;
        pack->follow = (struct subscription){.changed = real_one_moved, .ctx = pack};
        signal_subscribe(other->ocv, &pack->follow);
        real_one_moved(pack, other->ocv, now_ns);
        look(other, now_ns);
    }
}

void pack_current_stepped(struct pack *pack, int64_t now_ns) {
    look(pack, now_ns);
}

struct pack *pack_new(struct loop *loop, struct signal_board *board,
                      const struct pack_params *params,
                      double (*charge_c)(void *ctx, int64_t now_ns), void *ctx) {
    struct pack *pack = memory_zeroed(1, sizeof *pack);
    assert(curve_ok(params) && params->soc_percent >= 0 && params->soc_percent <= 100);
    pack->params = *params;
    pack->loop = loop;
    pack->board = board;
    pack->timer = (struct timer){.fire = look, .ctx = pack};
    pack->at_ns = loop->now_ns;
    set_soc(pack, params->soc_percent);
    pack->temperature_c = params->temperature_c;
    pack->ocv = signal_add(board, "battery.ocv", SIGNAL_NUMBER, "V", "open-circuit voltage");
    pack->soc = signal_add(board, "battery.soc", SIGNAL_NUMBER, "%", "state of charge");
    signal_set(pack->soc, loop->now_ns, pack->soc_percent);
    signal_set(pack->ocv, loop->now_ns, pack->ocv_v);
    pack_set_charge(pack, loop->now_ns, charge_c, ctx);
    loop_set(loop, &pack->timer, loop->now_ns + LOOK_AGAIN_NS);
    return pack;
}

void pack_free(struct pack *pack) {
    if (pack != NULL) {
        if (pack->of != NULL) {
            signal_unsubscribe(pack->of->ocv, &pack->follow);
            pack->of->also = NULL;
        }
        if (pack->also != NULL) {
            signal_unsubscribe(pack->ocv, &pack->also->follow);
            pack->also->of = NULL;
        }
        loop_cancel(pack->loop, &pack->timer);
        free(pack);
    }
}

const struct pack_params *pack_params(const struct pack *pack) {
    return &pack->params;
}

void pack_set_charge(struct pack *pack, int64_t now_ns,
                     double (*charge_c)(void *ctx, int64_t now_ns), void *ctx) {
    advance(pack, now_ns);
    pack->charge_c = charge_c;
    pack->charge_ctx = ctx;
    pack->charge_at_c = charge_c != NULL ? charge_c(ctx, now_ns) : 0.0;
    assert(pack->at_ns >= now_ns); /* counted from here on, nothing twice */
}

void pack_set_soc(struct pack *pack, int64_t now_ns, double soc_percent) {
    pack = pack->of != NULL ? pack->of : pack;
    advance(pack, now_ns);
    set_soc(pack, soc_percent);
    look(pack, now_ns);
}

void pack_set_temperature(struct pack *pack, int64_t now_ns, double temperature_c) {
    pack = pack->of != NULL ? pack->of : pack;
    advance(pack, now_ns);
    pack->temperature_c = temperature_c;
}

/* Up to date first; publishing from here keeps the signals close when the current has stepped. */
static void ask(struct pack *pack, int64_t now_ns) {
    advance(pack, now_ns);
    pack = pack->of != NULL ? pack->of : pack;
    publish(pack, now_ns);
}

double pack_soc_percent(struct pack *pack, int64_t now_ns) {
    ask(pack, now_ns);
    assert(pack->soc_percent >= 0 && pack->soc_percent <= 100);
    return pack->soc_percent;
}

double pack_ocv_v(struct pack *pack, int64_t now_ns) {
    ask(pack, now_ns);
    return pack->ocv_v;
}

double pack_terminal_v(struct pack *pack, int64_t now_ns) {
    double current_a = pack_current_a(pack, now_ns);
    return pack_ocv_v(pack, now_ns) + current_a * pack->params.resistance_ohm;
}

double pack_cell_max_v(struct pack *pack, int64_t now_ns) {
    return pack_terminal_v(pack, now_ns) / pack->params.cells_series + pack->params.cell_spread_v;
}

double pack_cell_min_v(struct pack *pack, int64_t now_ns) {
    return pack_terminal_v(pack, now_ns) / pack->params.cells_series - pack->params.cell_spread_v;
}

double pack_temperature_max_c(struct pack *pack, int64_t now_ns) {
    ask(pack, now_ns);
    return pack->temperature_c + pack->params.temperature_spread_k;
}

double pack_temperature_min_c(struct pack *pack, int64_t now_ns) {
    ask(pack, now_ns);
    return pack->temperature_c - pack->params.temperature_spread_k;
}

double pack_energy_kwh(const struct pack *pack) {
    const struct pack_params *params = &pack->params;
    assert(params->cells_series >= 1 && params->capacity_ah > 0);
    return params->cells_series * params->cell_nominal_v * params->capacity_ah / 1000.0;
}
