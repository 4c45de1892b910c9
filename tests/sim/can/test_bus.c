/* SPDX-License-Identifier: MIT */
#include "sim/can/can.h"

#include <check.h>
#include <stdlib.h>

#define RATE      250000u
#define BIT_NS    4000
#define SEEN_MAX  512
#define IFS_BITS  3
#define NODES_MAX 3

struct record {
    int64_t at_ns;
    uint32_t id;
    const struct can_node *sender;
};

struct bench {
    struct loop loop;
    struct can_net *net;
    struct can_tap tap;
    struct can_node nodes[NODES_MAX];
    unsigned received[NODES_MAX];
    struct record seen[SEEN_MAX];
    unsigned seen_count;
};

static struct bench b;

static void on_seen(void *ctx, int64_t at_ns, const struct can_frame_ext *frame,
                    const struct can_node *sender) {
    (void)ctx;
    ck_assert_uint_lt(b.seen_count, SEEN_MAX);
    b.seen[b.seen_count++] = (struct record){at_ns, frame->id, sender};
}

static void on_received(void *ctx, int64_t at_ns, const struct can_frame_ext *frame) {
    (void)at_ns;
    (void)frame;
    ++*(unsigned *)ctx;
}

static void setup(void) {
    b = (struct bench){.tap = {.seen = on_seen}};
    loop_init(&b.loop, LOOP_VIRTUAL);
    b.net = can_bus_new(&b.loop, RATE);
    can_tap(b.net, &b.tap);
    for (int i = 0; i < NODES_MAX; i++) {
        b.nodes[i] = (struct can_node){.received = on_received, .ctx = &b.received[i]};
        can_join(b.net, &b.nodes[i]);
    }
}

static void teardown(void) {
    can_free(b.net);
    loop_free(&b.loop);
}

static int send(int node, uint32_t id, bool extended) {
    struct can_frame_ext frame = {.id = id, .extended = extended, .len = 8};
    return can_send(b.net, &b.nodes[node], &frame);
}

static int64_t duration_ns(uint32_t id, bool extended) {
    struct can_frame_ext frame = {.id = id, .extended = extended, .len = 8};
    return (int64_t)can_frame_bits(&frame) * BIT_NS;
}

/* More than any node of a charge has to say at once: CST, BST and a transfer. */
START_TEST(sixty_four_frames_may_wait) {
    for (unsigned i = 0; i < 64; i++) {
        ck_assert_int_eq(send(0, 0x100 + i, false), 0);
    }
    ck_assert_int_ne(send(0, 0x100, false), 0);
    loop_run(&b.loop, NS_PER_S);
    ck_assert_uint_eq(b.seen_count, 64);
    for (unsigned i = 0; i < 64; i++) {
        ck_assert_uint_eq(b.seen[i].id, 0x100 + i); /* in their order */
    }
}
END_TEST

START_TEST(a_frame_arrives_at_its_end_of_frame) {
    loop_run(&b.loop, NS_PER_S);
    ck_assert_int_eq(send(0, 0x1826F456, true), 0);
    ck_assert_uint_eq(b.seen_count, 0); /* nobody is called from can_send */
    loop_run(&b.loop, 2 * NS_PER_S);
    ck_assert_uint_eq(b.seen_count, 1);
    ck_assert_int_eq(b.seen[0].at_ns, NS_PER_S + duration_ns(0x1826F456, true));
    ck_assert_ptr_eq(b.seen[0].sender, &b.nodes[0]);
    ck_assert_uint_eq(b.received[0], 0); /* not the sender itself */
    ck_assert_uint_eq(b.received[1], 1);
    ck_assert_uint_eq(b.received[2], 1);
}
END_TEST

