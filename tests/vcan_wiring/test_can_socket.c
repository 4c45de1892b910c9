/* SPDX-License-Identifier: MIT */
/* sim/can_socket.c on real SocketCAN. Makes interfaces of its own, so it wants root: run it under
 * tests/vcan/vcan-run. Exit 77 (skipped) where there is no SocketCAN or no right to do so. */
#include "sim/can/can.h"

#include <check.h>
#include <linux/can.h>
#include <linux/can/error.h>
#include <linux/can/raw.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define IF_NAME  "pbsock0"
#define SKIPPED  77
#define PATIENCE (3 * NS_PER_S)
#define SEEN_MAX 16384
#define MAKE     "ip link add " IF_NAME " type vcan 2>/dev/null && ip link set " IF_NAME " up"
#define DELETE   "ip link delete " IF_NAME " 2>/dev/null"

static struct loop loop;
static struct can_net *net, *remote;
static struct can_node a, b, far;
static struct can_tap tap, far_tap;
static struct problem problem;

struct seen {
    int64_t at_ns;
    struct can_frame_ext frame;
    const struct can_node *sender;
};
static struct seen taps[SEEN_MAX], far_taps[SEEN_MAX];
static unsigned tap_count, far_tap_count, a_count, b_count, far_count, wanted;
static const unsigned *awaited;

static void stop_when_there(void) {
    if (awaited != NULL && *awaited >= wanted) {
        loop_stop(&loop);
    }
}

static void on_frame(void *ctx, int64_t at_ns, const struct can_frame_ext *frame) {
    (void)at_ns;
    (void)frame;
    ++*(unsigned *)ctx;
    stop_when_there();
}

static void on_tap(void *ctx, int64_t at_ns, const struct can_frame_ext *frame,
                   const struct can_node *sender) {
    struct seen *list = ctx;
    unsigned *count = list == taps ? &tap_count : &far_tap_count;
    if (*count < SEEN_MAX) {
        list[*count] = (struct seen){at_ns, *frame, sender};
    }
    ++*count;
    stop_when_there();
}

/* Runs until the counter has come to that number; false when it does not in good time. */
static bool until(const unsigned *counter, unsigned number) {
    awaited = counter;
    wanted = number;
    if (*counter < number) {
        loop_run(&loop, loop_clock_ns(&loop) + PATIENCE);
    }
    awaited = NULL;
    return *counter >= number;
}

static void settle(int64_t ms) {
    loop_run(&loop, loop_clock_ns(&loop) + ms * NS_PER_MS);
}

static void drain(void) {
    unsigned before;
    do {
        before = tap_count + far_tap_count;
        settle(100);
    } while (tap_count + far_tap_count != before);
}

static int shell(const char *command) {
    return system(command);
}

static void setup(void) {
    (void)shell(DELETE); /* of a test that failed */
    ck_assert_int_eq(shell(MAKE), 0);
    loop_init(&loop, LOOP_REAL);
    net = can_socket_open(&loop, IF_NAME, &problem);
    ck_assert_msg(net != NULL, "%s", problem.text);
    remote = can_socket_open(&loop, IF_NAME, &problem);
    ck_assert_msg(remote != NULL, "%s", problem.text);
    a = (struct can_node){.received = on_frame, .ctx = &a_count};
    b = (struct can_node){.received = on_frame, .ctx = &b_count};
    far = (struct can_node){.received = on_frame, .ctx = &far_count};
    tap = (struct can_tap){.seen = on_tap, .ctx = taps};
    far_tap = (struct can_tap){.seen = on_tap, .ctx = far_taps};
    can_join(net, &a);
    can_join(net, &b);
    can_join(remote, &far);
    can_tap(net, &tap);
    can_tap(remote, &far_tap);
}

static void teardown(void) {
    can_free(net);
    can_free(remote);
    loop_free(&loop);
    (void)shell(DELETE);
}

