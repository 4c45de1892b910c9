/* SPDX-License-Identifier: MIT */
/* What each module is to deliver. */
#include "modules/internal.h"

#define WEIGHT_OF_ONE 1000
#define ODD_MA        2000 /* off its set value by more, and by a fifth: it does not do what it was told */
#define ODD_PART      5
#define ODD_MV        5000 /* so far below its set voltage it delivers its current */
#define ODD_NS        (2000 * CORE_NS_PER_MS)
#define SETTLED_NS    (500 * CORE_NS_PER_MS)  /* from a set value to a reading that shows it */
#define START_NS      (3000 * CORE_NS_PER_MS) /* from on to a module that says so */
#define JOIN_NS       (5000 * CORE_NS_PER_MS)
#define MATCH_MA      1000 /* of a group that raises its voltage alone */
#define MATCH_STEP_MV 1000

static bool matches(const struct core_modules *modules, unsigned group) {
    const struct core_module_group *of = &modules->group[group];
    return (of->step == CORE_GROUP_MATCHES || of->step == CORE_GROUP_MEETS) &&
           of->to < DUT_GUNS_MAX && modules->wish[of->to].on;
}

unsigned core_plan_gun(const struct core_modules *modules, unsigned group) {
    if (group >= core_modules_groups(modules)) {
        return CORE_DEAL_NOBODY;
    }
    const struct core_module_group *of = &modules->group[group];
    bool connected = of->step == CORE_GROUP_RESTS || of->step == CORE_GROUP_DRAINS;
    return connected && of->at < DUT_GUNS_MAX && modules->wish[of->at].on ? of->at
                                                                          : CORE_DEAL_NOBODY;
}

static const struct core_modules_wish *wish_of(const struct core_modules *modules, unsigned group) {
    unsigned gun = core_plan_gun(modules, group);
    return gun < DUT_GUNS_MAX ? &modules->wish[gun] : NULL;
}

static int32_t within(int32_t value, int32_t low, int32_t high) {
    return value < low ? low : value > high ? high : value;
}

int32_t core_plan_mv(const struct core_modules *modules, const struct core_module *module) {
    const struct core_modules_wish *wish = wish_of(modules, module->group);
    int32_t mv = wish != NULL ? wish->mv : 0;
    if (wish == NULL) { /* it raises its voltage to that of the bus it goes to */
        int32_t bus_mv = modules->wish[modules->group[module->group].to].bus_mv;
        mv = bus_mv > 0 ? bus_mv / MATCH_STEP_MV * MATCH_STEP_MV : 0;
    }
    return within(mv, module->voltage_min_mv, module->voltage_max_mv);
}

/* Beyond what it can, a module ignores its set value. */
static int32_t most_ma(const struct core_modules *modules, const struct core_module *module) {
    int32_t mv = core_plan_mv(modules, module);
    int64_t by_power = mv > 0 ? (int64_t)module->power_w * 1000000 / mv : module->current_max_ma;
    return by_power < module->current_max_ma ? (int32_t)by_power : module->current_max_ma;
}

int32_t core_plan_ma(const struct core_modules *modules, const struct core_module *module) {
    if (module->state == CORE_MODULE_JOINING) {
        return 0;
    }
    return within(modules->each_ma[module->group], 0, module->current_max_ma);
}

/* ---- states ---- */

static bool shares_already(const struct core_modules *modules, unsigned gun) {
    for (unsigned i = 0; i < CORE_MODULES_MAX; i++) {
        const struct core_module *module = &modules->module[i];
        if (module->state == CORE_MODULE_SHARES && core_plan_gun(modules, module->group) == gun) {
            return true;
        }
    }
    return false;
}

static bool says_on(const struct core_module *module) {
    return module->told_on && module->status_ns > module->switched_ns &&
           (module->flags & CORE_MODULE_OFF_NOW) == 0;
}

/* With one frame to all of its group, so that it takes what the others give at the same instant; one by
 * one only where that does not come. */
static bool may_share(const struct core_modules *modules, const struct core_module *module) {
    return says_on(module) && (!core_modules_allocating(modules, module->group) ||
                               modules->now - module->switched_ns > JOIN_NS);
}

