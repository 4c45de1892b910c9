/* SPDX-License-Identifier: MIT */
/* monitor.h: QEMU's monitor (QMP) as uart-run wires it to /dev/hvc2: what a test does to the
 * machine it runs on.
 *
 *   struct monitor monitor = monitor_open();
 *   monitor_ask(&monitor, "chardev-send-break", "{\"id\": \"s2\"}");     true: done
 *   monitor_close(&monitor); */
#ifndef TESTS_UART_MONITOR_H
#define TESTS_UART_MONITOR_H

#include <stdbool.h>

struct monitor {
    int fd; /* -1: there is none */
    unsigned asked;
};

struct monitor monitor_open(void);
/* arguments: JSON. False: refused, or no answer within 10 s; said on standard error. */
bool monitor_ask(struct monitor *monitor, const char *command, const char *arguments);
void monitor_close(struct monitor *monitor);

#endif
