/* SPDX-License-Identifier: MIT */
#include "harness/judge/verdict.h"

#include "sim/memory.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* ---- the checks ---- */

static bool is_passed_time(const struct result_check *check) {
    return check->kind == RESULT_MEASURE && !check->monitor && check->verdict == VERDICT_PASS &&
           check->to_ns > check->from_ns && check->unit != NULL && strcmp(check->unit, "ms") == 0;
}

/* What the rows of the table ask for: of failures the earliest, of all else the first in the record. */
struct firsts {
    size_t failed, excused, undecided_step, undecided, undecided_rule, judged, evaluated,
        passed_time;
};

static void note_first(size_t *first, size_t check, bool is_one) {
    if (is_one && *first == VERDICT_NO_CHECK) {
        *first = check;
    }
}

/* A violation leads to the defect when it came before the others, which may only follow from it. A
 * step that was not reached says what the bench waited for, not what the firmware did: behind all.
 * At the same instant a protocol rule says more than a check that saw what came of it. */
static bool is_earlier(const struct verdict_facts *facts, size_t one, size_t than) {
    const struct result_check *a = &facts->checks[one], *b = &facts->checks[than];
    const size_t rules = facts->check_count - facts->rule_count;
    assert(one > than && a->verdict == VERDICT_FAIL && b->verdict == VERDICT_FAIL);
    if ((a->kind == RESULT_STEP) != (b->kind == RESULT_STEP)) {
        return b->kind == RESULT_STEP;
    }
    if ((a->failed_ns < 0) != (b->failed_ns < 0)) {
        return b->failed_ns < 0; /* of no known instant */
    }
    return a->failed_ns < b->failed_ns ||
           (a->failed_ns == b->failed_ns && one >= rules && than < rules && a->failed_ns >= 0);
}

static void note_earliest(size_t *earliest, size_t check, bool is_one,
                          const struct verdict_facts *facts) {
    if (is_one && (*earliest == VERDICT_NO_CHECK || is_earlier(facts, check, *earliest))) {
        *earliest = check;
    }
}

static struct firsts find_firsts(const struct verdict_facts *facts) {
    struct firsts firsts = {VERDICT_NO_CHECK, VERDICT_NO_CHECK, VERDICT_NO_CHECK, VERDICT_NO_CHECK,
                            VERDICT_NO_CHECK, VERDICT_NO_CHECK, VERDICT_NO_CHECK, VERDICT_NO_CHECK};
    for (size_t i = 0; i < facts->check_count; i++) {
        const struct result_check *check = &facts->checks[i];
        assert(check->verdict < VERDICT_ERROR); /* no check can tell a failure of the bench */
        bool rule = i >= facts->check_count - facts->rule_count;
        bool failed = check->verdict == VERDICT_FAIL;
        bool excused = standstill_excuses(&facts->standstill, check);
        bool undecided = check->verdict == VERDICT_INCONCLUSIVE;
        note_earliest(&firsts.failed, i, failed && !excused, facts);
        note_earliest(&firsts.excused, i, failed && excused, facts);
        note_first(&firsts.undecided_step, i, undecided && check->kind == RESULT_STEP);
        note_first(&firsts.undecided, i, undecided && !rule);
        note_first(&firsts.undecided_rule, i, undecided && rule);
        note_first(&firsts.judged, i, !rule && check->verdict != VERDICT_NONE);
        note_first(&firsts.evaluated, i, !rule && result_is_evaluated(check));
        note_first(&firsts.passed_time, i, !rule && is_passed_time(check));
    }
    return firsts;
}

static struct verdict_decision by_check(const struct verdict_facts *facts, enum verdict verdict,
                                        size_t check) {
    assert(verdict > VERDICT_PASS && facts->checks[check].reason.en != NULL);
    return (struct verdict_decision){
        .verdict = verdict,
        .ground = GROUND_CHECK,
        .stood_still = verdict == VERDICT_INCONCLUSIVE && facts->standstill.length_ns > 0,
        .check = check,
        .focus_from_ns = facts->checks[check].from_ns,
        .focus_to_ns = facts->checks[check].to_ns,
    };
}

