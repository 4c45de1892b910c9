/* SPDX-License-Identifier: MIT */
/* console.c: what candump (can-utils) shows on the terminal, as people paste it:
 *
 *    vcan0  1826F456   [3]  01 01 00                                   no time
 *    (1436509052.249713)  vcan0  1826F456   [3]  01 01 00              -t a
 *    (000.250113)  vcan0  1826F456   [3]  01 01 00                     -t z, -t d
 *    (2015-07-10 08:17:32.249713)  vcan0  1826F456   [3]  01 01 00     -t A
 *    (...)  vcan0  RX - -  1826F456   [3]  01 01 00                    -x: direction, BRS, ESI
 *    vcan0  1826F456   [3]  01 01 00   '...'                           -a
 *    vcan0  1826F456   [0]  remote request
 *    vcan0  1826F456  [12]  01 02 03 ...                               CAN FD: two digits
 *    vcan0  20000004   [8]  00 01 00 00 00 00 00 00   ERRORFRAME       -e
 *
 * -t z counts from the first frame, -t d from the frame before: they look alike, but the times of
 * -t d go up and down. Colours (-c) are taken out. */
#include "harness/capture/candump/drops.h"
#include "harness/capture/source/peek.h"
#include "harness/capture/source/reader.h"
#include "harness/capture/source/scan.h"
#include "harness/capture/source/source.h"
#include "sim/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SNIFF_LINES      256
#define LEARN_LINES      4 /* are waited for, to tell -t d from -t z */
#define ABSOLUTE_FROM_NS (100000000ll * 1000000000ll)

struct state {
    enum capture_clock clock; /* of the first frame */
    bool any;
    bool deltas; /* -t d */
    int64_t at_ns;
    char network[64];
};

struct stamp {
    bool there;
    enum capture_clock clock;
    int64_t ns;
};

/* ESC [ ... letter. */
static void remove_colours(char *line) {
    char *to = strchr(line, 0x1B);
    if (!to) {
        return;
    }
    for (const char *p = to; *p; p++) {
        if (*p != 0x1B) {
            *to++ = *p;
            continue;
        }
        while (p[1] && !(p[1] >= '@' && p[1] != '[')) {
            p++;
        }
        if (p[1]) {
            p++;
        }
    }
    *to = '\0';
}

static bool stamp_of(const char **p, struct stamp *stamp) {
    const char *q = *p;
    int64_t days;
    stamp->there = *q == '(';
    stamp->clock = CLOCK_NONE;
    if (!stamp->there) {
        return true;
    }
    q = scan_blanks(q + 1);
    if (scan_date(&q, &days)) {
        q = scan_blanks(q);
        if (!scan_time_of_day(&q, &stamp->ns)) {
            return false;
        }
        stamp->ns += days * 86400ll * 1000000000ll;
        stamp->clock = CLOCK_ABSOLUTE;
    } else if (scan_seconds(&q, &stamp->ns)) {
        stamp->clock = stamp->ns >= ABSOLUTE_FROM_NS ? CLOCK_ABSOLUTE : CLOCK_RELATIVE;
    } else {
        return false;
    }
    q = scan_blanks(q);
    if (*q != ')') {
        return false;
    }
    *p = scan_blanks(q + 1);
    return true;
}

/* "RX - -", "TX B E" of -x: CAN FD when a flag is set. */
static void direction_of(const char **p, bool *sent) {
    const char *q = *p;
    bool tx = scan_word(&q, "TX");
    if (!tx && !scan_word(&q, "RX")) {
        return;
    }
    if (*q != ' ') {
        return;
    }
    q = scan_blanks(q);
    for (int i = 0; i < 2 && (*q == '-' || *q == 'B' || *q == 'E') && q[1] == ' '; i++) {
        q = scan_blanks(q + 1);
    }
    *sent = tx;
    *p = q;
}

