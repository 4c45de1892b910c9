/* SPDX-License-Identifier: MIT */
/* capture_internal.h: what the readers of capture.h share. A format is one struct of functions; the
 * source in front of them gives bytes or lines from a file or a pipe. */
#ifndef HARNESS_CAPTURE_CAPTURE_INTERNAL_H
#define HARNESS_CAPTURE_CAPTURE_INTERNAL_H

#include "harness/capture/capture.h"

#define SOURCE_SNIFF    65536u /* bytes a format may look at to recognise itself */
#define SOURCE_LINE_MAX 4096u  /* longer lines are damage: cut, the rest skipped */

/* Where the bytes come from: buffered, streaming, with look-ahead. */
struct source;

struct source *source_open(const char *path, char *why, size_t why_size);
/* For tests and fuzzers: bytes in memory, which must outlive it. */
struct source *source_memory(const uint8_t *data, size_t size);
void source_close(struct source *source);
/* The first bytes (at most SOURCE_SNIFF) without consuming them. */
const uint8_t *source_peek(struct source *source, size_t *size);
/* Exactly size bytes, or fewer at the end. */
size_t source_read(struct source *source, void *data, size_t size);
/* Next line without its end (LF, CRLF or CR), ends with NUL; valid until the next call. NULL at the
 * end. *length excludes the NUL. too_long (may be NULL): it was cut at SOURCE_LINE_MAX. */
char *source_line(struct source *source, size_t *length, bool *too_long);
uint64_t source_line_number(const struct source *source); /* of the last line, from 1 */
bool source_cut(const struct source *source);             /* the last line had no line end */
const char *source_error(const struct source *source);    /* NULL: none */

/* What a reader does with one record. */
enum reader_outcome {
    READER_FRAME,   /* *frame is filled (network may be NULL); capture.c does clock and counting */
    READER_SKIPPED, /* no frame by the format's rules: header, comment */
    READER_REMOTE,
    READER_ERROR_FRAME,
    READER_FD,
    READER_DAMAGED, /* what[] says why; frame->line is set */
    READER_END,
};

struct reader {
    enum capture_format format;
    /* 0 (not mine) to 100 (certainly) by the first bytes. */
    int (*recognise)(const uint8_t *data, size_t size);
    /* NULL: why. The state is freed by close. */
    void *(*open)(struct source *source, const struct capture_options *options, char *why,
                  size_t why_size);
    enum reader_outcome (*next)(void *state, struct source *source, struct capture_frame *frame,
                                char what[96]);
    /* For capture_health: dialect text and what the clock column is (CLOCK_NONE: none). */
    void (*describe)(const void *state, char dialect[64], enum capture_clock *clock);
    void (*close)(void *state);
};

extern const struct reader reader_candump_log, reader_candump_console, reader_csv; /* text */
extern const struct reader reader_asc, reader_blf, reader_pcapng;

/* As capture_open, from a source it then owns. */
struct capture *capture_from(struct source *source, const struct capture_options *options,
                             char *why, size_t why_size);

#endif
