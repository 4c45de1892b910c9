/* SPDX-License-Identifier: MIT */
/* What a terminal shows of a judgement: the last word first. */
#include "reports/judgement/judgement.h"

#include "reports/judgement/internal.h"
#include "sim/text/plain.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#define S_NS  INT64_C(1000000000)
#define MS_NS INT64_C(1000000)

/* ------------------------------------------------------------------ times in words */

const char *judgement_instant(char text[JUDGEMENT_TEXT_SIZE], const struct judgement *judgement,
                              int64_t at_ns) {
    text[0] = '\0';
    if (!judgement->clock) {
        return text;
    }
    int64_t ms = (at_ns - judgement->start_ns + MS_NS / 2) / MS_NS;
    ms = ms < 0 ? 0 : ms;
    if (ms < 60000) {
        snprintf(text, JUDGEMENT_TEXT_SIZE, "%" PRId64 ".%03d s", ms / 1000, (int)(ms % 1000));
    } else if (ms < 3600000) {
        snprintf(text, JUDGEMENT_TEXT_SIZE, "%" PRId64 ":%02d.%03d", ms / 60000,
                 (int)(ms / 1000 % 60), (int)(ms % 1000));
    } else {
        snprintf(text, JUDGEMENT_TEXT_SIZE, "%" PRId64 ":%02d:%02d.%03d", ms / 3600000,
                 (int)(ms / 60000 % 60), (int)(ms / 1000 % 60), (int)(ms % 1000));
    }
    return text;
}

const char *judgement_duration(char text[JUDGEMENT_TEXT_SIZE], int64_t ns) {
    double s = (double)ns / (double)S_NS;
    if (s < 0.9995) {
        snprintf(text, JUDGEMENT_TEXT_SIZE, "%.0f ms", s * 1000);
    } else if (s < 100) {
        snprintf(text, JUDGEMENT_TEXT_SIZE, "%.1f s", s);
    } else {
        int64_t whole = (ns + S_NS / 2) / S_NS;
        snprintf(text, JUDGEMENT_TEXT_SIZE, "%" PRId64 " min %d s", whole / 60, (int)(whole % 60));
    }
    return text;
}

size_t judgement_count(const struct judgement *judgement, enum verdict verdict) {
    size_t count = 0;
    for (size_t i = 0; i < judgement->rule_count; i++) {
        count += judgement->rules[i].check.verdict == verdict;
    }
    return count;
}

/* ------------------------------------------------------------------ the terminal */

struct terminal {
    FILE *stream;
    const struct judgement *judgement;
    const struct judgement_look *look;
};

static const char *pick(const struct terminal *to, const char *zh, const char *en) {
    return to->look->chinese ? zh : en;
}

static void bold(const struct terminal *to, const char *text) {
    fputs(to->look->colour ? "\033[1m" : "", to->stream);
    plain_print(to->stream, "%s", text);
    fputs(to->look->colour ? "\033[0m" : "", to->stream);
}

static void put_verdict(const struct terminal *to, enum verdict verdict) {
    const struct verdict_look look = {.chinese = to->look->chinese, .colour = to->look->colour};
    verdict_put(to->stream, verdict, &look);
}

/* "12.345 s, line 812" */
static void put_place(const struct terminal *to, int64_t at_ns, uint64_t line) {
    char text[JUDGEMENT_TEXT_SIZE];
    if (to->judgement->clock) {
        plain_print(to->stream, "%s%s", judgement_instant(text, to->judgement, at_ns),
                    pick(to, "，", ", "));
    }
    plain_print(to->stream, pick(to, "第%" PRIu64 "行", "line %" PRIu64), line);
}

static void put_proofs(const struct terminal *to, const struct judgement_proof *proofs,
                       size_t count) {
    for (size_t i = 0; i < count; i++) {
        fputs("    ", to->stream);
        put_place(to, proofs[i].at_ns, proofs[i].line);
        plain_print(to->stream, "%s%s\n", pick(to, "：", ": "),
                    phrase_in(&proofs[i].text, to->look->chinese));
    }
}

