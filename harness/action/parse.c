/* SPDX-License-Identifier: MIT */
/* From the words of an action to the action: each usage of the table is its own grammar. */
#include "harness/action/internal.h"
#include "harness/expression/expression.h"
#include "sim/memory.h"
#include "sim/text/nearest.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX      56 /* "raw" with the 49 bytes of BRM */
#define TEXT_MAX       200
#define VALUE_BITS_MAX 52 /* of a field that holds a number */
#define IDENTIFIER_MAX 0x1FFFFFFFul
#define WHOLE          SIZE_MAX /* all words of a usage were read, and all of the text */

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
    const struct action_row *row; /* whose usage is tried */
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

/* The action's own range where it has one in that unit. */
static const struct range *range_of(const struct reading *reading, const struct range *general) {
    const struct range *own = action_range(reading->row, general->unit);
    return own != NULL ? own : general;
}

static bool refuse_range(struct reading *reading, const char *what, const struct range *range) {
    char text[RANGE_TEXT_SIZE];
    range_text(range, text, sizeof text);
    return problem_set_both(&reading->problem, "'%s' is out of range: %s", "'%s'超出范围：%s", what,
                            text);
}

/* A number and, unless the unit is "", its unit, one or two words. */
static bool read_number(struct reading *reading, const char *unit, const char *wanted,
                        struct argument *arg, char text[TEXT_MAX]) {
    const struct words *words = reading->words;
    bool two = reading->next + 1 < words->count;
    snprintf(text, TEXT_MAX, "%s%s%s", next_word(reading), two ? " " : "",
             two ? words->word[reading->next + 1] : "");
    arg->kind = ARGUMENT_NUMBER;
    if (two && quantity_parse(text, unit, &arg->number)) {
        reading->next += 2;
        return true;
    }
    if (quantity_parse(next_word(reading), unit, &arg->number)) {
        snprintf(text, TEXT_MAX, "%s", next_word(reading));
        reading->next++;
        return true;
    }
    return refuse(reading, text, wanted);
}

/* What stands for a number with a unit, and the range of any such; times are kept in nanoseconds. */
static const struct quantity {
    const char *word, *unit, *wanted;
    struct range range;
} quantities[] = {
    {"RESISTANCE", "ohm", "a resistance such as '30 kohm'", {0, 1e9, "ohm", false}},
    {"VOLTAGE", "V", "a voltage such as '40 V'", {-1500, 1500, "V", false}},
    {"CURRENT", "A", "a current such as '100 A'", {0, 400, "A", false}},
    {"CAPACITANCE", "nF", "a capacitance such as '10 nF'", {0.1, 10000, "nF", false}},
    {"PERCENT", "%", "a percentage such as '80 %'", {0, 100, "%", false}},
    {"TIME", "ns", "a time such as '250 ms'", {0, 3600, "s", false}},
    {"ENERGY", "kWh", "an energy such as '5 kWh'", {-999999, 999999, "kWh", false}},
    {"TEMPERATURE", "degC", "a temperature such as '95 degC'", {-50, 200, "degC", false}},
};

static bool read_quantity(struct reading *reading, const struct quantity *quantity,
                          struct argument *arg) {
    char text[TEXT_MAX];
    size_t first = reading->next;
    double value;
    const struct range *range = range_of(reading, &quantity->range);
    if (!read_number(reading, quantity->unit, quantity->wanted, arg, text)) {
        return false;
    }
    if (quantity_convert(arg->number, quantity->unit, range->unit, &value) &&
        range_holds(range, value)) {
        return true;
    }
    reading->next = first;
    return refuse_range(reading, text, range);
}

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
    static const struct range general = {0, ACTION_COUNT_MAX, "", true};
    struct range range = *range_of(reading, &general);
    if (reading->arg_count > 0 && arg[-1].kind == ARGUMENT_FAULT) {
        range.max = transport_fault_most(arg[-1].fault);
    }
    char wanted[RANGE_TEXT_SIZE + 16], text[RANGE_TEXT_SIZE];
    range_text(&range, text, sizeof text);
    snprintf(wanted, sizeof wanted, "a count, %s", text);
    return read_whole_number(reading, (long)range.min, (long)range.max, wanted, arg);
}

