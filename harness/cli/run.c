/* SPDX-License-Identifier: MIT */
/* pilebench run */
#include "harness/cli/session.h"
#include "harness/cli/shared.h"
#include "harness/cli/table.h"
#include "harness/plan/select.h"
#include "harness/run/folder.h"
#include "reports/page/report.h"
#include "sim/memory.h"
#include "sim/text/plain.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HANG_MOST_S 86400

struct options {
    struct session_options session;
    struct selection selection;
    const char *rerun; /* folder of a run: what did not pass in it */
    bool json, no_report, values;
};

static int cli_run(int argc, char **argv);

static bool take_wiring(void *at, const char *text, struct problem *problem) {
    bool vcan = strcmp(text, "vcan") == 0;
    if (!vcan && strcmp(text, "sim") != 0) {
        return problem_set(problem, "use sim or vcan");
    }
    *(enum wiring *)at = vcan ? WIRING_VCAN : WIRING_SIM;
    return true;
}

static bool take_isolate(void *at, const char *text, struct problem *problem) {
    (void)text, (void)problem;
    *(enum session_isolation *)at = ISOLATION_WANTED;
    return true;
}

static bool take_in_process(void *at, const char *text, struct problem *problem) {
    (void)text, (void)problem;
    *(enum session_isolation *)at = ISOLATION_OFF;
    return true;
}

static bool take_seed(void *at, const char *text, struct problem *problem) {
    char *end;
    errno = 0; /* strtoull would take a sign, and turn it round */
    uint64_t seed = isdigit((unsigned char)*text) ? strtoull(text, &end, 0) : 0;
    if (!isdigit((unsigned char)*text) || *end != '\0' || errno != 0) {
        return problem_set(problem, "a whole number from 0 to 18446744073709551615");
    }
    *(uint64_t *)at = seed;
    return true;
}

static bool take_setting(void *at, const char *text, struct problem *problem) {
    struct session_options *session = at;
    if (strchr(text, '=') == NULL || session->setting_count == SESSION_SETTINGS_MAX) {
        return problem_set(problem, "write NAME=NUMBER, at most %d times", SESSION_SETTINGS_MAX);
    }
    (void)plan_read_setting(text,
                            &session->settings[session->setting_count++]); /* session.c asks */
    return true;
}

static bool take_selection(void *at, const char *text, struct problem *problem) {
    return selection_add(at, text, problem);
}

static bool take_mask_key(void *at, const char *text, struct problem *problem) {
    struct session_options *session = at;
    (void)problem;
    session->masked = true;
    session->mask_key = text;
    return true;
}

#define SESSION struct session_options

