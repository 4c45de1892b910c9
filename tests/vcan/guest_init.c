/* SPDX-License-Identifier: MIT */
/* guest_init.c: process 1 of the guest kernel that vcan-run boots where the machine has no CAN.
 *
 *   linux.uml root=/dev/root rootfstype=hostfs rootflags=/ rw init=ORDER/init ORDER=/tmp/vcan-run.x
 *
 * guest_command.h says what the folder ORDER holds. Standard output leaves by /dev/tty1, standard
 * error by /dev/tty2, each a pipe on the machine. */
#include "guest_command.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

enum {
    TX_QUEUE_FRAMES = 1000,        /* the default of 10 loses frames of a burst */
    SOCKET_BUFFER_BYTES = 1 << 24, /* 768 bytes a frame: the default holds only 278 */
};

/* ---- CAN ---- */

/* In the order of their dependencies; with a kernel that has one built in, there is no file. */
static const char *const modules[] = {
    "net/can/can",          "net/can/can-raw",         "net/can/can-bcm",
    "net/can/can-gw",       "net/can/j1939/can-j1939", "drivers/net/can/dev/can-dev",
    "drivers/net/can/vcan", "drivers/net/can/vxcan",   "drivers/net/can/slcan/slcan",
};

static void module_load(const char *release, const char *module) {
    char path[256];
    snprintf(path, sizeof path, "/usr/lib/uml/modules/%s/kernel/%s.ko", release, module);
    if (access(path, R_OK) != 0) {
        guest_say("no module %s", path);
    } else if (guest_module_load(path) != 0) {
        guest_say("cannot load %s: %s", path, strerror(errno));
    }
}

static void modules_load(void) {
    struct utsname name;
    uname(&name);
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++) {
        module_load(name.release, modules[i]);
    }
}

struct link_request {
    struct nlmsghdr head;
    struct ifinfomsg info;
    char attributes[256];
};

/* Returns where the attribute starts: needed to close a nest. */
static struct rtattr *attribute_add(struct link_request *request, unsigned short type,
                                    const void *value, size_t length) {
    size_t at = NLMSG_ALIGN(request->head.nlmsg_len);
    assert(at + RTA_SPACE(length) <= sizeof *request);
    struct rtattr *attribute = (struct rtattr *)(void *)((char *)request + at);
    attribute->rta_type = type;
    attribute->rta_len = (unsigned short)RTA_LENGTH(length);
    if (length) {
        memcpy(RTA_DATA(attribute), value, length);
    }
    request->head.nlmsg_len = (uint32_t)(at + RTA_SPACE(length));
    return attribute;
}

static struct link_request link_request(uint16_t flags) {
    return (struct link_request){
        .head = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
                 .nlmsg_type = RTM_NEWLINK,
                 .nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags)},
        .info = {.ifi_flags = IFF_UP, .ifi_change = IFF_UP},
    };
}

/* Sends, and waits for the kernel's answer; 0 or a negative errno. */
static int link_ask(const struct link_request *request) {
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0) {
        return -errno;
    }
    struct {
        struct nlmsghdr head;
        struct nlmsgerr error;
        char quoted[512];
    } answer;
    int result = -EPROTO;
    if (send(fd, request, request->head.nlmsg_len, 0) < 0) {
        result = -errno;
    } else if (recv(fd, &answer, sizeof answer, 0) >= (ssize_t)NLMSG_LENGTH(sizeof answer.error) &&
               answer.head.nlmsg_type == NLMSG_ERROR) {
        result = answer.error.error;
    }
    close(fd);
    return result;
}

static void loopback_up(void) {
    struct link_request request = link_request(0);
    attribute_add(&request, IFLA_IFNAME, "lo", sizeof "lo");
    link_ask(&request); /* no loop-back only matters to a test that uses it */
}

static void vcan_make(const char *name) {
    const uint32_t queue = TX_QUEUE_FRAMES;
    struct link_request request = link_request(NLM_F_CREATE | NLM_F_EXCL);
    attribute_add(&request, IFLA_IFNAME, name, strlen(name) + 1);
    attribute_add(&request, IFLA_TXQLEN, &queue, sizeof queue);
    struct rtattr *nest = attribute_add(&request, IFLA_LINKINFO, NULL, 0);
    attribute_add(&request, IFLA_INFO_KIND, "vcan", sizeof "vcan");
    nest->rta_len = (unsigned short)((char *)&request + request.head.nlmsg_len - (char *)nest);
    errno = -link_ask(&request);
    if (errno) {
        guest_give_up("cannot make the network", name);
    }
}

static void setting_write(const char *path, int value) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || dprintf(fd, "%d\n", value) < 0) {
        guest_say("cannot set %s: %s", path, strerror(errno));
    }
    if (fd >= 0) {
        close(fd);
    }
}

static void can_start(char **nets) {
    modules_load();
    loopback_up();
    for (; *nets; nets++) {
        vcan_make(*nets);
    }
    setting_write("/proc/sys/net/core/rmem_max", SOCKET_BUFFER_BYTES);
    setting_write("/proc/sys/net/core/wmem_max", SOCKET_BUFFER_BYTES);
}

int main(void) {
    struct guest_order order = guest_order_read(getenv("ORDER"));
    guest_mount_all(&order, "hostfs");
    guest_log_open();
    sethostname("vcan-guest", strlen("vcan-guest"));
    can_start(order.nets);
    guest_run(&order, "/dev/tty1", "/dev/tty2");
}