static bool read_reason_byte(struct reading *reading, struct argument *arg) {
    return read_whole_number(reading, 1, UINT8_MAX, "a reason of Conn_Abort, 1 to 255", arg);
}

static bool read_switch(struct reading *reading, struct argument *arg) {
    return read_whole_number(reading, 0, 1, "0 (off) or 1 (on)", arg);
}

/* Eight hexadecimal digits, as candump writes an extended identifier. */
static bool read_identifier(struct reading *reading, struct argument *arg) {
    const char *word = next_word(reading);
    char *end;
    unsigned long identifier = strtoul(word, &end, 16);
    if (strlen(word) != 8 || *end != '\0' || !isxdigit((unsigned char)word[0]) ||
        identifier > IDENTIFIER_MAX) {
        return refuse(reading, word, "an extended identifier such as 101956F4");
    }
    arg->kind = ARGUMENT_NUMBER;
    arg->number = (double)identifier;
    reading->next++;
    return true;
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
    if (arg->message == NULL) {
        return refuse(reading, word,
                      field ? "a field such as BCL.current_demand (`pilebench list messages`)"
                            : "a message such as BRM (`pilebench list messages`)");
    }
    if (arg->message->from_charger) {
        return refuse(reading, word,
                      "sent by the BMS: only what the simulated vehicle sends can be changed");
    }
    arg->kind = arg->field != NULL ? ARGUMENT_FIELD : ARGUMENT_MESSAGE;
    reading->next++;
    return true;
}

static bool read_message(struct reading *reading, struct argument *arg) {
    size_t first = reading->next;
    if (!read_sent_by_bms(reading, false, true, arg)) {
        return false;
    }
    if (reading->row->act == vehicle_hold && !bms_can_hold(message_index(arg->message))) {
        reading->next = first;
        return refuse(reading, next_word(reading), "held: BHM, BRM, BCP, BRO and BST can be");
    }
    return true;
}

/* Sent in a transfer: longer than a frame. */
static bool read_long_message(struct reading *reading, struct argument *arg) {
    size_t first = reading->next;
    if (!read_message(reading, arg)) {
        return false;
    }
    if (!arg->message->transport) {
        reading->next = first;
        return refuse(reading, next_word(reading),
                      "sent in a transfer: BRM, BCP, BCS, BMV, BMT and BSP are");
    }
    return true;
}

static bool read_field(struct reading *reading, struct argument *arg) {
    return read_sent_by_bms(reading, true, false, arg);
}

static bool read_field_or_message(struct reading *reading, struct argument *arg) {
    return read_sent_by_bms(reading, true, true, arg);
}

/* In the unit of the field before it; anything its bits can hold. */
static bool read_value(struct reading *reading, struct argument *arg) {
    assert(reading->arg_count > 0 && arg[-1].kind == ARGUMENT_FIELD);
    const struct field *field = arg[-1].field;
    uint8_t scratch[ACTION_BYTES_MAX] = {0};
    char text[TEXT_MAX];
    size_t first = reading->next;
    if (!read_number(reading, field->unit, "a value in the field's unit", arg, text)) {
        return false;
    }
    struct field element = field_element(field, 0);
    if (field_put(&element, scratch, sizeof scratch, arg->number) == 0) {
        return true;
    }
    reading->next = first;
    if (field->bits > VALUE_BITS_MAX) {
        return problem_set(&reading->problem, "%s.%s holds a text, no number",
                           arg[-1].message->code, field->name);
    }
    double steps = ldexp(1.0, field->bits) - 1.0;
    struct range range = {field->offset, field->offset + steps * field->scale, field->unit, false};
    return refuse_range(reading, text, &range);
}

