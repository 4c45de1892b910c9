/* SPDX-License-Identifier: MIT */
#include "harness/run/folder.h"

#include "harness/scenario/scenario.h"
#include "sim/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of a case; the longest one last. */
static const char *const names[] = {"traces/%s.log", "traces/%s.log.part", "firmware/%s.log",
                                    "signals/%s.csv", "signals/%s.csv.part"};
#define NAMES (sizeof names / sizeof names[0])

#define EARLIER_NAME "results.earlier.jsonl"
#define LIST_NAME    ".evidence"
#define LIST_HEAD                                                                                  \
    "# Cases whose traces and signals the run of this folder writes; the next run removes them.\n"

static int taken = -1; /* its descriptor holds the lock */

bool folder_take(const char *out, struct problem *problem) {
    if (taken >= 0) {
        return true;
    }
    int fd = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        close(fd);
        return problem_set(
            problem, "another run writes into %s; give this one a folder of its own (--out)", out);
    }
    taken = fd;
    return true;
}

static bool make(const char *path, struct problem *problem) {
    return mkdir(path, 0777) == 0 || errno == EEXIST ||
           problem_set(problem, "cannot make the folder: %s: %s", strerror(errno), path);
}

bool folder_make(const char *out, struct problem *problem) {
    static const char *const inside[] = {"traces", "signals", "firmware"};
    bool made = make(out, problem) && folder_take(out, problem);
    for (size_t i = 0; made && i < sizeof inside / sizeof inside[0]; i++) {
        char *path = memory_format("%s/%s", out, inside[i]);
        made = make(path, problem);
        free(path);
    }
    return made;
}

void folder_set_aside(const char *out) {
    char *record = memory_format("%s/results.jsonl", out);
    char *earlier = memory_format("%s/" EARLIER_NAME, out);
    (void)rename(record, earlier);
    free(record);
    free(earlier);
}

static char *path_of(const char *out, const char *stem, size_t name) {
    char *file = memory_format(names[name], stem);
    char *path = memory_format("%s/%s", out, file);
    free(file);
    return path;
}

bool folder_has_room(const char *out, struct scenario *const *cases, size_t count,
                     struct problem *problem) {
    bool room = true;
    for (size_t i = 0; room && i < count; i++) {
        char *path = path_of(out, cases[i]->stem, NAMES - 1);
        room = strlen(path) < PATH_MAX && strlen(strrchr(path, '/') + 1) <= NAME_MAX;
        if (!room) {
            problem_set(problem, "the path is too long: %s", path);
        }
        free(path);
    }
    return room;
}

static void drop(const char *out, const char *stem) {
    for (size_t i = 0; i < NAMES; i++) {
        char *path = path_of(out, stem, i);
        (void)unlink(path);
        free(path);
    }
}

void folder_drop(const char *out, const struct scenario *scenario) {
    drop(out, scenario->stem);
}

/* What a line of the list may name: a file in the folder, whoever wrote that line. */
static bool is_stem(const char *text) {
    return text[0] != '\0' && text[0] != '.' && text[0] != '#' && strchr(text, '/') == NULL;
}

/* Without a list, or with one that cannot be read, nothing is known to be the bench's. */
static void drop_listed(const char *out, const char *list) {
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    FILE *file = fopen(list, "re");
    while (file != NULL && (length = getline(&line, &room, file)) > 0) {
        if (line[length - 1] == '\n') {
            line[length - 1] = '\0';
        }
        if (is_stem(line)) {
            drop(out, line);
        }
    }
    free(line);
    if (file != NULL) {
        fclose(file);
    }
}

static bool write_list(const char *list, struct scenario *const *cases, size_t count,
                       struct problem *problem) {
    (void)unlink(list); /* a link would lead elsewhere */
    FILE *file = fopen(list, "wxe");
    bool good = file != NULL && fputs(LIST_HEAD, file) >= 0;
    for (size_t i = 0; good && i < count; i++) {
        good = fprintf(file, "%s\n", cases[i]->stem) > 0;
    }
    if (file != NULL) {
        good = fclose(file) == 0 && good;
    }
    return good || problem_set(problem, "cannot write %s: %s", list, strerror(errno));
}

bool folder_begin(const char *out, struct scenario *const *cases, size_t count,
                  struct problem *problem) {
    char *list = memory_format("%s/" LIST_NAME, out);
    char *earlier = memory_format("%s/" EARLIER_NAME, out);
    drop_listed(out, list);
    bool good = write_list(list, cases, count, problem);
    if (good) {
        (void)unlink(earlier);
    }
    free(list);
    free(earlier);
    return good;
}

bool folder_go_on(const char *out, struct scenario *const *cases, size_t count, size_t kept,
                  struct problem *problem) {
    char *list = memory_format("%s/" LIST_NAME, out);
    for (size_t i = kept; i < count; i++) {
        folder_drop(out, cases[i]);
    }
    bool good = write_list(list, cases, count, problem);
    free(list);
    return good;
}

/* It is there, has something in it, and ends with a line end. */
static bool ends_well(const char *out, const char *stem, const char *form) {
    char *name = memory_format(form, stem);
    char *path = memory_format("%s/%s", out, name);
    FILE *file = fopen(path, "re");
    bool well = file != NULL && fseek(file, -1, SEEK_END) == 0 && fgetc(file) == '\n';
    if (file != NULL) {
        fclose(file);
    }
    free(path);
    free(name);
    return well;
}

size_t folder_whole(const char *out, struct scenario *const *cases, size_t kept) {
    size_t whole = 0;
    while (whole < kept && ends_well(out, cases[whole]->stem, "signals/%s.csv")) {
        whole++;
    }
    return whole;
}
