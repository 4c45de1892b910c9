/* SPDX-License-Identifier: MIT */
/* pilebench qualify: the bench proves itself. Every mutant runs against the cases that it names, which
 * have to catch it; one that survives, and a healthy core that a case fails, are defects of the
 * bench. */
#include "harness/cli/session.h"
#include "harness/cli/shared.h"
#include "harness/dut/isolate/isolate.h"
#include "harness/dut/local.h"
#include "harness/scenario/mutants.h"
#include "sim/memory.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KILLS_WANTED 2 /* of each case, among the mutants that name it */

struct matrix {
    struct session *session;
    bool fail_fast;
    bool all;            /* mutants meet cases that they do not name, too */
    bool foreign;        /* of a firmware that is not the reference core: what does it not have? */
    const char *healthy; /* what it is called */
    struct scenario **cases;
    size_t case_count;
    struct mutant *mutants;
    size_t mutant_count;
    enum verdict *verdicts; /* by case: of the healthy core, then of each mutant */
    size_t *order; /* the cases of each of these, as they are run: index of a pair -> case */
    bool *caught;  /* by healthy core and mutants: no other case is wanted (fail_fast) */
};

static enum verdict verdict_at(const struct matrix *matrix, size_t mutant, size_t at) {
    return matrix->verdicts[(mutant + 1) * matrix->case_count + at];
}

static bool named(const struct mutant *mutant, const struct scenario *scenario) {
    for (size_t i = 0; i < mutant->killer_count; i++) {
        if (scenario_is_named(scenario, mutant->killers[i])) {
            return true;
        }
    }
    return false;
}

/* Those that a mutant names go first where the first catch is the last run. */
static void put_in_order(const struct matrix *matrix) {
    for (size_t m = 0; m <= matrix->mutant_count; m++) {
        size_t *order = matrix->order + m * matrix->case_count, count = 0;
        for (int round = 0; round < 2; round++) {
            for (size_t c = 0; c < matrix->case_count; c++) {
                bool first = !matrix->fail_fast || m == 0 ||
                             named(&matrix->mutants[m - 1], matrix->cases[c]);
                if (first == (round == 0)) {
                    order[count++] = c;
                }
            }
        }
    }
}

static bool nth_pair(void *ctx, size_t index, struct runner_task *task) {
    const struct matrix *matrix = ctx;
    size_t m = index / matrix->case_count;
    const struct scenario *scenario = matrix->cases[matrix->order[index]];
    bool wanted =
        m == 0 || matrix->all || matrix->fail_fast || named(&matrix->mutants[m - 1], scenario);
    if (matrix->caught[m] || !wanted) {
        return false;
    }
    task->plan = matrix->session->plan;
    task->plan.out = NULL;
    task->plan.mutations = m > 0 ? matrix->mutants[m - 1].mutations : NULL;
    task->plan.mutation_count = m > 0 ? matrix->mutants[m - 1].mutation_count : 0;
    task->scenario = scenario;
    return true;
}

static void show_progress(size_t done, size_t total) {
    if (isatty(STDERR_FILENO)) {
        fprintf(stderr, done < total ? "\r%zu/%zu" : "\r\033[K", done, total);
    }
}

static bool take_pair(void *ctx, size_t index, struct result_case *result) {
    struct matrix *matrix = ctx;
    size_t m = index / matrix->case_count, c = matrix->order[index];
    enum verdict verdict = result->verdict;
    if (!matrix->caught[m]) { /* what ran beside the catch does not count */
        matrix->verdicts[m * matrix->case_count + c] = verdict;
        matrix->caught[m] = matrix->fail_fast && m > 0 && verdict == VERDICT_FAIL;
        if (verdict == VERDICT_ERROR || (m == 0 && verdict != VERDICT_PASS)) {
            cli_complain("%s on %s: %s", matrix->cases[c]->id,
                         m > 0 ? matrix->mutants[m - 1].id : matrix->healthy,
                         result->reason.en ? result->reason.en : "no reason given");
        }
    }
    result_case_clear(result);
    show_progress(index + 1, (matrix->mutant_count + 1) * matrix->case_count);
    return true;
}

