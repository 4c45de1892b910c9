/* SPDX-License-Identifier: MIT */
#include "meter/text/frames.h"

#include "meter/text/units.h"
#include "sim/memory.h"

#include <assert.h>
#include <stdlib.h>

#define START       0x68
#define AT_SECOND   7
#define AT_LENGTH   9
#define OVERHEAD    12
#define SKIP_MAX    512  /* units between two bytes of a frame */
#define SPAN_MAX    4096 /* units from a frame's first byte to its last */
#define SWAPPED_MAX 4    /* bytes of a word that may be turned round */
#define BESIDE_MAX  3    /* bytes beside a frame, in its line, that are none */
#define NO_BYTES    (WORD_TIME | WORD_GLUED | WORD_OFFSET | WORD_BESIDE | UNIT_SINGLE | UNIT_TORN)

/* How the words from a 68 on are read: the first that makes a whole frame counts. */
enum reading {
    READ_PLAIN,        /* every word of whole bytes that is no time, address or part of a name */
    READ_ROWS,         /* only where at least two stand in a row: "12 bytes:" between them */
    READ_LONGEST,      /* only the longest row of each line */
    READ_MARKED,       /* only 0x68, \x68, 68H */
    READ_COLUMN,       /* one word of each line, at the same place: exports of logic analysers */
    READ_BEHIND,       /* of further lines only words behind the place of the first: tables */
    READ_WITHOUT_LAST, /* the last word of each line is none: a time of another form, a length */
    READ_UNPADDED,     /* single digits too: 68 25 0 0 */
    READ_TIMES,        /* what looks like a time or a date is bytes: 10:11:12 */
    READ_GLUED,        /* letters touch the bytes: TX68 */
    READ_ALL,          /* every pair of digits but the characters of a dump */
    READ_SWAPPED,      /* words of two or four bytes, the lowest first: od -x, hexdump, xxd -e */
    READ_DECIMAL,      /* 104, 37, 0; signed too: -111 */
    READ_DECIMAL_ROWS,
    READ_DECIMAL_COLUMN,
    READINGS,
};

struct text_frames {
    struct meter_parser *parser;
    struct text_units units;
    size_t at;   /* of the units: what is before it has been told */
    bool ending; /* no further line comes */
    /* Bytes in no frame that were not told yet: a few beside a frame are an index or a count. */
    uint8_t waiting[BESIDE_MAX];
    size_t waiting_count;
    bool row_told; /* more of them came in this line */
    int64_t waiting_line, frame_line;
};

struct text_frames *text_frames_new(struct meter_parser *parser) {
    struct text_frames *frames = memory_zeroed(1, sizeof *frames);
    frames->parser = parser;
    frames->parser->gap_ns = INT64_MAX;
    return frames;
}

/* Units that may be looked at: those of the last line may yet change. */
static size_t known(const struct text_frames *frames) {
    assert(frames->units.sure <= frames->units.count);
    return frames->ending ? frames->units.count : frames->units.sure;
}

/* ---- readings ---- */

/* With the order of bytes turned round in words of up to four, which unit stands there? */
static const struct text_unit *turned(const struct text_frames *frames, size_t at) {
    assert(at < frames->units.count);
    const struct text_unit *unit = &frames->units.all[at];
    size_t size = unit->word_bytes;
    if (size > SWAPPED_MAX || unit->of_word >= size || at < unit->of_word) {
        return NULL;
    }
    size_t other = at - unit->of_word + (size - 1 - unit->of_word);
    return other < known(frames) ? &frames->units.all[other] : NULL;
}

static int hex_without(const struct text_unit *unit, unsigned flags) {
    return unit != NULL && (unit->flags & flags) == 0 ? unit->hex : TEXT_NONE;
}

static int hex_with(const struct text_unit *unit, unsigned flag) {
    return (unit->flags & flag) != 0 ? hex_without(unit, NO_BYTES) : TEXT_NONE;
}

