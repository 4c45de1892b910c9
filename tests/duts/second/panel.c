/* SPDX-License-Identifier: MIT */
/* panel.c: plug and buttons, debounced. */
#include "charger.h"

#define PLUG_MS 100

static uint32_t grown(uint32_t ms, bool so) {
    return !so ? 0 : ms < 100000 ? ms + TICK_MS : ms;
}

/* 4 V +-0.8 V: plugged, and the plug's button released. */
static void look_at_plug(struct charger *charger) {
    const int32_t mv = input(charger, DUT_IN_CC1_MV);
    const bool good = mv >= 3200 && mv <= 4800;
    charger->cc1_good_ms = grown(charger->cc1_good_ms, good);
    charger->cc1_bad_ms = grown(charger->cc1_bad_ms, !good);
    if (charger->cc1_good_ms >= PLUG_MS) {
        charger->plugged = true;
    } else if (charger->cc1_bad_ms >= PLUG_MS) {
        charger->plugged = false;
    }
}

void panel_task(void *argument) {
    struct charger *charger = argument;
    for (;;) {
        look_at_plug(charger);
        charger->start_pressed = input(charger, DUT_IN_START) != 0;
        charger->stop_pressed = input(charger, DUT_IN_STOP) != 0;
        if (charger->stop_pressed && charger->in_session) {
            rtos_flags_set(&charger->news, NEWS_STOP);
        }
        rtos_delay(&charger->rtos, 1);
    }
}
