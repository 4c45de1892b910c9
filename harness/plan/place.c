/* SPDX-License-Identifier: MIT */
#include "harness/plan/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FROM_MOST 64 /* bytes of a path relative to the program's folder */

struct place {
    const char *from[2]; /* the program's folder: installed, and as it was built */
    const char *built;   /* absolute, where neither is there */
    char found[PATH_MAX + FROM_MOST];
};

/* The folder of the program's file, with its slash; false: nobody says. */
static bool own_folder(char folder[PATH_MAX]) {
    ssize_t length = readlink("/proc/self/exe", folder, PATH_MAX - 1);
    if (length <= 0) {
        return false;
    }
    folder[length] = '\0';
    char *slash = strrchr(folder, '/');
    if (slash == NULL) {
        return false;
    }
    slash[1] = '\0';
    return true;
}

static const char *find(struct place *place) {
    char folder[PATH_MAX];
    bool known = place->found[0] == '\0' && own_folder(folder);
    for (size_t i = 0; known && i < sizeof place->from / sizeof place->from[0]; i++) {
        snprintf(place->found, sizeof place->found, "%s%s", folder, place->from[i]);
        if (access(place->found, F_OK) == 0) {
            return place->found;
        }
        place->found[0] = '\0';
    }
    return place->found[0] != '\0' ? place->found : place->built;
}

const char *place_scenarios(void) {
    static struct place scenarios = {
        {"../share/pilebench/scenarios", "../scenarios"}, PILEBENCH_SCENARIOS, ""};
    const char *wanted = getenv("PILEBENCH_SCENARIOS");
    return wanted != NULL && wanted[0] != '\0' ? wanted : find(&scenarios);
}

const char *place_pile(void) {
    static struct place pile = {
        {"../lib/pilebench/pile", "firmware-under-test/pile"}, PILEBENCH_PILE, ""};
    return find(&pile);
}

bool place_program(const char *program, char file[PATH_MAX]) {
    const char *folder = strchr(program, '/') == NULL ? getenv("PATH") : NULL;
    if (folder == NULL) {
        return snprintf(file, PATH_MAX, "%s", program) < PATH_MAX;
    }
    while (true) {
        int length = (int)strcspn(folder, ":");
        int written = snprintf(file, PATH_MAX, "%.*s%s%s", length, folder, length > 0 ? "/" : "./",
                               program); /* an empty one is the working folder */
        if (written < PATH_MAX && access(file, X_OK) == 0) {
            return true;
        }
        if (folder[length] == '\0') {
            return false;
        }
        folder += length + 1;
    }
}
