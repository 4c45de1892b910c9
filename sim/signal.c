/* SPDX-License-Identifier: MIT */
#include "sim/signal.h"

#include "sim/memory.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t hashed(uint32_t hash, const char *text) {
    for (const char *c = text; *c != '\0'; c++) {
        hash = (hash ^ (unsigned char)*c) * 16777619u;
    }
    return hash;
}

/* Of a prefix and a name behind it. */
static size_t bucket_of(const char *prefix, const char *name) {
    return hashed(hashed(2166136261u, prefix), name) % SIGNAL_BUCKETS; /* FNV-1a */
}

static struct signal *find(const struct signal_board *whole, const char *prefix, const char *name) {
    size_t length = strlen(prefix);
    struct signal *signal = whole->buckets[bucket_of(prefix, name)];
    while (signal != NULL && (strncmp(signal->name, prefix, length) != 0 ||
                              strcmp(signal->name + length, name) != 0)) {
        signal = signal->next;
    }
    return signal;
}

/* What stands before the name on the whole board. */
static const char *prefix_for(const struct signal_board *board, const char *name) {
    return board->whole == NULL || board->is_common(name) ? "" : board->prefix;
}

struct signal *signal_find(const struct signal_board *board, const char *name) {
    name += signal_is_of_gun1(name) ? strlen(SIGNAL_GUN1) : 0;
    size_t length = board->whole != NULL ? strlen(board->prefix) : 0;
    if (length > 0 && strncmp(name, board->prefix, length) == 0) {
        return find(board->whole, "", name + length);
    }
    return find(signal_board_whole(board), prefix_for(board, name), name);
}

struct signal *signal_add(struct signal_board *board, const char *name, enum signal_kind kind,
                          const char *unit, const char *text) {
    assert(kind == SIGNAL_BOOL || kind == SIGNAL_NUMBER || kind == SIGNAL_PULSE);
    const char *prefix = prefix_for(board, name);
    struct signal *there = signal_find(board, name);
    if (there != NULL && board->whole != NULL && prefix[0] == '\0') {
        assert(there->kind == kind && there->source == NULL);
        return there;
    }
    if (there != NULL) {
        fprintf(stderr, "signal %s%s is added twice\n", prefix, name);
        abort();
    }
    struct signal *signal = memory_zeroed(1, sizeof *signal);
    signal->own_name = prefix[0] != '\0' ? memory_format("%s%s", prefix, name) : NULL;
    signal->name = signal->own_name != NULL ? signal->own_name : name;
    board = board->whole != NULL ? board->whole : board;
    signal->unit = unit;
    signal->text = text;
    signal->kind = kind;
    size_t bucket = bucket_of("", signal->name);
    signal->next = board->buckets[bucket];
    board->buckets[bucket] = signal;
    if (board->last != NULL) {
        board->last->next_added = signal;
    } else {
        board->first = signal;
    }
    board->last = signal;
    board->count++;
    return signal;
}

struct signal *signal_add_continuous(struct signal_board *board, const char *name, const char *unit,
                                     const char *text, const struct signal_source *source,
                                     void *ctx, unsigned index) {
    struct signal *signal = signal_add(board, name, SIGNAL_NUMBER, unit, text);
    signal->known = true;
    signal->source = source;
    signal->source_ctx = ctx;
    signal->source_index = index;
    return signal;
}

void signal_board_free(struct signal_board *board) {
    struct signal *signal = board->first;
    while (signal != NULL) {
        struct signal *next = signal->next_added;
        free(signal->own_name);
        free(signal);
        signal = next;
    }
    memset(board, 0, sizeof *board);
}

static void keep_extremes(struct signal_track *track, double value, int64_t at_ns) {
    if (isnan(track->min) || value < track->min) {
        track->min = value;
        track->min_ns = at_ns;
    }
    if (isnan(track->max) || value > track->max) {
        track->max = value;
        track->max_ns = at_ns;
    }
    assert(!(track->min > track->max));
}

static void tell_watches(struct signal *signal, int64_t at_ns, bool was_known, double was,
                         double is) {
    struct signal_watch *next;
    for (struct signal_watch *watch = signal->watches; watch != NULL; watch = next) {
        next = watch->next;
        assert(watch->signal == signal);
        bool above = is > watch->level;
        if (!was_known || above != (was > watch->level)) {
            watch->crossed(watch->ctx, signal, at_ns, above);
        }
    }
}

