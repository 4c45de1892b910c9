/* SPDX-License-Identifier: MIT */
/* internal.h: what the renderers of a judgement share. */
#ifndef REPORTS_JUDGEMENT_INTERNAL_H
#define REPORTS_JUDGEMENT_INTERNAL_H

#include "reports/judgement/judgement.h"
#include "sim/text/buffer.h"

#define JUDGEMENT_WORD 48

extern const char judgement_style_css[]; /* style.css */

/* "12.345 s", "2:03:04.567"; "" without a clock. Counted from the start of the capture. */
const char *judgement_instant(char text[JUDGEMENT_WORD], const struct judgement *judgement,
                              int64_t at_ns);
/* "85 ms", "3.2 s", "12 min 5 s" */
const char *judgement_duration(char text[JUDGEMENT_WORD], int64_t ns);
/* "47.3 ms": as many digits as such a value needs. */
const char *judgement_quantity(char text[JUDGEMENT_WORD], double value, const char *unit);
/* "45 to 55 ms", "at most 1 s"; "" when there is none. */
const char *judgement_limit(char text[JUDGEMENT_WORD], const struct judgement_rule *rule,
                            bool chinese);
size_t judgement_count(const struct judgement *judgement, enum verdict verdict);
/* The page's parts. */
void judgement_page(struct buffer *page, const struct judgement *judgement);
void judgement_put_text(struct buffer *page, const char *zh, const char *en);
void judgement_put_proofs(struct buffer *page, const struct judgement *judgement,
                          const struct judgement_proof *proofs, size_t count);
void judgement_put_rules(struct buffer *page, const struct judgement *judgement);
void judgement_put_periods(struct buffer *page, const struct judgement *judgement);
/* Drawings. The length of a charge may be 0. */
void judgement_timeline(struct buffer *page, const struct judgement *judgement,
                        const struct judgement_session *session);
void judgement_histogram(struct buffer *page, const struct judgement_rule *rule);

#endif
