/* SPDX-License-Identifier: MIT */
/* At the head of a report: what is declared absent, and how many cases that keeps from being run. */
#include "reports/page/html_internal.h"

#include <string.h>

static bool same_reason(const struct result_case *a, const struct result_case *b) {
    return a->absent && b->absent && a->reason.en != NULL && b->reason.en != NULL &&
           strcmp(a->reason.en, b->reason.en) == 0;
}

static bool told_before(const struct result_set *set, size_t index) {
    for (size_t i = 0; i < index; i++) {
        if (same_reason(&set->cases[i], &set->cases[index])) {
            return true;
        }
    }
    return false;
}

static void put_absence(struct buffer *page, const struct result_set *set, size_t first) {
    buffer_put(page, "<li>");
    html_row_verdict(page, set->cases[first].verdict);
    buffer_put(page, " <span class=\"block\">");
    html_text(page, &set->cases[first].reason);
    buffer_put(page, "</span> ");
    for (size_t i = first; i < set->case_count; i++) {
        if (same_reason(&set->cases[first], &set->cases[i])) {
            buffer_format(page, "%s<a href=\"#case-%zu\"><code>", i > first ? ", " : "", i + 1);
            buffer_put_markup(page, set->cases[i].id);
            buffer_put(page, "</code></a>");
        }
    }
    buffer_put(page, "</li>\n");
}

void html_put_absences(struct buffer *page, const struct result_set *set) {
    bool any = false;
    for (size_t i = 0; i < set->case_count; i++) {
        if (!set->cases[i].absent || told_before(set, i)) {
            continue;
        }
        if (!any) {
            buffer_put(page, "<section class=\"absences\"><h2>");
            html_both(page, "声明不具备的能力", "Declared absent");
            buffer_put(page, "</h2>\n<ul>\n");
            any = true;
        }
        put_absence(page, set, i);
    }
    buffer_put(page, any ? "</ul></section>\n" : "");
}
