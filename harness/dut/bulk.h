/* SPDX-License-Identifier: MIT */
/* bulk.h: the bulk storage of a device under test in this process, in memory (dut.h, bulk_read).
 *
 *   struct dut_bulk bulk = {0};
 *   dut_bulk_write(&bulk, offset, bytes, size);      size, or an enum dut_error
 *   dut_bulk_read(&bulk, offset, bytes, size);       what was never written reads FF, as erased flash
 *   dut_bulk_copy(&bulk, file);                      as `pilebench records` reads it
 *   dut_bulk_limit(&bulk, 500);                      500 bytes more, then DUT_ERROR_FULL; 0: full
 *   dut_bulk_spoil(&bulk, offset, size);             these bytes are damaged: each is inverted
 *   dut_bulk_free(&bulk);
 *
 * 128 MiB, of which memory is taken only where something was written. */
#ifndef HARNESS_DUT_BULK_H
#define HARNESS_DUT_BULK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define DUT_BULK_BYTES       (128u * 1024 * 1024)
#define DUT_BULK_PIECE_BYTES (64u * 1024)
#define DUT_BULK_PIECES      (DUT_BULK_BYTES / DUT_BULK_PIECE_BYTES)

struct dut_bulk {
    uint8_t *pieces[DUT_BULK_PIECES]; /* NULL: erased */
    bool limited;
    size_t left; /* when limited: bytes that can still be written */
};

int dut_bulk_read(const struct dut_bulk *bulk, uint32_t offset, void *bytes, size_t size);
int dut_bulk_write(struct dut_bulk *bulk, uint32_t offset, const void *bytes, size_t size);
/* The write that goes beyond the limit is torn: its first bytes are in the storage. */
void dut_bulk_limit(struct dut_bulk *bulk, size_t bytes);
void dut_bulk_unlimit(struct dut_bulk *bulk);
void dut_bulk_spoil(struct dut_bulk *bulk, uint32_t offset, size_t size);
/* A copy of what was written, each byte where it is in the storage. False: the file cannot hold
 * it. */
bool dut_bulk_copy(const struct dut_bulk *bulk, FILE *file);
void dut_bulk_free(struct dut_bulk *bulk);

#endif
