/* SPDX-License-Identifier: MIT */
#include "modules/modules.h"

#include "modules/internal.h"

static const struct core_face *face_of(const int32_t *param) {
    switch (param[CORE_P_MODULE_FACE]) {
    case DUT_MODULES_INFYPOWER:
        return core_face_infypower();
    case DUT_MODULES_UUGREEN:
        return core_face_uugreen();
    default:
        return NULL;
    }
}

void core_modules_begin(struct core_modules *modules, const struct dut_host *host,
                        const int32_t *param, int64_t now_ns) {
    *modules = (struct core_modules){
        .host = host,
        .param = param,
        .now = now_ns,
        .slot_ns = now_ns,
        .read_ns = now_ns,
        .glided_ns = now_ns,
        .dealt_ns = now_ns,
    };
}

/* Parameters are set after begin and before the first run. What modules did before is not known: the
 * first that they hear is that they are off. */
static bool start(struct core_modules *modules) {
    if (modules->face == NULL) {
        modules->face = face_of(modules->param);
        if (modules->face != NULL) {
            modules->all_off_due = true;
            core_distribution_begin(modules);
        }
    }
    return modules->face != NULL;
}

void core_modules_hear(struct core_modules *modules, int64_t now_ns,
                       const struct dut_can_frame *frame) {
    struct core_module_report report;
    CORE_ASSERT(now_ns >= modules->now);
    if (modules->face == NULL || !modules->face->decode(frame, &report)) {
        return;
    }
    modules->now = now_ns;
    core_roster_hear(modules, &report);
}

static bool anybody_on(const struct core_modules_wish *wishes) {
    bool on = false;
    for (unsigned i = 0; i < DUT_GUNS_MAX; i++) {
        on = on || wishes[i].on;
    }
    return on;
}

/* A gun whose output ends: its groups are told off, all of them at once where nobody else delivers. */
static void note_ends(struct core_modules *modules, const struct core_modules_wish *wishes) {
    for (unsigned gun = 0; gun < DUT_GUNS_MAX; gun++) {
        if (!modules->wish[gun].on || wishes[gun].on) {
            continue;
        }
        modules->all_off_due = modules->all_off_due || !anybody_on(wishes);
        for (unsigned i = 0; i < core_modules_groups(modules); i++) {
            struct core_module_group *group = &modules->group[i];
            bool moves = group->step == CORE_GROUP_MATCHES && group->to == gun;
            group->off_due = group->off_due || group->at == gun || moves;
        }
    }
}

static void note_arrivals(struct core_modules *modules, const struct core_modules_wish *wishes) {
    for (unsigned gun = 0; gun < DUT_GUNS_MAX; gun++) {
        if (wishes[gun].served && !modules->wish[gun].served) {
            modules->order[gun] = ++modules->arrivals;
        }
    }
}

static void show(struct core_modules *modules, const int32_t *before) {
    for (unsigned gun = 0; gun < (unsigned)modules->param[CORE_P_GUNS]; gun++) {
        if (modules->closed[gun] != before[gun]) {
            modules->host->output(modules->host->ctx, gun, DUT_OUT_DISTRIBUTION,
                                  modules->closed[gun]);
        }
    }
}

int64_t core_modules_run(struct core_modules *modules, int64_t now_ns,
                         const struct core_modules_wish *wishes) {
    int32_t closed[DUT_GUNS_MAX] = {modules->closed[0], modules->closed[1]};
    CORE_ASSERT(now_ns >= modules->now);
    modules->now = now_ns;
    if (!start(modules)) {
        return DUT_NEVER;
    }
    note_ends(modules, wishes);
    note_arrivals(modules, wishes);
    for (unsigned gun = 0; gun < DUT_GUNS_MAX; gun++) {
        modules->wish[gun] = wishes[gun];
    }
    core_roster_age(modules);
    core_distribution_run(modules);
    core_plan(modules);
    int64_t wake = core_master_run(modules);
    show(modules, closed);
    CORE_ASSERT(wake > now_ns);
    return wake;
}