static void fill(struct matrix *matrix) {
    size_t total = (matrix->mutant_count + 1) * matrix->case_count;
    const struct runner_work work = {.count = total,
                                     .lanes = session_lanes_of(matrix->session),
                                     .task = nth_pair,
                                     .done = take_pair,
                                     .ctx = matrix};
    put_in_order(matrix);
    runner_catch_signals();
    runner_run(&work);
    show_progress(total, total);
}

static char sign(enum verdict verdict) {
    static const char signs[] = {'-', '.', '?', 'x', 'E'};
    return signs[verdict];
}

static void put_matrix(const struct matrix *matrix) {
    puts("kill matrix: x = the case fails on this mutant, . = it passes, ? = inconclusive,\n"
         "             - = not run,\n"
         "             [ ] = the mutant names this case as its killer\n");
    for (size_t c = 0; c < matrix->case_count; c++) {
        printf("%28s %c  %s: %s\n", matrix->cases[c]->id, (char)('A' + c % 26), matrix->healthy,
               verdict_name(matrix->verdicts[c]));
    }
    printf("\n%-34s", "mutant");
    for (size_t c = 0; c < matrix->case_count; c++) {
        printf(" %c ", (char)('A' + c % 26));
    }
    putchar('\n');
    for (size_t m = 0; m < matrix->mutant_count; m++) {
        const struct mutant *mutant = &matrix->mutants[m];
        printf("%-34s", mutant->id);
        for (size_t c = 0; c < matrix->case_count; c++) {
            bool asked = named(mutant, matrix->cases[c]);
            printf("%c%c%c", asked ? '[' : ' ', sign(verdict_at(matrix, m, c)), asked ? ']' : ' ');
        }
        printf("  %s\n", mutant->title.en ? mutant->title.en : "");
    }
    putchar('\n');
}

/* The mutant names the case and not this row of it, and another row catches it. */
static bool other_row_kills(const struct matrix *matrix, size_t m, size_t at) {
    const struct mutant *mutant = &matrix->mutants[m];
    bool kills = false;
    for (size_t i = 0; i < mutant->killer_count; i++) {
        if (matrix->cases[at]->row != NULL &&
            strcmp(mutant->killers[i], matrix->cases[at]->id) == 0) {
            return false;
        }
    }
    for (size_t c = 0; c < matrix->case_count; c++) {
        kills |= strcmp(matrix->cases[c]->name, matrix->cases[at]->name) == 0 &&
                 verdict_at(matrix, m, c) == VERDICT_FAIL;
    }
    return kills;
}

/* With fail_fast: every mutant is caught by some case, and the healthy core passes all. */
static size_t judge_catches(const struct matrix *matrix) {
    size_t defects = 0;
    for (size_t c = 0; c < matrix->case_count; c++) {
        if (matrix->verdicts[c] != VERDICT_PASS) {
            printf("DEFECT: the healthy core does not pass %s (%s)\n", matrix->cases[c]->id,
                   verdict_name(matrix->verdicts[c]));
            defects++;
        }
    }
    for (size_t m = 0; m < matrix->mutant_count; m++) {
        if (!matrix->caught[m + 1]) {
            printf("DEFECT: mutant %s survives all cases\n", matrix->mutants[m].id);
            defects++;
        }
    }
    return defects;
}

/* Complaints about the bench; 0 when it has proven itself. With some cases only, mutants that name
 * none of them are left out. */
