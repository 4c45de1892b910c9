/* SPDX-License-Identifier: MIT */
/* judgement.h: what a protocol judgement of a capture found, as plain data, and its renderers.
 *
 *   struct judgement judgement = {...};                   filled by the caller, who owns all texts
 *   judgement_text(stdout, &judgement, &look);            what a terminal shows
 *   judgement_html("car.html", &judgement, why, size);    one page, Chinese and English
 *   judgement_json(stream, &judgement);                   one object, for machines
 *
 * Times are nanoseconds on the capture's clock; lines are of the file. NAN: unknown. */
#ifndef REPORTS_JUDGEMENT_JUDGEMENT_H
#define REPORTS_JUDGEMENT_JUDGEMENT_H

#include "reports/record/result.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct judgement_proof {
    int64_t at_ns;
    uint64_t line;
    unsigned session;
    const char *zh, *en;
};

struct judgement_rule {
    const char *id, *zh, *en, *clause;
    const char *side_zh, *side_en; /* charger, BMS, bus */
    const char *kind_zh, *kind_en;
    enum verdict verdict;
    const char *reason_zh, *reason_en; /* NULL: none */
    uint64_t observed, violations;
    const struct judgement_proof *proofs;
    size_t proof_count;
    const char *unit; /* "" when nothing was measured */
    double value, smallest, largest, limit_min, limit_max;
    const uint32_t *bins; /* periods: gaps from 0 to 2 periods; NULL else */
    size_t bin_count;
};

struct judgement_phase {
    const char *zh, *en;
    int64_t from_ns, to_ns;
    uint64_t from_line, to_line;
};

struct judgement_session {
    int64_t from_ns, to_ns;
    uint64_t from_line, to_line;
    const struct judgement_phase *phases;
    size_t phase_count;
    unsigned reconnections;
    const char *ended_zh, *ended_en; /* who: "BMS", "charger", "person" ... */
    int64_t ended_ns;
    uint64_t ended_line;
    const char *zh, *en; /* the last word */
    const struct judgement_proof *story;
    size_t story_count;
    const char *vin;
    double energy_kwh, soc_from, soc_to, voltage_max, current_max, minutes;
};

struct judgement {
    const char *file, *dialect, *edition, *profile, *bench_version;
    const char *clock_zh, *clock_en; /* what clock the capture has */
    bool clock;                      /* false: every instant is unknown */
    int64_t resolution_ns;
    int64_t start_ns;    /* first frame; instants are shown from there */
    const char *started; /* the same as wall time, when the clock knows it; else NULL */
    const char *network; /* the one judged, when the file has several; else NULL */
    uint64_t frames, foreign, damaged;
    const struct judgement_proof *remarks; /* about the file: damaged lines, clock backwards ... */
    size_t remark_count;
    const struct judgement_session *sessions;
    size_t session_count;
    const struct judgement_rule *rules;
    size_t rule_count;
    enum verdict verdict; /* worst of all rules */
};

struct judgement_look {
    bool chinese;
    bool colour;
    bool all; /* passed rules too, each with what was measured */
};

void judgement_text(FILE *stream, const struct judgement *judgement,
                    const struct judgement_look *look);
/* Written beside, synced, renamed: the page at path is whole. False: why. */
bool judgement_html(const char *path, const struct judgement *judgement, char *why,
                    size_t why_size);
void judgement_json(FILE *stream, const struct judgement *judgement);

#endif
