/* SPDX-License-Identifier: MIT */
/* judge.h: judges a capture by the protocol rules: reads it, chooses the network, feeds
 * the rules, and hands the result over as reports/judgement.h.
 *
 *   struct protocol_options options = {.edition = EDITION_2015, .limits = rules_limits_default};
 *   struct protocol_judge *judge = protocol_judge("car.asc", &options, &problem);
 *   judgement_text(stdout, protocol_judgement(judge), &look);
 *   protocol_judge_free(judge);                      the judgement's texts go with it
 *
 * One pass, so a pipe will do, and memory does not grow with the file. The clock and the network
 * are taken from its first PROTOCOL_LOOK frames. Where the clock of the file goes backwards, the
 * judgement's own goes on from where it was, and the rules are told that time was lost. */
#ifndef HARNESS_PROTOCOL_JUDGE_H
#define HARNESS_PROTOCOL_JUDGE_H

#include "harness/capture/capture.h"
#include "reports/judgement/judgement.h"
#include "sim/text/problem.h"
#include "vehicle_bms/rules/rules.h"

#define PROTOCOL_LOOK 4096

struct protocol_options {
    struct capture_options capture;
    enum edition edition;
    bool edition_open; /* nobody asked for it: another one is taken where it is beyond doubt */
    struct rules_limits limits;
    const char *profile; /* its name, for the report */
    bool masked;
    const char *mask_key; /* NULL: the default one */
};

struct protocol_judge;

/* NULL: the problem is one sentence: no capture, no frame in it, or none of GB/T 27930. */
struct protocol_judge *protocol_judge(const char *path, const struct protocol_options *options,
                                      struct problem *problem);
const struct judgement *protocol_judgement(const struct protocol_judge *judge);
void protocol_judge_free(struct protocol_judge *judge);

#endif
