/* SPDX-License-Identifier: MIT */
/* The bench's transport against the kernel's own J1939 stack (can-j1939), an implementation by
 * others: messages of BRM's size and of the extremes in both directions, and what each makes of the
 * other's faults. Inside tests/vcan/vcan-run; exit 77 where there is no vcan0 or no can-j1939.
 *
 * Peculiarities of Linux 6.1 as a peer, which the checks leave room for: it ignores a Conn_Abort of
 * the remote receiver (its own T3 ends the transfer then), takes a second CTS for a duplicate, and
 * aborts with reason 5 after having answered a repeated request. */
#include "sim/can/can.h"
#include "vehicle_bms/transport/transport.h"

#include <check.h>
#include <errno.h>
#include <linux/can.h>
#include <linux/can/j1939.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define INTERFACE   "vcan0"
#define SKIPPED     77
#define PGN_BRM     0x0200u
#define PATIENCE_NS (8 * NS_PER_S)
#define GAP_NS      (2 * NS_PER_MS) /* between packets: 255 of them fit into the patience */
#define MS(n)       ((n)*NS_PER_MS)

/* One side is ours, the other one a socket of the kernel. */
struct peers {
    struct loop loop;
    struct can_net *net;
    struct can_node node;
    struct can_tap tap;
    struct timer timer;
    struct transport_sender sender;
    struct transport_receiver receiver;
    uint8_t own, kernel; /* addresses */
    int fd;
    unsigned finished, received, failed; /* ours */
    enum transport_result result, failure;
    size_t length;
    uint8_t data[TRANSPORT_LENGTH_MAX];
    unsigned heard; /* messages out of the kernel */
    ssize_t heard_length;
    uint8_t heard_data[TRANSPORT_LENGTH_MAX];
    int error; /* of the kernel's socket: how its transfer failed */
    unsigned requests, packets, aborts;
};

static struct peers p;

static void push_time(void) {
    int64_t at_ns = p.sender.deadline_ns < p.receiver.deadline_ns ? p.sender.deadline_ns
                                                                  : p.receiver.deadline_ns;
    if (at_ns == LOOP_NEVER) {
        loop_cancel(&p.loop, &p.timer);
    } else {
        loop_set(&p.loop, &p.timer, at_ns);
    }
}

static void on_time(void *ctx, int64_t now_ns) {
    (void)ctx;
    transport_sender_time(&p.sender, now_ns);
    transport_receiver_time(&p.receiver, now_ns);
    push_time();
}

static void on_frame(void *ctx, int64_t at_ns, const struct can_frame_ext *frame) {
    (void)ctx;
    (void)at_ns;
    transport_sender_frame(&p.sender, p.loop.now_ns, frame);
    transport_receiver_frame(&p.receiver, p.loop.now_ns, frame);
    push_time();
}

static void on_tap(void *ctx, int64_t at_ns, const struct can_frame_ext *frame,
                   const struct can_node *sender) {
    (void)ctx;
    (void)at_ns;
    (void)sender;
    bool control = (frame->id >> 16 & 0xFF) == TRANSPORT_PGN_CM >> 8;
    p.packets += (frame->id >> 16 & 0xFF) == TRANSPORT_PGN_DT >> 8;
    p.requests += control && frame->data[0] == TRANSPORT_CTS;
    p.aborts += control && frame->data[0] == TRANSPORT_ABORT;
}

static int transmit(void *ctx, int64_t now_ns, const struct can_frame_ext *frame) {
    (void)ctx;
    (void)now_ns;
    return can_send(p.net, &p.node, frame);
}

static void on_finished(void *ctx, int64_t now_ns, uint32_t pgn, enum transport_result result) {
    (void)ctx;
    (void)now_ns;
    ck_assert_uint_eq(pgn, PGN_BRM);
    p.finished++;
    p.result = result;
}

static void on_received(void *ctx, int64_t now_ns, uint32_t pgn, const uint8_t *data,
                        size_t length) {
    (void)ctx;
    (void)now_ns;
    ck_assert_uint_eq(pgn, PGN_BRM);
    p.received++;
    p.length = length;
    memcpy(p.data, data, length);
}

static void on_failed(void *ctx, int64_t now_ns, uint32_t pgn, enum transport_result result) {
    (void)ctx;
    (void)now_ns;
    (void)pgn;
    p.failed++;
    p.failure = result;
}

