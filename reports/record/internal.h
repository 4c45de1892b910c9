/* SPDX-License-Identifier: MIT */
/* internal.h: what the parts of the record share: the tables of its fields.
 *
 * One table per structure says key, type and place of each field. Writer, reader and release all
 * walk the same table, so a field cannot be written and then not be read or freed. */
#ifndef REPORTS_RECORD_INTERNAL_H
#define REPORTS_RECORD_INTERNAL_H

#include "reports/record/result.h"
#include "sim/text/buffer.h"
#include "sim/text/json_writer.h"

#define RESULT_FORMAT        7 /* of the record; a reader refuses newer ones */
#define RESULT_FORMAT_OLDEST 1 /* that it still reads */

enum field_type {
    FIELD_STRING,  /* char *, null when NULL */
    FIELD_ID,      /* char *, never NULL */
    FIELD_TEXT,    /* struct phrase */
    FIELD_STRINGS, /* char **, its count at the second offset */
    FIELD_CLAUSES, /* struct result_clause *, its count at the second offset */
    FIELD_CHECKS,  /* struct result_check *, its count at the second offset */
    FIELD_VERDICT,
    FIELD_KIND,
    FIELD_BOOL,
    FIELD_NUMBER,  /* double, null when NAN */
    FIELD_INTEGER, /* int64_t */
    FIELD_INSTANT, /* int64_t, null when negative */
    FIELD_COUNT,   /* uint64_t */
    FIELD_SEED,    /* uint64_t, written as a string of digits */
    FIELD_SIZE,    /* size_t */
};

struct field {
    const char *key;
    enum field_type type;
    size_t offset, count_offset;
    int since; /* the format that brought it; 0: the first. Older records lack it: it stays zero */
};

struct field_table {
    const struct field *fields;
    size_t count;
};

extern const struct field_table result_run_table, result_case_table, result_check_table,
    result_clause_table;

/* The table of what a list has, and the size of one. */
const struct field_table *result_list_of(enum field_type type, size_t *size);

/* Frees what the structure owns by its table and zeroes those fields. */
void result_release(const struct field_table *table, void *structure);

/* The structure's fields, in the order of the table, into the object that is open. */
void result_put_fields(struct json_writer *json, const struct field_table *table,
                       const void *structure);

/* A line of the record, without its line end. */
void result_put_run(struct buffer *text, const struct result_run *run);
void result_put_case(struct buffer *text, const struct result_case *one);
void result_put_end(struct buffer *text, size_t case_count);

enum line_type {
    LINE_BAD,
    LINE_RUN,
    LINE_CASE,
    LINE_END,
};

struct result_line {
    struct result_run run;
    struct result_case one;
    size_t end_count;
    int format; /* of the run's line */
};

/* Reads one line into the part of it that its type tells. The format is that of the run's line
 * before; a run's line tells its own. LINE_BAD: the problem names the key. */
enum line_type result_take_line(const char *line, int format, struct result_line *into,
                                struct problem *problem);

/* consistent.c: false: it contradicts itself, and the problem says in what. */
bool result_run_consistent(const struct result_run *run, struct problem *problem);
bool result_case_consistent(const struct result_case *one, const struct result_run *run,
                            struct problem *problem);

const char *result_kind_name(enum result_check_kind kind);

#endif
