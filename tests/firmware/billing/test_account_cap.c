/* SPDX-License-Identifier: MIT */
/* How much current the last steps before a limit admit: what may still come beyond the reserve takes
 * billing.creep at least. A step is 0.01 kWh: 36 kJ. */
#include "billing/account.h"
#include "tests/support/suite.h"

static int32_t params[CORE_PARAM_COUNT];
static struct core_services services;
static struct core_account account;

static void setup(void) {
    core_params_default(params);
    services = (struct core_services){.param = params};
    account = (struct core_account){.services = &services};
    account.charge.active = true;
    account.charge.record.billing = (struct core_billing){
        .mode = CHARGE_BY_ENERGY, .ceiling = CORE_BILLING_NO_CEILING, .tariff = 1};
}

static void teardown(void) {
}

static const struct {
    uint32_t allowed, reserve; /* steps */
    int32_t creep_ms, mv;
    int32_t ma;
} rows[] = {
    {2, 1, 6000, 500000, 12000}, /* 36 kJ in 6 s at 500 V */
    {11, 1, 6000, 500000, 120000},
    {11, 1, 12000, 500000, 60000},
    {11, 1, 6000, 250000, 240000},
    {1, 1, 6000, 500000, 12000}, /* nothing beyond the reserve: as for one step */
    {0, 1, 6000, 500000, 12000},
    {2, 1, 6000000 / 2, 1001, 11988}, /* 1.001 V */
    {2, 1, 6000000 / 2, 1000, 12000},
    {2, 1, 6000000 / 2, 0, 12000}, /* no less than 1 V is reckoned with */
    {11, 1, 0, 500000, CORE_MA_MAX},
    {1000, 1, 6000, 500000, CORE_MA_MAX},
    /* 1000 kWh away nothing is capped, whatever the parameters */
    {100000, 0, 3600000, 2000000, 500000},
    {60000, 0, 3600000, 2000000, 300000},
    {100001, 0, 3600000, 2000000, CORE_MA_MAX},
};

START_TEST(cap_before_a_limit) {
    account.charge.record.billing.limit = rows[_i].allowed;
    account.charge.setup.reserve = rows[_i].reserve;
    params[CORE_P_BILLING_CREEP] = rows[_i].creep_ms;
    services.in[DUT_IN_OUTER_MV] = rows[_i].mv;
    ck_assert_int_eq(core_account_cap_ma(&account), rows[_i].ma);
}
END_TEST

START_TEST(no_charge_no_cap) {
    account.charge.active = false;
    account.charge.record.billing.limit = 1;
    services.in[DUT_IN_OUTER_MV] = 500000;
    ck_assert_int_eq(core_account_cap_ma(&account), CORE_MA_MAX);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("account_cap");
    TCase *tc = tcase_create("account_cap");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, cap_before_a_limit, 0, sizeof rows / sizeof rows[0]);
    tcase_add_test(tc, no_charge_no_cap);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
