/* SPDX-License-Identifier: MIT */
/* capability.h: what this firmware says of itself (dut.h, enum dut_capability).
 *
 *   core_capability(core->param, DUT_CAP_CURRENT_MAX_MA)      as the parameters are set
 *
 * The plate comes from the same parameters that CML is made of: it cannot say another thing. */
#ifndef CORE_CAPABILITY_H
#define CORE_CAPABILITY_H

#include "dut.h"

int32_t core_capability(const int32_t *param, enum dut_capability what);

#endif