static void kernel_ready(void *ctx, int64_t now_ns) {
    uint8_t bytes[TRANSPORT_LENGTH_MAX];
    (void)ctx;
    (void)now_ns;
    ssize_t count = recv(p.fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (count < 0) {
        p.error = errno != EAGAIN ? errno : p.error;
        return;
    }
    p.heard++;
    p.heard_length = count;
    memcpy(p.heard_data, bytes, (size_t)count);
}

static int kernel_open(uint8_t address) {
    int fd = socket(PF_CAN, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, CAN_J1939);
    struct sockaddr_can at = {
        .can_family = AF_CAN,
        .can_ifindex = (int)if_nametoindex(INTERFACE),
        .can_addr.j1939 = {.name = J1939_NO_NAME, .pgn = J1939_NO_PGN, .addr = address}};
    int priority = 7;
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 ||
        setsockopt(fd, SOL_CAN_J1939, SO_J1939_SEND_PRIO, &priority, sizeof priority) != 0) {
        perror("can-j1939");
        return -1;
    }
    return fd;
}

static void kernel_send(size_t length) {
    uint8_t bytes[TRANSPORT_LENGTH_MAX];
    struct sockaddr_can to = {
        .can_family = AF_CAN,
        .can_ifindex = (int)if_nametoindex(INTERFACE),
        .can_addr.j1939 = {.name = J1939_NO_NAME, .pgn = PGN_BRM, .addr = p.own}};
    for (size_t i = 0; i < length; i++) {
        bytes[i] = (uint8_t)(i * 7 + 3);
    }
    ck_assert_int_eq(sendto(p.fd, bytes, length, 0, (struct sockaddr *)&to, sizeof to),
                     (ssize_t)length);
}

static void begin(uint8_t own, uint8_t kernel) {
    struct problem problem;
    struct transport_timing timing = transport_timing_default;
    memset(&p, 0, sizeof p);
    p.own = own;
    p.kernel = kernel;
    timing.dt_gap_ns = GAP_NS;
    loop_init(&p.loop, LOOP_REAL);
    p.net = can_socket_open(&p.loop, INTERFACE, &problem);
    ck_assert_msg(p.net != NULL, "%s", problem.text);
    p.node = (struct can_node){.received = on_frame};
    p.tap = (struct can_tap){.seen = on_tap};
    p.timer = (struct timer){.fire = on_time};
    can_join(p.net, &p.node);
    can_tap(p.net, &p.tap);
    const struct transport_port port = {.own = own, .peer = kernel, .send = transmit};
    transport_sender_init(&p.sender, &port, &timing, on_finished);
    transport_receiver_init(&p.receiver, &port, &timing, on_received);
    p.receiver.failed = on_failed;
    p.fd = kernel_open(kernel);
    ck_assert_int_ge(p.fd, 0);
    ck_assert(loop_fd_add(&p.loop, p.fd, kernel_ready, NULL));
}

static void end(void) {
    close(p.fd);
    can_untap(p.net, &p.tap);
    can_leave(p.net, &p.node);
    can_free(p.net);
    loop_free(&p.loop);
}

/* Runs until both counters have moved. */
static void until(const unsigned *one, const unsigned *other) {
    int64_t give_up_ns = loop_clock_ns(&p.loop) + PATIENCE_NS;
    while ((*one == 0 || *other == 0) && loop_clock_ns(&p.loop) < give_up_ns) {
        loop_run(&p.loop, loop_clock_ns(&p.loop) + MS(5));
    }
}

static void settle(int64_t ms) {
    loop_run(&p.loop, loop_clock_ns(&p.loop) + MS(ms));
}

static void send_message(size_t length) {
    uint8_t bytes[TRANSPORT_LENGTH_MAX];
    for (size_t i = 0; i < length; i++) {
        bytes[i] = (uint8_t)(i * 7 + 3);
    }
    p.finished = p.heard = 0;
    p.loop.now_ns = loop_clock_ns(&p.loop);
    ck_assert_int_eq(transport_send(&p.sender, p.loop.now_ns, PGN_BRM, bytes, length), 0);
    push_time();
}

static void is_the_message(const uint8_t *data, size_t got, size_t length) {
    ck_assert_uint_eq(got, length);
    for (size_t i = 0; i < length; i++) {
        ck_assert_uint_eq(data[i], (uint8_t)(i * 7 + 3));
    }
}

