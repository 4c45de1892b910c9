/* SPDX-License-Identifier: MIT */
/* The table of verdict.h, row by row: facts in, verdict, reason and focus out. */
#include "harness/judge/verdict.h"

#include "sim/memory.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The checks of a row are written as letters, in the order of the record; those behind '|' are the
 * protocol rules'. Capitals are the case's own checks, small letters are monitors and rules.
 *
 *   P p   passed                          T   a time, passed (what the focus of a pass shows)
 *   I i   inconclusive                    R   a value without a limit: only recorded
 *   F f   failed at 2 s                   S   a step, passed
 *   G g   failed at 30 s                  s   a step, failed at 2 s; u: inconclusive
 *   W     failed, of no instant           N n no verdict
 *
 * Check number i has the reason "reason i" and the focus from 100 i + 10 to 100 i + 20. */
#define CHECKS_MAX 8
#define FROM(i)    (100 * (int64_t)(i) + 10)
#define TO(i)      (100 * (int64_t)(i) + 20)

/* What the focus is, where it is no check's number. */
#define NONE  (-1)
#define END   (-2) /* ENDED_NS */
#define START (-3) /* 0 */

#define IS_BLAMED 2 /* what the firmware did is known */
#define IS_BESIDE 3 /* a firmware not of the bench's own ran in its process */

#define ENDED_NS (7 * NS_PER_S)

/* The machine stood still at 5 s. */
enum still {
    NEVER,
    SHORT, /* for 200 ms: its first and longest time */
    LONG,  /* for 200 ms, and at 9 s for 400 ms */
};

#define NOTHING "none of the case's own checks was evaluated"
#define STILL                                                                                      \
    "the machine under the bench stood still for 200 ms at 5.000 s, so this proves nothing: "
#define CUT_OFF                                                                                    \
    "the machine under the bench stood still for 400 ms at 9.000 s: the charger had no inputs "    \
    "and may have stopped by itself, so that nothing failed proves nothing"
#define LOST   "3 frames were lost in the bench's receive queue"
#define GONE   "the firmware under test detail"
#define DETAIL "detail"
#define KILLED                                                                                     \
    "the case's process was killed (detail) at 7.000000 s: by a person or another program, or by " \
    "the system for want of memory; no crash does that. Run the case again"
#define BLAMED "the firmware under test did something (at 7.000000 s)"
#define EITHER "the bench, or the firmware that shares its process (--isolate tells which),"

