/* SPDX-License-Identifier: MIT */
/* Faults of transfers, each to its side; demand and output. */
#include "tests/vehicle_bms/support/charge_stream.h"

static struct stream stream;

#define RTS "1CEC56F4"
#define CTS "1CECF456"
#define DT  "1CEB56F4"

#define RTS_BCS "10 09 00 02 FF 00 11 00"
#define CTS_BCS "11 02 01 FF FF 00 11 00"
#define ACK_BCS "13 09 00 02 FF 00 11 00"
#define BCS_1   "01 A0 0F B8 0B 4C 61 32"
#define BCS_2   "02 3C 00 FF FF FF FF FF"

/* The transfers of BCS from 9.265 s (its RTS) on are these frames instead; the next good one is
 * that of 9.515 s, or of `next_ms`. */
struct line {
    int64_t at_ms; /* 0: no more */
    const char *id, *data;
};

static const struct {
    const char *name, *failed;
    struct line lines[8];
    int64_t next_ms;
} broken[] = {
    {"sound",
     "",
     {{9265, RTS, RTS_BCS},
      {9266, CTS, CTS_BCS},
      {9274, DT, BCS_1},
      {9282, DT, BCS_2},
      {9283, CTS, ACK_BCS}},
     0},
    {"hold",
     "",
     {{9265, RTS, RTS_BCS},
      {9266, CTS, "11 00 01 FF FF 00 11 00"},
      {9300, CTS, CTS_BCS},
      {9310, DT, BCS_1},
      {9320, DT, BCS_2},
      {9321, CTS, ACK_BCS}},
     0},
    {"BMS: number of packets", "transport.BCS", {{9265, RTS, "10 09 00 03 FF 00 11 00"}}, 0},
    {"BMS: number of packets, refused",
     "transport.BCS",
     {{9265, RTS, "10 09 00 03 FF 00 11 00"}, {9266, CTS, "FF 02 FF FF FF 00 11 00"}},
     0},
    {"BMS: too long, refused",
     "transport.BCS",
     {{9265, RTS, "10 FA 06 02 FF 00 11 00"}, {9266, CTS, "FF 09 FF FF FF 00 11 00"}},
     0},
    {"BMS: too long, refused for what is not true",
     "transport.BCS transport.charger",
     {{9265, RTS, "10 FA 06 02 FF 00 11 00"}, {9266, CTS, "FF 03 FF FF FF 00 11 00"}},
     0},
    {"BMS: another RTS between, refused",
     "transport.BCS",
     {{9265, RTS, RTS_BCS},
      {9266, CTS, CTS_BCS},
      {9270, RTS, "10 0D 00 02 FF 00 06 00"},
      {9271, CTS, "FF 02 FF FF FF 00 06 00"},
      {9274, DT, BCS_1},
      {9282, DT, BCS_2},
      {9283, CTS, ACK_BCS}},
     0},
    {"BMS: a packet before RTS, refused",
     "transport.BCS",
     {{9262, DT, BCS_1},
      {9263, CTS, "FF 06 FF FF FF 00 EB 00"},
      {9265, RTS, RTS_BCS},
      {9266, CTS, CTS_BCS},
      {9274, DT, BCS_1},
      {9282, DT, BCS_2},
      {9283, CTS, ACK_BCS}},
     0},
    {"charger: acknowledges with counts of its own",
     "transport.charger",
     {{9265, RTS, RTS_BCS},
      {9266, CTS, CTS_BCS},
      {9274, DT, BCS_1},
      {9276, CTS, "13 0E 00 00 FE 00 11 00"}},
     0},
    {"charger: asks for a packet that there is not",
     "transport.charger",
     {{9265, RTS, RTS_BCS},
      {9266, CTS, "11 02 00 FF FF 00 11 00"},
      {9268, CTS, CTS_BCS},
      {9274, DT, BCS_1},
      {9282, DT, BCS_2},
      {9283, CTS, ACK_BCS}},
     0},
    {"BMS: out of sequence",
     "transport.BCS",
     {{9265, RTS, RTS_BCS},
      {9266, CTS, CTS_BCS},
      {9274, DT, BCS_2},
      {9282, DT, BCS_2},
      {9283, CTS, "FF 07 FF FF FF 00 11 00"}},
     0},
    {"BMS: packet twice",
     "transport.BCS",
     {{9265, RTS, RTS_BCS},
      {9266, CTS, CTS_BCS},
      {9274, DT, BCS_1},
      {9276, DT, BCS_1},
      {9282, DT, BCS_2},
      {9283, CTS, ACK_BCS}},
     0},
    {"BMS: before CTS",
     "transport.BCS",
     {{9265, RTS, RTS_BCS},
      {9268, DT, BCS_1},
      {9274, DT, BCS_2},
      {9275, CTS, CTS_BCS},
      {9283, CTS, ACK_BCS}},
     0},
    {"BMS: stops, the charger aborts",
     "transport.BCS",
     {{9265, RTS, RTS_BCS},
      {9266, CTS, CTS_BCS},
      {9274, DT, BCS_1},
      {10030, CTS, "FF 03 FF FF FF 00 11 00"}},
     10050},
    {"BMS: aborts",
     "transport.BCS",
     {{9265, RTS, RTS_BCS}, {9266, CTS, CTS_BCS}, {9274, RTS, "FF 02 FF FF FF 00 11 00"}},
     0},
    {"BMS: slow",
     "transport.BCS",
     {{9265, RTS, RTS_BCS},
      {9266, CTS, CTS_BCS},
      {9274, DT, BCS_1},
      {9490, DT, BCS_2},
      {9491, CTS, ACK_BCS}},
     0},
    {"charger: no answer", "transport.charger", {{9265, RTS, RTS_BCS}}, 10600},
    {"charger: slow",
     "transport.charger",
     {{9265, RTS, RTS_BCS},
      {9480, CTS, CTS_BCS},
      {9488, DT, BCS_1},
      {9496, DT, BCS_2},
      {9497, CTS, ACK_BCS}},
     0},
    {"charger: aborts without a cause",
     "transport.charger",
     {{9265, RTS, RTS_BCS}, {9266, CTS, "FF 02 FF FF FF 00 11 00"}},
     0},
    {"charger: asks again without a cause",
     "transport.charger",
     {{9265, RTS, RTS_BCS},
      {9266, CTS, CTS_BCS},
      {9274, DT, BCS_1},
      {9282, DT, BCS_2},
      {9283, CTS, "11 01 02 FF FF 00 11 00"},
      {9290, DT, BCS_2},
      {9291, CTS, ACK_BCS}},
     0},
    {"charger: asks again for a missing one",
     "transport.BCS",
     {{9265, RTS, RTS_BCS},
      {9266, CTS, CTS_BCS},
      {9274, DT, BCS_2},
      {9283, CTS, "11 02 01 FF FF 00 11 00"},
      {9290, DT, BCS_1},
      {9298, DT, BCS_2},
      {9299, CTS, ACK_BCS}},
     0},
    {"charger: CTS byte 4 not filled",
     "transport.charger",
     {{9265, RTS, RTS_BCS},
      {9266, CTS, "11 02 01 00 FF 00 11 00"},
      {9274, DT, BCS_1},
      {9282, DT, BCS_2},
      {9283, CTS, ACK_BCS}},
     0},
    {"charger: CTS byte 5 not filled",
     "transport.charger",
     {{9265, RTS, RTS_BCS},
      {9266, CTS, "11 02 01 FF FE 00 11 00"},
      {9274, DT, BCS_1},
      {9282, DT, BCS_2},
      {9283, CTS, ACK_BCS}},
     0},
    {"charger: EndOfMsgAck byte 5 not filled",
     "transport.charger",
     {{9265, RTS, RTS_BCS},
      {9266, CTS, CTS_BCS},
      {9274, DT, BCS_1},
      {9282, DT, BCS_2},
      {9283, CTS, "13 09 00 02 00 00 11 00"}},
     0},
    {"BMS: out of sequence, Conn_Abort byte 4 not filled",
     "transport.BCS transport.charger",
     {{9265, RTS, RTS_BCS},
      {9266, CTS, CTS_BCS},
      {9274, DT, BCS_2},
      {9282, DT, BCS_2},
      {9283, CTS, "FF 07 FF 00 FF 00 11 00"}},
     0},
    {"BMS: out of sequence, Conn_Abort with a role in byte 3",
     "transport.BCS",
     {{9265, RTS, RTS_BCS},
      {9266, CTS, CTS_BCS},
      {9274, DT, BCS_2},
      {9282, DT, BCS_2},
      {9283, CTS, "FF 07 FD FF FF 00 11 00"}},
     0},
    {"BMS: aborts, bytes not filled",
     "transport.BCS",
     {{9265, RTS, RTS_BCS}, {9266, CTS, CTS_BCS}, {9274, RTS, "FF 02 00 00 00 00 11 00"}},
     0},
    {"BMS: frame too short", "transport.BCS", {{9265, RTS, "10 09 00"}}, 0},
    {"BMS: a packet of no transfer",
     "transport.BCS",
     {{9265, RTS, RTS_BCS},
      {9266, CTS, CTS_BCS},
      {9274, DT, BCS_1},
      {9282, DT, BCS_2},
      {9283, CTS, ACK_BCS},
      {9300, DT, "05 FF FF FF FF FF FF FF"}},
     0},
    {"BMS: without CTS, and nobody acknowledges",
     "transport.BCS",
     {{9265, RTS, RTS_BCS}, {9274, DT, BCS_1}, {9282, DT, BCS_2}},
     10600},
    {"BMS: without CTS, refused",
     "transport.BCS",
     {{9265, RTS, RTS_BCS}, {9274, DT, BCS_1}, {9275, CTS, "FF 06 FF FF FF 00 11 00"}},
     0},
    {"BMS: without RTS", "period.BCS transport.BCS", {{9274, DT, BCS_1}, {9282, DT, BCS_2}}, 0},
    {"the capture lost a CTS",
     "",
     {{9265, RTS, RTS_BCS}, {9274, DT, BCS_1}, {9282, DT, BCS_2}, {9283, CTS, ACK_BCS}},
     0},
    {"the capture lost an RTS",
     "",
     {{9266, CTS, CTS_BCS}, {9274, DT, BCS_1}, {9282, DT, BCS_2}, {9283, CTS, ACK_BCS}},
     0},
    {"the capture lost RTS and CTS",
     "",
     {{9274, DT, BCS_1}, {9282, DT, BCS_2}, {9283, CTS, ACK_BCS}},
     0},
    {"the capture lost a packet",
     "",
     {{9265, RTS, RTS_BCS}, {9266, CTS, CTS_BCS}, {9274, DT, BCS_1}, {9283, CTS, ACK_BCS}},
     0},
};

