/* SPDX-License-Identifier: MIT */
#include "sim/gun/gun.h"

#include "sim/memory.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AMBIENT_C 25.0

const struct gun_params gun_params_default = {
    .aux_v = 12.0,
    .ac_least_v = 200.0,
};

/* The circuit's quantities as signals, in the order of dc_signals[]. */
static const struct {
    enum dc_quantity quantity;
    const char *name, *unit, *text;
} dc_signals[] = {
    {DC_INNER_VOLTAGE, "output.voltage", "V", "output, power modules' side of K1/K2"},
    {DC_OUTER_VOLTAGE, "gun.voltage", "V", "output, vehicle's side of K1/K2"},
    {DC_CURRENT, "gun.current", "A", "output current, + = charging"},
    {DC_CURRENT, "battery.current", "A", "the same, as the vehicle measures it"},
    {DC_BATTERY_VOLTAGE, "battery.voltage", "V", "pack terminals, behind K5/K6"},
    {DC_MODULE_VOLTAGE, "modules.voltage", "V", "power modules, before the blocking diode"},
    {DC_MODULE_CURRENT, "modules.current", "A", "current the power modules deliver"},
    {DC_DIFFERENCE, "contactor.difference", "V", "output.voltage - gun.voltage"},
    {DC_INNER_POSITIVE, "output.positive", "V", "DC+ against PE, power modules' side of K1"},
    {DC_INNER_NEGATIVE, "output.negative", "V", "DC- against PE, power modules' side of K2"},
    {DC_OUTER_POSITIVE, "gun.positive", "V", "DC+ against PE, vehicle's side of K1"},
    {DC_OUTER_NEGATIVE, "gun.negative", "V", "DC- against PE, vehicle's side of K2"},
};

static bool is_pole(enum dc_quantity quantity) {
    return quantity >= DC_INNER_POSITIVE && quantity <= DC_OUTER_NEGATIVE;
}

/* ---- the circuit as a source of signals ---- */

static void show_interrupted(struct gun *gun, struct contactor *contactor, enum dc_contact which) {
    bool is = !signal_is(contactor->closed) && !gun->dc.arcs[which].burns;
    if (is != signal_is(contactor->interrupted)) {
        signal_set(contactor->interrupted, gun->dc.now_ns, is);
    }
}

static void schedule(struct gun *gun) {
    show_interrupted(gun, &gun->k1, DC_K1);
    show_interrupted(gun, &gun->k2, DC_K2);
    show_interrupted(gun, &gun->k5, DC_K5);
    show_interrupted(gun, &gun->k6, DC_K6);
    int64_t next = dc_next(&gun->dc);
    if (next == INT64_MAX) {
        loop_cancel(gun->loop, &gun->dc_timer);
    } else if (!loop_is_set(&gun->dc_timer) || gun->dc_timer.at_ns != next) {
        loop_set(gun->loop, &gun->dc_timer, next);
    }
    assert(loop_is_set(&gun->dc_timer) == (next != INT64_MAX));
}

void gun_circuit_changed(struct gun *gun) {
    schedule(gun);
}

static void circuit_event(void *ctx, int64_t now_ns) {
    struct gun *gun = ctx;
    dc_advance(&gun->dc, now_ns);
    assert(dc_next(&gun->dc) > now_ns); /* all that was due has been done */
    schedule(gun);
}

static double value_at(void *ctx, unsigned index, int64_t at_ns) {
    const struct gun *gun = ctx;
    return dc_value(&gun->dc, (enum dc_quantity)index, at_ns);
}

static void level_crossed(void *ctx, int64_t at_ns, bool rising) {
    struct signal_watch *watch = ctx;
    assert(watch->source_data != NULL && watch->signal != NULL);
    watch->crossed(watch->ctx, watch->signal, at_ns, rising);
}

