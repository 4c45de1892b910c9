/* SPDX-License-Identifier: MIT */
/* Streams of frames, and what the assembler says of them, as one line of text a stream. */
#include "vehicle_bms/listen/assembler.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS INT64_C(1000000)

static char said[2048];
static struct assembler assembler;
static uint64_t line;

static const char *const fault_names[TRANSFER_FAULTS] = {
    "LENGTH",     "COUNT",      "RESTARTED",  "INTERLEAVED", "UNASKED",     "SEQUENCE",
    "DOUBLED",    "ABORTED",    "REPEATED",   "NO_ANSWER",   "HELD",        "NO_PACKET",
    "GAP",        "SLOW",       "UNFINISHED", "BROADCAST",   "SHORT_FRAME", "MISSED",
    "MISSED_RTS", "MISSED_CTS", "UNRECEIVED", "ACK_COUNTS",  "WRONG_CTS",
};

static void say(const char *text) {
    strncat(said, text, sizeof said - strlen(said) - 1);
}

static void message(void *ctx, const struct assembled *whole) {
    char text[64];
    (void)ctx;
    snprintf(text, sizeof text, "%s/%zu%s@%llu-%llu ", whole->message->code, whole->length,
             whole->length_ok ? "" : "!", (unsigned long long)whole->first_mark,
             (unsigned long long)whole->mark);
    say(text);
    if (whole->length >= 9) {
        ck_assert_uint_eq(whole->data[whole->length - 1], (uint8_t)whole->length);
    }
}

static void fault(void *ctx, const struct transfer_event *event) {
    char text[80];
    (void)ctx;
    snprintf(text, sizeof text, "%s:%s#%u@%llu%s ", fault_names[event->fault],
             event->by_charger ? "charger" : "BMS", event->packet, (unsigned long long)event->mark,
             event->ends ? "x" : "");
    say(text);
}

static void foreign(void *ctx, int64_t at_ns, uint64_t mark, const struct can_frame_ext *frame) {
    char text[32];
    (void)ctx, (void)at_ns, (void)frame;
    snprintf(text, sizeof text, "foreign@%llu ", (unsigned long long)mark);
    say(text);
}

static void begin(bool timed) {
    const struct assembler_listener listener = {
        .message = message, .fault = fault, .foreign = foreign};
    assembler_init(&assembler, EDITION_2015, timed ? &transport_timing_default : NULL, &listener);
    assembler.heard[0] = assembler.heard[1] = true; /* both have spoken before */
    said[0] = '\0';
    line = 0;
}

static void frame_at(int64_t ms, const char *text) {
    struct can_frame_ext one = {.extended = true};
    char *end;
    one.id = (uint32_t)strtoul(text, &end, 16);
    while (*end != '\0') {
        one.data[one.len++] = (uint8_t)strtoul(end, &end, 16);
    }
    assembler_frame(&assembler, ms * MS, ++line, &one);
}

/* "RTS" etc. of a BCP (13 bytes, 2 packets) or a BRM of 49 (7 packets); the last byte is the
 * length. */
#define RTS_BCP "1CEC56F4 10 0D 00 02 FF 00 06 00"
#define CTS_BCP "1CECF456 11 02 01 FF FF 00 06 00"
#define ACK_BCP "1CECF456 13 0D 00 02 FF 00 06 00"
#define BCP_1   "1CEB56F4 01 01 02 03 04 05 06 07"
#define BCP_2   "1CEB56F4 02 08 09 0A 0B 0C 0D FF"
#define RTS_BRM "1CEC56F4 10 31 00 07 FF 00 02 00"
#define CTS_BRM "1CECF456 11 07 01 FF FF 00 02 00"
#define ACK_BRM "1CECF456 13 31 00 07 FF 00 02 00"

static void brm_packet(int64_t ms, unsigned number) {
    char text[64];
    snprintf(text, sizeof text, "1CEB56F4 %02X 01 02 03 04 05 06 %02X", number,
             number == 7 ? 49u : 7u);
    frame_at(ms, text);
}

