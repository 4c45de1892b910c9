/* SPDX-License-Identifier: MIT */
/* assembler.h: from the frames of the vehicle's CAN network to whole messages of GB/T 27930, seen
 * from outside: it only listens, so it serves a simulated network, a real one and a capture alike.
 *
 *   struct assembler assembler;
 *   assembler_init(&assembler, EDITION_2015, &transport_timing_default, &listener);
 *   assembler_frame(&assembler, at_ns, mark, &frame);     for every frame, in order
 *   assembler_finish(&assembler, end_ns);                 at the end: transfers left open
 *
 * The listener's functions are called inside assembler_frame, at most one of message, step and
 * foreign a frame, faults of the transport (as many as there are) before it. Any function may be
 * NULL. No allocation, no clock: time is what the caller says; a capture without a clock says
 * at_ns = 0 always and passes timing NULL: then no timer is looked at. mark is the caller's name of
 * the frame (line of a file, number of the frame) and only handed through.
 *
 * Several connections at once, one a direction (SAE J1939-21; GB/T 27930-2015 chapter 6): a second
 * RTS of the same sender ends the first transfer with a fault, unless it is of another PGN and the
 * receiver goes on with the first. A message of the wrong sender, or a PGN that is none of the
 * table's, is foreign; so are standard frames. As long as nothing of a
 * side has been heard at all, its silence is no fault: perhaps it is not recorded.
 *
 * An EndOfMsgAck for packets that are not among the frames: the capture has lost them (MISSED), as
 * long as its counts are right and losing frames is possible; else the receiver says what is not
 * true (UNRECEIVED, ACK_COUNTS). */
#ifndef VEHICLE_BMS_LISTEN_ASSEMBLER_H
#define VEHICLE_BMS_LISTEN_ASSEMBLER_H

#include "sim/can/can.h"
#include "vehicle_bms/message/messages.h"
#include "vehicle_bms/transport/transport.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A whole message. Of a transfer: first_ns and first_mark are those of its RTS, at_ns and mark
 * those of its last packet. Else first and last are the same frame. */
struct assembled {
    const struct message *message;
    const uint8_t *data; /* valid during the call */
    size_t length;
    bool length_ok; /* as the edition has it; a wrong one is handed over too */
    /* Not length_ok, but all of it is there: the frame was filled up to 8 bytes. This is its length
     * without that; 0: it is not. */
    size_t unpadded;
    uint8_t priority;
    int64_t first_ns, at_ns;
    uint64_t first_mark, mark;
};

enum transfer_fault {
    TRANSFER_LENGTH,      /* RTS with a length of less than 9 (goes on) or more than 1785 bytes */
    TRANSFER_COUNT,       /* RTS whose number of packets does not fit its length */
    TRANSFER_RESTARTED,   /* RTS of the same PGN before the former transfer had ended */
    TRANSFER_INTERLEAVED, /* RTS of another PGN before the former transfer had ended: that one is
                             over, unless the receiver goes on with it and not with the new one */
    TRANSFER_UNASKED,     /* packet without a transfer, or that no CTS has asked for */
    TRANSFER_SEQUENCE,    /* packet with another number than the one that had to come */
    TRANSFER_DOUBLED,     /* the same packet once more */
    TRANSFER_ABORTED,     /* Conn_Abort; reason says why */
    TRANSFER_REPEATED,    /* CTS asks again for packets that were sent */
    TRANSFER_NO_ANSWER,   /* receiver: no CTS, or no EndOfMsgAck, within T3 */
    TRANSFER_HELD,        /* receiver: no CTS within T4 after a hold CTS */
    TRANSFER_NO_PACKET,   /* sender: no packet within T2 after CTS */
    TRANSFER_GAP,         /* sender: more than T1 between two packets */
    TRANSFER_SLOW, /* sender or receiver: more than Tr to the next step; the transfer goes on */
    TRANSFER_UNFINISHED,  /* the frames end before the transfer does */
    TRANSFER_BROADCAST,   /* BAM: GB/T 27930 does not use it */
    TRANSFER_SHORT_FRAME, /* TP.CM or TP.DT of less than 8 bytes */
    TRANSFER_MISSED,      /* acknowledged, but a packet is not among the frames: the capture, and
                             neither side, has lost it */
    TRANSFER_MISSED_RTS, /* packets from the first on, and acknowledged as a whole: the RTS that both
                             sides know of is not among the frames. No message comes of it */
    TRANSFER_MISSED_CTS, /* packets that no CTS among the frames has asked for, and the transfer was
                             acknowledged: the charger waited for them, so it has asked */
    TRANSFER_UNRECEIVED, /* receiver: EndOfMsgAck for what it cannot have received */
    TRANSFER_ACK_COUNTS, /* receiver: EndOfMsgAck whose bytes or packets are not those of RTS */
    TRANSFER_WRONG_CTS,  /* receiver: CTS for a packet that there is not */
    TRANSFER_FAULTS,
};

