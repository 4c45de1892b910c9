/* SPDX-License-Identifier: MIT */
/* pilebench report */
#include "reports/page/report.h"
#include "harness/cli/cli.h"
#include "harness/cli/table.h"
#include "sim/text/plain.h"

#include <string.h>

static const char help[] =
    "usage: pilebench report FOLDER\n\n"
    "Rebuilds report.html and junit.xml from the record in FOLDER, without running\n"
    "anything, and prints the table of verdicts. The exit code is that of the run.\n\n"
    "example:\n"
    "  pilebench report out\n";

int cli_report(int argc, char **argv) {
    if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        return cli_other_option('h', "report", help);
    }
    if (argc != 2 || argv[1][0] == '-') {
        return cli_wrong_usage(help);
    }
    struct problem problem = {0};
    struct result_set *set = result_read(argv[1], &problem);
    if (set == NULL) {
        cli_complain("%s", problem.text);
        return EXIT_USAGE;
    }
    int code = result_exit_code(set);
    if (!report_write(argv[1], &problem)) {
        cli_complain("%s", problem.text);
        code = EXIT_BENCH;
    } else {
        table_put(stdout, set, false);
        if (!set->whole) {
            plain_print(stdout, "\nThis run was cut short: %zu of %zu cases.\n", set->case_count,
                        set->run.case_count);
        }
        plain_print(stdout, "\nreport: %s/report.html\n", argv[1]);
    }
    result_set_free(set);
    return code;
}
