/* SPDX-License-Identifier: MIT */
#include "sim/can/internal.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

void can_net_init(struct can_net *net, const struct can_backend *backend, struct loop *loop,
                  uint32_t bits_per_s) {
    assert(net->nodes == NULL && net->taps == NULL && !net->delivering); /* begun once */
    assert(loop != NULL);
    net->backend = backend;
    net->loop = loop;
    net->bits_per_s = bits_per_s;
}

const struct can_stats *can_stats(const struct can_net *net) {
    return &net->stats;
}

uint32_t can_bit_rate(const struct can_net *net) {
    return net->bits_per_s;
}

void can_set_bit_rate(struct can_net *net, uint32_t bits_per_s) {
    net->bits_per_s = bits_per_s;
}

int64_t can_bits_ns(const struct can_net *net, unsigned bits) {
    if (net->bits_per_s == 0) {
        return 0;
    }
    int64_t ns = (int64_t)bits * NS_PER_S / net->bits_per_s;
    assert(ns >= 0 && (bits == 0 || ns > 0));
    return ns;
}

void can_join(struct can_net *net, struct can_node *node) {
    struct can_node **end = &net->nodes;
    while (*end != NULL) {
        assert(*end != node);
        end = &(*end)->next;
    }
    node->next = NULL;
    *end = node;
    net->backend->join(net, node);
}

void can_leave(struct can_net *net, struct can_node *node) {
    struct can_node **link = &net->nodes;
    while (*link != NULL && *link != node) {
        link = &(*link)->next;
    }
    if (*link == NULL) {
        return;
    }
    *link = node->next;
    if (net->next_node == node) {
        net->next_node = node->next;
    }
    net->backend->leave(net, node);
    node->next = NULL;
}

void can_tap(struct can_net *net, struct can_tap *tap) {
    struct can_tap **end = &net->taps;
    while (*end != NULL) {
        assert(*end != tap);
        end = &(*end)->next;
    }
    tap->next = NULL;
    *end = tap;
}

void can_untap(struct can_net *net, struct can_tap *tap) {
    struct can_tap **link = &net->taps;
    while (*link != NULL && *link != tap) {
        link = &(*link)->next;
    }
    if (*link == NULL) {
        return;
    }
    *link = tap->next;
    if (net->next_tap == tap) {
        net->next_tap = tap->next;
    }
    tap->next = NULL;
}

int can_send(struct can_net *net, struct can_node *node, const struct can_frame_ext *frame) {
    assert(frame->len <= 8);
    assert(frame->id < (frame->extended ? UINT32_C(1) << 29 : UINT32_C(1) << 11));
    int result = net->backend->send(net, node, frame);
    if (result != 0) {
        net->stats.refused++;
    }
    return result;
}

void can_deliver(struct can_net *net, int64_t at_ns, const struct can_frame_ext *frame,
                 unsigned bits, const struct can_node *sender) {
    assert(at_ns >= net->last_ns && frame->len <= 8);
    net->last_ns = at_ns;
    assert(!net->delivering); /* back ends deliver from the loop, never from can_send */
    net->delivering = true;
    net->stats.frames++;
    net->stats.busy_ns += can_bits_ns(net, bits + CAN_IFS_BITS);

    for (struct can_tap *tap = net->taps; tap != NULL; tap = net->next_tap) {
        net->next_tap = tap->next;
        tap->seen(tap->ctx, at_ns, frame, sender);
    }
    for (struct can_node *node = net->nodes; node != NULL; node = net->next_node) {
        net->next_node = node->next;
        if (node != sender && node->received != NULL) {
            node->received(node->ctx, at_ns, frame);
        }
    }
    net->delivering = false;
}

void can_free(struct can_net *net) {
    if (net == NULL) {
        return;
    }
    assert(!net->delivering);
    while (net->nodes != NULL) {
        can_leave(net, net->nodes);
    }
    net->backend->free(net);
}
