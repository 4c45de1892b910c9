/* SPDX-License-Identifier: MIT */
#include "harness/bench/plate.h"

#include "vehicle_bms/bms/bms.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define HEADROOM 1.05 /* what the current adds, and some of the way to the full battery */

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Which capability is which signal. */
static const struct word {
    const char *signal, *unit;
    enum dut_capability capability;
    double factor;   /* capability units per signal unit */
    int32_t bit;     /* a switch: this bit of it; 0: the number */
    const char *cml; /* the field of CML that says the same */
    const char *text;
} words[] = {
    {"plate.voltage_min", "V", DUT_CAP_VOLTAGE_MIN_MV, 1000, 0, "CML.voltage_min",
     "lowest output voltage, as declared or as CML said"},
    {"plate.voltage_max", "V", DUT_CAP_VOLTAGE_MAX_MV, 1000, 0, "CML.voltage_max",
     "highest output voltage, as declared or as CML said"},
    {"plate.current_min", "A", DUT_CAP_CURRENT_MIN_MA, 1000, 0, "CML.current_min",
     "lowest output current, as declared or as CML said"},
    {"plate.current_max", "A", DUT_CAP_CURRENT_MAX_MA, 1000, 0, "CML.current_max",
     "highest output current, as declared or as CML said"},
    {"plate.power", "W", DUT_CAP_POWER_MAX_W, 1, 0, NULL, "highest output power of this gun"},
    {"plate.pile_power", "W", DUT_CAP_PILE_POWER_W, 1, 0, NULL, "of all guns together"},
    {"plate.power_from", "V", DUT_CAP_POWER_FROM_MV, 1000, 0, NULL,
     "lowest voltage at which it delivers its power"},
    {"plate.ac_min", "V", DUT_CAP_AC_MIN_MV, 1000, 0, NULL, "lowest AC supply it works with"},
    {"plate.ac_max", "V", DUT_CAP_AC_MAX_MV, 1000, 0, NULL, "highest AC supply it works with"},
    {"firmware.guns", "", DUT_CAP_GUNS, 1, 0, NULL, "guns that the firmware serves"},
    {"firmware.edition_2011", "", DUT_CAP_EDITIONS, 1, DUT_EDITION_2011, NULL,
     "it speaks GB/T 27930-2011"},
    {"firmware.edition_2015", "", DUT_CAP_EDITIONS, 1, DUT_EDITION_2015, NULL,
     "it speaks GB/T 27930-2015"},
    {"firmware.edition_2023a", "", DUT_CAP_EDITIONS, 1, DUT_EDITION_2023A, NULL,
     "it speaks GB/T 27930-2023 class A"},
    {"firmware.dc_meter", "", DUT_CAP_DC_METER, 1, 0, NULL,
     "its DC meter: 0 none, 1 it reads one by DL/T 645, 2 it is given the register"},
    {"firmware.ac_meter", "", DUT_CAP_AC_METER, 1, 0, NULL, "its AC meter: the same numbers"},
    {"firmware.records", "", DUT_CAP_BILLING, 1, DUT_BILLING_RECORDS, NULL,
     "it keeps charge records"},
    {"firmware.tariffs", "", DUT_CAP_BILLING, 1, DUT_BILLING_TARIFFS, NULL,
     "it bills by tariff periods"},
    {"firmware.limits", "", DUT_CAP_BILLING, 1, DUT_BILLING_LIMITS, NULL,
     "it ends at an energy, a time or an amount"},
    {"firmware.cards", "", DUT_CAP_BILLING, 1, DUT_BILLING_CARDS, NULL,
     "it bills to stored value cards"},
    {"firmware.imd", "", DUT_CAP_IMD, 1, 0, NULL,
     "insulation: 0 none, 1 it is given resistances, 2 it measures by a bridge"},
    {"firmware.modules", "", DUT_CAP_MODULES, 1, 0, NULL,
     "power modules: 0 by channels, else its protocol (dut.h)"},
    {"firmware.module_count", "", DUT_CAP_MODULE_COUNT, 1, 0, NULL, "power modules of the pile"},
    {"firmware.module_power", "W", DUT_CAP_MODULE_W, 1, 0, NULL, "rated power of one"},
    {"firmware.module_groups", "", DUT_CAP_MODULE_GROUPS, 1, 0, NULL,
     "groups of them that can be moved between the guns"},
    {"firmware.temperature_gun", "", DUT_CAP_TEMPERATURES, 1, DUT_TEMPERATURE_GUN, NULL,
     "it watches the gun's temperature"},
    {"firmware.temperature_cabinet", "", DUT_CAP_TEMPERATURES, 1, DUT_TEMPERATURE_CABINET, NULL,
     "it watches the cabinet's temperature"},
    {"firmware.supply_phases", "", DUT_CAP_SUPPLY, 1, DUT_SUPPLY_PHASES, NULL,
     "it watches the supply phase by phase"},
    {"firmware.bhm_wait", "s", DUT_CAP_BHM_WAIT_MS, 1000, 0, NULL,
     "how long it waits for BHM; 0 for ever"},
    {"firmware.bhm_fallback", "", DUT_CAP_BHM_FALLBACK, 1, 1, NULL,
     "without BHM it goes on to CRM"},
    {"firmware.reconnections", "", DUT_CAP_RECONNECTIONS, 1, 0, NULL,
     "reconnections after a communication timeout"},
    {"firmware.test_making", "", DUT_CAP_TEST_MAKING, 1, 1, NULL,
     "K1 and K2 close before the insulation voltage is raised"},
    {"firmware.mismatch_wait", "s", DUT_CAP_MISMATCH_MS, 1000, 0, NULL,
     "battery not as announced: CRO(00) to CST; 0 it stays in CRO(00)"},
    {"firmware.cts", "", DUT_CAP_CTS, 1, 1, NULL, "it sends CTS, the optional message of the time"},
};

