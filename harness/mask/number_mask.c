/* SPDX-License-Identifier: MIT */
#include "harness/mask/number_mask.h"

#include "vehicle_bms/mask/mask.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define LONGEST      256 /* no number of a card, vehicle or meter comes near */
#define PARAM_DIGITS 9   /* of a meter's number in a parameter */

void number_mask_text(const struct number_mask *mask, char *text) {
    char masked[LONGEST];
    if (mask->on) {
        mask_text(mask->key, text, masked, sizeof masked);
        size_t length = strlen(masked);
        assert(length <= strlen(text)); /* as long as it was, or shorter when it is LONGEST */
        memcpy(text, masked, length);
        memset(text + length, '*', strlen(text + length)); /* what no number reaches */
    }
}

/* All the same of what means any, all or none: AA..., 99..., FF... */
static bool is_nobody(const char *digits) {
    return strchr("A9F", digits[0]) != NULL &&
           strspn(digits, (char[]){digits[0], '\0'}) == strlen(digits);
}

/* Digits in pairs; a pair AA is a wildcard and stays. */
static void mask_digits(const struct number_mask *mask, char *digits) {
    char original[LONGEST];
    size_t length = strlen(digits);
    assert(length < sizeof original);
    if (!mask->on || length == 0 || is_nobody(digits)) {
        return;
    }
    memcpy(original, digits, length + 1);
    number_mask_text(mask, digits);
    for (size_t i = 0; i + 1 < length; i += 2) {
        if (original[i] == 'A' && original[i + 1] == 'A') {
            memcpy(digits + i, "AA", 2);
        }
    }
}

void number_mask_address(const struct number_mask *mask, const uint8_t address[6],
                         char text[METER_ADDRESS_TEXT]) {
    meter_address_to_text(address, text);
    mask_digits(mask, text);
}

void number_mask_item(const struct number_mask *mask, const struct meter_item *item,
                      const uint8_t *data, bool chinese, char *text, size_t size) {
    meter_item_print(item, data, chinese, text, size);
    if (item->kind == METER_DIGITS) {
        mask_digits(mask, text);
    } else if (item->is_private) {
        number_mask_text(mask, text);
    }
}

/* A value as the firmware's own outputs have it: without zeros or a sign before it. */
static const char *significant(const char *value) {
    value += strspn(value, "+");
    while (value[0] == '0' && value[1] != '\0') {
        value++;
    }
    return value;
}

static void mask_meter(const struct number_mask *mask, const char *value, char *text) {
    char digits[METER_ADDRESS_TEXT];
    size_t length = strlen(value);
    if (length < METER_ADDRESS_TEXT && strspn(value, "0123456789") == length) {
        memset(digits, '0', METER_ADDRESS_TEXT - 1);
        memcpy(digits + METER_ADDRESS_TEXT - 1 - length, value, length + 1);
        mask_digits(mask, digits);
        assert(strlen(digits) == METER_ADDRESS_TEXT - 1);
        memcpy(text, digits + METER_ADDRESS_TEXT - 1 - PARAM_DIGITS, PARAM_DIGITS + 1);
    } else { /* no number of a meter: refused elsewhere, but not shown */
        snprintf(text, LONGEST, "%s", value);
        number_mask_text(mask, text);
    }
}

void number_mask_param(const struct number_mask *mask, const char *param, char *text, size_t size) {
    const char *equals = strchr(param, '=');
    size_t name = equals == NULL ? 0 : (size_t)(equals - param);
    bool card = name == strlen("card.number") && strncmp(param, "card.number", name) == 0;
    const char *number = strstr(param, "number");
    bool meter = strncmp(param, "meter.", 6) == 0 && number != NULL && number < equals;
    char value[LONGEST] = "";
    snprintf(text, size, "%s", param);
    if (!mask->on || (!card && !meter)) {
        return;
    }
    if (meter) {
        mask_meter(mask, significant(equals + 1), value);
    } else {
        snprintf(value, sizeof value, "%s", significant(equals + 1));
        number_mask_text(mask, value);
    }
    snprintf(text, size, "%.*s=%s", (int)name, param, value);
}
