/* SPDX-License-Identifier: MIT */
/* messages.h: the tester's dictionary of GB/T 27930 and the coder that reads it.
 *
 *   const struct message *bcl = message_by_code("BCL");
 *   const struct field *demand = field_find(bcl, "current_demand");
 *   uint8_t data[MESSAGE_LENGTH_MAX];
 *   size_t length = message_blank(bcl, EDITION_2015, data);       all ones = nothing supplied
 *   field_put(demand, data, length, -120.0);                      raw 2800
 *   double value;
 *   if (field_get(demand, data, length, &value) == FIELD_VALUE)   value is -120.0
 *
 * One table stands behind coder, decoder, range checks, signals, condition names and export; what
 * differs between editions is a column of it. The order of messages[] is enum message_index.
 *
 * Numbers and units
 *  - value = raw * scale + offset, in the field's unit, rounded once: raw 4261 gives the double that
 *    426.1 is. Numbers are little-endian (clause 4.4); bytes
 *    and bits count from 1, bit 1 is the least significant (clause 4.4).
 *  - Currents keep the sign of the wire: charging is NEGATIVE (raw 3800 = -20 A), because the offset
 *    is -400 A. BCL.current_demand, BCS.current, CCS.output_current, CML.current_max, BCP.current_max
 *    are all <= 0 A in a charge. (gun.current, which is no message field, is positive then.)
 *  - All ones means "not supplied" (clause 7.9), unless the table gives that raw value a meaning by
 *    a label (BRO 0xFF "invalid") or by FIELD_FULL (cell group 15). Two-bit states may be
 *    "untrusted" (10): the label says so, and the receiver keeps the former state.
 *
 * Errors: lookups give NULL; field_put and friends return 0 or -1 (not codable, beyond the
 * payload), and change nothing then. Values outside the printed range but codable are put: a tester
 * must be able to send them; field_get tells them apart as FIELD_OUT_OF_RANGE.
 *
 * Source: GB/T 27930-2015 chapter 9 (messages) and chapter 10 (fields), SPN for SPN. Clause strings
 * give the sub-clause of chapter 10; a field inside it is found by its SPN. */
#ifndef VEHICLE_BMS_MESSAGE_MESSAGES_H
#define VEHICLE_BMS_MESSAGE_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MESSAGE_LENGTH_MAX 512  /* BMV of 256 cells */
#define MESSAGE_FIELDS_MAX 20   /* rows of the largest message (BRM) */
#define ADDRESS_CHARGER    0x56 /* chapter 6: fixed addresses, no claim */
#define ADDRESS_BMS        0xF4

enum edition {
    EDITION_2011,
    EDITION_2015,
    EDITION_2023, /* class A of GB/T 27930-2023 */
    EDITIONS,
};

enum message_index {
    MESSAGE_CHM,
    MESSAGE_BHM,
    MESSAGE_CRM,
    MESSAGE_BRM,
    MESSAGE_BCP,
    MESSAGE_CTS,
    MESSAGE_CML,
    MESSAGE_BRO,
    MESSAGE_CRO,
    MESSAGE_BCL,
    MESSAGE_BCS,
    MESSAGE_CCS,
    MESSAGE_BSM,
    MESSAGE_BMV,
    MESSAGE_BMT,
    MESSAGE_BSP,
    MESSAGE_BST,
    MESSAGE_CST,
    MESSAGE_BSD,
    MESSAGE_CSD,
    MESSAGE_BEM,
    MESSAGE_CEM,
    MESSAGE_COUNT,
};

enum message_phase {
    PHASE_HANDSHAKE,
    PHASE_RECOGNITION,
    PHASE_CONFIGURATION,
    PHASE_CHARGING,
    PHASE_END,
    PHASE_ERROR,
    PHASES,
};

enum field_kind {
    FIELD_NUMBER, /* unsigned, scaled */
    FIELD_ASCII,  /* text, byte 1 first */
    FIELD_BCD,    /* packed decimal, low byte first: 15 20 = 2015 */
    FIELD_BITS,   /* a state of two bits (or a few), see labels */
};

/* Flags of a field. */
#define FIELD_OPTIONAL 1u /* the standard allows "not supplied" */
#define FIELD_FULL     2u /* all ones is a value of its range, not "not supplied" */
#define FIELD_PERSONAL 4u /* identifies a vehicle or a person: --mask replaces it */
#define FIELD_QUIET    8u /* a state whose 0 is the ordinary one: people want to read the others */

/* Meaning of one raw value. Lists end with en == NULL. */
struct field_label {
    uint32_t raw;
    bool untrusted; /* 不可信状态: keep the former state */
    const char *zh, *en;
};

struct field {
    const char *name; /* snake_case, unique in its message */
    const char *zh, *en;
    uint16_t spn;     /* 0: bits the standard gives no SPN */
    uint16_t byte;    /* first byte, from 1 */
    uint8_t bit;      /* first bit in it, from 1 */
    uint16_t bits;    /* length */
    uint16_t repeat;  /* 1; more: an array of that many, as far as the payload reaches */
    uint8_t stride;   /* bytes from one element to the next */
    double scale;     /* unit per bit */
    double offset;    /* unit */
    double min, max;  /* printed range, unit; min > max: none printed, all codable values */
    const char *unit; /* "" for counts, states, text */
    uint8_t kind;     /* enum field_kind */
    uint8_t flags;    /* FIELD_... */
    const struct field_label *labels; /* NULL: none */
    double steps;                     /* raw steps in one unit, 1 / scale: exact, as 0.1 is not */
};

