/* SPDX-License-Identifier: MIT */
/* queue.h: see FreeRTOS.h. */
#include "FreeRTOS.h"
