/* SPDX-License-Identifier: MIT */
/* wait.h: the table of waits, and what the judges of CEM, BEM, BST and CST may ask of the waits that
 * run. wait.c alone writes them. */
#ifndef VEHICLE_BMS_RULES_WAIT_H
#define VEHICLE_BMS_RULES_WAIT_H

#include "vehicle_bms/rules/internal.h"

/* One row of the table of waits, see wait.c. */
struct wait_rule {
    const char *name;    /* last part of the id */
    const char *awaited; /* for people: "CRM(AA)" */
    const char *from;    /* the instant from which it is counted */
    const char *from_zh;
    bool by_charger;   /* who waits */
    size_t limit;      /* offset in struct rules_limits */
    uint32_t starts;   /* the first of these in an attempt begins it */
    uint32_t restarts; /* each of these begins it anew ... */
    uint32_t after;    /* ... once these were seen; what repeats begins only then, too */
    uint32_t delays;   /* some count from here: the latest instant is later */
    uint32_t fulfils;  /* what is awaited */
    uint32_t cancels;  /* nobody waits any more */
    uint32_t unready;  /* said by who is awaited: that it is not ready; no violation then */
    bool repeats;      /* begun by every start while it does not run */
    uint8_t byte, bit; /* of CEM or BEM; 0: no bit */
    uint16_t spn;
    bool tolerant;        /* who acts when it is over has the tolerance of an error message */
    bool may_fall_silent; /* who falls silent altogether has ended the charge, as is its right */
};

struct wait {
    bool armed;
    bool doubted; /* something came that may or may not count */
    bool unsure;  /* the last one may or may not have counted: early_ns, late_ns */
    bool unowed;  /* begun by a message that was filled up: who is waited for need not have
                                  taken it */
    bool lost;    /* frames are missing since it began */
    int64_t early_ns, late_ns; /* earliest and latest instant from which it may be counted */
    uint64_t mark;
    int64_t closed_ns, closed_after_ns; /* when it last ended, and how long it had run */
};

const struct wait_rule *wait_rule(enum wait_index index);
int64_t wait_limit_ns(const struct rules *rules, enum wait_index index);
const struct wait *wait_of(const struct rules *rules, enum wait_index index);

/* What is overdue by now is judged. told: an error message says so, which is how the side counts
 * that waits. */
void wait_judge(struct rules *rules, enum wait_index index, int64_t at_ns, uint64_t mark,
                bool told);
/* An error message has answered it: it does not run any more. */
void wait_answered(struct rules *rules, enum wait_index index);
/* Ends every wait of one side: what is overdue is judged. */
void wait_close_side(struct rules *rules, bool by_charger, int64_t at_ns, uint64_t mark);
/* Whatever the other side than this one waits for may or may not have come. */
void wait_doubt_other(struct rules *rules, bool by_charger);

#endif
