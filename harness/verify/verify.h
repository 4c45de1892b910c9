/* SPDX-License-Identifier: MIT */
/* verify.h: does a folder of evidence agree with itself? Every file with the manifest, every verdict with its
 * values, limits and uncertainty, every rule of the protocol with the trace, every time with the signals,
 * every page with the record.
 *
 *   struct verify_ground ground = {.folder = "out", .self = &maker};
 *   if (!verify_ground_open(&ground, &wishes, &problem)) ...      scenarios or profile cannot be read
 *   struct verification *verification = verify_folder(&ground);
 *   for (size_t i = 0; i < verification->count; i++) use(&verification->findings[i]);
 *   verification_free(verification);
 *   verify_ground_close(&ground);
 *
 * A fault is what does not agree: file and place say where. Unchecked is what could not be looked at, and
 * why: a run that was cut short, one with limits of its own, one of other scenarios than those here. A
 * remark is neither.
 *
 * What a forger who writes the manifest anew cannot hide is found by calculating again. What nobody can
 * find from the folder alone: a run that never took place, invented as a whole. Against that: a signature. */
#ifndef HARNESS_VERIFY_VERIFY_H
#define HARNESS_VERIFY_VERIFY_H

#include "harness/evidence/manifest.h"
#include "reports/record/result.h"
#include "sim/text/phrase.h"
#include "sim/text/problem.h"
#include "vehicle_bms/rules/rules.h"

#include <stdbool.h>
#include <stddef.h>

struct bench;
struct library;
struct profile;

enum verify_level {
    VERIFY_REMARK,
    VERIFY_UNCHECKED,
    VERIFY_FAULT,
};

struct verify_finding {
    enum verify_level level;
    char *file;         /* inside the folder; NULL: of the folder as a whole */
    char *place;        /* "case weld[k1], checks[3].value"; NULL: the file as a whole */
    struct phrase what; /* a clause */
};

struct verification {
    struct verify_finding *findings;
    size_t count;
    size_t levels[VERIFY_FAULT + 1]; /* how many of each */
    /* What was looked at. */
    size_t files, cases, checks, rules, instants;
    bool whole;
};

struct verify_wishes {
    const char *scenarios;     /* folder over the shipped ones; NULL */
    const char *profile;       /* NULL: the one that the record names */
    const char *const *limits; /* as of --limit */
    size_t limit_count;
};

/* What it is held against. */
struct verify_ground {
    const char *folder;
    const struct manifest_maker *self;
    struct verify_wishes wishes;
    struct bench *names; /* the signals there are */
    struct library *library;
    char inputs[DIGEST_SIZE]; /* of the scenarios here */
};

bool verify_ground_open(struct verify_ground *ground, const struct verify_wishes *wishes,
                        struct problem *problem);
void verify_ground_close(struct verify_ground *ground);

/* Adds a finding; both formats take the same arguments. file, place: copied; NULL: none. */
void verify_add(struct verification *to, enum verify_level level, const char *file,
                const char *place, const char *en, const char *zh, ...)
    __attribute__((format(printf, 5, 7), format(printf, 6, 7)));

struct verification *verify_folder(const struct verify_ground *ground);
void verification_free(struct verification *verification);

#endif
