/* SPDX-License-Identifier: MIT */
/* charge_stream.h: the frames of one healthy charge, to be changed, and what the rules say of them.
 *
 *   charge(&stream);                                    a healthy charge of both sides
 *   drop(&stream, "BCL", 9000, 20000);                  frames of BCL from 9 s on
 *   repeat(&stream, "CEM", 10000, 10750, 250, "FC F0 C4 FC");
 *   ck_assert_str_eq(judged(&stream), "awaited.bms.BCL");     ids of all that fail, in order
 *
 * Times in ms. What a side sends stops and goes by hand: a change that leaves one side out has to cut
 * what the other side would not send then. The course of the charge is in the constants below. */
#ifndef TESTS_VEHICLE_BMS_SUPPORT_CHARGE_STREAM_H
#define TESTS_VEHICLE_BMS_SUPPORT_CHARGE_STREAM_H

#include "vehicle_bms/rules/rules.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS         INT64_C(1000000)
#define STREAM_MAX 20000
#define ALL_TIME   10000000

/* The course. */
#define T_CHM    0
#define T_BHM    20
#define T_CRM_00 5000
#define T_BRM    5020
#define T_CRM_AA 5100
#define T_BCP    5120
#define T_CML    5200
#define T_BRO_00 5220
#define T_BRO_AA 6220
#define T_CRO_00 6240
#define T_CRO_AA 7240
#define T_BCL    7260
#define T_CCS    7340
#define T_CST    12340
#define T_BST    12342
#define T_BSD    12452
#define T_CSD    12460
#define T_END    13300

#define CHM_V11  "01 01 00"
#define BHM_V    "88 13" /* 500 V */
#define CRM_00   "00 01 00 00 00 31 32 33"
#define CRM_AA   "AA 01 00 00 00 31 32 33"
#define BCP_MAX  "6D 01 DC 05 F4 01 88 13 73 F4 01 A0 0F" /* 250 A, 500 V, 65 degC */
#define CTS_TIME "00 30 12 24 05 26 20"
#define CML_MAX  "58 1B D0 07 DC 05 A0 0F"    /* 700 V, 200 V, 250 A, 0 A */
#define BCL_OK   "7C 13 B8 0B 02"             /* 498.8 V, 100 A, constant current */
#define BCS_OK   "A0 0F B8 0B 4C 61 32 3C 00" /* 400 V, 100 A, 3.32 V, 50 %, 60 min */
#define CCS_OK   "A0 0F B8 0B 01 00 FD FF"    /* 400 V, 100 A, 1 min, permitted */
#define CCS_STOP "A0 0F A0 0F 01 00 FC FF"    /* 400 V, 0 A, paused */
#define BSM_OK   "01 50 01 4F 02 00 D0"       /* 30 and 29 degC, normal, permitted */
#define BSM_WAIT "01 50 01 4F 02 00 C0"       /* charging forbidden */
#define CST_HAND "04 00 F0 F0"
#define BST_CST  "40 00 00 F0"
#define BSD_OK   "32 4D 01 4E 01 4F 50"
#define CSD_OK   "01 00 05 00 01 00 00 00"

struct stream_frame {
    int64_t at_ns;
    enum message_index of; /* its transfer, for the frames of one */
    bool gone;
    size_t order;
    struct can_frame_ext frame;
};

struct stream {
    struct stream_frame frames[STREAM_MAX];
    size_t count;
    enum edition edition;
    struct rules_limits limits;
    bool no_clock;
    bool lossless; /* every frame of the network is here */
    int64_t resolution_ns;
    int64_t end_ms; /* 0: that of the last frame */
    size_t lost_at; /* rules_lost before this frame; 0: never */
    size_t jump_at; /* rules_jumped, likewise */
    struct {
        enum rules_told what;
        int64_t at_ms;
    } told[4]; /* rules_tell, in order */
    size_t told_count;
    struct rules *rules;
    char failed[2048], unclear[2048];
};

enum message_index code_of(const char *code);

/* Any frame, as candump writes it: "1CECF456", "11 07 01 FF FF 00 02 00". */
void raw(struct stream *stream, int64_t at_ms, const char *id, const char *text);

/* A whole transfer: RTS, CTS after 1 ms, packets every 10 ms, EndOfMsgAck. */
void transfer(struct stream *stream, int64_t at_ms, enum message_index of, const uint8_t *data,
              size_t length);

void put(struct stream *stream, int64_t at_ms, const char *code, const char *text);

/* to_ms itself is not sent. */
void repeat(struct stream *stream, const char *code, int64_t from_ms, int64_t to_ms,
            int64_t period_ms, const char *text);

void put_brm(struct stream *stream, int64_t at_ms);

void start(struct stream *stream, int64_t at);

/* Charging from T_BCL to `to`, without its end. */
void charging(struct stream *stream, int64_t at, int64_t to);

void ending(struct stream *stream, int64_t at);

void stream_init(struct stream *stream, enum edition edition);

void charge_at(struct stream *stream, int64_t at_ms);

void charge(struct stream *stream);

/* ---- changes ---- */

void drop(struct stream *stream, const char *what, int64_t from_ms, int64_t to_ms);

void shift(struct stream *stream, const char *what, int64_t from_ms, int64_t to_ms, int64_t by_us);

/* Another payload (of single frames). */
void say(struct stream *stream, const char *code, int64_t from_ms, int64_t to_ms, const char *text);

/* ---- judging ---- */

int by_time(const void *a, const void *b);

/* The mark of a frame is its place in time, from 1. Frees what was judged before. */
const char *judged(struct stream *stream);

const struct rule_result *result_of(const struct stream *stream, const char *id);

void done_at(struct stream *stream, enum rules_told what, int64_t at_ms);

void stream_free(struct stream *stream);

#endif
