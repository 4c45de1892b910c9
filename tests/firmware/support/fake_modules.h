/* SPDX-License-Identifier: MIT */
/* fake_modules.h: power modules on a CAN of their own, for the tests of the core's module master.
 *
 *   fake_modules_init(&bus, FAKE_INFYPOWER, 12);       six in the first group, six in the second, off, allocated
 *   fake_modules_take(&bus, now, &frame);              what the controller sends
 *   while (fake_modules_answer(&bus, now, &frame)) …   what comes of it, in its time
 *   fake_modules_tick(&bus, now);                      every millisecond
 *
 * They are as simple as a test can read, and share nothing with the bench nor with the core. A frame
 * takes 1.2 ms on the bus, so that answers of a group come one after the other. */
#ifndef FAKE_MODULES_H
#define FAKE_MODULES_H

#include "firmware-under-test/include/dut.h"

#define FAKE_MODULES 16
#define FAKE_ANSWERS 256
#define FAKE_BUSES   3 /* of gun A, of gun B, and none */

enum fake_face {
    FAKE_INFYPOWER = 1,
    FAKE_UUGREEN = 2,
};

struct fake_module {
    bool there;
    uint8_t address, group;
    uint16_t serial;
    bool on;
    double set_v, set_a; /* last taken */
    double a;            /* output */
    double v;
    uint32_t status;  /* state tables 2, 1, 0 as bits 23-16, 15-8, 7-0; UUGreen: its word */
    uint8_t range;    /* Infypower: byte 3 of the status; UUGreen: 1 or 2 */
    int64_t heard_ns; /* a frame for it */
    int64_t allocates_until_ns;
    unsigned writes_while_allocating; /* switching everything off is none */
    unsigned on_before_set;
    bool was_set; /* since it was off */
    bool cut;     /* watchdog: it was on, and will be again */
    /* faults */
    bool silent; /* sends nothing */
    bool deaf;   /* hears nothing */
    int late_ms; /* answers later by it */
    bool ignores_set, ignores_off;
    double share_error; /* 0.1: 10 % more than it was told */
};

struct fake_answer {
    int64_t at_ns;
    struct dut_can_frame frame;
};

struct fake_modules {
    enum fake_face face;
    unsigned count;
    uint8_t first_group; /* 0; UUGreen: 1 */
    struct fake_module module[FAKE_MODULES];
    struct fake_answer answers[FAKE_ANSWERS];
    unsigned answer_count;
    int64_t free_ns; /* of the wire */
    /* what was seen of the controller */
    int64_t last_ns, spacing_least_ns;
    unsigned commands, sets, offs_to_all;
    int64_t off_ns; /* last off to all or to a group */
};

void fake_modules_init(struct fake_modules *bus, enum fake_face face, unsigned count);
void fake_modules_take(struct fake_modules *bus, int64_t now_ns, const struct dut_can_frame *frame);
bool fake_modules_answer(struct fake_modules *bus, int64_t now_ns, struct dut_can_frame *frame);
/* bus_v: voltage that a battery gives the bus on which a module stands, 0: none. A module stands on
 * the bus at[its group]. */
void fake_modules_tick(struct fake_modules *bus, int64_t now_ns, const double *battery_v,
                       const unsigned *at);
double fake_modules_current(const struct fake_modules *bus, const unsigned *at, unsigned gun);

#endif
