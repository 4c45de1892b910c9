/* SPDX-License-Identifier: MIT */
/* module.h: one power module (AC to DC, 20 kW): what it is told, what it does, what is wrong with it.
 *
 *   struct module m;
 *   module_init(&m, &module_params_default, 3, "081807123451V1704");
 *   module_plug(&m, true, now);                      it gets its address within 10 s
 *   module_set(&m, 500.0, 20.0, now);                later: false, out of its range, nothing changes
 *   module_switch(&m, true, now);                    walks in
 *   int64_t next_ns = module_advance(&m, now);       due again then, or when something changes
 *   if (module_runs(&m)) ... m.now_v, m.now_a        up to now_a at no more than now_v
 *
 * No protocol here: faces (face.h) turn frames into these calls and its fields into answers. A passive
 * object: told the time, which never goes back. V, A, W, degC, ns.
 *
 * What it may deliver is the least of set point, rating, power over bus voltage, walk-in (from 0 to the
 * rating within walk_in_ns) and derating; voltage and limit follow that as a first-order lag of
 * response_ns. Walk-in, silence and allocation: V1.09 of Infypower's protocol (2024-05); dynamics, AC
 * range and heat: usual figures of such modules, no maker's. */
#ifndef SIM_MODULES_MODULE_H
#define SIM_MODULES_MODULE_H

#include <stdbool.h>
#include <stdint.h>

#define MODULE_SERIAL_SIZE 18

struct module_params {
    double voltage_min_v, voltage_max_v;
    double voltage_low_v;   /* highest of the low range */
    double current_max_a;   /* 20 kW at 300 V: constant power from there on (T240-1.3b) */
    double power_w;         /* T240-1.3c, T240-11.5 */
    int64_t walk_in_ns;     /* from 0 to current_max_a */
    int64_t response_ns;    /* time constant */
    int64_t allocate_ns;    /* power to address */
    int64_t silence_ns;     /* without a frame of the controller for so long: off */
    int64_t hold_up_ns;     /* its control lives so long without AC */
    int64_t regroup_ns;     /* a group that was set counts from then on */
    double ac_least_v;      /* line to line; below: off */
    double ac_full_v;       /* below: less power, in proportion */
    double ac_most_v;       /* above: off */
    double derate_from_c;   /* inside; full power up to there, none at hot_c */
    double hot_c, cooled_c; /* off there; back at cooled_c */
    double rise_c;          /* inside over the air, at rated power */
    double rise_fanless_c;  /* the same without its fan */
    int64_t heat_ns;        /* time constant of that */
};

extern const struct module_params module_params_default;

/* What is wrong or out of the ordinary, as bits. */
enum module_trouble {
    MODULE_SHORT = 1,           /* of its output stage; off for that */
    MODULE_OVER_VOLTAGE = 2,    /* at its output, by others */
    MODULE_HOT = 4,             /* off for that */
    MODULE_FAN = 8,             /* does not turn */
    MODULE_PHASE_LOST = 16,     /* off for that */
    MODULE_UNBALANCED = 32,     /* lines differ by more than a tenth */
    MODULE_AC_UNDER = 64,       /* off for that */
    MODULE_AC_OVER = 128,       /* off for that */
    MODULE_ADDRESS_TWICE = 256, /* another one answers to its address */
    MODULE_SHARES_BADLY = 512,  /* its part differs from its mates' */
    MODULE_INTERRUPTED = 1024,  /* the controller is silent; off for that */
    MODULE_LIMITED = 2048,      /* power, heat or AC hold it below its set point */
    MODULE_INTO_SHORT = 4096,   /* its bus is shorted: it delivers its current all the same */
    MODULE_STOPPED_BY = 1 | 4 | 16 | 64 | 128 | 1024,
};

