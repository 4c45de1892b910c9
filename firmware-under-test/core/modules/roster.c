/* SPDX-License-Identifier: MIT */
/* Who is there, and how far each is to be believed. */
#include "modules/internal.h"

#define PLATE         (CORE_TELLS_VOLTAGE_RANGE | CORE_TELLS_CURRENT_MAX)
#define NEEDED        (PLATE | CORE_TELLS_STATUS | CORE_TELLS_GROUP)
#define TWICE_NS      (2000 * CORE_NS_PER_MS) /* two marks within it: two modules, not a new one */
#define PREPARE_TRIES 3

static struct core_module *find(struct core_modules *modules, unsigned address) {
    struct core_module *unused = NULL;
    for (unsigned i = 0; i < CORE_MODULES_MAX; i++) {
        struct core_module *module = &modules->module[i];
        if (module->state == CORE_MODULE_FREE) {
            unused = unused == NULL ? module : unused;
        } else if (module->address == address) {
            return module;
        }
    }
    return unused;
}

void core_roster_log(const struct core_modules *modules, const struct core_module *module,
                     const char *what) {
    char text[] = "module    :                                 ";
    const unsigned at = 11, most = sizeof text - 1;
    text[7] = (char)('0' + module->address / 10 % 10);
    text[8] = (char)('0' + module->address % 10);
    text[9] = ':';
    text[10] = ' ';
    unsigned length = at;
    for (; *what != '\0' && length < most; what++) {
        text[length++] = *what;
    }
    text[length] = '\0';
    modules->host->log(modules->host->ctx, text);
}

/* Nothing is said of which module allocates its address: it has none. The last command's group has
 * one; where a single address was asked, any group may. */
static void note_allocation(struct core_modules *modules) {
    for (unsigned i = 0; i < core_modules_groups(modules); i++) {
        unsigned number = (unsigned)core_modules_base(modules) + i;
        if (modules->target.reach != CORE_MODULE_GROUP || modules->target.number == number) {
            modules->group[i].allocating_ns = modules->now;
        }
    }
}

static void take_group(struct core_modules *modules, struct core_module *module, int32_t number) {
    int32_t group = number - core_modules_base(modules);
    bool one_of_ours = group >= 0 && group < modules->param[CORE_P_DISTRIBUTION_GROUPS];
    uint8_t index = one_of_ours ? (uint8_t)group : CORE_MODULE_GROUPS_MAX;
    if (module->group != index) { /* a share is of a group */
        module->group = index;
        module->state = CORE_MODULE_IDLE;
    }
}

static void take_status(struct core_modules *modules, struct core_module *module, uint16_t flags) {
    uint16_t unfit = flags & CORE_MODULE_UNFIT, was = module->flags & CORE_MODULE_UNFIT;
    if (unfit != was) {
        core_roster_log(modules, module,
                        unfit == 0                       ? "well"
                        : (unfit & CORE_MODULE_HOT) != 0 ? "hot"
                                                         : "unfit");
    }
    module->flags = flags & (uint16_t)~CORE_MODULE_LOW_RANGE;
    module->status_ns = modules->now;
}

static void take(struct core_modules *modules, struct core_module *module,
                 const struct core_module_report *report) {
    if (report->tells & CORE_TELLS_GROUP) {
        take_group(modules, module, report->group);
    }
    if (report->tells & CORE_TELLS_STATUS) {
        take_status(modules, module, report->flags);
    }
    if (report->tells & CORE_TELLS_SELECTION) {
        module->low_range = (report->flags & CORE_MODULE_LOW_RANGE) != 0;
    }
    if (report->tells & CORE_TELLS_VOLTAGE) {
        module->mv = report->mv;
    }
    if (report->tells & CORE_TELLS_CURRENT) {
        module->ma = report->ma;
        module->output_ns = modules->now;
    }
    if (report->tells & CORE_TELLS_VOLTAGE_RANGE) {
        module->voltage_min_mv = report->voltage_min_mv;
        module->voltage_max_mv = report->voltage_max_mv;
    }
    if (report->tells & CORE_TELLS_CURRENT_MAX) {
        module->current_max_ma = report->current_max_ma;
    }
    if (report->tells & CORE_TELLS_POWER) {
        module->power_w = report->power_w;
    }
    module->known |= report->tells;
}

