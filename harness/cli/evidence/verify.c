/* SPDX-License-Identifier: MIT */
/* pilebench verify */
#include "harness/verify/verify.h"
#include "harness/cli/cli.h"
#include "harness/cli/evidence/signature.h"
#include "harness/cli/shared.h"
#include "sim/text/json_writer.h"
#include "sim/text/plain.h"

#define LIMITS_MAX 32

struct options {
    struct verify_wishes wishes;
    const char *limits[LIMITS_MAX];
    const char *signers, *signer;
    bool chinese, json;
};

static int cli_verify(int argc, char **argv);

static bool take_limit(void *at, const char *text, struct problem *problem) {
    struct options *options = at;
    if (options->wishes.limit_count == LIMITS_MAX) {
        return problem_set_both(problem, "at most %d limits", "最多%d个限值", LIMITS_MAX);
    }
    options->limits[options->wishes.limit_count++] = text;
    return true;
}

static const struct option_row rows[] = {
    CLI_LANGUAGE(struct options, chinese),
    CLI_JSON(struct options, json),
    OPTION_TEXT(
        "signers", 0, "FILE", FILL_FILE, struct options, signers,
        "check the signature manifest.json.sig with ssh-keygen: whose keys count (the form of "
        "ssh-keygen's allowed_signers)",
        "用ssh-keygen检查签名manifest.json.sig：认可的密钥（ssh-keygen的allowed_signers格式）"),
    OPTION_TEXT("signer", 0, "NAME", FILL_NOTHING, struct options, signer,
                "only this one of them (default: any)", "只认可其中此人（默认任何一人）"),
    OPTION_TEXT("scenarios", 0, "FOLDER", FILL_FOLDER, struct options, wishes.scenarios,
                "the folder that the run had as its --scenarios", "该次运行的--scenarios目录"),
    OPTION_TEXT("profile", 0, "NAME|FILE", FILL_PROFILE, struct options, wishes.profile,
                "the file that the run had as its --profile", "该次运行的--profile文件"),
    OPTION_OF_ALL("limit", 0, "NAME=VALUE", FILL_LIMIT, take_limit,
                  "a limit that the run had by --limit; again for more",
                  "该次运行以--limit改写的限值；可重复"),
    {0}};

const struct command verify_command = {
    .name = "verify",
    .what = {"check that a folder of evidence agrees with itself", "核对证据目录是否自相一致"},
    .arguments = "FOLDER",
    .fill = FILL_FOLDER,
    .least = 1,
    .most = 1,
    .about = {"Checks FOLDER, which `run` has left: every file against the SHA-256 in "
              "manifest.json; every link from a verdict to its evidence; every verdict again from "
              "value, limit, "
              "uncertainty and decision rule; the limits and what is asked against the scenarios; "
              "the protocol "
              "rules again over each recorded trace; events, times and values again by the "
              "recorded signals; "
              "report.html and junit.xml again from the record. What does not agree is named by "
              "file and "
              "place.\n\n"
              "A manifest shows what was changed by accident, and what somebody changed who did "
              "not think of "
              "everything. A run that somebody invented as a whole only a signature shows: the "
              "tester signs "
              "with `ssh-keygen -Y sign -n pilebench -f KEY FOLDER/manifest.json`, whoever "
              "receives the folder "
              "checks with --signers.",
              "核对`run`留下的FOLDER：各文件与manifest.json中的SHA-"
              "256；判定到证据的各项引用；"
              "由数值、限值、不确定度和判定规则重新得出各判定；限值和要求与场景文件比对；"
              "对各报文记录重新执行协议规则；由记录的信号重新得出事件、时间和数值；"
              "由记录重新生成report.html和junit.xml。不一致之处按文件和位置列出。\n\n"
              "清单能发现意外的改动和考虑不周的篡改；整个编造的运行只有签名能发现：试验人员用"
              "`ssh-keygen -Y sign -n pilebench -f KEY "
              "FOLDER/manifest.json`签名，接收者用--signers检查。"},
    .groups = {{rows, 0}},
    .examples = "pilebench verify out\n"
                "pilebench verify out --signers allowed_signers\n"
                "pilebench verify out --json",
    .exit_codes = {"0 everything agrees, 1 something does not, 2 wrong usage or nothing to check, "
                   "3 nothing disagrees, and not everything could be checked",
                   "0 全部一致，1 有不一致，2 用法有误或无可核对，3 没有不一致，但未能全部核对"},
    .run = cli_verify,
};

