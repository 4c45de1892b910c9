/* SPDX-License-Identifier: MIT */
/* pilebench qualify: the bench proves itself. Every case runs against every mutant; a mutant that
 * no case catches, and a healthy core that a case fails, are defects of the bench. */
#include "harness/cli/session.h"
#include "harness/scenario/mutants.h"

#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const char help[] =
    "usage: pilebench qualify [--json] [--profile NAME] [--scenarios FOLDER] [CASE ...]\n\n"
    "Runs the cases against the healthy reference core and against every mutant of\n"
    "scenarios/mutants.json, on virtual time, and prints the kill matrix: which case catches\n"
    "which defect (x). A mutant counts as killed when a case fails; each mutant names the\n"
    "cases that have to catch it, and all of those must. Every case must pass on the healthy\n"
    "core and kill at least two mutants that name it. A case with rows has a column for each;\n"
    "of a case that is named without a row one row has to catch the mutant.\n\n"
    "examples:\n"
    "  pilebench qualify\n"
    "  pilebench qualify estop-while-charging --json\n\n"
    "exit codes: 0 proven; 1 a survivor, or the healthy core failed; 2 wrong usage;\n"
    "            4 the bench itself failed\n";

#define KILLS_WANTED 2  /* of each case, among the mutants that name it */
#define LANES_MAX    64 /* processes at a time */

struct matrix {
    struct scenario **cases;
    size_t case_count;
    struct mutant *mutants;
    size_t mutant_count;
    enum verdict *verdicts; /* by case: of the healthy core, then of each mutant; shared memory */
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

static enum verdict run_one(struct session *session, const struct scenario *scenario,
                            const struct mutant *mutant) {
    struct run_plan plan = session->plan;
    struct result_case result;
    plan.out = NULL;
    plan.mutations = mutant != NULL ? mutant->mutations : NULL;
    plan.mutation_count = mutant != NULL ? mutant->mutation_count : 0;
    runner_case(&plan, scenario, &result);
    enum verdict verdict = result.verdict;
    if (verdict == VERDICT_ERROR || (mutant == NULL && verdict != VERDICT_PASS)) {
        cli_complain("%s on %s: %s", scenario->id, mutant != NULL ? mutant->id : "healthy core",
                     result.reason.en ? result.reason.en : "no reason given");
    }
    result_case_clear(&result);
    return verdict;
}

/* Share number lane of the pairs of mutant and case, dealt out in turn. */
static void fill_share(struct session *session, const struct matrix *matrix, size_t lane,
                       size_t lanes) {
    size_t total = (matrix->mutant_count + 1) * matrix->case_count;
    bool shown = lane == 0 && isatty(STDERR_FILENO) != 0;
    for (size_t i = lane; i < total && !runner_interrupted(); i += lanes) {
        size_t m = i / matrix->case_count, c = i % matrix->case_count;
        matrix->verdicts[i] =
            run_one(session, matrix->cases[c], m == 0 ? NULL : &matrix->mutants[m - 1]);
        if (shown) {
            fprintf(stderr, "\r%zu/%zu", i + 1, total);
        }
    }
    if (shown) {
        fputs("\r\033[K", stderr);
    }
}

/* A process a processor; what they find is in memory they share. False: one of them broke down. */
static bool fill(struct session *session, const struct matrix *matrix) {
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t lanes = processors > 1 && processors <= LANES_MAX ? (size_t)processors : 1;
    pid_t others[LANES_MAX];
    bool whole = true;
    fflush(stdout);
    for (size_t lane = 1; lane < lanes; lane++) {
        others[lane] = fork();
        if (others[lane] == 0) {
            prctl(PR_SET_PDEATHSIG, SIGTERM);
            fill_share(session, matrix, lane, lanes);
            exit(EXIT_PASS); /* not _exit: coverage and sanitizers report at exit */
        }
    }
    fill_share(session, matrix, 0, lanes);
    for (size_t lane = 1; lane < lanes; lane++) {
        int status;
        if (others[lane] > 0 && runner_interrupted()) {
            kill(others[lane], SIGTERM);
        }
        whole = others[lane] > 0 && waitpid(others[lane], &status, 0) == others[lane] &&
                status == 0 && whole;
    }
    return whole;
}

static char sign(enum verdict verdict) {
    static const char signs[] = {'-', '.', '?', 'x', 'E'};
    return signs[verdict];
}

static void put_matrix(const struct matrix *matrix) {
    puts("kill matrix: x = the case fails on this mutant, . = it passes, ? = inconclusive,\n"
         "             [ ] = the mutant names this case as its killer\n");
    for (size_t c = 0; c < matrix->case_count; c++) {
        printf("%28s %c  healthy core: %s\n", matrix->cases[c]->id, (char)('A' + c % 26),
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

static int qualify(struct session *session, char **names, size_t count, bool json) {
    struct matrix matrix = {0};
    struct problem problem = {0};
    matrix.cases = session_load(session, names, count, &matrix.case_count);
    matrix.mutants = mutants_load(session->library, &matrix.mutant_count, &problem);
    if (matrix.cases == NULL || matrix.mutants == NULL) {
        if (matrix.mutants == NULL) {
            cli_problem(&problem);
        }
        free(matrix.cases);
        return EXIT_USAGE;
    }
    size_t all = matrix.mutant_count;
    matrix.mutant_count = choose(matrix.mutants, all, matrix.cases, matrix.case_count);
    size_t size = matrix.case_count * (matrix.mutant_count + 1) * sizeof *matrix.verdicts;
    matrix.verdicts =
        mmap(NULL, size + 1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (matrix.verdicts == MAP_FAILED) {
        cli_complain("qualify: out of memory");
        free(matrix.cases);
        return EXIT_BENCH;
    }
    runner_catch_signals();
    bool whole = fill(session, &matrix);
    int code = EXIT_INTERRUPTED;
    if (!whole && !runner_interrupted()) {
        cli_complain("qualify: a worker process failed");
        code = EXIT_BENCH;
    } else if (!runner_interrupted()) {
        if (json) {
            put_json(&matrix);
        } else {
            put_matrix(&matrix);
        }
        size_t defects = judge_bench(&matrix);
        if (!json) {
            printf("%zu mutants, %zu cases: %s\n", matrix.mutant_count, matrix.case_count,
                   defects == 0 ? "all killed, the healthy core passes" : "the bench has defects");
            if (matrix.mutant_count < all) {
                printf("(%zu mutants name none of these cases and were left out)\n",
                       all - matrix.mutant_count);
            }
        }
        code = defects == 0 ? EXIT_PASS : EXIT_FAIL;
    }
    free(matrix.cases);
    munmap(matrix.verdicts, size + 1);
    return code;
}

int cli_qualify(int argc, char **argv) {
    static const struct option long_options[] = {{"profile", required_argument, NULL, 'p'},
                                                 {"scenarios", required_argument, NULL, 's'},
                                                 {"json", no_argument, NULL, 'j'},
                                                 {"help", no_argument, NULL, 'h'},
                                                 {0}};
    struct session_options options = session_defaults;
    bool json = false;
    for (int option; (option = getopt_long(argc, argv, "h", long_options, NULL)) != -1;) {
        if (option == 'p') {
            options.profile = optarg;
        } else if (option == 's') {
            options.scenarios = optarg;
        } else if (option == 'j') {
            json = true;
        } else {
            return cli_other_option(option, "qualify", help);
        }
    }
    struct session session;
    if (!session_open(&session, &options)) {
        return EXIT_USAGE;
    }
    int code = qualify(&session, argv + optind, (size_t)(argc - optind), json);
    session_close(&session);
    return code;
}