/* "[3]", "[8]", "{9}" of -8, "[12]" of CAN FD. */
static bool length_of(const char **p, unsigned *length, bool *fd) {
    const char *q = *p;
    char closing = *q == '[' ? ']' : '}';
    uint64_t value;
    uint32_t raw;
    unsigned digits;
    if (*q != '[' && *q != '{') {
        return false;
    }
    q++;
    if (closing == ']' ? !scan_decimal(&q, 2, &value) : !scan_hex(&q, &raw, &digits)) {
        return false;
    }
    *fd = closing == ']' && q - *p == 3; /* candump prints FD lengths with two digits */
    *length = closing == ']' ? (unsigned)value : raw > 8 ? 8 : raw;
    if (*q != closing) {
        return false;
    }
    *p = scan_blanks(q + 1);
    return true;
}

static bool name_of(const char **p, char name[64]) {
    const char *q = *p;
    while ((uint8_t)*q > ' ') {
        q++;
    }
    size_t n = (size_t)(q - *p);
    if (n == 0 || n > 63 || *q != ' ') {
        return false;
    }
    memcpy(name, *p, n);
    name[n] = '\0';
    *p = scan_blanks(q);
    return true;
}

static enum reader_outcome data_of(const char *p, unsigned length, struct capture_frame *frame,
                                   struct capture_text *what) {
    if (scan_word(&p, "remote request")) {
        return READER_REMOTE;
    }
    if (length > 8) {
        return reader_damaged(what, "longer than 8 bytes", "超过8字节");
    }
    unsigned n = scan_bytes(&p, ' ', frame->frame.data);
    if (*p == '`') {
        return reader_damaged(what, "bytes are in reverse order (candump -S): record without -S",
                              "字节顺序颠倒（candump -S）：请不带-S记录");
    }
    p = scan_blanks(p);
    if (strstr(p, "ERRORFRAME")) {
        return reader_error_frame(frame->frame.id, frame->frame.data, n < 8 ? n : 8, what);
    }
    if (n != length) {
        return reader_damaged_by(what, "%u data bytes, but the length says %u",
                                 "有%u个数据字节，而长度为%u", n, length);
    }
    if (*p != '\0' && *p != '\'') {
        return reader_damaged(what, "something unknown behind the data",
                              "数据之后有无法识别的内容");
    }
    frame->frame.len = (uint8_t)n;
    return READER_FRAME;
}

static enum reader_outcome line_of(const char *line, struct capture_frame *frame,
                                   struct stamp *stamp, char name[64], struct capture_text *what) {
    unsigned digits, length;
    uint64_t lost;
    bool fd;
    const char *p = scan_blanks(line);
    if (*p == '\0' || *p == '#' || *line == '\t') {
        return READER_SKIPPED; /* a tab begins the explanation of an error frame */
    }
    if (candump_drops(p, &lost)) {
        return reader_lost(what, lost);
    }
    if (!stamp_of(&p, stamp)) {
        return reader_damaged(what, "time in the brackets is unreadable", "括号中的时间无法读取");
    }
    if (!name_of(&p, name)) {
        return reader_damaged(what, "no interface", "没有接口名");
    }
    direction_of(&p, &frame->sent);
    if (!scan_hex(&p, &frame->frame.id, &digits) || (digits != 3 && digits != 8)) {
        return reader_damaged(what, "identifier is not of 3 or 8 hexadecimal digits",
                              "标识符不是3位或8位十六进制数");
    }
    p = scan_blanks(p);
    if (!length_of(&p, &length, &fd)) {
        return reader_damaged(what, "no [length] behind the identifier", "标识符之后没有[长度]");
    }
    if (fd) {
        return READER_FD;
    }
    enum reader_outcome outcome = data_of(p, length, frame, what);
    frame->frame.extended = digits == 8;
    if (outcome == READER_FRAME &&
        frame->frame.id > (digits == 8 ? CAN_EXTENDED_MAX : CAN_STANDARD_MAX)) {
        return reader_damaged(what, "identifier out of range", "标识符超出范围");
    }
    return outcome;
}

