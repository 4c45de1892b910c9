/* SPDX-License-Identifier: MIT */
/* The states up to READY, and the table of all. Source: GB/T 27930-2015 chapter 10 and annex A
 * (conditions to start and to stop each message, timeouts). */
#include "vehicle_bms/bms/internal.h"

#include <assert.h>

#define CRM_UNKNOWN    0x00
#define CRM_RECOGNISED 0xAA
#define READY          0xAA
#define LOOK_AGAIN_NS  (10 * NS_PER_MS)

static void awake_enter(struct bms *bms, int64_t now_ns) {
    assert(!signal_is(bms->k5_command) && !signal_is(bms->k6_command));
    signal_set(bms->fault_signal, now_ns, 0);
    bms->own_error = bms->cst_seen = bms->csd_seen = false;
    if (bms->params.own_timeouts) {
        bms->wait_at_ns[BMS_WAIT_CRM_00] = now_ns + bms->params.wait_wake_ns;
    }
}

static enum bms_state_id awake_message(struct bms *bms, int64_t now_ns, enum message_index index,
                                       const uint8_t *data) {
    (void)now_ns;
    if (index == MESSAGE_CHM) {
        return BMS_HANDSHAKE;
    }
    return index == MESSAGE_CRM && data[0] == CRM_UNKNOWN ? BMS_RECOGNITION : bms->state;
}

static void handshake_enter(struct bms *bms, int64_t now_ns) {
    bms_wait_start(bms, now_ns, BMS_WAIT_CRM_00); /* 30 s from the first CHM */
}

/* CEM leads to the error state from wherever the session is. */
static enum bms_state_id session_message(struct bms *bms, int64_t now_ns, enum message_index index,
                                         const uint8_t *data) {
    switch (index) {
    case MESSAGE_CEM:
        return bms_error_message(bms, now_ns, index, data);
    case MESSAGE_CST:
        return bms->state >= BMS_CONFIGURATION ? bms_charger_stops(bms) : bms->state;
    case MESSAGE_CRM: /* the charger has begun anew: reconnection */
        return data[0] == CRM_UNKNOWN ? BMS_RECOGNITION : bms->state;
    default:
        return bms->state;
    }
}

static void recognition_enter(struct bms *bms, int64_t now_ns) {
    bms->own_error = bms->cst_seen = bms->csd_seen = false;
    bms_open_begin(bms, now_ns, bms->params.open_ns); /* after a reconnection */
    assert(bms->k5_at_ns == LOOP_NEVER && bms->k6_at_ns == LOOP_NEVER);
}

static enum bms_state_id recognition_message(struct bms *bms, int64_t now_ns,
                                             enum message_index index, const uint8_t *data) {
    if (index == MESSAGE_CRM && data[0] == CRM_RECOGNISED) {
        return BMS_CONFIGURATION;
    }
    return session_message(bms, now_ns, index, data);
}

/* The wait for the answer starts when the message has gone out for the first time; a transfer that
 * fails does not count. */
static enum bms_state_id announce(struct bms *bms, int64_t now_ns, enum bms_wait wait) {
    if (!bms->announced) {
        bms->announced = true;
        assert(bms->wait_at_ns[wait] == LOOP_NEVER); /* begun once in this state */
        bms_wait_start(bms, now_ns, wait);
    }
    return bms->state;
}

static enum bms_state_id recognition_sent(struct bms *bms, int64_t now_ns, enum message_index index,
                                          const uint8_t *data) {
    (void)index;
    (void)data;
    return announce(bms, now_ns, BMS_WAIT_CRM_AA);
}

static enum bms_state_id configuration_message(struct bms *bms, int64_t now_ns,
                                               enum message_index index, const uint8_t *data) {
    /* CTS is optional, so CML alone ends the wait. */
    return index == MESSAGE_CML ? BMS_NOT_READY : session_message(bms, now_ns, index, data);
}

static enum bms_state_id configuration_sent(struct bms *bms, int64_t now_ns,
                                            enum message_index index, const uint8_t *data) {
    (void)index;
    (void)data;
    return announce(bms, now_ns, BMS_WAIT_CML);
}