static void is_broken(int i) {
    charge(&stream);
    drop(&stream, "BCS", 9260, broken[i].next_ms > 0 ? broken[i].next_ms : 9510);
    for (size_t n = 0; n < 8 && broken[i].lines[n].at_ms > 0; n++) {
        raw(&stream, broken[i].lines[n].at_ms, broken[i].lines[n].id, broken[i].lines[n].data);
    }
}

START_TEST(blame) {
    is_broken(_i);
    ck_assert_msg(strcmp(judged(&stream), broken[_i].failed) == 0, "%s: %s", broken[_i].name,
                  stream.failed);
    stream_free(&stream);
}
END_TEST

/* Not blamed, and not praised: what the capture lacks is not known. */
START_TEST(what_the_capture_lost_is_undecided) {
    static const struct line lost[][5] = {
        {{9265, RTS, RTS_BCS}, {9274, DT, BCS_1}, {9282, DT, BCS_2}, {9283, CTS, ACK_BCS}},
        {{9266, CTS, CTS_BCS}, {9274, DT, BCS_1}, {9282, DT, BCS_2}, {9283, CTS, ACK_BCS}},
        {{9265, RTS, RTS_BCS}, {9266, CTS, CTS_BCS}, {9274, DT, BCS_1}, {9283, CTS, ACK_BCS}},
    };
    charge(&stream);
    drop(&stream, "BCS", 9260, 9510);
    for (size_t n = 0; n < 5 && lost[_i][n].at_ms > 0; n++) {
        raw(&stream, lost[_i][n].at_ms, lost[_i][n].id, lost[_i][n].data);
    }
    ck_assert_str_eq(judged(&stream), "");
    ck_assert_int_eq(result_of(&stream, "transport.BCS")->verdict, RULE_INCONCLUSIVE);
    ck_assert_str_eq(result_of(&stream, "transport.BCS")->reason_en,
                     "frames are missing in this capture");
    stream_free(&stream);
}
END_TEST

