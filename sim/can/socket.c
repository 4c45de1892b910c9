/* SPDX-License-Identifier: MIT */
/* The SocketCAN network. One raw socket serves all nodes of the process: what it sends comes back
 * to it with the kernel's stamp (CAN_RAW_RECV_OWN_MSGS) and is then given to the taps and to the
 * other nodes, so that local nodes and the outside see the same order. The kernel does not say
 * which node sent a frame that comes back; that is remembered in a ring of frames under way. */
#include "sim/can/internal.h"

#include "sim/memory.h"

#include <assert.h>
#include <errno.h>
#include <linux/can.h>
#include <linux/can/error.h>
#include <linux/can/raw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define RECEIVE_BUFFER (4 * 1024 * 1024) /* bytes; a frame takes 768, so some 5000 frames */
#define BATCH          16                /* frames a system call */
#define UNDER_WAY      256               /* own frames not yet back */

/* Realtime-monotonic offset: measured again when a stamp cannot be right, or once in a while. */
#define OFFSET_TRIES  5
#define OFFSET_AGE_NS NS_PER_S
#define FUTURE_NS     (100 * NS_PER_US) /* a stamp may be this much after our clock reading */
#define STALE_NS      (5 * NS_PER_MS)   /* a stamp this old is late, or the clock was set back */
#define STEP_NS       (1 * NS_PER_MS)   /* a change of the offset that counts as a step */

struct own_frame {
    struct can_frame_ext frame;
    const struct can_node *sender;
};

struct can_socket {
    struct can_net net;
    int fd;
    struct own_frame own[UNDER_WAY];
    unsigned own_first, own_count;
    int64_t offset_ns;      /* CLOCK_REALTIME minus CLOCK_MONOTONIC */
    int64_t offset_read_ns; /* when, loop time */
    int64_t last_at_ns;     /* stamps do not go back */
    uint32_t overflow;      /* SO_RXQ_OVFL, as last told */
};

struct received {
    struct can_frame raw;
    size_t size;
    int64_t realtime_ns; /* 0: no stamp */
    bool own;
};

