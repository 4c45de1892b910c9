/* SPDX-License-Identifier: MIT */
/* internal.h: the parts of the judge. Only for harness/judge*.c.
 *
 *   judge.c          events, instants, the life of a judge
 *   judge_check.c    one check: from event to event to outcome
 *   judge_quantity.c value and peak
 *   judge_mean.c     the mean time from one event to the next
 *   judge_limit.c    a value against a limit
 *   judge_record.c   the record of the case, its verdict
 *   judge_text.c     outcomes in words */
#ifndef HARNESS_JUDGE_INTERNAL_H
#define HARNESS_JUDGE_INTERNAL_H

#include "harness/expression/expression.h"
#include "harness/judge/judge.h"

/* A condition, message or mark that checks look for; one for all that write it the same way. */
struct judge_event {
    const char *text;
    struct expression *expression; /* NULL: a mark */
    struct judge *judge;
    enum truth truth;    /* by the last change */
    enum truth settled;  /* at the end of the last instant that was looked at */
    int64_t since_ns;    /* of settled */
    const char *unknown; /* the signal that made it UNKNOWN last; NULL: it never was */
    /* Of the present instant: */
    bool rose;      /* settled has become TRUE */
    bool pulsed[3]; /* by enum truth: had this truth during the reception of a message */
};

/* A limit in the unit of what is measured. */
struct judge_limit {
    double min, max; /* NAN: not limited */
    bool min_open, max_open;
    const char *name, *source; /* NULL: written in the case itself */
};

/* How an outcome came about; judge_text.c has a sentence for each. */
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
    FINDING_FEW,            /* mean: came less than twice in its window */
    FINDING_VIOLATED,       /* always, never */
    FINDING_UNKNOWN,        /* signal was not known */
    FINDING_PARTLY_UNKNOWN, /* always: signal was not known at an instant */
    FINDING_STEP,           /* not reached within its time */
    FINDING_STEP_CUT,       /* the case ended before its time was over */
    FINDING_STEP_REFUSED,   /* an action that could not be done in the state the bench was in */
    FINDING_STEP_UNKNOWN,   /* not reached, and signal is not known */
};

struct outcome {
    enum verdict verdict;
    enum finding finding;
    double value, margin, uncertainty;
    int64_t from_ns, to_ns;
    int64_t at_ns;      /* of a violation or of a largest value */
    int64_t failed_ns;  /* a fail: since when it was certain */
    int64_t waited_ns;  /* for what did not come */
    const char *signal; /* that was not known */
};

enum phase {
    PHASE_AFTER, /* looking for "after" */
    PHASE_FROM,  /* looking for "from" */
    PHASE_OPEN,  /* between from and to */
    PHASE_DONE,
};

struct judge_check {
    const struct check_def *def;
    struct judge *judge;
    struct judge_event *after, *from, *to; /* NULL: none; to of expect: its condition */
    struct judge_event *condition;         /* always, never, mean */
    struct expression *quantity;           /* value, peak */
    const char *unit;
    struct judge_limit limit;
    enum phase phase;
    bool again;        /* each: from has to come anew */
    int64_t armed_ns;  /* from counts from here */
    int64_t from_ns;   /* of the present or last pair */
    bool held;         /* settle: to is true */
    int64_t held_ns;   /* since */
    int64_t missed_ns; /* time: since when to cannot be in time any more; -1 */
    const char *blind; /* time: the signal that keeps to from being seen; NULL: none */
    bool known;        /* the condition was true or false in the window */
    bool partly_unknown;
    int64_t unknown_ns; /* since when it is not known; -1 */
    int64_t broken_ns;  /* violation; -1 */
    bool broken_by_pulse;
    double captured;        /* value: as it was when from came */
    struct timer peak_over; /* peak: end of "for" */
    size_t seen;            /* mean: how often the event came in the window */
    int64_t first_ns, last_ns;
    size_t count; /* outcomes so far */
    struct outcome worst;
};

struct step_record {
    const struct step_def *step;
    struct outcome outcome;
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
    size_t check_count;
    struct step_record *steps;
    size_t step_count;
    int64_t step_ns; /* the last step was done at */
    /* The instant that is going on or over, but not looked at yet: */
    bool pending;
    int64_t instant_ns;
    bool overtaken; /* it is looked at while a later one has begun: values have moved on */
    unsigned put_off;
    struct timer instant_over;
};

/* ---- judge.c ---- */

/* The signal that keeps an event from being seen; NULL when it could be seen. */
const char *event_blind(const struct judge_event *event);
/* Looks at the pending instant now. */
void judge_look(struct judge *judge);
/* Zeroed room for one more than count, or the end of the program. */
void *judge_allocate(size_t count, size_t size);

/* ---- judge_record.c ---- */

void judge_record(const struct judge *judge, struct result_case *result);

/* ---- judge_check.c ---- */

void check_start(struct judge_check *check, int64_t now_ns);
/* The instant is over; the events tell what it brought. */
void check_instant(struct judge_check *check, int64_t at_ns);
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

/* ---- judge_quantity.c ---- */

void value_take(struct judge_check *check);
void peak_open(struct judge_check *check);
/* The window is over, or was cut by the case's end. */
void peak_close(struct judge_check *check, int64_t to_ns);
void peak_cut(struct judge_check *check, int64_t now_ns);
void check_peak_over(void *check, int64_t now_ns);

/* ---- judge_mean.c ---- */

void mean_open(struct judge_check *check);
/* What this instant, of the window, brought. */
void mean_note(struct judge_check *check, int64_t at_ns);
/* The window is over, or was cut by the case's end. */
void mean_close(struct judge_check *check, int64_t to_ns);
void mean_cut(struct judge_check *check, int64_t now_ns);

/* ---- judge_limit.c ---- */

/* The limit of a check in the check's unit. False: the units do not agree. */
bool limit_for(struct judge_limit *own, const struct limit *limit, const char *unit);
/* verdict, finding, margin of outcome->value by the limit and outcome->uncertainty. */
void limit_decide(const struct judge_limit *limit, enum decision decision, struct outcome *outcome);
/* No later instant than this one can meet the limit any more. */
bool limit_elapsed(const struct judge_limit *limit, double waited_ms, double uncertainty_ms);

/* ---- judge_text.c ---- */

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
