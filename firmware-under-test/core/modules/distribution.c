/* SPDX-License-Identifier: MIT */
/* Which bus each group feeds: the contactors between groups and guns (配电单元).
 *
 * A group goes from one bus to another in steps (enum core_group_step): others take its current over,
 * it is switched off, no current flows, its contactor opens; it raises its voltage to that of the
 * other bus, its contactor closes, it takes current over. With one tie between the guns' buses
 * (distribution.kind 1) a group stays wired to its own bus, and the tie takes the place of its
 * contactor to the other one; with a matrix (2) each group has a contactor to each bus. */
#include "modules/internal.h"

#define KIND_FIXED 0
#define KIND_TIE   1
#define SETTLE_NS  (100 * CORE_NS_PER_MS) /* where nothing tells what a contact or a voltage does */
#define RETRY_NS   (30000 * CORE_NS_PER_MS)
#define DEAL_NS    (100 * CORE_NS_PER_MS)
#define STARVED_NS (3000 * CORE_NS_PER_MS)
#define BLEED_NS   (10000 * CORE_NS_PER_MS) /* that long after it came back */
#define BLEED_MV   60000                    /* GB/T 18487.1-2015 B.4.2: no bus is left above it */

static unsigned guns(const struct core_modules *modules) {
    return (unsigned)modules->param[CORE_P_GUNS];
}

static bool tied(const struct core_modules *modules) {
    return modules->param[CORE_P_DISTRIBUTION_KIND] == KIND_TIE;
}

static bool fixed(const struct core_modules *modules) {
    return modules->param[CORE_P_DISTRIBUTION_KIND] == KIND_FIXED || guns(modules) < 2;
}

/* The groups in order, an equal number at home on each bus. */
static uint8_t home_of(const struct core_modules *modules, unsigned group) {
    return (uint8_t)(group * guns(modules) / core_modules_groups(modules));
}

void core_distribution_begin(struct core_modules *modules) {
    bool wired = fixed(modules) || tied(modules);
    for (unsigned i = 0; i < core_modules_groups(modules); i++) {
        uint8_t home = home_of(modules, i);
        modules->group[i] = (struct core_module_group){
            .home = home,
            .at = wired ? home : CORE_DEAL_NOBODY,
            .to = home,
            .step = wired ? CORE_GROUP_RESTS : CORE_GROUP_MATCHES,
            .since_ns = modules->now,
            .failed_ns = INT64_MIN,
        };
        modules->closed[home] |= wired && !fixed(modules) ? 1 << i : 0;
    }
}

int32_t core_distribution_group_w(const struct core_modules *modules, unsigned group) {
    int64_t w = 0;
    for (unsigned i = 0; i < CORE_MODULES_MAX; i++) {
        const struct core_module *module = &modules->module[i];
        w += module->group == group && core_roster_fit(modules, module) ? module->power_w : 0;
    }
    return (int32_t)w;
}

/* ---- contactors ---- */

static void contact(struct core_modules *modules, unsigned group, unsigned gun, bool close) {
    int32_t bit = 1 << group;
    CORE_ASSERT(gun < DUT_GUNS_MAX && !fixed(modules));
    modules->closed[gun] = close ? modules->closed[gun] | bit : modules->closed[gun] & ~bit;
}

/* The auxiliary contact says what was commanded; where there is none, some time has passed. */
static bool followed(const struct core_modules *modules, unsigned group, unsigned gun) {
    const struct core_module_group *of = &modules->group[group];
    int32_t says = modules->host->input(modules->host->ctx, gun, DUT_IN_DISTRIBUTION_CLOSED);
    if (says == DUT_UNKNOWN) {
        return modules->now - of->since_ns >= SETTLE_NS;
    }
    return ((says ^ modules->closed[gun]) >> group & 1) == 0;
}

/* ---- steps ---- */

static void enter(struct core_modules *modules, unsigned group, enum core_group_step step) {
    struct core_module_group *of = &modules->group[group];
    of->step = (uint8_t)step;
    of->since_ns = modules->now;
    if (step == CORE_GROUP_EMPTIES) {
        of->off_due = true;
    }
}

static bool late(const struct core_modules *modules, unsigned group) {
    return modules->now - modules->group[group].since_ns >
           core_modules_ns(modules, CORE_P_DISTRIBUTION_TIMEOUT);
}

