/* SPDX-License-Identifier: MIT */
#include "harness/cli/pager.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t pager = -1;

static const char *wanted(void) {
    const char *own = getenv("PILEBENCH_PAGER"), *all = getenv("PAGER");
    return own != NULL ? own : all != NULL ? all : "less";
}

/* Where there is no such program, what it was to show passes as it is. */
static _Noreturn void become(const char *program) {
    setenv("LESS", "FRX", 0);
    char command[1024];
    snprintf(command, sizeof command, "command -v %.400s >/dev/null 2>&1 || exec cat; exec %.400s",
             program, program);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

void pager_begin(void) {
    const char *program = wanted();
    int ends[2];
    if (!isatty(STDOUT_FILENO) || program[0] == '\0' || strcmp(program, "cat") == 0 ||
        pipe(ends) != 0) {
        return;
    }
    fflush(stdout);
    pager = fork();
    if (pager == 0) {
        dup2(ends[0], STDIN_FILENO);
        close(ends[0]);
        close(ends[1]);
        become(program);
    }
    if (pager > 0) {
        dup2(ends[1], STDOUT_FILENO);
        signal(SIGINT, SIG_IGN); /* it is the pager's, which would be left with the terminal */
    }
    close(ends[0]);
    close(ends[1]);
}

void pager_end(void) {
    if (pager <= 0) {
        return;
    }
    fflush(stdout);
    close(STDOUT_FILENO);
    while (waitpid(pager, NULL, 0) < 0 && errno == EINTR) {
    }
    pager = -1;
}