/* The same on a network of which every frame is here: nobody has lost it. */
START_TEST(nothing_is_lost_where_nothing_can_be) {
    static const struct {
        const char *failed;
        struct line lines[5];
    } rows[] = {
        {"transport.BCS",
         {{9265, RTS, RTS_BCS}, {9274, DT, BCS_1}, {9282, DT, BCS_2}, {9283, CTS, ACK_BCS}}},
        {"transport.BCS transport.charger",
         {{9266, CTS, CTS_BCS}, {9274, DT, BCS_1}, {9282, DT, BCS_2}, {9283, CTS, ACK_BCS}}},
        {"transport.charger",
         {{9265, RTS, RTS_BCS}, {9266, CTS, CTS_BCS}, {9274, DT, BCS_1}, {9283, CTS, ACK_BCS}}},
        {"transport.charger", {{9283, CTS, "13 0D 00 02 FF 00 06 00"}}},
        {"transport.charger",
         {{9265, RTS, "10 FA 06 02 FF 00 11 00"}, {9266, CTS, "FF 02 FF FF FF 00 02 00"}}},
    };
    charge(&stream);
    drop(&stream, "BCS", 9260, 9510);
    for (size_t n = 0; n < 5 && rows[_i].lines[n].at_ms > 0; n++) {
        raw(&stream, rows[_i].lines[n].at_ms, rows[_i].lines[n].id, rows[_i].lines[n].data);
    }
    stream.lossless = true;
    bool blamed = strstr(rows[_i].failed, "charger") != NULL;
    ck_assert_msg(strstr(judged(&stream), rows[_i].failed) != NULL, "%s", stream.failed);
    ck_assert_int_eq(strstr(stream.failed, "transport.charger") != NULL, blamed);
    stream_free(&stream);
}
END_TEST

