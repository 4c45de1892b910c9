/* SPDX-License-Identifier: MIT */
#include "reports/record/times.h"

#include "sim/memory.h"
#include "sim/text/buffer.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_A_SECOND 1e9
#define LONGEST_S   1e7 /* beyond it is no time of a case */

bool times_write(const char *folder, const struct result_set *set, struct problem *problem) {
    struct buffer text = {0};
    char *path = memory_format("%s/" TIMES_NAME, folder);
    buffer_put(&text, "case,seconds\n");
    for (size_t i = 0; i < set->case_count; i++) {
        buffer_format(&text, "%s,%.3f\n", set->cases[i].id,
                      (double)set->cases[i].took_ns / NS_A_SECOND);
    }
    bool saved = buffer_save(&text, path, problem);
    buffer_free(&text);
    free(path);
    return saved;
}

static void take_line(char *line, struct result_set *set, size_t *next) {
    char *comma = strrchr(line, ',');
    double seconds = comma != NULL ? strtod(comma + 1, NULL) : 0;
    if (comma == NULL || !(seconds > 0 && seconds < LONGEST_S)) {
        return;
    }
    *comma = '\0';
    for (size_t i = 0; i < set->case_count; i++) { /* the next one, as a rule */
        struct result_case *one = &set->cases[(*next + i) % set->case_count];
        if (strcmp(one->id, line) == 0) {
            one->took_ns = llround(seconds * NS_A_SECOND);
            *next += i + 1;
            return;
        }
    }
}

void times_read(const char *folder, struct result_set *set) {
    char *path = memory_format("%s/" TIMES_NAME, folder);
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0, next = 0;
    while (file != NULL && getline(&line, &room, file) > 0) {
        take_line(line, set, &next);
    }
    if (file != NULL) {
        fclose(file);
    }
    free(line);
    free(path);
}
