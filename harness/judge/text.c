/* SPDX-License-Identifier: MIT */
/* What the record says to people: one sentence an outcome, in two languages. */
#include "harness/judge/internal.h"
#include "sim/text/buffer.h"
#include "sim/text/quantity.h"

#include <assert.h>
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

/* By finding; the {placeholders} are filled in by the table below. */
static const char *const sentences[][2] = {
    [FINDING_MEASURED] = {"{title}: {value}{before}; the limit is {limit}",
                          "{title}：{value}{before}；限值为{limit}"},
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
                     "{title}：{from}之后{waited}用例即结束，{to}来不及评定；限值为{limit}"},
    [FINDING_CUT_WINDOW] = {"{title}: the case ended {waited} after {from}; {window} were to be "
                            "watched",
                            "{title}：{from}之后{waited}用例即结束，应观察{window}"},
    [FINDING_EMPTY_WINDOW] =
        {"{title}: the window from {from} to {to} ended at the instant it began",
         "{title}：从{from}到{to}的时间窗长度为零，未作评定"},
    [FINDING_FEW] = {"{title}: {condition} did not happen twice from {from} to {to}, so there is "
                     "no time between two",
                     "{title}：从{from}到{to}，{condition}发生不足两次，无间隔可测"},
    [FINDING_VIOLATED] = {"{title}: {condition}{cause} {broken} at {at}, {since} after {from}",
                          "{title}：{at}时{condition}{cause}{broken}（{from}之后{since}）"},
    [FINDING_UNKNOWN] = {"{title}: cannot be observed because {signal} is unknown",
                         "{title}：无法观测，信号 {signal} 未知"},
    [FINDING_PARTLY_UNKNOWN] =
        {"{title}: could not be observed all the time because {signal} was unknown",
         "{title}：未能全程观测，信号 {signal} 曾处于未知状态"},
    [FINDING_STEP] = {"step {number} was not reached: {awaited} did not happen within {waited}",
                      "第{number}步未达到：{waited}内未发生{awaited}"},
    [FINDING_STEP_STIMULUS] = {"the stimulus was not established: step {number}, {awaited} did not "
                               "happen within {waited}",
                               "未能建立试验条件：第{number}步，{waited}内未发生{awaited}"},
    [FINDING_STEP_CUT] = {"step {number} was not completed: the case ended {waited} after it began "
                          "({awaited})",
                          "第{number}步未完成：开始后{waited}用例即结束（{awaited}）"},
    [FINDING_STEP_REFUSED] = {"step {number} could not be carried out: {awaited} {why}",
                              "第{number}步无法执行：{awaited}{why}"},
    [FINDING_STEP_UNKNOWN] =
        {"step {number} was not reached: {awaited} cannot be observed because {signal} "
         "is unknown",
         "第{number}步未达到：{awaited}无法观测，信号 {signal} 未知"},
};

/* ---- placeholders ---- */

static const struct quantity_form *form_in(enum language language) {
    return language == ENGLISH ? &quantity_sentence_en : &quantity_sentence_zh;
}

static void put_time(struct buffer *out, int64_t time_ns) {
    double time_ms = ns_to_ms(time_ns);
    assert(time_ns >= 0); /* all times in sentences are lengths */
    if (time_ms < LONG_WAIT_MS) {
        quantity_put(out, form_in(ENGLISH), time_ms, "ms"); /* the same in both */
    } else {
        buffer_format(out, "%.3f s", time_ms / 1000.0);
    }
}

static void put_quoted(struct buffer *out, const char *text, enum language language) {
    buffer_format(out, language == ENGLISH ? "'%s'" : "“%s”", text);
}

static void put_event(struct buffer *out, const char *text, const char *none_en,
                      const char *none_zh, enum language language) {
    if (text != NULL) {
        put_quoted(out, text, language);
    } else {
        buffer_put(out, language == ENGLISH ? none_en : none_zh);
    }
}

static const char *text_in(const struct phrase *text, enum language language) {
    const char *own = language == ENGLISH ? text->en : text->zh;
    const char *other = language == ENGLISH ? text->zh : text->en;
    return own != NULL ? own : other != NULL ? other : "";
}

static void put_title(struct buffer *out, const struct subject *subject, enum language language) {
    buffer_put(out, text_in(&subject->check->def->title, language));
}

