/* SPDX-License-Identifier: MIT */
/* mutation.h: makes a mutant out of a healthy firmware, by its port and its parameters.
 *
 *   const struct dut_api *bent = bend_dut(dut_entry(), mutant->bends, mutant->bend_count, &problem);
 *
 * What comes back is a struct dut_api as any other: a shim between the host and the firmware that
 * delays or holds outputs, rewrites, swallows or prolongs messages, mends what meters answer and
 * sets parameters. The firmware itself is the same, byte for byte. One bent firmware a process (the
 * runner has a process a case). */
#ifndef HARNESS_MUTANT_MUTATION_H
#define HARNESS_MUTANT_MUTATION_H

#include "firmware-under-test/include/dut.h"
#include "harness/scenario/scenario.h"

/* NULL with the cause in problem->text: unknown output, message, field or parameter. */
const struct dut_api *bend_dut(const struct dut_api *api, const struct bend *bends, size_t count,
                               struct problem *problem);

#endif
