/* SPDX-License-Identifier: MIT */
/* pilebench completion, pilebench man, and what a shell asks for. */
#include "harness/cli/complete.h"

#include "firmware-under-test/include/dut.h"
#include "harness/cli/schema.h"
#include "harness/cli/session.h"
#include "harness/plan/place.h"

#include <stdlib.h>
#include <string.h>

#define OF_MEANING 64 /* bytes of a command's name */

/* ---- what fits ---- */

static void offer(const char *begun, const char *word) {
    if (strncmp(word, begun, strlen(begun)) == 0) {
        puts(word);
    }
}

/* en|zh */
static void offer_choices(const char *begun, const char *argument) {
    char word[64];
    while (argument != NULL && *argument != '\0') {
        size_t length = strcspn(argument, "|");
        snprintf(word, sizeof word, "%.*s", (int)length, argument);
        offer(begun, word);
        argument += length + (argument[length] == '|');
    }
}

/* Names of the shipped scenarios; a folder that cannot be read offers nothing, without a word. */
static void offer_scenarios(const char *begun, enum fill fill) {
    const struct vocabulary any = {0};
    struct problem problem = {0};
    struct library *library = library_open(place_scenarios(), &any, &problem);
    if (library == NULL) {
        return;
    }
    if (fill == FILL_CASE) {
        for (size_t i = 0; i < library_case_count(library); i++) {
            offer(begun, library_case(library, i));
        }
    } else {
        struct session session = {.library = library};
        cJSON *names = schema_words(&session, fill == FILL_VEHICLE ? "vehicles" : "profiles");
        const cJSON *name;
        cJSON_ArrayForEach(name, names) {
            offer(begun, name->valuestring);
        }
        cJSON_Delete(names);
    }
    library_free(library);
}

static void offer_limits(const char *begun) {
    const struct vocabulary any = {0};
    struct problem problem = {0};
    struct library *library = library_open(place_scenarios(), &any, &problem);
    const struct profile *profile =
        library != NULL ? profile_load(library, session_defaults.profile, &problem) : NULL;
    for (size_t i = 0; profile != NULL && i < profile->limit_count; i++) {
        char word[80];
        snprintf(word, sizeof word, "%s=", profile->limits[i].name);
        offer(begun, word);
    }
    library_free(library);
}

static void offer_parameters(const char *begun) {
    const struct dut_api *api = dut_entry();
    for (size_t i = 0; i < api->param_count; i++) {
        char word[80];
        snprintf(word, sizeof word, "%s=", api->params[i].name);
        offer(begun, word);
    }
}

static void offer_fill(const struct command *command, enum fill fill, const char *argument,
                       const char *begun) {
    switch (fill) {
    case FILL_CHOICE:
        offer_choices(begun, argument);
        break;
    case FILL_FOLDER:
        puts("@folder");
        break;
    case FILL_CASE:
    case FILL_VEHICLE:
    case FILL_PROFILE:
        offer_scenarios(begun, fill);
        puts("@file"); /* or one of the user's own */
        break;
    case FILL_FILE:
        puts("@file");
        break;
    case FILL_PARAMETER:
        offer_parameters(begun);
        break;
    case FILL_LIMIT:
        offer_limits(begun);
        break;
    case FILL_WORD:
        for (const struct command_word *word = command->words; word->name != NULL; word++) {
            offer(begun, word->name);
        }
        break;
    case FILL_NOTHING:
        break;
    }
}

static void offer_options(const struct command *command, const char *begun) {
    const struct option_row *row;
    char word[64];
    for (size_t i = 0; (row = command_row(command, i, NULL)) != NULL; i++) {
        snprintf(word, sizeof word, "--%s", row->name);
        offer(begun, word);
    }
    offer(begun, "--help");
}

