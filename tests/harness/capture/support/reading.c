/* SPDX-License-Identifier: MIT */
#include "tests/harness/capture/support/reading.h"

#include "harness/capture/source/source.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <string.h>

void read_all(struct reading *reading, struct capture *capture) {
    struct capture_frame frame;
    reading->count = 0;
    if (!capture) {
        return;
    }
    reading->problem.text[0] = '\0';
    memset(&frame, 0xA5, sizeof frame); /* what was in it does not matter */
    while (capture_next(capture, &frame)) {
        ck_assert_uint_lt(reading->count, READ_MAX);
        ck_assert_int_ge(frame.at_ns, 0);
        ck_assert_uint_le(frame.frame.len, 8);
        snprintf(reading->networks[reading->count], CAPTURE_NETWORK_MAX, "%s", frame.network);
        reading->frames[reading->count++] = frame;
        memset(&frame, 0xA5, sizeof frame);
    }
    ck_assert(!capture_next(capture, &frame)); /* the end stays the end */
    reading->health = *capture_health(capture);
    ck_assert_uint_eq(reading->health.frames, reading->count);
    capture_close(capture);
}

void read_bytes(struct reading *reading, const void *data, size_t size,
                const struct capture_options *options) {
    memset(reading, 0, sizeof *reading);
    read_all(reading, capture_from(source_memory(data, size), options, &reading->problem));
}

void read_text(struct reading *reading, const char *text) {
    read_bytes(reading, text, strlen(text), NULL);
}

void read_fixture(struct reading *reading, const char *name) {
    char path[512];
    memset(reading, 0, sizeof *reading);
    snprintf(path, sizeof path, "%s/tests/harness/capture/fixtures/%s", TEST_SOURCE_DIR, name);
    read_all(reading, capture_open(path, NULL, &reading->problem));
}

const char *frame_text(const struct reading *reading, size_t i) {
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

int run_suite(const char *name, TCase *cases) {
    Suite *suite = suite_create(name);
    suite_add_tcase(suite, cases);
    return suite_main(suite);
}
