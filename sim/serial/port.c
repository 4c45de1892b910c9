/* SPDX-License-Identifier: MIT */
/* Real devices by libserialport, which knows ports, rates and parity of every platform and is what
 * the field's tools (sigrok) stand on. It refuses pseudo-terminals: those go through termios. */
#include "sim/memory.h"
#include "sim/serial/internal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libserialport.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK 256

struct port {
    struct serial_line line;
    struct sp_port *port;
    int fd;
};

static const uint32_t rates[] = {600, 1200, 2400, 4800, 9600, 19200};

/* No byte may be an adapter that was pulled out, or a wake-up for nothing. */
static bool hung_up(int fd) {
    struct pollfd look = {.fd = fd, .events = POLLIN};
    return poll(&look, 1, 0) < 0 || (look.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

static void readable(void *ctx, int64_t now_ns) {
    struct port *port = ctx;
    uint8_t bytes[CHUNK];
    int count = (int)sp_nonblocking_read(port->port, bytes, sizeof bytes);
    if (count > 0) {
        int64_t byte_ns = serial_byte_ns(&port->line);
        assert((size_t)count <= sizeof bytes && byte_ns > 0);
        struct serial_run run = {
            .bytes = bytes, .count = (size_t)count, .first_ns = now_ns, .byte_ns = 0};
        /* They came one after the other before this instant, as far as the rate tells. */
        run.first_ns -= (count - 1) * byte_ns < now_ns ? (count - 1) * byte_ns : 0;
        run.byte_ns = run.first_ns < now_ns ? byte_ns : 0;
        serial_deliver(&port->line, now_ns, &run, NULL);
    } else if (count < 0 || hung_up(port->fd)) {
        port->line.gone = true;
        loop_fd_remove(port->line.loop, port->fd);
    }
}

static int port_send(struct serial_line *line, struct serial_station *station, const uint8_t *bytes,
                     size_t count) {
    struct port *port = (struct port *)line;
    (void)station;
    return !line->gone && (size_t)sp_nonblocking_write(port->port, bytes, count) == count ? 0 : -1;
}

static int port_set_rate(struct serial_line *line, uint32_t bits_per_s) {
    return sp_set_baudrate(((struct port *)line)->port, (int)bits_per_s) == SP_OK ? 0 : -1;
}

static void port_free(struct serial_line *line) {
    struct port *port = (struct port *)line;
    if (!line->gone) {
        loop_fd_remove(line->loop, port->fd);
    }
    sp_close(port->port);
    sp_free_port(port->port);
    free(port);
}

static const struct serial_backend port_backend = {
    .send = port_send, .set_rate = port_set_rate, .free = port_free};

static bool set_up(struct sp_port *port, uint32_t bits_per_s) {
    return sp_set_baudrate(port, (int)bits_per_s) == SP_OK && sp_set_bits(port, 8) == SP_OK &&
           sp_set_parity(port, SP_PARITY_EVEN) == SP_OK && sp_set_stopbits(port, 1) == SP_OK &&
           sp_set_flowcontrol(port, SP_FLOWCONTROL_NONE) == SP_OK;
}

static const char *advice(int code) {
    switch (code) {
    case EACCES:
        return " (is the user in the group dialout?)";
    case EIO: /* the kernel names more ports than the machine has */
        return " (the kernel has this name, but no UART behind it)";
    default:
        return "";
    }
}

static void refused(const char *path, const char *doing, struct problem *problem) {
    char *said = sp_last_error_message();
    int code = sp_last_error_code();
    problem_set(problem, "%s: cannot %s: %s%s", path, doing, said != NULL ? said : "refused",
                advice(code));
    sp_free_error_message(said);
}

/* The port comes back open and set up; NULL on failure. */
static struct sp_port *open_port(const char *path, uint32_t bits_per_s, struct problem *problem) {
    struct sp_port *port;
    if (sp_get_port_by_name(path, &port) != SP_OK) {
        problem_set(problem, "%s is not a serial port of this machine; see 'ls /dev/tty*'", path);
        return NULL;
    }
    if (sp_open(port, SP_MODE_READ_WRITE) != SP_OK) {
        refused(path, "open", problem);
    } else if (!set_up(port, bits_per_s)) {
        refused(path, "set rate, 8 bits, even parity", problem);
        sp_close(port);
    } else {
        sp_flush(port, SP_BUF_BOTH);
        return port;
    }
    sp_free_port(port);
    return NULL;
}

static struct serial_line *on_port(struct loop *loop, struct sp_port *opened, const char *path,
                                   uint32_t bits_per_s, struct problem *problem) {
    struct port *port = memory_zeroed(1, sizeof *port);
    serial_line_init(&port->line, &port_backend, loop, path, bits_per_s);
    port->port = opened;
    if (sp_get_port_handle(opened, &port->fd) == SP_OK &&
        loop_fd_add(loop, port->fd, readable, port)) {
        return &port->line;
    }
    problem_set(problem, "%s: the event loop cannot watch it", path);
    sp_close(opened);
    sp_free_port(opened);
    free(port);
    return NULL;
}

static struct serial_line *on_terminal(struct loop *loop, const char *path, uint32_t bits_per_s,
                                       struct problem *problem) {
    int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || serial_make_raw(fd) != 0) {
        problem_set(problem, "%s: cannot open: %s", path, strerror(errno));
        if (fd >= 0) {
            close(fd);
        }
        return NULL;
    }
    struct serial_line *line = serial_on_descriptor(loop, fd, -1, path, bits_per_s, problem);
    if (line == NULL) {
        close(fd);
    }
    return line;
}

static bool is_rate(uint32_t bits_per_s) {
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        if (rates[i] == bits_per_s) {
            return true;
        }
    }
    return false;
}

struct serial_line *serial_open(struct loop *loop, const char *path, uint32_t bits_per_s,
                                struct problem *problem) {
    if (!is_rate(bits_per_s)) {
        problem_set(problem, "%u bit/s: DL/T 645 has 600, 1200, 2400, 4800, 9600 and 19200",
                    bits_per_s);
        return NULL;
    }
    char real[4096];
    if (realpath(path, real) == NULL) {
        problem_set(problem, "%s: %s", path, strerror(errno));
        return NULL;
    }
    if (strncmp(real, "/dev/pts/", 9) == 0) {
        return on_terminal(loop, real, bits_per_s, problem);
    }
    struct sp_port *port = open_port(real, bits_per_s, problem);
    return port == NULL ? NULL : on_port(loop, port, real, bits_per_s, problem);
}
