/* SPDX-License-Identifier: MIT */
/* pile_can.h: the Linux port's CAN driver: one raw SocketCAN socket a network.
 *
 *   struct pile_can can = PILE_CAN_CLOSED;
 *   if (!pile_can_open(&can, "vcan0", why, sizeof why)) ...
 *   while (pile_can_read(&can, &frame) > 0) ...        until 0: nothing waits
 *   pile_can_send(&can, &frame);                       0 or an enum dut_error
 *
 * Sockets do not block. Remote, FD and error frames are left out. */
#ifndef PILE_CAN_H
#define PILE_CAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pile_can {
    int fd; /* -1: not connected */
    char name[16];
};

#define PILE_CAN_CLOSED                                                                            \
    (struct pile_can) {                                                                            \
        .fd = -1                                                                                   \
    }

struct pile_frame {
    uint32_t id; /* 29 or 11 bits */
    bool extended;
    uint8_t len; /* 0..8 */
    uint8_t data[8];
};

/* False with one sentence in why. */
bool pile_can_open(struct pile_can *can, const char *interface, char *why, size_t why_size);
void pile_can_close(struct pile_can *can);

/* 1: a frame; 0: nothing waits; -1: the interface is gone for good. */
int pile_can_read(struct pile_can *can, struct pile_frame *frame);

/* 0; DUT_ERROR_FULL: try again later; DUT_ERROR_ABSENT: not connected, down or gone. */
int pile_can_send(struct pile_can *can, const struct pile_frame *frame);

#endif