START_TEST(priority_of_transport) {
    charge(&stream);
    drop(&stream, "BCS", 9260, 9510);
    raw(&stream, 9265, "18EC56F4", RTS_BCS);
    raw(&stream, 9266, "18ECF456", CTS_BCS);
    raw(&stream, 9274, DT, BCS_1);
    raw(&stream, 9282, DT, BCS_2);
    raw(&stream, 9283, CTS, ACK_BCS);
    ck_assert_str_eq(judged(&stream), "priority.BCS transport.charger transport.bms");
    stream_free(&stream);
}
END_TEST

/* The vehicle keeps sending BCP after CML (GB/T 34658 DN.2006): no answer is owed to it. */
START_TEST(no_answer_to_a_former_message) {
    charge(&stream);
    drop(&stream, "*", T_BRO_00, ALL_TIME);
    repeat(&stream, "CML", T_CML + 250, T_CML + 5100, 250, CML_MAX);
    for (int64_t at = T_BCP + 500; at < T_CML + 5000; at += 1500) {
        raw(&stream, at, RTS, "10 0D 00 02 FF 00 06 00");
    }
    repeat(&stream, "CEM", T_CML + 5100, T_CML + 6000, 250, "FC F4 C0 FC");
    ck_assert_str_eq(judged(&stream), "awaited.bms.BRO");
    stream_free(&stream);
}
END_TEST

/* A charger whose supply fails before its answer was due owes none, also when it comes back and says
 * CHM; one that talks on does. */
START_TEST(no_answer_without_a_supply) {
    bool alive = _i != 0;
    charge(&stream);
    drop(&stream, "*", 9260, ALL_TIME);
    raw(&stream, 9265, RTS, RTS_BCS);
    repeat(&stream, "CCS", 9270, alive ? 11000 : 9420, 50, "A0 0F B8 0B 01 00 FD FF");
    repeat(&stream, "CHM", 60000, 61000, 250, "01 01 00");
    ck_assert_int_eq(strstr(judged(&stream), "transport.charger") != NULL, alive);
    stream_free(&stream);
}
END_TEST

