/* SPDX-License-Identifier: MIT */
#include "harness/capture/source/reader.h"
#include "harness/capture/source/source.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A character of UTF-8 that was cut at the end goes altogether. */
static void mend_end(char text[CAPTURE_TEXT_SIZE]) {
    size_t length = strlen(text), start = length;
    if (length < CAPTURE_TEXT_SIZE - 1) {
        return;
    }
    while (start > 0 && ((uint8_t)text[start - 1] & 0xC0) == 0x80) {
        start--;
    }
    if (start > 0 && (uint8_t)text[start - 1] >= 0xC0) {
        text[start - 1] = '\0';
    }
}

static void set_list(struct capture_text *text, const char *en, const char *zh, va_list arguments)
    __attribute__((format(printf, 2, 0), format(printf, 3, 0)));

static void set_list(struct capture_text *text, const char *en, const char *zh, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    vsnprintf(text->en, sizeof text->en, en, arguments);
    vsnprintf(text->zh, sizeof text->zh, zh, again);
    va_end(again);
    mend_end(text->en);
    mend_end(text->zh);
}

void capture_text_set(struct capture_text *text, const char *en, const char *zh, ...) {
    va_list arguments;
    va_start(arguments, zh);
    set_list(text, en, zh, arguments);
    va_end(arguments);
}

enum reader_outcome reader_damaged(struct capture_text *what, const char *en, const char *zh) {
    assert(en[0] != '\0' && strlen(en) < CAPTURE_TEXT_SIZE && strlen(zh) < CAPTURE_TEXT_SIZE);
    strcpy(what->en, en);
    strcpy(what->zh, zh);
    return READER_DAMAGED;
}

enum reader_outcome reader_damaged_by(struct capture_text *what, const char *en, const char *zh,
                                      ...) {
    va_list arguments;
    va_start(arguments, zh);
    set_list(what, en, zh, arguments);
    va_end(arguments);
    return READER_DAMAGED;
}

enum reader_outcome reader_lost(struct capture_text *what, uint64_t count) {
    if (count > 0) {
        capture_text_set(what, "the recorder says that it lost %" PRIu64 " frames here",
                         "记录工具称在此丢失了%" PRIu64 "帧", count);
    } else {
        strcpy(what->en, "the recorder says that it lost frames here");
        strcpy(what->zh, "记录工具称在此丢失了帧");
    }
    return READER_LOST;
}

enum reader_outcome reader_line(struct source *source, struct capture_frame *frame, char **line,
                                struct capture_text *what) {
    size_t length;
    bool too_long;
    *line = source_line(source, &length, &too_long);
    if (*line == NULL) {
        return READER_END;
    }
    frame->line = source_line_number(source);
    if (too_long) {
        return reader_damaged(what, "line longer than 4096 bytes", "行超过4096字节");
    }
    if (strlen(*line) != length) {
        return reader_damaged(what, "the line contains NUL bytes", "行中有NUL字节");
    }
    return READER_FRAME;
}

#define ERROR_OF_CONTROLLER 0x04u /* CAN_ERR_CRTL: details in byte 1 of the data */
#define RECEIVE_OVERFLOW    0x01u /* CAN_ERR_CRTL_RX_OVERFLOW */

enum reader_outcome reader_error_frame(uint32_t id, const uint8_t *data, unsigned length,
                                       struct capture_text *what) {
    bool overflow = (id & ERROR_OF_CONTROLLER) != 0 && length > 1 && (data[1] & RECEIVE_OVERFLOW);
    return overflow ? reader_lost(what, 0) : READER_ERROR_FRAME;
}
