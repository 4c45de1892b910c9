/* SPDX-License-Identifier: MIT */
/* guest_init.c: process 1 of the guest kernel that vcan-run boots where the machine has no CAN.
 *
 *   linux.uml root=/dev/root rootfstype=hostfs rootflags=/ rw init=ORDER/init ORDER=/tmp/vcan-run.x
 *
 * The folder ORDER holds what to do, written by vcan-run; lists end each entry with NUL:
 *   argv      the command and its arguments        environ   its environment, NAME=VALUE
 *   cwd       its working directory                umask     octal digits
 *   nets      names of the vcan networks to make
 * and gets what came of it:
 *   status    "7\n": exit code of the command, 128 + signal when a signal ended it
 *
 * Standard output leaves by /dev/tty1, standard error by /dev/tty2, each a pipe on the machine. The
 * command sees pipes, not terminals, so that it behaves as it does in a log. When it has ended,
 * whatever it left running is killed, both streams are drained, and the guest is switched off.
 * A guest that cannot be set up says why in the kernel's log and ends without `status`. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum {
    TX_QUEUE_FRAMES = 1000,        /* the default of 10 loses frames of a burst */
    SOCKET_BUFFER_BYTES = 1 << 24, /* 768 bytes a frame: the default holds only 278 */
    CHUNK_BYTES = 16384,
    EXIT_NOT_EXECUTABLE = 126, /* as a shell reports it */
    EXIT_NOT_FOUND = 127,
    EXIT_SIGNAL = 128,
};

static int kernel_log = STDERR_FILENO;

/* ---- saying why, and the end ---- */

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...) {
    va_list list;
    va_start(list, format);
    dprintf(kernel_log, "guest_init: ");
    vdprintf(kernel_log, format, list);
    dprintf(kernel_log, "\n");
    va_end(list);
}

static _Noreturn void switch_off(void) {
    sync();
    reboot(RB_POWER_OFF);
    _exit(1); /* process 1 ending panics the kernel: never reached on a kernel with reboot(2) */
}

static _Noreturn void give_up(const char *what, const char *name) {
    say("%s %s: %s", what, name, strerror(errno));
    switch_off();
}

/* ---- the order ---- */

struct text {
    char *bytes; /* one NUL more than `length` */
    size_t length;
};

static struct text read_all(int folder, const char *name) {
    struct text text = {NULL, 0};
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        give_up("cannot read the order's", name);
    for (;;) {
        text.bytes = realloc(text.bytes, text.length + CHUNK_BYTES + 1);
        if (!text.bytes)
            give_up("no memory for", name);
        ssize_t got = read(fd, text.bytes + text.length, CHUNK_BYTES);
        if (got < 0)
            give_up("cannot read the order's", name);
        text.length += (size_t)got;
        if (got == 0)
            break;
    }
    text.bytes[text.length] = '\0';
    close(fd);
    return text;
}

/* The entries of a list, NULL behind the last, as execve(2) wants them. */
static char **read_list(int folder, const char *name) {
    struct text text = read_all(folder, name);
    size_t count = 0;
    for (size_t i = 0; i < text.length; i++)
        count += text.bytes[i] == '\0';
    char **list = calloc(count + 1, sizeof *list);
    if (!list)
        give_up("no memory for", name);
    char *entry = text.bytes;
    for (size_t i = 0; i < count; i++, entry += strlen(entry) + 1)
        list[i] = entry;
    return list;
}

struct order {
    int folder;
    char **argv;
    char **environment;
    char **nets;
    char *cwd;
    mode_t umask;
};

/* Read before anything is mounted: the folder may lie where a mount would hide it. */
static struct order order_read(const char *path) {
    if (!path) {
        errno = EINVAL;
        give_up("start it with", "ORDER=FOLDER on the kernel's command line");
    }
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        give_up("cannot open the order", path);
    return (struct order){
        .folder = folder,
        .argv = read_list(folder, "argv"),
        .environment = read_list(folder, "environ"),
        .nets = read_list(folder, "nets"),
        .cwd = read_all(folder, "cwd").bytes,
        .umask = (mode_t)strtoul(read_all(folder, "umask").bytes, NULL, 8),
    };
}

/* ---- file systems ---- */

static bool beneath(const char *path, const char *folder) {
    size_t length = strlen(folder);
    return path && strncmp(path, folder, length) == 0 && (path[length] == '/' || !path[length]);
}

