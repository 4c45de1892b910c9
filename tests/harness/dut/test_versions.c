/* SPDX-License-Identifier: MIT */
/* dut.h is a binary interface: what firmware was built with stays where it was, and nothing is read
 * of an older firmware that it does not have. */
#include "harness/dut/local.h"
#include "harness/mutant/mutation.h"
#include "tests/support/suite.h"

#include <check.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define WORD sizeof(void *)

/* The numbers and places that versions 1 and 2 were shipped with. */
_Static_assert(DUT_IN_CC1_MV == 0 && DUT_IN_AC_MV == 18, "inputs of versions 1 and 2");
_Static_assert(DUT_OUT_K1 == 0 && DUT_OUT_STATE == 10, "outputs of versions 1 and 2");
_Static_assert(DUT_NET_HOST == 3 && DUT_LINE_AC_METER == 2, "networks and lines");
_Static_assert(offsetof(struct dut_host, log) == 7 * WORD, "version 1 ends behind log");
_Static_assert(offsetof(struct dut_host, bulk_read) == 8 * WORD, "version 2 begins");
_Static_assert(offsetof(struct dut_host, wall_time) == 10 * WORD, "version 2 ends");
_Static_assert(offsetof(struct dut_api, capability) ==
                   offsetof(struct dut_api, init) + 8 * sizeof(dut_entry()->init),
               "struct dut_api of versions 1 and 2 ends behind fault_name");
/* Version 3. */
_Static_assert(DUT_IN_AC_L1_MV == 19 && DUT_IN_DISTRIBUTION_CLOSED == 34, "inputs of version 3");
_Static_assert(DUT_OUT_AC_TRIP == 11 && DUT_OUT_DISTRIBUTION == 16, "outputs of version 3");
_Static_assert(DUT_CAP_GUNS == 0 && DUT_CAP_MISMATCH_MS == 27 && DUT_CAP_CTS == 28,
               "capabilities of version 3");

static struct loop loop;
static struct signal_board board;
static struct problem problem;
static unsigned order_steps, estop_steps;

static int init(void *dut, const struct dut_host *host, int64_t now_ns) {
    (void)dut;
    (void)host;
    (void)now_ns;
    return 0;
}

static int set_param(void *dut, const char *name, int32_t value) {
    (void)dut;
    (void)name;
    (void)value;
    return DUT_ERROR_ABSENT;
}

static void on_can(void *dut, int64_t now_ns, unsigned net, const struct dut_can_frame *frame) {
    (void)dut;
    (void)now_ns;
    (void)net;
    (void)frame;
}

static void on_serial(void *dut, int64_t now_ns, unsigned line, const uint8_t *bytes,
                      size_t count) {
    (void)dut;
    (void)now_ns;
    (void)line;
    (void)bytes;
    (void)count;
}

static void on_input(void *dut, int64_t now_ns, unsigned gun, enum dut_input channel,
                     int32_t value) {
    (void)dut;
    (void)now_ns;
    (void)gun;
    (void)value;
    order_steps += channel == DUT_IN_AC_ORDER_OK;
    estop_steps += channel == DUT_IN_ESTOP;
}

static int64_t run(void *dut, int64_t now_ns) {
    (void)dut;
    (void)now_ns;
    return DUT_NEVER;
}

static const char *name(int32_t number) {
    (void)number;
    return "";
}

static int32_t capability(void *dut, unsigned gun, enum dut_capability what) {
    (void)dut;
    return what == DUT_CAP_CURRENT_MAX_MA ? 60000 + (int32_t)gun : DUT_UNKNOWN;
}

static const struct dut_api newest = {
    .abi_version = DUT_ABI_VERSION,
    .guns = 1,
    .instance_size = 1,
    .name = "some",
    .version = "1",
    .init = init,
    .set_param = set_param,
    .on_can = on_can,
    .on_serial = on_serial,
    .on_input = on_input,
    .run = run,
    .state_name = name,
    .fault_name = name,
    .capability = capability,
};

