/* SPDX-License-Identifier: MIT */
/* The rules themselves: ids, sentences, clauses. */
#include "vehicle_bms/rules/internal.h"
#include "vehicle_bms/rules/wait.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

/* %s: the code. */
static const struct {
    const char *id, *zh, *en;
    enum rule_kind kind;
} groups[GROUPS] = {
    [GROUP_ORDER] = {"order", "%s只在其阶段内发送：触发报文之后，转入下一阶段之后不再发送",
                     "%s is sent in its phase only: after what triggers it, and not after its "
                     "sender has gone on to the next phase",
                     RULE_PHASE},
    [GROUP_PERIOD] = {"period", "%s按规定周期发送", "%s is sent with its period", RULE_PERIOD},
    [GROUP_LENGTH] = {"length", "%s的长度符合规定", "%s has the specified length", RULE_LENGTH},
    [GROUP_VALUE] = {"value", "%s各字段取值合法，必填字段已提供",
                     "the fields of %s hold legal values, mandatory ones are supplied", RULE_VALUE},
    [GROUP_RESERVED] = {"reserved", "%s的预留位填1（实车常有不符）",
                        "reserved bits of %s are 1 (vehicles in the field often differ)",
                        RULE_RESERVED},
    [GROUP_PRIORITY] = {"priority", "%s的优先权符合规定", "%s has the specified priority",
                        RULE_PRIORITY},
    [GROUP_TRANSPORT] = {"transport", "BMS按连接模式正确传输%s（SAE J1939-21）",
                         "the BMS transfers %s by connection mode without fault (SAE J1939-21)",
                         RULE_TRANSPORT},
};