/* All its modules were told that they have no share any more. */
static bool drained(const struct core_modules *modules, unsigned group) {
    if (core_plan_gun(modules, group) == CORE_DEAL_NOBODY) {
        return true;
    }
    for (unsigned i = 0; i < CORE_MODULES_MAX; i++) {
        const struct core_module *module = &modules->module[i];
        if (module->group == group && module->state == CORE_MODULE_SHARES && module->set_ma > 0) {
            return false;
        }
    }
    return modules->group[group].weight == 0;
}

/* Every module of it has said since it was told so that it is off and gives no current. */
static bool empty(const struct core_modules *modules, unsigned group) {
    const struct core_module_group *of = &modules->group[group];
    if (of->off_due || modules->now - of->since_ns < SETTLE_NS) {
        return false;
    }
    for (unsigned i = 0; i < CORE_MODULES_MAX; i++) {
        const struct core_module *module = &modules->module[i];
        if (module->group != group || module->state == CORE_MODULE_FREE) {
            continue;
        }
        bool dead = core_roster_dead(modules, module);
        bool off = module->status_ns > of->since_ns && module->output_ns > of->since_ns &&
                   (module->flags & CORE_MODULE_OFF_NOW) != 0 &&
                   module->ma <= modules->param[CORE_P_DISTRIBUTION_CURRENT];
        if (!dead && !off) {
            return false;
        }
    }
    return true;
}

static bool differ(const struct core_modules *modules, int32_t a_mv, int32_t b_mv) {
    int32_t limit = modules->param[CORE_P_DISTRIBUTION_DIFFERENCE];
    return a_mv - b_mv > limit || b_mv - a_mv > limit;
}

/* Both sides agree. With a tie the other side is a gun's bus, which has a sensor; a group's own bus in
 * a matrix is known from its modules alone. */
static bool agrees(const struct core_modules *modules, unsigned group) {
    const struct core_module_group *of = &modules->group[group];
    int32_t bus_mv = modules->wish[of->to].bus_mv;
    if (tied(modules) && differ(modules, modules->wish[of->home].bus_mv, bus_mv)) {
        return false;
    }
    bool heard = false;
    for (unsigned i = 0; i < CORE_MODULES_MAX; i++) {
        const struct core_module *module = &modules->module[i];
        if (module->group != group || !core_roster_fit(modules, module)) {
            continue;
        }
        if (module->output_ns <= of->since_ns || differ(modules, module->mv, bus_mv)) {
            return false;
        }
        heard = true;
    }
    return heard;
}

static void rest(struct core_modules *modules, unsigned group) {
    struct core_module_group *of = &modules->group[group];
    unsigned to = of->to;
    if (to == of->at || fixed(modules)) {
        return;
    }
    bool gives_back = to == of->home;
    if (!gives_back && modules->now - RETRY_NS < of->failed_ns) {
        return;
    }
    enter(modules, group, CORE_GROUP_DRAINS);
}

static void drains(struct core_modules *modules, unsigned group) {
    struct core_module_group *of = &modules->group[group];
    if (of->to == of->at) {
        enter(modules, group, CORE_GROUP_RESTS); /* it is wanted here after all */
    } else if (drained(modules, group)) {
        enter(modules, group, CORE_GROUP_EMPTIES);
    }
}

static void empties(struct core_modules *modules, unsigned group) {
    struct core_module_group *of = &modules->group[group];
    if (!empty(modules, group)) {
        return;
    }
    bool stays_wired = tied(modules) && of->at == of->home;
    if (of->at < DUT_GUNS_MAX && !stays_wired) {
        contact(modules, group, of->at, false);
        enter(modules, group, CORE_GROUP_PARTS);
    } else {
        enter(modules, group, CORE_GROUP_MATCHES);
    }
}

/* Nothing has to be matched with one's own bus where one is wired to it. */
static void arrive(struct core_modules *modules, unsigned group, unsigned gun) {
    modules->group[group].at = (uint8_t)gun;
    modules->group[group].lent = true; /* it has been on its way, if it came no further */
    modules->group[group].weight = 0;
    enter(modules, group, CORE_GROUP_RESTS);
}

static void parts(struct core_modules *modules, unsigned group) {
    struct core_module_group *of = &modules->group[group];
    if (!followed(modules, group, of->at)) {
        return; /* welded: nobody starts on either bus (own_bus) */
    }
    if (tied(modules)) {
        arrive(modules, group, of->home);
    } else {
        of->at = CORE_DEAL_NOBODY;
        enter(modules, group, CORE_GROUP_MATCHES);
    }
}

