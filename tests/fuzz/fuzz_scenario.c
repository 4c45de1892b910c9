/* SPDX-License-Identifier: MIT */
/* fuzz_scenario.c: the loaders of cases, monitors, starts, profiles, mutants and vehicles on
 * arbitrary bytes, with the bench's own words (expressions, actions, keys). A refusal says what is
 * wrong, and where; what is accepted can be shown.
 *
 * The first byte says what the rest is: '0' a case, '1' monitors, '2' starts, '3' a profile, '4'
 * mutants, '5' a vehicle, '6' an expression, '7' an action, '8' JSON alone, '9' groups. */
#include "harness/action/action.h"
#include "harness/action/vocabulary.h"
#include "harness/bench/bench.h"
#include "harness/json/json.h"
#include "harness/scenario/library.h"
#include "harness/scenario/mutants.h"
#include "harness/scenario/preset.h"
#include "harness/scenario/profile.h"
#include "harness/scenario/scenario.h"
#include "harness/show/show.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEXT_MAX 2048 /* an expression or an action, with its end */
#define LIBRARY  64   /* inputs that share one: what was loaded stays until it goes */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static char folder[64];
static struct bench *signals;
static struct vocabulary vocabulary;

static void must(bool holds) {
    if (!holds) {
        abort();
    }
}

/* ---- a folder of scenarios in memory ---- */

static void put(const char *name, const void *bytes, size_t size) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    must(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
    close(fd);
}

/* The shipped files: inputs refer to their starts, vehicles and limits. */
static struct shipped {
    const char *name;
    size_t size;
    char bytes[1 << 18];
} shipped[] = {{.name = "monitors.json"},
               {.name = "starts.json"},
               {.name = "mutants.json"},
               {.name = "profiles/gbt-2015.json"},
               {.name = "vehicles/bus-lfp-540v.json"},
               {.name = "groups.json"},
               {.name = "cases/nbt33008.1/estop-while-charging.json"},
               {.name = "cases/nbt33008.1/weld.json"}};

static void read_shipped(struct shipped *file) {
    char path[512];
    snprintf(path, sizeof path, "%s/scenarios/%s", FUZZ_SOURCE_DIR, file->name);
    FILE *stream = fopen(path, "rb");
    must(stream != NULL);
    file->size = fread(file->bytes, 1, sizeof file->bytes, stream);
    must(file->size > 0 && file->size < sizeof file->bytes);
    fclose(stream);
    put(file->name, file->bytes, file->size);
}

static void put_back(const char *name) {
    for (size_t i = 0; i < sizeof shipped / sizeof shipped[0]; i++) {
        if (strcmp(shipped[i].name, name) == 0) {
            put(name, shipped[i].bytes, shipped[i].size);
        }
    }
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *where) {
    (void)status;
    (void)type;
    (void)where;
    return remove(path);
}

static void remove_folder(void) {
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    static const char *const parts[] = {"cases", "cases/nbt33008.1", "profiles", "vehicles"};
    struct problem problem = {0};
    (void)argc;
    (void)argv;
    snprintf(folder, sizeof folder, "%s/fuzz_scenario.XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    must(mkdtemp(folder) != NULL && atexit(remove_folder) == 0);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", folder, parts[i]);
        must(mkdir(path, 0700) == 0);
    }
    for (size_t i = 0; i < sizeof shipped / sizeof shipped[0]; i++) {
        read_shipped(&shipped[i]);
    }
    signals = bench_signals(&problem);
    must(signals != NULL);
    vocabulary = bench_vocabulary(signals);
    return 0;
}

/* ---- one input ---- */

static struct library *library;
static struct profile *profile;

static void open_library(void) {
    struct problem problem = {0};
    if (library != NULL) {
        library_free(library);
    }
    library = library_open(folder, &vocabulary, &problem);
    must(library != NULL);
    profile = profile_load(library, "gbt-2015", &problem);
    must(profile != NULL);
}

static bool load_case(const char *name, struct problem *problem) {
    size_t count;
    return scenario_load_rows(library, name, profile, &count, problem) != NULL;
}

/* One file of the folder replaced by the input, read by its loader, and put back. */
static bool load(char kind, const uint8_t *data, size_t size, struct problem *problem) {
    static const char *const places[] = {"cases/fuzzed.json",
                                         "monitors.json",
                                         "starts.json",
                                         "profiles/fuzzed.json",
                                         "mutants.json",
                                         "vehicles/fuzzed.json",
                                         NULL,
                                         NULL,
                                         NULL,
                                         "groups.json"};
    const char *place = places[kind - '0'];
    size_t count;
    bool loaded;
    put(place, data, size);
    switch (kind) {
    case '0':
        loaded = load_case("fuzzed", problem);
        break;
    case '3':
        loaded = profile_load(library, "fuzzed", problem) != NULL;
        break;
    case '4':
        loaded = mutants_load(library, &count, problem) != NULL;
        break;
    case '5':
        loaded = preset_load(library, "fuzzed", problem) != NULL;
        break;
    case '9':
        loaded = load_case("weld", problem);
        put_back(place);
        break;
    default:
        loaded = load_case("estop-while-charging", problem);
        put_back(place);
        break;
    }
    return loaded;
}

static void words_alone(char kind, const uint8_t *data, size_t size) {
    struct problem problem = {0};
    char text[TEXT_MAX], unit[32];
    size_t offset = 0;
    size = size < sizeof text - 1 ? size : sizeof text - 1;
    memcpy(text, data, size);
    text[size] = '\0';
    if (kind == '7') {
        struct action *action = action_parse(text, &problem, &offset);
        must(action != NULL || (problem.text[0] != '\0' && offset <= strlen(text)));
        free(action);
        return;
    }
    for (int quantity = 0; quantity <= 1; quantity++) {
        bool understood = vocabulary.expression(signals, text, quantity == 1, unit, sizeof unit,
                                                &problem, &offset);
        must(understood || (problem.text[0] != '\0' && offset <= strlen(text)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static unsigned inputs;
    struct problem problem = {0};
    if (size == 0 || data[0] < '0' || data[0] > '9') {
        return 0;
    }
    char kind = (char)data[0];
    if (kind >= '6' && kind <= '7') {
        words_alone(kind, data + 1, size - 1);
        return 0;
    }
    if (kind == '8') {
        struct json_text text;
        must(json_parse(&text, "x", (const char *)data + 1, size - 1, &problem) ||
             problem.line > 0);
        must(strstr(problem.text, "cannot be parsed") == NULL); /* scanner and parser agree */
        json_free(&text);
        return 0;
    }
    if (inputs++ % LIBRARY == 0) {
        open_library();
    }
    if (!load(kind, data + 1, size - 1, &problem)) {
        must(problem.text[0] != '\0' && problem.file[0] != '\0');
    }
    return 0;
}
