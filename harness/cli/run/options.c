/* SPDX-License-Identifier: MIT */
#include "harness/cli/run/options.h"

#include "harness/cli/shared.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HANG_MOST_S 86400

static bool take_wiring(void *at, const char *text, struct problem *problem) {
    bool vcan = strcmp(text, "vcan") == 0;
    if (!vcan && strcmp(text, "sim") != 0) {
        return problem_set_both(problem, "use sim or vcan", "请用sim或vcan");
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
        return problem_set_both(problem, "a whole number from 0 to 18446744073709551615",
                                "应为0到18446744073709551615的整数");
    }
    *(uint64_t *)at = seed;
    return true;
}

static bool take_setting(void *at, const char *text, struct problem *problem) {
    struct session_options *session = at;
    if (strchr(text, '=') == NULL || session->setting_count == SESSION_SETTINGS_MAX) {
        return problem_set_both(problem, "write NAME=NUMBER, at most %d times",
                                "请写NAME=NUMBER，最多%d次", SESSION_SETTINGS_MAX);
    }
    (void)plan_read_setting(text,
                            &session->settings[session->setting_count++]); /* session.c asks */
    return true;
}

static bool take_selection(void *at, const char *text, struct problem *problem) {
    return selection_add(at, text, problem);
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
    OPTION_TEXT(
        "can-vehicle2", 0, "IF", FILL_NOTHING, SESSION, can_vehicle2,
        "vcan: the network to the vehicle at the second gun (default vcan2, where it is there)",
        "vcan：与第二枪车辆相连的网络（默认vcan2，存在时使用）"),
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
    OPTION_FLAG(
        "audit", 0, SESSION, audited,
        "energy is balanced in every stretch of the circuit, between two switchings: a bench that "
        "loses or makes any stops there",
        "主电路每段（两次开关之间）核对能量平衡：试验台若有能量得失即中止"),
    OPTION_WHOLE("hang-after", 0, "SECONDS", 1, HANG_MOST_S, SESSION, hang_s,
                 "a firmware (or bench) that makes no progress for so long hangs (default 10; more "
                 "where it runs slowly, say under valgrind)",
                 "固件（或试验台）这么久没有进展即视为死机（默认10；运行较慢时加大，如valgrind）"),
    {0}};

static const struct option_row case_rows[] = {
    OPTION_TEXT("rerun-failed", 0, "FOLDER", FILL_FOLDER, struct run_options, rerun,
                "the cases and rows that did not pass in that run (out, say), and no others",
                "只运行该次运行（如out）中未通过的用例和行"),
    OPTION_TAKEN("exclude", 0, "CASE", FILL_CASE, struct run_options, selection.excluded,
                 take_selection, "leave these out (* and ? stand for characters); again for more",
                 "不运行这些用例（`*`和`?`为通配符）；可重复"),
    OPTION_TAKEN("clause", 0, "CLAUSE", FILL_NOTHING, struct run_options, selection.clauses,
                 take_selection,
                 "only cases that cover it: T240-8.6, \"GB/T 34657.1-2017\"; again for more",
                 "只运行涉及该条款的用例：T240-8.6、\"GB/T 34657.1-2017\"；可重复"),
    OPTION_TEXT(
        "vehicle", 0, "NAME|FILE|external", FILL_VEHICLE, struct run_options, session.vehicle,
        "every case with this vehicle (scenarios/vehicles, or a FILE.json of your own), in "
        "place of its own; external (vcan): the vehicle's BMS is somebody else's, on "
        "--can-vehicle, K5 and K6 by frames on --can-io (docs/your-vehicle.md)",
        "所有用例都用此车辆（scenarios/vehicles中的，或自己的FILE.json）；external（vcan）："
        "车辆的BMS为外接，在--can-vehicle上，K5和K6由--can-io上的帧控制（docs/your-vehicle.md）"),
    OPTION_TAKEN("seed", 0, "N", FILL_NOTHING, struct run_options, session.seed, take_seed,
                 "of the vehicle's random delay: it wakes up to 250 ms later than its preset says; "
                 "0: exactly then (default 1)",
                 "车辆随机延时的种子：比预设最多晚250 ms唤醒；0：不延时（默认1）"),
    OPTION_WHOLE("gun", 0, "1|2", 1, 2, struct run_options, session.gun,
                 "what a case does and looks at where it names no gun is on this one; the other is "
                 "watched, with nothing plugged in (default 1)",
                 "用例未指明充电枪时，在此枪上操作和检查；另一枪空闲并受监视（默认1）"),
    {0}};

