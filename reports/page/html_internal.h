/* SPDX-License-Identifier: MIT */
/* html_internal.h: the parts of the page. All put markup; texts from the record are escaped. */
#ifndef REPORTS_PAGE_HTML_INTERNAL_H
#define REPORTS_PAGE_HTML_INTERNAL_H

#include "reports/page/html.h"

#define DASH "\xE2\x80\x93" /* – */

/* Both languages of a phrase; markup in it stays markup. */
void html_both(struct buffer *page, const char *zh, const char *en);
/* Both languages of a text of the record. What lacks one language shows the other. */
void html_text(struct buffer *page, const struct phrase *both);

/* Symbol and word; the symbols differ in shape. */
void html_verdict(struct buffer *page, enum verdict verdict);
const char *html_verdict_zh(enum verdict verdict);
const char *html_verdict_en(enum verdict verdict);

/* "12 345.6", a true minus, a dash for NAN. */
void html_number(struct buffer *page, double value);
/* "41.6 ms" and the like; a dash for NAN. */
void html_quantity(struct buffer *page, double value, const char *unit);
/* "+58.4 ms" */
void html_margin(struct buffer *page, const struct result_check *check);
/* "≤ 100 ms", "≥ 500 ms", "323 … 437 V" */
void html_limit(struct buffer *page, const struct result_check *check);
void html_seconds(struct buffer *page, int64_t at_ns);
/* A link to a file of the folder. */
void html_file(struct buffer *page, const char *path);

/* The level of evidence: its name (a whole phrase) and what it proves. */
void html_evidence_name(struct buffer *page, const char *evidence);
void html_evidence_proves(struct buffer *page, const char *evidence);

/* The style rules, with what every printed page states at its head. */
void html_style(struct buffer *page, const struct result_set *set);
/* Only the rules that every page shares, without the element around them. */
void html_style_rules(struct buffer *page);

/* Of the case's own measurements the one that decided; NULL: none was made. */
const struct result_check *html_key_check(const struct result_case *one);

void html_put_head(struct buffer *page, const struct result_set *set); /* what, on what, how */
void html_put_case(struct buffer *page, const char *folder, const struct result_case *one,
                   size_t number);
/* The lines of a case with rows, as one section. */
void html_put_rows(struct buffer *page, const char *folder, const struct result_set *set,
                   size_t first, size_t count);
void html_put_clauses(struct buffer *page, const struct result_set *set);

enum verdict html_overall(const struct result_set *set);

#endif