/* Long sentences are broken at spaces (English) or left to the terminal (Chinese). */
static void put_wrapped(const struct terminal *to, const char *sentence) {
    size_t column = 2;
    fputs("  ", to->stream);
    for (const char *word = sentence; *word != '\0';) {
        size_t length = strcspn(word, " ");
        if (column > 2 && column + 1 + length > 98) {
            fputs("\n  ", to->stream);
            column = 2;
        } else if (column > 2) {
            fputc(' ', to->stream);
            column++;
        }
        plain_print(to->stream, "%.*s", (int)length, word);
        column += length;
        word += length + strspn(word + length, " ");
    }
    fputc('\n', to->stream);
}

static void put_last_word(const struct terminal *to, const struct judgement_session *session) {
    if (to->judgement->charge_count > 1) {
        plain_print(to->stream, pick(to, "第%zu次充电，共%zu次\n", "charge %zu of %zu\n"),
                    session->number, to->judgement->charge_count);
    }
    bold(to, pick(to, "结论：", "the last word: "));
    bold(to, phrase_in(&session->ended_by, to->look->chinese));
    fputs(pick(to, "（", " ("), to->stream);
    put_place(to, session->ended_ns, session->ended_line);
    fputs(pick(to, "）\n", ")\n"), to->stream);
    put_wrapped(to, phrase_in(&session->last_word, to->look->chinese));
    fputc('\n', to->stream);
}

/* ------------------------------------------------------------------ the file */

static void put_file(const struct terminal *to) {
    const struct judgement *judgement = to->judgement;
    char text[JUDGEMENT_TEXT_SIZE];
    plain_print(to->stream, pick(to, "文件    %s：%s\n", "file    %s: %s\n"), judgement->file,
                phrase_in(&judgement->dialect, to->look->chinese));
    plain_print(to->stream,
                pick(to,
                     "帧      %" PRIu64 "，其中%" PRIu64 "帧不属于GB/T 27930，另有%" PRIu64
                     "行无法读取\n",
                     "frames  %" PRIu64 ", of them %" PRIu64 " not of GB/T 27930; %" PRIu64
                     " lines could not be read\n"),
                judgement->frames, judgement->foreign, judgement->damaged);
    plain_print(to->stream, pick(to, "时钟    %s", "clock   %s"),
                phrase_in(&judgement->clock_name, to->look->chinese));
    if (judgement->clock && judgement->resolution_ns > 0) {
        if (judgement->resolution_ns < MS_NS) {
            snprintf(text, sizeof text, "%.3g us", (double)judgement->resolution_ns / 1e3);
        } else {
            judgement_duration(text, judgement->resolution_ns);
        }
        plain_print(to->stream, pick(to, "，分辨率%s", ", resolution %s"), text);
    }
    if (judgement->started != NULL) {
        plain_print(to->stream, pick(to, "，开始于%s", ", starts at %s"), judgement->started);
    }
    plain_print(to->stream,
                pick(to, "\n规则    %s，限值集%s\n", "\nrules   %s, limits of profile %s\n"),
                judgement->edition, judgement->profile);
    for (size_t i = 0; i < judgement->remark_count; i++) {
        const struct judgement_proof *remark = &judgement->remarks[i];
        fputs(pick(to, "注意    ", "note    "), to->stream);
        if (remark->line > 0) {
            plain_print(to->stream, pick(to, "第%" PRIu64 "行：", "line %" PRIu64 ": "),
                        remark->line);
        }
        plain_print(to->stream, "%s\n", phrase_in(&remark->text, to->look->chinese));
    }
    fputc('\n', to->stream);
}

/* ------------------------------------------------------------------ the course */

static const struct quantity_form *form_of(const struct terminal *to) {
    return to->look->chinese ? &quantity_terminal_zh : &quantity_terminal;
}

static void put_known(const struct terminal *to, const char *zh, const char *en, double value,
                      const char *unit) {
    if (!isnan(value)) {
        struct buffer text = {0};
        quantity_put(&text, form_of(to), value, unit);
        plain_print(to->stream, to->look->chinese ? "  %s%s" : "  %s %s", pick(to, zh, en),
                    text.chars);
        buffer_free(&text);
    }
}

