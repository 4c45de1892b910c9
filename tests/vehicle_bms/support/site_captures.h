/* SPDX-License-Identifier: MIT */
/* Failed charges as they occur on site, frame by frame: the whole bus as a recorder at the pile
 * sees it. Times in ms; the charge that goes wrong is that of charge_stream.h. */
#ifndef TESTS_VEHICLE_BMS_SUPPORT_SITE_CAPTURES_H
#define TESTS_VEHICLE_BMS_SUPPORT_SITE_CAPTURES_H

#include "charge_stream.h"

#define BREAK     10000 /* what goes wrong goes wrong here */
#define CST_GUN   "10 04 F0 F0"
#define CST_ESTOP "10 00 F1 F0"
#define CST_OTHER "10 00 F4 F0"
#define CST_DONE  "01 00 F0 F0"
#define CST_BMS   "40 00 F0 F0"
#define BST_SOC   "01 00 00 F0"
#define CEM_BRM   "FD F0 C0 FC"
#define CEM_BRO   "FC F4 C0 FC"
#define CEM_BCL   "FC F0 C4 FC"
#define CEM_BST   "FC F0 D0 FC"
#define BEM_CRO   "F0 F4 F0 FC"
#define BEM_CCS   "F0 F0 F1 FC"

static struct stream stream;

/* The end of a charge: one side first, the other's answer, the statistics. */
static void end_with(int64_t bst_ms, const char *bst, int64_t cst_ms, const char *cst) {
    int64_t first = bst_ms < cst_ms ? bst_ms : cst_ms, statistics = first + 120;
    drop(&stream, "BST", 0, ALL_TIME);
    drop(&stream, "CST", 0, ALL_TIME);
    drop(&stream, "BMS", bst_ms, ALL_TIME);
    drop(&stream, "charger", cst_ms, ALL_TIME);
    repeat(&stream, "BST", bst_ms, statistics, 10, bst);
    repeat(&stream, "CST", cst_ms, statistics + 8, 10, cst);
    put(&stream, statistics, "BSD", BSD_OK);
    repeat(&stream, "CSD", statistics + 8, statistics + 3000, 250, CSD_OK);
}

/* The plug is pulled out: at once no frame of the vehicle reaches the pile any more. */
static void gun_pulled(void) {
    charge(&stream);
    drop(&stream, "*", BREAK, ALL_TIME);
    repeat(&stream, "CST", BREAK + 20, BREAK + 5020, 10, CST_GUN);
    repeat(&stream, "CEM", BREAK + 5020, BREAK + 6020, 250, CEM_BST);
}

static void emergency_stop(void) {
    charge(&stream);
    end_with(BREAK + 18, BST_CST, BREAK, CST_ESTOP);
}

/* The emergency stop cuts the pile's supply: nothing after CST. */
static void emergency_stop_dark(void) {
    charge(&stream);
    drop(&stream, "*", BREAK, ALL_TIME);
    repeat(&stream, "CST", BREAK, BREAK + 30, 10, "14 00 F1 F0");
    repeat(&stream, "BST", BREAK + 15, BREAK + 5015, 10, BST_CST);
}

static void bms_silent(void) {
    charge(&stream);
    drop(&stream, "BMS", BREAK, ALL_TIME);
    drop(&stream, "charger", BREAK + 1000, ALL_TIME);
    repeat(&stream, "CEM", BREAK + 1000, BREAK + 2000, 250, CEM_BCL);
    repeat(&stream, "CRM", BREAK + 2000, BREAK + 7000, 250, CRM_00);
}

/* The insulation test fails: no message says so. */
static void insulation_before(void) {
    charge(&stream);
    drop(&stream, "*", T_CRM_00, ALL_TIME);
    stream.end_ms = T_CRM_00 + 20000;
}

static void insulation_by_bms(void) {
    charge(&stream);
    end_with(BREAK, "00 01 00 F0", BREAK + 12, CST_BMS);
}

static void insulation_by_bsm(void) {
    charge(&stream);
    say(&stream, "BSM", BREAK - 300, ALL_TIME, "01 50 01 4F 02 00 D1");
    end_with(BREAK + 15, BST_CST, BREAK, CST_OTHER);
}

