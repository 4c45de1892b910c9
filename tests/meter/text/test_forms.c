/* SPDX-License-Identifier: MIT */
/* Every form of text with frames of a meter's line that is kept (the corpus of the fuzz program): its
 * frames, and the bytes that are in none. All of it is kept in forms.txt. */
#include "meter/text/frames.h"
#include "tests/support/inputs.h"
#include "tests/support/kept.h"
#include "tests/support/suite.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static FILE *to;

static void show(const uint8_t *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        fprintf(to, " %02X", bytes[i]);
    }
    fputc('\n', to);
}

static void frame(void *ctx, int64_t first_ns, int64_t last_ns, const struct meter_frame *got) {
    uint8_t bytes[METER_FRAME_BYTES_MAX];
    (void)ctx;
    fprintf(to, "  lines %" PRId64 " to %" PRId64 ":", first_ns, last_ns);
    show(bytes, meter_frame_encode(got, bytes));
}

static void damage(void *ctx, int64_t at_ns, enum meter_damage what, const uint8_t *bytes,
                   size_t count) {
    (void)ctx;
    fprintf(to, "  line %" PRId64 " damage %d:", at_ns, (int)what);
    show(bytes, count);
}

static void read_text(const char *how, const uint8_t *data, size_t size, bool bare) {
    struct meter_parser parser;
    fprintf(to, " %s\n", how);
    meter_parser_init(&parser, frame, damage, NULL);
    parser.accept_bare = bare;
    struct text_frames *frames = text_frames_new(&parser);
    for (size_t at = 0; at < size;) {
        const uint8_t *end = memchr(data + at, '\n', size - at);
        size_t length = end != NULL ? (size_t)(end - data) - at : size - at;
        text_frames_line(frames, data + at, length);
        at += length + 1;
    }
    text_frames_end(frames);
}

static int no_dots(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

START_TEST(every_form) {
    static const char folder[] = TEST_SOURCE_DIR "/tests/fuzz/corpus/meter_text";
    struct kept kept;
    struct dirent **entries;
    kept_open(&kept);
    to = kept.stream;
    int count = scandir(folder, &entries, no_dots, by_bytes);
    ck_assert_int_gt(count, 0);
    for (int i = 0; i < count; i++) {
        static uint8_t bytes[1 << 16];
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        FILE *file = fopen(path, "rb");
        ck_assert_ptr_nonnull(file);
        size_t size = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        fprintf(to, "%s\n", entries[i]->d_name);
        read_text("as it is", bytes, size, false);
        read_text("without 68 in front", bytes, size, true);
        read_text("cut", bytes, size * 3 / 4, false);
        free(entries[i]);
    }
    free(entries);
    kept_check(&kept, TEST_SOURCE_DIR "/tests/meter/text/forms.txt");
}
END_TEST

/* What a fuzzer found to go different ways. */
START_TEST(every_input) {
    static char line[4096], bytes[4096];
    struct kept kept;
    kept_open(&kept);
    to = kept.stream;
    FILE *inputs = fopen(TEST_SOURCE_DIR "/tests/meter/text/inputs.txt", "r");
    ck_assert_ptr_nonnull(inputs);
    while (input_next(inputs, line, sizeof line)) {
        fprintf(to, "%s\n", line);
        size_t size = input_bytes(line, bytes);
        read_text("as it is", (const uint8_t *)bytes, size, false);
        read_text("without 68 in front", (const uint8_t *)bytes, size, true);
    }
    fclose(inputs);
    kept_check(&kept, TEST_SOURCE_DIR "/tests/meter/text/inputs-read.txt");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("meter_text_forms");
    TCase *tests = tcase_create("forms");
    tcase_add_test(tests, every_form);
    tcase_add_test(tests, every_input);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