/* No check decides: the focus shows the first time that was measured. */
static struct verdict_decision by_no_check(const struct verdict_facts *facts,
                                           const struct firsts *firsts, enum verdict verdict,
                                           enum verdict_ground ground) {
    bool nothing_judged = firsts->judged == VERDICT_NO_CHECK;
    bool any = facts->check_count > facts->rule_count;
    size_t shown = nothing_judged && any ? 0 : firsts->passed_time;
    return (struct verdict_decision){
        .verdict = verdict,
        .ground = ground,
        .stood_still = ground == GROUND_NOTHING_EVALUATED && facts->standstill.length_ns > 0,
        .check = VERDICT_NO_CHECK,
        .focus_from_ns = shown != VERDICT_NO_CHECK ? facts->checks[shown].from_ns : -1,
        .focus_to_ns = shown != VERDICT_NO_CHECK ? facts->checks[shown].to_ns : -1,
    };
}

static struct verdict_decision by_checks(const struct verdict_facts *facts) {
    const struct firsts firsts = find_firsts(facts);
    if (firsts.failed != VERDICT_NO_CHECK) {
        return by_check(facts, VERDICT_FAIL, firsts.failed);
    }
    if (firsts.excused != VERDICT_NO_CHECK) {
        return by_check(facts, VERDICT_INCONCLUSIVE, firsts.excused);
    }
    if (firsts.undecided_step != VERDICT_NO_CHECK) {
        return by_check(facts, VERDICT_INCONCLUSIVE, firsts.undecided_step);
    }
    if (firsts.undecided != VERDICT_NO_CHECK) {
        return by_check(facts, VERDICT_INCONCLUSIVE, firsts.undecided);
    }
    if (firsts.evaluated == VERDICT_NO_CHECK) {
        return by_no_check(facts, &firsts, VERDICT_INCONCLUSIVE, GROUND_NOTHING_EVALUATED);
    }
    if (firsts.undecided_rule != VERDICT_NO_CHECK) {
        return by_check(facts, VERDICT_INCONCLUSIVE, firsts.undecided_rule);
    }
    if (facts->standstill.longest_ns >= LATENESS_CUT_OFF_NS) {
        return by_no_check(facts, &firsts, VERDICT_INCONCLUSIVE, GROUND_NO_INPUTS);
    }
    if (facts->frames_dropped > 0) {
        return by_no_check(facts, &firsts, VERDICT_INCONCLUSIVE, GROUND_FRAMES_LOST);
    }
    return by_no_check(facts, &firsts, VERDICT_PASS, GROUND_NONE);
}

/* ---- the end ---- */

static struct verdict_decision by_end(enum verdict verdict, int64_t at_ns) {
    assert(at_ns >= 0);
    return (struct verdict_decision){.verdict = verdict,
                                     .ground = GROUND_END,
                                     .check = VERDICT_NO_CHECK,
                                     .focus_from_ns = at_ns,
                                     .focus_to_ns = at_ns};
}

/* What had failed before it was killed has failed; what the kill cut short is inconclusive. */
static struct verdict_decision by_killed_firmware(const struct verdict_facts *facts) {
    struct verdict_decision decision = by_checks(facts);
    if (decision.verdict == VERDICT_FAIL) {
        return decision;
    }
    decision.verdict = VERDICT_INCONCLUSIVE;
    decision.ground = GROUND_END;
    decision.stood_still = false;
    decision.check = VERDICT_NO_CHECK;
    return decision;
}

/* The checks that there are show where to look. */
static struct verdict_decision by_gone_firmware(const struct verdict_facts *facts) {
    struct verdict_decision decision = by_checks(facts);
    decision.verdict = VERDICT_FAIL;
    decision.ground = GROUND_END;
    decision.stood_still = false;
    decision.check = VERDICT_NO_CHECK;
    return decision;
}

static struct verdict_decision by_lost_process(const struct verdict_facts *facts) {
    bool firmware = facts->inside_firmware || facts->blame.en != NULL;
    if (facts->end == CASE_KILLED && facts->blame.en == NULL) {
        return by_end(VERDICT_INCONCLUSIVE, facts->ended_ns);
    }
    return by_end(firmware ? VERDICT_FAIL : VERDICT_ERROR, facts->ended_ns);
}

