/* SPDX-License-Identifier: MIT */
/* The rules as people read them: id, side, kind, clause and the sentence in both languages, of each
 * edition. Kept in table.txt. */
#include "vehicle_bms/rules/rules.h"

#include "tests/support/kept.h"
#include "tests/support/suite.h"

#include <stdio.h>

static void show_rules(FILE *to, enum edition edition, const struct rules_limits *limits) {
    struct rules *rules = rules_new(edition, limits, true);
    rules_finish(rules, 0);
    fprintf(to, "%s: %zu rules\n", edition_text(edition), rules_count(rules));
    for (size_t i = 0; i < rules_count(rules); i++) {
        const struct rule_result *rule = rules_result(rules, i);
        fprintf(to, "%s; %s | %s; %s | %s; %s; %s\n  %s\n  %s\n", rule->id,
                rule_side_text(rule->side, false), rule_side_text(rule->side, true),
                rule_kind_text(rule->kind, false), rule_kind_text(rule->kind, true), rule->clause,
                rule->message != NULL ? rule->message->code : "", rule->en, rule->zh);
        ck_assert(rule->verdict == RULE_NONE && rule->observed == 0 && rule->proof_count == 0);
    }
    rules_free(rules);
}

START_TEST(every_rule) {
    struct kept kept;
    kept_open(&kept);
    for (unsigned edition = 0; edition < EDITIONS; edition++) {
        show_rules(kept.stream, (enum edition)edition, &rules_limits_default);
    }
    kept_check(&kept, TEST_SOURCE_DIR "/tests/vehicle_bms/rules/table.txt");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("rules_table");
    TCase *tests = tcase_create("table");
    tcase_add_test(tests, every_rule);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
