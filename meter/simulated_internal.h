/* SPDX-License-Identifier: MIT */
/* simulated_internal.h: the simulated meter's inside, for simulated.c and simulated_answers.c. */
#ifndef METER_SIMULATED_INTERNAL_H
#define METER_SIMULATED_INTERNAL_H

#include "meter/simulated.h"

struct simulated {
    struct loop *loop;
    struct serial_line *line;
    struct serial_station station;
    struct simulated_params params;
    struct registers registers;
    struct meter_parser parser;
    struct timer answer_timer, piece_timer, switch_timer;
    struct meter_frame answer;
    struct simulated_stats stats;
    void (*asked)(void *ctx, int64_t now_ns); /* called at each request; may be NULL */
    void *asked_ctx;
    enum simulated_fault fault, spoilt; /* asked for; of the present answer */
    double fault_value, fault_share;
    double spoilt_value; /* of the answer that is under way */
    uint64_t random;
    uint8_t out[2 * (METER_FRAME_BYTES_MAX + 8)]; /* the present answer on its way */
    size_t out_count, out_sent;
    size_t piece_bytes; /* 0: in one piece */
    int64_t piece_pause_ns;
    uint32_t new_rate; /* 0 when no change waits */
    /* What is being read in parts. */
    uint32_t long_di;
    uint8_t long_data[METER_READ_DATA_MAX * 2];
    size_t long_size, long_sent;
    uint8_t long_part; /* the one to come */
    size_t part_begin; /* long_sent before the last part: it may be asked for again */
};

/* Fills meter->answer after its control code. False: no answer at all. */
bool simulated_answer(struct simulated *meter, int64_t now_ns, const struct meter_frame *request);

#endif
