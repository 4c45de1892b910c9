/* SPDX-License-Identifier: MIT */
/* mutation_meter.h: makes a firmware blind to what is wrong with its meters' answers.
 *
 *   mutation_meter_asked(&meter, line, bytes, count);                what the firmware writes
 *   mutation_meter_mend(&meter, what, line, bytes, count);           what it is about to hear, changed in place
 *
 * A firmware that does not look at the checksum cannot be told from one that hears every checksum
 * right: so the answer is put right in that one thing, and in nothing else. Frames must lie whole
 * in one piece, as the in-process line hands them over. */
#ifndef HARNESS_MUTANT_MUTATION_METER_H
#define HARNESS_MUTANT_MUTATION_METER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum unchecked {
    UNCHECKED_CHECKSUM,
    UNCHECKED_ADDRESS, /* whose answer it is */
    UNCHECKED_ITEM,    /* which identifier it carries */
    UNCHECKED_DIGITS,  /* FF, which is no digit, is read as 0 */
    UNCHECKED
};

#define MUTATION_METER_LINES 4

/* The last request on each line. */
struct mutation_meter {
    struct {
        uint8_t address[6], di[4]; /* as on the wire */
    } asked[MUTATION_METER_LINES];
};

const char *unchecked_name(enum unchecked what); /* "checksum" */
void mutation_meter_asked(struct mutation_meter *meter, unsigned line, const uint8_t *bytes,
                          size_t count);
void mutation_meter_mend(const struct mutation_meter *meter, enum unchecked what, unsigned line,
                         uint8_t *bytes, size_t count);

#endif
