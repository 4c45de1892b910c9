/* SPDX-License-Identifier: MIT */
#include "harness/capture/source/reader.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum reader_outcome reader_damaged(char what[READER_WHAT_SIZE], const char *text) {
    assert(text[0] != '\0' && strlen(text) < READER_WHAT_SIZE); /* never cut */
    snprintf(what, READER_WHAT_SIZE, "%s", text);
    return READER_DAMAGED;
}
