/* SPDX-License-Identifier: MIT */
/* capture.h: reads CAN captures of whatever tool people have, recognised by content, not by name.
 *
 *   struct capture_options options = {0};
 *   struct capture *capture = capture_open("car.xls", &options, why, sizeof why);   "-": stdin
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
 * CAPTURE_DAMAGES_MAX), and reading goes on: never silently dropped, never fatal. Lines that are no
 * frames by the format's own rules (headers, comments, statistics) are not damage. Remote, error
 * and FD frames are no data frames of GB/T 27930: counted, not handed out.
 *
 * Errors of capture_open: NULL, why is one sentence with what to do. */
#ifndef HARNESS_CAPTURE_CAPTURE_H
#define HARNESS_CAPTURE_CAPTURE_H

#include "sim/can/can.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CAPTURE_DAMAGES_MAX  32
#define CAPTURE_NETWORK_MAX  16
#define CAPTURE_NETWORKS_MAX 16

enum capture_format {
    CAPTURE_UNKNOWN,
    CAPTURE_CANDUMP_LOG,     /* (1436509052.249713) vcan0 1826F456#010100 */
    CAPTURE_CANDUMP_CONSOLE, /*  (0.000000)  vcan0  1826F456   [3]  01 01 00 */
    CAPTURE_ASC,
    CAPTURE_BLF,
    CAPTURE_CSV, /* any table with columns for identifier and data, those of ZLG and CANalyst too */
    CAPTURE_PCAPNG,
    CAPTURE_FORMATS,
};

struct capture_frame {
    /* On the capture's clock, never negative; see capture_health.clock. As the file has it: where
     * the file's clock goes backwards, so does this. 0 when there is no clock. */
    int64_t at_ns;
    uint64_t line;       /* line of a text file; number of the record or block of a binary one */
    const char *network; /* channel or interface as the file names it; "" when it does not */
    bool sent;           /* the file says that the recording tool sent it (Tx) */
    struct can_frame_ext frame;
};

enum capture_clock {
    CLOCK_NONE,     /* no column of time, or nothing readable in it: only the order is known */
    CLOCK_CONSTANT, /* the same time on every frame so far: as good as none */
    CLOCK_RELATIVE, /* since some start */
    CLOCK_OF_DAY,   /* wall time without a date; midnight is carried over */
    CLOCK_ABSOLUTE, /* since 1970; a date without a zone is taken as UTC */
};

struct capture_damage {
    uint64_t line;
    char what[96]; /* English, one clause: "data longer than 8 bytes" */
};

struct capture_health {
    enum capture_format format;
    char dialect[64];                  /* for people: "candump log", "CSV, GBK, tab separated" */
    uint64_t frames;                   /* handed out */
    uint64_t damaged;                  /* lines or records that could not be read */
    uint64_t remote, error, fd, other; /* frames that are no classic data frames */
    struct capture_damage damages[CAPTURE_DAMAGES_MAX];
    size_t damage_count;
    enum capture_clock clock;
    int64_t resolution_ns;    /* the clock's step as far as it showed, e.g. 100 ms; 0: not known */
    uint64_t steps_back;      /* times the clock went backwards */
    uint64_t first_back_line; /* where it first did */
    int64_t first_ns, last_ns;
    char networks[CAPTURE_NETWORKS_MAX][CAPTURE_NETWORK_MAX]; /* seen so far */
    uint64_t network_frames[CAPTURE_NETWORKS_MAX]; /* those that options.network left out too */
    size_t network_count;
    bool cut;               /* the file ends in the middle of a line, record or block */
    const char *read_error; /* NULL, or why reading ended early (I/O) */
};

struct capture_options {
    const char *network; /* only this channel or interface; NULL: all */
    /* CSV only; NULL: found by the header or by content. "id=2,data=6,time=1" or names of the
     * header: "id=帧ID,data=数据". Keys: id, data, time, length, direction, network, extended. */
    const char *columns;
    /* Unit of a bare number in the time column: "s", "ms", "us", "ns", "0.1ms"; NULL: found by
     * content. */
    const char *time_unit;
};

struct capture;

struct capture *capture_open(const char *path, const struct capture_options *options, char *why,
                             size_t why_size);
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
