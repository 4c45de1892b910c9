/* SPDX-License-Identifier: MIT */
#include "harness/cli/shared.h"

#include "harness/capture/capture.h"
#include "harness/mask/number_mask.h"

#include <stdlib.h>
#include <string.h>

static bool take_mask_key(void *at, const char *text, struct problem *problem) {
    struct number_mask *mask = at;
    (void)problem;
    mask->on = true;
    mask->key = text;
    return true;
}

const struct option_row cli_mask_rows[] = {
    OPTION_FLAG("mask", 0, struct number_mask, on,
                "VIN, pack serial number, numbers of cards, plates and meters become pseudonyms",
                "VIN、电池序列号、卡号、车牌号和表号以假名代替"),
    OPTION_OF_ALL("mask-key", 0, "TEXT", FILL_NOTHING, take_mask_key,
                  "the secret key of the pseudonyms (implies --mask); without it, anyone who "
                  "suspects a number can check it",
                  "假名的密钥（即启用--mask）；不设密钥时，猜到号码者可以验证"),
    {0}};

const struct option_row cli_capture_rows[] = {
    OPTION_TEXT("network", 0, "NAME", FILL_NOTHING, struct capture_options, network,
                "only this channel or interface of the file (default: the one with frames of "
                "GB/T 27930, where only one can be taken)",
                "只读文件中的这一通道或接口（只能取一个时，默认取有GB/T 27930报文者）"),
    OPTION_TEXT("columns", 0, "SPEC", FILL_NOTHING, struct capture_options, columns,
                "the columns of a table: id=2,data=6,time=1 or id=帧ID,data=数据 (keys: id, data, "
                "time, length, direction, network, extended)",
                "表格的列：id=2,data=6,time=1或id=帧ID,data=数据（键：id、data、time、length、"
                "direction、network、extended）"),
    OPTION_TEXT("time-unit", 0, "s|ms|us|0.1ms", FILL_CHOICE, struct capture_options, time_unit,
                "unit of plain numbers in the time column", "时间列中纯数字的单位"),
    {0}};

bool cli_take_language(void *chinese, const char *text, struct problem *problem) {
    bool zh = strcmp(text, "zh") == 0;
    if (!zh && strcmp(text, "en") != 0) {
        return problem_set_both(problem, "use en or zh", "请用en或zh");
    }
    *(bool *)chinese = zh;
    return true;
}

bool cli_take_edition(void *edition, const char *text, struct problem *problem) {
    return edition_named(text, strlen(text), edition) ||
           problem_set_both(problem, "use 2011, 2015 or 2023", "请用2011、2015或2023");
}

bool cli_chinese(void) {
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0') {
            return strncmp(value, "zh", 2) == 0;
        }
    }
    return false;
}
