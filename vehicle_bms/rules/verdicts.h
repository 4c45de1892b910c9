/* SPDX-License-Identifier: MIT */
/* verdicts.h: what the judges report, and the verdicts that come of it. verdicts.c alone writes
 * them.
 *
 *   rules_observe(rules, index);                          it was looked at
 *   RULES_SAY(rules_violation(rules, index, at_ns, mark), "%s过早", "%s too early", code);
 *   RULES_SAY(rules_violation_of(rules, index, at_ns, mark, measure), ...);   with what was measured
 *   rules_kept(rules, index, measure);                    measured, and within its limits
 *   rules_undecided(rules, index, DOUBT_LOST);
 *
 * A violation stays one: no later report makes a verdict better. Only single gaps that the limits
 * allow (gaps_allowed) are taken back, by rules_withdraw, before the end. */
#ifndef VEHICLE_BMS_RULES_VERDICTS_H
#define VEHICLE_BMS_RULES_VERDICTS_H

#include "vehicle_bms/rules/rules.h"
#include "vehicle_bms/rules/table.h"

#include <stdio.h>

/* Why something could not be decided. */
enum doubt {
    DOUBT_NONE,
    DOUBT_NO_CLOCK,
    DOUBT_COARSE_CLOCK,
    DOUBT_LOST, /* frames, or the time */
    DOUBT_JUMP, /* nothing but the time */
    DOUBT_SILENT,
    DOUBT_CROSSED,
};

/* The texts of a rule; filled in by table.c. */
struct rule_texts {
    char id[28], zh[240], en[240], clause[80];
};

/* A rule that applies in this edition. */
struct rule_texts *rules_add(struct rules *rules, enum rule_index index, enum rule_side side,
                             enum rule_kind kind, const struct message *message);
bool rules_listed(const struct rules *rules, enum rule_index index);

void rules_observe(struct rules *rules, enum rule_index index);
/* One violation more. Returns where its proof goes, NULL when there are enough. */
struct rule_proof *rules_violation(struct rules *rules, enum rule_index index, int64_t at_ns,
                                   uint64_t mark);
/* The same with what was measured: outside its limits. */
struct rule_proof *rules_violation_of(struct rules *rules, enum rule_index index, int64_t at_ns,
                                      uint64_t mark, struct rule_measure measure);
/* The violation that was told last, once more: counted, without a proof of its own. */
void rules_violation_again(struct rules *rules, enum rule_index index);
/* Measured and within its limits: kept is the one that came nearest to them. */
void rules_kept(struct rules *rules, enum rule_index index, struct rule_measure measure);
/* Where the proof of the first instance of what passed goes; NULL when there is a proof already. */
struct rule_proof *rules_witness(struct rules *rules, enum rule_index index, int64_t at_ns,
                                 uint64_t mark);
void rules_undecided(struct rules *rules, enum rule_index index, enum doubt doubt);
/* The last value for the result, with its range so far; limits NAN: none. */
void rules_measure(struct rules *rules, enum rule_index index, const char *unit, double value,
                   double limit_min, double limit_max);

/* Periods: a gap for the distribution, and counted as looked at. */
void rules_gap(struct rules *rules, enum rule_index index, double gap_ms, size_t bin);
/* The mean of all gaps, which is the result's value. */
void rules_mean(struct rules *rules, enum rule_index index, double mean_ms);
void rules_mean_limits(struct rules *rules, enum rule_index index, double min_ms, double max_ms);
/* It is reported and not judged: no verdict. */
void rules_unjudged(struct rules *rules, enum rule_index index);
/* Its violations so far are allowed. */
void rules_withdraw(struct rules *rules, enum rule_index index);

/* Formats are checked at compile time; zh and en take the same arguments. */
#define RULES_SAY(proof_of, zh_format, en_format, ...)                                             \
    do {                                                                                           \
        struct rule_proof *proof_ = (proof_of);                                                    \
        if (proof_ != NULL) {                                                                      \
            snprintf(proof_->zh, sizeof proof_->zh, zh_format, __VA_ARGS__);                       \
            snprintf(proof_->en, sizeof proof_->en, en_format, __VA_ARGS__);                       \
        }                                                                                          \
    } while (0)

#endif
