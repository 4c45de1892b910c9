/* SPDX-License-Identifier: MIT */
/* Which case of which plan a result is of. */
#include "harness/mask/number_mask.h"
#include "harness/run/case.h"
#include "harness/scenario/preset.h"
#include "harness/scenario/scenario.h"
#include "sim/memory.h"
#include "sim/signal.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static void put_settings(const struct run_plan *plan, const struct scenario *scenario,
                         struct result_case *result) {
    const struct setup *setup = &scenario->setup;
    const struct number_mask mask = {plan->masked, plan->mask_key};
    char text[SETUP_CLOCK_SIZE], param[96], shown[96];
    result->settings =
        memory_zeroed(scenario->row_value_count + setup->param_count + 5, sizeof *result->settings);
    for (size_t i = 0; i < scenario->row_value_count; i++) {
        result->settings[result->setting_count++] = memory_copy(scenario->row_values[i]);
    }
    if (setup->clock_s > 0) {
        result->settings[result->setting_count++] =
            memory_format("clock=%s", setup_clock_text(setup->clock_s, text));
    }
    for (size_t i = 0; i < setup->param_count; i++) {
        snprintf(param, sizeof param, "%s=%d", setup->params[i].name, (int)setup->params[i].value);
        number_mask_param(&mask, param, shown, sizeof shown);
        result->settings[result->setting_count++] = memory_copy(shown);
    }
    if (plan->external) { /* battery and plug are the preset's still */
        result->settings[result->setting_count++] = memory_copy("vehicle=external");
    }
    if (plan->gun > 0) {
        result->settings[result->setting_count++] = memory_format("gun=%u", plan->gun + 1);
    }
    if (plan->vehicle == NULL && scenario->other_vehicle != NULL) {
        result->settings[result->setting_count++] =
            memory_format(SIGNAL_GUN2 "vehicle=%s", scenario->other_vehicle);
    }
    assert(result->setting_count <= scenario->row_value_count + setup->param_count + 5);
}

const char *case_vehicle(const struct run_plan *plan, const struct scenario *scenario) {
    return plan->vehicle != NULL ? plan->vehicle : scenario->vehicle;
}

const char *case_other_vehicle(const struct run_plan *plan, const struct scenario *scenario) {
    return plan->vehicle == NULL && scenario->other_vehicle != NULL ? scenario->other_vehicle
                                                                    : case_vehicle(plan, scenario);
}

bool case_vehicle_may_be(const struct run_plan *plan, const struct scenario *scenario,
                         const char *name) {
    struct problem problem;
    const char *next = case_vehicle(plan, scenario);
    for (int i = 0; i < CASE_VEHICLES_MAX && next != NULL; i++) {
        const struct preset *vehicle = preset_load(plan->library, next, &problem);
        if (vehicle == NULL || strcmp(vehicle->name, name) == 0) {
            return vehicle != NULL;
        }
        next = vehicle->instead;
    }
    return false;
}

void case_identify(const struct run_plan *plan, const struct scenario *scenario,
                   struct result_case *result) {
    result->id = memory_copy(scenario->id);
    result->title = phrase_copy(scenario->title);
    result->covers = memory_zeroed(scenario->cover_count + 1, sizeof *result->covers);
    for (size_t i = 0; i < scenario->cover_count; i++) {
        result->covers[i] = memory_copy(scenario->covers[i]);
    }
    result->cover_count = scenario->cover_count;
    put_settings(plan, scenario, result);
    result->vehicle = memory_copy(case_vehicle(plan, scenario));
    result->wiring = memory_copy(wiring_name(plan->wiring));
    result->seed = plan->seed;
}
