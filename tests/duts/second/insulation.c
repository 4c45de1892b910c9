/* SPDX-License-Identifier: MIT */
/* insulation.c: the test before recognition (GB/T 18487.1-2015 B.3.3, B.4.1). The contactors close
 * first, without voltage, then the voltage rises behind them: nothing is switched under voltage, and
 * a short circuit shows at once. The vehicle's contactors are open. */
#include "charger.h"

#define LIVE_MV   10000 /* the vehicle's contactors are closed, or a battery is there */
#define SAFE_MV   60000
#define TEST_MA   1000
#define CLOSE_MS  300
#define LOOK_MS   120 /* with a contactor closed */
#define OPEN_MS   150
#define RISE_MS   4000
#define VALUE_MS  8000
#define SETTLE_MS 1000
#define FALL_MS   1000
#define EMPTY_MV  15000

static int32_t magnitude(int32_t value) {
    return value < 0 ? -value : value;
}

static bool broken(const struct charger *charger) {
    return (charger->news.bits & (NEWS_FAULT | NEWS_STOP)) != 0;
}

/* Polls condition each tick; raises fault when it does not come true. Discharging, a person who
 * wants to stop has to wait. */
static bool wait_for(struct charger *charger, bool (*condition)(const struct charger *),
                     uint32_t ms, enum fault fault) {
    const uint32_t breakers =
        charger->output.discharge_through ? NEWS_FAULT : NEWS_FAULT | NEWS_STOP;
    const uint32_t began = now_ms(charger);
    while (!condition(charger)) {
        if ((charger->news.bits & breakers) != 0) {
            return false;
        }
        if (now_ms(charger) - began >= ms) {
            raise_fault(charger, fault);
            return false;
        }
        rtos_delay(&charger->rtos, 1);
    }
    return (charger->news.bits & breakers) == 0;
}

static bool closed(const struct charger *charger) {
    return input(charger, DUT_IN_K1_FEEDBACK) != 0 && input(charger, DUT_IN_K2_FEEDBACK) != 0;
}

static bool risen(const struct charger *charger) {
    const int32_t want = charger->output.want_mv;
    const int32_t is = input(charger, DUT_IN_OUTER_MV);
    return is > want - want / 100 && is < want + want / 100;
}

static bool held_fully(const struct charger *charger) {
    const int32_t want = charger->output.want_mv;
    return input(charger, DUT_IN_INNER_MV) > want - want / 100;
}

static bool held(const struct charger *charger) {
    return input(charger, DUT_IN_INNER_MV) > charger->output.want_mv / 10 * 9;
}

static bool measured(const struct charger *charger) {
    return input(charger, DUT_IN_INSULATION_POS_OHM) >= 0 &&
           input(charger, DUT_IN_INSULATION_NEG_OHM) >= 0;
}

static bool safe(const struct charger *charger) {
    return input(charger, DUT_IN_OUTER_MV) < SAFE_MV;
}

static bool empty(const struct charger *charger) {
    return input(charger, DUT_IN_OUTER_MV) < EMPTY_MV &&
           input(charger, DUT_IN_INNER_MV) <= EMPTY_MV;
}

static int32_t test_voltage(const struct charger *charger) {
    const int32_t most = charger->param[PARAM_VOLTAGE_MAX];
    return charger->vehicle.bhm_mv < most ? charger->vehicle.bhm_mv : most;
}

static bool raise(struct charger *charger, bool (*up)(const struct charger *)) {
    output_order(charger, OUTPUT_HOLD, test_voltage(charger), TEST_MA);
    return wait_for(charger, up, RISE_MS, FAULT_SHORT_CIRCUIT);
}

static bool close_both(struct charger *charger) {
    contactors(charger, true, true);
    return wait_for(charger, closed, CLOSE_MS, FAULT_CONTACTOR);
}