static const struct {
    enum rule_index index;
    const char *id, *zh, *en, *clause;
    enum rule_side side;
    enum rule_kind kind;
} singles[] = {
    {RULE_ERROR_CEM, "error.CEM", "充电机只在等待报文超时后发送CEM",
     "the charger sends CEM only after a timeout, and names it", "10.5.2, SPN 3921-3927",
     RULE_CHARGER, RULE_TIMEOUT},
    {RULE_ERROR_BEM, "error.BEM", "BMS只在等待报文超时后发送BEM",
     "the BMS sends BEM only after a timeout, and names it", "10.5.1, SPN 3901-3907", RULE_BMS,
     RULE_TIMEOUT},
    {RULE_RECONNECTIONS, "reconnections", "充电机重新连接（从CRM(00)起）不超过规定次数",
     "the charger reconnects (from CRM(00)) no more often than allowed", "annex A", RULE_CHARGER,
     RULE_PHASE},
    {RULE_TRANSPORT_CHARGER, "transport.charger", "充电机正确应答BMS的传输（SAE J1939-21）",
     "the charger answers the transfers of the BMS without fault (SAE J1939-21)", "chapter 6",
     RULE_CHARGER, RULE_TRANSPORT},
    {RULE_TRANSPORT_BMS, "transport.bms", "BMS的传输协议帧合规（不属于某一报文者）",
     "transport frames of the BMS that belong to no message are sound", "chapter 6", RULE_BMS,
     RULE_TRANSPORT},
    {RULE_ADDRESS, "address", "报文由规定一方以规定地址发送",
     "each message comes from its side, with its addresses", "chapter 6", RULE_BUS, RULE_PRIORITY},
    {RULE_DEMAND_VOLTAGE_CML, "demand.voltage.CML", "BCL电压需求不高于CML最高输出电压",
     "the voltage demand (BCL) stays within what CML offers", "10.3.1, SPN 3072, 2824", RULE_BMS,
     RULE_DEMAND},
    {RULE_DEMAND_CURRENT_CML, "demand.current.CML", "BCL电流需求不大于CML最大输出电流",
     "the current demand (BCL) stays within what CML offers", "10.3.1, SPN 3073, 2826", RULE_BMS,
     RULE_DEMAND},
    {RULE_DEMAND_VOLTAGE_BCP, "demand.voltage.BCP", "BCL电压需求不高于BCP最高允许充电总电压",
     "the voltage demand (BCL) stays within what BCP allows", "10.3.1, SPN 3072, 2819", RULE_BMS,
     RULE_DEMAND},
    {RULE_DEMAND_CURRENT_BCP, "demand.current.BCP", "BCL电流需求不大于BCP最高允许充电电流",
     "the current demand (BCL) stays within what BCP allows", "10.3.1, SPN 3073, 2817", RULE_BMS,
     RULE_DEMAND},
    {RULE_OUTPUT_VOLTAGE, "output.voltage", "有电流时CCS输出电压不高于BCL电压需求（加允差）",
     "while current flows the output voltage (CCS) stays within the demand (BCL) and its margin",
     "10.3.3, SPN 3081", RULE_CHARGER, RULE_OUTPUT},
    {RULE_OUTPUT_CURRENT, "output.current", "CCS输出电流不大于BCL电流需求（加允差），暂停时为0",
     "the output current (CCS) stays within the demand (BCL) and its margin, 0 while paused",
     "10.3.3, SPN 3082", RULE_CHARGER, RULE_OUTPUT},
    {RULE_OUTPUT_VOLTAGE_CML, "output.voltage.CML", "有电流时CCS输出电压不高于CML最高输出电压",
     "while current flows the output voltage (CCS) stays within what CML announced",
     "10.3.3, SPN 3081, 2824", RULE_CHARGER, RULE_OUTPUT},
    {RULE_OUTPUT_CURRENT_CML, "output.current.CML", "CCS输出电流不大于CML最大输出电流",
     "the output current (CCS) stays within what CML announced", "10.3.3, SPN 3082, 2826",
     RULE_CHARGER, RULE_OUTPUT},
    {RULE_AGREE_VOLTAGE, "agree.voltage", "有电流时CCS与BCS的电压不互相矛盾",
     "while current flows CCS and BCS do not contradict each other in voltage",
     "10.3.2, 10.3.3, SPN 3075, 3081", RULE_BUS, RULE_OUTPUT},
    {RULE_AGREE_CURRENT, "agree.current", "CCS与BCS的电流不互相矛盾（一方几乎为0，另一方很大）",
     "CCS and BCS do not contradict each other in current: one next to nothing, the other much",
     "10.3.2, 10.3.3, SPN 3076, 3082", RULE_BUS, RULE_OUTPUT},
    {RULE_SIGN_BCP, "sign.BCP", "BCP最高允许充电电流的符号正确（充电为负）",
     "the highest allowed current (BCP) has the sign of charging: negative", "10.2.1, SPN 2817",
     RULE_BMS, RULE_DEMAND},
    {RULE_SIGN_CML, "sign.CML", "CML输出电流的符号正确（充电为负）",
     "the output currents (CML) have the sign of charging: negative", "10.2.3, SPN 2826, 2827",
     RULE_CHARGER, RULE_OUTPUT},
    {RULE_SIGN_BCL, "sign.BCL", "BCL电流需求的符号正确（充电为负）",
     "the current demand (BCL) has the sign of charging: negative", "10.3.1, SPN 3073", RULE_BMS,
     RULE_DEMAND},
    {RULE_SIGN_BCS, "sign.BCS", "BCS充电电流测量值的符号正确（充电为负）",
     "the measured current (BCS) has the sign of charging while CCS gives as much: negative",
     "10.3.2, SPN 3076", RULE_BMS, RULE_DEMAND},
    {RULE_SIGN_CCS, "sign.CCS", "CCS输出电流的符号正确（充电为负）",
     "the output current (CCS) has the sign of charging: negative", "10.3.3, SPN 3082",
     RULE_CHARGER, RULE_OUTPUT},
    {RULE_STOP_CST_REASON, "stop.CST.reason", "CST给出中止原因", "CST says why the charge ends",
     "10.3.9, SPN 3521-3523", RULE_CHARGER, RULE_STOP},
    {RULE_STOP_CST_ANSWER, "stop.CST.answer", "BST在先时，CST给出BMS主动中止（第1字节为40）",
     "after BST, CST says that the BMS stopped (byte 1 = 40)", "10.3.9, SPN 3521", RULE_CHARGER,
     RULE_STOP},
    {RULE_STOP_CST_CLAIM, "stop.CST.claim", "收到BST之后CST才给出BMS主动中止",
     "CST says that the BMS stopped only after BST", "10.3.9, SPN 3521", RULE_CHARGER, RULE_STOP},
    {RULE_STOP_CST_FAULT, "stop.CST.fault", "CST给出故障原因时，第1字节为故障中止",
     "a CST that names a fault says in byte 1 that a fault stopped the charge",
     "10.3.9, SPN 3521, 3522", RULE_CHARGER, RULE_STOP},
    {RULE_STOP_CST_NAMED, "stop.CST.named", "CST为故障中止时指明故障原因",
     "a CST that says \"stopped by fault\" names the fault", "10.3.9, SPN 3521-3523", RULE_CHARGER,
     RULE_STOP},
    {RULE_STOP_CST_BSM, "stop.CST.BSM", "因BSM状态异常中止时，CST给出故障中止（第1字节为10）",
     "CST for an abnormal state in BSM says that a fault stopped the charge (byte 1 = 10)",
     "10.3.9, SPN 3521; GB/T 34658 DP.3003", RULE_CHARGER, RULE_STOP},
    {RULE_STOP_BST_REASON, "stop.BST.reason", "BST给出中止原因", "BST says why the charge ends",
     "10.3.8, SPN 3511-3513", RULE_BMS, RULE_STOP},
    {RULE_STOP_BST_ANSWER, "stop.BST.answer", "CST在先时，BST给出充电机主动中止",
     "after CST, BST says that the charger stopped", "10.3.8, SPN 3511", RULE_BMS, RULE_STOP},
    {RULE_STOP_BST_CLAIM, "stop.BST.claim", "收到CST之后BST才给出充电机主动中止",
     "BST says that the charger stopped only after CST", "10.3.8, SPN 3511", RULE_BMS, RULE_STOP},
};

