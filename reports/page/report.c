/* SPDX-License-Identifier: MIT */
#include "reports/page/report.h"

#include "reports/page/html.h"
#include "reports/page/junit.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#define JUNIT_NAME "junit.xml"
#define HTML_NAME  "report.html"

static bool save(struct buffer *text, const char *folder, const char *name, char *why,
                 size_t why_size) {
    char path[PATH_MAX];
    bool saved = false;
    if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, name) < sizeof path) {
        struct problem problem = {0};
        saved = buffer_save(text, path, &problem);
        snprintf(why, why_size, "%s", problem.text);
    } else {
        snprintf(why, why_size, "cannot write %s into %s: the path is too long", name, folder);
    }
    buffer_free(text);
    return saved;
}

bool report_write(const char *folder, char *why, size_t why_size) {
    struct result_set *set = result_read(folder, why, why_size);
    if (set == NULL) {
        return false;
    }
    struct buffer xml = {0};
    struct buffer page = {0};
    junit_put(&xml, set);
    html_put_report(&page, folder, set);
    bool written = save(&xml, folder, JUNIT_NAME, why, why_size);
    written = save(&page, folder, HTML_NAME, why, why_size) && written;
    result_set_free(set);
    return written;
}

void report_remove(const char *folder) {
    const char *const names[] = {JUNIT_NAME, HTML_NAME};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, names[i]) < sizeof path) {
            unlink(path);
        }
    }
}
