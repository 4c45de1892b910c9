/* SPDX-License-Identifier: MIT */
/* html_internal.h: the parts of a run's report. */
#ifndef REPORTS_PAGE_HTML_INTERNAL_H
#define REPORTS_PAGE_HTML_INTERNAL_H

#include "reports/page/html.h"
#include "reports/page/html_parts.h"

/* The level of evidence: its name (a whole phrase) and what it proves. */
const struct phrase *html_evidence_name(const char *evidence);
/* "model"; only of a level that there is. */
const struct phrase *html_evidence_short(const char *evidence);
const struct phrase *html_evidence_proves(const char *evidence);

/* What every printed page states at its head and foot, as CSS. */
void html_put_print_style(struct buffer *style, const struct result_set *set);

/* The check that decided: of a passed case its measurement nearest to a limit, else one that is as bad
 * as the case, with a number if one has it. NULL: none did. */
const struct result_check *html_key_check(const struct result_case *one);

/* What is watched in every case, with one number for the whole run (html_watched.c). */
struct html_watched;
struct html_watched *html_watched_new(const struct result_set *set);
void html_watched_free(struct html_watched *watched);
void html_put_watched(struct buffer *page, const struct html_watched *watched);
/* Monitors of a case with that verdict, or its rules, by number and with what was measured. */
void html_put_found(struct buffer *page, const struct html_watched *watched,
                    const struct result_case *one, bool rules, enum verdict verdict);

void html_put_head(struct buffer *page, const struct result_set *set); /* what, on what, how */
void html_put_case(struct buffer *page, const char *folder, const struct html_watched *watched,
                   const struct result_case *one, size_t number);
/* The lines of a case with rows, as one section. */
void html_put_rows(struct buffer *page, const char *folder, const struct html_watched *watched,
                   const struct result_set *set, size_t first, size_t count);
void html_put_clauses(struct buffer *page, const struct result_set *set);

enum verdict html_overall(const struct result_set *set);

/* Cases that were not run because something is declared absent, by what it is. */
void html_put_absences(struct buffer *page, const struct result_set *set);

#endif
