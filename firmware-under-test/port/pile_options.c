/* SPDX-License-Identifier: MIT */
#include "pile_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define METER_BAUD 2400 /* DL/T 645-2007 meters as delivered */

extern const char version_commit[]; /* made by cmake/commit.cmake */

enum option_key {
    KEY_VEHICLE = 1000,
    KEY_VEHICLE2,
    KEY_MODULES,
    KEY_UPPER,
    KEY_IO,
    KEY_METER,
    KEY_DUT,
    KEY_SET,
    KEY_STORE,
    KEY_CLOCK,
    KEY_LIST_PARAMS,
    KEY_DIE_WITH_PARENT,
    KEY_QUIET,
    KEY_VERSION,
    KEY_HELP,
};

static const struct option long_options[] = {
    {"vehicle", required_argument, NULL, KEY_VEHICLE},
    {"vehicle2", required_argument, NULL, KEY_VEHICLE2},
    {"modules", required_argument, NULL, KEY_MODULES},
    {"upper", required_argument, NULL, KEY_UPPER},
    {"io", required_argument, NULL, KEY_IO},
    {"meter", required_argument, NULL, KEY_METER},
    {"dut", required_argument, NULL, KEY_DUT},
    {"set", required_argument, NULL, KEY_SET},
    {"store", required_argument, NULL, KEY_STORE},
    {"clock", required_argument, NULL, KEY_CLOCK},
    {"list-params", no_argument, NULL, KEY_LIST_PARAMS},
    {"die-with-parent", no_argument, NULL, KEY_DIE_WITH_PARENT},
    {"quiet", no_argument, NULL, KEY_QUIET},
    {"version", no_argument, NULL, KEY_VERSION},
    {"help", no_argument, NULL, KEY_HELP},
    {NULL, 0, NULL, 0},
};

static const char help[] =
    "pile - a charger's controller as a Linux process on CAN\n"
    "\n"
    "usage: pile --vehicle IF --io IF [options]\n"
    "       pile --list-params [--dut FILE]\n"
    "\n"
    "  --vehicle IF          CAN interface to the vehicle (GB/T 27930)\n"
    "  --io IF               CAN interface to the bench's inputs and outputs (pile_io.h)\n"
    "  --vehicle2 IF         CAN interface to the vehicle at the second gun: it is wired, and a\n"
    "                        firmware with the parameter guns is set to 2\n"
    "  --modules IF          CAN interface to power modules\n"
    "  --upper IF            CAN interface to the billing unit or upper system\n"
    "  --meter N=DEV[:BAUD]  serial line N to a meter, even parity, 2400 bit/s unless given\n"
    "  --dut FILE            firmware from a shared object instead of the one built in\n"
    "  --set NAME=VALUE      sets a parameter of the firmware; may be repeated\n"
    "  --store FILE          keeps the non-volatile records in FILE (default: in memory)\n"
    "  --clock TIME          the pile's clock at its start, as \"2026-03-01 23:50:00\" (default:\n"
    "                        the machine's clock and time zone)\n"
    "  --list-params         prints the firmware's parameters and exits\n"
    "  --die-with-parent     ends when the process that started it ends\n"
    "  --quiet               leaves out the firmware's own log lines\n"
    "  --version             this program, its commit, its dut.h\n"
    "  --help                this text\n"
    "\n"
    "It runs until SIGINT or SIGTERM. Exit: 0 stopped; 1 an interface went away; 2 wrong usage,\n"
    "no such interface or parameter; 3 the firmware broke dut.h (a channel that does not exist, a\n"
    "frame that is none).\n"
    "\n"
    "examples:\n"
    "  pile --vehicle vcan0 --io vcan1               the built-in firmware on two virtual "
    "networks\n"
    "  pile --vehicle can0 --io can1 --dut ./my.so   your firmware on two USB-CAN adapters\n"
    "  pile --vehicle vcan0 --io vcan1 --set brm.timeout=5000 --store pile.nvs\n"
    "  pile --list-params --dut ./my.so              what can be set\n";

static bool complain(int *status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("pile: ", stderr);
    vfprintf(stderr, format, arguments);
    fputs("\nTry 'pile --help'.\n", stderr);
    va_end(arguments);
    *status = 2;
    return false;
}

static bool read_set(struct pile_options *o, const char *text, int *status) {
    const char *equals = strchr(text, '=');
    if (o->set_count == PILE_SETS_MAX) {
        return complain(status, "more than %d --set", PILE_SETS_MAX);
    }
    struct pile_set *set = &o->sets[o->set_count++];
    char *end = NULL;
    errno = 0;
    long value = equals == NULL ? 0 : strtol(equals + 1, &end, 0);
    if (equals == NULL || equals == text || end == equals + 1 || *end != '\0') {
        return complain(status, "--set wants NAME=NUMBER, not '%s'", text);
    }
    if (errno != 0 || value < INT32_MIN || value > INT32_MAX) {
        return complain(status, "--set %s: the number does not fit 32 bits", text);
    }
    if ((size_t)(equals - text) >= sizeof set->name) {
        return complain(status, "--set %s: no parameter has so long a name", text);
    }
    snprintf(set->name, sizeof set->name, "%.*s", (int)(equals - text), text);
    set->value = (int32_t)value;
    return true;
}

