/* SPDX-License-Identifier: MIT */
#include "harness/cli/session.h"

#include "harness/action/vocabulary.h"
#include "harness/bench/bench.h"
#include "harness/dut/local.h"
#include "harness/mask/number_mask.h"
#include "harness/protocol/limits.h"
#include "sim/memory.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PATH_SIZE   512
#define MASKED_MORE 64 /* a pseudonym may be longer than the number it stands for */

const struct session_options session_defaults = {
    .profile = "t240",
    .out = "out",
    .wiring = WIRING_SIM,
    .can_vehicle = "vcan0",
    .can_io = "vcan1",
    .seed = 1,
};

/* ---- opening ---- */

/* A setting as it may be shown: numbers of cards and meters masked where that was asked for. */
static char *shown_setting(const struct session_options *options,
                           const struct plan_setting *setting) {
    const struct number_mask mask = {options->masked, options->mask_key};
    size_t size = strlen(setting->text) + MASKED_MORE;
    char *shown = memory_zeroed(size, 1);
    number_mask_param(&mask, setting->text, shown, size);
    return shown;
}

/* Known before anything runs: a parameter that the firmware does not have, or refuses. */
static bool check_setting(const struct plan_setting *setting, const char *shown,
                          const struct dut_api *api) {
    const struct dut_param *param = setting->whole ? dut_api_param(api, setting->name) : NULL;
    if (!setting->whole) {
        cli_complain("--set %s: write it as name=whole number", shown);
    } else if (param == NULL) {
        cli_complain("--set %s: %s has no such parameter (`pilebench list parameters`)", shown,
                     api->name);
    } else if (setting->value < param->min || setting->value > param->max) {
        cli_complain("--set %s: %ld to %ld %s are allowed", shown, (long)param->min,
                     (long)param->max, param->unit);
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

static bool name_the_dut(struct session *session) {
    struct problem problem = {0};
    void *library = NULL;
    const struct dut_api *api = dut_entry();
    if (session->options.dut_path != NULL) {
        api = dut_load(session->options.dut_path, &library, &problem);
        if (api == NULL) {
            cli_problem(&problem);
            return false;
        }
    }
    snprintf(session->dut_name, sizeof session->dut_name, "%s", api->name);
    snprintf(session->dut_version, sizeof session->dut_version, "%s", api->version);
    /* A program of the user's own is asked itself, when it starts. */
    bool known = session->options.pile != NULL || check_settings(&session->options, api);
    dut_unload(library);
    return known;
}

bool session_open(struct session *session, const struct session_options *options) {
    memset(session, 0, sizeof *session);
    session->options = *options;
    if (session->options.scenarios == NULL) {
        session->options.scenarios = cli_scenario_folder();
    }
    struct problem problem = {0};
    session->signals = bench_signals(&problem);
    if (session->signals != NULL) {
        struct vocabulary vocabulary = bench_vocabulary(session->signals);
        session->library = library_open(session->options.scenarios, &vocabulary, &problem);
    }
    if (session->library != NULL) {
        session->profile = profile_load(session->library, session->options.profile, &problem);
    }
    if (session->profile == NULL) {
        cli_problem(&problem);
        session_close(session);
        return false;
    }
    if (!name_the_dut(session)) {
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
                                      .settings = session->options.settings,
                                      .setting_count = options->setting_count,
                                      .can_vehicle = options->can_vehicle,
                                      .can_io = options->can_io,
                                      .pile = options->pile,
                                      .dc_meter = options->dc_meter,
                                      .ac_meter = options->ac_meter,
                                      .out = options->out,
                                      .seed = options->seed,
                                      .masked = options->masked,
                                      .mask_key = options->mask_key};
    return true;
}

void session_close(struct session *session) {
    if (session->library != NULL) {
        library_free(session->library);
    }
    if (session->signals != NULL) {
        bench_free(session->signals);
    }
    memset(session, 0, sizeof *session);
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
            cli_problem(&problem);
            good = false; /* go on: a person wants to see all that is wrong, not the first */
            continue;
        }
        cases = memory_resized(cases, *loaded + rows + 1, sizeof(struct scenario *));
        memcpy(cases + *loaded, one, rows * sizeof(struct scenario *));
        *loaded += rows;
    }
    if (!good) {
        free(cases);
        return NULL;
    }
    return cases;
}

/* ---- running ---- */

static bool make_folder(const char *path) {
    if (mkdir(path, 0777) == 0 || errno == EEXIST) {
        return true;
    }
    cli_complain("cannot make the folder %s: %s", path, strerror(errno));
    return false;
}

static bool make_folders(const char *out) {
    static const char *const inside[] = {"traces", "signals"};
    if (!make_folder(out)) {
        return false;
    }
    for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++) {
        char path[PATH_SIZE];
        snprintf(path, sizeof path, "%s/%s", out, inside[i]);
        if (!make_folder(path)) {
            return false;
        }
    }
    return true;
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
        .dut_name = memory_copy(session->dut_name),
        .dut_version = memory_copy(session->dut_version),
        .dut_path = memory_copy(options->pile != NULL ? options->pile : options->dut_path),
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
    return run;
}

int session_run(struct session *session, struct scenario *const *cases, size_t count,
                void (*told)(void *ctx, size_t index, size_t count, const struct scenario *scenario,
                             const struct result_case *result),
                void *ctx, struct result_set **set) {
    struct problem problem = {0};
    char path[PATH_SIZE];
    *set = NULL;
    if (!make_folders(session->options.out)) {
        return EXIT_USAGE;
    }
    snprintf(path, sizeof path, "%s/results.jsonl", session->options.out);
    struct result_set *made = memory_zeroed(1, sizeof *made);
    made->run = head(session, count);
    made->cases = memory_zeroed(count + 1, sizeof *made->cases);
    *set = made;
    struct result_file *file = result_create(path, &made->run, &problem);
    if (file == NULL) {
        cli_complain("%s", problem.text);
        return EXIT_BENCH;
    }
    runner_catch_signals();
    for (size_t i = 0; i < count && !runner_interrupted(); i++) {
        if (told != NULL) {
            told(ctx, i, count, cases[i], NULL);
        }
        struct result_case *result = &made->cases[made->case_count];
        runner_case(&session->plan, cases[i], result);
        if (runner_interrupted()) {
            result_case_clear(result);
            break;
        }
        made->case_count++;
        if (!result_append(file, result, &problem)) {
            cli_complain("%s", problem.text);
            result_abandon(file);
            return EXIT_BENCH;
        }
        if (told != NULL) {
            told(ctx, i, count, cases[i], result);
        }
    }
    if (runner_interrupted()) {
        result_abandon(file);
        cli_complain("interrupted after %zu of %zu cases; %s has what was finished",
                     made->case_count, count, path);
        return EXIT_INTERRUPTED;
    }
    if (!result_finish(file, &problem)) {
        cli_complain("%s", problem.text);
        return EXIT_BENCH;
    }
    made->whole = true;
    return result_exit_code(made);
}