static const size_t lengths[] = {9, 14, 49, 336, 1785};

#define LENGTHS (int)(sizeof lengths / sizeof lengths[0])

START_TEST(we_send_the_kernel_receives) {
    begin(0xF4, 0x56);
    send_message(lengths[_i]);
    until(&p.finished, &p.heard);
    ck_assert_uint_eq(p.finished, 1);
    ck_assert_int_eq(p.result, TRANSPORT_DONE);
    ck_assert_uint_eq(p.heard, 1);
    is_the_message(p.heard_data, (size_t)p.heard_length, lengths[_i]);
    ck_assert_uint_eq(p.aborts, 0);
    end();
}
END_TEST

START_TEST(the_kernel_sends_we_receive) {
    static const unsigned always = 1;
    begin(0x56, 0xF4);
    kernel_send(lengths[_i]);
    until(&p.received, &always);
    ck_assert_uint_eq(p.received, 1);
    is_the_message(p.data, p.length, lengths[_i]);
    ck_assert_uint_eq(p.failed, 0);
    settle(20);
    ck_assert_int_eq(p.error, 0); /* the kernel has its EndOfMsgAck */
    ck_assert_uint_eq(p.aborts, 0);
    end();
}
END_TEST

/* CTS for a few packets at a time: 49 bytes, 7 packets. */
START_TEST(the_kernel_sends_in_batches) {
    static const unsigned always = 1;
    static const unsigned requests[] = {0, 7, 4, 3, 2, 2, 2, 1};
    begin(0x56, 0xF4);
    p.receiver.packets_per_cts = (uint8_t)_i;
    kernel_send(49);
    until(&p.received, &always);
    ck_assert_uint_eq(p.received, 1);
    is_the_message(p.data, p.length, 49);
    ck_assert_uint_eq(p.requests, requests[_i]);
    ck_assert_uint_eq(p.packets, 7);
    end();
}
END_TEST

/* The kernel asks for nothing again: it aborts at its T1 (750 ms), and our sender takes that. */
START_TEST(the_kernel_misses_a_packet_and_aborts) {
    static const unsigned always = 1;
    begin(0xF4, 0x56);
    p.sender.fault = TRANSPORT_SKIPS;
    p.sender.at = 7;
    send_message(49);
    until(&p.finished, &always);
    ck_assert_int_eq(p.result, TRANSPORT_TIMEOUT);
    ck_assert(p.sender.by_peer);
    ck_assert_uint_eq(p.heard, 0);
    settle(600); /* the kernel keeps an aborted session for half a second */
    p.sender.fault = TRANSPORT_SOUND;
    send_message(49);
    until(&p.finished, &p.heard);
    ck_assert_int_eq(p.result, TRANSPORT_DONE);
    is_the_message(p.heard_data, (size_t)p.heard_length, 49);
    end();
}
END_TEST

/* We ask for a packet again. The kernel sends it; 6.1 aborts with reason 5 thereafter. */
START_TEST(the_kernel_answers_a_repeated_request) {
    begin(0x56, 0xF4);
    p.receiver.fault = RECEPTION_ASKS_AGAIN;
    p.receiver.at = 3;
    kernel_send(49);
    settle(300);
    ck_assert_uint_eq(p.packets, 7 + 1);
    ck_assert_uint_eq(p.received + p.failed, 1);
    if (p.failed != 0) {
        ck_assert_int_eq(p.failure, TRANSPORT_RETRANSMIT_LIMIT);
        ck_assert(p.receiver.by_peer);
    } else {
        is_the_message(p.data, p.length, 49);
    }
    end();
}
END_TEST

/* Had it not understood our Conn_Abort, the kernel would refuse the next one for being busy, or
 * complete the first. */
START_TEST(the_kernel_takes_our_abort_as_sender) {
    begin(0xF4, 0x56);
    p.sender.fault = TRANSPORT_ABORTS;
    p.sender.at = 3;
    send_message(49);
    settle(100);
    ck_assert_int_eq(p.result, TRANSPORT_BROKEN);
    ck_assert_uint_eq(p.heard, 0);
    ck_assert_uint_eq(p.packets, 3);
    settle(1500); /* no T1, no abort of its own: it has let go */
    ck_assert_uint_eq(p.aborts, 1);
    end();
}
END_TEST

