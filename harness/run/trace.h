/* SPDX-License-Identifier: MIT */
/* trace.h: records CAN networks in the format of `candump -l`.
 *
 *   struct trace *trace = trace_open("run/estop.log", epoch_ns, &problem);
 *   trace_add(trace, bms_net, "bms");
 *   trace_add(trace, io_net, "io");
 *   ... the loop runs ...
 *   if (!trace_close(trace, &problem)) ...          the file is whole only now
 *
 * One line a frame, as soon as its last bit was on the wire:
 *
 *   (0000000012.345678) bms 1826F456#010100
 *
 * seconds since the epoch (epoch_ns + loop time, cut to microseconds), network, identifier (3 hex
 * digits standard, 8 extended), data. canplayer, log2asc, candump's readers and Wireshark take it:
 * `canplayer -I estop.log vcan0=bms`, `log2asc -I estop.log bms io`. On real clocks the lines of
 * two networks may be a little out of order, each network's own never are.
 *
 * The file is written as PATH.part and gets its name in trace_close, synced to the disk: a file
 * with the final name is complete. A write error (disk full) is kept and told by trace_error at
 * once and by trace_close; recording stops, the bench runs on, and PATH.part stays for a look. */
#ifndef HARNESS_RUN_TRACE_H
#define HARNESS_RUN_TRACE_H

#include "sim/can/can.h"
#include "sim/text/problem.h"

#define TRACE_NETS 4

struct trace;

/* NULL: problem says why. epoch_ns: what loop time 0 is on the trace's
 * clock (0, or nanoseconds since 1970 for a real run); not negative. */
struct trace *trace_open(const char *path, int64_t epoch_ns, struct problem *problem);

/* Records the network from now on under that name (at most 15 characters, no white space). The
 * network must outlive the trace or the trace be closed first. */
void trace_add(struct trace *trace, struct can_net *net, const char *name);

/* From now on VIN and pack serial number are written as pseudonyms (vehicle_bms/mask/mask.h); key NULL:
 * the default one. The order of lines stays; lines may reach the file later. To be called before
 * the first frame. */
void trace_mask(struct trace *trace, const char *key);

uint64_t trace_frames(const struct trace *trace);

/* 0, or the errno of the first failed write. */
int trace_error(const struct trace *trace);

/* Ends the recording, flushes, syncs, renames, frees. NULL is allowed and succeeds. */
bool trace_close(struct trace *trace, struct problem *problem);

#endif