static const struct option_row dut_rows[] = {
    OPTION_TAKEN("wiring", 0, "sim|vcan", FILL_CHOICE, SESSION, wiring, take_wiring,
                 "sim: virtual clock, no CAN needed (default); vcan: real clock, kernel SocketCAN, "
                 "the charger in a process of its own",
                 "sim：虚拟时钟，无需CAN（默认）；vcan：真实时钟，内核SocketCAN，充电机为独立进程"),
    OPTION_TEXT("dut", 0, "FILE.so", FILL_FILE, SESSION, dut_path,
                "this firmware instead of the reference core (vcan: run by `pile`)",
                "以此固件代替参考固件（vcan：由`pile`运行）"),
    OPTION_TAKEN(
        "isolate", 0, NULL, FILL_NOTHING, SESSION, isolation, take_isolate,
        "sim: the firmware of --dut in a process of its own, which reaches neither the "
        "evidence nor anything else; the default where the machine can do it (Linux with "
        "seccomp)",
        "sim：--dut的固件在独立进程中运行，接触不到证据及其他；机器支持时（Linux，seccomp）为默认"),
    OPTION_TAKEN("in-process", 0, NULL, FILL_NOTHING, SESSION, isolation, take_in_process,
                 "sim: in the bench's process, to measure its coverage or its speed",
                 "sim：在试验台进程中运行，用于测覆盖率或速度"),
    OPTION_FLAG(
        "debug", 0, SESSION, debug,
        "sim: one case in this process, with the firmware, without a watch: for gdb --args "
        "pilebench run --debug --dut FILE.so CASE",
        "sim：一个用例连同固件在本进程中运行，无看守：gdb --args pilebench run --debug --dut "
        "FILE.so CASE"),
    OPTION_TEXT("pile", 0, "PROGRAM", FILL_FILE, SESSION, pile,
                "vcan: this program instead of `pile`", "vcan：以此程序代替`pile`"),
    OPTION_TEXT("can-vehicle", 0, "IF", FILL_NOTHING, SESSION, can_vehicle,
                "vcan: the network to the vehicle (default vcan0)",
                "vcan：与车辆相连的网络（默认vcan0）"),
    OPTION_TEXT("can-io", 0, "IF", FILL_NOTHING, SESSION, can_io,
                "vcan: the I/O network (default vcan1)", "vcan：I/O网络（默认vcan1）"),
    OPTION_TEXT("dc-meter", 0, "PORT", FILL_FILE, SESSION, dc_meter,
                "vcan: the gun's DC meter answers on this serial port (9600 bit/s, 8E1) and not on "
                "a pseudo-terminal made for `pile`",
                "vcan：枪的直流电能表在此串口应答（9600 bit/s，8E1），而非为`pile`建立的伪终端"),
    OPTION_TEXT("ac-meter", 0, "PORT", FILL_FILE, SESSION, ac_meter,
                "vcan: the same for the pile's AC meter (2400 bit/s)",
                "vcan：桩的交流电能表，同上（2400 bit/s）"),
    OPTION_OF_ALL("set", 0, "NAME=VALUE", FILL_PARAMETER, take_setting,
                  "set a parameter of the firmware (`pilebench list parameters`)",
                  "设置固件参数（`pilebench list parameters`）"),
    OPTION_WHOLE("hang-after", 0, "SECONDS", 1, HANG_MOST_S, SESSION, hang_s,
                 "a firmware (or bench) that makes no progress for so long hangs (default 10; more "
                 "where it runs slowly, say under valgrind)",
                 "固件（或试验台）这么久没有进展即视为死机（默认10；运行较慢时加大，如valgrind）"),
    {0}};

static const struct option_row case_rows[] = {
    OPTION_TEXT("rerun-failed", 0, "FOLDER", FILL_FOLDER, struct options, rerun,
                "the cases and rows that did not pass in that run (out, say), and no others",
                "只运行该次运行（如out）中未通过的用例和行"),
    OPTION_TAKEN("exclude", 0, "CASE", FILL_CASE, struct options, selection.excluded,
                 take_selection, "leave these out (* and ? stand for characters); again for more",
                 "不运行这些用例（`*`和`?`为通配符）；可重复"),
    OPTION_TAKEN("clause", 0, "CLAUSE", FILL_NOTHING, struct options, selection.clauses,
                 take_selection,
                 "only cases that cover it: T240-8.6, \"GB/T 34657.1-2017\"; again for more",
                 "只运行涉及该条款的用例：T240-8.6、\"GB/T 34657.1-2017\"；可重复"),
    OPTION_TEXT(
        "vehicle", 0, "NAME|FILE|external", FILL_VEHICLE, struct options, session.vehicle,
        "every case with this vehicle (scenarios/vehicles, or a FILE.json of your own), in "
        "place of its own; external (vcan): the vehicle's BMS is somebody else's, on "
        "--can-vehicle, K5 and K6 by frames on --can-io (docs/your-vehicle.md)",
        "所有用例都用此车辆（scenarios/vehicles中的，或自己的FILE.json）；external（vcan）："
        "车辆的BMS为外接，在--can-vehicle上，K5和K6由--can-io上的帧控制（docs/your-vehicle.md）"),
    OPTION_TAKEN("seed", 0, "N", FILL_NOTHING, struct options, session.seed, take_seed,
                 "of the vehicle's random delay: it wakes up to 250 ms later than its preset says; "
                 "0: exactly then (default 1)",
                 "车辆随机延时的种子：比预设最多晚250 ms唤醒；0：不延时（默认1）"),
    {0}};

