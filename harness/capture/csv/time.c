/* SPDX-License-Identifier: MIT */
/* time.c: times as tables have them. */
#include "harness/capture/csv/csv.h"
#include "harness/capture/source/scan.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_NS 1000000000ll
#define HOUR_NS   (3600 * SECOND_NS)

/* Up to three more digits in a group of their own: "12:34:56.789.012". */
static void microseconds(const char **p, int64_t *ns) {
    const char *q = *p;
    uint64_t us;
    if ((*q == '.' || *q == ':') && *ns % 1000000 == 0) {
        q++;
        if (scan_decimal(&q, 3, &us)) {
            *ns += (int64_t)us * 1000;
            *p = q;
        }
    }
}

/* What stands behind the last colon of 12:34:56:7 is a count, 7 ms: no tenths. */
static bool counted(const char **p, int64_t count_ns, int64_t *ns) {
    const char *q = *p + 1;
    uint64_t count;
    if (**p != ':' || !scan_digit(*q)) {
        return true;
    }
    if (!scan_decimal(&q, 9, &count) || (int64_t)count * count_ns >= SECOND_NS) {
        return false;
    }
    *ns += (int64_t)count * count_ns;
    *p = q;
    return true;
}

static bool clock_time(const char **p, int64_t count_ns, int64_t *ns) {
    if (!scan_time_of_day(p, ns) || !counted(p, count_ns, ns)) {
        return false;
    }
    microseconds(p, ns);
    return true;
}

static bool of_day(const char *p, int64_t count_ns, int64_t *ns) {
    const char *blank = strrchr(p, ' ');
    if (!clock_time(&p, count_ns, ns)) {
        p = blank ? blank + 1 : p;
        if (!clock_time(&p, count_ns, ns)) {
            return false;
        }
    }
    return *p == '\0';
}

static bool date(const char *p, int64_t count_ns, int64_t *ns) {
    int64_t days;
    if (!scan_date(&p, &days) || (*p != ' ' && *p != 'T' && *p != '_')) {
        return false;
    }
    p = scan_blanks(p + 1);
    if (!clock_time(&p, count_ns, ns)) {
        return false;
    }
    *ns += days * 24 * HOUR_NS;
    /* "Z", "+08:00": the zone moves all times alike and is left out. */
    return *p == '\0' || *p == 'Z' || *p == '+' || *p == '-' || *p == ' ';
}

bool csv_is_date(const char *cell) {
    int64_t days;
    return scan_date(&cell, &days) && *cell == '\0';
}

/* "2695.973.722": what follows the points are always three digits. */
static bool groups(const char *p, int64_t *ns) {
    int64_t unit_ns = SECOND_NS;
    uint64_t value;
    int more = 0;
    if (!scan_decimal(&p, 9, &value)) {
        return false;
    }
    *ns = (int64_t)value * unit_ns;
    for (; *p == '.' && more < 3; more++) {
        const char *from = ++p;
        unit_ns /= 1000;
        if (!scan_decimal(&p, 3, &value) || p - from != 3) {
            return false;
        }
        *ns += (int64_t)value * unit_ns;
    }
    return more >= 2 && *p == '\0';
}

static bool minutes(const char *p, int64_t *ns) {
    uint64_t minute;
    int64_t second;
    if (!scan_decimal(&p, 2, &minute) || minute > 59 || *p++ != ':') {
        return false;
    }
    if (!scan_digit(*p) || !scan_seconds(&p, &second) || second > 60 * SECOND_NS) {
        return false;
    }
    *ns = (int64_t)minute * 60 * SECOND_NS + second;
    return *p == '\0';
}

/* As Excel writes large numbers, "1.43651E+15"; or more digits than fit. */
static bool large_number(const char *cell, int64_t unit_ns, int64_t *ns) {
    char *end;
    double value = strtod(cell, &end) * (double)unit_ns;
    if (end == cell || *end != '\0' || !(fabs(value) < (double)CAPTURE_MOST_NS)) {
        return false;
    }
    *ns = (int64_t)value;
    return true;
}

static bool number(const char *cell, int64_t unit_ns, int64_t *ns) {
    const char *p = cell;
    bool negative = *p == '-';
    uint64_t whole;
    int64_t part = 0;
    if (negative) {
        p++;
    }
    if (!scan_digit(*p)) {
        return false;
    }
    if (!scan_decimal(&p, 19, &whole) || whole > (uint64_t)(CAPTURE_MOST_NS / unit_ns)) {
        return large_number(cell, unit_ns, ns);
    }
    if ((*p == '.' || *p == ',') && scan_digit(p[1])) {
        char fraction[12] = "0.";
        size_t n = 0;
        for (p++; scan_digit(*p); p++) {
            if (n < 9) {
                fraction[2 + n++] = *p;
            }
        }
        const char *f = fraction;
        if (!scan_seconds(&f, &part)) {
            return false;
        }
    }
    if (*p == 'e' || *p == 'E') {
        return large_number(cell, unit_ns, ns);
    }
    p = scan_blanks(p);
    int64_t unit_said;
    if (*p != '\0' && (!csv_time_unit(p, &unit_said) || unit_said != unit_ns)) {
        return false;
    }
    *ns = (int64_t)whole * unit_ns + part / (SECOND_NS / unit_ns);
    *ns = negative ? -*ns : *ns;
    return true;
}

