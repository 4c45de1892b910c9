/* SPDX-License-Identifier: MIT */
/* Quantities that glide: set at once, or on a straight line to a new value. On the line they move every
 * 10 ms, less than any of them is measured finer. */
#include "harness/action/internal.h"

#define STEP_NS (10 * NS_PER_MS)

enum glides {
    GRID_VOLTAGE,
    AUX_VOLTAGE,
    GUN_POSITIVE,
    GUN_NEGATIVE,
    BATTERY_OFFSET,
    MODULES_OFFSET,
    GLIDES,
};

_Static_assert(GLIDES <= BENCH_RAMPS, "a ramp for each");

static double value_of(const struct bench_gun *gun, enum glides what) {
    switch (what) {
    case GRID_VOLTAGE:
        return gun->bench->grid.voltage_v;
    case AUX_VOLTAGE:
        return gun->plant.params.aux_v;
    case GUN_POSITIVE:
        return gun->plant.temperature_positive->value;
    case GUN_NEGATIVE:
        return gun->plant.temperature_negative->value;
    case BATTERY_OFFSET:
        return gun->plant.battery_offset_v;
    default:
        return gun->plant.modules_offset_v;
    }
}

static void put(struct bench_gun *gun, enum glides what, double value) {
    int64_t now_ns = gun->loop->now_ns;
    switch (what) {
    case GRID_VOLTAGE:
        grid_set_voltage(&gun->bench->grid, value, now_ns);
        break;
    case AUX_VOLTAGE:
        gun_set_aux(&gun->plant, value, now_ns);
        break;
    case GUN_POSITIVE:
        signal_set(gun->plant.temperature_positive, now_ns, value);
        break;
    case GUN_NEGATIVE:
        signal_set(gun->plant.temperature_negative, now_ns, value);
        break;
    case BATTERY_OFFSET:
        gun_set_battery_offset(&gun->plant, value, now_ns);
        break;
    default:
        gun_set_modules_offset(&gun->plant, value, now_ns);
        break;
    }
}

static void glide(void *ctx, int64_t now_ns) {
    struct bench_ramp *ramp = ctx;
    enum glides what = (enum glides)(ramp - ramp->gun->ramps);
    assert((unsigned)what < GLIDES && ramp->begin_ns < ramp->end_ns);
    if (now_ns >= ramp->end_ns) {
        put(ramp->gun, what, ramp->to);
        return;
    }
    double share = (double)(now_ns - ramp->begin_ns) / (double)(ramp->end_ns - ramp->begin_ns);
    assert(share > 0 && share < 1);
    put(ramp->gun, what, ramp->from + (ramp->to - ramp->from) * share);
    int64_t next_ns = now_ns + STEP_NS;
    loop_set(ramp->gun->loop, &ramp->timer, next_ns < ramp->end_ns ? next_ns : ramp->end_ns);
}

static bool begin(struct bench_gun *gun, enum glides what, double to, int64_t duration_ns) {
    gun = what == GRID_VOLTAGE ? &gun->bench->guns[0] : gun; /* there is one supply */
    struct bench_ramp *ramp = &gun->ramps[what];
    assert((unsigned)what < GLIDES && duration_ns >= 0);
    loop_cancel(gun->loop, &ramp->timer);
    *ramp = (struct bench_ramp){
        .timer = {.fire = glide, .ctx = ramp},
        .gun = gun,
        .from = value_of(gun, what),
        .to = to,
        .begin_ns = gun->loop->now_ns,
        .end_ns = gun->loop->now_ns + duration_ns,
    };
    if (duration_ns == 0) {
        put(gun, what, to);
        return true;
    }
    loop_set(gun->loop, &ramp->timer, gun->loop->now_ns + STEP_NS);
    return true;
}

static bool at_once(struct bench_gun *gun, enum glides what, const struct argument *args) {
    return begin(gun, what, number_of(&args[0]), 0);
}

static bool in_time(struct bench_gun *gun, enum glides what, const struct argument *args) {
    return begin(gun, what, number_of(&args[0]), (int64_t)number_of(&args[1]));
}

#define GLIDING(name, what)                                                                        \
    bool set_##name(struct bench_gun *gun, const struct argument *args) {                          \
        return at_once(gun, what, args);                                                           \
    }                                                                                              \
    bool ramp_##name(struct bench_gun *gun, const struct argument *args) {                         \
        return in_time(gun, what, args);                                                           \
    }

GLIDING(grid, GRID_VOLTAGE)
GLIDING(aux, AUX_VOLTAGE)
GLIDING(gun_temperature, GUN_POSITIVE)
GLIDING(gun_temperature_negative, GUN_NEGATIVE)
GLIDING(battery_offset, BATTERY_OFFSET)
GLIDING(modules_offset, MODULES_OFFSET)

/* So that the battery then has that voltage. */
static bool battery_to(struct bench_gun *gun, double voltage_v, int64_t duration_ns) {
    return begin(gun, BATTERY_OFFSET, voltage_v - gun->plant.ocv->value, duration_ns);
}

bool ramp_battery_to_allowed(struct bench_gun *gun, const struct argument *args) {
    double allowed_v = signal_find(gun->board, "vehicle.voltage_max")->value;
    return battery_to(gun, allowed_v * number_of(&args[0]) / 100.0, (int64_t)number_of(&args[1]));
}

bool ramp_battery_to_limit(struct bench_gun *gun, const struct argument *args) {
    double limit_v = within_rating(gun, "vehicle.voltage_max");
    return battery_to(gun, limit_v * number_of(&args[0]) / 100.0, (int64_t)number_of(&args[1]));
}

bool set_battery_shortfall(struct bench_gun *gun, const struct argument *args) {
    double percent = number_of(&args[0]);
    return begin(gun, BATTERY_OFFSET, -gun->plant.ocv->value * percent / 100.0, 0);
}
