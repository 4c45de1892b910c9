/* SPDX-License-Identifier: MIT */
/* protection.c: a table of what must not be, looked through at every tick, the alarm, and the quick
 * way out: modules off, contactors open as soon as the current is gone, at the latest after 40 ms. */
#include "charger.h"

#define TRIP_MS       40
#define OPEN_BELOW_MA 5000
#define FOLLOW_MS     150

static int32_t distance(int32_t a, int32_t b) {
    return a > b ? a - b : b - a;
}

static bool emergency_stop(const struct charger *c) {
    return input(c, DUT_IN_ESTOP) != 0;
}

static bool door(const struct charger *c) {
    return input(c, DUT_IN_DOOR_OPEN) != 0;
}

static bool earth(const struct charger *c) {
    return input(c, DUT_IN_PE_OK) == 0;
}

/* 380 V -15 %, +15 %, and 3 V for the measurement. */
static bool ac_low(const struct charger *c) {
    return input(c, DUT_IN_AC_MV) < 320000;
}

static bool ac_high(const struct charger *c) {
    return input(c, DUT_IN_AC_MV) > 440000;
}

/* Closed without command, or open in spite of it, for longer than a contactor takes. */
static bool amiss(const struct charger *c, bool closed) {
    return now_ms(c) - c->contactors_ms >= FOLLOW_MS &&
           ((c->k1_closed != closed && (input(c, DUT_IN_K1_FEEDBACK) != 0) == closed) ||
            (c->k2_closed != closed && (input(c, DUT_IN_K2_FEEDBACK) != 0) == closed));
}

static bool welded(const struct charger *c) {
    return amiss(c, true);
}

static bool contactor_fell(const struct charger *c) {
    return amiss(c, false);
}

static int32_t hotter_contact(const struct charger *c) {
    const int32_t pos = input(c, DUT_IN_GUN_TEMP_POS_DC), neg = input(c, DUT_IN_GUN_TEMP_NEG_DC);
    return pos > neg ? pos : neg;
}

static bool gun_hot(const struct charger *c) {
    return hotter_contact(c) >= c->param[PARAM_GUN_HOT];
}

static bool gun_sensor(const struct charger *c) {
    const int32_t pos = input(c, DUT_IN_GUN_TEMP_POS_DC), neg = input(c, DUT_IN_GUN_TEMP_NEG_DC);
    return pos < -500 || pos > 2000 || neg < -500 || neg > 2000;
}

static bool discharge_failed(const struct charger *c) {
    return c->output.discharge_failed;
}

/* Session only from here on. */
static bool button(const struct charger *c) {
    const int32_t mv = input(c, DUT_IN_CC1_MV);
    return c->lock_held && (mv < 3200 || (mv > 4800 && mv < 9000));
}

static bool pulled(const struct charger *c) {
    return c->lock_held && input(c, DUT_IN_CC1_MV) >= 9000;
}

static bool unlocked(const struct charger *c) {
    return c->lock_held && input(c, DUT_IN_LOCK_FEEDBACK) == 0;
}

static bool aux(const struct charger *c) {
    const int32_t mv = input(c, DUT_IN_AUX_MV);
    return c->aux_held && (mv < 10500 || mv > 13500);
}

static bool over_voltage(const struct charger *c) {
    const int32_t most = c->vehicle.bcp.voltage_max_mv;
    return c->battery_known && c->contactors_closed &&
           input(c, DUT_IN_OUTER_MV) > most + most / 100;
}

static bool far_over_voltage(const struct charger *c) {
    const int32_t most = c->param[PARAM_VOLTAGE_MAX];
    return c->output.order != OUTPUT_OFF && input(c, DUT_IN_INNER_MV) > most + most / 20;
}

static bool over_current(const struct charger *c) {
    const int32_t set = c->output.set_ma;
    return c->contactors_closed && input(c, DUT_IN_CURRENT_MA) > set + set / 10 + 5000;
}

static bool far_over_current(const struct charger *c) {
    return input(c, DUT_IN_CURRENT_MA) > c->param[PARAM_CURRENT_MAX] / 2 * 3;
}

static bool backflow(const struct charger *c) {
    return input(c, DUT_IN_CURRENT_MA) < -3000;
}

static bool one_side_only(const struct charger *c) {
    return c->state == STATE_CHARGING && c->contactors_closed &&
           distance(input(c, DUT_IN_INNER_MV), input(c, DUT_IN_OUTER_MV)) > 15000;
}

