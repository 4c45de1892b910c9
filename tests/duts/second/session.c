/* SPDX-License-Identifier: MIT */
/* session.c: one charge as one story. Each step waits for what the standard says comes next, and for
 * whatever may end it. GB/T 27930-2015 clauses 9 and 10, GB/T 18487.1-2015 annex B.3. */
#include "charger.h"

#define LOCK_MS      2000
#define AUX_MS       2000
#define CLOSE_MS     400
#define PRECHARGE_MS 10000
#define PRECHARGE_MA 2000
#define STEADY_TICKS 3
#define SAFE_MV      60000
#define READ_MS      3000
#define BREAKERS     (NEWS_FAULT | NEWS_STOP | NEWS_BEM)

static void pause_task(struct charger *charger) {
    rtos_delay(&charger->rtos, 1);
}

static bool has(const struct charger *charger, enum news news) {
    return (charger->news.bits & news) != 0;
}

static bool older(const struct charger *charger, uint32_t since_ms, enum param limit) {
    return now_ms(charger) - since_ms >= (uint32_t)charger->param[limit];
}

/* What ends the session whatever it is doing. */
static enum end breaker(const struct charger *charger) {
    return has(charger, NEWS_FAULT)  ? END_FAULT
           : has(charger, NEWS_STOP) ? END_BY_HAND
           : has(charger, NEWS_BEM)  ? END_BEM
                                     : END_NONE;
}

/* END_NONE: one of news came within ms. */
static enum end wait_news(struct charger *charger, uint32_t news, uint32_t ms, enum missed missed) {
    const uint32_t bits = rtos_flags_wait(&charger->news, news | BREAKERS, RTOS_ANY | RTOS_KEEP,
                                          rtos_ticks(&charger->rtos, ms));
    const enum end end = breaker(charger);
    if (end != END_NONE || (bits & news) != 0) {
        return end;
    }
    charger->missed = missed;
    return END_TIMEOUT;
}

static uint32_t time_of(const struct charger *charger, enum param param) {
    return (uint32_t)charger->param[param];
}

/* Before the vehicle can be asked. False: the session ends without messages. */

static bool lock(struct charger *charger) {
    const uint32_t began = now_ms(charger);
    show(charger, STATE_LOCKING);
    output(charger, DUT_OUT_LOCK, 1);
    while (input(charger, DUT_IN_LOCK_FEEDBACK) == 0) {
        if (now_ms(charger) - began >= LOCK_MS) {
            raise_fault(charger, FAULT_LOCK);
        }
        if (!charger->plugged) {
            raise_fault(charger, FAULT_CONNECTOR);
        }
        if (breaker(charger) != END_NONE) {
            return false;
        }
        pause_task(charger);
    }
    charger->lock_held = true;
    return true;
}

/* 12 V +-5 %. */
static bool wake(struct charger *charger) {
    const uint32_t began = now_ms(charger);
    show(charger, STATE_WAKING);
    output(charger, DUT_OUT_AUX, 1);
    while (input(charger, DUT_IN_AUX_MV) < 11400 || input(charger, DUT_IN_AUX_MV) > 12600) {
        if (now_ms(charger) - began >= AUX_MS) {
            raise_fault(charger, FAULT_AUX);
        }
        if (breaker(charger) != END_NONE) {
            return false;
        }
        pause_task(charger);
    }
    charger->aux_held = true;
    return true;
}

static bool handshake(struct charger *charger) {
    uint8_t chm[8];
    enum end end;
    show(charger, STATE_HANDSHAKE);
    chm_write(chm);
    rtos_flags_clear(&charger->news, NEWS_BHM);
    sender_start(charger, TX_CHM, chm);
    end = wait_news(charger, NEWS_BHM, time_of(charger, PARAM_TIME_BHM), MISSED_NONE);
    if (end == END_TIMEOUT) {
        raise_fault(charger, FAULT_NO_VEHICLE);
    } else if (end == END_NONE && charger->vehicle.bhm_mv < charger->param[PARAM_VOLTAGE_MIN]) {
        raise_fault(charger, FAULT_VEHICLE_VOLTAGE_LOW);
    }
    return breaker(charger) == END_NONE;
}

