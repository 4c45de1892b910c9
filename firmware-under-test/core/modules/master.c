/* SPDX-License-Identifier: MIT */
/* One command at a time: which is next. */
#include "modules/internal.h"

#define IN_A_ROW_MAX    2                       /* commands before a read has its turn */
#define SET_AGAIN_NS    (1000 * CORE_NS_PER_MS) /* set values are told again: a frame may be lost */
#define SWITCH_AGAIN_NS (300 * CORE_NS_PER_MS)  /* longer than a round of reads */
#define PROBE_NS        (500 * CORE_NS_PER_MS)  /* off, to a module that is not heard */
#define ABSENT_NS       (1000 * CORE_NS_PER_MS) /* the host has no such network: it may come */
#define FULL_NS         (1 * CORE_NS_PER_MS)
#define PLATE_EVERY     2 /* of the reads, while a module's plate is not known */
#define SCAN_EVERY      4 /* of the reads, while groups cannot be asked */
#define SCAN_BEYOND     4 /* addresses above the number of modules */

static struct core_module_target one(const struct core_module *module) {
    return (struct core_module_target){CORE_MODULE_ONE, module->address};
}

static struct core_module_target whole(const struct core_modules *modules, unsigned group) {
    unsigned number = (unsigned)core_modules_base(modules) + group;
    return (struct core_module_target){CORE_MODULE_GROUP, (uint8_t)number};
}

/* ---- sending ---- */

/* Sends the next part of the present command. False: it has no more. */
static bool send_part(struct core_modules *modules) {
    struct dut_can_frame frame;
    if (!modules->face->encode(modules->command, modules->part, modules->target, modules->part_mv,
                               modules->part_ma, &frame)) {
        return false;
    }
    int result = modules->host->can_send(modules->host->ctx, DUT_NET_MODULES, &frame);
    if (result < 0) {
        modules->slot_ns = modules->now + (result == DUT_ERROR_FULL ? FULL_NS : ABSENT_NS);
        return true;
    }
    modules->part++;
    modules->slot_ns = modules->now + core_modules_ns(modules, CORE_P_MODULE_SPACING);
    return true;
}

static void command(struct core_modules *modules, enum core_module_command what,
                    struct core_module_target target, int32_t mv, int32_t ma) {
    modules->command = what;
    modules->target = target;
    modules->part = 0;
    modules->part_mv = mv;
    modules->part_ma = ma;
    (void)send_part(modules);
}

static bool sent(const struct core_modules *modules) {
    return modules->part > 0;
}

/* ---- off ---- */

static void switched_off(struct core_modules *modules, struct core_module *module) {
    module->told_on = false;
    module->switched_ns = modules->now;
}

/* Off may come between the parts of set values: they are told again. */
static void tell_again(struct core_modules *modules) {
    for (unsigned i = 0; i < CORE_MODULES_MAX; i++) {
        modules->module[i].again_ns = modules->now;
    }
}

static bool off_group(struct core_modules *modules) {
    for (unsigned i = 0; i < core_modules_groups(modules); i++) {
        if (!modules->group[i].off_due) {
            continue;
        }
        tell_again(modules);
        command(modules, CORE_MODULE_OFF, whole(modules, i), 0, 0);
        modules->group[i].off_due = !sent(modules);
        for (unsigned k = 0; sent(modules) && k < CORE_MODULES_MAX; k++) {
            if (modules->module[k].group == i) {
                switched_off(modules, &modules->module[k]);
            }
        }
        return true;
    }
    return false;
}

static bool off(struct core_modules *modules) {
    if (!modules->all_off_due) {
        return off_group(modules);
    }
    tell_again(modules);
    command(modules, CORE_MODULE_OFF, (struct core_module_target){CORE_MODULE_ALL, 0}, 0, 0);
    if (sent(modules)) {
        modules->all_off_due = false;
        for (unsigned i = 0; i < CORE_MODULES_MAX; i++) {
            switched_off(modules, &modules->module[i]);
        }
        for (unsigned i = 0; i < CORE_MODULE_GROUPS_MAX; i++) {
            modules->group[i].off_due = false;
        }
    }
    return true;
}

/* ---- set values and on ---- */

static bool runs(const struct core_module *module) {
    return module->state == CORE_MODULE_SHARES || module->state == CORE_MODULE_JOINING;
}

