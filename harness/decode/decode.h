/* SPDX-License-Identifier: MIT */
/* decode.h: frames of one or several CAN networks to messages in words, JSON or columns.
 *
 *   struct decode_options options = {.edition = EDITION_2015, .out = stdout};
 *   struct decode *decode = decode_new(&options, &problem);
 *   decode_clock(decode, CLOCK_RELATIVE);             before the first frame
 *   decode_frame(decode, &frame);                     a frame of a capture or of an interface
 *   decode_finish(decode);                            transfers left open; JSON: the summary
 *   decode_summarise(decode, stderr);                 for people
 *   decode_free(decode);
 *
 * Each network has an assembler of its own, so that two guns do not disturb each other. Frames that
 * belong to none of GB/T 27930 are counted by identifier. Nothing is kept of a frame but the last
 * payload of each message, so memory does not grow with the capture. Output errors are the stream's
 * (ferror). */
#ifndef HARNESS_DECODE_DECODE_H
#define HARNESS_DECODE_DECODE_H

#include "harness/capture/capture.h"
#include "sim/text/problem.h"
#include "vehicle_bms/message/messages.h"

#include <stdio.h>

enum decode_form {
    DECODE_TEXT, /* a line a message */
    DECODE_JSON, /* an object a line */
    DECODE_CSV,  /* options.fields */
};

struct decode_options {
    enum edition edition;
    enum decode_form form;
    bool chinese;
    bool changes;       /* only messages that differ from the last of their kind */
    bool numbered;      /* frames have line numbers (a file; not an interface) */
    bool colour;        /* of faults, in text */
    const char *fields; /* CSV: "BCL.current_demand,BMV.cell_voltage[3]" */
    int64_t zone_ns;    /* added to times since 1970 when they are written for people */
    FILE *out;
};

struct decode;

struct decode *decode_new(const struct decode_options *options, struct problem *problem);
void decode_clock(struct decode *decode, enum capture_clock clock);
void decode_frame(struct decode *decode, const struct capture_frame *frame);
void decode_finish(struct decode *decode);
/* How many frames, messages, transfers, faults and foreign identifiers; what is odd about it. */
void decode_summarise(const struct decode *decode, FILE *stream);
void decode_free(struct decode *decode);

#endif
