/* SPDX-License-Identifier: MIT */
#include "reports/record/recording.h"
#include "sim/memory.h"
#include "sim/text/buffer.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VEHICLE_NETWORK "bms"
#define SIGNAL_MAX      512 /* different names in one file; more is not a recording */

/* The quantities of the DC circuit and the pilots, sampled rather than stepped. */
static const char *const continuous_names[] = {
    "output.voltage",  "gun.voltage",     "gun.current",  "battery.current", "battery.voltage",
    "modules.voltage", "modules.current", "cc1.voltage",  "cc2.voltage",     "contactor.difference",
    "output.positive", "output.negative", "gun.positive", "gun.negative",
};

static bool is_continuous(const char *name) {
    for (size_t i = 0; i < sizeof continuous_names / sizeof continuous_names[0]; i++) {
        if (strcmp(name, continuous_names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void *grown(void *array, size_t count, size_t *room, size_t size) {
    if (count < *room) {
        return array;
    }
    assert(count == *room);
    size_t more = *room > 0 ? 2 * *room : 64;
    void *bigger = memory_zeroed(more, size);
    if (count > 0) {
        memcpy(bigger, array, count * size);
    }
    free(array);
    *room = more;
    return bigger;
}

static struct recorded_signal *find(const struct recording *recording, const char *name) {
    for (size_t i = 0; i < recording->signal_count; i++) {
        if (strcmp(recording->signals[i].name, name) == 0) {
            return &recording->signals[i];
        }
    }
    return NULL;
}

static struct recorded_signal *find_or_add(struct recording *recording, const char *name) {
    struct recorded_signal *signal = find(recording, name);
    if (signal == NULL && recording->signal_count < SIGNAL_MAX) {
        recording->signals = grown(recording->signals, recording->signal_count,
                                   &recording->signal_room, sizeof *recording->signals);
        signal = &recording->signals[recording->signal_count++];
        *signal =
            (struct recorded_signal){.name = memory_copy(name), .continuous = is_continuous(name)};
    }
    return signal;
}

static void add_sample(struct recorded_signal *signal, int64_t at_ns, double value) {
    assert(signal->count == 0 || signal->samples[signal->count - 1].at_ns <= at_ns);
    signal->samples = grown(signal->samples, signal->count, &signal->room, sizeof *signal->samples);
    signal->samples[signal->count++] = (struct recorded_sample){at_ns, value};
}

/* ------------------------------------------------------------------ signals/CASE.csv */

/* The bench samples all continuous signals together, at each switching and then at intervals that
 * grow with the time since it, by this share of it; a signal that did not change gets no line. So
 * one whose last line is older than the sampling before this one rested until then. Without this a
 * voltage that rests for seconds and then drops would be drawn as a long slope. */
#define SAMPLING_GROWTH 0.08

struct csv_reading {
    int64_t now_ns;                    /* of the last line */
    int64_t sampled_ns, sampling_ns;   /* the samplings before now_ns and at it, as far as seen */
    int64_t switched_ns, switching_ns; /* the same for switches */
    size_t bad;
};

static void note(int64_t at_ns, int64_t *before_ns, int64_t *latest_ns) {
    if (at_ns > *latest_ns) {
        *before_ns = *latest_ns;
        *latest_ns = at_ns;
    }
}

/* The latest instant before at_ns at which there must have been a sampling. */
static int64_t sampling_before(const struct csv_reading *reading, int64_t at_ns) {
    bool switching = reading->switching_ns == at_ns;
    int64_t switched = switching ? reading->switched_ns : reading->switching_ns;
    switched = switched > 0 ? switched : 0;
    int64_t due = switched + (int64_t)((double)(at_ns - switched) / (1 + SAMPLING_GROWTH));
    assert(switched <= due && due <= at_ns && reading->sampled_ns < at_ns);
    return due > reading->sampled_ns ? due : reading->sampled_ns;
}

/* A resting signal that changes at a switching jumps there. */
static void hold(struct recorded_signal *signal, const struct csv_reading *reading, int64_t at_ns) {
    if (signal->count > 0) {
        const struct recorded_sample *last = &signal->samples[signal->count - 1];
        int64_t until_ns = sampling_before(reading, at_ns);
        if (last->at_ns < until_ns && until_ns < at_ns) {
            bool jumps = reading->switching_ns == at_ns;
            add_sample(signal, jumps ? at_ns : until_ns, last->value);
        }
    }
}

static bool take_sample(struct recording *recording, char *line, struct csv_reading *reading) {
    char *name, *number, *end;
    errno = 0;
    long long at_ns = strtoll(line, &name, 10);
    if (name == line || *name != ',' || errno != 0 || at_ns < reading->now_ns) {
        return false;
    }
    number = strchr(++name, ',');
    if (number == NULL || number == name) {
        return false;
    }
    *number++ = '\0';
    double value = strtod(number, &end);
    if (end == number || *end != '\0' || isinf(value)) {
        return false;
    }
    struct recorded_signal *signal = find_or_add(recording, name);
    if (signal == NULL) {
        return false;
    }
    reading->now_ns = at_ns;
    signal->number = signal->number || (value != 0 && value != 1 && !isnan(value));
    if (signal->continuous) {
        note(at_ns, &reading->sampled_ns, &reading->sampling_ns);
        hold(signal, reading, at_ns);
    } else if (!signal->number) {
        note(at_ns, &reading->switched_ns, &reading->switching_ns);
    }
    add_sample(signal, at_ns, value);
    assert(reading->sampled_ns <= reading->sampling_ns && reading->sampling_ns <= at_ns);
    assert(reading->switched_ns <= reading->switching_ns && reading->switching_ns <= at_ns);
    return true;
}

/* "" or nothing read: no line. Line ends are taken off. */
static bool next_line(char **line, size_t *room, FILE *stream) {
    ssize_t length = getline(line, room, stream);
    while (length > 0 && ((*line)[length - 1] == '\n' || (*line)[length - 1] == '\r')) {
        (*line)[--length] = '\0';
    }
    return length >= 0;
}

static FILE *open_file(const char *folder, const char *file, char *problem, size_t problem_size) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, file);
    FILE *stream = fopen(path, "re");
    if (stream == NULL) {
        snprintf(problem, problem_size, "%s: %s", file, strerror(errno));
    }
    return stream;
}

static void report_bad_lines(char *problem, size_t problem_size, const char *file, size_t bad) {
    if (bad > 0) {
        snprintf(problem, problem_size, "%s: %zu lines cannot be read", file, bad);
    }
}

static void load_signals(struct recording *recording, const char *folder, const char *file) {
    struct csv_reading reading = {
        .sampled_ns = -1, .sampling_ns = -1, .switched_ns = -1, .switching_ns = -1};
    FILE *stream =
        open_file(folder, file, recording->signals_problem, sizeof recording->signals_problem);
    if (stream == NULL) {
        return;
    }
    char *line = NULL;
    size_t room = 0;
    bool first = true;
    while (next_line(&line, &room, stream)) {
        bool heading = first && strncmp(line, "time_ns,", 8) == 0;
        first = false;
        if (!heading && line[0] != '\0' && !take_sample(recording, line, &reading)) {
            reading.bad++;
        }
    }
    free(line);
    fclose(stream);
    report_bad_lines(recording->signals_problem, sizeof recording->signals_problem, file,
                     reading.bad);
}

/* ------------------------------------------------------------------ traces/CASE.log */

static bool take_time(const char *text, const char **after, int64_t *at_ns) {
    char *end;
    errno = 0;
    long long seconds = strtoll(text, &end, 10);
    if (end == text || *end != '.' || errno != 0 || seconds < 0 ||
        seconds > INT64_MAX / 4000000000) {
        return false;
    }
    int64_t fraction = 0;
    int64_t weight = 100000000;
    const char *digit = end + 1;
    for (; isdigit((unsigned char)*digit); digit++) {
        fraction += (*digit - '0') * weight;
        weight /= 10;
    }
    assert(fraction >= 0 && fraction < 1000000000);
    *at_ns = seconds * 1000000000 + fraction;
    *after = digit;
    return *digit == ')';
}

static int nibble(char c) {
    if (isdigit((unsigned char)c)) {
        return c - '0';
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool take_data(const char *text, struct recorded_frame *frame) {
    for (frame->length = 0; frame->length < 8; frame->length++) {
        int high = nibble(text[0]);
        int low = high < 0 ? -1 : nibble(text[1]);
        if (low < 0) {
            break;
        }
        frame->data[frame->length] = (uint8_t)(high * 16 + low);
        text += 2;
    }
    assert(frame->length <= sizeof frame->data);
    return *text == '\0' || *text == ' ';
}

enum frame_line {
    FRAME_BAD,
    FRAME_OTHER, /* well-formed, and nothing the plots draw */
    FRAME_DRAWN,
};

static enum frame_line take_frame(const char *line, struct recorded_frame *frame) {
    const char *after;
    char network[32];
    char id[16];
    int used = 0;
    if (line[0] != '(' || !take_time(line + 1, &after, &frame->at_ns) ||
        sscanf(after, ") %31s %15[0-9A-Fa-f]#%n", network, id, &used) != 2 || used == 0) {
        return FRAME_BAD;
    }
    if (strcmp(network, VEHICLE_NETWORK) != 0 || strlen(id) != 8 || after[used] == '#' ||
        after[used] == 'R') {
        return FRAME_OTHER;
    }
    unsigned long number = strtoul(id, NULL, 16);
    frame->id = (uint32_t)number & 0x1FFFFFFF;
    if (number > 0x1FFFFFFF) { /* error frames carry a flag above the 29 bits */
        return FRAME_OTHER;
    }
    return take_data(after + used, frame) ? FRAME_DRAWN : FRAME_BAD;
}

static void load_trace(struct recording *recording, const char *folder, const char *file) {
    FILE *stream =
        open_file(folder, file, recording->trace_problem, sizeof recording->trace_problem);
    if (stream == NULL) {
        return;
    }
    char *line = NULL;
    size_t room = 0;
    size_t bad = 0;
    int64_t last_ns = 0;
    while (next_line(&line, &room, stream)) {
        struct recorded_frame frame = {0};
        enum frame_line kind = line[0] == '\0' ? FRAME_OTHER : take_frame(line, &frame);
        if (kind == FRAME_BAD || (kind == FRAME_DRAWN && frame.at_ns < last_ns)) {
            bad++;
        } else if (kind == FRAME_DRAWN) {
            last_ns = frame.at_ns;
            recording->frames = grown(recording->frames, recording->frame_count,
                                      &recording->frame_room, sizeof *recording->frames);
            recording->frames[recording->frame_count++] = frame;
        }
    }
    free(line);
    fclose(stream);
    report_bad_lines(recording->trace_problem, sizeof recording->trace_problem, file, bad);
}

/* ------------------------------------------------------------------ in memory */

struct recording *recording_load(const char *folder, const struct result_case *one) {
    struct recording *recording = memory_zeroed(1, sizeof *recording);
    if (one->signals != NULL) {
        load_signals(recording, folder, one->signals);
    }
    if (one->trace != NULL) {
        load_trace(recording, folder, one->trace);
    }
    return recording;
}

const struct recorded_signal *recording_signal(const struct recording *recording,
                                               const char *name) {
    return find(recording, name);
}

/* Index of the last sample at or before at_ns; count if there is none. */
static size_t index_at(const struct recorded_signal *signal, int64_t at_ns) {
    size_t low = 0;
    size_t high = signal->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (signal->samples[middle].at_ns <= at_ns) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    assert(low == 0 || signal->samples[low - 1].at_ns <= at_ns);
    assert(low == signal->count || signal->samples[low].at_ns > at_ns);
    return low > 0 ? low - 1 : signal->count;
}

double recorded_at(const struct recorded_signal *signal, int64_t at_ns) {
    size_t i = index_at(signal, at_ns);
    if (i == signal->count) {
        return (double)NAN;
    }
    const struct recorded_sample *a = &signal->samples[i];
    const struct recorded_sample *b = a + 1;
    if (!signal->continuous || i + 1 == signal->count || isnan(b->value) || b->at_ns == a->at_ns) {
        return a->value;
    }
    double part = (double)(at_ns - a->at_ns) / (double)(b->at_ns - a->at_ns);
    assert(part >= 0 && part <= 1); /* between its neighbours, never beyond them */
    return a->value + part * (b->value - a->value);
}

bool recorded_changes(const struct recorded_signal *signal, int64_t from_ns, int64_t to_ns) {
    double before = recorded_at(signal, from_ns);
    assert(from_ns <= to_ns);
    for (size_t i = 0; i < signal->count && signal->samples[i].at_ns <= to_ns; i++) {
        double value = signal->samples[i].value;
        if (signal->samples[i].at_ns > from_ns && value != before &&
            !(isnan(value) && isnan(before))) {
            return true;
        }
    }
    return false;
}

void recording_free(struct recording *recording) {
    for (size_t i = 0; i < recording->signal_count; i++) {
        free(recording->signals[i].name);
        free(recording->signals[i].samples);
    }
    free(recording->signals);
    free(recording->frames);
    free(recording);
}