static void watch(void *ctx, unsigned index, struct signal_watch *one, bool on) {
    assert(on || one->source_data != NULL); /* what ends was begun, and ends once */
    struct gun *gun = ctx;
    if (on) {
        struct dc_watch *watch = memory_zeroed(1, sizeof *watch);
        watch->quantity = (enum dc_quantity)index;
        watch->level = one->level;
        watch->crossed = level_crossed;
        watch->ctx = one;
        one->source_data = watch;
        dc_advance(&gun->dc, gun->loop->now_ns);
        dc_watch_add(&gun->dc, watch);
    } else {
        dc_watch_remove(&gun->dc, one->source_data);
        free(one->source_data);
        one->source_data = NULL;
    }
    schedule(gun);
}

static void track_read(void *ctx, unsigned index, struct signal_track *one, int64_t at_ns) {
    (void)index;
    struct gun *gun = ctx;
    struct dc_track *track = one->source_data;
    dc_track_read(&gun->dc, at_ns, track);
    assert(track->min <= track->max);
    one->min = track->min;
    one->max = track->max;
    one->min_ns = track->min_ns;
    one->max_ns = track->max_ns;
}

static void track(void *ctx, unsigned index, struct signal_track *one, bool on) {
    assert(on || one->source_data != NULL);
    struct gun *gun = ctx;
    if (on) {
        struct dc_track *track = memory_zeroed(1, sizeof *track);
        track->quantity = (enum dc_quantity)index;
        track->tolerance = one->tolerance;
        one->source_data = track;
        dc_advance(&gun->dc, gun->loop->now_ns);
        dc_track_add(&gun->dc, track);
    } else {
        dc_track_remove(&gun->dc, one->source_data);
        free(one->source_data);
        one->source_data = NULL;
    }
}

static void track_renew(void *ctx, unsigned index, struct signal_track *one) {
    (void)index;
    struct gun *gun = ctx;
    dc_advance(&gun->dc, gun->loop->now_ns);
    dc_track_renew(&gun->dc, one->source_data);
}

static const struct signal_source circuit_source = {.at = value_at,
                                                    .watch = watch,
                                                    .track = track,
                                                    .track_read = track_read,
                                                    .track_renew = track_renew};

/* ---- what commands and contacts do to the circuit ---- */

static void modules_follow(struct gun *gun, int64_t now_ns) {
    if (gun->modules_stuck || gun->modules_joint) {
        return;
    }
    double voltage = gun->voltage_set->known ? gun->voltage_set->value : 0.0;
    double current = gun->current_set->known ? gun->current_set->value : 0.0;
    bool on = signal_is(gun->modules_on);
    double offset = on ? gun->modules_offset_v : 0.0;
    double excess = on ? gun->modules_excess_a : 0.0;
    dc_set_modules(&gun->dc, now_ns, on, voltage + offset, current + excess);
    schedule(gun);
}

static void on_modules(void *ctx, struct signal *signal, int64_t at_ns) {
    struct gun *gun = ctx;
    (void)signal, (void)at_ns;
    modules_follow(gun, gun->loop->now_ns);
}

void gun_drive_modules(struct gun *gun, bool on, double voltage_v, double current_a,
                       int64_t now_ns) {
    if (!gun->modules_driven) {
        gun->modules_driven = true;
        dc_set_slew(&gun->dc, now_ns, (double)INFINITY);
        dc_set_current_slew(&gun->dc, now_ns, (double)INFINITY);
    }
    gun->modules_joint = true;
    signal_set(gun->voltage_set, now_ns, voltage_v);
    signal_set(gun->current_set, now_ns, current_a);
    signal_set(gun->modules_on, now_ns, on);
    gun->modules_joint = false;
    modules_follow(gun, now_ns);
}

static void imd_begin(struct gun *gun, int64_t now_ns) {
    imd_restart(&gun->imd, now_ns, signal_is(gun->imd_command) && !gun->imd_broken);
}

static void imd_moved(void *ctx) {
    schedule(ctx);
}

