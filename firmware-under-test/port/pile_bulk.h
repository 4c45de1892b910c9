/* SPDX-License-Identifier: MIT */
/* pile_bulk.h: the Linux port's bulk storage (dut.h, bulk_read): one file beside the store.
 *
 *   int file = pile_bulk_open("pile.nvs", why, sizeof why);    opens or makes pile.nvs.bulk
 *   pile_bulk_write(file, offset, bytes, size);                on the disk when it returns
 *   pile_bulk_read(file, offset, bytes, size);
 *
 * A byte of the file is a byte of the storage; what was never written is a hole, and reads 0.
 * Without a store (NULL) it is a file without a name, gone with the process. Erasing, wear and bad
 * blocks are the file system's and the disk's. */
#ifndef PILE_BULK_H
#define PILE_BULK_H

#include <stddef.h>
#include <stdint.h>

#define PILE_BULK_BYTES (128u * 1024 * 1024)

/* A descriptor, or -1 with one sentence in why. */
int pile_bulk_open(const char *store, char *why, size_t why_size);

/* Bytes read or written, else an enum dut_error. */
int pile_bulk_read(int file, uint32_t offset, void *bytes, size_t size);
int pile_bulk_write(int file, uint32_t offset, const void *bytes, size_t size);

#endif
