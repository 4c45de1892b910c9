/* SPDX-License-Identifier: MIT */
#include "harness/dut/wiring.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define OF_GUN(n)                                                                                  \
    { n, SIGNAL_GUN2 n }
#define OF_PILE(n)                                                                                 \
    { n, n }

#define CC1_OPEN_MV     12000 /* detection point 1 with nothing plugged in and S open: U1, 12 V */
#define NOT_MEASURED    -1    /* dut.h: negative insulation is not measured */
#define TEMPERATURE_25C 250

const struct dut_input_wire dut_input_wires[DUT_INPUTS] = {
    [DUT_IN_CC1_MV] = {OF_GUN("cc1.voltage"), 1000, CC1_OPEN_MV, true},
    [DUT_IN_LOCK_FEEDBACK] = {OF_GUN("lock.feedback"), 1, 0, true},
    [DUT_IN_K1_FEEDBACK] = {OF_GUN("k1.feedback"), 1, 0, true},
    [DUT_IN_K2_FEEDBACK] = {OF_GUN("k2.feedback"), 1, 0, true},
    [DUT_IN_AUX_MV] = {OF_GUN("aux.voltage"), 1000, 0, false},
    [DUT_IN_INNER_MV] = {OF_GUN("output.voltage"), 1000, 0, false},
    [DUT_IN_OUTER_MV] = {OF_GUN("gun.voltage"), 1000, 0, false},
    [DUT_IN_CURRENT_MA] = {OF_GUN("gun.current"), 1000, 0, false},
    [DUT_IN_INSULATION_POS_OHM] = {OF_GUN("insulation.positive"), 1, NOT_MEASURED, true},
    [DUT_IN_INSULATION_NEG_OHM] = {OF_GUN("insulation.negative"), 1, NOT_MEASURED, true},
    [DUT_IN_PE_OK] = {OF_GUN("pe.ok"), 1, 0, true},
    [DUT_IN_GUN_TEMP_POS_DC] = {OF_GUN("gun.temperature_positive"), 10, TEMPERATURE_25C, false},
    [DUT_IN_GUN_TEMP_NEG_DC] = {OF_GUN("gun.temperature_negative"), 10, TEMPERATURE_25C, false},
    [DUT_IN_ENERGY_WH] = {OF_GUN("meter.energy"), 1, 0, false},
    [DUT_IN_START] = {OF_GUN("operator.start"), 1, 0, true},
    [DUT_IN_STOP] = {OF_GUN("operator.stop"), 1, 0, true},
    [DUT_IN_ESTOP] = {OF_PILE("estop.pressed"), 1, 0, true},
    [DUT_IN_DOOR_OPEN] = {OF_PILE("door.open"), 1, 0, true},
    [DUT_IN_AC_MV] = {OF_PILE("ac.voltage"), 1000, 0, false},
    [DUT_IN_AC_L1_MV] = {OF_PILE("ac.voltage_l1"), 1000, DUT_UNKNOWN, false},
    [DUT_IN_AC_L2_MV] = {OF_PILE("ac.voltage_l2"), 1000, DUT_UNKNOWN, false},
    [DUT_IN_AC_L3_MV] = {OF_PILE("ac.voltage_l3"), 1000, DUT_UNKNOWN, false},
    [DUT_IN_AC_FREQUENCY_MHZ] = {OF_PILE("ac.frequency"), 1000, DUT_UNKNOWN, false},
    [DUT_IN_AC_ORDER_OK] = {OF_PILE("ac.order_ok"), 1, DUT_UNKNOWN, true},
    [DUT_IN_AC_RESIDUAL_UA] = {OF_PILE("ac.residual_current"), 1e6, DUT_UNKNOWN, false},
    [DUT_IN_AC_SWITCH_CLOSED] = {OF_PILE("ac.switch_closed"), 1, DUT_UNKNOWN, true},
    [DUT_IN_AC_CONTACTOR_CLOSED] = {OF_PILE("ac.contactor_closed"), 1, DUT_UNKNOWN, true},
    [DUT_IN_POS_TO_PE_MV] = {OF_GUN("gun.voltage_positive_pe"), 1000, DUT_UNKNOWN, false},
    [DUT_IN_NEG_TO_PE_MV] = {OF_GUN("gun.voltage_negative_pe"), 1000, DUT_UNKNOWN, false},
    [DUT_IN_CABINET_DC] = {OF_PILE("cabinet.temperature"), 10, DUT_UNKNOWN, false},
    [DUT_IN_AMBIENT_DC] = {OF_PILE("ambient.temperature"), 10, DUT_UNKNOWN, false},
    [DUT_IN_AIR_PRESSURE_PA] = {OF_PILE("ambient.pressure"), 1, DUT_UNKNOWN, false},
    [DUT_IN_FAN_RPM] = {OF_PILE("fan.speed"), 1, DUT_UNKNOWN, false},
    [DUT_IN_AUX_MA] = {OF_GUN("aux.current"), 1000, DUT_UNKNOWN, false},
    [DUT_IN_DISTRIBUTION_CLOSED] = {OF_GUN("distribution.closed"), 1, DUT_UNKNOWN, true},
};

