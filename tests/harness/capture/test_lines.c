/* SPDX-License-Identifier: MIT */
/* Single lines in the middle of a sound capture, one at a time: which frame each gives, or what is said
 * about it. lines.txt has the lines, behind the head and in front of the tail of a capture of their
 * form; what becomes of them is kept in lines-read.txt. */
#include "harness/capture/capture.h"

#include "harness/capture/source/source.h"
#include "tests/harness/capture/support/showing.h"
#include "tests/support/inputs.h"
#include "tests/support/kept.h"
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 4096
#define LINE_MAX 512

static FILE *to;

struct form {
    char head[TEXT_MAX], tail[TEXT_MAX];
    uint64_t line; /* the one that is asked about */
};

/* Of the sound frames only those behind the line: what it leaves behind shows there. */
static void read_line(const struct form *form, const char *text) {
    static const struct capture_options options;
    struct problem problem = {0};
    struct capture_frame frame;
    char bytes[2 * TEXT_MAX + LINE_MAX];
    size_t size = strlen(form->head);
    memcpy(bytes, form->head, size);
    size += input_bytes(text, bytes + size);
    bytes[size++] = '\n';
    memcpy(bytes + size, form->tail, strlen(form->tail));
    size += strlen(form->tail);
    fprintf(to, "  %s\n", text);
    struct capture *capture =
        capture_from(source_memory((const uint8_t *)bytes, size), &options, &problem);
    if (capture == NULL) {
        fprintf(to, "    %s | %s\n", problem.text, problem.zh);
        return;
    }
    while (capture_next(capture, &frame)) {
        if (frame.line >= form->line) {
            show_frame(to, &frame);
        }
    }
    show_health(to, capture_health(capture));
    capture_close(capture);
}

/* "= name", lines of the head, "-", lines of the tail, "-", lines to be asked about. */
static void read_lines(FILE *file) {
    struct form form = {0};
    char line[LINE_MAX], bytes[LINE_MAX];
    unsigned part = 2;
    while (input_next(file, line, sizeof line)) {
        char *side = part == 0 ? form.head : form.tail;
        if (strncmp(line, "= ", 2) == 0) {
            fprintf(to, "%s\n", line);
            form = (struct form){.line = 1};
            part = 0;
        } else if (strcmp(line, "-") == 0) {
            part++;
        } else if (part >= 2) {
            read_line(&form, line);
        } else {
            input_bytes(line, bytes);
            ck_assert_uint_lt(strlen(side) + strlen(bytes) + 1, TEXT_MAX);
            strcat(strcat(side, bytes), "\n");
            form.line += part == 0;
        }
    }
}

START_TEST(every_line) {
    struct kept kept;
    kept_open(&kept);
    to = kept.stream;
    FILE *file = fopen(TEST_SOURCE_DIR "/tests/harness/capture/lines.txt", "r");
    ck_assert_ptr_nonnull(file);
    read_lines(file);
    fclose(file);
    kept_check(&kept, TEST_SOURCE_DIR "/tests/harness/capture/lines-read.txt");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("capture_lines");
    TCase *tests = tcase_create("lines");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, every_line);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
