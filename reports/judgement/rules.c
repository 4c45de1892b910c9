/* SPDX-License-Identifier: MIT */
/* The rules by side, what was violated first, and the distribution of every period. */
#include "reports/judgement/internal.h"
#include "reports/page/html_checks.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------ the table */

/* What the cells of a rule need beside its check. */
struct shown_rule {
    const struct judgement *judgement;
    const struct judgement_rule *rule;
};

static const struct judgement_rule *rule_of(const struct html_check_row *row) {
    return ((const struct shown_rule *)row->own)->rule;
}

/* The mean, or the last; then from the smallest to the largest. */
static void put_measured(struct buffer *page, const struct html_check_row *row) {
    const struct judgement_rule *rule = rule_of(row);
    html_column_value.put(page, row);
    if (rule->largest > rule->smallest) {
        buffer_put(page, "<br> <span class=\"small\">");
        html_number(page, rule->smallest);
        buffer_put(page, " … ");
        html_number(page, rule->largest);
        buffer_put(page, "</span>");
    }
}

static void put_violated(struct buffer *page, const struct html_check_row *row) {
    const struct judgement_rule *rule = rule_of(row);
    assert(row->check->verdict != VERDICT_PASS || rule->violations == 0);
    buffer_format(page, "%" PRIu64 " / %" PRIu64, rule->violations, rule->observed);
}

static bool has_details(const struct html_check_row *row) {
    return rule_of(row)->proof_count > 0 || row->check->reason.en != NULL;
}

static void put_details(struct buffer *page, const struct html_check_row *row) {
    const struct shown_rule *shown = row->own;
    if (row->check->reason.en != NULL) {
        html_text(page, &row->check->reason);
    }
    if (shown->rule->proof_count > 0) {
        judgement_put_proofs(page, shown->judgement, shown->rule->proofs, shown->rule->proof_count);
    }
}

static const struct html_column measured = {{"Measured", "测得值"}, "n", true, true, put_measured};
static const struct html_column violated = {
    {"Violated / seen", "违反 / 出现"}, "n", true, false, put_violated};
static const struct html_column *const columns[] = {&html_column_verdict, &html_column_title,
                                                    &measured, &html_column_limit, &violated};

static const struct html_check_table table = {.style = "rules",
                                              .subject = {"Rule", "规则"},
                                              .columns = columns,
                                              .column_count = sizeof columns / sizeof columns[0],
                                              .id_is_condition = true,
                                              .stacks = true,
                                              .has_details = has_details,
                                              .put_details = put_details};

static bool belongs(const struct judgement_rule *rule, const char *side, enum verdict verdict) {
    return rule->check.verdict == verdict && strcmp(rule->side.en, side) == 0;
}

static size_t count_of(const struct judgement *judgement, const char *side, enum verdict verdict) {
    size_t count = 0;
    for (size_t i = 0; i < judgement->rule_count; i++) {
        count += belongs(&judgement->rules[i], side, verdict);
    }
    return count;
}

static void put_table(struct buffer *page, const struct judgement *judgement, const char *side,
                      enum verdict verdict) {
    html_open_checks(page, &table);
    for (size_t i = 0; i < judgement->rule_count; i++) {
        const struct shown_rule shown = {judgement, &judgement->rules[i]};
        if (belongs(shown.rule, side, verdict)) {
            html_put_check(page, &table,
                           &(struct html_check_row){.check = &shown.rule->check, .own = &shown});
        }
    }
    html_close_checks(page);
}

/* A stack of rules of one verdict; what passed is folded away. */
static void put_stack(struct buffer *page, const struct judgement *judgement, const char *side,
                      enum verdict verdict) {
    size_t count = count_of(judgement, side, verdict);
    char zh[80], en[80];
    if (count == 0) {
        return;
    }
    if (verdict == VERDICT_FAIL || verdict == VERDICT_ERROR) {
        put_table(page, judgement, side, verdict);
        return;
    }
    bool passed = verdict == VERDICT_PASS;
    snprintf(zh, sizeof zh, passed ? "合格的规则：%zu条" : "无法判定的规则：%zu条", count);
    snprintf(en, sizeof en, "%s: %zu", passed ? "Rules passed" : "Rules inconclusive", count);
    buffer_put(page, "<details><summary>");
    html_both(page, zh, en);
    buffer_put(page, "</summary>\n");
    put_table(page, judgement, side, verdict);
    buffer_put(page, "</details>\n");
}

