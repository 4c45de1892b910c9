/* SPDX-License-Identifier: MIT */
/* text_encoding.h: texts of tables as UTF-8, whether the file is UTF-8 or GBK (GB 18030).
 *
 *   struct text_encoding encoding = {0};
 *   char utf8[128];
 *   text_to_utf8(&encoding, cell, utf8, sizeof utf8);
 *   text_encoding_close(&encoding);
 *
 * Which of the two it is, the first text with a byte above 7F decides; text_encoding_learn lets a
 * longer piece decide, which is safer: a few GBK words happen to be UTF-8 too. What cannot be
 * converted becomes '?'; so does everything when the system has no converter for GB 18030. */
#ifndef HARNESS_CAPTURE_SOURCE_TEXT_ENCODING_H
#define HARNESS_CAPTURE_SOURCE_TEXT_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text_encoding {
    enum {
        TEXT_ASCII,
        TEXT_UTF8,
        TEXT_GBK,
        TEXT_NO_CONVERTER
    } kind;
    void *converter; /* iconv_t; NULL until it is needed */
};

void text_encoding_learn(struct text_encoding *encoding, const uint8_t *data, size_t size);
/* Cut at a whole character when it does not fit. */
void text_to_utf8(struct text_encoding *encoding, const char *in, char *out, size_t out_size);
void text_encoding_close(struct text_encoding *encoding);

#endif
