/* SPDX-License-Identifier: MIT */
#include "meter/text/line.h"

#include "sim/memory.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

#define ESCAPE          0x1B
#define NO_WIDTH        0 /* in place of a character that is left out */
#define FULL_WIDTH      0xFF01u
#define FULL_WIDTH_END  0xFF5Eu
#define FULL_WIDTH_STEP 0xFEE0u

/* Bytes of the UTF-8 character at bytes, and which; 0: none. */
static size_t utf8_at(const uint8_t *bytes, size_t left, uint32_t *character) {
    assert(left > 0);
    uint8_t c = bytes[0];
    size_t size = c < 0x80 ? 1 : c < 0xC2 ? 0 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : c < 0xF5 ? 4 : 0;
    if (size == 0 || size > left) {
        return 0;
    }
    *character = size == 1 ? c : c & (0xFFu >> (size + 1));
    for (size_t i = 1; i < size; i++) {
        if ((bytes[i] & 0xC0) != 0x80) {
            return 0;
        }
        *character = *character << 6 | (bytes[i] & 0x3F);
    }
    return size;
}

static bool is_utf8(const uint8_t *bytes, size_t length) {
    uint32_t ignored;
    for (size_t at = 0, size; at < length; at += size) {
        size = utf8_at(bytes + at, length - at, &ignored);
        if (size == 0) {
            return false;
        }
    }
    return true;
}

static bool is_blank(uint32_t character) {
    return character == 0 || character == 0xA0 || character == 0x1680 || character == 0x3000 ||
           (character >= 0x2000 && character <= 0x200A) || character == 0x202F ||
           character == 0x205F;
}

static bool has_no_width(uint32_t character) {
    return (character >= 0x200B && character <= 0x200F) || character == 0x2060 ||
           character == 0xFEFF;
}

static char plain_of(uint32_t character) {
    if (is_blank(character)) {
        return ' ';
    }
    if (has_no_width(character)) {
        return NO_WIDTH;
    }
    if (character >= FULL_WIDTH && character <= FULL_WIDTH_END) {
        return (char)(character - FULL_WIDTH_STEP);
    }
    return character < 0x80 ? (char)character : TEXT_OTHER;
}

static bool within(uint8_t byte, uint8_t low, uint8_t high) {
    return byte >= low && byte <= high;
}

/* Bytes of the GB 18030 character at bytes. Row A3 has the full-width signs of ASCII, A1A1 is the
 * wide blank. */
static size_t gbk_at(const uint8_t *bytes, size_t left, char *plain) {
    assert(left > 0);
    *plain = bytes[0] < 0x80 ? plain_of(bytes[0]) : TEXT_OTHER;
    if (!within(bytes[0], 0x81, 0xFE) || left < 2) {
        return 1;
    }
    if (left >= 4 && within(bytes[1], '0', '9') && within(bytes[2], 0x81, 0xFE) &&
        within(bytes[3], '0', '9')) {
        return 4;
    }
    if (!within(bytes[1], 0x40, 0xFE) || bytes[1] == 0x7F) {
        return 1;
    }
    if (bytes[0] == 0xA3 && within(bytes[1], 0xA1, 0xFE)) {
        *plain = (char)(bytes[1] - 0x80);
    } else if (bytes[0] == 0xA1 && bytes[1] == 0xA1) {
        *plain = ' ';
    }
    return 2;
}

/* Length of a terminal's control sequence at bytes: ESC [ numbers letter; 0: none. */
static size_t control_at(const uint8_t *bytes, size_t left) {
    if (left < 3 || bytes[0] != ESCAPE || bytes[1] != '[') {
        return 0;
    }
    size_t at = 2;
    while (at < left && within(bytes[at], 0x20, 0x3F)) {
        at++;
    }
    assert(at <= left);
    return at < left && within(bytes[at], 0x40, 0x7E) ? at + 1 : 0;
}

void text_line_take(struct text_line *line, const uint8_t *bytes, size_t length) {
    bool utf8 = is_utf8(bytes, length);
    if (line->room < length + 1) {
        line->room = 2 * (length + 1);
        line->chars = memory_resized(line->chars, line->room, 1);
    }
    line->length = 0;
    for (size_t at = 0, size; at < length; at += size) {
        uint32_t character = 0;
        char plain = NO_WIDTH;
        size = control_at(bytes + at, length - at);
        if (size == 0 && utf8) {
            size = utf8_at(bytes + at, length - at, &character);
            plain = plain_of(character);
        } else if (size == 0) {
            size = gbk_at(bytes + at, length - at, &plain);
        }
        if (plain != NO_WIDTH) {
            line->chars[line->length++] = plain;
        }
        assert(size > 0 && line->length <= length);
    }
    assert(line->length < line->room);
    line->chars[line->length] = '\0';
}

void text_line_free(struct text_line *line) {
    free(line->chars);
    *line = (struct text_line){0};
}
