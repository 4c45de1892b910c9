/* SPDX-License-Identifier: MIT */
/* The index by clause: what this run says of each, and what is still open. */
#include "reports/page/html_checks.h"
#include "reports/page/html_internal.h"
#include "reports/record/clauses.h"

#include <string.h>

/* ------------------------------------------------------------------ words */

static const struct {
    const char *name;
    struct phrase words;
} closers[] = {
    {"model", {"model evidence", "模型级证据"}},
    {"hosted", {"hosted evidence", "主机级证据"}},
    {"bench", {"bench evidence", "台架级证据"}},
    {"inspect", {"an inspection record", "检查记录"}},
    {"platform", {"a platform test", "平台测试"}},
    {"station", {"a station test", "场站测试"}},
};

static const struct phrase *closer_words(const char *name) {
    for (size_t i = 0; i < sizeof closers / sizeof closers[0]; i++) {
        if (strcmp(closers[i].name, name) == 0) {
            return &closers[i].words;
        }
    }
    return NULL;
}

/* What is still missing, in one language. */
static void put_missing(struct buffer *text, const struct clause_entry *entry,
                        const struct result_run *run, bool chinese) {
    bool any = run->limit_count > 0;
    buffer_put(text, !any      ? ""
                     : chinese ? "按限值集自身限值的运行"
                               : "a run by the profile's own limits");
    for (size_t i = 0; i < entry->clause->closed_by_count; i++) {
        const char *closer = entry->clause->closed_by[i];
        const struct phrase *words = closer_words(closer);
        bool here = entry->verdict == VERDICT_PASS && clause_level_reached(run->evidence, closer);
        if (!here) {
            buffer_put(text, any ? (chinese ? "、" : ", ") : "");
            buffer_put_markup(text, words != NULL ? phrase_in(words, chinese) : closer);
            any = true;
        }
    }
}

static void put_open(struct buffer *page, const struct clause_entry *entry,
                     const struct result_run *run) {
    struct buffer zh = {0}, en = {0};
    buffer_put(&zh, "需：");
    buffer_put(&en, "needs ");
    put_missing(&zh, entry, run, true);
    put_missing(&en, entry, run, false);
    buffer_put(page, "<span class=\"open\">");
    html_both(page, "验收：未关闭", "acceptance: open");
    buffer_put(page, "</span><br><span class=\"small\">");
    html_both(page, zh.chars, en.chars);
    buffer_put(page, "</span>");
    buffer_free(&zh);
    buffer_free(&en);
}

/* ------------------------------------------------------------------ one clause */

static void put_id(struct buffer *page, const struct clause_entry *entry) {
    buffer_put(page, "<td class=\"clause\">");
    buffer_put_markup(page, entry->id);
    if (entry->clause != NULL && strcmp(entry->clause->id, entry->id) == 0) {
        buffer_put(page, "<br><span class=\"small\">");
        html_text(page, &entry->clause->text);
        buffer_put(page, "</span>");
    }
    buffer_put(page, "</td>");
}

static void put_worst(struct buffer *page, const struct result_set *set,
                      const struct clause_entry *entry) {
    const struct result_check *check = entry->worst;
    buffer_put(page, "<td class=\"worst\">");
    if (check != NULL) {
        html_text(page, &check->title);
        buffer_put(page, "<br>");
    }
    html_case_link(page, set, entry->worst_case);
    buffer_put(page, "</td>");
    html_measured(page, check != NULL && html_has_number(check) ? check : NULL);
}

static void put_verdict(struct buffer *page, const struct clause_entry *entry,
                        const struct result_run *run) {
    bool known = clause_level_reached(run->evidence, "model");
    buffer_put(page, "<td class=\"judged\">");
    if (known) {
        html_text(page, html_evidence_short(run->evidence));
        buffer_put(page, "&ensp;");
    }
    html_verdict(page, entry->verdict);
    buffer_put(page, "<br>");
    switch (entry->acceptance) {
    case CLAUSE_CLOSED:
        html_both(page, "验收：可关闭", "acceptance: closed by this level");
        break;
    case CLAUSE_OPEN:
        put_open(page, entry, run);
        break;
    case CLAUSE_NOT_STATED:
        html_both(page, "验收：本记录未说明", "acceptance: not stated in this record");
        break;
    }
    buffer_put(page, "</td>");
}

