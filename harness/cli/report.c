/* SPDX-License-Identifier: MIT */
/* pilebench report */
#include "reports/page/report.h"
#include "harness/cli/cli.h"
#include "harness/cli/table.h"
#include "sim/text/plain.h"

static int cli_report(int argc, char **argv);

const struct command report_command = {
    .name = "report",
    .what = {"rebuild the reports from a run's record", "由运行记录重建报告"},
    .arguments = "FOLDER",
    .fill = FILL_FOLDER,
    .least = 1,
    .most = 1,
    .about = {"Rebuilds report.html and junit.xml from the record in FOLDER, without running "
              "anything, and prints the table of verdicts.",
              "由FOLDER中的记录重建report.html和junit.xml，不运行任何用例，并打印判定表。"},
    .examples = "pilebench report out",
    .exit_codes = {"that of the run", "与该次运行相同"},
    .run = cli_report,
};

static int cli_report(int argc, char **argv) {
    struct command_given given;
    int code;
    if (!cli_parse(&report_command, argc, argv, NULL, &given, &code)) {
        return code;
    }
    const char *folder = given.words[0];
    struct problem problem = {0};
    struct result_set *set = result_read(folder, &problem);
    if (set == NULL) {
        cli_complain("%s", problem.text);
        return EXIT_USAGE;
    }
    code = result_exit_code(set);
    if (!report_write(folder, &problem)) {
        cli_complain("%s", problem.text);
        code = EXIT_BENCH;
    } else {
        table_put(stdout, set, false);
        if (!set->whole) {
            plain_print(stdout, "\nThis run was cut short: %zu of %zu cases.\n", set->case_count,
                        set->run.case_count);
        }
        plain_print(stdout, "\nreport: %s/report.html\n", folder);
    }
    result_set_free(set);
    return code;
}
