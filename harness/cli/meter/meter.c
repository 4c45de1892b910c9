/* SPDX-License-Identifier: MIT */
/* pilebench meter: options and the choice of what to do. */
#include "harness/cli/meter/meter.h"

#include "harness/cli/cli.h"
#include "harness/cli/mask.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static volatile sig_atomic_t stopped;

static void stop(int number) {
    (void)number;
    stopped = 1;
}

bool meter_interrupted(void) {
    return stopped != 0;
}

static void help(FILE *stream) {
    fputs(
        "usage: pilebench meter read ITEM...   --port DEVICE   one answer each\n"
        "       pilebench meter watch ITEM...  --port DEVICE   again and again, as CSV\n"
        "       pilebench meter dump           --port DEVICE   every item the meter has\n"
        "       pilebench meter scan           --port DEVICE   addresses of all meters on the "
        "line\n"
        "       pilebench meter simulate [ADDRESS...] [--port DEVICE]   meters that answer\n"
        "       pilebench meter decode         [FILE...]       hex text of a line, in words\n"
        "       pilebench meter items                          the items and their identifiers\n\n"
        "Reads DL/T 645-2007 meters. An ITEM is a name (energy_forward) or any\n"
        "identifier (00010000): what is not known is shown as raw bytes.\n"
        "decode takes text in any form and encoding: of terminal programs, logs, dumps, logic\n"
        "analysers, arrays and literals of programming languages.\n\n"
        "  --port DEVICE      serial port, or the far end of a pseudo-terminal\n"
        "  --baud N           600 to 19200, 8 data bits, even parity (default 2400; DC meters in\n"
        "                     chargers often run at 9600)\n"
        "  --address DIGITS   12 digits; AA in place of two: any (default: all AA)\n"
        "  --type NAME        standard; dc-vendor: more digits for voltage, current, power;\n"
        "                     ac-wide: more for power\n"
        "  --timeout MS       from the request's end to the answer's (default 1000); an answer\n"
        "                     that is coming in by then is heard out. scan: default 520, what a\n"
        "                     meter has to begin its answer\n"
        "  --gap MS           longest pause between two bytes (default 500)\n"
        "  --tries N          (default 3; scan: 1)\n"
        "  --language en|zh   of names and messages (default en)\n"
        "  --mask             meters' numbers and addresses become pseudonyms; bytes that may "
        "hold\n"
        "                     one are left out\n"
        "  --mask-key TEXT    the key they depend on (implies --mask)\n"
        "  --every S          watch: seconds between readings (default 1)\n"
        "  --count N          watch: readings (default: until interrupted)\n"
        "simulate:\n"
        "  --voltage V --current A --phases 1|3   what it measures (default 750 V, 0 A, 1)\n"
        "  --csv FILE         lines of seconds,volts,amperes instead, from the start\n"
        "  --start KWH        register at the start\n"
        "  --class PERCENT    accuracy class: 0.1, 0.2, 0.5, 1.0 (default 0: exact)\n"
        "  --fault NAME[:VALUE[:SHARE]]   silent, late:S, early, checksum, truncated:BYTES, "
        "address,\n"
        "                     foreign, refuses:CODE, wrong-item, no-value; SHARE of the answers\n"
        "                     (default 1)\n"
        "                     Without --port it makes a pseudo-terminal and prints its name.\n\n"
        "examples:\n"
        "  pilebench meter scan --port /dev/ttyUSB0 --baud 9600\n"
        "  pilebench meter read energy_forward voltage_a --port /dev/ttyUSB0 --address 25\n"
        "  pilebench meter simulate --current 100 &\n"
        "  pilebench meter decode line.txt\n\n"
        "exit codes: 0 done, 1 a meter did not answer, refused or has no such value, or the port\n"
        "            has gone, 2 wrong usage, 4 cannot write, 130 interrupted\n",
        stream);
}

enum {
    OPT_PORT = 256,
    OPT_BAUD,
    OPT_ADDRESS,
    OPT_TYPE,
    OPT_TIMEOUT,
    OPT_GAP,
    OPT_TRIES,
    OPT_LANGUAGE,
    OPT_EVERY,
    OPT_COUNT,
    OPT_VOLTAGE,
    OPT_CURRENT,
    OPT_PHASES,
    OPT_CSV,
    OPT_START,
    OPT_CLASS,
    OPT_FAULT,
};

