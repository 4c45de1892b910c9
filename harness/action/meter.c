/* SPDX-License-Identifier: MIT */
/* What a scenario can do to a meter: how it answers, and what its register does. */
#include "harness/action/internal.h"

#define ROLL_OVER_10WH  100000000
#define TO_ROLL_OVER    100 /* 1 kWh before it */
#define TRUNCATED_BYTES 12  /* 4 FE and the frame up to its first data byte: no whole frame */
#define PPM_PER_PERCENT 1e4

static struct meter_post *post_of(struct bench_gun *gun, const struct argument *args) {
    enum meters_which which = argument_as(args, ARGUMENT_METER)->meter;
    struct bench_gun *first = &gun->bench->guns[0]; /* the pile's meter is with it */
    return meters_post(which == METERS_AC ? &first->meters : &gun->meters, which);
}

static bool misbehave(struct bench_gun *gun, const struct argument *args,
                      enum simulated_fault fault, double value, double part) {
    simulated_misbehave(post_of(gun, args)->simulated, fault, value, part);
    return true;
}

static struct registers *registers_of(struct bench_gun *gun, const struct argument *args) {
    return simulated_registers(post_of(gun, args)->simulated);
}

/* Its gain, its clock and the register's reading stay as they are by now. */
bool meter_sound(struct bench_gun *gun, const struct argument *args) {
    registers_stick(registers_of(gun, args), gun->loop->now_ns, false);
    meters_echo(post_of(gun, args), false);
    simulated_in_pieces(post_of(gun, args)->simulated, 0, 0);
    return misbehave(gun, args, SIMULATED_SOUND, 0, 0);
}

bool meter_silent(struct bench_gun *gun, const struct argument *args) {
    return misbehave(gun, args, SIMULATED_SILENT, 0, 1);
}

bool meter_late(struct bench_gun *gun, const struct argument *args) {
    return misbehave(gun, args, SIMULATED_LATE, number_of(&args[1]) / (double)NS_PER_S, 1);
}

bool meter_early(struct bench_gun *gun, const struct argument *args) {
    return misbehave(gun, args, SIMULATED_EARLY, 0, 1);
}

bool meter_pieces(struct bench_gun *gun, const struct argument *args) {
    simulated_in_pieces(post_of(gun, args)->simulated, count_of(&args[1]),
                        (int64_t)number_of(&args[2]));
    return count_of(&args[1]) > 0;
}

bool meter_checksum(struct bench_gun *gun, const struct argument *args) {
    return misbehave(gun, args, SIMULATED_CHECKSUM, 0, number_of(&args[1]) / 100.0);
}

bool meter_truncate(struct bench_gun *gun, const struct argument *args) {
    return misbehave(gun, args, SIMULATED_TRUNCATED, TRUNCATED_BYTES, 1);
}

bool meter_wrong_address(struct bench_gun *gun, const struct argument *args) {
    return misbehave(gun, args, SIMULATED_ADDRESS, 0, 1);
}

bool meter_foreign(struct bench_gun *gun, const struct argument *args) {
    return misbehave(gun, args, SIMULATED_FOREIGN, 0, 1);
}

bool meter_refuse(struct bench_gun *gun, const struct argument *args) {
    return misbehave(gun, args, SIMULATED_REFUSES, number_of(&args[1]), 1);
}

bool meter_wrong_item(struct bench_gun *gun, const struct argument *args) {
    return misbehave(gun, args, SIMULATED_WRONG_ITEM, 0, 1);
}

bool meter_no_value(struct bench_gun *gun, const struct argument *args) {
    return misbehave(gun, args, SIMULATED_NO_VALUE, 0, 1);
}

bool meter_echo(struct bench_gun *gun, const struct argument *args) {
    meters_echo(post_of(gun, args), true);
    return true;
}

bool meter_stick(struct bench_gun *gun, const struct argument *args) {
    registers_stick(registers_of(gun, args), gun->loop->now_ns, true);
    return true;
}

bool meter_jump(struct bench_gun *gun, const struct argument *args) {
    registers_jump(registers_of(gun, args), gun->loop->now_ns, number_of(&args[1]));
    return true;
}

bool meter_gain(struct bench_gun *gun, const struct argument *args) {
    registers_set_gain(registers_of(gun, args), gun->loop->now_ns, number_of(&args[1]) / 100.0);
    return true;
}

bool meter_roll_over(struct bench_gun *gun, const struct argument *args) {
    struct registers *registers = registers_of(gun, args);
    int64_t now_ns = gun->loop->now_ns;
    int64_t by = ROLL_OVER_10WH - TO_ROLL_OVER - registers_energy(registers, now_ns, 0);
    registers_jump(registers, now_ns, (double)by / 100.0);
    return true;
}

bool meter_wrong_tariffs(struct bench_gun *gun, const struct argument *args) {
    static const struct tariff_switch all_sharp = {.minute_of_day = 0, .tariff = 1};
    registers_set_tariffs(registers_of(gun, args), gun->loop->now_ns, &all_sharp, 1);
    simulated_clock_changed(post_of(gun, args)->simulated);
    return true;
}

bool meter_drift(struct bench_gun *gun, const struct argument *args) {
    registers_set_drift(registers_of(gun, args), gun->loop->now_ns,
                        number_of(&args[1]) * PPM_PER_PERCENT);
    simulated_clock_changed(post_of(gun, args)->simulated);
    return true;
}
