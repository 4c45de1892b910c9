/* SPDX-License-Identifier: MIT */
/* The rules by side, what was violated first, and the distribution of every period. */
#include "reports/judgement/internal.h"
#include "reports/page/html_internal.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void put_heading(struct buffer *page, const char *zh, const char *en, bool number) {
    buffer_format(page, "<th scope=\"col\"%s>", number ? " class=\"n\"" : "");
    html_both(page, zh, en);
    buffer_put(page, "</th>");
}

/* On a narrow screen the head of the table is gone: each cell then says what it is, and a cell
 * without a value is not shown. */
static void open_cell(struct buffer *page, const char *zh, const char *en, bool empty) {
    buffer_format(page, "<td class=\"n%s\"><span class=\"k\">", empty ? " none" : "");
    html_both(page, zh, en);
    buffer_put(page, " </span>");
}

static void put_measured(struct buffer *page, const struct judgement_rule *rule) {
    char zh[JUDGEMENT_WORD], en[JUDGEMENT_WORD];
    bool measured = rule->unit[0] != '\0' && !isnan(rule->value);
    bool limited = judgement_limit(zh, rule, true)[0] != '\0';
    open_cell(page, "测得", "measured", !measured);
    if (measured) {
        html_quantity(page, rule->value, rule->unit);
    } else {
        buffer_put(page, DASH);
    }
    if (measured && rule->largest > rule->smallest) {
        buffer_put(page, "<br> <span class=\"small\">");
        html_number(page, rule->smallest);
        buffer_put(page, " … ");
        html_number(page, rule->largest);
        buffer_put(page, "</span>");
    }
    buffer_put(page, "</td>");
    open_cell(page, "限值", "limit", !limited);
    if (limited) {
        judgement_put_text(page, zh, judgement_limit(en, rule, false));
    } else {
        buffer_put(page, DASH);
    }
    buffer_put(page, "</td>");
}

static void put_rule(struct buffer *page, const struct judgement *judgement,
                     const struct judgement_rule *rule) {
    bool more = rule->proof_count > 0 || rule->reason_en != NULL;
    buffer_format(page, "<tr class=\"t-%s%s\"><td>", verdict_name(rule->verdict),
                  more ? " opens" : "");
    html_verdict(page, rule->verdict);
    buffer_put(page, "</td><td><span class=\"block\">");
    judgement_put_text(page, rule->zh, rule->en);
    buffer_put(page, "</span><span class=\"small\"><code>");
    buffer_put_markup(page, rule->id);
    buffer_put(page, "</code> · ");
    buffer_put_markup(page, rule->clause);
    buffer_put(page, "</span></td>");
    put_measured(page, rule);
    open_cell(page, "违反 / 出现", "violated / seen", false);
    buffer_format(page, "%" PRIu64 " / %" PRIu64 "</td></tr>\n", rule->violations, rule->observed);
    if (more) {
        buffer_format(page, "<tr class=\"why t-%s\"><td></td><td colspan=\"4\">",
                      verdict_name(rule->verdict));
        if (rule->reason_en != NULL) {
            judgement_put_text(page, rule->reason_zh, rule->reason_en);
        }
        if (rule->proof_count > 0) {
            judgement_put_proofs(page, judgement, rule->proofs, rule->proof_count);
        }
        buffer_put(page, "</td></tr>\n");
    }
}

static size_t count_of(const struct judgement *judgement, const char *side, enum verdict verdict) {
    size_t count = 0;
    for (size_t i = 0; i < judgement->rule_count; i++) {
        count += judgement->rules[i].verdict == verdict &&
                 strcmp(judgement->rules[i].side_en, side) == 0;
    }
    return count;
}

static void put_table(struct buffer *page, const struct judgement *judgement, const char *side,
                      enum verdict verdict) {
    buffer_put(page, "<div class=\"scroll\"><table class=\"rules\"><thead><tr>");
    put_heading(page, "判定", "Verdict", false);
    put_heading(page, "规则", "Rule", false);
    put_heading(page, "测得", "Measured", true);
    put_heading(page, "限值", "Limit", true);
    put_heading(page, "违反 / 出现", "Violated / seen", true);
    buffer_put(page, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < judgement->rule_count; i++) {
        const struct judgement_rule *rule = &judgement->rules[i];
        if (rule->verdict == verdict && strcmp(rule->side_en, side) == 0) {
            put_rule(page, judgement, rule);
        }
    }
    buffer_put(page, "</tbody></table></div>\n");
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
    snprintf(zh, sizeof zh, "对%s的规则", first->side_zh);
    snprintf(en, sizeof en, "Rules of the %s", first->side_en);
    buffer_put(page, "<section><h2>");
    judgement_put_text(page, zh, en);
    buffer_put(page, "</h2>\n<ul class=\"counts\">");
    for (size_t i = 0; i < 3; i++) {
        size_t count = count_of(judgement, first->side_en, order[i]);
        if (count > 0) {
            buffer_put(page, "<li>");
            html_verdict(page, order[i]);
            buffer_format(page, " %zu</li>", count);
        }
    }
    size_t none = count_of(judgement, first->side_en, VERDICT_NONE);
    snprintf(zh, sizeof zh, "未涉及的规则 %zu", none);
    snprintf(en, sizeof en, "%zu did not apply", none);
    buffer_put(page, "<li class=\"muted\">");
    html_both(page, zh, en);
    buffer_put(page, "</li></ul>\n");
    for (size_t i = 0; i < 3; i++) {
        put_stack(page, judgement, first->side_en, order[i]);
    }
    buffer_put(page, "</section>\n");
}

static bool side_is_new(const struct judgement *judgement, size_t index) {
    for (size_t i = 0; i < index; i++) {
        if (strcmp(judgement->rules[i].side_en, judgement->rules[index].side_en) == 0) {
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

void judgement_put_periods(struct buffer *page, const struct judgement *judgement) {
    bool some = false;
    for (size_t i = 0; i < judgement->rule_count; i++) {
        const struct judgement_rule *rule = &judgement->rules[i];
        if (!has_gaps(rule)) {
            continue;
        }
        if (!some) {
            buffer_put(page, "<section><h2>");
            html_both(page, "报文周期", "Periods");
            buffer_put(page, "</h2>\n<p class=\"small block\">");
            html_both(
                page,
                "相邻两帧间隔的分布，从0到标称周期的两倍；绿色为平均值的允许范围；柱高按对数，"
                "以便看到个别超差。",
                "How the gaps between two frames are distributed, from 0 to twice the period. "
                "Green: where the mean may lie. Heights are logarithmic, so that a single late "
                "frame shows.");
            buffer_put(page, "</p>\n<div class=\"periods\">\n");
            some = true;
        }
        buffer_put(page, "<figure>");
        html_verdict(page, rule->verdict);
        buffer_put(page, "<b><code>");
        buffer_put_markup(page, rule->id);
        buffer_put(page, "</code></b>");
        judgement_histogram(page, rule);
        buffer_put(page, "<figcaption>");
        html_both(page, "平均", "mean");
        buffer_put(page, " ");
        html_quantity(page, rule->value, rule->unit);
        buffer_put(page, ", ");
        html_number(page, rule->smallest);
        buffer_put(page, " … ");
        html_quantity(page, rule->largest, rule->unit);
        buffer_put(page, "</figcaption></figure>\n");
    }
    if (some) {
        buffer_put(page, "</div></section>\n");
    }
}
