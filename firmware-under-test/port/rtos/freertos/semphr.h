/* SPDX-License-Identifier: MIT */
/* semphr.h: see FreeRTOS.h. */
#include "FreeRTOS.h"
