/* SPDX-License-Identifier: MIT */
/* Every wait of both sides (GB/T 27930-2015 annex A): what is awaited does not come, and the error
 * message comes in time, too early, too late, with another bit, not at all. */
#include "tests/vehicle_bms/support/charge_stream.h"

static struct stream stream;

/* Each builds a charge that is stuck in one wait until `until`: both sides go on as they should. */

static void no_brm(int64_t until) {
    charge(&stream);
    drop(&stream, "*", T_BRM, ALL_TIME);
    repeat(&stream, "CRM", T_CRM_00 + 250, until, 250, CRM_00);
}

static void no_bcp(int64_t until) {
    charge(&stream);
    drop(&stream, "*", T_BCP, ALL_TIME);
    repeat(&stream, "CRM", T_CRM_AA + 250, until, 250, CRM_AA);
}

static void no_bro(int64_t until) {
    charge(&stream);
    drop(&stream, "*", T_BRO_00, ALL_TIME);
    repeat(&stream, "CML", T_CML + 250, until, 250, CML_MAX);
}

static void no_bro_aa(int64_t until) {
    charge(&stream);
    drop(&stream, "*", T_BRO_AA, ALL_TIME);
    repeat(&stream, "BRO", T_BRO_AA, until, 250, "00");
    repeat(&stream, "CML", T_CML + 1250, until, 250, CML_MAX);
}

static void bro_aa_stops(int64_t until) {
    charge(&stream);
    drop(&stream, "*", T_CRO_00 + 1, ALL_TIME);
    repeat(&stream, "CRO", T_CRO_00 + 250, until, 250, "00");
}

static void no_bcs(int64_t until) {
    charge(&stream);
    drop(&stream, "*", T_BCL, ALL_TIME);
    repeat(&stream, "CRO", T_CRO_AA + 250, until, 250, "AA");
    repeat(&stream, "BCL", T_BCL, until, 50, BCL_OK);
    repeat(&stream, "BSM", T_BCL, until, 250, BSM_OK);
}

static void no_bcl(int64_t until) {
    charge(&stream);
    drop(&stream, "*", T_BCL, ALL_TIME);
    repeat(&stream, "CRO", T_CRO_AA + 250, until, 250, "AA");
    repeat(&stream, "BCS", T_BCL, until - 50, 250, BCS_OK);
}

static void charge_until(int64_t until) {
    stream_init(&stream, EDITION_2015);
    start(&stream, 0);
    charging(&stream, 0, until);
}

static void bcs_stops(int64_t until) {
    charge_until(until);
    drop(&stream, "BCS", 9000, ALL_TIME); /* the last one is complete at 8782 */
}

static void bcl_stops(int64_t until) {
    charge_until(until);
    drop(&stream, "BCL", 9001, ALL_TIME);
}

static void ccs_stops(int64_t until) {
    charge_until(until);
    drop(&stream, "charger", 9001, ALL_TIME);
    drop(&stream, "BCS", 9000, ALL_TIME); /* nobody answers its RTS */
    raw(&stream, 9015, "1CEC56F4", "10 09 00 02 FF 00 11 00");
}

static void no_bst(int64_t until) {
    charge(&stream);
    drop(&stream, "*", T_CST, ALL_TIME);
    repeat(&stream, "CST", T_CST, until, 10, CST_HAND);
}

static void no_bsd(int64_t until) {
    no_bst(until);
    repeat(&stream, "BST", T_BST, T_BSD, 10, BST_CST);
}

static void no_crm(int64_t until) {
    charge(&stream);
    drop(&stream, "*", T_CRM_00, ALL_TIME);
    repeat(&stream, "CHM", T_CRM_00, until, 250, CHM_V11);
    repeat(&stream, "BHM", T_CRM_00 + 20, until, 250, BHM_V);
}

static void no_crm_aa(int64_t until) {
    no_brm(until);
    for (int64_t at = T_BRM; at < until - 100; at += 250) {
        put_brm(&stream, at);
    }
}

static void no_cml(int64_t until) {
    no_bcp(until);
    repeat(&stream, "BCP", T_BCP, until - 50, 500, BCP_MAX);
}

static void no_cro(int64_t until) {
    charge(&stream);
    drop(&stream, "*", T_CRO_00, ALL_TIME);
    repeat(&stream, "CML", T_CML + 1250, until, 250, CML_MAX);
    repeat(&stream, "BRO", T_BRO_AA + 250, until, 250, "AA");
}

