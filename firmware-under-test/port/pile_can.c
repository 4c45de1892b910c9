/* SPDX-License-Identifier: MIT */
#include "pile_can.h"

#include "dut.h"

#include <errno.h>
#include <linux/can.h>
#include <linux/can/raw.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECEIVE_BUFFER (1024 * 1024) /* bytes; the default holds 278 frames and drops silently */

/* mend: a command that the interface's name completes. */
static bool fail(struct pile_can *can, char *why, size_t why_size, const char *interface,
                 const char *text, const char *mend, const char *mend_end) {
    snprintf(why, why_size, "'%s': %s: %s%s%s", interface, text, mend, mend_end ? interface : "",
             mend_end ? mend_end : "");
    pile_can_close(can);
    return false;
}

static bool fail_errno(struct pile_can *can, char *why, size_t why_size, const char *interface) {
    snprintf(why, why_size, "cannot use interface '%s': %s", interface, strerror(errno));
    pile_can_close(can);
    return false;
}

bool pile_can_open(struct pile_can *can, const char *interface, char *why, size_t why_size) {
    can->fd = socket(PF_CAN, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, CAN_RAW);
    if (can->fd < 0 && (errno == EAFNOSUPPORT || errno == EPROTONOSUPPORT)) {
        return fail(can, why, why_size, interface, "this kernel has no SocketCAN",
                    "sudo modprobe can-raw", NULL);
    }
    if (can->fd < 0) {
        return fail_errno(can, why, why_size, interface);
    }
    struct ifreq request = {0};
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", interface);
    if (strlen(interface) >= sizeof request.ifr_name ||
        ioctl(can->fd, SIOCGIFINDEX, &request) != 0) {
        return fail(can, why, why_size, interface, "no such interface",
                    "see 'ip -br link', or: sudo ip link add ", " type vcan");
    }
    struct sockaddr_can address = {.can_family = AF_CAN, .can_ifindex = request.ifr_ifindex};
    if (ioctl(can->fd, SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_UP) == 0) {
        return fail(can, why, why_size, interface, "the interface is down", "sudo ip link set ",
                    " up");
    }
    int size = RECEIVE_BUFFER;
    if (setsockopt(can->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) != 0) {
        (void)setsockopt(can->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    }
    if (bind(can->fd, (struct sockaddr *)&address, sizeof address) != 0) {
        return fail_errno(can, why, why_size, interface);
    }
    snprintf(can->name, sizeof can->name, "%s", interface);
    return true;
}

void pile_can_close(struct pile_can *can) {
    if (can->fd >= 0) {
        close(can->fd);
    }
    *can = PILE_CAN_CLOSED;
}

int pile_can_read(struct pile_can *can, struct pile_frame *frame) {
    for (;;) {
        struct can_frame raw;
        ssize_t count = recv(can->fd, &raw, sizeof raw, MSG_DONTWAIT);
        if (count < 0 && (errno == ENODEV || errno == ENXIO)) {
            return -1;
        }
        if (count < 0 && errno == ENETDOWN) {
            fprintf(stderr, "pile: interface '%s' went down; waiting for it\n", can->name);
            continue;
        }
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return 0;
        }
        if (count != (ssize_t)sizeof raw || (raw.can_id & (CAN_RTR_FLAG | CAN_ERR_FLAG)) != 0 ||
            raw.can_dlc > 8) {
            continue;
        }
        frame->extended = (raw.can_id & CAN_EFF_FLAG) != 0;
        frame->id = raw.can_id & (frame->extended ? CAN_EFF_MASK : CAN_SFF_MASK);
        frame->len = raw.can_dlc;
        memcpy(frame->data, raw.data, sizeof frame->data);
        return 1;
    }
}

int pile_can_send(struct pile_can *can, const struct pile_frame *frame) {
    if (can->fd < 0) {
        return DUT_ERROR_ABSENT;
    }
    struct can_frame raw = {.can_id = frame->id | (frame->extended ? CAN_EFF_FLAG : 0),
                            .can_dlc = frame->len};
    memcpy(raw.data, frame->data, frame->len);
    ssize_t count;
    do {
        count = send(can->fd, &raw, sizeof raw, MSG_DONTWAIT);
    } while (count < 0 && errno == EINTR);
    if (count == (ssize_t)sizeof raw) {
        return 0;
    }
    return errno == EAGAIN || errno == ENOBUFS ? DUT_ERROR_FULL : DUT_ERROR_ABSENT;
}
