/* SPDX-License-Identifier: MIT */
/* What the host hands in and what goes out to it: bounds, and nothing twice. */
#include "services/services.h"
#include "tests/support/suite.h"

#include <string.h>

#define BEYOND 1000000000 /* of any quantity; differences of two of these fit */

static int32_t input_value;
static unsigned writes;
static char logged[200];

static int32_t read_input(void *ctx, unsigned gun, enum dut_input channel) {
    (void)ctx, (void)gun, (void)channel;
    return input_value;
}

static void write_output(void *ctx, unsigned gun, enum dut_output channel, int32_t value) {
    (void)ctx, (void)gun, (void)channel, (void)value;
    writes++;
}

static void take_log(void *ctx, const char *text) {
    (void)ctx;
    ck_assert_uint_lt(strlen(text), sizeof logged);
    strcpy(logged, text);
}

static const struct dut_host host = {.input = read_input, .output = write_output, .log = take_log};
static int32_t params[CORE_PARAM_COUNT];
static struct core_services services;

static void setup(void) {
    core_params_default(params);
    core_services_begin(&services, &host, params, 1, 5);
    writes = 0;
}

static void teardown(void) {
}

static const struct {
    int32_t in, kept;
} inputs[] = {
    {0, 0},
    {-1, -1},
    {BEYOND, BEYOND},
    {BEYOND + 1, BEYOND},
    {INT32_MAX, BEYOND},
    {-BEYOND, -BEYOND},
    {-BEYOND - 1, -BEYOND},
    {INT32_MIN, -BEYOND},
};

/* Read, and told. */
START_TEST(inputs_are_bounded) {
    input_value = inputs[_i].in;
    ck_assert_int_eq(core_read(&services, DUT_IN_OUTER_MV), inputs[_i].kept);
    ck_assert_int_eq(services.in[DUT_IN_OUTER_MV], inputs[_i].kept);
    core_services_input(&services, DUT_IN_INNER_MV, inputs[_i].in);
    ck_assert_int_eq(services.in[DUT_IN_INNER_MV], inputs[_i].kept);
}
END_TEST

START_TEST(an_output_is_written_when_it_changes) {
    core_output_set(&services, DUT_OUT_K1, 0);
    ck_assert_uint_eq(writes, 0);
    core_output_set(&services, DUT_OUT_K1, 1);
    core_output_set(&services, DUT_OUT_K1, 1);
    ck_assert_uint_eq(writes, 1);
}
END_TEST

/* A line of the log has 95 characters at most, whichever part is too long. */
START_TEST(log_lines_are_cut) {
    char long_text[300];
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    core_log(&services, "fault", "no BRM");
    ck_assert_str_eq(logged, "gun B: fault: no BRM");
    core_log(&services, "fault", long_text);
    ck_assert_uint_eq(strlen(logged), 95);
    ck_assert(strncmp(logged, "gun B: fault: xxx", 17) == 0 && logged[94] == 'x');
    core_log(&services, long_text, "no BRM");
    ck_assert_uint_eq(strlen(logged), 95);
    ck_assert(strncmp(logged, "gun B: xxx", 10) == 0 && logged[94] == 'x');
}
END_TEST

/* Numbers that no fault has get the row of none. */
START_TEST(faults_beyond_the_list) {
    static const int32_t beyond[] = {-1, INT32_MIN, CORE_FAULT_COUNT, INT32_MAX};
    ck_assert_str_eq(core_fault_row(0)->name, "none");
    ck_assert_str_eq(core_fault_row(1)->name, "emergency stop");
    ck_assert_str_ne(core_fault_row(CORE_FAULT_COUNT - 1)->name, "none");
    ck_assert_str_eq(core_fault_row(beyond[_i])->name, "none");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("services");
    TCase *tc = tcase_create("services");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, inputs_are_bounded, 0, sizeof inputs / sizeof inputs[0]);
    tcase_add_test(tc, an_output_is_written_when_it_changes);
    tcase_add_test(tc, log_lines_are_cut);
    tcase_add_loop_test(tc, faults_beyond_the_list, 0, 4);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