static size_t judge_bench(const struct matrix *matrix) {
    size_t defects = 0;
    for (size_t c = 0; c < matrix->case_count; c++) {
        size_t kills = 0;
        for (size_t m = 0; m < matrix->mutant_count; m++) {
            kills += named(&matrix->mutants[m], matrix->cases[c]) &&
                     verdict_at(matrix, m, c) == VERDICT_FAIL;
        }
        if (matrix->verdicts[c] != VERDICT_PASS) {
            printf("DEFECT: the healthy core does not pass %s (%s)\n", matrix->cases[c]->id,
                   verdict_name(matrix->verdicts[c]));
            defects++;
        }
        if (kills < KILLS_WANTED) {
            printf("DEFECT: %s kills %zu of the mutants that name it; it must kill %d\n",
                   matrix->cases[c]->id, kills, KILLS_WANTED);
            defects++;
        }
    }
    for (size_t m = 0; m < matrix->mutant_count; m++) {
        for (size_t c = 0; c < matrix->case_count; c++) {
            enum verdict verdict = verdict_at(matrix, m, c);
            bool survived = named(&matrix->mutants[m], matrix->cases[c]) &&
                            verdict != VERDICT_FAIL && !other_row_kills(matrix, m, c);
            if (survived || verdict == VERDICT_ERROR) {
                printf("DEFECT: mutant %s %s %s\n", matrix->mutants[m].id,
                       verdict == VERDICT_ERROR ? "breaks the bench in" : "survives",
                       matrix->cases[c]->id);
                defects++;
            }
        }
    }
    return defects;
}

/* ---- a firmware of the user's own ---- */

/* What its healthy self does not pass proves nothing. One of the cases that a mutant names has to catch it;
 * that each of them does is asked of the reference core. */
struct tried {
    size_t caught, not_caught, without_case;
};

static struct tried judge_foreign(const struct matrix *matrix) {
    struct tried tried = {0};
    for (size_t c = 0; c < matrix->case_count; c++) {
        if (matrix->verdicts[c] != VERDICT_PASS) {
            printf("left out: %s does not pass %s (%s)\n", matrix->healthy, matrix->cases[c]->id,
                   verdict_name(matrix->verdicts[c]));
        }
    }
    for (size_t m = 0; m < matrix->mutant_count; m++) {
        bool run = false, caught = false;
        for (size_t c = 0; c < matrix->case_count; c++) {
            const bool proves = matrix->verdicts[c] == VERDICT_PASS &&
                                (matrix->fail_fast || named(&matrix->mutants[m], matrix->cases[c]));
            run = run || proves;
            caught = caught || (proves && verdict_at(matrix, m, c) == VERDICT_FAIL);
        }
        tried.caught += caught;
        tried.without_case += !run;
        if (run && !caught) {
            tried.not_caught++;
            printf("NOT CAUGHT: %s\n", matrix->mutants[m].id);
        }
    }
    return tried;
}

static int prove_foreign(const struct matrix *matrix, size_t all, bool json) {
    const struct tried tried = judge_foreign(matrix);
    if (!json) {
        printf("%zu defects made in %s: %zu caught, %zu not caught; %zu not tried: they name no "
               "case that was run and "
               "passes, or a parameter that it does not have\n",
               tried.caught + tried.not_caught, matrix->healthy, tried.caught, tried.not_caught,
               all - tried.caught - tried.not_caught);
    }
    return tried.not_caught > 0 ? EXIT_FAIL : tried.caught == 0 ? EXIT_INCONCLUSIVE : EXIT_PASS;
}

/* Every parameter that it sets is one of the firmware's, and may have that value. */
static bool can_be_made(const struct mutant *mutant, const struct dut_api *api) {
    for (size_t i = 0; i < mutant->mutation_count; i++) {
        const struct mutation *mutation = &mutant->mutations[i];
        const struct dut_param *param =
            mutation->type == MUTATION_PARAM ? dut_api_param(api, mutation->what) : NULL;
        if (mutation->type == MUTATION_PARAM &&
            (param == NULL || mutation->value < param->min || mutation->value > param->max)) {
            return false;
        }
    }
    return true;
}

