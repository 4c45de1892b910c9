/* SPDX-License-Identifier: MIT */
/* json_writer.h: JSON, written value by value into a buffer; commas, quotes and escapes are put here.
 *
 *   struct json_writer json = {.out = &text};
 *   json_begin_object(&json, NULL);
 *   json_string(&json, "id", "period.CCS");
 *   json_begin_array(&json, "lengths");
 *   json_count(&json, NULL, 8);
 *   json_end_array(&json);
 *   json_end_object(&json);
 *   json_line(&json, stdout);         a line of its own, for streams of objects
 *
 * Every value takes a key inside an object and NULL elsewhere. The same calls give the same bytes:
 * keys stand in the order of the calls, numbers are the shortest that read back as the same double.
 * Keys are the program's own names and are written as they are. */
#ifndef SIM_TEXT_JSON_WRITER_H
#define SIM_TEXT_JSON_WRITER_H

#include "sim/text/buffer.h"
#include "sim/text/phrase.h"

#include <stdint.h>
#include <stdio.h>

#define JSON_DEPTH_MAX 8

struct json_level {
    bool object; /* else an array */
    bool some;   /* something stands in it already */
};

struct json_writer {
    struct buffer *out;
    struct json_level levels[JSON_DEPTH_MAX];
    unsigned depth;  /* objects and arrays that are open */
    unsigned indent; /* of the line on which the next value begins; 0: on the present one */
};

void json_begin_object(struct json_writer *json, const char *key);
void json_end_object(struct json_writer *json);
void json_begin_array(struct json_writer *json, const char *key);
void json_end_array(struct json_writer *json);

/* NULL becomes null. */
void json_string(struct json_writer *json, const char *key, const char *value);
/* {"en": ..., "zh": ...}, null when it says nothing. */
void json_phrase(struct json_writer *json, const char *key, const struct phrase *value);
/* NAN becomes null. */
void json_number(struct json_writer *json, const char *key, double value);
void json_integer(struct json_writer *json, const char *key, int64_t value);
void json_count(struct json_writer *json, const char *key, uint64_t value);
/* As a string: JSON readers hold numbers exactly only up to 2^53. */
void json_digits(struct json_writer *json, const char *key, uint64_t value);
/* Seconds with nine decimals: exact, which a double is not. */
void json_seconds(struct json_writer *json, const char *key, int64_t ns);
/* Two capital hexadecimal digits a byte, in a string. */
void json_bytes(struct json_writer *json, const char *key, const uint8_t *bytes, size_t count);
void json_bool(struct json_writer *json, const char *key, bool value);
void json_null(struct json_writer *json, const char *key);

/* The next value begins on a new line, after so many spaces (1 or more). */
void json_on_new_line(struct json_writer *json, unsigned indent);

/* Everything begun has been ended: writes it as a line and empties the buffer. Errors are the
 * stream's (ferror). */
void json_line(struct json_writer *json, FILE *stream);

#endif
