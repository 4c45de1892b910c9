/* SPDX-License-Identifier: MIT */
/* internal.h: what a back end of serial.h is. For sim/serial/ only: embed struct serial_line
 * first, fill it with serial_line_init. */
#ifndef SIM_SERIAL_INTERNAL_H
#define SIM_SERIAL_INTERNAL_H

#include "sim/serial/serial.h"

#define SERIAL_NAME_SIZE 64

struct serial_backend {
    int (*send)(struct serial_line *line, struct serial_station *station, const uint8_t *bytes,
                size_t count);
    int (*set_rate)(struct serial_line *line, uint32_t bits_per_s); /* NULL when all rates do */
    void (*leave)(struct serial_line *line, struct serial_station *station); /* may be NULL */
    void (*free)(struct serial_line *line); /* frees the memory of line as well */
};

struct serial_line {
    const struct serial_backend *backend;
    struct loop *loop;
    char name[SERIAL_NAME_SIZE];
    uint32_t bits_per_s;
    bool echo;
    bool gone; /* the device was unplugged, or hung up: not looked at any more */
    struct serial_station *stations;
    struct serial_station *next_station; /* delivery under way: next to be called */
    struct serial_stats stats;
};

void serial_line_init(struct serial_line *line, const struct serial_backend *backend,
                      struct loop *loop, const char *name, uint32_t bits_per_s);
/* To all stations but the sender (NULL when it came from outside), which hears it too with echo. */
void serial_deliver(struct serial_line *line, int64_t now_ns, const struct serial_run *run,
                    const struct serial_station *sender);
int64_t serial_byte_ns(const struct serial_line *line);

/* A line on a descriptor that is open and set up (pty.c); closes it in the end, and
 * other as well (-1: there is none). */
struct serial_line *serial_on_descriptor(struct loop *loop, int fd, int other, const char *name,
                                         uint32_t bits_per_s, struct problem *problem);
/* Nothing is translated, nothing waits. 0, or -1 with errno. */
int serial_make_raw(int fd);

#endif