static int64_t clock_ns(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* The reading between the two closest monotonic ones is the best. */
static int64_t measure_offset(void) {
    int64_t best_ns = 0, best_width_ns = INT64_MAX;
    for (int i = 0; i < OFFSET_TRIES; i++) {
        int64_t before_ns = clock_ns(CLOCK_MONOTONIC);
        int64_t realtime_ns = clock_ns(CLOCK_REALTIME);
        int64_t width_ns = clock_ns(CLOCK_MONOTONIC) - before_ns;
        if (width_ns < best_width_ns) {
            best_width_ns = width_ns;
            best_ns = realtime_ns - before_ns - width_ns / 2;
        }
    }
    assert(best_width_ns >= 0 && best_width_ns < INT64_MAX);
    return best_ns;
}

static void renew_offset(struct can_socket *s, int64_t now_ns) {
    int64_t offset_ns = measure_offset();
    int64_t change_ns = offset_ns - s->offset_ns;
    s->offset_read_ns = now_ns;
    if (change_ns > STEP_NS || change_ns < -STEP_NS) {
        s->net.stats.clock_steps++;
    }
    /* Readings scatter by the time a clock call takes: follow steps, not the scatter. */
    if (change_ns > FUTURE_NS || change_ns < -FUTURE_NS) {
        s->offset_ns = offset_ns;
    }
}

static int64_t to_loop_time(const struct can_socket *s, int64_t realtime_ns) {
    return realtime_ns - s->offset_ns - s->net.loop->epoch_ns;
}

static int64_t instant_of(struct can_socket *s, int64_t realtime_ns, int64_t now_ns) {
    int64_t at_ns = now_ns;
    if (realtime_ns != 0) {
        at_ns = to_loop_time(s, realtime_ns);
        bool doubtful = at_ns > now_ns + FUTURE_NS || at_ns < now_ns - STALE_NS;
        bool read_now = s->offset_read_ns == now_ns; /* once a batch: all its frames are there */
        if ((doubtful && !read_now) || now_ns - s->offset_read_ns > OFFSET_AGE_NS) {
            renew_offset(s, now_ns);
            at_ns = to_loop_time(s, realtime_ns);
        }
    }
    if (at_ns > now_ns) { /* came in after now_ns was read, or stamped before a step */
        int64_t clock_now_ns = loop_clock_ns(s->net.loop);
        at_ns = at_ns > clock_now_ns ? clock_now_ns : at_ns;
    }
    if (at_ns < s->last_at_ns) {
        at_ns = s->last_at_ns;
    }
    s->last_at_ns = at_ns;
    int64_t late_ns = now_ns - at_ns;
    if (late_ns > s->net.stats.stamp_late_max_ns) {
        s->net.stats.stamp_late_max_ns = late_ns;
    }
    assert(at_ns >= 0 && s->last_at_ns == at_ns);
    return at_ns;
}

static bool same_frame(const struct can_frame_ext *a, const struct can_frame_ext *b) {
    assert(a->len <= 8 && b->len <= 8);
    return a->id == b->id && a->extended == b->extended && a->len == b->len &&
           memcmp(a->data, b->data, a->len) == 0;
}

/* Who sent the frame that came back. Frames before it in the ring were lost on the way. */
static const struct can_node *take_sender(struct can_socket *s, const struct can_frame_ext *frame) {
    for (unsigned i = 0; i < s->own_count; i++) {
        const struct own_frame *own = &s->own[(s->own_first + i) % UNDER_WAY];
        if (same_frame(&own->frame, frame)) {
            s->own_first = (s->own_first + i + 1) % UNDER_WAY;
            assert(s->own_count > i);
            s->own_count -= i + 1;
            return own->sender;
        }
    }
    return NULL;
}

static void remember_sender(struct can_socket *s, const struct can_node *node,
                            const struct can_frame_ext *frame) {
    if (s->own_count == UNDER_WAY) { /* the interface swallows them (bus off): forget the oldest */
        s->own_first = (s->own_first + 1) % UNDER_WAY;
        s->own_count--;
    }
    s->own[(s->own_first + s->own_count) % UNDER_WAY] = (struct own_frame){*frame, node};
    s->own_count++;
    assert(s->own_count <= UNDER_WAY && s->own_first < UNDER_WAY);
}

static void take_frame(struct can_socket *s, const struct received *in, int64_t now_ns) {
    const struct can_frame *raw = &in->raw;
    if (in->size == CAN_MTU && (raw->can_id & CAN_ERR_FLAG) != 0) {
        s->net.stats.error_frames++;
        s->net.stats.bus_off += (raw->can_id & CAN_ERR_BUSOFF) != 0;
        return;
    }
    if (in->size != CAN_MTU || (raw->can_id & CAN_RTR_FLAG) != 0 || raw->can_dlc > 8) {
        s->net.stats.ignored++;
        return;
    }
    struct can_frame_ext frame = {.extended = (raw->can_id & CAN_EFF_FLAG) != 0,
                                  .len = raw->can_dlc};
    frame.id = raw->can_id & (frame.extended ? CAN_EFF_MASK : CAN_SFF_MASK);
    memcpy(frame.data, raw->data, frame.len);
    assert(frame.id < (frame.extended ? UINT32_C(1) << 29 : UINT32_C(1) << 11));
    const struct can_node *sender = in->own ? take_sender(s, &frame) : NULL;
    int64_t at_ns = instant_of(s, in->realtime_ns, now_ns);
    unsigned bits = s->net.bits_per_s == 0 ? 0 : can_frame_bits(&frame);
    can_deliver(&s->net, at_ns, &frame, bits, sender);
}

static void read_control(struct can_socket *s, struct msghdr *message, struct received *in) {
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level != SOL_SOCKET) {
            continue;
        }
        if (c->cmsg_type == SCM_TIMESTAMPNS) {
            struct timespec stamp;
            memcpy(&stamp, CMSG_DATA(c), sizeof stamp);
            in->realtime_ns = (int64_t)stamp.tv_sec * NS_PER_S + stamp.tv_nsec;
        } else if (c->cmsg_type == SO_RXQ_OVFL) {
            uint32_t overflow;
            memcpy(&overflow, CMSG_DATA(c), sizeof overflow);
            s->net.stats.dropped += overflow - s->overflow; /* the kernel's count wraps */
            s->overflow = overflow;
        }
    }
}

struct batch {
    struct mmsghdr messages[BATCH];
    struct iovec vectors[BATCH];
    struct can_frame frames[BATCH];
    _Alignas(struct cmsghdr) char control[BATCH][CMSG_SPACE(sizeof(struct timespec)) +
                                                 CMSG_SPACE(sizeof(uint32_t))];
};

static int receive(int fd, struct batch *batch) {
    for (int i = 0; i < BATCH; i++) {
        batch->vectors[i] = (struct iovec){&batch->frames[i], sizeof batch->frames[i]};
        batch->messages[i].msg_hdr = (struct msghdr){
            .msg_iov = &batch->vectors[i],
            .msg_iovlen = 1,
            .msg_control = batch->control[i],
            .msg_controllen = sizeof batch->control[i],
        };
    }
    return recvmmsg(fd, batch->messages, BATCH, MSG_DONTWAIT, NULL);
}

/* One batch a turn, the rest waits for the next: a flooded network is much to do, and must not look
 * like a machine that stood still. */
static void socket_ready(void *ctx, int64_t now_ns) {
    struct can_socket *s = ctx;
    struct batch batch;
    int count = receive(s->fd, &batch);
    assert(count <= BATCH);
    if (count < 0 && (errno == ENETDOWN || errno == ENODEV || errno == ENXIO)) {
        s->net.stats.link_errors++; /* told once; frames flow again when it comes back up */
    }
    for (int i = 0; i < count; i++) {
        struct msghdr *message = &batch.messages[i].msg_hdr;
        struct received in = {.raw = batch.frames[i], .size = batch.messages[i].msg_len};
        in.own = (message->msg_flags & MSG_CONFIRM) != 0;
        read_control(s, message, &in);
        take_frame(s, &in, now_ns);
    }
}