/* All of a group can be told the same at once: set values, or set values and on. */
static bool agree(const struct core_modules *modules, const struct core_module *like, bool on) {
    if (core_modules_allocating(modules, like->group)) {
        return false;
    }
    for (unsigned i = 0; i < CORE_MODULES_MAX; i++) {
        const struct core_module *module = &modules->module[i];
        bool member = module->state != CORE_MODULE_FREE && module->group == like->group;
        if (member && !(module->state == CORE_MODULE_SHARES ||
                        (module->state == CORE_MODULE_BARRED && !on && !module->told_on))) {
            return false;
        }
        if (member && runs(module) &&
            (core_plan_mv(modules, module) != core_plan_mv(modules, like) ||
             core_plan_ma(modules, module) != core_plan_ma(modules, like))) {
            return false;
        }
    }
    return true;
}

static bool reached(const struct core_modules *modules, const struct core_module *module) {
    if (modules->target.reach == CORE_MODULE_ONE) {
        return module->address == modules->target.number;
    }
    return module->group + core_modules_base(modules) == modules->target.number;
}

static void set(struct core_modules *modules, const struct core_module *module) {
    int32_t mv = core_plan_mv(modules, module), ma = core_plan_ma(modules, module);
    struct core_module_target target =
        agree(modules, module, false) ? whole(modules, module->group) : one(module);
    command(modules, CORE_MODULE_SET, target, mv, ma);
    for (unsigned i = 0; sent(modules) && i < CORE_MODULES_MAX; i++) {
        struct core_module *told = &modules->module[i];
        if (told->state != CORE_MODULE_FREE && reached(modules, told)) {
            if (told->set_mv != mv || told->set_ma != ma) {
                told->set_ns = modules->now; /* since when it has been told this */
            }
            told->set_mv = mv;
            told->set_ma = ma;
            told->again_ns = modules->now + SET_AGAIN_NS;
        }
    }
}

static bool needs_set(const struct core_modules *modules, const struct core_module *module) {
    return runs(module) &&
           (module->set_mv != core_plan_mv(modules, module) ||
            module->set_ma != core_plan_ma(modules, module) || modules->now >= module->again_ns);
}

/* Set before on; and again where it says that it is off. */
static bool needs_on(const struct core_modules *modules, const struct core_module *module) {
    bool says_off = (module->flags & CORE_MODULE_OFF_NOW) != 0 &&
                    module->status_ns > module->switched_ns &&
                    modules->now - module->switched_ns > SWITCH_AGAIN_NS;
    return runs(module) && module->set_mv >= 0 && (!module->told_on || says_off);
}

static bool all_need_on(const struct core_modules *modules, unsigned group) {
    for (unsigned i = 0; i < CORE_MODULES_MAX; i++) {
        const struct core_module *module = &modules->module[i];
        if (module->state != CORE_MODULE_FREE && module->group == group &&
            !needs_on(modules, module)) {
            return false;
        }
    }
    return true;
}

static void switch_on(struct core_modules *modules, const struct core_module *module) {
    bool together = all_need_on(modules, module->group) && agree(modules, module, true);
    command(modules, CORE_MODULE_ON, together ? whole(modules, module->group) : one(module), 0, 0);
    for (unsigned i = 0; sent(modules) && i < CORE_MODULES_MAX; i++) {
        struct core_module *told = &modules->module[i];
        if (told->state != CORE_MODULE_FREE && reached(modules, told)) {
            told->told_on = true;
            told->switched_ns = modules->now;
        }
    }
}

/* Delivers, or was told to, and is not to. A silent one is told so again and again: it may be what it
 * hears first. */
static bool needs_off(const struct core_modules *modules, const struct core_module *module) {
    int64_t since_ns = modules->now - module->switched_ns;
    if (module->state == CORE_MODULE_SILENT) {
        return module->told_on || since_ns > PROBE_NS;
    }
    if (module->state != CORE_MODULE_IDLE && module->state != CORE_MODULE_BARRED) {
        return false;
    }
    bool says_on = (module->known & CORE_TELLS_STATUS) != 0 &&
                   (module->flags & CORE_MODULE_OFF_NOW) == 0 &&
                   module->status_ns > module->switched_ns;
    return module->told_on || (says_on && since_ns > SWITCH_AGAIN_NS);
}

