/* SPDX-License-Identifier: MIT */
#include "harness/expression/expression.h"

#include "harness/expression/internal.h"
#include "sim/memory.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One level of a continuous signal. */
struct watcher {
    struct signal_watch watch;
    struct expression *expression;
    size_t node;
    bool on;
    bool above; /* by the last crossing, else as read when the watch began */
};

struct node {
    struct expression_node is;
    enum truth truth;
    struct watcher watchers[2]; /* the level; abs(): the level below zero too */
};

/* A stepped signal that some node depends on; subscribed once, however many nodes read it. */
struct input {
    struct signal *signal;
    struct subscription subscription;
    struct expression *expression;
};

struct expression {
    struct node *nodes; /* children before parents; empty: a quantity */
    size_t node_count;
    struct input *inputs;
    size_t input_count;
    struct side quantity;
    struct signal_track track;
    bool tracking;
    struct subscription whole; /* of a share's whole, while tracking */
    bool whole_changed;
    bool running;
    bool in_pulse;
    enum truth told; /* the last truth that was told or read at the start */
    void (*changed)(void *ctx, int64_t at_ns, enum truth truth);
    void *ctx;
};

/* ---- truth ---- */

static double side_value(const struct side *side, int64_t at_ns) {
    if (side->signal == NULL) {
        return side->number;
    }
    double value = signal_at(side->signal, at_ns);
    value = (side->absolute ? fabs(value) : value) * side->share + side->number;
    if (side->whole == NULL) {
        return value;
    }
    double whole = signal_at(side->whole, at_ns);
    return whole > 0.0 ? value / whole * 100.0 : (double)NAN;
}

static enum truth truth_of(bool is) {
    return is ? TRUTH_TRUE : TRUTH_FALSE;
}

static enum truth truth_not(enum truth a) {
    return a == TRUTH_UNKNOWN ? a : truth_of(a == TRUTH_FALSE);
}

static enum truth truth_and(enum truth a, enum truth b) {
    if (a == TRUTH_FALSE || b == TRUTH_FALSE) {
        return TRUTH_FALSE;
    }
    return a == TRUTH_TRUE && b == TRUTH_TRUE ? TRUTH_TRUE : TRUTH_UNKNOWN;
}

static enum truth truth_or(enum truth a, enum truth b) {
    return truth_not(truth_and(truth_not(a), truth_not(b)));
}

static bool compares(enum comparison comparison, double left, double right) {
    switch (comparison) {
    case COMPARE_LESS:
        return left < right;
    case COMPARE_LESS_EQUAL:
        return left <= right;
    case COMPARE_GREATER:
        return left > right;
    case COMPARE_GREATER_EQUAL:
        return left >= right;
    case COMPARE_EQUAL:
        return left == right;
    case COMPARE_NOT_EQUAL:
        return left != right;
    }
    abort();
}

static double right_value(const struct node *node, int64_t at_ns) {
    return converted(side_value(&node->is.right, at_ns), node->is.conversion);
}

/* From the values as they are: stepped signals always, continuous ones when the watch begins. */
static enum truth compare_now(const struct node *node, int64_t at_ns) {
    double left = side_value(&node->is.left, at_ns), right = right_value(node, at_ns);
    if (isnan(left) || isnan(right)) {
        return TRUTH_UNKNOWN;
    }
    return truth_of(compares(node->is.comparison, left, right));
}

static enum truth node_truth(const struct expression *expression, const struct node *node,
                             int64_t at_ns) {
    const struct signal *signal = node->is.left.signal;
    switch (node->is.kind) {
    case NODE_AND:
        return truth_and(expression->nodes[node->is.first].truth,
                         expression->nodes[node->is.second].truth);
    case NODE_OR:
        return truth_or(expression->nodes[node->is.first].truth,
                        expression->nodes[node->is.second].truth);
    case NODE_NOT:
        return truth_not(expression->nodes[node->is.first].truth);
    case NODE_BOOL:
        return signal->known ? truth_of(signal->value != 0.0) : TRUTH_UNKNOWN;
    case NODE_PULSE:
        return TRUTH_FALSE;
    case NODE_COMPARE:
        return compare_now(node, at_ns);
    }
    abort();
}

