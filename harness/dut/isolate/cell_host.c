/* SPDX-License-Identifier: MIT */
/* The host of dut.h in the firmware's process. Inputs and clock come with each letter; outputs wait
 * until something else has to be asked, in their order. */
#include "harness/dut/blame.h"
#include "harness/dut/isolate/cell_internal.h"

#include <string.h>

void cell_take_inputs(struct cell *cell, const struct letter *letter) {
    cell->wall_s = letter->wall_s;
    if (letter->with_inputs) { /* else those of before are still so */
        cell->inputs_known = true;
        memcpy(cell->inputs, letter->inputs, sizeof cell->inputs);
    }
}

void cell_send(struct cell *cell, enum letter_kind kind) {
    struct letter *letter = &cell->box->letter;
    letter->kind = (uint32_t)kind;
    letter->output_count = cell->output_count;
    memcpy(letter->outputs, cell->outputs, cell->output_count * sizeof cell->outputs[0]);
    cell->output_count = 0;
    mailbox_pass(cell->box, TURN_BENCH);
    while (!mailbox_wait(cell->box, TURN_FIRMWARE, -1)) {
    }
    cell_take_inputs(cell, letter);
}

/* Not from a thread, nor from an exit handler: the bench is not listening. */
static struct cell *begin(void *ctx) {
    struct cell *cell = ctx;
    if (!cell->called) {
        cell->box->blame = DUT_BLAME_OUTSIDE;
    }
    return cell->called ? cell : NULL;
}

static void blame(const struct cell *cell, enum dut_blame what) {
    cell->box->blame = (uint32_t)what;
}

static int send_bytes(struct cell *cell, enum letter_kind kind, uint32_t a, const void *bytes,
                      size_t count) {
    memcpy(cell->box->bytes, bytes, count);
    cell->box->letter.a = a;
    cell->box->letter.count = count;
    cell_send(cell, kind);
    return (int)cell->box->letter.value;
}

static int take_bytes(struct cell *cell, enum letter_kind kind, uint32_t a, void *bytes,
                      size_t count) {
    cell->box->letter.a = a;
    cell->box->letter.count = count;
    cell_send(cell, kind);
    int result = (int)cell->box->letter.value;
    if (result > 0) {
        memcpy(bytes, cell->box->bytes, (size_t)result);
    }
    return result;
}

static int can_send(void *ctx, unsigned net, const struct dut_can_frame *frame) {
    const struct dut_can_frame copy = *frame;
    struct cell *cell = begin(ctx);
    if (cell == NULL) {
        return DUT_ERROR_ABSENT;
    }
    cell->box->letter.a = net;
    cell->box->letter.frame = copy;
    cell_send(cell, LETTER_CAN_SEND);
    return (int)cell->box->letter.value;
}

static int serial_write(void *ctx, unsigned line, const uint8_t *bytes, size_t count) {
    struct cell *cell = begin(ctx);
    if (cell == NULL) {
        return DUT_ERROR_ABSENT;
    }
    return count > MAILBOX_BYTES ? DUT_ERROR_FULL
                                 : send_bytes(cell, LETTER_SERIAL_WRITE, line, bytes, count);
}

static int32_t input(void *ctx, unsigned gun, enum dut_input channel) {
    struct cell *cell = begin(ctx);
    if (cell == NULL) {
        return 0;
    }
    if (gun >= cell->guns || (unsigned)channel >= DUT_INPUTS) {
        blame(cell, DUT_BLAME_INPUT);
        return 0;
    }
    if (!cell->inputs_known) {
        cell_send(cell, LETTER_INPUTS);
    }
    return cell->inputs[gun][channel];
}

static void output(void *ctx, unsigned gun, enum dut_output channel, int32_t value) {
    struct cell *cell = begin(ctx);
    if (cell == NULL) {
        return;
    }
    if (cell->output_count == MAILBOX_OUTPUTS) {
        cell_send(cell, LETTER_INPUTS);
    }
    cell->outputs[cell->output_count++] = (struct mail_output){gun, (uint32_t)channel, value};
    cell->inputs_known = false; /* it may change what is read */
}

