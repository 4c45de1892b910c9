/* SPDX-License-Identifier: MIT */
#include "harness/run/recorder.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE 512

struct recorded {
    struct recorder *recorder;
    struct signal *signal;
    struct subscription subscription;
    double last; /* continuous: as last written */
};

struct recorder {
    struct loop *loop;
    FILE *file;
    char path[PATH_SIZE], part[PATH_SIZE + 8];
    struct recorded *stepped, *continuous;
    size_t stepped_count, continuous_count;
    struct timer sample_timer;
    int64_t switched_ns; /* the last switching */
    int failure;         /* errno of the first write that failed */
};

/* Names of message fields and messages start with a capital: CST, CST.emergency_stop. */
static bool from_a_message(const struct signal *signal) {
    return isupper((unsigned char)signal->name[0]);
}

static void put(struct recorder *recorder, int64_t at_ns, const char *name, double value) {
    if (fprintf(recorder->file, isnan(value) ? "%lld,%s,nan\n" : "%lld,%s,%.9g\n", (long long)at_ns,
                name, value) < 0 &&
        recorder->failure == 0) {
        recorder->failure = errno;
    }
}

static void sample(struct recorder *recorder, int64_t now_ns) {
    for (size_t i = 0; i < recorder->continuous_count; i++) {
        struct recorded *one = &recorder->continuous[i];
        double value = signal_at(one->signal, now_ns);
        if (value != one->last) {
            put(recorder, now_ns, one->signal->name, value);
            one->last = value;
        }
    }
}

static void sample_later(struct recorder *recorder, int64_t now_ns) {
    int64_t fine = recorder->loop->clock == LOOP_REAL ? RECORDER_FINE_REAL_NS : RECORDER_FINE_NS;
    int64_t interval = (now_ns - recorder->switched_ns) * RECORDER_GROWTH_PERCENT / 100;
    interval = interval < fine ? fine : interval;
    interval = interval > RECORDER_COARSE_NS ? RECORDER_COARSE_NS : interval;
    loop_set(recorder->loop, &recorder->sample_timer, now_ns + interval);
}

static void sample_due(void *ctx, int64_t now_ns) {
    sample(ctx, now_ns);
    sample_later(ctx, now_ns);
}

/* Every stepped change may be a switching: what follows it is drawn finely. Set points and
 * registers that creep all the time would keep it fine for ever, so only booleans count. */
static void stepped_changed(void *ctx, struct signal *signal, int64_t at_ns) {
    struct recorded *one = ctx;
    struct recorder *recorder = one->recorder;
    put(recorder, at_ns, signal->name, signal->known ? signal->value : (double)NAN);
    if (signal->kind == SIGNAL_BOOL) {
        int64_t now = recorder->loop->now_ns;
        recorder->switched_ns = now;
        sample(recorder, now);
        sample_later(recorder, now);
    }
}

static void add(struct recorder *recorder, struct signal *signal) {
    bool continuous = signal->source != NULL;
    struct recorded *one = continuous ? &recorder->continuous[recorder->continuous_count++]
                                      : &recorder->stepped[recorder->stepped_count++];
    *one = (struct recorded){.recorder = recorder, .signal = signal, .last = (double)NAN};
    if (!continuous) {
        if (signal->known) {
            put(recorder, recorder->loop->now_ns, signal->name, signal->value);
        }
        one->subscription = (struct subscription){.changed = stepped_changed, .ctx = one};
        signal_subscribe(signal, &one->subscription);
    }
}

struct recorder *recorder_open(const char *path, struct loop *loop, struct signal_board *board,
                               char *why, size_t why_size) {
    struct recorder *recorder = calloc(1, sizeof *recorder);
    struct recorded *both = calloc(2 * board->count + 1, sizeof *both);
    if (recorder == NULL || both == NULL) {
        fputs("recorder: out of memory\n", stderr);
        abort();
    }
    snprintf(recorder->path, sizeof recorder->path, "%s", path);
    snprintf(recorder->part, sizeof recorder->part, "%s.part", path);
    recorder->file = fopen(recorder->part, "w");
    if (recorder->file == NULL) {
        snprintf(why, why_size, "cannot write %s: %s", recorder->part, strerror(errno));
        free(both);
        free(recorder);
        return NULL;
    }
    recorder->loop = loop;
    recorder->stepped = both;
    recorder->continuous = both + board->count;
    recorder->sample_timer = (struct timer){.fire = sample_due, .ctx = recorder};
    fputs("time_ns,signal,value\n", recorder->file);
    for (struct signal *signal = board->first; signal != NULL; signal = signal->next_added) {
        if (!from_a_message(signal)) {
            add(recorder, signal);
        }
    }
    recorder->switched_ns = loop->now_ns;
    sample_due(recorder, loop->now_ns);
    return recorder;
}

bool recorder_close(struct recorder *recorder, char *why, size_t why_size) {
    sample(recorder, recorder->loop->now_ns);
    loop_cancel(recorder->loop, &recorder->sample_timer);
    for (size_t i = 0; i < recorder->stepped_count; i++) {
        struct recorded *one = &recorder->stepped[i];
        signal_unsubscribe(one->signal, &one->subscription);
    }
    if (fflush(recorder->file) != 0 && recorder->failure == 0) {
        recorder->failure = errno;
    }
    if (fclose(recorder->file) != 0 && recorder->failure == 0) {
        recorder->failure = errno;
    }
    if (recorder->failure == 0 && rename(recorder->part, recorder->path) != 0) {
        recorder->failure = errno;
    }
    bool whole = recorder->failure == 0;
    if (!whole) {
        snprintf(why, why_size, "cannot write %s: %s", recorder->part, strerror(recorder->failure));
    }
    free(recorder->stepped);
    free(recorder);
    return whole;
}
