/* SPDX-License-Identifier: MIT */
#include "harness/dut/bulk.h"

#include "firmware-under-test/include/dut.h"
#include "sim/memory.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ERASED 0xFF

static bool beyond(uint32_t offset, size_t size) {
    return size > DUT_BULK_BYTES || offset > DUT_BULK_BYTES - size;
}

/* Bytes from offset to the end of its piece, at most size. */
static size_t within_piece(size_t offset, size_t size) {
    size_t rest = DUT_BULK_PIECE_BYTES - offset % DUT_BULK_PIECE_BYTES;
    size_t count = rest < size ? rest : size;
    assert(count > 0 && offset + count <= DUT_BULK_BYTES); /* each turn gets on */
    return count;
}

int dut_bulk_read(const struct dut_bulk *bulk, uint32_t offset, void *bytes, size_t size) {
    uint8_t *to = bytes;
    if (beyond(offset, size)) {
        return DUT_ERROR_ABSENT;
    }
    for (size_t done = 0; done < size;) {
        size_t at = offset + done, count = within_piece(at, size - done);
        const uint8_t *piece = bulk->pieces[at / DUT_BULK_PIECE_BYTES];
        if (piece == NULL) {
            memset(to + done, ERASED, count);
        } else {
            memcpy(to + done, piece + at % DUT_BULK_PIECE_BYTES, count);
        }
        done += count;
    }
    return (int)size;
}

static uint8_t *piece_for(struct dut_bulk *bulk, size_t at) {
    assert(at < DUT_BULK_BYTES);
    uint8_t **piece = &bulk->pieces[at / DUT_BULK_PIECE_BYTES];
    if (*piece == NULL) {
        *piece = memory_zeroed(1, DUT_BULK_PIECE_BYTES);
        memset(*piece, ERASED, DUT_BULK_PIECE_BYTES);
    }
    return *piece;
}

static void put(struct dut_bulk *bulk, uint32_t offset, const uint8_t *from, size_t size) {
    assert(!beyond(offset, size));
    for (size_t done = 0; done < size;) {
        size_t at = offset + done, count = within_piece(at, size - done);
        memcpy(piece_for(bulk, at) + at % DUT_BULK_PIECE_BYTES, from + done, count);
        done += count;
    }
}

int dut_bulk_write(struct dut_bulk *bulk, uint32_t offset, const void *bytes, size_t size) {
    if (beyond(offset, size)) {
        return DUT_ERROR_ABSENT;
    }
    if (!bulk->limited) {
        put(bulk, offset, bytes, size);
        return (int)size;
    }
    size_t count = size < bulk->left ? size : bulk->left;
    put(bulk, offset, bytes, count);
    bulk->left -= count;
    return count < size ? DUT_ERROR_FULL : (int)size;
}

void dut_bulk_limit(struct dut_bulk *bulk, size_t bytes) {
    bulk->limited = true;
    bulk->left = bytes;
}

void dut_bulk_unlimit(struct dut_bulk *bulk) {
    bulk->limited = false;
}

void dut_bulk_spoil(struct dut_bulk *bulk, uint32_t offset, size_t size) {
    assert(!beyond(offset, size));
    for (size_t at = offset; at < offset + size; at++) {
        uint8_t *byte = piece_for(bulk, at) + at % DUT_BULK_PIECE_BYTES;
        *byte = (uint8_t) ~*byte;
    }
}

bool dut_bulk_copy(const struct dut_bulk *bulk, FILE *file) {
    bool fine = true;
    for (size_t i = 0; fine && i < DUT_BULK_PIECES; i++) {
        fine = bulk->pieces[i] == NULL ||
               (fseek(file, (long)(i * DUT_BULK_PIECE_BYTES), SEEK_SET) == 0 &&
                fwrite(bulk->pieces[i], 1, DUT_BULK_PIECE_BYTES, file) == DUT_BULK_PIECE_BYTES);
    }
    return fine && fflush(file) == 0 && fseek(file, 0, SEEK_SET) == 0;
}

void dut_bulk_free(struct dut_bulk *bulk) {
    for (size_t i = 0; i < DUT_BULK_PIECES; i++) {
        free(bulk->pieces[i]);
        bulk->pieces[i] = NULL;
    }
}
