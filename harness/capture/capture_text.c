/* SPDX-License-Identifier: MIT */
/* capture_text.c: formats and clocks in words. */
#include "harness/capture/capture.h"

const char *capture_format_name(enum capture_format format) {
    static const char *const names[CAPTURE_FORMATS] = {
        [CAPTURE_UNKNOWN] = "unknown",         [CAPTURE_CANDUMP_LOG] = "candump log",
        [CAPTURE_CANDUMP_CONSOLE] = "candump", [CAPTURE_ASC] = "Vector ASC",
        [CAPTURE_BLF] = "Vector BLF",          [CAPTURE_CSV] = "CSV",
        [CAPTURE_PCAPNG] = "pcapng",           [CAPTURE_TRC] = "PCAN TRC",
    };
    return (unsigned)format < CAPTURE_FORMATS ? names[format] : names[CAPTURE_UNKNOWN];
}

const char *capture_clock_text(enum capture_clock clock, bool chinese) {
    static const char *const english[] = {
        [CLOCK_NONE] = "no clock in this capture",
        [CLOCK_CONSTANT] = "the clock stands still: as good as none",
        [CLOCK_RELATIVE] = "time since a start",
        [CLOCK_OF_DAY] = "time of day, without a date",
        [CLOCK_ABSOLUTE] = "date and time",
    };
    static const char *const zh[] = {
        [CLOCK_NONE] = "报文记录中没有时间", [CLOCK_CONSTANT] = "时间停止不变，等同于没有时间",
        [CLOCK_RELATIVE] = "相对时间",       [CLOCK_OF_DAY] = "当日时间（无日期）",
        [CLOCK_ABSOLUTE] = "日期和时间",
    };
    if ((unsigned)clock > CLOCK_ABSOLUTE) {
        clock = CLOCK_NONE;
    }
    return chinese ? zh[clock] : english[clock];
}

bool capture_clock_good_for(const struct capture_health *health, int64_t ns) {
    bool runs = health->clock == CLOCK_RELATIVE || health->clock == CLOCK_OF_DAY ||
                health->clock == CLOCK_ABSOLUTE;
    return runs && health->resolution_ns > 0 && health->resolution_ns <= ns / 10;
}
