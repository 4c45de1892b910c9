/* SPDX-License-Identifier: MIT */
#include "sim/dc/internal.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static bool coupled(const struct dc_pair *p) {
    return p->one_pack || dc_tie_conducts(p, DC_POSITIVE) || dc_tie_conducts(p, DC_NEGATIVE);
}

static size_t index_of(const struct dc_pair *p, const struct dc_circuit *c) {
    assert(c == p->guns[0] || c == p->guns[1]);
    return c == p->guns[0] ? 0 : 1;
}

/* ---- from one segment to the next ---- */

static double arc_since(const struct dc_pair *p, double since_s) {
    double sum = 0.0;
    for (int pole = 0; pole < DC_POLES; pole++) {
        if (p->tie[pole].burns) {
            sum += dc_tie_arc_v(p, (enum dc_pole)pole) * wave_integral(&p->tie[pole].a, since_s);
        }
    }
    return sum;
}

static bool to_be_audited(const struct dc_pair *p) {
    return p->guns[0]->audited || p->guns[1]->audited || dc_arcs_burn(p->guns[0]) ||
           dc_arcs_burn(p->guns[1]) || p->tie[DC_POSITIVE].burns || p->tie[DC_NEGATIVE].burns;
}

static void leave(struct dc_pair *p, double since_s, struct dc_nodes n[DC_GUNS]) {
    p->arc_j += arc_since(p, since_s);
    for (size_t gun = 0; gun < DC_GUNS; gun++) {
        n[gun] = dc_leave(p->guns[gun], since_s);
    }
    if (to_be_audited(p)) {
        const struct dc_net net = {.count = DC_GUNS, .guns = {p->guns[0], p->guns[1]}, .pair = p};
        dc_audit(&net, since_s);
    }
}

static void enter_each(struct dc_pair *p, const struct dc_nodes n[DC_GUNS]) {
    for (int pole = 0; pole < DC_POLES; pole++) {
        p->tie_a[pole] = (struct wave){0};
    }
    for (size_t gun = 0; gun < DC_GUNS; gun++) {
        p->guns[gun]->pair = NULL;
        dc_enter_alone(p->guns[gun], n[gun]);
    }
}

static void enter(struct dc_pair *p, struct dc_nodes n[DC_GUNS], enum dc_switching why,
                  size_t who) {
    if (who == DC_GUNS && (why == DC_SWITCH_ARC_LOW || why == DC_SWITCH_ARC_OVER)) {
        p->tie[DC_POSITIVE].burns = p->tie[DC_NEGATIVE].burns = false;
    }
    if (!coupled(p)) {
        enter_each(p, n);
        return;
    }
    for (size_t gun = 0; gun < DC_GUNS; gun++) {
        p->guns[gun]->energy_known_ns = INT64_MIN;
        p->guns[gun]->pair = p;
    }
    dc_pair_build(p, n, why, who);
    assert(coupled(p));
    dc_observe_enter(p->guns[0]);
    dc_observe_enter(p->guns[1]);
}

static void tell(struct dc_pair *p) {
    if (p->changed != NULL) {
        p->changed(p->ctx);
    }
}

static void switch_over(struct dc_pair *p) {
    struct dc_nodes n[DC_GUNS];
    enum dc_switching why = (enum dc_switching)p->guns[0]->switching;
    assert(why != DC_SWITCH_NONE && isfinite(p->guns[0]->switching_s));
    leave(p, p->guns[0]->switching_s, n);
    for (size_t gun = 0; gun < DC_GUNS; gun++) {
        struct dc_circuit *c = p->guns[gun];
        int64_t last_ns = c->origin_ns;
        dc_move_origin(c);
        assert(c->origin_ns >= last_ns && c->origin_s < 1e-9 + 1e-12);
        c->at_once = c->origin_ns == last_ns ? c->at_once + 1 : 0;
    }
    assert(p->guns[0]->origin_ns == p->guns[1]->origin_ns);
    enter(p, n, why, p->switching_gun);
}

bool dc_pair_step(struct dc_pair *p, int64_t t_ns) {
    struct dc_circuit *a = p->guns[0], *b = p->guns[1];
    int64_t watched_ns = a->watched_ns < b->watched_ns ? a->watched_ns : b->watched_ns;
    int64_t next_ns = a->switching_ns < watched_ns ? a->switching_ns : watched_ns;
    next_ns = next_ns < a->now_ns ? a->now_ns : next_ns;
    assert(a->now_ns == b->now_ns && a->switching_ns == b->switching_ns);
    if (next_ns > t_ns || next_ns == INT64_MAX) {
        return false;
    }
    a->now_ns = b->now_ns = next_ns;
    if (a->switching_ns <= watched_ns) {
        switch_over(p);
    } else {
        dc_observe_tell(a->watched_ns <= b->watched_ns ? a : b);
    }
    tell(p);
    return true;
}

void dc_pair_now(struct dc_pair *p, int64_t t_ns) {
    p->guns[0]->now_ns = p->guns[1]->now_ns = t_ns;
}

/* ---- commands ---- */