static void put_course(const struct terminal *to, const struct judgement_session *session) {
    char from[JUDGEMENT_TEXT_SIZE], length[JUDGEMENT_TEXT_SIZE];
    fputs(pick(to, "过程\n", "course\n"), to->stream);
    for (size_t i = 0; i < session->phase_count; i++) {
        const struct judgement_phase *phase = &session->phases[i];
        judgement_instant(from, to->judgement, phase->from_ns);
        judgement_duration(length, phase->to_ns - phase->from_ns);
        plain_print(to->stream, "  %12s  %10s  ", from, to->judgement->clock ? length : "");
        plain_print(to->stream,
                    pick(to, "第%" PRIu64 "～%" PRIu64 "行  %s\n",
                         "lines %" PRIu64 " to %" PRIu64 "  %s\n"),
                    phase->from_line, phase->to_line, phrase_in(&phase->name, to->look->chinese));
    }
    if (session->vin[0] != '\0') {
        plain_print(to->stream, "  VIN %s", session->vin);
    }
    put_known(to, "电量", "energy", session->energy_kwh, "kWh");
    put_known(to, "SOC始", "SOC from", session->soc_from, "%");
    put_known(to, "SOC终", "to", session->soc_to, "%");
    put_known(to, "最高电压", "highest voltage", session->voltage_max, "V");
    put_known(to, "最大电流", "highest current", session->current_max, "A");
    put_known(to, "时长", "time charged", session->minutes, "min");
    fputc('\n', to->stream);
    if (session->story_count > 0) {
        fputs(pick(to, "  经过：\n", "  what led to the end:\n"), to->stream);
        put_proofs(to, session->story, session->story_count);
    }
    fputc('\n', to->stream);
}

/* ------------------------------------------------------------------ the rules */

/* "    measured 0.05 s (0.046 to 1.532 s), limit ≤ 1 s" */
static void put_measured(const struct terminal *to, const struct judgement_rule *rule) {
    const struct result_check *check = &rule->check;
    const struct limits limits = result_limits(check);
    struct buffer text = {0};
    if (isnan(check->value)) {
        return;
    }
    assert(!(rule->smallest > rule->largest));
    buffer_put(&text, pick(to, "    测得 ", "    measured "));
    quantity_put(&text, form_of(to), check->value, check->unit);
    if (!isnan(rule->smallest)) {
        buffer_put(&text, pick(to, "（", " ("));
        quantity_put_number(&text, form_of(to), rule->smallest);
        buffer_put(&text, pick(to, "～", " to "));
        quantity_put(&text, form_of(to), rule->largest, check->unit);
        buffer_put(&text, pick(to, "）", ")"));
    }
    if (!isnan(limits.min) || !isnan(limits.max)) {
        buffer_put(&text, pick(to, "，限值 ", ", limit "));
        limits_put(&text, form_of(to), &limits);
    }
    plain_print(to->stream, "%s\n", text.chars);
    buffer_free(&text);
}

static void put_violations(const struct terminal *to, const struct judgement_rule *rule) {
    assert(rule->proof_count > 0 && rule->proof_count <= rule->violations);
    plain_print(to->stream,
                pick(to, "    出现%" PRIu64 "次，违反%" PRIu64 "次",
                     "    seen %" PRIu64 " times, violated %" PRIu64),
                rule->observed, rule->violations);
    plain_print(to->stream, "%s\n",
                rule->proof_count < rule->violations ? pick(to, "，前几次为：", ", first:")
                                                     : pick(to, "：", ":"));
    put_proofs(to, rule->proofs, rule->proof_count);
}