struct verdict_decision verdict_decide(const struct verdict_facts *facts) {
    assert(facts->rule_count <= facts->check_count);
    switch (facts->end) {
    case CASE_RAN:
        return by_checks(facts);
    case CASE_NOT_BEGUN:
        return by_end(VERDICT_INCONCLUSIVE, 0);
    case CASE_ABSENT:
        return by_end(VERDICT_NONE, 0);
    case CASE_DEMANDED:
        return by_end(VERDICT_FAIL, 0);
    case CASE_FIRMWARE_GONE:
        return by_gone_firmware(facts);
    case CASE_FIRMWARE_KILLED:
        return by_killed_firmware(facts);
    case CASE_CRASHED:
    case CASE_KILLED:
    case CASE_HUNG:
    case CASE_EXITED:
        return by_lost_process(facts);
    case CASE_BENCH_FAILED:
    case CASE_INTERRUPTED:
        break;
    }
    return by_end(VERDICT_ERROR, facts->ended_ns);
}

/* ---- the reason ---- */

static struct phrase crashed(const struct verdict_facts *facts, struct phrase who, double at_s) {
    return (struct phrase){
        memory_format("%s crashed (%s) at %.6f s", who.en, facts->detail.en, at_s),
        memory_format("%s在 %.6f s 崩溃（%s）", who.zh, at_s, facts->detail.zh)};
}

static struct phrase hung(const struct verdict_facts *facts, struct phrase who, double at_s) {
    return (struct phrase){
        memory_format("%s hung: no progress for %d s, at %.6f s of the case", who.en,
                      facts->quiet_s, at_s),
        memory_format("%s无响应：用例时间 %.6f s 处 %d s 没有进展", who.zh, at_s, facts->quiet_s)};
}

static struct phrase exited(const struct verdict_facts *facts, struct phrase who) {
    bool more = facts->detail.en != NULL;
    return (struct phrase){
        memory_format("%s ended the case's process with exit code %d%s%s", who.en, facts->exit_code,
                      more ? ": " : "", more ? facts->detail.en : ""),
        memory_format("%s以退出码 %d 结束了用例进程%s%s", who.zh, facts->exit_code,
                      more ? "：" : "", more ? facts->detail.zh : "")};
}

static struct phrase gone(const struct verdict_facts *facts) {
    return (struct phrase){
        memory_format("the firmware under test %s", facts->detail.en),
        memory_format("被测固件%s", facts->detail.zh),
    };
}

static struct phrase blamed(const struct verdict_facts *facts, double at_s) {
    return (struct phrase){
        memory_format("the firmware under test %s (at %.6f s)", facts->blame.en, at_s),
        memory_format("被测固件%s（%.6f s）", facts->blame.zh, at_s),
    };
}

static struct phrase killed(const struct verdict_facts *facts, double at_s) {
    return (struct phrase){
        memory_format("the case's process was killed (%s) at %.6f s: by a person or another "
                      "program, or by the system for want of memory; no crash does that. Run the "
                      "case again",
                      facts->detail.en, at_s),
        memory_format(
            "用例进程在 %.6f s "
            "被终止（%s）：由人员、其他程序或因内存不足由系统终止，并非崩溃所致。请重新运行本用例",
            at_s, facts->detail.zh),
    };
}

/* Whose doing the end of the case's process was, as far as that is known. */
static struct phrase whose(const struct verdict_facts *facts) {
    static const struct phrase firmware = {"the firmware under test", "被测固件"};
    static const struct phrase bench = {"the bench", "测试台"};
    static const struct phrase either = {
        "the bench, or the firmware that shares its process (--isolate tells which),",
        "测试台或与其同进程的固件（--isolate 可加以区分）"};
    return facts->inside_firmware ? firmware : facts->firmware_beside ? either : bench;
}

/* A firmware in the same process may have closed a file, or changed where the process stands. */
static struct phrase failed(const struct verdict_facts *facts) {
    if (!facts->firmware_beside) {
        return phrase_copy(facts->detail);
    }
    return (struct phrase){
        memory_format("%s; or the firmware in the bench's process has interfered: --isolate tells "
                      "which",
                      facts->detail.en),
        memory_format("%s；或与测试台同进程的固件造成了干扰：--isolate 可加以区分",
                      facts->detail.zh)};
}

