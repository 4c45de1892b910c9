/* SPDX-License-Identifier: MIT */
#include "harness/cli/session.h"

#include "harness/action/vocabulary.h"
#include "harness/bench/bench.h"
#include "harness/cli/shared.h"
#include "harness/dut/isolate/isolate.h"
#include "harness/dut/local.h"
#include "harness/evidence/inputs.h"
#include "harness/evidence/manifest.h"
#include "harness/plan/place.h"
#include "harness/protocol/limits.h"
#include "harness/run/folder.h"
#include "reports/page/report.h"
#include "sim/memory.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MASKED_MORE 64 /* a pseudonym may be longer than the number it stands for */

const struct session_options session_defaults = {
    .profile = "t240",
    .out = "out",
    .wiring = WIRING_SIM,
    .can_vehicle = "vcan0",
    .can_io = "vcan1",
    .seed = 1,
};

/* ---- options ---- */

static bool take_edition(void *at, const char *text, struct problem *problem) {
    struct session_options *options = at;
    options->edition_given = cli_take_edition(&options->edition, text, problem);
    return options->edition_given;
}

static bool take_limit(void *at, const char *text, struct problem *problem) {
    struct session_options *options = at;
    if (options->limit_count == SESSION_LIMITS_MAX) {
        return problem_set_both(problem, "at most %d limits", "最多%d个限值", SESSION_LIMITS_MAX);
    }
    options->limits[options->limit_count++] = text; /* session_open asks the profile */
    return true;
}

const struct option_row session_place_rows[] = {
    OPTION_TEXT("profile", 0, "NAME|FILE", FILL_PROFILE, struct session_options, profile,
                "limits and decision rule (default t240); a FILE.json of your own, upon a base, "
                "gives its limits other values",
                "限值和判定规则（默认t240）；也可用自己的FILE.json，在基础之上改写其限值"),
    OPTION_OF_ALL("limit", 0, "NAME=VALUE", FILL_LIMIT, take_limit,
                  "another value for a limit (\"estop.open=150 ms\"), which every report says; "
                  "again for more",
                  "改写一个限值（\"estop.open=150 ms\"），各报告均予注明；可重复"),
    OPTION_TEXT(
        "scenarios", 0, "FOLDER", FILL_FOLDER, struct session_options, scenarios,
        "a folder with cases, vehicles or profiles of your own beside the shipped ones; one with a "
        "monitors.json stands alone, in their place",
        "在自带场景之外增加此目录中的用例、车辆、profile；目录中有monitors.json时则单独使用"),
    {0}};

const struct option_row session_course_rows[] = {
    OPTION_OF_ALL("edition", 0, "2011|2015|2023", FILL_CHOICE, take_edition,
                  "of GB/T 27930, for vehicle and rules (default: the profile's)",
                  "GB/T 27930的版本，用于车辆和规则（默认按profile）"),
    OPTION_WHOLE("jobs", 'j', "N", 1, RUNNER_LANES_MAX, struct session_options, lanes,
                 "wiring sim: run N cases at a time (default: as many as there are processors); "
                 "what is recorded is the same",
                 "接线sim：同时运行N个用例（默认为处理器数）；记录内容不变"),
    OPTION_FLAG("fail-fast", 0, struct session_options, fail_fast,
                "stop at the first case that fails; the record has the cases up to it",
                "遇到第一个不合格的用例即停止；记录包含此前的用例"),
    {0}};

/* ---- opening ---- */

/* A setting as it may be shown: numbers of cards and meters masked where that was asked for. */
static char *shown_setting(const struct session_options *options,
                           const struct plan_setting *setting) {
    size_t size = strlen(setting->text) + MASKED_MORE;
    char *shown = memory_zeroed(size, 1);
    number_mask_param(&options->mask, setting->text, shown, size);
    return shown;
}

