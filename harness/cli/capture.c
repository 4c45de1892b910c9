/* SPDX-License-Identifier: MIT */
#include "harness/cli/capture.h"

bool cli_capture_take(struct cli_capture *reading, int option, const char *argument) {
    switch (option) {
    case CLI_CAPTURE_NETWORK:
        reading->read.network = argument;
        return true;
    case CLI_CAPTURE_COLUMNS:
        reading->read.columns = argument;
        return true;
    case CLI_CAPTURE_UNIT:
        reading->read.time_unit = argument;
        return true;
    default:
        return cli_mask_take(&reading->mask, option, argument);
    }
}
