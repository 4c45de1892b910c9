/* SPDX-License-Identifier: MIT */
/* Module groups of two guns: a host whose buses and tie the test moves by hand. */
#include "power/groups.h"

#include <check.h>
#include <stdlib.h>

#define MS 1000000LL

static int32_t inner_mv[DUT_GUNS_MAX], closed[DUT_GUNS_MAX];
static int32_t out[DUT_GUNS_MAX][DUT_OUTPUTS];
static int32_t param[CORE_PARAM_COUNT];
static struct core_groups groups;
static struct core_group_use uses[DUT_GUNS_MAX];
static int64_t now_ns;

static int32_t host_input(void *ctx, unsigned gun, enum dut_input channel) {
    (void)ctx;
    return channel == DUT_IN_INNER_MV ? inner_mv[gun] : closed[gun];
}

static void host_output(void *ctx, unsigned gun, enum dut_output channel, int32_t value) {
    (void)ctx;
    out[gun][channel] = value;
}

static const struct dut_host host = {.input = host_input, .output = host_output};

static void setup(void) {
    core_params_default(param);
    param[CORE_P_GUNS] = 2;
    param[CORE_P_MODULE_GROUPS] = 2;
    core_groups_begin(&groups, &host, param);
    now_ns = 0;
    for (unsigned gun = 0; gun < DUT_GUNS_MAX; gun++) {
        uses[gun] = (struct core_group_use){.idle = true};
        inner_mv[gun] = 0;
        closed[gun] = 1 << gun;
        for (unsigned i = 0; i < DUT_OUTPUTS; i++) {
            out[gun][i] = 0;
        }
    }
}

static void pass(int64_t ms) {
    for (int64_t end_ns = now_ns + ms * MS; now_ns < end_ns; now_ns += 10 * MS) {
        core_groups_run(&groups, now_ns, uses);
    }
}

static void tie_follows(void) {
    bool is = out[0][DUT_OUT_DISTRIBUTION] == 3 || out[1][DUT_OUT_DISTRIBUTION] == 3;
    closed[0] = is ? 3 : 1;
    closed[1] = is ? 3 : 2;
}

/* Gun 0 charges at 540 V and asks for 200 A. */
static void charge(int32_t demand_ma) {
    uses[0] = (struct core_group_use){
        .charges = true, .demand_ma = demand_ma, .set_mv = 580000, .set_ma = 125000};
    inner_mv[0] = 540000;
}

static void join(void) {
    charge(200000);
    pass(20);
    inner_mv[1] = out[1][DUT_OUT_MODULE_MV];
    pass(20);
    tie_follows();
    pass(20);
    ck_assert_int_eq(groups.state, CORE_GROUPS_JOINED);
    uses[0].set_ma = 200000;
    pass(20);
}

START_TEST(nothing_moves_where_groups_are_fixed) {
    param[CORE_P_MODULE_GROUPS] = 0;
    charge(250000);
    ck_assert_int_eq(core_groups_run(&groups, now_ns, uses), DUT_NEVER);
    ck_assert_int_eq(core_groups_max_ma(&groups, 0), CORE_MA_MAX);
    ck_assert_int_eq(out[1][DUT_OUT_MODULES_ON], 0);
}
END_TEST

START_TEST(a_group_is_lent_where_one_is_too_little) {
    charge(125000); /* one is enough */
    pass(100);
    ck_assert_int_eq(groups.state, CORE_GROUPS_APART);
    charge(200000);
    pass(50);
    ck_assert_int_eq(out[1][DUT_OUT_MODULES_ON], 1);
    ck_assert_int_eq(out[1][DUT_OUT_MODULE_MV], 538000);
    ck_assert_int_eq(out[0][DUT_OUT_DISTRIBUTION], 0); /* not onto 540 V */
    ck_assert_int_eq(core_groups_max_ma(&groups, 0), 125000);
    inner_mv[1] = 538000;
    pass(20);
    ck_assert_int_eq(out[0][DUT_OUT_DISTRIBUTION], 3);
    tie_follows();
    pass(20);
    ck_assert_int_eq(core_groups_max_ma(&groups, 0), 250000);
    ck_assert_int_eq(core_groups_right(&groups, 1), CORE_GROUP_LENT);
    uses[0].set_ma = 200000;
    pass(20);
    ck_assert_int_eq(out[1][DUT_OUT_MODULE_MA], 75000);
    ck_assert_int_eq(out[1][DUT_OUT_MODULE_MV], 580000);
}
END_TEST

