/* SPDX-License-Identifier: MIT */
#include "harness/cli/cli.h"
#include "harness/cli/pager.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* A file that is opened must not become one of the standard three. */
static void open_standard_files(void) {
    for (int fd = 0; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0) {
            (void)open("/dev/null", fd == STDIN_FILENO ? O_RDONLY : O_WRONLY);
        }
    }
}

static void set_signals(void) {
    signal(SIGPIPE, SIG_DFL); /* `pilebench list | head` ends quietly */
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error of write, which is told */
    signal(SIGCHLD, SIG_DFL); /* ignored by whoever started us, children would end unseen */
}

int main(int argc, char **argv) {
    open_standard_files();
    set_signals();
    cli_speak(cli_help_in_chinese(argc, argv));
    int code = cli_written(cli_run_command(NULL, argc, argv));
    pager_end();
    return code;
}
