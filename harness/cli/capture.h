/* SPDX-License-Identifier: MIT */
/* capture.h: the options by which every command reads a capture: --network, --columns, --time-unit,
 * --mask, --mask-key.
 *
 *   static const struct option long_options[] = {..., CLI_CAPTURE_OPTIONS, {0}};
 *   if (!cli_capture_take(&reading, option, optarg)) it is one of the command's own */
#ifndef HARNESS_CLI_CAPTURE_H
#define HARNESS_CLI_CAPTURE_H

#include "harness/capture/capture.h"
#include "harness/cli/mask.h"

#include <getopt.h>
#include <stdbool.h>

struct cli_capture {
    struct capture_options read;
    struct number_mask mask;
};

enum {
    CLI_CAPTURE_NETWORK = 512, /* above every command's own */
    CLI_CAPTURE_COLUMNS,
    CLI_CAPTURE_UNIT,
};

/* clang-format off */
#define CLI_CAPTURE_OPTIONS                                    \
    CLI_MASK_OPTIONS,                                          \
    {"network", required_argument, NULL, CLI_CAPTURE_NETWORK}, \
    {"columns", required_argument, NULL, CLI_CAPTURE_COLUMNS}, \
    {"time-unit", required_argument, NULL, CLI_CAPTURE_UNIT}
/* clang-format on */

bool cli_capture_take(struct cli_capture *reading, int option, const char *argument);

#endif
