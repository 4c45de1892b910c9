/* SPDX-License-Identifier: MIT */
#include "harness/capture/source/wall_time.h"

#include "sim/loop.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define WORD_SIZE 32
#define YEAR_MAX  2200 /* INT64_MAX nanoseconds are the year 2262 */

/* Month names by their first letters; "x月" as other bytes than UTF-8 come from GBK. */
static const struct {
    const char *start;
    int month;
} months[] = {
    {"jan", 1},
    {"feb", 2},
    {"f\xc3\xa9v", 2},
    {"f\xe9v", 2},
    {"mar", 3},
    {"m\xc3\xa4r", 3},
    {"m\xe4r", 3},
    {"mrz", 3},
    {"apr", 4},
    {"avr", 4},
    {"may", 5},
    {"mai", 5},
    {"jun", 6},
    {"juin", 6},
    {"jul", 7},
    {"juil", 7},
    {"aug", 8},
    {"ao\xc3\xbb", 8},
    {"ao\xfb", 8},
    {"sep", 9},
    {"oct", 10},
    {"okt", 10},
    {"nov", 11},
    {"dec", 12},
    {"dez", 12},
    {"d\xc3\xa9"
     "c",
     12},
    {"d\xe9"
     "c",
     12},
    {"十二月", 12},
    {"十一月", 11},
    {"十月", 10},
    {"九月", 9},
    {"八月", 8},
    {"七月", 7},
    {"六月", 6},
    {"五月", 5},
    {"四月", 4},
    {"三月", 3},
    {"二月", 2},
    {"一月", 1},
    {"\xca\xae\xb6\xfe\xd4\xc2", 12},
    {"\xca\xae\xd2\xbb\xd4\xc2", 11},
    {"\xca\xae\xd4\xc2", 10},
    {"\xbe\xc5\xd4\xc2", 9},
    {"\xb0\xcb\xd4\xc2", 8},
    {"\xc6\xdf\xd4\xc2", 7},
    {"\xc1\xf9\xd4\xc2", 6},
    {"\xce\xe5\xd4\xc2", 5},
    {"\xcb\xc4\xd4\xc2", 4},
    {"\xc8\xfd\xd4\xc2", 3},
    {"\xb6\xfe\xd4\xc2", 2},
    {"\xd2\xbb\xd4\xc2", 1},
};

/* Signs behind a number that say what it counts, in UTF-8 and GBK. */
static const struct {
    const char *sign;
    char unit;
} units[] = {
    {"年", 'y'}, {"\xc4\xea", 'y'}, {"月", 'm'}, {"\xd4\xc2", 'm'}, {"日", 'd'}, {"\xc8\xd5", 'd'},
};

static const struct {
    const char *word;
    bool afternoon;
} halves[] = {
    {"am", false},
    {"pm", true},
    {"上午", false},
    {"下午", true},
    {"\xc9\xcf\xce\xe7", false},
    {"\xcf\xc2\xce\xe7", true},
};

struct parts {
    struct wall_time time;
    bool timed;
    bool halved, afternoon;
};

bool wall_time_ns(const struct wall_time *time, int64_t *ns) {
    if (time->year < 1970 || time->year > YEAR_MAX || time->month < 1 || time->month > 12 ||
        time->day < 1 || time->day > 31 || time->hour < 0 || time->hour > 23 || time->minute < 0 ||
        time->minute > 59 || time->second < 0 || time->second > 60 || time->ns < 0 ||
        time->ns >= NS_PER_S) {
        return false;
    }
    struct tm tm = {.tm_year = time->year - 1900,
                    .tm_mon = time->month - 1,
                    .tm_mday = time->day,
                    .tm_hour = time->hour,
                    .tm_min = time->minute,
                    .tm_sec = time->second};
    int64_t seconds = (int64_t)timegm(&tm);
    if (tm.tm_mday != time->day && time->second != 60) {
        return false; /* timegm turned 30 February into March */
    }
    *ns = seconds * NS_PER_S + time->ns;
    assert(*ns >= 0);
    return true;
}

static bool starts_with(const char *word, const char *start) {
    return strncasecmp(word, start, strlen(start)) == 0;
}

/* "06:53:33.477": hours, minutes, seconds, up to nine digits. */
static bool take_time(const char *word, struct parts *parts) {
    struct wall_time *time = &parts->time;
    int hour, minute, second, used = 0; /* a year alone begins like an hour */
    if (sscanf(word, "%2d:%2d:%2d%n", &hour, &minute, &second, &used) != 3 || used == 0) {
        return false;
    }
    time->hour = hour;
    time->minute = minute;
    time->second = second;
    time->ns = 0;
    if (word[used] == '.' || word[used] == ',') {
        int64_t weight = NS_PER_S / 10;
        for (const char *at = word + used + 1; *at >= '0' && *at <= '9'; at++, weight /= 10) {
            time->ns += weight * (*at - '0');
        }
    }
    parts->timed = true;
    return true;
}

/* "2015-04-21", "2015/04/21", "21.04.2015". */
static bool take_date(const char *word, struct wall_time *time) {
    int first, second, third;
    char gap[2];
    if (sscanf(word, "%4d%1[-/.]%2d%1[-/.]%4d", &first, gap, &second, gap, &third) != 5) {
        return false;
    }
    bool year_first = first > 31;
    time->year = year_first ? first : third;
    time->month = second;
    time->day = year_first ? third : first;
    return true;
}

/* "21", "2015", "4月", "2015年4月21日". */
static void take_numbers(const char *word, struct wall_time *time) {
    while (*word >= '0' && *word <= '9') {
        int value = 0;
        for (; *word >= '0' && *word <= '9'; word++) {
            value = value < 100000 ? value * 10 + (*word - '0') : value;
        }
        char unit = value > 31 ? 'y' : 'd';
        for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
            if (starts_with(word, units[i].sign)) {
                unit = units[i].unit;
                word += strlen(units[i].sign);
                break;
            }
        }
        *(unit == 'y' ? &time->year : unit == 'm' ? &time->month : &time->day) = value;
    }
}

static void take_word(const char *word, struct parts *parts) {
    if (word[0] >= '0' && word[0] <= '9') {
        if (!take_time(word, parts) && !take_date(word, &parts->time)) {
            take_numbers(word, &parts->time);
        }
        return;
    }
    for (size_t i = 0; i < sizeof halves / sizeof halves[0]; i++) {
        if (strcasecmp(word, halves[i].word) == 0) {
            parts->halved = true;
            parts->afternoon = halves[i].afternoon;
            return;
        }
    }
    for (size_t i = 0; i < sizeof months / sizeof months[0]; i++) {
        if (starts_with(word, months[i].start)) {
            parts->time.month = months[i].month; /* the last wins: a weekday may look like one */
            return;
        }
    }
}

bool wall_time_text(const char *text, int64_t *ns) {
    struct parts parts = {0};
    char word[WORD_SIZE];
    for (int used = 0; sscanf(text, "%31s%n", word, &used) == 1; text += used) {
        take_word(word, &parts);
    }
    /* Some loggers write "15:06:13 pm": the hour already says it. */
    if (parts.halved && parts.afternoon && parts.time.hour < 12) {
        parts.time.hour += 12;
    } else if (parts.halved && !parts.afternoon && parts.time.hour == 12) {
        parts.time.hour = 0;
    }
    return parts.timed && wall_time_ns(&parts.time, ns);
}
