/* SPDX-License-Identifier: MIT */
#include "harness/mutant/mutation_port.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* SAE J1939-21: TP.CM with the address it goes to, and its first byte. */
#define PGN_OF_CHARGER 0xECF4u
#define PGN_OF_BMS     0xEC56u
#define REQUEST        0x10
#define CLEAR          0x11
#define ACKNOWLEDGE    0x13
#define ABORT          0xFF

static const char *const input_names[DUT_INPUTS] = {
    [DUT_IN_CC1_MV] = "cc1",
    [DUT_IN_LOCK_FEEDBACK] = "lock",
    [DUT_IN_K1_FEEDBACK] = "k1",
    [DUT_IN_K2_FEEDBACK] = "k2",
    [DUT_IN_AUX_MV] = "aux",
    [DUT_IN_INNER_MV] = "inner",
    [DUT_IN_OUTER_MV] = "outer",
    [DUT_IN_CURRENT_MA] = "current",
    [DUT_IN_INSULATION_POS_OHM] = "insulation_positive",
    [DUT_IN_INSULATION_NEG_OHM] = "insulation_negative",
    [DUT_IN_PE_OK] = "pe",
    [DUT_IN_GUN_TEMP_POS_DC] = "gun_temperature_positive",
    [DUT_IN_GUN_TEMP_NEG_DC] = "gun_temperature_negative",
    [DUT_IN_START] = "start",
    [DUT_IN_STOP] = "stop",
    [DUT_IN_ESTOP] = "estop",
    [DUT_IN_DOOR_OPEN] = "door",
    [DUT_IN_AC_MV] = "ac",
};

bool mutation_input_named(const char *name, enum dut_input *channel) {
    for (unsigned i = 0; i < DUT_INPUTS; i++) {
        if (input_names[i] != NULL && strcmp(input_names[i], name) == 0) {
            *channel = (enum dut_input)i;
            return true;
        }
    }
    return false;
}

void mutation_input_told(struct mutation_inputs *inputs, unsigned gun, enum dut_input channel,
                         int32_t value) {
    assert(gun < DUT_GUNS_MAX && (unsigned)channel < DUT_INPUTS);
    inputs->last[gun][channel].known = true;
    inputs->last[gun][channel].value = value;
}

int32_t mutation_input_unsampled(struct mutation_inputs *inputs, unsigned gun,
                                 enum dut_input channel, int32_t now) {
    if (!inputs->last[gun][channel].known) {
        mutation_input_told(inputs, gun, channel, now);
    }
    return inputs->last[gun][channel].value;
}

int32_t mutation_input_assumed(const struct mutation_inputs *inputs, unsigned gun,
                               enum dut_input channel, int32_t assumed, int32_t now) {
    assert(gun < DUT_GUNS_MAX && (unsigned)channel < DUT_INPUTS);
    return inputs->last[gun][channel].known ? now : assumed;
}

/* ---- transfers ---- */

const char *untrue_name(enum untrue what) {
    assert((unsigned)what < UNTRUES);
    static const char *const names[UNTRUES] = {"broken", "counts", "filled"};
    return names[what];
}

static bool is_control(const struct dut_can_frame *frame, uint32_t pgn) {
    return (frame->id >> 8 & 0x3FFFFu) == pgn && frame->len == 8;
}

void mutation_transfer_heard(struct mutation_transfer *transfer,
                             const struct dut_can_frame *frame) {
    if (is_control(frame, PGN_OF_BMS) && frame->data[0] == REQUEST) {
        memcpy(transfer->rts, frame->data, sizeof transfer->rts);
        transfer->begun = true;
        transfer->asked = false;
    }
}

/* "13 lenL lenH packets FF pgn", as the RTS had it. */
static void acknowledge(struct mutation_transfer *transfer, struct dut_can_frame *frame) {
    assert(transfer->begun && transfer->rts[0] == REQUEST);
    memcpy(frame->data, transfer->rts, sizeof transfer->rts);
    frame->data[0] = ACKNOWLEDGE;
    frame->data[4] = 0xFF;
    transfer->begun = false;
}

void mutation_transfer_say(struct mutation_transfer *transfer, enum untrue what,
                           struct dut_can_frame *frame) {
    if (!is_control(frame, PGN_OF_CHARGER)) {
        return;
    }
    bool again = frame->data[0] == CLEAR && transfer->asked;
    if (what == UNTRUE_COUNTS && frame->data[0] == ACKNOWLEDGE) {
        frame->data[3] = 0;
    } else if (what == UNTRUE_FILLED) {
        frame->data[4] = 0;
    } else if (what == UNTRUE_BROKEN && transfer->begun && (again || frame->data[0] == ABORT)) {
        acknowledge(transfer, frame);
        return;
    }
    transfer->asked = transfer->asked || frame->data[0] == CLEAR;
}

/* ---- fields ---- */

void mutation_stale(struct mutation_stale *stale, const struct field *field, int64_t period_ns,
                    int64_t now_ns, struct dut_can_frame *frame) {
    assert(!stale->known || stale->since_ns <= now_ns);
    if (!stale->known || now_ns - stale->since_ns >= period_ns) {
        double value;
        field_get(field, frame->data, frame->len, &value);
        *stale = (struct mutation_stale){true, now_ns, value};
    } else if (!isnan(stale->value)) {
        field_put(field, frame->data, frame->len, stale->value);
    }
}
