/* SPDX-License-Identifier: MIT */
/* pile_serial.h: the Linux port's serial lines (DL/T 645 meters): 8 data bits, even parity, one
 * stop bit, no flow control.
 *
 *   int fd = pile_serial_open("/dev/ttyUSB0", 2400, why, sizeof why);     -1: why says
 */
#ifndef PILE_SERIAL_H
#define PILE_SERIAL_H

#include <stddef.h>

int pile_serial_open(const char *device, unsigned long baud, char *why, size_t why_size);

#endif