void signal_set(struct signal *signal, int64_t at_ns, double value) {
    assert(signal->source == NULL);      /* continuous ones change by their source alone */
    assert(at_ns >= signal->changed_ns); /* the time of a signal never goes back */
    assert(signal->kind != SIGNAL_BOOL || value == 0.0 || value == 1.0 || isnan(value));
    assert(signal->kind != SIGNAL_PULSE || value >= signal->value); /* a count never falls */
    bool was_known = signal->known;
    double was = signal->value;
    bool same = was_known ? was == value : isnan(value);
    if (same && signal->kind != SIGNAL_PULSE) {
        return;
    }
    signal->value = value;
    signal->known = !isnan(value);
    signal->changed_ns = at_ns;
    for (struct signal_track *track = signal->tracks; track != NULL; track = track->next) {
        keep_extremes(track, value, at_ns);
    }
    if (signal->watches != NULL) {
        tell_watches(signal, at_ns, was_known, was, value);
    }
    struct subscription *next;
    for (struct subscription *one = signal->subscribers; one != NULL; one = next) {
        next = one->next;
        assert(signal->changed_ns == at_ns && (signal->value == value || isnan(value)));
        one->changed(one->ctx, signal, at_ns);
    }
}

double signal_at(const struct signal *signal, int64_t at_ns) {
    if (signal->source != NULL) {
        return signal->source->at(signal->source_ctx, signal->source_index, at_ns);
    }
    return signal->known ? signal->value : (double)NAN;
}

void signal_subscribe(struct signal *signal, struct subscription *subscription) {
    struct subscription **end = &signal->subscribers;
    while (*end != NULL) {
        assert(*end != subscription); /* called once for each change */
        end = &(*end)->next;
    }
    subscription->next = NULL;
    *end = subscription;
}

void signal_unsubscribe(struct signal *signal, struct subscription *subscription) {
    struct subscription **link = &signal->subscribers;
    while (*link != NULL && *link != subscription) {
        link = &(*link)->next;
    }
    if (*link != NULL) {
        *link = subscription->next;
    }
}

void signal_watch_start(struct signal *signal, struct signal_watch *watch) {
    assert(signal_can_watch(signal) && !isnan(watch->level));
    watch->signal = signal;
    if (signal->source != NULL) {
        signal->source->watch(signal->source_ctx, signal->source_index, watch, true);
        return;
    }
    watch->next = signal->watches;
    signal->watches = watch;
}

void signal_watch_stop(struct signal_watch *watch) {
    struct signal *signal = watch->signal;
    if (signal->source != NULL) {
        signal->source->watch(signal->source_ctx, signal->source_index, watch, false);
        return;
    }
    struct signal_watch **link = &signal->watches;
    while (*link != NULL && *link != watch) {
        link = &(*link)->next;
    }
    assert(*link != NULL); /* begun, and not ended before */
    if (*link != NULL) {
        *link = watch->next;
    }
}

void signal_track_start(struct signal *signal, struct signal_track *track, int64_t now_ns) {
    track->signal = signal;
    track->min = track->max = (double)NAN;
    track->min_ns = track->max_ns = now_ns;
    if (signal->source != NULL) {
        signal->source->track(signal->source_ctx, signal->source_index, track, true);
        return;
    }
    if (signal->known) {
        keep_extremes(track, signal->value, now_ns);
    }
    track->next = signal->tracks;
    signal->tracks = track;
    assert(!(track->min > track->max));
}

void signal_track_read(struct signal_track *track, int64_t now_ns) {
    struct signal *signal = track->signal;
    if (signal->source != NULL) {
        signal->source->track_read(signal->source_ctx, signal->source_index, track, now_ns);
    }
    assert(
        !(track->min > track->max)); /* its instants may be a frame's stamp, later than the loop */
}

void signal_track_renew(struct signal_track *track, int64_t now_ns) {
    struct signal *signal = track->signal;
    const struct signal_source *source = signal->source;
    track->min = track->max = (double)NAN;
    track->min_ns = track->max_ns = now_ns;
    if (source == NULL && signal->known) {
        keep_extremes(track, signal->value, now_ns);
    } else if (source != NULL && source->track_renew != NULL) {
        source->track_renew(signal->source_ctx, signal->source_index, track);
    } else if (source != NULL) {
        source->track(signal->source_ctx, signal->source_index, track, false);
        source->track(signal->source_ctx, signal->source_index, track, true);
    }
}

void signal_track_stop(struct signal_track *track, int64_t now_ns) {
    struct signal *signal = track->signal;
    signal_track_read(track, now_ns);
    if (signal->source != NULL) {
        signal->source->track(signal->source_ctx, signal->source_index, track, false);
        return;
    }
    struct signal_track **link = &signal->tracks;
    while (*link != NULL && *link != track) {
        link = &(*link)->next;
    }
    assert(*link != NULL);
    if (*link != NULL) {
        *link = track->next;
    }
}
