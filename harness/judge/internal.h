/* SPDX-License-Identifier: MIT */
/* internal.h: the parts of the judge. For this room only.
 *
 *   judge.c     events, instants, the life of a judge
 *   check.c     one check: from event to event to outcome
 *   quantity.c  value and peak
 *   mean.c      the mean, and the longest, time from one event to the next
 *   rate.c      a quantity's change between two events
 *   limit.c     a value against a limit
 *   record.c    outcomes to checks of the record
 *   text.c      outcomes in sentences
 *
 * verdict.c and standstill.c need nothing of this: they work on the record. */
#ifndef HARNESS_JUDGE_INTERNAL_H
#define HARNESS_JUDGE_INTERNAL_H

#include "harness/expression/expression.h"
#include "harness/judge/judge.h"

/* A condition, message or mark that checks look for; one for all checks that write it the same
 * way. */
struct judge_event {
    const char *text;
    struct expression *expression; /* NULL: it is a mark */
    struct judge *judge;
    enum truth truth;              /* after the last change */
    enum truth settled;            /* at the end of the last instant that was looked at */
    int64_t since_ns;              /* the instant at which settled got its value */
    const char *unknown;           /* the signal that last made it UNKNOWN; NULL: it never was */
    struct expression_piece cause; /* the term of its "or" that last made it TRUE; empty: none */
    uint64_t *checks;              /* bit i: check i looks for it in one of its phases */
    /* Of the instant that is being looked at: */
    bool touched;   /* it changed; all that follows is as before where it did not */
    bool rose;      /* settled has become TRUE */
    bool pulsed[3]; /* by enum truth: it had this truth during the reception of a message */
    struct judge_event *next_touched;
};

/* A limit in the unit of what is measured. */
struct judge_limit {
    double min, max;           /* NAN: this side is not limited */
    bool min_open, max_open;   /* the limit itself is outside */
    const char *name, *source; /* NULL: written in the case itself */
};

/* How an outcome came about; text.c has a sentence for each. */
enum finding {
    FINDING_MEASURED,       /* value against limit; also "all is well" of conditions */
    FINDING_BAND,           /* too close to the limit */
    FINDING_NO_AFTER,       /* never came */
    FINDING_NO_FROM,        /* never came */
    FINDING_NO_TO,          /* did not come, though its time was over */
    FINDING_NOT_FOR_GOOD,   /* settle: came, but did not last */
    FINDING_CUT,            /* the case ended before the time for "to" was over */
    FINDING_CUT_WINDOW,     /* the case ended within "for" */
    FINDING_EMPTY_WINDOW,   /* ended at the instant it began */
    FINDING_FEW,            /* mean, gap: came less than twice in its window */
    FINDING_VIOLATED,       /* always, never */
    FINDING_UNKNOWN,        /* signal was not known */
    FINDING_PARTLY_UNKNOWN, /* always: signal was not known at an instant */
    FINDING_STEP,           /* not reached within its time */
    FINDING_STEP_STIMULUS,  /* the same, of a step that only prepares what is looked at */
    FINDING_STEP_CUT,       /* the case ended before its time was over */
    FINDING_STEP_REFUSED,   /* an action that could not be done in the state the bench was in */
    FINDING_STEP_UNKNOWN,   /* not reached, and signal is not known */
};

/* What one pair, window or step of a check came to. Instants are loop time, -1: none. */
struct outcome {
    enum verdict verdict;
    enum finding finding;
    double value;       /* in the check's unit; NAN: nothing was measured */
    double margin;      /* to the nearer limit, negative beyond it; NAN: none */
    double uncertainty; /* of the value, not negative; NAN: none */
    int64_t from_ns, to_ns;
    int64_t at_ns;                 /* of a violation or of a largest value */
    int64_t failed_ns;             /* of a fail: since when it was certain */
    int64_t waited_ns;             /* how long for what did not come */
    struct expression_piece cause; /* of a violation: the term of its "or"; empty: none */
    int64_t before_ns;  /* time: for so long "to" had held already when "from" came; 0: not so */
    const char *signal; /* that was not known; NULL: none */
    struct phrase why;  /* of a step refused; goes on after its words */
};

