/* SPDX-License-Identifier: MIT */
/* pilebench dbc, pilebench dissector: the message table for other tools. */
#include "harness/cli/cli.h"
#include "vehicle_bms/export/dbc.h"
#include "vehicle_bms/export/dissector.h"

#include <getopt.h>
#include <string.h>

struct export {
    const char *name;
    const char *help;
    enum edition edition;
    bool chinese;
    struct cli_end end;
};

static const char help_dbc[] =
    "usage: pilebench dbc [--edition 2011|2015|2023] [--language en|zh] > gbt27930.dbc\n\n"
    "Writes the messages of GB/T 27930 as a DBC. Messages of several packets have the\n"
    "identifier of the J1939 formula and their whole length; repeated fields and the\n"
    "characters of texts are signals of their own. The file's comment and docs/dbc.md say\n"
    "more. In Chinese its comments and labels are UTF-8: tools that expect a code page show\n"
    "them wrong.\n\n"
    "examples:\n"
    "  pilebench dbc > gbt27930-2015.dbc\n"
    "  pilebench dbc --edition 2023 --language zh > gbt27930-2023.dbc\n\n"
    "exit codes: 0 written, 2 wrong usage, 4 cannot write\n";

static const char help_dissector[] =
    "usage: pilebench dissector [--edition 2011|2015|2023] [--language en|zh] > "
    "gbt27930.lua\n\n"
    "Writes a Lua dissector for Wireshark and tshark: messages and fields of GB/T 27930 with\n"
    "units and labels, transfers put together, aborts and stops as expert information.\n"
    "docs/wireshark.md shows its use.\n\n"
    "examples:\n"
    "  pilebench dissector > gbt27930.lua\n"
    "  tshark -X lua_script:gbt27930.lua -r charge.pcapng -Y 'gbt27930.code == \"BST\"' -V\n\n"
    "exit codes: 0 written, 2 wrong usage, 4 cannot write\n";

static void parse(struct export *export, int argc, char **argv) {
    static const struct option long_options[] = {{"edition", required_argument, NULL, 'e'},
                                                 {"language", required_argument, NULL, 'l'},
                                                 {"help", no_argument, NULL, 'h'},
                                                 {0}};
    int option;
    while (!export->end.now && (option = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
        if (option == 'l') {
            if (!cli_language(optarg, &export->chinese)) {
                cli_leave(&export->end, EXIT_USAGE);
            }
        } else if (option == 'e') {
            if (!cli_edition(optarg, &export->edition)) {
                cli_leave(&export->end, EXIT_USAGE);
            }
        } else {
            cli_leave(&export->end, cli_other_option(option, export->name, export->help));
        }
    }
    if (!export->end.now && argc > optind) {
        cli_complain("%s: unexpected argument '%s'; the output goes to standard output",
                     export->name, argv[optind]);
        cli_leave(&export->end, EXIT_USAGE);
    }
}

int cli_dbc(int argc, char **argv) {
    struct export export = {.name = "dbc", .help = help_dbc, .edition = EDITION_2015};
    parse(&export, argc, argv);
    if (export.end.now) {
        return export.end.code;
    }
    dbc_write(export.edition, export.chinese, stdout);
    return EXIT_PASS;
}

int cli_dissector(int argc, char **argv) {
    struct export export = {.name = "dissector", .help = help_dissector, .edition = EDITION_2015};
    parse(&export, argc, argv);
    if (export.end.now) {
        return export.end.code;
    }
    dissector_write(export.edition, export.chinese, stdout);
    return EXIT_PASS;
}
