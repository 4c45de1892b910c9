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
    READER_FRAME, /* *frame is filled, network "" when it has none; capture.c counts, and does clocks */
    READER_SKIPPED, /* no frame by the format's rules: header, comment */
    READER_REMOTE,
    READER_ERROR_FRAME,
    READER_FD,
    READER_OTHER,          /* a frame of another bus, or one that is not classic CAN */
    READER_DAMAGED,        /* what says why; frame->line is set */
    READER_CUT,            /* as READER_DAMAGED; the file ends in the middle of it */
    READER_LOST,           /* the recorder says that frames are missing here; what says how many */
    READER_LOST_SOMEWHERE, /* ... in this file, and nobody knows where */
    READER_END,
};

/* What a reader has learned of its file so far. */
struct reader_about {
    struct capture_text dialect;  /* "CSV, GBK, tab separated" */
    enum capture_clock clock;     /* CLOCK_NONE: none */
    struct capture_text no_clock; /* why there is none although there seems to be one; or "" */
};

struct reader {
    enum capture_format format;
    /* 0 (not mine) to 100 (certainly) by the first bytes. */
    int (*recognise)(const uint8_t *data, size_t size);
    /* The state, which close frees; NULL when it cannot be read, and the problem says why. */
    void *(*open)(struct source *source, const struct capture_options *options,
                  struct problem *problem);
    enum reader_outcome (*next)(void *state, struct source *source, struct capture_frame *frame,
                                struct capture_text *what);
    /* For capture_health; about comes empty. */
    void (*describe)(const void *state, struct reader_about *about);
    void (*close)(void *state);
};

extern const struct reader reader_candump_log, reader_candump_console, reader_csv; /* text */
extern const struct reader reader_asc, reader_blf, reader_pcapng;

/* The next line of a text: READER_FRAME when it is good, else what the reader has to return (the end,
 * a line that is too long or holds bytes that are no text). Sets frame->line. */
enum reader_outcome reader_line(struct source *source, struct capture_frame *frame, char **line,
                                struct capture_text *what);
/* Fills what; always READER_DAMAGED. The second one takes formats, both with the same arguments. */
enum reader_outcome reader_damaged(struct capture_text *what, const char *en, const char *zh);
enum reader_outcome reader_damaged_by(struct capture_text *what, const char *en, const char *zh,
                                      ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));
/* "the recorder lost 30 frames here"; count 0: it does not say how many. Always READER_LOST. */
enum reader_outcome reader_lost(struct capture_text *what, uint64_t count);
/* An error frame of SocketCAN (linux/can/error.h); READER_LOST when it is the controller that says its
 * buffer ran over. */
enum reader_outcome reader_error_frame(uint32_t id, const uint8_t *data, unsigned length,
                                       struct capture_text *what);
/* Fills a text; what does not fit is cut at a character. */
void capture_text_set(struct capture_text *text, const char *en, const char *zh, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));

#endif
