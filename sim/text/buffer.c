/* SPDX-License-Identifier: MIT */
#include "sim/text/buffer.h"

#include "sim/memory.h"
#include "sim/text/whole_file.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

static void reserve(struct buffer *buffer, size_t more) {
    assert(buffer->length < SIZE_MAX / 4 && more < SIZE_MAX / 4);
    if (buffer->length + more + 1 > buffer->room) {
        size_t room = buffer->room * 2 > 256 ? buffer->room * 2 : 256;
        room = room > buffer->length + more + 1 ? room : buffer->length + more + 1;
        buffer->chars = memory_resized(buffer->chars, room, 1);
        buffer->room = room;
    }
    assert(buffer->length + more < buffer->room); /* the NUL too */
}

void buffer_put_bytes(struct buffer *buffer, const char *bytes, size_t length) {
    reserve(buffer, length);
    memcpy(buffer->chars + buffer->length, bytes, length);
    buffer->length += length;
    assert(buffer->length < buffer->room);
    buffer->chars[buffer->length] = '\0';
}

void buffer_put(struct buffer *buffer, const char *string) {
    buffer_put_bytes(buffer, string, strlen(string));
}

void buffer_vformat(struct buffer *buffer, const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    assert(length >= 0);
    reserve(buffer, (size_t)length);
    vsnprintf(buffer->chars + buffer->length, (size_t)length + 1, format, again);
    buffer->length += (size_t)length;
    va_end(again);
}

void buffer_format(struct buffer *buffer, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    buffer_vformat(buffer, format, arguments);
    va_end(arguments);
}