static void arrive(struct core_modules *modules, struct core_module *module,
                   const struct core_module_report *report) {
    *module = (struct core_module){
        .address = report->address,
        .group = CORE_MODULE_GROUPS_MAX,
        .state = CORE_MODULE_IDLE,
        .mark = report->mark,
        .power_w = modules->param[CORE_P_MODULE_POWER],
        .set_mv = -1,
        .set_ma = -1,
    };
    core_roster_log(modules, module, "there");
}

/* It was told off while it was not heard; what it says now is all that is known of it. */
static void come_back(struct core_modules *modules, struct core_module *module) {
    core_roster_log(modules, module, "heard again");
    module->state = CORE_MODULE_IDLE;
    module->known &= (uint16_t) ~(CORE_TELLS_STATUS | CORE_TELLS_VOLTAGE_RANGE);
    module->prepared = 0;
    module->set_mv = module->set_ma = -1;
    module->told_on = false;
}

void core_roster_hear(struct core_modules *modules, const struct core_module_report *report) {
    if (report->tells & CORE_TELLS_ALLOCATING) {
        note_allocation(modules);
        return;
    }
    struct core_module *module = find(modules, report->address);
    if (module == NULL) {
        return; /* more than fit: not commanded, and off since nobody switches it on */
    }
    if (module->state == CORE_MODULE_FREE) {
        arrive(modules, module, report);
    } else if (module->state == CORE_MODULE_SILENT) {
        come_back(modules, module);
    }
    take(modules, module, report);
    if (module->mark != report->mark) {
        if (modules->now - module->heard_ns < TWICE_NS) {
            module->flags |= CORE_MODULE_REPEATED;
        }
        module->mark = report->mark;
    }
    module->heard_ns = modules->now;
    module->missed = 0;
}

static bool heard_within(const struct core_modules *modules, const struct core_module *module,
                         enum core_param ms) {
    return modules->now - module->heard_ns <= core_modules_ns(modules, ms);
}

void core_roster_age(struct core_modules *modules) {
    for (unsigned i = 0; i < CORE_MODULES_MAX; i++) {
        struct core_module *module = &modules->module[i];
        if (module->state == CORE_MODULE_FREE) {
            continue;
        }
        CORE_ASSERT(module->heard_ns <= modules->now);
        if (module->state != CORE_MODULE_SILENT &&
            module->missed >= modules->param[CORE_P_MODULE_SILENT]) {
            core_roster_log(modules, module, "silent");
            module->state = CORE_MODULE_SILENT;
        }
        if (module->state == CORE_MODULE_SILENT &&
            !heard_within(modules, module, CORE_P_MODULE_FORGET)) {
            core_roster_log(modules, module, "forgotten");
            module->state = CORE_MODULE_FREE;
        }
    }
}

bool core_roster_fit(const struct core_modules *modules, const struct core_module *module) {
    bool prepared = (module->flags & CORE_MODULE_WALKS_IN) == 0 ||
                    modules->param[CORE_P_MODULE_WALK_IN] != 0 || module->prepared >= PREPARE_TRIES;
    return module->state != CORE_MODULE_FREE && module->state != CORE_MODULE_SILENT &&
           (module->known & NEEDED) == NEEDED && module->group < CORE_MODULE_GROUPS_MAX &&
           (module->flags & CORE_MODULE_UNFIT) == 0 && !module->disobeys && !module->low_range &&
           prepared;
}

bool core_roster_doubtful(const struct core_modules *modules, const struct core_module *module) {
    if (module->set_ma <= 0) {
        return false;
    }
    if (module->state == CORE_MODULE_SHARES) {
        return !core_roster_counts(modules, module);
    }
    return module->state == CORE_MODULE_SILENT;
}

bool core_roster_dead(const struct core_modules *modules, const struct core_module *module) {
    return module->state == CORE_MODULE_SILENT &&
           !heard_within(modules, module, CORE_P_MODULE_LOST);
}

bool core_roster_counts(const struct core_modules *modules, const struct core_module *module) {
    return module->state == CORE_MODULE_SHARES &&
           module->missed < modules->param[CORE_P_MODULE_SUSPECT];
}
