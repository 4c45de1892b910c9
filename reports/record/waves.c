/* SPDX-License-Identifier: MIT */
#include "reports/record/waves.h"

#include "sim/memory.h"

#include <assert.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CODE_SIZE 8 /* of a signal in a VCD */

static bool is_wanted(const char *name, const char *const *patterns, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (fnmatch(patterns[i], name, 0) == 0) {
            return true;
        }
    }
    return count == 0;
}

static int by_name(const void *left, const void *right) {
    const struct recorded_signal *const *a = left, *const *b = right;
    return strcmp((*a)->name, (*b)->name);
}

struct waves waves_of(const struct recording *recording, const char *const *patterns,
                      size_t pattern_count) {
    struct waves waves = {memory_zeroed(recording->signal_count + 1, sizeof(void *)), 0};
    for (size_t i = 0; i < recording->signal_count; i++) {
        const struct recorded_signal *signal = &recording->signals[i];
        if (is_wanted(signal->name, patterns, pattern_count)) {
            waves.signals[waves.count++] = signal;
        }
    }
    qsort(waves.signals, waves.count, sizeof *waves.signals, by_name);
    return waves;
}

void waves_clear(struct waves *waves) {
    free(waves->signals);
    *waves = (struct waves){0};
}

/* ---- all samples in the order of time ---- */

struct moment {
    int64_t at_ns;
    size_t signal, sample;
};

static int by_time(const void *left, const void *right) {
    const struct moment *a = left, *b = right;
    if (a->at_ns != b->at_ns) {
        return a->at_ns < b->at_ns ? -1 : 1;
    }
    if (a->signal != b->signal) {
        return a->signal < b->signal ? -1 : 1;
    }
    return a->sample < b->sample ? -1 : a->sample > b->sample;
}

static struct moment *moments_of(const struct waves *waves, size_t *count) {
    size_t total = 0;
    for (size_t i = 0; i < waves->count; i++) {
        total += waves->signals[i]->count;
    }
    struct moment *moments = memory_zeroed(total + 1, sizeof *moments);
    *count = 0;
    for (size_t i = 0; i < waves->count; i++) {
        for (size_t k = 0; k < waves->signals[i]->count; k++) {
            moments[(*count)++] = (struct moment){waves->signals[i]->samples[k].at_ns, i, k};
        }
    }
    assert(*count == total);
    qsort(moments, total, sizeof *moments, by_time);
    return moments;
}

/* ---- VCD ---- */

/* Printable characters from ! on, the lowest digit first. */
static void code_of(size_t index, char code[CODE_SIZE]) {
    size_t length = 0;
    do {
        assert(length < CODE_SIZE - 1);
        code[length++] = (char)('!' + index % 94);
        index /= 94;
    } while (index > 0);
    code[length] = '\0';
}

/* "gun" of "gun.voltage"; 0: it is in no group. */
static size_t group_length(const char *name) {
    const char *dot = strchr(name, '.');
    return dot != NULL ? (size_t)(dot - name) : 0;
}

static void put_variables(struct buffer *text, const struct waves *waves) {
    const char *group = "";
    size_t length = 0;
    for (size_t i = 0; i < waves->count; i++) {
        const struct recorded_signal *signal = waves->signals[i];
        const size_t own = group_length(signal->name);
        char code[CODE_SIZE];
        if (own != length || strncmp(signal->name, group, own) != 0) {
            buffer_put(text, length > 0 ? "$upscope $end\n" : "");
            if (own > 0) {
                buffer_format(text, "$scope module %.*s $end\n", (int)own, signal->name);
            }
            group = signal->name;
            length = own;
        }
        code_of(i, code);
        buffer_format(text, "$var %s %s %s $end\n", signal->number ? "real 64" : "wire 1", code,
                      signal->name + (own > 0 ? own + 1 : 0));
    }
    buffer_put(text, length > 0 ? "$upscope $end\n" : "");
}

static void put_value(struct buffer *text, const struct recorded_signal *signal, size_t sample,
                      size_t index) {
    const double value = signal->samples[sample].value;
    char code[CODE_SIZE];
    code_of(index, code);
    if (!signal->number) {
        buffer_format(text, "%c%s\n", isnan(value) ? 'x' : value != 0 ? '1' : '0', code);
    } else if (isnan(value)) {
        buffer_format(text, "rNaN %s\n", code);
    } else {
        buffer_format(text, "r%.12g %s\n", value, code);
    }
}

void waves_put_vcd(struct buffer *text, const struct waves *waves, const char *name) {
    size_t count;
    struct moment *moments = moments_of(waves, &count);
    buffer_put(text, "$version pilebench $end\n$timescale 1 ns $end\n");
    buffer_format(text, "$scope module %s $end\n", name);
    put_variables(text, waves);
    buffer_put(text, "$upscope $end\n$enddefinitions $end\n");
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || moments[i].at_ns != moments[i - 1].at_ns) {
            buffer_format(text, "#%" PRId64 "\n", moments[i].at_ns);
        }
        put_value(text, waves->signals[moments[i].signal], moments[i].sample, moments[i].signal);
    }
    free(moments);
}

/* ---- CSV ---- */

static void put_row(struct buffer *text, const struct waves *waves, int64_t at_ns) {
    buffer_format(text, "%" PRId64 ".%09" PRId64, at_ns / 1000000000, at_ns % 1000000000);
    for (size_t i = 0; i < waves->count; i++) {
        const double value = recorded_at(waves->signals[i], at_ns);
        buffer_put(text, ",");
        if (!isnan(value)) {
            buffer_format(text, "%.12g", value);
        }
    }
    buffer_put(text, "\n");
}

void waves_put_csv(struct buffer *text, const struct waves *waves) {
    size_t count;
    struct moment *moments = moments_of(waves, &count);
    buffer_put(text, "time_s");
    for (size_t i = 0; i < waves->count; i++) {
        buffer_format(text, ",%s", waves->signals[i]->name);
    }
    buffer_put(text, "\n");
    for (size_t i = 0; i < count; i++) {
        if (i + 1 == count || moments[i + 1].at_ns != moments[i].at_ns) { /* after all of it */
            put_row(text, waves, moments[i].at_ns);
        }
    }
    free(moments);
}
