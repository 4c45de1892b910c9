/* SPDX-License-Identifier: MIT */
/* reading.h: a capture from text in memory, and all its frames. */
#ifndef TESTS_HARNESS_CAPTURE_SUPPORT_READING_H
#define TESTS_HARNESS_CAPTURE_SUPPORT_READING_H

#include "harness/capture/capture.h"
#include "harness/capture/source/reader.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define READ_MAX 512

struct reading {
    struct capture_frame frames[READ_MAX];
    char networks[READ_MAX][CAPTURE_NETWORK_MAX];
    size_t count;
    struct capture_health health;
    struct problem problem; /* its text is "" when it could be opened */
};

static inline void read_all(struct reading *reading, struct capture *capture) {
    struct capture_frame frame;
    reading->count = 0;
    if (!capture) {
        return;
    }
    reading->problem.text[0] = '\0';
    while (capture_next(capture, &frame)) {
        ck_assert_uint_lt(reading->count, READ_MAX);
        ck_assert_int_ge(frame.at_ns, 0);
        ck_assert_uint_le(frame.frame.len, 8);
        snprintf(reading->networks[reading->count], CAPTURE_NETWORK_MAX, "%s", frame.network);
        reading->frames[reading->count++] = frame;
    }
    ck_assert(!capture_next(capture, &frame)); /* the end stays the end */
    reading->health = *capture_health(capture);
    ck_assert_uint_eq(reading->health.frames, reading->count);
    capture_close(capture);
}

static inline void read_bytes(struct reading *reading, const void *data, size_t size,
                              const struct capture_options *options) {
    memset(reading, 0, sizeof *reading);
    read_all(reading, capture_from(source_memory(data, size), options, &reading->problem));
}

static inline void read_text(struct reading *reading, const char *text) {
    read_bytes(reading, text, strlen(text), NULL);
}

static inline void read_fixture(struct reading *reading, const char *name) {
    char path[512];
    memset(reading, 0, sizeof *reading);
    snprintf(path, sizeof path, "%s/tests/harness/capture/fixtures/%s", TEST_SOURCE_DIR, name);
    read_all(reading, capture_open(path, NULL, &reading->problem));
}

/* The frame as candump would write it: "1826F456#010100". */
static inline const char *frame_text(const struct reading *reading, size_t i) {
    static char text[32];
    ck_assert_uint_lt(i, reading->count);
    const struct can_frame_ext *frame = &reading->frames[i].frame;
    ck_assert(frame->extended || frame->id <= 0x7FF);
    int n = snprintf(text, sizeof text, frame->extended ? "%08X#" : "%03X#", frame->id);
    for (unsigned k = 0; k < frame->len; k++) {
        n += snprintf(text + n, sizeof text - (size_t)n, "%02X", frame->data[k]);
    }
    return text;
}

#define MS 1000000ll
#define S  (1000 * MS)

#define ck_frame(reading, i, ns, wanted)                                                           \
    do {                                                                                           \
        ck_assert_str_eq((reading)->problem.text, "");                                             \
        ck_assert_str_eq(frame_text(reading, i), wanted);                                          \
        ck_assert_int_eq((reading)->frames[i].at_ns, ns);                                          \
    } while (0)

#define ck_damage(reading, i, at, wanted)                                                          \
    do {                                                                                           \
        ck_assert_uint_gt((reading)->health.damage_count, i);                                      \
        ck_assert_uint_eq((reading)->health.damages[i].line, at);                                  \
        ck_assert_str_eq((reading)->health.damages[i].what, wanted);                               \
    } while (0)

static inline int run_suite(const char *name, TCase *cases) {
    Suite *suite = suite_create(name);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}

#endif
