/* SPDX-License-Identifier: MIT */
/* mutation_port.h: makes a firmware blind at its inputs, untrue in its transfers, and late in what it
 * tells.
 *
 *   mutation_input_told(&inputs, gun, channel, value);                on_input
 *   value = mutation_input_unsampled(&inputs, gun, channel, value);   instead of reading it now
 *   mutation_transfer_heard(&transfer, gun, frame);                   on_can
 *   mutation_transfer_say(&transfer, UNTRUE_BROKEN, gun, frame);      can_send: changed in place
 *   mutation_stale(&stale[gun], field, period, now, frame);           the same
 *
 * A firmware that never samples an input cannot be told from one to which the input reads what it
 * was told last. One that acknowledges what it has not received says EndOfMsgAck where the healthy
 * one asks again or aborts. */
#ifndef HARNESS_MUTANT_MUTATION_PORT_H
#define HARNESS_MUTANT_MUTATION_PORT_H

#include "firmware-under-test/include/dut.h"
#include "vehicle_bms/message/messages.h"

#include <stdbool.h>
#include <stdint.h>

/* The channel called so, "ac" or "gun_temperature_positive"; false: there is none. */
bool mutation_input_named(const char *name, enum dut_input *channel);

struct mutation_inputs {
    struct {
        bool known;
        int32_t value;
    } last[DUT_GUNS_MAX][DUT_INPUTS]; /* told, or read first */
};

void mutation_input_told(struct mutation_inputs *inputs, unsigned gun, enum dut_input channel,
                         int32_t value);
int32_t mutation_input_unsampled(struct mutation_inputs *inputs, unsigned gun,
                                 enum dut_input channel, int32_t now);
/* What it takes for granted, until it is told otherwise for the first time since power-on. */
int32_t mutation_input_assumed(const struct mutation_inputs *inputs, unsigned gun,
                               enum dut_input channel, int32_t assumed, int32_t now);

enum untrue {
    UNTRUE_BROKEN, /* acknowledges a transfer that it ought to refuse, abort or ask for again */
    UNTRUE_COUNTS, /* acknowledges with counts that are not those of RTS */
    UNTRUE_FILLED, /* leaves the byte 0 that says nothing in an answer, and is FF */
    UNTRUES
};

const char *untrue_name(enum untrue what); /* "broken" */

struct mutation_transfer {
    uint8_t rts[8];
    bool begun; /* rts has been heard */
    bool asked; /* and answered by CTS */
};

void mutation_transfer_heard(struct mutation_transfer *transfer, const struct dut_can_frame *frame);
void mutation_transfer_say(struct mutation_transfer *transfer, enum untrue what,
                           struct dut_can_frame *frame);

/* A field that is brought up to date too seldom. */
struct mutation_stale {
    bool known;
    int64_t since_ns;
    double value;
};

void mutation_stale(struct mutation_stale *stale, const struct field *field, int64_t period_ns,
                    int64_t now_ns, struct dut_can_frame *frame);

#endif
