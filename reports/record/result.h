/* SPDX-License-Identifier: MIT */
/* result.h: the record of a run: plain data; one record, many renderers.
 *
 * A run leaves a folder:
 *
 *   results.jsonl            first line the run, then one line a case, last line the end
 *   traces/CASE.log          every frame of the case, candump log format
 *   signals/CASE.csv         recorded signals: time_ns,signal,value (a line a change or sample)
 *   report.html, junit.xml   made from the above by reports/, again at any time
 *
 *   struct result_file *file = result_create("out/results.jsonl", &run, &problem);
 *   result_append(file, &one, &problem);        a line, written and synced before it returns
 *   result_finish(file, &problem);              the end line: the run is whole
 *
 *   struct result_set *set = result_read("out", &problem);   NULL: the problem says file, line, what
 *   result_set_free(set);
 *
 * A folder whose results.jsonl has no end line is a run that was cut short; readers say so
 * (set->whole) and every report made from it says so too. A last line without its line end is
 * half-written: it is dropped and counted (set->lines_dropped). A record that contradicts itself is
 * refused: a verdict better than that of a check or of a value beyond its limit, a pass without a check,
 * with dropped frames or with a reason, a level of evidence that the wiring does not give, two cases of
 * one name, fewer cases than planned before the end line, a key twice. A write that fails (disk full, no
 * permission) is reported with path and cause, what it left behind is cut off again, and the file
 * takes nothing more: it never gets its end line.
 *
 * A firmware, or another program, may write into the file meanwhile: result_finish compares it with
 * what was written, and fails when it is not that; result_intact looks without ending it.
 *
 * The run's line has the record's "format". 1: "edition" is that of all standards of the profile
 * ("2015/2017"), and checks of protocol rules have no value. 2: "edition" is GB/T 27930's, by which
 * the run was judged ("2015"), and such a check has value, limits and unit where its rule measures.
 * 3: "observed" of each check, a check for each protocol rule that was kept and measures,
 * "last_word" and "said" of each case, and "clauses" of the run: those of its profile, and what evidence closes
 * each. 4: "absent" of each case, and cases with the verdict "none". 5: "isolated" of the run. 6:
 * "dut_sha256" of the run. 7: "limits" of the run. Readers take all seven.
 *
 * Values are doubles in the unit given beside them; NAN where there is none (null in JSON).
 * Instants are int64 nanoseconds since the start of the case; -1 where there is none (null in
 * JSON). Strings are UTF-8, owned by the structure; NULL where there is none (null in JSON). Texts
 * that people read come in English and Chinese.
 *
 * In JSON the keys are the names below, in a fixed order, all always there; the same record gives
 * the same bytes. Unknown keys are ignored by the reader, missing or mistyped ones are errors that
 * name line and key. Seeds are strings of digits: JSON numbers are exact to 2^53 only. */
#ifndef REPORTS_RECORD_RESULT_H
#define REPORTS_RECORD_RESULT_H

#include "reports/record/verdict.h"
#include "sim/text/phrase.h"
#include "sim/text/problem.h"
#include "sim/text/quantity.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum result_check_kind {
    RESULT_MEASURE, /* a quantity against a limit */
    RESULT_EXPECT,  /* a condition that must come true within a time */
    RESULT_ALWAYS,  /* a condition that must hold throughout a window */
    RESULT_NEVER,   /* a condition that must not occur in a window */
    RESULT_STEP,    /* a step of the procedure that has to be reached */
};

/* One judged thing. */
struct result_check {
    enum result_check_kind kind;
    bool monitor; /* watched in every case, not asked for by this one */
    struct phrase title;
    enum verdict verdict;
    struct phrase reason; /* for anything but pass */
    double value;         /* what was measured */
    double limit_min, limit_max;
    bool limit_min_open, limit_max_open; /* the limit itself is outside: "below 10 V" */
    char *unit;                          /* of value and limits */
    double margin;                       /* distance to the nearest limit, negative beyond it */
    double uncertainty;                  /* of value, same unit */
    char *instrument;       /* how it was measured: "virtual clock", "kernel time stamp" ... */
    char *limit_name;       /* in the profile: "estop.open" */
    char *limit_source;     /* clauses of the limit, comma separated */
    int64_t from_ns, to_ns; /* the instants it was measured between, or the occurrence */
    int64_t failed_ns; /* a fail: since when it was certain. Not in JSON: for the judgement only */
    char *condition;   /* as written in the case; of a protocol rule its id */
    /* Protocol rules: how often the rule was looked at; value is then the worst that was seen, the
     * one nearest to its limits or furthest outside. 0: not counted. */
    uint64_t observed;
};

struct result_case {
    char *id;
    struct phrase title;
    char **covers; /* clauses and tender ids */
    size_t cover_count;
    char *
        *settings; /* "name=value" that the case set before it began: clock, firmware parameters */
    size_t setting_count;
    char *vehicle; /* preset */
    char *wiring;  /* sim, vcan, pile */
    uint64_t seed;
    enum verdict verdict; /* none: the row is not applicable, which is a state and no verdict */
    struct phrase reason; /* of the verdict or state, in one sentence; NULL for pass */
    bool absent; /* nothing was run: what it needs is declared absent. The verdict is none, or fail
                    where the profile demands it */
    /* How far the last charge came, who ended it and why; NULL: not a message of one came. */
    struct phrase last_word;
    /* What the firmware said of itself, in order: "12.345678 state 3: handshake", "... alarm 7: door
     * open", "... log: meter found". Shown, never judged. */
    char **said;
    size_t said_count;
    struct result_check *checks;
    size_t check_count;
    int64_t duration_ns; /* on the case's clock */
    int64_t
        took_ns; /* by the wall; 0: not known. Not in JSON: a run twice gives the same record (times.h) */
    int64_t late_max_ns; /* real clock: the bench's worst own lateness */
    uint64_t frames, frames_dropped, frames_refused, error_frames;
    int64_t focus_from_ns, focus_to_ns; /* where the verdict was decided: the plots' window */
    char *trace;                        /* path inside the folder, NULL: none */
    char *signals;
};