static void begin(struct core_modules *modules, struct core_module *module,
                  enum core_module_state state) {
    module->state = (uint8_t)state;
    module->told_on = false;
    module->odd = false;
    module->set_mv = module->set_ma = -1; /* set before on */
    module->switched_ns = modules->now;
}

static void next_state(struct core_modules *modules, struct core_module *module, const bool *warm) {
    unsigned gun = core_plan_gun(modules, module->group);
    bool raises = gun == CORE_DEAL_NOBODY && module->group < CORE_MODULE_GROUPS_MAX &&
                  matches(modules, module->group);
    bool runs = module->state == CORE_MODULE_SHARES || module->state == CORE_MODULE_JOINING;
    if (module->state == CORE_MODULE_FREE || module->state == CORE_MODULE_SILENT) {
        return;
    }
    if (!core_roster_fit(modules, module)) {
        module->state = module->disobeys || (module->flags & CORE_MODULE_UNFIT) != 0
                            ? CORE_MODULE_BARRED
                            : CORE_MODULE_IDLE;
    } else if (gun == CORE_DEAL_NOBODY && !raises) {
        module->state = CORE_MODULE_IDLE;
    } else if (!runs) {
        bool joins = !raises && warm[gun];
        begin(modules, module, joins ? CORE_MODULE_JOINING : CORE_MODULE_SHARES);
    } else if (module->state == CORE_MODULE_JOINING && may_share(modules, module)) {
        module->state = CORE_MODULE_SHARES;
    }
}

/* Reported against told. Below its set value only where nothing else limits it: voltage, power. */
static bool looks_odd(const struct core_modules *modules, const struct core_module *module) {
    int32_t off_ma = module->ma - module->set_ma;
    int32_t margin = module->set_ma / ODD_PART > ODD_MA ? module->set_ma / ODD_PART : ODD_MA;
    const struct core_modules_wish *wish = wish_of(modules, module->group);
    if (module->state != CORE_MODULE_SHARES || wish == NULL || module->set_ma < 0) {
        return false;
    }
    if (!says_on(module)) {
        return modules->now - module->switched_ns > START_NS;
    }
    if (modules->now - module->set_ns < SETTLED_NS) {
        return module->odd; /* no reading since */
    }
    bool limited = (module->flags & (CORE_MODULE_LIMITED | CORE_MODULE_WALKS_IN)) != 0 ||
                   wish->bus_mv + ODD_MV > module->set_mv;
    return off_ma > margin || (off_ma < -margin && !limited);
}

static void judge(struct core_modules *modules, struct core_module *module) {
    bool odd = looks_odd(modules, module);
    if (odd && !module->odd) {
        module->odd_ns = modules->now;
    }
    module->odd = odd;
    if (odd && modules->now - module->odd_ns > ODD_NS && !module->disobeys) {
        core_roster_log(modules, module, "does not do what it was told");
        module->disobeys = true;
    }
    unsigned home = module->group < CORE_MODULE_GROUPS_MAX ? modules->group[module->group].at
                                                           : CORE_DEAL_NOBODY;
    if (home < DUT_GUNS_MAX && !modules->wish[home].served) {
        module->disobeys = false; /* the next charge tries it anew */
    }
}

/* ---- currents ---- */

/* What flows into a gun from modules that are not counted on. Those that are heard say it; for the
 * others the gun's own current does, less what the counted ones were told. */
static int32_t uncounted_ma(const struct core_modules *modules, unsigned gun) {
    int64_t told = 0, doubtful = 0, said = 0;
    for (unsigned i = 0; i < CORE_MODULES_MAX; i++) {
        const struct core_module *module = &modules->module[i];
        if (module->state == CORE_MODULE_FREE || core_plan_gun(modules, module->group) != gun) {
            continue;
        }
        bool counted = core_roster_counts(modules, module);
        told += counted && module->set_ma > 0 ? module->set_ma : 0;
        doubtful += core_roster_doubtful(modules, module) ? module->set_ma : 0;
        said += module->state == CORE_MODULE_BARRED ? module->ma : 0;
    }
    int64_t rest = modules->wish[gun].current_ma - told - said;
    rest = rest < 0 ? 0 : rest > doubtful ? doubtful : rest;
    return (int32_t)(rest + said);
}