static bool counter(const char *p, int64_t unit_ns, int64_t *ns) {
    uint32_t value;
    unsigned digits;
    if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
        p += 2;
    }
    if (!scan_hex(&p, &value, &digits)) {
        return false;
    }
    *ns = (int64_t)value * unit_ns;
    return *p == '\0' || ((*p == 'h' || *p == 'H') && p[1] == '\0');
}

static bool read_plain(const struct csv_time *time, const char *cell, int64_t *ns) {
    switch (time->kind) {
    case CSV_TIME_DATE:
        return date(cell, time->count_ns, ns);
    case CSV_TIME_OF_DAY:
        return of_day(cell, time->count_ns, ns);
    case CSV_TIME_MINUTES:
        return minutes(cell, ns);
    case CSV_TIME_GROUPS:
        return groups(cell, ns);
    case CSV_TIME_NUMBER:
        return number(cell, time->unit_ns, ns);
    case CSV_TIME_HEX:
        return counter(cell, time->unit_ns, ns);
    case CSV_TIME_NONE:
        break;
    }
    *ns = 0;
    return true;
}

#define CELL_MAX 64

/* Without brackets around it: "[13:40:00.000]". */
static const char *bare(const char *cell, char copy[CELL_MAX]) {
    const size_t length = strlen(cell);
    const bool square = cell[0] == '[' && length > 2 && cell[length - 1] == ']';
    const bool round = cell[0] == '(' && length > 2 && cell[length - 1] == ')';
    if ((!square && !round) || length - 2 >= CELL_MAX) {
        return cell;
    }
    memcpy(copy, cell + 1, length - 2);
    copy[length - 2] = '\0';
    return copy;
}

bool csv_time_plain(const struct csv_time *time, const char *cell, int64_t *ns) {
    char copy[CELL_MAX];
    return read_plain(time, bare(cell, copy), ns);
}

static bool add_up(struct csv_time *time, int64_t *ns) {
    int64_t step_ns = *ns > 0 ? *ns : 0;
    if (step_ns > CAPTURE_MOST_NS - time->sum_ns) {
        return false;
    }
    time->sum_ns += step_ns;
    *ns = time->sum_ns;
    return true;
}

bool csv_time_read(struct csv_time *time, const char *cell, const char *day, int64_t *ns) {
    char both[2 * CELL_MAX];
    bool dated = day != NULL && time->kind == CSV_TIME_DATE;
    if (dated && snprintf(both, sizeof both, "%s %s", day, cell) >= (int)sizeof both) {
        return false;
    }
    if (!(dated ? read_plain(time, both, ns) : csv_time_plain(time, cell, ns))) {
        return false;
    }
    assert(time->kind == CSV_TIME_NUMBER || time->kind == CSV_TIME_HEX ? time->unit_ns > 0 : true);
    if (time->deltas && !add_up(time, ns)) {
        return false;
    }
    if (time->wrap.period_ns) {
        *ns = clock_carry(&time->wrap, *ns);
    }
    if (time->base_ns > 0) {
        *ns = *ns > CAPTURE_MOST_NS - time->base_ns ? CAPTURE_MOST_NS : *ns + time->base_ns;
    }
    return true;
}

bool csv_time_unit(const char *text, int64_t *unit_ns) {
    static const struct {
        const char *text;
        int64_t ns;
    } units[] = {
        {"s", SECOND_NS},  {"sec", SECOND_NS},
        {"秒", SECOND_NS}, {"ms", 1000000},
        {"毫秒", 1000000}, {"0.1ms", 100000},
        {"us", 1000},      {"µs", 1000}, /* micro sign */
        {"μs", 1000},      /* Greek letter */ {"微秒", 1000},
        {"ns", 1},
    };
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(text, units[i].text) == 0) {
            *unit_ns = units[i].ns;
            return true;
        }
    }
    return false;
}

enum capture_clock csv_time_clock(const struct csv_time *time) {
    if (time->kind == CSV_TIME_NONE) {
        return CLOCK_NONE;
    }
    if (time->kind == CSV_TIME_DATE || time->absolute || time->base_ns > 0) {
        return CLOCK_ABSOLUTE;
    }
    return time->kind == CSV_TIME_OF_DAY ? CLOCK_OF_DAY : CLOCK_RELATIVE;
}
