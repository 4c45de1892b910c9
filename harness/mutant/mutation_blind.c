/* SPDX-License-Identifier: MIT */
#include "harness/mutant/mutation_blind.h"

#include "harness/mutant/internal.h"

#include <assert.h>
#include <string.h>

#define LOW_MA  20000
#define HIGH_MA 150000

static const struct {
    const char *name;
    enum message_index message; /* MESSAGE_COUNT: not by a message alone */
} phases[BLIND_PHASES] = {
    [BLIND_START] = {"start", MESSAGE_COUNT},
    [BLIND_CHM] = {"CHM", MESSAGE_CHM},
    [BLIND_CRM] = {"CRM", MESSAGE_CRM},
    [BLIND_CML] = {"CML", MESSAGE_CML},
    [BLIND_CRO] = {"CRO", MESSAGE_CRO},
    [BLIND_CCS] = {"CCS", MESSAGE_CCS},
    [BLIND_CST] = {"CST", MESSAGE_CST},
    [BLIND_CSD] = {"CSD", MESSAGE_CSD},
    [BLIND_CEM] = {"CEM", MESSAGE_CEM},
    [BLIND_PAUSE] = {"pause", MESSAGE_COUNT},
    [BLIND_LOW] = {"low-current", MESSAGE_COUNT},
    [BLIND_HIGH] = {"high-current", MESSAGE_COUNT},
    [BLIND_ELSE] = {"all-but-charging", MESSAGE_COUNT},
};

bool blind_phase_named(const char *name, enum blind_phase *phase) {
    for (unsigned i = 0; i < BLIND_PHASES; i++) {
        if (strcmp(phases[i].name, name) == 0) {
            *phase = (enum blind_phase)i;
            return true;
        }
    }
    return false;
}

/* "all": what forbids or ends a charge by itself. */
static bool is_interlock(enum dut_input channel) {
    switch (channel) {
    case DUT_IN_CC1_MV:
    case DUT_IN_LOCK_FEEDBACK:
    case DUT_IN_AUX_MV:
    case DUT_IN_PE_OK:
    case DUT_IN_GUN_TEMP_POS_DC:
    case DUT_IN_GUN_TEMP_NEG_DC:
    case DUT_IN_ESTOP:
    case DUT_IN_DOOR_OPEN:
    case DUT_IN_AC_MV:
        return true;
    default:
        return false;
    }
}

void blind_session_aux(struct blind_session *session, int32_t value) {
    if (session->awake != (value != 0)) {
        *session = (struct blind_session){.awake = value != 0};
    }
}

/* CTS goes with CML, so it begins no phase of its own. */
void blind_session_said(struct blind_session *session, const struct dut_can_frame *frame) {
    static const char permitted[] = "CCS.charging_permitted";
    const struct message *message;
    for (unsigned i = 0; i < MESSAGE_COUNT; i++) {
        if (i == MESSAGE_CTS || !messages[i].from_charger ||
            message_id(&messages[i]) != frame->id) {
            continue;
        }
        double value = 1;
        if (i == MESSAGE_CCS) {
            field_get(field_by_path(permitted, &message), frame->data, frame->len, &value);
        }
        session->said = true;
        session->last = (enum message_index)i;
        session->paused = i == MESSAGE_CCS && value == 0;
    }
}

static bool goes_on(const struct blind_session *session, enum blind_phase phase,
                    int32_t current_ma) {
    assert((unsigned)phase < BLIND_PHASES);
    assert(!session->paused || session->last == MESSAGE_CCS);
    bool charging = session->said && session->last == MESSAGE_CCS && !session->paused;
    switch (phase) {
    case BLIND_START:
        return session->awake && !session->said;
    case BLIND_CCS:
        return charging;
    case BLIND_PAUSE:
        return session->said && session->paused;
    case BLIND_LOW:
        return charging && current_ma < LOW_MA;
    case BLIND_HIGH:
        return charging && current_ma > HIGH_MA;
    case BLIND_ELSE:
        return session->awake && !charging;
    default:
        assert(phases[phase].message < MESSAGE_COUNT); /* the others are above */
        return session->said && session->last == phases[phase].message;
    }
}

/* Whether the phase has just ended. */
static bool look(struct blind *blind, const struct blind_session *session, enum blind_phase phase,
                 const struct dut_host *host, unsigned gun) {
    bool before = blind->active;
    blind->active = goes_on(session, phase, host->input(host->ctx, gun, DUT_IN_CURRENT_MA));
    for (unsigned i = 0; blind->active && !before && i < DUT_INPUTS; i++) {
        blind->kept[i] = host->input(host->ctx, gun, (enum dut_input)i);
    }
    return before && !blind->active;
}

void blinds_look(struct blinds *blinds, const struct resolved_mutation *mutations, size_t count,
                 const struct dut_host *host, unsigned guns) {
    assert(count <= MUTATIONS_MAX && guns <= DUT_GUNS_MAX);
    for (size_t i = 0; i < count; i++) {
        const struct resolved_mutation *one = &mutations[i];
        for (unsigned gun = 0; one->mutation.type == MUTATION_BLIND && gun < guns; gun++) {
            bool ended = look(&blinds->of[i][gun], &blinds->sessions[gun], one->phase, host, gun);
            blinds->ended[gun] = blinds->ended[gun] || ended;
        }
    }
}

static bool concerns(const struct resolved_mutation *one, enum dut_input channel) {
    return one->mutation.type == MUTATION_BLIND &&
           (one->all ? is_interlock(channel) : one->input == channel);
}

const int32_t *blinds_kept(const struct blinds *blinds, const struct resolved_mutation *mutations,
                           size_t count, unsigned gun, enum dut_input channel) {
    bool known = gun < DUT_GUNS_MAX && (unsigned)channel < DUT_INPUTS;
    for (size_t i = 0; known && i < count; i++) {
        if (concerns(&mutations[i], channel) && blinds->of[i][gun].active) {
            return &blinds->of[i][gun].kept[channel];
        }
    }
    return NULL;
}

bool blinds_missed(const struct blinds *blinds, const struct resolved_mutation *mutations,
                   size_t count, unsigned gun, enum dut_input channel) {
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        any = any || concerns(&mutations[i], channel);
    }
    return any && blinds->ended[gun] && blinds_kept(blinds, mutations, count, gun, channel) == NULL;
}
