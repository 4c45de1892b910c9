/* SPDX-License-Identifier: MIT */
/* Bends of a firmware's messages, on a firmware of a few lines. */
#include "harness/mutant/mutation.h"

#include "firmware-under-test/include/charge_record.h"
#include "harness/dut/bulk.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define MS INT64_C(1000000)

#define CRM_ID    0x1801F456u
#define FRAMES    20
#define PERIOD_NS (250 * MS)
#define LAST_NS   (500 * MS) /* of the firmware's own frames: at 0, 250 and 500 ms */

/* Sends CRM every 250 ms, thrice; the first byte counts. */
struct firmware {
    const struct dut_host *host;
    int32_t set;
    int64_t next_ns;
    uint8_t count;
};

static int init(void *dut, const struct dut_host *host, int64_t now_ns) {
    *(struct firmware *)dut = (struct firmware){.host = host, .next_ns = now_ns};
    return 0;
}

static int64_t run(void *dut, int64_t now_ns) {
    struct firmware *firmware = dut;
    if (now_ns >= firmware->next_ns) {
        struct dut_can_frame frame = {.id = CRM_ID, .len = 8, .data = {++firmware->count, 0xFF}};
        firmware->host->can_send(firmware->host->ctx, DUT_NET_VEHICLE, &frame);
        firmware->next_ns = now_ns < LAST_NS ? now_ns + PERIOD_NS : DUT_NEVER;
    }
    return firmware->next_ns;
}

static int set_param(void *dut, const char *name, int32_t value) {
    (void)name;
    ((struct firmware *)dut)->set = value;
    return 0;
}

static const struct dut_param params[] = {{.name = "a.b", .min = 0, .max = 100}};

static const struct dut_api api = {.abi_version = DUT_ABI_VERSION,
                                   .guns = 1,
                                   .instance_size = sizeof(struct firmware),
                                   .name = "three CRM",
                                   .params = params,
                                   .param_count = 1,
                                   .init = init,
                                   .set_param = set_param,
                                   .run = run};

static struct {
    struct dut_can_frame frame;
    int64_t at_ns;
} sent[FRAMES];
static size_t sent_count;
static int64_t now_ns;

static int take_frame(void *ctx, unsigned net, const struct dut_can_frame *frame) {
    (void)ctx;
    ck_assert_uint_eq(net, DUT_NET_VEHICLE);
    ck_assert_uint_lt(sent_count, FRAMES);
    sent[sent_count].frame = *frame;
    sent[sent_count++].at_ns = now_ns;
    return 0;
}

/* Runs the firmware, so mutated, at the instants it asks for. */
static void run_mutant(const struct mutation *mutations, size_t count) {
    struct problem problem;
    const struct dut_host host = {.can_send = take_frame};
    const struct dut_api *mutant = mutation_apply(&api, EDITION_2015, mutations, count, &problem);
    ck_assert_ptr_nonnull(mutant);
    void *dut = calloc(1, mutant->instance_size);
    sent_count = 0;
    now_ns = 0;
    ck_assert_int_eq(mutant->init(dut, &host, now_ns), 0);
    for (int64_t wake = 0; wake < 10000 * MS; wake = mutant->run(dut, now_ns)) {
        ck_assert_int_ge(wake, now_ns);
        now_ns = wake;
        ck_assert_int_le((int64_t)sent_count, now_ns / MS + 1); /* no spinning */
    }
    free(dut);
}

START_TEST(lingering_message_goes_on_at_its_period) {
    const struct mutation mutation = {.type = MUTATION_LINGER, .what = "CRM", .value = 600e6};
    run_mutant(&mutation, 1);
    ck_assert_uint_eq(sent_count, 5); /* two more until 500 + 600 ms, nothing between the three */
    for (size_t i = 0; i < sent_count; i++) {
        ck_assert_int_eq(sent[i].at_ns, (int64_t)i * PERIOD_NS);
        ck_assert_uint_eq(sent[i].frame.id, CRM_ID);
        ck_assert_uint_eq(sent[i].frame.len, 8);
        ck_assert_uint_eq(sent[i].frame.data[0], i < 3 ? i + 1 : 3); /* the last one again */
    }
}
END_TEST

START_TEST(other_messages_do_not_linger) {
    const struct mutation mutation = {.type = MUTATION_LINGER, .what = "CML", .value = 600e6};
    run_mutant(&mutation, 1);
    ck_assert_uint_eq(sent_count, 3);
}
END_TEST

START_TEST(muted_message_does_not_linger) {
    const struct mutation mutations[] = {{.type = MUTATION_MUTE, .what = "CRM"},
                                         {.type = MUTATION_LINGER, .what = "CRM", .value = 600e6}};
    run_mutant(mutations, 2);
    ck_assert_uint_eq(sent_count, 0);
}
END_TEST

