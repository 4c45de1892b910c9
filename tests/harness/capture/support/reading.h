/* SPDX-License-Identifier: MIT */
/* reading.h: a capture from text in memory, and all its frames. */
#ifndef TESTS_HARNESS_CAPTURE_SUPPORT_READING_H
#define TESTS_HARNESS_CAPTURE_SUPPORT_READING_H

#include "harness/capture/capture.h"

#include <check.h>

#define READ_MAX 512

struct reading {
    struct capture_frame frames[READ_MAX];
    char networks[READ_MAX][CAPTURE_NETWORK_MAX];
    size_t count;
    struct capture_health health;
    struct problem problem; /* its text is "" when it could be opened */
};

void read_all(struct reading *reading, struct capture *capture);
void read_bytes(struct reading *reading, const void *data, size_t size,
                const struct capture_options *options);
void read_text(struct reading *reading, const char *text);
void read_fixture(struct reading *reading, const char *name);

/* The frame as candump would write it: "1826F456#010100". */
const char *frame_text(const struct reading *reading, size_t i);

/* Runs the cases as one suite; what main returns. */
int run_suite(const char *name, TCase *cases);

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
        ck_assert_str_eq((reading)->health.damages[i].what.en, wanted);                            \
    } while (0)

#endif
