/* SPDX-License-Identifier: MIT */
/* fuzz_capture_text.c: the text readers of harness/capture on arbitrary bytes: first whichever
 * recognises them, then each of them whether it does or not. What is handed out has to be a
 * frame. */
#include "harness/capture/capture.h"
#include "harness/capture/source/reader.h"
#include "harness/capture/source/source.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds) {
    if (!holds) {
        abort();
    }
}

static void check_frame(const struct capture_frame *frame) {
    must(frame->frame.len <= 8);
    must(frame->frame.id <= (frame->frame.extended ? 0x1FFFFFFFu : 0x7FFu));
    must(frame->line > 0);
}

static void recognised(const uint8_t *data, size_t size, const struct capture_options *options) {
    struct problem problem = {0};
    struct capture_frame frame;
    struct capture *capture = capture_from(source_memory(data, size), options, &problem);
    if (!capture) {
        must(problem.text[0] != '\0');
        return;
    }
    uint64_t last_line = 0;
    while (capture_next(capture, &frame)) {
        check_frame(&frame);
        must(frame.at_ns >= 0 && frame.line > last_line);
        must(frame.network && strlen(frame.network) < CAPTURE_NETWORK_MAX);
        last_line = frame.line;
    }
    const struct capture_health *health = capture_health(capture);
    must(health->damage_count <= CAPTURE_DAMAGES_MAX &&
         health->damage_count <= health->damaged + health->losses);
    must(strlen(health->dialect.en) > 0 && strlen(health->dialect.zh) > 0 &&
         health->first_ns >= 0 && health->resolution_ns >= 0);
    capture_close(capture);
}

static void forced(const struct reader *reader, const uint8_t *data, size_t size) {
    static const struct capture_options options;
    struct problem problem = {0};
    struct capture_text what;
    struct source *source = source_memory(data, size);
    must(source != NULL);
    void *state = reader->open(source, &options, &problem);
    if (state) {
        struct capture_frame frame = {0};
        enum reader_outcome outcome;
        while ((outcome = reader->next(state, source, &frame, &what)) != READER_END) {
            if (outcome == READER_FRAME) {
                check_frame(&frame);
            }
        }
        reader->close(state);
    }
    source_close(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    /* Columns so that tables without sense are read too. */
    static const struct capture_options columns = {
        .columns = "time=1,id=2,length=3,data=4,direction=5,network=6,extended=7",
        .time_unit = "ms"};
    recognised(data, size, NULL);
    switch (size % 4) {
    case 0:
        forced(&reader_candump_log, data, size);
        break;
    case 1:
        forced(&reader_candump_console, data, size);
        break;
    case 2:
        forced(&reader_csv, data, size);
        break;
    case 3:
        recognised(data, size, &columns);
        break;
    }
    return 0;
}
