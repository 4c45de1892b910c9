/* SPDX-License-Identifier: MIT */
#include "guest_command.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum {
    CHUNK_BYTES = 16384,
    EXIT_NOT_EXECUTABLE = 126, /* as a shell reports it */
    EXIT_NOT_FOUND = 127,
    EXIT_SIGNAL = 128,
};

/* ---- saying why, and the end ---- */

void guest_log_open(void) {
    int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
    if (fd < 0 || dup2(fd, STDERR_FILENO) < 0) {
        return; /* the console the kernel gave us does as well */
    }
    if (fd != STDERR_FILENO) {
        close(fd);
    }
}

/* In one write: each is a line of the kernel's log. */
void guest_say(const char *format, ...) {
    char text[512];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    dprintf(STDERR_FILENO, "guest: %s\n", text);
}

static _Noreturn void switch_off(void) {
    sync();
    reboot(RB_POWER_OFF);
    _exit(1); /* process 1 ending panics the kernel: never reached on a kernel with reboot(2) */
}

_Noreturn void guest_give_up(const char *what, const char *name) {
    guest_say("%s %s: %s", what, name, strerror(errno));
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
    if (fd < 0) {
        guest_give_up("cannot read the order's", name);
    }
    for (;;) {
        text.bytes = realloc(text.bytes, text.length + CHUNK_BYTES + 1);
        if (!text.bytes) {
            guest_give_up("no memory for", name);
        }
        ssize_t got = read(fd, text.bytes + text.length, CHUNK_BYTES);
        if (got < 0) {
            guest_give_up("cannot read the order's", name);
        }
        text.length += (size_t)got;
        if (got == 0) {
            break;
        }
    }
    text.bytes[text.length] = '\0';
    close(fd);
    return text;
}

/* The entries of a list, NULL behind the last, as execve(2) wants them. */
static char **read_list(int folder, const char *name) {
    struct text text = read_all(folder, name);
    size_t count = 0;
    for (size_t i = 0; i < text.length; i++) {
        count += text.bytes[i] == '\0';
    }
    char **list = calloc(count + 1, sizeof *list);
    if (!list) {
        guest_give_up("no memory for", name);
    }
    char *entry = text.bytes;
    for (size_t i = 0; i < count; i++, entry += strlen(entry) + 1) {
        list[i] = entry;
    }
    return list;
}

struct guest_order guest_order_read(const char *path) {
    if (!path) {
        errno = EINVAL;
        guest_give_up("start it with", "ORDER=FOLDER on the kernel's command line");
    }
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        guest_give_up("cannot open the order", path);
    }
    struct guest_order order = {
        .folder = folder,
        .argv = read_list(folder, "argv"),
        .environment = read_list(folder, "environ"),
        .nets = read_list(folder, "nets"),
        .cwd = read_all(folder, "cwd").bytes,
        .umask = (mode_t)strtoul(read_all(folder, "umask").bytes, NULL, 8),
    };
    /* It may hold secrets, and who is killed removes nothing. */
    (void)unlinkat(folder, "environ", 0);
    return order;
}

/* ---- file systems ---- */

static bool beneath(const char *path, const char *folder) {
    size_t length = strlen(folder);
    return path && strncmp(path, folder, length) == 0 && (path[length] == '/' || !path[length]);
}

static const char *environment_get(const struct guest_order *order, const char *name) {
    size_t length = strlen(name);
    for (char **entry = order->environment; *entry; entry++) {
        if (strncmp(*entry, name, length) == 0 && (*entry)[length] == '=') {
            return *entry + length + 1;
        }
    }
    return NULL;
}

void guest_mount(const char *source, const char *target, const char *type, const char *data) {
    mkdir(target, 0755); /* there already, but for those of /dev */
    if (mount(source, target, type, 0, data) != 0 && errno != EBUSY) {
        guest_give_up("cannot mount", target);
    }
}

/* The guest gets a folder of its own, unless the command works in the machine's. */
static void mount_scratch(const struct guest_order *order, const char *target,
                          const char *machine_type) {
    bool in_use = beneath(order->cwd, target) ||
                  beneath(environment_get(order, "TMPDIR"), target) ||
                  beneath(environment_get(order, "HOME"), target);
    if (!in_use) {
        guest_mount("none", target, "tmpfs", "mode=1777");
    } else if (machine_type) {
        guest_mount("none", target, machine_type, target);
    }
}

void guest_mount_all(const struct guest_order *order, const char *machine_type) {
    guest_mount("none", "/proc", "proc", NULL);
    guest_mount("none", "/sys", "sysfs", NULL);
    guest_mount("none", "/dev", "devtmpfs", NULL); /* busy when the kernel did it */
    guest_mount("none", "/dev/pts", "devpts", "ptmxmode=666,mode=620");
    mount_scratch(order, "/dev/shm", machine_type);
    mount_scratch(order, "/run", machine_type);
    (void)!symlink("/proc/self/fd", "/dev/fd");
    (void)!symlink("/proc/self/fd/0", "/dev/stdin");
    (void)!symlink("/proc/self/fd/1", "/dev/stdout");
    (void)!symlink("/proc/self/fd/2", "/dev/stderr");
}