/* As a firmware of that version has it: nothing behind it can be read. */
static const struct dut_api *as_version(unsigned version, char **pages, size_t *page) {
    struct dut_api api = newest;
    api.abi_version = version;
    size_t size = version < 3 ? offsetof(struct dut_api, capability) : sizeof api;
    *page = (size_t)sysconf(_SC_PAGESIZE);
    *pages = mmap(NULL, 2 * *page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(*pages, MAP_FAILED);
    memcpy(*pages + *page - size, &api, size);
    ck_assert_int_eq(mprotect(*pages + *page, *page, PROT_NONE), 0);
    return (const struct dut_api *)(void *)(*pages + *page - size);
}

/* The number of steps of the phase relay that the firmware is told of, and what it declares. */
static void live_as(unsigned version, unsigned steps, int32_t current_ma) {
    char *pages;
    size_t page;
    const struct dut_api *api = as_version(version, &pages, &page);
    ck_assert_ptr_null(dut_api_problem(api));
    const struct mutation mute = {.type = MUTATION_MUTE, .what = "CSD"};
    const struct dut_api *mutant = mutation_apply(api, EDITION_2015, &mute, 1, &problem);
    ck_assert_ptr_nonnull(mutant);
    const struct dut_api *firmwares[] = {api, mutant};
    for (size_t i = 0; i < 2; i++) {
        loop_init(&loop, LOOP_VIRTUAL);
        struct signal *order = signal_add(&board, "ac.order_ok", SIGNAL_BOOL, "", "phase relay");
        struct signal *estop = signal_add(&board, "estop.pressed", SIGNAL_BOOL, "", "");
        struct dut_local_config config = {.api = firmwares[i], .loop = &loop, .board = &board};
        struct dut_local *dut = dut_local_new(&config, &problem);
        ck_assert_ptr_nonnull(dut);
        order_steps = estop_steps = 0;
        ck_assert_int_eq(dut_local_capability(dut, 0, DUT_CAP_CURRENT_MAX_MA), current_ma);
        ck_assert_int_eq(dut_local_capability(dut, 0, DUT_CAP_GUNS), DUT_UNKNOWN);
        dut_local_start(dut);
        signal_set(order, 0, 1);
        signal_set(estop, 0, 1);
        loop_run(&loop, NS_PER_MS);
        ck_assert_uint_eq(order_steps, steps);
        ck_assert_uint_eq(estop_steps, 1);
        dut_local_free(dut);
        signal_board_free(&board);
        memset(&board, 0, sizeof board);
        loop_free(&loop);
    }
    munmap(pages, 2 * page);
}

START_TEST(version_1_runs) {
    live_as(1, 0, DUT_UNKNOWN);
}
END_TEST

START_TEST(version_2_runs) {
    live_as(2, 0, DUT_UNKNOWN);
}
END_TEST

START_TEST(version_3_declares_and_has_more_inputs) {
    live_as(3, 1, 60000);
}
END_TEST

START_TEST(version_3_without_capability_is_refused) {
    struct dut_api api = newest;
    api.capability = NULL;
    ck_assert_ptr_nonnull(strstr(dut_api_problem(&api), "NULL"));
}
END_TEST

START_TEST(what_is_not_wired_reads_unknown) {
    struct dut_wiring wiring;
    memset(&board, 0, sizeof board);
    dut_wiring_bind(&wiring, &board, 1);
    for (unsigned i = DUT_IN_AC_L1_MV; i < DUT_INPUTS; i++) {
        ck_assert_int_eq(dut_wiring_input(&wiring, 0, (enum dut_input)i, 0), DUT_UNKNOWN);
    }
    signal_board_free(&board);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("dut_versions");
    TCase *tcase = tcase_create("versions");
    tcase_add_test(tcase, version_1_runs);
    tcase_add_test(tcase, version_2_runs);
    tcase_add_test(tcase, version_3_declares_and_has_more_inputs);
    tcase_add_test(tcase, version_3_without_capability_is_refused);
    tcase_add_test(tcase, what_is_not_wired_reads_unknown);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
