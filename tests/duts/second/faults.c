/* SPDX-License-Identifier: MIT */
#include "faults.h"

#include <stddef.h>

/* CST: byte 2 0x04 connector, 0x40 energy cannot be transferred; byte 3 0x01 emergency stop, 0x04 other;
 * byte 4 0x01 current, 0x04 voltage (SPN 3522, 3523). */
static const struct fault_row rows[] = {
    {FAULT_NONE, "none", {0}, false, false},
    {FAULT_EMERGENCY_STOP, "emergency stop", {0, 0x01, 0}, true, false},
    {FAULT_DOOR, "door open", {0, 0x04, 0}, true, false},
    {FAULT_PE, "protective earth lost", {0, 0x04, 0}, true, false},
    {FAULT_AC_LOW, "AC supply lost or low", {0x40, 0, 0}, true, false},
    {FAULT_AC_HIGH, "AC supply high", {0x40, 0, 0}, true, false},
    {FAULT_CONNECTOR, "plug's button pressed, or CC1 out of its window", {0x04, 0, 0}, true, false},
    {FAULT_CONNECTOR_OPEN, "plug pulled, or CC1 broken", {0x04, 0, 0}, true, false},
    {FAULT_LOCK, "plug is not locked", {0x04, 0, 0}, true, false},
    {FAULT_LOCK_STUCK, "plug does not unlock", {0x04, 0, 0}, false, false},
    {FAULT_GUN_HOT, "gun too hot", {0x04, 0, 0}, true, false},
    {FAULT_GUN_SENSOR, "temperature sensor of the gun failed", {0x04, 0, 0}, true, false},
    {FAULT_AUX, "auxiliary supply out of range", {0, 0x04, 0}, true, false},
    {FAULT_CONTACTOR, "contactor does not follow", {0, 0x04, 0}, true, false},
    {FAULT_CONTACTOR_WELDED, "contactor welded", {0, 0x04, 0}, true, false},
    {FAULT_DISCHARGE, "output does not discharge", {0, 0x04, 0}, true, false},
    {FAULT_SHORT_CIRCUIT, "output voltage does not rise: short circuit", {0, 0x04, 0}, true, false},
    {FAULT_PRECHARGE, "pre-charge failed", {0, 0x04, 0}, true, false},
    {FAULT_PLUG_LIVE, "voltage at the plug", {0, 0x04, 0}, true, false},
    {FAULT_REVERSED, "battery reversed", {0, 0, 0x04}, true, false},
    {FAULT_INSULATION, "insulation fault", {0, 0x04, 0}, true, false},
    {FAULT_INSULATION_WARNING, "insulation low", {0}, false, false},
    {FAULT_NO_INSULATION_VALUE, "insulation monitor gives no value", {0, 0x04, 0}, true, false},
    {FAULT_OVER_VOLTAGE, "output over-voltage", {0, 0, 0x04}, true, true},
    {FAULT_OVER_CURRENT, "output over-current", {0, 0, 0x01}, true, false},
    {FAULT_BACKFLOW, "current out of the battery", {0, 0, 0x01}, true, false},
    {FAULT_BATTERY_VOLTAGE, "battery voltage is not as reported", {0, 0, 0x04}, false, false},
    {FAULT_VEHICLE_VOLTAGE_LOW,
     "vehicle's highest voltage is below ours",
     {0, 0, 0x04},
     false,
     false},
    {FAULT_BATTERY_LIMIT, "battery is beyond what the vehicle allows", {0, 0x04, 0}, true, false},
    {FAULT_NO_VEHICLE, "vehicle does not answer", {0, 0x04, 0}, false, false},
    {FAULT_COMMUNICATION, "communication with the vehicle lost", {0, 0x04, 0}, false, false},
    {FAULT_WITHDRAWN, "vehicle is no longer ready", {0, 0x04, 0}, false, false},
    {FAULT_VEHICLE_ABNORMAL, "vehicle reports an abnormal state", {0, 0x04, 0}, false, false},
    {FAULT_STATISTICS, "vehicle does not close the session", {0, 0x04, 0}, false, false},
};

const struct fault_row *fault_row(enum fault fault) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].fault == fault) {
            return &rows[i];
        }
    }
    return &rows[0];
}

const char *fault_name(int32_t fault) {
    const struct fault_row *row = fault_row((enum fault)fault);
    return row->fault == (enum fault)fault ? row->name : "unknown fault";
}
