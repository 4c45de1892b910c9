/* SPDX-License-Identifier: MIT */
#include "harness/run/orphans.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 1000 /* each round's victims may leave children of their own */

void orphans_adopt(void) {
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
}

static bool is_known(pid_t pid, const pid_t *known, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (known[i] == pid) {
            return true;
        }
    }
    return false;
}

/* True: it ran. One that had ended is only waited for. */
static bool end(pid_t pid) {
    if (waitpid(pid, NULL, WNOHANG) != 0) {
        return false;
    }
    kill(pid, SIGKILL);
    return waitpid(pid, NULL, 0) == pid;
}

bool orphans_end(const pid_t *known, size_t count) {
    char path[64];
    bool ran = false, found = true;
    snprintf(path, sizeof path, "/proc/self/task/%ld/children", syscall(SYS_gettid));
    for (int round = 0; found && round < ROUNDS; round++) {
        FILE *children = fopen(path, "re"); /* kernels without it: the group is all we have */
        long pid;
        found = false;
        while (children != NULL && fscanf(children, "%ld", &pid) == 1) {
            if (!is_known((pid_t)pid, known, count)) {
                found = true;
                ran = end((pid_t)pid) || ran;
            }
        }
        if (children != NULL) {
            fclose(children);
        }
    }
    return ran;
}