/* A leaf's new truth goes up as far as it makes a difference. */
static void set_truth(struct expression *expression, size_t index, enum truth truth) {
    for (;;) {
        struct node *node = &expression->nodes[index];
        if (node->truth == truth) {
            return;
        }
        node->truth = truth;
        if (node->is.parent == index) {
            return;
        }
        assert(node->is.parent > index);
        index = node->is.parent;
        truth = node_truth(expression, &expression->nodes[index], 0);
    }
}

enum truth expression_truth(const struct expression *expression) {
    assert(expression->node_count > 0);
    return expression->nodes[expression->node_count - 1].truth;
}

bool expression_cause(const struct expression *expression, struct expression_piece *piece) {
    const struct node *nodes = expression->nodes;
    const struct node *node = &nodes[expression->node_count - 1];
    bool found = false;
    while (node->is.kind == NODE_OR && node->truth == TRUTH_TRUE) {
        unsigned side = nodes[node->is.second].truth == TRUTH_TRUE;
        assert(side || nodes[node->is.first].truth == TRUTH_TRUE); /* one of them makes it true */
        *piece = node->is.pieces[side];
        node = &nodes[side ? node->is.second : node->is.first];
        found = true;
    }
    return found;
}

static void tell(struct expression *expression, int64_t at_ns) {
    enum truth truth = expression_truth(expression);
    assert((unsigned)truth <= TRUTH_UNKNOWN);
    if (!expression->running || truth == expression->told) {
        return;
    }
    expression->told = truth;
    if (expression->changed != NULL) {
        expression->changed(expression->ctx, at_ns, truth);
    }
}

bool expression_in_pulse(const struct expression *expression) {
    return expression->in_pulse;
}

/* ---- continuous signals ---- */

static bool is_watched(const struct node *node) {
    return node->is.kind == NODE_COMPARE && node->is.left.signal->source != NULL;
}

/* Sources tell a level as crossed when it is reached, so a value that comes to rest exactly at the
 * level of a condition would count as beyond it. Watches therefore lie beside the level: above it
 * for > and <=, below it for >= and <. More than a source's own tolerance (DC_TOLERANCE, 1e-9 V or
 * A); at 1 V/s it makes 2 ns. */
#define LEVEL_STEP 2e-9

static double watch_level(enum comparison comparison, double level) {
    bool level_is_above = comparison == COMPARE_LESS || comparison == COMPARE_GREATER_EQUAL;
    return level_is_above ? level - LEVEL_STEP : level + LEVEL_STEP;
}

static bool wants_above(enum comparison comparison) {
    return comparison == COMPARE_GREATER || comparison == COMPARE_GREATER_EQUAL;
}

/* Trusts the watches: at the very instant of a crossing the value itself may equal the level. */
static enum truth watched_truth(const struct node *node) {
    bool above = node->watchers[0].above;
    if (node->is.left.absolute) {
        above = above || !node->watchers[1].above;
    }
    return truth_of(above == wants_above(node->is.comparison));
}

static void crossed(void *ctx, struct signal *signal, int64_t at_ns, bool rising) {
    assert(((const struct watcher *)ctx)->node <
           ((const struct watcher *)ctx)->expression->node_count);
    struct watcher *watcher = ctx;
    struct expression *expression = watcher->expression;
    struct node *node = &expression->nodes[watcher->node];
    (void)signal;
    if (node->truth == TRUTH_UNKNOWN) { /* had no value when the watch began */
        double value = signal_at(node->is.left.signal, at_ns);
        node->watchers[0].above = value > node->watchers[0].watch.level;
        node->watchers[1].above = value > node->watchers[1].watch.level;
    }
    assert(watcher->on && is_watched(node)); /* a watch that was stopped tells nothing */
    watcher->above = rising;
    set_truth(expression, watcher->node, watched_truth(node));
    tell(expression, at_ns);
}

