/* SPDX-License-Identifier: MIT */
/* event_groups.h: see FreeRTOS.h. */
#include "FreeRTOS.h"
