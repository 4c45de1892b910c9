/* SPDX-License-Identifier: MIT */
#include "reports/page/html_checks.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* ------------------------------------------------------------------ what stands in a cell */

static void put_number(struct buffer *page, const struct html_check_row *row) {
    assert(row->number > 0 && row->table->monitors == row->check->monitor);
    buffer_format(page, row->table->monitors ? "M%zu" : "%zu", row->number);
}

static void put_condition(struct buffer *page, const struct result_check *check) {
    if (check->condition != NULL) {
        buffer_put(page, " <code class=\"small\">");
        buffer_put_markup(page, check->condition);
        buffer_put(page, "</code>");
    }
}

static void put_rule_id(struct buffer *page, const struct result_check *check) {
    buffer_put(page, "<span class=\"small\"><code>");
    buffer_put_markup(page, check->condition);
    buffer_put(page, "</code> · ");
    buffer_put_markup(page, check->limit_source);
    buffer_put(page, "</span>");
}

static void put_title(struct buffer *page, const struct html_check_row *row) {
    const struct result_check *check = row->check;
    if (row->table->brief) {
        html_text(page, &check->title);
        return;
    }
    buffer_put(page, "<span class=\"block\">");
    html_text(page, &check->title);
    buffer_put(page, "</span>");
    if (row->table->id_is_condition) {
        put_rule_id(page, check);
    } else if (html_has_number(check)) { /* else it stands in the cells beside */
        put_condition(page, check);
    }
}

/* What a check without a number asked for. */
static void put_demand(struct buffer *page, enum result_check_kind kind) {
    switch (kind) {
    case RESULT_EXPECT:
        html_both(page, "须出现", "must occur");
        break;
    case RESULT_ALWAYS:
        html_both(page, "须始终成立", "must always hold");
        break;
    case RESULT_NEVER:
        html_both(page, "不得出现", "must never occur");
        break;
    case RESULT_MEASURE:
    case RESULT_STEP:
        buffer_put(page, HTML_DASH);
        break;
    }
}

static void put_value(struct buffer *page, const struct html_check_row *row) {
    buffer_put(page, "<b>");
    html_quantity(page, row->check->value, row->check->unit);
    buffer_put(page, "</b>");
}

static void put_limit(struct buffer *page, const struct html_check_row *row) {
    html_limit(page, row->check);
}

static void put_margin(struct buffer *page, const struct html_check_row *row) {
    html_margin(page, row->check);
}

static void put_instrument(struct buffer *page, const char *instrument) {
    static const struct {
        const char *name, *zh;
    } known[] = {{"virtual clock", "虚拟时钟"}, {"kernel time stamp", "内核时间戳"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(instrument, known[i].name) == 0) {
            html_both(page, known[i].zh, known[i].name);
            return;
        }
    }
    buffer_put_markup(page, instrument);
}

/* Uncertainty and what it comes from. */
static void put_uncertainty(struct buffer *page, const struct html_check_row *row) {
    const struct result_check *check = row->check;
    bool known = result_has_uncertainty(check);
    if (known) {
        buffer_put(page, "±&nbsp;");
        html_quantity(page, check->uncertainty, check->unit);
    }
    if (check->instrument != NULL) {
        buffer_put(page,
                   known ? "<br><span class=\"small block\">" : "<span class=\"small block\">");
        put_instrument(page, check->instrument);
        buffer_put(page, "</span>");
    } else if (!known) {
        buffer_put(page, HTML_DASH);
    }
}

static void put_clause(struct buffer *page, const struct html_check_row *row) {
    const struct result_check *check = row->check;
    buffer_put_markup(page, check->limit_source != NULL ? check->limit_source : HTML_DASH);
    if (check->limit_name != NULL) {
        buffer_put(page, "<br><code class=\"small\">");
        buffer_put_markup(page, check->limit_name);
        buffer_put(page, "</code>");
    }
}

static void put_instants(struct buffer *page, const struct html_check_row *row) {
    if (row->check->from_ns >= 0) {
        html_seconds(page, row->check->from_ns);
        buffer_put(page, "<br>→&nbsp;");
    }
    html_seconds(page, row->check->to_ns);
}

static void put_reached(struct buffer *page, const struct html_check_row *row) {
    html_seconds(page, row->check->to_ns >= 0 ? row->check->to_ns : row->check->from_ns);
}

static void put_verdict(struct buffer *page, const struct html_check_row *row) {
    html_verdict(page, row->check->verdict);
}

const struct html_column html_column_number = {{"№", "№"}, "no", false, false, put_number};
const struct html_column html_column_title = {{"Check", "检查项"}, "", false, false, put_title};
const struct html_column html_column_value = {{"Value", "测得值"}, "n", true, true, put_value};
const struct html_column html_column_worst = {
    {"Worst value", "最不利值"}, "n", true, true, put_value};
