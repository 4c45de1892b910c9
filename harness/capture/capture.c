/* SPDX-License-Identifier: MIT */
/* capture.c: which format it is, and what is known of it afterwards: frames, damage, networks. What
 * the clock showed is kept by clock.c. */
#include "harness/capture/capture.h"
#include "harness/capture/source/clock.h"
#include "harness/capture/source/reader.h"
#include "harness/capture/source/source.h"
#include "sim/memory.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The most telling ones first: at equal marks the first is taken. */
static const struct reader *const readers[] = {
    &reader_candump_log, &reader_candump_console, &reader_csv, &reader_asc,
    &reader_blf,         &reader_pcapng,
};

#define READERS (sizeof readers / sizeof readers[0])

/* From this mark on nobody waits for more bytes to be surer. */
#define SURE 50

struct capture {
    struct source *source;
    const struct reader *reader;
    void *state;
    char network[CAPTURE_NETWORK_MAX]; /* wanted; "": all */
    size_t last_network;               /* most frames come from the one of the frame before */
    bool ended;
    uint64_t line;     /* of the last record: they only rise */
    uint64_t left_out; /* frames of networks that are not wanted */
    uint64_t unlisted; /* frames of networks beyond CAPTURE_NETWORKS_MAX */
    struct clock clock;
    struct capture_health health;
};

static const struct reader *recognise(const uint8_t *data, size_t size, int *mark) {
    const struct reader *best = NULL;
    *mark = 0;
    for (size_t i = 0; i < READERS; i++) {
        int m = readers[i]->recognise(data, size);
        if (m > *mark) {
            *mark = m;
            best = readers[i];
        }
    }
    return best;
}

/* Files of other programs that people try, by how they begin, and what to do with them. */
static const struct {
    const char *begins;
    size_t size;
    const char *is;
} known_others[] = {
    {"\xD0\xCF\x11\xE0", 4, "an Excel workbook (.xls): save it as CSV first"},
    {"PK\x03\x04", 4,
     "a zip archive or an Excel workbook (.xlsx): unpack it or save it as CSV first"},
    {"\x1F\x8B", 2, "compressed with gzip: pipe it through \"gunzip -c\""},
    {"\xFD"
     "7zXZ",
     5, "compressed with xz: pipe it through \"xz -dc\""},
    {"\x28\xB5\x2F\xFD", 4, "compressed with zstd: pipe it through \"zstd -dc\""},
    {"7z\xBC\xAF", 4, "a 7z archive: unpack it first"},
    {"Rar!", 4, "a RAR archive: unpack it first"},
    {"MDF ", 4, "an MDF file: export it as BLF, ASC or CSV first"},
    {"\x7F"
     "ELF",
     4, "a program"},
};

static void explain_refusal(const uint8_t *data, size_t size, struct problem *problem) {
    char begin[3 * 8 + 1] = "";
    for (size_t i = 0; i < sizeof known_others / sizeof known_others[0]; i++) {
        if (size >= known_others[i].size &&
            memcmp(data, known_others[i].begins, known_others[i].size) == 0) {
            problem_set(problem, "unknown capture format: it is %s", known_others[i].is);
            return;
        }
    }
    for (size_t i = 0; i < size && i < 8; i++) {
        snprintf(begin + 3 * i, 4, "%02X ", data[i]);
    }
    if (size == 0) {
        problem_set(problem, "the capture is empty");
    } else {
        problem_set(
            problem,
            "unknown capture format (the file begins with the bytes %s): candump, Vector ASC and "
            "BLF, "
            "pcapng and tables (CSV) can be read; for a table of another kind say where its "
            "columns are, for example --columns id=2,data=6,time=1",
            begin);
    }
}

