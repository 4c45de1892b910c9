/* SPDX-License-Identifier: MIT */
/* wall_time.h: dates that recording tools write, as nanoseconds since 1970.
 *
 *   int64_t ns;
 *   if (wall_time_text("Tue Apr 21 06:53:33.477 pm 2015", &ns)) the capture has an absolute clock
 *
 * The tools write local time without a zone: it is taken as it stands (as if UTC), so that what is
 * printed later is what the file says, on every machine. */
#ifndef HARNESS_CAPTURE_SOURCE_WALL_TIME_H
#define HARNESS_CAPTURE_SOURCE_WALL_TIME_H

#include <stdbool.h>
#include <stdint.h>

/* A clock that starts before this (1971) never knew the date: zero and a little. */
#define WALL_TIME_KNOWN_NS (INT64_C(365) * 86400 * 1000000000)

struct wall_time {
    int year, month, day; /* month and day from 1 */
    int hour, minute, second;
    int64_t ns; /* of the second */
};

/* False: no such date (30 February, hour 25, a year outside 1970...2200). */
bool wall_time_ns(const struct wall_time *time, int64_t *ns);

/* Words in the order of English, German, French and Chinese Windows (UTF-8, GBK, Latin 1): weekday,
 * month by name or 4月, day, time with or without am/pm (上午, 下午), year; or 2015-04-21,
 * 21.04.2015 beside a time. False: no complete date in it. */
bool wall_time_text(const char *text, int64_t *ns);

#endif