const struct dut_output_wire dut_output_wires[DUT_OUTPUTS] = {
    [DUT_OUT_K1] = {OF_GUN("k1.command"), 1, "", "DUT: close K1 (DC+)", SIGNAL_BOOL},
    [DUT_OUT_K2] = {OF_GUN("k2.command"), 1, "", "DUT: close K2 (DC-)", SIGNAL_BOOL},
    [DUT_OUT_AUX] = {OF_GUN("aux.command"), 1, "", "DUT: close K3 and K4", SIGNAL_BOOL},
    [DUT_OUT_LOCK] = {OF_GUN("lock.command"), 1, "", "DUT: lock the plug", SIGNAL_BOOL},
    [DUT_OUT_DISCHARGE] = {OF_GUN("discharge.command"), 1, "", "DUT: discharge the output",
                           SIGNAL_BOOL},
    [DUT_OUT_IMD] = {OF_GUN("imd.command"), 1, "", "DUT: connect the insulation monitor",
                     SIGNAL_BOOL},
    [DUT_OUT_MODULES_ON] = {OF_GUN("modules.on"), 1, "", "DUT: power modules deliver", SIGNAL_BOOL},
    [DUT_OUT_MODULE_MV] = {OF_GUN("modules.voltage_set"), 1000, "V", "DUT: voltage of the modules",
                           SIGNAL_NUMBER},
    [DUT_OUT_MODULE_MA] = {OF_GUN("modules.current_set"), 1000, "A", "DUT: current of the modules",
                           SIGNAL_NUMBER},
    [DUT_OUT_ALARM] = {OF_GUN("pile.alarm"), 1, "", "DUT: alarm shown, 0 none", SIGNAL_NUMBER},
    [DUT_OUT_STATE] = {OF_GUN("pile.state"), 1, "", "DUT: session state shown", SIGNAL_NUMBER},
    [DUT_OUT_AC_TRIP] = {OF_PILE("ac.trip_command"), 1, "", "DUT: trip the AC main switch",
                         SIGNAL_BOOL},
    [DUT_OUT_AC_CONTACTOR] = {OF_PILE("ac.contactor_command"), 1, "",
                              "DUT: close the modules' AC contactor", SIGNAL_BOOL},
    [DUT_OUT_IMD_POS] = {OF_GUN("imd.positive_command"), 1, "", "DUT: bridge resistor DC+ to PE",
                         SIGNAL_BOOL},
    [DUT_OUT_IMD_NEG] = {OF_GUN("imd.negative_command"), 1, "", "DUT: bridge resistor DC- to PE",
                         SIGNAL_BOOL},
    [DUT_OUT_FAN_PERMILLE] = {OF_PILE("fan.command"), 10, "%", "DUT: speed of the fans",
                              SIGNAL_NUMBER},
    [DUT_OUT_DISTRIBUTION] = {OF_GUN("distribution.command"), 1, "",
                              "DUT: module groups to this gun, bits", SIGNAL_NUMBER},
};