/* Known before anything runs: a parameter that the firmware does not have, or refuses. */
static bool check_setting(const struct plan_setting *setting, const char *shown,
                          const struct dut_api *api) {
    const struct dut_param *param = setting->whole ? dut_api_param(api, setting->name) : NULL;
    if (!setting->whole) {
        cli_complain_both("--set %s: write it as name=whole number", "--set %s：请写成name=整数",
                          shown);
    } else if (param == NULL) {
        cli_complain_both("--set %s: %s has no such parameter (`pilebench list parameters`)",
                          "--set %s：%s没有这个参数（`pilebench list parameters`）", shown,
                          api->name);
    } else if (setting->value < param->min || setting->value > param->max) {
        cli_complain_both("--set %s: %ld to %ld %s are allowed", "--set %s：允许%ld到%ld %s", shown,
                          (long)param->min, (long)param->max, param->unit);
    } else {
        return true;
    }
    return false;
}

static bool check_settings(const struct session_options *options, const struct dut_api *api) {
    bool good = true;
    for (size_t i = 0; good && i < options->setting_count; i++) {
        char *shown = shown_setting(options, &options->settings[i]);
        good = check_setting(&options->settings[i], shown, api);
        free(shown);
    }
    return good;
}

/* False: it was asked for, and this machine cannot; that was said. */
static bool choose_isolation(struct session *session) {
    const struct session_options *options = &session->options;
    struct problem why = {0};
    bool foreign = options->dut_path != NULL && options->wiring == WIRING_SIM;
    if (!foreign || options->isolation == ISOLATION_OFF || options->debug) {
        return true;
    }
    session->isolated = dut_isolate_can(&why);
    if (!session->isolated && options->isolation == ISOLATION_WANTED) {
        cli_complain("--isolate: %s", why.text);
        return false;
    }
    if (!session->isolated) {
        cli_complain("%s: the firmware runs in the bench's own process", why.text);
    }
    return true;
}

static bool name_the_dut(struct session *session) {
    struct problem problem = {0};
    struct dut_isolate *isolate = NULL; /* not in this process, which holds the evidence */
    const struct dut_api *api = dut_entry();
    if (session->options.dut_path != NULL) {
        isolate = dut_isolate_open(session->options.dut_path, session->isolated,
                                   (int)session->options.hang_s, &problem);
        if (isolate == NULL) {
            cli_problem(&problem);
            return false;
        }
        api = dut_isolate_api(isolate);
    }
    snprintf(session->dut_name, sizeof session->dut_name, "%s", api->name);
    snprintf(session->dut_version, sizeof session->dut_version, "%s", api->version);
    /* A program of the user's own is asked itself, when it starts. */
    bool known = session->options.pile != NULL || check_settings(&session->options, api);
    dut_isolate_close(isolate);
    return known;
}

static void tell_problem(struct session *session, const struct problem *problem) {
    for (size_t i = 0; i < session->told_count; i++) {
        const struct problem *one = &session->told[i];
        if (one->line == problem->line && one->column == problem->column &&
            strcmp(one->file, problem->file) == 0 && strcmp(one->text, problem->text) == 0) {
            return;
        }
    }
    session->told = memory_resized(session->told, session->told_count + 1, sizeof *session->told);
    session->told[session->told_count++] = *problem;
    cli_problem(problem);
}

void session_tell(struct session *session, const struct problem *problem) {
    const struct problem *further;
    tell_problem(session, problem);
    for (size_t i = 0;
         session->library != NULL && (further = library_further(session->library, i)) != NULL;
         i++) {
        tell_problem(session, further);
    }
}

static bool change_limits(const struct session *session, const struct session_options *options) {
    struct problem problem = {0};
    for (size_t i = 0; i < options->limit_count; i++) {
        if (!profile_change(session->library, session->profile, options->limits[i], &problem)) {
            problem_front(&problem, "--limit %s: ", "--limit %s：", options->limits[i]);
            cli_problem(&problem);
            return false;
        }
    }
    return true;
}

static bool is_external(const struct session_options *options) {
    return options->vehicle != NULL && strcmp(options->vehicle, "external") == 0;
}

