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

static int partings(const struct contactor *contactor) {
    int own = contactor->params->bounce_ns > 0 ? 1 : 0;
    return contactor->faults.bounces > 0 ? contactor->faults.bounces : own;
}

static int64_t bounce_ns(const struct contactor *contactor) {
    return contactor->faults.bounces > 0 ? contactor->faults.bounce_ns
                                         : contactor->params->bounce_ns;
}

/* What must be so whatever was commanded and broken. */
static bool sound(const struct contactor *contactor) {
    bool closed = signal_is(contactor->closed);
    bool to_come = loop_is_set(&contactor->main_timer); /* later than the armature */
    return !(contactor->stuck_open && contactor->armature) &&
           (!closed || contactor->armature || contactor->welded || to_come) &&
           (!contactor->welded || closed) && contactor->bounces >= 0;
}

static void show_feedback(struct contactor *contactor, int64_t now_ns) {
    if (contactor->feedback == NULL) {
        return;
    }
    bool shown = contactor->armature || (contactor->mirror && contactor->welded);
    signal_set(contactor->feedback, now_ns, shown);
}

static void set_main(struct contactor *contactor, bool closed, int64_t now_ns) {
    signal_set(contactor->closed, now_ns, (closed && !contactor->faults.worn) || contactor->welded);
    assert(!contactor->welded || signal_is(contactor->closed));
}

/* Parted and rejoined after the first touch. Instants count from the touch, not from when the
 * loop came round to it: on the real clock a late bounce must not be overtaken by the feedback. */
static void bounce_later(struct contactor *contactor) {
    assert(contactor->bounces >= 0 && bounce_ns(contactor) >= 0);
    if (contactor->bounces < 2 * partings(contactor)) {
        contactor->bounces++;
        loop_set(contactor->loop, &contactor->main_timer,
                 contactor->touched_ns + contactor->bounces * bounce_ns(contactor));
    }
}

/* The auxiliary contact follows, once the bounces that it shows are over. */
static void armature_moves(void *ctx, int64_t now_ns) {
    struct contactor *contactor = ctx;
    const struct contactor_faults *faults = &contactor->faults;
    int64_t shown_ns = contactor->coil && faults->bounces > 0 && !faults->bounce_unseen
                           ? 2 * faults->bounces * faults->bounce_ns
                           : 0;
    assert(!contactor->stuck_open);
    contactor->armature = contactor->coil;
    loop_set(contactor->loop, &contactor->feedback_timer,
             now_ns + shown_ns + contactor->params->feedback_ns);
}

/* The main contacts arrive, or a bounce parts or rejoins them. */
static void main_moves(void *ctx, int64_t now_ns) {
    struct contactor *contactor = ctx;
    const struct contactor_params *params = contactor->params;
    bool with_armature = contactor->armature != contactor->coil;
    assert(!contactor->stuck_open);
    assert(!with_armature ||
           now_ns - contactor->coil_ns >= (contactor->coil ? params->close_ns : params->open_ns));
    if (contactor->coil && contactor->touched && !with_armature) {
        set_main(contactor, contactor->bounces % 2 == 0, now_ns);
        bounce_later(contactor);
        return;
    }
    contactor->armature = contactor->coil;
    contactor->touched = contactor->coil;
    set_main(contactor, contactor->coil, now_ns);
    if (with_armature) {
        armature_moves(contactor, now_ns);
    }
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
    contactor->armature_timer = (struct timer){.fire = armature_moves, .ctx = contactor};
}

/* By how much later than the armature they arrive, 0: with it. */
static int64_t behind_ns(const struct contactor *contactor, bool closing) {
    const struct contactor_faults *faults = &contactor->faults;
    if (closing) {
        return faults->close_unseen ? faults->close_ns : 0;
    }
    return faults->open_unseen ? faults->open_ns : 0;
}

static void set_off(struct contactor *contactor, bool closing, int64_t now_ns) {
    const struct contactor_params *params = contactor->params;
    const struct contactor_faults *faults = &contactor->faults;
    int64_t travel = closing ? params->close_ns : params->open_ns;
    int64_t late = closing ? faults->close_ns : faults->open_ns;
    if (behind_ns(contactor, closing) > 0) {
        loop_set(contactor->loop, &contactor->armature_timer, now_ns + travel);
    }
    loop_set(contactor->loop, &contactor->main_timer, now_ns + travel + late);
    assert(contactor->main_timer.at_ns > now_ns);
}

/* Before the armature moved. Contacts caught parted in a bounce rejoin; some that lag behind the armature
 * have their way before them still. */
static void take_back(struct contactor *contactor, bool on, int64_t now_ns) {
    loop_cancel(contactor->loop, &contactor->main_timer);
    loop_cancel(contactor->loop, &contactor->armature_timer);
    if (on && !contactor->touched) {
        loop_set(contactor->loop, &contactor->main_timer, now_ns + behind_ns(contactor, true));
    } else {
        set_main(contactor, on, contactor->loop->now_ns);
    }
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
        take_back(contactor, on, now_ns);
        return;
    }
    loop_cancel(contactor->loop, &contactor->armature_timer);
    set_off(contactor, on, now_ns);
    assert(sound(contactor));
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
    loop_cancel(contactor->loop, &contactor->armature_timer);
    if (stuck) {
        contactor->armature = contactor->touched = false;
        set_main(contactor, false, now_ns);
        show_feedback(contactor, now_ns);
    } else if (contactor->coil) {
        set_off(contactor, true, now_ns);
    }
    assert(sound(contactor));
}

void contactor_slow(struct contactor *contactor, bool closing, int64_t by_ns,
                    enum contactor_visibility visibility) {
    struct contactor_faults *faults = &contactor->faults;
    assert(by_ns >= 0);
    if (closing) {
        faults->close_ns = by_ns;
        faults->close_unseen = visibility == CONTACTOR_UNSEEN;
    } else {
        faults->open_ns = by_ns;
        faults->open_unseen = visibility == CONTACTOR_UNSEEN;
    }
}

void contactor_bounce(struct contactor *contactor, int times, int64_t each_ns,
                      enum contactor_visibility visibility) {
    assert(times > 0 && each_ns > 0);
    contactor->faults.bounces = times;
    contactor->faults.bounce_ns = each_ns;
    contactor->faults.bounce_unseen = visibility == CONTACTOR_UNSEEN;
}

void contactor_wear(struct contactor *contactor, int64_t now_ns) {
    contactor->faults.worn = true;
    set_main(contactor, false, now_ns);
    assert(sound(contactor));
}

void contactor_mend(struct contactor *contactor, int64_t now_ns) {
    bool worn = contactor->faults.worn;
    contactor->faults = (struct contactor_faults){0};
    if (contactor->stuck_open) {
        contactor_stick_open(contactor, false, now_ns);
    } else if (worn) {
        set_main(contactor, contactor->armature, now_ns);
    }
    assert(sound(contactor));
}