static const struct option long_options[] = {{"port", required_argument, NULL, OPT_PORT},
                                             {"baud", required_argument, NULL, OPT_BAUD},
                                             {"address", required_argument, NULL, OPT_ADDRESS},
                                             {"type", required_argument, NULL, OPT_TYPE},
                                             {"timeout", required_argument, NULL, OPT_TIMEOUT},
                                             {"gap", required_argument, NULL, OPT_GAP},
                                             {"tries", required_argument, NULL, OPT_TRIES},
                                             {"language", required_argument, NULL, OPT_LANGUAGE},
                                             {"every", required_argument, NULL, OPT_EVERY},
                                             {"count", required_argument, NULL, OPT_COUNT},
                                             {"voltage", required_argument, NULL, OPT_VOLTAGE},
                                             {"current", required_argument, NULL, OPT_CURRENT},
                                             {"phases", required_argument, NULL, OPT_PHASES},
                                             {"csv", required_argument, NULL, OPT_CSV},
                                             {"start", required_argument, NULL, OPT_START},
                                             {"class", required_argument, NULL, OPT_CLASS},
                                             {"fault", required_argument, NULL, OPT_FAULT},
                                             CLI_MASK_OPTIONS,
                                             {"help", no_argument, NULL, 'h'},
                                             {0}};

static const char *option_name(int option) {
    for (size_t i = 0; long_options[i].name != NULL; i++) {
        if (long_options[i].val == option) {
            return long_options[i].name;
        }
    }
    return "";
}

/* A number of that range. False: told. */
static bool number(int option, const char *text, double min, double max, double *value) {
    char *end;
    errno = 0;
    *value = strtod(text, &end);
    if (end == text || *end != '\0' || errno != 0 || !(*value >= min && *value <= max)) {
        cli_complain("--%s %s: expected a number from %g to %g", option_name(option), text, min,
                     max);
        return false;
    }
    return true;
}

static bool whole_number(int option, const char *text, double min, double max, unsigned *value) {
    double given;
    if (!number(option, text, min, max, &given)) {
        return false;
    }
    *value = (unsigned)given;
    if (given != (double)*value) {
        cli_complain("--%s %s: expected a whole number", option_name(option), text);
        return false;
    }
    return true;
}

static bool take_phases(struct meter_options *options, const char *text) {
    bool fine = whole_number(OPT_PHASES, text, 1, 3, &options->phases);
    if (fine && options->phases == 2) {
        cli_complain("--phases 2: expected 1 or 3");
    }
    return fine && options->phases != 2;
}

/* What a fault's value may be; both 0: it has none. */
static const struct {
    double min, max;
} fault_values[SIMULATED_FAULTS] = {
    [SIMULATED_LATE] = {0, 3600},
    [SIMULATED_TRUNCATED] = {0, METER_FRAME_BYTES_MAX},
    [SIMULATED_REFUSES] = {0, 0xFF},
};

static bool fault_value_fits(const struct meter_options *options) {
    double min = fault_values[options->fault].min, max = fault_values[options->fault].max;
    if (options->fault_value >= min && options->fault_value <= max) {
        return true;
    }
    if (max > 0) {
        cli_complain("--fault %s: expected a value from %g to %g",
                     simulated_fault_name(options->fault), min, max);
    } else {
        cli_complain("--fault %s takes no value; a share of the answers is written %s::0.1",
                     simulated_fault_name(options->fault), simulated_fault_name(options->fault));
    }
    return false;
}

/* NAME[:VALUE[:SHARE]] */
static bool take_fault(struct meter_options *options, const char *text) {
    size_t length = strcspn(text, ":");
    char *end;
    for (unsigned i = 0; i < SIMULATED_FAULTS; i++) {
        const char *name = simulated_fault_name((enum simulated_fault)i);
        if (strlen(name) != length || strncmp(name, text, length) != 0) {
            continue;
        }
        options->fault = (enum simulated_fault)i;
        options->fault_share = 1;
        text += length;
        if (*text == ':') {
            options->fault_value = strtod(text + 1, &end);
            text = end;
        }
        if (*text == ':') {
            options->fault_share = strtod(text + 1, &end);
            text = end;
        }
        if (*text == '\0' && options->fault_share > 0 && options->fault_share <= 1) {
            return fault_value_fits(options);
        }
        break;
    }
    cli_complain("--fault: write it as NAME, NAME:VALUE or NAME:VALUE:SHARE (share 0 to 1); "
                 "`pilebench meter --help` lists the names");
    return false;
}

static bool take_type(struct meter_options *options, const char *text) {
    for (unsigned i = 0; i < METER_TYPES; i++) {
        if (strcmp(meter_type_name((enum meter_type)i), text) == 0) {
            options->type = (enum meter_type)i;
            return true;
        }
    }
    cli_complain("--type %s: expected standard, dc-vendor or ac-wide", text);
    return false;
}

/* AA stands for two digits; an A beside a digit matches no meter. */
static bool only_whole_wildcards(const uint8_t address[6]) {
    for (unsigned i = 0; i < 6; i++) {
        bool digits = address[i] >> 4 <= 9 && (address[i] & 0xF) <= 9;
        if (!digits && address[i] != METER_WILDCARD) {
            return false;
        }
    }
    return true;
}