struct transfer_event {
    enum transfer_fault fault;
    bool by_charger; /* who did it: the side that sent, or that should have sent */
    bool ends;       /* the transfer is over by it; else it may still succeed */
    uint32_t pgn;
    uint8_t packet;  /* number of the packet in question; 0: none */
    uint8_t reason;  /* of Conn_Abort */
    int64_t late_ns; /* faults of time: how long the next step took or was waited for */
    int64_t at_ns;   /* of the frame that shows it */
    uint64_t mark;
    int64_t first_ns; /* of the RTS; at_ns when there is none */
    uint64_t first_mark;
};

struct assembler_listener {
    void (*message)(void *ctx, const struct assembled *message);
    void (*fault)(void *ctx, const struct transfer_event *event);
    /* A sound step of a transfer (RTS, CTS, packet, EndOfMsgAck) that completes no message. */
    void (*step)(void *ctx, int64_t at_ns, uint64_t mark, const struct can_frame_ext *frame);
    void (*foreign)(void *ctx, int64_t at_ns, uint64_t mark, const struct can_frame_ext *frame);
    void *ctx;
};

struct assembler_stats {
    uint64_t frames;           /* seen */
    uint64_t foreign;          /* neither GB/T 27930 nor its transport, or wrong addresses */
    uint64_t messages;         /* complete, of whatever length */
    uint64_t transfers;        /* begun by an RTS */
    uint64_t transfers_broken; /* ended before the last packet */
};

/* What an RTS asks for. */
struct assembler_request {
    uint32_t pgn;
    uint16_t length;
    uint8_t packets; /* as announced */
    uint8_t priority;
    int64_t first_ns;
    uint64_t first_mark;
};

/* A transfer as seen from outside; the assembler's own. */
struct assembler_transfer {
    bool open;
    bool refused;  /* closed: its RTS could not begin one (too long, no packets) */
    bool acked;    /* closed: by EndOfMsgAck */
    bool doubtful; /* RTS with another number of packets than its length has: whether the receiver
                      takes it, its EndOfMsgAck says */
    bool left; /* its sender has begun another one: which of the two goes on, the receiver says */
    struct assembler_request waiting; /* that one; pgn 0: none */
    bool complete;                    /* all packets seen, EndOfMsgAck awaited */
    bool held;                        /* the last CTS was a hold */
    bool asked;                       /* CTS has come since the RTS or the last batch */
    bool fresh;                       /* no packet since that CTS */
    bool overdue;                     /* a timer has run out and was told */
    bool gap;     /* a packet had another number: told when it is clear who lost it */
    bool unasked; /* a packet came without CTS: told when it is clear whether there was none */
    uint8_t gap_packet, unasked_packet;
    uint8_t stray; /* closed: packets 1, 2, ... of a transfer whose RTS has not been seen, so far */
    uint8_t packets;   /* 0: no RTS has been seen in this direction yet */
    uint8_t announced; /* packets by RTS: the same, unless doubtful */
    uint8_t priority;
    uint16_t length;
    uint16_t next;    /* number of the packet that has to come */
    uint16_t allowed; /* last packet the receiver has asked for */
    uint32_t pgn;
    int64_t first_ns, last_ns, deadline_ns, gap_ns, unasked_ns;
    uint64_t first_mark, gap_mark, unasked_mark;
    uint8_t data[TRANSPORT_LENGTH_MAX];
};

struct assembler {
    enum edition edition;
    bool timed;
    struct transport_timing timing;
    int64_t resolution_ns; /* of the clock: a timer has run out when it certainly has; may be set */
    bool lossless; /* every frame of the network is handed in: nothing is MISSED; may be set */
    struct assembler_listener listener;
    struct assembler_stats stats;
    bool heard[2];                          /* the BMS, the charger: a frame of it has come */
    struct assembler_transfer transfers[2]; /* [0] from the BMS, [1] from the charger */
};

/* timing NULL: no clock. The listener is copied. */
void assembler_init(struct assembler *assembler, enum edition edition,
                    const struct transport_timing *timing,
                    const struct assembler_listener *listener);
void assembler_frame(struct assembler *assembler, int64_t at_ns, uint64_t mark,
                     const struct can_frame_ext *frame);
void assembler_finish(struct assembler *assembler, int64_t end_ns);

/* "packet out of sequence", "包序号错误". */
const char *transfer_fault_text(enum transfer_fault fault, bool chinese);
/* Reasons of Conn_Abort (SAE J1939-21): "timeout"; NULL: reserved. */
const char *transfer_abort_text(uint8_t reason, bool chinese);

#endif
