/* SPDX-License-Identifier: MIT */
/* verdict.h: what a check, a case or a run came to, and the one table of words for it.
 *
 *   worst = verdict_worst(worst, check->verdict);
 *   verdict_name(worst)                                  "fail": in records, JSON and messages
 *   phrase_in(verdict_words(worst), chinese)             "Fail", "不合格": on pages
 *   verdict_put(stdout, worst, &look)                    "FAIL        ", coloured
 *
 * The Chinese words are those of type-test reports by NB/T 33008.1 and GB/T 34657.1. */
#ifndef REPORTS_RECORD_VERDICT_H
#define REPORTS_RECORD_VERDICT_H

#include "sim/text/phrase.h"

#include <stdio.h>

/* Worst wins, in this order. */
enum verdict {
    VERDICT_NONE, /* nothing was judged */
    VERDICT_PASS,
    VERDICT_INCONCLUSIVE, /* could not be observed, or too close to the limit for its uncertainty */
    VERDICT_FAIL,
    VERDICT_ERROR, /* the bench itself failed */
};

#define VERDICT_COUNT (VERDICT_ERROR + 1)

enum verdict verdict_worst(enum verdict a, enum verdict b);

const char *verdict_name(enum verdict verdict);
const struct phrase *verdict_words(enum verdict verdict);
/* Of a case or row: none is then the state "not applicable". */
const struct phrase *verdict_row_words(enum verdict verdict);

struct verdict_look {
    bool chinese, colour;
    bool row; /* of a case or row */
};

/* For terminals: in capitals and padded to 12 columns in English, the word alone in Chinese. */
void verdict_put(FILE *stream, enum verdict verdict, const struct verdict_look *look);

#endif
