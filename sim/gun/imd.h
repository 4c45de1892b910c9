/* SPDX-License-Identifier: MIT */
/* imd.h: the charger's insulation monitor, by two test resistors.
 *
 *   imd_init(&imd, &loop, &board, &dc, &imd_default, settled, me);
 *   imd_restart(&imd, now, true);          connected, or a contact has moved: it begins anew
 *   signal "insulation.positive", "insulation.negative": ohm, NAN while there is no reading
 *
 * It joins a resistor to PE to one pole, waits until the Y capacitors have settled, measures both poles
 * against PE, and does the same with the other pole. From the two ratios follow the conductances that
 * lead from each pole to PE, by whatever way: it measures what flows, and nothing else. Y capacitors
 * that are too large for its time, or a voltage that moves, falsify the reading as in a real one.
 *
 * With P and N the voltages from PE to DC+ and to DC- (as sizes), G+ and G- the conductances, Gt that
 * of the resistor:   P (G+ + Gt) = N G-   with it at DC+,    P G+ = N (G- + Gt)   with it at DC-. */
#ifndef SIM_GUN_IMD_H
#define SIM_GUN_IMD_H

#include "sim/dc/circuit.h"
#include "sim/loop.h"
#include "sim/signal.h"

struct imd_params {
    int64_t
        settle_ns;  /* connected until its reading is valid, half of it for each pole; typ. 0.8 s */
    double least_v; /* voltage below which it cannot measure */
    double test_ohm;
    double most_ohm; /* what it reads at most */
};

extern const struct imd_params imd_default;

struct imd {
    struct loop *loop;
    const struct imd_params *params;
    struct dc_circuit *dc;
    struct signal *readings[DC_POLES];
    struct timer timer;
    enum dc_pole pole;     /* where the resistor is; DC_POLES: nowhere */
    double first;          /* P/N with the resistor at DC+ */
    void (*moved)(void *); /* the circuit's next event may be another */
    void *ctx;
};

void imd_init(struct imd *imd, struct loop *loop, struct signal_board *board, struct dc_circuit *dc,
              const struct imd_params *params, void (*moved)(void *ctx), void *ctx);
void imd_restart(struct imd *imd, int64_t now_ns, bool connected);

#endif