/* A broken BRM has not come (GB/T 34658 DN.1002). */
START_TEST(broken_is_not_received) {
    charge(&stream);
    drop(&stream, "BRM", T_BRM + 30, ALL_TIME); /* after three packets */
    ck_assert_ptr_nonnull(strstr(judged(&stream), "order.CRM"));
    stream_free(&stream);
}
END_TEST

/* ---- demand and output ---- */

static const struct {
    const char *code, *payload, *failed;
} wants[] = {
    {"BCL", "88 13 B8 0B 02", ""},                                      /* 500.0 V */
    {"BCL", "8D 13 B8 0B 02", ""},                                      /* 500.5 V */
    {"BCL", "8E 13 B8 0B 02", "demand.voltage.BCP"},                    /* 500.6 V */
    {"BCL", "62 1B B8 0B 02", "demand.voltage.CML demand.voltage.BCP"}, /* 701 V */
    {"BCL", "7C 13 D7 05 02", ""},                                      /* 250.5 A */
    {"BCL", "7C 13 D2 05 02", "demand.current.CML demand.current.BCP"}, /* 251 A */
    {"CCS", "A0 0F 5C 0B 01 00 FD FF", "output.current"},               /* 109.2 A for 100 */
    {"CCS", "A0 0F 80 0B 01 00 FD FF", ""},                             /* 105.6 A */
    {"CCS", "FE 13 B8 0B 01 00 FD FF", "output.voltage"},               /* 511.8 V for 498.8 */
    {"CCS", "F0 13 B8 0B 01 00 FD FF", ""},                             /* 510.4 V */
    {"CCS", "FE 13 96 0F 01 00 FD FF", ""},                             /* no current flows */
    {"CCS", "28 1C A0 0F 01 00 FD FF", ""}, /* 720.8 V without current: the battery's */
    {"CCS", "28 1C B8 0B 01 00 FD FF", "output.voltage output.voltage.CML"}, /* 720.8 V */
    {"CCS", "A0 0F 78 05 01 00 FD FF", "output.current output.current.CML"}, /* 260 A */
};

START_TEST(demand_and_output) {
    charge(&stream);
    say(&stream, wants[_i].code, 9000, 9050, wants[_i].payload);
    ck_assert_str_eq(judged(&stream), wants[_i].failed);
    stream_free(&stream);
}
END_TEST

/* 20 A/s are enough for a demand that fell from 100 A to 50 A. */
START_TEST(output_may_follow_slowly) {
    static const struct {
        const char *ccs, *failed;
    } ways[] = {
        {"A0 0F 34 0D 01 00 FD FF", ""},               /* 62 A 2.1 s later: 58 A, and the margin */
        {"A0 0F F8 0C 01 00 FD FF", "output.current"}, /* 68 A */
    };
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        charge(&stream);
        say(&stream, "BCL", 9000, ALL_TIME, "7C 13 AC 0D 02");
        say(&stream, "CCS", 11000, ALL_TIME, "A0 0F AC 0D 01 00 FD FF");
        say(&stream, "CCS", 11090, 11140, ways[i].ccs);
        ck_assert_str_eq(judged(&stream), ways[i].failed);
        stream_free(&stream);
    }
}
END_TEST

/* A vehicle that writes currents without their sign: no output is above such a demand. */
START_TEST(demand_without_sign) {
    charge(&stream);
    say(&stream, "BCL", 0, ALL_TIME, "7C 13 88 13 02");          /* raw 5000: 100 A of discharge */
    say(&stream, "CCS", 0, ALL_TIME, "A0 0F A0 0F 01 00 FD FF"); /* 0 A */
    ck_assert_str_eq(judged(&stream), "sign.BCL");
    say(&stream, "CCS", 11500, ALL_TIME, CCS_OK);
    ck_assert_str_eq(judged(&stream), "output.current sign.BCL");
    const char *said = result_of(&stream, "output.current")->proofs[0].en;
    ck_assert_msg(strstr(said, "limit 0.0 A") != NULL, "%s", said);
    stream_free(&stream);
}
END_TEST

/* The charger aborts for "timeout" 0.756 s after the BMS's last packet: not its fault, though
 * neither a coarse clock nor none shows it, nor a capture that begins inside the transfer. */
