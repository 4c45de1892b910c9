/* SPDX-License-Identifier: MIT */
#include "tests/vehicle_bms/support/ending_ways.h"

void way_bms_full(void) {
    set("BCS.soc", 98);
    go_charging(3000);
    set("BST.soc_reached", 1);
    steady(20, "BST");
    set("CST.bms_stopped", 1);
    steady(50, "BST CST");
    steady(1000, END);
}

void way_bms_full_ill_ccs(void) {
    stream.length[MESSAGE_CCS] = 6;
    go_charging(3000);
    set("BST.soc_reached", 1);
    steady(20, "BST");
}

void way_bms_cell_voltage(void) {
    set("BCS.cell_voltage_max", 3.66);
    go_charging(3000);
    set("BST.cell_voltage_reached", 1);
    steady(20, "BST");
    set("CST.bms_stopped", 1);
    steady(50, "BST CST");
    steady(1000, END);
}

void way_bms_fault(void) {
    go_charging(3000);
    set("BST.insulation_fault", 1);
    set("BST.relay_fault", 1);
    set("BST.over_current", 2); /* untrusted: no reason */
    steady(50, "BST");
    set("CST.bms_stopped", 1);
    steady(50, "CST");
    steady(1000, END);
}

void way_bms_hot(void) {
    set("BSM.temperature_max", 56);
    go_charging(3000);
    set("BST.pack_over_temperature", 1);
    steady(50, "BST");
    set("CST.bms_stopped", 1);
    steady(50, "CST");
}

void way_bms_over_current(void) {
    set("CCS.output_current", -131.5);
    go_charging(3000);
    set("BST.over_current", 1);
    steady(50, "BST");
}

void way_bms_no_reason(void) {
    go_charging(3000);
    steady(50, "BST");
    set("CST.bms_stopped", 1);
    steady(50, "CST");
}

void way_bms_unanswered(void) {
    go_charging(3000);
    set("BST.soc_reached", 1);
    steady(5000, "BST CCS");
    set("BEM.cst_timeout", 1);
    steady(1000, "BEM CCS");
}

void way_bms_says_charger(void) {
    go_charging(3000);
    set("BST.charger_stopped", 1);
    steady(100, "BST");
}

void way_bms_before_charging(void) {
    go_handshake();
    go_recognition();
    steady(1000, "CRM BCP");
    steady(500, "CML BRO");
    set("BST.other_fault", 1);
    steady(100, "BST");
    set("CST.bms_stopped", 1);
    steady(100, "CST");
}

void way_bms_reason_in_second_frame(void) {
    go_charging(3000);
    send_one(MESSAGE_BST);
    set("BST.voltage_reached", 1);
    steady(50, "BST");
    set("CST.bms_stopped", 1);
    steady(50, "CST");
}

void way_person(void) {
    go_charging(3000);
    set("CST.manual_stop", 1);
    steady(50, "CST BCL");
    set("BST.charger_stopped", 1);
    steady(50, "CST BST");
    steady(1000, END);
}

void way_person_and_fault(void) {
    go_charging(3000);
    set("CST.manual_stop", 1);
    set("CST.fault_stop", 1);
    set("CST.connector_fault", 1);
    steady(50, "CST BCL");
}

void way_condition_and_fault(void) {
    go_charging(3000);
    set("CST.condition_reached", 1);
    set("CST.fault_stop", 1);
    steady(50, "CST BCL");
}

void way_emergency_stop(void) {
    go_charging(3000);
    set("CST.fault_stop", 1);
    set("CST.emergency_stop", 1);
    steady(100, "CST");
}

void way_charger_condition(void) {
    go_charging(3000);
    set("CST.condition_reached", 1);
    steady(100, "CST");
    set("BST.charger_stopped", 1);
    steady(50, "CST BST");
}

void way_charger_connector(void) {
    go_charging(3000);
    set("CST.fault_stop", 1);
    set("CST.connector_fault", 1);
    steady(100, "CST");
}

void way_charger_nameless_fault(void) {
    go_charging(3000);
    set("CST.fault_stop", 1);
    steady(100, "CST");
}

void way_charger_no_reason(void) {
    go_charging(3000);
    steady(100, "CST");
}

void way_charger_current_mismatch(void) {
    set("CCS.output_current", -85.3);
    set("BCS.current", -85.0);
    go_charging(3000);
    set("CST.fault_stop", 1);
    set("CST.current_mismatch", 1);
    steady(100, "CST");
}

