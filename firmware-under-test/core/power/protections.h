/* SPDX-License-Identifier: MIT */
/* protections.h: limits of the running output: over-voltage, over-current, current from the battery,
 * and the battery's own limits as BCP gave them. Judged on every sample while K1/K2 are closed. */
#ifndef CORE_PROTECTIONS_H
#define CORE_PROTECTIONS_H

#include <stdbool.h>
#include <stdint.h>

#define CORE_PROTECTIONS_MAX 4

struct core_protections {
    bool bad[CORE_PROTECTIONS_MAX];
    int64_t since_ns[CORE_PROTECTIONS_MAX];
};

struct gun;

void core_protections_run(struct gun *gun);

#endif
