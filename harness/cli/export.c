/* SPDX-License-Identifier: MIT */
/* pilebench dbc, pilebench dissector: the message table for other tools. */
#include "harness/cli/cli.h"
#include "harness/cli/shared.h"
#include "vehicle_bms/export/dbc.h"
#include "vehicle_bms/export/dissector.h"

struct export {
    enum edition edition;
    bool chinese;
};

static int cli_dbc(int argc, char **argv);
static int cli_dissector(int argc, char **argv);

static const struct option_row rows[] = {CLI_EDITION(struct export, edition,
                                                     "of GB/T 27930 (default 2015)",
                                                     "GB/T 27930的版本（默认2015）"),
                                         CLI_LANGUAGE(struct export, chinese),
                                         {0}};

const struct command dbc_command = {
    .name = "dbc",
    .what = {"write the messages of GB/T 27930 as a DBC", "将GB/T 27930的报文写为DBC"},
    .arguments = "",
    .about =
        {"Writes the messages of GB/T 27930 as a DBC, to standard output. Messages of several "
         "packets have the identifier of the J1939 formula and their whole length; repeated "
         "fields and the characters of texts are signals of their own. The file's comment and "
         "docs/dbc.md say more. In Chinese its comments and labels are UTF-8: tools that expect "
         "a code page show them wrong.",
         "将GB/T "
         "27930的报文以DBC写到标准输出。多包报文用J1939公式的标识符和完整长度；重复字段和文本字符各"
         "为"
         "信号。详见文件内注释和docs/"
         "dbc.md。中文的注释和标签为UTF-8，使用代码页的工具会显示有误。"},
    .groups = {{rows, 0}},
    .examples = "pilebench dbc > gbt27930-2015.dbc\n"
                "pilebench dbc --edition 2023 --language zh > gbt27930-2023.dbc",
    .exit_codes = {"0 written, 2 wrong usage, 4 cannot write", "0 已写出，2 用法有误，4 无法写出"},
    .run = cli_dbc,
};

const struct command dissector_command = {
    .name = "dissector",
    .what = {"write a Lua dissector of GB/T 27930 for Wireshark and tshark",
             "写出供Wireshark和tshark使用的GB/T 27930 Lua解析器"},
    .arguments = "",
    .about =
        {"Writes a Lua dissector for Wireshark and tshark to standard output: messages and "
         "fields of GB/T 27930 with units and labels, transfers put together, aborts and stops "
         "as expert information. docs/wireshark.md shows its use.",
         "将供Wireshark和tshark使用的Lua解析器写到标准输出：GB/T 27930的报文和字段带单位和标签，"
         "多包已重组，放弃连接和中止为专家信息。用法见docs/wireshark.md。"},
    .groups = {{rows, 0}},
    .examples =
        "pilebench dissector > gbt27930.lua\n"
        "tshark -X lua_script:gbt27930.lua -r charge.pcapng -Y 'gbt27930.code == \"BST\"' -V",
    .exit_codes = {"0 written, 2 wrong usage, 4 cannot write", "0 已写出，2 用法有误，4 无法写出"},
    .run = cli_dissector,
};

/* Their language is English unless asked otherwise: what tools read does not go by the user's LANG. */
static bool parse(const struct command *command, int argc, char **argv, struct export *export,
                  int *code) {
    struct command_given given;
    *export = (struct export){.edition = EDITION_2015};
    return cli_parse(command, argc, argv, export, &given, code);
}

static int cli_dbc(int argc, char **argv) {
    struct export export;
    int code = EXIT_PASS;
    if (parse(&dbc_command, argc, argv, &export, &code)) {
        dbc_write(export.edition, export.chinese, stdout);
    }
    return code;
}

static int cli_dissector(int argc, char **argv) {
    struct export export;
    int code = EXIT_PASS;
    if (parse(&dissector_command, argc, argv, &export, &code)) {
        dissector_write(export.edition, export.chinese, stdout);
    }
    return code;
}
