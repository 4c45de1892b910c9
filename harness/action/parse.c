/* SPDX-License-Identifier: MIT */
/* From the words of an action to the action: each usage of the table is its own grammar. */
#include "harness/action/internal.h"
#include "harness/expression/expression.h"
#include "sim/memory.h"
#include "sim/text/nearest.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 24
#define TEXT_MAX  200
#define WHOLE     SIZE_MAX /* all words of a usage were read, and all of the text */

/* The words of a text, cut at blanks. */
struct words {
    char buffer[TEXT_MAX];
    const char *word[WORDS_MAX];
    size_t offset[WORDS_MAX];
    size_t count;
};

static bool split(const char *text, struct words *words) {
    words->count = 0;
    if (strlen(text) >= sizeof words->buffer) {
        return false;
    }
    strcpy(words->buffer, text);
    char *at = words->buffer;
    while (*at != '\0') {
        while (isspace((unsigned char)*at)) {
            *at++ = '\0';
        }
        if (*at == '\0') {
            break;
        }
        if (words->count == WORDS_MAX) {
            return false;
        }
        words->offset[words->count] = (size_t)(at - words->buffer);
        words->word[words->count++] = at;
        while (*at != '\0' && !isspace((unsigned char)*at)) {
            at++;
        }
    }
    return words->count > 0;
}

/* Where the reading of an action's words stands. */
struct reading {
    const struct words *words;
    size_t next;
    struct argument args[ACTION_ARGS_MAX];
    size_t arg_count;
    struct problem problem; /* why the last usage does not fit */
};

static const char *next_word(const struct reading *reading) {
    assert(reading->next < reading->words->count);
    return reading->words->word[reading->next];
}

static bool refuse(struct reading *reading, const char *what, const char *wanted) {
    return problem_set(&reading->problem, "'%s' is not %s", what, wanted);
}

/* ---- arguments ---- */

/* A number and, unless the unit is "", its unit, one or two words. */
static bool read_number(struct reading *reading, const char *unit, const char *wanted,
                        struct argument *arg) {
    char text[TEXT_MAX];
    const struct words *words = reading->words;
    bool two = reading->next + 1 < words->count;
    snprintf(text, sizeof text, "%s%s%s", next_word(reading), two ? " " : "",
             two ? words->word[reading->next + 1] : "");
    arg->kind = ARGUMENT_NUMBER;
    if (two && quantity_parse(text, unit, &arg->number)) {
        reading->next += 2;
        return true;
    }
    if (quantity_parse(next_word(reading), unit, &arg->number)) {
        reading->next++;
        return true;
    }
    return refuse(reading, text, wanted);
}

static const struct quantity {
    const char *word, *unit, *wanted;
} quantities[] = {
    {"RESISTANCE", "ohm", "a resistance such as '30 kohm'"},
    {"VOLTAGE", "V", "a voltage such as '40 V'"},
    {"CURRENT", "A", "a current such as '100 A'"},
    {"PERCENT", "%", "a percentage such as '80 %'"},
    {"TIME", "ns", "a time such as '250 ms'"},
    {"ENERGY", "kWh", "an energy such as '5 kWh'"},
    {"TEMPERATURE", "degC", "a temperature such as '95 degC'"},
};

static const struct quantity *find_quantity(const char *word) {
    for (size_t i = 0; i < sizeof quantities / sizeof quantities[0]; i++) {
        if (strcmp(quantities[i].word, word) == 0) {
            return &quantities[i];
        }
    }
    return NULL;
}

static bool read_whole_number(struct reading *reading, long min, long max, const char *wanted,
                              struct argument *arg) {
    const char *word = next_word(reading);
    char *end;
    long number = strtol(word, &end, 10);
    if (end == word || *end != '\0' || number < min || number > max) {
        return refuse(reading, word, wanted);
    }
    arg->kind = ARGUMENT_NUMBER;
    arg->number = (double)number;
    reading->next++;
    return true;
}

static bool read_count(struct reading *reading, struct argument *arg) {
    return read_whole_number(reading, 0, ACTION_COUNT_MAX, "a count, 0 to 100000", arg);
}

static bool read_reason_byte(struct reading *reading, struct argument *arg) {
    return read_whole_number(reading, 1, UINT8_MAX, "a reason of Conn_Abort, 1 to 255", arg);
}

static bool read_switch(struct reading *reading, struct argument *arg) {
    return read_whole_number(reading, 0, 1, "0 (off) or 1 (on)", arg);
}

static bool read_bytes(struct reading *reading, struct argument *arg) {
    arg->kind = ARGUMENT_BYTES;
    for (; reading->next < reading->words->count; reading->next++) {
        const char *word = next_word(reading);
        char *end;
        unsigned long byte = strtoul(word, &end, 16);
        if (end != word + 2 || *end != '\0' || arg->count == ACTION_BYTES_MAX) {
            return refuse(reading, word, "a byte of two hexadecimal digits");
        }
        arg->bytes[arg->count++] = (uint8_t)byte;
    }
    assert(arg->count > 0); /* there was a word */
    return true;
}