bool session_open(struct session *session, const struct session_options *options) {
    memset(session, 0, sizeof *session);
    session->options = *options;
    if (session->options.scenarios == NULL) {
        session->options.scenarios = place_scenarios();
    }
    struct problem problem = {0};
    session->signals = bench_signals(&problem);
    if (session->signals != NULL) {
        struct vocabulary vocabulary = bench_vocabulary(session->signals);
        session->library =
            library_open_over(session->options.scenarios, place_scenarios(), &vocabulary, &problem);
    }
    if (session->library != NULL) {
        session->profile = profile_load(session->library, session->options.profile, &problem);
    }
    bool vehicle = session->profile != NULL &&
                   (options->vehicle == NULL || is_external(options) ||
                    preset_load(session->library, options->vehicle, &problem) != NULL);
    if (!vehicle) {
        session_tell(session, &problem);
        session_close(session);
        return false;
    }
    if (!change_limits(session, options) || !choose_isolation(session) || !name_the_dut(session)) {
        session_close(session);
        return false;
    }
    struct rules_limits limits;
    if (!protocol_limits(session->profile, &limits, &problem)) {
        cli_complain("profile %s: %s", session->options.profile, problem.text);
        session_close(session);
        return false;
    }
    session->plan = (struct run_plan){.library = session->library,
                                      .profile = session->profile,
                                      .edition = options->edition_given ? options->edition
                                                                        : session->profile->edition,
                                      .limits = limits,
                                      .wiring = options->wiring,
                                      .dut_path = options->dut_path,
                                      .vehicle = is_external(options) ? NULL : options->vehicle,
                                      .external = is_external(options),
                                      .isolated = session->isolated,
                                      .debugged = options->debug,
                                      .settings = session->options.settings,
                                      .setting_count = options->setting_count,
                                      .can_vehicle = options->can_vehicle,
                                      .can_io = options->can_io,
                                      .can_vehicle2 = options->can_vehicle2,
                                      .pile = options->pile,
                                      .dc_meter = options->dc_meter,
                                      .ac_meter = options->ac_meter,
                                      .out = options->out,
                                      .seed = options->seed,
                                      .gun = options->gun == 2 ? 1 : 0,
                                      .hang_s = (int)options->hang_s,
                                      .audited = options->audited,
                                      .masked = options->mask.on,
                                      .mask_key = options->mask.key};
    return true;
}

void session_close(struct session *session) {
    if (session->library != NULL) {
        library_free(session->library);
    }
    if (session->signals != NULL) {
        bench_free(session->signals);
    }
    free(session->told);
    memset(session, 0, sizeof *session);
}

/* A case named twice runs once. Two cases of one name would take each other's evidence: false, and
 * that was said. */
static bool add_case(struct scenario **cases, size_t *count, struct scenario *scenario) {
    for (size_t i = 0; i < *count; i++) {
        if (strcmp(cases[i]->stem, scenario->stem) == 0) {
            bool same = strcmp(cases[i]->file, scenario->file) == 0 &&
                        strcmp(cases[i]->id, scenario->id) == 0;
            if (!same) {
                cli_complain_both("%s and %s are both called %s: run them into two folders (--out)",
                                  "%s和%s都名为%s：请写入两个目录（--out）", cases[i]->file,
                                  scenario->file, scenario->stem);
            }
            return same;
        }
    }
    cases[(*count)++] = scenario;
    return true;
}

struct scenario **session_load(struct session *session, char **names, size_t count,
                               size_t *loaded) {
    bool all = count == 0, good = true;
    size_t name_count = all ? library_case_count(session->library) : count;
    struct scenario **cases = memory_zeroed(1, sizeof(struct scenario *));
    *loaded = 0;
    for (size_t i = 0; i < name_count; i++) {
        struct problem problem = {0};
        size_t rows;
        const char *name = all ? library_case(session->library, i) : names[i];
        struct scenario **one =
            scenario_load_rows(session->library, name, session->profile, &rows, &problem);
        if (one == NULL) {
            session_tell(session, &problem);
            good = false; /* go on: a person wants to see all that is wrong, not the first */
            continue;
        }
        cases = memory_resized(cases, *loaded + rows + 1, sizeof(struct scenario *));
        for (size_t row = 0; row < rows; row++) {
            good = add_case(cases, loaded, one[row]) && good;
        }
    }
    if (!good) {
        free(cases);
        return NULL;
    }
    return cases;
}

