/* SPDX-License-Identifier: MIT */
/* What the record says to people: one sentence an outcome, in two languages. */
#include "harness/judge/internal.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONG_WAIT_MS 10000.0 /* from here on in seconds */

enum language {
    ENGLISH,
    CHINESE,
};

/* What a sentence is about. A step has no check. */
struct subject {
    const struct judge_check *check;
    const struct step_def *step;
    size_t step_number; /* from 1 */
    const struct outcome *outcome;
};

/* By finding; {words} are filled in by words[] below. */
static const char *const sentences[][2] = {
    [FINDING_MEASURED] = {"{title}: {value}; the limit is {limit}",
                          "{title}：{value}；限值为{limit}"},
    [FINDING_BAND] = {"{title}: {value} is too close to the limit ({limit}) for its uncertainty",
                      "{title}：{value}，与限值（{limit}）的距离小于测量不确定度，无法判定"},
    [FINDING_NO_AFTER] = {"{title}: {after} never happened, so nothing was judged",
                          "{title}：{after}始终未发生，未作评定"},
    [FINDING_NO_FROM] = {"{title}: {from} never happened, so nothing was judged",
                         "{title}：{from}始终未发生，未作评定"},
    [FINDING_NO_TO] =
        {"{title}: {to} did not happen within {waited} of {from}; the limit is {limit}",
         "{title}：{from}之后{waited}内未发生{to}；限值为{limit}"},
    [FINDING_NOT_FOR_GOOD] = {"{title}: {to} did not last to the end, {waited} after {from}; the "
                              "limit is {limit}",
                              "{title}：{from}之后{waited}，{to}未能保持到最后；限值为{limit}"},
    [FINDING_CUT] = {"{title}: the case ended {waited} after {from}, too early to judge {to}; the "
                     "limit is {limit}",
                     "{title}：{from}之后{waited}案例即结束，{to}来不及评定；限值为{limit}"},
    [FINDING_CUT_WINDOW] = {"{title}: the case ended {waited} after {from}; {window} were to be "
                            "watched",
                            "{title}：{from}之后{waited}案例即结束，应观察{window}"},
    [FINDING_EMPTY_WINDOW] =
        {"{title}: the window from {from} to {to} ended at the instant it began",
         "{title}：从{from}到{to}的时间窗长度为零，未作评定"},
    [FINDING_FEW] = {"{title}: {condition} did not happen twice from {from} to {to}, so there is "
                     "no mean",
                     "{title}：从{from}到{to}，{condition}发生不足两次，无平均值"},
    [FINDING_VIOLATED] = {"{title}: {condition} {broken} at {at}, {since} after {from}",
                          "{title}：{at}时{condition}{broken}（{from}之后{since}）"},
    [FINDING_UNKNOWN] = {"{title}: cannot be observed, {signal} is not known",
                         "{title}：无法观测，信号 {signal} 未知"},
    [FINDING_PARTLY_UNKNOWN] =
        {"{title}: could not be observed all the time, {signal} was not known",
         "{title}：未能全程观测，信号 {signal} 曾处于未知状态"},
    [FINDING_STEP] = {"step {number} was not reached: {awaited} did not happen within {waited}",
                      "第{number}步未达到：{waited}内未发生{awaited}"},
    [FINDING_STEP_CUT] = {"step {number} was not done: the case ended {waited} after it began "
                          "({awaited})",
                          "第{number}步未完成：开始后{waited}案例即结束（{awaited}）"},
    [FINDING_STEP_REFUSED] =
        {"step {number} could not be done: {awaited} has no meaning in the state "
         "that was reached",
         "第{number}步无法执行：{awaited}不适用于所达到的状态"},
    [FINDING_STEP_UNKNOWN] =
        {"step {number} was not reached: {awaited} cannot be observed, {signal} "
         "is not known",
         "第{number}步未达到：{awaited}无法观测，信号 {signal} 未知"},
};

/* ---- words ---- */

static void put_number(FILE *out, double value, const char *unit) {
    fprintf(out, "%.9g%s%s", value, unit[0] != '\0' ? " " : "", unit);
}

static void put_time(FILE *out, int64_t time_ns) {
    double time_ms = ns_to_ms(time_ns);
    if (time_ms < LONG_WAIT_MS) {
        put_number(out, time_ms, "ms");
    } else {
        fprintf(out, "%.3f s", time_ms / 1000.0);
    }
}

static void put_quoted(FILE *out, const char *text, enum language language) {
    fprintf(out, language == ENGLISH ? "'%s'" : "“%s”", text);
}

