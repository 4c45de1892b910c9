/* SPDX-License-Identifier: MIT */
/* pile_channels.h: inputs and outputs of the controller as frames of pile_io.h.
 *
 *   pile_channels_init(&channels, guns, &io, name, version);
 *   pile_channels_frame(&channels, now_ns, &frame);     each frame of the I/O network
 *   if (pile_channels_ready(&channels)) run the firmware over
 *       pile_channels_declare(...)                      once, when it was started
 *       pile_channels_stepped(...)                      for its on_input
 *       pile_channels_input(...), pile_channels_output(...)
 *   next = pile_channels_serve(&channels, now_ns);      sends what changed or is due */
#ifndef PILE_CHANNELS_H
#define PILE_CHANNELS_H

#include "dut.h"
#include "pile_can.h"
#include "pile_io.h"

#define PILE_OUTPUT_FRAMES 4 /* COMMANDS, MODULES, STATUS, EXTRA */

struct pile_channels {
    struct pile_can *io;
    unsigned guns;
    char identity[PILE_IO_IDENTITY_SIZE];
    unsigned identity_length;
    int32_t inputs[DUT_GUNS_MAX][DUT_INPUTS];
    uint64_t stepped[DUT_GUNS_MAX]; /* channels, as bits */
    unsigned frames_seen;           /* input frames, as bits: those of gun 0, of gun 1 */
    int64_t switches_ns;            /* when the last SWITCHES came */
    bool inputs_lost;
    int32_t outputs[DUT_GUNS_MAX][DUT_OUTPUTS];
    bool dirty[DUT_GUNS_MAX][PILE_OUTPUT_FRAMES];
    bool extra[DUT_GUNS_MAX]; /* an output of EXTRA was set at some time */
    bool declared;            /* what the firmware is and has */
    int32_t capabilities[DUT_GUNS_MAX][DUT_CAPABILITIES];
    uint8_t sequence[DUT_GUNS_MAX];
    int64_t due_ns; /* next periodic sending */
    uint32_t alive_count;
};

void pile_channels_init(struct pile_channels *channels, unsigned guns, struct pile_can *io,
                        const char *name, const char *version);
void pile_channels_frame(struct pile_channels *channels, int64_t now_ns,
                         const struct pile_frame *frame);

/* All inputs of gun 0 have come once. */
bool pile_channels_ready(const struct pile_channels *channels);

/* What the firmware declares, by gun and enum dut_capability; told to the bench at once. Until then
 * ALIVE does not say that the firmware runs. */
void pile_channels_declare(struct pile_channels *channels,
                           int32_t (*capability)(void *ctx, unsigned gun, enum dut_capability what),
                           void *ctx);

/* The next input that stepped; false when there is none left. */
bool pile_channels_stepped(struct pile_channels *channels, unsigned *gun, enum dut_input *channel);

/* Channels that do not exist read 0 and are not set. */
int32_t pile_channels_input(const struct pile_channels *channels, unsigned gun,
                            enum dut_input channel);
void pile_channels_output(struct pile_channels *channels, unsigned gun, enum dut_output channel,
                          int32_t value);
void pile_channels_clear_outputs(struct pile_channels *channels);

/* Sends changed outputs. Done before a message of the firmware goes out as well, so that the bench
 * sees both in the order in which the firmware did them. */
void pile_channels_flush(struct pile_channels *channels);

/* Sends changed outputs and what is due by period, and watches the bench's silence. Returns the
 * instant of the next due one. */
int64_t pile_channels_serve(struct pile_channels *channels, int64_t now_ns);

#endif
