/* SPDX-License-Identifier: MIT */
/* scenario.h: a test case, a profile and a catalogue of mutants, as loaded from JSON.
 *
 *   struct library *lib = library_open("scenarios", &vocabulary, &problem);   cases/, profiles/ ...
 *   struct profile *profile = profile_load(lib, "t240", &problem);
 *   struct scenario *one = scenario_load(lib, "estop-while-charging", profile, &problem);
 *   const struct limit *limit = profile_limit(profile, "estop.open");
 *
 * The language is described in docs/scenario-language.md, its JSON Schema is
 * scenarios/scenario.schema.json. Loading checks everything that can be known without running:
 * keys, types, units, names of signals and messages (through the caller's vocabulary), actions,
 * limits. A problem carries file, line, column and a sentence that says what to do.
 *
 * Everything loaded belongs to the library and lives until library_free. */
#ifndef HARNESS_SCENARIO_SCENARIO_H
#define HARNESS_SCENARIO_SCENARIO_H

#include "sim/text/phrase.h"
#include "sim/text/problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Something that happens: an expression that becomes true (or a message received), a mark set by a
 * step ("@pressed") or by itself ("@start": the case's own steps begin; "@end": the case ends), or
 * NULL for "from the start of the case", which is before the steps of the start state. */
struct event_def {
    const char *text; /* as written */
    int line, column;
};

enum check_type {
    CHECK_TIME,   /* measure ... from EVENT to EVENT: the time between */
    CHECK_VALUE,  /* measure ... value EXPR at EVENT */
    CHECK_PEAK,   /* measure ... peak EXPR from EVENT to EVENT: largest value in the window */
    CHECK_MEAN,   /* measure ... mean EVENT from EVENT to EVENT: mean time from one to the next */
    CHECK_EXPECT, /* expect COND from EVENT within TIME */
    CHECK_ALWAYS, /* always COND from EVENT to EVENT */
    CHECK_NEVER,  /* never COND from EVENT to EVENT */
};

/* One declared check. All are armed when the case starts and look at the whole run. The instant of
 * a value ("at") is in from. Windows end at the instant itself: what becomes true at the very
 * instant of "to" is outside. */
struct check_def {
    enum check_type type;
    struct phrase title;
    struct event_def condition; /* expect, always, never, mean; value and peak: the quantity */
    struct event_def after;     /* from counts only after this event; text NULL: at once */
    struct event_def from;      /* text NULL: start of the case */
    struct event_def to;        /* time: required; text NULL: end of the case */
    int64_t window_ns;        /* "for" (peak, mean, always, never) or "within" (expect); 0: none */
    const char *limit;        /* name in the profile; NULL: none */
    const char *within_limit; /* expect: "within" by a limit's name; window_ns has its value too */
    bool each;                /* every pair of from..to, the worst counts; default: the first */
    bool optional;            /* none, instead of inconclusive, when from never occurs */
    bool settle;              /* time: to must hold for good (until the window's end) */
    bool monitor;
    const char *id; /* of a monitor; NULL for a case's own check */
    int line;
};

enum step_type {
    STEP_DO,    /* an action */
    STEP_WAIT,  /* let time pass */
    STEP_UNTIL, /* wait until an event, at most within_ns */
};

struct step_def {
    enum step_type type;
    struct event_def what; /* do: the action; until: the event */
    int64_t time_ns;       /* wait: how long; until: within */
    const char *mark;      /* event name set when the step is done; NULL */
    struct phrase note;    /* for the written procedure */
    bool from_start;       /* belongs to the start state, not to the case */
    int line;
};

#define SETUP_PARAMS_MAX 96

/* A parameter of the firmware that the case sets before it begins. */
struct param_def {
    const char *name;
    int32_t value;
    int line;
};

/* How a case wants the pile to be set. */
struct setup {
    int64_t clock_s; /* the pile's clock when the case begins, seconds since 1970-01-01 00:00 of its
                        civil time; 0: whatever it is */
    struct param_def *params;
    size_t param_count;
};

struct scenario {
    const char *id;          /* "weld[k1]" of a row, else the case's name */
    const char *name;        /* of the case */
    const char *row;         /* NULL: the case has no rows */
    const char *stem;        /* of its traces and signals: "weld.k1" */
    const char **row_values; /* "name=value" of the row's parameters */
    size_t row_value_count;
    const char *file;
    struct phrase title;      /* a row's: that of the case and its own */
    struct phrase case_title; /* of the case alone */
    struct phrase purpose;    /* one or two sentences; may be NULL */
    const char **covers;
    size_t cover_count;
    const char *vehicle; /* preset name */
    const char *start;   /* start state's name, NULL: none, the case's own steps are all */
    struct phrase start_title;
    struct setup setup;
    struct step_def *steps; /* those of the start state first */
    size_t step_count;
    struct check_def *checks; /* the case's own, then the monitors */
    size_t check_count;
    int64_t timeout_ns; /* of the whole case, on the case's clock */
    /* Monitors that this case provokes, by id, each with the reason. They are not in checks. */
    const char **monitors_off;
    struct phrase *monitors_off_why;
    size_t monitors_off_count;
};

/* A limit by name, with where it comes from. NAN where a side is not limited. */
struct limit {
    const char *name;
    double min, max;         /* in the unit */
    bool min_open, max_open; /* true: the value itself is outside ("< 10 V") */
    const char *unit;        /* "ms" "V" "A" "A/s" ... */
    const char *source;      /* clauses, comma separated */
    struct phrase text;
};

enum decision {
    DECISION_SIMPLE,     /* simple acceptance: the value decides */
    DECISION_GUARD_BAND, /* value + uncertainty within the limit passes; in the band inconclusive */
};

struct profile {
    const char *name;
    struct phrase title;
    const char *edition;
    enum decision decision;
    struct limit *limits;
    size_t limit_count;
};

/* A named defect for `pilebench qualify`: the healthy core, bent. */
struct bend {
    enum {
        BEND_PARAM,
        BEND_DELAY,
        BEND_HOLD,
        BEND_FIELD,
        BEND_SWAP,
        BEND_MUTE,
        BEND_LINGER,
        BEND_FORGET,
        BEND_UNCHECKED
    } type;
    const char
        *what;    /* parameter, output ("k1"), MESSAGE.field (field), part of the storage (forget),
                         part of a meter's answer (unchecked: "checksum") or MESSAGE (others) */
    double value; /* of the parameter, delay or lingering in ns, held level, field value */
};

struct mutant {
    const char *id;
    struct phrase title;
    struct bend *bends;
    size_t bend_count;
    const char **killers; /* cases, or CASE[ROW], that have to catch it */
    size_t killer_count;
};

/* A vehicle preset: named values. The names are checked by the caller's vocabulary; types and units
 * by whoever uses them, hence the line. */
struct preset_value {
    const char *name;
    double number;      /* a plain number; 0 or 1 for false or true */
    const char *string; /* a text, or a quantity as written ("228 Ah"); NULL: it is a number */
    int line;
};

struct preset {
    const char *name;
    const char *file;
    struct phrase title;
    struct preset_value *values;
    size_t value_count;
};

struct library;

/* What the loader asks of its caller about words it does not know itself. */
struct vocabulary {
    void *ctx;
    /* An expression is well-formed and its signals exist: true, or a sentence in why and the
     * 0-based offset of the fault in the text. quantity: it must be a number, unit gets its
     * unit. */
    bool (*expression)(void *ctx, const char *text, bool quantity, char *unit, size_t unit_size,
                       char *why, size_t why_size, size_t *offset);
    bool (*action)(void *ctx, const char *text, char *why, size_t why_size, size_t *offset);
    bool (*parameter)(void *ctx, const char *preset_key, char *why, size_t why_size);
};

/* A function of the vocabulary that is NULL accepts every word (and knows no units). */
struct library *library_open(const char *folder, const struct vocabulary *vocabulary,
                             struct problem *problem);
void library_free(struct library *library);

/* Files of cases/ and its folders in alphabetical order of their names, without folder and
 * ".json". */
size_t library_case_count(const struct library *library);
const char *library_case(const struct library *library, size_t index);

/* A name from library_case, or the path of a file; of a case with rows "NAME[ROW]". NULL on a
 * problem. The profile is needed to know which limits exist. */
struct scenario *scenario_load(struct library *library, const char *name,
                               const struct profile *profile, struct problem *problem);
/* All rows of a case, or the case itself where it has none (or the name has a row). The list
 * belongs to the library. NULL on a problem. */
struct scenario **scenario_load_rows(struct library *library, const char *name,
                                     const struct profile *profile, size_t *count,
                                     struct problem *problem);
/* A killer of a mutant, "NAME" or "NAME[ROW]", means this scenario: that row, or a row of the
 * case. */
bool scenario_is_named(const struct scenario *scenario, const char *name);
struct profile *profile_load(struct library *library, const char *name, struct problem *problem);
const struct limit *profile_limit(const struct profile *profile, const char *name);
struct preset *preset_load(struct library *library, const char *name, struct problem *problem);
/* A clock as a case gives it: "2026-03-01 23:50:00". */
#define SETUP_CLOCK_SIZE 20
const char *setup_clock_text(int64_t clock_s, char text[SETUP_CLOCK_SIZE]);
/* What a case sets a parameter to; false (also without a setup): it does not. */
bool setup_value(const struct setup *setup, const char *name, int32_t *value);
struct mutant *mutants_load(struct library *library, size_t *count, struct problem *problem);

/* The written procedure of a case, for a person, as text in "en" or "zh". Of several rows of one
 * case: once, with the rows as a table, and each row's wording where they differ. */
void scenario_show(struct scenario *const *rows, size_t count, const struct profile *profile,
                   const char *language, void (*put)(void *ctx, const char *text), void *ctx);

#endif
