/* SPDX-License-Identifier: MIT */
/* pilebench records: what a pile billed. */
#include "harness/billing/charge_records.h"
#include "harness/cli/cli.h"
#include "harness/cli/mask.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

static void help(FILE *stream) {
    fputs("usage: pilebench records FILE [--json] [--language en|zh] [--mask]\n\n"
          "Prints the charge records in a pile's bulk storage, by number: vehicle, card, times,\n"
          "registers, energy and amount per tariff, why it stopped; charges that have not ended\n"
          "too. Each record is checked: energies against registers, amounts against prices. FILE\n"
          "is a copy of the storage; `pile --store F` keeps it in F.bulk. The layout is in\n"
          "firmware-under-test/include/charge_record.h.\n\n"
          "  --json             an object a line\n"
          "  --language en|zh   of the text (default en)\n"
          "  --mask             card numbers, VINs and plates become pseudonyms\n"
          "  --mask-key TEXT    the key they depend on (implies --mask)\n\n"
          "examples:\n"
          "  pilebench records pile.nvs.bulk\n"
          "  pilebench records pile.nvs.bulk --json | jq -s 'map(.energy_kwh) | add'\n\n"
          "exit codes: 0 every record adds up, 1 one does not, 2 wrong usage or no record,\n"
          "            4 cannot write\n",
          stream);
}

struct options {
    const char *path;
    bool json, chinese, leave;
    struct number_mask mask;
    int code;
};

static void leave(struct options *options, int code) {
    options->leave = true;
    options->code = code;
}

static void parse(struct options *options, int argc, char **argv) {
    static const struct option names[] = {{"json", no_argument, NULL, 'j'},
                                          {"language", required_argument, NULL, 'l'},
                                          CLI_MASK_OPTIONS,
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    int option;
    while (!options->leave && (option = getopt_long(argc, argv, "h", names, NULL)) != -1) {
        if (option == 'j') {
            options->json = true;
        } else if (option == 'l') {
            if (!cli_language(optarg, &options->chinese)) {
                leave(options, EXIT_USAGE);
            }
        } else if (option == 'h') {
            help(stdout);
            leave(options, EXIT_PASS);
        } else if (!cli_mask_take(&options->mask, option, optarg)) {
            fputs("`pilebench records --help` shows the options\n", stderr);
            leave(options, EXIT_USAGE);
        }
    }
    if (!options->leave && argc - optind != 1) {
        cli_complain("records: wants one file, a pile's bulk storage; --help says more");
        leave(options, EXIT_USAGE);
    }
    options->path = options->leave ? NULL : argv[optind];
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
        cli_complain("records: '%s' cannot be read any further", options->path);
        code = EXIT_USAGE;
    }
    if (charge_records_cut(records)) {
        fprintf(stderr,
                "pilebench: '%s' ends within a record: it is no whole copy, and later "
                "records may be missing\n",
                options->path);
    }
    if (charge_records_damaged(records) > 0) {
        fprintf(stderr,
                "pilebench: %u slots hold something that is no whole record, as a power cut in "
                "the middle of a write leaves it\n",
                charge_records_damaged(records));
    }
    return code;
}

int cli_records(int argc, char **argv) {
    struct options options = {0};
    char why[512];
    parse(&options, argc, argv);
    if (options.leave) {
        return options.code;
    }
    struct charge_records *records = charge_records_open(options.path, why, sizeof why);
    if (records == NULL) {
        cli_complain("records: %s", why);
        return EXIT_USAGE;
    }
    int code = print(&options, records);
    charge_records_close(records);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        cli_complain("standard output cannot be written: %s", strerror(errno));
        return EXIT_BENCH;
    }
    return code;
}
