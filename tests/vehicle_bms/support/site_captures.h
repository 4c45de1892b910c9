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

/* What each of the functions leaves. */
extern struct stream site_stream;

/* The plug is pulled out: at once no frame of the vehicle reaches the pile any more. */
void site_gun_pulled(void);

void site_emergency_stop(void);

/* The emergency stop cuts the pile's supply: nothing after CST. */
void site_emergency_stop_dark(void);

void site_bms_silent(void);

/* The insulation test fails: no message says so. */
void site_insulation_before(void);

void site_insulation_by_bms(void);

void site_insulation_by_bsm(void);

void site_brm_never(void);

/* The battery is above what CML offers: the vehicle never closes its contactors. */
void site_cml_refused(void);

/* Cell data stop for 5 s: many a pile ends with CST instead of CEM. */
void site_bcs_lost_cst(void);

/* The recorder has turned round two frames that came at once. */
void site_turned_round(void);

/* The vehicle refuses CML by ending at once. */
void site_cml_refused_by_bst(void);

/* 2023: parameters do not match, CST right after CML. */
void site_cml_mismatch_2023(void);

void site_bsm_fault(void);

/* The vehicle and the pile both find the battery full. */
void site_full_bst_first(void);

void site_full_cst_first(void);

void site_full_same_instant(void);

/* The vehicle ends for a fault, a moment before somebody stops at the pile. */
void site_fault_and_person(void);

void site_person_app_no_bst(void);

/* The file begins at the end: the first frame is the vehicle's answer. */
void site_begins_with_the_answer(void);

/* All that is left of the end is the vehicle's answer. */
void site_only_the_answer(void);

void site_begins_between(void);

void site_begins_while_charging(void);

void site_begins_with_an_error(void);

void site_cut_after_bst(void);

void site_cut_while_charging(void);

void site_cut_in_the_insulation_test(void);

/* The first fails, the second is good. */
void site_two_charges(void);

/* A charger that begins anew right after the end, and never gets BHM. */
void site_again_at_once(void);

/* The pile loses its supply: the vehicle waits in vain. */
void site_pile_dark(void);

/* Pre-charge fails: CRO never becomes AA. */
void site_precharge_fails(void);

/* The vehicle's relay sticks after CRO(AA): BST before any output. */
void site_relay_before_output(void);

/* A vehicle whose BST has six bytes: the pile reads it all the same. */
void site_long_bst(void);

/* BCL is lost for a second; the charger reconnects, and the charge ends as intended. */
void site_healed(void);

#endif
