/* SPDX-License-Identifier: MIT */
/* text.h: a text that grows, and the escapes of what reports are written in.
 *
 *   struct text text = {0};
 *   text_put(&text, "<td>");
 *   text_put_markup(&text, title);             & < > " ' escaped; bad UTF-8 made visible
 *   text_format(&text, "</td><td>%d</td>", n);
 *   if (!text_save(&text, "out/report.html", why, sizeof why)) ...
 *   text_free(&text);
 *
 * Running out of memory ends the program with a message. text_take gives the text away. */
#ifndef REPORTS_TEXT_TEXT_H
#define REPORTS_TEXT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#define TEXT_NUMBER_SIZE 32 /* the longest number, with its end */

struct text {
    char *chars; /* ends with 0 once anything was put; NULL before */
    size_t length, room;
};

void text_put(struct text *text, const char *string);
void text_put_bytes(struct text *text, const char *bytes, size_t length);
void text_format(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* What is not UTF-8 becomes U+FFFD. */
void text_put_utf8(struct text *text, const char *string);
/* XML and HTML, content and attributes. What XML cannot carry becomes U+FFFD. NULL puts nothing. */
void text_put_markup(struct text *text, const char *string);
/* With its quotes; NULL becomes null. */
void text_put_json(struct text *text, const char *string);
/* Never NULL; the caller frees it. The text is empty afterwards. */
char *text_take(struct text *text);
void text_free(struct text *text);

/* The shortest decimal that reads back as the same double, always with a point if any. NAN gives
 * "null", infinity 1e999 (which JSON readers take as infinity). */
const char *text_number(char buffer[TEXT_NUMBER_SIZE], double value);

/* Written to PATH.part, synced, renamed: the file at PATH is whole or the former one. */
bool text_save(const struct text *text, const char *path, char *why, size_t why_size);

/* Allocation that ends the program with a message instead of returning NULL. */
void *text_allocate(size_t count, size_t size);
char *text_copy(const char *string); /* NULL stays NULL */

#endif