static void put_event(FILE *out, const char *text, const char *none_en, const char *none_zh,
                      enum language language) {
    if (text != NULL) {
        put_quoted(out, text, language);
    } else {
        fputs(language == ENGLISH ? none_en : none_zh, out);
    }
}

static const char *text_in(const struct phrase *text, enum language language) {
    const char *own = language == ENGLISH ? text->en : text->zh;
    const char *other = language == ENGLISH ? text->zh : text->en;
    return own != NULL ? own : other != NULL ? other : "";
}

static void put_title(FILE *out, const struct subject *subject, enum language language) {
    fputs(text_in(&subject->check->def->title, language), out);
}

static void put_value(FILE *out, const struct subject *subject, enum language language) {
    (void)language;
    const struct outcome *outcome = subject->outcome;
    put_number(out, outcome->value, subject->check->unit);
    if (outcome->uncertainty > 0) {
        fprintf(out, " ± %.3g%s%s", outcome->uncertainty,
                subject->check->unit[0] != '\0' ? " " : "", subject->check->unit);
    }
}

static void put_bounds(FILE *out, const struct judge_check *check, enum language language) {
    const struct judge_limit *limit = &check->limit;
    bool zh = language == CHINESE;
    if (isnan(limit->min) && isnan(limit->max)) {
        fputs(zh ? "无" : "none", out);
    }
    if (!isnan(limit->min)) {
        fputs(limit->min_open ? (zh ? "大于 " : "above ") : (zh ? "不小于 " : "at least "), out);
        put_number(out, limit->min, check->unit);
    }
    if (!isnan(limit->min) && !isnan(limit->max)) {
        fputs(zh ? "且" : " and ", out);
    }
    if (!isnan(limit->max)) {
        fputs(limit->max_open ? (zh ? "小于 " : "below ") : (zh ? "不大于 " : "at most "), out);
        put_number(out, limit->max, check->unit);
    }
}

static void put_limit(FILE *out, const struct subject *subject, enum language language) {
    const char *source = subject->check->limit.source;
    put_bounds(out, subject->check, language);
    if (source != NULL && source[0] != '\0') {
        fprintf(out, language == ENGLISH ? " (%s)" : "（%s）", source);
    }
}

static void put_after(FILE *out, const struct subject *subject, enum language language) {
    put_event(out, subject->check->def->after.text, "", "", language);
}

/* Without "from" it is "after", if that is given. */
static void put_from(FILE *out, const struct subject *subject, enum language language) {
    const struct check_def *def = subject->check->def;
    const char *text = def->from.text != NULL ? def->from.text : def->after.text;
    put_event(out, text, "the start of the case", "案例开始", language);
}

static void put_to(FILE *out, const struct subject *subject, enum language language) {
    const struct check_def *def = subject->check->def;
    const char *text = def->type == CHECK_EXPECT ? def->condition.text : def->to.text;
    put_event(out, text, "the end of the case", "案例结束", language);
}

static void put_condition(FILE *out, const struct subject *subject, enum language language) {
    put_quoted(out, subject->check->def->condition.text, language);
}

static void put_broken(FILE *out, const struct subject *subject, enum language language) {
    bool always = subject->check->def->type == CHECK_ALWAYS;
    if (language == ENGLISH) {
        fputs(always ? "did not hold" : "happened", out);
    } else {
        fputs(always ? "不成立" : "发生", out);
    }
}

static void put_waited(FILE *out, const struct subject *subject, enum language language) {
    (void)language;
    put_time(out, subject->outcome->waited_ns);
}

static void put_window(FILE *out, const struct subject *subject, enum language language) {
    (void)language;
    put_time(out, subject->check->def->window_ns);
}

static void put_at(FILE *out, const struct subject *subject, enum language language) {
    (void)language;
    fprintf(out, "%.6f s", (double)subject->outcome->at_ns / (double)NS_PER_S);
}

static void put_since(FILE *out, const struct subject *subject, enum language language) {
    (void)language;
    put_time(out, subject->outcome->at_ns - subject->outcome->from_ns);
}

static void put_signal(FILE *out, const struct subject *subject, enum language language) {
    (void)language;
    fputs(subject->outcome->signal != NULL ? subject->outcome->signal : "?", out);
}

static void put_step_number(FILE *out, const struct subject *subject, enum language language) {
    (void)language;
    fprintf(out, "%zu", subject->step_number);
}

static void put_awaited(FILE *out, const struct subject *subject, enum language language) {
    put_quoted(out, subject->step->what.text, language);
}