static const struct row {
    const char *checks;
    enum still still;
    unsigned dropped;
    enum case_end end;
    int where; /* true: inside the firmware; false, IS_BLAMED, IS_BESIDE: not */
    enum verdict verdict;
    const char *reason; /* NULL: none */
    int focus;          /* the number of a check; NONE, END, START */
} rows[] = {
    /* Nothing but checks. */
    {"P", NEVER, 0, CASE_RAN, false, VERDICT_PASS, NULL, NONE},
    {"T", NEVER, 0, CASE_RAN, false, VERDICT_PASS, NULL, 0},
    {"PTT", NEVER, 0, CASE_RAN, false, VERDICT_PASS, NULL, 1},
    {"RT", NEVER, 0, CASE_RAN, false, VERDICT_PASS, NULL, 1},
    {"PpS|pp", NEVER, 0, CASE_RAN, false, VERDICT_PASS, NULL, NONE},
    {"PNn", NEVER, 0, CASE_RAN, false, VERDICT_PASS, NULL, NONE},
    {"NP", NEVER, 0, CASE_RAN, false, VERDICT_PASS, NULL, NONE},
    {"I", NEVER, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, "reason 0", 0},
    {"PI", NEVER, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, "reason 1", 1},
    {"PIIT", NEVER, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, "reason 1", 1},
    {"Pi", NEVER, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, "reason 1", 1},
    {"PuI", NEVER, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, "reason 1", 1},
    {"IPuu", NEVER, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, "reason 2",
     2}, /* what the step kept from them */
    {"F", NEVER, 0, CASE_RAN, false, VERDICT_FAIL, "reason 0", 0},
    {"PTF", NEVER, 0, CASE_RAN, false, VERDICT_FAIL, "reason 2", 2},
    {"IF", NEVER, 0, CASE_RAN, false, VERDICT_FAIL, "reason 1", 1},
    {"PFGF", NEVER, 0, CASE_RAN, false, VERDICT_FAIL, "reason 1", 1},
    {"PGF", NEVER, 0, CASE_RAN, false, VERDICT_FAIL, "reason 2", 2},
    {"PGf", NEVER, 0, CASE_RAN, false, VERDICT_FAIL, "reason 2", 2},
    {"PWG", NEVER, 0, CASE_RAN, false, VERDICT_FAIL, "reason 2", 2},
    {"PsG", NEVER, 0, CASE_RAN, false, VERDICT_FAIL, "reason 2", 2},
    {"PsW", NEVER, 0, CASE_RAN, false, VERDICT_FAIL, "reason 2", 2},
    {"Pss", NEVER, 0, CASE_RAN, false, VERDICT_FAIL, "reason 1", 1},
    {"Pf", NEVER, 0, CASE_RAN, false, VERDICT_FAIL, "reason 1", 1},
    {"PsF", NEVER, 0, CASE_RAN, false, VERDICT_FAIL, "reason 2", 2},
    {"PW", NEVER, 0, CASE_RAN, false, VERDICT_FAIL, "reason 1", 1},
    /* None of its own evaluated. */
    {"", NEVER, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, NOTHING, NONE},
    {"|p", NEVER, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, NOTHING, NONE},
    {"p", NEVER, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, NOTHING, NONE},
    {"S", NEVER, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, NOTHING, NONE},
    {"N", NEVER, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, NOTHING, 0},
    {"NNn|pn", NEVER, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, NOTHING, 0},
    {"Np", NEVER, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, NOTHING, NONE},
    {"R", NEVER, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, NOTHING, NONE},
    {"RSp|p", NEVER, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, NOTHING, NONE},
    {"Ni", NEVER, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, "reason 1", 1},
    {"Nf", NEVER, 0, CASE_RAN, false, VERDICT_FAIL, "reason 1", 1},
    /* Rules. */
    {"T|i", NEVER, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, "reason 1", 1},
    {"I|i", NEVER, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, "reason 0", 0},
    {"N|i", NEVER, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, NOTHING, 0},
    {"p|i", NEVER, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, NOTHING, NONE},
    {"T|pf", NEVER, 0, CASE_RAN, false, VERDICT_FAIL, "reason 2", 2},
    {"T|if", NEVER, 0, CASE_RAN, false, VERDICT_FAIL, "reason 2", 2},
    {"I|f", NEVER, 0, CASE_RAN, false, VERDICT_FAIL, "reason 1", 1},
    {"F|f", NEVER, 0, CASE_RAN, false, VERDICT_FAIL, "reason 1", 1},
    {"F|g", NEVER, 0, CASE_RAN, false, VERDICT_FAIL, "reason 0", 0},
    {"W|W", NEVER, 0, CASE_RAN, false, VERDICT_FAIL, "reason 0", 0},
    {"P|ff", NEVER, 0, CASE_RAN, false, VERDICT_FAIL, "reason 1", 1},
    {"G|f", NEVER, 0, CASE_RAN, false, VERDICT_FAIL, "reason 1", 1},
    {"s|g", NEVER, 0, CASE_RAN, false, VERDICT_FAIL, "reason 1", 1},
    {"N|f", NEVER, 0, CASE_RAN, false, VERDICT_FAIL, "reason 1", 1},
    {"T|n", NEVER, 0, CASE_RAN, false, VERDICT_PASS, NULL, 0},
    /* A machine that stood still. */
    {"TP", SHORT, 0, CASE_RAN, false, VERDICT_PASS, NULL, 0},
    {"TG", SHORT, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, STILL "reason 1", 1},
    {"TW", SHORT, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, STILL "reason 1", 1},
    {"TF", SHORT, 0, CASE_RAN, false, VERDICT_FAIL, "reason 1", 1},
    {"GF", SHORT, 0, CASE_RAN, false, VERDICT_FAIL, "reason 1", 1},
    {"IG", SHORT, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, STILL "reason 1", 1},
    {"PGgI", SHORT, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, STILL "reason 1", 1},
    {"TI", SHORT, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, STILL "reason 1", 1},
    {"N", SHORT, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, STILL NOTHING, 0},
    {"T|g", SHORT, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, STILL "reason 1", 1},
    {"G|f", SHORT, 0, CASE_RAN, false, VERDICT_FAIL, "reason 1", 1},
    {"T|i", SHORT, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, STILL "reason 1", 1},
    {"TP", LONG, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, CUT_OFF, 0},
    {"P|p", LONG, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, CUT_OFF, NONE},
    {"TI", LONG, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, STILL "reason 1", 1},
    {"TG", LONG, 0, CASE_RAN, false, VERDICT_INCONCLUSIVE, STILL "reason 1", 1},
    {"TF", LONG, 0, CASE_RAN, false, VERDICT_FAIL, "reason 1", 1},
    /* Frames the bench lost. */
    {"PT", NEVER, 3, CASE_RAN, false, VERDICT_INCONCLUSIVE, LOST, 1},
    {"P", NEVER, 3, CASE_RAN, false, VERDICT_INCONCLUSIVE, LOST, NONE},
    {"PF", NEVER, 3, CASE_RAN, false, VERDICT_FAIL, "reason 1", 1},
    {"PI", NEVER, 3, CASE_RAN, false, VERDICT_INCONCLUSIVE, "reason 1", 1},
    {"N", NEVER, 3, CASE_RAN, false, VERDICT_INCONCLUSIVE, NOTHING, 0},
    {"T|i", NEVER, 3, CASE_RAN, false, VERDICT_INCONCLUSIVE, "reason 1", 1},
    {"T", SHORT, 3, CASE_RAN, false, VERDICT_INCONCLUSIVE, LOST, 0},
    {"T", LONG, 3, CASE_RAN, false, VERDICT_INCONCLUSIVE, CUT_OFF, 0},
    /* The firmware's process is gone. */
    {"T", NEVER, 0, CASE_FIRMWARE_GONE, false, VERDICT_FAIL, GONE, 0},
    {"PI", NEVER, 0, CASE_FIRMWARE_GONE, false, VERDICT_FAIL, GONE, 1},
    {"PF", NEVER, 0, CASE_FIRMWARE_GONE, false, VERDICT_FAIL, GONE, 1},
    {"PG", SHORT, 0, CASE_FIRMWARE_GONE, false, VERDICT_FAIL, GONE, 1},
    {"P", LONG, 0, CASE_FIRMWARE_GONE, false, VERDICT_FAIL, GONE, NONE},
    {"P", NEVER, 3, CASE_FIRMWARE_GONE, false, VERDICT_FAIL, GONE, NONE},
    {"N", SHORT, 0, CASE_FIRMWARE_GONE, false, VERDICT_FAIL, GONE, 0},
    {"T|f", NEVER, 0, CASE_FIRMWARE_GONE, false, VERDICT_FAIL, GONE, 1},
    /* It was killed: what had failed before has failed. */
    {"T", NEVER, 0, CASE_FIRMWARE_KILLED, false, VERDICT_INCONCLUSIVE, GONE, 0},
    {"PI", NEVER, 0, CASE_FIRMWARE_KILLED, false, VERDICT_INCONCLUSIVE, GONE, 1},
    {"PF", NEVER, 0, CASE_FIRMWARE_KILLED, false, VERDICT_FAIL, "reason 1", 1},
    {"PG", SHORT, 0, CASE_FIRMWARE_KILLED, false, VERDICT_INCONCLUSIVE, GONE, 1},
    /* Its own process is lost, or it did not begin. */
    {"", NEVER, 0, CASE_NOT_BEGUN, false, VERDICT_INCONCLUSIVE, DETAIL, START},
    {"", NEVER, 0, CASE_ABSENT, false, VERDICT_NONE, DETAIL, START},
    {"", NEVER, 0, CASE_DEMANDED, false, VERDICT_FAIL, DETAIL, START},
    {"", NEVER, 0, CASE_CRASHED, true, VERDICT_FAIL,
     "the firmware under test crashed (detail) at 7.000000 s", END},
    {"", NEVER, 0, CASE_CRASHED, false, VERDICT_ERROR, "the bench crashed (detail) at 7.000000 s",
     END},
    {"", NEVER, 0, CASE_HUNG, true, VERDICT_FAIL,
     "the firmware under test hung: no progress for 11 s, at 7.000000 s of the case", END},
    {"", NEVER, 0, CASE_HUNG, false, VERDICT_ERROR,
     "the bench hung: no progress for 11 s, at 7.000000 s of the case", END},
    {"", NEVER, 0, CASE_EXITED, true, VERDICT_FAIL,
     "the firmware under test ended the case's process with exit code 5: detail", END},
    {"", NEVER, 0, CASE_EXITED, false, VERDICT_ERROR,
     "the bench ended the case's process with exit code 5: detail", END},
    {"", NEVER, 0, CASE_KILLED, true, VERDICT_INCONCLUSIVE, KILLED, END},
    {"", NEVER, 0, CASE_KILLED, false, VERDICT_INCONCLUSIVE, KILLED, END},
    {"", NEVER, 0, CASE_KILLED, IS_BLAMED, VERDICT_FAIL, BLAMED, END},
    {"", NEVER, 0, CASE_CRASHED, IS_BLAMED, VERDICT_FAIL, BLAMED, END},
    {"", NEVER, 0, CASE_HUNG, IS_BLAMED, VERDICT_FAIL, BLAMED, END},
    {"", NEVER, 0, CASE_EXITED, IS_BLAMED, VERDICT_FAIL, BLAMED, END},
    {"", NEVER, 0, CASE_CRASHED, true, VERDICT_FAIL,
     "the firmware under test crashed (detail) at 7.000000 s", END},
    {"", NEVER, 0, CASE_CRASHED, IS_BESIDE, VERDICT_ERROR, EITHER " crashed (detail) at 7.000000 s",
     END},
    {"", NEVER, 0, CASE_HUNG, IS_BESIDE, VERDICT_ERROR,
     EITHER " hung: no progress for 11 s, at 7.000000 s of the case", END},
    {"", NEVER, 0, CASE_BENCH_FAILED, false, VERDICT_ERROR, DETAIL, END},
    {"", NEVER, 0, CASE_BENCH_FAILED, IS_BESIDE, VERDICT_ERROR,
     "detail; or the firmware in the bench's process has interfered: --isolate tells which", END},
    {"", NEVER, 0, CASE_BENCH_FAILED, true, VERDICT_ERROR, DETAIL, END},
    {"", NEVER, 0, CASE_INTERRUPTED, false, VERDICT_ERROR, "interrupted", END},
    {"", NEVER, 0, CASE_INTERRUPTED, true, VERDICT_ERROR, "interrupted", END},
};