static const struct option_row evidence_rows[] = {
    OPTION_TEXT("out", 'o', "FOLDER", FILL_FOLDER, struct run_options, session.out,
                "where the evidence goes (default out)", "证据的目录（默认out）"),
    OPTION_FLAG("resume", 0, struct run_options, session.resume,
                "go on with the run in --out that was cut or interrupted: same options, same "
                "cases; what it "
                "has finished is kept, and the record becomes that of a run without a cut",
                "继续--out中被中断的运行：选项和用例须相同；保留已完成者，记录与未中断时相同"),
    OPTION_FLAG(
        "gdb", 0, struct run_options, gdb,
        "run one case in gdb, as --debug does: break in your firmware, the virtual clock waits",
        "在gdb中运行一个用例，同--debug：可在固件中设断点，虚拟时钟停下等待"),
    OPTION_FLAG("no-report", 0, struct run_options, no_report,
                "write record, traces and signals, but no reports",
                "只写记录、报文和信号，不写报告"),
    CLI_JSON(struct run_options, json),
    OPTION_FLAG("values", 'v', struct run_options, values, "print what each case measured, too",
                "同时打印各用例的测量值"),
    OPTION_WHOLE(
        "repeat", 0, "N", 2, RUN_REPEAT_MOST, struct run_options, repeat,
        "run all of it N times, each time with the next seed, into FOLDER/1, FOLDER/2 ...; at "
        "the end, what did not pass in how many of them",
        "整体运行N次，每次用下一个种子，写入FOLDER/1、FOLDER/2……；最后列出各用例未通过的次数"),
    CLI_LANGUAGE(struct run_options, session.chinese),
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
               {session_place_rows, offsetof(struct run_options, session)},
               {session_course_rows, offsetof(struct run_options, session)},
               {dut_rows, offsetof(struct run_options, session)},
               {evidence_rows, 0},
               {cli_mask_rows, offsetof(struct run_options, session.mask)}},
    .examples = "pilebench run\n"
                "pilebench run 'estop-*' --profile zhongshan --out /tmp/estop\n"
                "pilebench run --dut ./my_firmware.so --json | jq .verdict\n"
                "tests/vcan/vcan-run build/pilebench run --wiring vcan --out out-vcan",
    .exit_codes = {"0 all that apply pass, 1 a fail, 2 wrong usage or bad input, 3 inconclusive, 4 "
                   "the bench itself failed, 130 interrupted",
                   "0 适用者全部合格，1 有不合格，2 用法或输入有误，3 有未判定，4 "
                   "试验台自身出错，130 被中断"},
    .run = run_run,
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
    return S_ISCHR(found->st_mode) ||
           problem_set_both(problem, "%s: not a serial port", "%s：不是串口", port);
}

static bool check_ports(const struct session_options *session, struct problem *problem) {
    bool both = session->dc_meter != NULL && session->ac_meter != NULL;
    struct stat dc, ac;
    if (session->wiring == WIRING_SIM && (session->dc_meter != NULL || session->ac_meter != NULL)) {
        return problem_set_both(problem,
                                "--dc-meter and --ac-meter need --wiring vcan: wiring sim has no "
                                "real serial lines",
                                "--dc-meter和--ac-meter须与--wiring vcan同用：接线sim没有真实串口");
    }
    if (!check_port(session->dc_meter, &dc, problem) ||
        !check_port(session->ac_meter, &ac, problem)) {
        return false;
    }
    return !both || dc.st_rdev != ac.st_rdev ||
           problem_set_both(problem,
                            "--dc-meter and --ac-meter need a port each: %s and %s are the same",
                            "--dc-meter和--ac-meter须各用一个串口：%s和%s是同一个",
                            session->dc_meter, session->ac_meter);
}

static bool check_wiring(const struct session_options *session, struct problem *problem) {
    bool sim = session->wiring == WIRING_SIM, wanted = session->isolation == ISOLATION_WANTED;
    if (sim && session->pile != NULL) {
        return problem_set_both(problem,
                                "--pile needs --wiring vcan; for a shared object use --dut",
                                "--pile须与--wiring vcan同用；共享库请用--dut");
    }
    if (!sim && session->lanes > 1) {
        return problem_set_both(
            problem, "-j %u needs --wiring sim: on the real clock cases would hold each other up",
            "-j %u须与--wiring sim同用：真实时钟上用例会互相拖延", session->lanes);
    }
    if (sim && session->vehicle != NULL && strcmp(session->vehicle, "external") == 0) {
        return problem_set_both(
            problem, "--vehicle external needs --wiring vcan: a BMS of its own speaks on a network",
            "--vehicle external须与--wiring vcan同用：外接BMS在网络上通信");
    }
    if (session->gun == 2 && session->vehicle != NULL &&
        strcmp(session->vehicle, "external") == 0) {
        return problem_set_both(problem,
                                "--gun 2 and --vehicle external: the BMS of its own is at gun 1",
                                "--gun 2不能与--vehicle external同用：外接BMS在枪1");
    }
    if (wanted && (!sim || session->dut_path == NULL)) {
        return problem_set_both(
            problem,
            "--isolate needs --wiring sim and --dut: `pile` is a process of "
            "its own, and the reference core belongs to the bench",
            "--isolate须与--wiring sim和--dut同用：`pile`本就是独立进程，参考固件属于测试台");
    }
    if (session->debug && (!sim || wanted)) {
        return problem_set_both(
            problem,
            "--debug needs --wiring sim without --isolate: the firmware runs in this "
            "process; with vcan attach the debugger to `pile`",
            "--debug须与--wiring "
            "sim同用，且不用--isolate：固件在本进程中运行；用vcan时请将调试器附加到`pile`");
    }
    if (session->dut_path != NULL && session->pile != NULL) {
        return problem_set_both(
            problem,
            "--dut and --pile cannot be combined: `pile` runs the shared "
            "object, or your own program takes its place",
            "--dut和--pile不能同用：要么由`pile`运行共享库，要么以自己的程序代替它");
    }
    return true;
}

bool run_options_fit(const struct run_options *options, struct problem *problem) {
    return check_wiring(&options->session, problem) && check_ports(&options->session, problem);
}
