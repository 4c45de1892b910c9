/* SPDX-License-Identifier: MIT */
/* steady COMMAND [ARG]...: runs a test that lives on the real clock.
 *
 * Such a test fails too when the machine stands still under it, which says nothing about what it
 * tests. This process only sleeps, 5 ms at a time: when the test fails and a sleep of the same run
 * ended STILL_NS late, the run is told and made again, LOOKS times at most. A failure on a machine
 * that stood by is one at the first look. Exit code: the test's; 128 + signal; 127 when it cannot
 * be started. */
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_MS   INT64_C(1000000)
#define NS_PER_S    INT64_C(1000000000)
#define SLEEP_NS    (5 * NS_PER_MS)
#define STILL_NS    (20 * NS_PER_MS) /* the tightest of the tests' own bounds */
#define LOOKS       4
#define CODE_SKIP   77
#define CODE_NO_RUN 127

static int64_t clock_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static int code_of(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Its exit code, and how late the latest sleep beside it ended. */
static int look(char *const *command, int64_t *worst_ns) {
    const struct timespec sleep = {.tv_nsec = SLEEP_NS};
    /* From one turn to the next, not the sleep alone: the machine stops between two statements as
     * well. */
    int64_t last_ns = clock_ns();
    int status = 0;
    *worst_ns = 0;
    pid_t test = fork();
    if (test == 0) {
        execvp(command[0], command);
        fprintf(stderr, "steady: cannot start %s: %s\n", command[0], strerror(errno));
        _exit(CODE_NO_RUN);
    }
    if (test < 0) {
        perror("steady: fork");
        return CODE_NO_RUN;
    }
    for (pid_t ended = 0; ended == 0;) {
        (void)nanosleep(&sleep, NULL);
        ended = waitpid(test, &status, WNOHANG);
        int64_t now_ns = clock_ns(), late_ns = now_ns - last_ns - SLEEP_NS;
        *worst_ns = late_ns > *worst_ns ? late_ns : *worst_ns;
        last_ns = now_ns;
    }
    return code_of(status);
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fputs("usage: steady COMMAND [ARG]...\n", stderr);
        return 2;
    }
    int code = 0;
    for (int i = 1; i <= LOOKS; i++) {
        int64_t worst_ns;
        code = look(&argv[1], &worst_ns);
        if (code == 0 || code == CODE_SKIP || code == CODE_NO_RUN || worst_ns < STILL_NS) {
            break;
        }
        printf("steady: exit code %d, but the machine stood still for %" PRId64 " ms%s\n", code,
               worst_ns / NS_PER_MS, i < LOOKS ? ": once more" : "; no look was decisive");
        fflush(stdout);
    }
    return code;
}
