/* SPDX-License-Identifier: MIT */
/* registers_internal.h: what registers.c and registers_items.c share. */
#ifndef METER_REGISTERS_INTERNAL_H
#define METER_REGISTERS_INTERNAL_H

#include "meter/registers.h"

/* Of energy and power: what one is read as. */
double registers_gain(const struct registers *registers);

#endif