static void put_value(struct buffer *out, const struct subject *subject, enum language language) {
    const struct outcome *outcome = subject->outcome;
    quantity_put(out, form_in(language), outcome->value, subject->check->unit);
    if (outcome->uncertainty > 0) {
        buffer_format(out, " ± %.3g%s%s", outcome->uncertainty,
                      subject->check->unit[0] != '\0' ? " " : "", subject->check->unit);
    }
}

static void put_limit(struct buffer *out, const struct subject *subject, enum language language) {
    const struct judge_limit *limit = &subject->check->limit;
    const struct limits limits = {.min = limit->min,
                                  .max = limit->max,
                                  .min_open = limit->min_open,
                                  .max_open = limit->max_open,
                                  .unit = subject->check->unit};
    const char *source = limit->source;
    limits_put(out, form_in(language), &limits);
    if (source != NULL && source[0] != '\0') {
        buffer_format(out, language == ENGLISH ? " (%s)" : "（%s）", source);
    }
}

static void put_after(struct buffer *out, const struct subject *subject, enum language language) {
    put_event(out, subject->check->def->after.text, "", "", language);
}

/* Without "from" it is "after", if that is given. */
static void put_from(struct buffer *out, const struct subject *subject, enum language language) {
    const struct check_def *def = subject->check->def;
    const char *text = def->from.text != NULL ? def->from.text : def->after.text;
    put_event(out, text, "the start of the case", "用例开始", language);
}

static void put_to(struct buffer *out, const struct subject *subject, enum language language) {
    const struct check_def *def = subject->check->def;
    const char *text = def->type == CHECK_EXPECT ? def->condition.text : def->to.text;
    put_event(out, text, "the end of the case", "用例结束", language);
}

static void put_before(struct buffer *out, const struct subject *subject, enum language language) {
    if (subject->outcome->before_ns == 0) {
        return;
    }
    buffer_put(out, language == ENGLISH ? " (" : "（");
    put_to(out, subject, language);
    buffer_put(out, language == ENGLISH ? " had come " : "已先于");
    if (language == ENGLISH) {
        put_time(out, subject->outcome->before_ns);
        buffer_put(out, " before ");
        put_from(out, subject, language);
        buffer_put(out, ")");
    } else {
        put_from(out, subject, language);
        put_time(out, subject->outcome->before_ns);
        buffer_put(out, "成立）");
    }
}

static void put_condition(struct buffer *out, const struct subject *subject,
                          enum language language) {
    put_quoted(out, subject->check->def->condition.text, language);
}

/* Which of the terms of an "or" it was. */
static void put_cause(struct buffer *out, const struct subject *subject, enum language language) {
    const struct check_def *def = subject->check->def;
    struct expression_piece cause = subject->outcome->cause;
    while (cause.end > cause.at && def->condition.text[cause.end - 1] == ' ') {
        cause.end--;
    }
    if (def->type == CHECK_NEVER && cause.end > cause.at) {
        buffer_format(out, language == ENGLISH ? " (%.*s)" : "（%.*s）",
                      (int)(cause.end - cause.at), def->condition.text + cause.at);
    }
}

static void put_broken(struct buffer *out, const struct subject *subject, enum language language) {
    bool always = subject->check->def->type == CHECK_ALWAYS;
    if (language == ENGLISH) {
        buffer_put(out, always ? "did not hold" : "happened");
    } else {
        buffer_put(out, always ? "不成立" : "发生");
    }
}

static void put_waited(struct buffer *out, const struct subject *subject, enum language language) {
    (void)language;
    put_time(out, subject->outcome->waited_ns);
}

static void put_window(struct buffer *out, const struct subject *subject, enum language language) {
    (void)language;
    put_time(out, subject->check->def->window_ns);
}

static void put_at(struct buffer *out, const struct subject *subject, enum language language) {
    (void)language;
    buffer_format(out, "%.6f s", (double)subject->outcome->at_ns / (double)NS_PER_S);
}

static void put_since(struct buffer *out, const struct subject *subject, enum language language) {
    (void)language;
    assert(subject->outcome->at_ns >= subject->outcome->from_ns);
    put_time(out, subject->outcome->at_ns - subject->outcome->from_ns);
}

