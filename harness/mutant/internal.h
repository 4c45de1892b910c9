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
    bool all;                /* blind to all interlocks */
    bool meter;              /* cross: the DC meters' lines */
    enum dut_output crossed; /* cross: where there is no input, message or meter */
};

/* ---- mutation_guns.c: of a firmware that serves two guns ---- */

/* Whose of two guns: the other one's, where a mutation crosses that. */
unsigned crossed_input(const struct resolved_mutation *all, size_t count, unsigned gun,
                       enum dut_input channel);
unsigned crossed_output(const struct resolved_mutation *all, size_t count, unsigned gun,
                        enum dut_output channel);
unsigned crossed_net(const struct resolved_mutation *all, size_t count, unsigned net, uint32_t id);
unsigned crossed_line(const struct resolved_mutation *all, size_t count, unsigned line);
bool is_shared(const struct resolved_mutation *all, size_t count, enum dut_input channel);
/* What counts for both: whatever is not at rest. */
int32_t shared_value(enum dut_input channel, int32_t one, int32_t other);

/* False: the firmware has nothing of that name. */
bool mutation_resolve(const struct dut_api *api, enum edition edition,
                      struct resolved_mutation *one, struct problem *problem);
int64_t mutation_period_ns(const struct message *message, enum edition edition);

#endif
