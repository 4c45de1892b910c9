/* SPDX-License-Identifier: MIT */
/* pilebench records: what a pile billed. */
#include "harness/billing/charge_records.h"
#include "harness/cli/cli.h"
#include "harness/cli/mask.h"

#include <getopt.h>
#include <string.h>

static const char help[] =
    "usage: pilebench records FILE [--json] [--language en|zh] [--mask]\n\n"
    "Prints the charge records in a pile's bulk storage, by number: vehicle, card, times,\n"
    "registers, energy and amount per tariff, why it stopped; charges that have not ended\n"
    "too. Each record is checked: energies against registers, amounts against prices. FILE\n"
    "is a copy of the storage; `pile --store F` keeps it in F.bulk. The layout is in\n"
    "firmware-under-test/include/charge_record.h.\n\n"
    "  --json             one object per line\n"
    "  --language en|zh   of the text (default en)\n"
    "  --mask             card numbers, VINs and plates become pseudonyms\n"
    "  --mask-key TEXT    the secret key of the pseudonyms (implies --mask)\n\n"
    "examples:\n"
    "  pilebench records pile.nvs.bulk\n"
    "  pilebench records pile.nvs.bulk --json | jq -s 'map(.energy_kwh) | add'\n\n"
    "exit codes: 0 every record is consistent, 1 one is not, 2 wrong usage or no record,\n"
    "            4 cannot write\n";

struct options {
    const char *path;
    bool json, chinese;
    struct number_mask mask;
    struct cli_end end;
};

static void parse(struct options *options, int argc, char **argv) {
    static const struct option names[] = {{"json", no_argument, NULL, 'j'},
                                          {"language", required_argument, NULL, 'l'},
                                          CLI_MASK_OPTIONS,
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    int option;
    while (!options->end.now && (option = getopt_long(argc, argv, "h", names, NULL)) != -1) {
        if (option == 'j') {
            options->json = true;
        } else if (option == 'l') {
            if (!cli_language(optarg, &options->chinese)) {
                cli_leave(&options->end, EXIT_USAGE);
            }
        } else if (!cli_mask_take(&options->mask, option, optarg)) {
            cli_leave(&options->end, cli_other_option(option, "records", help));
        }
    }
    if (!options->end.now && argc - optind != 1) {
        cli_complain("records: give one file, a copy of a pile's bulk storage (see --help)");
        cli_leave(&options->end, EXIT_USAGE);
    }
    options->path = options->end.now ? NULL : argv[optind];
}

static int print(const struct options *options, struct charge_records *records) {
    struct charge_record record;
    int code = EXIT_PASS;
    while (charge_records_next(records, &record)) {
        number_mask_text(&options->mask, record.card);
        number_mask_text(&options->mask, record.vehicle);
        if (options->json) {
            charge_record_write_json(&record, stdout);
        } else {
            charge_record_write_text(&record, options->chinese, stdout);
        }
        if (charge_record_problem(&record) != NULL) {
            code = EXIT_FAIL;
        }
    }
    if (charge_records_failed(records)) {
        cli_complain("records: cannot read the rest of '%s'", options->path);
        code = EXIT_USAGE;
    }
    if (charge_records_cut(records)) {
        cli_complain("'%s' ends in the middle of a record: the copy is not complete, and later "
                     "records may be missing",
                     options->path);
    }
    if (charge_records_damaged(records) > 0) {
        cli_complain("%u slots hold an incomplete record, as a power cut during a write leaves it",
                     charge_records_damaged(records));
    }
    return code;
}

int cli_records(int argc, char **argv) {
    struct options options = {0};
    struct problem problem = {0};
    parse(&options, argc, argv);
    if (options.end.now) {
        return options.end.code;
    }
    struct charge_records *records = charge_records_open(options.path, &problem);
    if (records == NULL) {
        cli_complain("records: %s", problem.text);
        return EXIT_USAGE;
    }
    int code = print(&options, records);
    charge_records_close(records);
    return code;
}
