/* SPDX-License-Identifier: MIT */
#include "pile_serial.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

static const struct {
    unsigned long baud;
    speed_t speed;
} speeds[] = {
    {600, B600},   {1200, B1200},   {2400, B2400},   {4800, B4800},
    {9600, B9600}, {19200, B19200}, {38400, B38400}, {115200, B115200},
};

static int fail(int fd, char *why, size_t why_size, const char *device) {
    snprintf(why, why_size, "cannot use the serial line '%s': %s", device, strerror(errno));
    if (fd >= 0) {
        close(fd);
    }
    return -1;
}

/* A pseudo-terminal drops parity; asked for nothing else that is new, it says EINVAL. */
static bool is_pseudo_terminal(int fd) {
    struct stat status;
    return fstat(fd, &status) == 0 && S_ISCHR(status.st_mode) && major(status.st_rdev) >= 136 &&
           major(status.st_rdev) <= 143;
}

int pile_serial_open(const char *device, unsigned long baud, char *why, size_t why_size) {
    speed_t speed = B0;
    for (size_t i = 0; i < sizeof speeds / sizeof speeds[0]; i++) {
        speed = speeds[i].baud == baud ? speeds[i].speed : speed;
    }
    if (speed == B0) {
        snprintf(why, why_size, "%lu bit/s is not a speed of a serial line: 600 to 115200", baud);
        return -1;
    }
    int fd = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    struct termios line;
    if (fd < 0 || tcgetattr(fd, &line) != 0) {
        return fail(fd, why, why_size, device);
    }
    cfmakeraw(&line);
    line.c_cflag |= CLOCAL | CREAD;
    line.c_cflag |= is_pseudo_terminal(fd) ? 0 : PARENB;
    line.c_cflag &= ~(tcflag_t)(PARODD | CSTOPB | CRTSCTS);
    (void)cfsetispeed(&line, speed);
    (void)cfsetospeed(&line, speed);
    if (tcsetattr(fd, TCSANOW, &line) != 0) {
        return fail(fd, why, why_size, device);
    }
    (void)tcflush(fd, TCIOFLUSH);
    return fd;
}