START_TEST(fields_and_swaps) {
    const struct mutation field = {.type = MUTATION_FIELD, .what = "CRM.result", .value = 0xAA};
    const struct mutation swap = {.type = MUTATION_SWAP, .what = "CRM"};
    run_mutant(&field, 1);
    ck_assert_uint_eq(sent_count, 3);
    ck_assert_uint_eq(sent[0].frame.data[0], 0xAA);
    ck_assert_uint_eq(sent[0].frame.data[1], 0xFF);
    run_mutant(&swap, 1);
    ck_assert_uint_eq(sent[2].frame.data[0], 0xFF);
    ck_assert_uint_eq(sent[2].frame.data[1], 3);
}
END_TEST

START_TEST(shifted_and_stale_fields) {
    const struct mutation off = {.type = MUTATION_SHIFT, .what = "CRM.result", .value = 2};
    const struct mutation old = {.type = MUTATION_STALE, .what = "CRM.result", .value = 400e6};
    run_mutant(&off, 1);
    ck_assert_uint_eq(sent[0].frame.data[0], 3);
    ck_assert_uint_eq(sent[2].frame.data[0], 5);
    run_mutant(&old, 1); /* true at 0 and at 500 ms, of 0 at 250 ms */
    ck_assert_uint_eq(sent[0].frame.data[0], 1);
    ck_assert_uint_eq(sent[1].frame.data[0], 1);
    ck_assert_uint_eq(sent[2].frame.data[0], 3);
}
END_TEST

/* ---- storage and parameters ---- */

static struct dut_bulk bulk;

static int bulk_read(void *ctx, uint32_t offset, void *bytes, size_t size) {
    return dut_bulk_read(ctx, offset, bytes, size);
}

static int bulk_write(void *ctx, uint32_t offset, const void *bytes, size_t size) {
    return dut_bulk_write(ctx, offset, bytes, size);
}

static unsigned stored;

static int count_stored(void *ctx, unsigned record, const void *bytes, size_t size) {
    (void)ctx;
    (void)record;
    (void)bytes;
    stored += size == 1;
    return 0;
}

static const struct dut_host with_storage = {
    .ctx = &bulk, .bulk_read = bulk_read, .bulk_write = bulk_write, .store_write = count_stored};

/* An instance of the firmware so mutated, and the host it was given. */
static const struct dut_host *boot(const struct mutation *mutation, void **dut) {
    struct problem problem;
    const struct dut_api *mutant = mutation_apply(&api, EDITION_2015, mutation, 1, &problem);
    ck_assert_ptr_nonnull(mutant);
    *dut = calloc(1, mutant->instance_size);
    ck_assert_int_eq(mutant->init(*dut, &with_storage, 0), 0);
    uint8_t *memory = (uint8_t *)*dut + mutant->instance_size - api.instance_size;
    return ((struct firmware *)(void *)memory)->host;
}

static unsigned read_byte(const struct dut_host *host, uint32_t offset) {
    uint8_t byte = 0;
    ck_assert_int_eq(host->bulk_read(host->ctx, offset, &byte, 1), 1);
    return byte;
}

START_TEST(journal_is_forgotten_with_the_power) {
    const struct mutation mutation = {.type = MUTATION_FORGET, .what = "journal"};
    const uint8_t bytes[] = {1, 2, 3};
    void *dut, *again;
    const struct dut_host *host = boot(&mutation, &dut);
    ck_assert_int_eq(host->bulk_write(host->ctx, 7, bytes, 3), 3);
    ck_assert_int_eq(host->bulk_write(host->ctx, CHARGE_RING_OFFSET, bytes, 3), 3);
    ck_assert_uint_eq(read_byte(host, 8), 2);
    host = boot(&mutation, &again);
    ck_assert_uint_eq(read_byte(host, 8), 0xFF);
    ck_assert_uint_eq(read_byte(host, CHARGE_RING_OFFSET + 1), 2);
    free(dut);
    free(again);
    dut_bulk_free(&bulk);
}
END_TEST

START_TEST(ring_keeps_nothing) {
    const struct mutation mutation = {.type = MUTATION_FORGET, .what = "ring"};
    const uint8_t bytes[] = {1, 2, 3};
    void *dut;
    const struct dut_host *host = boot(&mutation, &dut);
    ck_assert_int_eq(host->bulk_write(host->ctx, 7, bytes, 3), 3);
    ck_assert_int_eq(host->bulk_write(host->ctx, CHARGE_RING_OFFSET, bytes, 3), 3);
    ck_assert_uint_eq(read_byte(host, 8), 2);
    ck_assert_uint_eq(read_byte(host, CHARGE_RING_OFFSET + 1), 0xFF);
    free(dut);
    dut_bulk_free(&bulk);
}
END_TEST

