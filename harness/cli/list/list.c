/* SPDX-License-Identifier: MIT */
/* pilebench list, pilebench show */
#include "firmware-under-test/include/dut.h"
#include "harness/action/action.h"
#include "harness/bench/bench.h"
#include "harness/cli/list/clauses.h"
#include "harness/cli/session.h"
#include "harness/cli/shared.h"
#include "harness/decode/messages_json.h"
#include "harness/scenario/mutants.h"
#include "harness/show/show.h"
#include "sim/text/nearest.h"
#include "sim/text/plain.h"
#include "vehicle_bms/transport/faults.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void put_covers(const struct scenario *scenario, size_t from, size_t end) {
    for (size_t k = from; k < end; k++) {
        plain_print(stdout, "%s%s", k > from ? "; " : "", scenario->covers[k]);
    }
}

static int list_cases(struct session *session) {
    size_t count;
    struct scenario **cases = session_load(session, NULL, 0, &count);
    if (cases == NULL) {
        return EXIT_USAGE;
    }
    for (size_t i = 0; i < count; i++) {
        bool first = i == 0 || strcmp(cases[i]->name, cases[i - 1]->name) != 0;
        if (first) {
            plain_print(stdout, "%-28s %s\n%-28s ", cases[i]->name, cases[i]->case_title.en, "");
            put_covers(cases[i], 0, cases[i]->cover_count - cases[i]->row_cover_count);
            putchar('\n');
        }
        if (cases[i]->row != NULL) {
            plain_print(stdout, "  %-26s %s\n", cases[i]->id, cases[i]->title.en);
        }
        if (cases[i]->row_cover_count > 0) {
            plain_print(stdout, "  %-26s ", "");
            put_covers(cases[i], cases[i]->cover_count - cases[i]->row_cover_count,
                       cases[i]->cover_count);
            putchar('\n');
        }
    }
    free(cases);
    return EXIT_PASS;
}

static int list_limits(struct session *session) {
    for (size_t i = 0; i < session->profile->limit_count; i++) {
        const struct limit *limit = &session->profile->limits[i];
        const struct limits bounds = {limit->min, limit->max, limit->min_open, limit->max_open,
                                      limit->unit};
        struct buffer range = {0};
        limits_put(&range, &quantity_terminal, &bounds);
        plain_print(stdout, "%-28s %s%*s %s\n", limit->name, range.chars, cli_pad(range.chars, 22),
                    "", limit->source ? limit->source : "");
        buffer_free(&range);
    }
    return EXIT_PASS;
}

static bool of_a_message(const char *name) {
    return name[0] >= 'A' && name[0] <= 'Z';
}

static int list_signals(struct session *session) {
    const struct signal *signal = session->signals->board.first;
    for (; signal != NULL; signal = signal->next_added) {
        if (!of_a_message(signal->name) && !signal_is_of_gun2(signal->name)) {
            plain_print(stdout, "%-28s %-5s %s\n", signal->name, signal->unit, signal->text);
        }
    }
    plain_print(
        stdout, "%-28s %-5s %s\n", SIGNAL_GUN2 "NAME", "",
        "the same of the second gun; what the pile has once (ac, door, estop) has one name");
    return EXIT_PASS;
}

static int list_messages(struct session *session) {
    (void)session;
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        const struct message *message = &messages[i];
        plain_print(stdout, "%s  %s  %s  (%08X, %s)\n", message->code, message->zh, message->en,
                    message_id(message), message->from_charger ? "charger" : "BMS");
        for (size_t k = 0; k < message->field_count; k++) {
            const struct field *field = &message->fields[k];
            plain_print(stdout, "    %s.%-32s %-5s %s  %s\n", message->code, field->name,
                        field->unit, field->zh, field->en);
        }
    }
    return EXIT_PASS;
}

static void list_faults(bool sending, const char *title) {
    const struct transport_fault_name *word;
    plain_print(stdout, "\n%s:\n", title);
    for (size_t i = 0; (word = transport_fault_name(sending, i)) != NULL; i++) {
        plain_print(stdout, "  %-38s %s  %s\n", word->name, word->en, word->zh);
    }
}

