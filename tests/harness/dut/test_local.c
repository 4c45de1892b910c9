/* SPDX-License-Identifier: MIT */
/* The host against a firmware made for the test, which records how it is called. */
#include "harness/dut/local.h"
#include "harness/dut/store.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CALLS_MAX 4096

struct call {
    enum dut_call kind;
    int64_t now_ns;
    unsigned a; /* net, line, channel */
    int32_t value;
};

static struct call calls[CALLS_MAX];
static unsigned call_count;
static const struct dut_host *host;
static void *memory;                         /* its instance */
static int64_t (*behaviour)(int64_t now_ns); /* what run does; NULL: nothing, never again */
static int init_result;
static int32_t param_value;
static volatile int inside;
static int inside_in_host = -1, inside_in_run = -1;

static void note(enum dut_call kind, int64_t now_ns, unsigned a, int32_t value) {
    ck_assert_uint_lt(call_count, CALLS_MAX);
    ck_assert_int_eq(inside, kind);
    calls[call_count++] = (struct call){kind, now_ns, a, value};
}

static int fake_init(void *dut, const struct dut_host *given, int64_t now_ns) {
    ck_assert_int_eq(*(int *)dut, 0); /* zeroed each time */
    *(int *)dut = 1;
    host = given;
    memory = dut;
    note(DUT_CALL_INIT, now_ns, 0, 0);
    return init_result;
}

static int fake_set_param(void *dut, const char *name, int32_t value) {
    (void)dut;
    if (strcmp(name, "p") != 0) {
        return DUT_ERROR_ABSENT;
    }
    note(DUT_CALL_SET_PARAM, 0, 0, value);
    param_value = value;
    return 0;
}

static void fake_on_can(void *dut, int64_t now_ns, unsigned net, const struct dut_can_frame *f) {
    (void)dut;
    note(DUT_CALL_ON_CAN, now_ns, net, (int32_t)f->id);
}

static void fake_on_serial(void *dut, int64_t now_ns, unsigned line, const uint8_t *bytes,
                           size_t count) {
    (void)dut;
    (void)bytes;
    note(DUT_CALL_ON_SERIAL, now_ns, line, (int32_t)count);
}

static void fake_on_input(void *dut, int64_t now_ns, unsigned gun, enum dut_input channel,
                          int32_t value) {
    (void)dut;
    (void)gun;
    note(DUT_CALL_ON_INPUT, now_ns, channel, value);
}

static int64_t fake_run(void *dut, int64_t now_ns) {
    (void)dut;
    inside_in_run = inside;
    note(DUT_CALL_RUN, now_ns, 0, 0);
    return behaviour == NULL ? DUT_NEVER : behaviour(now_ns);
}

static const char *fake_name(int32_t number) {
    return number == 0 ? "none" : "some";
}

static int32_t fake_capability(void *dut, unsigned gun, enum dut_capability what) {
    (void)dut;
    note(DUT_CALL_CAPABILITY, 0, gun, (int32_t)what);
    return what == DUT_CAP_CURRENT_MAX_MA ? param_value : DUT_UNKNOWN;
}

static struct dut_api fake = {
    .abi_version = DUT_ABI_VERSION,
    .guns = 1,
    .instance_size = sizeof(int),
    .name = "fake",
    .version = "0",
    .init = fake_init,
    .set_param = fake_set_param,
    .on_can = fake_on_can,
    .on_serial = fake_on_serial,
    .on_input = fake_on_input,
    .run = fake_run,
    .state_name = fake_name,
    .fault_name = fake_name,
    .capability = fake_capability,
};

static struct loop loop;
static struct signal_board board;
static struct can_net *net;
static struct can_node other;
static struct signal *estop, *k1;
static struct dut_local *dut;
static struct problem problem;
static char fault[128];
static uint32_t received_id;

static void on_received(void *ctx, int64_t at_ns, const struct can_frame_ext *frame) {
    (void)ctx;
    (void)at_ns;
    received_id = frame->id;
    ck_assert(frame->extended);
}

static void on_fault(void *ctx, int64_t at_ns, enum dut_blame blame) {
    (void)ctx;
    (void)at_ns;
    snprintf(fault, sizeof fault, "%s", dut_blame_phrase((int)blame).en);
}