static void no_cro_aa(int64_t until) {
    bro_aa_stops(until);
    repeat(&stream, "BRO", T_BRO_AA + 250, until, 250, "AA");
}

static void no_cst(int64_t until) {
    charge_until(T_CST);
    repeat(&stream, "CCS", T_CST, until, 50, CCS_OK);
    repeat(&stream, "BST", T_CST, until, 10, "01 00 00 F0");
}

static void no_csd(int64_t until) {
    charge_until(T_CST);
    repeat(&stream, "BST", T_CST, T_CST + 100, 10, "01 00 00 F0");
    repeat(&stream, "CST", T_CST + 10, until, 10, "40 00 F0 F0");
    repeat(&stream, "BSD", T_CST + 100, until, 250, BSD_OK);
}

static const struct {
    const char *timeout, *awaited;
    void (*stuck)(int64_t until);
    int64_t earliest, latest; /* ms: from the earlier and the later instant it may count from */
    const char *error, *right, *wrong;
} cases[] = {
    {"timeout.charger.BRM", "awaited.bms.BRM", no_brm, T_CRM_00 + 5000, T_CRM_00 + 5500, "CEM",
     "FD F0 C0 FC", "FC F1 C0 FC"},
    {"timeout.charger.BCP", "awaited.bms.BCP", no_bcp, T_CRM_AA + 5000, T_CRM_AA + 5500, "CEM",
     "FC F1 C0 FC", "FD F0 C0 FC"},
    {"timeout.charger.BRO", "awaited.bms.BRO", no_bro, T_CML + 5000, T_CML + 5500, "CEM",
     "FC F4 C0 FC", "FC F1 C0 FC"},
    {"timeout.charger.BRO_AA", "awaited.bms.BRO_AA", no_bro_aa, T_CML + 60000, T_BRO_00 + 60500,
     "CEM", "FC F4 C0 FC", "FC F0 C1 FC"},
    {"timeout.charger.BRO_kept", "awaited.bms.BRO_kept", bro_aa_stops, T_BRO_AA + 5000,
     T_CRO_00 + 5500, "CEM", "FC F4 C0 FC", "FC F0 C1 FC"},
    {"timeout.charger.BCS", "awaited.bms.BCS", no_bcs, T_CRO_AA + 5000, T_CRO_AA + 5500, "CEM",
     "FC F0 C1 FC", "FC F0 C4 FC"},
    {"timeout.charger.BCL", "awaited.bms.BCL", no_bcl, T_CRO_AA + 1000, T_CRO_AA + 1500, "CEM",
     "FC F0 C4 FC", "FC F0 C1 FC"},
    {"timeout.charger.BCS", "awaited.bms.BCS", bcs_stops, 8782 + 5000, 8782 + 5500, "CEM",
     "FC F0 C1 FC", "FC F0 C4 FC"},
    {"timeout.charger.BCL", "awaited.bms.BCL", bcl_stops, 8960 + 1000, 8960 + 1500, "CEM",
     "FC F0 C4 FC", "FC F0 C1 FC"},
    {"timeout.charger.BST", "awaited.bms.BST", no_bst, T_CST + 5000, T_CST + 5500, "CEM",
     "FC F0 D0 FC", "FC F0 C0 FD"},
    {"timeout.charger.BSD", "awaited.bms.BSD", no_bsd, T_CST + 10000, T_CST + 10500, "CEM",
     "FC F0 C0 FD", "FC F0 D0 FC"},
    {"timeout.bms.CRM_00", "awaited.charger.CRM_00", no_crm, 0, T_BHM + 30500, "BEM", "F1 F0 F0 FC",
     "F4 F0 F0 FC"},
    {"timeout.bms.CRM_AA", "awaited.charger.CRM_AA", no_crm_aa, T_BRM + 5057, T_BRM + 5557, "BEM",
     "F4 F0 F0 FC", "F0 F1 F0 FC"},
    {"timeout.bms.CML", "awaited.charger.CML", no_cml, T_BCP + 5017, T_BCP + 5517, "BEM",
     "F0 F1 F0 FC", "F4 F0 F0 FC"},
    {"timeout.bms.CRO", "awaited.charger.CRO", no_cro, T_BRO_AA + 5000, T_BRO_AA + 5500, "BEM",
     "F0 F4 F0 FC", "F0 F0 F1 FC"},
    /* CRO(00) goes on: the charger says that it is not ready, and breaks no rule by it. */
    {"timeout.bms.CRO_AA", "", no_cro_aa, T_BRO_AA + 60000, T_BRO_AA + 60500, "BEM", "F0 F4 F0 FC",
     "F0 F0 F1 FC"},
    {"timeout.bms.CCS", "awaited.charger.CCS", ccs_stops, 8990 + 1000, 8990 + 1500, "BEM",
     "F0 F0 F1 FC", "F0 F0 F4 FC"},
    {"timeout.bms.CST", "awaited.charger.CST", no_cst, T_CST + 5000, T_CST + 5500, "BEM",
     "F0 F0 F4 FC", "F0 F0 F0 FD"},
    {"timeout.bms.CSD", "awaited.charger.CSD", no_csd, T_CST + 10000, T_CST + 10500, "BEM",
     "F0 F0 F0 FD", "F0 F0 F4 FC"},
};

