/* SPDX-License-Identifier: MIT */
/* What the messages say: the pack, the parameters and the circuit, coded by the table. */
#include "vehicle_bms/bms/internal.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define NOT_SUPPLIED  ((double)NAN)
#define TIME_LEFT_MAX 600.0 /* min; longer is sent as 600 (10.3.2) */
#define CURRENT_MAX_A 400.0 /* what offset -400 A can express */
#define HOTTEST       1     /* sensor and cell numbers: the model's are in fixed places */
#define HIGHEST_CELL  1

/* In the order of the message's fields; what cannot be coded goes out as not supplied. */
static size_t encode(const struct bms *bms, enum message_index index, double *values,
                     uint8_t *data) {
    const struct message *message = &messages[index];
    size_t bad = 0, length;
    while ((length = message_encode(message, bms->params.edition, values, data, &bad)) == 0) {
        assert(bad < message->field_count);
        assert(!isnan(values[bad]));
        values[bad] = NOT_SUPPLIED;
    }
    return length;
}

static double charging(double magnitude_a) {
    return -fmin(magnitude_a, CURRENT_MAX_A); /* negative on the wire, never "-0" above 0 */
}

static size_t brm(struct bms *bms, uint8_t *data) {
    const struct bms_params *params = &bms->params;
    const struct pack_params *pack = pack_params(bms->pack);
    const struct message *message = &messages[MESSAGE_BRM];
    double values[MESSAGE_FIELDS_MAX] = {
        params->version_minor,
        params->version_major,
        pack->chemistry,
        pack->capacity_ah,
        pack->cell_nominal_v * pack->cells_series,
        NOT_SUPPLIED, /* maker: text */
        params->serial_number,
        params->made_year,
        params->made_month,
        params->made_day,
        params->charge_count,
        params->ownership,
        NOT_SUPPLIED, /* reserved */
        NOT_SUPPLIED, /* VIN: text */
        params->software_build,
        params->software_day,
        params->software_month,
        params->software_year,
    };
    size_t length = encode(bms, MESSAGE_BRM, values, data);
    int maker = field_put_text(field_find(message, "maker"), data, length, params->maker);
    int vin = field_put_text(field_find(message, "vin"), data, length, params->vin);
    assert(maker == 0 && vin == 0); /* both have room: nothing was cut */
    (void)maker, (void)vin;
    return params->brm_length < length ? params->brm_length : length;
}

static size_t bcp(struct bms *bms, int64_t now_ns, uint8_t *data) {
    const struct bms_params *params = &bms->params;
    double values[] = {
        params->cell_voltage_max_v,         charging(params->current_max_a),
        pack_energy_kwh(bms->pack),         params->voltage_max_v,
        params->temperature_max_c,          pack_soc_percent(bms->pack, now_ns),
        pack_terminal_v(bms->pack, now_ns),
    };
    return encode(bms, MESSAGE_BCP, values, data);
}

static double time_left_min(struct bms *bms, int64_t now_ns, double current_a) {
    const struct pack_params *pack = pack_params(bms->pack);
    double missing = bms->params.target_soc_percent - pack_soc_percent(bms->pack, now_ns);
    double flowing_a = current_a > 1.0 ? current_a : bms->demand.current_a;
    if (missing <= 0) {
        return 0;
    }
    if (flowing_a <= 0) {
        return TIME_LEFT_MAX;
    }
    assert(missing <= 100.0);
    return fmin(missing / 100.0 * pack->capacity_ah / flowing_a * 60.0, TIME_LEFT_MAX);
}

static size_t bcs(struct bms *bms, int64_t now_ns, uint8_t *data) {
    double current_a = bms_current_a(bms, now_ns);
    double voltage_v = signal_at(bms->voltage, now_ns);
    double values[] = {
        isnan(voltage_v) ? pack_terminal_v(bms->pack, now_ns) : voltage_v,
        fmax(charging(current_a), -CURRENT_MAX_A),
        pack_cell_max_v(bms->pack, now_ns),
        0,
        floor(pack_soc_percent(bms->pack, now_ns)),
        time_left_min(bms, now_ns, pack_current_a(bms->pack, now_ns)),
    };
    return encode(bms, MESSAGE_BCS, values, data);
}

static size_t bsm(struct bms *bms, int64_t now_ns, uint8_t *data) {
    double values[] = {
        HIGHEST_CELL,
        pack_temperature_max_c(bms->pack, now_ns),
        HOTTEST,
        pack_temperature_min_c(bms->pack, now_ns),
        pack_params(bms->pack)->sensors,
        0,
        0,
        0,
        0,
        0,
        0, /* all states normal */
        1, /* charging permitted */
    };
    return encode(bms, MESSAGE_BSM, values, data);
}

/* Elements spread evenly from the highest (first) to the lowest (last). */
static size_t spread(const struct field *field, uint8_t *data, size_t length, unsigned count,
                     double high, double low) {
    assert(count >= 1 && length <= MESSAGE_LENGTH_MAX);
    for (unsigned n = 0; n < count; n++) {
        struct field element = field_element(field, n);
        double share = count > 1 ? (double)n / (count - 1) : 0.0;
        assert(share >= 0 && share <= 1);
        if (field_put(&element, data, length, high + (low - high) * share) != 0) {
            int put = field_put(&element, data, length, NOT_SUPPLIED);
            assert(put == 0); /* all elements are inside */
            (void)put;
        }
    }
    return length;
}