static void watch_stop(struct watcher *watcher) {
    if (watcher->on) {
        watcher->on = false;
        signal_watch_stop(&watcher->watch);
    }
}

static void watch_start(struct expression *expression, size_t index, size_t which, double level,
                        double value) {
    struct node *node = &expression->nodes[index];
    struct watcher *watcher = &node->watchers[which];
    assert(!watcher->on && which < 2 && !isnan(level));
    watcher->expression = expression;
    watcher->node = index;
    watcher->on = true;
    watcher->above = value > level;
    watcher->watch = (struct signal_watch){.level = level, .crossed = crossed, .ctx = watcher};
    signal_watch_start(node->is.left.signal, &watcher->watch);
}

/* |x| > level is: x > level, or x < -level. Below zero the two overlap, so that |x| is above always,
 * as it should. */
static void watch_node(struct expression *expression, size_t index, int64_t now_ns) {
    struct node *node = &expression->nodes[index];
    double level = right_value(node, now_ns);
    double value = signal_at(node->is.left.signal, now_ns);
    watch_stop(&node->watchers[0]);
    watch_stop(&node->watchers[1]);
    set_truth(expression, index, compare_now(node, now_ns));
    if (isnan(level)) {
        return;
    }
    level = watch_level(node->is.comparison, level);
    watch_start(expression, index, 0, level, value);
    if (node->is.left.absolute) {
        watch_start(expression, index, 1, -level, value);
    }
    if (!isnan(value)) {
        set_truth(expression, index, watched_truth(node));
    }
    assert(node->watchers[0].on); /* it tells when it changes */
    assert(node->watchers[1].on == node->is.left.absolute);
}

/* ---- stepped signals and pulses ---- */

static bool depends(const struct node *node, const struct signal *signal) {
    return node->is.kind > NODE_NOT &&
           (node->is.left.signal == signal || node->is.right.signal == signal);
}

static void set_pulse(struct expression *expression, const struct signal *signal, bool on,
                      int64_t at_ns) {
    assert(signal->kind == SIGNAL_PULSE);
    for (size_t i = 0; i < expression->node_count; i++) {
        if (depends(&expression->nodes[i], signal)) {
            set_truth(expression, i, truth_of(on));
        }
    }
    expression->in_pulse = on;
    tell(expression, at_ns);
    assert(expression->in_pulse == on);
}

static void input_changed(void *ctx, struct signal *signal, int64_t at_ns) {
    struct input *input = ctx;
    struct expression *expression = input->expression;
    if (signal->kind == SIGNAL_PULSE) {
        set_pulse(expression, signal, true, at_ns);
        set_pulse(expression, signal, false, at_ns);
        return;
    }
    for (size_t i = 0; i < expression->node_count; i++) {
        struct node *node = &expression->nodes[i];
        if (!depends(node, signal)) {
            continue;
        }
        if (is_watched(node)) {
            watch_node(expression, i, at_ns);
        } else {
            set_truth(expression, i, node_truth(expression, node, at_ns));
        }
    }
    tell(expression, at_ns);
}

static void add_input(struct expression *expression, struct signal *signal) {
    if (signal == NULL || signal->source != NULL) {
        return;
    }
    for (size_t i = 0; i < expression->input_count; i++) {
        if (expression->inputs[i].signal == signal) {
            return;
        }
    }
    assert(expression->input_count < 2 * expression->node_count);
    expression->inputs[expression->input_count++] =
        (struct input){.signal = signal, .expression = expression};
}

/* ---- life ---- */

