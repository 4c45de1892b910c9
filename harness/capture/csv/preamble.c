/* SPDX-License-Identifier: MIT */
/* preamble.c: what PCAN-View and BUSMASTER say in front of their tables.
 *
 *   ;$FILEVERSION=2.0                                 PEAK, "PEAK CAN TRC File Format", 1.1 to 2.1
 *   ;$STARTTIME=45432.5694444444                      days since 30 December 1899, local time
 *
 *   ***BUSMASTER Ver 3.2.2***
 *   ***START DATE AND TIME 20:5:2024 13:40:0:0***     day, month, year; times below are of the day
 *   ***SYSTEM MODE***                                 or ABSOLUTE (since the start), RELATIVE (since
 *                                                     the frame before) */
#include "harness/capture/csv/csv.h"
#include "harness/capture/source/peek.h"
#include "harness/capture/source/scan.h"
#include "harness/capture/source/wall_time.h"
#include "sim/loop.h"

#include <stdio.h>
#include <string.h>

#define DAY_NS       (86400 * NS_PER_S)
#define DAYS_TO_1970 25569  /* from 30 December 1899 */
#define DAYS_AT_MOST 109574 /* 2199 */

struct preamble {
    struct csv_preamble *to;
    bool busmaster, since_start;
};

/* Days with their decimals: 45432.5694444444. */
static void take_days(struct csv_preamble *preamble, const char *text) {
    uint64_t days;
    int64_t part_ns = 0;
    if (!scan_decimal(&text, 6, &days) || days <= DAYS_TO_1970 || days > DAYS_AT_MOST) {
        return;
    }
    if (*text == '.' || *text == ',') {
        double part = 0, weight = 0.1;
        for (text++; scan_digit(*text); text++, weight /= 10) {
            part += weight * (*text - '0');
        }
        part_ns = (int64_t)(part * 86400e6 + 0.5) * NS_PER_US;
    }
    preamble->start_ns = ((int64_t)days - DAYS_TO_1970) * DAY_NS + part_ns;
}

static void take_pcan(struct preamble *preamble, const char *line) {
    const char *p = line + 1;
    if (scan_word(&p, "$FILEVERSION=")) {
        size_t length = strspn(p, "0123456789.");
        snprintf(preamble->to->dialect, sizeof preamble->to->dialect, "PCAN trace %.*s",
                 (int)(length < 8 ? length : 8), p);
    } else if (scan_word(&p, "$STARTTIME=")) {
        take_days(preamble->to, p);
    }
}

/* "20:5:2024 13:40:0:0***" */
static void take_start(struct csv_preamble *preamble, const char *p) {
    uint64_t number[7];
    for (size_t i = 0; i < sizeof number / sizeof number[0]; i++) {
        if (!scan_decimal(&p, 4, &number[i])) {
            return;
        }
        p += *p == ':' || *p == ' ';
    }
    struct wall_time time = {.year = (int)number[2],
                             .month = (int)number[1],
                             .day = (int)number[0],
                             .hour = (int)number[3],
                             .minute = (int)number[4],
                             .second = (int)number[5],
                             .ns = number[6] < 1000 ? (int64_t)number[6] * NS_PER_MS : 0};
    if (!wall_time_ns(&time, &preamble->start_ns)) {
        preamble->start_ns = 0;
    }
}

static void take_busmaster(struct preamble *preamble, const char *line) {
    const char *p = line + 3;
    if (scan_word(&p, "BUSMASTER")) {
        preamble->busmaster = true;
        snprintf(preamble->to->dialect, sizeof preamble->to->dialect, "BUSMASTER");
    } else if (scan_word(&p, "START DATE AND TIME ")) {
        take_start(preamble->to, p);
    } else if (scan_word(&p, "ABSOLUTE MODE")) {
        preamble->since_start = true;
    } else if (scan_word(&p, "RELATIVE MODE")) {
        preamble->to->deltas = true;
    }
}

void csv_preamble(struct csv_preamble *to, const uint8_t *data, size_t size) {
    struct peek peek = {.at = data, .end = data + size};
    struct preamble preamble = {.to = to};
    *to = (struct csv_preamble){0};
    while (peek.number < CSV_PREAMBLE && peek_line(&peek)) {
        if (strncmp(peek.line, ";$", 2) == 0) {
            take_pcan(&preamble, peek.line);
        } else if (strncmp(peek.line, "***", 3) == 0) {
            take_busmaster(&preamble, peek.line);
        } else if (peek.line[0] != ';' && peek.line[0] != '\0') {
            break;
        }
    }
    to->of_day = preamble.busmaster && !preamble.since_start && !to->deltas;
    if (to->dialect[0] == '\0') {
        *to = (struct csv_preamble){0}; /* of whom this is, and what it means, is not known */
    }
}

void csv_preamble_apply(const struct csv_preamble *preamble, struct csv_time *time) {
    if (preamble->dialect[0] == '\0' || time->kind == CSV_TIME_NONE ||
        time->kind == CSV_TIME_DATE || time->absolute) {
        return;
    }
    time->deltas = time->deltas || preamble->deltas;
    time->base_ns = preamble->start_ns;
    if (!preamble->of_day || preamble->start_ns == 0) {
        return;
    }
    /* Times are of the day on which it began, and go on over midnight. */
    time->base_ns = preamble->start_ns / DAY_NS * DAY_NS;
    if (time->kind == CSV_TIME_OF_DAY) {
        time->wrap.period_ns = DAY_NS;
    }
}
