/* SPDX-License-Identifier: MIT */
/* task.h: see FreeRTOS.h. */
#include "FreeRTOS.h"
