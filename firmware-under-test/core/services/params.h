/* SPDX-License-Identifier: MIT */
/* params.h: every number that the firmware goes by: name, unit, clause, range.
 *
 *   core->param[CORE_P_BRM_TIMEOUT]                 the value, in the row's unit
 *   core_params_set(core->param, "brm.timeout", v)  0, or a negative dut_error
 *
 * Ranges are as wide as arithmetic allows, not as wide as the standard allows: a bench sets
 * wrong numbers to see whether its cases notice. Clauses name GB/T documents of 2015/2017, "T240-"
 * and "ZS-" the tenders; "maker" is a figure that no document fixes. */
#ifndef CORE_PARAMS_H
#define CORE_PARAMS_H

#include "dut.h"

#define CORE_MS_MAX 3600000 /* one hour: longer than any session's timer */
#define CORE_MV_MAX 2000000
#define CORE_MA_MAX 1000000

/* The 48 switches of a day, "tariff.switch_1" to "tariff.switch_48", one below the other. */
#define CORE_SWITCH(X, n)                                                                          \
    X(TARIFF_SWITCH_##n, "tariff.switch_" #n, "minute x 10 + tariff", "T240-4.10", 0, 0, 14394)
#define CORE_SWITCHES_8(X, a, b, c, d, e, f, g, h)                                                 \
    CORE_SWITCH(X, a)                                                                              \
    CORE_SWITCH(X, b)                                                                              \
    CORE_SWITCH(X, c)                                                                              \
    CORE_SWITCH(X, d)                                                                              \
    CORE_SWITCH(X, e)                                                                              \
    CORE_SWITCH(X, f)                                                                              \
    CORE_SWITCH(X, g)                                                                              \
    CORE_SWITCH(X, h)

/* X(identifier, name, unit, clause, default, min, max) */
#define CORE_PARAMS(X)                                                                             \
    X(GUNS, "guns", "", "T240-2", 1, 1, DUT_GUNS_MAX)                                              \
    X(NUMBER, "charger.number", "", "GB/T 27930 SPN 2561", 1, INT32_MIN, INT32_MAX)                \
    X(REGION, "charger.region", "", "GB/T 27930 SPN 2562", 0xFFFFFF, 0, 0xFFFFFF)                  \
    X(VOLTAGE_MIN, "output.voltage_min", "mV", "T240-1.3a", 200000, 0, CORE_MV_MAX)                \
    X(VOLTAGE_MAX, "output.voltage_max", "mV", "T240-1.3a", 950000, 0, CORE_MV_MAX)                \
    X(CURRENT_MIN, "output.current_min", "mA", "maker", 0, 0, CORE_MA_MAX)                         \
    X(CURRENT_MAX, "output.current_max", "mA", "T240-11.6", 250000, 0, CORE_MA_MAX)                \
    X(POWER_MAX, "output.power_max", "W", "T240-1.3b", 240000, 0, 1000000)                         \
    /* plug, lock, auxiliary supply */                                                             \
    X(PILOT_LOW, "pilot.low", "mV", "GB/T 18487.1 B.3.2", 3200, 0, 15000)                          \
    X(PILOT_HIGH, "pilot.high", "mV", "GB/T 18487.1 B.3.2", 4800, 0, 15000)                        \
    X(PILOT_PLUG, "pilot.plug_debounce", "ms", "maker", 200, 0, CORE_MS_MAX)                       \
    X(PILOT_DEBOUNCE, "pilot.debounce", "ms", "GB/T 18487.1 B.3.7.4", 5, 0, CORE_MS_MAX)           \
    X(LOCK_TIMEOUT, "lock.timeout", "ms", "T240-8.11a", 3000, 0, CORE_MS_MAX)                      \
    X(LOCK_DEBOUNCE, "lock.debounce", "ms", "T240-8.11a", 10, 0, CORE_MS_MAX)                      \
    X(LOCK_VOLTAGE, "lock.voltage", "mV", "GB/T 18487.1 9.6", 60000, 0, CORE_MV_MAX)               \
    X(AUX_LOW, "aux.low", "mV", "NB/T 33008.1 5.12.4", 11400, 0, 30000)                            \
    X(AUX_HIGH, "aux.high", "mV", "NB/T 33008.1 5.12.4", 12600, 0, 30000)                          \
    X(AUX_TIMEOUT, "aux.timeout", "ms", "maker", 3000, 0, CORE_MS_MAX)                             \
    X(AUX_DEBOUNCE, "aux.debounce", "ms", "maker", 200, 0, CORE_MS_MAX)                            \
    /* messages of the charger */                                                                  \
    X(CHM_PERIOD, "chm.period", "ms", "GB/T 27930 table 3", 250, 1, CORE_MS_MAX)                   \
    X(CRM_PERIOD, "crm.period", "ms", "GB/T 27930 table 3", 250, 1, CORE_MS_MAX)                   \
    X(CTS_PERIOD, "cts.period", "ms", "GB/T 27930 table 4", 500, 1, CORE_MS_MAX)                   \
    X(CML_PERIOD, "cml.period", "ms", "GB/T 27930 table 4", 250, 1, CORE_MS_MAX)                   \
    X(CRO_PERIOD, "cro.period", "ms", "GB/T 27930 table 4", 250, 1, CORE_MS_MAX)                   \
    X(CCS_PERIOD, "ccs.period", "ms", "GB/T 27930 table 5", 50, 1, CORE_MS_MAX)                    \
    X(CST_PERIOD, "cst.period", "ms", "GB/T 27930 table 5", 10, 1, CORE_MS_MAX)                    \
    X(CSD_PERIOD, "csd.period", "ms", "GB/T 27930 table 6", 250, 1, CORE_MS_MAX)                   \
    X(CEM_PERIOD, "cem.period", "ms", "GB/T 27930 table 7", 250, 1, CORE_MS_MAX)                   \
    X(CCS_LENGTH, "ccs.length", "byte", "GB/T 27930 table 5", 8, 7, 8)                             \
    X(CTS_SEND, "cts.send", "", "GB/T 27930 SPN 2823", 1, 0, 1)                                    \
    X(CSD_FRAMES, "csd.frames", "", "maker", 4, 1, 1000)                                           \
    X(CEM_FRAMES, "cem.frames", "", "GB/T 27930 9", 4, 1, 1000)                                    \
    /* timeouts towards the vehicle */                                                             \
    X(BHM_TIMEOUT, "bhm.timeout", "ms", "maker", 10000, 0, CORE_MS_MAX)                            \
    X(BRM_TIMEOUT, "brm.timeout", "ms", "GB/T 27930 SPN 3921", 5000, 0, CORE_MS_MAX)               \
    X(BCP_TIMEOUT, "bcp.timeout", "ms", "GB/T 27930 SPN 3922", 5000, 0, CORE_MS_MAX)               \
    X(BRO_TIMEOUT, "bro.timeout", "ms", "GB/T 27930 SPN 3923", 5000, 0, CORE_MS_MAX)               \
    X(BRO_AA_TIMEOUT, "bro_aa.timeout", "ms", "GB/T 27930 SPN 3923", 60000, 0, CORE_MS_MAX)        \
    X(BRO_AA_FROM, "bro_aa.from_bro", "", "GB/T 27930 SPN 3923", 0, 0, 1)                          \
    X(BRO_LOST, "bro.lost", "ms", "GB/T 34658 DN.2007", 5000, 0, CORE_MS_MAX)                      \
    X(BRO_READY, "bro.ready", "byte", "GB/T 27930 SPN 2829", 0xAA, 0, 255)                         \
    X(BRO_OTHER, "bro.other", "", "GB/T 34658 DN.2004", 0, 0, 1)                                   \
    X(BRO_WITHDRAWN, "bro.withdrawn", "", "GB/T 34658 DN.2009", 1, 0, 1)                           \
    X(BCL_TIMEOUT, "bcl.timeout", "ms", "GB/T 27930 SPN 3925", 1000, 0, CORE_MS_MAX)               \
    X(BCL_LOST, "bcl.lost", "ms", "GB/T 34658 DN.3006", 1000, 0, CORE_MS_MAX)                      \
    X(BCS_TIMEOUT, "bcs.timeout", "ms", "GB/T 27930 SPN 3924", 5000, 0, CORE_MS_MAX)               \
    X(BCS_LOST, "bcs.lost", "ms", "GB/T 34658 DN.3005", 5000, 0, CORE_MS_MAX)                      \
    X(BST_TIMEOUT, "bst.timeout", "ms", "GB/T 27930 SPN 3926", 5000, 0, CORE_MS_MAX)               \
    X(BSD_TIMEOUT, "bsd.timeout", "ms", "GB/T 27930 SPN 3927", 10000, 0, CORE_MS_MAX)              \
    X(RECONNECT_MAX, "reconnect.max", "", "GB/T 18487.1 B.3.7.3", 3, 0, 100)                       \
    X(RESTART_REPLUG, "restart.replug", "", "GB/T 34658 DP.4002", 1, 0, 1)                         \
    X(RX_LENGTH, "rx.length", "", "GB/T 34658 DN.3003", 1, 0, 1)                                   \
    X(BRM_LENGTHS, "brm.lengths", "bits", "GB/T 27930 table 3", 3, 1, 3)                           \
    X(WAIT_RESTART, "wait.restart", "bits", "GB/T 34658 DN.1002, DN.1003", 0, 0, 3)                \
    X(BEM_WAIT, "bem.wait", "ms", "maker", 1000, 0, CORE_MS_MAX)                                   \
    X(READY_TIMEOUT, "ready.timeout", "ms", "GB/T 27930 SPN 3904", 60000, 0, CORE_MS_MAX)          \
    X(PAUSE_TIMEOUT, "pause.timeout", "ms", "GB/T 27930 annex C", 600000, 0, CORE_MS_MAX)          \
    /* transport protocol, receiver */                                                             \
    X(TP_RESPONSE, "tp.response", "ms", "SAE J1939-21 Tr", 0, 0, CORE_MS_MAX)                      \
    X(TP_T1, "tp.t1", "ms", "SAE J1939-21 T1", 750, 1, CORE_MS_MAX)                                \
    X(TP_T2, "tp.t2", "ms", "SAE J1939-21 T2", 1250, 1, CORE_MS_MAX)                               \
    X(TP_WINDOW, "tp.window", "", "SAE J1939-21 CTS", 255, 1, 255)                                 \
    X(TP_LENGTH, "tp.length", "byte", "SAE J1939-21 RTS", 1785, 9, 1785)                           \
    X(TP_RETRIES, "tp.retries", "", "SAE J1939-21 CTS", 2, 0, 100)                                 \
    /* contactors and welding */                                                                   \
    X(FEEDBACK_TIMEOUT, "feedback.timeout", "ms", "T240-8.14", 200, 0, CORE_MS_MAX)                \
    X(FEEDBACK_CHECK, "feedback.check", "bits", "T240-8.14", 3, 0, 3)                              \
    X(OUTER_LIVE, "outer.live", "mV", "GB/T 18487.1 B.3.3", 10000, 0, CORE_MV_MAX)                 \
    X(WELD_CHECK, "weld.check", "bits", "T240-8.14", 7, 0, 7)                                      \
    X(WELD_VOLTAGE, "weld.voltage", "mV", "maker", 100000, 0, CORE_MV_MAX)                         \
    X(WELD_LIVE, "weld.live", "mV", "NB/T 33008.1 5.4.11", 10000, 0, CORE_MV_MAX)                  \
    X(WELD_CURRENT, "weld.current", "mA", "maker", 3000, 0, CORE_MA_MAX)                           \
    X(WELD_DWELL, "weld.dwell", "ms", "maker", 100, 0, CORE_MS_MAX)                                \
    X(WELD_TIMEOUT, "weld.timeout", "ms", "maker", 3000, 0, CORE_MS_MAX)                           \
    X(WELD_STEADY, "weld.steady", "permille", "maker", 900, 0, 1000)                               \
    X(ORDER, "contactor.order", "ms", "T240-8.15", 600, 0, CORE_MS_MAX)                            \
    /* insulation and discharge */                                                                 \
    X(INSULATION_CHECK, "insulation.check", "", "GB/T 18487.1 B.4.1", 1, 0, 1)                     \
    X(INSULATION_REFERENCE, "insulation.reference", "", "GB/T 18487.1 B.4.1", 0, 0, 1)             \
    X(INSULATION_ORDER, "insulation.order", "", "GB/T 18487.1 B.3.3", 0, 0, 1)                     \
    X(INSULATION_FAULT, "insulation.fault", "ohm/V", "GB/T 18487.1 B.4.1", 100, 0, 100000)         \
    X(INSULATION_WARN, "insulation.warn", "ohm/V", "GB/T 18487.1 B.4.1", 500, 0, 100000)           \
    X(INSULATION_WARN_ALARM, "insulation.warn_alarm", "", "GB/T 18487.1 B.4.1", 0, 0, 1)           \
    X(INSULATION_CURRENT, "insulation.current", "mA", "maker", 3000, 0, CORE_MA_MAX)               \
    X(INSULATION_TOLERANCE, "insulation.tolerance", "permille", "maker", 10, 0, 1000)              \
    X(INSULATION_RAISE, "insulation.raise", "ms", "maker", 10000, 0, CORE_MS_MAX)                  \
    X(INSULATION_SETTLE, "insulation.settle", "ms", "maker", 500, 0, CORE_MS_MAX)                  \
    X(INSULATION_TIMEOUT, "insulation.timeout", "ms", "maker", 10000, 0, CORE_MS_MAX)              \
    X(DISCHARGE_USE, "discharge.use", "", "GB/T 18487.1 B.4.2", 1, 0, 1)                           \
    X(DISCHARGE_VOLTAGE, "discharge.voltage", "mV", "GB/T 18487.1 B.4.2", 60000, 0, CORE_MV_MAX)   \
    X(DISCHARGE_TIMEOUT, "discharge.timeout", "ms", "GB/T 18487.1 B.4.2", 1000, 0, CORE_MS_MAX)    \
    X(DISCHARGE_FLOOR, "discharge.floor", "mV", "maker", 8000, 0, CORE_MV_MAX)                     \
    X(DISCHARGE_MAX, "discharge.max", "ms", "maker", 3000, 0, CORE_MS_MAX)                         \
    /* battery and pre-charge */                                                                   \
    X(BATTERY_TOLERANCE, "battery.tolerance", "permille", "GB/T 18487.1 B.3.4", 50, 0, 1000)       \
    X(BATTERY_REVERSED, "battery.reversed", "mV", "T240-8.9", 10000, 0, CORE_MV_MAX)               \
    X(BATTERY_LIMITS, "battery.limits", "", "ZS-6.5.8.5k", 1, 0, 1)                                \
    X(PRECHARGE_BELOW, "precharge.below", "mV", "GB/T 18487.1 B.3.4", 5000, 0, CORE_MV_MAX)        \
    X(PRECHARGE_LEAST, "precharge.least", "mV", "GB/T 18487.1 B.3.4", 1000, -CORE_MV_MAX,          \
      CORE_MV_MAX)                                                                                 \
    X(PRECHARGE_DIFFERENCE, "precharge.difference", "mV", "T240-8.13", 8000, 0, CORE_MV_MAX)       \
    X(PRECHARGE_CURRENT, "precharge.current", "mA", "maker", 3000, 0, CORE_MA_MAX)                 \
    X(PRECHARGE_TIMEOUT, "precharge.timeout", "ms", "maker", 10000, 0, CORE_MS_MAX)                \
    /* output */                                                                                   \
    X(SUPERVISE_PERIOD, "supervise.period", "ms", "maker", 10, 1, 1000)                            \
    X(SUPERVISE_SLOW, "supervise.slow", "ms", "maker", 100, 1, 10000)                              \
    X(SUPERVISE_IDLE, "supervise.idle", "ms", "maker", 1000, 1, 10000)                             \
    X(SLEW_UP, "output.slew_up", "mA/s", "GB/T 34657.1 D0.4103", 100000, 1, 100000000)             \
    X(SLEW_DOWN, "output.slew_down", "mA/s", "GB/T 34657.1 D0.4103", 200000, 1, 100000000)         \
    X(RAMP_DOWN, "output.ramp_down", "mA/s", "GB/T 34657.1 D0.5101", 200000, 1, 100000000)         \
    X(RAMP_TIMEOUT, "output.ramp_timeout", "ms", "GB/T 34657.1 D0.5101", 4000, 0, CORE_MS_MAX)     \
    X(STOP_CURRENT, "stop.current", "mA", "GB/T 18487.1 B.3.6", 5000, 0, CORE_MA_MAX)              \
    /* module groups and the tie; modules.groups 0: each gun has its own for good */               \
    X(MODULE_GROUPS, "modules.groups", "", "ZS-6.5.8.4b", 0, 0, 2)                                 \
    X(GROUP_CURRENT, "modules.group_current", "mA", "maker", 125000, 0, CORE_MA_MAX)               \
    X(TIE_BELOW, "tie.below", "mV", "maker", 2000, 0, CORE_MV_MAX)                                 \
    X(TIE_DIFFERENCE, "tie.difference", "mV", "T240-8.13", 5000, 0, CORE_MV_MAX)                   \
    X(TIE_CURRENT, "tie.current", "mA", "maker", 3000, 0, CORE_MA_MAX)                             \
    X(TIE_TIMEOUT, "tie.timeout", "ms", "maker", 3000, 0, CORE_MS_MAX)                             \
    X(TIE_SETTLE, "tie.settle", "ms", "maker", 50, 0, CORE_MS_MAX)                                 \
    X(TIE_UNLOAD, "tie.unload", "", "maker", 1, 0, 1)                                              \
    X(TIE_CHECK, "tie.check", "bits", "T240-8.14", 3, 0, 3)                                        \
    /* protections */                                                                              \
    X(OVERVOLTAGE_MARGIN, "overvoltage.margin", "mV", "GB/T 34657.1 D0.4504", 2000, 0,             \
      CORE_MV_MAX)                                                                                 \
    X(OVERVOLTAGE_TIME, "overvoltage.time", "ms", "GB/T 34657.1 D0.4504", 200, 0, CORE_MS_MAX)     \
    X(OVERVOLTAGE_AUX, "overvoltage.aux_after", "ms", "GB/T 18487.1 B.3.7.6", 500, 0, CORE_MS_MAX) \
    X(OVERCURRENT_MARGIN, "overcurrent.margin", "mA", "T240-8.3", 25000, 0, CORE_MA_MAX)           \
    X(OVERCURRENT_TIME, "overcurrent.time", "ms", "T240-8.3", 100, 0, CORE_MS_MAX)                 \
    X(BACKFLOW_CURRENT, "backflow.current", "mA", "T240-8.12", 2000, 0, CORE_MA_MAX)               \
    X(BACKFLOW_TIME, "backflow.time", "ms", "T240-8.12", 50, 0, CORE_MS_MAX)                       \
    X(ESTOP_DEBOUNCE, "estop.debounce", "ms", "T240-8.6a", 5, 0, CORE_MS_MAX)                      \
    X(PE_DEBOUNCE, "pe.debounce", "ms", "GB/T 34657.1 D0.4505", 5, 0, CORE_MS_MAX)                 \
    X(DOOR_DEBOUNCE, "door.debounce", "ms", "T240-4.13", 10, 0, CORE_MS_MAX)                       \
    X(AC_LOST, "ac.lost", "mV", "GB/T 18487.1 B.4.3", 190000, 0, CORE_MV_MAX)                      \
    X(AC_LOST_DEBOUNCE, "ac.lost_debounce", "ms", "GB/T 18487.1 B.4.3", 30, 0, CORE_MS_MAX)        \
    X(AC_LOW, "ac.low", "mV", "T240-8.1", 323000, 0, CORE_MV_MAX)                                  \
    X(AC_HIGH, "ac.high", "mV", "T240-8.1", 437000, 0, CORE_MV_MAX)                                \
    X(AC_DEBOUNCE, "ac.debounce", "ms", "T240-8.1", 300, 0, CORE_MS_MAX)                           \
    X(GUN_TEMP_MAX, "gun.temp_max", "0.1 degC", "T240-4.16", 900, -500, 3000)                      \
    X(GUN_TEMP_DEBOUNCE, "gun.temp_debounce", "ms", "T240-4.16", 200, 0, CORE_MS_MAX)              \
    X(FAULT_OPEN, "fault.open", "ms", "GB/T 18487.1 B.3.7.1", 20, 0, CORE_MS_MAX)                  \
    X(FAULT_AUX_AFTER, "fault.aux_after", "ms", "GB/T 18487.1 B.3.7.1", 9800, 0, CORE_MS_MAX)      \
    X(BSM_REACT, "bsm.react", "bits", "GB/T 34658 DP.3003", 63, 0, 63)                             \
    X(BSM_UNTRUSTED, "bsm.untrusted", "", "GB/T 34658 DP.3004", 0, 0, 1)                           \
    /* power modules on DUT_NET_MODULES; face 0: by channels, and nothing below is used */         \
    X(MODULE_FACE, "modules.face", "", "dut.h enum dut_modules", 0, 0, DUT_MODULES_UUGREEN)        \
    X(MODULE_COUNT, "modules.count", "", "T240-11.5", 12, 1, 16)                                   \
    X(MODULE_POWER, "modules.power", "W", "T240-1.3c", 20000, 1000, 100000)                        \
    X(DISTRIBUTION_GROUPS, "distribution.groups", "", "ZS-6.5.8.4b", 2, 1, 8)                      \
    X(MODULE_GROUP_BASE, "modules.group_first", "", "maker", 0, 0, 7)                              \
    X(MODULE_SPACING, "modules.spacing", "ms", "Infypower V1.09: above 20 ms", 25, 1, 1000)        \
    X(MODULE_READ, "modules.read", "ms", "maker", 50, 1, 10000)                                    \
    X(MODULE_READ_IDLE, "modules.read_idle", "ms", "maker", 250, 1, 10000)                         \
    X(MODULE_SUSPECT, "modules.suspect", "", "maker", 2, 1, 255)                                   \
    X(MODULE_SILENT, "modules.silent", "", "maker", 4, 1, 255)                                     \
    X(MODULE_LOST, "modules.lost", "ms", "Infypower V1.09: above 10 s", 15000, 0, CORE_MS_MAX)     \
    X(MODULE_FORGET, "modules.forget", "ms", "maker", 600000, 0, CORE_MS_MAX)                      \
    X(MODULE_ALLOCATING, "modules.allocating", "ms", "Infypower V1.13: error 7", 1500, 0,          \
      CORE_MS_MAX)                                                                                 \
    X(MODULE_WALK_IN, "modules.walk_in", "", "maker", 0, 0, 1)                                     \
    /* distribution: 0 none, 1 a tie between the guns' buses, 2 each group to each bus */          \
    X(DISTRIBUTION_KIND, "distribution.kind", "", "ZS-6.5.8.4b", 1, 0, 2)                          \
    X(DISTRIBUTION_POLICY, "distribution.policy", "", "ZS-6.5.8.4b", 0, 0, 2)                      \
    X(DISTRIBUTION_DIFFERENCE, "distribution.difference", "mV", "maker", 8000, 0, CORE_MV_MAX)     \
    X(DISTRIBUTION_CURRENT, "distribution.current", "mA", "maker", 500, 0, CORE_MA_MAX)            \
    X(DISTRIBUTION_TRANSFER, "distribution.transfer", "ms", "maker", 4000, 0, CORE_MS_MAX)         \
    X(DISTRIBUTION_TIMEOUT, "distribution.timeout", "ms", "maker", 15000, 0, CORE_MS_MAX)          \
    /* meters; a meter's number is the last nine digits of its address */                          \
    X(METER_DC_A, "meter.dc_number_a", "", "ZS-6.5.7.2", 1, 0, 999999999)                          \
    X(METER_DC_B, "meter.dc_number_b", "", "ZS-6.5.7.2", 2, 0, 999999999)                          \
    X(METER_AC, "meter.ac_number", "", "T240-4.8b", 101, 0, 999999999)                             \
    X(METER_TRIES, "meter.tries", "", "maker", 3, 1, 1000000)                                      \
    X(METER_TIMEOUT, "meter.timeout", "ms", "DL/T 645 (500 ms and the frames)", 1000, 1,           \
      CORE_MS_MAX)                                                                                 \
    X(METER_GAP, "meter.gap", "ms", "DL/T 645", 500, 1, CORE_MS_MAX)                               \
    X(METER_PAUSE, "meter.pause", "ms", "maker", 30, 0, CORE_MS_MAX)                               \
    X(METER_WAKE_UPS, "meter.wake_ups", "", "DL/T 645", 4, 0, 4)                                   \
    X(METER_PERIOD, "meter.period", "ms", "ZS-6.5.8.5q", 1000, 1, CORE_MS_MAX)                     \
    X(METER_IDLE, "meter.idle_period", "ms", "maker", 5000, 1, CORE_MS_MAX)                        \
    X(METER_VOLTAGE_DECIMALS, "meter.voltage_decimals", "", "GB/T 29318", 1, 0, 6)                 \
    X(METER_CURRENT_DECIMALS, "meter.current_decimals", "", "GB/T 29318", 3, 0, 6)                 \
    X(METER_ROLL_OVER, "meter.roll_over", "10 Wh", "DL/T 645 XXXXXX.XX kWh", 100000000, 1000000,   \
      2000000000)                                                                                  \
    X(METER_CONFIRM, "meter.confirm", "", "maker", 2, 1, 1000000)                                  \
    X(METER_TOLERANCE, "meter.tolerance", "permille", "maker", 50, 0, 1000000)                     \
    X(METER_FLOOR, "meter.floor", "Wh", "maker", 50, 0, INT32_MAX)                                 \
    X(METER_WINDOW, "meter.window", "Wh", "maker", 5000, 0, INT32_MAX)                             \
    X(METER_BEYOND, "meter.beyond", "", "T240-4.8a", 1, 0, 1)                                      \
    X(METER_DOUBT, "meter.doubt", "ms", "maker", 3000, 0, CORE_MS_MAX)                             \
    /* billing; tariff switches rise, 0 after the last */                                          \
    X(CLOCK_ZONE, "clock.zone", "min", "maker", 0, -1440, 1440)                                    \
    X(BILLING_MODE, "billing.mode", "", "ZS-6.5.8.4a", 0, 0, 3)                                    \
    X(BILLING_LIMIT, "billing.limit", "min, 10 Wh, 0.0001 yuan", "ZS-6.5.8.4a", 0, 0, INT32_MAX)   \
    X(BILLING_RESERVE, "billing.reserve", "10 Wh", "ZS-6.5.8.4a", 1, 0, 1000)                      \
    X(BILLING_CREEP, "billing.creep", "ms", "ZS-6.5.8.4a", 6000, 0, CORE_MS_MAX)                   \
    X(BILLING_SAVE, "billing.save", "ms", "ZS-6.5.8.5q", 60000, 0, CORE_MS_MAX)                    \
    X(BILLING_JUMP, "billing.jump", "10 Wh", "maker", 20000, 1, 50000000)                          \
    X(BILLING_WAIT, "billing.wait", "ms", "maker", 60000, 0, CORE_MS_MAX)                          \
    X(BILLING_STORAGE, "billing.storage", "ms", "maker", 10000, 0, CORE_MS_MAX)                    \
    X(CARD_NUMBER, "card.number", "", "ZS-6.5.8.5q", 0, 0, INT32_MAX)                              \
    X(CARD_BALANCE, "card.balance", "0.0001 yuan", "ZS-6.5.8.5q", -1, -1, INT32_MAX)               \
    X(CARD_STOP, "card.stop", "", "maker", 1, 0, 1)                                                \
    X(TARIFF_NUMBER, "tariff.number", "", "T240-P5.2", 0, 0, INT32_MAX)                            \
    X(PRICE_SHARP, "tariff.price_sharp", "0.0001 yuan/kWh", "T240-P5.2", 0, 0, 1000000)            \
    X(PRICE_PEAK, "tariff.price_peak", "0.0001 yuan/kWh", "T240-P5.2", 0, 0, 1000000)              \
    X(PRICE_FLAT, "tariff.price_flat", "0.0001 yuan/kWh", "T240-P5.2", 0, 0, 1000000)              \
    X(PRICE_VALLEY, "tariff.price_valley", "0.0001 yuan/kWh", "T240-P5.2", 0, 0, 1000000)          \
    X(FEE_SHARP, "tariff.fee_sharp", "0.0001 yuan/kWh", "T240-P5.2", 0, 0, 1000000)                \
    X(FEE_PEAK, "tariff.fee_peak", "0.0001 yuan/kWh", "T240-P5.2", 0, 0, 1000000)                  \
    X(FEE_FLAT, "tariff.fee_flat", "0.0001 yuan/kWh", "T240-P5.2", 0, 0, 1000000)                  \
    X(FEE_VALLEY, "tariff.fee_valley", "0.0001 yuan/kWh", "T240-P5.2", 0, 0, 1000000)              \
    CORE_SWITCHES_8(X, 1, 2, 3, 4, 5, 6, 7, 8)                                                     \
    CORE_SWITCHES_8(X, 9, 10, 11, 12, 13, 14, 15, 16)                                              \
    CORE_SWITCHES_8(X, 17, 18, 19, 20, 21, 22, 23, 24)                                             \
    CORE_SWITCHES_8(X, 25, 26, 27, 28, 29, 30, 31, 32)                                             \
    CORE_SWITCHES_8(X, 33, 34, 35, 36, 37, 38, 39, 40)                                             \
    CORE_SWITCHES_8(X, 41, 42, 43, 44, 45, 46, 47, 48)                                             \
    /* ends on a condition, 0 = off */                                                             \
    X(END_MINUTES, "end.minutes", "min", "ZS-6.5.8.4a", 0, 0, 100000)                              \
    X(END_ENERGY, "end.energy_wh", "Wh", "ZS-6.5.8.4a", 0, 0, INT32_MAX)                           \
    X(END_SOC, "end.soc", "%", "ZS-6.5.8.4a", 0, 0, 100)

#define CORE_PARAM_ID(id, name, unit, clause, value, low, high) CORE_P_##id,
enum core_param {
    CORE_PARAMS(CORE_PARAM_ID) CORE_PARAM_COUNT
};
#undef CORE_PARAM_ID

extern const struct dut_param core_params[CORE_PARAM_COUNT];

void core_params_default(int32_t *values);
int core_params_set(int32_t *values, const char *name, int32_t value);

#endif
