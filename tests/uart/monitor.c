/* SPDX-License-Identifier: MIT */
#include "tests/uart/monitor.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define DEVICE      "/dev/hvc2"
#define ANSWER_MS   10000
#define ANSWER_SIZE 65536

/* Until the answer with this id has come; events and the greeting go by. */
static bool answered(const struct monitor *monitor, const char *id) {
    static char text[ANSWER_SIZE];
    size_t length = 0;
    struct pollfd readable = {.fd = monitor->fd, .events = POLLIN};
    while (length + 1 < sizeof text && poll(&readable, 1, ANSWER_MS) > 0) {
        ssize_t count = read(monitor->fd, text + length, sizeof text - 1 - length);
        if (count <= 0) {
            break;
        }
        length += (size_t)count;
        text[length] = '\0';
        char *line = text, *end;
        for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
            *end = '\0';
            if (strstr(line, id) != NULL) {
                bool done = strstr(line, "\"return\"") != NULL;
                fprintf(stderr, "%s%s", done ? "" : line, done ? "" : "\n");
                return done;
            }
        }
        length -= (size_t)(line - text);
        memmove(text, line, length + 1);
    }
    fprintf(stderr, "the monitor does not answer (%s)\n", id);
    return false;
}

bool monitor_ask(struct monitor *monitor, const char *command, const char *arguments) {
    char id[32];
    snprintf(id, sizeof id, "ask-%d-%u-", (int)getpid(), monitor->asked++);
    return dprintf(monitor->fd, "{\"execute\": \"%s\", \"arguments\": %s, \"id\": \"%s\"}\n",
                   command, arguments, id) > 0 &&
           answered(monitor, id);
}

struct monitor monitor_open(void) {
    struct monitor monitor = {.fd = open(DEVICE, O_RDWR | O_NOCTTY | O_CLOEXEC)};
    struct termios mode;
    if (monitor.fd >= 0 && tcgetattr(monitor.fd, &mode) == 0) {
        cfmakeraw(&mode);
        tcsetattr(monitor.fd, TCSANOW, &mode);
        /* Once in the life of the machine; refused afterwards: no matter. */
        dprintf(monitor.fd, "{\"execute\": \"qmp_capabilities\"}\n");
    }
    return monitor;
}

void monitor_close(struct monitor *monitor) {
    close(monitor->fd);
    monitor->fd = -1;
}
