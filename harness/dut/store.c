/* SPDX-License-Identifier: MIT */
#include "harness/dut/store.h"

#include "firmware-under-test/include/dut.h"
#include "sim/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const struct dut_record *find(const struct dut_store *store, unsigned number) {
    assert(store->count <= DUT_STORE_RECORDS);
    for (unsigned i = 0; i < store->count; i++) {
        if (store->records[i].number == number) {
            return &store->records[i];
        }
    }
    return NULL;
}

int dut_store_read(const struct dut_store *store, unsigned number, void *bytes, size_t size) {
    const struct dut_record *record = find(store, number);
    if (record == NULL) {
        return DUT_ERROR_ABSENT;
    }
    size_t count = size < record->size ? size : record->size;
    assert(record->size <= DUT_STORE_BYTES);
    memcpy(bytes, record->bytes, count);
    return (int)count;
}

static struct dut_record *add(struct dut_store *store, unsigned number) {
    assert(store->count < DUT_STORE_RECORDS);
    struct dut_record *record = &store->records[store->count++];
    record->number = number;
    record->bytes = memory_zeroed(1, DUT_STORE_BYTES);
    return record;
}

int dut_store_write(struct dut_store *store, unsigned number, const void *bytes, size_t size) {
    const struct dut_record *old = find(store, number);
    if (size > DUT_STORE_BYTES) {
        return DUT_ERROR_ARGUMENT;
    }
    if (old == NULL && store->count == DUT_STORE_RECORDS) {
        return DUT_ERROR_FULL;
    }
    struct dut_record *record =
        old == NULL ? add(store, number) : &store->records[old - store->records];
    memcpy(record->bytes, bytes, size);
    record->size = size;
    return 0;
}

const void *dut_store_find(const struct dut_store *store, unsigned number, size_t *size) {
    const struct dut_record *record = find(store, number);
    if (record == NULL) {
        return NULL;
    }
    *size = record->size;
    return record->bytes;
}

void dut_store_free(struct dut_store *store) {
    for (unsigned i = 0; i < store->count; i++) {
        free(store->records[i].bytes);
    }
    store->count = 0;
}
