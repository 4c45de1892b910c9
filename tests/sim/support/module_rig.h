/* SPDX-License-Identifier: MIT */
/* module_rig.h: power modules on a network of their own, with a controller that writes down what it hears
 * and, where wanted, a gun's circuit behind them.
 *
 *   module_rig_begin(&(struct module_rig_order){.count = 2, .face = &infypower_face});
 *   module_rig_pass(11 * NS_PER_S);                 they have their addresses
 *   module_rig_send("028305F0#0000000000000000");
 *   module_rig_pass(20 * NS_PER_MS);
 *   ck_assert_str_eq(module_rig_last(), "0283F005#...");
 *   module_rig_end();
 *
 * Without a gun each bus is what `voltage` and `current` of module_rig say: signals of the test. */
#ifndef TESTS_SIM_SUPPORT_MODULE_RIG_H
#define TESTS_SIM_SUPPORT_MODULE_RIG_H

#include "sim/gun/gun.h"
#include "sim/modules/bank.h"

#define MODULE_RIG_FRAMES 400

struct module_rig_order {
    unsigned count, buses; /* buses 0: one */
    const struct module_face *face;
    const struct module_params *params; /* NULL: the default */
    int64_t chatter_ns;
    double spread;
    bool gun; /* bus 0 is a gun's, with a pack of 380 V behind closed contactors */
};

struct module_rig {
    struct loop loop;
    struct signal_board board;
    struct can_net *net;
    struct can_node controller;
    struct module_bank bank;
    struct gun gun;
    bool has_gun;
    struct signal *voltage[MODULES_BUSES], *current[MODULES_BUSES];
    /* as last driven */
    bool on[MODULES_BUSES];
    double voltage_v[MODULES_BUSES], current_a[MODULES_BUSES];
    char heard[MODULE_RIG_FRAMES][32]; /* "0283F005#0102030405060708" */
    int64_t heard_ns[MODULE_RIG_FRAMES];
    unsigned count;
};

extern struct module_rig module_rig;

void module_rig_begin(const struct module_rig_order *order);
void module_rig_end(void);
void module_rig_pass(int64_t ns);
void module_rig_send(const char *frame);
/* What came last; "": nothing since module_rig_forget. */
const char *module_rig_last(void);
void module_rig_forget(void);
/* Sends, waits 100 ms, gives the one answer; "": none; fails at two. */
const char *module_rig_ask(const char *frame);
/* The fault of a slot, to be changed; module_rig_fault makes it so. */
struct module_faults module_rig_faults(unsigned slot);
void module_rig_fault(unsigned slot, struct module_faults faults);

#endif