static enum verdict verdict_of_letter(char letter) {
    return strchr("PpTRS", letter) != NULL    ? VERDICT_PASS
           : strchr("Iiu", letter) != NULL    ? VERDICT_INCONCLUSIVE
           : strchr("FfGgWs", letter) != NULL ? VERDICT_FAIL
                                              : VERDICT_NONE;
}

static enum result_check_kind kind_of_letter(char letter) {
    return strchr("Ssu", letter) != NULL  ? RESULT_STEP
           : strchr("TR", letter) != NULL ? RESULT_MEASURE
                                          : RESULT_ALWAYS;
}

static struct phrase reason_number(size_t number) {
    return (struct phrase){memory_format("reason %zu", number), memory_format("原因 %zu", number)};
}

static void put_check(char letter, size_t number, struct result_check *check) {
    *check = (struct result_check){
        .kind = kind_of_letter(letter),
        .monitor = strchr("pifgn", letter) != NULL,
        .verdict = verdict_of_letter(letter),
        .limit_min = (double)NAN,
        .limit_max = letter == 'T' ? 100 : (double)NAN,
        .unit = letter == 'T' ? memory_copy("ms") : NULL,
        .from_ns = FROM(number),
        .to_ns = TO(number),
        .failed_ns = strchr("Ffs", letter) != NULL  ? 2 * NS_PER_S
                     : strchr("Gg", letter) != NULL ? 30 * NS_PER_S
                                                    : -1,
    };
    if (check->verdict != VERDICT_PASS) {
        check->reason = reason_number(number);
    }
}