static int decimal(const struct text_unit *unit) {
    return (unit->flags & (WORD_TIME | WORD_GLUED | WORD_BESIDE)) == 0 ? unit->decimal : TEXT_NONE;
}

/* The byte that the unit is when a frame is read so from start on; TEXT_NONE: it is none. */
static int read_unit(const struct text_frames *frames, enum reading reading, size_t start,
                     size_t at) {
    assert(start <= at && at < frames->units.count);
    const struct text_unit *unit = &frames->units.all[at], *first = &frames->units.all[start];
    bool further = unit->line != first->line;
    switch (reading) {
    case READ_PLAIN:
        return hex_without(unit, NO_BYTES);
    case READ_ROWS:
        return hex_with(unit, UNIT_ROW);
    case READ_LONGEST:
        return hex_with(unit, UNIT_LONGEST);
    case READ_MARKED:
        return hex_with(unit, WORD_MARKED);
    case READ_COLUMN:
        return unit->index == first->index ? hex_without(unit, WORD_BESIDE) : TEXT_NONE;
    case READ_BEHIND:
        return further && unit->index < first->index ? TEXT_NONE : hex_without(unit, NO_BYTES);
    case READ_WITHOUT_LAST:
        return hex_without(unit, NO_BYTES | UNIT_LAST);
    case READ_UNPADDED:
        return hex_without(unit, NO_BYTES & ~(unsigned)UNIT_SINGLE);
    case READ_TIMES:
        return hex_without(unit, NO_BYTES & ~(unsigned)WORD_TIME);
    case READ_GLUED:
        return hex_without(unit, NO_BYTES & ~(unsigned)WORD_GLUED);
    case READ_ALL:
        return hex_without(unit, WORD_BESIDE | UNIT_SINGLE);
    case READ_SWAPPED:
        return hex_without(turned(frames, at), NO_BYTES & ~(unsigned)WORD_GLUED);
    case READ_DECIMAL:
        return decimal(unit);
    case READ_DECIMAL_ROWS:
        return (unit->flags & UNIT_ROW) != 0 ? decimal(unit) : TEXT_NONE;
    default:
        return unit->index == first->index ? decimal(unit) : TEXT_NONE;
    }
}

/* ---- frames ---- */

struct candidate {
    uint8_t bytes[METER_FRAME_BYTES_MAX];
    size_t count;
    size_t end; /* behind its last unit */
};

/* As many as there have to be, as far as known. */
static size_t wanted(const struct candidate *candidate) {
    assert(candidate->count >= 1);
    if (candidate->count <= AT_LENGTH) {
        return AT_LENGTH + 1;
    }
    return candidate->bytes[AT_LENGTH] <= METER_READ_DATA_MAX
               ? OVERHEAD + (size_t)candidate->bytes[AT_LENGTH]
               : 0;
}

static bool begins_well(const struct candidate *candidate) {
    size_t count = candidate->count;
    return candidate->bytes[0] == START &&
           (count <= AT_SECOND || candidate->bytes[AT_SECOND] == START);
}

/* A whole frame from start on, read so? */
static bool read_frame(const struct text_frames *frames, enum reading reading, size_t start,
                       struct candidate *candidate) {
    size_t end = known(frames), skipped = 0;
    end = end - start > SPAN_MAX ? start + SPAN_MAX : end;
    candidate->count = 0;
    for (size_t at = start; at < end && skipped <= SKIP_MAX; at++) {
        int byte = read_unit(frames, reading, start, at);
        if (byte == TEXT_NONE) {
            if (at == start) {
                return false;
            }
            skipped++;
            continue;
        }
        skipped = 0;
        candidate->bytes[candidate->count++] = (uint8_t)byte;
        candidate->end = at + 1;
        size_t all = wanted(candidate);
        if (!begins_well(candidate) || all == 0) {
            return false;
        }
        assert(all <= METER_FRAME_BYTES_MAX);
        if (candidate->count == all && all > AT_LENGTH + 1) {
            return meter_frame_is_whole(candidate->bytes, all, frames->parser->accept_bare);
        }
    }
    return false;
}