static void is(const char *wanted) {
    ck_assert_str_eq(said, wanted);
}

START_TEST(single_frames) {
    begin(true);
    frame_at(0, "1826F456 01 01 00");
    frame_at(1, "1826F456 01 01");    /* short */
    frame_at(2, "182656F4 01 01 00"); /* CHM of the BMS */
    frame_at(3, "0070F4B5 00");       /* another node */
    frame_at(4, "1926F456 01 01 00"); /* DP = 1 */
    frame_at(5, "0826F456 01 01 00"); /* another priority is still CHM */
    is("CHM/3@1-1 CHM/2!@2-2 foreign@3 foreign@4 foreign@5 CHM/3@6-6 ");
    ck_assert_uint_eq(assembler.stats.foreign, 3);
    ck_assert_uint_eq(assembler.stats.messages, 3);
}
END_TEST

START_TEST(sound_transfer) {
    begin(true);
    frame_at(0, RTS_BCP);
    frame_at(5, CTS_BCP);
    frame_at(10, BCP_1);
    frame_at(20, BCP_2);
    frame_at(21, ACK_BCP);
    frame_at(500, RTS_BCP);
    is("BCP/13@1-4 ");
    assembler_finish(&assembler, 600 * MS);
    is("BCP/13@1-4 UNFINISHED:BMS#0@6x ");
    ck_assert_uint_eq(assembler.stats.transfers, 2);
    ck_assert_uint_eq(assembler.stats.transfers_broken, 1);
}
END_TEST

START_TEST(batches_and_hold) {
    begin(true);
    frame_at(0, RTS_BRM);
    frame_at(1, "1CECF456 11 00 FF FF FF 00 02 00"); /* hold */
    frame_at(501, "1CECF456 11 00 FF FF FF 00 02 00");
    frame_at(900, "1CECF456 11 03 01 FF FF 00 02 00");
    brm_packet(910, 1), brm_packet(920, 2), brm_packet(930, 3);
    frame_at(940, "1CECF456 11 FF 04 FF FF 00 02 00");
    for (unsigned i = 4; i <= 7; i++) {
        brm_packet(910 + 10 * (int64_t)i, i);
    }
    frame_at(985, ACK_BRM);
    is("BRM/49@1-12 ");
}
END_TEST

START_TEST(both_directions_at_once) {
    begin(true);
    frame_at(0, RTS_BCP);
    frame_at(1, "1CECF456 10 0D 00 02 FF 00 06 00"); /* the charger may send too */
    frame_at(2, CTS_BCP);
    frame_at(3, BCP_1);
    frame_at(4, BCP_2);
    frame_at(5, ACK_BCP);
    is("BCP/13@1-5 ");
    ck_assert(assembler.transfers[1].open);
}
END_TEST

START_TEST(lost_packet_is_asked_for_again) {
    begin(true);
    frame_at(0, RTS_BRM);
    frame_at(1, CTS_BRM);
    for (unsigned i = 1; i <= 7; i++) {
        if (i != 3) {
            brm_packet(10 * i, i);
        }
    }
    is(""); /* not clear yet who lost it */
    frame_at(80, "1CECF456 11 05 03 FF FF 00 02 00");
    is("SEQUENCE:BMS#4@5 REPEATED:charger#3@9 ");
    for (unsigned i = 3; i <= 7; i++) {
        brm_packet(80 + 10 * i, i);
    }
    frame_at(155, ACK_BRM);
    is("SEQUENCE:BMS#4@5 REPEATED:charger#3@9 BRM/49@1-14 ");
}
END_TEST

START_TEST(the_capture_lost_a_packet) {
    begin(true);
    frame_at(0, RTS_BRM);
    frame_at(1, CTS_BRM);
    for (unsigned i = 1; i <= 7; i++) {
        if (i != 3) {
            brm_packet(10 * i, i);
        }
    }
    frame_at(75, ACK_BRM);
    is("MISSED:BMS#3@9x ");
    ck_assert_uint_eq(assembler.stats.transfers_broken, 1);
}
END_TEST

