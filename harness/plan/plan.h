/* SPDX-License-Identifier: MIT */
/* plan.h: what a run is to be: plain data, decided once from the command line and the profile, and
 * read by everybody below.
 *
 *   struct run_plan plan = {.library = lib, .profile = profile, .wiring = WIRING_SIM, ...};
 *
 *   plan_read_setting("estop.delay=30", &settings[0]);     one --set
 *
 * Everything in it outlives the run. */
#ifndef HARNESS_PLAN_PLAN_H
#define HARNESS_PLAN_PLAN_H

#include "vehicle_bms/rules/rules.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct library;
struct mutation;
struct profile;

enum wiring {
    WIRING_SIM,  /* virtual clock, in-process networks, firmware linked in or a shared object */
    WIRING_VCAN, /* real clock, SocketCAN, firmware in a process of its own */
};

#define PLAN_NAME_SIZE 64
#define PLAN_HANG_S    10

/* One --set of the command line. */
struct plan_setting {
    const char *text;          /* as given: what a program of the user's own is handed */
    char name[PLAN_NAME_SIZE]; /* of the firmware's parameter */
    int64_t value;
    bool whole; /* text is name=whole number; else only a program of the user's own may know it */
};

struct run_plan {
    struct library *library;
    const struct profile *profile;
    enum edition edition;       /* of GB/T 27930: the profile's, or that of --edition */
    struct rules_limits limits; /* of the protocol rules, as the profile has them */
    enum wiring wiring;
    const char *dut_path; /* shared object; NULL: the reference core that is linked in */
    const char *vehicle;  /* for every case, in place of its own: name or file; NULL: its own */
    unsigned gun;  /* that a case means where it names none: 0, or 1 by --gun 2; wiring sim */
    bool external; /* wiring vcan: the vehicle's BMS is somebody else's */
    bool isolated; /* wiring sim: that runs in a process of its own */
    bool debugged; /* wiring sim: nothing is forbidden to it, in the process of the whole run */
    const struct plan_setting *settings; /* each --set, in the order given: the last one counts */
    size_t setting_count;
    const struct mutation *mutations; /* a mutant's; NULL: healthy */
    size_t mutation_count;
    const char *can_vehicle, *can_io; /* interfaces of wiring vcan */
    const char *can_vehicle2;         /* of the second gun; NULL: vcan2 where that is there */
    const char *pile;                 /* program of wiring vcan; NULL: the one built beside */
    const char *dc_meter, *ac_meter;  /* wiring vcan: serial ports; NULL: a pseudo-terminal */
    const char *out;                  /* folder for traces and signals; NULL: none are kept */
    uint64_t seed;
    bool audited;         /* conservation of energy is asserted for every stretch of the circuit */
    int hang_s;           /* so long without progress: it hangs; 0: PLAN_HANG_S */
    bool masked;          /* VIN and pack serial number as pseudonyms in the traces */
    const char *mask_key; /* NULL: the default one */
};

/* What a case's process shows its parent, in shared memory. */
struct progress {
    volatile int inside_dut;        /* not 0 while the firmware's code runs */
    volatile int blame;             /* enum dut_blame: what it did against dut.h; 0: nothing */
    volatile uint32_t refused_call; /* the system call for which its process was ended; 0: none */
    volatile int64_t now_ns;        /* the case's clock */
    volatile uint64_t calls;        /* of the firmware; it and the clock are signs of life */
    volatile uint64_t result_bytes; /* of the result that it has written; 0: none yet */
    volatile pid_t pile;            /* process that has to go with the case's; 0: none */
    volatile pid_t isolated;        /* that of an isolated firmware, likewise */
    char store[64];                 /* folder that has to go with the case's process; "": none */
};

/* Keeps the text, which must outlive the setting. False: it is not name=whole number; then nothing
 * but text is set. */
bool plan_read_setting(const char *text, struct plan_setting *setting);

/* No progress of a case's clock, or of a firmware's call, for so long: it hangs. */
int plan_hang_s(const struct run_plan *plan);

const char *wiring_name(enum wiring wiring); /* "sim", "vcan" */

#endif
