/* SPDX-License-Identifier: MIT */
/* A case with rows: what it is, a table of its rows, and then each row as a case of its own. */
#include "reports/page/html_internal.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static void put_heading(struct buffer *page, const char *zh, const char *en) {
    buffer_put(page, "<th scope=\"col\">");
    html_both(page, zh, en);
    buffer_put(page, "</th>");
}

static void put_row(struct buffer *page, const struct result_case *row, size_t number) {
    const char *name = row->id + result_name_length(row->id) + 1;
    assert(number > 0 && result_is_row(row));
    buffer_format(page,
                  "<tr class=\"t-%s\"><td class=\"no\">%zu</td><td><a href=\"#case-%zu\"><code>",
                  verdict_name(row->verdict), number, number);
    char text[128];
    snprintf(text, sizeof text, "%.*s", (int)(strlen(name) - 1), name);
    buffer_put_markup(page, text);
    buffer_put(page, "</code></a></td><td class=\"block\">");
    html_text(page, &row->title);
    buffer_put(page, "</td><td>");
    for (size_t i = 0; i < row->setting_count; i++) {
        buffer_put(page, i == 0 ? "<code>" : ", <code>");
        buffer_put_markup(page, row->settings[i]);
        buffer_put(page, "</code>");
    }
    buffer_put(page, "</td><td>");
    buffer_put_markup(page, row->vehicle != NULL ? row->vehicle : HTML_DASH);
    buffer_put(page, "</td><td>");
    html_row_verdict(page, row->verdict);
    buffer_put(page, "</td></tr>\n");
}

static void put_table(struct buffer *page, const struct result_set *set, size_t first,
                      size_t count) {
    buffer_put(page, "<div class=\"scroll\"><table class=\"compact\"><thead><tr>"
                     "<th class=\"no\">№</th>");
    put_heading(page, "数据行", "Row");
    put_heading(page, "名称", "Title");
    put_heading(page, "取值", "Values");
    put_heading(page, "车辆", "Vehicle");
    put_heading(page, "判定", "Verdict");
    buffer_put(page, "</tr></thead><tbody>\n");
    for (size_t i = first; i < first + count; i++) {
        put_row(page, &set->cases[i], i + 1);
    }
    buffer_put(page, "</tbody></table></div>\n");
}

void html_put_rows(struct buffer *page, const char *folder, const struct html_watched *watched,
                   const struct result_set *set, size_t first, size_t count) {
    const char *id = set->cases[first].id;
    assert(count == result_rows_from(set, first)); /* all of them */
    char name[128];
    snprintf(name, sizeof name, "%.*s", (int)result_name_length(id), id);
    buffer_put(page, "<section class=\"rows\" id=\"rows-");
    buffer_put_markup(page, name);
    buffer_put(page, "\">\n<h2><span><code>");
    buffer_put_markup(page, name);
    buffer_format(page, "</code>&ensp;");
    html_both(page, "多行用例，判定取最不利行",
              "a case with rows; the worst of them is its verdict");
    buffer_put(page, "</span>");
    html_row_verdict(page, result_rows_verdict(set, first, count));
    buffer_put(page, "</h2>\n");
    put_table(page, set, first, count);
    for (size_t i = first; i < first + count; i++) {
        html_put_case(page, folder, watched, &set->cases[i], i + 1);
    }
    buffer_put(page, "</section>\n");
}