static void setup(void) {
    call_count = 0;
    behaviour = NULL;
    init_result = 0;
    inside = DUT_OUTSIDE;
    received_id = 0;
    fault[0] = '\0';
    fake.tick_ns = 0;
    loop_init(&loop, LOOP_VIRTUAL);
    net = can_bus_new(&loop, 250000);
    other = (struct can_node){.received = on_received};
    can_join(net, &other);
    estop = signal_add(&board, "estop.pressed", SIGNAL_BOOL, "", "");
    signal_set(estop, 0, 0);
    struct dut_local_config config = {
        .api = &fake, .loop = &loop, .board = &board, .inside = &inside, .fault = on_fault};
    config.wall_begin_s = 1000000;
    config.nets[DUT_NET_VEHICLE] = net;
    dut = dut_local_new(&config, &problem);
    ck_assert_ptr_nonnull(dut);
    k1 = signal_find(&board, "k1.command");
}

static void teardown(void) {
    dut_local_free(dut);
    can_free(net);
    signal_board_free(&board);
    loop_free(&loop);
}

static void run_until_ms(int64_t ms) {
    loop_run(&loop, ms * NS_PER_MS);
}

static int64_t every_10_ms(int64_t now_ns) {
    return now_ns + 10 * NS_PER_MS;
}

START_TEST(runs_when_it_wants) {
    behaviour = every_10_ms;
    dut_local_start(dut);
    run_until_ms(35);
    ck_assert_uint_eq(call_count, 1 + 4); /* init; 0, 10, 20, 30 ms */
    ck_assert_int_eq(calls[4].now_ns, 30 * NS_PER_MS);
    ck_assert_int_eq(inside, DUT_OUTSIDE);
    ck_assert_int_eq(inside_in_run, DUT_CALL_RUN);
}
END_TEST

START_TEST(is_not_run_before_start) {
    run_until_ms(100);
    signal_set(estop, loop.now_ns, 1);
    run_until_ms(200);
    ck_assert_uint_eq(call_count, 1);
}
END_TEST

START_TEST(a_step_is_told_then_run) {
    dut_local_start(dut);
    run_until_ms(5);
    signal_set(estop, loop.now_ns, 1);
    ck_assert_uint_eq(call_count, 2); /* never from within the signal's call-back */
    run_until_ms(6);
    ck_assert_uint_eq(call_count, 4);
    ck_assert_int_eq(calls[2].kind, DUT_CALL_ON_INPUT);
    ck_assert_uint_eq(calls[2].a, DUT_IN_ESTOP);
    ck_assert_int_eq(calls[2].value, 1);
    ck_assert_int_eq(calls[2].now_ns, 5 * NS_PER_MS); /* at the very instant */
    ck_assert_int_eq(calls[3].kind, DUT_CALL_RUN);
}
END_TEST

static int64_t close_k1_and_look(int64_t now_ns) {
    (void)now_ns;
    host->output(host->ctx, 0, DUT_OUT_K1, 1);
    return DUT_NEVER;
}

static void press_estop(void *ctx, struct signal *signal, int64_t at_ns) {
    (void)ctx;
    (void)signal;
    inside_in_host = inside;
    signal_set(estop, at_ns, 1);
}

/* What the plant does at once upon a command comes back as an event, not as a call in a call. */
START_TEST(steps_of_its_own_making_wait_until_it_has_returned) {
    struct subscription reaction = {.changed = press_estop};
    signal_subscribe(k1, &reaction);
    behaviour = close_k1_and_look;
    dut_local_start(dut);
    run_until_ms(1);
    ck_assert(signal_is(k1));
    ck_assert_int_eq(inside_in_host, DUT_OUTSIDE); /* a crash there is not the firmware's */
    ck_assert_int_eq(calls[1].kind, DUT_CALL_RUN);
    ck_assert_int_eq(calls[2].kind, DUT_CALL_ON_INPUT);
    ck_assert_int_eq(calls[2].now_ns, 0);
}
END_TEST

static int64_t send_once(int64_t now_ns) {
    struct dut_can_frame frame = {.id = 0x1826F456, .len = 3};
    if (now_ns == 0) {
        ck_assert_int_eq(host->can_send(host->ctx, DUT_NET_VEHICLE, &frame), 0);
        ck_assert_int_eq(host->can_send(host->ctx, DUT_NET_MODULES, &frame), DUT_ERROR_ABSENT);
        ck_assert_int_eq(host->can_send(host->ctx, 99, &frame), DUT_ERROR_ABSENT);
        frame.len = 9;
        ck_assert_int_eq(host->can_send(host->ctx, DUT_NET_VEHICLE, &frame), DUT_ERROR_ARGUMENT);
        frame = (struct dut_can_frame){.id = UINT32_C(1) << 29};
        ck_assert_int_eq(host->can_send(host->ctx, DUT_NET_VEHICLE, &frame), DUT_ERROR_ARGUMENT);
    }
    return DUT_NEVER;
}

