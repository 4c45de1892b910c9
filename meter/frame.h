/* SPDX-License-Identifier: MIT */
/* frame.h: frames of DL/T 645-2007 (chapter 5.2): coder, and a parser for a stream of bytes.
 *
 *   struct meter_frame frame = {.control = METER_READ, .length = 4, .data = {0, 0, 1, 0}};
 *   meter_address_from_text("000000000001", frame.address);
 *   uint8_t bytes[METER_FRAME_BYTES_MAX];
 *   size_t count = meter_frame_encode(&frame, bytes);          68 01 00 ... 16
 *
 *   struct meter_parser parser;
 *   meter_parser_init(&parser, got_frame, got_damage, ctx);
 *   meter_parser_byte(&parser, at_ns, byte);                   for every byte received
 *
 * On the wire: any number of FE, 68, address (6 bytes of packed decimal, lowest first), 68,
 * control, length, data (each byte plus 33H), checksum (sum from the first 68 to the last data
 * byte), 16. Here the data are as meant, 33H taken off.
 *
 * The parser takes any split of the bytes, FE and noise before and after, and finds the frames that
 * lie inside what looked like one. A gap of more than gap_ns between two bytes ends what was begun.
 * It keeps at most one frame; nothing is allocated. Bytes that are part of no frame are told as
 * damage, with why; FE before a frame are none. */
#ifndef METER_FRAME_H
#define METER_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define METER_READ_DATA_MAX   200 /* bytes of data of a read answer (6.2) */
#define METER_WRITE_DATA_MAX  50  /* of a write */
#define METER_FRAME_BYTES_MIN 12  /* without data */
#define METER_FRAME_BYTES_MAX (METER_FRAME_BYTES_MIN + METER_READ_DATA_MAX)
#define METER_GAP_NS          INT64_C(500000000) /* between bytes, at most */
#define METER_ADDRESS_TEXT    13                 /* 12 digits and NUL */
#define METER_WILDCARD        0xAA               /* in place of two digits of an address */

/* Control codes (chapter 7). The answer has METER_ANSWER set, and METER_ABNORMAL when refused. */
enum meter_control {
    METER_SECURITY = 0x03,
    METER_BROADCAST_TIME = 0x08,
    METER_READ = 0x11,
    METER_READ_MORE = 0x12,
    METER_READ_ADDRESS = 0x13,
    METER_WRITE = 0x14,
    METER_WRITE_ADDRESS = 0x15,
    METER_FREEZE = 0x16,
    METER_BAUD = 0x17,
    METER_PASSWORD = 0x18,
    METER_CLEAR_DEMAND = 0x19,
    METER_CLEAR = 0x1A,
    METER_CLEAR_EVENTS = 0x1B,
    METER_SWITCH = 0x1C, /* trip, close, alarm, hold */
    METER_TERMINAL = 0x1D,
    METER_WRITE_1997 = 0x04, /* DL/T 645-1997 has the same frame and other codes */
    METER_PASSWORD_1997 = 0x0F,
    METER_ANSWER = 0x80,
    METER_ABNORMAL = 0x40,
    METER_MORE = 0x20, /* more frames follow */
    METER_FUNCTION = 0x1F,
};

/* Bits of the error byte of an abnormal answer (table of 6.2). */
enum meter_error {
    METER_ERROR_OTHER = 0x01,
    METER_ERROR_NO_DATA = 0x02,
    METER_ERROR_PASSWORD = 0x04,
    METER_ERROR_BAUD = 0x08,
    METER_ERROR_ZONES = 0x10,
    METER_ERROR_PERIODS = 0x20,
    METER_ERROR_TARIFFS = 0x40,
};

struct meter_frame {
    uint8_t address[6]; /* as on the wire: lowest two digits first */
    uint8_t control;
    uint8_t length; /* of data */
    uint8_t data[METER_READ_DATA_MAX];
};

/* Bytes written (no FE); 0: more data than a frame holds. */
size_t meter_frame_encode(const struct meter_frame *frame, uint8_t bytes[METER_FRAME_BYTES_MAX]);

/* Are these bytes, from the first 68 to 16, one sound frame? bare: also when 33H has been taken off
 * its data. */
bool meter_frame_is_whole(const uint8_t *bytes, size_t count, bool bare);

/* "000102030425", or with A for wildcards: "AAAAAAAAAAAA". False: not 1 to 12 such digits; fewer
 * are filled with zeros from the left. */
bool meter_address_from_text(const char *text, uint8_t address[6]);
void meter_address_to_text(const uint8_t address[6], char text[METER_ADDRESS_TEXT]);
/* Is a request with this address meant for a meter with that one? Wildcard AA, broadcast 99. */
bool meter_address_matches(const uint8_t asked[6], const uint8_t own[6]);
bool meter_address_is_broadcast(const uint8_t address[6]);

/* "read data", "读数据"; of answers too. Never NULL. */
const char *meter_control_text(uint8_t control, bool chinese);
/* One bit of the error byte. */
const char *meter_error_text(uint8_t bit, bool chinese);

enum meter_damage {
    METER_DAMAGE_NOISE,    /* bytes outside any frame */
    METER_DAMAGE_CHECKSUM, /* whole by its length, but the sum is wrong */
    METER_DAMAGE_END,      /* the last byte is not 16 */
    METER_DAMAGE_LENGTH,   /* more data than the standard allows */
    METER_DAMAGE_GAP,      /* cut off: no byte for longer than gap_ns, or the input ended */
};

struct meter_parser {
    int64_t gap_ns;
    void (*frame)(void *ctx, int64_t first_ns, int64_t last_ns, const struct meter_frame *frame);
    /* A log may have been written with 33H already taken off the data: the sum then fits only with
     * it put back. With accept_bare such frames count; bare tells of the frame being handed
     * over. */
    bool accept_bare, bare;
    /* May be NULL. bytes are those given up, valid during the call. */
    void (*damage)(void *ctx, int64_t at_ns, enum meter_damage damage, const uint8_t *bytes,
                   size_t count);
    void *ctx;
    /* its own */
    size_t count;
    bool ending;
    int64_t last_ns;
    uint8_t bytes[METER_FRAME_BYTES_MAX];
    int64_t at_ns[METER_FRAME_BYTES_MAX];
};

void meter_parser_init(struct meter_parser *parser,
                       void (*frame)(void *ctx, int64_t first_ns, int64_t last_ns,
                                     const struct meter_frame *frame),
                       void (*damage)(void *ctx, int64_t at_ns, enum meter_damage damage,
                                      const uint8_t *bytes, size_t count),
                       void *ctx);
void meter_parser_byte(struct meter_parser *parser, int64_t at_ns, uint8_t byte);
/* Nothing more comes: what was begun is told as damage, frames inside it are found. */
void meter_parser_end(struct meter_parser *parser);
const char *meter_damage_text(enum meter_damage damage, bool chinese);

#endif