_Static_assert(COUNT(words) <= PLATE_WORDS, "every word has its place");

static struct signal *find(const struct plate *plate, const char *name) {
    struct signal *signal = signal_find(plate->board, name);
    assert(signal != NULL); /* the observer has added it */
    return signal;
}

/* ---- from messages ---- */

static void magnitude(struct signal *to, const struct signal *from, int64_t at_ns) {
    if (from->known) { /* "not supplied" leaves what was asked before */
        signal_set(to, at_ns, fabs(from->value));
    }
    assert(!to->known || to->value >= 0);
}

static void take_current(struct plate *plate, const struct signal *from, int64_t at_ns) {
    magnitude(plate->demand_current, from, at_ns);
}

static void take_voltage(struct plate *plate, const struct signal *from, int64_t at_ns) {
    magnitude(plate->demand_voltage, from, at_ns);
}

static void take_cml(struct plate *plate, const struct signal *from, int64_t at_ns) {
    (void)from;
    for (size_t i = 0; i < COUNT(words) && plate->declared; i++) {
        if (words[i].cml != NULL && !plate->words[i]->known) {
            magnitude(plate->words[i], find(plate, words[i].cml), at_ns);
        }
    }
}

/* The lower of what BHM allows and what the charger has. */
static void take_bhm(struct plate *plate, const struct signal *from, int64_t at_ns) {
    (void)from;
    const struct signal *allowed = find(plate, "BHM.voltage_max");
    const struct signal *own = find(plate, "plate.voltage_max");
    if (allowed->known && plate->external) {
        signal_set(plate->vehicle_insulation_voltage, at_ns, allowed->value);
    }
    if (allowed->known) {
        double due_v = own->known ? fmin(allowed->value, own->value) : allowed->value;
        signal_set(plate->insulation_due, at_ns, due_v);
    }
}

static void take_bcp(struct plate *plate, const struct signal *from, int64_t at_ns) {
    (void)from;
    magnitude(plate->vehicle_voltage_max, find(plate, "BCP.voltage_max"), at_ns);
    magnitude(plate->vehicle_current_max, find(plate, "BCP.current_max"), at_ns);
}

static void on_message(void *ctx, struct signal *signal, int64_t at_ns) {
    const struct plate_link *link = ctx;
    link->take(link->plate, signal, at_ns);
}

