/* SPDX-License-Identifier: MIT */
/* transport.h: connection-mode transport of SAE J1939-21 as GB/T 27930 uses it (chapter 6), one
 * passive object a side. No clock, no thread: frames and time are pushed in, frames are handed out
 * by send(), and the owner is told the next instant at which time has to be pushed in.
 *
 *   struct transport_port port = {.own = ADDRESS_BMS, .peer = ADDRESS_CHARGER, .send = fn, .ctx = me};
 *   struct transport_sender sender;
 *   transport_sender_init(&sender, &port, &transport_timing_default, finished);
 *   transport_send(&sender, now, 0x0200, brm, 49);         RTS goes out
 *   transport_sender_frame(&sender, now, &frame);          for every frame received
 *   transport_sender_time(&sender, now);                   when sender.deadline_ns has come
 *
 * The sender ends each transfer with finished(ctx, now, pgn, result); the receiver hands over each
 * complete message with received(ctx, now, pgn, data, length), after EndOfMsgAck was sent, and ends
 * every other transfer with failed(ctx, now, pgn, result), where that is set. Who aborted is in
 * by_peer, the reason as it stood on the wire in reason.
 * Deadlines: deadline_ns is LOOP_NEVER while nothing is due. Lengths 1..1785 are sent (below 9 is
 * a fault a tester may want); a receiver takes 9..1785.
 *
 * Both are lenient where J1939-21 lets them recover: a CTS while packets go out starts again from
 * the packet it asks for, a repeated packet is passed over, a packet of no connection is ignored, a
 * missing one is asked for again. With strict = true each of these ends the transfer with the
 * reason that the standard has for it (4, 8, 6 and 7).
 *
 * Every fault that either side can have is made on purpose by enum transport_fault and enum
 * reception_fault; their names in scenarios are in faults.h.
 *
 * Whether GB/T 27930 changes any timer of J1939-21 is not known; therefore all are parameters. */
#ifndef VEHICLE_BMS_TRANSPORT_TRANSPORT_H
#define VEHICLE_BMS_TRANSPORT_TRANSPORT_H

#include "sim/can/can.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRANSPORT_LENGTH_MAX 1785 /* 255 packets of 7 bytes */
#define TRANSPORT_PACKET     7
#define TRANSPORT_PGN_CM     0xEC00u
#define TRANSPORT_PGN_DT     0xEB00u

enum transport_control {
    TRANSPORT_RTS = 0x10,
    TRANSPORT_CTS = 0x11,
    TRANSPORT_ACK = 0x13, /* EndOfMsgAck */
    TRANSPORT_ABORT = 0xFF,
};

/* How a transfer ended; the values 1..250 are the reasons of Conn_Abort (SAE J1939-21, table of
 * connection abort reasons; 10..249 are not assigned for this protocol). */
enum transport_result {
    TRANSPORT_DONE = 0,
    TRANSPORT_BUSY = 1,               /* the other side is already in a connection */
    TRANSPORT_NO_RESOURCES = 2,       /* needed for another task */
    TRANSPORT_TIMEOUT = 3,            /* one of T1..T4 has passed */
    TRANSPORT_CTS_WHILE_SENDING = 4,  /* CTS while packets are under way */
    TRANSPORT_RETRANSMIT_LIMIT = 5,   /* the same packet asked for too often */
    TRANSPORT_UNEXPECTED_DATA = 6,    /* a packet, and no connection */
    TRANSPORT_BAD_SEQUENCE = 7,       /* a packet is missing, and cannot be asked for */
    TRANSPORT_DUPLICATE_SEQUENCE = 8, /* a packet twice, and that cannot be mended */
    TRANSPORT_TOO_LONG = 9,           /* more than 1785 bytes announced */
    TRANSPORT_OTHER = 250,            /* any reason that is not in the table */
    TRANSPORT_BROKEN = 256,           /* given up on purpose, by a fault of enum transport_fault */
    TRANSPORT_ABORTED = 257,          /* aborted by the other side with an unassigned reason */
};

