/* SPDX-License-Identifier: MIT */
#include "harness/cli/cli.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *what;
};

static const struct command commands[] = {
    {"run", cli_run, "run test cases against a charger and write the evidence"},
    {"list", cli_list, "list cases, limits, signals, messages, actions, mutants"},
    {"show", cli_show, "print a case as a test procedure for a person"},
    {"check", cli_check, "say what is wrong with cases, vehicles and profiles, and run nothing"},
    {"schema", cli_schema, "print the JSON Schema of a case, of groups, a profile ..."},
    {"report", cli_report, "rebuild the reports from a run's record"},
    {"decode", cli_decode, "explain each message in a capture or on an interface"},
    {"dbc", cli_dbc, "write the messages of GB/T 27930 as a DBC"},
    {"dissector", cli_dissector, "write a Lua dissector of GB/T 27930 for Wireshark and tshark"},
    {"convert", cli_convert, "convert a CAN capture to another format, optionally masked"},
    {"qualify", cli_qualify, "prove that the cases can fail: run them against mutants"},
    {"meter", cli_meter, "read DL/T 645-2007 meters, simulate one, decode a line"},
    {"judge", cli_judge, "judge a CAN capture: who stopped the charge, and every rule"},
    {"records", cli_records, "print and check the charge records in a pile's storage"},
    {"doctor", cli_doctor, "check this machine, and name the command that fixes what is missing"},
};

#define COMMANDS (sizeof commands / sizeof commands[0])

static void help(FILE *stream) {
    fputs("pilebench - test bench for GB/T DC charging piles\n\n"
          "usage: pilebench COMMAND [options]\n\n",
          stream);
    for (size_t i = 0; i < COMMANDS; i++) {
        fprintf(stream, "  %-9s %s\n", commands[i].name, commands[i].what);
    }
    fputs("\n`pilebench COMMAND --help` shows its options and examples.\n\n"
          "examples:\n"
          "  pilebench run                          every case, virtual time, reference core\n"
          "  pilebench run estop-while-charging --dut ./my_firmware.so\n"
          "  pilebench show contactor-order-500ms --language en\n\n"
          "exit codes: 0 all pass, 1 a fail, 2 wrong usage or bad input, 3 inconclusive,\n"
          "            4 the bench itself failed, 130 interrupted\n",
          stream);
}

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
    if (argc < 2) {
        help(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        help(stdout);
        return cli_written(EXIT_PASS);
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("pilebench " PILEBENCH_VERSION);
        return cli_written(EXIT_PASS);
    }
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return cli_written(commands[i].run(argc - 1, argv + 1));
        }
    }
    cli_complain("unknown command '%s'; `pilebench --help` lists the commands", argv[1]);
    return EXIT_USAGE;
}