/* The option whose value stands behind that word; NULL: none. */
static const struct option_row *waits_for_value(const struct command *command, const char *word) {
    const struct option_row *row = NULL;
    if (strncmp(word, "--", 2) == 0) {
        row = command_option(command, word + 2);
    } else if (word[0] == '-' && word[1] != '\0' && word[2] == '\0') {
        row = command_option(command, word + 1);
    }
    return row != NULL && row->argument != NULL ? row : NULL;
}

static void offer_commands(const char *begun) {
    const struct command *command;
    for (size_t i = 0; (command = cli_command(i)) != NULL; i++) {
        if (strchr(command->name, ' ') == NULL) {
            offer(begun, command->name);
        }
    }
    offer(begun, "--help");
    offer(begun, "--version");
}

/* The command of a line, of one word or two, without a word where there is none. */
static const struct command *command_of(char **words, int count, int *length) {
    const struct command *command, *found = NULL;
    char both[OF_MEANING];
    snprintf(both, sizeof both, "%s %s", words[1], count > 2 ? words[2] : "");
    *length = 1;
    for (size_t i = 0; (command = cli_command(i)) != NULL; i++) {
        if (strcmp(command->name, both) == 0) {
            *length = 2;
            return command;
        }
        found = strcmp(command->name, words[1]) == 0 ? command : found;
    }
    return found;
}

int complete_words(int argc, char **argv) {
    int at = argc > 1 ? atoi(argv[0]) : 0, count = argc - 1, length;
    char **words = argv + 1;
    if (at < 1 || at > count) {
        return EXIT_USAGE;
    }
    const char *begun = at < count ? words[at] : "";
    if (at == 1) {
        offer_commands(begun);
        return EXIT_PASS;
    }
    const struct command *command = command_of(words, at, &length);
    if (command == NULL) {
        return EXIT_PASS;
    }
    const struct option_row *row = waits_for_value(command, words[at - 1]);
    if (row != NULL) {
        offer_fill(command, row->fill, row->argument, begun);
    } else if (begun[0] == '-') {
        offer_options(command, begun);
    } else {
        offer_fill(command, command->fill, command->arguments, begun);
    }
    return EXIT_PASS;
}

/* ---- the scripts ---- */

static const char bash_script[] =
    "# bash completion of pilebench; in ~/.bashrc:  source <(pilebench completion bash)\n"
    "_pilebench() {\n"
    "    local line words=(\"${COMP_WORDS[@]:0:COMP_CWORD+1}\") IFS=$'\\n'\n"
    "    COMPREPLY=()\n"
    "    while read -r line; do\n"
    "        case $line in\n"
    "        @file) compopt -o filenames; COMPREPLY+=($(compgen -f -- \"${words[COMP_CWORD]}\")) "
    ";;\n"
    "        @folder) compopt -o filenames; COMPREPLY+=($(compgen -d -- \"${words[COMP_CWORD]}\")) "
    ";;\n"
    "        *=) compopt -o nospace; COMPREPLY+=(\"$line\") ;;\n"
    "        *) COMPREPLY+=(\"$line\") ;;\n"
    "        esac\n"
    "    done < <(\"${words[0]}\" --complete \"$COMP_CWORD\" \"${words[@]}\" 2>/dev/null)\n"
    "}\n"
    "complete -F _pilebench pilebench\n";

static const char zsh_script[] =
    "#compdef pilebench\n"
    "# zsh completion of pilebench; in ~/.zshrc:  source <(pilebench completion zsh)\n"
    "_pilebench() {\n"
    "    local line\n"
    "    local -a found\n"
    "    for line in \"${(@f)$(\"${words[1]}\" --complete $((CURRENT - 1)) "
    "\"${(@)words[1,CURRENT]}\" 2>/dev/null)}\"; do\n"
    "        case $line in\n"
    "        @file) _files ;;\n"
    "        @folder) _files -/ ;;\n"
    "        *=) compadd -S '' -- \"$line\" ;;\n"
    "        ?*) found+=(\"$line\") ;;\n"
    "        esac\n"
    "    done\n"
    "    compadd -a found\n"
    "}\n"
    "if [ \"$funcstack[1]\" = _pilebench ]; then _pilebench \"$@\"; else compdef _pilebench "
    "pilebench; fi\n";

