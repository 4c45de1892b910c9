/* SPDX-License-Identifier: MIT */
/* Who gets which group, and how much each module: what must hold for any table at all. */
#include "firmware-under-test/core/modules/deal.h"
#include "firmware-under-test/core/modules/share.h"
#include "tests/support/suite.h"

#include <check.h>
#include <string.h>

static uint64_t state;

static unsigned dice(unsigned below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % below;
}

static struct core_deal any_table(void) {
    struct core_deal table = {
        .policy = (enum core_deal_policy)dice(3),
        .tied = dice(2) != 0,
        .group_count = 1 + dice(CORE_MODULE_GROUPS_MAX),
    };
    for (unsigned i = 0; i < DUT_GUNS_MAX; i++) {
        table.gun[i] = (struct core_deal_gun){dice(4) != 0, dice(3), (int32_t)dice(300) * 1000};
    }
    for (unsigned i = 0; i < table.group_count; i++) {
        uint8_t home = (uint8_t)(i * 2 / table.group_count);
        uint8_t now = dice(3) == 0 ? (uint8_t)dice(2) : dice(4) == 0 ? CORE_DEAL_NOBODY : home;
        table.group[i] =
            (struct core_deal_group){home, now, dice(6) == 0 ? 0 : (int32_t)dice(8) * 20000};
    }
    return table;
}

static int64_t power_of(const struct core_deal *table, const uint8_t *dealt, unsigned gun) {
    int64_t w = 0;
    for (unsigned i = 0; i < table->group_count; i++) {
        w += dealt[i] == gun ? table->group[i].w : 0;
    }
    return w;
}

static unsigned count_of(const struct core_deal *table, const uint8_t *dealt, unsigned gun) {
    unsigned count = 0;
    for (unsigned i = 0; i < table->group_count; i++) {
        count += dealt[i] == gun;
    }
    return count;
}

/* Could this gun be given the group? */
static bool open_to(const struct core_deal *table, unsigned group, unsigned gun) {
    unsigned home = table->group[group].home;
    return table->group[group].w > 0 && !(table->tied && home != gun && table->gun[home].served);
}

static void check_table(const struct core_deal *table, const uint8_t *dealt) {
    for (unsigned i = 0; i < table->group_count; i++) {
        unsigned gun = dealt[i];
        if (gun == CORE_DEAL_NOBODY) {
            continue;
        }
        ck_assert_uint_lt(gun, DUT_GUNS_MAX);
        ck_assert(table->gun[gun].served); /* to nobody who is not there */
        ck_assert(open_to(table, i, gun)); /* nothing dead, no bus to two guns */
    }
    for (unsigned gun = 0; gun < DUT_GUNS_MAX; gun++) {
        unsigned free_left = 0, could_have = 0;
        for (unsigned i = 0; i < table->group_count; i++) {
            free_left += dealt[i] == CORE_DEAL_NOBODY && open_to(table, i, gun);
            could_have += open_to(table, i, gun);
        }
        if (!table->gun[gun].served) {
            continue;
        }
        if (table->tied || could_have >= DUT_GUNS_MAX) { /* nobody starves */
            ck_assert(count_of(table, dealt, gun) > 0 || could_have == 0);
        }
        /* Nobody goes short while there is something left for him. */
        ck_assert(free_left == 0 || power_of(table, dealt, gun) >= table->gun[gun].want_w);
    }
}

START_TEST(any_deal_holds) {
    state = 1;
    for (unsigned i = 0; i < 40000; i++) {
        struct core_deal table = any_table();
        uint8_t dealt[CORE_MODULE_GROUPS_MAX], again[CORE_MODULE_GROUPS_MAX];
        core_deal(&table, dealt);
        check_table(&table, dealt);
        core_deal(&table, again);
        ck_assert_mem_eq(dealt, again, table.group_count);
    }
}
END_TEST

/* What was dealt is dealt again: contactors come to rest. */
START_TEST(a_deal_is_stable) {
    state = 2;
    for (unsigned i = 0; i < 20000; i++) {
        struct core_deal table = any_table();
        uint8_t dealt[CORE_MODULE_GROUPS_MAX], next[CORE_MODULE_GROUPS_MAX];
        core_deal(&table, dealt);
        for (unsigned round = 0; round < 3; round++) {
            for (unsigned k = 0; k < table.group_count; k++) {
                table.group[k].now = dealt[k];
            }
            core_deal(&table, next);
            if (round > 0) {
                ck_assert_mem_eq(dealt, next, table.group_count);
            }
            memcpy(dealt, next, sizeof dealt);
        }
    }
}
END_TEST

static struct core_deal pile(unsigned groups, bool tied, int32_t want_a, int32_t want_b) {
    struct core_deal table = {.tied = tied, .group_count = groups};
    for (unsigned i = 0; i < groups; i++) {
        uint8_t home = (uint8_t)(i * 2 / groups);
        table.group[i] = (struct core_deal_group){home, home, 240000 / (int32_t)groups};
    }
    table.gun[0] = (struct core_deal_gun){want_a >= 0, 1, want_a};
    table.gun[1] = (struct core_deal_gun){want_b >= 0, 2, want_b};
    return table;
}