static bool prepare(struct charger *charger) {
    if (!lock(charger) || !wake(charger) || !handshake(charger)) {
        return false;
    }
    show(charger, STATE_INSULATION);
    return insulation_test(charger);
}

/* With the vehicle. */

static enum end recognise(struct charger *charger) {
    uint8_t crm[8];
    enum end end;
    show(charger, STATE_RECOGNITION);
    charger->battery_known = false;
    charger->vehicle.bsm = (struct bsm){.permitted = true};
    charger->vehicle.bcs = (struct bcs){0};
    rtos_flags_clear(&charger->news, NEWS_BRM | NEWS_BCP | NEWS_BRO | NEWS_BRO_READY | NEWS_BEM |
                                         NEWS_BST | NEWS_BSD);
    sender_stop_all_but(charger, TXS);
    crm_write(crm, false, (uint32_t)charger->param[PARAM_NUMBER]);
    sender_start(charger, TX_CRM, crm);
    sender_wait_sent(charger, TX_CRM);
    end = wait_news(charger, NEWS_BRM, time_of(charger, PARAM_TIME_BRM), MISSED_BRM);
    if (end != END_NONE) {
        return end;
    }
    crm_write(crm, true, (uint32_t)charger->param[PARAM_NUMBER]);
    sender_start(charger, TX_CRM, crm); /* with the next CRM, not beside it */
    sender_wait_sent(charger, TX_CRM);
    return wait_news(charger, NEWS_BCP, time_of(charger, PARAM_TIME_BCP), MISSED_BCP);
}

bool charger_has_clock(const struct charger *charger) {
    return charger->host->wall_time != NULL && charger->host->wall_time(charger->host->ctx) >= 0;
}

/* What a slow maker takes for its next step. */
static void take_time(struct charger *charger, enum param param) {
    if (charger->param[param] > 0) {
        rtos_delay(&charger->rtos, rtos_ticks(&charger->rtos, time_of(charger, param)));
    }
}

static void send_abilities(struct charger *charger) {
    uint8_t cml[8];
    cml_write(cml, charger->param[PARAM_VOLTAGE_MAX], charger->param[PARAM_VOLTAGE_MIN],
              charger->param[PARAM_CURRENT_MAX], charger->param[PARAM_CURRENT_MIN]);
    sender_stop_all_but(charger, TXS);
    take_time(charger, PARAM_CML_AFTER);
    if (charger_has_clock(charger)) {
        sender_start(charger, TX_CTS, NULL);
    }
    sender_start(charger, TX_CML, cml);
    sender_wait_sent(charger, TX_CML);
}

static enum end configure(struct charger *charger) {
    uint32_t began, spent;
    enum end end;
    show(charger, STATE_CONFIGURATION);
    charger->battery_known = true;
    rtos_flags_clear(&charger->news, NEWS_BRO | NEWS_BRO_READY);
    send_abilities(charger);
    began = now_ms(charger);
    if (charger->vehicle.bcp.voltage_max_mv < charger->param[PARAM_VOLTAGE_MIN]) {
        rtos_delay(&charger->rtos, rtos_ticks(&charger->rtos, 300)); /* it may learn why */
        raise_fault(charger, FAULT_VEHICLE_VOLTAGE_LOW);
    }
    end = wait_news(charger, NEWS_BRO, time_of(charger, PARAM_TIME_BRO), MISSED_BRO);
    if (end != END_NONE) {
        return end;
    }
    spent = now_ms(charger) - began;
    return wait_news(charger, NEWS_BRO_READY,
                     time_of(charger, PARAM_TIME_BRO_READY) > spent
                         ? time_of(charger, PARAM_TIME_BRO_READY) - spent
                         : 0,
                     MISSED_BRO);
}