static struct standstill standstill_for(enum still still) {
    struct standstill standstill = {5 * NS_PER_S, 200 * NS_PER_MS, 5 * NS_PER_S, 200 * NS_PER_MS};
    if (still == LONG) {
        standstill.longest_from_ns = 9 * NS_PER_S;
        standstill.longest_ns = LATENESS_CUT_OFF_NS;
    }
    return still == NEVER ? (struct standstill){0} : standstill;
}

static struct verdict_facts facts_of(const struct row *row, struct result_case *result) {
    struct verdict_facts facts = {
        .end = row->end,
        .standstill = standstill_for(row->still),
        .frames_dropped = row->dropped,
        .inside_firmware = row->where == true,
        .ended_ns = ENDED_NS,
        .exit_code = 5,
        .quiet_s = 11,
        .detail = {"detail", "详情"},
        .firmware_beside = row->where == IS_BESIDE,
    };
    if (row->where == IS_BLAMED) {
        facts.blame = (struct phrase){"did something", "做了某事"};
    }
    result->checks = memory_zeroed(CHECKS_MAX, sizeof *result->checks);
    result->frames_dropped = row->dropped;
    bool rules = false;
    for (const char *letter = row->checks; *letter != '\0'; letter++) {
        if (*letter == '|') {
            rules = true;
            continue;
        }
        put_check(*letter, result->check_count, &result->checks[result->check_count]);
        result->check_count++;
        facts.rule_count += rules;
    }
    facts.checks = result->checks;
    facts.check_count = result->check_count;
    return facts;
}