static void brm_never(void) {
    charge(&stream);
    drop(&stream, "*", T_CRM_00, ALL_TIME);
    for (int i = 0; i < 4; i++) {
        int64_t at = T_CRM_00 + i * 6000;
        repeat(&stream, "CRM", at, at + 5000, 250, CRM_00);
        repeat(&stream, "CEM", at + 5000, at + 6000, 250, CEM_BRM);
    }
    stream.end_ms = T_CRM_00 + 40000;
}

/* The battery is above what CML offers: the vehicle never closes its contactors. */
static void cml_refused(void) {
    charge(&stream);
    drop(&stream, "*", T_CML, ALL_TIME);
    repeat(&stream, "CML", T_CML, T_CML + 60000, 250, "AC 0D D0 07 DC 05 A0 0F"); /* 350 V */
    repeat(&stream, "BRO", T_BRO_00, T_BRO_00 + 60000, 250, "00");
    repeat(&stream, "CEM", T_CML + 60000, T_CML + 61000, 250, CEM_BRO);
}

/* Cell data stop for 5 s: many a pile ends with CST instead of CEM. */
static void bcs_lost_cst(void) {
    charge(&stream);
    drop(&stream, "BCS", 7500, ALL_TIME);
    end_with(T_CST + 15, BST_CST, T_CST, CST_OTHER);
}

/* The recorder has turned round two frames that came at once. */
static void turned_round(void) {
    charge(&stream);
    end_with(BREAK, BST_CST, BREAK + 1, CST_HAND);
}

/* The vehicle refuses CML by ending at once. */
static void cml_refused_by_bst(void) {
    charge(&stream);
    drop(&stream, "*", T_CML + 300, ALL_TIME);
    repeat(&stream, "BST", T_CML + 300, T_CML + 400, 10, "00 00 00 F4");
    repeat(&stream, "CST", T_CML + 315, T_CML + 400, 10, CST_BMS);
}

/* 2023: parameters do not match, CST right after CML. */
static void cml_mismatch_2023(void) {
    stream_init(&stream, EDITION_2023);
    charge_at(&stream, 0);
    drop(&stream, "*", T_CML + 300, ALL_TIME);
    repeat(&stream, "CST", T_CML + 300, T_CML + 400, 10, "10 00 10 F0");
}

static void bsm_fault(void) {
    charge(&stream);
    say(&stream, "BSM", BREAK - 300, ALL_TIME, "01 78 01 4F 02 40 D0"); /* 70 degC, too hot */
    end_with(BREAK + 15, BST_CST, BREAK, CST_OTHER);
}

/* The vehicle and the pile both find the battery full. */
static void full_bst_first(void) {
    charge(&stream);
    end_with(BREAK, BST_SOC, BREAK + 6, CST_DONE);
}

static void full_cst_first(void) {
    charge(&stream);
    end_with(BREAK + 6, BST_SOC, BREAK, CST_DONE);
}

static void full_same_instant(void) {
    charge(&stream);
    end_with(BREAK, BST_SOC, BREAK, CST_DONE);
}

/* The vehicle ends for a fault, a moment before somebody stops at the pile. */
static void fault_and_person(void) {
    charge(&stream);
    end_with(BREAK, "00 00 04 F0", BREAK + 4, CST_HAND);
}

static void person_app_no_bst(void) {
    charge(&stream);
    drop(&stream, "BST", 0, ALL_TIME);
    drop(&stream, "BSD", 0, ALL_TIME);
    drop(&stream, "CSD", 0, ALL_TIME);
    drop(&stream, "CST", 0, ALL_TIME);
    repeat(&stream, "CST", T_CST, T_CST + 5000, 10, CST_HAND);
    repeat(&stream, "BSM", T_CST, T_CST + 5000, 250, BSM_OK);
    repeat(&stream, "BCL", T_CST, T_CST + 5000, 50, BCL_OK);
    repeat(&stream, "CEM", T_CST + 5000, T_CST + 6000, 250, CEM_BST);
}

/* The file begins at the end: the first frame is the vehicle's answer. */
static void begins_with_the_answer(void) {
    charge(&stream);
    drop(&stream, "*", 0, T_BST);
}

