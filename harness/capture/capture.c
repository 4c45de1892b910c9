/* SPDX-License-Identifier: MIT */
/* capture.c: which format it is, and what is known of it afterwards: frames, damage, networks. What
 * the clock showed is kept by clock.c. */
#include "harness/capture/capture.h"
#include "harness/capture/source/clock.h"
#include "harness/capture/source/reader.h"
#include "harness/capture/source/source.h"
#include "sim/memory.h"
#include "sim/text/phrase.h"

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

/* Frames by which something can be said of all of them. */
#define SEVERAL 8

struct capture {
    struct source *source;
    const struct reader *reader;
    void *state;
    char network[CAPTURE_NETWORK_MAX]; /* wanted; "": all */
    size_t last_network;               /* most frames come from the one of the frame before */
    bool ended;
    uint64_t line;     /* of the last record: they only rise */
    bool long_data;    /* a frame with more than one byte was there */
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
        assert(m >= 0 && m <= 100); /* or the others have no chance */
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
    struct phrase is;
} known_others[] = {
    {"\xD0\xCF\x11\xE0",
     4,
     {"an Excel workbook (.xls): save it as CSV first", "Excel工作簿（.xls）：请先另存为CSV"}},
    {"PK\x03\x04",
     4,
     {"a zip archive or an Excel workbook (.xlsx): unpack it or save it as CSV first",
      "zip压缩包或Excel工作簿（.xlsx）：请先解压或另存为CSV"}},
    {"\x1F\x8B",
     2,
     {"compressed with gzip: pipe it through \"gunzip -c\"",
      "gzip压缩文件：请用“gunzip -c”解压后经管道输入"}},
    {"\xFD"
     "7zXZ",
     5,
     {"compressed with xz: pipe it through \"xz -dc\"",
      "xz压缩文件：请用“xz -dc”解压后经管道输入"}},
    {"\x28\xB5\x2F\xFD",
     4,
     {"compressed with zstd: pipe it through \"zstd -dc\"",
      "zstd压缩文件：请用“zstd -dc”解压后经管道输入"}},
    {"7z\xBC\xAF", 4, {"a 7z archive: unpack it first", "7z压缩包：请先解压"}},
    {"Rar!", 4, {"a RAR archive: unpack it first", "RAR压缩包：请先解压"}},
    {"MDF ",
     4,
     {"an MDF file: export it as BLF, ASC or CSV first", "MDF文件：请先导出为BLF、ASC或CSV"}},
    {"%PDF", 4, {"a PDF document: the capture itself is needed", "PDF文档：需要原始的报文记录"}},
    {"\x7F"
     "ELF",
     4,
     {"a program", "程序文件"}},
};

/* Every second byte of UTF-16 in ASCII is zero; with a mark in front it would have been read. */
static bool is_utf16_without_mark(const uint8_t *data, size_t size) {
    const size_t looked = size < 256 ? size & ~(size_t)1 : 256;
    size_t zeros[2] = {0};
    for (size_t i = 0; i < looked; i++) {
        zeros[i % 2] += data[i] == '\0';
    }
    return looked >= 16 &&
           ((zeros[1] * 4 > looked && zeros[0] == 0) || (zeros[0] * 4 > looked && zeros[1] == 0));
}

