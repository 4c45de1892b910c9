/* SPDX-License-Identifier: MIT */
/* Captures judged: what is said of the file, of each charge and of each rule, for the captures of
 * tests/integration and for changes of one of them. All of it is kept in judgements.txt. */
#include "harness/protocol/judge.h"

#include "tests/support/kept.h"
#include "tests/support/suite.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CAPTURES  TEST_SOURCE_DIR "/tests/integration/captures/"
#define LINES_MAX 400
#define START_S   1716212400.0

/* ---- a capture and its changes ---- */

static char base[LINES_MAX][64];
static size_t base_count;
static char path[] = "/tmp/pilebench-judge-XXXXXX";

/* Which is candump's log: "(1716212400.310000) can0 182756F4#9411". */
static void read_base(void) {
    FILE *file = fopen(CAPTURES "cause-unpadded.log", "r");
    ck_assert_ptr_nonnull(file);
    for (base_count = 0; base_count < LINES_MAX; base_count++) {
        if (fgets(base[base_count], sizeof base[0], file) == NULL) {
            break;
        }
        base[base_count][strcspn(base[base_count], "\n")] = '\0';
    }
    fclose(file);
    ck_assert_uint_gt(base_count, 100);
}

static double time_of(const char *line) {
    return atof(line + 1);
}

static const char *frame_of(const char *line) {
    return strstr(line, "can0 ") + strlen("can0 ");
}

static void put(FILE *to, double at_s, const char *network, const char *frame) {
    fprintf(to, "(%.6f) %s %s\n", at_s, network, frame);
}

static void as_it_is(FILE *to, size_t from, size_t count) {
    for (size_t i = from; i < count; i++) {
        fprintf(to, "%s\n", base[i]);
    }
}

static void three_networks(FILE *to) {
    for (size_t i = 0; i < base_count; i++) {
        fprintf(to, "%s\n", base[i]);
        if (i % 3 == 0) {
            put(to, time_of(base[i]), "can1", frame_of(base[i]));
        }
        put(to, time_of(base[i]), "can2", "18FEF100#0102030405060708");
    }
}

static void back_in_time(FILE *to) {
    for (size_t i = 0; i < base_count; i++) {
        put(to, time_of(base[i]) - (i >= 120 ? 3600 : 0) - (i == 150 ? 20 : 0), "can0",
            frame_of(base[i]));
    }
}

static void jitter_back(FILE *to) { /* a millisecond is none */
    for (size_t i = 0; i < base_count; i++) {
        put(to, time_of(base[i]) - (i == 60 ? time_of(base[60]) - time_of(base[59]) + 0.001 : 0),
            "can0", frame_of(base[i]));
    }
}

static void odd_frames(FILE *to) {
    as_it_is(to, 0, 50);
    put(to, time_of(base[49]), "can0", "1826F456#R");
    put(to, time_of(base[49]), "can0", "1826F456##0112233");
    put(to, time_of(base[49]), "can0", "20000080#0000000000000000");
    as_it_is(to, 50, base_count);
}

static void damaged(FILE *to) {
    as_it_is(to, 0, 50);
    for (int i = 0; i < 40; i++) {
        put(to, time_of(base[49]), "can0", "1826F456#0x");
    }
    as_it_is(to, 50, base_count);
}

static void cut_frame(FILE *to) {
    as_it_is(to, 0, base_count);
    fprintf(to, "(%.6f) can0 1812F456#A00FB8", time_of(base[base_count - 1]));
}

static void charger_asks(FILE *to) {
    for (size_t i = 0; i < base_count; i++) {
        const char *frame = frame_of(base[i]);
        if (strncmp(frame, "1826F456", 8) == 0 || strncmp(frame, "1801F456#00", 11) == 0) {
            fprintf(to, "%s\n", base[i]);
        }
    }
}

static void one_side(FILE *to, const char *ends) {
    for (size_t i = 0; i < base_count; i++) {
        if (strncmp(frame_of(base[i]) + 4, ends, 4) == 0) {
            fprintf(to, "%s\n", base[i]);
        }
    }
}

static void charger_only(FILE *to) {
    one_side(to, "F456");
}

static void vehicle_only(FILE *to) {
    one_side(to, "56F4");
}

/* For long from one side, then from both. */
static void late_vehicle(FILE *to) {
    for (int i = 0; i < 5000; i++) {
        put(to, START_S - 1500 + i * 0.25, "can0", i < 4995 ? "1826F456#010100" : "1801F456#AA01");
    }
    as_it_is(to, 0, base_count);
}

static void late_charger(FILE *to) {
    for (int i = 0; i < 5000; i++) {
        put(to, START_S - 1500 + i * 0.25, "can0", "182756F4#9411");
    }
    as_it_is(to, 0, base_count);
}

/* More than are told one by one. */
static void many_charges(FILE *to) {
    for (int i = 0; i < 104; i++) {
        double at_s = START_S + i * 60;
        put(to, at_s, "can0", "1826F456#010100");
        put(to, at_s + 0.02, "can0", "182756F4#9411");
        put(to, at_s + 1, "can0", "1801F456#0001000000313233");
        if (i % 2 == 1) {
            put(to, at_s + 2, "can0", "101AF456#0400F0F0");
        }
    }
}