static void on_imd(void *ctx, struct signal *signal, int64_t at_ns) {
    (void)signal, (void)at_ns;
    struct gun *gun = ctx;
    imd_begin(gun, gun->loop->now_ns);
}

static void on_output_contact(void *ctx, struct signal *signal, int64_t at_ns) {
    struct gun *gun = ctx;
    enum dc_contact contact = signal == gun->k1.closed ? DC_K1 : DC_K2;
    bool both = signal_is(gun->k1.closed) && signal_is(gun->k2.closed);
    dc_advance(&gun->dc, at_ns);
    if (both && !dc_output_closed(&gun->dc)) {
        signal_set(gun->making_difference, at_ns, fabs(dc_value(&gun->dc, DC_DIFFERENCE, at_ns)));
    }
    dc_set_contact(&gun->dc, at_ns, contact, signal_is(signal));
    schedule(gun);
    imd_begin(gun, at_ns);
    assert(dc_output_closed(&gun->dc) == both);
}

/* K5 and K6 lead nowhere while the plug is out. */
static void on_vehicle_contact(void *ctx, struct signal *signal, int64_t at_ns) {
    struct gun *gun = ctx;
    (void)signal;
    bool plugged = signal_is(gun->pilot.gun_inserted);
    dc_set_contact(&gun->dc, at_ns, DC_K5, plugged && signal_is(gun->k5.closed));
    dc_set_contact(&gun->dc, at_ns, DC_K6, plugged && signal_is(gun->k6.closed));
    schedule(gun);
}

static void discharge_follows(struct gun *gun, int64_t now_ns) {
    bool in = gun->discharge_stuck || signal_is(gun->discharge);
    dc_set_discharge(&gun->dc, now_ns, in && !gun->discharge_broken);
    schedule(gun);
}

static void on_discharge(void *ctx, struct signal *signal, int64_t at_ns) {
    (void)at_ns;
    struct gun *gun = ctx;
    (void)signal;
    discharge_follows(gun, gun->loop->now_ns);
}

static void insulation_follows(struct gun *gun, int64_t now_ns) {
    dc_set_insulation(&gun->dc, now_ns, DC_POSITIVE, gun->insulation_positive_ohm);
    dc_set_insulation(&gun->dc, now_ns, DC_NEGATIVE, gun->insulation_negative_ohm);
}

static void battery_follows(struct gun *gun, int64_t now_ns) {
    double ocv = gun->ocv->value + gun->battery_offset_v;
    dc_set_ocv(&gun->dc, now_ns, gun->battery_reversed ? -ocv : ocv);
    schedule(gun);
}

static void on_ocv(void *ctx, struct signal *signal, int64_t at_ns) {
    struct gun *gun = ctx;
    (void)signal, (void)at_ns;
    battery_follows(gun, gun->loop->now_ns);
}

static void on_ac(void *ctx, struct signal *signal, int64_t at_ns) {
    (void)at_ns;
    struct gun *gun = ctx;
    dc_set_supply(&gun->dc, gun->loop->now_ns, signal->value >= gun->params.ac_least_v);
    schedule(gun);
}

static void on_aux_contact(void *ctx, struct signal *signal, int64_t at_ns) {
    struct gun *gun = ctx;
    signal_set(gun->aux_voltage, at_ns, signal_is(signal) ? gun->params.aux_v : 0.0);
}

static void on_contactor_command(void *ctx, struct signal *signal, int64_t at_ns) {
    contactor_command(ctx, signal_is(signal), at_ns);
}

static void on_lock_command(void *ctx, struct signal *signal, int64_t at_ns) {
    lock_command(ctx, signal_is(signal), at_ns);
}

/* ---- assembly ---- */

static void subscribe(struct gun *gun, struct signal *signal,
                      void (*changed)(void *, struct signal *, int64_t), void *ctx) {
    assert(gun->subscription_count < GUN_SUBSCRIPTIONS);
    struct subscription *one = &gun->subscriptions[gun->subscription_count++];
    *one = (struct subscription){.changed = changed, .ctx = ctx};
    signal_subscribe(signal, one);
}