static void put_side(struct buffer *page, const struct judgement *judgement,
                     const struct judgement_rule *first) {
    static const enum verdict order[] = {VERDICT_FAIL, VERDICT_INCONCLUSIVE, VERDICT_PASS};
    char zh[80], en[80];
    snprintf(zh, sizeof zh, "对%s的规则", first->side.zh);
    snprintf(en, sizeof en, "Rules of the %s", first->side.en);
    buffer_put(page, "<section><h2>");
    html_both(page, zh, en);
    buffer_put(page, "</h2>\n<ul class=\"counts\">");
    for (size_t i = 0; i < 3; i++) {
        size_t count = count_of(judgement, first->side.en, order[i]);
        if (count > 0) {
            buffer_put(page, "<li>");
            html_verdict(page, order[i]);
            buffer_format(page, " %zu</li>", count);
        }
    }
    size_t none = count_of(judgement, first->side.en, VERDICT_NONE);
    assert(none <= judgement->rule_count);
    snprintf(zh, sizeof zh, "未涉及的规则 %zu", none);
    snprintf(en, sizeof en, "%zu did not apply", none);
    buffer_put(page, "<li class=\"muted\">");
    html_both(page, zh, en);
    buffer_put(page, "</li></ul>\n");
    for (size_t i = 0; i < 3; i++) {
        put_stack(page, judgement, first->side.en, order[i]);
    }
    buffer_put(page, "</section>\n");
}

static bool side_is_new(const struct judgement *judgement, size_t index) {
    for (size_t i = 0; i < index; i++) {
        if (strcmp(judgement->rules[i].side.en, judgement->rules[index].side.en) == 0) {
            return false;
        }
    }
    return true;
}

void judgement_put_rules(struct buffer *page, const struct judgement *judgement) {
    for (size_t i = 0; i < judgement->rule_count; i++) {
        if (side_is_new(judgement, i)) {
            put_side(page, judgement, &judgement->rules[i]);
        }
    }
}

/* ------------------------------------------------------------------ periods */

static bool has_gaps(const struct judgement_rule *rule) {
    for (size_t i = 0; i < rule->bin_count; i++) {
        if (rule->bins != NULL && rule->bins[i] > 0) {
            return true;
        }
    }
    return false;
}

static void put_periods_head(struct buffer *page) {
    buffer_put(page, "<section><h2>");
    html_both(page, "报文周期", "Periods");
    buffer_put(page, "</h2>\n<p class=\"small block\">");
    html_both(
        page,
        "相邻两帧间隔的分布，从0到标称周期的两倍，更长的间隔计入最后一格；绿色为平均值的允许"
        "范围；柱高按对数，以便看到个别超差。",
        "How the gaps between two frames are distributed, from 0 to twice the period; the last "
        "bar holds longer gaps too. Green: where the mean may lie. Heights are logarithmic, "
        "so that a single late frame shows.");
    buffer_put(page, "</p>\n<div class=\"periods\">\n");
}

static void put_period(struct buffer *page, const struct judgement_rule *rule) {
    const struct result_check *check = &rule->check;
    buffer_put(page, "<figure>");
    html_verdict(page, check->verdict);
    buffer_put(page, "<b><code>");
    buffer_put_markup(page, check->condition);
    buffer_put(page, "</code></b>");
    judgement_put_histogram(page, rule);
    buffer_put(page, "<figcaption>");
    html_both(page, "平均", "mean");
    buffer_put(page, " ");
    html_quantity(page, check->value, check->unit);
    if (rule->largest > rule->smallest) {
        buffer_put(page, "<br>");
        html_number(page, rule->smallest);
        buffer_put(page, " … ");
        html_quantity(page, rule->largest, check->unit);
    }
    buffer_put(page, "</figcaption></figure>\n");
}

void judgement_put_periods(struct buffer *page, const struct judgement *judgement) {
    bool some = false;
    for (size_t i = 0; i < judgement->rule_count; i++) {
        if (has_gaps(&judgement->rules[i])) {
            if (!some) {
                put_periods_head(page);
            }
            some = true;
            put_period(page, &judgement->rules[i]);
        }
    }
    if (some) {
        buffer_put(page, "</div></section>\n");
    }
}
