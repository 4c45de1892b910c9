/* SPDX-License-Identifier: MIT */
/* judgement.h: what a protocol judgement of a capture found, as plain data, and its renderers.
 *
 *   struct judgement judgement = {...};                   filled by the caller, who owns all texts
 *   judgement_text(stdout, &judgement, &look);            what a terminal shows
 *   judgement_html("car.html", &judgement, &problem);     one page, Chinese and English
 *   judgement_json(stdout, &judgement);                   one object, for machines
 *
 * A rule is a check like those of a case: it has the same record, and the same table shows it.
 * Times are nanoseconds on the capture's clock; lines are of the file. NAN: unknown. */
#ifndef REPORTS_JUDGEMENT_JUDGEMENT_H
#define REPORTS_JUDGEMENT_JUDGEMENT_H

#include "reports/record/result.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A frame (or instant) and what it shows. */
struct judgement_proof {
    int64_t at_ns;
    uint64_t line;
    unsigned session;
    struct phrase text;
};

struct judgement_rule {
    /* condition: the rule's id; limit_source: its clause; reason: of inconclusive */
    struct result_check check;
    struct phrase side;  /* that it binds: charger, BMS, bus */
    struct phrase group; /* what it is about: period, timeout, values ... */
    uint64_t observed, violations;
    const struct judgement_proof *proofs;
    size_t proof_count;
    double smallest, largest; /* of what was measured, in the check's unit */
    const uint32_t *bins;     /* periods: gaps from 0 to 2 periods; NULL else */
    size_t bin_count;
};

struct judgement_phase {
    struct phrase name;
    int64_t from_ns, to_ns;
    uint64_t from_line, to_line;
};

struct judgement_session {
    size_t number; /* in the capture, from 1 */
    int64_t from_ns, to_ns;
    uint64_t from_line, to_line;
    const struct judgement_phase *phases;
    size_t phase_count;
    unsigned reconnections;
    struct phrase ended_by; /* "BMS", "charger", "person" ... */
    int64_t ended_ns;
    uint64_t ended_line;
    struct phrase last_word; /* who stopped it and why, in a sentence */
    const struct judgement_proof *story;
    size_t story_count;
    const char *vin;
    double energy_kwh, soc_from, soc_to, voltage_max, current_max, minutes;
};

struct judgement {
    const char *file, *edition, *profile, *bench_version;
    struct phrase dialect;    /* what the file was taken for */
    struct phrase clock_name; /* what clock the capture has */
    bool clock;               /* false: every instant is unknown */
    int64_t resolution_ns;
    int64_t start_ns;    /* first frame; instants are shown from there */
    const char *started; /* the same as wall time, when the clock knows it; else NULL */
    const char *network; /* the one judged, when the file has several; else NULL */
    uint64_t frames, foreign, damaged;
    const struct judgement_proof *remarks; /* about the file: damaged lines, clock backwards ... */
    size_t remark_count;
    const struct judgement_session *sessions;
    size_t session_count;
    size_t charge_count; /* in the capture; sessions are the first and the last of them */
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
/* Written beside, synced, renamed: the page at path is whole. */
bool judgement_html(const char *path, const struct judgement *judgement, struct problem *problem);
void judgement_json(FILE *stream, const struct judgement *judgement);

#endif
