/* SPDX-License-Identifier: MIT */
#include "harness/cli/mask.h"

bool cli_mask_take(struct number_mask *mask, int option, const char *argument) {
    if (option != CLI_MASK && option != CLI_MASK_KEY) {
        return false;
    }
    mask->on = true;
    if (option == CLI_MASK_KEY) {
        mask->key = argument;
    }
    return true;
}