static struct phrase reason_of_lost(const struct verdict_facts *facts) {
    struct phrase who = whose(facts);
    double at_s = (double)facts->ended_ns / 1e9;
    if (facts->blame.en != NULL) {
        return blamed(facts, at_s);
    }
    switch (facts->end) {
    case CASE_KILLED:
        return killed(facts, at_s);
    case CASE_HUNG:
        return hung(facts, who, at_s);
    case CASE_EXITED:
        return exited(facts, who);
    default:
        return crashed(facts, who, at_s);
    }
}

static struct phrase reason_of_end(const struct verdict_facts *facts) {
    static const struct phrase interrupted = {"interrupted", "被中断"};
    switch (facts->end) {
    case CASE_FIRMWARE_GONE:
    case CASE_FIRMWARE_KILLED:
        return gone(facts);
    case CASE_CRASHED:
    case CASE_KILLED:
    case CASE_HUNG:
    case CASE_EXITED:
        return reason_of_lost(facts);
    case CASE_INTERRUPTED:
        return phrase_copy(interrupted);
    case CASE_BENCH_FAILED:
        return failed(facts);
    case CASE_NOT_BEGUN:
    case CASE_ABSENT:
    case CASE_DEMANDED:
        return phrase_copy(facts->detail);
    case CASE_RAN:
        break;
    }
    assert(false && "a case that ran has its reason from its checks");
    return (struct phrase){0};
}

static struct phrase frames_lost(uint64_t count) {
    return (struct phrase){
        memory_format("%llu frames were lost in the bench's receive queue",
                      (unsigned long long)count),
        memory_format("测试台接收队列丢失 %llu 帧", (unsigned long long)count),
    };
}

static struct phrase reason_of(const struct verdict_facts *facts,
                               const struct verdict_decision *decision) {
    static const struct phrase nothing = {"none of the case's own checks was evaluated",
                                          "本用例自身的检查项均未得到评定"};
    switch (decision->ground) {
    case GROUND_NONE:
        break;
    case GROUND_CHECK:
        return phrase_copy(facts->checks[decision->check].reason);
    case GROUND_NOTHING_EVALUATED:
        return phrase_copy(nothing);
    case GROUND_NO_INPUTS:
        return standstill_cut_off(&facts->standstill);
    case GROUND_FRAMES_LOST:
        return frames_lost(facts->frames_dropped);
    case GROUND_END:
        return reason_of_end(facts);
    }
    return (struct phrase){0};
}

/* ---- giving it ---- */

void verdict_give(const struct verdict_facts *facts, struct result_case *result) {
    const struct verdict_decision decision = verdict_decide(facts);
    assert(result->verdict == VERDICT_NONE && result->reason.en == NULL);
    assert(facts->checks == result->checks && facts->check_count == result->check_count);
    result->verdict = decision.verdict;
    result->absent = facts->end == CASE_ABSENT || facts->end == CASE_DEMANDED;
    result->reason = reason_of(facts, &decision);
    result->focus_from_ns = decision.focus_from_ns;
    result->focus_to_ns = decision.focus_to_ns;
    if (decision.stood_still) {
        standstill_precede(&facts->standstill, &result->reason);
    }
    standstill_excuse(&facts->standstill, result->checks, result->check_count);
    assert(facts->end >= CASE_CRASHED || verdict_agrees(result));
}

/* Nothing was judged because something is declared absent, and it says what. */
static bool absence_agrees(const struct result_case *result) {
    bool judged = result->check_count > 0 ||
                  (result->verdict != VERDICT_NONE && result->verdict != VERDICT_FAIL);
    return !judged && result->reason.en != NULL && result->reason.zh != NULL;
}

bool verdict_agrees(const struct result_case *result) {
    if (result->absent) {
        return absence_agrees(result);
    }
    for (size_t i = 0; i < result->check_count; i++) {
        const struct result_check *check = &result->checks[i];
        bool reasoned = check->reason.en != NULL;
        if (check->verdict > VERDICT_FAIL || reasoned != (check->verdict != VERDICT_PASS)) {
            return false;
        }
    }
    const struct verdict_facts facts = {.end = CASE_RAN,
                                        .checks = result->checks,
                                        .check_count = result->check_count,
                                        .frames_dropped = result->frames_dropped};
    bool told = result->reason.en != NULL && result->reason.zh != NULL;
    return result->verdict >= verdict_decide(&facts).verdict && result->verdict <= VERDICT_FAIL &&
           told == (result->verdict > VERDICT_PASS);
}
