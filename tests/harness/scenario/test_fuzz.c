/* SPDX-License-Identifier: MIT */
/* Garbage in, a problem out: shipped files with random bytes changed, from a fixed seed. The
 * sanitizers see what a crash would not show. */
#include "tests/harness/support/scenario_folder.h"

#include "harness/json/json.h"
#include "harness/json/scan.h"

#include <stdint.h>

#define ROUNDS 2000

static uint64_t state = 20240601;

/* xorshift64* */
static uint32_t draw(uint32_t below) {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (uint32_t)((state * UINT64_C(2685821657736338717)) >> 32) % below;
}

static size_t slurp(const char *name, char *bytes, size_t size) {
    char path[512];
    snprintf(path, sizeof path, "%s/scenarios/%s", TEST_SOURCE_DIR, name);
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s", path);
    size_t count = fread(bytes, 1, size, file);
    fclose(file);
    ck_assert_uint_gt(count, 0);
    return count;
}

/* One to four changes: another byte, a cut, a copied or a removed stretch, a swapped token. */
static size_t mutate(char *bytes, size_t count, size_t space) {
    static const char tokens[] = "{}[],:\"\\0-.eE@utn\xFF\xC3 ";
    for (uint32_t changes = 1 + draw(4); changes > 0 && count > 8; changes--) {
        size_t at = draw((uint32_t)count), length = 1 + draw(40);
        length = length > count - at ? count - at : length;
        switch (draw(5)) {
        case 0:
            bytes[at] = (char)draw(256);
            break;
        case 1:
            bytes[at] = tokens[draw(sizeof tokens - 1)];
            break;
        case 2:
            memmove(bytes + at, bytes + at + length, count - at - length);
            count -= length;
            break;
        case 3:
            if (count + length <= space) {
                memmove(bytes + at + length, bytes + at, count - at);
                count += length;
            }
            break;
        default:
            count = draw(10) == 0 ? at : count;
        }
    }
    return count;
}

static struct library *library;
static struct profile *profile;
static struct problem problem;

static void setup(void) {
    folder_make();
    library = library_open(folder, NULL, &problem);
    profile = profile_load(library, "p", &problem);
    ck_assert_ptr_nonnull(profile);
    folder_write("vehicles/bus-lfp-540v.json", "{\"title\": \"bus\", \"values\": {}}");
    static char bytes[1 << 16];
    folder_write_bytes("uses.json", bytes,
                       slurp("cases/nbt33008.1/weld.json", bytes, sizeof bytes));
    folder_write_bytes("groups.json", bytes, slurp("groups.json", bytes, sizeof bytes));
}

static void teardown(void) {
    library_free(library);
    folder_remove();
}

static const char *const names[] = {"cases/nbt33008.1/estop-while-charging.json",
                                    "cases/nbt33008.1/weld-both.json",
                                    "monitors.json",
                                    "starts.json",
                                    "profiles/gbt-2015.json",
                                    "mutants.json",
                                    "vehicles/bus-lfp-540v.json",
                                    "groups.json",
                                    "cases/nbt33008.1/weld.json"};

static bool load_as(int what) {
    size_t count;
    switch (what) {
    case 7:
        return scenario_load(library, "uses.json[k1]", profile, &problem) != NULL;
    case 8:
        return scenario_load_rows(library, "fuzzed.json", profile, &count, &problem) != NULL;
    case 0:
    case 1:
        return scenario_load(library, "fuzzed.json", profile, &problem) != NULL;
    case 4:
        return profile_load(library, "fuzzed", &problem) != NULL;
    case 5:
        return mutants_load(library, &count, &problem) != NULL;
    case 6:
        return preset_load(library, "fuzzed", &problem) != NULL;
    default:
        folder_write("cases/c.json",
                     "{\"id\": \"c\", \"title\": \"t\", \"vehicle\": \"bus-lfp-540v\", "
                     "\"start\": \"charging\"}");
        return scenario_load(library, "c", profile, &problem) != NULL;
    }
}

static const char *place_of(int what) {
    static const char *const places[] = {
        "fuzzed.json",          "fuzzed.json",          "monitors.json",
        "starts.json",          "profiles/fuzzed.json", "mutants.json",
        "vehicles/fuzzed.json", "groups.json",          "fuzzed.json"};
    return places[what];
}

START_TEST(mutated_files_never_crash_the_loader) {
    static char fresh[1 << 16], bytes[(1 << 16) + 1024];
    size_t count = slurp(names[_i], fresh, sizeof fresh);
    size_t refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
        memcpy(bytes, fresh, count);
        size_t size = mutate(bytes, count, sizeof bytes);
        folder_write_bytes(place_of(_i), bytes, size);
        problem = (struct problem){0};
        if (!load_as(_i)) {
            refused++;
            ck_assert_msg(problem.text[0] != '\0' && problem.file[0] != '\0', "a silent refusal");
        }
        if (round % 200 == 0) { /* what was loaded stays until the library goes */
            library_free(library);
            library = library_open(folder, NULL, &problem);
            profile = profile_load(library, "p", &problem);
            ck_assert_ptr_nonnull(profile);
        }
    }
    ck_assert_uint_gt(refused, ROUNDS / 4);
}
END_TEST

/* What the scanner lets pass, cJSON parses: their places and items stay in step (an assertion). */
START_TEST(scanner_and_parser_agree) {
    static const char tokens[] = "{}[],:\"\\ 0-1.eEtrufalsn\xC3\xA9\n";
    size_t passed = 0;
    for (int round = 0; round < 200000; round++) {
        char bytes[24];
        size_t size = 1 + draw(sizeof bytes);
        for (size_t i = 0; i < size; i++) {
            bytes[i] = tokens[draw(sizeof tokens - 1)];
        }
        struct json_text text;
        bool ok = json_parse(&text, "x", bytes, size, &problem);
        ck_assert(ok || problem.line > 0);
        ck_assert_ptr_null(strstr(problem.text, "cannot be parsed"));
        passed += ok;
        json_free(&text);
    }
    ck_assert_uint_gt(passed, 500);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("scenario_fuzz");
    TCase *tests = tcase_create("fuzz");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 240);
    tcase_add_loop_test(tests, mutated_files_never_crash_the_loader, 0,
                        (int)(sizeof names / sizeof names[0]));
    tcase_add_test(tests, scanner_and_parser_agree);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