static void check_focus(const struct result_case *result, int focus, const char *what) {
    int64_t from = focus == NONE ? -1 : focus == END ? ENDED_NS : focus == START ? 0 : FROM(focus);
    int64_t to = focus >= 0 ? TO(focus) : from;
    ck_assert_msg(result->focus_from_ns == from && result->focus_to_ns == to,
                  "%s: focus %lld to %lld instead of %lld to %lld", what,
                  (long long)result->focus_from_ns, (long long)result->focus_to_ns, (long long)from,
                  (long long)to);
}

START_TEST(row_of_the_table) {
    const struct row *row = &rows[_i];
    struct result_case result = {0};
    char what[100];
    struct verdict_facts facts = facts_of(row, &result);
    snprintf(what, sizeof what, "row %d: \"%s\", still %d, %u lost, end %d", _i, row->checks,
             (int)row->still, row->dropped, (int)row->end);
    verdict_give(&facts, &result);
    ck_assert_msg(result.verdict == row->verdict, "%s: verdict %s", what,
                  verdict_name(result.verdict));
    const char *reason = result.reason.en != NULL ? result.reason.en : "";
    ck_assert_msg(strcmp(reason, row->reason != NULL ? row->reason : "") == 0,
                  "%s: reason '%s' instead of '%s'", what, reason,
                  row->reason != NULL ? row->reason : "");
    ck_assert((result.reason.zh != NULL) == (row->reason != NULL));
    check_focus(&result, row->focus, what);
    result_case_clear(&result);
}
END_TEST

/* The same facts give the same decision, and touch nothing. */
START_TEST(deciding_is_pure) {
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct result_case result = {0};
        struct verdict_facts facts = facts_of(&rows[i], &result);
        struct result_check before[CHECKS_MAX];
        memcpy(before, result.checks, sizeof before);
        struct verdict_decision one = verdict_decide(&facts), two = verdict_decide(&facts);
        ck_assert(one.verdict == two.verdict && one.ground == two.ground &&
                  one.check == two.check && one.focus_from_ns == two.focus_from_ns);
        ck_assert_mem_eq(before, result.checks, sizeof before);
        result_case_clear(&result);
    }
}
END_TEST

