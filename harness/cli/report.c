/* SPDX-License-Identifier: MIT */
/* pilebench report */
#include "reports/page/report.h"
#include "harness/cli/cli.h"
#include "harness/cli/shared.h"
#include "harness/cli/table.h"
#include "harness/evidence/manifest.h"
#include "reports/page/markdown.h"
#include "sim/memory.h"
#include "sim/text/plain.h"

#include <stdlib.h>
#include <unistd.h>

static int cli_report(int argc, char **argv);

struct options {
    struct table_look look;
    bool markdown;
};

static const struct option_row report_rows[] = {
    CLI_LANGUAGE(struct options, look.chinese),
    OPTION_FLAG("values", 'v', struct options, look.values, "print what each case measured, too",
                "同时打印各用例的测量值"),
    OPTION_FLAG("markdown", 0, struct options, markdown,
                "print a summary for the page of a pull request instead, and write nothing",
                "改为打印供合并请求页面用的摘要，不写文件"),
    {0}};

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
    .groups = {{report_rows, 0}},
    .examples = "pilebench report out\n"
                "pilebench report out --markdown >>\"$GITHUB_STEP_SUMMARY\"",
    .exit_codes = {"that of the run", "与该次运行相同"},
    .run = cli_report,
};

static void put_markdown(const struct result_set *set, bool chinese) {
    struct buffer text = {0};
    markdown_put(&text, set, chinese);
    fputs(text.chars, stdout);
    buffer_free(&text);
}

static void put_table(const struct result_set *set, const char *folder,
                      const struct table_look *look) {
    table_put(stdout, set, look);
    if (!set->whole) {
        plain_print(stdout,
                    look->chinese ? "\n该次运行未完成：%zu个用例，共%zu个。\n"
                                  : "\nThis run was cut short: %zu of %zu cases.\n",
                    set->case_count, set->run.case_count);
    }
    plain_print(stdout, look->chinese ? "报告：%s/report.html\n" : "report: %s/report.html\n",
                folder);
}

/* The pages are other bytes now, perhaps: the manifest has to know. What else may have changed in the folder it
 * goes on holding against it. */
static bool renew_manifest(const char *folder, struct problem *problem) {
    static const char *const pages[] = {"report.html", "junit.xml"};
    const struct manifest_maker maker = manifest_maker(version_commit);
    bool changed = false;
    if (!manifest_exists(folder)) {
        return true; /* a run that was cut, or of before there were manifests */
    }
    bool good =
        manifest_renew(folder, pages, sizeof pages / sizeof pages[0], &maker, &changed, problem);
    char *signature = memory_format("%s/" MANIFEST_SIGNATURE, folder);
    if (good && changed && access(signature, F_OK) == 0) {
        cli_complain_both("%s is of the pages before: sign " MANIFEST_NAME " anew",
                          "%s是对改写前页面的签名：请对" MANIFEST_NAME "重新签名", signature);
    }
    free(signature);
    return good;
}

static int cli_report(int argc, char **argv) {
    struct options options = {.look = {.chinese = cli_chinese()}};
    struct command_given given;
    int code;
    if (!cli_parse(&report_command, argc, argv, &options, &given, &code)) {
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
    if (options.markdown) {
        put_markdown(set, options.look.chinese);
    } else if (!report_write(folder, &problem) || !renew_manifest(folder, &problem)) {
        cli_problem(&problem);
        code = EXIT_BENCH;
    } else {
        put_table(set, folder, &options.look);
    }
    result_set_free(set);
    return code;
}