START_TEST(frames_go_both_ways) {
    behaviour = send_once;
    dut_local_start(dut);
    run_until_ms(2);
    ck_assert_uint_eq(received_id, 0x1826F456);
    struct can_frame_ext frame = {.id = 0x182756F4, .extended = true, .len = 8};
    can_send(net, &other, &frame);
    run_until_ms(4);
    ck_assert_int_eq(calls[2].kind, DUT_CALL_ON_CAN);
    ck_assert_int_eq(calls[2].value, 0x182756F4);
    ck_assert_int_eq(calls[2].now_ns, 2 * NS_PER_MS + can_frame_bits(&frame) * 4000);
    ck_assert_int_eq(calls[3].kind, DUT_CALL_RUN);
    frame = (struct can_frame_ext){.id = 0x123};
    can_send(net, &other, &frame);
    run_until_ms(6);
    ck_assert_uint_eq(call_count, 4); /* 11-bit identifiers are not for it */
}
END_TEST

static int64_t fill_queue(int64_t now_ns) {
    struct dut_can_frame frame = {.id = 1};
    int sent = 0;
    while (host->can_send(host->ctx, DUT_NET_VEHICLE, &frame) == 0) {
        sent++;
    }
    ck_assert_int_eq(sent, CAN_QUEUE);
    (void)now_ns;
    return DUT_NEVER;
}

START_TEST(a_full_queue_is_told) {
    behaviour = fill_queue;
    dut_local_start(dut);
    run_until_ms(1);
    ck_assert_uint_eq(call_count, 2);
}
END_TEST

START_TEST(a_fixed_tick_comes_at_its_multiples_only) {
    fake.tick_ns = 10 * NS_PER_MS;
    loop_run(&loop, 3 * NS_PER_MS);
    dut_local_start(dut);
    run_until_ms(12);
    signal_set(estop, loop.now_ns, 1);
    run_until_ms(35);
    ck_assert_uint_eq(call_count, 1 + 3 + 1);
    ck_assert_int_eq(calls[1].now_ns, 10 * NS_PER_MS);
    ck_assert_int_eq(calls[2].kind, DUT_CALL_ON_INPUT); /* at once, no extra run */
    ck_assert_int_eq(calls[2].now_ns, 12 * NS_PER_MS);
    ck_assert_int_eq(calls[3].now_ns, 20 * NS_PER_MS);
    ck_assert_int_eq(calls[4].now_ns, 30 * NS_PER_MS);
}
END_TEST

static int64_t at_once(int64_t now_ns) {
    return now_ns;
}

START_TEST(a_firmware_that_never_rests_does_not_hang_the_bench) {
    behaviour = at_once;
    dut_local_start(dut);
    run_until_ms(3);
    ck_assert_uint_lt(call_count, 5 * (DUT_LOCAL_SPINS + 2));
    ck_assert_ptr_nonnull(strstr(fault, "run at once"));
}
END_TEST

START_TEST(power_failure_keeps_storage_and_parameters) {
    uint32_t value = 42;
    ck_assert_int_eq(dut_local_set_param(dut, "p", 7), 0);
    ck_assert_int_eq(dut_local_set_param(dut, "q", 7), DUT_ERROR_ABSENT);
    behaviour = close_k1_and_look;
    dut_local_start(dut);
    run_until_ms(1);
    ck_assert_int_eq(host->store_write(host->ctx, 5, &value, sizeof value), 0);
    ck_assert_int_eq(host->bulk_write(host->ctx, 70000000, &value, sizeof value), sizeof value);
    int64_t wall_s = host->wall_time(host->ctx);
    dut_local_power(dut, false);
    ck_assert(!signal_is(k1)); /* no power, no output */
    unsigned before = call_count;
    signal_set(estop, loop.now_ns, 1);
    struct can_frame_ext frame = {.id = 1, .extended = true};
    can_send(net, &other, &frame);
    run_until_ms(10);
    ck_assert_uint_eq(call_count, before);
    param_value = 0;
    dut_local_power(dut, true);
    ck_assert_int_eq(param_value, 7);
    value = 0;
    ck_assert_int_eq(host->store_read(host->ctx, 5, &value, sizeof value), sizeof value);
    ck_assert_uint_eq(value, 42);
    value = 0;
    ck_assert_int_eq(host->bulk_read(host->ctx, 70000000, &value, sizeof value), sizeof value);
    ck_assert_uint_eq(value, 42);
    run_until_ms(3001);
    ck_assert_int_eq(host->wall_time(host->ctx), wall_s + 3);
    ck_assert_int_eq(host->store_read(host->ctx, 6, &value, sizeof value), DUT_ERROR_ABSENT);
    run_until_ms(3011);
    ck_assert(signal_is(k1));
    ck_assert_int_eq(calls[call_count - 1].kind, DUT_CALL_RUN);
    size_t size;
    ck_assert_ptr_nonnull(dut_local_record(dut, 5, &size));
    ck_assert_uint_eq(size, sizeof value);
}
END_TEST

