/* SPDX-License-Identifier: MIT */
/* memory.h: allocation for the whole bench, with one rule: a bench without memory ends, with a
 * message and abort(). Nobody checks for NULL.
 *
 *   struct judge *judge = memory_zeroed(1, sizeof *judge);
 *   list = memory_resized(list, count, sizeof *list);       what is new in it is not zeroed
 *   char *name = memory_copy(other->name);                  NULL stays NULL
 *   char *text = memory_format("%s at %d", name, line);
 *   free(text);
 *
 * Sizes whose product does not fit are a defect of the caller, and end the program likewise. */
#ifndef SIM_MEMORY_H
#define SIM_MEMORY_H

#include <stddef.h>

/* count 0 or size 0 gives memory that can be freed, never NULL. */
void *memory_zeroed(size_t count, size_t size);
void *memory_resized(void *memory, size_t count, size_t size);
char *memory_copy(const char *text);
char *memory_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
