/* SPDX-License-Identifier: MIT */
#include "sim/gun/contactor.h"

#include <assert.h>
#include <string.h>

const struct contactor_params contactor_dc = {
    .close_ns = 25 * NS_PER_MS,
    .open_ns = 15 * NS_PER_MS,
    .bounce_ns = 300 * NS_PER_US,
    .feedback_ns = 3 * NS_PER_MS,
};
const struct contactor_params contactor_relay = {
    .close_ns = 10 * NS_PER_MS,
    .open_ns = 5 * NS_PER_MS,
    .bounce_ns = 0,
    .feedback_ns = 2 * NS_PER_MS,
};

/* What must be so whatever was commanded and broken. */
static bool sound(const struct contactor *contactor) {
    bool closed = signal_is(contactor->closed);
    return !(contactor->stuck_open && contactor->armature) &&
           (!closed || contactor->armature || contactor->welded) &&
           (!contactor->welded || closed) && contactor->bounces >= 0 && contactor->bounces <= 2;
}

static void show_feedback(struct contactor *contactor, int64_t now_ns) {
    if (contactor->feedback == NULL) {
        return;
    }
    bool shown = contactor->armature || (contactor->mirror && contactor->welded);
    signal_set(contactor->feedback, now_ns, shown);
}

static void set_main(struct contactor *contactor, bool closed, int64_t now_ns) {
    signal_set(contactor->closed, now_ns, closed || contactor->welded);
    assert(!signal_is(contactor->closed) || contactor->armature || contactor->welded);
    assert(!contactor->welded || signal_is(contactor->closed));
}

/* Parted once and rejoined after the first touch. Instants count from the touch, not from when the
 * loop came round to it: on the real clock a late bounce must not be overtaken by the feedback. */
static void bounce_later(struct contactor *contactor) {
    int64_t bounce_ns = contactor->params->bounce_ns;
    assert(contactor->bounces >= 0 && contactor->bounces <= 2);
    if (bounce_ns > 0 && contactor->bounces < 2) {
        contactor->bounces++;
        loop_set(contactor->loop, &contactor->main_timer,
                 contactor->touched_ns + contactor->bounces * bounce_ns);
    }
}

/* The armature arrives, or a bounce parts or rejoins the contacts. */
static void main_moves(void *ctx, int64_t now_ns) {
    struct contactor *contactor = ctx;
    const struct contactor_params *params = contactor->params;
    assert(!contactor->stuck_open);
    assert(now_ns - contactor->coil_ns >= (contactor->coil ? params->close_ns : params->open_ns));
    if (contactor->coil && contactor->armature) {
        set_main(contactor, contactor->bounces == 2, now_ns);
        bounce_later(contactor);
        return;
    }
    contactor->armature = contactor->coil;
    set_main(contactor, contactor->coil, now_ns);
    loop_set(contactor->loop, &contactor->feedback_timer, now_ns + params->feedback_ns);
    if (contactor->coil) {
        contactor->touched_ns = now_ns;
        contactor->bounces = 0;
        bounce_later(contactor);
    }
    assert(sound(contactor) && contactor->armature == contactor->coil);
}

static void feedback_moves(void *ctx, int64_t now_ns) {
    assert(sound(ctx));
    show_feedback(ctx, now_ns);
}

void contactor_init(struct contactor *contactor, struct loop *loop, struct signal_board *board,
                    const struct contactor_names *names, const struct contactor_params *params) {
    /* It bounces before its auxiliary contact follows. */
    assert(params->close_ns > 0 && params->open_ns > 0 &&
           params->feedback_ns > 2 * params->bounce_ns);
    memset(contactor, 0, sizeof *contactor);
    contactor->loop = loop;
    contactor->params = params;
    contactor->closed = signal_add(board, names->closed, SIGNAL_BOOL, "", names->closed_text);
    signal_set(contactor->closed, loop->now_ns, 0);
    if (names->feedback != NULL) {
        contactor->feedback =
            signal_add(board, names->feedback, SIGNAL_BOOL, "", names->feedback_text);
        signal_set(contactor->feedback, loop->now_ns, 0);
    }
    if (names->interrupted != NULL) {
        contactor->interrupted =
            signal_add(board, names->interrupted, SIGNAL_BOOL, "", names->interrupted_text);
        signal_set(contactor->interrupted, loop->now_ns, 1);
    }
    contactor->main_timer = (struct timer){.fire = main_moves, .ctx = contactor};
    contactor->feedback_timer = (struct timer){.fire = feedback_moves, .ctx = contactor};
}

void contactor_command(struct contactor *contactor, bool on, int64_t now_ns) {
    if (on == contactor->coil) {
        return;
    }
    contactor->coil = on;
    contactor->coil_ns = now_ns;
    if (contactor->stuck_open) {
        return;
    }
    if (on == contactor->armature) {
        /* Taken back before the armature moved. Contacts caught parted in a bounce rejoin. */
        loop_cancel(contactor->loop, &contactor->main_timer);
        set_main(contactor, on, contactor->loop->now_ns);
        return;
    }
    int64_t travel = on ? contactor->params->close_ns : contactor->params->open_ns;
    loop_set(contactor->loop, &contactor->main_timer, now_ns + travel);
    assert(contactor->main_timer.at_ns > now_ns && sound(contactor));
}

void contactor_weld(struct contactor *contactor, bool welded, int64_t now_ns) {
    contactor->welded = welded;
    set_main(contactor, contactor->armature, now_ns);
    show_feedback(contactor, now_ns);
    assert(sound(contactor));
}

void contactor_stick_open(struct contactor *contactor, bool stuck, int64_t now_ns) {
    contactor->stuck_open = stuck;
    loop_cancel(contactor->loop, &contactor->main_timer);
    if (stuck) {
        contactor->armature = false;
        set_main(contactor, false, now_ns);
        show_feedback(contactor, now_ns);
    } else if (contactor->coil) {
        loop_set(contactor->loop, &contactor->main_timer, now_ns + contactor->params->close_ns);
    }
    assert(sound(contactor));
}
