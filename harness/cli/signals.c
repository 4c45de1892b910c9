/* SPDX-License-Identifier: MIT */
/* pilebench signals: what was recorded in a case, for other programs. */
#include "harness/cli/cli.h"
#include "harness/cli/shared.h"
#include "reports/record/waves.h"
#include "sim/text/nearest.h"
#include "sim/text/plain.h"

#include <string.h>
#include <strings.h>

#define PATTERNS_MOST 64

struct options {
    const char *folder;
    const char *patterns[PATTERNS_MOST];
    size_t pattern_count;
};

static bool take_pattern(void *at, const char *text, struct problem *problem) {
    struct options *options = at;
    if (options->pattern_count == PATTERNS_MOST) {
        return problem_set(problem, "at most %d times", PATTERNS_MOST);
    }
    options->patterns[options->pattern_count++] = text;
    return true;
}

static const struct option_row rows[] = {
    OPTION_TEXT("run", 0, "FOLDER", FILL_FOLDER, struct options, folder,
                "the run that recorded it (default out)", "录得信号的那次运行（默认out）"),
    OPTION_OF_ALL("signal", 0, "NAME", FILL_NOTHING, take_pattern,
                  "only these (* and ? stand for characters); again for more",
                  "只取这些信号（`*`和`?`为通配符）；可重复"),
    {0}};

static int cli_signals(int argc, char **argv);

const struct command signals_command = {
    .name = "signals",
    .what = {"write a case's signals as VCD or as a table", "将用例的信号写为VCD或表格"},
    .arguments = "CASE OUT",
    .fill = FILL_CASE,
    .least = 2,
    .most = 2,
    .about =
        {"Writes what was recorded in CASE (CASE[ROW] of a case with rows): OUT.vcd for GTKWave "
         "and "
         "others, OUT.csv with a column for each signal.",
         "写出CASE（有多行的用例为CASE[ROW]）中录得的信号：OUT.vcd供GTKWave等使用，OUT.csv每个信"
         "号一列。"},
    .groups = {{rows, 0}},
    .examples =
        "pilebench signals estop-while-charging estop.vcd\n"
        "pilebench signals 'weld[k1]' weld.csv --signal 'gun.*' --signal 'k?.closed' --run out",
    .exit_codes = {"0 written, 2 wrong usage, or no such case or signal, 4 cannot write",
                   "0 已写出，2 用法有误或无此用例、信号，4 无法写出"},
    .run = cli_signals,
};

static const char *next_id(void *ctx, size_t index) {
    const struct result_set *set = ctx;
    return index < set->case_count ? set->cases[index].id : NULL;
}

static const struct result_case *find_case(struct result_set *set, const char *folder,
                                           const char *name) {
    for (size_t i = 0; i < set->case_count; i++) {
        if (strcmp(set->cases[i].id, name) == 0) {
            return &set->cases[i];
        }
    }
    struct problem problem = {0};
    problem_set_both(&problem, "%s has no case '%s'", "%s中没有用例'%s'", folder, name);
    nearest_add(&problem, name, next_id, set, nearest_else);
    cli_problem(&problem);
    return NULL;
}

static bool has_ending(const char *path, const char *ending) {
    const size_t length = strlen(path), own = strlen(ending);
    return length > own && strcasecmp(path + length - own, ending) == 0;
}

static int write_waves(const struct waves *waves, const char *case_id, const char *path) {
    struct problem problem = {0};
    struct buffer text = {0};
    if (has_ending(path, ".vcd")) {
        waves_put_vcd(&text, waves, case_id);
    } else {
        waves_put_csv(&text, waves);
    }
    bool saved = buffer_save(&text, path, &problem);
    if (!saved) {
        cli_complain("%s", problem.text);
    }
    buffer_free(&text);
    return saved ? EXIT_PASS : EXIT_BENCH;
}

static int export_case(const struct options *options, const struct result_case *one,
                       const char *path) {
    struct recording *recording = recording_load(options->folder, one);
    struct waves waves = waves_of(recording, options->patterns, options->pattern_count);
    int code = EXIT_USAGE;
    if (recording->signals_problem[0] != '\0') {
        cli_complain("%s", recording->signals_problem);
    } else if (waves.count == 0) {
        cli_complain("%s: none of these signals was recorded (`pilebench list signals`)", one->id);
    } else {
        code = write_waves(&waves, one->id, path);
    }
    waves_clear(&waves);
    recording_free(recording);
    return code;
}

static int cli_signals(int argc, char **argv) {
    struct options options = {.folder = "out"};
    struct command_given given;
    struct problem problem = {0};
    int code;
    if (!cli_parse(&signals_command, argc, argv, &options, &given, &code)) {
        return code;
    }
    const char *path = given.words[1];
    if (!has_ending(path, ".vcd") && !has_ending(path, ".csv")) {
        cli_complain("%s: the name does not end in .vcd or .csv", path);
        return EXIT_USAGE;
    }
    struct result_set *set = result_read(options.folder, &problem);
    if (set == NULL) {
        cli_complain("%s", problem.text);
        return EXIT_USAGE;
    }
    const struct result_case *one = find_case(set, options.folder, given.words[0]);
    code = one != NULL ? export_case(&options, one, path) : EXIT_USAGE;
    result_set_free(set);
    return code;
}