START_TEST(frames_follow_with_three_bits_between) {
    send(0, 0x100, false);
    send(0, 0x050, false); /* its own queue is first in, first out */
    loop_run(&b.loop, NS_PER_S);
    int64_t first = duration_ns(0x100, false);
    ck_assert_uint_eq(b.seen[0].id, 0x100);
    ck_assert_int_eq(b.seen[0].at_ns, first);
    ck_assert_int_eq(b.seen[1].at_ns, first + IFS_BITS * BIT_NS + duration_ns(0x050, false));
    ck_assert_int_eq(can_stats(b.net)->busy_ns, b.seen[1].at_ns + IFS_BITS * BIT_NS);
}
END_TEST

START_TEST(lowest_identifier_wins_among_frames_of_one_instant) {
    send(0, 0x300, false);
    send(1, 0x100, false);
    send(2, 0x200, false);
    loop_run(&b.loop, NS_PER_S);
    ck_assert_uint_eq(b.seen[0].id, 0x100);
    ck_assert_uint_eq(b.seen[1].id, 0x200);
    ck_assert_uint_eq(b.seen[2].id, 0x300);
    ck_assert_int_eq(b.seen[0].at_ns, duration_ns(0x100, false)); /* the loser cost no time */
}
END_TEST

static void send_late(void *ctx, int64_t now_ns) {
    (void)ctx;
    (void)now_ns;
    send(1, 0x001, false);
}

START_TEST(a_started_frame_is_not_interrupted) {
    struct timer late = {.fire = send_late};
    send(0, 0x300, false);
    send(0, 0x301, false);
    loop_set(&b.loop, &late, BIT_NS); /* one bit after start of frame */
    loop_run(&b.loop, NS_PER_S);
    ck_assert_uint_eq(b.seen[0].id, 0x300);
    ck_assert_uint_eq(b.seen[1].id, 0x001); /* but it wins the next start of frame */
    ck_assert_uint_eq(b.seen[2].id, 0x301);
}
END_TEST

START_TEST(a_frame_of_the_intermission_takes_part) {
    struct timer late = {.fire = send_late};
    send(0, 0x300, false);
    send(0, 0x301, false);
    loop_set(&b.loop, &late, duration_ns(0x300, false) + IFS_BITS * BIT_NS);
    loop_run(&b.loop, NS_PER_S);
    ck_assert_uint_eq(b.seen[1].id, 0x001);
    ck_assert_uint_eq(b.seen[2].id, 0x301);
}
END_TEST

/* Bit by bit: 11 bits first, then standard (RTR, IDE dominant) before extended, then 18 bits. */
START_TEST(standard_and_extended_identifiers_arbitrate) {
    const uint32_t base = 0x123;
    send(0, base << 18, true); /* same 11 bits, extended */
    send(1, base, false);
    send(2, (base - 1) << 18 | 0x3FFFF, true); /* lower 11 bits win whatever follows */
    loop_run(&b.loop, NS_PER_S);
    ck_assert_uint_eq(b.seen[0].id, (base - 1) << 18 | 0x3FFFF);
    ck_assert_uint_eq(b.seen[1].id, base);
    ck_assert_uint_eq(b.seen[2].id, base << 18);
}
END_TEST

START_TEST(a_full_queue_refuses) {
    for (int i = 0; i < CAN_QUEUE; i++) {
        ck_assert_int_eq(send(0, 0x100, false), 0);
    }
    ck_assert_int_eq(send(0, 0x100, false), -1);
    ck_assert_int_eq(send(1, 0x101, false), 0); /* another node's queue is its own */
    ck_assert_uint_eq(can_stats(b.net)->refused, 1);
    loop_run(&b.loop, NS_PER_S);
    ck_assert_uint_eq(can_stats(b.net)->frames, CAN_QUEUE + 1);
    ck_assert_int_eq(send(0, 0x100, false), 0);
}
END_TEST