/* Known to be wanted masked, or not, only once every option has been read. */
static bool take_address(struct meter_options *options, const char *text) {
    if (text == NULL) {
        return true;
    }
    if (meter_address_from_text(text, options->address) && only_whole_wildcards(options->address)) {
        return true;
    }
    cli_complain("--address%s%s: 1 to 12 decimal digits, or AA for any two of them",
                 options->mask.on ? "" : " ", options->mask.on ? "" : text);
    return false;
}

/* Options whose value is a number. */
static bool take_number(struct meter_options *options, int option, const char *text) {
    double value;
    switch (option) {
    case OPT_BAUD:
        return whole_number(option, text, 600, 19200, &options->bits_per_s);
    case OPT_TIMEOUT:
        options->timeout_given = true;
        return number(option, text, 1, 60000, &value) &&
               ((options->master.timeout_ns = llround(value * 1e6)), true);
    case OPT_GAP:
        return number(option, text, 1, 60000, &value) &&
               ((options->master.gap_ns = llround(value * 1e6)), true);
    case OPT_TRIES:
        options->tries_given = true;
        return whole_number(option, text, 1, 100, &options->master.tries);
    case OPT_EVERY:
        return number(option, text, 0.01, 86400, &options->every_s);
    case OPT_COUNT:
        return whole_number(option, text, 1, 1e9, &options->count);
    case OPT_VOLTAGE:
        return number(option, text, 0, 99999, &options->voltage_v);
    case OPT_CURRENT:
        return number(option, text, -9999, 9999, &options->current_a);
    case OPT_PHASES:
        return take_phases(options, text);
    case OPT_START:
        return number(option, text, 0, 999999.99, &options->start_kwh);
    default:
        return number(option, text, 0, 10, &options->class_percent);
    }
}

static bool take_option(struct meter_options *options, int option, const char *text) {
    switch (option) {
    case OPT_PORT:
        options->port = text;
        return true;
    case OPT_CSV:
        options->csv = text;
        return true;
    case OPT_ADDRESS:
        options->address_text = text;
        return true;
    case OPT_TYPE:
        return take_type(options, text);
    case OPT_LANGUAGE:
        return cli_language(text, &options->chinese);
    case OPT_FAULT:
        return take_fault(options, text);
    default:
        return cli_mask_take(&options->mask, option, text) || take_number(options, option, text);
    }
}

bool meter_session_open(struct meter_session *session, const struct meter_options *options) {
    struct problem problem;
    if (options->port == NULL) {
        cli_complain("no serial port given; name it, for example --port /dev/ttyUSB0");
        return false;
    }
    loop_init(&session->loop, LOOP_REAL);
    session->line = serial_open(&session->loop, options->port, options->bits_per_s, &problem);
    if (session->line == NULL) {
        cli_complain("%s", problem.text);
        loop_free(&session->loop);
        return false;
    }
    master_init(&session->master, &session->loop, session->line, &options->master);
    return true;
}

void meter_session_close(struct meter_session *session) {
    master_free(&session->master);
    serial_free(session->line);
    loop_free(&session->loop);
}

static int list_items(const struct meter_options *options, int argc, char **argv) {
    const struct meter_item *item;
    (void)argc, (void)argv;
    for (size_t i = 0; (item = meter_item_at(options->type, i)) != NULL; i++) {
        printf("%08X  %-20s %-8s %s\n", item->di, item->name, item->unit,
               options->chinese ? item->zh : item->en);
    }
    return EXIT_PASS;
}

static const struct {
    const char *name;
    int (*run)(const struct meter_options *options, int argc, char **argv);
} actions[] = {
    {"read", cli_meter_read}, {"watch", cli_meter_watch},       {"dump", cli_meter_dump},
    {"scan", cli_meter_scan}, {"simulate", cli_meter_simulate}, {"decode", cli_meter_decode},
    {"items", list_items},
};

int cli_meter(int argc, char **argv) {
    struct meter_options options = {.bits_per_s = 2400,
                                    .master = master_params_default,
                                    .every_s = 1,
                                    .voltage_v = 750,
                                    .phases = 1};
    memset(options.address, 0xAA, sizeof options.address);
    for (int option; (option = getopt_long(argc, argv, "h", long_options, NULL)) != -1;) {
        if (option == 'h') {
            help(stdout);
            return EXIT_PASS;
        }
        if (option == '?' || !take_option(&options, option, optarg)) {
            return EXIT_USAGE;
        }
    }
    if (!take_address(&options, options.address_text)) {
        return EXIT_USAGE;
    }
    const char *what = optind < argc ? argv[optind] : "";
    signal(SIGINT, stop);
    signal(SIGTERM, stop);
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (strcmp(actions[i].name, what) == 0) {
            int code = actions[i].run(&options, argc - optind - 1, argv + optind + 1);
            return stopped ? EXIT_INTERRUPTED : code;
        }
    }
    if (what[0] == '\0') {
        help(stderr);
    } else {
        cli_complain("unknown command 'meter %s'; `pilebench meter --help` lists the commands",
                     what);
    }
    return EXIT_USAGE;
}
