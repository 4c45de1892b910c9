/* SPDX-License-Identifier: MIT */
/* html_checks.h: the one table of checks: those of a case, its monitors and steps, and the rules of a
 * protocol judgement.
 *
 *   static const struct html_column *const columns[] = {&html_column_verdict, &html_column_title,
 *                                                       &html_column_value, &html_column_limit};
 *   static const struct html_check_table table = {.columns = columns, .column_count = 4};
 *   html_open_checks(&page, &table);
 *   html_put_check(&page, &table, &(struct html_check_row){.check = check});
 *   html_close_checks(&page);
 *
 * A check without a number says across the columns of numbers what was demanded. A reason, or what
 * the table's own `details` puts, follows in a row below. */
#ifndef REPORTS_PAGE_HTML_CHECKS_H
#define REPORTS_PAGE_HTML_CHECKS_H

#include "reports/page/html_parts.h"

struct html_check_table;

struct html_check_row {
    const struct html_check_table *table; /* filled by html_put_check */
    const struct result_check *check;
    size_t number;   /* under which plots speak of it; 0: none */
    const void *own; /* what else the page knows of it, for its own columns and details */
};

struct html_column {
    struct phrase heading;
    const char *style; /* the class of its cells; "" none */
    bool right;        /* its heading stands to the right */
    bool of_number;    /* empty for a check without a number */
    void (*put)(struct buffer *page, const struct html_check_row *row);
};

extern const struct html_column html_column_number, html_column_title, html_column_value,
    html_column_worst, html_column_limit, html_column_margin, html_column_uncertainty,
    html_column_clause, html_column_instants, html_column_reached, html_column_verdict;

struct html_check_table {
    const char *style;     /* its class */
    struct phrase subject; /* what a row is: heads the column of titles; empty: "Check" */
    const struct html_column *const *columns;
    size_t column_count;
    bool brief;           /* both languages of a title on one line, without the condition */
    bool monitors;        /* their numbers are "M1", "M2" */
    bool id_is_condition; /* the condition is a rule's id: with the clause below the title */
    bool stacks; /* on a narrow screen a row becomes a list, each cell behind its heading */
    bool (*has_details)(const struct html_check_row *row); /* NULL: the check's reason */
    void (*put_details)(struct buffer *page, const struct html_check_row *row);
};

void html_open_checks(struct buffer *page, const struct html_check_table *table);
void html_put_check(struct buffer *page, const struct html_check_table *table,
                    const struct html_check_row *row);
void html_close_checks(struct buffer *page);

/* Has it a measured value? */
bool html_has_number(const struct result_check *check);

#endif