static const char *stuck_until(int i, int64_t until, const char *payload) {
    cases[i].stuck(until);
    stream.end_ms = until + 1000;
    if (payload != NULL) {
        repeat(&stream, cases[i].error, until, until + 1000, 250, payload);
    }
    return judged(&stream);
}

static const char *both(int i) {
    static char text[80];
    const char *between = cases[i].awaited[0] != '\0' ? " " : "";
    snprintf(text, sizeof text, "%s%s%s", cases[i].timeout, between, cases[i].awaited);
    return text;
}

START_TEST(in_time) {
    int64_t first = cases[_i].latest - 400;
    if (cases[_i].latest - cases[_i].earliest == 500) {
        first = cases[_i].earliest - 1; /* by a frame's time: it counts from handing over */
    }
    int64_t at[] = {first, cases[_i].latest - 10};
    for (unsigned n = 0; n < 2; n++) {
        ck_assert_str_eq(stuck_until(_i, at[n], cases[_i].right), cases[_i].awaited);
        const struct rule_result *result = result_of(&stream, cases[_i].timeout);
        ck_assert_int_eq(result->verdict, RULE_PASS);
        ck_assert_uint_eq(result->proof_count, 1); /* the instance that passed */
        ck_assert_int_eq(result->proofs[0].at_ns, at[n] * MS);
        stream_free(&stream);
    }
}
END_TEST

START_TEST(too_early) {
    if (cases[_i].earliest > 0) { /* CRM(00): the capture may begin after the first CHM */
        int64_t at = cases[_i].earliest - 20;
        ck_assert_str_eq(stuck_until(_i, at, cases[_i].right), cases[_i].timeout);
        stream_free(&stream);
    }
}
END_TEST

START_TEST(too_late) {
    ck_assert_str_eq(stuck_until(_i, cases[_i].latest + 20, cases[_i].right), both(_i));
    stream_free(&stream);
}
END_TEST

START_TEST(another_bit) {
    ck_assert_str_eq(stuck_until(_i, cases[_i].latest - 100, cases[_i].wrong), both(_i));
    stream_free(&stream);
}
END_TEST

START_TEST(not_at_all) {
    ck_assert_str_eq(stuck_until(_i, cases[_i].latest + 250, NULL), both(_i));
    stream_free(&stream);
}
END_TEST

/* The capture ends before the last instant of the error message: nothing can be said of it. */
START_TEST(ends_before_it_is_due) {
    cases[_i].stuck(cases[_i].latest - 15);
    ck_assert_str_eq(judged(&stream), cases[_i].awaited);
    stream_free(&stream);
}
END_TEST

/* The side that waits has itself fallen silent: nobody waits any more. */
START_TEST(both_silent) {
    charge(&stream);
    drop(&stream, "*", 9001, ALL_TIME);
    stream.end_ms = 30000;
    ck_assert_str_eq(judged(&stream), "");
    ck_assert_str_eq(stream.unclear, "");
    stream_free(&stream);
}
END_TEST