/* Both NULL: the word is neither. */
static void look_up(const char *word, bool field, bool message, struct argument *arg) {
    arg->message = message ? message_by_code(word) : NULL;
    if (arg->message == NULL && field) {
        arg->field = field_by_path(word, &arg->message);
        arg->message = arg->field != NULL ? arg->message : NULL;
    }
}

static bool read_sent_by_bms(struct reading *reading, bool field, bool message,
                             struct argument *arg) {
    const char *word = next_word(reading);
    look_up(word, field, message, arg);
    if (arg->message == NULL || strlen(word) >= sizeof arg->path) {
        return refuse(reading, word,
                      field ? "a field such as BCL.current_demand (`pilebench list messages`)"
                            : "a message such as BRM (`pilebench list messages`)");
    }
    if (arg->message->from_charger) {
        return refuse(reading, word,
                      "sent by the BMS: only what the simulated vehicle sends can be changed");
    }
    arg->kind = arg->field != NULL ? ARGUMENT_FIELD : ARGUMENT_MESSAGE;
    strcpy(arg->path, word);
    reading->next++;
    return true;
}

static bool read_message(struct reading *reading, struct argument *arg) {
    return read_sent_by_bms(reading, false, true, arg);
}

static bool read_field(struct reading *reading, struct argument *arg) {
    return read_sent_by_bms(reading, true, false, arg);
}

static bool read_field_or_message(struct reading *reading, struct argument *arg) {
    return read_sent_by_bms(reading, true, true, arg);
}

/* In the unit of the field before it. */
static bool read_value(struct reading *reading, struct argument *arg) {
    assert(reading->arg_count > 0 && arg[-1].kind == ARGUMENT_FIELD);
    return read_number(reading, arg[-1].field->unit, "a value in the field's unit", arg);
}

static bool read_contactor(struct reading *reading, struct argument *arg) {
    arg->kind = ARGUMENT_CONTACTOR;
    if (!contactor_find(next_word(reading), &arg->contactor)) {
        return refuse(reading, next_word(reading), "a contactor: k1, k2, k3k4, k5 or k6");
    }
    reading->next++;
    return true;
}

static bool read_meter(struct reading *reading, struct argument *arg) {
    arg->kind = ARGUMENT_METER;
    if (!meters_find(next_word(reading), &arg->meter)) {
        return refuse(reading, next_word(reading), "a meter: dc (the gun's) or ac (the pile's)");
    }
    reading->next++;
    return true;
}

static bool read_reason(struct reading *reading, struct argument *arg) {
    arg->kind = ARGUMENT_REASON;
    arg->field = field_find(message_by_code("BST"), next_word(reading));
    if (arg->field == NULL) {
        return refuse(reading, next_word(reading), "a field of BST, such as soc_reached");
    }
    reading->next++;
    return true;
}

static bool find_fault(struct reading *reading, bool sending, const char *wanted,
                       struct argument *arg) {
    arg->kind = ARGUMENT_FAULT;
    arg->fault = transport_fault_find(sending, next_word(reading));
    if (arg->fault == NULL) {
        return refuse(reading, next_word(reading), wanted);
    }
    reading->next++;
    return true;
}

static bool read_fault(struct reading *reading, struct argument *arg) {
    return find_fault(reading, true,
                      "a fault of a sender, such as skipping (`pilebench list actions`)", arg);
}

static bool read_reception_fault(struct reading *reading, struct argument *arg) {
    return find_fault(reading, false,
                      "a fault of a receiver, such as holding (`pilebench list actions`)", arg);
}

/* The words in capitals that are no quantities. */
static const struct {
    const char *word;
    bool (*read)(struct reading *reading, struct argument *arg);
} readers[] = {
    {"COUNT", read_count},
    {"SWITCH", read_switch},
    {"BYTES", read_bytes},
    {"FAULT", read_fault},
    {"RECEPTION-FAULT", read_reception_fault},
    {"REASON-BYTE", read_reason_byte},
    {"CONTACTOR", read_contactor},
    {"METER", read_meter},
    {"REASON", read_reason},
    {"VALUE", read_value},
    {"FIELD", read_field},
    {"MESSAGE", read_message},
    {"FIELD-OR-MESSAGE", read_field_or_message},
};

static bool read_argument(struct reading *reading, const char *word) {
    assert(reading->arg_count < ACTION_ARGS_MAX);
    struct argument *arg = &reading->args[reading->arg_count];
    const struct quantity *quantity = find_quantity(word);
    size_t i = 0, readers_end = sizeof readers / sizeof readers[0];
    while (i < readers_end && strcmp(readers[i].word, word) != 0) {
        i++;
    }
    assert((i < readers_end) != (quantity != NULL)); /* each word in capitals has one meaning */
    if (reading->next >= reading->words->count) {
        return problem_set(&reading->problem, "%s is missing at the end", word);
    }
    memset(arg, 0, sizeof *arg);
    bool read = quantity != NULL ? read_number(reading, quantity->unit, quantity->wanted, arg)
                                 : readers[i].read(reading, arg);
    reading->arg_count++;
    return read;
}