/* Between BRO(AA) and CRO(AA): is the vehicle still ready? */
static enum end still_ready(struct charger *charger) {
    const enum end end = breaker(charger);
    if (end != END_NONE) {
        return end;
    }
    if (charger->vehicle.bro != BRO_READY) {
        return END_WITHDRAWN;
    }
    if (older(charger, charger->vehicle.bro_ready_ms, PARAM_TIME_BRO)) {
        charger->missed = MISSED_BRO;
        return END_TIMEOUT;
    }
    return END_NONE;
}

static int32_t magnitude(int32_t value) {
    return value < 0 ? -value : value;
}

/* Within 5 % of BCP, and of our range (B.3.4). */
static bool battery_fits(const struct charger *charger) {
    const int32_t told = charger->vehicle.bcp.voltage_now_mv;
    const int32_t is = input(charger, DUT_IN_OUTER_MV);
    return magnitude(is - told) <= told / 20 && is >= charger->param[PARAM_VOLTAGE_MIN] &&
           is <= charger->param[PARAM_VOLTAGE_MAX];
}

static bool precharged(const struct charger *charger) {
    const int32_t below = input(charger, DUT_IN_OUTER_MV) - input(charger, DUT_IN_INNER_MV);
    return below >= 1000 && below <= 10000;
}

/* Until good says so three times in a row; each tick keep is called. After ms it is fault. */
static enum end wait_steady(struct charger *charger, bool (*good)(const struct charger *),
                            void (*keep)(struct charger *), uint32_t ms, enum fault fault) {
    const uint32_t began = now_ms(charger);
    unsigned steady = 0;
    while (steady < STEADY_TICKS) {
        const enum end end = still_ready(charger);
        if (end != END_NONE) {
            return end;
        }
        if (now_ms(charger) - began >= ms) {
            raise_fault(charger, fault);
            return END_FAULT;
        }
        keep(charger);
        pause_task(charger);
        steady = good(charger) ? steady + 1 : 0;
    }
    return still_ready(charger);
}

static void look_for_reversal(struct charger *charger) {
    const int32_t outer = input(charger, DUT_IN_OUTER_MV), inner = input(charger, DUT_IN_INNER_MV);
    if (outer < -10000) {
        raise_fault(charger, FAULT_REVERSED);
    } else if (inner > SAFE_MV && magnitude(outer - inner) < 10000) {
        raise_fault(charger, FAULT_CONTACTOR_WELDED); /* the battery is on our side already */
    }
}

static void follow_battery(struct charger *charger) {
    output_order(charger, OUTPUT_HOLD,
                 input(charger, DUT_IN_OUTER_MV) - charger->param[PARAM_PRECHARGE_BELOW],
                 PRECHARGE_MA);
}

static bool both_closed(const struct charger *charger) {
    return input(charger, DUT_IN_K1_FEEDBACK) != 0 && input(charger, DUT_IN_K2_FEEDBACK) != 0;
}

static void close_both(struct charger *charger) {
    contactors(charger, true, true);
}

static enum end get_ready(struct charger *charger) {
    uint8_t cro[8];
    enum end end;
    show(charger, STATE_READY);
    sender_stop_all_but(charger, TXS);
    take_time(charger, PARAM_CRO_AFTER);
    cro_write(cro, false);
    sender_start(charger, TX_CRO, cro);
    end = wait_steady(charger, battery_fits, look_for_reversal,
                      time_of(charger, PARAM_BATTERY_WAIT), FAULT_BATTERY_VOLTAGE);
    if (end == END_NONE) {
        end = wait_steady(charger, precharged, follow_battery, PRECHARGE_MS, FAULT_PRECHARGE);
    }
    if (end == END_NONE) {
        end = wait_steady(charger, both_closed, close_both, CLOSE_MS, FAULT_CONTACTOR);
    }
    if (end == END_NONE) {
        rtos_flags_clear(&charger->news, NEWS_BCL | NEWS_BCS | NEWS_BST);
        cro_write(cro, true);
        sender_start(charger, TX_CRO, cro);
        sender_wait_sent(charger, TX_CRO);
    }
    return end;
}