static const struct option_row evidence_rows[] = {
    OPTION_TEXT("out", 'o', "FOLDER", FILL_FOLDER, struct options, session.out,
                "where the evidence goes (default out)", "证据的目录（默认out）"),
    OPTION_FLAG("no-report", 0, struct options, no_report,
                "write record, traces and signals, but no reports",
                "只写记录、报文和信号，不写报告"),
    CLI_JSON(struct options, json),
    OPTION_FLAG("values", 'v', struct options, values, "print what each case measured, too",
                "同时打印各用例的测量值"),
    OPTION_FLAG("mask", 0, struct options, session.masked,
                "VIN and pack serial number become pseudonyms in the traces, numbers of card and "
                "meters (--set) in record and reports",
                "报文中的VIN和电池序列号、记录和报告中的卡号和表号（--set）以假名代替"),
    OPTION_TAKEN("mask-key", 0, "TEXT", FILL_NOTHING, struct options, session, take_mask_key,
                 "the secret key of the pseudonyms (implies --mask)", "假名的密钥（即启用--mask）"),
    {0}};

const struct command run_command = {
    .name = "run",
    .what = {"run test cases against a charger and write the evidence",
             "对充电机运行试验用例并写出证据"},
    .arguments = "[CASE ...]",
    .fill = FILL_CASE,
    .most = -1,
    .about =
        {"Runs the cases (all of scenarios/cases when none is named; a CASE may also be the "
         "path of a file; CASE[ROW] is one row of a case that has rows; * and ? stand for "
         "characters) and writes record, traces, signals and reports into a folder.",
         "运行用例（不指定则为scenarios/cases中的全部；CASE也可以是文件路径；CASE[ROW]为有多行的"
         "用例中的一行；`*`和`?`为通配符），并将记录、报文、信号和报告写入目录。"},
    .groups = {{case_rows, 0},
               {session_place_rows, offsetof(struct options, session)},
               {session_course_rows, offsetof(struct options, session)},
               {dut_rows, offsetof(struct options, session)},
               {evidence_rows, 0}},
    .examples = "pilebench run\n"
                "pilebench run 'estop-*' --profile zhongshan --out /tmp/estop\n"
                "pilebench run --dut ./my_firmware.so --json | jq .verdict\n"
                "tests/vcan/vcan-run build/pilebench run --wiring vcan --out out-vcan",
    .exit_codes = {"0 all that apply pass, 1 a fail, 2 wrong usage or bad input, 3 inconclusive, 4 "
                   "the bench itself failed, 130 interrupted",
                   "0 适用者全部合格，1 有不合格，2 用法或输入有误，3 有未判定，4 "
                   "试验台自身出错，130 被中断"},
    .run = cli_run,
};

/* ---- options that do not go together ---- */

/* Before anything runs, not in each case anew. */
static bool check_port(const char *port, struct stat *found, struct problem *problem) {
    if (port == NULL) {
        return true;
    }
    if (access(port, R_OK | W_OK) != 0 || stat(port, found) != 0) {
        return problem_set(problem, "%s: %s", port, strerror(errno));
    }
    return S_ISCHR(found->st_mode) || problem_set(problem, "%s: not a serial port", port);
}

static bool check_ports(const struct session_options *session, struct problem *problem) {
    bool both = session->dc_meter != NULL && session->ac_meter != NULL;
    struct stat dc, ac;
    if (session->wiring == WIRING_SIM && (session->dc_meter != NULL || session->ac_meter != NULL)) {
        return problem_set(problem,
                           "--dc-meter and --ac-meter need --wiring vcan: wiring sim has no "
                           "real serial lines");
    }
    if (!check_port(session->dc_meter, &dc, problem) ||
        !check_port(session->ac_meter, &ac, problem)) {
        return false;
    }
    return !both || dc.st_rdev != ac.st_rdev ||
           problem_set(problem,
                       "--dc-meter and --ac-meter need a port each: %s and %s are the same",
                       session->dc_meter, session->ac_meter);
}

