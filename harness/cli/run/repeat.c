/* SPDX-License-Identifier: MIT */
#include "harness/cli/run/repeat.h"

#include "sim/memory.h"
#include "sim/text/plain.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void repeat_begin(struct repeat *repeat, const struct run_options *options, unsigned index) {
    assert(repeat->runs == index && index < options->repeat);
    repeat->on = true;
    repeat->runs++;
    if (!options->json) {
        plain_print(stdout,
                    options->session.chinese ? "%s第%u次，共%u次（种子%" PRIu64 "，%s）\n"
                                             : "%sRun %u of %u (seed %" PRIu64 ", %s)\n",
                    index > 0 ? "\n" : "", index + 1, options->repeat, options->session.seed,
                    options->session.out);
    }
}

static struct repeat_case *case_of(struct repeat *repeat, const char *id) {
    for (size_t i = 0; i < repeat->count; i++) {
        if (strcmp(repeat->cases[i].id, id) == 0) {
            return &repeat->cases[i];
        }
    }
    if (repeat->count == repeat->room) {
        repeat->room = 2 * repeat->room + 64;
        repeat->cases = memory_resized(repeat->cases, repeat->room, sizeof *repeat->cases);
    }
    repeat->cases[repeat->count] = (struct repeat_case){.id = memory_copy(id)};
    return &repeat->cases[repeat->count++];
}

void repeat_take(struct repeat *repeat, const struct result_set *set) {
    for (size_t i = 0; repeat->on && i < set->case_count; i++) {
        struct repeat_case *one = case_of(repeat, set->cases[i].id);
        one->bad += set->cases[i].verdict > VERDICT_PASS;
        one->passed += set->cases[i].verdict == VERDICT_PASS;
    }
}

static void put_bad(const struct repeat_case *one, bool chinese) {
    const size_t runs = one->passed + one->bad;
    plain_line(stdout,
               chinese ? "  %-28s 未通过%zu次，共%zu次%s"
                       : "  %-28s did not pass in %zu of %zu runs%s",
               one->id, one->bad, runs,
               one->passed == 0 ? ""
               : chinese        ? "：不稳定"
                                : ": unsteady");
}

static void put_summary(const struct repeat *repeat, bool chinese) {
    size_t bad = 0;
    for (size_t i = 0; i < repeat->count; i++) {
        bad += repeat->cases[i].bad > 0;
    }
    printf(chinese ? "\n运行%zu次：" : "\n%zu runs: ", repeat->runs);
    if (bad == 0) {
        puts(chinese ? "无一未通过" : "nothing failed in any of them");
        return;
    }
    printf(chinese ? "%zu个用例或行曾未通过：\n" : "%zu cases or rows did not pass in some:\n",
           bad);
    for (size_t i = 0; i < repeat->count; i++) {
        if (repeat->cases[i].bad > 0) {
            put_bad(&repeat->cases[i], chinese);
        }
    }
}

void repeat_end(struct repeat *repeat, const struct run_options *options) {
    if (repeat->count > 0 && !options->json) {
        put_summary(repeat, options->session.chinese);
    }
    for (size_t i = 0; i < repeat->count; i++) {
        free(repeat->cases[i].id);
    }
    free(repeat->cases);
    *repeat = (struct repeat){0};
}

int repeat_worse(int a, int b) {
    static const int order[] = {EXIT_PASS,  EXIT_INCONCLUSIVE, EXIT_FAIL,
                                EXIT_BENCH, EXIT_USAGE,        EXIT_INTERRUPTED};
    for (size_t i = sizeof order / sizeof order[0]; i-- > 0;) {
        if (a == order[i] || b == order[i]) {
            return order[i];
        }
    }
    return a;
}
