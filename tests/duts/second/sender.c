/* SPDX-License-Identifier: MIT */
/* sender.c: the charger's periodic messages. The first of a kind goes at once, the others on a grid
 * of its period from there; new contents wait for the grid. */
#include "charger.h"

#include <string.h>

static const struct {
    uint32_t id, period_ms;
    uint8_t length;
} table[TXS] = {
    [TX_CHM] = {0x1826F456, 250, 3}, [TX_CRM] = {0x1801F456, 250, 8},
    [TX_CTS] = {0x1807F456, 500, 7}, [TX_CML] = {0x1808F456, 250, 8},
    [TX_CRO] = {0x100AF456, 250, 1}, [TX_CCS] = {0x1812F456, 50, 7},
    [TX_CST] = {0x101AF456, 10, 4},  [TX_CSD] = {0x181DF456, 250, 8},
    [TX_CEM] = {0x081FF456, 250, 4},
};

void sender_start(struct charger *charger, enum tx tx, const uint8_t *bytes) {
    struct slot *slot = &charger->slots[tx];
    const bool other = bytes != NULL && memcmp(slot->bytes, bytes, table[tx].length) != 0;
    if (bytes != NULL) {
        memcpy(slot->bytes, bytes, table[tx].length);
    }
    if (other && (tx == TX_CRM || tx == TX_CRO) && charger->param[PARAM_AT_ONCE] != 0) {
        slot->on = false; /* the grid begins anew */
    }
    slot->sent = 0;
    if (!slot->on) {
        slot->on = true;
        slot->next_ms = now_ms(charger);
    }
}

void sender_stop_all_but(struct charger *charger, enum tx tx) {
    for (int i = 0; i < TXS; i++) {
        charger->slots[i].on = charger->slots[i].on && i == (int)tx;
    }
}

void sender_wait_sent(struct charger *charger, enum tx tx) {
    while (charger->slots[tx].on && charger->slots[tx].sent == 0) {
        rtos_delay(&charger->rtos, 1);
    }
}

/* What is measured is measured when it is sent. */
static void refresh(struct charger *charger, enum tx tx) {
    if (tx == TX_CCS) {
        ccs_write(charger->slots[tx].bytes, input(charger, DUT_IN_OUTER_MV),
                  input(charger, DUT_IN_CURRENT_MA),
                  (now_ms(charger) - charger->charge_began_ms) / 60000,
                  charger->charging_permitted);
    } else if (tx == TX_CSD) {
        ending_statistics(charger, charger->slots[tx].bytes);
    } else if (tx == TX_CTS) {
        cts_write(charger->slots[tx].bytes, charger->host->wall_time(charger->host->ctx));
    }
}

static void send(struct charger *charger, enum tx tx) {
    struct slot *slot = &charger->slots[tx];
    struct dut_can_frame frame = {.id = table[tx].id, .len = table[tx].length};
    if (tx == TX_CCS) {
        frame.len = (uint8_t)charger->param[PARAM_CCS_LENGTH];
    }
    refresh(charger, tx);
    memcpy(frame.data, slot->bytes, frame.len);
    if (charger->host->can_send(charger->host->ctx, DUT_NET_VEHICLE, &frame) < 0) {
        return; /* full: with the next tick */
    }
    slot->sent++;
    slot->next_ms += table[tx].period_ms;
    if ((int32_t)(now_ms(charger) - slot->next_ms) >= 0) {
        slot->next_ms = now_ms(charger) + table[tx].period_ms; /* the bus was full for long */
    }
}

void sender_task(void *argument) {
    struct charger *charger = argument;
    for (;;) {
        for (int i = 0; i < TXS; i++) {
            const struct slot *slot = &charger->slots[i];
            if (slot->on && (int32_t)(now_ms(charger) - slot->next_ms) >= 0) {
                send(charger, (enum tx)i);
            }
        }
        rtos_delay(&charger->rtos, 1);
    }
}
