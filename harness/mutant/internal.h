/* SPDX-License-Identifier: MIT */
/* internal.h: a mutation whose target has been found. For this room only. */
#ifndef HARNESS_MUTANT_INTERNAL_H
#define HARNESS_MUTANT_INTERNAL_H

#include "harness/mutant/mutation.h"
#include "harness/mutant/mutation_blind.h"
#include "harness/mutant/mutation_meter.h"
#include "harness/mutant/mutation_port.h"

enum forgetful {
    FORGETS_NOTHING,
    FORGETS_JOURNAL,
    FORGETS_RING,
    FORGETS_CARD,
};

/* A mutation whose target has been found. */
struct resolved_mutation {
    struct mutation mutation;
    enum dut_output output;
    const struct message *message;
    const struct field *field;
    enum forgetful forgets; /* of the bulk storage */
    enum unchecked unchecked;
    enum dut_input input;
    enum untrue untrue;
    enum blind_phase phase;
    bool all; /* blind to all interlocks */
};

/* False: the firmware has nothing of that name. */
bool mutation_resolve(const struct dut_api *api, enum edition edition,
                      struct resolved_mutation *one, struct problem *problem);
int64_t mutation_period_ns(const struct message *message, enum edition edition);

#endif
