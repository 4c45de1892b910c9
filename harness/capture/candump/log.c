/* SPDX-License-Identifier: MIT */
/* log.c: what `candump -l` and `candump -L` write (can-utils), one frame a line:
 *
 *   (1436509052.249713) vcan0 1826F456#010100        3 digits: standard, 8: extended
 *   (1436509052.249713) vcan0 1826F456#R8            remote
 *   (1436509052.249713) vcan0 1826F456##1010100      CAN FD: one digit of flags, then data
 *   (1436509052.249713) vcan0 20000080#0000...       error frame: bit 29 of the identifier
 *   (1436509052.249713) vcan0 1826F456#010100 T      with -x: sent (T) or received (R)
 *   DROPCOUNT: dropped 30 CAN frames on 'vcan0' socket (total drops 30)      with -d: frames are lost
 *
 * and frames alone, as cansend takes them and people note them down, without time and interface:
 *
 *   1826F456#010100
 *   cansend vcan0 1826F456#010100
 *
 * This is the fast one: each byte of a line is looked at once. */
#include "harness/capture/candump/drops.h"
#include "harness/capture/source/peek.h"
#include "harness/capture/source/reader.h"
#include "harness/capture/source/scan.h"
#include "harness/capture/source/source.h"
#include "sim/memory.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SNIFF_LINES 64
#define ERROR_FLAG  0x20000000u /* CAN_ERR_FLAG of linux/can.h */
/* Times from 1973 on are absolute; nobody records for three years. */
#define ABSOLUTE_FROM_NS (100000000ll * 1000000000ll)

struct state {
    bool bare; /* frames alone */
    bool any, absolute;
    char network[64];
};

/* "(TIME) NETWORK "; NULL: not there. */
static const char *head(const char *p, int64_t *at_ns, const char **network, size_t *network_size) {
    if (*p++ != '(' || !scan_seconds(&p, at_ns) || *p++ != ')' || *p++ != ' ') {
        return NULL;
    }
    p = scan_blanks(p);
    *network = p;
    while ((uint8_t)*p > ' ') {
        p++;
    }
    *network_size = (size_t)(p - *network);
    return *network_size && *p == ' ' ? scan_blanks(p) : NULL;
}

/* Behind the data: "_9" (the raw DLC of an 8 byte frame), then " R" or " T". */
static bool tail(const char *p, bool *sent) {
    if (p[0] == '_' && scan_nibble(p[1]) < 16) {
        p += 2;
    }
    p = scan_blanks(p);
    *sent = *p == 'T';
    if (*p == 'T' || *p == 'R') {
        p = scan_blanks(p + 1);
    }
    return *p == '\0';
}

static enum reader_outcome frame_of(const char *p, struct capture_frame *frame,
                                    struct capture_text *what) {
    uint32_t id;
    unsigned digits;
    if (!scan_hex(&p, &id, &digits) || (digits != 3 && digits != 8)) {
        return reader_damaged(what, "identifier is not of 3 or 8 hexadecimal digits",
                              "标识符不是3位或8位十六进制数");
    }
    if (*p++ != '#') {
        return reader_damaged(what, "no # behind the identifier", "标识符之后没有#");
    }
    if (digits == 8 && id & ERROR_FLAG && id <= (ERROR_FLAG | CAN_EXTENDED_MAX)) {
        unsigned n = scan_bytes(&p, '.', frame->frame.data);
        return reader_error_frame(id, frame->frame.data, n < 8 ? n : 8, what);
    }
    frame->frame.extended = digits == 8;
    frame->frame.id = id;
    if (id > (digits == 8 ? CAN_EXTENDED_MAX : CAN_STANDARD_MAX)) {
        return reader_damaged(what, "identifier out of range", "标识符超出范围");
    }
    if (*p == '#') {
        return READER_FD;
    }
    if (*p == 'R') {
        return READER_REMOTE;
    }
    unsigned n = scan_bytes(&p, '.', frame->frame.data);
    if (n > 8) {
        return reader_damaged(what, "data longer than 8 bytes", "数据超过8字节");
    }
    assert(frame->frame.id <= (frame->frame.extended ? CAN_EXTENDED_MAX : CAN_STANDARD_MAX));
    frame->frame.len = (uint8_t)n;
    if (*p == ':') { /* "ID#priority:...": CAN XL */
        return READER_OTHER;
    }
    if (*p != '\0' && !tail(p, &frame->sent)) {
        return reader_damaged(what, "data is not pairs of hexadecimal digits",
                              "数据不是成对的十六进制数");
    }
    return READER_FRAME;
}

