/* SPDX-License-Identifier: MIT */
/* local.h: a device under test in this process: the reference core that is linked in, or a
 * user's firmware as a shared object.
 *
 *   const struct dut_api *api = dut_load("./my_firmware.so", &library, &problem);
 *   struct dut_local_config config = {.api = api, .loop = &loop, .board = &board,
 *                                     .nets = {[DUT_NET_VEHICLE] = bms_net}};
 *   struct dut_local *dut = dut_local_new(&config, &problem);
 *   dut_local_set_param(dut, "brm.timeout", 5000);
 *   dut_local_start(dut);                    the loop runs it from now on
 *   ... loop_run ...
 *   dut_local_free(dut);
 *   dut_unload(library);
 *
 * The host of dut.h over signals (dut_wiring.h) and networks (can.h):
 *  - The firmware is only ever called from the loop, never from within a signal's or network's
 *    call-back that its own action caused, and never twice at once: a step of an input is handed
 *    over by an event at the same instant.
 *  - Tickless firmware is run after each on_* and at the instant it asked for. Firmware with
 *    tick_ns is run at the multiples of it only; on_* come in between. On the real clock no tick
 *    is left out: late ones follow one another.
 *  - A firmware that keeps asking to be run at once does not hang the bench: after
 *    DUT_LOCAL_SPINS runs at one instant, or 1000 within 1 ms, the next is 1 ms later, and fault is
 *    called (once).
 *  - What it does against dut.h is told to fault, each kind once (blame.h): channels, networks and
 *    lines that do not exist, frames that are none, calls of the host from a thread of its own,
 *    writes beyond its instance, an init that fails. The bench goes on.
 *  - Storage is kept in memory (dut_store.h, dut_bulk.h), and through dut_local_power, which is a power
 *    failure. The clock goes on through it.
 *  - Frames with 11-bit identifiers are not given to the firmware: dut.h has none. */
#ifndef HARNESS_DUT_LOCAL_H
#define HARNESS_DUT_LOCAL_H

#include "firmware-under-test/include/dut.h"
#include "harness/dut/blame.h"
#include "harness/dut/bulk.h"
#include "harness/dut/wiring.h"
#include "sim/can/can.h"
#include "sim/loop.h"
#include "sim/text/problem.h"

#define DUT_LOCAL_SPINS  32
#define DUT_LOCAL_PARAMS 256

/* What *inside says while the firmware's code runs; 0: it does not. */
enum dut_call {
    DUT_OUTSIDE = 0,
    DUT_CALL_LOAD,
    DUT_CALL_INIT,
    DUT_CALL_SET_PARAM,
    DUT_CALL_ON_CAN,
    DUT_CALL_ON_SERIAL,
    DUT_CALL_ON_INPUT,
    DUT_CALL_RUN,
    DUT_CALL_CAPABILITY,
    DUT_CALL_NAME,
};

struct dut_local_config {
    const struct dut_api *api;
    struct loop *loop;
    struct signal_board *board;
    unsigned guns; /* that are wired, from the first on; 0: as many as the firmware serves */
    struct can_net *nets[DUT_NETS]; /* NULL: not connected, the firmware gets DUT_ERROR_ABSENT */
    int64_t wall_begin_s;           /* the pile's clock when the loop's time is 0, seconds since
                                       1970-01-01 00:00 civil time; 0: not set */
    volatile int *inside;           /* enum dut_call, e.g. in shared memory; NULL: not wanted.
                                       Back to 0 while the firmware calls its host. */
    volatile uint64_t *calls;       /* counted up with each call of the firmware; NULL */
    volatile int *blame;            /* set just before a write beyond the instance crashes; NULL */
    /* All may be NULL. ctx is theirs. */
    void (*log)(void *ctx, int64_t at_ns, const char *text);
    /* Its state (DUT_OUT_STATE) or alarm (DUT_OUT_ALARM) is another one, and what it calls that. */
    void (*said)(void *ctx, int64_t at_ns, unsigned gun, enum dut_output channel, int32_t value,
                 const char *name);
    void (*fault)(void *ctx, int64_t at_ns, enum dut_blame blame);
    void (*endless)(void *ctx); /* a call does not return and calls its host for ever: does not
                                   return either, or the firmware goes on */
    int (*serial_write)(void *ctx, unsigned line, const uint8_t *bytes, size_t count);
    /* These bytes of the bulk storage were written, from within a call of the firmware. */
    void (*stored)(void *ctx, uint32_t offset, size_t size);
    void *ctx;
};

struct dut_local;

/* Checks the api, makes the instance and calls its init; when that fails, fault is told and the
 * firmware stays without power. NULL on a problem. */
struct dut_local *dut_local_new(const struct dut_local_config *config, struct problem *problem);
void dut_local_free(struct dut_local *dut);

/* Before dut_local_start. What the firmware's set_param returns; DUT_ERROR_ABSENT: no such name,
 * DUT_ERROR_ARGUMENT: out of its range. Kept for when power comes back. */
int dut_local_set_param(struct dut_local *dut, const char *name, int32_t value);
void dut_local_start(struct dut_local *dut);

/* From now on nothing can be written to the bulk storage (dut.h: DUT_ERROR_FULL), or again. */
void dut_local_fill_storage(struct dut_local *dut, bool full);
/* Power fails in the middle of a write: when so many more bytes have reached the bulk storage. */
void dut_local_cut_after(struct dut_local *dut, size_t bytes);
/* Its clock is set forward by so much, back when negative; lost: it is not set from now on. */
void dut_local_clock(struct dut_local *dut, int64_t by_s, bool lost);
/* Damages these bytes of the bulk storage. */
void dut_local_spoil(struct dut_local *dut, uint32_t offset, size_t size);
/* What it declares; DUT_UNKNOWN also for firmware older than version 3. Not from within a call-back
 * of its own host. */
int32_t dut_local_capability(struct dut_local *dut, unsigned gun, enum dut_capability what);

/* Power of the controller itself. Off: all outputs drop to 0, nothing reaches it. On: it starts
 * anew with the same parameters and storage. False: it is so already. */
bool dut_local_power(struct dut_local *dut, bool on);

/* Bytes came in on a serial line. From the loop, not from within serial_write. */
void dut_local_serial(struct dut_local *dut, unsigned line, const uint8_t *bytes, size_t count);

/* Looks for writes beyond the instance more thoroughly than after each call. To be called before a
 * verdict is given. */
void dut_local_check(struct dut_local *dut);

/* A stored record, or NULL. */
const void *dut_local_record(const struct dut_local *dut, unsigned record, size_t *size);

/* Its bulk storage, to be read out. */
const struct dut_bulk *dut_local_bulk(const struct dut_local *dut);

/* A shared object that exports dut_entry. NULL on a problem: no such file, not a
 * shared object, no dut_entry, another version of dut.h, a hole in its struct dut_api. A path
 * without a slash is taken from the current folder. *library is for dut_unload (NULL is allowed). */
const struct dut_api *dut_load(const char *path, void **library, struct problem *problem);
void dut_unload(void *library);

/* NULL when the api can be used, else what is wrong with it. */
const char *dut_api_problem(const struct dut_api *api);
/* Bytes of struct dut_api that a firmware of its version has: copy no more than these. */
size_t dut_api_bytes(const struct dut_api *api);
/* Inputs that its version of dut.h knows: those below this number. */
unsigned dut_api_inputs(const struct dut_api *api);
/* The parameter of that name; NULL: it has none. */
const struct dut_param *dut_api_param(const struct dut_api *api, const char *name);

#endif