static bool check_wiring(const struct session_options *session, struct problem *problem) {
    bool sim = session->wiring == WIRING_SIM, wanted = session->isolation == ISOLATION_WANTED;
    if (sim && session->pile != NULL) {
        return problem_set(problem, "--pile needs --wiring vcan; for a shared object use --dut");
    }
    if (!sim && session->lanes > 1) {
        return problem_set(
            problem, "-j %u needs --wiring sim: on the real clock cases would hold each other up",
            session->lanes);
    }
    if (sim && session->vehicle != NULL && strcmp(session->vehicle, "external") == 0) {
        return problem_set(
            problem,
            "--vehicle external needs --wiring vcan: a BMS of its own speaks on a network");
    }
    if (wanted && (!sim || session->dut_path == NULL)) {
        return problem_set(problem,
                           "--isolate needs --wiring sim and --dut: `pile` is a process of "
                           "its own, and the reference core belongs to the bench");
    }
    if (session->debug && (!sim || wanted)) {
        return problem_set(
            problem, "--debug needs --wiring sim without --isolate: the firmware runs in this "
                     "process; with vcan attach the debugger to `pile`");
    }
    if (session->dut_path != NULL && session->pile != NULL) {
        return problem_set(problem, "--dut and --pile cannot be combined: `pile` runs the shared "
                                    "object, or your own program takes its place");
    }
    return true;
}

/* A line that moves, on a terminal only; a line a case as JSON when asked for. */
static void told(void *ctx, size_t done, size_t count, const struct scenario *scenario,
                 const struct result_case *result) {
    const struct options *options = ctx;
    if (result != NULL && options->json) {
        char *line = result_case_to_json(result);
        puts(line);
        fflush(stdout);
        free(line);
    }
    /* Minutes go by on the real clock, and the table comes at the end, or never if this is killed. */
    if (result != NULL && options->session.wiring == WIRING_VCAN && !isatty(STDERR_FILENO)) {
        plain_print(stderr, "[%zu/%zu] %s: %s\n", done, count, result->id,
                    verdict_name(result->verdict));
    }
    if (isatty(STDERR_FILENO)) {
        bool last = done == count || (result != NULL && options->session.fail_fast &&
                                      result->verdict >= VERDICT_FAIL);
        fprintf(stderr, "\r\033[K[");
        for (size_t i = 0; i < 24; i++) {
            fputc(i < done * 24 / count ? '#' : '.', stderr);
        }
        plain_print(stderr, "] %zu/%zu %s", done, count, result == NULL ? scenario->id : "");
        if (last) {
            fprintf(stderr, "\r\033[K");
        }
    }
}

static int write_report(const struct options *options, const struct result_set *set, int code) {
    struct problem problem = {0};
    if (!options->no_report && !report_write(options->session.out, &problem)) {
        cli_complain("%s", problem.text);
        code = EXIT_BENCH;
    }
    if (options->json) {
        return code;
    }
    const struct result_counts counts = result_count(set);
    const size_t *by = counts.verdicts;
    char rows[64] = "", absent[40] = "";
    table_put(stdout, set, options->values);
    if (counts.rows > 0) {
        snprintf(rows, sizeof rows, " (%zu rows)", counts.rows);
    }
    if (by[VERDICT_NONE] > 0) {
        snprintf(absent, sizeof absent, ", %zu not applicable", by[VERDICT_NONE]);
    }
    plain_print(stdout,
                "\n%zu cases%s: %zu pass, %zu fail, %zu inconclusive, %zu error%s   (wiring %s%s, "
                "profile %s, %s %s)\n",
                counts.cases, rows, by[VERDICT_PASS], by[VERDICT_FAIL], by[VERDICT_INCONCLUSIVE],
                by[VERDICT_ERROR], absent, set->run.wiring, set->run.isolated ? ", isolated" : "",
                set->run.profile, set->run.dut_name, set->run.dut_version);
    if (!options->no_report && code != EXIT_BENCH) {
        plain_print(stdout, "report: %s/report.html\n", options->session.out);
    }
    return code;
}

