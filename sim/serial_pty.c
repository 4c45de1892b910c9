/* SPDX-License-Identifier: MIT */
/* A pseudo-terminal: the line for a charger or a client in another process. Linux keeps neither parity nor
 * pace on one. */
#include "sim/can_internal.h" /* can_alloc */
#include "sim/serial_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define CHUNK        256
#define NOMINAL_RATE 2400 /* what the standard has as default; nothing here runs at it */

struct pty {
    struct serial_line line;
    int fd, other; /* other: kept open, so that the line outlives its users */
};

static void readable(void *ctx, int64_t now_ns) {
    struct pty *pty = ctx;
    uint8_t bytes[CHUNK];
    ssize_t count = read(pty->fd, bytes, sizeof bytes);
    if (count > 0) {
        struct serial_run run = {.bytes = bytes, .count = (size_t)count, .first_ns = now_ns};
        serial_deliver(&pty->line, now_ns, &run, NULL);
    }
}

static int pty_send(struct serial_line *line, struct serial_station *station, const uint8_t *bytes,
                    size_t count) {
    struct pty *pty = (struct pty *)line;
    (void)station;
    ssize_t written = write(pty->fd, bytes, count);
    return written == (ssize_t)count ? 0 : -1;
}

static void pty_free(struct serial_line *line) {
    struct pty *pty = (struct pty *)line;
    loop_fd_remove(line->loop, pty->fd);
    close(pty->fd);
    close(pty->other);
    free(pty);
}

static const struct serial_backend pty_backend = {.send = pty_send, .free = pty_free};

static int make_raw(int fd) {
    struct termios mode;
    if (tcgetattr(fd, &mode) != 0) {
        return -1;
    }
    cfmakeraw(&mode);
    return tcsetattr(fd, TCSANOW, &mode);
}

static bool open_both(struct pty *pty, char *path, size_t path_size) {
    pty->fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (pty->fd < 0 || grantpt(pty->fd) != 0 || unlockpt(pty->fd) != 0 ||
        ptsname_r(pty->fd, path, path_size) != 0) {
        return false;
    }
    pty->other = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    return pty->other >= 0 && make_raw(pty->other) == 0;
}

struct serial_line *serial_pty_new(struct loop *loop, char *path, size_t path_size, char *why,
                                   size_t why_size) {
    struct pty *pty = can_alloc(sizeof *pty);
    pty->fd = pty->other = -1;
    if (!open_both(pty, path, path_size)) {
        snprintf(why, why_size, "cannot make a pseudo-terminal: %s", strerror(errno));
    } else {
        serial_line_init(&pty->line, &pty_backend, loop, path, NOMINAL_RATE);
        if (loop_fd_add(loop, pty->fd, readable, pty)) {
            return &pty->line;
        }
        snprintf(why, why_size, "the event loop watches %d descriptors already", LOOP_FDS);
    }
    if (pty->fd >= 0) {
        close(pty->fd);
    }
    if (pty->other >= 0) {
        close(pty->other);
    }
    free(pty);
    return NULL;
}