/* Keeps the mutants that can be made of it. False: it cannot be asked, which was said. */
static bool keep_possible(struct matrix *matrix) {
    const struct session *session = matrix->session;
    struct problem problem = {0};
    struct dut_isolate *isolate = dut_isolate_open(session->options.dut_path, session->isolated,
                                                   (int)session->options.hang_s, &problem);
    if (isolate == NULL) {
        cli_problem(&problem);
        return false;
    }
    size_t kept = 0;
    for (size_t m = 0; m < matrix->mutant_count; m++) {
        if (can_be_made(&matrix->mutants[m], dut_isolate_api(isolate))) {
            matrix->mutants[kept++] = matrix->mutants[m];
        }
    }
    matrix->mutant_count = kept;
    dut_isolate_close(isolate);
    return true;
}

static void put_json(const struct matrix *matrix) {
    for (size_t m = 0; m <= matrix->mutant_count; m++) {
        printf("{\"mutant\":\"%s\",\"verdicts\":{", m == 0 ? "" : matrix->mutants[m - 1].id);
        for (size_t c = 0; c < matrix->case_count; c++) {
            enum verdict verdict = matrix->verdicts[m * matrix->case_count + c];
            printf("%s\"%s\":\"%s\"", c > 0 ? "," : "", matrix->cases[c]->id,
                   verdict_name(verdict));
        }
        puts("}}");
    }
}

/* Keeps the mutants that name at least one of the cases. */
static size_t choose(struct mutant *mutants, size_t count, struct scenario *const *cases,
                     size_t case_count) {
    size_t kept = 0;
    for (size_t m = 0; m < count; m++) {
        bool wanted = false;
        for (size_t c = 0; c < case_count; c++) {
            wanted = wanted || named(&mutants[m], cases[c]);
        }
        if (wanted) {
            mutants[kept++] = mutants[m];
        }
    }
    return kept;
}

static void put_summary(const struct matrix *matrix, size_t all, size_t defects) {
    printf("%zu mutants, %zu cases: %s\n", matrix->mutant_count, matrix->case_count,
           defects == 0 ? "all killed, the healthy core passes" : "the bench has defects");
    if (matrix->mutant_count < all) {
        printf("(%zu mutants name none of these cases and were left out)\n",
               all - matrix->mutant_count);
    }
}

static int prove(struct matrix *matrix, size_t all, bool json) {
    size_t pairs = matrix->case_count * (matrix->mutant_count + 1);
    matrix->verdicts = memory_zeroed(pairs, sizeof *matrix->verdicts);
    matrix->order = memory_zeroed(pairs, sizeof *matrix->order);
    matrix->caught = memory_zeroed(matrix->mutant_count + 1, sizeof *matrix->caught);
    fill(matrix);
    int code = EXIT_INTERRUPTED;
    if (!runner_interrupted()) {
        if (json) {
            put_json(matrix);
        } else {
            put_matrix(matrix);
        }
        size_t defects = matrix->foreign     ? 0
                         : matrix->fail_fast ? judge_catches(matrix)
                                             : judge_bench(matrix);
        if (!json && !matrix->foreign) {
            put_summary(matrix, all, defects);
        }
        code = matrix->foreign ? prove_foreign(matrix, all, json)
               : defects == 0  ? EXIT_PASS
                               : EXIT_FAIL;
    }
    free(matrix->verdicts);
    free(matrix->order);
    free(matrix->caught);
    return code;
}

static int qualify(struct session *session, char **names, size_t count, bool all_pairs, bool json) {
    struct matrix matrix = {.session = session,
                            .fail_fast = session->options.fail_fast,
                            .all = all_pairs,
                            .foreign = session->options.dut_path != NULL,
                            .healthy = session->options.dut_path != NULL ? session->dut_name
                                                                         : "healthy core"};
    struct problem problem = {0};
    matrix.cases = session_load(session, names, count, &matrix.case_count);
    matrix.mutants = mutants_load(session->library, &matrix.mutant_count, &problem);
    int code = EXIT_USAGE;
    if (matrix.mutants == NULL) {
        cli_problem(&problem);
    } else if (matrix.cases != NULL) {
        size_t all = matrix.mutant_count;
        matrix.mutant_count = choose(matrix.mutants, all, matrix.cases, matrix.case_count);
        code =
            matrix.foreign && !keep_possible(&matrix) ? (int)EXIT_USAGE : prove(&matrix, all, json);
    }
    free(matrix.cases);
    return code;
}

