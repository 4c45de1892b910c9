/* SPDX-License-Identifier: MIT */
/* internal.h: what the files of the assembler share. Nobody else includes it.
 *
 *   assembler.c   frames in: single messages and packets of transfers
 *   control.c     RTS, CTS, EndOfMsgAck, Conn_Abort
 *   timer.c       T1 to T4 and Tr, seen from outside
 *   told.c        what the listener is told */
#ifndef VEHICLE_BMS_LISTEN_INTERNAL_H
#define VEHICLE_BMS_LISTEN_INTERNAL_H

#include "vehicle_bms/listen/assembler.h"

/* One frame on its way through the assembler. */
struct seen {
    int64_t at_ns;
    uint64_t mark;
    const struct can_frame_ext *frame;
    unsigned direction; /* index of struct assembler.transfers of its sender */
};

/* told.c: faults, steps and messages, and the end of a transfer. by_sender: of the transfer, not of the
 * frame. What could have been the capture's loss is told when it is clear that it was none. */
void assembler_report(struct assembler *assembler, const struct transfer_event *event);
struct transfer_event assembler_event_of(const struct assembler_transfer *t,
                                         const struct seen *seen, enum transfer_fault fault,
                                         bool by_charger);
bool assembler_sender_is_charger(const struct assembler *assembler,
                                 const struct assembler_transfer *t);
void assembler_tell(struct assembler *assembler, const struct assembler_transfer *t,
                    const struct seen *seen, enum transfer_fault fault, bool by_sender,
                    uint8_t packet);
void assembler_tell_deferred(struct assembler *assembler, struct assembler_transfer *t);
void assembler_close(struct assembler *assembler, struct assembler_transfer *t);
void assembler_step(struct assembler *assembler, const struct seen *seen);
void assembler_foreign(struct assembler *assembler, int64_t at_ns, uint64_t mark,
                       const struct can_frame_ext *frame);
void assembler_short_frame(struct assembler *assembler, const struct seen *seen);
void assembler_deliver(struct assembler *assembler, const struct assembler_transfer *t,
                       const struct seen *seen);
/* timer.c: has one run out, was the step slow, until when is the next awaited */
void assembler_check_deadline(struct assembler *assembler, struct assembler_transfer *t,
                              const struct seen *seen);
void assembler_stepped(struct assembler *assembler, struct assembler_transfer *t,
                       const struct seen *seen);
void assembler_await(struct assembler *assembler, struct assembler_transfer *t, int64_t at_ns);
/* control.c */
void assembler_control(struct assembler *assembler, const struct seen *seen);

#endif
