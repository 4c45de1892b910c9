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

static void put_check(FILE *stream, const struct result_check *check) {
    const struct limits limits = result_limits(check);
    struct buffer value = {0}, limit = {0};
    quantity_put(&value, &quantity_terminal, check->value, check->unit);
    if (!isnan(check->limit_min) || !isnan(check->limit_max)) {
        buffer_put(&limit, "  ");
        limits_put(&limit, &quantity_terminal, &limits);
    }
    plain_line(stream, INDENT "%-58.58s %*s%s%s", or_empty(check->title.en),
               cli_pad(value.chars, VALUE_COLUMNS), "", value.chars, or_empty(limit.chars));
    buffer_free(&value);
    buffer_free(&limit);
}

static size_t further_faults(const struct result_case *one, const struct result_check *shown) {
    size_t count = 0;
    for (size_t i = 0; i < one->check_count; i++) {
        count += one->checks[i].verdict > VERDICT_PASS && &one->checks[i] != shown;
    }
    return count;
}

/* Of a case that a common cause decided, what it says by itself. */
static void put_own(FILE *stream, const struct result_case *one, const struct cause *common) {
    const struct result_check *own = first_own_fault(one);
    plain_print(stream, INDENT "%s, as %zu cases; ", or_empty(common->check->condition),
                common->cases);
    if (own == NULL) {
        plain_line(stream, "all of its own checks passed");
        return;
    }
    plain_line(stream, "its own first: %s", or_empty(own->reason.en));
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

static void put_said(FILE *stream, const struct result_case *one) {
    const char *state = last_said(one, "state"), *alarm = last_said(one, "alarm");
    if (state != NULL || alarm != NULL) {
        fprintf(stream, INDENT "The firmware: %s%s%s\n", or_empty(state),
                state != NULL && alarm != NULL ? "; " : "", or_empty(alarm));
    }
}

static void put_fault(FILE *stream, const struct result_case *one, const struct cause *common) {
    const struct result_check *shown = deciding(one);
    if (common != NULL) {
        put_own(stream, one, common);
    } else if (one->reason.en != NULL) {
        plain_line(stream, INDENT "%s", one->reason.en);
    }
    if (one->last_word.en != NULL) {
        plain_line(stream, INDENT "The charge: %s", one->last_word.en);
    }
    put_said(stream, one);
    const size_t further = shown != NULL ? further_faults(one, shown) : 0;
    if (common == NULL && further > 0) {
        plain_line(stream, INDENT "%zu further check%s did not pass", further,
                   further == 1 ? "" : "s");
    }
}

static void put_case(FILE *stream, const struct result_case *one, struct causes *causes,
                     const struct verdict_look *look, bool values) {
    verdict_put(stream, one->verdict, look);
    plain_line(stream, "  %-28s %s", one->id, or_empty(one->title.en));
    if (one->absent) {
        plain_line(stream, INDENT "%s", or_empty(one->reason.en));
    } else if (not_passed(one)) {
        put_fault(stream, one, common_cause(causes, one));
    }
    for (size_t k = 0; values && k < one->check_count; k++) {
        const struct result_check *check = &one->checks[k];
        if (check->kind == RESULT_MEASURE && is_own(check)) {
            put_check(stream, check);
        }
    }
}

/* ---- what cases have in common ---- */

static int by_cases(const void *a, const void *b) {
    const struct cause *one = a, *other = b;
    return (one->cases < other->cases) - (one->cases > other->cases);
}

static void put_common(FILE *stream, const struct cause *cause) {
    const struct result_check *check = cause->check;
    fputc('\n', stream);
    plain_line(stream, "%zu cases did not pass for the same reason: %s", cause->cases,
               or_empty(check->title.en));
    plain_line(stream, INDENT "%s%s%s: %s", or_empty(check->condition),
               check->limit_source != NULL ? ", " : "", or_empty(check->limit_source),
               or_empty(check->reason.en));
    if (cause->own_passed > 0) {
        plain_line(stream, INDENT "in %zu of them all of the case's own checks passed",
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

static void put_absent(FILE *stream, const struct result_set *set) {
    for (size_t i = 0; i < set->case_count; i++) {
        const size_t count = set->cases[i].absent ? not_run_for(set, i) : 0;
        if (count > 0) {
            plain_print(stream, "\n%zu case%s %s: %s\n", count, count == 1 ? "" : "s",
                        set->cases[i].verdict == VERDICT_NONE ? "not applicable" : "failed unrun",
                        or_empty(set->cases[i].reason.en));
        }
    }
}

void table_put(FILE *stream, const struct result_set *set, bool values) {
    const struct verdict_look look = {
        .colour = isatty(fileno(stream)) && getenv("NO_COLOR") == NULL, .row = true};
    struct causes causes = find_causes(set);
    for (size_t i = 0; i < set->case_count; i++) {
        put_case(stream, &set->cases[i], &causes, &look, values);
    }
    qsort(causes.all, causes.count, sizeof *causes.all, by_cases);
    for (size_t i = 0; i < causes.count && causes.all[i].cases >= COMMON; i++) {
        put_common(stream, &causes.all[i]);
    }
    put_absent(stream, set);
    free(causes.all);
}
