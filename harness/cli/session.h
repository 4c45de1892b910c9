/* SPDX-License-Identifier: MIT */
/* session.h: what `run`, `qualify`, `list` and `show` have in common: options, the library opened
 * with the bench's vocabulary, the plan, and a run over a list of cases.
 *
 *   struct session session;
 *   if (!session_open(&session, &options)) return EXIT_USAGE;      has complained
 *   code = session_run(&session, names, count, show);
 *   session_close(&session); */
#ifndef HARNESS_CLI_SESSION_H
#define HARNESS_CLI_SESSION_H

#include "harness/cli/cli.h"
#include "harness/dut/fingerprint.h"
#include "harness/mask/number_mask.h"
#include "harness/run/runner.h"
#include "harness/scenario/library.h"
#include "harness/scenario/profile.h"
#include "harness/scenario/scenario.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#define SESSION_SETTINGS_MAX 64
#define SESSION_LIMITS_MAX   32

/* Where the firmware of a shared object runs. */
enum session_isolation {
    ISOLATION_IF_POSSIBLE, /* in a process of its own; in the case's where the machine cannot */
    ISOLATION_WANTED,
    ISOLATION_OFF,
};

struct session_options {
    const char *scenarios; /* folder; NULL: place_scenarios() */
    const char *profile;
    const char *limits[SESSION_LIMITS_MAX]; /* "estop.open=150 ms" */
    size_t limit_count;
    const char *out; /* folder for the evidence; NULL: none is kept */
    enum wiring wiring;
    const char *dut_path, *pile;
    const char *vehicle;              /* name or file, for every case; NULL: each its own */
    enum session_isolation isolation; /* of the firmware of dut_path, wiring sim */
    const char *can_vehicle, *can_io, *can_vehicle2;
    const char *dc_meter, *ac_meter; /* serial ports; NULL: pseudo-terminals */
    struct plan_setting settings[SESSION_SETTINGS_MAX];
    size_t setting_count;
    bool edition_given; /* by --edition; else it is the profile's */
    enum edition edition;
    uint64_t seed;
    unsigned gun;    /* 2: cases that name no gun are run on the second one; 0 or 1: on the first */
    unsigned lanes;  /* cases at a time; 0: as many as there are processors */
    unsigned hang_s; /* 0: the default */
    bool debug;      /* one case, in this process */
    bool audited;    /* energy is balanced in every stretch of the circuit */
    bool resume;     /* goes on with the run in out */
    bool fail_fast;  /* the first case that fails or is an error is the last one */
    struct number_mask mask; /* pseudonyms in traces and record */
    bool chinese;            /* what is said of the run */
};

extern const struct session_options session_defaults;

/* Options of a struct session_options: --profile, --limit and --scenarios; --edition, --jobs and --fail-fast. */
extern const struct option_row session_place_rows[], session_course_rows[];

struct session {
    struct session_options options;
    struct library *library;
    struct profile *profile;
    struct bench *signals; /* names to check names against */
    struct run_plan plan;
    bool isolated; /* the firmware is */
    char dut_name[64], dut_version[32];
    char dut_file[PATH_MAX]; /* what is judged, and its SHA-256: of a run only */
    char dut_sha256[FINGERPRINT_SIZE];
    bool damaged; /* the record on the disk is not what this run wrote, or could not be written */
    /* What was told already: a fault of a vehicle or of the monitors is one of every case. */
    struct problem *told;
    size_t told_count;
};

bool session_open(struct session *session, const struct session_options *options);
void session_close(struct session *session);

/* On standard error: the fault of the file that could not be loaded last, and what else is wrong in it; each once. */
void session_tell(struct session *session, const struct problem *problem);

/* Loads every named case (none named: all), each of its rows, once, before anything runs. NULL: has
 * complained. */
struct scenario **session_load(struct session *session, char **names, size_t count, size_t *loaded);

/* How many cases this session runs at a time. */
unsigned session_lanes_of(const struct session *session);

/* The manifest of a run's folder, once everything else is in it. False: has complained. A record that is not
 * what the run wrote gets none. */
bool session_seal(const struct session *session, const struct result_set *set);

/* Runs the cases into options.out: record, traces, signals, the same bytes whatever runs at a time.
 * told, if not NULL, is called when a case begins, and with the result of each in the order of the
 * cases; done is how many have been told. Returns an exit code; *set (the caller's to free) may be
 * NULL when nothing was run. */
int session_run(struct session *session, struct scenario *const *cases, size_t count,
                void (*told)(void *ctx, size_t done, size_t count, const struct scenario *scenario,
                             const struct result_case *result),
                void *ctx, struct result_set **set);

#endif