static size_t bmv(struct bms *bms, int64_t now_ns, uint8_t *data) {
    const struct field *fields = messages[MESSAGE_BMV].fields;
    unsigned cells = pack_params(bms->pack)->cells_series;
    cells = cells < fields[0].repeat ? cells : fields[0].repeat;
    size_t length = (size_t)cells * fields[0].stride;
    memset(data, 0, length); /* groups 0 */
    return spread(&fields[0], data, length, cells, pack_cell_max_v(bms->pack, now_ns),
                  pack_cell_min_v(bms->pack, now_ns));
}

static size_t bmt(struct bms *bms, int64_t now_ns, uint8_t *data) {
    unsigned sensors = pack_params(bms->pack)->sensors;
    return spread(&messages[MESSAGE_BMT].fields[0], data, sensors, sensors,
                  pack_temperature_max_c(bms->pack, now_ns),
                  pack_temperature_min_c(bms->pack, now_ns));
}

static size_t bst(struct bms *bms, uint8_t *data) {
    const struct message *message = &messages[MESSAGE_BST];
    double values[MESSAGE_FIELDS_MAX] = {0};
    for (size_t i = 0; i < message->field_count; i++) {
        values[i] = &message->fields[i] == bms->stop_field ? 1 : 0;
    }
    assert(bms->stop_field >= message->fields &&
           bms->stop_field < message->fields + message->field_count);
    return encode(bms, MESSAGE_BST, values, data);
}

static size_t bsd(struct bms *bms, int64_t now_ns, uint8_t *data) {
    double values[] = {
        floor(pack_soc_percent(bms->pack, now_ns)), pack_cell_min_v(bms->pack, now_ns),
        pack_cell_max_v(bms->pack, now_ns),         pack_temperature_min_c(bms->pack, now_ns),
        pack_temperature_max_c(bms->pack, now_ns),
    };
    return encode(bms, MESSAGE_BSD, values, data);
}

/* Out of its turn (bms_add) BEM complains of what the state waits for. */
static enum bms_wait complained_of(const struct bms *bms) {
    static const enum bms_wait waits[BMS_STATES] = {
        [BMS_RECOGNITION] = BMS_WAIT_CRM_AA,
        [BMS_CONFIGURATION] = BMS_WAIT_CML,
        [BMS_NOT_READY] = BMS_WAIT_CRO,
        [BMS_READY] = BMS_WAIT_CRO,
        [BMS_CHARGING] = BMS_WAIT_CCS,
        [BMS_STOPPING] = BMS_WAIT_CST,
        [BMS_END] = BMS_WAIT_CSD,
        [BMS_FINISHED] = BMS_WAIT_CSD,
    };
    return bms->state == BMS_ERROR && bms->own_error ? bms->failed : waits[bms->state];
}

static size_t bem(struct bms *bms, uint8_t *data) {
    uint16_t spn = bms_wait_spn(complained_of(bms));
    assert(spn != 0);
    const struct message *message = &messages[MESSAGE_BEM];
    double values[MESSAGE_FIELDS_MAX];
    for (size_t i = 0; i < message->field_count; i++) {
        const struct field *field = &message->fields[i];
        values[i] = field->spn == 0 ? NOT_SUPPLIED : field->spn == spn;
    }
    return encode(bms, MESSAGE_BEM, values, data);
}

static size_t payload(struct bms *bms, int64_t now_ns, enum message_index index, uint8_t *data) {
    const struct bms_demand *demand = &bms->demand;
    bool ready = bms->state == BMS_READY && bms_contacts_closed(bms);
    switch (index) {
    case MESSAGE_BHM:
        return encode(bms, index, (double[]){bms->params.bhm_voltage_v}, data);
    case MESSAGE_BRM:
        return brm(bms, data);
    case MESSAGE_BCP:
        return bcp(bms, now_ns, data);
    case MESSAGE_BRO:
        return encode(bms, index, (double[]){ready ? 0xAA : 0x00}, data);
    case MESSAGE_BCL:
        return encode(bms, index,
                      (double[]){demand->voltage_v, charging(demand->current_a), demand->mode},
                      data);
    case MESSAGE_BCS:
        return bcs(bms, now_ns, data);
    case MESSAGE_BSM:
        return bsm(bms, now_ns, data);
    case MESSAGE_BMV:
        return bmv(bms, now_ns, data);
    case MESSAGE_BMT:
        return bmt(bms, now_ns, data);
    case MESSAGE_BST:
        return bst(bms, data);
    case MESSAGE_BSD:
        return bsd(bms, now_ns, data);
    case MESSAGE_BEM:
        return bem(bms, data);
    default: /* BSP: reserved, all ones */
        return message_blank(&messages[index], bms->params.edition, data);
    }
}

size_t bms_payload(struct bms *bms, int64_t now_ns, enum message_index index, uint8_t *data) {
    size_t length = payload(bms, now_ns, index, data);
    /* What the BMS says of its own accord is sound; BRM may be short by a parameter. */
    assert(index == MESSAGE_BRM ||
           message_length_ok(&messages[index], bms->params.edition, length));
    return length;
}
