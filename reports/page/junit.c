/* SPDX-License-Identifier: MIT */
#include "reports/page/junit.h"

#include "reports/record/clauses.h"
#include "sim/memory.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *or_empty(const char *string) {
    return string != NULL ? string : "";
}

/* The English half of a text, the Chinese where there is no other. */
static const char *one_language(const struct phrase *text) {
    return or_empty(text->en != NULL ? text->en : text->zh);
}

static void put_attribute(struct buffer *xml, const char *name, const char *value) {
    buffer_format(xml, " %s=\"", name);
    buffer_put_markup(xml, value);
    buffer_put(xml, "\"");
}

/* Of the suite, or of a case. */
static void put_property(struct buffer *xml, const char *name, const char *value) {
    if (value != NULL) {
        buffer_put(xml, "      <property");
        put_attribute(xml, "name", name);
        put_attribute(xml, "value", value);
        buffer_put(xml, "/>\n");
    }
}

static void put_case_property(struct buffer *xml, const char *name, const char *value) {
    buffer_put(xml, value != NULL ? "  " : "");
    put_property(xml, name, value);
}

static void put_properties(struct buffer *xml, const struct result_run *run) {
    char seed[32];
    snprintf(seed, sizeof seed, "%" PRIu64, run->seed);
    buffer_put(xml, "    <properties>\n");
    put_property(xml, "profile", run->profile);
    for (size_t i = 0; i < run->limit_count; i++) {
        put_property(xml, "limit.changed", run->limits[i]);
    }
    put_property(xml, "decision", run->decision);
    put_property(xml, "edition", run->edition);
    put_property(xml, "evidence", run->evidence);
    put_property(xml, "wiring", run->wiring);
    put_property(xml, "isolated", run->isolated ? "true" : "false");
    put_property(xml, "dut", run->dut_name);
    put_property(xml, "dut.version", run->dut_version);
    put_property(xml, "dut.path", run->dut_path);
    put_property(xml, "dut.sha256", result_identity(run).en);
    for (size_t i = 0; i < run->dut_param_count; i++) {
        put_property(xml, "dut.param", run->dut_params[i]);
    }
    put_property(xml, "bench.version", run->bench_version);
    put_property(xml, "rig", run->rig);
    put_property(xml, "seed", seed);
    buffer_put(xml, "    </properties>\n");
}

/* A measurement's reason begins with its title. */
static void put_fault(struct buffer *xml, const struct result_check *check) {
    const char *title = one_language(&check->title), *reason = one_language(&check->reason);
    buffer_format(xml, "%s: ", verdict_name(check->verdict));
    if (strncmp(title, reason, strlen(title)) != 0) {
        buffer_put_markup(xml, title);
        buffer_put(xml, ": ");
    }
    buffer_put_markup(xml, reason);
    buffer_put(xml, "\n");
}

static void put_problem(struct buffer *xml, const struct result_case *one) {
    assert(one->verdict != VERDICT_PASS);
    const char *element = one->verdict == VERDICT_FAIL ? "failure" : "error";
    const char *reason = one_language(&one->reason);
    buffer_format(xml, "      <%s", element);
    put_attribute(xml, "type", verdict_name(one->verdict));
    put_attribute(xml, "message", reason[0] != '\0' ? reason : verdict_name(one->verdict));
    buffer_put(xml, ">");
    if (one->last_word.en != NULL) {
        buffer_put(xml, "the charge: ");
        buffer_put_markup(xml, one_language(&one->last_word));
        buffer_put(xml, "\n");
    }
    for (size_t i = 0; i < one->check_count; i++) {
        const struct result_check *check = &one->checks[i];
        if (check->verdict > VERDICT_PASS) {
            put_fault(xml, check);
        }
    }
    buffer_format(xml, "</%s>\n", element);
}

static void put_measurement(struct buffer *xml, const struct result_check *check) {
    const struct limits limits = result_limits(check);
    struct buffer text = {0};
    assert(check->kind == RESULT_MEASURE && !isnan(check->value));
    quantity_put(&text, &quantity_sentence_en, check->value, check->unit);
    buffer_put(&text, "; limit: ");
    limits_put(&text, &quantity_sentence_en, &limits);
    if (result_has_uncertainty(check)) {
        buffer_put(&text, "; uncertainty: ");
        quantity_put(&text, &quantity_sentence_en, check->uncertainty, check->unit);
    }
    buffer_format(xml, "%s: ", verdict_name(check->verdict));
    buffer_put_markup(xml, one_language(&check->title));
    buffer_put(xml, ": ");
    buffer_put_markup(xml, text.chars);
    if (check->limit_source != NULL) {
        buffer_put(xml, " [");
        buffer_put_markup(xml, check->limit_source);
        buffer_put(xml, "]");
    }
    buffer_put(xml, "\n");
    buffer_free(&text);
}

static void put_output(struct buffer *xml, const struct result_case *one) {
    buffer_put(xml, "      <system-out>");
    for (size_t i = 0; i < one->check_count; i++) {
        if (one->checks[i].kind == RESULT_MEASURE && !isnan(one->checks[i].value)) {
            put_measurement(xml, &one->checks[i]);
        }
    }
    for (size_t i = 0; i < one->said_count; i++) {
        buffer_put(xml, i == 0 ? "what the firmware said, in seconds of the case:\n" : "");
        buffer_put_markup(xml, one->said[i]);
        buffer_put(xml, "\n");
    }
    buffer_put(xml, "</system-out>\n");
}

