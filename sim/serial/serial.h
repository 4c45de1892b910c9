/* SPDX-License-Identifier: MIT */
/* serial.h: one RS-485 line as the bench's parts see it, whatever carries it.
 *
 *   struct serial_line *line = serial_bus_new(&loop, "dc-meter", 9600);      in-process
 *   struct serial_line *line = serial_pty_new(&loop, path, size, &problem);  pseudo-terminal
 *   struct serial_station station = {.received = fn, .ctx = me};
 *   serial_join(line, &station);
 *   serial_send(line, &station, bytes, count);
 *
 * Every station hears all bytes but its own (serial_echo: its own too, as some adapters do). Bytes
 * come in runs: what was sent in one piece, with no pause inside; a run is handed over when its
 * last byte has ended.
 *
 * In-process: a byte takes 11 bits (start, 8 data, even parity, stop; DL/T 645-2007 5.1) at the
 * line's rate. Stations that send at once collide: bytes that overlap arrive garbled to all. What a
 * station sends while its own run is still under way follows it. Pseudo-terminal: real clock, the
 * other end is another process; Linux keeps no parity there and paces nothing, so neither is proven
 * on one.
 *
 * serial_send returns 0, or -1 when more than SERIAL_QUEUE bytes would wait, or the device is gone:
 * nothing is sent then, and it is counted. */
#ifndef SIM_SERIAL_SERIAL_H
#define SIM_SERIAL_SERIAL_H

#include "sim/loop.h"
#include "sim/text/problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SERIAL_QUEUE     1024 /* bytes a station may have under way */
#define SERIAL_BYTE_BITS 11

/* Bytes without a pause between them. */
struct serial_run {
    const uint8_t *bytes; /* valid during the call */
    size_t count;
    int64_t first_ns; /* end of the first byte */
    int64_t byte_ns;  /* from one byte to the next; 0 when not known */
    bool garbled;     /* two stations sent at once */
};

struct serial_station {
    void (*received)(void *ctx, int64_t now_ns, const struct serial_run *run);
    void *ctx;
    struct serial_station *next;
};

struct serial_stats {
    uint64_t bytes;      /* carried */
    uint64_t runs;       /* handed over */
    uint64_t collisions; /* runs that met another */
    uint64_t refused;    /* could not be sent */
};

struct serial_line;

const char *serial_name(const struct serial_line *line);
uint32_t serial_rate(const struct serial_line *line);
/* -1: the device cannot. Takes effect at the next byte. */
int serial_set_rate(struct serial_line *line, uint32_t bits_per_s);
void serial_echo(struct serial_line *line, bool on);
/* The device was unplugged, or the other end of a pseudo-terminal has hung up: nothing comes any
 * more. */
bool serial_gone(const struct serial_line *line);
const struct serial_stats *serial_stats(const struct serial_line *line);
void serial_join(struct serial_line *line, struct serial_station *station);
void serial_leave(struct serial_line *line, struct serial_station *station);
int serial_send(struct serial_line *line, struct serial_station *station, const uint8_t *bytes,
                size_t count);
void serial_free(struct serial_line *line);

struct serial_line *serial_bus_new(struct loop *loop, const char *name, uint32_t bits_per_s);
/* An existing device at 600 to 19200 bit/s, 8 data bits, even parity, 1 stop bit; loop on the real
 * clock. Real ports go through libserialport; the other end of a pseudo-terminal (which it cannot
 * open) through termios, without parity or pace. On NULL the problem says what
 * to do. */
struct serial_line *serial_open(struct loop *loop, const char *path, uint32_t bits_per_s,
                                struct problem *problem);
/* Makes a pseudo-terminal; path gets the name of the end for the other process. */
struct serial_line *serial_pty_new(struct loop *loop, char *path, size_t path_size,
                                   struct problem *problem);

#endif