static const char *environment_get(const struct order *order, const char *name) {
    size_t length = strlen(name);
    for (char **entry = order->environment; *entry; entry++)
        if (strncmp(*entry, name, length) == 0 && (*entry)[length] == '=')
            return *entry + length + 1;
    return NULL;
}

static void mount_one(const char *type, const char *target, const char *data) {
    mkdir(target, 0755); /* there already, but for those of /dev */
    if (mount("none", target, type, 0, data) != 0 && errno != EBUSY)
        give_up("cannot mount", target);
}

/* The guest gets a folder of its own, unless the command works in the machine's. */
static void mount_scratch(const struct order *order, const char *target) {
    bool in_use = beneath(order->cwd, target) ||
                  beneath(environment_get(order, "TMPDIR"), target) ||
                  beneath(environment_get(order, "HOME"), target);
    if (in_use)
        mount_one("hostfs", target, target);
    else
        mount_one("tmpfs", target, "mode=1777");
}

static void mount_all(const struct order *order) {
    mount_one("proc", "/proc", NULL);
    mount_one("sysfs", "/sys", NULL);
    mount_one("devtmpfs", "/dev", NULL); /* busy when the kernel did it */
    mount_one("devpts", "/dev/pts", "ptmxmode=666,mode=620");
    mount_scratch(order, "/dev/shm");
    mount_scratch(order, "/run");
    (void)!symlink("/proc/self/fd", "/dev/fd");
    (void)!symlink("/proc/self/fd/0", "/dev/stdin");
    (void)!symlink("/proc/self/fd/1", "/dev/stdout");
    (void)!symlink("/proc/self/fd/2", "/dev/stderr");
}

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
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        say("no module %s", path);
        return;
    }
    if (syscall(SYS_finit_module, fd, "", 0) != 0 && errno != EEXIST)
        say("cannot load %s: %s", path, strerror(errno));
    close(fd);
}

static void modules_load(void) {
    struct utsname name;
    uname(&name);
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++)
        module_load(name.release, modules[i]);
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
    if (length)
        memcpy(RTA_DATA(attribute), value, length);
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
    if (fd < 0)
        return -errno;
    struct {
        struct nlmsghdr head;
        struct nlmsgerr error;
        char quoted[512];
    } answer;
    int result = -EPROTO;
    if (send(fd, request, request->head.nlmsg_len, 0) < 0)
        result = -errno;
    else if (recv(fd, &answer, sizeof answer, 0) >= (ssize_t)NLMSG_LENGTH(sizeof answer.error) &&
             answer.head.nlmsg_type == NLMSG_ERROR)
        result = answer.error.error;
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
    if (errno)
        give_up("cannot make the network", name);
}

static void setting_write(const char *path, int value) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || dprintf(fd, "%d\n", value) < 0)
        say("cannot set %s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
}

static void can_start(char **nets) {
    modules_load();
    loopback_up();
    for (; *nets; nets++)
        vcan_make(*nets);
    setting_write("/proc/sys/net/core/rmem_max", SOCKET_BUFFER_BYTES);
    setting_write("/proc/sys/net/core/wmem_max", SOCKET_BUFFER_BYTES);
}

/* ---- the two streams ---- */

/* What the command writes, on its way out. One chunk at most is under way, and reading waits for
 * writing: a slow reader on the machine slows the command down, as a pipe would. */
struct stream {
    int from; /* -1 once every writer has gone */
    int writer;
    int to;
    size_t length, sent;
    char chunk[CHUNK_BYTES];
};

static int terminal_open(const char *path) {
    int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    struct termios line;
    if (fd < 0 || tcgetattr(fd, &line) != 0)
        give_up("cannot open", path);
    cfmakeraw(&line); /* else each newline leaves as CR LF */
    tcsetattr(fd, TCSANOW, &line);
    return fd;
}

static void stream_open(struct stream *stream, const char *terminal) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        give_up("cannot make a pipe for", terminal);
    *stream = (struct stream){.from = ends[0], .writer = ends[1], .to = terminal_open(terminal)};
}

static void stream_fill(struct stream *stream) {
    assert(stream->sent == stream->length);
    ssize_t got = read(stream->from, stream->chunk, sizeof stream->chunk);
    if (got < 0)
        return;
    stream->length = (size_t)got;
    stream->sent = 0;
    if (got == 0) {
        close(stream->from);
        stream->from = -1;
    }
}

static void stream_empty(struct stream *stream) {
    ssize_t put = write(stream->to, stream->chunk + stream->sent, stream->length - stream->sent);
    if (put > 0)
        stream->sent += (size_t)put;
    assert(stream->sent <= stream->length);
}