/* The frame's instant on one clock. */
static enum reader_outcome clock_of(struct state *state, const struct stamp *stamp,
                                    struct capture_frame *frame, struct capture_text *what) {
    if (!state->any) {
        state->any = true;
        state->clock = stamp->clock;
    }
    if (state->clock == CLOCK_NONE) {
        return READER_FRAME;
    }
    if (!stamp->there) {
        return reader_damaged(what, "no time, unlike the lines before", "没有时间，与前面的行不同");
    }
    if (state->deltas) {
        int64_t step_ns = stamp->ns > 0 ? stamp->ns : 0;
        if (step_ns > CAPTURE_MOST_NS - state->at_ns) {
            return reader_damaged(what, "time beyond what a clock can hold (the year 2261)",
                                  "时间超出时钟范围（2261年）");
        }
        state->at_ns += step_ns;
    } else {
        state->at_ns = stamp->ns;
    }
    frame->at_ns = state->at_ns;
    return READER_FRAME;
}

static enum reader_outcome next(void *ctx, struct source *source, struct capture_frame *frame,
                                struct capture_text *what) {
    struct state *state = ctx;
    struct stamp stamp;
    char *line;
    enum reader_outcome outcome = reader_line(source, frame, &line, what);
    if (outcome != READER_FRAME) {
        return outcome;
    }
    remove_colours(line);
    outcome = line_of(line, frame, &stamp, state->network, what);
    frame->network = state->network;
    return outcome == READER_FRAME ? clock_of(state, &stamp, frame, what) : outcome;
}

static int recognise(const uint8_t *data, size_t size) {
    struct peek peek = {.at = data, .end = data + size};
    while (peek.number < SNIFF_LINES && peek_line(&peek)) {
        struct capture_frame frame = {0};
        struct stamp stamp;
        struct capture_text what;
        char name[64];
        remove_colours(peek.line);
        enum reader_outcome outcome = line_of(peek.line, &frame, &stamp, name, &what);
        if (outcome != READER_SKIPPED && outcome != READER_DAMAGED && outcome != READER_LOST) {
            return 95;
        }
    }
    return 0;
}

/* -t d: of the steps between the times shown, at least one in eight is not upwards. -t z: none. */
static bool looks_like_deltas(const uint8_t *data, size_t size) {
    struct peek peek = {.at = data, .end = data + size};
    int64_t last_ns = 0;
    unsigned steps = 0, not_up = 0;
    bool any = false;
    while (peek.number < SNIFF_LINES && peek_line(&peek)) {
        struct capture_frame frame = {0};
        struct stamp stamp;
        struct capture_text what;
        char name[64];
        remove_colours(peek.line);
        if (line_of(peek.line, &frame, &stamp, name, &what) != READER_FRAME) {
            continue;
        }
        if (stamp.clock != CLOCK_RELATIVE) {
            return false;
        }
        steps += any;
        not_up += any && stamp.ns <= last_ns;
        last_ns = stamp.ns;
        any = true;
    }
    return steps >= 2 && not_up * 8 >= steps;
}

static void *open_console(struct source *source, const struct capture_options *options,
                          struct problem *problem) {
    (void)options, (void)problem;
    size_t size;
    peek_wait(source, LEARN_LINES);
    const uint8_t *data = source_peek(source, &size);
    struct state *state = memory_zeroed(1, sizeof *state);
    state->deltas = looks_like_deltas(data, size);
    return state;
}

static void describe(const void *ctx, struct reader_about *about) {
    const struct state *state = ctx;
    if (state->deltas) {
        capture_text_set(&about->dialect, "candump, times since the frame before",
                         "candump，时间为与前一帧之差");
    } else if (state->clock == CLOCK_NONE) {
        capture_text_set(&about->dialect, "candump, without times", "candump，无时间");
    } else if (state->clock == CLOCK_ABSOLUTE) {
        capture_text_set(&about->dialect, "candump, absolute times", "candump，绝对时间");
    } else {
        capture_text_set(&about->dialect, "candump, times since the first frame",
                         "candump，时间从第一帧算起");
    }
    about->clock = state->clock;
}

const struct reader reader_candump_console = {
    .format = CAPTURE_CANDUMP_CONSOLE,
    .recognise = recognise,
    .open = open_console,
    .next = next,
    .describe = describe,
    .close = free,
};