static struct signal *find_required(struct signal_board *board, const char *name) {
    struct signal *signal = signal_find(board, name);
    if (signal == NULL) {
        fprintf(stderr, "gun: the signal %s has to be added before gun_init\n", name);
        abort();
    }
    return signal;
}

static struct signal *add_signal(struct signal_board *board, const char *name,
                                 enum signal_kind kind, const char *unit, const char *text,
                                 int64_t now_ns, double value) {
    assert(kind != SIGNAL_BOOL || value == 0 || value == 1);
    struct signal *signal = signal_add(board, name, kind, unit, text);
    signal_set(signal, now_ns, value);
    return signal;
}

static struct signal *add_command(struct signal_board *board, const char *name, const char *text,
                                  int64_t now_ns) {
    return add_signal(board, name, SIGNAL_BOOL, "", text, now_ns, 0);
}

static void add_contactors(struct gun *gun, struct loop *loop, struct signal_board *board) {
    static const struct contactor_names k1 = {"k1.closed",      "K1 (DC+) conducts",
                                              "k1.feedback",    "auxiliary contact of K1",
                                              "k1.interrupted", "K1 has parted and its arc is out"};
    static const struct contactor_names k2 = {"k2.closed",      "K2 (DC-) conducts",
                                              "k2.feedback",    "auxiliary contact of K2",
                                              "k2.interrupted", "K2 has parted and its arc is out"};
    static const struct contactor_names k3k4 = {.closed = "k3k4.closed",
                                                .closed_text = "K3 and K4 (auxiliary supply)"};
    static const struct contactor_names k5 = {.closed = "k5.closed",
                                              .closed_text = "K5 (vehicle, DC+) conducts",
                                              .interrupted = "k5.interrupted",
                                              .interrupted_text =
                                                  "K5 has parted and its arc is out"};
    static const struct contactor_names k6 = {.closed = "k6.closed",
                                              .closed_text = "K6 (vehicle, DC-) conducts",
                                              .interrupted = "k6.interrupted",
                                              .interrupted_text =
                                                  "K6 has parted and its arc is out"};
    int64_t now = loop->now_ns;
    gun->output = contactor_dc;
    gun->output.close_ns = gun->params.close_ns > 0 ? gun->params.close_ns : contactor_dc.close_ns;
    gun->output.open_ns = gun->params.open_ns > 0 ? gun->params.open_ns : contactor_dc.open_ns;
    contactor_init(&gun->k1, loop, board, &k1, &gun->output);
    contactor_init(&gun->k2, loop, board, &k2, &gun->output);
    contactor_init(&gun->k3k4, loop, board, &k3k4, &contactor_relay);
    contactor_init(&gun->k5, loop, board, &k5, &contactor_dc);
    contactor_init(&gun->k6, loop, board, &k6, &contactor_dc);
    subscribe(gun, add_command(board, "k1.command", "charger closes K1", now), on_contactor_command,
              &gun->k1);
    subscribe(gun, add_command(board, "k2.command", "charger closes K2", now), on_contactor_command,
              &gun->k2);
    subscribe(gun, add_command(board, "aux.command", "charger closes K3 and K4", now),
              on_contactor_command, &gun->k3k4);
    subscribe(gun, find_required(board, "k5.command"), on_contactor_command, &gun->k5);
    subscribe(gun, find_required(board, "k6.command"), on_contactor_command, &gun->k6);
    subscribe(gun, gun->k1.closed, on_output_contact, gun);
    subscribe(gun, gun->k2.closed, on_output_contact, gun);
    subscribe(gun, gun->k5.closed, on_vehicle_contact, gun);
    subscribe(gun, gun->k6.closed, on_vehicle_contact, gun);
    subscribe(gun, gun->k3k4.closed, on_aux_contact, gun);
}