void way_charger_voltage(void) {
    set("CCS.output_voltage", 612.4);
    go_charging(3000);
    set("CST.fault_stop", 1);
    set("CST.voltage_abnormal", 1);
    steady(100, "CST");
}

void way_charger_after_bsm(void) {
    go_charging(3000);
    set("BSM.cell_voltage_state", 1);
    set("BSM.insulation", 2); /* untrusted: nothing */
    steady(400, CHARGING);
    set("CST.fault_stop", 1);
    steady(100, "CST");
}

void way_charger_after_pause(void) {
    go_charging(1000);
    set("BSM.charging_permitted", 0);
    set("CCS.charging_permitted", 0);
    steady(600500, CHARGING);
    steady(100, "CST");
}

void way_charger_in_short_pause(void) {
    go_charging(1000);
    set("BSM.charging_permitted", 0);
    steady(5000, CHARGING);
    set("CST.fault_stop", 1);
    set("CST.over_temperature", 1);
    steady(100, "CST");
}

void way_charger_says_bms(void) {
    go_charging(3000);
    set("CST.bms_stopped", 1);
    steady(100, "CST");
}

void way_charger_quiet_vehicle(void) {
    go_charging(3000);
    steady(900, "CCS BSM");
    set("CST.fault_stop", 1);
    steady(100, "CST");
}

void way_both_at_once(void) {
    go_charging(3000);
    set("CST.fault_stop", 1);
    set("CST.connector_fault", 1);
    send_one(MESSAGE_CST);
    set("BST.connector_fault", 1);
    steady(50, "BST CST");
}

void way_charger_before_charging(void) {
    go_handshake();
    go_recognition();
    steady(1000, "CRM BCP");
    steady(250, "CML");
    set("CST.fault_stop", 1);
    set("CST.other_fault", 1);
    steady(100, "CST");
}

void way_person_and_no_bsd(void) {
    go_charging(3000);
    set("CST.manual_stop", 1);
    steady(10000, "CST");
    set("CEM.bsd_timeout", 1);
    steady(500, "CEM");
}

void way_cem_bcl_silent(void) {
    go_charging(3000);
    steady(1000, "BCS BSM CCS");
    set("CEM.bcl_timeout", 1);
    steady(2000, "CEM BSM");
}

void way_cem_too_soon(void) {
    go_charging(3000);
    steady(600, "BCS BSM CCS");
    set("CEM.bcl_timeout", 1);
    steady(2000, "CEM BSM");
}

void way_cem_vehicle_silent(void) {
    go_charging(3000);
    steady(1050, "CCS");
    set("CEM.bcl_timeout", 1);
    steady(2000, "CEM");
}

void way_cem_unheard(void) {
    go_charging(3000);
    set("CEM.bcl_timeout", 1);
    steady(2000, "CEM BCL BCS");
}

void way_cem_wrong_length(void) {
    go_charging(3000);
    stream.length[MESSAGE_BCL] = 4;
    steady(1000, CHARGING);
    set("CEM.bcl_timeout", 1);
    steady(2000, "CEM");
}

void way_cem_brm_broken(void) {
    go_handshake();
    set("CRM.result", 0);
    for (int i = 0; i < 4; i++) {
        send_transfer(&messages[MESSAGE_BRM], stream.payload[MESSAGE_BRM], 49, 4);
        steady(1300, "CRM");
    }
    set("CEM.brm_timeout", 1);
    steady(2000, "CEM");
}

void way_cem_never_bcp(void) {
    go_handshake();
    go_recognition();
    steady(5000, "CRM");
    set("CEM.bcp_timeout", 1);
    steady(2000, "CEM");
}

void way_cem_bro_never_ready(void) {
    go_handshake();
    go_recognition();
    steady(1000, "CRM BCP");
    steady(60000, "CML BRO");
    set("CEM.bro_timeout", 1);
    steady(2000, "CEM");
}

void way_cem_without_bit(void) {
    go_charging(3000);
    steady(1000, "CEM");
}

void way_cem_three_times(void) {
    go_charging(3000);
    steady(1050, "CCS");
    set("CEM.bcl_timeout", 1);
    steady(1000, "CEM");
    for (int i = 0; i < 3; i++) {
        set("CRM.result", 0);
        steady(5000, "CRM");
        set("CEM.bcl_timeout", 0);
        set("CEM.brm_timeout", 1);
        steady(1000, "CEM");
    }
}

