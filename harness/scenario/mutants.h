/* SPDX-License-Identifier: MIT */
/* mutants.h: the catalogue of defects for `pilebench qualify`, as mutants.json has it.
 *
 *   size_t count;
 *   struct mutant *mutants = mutants_load(lib, &count, &problem);
 *
 * A mutant is the healthy firmware with mutations at its port (harness/mutant/mutation.h). It
 * belongs to the library and lives until library_free. */
#ifndef HARNESS_SCENARIO_MUTANTS_H
#define HARNESS_SCENARIO_MUTANTS_H

#include "sim/text/phrase.h"
#include "sim/text/problem.h"

#include <stddef.h>

struct library;

enum mutation_type {
    MUTATION_PARAM,       /* a parameter has this value, whatever a case sets */
    MUTATION_DELAY,       /* an output is switched off too late */
    MUTATION_HOLD,        /* an output stays at this level */
    MUTATION_FIELD,       /* a field of a message has this value */
    MUTATION_SWAP,        /* a message's bytes are swapped in pairs */
    MUTATION_MUTE,        /* a message is never sent */
    MUTATION_LINGER,      /* a message is sent for so much longer */
    MUTATION_FORGET,      /* a part of the storage keeps nothing */
    MUTATION_SHIFT,       /* a field of a message is off by so much */
    MUTATION_STALE,       /* a field of a message is brought up to date only so often */
    MUTATION_FREEZE,      /* an input reads this value, whatever is true */
    MUTATION_ASSUME,      /* an input is not read before it steps, but taken to have this value */
    MUTATION_UNSAMPLED,   /* an input is never read, only heard of when it steps */
    MUTATION_BLIND,       /* an input is not seen while a phase of the charge goes on */
    MUTATION_ACKNOWLEDGE, /* a transfer is acknowledged that was not received, or untruly */
    MUTATION_CROSS,       /* of two guns each has what belongs to the other */
    MUTATION_SHARE,       /* of two guns an input of either counts for both */
    MUTATION_UNCHECKED,   /* something is wrong in a meter's answer, and it is not noticed */
};

struct mutation {
    enum mutation_type type;
    /* Parameter, output ("k1"), input ("aux"), MESSAGE.field (field, shift, stale), part of the storage
     * (forget), part of a meter's answer (unchecked: "checksum"), input, output, MESSAGE or "meter" (cross), "broken", "counts" or "filled" (acknowledge)
     * or MESSAGE (others). */
    const char *what;
    double
        value; /* of the parameter, field or input, delay and the like in ns, held level, shift */
    const char *during; /* blind: "CRO", "pause" (harness/mutant/mutation_blind.h) */
};

struct mutant {
    const char *id;
    struct phrase title;
    struct mutation *mutations;
    size_t mutation_count;
    const char **killers; /* cases expected to catch it (at least one must) */
    size_t killer_count;
};

/* NULL on a problem. */
struct mutant *mutants_load(struct library *library, size_t *count, struct problem *problem);

#endif