/* Whether coupled or not, both are left where they are now. */
static void interrupt(struct dc_pair *p, struct dc_nodes n[DC_GUNS]) {
    struct dc_circuit *a = p->guns[0], *b = p->guns[1];
    assert(a->now_ns == b->now_ns);
    if (a->pair != NULL) {
        leave(p, dc_since(a, a->now_ns), n);
    }
    for (size_t gun = 0; gun < DC_GUNS; gun++) {
        struct dc_circuit *c = p->guns[gun];
        if (c->pair == NULL) {
            n[gun] = dc_leave_alone(c);
        }
        c->origin_ns = c->now_ns;
        c->origin_s = 0.0;
        c->at_once = 0;
    }
}

struct dc_nodes dc_pair_interrupt(struct dc_pair *p, const struct dc_circuit *c) {
    struct dc_nodes n[DC_GUNS];
    size_t gun = index_of(p, c);
    interrupt(p, n);
    p->kept = n[1 - gun];
    return n[gun];
}

void dc_pair_enter(struct dc_pair *p, const struct dc_circuit *c, struct dc_nodes nodes) {
    struct dc_nodes n[DC_GUNS];
    size_t gun = index_of(p, c);
    n[gun] = nodes;
    n[1 - gun] = p->kept;
    enter(p, n, DC_SWITCH_NONE, DC_GUNS);
    tell(p);
}

/* Both come to one instant; what they tell on the way may take either further. */
static void meet(struct dc_pair *p, int64_t now_ns) {
    struct dc_circuit *a = p->guns[0], *b = p->guns[1];
    do {
        now_ns = a->now_ns > now_ns ? a->now_ns : now_ns;
        now_ns = b->now_ns > now_ns ? b->now_ns : now_ns;
        dc_advance(a, now_ns);
        dc_advance(b, now_ns);
    } while (a->now_ns != b->now_ns);
}

static double tie_now_a(const struct dc_pair *p, enum dc_pole pole) {
    return p->guns[0]->pair != NULL ? dc_pair_tie_a(p, pole, p->guns[0]->now_ns) : 0.0;
}

/* Closes a pole or parts it, with an arc if what flows in it is enough for one. */
static void move_tie(struct dc_pair *p, enum dc_pole pole, bool closed, double ampere) {
    const struct dc_arc_params *arc = &p->guns[0]->params.arc;
    if (p->tie_closed[pole] != closed) {
        p->tie_closed[pole] = closed;
        p->tie[pole] =
            (struct dc_arc){.burns = !closed && arc->volt > 0.0 && fabs(ampere) > arc->least_a,
                            .sign = ampere < 0.0 ? -1.0 : 1.0,
                            .end_ns = p->guns[0]->now_ns + arc->longest_ns};
    }
}

static void set_tie(struct dc_pair *p, int64_t now_ns, const bool closed[DC_POLES]) {
    struct dc_nodes n[DC_GUNS];
    double ampere[DC_POLES];
    meet(p, now_ns);
    if (memcmp(p->tie_closed, closed, sizeof p->tie_closed) == 0) {
        return;
    }
    for (int pole = 0; pole < DC_POLES; pole++) {
        ampere[pole] = tie_now_a(p, (enum dc_pole)pole);
    }
    interrupt(p, n);
    for (int pole = 0; pole < DC_POLES; pole++) {
        move_tie(p, (enum dc_pole)pole, closed[pole], ampere[pole]);
    }
    enter(p, n, DC_SWITCH_NONE, DC_GUNS);
    tell(p);
}

void dc_pair_set_tie(struct dc_pair *p, int64_t now_ns, bool closed) {
    set_tie(p, now_ns, (const bool[DC_POLES]){closed, closed});
}

void dc_pair_set_tie_pole(struct dc_pair *p, int64_t now_ns, enum dc_pole pole, bool closed) {
    assert(pole < DC_POLES);
    meet(p, now_ns);
    bool both[DC_POLES] = {p->tie_closed[DC_POSITIVE], p->tie_closed[DC_NEGATIVE]};
    both[pole] = closed;
    set_tie(p, now_ns, both);
}

void dc_pair_share_pack(struct dc_pair *p, int64_t now_ns, bool one) {
    struct dc_nodes n[DC_GUNS];
    meet(p, now_ns);
    if (p->one_pack == one) {
        return;
    }
    interrupt(p, n);
    p->one_pack = one;
    double own_v = p->guns[1]->ocv_v;
    n[1].battery_v = one ? n[0].battery_v : own_v;
    n[1].battery_negative_v = one ? n[0].battery_negative_v : -0.5 * own_v;
    enter(p, n, DC_SWITCH_NONE, DC_GUNS);
    tell(p);
}

/* ---- reading ---- */

double dc_pair_tie_a(const struct dc_pair *p, enum dc_pole pole, int64_t t_ns) {
    assert(pole < DC_POLES);
    return wave_at(&p->tie_a[pole], dc_since(p->guns[0], t_ns));
}

double dc_pair_arc_j(const struct dc_pair *p, int64_t t_ns) {
    return p->arc_j + arc_since(p, dc_since(p->guns[0], t_ns));
}

void dc_pair_init(struct dc_pair *p, struct dc_circuit *a, struct dc_circuit *b) {
    assert(a != b && a->pair == NULL && b->pair == NULL);
    memset(p, 0, sizeof *p);
    p->guns[0] = a;
    p->guns[1] = b;
}
