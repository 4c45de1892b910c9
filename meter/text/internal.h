/* SPDX-License-Identifier: MIT */
/* internal.h: what the files of this room share. */
#ifndef METER_TEXT_INTERNAL_H
#define METER_TEXT_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

bool text_is_digit(char c);
bool text_is_letter(char c); /* of ASCII, or _ */

/* Length of the date, time, number with decimals or network address that begins there; 0: none.
 * chars ends with NUL. */
size_t text_special_at(const char *chars, bool *is_date);

#endif
