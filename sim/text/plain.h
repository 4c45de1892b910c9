/* SPDX-License-Identifier: MIT */
/* plain.h: texts of others on a terminal: names of firmware, of files, of cases, what a record holds.
 *
 *   plain_line(stdout, "%-28s %s", one->id, one->title.en);      one line, whatever is in them
 *   plain_print(stdout, "  VIN %s", vin);                        the same, line ends as they are
 *
 * Control characters, marks that turn the direction of writing, and what is no UTF-8 become U+FFFD, so
 * that a text can neither colour, hide nor forge what stands beside it. Colours of the program's own are
 * put by fputs, around it. */
#ifndef SIM_TEXT_PLAIN_H
#define SIM_TEXT_PLAIN_H

#include <stdarg.h>
#include <stdio.h>

/* All of it is one line; its end comes by itself. */
void plain_line(FILE *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));
void plain_vline(FILE *stream, const char *format, va_list arguments);
/* Line ends and tabs pass. */
void plain_print(FILE *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
