/* SPDX-License-Identifier: MIT */
#include "harness/cli/table.h"

#include "harness/cli/cli.h"
#include "sim/memory.h"
#include "sim/text/plain.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INDENT        "              "
#define VALUE_COLUMNS 14 /* right-justified */
#define TITLE_COLUMNS 58
#define WORD_COLUMNS  12 /* of a verdict */
#define COMMON        5  /* a cause that decides as many cases is told once */

/* ---- causes ---- */

/* What decided cases: one check of the record, known by its condition in each of them. */
struct cause {
    const struct result_check *check; /* of the first case */
    size_t cases;
    size_t own_passed; /* of them: everything that the case itself asks for */
};

struct causes {
    struct cause *all;
    size_t count;
};

static const char *or_empty(const char *text) {
    return text != NULL ? text : "";
}

/* In the language that is asked for; in English where there is no other. */
static const char *in(const struct phrase *phrase, const struct table_look *look) {
    const char *text = phrase_in(phrase, look->chinese);
    return or_empty(text != NULL ? text : phrase->en);
}

/* A macro, so that the compiler holds both formats against their arguments. */
#define EITHER(look, en, zh) ((look)->chinese ? zh : en)

static bool not_passed(const struct result_case *one) {
    return one->verdict > VERDICT_PASS;
}

/* The check whose reason is the case's; a standstill of the machine may stand before it. */
static const struct result_check *deciding(const struct result_case *one) {
    const size_t length = strlen(or_empty(one->reason.en));
    for (size_t i = 0; i < one->check_count; i++) {
        const char *reason = or_empty(one->checks[i].reason.en);
        const size_t part = strlen(reason);
        if (part > 0 && part <= length && strcmp(one->reason.en + length - part, reason) == 0) {
            return &one->checks[i];
        }
    }
    return NULL;
}

static bool is_own(const struct result_check *check) {
    return !check->monitor;
}

static const struct result_check *first_own_fault(const struct result_case *one) {
    for (size_t i = 0; i < one->check_count; i++) {
        if (is_own(&one->checks[i]) && one->checks[i].verdict > VERDICT_PASS) {
            return &one->checks[i];
        }
    }
    return NULL;
}

/* Monitors and rules are the same in all cases; what a case asks for is its own. */
static bool same_cause(const struct result_check *a, const struct result_check *b) {
    return a->monitor && b->monitor &&
           strcmp(or_empty(a->condition), or_empty(b->condition)) == 0 &&
           strcmp(or_empty(a->title.en), or_empty(b->title.en)) == 0;
}

static struct cause *cause_of(struct causes *causes, const struct result_check *check) {
    for (size_t i = 0; i < causes->count; i++) {
        if (same_cause(causes->all[i].check, check)) {
            return &causes->all[i];
        }
    }
    return NULL;
}

static struct causes find_causes(const struct result_set *set) {
    struct causes causes = {memory_zeroed(set->case_count + 1, sizeof *causes.all), 0};
    for (size_t i = 0; i < set->case_count; i++) {
        const struct result_case *one = &set->cases[i];
        const struct result_check *check = not_passed(one) ? deciding(one) : NULL;
        if (check == NULL || !check->monitor) {
            continue;
        }
        struct cause *cause = cause_of(&causes, check);
        if (cause == NULL) {
            cause = &causes.all[causes.count++];
            cause->check = check;
        }
        cause->cases++;
        cause->own_passed += first_own_fault(one) == NULL;
    }
    assert(causes.count <= set->case_count);
    return causes;
}

static const struct cause *common_cause(struct causes *causes, const struct result_case *one) {
    const struct result_check *check = deciding(one);
    const struct cause *cause = check != NULL && check->monitor ? cause_of(causes, check) : NULL;
    return cause != NULL && cause->cases >= COMMON ? cause : NULL;
}

/* ---- lines ---- */

static void put_verdict(FILE *stream, enum verdict verdict, const struct table_look *look) {
    const struct verdict_look words = {.chinese = look->chinese,
                                       .colour =
                                           isatty(fileno(stream)) && getenv("NO_COLOR") == NULL,
                                       .row = true};
    verdict_put(stream, verdict, &words);
    if (look->chinese) { /* the English word is padded already */
        fprintf(stream, "%*s", cli_pad(verdict_row_words(verdict)->zh, WORD_COLUMNS), "");
    }
}

