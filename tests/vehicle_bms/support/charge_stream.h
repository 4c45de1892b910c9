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
    int64_t resolution_ns;
    int64_t end_ms; /* 0: that of the last frame */
    size_t lost_at; /* rules_lost before this frame; 0: never */
    struct rules *rules;
    char failed[2048], unclear[2048];
};

static inline enum message_index code_of(const char *code) {
    const struct message *message = message_by_code(code);
    ck_assert_ptr_nonnull(message);
    return message_index(message);
}

static inline size_t bytes_of(const char *text, uint8_t *data, size_t room) {
    size_t count = 0;
    char *end;
    for (const char *at = text; *at != '\0' && count < room; at = end) {
        data[count++] = (uint8_t)strtoul(at, &end, 16);
        while (*end == ' ') {
            end++;
        }
    }
    return count;
}

static inline void push_us(struct stream *stream, int64_t at_us, enum message_index of, uint32_t id,
                           const uint8_t *data, size_t length) {
    ck_assert_uint_lt(stream->count, STREAM_MAX);
    struct stream_frame *new = &stream->frames[stream->count];
    *new = (struct stream_frame){.at_ns = at_us * 1000, .of = of, .order = stream->count++};
    new->frame = (struct can_frame_ext){.id = id, .extended = true, .len = (uint8_t)length};
    memcpy(new->frame.data, data, length);
}

/* Any frame, as candump writes it: "1CECF456", "11 07 01 FF FF 00 02 00". */
static inline void raw(struct stream *stream, int64_t at_ms, const char *id, const char *text) {
    uint8_t data[8];
    size_t length = bytes_of(text, data, sizeof data);
    push_us(stream, at_ms * 1000, MESSAGE_COUNT, (uint32_t)strtoul(id, NULL, 16), data, length);
}

/* A whole transfer: RTS, CTS after 1 ms, packets every 10 ms, EndOfMsgAck. */
static inline void transfer(struct stream *stream, int64_t at_ms, enum message_index of,
                            const uint8_t *data, size_t length) {
    uint32_t pgn = messages[of].pgn;
    uint8_t count = (uint8_t)((length + 6) / 7), p1 = (uint8_t)(pgn >> 8);
    uint8_t rts[8] = {0x10, (uint8_t)length, (uint8_t)(length >> 8), count, 0xFF, 0, p1, 0};
    uint8_t cts[8] = {0x11, count, 1, 0xFF, 0xFF, 0, p1, 0};
    uint8_t ack[8] = {0x13, (uint8_t)length, (uint8_t)(length >> 8), count, 0xFF, 0, p1, 0};
    int64_t at_us = at_ms * 1000;
    push_us(stream, at_us, of, 0x1CEC56F4, rts, 8);
    push_us(stream, at_us += 1000, of, 0x1CECF456, cts, 8);
    for (uint8_t n = 0; n < count; n++) {
        uint8_t packet[8] = {(uint8_t)(n + 1)};
        for (size_t i = 0; i < 7; i++) {
            size_t from = n * 7u + i;
            packet[i + 1] = from < length ? data[from] : 0xFF;
        }
        push_us(stream, at_us += 8000, of, 0x1CEB56F4, packet, 8);
    }
    push_us(stream, at_us + 500, of, 0x1CECF456, ack, 8);
}

static inline void put(struct stream *stream, int64_t at_ms, const char *code, const char *text) {
    uint8_t data[64];
    enum message_index of = code_of(code);
    size_t length = bytes_of(text, data, sizeof data);
    size_t longest = message_form(&messages[of], stream->edition)->lengths[0];
    if (stream->edition == EDITION_2011 && length > longest) {
        length = longest; /* CML, CCS and CSD are shorter there, and begin alike */
    }
    if (messages[of].transport) {
        transfer(stream, at_ms, of, data, length);
    } else {
        push_us(stream, at_ms * 1000, of, message_id(&messages[of]), data, length);
    }
}

