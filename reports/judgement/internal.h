/* SPDX-License-Identifier: MIT */
/* internal.h: what the renderers of a judgement share. */
#ifndef REPORTS_JUDGEMENT_INTERNAL_H
#define REPORTS_JUDGEMENT_INTERNAL_H

#include "reports/judgement/judgement.h"
#include "sim/text/buffer.h"

#define JUDGEMENT_TEXT_SIZE 48 /* of a time in words */

/* "12.345 s", "2:03:04.567"; "" without a clock. Counted from the start of the capture. */
const char *judgement_instant(char text[JUDGEMENT_TEXT_SIZE], const struct judgement *judgement,
                              int64_t at_ns);
/* "85 ms", "3.2 s", "12 min 5 s" */
const char *judgement_duration(char text[JUDGEMENT_TEXT_SIZE], int64_t ns);
size_t judgement_count(const struct judgement *judgement, enum verdict verdict);

/* The page's parts. */
void judgement_put_page(struct buffer *page, const struct judgement *judgement);
void judgement_put_proofs(struct buffer *page, const struct judgement *judgement,
                          const struct judgement_proof *proofs, size_t count);
void judgement_put_rules(struct buffer *page, const struct judgement *judgement);
void judgement_put_periods(struct buffer *page, const struct judgement *judgement);
/* Drawings. The length of a charge may be 0. */
void judgement_put_course(struct buffer *page, const struct judgement *judgement,
                          const struct judgement_session *session);
void judgement_put_histogram(struct buffer *page, const struct judgement_rule *rule);

#endif