/* A CTS for a packet that the transfer does not have moves nothing. */
START_TEST(asked_for_a_packet_that_is_not) {
    begin(true);
    frame_at(0, RTS_BRM);
    frame_at(1, CTS_BRM);
    brm_packet(10, 1);
    brm_packet(20, 3);
    frame_at(30, "1CECF456 11 01 C8 FF FF 00 02 00");
    brm_packet(40, 200);
    ck_assert_uint_le(assembler.transfers[0].next, assembler.transfers[0].packets + 1u);
    ck_assert(!assembler.transfers[0].complete);
}
END_TEST

START_TEST(doubled_and_unasked) {
    begin(true);
    brm_packet(0, 5); /* the capture begins inside a transfer */
    frame_at(1, RTS_BCP);
    frame_at(5, CTS_BCP);
    frame_at(10, BCP_1);
    frame_at(15, BCP_1);
    frame_at(20, BCP_2);
    frame_at(21, ACK_BCP);
    frame_at(22, BCP_1);
    frame_at(1272, "1826F456 01 01 00");
    is("DOUBLED:BMS#1@5 BCP/13@2-6 CHM/3@9-9 "); /* its RTS may be the capture's loss, until T3 */
    frame_at(1273, "1826F456 01 01 00");
    is("DOUBLED:BMS#1@5 BCP/13@2-6 CHM/3@9-9 UNASKED:BMS#1@8 CHM/3@10-10 ");
    begin(true);
    frame_at(0, RTS_BCP);
    frame_at(10, BCP_1); /* no CTS */
    frame_at(20, BCP_2);
    is("BCP/13@1-3 "); /* nor, so far, an acknowledgement */
    assembler_finish(&assembler, 2000 * MS);
    is("BCP/13@1-3 UNASKED:BMS#1@2 NO_ANSWER:charger#0@1 ");
}
END_TEST

START_TEST(the_capture_lost_a_cts) {
    begin(true);
    frame_at(0, RTS_BCP);
    frame_at(10, BCP_1);
    frame_at(20, BCP_2);
    frame_at(21, ACK_BCP);
    is("BCP/13@1-3 MISSED_CTS:BMS#1@4 ");
    ck_assert_uint_eq(assembler.stats.transfers_broken, 0);
    frame_at(500, RTS_BCP); /* nothing is left of it */
    frame_at(501, CTS_BCP);
    frame_at(510, BCP_1);
    frame_at(520, BCP_2);
    frame_at(521, ACK_BCP);
    is("BCP/13@1-3 MISSED_CTS:BMS#1@4 BCP/13@5-8 ");
    begin(true); /* the second batch's; whose step took longer than Tr is not known */
    frame_at(0, RTS_BRM);
    frame_at(1, "1CECF456 11 02 01 FF FF 00 02 00");
    brm_packet(10, 1), brm_packet(20, 2);
    brm_packet(320, 3), brm_packet(330, 4), brm_packet(340, 5);
    frame_at(350, "1CECF456 11 02 06 FF FF 00 02 00");
    brm_packet(360, 6), brm_packet(370, 7);
    frame_at(380, ACK_BRM);
    is("BRM/49@1-10 MISSED_CTS:BMS#3@11 ");
}
END_TEST

