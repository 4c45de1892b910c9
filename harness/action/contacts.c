/* SPDX-License-Identifier: MIT */
/* Contactors and the insulation on either side of them: what can be wrong with each pole. */
#include "harness/action/internal.h"

#include <string.h>

static const struct {
    const char *name;
    size_t offset; /* in struct gun */
} contactors[] = {{"k1", offsetof(struct gun, k1)},
                  {"k2", offsetof(struct gun, k2)},
                  {"k3k4", offsetof(struct gun, k3k4)},
                  {"k5", offsetof(struct gun, k5)},
                  {"k6", offsetof(struct gun, k6)}};

#define OWN        (sizeof contactors / sizeof contactors[0])
#define TIE        OWN /* between the guns' buses: the pile has one */
#define CONTACTORS (OWN + 1)

bool contactor_find(const char *name, size_t *index) {
    for (*index = 0; *index < OWN; ++*index) {
        if (strcmp(contactors[*index].name, name) == 0) {
            return true;
        }
    }
    return strcmp(name, "tie") == 0;
}

bool contactor_is_of_pile(size_t index) {
    return index == TIE;
}

static struct contactor *contactor_of(struct bench_gun *gun, const struct argument *arg) {
    size_t index = argument_as(arg, ARGUMENT_CONTACTOR)->contactor;
    assert(index < CONTACTORS);
    if (index == TIE) {
        assert(gun->bench->gun_count > 1); /* the case's reader has seen to it */
        return &gun->bench->tie.plant.contactor;
    }
    return (struct contactor *)(void *)((char *)&gun->plant + contactors[index].offset);
}

bool contact_weld(struct bench_gun *gun, const struct argument *args) {
    contactor_weld(contactor_of(gun, args), true, gun->loop->now_ns);
    return true;
}

bool contact_weld_shown(struct bench_gun *gun, const struct argument *args) {
    contactor_of(gun, args)->mirror = true;
    return contact_weld(gun, args);
}

bool contact_unweld(struct bench_gun *gun, const struct argument *args) {
    contactor_weld(contactor_of(gun, args), false, gun->loop->now_ns);
    return true;
}

bool contact_stick(struct bench_gun *gun, const struct argument *args) {
    contactor_stick_open(contactor_of(gun, args), true, gun->loop->now_ns);
    return true;
}

bool contact_wear(struct bench_gun *gun, const struct argument *args) {
    contactor_wear(contactor_of(gun, args), gun->loop->now_ns);
    return true;
}

static bool slow(struct bench_gun *gun, const struct argument *args, bool closing,
                 enum contactor_visibility visibility) {
    contactor_slow(contactor_of(gun, args), closing, (int64_t)number_of(&args[1]), visibility);
    return true;
}

bool contact_close_late(struct bench_gun *gun, const struct argument *args) {
    return slow(gun, args, true, CONTACTOR_SHOWN);
}

bool contact_close_late_unseen(struct bench_gun *gun, const struct argument *args) {
    return slow(gun, args, true, CONTACTOR_UNSEEN);
}

bool contact_open_late(struct bench_gun *gun, const struct argument *args) {
    return slow(gun, args, false, CONTACTOR_SHOWN);
}

bool contact_open_late_unseen(struct bench_gun *gun, const struct argument *args) {
    return slow(gun, args, false, CONTACTOR_UNSEEN);
}

static bool bounce(struct bench_gun *gun, const struct argument *args,
                   enum contactor_visibility visibility) {
    contactor_bounce(contactor_of(gun, args), (int)count_of(&args[1]), (int64_t)number_of(&args[2]),
                     visibility);
    return true;
}

bool contact_bounce(struct bench_gun *gun, const struct argument *args) {
    return bounce(gun, args, CONTACTOR_SHOWN);
}

bool contact_bounce_unseen(struct bench_gun *gun, const struct argument *args) {
    return bounce(gun, args, CONTACTOR_UNSEEN);
}

bool contact_mend(struct bench_gun *gun, const struct argument *args) {
    contactor_mend(contactor_of(gun, args), gun->loop->now_ns);
    return true;
}

/* ---- insulation: of vehicle and cable, and of the charger's own side of K1 and K2 ---- */

/* By the lower of what the charger is rated at and what the vehicle allows in the test: by whichever
 * a charger reckons, there is no more than so much. */
static double per_volt(const struct bench_gun *gun, const struct argument *ohm_per_volt) {
    return number_of(ohm_per_volt) * within_rating(gun, "vehicle.insulation_voltage");
}

bool insulation_set_positive(struct bench_gun *gun, const struct argument *args) {
    gun_set_insulation(&gun->plant, number_of(&args[0]), gun->plant.insulation_negative_ohm,
                       gun->loop->now_ns);
    return true;
}

bool insulation_set_negative(struct bench_gun *gun, const struct argument *args) {
    gun_set_insulation(&gun->plant, gun->plant.insulation_positive_ohm, number_of(&args[0]),
                       gun->loop->now_ns);
    return true;
}

bool insulation_set_positive_per_volt(struct bench_gun *gun, const struct argument *args) {
    gun_set_insulation(&gun->plant, per_volt(gun, &args[0]), gun->plant.insulation_negative_ohm,
                       gun->loop->now_ns);
    return true;
}

bool insulation_set_negative_per_volt(struct bench_gun *gun, const struct argument *args) {
    gun_set_insulation(&gun->plant, gun->plant.insulation_positive_ohm, per_volt(gun, &args[0]),
                       gun->loop->now_ns);
    return true;
}

bool insulation_set_own_positive(struct bench_gun *gun, const struct argument *args) {
    gun_set_own_insulation(&gun->plant, DC_POSITIVE, number_of(&args[0]), gun->loop->now_ns);
    return true;
}

bool insulation_set_own_negative(struct bench_gun *gun, const struct argument *args) {
    gun_set_own_insulation(&gun->plant, DC_NEGATIVE, number_of(&args[0]), gun->loop->now_ns);
    return true;
}

bool insulation_set_own_positive_per_volt(struct bench_gun *gun, const struct argument *args) {
    gun_set_own_insulation(&gun->plant, DC_POSITIVE, per_volt(gun, &args[0]), gun->loop->now_ns);
    return true;
}

bool insulation_set_own_negative_per_volt(struct bench_gun *gun, const struct argument *args) {
    gun_set_own_insulation(&gun->plant, DC_NEGATIVE, per_volt(gun, &args[0]), gun->loop->now_ns);
    return true;
}

bool insulation_set_y(struct bench_gun *gun, const struct argument *args) {
    gun_set_y(&gun->plant, number_of(&args[0]) * 1e-9, gun->loop->now_ns);
    return true;
}