enum phase {
    PHASE_AFTER, /* looking for "after" */
    PHASE_FROM,  /* looking for "from" */
    PHASE_OPEN,  /* between from and to */
    PHASE_DONE,
};

/* A check on its way. A pair is from and to, or from and the window that it opens. */
struct judge_check {
    const struct check_def *def;
    struct judge *judge;
    struct judge_event *after, *from, *to; /* NULL: none; to of expect: its condition */
    struct judge_event *condition;         /* always, never, mean, gap; else NULL */
    struct expression *quantity;           /* value, peak, rate; else NULL */
    const char *unit;
    struct judge_limit limit;
    enum phase phase;
    bool needs_new_from; /* each: from has to become true anew */
    int64_t armed_ns;    /* from counts from here on */
    int64_t from_ns;     /* of the present or last pair; -1: there was none */
    /* time, expect: */
    bool held;              /* settle: to is true */
    int64_t held_ns;        /* since when it is */
    int64_t before_ns;      /* for how long to had held when from came; 0: not so */
    int64_t missed_ns;      /* since when to cannot be in time any more; -1: it can */
    const char *to_unknown; /* the signal that keeps to from being seen; NULL: none does */
    /* always, never: */
    bool known;                    /* the condition was true or false in the window */
    bool partly_unknown;           /* it was not, for a while */
    int64_t unknown_ns;            /* since when it is not known; -1: it is */
    int64_t broken_ns;             /* of the violation; -1: there is none */
    struct expression_piece cause; /* of it */
    bool broken_by_pulse; /* by a message, whose violation does not go away within its instant */
    /* value, peak: */
    double captured;        /* value, rate: as it was when from came */
    double reached;         /* rate: as it was when to came */
    struct timer peak_over; /* peak: the end of "for" */
    /* mean, gap: */
    size_t seen; /* how often the event came in the window */
    int64_t first_ns, last_ns;
    int64_t gap_from_ns, gap_to_ns; /* gap: the longest time so far between two that followed */
    /* What came of it: */
    size_t count;         /* pairs that were judged */
    struct outcome worst; /* of them */
};

struct step_record {
    const struct step_def *step;
    struct outcome outcome;
};

struct judge_change {
    struct judge_event *event;
    int64_t at_ns;
    enum truth truth;
    bool pulse;
};

/* What can move a check on: an instant at which one of these events has changed (NULL: none), or any. */
struct check_wait {
    const struct judge_event *events[2];
    bool any;
};

struct judge {
    const struct scenario *scenario;
    const struct profile *profile;
    const struct signal_board *board;
    struct loop *loop;
    struct instrument instrument;
    struct judge_event *events;
    size_t event_count;
    struct judge_check *checks; /* in the order of the scenario */
    struct check_wait *waits;   /* for each of them, as it stood when it was looked at last */
    size_t check_count;
    /* A bit a check, in words of 64: most instants concern few of them. */
    size_t words;
    uint64_t *moved;           /* looks for an event that has changed at the instant */
    uint64_t *always;          /* to be looked at, at every instant */
    uint64_t *checked;         /* the events' */
    struct step_record *steps; /* in their order, those that are recorded */
    size_t step_count;
    int64_t step_ns; /* when the last step was done */
    /* The instant that something happened at and that was not looked at yet: */
    bool pending;
    int64_t instant_ns;
    bool looked;                 /* an instant has been looked at, with every check */
    struct judge_event *touched; /* the events that changed at it; NULL: none */
    bool values_moved_on;        /* a later instant has begun: signals have its values already */
    unsigned postponed;          /* how often looking was put off because more was due */
    struct timer instant_over;   /* looks at it */
    /* On the real clock a look can solve the plant up to a crossing that nobody had seen: that
     * change is taken when the look is over. */
    bool looking, taking;
    struct judge_change *changes;
    size_t change_count, change_room;
};

