/* SPDX-License-Identifier: MIT */
#include "harness/run/absent.h"

#include "harness/expression/expression.h"
#include "harness/scenario/needs.h"
#include "harness/scenario/profile.h"
#include "harness/scenario/scenario.h"
#include "sim/memory.h"

#include <assert.h>
#include <string.h>

#define SETTABLE "firmware.settable"

static bool is_absent(const struct need *need, const struct signal_board *board, int64_t now_ns) {
    struct expression_fault fault;
    struct expression *condition = expression_compile(need->condition, board, &fault);
    assert(condition != NULL); /* the loader has compiled it before */
    expression_start(condition, now_ns, NULL, NULL);
    bool absent = expression_truth(condition) == TRUTH_FALSE;
    expression_free(condition);
    return absent;
}

static struct phrase not_there(const struct need *need) {
    if (need->title.en == NULL) {
        return (struct phrase){memory_format("needs '%s'; this pile has it not", need->condition),
                               memory_format("需要“%s”，本充电桩不具备", need->condition)};
    }
    return (struct phrase){
        memory_format("needs %s; it is declared that there is none", need->title.en),
        memory_format("需要%s，已声明不具备", need->title.zh)};
}

static struct phrase demanded(const struct need *need, const struct demand *demand,
                              const struct profile *profile) {
    return (struct phrase){
        memory_format("the profile %s demands %s (%s); it is declared that there is none",
                      profile->name, need->title.en, demand->source),
        memory_format("%s要求%s（%s），已声明不具备", profile->name, need->title.zh,
                      demand->source)};
}

bool absent_look(const struct scenario *scenario, const struct profile *profile,
                 const struct signal_board *board, int64_t now_ns, struct absent *absent) {
    *absent = (struct absent){0};
    for (size_t i = 0; i < scenario->need_count && !absent->demanded; i++) {
        const struct need *need = &scenario->needs[i];
        const struct demand *demand = profile_demand(profile, need);
        if (!is_absent(need, board, now_ns) || (absent->why.en != NULL && demand == NULL)) {
            continue;
        }
        phrase_clear(&absent->why);
        absent->why = demand != NULL ? demanded(need, demand, profile) : not_there(need);
        absent->demanded = demand != NULL;
        absent->unset = strcmp(need->condition, SETTABLE) == 0;
    }
    assert(!absent->demanded || absent->why.en != NULL);
    return absent->why.en != NULL;
}
