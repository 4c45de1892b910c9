/* SPDX-License-Identifier: MIT */
/* What has happened so far that CST may give as its reason (GB/T 27930-2015 SPN 3521 to 3523):
 * by the plant, and by what the case does. It is never less than what a healthy charger may name. */
#include "harness/truth/internal.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define FULL_SOC  95 /* a charger may end a charge by itself when the battery is full */
#define ALL_FAULT (TRUTH_ANY)

static const struct {
    const char *name, *text;
} names[TRUTH_CAUSES] = {
    {"happened.estop", "so far: emergency stop, or a door"},
    {"happened.person", "so far: a person has stopped a charge"},
    {"happened.condition", "the firmware has a limit to end at, or the battery is nearly full"},
    {"happened.connector", "so far: something at plug, pilot, lock or protective earth"},
    {"happened.heat", "so far: a gun contact was heated"},
    {"happened.energy", "so far: something that keeps energy from the vehicle"},
    {"happened.current", "so far: something that may make a current nobody asked for"},
    {"happened.voltage", "so far: a voltage nobody asked for, or something that may make one"},
    {"happened.fault", "so far: anything at all that may end a charge as a fault"},
};

/* What an action may be the cause of; the first row that its usage begins with. */
static const struct {
    const char *usage;
    unsigned causes;
} stimuli[] = {
    {"plug in", 0},
    {"unplug", TRUTH_CONNECTOR | TRUTH_FAULT},
    {"press start", 0},
    {"press stop", TRUTH_PERSON},
    {"press estop", TRUTH_ESTOP | TRUTH_FAULT},
    {"release estop", 0},
    {"open door", TRUTH_ESTOP | TRUTH_FAULT},
    {"close door", 0},
    {"open s", TRUTH_CONNECTOR | TRUTH_FAULT},
    {"close s", 0},
    {"break cc1", TRUTH_CONNECTOR | TRUTH_FAULT},
    {"restore cc1", 0},
    {"break pe", TRUTH_CONNECTOR | TRUTH_FAULT},
    {"restore pe", 0},
    {"break earth", TRUTH_FAULT},
    {"set pilot.", TRUTH_CONNECTOR | TRUTH_FAULT},
    {"share vehicle", 0},
    {"weld", TRUTH_VOLTAGE | TRUTH_FAULT},
    {"unweld", 0},
    {"stick", TRUTH_ENERGY | TRUTH_CURRENT | TRUTH_VOLTAGE | TRUTH_FAULT},
    {"slow", TRUTH_ENERGY | TRUTH_CURRENT | TRUTH_VOLTAGE | TRUTH_FAULT},
    {"bounce", TRUTH_ENERGY | TRUTH_CURRENT | TRUTH_VOLTAGE | TRUTH_FAULT},
    {"free", 0},
    {"block lock", TRUTH_CONNECTOR | TRUTH_FAULT},
    {"lose lock", TRUTH_CONNECTOR | TRUTH_FAULT},
    {"set insulation.", TRUTH_FAULT},
    {"set output.y", 0}, /* what a maker may build in */
    {"short gun", TRUTH_ENERGY | TRUTH_CURRENT | TRUTH_VOLTAGE | TRUTH_FAULT},
    {"clear short", 0},
    {"fail diode", TRUTH_CURRENT | TRUTH_FAULT},
    {"set modules.", TRUTH_ENERGY | TRUTH_CURRENT | TRUTH_VOLTAGE | TRUTH_FAULT},
    {"ramp modules.", TRUTH_ENERGY | TRUTH_CURRENT | TRUTH_VOLTAGE | TRUTH_FAULT},
    {"break discharge", TRUTH_VOLTAGE | TRUTH_FAULT},
    {"break imd", TRUTH_FAULT},
    {"set aux.", TRUTH_ENERGY | TRUTH_VOLTAGE | TRUTH_FAULT},
    {"ramp aux.", TRUTH_ENERGY | TRUTH_VOLTAGE | TRUTH_FAULT},
    {"set grid.", TRUTH_ENERGY | TRUTH_FAULT},
    {"ramp grid.", TRUTH_ENERGY | TRUTH_FAULT},
    {"dip grid", TRUTH_ENERGY | TRUTH_FAULT},
    {"set vehicle.voltage_demand", ALL_FAULT}, /* it overrides */
    {"set vehicle.", 0},
    {"set battery.offset", TRUTH_VOLTAGE | TRUTH_CURRENT | TRUTH_FAULT},
    {"ramp battery.voltage", TRUTH_VOLTAGE | TRUTH_CURRENT | TRUTH_FAULT},
    {"set battery.shortfall", TRUTH_VOLTAGE | TRUTH_CURRENT | TRUTH_FAULT},
    {"ramp battery.offset", TRUTH_VOLTAGE | TRUTH_CURRENT | TRUTH_FAULT},
    {"reverse battery", TRUTH_VOLTAGE | TRUTH_FAULT},
    {"set gun.temperature", TRUTH_HEAT | TRUTH_CONNECTOR | TRUTH_FAULT},
    {"ramp gun.temperature", TRUTH_HEAT | TRUTH_CONNECTOR | TRUTH_FAULT},
    {"mute", ALL_FAULT}, /* of the BMS's messages anything may follow */
    {"unmute", 0},
    {"send MESSAGE", ALL_FAULT},
    {"send frame", ALL_FAULT},
    {"override", ALL_FAULT},
    {"restore", 0},
    {"raw", ALL_FAULT},
    {"length", ALL_FAULT},
    {"period", ALL_FAULT},
    {"delay", ALL_FAULT},
    {"hold", ALL_FAULT},
    {"break transport", ALL_FAULT},
    {"break reception", ALL_FAULT},
    {"stop vehicle", 0},
    {"meter METER sound", 0},
    {"meter", TRUTH_FAULT | TRUTH_ENERGY},
    {"break can", TRUTH_CONNECTOR | TRUTH_FAULT},
    {"power off", ALL_FAULT},
    {"power on", 0},
    {"fill storage", TRUTH_FAULT},
    {"empty storage", 0},
    {"spoil journal", TRUTH_FAULT},
    {"advance clock", 0},
    {"put back clock", 0},
    {"lose clock", 0},
    {"read records", 0},
};

