/* SPDX-License-Identifier: MIT */
/* log.c: what `candump -l` and `candump -L` write (can-utils), one frame a line:
 *
 *   (1436509052.249713) vcan0 1826F456#010100        3 digits: standard, 8: extended
 *   (1436509052.249713) vcan0 1826F456#R8            remote
 *   (1436509052.249713) vcan0 1826F456##1010100      CAN FD: one digit of flags, then data
 *   (1436509052.249713) vcan0 20000080#0000...       error frame: bit 29 of the identifier
 *   (1436509052.249713) vcan0 1826F456#010100 T      with -x: sent (T) or received (R)
 *
 * This is the fast one: each byte of a line is looked at once. */
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
                                    char what[READER_WHAT_SIZE]) {
    uint32_t id;
    unsigned digits;
    if (!scan_hex(&p, &id, &digits) || (digits != 3 && digits != 8)) {
        return reader_damaged(what, "identifier is not of 3 or 8 hexadecimal digits");
    }
    if (*p++ != '#') {
        return reader_damaged(what, "no # behind the identifier");
    }
    if (digits == 8 && id & ERROR_FLAG && id <= (ERROR_FLAG | CAN_EXTENDED_MAX)) {
        return READER_ERROR_FRAME;
    }
    frame->frame.extended = digits == 8;
    frame->frame.id = id;
    if (id > (digits == 8 ? CAN_EXTENDED_MAX : CAN_STANDARD_MAX)) {
        return reader_damaged(what, "identifier out of range");
    }
    if (*p == '#') {
        return READER_FD;
    }
    if (*p == 'R') {
        return READER_REMOTE;
    }
    unsigned n = scan_bytes(&p, '.', frame->frame.data);
    if (n > 8) {
        return reader_damaged(what, "data longer than 8 bytes");
    }
    assert(frame->frame.id <= (frame->frame.extended ? CAN_EXTENDED_MAX : CAN_STANDARD_MAX));
    frame->frame.len = (uint8_t)n;
    if (*p == ':') { /* "ID#priority:...": CAN XL */
        return READER_OTHER;
    }
    if (*p != '\0' && !tail(p, &frame->sent)) {
        return reader_damaged(what, "data is not pairs of hexadecimal digits");
    }
    return READER_FRAME;
}

static enum reader_outcome line_of(struct state *state, const char *line,
                                   struct capture_frame *frame, char what[READER_WHAT_SIZE]) {
    const char *name;
    size_t size;
    const char *p = head(line, &frame->at_ns, &name, &size);
    if (!p) {
        line = scan_blanks(line);
        if (*line == '\0' || *line == '#') {
            return READER_SKIPPED;
        }
        return reader_damaged(what, "no \"(time) interface\" at the beginning");
    }
    if (size >= sizeof state->network) {
        return reader_damaged(what, "name of the interface is too long");
    }
    memcpy(state->network, name, size);
    state->network[size] = '\0';
    frame->network = state->network;
    return frame_of(p, frame, what);
}

static enum reader_outcome next(void *ctx, struct source *source, struct capture_frame *frame,
                                char what[READER_WHAT_SIZE]) {
    struct state *state = ctx;
    size_t length;
    bool too_long;
    const char *line = source_line(source, &length, &too_long);
    if (!line) {
        return READER_END;
    }
    frame->line = source_line_number(source);
    if (too_long) {
        return reader_damaged(what, "line longer than 4096 bytes");
    }
    enum reader_outcome outcome = line_of(state, line, frame, what);
    /* The format has no length: a line that the file's end cut looks like a shorter frame. */
    if (source_cut(source) && outcome == READER_FRAME && frame->frame.len < 8) {
        reader_damaged(what, "the file ends within this line: data may be missing");
        return READER_CUT;
    }
    if (outcome == READER_FRAME && !state->any) {
        state->any = true;
        state->absolute = frame->at_ns >= ABSOLUTE_FROM_NS;
    }
    return outcome;
}

static int recognise(const uint8_t *data, size_t size) {
    struct peek peek = {.at = data, .end = data + size};
    struct state state = {0};
    while (peek.number < SNIFF_LINES && peek_line(&peek)) { /* damaged lines may come first */
        struct capture_frame frame = {0};
        char what[READER_WHAT_SIZE];
        enum reader_outcome outcome = line_of(&state, peek.line, &frame, what);
        if (outcome != READER_SKIPPED && outcome != READER_DAMAGED) {
            return 100;
        }
    }
    return 0;
}

static void *open_log(struct source *source, const struct capture_options *options,
                      struct problem *problem) {
    (void)source, (void)options, (void)problem;
    return memory_zeroed(1, sizeof(struct state));
}

static void describe(const void *ctx, char dialect[64], enum capture_clock *clock) {
    const struct state *state = ctx;
    snprintf(dialect, 64, "candump log");
    *clock = state->absolute ? CLOCK_ABSOLUTE : CLOCK_RELATIVE;
}

const struct reader reader_candump_log = {
    .format = CAPTURE_CANDUMP_LOG,
    .recognise = recognise,
    .open = open_log,
    .next = next,
    .describe = describe,
    .close = free,
};
