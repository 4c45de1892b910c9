/* SPDX-License-Identifier: MIT */
/* pilebench list, pilebench show */
#include "firmware-under-test/include/dut.h"
#include "harness/action/action.h"
#include "harness/bench/bench.h"
#include "harness/cli/session.h"
#include "harness/decode/messages_json.h"
#include "harness/scenario/mutants.h"
#include "harness/show/show.h"
#include "sim/text/plain.h"
#include "vehicle_bms/transport/faults.h"

#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char help_list[] =
    "usage: pilebench list [WHAT] [--profile NAME] [--scenarios FOLDER]\n\n"
    "  cases          test cases, with the clauses they cover (default)\n"
    "  limits         limits of the profile, with their clauses\n"
    "  signals        what conditions and measurements can name\n"
    "  messages       GB/T 27930 messages and their fields, as conditions name them;\n"
    "                 --json [--edition 2011|2015|2023]: the whole table, for machines\n"
    "  actions        what a step can do\n"
    "  mutants        defects that `pilebench qualify` makes\n"
    "  parameters     numbers of the reference core that --set can change\n"
    "  vehicle-keys   what a vehicle preset can say\n\n"
    "examples:\n"
    "  pilebench list\n"
    "  pilebench list limits --profile zhongshan\n";

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
            for (size_t k = 0; k < cases[i]->cover_count; k++) {
                plain_print(stdout, "%s%s", k > 0 ? "; " : "", cases[i]->covers[k]);
            }
            putchar('\n');
        }
        if (cases[i]->row != NULL) {
            plain_print(stdout, "  %-26s %s\n", cases[i]->id, cases[i]->title.en);
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
        if (!of_a_message(signal->name)) {
            plain_print(stdout, "%-28s %-5s %s\n", signal->name, signal->unit, signal->text);
        }
    }
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

static const struct {
    const char *what;
    int (*list)(struct session *session);
} lists[] = {
    {"cases", list_cases},           {"limits", list_limits},     {"signals", list_signals},
    {"messages", list_messages},     {"actions", list_actions},   {"mutants", list_mutants},
    {"parameters", list_parameters}, {"vehicle-keys", list_keys},
};

int cli_list(int argc, char **argv) {
    static const struct option long_options[] = {
        {"profile", required_argument, NULL, 'p'}, {"scenarios", required_argument, NULL, 's'},
        {"edition", required_argument, NULL, 'e'}, {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},          {0}};
    struct session_options options = session_defaults;
    enum edition edition = EDITION_2015;
    bool json = false;
    for (int option; (option = getopt_long(argc, argv, "h", long_options, NULL)) != -1;) {
        if (option == 'p') {
            options.profile = optarg;
        } else if (option == 's') {
            options.scenarios = optarg;
        } else if (option == 'j') {
            json = true;
        } else if (option == 'e') {
            if (!cli_edition(optarg, &edition)) {
                return EXIT_USAGE;
            }
        } else {
            return cli_other_option(option, "list", help_list);
        }
    }
    const char *what = optind < argc ? argv[optind] : "cases";
    if (json && strcmp(what, "messages") != 0) {
        cli_complain("list %s: --json works only with messages", what);
        return EXIT_USAGE;
    }
    if (json) {
        messages_json(edition, stdout);
        return EXIT_PASS;
    }
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (strcmp(lists[i].what, what) == 0) {
            struct session session;
            if (!session_open(&session, &options)) {
                return EXIT_USAGE;
            }
            int code = lists[i].list(&session);
            session_close(&session);
            return code;
        }
    }
    cli_complain("unknown list '%s'; `pilebench list --help` names the lists", what);
    return EXIT_USAGE;
}

static const char help_show[] =
    "usage: pilebench show CASE [--language en|zh] [--profile NAME] [--scenarios FOLDER]\n\n"
    "Prints the case as a test procedure that a person can read and follow. CASE[ROW] is\n"
    "one row of a case that has rows.\n\n"
    "examples:\n"
    "  pilebench show estop-while-charging\n"
    "  pilebench show weld --language zh --profile zhongshan\n"
    "  pilebench show 'weld[k1]'\n";

static void put_text(void *ctx, const char *text) {
    plain_print(ctx, "%s", text);
}

static int show(const struct session_options *options, char *name, const char *language) {
    struct session session;
    if (!session_open(&session, options)) {
        return EXIT_USAGE;
    }
    size_t count;
    struct scenario **cases = session_load(&session, &name, 1, &count);
    if (cases != NULL) {
        scenario_show(cases, count, session.profile, language, put_text, stdout);
    }
    session_close(&session);
    int code = cases == NULL ? EXIT_USAGE : EXIT_PASS;
    free(cases);
    return code;
}

int cli_show(int argc, char **argv) {
    static const struct option long_options[] = {{"profile", required_argument, NULL, 'p'},
                                                 {"scenarios", required_argument, NULL, 's'},
                                                 {"language", required_argument, NULL, 'l'},
                                                 {"help", no_argument, NULL, 'h'},
                                                 {0}};
    struct session_options options = session_defaults;
    const char *language = "en";
    bool chinese;
    for (int option; (option = getopt_long(argc, argv, "h", long_options, NULL)) != -1;) {
        if (option == 'p') {
            options.profile = optarg;
        } else if (option == 's') {
            options.scenarios = optarg;
        } else if (option == 'l') {
            language = optarg;
        } else {
            return cli_other_option(option, "show", help_show);
        }
    }
    if (!cli_language(language, &chinese)) {
        return EXIT_USAGE;
    }
    if (argc - optind != 1) {
        return cli_wrong_usage(help_show);
    }
    return show(&options, argv[optind], language);
}