START_TEST(it_is_given_back_without_load_and_proven_apart) {
    join();
    uses[1].idle = false; /* its session waits for it */
    pass(100);
    ck_assert_int_eq(groups.state, CORE_GROUPS_RETURNING);
    ck_assert_int_eq(out[0][DUT_OUT_DISTRIBUTION], 3); /* 75 A flow in it */
    ck_assert_int_eq(core_groups_max_ma(&groups, 0), 125000);
    uses[0].set_ma = 125000;
    pass(30);
    ck_assert_int_eq(out[1][DUT_OUT_MODULES_ON], 0);
    ck_assert_int_eq(out[0][DUT_OUT_DISTRIBUTION], 3);
    pass(50);
    ck_assert_int_eq(out[0][DUT_OUT_DISTRIBUTION], 1);
    ck_assert_int_eq(out[1][DUT_OUT_DISTRIBUTION], 2);
    tie_follows();
    pass(30);
    ck_assert_int_eq(out[1][DUT_OUT_DISCHARGE], 1);
    ck_assert_int_eq(core_groups_right(&groups, 1), CORE_GROUP_LENT);
    inner_mv[1] = 5000;
    pass(20);
    ck_assert_int_eq(out[1][DUT_OUT_DISCHARGE], 0);
    ck_assert_int_eq(core_groups_right(&groups, 1), CORE_GROUP_OWN);
}
END_TEST

START_TEST(a_weld_takes_the_owner_s_right_whatever_the_contact_says) {
    for (int shown = 0; shown < 2; shown++) {
        setup();
        join();
        uses[1].idle = false;
        uses[0].set_ma = 100000;
        pass(200);
        if (!shown) {
            tie_follows(); /* the auxiliary contact moves, the bus stays live */
        }
        pass(5000);
        ck_assert_int_eq(groups.state, CORE_GROUPS_LOST);
        ck_assert_int_eq(core_groups_right(&groups, 1), CORE_GROUP_LOST);
        ck_assert_int_eq(core_groups_right(&groups, 0), CORE_GROUP_OWN);
        ck_assert_int_eq(out[1][DUT_OUT_DISCHARGE], 0); /* not against the other one's vehicle */
        uses[1].idle = true;
        inner_mv[1] = 0; /* mended: dead beside a live one */
        tie_follows();
        pass(50);
        ck_assert_int_eq(core_groups_right(&groups, 1), CORE_GROUP_OWN);
    }
}
END_TEST

/* Nobody lent anything: the bus of an idle gun comes up with the other one's. */
START_TEST(a_weld_of_before_is_found_by_the_idle_gun_s_bus) {
    charge(50000);
    pass(500);
    ck_assert_int_eq(core_groups_right(&groups, 1), CORE_GROUP_OWN);
    inner_mv[1] = 540000;
    pass(100);
    ck_assert_int_eq(core_groups_right(&groups, 1), CORE_GROUP_OWN); /* may be chance */
    pass(300);
    ck_assert_int_eq(core_groups_right(&groups, 1), CORE_GROUP_LOST);
}
END_TEST

START_TEST(a_tie_that_does_not_close_is_not_tried_again_in_this_charge) {
    charge(200000);
    pass(20);
    inner_mv[1] = 538000;
    pass(500); /* the contact stays open */
    ck_assert_int_eq(out[0][DUT_OUT_DISTRIBUTION], 1);
    ck_assert_int_eq(out[1][DUT_OUT_MODULES_ON], 0);
    inner_mv[1] = 0;
    pass(1000);
    ck_assert_int_eq(groups.state, CORE_GROUPS_APART);
    ck_assert_int_eq(out[1][DUT_OUT_MODULES_ON], 0);
    uses[0].charges = false;
    pass(20);
    charge(200000);
    pass(20);
    ck_assert_int_eq(groups.state, CORE_GROUPS_RAISING);
}
END_TEST

START_TEST(a_borrower_that_is_killed_leaves_nothing_of_the_lent_group) {
    join();
    uses[0].charges = false;
    uses[0].set_ma = 0;
    core_groups_run(&groups, now_ns, uses);
    core_groups_run(&groups, now_ns, uses);
    ck_assert_int_eq(out[1][DUT_OUT_MODULES_ON], 0);
    ck_assert_int_eq(out[1][DUT_OUT_MODULE_MA], 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("groups");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, NULL);
    tcase_add_test(all, nothing_moves_where_groups_are_fixed);
    tcase_add_test(all, a_group_is_lent_where_one_is_too_little);
    tcase_add_test(all, it_is_given_back_without_load_and_proven_apart);
    tcase_add_test(all, a_weld_takes_the_owner_s_right_whatever_the_contact_says);
    tcase_add_test(all, a_weld_of_before_is_found_by_the_idle_gun_s_bus);
    tcase_add_test(all, a_tie_that_does_not_close_is_not_tried_again_in_this_charge);
    tcase_add_test(all, a_borrower_that_is_killed_leaves_nothing_of_the_lent_group);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
