/* SPDX-License-Identifier: MIT */
/* scan.h: finds the addresses of all meters on a line by wildcards (DL/T 645-2007: AA stands for
 * any two digits). Whoever matches answers; where several do, their answers collide and the next
 * two digits tell them apart. So they do where one answers after the other: the line is listened to
 * for the master's timeout after each answer.
 *
 *   struct scan scan = {.master = &master, .found = fn, .ctx = me};
 *   bool whole = scan_line(&scan);             returns when the line has been searched
 *   scan.found_count, scan.unclear, scan.collided
 *
 * It runs the master's loop itself, on either clock. Two digits that collide cost a hundred
 * questions, and most of them silence: a meter begins its answer within 500 ms (6.1 of the standard), so
 * SCAN_SILENCE_NS tells silence. */
#ifndef METER_SCAN_H
#define METER_SCAN_H

#include "meter/master.h"

#define SCAN_SILENCE_NS (520 * NS_PER_MS) /* 500 ms, and an adapter's delay */

struct scan {
    struct master *master; /* its timeout and tries are the scan's while it runs */
    int64_t silence_ns;    /* how long an address is waited for; 0: as the master's timeout */
    unsigned tries;        /* how often a silent one is asked; 0: as the master's */
    void (*found)(void *ctx, const uint8_t address[6]);
    /* May be NULL. Before each question; left: how many there are at least, this one included. */
    void (*asking)(void *ctx, unsigned asked, unsigned left);
    bool (*stopped)(void *ctx); /* may be NULL; true ends the search */
    void *ctx;
    unsigned asked;
    unsigned found_count;
    unsigned unclear; /* whole addresses that answered but could not be understood, or twice */
    bool collided;    /* several answered to a wildcard */
};

/* False: the line took a request no more (adapter unplugged), and was not searched to its end. */
bool scan_line(struct scan *scan);

#endif
