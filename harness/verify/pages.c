/* SPDX-License-Identifier: MIT */
/* What people read is what the record gives: report.html and junit.xml made again, byte by byte. Another
 * version of this program may set them otherwise: then it is said that nobody looked. */
#include "harness/verify/internal.h"

#include "reports/page/html.h"
#include "reports/page/junit.h"
#include "reports/record/times.h"
#include "sim/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_whole(const char *folder, const char *name, size_t *length) {
    char *path = memory_format("%s/%s", folder, name);
    FILE *file = fopen(path, "re");
    char *bytes = NULL;
    size_t room = 0;
    ssize_t got = file != NULL ? getdelim(&bytes, &room, EOF, file) : -1;
    if (file != NULL) {
        fclose(file);
    }
    free(path);
    *length = got > 0 ? (size_t)got : 0;
    if (got <= 0) {
        free(bytes);
        return NULL;
    }
    return bytes;
}

static int line_of(const char *bytes, size_t at) {
    int line = 1;
    for (size_t i = 0; i < at; i++) {
        line += bytes[i] == '\n';
    }
    return line;
}

static bool is_same_program(const struct verify_record *record) {
    const struct manifest_maker *then = &record->manifest->maker, *now = record->ground->self;
    return now->program[0] != '\0' && strcmp(then->program, now->program) == 0;
}

static void compare(const struct verify_record *record, const char *name,
                    const struct buffer *wanted) {
    size_t length, at = 0;
    char *bytes = read_whole(record->ground->folder, name, &length);
    if (bytes == NULL) {
        return; /* missing: the manifest knows, or it was never made */
    }
    while (at < length && at < wanted->length && bytes[at] == wanted->chars[at]) {
        at++;
    }
    if (at < length || at < wanted->length) {
        char *place = memory_format("line %d", line_of(bytes, at));
        bool same = is_same_program(record);
        verify_add(
            record->to, same ? VERIFY_FAULT : VERIFY_UNCHECKED, name, place,
            same ? "is not what the record gives (`pilebench report` makes it anew)%.0s"
                 : "made by another build of pilebench (%s), is not what this one makes of the "
                   "record; `pilebench report` makes it anew",
            same ? "与记录不符（`pilebench report`可重新生成）%.0s"
                 : "由pilebench的另一构建（%s）生成，与本程序由记录生成的不同；`pilebench "
                   "report`可重新生成",
            record->manifest->maker.commit);
        free(place);
    }
    free(bytes);
}

void verify_pages(const struct verify_record *record) {
    bool page = manifest_find(record->manifest, "report.html") != NULL;
    bool junit = manifest_find(record->manifest, "junit.xml") != NULL;
    if (!page && !junit) {
        return;
    }
    struct problem ignored;
    struct buffer html = {0}, xml = {0};
    struct result_set *set = result_read(record->ground->folder, &ignored);
    if (set != NULL) {
        times_read(record->ground->folder, set);
        junit_put(&xml, set);
        html_put_report(&html, record->ground->folder, set);
        if (page) {
            compare(record, "report.html", &html);
        }
        if (junit) {
            compare(record, "junit.xml", &xml);
        }
        result_set_free(set);
    }
    buffer_free(&html);
    buffer_free(&xml);
}
