/* SPDX-License-Identifier: MIT */
/* pilebench check: what is wrong with cases, vehicles, profiles and mutants, without running them. */
#include "harness/cli/cli.h"
#include "harness/cli/schema.h"
#include "harness/cli/session.h"
#include "harness/cli/shared.h"
#include "harness/scenario/mutants.h"
#include "harness/scenario/preset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The name behind "vehicles/" or "profiles/", without ".json"; false: it is none of that folder. */
static bool name_in(const char *argument, const char *folder, char *name, size_t size) {
    size_t length = strlen(folder);
    if (strncmp(argument, folder, length) != 0 || argument[length] != '/') {
        return false;
    }
    snprintf(name, size, "%s", argument + length + 1);
    char *end = strstr(name, ".json");
    if (end != NULL && end[5] == '\0') {
        *end = '\0';
    }
    return true;
}

static bool check_vehicle(struct session *session, const char *name) {
    struct problem problem = {0};
    bool good = preset_load(session->library, name, &problem) != NULL;
    if (!good) {
        session_tell(session, &problem);
    }
    return good;
}

static bool check_profile(struct session *session, const char *name) {
    struct problem problem = {0};
    bool good = profile_load(session->library, name, &problem) != NULL;
    if (!good) {
        session_tell(session, &problem);
    }
    return good;
}

static bool check_files(struct session *session, const char *folder,
                        bool (*check)(struct session *session, const char *name), size_t *count) {
    cJSON *names = schema_words(session, folder);
    const cJSON *name;
    bool good = true;
    cJSON_ArrayForEach(name, names) {
        good = check(session, name->valuestring) && good;
        ++*count;
    }
    cJSON_Delete(names);
    return good;
}

static bool check_cases(struct session *session, char **names, size_t names_count, size_t *count) {
    size_t loaded;
    struct scenario **cases = session_load(session, names, names_count, &loaded);
    free(cases);
    *count += cases != NULL ? loaded : 0;
    return cases != NULL;
}

static bool check_all(struct session *session, size_t *count) {
    struct problem problem = {0};
    size_t mutants;
    bool good = check_files(session, "vehicles", check_vehicle, count);
    good = check_files(session, "profiles", check_profile, count) && good;
    if (mutants_load(session->library, &mutants, &problem) == NULL) {
        session_tell(session, &problem);
        good = false;
    } else {
        *count += mutants;
    }
    return check_cases(session, NULL, 0, count) && good;
}

static bool check_named(struct session *session, char **arguments, size_t argument_count,
                        size_t *count) {
    bool good = true;
    for (size_t i = 0; i < argument_count; i++) {
        char name[256];
        if (name_in(arguments[i], "vehicles", name, sizeof name)) {
            good = check_vehicle(session, name) && good;
            ++*count;
        } else if (name_in(arguments[i], "profiles", name, sizeof name)) {
            good = check_profile(session, name) && good;
            ++*count;
        } else {
            good = check_cases(session, &arguments[i], 1, count) && good;
        }
    }
    return good;
}

static int cli_check(int argc, char **argv);

static const struct option_row language_rows[] = {CLI_LANGUAGE(struct session_options, chinese),
                                                  {0}};

const struct command check_command = {
    .name = "check",
    .what = {"say what is wrong with cases, vehicles and profiles, and run nothing",
             "指出用例、车辆、profile中的错误，不运行"},
    .arguments = "[CASE|FILE|vehicles/NAME|profiles/NAME]...",
    .fill = FILL_CASE,
    .most = -1,
    .about = {"(Also called lint.) Says what is wrong with them, with file, line and column, and "
              "runs nothing. Without "
              "arguments: everything in the folder, its groups, start states and monitors too.",
              "（也可写作lint。）指出其中的错误及其文件、行、列，不运行。无参数时检查目录中的全部，"
              "包括检查组、起始状"
              "态和监视项。"},
    .groups = {{session_place_rows, 0}, {language_rows, 0}},
    .examples = "pilebench check\n"
                "pilebench check ./my-case.json --profile zhongshan\n"
                "pilebench check vehicles/bus-lfp-540v --scenarios ./scenarios",
    .exit_codes = {"0 nothing is wrong, 2 something is", "0 无错误，2 有错误"},
    .run = cli_check,
};

static int cli_check(int argc, char **argv) {
    struct session_options options = session_defaults;
    struct command_given given;
    struct session session;
    size_t count = 0;
    int code;
    options.chinese = cli_chinese();
    if (!cli_parse(&check_command, argc, argv, &options, &given, &code)) {
        return code;
    }
    if (!session_open(&session, &options)) {
        return EXIT_USAGE;
    }
    bool good = given.count > 0 ? check_named(&session, given.words, (size_t)given.count, &count)
                                : check_all(&session, &count);
    session_close(&session);
    if (good) {
        printf(options.chinese ? "已检查%zu项，没有错误\n" : "%zu checked, nothing is wrong\n",
               count);
    }
    return good ? EXIT_PASS : EXIT_USAGE;
}
