/* SPDX-License-Identifier: MIT */
/* pilebench judge */
#include "harness/protocol/judge.h"
#include "harness/cli/capture.h"
#include "harness/cli/cli.h"
#include "harness/protocol/limits.h"
#include "harness/scenario/library.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "usage: pilebench judge CAPTURE [options]\n\n"
    "Judges a CAN capture of a charge by the rules of GB/T 27930, both sides: order of the\n"
    "phases, periods, timeouts, lengths, values, transport, demand and output. The "
    "result\n"
    "begins with who stopped the charge, and why. CAPTURE may have any format that `pilebench\n"
    "convert` reads; `-` is standard input.\n\n"
    "  --html FILE           write the full report, Chinese and English\n"
    "  --json                one JSON object instead of the text\n"
    "  --all                 show every rule and its measured value, not only violations\n"
    "  --language en|zh      of the text (default en)\n"
    "  --edition 2011|2015|2023   of the rules (default 2015, or the one that\n"
    "                        the frames are of beyond doubt)\n"
    "  --profile NAME        the limits to apply (default gbt-2015; `pilebench list limits`)\n"
    "  --scenarios FOLDER    other profiles than the shipped ones\n"
    "  --mask                VIN and pack serial number become pseudonyms\n"
    "  --mask-key TEXT       the secret key of the pseudonyms (implies --mask)\n"
    "  --network NAME        only this channel or interface of the file; by default the one\n"
    "                        with frames of GB/T 27930\n"
    "  --columns SPEC        the columns of a table: id=2,data=6,time=1 or\n"
    "                        id=帧ID,data=数据\n"
    "  --time-unit UNIT      unit of plain numbers in the time column: s, ms, us or 0.1ms\n\n"
    "examples:\n"
    "  pilebench judge charge.blf\n"
    "  pilebench judge 充电记录.xls --language zh --html charge.html\n"
    "  pilebench judge car.asc --json | jq '.sessions[].en'\n\n"
    "exit codes: 0 every rule that applied passed, 1 a rule is violated, 2 wrong usage or\n"
    "            nothing to judge, 3 none violated but some inconclusive, 4 a file could not\n"
    "            be written\n";

struct options {
    struct protocol_options judge;
    struct cli_capture reading;
    struct judgement_look look;
    const char *path, *html, *scenarios;
    bool json;
    struct cli_end end;
};

enum {
    OPT_HTML = 256,
    OPT_JSON,
    OPT_ALL,
    OPT_LANGUAGE,
    OPT_EDITION,
    OPT_PROFILE,
    OPT_SCENARIOS
};

static const struct option long_options[] = {{"html", required_argument, NULL, OPT_HTML},
                                             {"json", no_argument, NULL, OPT_JSON},
                                             {"all", no_argument, NULL, OPT_ALL},
                                             {"language", required_argument, NULL, OPT_LANGUAGE},
                                             {"edition", required_argument, NULL, OPT_EDITION},
                                             {"profile", required_argument, NULL, OPT_PROFILE},
                                             {"scenarios", required_argument, NULL, OPT_SCENARIOS},
                                             CLI_CAPTURE_OPTIONS,
                                             {"help", no_argument, NULL, 'h'},
                                             {0}};

/* Options of what is shown; false: it is none of them. */
static bool take_look(struct options *options, int option, const char *argument) {
    switch (option) {
    case OPT_HTML:
        options->html = argument;
        return true;
    case OPT_JSON:
        options->json = true;
        return true;
    case OPT_ALL:
        options->look.all = true;
        return true;
    case OPT_LANGUAGE:
        if (!cli_language(argument, &options->look.chinese)) {
            cli_leave(&options->end, EXIT_USAGE);
        }
        return true;
    default:
        return false;
    }
}

static void take(struct options *options, int option, const char *argument) {
    switch (option) {
    case OPT_EDITION:
        if (!cli_edition(argument, &options->judge.edition)) {
            cli_leave(&options->end, EXIT_USAGE);
        }
        options->judge.edition_open = false;
        break;
    case OPT_PROFILE:
        options->judge.profile = argument;
        break;
    case OPT_SCENARIOS:
        options->scenarios = argument;
        break;
    default:
        cli_leave(&options->end, cli_other_option(option, "judge", help));
        break;
    }
}

static struct options parse(int argc, char **argv) {
    struct options options = {
        .judge = {.edition = EDITION_2015, .edition_open = true, .profile = "gbt-2015"},
        .scenarios = cli_scenario_folder()};
    int option;
    while (!options.end.now && (option = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
        if (!take_look(&options, option, optarg) &&
            !cli_capture_take(&options.reading, option, optarg)) {
            take(&options, option, optarg);
        }
    }
    options.judge.capture = options.reading.read;
    options.judge.masked = options.reading.mask.on;
    options.judge.mask_key = options.reading.mask.key;
    if (!options.end.now && argc - optind != 1) {
        cli_leave(&options.end, cli_wrong_usage(help));
    }
    options.path = options.end.now ? NULL : argv[optind];
    return options;
}

static bool load_limits(struct options *options) {
    struct problem problem = {0};
    const struct vocabulary any = {0};
    bool good = false;
    struct library *library = library_open(options->scenarios, &any, &problem);
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

int cli_judge(int argc, char **argv) {
    struct options options = parse(argc, argv);
    struct problem problem = {0};
    if (options.end.now) {
        return options.end.code;
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
    int code = show(&options, protocol_judgement(judge));
    protocol_judge_free(judge);
    return code;
}