static const struct reader *choose(struct source *source, const struct capture_options *options,
                                   struct problem *problem) {
    size_t size;
    int mark;
    const struct reader *reader;
    do {
        const uint8_t *data = source_peek(source, &size);
        reader = recognise(data, size, &mark);
    } while (mark < SURE && source_more(source));
    if (mark < SURE && options->columns && size > 0) {
        return &reader_csv;
    }
    if (reader) {
        return reader;
    }
    if (size == 0 && source_error(source)) {
        problem_set(problem, "cannot be read: %s", source_error(source));
    } else {
        explain_refusal(source_peek(source, &size), size, problem);
    }
    return NULL;
}

/* Options of tables, for what is none: whoever gives them means something by it. */
static bool table_options_misplaced(const struct reader *reader,
                                    const struct capture_options *options,
                                    struct problem *problem) {
    const char *option = options->columns ? "--columns" : "--time-unit";
    if (reader->format == CAPTURE_CSV || (!options->columns && !options->time_unit)) {
        return false;
    }
    problem_set(problem, "%s applies to tables (CSV) only; this capture is %s", option,
                capture_format_name(reader->format));
    return true;
}

struct capture *capture_from(struct source *source, const struct capture_options *options,
                             struct problem *problem) {
    static const struct capture_options none;
    if (!options) {
        options = &none;
    }
    struct capture *capture = memory_zeroed(1, sizeof *capture);
    capture->source = source;
    capture->reader = choose(source, options, problem);
    bool opens = capture->reader && !table_options_misplaced(capture->reader, options, problem);
    capture->state = opens ? capture->reader->open(source, options, problem) : NULL;
    if (!capture->state) {
        source_close(source);
        free(capture);
        return NULL;
    }
    if (options->network) {
        snprintf(capture->network, sizeof capture->network, "%s", options->network);
    }
    capture->health.format = capture->reader->format;
    return capture;
}

struct capture *capture_open(const char *path, const struct capture_options *options,
                             struct problem *problem) {
    struct problem reason;
    struct source *source = source_open(path, problem);
    if (!source) {
        return NULL;
    }
    struct capture *capture = capture_from(source, options, &reason);
    if (!capture) {
        problem_set(problem, "%s: %s", strcmp(path, "-") == 0 ? "standard input" : path,
                    reason.text);
    }
    return capture;
}

void capture_close(struct capture *capture) {
    if (!capture) {
        return;
    }
    capture->reader->close(capture->state);
    source_close(capture->source);
    free(capture);
}

static void note_damage(struct capture *capture, uint64_t line, const char what[READER_WHAT_SIZE]) {
    struct capture_health *health = &capture->health;
    health->damaged++;
    assert(line > 0 && health->damage_count <= CAPTURE_DAMAGES_MAX);
    if (health->damage_count == CAPTURE_DAMAGES_MAX) {
        return;
    }
    struct capture_damage *damage = &health->damages[health->damage_count++];
    damage->line = line;
    snprintf(damage->what, sizeof damage->what, "%s", what);
}

static size_t find_network(struct capture *capture, const char *name) {
    struct capture_health *health = &capture->health;
    for (size_t i = 0; i < health->network_count; i++) {
        if (strncmp(health->networks[i], name, CAPTURE_NETWORK_MAX - 1) == 0) {
            return i;
        }
    }
    if (health->network_count < CAPTURE_NETWORKS_MAX) {
        snprintf(health->networks[health->network_count++], CAPTURE_NETWORK_MAX, "%s", name);
    } else {
        return CAPTURE_NETWORKS_MAX; /* more than anybody has: handed out, not listed */
    }
    return health->network_count - 1;
}

/* Counts it; false: not the one that is wanted. */
static bool count_network(struct capture *capture, struct capture_frame *frame) {
    struct capture_health *health = &capture->health;
    size_t i = capture->last_network;
    if (!frame->network) {
        frame->network = "";
    }
    if (i >= health->network_count ||
        strncmp(health->networks[i], frame->network, CAPTURE_NETWORK_MAX - 1) != 0) {
        i = find_network(capture, frame->network);
    }
    if (i < CAPTURE_NETWORKS_MAX) {
        health->network_frames[i]++;
        capture->last_network = i;
        frame->network = health->networks[i];
    } else {
        capture->unlisted++;
    }
    bool wanted = !capture->network[0] || strcasecmp(capture->network, frame->network) == 0;
    capture->left_out += !wanted;
    return wanted;
}

