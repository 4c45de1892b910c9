/* SPDX-License-Identifier: MIT */
#include "session/permission.h"

#include "services/assert.h"

enum core_fault core_refusal(const struct core_machines *machines) {
    enum core_fault fault = core_interlocks_refusal(&machines->interlocks);
    if (fault == CORE_FAULT_NONE && machines->services.group == CORE_GROUP_LOST) {
        fault = CORE_FAULT_TIE;
    }
    if (fault == CORE_FAULT_NONE) {
        fault = core_metering_refusal(&machines->metering);
    }
    return fault != CORE_FAULT_NONE ? fault : core_account_refusal(&machines->account);
}

bool core_may_start(struct core_machines *machines) {
    enum core_fault refusal = core_refusal(machines);
    CORE_ASSERT(core_output_is_off(&machines->output));
    if (refusal == CORE_FAULT_NONE) {
        return true;
    }
    core_log(&machines->services, "start refused", core_fault_row((int32_t)refusal)->name);
    core_account_explain(&machines->account, refusal);
    core_recheck(&machines->services); /* it is shown */
    return false;
}
