/* SPDX-License-Identifier: MIT */
/* internal.h: the parts of verify, each of which looks at one thing and adds what it finds. */
#ifndef HARNESS_VERIFY_INTERNAL_H
#define HARNESS_VERIFY_INTERNAL_H

#include "harness/verify/verify.h"
#include "sim/text/buffer.h"
#include "vehicle_bms/message/messages.h"

/* Of a function that failed. */
void verify_add_problem(struct verification *to, enum verify_level level, const char *file,
                        const char *place, const struct problem *problem);

/* A record under examination. */
struct verify_record {
    const struct verify_ground *ground;
    const struct manifest *manifest;
    const struct result_set *set;
    struct profile *profile; /* NULL: there is none to hold it against */
    enum edition edition;
    struct rules_limits limits;
    bool same_inputs; /* made from the scenarios that are here */
    bool same_limits; /* limits here are those of the run */
    struct verification *to;
};

/* "case weld[k1]" and "case weld[k1], checks[3].value"; the caller frees it. */
char *verify_place(const struct result_case *one);
char *verify_check_place(const struct result_case *one, size_t check, const char *field);

/* Which of the two guns the case means, 0 or 1: the other one's checks, and its settings, say so. */
size_t verify_gun_of(const struct result_case *one);

/* manifest.json against the files. */
void verify_files(const struct verify_ground *ground, const struct manifest *manifest,
                  struct verification *to);
/* The manifest's words about the run, and the links from the record to files. */
void verify_links(const struct verify_record *record);
/* Values, limits, uncertainty, decision rule; verdict of the case from its checks. */
void verify_decisions(const struct verify_record *record, const struct result_case *one,
                      size_t rule_count);
/* The case as the scenarios have it. */
void verify_definition(const struct verify_record *record, const struct result_case *one,
                       size_t rule_count);
/* The protocol rules over the trace. Returns how many of the last checks are those of rules. */
size_t verify_trace(const struct verify_record *record, const struct result_case *one);
/* Events, values and windows by the recorded signals and the trace. */
void verify_signals(const struct verify_record *record, const struct result_case *one,
                    size_t rule_count);
/* Values and peaks by the recorded signals. */
void verify_values(const struct verify_record *record, const struct result_case *one,
                   size_t rule_count);
/* report.html and junit.xml, made again. */
void verify_pages(const struct verify_record *record);

#endif
