/* SPDX-License-Identifier: MIT */
/* pilebench run */
#include "harness/cli/session.h"
#include "harness/cli/table.h"
#include "harness/plan/select.h"
#include "harness/run/folder.h"
#include "reports/page/report.h"
#include "sim/text/plain.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HANG_MOST_S 86400

static const char help[] =
    "usage: pilebench run [options] [CASE ...]\n\n"
    "Runs the cases (all of scenarios/cases when none is named; a CASE may also be the path "
    "of\n"
    "a file; CASE[ROW] is one row of a case that has rows; * and ? stand for characters) and\n"
    "writes record, traces, signals and reports into a folder.\n\n"
    "  --wiring sim|vcan     sim: virtual clock, everything in one process (default)\n"
    "                        vcan: real clock, kernel SocketCAN, the charger in a process\n"
    "  --dut FILE.so         this firmware instead of the reference core (vcan: run by "
    "`pile`)\n"
    "  --isolate             sim: the firmware of --dut in a process of its own, which reaches\n"
    "                        neither the evidence nor anything else; the default where the\n"
    "                        machine can do it (Linux with seccomp)\n"
    "  --in-process          sim: in the bench's process, to measure its coverage or its speed\n"
    "  --pile PROGRAM        vcan: this program instead of `pile`\n"
    "  --can-vehicle IF      vcan: the network to the vehicle (default vcan0)\n"
    "  --can-io IF           vcan: the I/O network (default vcan1)\n"
    "  --dc-meter PORT       vcan: the gun's DC meter answers on this serial port (9600\n"
    "                        bit/s, 8E1) and not on a pseudo-terminal made for `pile`\n"
    "  --ac-meter PORT       vcan: the same for the pile's AC meter (2400 bit/s)\n"
    "  --vehicle NAME|FILE   every case with this vehicle (scenarios/vehicles, or a FILE.json of\n"
    "                        your own), in place of its own\n"
    "          external      vcan: the vehicle's BMS is somebody else's, on --can-vehicle; K5 and "
    "K6\n"
    "                        by frames on --can-io (docs/your-vehicle.md)\n"
    "  --set NAME=VALUE      set a parameter of the firmware (`pilebench list parameters`)\n"
    "  --profile NAME|FILE   limits and decision rule (default t240); a FILE.json of your own, "
    "upon\n"
    "                        a base, gives its limits other values\n"
    "  --edition 2011|2015|2023   of GB/T 27930, for vehicle and rules (default: the\n"
    "                        profile's)\n"
    "  --out FOLDER          where the evidence goes (default out)\n"
    "  --seed N              of the vehicle's random delay: it wakes up to 250 ms later\n"
    "                        than its preset says; 0: exactly then (default 1)\n"
    "  --scenarios FOLDER    other scenarios than the shipped ones\n"
    "  --exclude CASE        leave these out (* and ? stand for characters); again for more\n"
    "  --clause CLAUSE       only cases that cover it: T240-8.6, \"GB/T 34657.1-2017\"; again for\n"
    "                        more\n"
    "  -j, --jobs N          sim: run N cases at a time (default: as many as there are\n"
    "                        processors); what is recorded is the same\n"
    "  --fail-fast           stop at the first case that fails; the record has the cases up to "
    "it\n"
    "  --hang-after SECONDS  a firmware (or bench) that makes no progress for so long hangs\n"
    "                        (default 10; more where it runs slowly, say under valgrind)\n"
    "  --debug               sim: one case in this process, with the firmware, without a watch:\n"
    "                        for gdb --args pilebench run --debug --dut FILE.so CASE\n"
    "  --mask                VIN and pack serial number become pseudonyms in the traces, "
    "numbers\n"
    "                        of card and meters (--set) in record and reports\n"
    "  --mask-key TEXT       the secret key of the pseudonyms (implies --mask)\n"
    "  --json                print the record, one line per case, instead of the table\n"
    "  -v, --values          what each case measured, too\n"
    "  --no-report           write record, traces and signals, but no reports\n\n"
    "examples:\n"
    "  pilebench run\n"
    "  pilebench run estop-while-charging --profile zhongshan --out /tmp/estop\n"
    "  pilebench run --dut ./my_firmware.so --json | jq .verdict\n"
    "  tests/vcan/vcan-run build/pilebench run --wiring vcan --out out-vcan\n\n"
    "exit codes: 0 all that apply pass, 1 a fail, 2 wrong usage or bad input, 3 inconclusive,\n"
    "            4 the bench itself failed, 130 interrupted\n";

