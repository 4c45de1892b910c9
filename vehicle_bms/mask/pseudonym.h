/* SPDX-License-Identifier: MIT */
/* pseudonym.h: the pseudonyms of mask.h.
 *
 *   struct pseudonym_key key = pseudonym_key("secret");
 *   pseudonym_text(&key, vin, 17);          in place: letters stay letters, digits digits
 *   pseudonym_bytes(&key, serial, 4);       in place: any bytes
 *
 * All ones (not supplied) stay all ones, and nothing else becomes all ones. In texts, spaces, NUL,
 * FF and punctuation stay where they are; bytes beyond ASCII become '*'. */
#ifndef VEHICLE_BMS_MASK_PSEUDONYM_H
#define VEHICLE_BMS_MASK_PSEUDONYM_H

#include <stddef.h>
#include <stdint.h>

struct pseudonym_key {
    uint64_t words[2];
};

struct pseudonym_key pseudonym_key(const char *text);
void pseudonym_text(const struct pseudonym_key *key, uint8_t *text, size_t size);
void pseudonym_bytes(const struct pseudonym_key *key, uint8_t *bytes, size_t size);

#endif
