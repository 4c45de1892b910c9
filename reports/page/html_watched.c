/* SPDX-License-Identifier: MIT */
/* Monitors and protocol rules are the same in every case: what each demands stands once in the report,
 * with its worst value of the run; a case says by number what it found. */
#include "reports/page/html_checks.h"
#include "reports/page/html_internal.h"
#include "reports/record/clauses.h"
#include "sim/memory.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct watched {
    const struct result_check
        *named; /* with the shortest title: none says how often it was there */
    const struct result_check *worst;
    const struct result_case *worst_case;
    size_t judged, passed; /* cases */
};

struct html_watched {
    struct watched *all;
    size_t count;
    const struct result_set *set;
};

/* ------------------------------------------------------------------ which they are */

/* Titles tell how often ("worst of 3"), which is no other monitor. */
static bool same_but_for_numbers(const char *a, const char *b) {
    while (*a != '\0' || *b != '\0') {
        if (isdigit((unsigned char)*a)) {
            a++;
        } else if (isdigit((unsigned char)*b)) {
            b++;
        } else if (*a++ != *b++) {
            return false;
        }
    }
    return true;
}

static bool same(const char *a, const char *b) {
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static bool is_watched(const struct result_check *check) {
    return check->monitor && check->kind != RESULT_STEP && check->title.en != NULL;
}

static struct watched *find(const struct html_watched *watched, const struct result_check *check) {
    for (size_t i = 0; i < watched->count; i++) {
        const struct result_check *one = watched->all[i].named;
        bool rules = result_is_kept_rule(check);
        if (rules == result_is_kept_rule(one) &&
            (same(one->condition, check->condition) ||
             (!rules && same_but_for_numbers(one->title.en, check->title.en)))) {
            return &watched->all[i];
        }
    }
    return NULL;
}

/* Verdicts first; of equal ones that which came nearest to its limit, or went furthest beyond. */
static bool is_worse(const struct result_check *one, const struct result_check *than) {
    if (one->verdict != than->verdict) {
        return one->verdict > than->verdict;
    }
    return html_has_number(one) && !isnan(one->value) &&
           (isnan(than->value) || clause_tightness(one) < clause_tightness(than));
}

static void note(struct html_watched *watched, const struct result_case *one,
                 const struct result_check *check) {
    struct watched *into = find(watched, check);
    if (into == NULL) {
        watched->all = memory_resized(watched->all, watched->count + 1, sizeof(struct watched));
        into = &watched->all[watched->count++];
        *into = (struct watched){.named = check, .worst = check, .worst_case = one};
    }
    if (strlen(check->title.en) < strlen(into->named->title.en)) {
        into->named = check;
    }
    if (is_worse(check, into->worst)) {
        into->worst = check;
        into->worst_case = one;
    }
    into->judged += check->verdict != VERDICT_NONE;
    into->passed += check->verdict == VERDICT_PASS;
}

struct html_watched *html_watched_new(const struct result_set *set) {
    struct html_watched *watched = memory_zeroed(1, sizeof *watched);
    watched->set = set;
    for (size_t i = 0; i < set->case_count; i++) {
        for (size_t k = 0; k < set->cases[i].check_count; k++) {
            const struct result_check *check = &set->cases[i].checks[k];
            if (is_watched(check)) {
                note(watched, &set->cases[i], check);
            }
        }
    }
    return watched;
}

void html_watched_free(struct html_watched *watched) {
    free(watched->all);
    free(watched);
}

/* ------------------------------------------------------------------ once */

static size_t number_of(const struct html_watched *watched, const struct watched *one) {
    return (size_t)(one - watched->all) + 1;
}

static void put_name(struct buffer *page, const struct watched *one) {
    const struct result_check *check = one->named;
    bool list = check->kind == RESULT_ALWAYS && !result_is_kept_rule(check); /* of its rules */
    buffer_put(page, "<td><span class=\"block\">");
    html_text(page, &check->title);
    buffer_put(page, "</span>");
    if (check->condition != NULL && !list) {
        buffer_put(page, "<code class=\"small\">");
        buffer_put_markup(page, check->condition);
        buffer_put(page, "</code>");
    }
    buffer_put(page, "</td>");
}

static void put_worst(struct buffer *page, const struct html_watched *watched,
                      const struct watched *one) {
    const struct result_check *check = one->worst;
    html_measured(page, isnan(check->value) ? NULL : check);
    buffer_put(page, "<td>");
    html_case_link(page, watched->set, one->worst_case);
    buffer_put(page, "</td>");
}

static void put_row(struct buffer *page, const struct html_watched *watched,
                    const struct watched *one) {
    const char *source = one->named->limit_source;
    buffer_format(page, "<tr class=\"t-%s\"><td class=\"no\">W%zu</td>",
                  verdict_name(one->worst->verdict), number_of(watched, one));
    put_name(page, one);
    buffer_put(page, "<td class=\"clause\">");
    buffer_put_markup(page, source != NULL ? source : HTML_DASH);
    buffer_format(page, "</td><td class=\"n\">%zu / %zu</td>", one->passed, one->judged);
    put_worst(page, watched, one);
    buffer_put(page, "<td>");
    html_verdict(page, one->worst->verdict);
    buffer_put(page, "</td></tr>\n");
}

void html_put_watched(struct buffer *page, const struct html_watched *watched) {
    if (watched->count == 0) {
        return;
    }
    buffer_put(page, "<section class=\"watched\" id=\"watched\"><h2>");
    html_both(page, "每个用例都监视的项目", "What is watched in every case");
    buffer_put(page, "</h2>\n<div class=\"scroll\"><table class=\"compact index\"><thead><tr>"
                     "<th class=\"no\">№</th>");
    html_heading(page, "监视项或规则", "Monitor or rule", false);
    html_heading(page, "条款", "Clause", false);
    html_heading(page, "用例：合格 / 判定", "Cases: passed / judged", true);
    html_heading(page, "最不利值", "Worst value", true);
    html_heading(page, "限值", "Limit", true);
    html_heading(page, "裕量", "Margin", true);
    html_heading(page, "所在用例", "In case", false);
    html_heading(page, "判定", "Verdict", false);
    buffer_put(page, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < watched->count; i++) {
        put_row(page, watched, &watched->all[i]);
    }
    buffer_put(page, "</tbody></table></div></section>\n");
}

/* ------------------------------------------------------------------ in a case */

/* "W3 4.99 V (≤ 10 V)"; how often, of a rule. */
static void put_found(struct buffer *page, const struct html_watched *watched,
                      const struct result_check *check) {
    const struct watched *one = find(watched, check);
    assert(one != NULL);
    buffer_format(page, "W%zu", number_of(watched, one));
    if (result_is_kept_rule(check)) {
        buffer_put(page, "&nbsp;<code>");
        buffer_put_markup(page, check->condition);
        buffer_put(page, "</code>");
    }
    if (!isnan(check->value)) {
        buffer_put(page, "&nbsp;<b>");
        html_quantity(page, check->value, check->unit);
        buffer_put(page, "</b> (");
        html_limit(page, check);
        buffer_put(page, ")");
    }
    if (check->observed > 0) {
        buffer_format(page, " ×%" PRIu64, check->observed);
    }
}

void html_put_found(struct buffer *page, const struct html_watched *watched,
                    const struct result_case *one, bool rules, enum verdict verdict) {
    bool any = false;
    for (size_t i = 0; i < one->check_count; i++) {
        const struct result_check *check = &one->checks[i];
        if (is_watched(check) && result_is_kept_rule(check) == rules && check->verdict == verdict) {
            buffer_put(page, any ? " · " : "");
            put_found(page, watched, check);
            any = true;
        }
    }
}
