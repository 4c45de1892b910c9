/* SPDX-License-Identifier: MIT */
/* scan.h: reads numbers and words off a line, for the text readers.
 *
 *   const char *p = line;
 *   int64_t ns;
 *   if (scan_seconds(&p, &ns) && scan_char(&p, ')')) ...
 *
 * Each returns whether it was there and moves *p behind it only then. Lines end with NUL; nothing
 * reads behind it. */
#ifndef HARNESS_CAPTURE_SOURCE_SCAN_H
#define HARNESS_CAPTURE_SOURCE_SCAN_H

#include "sim/can/can.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CAN_STANDARD_MAX 0x7FFu
#define CAN_EXTENDED_MAX 0x1FFFFFFFu

/* 0..15 for a hexadecimal digit; 0xFF for anything else. */
extern const uint8_t scan_hex_digit[256];

static inline unsigned scan_nibble(char c) {
    return scan_hex_digit[(uint8_t)c];
}

static inline bool scan_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Blanks: spaces and tabs. */
static inline const char *scan_blanks(const char *p) {
    while (*p == ' ' || *p == '\t') {
        p++;
    }
    return p;
}

bool scan_char(const char **p, char c);
bool scan_word(const char **p, const char *word); /* exactly, case matters */

/* Hexadecimal digits: at most 8 are a number, *digits says how many there were. */
bool scan_hex(const char **p, uint32_t *value, unsigned *digits);
/* Decimal digits, at most most of them; more is not there. */
bool scan_decimal(const char **p, unsigned most, uint64_t *value);
/* "1436509052.249713": seconds with up to 9 decimals (further ones are read and dropped), '.' or
 * ','; at most 10 digits before. A minus may lead. */
bool scan_seconds(const char **p, int64_t *ns);
/* "2023-05-04", also with '/' or '.': days since 1970; years up to 2199. */
bool scan_date(const char **p, int64_t *days);
/* "12:34:56.789", "12:34:56": since midnight. A further colon is left to the caller. */
bool scan_time_of_day(const char **p, int64_t *ns);
/* Up to 8 bytes as pairs of digits, parted by nothing or by one separator (0: none). Stops before
 * what is no pair. Returns how many; 9: there are more than 8. */
unsigned scan_bytes(const char **p, char separator, uint8_t data[8]);

#endif
