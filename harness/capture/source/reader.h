/* SPDX-License-Identifier: MIT */
/* reader.h: what a reader of one format is: a struct of functions. capture.c asks each whether the
 * first bytes are its own, opens the best and then calls next() for record after record.
 *
 * A new format: its struct reader here and in the list at the top of capture.c. */
#ifndef HARNESS_CAPTURE_SOURCE_READER_H
#define HARNESS_CAPTURE_SOURCE_READER_H

#include "harness/capture/source/frame.h"
#include "sim/text/problem.h"

#include <stddef.h>
#include <stdint.h>

struct source; /* source.h */

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

#define READER_WHAT_SIZE 96 /* of what[]: one clause in English */

struct reader {
    enum capture_format format;
    /* 0 (not mine) to 100 (certainly) by the first bytes. */
    int (*recognise)(const uint8_t *data, size_t size);
    /* The state, which close frees; NULL when it cannot be read, and the problem says why. */
    void *(*open)(struct source *source, const struct capture_options *options,
                  struct problem *problem);
    enum reader_outcome (*next)(void *state, struct source *source, struct capture_frame *frame,
                                char what[READER_WHAT_SIZE]);
    /* For capture_health: dialect text and what the clock column is (CLOCK_NONE: none). */
    void (*describe)(const void *state, char dialect[64], enum capture_clock *clock);
    void (*close)(void *state);
};

extern const struct reader reader_candump_log, reader_candump_console, reader_csv; /* text */
extern const struct reader reader_asc, reader_blf, reader_pcapng;

/* Fills what; always READER_DAMAGED. */
enum reader_outcome reader_damaged(char what[READER_WHAT_SIZE], const char *text);

#endif