struct options {
    struct session_options session;
    struct selection selection;
    bool json, no_report, values;
    struct cli_end end;
};

static void set_wiring(struct options *options, const char *name) {
    if (strcmp(name, "sim") == 0) {
        options->session.wiring = WIRING_SIM;
    } else if (strcmp(name, "vcan") == 0) {
        options->session.wiring = WIRING_VCAN;
    } else {
        cli_complain("--wiring %s: use sim or vcan", name);
        cli_leave(&options->end, EXIT_USAGE);
    }
}

static void set_seed(struct options *options, const char *text) {
    char *end;
    errno = 0; /* strtoull would take a sign, and turn it round */
    options->session.seed = isdigit((unsigned char)*text) ? strtoull(text, &end, 0) : 0;
    if (!isdigit((unsigned char)*text) || *end != '\0' || errno != 0) {
        cli_complain("--seed %s: a whole number from 0 to 18446744073709551615", text);
        cli_leave(&options->end, EXIT_USAGE);
    }
}

static void set_hang(struct options *options, const char *text) {
    char *end;
    long seconds = strtol(text, &end, 10);
    if (end == text || *end != '\0' || seconds < 1 || seconds > HANG_MOST_S) {
        cli_complain("--hang-after %s: seconds, 1 to %d", text, HANG_MOST_S);
        cli_leave(&options->end, EXIT_USAGE);
        return;
    }
    options->session.hang_s = (int)seconds;
}

static void add_setting(struct options *options, const char *text) {
    struct session_options *session = &options->session;
    if (strchr(text, '=') == NULL || session->setting_count == SESSION_SETTINGS_MAX) {
        cli_complain("--set %s: write NAME=NUMBER, at most %d times", text, SESSION_SETTINGS_MAX);
        cli_leave(&options->end, EXIT_USAGE);
        return;
    }
    (void)plan_read_setting(text,
                            &session->settings[session->setting_count++]); /* session.c asks */
}

static void select_by(struct options *options, struct selection_list *list, const char *text) {
    struct problem problem = {0};
    if (!selection_add(list, text, &problem)) {
        cli_complain("%s", problem.text);
        cli_leave(&options->end, EXIT_USAGE);
    }
}

enum {
    OPT_WIRING = 256,
    OPT_DUT,
    OPT_ISOLATE,
    OPT_IN_PROCESS,
    OPT_PILE,
    OPT_CAN_VEHICLE,
    OPT_VEHICLE,
    OPT_IO,
    OPT_DC_METER,
    OPT_AC_METER,
    OPT_SET,
    OPT_PROFILE,
    OPT_EDITION,
    OPT_OUT,
    OPT_SEED,
    OPT_SCENARIOS,
    OPT_MASK,
    OPT_MASK_KEY,
    OPT_FAIL_FAST,
    OPT_HANG,
    OPT_DEBUG,
    OPT_EXCLUDE,
    OPT_CLAUSE,
    OPT_JSON,
    OPT_NO_REPORT
};

static const struct option long_options[] = {
    {"wiring", required_argument, NULL, OPT_WIRING},
    {"dut", required_argument, NULL, OPT_DUT},
    {"isolate", no_argument, NULL, OPT_ISOLATE},
    {"in-process", no_argument, NULL, OPT_IN_PROCESS},
    {"pile", required_argument, NULL, OPT_PILE},
    {"can-vehicle", required_argument, NULL, OPT_CAN_VEHICLE},
    {"vehicle", required_argument, NULL, OPT_VEHICLE},
    {"can-io", required_argument, NULL, OPT_IO},
    {"dc-meter", required_argument, NULL, OPT_DC_METER},
    {"ac-meter", required_argument, NULL, OPT_AC_METER},
    {"set", required_argument, NULL, OPT_SET},
    {"profile", required_argument, NULL, OPT_PROFILE},
    {"edition", required_argument, NULL, OPT_EDITION},
    {"out", required_argument, NULL, OPT_OUT},
    {"seed", required_argument, NULL, OPT_SEED},
    {"scenarios", required_argument, NULL, OPT_SCENARIOS},
    {"jobs", required_argument, NULL, 'j'},
    {"fail-fast", no_argument, NULL, OPT_FAIL_FAST},
    {"hang-after", required_argument, NULL, OPT_HANG},
    {"exclude", required_argument, NULL, OPT_EXCLUDE},
    {"clause", required_argument, NULL, OPT_CLAUSE},
    {"debug", no_argument, NULL, OPT_DEBUG},
    {"mask", no_argument, NULL, OPT_MASK},
    {"mask-key", required_argument, NULL, OPT_MASK_KEY},
    {"json", no_argument, NULL, OPT_JSON},
    {"no-report", no_argument, NULL, OPT_NO_REPORT},
    {"values", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},
    {0}};