/* All that is left of the end is the vehicle's answer. */
static void only_the_answer(void) {
    begins_with_the_answer();
    drop(&stream, "CST", 0, ALL_TIME);
}

static void begins_between(void) {
    charge(&stream);
    drop(&stream, "*", 0, T_CST + 30);
    drop(&stream, "BST", 0, T_CST + 40); /* CST first in the file, which proves nothing */
    say(&stream, "CST", 0, ALL_TIME, CST_BMS);
    say(&stream, "BST", 0, ALL_TIME, BST_SOC);
}

static void begins_while_charging(void) {
    charge(&stream);
    drop(&stream, "*", 0, 9000);
}

static void begins_with_an_error(void) {
    bms_silent();
    drop(&stream, "*", 0, BREAK + 990);
}

static void cut_after_bst(void) {
    charge(&stream);
    end_with(BREAK, BST_SOC, BREAK + 12, CST_BMS);
    drop(&stream, "*", BREAK + 11, ALL_TIME);
}

static void cut_while_charging(void) {
    charge(&stream);
    drop(&stream, "*", BREAK, ALL_TIME);
}

static void cut_in_the_insulation_test(void) {
    charge(&stream);
    drop(&stream, "*", 3000, ALL_TIME);
}

/* The first fails, the second is good. */
static void two_charges(void) {
    charge(&stream);
    drop(&stream, "*", BREAK, ALL_TIME);
    repeat(&stream, "CST", BREAK + 20, BREAK + 500, 10, CST_GUN);
    charge_at(&stream, 60000);
}

/* A charger that begins anew right after the end, and never gets BHM. */
static void again_at_once(void) {
    charge(&stream);
    repeat(&stream, "CHM", T_END + 3000, T_END + 15000, 250, CHM_V11);
    stream.end_ms = T_END + 16000;
}

/* The pile loses its supply: the vehicle waits in vain. */
static void pile_dark(void) {
    charge(&stream);
    drop(&stream, "charger", BREAK, ALL_TIME);
    drop(&stream, "BMS", BREAK + 1000, ALL_TIME);
    repeat(&stream, "BEM", BREAK + 1000, BREAK + 31000, 250, BEM_CCS);
}

/* Pre-charge fails: CRO never becomes AA. */
static void precharge_fails(void) {
    charge(&stream);
    drop(&stream, "*", T_CRO_00, ALL_TIME);
    repeat(&stream, "CRO", T_CRO_00, T_CRO_00 + 60000, 250, "00");
    repeat(&stream, "BRO", T_CRO_00 + 5, T_CRO_00 + 60000, 250, "AA");
    repeat(&stream, "BEM", T_CRO_00 + 60000, T_CRO_00 + 61000, 250, BEM_CRO);
}

/* The vehicle's relay sticks after CRO(AA): BST before any output. */
static void relay_before_output(void) {
    charge(&stream);
    drop(&stream, "*", T_BCL, ALL_TIME);
    repeat(&stream, "BST", T_BCL, T_BCL + 100, 10, "00 00 04 F0");
    repeat(&stream, "CST", T_BCL + 12, T_BCL + 110, 10, CST_BMS);
}

/* A vehicle whose BST has six bytes: the pile reads it all the same. */
static void long_bst(void) {
    charge(&stream);
    end_with(BREAK, BST_SOC " FF FF", BREAK + 12, CST_BMS);
}

/* BCL is lost for a second; the charger reconnects, and the charge ends as intended. */
static void healed(void) {
    const int64_t again = BREAK + 2000 - T_CRM_00;
    charge(&stream);
    drop(&stream, "*", BREAK, ALL_TIME);
    repeat(&stream, "CCS", BREAK, BREAK + 1000, 50, CCS_OK);
    repeat(&stream, "CEM", BREAK + 1000, BREAK + 1800, 250, CEM_BCL);
    start(&stream, again);
    drop(&stream, "CHM", T_CRM_00, ALL_TIME);
    drop(&stream, "BHM", T_CRM_00, ALL_TIME);
    charging(&stream, again, again + T_CST);
    ending(&stream, again);
}

#endif
