/* SPDX-License-Identifier: MIT */
#include "harness/capture/source/text_encoding.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

/* How long the character that begins with this byte is; 0: none does. */
static size_t utf8_length(uint8_t c) {
    return c < 0x80 ? 1 : c < 0xC2 ? 0 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : c < 0xF5 ? 4 : 0;
}

/* A character torn at the end is no mistake: data may be the beginning of a file. */
static bool is_utf8(const uint8_t *data, size_t size) {
    size_t i = 0;
    while (i < size) {
        size_t n = utf8_length(data[i]);
        if (n == 0) {
            return false;
        }
        for (size_t k = 1; k < n && i + k < size; k++) {
            if ((data[i + k] & 0xC0) != 0x80) {
                return false;
            }
        }
        i += n;
    }
    return true;
}

static bool is_ascii(const uint8_t *data, size_t size) {
    for (size_t i = 0; i < size; i++) {
        if (data[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

void text_encoding_learn(struct text_encoding *encoding, const uint8_t *data, size_t size) {
    if (encoding->kind != TEXT_ASCII || is_ascii(data, size)) {
        return;
    }
    if (is_utf8(data, size)) {
        encoding->kind = TEXT_UTF8;
        return;
    }
    iconv_t converter = iconv_open("UTF-8", "GB18030");
    encoding->kind = converter == (iconv_t)-1 ? TEXT_NO_CONVERTER : TEXT_GBK;
    encoding->converter = encoding->kind == TEXT_GBK ? (void *)converter : NULL;
}

void text_encoding_close(struct text_encoding *encoding) {
    if (encoding->converter) {
        iconv_close((iconv_t)encoding->converter);
    }
    encoding->converter = NULL;
    encoding->kind = TEXT_ASCII;
}

static void copy(const char *in, size_t size, char *out, size_t out_size) {
    size_t n = size < out_size ? size : out_size - 1;
    while (n > 0 && n < size && ((uint8_t)in[n] & 0xC0) == 0x80) {
        n--;
    }
    memcpy(out, in, n);
    out[n] = '\0';
}

static void convert(iconv_t converter, const char *in, size_t size, char *out, size_t out_size) {
    char *from = (char *)(uintptr_t)in, *to = out;
    size_t left = size, room = out_size - 1;
    iconv(converter, NULL, NULL, NULL, NULL);
    while (left > 0 && room > 0) {
        if (iconv(converter, &from, &left, &to, &room) != (size_t)-1 || errno == E2BIG ||
            room == 0) {
            break; /* all, or what the next character does not fit into */
        }
        *to++ = '?';
        room--;
        from++;
        left--;
    }
    *to = '\0';
}

void text_to_utf8(struct text_encoding *encoding, const char *in, char *out, size_t out_size) {
    size_t size = strlen(in);
    text_encoding_learn(encoding, (const uint8_t *)in, size);
    if (encoding->kind == TEXT_GBK && !is_ascii((const uint8_t *)in, size)) {
        convert((iconv_t)encoding->converter, in, size, out, out_size);
        return;
    }
    copy(in, size, out, out_size);
    if (encoding->kind == TEXT_NO_CONVERTER) {
        for (char *p = out; *p; p++) {
            if ((uint8_t)*p >= 0x80) {
                *p = '?';
            }
        }
    }
}
