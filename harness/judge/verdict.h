/* SPDX-License-Identifier: MIT */
/* verdict.h: the verdict of a case, its reason and its focus. They are formed here; nobody else
 * assigns them.
 *
 *   struct verdict_facts facts = {.checks = result.checks, .check_count = result.check_count,
 *                                 .rule_count = rules, .end = CASE_RAN, ...};
 *   verdict_give(&facts, &result);
 *
 * verdict_decide is a pure function of the facts. Of these rows the first one that applies decides:
 *
 *   what is so                                             verdict       reason          focus
 *   ----------------------------------------------------   -----------   -------------   ----------
 *   the run was interrupted                                error         that            end
 *   the case's process is lost: killed, hung, crashed
 *     or exited
 *     the firmware had broken dut.h                        fail          how             end
 *     it was killed from outside                           inconclusive  that            end
 *     otherwise, within the firmware                       fail          that            end
 *     anywhere else                                        error         that            end
 *   the bench failed                                       error         its problem     end
 *   what the case needs is declared absent
 *     and the profile demands it                           fail          what is absent  start
 *     and it does not: the row is not applicable           none          what is absent  start
 *   the firmware lacks what the case sets: not begun       inconclusive  what it lacks   start
 *   the firmware is gone, or has broken dut.h              fail          that            as below
 *   a check failed, and no standstill excuses it           fail          the check's     the check
 *   a check failed, excused by a standstill                inconclusive  standstill +    the check
 *   the firmware's own process was killed from outside     inconclusive  that            as below
 *   a check or step is inconclusive                        inconclusive  the check's *   the check
 *   none of the case's own checks was evaluated            inconclusive  that *          first time
 *   a protocol rule is inconclusive                        inconclusive  the rule's *    the rule
 *   the machine stood still for LATENESS_CUT_OFF_NS        inconclusive  standstill      first time
 *   frames were lost in the bench's receive queue          inconclusive  how many        first time
 *   nothing of all this                                    pass          none            first time
 *
 *   *            preceded by the standstill, if the machine stood still at all
 *   the check    of several that failed, the earliest violation, of those at the same instant a
 *                protocol rule, then the first in the record, and steps that were not reached behind
 *                all others; of several that are inconclusive a step before all others, for what it could
 *                not do they have not seen; else the first in the record; rules are checks as well
 *   end          the case's clock when its process ended; start: 0
 *   first time   the first own time that was measured and passed, to show it; without any none, and
 *                the first check where nothing at all was judged
 *
 * Evaluated is an own check (no monitor, step or rule) that has a verdict and, if it measures, a
 * limit: what is only recorded judges nothing. */
#ifndef HARNESS_JUDGE_VERDICT_H
#define HARNESS_JUDGE_VERDICT_H

#include "harness/judge/standstill.h"
#include "reports/record/result.h"

/* How the case, or the process it runs in, came to its end. */
enum case_end {
    CASE_RAN,           /* to its end: its checks decide */
    CASE_NOT_BEGUN,     /* the firmware lacks a parameter that the case sets */
    CASE_ABSENT,        /* something it needs is declared absent: the row is not applicable */
    CASE_DEMANDED,      /* the same, and the profile demands it */
    CASE_FIRMWARE_GONE, /* the firmware's own process ended or fell silent, or it broke dut.h; the case
                           has its checks */
    CASE_FIRMWARE_KILLED, /* from outside; the case has its checks */
    /* From here on the case's process is lost and with it all checks: */
    CASE_CRASHED, /* a signal ended it, as a crash does */
    CASE_KILLED,  /* a signal ended it that no crash raises: a person, the system, want of memory */
    CASE_HUNG,    /* its clock stood still; it was ended */
    CASE_EXITED,  /* it ended by itself without a record */
    CASE_BENCH_FAILED, /* it told a problem of the bench */
    CASE_INTERRUPTED,  /* by whoever runs the bench */
};

struct verdict_facts {
    enum case_end end;
    /* Where the case has its checks: */
    const struct result_check *checks; /* the judge's as recorded, then the protocol rules' */
    size_t check_count, rule_count;    /* of all; of the rules, which are the last of them */
    struct standstill standstill;      /* of the machine under the bench */
    uint64_t frames_dropped;           /* lost in the bench's receive queue */
    /* CASE_CRASHED and after it: */
    bool inside_firmware; /* the firmware's code was running */
    bool firmware_beside; /* a firmware not of the bench's own shares memory with the case */
    struct phrase
        blame;        /* what it did against dut.h, behind "the firmware"; {NULL, NULL}: nothing */
    int64_t ended_ns; /* on the case's clock */
    int exit_code;    /* CASE_EXITED */
    int quiet_s;      /* CASE_HUNG: for how long it made no progress */
    /* Parameter, signal, problem or cause in words; {NULL, NULL}: nothing more is known. */
    struct phrase detail;
};

/* What the reason says. */
enum verdict_ground {
    GROUND_NONE, /* a pass has no reason */
    GROUND_CHECK,
    GROUND_NOTHING_EVALUATED,
    GROUND_NO_INPUTS, /* the machine stood still for so long that the charger may have stopped */
    GROUND_FRAMES_LOST,
    GROUND_END, /* by facts.end */
};

#define VERDICT_NO_CHECK SIZE_MAX

struct verdict_decision {
    enum verdict verdict;
    enum verdict_ground ground;
    bool stood_still; /* the standstill goes before the ground: it proves nothing */
    size_t check;     /* whose reason and focus these are; VERDICT_NO_CHECK */
    int64_t focus_from_ns, focus_to_ns; /* -1: none */
};

struct verdict_decision verdict_decide(const struct verdict_facts *facts);

/* Verdict, reason and focus into the result, which has none yet and owns the checks of the facts;
 * failed checks that the standstill excuses become inconclusive. A result without a verdict is one
 * of a row that is not applicable; only that has none. */
void verdict_give(const struct verdict_facts *facts, struct result_case *result);

/* Whether verdict and reason can be what verdict_give gave to a case with such checks, as far as
 * the record tells: it does not tell of a standstill or of a firmware that is gone. */
bool verdict_agrees(const struct result_case *result);

#endif