/* The kernel's transfer fails: at once where it listens to us, else when its T3 has passed. */
START_TEST(the_kernel_fails_when_we_abort_as_receiver) {
    begin(0x56, 0xF4);
    p.receiver.fault = RECEPTION_ABORTS;
    kernel_send(49);
    settle(2000);
    ck_assert_int_ne(p.error, 0);
    ck_assert_uint_eq(p.received, 0);
    ck_assert_uint_eq(p.packets, 0);
    ck_assert_uint_ge(p.aborts, 1);
    end();
}
END_TEST

/* A hold that never ends is ended by the kernel, and our receiver takes its Conn_Abort. */
START_TEST(the_kernel_aborts_as_sender) {
    begin(0x56, 0xF4);
    p.receiver.fault = RECEPTION_HOLDS_EVER;
    kernel_send(49);
    settle(2500);
    ck_assert_int_ne(p.error, 0);
    ck_assert_uint_ge(p.failed, 1);
    ck_assert(p.receiver.by_peer);
    ck_assert_int_eq(p.receiver.state, RECEIVER_IDLE);
    end();
}
END_TEST

/* RTS of another PGN in between: refused as busy, and the transfer goes on. */
START_TEST(the_kernel_refuses_a_second_connection) {
    begin(0xF4, 0x56);
    p.sender.fault = TRANSPORT_INTERLEAVES;
    p.sender.at = 3;
    send_message(49);
    until(&p.finished, &p.heard);
    ck_assert_int_eq(p.result, TRANSPORT_DONE);
    ck_assert_uint_eq(p.heard, 1);
    is_the_message(p.heard_data, (size_t)p.heard_length, 49);
    ck_assert_uint_eq(p.aborts, 1);
    end();
}
END_TEST

/* The same RTS again: the kernel ends the transfer as busy, instead of starting over. */
START_TEST(the_kernel_ends_a_transfer_whose_rts_is_repeated) {
    static const unsigned always = 1;
    begin(0xF4, 0x56);
    p.sender.fault = TRANSPORT_REPEATS_RTS;
    p.sender.at = 3;
    send_message(49);
    until(&p.finished, &always);
    ck_assert(p.result == TRANSPORT_BUSY || p.result == TRANSPORT_DONE);
    ck_assert_uint_eq(p.heard, p.result == TRANSPORT_DONE);
    ck_assert(p.sender.by_peer == (p.result == TRANSPORT_BUSY));
    end();
}
END_TEST

START_TEST(the_kernel_refuses_impossible_lengths) {
    static const uint16_t announced[] = {8, 1786};
    static const unsigned always = 1;
    begin(0xF4, 0x56);
    p.sender.fault = TRANSPORT_WRONG_LENGTH;
    p.sender.at = announced[_i];
    send_message(49);
    until(&p.finished, &always);
    ck_assert(p.sender.by_peer);
    ck_assert_int_ne(p.result, TRANSPORT_DONE);
    ck_assert_uint_eq(p.packets, 0);
    end();
}
END_TEST

static bool possible(void) {
    int fd = if_nametoindex(INTERFACE) != 0 ? socket(PF_CAN, SOCK_DGRAM, CAN_J1939) : -1;
    if (fd >= 0) {
        close(fd);
    }
    return fd >= 0;
}

int main(void) {
    if (!possible()) {
        fputs("skipped: no " INTERFACE " or no can-j1939 here; see tests/vcan\n", stderr);
        return SKIPPED;
    }
    Suite *suite = suite_create("j1939_peer");
    TCase *tcase = tcase_create("kernel");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, we_send_the_kernel_receives, 0, LENGTHS);
    tcase_add_loop_test(tcase, the_kernel_sends_we_receive, 0, LENGTHS);
    tcase_add_loop_test(tcase, the_kernel_sends_in_batches, 1, 8);
    tcase_add_test(tcase, the_kernel_misses_a_packet_and_aborts);
    tcase_add_test(tcase, the_kernel_answers_a_repeated_request);
    tcase_add_test(tcase, the_kernel_takes_our_abort_as_sender);
    tcase_add_test(tcase, the_kernel_fails_when_we_abort_as_receiver);
    tcase_add_test(tcase, the_kernel_aborts_as_sender);
    tcase_add_test(tcase, the_kernel_refuses_a_second_connection);
    tcase_add_test(tcase, the_kernel_ends_a_transfer_whose_rts_is_repeated);
    tcase_add_loop_test(tcase, the_kernel_refuses_impossible_lengths, 0, 2);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