/* What is written before the cut is there, what comes after it in the same call is not, neither is
 * what the firmware would say. */
static int64_t write_twice(int64_t now_ns) {
    const struct dut_can_frame frame = {.id = 2, .len = 0};
    (void)host->bulk_write(host->ctx, 0, "abcd", 4);
    (void)host->bulk_write(host->ctx, 4, "efgh", 4);
    host->output(host->ctx, 0, DUT_OUT_K1, 1);
    (void)host->can_send(host->ctx, 0, &frame);
    return now_ns + 1000000000;
}

START_TEST(power_fails_in_a_write) {
    uint8_t back[8];
    behaviour = write_twice;
    dut_local_cut_after(dut, 5);
    dut_local_start(dut);
    run_until_ms(5);
    ck_assert(!signal_is(k1));
    unsigned before = call_count;
    run_until_ms(1500);
    ck_assert_uint_eq(call_count, before);
    ck_assert_int_eq(host->bulk_read(host->ctx, 0, back, sizeof back), sizeof back);
    ck_assert_mem_eq(back, "abcde\xFF\xFF\xFF", sizeof back);
    ck_assert(dut_local_power(dut, true));
    run_until_ms(1600);
    ck_assert(signal_is(k1));
    ck_assert_int_eq(host->bulk_read(host->ctx, 0, back, sizeof back), sizeof back);
    ck_assert_mem_eq(back, "abcdefgh", sizeof back);
}
END_TEST

START_TEST(storage_has_bounds) {
    static uint8_t big[DUT_STORE_BYTES + 1];
    ck_assert_int_eq(host->store_write(host->ctx, 0, big, sizeof big), DUT_ERROR_ARGUMENT);
    for (unsigned i = 0; i < DUT_STORE_RECORDS; i++) {
        ck_assert_int_eq(host->store_write(host->ctx, i, big, 1), 0);
    }
    ck_assert_int_eq(host->store_write(host->ctx, DUT_STORE_RECORDS, big, 1), DUT_ERROR_FULL);
    ck_assert_int_eq(host->store_write(host->ctx, 0, big, 2), 0); /* an old one can be rewritten */
}
END_TEST

START_TEST(serial_bytes_reach_it) {
    dut_local_start(dut);
    run_until_ms(1);
    dut_local_serial(dut, 2, (const uint8_t *)"abc", 3);
    ck_assert_int_eq(calls[2].kind, DUT_CALL_ON_SERIAL);
    ck_assert_uint_eq(calls[2].a, 2);
    ck_assert_int_eq(calls[2].value, 3);
    ck_assert_int_eq(calls[3].kind, DUT_CALL_RUN);
    ck_assert_int_eq(host->serial_write(host->ctx, 0, NULL, 0), DUT_ERROR_ABSENT);
}
END_TEST

/* Each kind of a broken contract, from within run. */

static int64_t reads_gun_2(int64_t now_ns) {
    (void)now_ns;
    ck_assert_int_eq(host->input(host->ctx, 1, DUT_IN_ESTOP), 0);
    return DUT_NEVER;
}

static int64_t sets_gun_2(int64_t now_ns) {
    (void)now_ns;
    host->output(host->ctx, 1, DUT_OUT_K1, 1);
    return DUT_NEVER;
}

static int64_t sends_on_net_9(int64_t now_ns) {
    const struct dut_can_frame frame = {.id = 1};
    (void)now_ns;
    ck_assert_int_eq(host->can_send(host->ctx, 9, &frame), DUT_ERROR_ABSENT);
    return DUT_NEVER;
}

