/* SPDX-License-Identifier: MIT */
/* signal.h: the named quantities of the bench, and who wants to know when they change.
 *
 *   struct signal *k1 = signal_add(&board, "k1.closed", SIGNAL_BOOL, "", "K1 main contacts");
 *   signal_set(k1, now_ns, 1);                       a stepped signal: holds until set again
 *   signal_subscribe(k1, &(struct subscription){.changed = fn, .ctx = me})   kept by the caller
 *
 * Two kinds of time behaviour:
 *  - stepped signals change only by signal_set; subscribers are called at each change of value;
 *  - continuous signals (a voltage) are solved by a source: signal_at gives the value at any
 *    instant up to now, signal_watch calls back at the exact instant a level is crossed, and
 *    signal_track keeps the extremes. On stepped signals both work as well, by the steps.
 *
 * A pulse signal (SIGNAL_PULSE) carries no value but a count: each signal_set is an occurrence
 * (a message came in) and calls the subscribers even when nothing else differs.
 *
 * Values are doubles: 0/1 for booleans, the raw number for enumerations, SI units as the unit
 * string says. A signal that was never set is unknown (known = false, signal_at gives NAN).
 * Names are lower case with dots ("gun.voltage"); message fields are CODE.field. What is of a view has its
 * prefix before that. */
#ifndef SIM_SIGNAL_H
#define SIM_SIGNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum signal_kind {
    SIGNAL_BOOL,
    SIGNAL_NUMBER,
    SIGNAL_PULSE,
};

/* Stands before the names of a pile's second gun: "gun2:k1.closed", "gun2:BCL.current_demand". */
#define SIGNAL_GUN2 "gun2:"
/* And, where both are named, before those of the first: the same as nothing. */
#define SIGNAL_GUN1 "gun1:"

static inline bool signal_is_of_gun1(const char *name) {
    return strncmp(name, SIGNAL_GUN1, sizeof SIGNAL_GUN1 - 1) == 0;
}

static inline bool signal_is_of_gun2(const char *name) {
    return strncmp(name, SIGNAL_GUN2, sizeof SIGNAL_GUN2 - 1) == 0;
}

struct signal;

/* A stepped change. Owned by the subscriber, linked while subscribed. */
struct subscription {
    void (*changed)(void *ctx, struct signal *signal, int64_t at_ns);
    void *ctx;
    struct subscription *next;
};

/* Call-back at the instant a level is crossed; rising = from below (or equal) to above. */
struct signal_watch {
    double level;
    void (*crossed)(void *ctx, struct signal *signal, int64_t at_ns, bool rising);
    void *ctx;
    void *source_data;         /* the source's own */
    struct signal_watch *next; /* on stepped signals: the signal's list */
    struct signal *signal;
};

/* Extremes since signal_track_start. What is set before that: how near an extreme has to be found, in
 * the signal's unit; 0: as exactly as the signal's owner knows it. */
struct signal_track {
    double tolerance;
    double min, max;
    int64_t min_ns, max_ns;
    void *source_data;
    struct signal_track *next;
    struct signal *signal;
};

/* What a continuous signal's owner provides. watch may be NULL: the signal can be read, but not
 * be compared in a condition (ask signal_can_watch before). */
struct signal_source {
    double (*at)(void *ctx, unsigned index, int64_t at_ns);
    void (*watch)(void *ctx, unsigned index, struct signal_watch *watch, bool on);
    void (*track)(void *ctx, unsigned index, struct signal_track *track, bool on);
    void (*track_read)(void *ctx, unsigned index, struct signal_track *track, int64_t at_ns);
    /* As track off and on again, cheaper; NULL: that is done instead. */
    void (*track_renew)(void *ctx, unsigned index, struct signal_track *track);
};

struct signal {
    const char *name;
    const char *unit; /* "" for booleans, counts, enumerations */
    const char *text; /* what it is, one line */
    enum signal_kind kind;
    bool known;
    double value;                       /* stepped: present value */
    int64_t changed_ns;                 /* stepped: since when */
    const struct signal_source *source; /* continuous: who solves it; NULL for stepped */
    void *source_ctx;
    unsigned source_index;
    bool quiet; /* continuous: of interest, and recorded, only where a condition names it */
    struct subscription *subscribers;
    struct signal_watch *watches; /* stepped signals only */
    struct signal_track *tracks;  /* stepped signals only */
    char *own_name;               /* behind name, where a view made it; else NULL */
    struct signal *next;          /* by name, in the board's bucket */
    struct signal *next_added;    /* in order of signal_add */
};

#define SIGNAL_BUCKETS 256

/* All signals of one bench. Zero-initialise. Signals live until signal_board_free.
 *
 * Of what is there twice, the second one works on a view of the board: signal_add and signal_find put the
 * view's prefix before each name ("gun2:k1.closed"), so that whoever uses them works unchanged. Names for
 * which is_common says so are there once and have no prefix, in the view neither; adding one again gives the
 * signal that is there. A name that has the prefix already means that of the board itself: to the second,
 * the first is the other one. A view has no list of signals, and nothing to be freed. */
struct signal_board {
    struct signal *buckets[SIGNAL_BUCKETS];
    struct signal *first, *last; /* in order of signal_add */
    size_t count;
    struct signal_board *whole; /* of a view; NULL: it is none */
    const char *prefix;
    bool (*is_common)(const char *name);
};

/* Name, unit and text must outlive the board (string literals or the owner's). Names are unique:
 * adding one twice is a programming error and aborts. */
struct signal *signal_add(struct signal_board *board, const char *name, enum signal_kind kind,
                          const char *unit, const char *text);
struct signal *signal_add_continuous(struct signal_board *board, const char *name, const char *unit,
                                     const char *text, const struct signal_source *source,
                                     void *ctx, unsigned index);
/* The whole board, of a view too. */
static inline const struct signal_board *signal_board_whole(const struct signal_board *board) {
    return board->whole != NULL ? board->whole : board;
}
/* NULL when there is none of that name. */
struct signal *signal_find(const struct signal_board *board, const char *name);
void signal_board_free(struct signal_board *board);

void signal_set(struct signal *signal, int64_t at_ns, double value);
double signal_at(const struct signal *signal, int64_t at_ns);
static inline bool signal_is(const struct signal *signal) {
    return signal->known && signal->value != 0.0;
}

/* Subscribers are called in the order of subscription. Unsubscribing inside a call-back is
 * allowed only for the subscription being called. */
void signal_subscribe(struct signal *signal, struct subscription *subscription);
void signal_unsubscribe(struct signal *signal, struct subscription *subscription);

static inline bool signal_can_watch(const struct signal *signal) {
    return signal->source == NULL || signal->source->watch != NULL;
}
void signal_watch_start(struct signal *signal, struct signal_watch *watch);
void signal_watch_stop(struct signal_watch *watch);

void signal_track_start(struct signal *signal, struct signal_track *track, int64_t now_ns);
void signal_track_read(struct signal_track *track, int64_t now_ns);
/* From now_ns on again; what it was so far has to be read before. */
void signal_track_renew(struct signal_track *track, int64_t now_ns);
void signal_track_stop(struct signal_track *track, int64_t now_ns);

#endif