static bool needs_preparation(const struct core_modules *modules,
                              const struct core_module *module) {
    bool walks =
        (module->flags & CORE_MODULE_WALKS_IN) != 0 && modules->param[CORE_P_MODULE_WALK_IN] == 0;
    bool idle = module->state == CORE_MODULE_IDLE && (module->flags & CORE_MODULE_OFF_NOW) != 0;
    return idle && (walks || module->low_range) && module->prepared < UINT8_MAX &&
           modules->now - module->switched_ns > SWITCH_AGAIN_NS;
}

static void prepare(struct core_modules *modules, struct core_module *module) {
    command(modules, module->low_range ? CORE_MODULE_HIGH_RANGE : CORE_MODULE_NO_WALK_IN,
            one(module), 0, 0);
    if (module->low_range && sent(modules)) {
        module->known &= (uint16_t)~CORE_TELLS_VOLTAGE_RANGE; /* is asked anew */
    }
    module->prepared++;
    module->switched_ns = modules->now;
}

static bool tell(struct core_modules *modules, struct core_module *module) {
    if (module->state == CORE_MODULE_FREE) {
        return false;
    }
    if (needs_off(modules, module)) {
        command(modules, CORE_MODULE_OFF, one(module), 0, 0);
        if (sent(modules)) {
            switched_off(modules, module);
        }
    } else if (needs_set(modules, module)) {
        set(modules, module);
    } else if (needs_on(modules, module)) {
        switch_on(modules, module);
    } else if (needs_preparation(modules, module)) {
        prepare(modules, module);
    } else {
        return false;
    }
    return true;
}

/* The next turn is that of whom the last command did not reach: a demand that moves all the time would
 * keep the first group's turn for ever. */
static unsigned after(const struct core_modules *modules, unsigned index) {
    unsigned next = (index + 1) % CORE_MODULES_MAX;
    while (next != index && reached(modules, &modules->module[next])) {
        next = (next + 1) % CORE_MODULES_MAX;
    }
    return next;
}

static bool tell_next(struct core_modules *modules) {
    for (unsigned i = 0; i < CORE_MODULES_MAX; i++) {
        unsigned index = (modules->cursor + i) % CORE_MODULES_MAX;
        if (tell(modules, &modules->module[index])) {
            modules->cursor = (uint8_t)after(modules, index);
            return true;
        }
    }
    return false;
}

/* ---- reads ---- */

static bool has_silent(const struct core_modules *modules, unsigned group) {
    for (unsigned i = 0; i < CORE_MODULES_MAX; i++) {
        const struct core_module *module = &modules->module[i];
        if (module->state == CORE_MODULE_SILENT &&
            (module->group == group || module->group == CORE_MODULE_GROUPS_MAX)) {
            return true;
        }
    }
    return false;
}

/* Asked for its status: an answer clears it. */
static void ask_status(struct core_module *module) {
    if (module->missed < UINT8_MAX) {
        module->missed++;
    }
}

static void ask_group(struct core_modules *modules, unsigned group) {
    command(modules, modules->ask_output ? CORE_MODULE_ASK_OUTPUT : CORE_MODULE_ASK_STATUS,
            whole(modules, group), 0, 0);
    for (unsigned i = 0; sent(modules) && i < CORE_MODULES_MAX; i++) {
        struct core_module *module = &modules->module[i];
        if (module->state != CORE_MODULE_FREE && module->group == group && !modules->ask_output) {
            ask_status(module);
        }
    }
}

static void ask_one(struct core_modules *modules, struct core_module *module) {
    command(modules, modules->ask_output ? CORE_MODULE_ASK_OUTPUT : CORE_MODULE_ASK_STATUS,
            one(module), 0, 0);
    if (sent(modules) && !modules->ask_output) {
        ask_status(module);
    }
}

/* The next module of a group that cannot be asked as a whole, from ask_module on. */
static struct core_module *next_of(struct core_modules *modules, unsigned group) {
    for (; modules->ask_module < CORE_MODULES_MAX; modules->ask_module++) {
        struct core_module *module = &modules->module[modules->ask_module];
        if (module->state != CORE_MODULE_FREE && module->state != CORE_MODULE_SILENT &&
            module->group == group) {
            modules->ask_module++;
            return module;
        }
    }
    return NULL;
}

static void next_group(struct core_modules *modules) {
    modules->ask_module = 0;
    modules->ask_output = !modules->ask_output;
    if (!modules->ask_output) {
        modules->ask_group = (uint8_t)((modules->ask_group + 1) % core_modules_groups(modules));
    }
}