static void note_end(struct capture *capture) {
    struct capture_health *health = &capture->health;
    capture->ended = true;
    health->read_error = source_error(capture->source);
}

/* Everything that is not a frame; false at the end. */
static bool other_outcome(struct capture *capture, enum reader_outcome outcome, uint64_t line,
                          const char what[READER_WHAT_SIZE]) {
    struct capture_health *health = &capture->health;
    switch (outcome) {
    case READER_REMOTE:
        health->remote++;
        break;
    case READER_ERROR_FRAME:
        health->error++;
        break;
    case READER_FD:
        health->fd++;
        break;
    case READER_OTHER:
        health->other++;
        break;
    case READER_CUT:
    case READER_DAMAGED:
        health->cut |= outcome == READER_CUT || source_cut(capture->source);
        note_damage(capture, line, what);
        break;
    case READER_END:
        note_end(capture);
        return false;
    case READER_FRAME:
    case READER_SKIPPED:
        break;
    }
    return true;
}

bool capture_next(struct capture *capture, struct capture_frame *frame) {
    char what[READER_WHAT_SIZE];
    while (!capture->ended) {
        frame->network = NULL;
        frame->sent = false;
        what[0] = '\0';
        enum reader_outcome outcome =
            capture->reader->next(capture->state, capture->source, frame, what);
        assert(outcome == READER_END || frame->line >= capture->line);
        capture->line = frame->line;
        if (outcome != READER_FRAME) {
            if (!other_outcome(capture, outcome, frame->line, what)) {
                return false;
            }
        } else if (frame->at_ns > CAPTURE_MOST_NS || frame->at_ns < -CAPTURE_MOST_NS) {
            snprintf(what, sizeof what, "time beyond what a clock can hold (the year 2261)");
            note_damage(capture, frame->line, what);
        } else if (count_network(capture, frame)) {
            enum capture_clock kind;
            char dialect[64];
            if (capture->health.frames++ == 0) {
                capture->reader->describe(capture->state, dialect, &kind);
                clock_start(&capture->clock, kind);
            }
            frame->at_ns = clock_see(&capture->clock, frame->at_ns, frame->line);
            assert(frame->at_ns >= 0 && frame->at_ns <= CAPTURE_MOST_NS && frame->frame.len <= 8);
            return true;
        }
    }
    return false;
}

/* Every frame is of one network, and either handed out or not wanted. */
static void check_sums(const struct capture *capture) {
    const struct capture_health *health = &capture->health;
    uint64_t frames = capture->unlisted;
    for (size_t i = 0; i < health->network_count; i++) {
        frames += health->network_frames[i];
    }
    assert(frames == health->frames + capture->left_out);
    assert(health->damage_count <= health->damaged && health->steps_back <= health->frames);
    (void)frames;
}

const struct capture_health *capture_health(const struct capture *capture) {
    /* What the clock and the reader know is asked for when somebody wants it, not at every
     * frame. */
    struct capture_health *health = &((struct capture *)(uintptr_t)capture)->health;
    const struct clock *clock = &capture->clock;
    enum capture_clock kind;
    capture->reader->describe(capture->state, health->dialect, &kind);
    health->clock = clock_kind(clock, kind);
    health->resolution_ns = clock_resolution_ns(clock);
    health->steps_back = clock->steps_back;
    health->first_back_line = clock->first_back_line;
    health->first_ns = clock->first_ns;
    health->last_ns = clock->last_ns;
    check_sums(capture);
    return health;
}