/* Children come before their parent, the root is its own, and every leaf has a signal. */
static bool is_tree(const struct expression_node *nodes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct expression_node *node = &nodes[i];
        bool leaf = node->kind > NODE_NOT;
        bool two = node->kind == NODE_AND || node->kind == NODE_OR;
        bool below = leaf ? node->left.signal != NULL
                          : node->first < i && nodes[node->first].parent == i &&
                                (!two || (node->second < i && nodes[node->second].parent == i));
        bool above = i + 1 == count ? node->parent == i : node->parent > i && node->parent < count;
        if (!below || !above) {
            return false;
        }
    }
    return count > 0 && count <= EXPRESSION_NODES_MAX;
}

struct expression *expression_compile(const char *text, const struct signal_board *board,
                                      struct expression_fault *fault) {
    struct expression_node nodes[EXPRESSION_NODES_MAX];
    size_t count;
    if (!expression_parse(text, board, nodes, &count, fault)) {
        return NULL;
    }
    struct expression *expression = memory_zeroed(1, sizeof *expression);
    assert(is_tree(nodes, count));
    expression->nodes = memory_zeroed(count, sizeof *expression->nodes);
    expression->node_count = count;
    expression->inputs = memory_zeroed(2 * count, sizeof *expression->inputs);
    for (size_t i = 0; i < count; i++) {
        expression->nodes[i].is = nodes[i];
        expression->nodes[i].truth = TRUTH_UNKNOWN;
        if (nodes[i].kind > NODE_NOT) {
            add_input(expression, nodes[i].left.signal);
            add_input(expression, nodes[i].right.signal);
        }
    }
    return expression;
}

struct expression *quantity_compile(const char *text, const struct signal_board *board,
                                    struct expression_fault *fault) {
    struct side side;
    if (!expression_parse_quantity(text, board, &side, fault)) {
        return NULL;
    }
    struct expression *expression = memory_zeroed(1, sizeof *expression);
    assert(side.signal != NULL && side.signal->kind == SIGNAL_NUMBER);
    expression->quantity = side;
    return expression;
}

void expression_free(struct expression *expression) {
    if (expression == NULL) {
        return;
    }
    expression_stop(expression);
    free(expression->nodes);
    free(expression->inputs);
    free(expression);
}

/* What is joined has the truth of its parts. */
static bool is_settled(const struct expression *expression) {
    for (size_t i = 0; i < expression->node_count; i++) {
        const struct node *node = &expression->nodes[i];
        if (node->is.kind <= NODE_NOT && node->truth != node_truth(expression, node, 0)) {
            return false;
        }
    }
    return true;
}

void expression_start(struct expression *expression, int64_t now_ns,
                      void (*changed)(void *ctx, int64_t at_ns, enum truth truth), void *ctx) {
    assert(!expression->running && expression->node_count > 0);
    expression->changed = changed;
    expression->ctx = ctx;
    expression->in_pulse = false;
    for (size_t i = 0; i < expression->input_count; i++) {
        struct input *input = &expression->inputs[i];
        input->subscription = (struct subscription){.changed = input_changed, .ctx = input};
        signal_subscribe(input->signal, &input->subscription);
    }
    for (size_t i = 0; i < expression->node_count; i++) {
        struct node *node = &expression->nodes[i];
        node->truth = node_truth(expression, node, now_ns);
    }
    for (size_t i = 0; i < expression->node_count; i++) {
        if (is_watched(&expression->nodes[i])) {
            watch_node(expression, i, now_ns);
        }
    }
    expression->told = expression_truth(expression);
    expression->running = true;
    assert(is_settled(expression));
}

void expression_stop(struct expression *expression) {
    assert(!expression->tracking);
    if (!expression->running) {
        return;
    }
    expression->running = false;
    for (size_t i = 0; i < expression->input_count; i++) {
        struct input *input = &expression->inputs[i];
        signal_unsubscribe(input->signal, &input->subscription);
    }
    for (size_t i = 0; i < expression->node_count; i++) {
        watch_stop(&expression->nodes[i].watchers[0]);
        watch_stop(&expression->nodes[i].watchers[1]);
    }
}

