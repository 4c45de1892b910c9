/* SPDX-License-Identifier: MIT */
/* said.h: what the firmware says of itself while a case runs: its states and alarms by the names that
 * it gives them (state_name, fault_name of dut.h), and the lines of its log.
 *
 *   struct said said = {0};
 *   said_line(&said, at_ns, "log", text);               "12.345678 log: meter found"
 *   said_named(&said, at_ns, "alarm", 7, "door open");   "12.345678 alarm 7: door open"
 *   said_count(&said), said_at(&said, i)                 the lines, in order
 *   said_copy(&said, "out/firmware/estop.log", &problem); all lines into a file, too, as they come
 *   said_free(&said);
 *
 * It is shown, never judged. Of a firmware that talks without end the first and the last SAID_KEPT
 * lines are kept, and one between them tells how many are not. What it hands over may be anything:
 * a line is cut to SAID_LINE bytes of valid UTF-8 without controls. The file has all lines up to SAID_COPIED,
 * each on the disk when the next one comes: also of a firmware that crashes. */
#ifndef HARNESS_BENCH_SAID_H
#define HARNESS_BENCH_SAID_H

#include "sim/text/problem.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define SAID_KEPT   100
#define SAID_LINE   200
#define SAID_COPIED 100000

struct said {
    char *first[SAID_KEPT];
    char *last[SAID_KEPT]; /* a ring */
    uint64_t count;        /* of all lines */
    char *left_out;        /* the line between them, made when it is asked for */
    FILE *copy;            /* NULL: none */
};

void said_line(struct said *said, int64_t at_ns, const char *what, const char *text);
void said_named(struct said *said, int64_t at_ns, const char *what, int32_t number,
                const char *name);
size_t said_count(const struct said *said);
const char *said_at(struct said *said, size_t index);
/* From now on; what was said before comes first. */
bool said_copy(struct said *said, const char *path, struct problem *problem);
/* False: not all could be written. Without a copy true. */
bool said_copied(struct said *said, struct problem *problem);
void said_free(struct said *said);

#endif
