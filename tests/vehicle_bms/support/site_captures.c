/* SPDX-License-Identifier: MIT */
#include "tests/vehicle_bms/support/site_captures.h"

struct stream site_stream;

/* The end of a charge: one side first, the other's answer, the statistics. */
static void end_with(int64_t bst_ms, const char *bst, int64_t cst_ms, const char *cst) {
    int64_t first = bst_ms < cst_ms ? bst_ms : cst_ms, statistics = first + 120;
    drop(&site_stream, "BST", 0, ALL_TIME);
    drop(&site_stream, "CST", 0, ALL_TIME);
    drop(&site_stream, "BMS", bst_ms, ALL_TIME);
    drop(&site_stream, "charger", cst_ms, ALL_TIME);
    repeat(&site_stream, "BST", bst_ms, statistics, 10, bst);
    repeat(&site_stream, "CST", cst_ms, statistics + 8, 10, cst);
    put(&site_stream, statistics, "BSD", BSD_OK);
    repeat(&site_stream, "CSD", statistics + 8, statistics + 3000, 250, CSD_OK);
}

void site_gun_pulled(void) {
    charge(&site_stream);
    drop(&site_stream, "*", BREAK, ALL_TIME);
    repeat(&site_stream, "CST", BREAK + 20, BREAK + 5020, 10, CST_GUN);
    repeat(&site_stream, "CEM", BREAK + 5020, BREAK + 6020, 250, CEM_BST);
}

void site_emergency_stop(void) {
    charge(&site_stream);
    end_with(BREAK + 18, BST_CST, BREAK, CST_ESTOP);
}

void site_emergency_stop_dark(void) {
    charge(&site_stream);
    drop(&site_stream, "*", BREAK, ALL_TIME);
    repeat(&site_stream, "CST", BREAK, BREAK + 30, 10, "14 00 F1 F0");
    repeat(&site_stream, "BST", BREAK + 15, BREAK + 5015, 10, BST_CST);
}

void site_bms_silent(void) {
    charge(&site_stream);
    drop(&site_stream, "BMS", BREAK, ALL_TIME);
    drop(&site_stream, "charger", BREAK + 1000, ALL_TIME);
    repeat(&site_stream, "CEM", BREAK + 1000, BREAK + 2000, 250, CEM_BCL);
    repeat(&site_stream, "CRM", BREAK + 2000, BREAK + 7000, 250, CRM_00);
}

void site_insulation_before(void) {
    charge(&site_stream);
    drop(&site_stream, "*", T_CRM_00, ALL_TIME);
    site_stream.end_ms = T_CRM_00 + 20000;
}

void site_insulation_by_bms(void) {
    charge(&site_stream);
    end_with(BREAK, "00 01 00 F0", BREAK + 12, CST_BMS);
}

void site_insulation_by_bsm(void) {
    charge(&site_stream);
    say(&site_stream, "BSM", BREAK - 300, ALL_TIME, "01 50 01 4F 02 00 D1");
    end_with(BREAK + 15, BST_CST, BREAK, CST_OTHER);
}

void site_brm_never(void) {
    charge(&site_stream);
    drop(&site_stream, "*", T_CRM_00, ALL_TIME);
    for (int i = 0; i < 4; i++) {
        int64_t at = T_CRM_00 + i * 6000;
        repeat(&site_stream, "CRM", at, at + 5000, 250, CRM_00);
        repeat(&site_stream, "CEM", at + 5000, at + 6000, 250, CEM_BRM);
    }
    site_stream.end_ms = T_CRM_00 + 40000;
}

void site_cml_refused(void) {
    charge(&site_stream);
    drop(&site_stream, "*", T_CML, ALL_TIME);
    repeat(&site_stream, "CML", T_CML, T_CML + 60000, 250, "AC 0D D0 07 DC 05 A0 0F"); /* 350 V */
    repeat(&site_stream, "BRO", T_BRO_00, T_BRO_00 + 60000, 250, "00");
    repeat(&site_stream, "CEM", T_CML + 60000, T_CML + 61000, 250, CEM_BRO);
}

void site_bcs_lost_cst(void) {
    charge(&site_stream);
    drop(&site_stream, "BCS", 7500, ALL_TIME);
    end_with(T_CST + 15, BST_CST, T_CST, CST_OTHER);
}

void site_turned_round(void) {
    charge(&site_stream);
    end_with(BREAK, BST_CST, BREAK + 1, CST_HAND);
}

void site_cml_refused_by_bst(void) {
    charge(&site_stream);
    drop(&site_stream, "*", T_CML + 300, ALL_TIME);
    repeat(&site_stream, "BST", T_CML + 300, T_CML + 400, 10, "00 00 00 F4");
    repeat(&site_stream, "CST", T_CML + 315, T_CML + 400, 10, CST_BMS);
}

void site_cml_mismatch_2023(void) {
    stream_init(&site_stream, EDITION_2023);
    charge_at(&site_stream, 0);
    drop(&site_stream, "*", T_CML + 300, ALL_TIME);
    repeat(&site_stream, "CST", T_CML + 300, T_CML + 400, 10, "10 00 10 F0");
}

void site_bsm_fault(void) {
    charge(&site_stream);
    say(&site_stream, "BSM", BREAK - 300, ALL_TIME, "01 78 01 4F 02 40 D0"); /* 70 degC, too hot */
    end_with(BREAK + 15, BST_CST, BREAK, CST_OTHER);
}