static bool read_contactor(struct reading *reading, struct argument *arg) {
    arg->kind = ARGUMENT_CONTACTOR;
    if (!contactor_find(next_word(reading), &arg->contactor)) {
        return refuse(reading, next_word(reading), "a contactor: k1, k2, k3k4, k5, k6 or tie");
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
    {"IDENTIFIER", read_identifier},
    {"FAULT", read_fault},
    {"RECEPTION-FAULT", read_reception_fault},
    {"REASON-BYTE", read_reason_byte},
    {"CONTACTOR", read_contactor},
    {"METER", read_meter},
    {"REASON", read_reason},
    {"VALUE", read_value},
    {"FIELD", read_field},
    {"MESSAGE", read_message},
    {"LONG-MESSAGE", read_long_message},
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
    bool read =
        quantity != NULL ? read_quantity(reading, quantity, arg) : readers[i].read(reading, arg);
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
    reading->row = row;
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

/* How far a text is from a usage: letters of the small words to change, whole words to add or drop.
 * What stands for an argument costs nothing, a second word of it next to nothing. */
static size_t words_apart(const struct words *usage, const struct words *text) {
    size_t cost[WORDS_MAX + 1][WORDS_MAX + 1];
    for (size_t i = 0; i <= usage->count; i++) {
        for (size_t k = 0; k <= text->count; k++) {
            bool argument = i > 0 && isupper((unsigned char)usage->word[i - 1][0]);
            size_t add = i == 0 ? 0 : argument ? 1 : strlen(usage->word[i - 1]);
            size_t drop = k == 0 ? 0 : argument ? 1 : strlen(text->word[k - 1]);
            size_t best = i == 0 && k == 0 ? 0 : SIZE_MAX / 2;
            if (i > 0 && cost[i - 1][k] + add < best) {
                best = cost[i - 1][k] + add;
            }
            if (k > 0 && cost[i][k - 1] + drop < best) {
                best = cost[i][k - 1] + drop;
            }
            if (i > 0 && k > 0) {
                size_t letters =
                    argument ? 0 : nearest_letters(usage->word[i - 1], text->word[k - 1]);
                letters = letters > SIZE_MAX / 4 ? SIZE_MAX / 4 : letters;
                if (cost[i - 1][k - 1] + letters < best) {
                    best = cost[i - 1][k - 1] + letters;
                }
            }
            cost[i][k] = best;
        }
    }
    return cost[usage->count][text->count];
}

/* What may have been meant; NULL: nothing is near. */
static const struct action_row *alike_row(const struct words *text, size_t *apart) {
    const struct action_row *alike = NULL;
    *apart = SIZE_MAX;
    for (size_t i = 0; i < action_count; i++) {
        struct words usage;
        bool fits = split(action_table[i].usage, &usage);
        size_t far = fits ? words_apart(&usage, text) : SIZE_MAX;
        if (far < *apart) {
            *apart = far;
            alike = &action_table[i];
        }
    }
    size_t letters = 0;
    for (size_t k = 0; k < text->count; k++) {
        letters += strlen(text->word[k]);
    }
    return *apart <= letters / 3 + 1 ? alike : NULL;
}

static void explain_unknown(const struct words *words, const struct action_row *alike, bool whole,
                            const char *text, struct problem *problem) {
    const char *named = whole ? text : words->word[0];
    if (alike != NULL) {
        problem_set_both(
            problem, "unknown action '%s'; did you mean '%s'? `pilebench list actions` shows all",
            "未知操作'%s'；是不是'%s'？`pilebench list actions`列出全部", named, alike->usage);
    } else {
        problem_set_both(problem, "unknown action '%s'; `pilebench list actions` shows all",
                         "未知操作'%s'；`pilebench list actions`列出全部", named);
    }
}

/* By the action whose usage came nearest. */
static void explain_usage(struct reading *reading, const struct action_row *nearest,
                          struct problem *problem) {
    match(nearest, reading);
    const struct problem *detail = &reading->problem;
    struct problem usage;
    problem_set_both(&usage, "write '%s'", "请写'%s'", nearest->usage);
    if (detail->text[0] == '\0') {
        problem_as(problem, &usage);
        return;
    }
    problem_as(problem, detail);
    problem_add(problem, "; ", "；");
    problem_add(problem, usage.text, usage.zh);
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

/* Either the words are those of an action and its arguments are wrong, or a word is. */
static void explain(struct reading *reading, const struct action_row *nearest, const char *text,
                    struct problem *problem) {
    size_t apart = SIZE_MAX, shared = nearest != NULL ? match(nearest, reading) : 0;
    const struct action_row *alike = alike_row(reading->words, &apart);
    bool argument = nearest != NULL && reading->problem.text[0] != '\0';
    bool word = nearest != NULL && !argument && reading->next < reading->words->count &&
                alike != NULL && apart > 0 && shared < WHOLE;
    if (nearest == NULL || (word && alike != nearest)) {
        explain_unknown(reading->words, alike, nearest != NULL, text, problem);
    } else {
        explain_usage(reading, nearest, problem);
    }
}

static struct action *make_action(const struct reading *reading, const struct action_row *row,
                                  bool named, bool other_gun, struct problem *problem,
                                  size_t *offset) {
    struct action *action =
        memory_zeroed(1, sizeof *action + reading->arg_count * sizeof action->args[0]);
    action->row = row;
    action->other_gun = other_gun;
    action->arg_count = reading->arg_count;
    memcpy(action->args, reading->args, reading->arg_count * sizeof action->args[0]);
    if (!named || !action_is_of_pile(action)) {
        return action;
    }
    free(action);
    problem_set(problem, "'%s' is done to the whole pile: write it without a gun's name",
                row->usage);
    if (offset != NULL) {
        *offset = 0;
    }
    return NULL;
}

struct action *action_parse(const char *text, struct problem *problem, size_t *offset) {
    struct words words;
    struct reading reading = {.words = &words};
    const struct action_row *nearest;
    bool other_gun = signal_is_of_gun2(text);
    const char *whole = text;
    bool named = other_gun || signal_is_of_gun1(text);
    text += named ? strlen(SIGNAL_GUN2) : 0;
    if (!split(text, &words)) {
        problem_set(problem, "an action has 1 to %d words", WORDS_MAX);
        return NULL;
    }
    const struct action_row *row = find_row(&reading, &nearest);
    if (row != NULL) {
        return make_action(&reading, row, named, other_gun, problem, offset);
    }
    explain(&reading, nearest, text, problem);
    size_t at = reading.next < words.count ? reading.next : words.count - 1;
    if (offset != NULL) {
        *offset = words.offset[at] + (size_t)(text - whole);
    }
    return NULL;
}

bool action_is_of_other_gun(const struct action *action) {
    return action->other_gun;
}

bool action_concerns(const struct action *action, bool other_gun) {
    return action->other_gun == other_gun || action_is_of_pile(action);
}

bool action_disturbs(const struct action *action) {
    const char *usage = action->row->usage;
    bool says = action_is_of_bms(action->row) || strncmp(usage, "send ", strlen("send ")) == 0;
    return truth_stimulus_disturbs(usage) && !says;
}

bool action_starts(const struct action *action) {
    return strcmp(action->row->usage, "press start") == 0;
}

bool action_do(struct bench *bench, const struct action *action, struct phrase *why) {
    assert(action->row >= action_table && action->row < action_table + action_count);
    struct bench_gun *gun = action->other_gun ? bench_other_gun(bench) : bench_gun(bench);
    assert(gun != NULL); /* a case that names it has it (scenario.h) */
    for (unsigned i = 0; i < bench->gun_count; i++) {
        if (action_concerns(action, &bench->guns[i] != bench_gun(bench))) {
            truth_stimulus(&bench->guns[i].truth, action->row->usage);
        }
    }
    if (bench->plan != NULL && bench->plan->external && action_is_of_bms(action->row)) {
        *why = (struct phrase){"is not possible: the vehicle's BMS is an external one",
                               "，因为车辆BMS由外部提供"};
        return false;
    }
    *why = action_refusal(action->row);
    return action->row->act(gun, action->args);
}

bool action_describe(size_t index, const char **usage, const char **meaning) {
    if (index >= action_count) {
        return false;
    }
    *usage = action_table[index].usage;
    *meaning = action_table[index].meaning;
    return true;
}