/* Whoever has not asked does not acknowledge. */
START_TEST(a_cts_that_never_was) {
    begin(true); /* it comes when the packets are through */
    frame_at(0, RTS_BCP);
    frame_at(2, BCP_1);
    frame_at(4, BCP_2);
    frame_at(5, CTS_BCP);
    is("BCP/13@1-3 UNASKED:BMS#1@2 REPEATED:charger#1@4 ");
    begin(true); /* between them */
    frame_at(0, RTS_BCP);
    frame_at(2, BCP_1);
    frame_at(3, CTS_BCP);
    is("UNASKED:BMS#1@2 REPEATED:charger#1@3 ");
    begin(true); /* refused */
    frame_at(0, RTS_BCP);
    frame_at(2, BCP_1);
    frame_at(3, "1CECF456 FF 06 FF FF FF 00 06 00");
    is("UNASKED:BMS#1@2 ABORTED:charger#0@3x ");
    begin(true); /* not answered: begun anew */
    frame_at(0, RTS_BCP);
    frame_at(2, BCP_1);
    frame_at(4, BCP_2);
    frame_at(500, RTS_BCP);
    is("BCP/13@1-3 UNASKED:BMS#1@2 RESTARTED:BMS#0@4 ");
    begin(false); /* the same without a clock */
    frame_at(0, RTS_BCP);
    frame_at(0, BCP_1);
    frame_at(0, BCP_2);
    frame_at(0, RTS_BCP);
    is("BCP/13@1-3 UNASKED:BMS#1@2 RESTARTED:BMS#0@4 ");
}
END_TEST

static void whole_bcp(int64_t ms) {
    frame_at(ms, RTS_BCP);
    frame_at(ms + 1, CTS_BCP);
    frame_at(ms + 2, BCP_1);
    frame_at(ms + 3, BCP_2);
    frame_at(ms + 4, ACK_BCP);
}

START_TEST(a_side_that_is_not_recorded_owes_nothing) {
    for (int lossless = 0; lossless < 2; lossless++) {
        begin(true);
        assembler.heard[0] = assembler.heard[1] = false;
        assembler.lossless = lossless == 1; /* then nothing is missing: it is silent */
        frame_at(0, RTS_BCP);
        frame_at(2, BCP_1);
        frame_at(4, BCP_2);
        frame_at(5000, "1CEC56F4 10 0D 00 01 FF 00 06 00"); /* one packet for 13 bytes */
        is(lossless ? "BCP/13@1-3 UNASKED:BMS#1@2 NO_ANSWER:charger#0@4 COUNT:BMS#0@4x "
                    : "BCP/13@1-3 COUNT:BMS#0@4x ");
        frame_at(5001, "1CECF456 FF 06 FF FF FF 00 06 00");
        ck_assert(assembler.heard[1]);
    }
}
END_TEST

START_TEST(without_a_clock_the_sender_gives_up_for_want_of_an_answer) {
    begin(false);
    frame_at(0, RTS_BCP);
    frame_at(0, "1CEC56F4 FF 03 FF FF FF 00 06 00");
    is("NO_ANSWER:charger#1@2 ABORTED:BMS#0@2x ");
    begin(false); /* answered: it gives up for another reason */
    frame_at(0, RTS_BCP);
    frame_at(0, CTS_BCP);
    frame_at(0, "1CEC56F4 FF 03 FF FF FF 00 06 00");
    is("ABORTED:BMS#0@3x ");
}
END_TEST

START_TEST(control_frames_of_no_message) {
    begin(true);
    frame_at(0, "1CEC56F4 FF 01 FF FF FF 00 00 00"); /* PGN 0: nothing waits for that */
    frame_at(1, "1CECF456 FF 01 FF FF FF 00 00 00");
    is("ABORTED:BMS#0@1 ABORTED:charger#0@2 ");
    frame_at(2, "1CECF456 11 01 01 FF FF 00 00 00");
    frame_at(3, "1CEC56F4 11 00 00 00 00 00 00 00");
    ck_assert_uint_eq(assembler.stats.transfers_broken, 0);
}
END_TEST

START_TEST(the_capture_lost_an_rts) {
    for (int cts = 0; cts < 2; cts++) { /* the CTS too */
        begin(true);
        whole_bcp(0);
        if (cts == 1) {
            frame_at(501, CTS_BCP);
        }
        frame_at(502, BCP_1);
        frame_at(503, BCP_2);
        frame_at(504, ACK_BCP);
        whole_bcp(1000);
        assembler_finish(&assembler, 3000 * MS);
        is(cts == 1 ? "BCP/13@1-4 MISSED_RTS:BMS#0@9x BCP/13@10-13 "
                    : "BCP/13@1-4 MISSED_RTS:BMS#0@8x BCP/13@9-12 ");
    }
}
END_TEST

