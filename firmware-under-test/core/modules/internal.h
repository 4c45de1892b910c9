/* SPDX-License-Identifier: MIT */
/* internal.h: what the files of this room do for each other. Each has one struct core_modules. */
#ifndef CORE_MODULES_INTERNAL_H
#define CORE_MODULES_INTERNAL_H

#include "modules/deal.h"
#include "modules/modules.h"
#include "services/assert.h"

#define CORE_NS_PER_MS INT64_C(1000000)

static inline int64_t core_modules_ns(const struct core_modules *modules, enum core_param ms) {
    return modules->param[ms] * CORE_NS_PER_MS;
}

static inline unsigned core_modules_groups(const struct core_modules *modules) {
    CORE_ASSERT(modules->param[CORE_P_DISTRIBUTION_GROUPS] <= CORE_MODULE_GROUPS_MAX);
    return (unsigned)modules->param[CORE_P_DISTRIBUTION_GROUPS];
}

/* The number by which modules know the first group. */
static inline int32_t core_modules_base(const struct core_modules *modules) {
    int32_t first = modules->param[CORE_P_MODULE_GROUP_BASE];
    return first < modules->face->group_first ? modules->face->group_first : first;
}

/* Somebody in the group has said error 7 a moment ago: no frame goes to all of it. */
static inline bool core_modules_allocating(const struct core_modules *modules, unsigned group) {
    int64_t heard_ns = modules->group[group].allocating_ns;
    return heard_ns != 0 &&
           modules->now - heard_ns < core_modules_ns(modules, CORE_P_MODULE_ALLOCATING);
}

/* ---- roster.c: who is there ---- */

void core_roster_hear(struct core_modules *modules, const struct core_module_report *report);
void core_roster_age(struct core_modules *modules); /* silent, dead, forgotten */
/* May it be given a share? */
bool core_roster_fit(const struct core_modules *modules, const struct core_module *module);
/* It may still deliver, though it is not heard. */
bool core_roster_doubtful(const struct core_modules *modules, const struct core_module *module);
/* Silent for longer than its own watchdog lets it deliver. */
bool core_roster_dead(const struct core_modules *modules, const struct core_module *module);
/* It has a share, and is heard. */
bool core_roster_counts(const struct core_modules *modules, const struct core_module *module);
void core_roster_log(const struct core_modules *modules, const struct core_module *module,
                     const char *what);

/* ---- plan.c: what each is to be told ---- */

/* The gun that a group delivers to; CORE_DEAL_NOBODY. */
unsigned core_plan_gun(const struct core_modules *modules, unsigned group);
void core_plan(struct core_modules *modules); /* states of the modules, currents of the groups */
/* Set values of a module that shares or joins. */
int32_t core_plan_mv(const struct core_modules *modules, const struct core_module *module);
int32_t core_plan_ma(const struct core_modules *modules, const struct core_module *module);

/* ---- distribution.c: which bus a group feeds ---- */

void core_distribution_begin(struct core_modules *modules);
void core_distribution_run(struct core_modules *modules);
/* W that the good modules of a group can deliver. */
int32_t core_distribution_group_w(const struct core_modules *modules, unsigned group);

/* ---- master.c: the next command ---- */

/* Sends it if one is due. Returns when it wants to be asked again. */
int64_t core_master_run(struct core_modules *modules);

#endif