static void coarse_clock(FILE *to) {
    for (size_t i = 0; i < base_count; i++) {
        put(to, (double)(int64_t)(time_of(base[i]) * 10) / 10, "can0", frame_of(base[i]));
    }
}

static void short_stretch(FILE *to) {
    as_it_is(to, 100, 120);
}

static void foreign(FILE *to) {
    for (int i = 0; i < 20; i++) {
        put(to, START_S + i, "can0", i % 2 ? "18FEF100#0102" : "456#0102");
    }
}

/* Standard identifiers that end as those of the charge do are none. */
static void standard_identifiers(FILE *to) {
    for (int i = 0; i < 20; i++) {
        put(to, START_S + i, i % 2 ? "can0" : "can1", "456#0102");
    }
}

static void header_only(FILE *to) {
    fputs("Time,ID,DLC,Data\n", to);
}

static const struct made {
    const char *name;
    void (*write)(FILE *to);
    const char *network;
    bool chosen; /* the edition was asked for */
    enum edition edition;
    bool masked;
} mades[] = {
    {.name = "three networks", .write = three_networks},
    {.name = "the second of them", .write = three_networks, .network = "can1"},
    {.name = "one of others", .write = three_networks, .network = "can2"},
    {.name = "one that is not there", .write = three_networks, .network = "can7"},
    {.name = "back in time", .write = back_in_time},
    {.name = "a millisecond back", .write = jitter_back},
    {.name = "odd frames", .write = odd_frames},
    {.name = "damaged", .write = damaged},
    {.name = "a frame cut", .write = cut_frame},
    {.name = "a charger that asks", .write = charger_asks},
    {.name = "the charger's side", .write = charger_only},
    {.name = "the vehicle's side", .write = vehicle_only},
    {.name = "the vehicle late", .write = late_vehicle},
    {.name = "the charger late", .write = late_charger},
    {.name = "many charges", .write = many_charges},
    {.name = "a coarse clock", .write = coarse_clock},
    {.name = "a short stretch", .write = short_stretch},
    {.name = "as 2023", .write = short_stretch, .chosen = true, .edition = EDITION_2023},
    {.name = "as 2011", .write = short_stretch, .chosen = true, .edition = EDITION_2011},
    {.name = "masked", .write = short_stretch, .masked = true},
    {.name = "foreign", .write = foreign},
    {.name = "standard identifiers", .write = standard_identifiers},
    {.name = "a header", .write = header_only},
};

#define MADES (sizeof mades / sizeof mades[0])

/* ---- what is said ---- */

static void write_proofs(FILE *to, const struct judgement_proof *proofs, size_t count) {
    for (size_t i = 0; i < count; i++) {
        fprintf(to, "    %" PRId64 " us line %" PRIu64 " charge %u: %s | %s\n",
                proofs[i].at_ns / 1000, proofs[i].line, proofs[i].session, proofs[i].text.en,
                proofs[i].text.zh);
    }
}

/* Kept, and nothing was measured. */
static bool is_plain(const struct judgement_rule *rule) {
    return rule->check.verdict == VERDICT_PASS && isnan(rule->check.value) &&
           rule->proof_count == 0;
}

static void write_plain(FILE *to, const struct judgement *judgement) {
    fputs("  kept:", to);
    for (size_t i = 0; i < judgement->rule_count; i++) {
        const struct judgement_rule *rule = &judgement->rules[i];
        if (is_plain(rule)) {
            fprintf(to, " %s %" PRIu64, rule->check.condition, rule->observed);
        }
    }
    fputc('\n', to);
}

static void write_rule(FILE *to, const struct judgement_rule *rule) {
    const struct result_check *check = &rule->check;
    if (check->verdict == VERDICT_NONE || is_plain(rule)) {
        return;
    }
    fprintf(to, "  %s %s of %s, %s: %" PRIu64 "/%" PRIu64, check->condition,
            verdict_name(check->verdict), rule->side.en, rule->group.en, rule->violations,
            rule->observed);
    kept_number(to, "value", check->value);
    kept_number(to, "min", check->limit_min);
    kept_number(to, "max", check->limit_max);
    kept_number(to, "margin", check->margin);
    kept_number(to, "smallest", rule->smallest);
    kept_number(to, "largest", rule->largest);
    for (size_t i = 0; i < rule->bin_count; i++) {
        fprintf(to, "%s%u", i == 0 ? " bins " : ",", rule->bins[i]);
    }
    fprintf(to, " at %" PRId64 " us; %s\n", check->failed_ns / 1000,
            check->reason.en != NULL ? check->reason.en : "");
    write_proofs(to, rule->proofs, rule->proof_count);
}