static int64_t sends_9_bytes(int64_t now_ns) {
    const struct dut_can_frame frame = {.id = 1, .len = 9};
    (void)now_ns;
    ck_assert_int_eq(host->can_send(host->ctx, DUT_NET_VEHICLE, &frame), DUT_ERROR_ARGUMENT);
    return DUT_NEVER;
}

static int64_t sends_30_bits(int64_t now_ns) {
    const struct dut_can_frame frame = {.id = UINT32_C(1) << 29};
    (void)now_ns;
    ck_assert_int_eq(host->can_send(host->ctx, DUT_NET_MODULES, &frame), DUT_ERROR_ARGUMENT);
    return DUT_NEVER;
}

static int64_t writes_line_7(int64_t now_ns) {
    (void)now_ns;
    ck_assert_int_eq(host->serial_write(host->ctx, 7, (const uint8_t *)"a", 1), DUT_ERROR_ABSENT);
    return DUT_NEVER;
}

static int64_t sets_switch_to_7(int64_t now_ns) {
    (void)now_ns;
    host->output(host->ctx, 0, DUT_OUT_AUX, 7);
    return DUT_NEVER;
}

static int64_t overruns(int64_t now_ns) {
    (void)now_ns;
    ((uint8_t *)memory)[fake.instance_size] = 0;
    return DUT_NEVER;
}

static int64_t underruns(int64_t now_ns) {
    (void)now_ns;
    ((uint8_t *)memory)[-1] = 0;
    return DUT_NEVER;
}

static const struct broken {
    int64_t (*behaviour)(int64_t now_ns);
    enum dut_blame blame;
} broken[] = {
    {reads_gun_2, DUT_BLAME_INPUT},       {sets_gun_2, DUT_BLAME_OUTPUT},
    {sends_on_net_9, DUT_BLAME_NET},      {sends_9_bytes, DUT_BLAME_FRAME},
    {sends_30_bits, DUT_BLAME_FRAME},     {writes_line_7, DUT_BLAME_LINE},
    {overruns, DUT_BLAME_BEHIND},         {underruns, DUT_BLAME_BEFORE},
    {sets_switch_to_7, DUT_BLAME_SWITCH},
};

START_TEST(what_breaks_the_contract_is_told) {
    behaviour = broken[_i].behaviour;
    dut_local_start(dut);
    run_until_ms(1);
    ck_assert_str_eq(fault, dut_blame_phrase((int)broken[_i].blame).en);
    fault[0] = '\0';
    struct can_frame_ext frame = {.id = 1, .extended = true};
    can_send(net, &other, &frame);
    run_until_ms(10);
    ck_assert_str_eq(fault, ""); /* once is enough */
}
END_TEST

/* A network that the bench does not have is none that does not exist. */
static int64_t sends_to_modules(int64_t now_ns) {
    const struct dut_can_frame frame = {.id = 1};
    (void)now_ns;
    ck_assert_int_eq(host->can_send(host->ctx, DUT_NET_MODULES, &frame), DUT_ERROR_ABSENT);
    ck_assert_int_eq(host->serial_write(host->ctx, DUT_LINE_AC_METER, (const uint8_t *)"a", 1),
                     DUT_ERROR_ABSENT);
    return DUT_NEVER;
}

START_TEST(what_is_not_connected_is_no_fault) {
    behaviour = sends_to_modules;
    dut_local_start(dut);
    run_until_ms(1);
    ck_assert_str_eq(fault, "");
}
END_TEST

START_TEST(a_call_from_elsewhere_is_told) {
    (void)host->input(host->ctx, 0, DUT_IN_ESTOP);
    ck_assert_str_eq(fault, dut_blame_phrase(DUT_BLAME_OUTSIDE).en);
}
END_TEST

static unsigned endless_told;

static void on_endless(void *ctx) {
    (void)ctx;
    endless_told++;
}

static int64_t never_stops(int64_t now_ns) {
    (void)now_ns;
    for (unsigned i = 0; i < 1500000; i++) {
        (void)host->wall_time(host->ctx);
    }
    return DUT_NEVER;
}

START_TEST(a_call_that_never_ends_is_told) {
    struct dut_local_config config = {.api = &fake,
                                      .loop = &loop,
                                      .board = &board,
                                      .inside = &inside,
                                      .fault = on_fault,
                                      .endless = on_endless};
    struct dut_local *endless = dut_local_new(&config, &problem);
    behaviour = never_stops;
    dut_local_start(endless);
    run_until_ms(1);
    ck_assert_str_eq(fault, dut_blame_phrase(DUT_BLAME_CALLS).en);
    ck_assert_uint_eq(endless_told, 1);
    dut_local_free(endless);
}
END_TEST