/* ---- judge.c ---- */

/* The signal that keeps an event from being seen; NULL when it could be seen. */
const char *event_unknown_signal(const struct judge_event *event);
/* Looks at the pending instant now, if there is one. */
void judge_look(struct judge *judge);

/* ---- record.c ---- */

void judge_record(const struct judge *judge, struct result_case *result);

/* ---- check.c ---- */

void check_start(struct judge_check *check, int64_t now_ns);
/* The instant is over; the events tell what it brought. */
void check_instant(struct judge_check *check, int64_t at_ns);
/* As it stands now: times, windows and what is broken go on at any instant. */
struct check_wait check_waits(const struct judge_check *check);
/* More time can bring no other verdict. */
bool check_settled(const struct judge_check *check, int64_t now_ns);
void check_finish(struct judge_check *check, int64_t now_ns);

/* The outcome of the present pair. */
struct outcome check_outcome(const struct judge_check *check, enum verdict verdict,
                             enum finding finding);
/* The present pair is judged. */
void check_conclude(struct judge_check *check, struct outcome outcome);
void check_conclude_value(struct judge_check *check, double value, double uncertainty,
                          int64_t to_ns, int64_t at_ns);
void check_conclude_unknown(struct judge_check *check, enum finding finding, const char *signal,
                            int64_t to_ns);
/* The same with something that the case's end cut off. */
void check_conclude_cut(struct judge_check *check, struct outcome outcome);
/* Of the time between two instants. */
double time_uncertainty_ms(const struct judge *judge, int64_t from_ns, int64_t to_ns);

/* ---- quantity.c ---- */

void value_measure(struct judge_check *check);
void peak_open(struct judge_check *check);
/* The window is over, or was cut by the case's end. */
void peak_close(struct judge_check *check, int64_t to_ns);
void peak_cut(struct judge_check *check, int64_t now_ns);
void check_peak_over(void *check, int64_t now_ns);

/* ---- mean.c ---- */

bool is_spaced(const struct judge_check *check); /* mean, gap */
void mean_open(struct judge_check *check);
/* What this instant, of the window, brought. */
void mean_note(struct judge_check *check, int64_t at_ns);
/* The window is over, or was cut by the case's end. */
void mean_close(struct judge_check *check, int64_t to_ns);
void mean_cut(struct judge_check *check, int64_t now_ns);

/* ---- rate.c ---- */

void rate_open(struct judge_check *check);
void rate_close(struct judge_check *check, int64_t to_ns);
/* Whatever comes now, the change cannot have been fast enough any more. */
bool rate_missed(const struct judge_check *check, int64_t now_ns);

/* ---- limit.c ---- */

/* The limit in the unit of a check. False: the units do not agree. */
bool limit_for(struct judge_limit *own, const struct limit *limit, const char *unit);
/* A quantity of the computed plant that is within 10 ppm of a limit is at it: a fall of exactly 100 A/s
 * comes out as 99.99993 A/s by the instants of its crossings, and no instrument measures finer. An
 * open limit stays as sharp as it is; times are exact, and not for this. */
double limit_at(const struct judge_limit *limit, double value);
/* verdict, finding, margin of outcome->value by the limit and outcome->uncertainty. */
void limit_decide(const struct judge_limit *limit, enum decision decision, struct outcome *outcome);
/* No later instant than this one can meet the limit any more. */
bool limit_elapsed(const struct judge_limit *limit, double waited_ms, double uncertainty_ms);

/* ---- text.c ---- */

struct phrase check_title(const struct judge_check *check);
struct phrase check_reason(const struct judge_check *check);
struct phrase step_title(const struct step_def *step);
struct phrase step_reason(const struct judge *judge, const struct step_record *record);
/* "from A to B" as written, the caller's to free. */
char *check_condition(const struct check_def *def);

static inline double ns_to_ms(int64_t ns) {
    return (double)ns / (double)NS_PER_MS;
}

#endif