static void put_signal(struct buffer *out, const struct subject *subject, enum language language) {
    (void)language;
    buffer_put(out, subject->outcome->signal != NULL ? subject->outcome->signal : "?");
}

static void put_step_number(struct buffer *out, const struct subject *subject,
                            enum language language) {
    (void)language;
    buffer_format(out, "%zu", subject->step_number);
}

static void put_awaited(struct buffer *out, const struct subject *subject, enum language language) {
    put_quoted(out, subject->step->what.text, language);
}

static void put_why(struct buffer *out, const struct subject *subject, enum language language) {
    const struct phrase *why = &subject->outcome->why;
    buffer_put(out, why->en == NULL ? "" : language == ENGLISH ? why->en : why->zh);
}

static const struct placeholder {
    const char *name;
    void (*put)(struct buffer *out, const struct subject *subject, enum language language);
} placeholders[] = {
    {"title", put_title},
    {"value", put_value},
    {"cause", put_cause},
    {"before", put_before},
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
    {"why", put_why},
};

static void put_placeholder(struct buffer *out, const char *name, size_t length,
                            const struct subject *subject, enum language language) {
    for (size_t i = 0; i < sizeof placeholders / sizeof placeholders[0]; i++) {
        if (strlen(placeholders[i].name) == length &&
            strncmp(placeholders[i].name, name, length) == 0) {
            placeholders[i].put(out, subject, language);
            return;
        }
    }
    assert(false && "a sentence with an unknown placeholder");
}

/* ---- sentences ---- */

static char *sentence(const struct subject *subject, enum language language) {
    struct buffer text = {0};
    for (const char *c = sentences[subject->outcome->finding][language]; *c != '\0'; c++) {
        if (*c != '{') {
            buffer_put_bytes(&text, c, 1);
            continue;
        }
        size_t length = strcspn(c, "}");
        assert(c[length] == '}');
        put_placeholder(&text, c + 1, length - 1, subject, language);
        c += length;
    }
    return buffer_take(&text);
}

struct phrase check_reason(const struct judge_check *check) {
    struct subject subject = {.check = check, .outcome = &check->worst};
    return (struct phrase){sentence(&subject, ENGLISH), sentence(&subject, CHINESE)};
}

static char *title_in(const struct judge_check *check, enum language language) {
    struct buffer text = {0};
    buffer_put(&text, text_in(&check->def->title, language));
    if (check->def->each && check->count > 1) {
        buffer_format(&text, language == ENGLISH ? " (worst of %zu)" : "（%zu次中最差）",
                      check->count);
    }
    return buffer_take(&text);
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
    struct buffer text = {0};
    const char *note = text_in(&step->note, language);
    if (note[0] != '\0') {
        buffer_put(&text, note);
    } else {
        buffer_put(&text, verbs[step->type][language]);
        put_quoted(&text, step->what.text, language);
    }
    return buffer_take(&text);
}

struct phrase step_title(const struct step_def *step) {
    return (struct phrase){step_title_in(step, ENGLISH), step_title_in(step, CHINESE)};
}

/* ---- conditions ---- */

char *check_condition(const struct check_def *def) {
    static const char *const kind_names[] = {
        [CHECK_TIME] = "time",     [CHECK_VALUE] = "value",   [CHECK_PEAK] = "peak",
        [CHECK_RATE] = "rate",     [CHECK_MEAN] = "mean",     [CHECK_GAP] = "gap",
        [CHECK_EXPECT] = "expect", [CHECK_ALWAYS] = "always", [CHECK_NEVER] = "never"};
    struct buffer text = {0};
    buffer_put(&text, kind_names[def->type]);
    if (def->condition.text != NULL) {
        buffer_format(&text, " %s", def->condition.text);
    }
    if (def->after.text != NULL) {
        buffer_format(&text, ", after %s", def->after.text);
    }
    if (def->from.text != NULL) {
        buffer_format(&text, ", %s %s", def->type == CHECK_VALUE ? "at" : "from", def->from.text);
    }
    if (def->to.text != NULL) {
        buffer_format(&text, ", to %s", def->to.text);
    }
    if (def->last) {
        buffer_put(&text, ", last");
    }
    return buffer_take(&text);
}
