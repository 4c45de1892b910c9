/* SPDX-License-Identifier: MIT */
/* deal.h: which module group serves which gun: "dealing in turns". A pure function.
 *
 *   core_deal(&table, dealt);       dealt[group]: a gun, or CORE_DEAL_NOBODY: it goes home
 *
 * 1. Every gun that is served gets one group that is good for something, in the order in which they
 *    came: one of its own (home), else what it has, else one of a gun that rests, else any.
 * 2. As long as a gun has less than it wants, one more group is dealt: to whom, the policy says
 *    (below). Which one: what it has now, then its own, then one of a gun that rests, then any.
 * 3. A group that nobody wants any more stays with the served gun that has it: contactors do not
 *    follow a demand up and down. Else it goes home.
 *
 * CORE_DEAL_BY_TIME       the gun that came first is filled first; the others keep their one group
 * CORE_DEAL_EQUAL         the gun with the fewest groups
 * CORE_DEAL_PROPORTIONAL  the gun with the least watt for each watt that it wants
 * Among equals, the one that came first; then the lower number.
 *
 * One tie between whole buses (tied): the groups of a gun that is served are its own, and nobody
 * else's: its bus cannot be another one's too. Only those of guns that rest are dealt. */
#ifndef CORE_DEAL_H
#define CORE_DEAL_H

#include "modules/module.h"

#define CORE_DEAL_NOBODY UINT8_MAX

enum core_deal_policy {
    CORE_DEAL_BY_TIME,
    CORE_DEAL_EQUAL,
    CORE_DEAL_PROPORTIONAL,
};

struct core_deal_gun {
    bool served;
    unsigned order; /* who came first: the smaller */
    int32_t want_w; /* 0: nothing beyond its one group */
};

struct core_deal_group {
    uint8_t home; /* gun on whose bus it stands */
    uint8_t now;  /* gun that has it; CORE_DEAL_NOBODY */
    int32_t w;    /* what its good modules can deliver; 0: good for nothing, and never dealt */
};

struct core_deal {
    enum core_deal_policy policy;
    bool tied;
    unsigned group_count;
    struct core_deal_gun gun[DUT_GUNS_MAX];
    struct core_deal_group group[CORE_MODULE_GROUPS_MAX];
};

void core_deal(const struct core_deal *table, uint8_t *dealt);

#endif
