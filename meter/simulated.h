/* SPDX-License-Identifier: MIT */
/* simulated.h: a DL/T 645-2007 meter on a serial line: registers.h behind frames, with the answer
 * times and the refusals of the standard, and misbehaviour on demand.
 *
 *   struct simulated_params params = simulated_params_default;
 *   meter_address_from_text("000000000001", params.registers.address);
 *   struct simulated *meter = simulated_new(&loop, line, &params, &source);
 *   simulated_misbehave(meter, SIMULATED_SILENT, 0, 1.0);       every answer (0.01: 1 of 100)
 *   simulated_misbehave(meter, SIMULATED_SOUND, 0, 0);
 *
 * It answers read (11H, 12H in parts when the data are long), read address (13H), write (14H, with
 * password), write address (15H), broadcast time (08H, within 5 minutes), freeze (16H, at once),
 * baud rate (17H), password (18H), clearing (19H, 1AH, 1BH) and trip/close (1CH); what it does not
 * have is refused with the error byte of the standard. Several meters share a line: each answers to
 * its own address and to wildcards, so two may answer at once and collide. A line that runs at
 * another rate than the meter's is not understood.
 *
 * Passwords: level 2, 000000, as meters are delivered; other levels and passwords are refused. */
#ifndef METER_SIMULATED_H
#define METER_SIMULATED_H

#include "meter/frame.h"
#include "meter/registers.h"
#include "sim/loop.h"
#include "sim/serial/serial.h"

enum simulated_fault {
    SIMULATED_SOUND,
    SIMULATED_SILENT,
    SIMULATED_LATE,      /* value: seconds after the request; another request makes it begin anew */
    SIMULATED_EARLY,     /* at once, without the 20 ms a master may rely on */
    SIMULATED_CHECKSUM,  /* a digit of the value is another one than the sum was made of */
    SIMULATED_TRUNCATED, /* value: bytes that are sent */
    SIMULATED_ADDRESS,   /* another meter's address in the answer */
    SIMULATED_FOREIGN,   /* another meter's frame, with another value, comes first */
    SIMULATED_REFUSES,   /* abnormal answer; value: error byte */
    SIMULATED_WRONG_ITEM, /* answers with another identifier */
    SIMULATED_NO_VALUE,   /* FF in place of the value's digits */
    SIMULATED_FAULTS,
};

struct simulated_params {
    struct registers_params registers;
    uint32_t bits_per_s; /* 2400 */
    int64_t answer_ns;   /* 30 ms: 20 to 500 by the standard */
    unsigned frame_data; /* most data bytes of one answer, identifier included (200) */
    unsigned wake_ups;   /* FE before an answer (4) */
    uint8_t password[4]; /* level, then three bytes: 02 00 00 00 */
};

extern const struct simulated_params simulated_params_default;

struct simulated_stats {
    uint64_t requests; /* understood and meant for it */
    uint64_t answers;
    uint64_t refused;
    uint64_t damaged; /* bytes it could make no frame of, counted by piece */
    uint64_t faults;  /* answers spoilt on purpose */
};

struct simulated;

struct simulated *simulated_new(struct loop *loop, struct serial_line *line,
                                const struct simulated_params *params,
                                const struct meter_source *source);
/* share: of the answers, 0..1, drawn from the seed of the registers. */
void simulated_misbehave(struct simulated *meter, enum simulated_fault fault, double value,
                         double share);
/* Answers come in pieces of so many bytes, with a pause between them that is not counted in answer_ns;
 * 0 bytes: whole again. DL/T 645-2007 5.2 allows up to 500 ms between two bytes. */
void simulated_in_pieces(struct simulated *meter, size_t bytes, int64_t pause_ns);
/* asked is called for every request that is understood and meant for it. */
void simulated_on_request(struct simulated *meter, void (*asked)(void *ctx, int64_t now_ns),
                          void *ctx);
/* What it listens and answers at: 17H changes it once that has been answered. The line is the
 * caller's. */
uint32_t simulated_rate(const struct simulated *meter);
struct registers *simulated_registers(struct simulated *meter);
/* Tariffs changed by the caller through registers_set_tariffs or the clock: look again when the
 * next switch is. */
void simulated_clock_changed(struct simulated *meter);
const struct simulated_stats *simulated_stats(const struct simulated *meter);
void simulated_free(struct simulated *meter);

const char *simulated_fault_name(enum simulated_fault fault); /* "silent"; NULL past the end */

#endif
