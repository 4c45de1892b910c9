/* SPDX-License-Identifier: MIT */
/* fuzz_reader.h: one reader of harness/capture on arbitrary bytes, recognised or not. What it hands
 * out has to be a frame, and it has to come to an end. */
#ifndef TESTS_FUZZ_FUZZ_READER_H
#define TESTS_FUZZ_FUZZ_READER_H

#include "harness/capture/capture.h"
#include "harness/capture/source/reader.h"
#include "harness/capture/source/source.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void must(bool holds) {
    if (!holds) {
        abort();
    }
}

static inline void fuzz_reader(const struct reader *reader, const uint8_t *data, size_t size) {
    static const struct capture_options options;
    struct problem problem = {0};
    struct capture_text what;
    struct source *source = source_memory(data, size);
    must(source != NULL);
    must(reader->recognise(data, size) <= 100);
    void *state = reader->open(source, &options, &problem);
    must(state != NULL || problem.text[0] != '\0');
    struct capture_frame frame = {0};
    enum reader_outcome outcome = READER_END;
    uint64_t last_line = 0;
    while (state != NULL) {
        what.en[0] = what.zh[0] = '\0';
        frame.network = NULL;
        outcome = reader->next(state, source, &frame, &what);
        if (outcome == READER_END) {
            break;
        }
        if (outcome == READER_FRAME) {
            must(frame.frame.len <= 8 && frame.at_ns >= 0 && frame.line > last_line);
            must(frame.frame.id <= (frame.frame.extended ? 0x1FFFFFFFu : 0x7FFu));
            must(frame.network != NULL && strlen(frame.network) < CAPTURE_NETWORK_MAX);
            last_line = frame.line;
        }
        bool damage = outcome == READER_DAMAGED || outcome == READER_CUT || outcome == READER_LOST;
        must(!damage || (what.en[0] != '\0' && what.zh[0] != '\0' && frame.line > 0));
        must(strlen(what.en) < sizeof what.en && strlen(what.zh) < sizeof what.zh);
    }
    if (state != NULL) {
        struct reader_about about = {.clock = CLOCK_NONE};
        reader->describe(state, &about);
        must(about.dialect.en[0] != '\0' && about.dialect.zh[0] != '\0');
        must(reader->next(state, source, &frame, &what) == READER_END); /* the end stays the end */
        reader->close(state);
    }
    source_close(source);
}

#endif