/* Those without an argument; false: it is none of them. */
static bool take_flag(struct options *options, int option) {
    struct session_options *session = &options->session;
    switch (option) {
    case OPT_ISOLATE:
        session->isolation = ISOLATION_WANTED;
        return true;
    case OPT_IN_PROCESS:
        session->isolation = ISOLATION_OFF;
        return true;
    case OPT_DEBUG:
        session->debug = true;
        return true;
    case OPT_FAIL_FAST:
        session->fail_fast = true;
        return true;
    case OPT_MASK:
        session->masked = true;
        return true;
    case OPT_JSON:
        options->json = true;
        return true;
    case OPT_NO_REPORT:
        options->no_report = true;
        return true;
    case 'v':
        options->values = true;
        return true;
    default:
        return false;
    }
}

/* What the charger is wired to; false: it is none of them. */
static bool take_wire(struct session_options *session, int option, const char *argument) {
    switch (option) {
    case OPT_VEHICLE:
        session->vehicle = argument;
        return true;
    case OPT_CAN_VEHICLE:
        session->can_vehicle = argument;
        return true;
    case OPT_IO:
        session->can_io = argument;
        return true;
    case OPT_DC_METER:
        session->dc_meter = argument;
        return true;
    case OPT_AC_METER:
        session->ac_meter = argument;
        return true;
    default:
        return false;
    }
}

static void take(struct options *options, int option, char *argument) {
    struct session_options *session = &options->session;
    if (take_flag(options, option) || take_wire(session, option, argument)) {
        return;
    }
    switch (option) {
    case OPT_WIRING:
        set_wiring(options, argument);
        break;
    case OPT_DUT:
        session->dut_path = argument;
        break;
    case OPT_PILE:
        session->pile = argument;
        break;
    case OPT_SET:
        add_setting(options, argument);
        break;
    case OPT_PROFILE:
        session->profile = argument;
        break;
    case OPT_EDITION:
        session->edition_given = cli_edition(argument, &session->edition);
        if (!session->edition_given) {
            cli_leave(&options->end, EXIT_USAGE);
        }
        break;
    case OPT_OUT:
        session->out = argument;
        break;
    case OPT_SEED:
        set_seed(options, argument);
        break;
    case OPT_SCENARIOS:
        session->scenarios = argument;
        break;
    case 'j':
        if (!session_lanes(argument, &session->lanes)) {
            cli_leave(&options->end, EXIT_USAGE);
        }
        break;
    case OPT_HANG:
        set_hang(options, argument);
        break;
    case OPT_EXCLUDE:
        select_by(options, &options->selection.excluded, argument);
        break;
    case OPT_CLAUSE:
        select_by(options, &options->selection.clauses, argument);
        break;
    case OPT_MASK_KEY:
        session->mask_key = argument;
        session->masked = true;
        break;
    default:
        cli_leave(&options->end, cli_other_option(option, "run", help));
        break;
    }
}

/* Before anything runs, not in each case anew. */
static void check_port(struct options *options, const char *port, struct stat *found) {
    if (options->end.now || port == NULL) {
        return;
    }
    if (access(port, R_OK | W_OK) != 0 || stat(port, found) != 0) {
        cli_complain("%s: %s", port, strerror(errno));
        cli_leave(&options->end, EXIT_USAGE);
    } else if (!S_ISCHR(found->st_mode)) {
        cli_complain("%s: not a serial port", port);
        cli_leave(&options->end, EXIT_USAGE);
    }
}

static void check_vehicle(struct options *options) {
    const struct session_options *session = &options->session;
    if (!options->end.now && session->wiring == WIRING_SIM && session->vehicle != NULL &&
        strcmp(session->vehicle, "external") == 0) {
        cli_complain(
            "--vehicle external needs --wiring vcan: a BMS of its own speaks on a network");
        cli_leave(&options->end, EXIT_USAGE);
    }
}