static const struct word {
    const char *name;
    void (*put)(FILE *out, const struct subject *subject, enum language language);
} words[] = {
    {"title", put_title},
    {"value", put_value},
    {"limit", put_limit},
    {"after", put_after},
    {"from", put_from},
    {"to", put_to},
    {"condition", put_condition},
    {"broken", put_broken},
    {"waited", put_waited},
    {"window", put_window},
    {"at", put_at},
    {"since", put_since},
    {"signal", put_signal},
    {"number", put_step_number},
    {"awaited", put_awaited},
};

static void put_word(FILE *out, const char *name, size_t length, const struct subject *subject,
                     enum language language) {
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strlen(words[i].name) == length && strncmp(words[i].name, name, length) == 0) {
            words[i].put(out, subject, language);
            return;
        }
    }
    assert(false && "a sentence with an unknown word");
}

/* ---- sentences ---- */

struct writing {
    FILE *out;
    char *text;
    size_t size;
};

static void begin(struct writing *writing) {
    writing->out = open_memstream(&writing->text, &writing->size);
    if (writing->out == NULL) {
        fputs("judge: out of memory\n", stderr);
        abort();
    }
}

static char *done(struct writing *writing) {
    if (fclose(writing->out) != 0 || writing->text == NULL) {
        fputs("judge: out of memory\n", stderr);
        abort();
    }
    return writing->text;
}

static char *sentence(const struct subject *subject, enum language language) {
    struct writing writing;
    begin(&writing);
    for (const char *c = sentences[subject->outcome->finding][language]; *c != '\0'; c++) {
        if (*c != '{') {
            fputc(*c, writing.out);
            continue;
        }
        size_t length = strcspn(c, "}");
        put_word(writing.out, c + 1, length - 1, subject, language);
        c += length;
    }
    return done(&writing);
}

struct phrase check_reason(const struct judge_check *check) {
    struct subject subject = {.check = check, .outcome = &check->worst};
    return (struct phrase){sentence(&subject, ENGLISH), sentence(&subject, CHINESE)};
}

static char *title_in(const struct judge_check *check, enum language language) {
    struct writing writing;
    begin(&writing);
    fputs(text_in(&check->def->title, language), writing.out);
    if (check->def->each && check->count > 1) {
        fprintf(writing.out, language == ENGLISH ? " (worst of %zu)" : "（%zu次中最差）",
                check->count);
    }
    return done(&writing);
}

struct phrase check_title(const struct judge_check *check) {
    return (struct phrase){title_in(check, ENGLISH), title_in(check, CHINESE)};
}

/* ---- steps ---- */

struct phrase step_reason(const struct judge *judge, const struct step_record *record) {
    struct subject subject = {.step = record->step,
                              .step_number = (size_t)(record->step - judge->scenario->steps) + 1,
                              .outcome = &record->outcome};
    return (struct phrase){sentence(&subject, ENGLISH), sentence(&subject, CHINESE)};
}

static char *step_title_in(const struct step_def *step, enum language language) {
    static const char *const verbs[][2] = {[STEP_DO] = {"do ", "执行"},
                                           [STEP_WAIT] = {"wait ", "等待"},
                                           [STEP_UNTIL] = {"wait for ", "等待"}};
    struct writing writing;
    begin(&writing);
    const char *note = text_in(&step->note, language);
    if (note[0] != '\0') {
        fputs(note, writing.out);
    } else {
        fputs(verbs[step->type][language], writing.out);
        put_quoted(writing.out, step->what.text, language);
    }
    return done(&writing);
}

struct phrase step_title(const struct step_def *step) {
    return (struct phrase){step_title_in(step, ENGLISH), step_title_in(step, CHINESE)};
}

/* ---- conditions ---- */

char *check_condition(const struct check_def *def) {
    static const char *const words_of[] = {
        [CHECK_TIME] = "time",  [CHECK_VALUE] = "value",   [CHECK_PEAK] = "peak",
        [CHECK_MEAN] = "mean",  [CHECK_EXPECT] = "expect", [CHECK_ALWAYS] = "always",
        [CHECK_NEVER] = "never"};
    struct writing writing;
    begin(&writing);
    fputs(words_of[def->type], writing.out);
    if (def->condition.text != NULL) {
        fprintf(writing.out, " %s", def->condition.text);
    }
    if (def->after.text != NULL) {
        fprintf(writing.out, ", after %s", def->after.text);
    }
    if (def->from.text != NULL) {
        fprintf(writing.out, ", %s %s", def->type == CHECK_VALUE ? "at" : "from", def->from.text);
    }
    if (def->to.text != NULL) {
        fprintf(writing.out, ", to %s", def->to.text);
    }
    return done(&writing);
}
