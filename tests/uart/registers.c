/* SPDX-License-Identifier: MIT */
#include "tests/uart/registers.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum {
    DIVISOR_LOW = 0,
    DIVISOR_HIGH = 1,
    LINE_CONTROL = 3,
};

static bool port_of(const char *name, unsigned *port) {
    char path[64];
    snprintf(path, sizeof path, "/sys/class/tty/%s/port", name);
    FILE *file = fopen(path, "r");
    bool read = file != NULL && fscanf(file, "%x", port) == 1 && *port != 0;
    if (file != NULL) {
        fclose(file);
    }
    return read;
}

static bool get(int ports, unsigned at, uint8_t *value) {
    return pread(ports, value, 1, (off_t)at) == 1;
}

bool uart_registers_read(const char *name, struct uart_registers *registers) {
    unsigned port;
    uint8_t low = 0, high = 0, open_value;
    int ports = open("/dev/port", O_RDWR | O_CLOEXEC);
    bool fine = ports >= 0 && port_of(name, &port) &&
                get(ports, port + LINE_CONTROL, &registers->line_control);
    if (fine) {
        open_value = registers->line_control | LCR_DIVISOR_ACCESS;
        fine = pwrite(ports, &open_value, 1, (off_t)(port + LINE_CONTROL)) == 1 &&
               get(ports, port + DIVISOR_LOW, &low) && get(ports, port + DIVISOR_HIGH, &high);
        fine =
            pwrite(ports, &registers->line_control, 1, (off_t)(port + LINE_CONTROL)) == 1 && fine;
    }
    registers->divisor = (uint16_t)(high << 8 | low);
    if (ports >= 0) {
        close(ports);
    }
    return fine;
}