static bool read_meter(struct pile_options *o, const char *text, int *status) {
    if (o->line_count == PILE_LINES_MAX) {
        return complain(status, "more than %d --meter", PILE_LINES_MAX);
    }
    struct pile_line *line = &o->lines[o->line_count++];
    char *end;
    unsigned long number = strtoul(text, &end, 10);
    if (end == text || *end != '=' || end[1] == '\0' || number > 255) {
        return complain(status, "--meter wants N=DEVICE or N=DEVICE:BAUD, not '%s'", text);
    }
    line->line = (unsigned)number;
    line->baud = METER_BAUD;
    const char *device = end + 1, *colon = strrchr(device, ':');
    if (colon != NULL) {
        bool digit = colon[1] >= '0' && colon[1] <= '9'; /* strtoul would take a minus */
        line->baud = digit ? strtoul(colon + 1, &end, 10) : 0;
        if (!digit || *end != '\0') {
            return complain(status, "--meter %s: no speed after the colon", text);
        }
    }
    size_t length = colon == NULL ? strlen(device) : (size_t)(colon - device);
    if (length >= sizeof line->device) {
        return complain(status, "--meter %s: the path is too long", text);
    }
    snprintf(line->device, sizeof line->device, "%.*s", (int)length, device);
    return true;
}

static bool read_clock(struct pile_options *o, const char *text, int *status) {
    struct tm civil = {0};
    const char *end = strptime(text, "%Y-%m-%d %H:%M:%S", &civil);
    struct tm wanted = civil;
    time_t seconds = end == NULL ? -1 : timegm(&civil);
    bool exists = civil.tm_mday == wanted.tm_mday && civil.tm_mon == wanted.tm_mon;
    /* strptime takes blanks and single digits too: only the whole form is said to be one */
    if (end == NULL || *end != '\0' || strlen(text) != sizeof "2026-03-01 23:50:00" - 1 ||
        seconds <= 0 || !exists) {
        return complain(status, "--clock wants a time as '2026-03-01 23:50:00', not '%s'", text);
    }
    o->clock_s = (int64_t)seconds;
    return true;
}

static bool read_one(struct pile_options *o, int key, int *status) {
    switch (key) {
    case KEY_VEHICLE:
        o->nets[DUT_NET_VEHICLE] = optarg;
        return true;
    case KEY_VEHICLE2:
        o->nets[DUT_NET_VEHICLE + 1] = optarg;
        return true;
    case KEY_MODULES:
        o->nets[DUT_NET_MODULES] = optarg;
        return true;
    case KEY_UPPER:
        o->nets[DUT_NET_HOST] = optarg;
        return true;
    case KEY_IO:
        o->io = optarg;
        return true;
    case KEY_METER:
        return read_meter(o, optarg, status);
    case KEY_DUT:
        o->dut = optarg;
        return true;
    case KEY_SET:
        return read_set(o, optarg, status);
    case KEY_STORE:
        o->store = optarg;
        return true;
    case KEY_CLOCK:
        return read_clock(o, optarg, status);
    case KEY_LIST_PARAMS:
        o->list_params = true;
        return true;
    case KEY_DIE_WITH_PARENT:
        o->die_with_parent = true;
        return true;
    case KEY_QUIET:
        o->quiet = true;
        return true;
    case KEY_VERSION:
        printf("pile " PILEBENCH_VERSION "\ncommit %s\ndut.h version %u\n", version_commit,
               DUT_ABI_VERSION);
        *status = 0;
        return false;
    case KEY_HELP:
        fputs(help, stdout);
        *status = 0;
        return false;
    default: /* getopt has said what is wrong */
        fputs("Try 'pile --help'.\n", stderr);
        *status = 2;
        return false;
    }
}

bool pile_options_read(struct pile_options *o, int argc, char **argv, int *status) {
    memset(o, 0, sizeof *o);
    int key;
    while ((key = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        if (!read_one(o, key, status)) {
            return false;
        }
    }
    if (optind < argc) {
        return complain(status, "'%s' is no option", argv[optind]);
    }
    if (!o->list_params && o->nets[DUT_NET_VEHICLE] == NULL) {
        return complain(status, "--vehicle is missing: the CAN interface to the vehicle");
    }
    if (!o->list_params && o->io == NULL) {
        return complain(status, "--io is missing: the CAN interface to the bench");
    }
    return true;
}
