/* SPDX-License-Identifier: MIT */
/* Two languages at a time. */
#include "vehicle_bms/ending/internal.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define MS INT64_C(1000000)
#define S  (1000 * MS)

/* The length without a character that was cut in two at the end (UTF-8). */
static size_t whole_characters(const char *text, size_t length) {
    size_t lead = length;
    while (lead > 0 && ((unsigned char)text[lead - 1] & 0xC0) == 0x80) {
        lead--;
    }
    if (lead == 0) {
        return 0;
    }
    unsigned char first = (unsigned char)text[lead - 1];
    size_t needs = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    return length - (lead - 1) < needs ? lead - 1 : length;
}

/* Appends what fits. */
static void append(char *text, size_t size, const char *format, va_list arguments) {
    size_t used = strlen(text);
    assert(used < size);
    int wanted = vsnprintf(text + used, size - used, format, arguments);
    if (wanted >= 0 && used + (size_t)wanted >= size) {
        text[whole_characters(text, size - 1)] = '\0';
    }
}

void tell(struct writer writer, const char *zh, const char *en, ...) {
    va_list arguments, again;
    va_start(arguments, en);
    va_copy(again, arguments);
    append(writer.zh, writer.size_zh, zh, arguments);
    append(writer.en, writer.size_en, en, again);
    va_end(again);
    va_end(arguments);
}

static void append_text(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void append_text(char *text, size_t size, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    append(text, size, format, arguments);
    va_end(arguments);
}

void tell_both(struct writer writer, const char *zh, const char *en) {
    append_text(writer.zh, writer.size_zh, "%s", zh);
    append_text(writer.en, writer.size_en, "%s", en);
}

void tell_statement(struct writer writer, const struct statement *statement) {
    tell_both(writer, statement->zh, statement->en);
}

struct writer statement_writer(struct statement *statement) {
    return (struct writer){statement->zh, statement->en, sizeof statement->zh,
                           sizeof statement->en};
}

struct writer session_writer(struct rules_session *session) {
    return (struct writer){session->zh, session->en, sizeof session->zh, sizeof session->en};
}

/* As many of the wanted decimals as a clock with these steps has. */
static int decimals(int wanted, int64_t resolution_ns, int64_t unit_ns) {
    int64_t digit_ns = unit_ns; /* what the last decimal is worth */
    for (int i = 0; i < wanted; i++) {
        digit_ns /= 10;
    }
    while (wanted > 0 && resolution_ns > digit_ns) {
        digit_ns *= 10;
        wanted--;
    }
    assert(wanted >= 0 && (wanted == 0 || resolution_ns <= digit_ns));
    return wanted;
}

struct duration duration_of(const struct ending *ending, int64_t ns) {
    struct duration one = {""};
    int64_t step_ns = ending->resolution_ns;
    ns = ns < 0 ? 0 : ns;
    double s = (double)ns / (double)S;
    if (!ending->clock) {
        return one;
    }
    if (ns < step_ns && step_ns >= MS) {
        snprintf(one.text, sizeof one.text, step_ns < S ? "<%.3g ms" : "<%.3g s",
                 (double)step_ns / (double)(step_ns < S ? MS : S));
    } else if (ns < 10 * MS) {
        snprintf(one.text, sizeof one.text, "%.*f ms", decimals(1, step_ns, MS), s * 1e3);
    } else if (ns < S - MS / 2) {
        snprintf(one.text, sizeof one.text, "%.0f ms", s * 1e3);
    } else if (ns < 10 * S) {
        snprintf(one.text, sizeof one.text, "%.*f s", decimals(2, step_ns, S), s);
    } else if (ns < 120 * S) {
        snprintf(one.text, sizeof one.text, "%.*f s", decimals(1, step_ns, S), s);
    } else {
        int64_t whole = (ns + S / 2) / S;
        snprintf(one.text, sizeof one.text, whole % 60 != 0 ? "%lld min %lld s" : "%lld min",
                 (long long)(whole / 60), (long long)(whole % 60));
    }
    return one;
}

void story_add(struct rule_proof *story, size_t *count, unsigned session, const struct instant *at,
               const struct statement *statement) {
    if (*count == RULE_PROOFS_MAX) { /* what came last led to the end */
        memmove(&story[0], &story[1], (RULE_PROOFS_MAX - 1) * sizeof *story);
        --*count;
    }
    size_t place = *count;
    while (place > 0 && story[place - 1].mark > at->mark) {
        story[place] = story[place - 1];
        place--;
    }
    struct rule_proof *one = &story[place];
    *one = (struct rule_proof){
        .at_ns = at->ns, .mark = at->mark, .session = session, .measure = rule_measure_none};
    append_text(one->zh, sizeof one->zh, "%s", statement->zh);
    append_text(one->en, sizeof one->en, "%s", statement->en);
    ++*count;
    assert(*count <= RULE_PROOFS_MAX);
    assert(place == 0 || story[place - 1].mark <= story[place].mark); /* in the file's order */
}

const struct message *seen_message(int index) {
    assert(index >= 0 && index < SEEN_COUNT);
    static const enum message_index behind[] = {MESSAGE_CRM, MESSAGE_BRO, MESSAGE_CRO};
    return &messages[index < (int)MESSAGE_COUNT ? index : (int)behind[index - SEEN_CRM_AA]];
}

struct statement seen_name(int index) {
    struct statement name = {"", ""};
    const struct message *message = seen_message(index);
    if (index >= SEEN_CRM_AA) {
        tell(statement_writer(&name), "%s(AA)", "%s(AA)", message->code);
    } else {
        append_text(name.zh, sizeof name.zh, "%s（%s）", message->code, message->zh);
        append_text(name.en, sizeof name.en, "%s (%s)", message->code, message->en);
    }
    return name;
}

bool said_bit(const struct said *said, const struct message *message, const char *field) {
    const struct field *one = field_find(message, field);
    double value;
    assert(one != NULL && said->length <= sizeof said->data); /* a name out of the code */
    return field_get(one, said->data, said->length, &value) == FIELD_VALUE && value == 1;
}

bool tell_bits(struct writer writer, const struct said *said, const struct message *message) {
    bool some = false;
    for (size_t i = 0; i < message->field_count; i++) {
        const struct field *field = &message->fields[i];
        if (field->spn != 0 && said_bit(said, message, field->name)) {
            tell_both(writer, some ? "、" : "", some ? ", " : "");
            tell_both(writer, field->zh, field->en);
            some = true;
        }
    }
    return some;
}
