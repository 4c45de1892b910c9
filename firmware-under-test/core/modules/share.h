/* SPDX-License-Identifier: MIT */
/* share.h: how much each module of a gun is to deliver. A pure function.
 *
 *   struct core_share_group groups[N] = {{.weight = 6000, .count = 6, .most_ma = 60000}, …};
 *   core_share(250000, groups, N);        groups[i].each_ma: the set value of each of its modules
 *
 * A gun's current is divided between its groups by weight, a group's between its modules evenly, so
 * that one frame sets a group. What a group cannot take, others take as far as they can. The sum is
 * never above the demand. */
#ifndef CORE_SHARE_H
#define CORE_SHARE_H

#include "modules/module.h"

struct core_share_group {
    int32_t weight;  /* 0..: none, else its part of the sum of weights */
    unsigned count;  /* modules that deliver */
    int32_t most_ma; /* of each */
    int32_t each_ma; /* the result */
};

void core_share(int32_t demand_ma, struct core_share_group *groups, unsigned count);

#endif