static void add_commands(struct gun *gun, struct signal_board *board, int64_t now_ns) {
    gun->discharge = add_command(board, "discharge.command", "discharge resistor is in", now_ns);
    gun->imd_command = add_command(board, "imd.command", "insulation monitor is connected", now_ns);
    gun->modules_on = add_command(board, "modules.on", "power modules deliver", now_ns);
    gun->voltage_set = add_signal(board, "modules.voltage_set", SIGNAL_NUMBER, "V",
                                  "voltage the charger tells its modules", now_ns, 0);
    gun->current_set = add_signal(board, "modules.current_set", SIGNAL_NUMBER, "A",
                                  "current limit the charger tells its modules", now_ns, 0);
    subscribe(gun, gun->discharge, on_discharge, gun);
    subscribe(gun, gun->imd_command, on_imd, gun);
    subscribe(gun, gun->modules_on, on_modules, gun);
    subscribe(gun, gun->voltage_set, on_modules, gun);
    subscribe(gun, gun->current_set, on_modules, gun);
    subscribe(gun, add_command(board, "lock.command", "charger locks the plug", now_ns),
              on_lock_command, &gun->lock);
}

static void add_readings(struct gun *gun, struct signal_board *board, int64_t now_ns) {
    gun->aux_voltage = add_signal(board, "aux.voltage", SIGNAL_NUMBER, "V",
                                  "auxiliary supply behind K3/K4", now_ns, 0);
    gun->making_difference =
        signal_add(board, "making.difference", SIGNAL_NUMBER, "V",
                   "|inner - outer| just before K1/K2 made the circuit, at each make");
    imd_init(&gun->imd, gun->loop, board, &gun->dc, &imd_default, imd_moved, gun);
    gun->estop = add_signal(board, "estop.pressed", SIGNAL_BOOL, "", "emergency stop", now_ns, 0);
    gun->door =
        add_signal(board, "door.open", SIGNAL_BOOL, "", "a door with live parts", now_ns, 0);
    gun->start = add_signal(board, "operator.start", SIGNAL_BOOL, "", "start button", now_ns, 0);
    gun->stop = add_signal(board, "operator.stop", SIGNAL_BOOL, "", "stop button", now_ns, 0);
    gun->temperature_positive = add_signal(board, "gun.temperature_positive", SIGNAL_NUMBER, "degC",
                                           "gun contact DC+", now_ns, AMBIENT_C);
    gun->temperature_negative = add_signal(board, "gun.temperature_negative", SIGNAL_NUMBER, "degC",
                                           "gun contact DC-", now_ns, AMBIENT_C);
}

void gun_init(struct gun *gun, struct loop *loop, struct signal_board *board,
              const struct gun_params *params) {
    memset(gun, 0, sizeof *gun);
    gun->loop = loop;
    gun->params = *params;
    gun->insulation_positive_ohm = gun->insulation_negative_ohm = 20e6;
    gun->dc_timer = (struct timer){.fire = circuit_event, .ctx = gun};
    dc_init(&gun->dc, &params->dc, loop->now_ns);
    insulation_follows(gun, loop->now_ns);
    for (size_t i = 0; i < sizeof dc_signals / sizeof dc_signals[0]; i++) {
        struct signal *signal =
            signal_add_continuous(board, dc_signals[i].name, dc_signals[i].unit, dc_signals[i].text,
                                  &circuit_source, gun, dc_signals[i].quantity);
        signal->quiet = is_pole(dc_signals[i].quantity);
    }
    pilot_init(&gun->pilot, board, loop->now_ns);
    lock_init(&gun->lock, loop, board);
    add_readings(gun, board, loop->now_ns);
    add_commands(gun, board, loop->now_ns);
    add_contactors(gun, loop, board);
    subscribe(gun, gun->pilot.gun_inserted, on_vehicle_contact, gun);
    gun->ac_voltage = find_required(board, "ac.voltage");
    subscribe(gun, gun->ac_voltage, on_ac, gun);
    gun->ocv = find_required(board, "battery.ocv");
    subscribe(gun, gun->ocv, on_ocv, gun);
    on_ac(gun, gun->ac_voltage, loop->now_ns);
    battery_follows(gun, loop->now_ns);
}