static void put_seconds(struct buffer *xml, const char *name, int64_t ns) {
    int64_t us = ns > 0 ? (ns + 500) / 1000 : 0;
    buffer_format(xml, " %s=\"%" PRId64 ".%06" PRId64 "\"", name, us / 1000000, us % 1000000);
}

/* ---- a case ---- */

struct clause_names {
    char **list;
    size_t count, room;
};

static void add_clause(struct clause_names *names, char *id) {
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->list[i], id) == 0) {
            free(id);
            return;
        }
    }
    if (names->count == names->room) {
        names->room = 2 * names->room + 32;
        names->list = memory_resized(names->list, names->room, sizeof *names->list);
    }
    names->list[names->count++] = id;
}

/* What it covers, and what its own checks cite; monitors cite the same in every case. */
static void put_clauses(struct buffer *xml, const struct result_case *one) {
    struct clause_names names = {0};
    for (size_t i = 0; i < one->cover_count; i++) {
        add_clause(&names, memory_copy(one->covers[i]));
    }
    for (size_t i = 0; i < one->check_count; i++) {
        const struct result_check *check = &one->checks[i];
        struct clause_cursor cursor = {.source = check->monitor ? NULL : check->limit_source};
        for (char *id; (id = clause_next(&cursor)) != NULL;) {
            add_clause(&names, id);
        }
    }
    for (size_t i = 0; i < names.count; i++) {
        put_case_property(xml, "clause", names.list[i]);
        free(names.list[i]);
    }
    free(names.list);
}

/* Its time by the wall, where anybody measured it; on the real clock the case's own is that. */
static int64_t wall_ns(const struct result_run *run, const struct result_case *one) {
    bool real = run->wiring != NULL && strcmp(run->wiring, "sim") != 0;
    return one->took_ns > 0 ? one->took_ns : real ? one->duration_ns : 0;
}

static void put_case_properties(struct buffer *xml, const struct result_case *one) {
    char seconds[32];
    snprintf(seconds, sizeof seconds, "%.6f", (double)one->duration_ns / 1e9);
    buffer_put(xml, "      <properties>\n");
    put_case_property(xml, "case.seconds", seconds);
    put_case_property(xml, "vehicle", one->vehicle);
    put_clauses(xml, one);
    buffer_put(xml, "      </properties>\n");
}

static void put_case(struct buffer *xml, const struct result_run *run,
                     const struct result_case *one) {
    const int64_t took_ns = wall_ns(run, one);
    buffer_put(xml, "    <testcase");
    put_attribute(xml, "name", one->id);
    buffer_put(xml, " classname=\"pilebench.");
    buffer_put_markup(xml, run->profile != NULL ? run->profile : "none");
    buffer_put(xml, "\"");
    if (took_ns > 0) {
        put_seconds(xml, "time", took_ns);
    }
    buffer_put(xml, ">\n");
    put_case_properties(xml, one);
    if (one->verdict == VERDICT_NONE) {
        buffer_put(xml, "      <skipped");
        put_attribute(xml, "message", one_language(&one->reason));
        buffer_put(xml, "/>\n");
    } else if (one->verdict != VERDICT_PASS) {
        put_problem(xml, one);
    }
    put_output(xml, one);
    buffer_put(xml, "    </testcase>\n");
}

static void put_incomplete(struct buffer *xml, const struct result_set *set) {
    buffer_format(
        xml,
        "    <testcase name=\"(the run was cut short)\" classname=\"pilebench\">\n"
        "      <error type=\"incomplete\" message=\"%zu cases were planned, the record has "
        "%zu and no end line\"/>\n    </testcase>\n",
        set->run.case_count, set->case_count);
}

/* Skipped ones are no failure for whoever reads JUnit: a run that shows nothing must not look sound. */
static void put_nothing_passed(struct buffer *xml) {
    buffer_put(xml, "    <testcase name=\"(nothing passed)\" classname=\"pilebench\">\n"
                    "      <error type=\"inconclusive\" message=\"no case passed: not one "
                    "applies to this firmware, so the run shows nothing\"/>\n"
                    "    </testcase>\n");
}

void junit_put(struct buffer *xml, const struct result_set *set) {
    size_t failures = 0;
    size_t errors = !set->whole, skipped = 0;
    int64_t time_ns = 0;
    for (size_t i = 0; i < set->case_count; i++) {
        enum verdict verdict = set->cases[i].verdict;
        failures += verdict == VERDICT_FAIL;
        errors += verdict == VERDICT_INCONCLUSIVE || verdict == VERDICT_ERROR;
        skipped += verdict == VERDICT_NONE;
        time_ns += wall_ns(&set->run, &set->cases[i]);
    }
    bool nothing = failures + errors == 0 && result_exit_code(set) != 0;
    errors += nothing;
    assert(failures + errors <=
           set->case_count + !set->whole + nothing); /* each test case one of them at most */
    assert(failures + errors > 0 || result_exit_code(set) == 0);
    buffer_put(xml, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
                    "  <testsuite name=\"pilebench\"");
    buffer_format(xml, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"",
                  set->case_count + !set->whole + nothing, failures, errors, skipped);
    if (time_ns > 0) {
        put_seconds(xml, "time", time_ns);
    }
    if (set->run.started != NULL) {
        put_attribute(xml, "timestamp", set->run.started);
    }
    buffer_put(xml, ">\n");
    put_properties(xml, &set->run);
    for (size_t i = 0; i < set->case_count; i++) {
        put_case(xml, &set->run, &set->cases[i]);
    }
    if (!set->whole) {
        put_incomplete(xml, set);
    }
    if (nothing) {
        put_nothing_passed(xml);
    }
    buffer_put(xml, "  </testsuite>\n</testsuites>\n");
}