static void check(const struct core_deal *table, const char *want) {
    uint8_t dealt[CORE_MODULE_GROUPS_MAX];
    char got[CORE_MODULE_GROUPS_MAX + 1] = "";
    core_deal(table, dealt);
    for (unsigned i = 0; i < table->group_count; i++) {
        got[i] = dealt[i] == CORE_DEAL_NOBODY ? '-' : (char)('A' + dealt[i]);
    }
    ck_assert_str_eq(got, want);
}

START_TEST(one_tie) {
    struct core_deal table = pile(2, true, 100000, -1);
    check(&table, "A-");
    table = pile(2, true, 187500, -1);
    check(&table, "AA"); /* lent */
    table = pile(2, true, 187500, 0);
    table.group[1].now = 0;
    check(&table, "AB"); /* the starting gun takes it back, before it wants anything */
    table = pile(2, true, -1, 200000);
    check(&table, "BB");
    table = pile(2, true, 90000, -1);
    table.group[1].now = 0;
    check(&table, "AA"); /* a demand that falls moves no contactor */
    table = pile(2, true, -1, -1);
    table.group[1].now = 0;
    check(&table, "--"); /* whoever ends gives back */
}
END_TEST

START_TEST(a_matrix_by_each_policy) {
    struct core_deal table = pile(4, false, 240000, 240000);
    check(&table, "AABA"); /* by time: the second keeps one */
    table.policy = CORE_DEAL_EQUAL;
    check(&table, "AABB");
    table = pile(4, false, 180000, 60000);
    table.policy = CORE_DEAL_PROPORTIONAL;
    check(&table, "AABA");
    table = pile(4, false, 60000, 180000);
    table.policy = CORE_DEAL_PROPORTIONAL;
    check(&table, "ABBB");
    table.policy = CORE_DEAL_BY_TIME;
    check(&table, "ABBB"); /* the first has what it wants */
}
END_TEST

START_TEST(dead_groups_are_not_dealt) {
    struct core_deal table = pile(4, false, 120000, 60000);
    table.group[0].w = 0;
    check(&table, "-ABA");
    table = pile(2, true, 50000, 50000);
    table.group[0].w = 0;
    check(&table, "-B"); /* nothing is left for A: B's bus is B's */
}
END_TEST

/* ---- currents ---- */

START_TEST(any_share_holds) {
    state = 3;
    for (unsigned i = 0; i < 40000; i++) {
        struct core_share_group groups[CORE_MODULE_GROUPS_MAX] = {{0}};
        unsigned count = 1 + dice(CORE_MODULE_GROUPS_MAX);
        int64_t most = 0, sum = 0, modules = 0;
        int32_t demand = (int32_t)dice(600000) - 1000;
        for (unsigned k = 0; k < count; k++) {
            groups[k] = (struct core_share_group){(int32_t)dice(3) * (int32_t)dice(6001), dice(7),
                                                  (int32_t)dice(60001), (int32_t)dice(99)};
            bool can = groups[k].weight > 0;
            most += can ? (int64_t)groups[k].most_ma * groups[k].count : 0;
            modules += groups[k].count;
        }
        core_share(demand, groups, count);
        for (unsigned k = 0; k < count; k++) {
            ck_assert(groups[k].each_ma >= 0 && groups[k].each_ma <= groups[k].most_ma);
            ck_assert(groups[k].weight > 0 || groups[k].each_ma == 0);
            sum += (int64_t)groups[k].each_ma * groups[k].count;
        }
        int64_t wanted = demand < 0 ? 0 : demand < most ? demand : most;
        ck_assert_int_le(sum, demand < 0 ? 0 : demand);
        ck_assert_int_ge(sum, wanted - modules * CORE_MODULE_GROUPS_MAX); /* rounding */
    }
}
END_TEST

START_TEST(shares_by_weight) {
    struct core_share_group groups[] = {{6000, 6, 60000, 0}, {6000, 6, 60000, 0}};
    core_share(240000, groups, 2);
    ck_assert_int_eq(groups[0].each_ma, 20000);
    ck_assert_int_eq(groups[1].each_ma, 20000);
    groups[1].weight = 0;
    core_share(240000, groups, 2);
    ck_assert_int_eq(groups[0].each_ma, 40000);
    ck_assert_int_eq(groups[1].each_ma, 0);
    groups[0].most_ma = 25000;
    groups[1].weight = 100;
    core_share(240000, groups, 2);
    ck_assert_int_eq(groups[0].each_ma, 25000); /* what it cannot, the other does */
    ck_assert_int_eq(groups[1].each_ma, 15000);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("deal");
    TCase *tc = tcase_create("deal");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, any_deal_holds);
    tcase_add_test(tc, a_deal_is_stable);
    tcase_add_test(tc, one_tie);
    tcase_add_test(tc, a_matrix_by_each_policy);
    tcase_add_test(tc, dead_groups_are_not_dealt);
    tcase_add_test(tc, any_share_holds);
    tcase_add_test(tc, shares_by_weight);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
