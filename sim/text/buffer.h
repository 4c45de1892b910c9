/* SPDX-License-Identifier: MIT */
/* buffer.h: a text that grows, and the escapes of what reports are written in.
 *
 *   struct buffer text = {0};
 *   buffer_put(&text, "<td>");
 *   buffer_put_markup(&text, title);             & < > " ' escaped; bad UTF-8 made visible
 *   buffer_format(&text, "</td><td>%d</td>", n);
 *   if (!buffer_save(&text, "out/report.html", &problem)) ...
 *   buffer_free(&text);
 *
 * buffer_take gives the text away. */
#ifndef SIM_TEXT_BUFFER_H
#define SIM_TEXT_BUFFER_H

#include "sim/text/problem.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#define BUFFER_NUMBER_SIZE 32 /* the longest number, with its end */

struct buffer {
    char *chars; /* ends with 0 once anything was put; NULL before */
    size_t length, room;
};

void buffer_put(struct buffer *buffer, const char *string);
void buffer_put_bytes(struct buffer *buffer, const char *bytes, size_t length);
void buffer_format(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void buffer_vformat(struct buffer *buffer, const char *format, va_list arguments);
/* What is not UTF-8 becomes U+FFFD. */
void buffer_put_utf8(struct buffer *buffer, const char *string);
/* For terminals: controls and marks that turn the direction of writing become U+FFFD too. Line ends and
 * tabs, where they may pass, stay. */
void buffer_put_plain(struct buffer *buffer, const char *string, bool line_ends);
/* XML and HTML, content and attributes. What XML cannot carry, controls and marks of direction become
 * U+FFFD; line ends and tabs stay. NULL puts nothing. */
void buffer_put_markup(struct buffer *buffer, const char *string);
/* With its quotes; NULL becomes null. */
void buffer_put_json(struct buffer *buffer, const char *string);
/* Never NULL; the caller frees it. The text is empty afterwards. */
char *buffer_take(struct buffer *buffer);
void buffer_free(struct buffer *buffer);

/* The shortest decimal that reads back as the same double, always with a point if any. NAN gives
 * "null", infinity 1e999 (which JSON readers take as infinity). */
const char *buffer_number(char text[BUFFER_NUMBER_SIZE], double value);

/* As a whole_file: the one at PATH is whole or the former one. */
bool buffer_save(const struct buffer *buffer, const char *path, struct problem *problem);

#endif
