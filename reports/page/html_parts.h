/* SPDX-License-Identifier: MIT */
/* html_parts.h: what every page of the reports is built from.
 *
 *   html_put_opening(&page, "car.asc – 判定", style_css, &name);
 *   html_both(&page, "测得值", "Value");
 *   html_quantity(&page, check->value, check->unit);
 *   html_put_ending(&page);
 *
 * All put markup; texts from records are escaped. A page shows Chinese, English or both, switched by
 * three radio buttons and style rules, without scripts. */
#ifndef REPORTS_PAGE_HTML_PARTS_H
#define REPORTS_PAGE_HTML_PARTS_H

#include "reports/record/result.h"
#include "sim/text/buffer.h"

#define HTML_DASH "\xE2\x80\x93" /* – */

/* From the document's head to the strip with the choice of languages; name stands in the strip. The
 * title is plain text; style is CSS that follows style.css. */
void html_put_opening(struct buffer *page, const char *title, const char *style,
                      const struct phrase *name);
void html_put_ending(struct buffer *page);

/* Both languages of the program's own words; markup in them stays markup. */
void html_both(struct buffer *page, const char *zh, const char *en);
/* Both languages of any text. What lacks one language, or says the same in both, is shown once. */
void html_text(struct buffer *page, const struct phrase *text);

/* Symbol and word; the symbols differ in shape. */
void html_verdict(struct buffer *page, enum verdict verdict);
void html_row_verdict(struct buffer *page, enum verdict verdict); /* of a case: none is a state */

/* "12 345.6", a true minus, a dash for NAN. */
void html_number(struct buffer *page, double value);
/* "41.6 ms" and the like; a dash for NAN. */
void html_quantity(struct buffer *page, double value, const char *unit);
/* "+58.4 ms" */
void html_margin(struct buffer *page, const struct result_check *check);
/* "≤ 100 ms", "≥ 500 ms", "323 … 437 V" */
void html_limit(struct buffer *page, const struct result_check *check);
/* Three cells of a table: value, limit, margin; NULL: one dash across them. */
void html_measured(struct buffer *page, const struct result_check *check);
/* Number and name of a case, leading to its section. */
void html_case_link(struct buffer *page, const struct result_set *set,
                    const struct result_case *one);
void html_seconds(struct buffer *page, int64_t at_ns);
/* A link to a file of the folder. */
void html_file(struct buffer *page, const char *path);

/* A table of facts has two names with their values to a row: the name's cell, and the value's as
 * plain text (NULL: a dash). */
void html_fact_name(struct buffer *page, const char *zh, const char *en);
void html_fact(struct buffer *page, const char *zh, const char *en, const char *value);

/* The head of a column; numbers stand to the right. */
void html_heading(struct buffer *page, const char *zh, const char *en, bool number);

#endif
