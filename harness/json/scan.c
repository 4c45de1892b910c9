/* SPDX-License-Identifier: MIT */
#include "harness/json/scan.h"

#include "sim/memory.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool scan_value(struct json_scan *scan, size_t key);

__attribute__((format(printf, 3, 4))) static bool scan_fault(struct json_scan *scan, size_t at,
                                                             const char *format, ...) {
    va_list list;
    va_start(list, format);
    vsnprintf(scan->fault, sizeof scan->fault, format, list);
    va_end(list);
    scan->fault_at = at;
    return false;
}

/* The byte at hand, or -1 at the end. */
static int scan_peek(const struct json_scan *scan) {
    return scan->at < scan->size ? (unsigned char)scan->bytes[scan->at] : -1;
}

static void scan_space(struct json_scan *scan) {
    while (scan->at < scan->size && strchr(" \t\r\n", scan->bytes[scan->at]) &&
           scan->bytes[scan->at] != '\0') {
        scan->at++;
    }
}

/* What stands here, for a message. */
static const char *scan_here(const struct json_scan *scan, char text[32]) {
    int c = scan_peek(scan);
    if (c < 0) {
        return "the end of the file";
    }
    if (c < ' ' || c == 0x7F) {
        snprintf(text, 32, "the control character %02X", (unsigned)c);
    } else if (c < 0x80) {
        snprintf(text, 32, "'%c'", c);
    } else {
        size_t length = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
        if (length > scan->size - scan->at) {
            length = scan->size - scan->at;
        }
        snprintf(text, 32, "'%.*s'", (int)length, scan->bytes + scan->at);
    }
    return text;
}

static bool scan_expected(struct json_scan *scan, const char *what) {
    char here[32];
    return scan_fault(scan, scan->at, "expected %s, found %s", what, scan_here(scan, here));
}

static void scan_note(struct json_scan *scan, size_t key, size_t value) {
    if (scan->place_count == scan->place_space) {
        scan->place_space = scan->place_space ? 2 * scan->place_space : 64;
        scan->places = memory_resized(scan->places, scan->place_space, sizeof *scan->places);
    }
    scan->places[scan->place_count++] = (struct json_place){.key = key, .value = value};
}

static int hex_digit(int c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Four hexadecimal digits at offset at; -1 if they are not there. */
static long scan_hex4(const struct json_scan *scan, size_t at) {
    long value = 0;
    for (size_t i = 0; i < 4; i++) {
        int digit = at + i < scan->size ? hex_digit(scan->bytes[at + i]) : -1;
        if (digit < 0) {
            return -1;
        }
        value = 16 * value + digit;
    }
    return value;
}

/* \uXXXX, with the second half of a pair. The backslash is at scan->at. */
static bool scan_unicode(struct json_scan *scan) {
    long high = scan_hex4(scan, scan->at + 2);
    if (high < 0) {
        return scan_fault(scan, scan->at, "\\u needs four hexadecimal digits");
    }
    if (high == 0) {
        return scan_fault(scan, scan->at, "\\u0000 cannot be part of a text here");
    }
    scan->at += 6;
    if (high < 0xD800 || high > 0xDFFF) {
        return true;
    }
    bool pair = high < 0xDC00 && scan->at + 1 < scan->size && scan->bytes[scan->at] == '\\' &&
                scan->bytes[scan->at + 1] == 'u';
    long low = pair ? scan_hex4(scan, scan->at + 2) : -1;
    if (low < 0xDC00 || low > 0xDFFF) {
        return scan_fault(scan, scan->at - 6,
                          "\\u%04lX is half of a pair; its other half is missing", high);
    }
    scan->at += 6;
    return true;
}

static bool scan_escape(struct json_scan *scan) {
    int c = scan->at + 1 < scan->size ? scan->bytes[scan->at + 1] : 0;
    if (c == 'u') {
        return scan_unicode(scan);
    }
    if (c == 0 || !strchr("\"\\/bfnrt", c)) {
        return scan_fault(scan, scan->at, "unknown escape after \\ (for a backslash write \\\\)");
    }
    scan->at += 2;
    return true;
}

static bool scan_string(struct json_scan *scan) {
    size_t start = scan->at++;
    for (;;) {
        int c = scan_peek(scan);
        if (c < 0 || c == '\n') {
            return scan_fault(scan, start, "this text has no closing '\"'");
        }
        if (c < ' ') {
            return scan_fault(scan, scan->at,
                              "control character %02X in a text: write it as an "
                              "escape",
                              (unsigned)c);
        }
        if (c == '"') {
            scan->at++;
            return true;
        }
        if (c != '\\') {
            scan->at++;
        } else if (!scan_escape(scan)) {
            return false;
        }
    }
}

static bool scan_digits(struct json_scan *scan, const char *where) {
    if (scan_peek(scan) < '0' || scan_peek(scan) > '9') {
        return scan_expected(scan, where);
    }
    while (scan_peek(scan) >= '0' && scan_peek(scan) <= '9') {
        scan->at++;
    }
    return true;
}

static bool scan_number(struct json_scan *scan) {
    size_t start = scan->at;
    if (scan_peek(scan) == '-') {
        scan->at++;
    }
    size_t first = scan->at;
    if (!scan_digits(scan, "a digit")) {
        return false;
    }
    if (scan->bytes[first] == '0' && scan->at > first + 1) {
        return scan_fault(scan, start, "a number must not begin with 0");
    }
    if (scan_peek(scan) == '.') {
        scan->at++;
        if (!scan_digits(scan, "a digit after the decimal point")) {
            return false;
        }
    }
    if (scan_peek(scan) == 'e' || scan_peek(scan) == 'E') {
        scan->at++;
        if (scan_peek(scan) == '+' || scan_peek(scan) == '-') {
            scan->at++;
        }
        return scan_digits(scan, "a digit of the exponent");
    }
    return true;
}

static bool scan_word(struct json_scan *scan) {
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < 3; i++) {
        size_t length = strlen(words[i]);
        if (scan->size - scan->at >= length &&
            memcmp(scan->bytes + scan->at, words[i], length) == 0) {
            scan->at += length;
            return true;
        }
    }
    return scan_expected(scan, "a value");
}

