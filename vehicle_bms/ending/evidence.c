/* SPDX-License-Identifier: MIT */
/* Questions to what was seen. */
#include "vehicle_bms/ending/internal.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#define NEAR_MESSAGES 10 /* without a clock: as many messages are "a moment" */

double evidence_value(const struct evidence *evidence, int index, const char *field) {
    const struct seen *seen = &evidence->seen[index];
    double value = NAN;
    if (seen->count == 0) {
        return NAN;
    }
    assert(seen->first.order != 0 && seen->first.order <= seen->last.order);
    assert(field_find(seen_message(index), field) != NULL); /* a name out of the code */
    enum field_state state =
        field_get(field_find(seen_message(index), field), seen->data, seen->length, &value);
    return state == FIELD_VALUE || state == FIELD_OUT_OF_RANGE ? value : NAN;
}

double evidence_ampere(const struct evidence *evidence, int index, const char *field) {
    return 0.0 - evidence_value(evidence, index, field);
}

bool came_within(const struct ending *ending, const struct instant *one, const struct instant *at,
                 int64_t ns) {
    if (one->order == 0) {
        return false;
    }
    assert(one->order <= at->order); /* the one came first */
    return ending->clock ? at->ns - one->ns < ns : at->order - one->order < NEAR_MESSAGES;
}

/* SPN 3090..3095: 01 is abnormal in all, 10 in the first two only ("too low"; else "untrusted",
 * which changes nothing). */
bool evidence_abnormal(const struct evidence *evidence, struct statement *states) {
    const struct message *bsm = &messages[MESSAGE_BSM];
    const struct seen *seen = &evidence->seen[MESSAGE_BSM];
    struct writer writer = statement_writer(states);
    bool some = false;
    for (size_t i = 0; seen->count > 0 && i < bsm->field_count; i++) {
        const struct field *field = &bsm->fields[i];
        uint64_t raw = 0;
        if (field->spn < 3090 || field->spn > 3095 ||
            !field_raw(field, seen->data, seen->length, &raw) || raw == 0) {
            continue;
        }
        for (const struct field_label *label = field->labels; label->en != NULL; label++) {
            if (label->raw == raw && !label->untrusted) {
                tell_both(writer, some ? "、" : "", some ? ", " : "");
                tell_both(writer, field->zh, field->en);
                tell_both(writer, "=", ": ");
                tell_both(writer, label->zh, label->en);
                some = true;
            }
        }
    }
    return some;
}

static void tell_value(struct writer writer, bool *some, const char *zh, const char *en,
                       double value, const char *unit) {
    if (!isnan(value)) {
        tell_both(writer, *some ? "，" : "", *some ? ", " : "");
        tell_both(writer, zh, en);
        tell(writer, "%.1f %s", " %.1f %s", value, unit);
        *some = true;
    }
}

void tell_current(struct writer writer, const struct evidence *evidence) {
    bool some = false;
    tell_value(writer, &some, "BCL需求", "BCL asked for",
               evidence_ampere(evidence, MESSAGE_BCL, "current_demand"), "A");
    tell_value(writer, &some, "CCS输出", "CCS gave",
               evidence_ampere(evidence, MESSAGE_CCS, "output_current"), "A");
    tell_value(writer, &some, "BCS测量", "BCS measured",
               evidence_ampere(evidence, MESSAGE_BCS, "current"), "A");
}

void tell_voltage(struct writer writer, const struct evidence *evidence) {
    bool some = false;
    tell_value(writer, &some, "BCL需求", "BCL asked for",
               evidence_value(evidence, MESSAGE_BCL, "voltage_demand"), "V");
    tell_value(writer, &some, "CCS输出", "CCS gave",
               evidence_value(evidence, MESSAGE_CCS, "output_voltage"), "V");
    tell_value(writer, &some, "BCS测量", "BCS measured",
               evidence_value(evidence, MESSAGE_BCS, "voltage"), "V");
    tell_value(writer, &some, "BCP最高允许", "BCP allows at most",
               evidence_value(evidence, MESSAGE_BCP, "voltage_max"), "V");
}

bool tell_outside(struct writer writer, const struct evidence *evidence) {
    double battery = evidence_value(evidence, MESSAGE_BCP, "battery_voltage");
    double lowest = evidence_value(evidence, MESSAGE_CML, "voltage_min");
    double highest = evidence_value(evidence, MESSAGE_CML, "voltage_max");
    if (!(battery > highest || battery < lowest)) {
        return false;
    }
    assert(!isnan(battery));
    tell(writer, "BCP中的电池电压%.1f V不在CML输出范围%.1f～%.1f V之内。",
         " The battery's %.1f V (BCP) are outside what the charger can give (CML: %.1f to %.1f V).",
         battery, lowest, highest);
    return true;
}

