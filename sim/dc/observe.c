/* SPDX-License-Identifier: MIT */
#include "sim/dc/internal.h"

#include <assert.h>
#include <math.h>

/* ---- watches ---- */

static void note_due(struct dc_circuit *c, const struct dc_watch *watch) {
    if (watch->due_ns < c->watched_ns) {
        c->watched_ns = watch->due_ns;
    }
}

static void find_earliest(struct dc_circuit *c) {
    c->watched_ns = INT64_MAX;
    for (const struct dc_watch *watch = c->watches; watch != NULL; watch = watch->next) {
        note_due(c, watch);
    }
}

/* Next crossing after an instant of the segment, not before least_ns. */
static void find_crossing(struct dc_circuit *c, struct dc_watch *watch, double from_s,
                          int64_t least_ns) {
    const struct wave *wave = &c->waves[watch->quantity];
    double level = watch->level + (watch->above ? -DC_TOLERANCE : DC_TOLERANCE);
    watch->crosses = false;
    watch->due_ns = INT64_MAX;
    if (!(from_s < c->switching_s)) {
        return;
    }
    struct wave_search found = wave_find(wave, level, !watch->above, from_s, c->switching_s);
    watch->crosses = found.crossed;
    if (found.crossed || found.at_s < c->switching_s) {
        int64_t due = dc_instant(c, found.at_s);
        watch->due_ns = due > least_ns ? due : least_ns;
        assert(watch->due_ns >= c->origin_ns);
    }
}

void dc_observe_enter(struct dc_circuit *c) {
    for (struct dc_track *track = c->tracks; track != NULL; track = track->next) {
        track->seen_s = 0.0;
        track->seen_known = false;
    }
    for (struct dc_watch *watch = c->watches; watch != NULL; watch = watch->next) {
        if ((wave_at(&c->waves[watch->quantity], 0.0) > watch->level) != watch->above) {
            watch->crosses = true;
            watch->due_ns = dc_instant(c, 0.0);
        } else {
            find_crossing(c, watch, 0.0, c->now_ns);
        }
    }
    find_earliest(c);
}

void dc_observe_tell(struct dc_circuit *c) {
    struct dc_watch *watch = c->watches;
    while (watch != NULL) {
        if (watch->due_ns > c->now_ns) {
            watch = watch->next;
            continue;
        }
        bool crosses = watch->crosses;
        watch->above = crosses ? !watch->above : watch->above;
        find_crossing(c, watch, dc_since(c, c->now_ns), c->now_ns + 1);
        assert(watch->due_ns > c->now_ns);
        find_earliest(c);
        if (crosses) {
            watch->crossed(watch->ctx, c->now_ns, watch->above);
        }
        watch = c->watches; /* the list may have changed */
    }
}

void dc_watch_add(struct dc_circuit *c, struct dc_watch *watch) {
    assert(watch->quantity < DC_QUANTITIES && watch->crossed != NULL && !isnan(watch->level));
    double since_s = dc_since(c, c->now_ns);
    watch->above = wave_at(&c->waves[watch->quantity], since_s) > watch->level;
    watch->next = c->watches;
    c->watches = watch;
    find_crossing(c, watch, since_s, c->now_ns);
    note_due(c, watch);
}

void dc_watch_remove(struct dc_circuit *c, struct dc_watch *watch) {
    struct dc_watch **link = &c->watches;
    while (*link != NULL && *link != watch) {
        link = &(*link)->next;
    }
    if (*link != NULL) {
        *link = watch->next;
        find_earliest(c);
    }
}

/* ---- extremes ---- */

static int64_t nearest_ns(const struct dc_circuit *c, double since_s) {
    return c->origin_ns + (int64_t)floor((c->origin_s + since_s) * 1e9 + 0.5);
}

static void update_extremes(const struct dc_circuit *c, struct dc_track *track, double to_s) {
    if (to_s < track->seen_s) {
        return;
    }
    const struct wave *wave = &c->waves[track->quantity];
    double first = track->seen_known ? track->seen : wave_at(wave, track->seen_s);
    const double tolerance = fmax(track->tolerance, DC_TOLERANCE);
    const struct wave_range range = wave_range(wave, track->seen_s, first, to_s, tolerance);
    if (range.max > track->max) {
        track->max = range.max;
        track->max_ns = nearest_ns(c, range.max_s);
    }
    if (range.min < track->min) {
        track->min = range.min;
        track->min_ns = nearest_ns(c, range.min_s);
    }
    assert(track->min <= track->max);
    track->seen_s = to_s;
    track->seen = range.last;
    track->seen_known = true;
}

void dc_observe_leave(struct dc_circuit *c, double since_s) {
    for (struct dc_track *track = c->tracks; track != NULL; track = track->next) {
        update_extremes(c, track, since_s);
    }
}

void dc_track_add(struct dc_circuit *c, struct dc_track *track) {
    assert(track->quantity < DC_QUANTITIES);
    track->seen_known = false;
    track->next = c->tracks;
    c->tracks = track;
    dc_track_renew(c, track);
}

void dc_track_renew(const struct dc_circuit *c, struct dc_track *track) {
    double since_s = dc_since(c, c->now_ns);
    if (track->seen_known && track->seen_s == since_s) { /* it was read at this instant */
        track->min = track->max = track->seen;
        track->min_ns = track->max_ns = nearest_ns(c, since_s);
        return;
    }
    track->min = (double)INFINITY;
    track->max = (double)-INFINITY;
    track->seen_known = false;
    track->seen_s = since_s;
    update_extremes(c, track, since_s);
}

void dc_track_read(const struct dc_circuit *c, int64_t t_ns, struct dc_track *track) {
    update_extremes(c, track, dc_since(c, t_ns));
}

void dc_track_remove(struct dc_circuit *c, struct dc_track *track) {
    struct dc_track **link = &c->tracks;
    while (*link != NULL && *link != track) {
        link = &(*link)->next;
    }
    if (*link != NULL) {
        *link = track->next;
    }
}