static void put_cited(struct buffer *page, const struct result_set *set,
                      const struct clause_entry *entry) {
    buffer_format(page, "<tr class=\"t-%s\">", verdict_name(entry->verdict));
    put_id(page, entry);
    buffer_format(page, "<td class=\"n\">%zu / %zu</td>", entry->covering, entry->citing);
    put_worst(page, set, entry);
    put_verdict(page, entry, &set->run);
    buffer_put(page, "</tr>\n");
}

/* ------------------------------------------------------------------ the tables */

static void put_cited_table(struct buffer *page, const struct result_set *set,
                            const struct clause_index *index) {
    buffer_put(page, "<div class=\"scroll\"><table class=\"compact index\"><thead><tr>");
    html_heading(page, "条款", "Clause", false);
    html_heading(page, "用例：覆盖 / 判定", "Cases: cover / judge", true);
    html_heading(page, "最不利结果", "Worst result", false);
    html_heading(page, "测得值", "Value", true);
    html_heading(page, "限值", "Limit", true);
    html_heading(page, "裕量", "Margin", true);
    html_heading(page, "判定与验收", "Verdict, acceptance", false);
    buffer_put(page, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < index->count; i++) {
        if (index->entries[i].worst_case != NULL) {
            put_cited(page, set, &index->entries[i]);
        }
    }
    buffer_put(page, "</tbody></table></div>\n");
}

/* A clause of the profile. What a check cites beyond them and was judged nowhere is no clause that
 * anybody asked for. */
static bool is_uncited(const struct clause_entry *entry) {
    return entry->worst_case == NULL && entry->clause != NULL;
}

static void put_uncited(struct buffer *page, const struct result_set *set,
                        const struct clause_index *index, size_t count) {
    buffer_put(page, "<details open><summary>");
    html_both(page, "限值集中本次运行未涉及的条款，均为未关闭：",
              "Clauses of the profile without a case in this run, all open: ");
    buffer_format(page, " %zu</summary>\n<table class=\"compact uncited\"><thead><tr>", count);
    html_heading(page, "条款", "Clause", false);
    html_heading(page, "内容", "Subject", false);
    html_heading(page, "需要", "Needs", false);
    buffer_put(page, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < index->count; i++) {
        const struct clause_entry *entry = &index->entries[i];
        if (is_uncited(entry)) {
            struct buffer zh = {0}, en = {0};
            put_missing(&zh, entry, &set->run, true);
            put_missing(&en, entry, &set->run, false);
            buffer_put(page, "<tr><td class=\"clause\">");
            buffer_put_markup(page, entry->id);
            buffer_put(page, "</td><td>");
            html_text(page, &entry->clause->text);
            buffer_put(page, "</td><td>");
            html_both(page, zh.chars != NULL ? zh.chars : "", en.chars != NULL ? en.chars : "");
            buffer_put(page, "</td></tr>\n");
            buffer_free(&zh);
            buffer_free(&en);
        }
    }
    buffer_put(page, "</tbody></table></details>\n");
}

static void put_explanation(struct buffer *page) {
    buffer_put(page, "<p class=\"small block\">");
    html_both(
        page,
        "判定取本次运行中引用该条款的全部检查项（用例覆盖的条款、限值的依据）中最差者，并给出其所在"
        "用例。验收栏说明关闭该条款还需要什么：模型级、主机级证据不能关闭需要真实硬件的条款。一个用"
        "例"
        "可能只覆盖条款的一部分。",
        "The verdict is the worst of all checks of this run that cite the clause, by what a case "
        "covers or by the source of a limit; the case it came from stands beside it. Acceptance "
        "says what is still needed to close the clause: model and hosted evidence never close "
        "one that needs real hardware. A case may cover a part of a clause only.");
    buffer_put(page, "</p>\n");
}

void html_put_clauses(struct buffer *page, const struct result_set *set) {
    struct clause_index *index = clause_index_new(set);
    size_t uncited = 0;
    for (size_t i = 0; i < index->count; i++) {
        uncited += is_uncited(&index->entries[i]);
    }
    if (index->count > 0) {
        buffer_put(page, "<section class=\"clauses\"><h2>");
        html_both(page, "按条款索引", "Index by clause");
        buffer_put(page, "</h2>\n");
        put_explanation(page);
        put_cited_table(page, set, index);
        if (uncited > 0) {
            put_uncited(page, set, index, uncited);
        }
        buffer_put(page, "</section>\n");
    }
    clause_index_free(index);
}
