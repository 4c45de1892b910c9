/* SPDX-License-Identifier: MIT */
/* line.h: one frame in the format of `candump -l`.
 *
 *   char line[CANDUMP_LINE_SIZE];
 *   size_t length = candump_line(line, at_ns, "bms", 3, &frame);
 *
 *   (0000000012.345678) bms 1826F456#010100
 *
 * Seconds since the epoch, cut to microseconds; network; identifier (3 hex digits standard, 8
 * extended); data. Without end of line and without NUL. at_ns is not negative; the name has at most
 * 15 characters and no white space. */
#ifndef HARNESS_CAPTURE_CANDUMP_LINE_H
#define HARNESS_CAPTURE_CANDUMP_LINE_H

#include "sim/can/can.h"

#define CANDUMP_LINE_SIZE 80
#define CANDUMP_NAME_SIZE 16

size_t candump_line(char *text, int64_t at_ns, const char *name, size_t name_length,
                    const struct can_frame_ext *frame);

#endif