int guest_module_load(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return -1;
    }
    int result = (int)syscall(SYS_finit_module, fd, "", 0);
    int why = errno;
    close(fd);
    errno = why;
    return result == 0 || why == EEXIST ? 0 : -1;
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
    if (fd < 0 || tcgetattr(fd, &line) != 0) {
        guest_give_up("cannot open", path);
    }
    cfmakeraw(&line); /* else each newline leaves as CR LF */
    tcsetattr(fd, TCSANOW, &line);
    return fd;
}

static void stream_open(struct stream *stream, const char *terminal) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        guest_give_up("cannot make a pipe for", terminal);
    }
    *stream = (struct stream){.from = ends[0], .writer = ends[1], .to = terminal_open(terminal)};
}

static void stream_fill(struct stream *stream) {
    assert(stream->sent == stream->length);
    ssize_t got = read(stream->from, stream->chunk, sizeof stream->chunk);
    if (got < 0) {
        return;
    }
    stream->length = (size_t)got;
    stream->sent = 0;
    if (got == 0) {
        close(stream->from);
        stream->from = -1;
    }
}

static void stream_empty(struct stream *stream) {
    ssize_t put = write(stream->to, stream->chunk + stream->sent, stream->length - stream->sent);
    if (put > 0) {
        stream->sent += (size_t)put;
    }
    assert(stream->sent <= stream->length);
}

static bool stream_is_over(const struct stream *stream) {
    return stream->from < 0 && stream->sent == stream->length;
}

static struct pollfd stream_waits_for(const struct stream *stream) {
    if (stream->sent < stream->length) {
        return (struct pollfd){.fd = stream->to, .events = POLLOUT};
    }
    return (struct pollfd){.fd = stream->from, .events = POLLIN}; /* -1: poll skips it */
}

static void stream_serve(struct stream *stream, short events) {
    if (events == 0) {
        return;
    }
    if (stream->sent < stream->length) {
        stream_empty(stream);
    } else {
        stream_fill(stream);
    }
}

/* ---- the command ---- */

static _Noreturn void command_exec(const struct guest_order *order, struct stream out_and_err[2]) {
    setsid();
    int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    dup2(out_and_err[0].writer, STDOUT_FILENO);
    dup2(out_and_err[1].writer, STDERR_FILENO);
    if (nothing > STDERR_FILENO) {
        close(nothing);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    umask(order->umask);
    if (chdir(order->cwd) != 0) {
        dprintf(STDERR_FILENO, "guest: %s: not visible in the guest: %s\n", order->cwd,
                strerror(errno));
        _exit(EXIT_NOT_EXECUTABLE);
    }
    const char *path = environment_get(order, "PATH");
    clearenv();
    if (path) { /* execvpe searches the caller's PATH, not the one of the new environment */
        setenv("PATH", path, 1);
    }
    execvpe(order->argv[0], order->argv, order->environment);
    int why = errno;
    dprintf(STDERR_FILENO, "guest: %s: %s\n", order->argv[0], strerror(why));
    _exit(why == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE);
}

static pid_t command_start(const struct guest_order *order, struct stream out_and_err[2]) {
    pid_t pid = fork();
    if (pid < 0) {
        guest_give_up("cannot start", order->argv[0]);
    }
    if (pid == 0) {
        command_exec(order, out_and_err);
    }
    for (int i = 0; i < 2; i++) {
        close(out_and_err[i].writer);
    }
    return pid;
}

/* Every orphan of the guest becomes a child of process 1. True once `command` is among the dead. */
static bool reap(pid_t command, int *code) {
    bool ended = false;
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid != command) {
            continue;
        }
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
        if (nothing_left || ppoll(wait, 2, NULL, &awake) < 0) {
            continue;
        }
        for (int i = 0; i < 2; i++) {
            stream_serve(&streams[i], wait[i].revents);
        }
    }
    for (int i = 0; i < 2; i++) {
        tcdrain(streams[i].to);
    }
    return code;
}

static void status_write(int folder, int code) {
    int fd = openat(folder, "status", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || dprintf(fd, "%d\n", code) < 0 || fsync(fd) != 0) {
        guest_give_up("cannot write the order's", "status");
    }
    close(fd);
}

_Noreturn void guest_run(const struct guest_order *order, const char *out, const char *err) {
    struct stream *streams = calloc(2, sizeof *streams);
    if (!streams) {
        guest_give_up("no memory for", "the streams");
    }
    stream_open(&streams[0], out);
    stream_open(&streams[1], err);
    pid_t command = command_start(order, streams);
    status_write(order->folder, command_serve(command, streams));
    free(streams);
    switch_off();
}
