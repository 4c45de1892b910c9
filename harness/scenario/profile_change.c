/* SPDX-License-Identifier: MIT */
/* One limit of a profile given another value by hand. */
#include "harness/expression/expression.h"
#include "harness/expression/range.h"
#include "harness/scenario/internal.h"
#include "sim/memory.h"
#include "sim/text/nearest.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MOST 80

static const char *next_limit(void *ctx, size_t index) {
    const struct profile *profile = ctx;
    return index < profile->limit_count ? profile->limits[index].name : NULL;
}

static struct limit *named(struct profile *profile, const char *name, struct problem *problem) {
    struct limit *limit = (struct limit *)profile_limit(profile, name);
    if (limit == NULL) {
        static const struct phrase all = {"; `pilebench list limits` has them",
                                          "；限值见`pilebench list limits`"};
        problem_set_both(problem, "profile %s has no limit '%.60s'", "限值集%s没有限值'%.60s'",
                         profile->name, name);
        nearest_add(problem, name, next_limit, profile, all);
    }
    return limit;
}

static bool read_side(const char *text, const struct limit *limit, double *value,
                      struct problem *problem) {
    char reach[RANGE_TEXT_SIZE];
    if (!quantity_parse(text, limit->unit, value)) {
        return problem_set_both(problem, "'%.40s' is no number in %s", "'%.40s'不是以%s为单位的数",
                                text, limit->unit[0] != '\0' ? limit->unit : "no unit at all");
    }
    if (!reach_holds(*value, limit->unit)) {
        reach_text(limit->unit, reach, sizeof reach);
        return problem_set_both(problem, "%.40s is out of range: %s", "%.40s超出范围：%s", text,
                                reach);
    }
    return true;
}

/* "10..20 V": the unit stands once, behind both. */
static bool read_both(char *text, const struct limit *limit, double *min, double *max,
                      struct problem *problem) {
    char *dots = strstr(text, "..");
    if (dots == NULL) {
        return problem_set_both(problem, "this limit has two sides: write MIN..MAX%s%s",
                                "此限值有上下两侧：请写MIN..MAX%s%s",
                                limit->unit[0] != '\0' ? " " : "", limit->unit);
    }
    *dots = '\0';
    char lower[TEXT_MOST + 20];
    bool bare = strspn(text, "+-.0123456789eE ") == strlen(text);
    snprintf(lower, sizeof lower, "%s%s%s", text, bare ? " " : "", bare ? limit->unit : "");
    if (!read_side(limit->unit[0] != '\0' ? lower : text, limit, min, problem) ||
        !read_side(dots + 2, limit, max, problem)) {
        return false;
    }
    return *min <= *max ||
           problem_set_both(problem, "the lower side of this limit is above the upper one",
                            "此限值的下限高于上限");
}

bool profile_change(struct library *library, struct profile *profile, const char *text,
                    struct problem *problem) {
    char copy[TEXT_MOST];
    const char *equals = strchr(text, '=');
    if (equals == NULL || strlen(text) >= sizeof copy) {
        return problem_set_both(problem, "write NAME=VALUE, say estop.open=150ms",
                                "请写NAME=VALUE，如estop.open=150ms");
    }
    snprintf(copy, sizeof copy, "%s", text);
    char *value = copy + (equals - text);
    *value++ = '\0';
    struct limit *limit = named(profile, copy, problem);
    double min = NAN, max = NAN;
    if (limit == NULL) {
        return false;
    }
    bool two = !isnan(limit->min) && !isnan(limit->max);
    double *one = isnan(limit->min) ? &max : &min;
    if (!(two ? read_both(value, limit, &min, &max, problem)
              : read_side(value, limit, one, problem))) {
        return false;
    }
    struct limit *shipped = library_memory(library, 1, sizeof *shipped);
    *shipped = *limit;
    limit->min = min;
    limit->max = max;
    limit->shipped = shipped->shipped ? shipped->shipped : shipped;
    assert(isnan(limit->min) == isnan(shipped->min) && isnan(limit->max) == isnan(shipped->max));
    return true;
}
