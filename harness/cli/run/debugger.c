/* SPDX-License-Identifier: MIT */
#include "harness/cli/run/debugger.h"

#include "harness/cli/cli.h"
#include "sim/memory.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* "--gdb", or as much of it as getopt is content with. */
static bool asks_for_it(const char *word) {
    return strncmp(word, "--g", 3) == 0 && strncmp("--gdb", word, strlen(word)) == 0;
}

/* Breakpoints in a firmware that is loaded later are kept until then, without a question. */
static const char *const before[] = {
    "gdb", "-q",     "-ex", "set breakpoint pending on", "--args", NULL /* this program */,
    "run", "--debug"};
#define BEFORE (sizeof before / sizeof before[0])

int debugger_run(int argc, char **argv) {
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    const char **line = memory_zeroed(BEFORE + (size_t)argc + 1, sizeof *line);
    size_t count = 0;
    self[length > 0 ? length : 0] = '\0';
    for (; count < BEFORE; count++) {
        line[count] = before[count] != NULL ? before[count] : self;
    }
    for (int i = 1; i < argc; i++) {
        if (!asks_for_it(argv[i])) {
            line[count++] = argv[i];
        }
    }
    execvp(line[0], (char *const *)line);
    const char *why = strerror(errno);
    cli_complain_both("--gdb: cannot start gdb: %s (apt-get install gdb); another debugger runs "
                      "`pilebench run --debug "
                      "...` itself",
                      "--gdb：无法启动gdb：%s（apt-get install "
                      "gdb）；用其他调试器时，请在其中运行`pilebench run --debug "
                      "…`",
                      why);
    free(line);
    return EXIT_USAGE;
}
