/* SPDX-License-Identifier: MIT */
/* registers.h: what a 16550 UART itself is set to, behind the kernel's back.
 *
 *   struct uart_registers set;
 *   if (uart_registers_read("ttyS1", &set)) ...    set.line_control == 0x1B: 8E1
 *
 * Read through /dev/port, as root, while nothing is sent: reading the divisor hides the data
 * register for a moment. Register names and bits: National Semiconductor PC16550D, 8.1 and 8.3. */
#ifndef TESTS_UART_REGISTERS_H
#define TESTS_UART_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

#define UART_CLOCK_BAUD 115200 /* at divisor 1: 1.8432 MHz / 16 */

enum {
    LCR_8_BITS = 0x03,
    LCR_TWO_STOP_BITS = 0x04,
    LCR_PARITY = 0x08,
    LCR_EVEN = 0x10,
    LCR_DIVISOR_ACCESS = 0x80,
};

struct uart_registers {
    uint8_t line_control;
    uint16_t divisor;
};

/* name: of /sys/class/tty. False: no such UART, or its ports cannot be read. */
bool uart_registers_read(const char *name, struct uart_registers *registers);

#endif