static const char *side_unknown(const struct side *side) {
    const struct signal *const signals[] = {side->signal, side->whole};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        if (signals[i] != NULL && signals[i]->source == NULL && !signals[i]->known) {
            return signals[i]->name;
        }
    }
    return NULL;
}

static const char *leaf_unknown(const struct node *leaf) {
    const char *name = side_unknown(&leaf->is.left);
    name = name != NULL ? name : side_unknown(&leaf->is.right);
    return name != NULL ? name : leaf->is.left.signal->name; /* a continuous one without a value */
}

const char *expression_unknown(const struct expression *expression) {
    if (expression->node_count == 0) {
        return side_unknown(&expression->quantity);
    }
    size_t index = expression->node_count - 1;
    if (expression->nodes[index].truth != TRUTH_UNKNOWN) {
        return NULL;
    }
    for (;;) { /* down to the first leaf that is */
        assert(expression->nodes[index].truth == TRUTH_UNKNOWN);
        const struct node *node = &expression->nodes[index];
        if (node->is.kind > NODE_NOT) {
            return leaf_unknown(node);
        }
        bool first = expression->nodes[node->is.first].truth == TRUTH_UNKNOWN;
        index = first ? node->is.first : node->is.second;
    }
}

/* ---- quantities ---- */

const char *expression_unit(const struct expression *expression) {
    assert(expression->quantity.signal != NULL);
    return expression->quantity.whole != NULL ? "%" : expression->quantity.signal->unit;
}

double expression_value(const struct expression *expression, int64_t at_ns) {
    assert(expression->quantity.signal != NULL);
    return side_value(&expression->quantity, at_ns);
}

static void whole_changed(void *ctx, struct signal *signal, int64_t at_ns) {
    struct expression *expression = ctx;
    (void)signal, (void)at_ns;
    expression->whole_changed = true;
}

/* In percent of a whole that stood still; NAN: it did not, or there is nothing to be a share of. */
static double as_share(struct expression *expression, double value, int64_t now_ns) {
    struct signal *whole = expression->quantity.whole;
    signal_unsubscribe(whole, &expression->whole);
    double of = signal_at(whole, now_ns);
    return !expression->whole_changed && of > 0.0 ? value / of * 100.0 : (double)NAN;
}

void expression_track_start(struct expression *expression, int64_t now_ns) {
    struct signal *signal = expression->quantity.signal;
    assert(signal != NULL && !expression->tracking);
    if (expression->quantity.number != 0.0 ||
        (signal->source != NULL && signal->source->track == NULL)) {
        return; /* extremes are kept of signals alone */
    }
    expression->tracking = true;
    if (expression->quantity.whole != NULL) {
        expression->whole_changed = !expression->quantity.whole->known;
        expression->whole = (struct subscription){.changed = whole_changed, .ctx = expression};
        signal_subscribe(expression->quantity.whole, &expression->whole);
    }
    expression->track = (struct signal_track){0};
    signal_track_start(signal, &expression->track, now_ns);
}

double expression_track_stop(struct expression *expression, int64_t now_ns, int64_t *at_ns) {
    struct signal_track *track = &expression->track;
    if (!expression->tracking) {
        return (double)NAN;
    }
    expression->tracking = false;
    signal_track_stop(track, now_ns);
    assert(!(track->min > track->max)); /* NAN: it was not known throughout */
    bool lowest = expression->quantity.absolute && fabs(track->min) > fabs(track->max);
    if (at_ns != NULL) {
        *at_ns = lowest ? track->min_ns : track->max_ns;
    }
    double value = lowest ? track->min : track->max;
    value = expression->quantity.absolute ? fabs(value) : value;
    return expression->quantity.whole != NULL ? as_share(expression, value, now_ns) : value;
}