_Static_assert(TRUTH_FAULT == 1 << (TRUTH_CAUSES - 1), "each cause has its bit");

/* No row stands behind one that takes its usages away. */
static bool rows_are_reached(void) {
    for (size_t i = 1; i < sizeof stimuli / sizeof stimuli[0]; i++) {
        for (size_t k = 0; k < i; k++) {
            if (strncmp(stimuli[i].usage, stimuli[k].usage, strlen(stimuli[k].usage)) == 0) {
                return false;
            }
        }
    }
    return true;
}

static unsigned causes_of(const char *usage, bool *known) {
    for (size_t i = 0; i < sizeof stimuli / sizeof stimuli[0]; i++) {
        if (strncmp(usage, stimuli[i].usage, strlen(stimuli[i].usage)) == 0) {
            *known = true;
            return stimuli[i].causes;
        }
    }
    *known = false;
    return ALL_FAULT;
}

void truth_happens(struct truths *truth, unsigned causes) {
    assert(causes < 1u << TRUTH_CAUSES);
    for (unsigned i = 0; i < TRUTH_CAUSES; i++) {
        if (causes >> i & 1u && !signal_is(truth->happened[i])) {
            signal_set(truth->happened[i], truth->config.loop->now_ns, 1);
        }
    }
    if (causes != 0) {
        assert(signal_is(truth->happened[TRUTH_CAUSES - 1]) || (causes & TRUTH_FAULT) == 0);
        truth_owed_excuse(truth);
    }
}