static bool stream_is_over(const struct stream *stream) {
    return stream->from < 0 && stream->sent == stream->length;
}

static struct pollfd stream_waits_for(const struct stream *stream) {
    if (stream->sent < stream->length)
        return (struct pollfd){.fd = stream->to, .events = POLLOUT};
    return (struct pollfd){.fd = stream->from, .events = POLLIN}; /* -1: poll skips it */
}

static void stream_serve(struct stream *stream, short events) {
    if (events == 0)
        return;
    if (stream->sent < stream->length)
        stream_empty(stream);
    else
        stream_fill(stream);
}

/* ---- the command ---- */

static _Noreturn void command_exec(const struct order *order, struct stream out_and_err[2]) {
    setsid();
    int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    dup2(out_and_err[0].writer, STDOUT_FILENO);
    dup2(out_and_err[1].writer, STDERR_FILENO);
    if (nothing > STDERR_FILENO)
        close(nothing);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    umask(order->umask);
    if (chdir(order->cwd) != 0) {
        dprintf(STDERR_FILENO, "vcan-run: %s: not visible in the guest: %s\n", order->cwd,
                strerror(errno));
        _exit(EXIT_NOT_EXECUTABLE);
    }
    const char *path = environment_get(order, "PATH");
    clearenv();
    if (path) /* execvpe searches the caller's PATH, not the one of the new environment */
        setenv("PATH", path, 1);
    execvpe(order->argv[0], order->argv, order->environment);
    int why = errno;
    dprintf(STDERR_FILENO, "vcan-run: %s: %s\n", order->argv[0], strerror(why));
    _exit(why == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE);
}

static pid_t command_start(const struct order *order, struct stream out_and_err[2]) {
    pid_t pid = fork();
    if (pid < 0)
        give_up("cannot start", order->argv[0]);
    if (pid == 0)
        command_exec(order, out_and_err);
    for (int i = 0; i < 2; i++)
        close(out_and_err[i].writer);
    return pid;
}

/* Every orphan of the guest becomes a child of process 1. True once `command` is among the dead. */
static bool reap(pid_t command, int *code) {
    bool ended = false;
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid != command)
            continue;
        ended = true;
        *code = WIFSIGNALED(status) ? EXIT_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
    }
    return ended;
}

static void child_ended(int signal) {
    (void)signal; /* it only has to end ppoll */
}

/* SIGCHLD is blocked but while ppoll waits, so none slips through between looking and waiting. */
static sigset_t watch_children(void) {
    sigset_t blocked, before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGCHLD);
    sigprocmask(SIG_BLOCK, &blocked, &before);
    sigaction(SIGCHLD, &(struct sigaction){.sa_handler = child_ended}, NULL);
    sigdelset(&before, SIGCHLD);
    return before;
}

/* Until the command has ended and all it wrote is out; its exit code. */
static int command_serve(pid_t command, struct stream streams[2]) {
    sigset_t awake = watch_children();
    bool ended = false;
    int code = 0;
    while (!ended || !stream_is_over(&streams[0]) || !stream_is_over(&streams[1])) {
        if (reap(command, &code)) {
            ended = true;
            kill(-1, SIGKILL); /* what it left running would hold the pipes open for ever */
        }
        struct pollfd wait[2] = {stream_waits_for(&streams[0]), stream_waits_for(&streams[1])};
        bool nothing_left = ended && wait[0].fd < 0 && wait[1].fd < 0;
        if (nothing_left || ppoll(wait, 2, NULL, &awake) < 0)
            continue;
        for (int i = 0; i < 2; i++)
            stream_serve(&streams[i], wait[i].revents);
    }
    for (int i = 0; i < 2; i++)
        tcdrain(streams[i].to);
    return code;
}

static void status_write(int folder, int code) {
    int fd = openat(folder, "status", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || dprintf(fd, "%d\n", code) < 0 || fsync(fd) != 0)
        give_up("cannot write the order's", "status");
    close(fd);
}

int main(void) {
    static struct stream streams[2];
    struct order order = order_read(getenv("ORDER"));
    mount_all(&order);
    kernel_log = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
    sethostname("vcan-guest", strlen("vcan-guest"));
    can_start(order.nets);
    stream_open(&streams[0], "/dev/tty1");
    stream_open(&streams[1], "/dev/tty2");
    pid_t command = command_start(&order, streams);
    status_write(order.folder, command_serve(command, streams));
    switch_off();
}
