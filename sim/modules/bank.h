/* SPDX-License-Identifier: MIT */
/* bank.h: the power modules of one pile on their CAN network, feeding up to two buses.
 *
 *   struct modules_config config = {.loop = &loop, .board = &board, .net = net, .count = 12,
 *                                   .params = &module_params_default, .face = &infypower_face,
 *                                   .buses = {{.drive = drive, .ctx = &gun_a, .voltage = v, .current = i}}};
 *   modules_init(&bank, &config);
 *   modules_supply(&bank, 380.0, now);                    or the signal ac.voltage
 *   modules_plug(&bank, 2, false, now);                   hot plug
 *   faults = bank.modules[2].faults; faults.deaf = true;
 *   modules_fault(&bank, 2, &faults, now);
 *   modules_end(&bank);                                   before its loop and network go
 *
 * Slots 0..count/2-1 feed bus 0 and have 0 at their group dial, the others bus 1 and 1 (one bus: all feed it, and
 * have 0). Addresses are given by serial number: lowest first, those that are already there keep theirs.
 *
 * A bus has modules that hold the same voltage as one step: below its voltage all of them deliver their
 * limits, at it what is needed, by weight, above it nothing; what differs is a step of its own (a module
 * that does not follow its set point). The circuit sees one source, the step that it stands on; the bus is
 * told by watches when it is another one, so nothing is sampled there. */
#ifndef SIM_MODULES_BANK_H
#define SIM_MODULES_BANK_H

#include "sim/can/can.h"
#include "sim/loop.h"
#include "sim/modules/face.h"
#include "sim/modules/module.h"
#include "sim/signal.h"

#define MODULES_MOST  16
#define MODULES_BUSES 2
#define MODULES_QUEUE 32 /* answers that a module has waiting */

/* How a bus is driven and what is seen of it. drive NULL: nothing hangs on it. */
struct modules_bus_config {
    void (*drive)(void *ctx, int64_t now_ns, bool on, double voltage_v, double current_a);
    void *ctx;
    struct signal *voltage, *current; /* at the modules' side of the diode */
    struct signal *output;            /* behind it */
};

struct modules_config {
    struct loop *loop;
    struct signal_board *board;
    struct can_net *net;
    unsigned count; /* 1..MODULES_MOST */
    const struct module_params *params;
    const struct module_face *face;
    struct modules_bus_config buses[MODULES_BUSES];
    struct signal *supply; /* V, line to line; NULL: modules_supply */
    int64_t answer_ns;     /* from request to answer; 0: 2 ms */
    int64_t chatter_ns;    /* period of what they say to one another; 0: they do not */
    double spread;         /* of sharing: weights from 1 - spread to 1 + spread */
};

struct modules_step { /* modules of one voltage */
    double voltage_v, limit_a, weight;
    uint32_t members;
};

struct modules_bus {
    struct modules_bus_config config;
    struct module_bank *bank;
    unsigned index;
    struct modules_step steps[MODULES_MOST]; /* by voltage, lowest first */
    unsigned count, active;
    struct signal_watch below, lets_go; /* to the step below, above */
    bool watched_below, watched_lets_go;
    bool on;
    double voltage_v, current_a; /* as driven */
    struct signal *told;         /* sum of set points */
};

struct modules_answer {
    int64_t due_ns;
    struct can_frame_ext frame;
};

enum module_signal {
    MODULE_ONLINE,
    MODULE_ADDRESS,
    MODULE_DELIVERS,
    MODULE_CURRENT,
    MODULE_VOLTAGE_SET,
    MODULE_CURRENT_SET,
    MODULE_TEMPERATURE,
    MODULE_TROUBLED,
    MODULE_SIGNALS
};

struct modules_slot {
    struct can_node node;
    struct modules_answer answers[MODULES_QUEUE];
    unsigned first, waiting;
    struct signal *signals[MODULE_SIGNALS];
    char names[MODULE_SIGNALS][32];
    double weight;
    bool addressed;   /* since it has power */
    bool had_address; /* ever: it wants the same again */
};

struct module_bank {
    struct modules_config config;
    struct module modules[MODULES_MOST];
    struct modules_slot slots[MODULES_MOST];
    struct modules_bus buses[MODULES_BUSES];
    unsigned bus_count;
    struct can_node ear; /* hears for all of them */
    struct timer timer, answer_timer, chatter_timer;
    bool phase_lost;
    double line_v; /* as last known */
    bool refreshing, stale;
    int64_t commanded_ns; /* last frame of a controller */
    struct signal *spacing, *refused;
    uint64_t overrun; /* answers that found no room */
    struct subscription on_supply;
};

/* bank keeps its address. */
void modules_init(struct module_bank *bank, const struct modules_config *config);
void modules_end(struct module_bank *bank);

void modules_supply(struct module_bank *bank, double line_v, int64_t now_ns);
/* Line C is open: AB is whole, BC and CA are half of it. */
void modules_lose_phase(struct module_bank *bank, bool lost, int64_t now_ns);
void modules_plug(struct module_bank *bank, unsigned slot, bool in, int64_t now_ns);
void modules_fault(struct module_bank *bank, unsigned slot, const struct module_faults *faults,
                   int64_t now_ns);
void modules_ambient(struct module_bank *bank, unsigned slot, double celsius, int64_t now_ns);
/* The slot answers to the address of another one. */
void modules_repeat_address(struct module_bank *bank, unsigned slot, unsigned of, int64_t now_ns);

/* Lets all of them and their buses catch up with now_ns. */
void modules_refresh(struct module_bank *bank, int64_t now_ns);

/* ---- for faces ---- */

/* A controller's frame came, for these modules (bits): they hear it. False: none of them can. */
bool modules_heard(struct module_bank *bank, uint32_t which, int64_t now_ns);
/* A controller's frame, to whomever: spacing is counted from one to the next. */
void modules_commanded(struct module_bank *bank, int64_t now_ns);
/* It wanted to change something and they are still getting their addresses. */
void modules_refuse(struct module_bank *bank, int64_t now_ns);
void modules_answer(struct module_bank *bank, const struct module *module, int64_t now_ns,
                    const struct can_frame_ext *frame);
/* Currents and voltages of all of them are those of now_ns. */
void modules_measure(struct module_bank *bank, int64_t now_ns);
/* Those that others still count as there: a module is missed some time after it left. */
bool modules_counts(const struct module_bank *bank, const struct module *module, int64_t now_ns);

#endif