/* The order is open (B.3.3). */
static bool apply(struct charger *charger) {
    if (charger->param[PARAM_VOLTAGE_FIRST] != 0) {
        return raise(charger, held_fully) && close_both(charger) && raise(charger, risen);
    }
    return close_both(charger) && raise(charger, risen);
}

static bool measure(struct charger *charger, int32_t *ohm) {
    int32_t pos, neg;
    output(charger, DUT_OUT_IMD, 1);
    if (!wait_for(charger, measured, VALUE_MS, FAULT_NO_INSULATION_VALUE)) {
        return false;
    }
    rtos_delay(&charger->rtos, rtos_ticks(&charger->rtos, SETTLE_MS));
    pos = input(charger, DUT_IN_INSULATION_POS_OHM);
    neg = input(charger, DUT_IN_INSULATION_NEG_OHM);
    *ohm = pos < neg ? pos : neg;
    return !broken(charger);
}

/* Modules off, monitor out, the resistor empties our side and the cable, and the contactors have
 * opened before recognition begins (B.3.3). */
static bool discharge(struct charger *charger) {
    bool done;
    output_order(charger, OUTPUT_OFF, 0, 0);
    output(charger, DUT_OUT_IMD, 0);
    charger->output.discharge_through = true;
    done = wait_for(charger, safe, FALL_MS, FAULT_DISCHARGE) &&
           wait_for(charger, empty, FALL_MS, FAULT_DISCHARGE);
    charger->output.discharge_through = false;
    contactors(charger, false, false);
    return wait_for(charger, contactors_open, OPEN_MS, FAULT_CONTACTOR_WELDED) && done;
}

/* Related to the charger's rated voltage. */
static bool judge(struct charger *charger, int32_t ohm) {
    const int32_t per_volt = ohm / (charger->param[PARAM_VOLTAGE_MAX] / 1000);
    if (per_volt <= charger->param[PARAM_INSULATION_FAULT]) {
        raise_fault(charger, FAULT_INSULATION);
        return false;
    }
    charger->warning = per_volt <= charger->param[PARAM_INSULATION_WARNING]
                           ? FAULT_INSULATION_WARNING
                           : FAULT_NONE;
    return true;
}

/* The auxiliary contacts need not show a weld (NB/T 33008.1-2018 5.4.11): a voltage that is harmless
 * stands on our side while both are open, then with one closed at a time, and must not come through.
 */
static bool weld_test(struct charger *charger) {
    static const bool k1[] = {false, true, false}, k2[] = {false, false, true};
    bool good;
    output_order(charger, OUTPUT_HOLD, charger->param[PARAM_WELD_TEST], TEST_MA);
    good = wait_for(charger, held, RISE_MS, FAULT_SHORT_CIRCUIT);
    for (int step = 0; good && step < 3; step++) {
        contactors(charger, k1[step], k2[step]);
        rtos_delay(&charger->rtos, rtos_ticks(&charger->rtos, LOOK_MS));
        if (magnitude(input(charger, DUT_IN_OUTER_MV)) >= LIVE_MV) {
            raise_fault(charger, FAULT_CONTACTOR_WELDED);
        }
        good = !broken(charger);
    }
    contactors(charger, false, false);
    output_order(charger, OUTPUT_OFF, 0, 0);
    return wait_for(charger, contactors_open, OPEN_MS, FAULT_CONTACTOR_WELDED) &&
           wait_for(charger, empty, FALL_MS, FAULT_DISCHARGE) && good;
}

bool insulation_test(struct charger *charger) {
    int32_t ohm = 0;
    bool good;
    if (magnitude(input(charger, DUT_IN_OUTER_MV)) >= LIVE_MV) {
        raise_fault(charger, FAULT_PLUG_LIVE);
        return false;
    }
    if (!weld_test(charger)) {
        return false;
    }
    good = apply(charger) && measure(charger, &ohm);
    good = discharge(charger) && good;
    return good && judge(charger, ohm);
}
