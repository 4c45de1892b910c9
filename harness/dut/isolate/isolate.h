/* SPDX-License-Identifier: MIT */
/* isolate.h: a firmware in a process of its own, called as if it were in this one, on the bench's
 * clock.
 *
 *   struct dut_isolate *isolate = dut_isolate_open("./my_firmware.so", true, PLAN_HANG_S,
 *                                                  &problem);
 *   dut_isolate_listen(isolate, &listener);                  what becomes of it
 *   struct dut_local_config config = {.api = dut_isolate_api(isolate), ...};      as ever
 *   ...
 *   dut_isolate_close(isolate);
 *
 * Its api has the functions of the firmware, each of which sends a letter (mailbox.h), and serves the
 * firmware as its host until the answer comes. The instance that dut_local makes for it is not used:
 * the firmware's own is over there. Calls and their order are those of a firmware in this process, so
 * is what is recorded.
 *
 * Over there (cell.h) the firmware can neither reach the bench's memory nor its files (confine.h): it
 * cannot forge, change or erase a verdict. When its process ends, hangs or does what is forbidden,
 * the listener is told, and from then on its api does nothing: init fails, run wants never again.
 *
 * A process has one at a time. */
#ifndef HARNESS_DUT_ISOLATE_ISOLATE_H
#define HARNESS_DUT_ISOLATE_ISOLATE_H

#include "firmware-under-test/include/dut.h"
#include "harness/dut/blame.h"
#include "sim/text/phrase.h"
#include "sim/text/problem.h"

#include <stdbool.h>
#include <sys/types.h>

struct dut_isolate;

/* False: this machine cannot confine a process, and why. */
bool dut_isolate_can(struct problem *problem);

struct dut_isolate_listener {
    /* Its process has gone; why goes behind "the firmware". killed: from outside. */
    void (*gone)(void *ctx, struct phrase why, bool killed);
    void (*blame)(void *ctx, enum dut_blame blame);
    void *ctx;
};

/* NULL on a problem: what dut_load says, or that it crashed or hung while it was loaded, or that this
 * machine cannot confine it. Not confined: only kept out of this process, say to be looked at.
 * One call of it that takes four fifths of hang_s hangs: before who waits for this process thinks that
 * of it. */
struct dut_isolate *dut_isolate_open(const char *path, bool confined, int hang_s,
                                     struct problem *problem);
void dut_isolate_listen(struct dut_isolate *isolate, const struct dut_isolate_listener *listener);
const struct dut_api *dut_isolate_api(const struct dut_isolate *isolate);
pid_t dut_isolate_process(const struct dut_isolate *isolate);
/* From within a call of its host: it is ended, and the call does not go on. Nobody is told. */
void dut_isolate_end(struct dut_isolate *isolate);
/* NULL is allowed. */
void dut_isolate_close(struct dut_isolate *isolate);

#endif