static void turn_back(struct core_modules *modules, unsigned group) {
    struct core_module_group *of = &modules->group[group];
    of->failed_ns = modules->now;
    of->to = of->home;
    if (of->step == CORE_GROUP_MEETS) {
        contact(modules, group, of->at, false);
    }
    enter(modules, group, CORE_GROUP_EMPTIES);
}

static void matches(struct core_modules *modules, unsigned group) {
    struct core_module_group *of = &modules->group[group];
    if (tied(modules) && of->to == of->home) {
        arrive(modules, group, of->home); /* it was on its way, and is not wanted any more */
        of->off_due = true;
        return;
    }
    if (agrees(modules, group)) {
        of->at = of->to;
        contact(modules, group, of->to, true);
        enter(modules, group, CORE_GROUP_MEETS);
    } else if (late(modules, group) && of->to != of->home) {
        turn_back(modules, group);
    }
}

static void meets(struct core_modules *modules, unsigned group) {
    struct core_module_group *of = &modules->group[group];
    if (followed(modules, group, of->at)) {
        arrive(modules, group, of->at);
    } else if (late(modules, group)) {
        turn_back(modules, group);
    }
}

static void step(struct core_modules *modules, unsigned group) {
    switch ((enum core_group_step)modules->group[group].step) {
    case CORE_GROUP_RESTS:
        rest(modules, group);
        break;
    case CORE_GROUP_DRAINS:
        drains(modules, group);
        break;
    case CORE_GROUP_EMPTIES:
        empties(modules, group);
        break;
    case CORE_GROUP_PARTS:
        parts(modules, group);
        break;
    case CORE_GROUP_MATCHES:
        matches(modules, group);
        break;
    case CORE_GROUP_MEETS:
        meets(modules, group);
        break;
    }
}

/* ---- who gets what ---- */

static void deal(struct core_modules *modules) {
    struct core_deal table = {
        .policy = (enum core_deal_policy)modules->param[CORE_P_DISTRIBUTION_POLICY],
        .tied = tied(modules),
        .group_count = core_modules_groups(modules),
    };
    uint8_t dealt[CORE_MODULE_GROUPS_MAX];
    for (unsigned i = 0; i < guns(modules); i++) {
        const struct core_modules_wish *wish = &modules->wish[i];
        table.gun[i] = (struct core_deal_gun){wish->served, modules->order[i], wish->want_w};
    }
    for (unsigned i = 0; i < table.group_count; i++) {
        const struct core_module_group *of = &modules->group[i];
        int32_t w = core_distribution_group_w(modules, i);
        table.group[i] = (struct core_deal_group){of->home, of->to, w};
    }
    core_deal(&table, dealt);
    for (unsigned i = 0; i < table.group_count; i++) {
        struct core_module_group *of = &modules->group[i];
        bool under_way = of->step == CORE_GROUP_MEETS || of->step == CORE_GROUP_PARTS;
        if (!under_way) { /* a contactor's travel is waited for */
            of->to = dealt[i] < DUT_GUNS_MAX ? dealt[i] : of->home;
        }
    }
}

/* ---- what a gun gets ---- */

static bool at_rest_on(const struct core_modules *modules, unsigned group, unsigned gun) {
    const struct core_module_group *of = &modules->group[group];
    return of->step == CORE_GROUP_RESTS && of->at == gun;
}

/* With a tie: none of its groups feeds another bus, or is about to. */
static bool own_bus(const struct core_modules *modules, unsigned gun) {
    bool fed = false;
    for (unsigned i = 0; i < core_modules_groups(modules); i++) {
        if (tied(modules) && modules->group[i].home == gun && !at_rest_on(modules, i, gun)) {
            return false;
        }
        fed = fed || (at_rest_on(modules, i, gun) && core_distribution_group_w(modules, i) > 0);
    }
    return fed;
}

/* It has good modules, wherever they are just now. */
static bool owns_good(const struct core_modules *modules, unsigned gun) {
    bool good = false;
    for (unsigned i = 0; i < core_modules_groups(modules); i++) {
        good = good || (modules->group[i].home == gun && core_distribution_group_w(modules, i) > 0);
    }
    return good;
}