/* What differs between editions. A row with length_sent == 0 is as in EDITION_2015. */
struct message_form {
    uint16_t lengths[2];  /* accepted, bytes; [1] = 0: only one */
    uint16_t length_sent; /* what a sender in practice uses */
    uint16_t length_unit; /* not 0: any multiple of it up to lengths[0] is accepted */
    uint16_t period_ms;   /* of the frame, or of the whole transfer */
    bool mandatory;
    const char *clause; /* sub-clause; "" where not known */
    bool absent;        /* the edition has no such message; the rest is as in 2015 then */
};

struct message {
    const char *code; /* three capital letters */
    const char *zh, *en;
    uint32_t pgn;
    uint8_t priority;
    bool from_charger; /* else from the BMS */
    bool transport;    /* longer than a frame: by connection mode, see transport.h */
    uint8_t phase;     /* enum message_phase, where it starts */
    const struct field *fields;
    size_t field_count;
    struct message_form forms[EDITIONS];
};

extern const struct message messages[MESSAGE_COUNT];

const struct message *message_by_code(const char *code); /* "BCL"; NULL: no such message */
const struct message *message_by_pgn(uint32_t pgn);      /* NULL: not of GB/T 27930 */
enum message_index message_index(const struct message *message);
const struct message_form *message_form(const struct message *message, enum edition edition);
/* The message with the fields that edition has: itself, or a row that differs in its fields only.
 * Its first fields have the names and the order of messages[]. */
const struct message *message_of_edition(const struct message *message, enum edition edition);
const char *message_phase_text(enum message_phase phase, bool chinese);
const char *edition_text(enum edition edition); /* "GB/T 27930-2015" */
const char *
edition_year(enum edition edition); /* "2015", as people name it in options and records */
/* The edition of which text[0..length) is the year; false: there is none. */
bool edition_named(const char *text, size_t length, enum edition *edition);

/* Identifier on the wire, P<<26 | PF<<16 | DA<<8 | SA (chapter 6). Of a transport message it is the
 * formula's; such a message itself travels in TP.CM and TP.DT. */
uint32_t message_id(const struct message *message);
uint32_t message_frame_id(uint8_t priority, uint32_t pgn, uint8_t destination, uint8_t source);

bool message_length_ok(const struct message *message, enum edition edition, size_t length);

/* A message of one frame that its sender has filled up to 8 bytes with one and the same value: how
 * long it is without. 0: it is none. Many vehicles fill all of their messages; the fields are where
 * they belong. */
size_t message_unpadded(const struct message *message, enum edition edition, const uint8_t *data,
                        size_t length);

/* Fills the usual length with ones and returns that length. */
size_t message_blank(const struct message *message, enum edition edition, uint8_t *data);

/* True when every bit of the payload that no field owns is 1 (clause 7.9; real cars differ). */
bool message_reserved_ok(const struct message *message, const uint8_t *data, size_t length);

enum field_state {
    FIELD_VALUE,        /* a value within its range */
    FIELD_OUT_OF_RANGE, /* a value, outside the printed range or (BCD) no decimal digit */
    FIELD_UNTRUSTED,    /* a state marked as not to be trusted; the value is its raw number */
    FIELD_NOT_SUPPLIED, /* all ones: value is NAN */
    FIELD_ABSENT,       /* the payload ends before it: value is NAN */
    FIELD_TEXT,         /* ASCII: use field_text; value is NAN */
};

const struct field *field_find(const struct message *message, const char *name);
/* "BCL.current_demand"; message (may be NULL) gets the message. NULL: no such message or field. */
const struct field *field_by_path(const char *path, const struct message **message);
/* Element n (from 0) of a repeated field, as a field of its own. */
struct field field_element(const struct field *field, unsigned n);
/* Printed range, or the codable one when none is printed. */
void field_range(const struct field *field, double *min, double *max);

enum field_state field_get(const struct field *field, const uint8_t *data, size_t length,
                           double *value);
int field_put(const struct field *field, uint8_t *data, size_t length, double value);
/* NAN puts "not supplied". */

/* Raw bits of fields up to 64 bits; false (and -1) when the payload ends before the field. */
bool field_raw(const struct field *field, const uint8_t *data, size_t length, uint64_t *raw);
int field_put_raw(const struct field *field, uint8_t *data, size_t length, uint64_t raw);

/* Text of ASCII fields, cut at NUL or FF, unprintable bytes as '?'. Returns its length; 0 when not
 * supplied. put fills the rest with FF. */
size_t field_text(const struct field *field, const uint8_t *data, size_t length, char *text,
                  size_t size);
int field_put_text(const struct field *field, uint8_t *data, size_t length, const char *text);

const struct field_label *field_label(const struct field *field, uint64_t raw); /* NULL: none */

/* For people: "426.1 V", "0xAA recognised", "not supplied", the text. Always ends with NUL. */
void field_print(const struct field *field, const uint8_t *data, size_t length, bool chinese,
                 char *text, size_t size);

/* A whole message by the order of its fields; NAN = not supplied. encode gives the length (0: a
 * value is not codable, *bad its index); text fields and further elements of repeated ones stay all
 * ones. decode writes field_count values and states and returns how many have a value. */
size_t message_encode(const struct message *message, enum edition edition, const double *values,
                      uint8_t *data, size_t *bad);
size_t message_decode(const struct message *message, const uint8_t *data, size_t length,
                      double *values, enum field_state *states);

#endif