void way_healed_then_full(void) {
    go_charging(3000);
    steady(1050, "CCS");
    set("CEM.bcl_timeout", 1);
    steady(1000, "CEM");
    go_recognition();
    go_configuration();
    steady(3000, CHARGING);
    set("BST.soc_reached", 1);
    steady(20, "BST");
    set("CST.bms_stopped", 1);
    steady(50, "CST");
}

void way_bem_ccs_silent(void) {
    go_charging(3000);
    steady(1000, "BCL BCS BSM");
    set("BEM.ccs_timeout", 1);
    steady(2000, "BEM");
}

void way_bem_and_cem(void) {
    go_charging(3000);
    quiet(1000);
    set("BEM.ccs_timeout", 1);
    set("CEM.bcl_timeout", 1);
    steady(2000, "BEM CEM");
}

void way_cem_then_cst(void) {
    go_charging(3000);
    steady(1050, "CCS");
    set("CEM.bcl_timeout", 1);
    send_one(MESSAGE_CEM);
    set("CST.fault_stop", 1);
    set("CST.other_fault", 1);
    steady(1000, "CEM CST");
}

void way_silent_vehicle(void) {
    go_charging(3000);
    steady(2300, "CCS");
}

void way_silent_charger(void) {
    go_charging(3000);
    steady(2300, "BCL BCS BSM");
}

void way_silent_both(void) {
    go_charging(3000);
    quiet(3000);
}

void way_file_ends(void) {
    go_charging(3000);
}

void way_file_ends_overdue(void) {
    go_charging(3000);
    steady(3200, "BCS BSM CCS");
}

void way_never_bhm(void) {
    steady(12000, "CHM");
    quiet(5000);
}

void way_never_passed_insulation(void) {
    steady(8000, "CHM BHM");
    quiet(5000);
}

void way_bhm_too_low(void) {
    set("BHM.voltage_max", 12);
    steady(8000, "CHM BHM");
    quiet(5000);
}

void way_never_brm(void) {
    go_handshake();
    set("CRM.result", 0);
    steady(6000, "CRM");
}

void way_never_whole_brm(void) {
    go_handshake();
    set("CRM.result", 0);
    for (int i = 0; i < 4; i++) {
        send_transfer(&messages[MESSAGE_BRM], stream.payload[MESSAGE_BRM], 49, 4);
        steady(1300, "CRM");
    }
}

void way_never_recognised(void) {
    go_handshake();
    set("CRM.result", 0);
    steady(6000, "CRM BRM");
}

void way_never_bro_ready(void) {
    go_handshake();
    go_recognition();
    steady(1000, "CRM BCP");
    steady(61000, "CML BRO");
}

void way_never_cro_ready(void) {
    set("BCP.battery_voltage", 800);
    go_handshake();
    go_recognition();
    steady(1000, "CRM BCP");
    set("BRO.ready", 0xAA);
    steady(500, "CML BRO");
    steady(61000, "CRO BRO");
}

void way_bro_falls_back(void) {
    go_handshake();
    go_recognition();
    steady(1000, "CRM BCP");
    set("BRO.ready", 0xAA);
    steady(500, "CML BRO");
    steady(500, "CRO BRO");
    set("BRO.ready", 0);
    steady(260, "CRO BRO");
    quiet(4000);
}

void way_never_bcl(void) {
    go_handshake();
    go_recognition();
    steady(1000, "CRM BCP");
    set("BRO.ready", 0xAA);
    steady(500, "CML BRO");
    set("CRO.ready", 0xAA);
    steady(6000, "CRO");
}

static void go_ready(void) {
    go_handshake();
    go_recognition();
    steady(1000, "CRM BCP");
    set("BRO.ready", 0xAA);
    steady(500, "CML BRO");
    set("CRO.ready", 0xAA);
}

void way_never_bcs(void) {
    go_ready();
    steady(6000, "CRO BCL BSM");
}

void way_never_bcl_but_bcs(void) {
    go_ready();
    steady(6000, "CRO BCS BSM");
}

void way_never_ccs(void) {
    go_ready();
    steady(6000, "CRO BCL BCS");
}

void way_file_ends_early(void) {
    go_handshake();
    go_recognition();
}

void way_begins_inside(void) {
    steady(3000, CHARGING);
    set("BST.soc_reached", 1);
    steady(20, "BST");
    set("CST.bms_stopped", 1);
    steady(50, "CST");
}

void way_statistics_only(void) {
    steady(2000, END);
}

void way_states_only(void) {
    steady(2000, "BSM");
}