/* A charger may end the charge without a word until it charges; afterwards it owes CST. */
START_TEST(charger_falls_silent) {
    charge(&stream);
    drop(&stream, "*", T_CML + 60, ALL_TIME);
    repeat(&stream, "BRO", T_CML + 100, T_CML + 200, 250, "AA");
    repeat(&stream, "BRO", T_CML + 350, T_CML + 5100, 250, "AA");
    repeat(&stream, "BEM", T_CML + 5150, T_CML + 6000, 250, "F0 F4 F0 FC");
    ck_assert_str_eq(judged(&stream), "");
    ck_assert_str_eq(result_of(&stream, "awaited.charger.CRO")->reason_en,
                     "the side had stopped sending altogether");
    stream_free(&stream);
    ccs_stops(10300);
    repeat(&stream, "BEM", 10300, 11000, 250, "F0 F0 F1 FC");
    ck_assert_str_eq(judged(&stream), "awaited.charger.CCS");
    stream_free(&stream);
}
END_TEST

/* A person stops the charger while it waits for BRM, and starts it anew later: no CEM was owed. It was when it
 * went on to wait. */
START_TEST(stopped_while_it_waits) {
    static const struct {
        int64_t last;
        const char *failed;
    } rows[] = {{T_CRM_00 + 2000, ""},
                {T_CRM_00 + 4000, ""},
                {T_CRM_00 + 4250, ""},
                {T_CRM_00 + 5000, "timeout.charger.BRM awaited.bms.BRM"},
                {T_CRM_00 + 7000, "timeout.charger.BRM awaited.bms.BRM"}};
    no_brm(rows[_i].last + 1);
    repeat(&stream, "CHM", T_CRM_00 + 15000, T_CRM_00 + 17000, 250, CHM_V11);
    ck_assert_str_eq(judged(&stream), rows[_i].failed);
    stream_free(&stream);
}
END_TEST

/* The same nearer to its limit, where frames alone cannot tell it from a CEM that is left out: told of what
 * was done, the rules know. After the limit it is too late for an excuse. */
START_TEST(ended_by_something_else) {
    static const struct {
        int64_t disturbed, last;
        const char *failed;
    } rows[] = {{T_CRM_00 + 4900, T_CRM_00 + 4750, ""},
                {T_CRM_00 + 4900, T_CRM_00 + 5000, ""},
                {T_CRM_00 + 1, T_CRM_00 + 4750, ""},
                {T_CHM, T_CRM_00 + 4750, ""}, /* it may be broken still */
                {T_CRM_00 + 5100, T_CRM_00 + 5000, "timeout.charger.BRM awaited.bms.BRM"},
                {T_CRM_00 + 4900, T_CRM_00 + 5250, "timeout.charger.BRM awaited.bms.BRM"}};
    no_brm(rows[_i].last + 1);
    repeat(&stream, "CHM", T_CRM_00 + 15000, T_CRM_00 + 17000, 250, CHM_V11);
    done_at(&stream, RULES_DISTURBED, rows[_i].disturbed);
    done_at(&stream, RULES_STARTED, T_CRM_00 + 14000);
    ck_assert_str_eq(judged(&stream), rows[_i].failed);
    stream_free(&stream);
}
END_TEST

/* Its transfer is given up later, by T1: that is no sign of waiting. */
START_TEST(a_transfer_given_up_later) {
    no_brm(T_CRM_00 + 4751);
    raw(&stream, T_CRM_00 + 5500, "1CECF456", "FF 03 FF FF FF 00 02 00");
    repeat(&stream, "CHM", T_CRM_00 + 15000, T_CRM_00 + 17000, 250, CHM_V11);
    ck_assert_str_eq(
        judged(&stream),
        "timeout.charger.BRM awaited.bms.BRM transport.charger"); /* 0.25 s before the limit */
    done_at(&stream, RULES_DISTURBED, T_CRM_00 + 4900);
    ck_assert_str_eq(judged(&stream), "transport.charger"); /* here there was none */
    stream_free(&stream);
}
END_TEST

/* After a fault K3 and K4 may not stay closed until BSD is overdue. */
START_TEST(fault_after_cst) {
    no_bsd(T_CST + 9800);
    stream.end_ms = T_CST + 20000;
    ck_assert_str_eq(judged(&stream), "timeout.charger.BSD awaited.bms.BSD");
    done_at(&stream, RULES_DISTURBED, T_CST + 5);
    ck_assert_str_eq(judged(&stream), "");
    stream.told[0].at_ms = T_CST + 9800 + 700; /* when it has gone, it is too late */
    ck_assert_str_eq(judged(&stream), "timeout.charger.BSD awaited.bms.BSD");
    stream_free(&stream);
}
END_TEST

