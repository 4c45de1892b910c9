/* SPDX-License-Identifier: MIT */
#include "harness/plan/select.h"

#include "harness/scenario/scenario.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

bool selection_add(struct selection_list *list, const char *text, struct problem *problem) {
    if (list->count == SELECTION_MAX) {
        return problem_set_both(problem, "'%s': more than %d patterns of one kind",
                                "'%s'：同类模式多于%d个", text, SELECTION_MAX);
    }
    list->texts[list->count++] = text;
    return true;
}

static bool is_pattern(const char *name) {
    return strpbrk(name, "*?") != NULL;
}

bool selection_take_names(struct selection *selection, char **names, size_t *count,
                          struct problem *problem) {
    bool any = false, good = true;
    for (size_t i = 0; i < *count; i++) {
        any = any || is_pattern(names[i]);
    }
    for (size_t i = 0; any && good && i < *count; i++) {
        if (strchr(names[i], '/') != NULL) {
            good = problem_set_both(problem,
                                    "%s: a file cannot be named beside a pattern (* or ?), which "
                                    "selects from the library",
                                    "%s：文件不能与通配符（`*`或`?`）同用，后者从用例库中选取",
                                    names[i]);
        }
        good = good && selection_add(&selection->wanted, names[i], problem);
    }
    *count = any ? 0 : *count;
    return good;
}

/* Of the first `length` characters of the text. Not fnmatch: "weld[k1]" is a row, no set of characters. */
static bool fits(const char *pattern, const char *text, size_t length) {
    if (*pattern == '\0') {
        return length == 0;
    }
    if (*pattern == '*') {
        return fits(pattern + 1, text, length) ||
               (length > 0 && fits(pattern, text + 1, length - 1));
    }
    return length > 0 && (*pattern == '?' || *pattern == *text) &&
           fits(pattern + 1, text + 1, length - 1);
}

static bool is_named(const struct scenario *scenario, const char *pattern) {
    return fits(pattern, scenario->id, strlen(scenario->id)) ||
           fits(pattern, scenario->id, strcspn(scenario->id, "["));
}

static bool covers(const struct scenario *scenario, const char *clause) {
    size_t length = strlen(clause);
    for (size_t i = 0; i < scenario->cover_count; i++) {
        const char *covered = scenario->covers[i];
        if (strncmp(covered, clause, length) == 0 && !isdigit((unsigned char)covered[length])) {
            return true;
        }
    }
    return false;
}

/* All that match are marked as used. */
static bool matches(struct selection_list *list, const struct scenario *scenario,
                    bool (*match)(const struct scenario *scenario, const char *text)) {
    bool any = false;
    for (size_t i = 0; i < list->count; i++) {
        bool one = match(scenario, list->texts[i]);
        list->used[i] = list->used[i] || one;
        any = any || one;
    }
    return any;
}

static bool all_used(const struct selection_list *list, const char *what, struct problem *problem) {
    for (size_t i = 0; i < list->count; i++) {
        if (!list->used[i]) {
            return problem_set_both(problem, "%s%s: no case; `pilebench list cases` shows all",
                                    "%s%s：没有这样的用例；`pilebench list cases`列出全部", what,
                                    list->texts[i]);
        }
    }
    return true;
}

bool selection_apply(struct selection *selection, struct scenario **cases, size_t *count,
                     struct problem *problem) {
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        bool wanted = matches(&selection->wanted, cases[i], is_named);
        bool covering = matches(&selection->clauses, cases[i], covers);
        bool excluded = matches(&selection->excluded, cases[i], is_named);
        if ((wanted || selection->wanted.count == 0) &&
            (covering || selection->clauses.count == 0) && !excluded) {
            cases[kept++] = cases[i];
        }
    }
    assert(kept <= *count);
    *count = kept;
    if (!all_used(&selection->wanted, "", problem) ||
        !all_used(&selection->clauses, "--clause ", problem) ||
        !all_used(&selection->excluded, "--exclude ", problem)) {
        return false;
    }
    return kept > 0 || problem_set_both(problem, "no case is left of those that are selected",
                                        "选出的用例一个也没有剩下");
}
