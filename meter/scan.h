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
 * It runs the master's loop itself, on either clock. A silent address costs the master's timeout
 * times its tries, and two digits that collide cost a hundred questions: give it a short
 * timeout. */
#ifndef METER_SCAN_H
#define METER_SCAN_H

#include "meter/master.h"

struct scan {
    struct master *master;
    void (*found)(void *ctx, const uint8_t address[6]);
    bool (*stopped)(void *ctx); /* may be NULL; true ends the search */
    void *ctx;
    unsigned found_count;
    unsigned unclear; /* whole addresses that answered but could not be understood, or twice */
    bool collided;    /* several answered to a wildcard */
};

/* False: the line took a request no more (adapter unplugged), and was not searched to its end. */
bool scan_line(struct scan *scan);

#endif
