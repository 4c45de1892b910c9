/* SPDX-License-Identifier: MIT */
#include "harness/bench/internal.h"
#include "harness/dut/local.h"
#include "harness/mask/number_mask.h"
#include "sim/memory.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void set_up(struct setup *setup, const char *name, int32_t value) {
    size_t i = 0;
    while (i < setup->param_count && strcmp(setup->params[i].name, name) != 0) {
        i++;
    }
    setup->params[i] = (struct param_def){.name = name, .value = value};
    setup->param_count += i == setup->param_count;
}

/* Of the case, and --set over it. What only a program of the user's own understands stays out. */
void setup_gather(struct bench *bench) {
    const struct run_plan *plan = bench->plan;
    const struct setup *setup = bench->setup;
    size_t most = plan->setting_count + (setup != NULL ? setup->param_count : 0);
    bench->pile_setup.params = memory_zeroed(most, sizeof *bench->pile_setup.params);
    bench->pile_setup.clock_s = setup != NULL ? setup->clock_s : 0;
    for (size_t i = 0; setup != NULL && i < setup->param_count; i++) {
        set_up(&bench->pile_setup, setup->params[i].name, setup->params[i].value);
    }
    for (size_t i = 0; i < plan->setting_count; i++) {
        const struct plan_setting *setting = &plan->settings[i];
        if (setting->whole && setting->value >= INT32_MIN && setting->value <= INT32_MAX) {
            set_up(&bench->pile_setup, setting->name, (int32_t)setting->value);
        }
    }
    assert(bench->pile_setup.param_count <= most);
}

/* A parameter as it is set, or the firmware's own value; DUT_UNKNOWN: it has none. */
static int32_t set_or_default(const struct bench *bench, const char *name) {
    const struct dut_param *param = bench->api != NULL ? dut_api_param(bench->api, name) : NULL;
    int32_t value = param != NULL ? param->value : DUT_UNKNOWN;
    for (size_t i = 0; i < bench->pile_setup.param_count; i++) {
        if (strcmp(bench->pile_setup.params[i].name, name) == 0) {
            value = bench->pile_setup.params[i].value;
        }
    }
    return value;
}

/* SPN 2561 has 32 bits, the parameter an int32_t of them. */
double setup_charger_number(void *ctx) {
    int32_t number = set_or_default(ctx, "charger.number");
    return number == DUT_UNKNOWN ? (double)NAN : (double)(uint32_t)number;
}

bool setup_is_limited(const struct bench *bench) {
    static const char *const limits[] = {"billing.mode", "card.balance", "end.minutes",
                                         "end.energy_wh", "end.soc"};
    bool limited = false;
    for (size_t i = 0; i < bench->pile_setup.param_count; i++) {
        for (size_t k = 0; k < sizeof limits / sizeof limits[0]; k++) {
            limited = limited || strcmp(bench->pile_setup.params[i].name, limits[k]) == 0;
        }
    }
    return limited;
}

bool setup_is_beyond_sight(const struct bench *bench) {
    const struct run_plan *plan = bench->plan;
    return (bench->setup != NULL && bench->setup->param_count > 0) ||
           (plan != NULL && (plan->dc_meter != NULL || plan->ac_meter != NULL));
}

/* The command line has refused what this firmware does not take. */
static bool settings_are_checked(const struct run_plan *plan, const struct dut_api *api) {
    bool good = true;
    for (size_t i = 0; good && i < plan->setting_count; i++) {
        const struct plan_setting *setting = &plan->settings[i];
        const struct dut_param *param = dut_api_param(api, setting->name);
        good = setting->whole && param != NULL && setting->value >= param->min &&
               setting->value <= param->max;
    }
    return good;
}

bool setup_hand_over(struct bench *bench, struct problem *problem) {
    const struct number_mask mask = {bench->plan->masked, bench->plan->mask_key};
    assert(settings_are_checked(bench->plan, bench->api));
    if (bench->gun_count > 1 && dut_api_param(bench->api, "guns") != NULL &&
        dut_local_set_param(bench->dut_local, "guns", (int32_t)bench->gun_count) < 0) {
        return problem_set(problem, "the firmware refuses its parameter guns=%u", bench->gun_count);
    }
    for (size_t i = 0; i < bench->pile_setup.param_count; i++) {
        const struct param_def *set = &bench->pile_setup.params[i];
        int failed = dut_local_set_param(bench->dut_local, set->name, set->value);
        if (failed < 0) {
            char param[96], shown[96];
            snprintf(param, sizeof param, "%s=%d", set->name, (int)set->value);
            number_mask_param(&mask, param, shown, sizeof shown);
            return problem_set(
                problem, "parameter %s: %s", shown,
                failed == DUT_ERROR_ABSENT
                    ? "the firmware has no such parameter (`pilebench list parameters`)"
                    : "the firmware refuses this value");
        }
    }
    return true;
}