/* Charger without BHM: no CEM, but it must not go on. */
START_TEST(no_bhm) {
    charge(&stream);
    drop(&stream, "*", 0, ALL_TIME);
    repeat(&stream, "CHM", 0, 30100, 250, CHM_V11);
    stream.end_ms = 40000;
    ck_assert_str_eq(judged(&stream), ""); /* no source has a figure */
    stream.limits.bhm_ns = 30000 * MS;
    ck_assert_str_eq(judged(&stream), "awaited.bms.BHM");
    repeat(&stream, "CHM", 30250, 32000, 250, CHM_V11);
    ck_assert_str_eq(judged(&stream), "timeout.charger.BHM awaited.bms.BHM");
    stream_free(&stream);
    charge(&stream);
    drop(&stream, "BHM", 0, ALL_TIME);
    ck_assert_str_eq(judged(&stream), "order.CRM");
    stream_free(&stream);
}
END_TEST

START_TEST(without_cause) {
    ccs_stops(10300); /* after the other side's error: what was awaited does not come any more */
    repeat(&stream, "BEM", 10300, 12000, 250, "F0 F0 F1 FC");
    put(&stream, 11400, "CEM", "FC F0 C4 FC");
    ck_assert_str_eq(judged(&stream), "awaited.charger.CCS");
    stream_free(&stream);
    charge_until(10000);
    put(&stream, 10000, "CEM", "FD F0 C0 FC"); /* BRM came long ago */
    ck_assert_str_eq(judged(&stream), "error.CEM");
    stream_free(&stream);
    charge_until(10000);
    put(&stream, 10000, "BEM", "F0 F1 F0 FC");
    ck_assert_str_eq(judged(&stream), "error.BEM");
    stream_free(&stream);
    charge_until(10000);
    put(&stream, 10000, "CEM", "FC F0 C0 FC"); /* all normal */
    ck_assert_str_eq(judged(&stream), "error.CEM");
    stream_free(&stream);
    charge_until(10000);
    put(&stream, 10000, "CEM", "FC F0 C0 F8"); /* "other": the maker's */
    ck_assert_str_eq(judged(&stream), "");
    stream_free(&stream);
}
END_TEST