void truth_stimulus(struct truths *truth, const char *usage) {
    bool known;
    truth_happens(truth, causes_of(usage, &known));
}

bool truth_stimulus_disturbs(const char *usage) {
    bool known;
    return causes_of(usage, &known) != 0;
}

bool truth_stimulus_known(const char *usage) {
    bool known;
    (void)causes_of(usage, &known);
    return known;
}

/* ---- what happens by itself ---- */

static void bcs(void *ctx, struct signal *signal, int64_t at_ns) {
    struct truths *truth = ctx;
    (void)signal, (void)at_ns;
    if (truth_field(truth, FIELD_BCS_SOC) >= FULL_SOC) {
        truth_happens(truth, TRUTH_CONDITION);
    }
}

/* A charge in which something failed before: it may be what the next attempt ends for. */
static void error(void *ctx, struct signal *signal, int64_t at_ns) {
    (void)signal, (void)at_ns;
    truth_happens(ctx, TRUTH_FAULT);
}

/* Above what BCP or the plate allows; below it no charger has a reason to speak of over-voltage. */
static void too_high(void *ctx, struct signal *signal, int64_t at_ns, bool rising) {
    (void)signal, (void)at_ns;
    if (rising) {
        truth_happens(ctx, TRUTH_VOLTAGE | TRUTH_FAULT);
    }
}

static void stop_watching(struct truths *truth) {
    if (truth->high.signal != NULL) {
        signal_watch_stop(&truth->high);
        truth->high.signal = NULL;
    }
}

/* The vehicle does not suit the pile: parameters do not match. */
static void judge_match(struct truths *truth) {
    static const enum truth_field voltages[] = {FIELD_BHM_VOLTAGE_MAX, FIELD_BCP_VOLTAGE_MAX,
                                                FIELD_BCP_BATTERY_VOLTAGE};
    double least = truth_plate(truth, TRUTH_VOLTAGE_MIN);
    double most = truth_plate(truth, TRUTH_VOLTAGE_MAX);
    for (size_t i = 0; i < sizeof voltages / sizeof voltages[0]; i++) {
        double value = truth_field(truth, voltages[i]);
        if (value < least || (value > most && i == 2)) {
            truth_happens(truth, TRUTH_VOLTAGE | TRUTH_FAULT);
        }
    }
}

/* A charger may see by BHM alone that the vehicle is none for it. */
static void bhm(void *ctx, struct signal *signal, int64_t at_ns) {
    (void)signal, (void)at_ns;
    judge_match(ctx);
}

static void bcp(void *ctx, struct signal *signal, int64_t at_ns) {
    struct truths *truth = ctx;
    (void)signal, (void)at_ns;
    judge_match(truth);
    double level =
        fmin(truth_field(truth, FIELD_BCP_VOLTAGE_MAX), truth_plate(truth, TRUTH_VOLTAGE_MAX));
    if (isnan(level) || (truth->high.signal != NULL && truth->high.level == level)) {
        return;
    }
    stop_watching(truth);
    assert(truth->high.signal == NULL); /* one level at a time */
    truth->high = (struct signal_watch){
        .level = level, .crossed = too_high, .ctx = truth, .signal = truth->outer};
    signal_watch_start(truth->outer, &truth->high);
}

void truth_reasons_init(struct truths *truth) {
    assert(rows_are_reached());
    for (unsigned i = 0; i < TRUTH_CAUSES; i++) {
        truth->happened[i] = truth_signal(truth, names[i].name, SIGNAL_BOOL, "", names[i].text);
    }
    if (truth->config.limited) {
        truth_happens(truth, TRUTH_CONDITION);
    }
    truth_follow(truth, "BCS", bcs);
    truth_follow(truth, "BHM", bhm);
    truth_follow(truth, "BCP", bcp);
    truth_follow(truth, "CEM", error);
    truth_follow(truth, "BEM", error);
}

void truth_reasons_free(struct truths *truth) {
    stop_watching(truth);
}
