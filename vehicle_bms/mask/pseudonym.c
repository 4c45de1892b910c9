/* SPDX-License-Identifier: MIT */
#include "vehicle_bms/mask/pseudonym.h"

#include "vehicle_bms/mask/siphash.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#define NOT_SUPPLIED 0xFF
#define BLANK        '*'

/* Two hashes of the key's text under fixed keys: any text gives 128 bits. */
struct pseudonym_key pseudonym_key(const char *text) {
    static const uint64_t first[2] = {1, 0}, second[2] = {2, 0};
    size_t size = strlen(text);
    return (struct pseudonym_key){{siphash(first, text, size), siphash(second, text, size)}};
}

/* Number n of the row that belongs to these bytes: it depends on all of them. */
static uint64_t draw(const struct pseudonym_key *key, uint64_t hash, uint64_t n) {
    uint64_t input[2] = {hash, n};
    return siphash(key->words, input, sizeof input);
}

static bool all_ones(const uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != NOT_SUPPLIED) {
            return false;
        }
    }
    return true;
}

static uint8_t replaced(uint8_t byte, uint64_t random) {
    if (byte >= '0' && byte <= '9') {
        return (uint8_t)('0' + random % 10);
    }
    if (byte >= 'A' && byte <= 'Z') {
        return (uint8_t)('A' + random % 26);
    }
    if (byte >= 'a' && byte <= 'z') {
        return (uint8_t)('a' + random % 26);
    }
    return byte < 0x80 || byte == NOT_SUPPLIED ? byte : BLANK;
}

void pseudonym_text(const struct pseudonym_key *key, uint8_t *text, size_t size) {
    uint64_t hash = siphash(key->words, text, size);
    for (size_t i = 0; i < size; i++) {
        text[i] = replaced(text[i], draw(key, hash, i));
    }
}

void pseudonym_bytes(const struct pseudonym_key *key, uint8_t *bytes, size_t size) {
    if (all_ones(bytes, size)) {
        return;
    }
    uint64_t hash = siphash(key->words, bytes, size);
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)draw(key, hash, i);
    }
    if (all_ones(bytes, size)) {
        bytes[0] = 0;
    }
    assert(!all_ones(bytes, size)); /* what was supplied stays supplied */
}