static void put_rule(const struct terminal *to, const struct judgement_rule *rule) {
    const struct result_check *check = &rule->check;
    const bool chinese = to->look->chinese;
    put_verdict(to, check->verdict);
    plain_print(to->stream, "  %s  [%s] %s", check->condition, phrase_in(&rule->side, chinese),
                phrase_in(&check->title, chinese));
    plain_print(to->stream, pick(to, "（%s）\n", " (%s)\n"), check->limit_source);
    if (check->verdict != VERDICT_PASS || to->look->all) {
        put_measured(to, rule);
    }
    if (check->reason.en != NULL) {
        plain_print(to->stream, "    %s\n", phrase_in(&check->reason, chinese));
    }
    if (rule->violations > 0) {
        put_violations(to, rule);
    }
}

static void put_rules(const struct terminal *to, enum verdict verdict) {
    size_t count = 0;
    for (size_t i = 0; i < to->judgement->rule_count; i++) {
        if (to->judgement->rules[i].check.verdict == verdict) {
            put_rule(to, &to->judgement->rules[i]);
            count++;
        }
    }
    if (count > 0) {
        fputc('\n', to->stream);
    }
}

static bool undecided(const struct result_check *check) {
    return check->verdict == VERDICT_INCONCLUSIVE && check->reason.en != NULL;
}

/* Rules that are inconclusive for the same reason as rule `index`; 0 when an earlier one is. */
static size_t alike(const struct judgement *judgement, size_t index) {
    const struct result_check *check = &judgement->rules[index].check;
    size_t count = 0;
    for (size_t k = 0; undecided(check) && k < judgement->rule_count; k++) {
        const struct result_check *other = &judgement->rules[k].check;
        if (undecided(other) && strcmp(other->reason.en, check->reason.en) == 0) {
            if (k < index) {
                return 0;
            }
            count++;
        }
    }
    assert((count > 0) ==
           undecided(check)); /* itself at least; else an earlier one has returned 0 */
    return count;
}

/* Several rules are inconclusive for one and the same reason: said once, with their number. */
static void put_undecided(const struct terminal *to) {
    for (size_t i = 0; i < to->judgement->rule_count; i++) {
        size_t count = alike(to->judgement, i);
        if (count > 0) {
            put_verdict(to, VERDICT_INCONCLUSIVE);
            plain_print(to->stream, pick(to, "  %zu条规则：%s\n", "  %zu rules: %s\n"), count,
                        phrase_in(&to->judgement->rules[i].check.reason, to->look->chinese));
        }
    }
}

static void put_counts(const struct terminal *to) {
    const struct judgement *judgement = to->judgement;
    const size_t fail = judgement_count(judgement, VERDICT_FAIL);
    const size_t inconclusive = judgement_count(judgement, VERDICT_INCONCLUSIVE);
    const size_t pass = judgement_count(judgement, VERDICT_PASS);
    const size_t none = judgement_count(judgement, VERDICT_NONE);
    assert(fail + inconclusive + pass + none == judgement->rule_count); /* each rule once */
    plain_print(to->stream,
                pick(to, "规则%zu条：不合格%zu，无法判定%zu，合格%zu，未涉及%zu\n",
                     "%zu rules: %zu fail, %zu inconclusive, %zu pass, %zu did not apply\n"),
                judgement->rule_count, fail, inconclusive, pass, none);
}

void judgement_text(FILE *stream, const struct judgement *judgement,
                    const struct judgement_look *look) {
    const struct terminal to = {stream, judgement, look};
    if (judgement->session_count == 0) {
        fputs(pick(&to, "文件中没有GB/T 27930的充电过程。\n\n",
                   "There is no charge by GB/T 27930 in this file.\n\n"),
              stream);
    }
    for (size_t i = 0; i < judgement->session_count; i++) {
        put_last_word(&to, &judgement->sessions[i]);
    }
    put_file(&to);
    for (size_t i = 0; i < judgement->session_count; i++) {
        put_course(&to, &judgement->sessions[i]);
    }
    put_rules(&to, VERDICT_FAIL);
    if (look->all) {
        put_rules(&to, VERDICT_INCONCLUSIVE);
        put_rules(&to, VERDICT_PASS);
    } else {
        put_undecided(&to);
    }
    put_counts(&to);
}
