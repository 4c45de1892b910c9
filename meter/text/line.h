/* SPDX-License-Identifier: MIT */
/* line.h: one line of a log as plain ASCII, whatever wrote it.
 *
 *   struct text_line line = {0};
 *   text_line_take(&line, bytes, length);          line.chars, line.length
 *   text_line_free(&line);
 *
 * UTF-8, and where a line is none GBK (GB 18030): a GBK character may end in a byte that looks like a
 * letter or a digit. Full-width letters, digits and signs become the usual ones, blanks of any width
 * a blank, every other character TEXT_OTHER. Byte order marks, characters without width and the
 * colours of a terminal (ESC [ ... m) are left out. */
#ifndef METER_TEXT_LINE_H
#define METER_TEXT_LINE_H

#include <stddef.h>
#include <stdint.h>

#define TEXT_OTHER '\x01' /* a character of a language, an arrow, a picture */

struct text_line {
    char *chars; /* ends with NUL */
    size_t length, room;
};

void text_line_take(struct text_line *line, const uint8_t *bytes, size_t length);
void text_line_free(struct text_line *line);

#endif
