/* SPDX-License-Identifier: MIT */
#include "harness/run/recorder.h"

#include "sim/memory.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INTEGER_SIZE 24
#define VALUE_SIZE   40
#define NINE_DIGITS  1e9

struct recorded {
    struct recorder *recorder;
    struct signal *signal;
    struct subscription subscription;
    double last; /* continuous: as last written */
};

struct recorder {
    struct loop *loop;
    FILE *file;
    char *path; /* its name once it is whole */
    char *part; /* its name until then */
    struct recorded *stepped, *continuous;
    size_t stepped_count, continuous_count;
    struct timer sample_timer;
    int64_t switched_ns; /* the last switching */
    int failure;         /* errno of the first write that failed */
};

/* Names of message fields and messages start with a capital: CST, CST.emergency_stop. */
static bool from_a_message(const struct signal *signal) {
    const char *name = signal->name;
    name += signal_is_of_gun2(name) ? strlen(SIGNAL_GUN2) : 0;
    return isupper((unsigned char)name[0]);
}

/* As %lld does; returns the length. */
static size_t put_integer(char *text, int64_t number) {
    char digits[INTEGER_SIZE];
    size_t count = 0, length = 0;
    assert(number > INT64_MIN);
    if (number < 0) {
        text[length++] = '-';
        number = -number;
    }
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0) {
        text[length++] = digits[--count];
    }
    return length;
}

/* As %.9g does. Most of an hour's values are whole, and a long one costs as much as a frame's way. */
static size_t put_value(char *text, size_t size, double value) {
    if (isnan(value)) {
        return (size_t)snprintf(text, size, "nan");
    }
    bool whole = fabs(value) < NINE_DIGITS && value == (double)(int64_t)value;
    return whole && !(value == 0 && signbit(value)) ? put_integer(text, (int64_t)value)
                                                    : (size_t)snprintf(text, size, "%.9g", value);
}

static void put_line(struct recorder *recorder, int64_t at_ns, const char *name, double value) {
    assert(at_ns >= 0);
    char time[INTEGER_SIZE], number[VALUE_SIZE];
    size_t time_length = put_integer(time, at_ns);
    size_t length = put_value(number, sizeof number - 1, value);
    number[length++] = '\n';
    size_t name_length = strlen(name);
    bool written = fwrite(time, 1, time_length, recorder->file) == time_length &&
                   putc(',', recorder->file) != EOF &&
                   fwrite(name, 1, name_length, recorder->file) == name_length &&
                   putc(',', recorder->file) != EOF &&
                   fwrite(number, 1, length, recorder->file) == length;
    if (!written && recorder->failure == 0) {
        recorder->failure = errno;
    }
}

static void sample(struct recorder *recorder, int64_t now_ns) {
    for (size_t i = 0; i < recorder->continuous_count; i++) {
        struct recorded *one = &recorder->continuous[i];
        if (one->signal->quiet) {
            continue;
        }
        double value = signal_at(one->signal, now_ns);
        if (value != one->last) {
            put_line(recorder, now_ns, one->signal->name, value);
            one->last = value;
        }
    }
}

static void sample_later(struct recorder *recorder, int64_t now_ns) {
    int64_t fine = recorder->loop->clock == LOOP_REAL ? RECORDER_FINE_REAL_NS : RECORDER_FINE_NS;
    int64_t interval = (now_ns - recorder->switched_ns) * RECORDER_GROWTH_PERCENT / 100;
    interval = interval < fine ? fine : interval;
    interval = interval > RECORDER_COARSE_NS ? RECORDER_COARSE_NS : interval;
    assert(recorder->switched_ns <= now_ns && interval >= fine && interval <= RECORDER_COARSE_NS);
    loop_set(recorder->loop, &recorder->sample_timer, now_ns + interval);
}

static void sample_due(void *ctx, int64_t now_ns) {
    sample(ctx, now_ns);
    sample_later(ctx, now_ns);
}

