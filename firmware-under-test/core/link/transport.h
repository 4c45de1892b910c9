/* SPDX-License-Identifier: MIT */
/* transport.h: SAE J1939-21 connection mode, receiver only (no charger message is longer than 8).
 *
 *   core_transport_frame(gun, pf, data);   TP.CM and TP.DT of the vehicle
 *   core_transport_run(gun);               answers and timers that are due
 *
 * A finished transfer goes to core_link_receive. Only its first CORE_TP_KEPT bytes are kept: BMV
 * and BMT are acknowledged, not read. One connection at a time; an RTS of another PGN meanwhile is
 * aborted as busy. A broken transfer counts as not received; the session's timers go on. */
#ifndef CORE_TRANSPORT_H
#define CORE_TRANSPORT_H

#include <stdbool.h>
#include <stdint.h>

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
    bool open;
    bool gap; /* a packet of this window is missing */
    uint8_t pf;
    uint8_t packets;
    uint8_t next;       /* sequence number awaited */
    uint8_t window_end; /* last sequence number asked for */
    uint8_t window_max; /* sender's limit per CTS, RTS byte 5 */
    uint8_t retries;
    uint16_t length;
    int64_t begun_ns;    /* last RTS that was accepted */
    int64_t deadline_ns; /* T1 or T2 */
    enum core_tp_answer answer;
    enum core_tp_reason reason;
    uint8_t answer_pf;
    int64_t answer_ns;
    uint8_t bytes[CORE_TP_KEPT];
};

struct gun;

void core_transport_frame(struct gun *gun, uint8_t pf, const uint8_t *data);
void core_transport_run(struct gun *gun);

#endif