struct transport_timing {
    int64_t tr_ns;     /* 200 ms: a responder has to answer; bound of dt_gap_ns and answer_ns */
    int64_t th_ns;     /* 500 ms: a holding receiver repeats its hold CTS */
    int64_t t1_ns;     /* 750 ms: receiver, gap between TP.DT */
    int64_t t2_ns;     /* 1250 ms: receiver, CTS sent but no TP.DT */
    int64_t t3_ns;     /* 1250 ms: sender, waiting for CTS or EndOfMsgAck */
    int64_t t4_ns;     /* 1050 ms: sender, after a hold CTS */
    int64_t dt_gap_ns; /* 10 ms: sender, from one TP.DT to the next (note of chapter 6) */
    int64_t answer_ns; /* 0: receiver, delay of CTS and EndOfMsgAck */
};

extern const struct transport_timing transport_timing_default;

struct transport_port {
    uint8_t own, peer; /* addresses */
    int (*send)(void *ctx, int64_t now_ns, const struct can_frame_ext *frame);
    void *ctx;
};

/* What a sender does wrong, on purpose; `at` counts packets from 1, unless said otherwise. */
enum transport_fault {
    TRANSPORT_SOUND = 0,
    TRANSPORT_DEAF,           /* no packet follows a CTS */
    TRANSPORT_STOPS,          /* falls silent after packet at; 0: before the first */
    TRANSPORT_WRONG_SEQUENCE, /* packet at carries the number of the next one */
    TRANSPORT_SKIPS,          /* packet at is never sent, unless asked for again */
    TRANSPORT_DOUBLES,        /* packet at is sent twice */
    TRANSPORT_ABORTS,         /* Conn_Abort with abort_reason after packet at; 0: after RTS */
    TRANSPORT_REORDERS,       /* packet at comes after the one that follows it */
    TRANSPORT_REPEATS_RTS,  /* RTS once more after packet at (0: after RTS), then from the start */
    TRANSPORT_INTERLEAVES,  /* RTS of another PGN after packet at (0: after RTS), then goes on */
    TRANSPORT_SLOW,         /* packet at comes after the receiver's patience (T1; T2 for the
                                 first of a batch) */
    TRANSPORT_BURST,        /* packets without any gap */
    TRANSPORT_UNASKED,      /* packet at without connection, before RTS */
    TRANSPORT_WRONG_COUNT,  /* RTS announces `at` packets; 0: one more than there are */
    TRANSPORT_WRONG_LENGTH, /* RTS announces `at` bytes; 0: 1786 */
};

/* What a receiver does wrong, on purpose; `at` counts packets from 1, unless said otherwise. */
enum reception_fault {
    RECEPTION_SOUND = 0,
    RECEPTION_DEAF,        /* answers nothing */
    RECEPTION_HOLDS,       /* answers RTS with `at` hold CTS (0: one), Th apart, then goes on */
    RECEPTION_HOLDS_EVER,  /* hold CTS for ever */
    RECEPTION_ASKS_AGAIN,  /* asks for packet at once more, though it has come */
    RECEPTION_ABORTS,      /* Conn_Abort with abort_reason after packet at; 0: answers RTS so */
    RECEPTION_BATCHES,     /* CTS for `at` packets at a time; 0: one */
    RECEPTION_LATE,        /* each answer comes after the sender's patience (T3) */
    RECEPTION_NO_ACK,      /* no EndOfMsgAck */
    RECEPTION_WRONG_CTS,   /* CTS for packet `at`; 0: one more than there are */
    RECEPTION_CTS_BETWEEN, /* CTS for the same batch again after packet at */
};

/* ---- sender ---- */

enum transport_sender_state {
    SENDER_IDLE,
    SENDER_WAIT_CTS, /* RTS sent, or a batch of packets: CTS or EndOfMsgAck is awaited */
    SENDER_HELD,     /* CTS with 0 packets */
    SENDER_SENDING,
};

