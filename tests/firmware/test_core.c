/* SPDX-License-Identifier: MIT */
/* The port contract: parameters, names, bad calls, two guns. */
#include "tests/firmware/support/fake_pile.h"
#include "tests/support/suite.h"

START_TEST(parameters_are_complete) {
    for (size_t i = 0; i < pile->api->param_count; i++) {
        const struct dut_param *p = &pile->api->params[i];
        ck_assert(p->name != NULL && p->unit != NULL && p->clause != NULL && p->clause[0] != '\0');
        ck_assert_int_le(p->min, p->value);
        ck_assert_int_ge(p->max, p->value);
        ck_assert_int_eq(pile->api->set_param(pile->dut, p->name, p->max), 0);
        ck_assert_int_eq(pile->api->set_param(pile->dut, p->name, p->min), 0);
        for (size_t k = 0; k < i; k++) {
            ck_assert_str_ne(p->name, pile->api->params[k].name);
        }
    }
}
END_TEST

START_TEST(wrong_parameters_are_refused) {
    ck_assert_int_eq(pile->api->set_param(pile->dut, "brm.time", 1), DUT_ERROR_ABSENT);
    ck_assert_int_eq(pile->api->set_param(pile->dut, "", 1), DUT_ERROR_ABSENT);
    ck_assert_int_eq(pile->api->set_param(pile->dut, "brm.timeout", -1), DUT_ERROR_ARGUMENT);
    ck_assert_int_eq(pile->api->set_param(pile->dut, "guns", 3), DUT_ERROR_ARGUMENT);
}
END_TEST

START_TEST(every_number_has_a_name) {
    for (int32_t i = -5; i < 100; i++) {
        ck_assert_ptr_nonnull(pile->api->state_name(i));
        ck_assert_ptr_nonnull(pile->api->fault_name(i));
    }
    ck_assert_str_eq(pile->api->fault_name(0), "none");
    ck_assert_str_eq(pile->api->fault_name(1), "emergency stop");
    ck_assert_str_eq(pile->api->fault_name(1000), "unknown");
}
END_TEST

START_TEST(calls_from_nowhere_change_nothing) {
    static const struct dut_can_frame frame = {0x182756F4, 2, {0x70, 0x17}};
    fake_call(pile);
    pile->api->on_can(pile->dut, pile->now, DUT_NET_HOST, &frame);
    pile->api->on_can(pile->dut, pile->now, DUT_NET_VEHICLE + 1, &frame);
    pile->api->on_input(pile->dut, pile->now, 1, DUT_IN_ESTOP, 0);
    pile->api->on_input(pile->dut, pile->now, 7, DUT_IN_CC1_MV, 4000);
    pile->api->on_input(pile->dut, pile->now, 0, (enum dut_input)99, 1);
    pile->api->on_serial(pile->dut, pile->now, 0, frame.data, 8);
    fake_run(pile, 1000);
    ck_assert_str_eq(fake_state(pile, 0), "idle");
}
END_TEST

static int32_t no_input(void *ctx, unsigned gun, enum dut_input channel) {
    (void)ctx, (void)gun, (void)channel;
    return 0;
}

static void no_output(void *ctx, unsigned gun, enum dut_output channel, int32_t value) {
    (void)ctx, (void)gun, (void)channel, (void)value;
}

static int no_frame(void *ctx, unsigned net, const struct dut_can_frame *frame) {
    (void)ctx, (void)net, (void)frame;
    return 0;
}

static void no_log(void *ctx, const char *text) {
    (void)ctx, (void)text;
}

/* Without one of the four that it needs; the fifth time it has them all. */
START_TEST(incomplete_host_is_refused) {
    struct dut_host host = {
        .input = no_input, .output = no_output, .can_send = no_frame, .log = no_log};
    switch (_i) {
    case 0:
        host.input = NULL;
        break;
    case 1:
        host.output = NULL;
        break;
    case 2:
        host.can_send = NULL;
        break;
    case 3:
        host.log = NULL;
        break;
    default:
        break;
    }
    ck_assert_int_eq(pile->api->init(pile->dut, &host, 0), _i == 4 ? 0 : DUT_ERROR_ARGUMENT);
    ck_assert_int_eq(pile->api->init(pile->dut, NULL, 0), DUT_ERROR_ARGUMENT);
}
END_TEST

static void two_guns(void) {
    pile->guns = 2;
    fake_param(pile, "guns", 2);
    fake_start(pile);
    fake_start_gun(pile, 1);
    fake_run(pile, 10000);
    ck_assert_str_eq(fake_state(pile, 0), "charging");
    ck_assert_str_eq(fake_state(pile, 1), "charging");
}

START_TEST(two_guns_charge_at_once) {
    two_guns();
    ck_assert_int_eq(pile->gun[1].out[DUT_OUT_MODULE_MA], 100000);
    fake_input(pile, DUT_IN_STOP, 1); /* of gun 0 alone */
    fake_run(pile, 5000);
    ck_assert_str_eq(fake_state(pile, 0), "ended");
    ck_assert_str_eq(fake_state(pile, 1), "charging");
}
END_TEST

START_TEST(two_guns_share_the_power) {
    fake_param(pile, "output.power_max", 54000); /* 100 A at 540 V */
    two_guns();
    fake_run(pile, 3000);
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_MODULE_MA], 50000);
    ck_assert_int_eq(pile->gun[1].out[DUT_OUT_MODULE_MA], 50000);
    fake_input(pile, DUT_IN_STOP, 1);
    fake_run(pile, 5000);
    ck_assert_int_eq(pile->gun[1].out[DUT_OUT_MODULE_MA], 100000);
}
END_TEST

START_TEST(emergency_stop_is_the_piles) {
    two_guns();
    fake_input(pile, DUT_IN_ESTOP, 1);
    fake_run(pile, 100);
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_K1], 0);
    ck_assert_int_eq(pile->gun[1].out[DUT_OUT_K1], 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("core");
    TCase *tc = tcase_create("core");
    tcase_add_checked_fixture(tc, fake_setup, fake_teardown);
    tcase_add_test(tc, parameters_are_complete);
    tcase_add_test(tc, wrong_parameters_are_refused);
    tcase_add_test(tc, every_number_has_a_name);
    tcase_add_test(tc, calls_from_nowhere_change_nothing);
    tcase_add_loop_test(tc, incomplete_host_is_refused, 0, 5);
    tcase_add_test(tc, two_guns_charge_at_once);
    tcase_add_test(tc, two_guns_share_the_power);
    tcase_add_test(tc, emergency_stop_is_the_piles);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
