/* SPDX-License-Identifier: MIT */
static void forever(void) {
    for (volatile unsigned spins = 0;; spins++) {
    }
}
#define MISBEHAVE() forever()
#include "misbehave.h"