static void listen(struct plate *plate, size_t index, const char *signal,
                   void (*take)(struct plate *plate, const struct signal *from, int64_t at_ns)) {
    assert(index < COUNT(plate->links) && plate->links[index].take == NULL); /* one each */
    struct plate_link *link = &plate->links[index];
    *link = (struct plate_link){.plate = plate, .from = find(plate, signal), .take = take};
    link->subscription = (struct subscription){.changed = on_message, .ctx = link};
    signal_subscribe(link->from, &link->subscription);
}

/* ---- life ---- */

static struct signal *add(struct plate *plate, const char *name, const char *unit,
                          const char *text) {
    return signal_add(plate->board, name, SIGNAL_NUMBER, unit, text);
}

void plate_init(struct plate *plate, struct signal_board *board) {
    *plate = (struct plate){.board = board};
    for (size_t i = 0; i < COUNT(words); i++) {
        const struct word *word = &words[i];
        assert(word->factor >= 1 && (word->bit == 0 || word->unit[0] == '\0'));
        plate->words[i] =
            signal_add(board, word->signal, word->bit != 0 ? SIGNAL_BOOL : SIGNAL_NUMBER,
                       word->unit, word->text);
    }
    plate->vehicle_voltage_max =
        add(plate, "vehicle.voltage_max", "V", "highest voltage that the vehicle allows");
    plate->vehicle_insulation_voltage = add(plate, "vehicle.insulation_voltage", "V",
                                            "highest voltage it allows in the insulation test");
    plate->vehicle_current_max =
        add(plate, "vehicle.current_max", "A", "highest current that the vehicle allows");
    plate->vehicle_edition =
        add(plate, "vehicle.edition", "", "GB/T 27930 that the vehicle speaks: 2011, 2015, 2023");
    plate->vehicle_brm_length =
        add(plate, "vehicle.brm_length", "", "bytes of its BRM: 41, or 49 with what is optional");
    plate->demand_current =
        add(plate, "demand.current", "A", "current that the vehicle asks for, by its last BCL");
    plate->demand_voltage =
        add(plate, "demand.voltage", "V", "voltage that the vehicle asks for, by its last BCL");
    plate->insulation_due =
        add(plate, "insulation.due", "V", "what the insulation test has to be made at");
    listen(plate, 0, "BCL.current_demand", take_current);
    listen(plate, 1, "BCL.voltage_demand", take_voltage);
    listen(plate, 2, "CML", take_cml);
    listen(plate, 3, "BHM", take_bhm);
}

void plate_vehicle(struct plate *plate, const struct bms_params *params, int64_t now_ns) {
    assert((unsigned)params->edition < EDITIONS);
    static const double years[EDITIONS] = {
        [EDITION_2011] = 2011, [EDITION_2015] = 2015, [EDITION_2023] = 2023};
    signal_set(plate->vehicle_voltage_max, now_ns, params->voltage_max_v);
    signal_set(plate->vehicle_insulation_voltage, now_ns, params->bhm_voltage_v);
    signal_set(plate->vehicle_current_max, now_ns, params->current_max_a);
    signal_set(plate->vehicle_edition, now_ns, years[params->edition]);
    signal_set(plate->vehicle_brm_length, now_ns, params->brm_length);
}

void plate_hear_vehicle(struct plate *plate) {
    plate->external = true;
    listen(plate, 4, "BCP", take_bcp);
}

void plate_declare(struct plate *plate, int32_t (*capability)(void *ctx, enum dut_capability what),
                   void *ctx, int64_t now_ns) {
    plate->declared = true;
    for (size_t i = 0; i < COUNT(words); i++) {
        const struct word *word = &words[i];
        int32_t value = capability(ctx, word->capability);
        if (value != DUT_UNKNOWN) {
            double number = word->bit != 0 ? (value & word->bit) != 0 : value / word->factor;
            signal_set(plate->words[i], now_ns, number);
        }
    }
}

bool plate_fits(const struct plate *plate, double battery_v) {
    const struct signal *least = find(plate, "plate.voltage_min");
    const struct signal *most = find(plate, "plate.voltage_max");
    return (!least->known || least->value <= battery_v) &&
           (!most->known || most->value >= battery_v * HEADROOM);
}

void plate_end(struct plate *plate) {
    for (size_t i = 0; i < COUNT(plate->links); i++) {
        if (plate->links[i].from != NULL) {
            signal_unsubscribe(plate->links[i].from, &plate->links[i].subscription);
        }
    }
}
