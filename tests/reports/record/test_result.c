/* SPDX-License-Identifier: MIT */
/* The record: what is written is read back, what is damaged is told, what is cut is not whole. */
#include "reports/record/result.h"
#include "sim/memory.h"
#include "sim/text/buffer.h"

#include <check.h>
#include <cjson/cJSON.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define RANDOM_CASES 400

static char folder[] = "/tmp/pilebench-result-XXXXXX";
static char path[64];
static struct problem problem;

static void setup(void) {
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/results.jsonl", folder);
    problem = (struct problem){0};
}

static void teardown(void) {
    unlink(path);
    rmdir(folder);
}

/* ------------------------------------------------------------------ a random record */

static uint64_t state;

static uint64_t any(void) { /* splitmix64 */
    uint64_t z = (state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static char *any_string(void) {
    static const char *const pieces[] = {
        "a",     "\"", "\\", "\n",   "\t", "\x01", "\x7f", "/", "急停", "Ω", "\xF0\x9F\x94\x8B",
        "</td>", "\r", "'",  "\\u0", " ",  "&",    "{",    "}", ",",    ":", "1"};
    struct buffer text = {0};
    if (any() % 8 == 0) {
        return NULL;
    }
    for (uint64_t n = any() % 6; n > 0; n--) {
        buffer_put(&text, pieces[any() % (sizeof pieces / sizeof pieces[0])]);
    }
    return buffer_take(&text);
}

static char *some_string(void) {
    char *string = any_string();
    return string != NULL ? string : strdup("x");
}

static double any_number(void) {
    static const double special[] = {
        0.0, -0.0, 0.1, 1e-300, 5e-324, 1.7976931348623157e308, 1.0 / 3, 100, 59.999999999999993};
    uint64_t bits = any();
    double number;
    memcpy(&number, &bits, sizeof number);
    switch (any() % 4) {
    case 0:
        return (double)NAN;
    case 1:
        return special[any() % (sizeof special / sizeof special[0])];
    case 2:
        return any() % 64 == 0 ? (double)INFINITY : (double)(any() % 100000) / 1000;
    default:
        return isnan(number) ? 1.5 : number;
    }
}

static int64_t any_instant(void) {
    return any() % 4 == 0 ? -1 : (int64_t)(any() >> (11 + any() % 40));
}

static struct phrase any_text(void) {
    return (struct phrase){any_string(), any_string()};
}

static struct result_check any_check(void) {
    double a = any_number(), b = any_number();
    return (struct result_check){.kind = (enum result_check_kind)(any() % 5),
                                 .monitor = any() % 2,
                                 .title = any_text(),
                                 .verdict = (enum verdict)(any() % 5),
                                 .reason = any_text(),
                                 .value = any_number(),
                                 .limit_min = a > b ? b : a,
                                 .limit_max = a > b ? a : b,
                                 .unit = any_string(),
                                 .margin = any_number(),
                                 .uncertainty = any_number(),
                                 .instrument = any_string(),
                                 .limit_name = any_string(),
                                 .limit_source = any_string(),
                                 .from_ns = any_instant(),
                                 .to_ns = any_instant(),
                                 .condition = any_string(),
                                 .observed = any() >> (12 + any() % 50)};
}

static struct result_case any_case(void) {
    int64_t from_ns = any_instant(), to_ns = any_instant();
    struct result_case one = {.id = some_string(),
                              .title = any_text(),
                              .cover_count = any() % 4,
                              .setting_count = any() % 4,
                              .vehicle = any_string(),
                              .wiring = any_string(),
                              .seed = any() >> (any() % 64),
                              .verdict = (enum verdict)(any() % 5),
                              .reason = any_text(),
                              .check_count = any() % 5,
                              .duration_ns = any_instant() + 1,
                              .late_max_ns = any_instant() + 1,
                              .frames = any() >> 12,
                              .frames_dropped = any() >> 40,
                              .frames_refused = any() % 3,
                              .error_frames = any() % 3,
                              .focus_from_ns = from_ns < to_ns ? from_ns : to_ns,
                              .focus_to_ns = from_ns < to_ns ? to_ns : from_ns,
                              .trace = any_string(),
                              .signals = any_string()};
    one.covers = memory_zeroed(one.cover_count, sizeof *one.covers);
    for (size_t i = 0; i < one.cover_count; i++) {
        one.covers[i] = some_string();
    }
    one.settings = memory_zeroed(one.setting_count, sizeof *one.settings);
    for (size_t i = 0; i < one.setting_count; i++) {
        one.settings[i] = some_string();
    }
    one.checks = memory_zeroed(one.check_count, sizeof *one.checks);
    for (size_t i = 0; i < one.check_count; i++) {
        one.checks[i] = any_check();
    }
    return one;
}

/* One that contradicts nothing: result_read refuses others. */
static struct result_case any_whole_case(size_t number) {
    struct result_case one = any_case();
    free(one.id);
    one.id = memory_format("case-%zu", number);
    free(one.wiring);
    one.wiring = strdup("sim");
    one.verdict = VERDICT_ERROR;
    for (size_t i = 0; i < one.check_count; i++) {
        struct result_check *check = &one.checks[i];
        int64_t from_ns = check->from_ns;
        check->verdict = VERDICT_NONE;
        check->from_ns = from_ns < check->to_ns ? from_ns : check->to_ns;
        check->to_ns = from_ns < check->to_ns ? check->to_ns : from_ns;
    }
    return one;
}

static bool same_string(const char *a, const char *b) {
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool same_text(struct phrase a, struct phrase b) {
    return same_string(a.en, b.en) && same_string(a.zh, b.zh);
}

static bool same_number(double a, double b) {
    return isnan(a) ? isnan(b) : memcmp(&a, &b, sizeof a) == 0;
}

static bool same_check(const struct result_check *a, const struct result_check *b) {
    return a->kind == b->kind && a->monitor == b->monitor && same_text(a->title, b->title) &&
           a->verdict == b->verdict && same_text(a->reason, b->reason) &&
           same_number(a->value, b->value) && same_number(a->limit_min, b->limit_min) &&
           same_number(a->limit_max, b->limit_max) && same_string(a->unit, b->unit) &&
           same_number(a->margin, b->margin) && same_number(a->uncertainty, b->uncertainty) &&
           same_string(a->instrument, b->instrument) && same_string(a->limit_name, b->limit_name) &&
           same_string(a->limit_source, b->limit_source) && a->from_ns == b->from_ns &&
           a->to_ns == b->to_ns && same_string(a->condition, b->condition) &&
           a->observed == b->observed;
}

static bool same_case(const struct result_case *a, const struct result_case *b) {
    bool same = same_string(a->id, b->id) && same_text(a->title, b->title) &&
                same_string(a->vehicle, b->vehicle) && same_string(a->wiring, b->wiring) &&
                a->seed == b->seed && a->verdict == b->verdict && same_text(a->reason, b->reason) &&
                a->duration_ns == b->duration_ns && a->late_max_ns == b->late_max_ns &&
                a->frames == b->frames && a->frames_dropped == b->frames_dropped &&
                a->frames_refused == b->frames_refused && a->error_frames == b->error_frames &&
                a->focus_from_ns == b->focus_from_ns && a->focus_to_ns == b->focus_to_ns &&
                same_string(a->trace, b->trace) && same_string(a->signals, b->signals) &&
                a->cover_count == b->cover_count && a->setting_count == b->setting_count &&
                a->check_count == b->check_count;
    for (size_t i = 0; same && i < a->cover_count; i++) {
        same = same_string(a->covers[i], b->covers[i]);
    }
    for (size_t i = 0; same && i < a->setting_count; i++) {
        same = same_string(a->settings[i], b->settings[i]);
    }
    for (size_t i = 0; same && i < a->check_count; i++) {
        same = same_check(&a->checks[i], &b->checks[i]);
    }
    return same;
}

START_TEST(any_case_comes_back_as_it_was) {
    for (state = 1; state <= RANDOM_CASES; state++) {
        uint64_t seed = state * 1000003;
        uint64_t kept = state;
        state = seed;
        struct result_case one = any_case();
        char *line = result_case_to_json(&one);
        ck_assert_ptr_null(strchr(line, '\n'));
        struct result_case *back = result_case_from_json(line, &problem);
        ck_assert_msg(back != NULL, "seed %llu: %s\n%s", (unsigned long long)seed, problem.text,
                      line);
        ck_assert_msg(same_case(&one, back), "seed %llu: %s", (unsigned long long)seed, line);
        char *again = result_case_to_json(back);
        ck_assert_str_eq(line, again);
        free(line);
        free(again);
        result_case_free(back);
        result_case_clear(&one);
        state = kept;
    }
}
END_TEST

START_TEST(numbers_are_short_and_exact) {
    char buffer[BUFFER_NUMBER_SIZE];
    ck_assert_str_eq(buffer_number(buffer, 0.1), "0.1");
    ck_assert_str_eq(buffer_number(buffer, 41.6), "41.6");
    ck_assert_str_eq(buffer_number(buffer, 100), "100");
    ck_assert_str_eq(buffer_number(buffer, 1.0 / 3), "0.3333333333333333");
    ck_assert_str_eq(buffer_number(buffer, (double)NAN), "null");
    ck_assert_str_eq(buffer_number(buffer, -(double)INFINITY), "-1e999");
}
END_TEST

START_TEST(bad_utf8_becomes_visible_and_valid) {
    struct result_case one = {.id = (char *)"a\xFF\xC3(\xED\xA0\x80z"};
    char *line = result_case_to_json(&one);
    ck_assert_ptr_nonnull(strstr(line, "\"a\xEF\xBF\xBD\xEF\xBF\xBD("));
    ck_assert_ptr_null(strstr(line, "\xED\xA0\x80"));
    free(line);
}
END_TEST

/* ------------------------------------------------------------------ the file */

static struct result_run a_run(size_t case_count) {
    static char *params[] = {(char *)"contactor.open_ms=130", (char *)"x=1"};
    static char *closers[] = {(char *)"bench", (char *)"inspect"};
    static struct result_clause clauses[] = {
        {(char *)"T240-8.13", {"pre-charge", NULL}, closers, 2},
        {(char *)"T240-3", {NULL, "外壳"}, closers + 1, 1}};
    static char *limits[] = {(char *)"estop.open: ≤ 100 ms → ≤ 500 ms"};
    return (struct result_run){.profile = (char *)"t240",
                               .limits = limits,
                               .limit_count = 1,
                               .decision = (char *)"guard band",
                               .edition = (char *)"2015/2017",
                               .evidence = (char *)"model",
                               .wiring = (char *)"sim",
                               .dut_name = (char *)"reference core",
                               .dut_version = (char *)"0.1.0",
                               .dut_params = params,
                               .dut_param_count = 2,
                               .bench_version = (char *)"0.1.0",
                               .seed = UINT64_MAX,
                               .case_count = case_count,
                               .clauses = clauses,
                               .clause_count = 2};
}

static void write_run(size_t planned, size_t written, bool finish) {
    struct result_run run = a_run(planned);
    struct result_file *file = result_create(path, &run, &problem);
    ck_assert_msg(file != NULL, "%s", problem.text);
    for (size_t i = 0; i < written; i++) {
        state = i + 7;
        struct result_case one = any_whole_case(i);
        ck_assert_msg(result_append(file, &one, &problem), "%s", problem.text);
        result_case_clear(&one);
    }
    if (finish) {
        ck_assert_msg(result_finish(file, &problem), "%s", problem.text);
    } else {
        result_abandon(file);
    }
}

static char *load(size_t *length) {
    FILE *stream = fopen(path, "r");
    ck_assert_ptr_nonnull(stream);
    char *bytes = malloc(1 << 20);
    *length = fread(bytes, 1, (1 << 20) - 1, stream);
    bytes[*length] = '\0';
    fclose(stream);
    return bytes;
}

static void store(const char *bytes, size_t length) {
    FILE *stream = fopen(path, "w");
    ck_assert_ptr_nonnull(stream);
    ck_assert_uint_eq(fwrite(bytes, 1, length, stream), length);
    fclose(stream);
}

START_TEST(a_finished_run_is_whole) {
    write_run(5, 5, true);
    struct result_set *set = result_read(folder, &problem);
    ck_assert_msg(set != NULL, "%s", problem.text);
    ck_assert(set->whole);
    ck_assert_uint_eq(set->lines_dropped, 0);
    ck_assert_uint_eq(set->case_count, 5);
    ck_assert_str_eq(set->run.profile, "t240");
    ck_assert_uint_eq(set->run.dut_param_count, 2);
    ck_assert_str_eq(set->run.dut_params[0], "contactor.open_ms=130");
    ck_assert_uint_eq(set->run.limit_count, 1);
    ck_assert_str_eq(set->run.limits[0], "estop.open: ≤ 100 ms → ≤ 500 ms");
    ck_assert_ptr_null(set->run.started);
    ck_assert_uint_eq(set->run.clause_count, 2);
    ck_assert_str_eq(set->run.clauses[0].id, "T240-8.13");
    ck_assert_uint_eq(set->run.clauses[0].closed_by_count, 2);
    ck_assert_str_eq(set->run.clauses[0].closed_by[1], "inspect");
    ck_assert_str_eq(set->run.clauses[1].text.zh, "外壳");
    ck_assert(set->run.seed == UINT64_MAX);
    for (size_t i = 0; i < 5; i++) {
        state = i + 7;
        struct result_case one = any_whole_case(i);
        ck_assert(same_case(&one, &set->cases[i]));
        result_case_clear(&one);
    }
    result_set_free(set);
}
END_TEST

START_TEST(an_abandoned_run_is_not_whole) {
    write_run(5, 3, false);
    struct result_set *set = result_read(folder, &problem);
    ck_assert_msg(set != NULL, "%s", problem.text);
    ck_assert(!set->whole);
    ck_assert_uint_eq(set->case_count, 3);
    ck_assert_uint_eq(set->run.case_count, 5);
    result_set_free(set);
}
END_TEST

START_TEST(cut_anywhere_it_is_never_whole_and_invents_nothing) {
    write_run(2, 2, true);
    size_t length;
    char *bytes = load(&length);
    for (size_t cut = 0; cut < length; cut++) {
        store(bytes, cut);
        size_t lines = 0;
        for (size_t i = 0; i < cut; i++) {
            lines += bytes[i] == '\n';
        }
        struct result_set *set = result_read(folder, &problem);
        if (lines == 0) {
            ck_assert_ptr_null(set);
            ck_assert_ptr_nonnull(strstr(problem.text, "results.jsonl"));
            continue;
        }
        ck_assert_msg(set != NULL, "cut at %zu: %s", cut, problem.text);
        ck_assert(!set->whole);
        ck_assert_uint_eq(set->case_count, lines - 1);
        ck_assert_uint_eq(set->lines_dropped, bytes[cut - 1] != '\n');
        result_set_free(set);
    }
    free(bytes);
}
END_TEST

/* Takes the line apart, changes a key of it (NULL: takes it away), and reads the run again. */
static void expect_refused(const char *good, const char *parent, const char *key, cJSON *instead) {
    cJSON *object = cJSON_Parse(good);
    cJSON *place =
        parent[0] == '\0' ? object : cJSON_GetArrayItem(cJSON_GetObjectItem(object, "checks"), 1);
    if (instead == NULL) {
        cJSON_DeleteItemFromObjectCaseSensitive(place, key);
    } else {
        cJSON_ReplaceItemInObjectCaseSensitive(place, key, instead);
    }
    char *line = cJSON_PrintUnformatted(object);
    cJSON_Delete(object);
    char wanted[80];
    snprintf(wanted, sizeof wanted, "\"%s%s\"", parent, key);
    struct result_case *one = result_case_from_json(line, &problem);
    ck_assert_msg(one == NULL, "taken in spite of %s: %s", wanted, line);
    ck_assert_msg(strstr(problem.text, wanted) != NULL, "%s does not name %s", problem.text,
                  wanted);
    free(line);
}

static void refuse_each_key(const char *good, const char *parent, const cJSON *object) {
    const cJSON *item;
    cJSON_ArrayForEach(item, object) {
        expect_refused(good, parent, item->string, NULL);
        if (strcmp(item->string, "type") != 0) {
            expect_refused(good, parent, item->string,
                           cJSON_IsBool(item) ? cJSON_CreateNumber(1) : cJSON_CreateTrue());
        }
    }
}

START_TEST(each_missing_or_mistyped_key_is_named) {
    struct result_case one = {.id = strdup("estop"), .check_count = 2};
    one.checks = memory_zeroed(2, sizeof *one.checks);
    char *good = result_case_to_json(&one);
    cJSON *object = cJSON_Parse(good);
    refuse_each_key(good, "", object);
    refuse_each_key(good, "checks[1].",
                    cJSON_GetArrayItem(cJSON_GetObjectItem(object, "checks"), 1));
    cJSON_Delete(object);
    free(good);
    result_case_clear(&one);
}
END_TEST

START_TEST(limits_in_the_wrong_order_are_refused) {
    struct result_case one = {.id = strdup("estop"), .check_count = 2};
    one.checks = memory_zeroed(2, sizeof *one.checks);
    char *good = result_case_to_json(&one);
    expect_refused(good, "checks[1].", "limit_min", cJSON_CreateNumber(1)); /* the other is 0 */
    free(good);
    result_case_clear(&one);
}
END_TEST

START_TEST(halves_negative_counts_and_wild_seeds_are_refused) {
    struct result_case one = {.id = strdup("estop")};
    char *good = result_case_to_json(&one);
    expect_refused(good, "", "frames", cJSON_CreateNumber(1.5));
    expect_refused(good, "", "frames", cJSON_CreateNumber(-1));
    expect_refused(good, "", "frames", cJSON_CreateNumber(1e17));
    expect_refused(good, "", "focus_from_ns", cJSON_CreateNumber(-1));
    expect_refused(good, "", "seed", cJSON_CreateString("-1"));
    expect_refused(good, "", "seed", cJSON_CreateString("12x"));
    expect_refused(good, "", "seed", cJSON_CreateString("18446744073709551616"));
    expect_refused(good, "", "verdict", cJSON_CreateString("PASS"));
    expect_refused(good, "", "focus_from_ns", cJSON_CreateNumber(1e12)); /* after its end */
    free(good);
    result_case_clear(&one);
}
END_TEST

START_TEST(unknown_keys_are_ignored) {
    struct result_case one = {.id = strdup("estop"), .verdict = VERDICT_FAIL};
    char *good = result_case_to_json(&one);
    cJSON *object = cJSON_Parse(good);
    cJSON_AddStringToObject(object, "weather", "rain");
    char *line = cJSON_PrintUnformatted(object);
    struct result_case *back = result_case_from_json(line, &problem);
    ck_assert_msg(back != NULL, "%s", problem.text);
    ck_assert(same_case(&one, back));
    result_case_free(back);
    result_case_clear(&one);
    cJSON_Delete(object);
    free(line);
    free(good);
}
END_TEST

static void expect_line_error(const char *bytes, const char *wanted) {
    store(bytes, strlen(bytes));
    ck_assert_ptr_null(result_read(folder, &problem));
    ck_assert_msg(strstr(problem.text, wanted) != NULL, "\"%s\" lacks \"%s\"", problem.text,
                  wanted);
}

START_TEST(errors_say_file_line_and_what) {
    write_run(0, 0, true);
    size_t length;
    char *bytes = load(&length);
    char *run_end = strchr(bytes, '\n') + 1;
    char head[4096];
    char text[8192];
    snprintf(head, sizeof head, "%.*s", (int)(run_end - bytes), bytes);

    snprintf(text, sizeof text, "%s{\"type\":\"case\",\n", head);
    expect_line_error(text, "results.jsonl:2: not JSON, from column");
    snprintf(text, sizeof text, "%s[1]\n", head);
    expect_line_error(text, ":2: not a JSON object");
    snprintf(text, sizeof text, "%s%s", head, head);
    expect_line_error(text, ":2: a second line of type run");
    snprintf(text, sizeof text, "%s{\"type\":\"end\",\"cases\":3}\n", head);
    expect_line_error(text, ":2: the end line says 3 cases, 0 are there");
    snprintf(text, sizeof text, "%s%s", bytes, run_end);
    expect_line_error(text, ":3: there is a line after the end line");
    expect_line_error(run_end, ":1: the first line has to be of type run");
    snprintf(text, sizeof text, "%s{\"type\":\"note\"}\n", head);
    expect_line_error(text, ":2: key \"type\" has to be run, case or end");
    snprintf(text, sizeof text, "{\"type\":\"run\",\"format\":99}\n");
    expect_line_error(text, ":1: the record has format 99");
    expect_line_error("{\"type\":\"run\",\"format\":0}\n", "\"format\" has to be a whole number");
    expect_line_error("{\"type\":\"run\",\"format\":1.5}\n", "\"format\" has to be a whole number");
    free(bytes);
}
END_TEST

/* Takes the key and its number out wherever they stand; false: nowhere. */
static bool take_out(char *bytes, const char *key) {
    bool any = false;
    for (char *at = bytes; (at = strstr(at, key)) != NULL; any = true) {
        size_t length = strlen(key) + strspn(at + strlen(key), "0123456789");
        memmove(at, at + length, strlen(at + length) + 1);
    }
    return any;
}

START_TEST(former_formats_are_read) {
    for (char format = '1'; format < '3'; format++) {
        write_run(3, 3, true);
        size_t length;
        char *bytes = load(&length);
        bytes[strlen("{\"type\":\"run\",\"format\":")] = format;
        ck_assert(take_out(bytes, ",\"observed\":"));
        char *clauses = strstr(bytes, ",\"clauses\":");
        char *run_end = strchr(bytes, '\n');
        ck_assert(clauses != NULL && clauses < run_end);
        memmove(clauses, run_end - 1, strlen(run_end - 1) + 1);
        store(bytes, strlen(bytes));
        struct result_set *set = result_read(folder, &problem);
        ck_assert_msg(set != NULL, "format %c: %s", format, problem.text);
        ck_assert_uint_eq(set->case_count, 3);
        ck_assert_uint_eq(set->run.clause_count, 0);
        ck_assert(set->whole);
        for (size_t i = 0; i < set->case_count; i++) {
            for (size_t k = 0; k < set->cases[i].check_count; k++) {
                ck_assert_uint_eq(set->cases[i].checks[k].observed, 0);
            }
        }
        result_set_free(set);
        free(bytes);
    }
}
END_TEST

/* Format 6 has it always; a record without it is an older one, or of hardware. */
START_TEST(a_record_says_what_was_judged) {
    static const struct {
        char format;
        const char *with, *en;
    } cases[] = {{'6', "\"dut_sha256\":\"ba7816bf\"", "ba7816bf"},
                 {'6', "\"dut_sha256\":null", "none, hardware"},
                 {'5', "\"dut_sha255\":null", "none, hardware"},
                 {'6', "\"dut_sha255\":null", NULL}};
    struct result_run run = a_run(0);
    run.wiring = (char *)"pile";
    run.evidence = (char *)"bench";
    struct result_file *file = result_create(path, &run, &problem);
    ck_assert(file != NULL && result_finish(file, &problem));
    size_t length;
    char *bytes = load(&length), text[8192];
    const char *key = strstr(bytes, "\"dut_sha256\":null");
    ck_assert_ptr_nonnull(key);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(key - bytes), bytes, cases[_i].with,
             key + strlen("\"dut_sha256\":null"));
    text[strlen("{\"type\":\"run\",\"format\":")] = cases[_i].format;
    store(text, strlen(text));
    struct result_set *set = result_read(folder, &problem);
    if (cases[_i].en == NULL) {
        ck_assert_ptr_null(set);
        ck_assert_ptr_nonnull(strstr(problem.text, "\"dut_sha256\" is missing"));
    } else {
        ck_assert_msg(set != NULL, "%s", problem.text);
        ck_assert_str_eq(result_identity(&set->run).en, cases[_i].en);
        set->run.wiring[0] = 's';
        ck_assert(cases[_i].en[0] != 'n' ||
                  strcmp(result_identity(&set->run).en, "not recorded") == 0);
        result_set_free(set);
    }
    free(bytes);
}
END_TEST

START_TEST(a_zero_byte_is_damage) {
    write_run(0, 0, true);
    size_t length;
    char *bytes = load(&length);
    bytes[length - 4] = '\0';
    store(bytes, length);
    ck_assert_ptr_null(result_read(folder, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, ":2: there is a zero byte"));
    free(bytes);
}
END_TEST

START_TEST(no_folder_is_told) {
    ck_assert_ptr_null(result_read("/nowhere/at/all", &problem));
    ck_assert_str_eq(problem.text,
                     "cannot read /nowhere/at/all/results.jsonl: No such file or directory");
}
END_TEST

/* ------------------------------------------------------------------ writing that fails */

START_TEST(a_full_disk_is_told) {
    struct result_run run = a_run(1);
    ck_assert_ptr_null(result_create("/dev/full", &run, &problem));
    ck_assert_str_eq(problem.text, "cannot write /dev/full: No space left on device");
}
END_TEST

START_TEST(a_missing_folder_is_told) {
    struct result_run run = a_run(1);
    ck_assert_ptr_null(result_create("/nowhere/results.jsonl", &run, &problem));
    ck_assert_str_eq(problem.text,
                     "cannot write /nowhere/results.jsonl: No such file or directory");
}
END_TEST

START_TEST(no_permission_is_told) {
    struct result_run run = a_run(1);
    if (geteuid() == 0) {
        ck_assert_int_eq(seteuid(65534), 0); /* permissions do not bind root */
    } else {
        ck_assert_int_eq(chmod(folder, 0500), 0);
    }
    ck_assert_ptr_null(result_create(path, &run, &problem));
    if (geteuid() == 65534) {
        ck_assert_int_eq(seteuid(0), 0);
    } else {
        chmod(folder, 0700);
    }
    ck_assert_ptr_nonnull(strstr(problem.text, path));
    ck_assert_ptr_nonnull(strstr(problem.text, "Permission denied"));
}
END_TEST

START_TEST(a_write_that_breaks_off_leaves_whole_lines_and_no_end) {
    struct result_run run = a_run(3);
    struct result_file *file = result_create(path, &run, &problem);
    ck_assert_ptr_nonnull(file);
    state = 3;
    struct result_case one = any_whole_case(0);
    ck_assert(result_append(file, &one, &problem));
    size_t length;
    free(load(&length));

    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit = {length + 20, RLIM_INFINITY};
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    ck_assert(!result_append(file, &one, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "File too large"));
    limit.rlim_cur = RLIM_INFINITY;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);

    ck_assert(!result_append(file, &one, &problem)); /* stays refused, with the cause */
    ck_assert_ptr_nonnull(strstr(problem.text, "File too large"));
    ck_assert(!result_finish(file, &problem));

    struct result_set *set = result_read(folder, &problem);
    ck_assert_msg(set != NULL, "%s", problem.text);
    ck_assert(!set->whole);
    ck_assert_uint_eq(set->case_count, 1);
    ck_assert_uint_eq(set->lines_dropped, 0); /* the half was cut off again */
    result_set_free(set);
    result_case_clear(&one);
}
END_TEST

/* ------------------------------------------------------------------ exit code */

static int code_of(const enum verdict *verdicts, size_t count, bool whole) {
    struct result_case cases[4] = {0};
    for (size_t i = 0; i < count; i++) {
        cases[i].verdict = verdicts[i];
    }
    struct result_set set = {.cases = cases, .case_count = count, .whole = whole};
    return result_exit_code(&set);
}

START_TEST(the_exit_code_is_that_of_the_worst) {
    const enum verdict pass[] = {VERDICT_PASS, VERDICT_PASS};
    const enum verdict none[] = {VERDICT_PASS, VERDICT_NONE};
    const enum verdict maybe[] = {VERDICT_INCONCLUSIVE, VERDICT_PASS};
    const enum verdict fail[] = {VERDICT_PASS, VERDICT_FAIL, VERDICT_INCONCLUSIVE};
    const enum verdict error[] = {VERDICT_FAIL, VERDICT_ERROR, VERDICT_PASS};
    ck_assert_int_eq(code_of(pass, 2, true), 0);
    ck_assert_int_eq(code_of(none, 2, true), 3);
    ck_assert_int_eq(code_of(maybe, 2, true), 3);
    ck_assert_int_eq(code_of(fail, 3, true), 1);
    ck_assert_int_eq(code_of(error, 3, true), 4);
    ck_assert_int_eq(code_of(pass, 2, false), 3); /* cut short: not green */
    ck_assert_int_eq(code_of(fail, 3, false), 1);
    ck_assert_int_eq(code_of(pass, 0, true), 3); /* nothing was judged */
}
END_TEST

START_TEST(what_is_not_applicable_counts_neither_way) {
    struct result_case cases[2] = {{.absent = true}, {.verdict = VERDICT_PASS}};
    struct result_set set = {.cases = cases, .case_count = 2, .whole = true};
    ck_assert_int_eq(result_exit_code(&set), 0);
    set.case_count = 1; /* nothing passed: no success */
    ck_assert_int_eq(result_exit_code(&set), 3);
    cases[0].verdict = VERDICT_FAIL; /* the profile demands it */
    set.case_count = 2;
    ck_assert_int_eq(result_exit_code(&set), 1);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("result");
    TCase *tests = tcase_create("record");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, any_case_comes_back_as_it_was);
    tcase_add_test(tests, numbers_are_short_and_exact);
    tcase_add_test(tests, bad_utf8_becomes_visible_and_valid);
    tcase_add_test(tests, a_finished_run_is_whole);
    tcase_add_test(tests, an_abandoned_run_is_not_whole);
    tcase_add_test(tests, cut_anywhere_it_is_never_whole_and_invents_nothing);
    tcase_add_test(tests, each_missing_or_mistyped_key_is_named);
    tcase_add_test(tests, limits_in_the_wrong_order_are_refused);
    tcase_add_test(tests, halves_negative_counts_and_wild_seeds_are_refused);
    tcase_add_test(tests, unknown_keys_are_ignored);
    tcase_add_test(tests, errors_say_file_line_and_what);
    tcase_add_test(tests, former_formats_are_read);
    tcase_add_loop_test(tests, a_record_says_what_was_judged, 0, 4);
    tcase_add_test(tests, a_zero_byte_is_damage);
    tcase_add_test(tests, no_folder_is_told);
    tcase_add_test(tests, a_full_disk_is_told);
    tcase_add_test(tests, a_missing_folder_is_told);
    tcase_add_test(tests, no_permission_is_told);
    tcase_add_test(tests, a_write_that_breaks_off_leaves_whole_lines_and_no_end);
    tcase_add_test(tests, the_exit_code_is_that_of_the_worst);
    tcase_add_test(tests, what_is_not_applicable_counts_neither_way);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
