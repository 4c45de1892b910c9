/* SPDX-License-Identifier: MIT */
#include "reports/page/report.h"

#include "reports/page/html.h"
#include "reports/page/junit.h"
#include "reports/record/times.h"
#include "sim/memory.h"

#include <stdlib.h>
#include <unistd.h>

#define JUNIT_NAME "junit.xml"
#define HTML_NAME  "report.html"

static bool save(struct buffer *text, const char *folder, const char *name,
                 struct problem *problem) {
    char *path = memory_format("%s/%s", folder, name);
    bool saved = buffer_save(text, path, problem);
    free(path);
    buffer_free(text);
    return saved;
}

bool report_write(const char *folder, struct problem *problem) {
    struct result_set *set = result_read(folder, problem);
    if (set == NULL) {
        return false;
    }
    times_read(folder, set);
    struct buffer xml = {0};
    struct buffer page = {0};
    junit_put(&xml, set);
    html_put_report(&page, folder, set);
    bool written = save(&xml, folder, JUNIT_NAME, problem);
    written = save(&page, folder, HTML_NAME, problem) && written;
    result_set_free(set);
    return written;
}

void report_remove(const char *folder) {
    const char *const names[] = {JUNIT_NAME, HTML_NAME, TIMES_NAME};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *path = memory_format("%s/%s", folder, names[i]);
        unlink(path);
        free(path);
    }
}
