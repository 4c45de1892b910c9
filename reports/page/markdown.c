/* SPDX-License-Identifier: MIT */
#include "reports/page/markdown.h"

#include <assert.h>
#include <string.h>

#define ROWS_MOST 100 /* a page of a pull request is no report */

#define EITHER(chinese, en, zh) ((chinese) ? zh : en)

/* Escaped for HTML, which Markdown may hold, and what means something in Markdown or in its tables. */
static void put_plain(struct buffer *text, const char *string) {
    struct buffer markup = {0};
    buffer_put_markup(&markup, string);
    for (const char *at = markup.chars; at != NULL && *at != '\0'; at++) {
        char one[3] = {'\\', *at, '\0'};
        bool special = strchr("\\`*_[]|~!@#", *at) != NULL &&
                       !(*at == '#' && at > markup.chars && at[-1] == '&');
        one[1] = *at == '\n' || *at == '\t' ? ' ' : *at;
        buffer_put(text, special ? one : one + 1);
    }
    buffer_free(&markup);
}

static const char *in(const struct phrase *phrase, bool chinese) {
    const char *words = phrase_in(phrase, chinese);
    return words != NULL ? words : phrase->en != NULL ? phrase->en : "";
}

static enum verdict worst_of(const struct result_set *set) {
    enum verdict worst = VERDICT_NONE;
    for (size_t i = 0; i < set->case_count; i++) {
        worst = verdict_worst(worst, set->cases[i].verdict);
    }
    return !set->whole && worst < VERDICT_INCONCLUSIVE ? VERDICT_INCONCLUSIVE : worst;
}

static void put_counts(struct buffer *text, const struct result_set *set, bool chinese) {
    const struct result_counts counts = result_count(set);
    bool any = false;
    for (size_t i = VERDICT_COUNT; i-- > 0;) {
        if (counts.verdicts[i] > 0) {
            buffer_format(text, "%s%zu %s", any ? EITHER(chinese, ", ", "，") : "",
                          counts.verdicts[i],
                          phrase_in(verdict_row_words((enum verdict)i), chinese));
            any = true;
        }
    }
    buffer_format(text,
                  EITHER(chinese, " (cases: %zu, rows: %zu)\n\n", "（用例%zu个，其中行%zu）\n\n"),
                  counts.cases, counts.rows);
}

static void put_run(struct buffer *text, const struct result_run *run, bool chinese) {
    put_plain(text, run->dut_name);
    buffer_put(text, " ");
    put_plain(text, run->dut_version);
    buffer_put(text, EITHER(chinese, ", profile ", "，profile "));
    put_plain(text, run->profile);
    buffer_put(text, EITHER(chinese, ", wiring ", "，接线"));
    put_plain(text, run->wiring);
    buffer_put(text, EITHER(chinese, ", evidence of level ", "，证据级别："));
    put_plain(text, run->evidence);
    buffer_put(text, "\n\n");
    for (size_t i = 0; i < run->limit_count; i++) {
        buffer_put(text, EITHER(chinese, "**Limit changed:** ", "**限值已改动：**"));
        put_plain(text, run->limits[i]);
        buffer_put(text, "\n\n");
    }
}

static void put_fault(struct buffer *text, const struct result_case *one, bool chinese) {
    buffer_put(text, "| ");
    buffer_put(text, phrase_in(verdict_row_words(one->verdict), chinese));
    buffer_put(text, " | ");
    put_plain(text, one->id);
    buffer_put(text, "<br>");
    put_plain(text, in(&one->title, chinese));
    buffer_put(text, " | ");
    put_plain(text, in(&one->reason, chinese));
    if (one->last_word.en != NULL) {
        buffer_put(text, "<br>");
        put_plain(text, in(&one->last_word, chinese));
    }
    buffer_put(text, " |\n");
}

static void put_faults(struct buffer *text, const struct result_set *set, bool chinese) {
    size_t bad = 0;
    for (size_t i = 0; i < set->case_count; i++) {
        if (set->cases[i].verdict <= VERDICT_PASS) {
            continue;
        }
        if (bad == 0) {
            buffer_put(text, EITHER(chinese, "| | Case | Reason |\n|---|---|---|\n",
                                    "| | 用例 | 原因 |\n|---|---|---|\n"));
        }
        if (bad < ROWS_MOST) {
            put_fault(text, &set->cases[i], chinese);
        }
        bad++;
    }
    if (bad > ROWS_MOST) {
        buffer_format(text,
                      EITHER(chinese, "\n%zu more in report.html\n", "\n另有%zu项见report.html\n"),
                      bad - ROWS_MOST);
    }
}

void markdown_put(struct buffer *text, const struct result_set *set, bool chinese) {
    const enum verdict worst = worst_of(set);
    assert(worst != VERDICT_PASS || set->whole);
    buffer_format(text, "## Pilebench: %s\n\n", phrase_in(verdict_words(worst), chinese));
    if (!set->whole) {
        buffer_format(text,
                      EITHER(chinese, "**The run was cut short: %zu of %zu cases.**\n\n",
                             "**该次运行未完成：%zu个用例，共%zu个。**\n\n"),
                      set->case_count, set->run.case_count);
    }
    put_counts(text, set, chinese);
    put_run(text, &set->run, chinese);
    put_faults(text, set, chinese);
}