START_TEST(an_rts_that_never_was) {
    begin(true); /* not acknowledged: the next transfer shows it */
    whole_bcp(0);
    frame_at(10, BCP_1);
    frame_at(11, BCP_2);
    whole_bcp(100);
    is("BCP/13@1-4 UNASKED:BMS#1@6 BCP/13@8-11 ");
    begin(true); /* or time does */
    whole_bcp(0);
    frame_at(10, BCP_1);
    assembler_finish(&assembler, 1261 * MS);
    is("BCP/13@1-4 UNASKED:BMS#1@6 ");
    begin(true); /* refused */
    whole_bcp(0);
    frame_at(10, BCP_1);
    frame_at(11, "1CECF456 FF 06 FF FF FF 00 06 00");
    is("BCP/13@1-4 UNASKED:BMS#1@6 ABORTED:charger#0@7 ");
    begin(true); /* not all of what was acknowledged */
    whole_bcp(0);
    frame_at(10, BCP_1);
    frame_at(11, ACK_BCP);
    assembler_finish(&assembler, 1261 * MS);
    is("BCP/13@1-4 UNASKED:BMS#1@6 ");
    begin(true); /* not from the first on */
    whole_bcp(0);
    frame_at(10, BCP_2);
    frame_at(11, ACK_BCP);
    is("BCP/13@1-4 DOUBLED:BMS#2@6 ");
}
END_TEST

START_TEST(restarted_interleaved_aborted) {
    begin(true);
    frame_at(0, RTS_BCP);
    frame_at(5, CTS_BCP);
    frame_at(100, RTS_BCP);
    frame_at(105, RTS_BRM);
    frame_at(110, "1CECF456 FF 03 FF FF FF 00 06 00"); /* the old one ... */
    frame_at(111, "1CECF456 FF 02 FF FF FF 00 02 00"); /* ... and the new one */
    frame_at(112, RTS_BRM);
    frame_at(113, "1CEC56F4 FF 03 FF FF FF 00 02 00");
    is("RESTARTED:BMS#0@3x INTERLEAVED:BMS#0@4x ABORTED:charger#0@5x ABORTED:charger#0@6x "
       "ABORTED:BMS#0@8x ");
    ck_assert_uint_eq(assembler.stats.transfers_broken, 4);
}
END_TEST

/* RTS of another PGN between the packets: which of the two goes on, the receiver says. */
START_TEST(the_receiver_chooses_of_two) {
    static const char busy[] = "1CECF456 FF 01 FF FF FF 00 06 00";
    for (int way = 0; way < 3; way++) { /* refused, ignored, taken */
        begin(true);
        frame_at(0, RTS_BRM);
        frame_at(1, CTS_BRM);
        brm_packet(10, 1);
        frame_at(15, RTS_BCP);
        if (way == 2) {
            frame_at(16, CTS_BCP);
            frame_at(20, BCP_1);
            frame_at(30, BCP_2);
            frame_at(31, ACK_BCP);
            is("INTERLEAVED:BMS#0@4x BCP/13@4-7 ");
            ck_assert_uint_eq(assembler.stats.transfers_broken, 1);
            continue;
        }
        if (way == 0) {
            frame_at(16, busy);
        }
        for (unsigned i = 2; i <= 7; i++) {
            brm_packet(10 * i, i);
        }
        frame_at(80, ACK_BRM);
        is(way == 0 ? "INTERLEAVED:BMS#0@4x ABORTED:charger#0@5x BRM/49@1-11 "
                    : "INTERLEAVED:BMS#0@4x BRM/49@1-10 ");
    }
    begin(true); /* taken when the old one is through, or when its timer has run out */
    frame_at(0, RTS_BRM);
    frame_at(1, CTS_BRM);
    frame_at(15, RTS_BCP);
    frame_at(1300, CTS_BCP);
    frame_at(1310, BCP_1);
    frame_at(1320, BCP_2);
    is("INTERLEAVED:BMS#0@3x BCP/13@3-6 ");
}
END_TEST

