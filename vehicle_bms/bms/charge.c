/* SPDX-License-Identifier: MIT */
/* Charging, the end of it, and errors. Source: GB/T 27930-2015 chapter 10.3..10.5, annexes A and C;
 * GB/T 18487.1-2015 B.3.6, B.3.7 for K5/K6. */
#include "vehicle_bms/bms/internal.h"

#include <assert.h>
#include <math.h>

#define CONTROL_NS       (50 * NS_PER_MS) /* period of BCL */
#define CONSTANT_VOLTAGE 1
#define CONSTANT_CURRENT 2
#define CRM_UNKNOWN      0x00
#define READY            0xAA

static const struct field *reason(const char *name) {
    const struct field *field = field_find(&messages[MESSAGE_BST], name);
    assert(field != NULL);
    return field;
}

/* ---- charging ---- */

/* What CML announces; "not supplied" or nothing at all bounds nothing. */
static double announced(const char *name, const uint8_t *data, size_t length) {
    double value = 0.0;
    const struct field *field = field_find(&messages[MESSAGE_CML], name);
    enum field_state state = field_get(field, data, length, &value);
    bool known = state == FIELD_VALUE || state == FIELD_OUT_OF_RANGE;
    return known && fabs(value) > 0.0 ? fabs(value) : (double)INFINITY;
}

void bms_heed(struct bms *bms, const uint8_t *cml, size_t length) {
    bms->charger_v = announced("voltage_max", cml, length);
    bms->charger_a = announced("current_max", cml, length);
    assert(bms->charger_v > 0 &&
           bms->charger_a > 0); /* a bound that lets something through, or none */
}

/* Channels between which the pack's current is divided. */
static double channels(const struct bms *bms) {
    return bms->other != NULL && bms->other->state == BMS_CHARGING ? 2.0 : 1.0;
}

static double wanted_current(const struct bms *bms, double voltage_v) {
    const struct bms_params *params = &bms->params;
    double allowed_a = fmin(params->current_max_a, bms->charger_a);
    if (params->charger_power_w > 0.0) {
        allowed_a = fmin(allowed_a, params->charger_power_w / voltage_v);
    }
    double liked_a =
        params->demand_share > 0.0 ? params->demand_share * allowed_a : params->demand_current_a;
    return fmin(liked_a, fmin(allowed_a, params->current_max_a / channels(bms)));
}

/* The current that holds the pack at the constant voltage: with the OCV and the resistance known
 * the taper needs no regulator and is the same for a charger that regulates voltage or current. */
static void control(struct bms *bms, int64_t now_ns) {
    const struct bms_params *params = &bms->params;
    const struct pack_params *pack = pack_params(bms->pack);
    double cells_v = params->charge_cell_voltage_v * pack->cells_series;
    double voltage_v = fmin(fmin(cells_v, params->voltage_max_v), bms->charger_v);
    double wanted_a = wanted_current(bms, voltage_v);
    double held_a = (voltage_v - pack_ocv_v(bms->pack, now_ns)) / pack->resistance_ohm;
    double holding_a = held_a / channels(bms);
    bool constant_voltage = holding_a < wanted_a;
    bms->demand.voltage_v = voltage_v;
    bms->demand.current_a = constant_voltage ? fmax(holding_a, 0.0) : wanted_a;
    assert(bms->demand.current_a >= 0 && bms->demand.current_a <= fmax(wanted_a, 0.0));
    assert(bms->demand.voltage_v <= params->voltage_max_v);
    assert(bms->demand.voltage_v <= bms->charger_v); /* GB/T 27930-2015 10.3.1 */
    bms->demand.mode = constant_voltage ? CONSTANT_VOLTAGE : CONSTANT_CURRENT;
}

