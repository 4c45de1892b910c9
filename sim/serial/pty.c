/* SPDX-License-Identifier: MIT */
/* A pseudo-terminal: the line for a charger or a client in another process. Linux keeps neither
 * parity nor pace on one. */
#include "sim/memory.h"
#include "sim/serial/internal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define CHUNK        256
#define NOMINAL_RATE 2400 /* DL/T 645-2007's default; nothing here runs at it */

struct pty {
    struct serial_line line;
    int fd, other; /* other: the far end, kept open so that the line outlives its users; -1 */
};

static void readable(void *ctx, int64_t now_ns) {
    struct pty *pty = ctx;
    uint8_t bytes[CHUNK];
    ssize_t count = read(pty->fd, bytes, sizeof bytes);
    if (count > 0) {
        struct serial_run run = {.bytes = bytes, .count = (size_t)count, .first_ns = now_ns};
        serial_deliver(&pty->line, now_ns, &run, NULL);
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
        pty->line.gone = true; /* it would be readable for ever */
        loop_fd_remove(pty->line.loop, pty->fd);
    }
}

static int pty_send(struct serial_line *line, struct serial_station *station, const uint8_t *bytes,
                    size_t count) {
    struct pty *pty = (struct pty *)line;
    (void)station;
    ssize_t written = line->gone ? -1 : write(pty->fd, bytes, count);
    return written == (ssize_t)count ? 0 : -1;
}

static void pty_free(struct serial_line *line) {
    struct pty *pty = (struct pty *)line;
    if (!line->gone) {
        loop_fd_remove(line->loop, pty->fd);
    }
    close(pty->fd);
    if (pty->other >= 0) {
        close(pty->other);
    }
    free(pty);
}

static const struct serial_backend pty_backend = {.send = pty_send, .free = pty_free};

int serial_make_raw(int fd) {
    struct termios mode;
    if (tcgetattr(fd, &mode) != 0) {
        return -1;
    }
    cfmakeraw(&mode);
    return tcsetattr(fd, TCSANOW, &mode);
}

struct serial_line *serial_on_descriptor(struct loop *loop, int fd, int other, const char *name,
                                         uint32_t bits_per_s, struct problem *problem) {
    assert(fd >= 0 && fd != other);
    struct pty *pty = memory_zeroed(1, sizeof *pty);
    serial_line_init(&pty->line, &pty_backend, loop, name, bits_per_s);
    pty->fd = fd;
    pty->other = other;
    if (!loop_fd_add(loop, fd, readable, pty)) {
        problem_set(problem, "the event loop watches %d descriptors already", LOOP_FDS);
        free(pty);
        return NULL;
    }
    return &pty->line;
}

struct serial_line *serial_pty_new(struct loop *loop, char *path, size_t path_size,
                                   struct problem *problem) {
    int fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC), other = -1;
    struct serial_line *line = NULL;
    bool named =
        fd >= 0 && grantpt(fd) == 0 && unlockpt(fd) == 0 && ptsname_r(fd, path, path_size) == 0;
    if (named) {
        other = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    }
    if (other < 0 || serial_make_raw(other) != 0) {
        problem_set(problem, "cannot make a pseudo-terminal: %s", strerror(errno));
    } else {
        line = serial_on_descriptor(loop, fd, other, path, NOMINAL_RATE, problem);
    }
    if (line == NULL) {
        if (fd >= 0) {
            close(fd);
        }
        if (other >= 0) {
            close(other);
        }
    }
    return line;
}
