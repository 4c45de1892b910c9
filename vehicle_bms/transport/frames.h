/* SPDX-License-Identifier: MIT */
/* frames.h: layout of the transport's frames, for sender.c, receiver.c and
 * listen/assembler.c. Source: SAE J1939-21 5.10, GB/T 27930-2015 chapter 6.
 *
 *   TP.CM   control, four bytes by the control, PGN low byte first
 *   TP.DT   sequence 1..255, seven bytes */
#ifndef VEHICLE_BMS_TRANSPORT_FRAMES_H
#define VEHICLE_BMS_TRANSPORT_FRAMES_H

#include "vehicle_bms/transport/transport.h"

#define TRANSPORT_PRIORITY 7

static inline uint32_t transport_pgn_of(const struct can_frame_ext *frame) {
    return (uint32_t)frame->data[5] | (uint32_t)frame->data[6] << 8 |
           (uint32_t)frame->data[7] << 16;
}

static inline uint16_t transport_length_of(const struct can_frame_ext *frame) {
    return (uint16_t)(frame->data[1] | frame->data[2] << 8);
}

static inline uint8_t transport_packets_for(size_t length) {
    return (uint8_t)((length + TRANSPORT_PACKET - 1) / TRANSPORT_PACKET);
}

/* PF and addresses of a PDU1 identifier, the priority apart. */
static inline bool transport_is(const struct can_frame_ext *frame, uint32_t pgn, uint8_t to,
                                uint8_t from) {
    return frame->extended && frame->len == 8 &&
           (frame->id & 0x03FFFFFFu) == (pgn << 8 | (uint32_t)to << 8 | from);
}

/* A TP.CM of this port, bytes 1..5 given. */
int transport_control(const struct transport_port *port, int64_t now_ns, uint32_t pgn,
                      const uint8_t bytes[5]);
/* Conn_Abort of this port. */
void transport_abort(const struct transport_port *port, int64_t now_ns, uint32_t pgn,
                     uint8_t reason);

#endif