/* A violation's numbers explain it, where the wait was told a frame's time before the limit too. */
START_TEST(numbers_explain_the_verdict) {
    static const struct {
        int64_t at_us; /* after CRM(00) */
        const char *begins, *ends;
    } rows[] = {
        {4999500, "no BRM for 4.999500 s from ",
         "limit 5 s (as the side that waits counts: up to 2 "
         "ms more)"},
        {4998200, "no BRM for 4.998 s from ",
         "limit 5 s (as the side that waits counts: up to 2 "
         "ms more)"},
        {5000200, "no BRM for 5.000200 s from ", "limit 5 s"},
        {5040000, "no BRM for 5.040 s from ", "limit 5 s"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        no_brm(T_CRM_00 + 4990);
        put(&stream, T_CRM_00 + 5000, "CEM", "FD F0 C0 FC");
        stream.frames[stream.count - 1].at_ns = T_CRM_00 * MS + rows[i].at_us * 1000;
        ck_assert_str_eq(judged(&stream), "awaited.bms.BRM");
        const struct rule_proof *proof = &result_of(&stream, "awaited.bms.BRM")->proofs[0];
        ck_assert_msg(strstr(proof->en, rows[i].begins) != NULL, "%s", proof->en);
        size_t length = strlen(proof->en), wanted = strlen(rows[i].ends);
        ck_assert_msg(length > wanted && strcmp(proof->en + length - wanted, rows[i].ends) == 0,
                      "%s", proof->en);
        ck_assert_int_eq(strstr(proof->zh, "最多可多2 ms") != NULL, rows[i].at_us < 5000000);
        stream_free(&stream);
    }
}
END_TEST

/* BCL comes again after its timeout, and before a CEM that is in time still: it undoes nothing. */
START_TEST(too_late_to_undo) {
    for (int cem_ms = 10360; cem_ms <= 10600; cem_ms += 240) {
        bcl_stops(cem_ms);
        put(&stream, 8960 + 1200, "BCL", BCL_OK);
        put(&stream, cem_ms, "CEM", "FC F0 C4 FC");
        ck_assert_str_eq(judged(&stream), cem_ms < 8960 + 1500
                                              ? "awaited.bms.BCL"
                                              : "timeout.charger.BCL awaited.bms.BCL");
        stream_free(&stream);
    }
}
END_TEST

/* Two messages that cross on the wire. */
START_TEST(crossing) {
    bcl_stops(9980);
    put(&stream, 9970, "BCL", BCL_OK);
    put(&stream, 9980, "CEM", "FC F0 C4 FC");
    ck_assert_str_eq(judged(&stream), "awaited.bms.BCL");
    stream_free(&stream);
    no_cro(T_BRO_AA + 5010);
    put(&stream, T_BRO_AA + 5000, "CRO", "00");
    put(&stream, T_BRO_AA + 5010, "BEM", "F0 F4 F0 FC");
    ck_assert_str_eq(judged(&stream), "");
    stream_free(&stream);
}
END_TEST

/* A BCL with an illegal value may count or not: whoever reports after a second is right, and so is
 * whoever does not. One of a wrong length does not count. */
START_TEST(doubtful_messages) {
    for (int report = 0; report < 2; report++) {
        charge_until(report ? 10100 : 12000);
        say(&stream, "BCL", 9001, ALL_TIME, "7C 13 B8 0B FF");
        if (report) {
            put(&stream, 10100, "CEM", "FC F0 C4 FC");
        }
        ck_assert_str_eq(judged(&stream), "value.BCL");
        stream_free(&stream);
    }
    charge_until(10100);
    say(&stream, "BCL", 9001, ALL_TIME, "7C 13 B8 0B");
    put(&stream, 10100, "CEM", "FC F0 C4 FC");
    ck_assert_str_eq(judged(&stream), "length.BCL awaited.bms.BCL");
    stream_free(&stream);
    charge_until(12000);
    say(&stream, "BCL", 9001, ALL_TIME, "7C 13 B8 0B");
    ck_assert_str_eq(judged(&stream), "length.BCL timeout.charger.BCL awaited.bms.BCL");
    stream_free(&stream);
}
END_TEST

/* Whether or not the last one has counted: after it nothing came, and that is judged. */
START_TEST(doubtful_and_then_silent) {
    for (int report = 0; report < 2; report++) {
        charge_until(report ? 10990 : 12000);
        say(&stream, "BCL", 9001, ALL_TIME, "7C 13 B8 0B FF");
        drop(&stream, "BCL", 10000, ALL_TIME); /* the last one at 9.96 s */
        if (report) {
            put(&stream, 10990, "CEM", "FC F0 C4 FC");
        }
        ck_assert_str_eq(judged(&stream), report ? "value.BCL awaited.bms.BCL"
                                                 : "value.BCL timeout.charger.BCL awaited.bms.BCL");
        ck_assert_int_eq(result_of(&stream, "timeout.charger.BCL")->verdict,
                         report ? RULE_PASS : RULE_FAIL);
        stream_free(&stream);
    }
}
END_TEST

/* 2023: BSM is awaited, after the first one. 2015: nobody waits for it, and it is mandatory. */
START_TEST(bsm_of_2023) {
    for (int edition = EDITION_2015; edition <= EDITION_2023; edition++) {
        stream_init(&stream, (enum edition)edition);
        start(&stream, 0);
        charging(&stream, 0, 16000);
        drop(&stream, "BSM", 9000, ALL_TIME);
        ck_assert_str_eq(judged(&stream), edition == EDITION_2023
                                              ? "timeout.charger.BSM awaited.bms.BSM"
                                              : "period.BSM");
        stream_free(&stream);
    }
}
END_TEST

static void charge_with_pause(int64_t from, int64_t to, int64_t end) {
    charge_until(end);
    say(&stream, "BSM", from, to, BSM_WAIT);
    say(&stream, "CCS", from + 300, to + 300, CCS_STOP);
}

START_TEST(pause) {
    charge_with_pause(9000, 12000, 15000);
    ck_assert_str_eq(judged(&stream), "");
    ck_assert_uint_gt(result_of(&stream, "awaited.charger.resume")->observed, 0);
    say(&stream, "CCS", 9000, 15000, "A0 0F A0 0F 01 00 FD FF"); /* current falls, bit does not */
    ck_assert_str_eq(judged(&stream), "awaited.charger.pause");
    stream_free(&stream);
    charge_with_pause(9000, 12000, 15000);
    say(&stream, "CCS", 9300, 15000, CCS_STOP); /* never goes on */
    ck_assert_str_eq(judged(&stream), "awaited.charger.resume");
    stream_free(&stream);
    charge_with_pause(9000, 14000, 15000);
    say(&stream, "CCS", 9300, 15000, "A0 0F B8 0B 01 00 FC FF"); /* bit falls, current does not */
    ck_assert_str_eq(judged(&stream), "output.current");
    stream_free(&stream);
}
END_TEST

/* Before the first CCS nothing can say "paused": the charger may still wait for BCL and BCS. */
START_TEST(no_pause_before_the_charge) {
    charge_until(15000);
    say(&stream, "BSM", 0, ALL_TIME, BSM_WAIT);
    drop(&stream, "CCS", 0, ALL_TIME);
    ck_assert_ptr_null(strstr(judged(&stream), "awaited.charger.pause"));
    ck_assert_ptr_nonnull(strstr(stream.failed, "awaited.charger.CCS"));
    stream_free(&stream);
}
END_TEST

START_TEST(pause_too_long) {
    charge_with_pause(9000, 16000, 17000);
    stream.limits.pause_ns = 6000 * MS; /* as after ten minutes */
    ck_assert_str_eq(judged(&stream), "awaited.charger.pause_end");
    put(&stream, 9050 + 6400, "CST", "10 00 F0 F0"); /* with the tolerance of a timeout */
    drop(&stream, "*", 9050 + 6401, ALL_TIME);
    ck_assert_str_eq(judged(&stream), "");
    stream_free(&stream);
}
END_TEST

START_TEST(abnormal_states) {
    static const char *const stops[] = {"01 50 01 4F 02 01 D0", "01 50 01 4F 02 02 D0",
                                        "01 50 01 4F 02 08 D0", "01 50 01 4F 02 10 D0",
                                        "01 50 01 4F 02 40 D0", "01 50 01 4F 02 00 D1",
                                        "01 50 01 4F 02 00 D4"};
    static const char *const goes_on[] = {"01 50 01 4F 02 20 D0", "01 50 01 4F 02 80 D0",
                                          "01 50 01 4F 02 00 DA"};
    for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++) {
        charge(&stream);
        say(&stream, "BSM", 10500, ALL_TIME, stops[i]);
        ck_assert_str_eq(judged(&stream), "awaited.charger.abnormal");
        drop(&stream, "BSM", 0, T_CST - 500); /* CST half a second after the first */
        say(&stream, "CST", 0, ALL_TIME, "10 00 F0 F0");
        ck_assert_str_eq(judged(&stream), "");
        stream_free(&stream);
    }
    for (size_t i = 0; i < sizeof goes_on / sizeof goes_on[0]; i++) {
        charge(&stream); /* untrusted: the former state holds */
        say(&stream, "BSM", 10500, ALL_TIME, goes_on[i]);
        ck_assert_str_eq(judged(&stream), "");
        stream_free(&stream);
    }
}
END_TEST