static int store_read(void *ctx, unsigned record, void *bytes, size_t size) {
    struct cell *cell = begin(ctx);
    size_t count = size < MAILBOX_BYTES ? size : MAILBOX_BYTES;
    return cell == NULL ? DUT_ERROR_ABSENT
                        : take_bytes(cell, LETTER_STORE_READ, record, bytes, count);
}

static int store_write(void *ctx, unsigned record, const void *bytes, size_t size) {
    struct cell *cell = begin(ctx);
    if (cell == NULL) {
        return DUT_ERROR_ABSENT;
    }
    return size > MAILBOX_BYTES ? DUT_ERROR_ARGUMENT
                                : send_bytes(cell, LETTER_STORE_WRITE, record, bytes, size);
}

static bool beyond(uint32_t offset, size_t size) {
    return size > DUT_BULK_BYTES || offset > DUT_BULK_BYTES - size;
}

/* Small pieces come out of a block: a firmware that goes through its storage asks once for many. */
static int read_small(struct cell *cell, uint32_t offset, void *bytes, size_t size) {
    uint32_t first = offset / CELL_BLOCK * CELL_BLOCK;
    struct cell_block *block = &cell->block;
    if (!block->known || block->offset != first) {
        int result = take_bytes(cell, LETTER_BULK_READ, first, block->bytes, CELL_BLOCK);
        if (result < 0) {
            return result;
        }
        block->known = true;
        block->offset = first;
    }
    memcpy(bytes, block->bytes + (offset - first), size);
    return (int)size;
}

static int bulk_read(void *ctx, uint32_t offset, void *bytes, size_t size) {
    struct cell *cell = begin(ctx);
    uint8_t *to = bytes;
    if (cell == NULL || beyond(offset, size)) {
        return DUT_ERROR_ABSENT;
    }
    if (size > 0 && offset / CELL_BLOCK == (offset + size - 1) / CELL_BLOCK) {
        return read_small(cell, offset, bytes, size);
    }
    for (size_t done = 0; done < size;) {
        size_t piece = size - done < MAILBOX_BYTES ? size - done : MAILBOX_BYTES;
        int result = take_bytes(cell, LETTER_BULK_READ, offset + (uint32_t)done, to + done, piece);
        if (result < 0) {
            return result;
        }
        done += piece;
    }
    return (int)size;
}

/* Piece after piece: a storage that is full, or a supply that fails, stops it where it would stop the
 * whole. */
static int bulk_write(void *ctx, uint32_t offset, const void *bytes, size_t size) {
    struct cell *cell = begin(ctx);
    const uint8_t *from = bytes;
    if (cell == NULL || beyond(offset, size)) {
        return DUT_ERROR_ABSENT;
    }
    cell->block.known = false;
    for (size_t done = 0; done < size;) {
        size_t piece = size - done < MAILBOX_BYTES ? size - done : MAILBOX_BYTES;
        int result =
            send_bytes(cell, LETTER_BULK_WRITE, offset + (uint32_t)done, from + done, piece);
        if (result < 0) {
            return result;
        }
        done += piece;
    }
    return (int)size;
}

static void log_line(void *ctx, const char *text) {
    size_t length = strnlen(text, MAILBOX_BYTES - 1);
    struct cell *cell = begin(ctx);
    if (cell != NULL) {
        (void)send_bytes(cell, LETTER_LOG, 0, text, length);
    }
}

static int64_t wall_time(void *ctx) {
    const struct cell *cell = begin(ctx);
    return cell == NULL ? -1 : cell->wall_s;
}

struct dut_host cell_host(struct cell *cell) {
    return (struct dut_host){cell,        can_send, serial_write, input,      output,   store_read,
                             store_write, log_line, bulk_read,    bulk_write, wall_time};
}