static const struct {
    enum fault fault;
    uint32_t ms; /* bad for so long */
    bool in_session_only;
    bool (*bad)(const struct charger *charger);
} checks[] = {
    {FAULT_EMERGENCY_STOP, 0, false, emergency_stop},
    {FAULT_DOOR, 20, false, door},
    {FAULT_PE, 20, false, earth},
    {FAULT_AC_LOW, 100, false, ac_low},
    {FAULT_AC_HIGH, 200, false, ac_high},
    {FAULT_CONTACTOR_WELDED, 50, false, welded},
    {FAULT_GUN_HOT, 500, false, gun_hot},
    {FAULT_GUN_SENSOR, 200, false, gun_sensor},
    {FAULT_DISCHARGE, 0, false, discharge_failed},
    {FAULT_CONNECTOR, 10, true, button},
    {FAULT_CONNECTOR_OPEN, 10, true, pulled},
    {FAULT_LOCK, 50, true, unlocked},
    {FAULT_AUX, 200, true, aux},
    {FAULT_CONTACTOR, 20, true, contactor_fell},
    {FAULT_OVER_VOLTAGE, 200, true, over_voltage},
    {FAULT_OVER_VOLTAGE, 20, true, far_over_voltage},
    {FAULT_OVER_CURRENT, 1000, true, over_current},
    {FAULT_OVER_CURRENT, 20, true, far_over_current},
    {FAULT_BACKFLOW, 100, true, backflow},
    {FAULT_CONTACTOR, 500, true, one_side_only},
};
#define CHECKS (sizeof checks / sizeof *checks)
_Static_assert(CHECKS <= CHECKS_MAX, "room in struct guard");

void contactors(struct charger *charger, bool k1, bool k2) {
    k1 = k1 && !charger->guard.tripped;
    k2 = k2 && !charger->guard.tripped;
    if (k1 != charger->k1_closed || k2 != charger->k2_closed) {
        charger->contactors_ms = now_ms(charger);
    }
    charger->k1_closed = k1;
    charger->k2_closed = k2;
    charger->contactors_closed = k1 || k2;
    output(charger, DUT_OUT_K1, k1);
    output(charger, DUT_OUT_K2, k2);
}

bool contactors_open(const struct charger *charger) {
    return !charger->contactors_closed && input(charger, DUT_IN_K1_FEEDBACK) == 0 &&
           input(charger, DUT_IN_K2_FEEDBACK) == 0;
}

static void trip(struct charger *charger) {
    if (!charger->guard.tripped) {
        charger->guard.tripped = true;
        charger->guard.tripped_ms = now_ms(charger);
    }
    output_order(charger, OUTPUT_OFF, 0, 0);
}

void raise_fault(struct charger *charger, enum fault fault) {
    if (!charger->in_session) {
        charger->guard.standing = fault;
        return;
    }
    if (charger->fault == FAULT_NONE) {
        charger->fault = fault;
        charger->host->log(charger->host->ctx, fault_name((int32_t)fault));
        rtos_flags_set(&charger->news, NEWS_FAULT);
    }
    if (fault_row(fault)->at_once) {
        trip(charger);
    }
}

static void finish_trip(struct charger *charger) {
    const bool current_gone = distance(input(charger, DUT_IN_CURRENT_MA), 0) <= OPEN_BELOW_MA;
    if (charger->guard.tripped && charger->contactors_closed &&
        (current_gone || now_ms(charger) - charger->guard.tripped_ms >= TRIP_MS)) {
        contactors(charger, false, false);
    }
}

static void look(struct charger *charger, size_t i) {
    uint32_t *bad_ms = &charger->guard.bad_ms[i];
    if ((checks[i].in_session_only && !charger->in_session) || !checks[i].bad(charger)) {
        *bad_ms = 0;
        return;
    }
    if (*bad_ms >= checks[i].ms) {
        raise_fault(charger, checks[i].fault);
    } else {
        *bad_ms += TICK_MS;
    }
}

static enum fault alarm(const struct charger *charger) {
    return charger->fault != FAULT_NONE            ? charger->fault
           : charger->guard.standing != FAULT_NONE ? charger->guard.standing
           : charger->lost                         ? FAULT_COMMUNICATION
                                                   : charger->warning;
}

void protection_task(void *argument) {
    struct charger *charger = argument;
    for (;;) {
        charger->guard.standing = FAULT_NONE;
        for (size_t i = CHECKS; i-- > 0;) {
            look(charger, i); /* the first of the table is said last: it stands */
        }
        finish_trip(charger);
        output(charger, DUT_OUT_ALARM, (int32_t)alarm(charger));
        rtos_delay(&charger->rtos, 1);
    }
}
