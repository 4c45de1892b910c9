/* SPDX-License-Identifier: MIT */
/* remote.h: the bench's side of a device under test that is a process (or a board) of its own,
 * reached over the frames of pile_io.h.
 *
 *   struct dut_remote_config config = {.loop = &loop, .board = &board, .io = io_net, .guns = 1,
 *                                      .lost = on_lost, .ctx = me};
 *   struct dut_remote *dut = dut_remote_new(&config);
 *   ... loop_run ...
 *   const struct dut_remote_status *status = dut_remote_status(dut);
 *   dut_remote_free(dut);
 *
 * Plant signals go out as input frames, command frames set the command signals (dut_wiring.h), each
 * with the receive time stamp of its frame. The vehicle network is not its business: the pile has
 * its own socket there.
 *
 * Times of the pile's commands are uncertain by the way through the network: the round trips around
 * them (round_trip call-back) are what the verdicts add.
 *
 * A pile that is lost keeps its last commands on the board: the bench does not guess what a dead
 * controller's outputs do. The case has to end as an error or a failure, by the lost call-back. */
#ifndef HARNESS_DUT_REMOTE_H
#define HARNESS_DUT_REMOTE_H

#include "firmware-under-test/include/pile_io.h"
#include "harness/dut/wiring.h"
#include "sim/can/can.h"
#include "sim/lateness.h"
#include "sim/loop.h"

#define DUT_REMOTE_START_MS                                                                        \
    5000 /* default time for the first sign of life: a process has to start */

struct dut_remote_config {
    struct loop *loop;
    struct signal_board *board;
    struct can_net *io;
    unsigned guns; /* 1..DUT_GUNS_MAX that the bench has wired */
    int64_t
        start_ns; /* time for the first sign of life, and until it runs; 0: DUT_REMOTE_START_MS */
    const struct lateness *late; /* when this machine stood still; NULL: not known */
    /* All may be NULL. lost: nothing heard for silent_ns (never heard at all: alive_count is 0),
     * or the pile restarted; told once until it is heard again. */
    void (*lost)(void *ctx, int64_t at_ns, const char *text);
    /* Its firmware runs (first time, or again), and has said what it declares or had its time. */
    void (*ready)(void *ctx, int64_t at_ns);
    void (*round_trip)(void *ctx, int64_t at_ns, int64_t trip_ns); /* a PING was answered */
    void *ctx;
};

struct dut_remote_status {
    bool alive;                                           /* heard within PILE_IO_SILENT_MS */
    enum pile_io_state state;                             /* as its last ALIVE said */
    uint64_t alive_count;                                 /* ALIVE frames heard */
    unsigned guns, abi;                                   /* as it says */
    bool identified;                                      /* name and version are complete */
    bool described;                                       /* so are the capabilities */
    int32_t capabilities[DUT_GUNS_MAX][DUT_CAPABILITIES]; /* DUT_UNKNOWN: not declared */
    char name[PILE_IO_IDENTITY_SIZE];
    const char *version;        /* inside name; "" until identified */
    uint64_t round_trips;       /* PINGs that were answered */
    int64_t round_trip_last_ns; /* from handing PING to the network to ECHO's time stamp */
    int64_t round_trip_min_ns, round_trip_max_ns;
    uint64_t lost_frames;    /* gaps in the sequence of COMMANDS */
    uint64_t refused_frames; /* of ours that the network did not take */
};

struct dut_remote;

struct dut_remote *dut_remote_new(const struct dut_remote_config *config);
void dut_remote_free(struct dut_remote *dut);
/* The controller has lost its supply: its outputs drop. Free it then, and make a new one when the
 * supply is back: what is still under way from the old one must not be taken for the new one's. */
void dut_remote_unpowered(struct dut_remote *dut);
const struct dut_remote_status *dut_remote_status(const struct dut_remote *dut);

#endif
