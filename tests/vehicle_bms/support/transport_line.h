/* SPDX-License-Identifier: MIT */
/* transport_line.h: a sender and a receiver on one line that can lose frames, for the tests of the
 * transport. Time is pushed by the test.
 *
 *   struct line *line = line_new();
 *   line_transfer(line, 49);
 *   run(line, MS(1000));
 *   arrived_whole(line, 49); */
#ifndef TESTS_VEHICLE_BMS_SUPPORT_TRANSPORT_LINE_H
#define TESTS_VEHICLE_BMS_SUPPORT_TRANSPORT_LINE_H

#include "sim/loop.h"
#include "vehicle_bms/message/messages.h"
#include "vehicle_bms/transport/transport.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX 256
#define MS(n)    ((n)*NS_PER_MS)

struct line {
    int64_t now_ns;
    struct can_frame_ext frames[LINE_MAX]; /* all that were sent, in order */
    int64_t at_ns[LINE_MAX];
    size_t count, delivered;
    size_t lose_from, lose_to; /* indices of frames that do not arrive */
    struct transport_sender sender;
    struct transport_receiver receiver;
    unsigned received, finished;
    size_t length;
    uint8_t data[TRANSPORT_LENGTH_MAX];
    uint32_t pgn;
    enum transport_result result;
    int64_t finished_ns;
    unsigned failed; /* of the receiver */
    uint32_t failed_pgn;
    enum transport_result failure;
};

struct line *line_new(void);

void run(struct line *line, int64_t until_ns);

void line_transfer(struct line *line, size_t length);

void arrived_whole(const struct line *line, size_t length);

void is_frame(const struct line *line, size_t i, uint32_t id, const uint8_t bytes[8]);

unsigned count_of(const struct line *line, uint32_t id, uint8_t first);

#endif
