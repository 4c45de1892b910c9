/* SPDX-License-Identifier: MIT */
/* tie.h: the contactor between the buses of two guns, so that the modules of both can feed one of them; and
 * what two plugs have in common that stand in one vehicle.
 *
 *   struct gun_tie tie;
 *   gun_tie_init(&tie, &loop, &board, &gun_a, &gun_b);          after gun_init of both
 *   signal_set(signal_find(&board, "tie.command"), now, 1);     what a charger does
 *   contactor_weld(&tie.contactor, true, now);                  what a fault does
 *   gun_tie_share_vehicle(&tie, true, now);                     both plugs in one vehicle, with a's pack
 *
 * Takes the signal tie.command, publishes tie.closed (main contacts, both poles), tie.feedback (auxiliary
 * contact), tie.interrupted (parted, and no arc burns); at each make tie.making_difference, at each parting
 * tie.breaking_current, and vehicle.shared. The contacts travel as those of K1 and K2. From then on the circuits
 * of both guns are one (sim/dc/pair.h); commands and faults go to the guns as before. */
#ifndef SIM_GUN_TIE_H
#define SIM_GUN_TIE_H

#include "sim/dc/pair.h"
#include "sim/gun/gun.h"

struct gun_tie {
    struct loop *loop;
    struct gun *guns[DC_GUNS];
    struct dc_pair pair;
    struct contactor contactor;
    struct signal *command;
    struct signal *making_difference, *breaking_current, *shared;
    struct subscription on_command, on_closed;
};

/* tie and both guns keep their addresses; its signals are on the board by their plain names. */
void gun_tie_init(struct gun_tie *tie, struct loop *loop, struct signal_board *board, struct gun *a,
                  struct gun *b);
/* b's K5 and K6 lead to a's pack. */
void gun_tie_share_vehicle(struct gun_tie *tie, bool one, int64_t now_ns);

#endif
