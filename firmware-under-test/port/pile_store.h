/* SPDX-License-Identifier: MIT */
/* pile_store.h: the Linux port's non-volatile storage: numbered records in one text file.
 *
 *   struct pile_store store = {0};
 *   pile_store_open(&store, "pile.nvs", why, sizeof why);     path NULL: kept in memory only
 *   pile_store_write(&store, 3, bytes, size);                 on the disk when it returns
 *   pile_store_read(&store, 3, bytes, size);
 *
 * One line a record: its number, a space, its bytes in hex. Each write makes a new file and
 * renames it over the old one, so that a power cut leaves the one or the other, whole. */
#ifndef PILE_STORE_H
#define PILE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PILE_STORE_RECORDS 64
#define PILE_STORE_BYTES   1024 /* a record at most */

struct pile_record {
    unsigned number;
    size_t size;
    uint8_t bytes[PILE_STORE_BYTES];
};

struct pile_store {
    const char *path;
    unsigned count;
    struct pile_record records[PILE_STORE_RECORDS];
};

/* A file that does not exist is an empty store. False with one sentence in why: unreadable file,
 * or a line that is no record. */
bool pile_store_open(struct pile_store *store, const char *path, char *why, size_t why_size);

/* As dut.h's store_read and store_write: bytes read or 0, else an enum dut_error. */
int pile_store_read(const struct pile_store *store, unsigned number, void *bytes, size_t size);
int pile_store_write(struct pile_store *store, unsigned number, const void *bytes, size_t size);

#endif