/* ---- usages ---- */

/* How many leading words of a usage the text shares; WHOLE. */
static size_t match(const struct action_row *row, struct reading *reading) {
    struct words usage;
    bool fits = split(row->usage, &usage);
    assert(fits && row->act != NULL && row->meaning[0] != '\0'); /* the table is complete */
    (void)fits;
    reading->next = 0;
    reading->arg_count = 0;
    reading->problem.text[0] = '\0';
    for (size_t i = 0; i < usage.count; i++) {
        const char *word = usage.word[i];
        if (isupper((unsigned char)word[0])) {
            if (!read_argument(reading, word)) {
                return i;
            }
        } else if (reading->next < reading->words->count && strcmp(word, next_word(reading)) == 0) {
            reading->next++;
        } else {
            return i;
        }
    }
    return reading->next == reading->words->count ? WHOLE : usage.count;
}

static const char *next_usage(void *ctx, size_t index) {
    (void)ctx;
    return index < action_count ? action_table[index].usage : NULL;
}

/* The first words of the usages, one after the other in one buffer. */
static const char *next_verb(void *ctx, size_t index) {
    char *verb = (char *)ctx + index * TEXT_MAX;
    if (index >= action_count) {
        return NULL;
    }
    const char *usage = action_table[index].usage;
    snprintf(verb, TEXT_MAX, "%.*s", (int)strcspn(usage, " "), usage);
    return verb;
}

/* What may have been meant: a usage like the whole text, or one whose first word is like the text's;
 * NULL. */
static const char *alike_usage(const struct words *words, const char *text) {
    const char *alike = nearest_name(text, next_usage, NULL);
    if (alike != NULL) {
        return alike;
    }
    char *verbs = memory_zeroed(action_count, TEXT_MAX);
    const char *verb = nearest_name(words->word[0], next_verb, verbs);
    if (verb != NULL) {
        alike = action_table[(size_t)(verb - verbs) / TEXT_MAX].usage;
    }
    free(verbs);
    return alike;
}

static void explain_unknown(const struct words *words, const char *text, struct problem *problem) {
    const char *alike = alike_usage(words, text);
    if (alike != NULL) {
        problem_set(problem,
                    "unknown action '%s'; did you mean '%s'? `pilebench list actions` shows all",
                    words->word[0], alike);
    } else {
        problem_set(problem, "unknown action '%s'; `pilebench list actions` shows all",
                    words->word[0]);
    }
}

/* By the action whose usage came nearest. */
static void explain_usage(struct reading *reading, const struct action_row *nearest,
                          struct problem *problem) {
    match(nearest, reading);
    bool detail = reading->problem.text[0] != '\0';
    problem_set(problem, "%s%swrite '%s'", detail ? reading->problem.text : "", detail ? "; " : "",
                nearest->usage);
}

/* The row whose usage is the text, read into reading; NULL: none, *nearest shares most words. */
static const struct action_row *find_row(struct reading *reading,
                                         const struct action_row **nearest) {
    size_t most = 0;
    *nearest = NULL;
    for (size_t i = 0; i < action_count; i++) {
        size_t shared = match(&action_table[i], reading);
        if (shared == WHOLE) {
            return &action_table[i];
        }
        if (shared > most) {
            most = shared;
            *nearest = &action_table[i];
        }
    }
    reading->next = 0;
    return NULL;
}

struct action *action_parse(const char *text, struct problem *problem, size_t *offset) {
    struct words words;
    struct reading reading = {.words = &words};
    const struct action_row *nearest;
    if (!split(text, &words)) {
        problem_set(problem, "an action has 1 to %d words", WORDS_MAX);
        return NULL;
    }
    const struct action_row *row = find_row(&reading, &nearest);
    if (row != NULL) {
        struct action *action =
            memory_zeroed(1, sizeof *action + reading.arg_count * sizeof action->args[0]);
        action->row = row;
        action->arg_count = reading.arg_count;
        memcpy(action->args, reading.args, reading.arg_count * sizeof action->args[0]);
        return action;
    }
    if (nearest == NULL) {
        explain_unknown(&words, text, problem);
    } else {
        explain_usage(&reading, nearest, problem);
    }
    size_t at = reading.next < words.count ? reading.next : words.count - 1;
    if (offset != NULL) {
        *offset = words.offset[at];
    }
    return NULL;
}

bool action_do(struct bench *bench, const struct action *action, struct problem *problem) {
    assert(action->row >= action_table && action->row < action_table + action_count);
    truth_stimulus(&bench->truth, action->row->usage);
    return action->row->act(bench, action->args) ||
           problem_set(problem, "'%s' cannot be done in this state", action->row->usage);
}

bool action_describe(size_t index, const char **usage, const char **meaning) {
    if (index >= action_count) {
        return false;
    }
    *usage = action_table[index].usage;
    *meaning = action_table[index].meaning;
    return true;
}
