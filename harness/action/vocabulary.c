/* SPDX-License-Identifier: MIT */
#include "harness/action/vocabulary.h"

#include "harness/action/action.h"
#include "harness/bench/bench.h"
#include "harness/expression/expression.h"

#include <stdio.h>

/* Only checked here: an expression listens to the signals of one bench, and each case has its own. */
static bool check_expression(void *ctx, const char *text, bool quantity, char *unit,
                             size_t unit_size, struct problem *problem, size_t *offset) {
    const struct bench *signals = ctx;
    struct expression_fault fault;
    struct expression *expression = quantity ? quantity_compile(text, &signals->board, &fault)
                                             : expression_compile(text, &signals->board, &fault);
    if (expression == NULL) {
        *offset = fault.offset;
        problem_set(problem, "%s", fault.text);
        snprintf(problem->zh, sizeof problem->zh, "%s", fault.zh);
        return false;
    }
    if (quantity) {
        snprintf(unit, unit_size, "%s", expression_unit(expression));
    }
    expression_free(expression);
    return true;
}

static struct action *make_action(void *ctx, const char *text, struct problem *problem,
                                  size_t *offset) {
    (void)ctx;
    return action_parse(text, problem, offset);
}

static bool check_value(void *ctx, const struct preset_value *value, bool *at_name,
                        struct problem *problem) {
    (void)ctx;
    *at_name = !bench_preset_known(value->name, problem);
    return !*at_name && bench_preset_check(value, problem);
}

static bool check_vehicle(void *ctx, const struct preset *preset, const char **key,
                          struct problem *problem) {
    (void)ctx;
    return bench_vehicle_check(preset, key, problem);
}

struct vocabulary bench_vocabulary(struct bench *signals) {
    return (struct vocabulary){.ctx = signals,
                               .expression = check_expression,
                               .action = make_action,
                               .vehicle_value = check_value,
                               .vehicle = check_vehicle};
}
