/* SPDX-License-Identifier: MIT */
/* interlocks.h: conditions that stop or forbid a charge whatever its phase: emergency stop, pilot,
 * protective earth, door, lock, AC supply, auxiliary supply, gun temperature.
 *
 * Each is debounced by its own parameter. The session's state says which of them it watches
 * (CORE_WATCH_*); a watched one that persists is a fault. The others are only shown. */
#ifndef CORE_INTERLOCKS_H
#define CORE_INTERLOCKS_H

#include "services/faults.h"

#define CORE_INTERLOCKS_MAX 12

enum core_watch {
    CORE_WATCH_PILE = 1, /* emergency stop, door, PE, AC, temperature */
    CORE_WATCH_PLUG = 2, /* control pilot */
    CORE_WATCH_LOCK = 4,
    CORE_WATCH_AUX = 8,
};

struct core_interlocks {
    bool dirty;      /* an input or the session's state changed */
    unsigned bad;    /* bit per row: condition present */
    unsigned active; /* bit per row: present for its debounce time */
    int64_t since_ns[CORE_INTERLOCKS_MAX];
    int64_t due_ns;
    bool plugged; /* DP1 in its window, not debounced */
    int64_t plugged_ns;
};

struct gun;

void core_interlocks_run(struct gun *gun);
bool core_interlocks_plugged(struct gun *gun); /* in the window for pilot.plug_debounce */
bool core_interlocks_unplugged(const struct gun *gun);
bool core_interlocks_may_start(struct gun *gun); /* a person wants it; else the log says why not */
enum core_fault core_interlocks_refusal(const struct gun *gun); /* what forbids a start now */

#endif
