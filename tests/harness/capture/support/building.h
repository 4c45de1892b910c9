/* SPDX-License-Identifier: MIT */
/* building.h: binary files put together in memory, byte by byte, apart from the code under test. */
#ifndef TESTS_HARNESS_CAPTURE_SUPPORT_BUILDING_H
#define TESTS_HARNESS_CAPTURE_SUPPORT_BUILDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BUILD_MAX (1u << 20)

struct built {
    bool big_endian;
    size_t size;
    uint8_t bytes[BUILD_MAX];
};

void add_bytes(struct built *to, const void *bytes, size_t size);
void add_number(struct built *to, uint64_t value, unsigned size);
void add_u8(struct built *to, uint8_t value);
void add_u16(struct built *to, uint16_t value);
void add_u32(struct built *to, uint32_t value);
void add_u64(struct built *to, uint64_t value);
void add_zeros(struct built *to, size_t count);

#endif