double gun_energy_j(void *gun, int64_t now_ns) {
    return dc_energy_j(&((struct gun *)gun)->dc, now_ns);
}

double gun_charge_c(void *gun, int64_t now_ns) {
    return dc_charge_c(&((struct gun *)gun)->dc, now_ns);
}

void gun_set_insulation(struct gun *gun, double positive_ohm, double negative_ohm, int64_t now_ns) {
    assert(positive_ohm >= 0 && negative_ohm >= 0);
    gun->insulation_positive_ohm = positive_ohm;
    gun->insulation_negative_ohm = negative_ohm;
    insulation_follows(gun, now_ns);
    schedule(gun);
    imd_begin(gun, now_ns);
}

void gun_set_own_insulation(struct gun *gun, enum dc_pole pole, double ohm, int64_t now_ns) {
    assert(ohm >= 0);
    dc_set_inner_insulation(&gun->dc, now_ns, pole, ohm);
    schedule(gun);
    imd_begin(gun, now_ns);
}

void gun_set_y(struct gun *gun, double farad, int64_t now_ns) {
    dc_set_inner_y(&gun->dc, now_ns, farad);
    schedule(gun);
    imd_begin(gun, now_ns);
}

void gun_set_short(struct gun *gun, double ohm, int64_t now_ns) {
    dc_set_short(&gun->dc, now_ns, ohm);
    schedule(gun);
}

void gun_set_diode_short(struct gun *gun, bool failed, int64_t now_ns) {
    dc_set_diode_short(&gun->dc, now_ns, failed);
    schedule(gun);
}

void gun_set_modules_offset(struct gun *gun, double offset_v, int64_t now_ns) {
    gun->modules_offset_v = offset_v;
    modules_follow(gun, now_ns);
}

void gun_set_battery_offset(struct gun *gun, double offset_v, int64_t now_ns) {
    gun->battery_offset_v = offset_v;
    battery_follows(gun, now_ns);
}

void gun_set_aux(struct gun *gun, double aux_v, int64_t now_ns) {
    assert(aux_v >= 0);
    gun->params.aux_v = aux_v;
    on_aux_contact(gun, gun->k3k4.closed, now_ns);
}

void gun_break_discharge(struct gun *gun, bool broken, int64_t now_ns) {
    gun->discharge_broken = broken;
    discharge_follows(gun, now_ns);
}

void gun_stick_discharge(struct gun *gun, bool stuck, int64_t now_ns) {
    gun->discharge_stuck = stuck;
    discharge_follows(gun, now_ns);
}

void gun_set_modules_excess(struct gun *gun, double ampere, int64_t now_ns) {
    assert(!isnan(ampere));
    gun->modules_excess_a = ampere;
    dc_set_module_max(&gun->dc, now_ns, gun->params.dc.module_max_a + ampere);
    modules_follow(gun, now_ns);
}

void gun_stick_modules(struct gun *gun, bool stuck, int64_t now_ns) {
    gun->modules_stuck = stuck;
    modules_follow(gun, now_ns);
}

void gun_break_imd(struct gun *gun, bool broken, int64_t now_ns) {
    gun->imd_broken = broken;
    imd_begin(gun, now_ns);
}

void gun_set_modules_slew(struct gun *gun, double v_per_s, int64_t now_ns) {
    dc_set_slew(&gun->dc, now_ns, v_per_s);
    schedule(gun);
}

void gun_reverse_battery(struct gun *gun, bool reversed, int64_t now_ns) {
    gun->battery_reversed = reversed;
    battery_follows(gun, now_ns);
}