START_TEST(frames_arrive_with_identifier_length_and_data) {
    for (uint8_t len = 0; len <= 8; len++) {
        struct can_frame_ext frame = {.id = 0x7FF, .len = len, .data = {1, 2, 3, 4, 5, 6, 7, 8}};
        ck_assert_int_eq(can_send(net, &a, &frame), 0);
        frame.id = 0x1FFFFFFF;
        frame.extended = true;
        ck_assert_int_eq(can_send(net, &a, &frame), 0);
    }
    ck_assert(until(&far_tap_count, 18));
    for (unsigned i = 0; i < 18; i++) {
        const struct can_frame_ext *f = &far_taps[i].frame;
        ck_assert_uint_eq(f->len, i / 2);
        ck_assert(f->extended == (i % 2 == 1));
        ck_assert_uint_eq(f->id, i % 2 ? 0x1FFFFFFF : 0x7FF);
        ck_assert_int_eq(memcmp(f->data, (const uint8_t[8]){1, 2, 3, 4, 5, 6, 7, 8}, f->len), 0);
    }
}
END_TEST

START_TEST(all_but_the_sender_get_a_frame_and_taps_know_the_sender) {
    struct can_frame_ext frame = {.id = 0x123, .len = 1};
    can_send(net, &a, &frame);
    frame.data[0] = 1;
    can_send(net, &b, &frame);
    frame.data[0] = 2;
    can_send(remote, &far, &frame);
    ck_assert(until(&tap_count, 3) && until(&far_tap_count, 3) && until(&b_count, 2));
    ck_assert_uint_eq(a_count, 2);
    ck_assert_uint_eq(b_count, 2);
    ck_assert_uint_eq(far_count, 2);
    ck_assert_ptr_eq(taps[0].sender, &a);
    ck_assert_ptr_eq(taps[1].sender, &b);
    ck_assert_ptr_null(taps[2].sender);
    ck_assert_ptr_null(far_taps[0].sender);
    ck_assert_ptr_eq(far_taps[2].sender, &far);
}
END_TEST

/* Identical frames of two nodes are told apart by their order. */
START_TEST(equal_frames_of_two_nodes_keep_their_senders) {
    struct can_frame_ext frame = {.id = 0x123, .len = 1};
    for (int i = 0; i < 20; i++) {
        can_send(net, i % 3 == 0 ? &a : &b, &frame);
    }
    ck_assert(until(&tap_count, 20));
    for (unsigned i = 0; i < 20; i++) {
        ck_assert_ptr_eq(taps[i].sender, i % 3 == 0 ? &a : &b);
    }
}
END_TEST

START_TEST(a_node_that_left_is_not_named) {
    struct can_frame_ext frame = {.id = 0x123, .len = 1};
    can_send(net, &a, &frame);
    can_leave(net, &a);
    ck_assert(until(&tap_count, 1));
    ck_assert_ptr_null(taps[0].sender);
}
END_TEST

START_TEST(stamps_lie_between_sending_and_now_and_agree) {
    for (int i = 0; i < 50; i++) {
        unsigned before = tap_count;
        struct can_frame_ext frame = {.id = 0x100, .len = 1, .data = {(uint8_t)i}};
        int64_t sent_ns = loop_clock_ns(&loop);
        can_send(net, &a, &frame);
        ck_assert(until(&tap_count, before + 1) && until(&far_tap_count, before + 1));
        const struct seen *own = &taps[before], *there = &far_taps[before];
        ck_assert_int_ge(own->at_ns, sent_ns - 100 * NS_PER_US);
        ck_assert_int_le(own->at_ns, loop_clock_ns(&loop));
        /* One stamp for both, but each network measures the clocks' difference itself. */
        ck_assert_int_lt(llabs(own->at_ns - there->at_ns), 200 * NS_PER_US);
    }
    ck_assert_int_gt(can_stats(net)->stamp_late_max_ns, 0);
    ck_assert_uint_eq(can_stats(net)->clock_steps, 0);
}
END_TEST

/* It sets the machine's clock, so only where the machine is a guest of ours. */
static bool is_user_mode_linux(void) {
    char text[512] = {0};
    FILE *file = fopen("/proc/cpuinfo", "r");
    if (file != NULL) {
        (void)!fread(text, 1, sizeof text - 1, file);
        fclose(file);
    }
    return strstr(text, "User Mode Linux") != NULL;
}

