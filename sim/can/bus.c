/* SPDX-License-Identifier: MIT */
/* The in-process network: arbitration, frame time, delivery at end of frame.
 *
 * One timer event a frame. Whenever the bus is free for a frame, the best waiting one is taken as
 * the sender and the timer set to the end of its frame; until its start of frame has passed, a
 * better one may still take its place. That is what arbitration at the start of frame comes to,
 * without an event for it. */
#include "sim/can/internal.h"

#include "sim/memory.h"

#include <assert.h>
#include <stdlib.h>

struct waiting {
    struct can_frame_ext frame;
    uint32_t rank;
    unsigned bits;
    int64_t since_ns; /* waiting since then */
};

struct queue {
    struct waiting frames[CAN_QUEUE];
    unsigned first, count;
};

struct bus {
    struct can_net net;
    struct timer end;        /* end of the sender's frame */
    struct can_node *sender; /* NULL when no frame waits */
    int64_t start_ns;        /* of the sender's frame */
    int64_t free_ns;         /* no start of frame before this instant */
};

static struct waiting *first_waiting(const struct can_node *node) {
    struct queue *queue = node->queue;
    assert(queue->count <= CAN_QUEUE && queue->first < CAN_QUEUE);
    return queue->count == 0 ? NULL : &queue->frames[queue->first];
}

static void schedule_end(struct bus *bus, struct can_node *sender) {
    assert(bus->start_ns >= bus->free_ns); /* never into a frame or its intermission */
    bus->sender = sender;
    loop_set(bus->net.loop, &bus->end,
             bus->start_ns + can_bits_ns(&bus->net, first_waiting(sender)->bits));
}

static void arbitrate(struct bus *bus) {
    struct can_node *best = NULL;
    for (struct can_node *node = bus->net.nodes; node != NULL; node = node->next) {
        const struct waiting *waiting = first_waiting(node);
        if (waiting != NULL && (best == NULL || waiting->rank < first_waiting(best)->rank)) {
            best = node;
        }
    }
    bus->sender = NULL;
    if (best == NULL) {
        return;
    }
    int64_t now_ns = bus->net.loop->now_ns;
    bus->start_ns = now_ns > bus->free_ns ? now_ns : bus->free_ns;
    schedule_end(bus, best);
}

/* A frame has come to the head of the node's queue: may it still enter the next start of frame? */
static void contend(struct bus *bus, struct can_node *node) {
    assert(first_waiting(node) != NULL); /* it has come to the head */
    if (bus->sender == NULL) {
        arbitrate(bus);
    } else if (bus->net.loop->now_ns <= bus->start_ns &&
               first_waiting(node)->rank < first_waiting(bus->sender)->rank) {
        schedule_end(bus, node);
    }
}

/* Nobody who waited at the start of the frame had a better one. */
static bool has_won(const struct bus *bus, const struct can_node *sender) {
    for (const struct can_node *node = bus->net.nodes; node != NULL; node = node->next) {
        const struct waiting *other = first_waiting(node);
        if (other != NULL && other->since_ns <= bus->start_ns &&
            other->rank < first_waiting(sender)->rank) {
            return false;
        }
    }
    return true;
}

static void frame_ended(void *ctx, int64_t now_ns) {
    struct bus *bus = ctx;
    struct can_node *sender = bus->sender;
    assert(sender != NULL && has_won(bus, sender));
    struct queue *queue = sender->queue;
    const struct waiting sent = *first_waiting(sender);
    assert(now_ns - bus->start_ns >= can_bits_ns(&bus->net, sent.bits));
    queue->first = (queue->first + 1) % CAN_QUEUE;
    queue->count--;
    assert(queue->count < CAN_QUEUE);
    bus->free_ns = now_ns + can_bits_ns(&bus->net, CAN_IFS_BITS);
    assert(bus->free_ns > now_ns); /* the intermission is still to come */
    arbitrate(bus);
    can_deliver(&bus->net, now_ns, &sent.frame, sent.bits, sender);
}

static void bus_join(struct can_net *net, struct can_node *node) {
    assert(node->queue == NULL); /* of one network at a time */
    (void)net;
    node->queue = memory_zeroed(1, sizeof(struct queue));
}

/* What the node had waiting is lost, a frame on the wire included. */
static void bus_leave(struct can_net *net, struct can_node *node) {
    struct bus *bus = (struct bus *)net;
    if (bus->sender == node) {
        loop_cancel(net->loop, &bus->end);
        arbitrate(bus);
    }
    free(node->queue);
    node->queue = NULL;
    assert(bus->sender != node);
}

static int bus_send(struct can_net *net, struct can_node *node, const struct can_frame_ext *frame) {
    struct queue *queue = node->queue;
    assert(queue != NULL); /* joined */
    if (queue->count == CAN_QUEUE) {
        return -1;
    }
    struct waiting *slot = &queue->frames[(queue->first + queue->count) % CAN_QUEUE];
    *slot = (struct waiting){*frame, can_rank(frame), can_frame_bits(frame), net->loop->now_ns};
    queue->count++;
    if (queue->count == 1) {
        contend((struct bus *)net, node);
    }
    assert(queue->count <= CAN_QUEUE && slot->bits > 0);
    return 0;
}

static void bus_free(struct can_net *net) {
    struct bus *bus = (struct bus *)net;
    loop_cancel(net->loop, &bus->end);
    free(bus);
}

static const struct can_backend bus_backend = {bus_join, bus_leave, bus_send, bus_free};

struct can_net *can_bus_new(struct loop *loop, uint32_t bits_per_s) {
    assert(bits_per_s > 0);
    struct bus *bus = memory_zeroed(1, sizeof *bus);
    can_net_init(&bus->net, &bus_backend, loop, bits_per_s);
    bus->end = (struct timer){.fire = frame_ended, .ctx = bus};
    return &bus->net;
}