/* "[cansend NETWORK ]ID#"; NULL: not there. */
static const char *bare_head(const char *p, const char **network, size_t *network_size) {
    uint32_t id;
    unsigned digits;
    p = scan_blanks(p);
    *network = p;
    *network_size = 0;
    if (scan_word(&p, "cansend ")) {
        *network = p = scan_blanks(p);
        while ((uint8_t)*p > ' ') {
            p++;
        }
        *network_size = (size_t)(p - *network);
        p = scan_blanks(p);
    }
    const char *start = p;
    return scan_hex(&p, &id, &digits) && (digits == 3 || digits == 8) && *p == '#' ? start : NULL;
}

static enum reader_outcome no_frame(const struct state *state, const char *line,
                                    struct capture_text *what) {
    uint64_t lost;
    line = scan_blanks(line);
    if (*line == '\0' || *line == '#') {
        return READER_SKIPPED;
    }
    if (candump_drops(line, &lost)) {
        return reader_lost(what, lost);
    }
    return state->bare ? reader_damaged(what, "no frame like 1826F456#010100",
                                        "不是1826F456#010100形式的帧")
                       : reader_damaged(what, "no \"(time) interface\" at the beginning",
                                        "行首没有括号中的时间和接口名");
}

static enum reader_outcome line_of(struct state *state, const char *line,
                                   struct capture_frame *frame, struct capture_text *what) {
    const char *name;
    size_t size;
    const char *p =
        state->bare ? bare_head(line, &name, &size) : head(line, &frame->at_ns, &name, &size);
    if (!p) {
        return no_frame(state, line, what);
    }
    if (size >= sizeof state->network) {
        return reader_damaged(what, "name of the interface is too long", "接口名过长");
    }
    memcpy(state->network, name, size);
    state->network[size] = '\0';
    frame->network = state->network;
    return frame_of(p, frame, what);
}

static enum reader_outcome next(void *ctx, struct source *source, struct capture_frame *frame,
                                struct capture_text *what) {
    struct state *state = ctx;
    char *line;
    enum reader_outcome outcome = reader_line(source, frame, &line, what);
    if (outcome != READER_FRAME) {
        return outcome;
    }
    frame->at_ns = 0;
    outcome = line_of(state, line, frame, what);
    /* The format has no length: a line that the file's end cut looks like a shorter frame. */
    frame->unended = source_cut(source) && outcome == READER_FRAME && frame->frame.len < 8;
    if (outcome == READER_FRAME && !state->any) {
        state->any = true;
        state->absolute = frame->at_ns >= ABSOLUTE_FROM_NS;
    }
    return outcome;
}

static bool has_frame(struct state *state, const uint8_t *data, size_t size) {
    struct peek peek = {.at = data, .end = data + size};
    while (peek.number < SNIFF_LINES && peek_line(&peek)) { /* damaged lines may come first */
        struct capture_frame frame = {0};
        struct capture_text what;
        enum reader_outcome outcome = line_of(state, peek.line, &frame, &what);
        if (outcome != READER_SKIPPED && outcome != READER_DAMAGED && outcome != READER_LOST) {
            return true;
        }
    }
    return false;
}

static int recognise(const uint8_t *data, size_t size) {
    struct state state = {0}, bare = {.bare = true};
    return has_frame(&state, data, size) ? 100 : has_frame(&bare, data, size) ? 90 : 0;
}

static void *open_log(struct source *source, const struct capture_options *options,
                      struct problem *problem) {
    (void)options, (void)problem;
    size_t size;
    struct state *state = memory_zeroed(1, sizeof *state), trial = {0};
    const uint8_t *data = source_peek(source, &size);
    struct state bare = {.bare = true};
    state->bare = !has_frame(&trial, data, size) && has_frame(&bare, data, size);
    return state;
}

static void describe(const void *ctx, struct reader_about *about) {
    const struct state *state = ctx;
    if (state->bare) {
        capture_text_set(&about->dialect, "frames one a line, without times", "每行一帧，无时间");
        about->clock = CLOCK_NONE;
        return;
    }
    capture_text_set(&about->dialect, "candump log", "candump日志");
    about->clock = state->absolute ? CLOCK_ABSOLUTE : CLOCK_RELATIVE;
}

const struct reader reader_candump_log = {
    .format = CAPTURE_CANDUMP_LOG,
    .recognise = recognise,
    .open = open_log,
    .next = next,
    .describe = describe,
    .close = free,
};