/* What a scenario does to it. All zero, share 1: nothing. */
struct module_faults {
    bool silent;       /* its CAN is off: hears nothing, says nothing */
    bool starting;     /* never comes through allocation: error 7 for ever */
    bool deaf;         /* answers, but does not follow set points */
    bool stuck;        /* goes on as it is: no command, no silence, no protection stops it */
    bool shorted;      /* its output stage */
    bool fan;          /* stands still */
    int64_t late_ns;   /* its answers come so much later */
    unsigned wrong_by; /* it answers with an address so much higher */
    double share;      /* of what its mates deliver, 1 */
};

enum module_range { /* as numbers of V1.09 0x0F 1114 */
    MODULE_RANGE_LOW = 0xA0,
    MODULE_RANGE_HIGH = 0xA1,
    MODULE_RANGE_AUTO = 0xA2,
    MODULE_RANGE_NONE = 0, /* never set: no range control */
};

struct module {
    const struct module_params *params;
    unsigned index; /* its slot */
    char serial[MODULE_SERIAL_SIZE];
    struct module_faults faults;

    bool present;     /* in its slot */
    bool powered;     /* its control lives */
    double line_v[3]; /* AB, BC, CA */
    int64_t dark_ns;  /* AC gone since then; INT64_MAX: it is there */
    int64_t lost_ns;  /* it left the network then; INT64_MAX: it never was on it */

    uint8_t address;
    int64_t allocated_ns; /* its address is its own from then on */
    bool by_dial;         /* the dial is its address, else its group */
    uint8_t dial;
    uint8_t group, next_group;
    int64_t regrouped_ns; /* next_group counts from then on; INT64_MAX: nothing is under way */

    /* told */
    bool on, asleep, walk_in, blinks;
    double set_v, set_a;
    uint8_t mode, noise, range; /* numbers of V1.09 0x0F */
    int64_t heard_ns;           /* last frame of the controller to it */

    uint32_t troubles; /* enum module_trouble */
    double now_v, now_a;
    int64_t started_ns; /* walks in since */
    int64_t seen_ns;
    double ambient_c, inside_c;
    double bus_v, current_a; /* given by the bus it feeds */
};

/* slot: 0, 1, ...; present, without power. */
void module_init(struct module *m, const struct module_params *params, unsigned slot,
                 const char *serial);
/* In its slot, or pulled out of it, at any time. */
void module_plug(struct module *m, bool in, int64_t now_ns);
void module_supply(struct module *m, const double line_v[3], int64_t now_ns);

/* A frame of the controller was for it. */
void module_hear(struct module *m, int64_t now_ns);
/* False: the voltage is outside its range, nothing changes. Too much current is cut. */
bool module_set(struct module *m, double voltage_v, double current_a, int64_t now_ns);
void module_switch(struct module *m, bool on, int64_t now_ns);
void module_sleep(struct module *m, bool asleep, int64_t now_ns);
void module_regroup(struct module *m, uint8_t group, int64_t now_ns);
/* False: it delivers, the range stays. */
bool module_set_range(struct module *m, uint8_t range, int64_t now_ns);
void module_set_faults(struct module *m, const struct module_faults *faults, int64_t now_ns);
void module_set_ambient(struct module *m, double celsius, int64_t now_ns);
/* What it sees of its bus; current_a is its own. */
void module_feel(struct module *m, double bus_v, double current_a);

/* Returns when it wants to be called again; INT64_MAX: when something changes. */
int64_t module_advance(struct module *m, int64_t now_ns);

/* On the network: it can be heard. */
bool module_online(const struct module *m);
/* Its address is not its own yet: error 7. */
bool module_allocating(const struct module *m, int64_t now_ns);
/* Takes part in the division of a total: able to deliver, on or not. */
bool module_able(const struct module *m, int64_t now_ns);
/* It delivers, or would. */
bool module_runs(const struct module *m);
/* What it could deliver at this bus voltage if told its rating; 0 while it does not run. */
double module_available_a(const struct module *m);

#endif
