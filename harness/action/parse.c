/* SPDX-License-Identifier: MIT */
/* From the words of an action to the action: each usage of the table is its own grammar. */
#include "harness/action/internal.h"
#include "harness/expression/expression.h"
#include "vehicle_bms/transport/faults.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 24
#define ARGS_MAX  3
#define TEXT_MAX  200

bool bench_action_describe(size_t index, const char **usage, const char **meaning) {
    if (index >= action_count) {
        return false;
    }
    *usage = action_table[index].usage;
    *meaning = action_table[index].meaning;
    return true;
}

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
    struct argument args[ARGS_MAX];
    size_t arg_count;
    const struct field *field; /* of the FIELD argument, for the unit of VALUE */
    char *why;
    size_t why_size;
};

static bool refuse(struct reading *reading, const char *what, const char *wanted) {
    snprintf(reading->why, reading->why_size, "'%s' is not %s", what, wanted);
    return false;
}

static const struct {
    const char *kind, *unit, *wanted;
} quantities[] = {
    {"RESISTANCE", "ohm", "a resistance such as '30 kohm'"},
    {"VOLTAGE", "V", "a voltage such as '40 V'"},
    {"CURRENT", "A", "a current such as '100 A'"},
    {"PERCENT", "%", "a percentage such as '80 %'"},
    {"TIME", "ns", "a time such as '250 ms'"},
    {"ENERGY", "kWh", "an energy such as '5 kWh'"},
    {"TEMPERATURE", "degC", "a temperature such as '95 degC'"},
};

/* A number and, unless the unit is "", its unit, one or two words. */
static bool read_quantity(struct reading *reading, const char *unit, const char *wanted,
                          struct argument *arg) {
    char text[TEXT_MAX];
    const struct words *words = reading->words;
    bool two = reading->next + 1 < words->count;
    snprintf(text, sizeof text, "%s%s%s", words->word[reading->next], two ? " " : "",
             two ? words->word[reading->next + 1] : "");
    if (two && quantity_parse(text, unit, &arg->number)) {
        reading->next += 2;
        return true;
    }
    if (quantity_parse(words->word[reading->next], unit, &arg->number)) {
        reading->next++;
        return true;
    }
    return refuse(reading, text, wanted);
}

static bool read_count(struct reading *reading, struct argument *arg) {
    const char *word = reading->words->word[reading->next];
    char *end;
    long count = strtol(word, &end, 10);
    if (end == word || *end != '\0' || count < 0 || count > 100000) {
        return refuse(reading, word, "a count, 0 to 100000");
    }
    arg->number = (double)count;
    reading->next++;
    return true;
}

static bool read_switch(struct reading *reading, struct argument *arg) {
    const char *word = reading->words->word[reading->next];
    if (strcmp(word, "0") != 0 && strcmp(word, "1") != 0) {
        return refuse(reading, word, "0 (off) or 1 (on)");
    }
    arg->number = word[0] - '0';
    reading->next++;
    return true;
}

static bool read_bytes(struct reading *reading, struct argument *arg) {
    arg->count = 0;
    for (; reading->next < reading->words->count; reading->next++) {
        const char *word = reading->words->word[reading->next];
        char *end;
        unsigned long byte = strtoul(word, &end, 16);
        if (end != word + 2 || *end != '\0' || arg->count == ACTION_BYTES_MAX) {
            return refuse(reading, word, "a byte of two hexadecimal digits");
        }
        arg->bytes[arg->count++] = (uint8_t)byte;
    }
    return arg->count > 0;
}

static bool read_message(struct reading *reading, bool field_allowed, bool message_allowed,
                         struct argument *arg) {
    const char *word = reading->words->word[reading->next];
    const struct message *message = message_by_code(word);
    reading->field = field_by_path(word, NULL);
    if (!((message_allowed && message != NULL) || (field_allowed && reading->field != NULL))) {
        return refuse(reading, word,
                      field_allowed
                          ? "a field such as BCL.current_demand (`pilebench list messages`)"
                          : "a message such as BRM (`pilebench list messages`)");
    }
    if (message == NULL) {
        field_by_path(word, &message);
    }
    if (message->from_charger) {
        return refuse(reading, word, "sent by the BMS: only what the simulated vehicle sends can be changed");
    }
    snprintf(arg->text, sizeof arg->text, "%s", word);
    reading->next++;
    return true;
}

static bool read_contactor(struct reading *reading, struct argument *arg) {
    static const char *const names[] = {"k1", "k2", "k3k4", "k5", "k6"};
    const char *word = reading->words->word[reading->next];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], word) == 0) {
            snprintf(arg->text, sizeof arg->text, "%s", word);
            reading->next++;
            return true;
        }
    }
    return refuse(reading, word, "a contactor: k1, k2, k3k4, k5 or k6");
}

static bool read_meter(struct reading *reading, struct argument *arg) {
    const char *word = reading->words->word[reading->next];
    if (strcmp(word, "dc") != 0 && strcmp(word, "ac") != 0) {
        return refuse(reading, word, "a meter: dc (the gun's) or ac (the pile's)");
    }
    snprintf(arg->text, sizeof arg->text, "%s", word);
    reading->next++;
    return true;
}

static bool read_reason(struct reading *reading, struct argument *arg) {
    const char *word = reading->words->word[reading->next];
    if (field_find(message_by_code("BST"), word) == NULL) {
        return refuse(reading, word, "a field of BST, such as soc_reached");
    }
    snprintf(arg->text, sizeof arg->text, "%s", word);
    reading->next++;
    return true;
}

