/* SPDX-License-Identifier: MIT */
/* shared.h: options that several commands have, each told once.
 *
 *   struct options { struct capture_options read; struct number_mask mask; bool chinese; };
 *   static const struct option_row rows[] = {CLI_LANGUAGE(struct options, chinese), {0}};
 *   .groups = {{rows, 0}, {cli_mask_rows, offsetof(struct options, mask)},
 *              {cli_capture_rows, offsetof(struct options, read)}} */
#ifndef HARNESS_CLI_SHARED_H
#define HARNESS_CLI_SHARED_H

#include "harness/cli/option/command.h"
#include "vehicle_bms/message/messages.h"

/* --mask, --mask-key: of a struct number_mask. */
extern const struct option_row cli_mask_rows[];
/* --network, --columns, --time-unit: of a struct capture_options. */
extern const struct option_row cli_capture_rows[];

/* --language en|zh, of a bool that is true for Chinese; cli_chinese() is its default. */
#define CLI_LANGUAGE(structure, member)                                                            \
    OPTION_TAKEN("language", 0, "en|zh", FILL_CHOICE, structure, member, cli_take_language,        \
                 "of the texts (default: by LANG)", "文本的语言（默认按LANG）")
/* --json, of a bool. */
#define CLI_JSON(structure, member)                                                                \
    OPTION_FLAG("json", 0, structure, member, "one JSON object per line, for machines",            \
                "每行一个JSON对象，供程序读取")
/* --edition 2011|2015|2023, of an enum edition. */
#define CLI_EDITION(structure, member, en, zh)                                                     \
    OPTION_TAKEN("edition", 0, "2011|2015|2023", FILL_CHOICE, structure, member, cli_take_edition, \
                 en, zh)

bool cli_take_language(void *chinese, const char *text, struct problem *problem);
bool cli_take_edition(void *edition, const char *text, struct problem *problem);
/* Chinese by LC_ALL, LC_MESSAGES or LANG, the first of them that is set. */
bool cli_chinese(void);

#endif