/* Its bus was another one's a moment ago, and carries that one's voltage. */
static bool given_back(const struct core_modules *modules, unsigned gun) {
    bool back = false;
    for (unsigned i = 0; i < core_modules_groups(modules); i++) {
        const struct core_module_group *of = &modules->group[i];
        back = back || (tied(modules) && at_rest_on(modules, i, gun) && of->home == gun &&
                        of->lent && modules->now - of->since_ns < BLEED_NS);
    }
    return back;
}

static enum core_fault shown(const struct core_modules *modules, unsigned gun) {
    enum core_fault notice = CORE_FAULT_NONE;
    for (unsigned i = 0; i < CORE_MODULES_MAX; i++) {
        const struct core_module *module = &modules->module[i];
        unsigned at = module->group < core_modules_groups(modules)
                          ? modules->group[module->group].at
                          : CORE_DEAL_NOBODY;
        if (module->state == CORE_MODULE_FREE || at != gun) {
            continue;
        }
        if ((module->flags & CORE_MODULE_HOT) != 0) {
            return CORE_FAULT_MODULE_HOT;
        }
        bool bad = module->state == CORE_MODULE_BARRED || module->state == CORE_MODULE_SILENT ||
                   (module->flags & CORE_MODULE_FAN) != 0;
        notice = bad ? CORE_FAULT_MODULE : notice;
    }
    return notice;
}

static bool delivers(const struct core_modules *modules, unsigned gun) {
    for (unsigned i = 0; i < CORE_MODULES_MAX; i++) {
        const struct core_module *module = &modules->module[i];
        if (core_roster_counts(modules, module) && core_plan_gun(modules, module->group) == gun) {
            return true;
        }
    }
    return false;
}

static enum core_fault starved(struct core_modules *modules, unsigned gun) {
    int64_t *since_ns = &modules->starved_ns[gun];
    if (!modules->wish[gun].on || delivers(modules, gun)) {
        *since_ns = 0;
    } else if (*since_ns == 0) {
        *since_ns = modules->now;
    }
    return *since_ns != 0 && modules->now - *since_ns > STARVED_NS ? CORE_FAULT_MODULES
                                                                   : CORE_FAULT_NONE;
}

static void supply(struct core_modules *modules, unsigned gun) {
    struct core_modules_supply *of = &modules->supply[gun];
    int64_t w = 0, ma = 0;
    for (unsigned i = 0; i < CORE_MODULES_MAX; i++) {
        const struct core_module *module = &modules->module[i];
        unsigned group = module->group;
        if (core_roster_fit(modules, module) && at_rest_on(modules, group, gun) &&
            modules->group[group].to == gun) {
            w += module->power_w;
            ma += module->current_max_ma;
        }
    }
    of->refusal = own_bus(modules, gun)     ? CORE_FAULT_NONE
                  : owns_good(modules, gun) ? CORE_FAULT_DISTRIBUTION
                                            : CORE_FAULT_MODULES;
    of->power_w = (int32_t)w;
    of->current_ma = ma > CORE_MA_MAX ? CORE_MA_MAX : (int32_t)ma;
    of->bleed = of->refusal == CORE_FAULT_NONE && given_back(modules, gun) &&
                !modules->wish[gun].on && modules->wish[gun].bus_mv > BLEED_MV;
    of->fault = starved(modules, gun);
    of->notice = shown(modules, gun);
}

/* The pile's power is divided in the proportion of what each could have. */
static void limit(struct core_modules *modules) {
    int64_t sum = 0, most = modules->param[CORE_P_POWER_MAX];
    for (unsigned i = 0; i < guns(modules); i++) {
        sum += modules->wish[i].served ? modules->supply[i].power_w : 0;
    }
    for (unsigned i = 0; sum > most && i < guns(modules); i++) {
        struct core_modules_supply *of = &modules->supply[i];
        of->power_w = (int32_t)(of->power_w * most / sum);
    }
}

void core_distribution_run(struct core_modules *modules) {
    if (!fixed(modules) && modules->now - modules->dealt_ns >= DEAL_NS) {
        modules->dealt_ns = modules->now;
        deal(modules);
    }
    for (unsigned i = 0; i < core_modules_groups(modules); i++) {
        step(modules, i);
    }
    for (unsigned i = 0; i < guns(modules); i++) {
        supply(modules, i);
    }
    limit(modules);
}
