/* SPDX-License-Identifier: MIT */
/* internal.h: what a CAN back end is. For sim/can/ only.
 *
 * A back end embeds struct can_net as its first member, fills it with can_net_init and hands it
 * out; can.c does what all back ends share: the lists of nodes and taps, and delivery. */
#ifndef SIM_CAN_INTERNAL_H
#define SIM_CAN_INTERNAL_H

#include "sim/can/can.h"

#define CAN_KIND_SIZE 16 /* of the kernel's word for a kind of interface */
#define CAN_IFS_BITS  3  /* intermission, ISO 11898-1 */

struct can_backend {
    void (*join)(struct can_net *net, struct can_node *node);  /* node is in the list already */
    void (*leave)(struct can_net *net, struct can_node *node); /* node is out of it already */
    int (*send)(struct can_net *net, struct can_node *node, const struct can_frame_ext *frame);
    void (*free)(struct can_net *net); /* frees the memory of net as well */
};

struct can_net {
    const struct can_backend *backend;
    struct loop *loop;
    uint32_t bits_per_s;
    struct can_node *nodes;     /* in order of joining */
    struct can_tap *taps;       /* in order of tapping */
    struct can_node *next_node; /* delivery under way: next to be called */
    struct can_tap *next_tap;
    bool delivering;
    int64_t last_ns; /* of the last frame delivered: they come in order */
    struct can_stats stats;
};

void can_net_init(struct can_net *net, const struct can_backend *backend, struct loop *loop,
                  uint32_t bits_per_s);

/* Counts the frame, then calls taps and all nodes but the sender (NULL when it came from outside).
 * bits: can_frame_bits of the frame. */
void can_deliver(struct can_net *net, int64_t at_ns, const struct can_frame_ext *frame,
                 unsigned bits, const struct can_node *sender);

/* Duration of that number of bits at the net's rate; 0 when it has no rate. */
int64_t can_bits_ns(const struct can_net *net, unsigned bits);

/* Rank in arbitration: the lower wins. */
static inline uint32_t can_rank(const struct can_frame_ext *frame) {
    const uint32_t extended_flag = UINT32_C(1) << 18; /* SRR and IDE recessive */
    if (!frame->extended) {
        return frame->id << 19;
    }
    return (frame->id >> 18) << 19 | extended_flag | (frame->id & (extended_flag - 1));
}

/* What socket.c needs to know of an interface (link.c). */
struct can_link {
    int index;
    bool is_can; /* ARPHRD_CAN */
    bool up;
    char kind[CAN_KIND_SIZE]; /* "can", "vcan", "vxcan", "slcan"; "" unknown */
    uint32_t bits_per_s;      /* 0 when the interface has none */
};

/* 0, or the errno: ENODEV no such interface. socket: any CAN socket. */
int can_link_read(int socket, const char *interface, struct can_link *link);

#endif
