/* SPDX-License-Identifier: MIT */
/* columns.h: what in a line of a dump is not its bytes: the address before them and the characters
 * beside them.
 *
 *   text_columns_find(&words, &line);      sets WORD_OFFSET and WORD_BESIDE
 *
 * Characters are recognised by what they show: as many as there are bytes before them, and the same
 * ones. Where a line has an address, what stands behind a gap and is no hexadecimal word ends the
 * bytes, too. */
#ifndef METER_TEXT_COLUMNS_H
#define METER_TEXT_COLUMNS_H

#include "meter/text/words.h"

void text_columns_find(struct text_words *words, const struct text_line *line);

#endif