static int cli_completion(int argc, char **argv);

static const struct command_word shells[] = {
    {"bash", {"source <(pilebench completion bash)", "source <(pilebench completion bash)"}},
    {"zsh", {"source <(pilebench completion zsh)", "source <(pilebench completion zsh)"}},
    {0}};

const struct command completion_command = {
    .name = "completion",
    .what = {"print what completes commands in bash or zsh", "打印bash或zsh的补全脚本"},
    .arguments = "SHELL",
    .fill = FILL_WORD,
    .least = 1,
    .most = 1,
    .about = {"Prints a script that completes commands, options, cases, vehicles, profiles and "
              "parameters. An installed package has it in place already.",
              "打印补全脚本：补全命令、选项、用例、车辆、profile和参数。安装的软件包中已经就位。"},
    .words = shells,
    .exit_codes = {"0 done, 2 wrong usage", "0 完成，2 用法有误"},
    .run = cli_completion,
};

static int cli_completion(int argc, char **argv) {
    struct command_given given;
    int code;
    if (!cli_parse(&completion_command, argc, argv, NULL, &given, &code)) {
        return code;
    }
    bool bash = strcmp(given.words[0], "bash") == 0;
    if (!bash && strcmp(given.words[0], "zsh") != 0) {
        cli_complain("completion %s: use bash or zsh", given.words[0]);
        return EXIT_USAGE;
    }
    fputs(bash ? bash_script : zsh_script, stdout);
    return EXIT_PASS;
}

/* ---- man pages ---- */

struct man_options {
    bool all;
};

static int cli_man(int argc, char **argv);

static const struct option_row man_rows[] = {OPTION_FLAG("all", 0, struct man_options, all,
                                                         "only name the commands that have a page",
                                                         "只列出有手册页的命令"),
                                             {0}};

const struct command man_command = {
    .name = "man",
    .what = {"print the manual page of a command", "打印命令的手册页"},
    .arguments = "[COMMAND [SUBCOMMAND]]",
    .most = 2,
    .about = {"Prints the page, of pilebench itself when no command is named, in the macros of "
              "man(7). An installed package has the pages in place: man pilebench-run.",
              "打印手册页（man 7宏），不指定命令时为pilebench本身。安装的软件包中已有各页：man "
              "pilebench-run。"},
    .groups = {{man_rows, 0}},
    .examples = "pilebench man run | man -l -\npilebench man meter read > pilebench-meter-read.1",
    .exit_codes = {"0 done, 2 wrong usage", "0 完成，2 用法有误"},
    .run = cli_man,
};

static void put_all(struct buffer *page) {
    const struct command *all[64];
    size_t count = 0;
    while (count < sizeof all / sizeof all[0] && (all[count] = cli_command(count)) != NULL) {
        count++;
    }
    command_man_all(all, count, PILEBENCH_VERSION, page);
}

static int cli_man(int argc, char **argv) {
    struct man_options options = {0};
    struct command_given given;
    struct buffer page = {0};
    const struct command *command;
    int code;
    if (!cli_parse(&man_command, argc, argv, &options, &given, &code)) {
        return code;
    }
    for (size_t i = 0; options.all && (command = cli_command(i)) != NULL; i++) {
        puts(command->name);
    }
    if (options.all) {
        return EXIT_PASS;
    }
    if (given.count == 0) {
        put_all(&page);
    } else {
        command = given.count == 1 ? cli_command_named(NULL, given.words[0])
                                   : cli_command_named(given.words[0], given.words[1]);
        if (command == NULL) {
            return EXIT_USAGE;
        }
        command_man(command, PILEBENCH_VERSION, &page);
    }
    fputs(page.chars, stdout);
    buffer_free(&page);
    return EXIT_PASS;
}
