/* SPDX-License-Identifier: MIT */
/* capture.h: reads CAN captures of whatever tool people have, recognised by content, not by name.
 *
 *   struct capture_options options = {0};
 *   struct capture *capture = capture_open("car.xls", &options, &problem);   "-": standard input
 *   struct capture_frame frame;
 *   while (capture_next(capture, &frame)) use(frame.at_ns, frame.line, &frame.frame);
 *   const struct capture_health *health = capture_health(capture);      what was wrong with it
 *   if (health->read_error) complain(health->read_error);
 *   capture_close(capture);
 *
 * Formats: candump log (`candump -l`, -L) and candump's console forms (-t a, -t d, -t z, -x),
 * Vector ASC, BLF, CSV, the text exports of ZLG (ZCANPRO, CANTest) and CANalyst (GBK or UTF-8, tab
 * or comma, Chinese headers), pcapng with link type SocketCAN. All are streamed: memory does not
 * grow with the file, and a pipe will do.
 *
 * A damaged line (record, block) is counted, its number and what is wrong with it kept (the first
 * CAPTURE_DAMAGES_MAX), and reading goes on: never silently dropped, never fatal. So is a line in
 * which the recorder says that it lost frames. Lines that are no
 * frames by the format's own rules (headers, comments, statistics) are not damage. Remote, error
 * and FD frames are no data frames of GB/T 27930: counted, not handed out.
 *
 * capture_open returns NULL when nothing can be read; the problem says why and what to do. */
#ifndef HARNESS_CAPTURE_CAPTURE_H
#define HARNESS_CAPTURE_CAPTURE_H

#include "harness/capture/source/frame.h"
#include "sim/text/problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CAPTURE_DAMAGES_MAX  32
#define CAPTURE_NETWORKS_MAX 16

struct capture_damage {
    uint64_t line;
    bool lost;                /* the line is sound: it says that the recorder lost frames */
    struct capture_text what; /* one clause: "data longer than 8 bytes" */
};

struct capture_health {
    enum capture_format format;
    struct capture_text dialect;       /* for people: "candump log", "CSV, GBK, tab separated" */
    uint64_t frames;                   /* handed out */
    uint64_t damaged;                  /* lines or records that could not be read */
    uint64_t losses;                   /* places where the recorder says that it lost frames */
    bool lost_somewhere;               /* one of them has no place: anywhere in the file */
    uint64_t remote, error, fd, other; /* frames that are no classic data frames */
    struct capture_damage damages[CAPTURE_DAMAGES_MAX];
    size_t damage_count;
    enum capture_clock clock;
    struct capture_text no_clock; /* why times that seem to be there are not used; or "" */
    int64_t resolution_ns;    /* the clock's step as far as it showed, e.g. 100 ms; 0: not known */
    uint64_t steps_back;      /* times the clock went backwards */
    uint64_t first_back_line; /* where it first did */
    int64_t first_ns, last_ns;
    char networks[CAPTURE_NETWORKS_MAX][CAPTURE_NETWORK_MAX]; /* seen so far */
    uint64_t network_frames[CAPTURE_NETWORKS_MAX]; /* those that options.network left out too */
    size_t network_count;
    uint64_t unended_line;  /* of the frame behind which the line end is missing; 0: none */
    bool short_data;        /* a table with several frames, none longer than a byte */
    bool cut;               /* the file ends in the middle of a line, record or block */
    const char *read_error; /* NULL, or why reading ended early (I/O) */
};

struct capture;
struct source;

struct capture *capture_open(const char *path, const struct capture_options *options,
                             struct problem *problem);
/* From a source (source/reader.h) that it then owns: for tests and fuzzers. */
struct capture *capture_from(struct source *source, const struct capture_options *options,
                             struct problem *problem);
bool capture_next(struct capture *capture, struct capture_frame *frame);
/* As of now; asking again brings it up to date. Valid until capture_close. */
const struct capture_health *capture_health(const struct capture *capture);
void capture_close(struct capture *capture);
const char *capture_format_name(enum capture_format format);
const char *capture_clock_text(enum capture_clock clock, bool chinese);

/* True when the clock is good enough to judge times of that length: a clock, and a resolution of at
 * most a tenth of it. */
bool capture_clock_good_for(const struct capture_health *health, int64_t ns);

#endif