void tell_battery(struct writer writer, const struct evidence *evidence) {
    double battery = evidence_value(evidence, MESSAGE_BCP, "battery_voltage");
    if (!isnan(battery) && !tell_outside(writer, evidence)) {
        tell(writer, "BCP中的电池电压为%.1f V，充电机须在K1、K2外侧测得与之相符的电压。",
             " BCP names a battery voltage of %.1f V, which the charger has to find before it "
             "closes K1/K2.",
             battery);
    }
}

/* ------------------------------------------------------------------ before charging */

#define LIMIT(member) offsetof(struct rules_limits, member)

/* From the last to the first; table 1.5 of phases, what each waits for and how long (table 1.6).
 * The insulation test has no limit of its own: the BMS waits for CRM(00) from the first CHM. */
static const struct stage stages[] = {
    {SEEN_CRO_AA, MESSAGE_BCL, false, LIMIT(bcs_ns), "充电机已准备好，等待BCL和BCS",
     "charger ready, waiting for BCL and BCS"},
    {MESSAGE_CRO, SEEN_CRO_AA, true, LIMIT(cro_aa_ns), "充电机预充电并闭合K1、K2（CRO=00）",
     "the charger pre-charges and closes K1/K2 (CRO = 00)"},
    {SEEN_BRO_AA, MESSAGE_CRO, true, LIMIT(cro_ns), "车辆已准备好，等待CRO",
     "vehicle ready, waiting for CRO"},
    {MESSAGE_BRO, SEEN_BRO_AA, false, LIMIT(bro_aa_ns), "等待车辆闭合K5、K6（BRO=00）",
     "the vehicle has to close K5/K6 (BRO = 00)"},
    {MESSAGE_CML, MESSAGE_BRO, false, LIMIT(bro_ns), "参数配置，等待BRO",
     "configuration, waiting for BRO"},
    {MESSAGE_BCP, MESSAGE_CML, true, LIMIT(cml_ns), "参数配置，等待CML",
     "configuration, waiting for CML"},
    {SEEN_CRM_AA, MESSAGE_BCP, false, LIMIT(bcp_ns), "参数配置，等待BCP",
     "configuration, waiting for BCP"},
    {MESSAGE_BRM, SEEN_CRM_AA, true, LIMIT(crm_aa_ns), "辨识，等待CRM(AA)",
     "recognition, waiting for CRM(AA)"},
    {MESSAGE_CRM, MESSAGE_BRM, false, LIMIT(brm_ns), "辨识，等待BRM（CRM=00）",
     "recognition, waiting for BRM (CRM = 00)"},
    {MESSAGE_BHM, MESSAGE_CRM, true, LIMIT(crm_00_ns), "绝缘检测，等待CRM(00)",
     "insulation test, waiting for CRM(00)"},
    {MESSAGE_CHM, MESSAGE_BHM, false, LIMIT(bhm_ns), "握手，等待BHM", "handshake, waiting for BHM"},
};

/* BCL and BCS come in any order, and CCS answers both. */
static const struct stage demand_stages[] = {
    {MESSAGE_BCS, MESSAGE_BCL, false, LIMIT(bcl_ns), "充电机已准备好，等待BCL",
     "charger ready, waiting for BCL"},
    {MESSAGE_BCL, MESSAGE_BCS, false, LIMIT(bcs_ns), "充电机已准备好，等待BCS",
     "charger ready, waiting for BCS"},
    {MESSAGE_BCL, MESSAGE_CCS, true, LIMIT(ccs_ns), "等待充电机发送CCS",
     "waiting for the charger's CCS"},
};

static const struct stage *demand_stage(const struct evidence *evidence) {
    assert(evidence->seen[MESSAGE_BCL].count > 0 || evidence->seen[MESSAGE_BCS].count > 0);
    for (size_t i = 0; i < sizeof demand_stages / sizeof demand_stages[0]; i++) {
        if (evidence->seen[demand_stages[i].awaited].count == 0) {
            return &demand_stages[i];
        }
    }
    return NULL;
}

const struct stage *evidence_stage(const struct evidence *evidence) {
    if (evidence->seen[MESSAGE_BCL].count > 0 || evidence->seen[MESSAGE_BCS].count > 0) {
        return demand_stage(evidence);
    }
    for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++) {
        if (evidence->seen[stages[i].mark].count > 0) {
            return evidence->seen[stages[i].awaited].count > 0 ? NULL : &stages[i];
        }
    }
    return NULL;
}

int64_t limit_of(const struct rules_limits *limits, size_t offset) {
    assert(offset % sizeof(int64_t) == 0 && offset + sizeof(int64_t) <= sizeof *limits);
    int64_t ns;
    memcpy(&ns, (const char *)limits + offset, sizeof ns);
    return ns;
}
