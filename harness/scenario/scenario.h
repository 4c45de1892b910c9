/* SPDX-License-Identifier: MIT */
/* scenario.h: a test case as it was loaded: its steps, its checks, the monitors beside them.
 *
 *   struct scenario *one = scenario_load(lib, "estop-while-charging", profile, &problem);
 *   for (size_t i = 0; i < one->step_count; i++) ...
 *
 * The language is described in docs/scenario-language.md, its JSON Schema is
 * scenarios/scenario.schema.json. Loading checks everything that can be known without running:
 * keys, types, units, names of signals and messages (through the library's vocabulary), actions,
 * limits. A problem carries file, line, column and a sentence that says what to do.
 *
 * Everything loaded belongs to the library and lives until library_free. */
#ifndef HARNESS_SCENARIO_SCENARIO_H
#define HARNESS_SCENARIO_SCENARIO_H

#include "harness/scenario/setup.h"
#include "sim/text/phrase.h"
#include "sim/text/problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct action;
struct library;
struct limit;
struct need;
struct profile;

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
    CHECK_RATE,   /* measure ... rate EXPR from EVENT to EVENT: its change between, a second */
    CHECK_MEAN,   /* measure ... mean EVENT from EVENT to EVENT: mean time from one to the next */
    CHECK_GAP,    /* measure ... gap EVENT from EVENT to EVENT: longest time from one to the next */
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
    struct event_def condition; /* expect, always, never, mean, gap; value, peak, rate: quantity */
    struct event_def after;     /* from counts only after this event; text NULL: at once */
    struct event_def from;      /* text NULL: start of the case */
    struct event_def to;        /* time: required; text NULL: end of the case */
    int64_t window_ns; /* "for" (peak, mean, gap, always, never) or "within" (expect); 0: none */
    const struct limit *limit; /* of the profile; expect: "within" by its name, window_ns has its
                                  value too; NULL: none */
    bool each;                 /* every pair of from..to, the worst counts; default: the first */
    bool optional;             /* none, instead of inconclusive, when from never occurs, or what
                                  a mean or gap is of only once */
    bool last;                 /* time: of several froms the last one before to counts */
    bool settle;               /* time, rate: to must hold for settle_ns */
    int64_t settle_ns;         /* 0: for good, to the end of the case */
    bool stimulus; /* it is what the case does, not what it asks for: broken, nothing is proved */
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
    struct action *action; /* do: the same, ready to be done; the library's */
    int64_t time_ns;       /* wait: how long; until: within */
    const char *mark;      /* event name set when the step is done; NULL */
    struct phrase note;    /* for the written procedure */
    bool from_start;       /* belongs to the start state, not to the case */
    bool stimulus;         /* until: not reached, nothing is proved; start states: always */
    int line;
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
    size_t row_cover_count; /* the last of them: of this row alone */
    struct need *needs;     /* what it needs to mean anything (needs.h) */
    size_t need_count;
    const char *vehicle;       /* preset name */
    const char *other_vehicle; /* of the vehicle at the other gun; NULL: the same */
    unsigned guns;             /* 2: it names the second gun (gun2:), and needs it; else 1 */
    const char *start;         /* start state's name, NULL: none, the case's own steps are all */
    struct phrase start_title;
    struct setup setup;
    struct step_def *steps; /* those of the start state first */
    size_t step_count;
    struct check_def *checks; /* the case's own, then the monitors */
    size_t check_count;
    struct check_def *other_monitors; /* for the other gun, where there is one */
    size_t other_monitor_count;
    int64_t timeout_ns; /* of the whole case, on the case's clock */
    /* Monitors that this case provokes, by id (with gun2: those of the other gun), each with the reason.
     * They are not in checks, or in other_monitors. */
    const char **monitors_off;
    struct phrase *monitors_off_why;
    size_t monitors_off_count;
};

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

#endif