START_TEST(cards_balance_is_not_kept) {
    const struct mutation mutation = {.type = MUTATION_FORGET, .what = "card"};
    const uint8_t byte = 1;
    void *dut;
    const struct dut_host *host = boot(&mutation, &dut);
    ck_assert_int_eq(host->store_write(host->ctx, CARD_BALANCE_RECORD, &byte, 1), 0);
    ck_assert_uint_eq(stored, 0);
    ck_assert_int_eq(host->store_write(host->ctx, CARD_BALANCE_RECORD - 1, &byte, 1), 0);
    ck_assert_int_eq(host->store_write(host->ctx, CARD_BALANCE_RECORD + DUT_GUNS_MAX, &byte, 1), 0);
    ck_assert_uint_eq(stored, 2);
    free(dut);
}
END_TEST

START_TEST(mutated_parameter_stays_mutated) {
    const struct mutation mutation = {.type = MUTATION_PARAM, .what = "a.b", .value = 9};
    void *dut;
    (void)boot(&mutation, &dut);
    struct problem problem;
    const struct dut_api *mutant = mutation_apply(&api, EDITION_2015, &mutation, 1, &problem);
    struct firmware *inner =
        (struct firmware *)(void *)((uint8_t *)dut + mutant->instance_size - api.instance_size);
    ck_assert_int_eq(inner->set, 9);
    ck_assert_int_eq(mutant->set_param(dut, "a.b", 5), 0);
    ck_assert_int_eq(inner->set, 9);
    ck_assert_int_eq(mutant->set_param(dut, "a.c", 5), 0);
    ck_assert_int_eq(inner->set, 5);
    free(dut);
}
END_TEST

static int32_t read_47(void *ctx, unsigned gun, enum dut_input channel) {
    (void)ctx, (void)gun, (void)channel;
    return 47;
}

static int32_t heard;

static void hear(void *dut, int64_t at_ns, unsigned gun, enum dut_input channel, int32_t value) {
    (void)dut, (void)at_ns, (void)gun, (void)channel;
    heard = value;
}

/* Reads 47 (before); is told 48 of the AC supply and 49 of the auxiliary one. */
START_TEST(frozen_and_unsampled_inputs) {
    static const struct {
        struct mutation mutation;
        int32_t ac, aux, heard, before;
    } rows[] = {
        {{.type = MUTATION_FREEZE, .what = "ac", .value = 5}, 5, 47, 49, 5},
        {{.type = MUTATION_FREEZE, .what = "aux", .value = 5}, 47, 5, 48, 47},
        {{.type = MUTATION_UNSAMPLED, .what = "ac"}, 48, 47, 49, 47},
        {{.type = MUTATION_ASSUME, .what = "ac", .value = 5}, 47, 47, 49, 5},
    };
    const struct dut_host host = {.input = read_47};
    struct dut_api listening = api;
    struct problem problem;
    listening.on_input = hear;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct dut_api *mutant =
            mutation_apply(&listening, EDITION_2015, &rows[i].mutation, 1, &problem);
        void *dut = calloc(1, mutant->instance_size);
        mutant->init(dut, &host, 0);
        uint8_t *memory = (uint8_t *)dut + mutant->instance_size - api.instance_size;
        const struct dut_host *shown = ((struct firmware *)(void *)memory)->host;
        ck_assert_int_eq(shown->input(shown->ctx, 0, DUT_IN_AC_MV), rows[i].before);
        mutant->on_input(dut, 0, 0, DUT_IN_AC_MV, 48);
        mutant->on_input(dut, 0, 0, DUT_IN_AUX_MV, 49);
        ck_assert_int_eq(shown->input(shown->ctx, 0, DUT_IN_AC_MV), rows[i].ac);
        ck_assert_int_eq(shown->input(shown->ctx, 0, DUT_IN_AUX_MV), rows[i].aux);
        ck_assert_int_eq(heard, rows[i].heard);
        free(dut);
    }
}
END_TEST

START_TEST(unknown_message_is_refused) {
    struct problem problem;
    const struct mutation mutation = {.type = MUTATION_LINGER, .what = "CRX", .value = 600e6};
    ck_assert_ptr_null(mutation_apply(&api, EDITION_2015, &mutation, 1, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "no message 'CRX'"));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("mutation");
    TCase *tc = tcase_create("mutation");
    tcase_add_test(tc, lingering_message_goes_on_at_its_period);
    tcase_add_test(tc, other_messages_do_not_linger);
    tcase_add_test(tc, muted_message_does_not_linger);
    tcase_add_test(tc, fields_and_swaps);
    tcase_add_test(tc, shifted_and_stale_fields);
    tcase_add_test(tc, frozen_and_unsampled_inputs);
    tcase_add_test(tc, journal_is_forgotten_with_the_power);
    tcase_add_test(tc, ring_keeps_nothing);
    tcase_add_test(tc, cards_balance_is_not_kept);
    tcase_add_test(tc, mutated_parameter_stays_mutated);
    tcase_add_test(tc, unknown_message_is_refused);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
