/* SPDX-License-Identifier: MIT */
/* internal.h: modules on one bus as one source of the circuit. For this room.
 *
 *   modules_bus_update(bus, now);     after a module of it has moved: steps, the one it stands on, watches
 *   modules_bus_share(bus, now);      who delivers how much of what the circuit takes */
#ifndef SIM_MODULES_INTERNAL_H
#define SIM_MODULES_INTERNAL_H

#include "sim/modules/bank.h"

void modules_bus_init(struct modules_bus *bus, struct module_bank *bank, unsigned index);
void modules_bus_end(struct modules_bus *bus);
void modules_bus_update(struct modules_bus *bus, int64_t now_ns);
void modules_bus_share(struct modules_bus *bus, int64_t now_ns);
/* The bus that a module feeds. */
struct modules_bus *modules_bus_of(struct module_bank *bank, const struct module *module);
double modules_bus_output_v(const struct modules_bus *bus, int64_t now_ns);

#endif