/* Where nothing can be lost, EndOfMsgAck says what has been received, or what is not true. */
START_TEST(acknowledged_but_not_received) {
    static const char *const said_of[] = {"MISSED:BMS#3@9x ",
                                          "SEQUENCE:BMS#4@5 UNRECEIVED:charger#3@9x "};
    for (int lossless = 0; lossless < 2; lossless++) {
        begin(true);
        assembler.lossless = lossless == 1;
        frame_at(0, RTS_BRM);
        frame_at(1, CTS_BRM);
        for (unsigned i = 1; i <= 7; i++) {
            if (i != 3) {
                brm_packet(10 * i, i);
            }
        }
        frame_at(75, ACK_BRM);
        is(said_of[lossless]);
        begin(true); /* no CTS; no RTS */
        assembler.lossless = lossless == 1;
        frame_at(0, RTS_BCP);
        frame_at(10, BCP_1);
        frame_at(20, BCP_2);
        frame_at(21, ACK_BCP);
        frame_at(30, BCP_1);
        frame_at(31, BCP_2);
        frame_at(32, ACK_BCP);
        is(lossless == 1 ? "BCP/13@1-3 UNASKED:BMS#1@2 UNASKED:BMS#1@5 UNRECEIVED:charger#0@7x "
                         : "BCP/13@1-3 MISSED_CTS:BMS#1@4 MISSED_RTS:BMS#0@7x ");
    }
}
END_TEST

/* Not for want of frames: the counts are wrong, or there was nothing to acknowledge. */
START_TEST(acknowledged_with_wrong_counts) {
    begin(true); /* 14 of 49 bytes, 0 of 7 packets */
    frame_at(0, RTS_BRM);
    frame_at(1, CTS_BRM);
    brm_packet(10, 1), brm_packet(20, 2);
    frame_at(30, "1CECF456 13 0E 00 00 FE 00 02 00");
    is("UNRECEIVED:charger#3@5x ");
    begin(true); /* whole, and other counts */
    frame_at(0, RTS_BCP);
    frame_at(1, CTS_BCP);
    frame_at(2, BCP_1);
    frame_at(3, BCP_2);
    frame_at(4, "1CECF456 13 0D 00 03 FF 00 06 00");
    is("BCP/13@1-4 ACK_COUNTS:charger#0@5 ");
    begin(true); /* refused */
    frame_at(0, "1CEC56F4 10 FA 06 07 FF 00 02 00");
    frame_at(1, "1CECF456 FF 02 FF FF FF 00 02 00");
    frame_at(2, "1CECF456 13 FA 06 07 FF 00 02 00");
    is("LENGTH:BMS#0@1x ABORTED:charger#0@2 UNRECEIVED:charger#0@3x ");
    begin(true); /* aborted */
    frame_at(0, RTS_BCP);
    frame_at(1, "1CECF456 FF 02 FF FF FF 00 06 00");
    frame_at(2, ACK_BCP);
    is("ABORTED:charger#0@2x UNRECEIVED:charger#0@3x ");
    begin(true); /* once more: it has been received */
    whole_bcp(0);
    frame_at(10, ACK_BCP);
    is("BCP/13@1-4 ");
}
END_TEST