/* ---- running ---- */

/* On the virtual clock a case is the same however slowly it is computed. On the real one cases would
 * hold each other up, and share the two networks. */
unsigned session_lanes_of(const struct session *session) {
    if (session->options.wiring != WIRING_SIM) {
        return 1;
    }
    return session->options.lanes > 0 ? session->options.lanes : runner_processors();
}

/* Those of the profile and of all that it stands upon. */
static void list_clauses(const struct profile *profile, struct result_run *run) {
    for (; profile != NULL; profile = profile->base) {
        run->clauses = memory_resized(run->clauses, run->clause_count + profile->clauses.count + 1,
                                      sizeof *run->clauses);
        for (size_t i = 0; i < profile->clauses.count; i++) {
            const struct clause_def *def = &profile->clauses.clauses[i];
            struct result_clause *clause = &run->clauses[run->clause_count++];
            *clause =
                (struct result_clause){.id = memory_copy(def->id), .text = phrase_copy(def->text)};
            clause->closed_by = memory_zeroed(def->closed_by_count, sizeof *clause->closed_by);
            for (size_t k = 0; k < def->closed_by_count; k++) {
                clause->closed_by[clause->closed_by_count++] = memory_copy(def->closed_by[k]);
            }
        }
    }
}

static void put_limit(struct buffer *text, const struct limit *limit) {
    const struct limits limits = {limit->min, limit->max, limit->min_open, limit->max_open,
                                  limit->unit};
    limits_put(text, &quantity_terminal, &limits);
}

/* Limits that are not those of the shipped profile, each with the shipped one before it. */
static void list_changed(const struct profile *profile, struct result_run *run) {
    run->limits = memory_zeroed(profile->limit_count + 1, sizeof *run->limits);
    for (size_t i = 0; i < profile->limit_count; i++) {
        const struct limit *limit = &profile->limits[i];
        if (limit->shipped != NULL) {
            struct buffer text = {0};
            buffer_format(&text, "%s: ", limit->name);
            put_limit(&text, limit->shipped);
            buffer_put(&text, " → ");
            put_limit(&text, limit);
            run->limits[run->limit_count++] = buffer_take(&text);
        }
    }
}

/* The head of the record. Repeatable runs carry no wall time: records are compared byte by byte. */
static struct result_run head(const struct session *session, size_t case_count) {
    const struct session_options *options = &session->options;
    struct result_run run = {
        .profile = memory_copy(session->profile->name),
        .decision = memory_copy(session->profile->decision == DECISION_SIMPLE ? "simple acceptance"
                                                                              : "guard band"),
        .edition = memory_copy(edition_year(session->plan.edition)),
        .evidence = memory_copy(options->wiring == WIRING_SIM ? "model" : "hosted"),
        .wiring = memory_copy(wiring_name(options->wiring)),
        .isolated = session->isolated,
        .dut_name = memory_copy(session->dut_name),
        .dut_version = memory_copy(session->dut_version),
        .dut_path = memory_copy(options->pile != NULL ? options->pile : options->dut_path),
        .dut_sha256 = memory_copy(session->dut_sha256),
        .bench_version = memory_copy(PILEBENCH_VERSION),
        .seed = options->seed,
        .case_count = case_count,
    };
    run.dut_params = memory_zeroed(options->setting_count + 1, sizeof(char *));
    for (size_t i = 0; i < options->setting_count; i++) {
        run.dut_params[run.dut_param_count++] = shown_setting(options, &options->settings[i]);
    }
    if (options->wiring != WIRING_SIM) {
        char now[32];
        time_t seconds = time(NULL);
        strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", gmtime(&seconds));
        run.started = memory_copy(now);
    }
    list_clauses(session->profile, &run);
    list_changed(session->profile, &run);
    return run;
}

/* A shared object is what is judged, whoever calls it. Without one it is the program that the reference
 * core is linked into, or the user's own. */
