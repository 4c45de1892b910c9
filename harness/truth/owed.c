/* SPDX-License-Identifier: MIT */
/* What a charger owes while nothing has happened that may keep it: that a charge begins when a person
 * confirms the start (dut.h, DUT_IN_START), that the current follows the demand, where its plate has as much,
 * and that the charge goes on until one of the two sides says that it ends. How it ends by CST or CEM, and
 * whether the reason is true, others judge (reasons.c, the protocol rules); a charge that is left without
 * a word only shows here. */
#include "harness/truth/internal.h"

#include <assert.h>
#include <math.h>

/* Of all that a charger says until CCS nothing has a longer period than 250 ms; from CCS on the vehicle
 * waits for 1 s (SPN 3905). */
#define SILENT_NS (10 * NS_PER_S)

/* A charger debounces what its pilot says before it believes in a plug; what is pressed meanwhile it may
 * keep or forget. No source has a figure; this one is the bench's own, and generous. */
#define SEATED_NS (1 * NS_PER_S)

/* The current follows a demand at 20 A/s (GB/T 34657.1-2017 D0.4103), and has as long again. Nearer than
 * NEAR_V to the demanded voltage it is that which limits; below LEAST_A a charger may have no current. */
#define FOLLOWS_A_PER_S 20.0
#define SPARE_NS        (10 * NS_PER_S)
#define NEAR_V          20.0
#define LEAST_A         10.0
#define SHARE           0.9

/* What the case does, or sets, may be the cause. */
static bool excused(const struct truths *truth) {
    bool any = truth->config.set_up;
    for (unsigned i = 0; i < TRUTH_CAUSES; i++) {
        any = any || signal_is(truth->happened[i]);
    }
    return any;
}

/* A start is owed before the first message alone; silence is awaited in a charge alone. */
static bool is_sound(const struct truths *truth) {
    bool before = !truth->under_way && !truth->ended;
    return (!signal_is(truth->start_owed) || before) &&
           (!loop_is_set(&truth->silent) || truth->under_way);
}

static void settle(struct truths *truth, int64_t at_ns) {
    if (signal_is(truth->start_owed)) {
        signal_set(truth->start_owed, at_ns, 0);
    }
}

/* The plug has been in for so long that every charger has noticed. */
static bool is_seated(const struct truths *truth, int64_t at_ns) {
    const struct signal *inserted = truth_find(truth, "gun.inserted");
    return signal_is(inserted) && at_ns - inserted->changed_ns >= SEATED_NS;
}

static void start(void *ctx, struct signal *signal, int64_t at_ns) {
    struct truths *truth = ctx;
    if (signal_is(signal) && is_seated(truth, at_ns) && !truth->under_way && !truth->ended &&
        !excused(truth)) {
        signal_set(truth->start_owed, at_ns, 1);
    }
    assert(is_sound(truth));
}

static void leave(struct truths *truth, int64_t at_ns) {
    if (truth->answered && !truth->ended && !excused(truth)) {
        signal_set(truth->left, at_ns, 1);
    }
}

static void silent(void *ctx, int64_t now_ns) {
    assert(((const struct truths *)ctx)->under_way); /* its timer runs then only */
    leave(ctx, now_ns);
}

static void begins(void *ctx, struct signal *signal, int64_t at_ns) {
    struct truths *truth = ctx;
    (void)signal;
    settle(truth, at_ns);
    truth->under_way = true;
    loop_set(truth->config.loop, &truth->silent, truth->config.loop->now_ns + SILENT_NS);
    assert(is_sound(truth));
}

/* What the charger has for this gun; not declared, it may be any: nothing is owed. How a pile divides its
 * power between two guns is its maker's choice: half of it is there for each, whatever the steps. */
static double power_of(const struct truths *truth) {
    const struct signal *plate = truth->plate_power, *pile = truth->pile_power;
    double own_w = plate != NULL && plate->known ? plate->value : 0;
    double pile_w = pile != NULL && pile->known ? pile->value : own_w;
    bool shared = truth->other != NULL && truth->other->under_way;
    return shared ? fmin(own_w, SHARE * pile_w / 2.0) : own_w;
}

void truth_share(struct truths *one, struct truths *other) {
    one->other = other;
    other->other = one;
}

