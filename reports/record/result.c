/* SPDX-License-Identifier: MIT */
/* The record in memory, and the file it is written to. */
#include "reports/record/result.h"
#include "reports/record/internal.h"
#include "sim/memory.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OF(structure, key, type)                                                                   \
    { #key, type, offsetof(struct structure, key), 0, 0 }
#define LIST(structure, key, type, count)                                                          \
    { #key, type, offsetof(struct structure, key), offsetof(struct structure, count), 0 }
#define LIST_SINCE(format, structure, key, type, count)                                            \
    { #key, type, offsetof(struct structure, key), offsetof(struct structure, count), format }
#define SINCE(format, structure, key, type)                                                        \
    { #key, type, offsetof(struct structure, key), 0, format }

static const struct field run_fields[] = {
    OF(result_run, profile, FIELD_STRING),
    OF(result_run, decision, FIELD_STRING),
    OF(result_run, edition, FIELD_STRING),
    OF(result_run, evidence, FIELD_STRING),
    OF(result_run, wiring, FIELD_STRING),
    OF(result_run, dut_name, FIELD_STRING),
    OF(result_run, dut_version, FIELD_STRING),
    OF(result_run, dut_path, FIELD_STRING),
    LIST(result_run, dut_params, FIELD_STRINGS, dut_param_count),
    OF(result_run, bench_version, FIELD_STRING),
    OF(result_run, rig, FIELD_STRING),
    OF(result_run, seed, FIELD_SEED),
    OF(result_run, started, FIELD_STRING),
    OF(result_run, case_count, FIELD_SIZE),
    SINCE(5, result_run, isolated, FIELD_BOOL),
    SINCE(6, result_run, dut_sha256, FIELD_STRING),
    LIST_SINCE(7, result_run, limits, FIELD_STRINGS, limit_count),
    LIST_SINCE(3, result_run, clauses, FIELD_CLAUSES, clause_count),
};

static const struct field clause_fields[] = {
    OF(result_clause, id, FIELD_ID),
    OF(result_clause, text, FIELD_TEXT),
    LIST(result_clause, closed_by, FIELD_STRINGS, closed_by_count),
};

static const struct field case_fields[] = {
    OF(result_case, id, FIELD_ID),
    OF(result_case, title, FIELD_TEXT),
    OF(result_case, verdict, FIELD_VERDICT),
    OF(result_case, reason, FIELD_TEXT),
    SINCE(4, result_case, absent, FIELD_BOOL),
    LIST(result_case, covers, FIELD_STRINGS, cover_count),
    LIST(result_case, settings, FIELD_STRINGS, setting_count),
    OF(result_case, vehicle, FIELD_STRING),
    OF(result_case, wiring, FIELD_STRING),
    OF(result_case, seed, FIELD_SEED),
    OF(result_case, duration_ns, FIELD_INTEGER),
    OF(result_case, late_max_ns, FIELD_INTEGER),
    OF(result_case, frames, FIELD_COUNT),
    OF(result_case, frames_dropped, FIELD_COUNT),
    OF(result_case, frames_refused, FIELD_COUNT),
    OF(result_case, error_frames, FIELD_COUNT),
    OF(result_case, focus_from_ns, FIELD_INSTANT),
    OF(result_case, focus_to_ns, FIELD_INSTANT),
    OF(result_case, trace, FIELD_STRING),
    OF(result_case, signals, FIELD_STRING),
    LIST(result_case, checks, FIELD_CHECKS, check_count),
    SINCE(3, result_case, last_word, FIELD_TEXT),
    LIST_SINCE(3, result_case, said, FIELD_STRINGS, said_count),
};

static const struct field check_fields[] = {
    OF(result_check, kind, FIELD_KIND),           OF(result_check, monitor, FIELD_BOOL),
    OF(result_check, title, FIELD_TEXT),          OF(result_check, verdict, FIELD_VERDICT),
    OF(result_check, reason, FIELD_TEXT),         OF(result_check, value, FIELD_NUMBER),
    OF(result_check, limit_min, FIELD_NUMBER),    OF(result_check, limit_max, FIELD_NUMBER),
    OF(result_check, limit_min_open, FIELD_BOOL), OF(result_check, limit_max_open, FIELD_BOOL),
    OF(result_check, unit, FIELD_STRING),         OF(result_check, margin, FIELD_NUMBER),
    OF(result_check, uncertainty, FIELD_NUMBER),  OF(result_check, instrument, FIELD_STRING),
    OF(result_check, limit_name, FIELD_STRING),   OF(result_check, limit_source, FIELD_STRING),
    OF(result_check, from_ns, FIELD_INSTANT),     OF(result_check, to_ns, FIELD_INSTANT),
    OF(result_check, condition, FIELD_STRING),    SINCE(3, result_check, observed, FIELD_COUNT),
};

#define TABLE(fields)                                                                              \
    { fields, sizeof(fields) / sizeof(fields)[0] }
const struct field_table result_run_table = TABLE(run_fields);
const struct field_table result_case_table = TABLE(case_fields);
const struct field_table result_clause_table = TABLE(clause_fields);
const struct field_table result_check_table = TABLE(check_fields);

/* A key is there once, what has a count says where it is, and no field is of a format to come. */
static bool is_sound(const struct field_table *table) {
    for (size_t i = 0; i < table->count; i++) {
        const struct field *field = &table->fields[i];
        bool list = field->type == FIELD_STRINGS || field->type == FIELD_CHECKS ||
                    field->type == FIELD_CLAUSES;
        for (size_t k = 0; k < i; k++) {
            if (strcmp(table->fields[k].key, field->key) == 0) {
                return false;
            }
        }
        if (list != (field->count_offset > 0) || field->since > RESULT_FORMAT) {
            return false;
        }
    }
    return true;
}

const char *result_kind_name(enum result_check_kind kind) {
    static const char *const names[] = {"measure", "expect", "always", "never", "step"};
    assert((size_t)kind < sizeof names / sizeof names[0]);
    return names[kind];
}

struct phrase result_identity(const struct result_run *run) {
    if (run->dut_sha256 != NULL) {
        return (struct phrase){run->dut_sha256, run->dut_sha256};
    }
    bool hardware = run->wiring != NULL && strcmp(run->wiring, "pile") == 0;
    return hardware ? (struct phrase){"none, hardware", "无，为硬件"}
                    : (struct phrase){"not recorded", "未记录"};
}

struct limits result_limits(const struct result_check *check) {
    return (struct limits){.min = check->limit_min,
                           .max = check->limit_max,
                           .min_open = check->limit_min_open,
                           .max_open = check->limit_max_open,
                           .unit = check->unit};
}

double result_margin(const struct result_check *check) {
    const double above = check->value - check->limit_min;
    const double below = check->limit_max - check->value;
    const double margin = below < above || isnan(above) ? below : above;
    assert(isnan(margin) ||
           (margin < 0) == (check->value < check->limit_min || check->value > check->limit_max));
    return margin;
}

bool result_has_uncertainty(const struct result_check *check) {
    return !isnan(check->uncertainty) && (check->uncertainty > 0 || check->instrument != NULL);
}

bool result_is_kept_rule(const struct result_check *check) {
    return check->monitor && check->observed > 0 && check->verdict == VERDICT_PASS;
}

int result_exit_code(const struct result_set *set) {
    enum verdict worst = set->whole ? VERDICT_NONE : VERDICT_INCONCLUSIVE;
    for (size_t i = 0; i < set->case_count; i++) {
        const struct result_case *one = &set->cases[i];
        bool unjudged = one->verdict == VERDICT_NONE && !one->absent;
        worst = verdict_worst(worst, unjudged ? VERDICT_INCONCLUSIVE : one->verdict);
    }
    worst = worst == VERDICT_NONE ? VERDICT_INCONCLUSIVE : worst; /* nothing passed is no success */
    static const int codes[] = {
        [VERDICT_PASS] = 0, [VERDICT_INCONCLUSIVE] = 3, [VERDICT_FAIL] = 1, [VERDICT_ERROR] = 4};
    assert(worst > VERDICT_NONE && (size_t)worst < sizeof codes / sizeof codes[0]);
    assert(codes[worst] != 0 || set->whole); /* half a run accepts nothing */
    return codes[worst];
}

/* ------------------------------------------------------------------ release */

static void release_strings(char **strings, size_t count) {
    for (size_t i = 0; i < count; i++) {
        free(strings[i]);
    }
    free(strings);
}

const struct field_table *result_list_of(enum field_type type, size_t *size) {
    assert(type == FIELD_CHECKS || type == FIELD_CLAUSES);
    *size = type == FIELD_CHECKS ? sizeof(struct result_check) : sizeof(struct result_clause);
    return type == FIELD_CHECKS ? &result_check_table : &result_clause_table;
}

static void release_list(enum field_type type, char *structures, size_t count) {
    size_t size;
    const struct field_table *table = result_list_of(type, &size);
    for (size_t i = 0; i < count; i++) {
        result_release(table, structures + i * size);
    }
    free(structures);
}

static void release_field(const struct field *field, char *structure) {
    void *at = structure + field->offset;
    size_t *count = (size_t *)(void *)(structure + field->count_offset);
    char *list;
    switch (field->type) {
    case FIELD_STRING:
    case FIELD_ID:
        free(*(char **)at);
        *(char **)at = NULL;
        break;
    case FIELD_TEXT:
        phrase_clear((struct phrase *)at);
        break;
    case FIELD_STRINGS:
        release_strings(*(char ***)at, *count);
        *(char ***)at = NULL;
        *count = 0;
        break;
    case FIELD_CHECKS:
    case FIELD_CLAUSES:
        memcpy(&list, at, sizeof list);
        release_list(field->type, list, *count);
        memset(at, 0, sizeof list);
        *count = 0;
        break;
    default: /* owns nothing */
        break;
    }
}

void result_release(const struct field_table *table, void *structure) {
    for (size_t i = 0; i < table->count; i++) {
        release_field(&table->fields[i], structure);
    }
}

void result_case_clear(struct result_case *one) {
    result_release(&result_case_table, one);
    *one = (struct result_case){0};
}

void result_check_clear(struct result_check *check) {
    result_release(&result_check_table, check);
}

void result_case_free(struct result_case *one) {
    if (one != NULL) {
        result_case_clear(one);
        free(one);
    }
}

void result_run_clear(struct result_run *run) {
    result_release(&result_run_table, run);
}

void result_set_free(struct result_set *set) {
    if (set == NULL) {
        return;
    }
    result_release(&result_run_table, &set->run);
    for (size_t i = 0; i < set->case_count; i++) {
        result_case_clear(&set->cases[i]);
    }
    free(set->cases);
    free(set);
}

/* ------------------------------------------------------------------ the file */

struct result_file {
    int fd;
    char *path;
    off_t good; /* everything up to here are whole, synced lines */
    size_t case_count;
    int failure;       /* errno of the first write that failed; the file takes nothing more */
    struct buffer all; /* what was written */
};

static bool write_all(int fd, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return false;
        }
        bytes += written;
        length -= (size_t)written;
    }
    return true;
}

/* A pipe or a device cannot be synced and says EINVAL: not a failure. */
static bool synced(int fd) {
    return fsync(fd) == 0 || errno == EINVAL;
}

static bool complain(const struct result_file *file, struct problem *problem) {
    return problem_set(problem, "cannot write %s: %s", file->path, strerror(file->failure));
}

static bool put_line(struct result_file *file, struct buffer *line, struct problem *problem) {
    assert(strchr(line->chars, '\n') == NULL); /* a line of the record is one line of the file */
    buffer_put(line, "\n");
    if (file->failure == 0) {
        if (write_all(file->fd, line->chars, line->length) && synced(file->fd)) {
            file->good += (off_t)line->length;
            buffer_put_bytes(&file->all, line->chars, line->length);
        } else {
            file->failure = errno;
            /* Best effort: the reader drops a half-written line anyway. */
            int ignored = ftruncate(file->fd, file->good);
            (void)ignored;
        }
    }
    assert(file->failure != 0 || (size_t)file->good == file->all.length);
    buffer_free(line);
    return file->failure == 0 || complain(file, problem);
}

static bool has_bytes(int fd, const struct buffer *wanted) {
    char bytes[65536];
    size_t at = 0;
    ssize_t got;
    while ((got = read(fd, bytes, sizeof bytes)) > 0) {
        if ((size_t)got > wanted->length - at ||
            memcmp(wanted->chars + at, bytes, (size_t)got) != 0) {
            return false;
        }
        at += (size_t)got;
        assert(at <= wanted->length);
    }
    return got == 0 && at == wanted->length;
}

bool result_intact(const struct result_file *file, struct problem *problem) {
    struct stat about;
    if (fstat(file->fd, &about) == 0 && !S_ISREG(about.st_mode)) {
        return true;
    }
    int fd = open(file->path, O_RDONLY | O_CLOEXEC);
    bool intact = fd >= 0 && has_bytes(fd, &file->all);
    if (fd >= 0) {
        close(fd);
    }
    return intact || problem_set(problem,
                                 "%s is not what this run wrote: something else has changed it "
                                 "meanwhile, another program or the firmware under test; do not "
                                 "use it",
                                 file->path);
}

/* The name of a new file is safe only when its folder is synced too. */
static void sync_folder(const char *path) {
    char copy[PATH_MAX];
    snprintf(copy, sizeof copy, "%s", path);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

struct result_file *result_create(const char *path, const struct result_run *run,
                                  struct problem *problem) {
    assert(is_sound(&result_run_table) && is_sound(&result_clause_table));
    assert(is_sound(&result_case_table) && is_sound(&result_check_table));
    struct result_file *file = memory_zeroed(1, sizeof *file);
    file->path = memory_copy(path);
    file->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file->fd < 0) {
        file->failure = errno;
        complain(file, problem);
        result_abandon(file);
        return NULL;
    }
    struct buffer line = {0};
    result_put_run(&line, run);
    if (!put_line(file, &line, problem)) {
        result_abandon(file);
        return NULL;
    }
    sync_folder(path);
    return file;
}

/* The lines of it that stay: the run's and those of so many cases. */
static bool take_lines(struct result_file *file, FILE *stream, size_t keep) {
    char *line = NULL;
    size_t room = 0, taken = 0;
    ssize_t length;
    while (taken <= keep && (length = getline(&line, &room, stream)) > 0) {
        buffer_put_bytes(&file->all, line, (size_t)length);
        taken++;
    }
    free(line);
    return ferror(stream) == 0 && taken == keep + 1;
}

static bool has_head(const struct result_file *file, const struct result_run *run) {
    struct buffer line = {0};
    result_put_run(&line, run);
    bool same = file->all.length > line.length && file->all.chars[line.length] == '\n' &&
                memcmp(file->all.chars, line.chars, line.length) == 0;
    buffer_free(&line);
    return same;
}

static bool read_lines(struct result_file *file, size_t keep, struct problem *problem) {
    FILE *stream = fopen(file->path, "re");
    bool read = stream != NULL && take_lines(file, stream, keep);
    file->failure = read ? 0 : errno;
    if (stream != NULL) {
        fclose(stream);
    }
    return read || problem_set_both(problem, "cannot read %s: %s", "无法读取%s：%s", file->path,
                                    strerror(file->failure));
}

static struct result_file *file_in(const char *folder) {
    struct result_file *file = memory_zeroed(1, sizeof *file);
    file->path = memory_format("%s/results.jsonl", folder);
    file->fd = -1;
    return file;
}

bool result_is_of(const char *folder, const struct result_run *run, struct problem *problem) {
    struct result_file *file = file_in(folder);
    bool of_it = read_lines(file, 0, problem);
    if (of_it && !has_head(file, run)) {
        of_it = problem_set_both(problem,
                                 "%s is of another run: firmware, profile, limits, settings, seed "
                                 "or number of cases differ; give "
                                 "the same options, or another --out",
                                 "%s属于另一次运行：固件、限值集、限值、设置、种子或用例数不同；请"
                                 "给出相同选项，或另选--out",
                                 file->path);
    }
    result_abandon(file);
    return of_it;
}

/* Without what is behind the lines that stay. */
static bool open_behind(struct result_file *file, struct problem *problem) {
    file->good = (off_t)file->all.length;
    file->fd = open(file->path, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (file->fd < 0 || ftruncate(file->fd, file->good) != 0 || !synced(file->fd)) {
        file->failure = errno;
        return complain(file, problem);
    }
    return true;
}

struct result_file *result_resume(const char *folder, struct result_set *set, size_t keep,
                                  struct problem *problem) {
    struct result_file *file = file_in(folder);
    assert(keep <= set->case_count);
    if (!read_lines(file, keep, problem) || !open_behind(file, problem)) {
        result_abandon(file);
        return NULL;
    }
    for (size_t i = keep; i < set->case_count; i++) {
        result_case_clear(&set->cases[i]);
    }
    file->case_count = set->case_count = keep;
    set->whole = false;
    set->lines_dropped = 0;
    return file;
}

bool result_append(struct result_file *file, const struct result_case *one,
                   struct problem *problem) {
    struct buffer line = {0};
    result_put_case(&line, one);
    bool written = put_line(file, &line, problem);
    file->case_count += written;
    assert(file->case_count == 0 || file->good > 0);
    return written;
}

bool result_finish(struct result_file *file, struct problem *problem) {
    struct buffer line = {0};
    assert(file->fd >= 0); /* finished once */
    result_put_end(&line, file->case_count);
    bool written = put_line(file, &line, problem) && result_intact(file, problem);
    if (close(file->fd) != 0 && written) {
        file->failure = errno;
        written = complain(file, problem);
    }
    file->fd = -1;
    result_abandon(file);
    return written;
}

void result_abandon(struct result_file *file) {
    if (file->fd >= 0) {
        close(file->fd);
    }
    buffer_free(&file->all);
    free(file->path);
    free(file);
}
