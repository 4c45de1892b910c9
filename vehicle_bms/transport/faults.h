/* SPDX-License-Identifier: MIT */
/* faults.h: the names in scenarios of the faults of enum transport_fault and enum
 * reception_fault.
 *
 *   const struct transport_fault_name *name = transport_fault_find(true, "skipping");
 *   bms_break_transport(bms, MESSAGE_BRM, (enum transport_fault)name->fault, name->at, 0);
 *
 * at is what the fault counts when the scenario does not say. */
#ifndef VEHICLE_BMS_TRANSPORT_FAULTS_H
#define VEHICLE_BMS_TRANSPORT_FAULTS_H

#include "vehicle_bms/transport/transport.h"

struct transport_fault_name {
    const char *name;
    int fault; /* enum transport_fault or enum reception_fault */
    uint16_t at;
    const char *en, *zh; /* what happens */
};

/* One by one from 0; NULL behind the last. sending: faults of the sender, else of the receiver. */
const struct transport_fault_name *transport_fault_name(bool sending, size_t index);
/* The largest COUNT that it can have on the wire. */
unsigned transport_fault_most(const struct transport_fault_name *name);
/* By its name; NULL when there is none. */
const struct transport_fault_name *transport_fault_find(bool sending, const char *name);

#endif
