/* SPDX-License-Identifier: MIT */
/* can.h: one CAN network as the bench's parts see it, whatever carries it.
 *
 *   struct can_net *net = can_bus_new(&loop, 250000);         in-process, virtual or real
 *   struct can_net *net = can_socket_open(&loop, "vcan0", &problem);   SocketCAN
 *   struct can_node node = {.received = fn, .ctx = me};
 *   can_join(net, &node);
 *   can_send(net, &node, &frame);
 *
 * Nodes get every frame but their own. A tap (can_tap) sees every frame of the network, sent and
 * received, with the instant at which its last bit was on the wire: recorder, decoder, monitors.
 *
 * In-process back end: frames queue per node, the lowest identifier wins arbitration among the
 * nodes' first frames, a frame takes its true time with stuff bits and 3 bits of interframe space,
 * receivers and taps get it at its end of frame. SocketCAN back end: the instant is the kernel's
 * receive time stamp, turned into loop time; own frames are seen by taps through the socket's own
 * reception (CAN_RAW_RECV_OWN_MSGS), so their stamps are the kernel's too; error frames and drops
 * (SO_RXQ_OVFL) are counted.
 *
 * can_send returns 0, or -1 when the queue is full (in-process: CAN_QUEUE frames a node; SocketCAN:
 * the interface's txqueuelen) or the interface refuses (down, unplugged): the frame is lost,
 * counted in stats.refused. It never calls anybody back: frames are delivered from the loop.
 *
 * Arbitration is ISO 11898-1's, bit by bit: the 11 most significant bits first, then a standard
 * frame beats an extended one of the same 11 bits (its RTR and IDE are dominant), then the other
 * 18. Two nodes sending the same identifier (a fault on a real bus) follow one another in the
 * order in which they joined. At one instant taps are called before nodes. A node may leave and
 * a tap may be removed inside any call-back. */
#ifndef SIM_CAN_CAN_H
#define SIM_CAN_CAN_H

#include "sim/loop.h"
#include "sim/text/problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CAN_QUEUE 64 /* frames a node may have waiting */

struct can_frame_ext {
    uint32_t id;   /* 29 bits when extended, 11 when not */
    bool extended; /* GB/T 27930 uses extended only; the I/O network standard ones */
    uint8_t len;   /* 0..8 */
    uint8_t data[8];
};

struct can_net;

struct can_node {
    void (*received)(void *ctx, int64_t at_ns, const struct can_frame_ext *frame);
    void *ctx;
    struct can_node *next;
    void *queue; /* the back end's own */
};

struct can_tap {
    /* node: who sent it; NULL when it came from outside (SocketCAN). */
    void (*seen)(void *ctx, int64_t at_ns, const struct can_frame_ext *frame,
                 const struct can_node *sender);
    void *ctx;
    struct can_tap *next;
};

struct can_stats {
    uint64_t frames;           /* carried */
    uint64_t refused;          /* could not be sent */
    uint64_t ignored;          /* SocketCAN: remote and FD frames, which the bench does not speak */
    uint64_t error_frames;     /* SocketCAN error frames received */
    uint64_t bus_off;          /* SocketCAN: error frames that said bus-off */
    uint64_t link_errors;      /* SocketCAN: interface went down or was unplugged */
    uint64_t dropped;          /* receive queue overflow, as the kernel counts */
    uint64_t clock_steps;      /* SocketCAN: CLOCK_REALTIME was set; stamps near it are doubtful */
    int64_t busy_ns;           /* time taken on the wire, interframe space included (both back
                                  ends compute it from the bits; 0 while the bit rate is 0) */
    int64_t stamp_late_max_ns; /* SocketCAN: worst delay from kernel stamp to our reading it */
};

const struct can_stats *can_stats(const struct can_net *net);

/* Bit rate: as given to can_bus_new, or as the interface says; 0 when it has none (vcan). Set it
 * on a vcan to have stats.busy_ns computed as if the frames ran on a wire. */
uint32_t can_bit_rate(const struct can_net *net);
void can_set_bit_rate(struct can_net *net, uint32_t bits_per_s);

void can_join(struct can_net *net, struct can_node *node);
void can_leave(struct can_net *net, struct can_node *node);
void can_tap(struct can_net *net, struct can_tap *tap);
void can_untap(struct can_net *net, struct can_tap *tap);
int can_send(struct can_net *net, struct can_node *node, const struct can_frame_ext *frame);
void can_free(struct can_net *net);

/* In-process network at the given bit rate. */
struct can_net *can_bus_new(struct loop *loop, uint32_t bits_per_s);

/* An existing, up SocketCAN interface; the loop's clock must be LOOP_REAL. NULL on failure, with
 * one clear sentence in the problem: no such interface, down, no permission, kernel without CAN,
 * and the command that mends it.
 *
 * Stamps: the kernel stamps with CLOCK_REALTIME; the loop runs on CLOCK_MONOTONIC. Slewing (NTP)
 * moves both alike; a step of CLOCK_REALTIME is noticed at the next frame when it is forward or
 * more than 5 ms backward, else within a second, and counted in stats.clock_steps. Instants of one
 * network never go back. */
struct can_net *can_socket_open(struct loop *loop, const char *interface, struct problem *problem);

/* Bits of a data frame on the wire from start of frame to end of frame, stuff bits included
 * (ISO 11898-1: CRC-15, stuffing from SOF to the end of the CRC), without interframe space. */
unsigned can_frame_bits(const struct can_frame_ext *frame);

#endif
