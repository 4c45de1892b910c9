/* SPDX-License-Identifier: MIT */
/* interlocks.h: conditions that stop or forbid a charge whatever its phase: emergency stop, pilot,
 * protective earth, door, lock, AC supply, auxiliary supply, gun temperature.
 *
 *   looked = core_interlocks_run(&il, CORE_WATCH_PILE | CORE_WATCH_PLUG);
 *
 * Each is debounced by its own parameter. The caller says which of them it watches (CORE_WATCH_*):
 * a watched one that persists is a fault. The others only forbid a start
 * (core_interlocks_refusal). */
#ifndef CORE_INTERLOCKS_H
#define CORE_INTERLOCKS_H

#include "services/services.h"

#define CORE_INTERLOCKS_MAX 12

enum core_watch {
    CORE_WATCH_PILE = 1, /* emergency stop, door, PE, AC, temperature */
    CORE_WATCH_PLUG = 2, /* control pilot */
    CORE_WATCH_LOCK = 4,
    CORE_WATCH_AUX = 8,
};

struct core_interlocks {
    struct core_services *services;
    unsigned bad;                          /* bit per row: condition present */
    unsigned active;                       /* bit per row: present for its debounce time */
    int64_t since_ns[CORE_INTERLOCKS_MAX]; /* since when it is present */
    int64_t due_ns;                        /* the next of them becomes active */
    bool plugged;                          /* DP1 in its window, not debounced */
    int64_t plugged_ns;                    /* since when */
};

void core_interlocks_begin(struct core_interlocks *il, struct core_services *services);
/* watches: bits of enum core_watch. True: inputs were looked at, what is refused may have
 * changed. */
bool core_interlocks_run(struct core_interlocks *il, unsigned watches);
/* In the window for pilot.plug_debounce. */
bool core_interlocks_plugged(struct core_interlocks *il);
bool core_interlocks_unplugged(const struct core_interlocks *il);
/* What forbids a start now, of the pile's interlocks. */
enum core_fault core_interlocks_refusal(const struct core_interlocks *il);

#endif