/* False: the command ends here, with *code. */
static bool parse(int argc, char **argv, struct options *options, struct command_given *given,
                  int *code) {
    struct problem problem = {0};
    if (!cli_parse(&run_command, argc, argv, options, given, code)) {
        return false;
    }
    if (check_wiring(&options->session, &problem) && check_ports(&options->session, &problem)) {
        return true;
    }
    cli_complain("%s", problem.text);
    *code = EXIT_USAGE;
    return false;
}

/* What did not pass in the record, as names of cases. Before this run takes the same folder. False: the
 * command ends here, with *code. */
static bool take_failed(const struct options *options, struct command_given *given, int *code) {
    struct problem problem = {0};
    *code = EXIT_USAGE;
    if (given->count > 0) {
        cli_complain("--rerun-failed %s chooses the cases: name none beside it", options->rerun);
        return false;
    }
    struct result_set *set = result_read(options->rerun, &problem);
    if (set == NULL) {
        cli_complain("--rerun-failed %s: %s", options->rerun, problem.text);
        return false;
    }
    given->words = memory_zeroed(set->case_count + 1, sizeof *given->words); /* until the end */
    for (size_t i = 0; i < set->case_count; i++) {
        if (set->cases[i].verdict > VERDICT_PASS) {
            given->words[given->count++] = memory_copy(set->cases[i].id);
        }
    }
    result_set_free(set);
    if (given->count == 0) {
        cli_complain("--rerun-failed %s: nothing failed in that run", options->rerun);
        *code = EXIT_PASS;
    }
    return given->count > 0;
}

/* Whatever comes of this: no record and no report of an earlier run may stand in for it. */
static bool take_folder(const char *out) {
    struct problem problem = {0};
    if (!folder_take(out, &problem)) {
        cli_complain("%s", problem.text);
        return false;
    }
    report_remove(out);
    folder_set_aside(out);
    return true;
}

static struct scenario **select_cases(struct session *session, struct selection *selection,
                                      const struct command_given *given, size_t *count) {
    struct problem problem = {0};
    size_t name_count = (size_t)given->count;
    struct scenario **cases = NULL;
    bool selected = selection_take_names(selection, given->words, &name_count, &problem);
    if (selected) {
        cases = session_load(session, given->words, name_count, count);
    }
    if (cases != NULL) {
        selected = selection_apply(selection, cases, count, &problem);
    }
    if (!selected) {
        cli_complain("%s", problem.text);
        free(cases);
        cases = NULL;
    }
    return cases;
}

static int run_cases(struct session *session, struct scenario **cases, size_t count,
                     struct options *options) {
    struct result_set *set;
    int code = session_run(session, cases, count, told, options, &set);
    if (set == NULL) {
        return code;
    }
    if (code != EXIT_INTERRUPTED && set->case_count > 0) {
        code = write_report(options, set, code);
    } else if (set->case_count > 0 && !options->json) {
        table_put(stdout, set, options->values); /* what was finished */
    }
    result_set_free(set);
    return code;
}

static int cli_run(int argc, char **argv) {
    struct options options = {.session = session_defaults};
    struct command_given given;
    int code;
    bool fine = parse(argc, argv, &options, &given, &code);
    if (fine && options.rerun != NULL && !take_failed(&options, &given, &code)) {
        return code; /* that run's record stays as it is */
    }
    if ((fine || code != EXIT_PASS) && !take_folder(options.session.out)) {
        return EXIT_USAGE;
    }
    struct session session;
    if (!fine || !session_open(&session, &options.session)) {
        return fine ? EXIT_USAGE : code;
    }
    size_t count = 0;
    struct scenario **cases = select_cases(&session, &options.selection, &given, &count);
    code = cases != NULL ? run_cases(&session, cases, count, &options) : EXIT_USAGE;
    free(cases);
    session_close(&session);
    return code;
}