static void put_check(FILE *stream, const struct result_check *check,
                      const struct table_look *look) {
    const struct limits limits = result_limits(check);
    const char *title = in(&check->title, look);
    struct buffer value = {0}, limit = {0};
    quantity_put(&value, &quantity_terminal, check->value, check->unit);
    if (!isnan(check->limit_min) || !isnan(check->limit_max)) {
        buffer_put(&limit, "  ");
        limits_put(&limit, &quantity_terminal, &limits);
    }
    plain_line(stream, INDENT "%s%*s %*s%s%s", title, cli_pad(title, TITLE_COLUMNS), "",
               cli_pad(value.chars, VALUE_COLUMNS), "", value.chars, or_empty(limit.chars));
    buffer_free(&value);
    buffer_free(&limit);
}

static void put_values(FILE *stream, const struct result_case *one, const struct table_look *look) {
    for (size_t k = 0; k < one->check_count; k++) {
        const struct result_check *check = &one->checks[k];
        if (check->kind == RESULT_MEASURE && is_own(check)) {
            put_check(stream, check, look);
        }
    }
}

static void put_one(FILE *stream, const struct result_case *one, const struct table_look *look) {
    put_verdict(stream, one->verdict, look);
    plain_line(stream, "  %-28s %s", one->id, in(&one->title, look));
}

/* What the titles of rows have in common: "Weld detection" of "Weld detection: K1". All of it where they
 * differ from the first character on. */
static int common_title(const char *one, const char *other) {
    size_t same = 0, length = 0;
    while (one[same] != '\0' && one[same] == other[same]) {
        same++;
        bool half = one[same - 1] == ':';
        bool full = same >= 3 && memcmp(one + same - 3, "：", 3) == 0;
        length = half ? same - 1 : full ? same - 3 : length;
    }
    return (int)(length > 0 ? length : strlen(one));
}

static void put_rows(FILE *stream, const struct result_case *rows, size_t count,
                     const struct table_look *look) {
    enum verdict worst = VERDICT_NONE;
    size_t bad = 0;
    for (size_t i = 0; i < count; i++) {
        worst = verdict_worst(worst, rows[i].verdict);
        bad += not_passed(&rows[i]);
    }
    const char *title = in(&rows[0].title, look);
    put_verdict(stream, worst, look);
    plain_print(stream, "  %-28.*s %.*s", (int)result_name_length(rows[0].id), rows[0].id,
                common_title(title, in(&rows[count - 1].title, look)), title);
    if (bad == 0) {
        fprintf(stream, EITHER(look, " (%zu rows)\n", "（%zu行）\n"), count);
    } else {
        fprintf(stream,
                EITHER(look, " (%zu of %zu rows did not pass)\n", "（未通过%zu行，共%zu行）\n"),
                bad, count);
    }
}

void table_put_case(FILE *stream, const struct result_case *rows, size_t count,
                    const struct table_look *look) {
    assert(count > 0);
    if (count > 1 && !look->values) {
        put_rows(stream, rows, count, look);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        put_one(stream, &rows[i], look);
        if (look->values) {
            put_values(stream, &rows[i], look);
        }
    }
}

/* ---- what did not pass ---- */

static size_t further_faults(const struct result_case *one, const struct result_check *shown) {
    size_t count = 0;
    for (size_t i = 0; i < one->check_count; i++) {
        count += one->checks[i].verdict > VERDICT_PASS && &one->checks[i] != shown;
    }
    return count;
}

/* Of a case that a common cause decided, what it says by itself. */
static void put_own(FILE *stream, const struct result_case *one, const struct cause *common,
                    const struct table_look *look) {
    const struct result_check *own = first_own_fault(one);
    plain_print(stream, EITHER(look, INDENT "%s, as %zu cases; ", INDENT "%s，同样的有%zu个用例；"),
                or_empty(common->check->condition), common->cases);
    if (own == NULL) {
        plain_line(stream, "%s", EITHER(look, "all of its own checks passed", "自身检查全部通过"));
        return;
    }
    plain_line(stream, EITHER(look, "its own first: %s", "自身首个未通过：%s"),
               in(&own->reason, look));
}