static int list_actions(struct session *session) {
    (void)session;
    const char *usage, *meaning;
    for (size_t i = 0; action_describe(i, &usage, &meaning); i++) {
        plain_print(stdout, "%-40s %s\n", usage, meaning);
    }
    plain_print(stdout, "%-40s %s\n", SIGNAL_GUN2 " ACTION",
                "the same at the second gun; not with what is done to the whole pile");
    list_faults(true, "FAULT of `break transport`");
    list_faults(false, "RECEPTION-FAULT of `break reception`");
    return EXIT_PASS;
}

static int list_mutants(struct session *session) {
    size_t count;
    struct problem problem = {0};
    struct mutant *mutants = mutants_load(session->library, &count, &problem);
    if (mutants == NULL) {
        cli_problem(&problem);
        return EXIT_USAGE;
    }
    for (size_t i = 0; i < count; i++) {
        plain_print(stdout, "%-28s %s\n", mutants[i].id, mutants[i].title.en);
    }
    return EXIT_PASS;
}

static int list_parameters(struct session *session) {
    (void)session;
    const struct dut_api *api = dut_entry();
    for (size_t i = 0; i < api->param_count; i++) {
        const struct dut_param *param = &api->params[i];
        plain_print(stdout, "%-26s %9ld %-9s %s\n", param->name, (long)param->value, param->unit,
                    param->clause);
    }
    return EXIT_PASS;
}

static int list_keys(struct session *session) {
    (void)session;
    struct preset_key key;
    char range[RANGE_TEXT_SIZE];
    for (size_t i = 0; bench_preset_describe(i, &key); i++) {
        range_text(&key.range, range, sizeof range);
        printf("%-24s ", key.name);
        if (key.chemistry) {
            for (size_t k = 0; bench_chemistry(k) != NULL; k++) {
                printf("%s%s", k > 0 ? ", " : "", bench_chemistry(k));
            }
            putchar('\n');
        } else if (key.curve) {
            puts("open-circuit voltage of a cell: \"0 %: 2.80 V, ..., 100 %: 3.45 V\"");
        } else if (key.text) {
            printf("text of %.0f to %.0f characters\n", key.range.min, key.range.max);
        } else {
            puts(range);
        }
    }
    return EXIT_PASS;
}

static int list_every_clause(struct session *session) {
    return list_clauses(session, false);
}

static const struct command_word words[] = {
    {"cases",
     {"test cases, with the clauses they cover (default)", "试验用例及其涉及的条款（默认）"}},
    {"clauses",
     {"clauses of the profile and what decides each: cases, inspect, station, platform, or OPEN "
      "with "
      "the reason; --open: only what is open",
      "profile的条款及其判定方式：用例、inspect、station、platform，或OPEN及其原因；--"
      "open：只列未关闭的"}},
    {"limits", {"limits of the profile, with their clauses", "profile的限值及其条款"}},
    {"signals", {"what conditions and measurements can name", "条件和测量可用的信号"}},
    {"messages",
     {"GB/T 27930 messages and their fields, as conditions name them; --json: the whole table, for "
      "machines",
      "GB/T 27930的报文及其字段，按条件中的名称；--json：完整的表，供程序读取"}},
    {"actions", {"what a step can do", "步骤可做的动作"}},
    {"mutants", {"defects that `pilebench qualify` makes", "`pilebench qualify`制造的缺陷"}},
    {"parameters",
     {"numbers of the reference core that --set can change", "--set可改的参考固件参数"}},
    {"vehicle-keys", {"what a vehicle preset can say", "车辆预设可写的键"}},
    {0}};

/* In the order of the words. */
static int (*const lists[])(struct session *session) = {
    list_cases,   list_every_clause, list_limits,     list_signals, list_messages,
    list_actions, list_mutants,      list_parameters, list_keys,
};
_Static_assert(sizeof lists / sizeof lists[0] == sizeof words / sizeof words[0] - 1,
               "a list for each word");

struct options {
    struct session_options session;
    enum edition edition;
    bool json, open;
};

static int cli_list(int argc, char **argv);

static const struct option_row list_rows[] = {
    CLI_JSON(struct options, json),
    OPTION_FLAG("open", 0, struct options, open,
                "with clauses: only those of which something is open",
                "与clauses同用：只列尚有未关闭内容的条款"),
    CLI_EDITION(struct options, edition, "of the messages in --json (default 2015)",
                "--json中报文的版本（默认2015）"),
    {0}};