/* ---- telling ---- */

static const struct phrase level_words[] = {[VERIFY_REMARK] = {"note", "备注"},
                                            [VERIFY_UNCHECKED] = {"not checked", "未核对"},
                                            [VERIFY_FAULT] = {"DOES NOT AGREE", "不一致"}};

static void put_finding(const struct verify_finding *finding, bool chinese) {
    const char *space = finding->file != NULL && finding->place != NULL ? ": " : "";
    plain_line(stdout, "%s  %s%s%s%s%s", phrase_in(&level_words[finding->level], chinese),
               finding->file != NULL ? finding->file : "", space,
               finding->place != NULL ? finding->place : "",
               finding->file != NULL || finding->place != NULL ? ": " : "",
               phrase_in(&finding->what, chinese));
}

static void put_json(const struct verify_finding *finding) {
    static const char *const names[] = {"note", "unchecked", "fault"};
    struct buffer text = {0};
    struct json_writer json = {.out = &text};
    json_begin_object(&json, NULL);
    json_string(&json, "level", names[finding->level]);
    json_string(&json, "file", finding->file);
    json_string(&json, "place", finding->place);
    json_phrase(&json, "what", &finding->what);
    json_end_object(&json);
    json_line(&json, stdout);
    buffer_free(&text);
}

static const char *plural(size_t count) {
    return count == 1 ? "" : "s";
}

static void put_summary(const struct verification *found, bool chinese) {
    size_t faults = found->levels[VERIFY_FAULT], unchecked = found->levels[VERIFY_UNCHECKED];
    if (chinese) {
        plain_line(stdout,
                   "%zu个文件；%zu个用例的%zu个检查项，%zu项协议规则判定和%zu个时刻重新得出",
                   found->files, found->cases, found->checks, found->rules, found->instants);
    } else {
        plain_line(
            stdout,
            "%zu file%s; %zu case%s with %zu check%s, of which %zu verdict%s of protocol rules "
            "and %zu instant%s were found again",
            found->files, plural(found->files), found->cases, plural(found->cases), found->checks,
            plural(found->checks), found->rules, plural(found->rules), found->instants,
            plural(found->instants));
    }
    if (faults > 0 && chinese) {
        plain_line(stdout, "%zu处不一致", faults);
    } else if (faults > 0) {
        plain_line(stdout, "%zu disagreement%s", faults, plural(faults));
    } else if (unchecked > 0) {
        plain_line(stdout,
                   chinese ? "没有不一致；%zu项未能核对"
                           : "nothing disagrees; %zu could not be checked",
                   unchecked);
    } else {
        plain_line(stdout, "%s", chinese ? "全部一致" : "everything agrees");
    }
}

static int tell(const struct verification *found, const struct options *options) {
    for (size_t i = 0; i < found->count; i++) {
        if (options->json) {
            put_json(&found->findings[i]);
        } else {
            put_finding(&found->findings[i], options->chinese);
        }
    }
    if (!options->json) {
        put_summary(found, options->chinese);
    }
    return found->levels[VERIFY_FAULT] > 0       ? EXIT_FAIL
           : found->levels[VERIFY_UNCHECKED] > 0 ? EXIT_INCONCLUSIVE
                                                 : EXIT_PASS;
}

static int cli_verify(int argc, char **argv) {
    struct options options = {.chinese = cli_chinese()};
    struct command_given given;
    struct problem problem = {0};
    int code;
    if (!cli_parse(&verify_command, argc, argv, &options, &given, &code)) {
        return code;
    }
    options.wishes.limits = options.limits;
    const struct manifest_maker self = manifest_maker(version_commit);
    struct verify_ground ground = {.folder = given.words[0], .self = &self};
    if (!manifest_exists(ground.folder)) {
        cli_complain_both("%s has no " MANIFEST_NAME
                          ": no run of this bench has ended in it; `pilebench run --resume` goes "
                          "on with one that was cut",
                          "%s中没有" MANIFEST_NAME
                          "：没有在其中结束的运行；`pilebench run --resume`可继续被中断的运行",
                          ground.folder);
        return EXIT_USAGE;
    }
    if (!verify_ground_open(&ground, &options.wishes, &problem)) {
        cli_problem(&problem);
        return EXIT_USAGE;
    }
    struct verification *found = verify_folder(&ground);
    signature_check(ground.folder, options.signers, options.signer, found);
    code = tell(found, &options);
    verification_free(found);
    verify_ground_close(&ground);
    return code;
}