/* BCL within a second, BCS within five; counted from the last, or from CRO(AA). */
static enum end still_heard(struct charger *charger) {
    const enum end end = breaker(charger);
    if (end != END_NONE) {
        return end;
    }
    if (has(charger, NEWS_BST)) {
        return END_BY_VEHICLE;
    }
    if (older(charger, charger->vehicle.bcl_ms, PARAM_TIME_BCL)) {
        charger->missed = MISSED_BCL;
        return END_TIMEOUT;
    }
    if (older(charger, charger->vehicle.bcs_ms, PARAM_TIME_BCS)) {
        charger->missed = MISSED_BCS;
        return END_TIMEOUT;
    }
    return END_NONE;
}

static enum end wait_for_demand(struct charger *charger) {
    enum end end = END_NONE;
    charger->vehicle.bcl_ms = now_ms(charger);
    charger->vehicle.bcs_ms = now_ms(charger);
    while (end == END_NONE && !(has(charger, NEWS_BCL) && has(charger, NEWS_BCS))) {
        pause_task(charger);
        end = still_heard(charger);
    }
    return end;
}

static int32_t least(int32_t a, int32_t b) {
    return a < b ? a : b;
}

static int32_t most_current(const struct charger *charger) {
    const int32_t rated = charger->param[PARAM_CURRENT_MAX];
    const int32_t warm = charger->param[PARAM_GUN_WARM];
    const bool hot = input(charger, DUT_IN_GUN_TEMP_POS_DC) >= warm ||
                     input(charger, DUT_IN_GUN_TEMP_NEG_DC) >= warm;
    return least(hot ? rated / 2 : rated, charger->vehicle.bcp.current_max_ma);
}

/* In either mode the voltage demanded is the limit of the voltage, the current that of the current. */
static void follow_demand(struct charger *charger, bool permitted) {
    const struct vehicle *vehicle = &charger->vehicle;
    const int32_t mv = least(least(vehicle->bcl.voltage_mv, vehicle->bcp.voltage_max_mv),
                             charger->param[PARAM_VOLTAGE_MAX]);
    const int32_t ma = least(vehicle->bcl.current_ma, most_current(charger));
    output_order(charger, OUTPUT_CHARGE, mv, permitted && ma > 0 ? ma : 0);
    charger->charging_permitted = permitted;
}

static void begin_charge(struct charger *charger) {
    if (!charger->charge_began) {
        charger->charge_began = true;
        charger->charge_began_ms = now_ms(charger);
        charger->energy_began_wh = input(charger, DUT_IN_ENERGY_WH);
    }
    charger->failures = 0;
    charger->lost = false;
    charger->charging_permitted = true;
    sender_stop_all_but(charger, TXS);
    sender_start(charger, TX_CCS, NULL);
}

/* What the vehicle measures against what it has said that it allows: the second protection of the
 * battery (NB/T 33008.1-2018 5.15.10). */
static bool beyond_battery(const struct vehicle *vehicle) {
    return vehicle->bcs.voltage_mv > vehicle->bcp.voltage_max_mv / 1000 * 1010 ||
           vehicle->bcs.cell > vehicle->bcp.cell_max ||
           vehicle->bsm.temperature > vehicle->bcp.temperature_max;
}

static enum end charge(struct charger *charger) {
    uint32_t permitted_ms = now_ms(charger);
    enum end end = wait_for_demand(charger);
    if (end != END_NONE) {
        return end;
    }
    sender_stop_all_but(charger, TXS);
    take_time(charger, PARAM_CCS_AFTER);
    begin_charge(charger);
    for (;;) {
        const bool permitted = charger->vehicle.bsm.permitted;
        if (charger->vehicle.bsm.abnormal) {
            raise_fault(charger, FAULT_VEHICLE_ABNORMAL);
        }
        if (beyond_battery(&charger->vehicle)) {
            raise_fault(charger, FAULT_BATTERY_LIMIT);
        }
        if ((end = still_heard(charger)) != END_NONE) {
            return end;
        }
        if (permitted) {
            permitted_ms = now_ms(charger);
        } else if (older(charger, permitted_ms, PARAM_TIME_PAUSE)) {
            return END_BY_CONDITION;
        }
        show(charger, permitted ? STATE_CHARGING : STATE_PAUSED);
        follow_demand(charger, permitted);
        pause_task(charger);
    }
}

