/* SPDX-License-Identifier: MIT */
/* pilebench run */
#include "harness/cli/run/debugger.h"
#include "harness/cli/run/options.h"
#include "harness/cli/run/repeat.h"
#include "harness/cli/run/told.h"
#include "harness/cli/shared.h"
#include "harness/cli/table.h"
#include "harness/evidence/manifest.h"
#include "harness/run/folder.h"
#include "reports/page/report.h"
#include "reports/record/times.h"
#include "sim/memory.h"
#include "sim/text/plain.h"

#include <stdlib.h>

static int write_report(const struct run_options *options, const struct result_set *set, int code) {
    const struct table_look look = {options->session.chinese, options->values};
    struct problem problem = {0};
    const char *out = options->session.out;
    if (!options->no_report && !(times_write(out, set, &problem) && report_write(out, &problem))) {
        cli_problem(&problem);
        code = EXIT_BENCH;
    }
    if (options->json) {
        return code;
    }
    table_put_faults(stdout, set, &look);
    table_put_counts(stdout, set, &look);
    if (!options->no_report && code != EXIT_BENCH) {
        plain_print(stdout, look.chinese ? "报告：%s/report.html\n" : "report: %s/report.html\n",
                    options->session.out);
    }
    return code;
}

/* False: the command ends here, with *code. */
static bool parse(int argc, char **argv, struct run_options *options, struct command_given *given,
                  int *code) {
    struct problem problem = {0};
    if (!cli_parse(&run_command, argc, argv, options, given, code)) {
        return false;
    }
    options->session.debug |= options->gdb;
    bool alone = !options->session.resume ||
                 (options->repeat == 0 && options->rerun == NULL && !options->session.debug);
    if (!alone) {
        problem_set_both(
            &problem, "--resume goes on with one run: not with --repeat, --rerun-failed or --debug",
            "--resume继续一次运行：不能与--repeat、--rerun-failed、--debug同用");
    } else if (run_options_fit(options, &problem)) {
        return true;
    }
    cli_problem(&problem);
    *code = EXIT_USAGE;
    return false;
}

/* What did not pass in the record, as names of cases. Before this run takes the same folder. False: the
 * command ends here, with *code. */
static bool take_failed(const struct run_options *options, struct command_given *given, int *code) {
    struct problem problem = {0};
    *code = EXIT_USAGE;
    if (given->count > 0) {
        cli_complain_both("--rerun-failed %s chooses the cases: name none beside it",
                          "--rerun-failed %s已选定用例：不要再指定", options->rerun);
        return false;
    }
    struct result_set *set = result_read(options->rerun, &problem);
    if (set == NULL) {
        problem_front(&problem, "--rerun-failed %s: ", "--rerun-failed %s：", options->rerun);
        cli_problem(&problem);
        return false;
    }
    given->words = memory_zeroed(set->case_count + 1, sizeof *given->words); /* until the end */
    for (size_t i = 0; i < set->case_count; i++) {
        if (set->cases[i].verdict > VERDICT_PASS) {
            given->words[given->count++] = memory_copy(set->cases[i].id);
        }
    }
    result_set_free(set);
    if (given->count == 0) {
        cli_complain_both("--rerun-failed %s: nothing failed in that run",
                          "--rerun-failed %s：该次运行没有未通过的用例", options->rerun);
        *code = EXIT_PASS;
    }
    return given->count > 0;
}

/* Whatever comes of this: no record and no report of an earlier run may stand in for it. */
static bool take_folder(const char *out, bool resume) {
    struct problem problem = {0};
    if (!folder_take(out, &problem)) {
        cli_problem(&problem);
        return false;
    }
    if (resume) {
        return true; /* session_run takes them away, once it is sure that it can go on */
    }
    manifest_remove(out); /* first: it would stand for what is removed behind it */
    report_remove(out);
    folder_set_aside(out);
    return true;
}

