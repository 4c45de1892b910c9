/* SPDX-License-Identifier: MIT */
/* instance.h: the memory of one instance of a firmware, between two guards.
 *
 *   struct dut_instance instance;
 *   if (!dut_instance_make(&instance, api->instance_size)) ...
 *   api->init(instance.memory, ...);
 *   blame = dut_instance_check(&instance, false);       after each call
 *   dut_instance_free(&instance);
 *
 * What a firmware writes beyond its instance_size must hit neither the bench's memory, whose crash
 * would look like the bench's fault, nor nothing at all. Its end lies on the edge of pages that
 * cannot be touched, up to alignment; the bytes between, and those from the page's beginning to the
 * instance, have a known pattern. */
#ifndef HARNESS_DUT_INSTANCE_H
#define HARNESS_DUT_INSTANCE_H

#include "harness/dut/blame.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dut_instance {
    void *memory; /* size bytes, zeroed, aligned for any object */
    size_t size;
    uint8_t *block, *first, *last; /* all pages; the usable ones; behind these */
    size_t block_size;
};

/* False: no memory. */
bool dut_instance_make(struct dut_instance *instance, size_t size);
/* Zeroed anew, as after a reset. */
void dut_instance_clear(struct dut_instance *instance);
/* DUT_BLAME_NONE, _BEHIND or _BEFORE. Thorough: every byte of the pattern, else those next to the
 * instance. */
enum dut_blame dut_instance_check(const struct dut_instance *instance, bool thorough);
/* From now on a crash on a guard of this instance is told in *blame before it ends the process. */
void dut_instance_watch(const struct dut_instance *instance, volatile int *blame);
void dut_instance_free(struct dut_instance *instance);

#endif
