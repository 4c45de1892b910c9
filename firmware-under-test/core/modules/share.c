/* SPDX-License-Identifier: MIT */
#include "modules/share.h"

#include "services/assert.h"

static bool takes_more(const struct core_share_group *group) {
    return group->weight > 0 && group->count > 0 && group->each_ma < group->most_ma;
}

static int64_t sum_of_weights(const struct core_share_group *groups, unsigned count) {
    int64_t sum = 0;
    for (unsigned i = 0; i < count; i++) {
        sum += takes_more(&groups[i]) ? groups[i].weight : 0;
    }
    return sum;
}

/* One round: what is left is divided between those that can take more. Returns what was taken. */
static int64_t divide(int64_t left_ma, struct core_share_group *groups, unsigned count) {
    int64_t weights = sum_of_weights(groups, count), taken = 0;
    for (unsigned i = 0; i < count && weights > 0; i++) {
        struct core_share_group *group = &groups[i];
        if (takes_more(group)) {
            int64_t each = left_ma * group->weight / weights / group->count;
            int64_t room = group->most_ma - group->each_ma;
            each = each < room ? each : room;
            group->each_ma += (int32_t)each;
            taken += each * group->count;
        }
    }
    return taken;
}

void core_share(int32_t demand_ma, struct core_share_group *groups, unsigned count) {
    int64_t left = demand_ma > 0 ? demand_ma : 0;
    CORE_ASSERT(count <= CORE_MODULE_GROUPS_MAX);
    for (unsigned i = 0; i < count; i++) {
        CORE_ASSERT(groups[i].weight >= 0 && groups[i].most_ma >= 0);
        groups[i].each_ma = 0;
    }
    /* In each round but the last a group becomes full. */
    for (unsigned round = 0; round < count && left > 0; round++) {
        left -= divide(left, groups, count);
    }
    CORE_ASSERT(left >= 0);
}