START_TEST(a_step_of_the_realtime_clock_does_not_move_the_stamps) {
    if (!is_user_mode_linux()) {
        fputs("a_step_of_the_realtime_clock: skipped, this is no user-mode Linux\n", stderr);
        return;
    }
    static const time_t steps_s[] = {10, -3600};
    for (unsigned i = 0; i < 2; i++) {
        unsigned before = tap_count;
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        now.tv_sec += steps_s[i];
        ck_assert_int_eq(clock_settime(CLOCK_REALTIME, &now), 0);
        struct can_frame_ext frame = {.id = 0x100};
        int64_t sent_ns = loop_clock_ns(&loop);
        can_send(net, &a, &frame);
        ck_assert(until(&tap_count, before + 1));
        ck_assert_int_ge(taps[before].at_ns, sent_ns - 200 * NS_PER_US);
        ck_assert_int_le(taps[before].at_ns, loop_clock_ns(&loop));
        ck_assert_uint_eq(can_stats(net)->clock_steps, i + 1);
    }
}
END_TEST

START_TEST(a_burst_that_waits_is_not_lost) {
    struct can_frame_ext frame = {.id = 0x100, .len = 8};
    for (unsigned i = 0; i < 2000; i++) {
        frame.data[0] = (uint8_t)i;
        ck_assert_int_eq(can_send(remote, &far, &frame), 0);
    }
    ck_assert(until(&tap_count, 2000));
    ck_assert_uint_eq(can_stats(net)->dropped, 0);
    for (unsigned i = 0; i < 2000; i++) {
        ck_assert_uint_eq(taps[i].frame.data[0], i & 0xFF);
    }
}
END_TEST

START_TEST(what_the_kernel_drops_is_counted) {
    struct can_frame_ext frame = {.id = 0x100, .len = 8};
    enum {
        MANY = 14000
    };
    for (unsigned i = 0; i < MANY; i++) {
        ck_assert_int_eq(can_send(remote, &far, &frame), 0);
    }
    drain();
    ck_assert_uint_lt(tap_count, MANY); /* else this test proves nothing */
    can_send(remote, &far, &frame);     /* the next frame tells of the drops before it */
    drain();
    ck_assert_uint_gt(can_stats(net)->dropped, 0);
    ck_assert_uint_eq(can_stats(net)->frames + can_stats(net)->dropped, MANY + 1);
}
END_TEST

static int raw_socket(void) {
    int fd = socket(PF_CAN, SOCK_RAW, CAN_RAW);
    struct sockaddr_can address = {.can_family = AF_CAN,
                                   .can_ifindex = (int)if_nametoindex(IF_NAME)};
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

START_TEST(error_and_remote_frames_are_counted_not_delivered) {
    int fd = raw_socket();
    struct can_frame error = {.can_id = CAN_ERR_FLAG | CAN_ERR_BUSOFF, .can_dlc = 8};
    struct can_frame remote_request = {.can_id = 0x123 | CAN_RTR_FLAG};
    struct can_frame last = {.can_id = 0x124};
    ck_assert_int_eq(write(fd, &error, sizeof error), sizeof error);
    ck_assert_int_eq(write(fd, &remote_request, sizeof error), sizeof error);
    ck_assert_int_eq(write(fd, &last, sizeof last), sizeof last);
    ck_assert(until(&tap_count, 1));
    ck_assert_uint_eq(taps[0].frame.id, 0x124);
    ck_assert_uint_eq(can_stats(net)->error_frames, 1);
    ck_assert_uint_eq(can_stats(net)->bus_off, 1);
    ck_assert_uint_eq(can_stats(net)->ignored, 1);
    close(fd);
}
END_TEST

START_TEST(an_interface_that_goes_down_comes_back) {
    struct can_frame_ext frame = {.id = 0x100};
    ck_assert_int_eq(shell("ip link set " IF_NAME " down"), 0);
    settle(50);
    ck_assert_uint_eq(can_stats(net)->link_errors, 1);
    ck_assert_int_eq(can_send(net, &a, &frame), -1);
    ck_assert_uint_eq(can_stats(net)->refused, 1);
    ck_assert_int_eq(shell("ip link set " IF_NAME " up"), 0);
    ck_assert_int_eq(can_send(net, &a, &frame), 0);
    ck_assert(until(&far_count, 1));
    ck_assert_ptr_eq(taps[0].sender, &a); /* the refused one does not stand in the way */
}
END_TEST

START_TEST(an_unplugged_interface_is_noticed_and_does_not_spin) {
    struct can_frame_ext frame = {.id = 0x100};
    ck_assert_int_eq(shell(DELETE), 0);
    settle(50);
    uint64_t errors = can_stats(net)->link_errors;
    ck_assert_uint_ge(errors, 1);
    ck_assert_int_eq(can_send(net, &a, &frame), -1);
    struct timespec cpu_before, cpu_after;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu_before);
    settle(300);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu_after);
    int64_t cpu_ns =
        (cpu_after.tv_sec - cpu_before.tv_sec) * NS_PER_S + cpu_after.tv_nsec - cpu_before.tv_nsec;
    ck_assert_int_lt(cpu_ns, 100 * NS_PER_MS);
    ck_assert_uint_eq(can_stats(net)->link_errors, errors);
}
END_TEST