/* Why the charge has to end now; NULL: it goes on. */
static const struct field *end_reason(struct bms *bms, int64_t now_ns) {
    assert(bms->state == BMS_CHARGING);
    const struct bms_params *params = &bms->params;
    if (!bms_contacts_closed(bms)) {
        return reason("relay_fault");
    }
    if (pack_temperature_max_c(bms->pack, now_ns) > params->temperature_max_c) {
        return reason("pack_over_temperature");
    }
    if (pack_soc_percent(bms->pack, now_ns) >= params->target_soc_percent) {
        return reason("soc_reached");
    }
    if (pack_cell_max_v(bms->pack, now_ns) > params->cell_voltage_max_v) {
        return reason("cell_voltage_reached");
    }
    bool tapered = bms->demand.mode == CONSTANT_VOLTAGE &&
                   bms->demand.current_a * channels(bms) <= params->end_current_a;
    if (!tapered) {
        return NULL;
    }
    bool total = bms->demand.voltage_v >= fmin(params->voltage_max_v, bms->charger_v);
    return reason(total ? "voltage_reached" : "cell_voltage_reached");
}

void bms_charging_enter(struct bms *bms, int64_t now_ns) {
    bms->stop_field = NULL;
    control(bms, now_ns);
    bms_wait_start(bms, now_ns, BMS_WAIT_CCS);
    bms->poll_at_ns = now_ns + CONTROL_NS;
}

enum bms_state_id bms_charging_time(struct bms *bms, int64_t now_ns) {
    control(bms, now_ns);
    bms->poll_at_ns = now_ns + CONTROL_NS;
    const struct field *why = end_reason(bms, now_ns);
    if (why == NULL) {
        return bms->state;
    }
    assert(bms->stop_field == NULL); /* whatever ends the charge ends it once */
    bms->stop_field = why;
    return BMS_STOPPING;
}

enum bms_state_id bms_charger_stops(struct bms *bms) {
    assert(bms->state >= BMS_CONFIGURATION && bms->state <= BMS_CHARGING);
    bms->cst_seen = true;
    bms->stop_field = reason("charger_stopped");
    return BMS_STOPPING;
}

enum bms_state_id bms_charging_message(struct bms *bms, int64_t now_ns, enum message_index index,
                                       const uint8_t *data) {
    switch (index) {
    case MESSAGE_CRO: /* goes on until BCL and BCS have arrived; only then CCS is owed */
        if (data[0] == READY) {
            bms_wait_start(bms, now_ns, BMS_WAIT_CCS);
        }
        return bms->state;
    case MESSAGE_CCS:
        bms_wait_start(bms, now_ns, BMS_WAIT_CCS);
        return bms->state;
    case MESSAGE_CST:
        return bms_charger_stops(bms);
    case MESSAGE_CRM:
        return data[0] == CRM_UNKNOWN ? BMS_RECOGNITION : bms->state;
    case MESSAGE_CEM:
        return bms_error_message(bms, now_ns, index, data);
    default:
        return bms->state;
    }
}

bool bms_stop(struct bms *bms, const struct field *reason) {
    const struct message *bst = &messages[MESSAGE_BST];
    assert(reason >= bst->fields && reason < bst->fields + bst->field_count);
    if (bms->state != BMS_READY && bms->state != BMS_CHARGING) {
        return false;
    }
    bms->stop_field = reason;
    bms_go(bms, bms->loop->now_ns, BMS_STOPPING);
    bms_reschedule(bms);
    return true;
}

/* ---- stopping and end ---- */

void bms_stopping_enter(struct bms *bms, int64_t now_ns) {
    assert(bms->stop_field != NULL); /* nobody stops without a reason */
    const struct bms_params *params = &bms->params;
    /* SPN 3511 is an orderly end; 3512 and 3513 are faults of the vehicle (B.3.7.2). */
    bool fault = bms->stop_field != NULL && bms->stop_field->spn != 3511;
    bms_open_begin(bms, now_ns, fault ? params->open_fault_ns : params->open_ns);
}

static enum bms_state_id when_stopped(const struct bms *bms) {
    assert(bms->state == BMS_STOPPING);
    bool enough = bms->slots[MESSAGE_BST].sent >= bms->params.bst_frames_min;
    return bms->cst_seen && enough ? BMS_END : bms->state;
}

