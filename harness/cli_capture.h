/* SPDX-License-Identifier: MIT */
/* cli_capture.h: the options by which every command reads a capture: --network, --columns, --time-unit,
 * --mask, --mask-key.
 *
 *   static const struct option long_options[] = {..., CLI_CAPTURE_OPTIONS, {0}};
 *   if (!cli_capture_take(&reading, option, optarg)) it is one of the command's own */
#ifndef HARNESS_CLI_CAPTURE_H
#define HARNESS_CLI_CAPTURE_H

#include "harness/capture/capture.h"

#include <getopt.h>
#include <stdbool.h>

struct cli_capture {
    struct capture_options read;
    bool masked;
    const char *mask_key; /* NULL: the default one */
};

enum {
    CLI_CAPTURE_MASK = 512, /* above every command's own */
    CLI_CAPTURE_KEY,
    CLI_CAPTURE_NETWORK,
    CLI_CAPTURE_COLUMNS,
    CLI_CAPTURE_UNIT,
};

/* clang-format off */
#define CLI_CAPTURE_OPTIONS                                    \
    {"mask", no_argument, NULL, CLI_CAPTURE_MASK},             \
    {"mask-key", required_argument, NULL, CLI_CAPTURE_KEY},    \
    {"network", required_argument, NULL, CLI_CAPTURE_NETWORK}, \
    {"columns", required_argument, NULL, CLI_CAPTURE_COLUMNS}, \
    {"time-unit", required_argument, NULL, CLI_CAPTURE_UNIT}
/* clang-format on */

bool cli_capture_take(struct cli_capture *reading, int option, const char *argument);

#endif