/* RTS whose number of packets is not that of its length: the receiver may go by the length. */
START_TEST(taken_by_its_length) {
    begin(true);
    frame_at(0, "1CEC56F4 10 0D 00 03 FF 00 06 00");
    frame_at(1, "1CECF456 11 02 01 FF FF 00 06 00");
    frame_at(2, BCP_1);
    frame_at(3, BCP_2);
    is("COUNT:BMS#0@1x "); /* not yet: it may go on to wait for the third */
    frame_at(4, "1CECF456 13 0D 00 03 FF 00 06 00");
    is("COUNT:BMS#0@1x BCP/13@1-5 ");
    begin(true); /* one packet of two is not the message */
    frame_at(0, "1CEC56F4 10 0D 00 01 FF 00 06 00");
    frame_at(1, "1CECF456 11 01 01 FF FF 00 06 00");
    frame_at(2, BCP_1);
    frame_at(4, "1CECF456 13 0D 00 01 FF 00 06 00");
    is("COUNT:BMS#0@1x UNRECEIVED:charger#2@4x ");
    begin(true); /* CTS for what there is not */
    frame_at(0, RTS_BCP);
    frame_at(1, "1CECF456 11 01 03 FF FF 00 06 00");
    frame_at(2, "1CECF456 11 02 00 FF FF 00 06 00");
    is("WRONG_CTS:charger#3@2 WRONG_CTS:charger#0@3 ");
}
END_TEST

START_TEST(bad_requests) {
    begin(true);
    frame_at(0, "1CEC56F4 10 31 00 06 FF 00 02 00"); /* 6 packets for 49 bytes */
    frame_at(1, "1CEC56F4 10 FF 0F 07 FF 00 02 00"); /* 4095 bytes */
    frame_at(2, "1CEC56F4 10 00 00 00 FF 00 02 00"); /* none */
    is("COUNT:BMS#0@1x LENGTH:BMS#0@2x LENGTH:BMS#0@3x ");
    begin(true);
    frame_at(0, "1CEC56F4 10 05 00 01 FF 00 06 00"); /* fits a frame: a fault, and still a BCP */
    frame_at(1, "1CECF456 11 01 01 FF FF 00 06 00");
    frame_at(2, BCP_1);
    is("LENGTH:BMS#0@1 BCP/5!@1-3 ");
    begin(true);
    frame_at(0, "1CECFFF4 20 31 00 07 FF 00 02 00");
    frame_at(1, "1CEC56F4 20 31 00 07 FF 00 02 00");
    frame_at(2, "1CEC56F4 10 31 00");
    frame_at(3, "1CEB56F4 01");
    frame_at(4, "1CEC56F4 55 31 00 07 FF 00 02 00");
    is("BROADCAST:BMS#0@1 foreign@1 BROADCAST:BMS#0@2 SHORT_FRAME:BMS#0@3 SHORT_FRAME:BMS#0@4 "
       "foreign@5 ");
}
END_TEST