/* A module that is there and whose plate or group is not known. */
static struct core_module *unknown(struct core_modules *modules) {
    const unsigned needed =
        CORE_TELLS_VOLTAGE_RANGE | CORE_TELLS_CURRENT_MAX | CORE_TELLS_GROUP | CORE_TELLS_STATUS;
    for (unsigned i = 0; i < CORE_MODULES_MAX; i++) {
        struct core_module *module =
            &modules->module[(modules->reads / PLATE_EVERY + i) % CORE_MODULES_MAX];
        if (module->state != CORE_MODULE_FREE && module->state != CORE_MODULE_SILENT &&
            (module->known & needed) != needed) {
            return module;
        }
    }
    return NULL;
}

static void ask_unknown(struct core_modules *modules, struct core_module *module) {
    unsigned plate = CORE_TELLS_VOLTAGE_RANGE | CORE_TELLS_CURRENT_MAX;
    bool has_plate = (module->known & plate) == plate;
    command(modules, has_plate ? CORE_MODULE_ASK_STATUS : CORE_MODULE_ASK_PLATE, one(module), 0, 0);
    if (sent(modules)) {
        ask_status(module);
    }
}

static bool scan(struct core_modules *modules) {
    unsigned first = modules->face->address_first;
    unsigned count = (unsigned)modules->param[CORE_P_MODULE_COUNT] + SCAN_BEYOND;
    for (unsigned tried = 0; tried < count; tried++) {
        modules->scanned = (uint8_t)((modules->scanned + 1) % count);
        unsigned address = first + modules->scanned;
        bool there = false;
        for (unsigned i = 0; i < CORE_MODULES_MAX; i++) {
            there = there || (modules->module[i].state != CORE_MODULE_FREE &&
                              modules->module[i].address == address);
        }
        if (!there && address <= modules->face->address_last) {
            command(modules, CORE_MODULE_ASK_STATUS,
                    (struct core_module_target){CORE_MODULE_ONE, (uint8_t)address}, 0, 0);
            return true;
        }
    }
    return false;
}

/* Groups are asked as a whole, and module by module while one of them is silent: a read would be what
 * it hears first. What is new is then found by its address. */
static void read(struct core_modules *modules) {
    modules->reads++;
    struct core_module *module = modules->reads % PLATE_EVERY == 0 ? unknown(modules) : NULL;
    if (module != NULL) {
        ask_unknown(modules, module);
        return;
    }
    for (unsigned tried = 0; tried <= 2 * core_modules_groups(modules); tried++) {
        unsigned group = modules->ask_group;
        if (!has_silent(modules, group)) {
            ask_group(modules, group);
            next_group(modules);
            return;
        }
        if (modules->reads % SCAN_EVERY == 0 && scan(modules)) {
            return;
        }
        module = next_of(modules, group);
        if (module != NULL) {
            ask_one(modules, module);
            return;
        }
        next_group(modules);
    }
    (void)scan(modules);
}

static bool read_due(struct core_modules *modules) {
    if (modules->now < modules->read_ns) {
        return false;
    }
    bool served = false;
    for (unsigned i = 0; i < DUT_GUNS_MAX; i++) {
        served = served || modules->wish[i].served;
    }
    read(modules);
    modules->in_a_row = 0;
    modules->read_ns = modules->now + core_modules_ns(modules, served ? CORE_P_MODULE_READ
                                                                      : CORE_P_MODULE_READ_IDLE);
    return true;
}

/* Rest of a command that has several parts. */
static bool go_on(struct core_modules *modules) {
    return modules->part > 0 && modules->part < CORE_MODULE_PARTS_MAX && send_part(modules);
}

static void next(struct core_modules *modules) {
    if (off(modules) || go_on(modules)) {
        return;
    }
    modules->part = 0;
    if (modules->in_a_row >= IN_A_ROW_MAX && read_due(modules)) {
        return;
    }
    if (tell_next(modules)) {
        if (modules->in_a_row < IN_A_ROW_MAX) {
            modules->in_a_row++;
        }
        return;
    }
    (void)read_due(modules);
}

int64_t core_master_run(struct core_modules *modules) {
    if (modules->now >= modules->slot_ns) {
        next(modules);
    }
    if (modules->slot_ns > modules->now) {
        return modules->slot_ns;
    }
    CORE_ASSERT(modules->read_ns > modules->now);
    return modules->read_ns;
}