const struct command list_command = {
    .name = "list",
    .what = {"list cases, clauses, limits, signals, messages, actions, mutants",
             "列出用例、条款、限值、信号、报文、动作、缺陷"},
    .arguments = "[WHAT]",
    .fill = FILL_WORD,
    .most = 1,
    .about = {"Lists what there is of one kind.", "列出一类内容。"},
    .words = words,
    .groups = {{session_place_rows, offsetof(struct options, session)}, {list_rows, 0}},
    .examples = "pilebench list\npilebench list limits --profile zhongshan\n"
                "pilebench list clauses --open",
    .exit_codes = {"0 done, 2 wrong usage or bad input", "0 完成，2 用法或输入有误"},
    .run = cli_list,
};

static const char *next_list(void *ctx, size_t index) {
    (void)ctx;
    return index < sizeof lists / sizeof lists[0] ? words[index].name : NULL;
}

static int (*list_named(const char *what))(struct session *session) {
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (strcmp(words[i].name, what) == 0) {
            return lists[i];
        }
    }
    static const struct phrase help = {"; `pilebench list --help` names the lists",
                                       "；可用的见`pilebench list --help`"};
    struct problem problem = {0};
    problem_set_both(&problem, "unknown list '%s'", "没有列表'%s'", what);
    nearest_add(&problem, what, next_list, NULL, help);
    cli_problem(&problem);
    return NULL;
}

static int cli_list(int argc, char **argv) {
    struct options options = {.session = session_defaults, .edition = EDITION_2015};
    struct command_given given;
    int code;
    if (!cli_parse(&list_command, argc, argv, &options, &given, &code)) {
        return code;
    }
    const char *what = given.count > 0 ? given.words[0] : words[0].name;
    int (*list)(struct session * session) = list_named(what);
    if (list != NULL && options.json && list != list_messages) {
        cli_complain("list %s: --json works only with messages", what);
        return EXIT_USAGE;
    }
    if (list != NULL && options.json) {
        messages_json(options.edition, stdout);
        return EXIT_PASS;
    }
    if (list != NULL && options.open && list != list_every_clause) {
        cli_complain("list %s: --open works only with clauses", what);
        return EXIT_USAGE;
    }
    struct session session;
    if (list == NULL || !session_open(&session, &options.session)) {
        return EXIT_USAGE;
    }
    code = options.open ? list_clauses(&session, true) : list(&session);
    session_close(&session);
    return code;
}

/* ---- show ---- */

static void put_text(void *ctx, const char *text) {
    plain_print(ctx, "%s", text);
}

struct showing {
    struct session_options session;
    bool chinese;
};

static int cli_show(int argc, char **argv);

static const struct option_row show_rows[] = {CLI_LANGUAGE(struct showing, chinese), {0}};

const struct command show_command = {
    .name = "show",
    .what = {"print a case as a test procedure for a person", "将用例打印为供人阅读的试验步骤"},
    .arguments = "CASE",
    .fill = FILL_CASE,
    .least = 1,
    .most = 1,
    .about = {"Prints the case as a test procedure that a person can read and follow. CASE[ROW] is "
              "one row of a case that has rows.",
              "将用例打印为人可阅读和照做的试验步骤。CASE[ROW]为有多行的用例中的一行。"},
    .groups = {{show_rows, 0}, {session_place_rows, offsetof(struct showing, session)}},
    .examples = "pilebench show estop-while-charging\n"
                "pilebench show weld --language zh --profile zhongshan\n"
                "pilebench show 'weld[k1]'",
    .exit_codes = {"0 done, 2 wrong usage or bad input", "0 完成，2 用法或输入有误"},
    .run = cli_show,
};

static int cli_show(int argc, char **argv) {
    struct showing showing = {.session = session_defaults, .chinese = cli_chinese()};
    struct command_given given;
    struct session session;
    size_t count;
    int code;
    if (!cli_parse(&show_command, argc, argv, &showing, &given, &code)) {
        return code;
    }
    if (!session_open(&session, &showing.session)) {
        return EXIT_USAGE;
    }
    struct scenario **cases = session_load(&session, given.words, 1, &count);
    if (cases != NULL) {
        scenario_show(cases, count, session.profile, showing.chinese ? "zh" : "en", put_text,
                      stdout);
    }
    session_close(&session);
    code = cases == NULL ? EXIT_USAGE : EXIT_PASS;
    free(cases);
    return code;
}
