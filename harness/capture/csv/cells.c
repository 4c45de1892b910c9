/* SPDX-License-Identifier: MIT */
/* cells.c: a line into cells, and what single cells say. */
#include "harness/capture/csv/csv.h"
#include "harness/capture/source/scan.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

static void trim(char **cell) {
    char *p = *cell;
    while (*p == ' ' || *p == '\t') {
        p++;
    }
    size_t n = strlen(p);
    while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t')) {
        n--;
    }
    p[n] = '\0';
    *cell = p;
}

/* The quote that closes the cell: the next that a separator or the end follows. NULL: none, then
 * the quote in front is just dirt (CANalyst leaves ="12:34:56 open). */
static char *closing(char *p, char separator) {
    for (; *p; p++) {
        if (*p != '"') {
            continue;
        }
        if (p[1] == '"') {
            p++;
            continue;
        }
        char *q = p + 1;
        while (*q == ' ' || (*q == '\t' && separator != '\t')) {
            q++;
        }
        if (*q == '\0' || *q == separator) {
            return p;
        }
    }
    return NULL;
}

/* Takes one cell off *line; *line is NULL when it was the last. */
static char *take_cell(char **line, char separator) {
    char *p = *line;
    while (*p == ' ' || (*p == '\t' && separator != '\t')) {
        p++;
    }
    if (p[0] == '=' && p[1] == '"') { /* how Excel is told that this is text */
        p++;
    }
    char *cell = p, *end = *p == '"' ? closing(p + 1, separator) : NULL;
    if (*p == '"') {
        cell = p + 1;
    }
    char *stop = strchr(end ? end : cell, separator);
    *line = stop ? stop + 1 : NULL;
    if (stop) {
        *stop = '\0';
    }
    if (end) {
        *end = '\0';
    }
    trim(&cell);
    return cell;
}

static unsigned split_blanks(char *line, char *cells[CSV_CELLS_MAX]) {
    unsigned n = 0;
    char *p = line;
    while (n < CSV_CELLS_MAX) {
        while (*p == ' ' || *p == '\t') {
            *p++ = '\0';
        }
        if (*p == '\0') {
            break;
        }
        cells[n++] = p;
        while (*p && *p != ' ' && *p != '\t') {
            p++;
        }
    }
    return n;
}

unsigned csv_split(char *line, char separator, char *cells[CSV_CELLS_MAX]) {
    if (separator == ' ') {
        return split_blanks(line, cells);
    }
    unsigned n = 0;
    while (line && n < CSV_CELLS_MAX) {
        cells[n++] = take_cell(&line, separator);
        assert(line == NULL || line > cells[n - 1]); /* it moves on */
    }
    return n;
}

const char *csv_cell(int column, char *const cells[], unsigned count) {
    if (column <= CSV_LAST) {
        column += (int)count + 1;
    }
    return column >= 0 && column < (int)count ? cells[column] : NULL;
}

bool csv_is_comment(const char *line, char separator) {
    const char *p = scan_blanks(line);
    return *p == '\0' || *p == '#' || (p[0] == '/' && p[1] == '/') || strncmp(p, "***", 3) == 0 ||
           (*p == ';' && separator != ';');
}

bool csv_id(const char *cell, bool decimal, uint32_t *id, unsigned *digits) {
    const char *p = cell;
    if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
        p += 2;
        decimal = false;
    }
    if (decimal) {
        uint64_t value;
        if (!scan_decimal(&p, 10, &value) || *p != '\0') {
            return false;
        }
        *id = value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
        *digits = 0;
        return true;
    }
    while (p[0] == '0' && strlen(p) > 8) { /* more zeros than an identifier has digits */
        p++;
    }
    if (!scan_hex(&p, id, digits)) {
        return false;
    }
    if (*p == 'h' || *p == 'H' || *p == 'x' || *p == 'X') { /* 1826F456H; 1826F456x is Vector's */
        p++;
    }
    return *scan_blanks(p) == '\0';
}

int csv_bytes(const char *cell, uint8_t *data, int most) {
    const char *p = cell;
    int n = 0;
    if ((*p == 'x' || *p == 'X') && p[1] == '|') { /* CANalyst: "x| 01 02" */
        p += 2;
    }
    for (;;) {
        const char *before = p;
        while (*p == ' ' || *p == '\t' || (n > 0 && (*p == '-' || *p == ':' || *p == '.'))) {
            p++;
        }
        if (*p == '\0') {
            return n;
        }
        if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
            p += 2;
        }
        unsigned value = scan_nibble(*p);
        if (value > 15) {
            return -1;
        }
        p++;
        if (scan_nibble(*p) < 16) {
            value = value << 4 | scan_nibble(*p++);
        } else if ((n > 0 && before == p - 1) || (*p != ' ' && *p != '\0')) {
            return -1; /* a single digit stands alone */
        }
        if (*p == 'h' || *p == 'H') {
            p++;
        }
        if (n == most) {
            return most + 1;
        }
        data[n++] = (uint8_t)value;
    }
}

static int base64_digit(char c) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *p = c ? strchr(digits, c) : NULL;
    return p ? (int)(p - digits) : -1;
}

int csv_base64(const char *cell, uint8_t *data, int most) {
    uint32_t bits = 0;
    int have = 0, n = 0;
    size_t length = strlen(cell);
    if (length % 4 != 0) {
        return -1;
    }
    for (const char *p = cell; *p; p++) {
        if (*p == '=') {
            return p[1] == '\0' || (p[1] == '=' && p[2] == '\0') ? n : -1;
        }
        int digit = base64_digit(*p);
        if (digit < 0) {
            return -1;
        }
        bits = bits << 6 | (uint32_t)digit;
        have += 6;
        if (have < 8) {
            continue;
        }
        have -= 8;
        if (n == most) {
            return most + 1;
        }
        assert(have >= 0 && have < 8);
        data[n++] = (uint8_t)(bits >> have & 0xFF);
    }
    return n;
}

bool csv_byte(const char *cell, bool decimal, uint8_t *byte) {
    const char *p = cell;
    uint32_t value;
    unsigned digits;
    if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
        p += 2;
        decimal = false;
    }
    if (decimal) {
        uint64_t number;
        if (!scan_decimal(&p, 3, &number) || number > 255 || *p != '\0') {
            return false;
        }
        *byte = (uint8_t)number;
        return true;
    }
    if (!scan_hex(&p, &value, &digits) || digits > 2) {
        return false;
    }
    if (*p == 'h' || *p == 'H') {
        p++;
    }
    *byte = (uint8_t)value;
    return *p == '\0';
}

bool csv_length(const char *cell, unsigned *length) {
    const char *p = cell;
    uint32_t value;
    unsigned digits;
    uint64_t number;
    if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
        p += 2;
        if (!scan_hex(&p, &value, &digits) || value > 64) {
            return false;
        }
        *length = value;
    } else {
        if (!scan_decimal(&p, 2, &number) || number > 64) {
            return false;
        }
        *length = (unsigned)number;
    }
    return *p == '\0';
}

bool csv_true(const char *cell) {
    return strcasecmp(cell, "true") == 0 || strcmp(cell, "1") == 0 ||
           strcasecmp(cell, "yes") == 0 || strcasecmp(cell, "y") == 0 || strcasecmp(cell, "x") == 0;
}
