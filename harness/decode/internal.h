/* SPDX-License-Identifier: MIT */
/* internal.h: what decode.c shares with the forms it writes. */
#ifndef HARNESS_DECODE_INTERNAL_H
#define HARNESS_DECODE_INTERNAL_H

#include "harness/decode/decode.h"
#include "sim/text/json_writer.h"
#include "vehicle_bms/listen/assembler.h"
#include "vehicle_bms/listen/edition.h"

#define DECODE_COLUMNS_MAX  64
#define DECODE_FOREIGN_MAX  32
#define DECODE_NETWORKS_MAX 16 /* as CAPTURE_NETWORKS_MAX */

/* The last payload of a message, for --changes. */
struct decode_last {
    bool seen;
    uint16_t length;
    uint8_t data[MESSAGE_LENGTH_MAX];
};

struct decode_network {
    struct decode *decode;
    char name[CAPTURE_NETWORK_MAX];
    bool first; /* of those that carry messages */
    struct assembler assembler;
    struct decode_last last[MESSAGE_COUNT];
};

/* One column of --fields; the value it holds. */
struct decode_column {
    const char *name;
    enum message_index message;
    const struct field *field; /* of the edition's row */
    unsigned element;          /* of a repeated field, from 0 */
    bool known;
    double value;
    char text[32]; /* of ASCII fields */
};

struct decode_foreign {
    uint32_t id;
    bool extended;
    uint64_t count;
};

struct decode {
    struct decode_options options;
    enum capture_clock clock;
    struct decode_network *networks[DECODE_NETWORKS_MAX];
    size_t network_count;
    const struct decode_network *first; /* the first network that carried a message */
    uint64_t frames, messages, wrong_length, unreserved, absent;
    uint64_t faults[TRANSFER_FAULTS];
    struct decode_foreign foreign[DECODE_FOREIGN_MAX];
    size_t foreign_ids;
    struct edition_signs signs;
    uint64_t foreign_frames, foreign_more; /* more: of identifiers beyond the table */
    int64_t day;                           /* text: the day whose line has been written */
    size_t widest;                         /* text: columns of the longest meaning */
    struct decode_column columns[DECODE_COLUMNS_MAX];
    size_t column_count;
    char *column_names;
    struct buffer line; /* JSON: the line at hand */
    struct json_writer json;
};

/* A message, ready to be written. */
struct decoded {
    const struct decode_network *network;
    const struct assembled *whole;
    const struct message *message; /* as the edition lays it out */
    bool reserved_ok;
    bool absent; /* the edition has no such message */
};

bool decode_has_clock(const struct decode *decode);
/* True when at_ns is since 1970: read as a date. Traces that count from 0 are not. */
bool decode_is_date(const struct decode *decode, int64_t at_ns);

void decode_text_message(struct decode *decode, const struct decoded *one);
void decode_text_fault(struct decode *decode, const struct decode_network *network,
                       const struct transfer_event *event);

void decode_json_message(struct decode *decode, const struct decoded *one);
void decode_json_fault(struct decode *decode, const struct decode_network *network,
                       const struct transfer_event *event);
void decode_json_summary(struct decode *decode);

/* Writes the header. */
bool decode_columns_open(struct decode *decode, struct problem *problem);
void decode_columns_message(struct decode *decode, const struct decoded *one);

/* Sum of assembler_stats over the networks. */
struct assembler_stats decode_stats(const struct decode *decode);

#endif