/* A clause that the run's profile stands for. */
struct result_clause {
    char *id; /* "T240-8.13"; "GB/T 34658-2017 *": all clauses of it */
    struct phrase text;
    /* All that has to be there before it is accepted: a level of evidence (model, hosted, bench: that
     * level or a higher one), inspect, platform, station. */
    char **closed_by;
    size_t closed_by_count;
};

struct result_run {
    char *profile;  /* t240 */
    char *decision; /* decision rule: "guard band" or "simple acceptance" */
    char *edition;  /* "2015" */
    char *evidence; /* model, hosted, bench */
    char *wiring;   /* sim, vcan, pile */
    bool isolated;  /* wiring sim: the firmware could not reach the evidence */
    char *dut_name, *dut_version, *dut_path;
    /* Of the file that was judged: the shared object, else the program it is in. NULL: of wiring pile, which
     * is hardware, and of formats 1 to 5, which did not record it. */
    char *dut_sha256;
    /* Limits that are not the shipped profile's: "estop.open: ≤ 100 ms → ≤ 150 ms". A pass of such a run closes
     * no clause. */
    char **limits;
    size_t limit_count;
    char **dut_params; /* "name=value" that --set changed */
    size_t dut_param_count;
    char *bench_version;
    char *rig; /* rig file, NULL */
    uint64_t seed;
    char *started;     /* ISO 8601 wall time; NULL in repeatable (virtual) runs */
    size_t case_count; /* planned */
    struct result_clause *clauses;
    size_t clause_count;
};

struct result_set {
    struct result_run run;
    struct result_case *cases;
    size_t case_count;
    bool whole;
    size_t lines_dropped;
};

/* A case with rows (a table of points it is run over) has a line for each row. Its id is
 * "case[row]"; the line is otherwise that of a case: readers that know nothing of rows see cases.
 * settings begin with the row's values, "name=value"; the files are traces/CASE.ROW.log and
 * signals/CASE.ROW.csv. The lines of one case follow one another. case_count counts lines. */
struct result_counts {
    size_t cases;                       /* one with rows is one case, its verdict the worst row's */
    size_t rows;                        /* of all cases with rows together */
    size_t verdicts[VERDICT_ERROR + 1]; /* of cases; none: all rows are not applicable */
};

struct result_file;

/* dut_sha256, or in words why there is none; constant. */
struct phrase result_identity(const struct result_run *run);

/* What the value is held against. */
struct limits result_limits(const struct result_check *check);

/* How far the value is inside its limits, negative: outside; NAN without value or limits. */
double result_margin(const struct result_check *check);
/* Is anything known of it? 0 without an instrument is none: nobody said how it was measured. */
bool result_has_uncertainty(const struct result_check *check);
/* An own check of the case (no monitor, no step) that has a verdict and, if it measures, a limit: what
 * is only recorded judges nothing. */
bool result_is_evaluated(const struct result_check *check);
/* A protocol rule that was kept, with the worst value that was seen. */
bool result_is_kept_rule(const struct result_check *check);

size_t result_name_length(const char *id); /* of the case's name in it */
bool result_is_row(const struct result_case *one);
/* How many lines from this one on are of the same case; 1 for a case without rows. */
size_t result_rows_from(const struct result_set *set, size_t first);
enum verdict result_rows_verdict(const struct result_set *set, size_t first, size_t count);
struct result_counts result_count(const struct result_set *set);

/* NULL (or false) on failure, with the reason in the problem. result_create replaces an older file;
 * result_finish frees the file whether it succeeds or not, result_abandon does so without an end
 * line. */
struct result_file *result_create(const char *path, const struct result_run *run,
                                  struct problem *problem);
/* The record in that folder is of such a run: its head is the same, byte for byte. */
bool result_is_of(const char *folder, const struct result_run *run, struct problem *problem);
/* Goes on with the file of a run that was cut, to the same bytes as without the cut. The first `keep` cases stay,
 * in the file and in the set that was read from it; what is behind them is taken off, an end line too. */
struct result_file *result_resume(const char *folder, struct result_set *set, size_t keep,
                                  struct problem *problem);
bool result_append(struct result_file *file, const struct result_case *one,
                   struct problem *problem);
bool result_finish(struct result_file *file, struct problem *problem);
void result_abandon(struct result_file *file);
/* The file at its path is what was written so far. Pipes and devices always are. */
bool result_intact(const struct result_file *file, struct problem *problem);

struct result_set *result_read(const char *folder, struct problem *problem);
void result_set_free(struct result_set *set);
void result_run_clear(struct result_run *run); /* frees what it owns */

/* One case to and from a line of JSON (no newline); the line is the caller's to free. */
char *result_case_to_json(const struct result_case *one);
struct result_case *result_case_from_json(const char *line, struct problem *problem);
void result_case_free(struct result_case *one);
void result_case_clear(struct result_case *one); /* frees what it owns, zeroes it */
void result_check_clear(struct result_check *check);

/* A check's fields, as in the record, into the JSON object that is open. */
struct json_writer;
void result_put_check(struct json_writer *json, const struct result_check *check);

/* Exit code of a set: 4 the bench failed in a case, else 1 a fail, else 3 something inconclusive
 * (also: nothing passed, or the run was cut short), else 0: every case that applies passed. */
int result_exit_code(const struct result_set *set);

#endif
