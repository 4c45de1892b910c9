/* SPDX-License-Identifier: MIT */
/* Reads results.jsonl of a folder back. */
#include "reports/record/internal.h"

#include "sim/memory.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    const char *path;
    struct result_set *set;
    size_t line;
    int format;
    bool run_seen, end_seen;
    struct problem *problem;
};

static bool bad(const struct reader *reader, const char *what) {
    return problem_set(reader->problem, "%s:%zu: %s", reader->path, reader->line, what);
}

static void add_case(struct result_set *set, const struct result_case *one) {
    /* Room for a power of two: when the count is one, the room is used up. */
    size_t count = set->case_count;
    if ((count & (count - 1)) == 0) {
        struct result_case *more = memory_zeroed(count > 0 ? 2 * count : 1, sizeof *more);
        if (count > 0) {
            memcpy(more, set->cases, count * sizeof *more);
        }
        free(set->cases);
        set->cases = more;
    }
    set->cases[set->case_count++] = *one;
}

/* The case that was added last has a name of its own. */
static bool is_new(const struct result_set *set, struct problem *problem) {
    const char *id = set->cases[set->case_count - 1].id;
    for (size_t i = 0; i + 1 < set->case_count; i++) {
        if (strcmp(set->cases[i].id, id) == 0) {
            return problem_set(problem, "the case \"%.80s\" is there a second time", id);
        }
    }
    return true;
}

/* Takes what was read, or releases it again. */
static bool take(struct reader *reader, enum line_type type, struct result_line *read) {
    struct result_set *set = reader->set;
    assert(type != LINE_BAD && set->case_count < reader->line);
    if (reader->end_seen) {
        result_release(&result_run_table, &read->run);
        result_release(&result_case_table, &read->one);
        return bad(reader, "there is a line after the end line");
    }
    if ((type == LINE_RUN) == reader->run_seen) {
        result_release(&result_run_table, &read->run);
        result_release(&result_case_table, &read->one);
        return bad(reader, reader->run_seen ? "a second line of type run"
                                            : "the first line has to be of type run");
    }
    struct problem what = {0};
    if (type == LINE_RUN) {
        set->run = read->run;
        reader->format = read->format;
        reader->run_seen = true;
        return result_run_consistent(&set->run, &what) || bad(reader, what.text);
    }
    if (type == LINE_CASE) {
        add_case(set, &read->one);
        return (is_new(set, &what) && result_case_consistent(&read->one, &set->run, &what)) ||
               bad(reader, what.text);
    }
    char told[112];
    if (read->end_count != set->case_count) {
        snprintf(told, sizeof told, "the end line says %zu cases, %zu are there", read->end_count,
                 set->case_count);
        return bad(reader, told);
    }
    if (read->end_count != set->run.case_count) {
        snprintf(told, sizeof told, "%zu cases were planned, the end line comes after %zu",
                 set->run.case_count, read->end_count);
        return bad(reader, told);
    }
    reader->end_seen = true;
    return true;
}

static bool take_line(struct reader *reader, char *line, ssize_t length) {
    assert(length > 0 && reader->set->lines_dropped == 0); /* only the last line can be half one */
    reader->line++;
    if (line[length - 1] != '\n') {
        reader->set->lines_dropped++;
        return true;
    }
    line[length - 1] = '\0';
    if (strlen(line) != (size_t)length - 1) {
        return bad(reader, "there is a zero byte in the line: the file is damaged");
    }
    struct problem what = {0};
    struct result_line read;
    enum line_type type = result_take_line(line, reader->format, &read, &what);
    return type == LINE_BAD ? bad(reader, what.text) : take(reader, type, &read);
}

static bool read_lines(struct reader *reader, FILE *stream) {
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    bool good = true;
    errno = 0;
    while (good && (length = getline(&line, &room, stream)) > 0) {
        good = take_line(reader, line, length);
    }
    free(line);
    if (good && ferror(stream)) {
        return problem_set(reader->problem, "cannot read %s: %s", reader->path, strerror(errno));
    }
    if (good && !reader->run_seen) {
        return problem_set(reader->problem, "%s: no whole line in it: the run left no record",
                           reader->path);
    }
    return good;
}

struct result_set *result_read(const char *folder, struct problem *problem) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/results.jsonl", folder);
    FILE *stream = fopen(path, "re");
    if (stream == NULL) {
        problem_set(problem, "cannot read %s: %s", path, strerror(errno));
        return NULL;
    }
    struct result_set *set = memory_zeroed(1, sizeof *set);
    struct reader reader = {.path = path, .set = set, .problem = problem};
    bool good = read_lines(&reader, stream);
    fclose(stream);
    if (!good) {
        result_set_free(set);
        return NULL;
    }
    assert(reader.run_seen && set->case_count + set->lines_dropped < reader.line);
    set->whole = reader.end_seen && set->lines_dropped == 0;
    return set;
}
