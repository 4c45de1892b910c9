/* SPDX-License-Identifier: MIT */
/* observer.h: listens on the vehicle's CAN network, puts transfers of both sides together again and
 * turns the messages into signals. It only listens, so it serves a simulated network, a real one
 * and a capture alike.
 *
 *   struct observer *observer = observer_new(&board, EDITION_2015);
 *   observer_attach(observer, net);                    or, for a capture, frame by frame:
 *   observer_frame(observer, at_ns, &frame);
 *   const struct observed *bcl = observer_last(observer, MESSAGE_BCL);
 *
 * Signals it adds, for each message of messages.h:
 *   BCL                 pulse: a well-formed BCL is complete (of a transfer: its last packet)
 *   BCL.bad             pulse: a BCL with a wrong length came
 *   BCL.current_demand  number: value as coded, raw * scale + offset, in the field's unit. Charging
 *                       currents are negative, as on the wire. "Not supplied" makes it unknown;
 *                       untrusted and out-of-range values are shown as they are
 *   BCL.bytes           number: a short message (up to 6 bytes) as a whole, first byte highest:
 *                       04 00 F0 F0 is 0x0400F0F0. For reserved bits, which no field has
 * At the pulse the fields are those of that message. Text fields (VIN, region code) and repeated
 * ones (BMV, BMT, BSP) have no signal: read them from observer_last.
 *
 * A message of the wrong sender's address is foreign: counted, else ignored. The priority is not
 * looked at (judging is not the observer's job). Instants are those of the frame. */
#ifndef VEHICLE_BMS_LISTEN_OBSERVER_H
#define VEHICLE_BMS_LISTEN_OBSERVER_H

#include "sim/can/can.h"
#include "sim/signal.h"
#include "vehicle_bms/listen/assembler.h"
#include "vehicle_bms/message/messages.h"

struct observer;

struct observed {
    uint64_t count;     /* well-formed */
    uint64_t bad_count; /* wrong length */
    int64_t at_ns;      /* of the last, well-formed or bad */
    bool bad;           /* the last one was bad */
    uint16_t length;    /* of the last one; data holds at most MESSAGE_LENGTH_MAX of it */
    uint8_t data[MESSAGE_LENGTH_MAX];
};

/* Called for every complete message, well-formed or not, before its signals are set. */
struct observer_listener {
    void (*message)(void *ctx, int64_t at_ns, const struct message *message,
                    const struct observed *observed);
    void *ctx;
    struct observer_listener *next;
};

struct observer *observer_new(struct signal_board *board, enum edition edition);
void observer_attach(struct observer *observer, struct can_net *net);
void observer_frame(struct observer *observer, int64_t at_ns, const struct can_frame_ext *frame);
void observer_listen(struct observer *observer, struct observer_listener *listener);
const struct observed *observer_last(const struct observer *observer, enum message_index index);
const struct assembler_stats *observer_stats(const struct observer *observer);
/* Leaves the network, so free it before the network. The signals' names live in the observer: no
 * signal of the board may be used afterwards. */
void observer_free(struct observer *observer);

#endif
