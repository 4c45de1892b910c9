/* SPDX-License-Identifier: MIT */
/* ending.c: from the reason to the unlocked plug: CST, BST, BSD, CSD, and the current meanwhile. */
#include "charger.h"

#define OPEN_BELOW_MA 5000
#define FALL_MS       3000 /* more than 250 A need at 100 A/s: then open anyway */
#define SAFE_MV       60000
#define SAFE_WAIT_MS  3000
#define LIVE_MS       5000
#define CUT_MS        500
#define CSD_MS        5000
#define BSD_SILENT_MS 600
#define REGISTER_WH   1000000000 /* DL/T 645: XXXXXX.XX kWh, then from 0 */
#define UNLOCK_MS     1000

bool ending_current_off(struct charger *charger) {
    const struct output *out = &charger->output;
    const int32_t flows = input(charger, DUT_IN_CURRENT_MA);
    if (charger->contactors_closed) {
        output_order(charger, OUTPUT_FALL, out->want_mv, 0);
        if (flows > OPEN_BELOW_MA && now_ms(charger) - out->fall_since_ms < FALL_MS) {
            return false;
        }
        contactors(charger, false, false);
    }
    output_order(charger, OUTPUT_OFF, 0, 0);
    return true;
}

static void write_cst(const struct charger *charger, enum end end, uint8_t *bytes) {
    static const uint8_t reasons[] = {
        [END_FAULT] = 0x10,
        [END_BY_HAND] = 0x04,
        [END_BY_VEHICLE] = 0x40,
        [END_BY_CONDITION] = 0x01,
    };
    const struct fault_row *row = fault_row(charger->fault);
    bytes[0] = charger->fault != FAULT_NONE ? reasons[END_FAULT] : reasons[end];
    bytes[1] = row->cst[0];
    bytes[2] = 0xF0 | row->cst[1];
    bytes[3] = 0xF0 | row->cst[2];
}

static bool has(const struct charger *charger, enum news news) {
    return (charger->news.bits & news) != 0;
}

/* CST until the vehicle has said BST and BSD. What it did not say, MISSED_NONE. */
static enum missed say_stop(struct charger *charger, enum end end) {
    const uint32_t began = now_ms(charger);
    uint8_t cst[8];
    for (;;) {
        const uint32_t ms = now_ms(charger) - began;
        ending_current_off(charger);
        write_cst(charger, end, cst);
        sender_start(charger, TX_CST, cst);
        if (has(charger, NEWS_BST) && has(charger, NEWS_BSD)) {
            return MISSED_NONE;
        }
        if (fault_row(charger->fault)->cut && ms >= CUT_MS) {
            return MISSED_NONE;
        }
        if (!has(charger, NEWS_BST) && ms >= (uint32_t)charger->param[PARAM_TIME_BST]) {
            return MISSED_BST;
        }
        if (!has(charger, NEWS_BSD) && ms >= (uint32_t)charger->param[PARAM_TIME_BSD]) {
            return MISSED_BSD;
        }
        rtos_delay(&charger->rtos, 1);
    }
}

static void keep_off_for(struct charger *charger, uint32_t ms) {
    for (const uint32_t began = now_ms(charger); now_ms(charger) - began < ms;) {
        ending_current_off(charger);
        rtos_delay(&charger->rtos, 1);
    }
}

static void say_missed(struct charger *charger, enum missed missed) {
    uint8_t cem[8];
    keep_off_for(charger, (uint32_t)charger->param[PARAM_CEM_AFTER]);
    cem_write(cem, missed);
    sender_start(charger, TX_CEM, cem);
    raise_fault(charger, FAULT_STATISTICS);
    keep_off_for(charger, (uint32_t)charger->param[PARAM_CEM_FOR]);
}

void ending_statistics(const struct charger *charger, uint8_t *csd) {
    int32_t energy = input(charger, DUT_IN_ENERGY_WH) - charger->energy_began_wh;
    if (energy < 0) {
        energy += REGISTER_WH;
    }
    if (charger->param[PARAM_CSD_ROUNDS] != 0) {
        energy += 50;
    }
    csd_write(csd, charger->charged_ms / 60000, charger->charge_began ? energy : 0,
              (uint32_t)charger->param[PARAM_NUMBER]);
}

/* CSD until the vehicle has heard it, which is when its BSD falls silent. */
static void say_statistics(struct charger *charger) {
    const bool patient = !fault_row(charger->fault)->cut;
    const uint32_t least = patient ? (uint32_t)charger->param[PARAM_CSD_LEAST] : 1;
    uint32_t began;
    show(charger, STATE_STATISTICS);
    keep_off_for(charger, patient ? (uint32_t)charger->param[PARAM_CSD_AFTER] : 0);
    began = now_ms(charger);
    sender_start(charger, TX_CSD, NULL);
    while (now_ms(charger) - began < CSD_MS &&
           (charger->slots[TX_CSD].sent < least ||
            (patient && now_ms(charger) - charger->vehicle.bsd_ms < BSD_SILENT_MS))) {
        ending_current_off(charger);
        rtos_delay(&charger->rtos, 1);
    }
}

void ending_by_messages(struct charger *charger, enum end end) {
    enum missed missed;
    show(charger, STATE_STOPPING);
    if (charger->charge_began) {
        charger->charged_ms = now_ms(charger) - charger->charge_began_ms;
    }
    sender_stop_all_but(charger, TXS);
    rtos_flags_clear(&charger->news, NEWS_BSD);
    missed = say_stop(charger, end);
    sender_stop_all_but(charger, TXS);
    if (missed != MISSED_NONE) {
        say_missed(charger, missed);
    } else if (has(charger, NEWS_BSD)) {
        say_statistics(charger);
    }
    sender_stop_all_but(charger, TXS);
}

static bool plug_safe(const struct charger *charger) {
    const int32_t mv = input(charger, DUT_IN_OUTER_MV);
    return contactors_open(charger) && mv < SAFE_MV && mv > -SAFE_MV;
}

void ending_close(struct charger *charger, bool patient) {
    const uint32_t began = now_ms(charger);
    show(charger, STATE_CLOSING);
    sender_stop_all_but(charger, TXS);
    charger->lock_held = false;
    charger->aux_held = false;
    output(charger, DUT_OUT_IMD, 0);
    while (!ending_current_off(charger) ||
           (patient && !plug_safe(charger) && now_ms(charger) - began < SAFE_WAIT_MS)) {
        rtos_delay(&charger->rtos, 1);
    }
    output(charger, DUT_OUT_AUX, 0);
    while (!plug_safe(charger)) {
        if (now_ms(charger) - began > LIVE_MS) {
            raise_fault(charger, FAULT_PLUG_LIVE);
        }
        rtos_delay(&charger->rtos, 1);
    }
    output(charger, DUT_OUT_LOCK, 0);
    rtos_delay(&charger->rtos, rtos_ticks(&charger->rtos, UNLOCK_MS));
    if (input(charger, DUT_IN_LOCK_FEEDBACK) != 0) {
        raise_fault(charger, FAULT_LOCK_STUCK);
    }
}
