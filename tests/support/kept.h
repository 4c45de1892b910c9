/* SPDX-License-Identifier: MIT */
/* kept.h: what a test sees, as text, held against a file that is kept beside it.
 *
 *   struct kept kept;
 *   kept_open(&kept);
 *   fprintf(kept.stream, "%s\n", session->en);
 *   kept_check(&kept, TEST_SOURCE_DIR "/tests/vehicle_bms/ending/last-words.txt");
 *
 * Every byte counts; the first line that differs is shown. After a change that was meant, run the test
 * with KEPT=write in its environment, read the difference, and commit it with the change. */
#ifndef TESTS_KEPT_H
#define TESTS_KEPT_H

#include <stddef.h>
#include <stdio.h>

struct kept {
    FILE *stream;
    char *text;
    size_t size;
};

void kept_open(struct kept *kept);
/* " NAME VALUE", or nothing of a NAN, which compilers print with a sign or without. */
void kept_number(FILE *to, const char *name, double value);
/* Ends the test when it differs; frees it. */
void kept_check(struct kept *kept, const char *path);

#endif