/* Less flows than is asked for, and nothing limits it that the bench knows of. */
static bool falls_short(const struct truths *truth, int64_t at_ns, double demand_a) {
    double volts = signal_at(truth->outer, at_ns);
    double power_w = power_of(truth);
    bool permitted = !(truth_field(truth, FIELD_CCS_CHARGING_PERMITTED) == 0) &&
                     !(truth_field(truth, FIELD_BSM_CHARGING_PERMITTED) == 0);
    bool within = demand_a >= fmax(LEAST_A, truth_plate(truth, TRUTH_CURRENT_MIN)) &&
                  demand_a <= truth_plate(truth, TRUTH_CURRENT_MAX) &&
                  demand_a * volts <= power_w &&
                  volts < truth_field(truth, FIELD_BCL_VOLTAGE_DEMAND) - NEAR_V;
    return permitted && within && signal_at(truth->current, at_ns) < SHARE * demand_a;
}

static void look_at_current(struct truths *truth, int64_t at_ns) {
    double demand_a = -truth_field(truth, FIELD_BCL_CURRENT_DEMAND);
    if (demand_a != truth->asked_a || !falls_short(truth, at_ns, demand_a) || truth->ended ||
        excused(truth)) { /* also when there was none */
        truth->asked_a = demand_a;
        truth->asked_ns = at_ns;
    }
    int64_t follows_ns = (int64_t)(fmax(demand_a, 0) / FOLLOWS_A_PER_S * (double)NS_PER_S);
    signal_set(truth->short_of, at_ns, at_ns - truth->asked_ns > follows_ns + SPARE_NS);
}

static void goes_on(void *ctx, struct signal *signal, int64_t at_ns) {
    struct truths *truth = ctx;
    (void)signal;
    settle(truth, at_ns);
    truth->under_way = true;
    loop_cancel(truth->config.loop, &truth->silent);
    look_at_current(truth, at_ns);
    assert(is_sound(truth) && !loop_is_set(&truth->silent));
}

/* A vehicle that never answers may be left without a word: no CEM has a bit for BHM. */
static void answers(void *ctx, struct signal *signal, int64_t at_ns) {
    struct truths *truth = ctx;
    (void)signal, (void)at_ns;
    truth->answered = truth->under_way;
}

/* One of the two says that the charge ends, or has failed. */
static void ends(void *ctx, struct signal *signal, int64_t at_ns) {
    struct truths *truth = ctx;
    (void)signal;
    settle(truth, at_ns);
    truth->ended = true;
    loop_cancel(truth->config.loop, &truth->silent);
    assert(is_sound(truth) && !loop_is_set(&truth->silent));
}

static void auxiliary(void *ctx, struct signal *signal, int64_t at_ns) {
    struct truths *truth = ctx;
    if (!signal_is(signal)) {
        leave(truth, at_ns);
        truth->ended = truth->ended || truth->under_way; /* the next one may want another plug-in */
        truth->under_way = truth->answered = false;
        loop_cancel(truth->config.loop, &truth->silent);
    }
    assert(is_sound(truth));
}

void truth_owed_excuse(struct truths *truth) {
    if (truth->start_owed != NULL) {
        settle(truth, truth->config.loop->now_ns);
    }
}

void truth_owed_init(struct truths *truth) {
    static const char *const before[] = {"CHM", "CRM", "CML", "CRO"};
    static const char *const end[] = {"CST", "CEM", "CSD", "BST", "BEM"};
    truth->silent = (struct timer){.fire = silent, .ctx = truth};
    truth->start_owed = truth_signal(truth, "charger.start_owed", SIGNAL_BOOL, "",
                                     "a start was confirmed, nothing forbids it, and no message of "
                                     "the charger has come yet");
    truth->left =
        truth_signal(truth, "charger.left", SIGNAL_BOOL, "",
                     "the charger has left a charge without a word: nothing had happened");
    truth->short_of =
        truth_signal(truth, "charger.short_of", SIGNAL_BOOL, "",
                     "the current stays below the demand: nothing had happened, and the "
                     "plate has as much");
    truth->plate_power = truth_find(truth, "plate.power");
    truth->pile_power = truth_find(truth, "plate.pile_power");
    truth->asked_a = (double)NAN;
    truth_follow(truth, "operator.start", start);
    truth_follow(truth, "k3k4.closed", auxiliary);
    truth_follow(truth, "BHM", answers);
    truth_follow(truth, "BRM", answers);
    truth_follow(truth, "CCS", goes_on);
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
        truth_follow(truth, before[i], begins);
    }
    for (size_t i = 0; i < sizeof end / sizeof end[0]; i++) {
        truth_follow(truth, end[i], ends);
    }
}

void truth_owed_end(struct truths *truth) {
    loop_cancel(truth->config.loop, &truth->silent);
}