/* Length of the well-formed UTF-8 character at s, 0 if there is none (RFC 3629). */
static size_t character_length(const unsigned char *s) {
    if (s[0] < 0x80) {
        return 1;
    }
    size_t length = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
    if (s[0] < 0xC2 || s[0] > 0xF4) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        if ((s[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    bool overlong = (s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xF0 && s[1] < 0x90);
    bool surrogate = s[0] == 0xED && s[1] > 0x9F;
    bool beyond = s[0] == 0xF4 && s[1] > 0x8F;
    return overlong || surrogate || beyond ? 0 : length;
}

void buffer_put_utf8(struct buffer *buffer, const char *string) {
    for (const unsigned char *s = (const unsigned char *)string; *s != '\0';) {
        size_t length = character_length(s);
        buffer_put_bytes(buffer, length > 0 ? (const char *)s : REPLACEMENT,
                         length > 0 ? length : sizeof REPLACEMENT - 1);
        s += length > 0 ? length : 1;
    }
}

static bool is_one_of(const unsigned char *s, const char *const *characters) {
    for (; *characters != NULL; characters++) {
        if (memcmp(s, *characters, strlen(*characters)) == 0) {
            return true;
        }
    }
    return false;
}

/* C0 and C1 controls, DEL, and what turns the direction of writing: U+061C, U+200E, U+200F, U+202A to
 * U+202E, U+2066 to U+2069; also U+2028 and U+2029, which end lines. */
static bool is_unshown(const unsigned char *s, size_t length, bool line_ends) {
    assert(length <= 4);
    static const char *const two[] = {"\xD8\x9C", NULL};
    static const char *const three[] = {"\xE2\x80\x8E", "\xE2\x80\x8F",
                                        "\xE2\x80\xA8", "\xE2\x80\xA9",
                                        "\xE2\x80\xAA", "\xE2\x80\xAB",
                                        "\xE2\x80\xAC", "\xE2\x80\xAD",
                                        "\xE2\x80\xAE", "\xE2\x81\xA6",
                                        "\xE2\x81\xA7", "\xE2\x81\xA8",
                                        "\xE2\x81\xA9", NULL};
    switch (length) {
    case 1:
        return (*s < 0x20 || *s == 0x7F) &&
               !(line_ends && (*s == '\n' || *s == '\t' || *s == '\r'));
    case 2:
        return (s[0] == 0xC2 && s[1] < 0xA0) || is_one_of(s, two);
    case 3:
        return is_one_of(s, three);
    default:
        return length == 0;
    }
}

void buffer_put_plain(struct buffer *buffer, const char *string, bool line_ends) {
    for (const unsigned char *s = (const unsigned char *)string; *s != '\0';) {
        size_t length = character_length(s);
        bool unshown = is_unshown(s, length, line_ends);
        buffer_put_bytes(buffer, unshown ? REPLACEMENT : (const char *)s,
                         unshown ? sizeof REPLACEMENT - 1 : length);
        s += length > 0 ? length : 1;
    }
}

static const char *markup_escape(unsigned char c) {
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

/* U+FFFE and U+FFFF are characters that XML 1.0 does not know either. */
static bool unknown_to_xml(const unsigned char *s, size_t length) {
    return is_unshown(s, length, true) ||
           (length == 3 && s[0] == 0xEF && s[1] == 0xBF && s[2] >= 0xBE);
}

void buffer_put_markup(struct buffer *buffer, const char *string) {
    const unsigned char *s = (const unsigned char *)(string == NULL ? "" : string);
    while (*s != '\0') {
        size_t length = character_length(s);
        const char *escape = markup_escape(*s);
        if (unknown_to_xml(s, length)) {
            buffer_put(buffer, REPLACEMENT);
            length = length > 0 ? length : 1;
        } else if (escape != NULL) {
            buffer_put(buffer, escape);
        } else {
            buffer_put_bytes(buffer, (const char *)s, length);
        }
        s += length;
    }
}

static void put_json_character(struct buffer *buffer, const unsigned char *s, size_t length) {
    assert(length >= 1 && length <= 4);
    if (*s == '"' || *s == '\\') {
        buffer_format(buffer, "\\%c", *s);
    } else if (*s == '\n') {
        buffer_put(buffer, "\\n");
    } else if (*s < 0x20 || *s == 0x7F) {
        buffer_format(buffer, "\\u%04x", *s);
    } else {
        buffer_put_bytes(buffer, (const char *)s, length);
    }
}

void buffer_put_json(struct buffer *buffer, const char *string) {
    if (string == NULL) {
        buffer_put(buffer, "null");
        return;
    }
    buffer_put(buffer, "\"");
    for (const unsigned char *s = (const unsigned char *)string; *s != '\0';) {
        size_t length = character_length(s);
        if (length == 0) {
            buffer_put(buffer, REPLACEMENT);
            length = 1;
        } else {
            put_json_character(buffer, s, length);
        }
        s += length;
    }
    buffer_put(buffer, "\"");
}

char *buffer_take(struct buffer *buffer) {
    reserve(buffer, 0);
    buffer->chars[buffer->length] = '\0';
    char *chars = buffer->chars;
    *buffer = (struct buffer){0};
    return chars;
}

void buffer_free(struct buffer *buffer) {
    free(buffer->chars);
    *buffer = (struct buffer){0};
}

const char *buffer_number(char text[BUFFER_NUMBER_SIZE], double value) {
    if (isnan(value)) {
        return "null";
    }
    if (isinf(value)) {
        return value > 0 ? "1e999" : "-1e999";
    }
    int digits = 15;
    for (; digits <= 17; digits++) {
        snprintf(text, BUFFER_NUMBER_SIZE, "%.*g", digits, value);
        if (strtod(text, NULL) == value) { /* exact on purpose */
            break;
        }
    }
    assert(digits <= 17); /* which tell any double from any other: it reads back the same */
    char *comma = strchr(text, ','); /* a program that has set a locale */
    if (comma != NULL) {
        *comma = '.';
    }
    return text;
}

bool buffer_save(const struct buffer *buffer, const char *path, struct problem *problem) {
    assert(buffer->length == 0 || buffer->length < buffer->room);
    struct whole_file file;
    if (!whole_file_open(&file, path, problem)) {
        return false;
    }
    whole_file_put(&file, buffer->chars, buffer->length);
    bool whole = whole_file_finish(&file);
    if (!whole) {
        problem_set(problem, "cannot write %s: %s", path, strerror(file.error));
        whole_file_remove(&file);
    }
    whole_file_free(&file);
    return whole;
}
