/* SPDX-License-Identifier: MIT */
/* manifest.h: what a folder of evidence consists of: SHA-256 (FIPS 180-4) of every file, of which run it is,
 * and with what it was made. Written last, whole or not at all: manifest.json.
 *
 *   const struct manifest_maker maker = manifest_maker(version_commit);
 *   if (!manifest_of_run("out", set, inputs, &maker, &problem)) ...         a run that has ended
 *   if (!manifest_renew("out", paths, count, &maker, &problem)) ...         these files are other ones now
 *
 *   struct manifest manifest;
 *   if (!manifest_read(&manifest, "out", &problem)) ...                     file, line, column and cause
 *   manifest_free(&manifest);
 *
 * All but the section "made" is the same for the same run: files whose bytes depend on the wall clock
 * (times.csv, junit.xml) stand in there, with the machine. A run that was cut short has "whole": false.
 *
 * manifest_renew looks at the named files only: it never takes over what else may have changed. A signature
 * beside it (manifest.json.sig) is that of the former bytes then. */
#ifndef HARNESS_EVIDENCE_MANIFEST_H
#define HARNESS_EVIDENCE_MANIFEST_H

#include "reports/record/result.h"
#include "sim/text/digest.h"
#include "sim/text/problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MANIFEST_NAME      "manifest.json"
#define MANIFEST_SIGNATURE "manifest.json.sig"
#define MANIFEST_FILES_MAX 20000

struct manifest_file {
    char *path; /* inside the folder, with / */
    uint64_t size;
    char sha256[DIGEST_SIZE];
    bool timed; /* its bytes depend on the wall clock */
};

/* A fact about the run, "dut_sha256": as the record has it. NULL: it has none. */
struct manifest_fact {
    char *name, *value;
};

#define MANIFEST_FACTS 16

/* With what a manifest was written. */
struct manifest_maker {
    char at[32]; /* ISO 8601, UTC */
    char bench[32], commit[80], compiler[64], kernel[200];
    char program[DIGEST_SIZE]; /* of pilebench itself */
};

struct manifest {
    bool whole;
    uint64_t planned, done; /* cases */
    struct manifest_fact facts[MANIFEST_FACTS];
    size_t fact_count;
    char inputs[DIGEST_SIZE]; /* of the scenario files that the run was made from; "": not told */
    struct manifest_file *files;
    size_t file_count;
    struct manifest_maker maker;
};

struct manifest_maker manifest_maker(const char *commit);

/* What the record says of its run, in the order of the manifest. The values are the caller's. */
size_t manifest_facts(const struct result_run *run, struct manifest_fact facts[MANIFEST_FACTS]);
void manifest_facts_clear(struct manifest_fact *facts, size_t count);

/* inputs: inputs.h; "" where they cannot be told. */
bool manifest_of_run(const char *folder, const struct result_set *set, const char *inputs,
                     const struct manifest_maker *maker, struct problem *problem);
/* Hashes of these files anew, the rest as it is. A file that is new is taken in. *changed: it had to be
 * written. Without a manifest: false. */
bool manifest_renew(const char *folder, const char *const *paths, size_t count,
                    const struct manifest_maker *maker, bool *changed, struct problem *problem);
bool manifest_exists(const char *folder);
/* Before a new run: a manifest of the run before must not stand beside its files, nor its signature. */
void manifest_remove(const char *folder);

bool manifest_read(struct manifest *manifest, const char *folder, struct problem *problem);
const struct manifest_file *manifest_find(const struct manifest *manifest, const char *path);
void manifest_free(struct manifest *manifest);

/* A path inside a folder: relative, no "..", no empty part, no control character. */
bool manifest_path_is_sound(const char *path);

#endif
