/* SPDX-License-Identifier: MIT */
/* pilebench init: a project for a firmware of one's own, which builds and runs at once. */
#include "harness/cli/cli.h"
#include "harness/cli/shared.h"
#include "sim/memory.h"
#include "sim/text/plain.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Embedded by CMakeLists.txt. */
extern const char init_cmake[], init_readme[], init_case[], init_port[], init_dut_h[];
extern const char init_github[], init_gitlab[];

enum ci {
    CI_GITHUB,
    CI_GITLAB,
    CI_NONE
};

struct options {
    bool chinese;
    enum ci ci;
};

#define LICENCE                                                                                    \
    "/* SPDX-License-Identifier: MIT */\n" /* which the build leaves out of what it embeds */

struct file {
    const char *path, *text;
    bool ours; /* the text goes on under our licence */
};

static const struct file files[] = {
    {"CMakeLists.txt", init_cmake, false},
    {"README.md", init_readme, false},
    {"port.c", init_port, true},
    {"pilebench/dut.h", init_dut_h, true},
    {"scenarios/cases/first-case.json", init_case, false},
    {".gitignore", "build/\nout/\n", false},
};
#define FILES (sizeof files / sizeof files[0])

static const struct file ci_files[] = {
    [CI_GITHUB] = {".github/workflows/pilebench.yml", init_github, false},
    [CI_GITLAB] = {".gitlab-ci.yml", init_gitlab, false}};

static bool take_ci(void *at, const char *text, struct problem *problem) {
    static const char *const names[] = {"github", "gitlab", "none"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(text, names[i]) == 0) {
            *(enum ci *)at = (enum ci)i;
            return true;
        }
    }
    return problem_set(problem, "use github, gitlab or none");
}

static const struct option_row init_rows[] = {
    OPTION_TAKEN("ci", 0, "github|gitlab|none", FILL_CHOICE, struct options, ci, take_ci,
                 "for which CI server (default github)", "用于何种CI服务器（默认github）"),
    CLI_LANGUAGE(struct options, chinese),
    {0}};

static int cli_init(int argc, char **argv);

const struct command init_command = {
    .name = "init",
    .what = {"begin a project for a firmware of your own", "为自己的固件建立一个起始工程"},
    .arguments = "FOLDER",
    .fill = FILL_FOLDER,
    .least = 1,
    .most = 1,
    .about =
        {"Writes an empty firmware behind dut.h, its CMake build, a case of your own, and a CI "
         "file. It builds and runs at once; replaces no file that is there.",
         "写出dut.h之后的空固件及其CMake构建、一个自己的用例和CI文件，可立即构建并运行；"
         "不覆盖已有文件。"},
    .groups = {{init_rows, 0}},
    .examples = "pilebench init my-charger\n"
                "pilebench init . --ci gitlab",
    .exit_codes =
        {"0 it is there, 2 wrong usage, or a file is there already, 4 it cannot be written",
         "0 已建立，2 用法有误或文件已存在，4 无法写出"},
    .run = cli_init,
};

/* In the order of files, then the CI file; NULL behind the last. */
static const struct file *file_at(const struct options *options, size_t index) {
    if (index < FILES) {
        return &files[index];
    }
    return index == FILES && options->ci != CI_NONE ? &ci_files[options->ci] : NULL;
}

static bool is_free(const char *folder, const struct options *options) {
    const struct file *file;
    for (size_t i = 0; (file = file_at(options, i)) != NULL; i++) {
        char *path = memory_format("%s/%s", folder, file->path);
        struct stat status;
        bool there = lstat(path, &status) == 0;
        if (there) {
            cli_complain("%s is there already, and no file is replaced: give another folder", path);
        }
        free(path);
        if (there) {
            return false;
        }
    }
    return true;
}

/* Every folder of the path, which ends in a file. */
static bool make_folders(char *path) {
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool made = mkdir(path, 0777) == 0 || errno == EEXIST;
        *slash = '/';
        if (!made) {
            return false;
        }
    }
    return true;
}

static bool write_file(const char *folder, const struct file *file) {
    char *path = memory_format("%s/%s", folder, file->path);
    FILE *stream = make_folders(path) ? fopen(path, "wxe") : NULL;
    bool good = stream != NULL && fputs(file->ours ? LICENCE : "", stream) >= 0 &&
                fputs(file->text, stream) >= 0;
    if (stream != NULL) {
        good = fclose(stream) == 0 && good;
    }
    if (!good) {
        cli_complain("cannot write %s: %s", path, strerror(errno));
    }
    free(path);
    return good;
}

static void say_next(const char *folder, bool chinese) {
    plain_print(stdout,
                chinese ? "%s中已有一个空固件、其构建、一个用例和CI文件。下一步：\n"
                        : "In %s: an empty firmware, its build, a case, a CI file. Next:\n",
                folder);
    plain_print(stdout,
                "  cd %s && cmake -B build && cmake --build build && ctest --test-dir build "
                "--output-on-failure\n",
                folder);
    plain_print(stdout, "  pilebench run --dut build/firmware.so estop-while-charging   %s\n",
                chinese ? "（不合格：看原因）" : "(fails: see why)");
    plain_print(stdout, "  pilebench show estop-while-charging                          %s\n",
                chinese ? "（用例的要求）" : "(what it asks for)");
}

static int cli_init(int argc, char **argv) {
    struct options options = {.chinese = cli_chinese()};
    struct command_given given;
    const struct file *file;
    int code;
    if (!cli_parse(&init_command, argc, argv, &options, &given, &code)) {
        return code;
    }
    assert(given.count == 1);
    const char *folder = given.words[0];
    if (!is_free(folder, &options)) {
        return EXIT_USAGE;
    }
    for (size_t i = 0; (file = file_at(&options, i)) != NULL; i++) {
        if (!write_file(folder, file)) {
            return EXIT_BENCH;
        }
    }
    say_next(folder, options.chinese);
    return EXIT_PASS;
}
