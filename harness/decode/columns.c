/* SPDX-License-Identifier: MIT */
/* --fields: columns for plotting. A row for each message that has one of the columns' fields; the
 * other columns hold their last value. Empty: not known yet, or not supplied. */
#include "harness/decode/internal.h"

#include "sim/memory.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS_SHOWN 4
#define FIELDS_TEXT  160

/* "BMV.cell_voltage[3]": cuts the name at the bracket; false when the number is no number. */
static bool split_element(char *name, unsigned *element, bool *indexed) {
    char *bracket = strchr(name, '[');
    *indexed = bracket != NULL;
    *element = 0;
    if (bracket == NULL) {
        return true;
    }
    char *end;
    unsigned long number = strtoul(bracket + 1, &end, 10);
    if (end == bracket + 1 || strcmp(end, "]") != 0 || number == 0 || number > UINT16_MAX) {
        return false;
    }
    *bracket = '\0';
    *element = (unsigned)number - 1;
    return true;
}

/* "BCL.voltage_demand, BCL.current_demand, BCL.mode", as --fields takes them; no more than a
 * line. */
static void some_fields(const struct message *message, char *text, size_t size) {
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < message->field_count && i < FIELDS_SHOWN && used < size; i++) {
        const struct field *field = &message->fields[i];
        used += (size_t)snprintf(text + used, size - used, "%s%s.%s%s", i > 0 ? ", " : "",
                                 message->code, field->name, field->repeat > 1 ? "[1]" : "");
    }
    if (message->field_count > FIELDS_SHOWN && used < size) {
        snprintf(text + used, size - used, " and %zu more", message->field_count - FIELDS_SHOWN);
    }
}

/* The message of "BCL.current_demand", and of "BCL" alone. */
static const struct message *message_of_path(const struct decode *decode, const char *path) {
    char code[4] = "";
    if (strcspn(path, ".") == 3) {
        memcpy(code, path, 3);
    }
    const struct message *message = message_by_code(code);
    return message == NULL ? NULL : message_of_edition(message, decode->options.edition);
}

static bool find(struct decode *decode, struct decode_column *column, char *path,
                 struct problem *problem) {
    bool indexed, sound = split_element(path, &column->element, &indexed);
    const struct message *message = message_of_path(decode, path);
    char fields[FIELDS_TEXT];
    if (message == NULL) {
        problem_set(problem,
                    "--fields %s: there is no such message; `pilebench list messages` shows them",
                    column->name);
        return false;
    }
    some_fields(message, fields, sizeof fields);
    if (path[3] == '\0' || path[4] == '\0') {
        problem_set(problem, "--fields %s: a field is missing behind it; there are %s",
                    column->name, fields);
        return false;
    }
    const struct field *field = sound ? field_find(message, path + 4) : NULL;
    if (field == NULL) {
        problem_set(
            problem,
            "--fields %s: no such field%s; there are %s (`pilebench list messages` shows them "
            "all)",
            column->name, sound ? "" : ", a repeated one is written BMV.cell_voltage[3]", fields);
        return false;
    }
    if (indexed != (field->repeat > 1) || column->element >= field->repeat) {
        return problem_set(problem,
                           field->repeat > 1
                               ? "--fields %s: say which of the %u: %s[1]"
                               : "--fields %s: it is there once: leave the brackets off",
                           column->name, field->repeat, path);
    }
    assert(column->element < field->repeat);
    column->message = message_index(message);
    column->field = field;
    return true;
}

static void write_header(const struct decode *decode) {
    fputs(decode->options.numbered ? "time_s,line" : "time_s", decode->options.out);
    for (size_t i = 0; i < decode->column_count; i++) {
        fprintf(decode->options.out, ",%s", decode->columns[i].name);
    }
    fputc('\n', decode->options.out);
}

bool decode_columns_open(struct decode *decode, struct problem *problem) {
    char *names = memory_copy(decode->options.fields), *rest = NULL;
    decode->column_names = memory_copy(decode->options.fields);
    char *shown = decode->column_names;
    bool fine = true;
    for (char *path = strtok_r(names, ",", &rest); fine && path != NULL;
         path = strtok_r(NULL, ",", &rest)) {
        struct decode_column *column = &decode->columns[decode->column_count];
        shown = strstr(shown, path);
        column->name = shown;
        shown += strlen(path);
        *shown = '\0';
        shown++;
        if (decode->column_count + 1 == DECODE_COLUMNS_MAX) {
            problem_set(problem, "--fields: at most %d columns", DECODE_COLUMNS_MAX - 1);
            fine = false;
        } else {
            fine = find(decode, column, path, problem);
            decode->column_count++;
        }
    }
    if (fine && decode->column_count == 0) {
        problem_set(problem, "--fields: name at least one, such as BCL.current_demand");
        fine = false;
    }
    free(names);
    if (fine) {
        write_header(decode);
    }
    return fine;
}

static void take(struct decode_column *column, const struct assembled *whole) {
    assert(column->element < column->field->repeat);
    struct field one = field_element(column->field, column->element);
    enum field_state state = field_get(&one, whole->data, whole->length, &column->value);
    column->known = !isnan(column->value);
    if (state == FIELD_TEXT) {
        column->known =
            field_text(&one, whole->data, whole->length, column->text, sizeof column->text) > 0;
    }
}

/* Quoted always: a text may hold commas. */
static void write_text(FILE *out, const char *text) {
    fputc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"') {
            fputc('"', out);
        }
        fputc(*text, out);
    }
    fputc('"', out);
}

static void write_row(const struct decode *decode, const struct assembled *whole) {
    FILE *out = decode->options.out;
    char number[BUFFER_NUMBER_SIZE];
    if (decode_has_clock(decode)) {
        fprintf(out, "%" PRId64 ".%09" PRId64, whole->at_ns / NS_PER_S, whole->at_ns % NS_PER_S);
    }
    if (decode->options.numbered) {
        fprintf(out, ",%" PRIu64, whole->mark);
    }
    for (size_t i = 0; i < decode->column_count; i++) {
        const struct decode_column *column = &decode->columns[i];
        fputc(',', out);
        if (column->known && column->field->kind == FIELD_ASCII) {
            write_text(out, column->text);
        } else if (column->known) {
            fputs(buffer_number(number, column->value), out);
        }
    }
    fputc('\n', out);
}

void decode_columns_message(struct decode *decode, const struct decoded *one) {
    bool concerned = false;
    enum message_index index = message_index(one->message);
    for (size_t i = 0; i < decode->column_count; i++) {
        if (decode->columns[i].message == index) {
            take(&decode->columns[i], one->whole);
            concerned = true;
        }
    }
    if (concerned) {
        write_row(decode, one->whole);
    }
}