static enum end with_vehicle(struct charger *charger) {
    enum end end = recognise(charger);
    if (end == END_NONE) {
        end = configure(charger);
    }
    if (end == END_NONE) {
        end = get_ready(charger);
    }
    return end == END_NONE ? charge(charger) : end;
}

/* After a time-out: output off, CEM for a second, and again from recognition. False: not again. */
static bool reconnect(struct charger *charger, enum end end) {
    const uint32_t began = now_ms(charger);
    uint8_t cem[8];
    show(charger, STATE_RECONNECTING);
    charger->lost = true;
    sender_stop_all_but(charger, TXS);
    cem_write(cem, charger->missed);
    while (!ending_current_off(charger) ||
           now_ms(charger) - began <
               time_of(charger, PARAM_CEM_AFTER) + time_of(charger, PARAM_CEM_FOR)) {
        if (end == END_TIMEOUT && now_ms(charger) - began >= time_of(charger, PARAM_CEM_AFTER)) {
            sender_start(charger, TX_CEM, cem);
        }
        pause_task(charger);
    }
    if (++charger->failures > (unsigned)charger->param[PARAM_RECONNECTIONS]) {
        raise_fault(charger, FAULT_COMMUNICATION);
    }
    return !has(charger, NEWS_FAULT) && !has(charger, NEWS_STOP);
}

static void run_session(struct charger *charger) {
    enum end end;
    bool asked;
    if (!prepare(charger)) {
        ending_close(charger, false);
        return;
    }
    do {
        end = with_vehicle(charger);
    } while ((end == END_TIMEOUT || end == END_BEM) && reconnect(charger, end));
    asked = charger->state >= STATE_CONFIGURATION && charger->state <= STATE_PAUSED;
    if (end == END_WITHDRAWN) {
        raise_fault(charger, FAULT_WITHDRAWN);
        asked = false;
    }
    if (asked) {
        ending_by_messages(charger, end);
    }
    ending_close(charger, asked && !fault_row(charger->fault)->cut);
}

/* Plugged, a person confirms, nothing is wrong, and after a fault the plug was out; who looks has
 * time to read what it was. */
static void stand_by(struct charger *charger) {
    const uint32_t began = now_ms(charger);
    bool released = false, unplugged = false;
    for (;;) {
        released = released || !charger->start_pressed;
        unplugged = unplugged || !charger->plugged;
        if (unplugged && charger->state != STATE_STANDBY && now_ms(charger) - began >= READ_MS) {
            charger->fault = FAULT_NONE;
            charger->warning = FAULT_NONE;
            show(charger, STATE_STANDBY);
        }
        if (charger->plugged && released && charger->start_pressed &&
            charger->fault == FAULT_NONE && charger->guard.standing == FAULT_NONE) {
            return;
        }
        pause_task(charger);
    }
}

static void begin(struct charger *charger) {
    charger->vehicle = (struct vehicle){0};
    charger->guard.tripped = false;
    charger->warning = FAULT_NONE;
    charger->battery_known = false;
    charger->charge_began = false;
    charger->charged_ms = 0;
    charger->failures = 0;
    charger->lost = false;
    rtos_flags_clear(&charger->news, UINT32_MAX);
    charger->in_session = true;
}

void session_task(void *argument) {
    struct charger *charger = argument;
    for (;;) {
        stand_by(charger);
        begin(charger);
        run_session(charger);
        charger->in_session = false;
        charger->lost = false;
        show(charger, charger->fault == FAULT_NONE ? STATE_FINISHED : STATE_FAULT);
    }
}
