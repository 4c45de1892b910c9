/* SPDX-License-Identifier: MIT */
/* mask.h: --mask and --mask-key, the same for every command that has them.
 *
 *   static const struct option long_options[] = {..., CLI_MASK_OPTIONS, {0}};
 *   if (!cli_mask_take(&mask, option, optarg)) it is one of the command's own */
#ifndef HARNESS_CLI_MASK_H
#define HARNESS_CLI_MASK_H

#include "harness/mask/number_mask.h"

#include <getopt.h>

enum {
    CLI_MASK = 640, /* above every command's own, and those of cli_capture.h */
    CLI_MASK_KEY,
};

/* clang-format off */
#define CLI_MASK_OPTIONS                           \
    {"mask", no_argument, NULL, CLI_MASK},         \
    {"mask-key", required_argument, NULL, CLI_MASK_KEY}
/* clang-format on */

bool cli_mask_take(struct number_mask *mask, int option, const char *argument);

#endif
