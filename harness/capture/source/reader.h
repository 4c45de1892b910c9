/* SPDX-License-Identifier: MIT */
/* reader.h: what the readers of all formats share. A format is one struct of functions; the
 * source in front of them gives bytes or lines from a file or a pipe.
 *
 * A new format: its struct reader here and in the list at the top of capture.c. */
#ifndef HARNESS_CAPTURE_SOURCE_READER_H
#define HARNESS_CAPTURE_SOURCE_READER_H

#include "harness/capture/source/frame.h"
#include "sim/text/problem.h"

#include <stddef.h>

#define SOURCE_SNIFF    65536u /* bytes a format may look at to recognise itself */
#define SOURCE_LINE_MAX 4096u  /* longer lines are damage: cut, the rest skipped */

/* Where the bytes come from: buffered, streaming, with look-ahead. */
struct source;

struct source *source_open(const char *path, struct problem *problem);
/* For tests and fuzzers: bytes in memory, which must outlive it. */
struct source *source_memory(const uint8_t *data, size_t size);
void source_close(struct source *source);
/* The next bytes (at most SOURCE_SNIFF) without consuming them: what has arrived, which at the end
 * is nothing. UTF-16 with a byte order mark comes as UTF-8; a mark itself never comes. */
const uint8_t *source_peek(struct source *source, size_t *size);
/* Waits for more bytes to peek at; false when there are none or SOURCE_SNIFF are there. */
bool source_more(struct source *source);
/* Exactly size bytes, or fewer at the end. */
size_t source_read(struct source *source, void *data, size_t size);
/* Next line without its end (LF, CRLF, CRCRLF or CR), ends with NUL; valid until the next call.
 * NULL at the end. *length excludes the NUL. too_long (may be NULL): it was cut at SOURCE_LINE_MAX.
 * A line may contain NUL bytes. */
char *source_line(struct source *source, size_t *length, bool *too_long);
uint64_t source_line_number(const struct source *source); /* of the last line, from 1 */
/* The last line had no line end, or source_read got some bytes but fewer than it asked for. */
bool source_cut(const struct source *source);
bool source_utf16(const struct source *source);
const char *source_error(const struct source *source); /* NULL: none */

/* The latest time that is handed out, in the year 2261: 64 bits of nanoseconds end in April 2262,
 * and whoever adds a wait or a zone to a time needs room. A record beyond it is damage. */
#define CAPTURE_MOST_NS (INT64_MAX - INT64_C(366) * 86400 * 1000000000)

/* What a reader does with one record. */
enum reader_outcome {
    READER_FRAME,   /* *frame is filled (network may be NULL); capture.c does clock and counting */
    READER_SKIPPED, /* no frame by the format's rules: header, comment */
    READER_REMOTE,
    READER_ERROR_FRAME,
    READER_FD,
    READER_OTHER,   /* a frame of another bus, or one that is not classic CAN */
    READER_DAMAGED, /* what[] says why; frame->line is set */
    READER_CUT,     /* as READER_DAMAGED; the file ends in the middle of it */
    READER_END,
};

struct reader {
    enum capture_format format;
    /* 0 (not mine) to 100 (certainly) by the first bytes. */
    int (*recognise)(const uint8_t *data, size_t size);
    /* The state, which close frees; NULL when it cannot be read, and the problem says why. */
    void *(*open)(struct source *source, const struct capture_options *options,
                  struct problem *problem);
    enum reader_outcome (*next)(void *state, struct source *source, struct capture_frame *frame,
                                char what[96]);
    /* For capture_health: dialect text and what the clock column is (CLOCK_NONE: none). */
    void (*describe)(const void *state, char dialect[64], enum capture_clock *clock);
    void (*close)(void *state);
};

extern const struct reader reader_candump_log, reader_candump_console, reader_csv; /* text */
extern const struct reader reader_asc, reader_blf, reader_pcapng;

/* A clock that starts again at 0 after period_ns: midnight, a full hour, a counter's end. A time
 * that is more than half a period behind the last is carried over; a time from before such a
 * start that comes late is put back. Time since the first period's start. */
struct clock_wrap {
    int64_t period_ns;
    int64_t carry_ns, last_ns;
};

int64_t clock_carry(struct clock_wrap *wrap, int64_t at_ns);

#endif