static void not_ready_enter(struct bms *bms, int64_t now_ns) {
    bms_close_begin(bms, now_ns);
    if (bms_contacts_closed(bms)) { /* welded, or never opened */
        bms->ready_at_ns = now_ns + bms->params.ready_ns;
    }
}

static enum bms_state_id not_ready_time(struct bms *bms, int64_t now_ns) {
    bool commanded = signal_is(bms->k5_command) && signal_is(bms->k6_command);
    bms->ready_at_ns = LOOP_NEVER;
    if (!commanded) { /* welded contacts are no reason to be ready before the time */
        bms->ready_at_ns = now_ns + LOOK_AGAIN_NS;
        return bms->state;
    }
    return bms_contacts_closed(bms) ? BMS_READY : bms->state;
}

static enum bms_state_id ready_message(struct bms *bms, int64_t now_ns, enum message_index index,
                                       const uint8_t *data) {
    if (index == MESSAGE_CRO) {
        bms_wait_end(bms, BMS_WAIT_CRO);
        return data[0] == READY ? BMS_CHARGING : bms->state;
    }
    return session_message(bms, now_ns, index, data);
}

static enum bms_state_id ready_sent(struct bms *bms, int64_t now_ns, enum message_index index,
                                    const uint8_t *data) {
    (void)index;
    if (!bms->announced && data[0] == READY) {
        bms->announced = true;
        assert(bms->wait_at_ns[BMS_WAIT_CRO_AA] == LOOP_NEVER);
        bms_wait_start(bms, now_ns, BMS_WAIT_CRO);
        bms_wait_start(bms, now_ns, BMS_WAIT_CRO_AA);
    }
    return bms->state;
}

#define SENDS(code) (1u << MESSAGE_##code)
#define KEEPS(wait) (1u << BMS_WAIT_##wait)

const struct bms_handlers bms_handlers[BMS_STATES] = {
    [BMS_OFF] = {0, 0, NULL, NULL, NULL, NULL},
    [BMS_AWAKE] = {0, 0, awake_enter, awake_message, NULL, NULL},
    [BMS_HANDSHAKE] = {SENDS(BHM), 0, handshake_enter, session_message, NULL, NULL},
    [BMS_RECOGNITION] = {SENDS(BRM), 0, recognition_enter, recognition_message, recognition_sent,
                         NULL},
    [BMS_CONFIGURATION] = {SENDS(BCP), 0, NULL, configuration_message, configuration_sent, NULL},
    [BMS_NOT_READY] = {SENDS(BRO), 0, not_ready_enter, session_message, NULL, not_ready_time},
    [BMS_READY] = {SENDS(BRO), 0, NULL, ready_message, ready_sent, NULL},
    [BMS_CHARGING] = {SENDS(BCL) | SENDS(BCS) | SENDS(BSM) | SENDS(BMV) | SENDS(BMT) | SENDS(BSP),
                      0, bms_charging_enter, bms_charging_message, NULL, bms_charging_time},
    [BMS_STOPPING] = {SENDS(BST), 0, bms_stopping_enter, bms_stopping_message, bms_stopping_sent,
                      NULL},
    [BMS_END] = {SENDS(BSD), KEEPS(CSD), NULL, bms_end_message, bms_end_sent, NULL},
    [BMS_FINISHED] = {0, 0, NULL, NULL, NULL, NULL},
    [BMS_ERROR] = {SENDS(BEM), 0, bms_error_enter, bms_error_message, NULL, NULL},
    [BMS_GIVEN_UP] = {0, 0, NULL, NULL, NULL, NULL},
};

bool bms_handlers_sound(void) {
    for (unsigned i = 0; i < BMS_STATES; i++) {
        const struct bms_handlers *state = &bms_handlers[i];
        bool silent = i == BMS_OFF || i == BMS_FINISHED || i == BMS_GIVEN_UP;
        bool acts = state->message != NULL || state->sent != NULL || state->time != NULL;
        if (state->sends >> MESSAGE_COUNT != 0 || state->keeps >> BMS_WAITS != 0 ||
            (state->sent != NULL && state->sends == 0) || (silent && (acts || state->sends != 0))) {
            return false;
        }
        for (unsigned n = 0; n < MESSAGE_COUNT; n++) {
            if ((state->sends >> n & 1u) && messages[n].from_charger) {
                return false;
            }
        }
    }
    return true;
}
