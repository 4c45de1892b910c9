/* SPDX-License-Identifier: MIT */
#include "modules/deal.h"

#include "services/assert.h"

#define NONE CORE_MODULE_GROUPS_MAX

struct hands {
    const struct core_deal *table;
    uint8_t *dealt;
    int64_t w[DUT_GUNS_MAX];
    unsigned count[DUT_GUNS_MAX];
};

static bool earlier(const struct core_deal *table, unsigned a, unsigned b) {
    unsigned first = table->gun[a].order, second = table->gun[b].order;
    return first != second ? first < second : a < b;
}

/* May this gun be given this group? */
static bool free_for(const struct hands *hands, unsigned group, unsigned gun) {
    const struct core_deal_group *of = &hands->table->group[group];
    bool foreign = of->home != gun && hands->table->gun[of->home].served;
    return hands->dealt[group] == CORE_DEAL_NOBODY && of->w > 0 && !(hands->table->tied && foreign);
}

/* What it has, its own, those of guns that rest, the others. */
static unsigned rank(const struct core_deal *table, unsigned group, unsigned gun, bool own_first) {
    const struct core_deal_group *of = &table->group[group];
    if (own_first && of->home == gun) {
        return 0;
    }
    if (of->now == gun) {
        return 1;
    }
    if (of->home == gun) {
        return 2;
    }
    return table->gun[of->home].served ? 4 : 3;
}

static unsigned choose_group(const struct hands *hands, unsigned gun, bool own_first) {
    unsigned best = NONE;
    for (unsigned i = 0; i < hands->table->group_count; i++) {
        if (free_for(hands, i, gun) &&
            (best == NONE ||
             rank(hands->table, i, gun, own_first) < rank(hands->table, best, gun, own_first))) {
            best = i;
        }
    }
    return best;
}

static void give(struct hands *hands, unsigned group, unsigned gun) {
    CORE_ASSERT(hands->dealt[group] == CORE_DEAL_NOBODY && hands->table->gun[gun].served);
    hands->dealt[group] = (uint8_t)gun;
    hands->w[gun] += hands->table->group[group].w;
    hands->count[gun]++;
}

/* Is a's turn before b's? */
static bool before(const struct hands *hands, unsigned a, unsigned b) {
    const struct core_deal *table = hands->table;
    if (table->policy == CORE_DEAL_EQUAL && hands->count[a] != hands->count[b]) {
        return hands->count[a] < hands->count[b];
    }
    if (table->policy == CORE_DEAL_PROPORTIONAL) {
        int64_t of_a = hands->w[a] * table->gun[b].want_w;
        int64_t of_b = hands->w[b] * table->gun[a].want_w;
        if (of_a != of_b) {
            return of_a < of_b;
        }
    }
    return earlier(table, a, b);
}

static bool wants(const struct hands *hands, unsigned gun) {
    const struct core_deal_gun *of = &hands->table->gun[gun];
    return of->served && hands->w[gun] < of->want_w && choose_group(hands, gun, false) != NONE;
}

static unsigned next_gun(const struct hands *hands) {
    unsigned next = DUT_GUNS_MAX;
    for (unsigned i = 0; i < DUT_GUNS_MAX; i++) {
        if (wants(hands, i) && (next == DUT_GUNS_MAX || before(hands, i, next))) {
            next = i;
        }
    }
    return next;
}

static void deal_first(struct hands *hands) {
    bool done[DUT_GUNS_MAX] = {false};
    for (unsigned round = 0; round < DUT_GUNS_MAX; round++) {
        unsigned next = DUT_GUNS_MAX;
        for (unsigned i = 0; i < DUT_GUNS_MAX; i++) {
            if (!done[i] && (next == DUT_GUNS_MAX || earlier(hands->table, i, next))) {
                next = i;
            }
        }
        done[next] = true;
        unsigned group = hands->table->gun[next].served ? choose_group(hands, next, true) : NONE;
        if (group != NONE) {
            give(hands, group, next);
        }
    }
}

static void leave_where_they_are(struct hands *hands) {
    for (unsigned i = 0; i < hands->table->group_count; i++) {
        unsigned now = hands->table->group[i].now;
        unsigned home = hands->table->group[i].home;
        if (now < DUT_GUNS_MAX && hands->table->gun[now].served && free_for(hands, i, now)) {
            give(hands, i, now);
        } else if (hands->table->gun[home].served && free_for(hands, i, home)) {
            give(hands, i, home);
        }
    }
}

void core_deal(const struct core_deal *table, uint8_t *dealt) {
    struct hands hands = {.table = table, .dealt = dealt};
    CORE_ASSERT(table->group_count <= CORE_MODULE_GROUPS_MAX);
    for (unsigned i = 0; i < table->group_count; i++) {
        CORE_ASSERT(table->group[i].home < DUT_GUNS_MAX && table->group[i].w >= 0);
        dealt[i] = CORE_DEAL_NOBODY;
    }
    deal_first(&hands);
    for (unsigned i = 0; i < table->group_count; i++) {
        unsigned gun = next_gun(&hands);
        if (gun == DUT_GUNS_MAX) {
            break;
        }
        give(&hands, choose_group(&hands, gun, false), gun);
    }
    leave_where_they_are(&hands);
}
