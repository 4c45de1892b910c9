/* SPDX-License-Identifier: MIT */
/* transport.h: SAE J1939-21 connection mode, receiver only (no charger message is longer than 8).
 *
 *   if (core_transport_frame(&tp, pf, data)) ...    TP.CM and TP.DT of the vehicle; true: a message
 *                                                   is whole, in tp.pf, tp.bytes and tp.length
 *   core_transport_run(&tp);                        sends answers, watches timers
 *
 * Only the first CORE_TP_KEPT bytes are kept: BMV and BMT are
 * acknowledged, not read. One connection at a time; an RTS of another PGN meanwhile is
 * aborted as busy. A broken transfer counts as not received; the session's timers go on. */
#ifndef CORE_TRANSPORT_H
#define CORE_TRANSPORT_H

#include "services/services.h"

#define CORE_TP_KEPT    64 /* more than BRM's 49 */
#define CORE_TP_LEN_MIN 9  /* below: fits one frame */

enum core_tp_answer {
    CORE_TP_NOTHING,
    CORE_TP_CTS,
    CORE_TP_END_OF_MESSAGE,
    CORE_TP_ABORT,
};

enum core_tp_reason {
    CORE_TP_BUSY = 1,      /* another connection is open */
    CORE_TP_RESOURCES = 2, /* length or PGN not supported */
    CORE_TP_TIMEOUT = 3,
};

struct core_transport {
    struct core_services *services;
    bool open;
    bool gap;                   /* a packet of this window is missing */
    uint8_t pf;                 /* of the message that is transferred */
    uint8_t packets;            /* of it */
    uint8_t next;               /* sequence number awaited */
    uint8_t window_end;         /* last sequence number asked for */
    uint8_t window_max;         /* sender's limit per CTS, RTS byte 5 */
    uint8_t retries;            /* windows asked for again */
    uint16_t length;            /* bytes */
    int64_t begun_ns;           /* last RTS that was accepted */
    int64_t deadline_ns;        /* T1 or T2 */
    enum core_tp_answer answer; /* to be sent at answer_ns */
    enum core_tp_reason reason; /* of an abort */
    uint8_t answer_pf;
    int64_t answer_ns;
    uint8_t bytes[CORE_TP_KEPT];
};

void core_transport_begin(struct core_transport *tp,
                          struct core_services *services); /* at power on */
bool core_transport_frame(struct core_transport *tp, uint8_t pf, const uint8_t *data);
void core_transport_run(struct core_transport *tp);

#endif
