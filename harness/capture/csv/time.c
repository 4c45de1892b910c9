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

static bool read_bare(const struct csv_time *time, const char *cell, int64_t *ns) {
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
    if (!(dated ? read_plain(time, both, ns) : read_bare(time, cell, ns))) {
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

/* How many of the cells can be read so; first, last: of those that can. */
static unsigned readable(const struct csv_time *time, char *const cells[], unsigned count,
                         int64_t *first, int64_t *last) {
    unsigned n = 0;
    for (unsigned i = 0; i < count; i++) {
        int64_t ns;
        if (!read_bare(time, cells[i], &ns)) {
            continue;
        }
        if (n++ == 0) {
            *first = ns;
        }
        *last = ns;
    }
    return n;
}

/* "0x592897", or digits of which some are letters. */
static bool looks_hex(char *const cells[], unsigned count) {
    unsigned hex = 0;
    for (unsigned i = 0; i < count; i++) {
        const char *cell = cells[i];
        bool prefix = cell[0] == '0' && (cell[1] == 'x' || cell[1] == 'X');
        int64_t ns;
        if (counter(cell, 1, &ns) && (prefix || strpbrk(cell, "abcdfABCDF"))) {
            hex++;
        }
    }
    return hex > 0;
}

/* Numbers since 1970 in this unit, for a date between 2001 and 2096. */
static bool since_1970(int64_t first_ns) {
    return first_ns >= 1000000000ll * SECOND_NS && first_ns < 4000000000ll * SECOND_NS;
}

/* The unit of bare numbers by content: since 1970 if they can be; else the one in which frames
 * come nearest to every 20 ms on average, which is what a charging bus does. */
static int64_t unit_by_content(char *const cells[], unsigned count) {
    static const int64_t units[] = {SECOND_NS, 1000000, 1000, 1};
    int64_t best = SECOND_NS;
    double best_distance = INFINITY;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        struct csv_time as = {.kind = CSV_TIME_NUMBER, .unit_ns = units[i]};
        int64_t first = 0, last = 0;
        unsigned n = readable(&as, cells, count, &first, &last);
        if (n > 0 && since_1970(first)) {
            return units[i];
        }
        if (n < 2 || last <= first) {
            continue;
        }
        double distance = fabs(log((double)(last - first) / (n - 1) / 20e6));
        if (distance < best_distance) {
            best_distance = distance;
            best = units[i];
        }
    }
    return best;
}

static bool learn_number(struct csv_time *time, char *const cells[], unsigned count,
                         int64_t unit_ns) {
    int64_t first = 0, last = 0;
    if (looks_hex(cells, count)) {
        /* The counter of ZLG's and CANalyst's boxes: 0.1 ms, 32 bits. */
        *time = (struct csv_time){.kind = CSV_TIME_HEX, .unit_ns = unit_ns ? unit_ns : 100000};
        time->wrap.period_ns = (1ll << 32) * time->unit_ns;
        if (time->wrap.period_ns > CAPTURE_MOST_NS) {
            time->wrap.period_ns = 0;
        }
        if (readable(time, cells, count, &first, &last) * 2 > count) {
            return true;
        }
    }
    *time = (struct csv_time){.kind = CSV_TIME_NUMBER,
                              .unit_ns = unit_ns ? unit_ns : unit_by_content(cells, count)};
    if (readable(time, cells, count, &first, &last) * 2 <= count) {
        return false;
    }
    time->absolute = since_1970(first);
    return true;
}

/* How fine the count behind the last colon is, by the most digits it ever has: up to three are
 * milliseconds, four are BUSMASTER's tenths of them. */
static int64_t count_of(char *const cells[], unsigned count) {
    size_t most = 0;
    for (unsigned i = 0; i < count; i++) {
        const char *p = strchr(cells[i], ':');
        for (int colon = 1; p != NULL && colon < 3; colon++) {
            p = strchr(p + 1, ':');
        }
        size_t digits = p != NULL ? strspn(p + 1, "0123456789") : 0;
        most = digits > most ? digits : most;
    }
    int64_t unit_ns = SECOND_NS;
    for (size_t digits = most < 3 ? 3 : most; digits > 0 && unit_ns > 1; digits--) {
        unit_ns /= 10;
    }
    return unit_ns;
}

bool csv_time_learn(struct csv_time *time, char *const cells[], unsigned count, int64_t unit_ns) {
    static const enum csv_time_kind kinds[] = {CSV_TIME_DATE, CSV_TIME_OF_DAY, CSV_TIME_MINUTES,
                                               CSV_TIME_GROUPS};
    const int64_t count_ns = count_of(cells, count);
    int64_t first, last;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        *time = (struct csv_time){.kind = kinds[i], .count_ns = count_ns};
        if (kinds[i] == CSV_TIME_MINUTES) {
            time->wrap.period_ns = HOUR_NS;
        }
        if (readable(time, cells, count, &first, &last) * 2 > count) {
            return true;
        }
    }
    if (count > 0 && learn_number(time, cells, count, unit_ns)) {
        return true;
    }
    *time = (struct csv_time){.kind = CSV_TIME_NONE};
    return false;
}

struct csv_course csv_time_course(struct csv_time time, char *const cells[], unsigned count) {
    struct csv_course course = {0};
    int64_t last = 0, ns;
    if (time.kind == CSV_TIME_OF_DAY) {
        time.wrap.period_ns = 24 * HOUR_NS; /* midnight is no step back */
    }
    for (unsigned i = 0; i < count; i++) {
        if (!csv_time_read(&time, cells[i], NULL, &ns)) {
            continue;
        }
        if (course.read++ > 0 && ns > last) {
            course.up++;
            course.up_s += (double)(ns - last) / 1e9;
        } else if (course.read > 1 && ns < last) {
            course.down++;
            course.down_s += (double)(last - ns) / 1e9;
        }
        last = ns;
    }
    return course;
}

bool csv_counts_rows(char *const cells[], unsigned count) {
    unsigned next = 0;
    for (unsigned i = 0; i < count; i++) {
        if (cells[i][0] == '\0' || cells[i][strspn(cells[i], "0123456789")] != '\0') {
            return false;
        }
        next += i > 0 && strtoull(cells[i], NULL, 10) == strtoull(cells[i - 1], NULL, 10) + 1;
    }
    return count > 1 && next * 10 >= (count - 1) * 9;
}
