/* SPDX-License-Identifier: MIT */
/* wiring.h: which signal of the bench is which channel of the device under test (dut.h), for
 * every host of a DUT, in this process or in another.
 *
 *   struct dut_wiring wiring;
 *   dut_wiring_bind(&wiring, &board, 1);
 *   int32_t mv = dut_wiring_input(&wiring, 0, DUT_IN_OUTER_MV, now_ns);
 *   dut_wiring_output(&wiring, 0, DUT_OUT_K1, now_ns, 1);
 *
 * Channels are integers in small units (mV, mA, 0.1 degC), signals doubles in SI units:
 * channel = round(signal * factor), saturated to int32. A signal that nobody provides, or whose
 * value is not known (yet), reads as the table's missing value: that of a channel with nothing
 * connected, off for every switch. Protective earth therefore reads broken until it is known.
 *
 * Gun 0 uses the plain names, gun 1 the prefix "gun2:"; signals of the whole pile (e-stop, door,
 * AC supply) have one name for both. */
#ifndef HARNESS_DUT_WIRING_H
#define HARNESS_DUT_WIRING_H

#include "firmware-under-test/include/dut.h"
#include "sim/signal.h"

struct dut_input_wire {
    const char *signal[DUT_GUNS_MAX];
    double factor;   /* channel units per signal unit */
    int32_t missing; /* what an unknown or absent signal reads */
    bool steps;      /* on_input is called when it changes; else the firmware samples it */
};

struct dut_output_wire {
    const char *signal[DUT_GUNS_MAX];
    double factor; /* channel units per signal unit */
    const char *unit, *text;
    enum signal_kind kind;
};

extern const struct dut_input_wire dut_input_wires[DUT_INPUTS];
extern const struct dut_output_wire dut_output_wires[DUT_OUTPUTS];

struct dut_wiring {
    unsigned guns;
    struct signal *inputs[DUT_GUNS_MAX][DUT_INPUTS];   /* NULL: nobody provides it */
    struct signal *outputs[DUT_GUNS_MAX][DUT_OUTPUTS]; /* never NULL below guns */
};

/* Finds the input signals and finds or adds the command signals on the board. The plant adds its
 * signals before. guns: 1..DUT_GUNS_MAX. */
void dut_wiring_bind(struct dut_wiring *wiring, struct signal_board *board, unsigned guns);

/* The input channels of gun that nobody provides, by signal name, one a call: the first for
 * *cursor = 0, NULL when there are no more. For the report's list of what was not wired. */
const char *dut_wiring_missing(const struct dut_wiring *wiring, unsigned gun, unsigned *cursor);

/* An input as the DUT reads it at now_ns. A gun or channel that does not exist reads 0. */
int32_t dut_wiring_input(const struct dut_wiring *wiring, unsigned gun, enum dut_input channel,
                         int64_t now_ns);

/* Sets the command signal. False when there is no such gun or channel. */
bool dut_wiring_output(const struct dut_wiring *wiring, unsigned gun, enum dut_output channel,
                       int64_t at_ns, int32_t value);

#endif
