/* SPDX-License-Identifier: MIT */
/* dice.h: the random treatment of a DC circuit, for its property tests.
 *
 *   dice_seed = 1;
 *   bool on = dice_draw() < 0.6;                    0 <= dice_draw() < 1
 *   if (!dice_command(&c, now_ns, (int)(dice_draw() * 12), on)) {
 *       ... a command of one's own ...              DICE_PICK(0.0, 200.0, 375.0): one of them
 *   } */
#ifndef TESTS_SIM_SUPPORT_DICE_H
#define TESTS_SIM_SUPPORT_DICE_H

#include "sim/dc/circuit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

extern uint64_t dice_seed; /* not 0 */

double dice_draw(void);
double dice_pick(const double *values, size_t count);

#define DICE_PICK(...)                                                                             \
    dice_pick((const double[]){__VA_ARGS__}, sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

/* Supply, contacts in pairs, discharge, diode, short circuit, pack: number 0 to 7. False: another number,
 * nothing is done. */
bool dice_command(struct dc_circuit *c, int64_t now_ns, int number, bool on);

#endif