static void socket_join(struct can_net *net, struct can_node *node) {
    (void)net;
    (void)node;
}

static void socket_leave(struct can_net *net, struct can_node *node) {
    struct can_socket *s = (struct can_socket *)net;
    for (unsigned i = 0; i < UNDER_WAY; i++) {
        if (s->own[i].sender == node) {
            s->own[i].sender = NULL;
        }
    }
}

static int socket_send(struct can_net *net, struct can_node *node,
                       const struct can_frame_ext *frame) {
    struct can_socket *s = (struct can_socket *)net;
    struct can_frame raw = {.can_id = frame->id | (frame->extended ? CAN_EFF_FLAG : 0),
                            .can_dlc = frame->len};
    memcpy(raw.data, frame->data, frame->len);
    ssize_t sent;
    do {
        sent = write(s->fd, &raw, sizeof raw);
    } while (sent < 0 && errno == EINTR);
    if (sent != (ssize_t)sizeof raw) {
        return -1;
    }
    remember_sender(s, node, frame);
    return 0;
}

static void socket_free(struct can_net *net) {
    struct can_socket *s = (struct can_socket *)net;
    loop_fd_remove(net->loop, s->fd);
    close(s->fd);
    free(s);
}

static const struct can_backend socket_backend = {socket_join, socket_leave, socket_send,
                                                  socket_free};

static bool set_option(int fd, int level, int option, int value) {
    return setsockopt(fd, level, option, &value, sizeof value) == 0;
}

/* Each of these is refused only by a kernel that does not know it; the stamps and the own frames
 * are what the bench cannot do without. */
static bool set_options(int fd) {
    if (!set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER)) {
        set_option(fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER); /* up to net.core.rmem_max */
    }
    set_option(fd, SOL_SOCKET, SO_RXQ_OVFL, 1);
    set_option(fd, SOL_CAN_RAW, CAN_RAW_ERR_FILTER, CAN_ERR_MASK);
    return set_option(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1) &&
           set_option(fd, SOL_CAN_RAW, CAN_RAW_RECV_OWN_MSGS, 1);
}

static int open_raw(struct problem *problem) {
    int fd = socket(PF_CAN, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, CAN_RAW);
    if (fd >= 0) {
        return fd;
    }
    if (errno == EAFNOSUPPORT || errno == EPROTONOSUPPORT) {
        problem_set(
            problem,
            "this kernel has no SocketCAN; load it with 'sudo modprobe can-raw', or run the "
            "command under tests/vcan/vcan-run");
    } else {
        problem_set(problem, "cannot open a CAN socket: %s", strerror(errno));
    }
    return -1;
}

/* False, with the reason, when the interface cannot be used. */
static bool check_link(const char *interface, int error, const struct can_link *link,
                       struct problem *problem) {
    if (error == ENODEV) {
        problem_set(
            problem,
            "no interface '%s'; see 'ip -br link', or make one with 'sudo ip link add dev %s "
            "type vcan && sudo ip link set %s up'",
            interface, interface, interface);
    } else if (error != 0) {
        problem_set(problem, "cannot ask for interface '%s': %s", interface, strerror(error));
    } else if (!link->is_can) {
        problem_set(problem, "'%s' is not a CAN interface; see 'ip -br link show type can'",
                    interface);
    } else if (!link->up && strcmp(link->kind, "can") == 0) {
        problem_set(problem,
                    "interface '%s' is down; 'sudo ip link set %s up type can bitrate 250000'",
                    interface, interface);
    } else if (!link->up) {
        problem_set(problem, "interface '%s' is down; 'sudo ip link set %s up'", interface,
                    interface);
    } else {
        return true;
    }
    return false;
}

static int bind_raw(const char *interface, struct can_link *link, struct problem *problem) {
    int fd = open_raw(problem);
    if (fd < 0) {
        return -1;
    }
    int error = can_link_read(fd, interface, link);
    struct sockaddr_can address = {.can_family = AF_CAN, .can_ifindex = link->index};
    if (!check_link(interface, error, link, problem)) {
        close(fd);
        return -1;
    }
    if (!set_options(fd) || bind(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        problem_set(problem, "cannot use interface '%s': %s", interface, strerror(errno));
        close(fd);
        return -1;
    }
    return fd;
}

struct can_net *can_socket_open(struct loop *loop, const char *interface, struct problem *problem) {
    assert(loop->clock == LOOP_REAL);
    struct can_link link;
    int fd = bind_raw(interface, &link, problem);
    if (fd < 0) {
        return NULL;
    }
    struct can_socket *s = memory_zeroed(1, sizeof *s);
    can_net_init(&s->net, &socket_backend, loop, link.bits_per_s);
    s->fd = fd;
    s->offset_ns = measure_offset();
    s->offset_read_ns = loop_clock_ns(loop);
    if (!loop_fd_add(loop, fd, socket_ready, s)) {
        problem_set(problem, "cannot watch more than %d networks and serial lines at once",
                    LOOP_FDS);
        close(fd);
        free(s);
        return NULL;
    }
    return &s->net;
}
