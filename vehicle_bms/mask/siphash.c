/* SPDX-License-Identifier: MIT */
#include "vehicle_bms/mask/siphash.h"

#include <assert.h>

#define ROUNDS_WORD 2
#define ROUNDS_END  4

static uint64_t turn(uint64_t value, unsigned bits) {
    assert(bits > 0 && bits < 64);
    return value << bits | value >> (64 - bits);
}

static void rounds(uint64_t v[4], int count) {
    for (int i = 0; i < count; i++) {
        v[0] += v[1];
        v[1] = turn(v[1], 13) ^ v[0];
        v[0] = turn(v[0], 32);
        v[2] += v[3];
        v[3] = turn(v[3], 16) ^ v[2];
        v[0] += v[3];
        v[3] = turn(v[3], 21) ^ v[0];
        v[2] += v[1];
        v[1] = turn(v[1], 17) ^ v[2];
        v[2] = turn(v[2], 32);
    }
}

static void take_word(uint64_t v[4], uint64_t word) {
    v[3] ^= word;
    rounds(v, ROUNDS_WORD);
    v[0] ^= word;
}

uint64_t siphash(const uint64_t key[2], const void *data, size_t size) {
    const uint8_t *bytes = data;
    uint64_t v[4] = {key[0] ^ UINT64_C(0x736f6d6570736575), key[1] ^ UINT64_C(0x646f72616e646f6d),
                     key[0] ^ UINT64_C(0x6c7967656e657261), key[1] ^ UINT64_C(0x7465646279746573)};
    uint64_t word = 0;
    for (size_t i = 0; i < size; i++) {
        word |= (uint64_t)bytes[i] << 8 * (i % 8);
        if (i % 8 == 7) {
            take_word(v, word);
            word = 0;
        }
    }
    take_word(v, word | (uint64_t)(size & 0xFF) << 56);
    v[2] ^= 0xFF;
    rounds(v, ROUNDS_END);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}