/* The last state or alarm: "12.345678 alarm 7: door open" without its time. */
static const char *last_said(const struct result_case *one, const char *what) {
    for (size_t i = one->said_count; i-- > 0;) {
        const char *words = strchr(one->said[i], ' ');
        if (words != NULL && strncmp(words + 1, what, strlen(what)) == 0) {
            return words + 1;
        }
    }
    return NULL;
}

static void put_said(FILE *stream, const struct result_case *one, const struct table_look *look) {
    const char *state = last_said(one, "state"), *alarm = last_said(one, "alarm");
    const char *between = state == NULL || alarm == NULL ? "" : EITHER(look, "; ", "；");
    if (state != NULL || alarm != NULL) {
        plain_line(stream, INDENT "%s%s%s%s", EITHER(look, "The firmware: ", "固件："),
                   or_empty(state), between, or_empty(alarm));
    }
}

static void put_further(FILE *stream, size_t count, const struct table_look *look) {
    if (look->chinese) {
        plain_line(stream, INDENT "另有%zu项检查未通过，见报告", count);
    } else {
        plain_line(stream, INDENT "%zu further check%s did not pass: see the report", count,
                   count == 1 ? "" : "s");
    }
}

static void put_fault(FILE *stream, const struct result_case *one, const struct cause *common,
                      const struct table_look *look) {
    const struct result_check *shown = deciding(one);
    put_one(stream, one, look);
    if (common != NULL) {
        put_own(stream, one, common, look);
    } else if (one->reason.en != NULL) {
        plain_line(stream, INDENT "%s", in(&one->reason, look));
    }
    if (one->last_word.en != NULL) {
        plain_line(stream, INDENT "%s%s", EITHER(look, "The charge: ", "充电："),
                   in(&one->last_word, look));
    }
    put_said(stream, one, look);
    const size_t further = shown != NULL ? further_faults(one, shown) : 0;
    if (common == NULL && further > 0) {
        put_further(stream, further, look);
    }
}

static void put_faults(FILE *stream, const struct result_set *set, struct causes *causes,
                       const struct table_look *look) {
    bool first = true;
    for (size_t i = 0; i < set->case_count; i++) {
        const struct result_case *one = &set->cases[i];
        if (!not_passed(one)) {
            continue;
        }
        if (first) {
            fprintf(stream, "\n%s\n", EITHER(look, "Did not pass:", "未通过："));
        }
        put_fault(stream, one, common_cause(causes, one), look);
        first = false;
    }
}

/* ---- what cases have in common ---- */

static int by_cases(const void *a, const void *b) {
    const struct cause *one = a, *other = b;
    return (one->cases < other->cases) - (one->cases > other->cases);
}

static void put_common(FILE *stream, const struct cause *cause, const struct table_look *look) {
    const struct result_check *check = cause->check;
    const bool has_source = check->limit_source != NULL;
    fputc('\n', stream);
    plain_line(stream,
               EITHER(look, "%zu cases did not pass for the same reason: %s",
                      "%zu个用例因同一原因未通过：%s"),
               cause->cases, in(&check->title, look));
    plain_line(stream, INDENT "%s%s%s%s%s", or_empty(check->condition),
               has_source ? EITHER(look, ", ", "，") : "", or_empty(check->limit_source),
               EITHER(look, ": ", "："), in(&check->reason, look));
    if (cause->own_passed > 0) {
        plain_line(stream,
                   EITHER(look, INDENT "in %zu of them all of the case's own checks passed",
                          INDENT "其中%zu个用例自身检查全部通过"),
                   cause->own_passed);
    }
}

/* How many cases were not run for this reason; 0: it was told for an earlier one. */
static size_t not_run_for(const struct result_set *set, size_t first) {
    size_t count = 0;
    for (size_t i = 0; i < set->case_count; i++) {
        const struct result_case *one = &set->cases[i];
        bool same = one->absent &&
                    strcmp(or_empty(one->reason.en), or_empty(set->cases[first].reason.en)) == 0;
        if (same && i < first) {
            return 0;
        }
        count += same;
    }
    return count;
}

