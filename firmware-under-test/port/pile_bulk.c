/* SPDX-License-Identifier: MIT */
#include "pile_bulk.h"

#include "dut.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PATH_SIZE 4096

int pile_bulk_open(const char *store, char *why, size_t why_size) {
    char path[PATH_SIZE];
    if (store == NULL) {
        int memory = memfd_create("pile bulk storage", MFD_CLOEXEC);
        if (memory < 0) {
            snprintf(why, why_size, "no memory for the bulk storage: %s", strerror(errno));
        }
        return memory;
    }
    int length = snprintf(path, sizeof path, "%s.bulk", store);
    int file = -1;
    errno = ENAMETOOLONG;
    if (length < (int)sizeof path) {
        file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    }
    if (file < 0) {
        snprintf(why, why_size, "cannot open the bulk storage '%s.bulk': %s", store,
                 strerror(errno));
    }
    return file;
}

static bool beyond(uint32_t offset, size_t size) {
    return size > PILE_BULK_BYTES || offset > PILE_BULK_BYTES - size;
}

int pile_bulk_read(int file, uint32_t offset, void *bytes, size_t size) {
    if (beyond(offset, size)) {
        return DUT_ERROR_ABSENT;
    }
    ssize_t got = pread(file, bytes, size, (off_t)offset);
    if (got < 0) {
        fprintf(stderr, "pile: cannot read the bulk storage: %s\n", strerror(errno));
        return DUT_ERROR_ABSENT;
    }
    memset((uint8_t *)bytes + got, 0, size - (size_t)got); /* beyond the file's end */
    return (int)size;
}

int pile_bulk_write(int file, uint32_t offset, const void *bytes, size_t size) {
    if (beyond(offset, size)) {
        return DUT_ERROR_ABSENT;
    }
    ssize_t put = pwrite(file, bytes, size, (off_t)offset);
    if (put != (ssize_t)size || fdatasync(file) != 0) {
        fprintf(stderr, "pile: cannot write the bulk storage: %s\n", strerror(errno));
        return DUT_ERROR_FULL;
    }
    return (int)size;
}
