/* SPDX-License-Identifier: MIT */
/* pilebench judge */
#include "harness/protocol/judge.h"
#include "harness/cli/cli.h"
#include "harness/cli/shared.h"
#include "harness/mask/number_mask.h"
#include "harness/plan/place.h"
#include "harness/protocol/limits.h"
#include "harness/scenario/library.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct options {
    struct protocol_options judge;
    struct number_mask mask;
    struct judgement_look look;
    const char *path, *html, *scenarios;
    bool json;
};

static int cli_judge(int argc, char **argv);

static bool take_edition(void *at, const char *text, struct problem *problem) {
    struct protocol_options *judge = at;
    judge->edition_open = false;
    return cli_take_edition(&judge->edition, text, problem);
}

static const struct option_row rows[] = {
    OPTION_TEXT("html", 0, "FILE", FILL_FILE, struct options, html,
                "write the full report, Chinese and English", "写出完整报告，中英文"),
    OPTION_FLAG("json", 0, struct options, json, "one JSON object instead of the text",
                "输出一个JSON对象，而非文本"),
    OPTION_FLAG("all", 0, struct options, look.all,
                "show every rule and its measured value, not only violations",
                "显示所有规则及其测量值，而不仅是违反者"),
    CLI_LANGUAGE(struct options, look.chinese),
    OPTION_TAKEN("edition", 0, "2011|2015|2023", FILL_CHOICE, struct options, judge, take_edition,
                 "of the rules (default 2015, or the one that the frames are of beyond doubt)",
                 "规则的版本（默认2015，或报文无疑所属的版本）"),
    OPTION_TEXT("profile", 0, "NAME", FILL_PROFILE, struct options, judge.profile,
                "the limits to apply (default gbt-2015; `pilebench list limits`)",
                "采用的限值（默认gbt-2015；`pilebench list limits`）"),
    OPTION_TEXT("scenarios", 0, "FOLDER", FILL_FOLDER, struct options, scenarios,
                "other profiles than the shipped ones", "不用自带的profile，而用此目录"),
    {0}};

const struct command judge_command = {
    .name = "judge",
    .what = {"judge a CAN capture: who stopped the charge, and every rule",
             "判定CAN捕获文件：谁停止了充电，以及每条规则"},
    .arguments = "CAPTURE",
    .fill = FILL_FILE,
    .least = 1,
    .most = 1,
    .about =
        {"Judges a CAN capture of a charge by the rules of GB/T 27930, both sides: order of the "
         "phases, periods, timeouts, lengths, values, transport, demand and output. The result "
         "begins with who stopped the charge, and why. CAPTURE may have any format that "
         "`pilebench convert` reads; `-` is standard input.",
         "按GB/T 27930的规则判定一次充电的CAN捕获文件，包括双方：阶段顺序、周期、超时、长度、数值、"
         "传输、需求与输出。结果首先说明谁停止了充电及其原因。CAPTURE可为`pilebench "
         "convert`能读的任何格式；`-`为标准输入。"},
    .groups = {{rows, 0},
               {cli_capture_rows, offsetof(struct options, judge.capture)},
               {cli_mask_rows, offsetof(struct options, mask)}},
    .examples = "pilebench judge charge.blf\n"
                "pilebench judge 充电记录.xls --language zh --html charge.html\n"
                "pilebench judge car.asc --json | jq '.sessions[].en'",
    .exit_codes =
        {"0 every rule that applied passed, 1 a rule is violated, 2 wrong usage or nothing "
         "to judge, 3 none violated but some inconclusive, 4 a file could not be written",
         "0 适用规则全部合格，1 有规则被违反，2 用法有误或无可判定，3 无违反但有未判定，4 "
         "文件无法写出"},
    .run = cli_judge,
};

static bool parse(int argc, char **argv, struct options *options, int *code) {
    struct command_given given;
    *options = (struct options){
        .judge = {.edition = EDITION_2015, .edition_open = true, .profile = "gbt-2015"},
        .look = {.chinese = cli_chinese()},
        .scenarios = place_scenarios()};
    if (!cli_parse(&judge_command, argc, argv, options, &given, code)) {
        return false;
    }
    options->judge.masked = options->mask.on;
    options->judge.mask_key = options->mask.key;
    options->path = given.words[0];
    return true;
}

static bool load_limits(struct options *options) {
    struct problem problem = {0};
    const struct vocabulary any = {0};
    bool good = false;
    struct library *library =
        library_open_over(options->scenarios, place_scenarios(), &any, &problem);
    struct profile *profile =
        library != NULL ? profile_load(library, options->judge.profile, &problem) : NULL;
    if (profile == NULL) {
        cli_problem(&problem);
    } else if (!protocol_limits(profile, &options->judge.limits, &problem)) {
        cli_complain("profile %s: %s", options->judge.profile, problem.text);
    } else {
        good = true;
    }
    if (library != NULL) {
        library_free(library);
    }
    return good;
}

static bool write_page(const char *path, const struct judgement *judgement) {
    struct problem problem = {0};
    bool good = judgement_html(path, judgement, &problem);
    if (!good) {
        cli_complain("%s", problem.text);
    }
    return good;
}

static int exit_code(const struct judgement *judgement) {
    return judgement->verdict == VERDICT_FAIL   ? EXIT_FAIL
           : judgement->verdict == VERDICT_PASS ? EXIT_PASS
                                                : EXIT_INCONCLUSIVE;
}

static int show(const struct options *options, const struct judgement *judgement) {
    int code = exit_code(judgement);
    if (options->json) {
        judgement_json(stdout, judgement);
    } else {
        judgement_text(stdout, judgement, &options->look);
    }
    if (options->html != NULL && !write_page(options->html, judgement)) {
        return EXIT_BENCH;
    }
    if (options->html != NULL && !options->json) {
        printf(options->look.chinese ? "报告：%s\n" : "report: %s\n", options->html);
    }
    return code;
}

static int cli_judge(int argc, char **argv) {
    struct options options;
    struct problem problem = {0};
    int code;
    if (!parse(argc, argv, &options, &code)) {
        return code;
    }
    options.look.colour = isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL;
    if (!load_limits(&options)) {
        return EXIT_USAGE;
    }
    struct protocol_judge *judge = protocol_judge(options.path, &options.judge, &problem);
    if (judge == NULL) {
        cli_complain("%s", problem_in(&problem, options.look.chinese));
        return EXIT_USAGE;
    }
    code = show(&options, protocol_judgement(judge));
    protocol_judge_free(judge);
    return code;
}