struct options {
    struct session_options session;
    bool all, json;
};

static int cli_qualify(int argc, char **argv);

static const struct option_row rows[] = {
    OPTION_FLAG("all", 0, struct options, all, "every mutant against every case",
                "每个缺陷都对全部用例运行"),
    OPTION_TEXT(
        "dut", 0, "FILE.so", FILL_FILE, struct options, session.dut_path,
        "make the defects in this firmware, and say which of them the cases would not notice",
        "在此固件中制造缺陷，指出用例未能发现的缺陷"),
    CLI_JSON(struct options, json),
    {0}};

const struct command qualify_command = {
    .name = "qualify",
    .what = {"prove that the cases can fail: run them against mutants",
             "证明用例会判不合格：对缺陷固件运行"},
    .arguments = "[CASE ...]",
    .fill = FILL_CASE,
    .most = -1,
    .about =
        {"Runs the cases against the healthy reference core, and every mutant of "
         "scenarios/mutants.json against the cases that it names, on virtual time, and prints "
         "the kill matrix: which case catches which defect (x). A mutant counts as killed when "
         "a case fails; each mutant names the cases that have to catch it, and all of those "
         "must. Every case must pass on the healthy core and kill at least two mutants that "
         "name it. A case with rows has a column for each; of a case that is named without a "
         "row one row has to catch the mutant.\n\n"
         "With --fail-fast one case that catches a mutant is enough: those that it names are "
         "tried first, and after the first catch no other one; this asks nothing of the cases.\n\n"
         "With --dut the defects are made in a firmware of your own, at its port: would the cases "
         "notice if it had "
         "them? Cases that it does not pass, and defects of parameters that it does not have, are "
         "left out. "
         "One case that catches a defect is enough. A defect that none catches is within what your "
         "firmware has in reserve, or a gap in the cases.",
         "在虚拟时间上，对正常的参考固件运行用例，并对scenarios/"
         "mutants.json中的每个缺陷运行其指定的用例，"
         "打印检出矩阵：哪个用例检出哪个缺陷（x）。用例判不合格即为检出；每个缺陷指定必须检出它的用"
         "例，"
         "这些用例都须检出。每个用例对正常固件须合格，并至少检出两个指定它的缺陷。有多行的用例每行"
         "一列；"
         "只写用例名时，其中一行检出即可。\n\n"
         "用--fail-"
         "fast时，一个用例检出即可：先试指定的用例，检出后不再试其他；此时不对用例提要求。\n\n"
         "用--"
         "dut时，缺陷制造在自己的固件的接口上：若它有这样的缺陷，用例能否发现？它未通过的用例、它没"
         "有的参数的缺陷不参与。"
         "一个用例检出即可；没有用例检出的，或在固件的裕量之内，或为用例的缺口。"},
    .groups = {{rows, 0},
               {session_place_rows, offsetof(struct options, session)},
               {session_course_rows, offsetof(struct options, session)}},
    .examples = "pilebench qualify\npilebench qualify estop-while-charging --json\n"
                "pilebench qualify --dut ./my_firmware.so",
    .exit_codes = {"0 proven, 1 a survivor or the healthy core failed, 2 wrong usage, 3 (--dut) "
                   "nothing could be tried, 4 the bench "
                   "itself failed, 130 interrupted",
                   "0 已证明，1 有未检出者或正常固件不合格，2 用法有误，3 "
                   "（--dut）没有可试的缺陷，4 试验台自身出错，130 被中断"},
    .run = cli_qualify,
};

static int cli_qualify(int argc, char **argv) {
    struct options options = {.session = session_defaults};
    struct command_given given;
    struct session session;
    int code;
    if (!cli_parse(&qualify_command, argc, argv, &options, &given, &code)) {
        return code;
    }
    if (!session_open(&session, &options.session)) {
        return EXIT_USAGE;
    }
    code = qualify(&session, given.words, (size_t)given.count, options.all, options.json);
    session_close(&session);
    return code;
}