/* to_ms itself is not sent. */
static inline void repeat(struct stream *stream, const char *code, int64_t from_ms, int64_t to_ms,
                          int64_t period_ms, const char *text) {
    for (int64_t at = from_ms; at < to_ms; at += period_ms) {
        put(stream, at, code, text);
    }
}

static inline void put_brm(struct stream *stream, int64_t at_ms) {
    const struct message *brm = &messages[MESSAGE_BRM];
    uint8_t data[MESSAGE_LENGTH_MAX];
    size_t length = message_blank(brm, stream->edition, data);
    field_put(field_find(brm, "version_minor"), data, length, 1);
    field_put(field_find(brm, "version_major"), data, length, 1);
    field_put(field_find(brm, "battery_type"), data, length, 3);
    field_put(field_find(brm, "rated_capacity"), data, length, 200);
    field_put(field_find(brm, "rated_voltage"), data, length, 480);
    field_put_text(field_find(brm, "vin"), data, length, "LPILEBENCH0000001");
    transfer(stream, at_ms, MESSAGE_BRM, data, length);
}

static inline void start(struct stream *stream, int64_t at) {
    if (stream->edition != EDITION_2011) {
        repeat(stream, "CHM", at + T_CHM, at + T_CRM_00, 250, CHM_V11);
        repeat(stream, "BHM", at + T_BHM, at + T_CRM_00, 250, BHM_V);
    }
    put(stream, at + T_CRM_00, "CRM", CRM_00);
    put_brm(stream, at + T_BRM);
    put(stream, at + T_CRM_AA, "CRM", CRM_AA);
    put(stream, at + T_BCP, "BCP", BCP_MAX);
    repeat(stream, "CML", at + T_CML, at + T_CRO_00, 250, CML_MAX);
    repeat(stream, "CTS", at + T_CML + 1, at + T_CRO_00, 500, CTS_TIME);
    repeat(stream, "BRO", at + T_BRO_00, at + T_BRO_AA, 250, "00");
    repeat(stream, "BRO", at + T_BRO_AA, at + T_BCL, 250, "AA");
    repeat(stream, "CRO", at + T_CRO_00, at + T_CRO_AA, 250, "00");
    put(stream, at + T_CRO_AA, "CRO", "AA");
}

/* Charging from T_BCL to `to`, without its end. */
static inline void charging(struct stream *stream, int64_t at, int64_t to) {
    const char *ccs = stream->edition == EDITION_2023 ? "A0 0F B8 0B 01 00 FD" : CCS_OK;
    repeat(stream, "BCL", at + T_BCL, to, 50, BCL_OK);
    repeat(stream, "BCS", at + T_BCL + 5, to - 30, 250, BCS_OK);
    repeat(stream, "BSM", at + T_BCL + 40, to, 250, BSM_OK);
    repeat(stream, "CCS", at + T_CCS, to, 50, ccs);
}

static inline void ending(struct stream *stream, int64_t at) {
    repeat(stream, "CST", at + T_CST, at + T_CSD, 10, CST_HAND);
    repeat(stream, "BST", at + T_BST, at + T_BSD, 10, BST_CST);
    put(stream, at + T_BSD, "BSD", BSD_OK);
    repeat(stream, "CSD", at + T_CSD, at + T_END, 250,
           stream->edition == EDITION_2011 ? "01 00 05 00 01" : CSD_OK);
}

static inline void stream_init(struct stream *stream, enum edition edition) {
    memset(stream, 0, sizeof *stream);
    stream->edition = edition;
    stream->limits = rules_limits_default;
}

static inline void charge_at(struct stream *stream, int64_t at_ms) {
    start(stream, at_ms);
    charging(stream, at_ms, at_ms + T_CST);
    ending(stream, at_ms);
}

static inline void charge(struct stream *stream) {
    stream_init(stream, EDITION_2015);
    charge_at(stream, 0);
}

/* ---- changes ---- */