START_TEST(a_leaving_node_takes_its_frames_along) {
    send(0, 0x100, false);
    send(1, 0x200, false);
    can_leave(b.net, &b.nodes[0]);
    can_leave(b.net, &b.nodes[0]); /* twice does no harm */
    loop_run(&b.loop, NS_PER_S);
    ck_assert_uint_eq(b.seen_count, 1);
    ck_assert_uint_eq(b.seen[0].id, 0x200);
    ck_assert_int_eq(b.seen[0].at_ns, duration_ns(0x200, false));
}
END_TEST

static void leave_when_called(void *ctx, int64_t at_ns, const struct can_frame_ext *frame) {
    (void)at_ns;
    (void)frame;
    ++*(unsigned *)ctx;
    can_leave(b.net, &b.nodes[1]);
    can_leave(b.net, &b.nodes[2]);
}

START_TEST(nodes_may_leave_and_taps_go_inside_a_call_back) {
    b.nodes[1].received = leave_when_called;
    send(0, 0x100, false);
    send(0, 0x101, false);
    can_untap(b.net, &b.tap);
    loop_run(&b.loop, NS_PER_S);
    ck_assert_uint_eq(b.received[1], 1);
    ck_assert_uint_eq(b.received[2], 0);
    ck_assert_uint_eq(b.seen_count, 0);
    ck_assert_uint_eq(can_stats(b.net)->frames, 2);
}
END_TEST

static void answer(void *ctx, int64_t at_ns, const struct can_frame_ext *frame) {
    (void)ctx;
    (void)at_ns;
    if (frame->id == 0x100) {
        send(1, 0x010, false);
    }
}

START_TEST(an_answer_enters_the_next_start_of_frame) {
    b.nodes[1].received = answer;
    send(0, 0x100, false);
    send(0, 0x101, false);
    loop_run(&b.loop, NS_PER_S);
    ck_assert_uint_eq(b.seen[1].id, 0x010);
    ck_assert_int_eq(b.seen[1].at_ns,
                     duration_ns(0x100, false) + IFS_BITS * BIT_NS + duration_ns(0x010, false));
    ck_assert_uint_eq(b.seen[2].id, 0x101);
}
END_TEST

/* A long run of random traffic: nothing lost, nothing overlaps, each node's frames in order. */
START_TEST(random_traffic_never_overlaps) {
    unsigned seed = 7, accepted = 0;
    for (int i = 0; i < 300; i++) {
        accepted += send(rand_r(&seed) % NODES_MAX, (uint32_t)rand_r(&seed) & 0x7FF, false) == 0;
        loop_run(&b.loop, b.loop.now_ns + rand_r(&seed) % (600 * NS_PER_US));
    }
    loop_run(&b.loop, b.loop.now_ns + NS_PER_S);
    ck_assert_uint_eq(b.seen_count, accepted);
    for (unsigned i = 1; i < b.seen_count; i++) {
        int64_t gap_ns = b.seen[i].at_ns - duration_ns(b.seen[i].id, false) - b.seen[i - 1].at_ns;
        ck_assert_int_ge(gap_ns, IFS_BITS * BIT_NS);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("can_bus");
    TCase *tcase = tcase_create("bus");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_frame_arrives_at_its_end_of_frame);
    tcase_add_test(tcase, frames_follow_with_three_bits_between);
    tcase_add_test(tcase, lowest_identifier_wins_among_frames_of_one_instant);
    tcase_add_test(tcase, a_started_frame_is_not_interrupted);
    tcase_add_test(tcase, a_frame_of_the_intermission_takes_part);
    tcase_add_test(tcase, standard_and_extended_identifiers_arbitrate);
    tcase_add_test(tcase, a_full_queue_refuses);
    tcase_add_test(tcase, sixty_four_frames_may_wait);
    tcase_add_test(tcase, a_leaving_node_takes_its_frames_along);
    tcase_add_test(tcase, nodes_may_leave_and_taps_go_inside_a_call_back);
    tcase_add_test(tcase, an_answer_enters_the_next_start_of_frame);
    tcase_add_test(tcase, random_traffic_never_overlaps);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
