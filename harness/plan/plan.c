/* SPDX-License-Identifier: MIT */
#include "harness/plan/plan.h"

const char *wiring_name(enum wiring wiring) {
    return wiring == WIRING_SIM ? "sim" : "vcan";
}