static void write_session(FILE *to, const struct judgement_session *session) {
    fprintf(to, " charge %zu of %s, lines %" PRIu64 " to %" PRIu64 ", %.3f s: %s | %s\n",
            session->number, session->vin, session->from_line, session->to_line,
            (double)(session->to_ns - session->from_ns) / 1e9, session->last_word.en,
            session->last_word.zh);
    fprintf(to, "  by %s | %s in line %" PRIu64 ", %u reconnections", session->ended_by.en,
            session->ended_by.zh, session->ended_line, session->reconnections);
    kept_number(to, "kWh", session->energy_kwh);
    kept_number(to, "SOC", session->soc_from);
    kept_number(to, "to", session->soc_to);
    kept_number(to, "V", session->voltage_max);
    kept_number(to, "A", session->current_max);
    kept_number(to, "min", session->minutes);
    fputc('\n', to);
    for (size_t i = 0; i < session->phase_count; i++) {
        const struct judgement_phase *phase = &session->phases[i];
        fprintf(to, "  %s | %s: lines %" PRIu64 " to %" PRIu64 ", %.3f s\n", phase->name.en,
                phase->name.zh, phase->from_line, phase->to_line,
                (double)(phase->to_ns - phase->from_ns) / 1e9);
    }
    write_proofs(to, session->story, session->story_count);
}

static void write_judgement(FILE *to, const struct judgement *judgement) {
    fprintf(to, " %s, %s | %s, clock %d %s | %s by %.6g ms, from %s, network %s\n",
            judgement->edition, judgement->dialect.en, judgement->dialect.zh, judgement->clock,
            judgement->clock_name.en, judgement->clock_name.zh,
            (double)judgement->resolution_ns / 1e6,
            judgement->started != NULL ? judgement->started : "",
            judgement->network != NULL ? judgement->network : "");
    fprintf(to,
            " %" PRIu64 " frames, %" PRIu64 " foreign, %" PRIu64 " damaged; %s of %zu charges\n",
            judgement->frames, judgement->foreign, judgement->damaged,
            verdict_name(judgement->verdict), judgement->charge_count);
    write_proofs(to, judgement->remarks, judgement->remark_count);
    for (size_t i = 0; i < judgement->session_count; i++) {
        if (i < 2 || i + 2 >= judgement->session_count) {
            write_session(to, &judgement->sessions[i]);
        }
    }
    write_plain(to, judgement);
    for (size_t i = 0; i < judgement->rule_count; i++) {
        write_rule(to, &judgement->rules[i]);
    }
}

/* The texts of problems name the file, whose name differs. */
static void write_problem(FILE *to, const struct problem *problem) {
    const char *en = strstr(problem->text, path), *zh = strstr(problem->zh, path);
    fprintf(to, " %s | %s\n", en != NULL ? en + strlen(path) : problem->text,
            zh != NULL ? zh + strlen(path) : problem->zh);
}

static void judge(FILE *to, const char *name, const char *file,
                  const struct protocol_options *options) {
    struct problem problem = {0};
    struct protocol_judge *judge = protocol_judge(file, options, &problem);
    fprintf(to, "%s\n", name);
    if (judge == NULL) {
        write_problem(to, &problem);
        return;
    }
    const struct judgement *judgement = protocol_judgement(judge);
    ck_assert_str_eq(judgement->file, file);
    write_judgement(to, judgement);
    protocol_judge_free(judge);
}

START_TEST(captures_of_people) {
    static const char *const names[] = {"bms-only.log",
                                        "cause-padded.log",
                                        "cause-unpadded.log",
                                        "ccs-silent-bst.log",
                                        "drops.log",
                                        "drops.txt",
                                        "ed2011.log",
                                        "last-nonl.log",
                                        "noclock-bem.log",
                                        "nul.log",
                                        "padded-bms.log",
                                        "time-id-data.txt",
                                        "p227-garbagepad.pcap",
                                        "zlg-blank.txt"};
    const struct protocol_options options = {
        .edition = EDITION_2015, .edition_open = true, .limits = rules_limits_default};
    struct kept kept;
    kept_open(&kept);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char file[sizeof CAPTURES + 64];
        snprintf(file, sizeof file, CAPTURES "%s", names[i]);
        judge(kept.stream, names[i], file, &options);
    }
    kept_check(&kept, TEST_SOURCE_DIR "/tests/harness/protocol/judgements.txt");
}
END_TEST

START_TEST(captures_made) {
    struct kept kept;
    kept_open(&kept);
    read_base();
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    for (size_t i = 0; i < MADES; i++) {
        const struct made *made = &mades[i];
        const struct protocol_options options = {.capture = {.network = made->network},
                                                 .edition =
                                                     made->chosen ? made->edition : EDITION_2015,
                                                 .edition_open = !made->chosen,
                                                 .limits = rules_limits_default,
                                                 .masked = made->masked,
                                                 .mask_key = made->masked ? "key" : NULL};
        FILE *to = fopen(path, "w");
        ck_assert_ptr_nonnull(to);
        made->write(to);
        ck_assert_int_eq(fclose(to), 0);
        judge(kept.stream, made->name, path, &options);
    }
    close(fd);
    unlink(path);
    kept_check(&kept, TEST_SOURCE_DIR "/tests/harness/protocol/judgements-made.txt");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("protocol_judge");
    TCase *tests = tcase_create("judge");
    tcase_add_test(tests, captures_of_people);
    tcase_add_test(tests, captures_made);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