_Static_assert(sizeof singles / sizeof singles[0] == RULE_INDICES - RULE_ERROR_CEM,
               "every rule that has a name of its own has its texts");

/* Texts of the tables above and below: all of it has room. */
static void write_text(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void write_text(char *text, size_t size, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, size, format, arguments);
    va_end(arguments);
    assert(length > 0 && (size_t)length < size);
    (void)length;
}

bool rules_in_edition(enum edition edition, enum message_index message) {
    return !message_form(&messages[message], edition)->absent;
}

static bool has_reserved(const struct message *message, enum edition edition) {
    uint8_t zeros[MESSAGE_LENGTH_MAX] = {0};
    size_t length = message_form(message, edition)->length_sent;
    return message_form(message, edition)->length_unit == 0 &&
           !message_reserved_ok(message_of_edition(message, edition), zeros, length);
}

static bool applies(const struct rules *rules, enum rule_group group, enum message_index index) {
    const struct message *message = &messages[index];
    if (!rules_in_edition(rules->edition, index)) {
        return group == GROUP_ORDER; /* it must not come at all */
    }
    switch (group) {
    case GROUP_RESERVED:
        return has_reserved(message, rules->edition);
    case GROUP_TRANSPORT:
        return message->transport;
    default:
        return true;
    }
}

static void list_grouped(struct rules *rules, enum rule_group group, enum message_index index) {
    const struct message *message = &messages[index];
    const struct message_form *form = message_form(message, rules->edition);
    enum rule_index number = rule_of(group, index);
    struct rule_texts *rule =
        rules_add(rules, number, message->from_charger ? RULE_CHARGER : RULE_BMS,
                  groups[group].kind, message);
    const char *edition = edition_text(rules->edition);
    write_text(rule->id, sizeof rule->id, "%s.%s", groups[group].id, message->code);
    write_text(rule->zh, sizeof rule->zh, groups[group].zh, message->code);
    write_text(rule->en, sizeof rule->en, groups[group].en, message->code);
    if (group == GROUP_RESERVED) {
        write_text(rule->clause, sizeof rule->clause, "%s 7.9", edition);
    } else if (group == GROUP_PRIORITY || group == GROUP_TRANSPORT) {
        write_text(rule->clause, sizeof rule->clause, "%s chapter 6, chapter 9", edition);
    } else {
        write_text(rule->clause, sizeof rule->clause, "%s %s%s", edition,
                   group == GROUP_VALUE ? "" : "chapter 9, ", form->clause);
    }
}