/* One timer at a time; each first just within its limit, then just beyond. */
START_TEST(timers) {
    static const struct {
        int64_t cts, first, second, ack, end;
        const char *said;
    } rows[] = {
        {200, 400, 600, 800, 900, "BCP/13@1-4 "},
        {201, 400, 600, 800, 900, "SLOW:charger#1@2 BCP/13@1-4 "},
        {200, 401, 600, 800, 900, "SLOW:BMS#1@3 BCP/13@1-4 "},
        {200, 400, 601, 800, 900, "SLOW:BMS#2@4 BCP/13@1-4 "},
        {200, 400, 600, 801, 900, "BCP/13@1-4 SLOW:charger#0@5 "},
        {1250, 1300, 1400, 1500, 1600, "SLOW:charger#1@2 BCP/13@1-4 "},
        {1251, 1300, 1400, 1500, 1600, "NO_ANSWER:charger#1@2 BCP/13@1-4 "},
        {100, 1351, 1400, 1500, 1600, "NO_PACKET:BMS#1@3 BCP/13@1-4 "},
        {100, 200, 951, 1000, 1100, "GAP:BMS#2@4 BCP/13@1-4 "},
        {100, 200, 300, 1551, 1600, "BCP/13@1-4 NO_ANSWER:charger#0@5 "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin(true);
        frame_at(0, RTS_BCP);
        frame_at(rows[i].cts, CTS_BCP);
        frame_at(rows[i].first, BCP_1);
        frame_at(rows[i].second, BCP_2);
        frame_at(rows[i].ack, ACK_BCP);
        assembler_finish(&assembler, rows[i].end * MS);
        is(rows[i].said);
    }
}
END_TEST

START_TEST(after_a_batch_the_receiver_has_to_act) {
    begin(true);
    frame_at(0, RTS_BCP);
    frame_at(5, "1CECF456 11 01 01 FF FF 00 06 00");
    frame_at(10, BCP_1);
    frame_at(1261, "1CECF456 11 01 02 FF FF 00 06 00");
    frame_at(1265, BCP_2);
    frame_at(1270, RTS_BCP); /* whole, but not acknowledged */
    is("NO_ANSWER:charger#2@4 BCP/13@1-5 RESTARTED:BMS#0@6 ");
    ck_assert_uint_eq(assembler.stats.transfers_broken, 0);
}
END_TEST

START_TEST(held_too_long_and_silence) {
    begin(true);
    frame_at(0, RTS_BRM);
    frame_at(1, "1CECF456 11 00 FF FF FF 00 02 00");
    frame_at(1100, "1826F456 01 01 00"); /* any frame shows that the time is over */
    is("HELD:charger#1@3 CHM/3@3-3 ");
    frame_at(1200, RTS_BRM); /* given up and begun anew: no further blame */
    is("HELD:charger#1@3 CHM/3@3-3 ");
    assembler_finish(&assembler, 3000 * MS);
    is("HELD:charger#1@3 CHM/3@3-3 NO_ANSWER:charger#1@4 ");
}
END_TEST

START_TEST(without_a_clock_no_timer) {
    begin(false);
    frame_at(0, RTS_BCP);
    frame_at(0, CTS_BCP);
    frame_at(0, BCP_1);
    frame_at(INT64_C(3600000), BCP_2);
    frame_at(0, ACK_BCP);
    is("BCP/13@1-4 ");
}
END_TEST

START_TEST(texts_for_all) {
    for (int i = 0; i < TRANSFER_FAULTS; i++) {
        ck_assert(strlen(transfer_fault_text((enum transfer_fault)i, false)) > 5);
        ck_assert(strlen(transfer_fault_text((enum transfer_fault)i, true)) > 5);
    }
    ck_assert_str_eq(transfer_abort_text(3, false), "timeout");
    ck_assert_ptr_null(transfer_abort_text(0, false));
    ck_assert_ptr_null(transfer_abort_text(100, true));
    ck_assert_ptr_nonnull(transfer_abort_text(250, true));
    ck_assert_ptr_null(transfer_abort_text(255, true));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("assembler");
    TCase *all = tcase_create("all");
    tcase_add_test(all, single_frames);
    tcase_add_test(all, sound_transfer);
    tcase_add_test(all, batches_and_hold);
    tcase_add_test(all, both_directions_at_once);
    tcase_add_test(all, lost_packet_is_asked_for_again);
    tcase_add_test(all, the_capture_lost_a_packet);
    tcase_add_test(all, asked_for_a_packet_that_is_not);
    tcase_add_test(all, doubled_and_unasked);
    tcase_add_test(all, the_capture_lost_a_cts);
    tcase_add_test(all, a_cts_that_never_was);
    tcase_add_test(all, a_side_that_is_not_recorded_owes_nothing);
    tcase_add_test(all, without_a_clock_the_sender_gives_up_for_want_of_an_answer);
    tcase_add_test(all, control_frames_of_no_message);
    tcase_add_test(all, the_capture_lost_an_rts);
    tcase_add_test(all, an_rts_that_never_was);
    tcase_add_test(all, restarted_interleaved_aborted);
    tcase_add_test(all, the_receiver_chooses_of_two);
    tcase_add_test(all, acknowledged_but_not_received);
    tcase_add_test(all, acknowledged_with_wrong_counts);
    tcase_add_test(all, taken_by_its_length);
    tcase_add_test(all, bad_requests);
    tcase_add_test(all, timers);
    tcase_add_test(all, after_a_batch_the_receiver_has_to_act);
    tcase_add_test(all, held_too_long_and_silence);
    tcase_add_test(all, without_a_clock_no_timer);
    tcase_add_test(all, texts_for_all);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