static bool read_fault(struct reading *reading, bool sending, struct argument *arg) {
    const char *word = reading->words->word[reading->next];
    if (transport_fault_find(sending, word) == NULL) {
        return refuse(reading, word,
                      sending
                          ? "a fault of a sender, such as skipping (`pilebench list actions`)"
                          : "a fault of a receiver, such as holding (`pilebench list actions`)");
    }
    snprintf(arg->text, sizeof arg->text, "%s", word);
    reading->next++;
    return true;
}

static bool read_reason_byte(struct reading *reading, struct argument *arg) {
    const char *word = reading->words->word[reading->next];
    if (!read_count(reading, arg) || arg->number < 1 || arg->number > UINT8_MAX) {
        return refuse(reading, word, "a reason of Conn_Abort, 1 to 255");
    }
    return true;
}

static bool read_argument(struct reading *reading, const char *kind) {
    struct argument *arg = &reading->args[reading->arg_count++];
    if (reading->next >= reading->words->count) {
        snprintf(reading->why, reading->why_size, "a %s is missing at the end", kind);
        return false;
    }
    for (size_t i = 0; i < sizeof quantities / sizeof quantities[0]; i++) {
        if (strcmp(quantities[i].kind, kind) == 0) {
            return read_quantity(reading, quantities[i].unit, quantities[i].wanted, arg);
        }
    }
    if (strcmp(kind, "COUNT") == 0) {
        return read_count(reading, arg);
    }
    if (strcmp(kind, "SWITCH") == 0) {
        return read_switch(reading, arg);
    }
    if (strcmp(kind, "BYTES") == 0) {
        return read_bytes(reading, arg);
    }
    if (strcmp(kind, "FAULT") == 0 || strcmp(kind, "RECEPTION-FAULT") == 0) {
        return read_fault(reading, kind[0] == 'F', arg);
    }
    if (strcmp(kind, "REASON-BYTE") == 0) {
        return read_reason_byte(reading, arg);
    }
    if (strcmp(kind, "CONTACTOR") == 0) {
        return read_contactor(reading, arg);
    }
    if (strcmp(kind, "METER") == 0) {
        return read_meter(reading, arg);
    }
    if (strcmp(kind, "REASON") == 0) {
        return read_reason(reading, arg);
    }
    if (strcmp(kind, "VALUE") == 0) {
        return read_quantity(reading, reading->field->unit, "a value in the field's unit", arg);
    }
    bool field = strncmp(kind, "FIELD", 5) == 0;
    return read_message(reading, field, !field || strstr(kind, "MESSAGE") != NULL, arg);
}

/* How many leading words of a usage the text shares; the whole usage read: SIZE_MAX. */
static size_t match(const struct action *action, struct reading *reading) {
    struct words usage;
    split(action->usage, &usage);
    reading->next = 0;
    reading->arg_count = 0;
    reading->why[0] = '\0';
    for (size_t i = 0; i < usage.count; i++) {
        const char *word = usage.word[i];
        if (isupper((unsigned char)word[0])) {
            if (!read_argument(reading, word)) {
                return i;
            }
        } else if (reading->next < reading->words->count &&
                   strcmp(word, reading->words->word[reading->next]) == 0) {
            reading->next++;
        } else {
            return i;
        }
    }
    return reading->next == reading->words->count ? SIZE_MAX : usage.count;
}

/* The usage that shares most letters with what was written, when it shares some. */
static const char *alike_usage(const char *text) {
    const char *alike = NULL;
    size_t most = 2;
    for (size_t i = 0; i < action_count; i++) {
        size_t shared = 0;
        while (text[shared] != '\0' && text[shared] == action_table[i].usage[shared]) {
            shared++;
        }
        if (shared > most) {
            most = shared;
            alike = action_table[i].usage;
        }
    }
    return alike;
}

/* Explains the refusal by the action whose usage came nearest. */
static void explain(struct reading *reading, const struct action *nearest, char *why,
                    size_t why_size, size_t *offset) {
    char detail[256] = "";
    if (nearest != NULL) {
        reading->why = detail;
        reading->why_size = sizeof detail;
        match(nearest, reading);
    }
    if (nearest == NULL) {
        reading->next = 0;
        const char *alike = alike_usage(reading->words->buffer);
        snprintf(why, why_size, "'%s' begins no action%s%s%s; `pilebench list actions` shows them",
                 reading->words->word[0], alike ? "; did you mean '" : "", alike ? alike : "",
                 alike ? "'" : "");
    } else {
        snprintf(why, why_size, "%s%sthe action is written '%s'", detail,
                 detail[0] != '\0' ? "; " : "", nearest->usage);
    }
    size_t at = reading->next < reading->words->count ? reading->next : reading->words->count - 1;
    if (offset != NULL) {
        *offset = reading->words->offset[at];
    }
}

bool bench_action(struct bench *bench, const char *text, char *why, size_t why_size,
                  size_t *offset) {
    struct words words;
    char scratch[256];
    struct reading reading = {.words = &words, .why = scratch, .why_size = sizeof scratch};
    if (!split(text, &words)) {
        snprintf(why, why_size, "an action has 1 to %d words", WORDS_MAX);
        return false;
    }
    const struct action *nearest = NULL;
    size_t best = 0;
    for (size_t i = 0; i < action_count; i++) {
        size_t shared = match(&action_table[i], &reading);
        if (shared == SIZE_MAX) {
            if (bench != NULL && action_table[i].act(bench, reading.args) != 0) {
                snprintf(why, why_size, "'%s' cannot be done in this state", text);
                return false;
            }
            return true;
        }
        if (shared > best) {
            best = shared;
            nearest = &action_table[i];
        }
    }
    explain(&reading, nearest, why, why_size, offset);
    return false;
}
