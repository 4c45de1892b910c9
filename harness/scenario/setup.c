/* SPDX-License-Identifier: MIT */
/* How a case wants the pile to be set: its clock and parameters of its firmware. */
#include "harness/scenario/setup.h"

#include "harness/scenario/internal.h"

#include "meter/registers.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define PARAM_NAME_MAX 39

static bool date_exists(int year, unsigned month, unsigned day) {
    int back_year;
    unsigned back_month, back_day;
    civil_date(civil_days(year, month, day), &back_year, &back_month, &back_day);
    return year >= 2000 && year <= 2099 && back_year == year && back_month == month &&
           back_day == day;
}

/* Digits where digits belong: scanf would take blanks and signs for them too. */
static bool shaped(const char *text) {
    static const char shape[] = "0000-00-00 00:00:00";
    for (size_t i = 0; i < sizeof shape; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';
        if (shape[i] == '0' ? !digit : text[i] != shape[i]) {
            return false;
        }
    }
    return true;
}

/* "2026-03-01 23:50:00" as seconds since 1970-01-01 00:00 of the same civil time. */
static bool read_clock(const struct reader *reader, const cJSON *item, int64_t *clock_s) {
    int year, used = 0;
    unsigned month, day, hour, minute, second;
    bool whole = shaped(item->valuestring) &&
                 sscanf(item->valuestring, "%4d-%2u-%2u %2u:%2u:%2u%n", &year, &month, &day, &hour,
                        &minute, &second, &used) == 6 &&
                 used == 19;
    if (!whole || hour > 23 || minute > 59 || second > 59 || month < 1 || month > 12 ||
        !date_exists(year, month, day)) {
        return json_fault_both(
            reader->text, item, JSON_AT_VALUE, reader->problem,
            "a clock is a date and time of this century, as \"2026-03-01 23:50:00\"",
            "clock为本世纪的日期和时间，如\"2026-03-01 23:50:00\"");
    }
    *clock_s = civil_days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
    assert(*clock_s > 0); /* 0 is "whatever it is" */
    return true;
}

/* What the value means only the firmware knows; it is asked when the case runs. */
static bool read_param(const struct reader *reader, const cJSON *item, struct param_def *param) {
    int column;
    if (item->string[0] == '\0' || strlen(item->string) > PARAM_NAME_MAX ||
        strpbrk(item->string, "= \t") != NULL) {
        return json_fault_both(reader->text, item, JSON_AT_KEY, reader->problem,
                               "a parameter's name has 1 to %d characters, no space and no '=' "
                               "(`pilebench list parameters`)",
                               "参数名为1到%d个字符，不含空格和'='（`pilebench list parameters`）",
                               PARAM_NAME_MAX);
    }
    if (!(item->valuedouble >= INT32_MIN && item->valuedouble <= INT32_MAX) ||
        (double)(int32_t)item->valuedouble != item->valuedouble) {
        return json_fault_both(reader->text, item, JSON_AT_VALUE, reader->problem,
                               "a parameter's value is a whole number of 32 bits",
                               "参数的值为32位整数");
    }
    param->name = library_string(reader->library, item->string);
    param->value = (int32_t)item->valuedouble;
    json_position(reader->text, item, JSON_AT_KEY, &param->line, &column);
    return true;
}

static bool read_params(const struct reader *reader, const cJSON *object, struct setup *setup) {
    if (!json_names(reader->text, object, "firmware", JSON_NUMBER, reader->problem)) {
        return false;
    }
    size_t count = (size_t)cJSON_GetArraySize(object);
    if (count > SETUP_PARAMS_MAX) {
        return json_fault_both(reader->text, object, JSON_AT_VALUE, reader->problem,
                               "a case sets at most %d parameters", "一个用例最多设置%d个参数",
                               SETUP_PARAMS_MAX);
    }
    setup->params = library_memory(reader->library, count + 1, sizeof *setup->params);
    const cJSON *item;
    cJSON_ArrayForEach(item, object) {
        if (!read_param(reader, item, &setup->params[setup->param_count])) {
            return false;
        }
        setup->param_count++;
    }
    return true;
}

bool read_setup(const struct reader *reader, const cJSON *root, struct setup *setup) {
    const cJSON *clock = member(root, "clock"), *firmware = member(root, "firmware");
    return (!clock || read_clock(reader, clock, &setup->clock_s)) &&
           (!firmware || read_params(reader, firmware, setup));
}

const char *setup_clock_text(int64_t clock_s, char text[SETUP_CLOCK_SIZE]) {
    time_t seconds = (time_t)clock_s;
    struct tm civil;
    size_t length =
        strftime(text, SETUP_CLOCK_SIZE, "%Y-%m-%d %H:%M:%S", gmtime_r(&seconds, &civil));
    assert(length == SETUP_CLOCK_SIZE - 1); /* years of four digits alone are read */
    (void)length;
    return text;
}

bool setup_value(const struct setup *setup, const char *name, int32_t *value) {
    for (size_t i = 0; setup && i < setup->param_count; i++) {
        if (strcmp(setup->params[i].name, name) == 0) {
            *value = setup->params[i].value;
            return true;
        }
    }
    return false;
}

int64_t setup_zone_s(const struct setup *setup) {
    int32_t zone_min = 0;
    (void)setup_value(setup, "clock.zone", &zone_min);
    return (int64_t)zone_min * 60;
}