/* "*": every frame; "charger", "BMS": all that one side sends. */
static inline bool is_of(const struct stream_frame *frame, const char *what) {
    bool charger = (frame->frame.id & 0xFF) == ADDRESS_CHARGER;
    if (strcmp(what, "*") == 0) {
        return true;
    }
    if (strcmp(what, "charger") == 0 || strcmp(what, "BMS") == 0) {
        return charger == (what[0] == 'c');
    }
    return frame->of == code_of(what);
}

static inline void drop(struct stream *stream, const char *what, int64_t from_ms, int64_t to_ms) {
    for (size_t i = 0; i < stream->count; i++) {
        struct stream_frame *frame = &stream->frames[i];
        if (frame->at_ns >= from_ms * MS && frame->at_ns < to_ms * MS && is_of(frame, what)) {
            frame->gone = true;
        }
    }
}

static inline void shift(struct stream *stream, const char *what, int64_t from_ms, int64_t to_ms,
                         int64_t by_us) {
    for (size_t i = 0; i < stream->count; i++) {
        struct stream_frame *frame = &stream->frames[i];
        if (frame->at_ns >= from_ms * MS && frame->at_ns < to_ms * MS && is_of(frame, what)) {
            frame->at_ns += by_us * 1000;
        }
    }
}

/* Another payload (of single frames). */
static inline void say(struct stream *stream, const char *code, int64_t from_ms, int64_t to_ms,
                       const char *text) {
    for (size_t i = 0; i < stream->count; i++) {
        struct stream_frame *frame = &stream->frames[i];
        if (frame->at_ns >= from_ms * MS && frame->at_ns < to_ms * MS && is_of(frame, code)) {
            frame->frame.len = (uint8_t)bytes_of(text, frame->frame.data, 8);
        }
    }
}

/* ---- judging ---- */

static inline int by_time(const void *a, const void *b) {
    const struct stream_frame *one = a, *two = b;
    if (one->at_ns != two->at_ns) {
        return one->at_ns < two->at_ns ? -1 : 1;
    }
    return one->order < two->order ? -1 : 1;
}

static inline void collect(char *ids, size_t size, const char *id) {
    if (ids[0] != '\0') {
        strncat(ids, " ", size - strlen(ids) - 1);
    }
    strncat(ids, id, size - strlen(ids) - 1);
}

/* The mark of a frame is its place in time, from 1. Frees what was judged before. */
static inline const char *judged(struct stream *stream) {
    int64_t last_ns = 0;
    size_t place = 0;
    rules_free(stream->rules);
    qsort(stream->frames, stream->count, sizeof stream->frames[0], by_time);
    stream->rules = rules_new(stream->edition, &stream->limits, !stream->no_clock);
    ck_assert_ptr_nonnull(stream->rules);
    rules_resolution(stream->rules, stream->resolution_ns);
    for (size_t i = 0; i < stream->count; i++) {
        const struct stream_frame *frame = &stream->frames[i];
        if (!frame->gone) {
            if (++place == stream->lost_at) {
                rules_lost(stream->rules, place);
            }
            last_ns = frame->at_ns;
            rules_frame(stream->rules, last_ns, place, &frame->frame);
        }
    }
    rules_finish(stream->rules, stream->end_ms > 0 ? stream->end_ms * MS : last_ns);
    stream->failed[0] = stream->unclear[0] = '\0';
    for (size_t i = 0; i < rules_count(stream->rules); i++) {
        const struct rule_result *result = rules_result(stream->rules, i);
        if (result->verdict == RULE_FAIL) {
            collect(stream->failed, sizeof stream->failed, result->id);
        } else if (result->verdict == RULE_INCONCLUSIVE) {
            collect(stream->unclear, sizeof stream->unclear, result->id);
        }
    }
    return stream->failed;
}

static inline const struct rule_result *result_of(const struct stream *stream, const char *id) {
    for (size_t i = 0; i < rules_count(stream->rules); i++) {
        if (strcmp(rules_result(stream->rules, i)->id, id) == 0) {
            return rules_result(stream->rules, i);
        }
    }
    ck_abort_msg("no rule %s", id);
    return NULL;
}

static inline void stream_free(struct stream *stream) {
    rules_free(stream->rules);
    stream->rules = NULL;
}

#endif
