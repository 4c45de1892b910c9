/* SPDX-License-Identifier: MIT */
/* The ways a charge can end, a stream of frames each. */
#ifndef TESTS_VEHICLE_BMS_SUPPORT_ENDING_WAYS_H
#define TESTS_VEHICLE_BMS_SUPPORT_ENDING_WAYS_H

#include "ending_stream.h"

#define CHARGING "BCL BCS BSM CCS"
#define END      "BSD CSD"

/* ------------------------------------------------------------------ BST first */

void way_bms_full(void);

void way_bms_full_ill_ccs(void);

void way_bms_cell_voltage(void);

void way_bms_fault(void);

void way_bms_hot(void);

void way_bms_over_current(void);

void way_bms_no_reason(void);

void way_bms_unanswered(void);

void way_bms_says_charger(void);

void way_bms_before_charging(void);

void way_bms_reason_in_second_frame(void);

/* ------------------------------------------------------------------ CST first */

void way_person(void);

void way_person_and_fault(void);

void way_condition_and_fault(void);

void way_emergency_stop(void);

void way_charger_condition(void);

void way_charger_connector(void);

void way_charger_nameless_fault(void);

void way_charger_no_reason(void);

void way_charger_current_mismatch(void);

void way_charger_voltage(void);

void way_charger_after_bsm(void);

void way_charger_after_pause(void);

void way_charger_in_short_pause(void);

void way_charger_says_bms(void);

void way_charger_quiet_vehicle(void);

void way_both_at_once(void);

void way_charger_before_charging(void);

void way_person_and_no_bsd(void);

/* ------------------------------------------------------------------ CEM, BEM */

void way_cem_bcl_silent(void);

void way_cem_too_soon(void);

void way_cem_vehicle_silent(void);

void way_cem_unheard(void);

void way_cem_wrong_length(void);

void way_cem_brm_broken(void);

void way_cem_never_bcp(void);

void way_cem_bro_never_ready(void);

void way_cem_without_bit(void);

void way_cem_three_times(void);

void way_healed_then_full(void);

void way_bem_ccs_silent(void);

void way_bem_and_cem(void);

void way_cem_then_cst(void);

/* ------------------------------------------------------------------ neither */

void way_silent_vehicle(void);

void way_silent_charger(void);

void way_silent_both(void);

void way_file_ends(void);

void way_file_ends_overdue(void);

void way_never_bhm(void);

void way_never_passed_insulation(void);

void way_bhm_too_low(void);

void way_never_brm(void);

void way_never_whole_brm(void);

void way_never_recognised(void);

void way_never_bro_ready(void);

void way_never_cro_ready(void);

void way_bro_falls_back(void);

void way_never_bcl(void);

void way_never_bcs(void);

void way_never_bcl_but_bcs(void);

void way_never_ccs(void);

void way_file_ends_early(void);

void way_begins_inside(void);

void way_statistics_only(void);
void way_states_only(void);

#endif