const struct html_column html_column_limit = {{"Limit", "限值"}, "n", true, true, put_limit};
const struct html_column html_column_margin = {{"Margin", "裕量"}, "n", true, true, put_margin};
const struct html_column html_column_uncertainty = {
    {"Uncertainty, instrument", "不确定度，仪器"}, "n", true, true, put_uncertainty};
const struct html_column html_column_clause = {
    {"Clause", "条款"}, "clause", false, false, put_clause};
const struct html_column html_column_instants = {
    {"From, to", "起止时刻"}, "n small", true, false, put_instants};
const struct html_column html_column_reached = {
    {"Reached", "时刻"}, "n reached", true, false, put_reached};
const struct html_column html_column_verdict = {{"Verdict", "判定"}, "", false, false, put_verdict};

/* ------------------------------------------------------------------ rows */

bool html_has_number(const struct result_check *check) {
    return check->kind == RESULT_MEASURE || !isnan(check->value);
}

static bool has_reason(const struct html_check_row *row) {
    return row->check->reason.en != NULL || row->check->reason.zh != NULL;
}

static void put_reason(struct buffer *page, const struct html_check_row *row) {
    assert(has_reason(row));
    html_text(page, &row->check->reason);
}

static void put_heading_in_cell(struct buffer *page, const struct html_column *column) {
    buffer_put(page, "<span class=\"k\">");
    html_text(page, &column->heading);
    buffer_put(page, " </span>");
}

static void put_cell(struct buffer *page, const struct html_column *column,
                     const struct html_check_row *row) {
    if (column->style[0] != '\0') {
        buffer_format(page, "<td class=\"%s\">", column->style);
    } else {
        buffer_put(page, "<td>");
    }
    if (row->table->stacks && column->right) {
        put_heading_in_cell(page, column);
    }
    column->put(page, row);
    buffer_put(page, "</td>");
}

/* Across the columns of numbers. */
static void put_demand_cell(struct buffer *page, const struct html_check_row *row) {
    size_t columns = 0;
    for (size_t i = 0; i < row->table->column_count; i++) {
        columns += row->table->columns[i]->of_number;
    }
    assert(columns > 0 && !html_has_number(row->check));
    buffer_format(page, "<td colspan=\"%zu\" class=\"wraps muted\">", columns);
    put_demand(page, row->check->kind);
    if (!row->table->brief && !row->table->id_is_condition) {
        put_condition(page, row->check);
    }
    buffer_put(page, "</td>");
}

static void put_cells(struct buffer *page, const struct html_check_row *row) {
    bool demanded = false, numbers_over = false;
    for (size_t i = 0; i < row->table->column_count; i++) {
        const struct html_column *column = row->table->columns[i];
        assert(!(column->of_number && numbers_over)); /* side by side: one cell may span them */
        numbers_over = demanded && !column->of_number;
        if (!column->of_number || html_has_number(row->check)) {
            put_cell(page, column, row);
        } else if (!demanded) {
            put_demand_cell(page, row);
            demanded = true;
        }
    }
}

void html_put_check(struct buffer *page, const struct html_check_table *table,
                    const struct html_check_row *row) {
    struct html_check_row own = *row;
    own.table = table;
    const char *verdict = verdict_name(row->check->verdict);
    bool more = table->has_details != NULL ? table->has_details(&own) : has_reason(&own);
    buffer_format(page, "<tr class=\"t-%s%s\">", verdict, more ? " opens" : "");
    put_cells(page, &own);
    buffer_put(page, "</tr>\n");
    if (more) {
        buffer_format(page, "<tr class=\"why t-%s\"><td></td><td colspan=\"%zu\" class=\"block\">",
                      verdict, table->column_count - 1);
        (table->put_details != NULL ? table->put_details : put_reason)(page, &own);
        buffer_put(page, "</td></tr>\n");
    }
}

void html_open_checks(struct buffer *page, const struct html_check_table *table) {
    assert(table->column_count > 1 && (table->has_details == NULL) == (table->put_details == NULL));
    buffer_format(page, "<div class=\"scroll\"><table class=\"%s\"><thead><tr>", table->style);
    for (size_t i = 0; i < table->column_count; i++) {
        const struct html_column *column = table->columns[i];
        if (column->put == put_number) {
            buffer_put(page, "<th class=\"no\">№</th>");
        } else {
            bool named = column == &html_column_title && table->subject.en != NULL;
            const struct phrase *heading = named ? &table->subject : &column->heading;
            html_heading(page, heading->zh, heading->en, column->right);
        }
    }
    buffer_put(page, "</tr></thead><tbody>\n");
}

void html_close_checks(struct buffer *page) {
    buffer_put(page, "</tbody></table></div>\n");
}