static bool identify_the_dut(struct session *session, struct problem *problem) {
    const struct session_options *options = &session->options;
    const char *program = options->dut_path != NULL       ? options->dut_path
                          : options->wiring == WIRING_SIM ? FINGERPRINT_SELF
                          : options->pile != NULL         ? options->pile
                                                          : place_pile();
    bool found = options->pile != NULL
                     ? place_program(program, session->dut_file)
                     : snprintf(session->dut_file, PATH_MAX, "%s", program) < PATH_MAX;
    if (!found) {
        return problem_set_both(problem, "no program '%s' in $PATH", "$PATH中没有程序'%s'",
                                program);
    }
    return fingerprint_take(session->dut_file, session->dut_sha256, problem);
}

/* A run under way. */
struct running {
    struct session *session;
    struct scenario *const *cases;
    size_t count;
    size_t kept; /* the first ones, of a run that was cut */
    struct result_set *set;
    struct result_file *file;
    struct problem problem; /* of a record that cannot be written */
    bool stopped;           /* by fail_fast */
    void (*told)(void *ctx, size_t done, size_t count, const struct scenario *scenario,
                 const struct result_case *result);
    void *ctx;
};

static void tell(const struct running *run, size_t index, const struct result_case *result) {
    if (run->told != NULL) {
        run->told(run->ctx, run->set->case_count, run->count, run->cases[index], result);
    }
}

static bool nth_case(void *ctx, size_t index, struct runner_task *task) {
    const struct running *run = ctx;
    task->plan = run->session->plan;
    task->scenario = run->cases[run->kept + index];
    tell(run, run->kept + index, NULL);
    return true;
}

static bool take_case(void *ctx, size_t index, struct result_case *result) {
    struct running *run = ctx;
    struct result_case *kept = &run->set->cases[run->set->case_count++];
    *kept = *result;
    if (!result_append(run->file, kept, &run->problem)) {
        return false;
    }
    tell(run, run->kept + index, kept);
    run->stopped = run->session->options.fail_fast && kept->verdict >= VERDICT_FAIL;
    return !run->stopped;
}

/* A case that is not in the record leaves no evidence of itself either. */
static void drop_case(void *ctx, size_t index) {
    const struct running *run = ctx;
    folder_drop(run->session->options.out, run->cases[run->kept + index]);
}

/* The record's end, and what the run came to. */
static int end_run(struct running *run) {
    const char *out = run->session->options.out;
    const bool chinese = run->session->options.chinese;
    size_t done = run->set->case_count;
    bool whole = done == run->count;
    if (run->problem.text[0] != '\0') {
        cli_problem(&run->problem);
        result_abandon(run->file);
        run->session->damaged = true;
        return EXIT_BENCH;
    }
    bool intact = !(runner_interrupted() || !whole) || result_intact(run->file, &run->problem);
    if (!intact ||
        !fingerprint_holds(run->session->dut_file, run->session->dut_sha256, &run->problem)) {
        cli_problem(&run->problem);
        result_abandon(run->file);
        run->session->damaged = true;
        return EXIT_BENCH;
    }
    if (runner_interrupted()) {
        result_abandon(run->file);
        cli_complain(chinese ? "已中断：完成%zu个，共%zu个；已完成的见%s/results.jsonl"
                             : "interrupted after %zu of %zu cases; %s/results.jsonl has what was "
                               "finished",
                     done, run->count, out);
        return EXIT_INTERRUPTED;
    }
    if (!whole) {
        assert(run->stopped);
        result_abandon(run->file); /* without its end line: readers say that it was cut short */
        cli_complain(chinese ? "--fail-fast：运行%zu个后停止，共%zu个"
                             : "--fail-fast: stopped after %zu of %zu cases",
                     done, run->count);
    } else if (!result_finish(run->file, &run->problem)) {
        cli_problem(&run->problem);
        run->session->damaged = true;
        return EXIT_BENCH;
    }
    run->set->whole = whole;
    return result_exit_code(run->set);
}

static bool begin(struct running *run) {
    struct session *session = run->session;
    run->set = memory_zeroed(1, sizeof *run->set);
    run->set->run = head(session, run->count);
    run->set->cases = memory_zeroed(run->count + 1, sizeof *run->set->cases);
    char *path = memory_format("%s/results.jsonl", session->options.out);
    run->file = result_create(path, &run->set->run, &run->problem);
    free(path);
    return run->file != NULL;
}