static void share(struct core_modules *modules, unsigned gun) {
    struct core_share_group groups[CORE_MODULE_GROUPS_MAX] = {{0}};
    const unsigned count = core_modules_groups(modules);
    for (unsigned i = 0; i < CORE_MODULES_MAX; i++) {
        const struct core_module *module = &modules->module[i];
        if (!core_roster_counts(modules, module) || core_plan_gun(modules, module->group) != gun) {
            continue;
        }
        struct core_share_group *group = &groups[module->group];
        int32_t most = most_ma(modules, module);
        group->most_ma = group->count == 0 || most < group->most_ma ? most : group->most_ma;
        group->count++;
    }
    for (unsigned i = 0; i < count; i++) {
        groups[i].weight = groups[i].count > 0 ? modules->group[i].weight : 0;
    }
    core_share(modules->wish[gun].ma - uncounted_ma(modules, gun), groups, count);
    for (unsigned i = 0; i < count; i++) {
        if (core_plan_gun(modules, i) == gun) {
            modules->each_ma[i] = groups[i].each_ma;
        }
    }
}

/* ---- weights ---- */

static int32_t weight_wanted(const struct core_modules *modules, unsigned group) {
    int32_t weight = 0;
    for (unsigned i = 0; i < CORE_MODULES_MAX; i++) {
        const struct core_module *module = &modules->module[i];
        weight += module->group == group && core_roster_counts(modules, module) ? WEIGHT_OF_ONE : 0;
    }
    return modules->group[group].step == CORE_GROUP_RESTS ? weight : 0;
}

static int64_t weight_of_gun(const struct core_modules *modules, unsigned gun) {
    int64_t sum = 0;
    for (unsigned i = 0; i < core_modules_groups(modules); i++) {
        sum += core_plan_gun(modules, i) == gun ? modules->group[i].weight : 0;
    }
    return sum;
}

/* A gun's current moves slowly from group to group: the sum stays as it is. */
static void glide(struct core_modules *modules) {
    int64_t elapsed_ms = (modules->now - modules->glided_ns) / CORE_NS_PER_MS;
    int32_t transfer_ms = modules->param[CORE_P_DISTRIBUTION_TRANSFER];
    int64_t step = elapsed_ms * CORE_MODULES_MAX * WEIGHT_OF_ONE / 2 / (transfer_ms + 1);
    bool cold[DUT_GUNS_MAX];
    for (unsigned i = 0; i < DUT_GUNS_MAX; i++) {
        cold[i] = weight_of_gun(modules, i) == 0;
    }
    for (unsigned i = 0; i < core_modules_groups(modules); i++) {
        unsigned gun = core_plan_gun(modules, i);
        int32_t wanted = weight_wanted(modules, i), *weight = &modules->group[i].weight;
        int64_t way = wanted - *weight;
        if (gun == CORE_DEAL_NOBODY) {
            *weight = 0;
        } else {
            way = cold[gun] ? way : way > step ? step : way < -step ? -step : way;
            *weight += (int32_t)way;
        }
    }
    modules->glided_ns += elapsed_ms * CORE_NS_PER_MS;
}

void core_plan(struct core_modules *modules) {
    bool warm[DUT_GUNS_MAX];
    for (unsigned i = 0; i < DUT_GUNS_MAX; i++) {
        warm[i] = shares_already(modules, i);
    }
    for (unsigned i = 0; i < CORE_MODULES_MAX; i++) {
        judge(modules, &modules->module[i]);
        next_state(modules, &modules->module[i], warm);
    }
    glide(modules);
    for (unsigned i = 0; i < CORE_MODULE_GROUPS_MAX; i++) {
        modules->each_ma[i] =
            i < core_modules_groups(modules) && matches(modules, i) ? MATCH_MA : 0;
    }
    for (unsigned i = 0; i < DUT_GUNS_MAX; i++) {
        if (modules->wish[i].on) {
            share(modules, i);
        }
    }
}
