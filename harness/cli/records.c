/* SPDX-License-Identifier: MIT */
/* pilebench records: what a pile billed. */
#include "harness/billing/charge_records.h"
#include "harness/cli/cli.h"
#include "harness/cli/shared.h"
#include "harness/mask/number_mask.h"

struct options {
    const char *path;
    bool json, chinese;
    struct number_mask mask;
};

static int cli_records(int argc, char **argv);

static const struct option_row rows[] = {
    CLI_JSON(struct options, json), CLI_LANGUAGE(struct options, chinese), {0}};

const struct command records_command = {
    .name = "records",
    .what = {"print and check the charge records in a pile's storage",
             "打印并核对充电桩存储中的充电记录"},
    .arguments = "FILE",
    .fill = FILL_FILE,
    .least = 1,
    .most = 1,
    .about =
        {"Prints the charge records in a pile's bulk storage, by number: vehicle, card, times, "
         "registers, energy and amount per tariff, why it stopped; charges that have not ended "
         "too. Each record is checked: energies against registers, amounts against prices. FILE "
         "is a copy of the storage; `pile --store F` keeps it in F.bulk. The layout is in "
         "firmware-under-test/include/charge_record.h.",
         "按编号打印充电桩大容量存储中的充电记录：车辆、卡、时间、表底、各费率电量和金额、停止原因"
         "；"
         "未结束的充电也打印。逐条核对：电量对表底，金额对电价。FILE为存储的副本；`pile --store "
         "F`存于F.bulk。格式见firmware-under-test/include/charge_record.h。"},
    .groups = {{rows, 0}, {cli_mask_rows, offsetof(struct options, mask)}},
    .examples = "pilebench records pile.nvs.bulk\n"
                "pilebench records pile.nvs.bulk --json | jq -s 'map(.energy_kwh) | add'",
    .exit_codes =
        {"0 every record is consistent, 1 one is not, 2 wrong usage or no record, 4 cannot "
         "write",
         "0 记录全部一致，1 有不一致，2 用法有误或无记录，4 无法写出"},
    .run = cli_records,
};

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

static int cli_records(int argc, char **argv) {
    struct options options = {.chinese = cli_chinese()};
    struct problem problem = {0};
    struct command_given given;
    int code;
    if (!cli_parse(&records_command, argc, argv, &options, &given, &code)) {
        return code;
    }
    options.path = given.words[0];
    struct charge_records *records = charge_records_open(options.path, &problem);
    if (records == NULL) {
        cli_complain("records: %s", problem.text);
        return EXIT_USAGE;
    }
    code = print(&options, records);
    charge_records_close(records);
    return code;
}
