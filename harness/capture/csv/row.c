/* SPDX-License-Identifier: MIT */
/* row.c: a frame from the cells of one row. */
#include "harness/capture/csv/csv.h"
#include "harness/capture/source/scan.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define FD_DATA_MAX 64

static const char *cell_of(const struct csv_layout *layout, enum csv_kind kind, char *const cells[],
                           unsigned count) {
    return csv_cell(layout->column[kind], cells, count);
}

static enum reader_outcome id_of(const struct csv_layout *layout, char *const cells[],
                                 unsigned count, struct capture_frame *frame,
                                 struct capture_text *what) {
    const char *cell = cell_of(layout, CSV_ID, cells, count);
    unsigned digits;
    if (!cell) {
        return reader_damaged_by(what, "the row has %u columns; the identifier is in column %d",
                                 "此行只有%u列，标识符在第%d列", count, layout->column[CSV_ID] + 1);
    }
    if (!csv_id(cell, layout->id_decimal, &frame->frame.id, &digits)) {
        return layout->id_decimal
                   ? reader_damaged_by(what, "identifier \"%.20s\" is no decimal number",
                                       "标识符“%.20s”不是十进制数", cell)
                   : reader_damaged_by(what, "identifier \"%.20s\" is no hexadecimal number",
                                       "标识符“%.20s”不是十六进制数", cell);
    }
    if (frame->frame.id > CAN_EXTENDED_MAX) {
        return reader_damaged(what, "identifier above 1FFFFFFF", "标识符大于1FFFFFFF");
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

/* Cells of one byte each to the row's end, or as many as the length says; -1: one is no byte. Empty
 * cells at the end are separators that the tool wrote too many. */
static int rest_cells(const struct csv_layout *layout, char *const cells[], unsigned count,
                      int length, uint8_t data[FD_DATA_MAX]) {
    const unsigned from = (unsigned)layout->column[CSV_DATA];
    assert(from > 0); /* the identifier stands in front of them */
    unsigned to = count > layout->tail ? count - layout->tail : 0;
    while (to > from && cells[to - 1][0] == '\0') {
        to--;
    }
    if (length >= 0 && to > from + (unsigned)length) {
        to = from + (unsigned)length; /* behind them letters, comments, more bytes up to 8 */
    }
    int n = 0;
    for (unsigned c = from; c < to && n < FD_DATA_MAX; c++) {
        if (!csv_byte(cells[c], layout->bytes_decimal, &data[n++])) {
            return -1;
        }
    }
    return n;
}

static int bytes_of(const struct csv_layout *layout, char *const cells[], unsigned count,
                    int length, uint8_t data[FD_DATA_MAX]) {
    if (layout->bytes > 0) {
        return byte_cells(layout, cells, count, length, data);
    }
    if (layout->rest) {
        return rest_cells(layout, cells, count, length, data);
    }
    const char *cell = cell_of(layout, CSV_DATA, cells, count);
    if (!cell) {
        return 0;
    }
    return layout->base64 ? csv_base64(cell, data, FD_DATA_MAX)
                          : csv_bytes(cell, data, FD_DATA_MAX);
}

bool csv_contradicts(const struct csv_layout *layout, char *const cells[], unsigned count) {
    uint8_t data[FD_DATA_MAX];
    unsigned length = 0;
    const char *cell = cell_of(layout, CSV_LENGTH, cells, count);
    bool has_length = cell != NULL && csv_length(cell, &length);
    int n = bytes_of(layout, cells, count, has_length ? (int)length : -1, data);
    return n < 0 || (has_length ? n < (int)length : cell != NULL && cell[0] != '\0');
}

static enum reader_outcome data_of(const struct csv_layout *layout, char *const cells[],
                                   unsigned count, unsigned words, struct capture_frame *frame,
                                   struct capture_text *what) {
    uint8_t data[FD_DATA_MAX];
    unsigned length = 0;
    const char *cell = cell_of(layout, CSV_LENGTH, cells, count);
    bool has_length = cell && cell[0];
    if (has_length && !csv_length(cell, &length)) {
        return reader_damaged_by(what, "length \"%.20s\" is no number up to 64",
                                 "长度“%.20s”不是64以内的数", cell);
    }
    int n = bytes_of(layout, cells, count, has_length ? (int)length : -1, data);
    if (n < 0) {
        return reader_damaged(what, "data is not bytes", "数据不是字节");
    }
    if (words & CSV_SAYS_FD || is_true(layout, CSV_FD, cells, count)) {
        return READER_FD;
    }
    if ((has_length ? (int)length : n) > 8) {
        return reader_damaged(what, "data longer than 8 bytes", "数据超过8字节");
    }
    if (has_length && n < (int)length) {
        return reader_damaged_by(what, "%d data bytes, but the length says %u",
                                 "有%d个数据字节，而长度为%u", n, length);
    }
    assert(n <= 8 || has_length);
    /* More bytes than the length says: tools fill up to 8. */
    frame->frame.len = (uint8_t)(has_length ? (int)length : n);
    memcpy(frame->frame.data, data, frame->frame.len);
    return READER_FRAME;
}

enum reader_outcome csv_row(struct csv_layout *layout, char *const cells[], unsigned count,
                            unsigned words, struct capture_frame *frame,
                            struct capture_text *what) {
    if (words & CSV_SAYS_STATUS) {
        return READER_SKIPPED;
    }
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
        (!cell || !csv_time_read(&layout->time, cell, csv_cell(layout->date, cells, count),
                                 &frame->at_ns))) {
        return reader_damaged_by(what, "time \"%.30s\" is unreadable", "时间“%.30s”无法读取",
                                 cell ? cell : "");
    }
    return READER_FRAME;
}
