/* SPDX-License-Identifier: MIT */
/* number_mask.h: vehicle_bms/mask.h for numbers that stand outside CAN frames: of cards, vehicles
 * (VIN or plate) and meters.
 *
 *   struct number_mask mask = {.on = true, .key = "secret"};     key NULL: the default one
 *   number_mask_text(&mask, record.card);                        in place, same length
 *   number_mask_address(&mask, frame->address, text);            "000000000025" -> "730118442906"
 *   number_mask_param(&mask, "card.number=123456789", text, sizeof text);
 *
 * The same number has the same pseudonym under the same key wherever it stands: in a frame, a
 * charge record, a parameter, a meter's answer. With mask.on false everything stays as it is.
 *
 * A meter's number is masked as its 12 digits. An address that is nobody's stays: all AA (any), all
 * 99 (all), all FF (none). In one with some wildcards AA the other digits become a pseudonym of
 * their own, which is not a part of the meter's. */
#ifndef HARNESS_MASK_NUMBER_MASK_H
#define HARNESS_MASK_NUMBER_MASK_H

#include "meter/frame.h"
#include "meter/identifiers.h"

#include <stdbool.h>
#include <stddef.h>

struct number_mask {
    bool on;
    const char *key; /* NULL for the default key */
};

void number_mask_text(const struct number_mask *mask, char *text);

/* As meter_address_to_text. */
void number_mask_address(const struct number_mask *mask, const uint8_t address[6],
                         char text[METER_ADDRESS_TEXT]);

/* As meter_item_print: items that are a meter's number or address, or tell whose it is, become
 * pseudonyms. */
void number_mask_item(const struct number_mask *mask, const struct meter_item *item,
                      const uint8_t *data, bool chinese, char *text, size_t size);

/* A firmware's parameter as "name=value": card.number, and what begins with "meter." and has
 * "number" in its name. These are a meter's last nine digits, and so is what is written: its
 * pseudonym's last nine. */
void number_mask_param(const struct number_mask *mask, const char *param, char *text, size_t size);

#endif
