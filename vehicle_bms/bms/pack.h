/* SPDX-License-Identifier: MIT */
/* pack.h: the traction battery: state of charge, open-circuit voltage, cells, temperature.
 *
 *   struct pack *pack = pack_new(&loop, &board, &pack_bus_lfp_540v, plant_charge_c, plant);
 *   pack_set_soc(pack, loop.now_ns, 35.0);
 *   double volt = pack_ocv_v(pack, loop.now_ns);
 *
 * The circuit around it is the plant's: the plant integrates the current and tells the charge that
 * has gone in since some origin (coulomb, falling while discharging) through charge_c(ctx, now);
 * it reads the signal battery.ocv and the pack's resistance. Between events charge moves smoothly,
 * so the pack predicts from the present current when the OCV will have drifted by 5 mV or the SOC
 * by 0.05 %, publishes battery.ocv and battery.soc then, and looks again after 10 s at the latest.
 * Every question (pack_soc, pack_ocv_v, ...) brings the state up to its instant first.
 *
 * A preset is data: fill struct pack_params. Units are in the names; voltages are of a cell where
 * the name says so. The heat model is one lump: heat I^2 R, losses to the ambient. */
#ifndef VEHICLE_BMS_BMS_PACK_H
#define VEHICLE_BMS_BMS_PACK_H

#include "sim/loop.h"
#include "sim/signal.h"
#include "sim/text/problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACK_CURVE_POINTS 32

/* Open-circuit voltage of one cell at a state of charge; the curve is linear between points. */
struct pack_point {
    double soc_percent;
    double cell_ocv_v;
};

struct pack_params {
    const char *name;
    uint8_t chemistry; /* as BRM.battery_type: 3 LFP, 6 ternary, 8 LTO */
    unsigned cells_series;
    unsigned sensors; /* temperature sensors, 1..128 */
    double capacity_ah;
    double soc_percent;    /* at the start */
    double resistance_ohm; /* terminals to terminals */
    double cell_nominal_v;
    double cell_spread_v;        /* highest cell above the mean, lowest as much below */
    double temperature_c;        /* at the start */
    double temperature_spread_k; /* hottest sensor above the mean, coldest as much below */
    double ambient_c;
    double heat_capacity_j_k; /* of the pack; 0: the temperature stays as it is */
    double heat_transfer_w_k; /* pack to ambient */
    size_t curve_count;       /* 2..PACK_CURVE_POINTS, SOC rising from 0 to 100, OCV rising */
    struct pack_point curve[PACK_CURVE_POINTS];
};

/* Electric bus, 168 LFP cells in series, 537.6 V nominal, 228 Ah, 60 mohm. */
extern const struct pack_params pack_bus_lfp_540v;

struct pack;

/* Checks a preset. False: problem says what is wrong with which entry. */
bool pack_params_ok(const struct pack_params *params, struct problem *problem);

/* Adds battery.ocv and battery.soc and publishes them. The parameters are copied; they must be
 * sound (pack_params_ok). charge_c may be NULL: nothing flows. */
struct pack *pack_new(struct loop *loop, struct signal_board *board,
                      const struct pack_params *params,
                      double (*charge_c)(void *ctx, int64_t now_ns), void *ctx);
/* Before the board whose signals it has. */
void pack_free(struct pack *pack);

const struct pack_params *pack_params(const struct pack *pack);

/* For a plant that is made after the pack. */
void pack_set_charge(struct pack *pack, int64_t now_ns,
                     double (*charge_c)(void *ctx, int64_t now_ns), void *ctx);

void pack_set_soc(struct pack *pack, int64_t now_ns, double soc_percent); /* clamped to 0..100 */
void pack_set_temperature(struct pack *pack, int64_t now_ns, double temperature_c);
/* Two plugs in one vehicle: from now on pack is the other one, which both currents charge; NULL: it is one of its
 * own again, in the state that was reached. Params are the other one's and stay so. */
void pack_follow(struct pack *pack, struct pack *other, int64_t now_ns);

/* The plant says that the current has stepped, so that the prediction is made anew. */
void pack_current_stepped(struct pack *pack, int64_t now_ns);

double pack_soc_percent(struct pack *pack, int64_t now_ns);
double pack_ocv_v(struct pack *pack, int64_t now_ns);
double pack_current_a(struct pack *pack,
                      int64_t now_ns); /* + = charging; battery.current of its plugs */
double pack_terminal_v(struct pack *pack, int64_t now_ns); /* OCV + I R */
double pack_cell_max_v(struct pack *pack, int64_t now_ns); /* at the terminals' voltage */
double pack_cell_min_v(struct pack *pack, int64_t now_ns);
double pack_temperature_max_c(struct pack *pack, int64_t now_ns);
double pack_temperature_min_c(struct pack *pack, int64_t now_ns);
double pack_energy_kwh(const struct pack *pack); /* nominal, full */

/* OCV of the whole pack by the preset's curve, for a preset that is only data. */
double pack_curve_v(const struct pack_params *params, double soc_percent);

#endif
