/* SPDX-License-Identifier: MIT */
/* frame.h: what a capture consists of, as its readers hand it out; capture.h is how to use them. */
#ifndef HARNESS_CAPTURE_SOURCE_FRAME_H
#define HARNESS_CAPTURE_SOURCE_FRAME_H

#include "sim/can/can.h"

#include <stdbool.h>
#include <stdint.h>

/* The latest time that is handed out, in the year 2261: 64 bits of nanoseconds end in April 2262,
 * and whoever adds a wait or a zone to a time needs room. A record beyond it is damage. */
#define CAPTURE_MOST_NS (INT64_MAX - INT64_C(366) * 86400 * 1000000000)

#define CAPTURE_NETWORK_MAX 16 /* a network's name, with its end */

/* A clause about a capture, in both languages; "" in both: nothing to say. */
#define CAPTURE_TEXT_SIZE 240
struct capture_text {
    char en[CAPTURE_TEXT_SIZE], zh[CAPTURE_TEXT_SIZE];
};

enum capture_format {
    CAPTURE_UNKNOWN,
    CAPTURE_CANDUMP_LOG,     /* (1436509052.249713) vcan0 1826F456#010100 */
    CAPTURE_CANDUMP_CONSOLE, /*  (0.000000)  vcan0  1826F456   [3]  01 01 00 */
    CAPTURE_ASC,
    CAPTURE_BLF,
    CAPTURE_CSV, /* any table with columns for identifier and data, those of ZLG and CANalyst too */
    CAPTURE_PCAPNG,
    CAPTURE_TRC, /* of PCAN: only written; read as a table */
    CAPTURE_FORMATS,
};

struct capture_frame {
    /* On the capture's clock, never negative; see capture_health.clock. As the file has it: where
     * the file's clock goes backwards, so does this. 0 when there is no clock. */
    int64_t at_ns;
    uint64_t line;       /* line of a text file; number of the record or block of a binary one */
    const char *network; /* channel or interface as the file names it; "" when it does not */
    bool sent;           /* the file says that the recording tool sent it (Tx) */
    /* The file ends behind it without a line end, and its form has no length: data may be missing.
     * Who knows how long this message has to be can tell. */
    bool unended;
    struct can_frame_ext frame;
};

enum capture_clock {
    CLOCK_NONE,     /* no column of time, or nothing readable in it: only the order is known */
    CLOCK_CONSTANT, /* the same time on every frame so far: as good as none */
    CLOCK_RELATIVE, /* since some start */
    CLOCK_OF_DAY,   /* wall time without a date; midnight is carried over */
    CLOCK_ABSOLUTE, /* since 1970; a date without a zone is taken as UTC */
};

struct capture_options {
    const char *network; /* only this channel or interface; all when NULL */
    /* CSV only; NULL: found by the header or by content. "id=2,data=6,time=1" or names of the
     * header: "id=帧ID,data=数据". Keys: id, data, time, length, direction, network, extended. */
    const char *columns;
    /* Unit of a bare number in the time column: "s", "ms", "us", "ns", "0.1ms"; NULL: found by
     * content. */
    const char *time_unit;
};

#endif
