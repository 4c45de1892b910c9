/* SPDX-License-Identifier: MIT */
/* time_learn.c: what the cells of a column are as times, and how they go. */
#include "harness/capture/csv/csv.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_NS 1000000000ll
#define HOUR_NS   (3600 * SECOND_NS)

/* How many of the cells can be read so; first, last: of those that can. */
static unsigned readable(const struct csv_time *time, char *const cells[], unsigned count,
                         int64_t *first, int64_t *last) {
    unsigned n = 0;
    for (unsigned i = 0; i < count; i++) {
        int64_t ns;
        if (!csv_time_plain(time, cells[i], &ns)) {
            continue;
        }
        if (n++ == 0) {
            *first = ns;
        }
        *last = ns;
    }
    assert(n <= count);
    return n;
}

/* "0x592897", or digits of which some are letters. */
static bool looks_hex(char *const cells[], unsigned count) {
    static const struct csv_time as_counter = {.kind = CSV_TIME_HEX, .unit_ns = 1};
    unsigned hex = 0;
    for (unsigned i = 0; i < count; i++) {
        const char *cell = cells[i];
        bool prefix = cell[0] == '0' && (cell[1] == 'x' || cell[1] == 'X');
        int64_t ns;
        if (csv_time_plain(&as_counter, cell, &ns) && (prefix || strpbrk(cell, "abcdfABCDF"))) {
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
    assert(unit_ns >= 1 && unit_ns <= SECOND_NS / 1000);
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
    assert(course.up + course.down <= (course.read > 0 ? course.read - 1 : 0));
    assert(course.read <= count && course.up_s >= 0 && course.down_s >= 0);
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