/* Every channel of dut.h has a signal for each gun. */
static bool tables_are_whole(void) {
    bool whole = true;
    for (unsigned gun = 0; gun < DUT_GUNS_MAX; gun++) {
        for (unsigned i = 0; i < DUT_INPUTS; i++) {
            whole =
                whole && dut_input_wires[i].signal[gun] != NULL && dut_input_wires[i].factor > 0;
        }
        for (unsigned i = 0; i < DUT_OUTPUTS; i++) {
            whole =
                whole && dut_output_wires[i].signal[gun] != NULL && dut_output_wires[i].factor > 0;
        }
    }
    return whole;
}

static struct signal *find_or_add(struct signal_board *board, const struct dut_output_wire *wire,
                                  unsigned gun) {
    struct signal *signal = signal_find(board, wire->signal[gun]);
    if (signal == NULL) {
        signal = signal_add(board, wire->signal[gun], wire->kind, wire->unit, wire->text);
    }
    return signal;
}

void dut_wiring_bind(struct dut_wiring *wiring, struct signal_board *board, unsigned guns) {
    assert(guns >= 1 && guns <= DUT_GUNS_MAX);
    assert(tables_are_whole());
    memset(wiring, 0, sizeof *wiring);
    wiring->guns = guns;
    for (unsigned gun = 0; gun < guns; gun++) {
        for (unsigned i = 0; i < DUT_INPUTS; i++) {
            wiring->inputs[gun][i] = signal_find(board, dut_input_wires[i].signal[gun]);
        }
        for (unsigned i = 0; i < DUT_OUTPUTS; i++) {
            wiring->outputs[gun][i] = find_or_add(board, &dut_output_wires[i], gun);
        }
    }
}

const char *dut_wiring_missing(const struct dut_wiring *wiring, unsigned gun, unsigned *cursor) {
    assert(gun < wiring->guns);
    while (*cursor < DUT_INPUTS) {
        unsigned channel = (*cursor)++;
        if (wiring->inputs[gun][channel] == NULL) {
            return dut_input_wires[channel].signal[gun];
        }
    }
    return NULL;
}

/* To the nearest whole number, halves away from zero. */
static int32_t saturated(double value) {
    assert(!isnan(value));
    double further = value < 0 ? value - 0.5 : value + 0.5;
    if (further >= INT32_MAX) {
        return INT32_MAX;
    }
    return further <= INT32_MIN ? INT32_MIN : (int32_t)further;
}

int32_t dut_wiring_input(const struct dut_wiring *wiring, unsigned gun, enum dut_input channel,
                         int64_t now_ns) {
    if (gun >= wiring->guns || (unsigned)channel >= DUT_INPUTS) {
        return 0;
    }
    const struct dut_input_wire *wire = &dut_input_wires[channel];
    const struct signal *signal = wiring->inputs[gun][channel];
    if (signal == NULL || !signal->known) {
        return wire->missing;
    }
    double value = signal_at(signal, now_ns);
    return isnan(value) ? wire->missing : saturated(value * wire->factor);
}

bool dut_wiring_output(const struct dut_wiring *wiring, unsigned gun, enum dut_output channel,
                       int64_t at_ns, int32_t value) {
    if (gun >= wiring->guns || (unsigned)channel >= DUT_OUTPUTS) {
        return false;
    }
    struct signal *signal = wiring->outputs[gun][channel];
    if (gun == 0 || signal != wiring->outputs[0][channel]) { /* the pile's own: taken from gun 0 */
        double shown =
            signal->kind == SIGNAL_BOOL ? value != 0 : value / dut_output_wires[channel].factor;
        signal_set(signal, at_ns, shown);
    }
    return true;
}
