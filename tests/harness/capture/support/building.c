/* SPDX-License-Identifier: MIT */
#include "tests/harness/capture/support/building.h"

#include <check.h>
#include <string.h>

void add_bytes(struct built *to, const void *bytes, size_t size) {
    if (to->size + size > BUILD_MAX) { /* every ck_assert costs a system call */
        ck_abort_msg("the file does not fit");
    }
    memcpy(to->bytes + to->size, bytes, size);
    to->size += size;
}

void add_number(struct built *to, uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; i++) {
        uint8_t byte = (uint8_t)(value >> 8 * (to->big_endian ? size - 1 - i : i));
        add_bytes(to, &byte, 1);
    }
}

void add_u8(struct built *to, uint8_t value) {
    add_number(to, value, 1);
}

void add_u16(struct built *to, uint16_t value) {
    add_number(to, value, 2);
}

void add_u32(struct built *to, uint32_t value) {
    add_number(to, value, 4);
}

void add_u64(struct built *to, uint64_t value) {
    add_number(to, value, 8);
}

void add_zeros(struct built *to, size_t count) {
    static const uint8_t zeros[64];
    for (size_t part; count > 0; count -= part) {
        part = count < sizeof zeros ? count : sizeof zeros;
        add_bytes(to, zeros, part);
    }
}