/* After a member or an entry: a comma and more, or the closing bracket (returns false in more). */
static bool scan_more(struct json_scan *scan, char close, bool *more) {
    scan_space(scan);
    int c = scan_peek(scan);
    if (c != ',' && c != close) {
        return scan_expected(scan, close == '}' ? "',' or '}'" : "',' or ']'");
    }
    size_t comma = scan->at++;
    *more = c == ',';
    if (*more) {
        scan_space(scan);
        if (scan_peek(scan) == close) {
            return scan_fault(scan, comma, "unexpected ',' before '%c'", close);
        }
    }
    return true;
}

static bool scan_member(struct json_scan *scan) {
    if (scan_peek(scan) != '"') {
        return scan_expected(scan, "a name in '\"'");
    }
    size_t key = scan->at;
    if (!scan_string(scan)) {
        return false;
    }
    scan_space(scan);
    if (scan_peek(scan) != ':') {
        return scan_expected(scan, "':' after the name");
    }
    scan->at++;
    return scan_value(scan, key);
}

static bool scan_container(struct json_scan *scan, char close) {
    if (++scan->depth > JSON_DEPTH_MAX) {
        return scan_fault(scan, scan->at, "nested deeper than %d levels", JSON_DEPTH_MAX);
    }
    scan->at++;
    scan_space(scan);
    bool more = scan_peek(scan) != close;
    if (!more) {
        scan->at++;
    }
    while (more) {
        bool ok = close == '}' ? scan_member(scan) : scan_value(scan, JSON_AT_VALUE);
        if (!ok || !scan_more(scan, close, &more)) {
            return false;
        }
    }
    scan->depth--;
    return true;
}

/* Recursion is bounded by JSON_DEPTH_MAX. */
static bool scan_value(struct json_scan *scan, size_t key) {
    scan_space(scan);
    scan_note(scan, key == JSON_AT_VALUE ? scan->at : key, scan->at);
    int c = scan_peek(scan);
    if (c == '{' || c == '[') {
        return scan_container(scan, c == '{' ? '}' : ']');
    }
    if (c == '"') {
        return scan_string(scan);
    }
    if (c == '-' || (c >= '0' && c <= '9')) {
        return scan_number(scan);
    }
    return scan_word(scan);
}

bool json_scan(struct json_scan *scan) {
    assert(scan->at == 0 && scan->place_count == 0);
    if (scan->size >= 3 && memcmp(scan->bytes, "\xEF\xBB\xBF", 3) == 0) {
        scan->at = 3; /* the byte order mark some editors write; cJSON skips it too */
    }
    if (!scan_value(scan, JSON_AT_VALUE)) {
        return false;
    }
    scan_space(scan);
    return scan->at == scan->size || scan_expected(scan, "nothing more");
}

/* Length of the UTF-8 character at the head of the bytes; 0 if it is none. */
static size_t utf8_length(const unsigned char *bytes, size_t size) {
    if (bytes[0] < 0x80) {
        return 1;
    }
    size_t length = bytes[0] >= 0xF0 ? 4 : bytes[0] >= 0xE0 ? 3 : 2;
    if (bytes[0] < 0xC2 || bytes[0] > 0xF4 || length > size) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    bool overlong = (bytes[0] == 0xE0 && bytes[1] < 0xA0) || (bytes[0] == 0xF0 && bytes[1] < 0x90);
    bool surrogate = bytes[0] == 0xED && bytes[1] > 0x9F;
    bool beyond = bytes[0] == 0xF4 && bytes[1] > 0x8F;
    return overlong || surrogate || beyond ? 0 : length;
}

size_t json_scan_utf8(const char *bytes, size_t size) {
    size_t at = 0;
    while (at < size) {
        size_t length = utf8_length((const unsigned char *)bytes + at, size - at);
        if (length == 0) {
            return at;
        }
        at += length;
    }
    return size;
}

/* Bytes that the escape at hand becomes, and its own length in *source. */
static size_t escape_bytes(const struct json_scan *scan, size_t *source) {
    if (scan->at + 1 >= scan->size || scan->bytes[scan->at + 1] != 'u') {
        *source = 2;
        return 1;
    }
    long code = scan_hex4(scan, scan->at + 2);
    bool pair = code >= 0xD800 && code <= 0xDFFF;
    *source = pair ? 12 : 6;
    return pair ? 4 : code >= 0x800 ? 3 : code >= 0x80 ? 2 : 1;
}

size_t json_scan_inside(const char *bytes, size_t size, size_t string, size_t n) {
    struct json_scan scan = {.bytes = bytes, .size = size, .at = string + 1};
    size_t seen = 0;
    while (seen < n && scan.at < size && bytes[scan.at] != '"') {
        size_t source = 1;
        seen += bytes[scan.at] == '\\' ? escape_bytes(&scan, &source) : 1;
        scan.at += source;
    }
    return scan.at < size ? scan.at : size;
}
