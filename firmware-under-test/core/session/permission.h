/* SPDX-License-Identifier: MIT */
/* permission.h: may a charge start now?
 *
 *   core_refusal(&machines)      what forbids it, CORE_FAULT_NONE: nothing; shown while nobody charges
 *   core_may_start(&machines)    a person wants it; if not, the log says why not */
#ifndef CORE_PERMISSION_H
#define CORE_PERMISSION_H

#include "session/machines.h"

enum core_fault core_refusal(const struct core_machines *machines);
bool core_may_start(struct core_machines *machines);

#endif
