/* SPDX-License-Identifier: MIT */
/* row.c: a frame from the cells of one row, and what the first rows teach about cells. */
#include "harness/capture/csv/csv.h"
#include "harness/capture/source/peek.h"
#include "harness/capture/source/scan.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define FD_DATA_MAX 64

/* NULL when the layout or the row has no such cell. */
static const char *cell_of(const struct csv_layout *layout, enum csv_kind kind, char *const cells[],
                           unsigned count) {
    int column = layout->column[kind];
    return column >= 0 && (unsigned)column < count ? cells[column] : NULL;
}

static enum reader_outcome id_of(const struct csv_layout *layout, char *const cells[],
                                 unsigned count, struct capture_frame *frame,
                                 char what[READER_WHAT_SIZE]) {
    const char *cell = cell_of(layout, CSV_ID, cells, count);
    unsigned digits;
    if (!cell) {
        snprintf(what, READER_WHAT_SIZE, "the row has %u columns; the identifier is in column %d",
                 count, layout->column[CSV_ID] + 1);
        return READER_DAMAGED;
    }
    if (!csv_id(cell, layout->id_decimal, &frame->frame.id, &digits)) {
        snprintf(what, READER_WHAT_SIZE, "identifier \"%.20s\" is no %s number", cell,
                 layout->id_decimal ? "decimal" : "hexadecimal");
        return READER_DAMAGED;
    }
    if (frame->frame.id > CAN_EXTENDED_MAX) {
        return reader_damaged(what, "identifier above 1FFFFFFF");
    }
    return READER_FRAME;
}

/* More than 7FF is extended whatever the words say: a standard frame has no room for it. */
static bool is_extended(const struct csv_layout *layout, char *const cells[], unsigned count,
                        unsigned words, uint32_t id) {
    const char *cell = cell_of(layout, CSV_EXTENDED, cells, count);
    return id > CAN_STANDARD_MAX || (cell && csv_true(cell)) || words & CSV_SAYS_EXTENDED;
}

static bool is_true(const struct csv_layout *layout, enum csv_kind kind, char *const cells[],
                    unsigned count) {
    const char *cell = cell_of(layout, kind, cells, count);
    return cell && csv_true(cell);
}

/* Single bytes until the first empty cell; -1: one is no byte. */
static int byte_cells(const struct csv_layout *layout, char *const cells[], unsigned count,
                      int length, uint8_t *data) {
    int n = 0;
    while (n < (int)layout->bytes && (length < 0 || n < length) && layout->byte[n] < (int)count &&
           cells[layout->byte[n]][0]) {
        if (!csv_byte(cells[layout->byte[n]], layout->bytes_decimal, &data[n])) {
            return -1;
        }
        n++;
    }
    return n;
}

static int bytes_of(const struct csv_layout *layout, char *const cells[], unsigned count,
                    int length, uint8_t data[FD_DATA_MAX]) {
    if (layout->bytes > 0) {
        return byte_cells(layout, cells, count, length, data);
    }
    const char *cell = cell_of(layout, CSV_DATA, cells, count);
    if (!cell) {
        return 0;
    }
    return layout->base64 ? csv_base64(cell, data, FD_DATA_MAX)
                          : csv_bytes(cell, data, FD_DATA_MAX);
}

static enum reader_outcome data_of(const struct csv_layout *layout, char *const cells[],
                                   unsigned count, unsigned words, struct capture_frame *frame,
                                   char what[READER_WHAT_SIZE]) {
    uint8_t data[FD_DATA_MAX];
    unsigned length = 0;
    const char *cell = cell_of(layout, CSV_LENGTH, cells, count);
    bool has_length = cell && cell[0];
    if (has_length && !csv_length(cell, &length)) {
        snprintf(what, READER_WHAT_SIZE, "length \"%.20s\" is no number up to 64", cell);
        return READER_DAMAGED;
    }
    int n = bytes_of(layout, cells, count, has_length ? (int)length : -1, data);
    if (n < 0) {
        return reader_damaged(what, "data is not bytes");
    }
    if (words & CSV_SAYS_FD || is_true(layout, CSV_FD, cells, count)) {
        return READER_FD;
    }
    if ((has_length ? (int)length : n) > 8) {
        return reader_damaged(what, "data longer than 8 bytes");
    }
    if (has_length && n < (int)length) {
        snprintf(what, READER_WHAT_SIZE, "%d data bytes, but the length says %u", n, length);
        return READER_DAMAGED;
    }
    assert(n <= 8 || has_length);
    /* More bytes than the length says: tools fill up to 8. */
    frame->frame.len = (uint8_t)(has_length ? (int)length : n);
    memcpy(frame->frame.data, data, frame->frame.len);
    return READER_FRAME;
}

enum reader_outcome csv_row(struct csv_layout *layout, char *const cells[], unsigned count,
                            unsigned words, struct capture_frame *frame,
                            char what[READER_WHAT_SIZE]) {
    if (words & CSV_SAYS_ERROR || is_true(layout, CSV_ERROR, cells, count)) {
        return READER_ERROR_FRAME;
    }
    enum reader_outcome outcome = id_of(layout, cells, count, frame, what);
    if (outcome != READER_FRAME) {
        return outcome;
    }
    if (words & CSV_SAYS_REMOTE || is_true(layout, CSV_REMOTE, cells, count)) {
        return READER_REMOTE;
    }
    outcome = data_of(layout, cells, count, words, frame, what);
    if (outcome != READER_FRAME) {
        return outcome;
    }
    frame->frame.extended = is_extended(layout, cells, count, words, frame->frame.id);
    frame->sent = (words & CSV_SAYS_SENT) != 0;
    const char *cell = cell_of(layout, CSV_NETWORK, cells, count);
    frame->network = cell ? cell : "";
    cell = cell_of(layout, CSV_TIME, cells, count);
    frame->at_ns = 0;
    if (layout->time.kind != CSV_TIME_NONE &&
        (!cell || !csv_time_read(&layout->time, cell, &frame->at_ns))) {
        snprintf(what, READER_WHAT_SIZE, "time \"%.30s\" is unreadable", cell ? cell : "");
        return READER_DAMAGED;
    }
    return READER_FRAME;
}