static void explain_refusal(const uint8_t *data, size_t size, struct problem *problem) {
    char begin[3 * 8 + 1] = "";
    for (size_t i = 0; i < sizeof known_others / sizeof known_others[0]; i++) {
        if (size >= known_others[i].size &&
            memcmp(data, known_others[i].begins, known_others[i].size) == 0) {
            problem_set(problem, "unknown capture format: it is %s", known_others[i].is.en);
            snprintf(problem->zh, sizeof problem->zh, "无法识别的报文记录格式：%s",
                     known_others[i].is.zh);
            return;
        }
    }
    for (size_t i = 0; i < size && i < 8; i++) {
        snprintf(begin + 3 * i, 4, "%02X ", data[i]);
    }
    if (size == 0) {
        problem_set_both(problem, "the capture is empty", "报文记录是空的");
    } else if (is_utf16_without_mark(data, size)) {
        problem_set_both(
            problem,
            "unknown capture format: it is UTF-16 without a byte order mark: save it as "
            "UTF-8",
            "无法识别的报文记录格式：没有字节顺序标记的UTF-16文本，请另存为UTF-8");
    } else {
        problem_set_both(
            problem,
            "unknown capture format (the file begins with the bytes %s): candump, Vector ASC and "
            "BLF, pcapng and tables (CSV) can be read; for a table of another kind say where its "
            "columns are, for example --columns id=2,data=6,time=1",
            "无法识别的报文记录格式（文件开头的字节为%s）：可读取candump、Vector "
            "ASC和BLF、pcapng以及表格（CSV）；其他表格请说明各列位置，例如--columns "
            "id=2,data=6,time=1",
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
        problem_set_both(problem, "cannot be read: %s", "无法读取：%s", source_error(source));
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
    problem_set_both(problem, "%s applies to tables (CSV) only; this capture is %s",
                     "%s只适用于表格（CSV）；此报文记录为%s", option,
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
    struct problem reason = {0};
    struct source *source = source_open(path, problem);
    if (!source) {
        return NULL;
    }
    struct capture *capture = capture_from(source, options, &reason);
    if (!capture) {
        bool piped = strcmp(path, "-") == 0;
        problem_set(problem, "%s: %s", piped ? "standard input" : path, reason.text);
        if (reason.zh[0] != '\0') {
            snprintf(problem->zh, sizeof problem->zh, "%s：%s", piped ? "标准输入" : path,
                     reason.zh);
        }
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

static void note_damage(struct capture *capture, uint64_t line, const struct capture_text *what,
                        bool lost) {
    struct capture_health *health = &capture->health;
    health->damaged += !lost;
    health->losses += lost;
    assert(line > 0 && health->damage_count <= CAPTURE_DAMAGES_MAX);
    if (health->damage_count == CAPTURE_DAMAGES_MAX) {
        return;
    }
    struct capture_damage *damage = &health->damages[health->damage_count++];
    damage->line = line;
    damage->lost = lost;
    damage->what = *what;
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

static void note_data(struct capture *capture, const struct capture_frame *frame) {
    capture->long_data = capture->long_data || frame->frame.len > 1;
    if (frame->unended) {
        capture->health.unended_line = frame->line;
    }
}

/* Everything that is not a frame; false at the end. */
static bool other_outcome(struct capture *capture, enum reader_outcome outcome, uint64_t line,
                          const struct capture_text *what) {
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
        note_damage(capture, line, what, false);
        break;
    case READER_LOST_SOMEWHERE:
        health->lost_somewhere = true;
        note_damage(capture, line, what, true);
        break;
    case READER_LOST:
        note_damage(capture, line, what, true);
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
    struct capture_text what;
    while (!capture->ended) {
        frame->sent = frame->unended = false;
        what.en[0] = what.zh[0] = '\0';
        enum reader_outcome outcome =
            capture->reader->next(capture->state, capture->source, frame, &what);
        assert(outcome == READER_END || frame->line >= capture->line);
        capture->line = frame->line;
        if (outcome != READER_FRAME) {
            if (!other_outcome(capture, outcome, frame->line, &what)) {
                return false;
            }
        } else if (frame->at_ns > CAPTURE_MOST_NS || frame->at_ns < -CAPTURE_MOST_NS) {
            reader_damaged(&what, "time beyond what a clock can hold (the year 2261)",
                           "时间超出时钟范围（2261年）");
            note_damage(capture, frame->line, &what, false);
        } else if (count_network(capture, frame)) {
            note_data(capture, frame);
            if (capture->health.frames++ == 0) {
                struct reader_about about = {0};
                capture->reader->describe(capture->state, &about);
                clock_start(&capture->clock, about.clock);
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
    assert(health->damage_count <= health->damaged + health->losses &&
           health->steps_back <= health->frames);
    (void)frames;
}

const struct capture_health *capture_health(const struct capture *capture) {
    /* What the clock and the reader know is asked for when somebody wants it, not at every
     * frame. */
    struct capture_health *health = &((struct capture *)(uintptr_t)capture)->health;
    const struct clock *clock = &capture->clock;
    struct reader_about about = {0};
    capture->reader->describe(capture->state, &about);
    health->dialect = about.dialect;
    health->no_clock = about.no_clock;
    health->clock = clock_kind(clock, about.clock);
    health->resolution_ns = clock_resolution_ns(clock);
    health->steps_back = clock->steps_back;
    health->first_back_line = clock->first_back_line;
    health->first_ns = clock->first_ns;
    health->last_ns = clock->last_ns;
    health->short_data =
        health->format == CAPTURE_CSV && !capture->long_data && health->frames >= SEVERAL;
    check_sums(capture);
    return health;
}
