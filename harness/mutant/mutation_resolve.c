/* SPDX-License-Identifier: MIT */
/* From the words of a mutation to what they name. */
#include "harness/mutant/internal.h"

#include "harness/dut/local.h"

#include <string.h>

static const struct {
    const char *name;
    enum dut_output output;
} output_names[] = {
    {"k1", DUT_OUT_K1},
    {"k2", DUT_OUT_K2},
    {"aux", DUT_OUT_AUX},
    {"lock", DUT_OUT_LOCK},
    {"imd", DUT_OUT_IMD},
    {"discharge", DUT_OUT_DISCHARGE},
    {"modules", DUT_OUT_MODULES_ON},
    {"alarm", DUT_OUT_ALARM},
    {"module_mv", DUT_OUT_MODULE_MV},
    {"module_ma", DUT_OUT_MODULE_MA},
    {"distribution", DUT_OUT_DISTRIBUTION},
};

int64_t mutation_period_ns(const struct message *message, enum edition edition) {
    return message_form(message, edition)->period_ms * INT64_C(1000000);
}

static bool find_output(const char *name, enum dut_output *output) {
    for (size_t i = 0; i < sizeof output_names / sizeof output_names[0]; i++) {
        if (strcmp(output_names[i].name, name) == 0) {
            *output = output_names[i].output;
            return true;
        }
    }
    return false;
}

static bool find_unchecked(const char *name, enum unchecked *unchecked) {
    for (unsigned i = 0; i < UNCHECKED; i++) {
        if (strcmp(unchecked_name((enum unchecked)i), name) == 0) {
            *unchecked = (enum unchecked)i;
            return true;
        }
    }
    return false;
}

static bool find_untrue(const char *name, enum untrue *untrue) {
    for (unsigned i = 0; i < UNTRUES; i++) {
        if (strcmp(untrue_name((enum untrue)i), name) == 0) {
            *untrue = (enum untrue)i;
            return true;
        }
    }
    return false;
}

bool mutation_resolve(const struct dut_api *api, enum edition edition,
                      struct resolved_mutation *one, struct problem *problem) {
    const char *what = one->mutation.what;
    const char *kind = "output";
    bool known = false;
    one->output = DUT_OUTPUTS;
    one->input = DUT_INPUTS;
    switch (one->mutation.type) {
    case MUTATION_PARAM:
        kind = "parameter";
        known = dut_api_param(api, what) != NULL;
        break;
    case MUTATION_DELAY:
    case MUTATION_HOLD:
        known = find_output(what, &one->output);
        break;
    case MUTATION_FREEZE:
    case MUTATION_ASSUME:
    case MUTATION_UNSAMPLED:
        kind = "input";
        known = mutation_input_named(what, &one->input);
        break;
    case MUTATION_BLIND:
        kind = "input, or phase, of";
        one->all = strcmp(what, "all") == 0;
        known = (one->all || mutation_input_named(what, &one->input)) &&
                blind_phase_named(one->mutation.during, &one->phase);
        break;
    case MUTATION_ACKNOWLEDGE:
        kind = "untrue acknowledgement (broken, counts, filled) called";
        known = find_untrue(what, &one->untrue);
        break;
    case MUTATION_FIELD:
    case MUTATION_SHIFT:
    case MUTATION_STALE:
        kind = "message field";
        one->field = field_by_path(what, &one->message);
        known = one->field != NULL;
        break;
    case MUTATION_SWAP:
    case MUTATION_MUTE:
    case MUTATION_LINGER:
        kind = "message";
        one->message = message_by_code(what);
        known = one->message != NULL;
        break;
    case MUTATION_FORGET:
        kind = "part of the storage (journal, ring, card)";
        one->forgets = strcmp(what, "journal") == 0 ? FORGETS_JOURNAL
                       : strcmp(what, "ring") == 0  ? FORGETS_RING
                       : strcmp(what, "card") == 0  ? FORGETS_CARD
                                                    : FORGETS_NOTHING;
        known = one->forgets != FORGETS_NOTHING;
        break;
    case MUTATION_CROSS:
        kind = "input, output, message or meter";
        one->message = message_by_code(what);
        one->meter = strcmp(what, "meter") == 0;
        known = one->message != NULL || one->meter || mutation_input_named(what, &one->input) ||
                find_output(what, &one->crossed);
        break;
    case MUTATION_SHARE:
        kind = "input";
        known = mutation_input_named(what, &one->input);
        break;
    case MUTATION_UNCHECKED:
        kind = "check of its meters' answers called";
        known = find_unchecked(what, &one->unchecked);
        break;
    }
    if (!known) {
        return problem_set(problem, "the firmware '%s' has no %s '%s'", api->name, kind, what);
    }
    if (one->mutation.type == MUTATION_LINGER && mutation_period_ns(one->message, edition) == 0) {
        return problem_set(problem, "%s has no period, so it cannot linger", what);
    }
    return true;
}
