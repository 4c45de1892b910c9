/* SPDX-License-Identifier: MIT */
/* source.h: where the bytes of a capture come from: a file, a pipe or memory, buffered, with
 * look-ahead; memory does not grow with the file.
 *
 *   struct source *source = source_open("car.asc", &problem);        "-": standard input
 *   while ((line = source_line(source, &length, NULL)) != NULL) ...
 *   source_close(source); */
#ifndef HARNESS_CAPTURE_SOURCE_SOURCE_H
#define HARNESS_CAPTURE_SOURCE_SOURCE_H

#include "sim/text/problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SOURCE_SNIFF    65536u /* bytes a format may look at to recognise itself */
#define SOURCE_LINE_MAX 4096u  /* longer lines are damage: cut, the rest skipped */

struct source;

struct source *source_open(const char *path, struct problem *problem);
/* For tests and fuzzers: bytes in memory, which must outlive it. */
struct source *source_memory(const uint8_t *data, size_t size);
void source_close(struct source *source);
/* The next bytes (at most SOURCE_SNIFF) without consuming them: what has arrived, which at the end
 * is nothing. UTF-16 with a byte order mark comes as UTF-8; a mark itself never comes. */
const uint8_t *source_peek(struct source *source, size_t *size);
/* Waits for more bytes to peek at; false when there are none or SOURCE_SNIFF are there. */
bool source_more(struct source *source);
/* Exactly size bytes, or fewer at the end. */
size_t source_read(struct source *source, void *data, size_t size);
/* Next line without its end (LF, CRLF, CRCRLF or CR), ends with NUL; valid until the next call.
 * NULL at the end. *length excludes the NUL. too_long (may be NULL): it was cut at SOURCE_LINE_MAX.
 * A line may contain NUL bytes. */
char *source_line(struct source *source, size_t *length, bool *too_long);
uint64_t source_line_number(const struct source *source); /* of the last line, from 1 */
/* The last line had no line end, or source_read got some bytes but fewer than it asked for. */
bool source_cut(const struct source *source);
bool source_utf16(const struct source *source);
const char *source_error(const struct source *source); /* NULL when all went well */

#endif
