/* SPDX-License-Identifier: MIT */
/* The commands of pilebench, in the order in which help lists them. */
#include "firmware-under-test/include/dut.h"
#include "harness/cli/cli.h"
#include "harness/cli/complete.h"
#include "harness/cli/pager.h"
#include "harness/cli/shared.h"
#include "sim/memory.h"
#include "sim/text/nearest.h"
#include "sim/text/plain.h"

#include <stdlib.h>
#include <string.h>

static const struct command *const commands[] = {
    &run_command,          &init_command,           &list_command,
    &show_command,         &check_command,          &schema_command,
    &report_command,       &verify_command,         &signals_command,
    &judge_command,        &decode_command,         &convert_command,
    &dbc_command,          &dissector_command,      &qualify_command,
    &records_command,      &meter_command,          &meter_read_command,
    &meter_watch_command,  &meter_dump_command,     &meter_scan_command,
    &meter_decode_command, &meter_simulate_command, &meter_items_command,
    &doctor_command,       &completion_command,     &man_command,
};

#define COMMANDS (sizeof commands / sizeof commands[0])

const struct command *cli_command(size_t index) {
    return index < COMMANDS ? commands[index] : NULL;
}

/* Its name within another command ("read"), or within none; NULL: it belongs elsewhere. */
static const char *name_within(const struct command *command, const char *within) {
    size_t length = within != NULL ? strlen(within) : 0;
    if (length == 0) {
        return strchr(command->name, ' ') == NULL ? command->name : NULL;
    }
    bool inside = strncmp(command->name, within, length) == 0 && command->name[length] == ' ';
    return inside ? command->name + length + 1 : NULL;
}

struct walk {
    const char *within;
};

static const char *next_name(void *ctx, size_t index) {
    const struct walk *walk = ctx;
    for (size_t i = 0; i < COMMANDS; i++) {
        const char *name = name_within(commands[i], walk->within);
        if (name != NULL && index-- == 0) {
            return name;
        }
    }
    return NULL;
}

/* What others call it. */
static const char *own_name(const char *within, const char *name) {
    return within == NULL && strcmp(name, "lint") == 0 ? "check" : name;
}

const struct command *cli_command_named(const char *within, const char *given) {
    struct walk walk = {within};
    const char *name = own_name(within, given);
    for (size_t i = 0; i < COMMANDS; i++) {
        const char *one = name_within(commands[i], within);
        if (one != NULL && strcmp(one, name) == 0) {
            return commands[i];
        }
    }
    const char *of = within != NULL ? within : "", *blank = within != NULL ? " " : "";
    char *en = memory_format("; `pilebench %s%s--help` lists the commands", of, blank);
    char *zh = memory_format("；命令见`pilebench %s%s--help`", of, blank);
    struct problem problem = {0};
    problem_set_both(&problem, "unknown command '%s%s%s'", "未知命令'%s%s%s'", of, blank, name);
    char *before = memory_format("%s%s", of, blank);
    nearest_add_after(&problem, before, name, next_name, &walk, (struct phrase){en, zh});
    cli_problem(&problem);
    free(before);
    free(en);
    free(zh);
    return NULL;
}

static void help(bool chinese, FILE *stream) {
    fputs(chinese ? "pilebench：GB/T直流充电桩试验台\n\n用法：pilebench COMMAND [options]\n\n"
                  : "pilebench - test bench for GB/T DC charging piles\n\n"
                    "usage: pilebench COMMAND [options]\n\n",
          stream);
    for (size_t i = 0; i < COMMANDS; i++) {
        if (name_within(commands[i], NULL) != NULL) {
            plain_line(stream, "  %-10s %s", commands[i]->name,
                       phrase_in(&commands[i]->what, chinese));
        }
    }
    fputs(
        chinese
            ? "\n`pilebench COMMAND --help`给出其选项和示例；`--language "
              "zh|en`选择语言。\n\n示例：\n"
              "  pilebench run                          全部用例，虚拟时间，参考固件\n"
              "  pilebench run estop-while-charging --dut ./my_firmware.so\n"
              "  pilebench show contactor-order-500ms --language zh\n\n"
              "退出码：0 全部合格，1 有不合格，2 用法或输入有误，3 有未判定，\n"
              "        4 试验台自身出错，130 被中断\n"
            : "\n`pilebench COMMAND --help` shows its options and examples; --language zh gives\n"
              "them in Chinese.\n\n"
              "examples:\n"
              "  pilebench run                          every case, virtual time, reference core\n"
              "  pilebench run estop-while-charging --dut ./my_firmware.so\n"
              "  pilebench show contactor-order-500ms --language en\n\n"
              "exit codes: 0 all pass, 1 a fail, 2 wrong usage or bad input, 3 inconclusive,\n"
              "            4 the bench itself failed, 130 interrupted\n",
        stream);
}

static bool is_help(const char *word) {
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0;
}

/* Which version this is: of the program, of its source, of the port that firmware is built with. */
static void put_version(void) {
    printf("pilebench " PILEBENCH_VERSION "\ncommit %s\ndut.h version %u\n", version_commit,
           DUT_ABI_VERSION);
}

/* Output that is read from its beginning to its end, and ends by itself. */
static bool is_paged(int argc, char **argv) {
    bool paged = strcmp(argv[1], "list") == 0 || strcmp(argv[1], "show") == 0;
    for (int i = 1; i < argc; i++) {
        paged = paged || is_help(argv[i]);
    }
    return paged;
}

static int run_paged(const struct command *command, int argc, char **argv) {
    if (is_paged(argc, argv)) {
        pager_begin();
    }
    return command->run(argc - 1, argv + 1); /* main ends the pager */
}

int cli_run_command(const char *within, int argc, char **argv) {
    if (argc < 2 && within == NULL) {
        help(cli_chinese(), stderr);
        return EXIT_USAGE;
    }
    if (within == NULL && argc == 3 && strcmp(argv[1], "help") == 0) {
        static char wanted[] = "--help";
        char *line[] = {argv[2], wanted, NULL};
        const struct command *command = cli_command_named(NULL, argv[2]);
        return command != NULL ? command->run(2, line) : EXIT_USAGE;
    }
    if (within == NULL && is_help(argv[1])) {
        help(cli_help_in_chinese(argc, argv), stdout);
        return EXIT_PASS;
    }
    if (within == NULL && strcmp(argv[1], "--version") == 0) {
        put_version();
        return EXIT_PASS;
    }
    if (within == NULL && strcmp(argv[1], COMPLETE_WORD) == 0) {
        return complete_words(argc - 2, argv + 2);
    }
    const struct command *command = cli_command_named(within, argv[1]);
    return command == NULL  ? (int)EXIT_USAGE
           : within == NULL ? run_paged(command, argc, argv)
                            : command->run(argc - 1, argv + 1);
}
