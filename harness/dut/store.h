/* SPDX-License-Identifier: MIT */
/* store.h: the non-volatile records of a device under test in this process, in memory.
 *
 *   struct dut_store store = {0};
 *   dut_store_write(&store, 3, bytes, size);      0, or an enum dut_error
 *   dut_store_read(&store, 3, bytes, size);       bytes read, or an enum dut_error
 *   dut_store_free(&store);
 *
 * As dut.h wants it: a record is written whole; reading less than it holds reads its beginning. */
#ifndef HARNESS_DUT_STORE_H
#define HARNESS_DUT_STORE_H

#include <stddef.h>
#include <stdint.h>

#define DUT_STORE_RECORDS 64
#define DUT_STORE_BYTES   4096 /* a record at most */

struct dut_record {
    unsigned number;
    size_t size;
    uint8_t *bytes;
};

struct dut_store {
    struct dut_record records[DUT_STORE_RECORDS];
    unsigned count;
};

int dut_store_read(const struct dut_store *store, unsigned number, void *bytes, size_t size);
int dut_store_write(struct dut_store *store, unsigned number, const void *bytes, size_t size);

/* The record's bytes, or NULL when it was never written. */
const void *dut_store_find(const struct dut_store *store, unsigned number, size_t *size);

void dut_store_free(struct dut_store *store);

#endif