enum bms_state_id bms_stopping_message(struct bms *bms, int64_t now_ns, enum message_index index,
                                       const uint8_t *data) {
    switch (index) {
    case MESSAGE_CST:
        bms->cst_seen = true;
        bms_wait_end(bms, BMS_WAIT_CST);
        return when_stopped(bms);
    case MESSAGE_CSD:
        bms->csd_seen = true;
        return bms->state;
    case MESSAGE_CEM:
        return bms_error_message(bms, now_ns, index, data);
    default:
        return bms->state;
    }
}

enum bms_state_id bms_stopping_sent(struct bms *bms, int64_t now_ns, enum message_index index,
                                    const uint8_t *data) {
    (void)index;
    (void)data;
    if (!bms->announced) {
        bms->announced = true;
        bms_wait_start(bms, now_ns, BMS_WAIT_CSD);
        if (!bms->cst_seen) {
            bms_wait_start(bms, now_ns, BMS_WAIT_CST);
        }
    }
    return when_stopped(bms);
}

static enum bms_state_id when_exchanged(const struct bms *bms) {
    assert(bms->state == BMS_END && bms->cst_seen);
    return bms->csd_seen && bms->slots[MESSAGE_BSD].sent > 0 ? BMS_FINISHED : bms->state;
}

enum bms_state_id bms_end_message(struct bms *bms, int64_t now_ns, enum message_index index,
                                  const uint8_t *data) {
    if (index == MESSAGE_CEM) {
        return bms_error_message(bms, now_ns, index, data);
    }
    if (index == MESSAGE_CSD) {
        bms->csd_seen = true;
        bms_wait_end(bms, BMS_WAIT_CSD);
    }
    return when_exchanged(bms);
}

enum bms_state_id bms_end_sent(struct bms *bms, int64_t now_ns, enum message_index index,
                               const uint8_t *data) {
    (void)now_ns;
    (void)index;
    (void)data;
    return when_exchanged(bms);
}

/* ---- errors ---- */

uint16_t bms_wait_spn(enum bms_wait wait) {
    static const uint16_t spns[BMS_WAITS] = {
        [BMS_WAIT_CRM_00] = 3901, [BMS_WAIT_CRM_AA] = 3902, [BMS_WAIT_CML] = 3903,
        [BMS_WAIT_CRO] = 3904,    [BMS_WAIT_CRO_AA] = 3904, [BMS_WAIT_CCS] = 3905,
        [BMS_WAIT_CST] = 3906,    [BMS_WAIT_CSD] = 3907,
    };
    assert((unsigned)wait < BMS_WAITS);
    assert((spns[wait] == 0) == (wait == BMS_WAIT_RETURN));
    return spns[wait];
}

void bms_error_enter(struct bms *bms, int64_t now_ns) {
    bms_open_begin(bms, now_ns, bms->params.open_ns);
    bms_wait_start(bms, now_ns, BMS_WAIT_RETURN);
    assert(bms->k5_at_ns == LOOP_NEVER &&
           bms->k6_at_ns == LOOP_NEVER); /* nothing closes any more */
}

/* The first timeout that a CEM reports; 0 when it reports none. */
static uint16_t cem_spn(enum edition edition, const uint8_t *data) {
    const struct message *cem = &messages[MESSAGE_CEM];
    size_t length = message_form(cem, edition)->length_sent;
    for (size_t i = 0; i < cem->field_count; i++) {
        uint64_t raw = 0;
        if (field_raw(&cem->fields[i], data, length, &raw) && raw == 1) {
            return cem->fields[i].spn;
        }
    }
    return 0;
}

enum bms_state_id bms_error_message(struct bms *bms, int64_t now_ns, enum message_index index,
                                    const uint8_t *data) {
    switch (index) {
    case MESSAGE_CEM:
        if (bms->state != BMS_ERROR) {
            bms->own_error = false;
            signal_set(bms->fault_signal, now_ns, cem_spn(bms->params.edition, data));
        }
        return BMS_ERROR;
    case MESSAGE_CRM:
        return data[0] == CRM_UNKNOWN ? BMS_RECOGNITION : bms->state;
    case MESSAGE_CHM: /* the charger starts from the beginning */
        return BMS_HANDSHAKE;
    default:
        return bms->state;
    }
}