static bool find_frame(const struct text_frames *frames, size_t start,
                       struct candidate *candidate) {
    for (unsigned reading = 0; reading < READINGS; reading++) {
        if (read_frame(frames, (enum reading)reading, start, candidate)) {
            return true;
        }
    }
    return false;
}

static void tell_waiting(struct text_frames *frames) {
    for (size_t i = 0; i < frames->waiting_count; i++) {
        meter_parser_byte(frames->parser, frames->waiting_line, frames->waiting[i]);
    }
    frames->waiting_count = 0;
}

/* A line has come to its end, or a frame begins in it: what waits was beside a frame or was not. */
static void settle(struct text_frames *frames, int64_t line, bool frame_begins) {
    bool beside = frames->waiting_line == frames->frame_line ||
                  (frame_begins && frames->waiting_line == line);
    if (beside) {
        frames->waiting_count = 0;
    } else {
        tell_waiting(frames);
    }
    assert(frames->waiting_count == 0);
}

/* A byte in no frame. */
static void tell_noise(struct text_frames *frames, const struct text_unit *unit) {
    assert(frames->waiting_count <= BESIDE_MAX && unit->hex >= 0 && unit->hex <= 0xFF);
    if (unit->line != frames->waiting_line) {
        settle(frames, unit->line, false);
        frames->waiting_line = unit->line;
        frames->row_told = false;
    }
    if (!frames->row_told && frames->waiting_count < BESIDE_MAX) {
        frames->waiting[frames->waiting_count++] = (uint8_t)unit->hex;
        return;
    }
    tell_waiting(frames);
    frames->row_told = true;
    meter_parser_byte(frames->parser, unit->line, (uint8_t)unit->hex);
}

static void tell_frame(struct text_frames *frames, const struct candidate *candidate) {
    assert(candidate->count <= METER_FRAME_BYTES_MAX && candidate->end > frames->at);
    int64_t line = frames->units.all[frames->at].line;
    settle(frames, line, true);
    frames->row_told = false;
    frames->frame_line = frames->units.all[candidate->end - 1].line;
    meter_parser_end(frames->parser); /* what was before it is not its beginning */
    for (size_t i = 0; i < candidate->count; i++) {
        meter_parser_byte(frames->parser, line, candidate->bytes[i]);
    }
}

static bool is_start(const struct text_unit *unit) {
    return unit != NULL && unit->hex == START;
}

/* May a frame begin there, in any reading? */
static bool may_begin(const struct text_frames *frames, size_t at) {
    const struct text_unit *unit = &frames->units.all[at];
    return is_start(unit) || unit->decimal == START || is_start(turned(frames, at));
}

/* Where a frame may begin and none is whole yet, further lines are waited for. */
static void advance(struct text_frames *frames) {
    struct candidate candidate;
    size_t end = known(frames);
    while (frames->at < end) {
        bool begins = may_begin(frames, frames->at);
        if (begins && find_frame(frames, frames->at, &candidate)) {
            tell_frame(frames, &candidate);
            assert(candidate.end > frames->at);
            frames->at = candidate.end;
            continue;
        }
        if (begins && !frames->ending && end - frames->at <= SPAN_MAX) {
            break;
        }
        const struct text_unit *unit = &frames->units.all[frames->at++];
        if ((unit->flags & UNIT_TOLD) != 0 && hex_without(unit, NO_BYTES) != TEXT_NONE) {
            tell_noise(frames, unit);
        }
    }
    if (frames->at > SPAN_MAX) {
        text_units_drop(&frames->units, frames->at);
        frames->at = 0;
    }
}

void text_frames_line(struct text_frames *frames, const uint8_t *bytes, size_t length) {
    text_units_line(&frames->units, bytes, length);
    advance(frames);
}

void text_frames_end(struct text_frames *frames) {
    frames->ending = true;
    advance(frames);
    assert(frames->at == frames->units.count); /* nothing is left over */
    settle(frames, frames->units.line, false);
    meter_parser_end(frames->parser);
    text_units_free(&frames->units);
    free(frames);
}