static struct scenario **select_cases(struct session *session, struct selection *selection,
                                      const struct command_given *given, size_t *count) {
    struct problem problem = {0};
    size_t name_count = (size_t)given->count;
    struct scenario **cases = NULL;
    bool selected = selection_take_names(selection, given->words, &name_count, &problem);
    if (selected) {
        cases = session_load(session, given->words, name_count, count);
    }
    if (cases != NULL) {
        selected = selection_apply(selection, cases, count, &problem);
    }
    if (!selected) {
        cli_problem(&problem);
        free(cases);
        cases = NULL;
    }
    return cases;
}

static int run_cases(struct session *session, struct scenario **cases, size_t count,
                     const struct run_options *options, struct repeat *repeat) {
    struct told told = told_new(options);
    struct result_set *set;
    int code = session_run(session, cases, count, told_of, &told, &set);
    told_end(&told);
    if (set == NULL) {
        return code;
    }
    if (set->case_count > 0 && code != EXIT_INTERRUPTED) {
        code = write_report(options, set, code);
    } else if (set->case_count > 0 && !options->json) { /* what was finished */
        const struct table_look look = {options->session.chinese, options->values};
        table_put_faults(stdout, set, &look);
    }
    if (!session_seal(session, set)) {
        code = EXIT_BENCH;
    }
    repeat_take(repeat, set);
    result_set_free(set);
    return code;
}

static int run_once(const struct run_options *options, const struct command_given *given,
                    struct repeat *repeat) {
    struct selection selection = options->selection; /* it notes what it matched */
    struct session session;
    size_t count = 0;
    if (!session_open(&session, &options->session)) {
        return EXIT_USAGE;
    }
    struct scenario **cases = select_cases(&session, &selection, given, &count);
    int code = cases != NULL ? run_cases(&session, cases, count, options, repeat) : (int)EXIT_USAGE;
    free(cases);
    session_close(&session);
    return code;
}

static bool goes_on(const struct run_options *options, int code) {
    bool ran = code == EXIT_PASS || code == EXIT_FAIL || code == EXIT_INCONCLUSIVE;
    return ran && !(options->session.fail_fast && code == EXIT_FAIL);
}

/* Each time into a folder of its own, with a seed of its own: the same would give the same. */
static int run_repeated(const struct run_options *given_options,
                        const struct command_given *given) {
    const char *out = given_options->session.out;
    struct repeat repeat = {.runs = 0};
    struct problem problem = {0};
    int worst = EXIT_PASS, code = EXIT_PASS;
    if (!folder_make(out, &problem)) {
        cli_problem(&problem);
        return EXIT_USAGE;
    }
    for (unsigned i = 0; i < given_options->repeat && goes_on(given_options, code); i++) {
        struct run_options options = *given_options;
        char *folder = memory_format("%s/%u", out, i + 1);
        options.session.out = folder;
        options.session.seed += i;
        repeat_begin(&repeat, &options, i);
        code = take_folder(folder, false) ? run_once(&options, given, &repeat) : (int)EXIT_USAGE;
        worst = repeat_worse(worst, code);
        free(folder);
    }
    repeat_end(&repeat, given_options);
    return worst;
}

int run_run(int argc, char **argv) {
    struct run_options options = {.session = session_defaults};
    struct command_given given;
    int code;
    options.session.chinese = cli_chinese();
    bool fine = parse(argc, argv, &options, &given, &code);
    if (fine && options.gdb) {
        return debugger_run(argc, argv);
    }
    if (fine && options.rerun != NULL && !take_failed(&options, &given, &code)) {
        return code; /* that run's record stays as it is */
    }
    if ((fine || code != EXIT_PASS) &&
        !take_folder(options.session.out, fine && options.session.resume)) {
        return EXIT_USAGE;
    }
    if (!fine) {
        return code;
    }
    if (options.repeat > 0) {
        return run_repeated(&options, &given);
    }
    struct repeat none = {0};
    return run_once(&options, &given, &none);
}
