/* SPDX-License-Identifier: MIT */
/* writer.h: writes captures: candump log, Vector ASC and BLF, pcapng with link type SocketCAN, CSV, PCAN's TRC.
 *
 *   struct capture_writer *out = capture_writer_open("a.asc", CAPTURE_ASC, &problem);
 *   capture_write(out, &frame);
 *   if (!capture_writer_close(out, &problem)) complain(problem.text);
 *
 * "-" is standard output. A file is written as PATH.part and gets its name when it is closed
 * without an error: a file with the final name is complete. Write errors are kept and told by
 * close.
 *
 * What a format cannot hold is lost: times are microseconds in candump, ASC and TRC, nanoseconds in
 * pcapng, BLF and CSV; BLF has no time before its first frame's; who sent a frame is not in a candump log; ASC, BLF
 * and TRC have numbered channels (networks get theirs
 * in the order in which they come, those called by a number keep it). A network without a name is
 * can0 in candump and pcapng. Dates are written as UTC. */
#ifndef HARNESS_CAPTURE_WRITER_WRITER_H
#define HARNESS_CAPTURE_WRITER_WRITER_H

#include "harness/capture/capture.h"

struct capture_writer;

/* CAPTURE_CANDUMP_LOG, CAPTURE_ASC, CAPTURE_BLF, CAPTURE_CSV, CAPTURE_PCAPNG, CAPTURE_TRC. */
struct capture_writer *capture_writer_open(const char *path, enum capture_format format,
                                           struct problem *problem);
void capture_write(struct capture_writer *writer, const struct capture_frame *frame);
/* True after the first failed write: nothing more will be written. */
bool capture_writer_failed(const struct capture_writer *writer);
bool capture_writer_close(struct capture_writer *writer, struct problem *problem);
/* By the end of the name: .log, .asc, .blf, .csv, .pcapng, .trc; CAPTURE_UNKNOWN else. */
enum capture_format capture_format_of_name(const char *path);

#endif
