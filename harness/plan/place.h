/* SPDX-License-Identifier: MIT */
/* place.h: where what belongs to the program lies: installed, in a tree that was built, or in one that was
 * moved since.
 *
 *   library_open(place_scenarios(), ...);        "/usr/share/pilebench/scenarios"
 *
 * Looked for from the program's own file first, so that a moved tree finds its own. Never NULL; whoever
 * opens it says when it is not there. */
#ifndef HARNESS_PLAN_PLACE_H
#define HARNESS_PLAN_PLACE_H

#include <limits.h>
#include <stdbool.h>

/* The folder of cases, vehicles and profiles: $PILEBENCH_SCENARIOS before everything. */
const char *place_scenarios(void);
/* The program `pile`, the charger's own process of wiring vcan. */
const char *place_pile(void);
/* The file that is started as this program: without a slash the first of $PATH. False: there is none. */
bool place_program(const char *program, char file[PATH_MAX]);

#endif