/* Every stepped change may be a switching: what follows it is drawn finely. Set points and
 * registers that creep all the time would keep it fine for ever, so only booleans count. */
static void stepped_changed(void *ctx, struct signal *signal, int64_t at_ns) {
    assert(signal->source == NULL);
    struct recorded *one = ctx;
    struct recorder *recorder = one->recorder;
    put_line(recorder, at_ns, signal->name, signal->known ? signal->value : (double)NAN);
    if (signal->kind == SIGNAL_BOOL) {
        int64_t now = recorder->loop->now_ns;
        recorder->switched_ns = now;
        sample(recorder, now);
        sample_later(recorder, now);
    }
}

static void add(struct recorder *recorder, struct signal *signal) {
    assert(!from_a_message(signal));
    bool continuous = signal->source != NULL;
    struct recorded *one = continuous ? &recorder->continuous[recorder->continuous_count++]
                                      : &recorder->stepped[recorder->stepped_count++];
    *one = (struct recorded){.recorder = recorder, .signal = signal, .last = (double)NAN};
    if (!continuous) {
        if (signal->known) {
            put_line(recorder, recorder->loop->now_ns, signal->name, signal->value);
        }
        one->subscription = (struct subscription){.changed = stepped_changed, .ctx = one};
        signal_subscribe(signal, &one->subscription);
    }
}

static void release(struct recorder *recorder) {
    free(recorder->path);
    free(recorder->part);
    free(recorder->stepped); /* the continuous ones lie behind them */
    free(recorder);
}

static void begin(struct recorder *recorder, struct signal_board *board) {
    fputs("time_ns,signal,value\n", recorder->file);
    for (struct signal *signal = board->first; signal != NULL; signal = signal->next_added) {
        if (!from_a_message(signal)) {
            add(recorder, signal);
        }
    }
    assert(recorder->stepped_count + recorder->continuous_count <= board->count);
    recorder->switched_ns = recorder->loop->now_ns;
    sample_due(recorder, recorder->loop->now_ns);
}

struct recorder *recorder_open(const char *path, struct loop *loop, struct signal_board *board,
                               struct problem *problem) {
    struct recorder *recorder = memory_zeroed(1, sizeof *recorder);
    recorder->path = memory_copy(path);
    recorder->part = memory_format("%s.part", path);
    recorder->loop = loop;
    recorder->stepped = memory_zeroed(2 * board->count, sizeof *recorder->stepped);
    recorder->continuous = recorder->stepped + board->count;
    recorder->sample_timer = (struct timer){.fire = sample_due, .ctx = recorder};
    recorder->file = fopen(recorder->part, "w");
    if (recorder->file == NULL) {
        problem_set(problem, "cannot write %s: %s", recorder->part, strerror(errno));
        release(recorder);
        return NULL;
    }
    begin(recorder, board);
    return recorder;
}

static void stop(struct recorder *recorder) {
    sample(recorder, recorder->loop->now_ns);
    loop_cancel(recorder->loop, &recorder->sample_timer);
    for (size_t i = 0; i < recorder->stepped_count; i++) {
        struct recorded *one = &recorder->stepped[i];
        signal_unsubscribe(one->signal, &one->subscription);
    }
}

/* True: the file has its final name. */
static bool finish_file(struct recorder *recorder) {
    if (fflush(recorder->file) != 0 && recorder->failure == 0) {
        recorder->failure = errno;
    }
    if (fclose(recorder->file) != 0 && recorder->failure == 0) {
        recorder->failure = errno;
    }
    if (recorder->failure == 0 && rename(recorder->part, recorder->path) != 0) {
        recorder->failure = errno;
    }
    return recorder->failure == 0;
}

bool recorder_close(struct recorder *recorder, struct problem *problem) {
    if (recorder == NULL) {
        return true;
    }
    stop(recorder);
    bool whole = finish_file(recorder);
    if (!whole) {
        problem_set(problem, "cannot write %s: %s", recorder->part, strerror(recorder->failure));
    }
    release(recorder);
    return whole;
}
