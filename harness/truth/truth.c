/* SPDX-License-Identifier: MIT */
#include "harness/truth/internal.h"

#include <assert.h>
#include <math.h>
#include <string.h>

struct signal *truth_signal(struct truths *truth, const char *name, enum signal_kind kind,
                            const char *unit, const char *text) {
    struct signal *signal = signal_add(truth->config.board, name, kind, unit, text);
    signal_set(signal, truth->config.loop->now_ns, 0);
    return signal;
}

struct signal *truth_find(const struct truths *truth, const char *name) {
    return signal_find(truth->config.board, name);
}

void truth_follow(struct truths *truth, const char *name,
                  void (*changed)(void *truth, struct signal *signal, int64_t at_ns)) {
    struct signal *signal = truth_find(truth, name);
    if (signal == NULL) {
        return; /* an edition without that message */
    }
    assert(truth->subscription_count < TRUTH_SUBSCRIPTIONS);
    struct subscription *one = &truth->subscriptions[truth->subscription_count++];
    *one = (struct subscription){.changed = changed, .ctx = truth};
    signal_subscribe(signal, one);
}

double truth_field(const struct truths *truth, enum truth_field field) {
    assert((unsigned)field < TRUTH_FIELDS);
    const struct signal *signal = truth->fields[field];
    return signal != NULL && signal->known ? signal->value : (double)NAN;
}

static void find_fields(struct truths *truth) {
    static const char *const names[TRUTH_FIELDS] = {
        [FIELD_CCS_CHARGING_PERMITTED] = "CCS.charging_permitted",
        [FIELD_CCS_OUTPUT_VOLTAGE] = "CCS.output_voltage",
        [FIELD_CCS_OUTPUT_CURRENT] = "CCS.output_current",
        [FIELD_CCS_CHARGING_TIME] = "CCS.charging_time",
        [FIELD_BCL_CURRENT_DEMAND] = "BCL.current_demand",
        [FIELD_BCL_VOLTAGE_DEMAND] = "BCL.voltage_demand",
        [FIELD_BSM_CHARGING_PERMITTED] = "BSM.charging_permitted",
        [FIELD_BCS_SOC] = "BCS.soc",
        [FIELD_CSD_CHARGING_TIME] = "CSD.charging_time",
        [FIELD_CSD_CHARGER_NUMBER] = "CSD.charger_number",
        [FIELD_CSD_ENERGY] = "CSD.energy",
        [FIELD_CRM_CHARGER_NUMBER] = "CRM.charger_number",
        [FIELD_CRM_RESULT] = "CRM.result",
        [FIELD_CRO_READY] = "CRO.ready",
        [FIELD_BHM_VOLTAGE_MAX] = "BHM.voltage_max",
        [FIELD_BCP_VOLTAGE_MAX] = "BCP.voltage_max",
        [FIELD_BCP_BATTERY_VOLTAGE] = "BCP.battery_voltage",
        [FIELD_CML_VOLTAGE_MIN] = "CML.voltage_min",
        [FIELD_CML_VOLTAGE_MAX] = "CML.voltage_max",
        [FIELD_CML_CURRENT_MIN] = "CML.current_min",
        [FIELD_CML_CURRENT_MAX] = "CML.current_max",
        [FIELD_CTS_SECOND] = "CTS.second",
        [FIELD_CTS_MINUTE] = "CTS.minute",
        [FIELD_CTS_HOUR] = "CTS.hour",
        [FIELD_CTS_DAY] = "CTS.day",
        [FIELD_CTS_MONTH] = "CTS.month",
        [FIELD_CTS_YEAR] = "CTS.year",
    };
    for (unsigned i = 0; i < TRUTH_FIELDS; i++) {
        assert(names[i] != NULL); /* each field has its row */
        truth->fields[i] = truth_find(truth, names[i]);
    }
}

double truth_plate(const struct truths *truth, enum truth_plate what) {
    assert((unsigned)what < TRUTH_PLATE);
    const struct signal *signal = truth->plate[what];
    return signal != NULL && signal->known ? signal->value : (double)NAN;
}

static void find_plate(struct truths *truth) {
    static const char *const names[TRUTH_PLATE] = {
        [TRUTH_VOLTAGE_MIN] = "plate.voltage_min",
        [TRUTH_VOLTAGE_MAX] = "plate.voltage_max",
        [TRUTH_CURRENT_MIN] = "plate.current_min",
        [TRUTH_CURRENT_MAX] = "plate.current_max",
    };
    for (unsigned i = 0; i < TRUTH_PLATE; i++) {
        truth->plate[i] = truth_find(truth, names[i]);
    }
}

void truth_init(struct truths *truth, const struct truth_config *config) {
    memset(truth, 0, sizeof *truth);
    truth->config = *config;
    find_fields(truth);
    find_plate(truth);
    truth_output_init(truth);
    truth_plate_init(truth);
    truth_ready_init(truth);
    truth_reconnect_init(truth);
    truth_reasons_init(truth);
    truth_owed_init(truth);
}

void truth_clock(struct truths *truth, int64_t by_s, bool lost) {
    truth->config.clock_s = lost ? -1 : truth->config.clock_s + by_s;
}

void truth_free(struct truths *truth) {
    if (truth->config.board != NULL) {
        truth_reasons_free(truth);
        truth_output_end(truth);
        truth_owed_end(truth);
    }
}