static void put_absent(FILE *stream, const struct result_set *set, const struct table_look *look) {
    const char *blank = "\n"; /* before the first of them */
    for (size_t i = 0; i < set->case_count; i++) {
        const struct result_case *one = &set->cases[i];
        const size_t count = one->absent ? not_run_for(set, i) : 0;
        const bool none = one->verdict == VERDICT_NONE;
        if (count > 0 && look->chinese) {
            plain_print(stream, "%s%zu个用例%s：%s\n", blank, count,
                        none ? "不适用" : "未运行，不合格", in(&one->reason, look));
        } else if (count > 0) {
            plain_print(stream, "%s%zu case%s %s: %s\n", blank, count, count == 1 ? "" : "s",
                        none ? "not applicable" : "failed unrun", in(&one->reason, look));
        }
        blank = count > 0 ? "" : blank;
    }
}

void table_put_faults(FILE *stream, const struct result_set *set, const struct table_look *look) {
    struct causes causes = find_causes(set);
    put_faults(stream, set, &causes, look);
    qsort(causes.all, causes.count, sizeof *causes.all, by_cases);
    for (size_t i = 0; i < causes.count && causes.all[i].cases >= COMMON; i++) {
        put_common(stream, &causes.all[i], look);
    }
    put_absent(stream, set, look);
    free(causes.all);
}

static void put_counts_zh(FILE *stream, const struct result_counts *counts) {
    const size_t *by = counts->verdicts;
    fprintf(stream, "\n%zu个用例", counts->cases);
    if (counts->rows > 0) {
        fprintf(stream, "（%zu行）", counts->rows);
    }
    fprintf(stream, "：合格%zu，不合格%zu，无法判定%zu，测试台错误%zu", by[VERDICT_PASS],
            by[VERDICT_FAIL], by[VERDICT_INCONCLUSIVE], by[VERDICT_ERROR]);
    if (by[VERDICT_NONE] > 0) {
        fprintf(stream, "，不适用%zu", by[VERDICT_NONE]);
    }
}

static void put_counts_en(FILE *stream, const struct result_counts *counts) {
    const size_t *by = counts->verdicts;
    fprintf(stream, "\n%zu case%s", counts->cases, counts->cases == 1 ? "" : "s");
    if (counts->rows > 0) {
        fprintf(stream, " (%zu row%s)", counts->rows, counts->rows == 1 ? "" : "s");
    }
    fprintf(stream, ": %zu pass, %zu fail, %zu inconclusive, %zu error", by[VERDICT_PASS],
            by[VERDICT_FAIL], by[VERDICT_INCONCLUSIVE], by[VERDICT_ERROR]);
    if (by[VERDICT_NONE] > 0) {
        fprintf(stream, ", %zu not applicable", by[VERDICT_NONE]);
    }
}

static void put_changed_limits(FILE *stream, const struct result_run *run,
                               const struct table_look *look) {
    for (size_t i = 0; i < run->limit_count; i++) {
        plain_line(stream, EITHER(look, "limit changed: %s", "限值已改动：%s"), run->limits[i]);
    }
}

void table_put_counts(FILE *stream, const struct result_set *set, const struct table_look *look) {
    const struct result_counts counts = result_count(set);
    const struct result_run *run = &set->run;
    if (look->chinese) {
        put_counts_zh(stream, &counts);
        plain_print(stream, "   （接线%s%s，profile %s，%s %s）\n", or_empty(run->wiring),
                    run->isolated ? "，隔离" : "", or_empty(run->profile), or_empty(run->dut_name),
                    or_empty(run->dut_version));
    } else {
        put_counts_en(stream, &counts);
        plain_print(stream, "   (wiring %s%s, profile %s, %s %s)\n", or_empty(run->wiring),
                    run->isolated ? ", isolated" : "", or_empty(run->profile),
                    or_empty(run->dut_name), or_empty(run->dut_version));
    }
    put_changed_limits(stream, run, look);
}

void table_put(FILE *stream, const struct result_set *set, const struct table_look *look) {
    for (size_t i = 0; i < set->case_count;) {
        const size_t count = result_rows_from(set, i);
        table_put_case(stream, &set->cases[i], count, look);
        i += count;
    }
    table_put_faults(stream, set, look);
    table_put_counts(stream, set, look);
}
