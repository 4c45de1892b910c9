/* SPDX-License-Identifier: MIT */
/* A charge as frames, told in steps: what is sent, for how long, and what is changed in it. */
#ifndef TESTS_VEHICLE_BMS_SUPPORT_ENDING_STREAM_H
#define TESTS_VEHICLE_BMS_SUPPORT_ENDING_STREAM_H

#include "vehicle_bms/ending/ending.h"
#include "vehicle_bms/listen/assembler.h"

#include <check.h>
#include <math.h>
#include <string.h>

#define MS INT64_C(1000000)

/* The stream that all functions here and in ending_ways.h write. */
struct ending_stream {
    struct assembler assembler;
    struct ending *ending;
    int64_t now_ns;
    uint64_t line;
    bool clock;
    uint8_t payload[MESSAGE_COUNT][MESSAGE_LENGTH_MAX];
    size_t length[MESSAGE_COUNT];
};

extern struct ending_stream stream;

void set(const char *path, double value);

void stream_begin(bool clock);

void send_frame(uint32_t id, const uint8_t *data, size_t length);

/* packets: how many of them come; 0: all. */
void send_transfer(const struct message *message, const uint8_t *data, size_t length,
                   size_t packets);

void send_one(enum message_index index);

/* Sends "BCL CCS BSM" at their periods for that long. */
void steady(int64_t ms, const char *codes);

void quiet(int64_t ms);

/* The healthy course, piece by piece. */
void go_handshake(void);

void go_recognition(void);

void go_configuration(void);

void go_charging(int64_t ms);

struct rules_session stream_end(void);

#endif
