/* SPDX-License-Identifier: MIT */
/* What the kernel says of an interface: flags by ioctl, kind and bit rate by netlink. */
#include "sim/can/internal.h"

#include <assert.h>
#include <errno.h>
#include <linux/can/netlink.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_SIZE 16384 /* one RTM_NEWLINK; a few kB in practice */

/* The attribute of that type among length bytes of attributes, or NULL. */
static struct rtattr *attribute(void *list, size_t length, unsigned short type) {
    char *at = list;
    while (length >= sizeof(struct rtattr)) {
        struct rtattr *one = (struct rtattr *)at;
        if (one->rta_len < sizeof *one || one->rta_len > length) {
            return NULL;
        }
        if ((one->rta_type & NLA_TYPE_MASK) == type) {
            return one;
        }
        size_t step = RTA_ALIGN((size_t)one->rta_len);
        assert(step >= sizeof *one); /* so it ends */
        at += step;
        length = step < length ? length - step : 0;
    }
    return NULL;
}

static struct rtattr *inside(struct rtattr *outer, unsigned short type) {
    return outer == NULL ? NULL : attribute(RTA_DATA(outer), RTA_PAYLOAD(outer), type);
}

static void read_answer(struct nlmsghdr *message, struct can_link *link) {
    struct ifinfomsg *info = NLMSG_DATA(message);
    struct rtattr *linkinfo = attribute(IFLA_RTA(info), IFLA_PAYLOAD(message), IFLA_LINKINFO);
    struct rtattr *kind = inside(linkinfo, IFLA_INFO_KIND);
    if (kind != NULL) {
        snprintf(link->kind, sizeof link->kind, "%.*s", (int)RTA_PAYLOAD(kind),
                 (const char *)RTA_DATA(kind));
    }
    if (strcmp(link->kind, "can") != 0) {
        return; /* vcan's own attributes mean something else */
    }
    struct rtattr *timing = inside(inside(linkinfo, IFLA_INFO_DATA), IFLA_CAN_BITTIMING);
    if (timing != NULL && RTA_PAYLOAD(timing) >= sizeof(struct can_bittiming)) {
        struct can_bittiming bits;
        memcpy(&bits, RTA_DATA(timing), sizeof bits);
        link->bits_per_s = bits.bitrate;
    }
}

/* Best effort: without netlink kind and bit rate stay unknown. */
static void ask_netlink(struct can_link *link) {
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0) {
        return;
    }
    struct {
        struct nlmsghdr header;
        struct ifinfomsg info;
    } ask = {
        .header = {.nlmsg_len = sizeof ask,
                   .nlmsg_type = RTM_GETLINK,
                   .nlmsg_flags = NLM_F_REQUEST},
        .info = {.ifi_family = AF_UNSPEC, .ifi_index = link->index},
    };
    static _Alignas(struct nlmsghdr) char answer[ANSWER_SIZE];
    ssize_t length = -1;
    if (send(fd, &ask, sizeof ask, 0) == (ssize_t)sizeof ask) {
        length = recv(fd, answer, sizeof answer, 0);
    }
    struct nlmsghdr *message = (struct nlmsghdr *)answer;
    if (length > 0 && NLMSG_OK(message, (size_t)length) && message->nlmsg_type == RTM_NEWLINK) {
        read_answer(message, link);
    }
    close(fd);
}

int can_link_read(int socket, const char *interface, struct can_link *link) {
    memset(link, 0, sizeof *link);
    struct ifreq request = {0};
    if (strlen(interface) >= sizeof request.ifr_name) {
        return ENODEV;
    }
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", interface);
    if (ioctl(socket, SIOCGIFINDEX, &request) != 0) {
        return errno;
    }
    link->index = request.ifr_ifindex;
    if (ioctl(socket, SIOCGIFHWADDR, &request) == 0) {
        link->is_can = request.ifr_hwaddr.sa_family == ARPHRD_CAN;
    }
    if (ioctl(socket, SIOCGIFFLAGS, &request) == 0) {
        link->up = (request.ifr_flags & IFF_UP) != 0;
    }
    ask_netlink(link);
    return 0;
}