static void check_ports(struct options *options) {
    const struct session_options *session = &options->session;
    bool both = session->dc_meter != NULL && session->ac_meter != NULL;
    struct stat dc, ac;
    if (!options->end.now && session->wiring == WIRING_SIM &&
        (session->dc_meter != NULL || session->ac_meter != NULL)) {
        cli_complain("--dc-meter and --ac-meter need --wiring vcan: wiring sim has no real serial "
                     "lines");
        cli_leave(&options->end, EXIT_USAGE);
    }
    check_port(options, session->dc_meter, &dc);
    check_port(options, session->ac_meter, &ac);
    if (!options->end.now && both && dc.st_rdev == ac.st_rdev) {
        cli_complain("--dc-meter and --ac-meter need a port each: %s and %s are the same",
                     session->dc_meter, session->ac_meter);
        cli_leave(&options->end, EXIT_USAGE);
    }
}

static struct options parse(int argc, char **argv) {
    struct options options = {.session = session_defaults};
    int option;
    while (!options.end.now &&
           (option = getopt_long(argc, argv, "hj:v", long_options, NULL)) != -1) {
        take(&options, option, optarg);
    }
    const struct session_options *session = &options.session;
    if (!options.end.now && session->wiring == WIRING_SIM && session->pile != NULL) {
        cli_complain("--pile needs --wiring vcan; for a shared object use --dut");
        cli_leave(&options.end, EXIT_USAGE);
    }
    if (!options.end.now && session->wiring != WIRING_SIM && session->lanes > 1) {
        cli_complain("-j %u needs --wiring sim: on the real clock cases would hold each other up",
                     session->lanes);
        cli_leave(&options.end, EXIT_USAGE);
    }
    if (!options.end.now && session->isolation == ISOLATION_WANTED &&
        (session->wiring != WIRING_SIM || session->dut_path == NULL)) {
        cli_complain("--isolate needs --wiring sim and --dut: `pile` is a process of its own, and "
                     "the reference core belongs to the bench");
        cli_leave(&options.end, EXIT_USAGE);
    }
    if (!options.end.now && session->debug &&
        (session->wiring != WIRING_SIM || session->isolation == ISOLATION_WANTED)) {
        cli_complain("--debug needs --wiring sim without --isolate: the firmware runs in this "
                     "process; with vcan attach the debugger to `pile`");
        cli_leave(&options.end, EXIT_USAGE);
    }
    check_vehicle(&options);
    check_ports(&options);
    if (!options.end.now && session->dut_path != NULL && session->pile != NULL) {
        cli_complain("--dut and --pile cannot be combined: `pile` runs the shared object, or your "
                     "own program takes its place");
        cli_leave(&options.end, EXIT_USAGE);
    }
    return options;
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

int cli_run(int argc, char **argv) {
    struct options options = parse(argc, argv);
    struct problem problem = {0};
    if (options.end.code != EXIT_PASS || !options.end.now) {
        if (!folder_take(options.session.out, &problem)) {
            cli_complain("%s", problem.text);
            return EXIT_USAGE;
        }
        /* Whatever comes of this: no record and no report of an earlier run may stand in for it. */
        report_remove(options.session.out);
        folder_set_aside(options.session.out);
    }
    if (options.end.now) {
        return options.end.code;
    }
    struct session session;
    if (!session_open(&session, &options.session)) {
        return EXIT_USAGE;
    }
    size_t count = 0, name_count = (size_t)(argc - optind);
    struct selection *selection = &options.selection;
    struct scenario **cases = NULL;
    bool selected = selection_take_names(selection, argv + optind, &name_count, &problem);
    if (selected) {
        cases = session_load(&session, argv + optind, name_count, &count);
    }
    if (cases != NULL) {
        selected = selection_apply(selection, cases, &count, &problem);
    }
    if (!selected) {
        cli_complain("%s", problem.text);
    }
    int code = EXIT_USAGE;
    if (cases != NULL && selected) {
        struct result_set *set;
        code = session_run(&session, cases, count, told, &options, &set);
        if (set != NULL && code != EXIT_INTERRUPTED && set->case_count > 0) {
            code = write_report(&options, set, code);
        } else if (set != NULL && set->case_count > 0 && !options.json) {
            table_put(stdout, set, options.values); /* what was finished */
        }
        if (set != NULL) {
            result_set_free(set);
        }
    }
    free(cases);
    session_close(&session);
    return code;
}