/* How many of the record's cases are the first of these, with their evidence. */
static size_t count_kept(const struct running *run, const struct result_set *set) {
    size_t kept = 0;
    while (kept < set->case_count && kept < run->count &&
           strcmp(set->cases[kept].id, run->cases[kept]->id) == 0) {
        kept++;
    }
    return folder_whole(run->session->options.out, run->cases, kept);
}

/* The record that is there becomes this run's. A case whose evidence is not whole is lost, and those behind it:
 * they are run again. */
static bool go_on(struct running *run) {
    struct session *session = run->session;
    struct result_set wanted = {.run = head(session, run->count)};
    struct result_set *set = result_read(session->options.out, &run->problem);
    if (set == NULL) {
        result_run_clear(&wanted.run);
        return false;
    }
    free(wanted.run.started);
    wanted.run.started = memory_copy(set->run.started); /* when it began */
    const char *out = session->options.out;
    bool of_it = result_is_of(out, &wanted.run, &run->problem);
    result_run_clear(&wanted.run);
    if (!of_it) {
        result_set_free(set);
        return false;
    }
    manifest_remove(out); /* first: it would stand for what changes behind it */
    report_remove(out);
    run->kept = count_kept(run, set);
    size_t lost = set->case_count - run->kept;
    run->file = result_resume(out, set, run->kept, &run->problem);
    if (run->file == NULL || !folder_go_on(out, run->cases, run->count, run->kept, &run->problem)) {
        result_set_free(set);
        return false;
    }
    set->cases = memory_resized(set->cases, run->count + 1, sizeof *set->cases);
    run->set = set;
    cli_complain_both(
        "%zu of %zu cases are kept; %zu of the record had lost their evidence and are run again",
        "保留%zu个用例，共%zu个；记录中%zu个的证据已丢失，重新运行", run->kept, run->count, lost);
    return true;
}

int session_run(struct session *session, struct scenario *const *cases, size_t count,
                void (*told)(void *ctx, size_t done, size_t count, const struct scenario *scenario,
                             const struct result_case *result),
                void *ctx, struct result_set **set) {
    struct running run = {
        .session = session, .cases = cases, .count = count, .told = told, .ctx = ctx};
    *set = NULL;
    if (session->options.debug && count != 1) {
        cli_complain_both(
            "--debug runs one case in this process, these are %zu: name one (CASE or "
            "CASE[ROW])",
            "--debug在本进程中只运行一个用例，而这里有%zu个：请指定一个（CASE或CASE[ROW]）", count);
        return EXIT_USAGE;
    }
    if (!folder_has_room(session->options.out, cases, count, &run.problem) ||
        !folder_make(session->options.out, &run.problem) ||
        !identify_the_dut(session, &run.problem) ||
        !(session->options.resume
              ? go_on(&run)
              : folder_begin(session->options.out, cases, count, &run.problem))) {
        cli_problem(&run.problem);
        return EXIT_USAGE;
    }
    if (!session->options.resume && !begin(&run)) {
        *set = run.set;
        cli_problem(&run.problem);
        session->damaged = true;
        return EXIT_BENCH;
    }
    *set = run.set;
    const struct runner_work work = {.count = count - run.kept,
                                     .lanes = session_lanes_of(session),
                                     .here = session->options.debug,
                                     .task = nth_case,
                                     .done = take_case,
                                     .dropped = drop_case,
                                     .ctx = &run};
    runner_catch_signals();
    if (work.count > 0) {
        runner_run(&work);
    }
    return end_run(&run);
}

bool session_seal(const struct session *session, const struct result_set *set) {
    struct problem problem = {0};
    char inputs[DIGEST_SIZE];
    if (session->damaged) {
        return true; /* that was said */
    }
    const struct manifest_maker maker = manifest_maker(version_commit);
    inputs_digest(place_scenarios(), session->options.scenarios, inputs);
    if (!manifest_of_run(session->options.out, set, inputs, &maker, &problem)) {
        cli_problem(&problem);
        return false;
    }
    return true;
}
