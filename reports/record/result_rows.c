/* SPDX-License-Identifier: MIT */
/* Lines of the record that are rows of one case. */
#include "reports/record/result.h"

#include <assert.h>
#include <string.h>

size_t result_name_length(const char *id) {
    size_t length = strlen(id);
    const char *open = strchr(id, '[');
    return open != NULL && open != id && id[length - 1] == ']' ? (size_t)(open - id) : length;
}

bool result_is_row(const struct result_case *one) {
    return one->id[result_name_length(one->id)] != '\0';
}

size_t result_rows_from(const struct result_set *set, size_t first) {
    assert(first < set->case_count);
    const char *id = set->cases[first].id;
    size_t length = result_name_length(id), count = 1;
    while (result_is_row(&set->cases[first]) && first + count < set->case_count &&
           result_is_row(&set->cases[first + count]) &&
           strncmp(set->cases[first + count].id, id, length + 1) == 0) {
        count++;
    }
    assert(count <= set->case_count - first && (count == 1 || result_is_row(&set->cases[first])));
    return count;
}

enum verdict result_rows_verdict(const struct result_set *set, size_t first, size_t count) {
    enum verdict worst = VERDICT_NONE;
    assert(count > 0 && first + count <= set->case_count);
    for (size_t i = first; i < first + count; i++) {
        worst = verdict_worst(worst, set->cases[i].verdict);
    }
    return worst;
}

struct result_counts result_count(const struct result_set *set) {
    struct result_counts counts = {0};
    size_t judged = 0;
    for (size_t i = 0, rows; i < set->case_count; i += rows) {
        rows = result_rows_from(set, i);
        counts.cases++;
        counts.rows += result_is_row(&set->cases[i]) ? rows : 0;
        counts.verdicts[result_rows_verdict(set, i, rows)]++;
    }
    for (size_t v = 0; v < VERDICT_COUNT; v++) {
        judged += counts.verdicts[v];
    }
    assert(judged == counts.cases); /* each case once, whatever its verdict */
    assert(counts.cases <= set->case_count && counts.rows <= set->case_count);
    return counts;
}
