/* SPDX-License-Identifier: MIT */
/* table.h: the numbers of the rules. A rule of one message is rule_of(GROUP_PERIOD, MESSAGE_BCL), of
 * a wait RULE_AWAITED + WAIT_BRM or RULE_WAITED + WAIT_BRM; the others have a name each. */
#ifndef VEHICLE_BMS_RULES_TABLE_H
#define VEHICLE_BMS_RULES_TABLE_H

#include "vehicle_bms/message/messages.h"

enum wait_index {
    /* the charger waits */
    WAIT_BHM,
    WAIT_BRM,
    WAIT_BCP,
    WAIT_BRO,
    WAIT_BRO_AA,
    WAIT_BRO_KEPT,
    WAIT_BCS,
    WAIT_BCL,
    WAIT_BSM,
    WAIT_BST,
    WAIT_BSD,
    /* the BMS waits */
    WAIT_CRM_00,
    WAIT_CRM_AA,
    WAIT_CML,
    WAIT_CRO,
    WAIT_CRO_AA,
    WAIT_CCS,
    WAIT_CST,
    WAIT_CSD,
    /* an answer without an error message when it does not come */
    WAIT_ABNORMAL,
    WAIT_PAUSE,
    WAIT_RESUME,
    WAIT_PAUSE_END,
    WAITS,
};

enum rule_group {
    GROUP_ORDER,
    GROUP_PERIOD,
    GROUP_LENGTH,
    GROUP_VALUE,
    GROUP_RESERVED,
    GROUP_PRIORITY,
    GROUP_TRANSPORT,
    GROUPS,
};

enum rule_index {
    RULE_GROUPED = 0, /* of one message: rule_of(group, message) */
    RULE_WAITED = GROUPS * MESSAGE_COUNT,
    RULE_AWAITED = RULE_WAITED + WAITS,
    RULE_ERROR_CEM = RULE_AWAITED + WAITS,
    RULE_ERROR_BEM,
    RULE_RECONNECTIONS,
    RULE_TRANSPORT_CHARGER,
    RULE_TRANSPORT_BMS,
    RULE_ADDRESS,
    RULE_DEMAND_VOLTAGE_CML,
    RULE_DEMAND_CURRENT_CML,
    RULE_DEMAND_VOLTAGE_BCP,
    RULE_DEMAND_CURRENT_BCP,
    RULE_OUTPUT_VOLTAGE,
    RULE_OUTPUT_CURRENT,
    RULE_OUTPUT_VOLTAGE_CML,
    RULE_OUTPUT_CURRENT_CML,
    RULE_AGREE_VOLTAGE,
    RULE_AGREE_CURRENT,
    RULE_SIGN_BCP,
    RULE_SIGN_CML,
    RULE_SIGN_BCL,
    RULE_SIGN_BCS,
    RULE_SIGN_CCS,
    RULE_STOP_CST_REASON,
    RULE_STOP_CST_ANSWER,
    RULE_STOP_CST_CLAIM,
    RULE_STOP_CST_FAULT,
    RULE_STOP_CST_NAMED,
    RULE_STOP_CST_BSM,
    RULE_STOP_BST_REASON,
    RULE_STOP_BST_ANSWER,
    RULE_STOP_BST_CLAIM,
    RULE_INDICES,
};

static inline enum rule_index rule_of(enum rule_group group, enum message_index message) {
    return (enum rule_index)(RULE_GROUPED + (int)group * MESSAGE_COUNT + (int)message);
}

struct rules;

/* Lists every rule of the edition with its texts, in the order in which they are reported. */
void rules_list(struct rules *rules);
bool rules_in_edition(enum edition edition, enum message_index message);

#endif