START_TEST(what_is_wrong_with_an_interface_is_said) {
    ck_assert_ptr_null(can_socket_open(&loop, "pbnone9", &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "no interface 'pbnone9'"));
    ck_assert_ptr_nonnull(strstr(problem.text, "ip link add"));
    ck_assert_ptr_null(can_socket_open(&loop, "a-name-that-is-too-long", &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "no interface"));
    ck_assert_ptr_null(can_socket_open(&loop, "lo", &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "not a CAN interface"));
    ck_assert_int_eq(shell("ip link set " IF_NAME " down"), 0);
    ck_assert_ptr_null(can_socket_open(&loop, IF_NAME, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "is down; 'sudo ip link set " IF_NAME " up'"));
    ck_assert_uint_eq(loop.fd_count, 2); /* nothing left over */
}
END_TEST

START_TEST(a_vcan_has_no_bit_rate_until_it_is_set) {
    struct can_frame_ext frame = {.id = 0x100, .len = 8};
    ck_assert_uint_eq(can_bit_rate(net), 0);
    can_send(net, &a, &frame);
    ck_assert(until(&tap_count, 1));
    ck_assert_int_eq(can_stats(net)->busy_ns, 0);
    can_set_bit_rate(net, 250000);
    can_send(net, &a, &frame);
    ck_assert(until(&tap_count, 2));
    ck_assert_int_eq(can_stats(net)->busy_ns, (can_frame_bits(&frame) + 3) * 4000);
}
END_TEST

static bool possible(void) {
    int fd = socket(PF_CAN, SOCK_RAW, CAN_RAW);
    if (fd < 0) {
        return false;
    }
    close(fd);
    (void)shell(DELETE);
    bool made = shell(MAKE) == 0;
    (void)shell(DELETE);
    return made;
}

int main(void) {
    if (!possible()) {
        fputs("skipped: no SocketCAN here, or no right to make a vcan; see tests/vcan\n", stderr);
        return SKIPPED;
    }
    Suite *suite = suite_create("can_socket");
    TCase *tcase = tcase_create("socket");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, frames_arrive_with_identifier_length_and_data);
    tcase_add_test(tcase, all_but_the_sender_get_a_frame_and_taps_know_the_sender);
    tcase_add_test(tcase, equal_frames_of_two_nodes_keep_their_senders);
    tcase_add_test(tcase, a_node_that_left_is_not_named);
    tcase_add_test(tcase, stamps_lie_between_sending_and_now_and_agree);
    tcase_add_test(tcase, a_step_of_the_realtime_clock_does_not_move_the_stamps);
    tcase_add_test(tcase, a_burst_that_waits_is_not_lost);
    tcase_add_test(tcase, what_the_kernel_drops_is_counted);
    tcase_add_test(tcase, error_and_remote_frames_are_counted_not_delivered);
    tcase_add_test(tcase, an_interface_that_goes_down_comes_back);
    tcase_add_test(tcase, an_unplugged_interface_is_noticed_and_does_not_spin);
    tcase_add_test(tcase, what_is_wrong_with_an_interface_is_said);
    tcase_add_test(tcase, a_vcan_has_no_bit_rate_until_it_is_set);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
