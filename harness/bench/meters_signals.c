/* SPDX-License-Identifier: MIT */
/* What the bench shows of its meters: registers, their errors against the plant, and what CSD says
 * against the register. */
#include "harness/bench/meters_internal.h"

#include <assert.h>
#include <math.h>

#define J_PER_WH    3600.0
#define WH_PER_10WH 10.0
#define WH_PER_KWH  1000.0
#define LEAST_WH    100.0 /* below it a share of the energy says nothing: the register counts 10 Wh */

enum shown {
    PLANT_ENERGY,
    DC_REGISTER,
    AC_REGISTER,
    DC_COUNTED,
    AC_COUNTED,
    DC_ERROR,
    DC_SURPLUS,
    LOSSES,
    EFFICIENCY,
};

static double register_wh(const struct meters *meters, unsigned which, int64_t at_ns) {
    struct simulated *simulated = meters->posts[which].simulated;
    return (double)registers_energy(simulated_registers(simulated), at_ns, 0) * WH_PER_10WH;
}

/* Since the bench began, over a roll-over; a register that ran backwards gives a negative
 * number. */
static double counted_wh(const struct meters *meters, unsigned which, int64_t at_ns) {
    double wh =
        register_wh(meters, which, at_ns) - (double)meters->posts[which].start_10wh * WH_PER_10WH;
    double all = 1e9;
    wh = wh < -all / 2 ? wh + all : wh > all / 2 ? wh - all : wh;
    assert(wh >= -all / 2 && wh <= all / 2);
    return wh;
}

static double share(double part_wh, double whole_wh) {
    return whole_wh < LEAST_WH ? (double)NAN : 100.0 * part_wh / whole_wh;
}

static double shown_at(void *ctx, unsigned index, int64_t at_ns) {
    const struct meters *meters = ctx;
    double plant_wh = gun_energy_j(meters->config.gun, at_ns) / J_PER_WH;
    double dc_wh = counted_wh(meters, METERS_DC, at_ns);
    double ac_wh = meters->config.index == 0 ? counted_wh(meters, METERS_AC, at_ns) : (double)NAN;
    double all_wh = dc_wh;
    if (meters->second != NULL) {
        all_wh += counted_wh(meters->second, METERS_DC, at_ns);
    }
    switch ((enum shown)index) {
    case PLANT_ENERGY:
        return plant_wh;
    case DC_REGISTER:
        return register_wh(meters, METERS_DC, at_ns);
    case AC_REGISTER:
        return register_wh(meters, METERS_AC, at_ns);
    case DC_COUNTED:
        return dc_wh;
    case AC_COUNTED:
        return ac_wh;
    case DC_ERROR:
        return share(dc_wh - plant_wh, plant_wh);
    case DC_SURPLUS:
        return dc_wh - plant_wh;
    case LOSSES:
        return ac_wh - all_wh;
    case EFFICIENCY:
        return share(all_wh, ac_wh);
    }
    return (double)NAN;
}

static void track(void *ctx, unsigned index, struct signal_track *one, bool on) {
    if (on) {
        one->min = one->max = shown_at(ctx, index, one->min_ns);
    }
}

/* The ends of the window: all but shares and differences only ever go up. */
static void track_read(void *ctx, unsigned index, struct signal_track *one, int64_t at_ns) {
    double value = shown_at(ctx, index, at_ns);
    if (value > one->max) {
        one->max = value;
        one->max_ns = at_ns;
    }
    if (value < one->min) {
        one->min = value;
        one->min_ns = at_ns;
    }
}

/* No watch: a register advances with every pulse, and nobody has needed the instant of one. */
static const struct signal_source source = {
    .at = shown_at, .track = track, .track_read = track_read};

static const struct {
    const char *name, *unit, *text;
    bool of_pile; /* the AC meter's: with the first gun only */
} rows[] = {
    [PLANT_ENERGY] = {"plant.energy", "Wh",
                      "carried to the vehicle since the start: exact integral", false},
    [DC_REGISTER] = {"meter.energy", "Wh", "register of the gun's DC meter", false},
    [AC_REGISTER] = {"ac_meter.energy", "Wh", "register of the pile's AC meter", true},
    [DC_COUNTED] = {"meter.counted", "Wh", "counted by the DC meter since the start", false},
    [AC_COUNTED] = {"ac_meter.counted", "Wh", "counted by the AC meter since the start", true},
    [DC_ERROR] = {"meter.error", "%", "DC meter against plant.energy since the start", false},
    [DC_SURPLUS] = {"meter.surplus", "Wh", "counted by the DC meter less plant.energy", false},
    [LOSSES] = {"pile.losses", "Wh", "AC meter less DC meter since the start", true},
    [EFFICIENCY] = {"pile.efficiency", "%", "DC meter over AC meter since the start", true},
};

/* ---- CSD ---- */

/* Nothing flows in the handshake: what is there then is where a charge begins. */
static void handshake(void *ctx, struct signal *signal, int64_t at_ns) {
    struct meters *meters = ctx;
    (void)signal;
    meters->charge_counted_wh = counted_wh(meters, METERS_DC, at_ns);
    meters->charge_plant_wh = gun_energy_j(meters->config.gun, at_ns) / J_PER_WH;
}

static void statistics(void *ctx, struct signal *signal, int64_t at_ns) {
    struct meters *meters = ctx;
    (void)signal;
    double counted = counted_wh(meters, METERS_DC, at_ns) - meters->charge_counted_wh;
    double carried = gun_energy_j(meters->config.gun, at_ns) / J_PER_WH - meters->charge_plant_wh;
    if (meters->csd_energy->known) {
        double told =
            round(meters->csd_energy->value * 10.0) * WH_PER_KWH / 10.0; /* its last digit */
        signal_set(meters->csd_error, at_ns, told - counted);
        signal_set(meters->csd_plant_error, at_ns, told - carried);
    }
}

void meters_publish(struct meters *meters) {
    struct signal_board *board = meters->config.board;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!rows[i].of_pile || meters->config.index == 0) {
            signal_add_continuous(board, rows[i].name, rows[i].unit, rows[i].text, &source, meters,
                                  i);
        }
    }
    meters->posts[METERS_DC].requests =
        signal_add(board, "meter.requests", SIGNAL_NUMBER, "", "requests the DC meter has had");
    if (meters->config.index == 0) {
        meters->posts[METERS_AC].requests = signal_add(board, "ac_meter.requests", SIGNAL_NUMBER,
                                                       "", "requests the AC meter has had");
    }
    for (unsigned i = 0; i < METERS && meters->posts[i].requests != NULL; i++) {
        signal_set(meters->posts[i].requests, meters->config.loop->now_ns, 0);
    }
    meters->csd_energy = signal_find(board, "CSD.energy");
    meters->csd_error = signal_add(board, "meter.csd_error", SIGNAL_NUMBER, "Wh",
                                   "energy in the last CSD less what the DC meter counted in this "
                                   "charge");
    meters->csd_plant_error =
        signal_add(board, "plant.csd_error", SIGNAL_NUMBER, "Wh",
                   "energy in the last CSD less what was carried in this charge");
    handshake(meters, NULL, meters->config.loop->now_ns);
    meters->handshake = (struct subscription){.changed = handshake, .ctx = meters};
    meters->statistics = (struct subscription){.changed = statistics, .ctx = meters};
    signal_subscribe(signal_find(board, "CHM"), &meters->handshake);
    signal_subscribe(signal_find(board, "CSD"), &meters->statistics);
}
