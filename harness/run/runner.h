/* SPDX-License-Identifier: MIT */
/* runner.h: runs cases, each in a process of its own, and survives what happens there.
 *
 *   struct run_plan plan = {.library = lib, .profile = profile, .wiring = WIRING_SIM, ...};
 *   struct result_case result;
 *   runner_case(&plan, scenario, &result);       always fills result
 *
 * A case's process that crashes or hangs inside the device under test is a failed case (the
 * firmware crashed or hung); anywhere else it is an error of the bench. Neither stops the run.
 * Interrupted (SIGINT, SIGTERM): runner_interrupted is true, the case's process is gone. */
#ifndef HARNESS_RUN_RUNNER_H
#define HARNESS_RUN_RUNNER_H

#include "harness/scenario/scenario.h"
#include "reports/record/result.h"
#include "vehicle_bms/rules/rules.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define RUNNER_STALL_S 10 /* no progress of the case's clock for so long: it hangs */

enum wiring {
    WIRING_SIM,  /* virtual clock, in-process networks, firmware linked in or a shared object */
    WIRING_VCAN, /* real clock, SocketCAN, firmware in a process of its own */
};

struct run_plan {
    struct library *library;
    const struct profile *profile;
    struct rules_limits limits; /* of the protocol rules, as the profile has them */
    enum wiring wiring;
    const char *dut_path;      /* shared object; NULL: the reference core that is linked in */
    const char *const *params; /* "name=value" for the firmware */
    size_t param_count;
    const struct bend *bends; /* a mutant's; NULL: healthy */
    size_t bend_count;
    const char *can_vehicle, *can_io; /* interfaces of wiring vcan */
    const char *pile;                 /* program of wiring vcan; NULL: the one built beside */
    const char *dc_meter, *ac_meter;  /* wiring vcan: serial ports; NULL: a pseudo-terminal */
    const char *out;                  /* folder for traces and signals; NULL: none are kept */
    uint64_t seed;
    bool masked;          /* VIN and pack serial number as pseudonyms in the traces */
    const char *mask_key; /* NULL: the default one */
};

/* What a case's process shows its parent, in shared memory. */
struct progress {
    volatile int inside_dut; /* 1 while the firmware's code runs */
    volatile int64_t now_ns; /* the case's clock */
    volatile pid_t pile;     /* process that has to go with the case's; 0: none */
    char store[64];          /* folder that has to go with the case's process; "": none */
};

const char *wiring_name(enum wiring wiring);
void runner_catch_signals(void);
bool runner_interrupted(void);
void runner_case(const struct run_plan *plan, const struct scenario *scenario,
                 struct result_case *result);

/* Which case of which plan a result is of: id, title, clauses, vehicle, wiring, seed. */
void runner_identify(const struct run_plan *plan, const struct scenario *scenario,
                     struct result_case *result);

/* What runs inside the case's process (case.c). False: the bench failed, problem says why. */
bool case_run(const struct run_plan *plan, const struct scenario *scenario,
              struct progress *progress, struct result_case *result, struct problem *problem);

#endif
