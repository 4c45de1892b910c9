/* SPDX-License-Identifier: MIT */
/* Two guns crossed, and inputs that count for both: only in a firmware that serves two. */
#include "harness/mutant/mutation.h"

#include "tests/support/suite.h"
#include <stdlib.h>
#include <string.h>

#define CRM_ID 0x1801F456u

/* What the firmware was told, and what the host was. */
static struct {
    unsigned line, net, output_gun;
    int32_t value, told[DUT_GUNS_MAX];
} seen;
static int32_t inputs[DUT_GUNS_MAX];
static const struct dut_host *given;

static int init(void *dut, const struct dut_host *host, int64_t now_ns) {
    (void)dut, (void)now_ns;
    given = host;
    return 0;
}

static int set_param(void *dut, const char *name, int32_t value) {
    (void)dut, (void)name, (void)value;
    return 0;
}

static void on_input(void *dut, int64_t now_ns, unsigned gun, enum dut_input channel,
                     int32_t value) {
    (void)dut, (void)now_ns, (void)channel;
    seen.told[gun] = value;
}

static void on_serial(void *dut, int64_t now_ns, unsigned line, const uint8_t *bytes,
                      size_t count) {
    (void)dut, (void)now_ns, (void)bytes, (void)count;
    seen.line = line;
}

static int64_t run(void *dut, int64_t now_ns) {
    (void)dut, (void)now_ns;
    return DUT_NEVER;
}

static const struct dut_param params[] = {{.name = "guns", .value = 1, .min = 1, .max = 2}};

static const struct dut_api api = {.abi_version = DUT_ABI_VERSION,
                                   .guns = 2,
                                   .instance_size = 1,
                                   .name = "two guns",
                                   .params = params,
                                   .param_count = 1,
                                   .init = init,
                                   .set_param = set_param,
                                   .on_input = on_input,
                                   .on_serial = on_serial,
                                   .run = run};

static int can_send(void *ctx, unsigned net, const struct dut_can_frame *frame) {
    (void)ctx, (void)frame;
    seen.net = net;
    return 0;
}

static int serial_write(void *ctx, unsigned line, const uint8_t *bytes, size_t count) {
    (void)ctx, (void)bytes, (void)count;
    seen.line = line;
    return 0;
}

static int32_t input(void *ctx, unsigned gun, enum dut_input channel) {
    (void)ctx, (void)channel;
    return inputs[gun];
}

static void output(void *ctx, unsigned gun, enum dut_output channel, int32_t value) {
    (void)ctx, (void)channel;
    seen.output_gun = gun;
    seen.value = value;
}

static const struct dut_host host = {
    .can_send = can_send, .serial_write = serial_write, .input = input, .output = output};
static const struct dut_api *mutant;
static void *dut;

static void make(enum mutation_type type, const char *what, int32_t guns) {
    static struct mutation mutation;
    struct problem problem = {0};
    mutation = (struct mutation){.type = type, .what = what};
    mutant = mutation_apply(&api, EDITION_2015, &mutation, 1, &problem);
    ck_assert_msg(mutant != NULL, "%s", problem.text);
    dut = calloc(1, mutant->instance_size);
    memset(&seen, 0, sizeof seen);
    ck_assert_int_eq(mutant->init(dut, &host, 0), 0);
    ck_assert_int_eq(mutant->set_param(dut, "guns", guns), 0);
}

/* What reaches gun 0 of the firmware, or comes from it, is of this gun. */
static void expect_gun(enum mutation_type type, const char *what, int32_t guns, unsigned gun) {
    const struct dut_can_frame frame = {.id = CRM_ID, .len = 8};
    const uint8_t bytes[1] = {0};
    make(type, what, guns);
    inputs[0] = 10;
    inputs[1] = 20;
    if (strcmp(what, "CRM") == 0) {
        given->can_send(given->ctx, DUT_NET_VEHICLE, &frame);
        ck_assert_uint_eq(seen.net, DUT_NET_VEHICLE + gun);
    } else if (strcmp(what, "meter") == 0) {
        given->serial_write(given->ctx, DUT_LINE_DC_METER, bytes, 1);
        ck_assert_uint_eq(seen.line, DUT_LINE_DC_METER + gun);
        mutant->on_serial(dut, 0, DUT_LINE_DC_METER + gun, bytes, 1);
        ck_assert_uint_eq(seen.line, DUT_LINE_DC_METER);
    } else if (strcmp(what, "imd") == 0) {
        given->output(given->ctx, 0, DUT_OUT_IMD, 1);
        ck_assert_uint_eq(seen.output_gun, gun);
        ck_assert_int_eq(seen.value, 1);
    } else {
        ck_assert_int_eq(given->input(given->ctx, 0, DUT_IN_STOP), inputs[gun]);
        mutant->on_input(dut, 0, gun, DUT_IN_STOP, 7);
        ck_assert_int_eq(seen.told[0], 7);
    }
    free(dut);
}

START_TEST(what_is_crossed_is_the_other_guns) {
    static const char *const what[] = {"CRM", "meter", "imd", "stop"};
    for (size_t i = 0; i < sizeof what / sizeof what[0]; i++) {
        expect_gun(MUTATION_CROSS, what[i], 2, 1);
        expect_gun(MUTATION_CROSS, what[i], 1, 0); /* it serves one */
    }
}
END_TEST

START_TEST(what_is_shared_counts_for_both) {
    make(MUTATION_SHARE, "stop", 2);
    inputs[0] = 0;
    inputs[1] = 1;
    ck_assert_int_eq(given->input(given->ctx, 0, DUT_IN_STOP), 1);
    ck_assert_int_eq(given->input(given->ctx, 1, DUT_IN_STOP), 1);
    mutant->on_input(dut, 0, 1, DUT_IN_STOP, 1);
    ck_assert(seen.told[0] == 1 && seen.told[1] == 1);
    free(dut);
    make(MUTATION_SHARE, "pe", 2); /* whole rests at 1 */
    ck_assert_int_eq(given->input(given->ctx, 1, DUT_IN_PE_OK), 0);
    free(dut);
    make(MUTATION_SHARE, "stop", 1);
    ck_assert_int_eq(given->input(given->ctx, 0, DUT_IN_STOP), 0);
    mutant->on_input(dut, 0, 0, DUT_IN_STOP, 1);
    ck_assert(seen.told[0] == 1 && seen.told[1] == 0);
    free(dut);
}
END_TEST

START_TEST(a_name_of_nothing_is_refused) {
    struct problem problem = {0};
    const struct mutation cross = {.type = MUTATION_CROSS, .what = "nothing"};
    ck_assert_ptr_null(mutation_apply(&api, EDITION_2015, &cross, 1, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "nothing"));
    const struct mutation share = {.type = MUTATION_SHARE, .what = "imd"}; /* an output */
    ck_assert_ptr_null(mutation_apply(&api, EDITION_2015, &share, 1, &problem));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("mutation_guns");
    TCase *tcase = tcase_create("mutation_guns");
    tcase_add_test(tcase, what_is_crossed_is_the_other_guns);
    tcase_add_test(tcase, what_is_shared_counts_for_both);
    tcase_add_test(tcase, a_name_of_nothing_is_refused);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