/* More checks never make a verdict better, but for the first one of its own that is evaluated. */
START_TEST(a_check_more_never_helps) {
    static const char letters[] = "PTRIFGWSsuNpifgn";
    for (const char *a = letters; *a != '\0'; a++) {
        for (const char *b = letters; *b != '\0'; b++) {
            const char both[] = {'P', *a, *b, '\0'}, one[] = {'P', *a, '\0'};
            struct result_case more = {0}, less = {0};
            struct row row = {one, NEVER, 0, CASE_RAN, false, VERDICT_NONE, NULL, NONE};
            struct verdict_facts facts = facts_of(&row, &less);
            enum verdict before = verdict_decide(&facts).verdict;
            row.checks = both;
            facts = facts_of(&row, &more);
            ck_assert_msg(verdict_decide(&facts).verdict >= before, "%s is better than %s", both,
                          one);
            result_case_clear(&more);
            result_case_clear(&less);
        }
    }
}
END_TEST

/* ---- what is read back ---- */

static bool agrees(const char *checks, unsigned dropped, enum verdict verdict, const char *reason) {
    struct row row = {checks, NEVER, dropped, CASE_RAN, false, VERDICT_NONE, NULL, NONE};
    struct result_case result = {0};
    facts_of(&row, &result);
    result.verdict = verdict;
    result.reason = (struct phrase){memory_copy(reason), memory_copy(reason)};
    bool agreed = verdict_agrees(&result);
    result_case_clear(&result);
    return agreed;
}

START_TEST(a_record_agrees_with_its_checks) {
    ck_assert(agrees("PT", 0, VERDICT_PASS, NULL));
    ck_assert(agrees("PI", 0, VERDICT_INCONCLUSIVE, "reason"));
    ck_assert(agrees("PF", 0, VERDICT_FAIL, "reason"));
    ck_assert(agrees("PT", 0, VERDICT_FAIL, "gone"));                /* the firmware is */
    ck_assert(agrees("PT", 0, VERDICT_INCONCLUSIVE, "stood still")); /* the machine did */
    ck_assert(agrees("PT", 3, VERDICT_INCONCLUSIVE, "lost"));
    ck_assert(agrees("", 0, VERDICT_INCONCLUSIVE, "lacks a parameter"));
}
END_TEST

START_TEST(a_record_contradicts_its_checks) {
    ck_assert(!agrees("PF", 0, VERDICT_PASS, NULL));
    ck_assert(!agrees("PF", 0, VERDICT_INCONCLUSIVE, "reason"));
    ck_assert(!agrees("PI", 0, VERDICT_PASS, NULL));
    ck_assert(!agrees("p", 0, VERDICT_PASS, NULL));
    ck_assert(!agrees("PT", 3, VERDICT_PASS, NULL));
    ck_assert(!agrees("PT", 0, VERDICT_NONE, NULL));
    ck_assert(!agrees("PT", 0, VERDICT_ERROR, "reason")); /* a bench that failed has no record */
    ck_assert(!agrees("PT", 0, VERDICT_PASS, "reason"));
    ck_assert(!agrees("PF", 0, VERDICT_FAIL, NULL));
}
END_TEST

START_TEST(a_check_has_a_reason_unless_it_passed) {
    struct row row = {"PT", NEVER, 0, CASE_RAN, false, VERDICT_NONE, NULL, NONE};
    struct result_case result = {0};
    facts_of(&row, &result);
    result.verdict = VERDICT_PASS;
    ck_assert(verdict_agrees(&result));
    result.checks[1].reason = reason_number(1);
    ck_assert(!verdict_agrees(&result));
    phrase_clear(&result.checks[1].reason);
    result.checks[1].verdict = VERDICT_NONE;
    ck_assert(!verdict_agrees(&result));
    result.checks[1].reason = reason_number(1);
    ck_assert(verdict_agrees(&result));
    result.checks[1].verdict = VERDICT_ERROR;
    ck_assert(!verdict_agrees(&result));
    result_case_clear(&result);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("verdict");
    TCase *tests = tcase_create("verdict");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, row_of_the_table, 0, (int)(sizeof rows / sizeof rows[0]));
    tcase_add_test(tests, deciding_is_pure);
    tcase_add_test(tests, a_check_more_never_helps);
    tcase_add_test(tests, a_record_agrees_with_its_checks);
    tcase_add_test(tests, a_record_contradicts_its_checks);
    tcase_add_test(tests, a_check_has_a_reason_unless_it_passed);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