struct transport_sender {
    struct transport_port port;
    struct transport_timing timing;
    void (*finished)(void *ctx, int64_t now_ns, uint32_t pgn, enum transport_result result);
    bool strict;
    enum transport_fault fault; /* of the transfers to come; set between transfers */
    uint16_t at;
    uint8_t abort_reason; /* of TRANSPORT_ABORTS; 0: 2 */
    /* read only */
    enum transport_sender_state state;
    int64_t idle_ns; /* when the last transfer ended: nothing could have been sent before */
    bool by_peer;    /* the last transfer was aborted by the other side */
    uint8_t reason;  /* of that Conn_Abort, either side's; 0: none */
    int64_t deadline_ns;
    uint32_t pgn;
    uint16_t length;
    uint8_t packets;
    uint8_t next; /* number of the next packet, from 1 */
    uint8_t last; /* last packet of the batch that CTS asked for */
    bool acted;   /* the fault has been done in this transfer */
    uint8_t data[TRANSPORT_LENGTH_MAX];
};

void transport_sender_init(struct transport_sender *sender, const struct transport_port *port,
                           const struct transport_timing *timing,
                           void (*finished)(void *ctx, int64_t now_ns, uint32_t pgn,
                                            enum transport_result result));
/* -1: a transfer is under way, or the length is 0 or too long. */
int transport_send(struct transport_sender *sender, int64_t now_ns, uint32_t pgn,
                   const uint8_t *data, size_t length);
void transport_sender_frame(struct transport_sender *sender, int64_t now_ns,
                            const struct can_frame_ext *frame);
void transport_sender_time(struct transport_sender *sender, int64_t now_ns);
/* Ends the transfer with Conn_Abort; reason 0: silently. No finished() is called. */
void transport_sender_abort(struct transport_sender *sender, int64_t now_ns, uint8_t reason);

/* ---- receiver ---- */

enum transport_receiver_state {
    RECEIVER_IDLE,
    RECEIVER_ANSWERING, /* CTS or EndOfMsgAck is due (answer_ns) */
    RECEIVER_HOLDING,
    RECEIVER_RECEIVING,
};

struct transport_receiver {
    struct transport_port port;
    struct transport_timing timing;
    void (*received)(void *ctx, int64_t now_ns, uint32_t pgn, const uint8_t *data, size_t length);
    /* The transfer has ended otherwise; a refused RTS too. May be NULL. */
    void (*failed)(void *ctx, int64_t now_ns, uint32_t pgn, enum transport_result result);
    uint8_t packets_per_cts; /* 255: all at once */
    uint8_t requests_max;    /* CTS that ask again for a missing packet, 2; then abort */
    bool hold;               /* answer with CTS 0 until transport_receiver_release */
    bool strict;
    enum reception_fault fault;
    uint16_t at;
    uint8_t abort_reason; /* of RECEPTION_ABORTS; 0: 2 */
    /* read only */
    enum transport_receiver_state state;
    bool by_peer;   /* the last transfer was aborted by the other side */
    uint8_t reason; /* of that Conn_Abort, either side's; 0: none */
    bool acted;     /* the fault has been done in this transfer */
    uint16_t holds; /* of RECEPTION_HOLDS in this transfer */
    int64_t deadline_ns;
    uint32_t pgn;
    uint16_t length;
    uint8_t packets;
    uint16_t next;    /* the packet that has to come; packets + 1 when all are there */
    uint8_t last;     /* last packet of the batch asked for */
    uint8_t allowed;  /* what RTS byte 5 allows a CTS to ask for */
    uint8_t requests; /* repeated requests of this packet */
    bool first_of_batch;
    uint8_t data[TRANSPORT_LENGTH_MAX];
};

void transport_receiver_init(struct transport_receiver *receiver, const struct transport_port *port,
                             const struct transport_timing *timing,
                             void (*received)(void *ctx, int64_t now_ns, uint32_t pgn,
                                              const uint8_t *data, size_t length));
void transport_receiver_frame(struct transport_receiver *receiver, int64_t now_ns,
                              const struct can_frame_ext *frame);
void transport_receiver_time(struct transport_receiver *receiver, int64_t now_ns);
void transport_receiver_release(struct transport_receiver *receiver, int64_t now_ns);

const char *transport_result_text(enum transport_result result, bool chinese);
/* A reason byte as it stands in Conn_Abort, unassigned ones included. */
const char *transport_reason_text(uint8_t reason, bool chinese);
/* What a reason byte means as a result; TRANSPORT_ABORTED where it is not assigned. */
enum transport_result transport_result_of(uint8_t reason);

#endif