START_TEST(a_bad_api_is_refused_with_the_reason) {
    struct dut_api bad = fake;
    bad.abi_version = DUT_ABI_VERSION + 1;
    struct dut_local_config config = {.api = &bad, .loop = &loop, .board = &board};
    ck_assert_ptr_null(dut_local_new(&config, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "version of dut.h"));
    bad.abi_version = 0;
    ck_assert_ptr_null(dut_local_new(&config, &problem));
    bad.abi_version = 1; /* knows less, asks for less */
    ck_assert_ptr_null(dut_api_problem(&bad));
    bad = fake;
    bad.on_serial = NULL;
    ck_assert_ptr_null(dut_local_new(&config, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "NULL"));
    bad = fake;
    bad.guns = 3;
    ck_assert_ptr_null(dut_local_new(&config, &problem));
    config.api = &fake;
    init_result = DUT_ERROR_ABSENT;
    config.inside = &inside;
    config.fault = on_fault;
    struct dut_local *refuses = dut_local_new(&config, &problem);
    ck_assert_ptr_nonnull(refuses);
    ck_assert_ptr_nonnull(strstr(fault, "refuses to start"));
    unsigned before = call_count;
    dut_local_start(refuses);
    run_until_ms(5);
    ck_assert_uint_eq(call_count, before); /* nothing is asked of it any more */
    dut_local_free(refuses);
}
END_TEST

/* A firmware with two guns on a bench with one: nothing is plugged in at the other, and nobody is blamed. */
START_TEST(a_gun_that_is_not_wired_reads_as_nothing_connected) {
    dut_local_free(dut);
    call_count = 0;
    fake.guns = 2;
    struct dut_local_config config = {.api = &fake,
                                      .loop = &loop,
                                      .board = &board,
                                      .guns = 1,
                                      .inside = &inside,
                                      .fault = on_fault};
    dut = dut_local_new(&config, &problem);
    ck_assert_ptr_nonnull(dut);
    ck_assert_ptr_null(signal_find(&board, "gun2:k1.command"));
    (void)host->input(host->ctx, 0, DUT_IN_CC1_MV); /* outside of a call of its own: told once */
    fault[0] = '\0';
    ck_assert_int_eq(host->input(host->ctx, 1, DUT_IN_CC1_MV),
                     dut_input_wires[DUT_IN_CC1_MV].missing);
    ck_assert_int_eq(host->input(host->ctx, 1, DUT_IN_PE_OK), 0);
    host->output(host->ctx, 1, DUT_OUT_K1, 1);
    ck_assert(!signal_is(k1));
    ck_assert_str_eq(fault, "");
    (void)host->input(host->ctx, 2, DUT_IN_CC1_MV); /* there is no third */
    ck_assert_str_ne(fault, "");
    fake.guns = 1;
}
END_TEST

int main(void) {
    Suite *suite = suite_create("dut_local");
    TCase *tcase = tcase_create("host");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, runs_when_it_wants);
    tcase_add_test(tcase, a_gun_that_is_not_wired_reads_as_nothing_connected);
    tcase_add_test(tcase, is_not_run_before_start);
    tcase_add_test(tcase, a_step_is_told_then_run);
    tcase_add_test(tcase, steps_of_its_own_making_wait_until_it_has_returned);
    tcase_add_test(tcase, frames_go_both_ways);
    tcase_add_test(tcase, a_full_queue_is_told);
    tcase_add_test(tcase, a_fixed_tick_comes_at_its_multiples_only);
    tcase_add_test(tcase, a_firmware_that_never_rests_does_not_hang_the_bench);
    tcase_add_test(tcase, power_failure_keeps_storage_and_parameters);
    tcase_add_test(tcase, power_fails_in_a_write);
    tcase_add_test(tcase, storage_has_bounds);
    tcase_add_test(tcase, serial_bytes_reach_it);
    tcase_add_loop_test(tcase, what_breaks_the_contract_is_told, 0,
                        (int)(sizeof broken / sizeof broken[0]));
    tcase_add_test(tcase, what_is_not_connected_is_no_fault);
    tcase_add_test(tcase, a_call_from_elsewhere_is_told);
    tcase_add_test(tcase, a_call_that_never_ends_is_told);
    tcase_add_test(tcase, a_bad_api_is_refused_with_the_reason);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
