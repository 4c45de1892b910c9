/* SPDX-License-Identifier: MIT */
#include "harness/capture/candump/drops.h"

#include "harness/capture/source/scan.h"

bool candump_drops(const char *line, uint64_t *count) {
    *count = 0;
    if (!scan_word(&line, "DROPCOUNT")) {
        return false;
    }
    if (scan_word(&line, ": dropped ") && !scan_decimal(&line, 10, count)) {
        *count = 0;
    }
    return true;
}
