/* SPDX-License-Identifier: MIT */
/* contactor.h: one contactor with travel time, bounce, auxiliary feedback, and what can be wrong with it.
 *
 *   struct contactor k1;
 *   contactor_init(&k1, &loop, &board, &contactor_names_k1, &contactor_dc);
 *   contactor_command(&k1, true, now);     coil on: contacts make after close_ns, bounce once
 *   contactor_weld(&k1, true, now);        its main contacts never part again
 *   contactor_slow(&k1, false, 100 * NS_PER_MS, CONTACTOR_SHOWN);    they part so much later
 *   contactor_mend(&k1, now);              but for the weld it is as new
 *
 * The main contacts and the auxiliary contact are signals (names->closed, names->feedback):
 * subscribe to them. Parted contacts may still carry an arc: names->interrupted, which whoever has the
 * circuit sets. An auxiliary contact that is not a mirror contact (IEC 60947-4-1 annex F)
 * follows the armature, and does not show a weld; one that is, does. Late and bouncing main contacts it
 * shows (the armature is late, the auxiliary contact waits for the last bounce) or not (it moves as that
 * of a sound contactor). */
#ifndef SIM_GUN_CONTACTOR_H
#define SIM_GUN_CONTACTOR_H

#include "sim/loop.h"
#include "sim/signal.h"

struct contactor_params {
    int64_t close_ns;    /* coil on to first touch of the main contacts */
    int64_t open_ns;     /* coil off to contacts parted */
    int64_t bounce_ns;   /* after the first touch: parted once for this long; 0 = no bounce */
    int64_t feedback_ns; /* auxiliary contact after the armature */
};

extern const struct contactor_params contactor_dc;    /* K1, K2, K5, K6: 25 ms, 15 ms */
extern const struct contactor_params contactor_relay; /* K3/K4: 10 ms, 5 ms */

/* Names of the signals; feedback is NULL when there is no auxiliary contact. */
struct contactor_names {
    const char *closed, *closed_text;
    const char *feedback, *feedback_text;
    const char *interrupted, *interrupted_text; /* NULL: not shown */
};

enum contactor_visibility {
    CONTACTOR_SHOWN,
    CONTACTOR_UNSEEN, /* the auxiliary contact shows nothing of it */
};

/* What is wrong with its movement; all 0: nothing. Holds from the next movement on. */
struct contactor_faults {
    int64_t close_ns, open_ns; /* main contacts so much later */
    bool close_unseen, open_unseen;
    int bounces; /* so many partings in place of one */
    int64_t bounce_ns;
    bool bounce_unseen;
    bool worn; /* the main contacts never make, though the armature moves */
};

struct contactor {
    struct loop *loop;
    const struct contactor_params *params;
    struct signal *closed;   /* main contacts, 1 = conducting */
    struct signal *feedback; /* auxiliary contact; NULL when it has none */
    struct signal
        *interrupted; /* parted, and no arc burns; the circuit knows: whoever has it sets this */
    bool coil;
    int64_t coil_ns; /* since when it is on or off */
    bool welded;     /* main contacts stay closed */
    bool mirror;     /* the auxiliary contact shows the main contacts */
    bool stuck_open; /* the armature does not move */
    bool armature;   /* pulled in, as the auxiliary contact sees it */
    struct contactor_faults faults;
    bool touched;       /* the main contacts have touched in this closing */
    int64_t touched_ns; /* when */
    int bounces;        /* partings and rejoinings of it so far */
    struct timer main_timer, feedback_timer;
    struct timer armature_timer; /* where it moves before the main contacts do */
};

void contactor_init(struct contactor *contactor, struct loop *loop, struct signal_board *board,
                    const struct contactor_names *names, const struct contactor_params *params);
void contactor_command(struct contactor *contactor, bool on, int64_t now_ns);
/* welded: the contacts, if closed, stay so; if open, they count as fused shut from now on. */
void contactor_weld(struct contactor *contactor, bool welded, int64_t now_ns);
void contactor_stick_open(struct contactor *contactor, bool stuck, int64_t now_ns);
/* The main contacts make, or part, so much later than they should: from the next movement on. */
void contactor_slow(struct contactor *contactor, bool closing, int64_t by_ns,
                    enum contactor_visibility visibility);
/* At each closing they part so many times, for that long each, with as long between; > 0. */
void contactor_bounce(struct contactor *contactor, int times, int64_t each_ns,
                      enum contactor_visibility visibility);
/* The main contacts do not touch any more; armature and auxiliary contact move as they should. */
void contactor_wear(struct contactor *contactor, int64_t now_ns);
/* Nothing is wrong any more, but that a welded one stays welded. */
void contactor_mend(struct contactor *contactor, int64_t now_ns);

#endif