START_TEST(abort_for_timeout) {
    static const struct {
        bool no_clock;
        int64_t resolution_ns, from_ms, abort_ms;
        const char *failed;
        bool unclear; /* for the charger */
    } ways[] = {
        {false, 0, 0, 10030, "transport.BCS", false},
        {true, 0, 0, 10030, "", true},
        {false, 10 * MS, 0, 10030, "", false}, /* T1 by the frames, if only just: kept */
        {false, 100 * MS, 0, 10000, "", true}, /* perhaps too early */
        {false, 0, 9270, 10030, "", true},
        {false, 100 * MS, 0, 10200, "transport.BCS", false},    /* certainly later than T1 */
        {false, 100 * MS, 0, 9500, "transport.charger", false}, /* too early, whatever the clock */
    };
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        charge(&stream);
        drop(&stream, "*", 0, ways[i].from_ms);
        drop(&stream, "BCS", 9265, 10250);
        if (ways[i].from_ms == 0) {
            raw(&stream, 9265, RTS, RTS_BCS);
            raw(&stream, 9266, CTS, CTS_BCS);
        }
        raw(&stream, 9274, DT, BCS_1);
        raw(&stream, ways[i].abort_ms, CTS, "FF 03 FF FF FF 00 11 00");
        stream.no_clock = ways[i].no_clock;
        stream.resolution_ns = ways[i].resolution_ns;
        judged(&stream);
        ck_assert_msg(strcmp(stream.failed, ways[i].failed) == 0, "%zu: %s", i, stream.failed);
        bool unclear = result_of(&stream, "transport.charger")->verdict == RULE_INCONCLUSIVE;
        ck_assert_msg(unclear == ways[i].unclear, "%zu", i);
        stream_free(&stream);
    }
}
END_TEST

START_TEST(voltage_of_cml_alone) {
    charge(&stream);
    say(&stream, "CML", 0, ALL_TIME, "24 13 D0 07 DC 05 A0 0F"); /* 490 V, less than BCP */
    ck_assert_str_eq(judged(&stream), "demand.voltage.CML");
    say(&stream, "CML", 0, ALL_TIME, "58 1B D0 07 C4 09 A0 0F"); /* 150 A */
    ck_assert_str_eq(judged(&stream), "");
    say(&stream, "BCL", 9000, 9050, "7C 13 A4 06 02"); /* 230 A */
    ck_assert_str_eq(judged(&stream), "demand.current.CML");
    stream_free(&stream);
}
END_TEST

/* The output has two seconds to follow a falling demand. */
START_TEST(settling) {
    charge(&stream);
    say(&stream, "BCL", 9000, ALL_TIME, "7C 13 3C 0F 02"); /* 10 A */
    say(&stream, "CCS", 10700, ALL_TIME, "A0 0F 3C 0F 01 00 FD FF");
    ck_assert_str_eq(judged(&stream), "");
    say(&stream, "CCS", 9000, 11600, CCS_OK);
    ck_assert_str_eq(judged(&stream), "output.current");
    const struct rule_result *result = result_of(&stream, "output.current");
    ck_assert_int_ge(result->proofs[0].at_ns, 11000 * MS);
    ck_assert_int_le(result->proofs[0].at_ns, 11300 * MS);
    stream_free(&stream);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("rules: transport, demand, output");
    TCase *tests = tcase_create("transport, demand, output");
    tcase_add_loop_test(tests, blame, 0, (int)(sizeof broken / sizeof broken[0]));
    tcase_add_loop_test(tests, nothing_is_lost_where_nothing_can_be, 0, 5);
    tcase_add_loop_test(tests, what_the_capture_lost_is_undecided, 0, 3);
    tcase_add_test(tests, priority_of_transport);
    tcase_add_test(tests, no_answer_to_a_former_message);
    tcase_add_loop_test(tests, no_answer_without_a_supply, 0, 2);
    tcase_add_test(tests, broken_is_not_received);
    tcase_add_loop_test(tests, demand_and_output, 0, (int)(sizeof wants / sizeof wants[0]));
    tcase_add_test(tests, abort_for_timeout);
    tcase_add_test(tests, output_may_follow_slowly);
    tcase_add_test(tests, demand_without_sign);
    tcase_add_test(tests, voltage_of_cml_alone);
    tcase_add_test(tests, settling);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
