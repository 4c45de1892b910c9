/* SPDX-License-Identifier: MIT */
/* mutation.h: makes a mutant out of a healthy firmware, by its port and its parameters.
 *
 *   const struct dut_api *mutant = mutation_apply(dut_entry(), EDITION_2015, mutant->mutations,
 *                                               mutant->mutation_count, &problem);
 *
 * What comes back is a struct dut_api as any other: a shim between the host and the firmware that
 * delays or holds outputs, rewrites, swallows or prolongs messages, mends what meters answer and
 * sets parameters. The firmware itself is the same, byte for byte. One mutant a process (the
 * runner has a process a case). */
#ifndef HARNESS_MUTANT_MUTATION_H
#define HARNESS_MUTANT_MUTATION_H

#include "firmware-under-test/include/dut.h"
#include "harness/scenario/mutants.h"
#include "vehicle_bms/message/messages.h"

/* NULL with the cause in problem->text: unknown output, message, field or parameter. */
const struct dut_api *mutation_apply(const struct dut_api *api, enum edition edition,
                                     const struct mutation *mutations, size_t count,
                                     struct problem *problem);

#endif