void site_full_bst_first(void) {
    charge(&site_stream);
    end_with(BREAK, BST_SOC, BREAK + 6, CST_DONE);
}

void site_full_cst_first(void) {
    charge(&site_stream);
    end_with(BREAK + 6, BST_SOC, BREAK, CST_DONE);
}

void site_full_same_instant(void) {
    charge(&site_stream);
    end_with(BREAK, BST_SOC, BREAK, CST_DONE);
}

void site_fault_and_person(void) {
    charge(&site_stream);
    end_with(BREAK, "00 00 04 F0", BREAK + 4, CST_HAND);
}

void site_person_app_no_bst(void) {
    charge(&site_stream);
    drop(&site_stream, "BST", 0, ALL_TIME);
    drop(&site_stream, "BSD", 0, ALL_TIME);
    drop(&site_stream, "CSD", 0, ALL_TIME);
    drop(&site_stream, "CST", 0, ALL_TIME);
    repeat(&site_stream, "CST", T_CST, T_CST + 5000, 10, CST_HAND);
    repeat(&site_stream, "BSM", T_CST, T_CST + 5000, 250, BSM_OK);
    repeat(&site_stream, "BCL", T_CST, T_CST + 5000, 50, BCL_OK);
    repeat(&site_stream, "CEM", T_CST + 5000, T_CST + 6000, 250, CEM_BST);
}

void site_begins_with_the_answer(void) {
    charge(&site_stream);
    drop(&site_stream, "*", 0, T_BST);
}

void site_only_the_answer(void) {
    site_begins_with_the_answer();
    drop(&site_stream, "CST", 0, ALL_TIME);
}

void site_begins_between(void) {
    charge(&site_stream);
    drop(&site_stream, "*", 0, T_CST + 30);
    drop(&site_stream, "BST", 0, T_CST + 40); /* CST first in the file, which proves nothing */
    say(&site_stream, "CST", 0, ALL_TIME, CST_BMS);
    say(&site_stream, "BST", 0, ALL_TIME, BST_SOC);
}

void site_begins_while_charging(void) {
    charge(&site_stream);
    drop(&site_stream, "*", 0, 9000);
}

void site_begins_with_an_error(void) {
    site_bms_silent();
    drop(&site_stream, "*", 0, BREAK + 990);
}

void site_cut_after_bst(void) {
    charge(&site_stream);
    end_with(BREAK, BST_SOC, BREAK + 12, CST_BMS);
    drop(&site_stream, "*", BREAK + 11, ALL_TIME);
}

void site_cut_while_charging(void) {
    charge(&site_stream);
    drop(&site_stream, "*", BREAK, ALL_TIME);
}

void site_cut_in_the_insulation_test(void) {
    charge(&site_stream);
    drop(&site_stream, "*", 3000, ALL_TIME);
}

void site_two_charges(void) {
    charge(&site_stream);
    drop(&site_stream, "*", BREAK, ALL_TIME);
    repeat(&site_stream, "CST", BREAK + 20, BREAK + 500, 10, CST_GUN);
    charge_at(&site_stream, 60000);
}

void site_again_at_once(void) {
    charge(&site_stream);
    repeat(&site_stream, "CHM", T_END + 3000, T_END + 15000, 250, CHM_V11);
    site_stream.end_ms = T_END + 16000;
}

void site_pile_dark(void) {
    charge(&site_stream);
    drop(&site_stream, "charger", BREAK, ALL_TIME);
    drop(&site_stream, "BMS", BREAK + 1000, ALL_TIME);
    repeat(&site_stream, "BEM", BREAK + 1000, BREAK + 31000, 250, BEM_CCS);
}

void site_precharge_fails(void) {
    charge(&site_stream);
    drop(&site_stream, "*", T_CRO_00, ALL_TIME);
    repeat(&site_stream, "CRO", T_CRO_00, T_CRO_00 + 60000, 250, "00");
    repeat(&site_stream, "BRO", T_CRO_00 + 5, T_CRO_00 + 60000, 250, "AA");
    repeat(&site_stream, "BEM", T_CRO_00 + 60000, T_CRO_00 + 61000, 250, BEM_CRO);
}

void site_relay_before_output(void) {
    charge(&site_stream);
    drop(&site_stream, "*", T_BCL, ALL_TIME);
    repeat(&site_stream, "BST", T_BCL, T_BCL + 100, 10, "00 00 04 F0");
    repeat(&site_stream, "CST", T_BCL + 12, T_BCL + 110, 10, CST_BMS);
}

void site_long_bst(void) {
    charge(&site_stream);
    end_with(BREAK, BST_SOC " FF FF", BREAK + 12, CST_BMS);
}

void site_healed(void) {
    const int64_t again = BREAK + 2000 - T_CRM_00;
    charge(&site_stream);
    drop(&site_stream, "*", BREAK, ALL_TIME);
    repeat(&site_stream, "CCS", BREAK, BREAK + 1000, 50, CCS_OK);
    repeat(&site_stream, "CEM", BREAK + 1000, BREAK + 1800, 250, CEM_BCL);
    start(&site_stream, again);
    drop(&site_stream, "CHM", T_CRM_00, ALL_TIME);
    drop(&site_stream, "BHM", T_CRM_00, ALL_TIME);
    charging(&site_stream, again, again + T_CST);
    ending(&site_stream, again);
}