static void list_timeout(struct rules *rules, enum wait_index index) {
    const struct wait_rule *wait = wait_rule(index);
    struct rule_texts *rule =
        rules_add(rules, (enum rule_index)(RULE_WAITED + index),
                  wait->by_charger ? RULE_CHARGER : RULE_BMS, RULE_TIMEOUT, NULL);
    const char *waits = wait->by_charger ? "charger" : "bms";
    double limit_s = seconds(wait_limit_ns(rules, index));
    write_text(rule->id, sizeof rule->id, "timeout.%s.%s", waits, wait->name);
    if (wait->byte != 0) {
        const char *error = wait->by_charger ? "CEM" : "BEM";
        write_text(rule->zh, sizeof rule->zh, "自%s起%g s未收到%s时，%s发送%s（SPN %u），不早不迟",
                   wait->from_zh, limit_s, wait->awaited, wait->by_charger ? "充电机" : "BMS",
                   error, wait->spn);
        write_text(rule->en, sizeof rule->en,
                   "when %s does not come within %g s of %s, the %s sends %s (SPN %u), not earlier "
                   "and not later",
                   wait->awaited, limit_s, wait->from, wait->by_charger ? "charger" : "BMS", error,
                   wait->spn);
        write_text(rule->clause, sizeof rule->clause, "%s annex A, SPN %u",
                   edition_text(rules->edition), wait->spn);
    } else {
        write_text(rule->zh, sizeof rule->zh, "自%s起%g s未收到%s时，充电机不继续充电流程",
                   wait->from_zh, limit_s, wait->awaited);
        write_text(rule->en, sizeof rule->en,
                   "when %s does not come within %g s of %s, the charger does not go on",
                   wait->awaited, limit_s, wait->from);
        write_text(rule->clause, sizeof rule->clause, "%s annex A", edition_text(rules->edition));
    }
}

static void list_awaited(struct rules *rules, enum wait_index index) {
    const struct wait_rule *wait = wait_rule(index);
    struct rule_texts *rule =
        rules_add(rules, (enum rule_index)(RULE_AWAITED + index),
                  wait->by_charger ? RULE_BMS : RULE_CHARGER, RULE_TIMEOUT, NULL);
    double limit_s = seconds(wait_limit_ns(rules, index));
    write_text(rule->id, sizeof rule->id, "awaited.%s.%s", wait->by_charger ? "bms" : "charger",
               wait->name);
    write_text(rule->zh, sizeof rule->zh, "%s在%s后%g s内到达", wait->awaited, wait->from_zh,
               limit_s);
    write_text(rule->en, sizeof rule->en, "%s comes within %g s of %s", wait->awaited, limit_s,
               wait->from);
    write_text(rule->clause, sizeof rule->clause, "%s annex A", edition_text(rules->edition));
}

/* Nothing of the kind in this edition: no BHM (2011), no permission in CCS (2011). */
static bool unknown(enum edition edition, enum wait_index index) {
    bool permission = message_form(&messages[MESSAGE_CCS], edition)->length_sent >= 7;
    return (index == WAIT_BHM && !rules_in_edition(edition, MESSAGE_BHM)) ||
           ((index == WAIT_PAUSE || index == WAIT_RESUME) && !permission);
}

static void list_waits(struct rules *rules) {
    for (unsigned i = 0; i < WAITS; i++) {
        enum wait_index index = (enum wait_index)i;
        const struct wait_rule *wait = wait_rule(index);
        if (wait_limit_ns(rules, index) <= 0 || unknown(rules->edition, index)) {
            continue;
        }
        if (wait->byte != 0 || wait->by_charger) {
            list_timeout(rules, index);
        }
        list_awaited(rules, index);
    }
}

/* Which reasons BST and CST of 2011 have is not known, save that they give one. */
static bool single_applies(const struct rules *rules, enum rule_index index) {
    bool reason = index == RULE_STOP_CST_REASON || index == RULE_STOP_BST_REASON;
    bool stop = index >= RULE_STOP_CST_REASON && index <= RULE_STOP_BST_CLAIM;
    if (stop && !reason && rules->edition == EDITION_2011) {
        return false;
    }
    return index != RULE_STOP_CST_NAMED || rules->limits.fault_named > 0;
}

void rules_list(struct rules *rules) {
    for (unsigned group = 0; group < GROUPS; group++) {
        for (unsigned i = 0; i < MESSAGE_COUNT; i++) {
            if (applies(rules, (enum rule_group)group, (enum message_index)i)) {
                list_grouped(rules, (enum rule_group)group, (enum message_index)i);
            }
        }
    }
    list_waits(rules);
    for (size_t i = 0; i < sizeof singles / sizeof singles[0]; i++) {
        if (!single_applies(rules, singles[i].index)) {
            continue;
        }
        struct rule_texts *rule =
            rules_add(rules, singles[i].index, singles[i].side, singles[i].kind, NULL);
        write_text(rule->id, sizeof rule->id, "%s", singles[i].id);
        write_text(rule->zh, sizeof rule->zh, "%s", singles[i].zh);
        write_text(rule->en, sizeof rule->en, "%s", singles[i].en);
        write_text(rule->clause, sizeof rule->clause, "%s %s", edition_text(rules->edition),
                   singles[i].clause);
    }
}