int main(void) {
    int count = (int)(sizeof cases / sizeof cases[0]);
    Suite *suite = suite_create("rules: waits");
    TCase *tests = tcase_create("waits");
    tcase_add_loop_test(tests, in_time, 0, count);
    tcase_add_loop_test(tests, too_early, 0, count);
    tcase_add_loop_test(tests, too_late, 0, count);
    tcase_add_loop_test(tests, another_bit, 0, count);
    tcase_add_loop_test(tests, not_at_all, 0, count);
    tcase_add_loop_test(tests, ends_before_it_is_due, 0, count);
    tcase_add_test(tests, both_silent);
    tcase_add_test(tests, charger_falls_silent);
    tcase_add_loop_test(tests, stopped_while_it_waits, 0, 5);
    tcase_add_loop_test(tests, ended_by_something_else, 0, 6);
    tcase_add_test(tests, fault_after_cst);
    tcase_add_test(tests, a_transfer_given_up_later);
    tcase_add_test(tests, no_bhm);
    tcase_add_test(tests, too_late_to_undo);
    tcase_add_test(tests, without_cause);
    tcase_add_test(tests, numbers_explain_the_verdict);
    tcase_add_test(tests, crossing);
    tcase_add_test(tests, doubtful_messages);
    tcase_add_test(tests, doubtful_and_then_silent);
    tcase_add_test(tests, bsm_of_2023);
    tcase_add_test(tests, pause);
    tcase_add_test(tests, no_pause_before_the_charge);
    tcase_add_test(tests, pause_too_long);
    tcase_add_test(tests, abnormal_states);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
