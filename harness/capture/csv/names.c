/* SPDX-License-Identifier: MIT */
/* names.c: what columns are called, by ZLG (ZCANPRO, CANTest), CANalyst / USB-CAN tools, PCAN,
 * SavvyCAN, python-can, and people. */
#include "harness/capture/csv/csv.h"
#include "harness/capture/source/scan.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Names without blanks, brackets and signs, in small letters. rank: of times, 0 the best: a stamp
 * of the adapter is finer than the PC's clock, in which frames come in heaps. */
static const struct {
    const char *name;
    enum csv_kind kind;
    int rank;
} names[] = {
    {"id", CSV_ID, 0},
    {"canid", CSV_ID, 0},
    {"frameid", CSV_ID, 0},
    {"messageid", CSV_ID, 0},
    {"msgid", CSV_ID, 0},
    {"arbitrationid", CSV_ID, 0},
    {"arbid", CSV_ID, 0},
    {"identifier", CSV_ID, 0},
    {"canidentifier", CSV_ID, 0},
    {"帧id", CSV_ID, 0},
    {"id号", CSV_ID, 0},
    {"帧id号", CSV_ID, 0},
    {"报文id", CSV_ID, 0},
    {"消息id", CSV_ID, 0},
    {"标识符", CSV_ID, 0},
    {"帧标识", CSV_ID, 0},
    {"帧标识符", CSV_ID, 0},
    {"data", CSV_DATA, 0},
    {"databytes", CSV_DATA, 0},
    {"framedata", CSV_DATA, 0},
    {"datahex", CSV_DATA, 0},
    {"hexdata", CSV_DATA, 0},
    {"payload", CSV_DATA, 0},
    {"d01234567", CSV_DATA, 0}, /* Kvaser's D0...1...2...3...4...5...6..D7 */
    {"d0123456d7", CSV_DATA, 0},
    {"bytes", CSV_DATA, 0},
    {"数据", CSV_DATA, 0},
    {"帧数据", CSV_DATA, 0},
    {"数据域", CSV_DATA, 0},
    {"数据内容", CSV_DATA, 0},
    {"报文数据", CSV_DATA, 0},
    {"数据hex", CSV_DATA, 0},
    {"timestamp", CSV_TIME, 0},
    {"timemark", CSV_TIME, 0},
    {"时间标识", CSV_TIME, 0},
    {"时间戳", CSV_TIME, 0},
    {"时标", CSV_TIME, 0},
    {"time", CSV_TIME, 1},
    {"t", CSV_TIME, 1},
    {"timestampepoch", CSV_TIME, 0},
    {"接收时间标识", CSV_TIME, 0},
    {"timeoffset", CSV_TIME, 1},
    {"reltime", CSV_TIME, 1},
    {"relativetime", CSV_TIME, 1},
    {"时间", CSV_TIME, 1},
    {"相对时间", CSV_TIME, 1},
    {"系统时间", CSV_TIME, 2},
    {"接收时间", CSV_TIME, 2},
    {"记录时间", CSV_TIME, 2},
    {"绝对时间", CSV_TIME, 2},
    {"日期时间", CSV_TIME, 2},
    {"systemtime", CSV_TIME, 2},
    {"abstime", CSV_TIME, 2},
    {"absolutetime", CSV_TIME, 2},
    {"datetime", CSV_TIME, 2},
    {"len", CSV_LENGTH, 0},
    {"length", CSV_LENGTH, 0},
    {"dlc", CSV_LENGTH, 0},
    {"datalength", CSV_LENGTH, 0},
    {"datalen", CSV_LENGTH, 0},
    {"长度", CSV_LENGTH, 0},
    {"数据长度", CSV_LENGTH, 0},
    {"帧长度", CSV_LENGTH, 0},
    {"字节数", CSV_LENGTH, 0},
    {"dir", CSV_DIRECTION, 0},
    {"direction", CSV_DIRECTION, 0},
    {"txrx", CSV_DIRECTION, 0},
    {"rxtx", CSV_DIRECTION, 0},
    {"方向", CSV_DIRECTION, 0},
    {"传输方向", CSV_DIRECTION, 0},
    {"收发方向", CSV_DIRECTION, 0},
    {"收发", CSV_DIRECTION, 0},
    {"channel", CSV_NETWORK, 0},
    {"chn", CSV_NETWORK, 0},
    {"ch", CSV_NETWORK, 0},
    {"bus", CSV_NETWORK, 0},
    {"canchannel", CSV_NETWORK, 0},
    {"interface", CSV_NETWORK, 0},
    {"network", CSV_NETWORK, 0},
    {"通道", CSV_NETWORK, 0},
    {"can通道", CSV_NETWORK, 0},
    {"通道号", CSV_NETWORK, 0},
    {"源通道", CSV_NETWORK, 0},
    {"接口", CSV_NETWORK, 0},
    {"busno", CSV_NETWORK, 0},
    {"buschannel", CSV_NETWORK, 0},
    {"date", CSV_DATE, 0},
    {"day", CSV_DATE, 0},
    {"日期", CSV_DATE, 0},
    {"extended", CSV_EXTENDED, 0},
    {"xtd", CSV_EXTENDED, 0},
    {"ext", CSV_EXTENDED, 0},
    {"isextended", CSV_EXTENDED, 0},
    {"isextendedid", CSV_EXTENDED, 0},
    {"ide", CSV_EXTENDED, 0},
    {"remote", CSV_REMOTE, 0},
    {"isremoteframe", CSV_REMOTE, 0},
    {"rtr", CSV_REMOTE, 0},
    {"error", CSV_ERROR, 0},
    {"iserrorframe", CSV_ERROR, 0},
    {"fd", CSV_FD, 0},
    {"isfd", CSV_FD, 0},
    {"edl", CSV_FD, 0},
    {"type", CSV_WORDS, 0},
    {"frametype", CSV_WORDS, 0},
    {"format", CSV_WORDS, 0},
    {"frameformat", CSV_WORDS, 0},
    {"idtype", CSV_WORDS, 0},
    {"cantype", CSV_WORDS, 0},
    {"类型", CSV_WORDS, 0},
    {"格式", CSV_WORDS, 0},
    {"帧类型", CSV_WORDS, 0},
    {"帧格式", CSV_WORDS, 0},
    {"can类型", CSV_WORDS, 0},
    {"协议类型", CSV_WORDS, 0},
};

/* Single bytes are called one of these and a number: D1, data[0], Byte 3, 字节1. */
static const char *const byte_names[] = {"d",    "b",        "db",   "data",
                                         "byte", "databyte", "字节", "数据"};

static enum csv_kind byte_name(const char *name, int *index) {
    size_t n = strlen(name);
    if (n < 2 || !scan_digit(name[n - 1]) || scan_digit(name[n - 2])) {
        return CSV_NOTHING;
    }
    for (size_t i = 0; i < sizeof byte_names / sizeof byte_names[0]; i++) {
        if (strlen(byte_names[i]) == n - 1 && memcmp(byte_names[i], name, n - 1) == 0) {
            *index = name[n - 1] - '0';
            return CSV_BYTE;
        }
    }
    return CSV_NOTHING;
}

/* How the brackets of "帧ID(靠右对齐)", "Time [ms]", "数据（HEX）" begin and end. */
static const struct {
    const char *open, *close;
} brackets[] = {{"(", ")"}, {"[", "]"}, {"（", "）"}, {"【", "】"}};

static bool skip_bracket(const char **p, char inside[32]) {
    if (**p != '(' && **p != '[' && (uint8_t) * *p < 0x80) {
        return false;
    }
    for (size_t i = 0; i < sizeof brackets / sizeof brackets[0]; i++) {
        const char *q = *p;
        if (!scan_word(&q, brackets[i].open)) {
            continue;
        }
        const char *end = strstr(q, brackets[i].close);
        if (!end || end == q || (end == q + 1 && scan_digit(*q))) {
            return false; /* data[0]: the number is part of the name */
        }
        snprintf(inside, 32, "%.*s", (int)(end - q), q);
        *p = end + strlen(brackets[i].close);
        return true;
    }
    return false;
}

/* In small letters, without blanks, signs and brackets; the brackets' content goes to inside. */
static void normalise(const char *utf8, char name[64], char inside[32]) {
    size_t n = 0;
    inside[0] = '\0';
    for (const char *p = utf8; *p && n < 63;) {
        if (skip_bracket(&p, inside)) {
            continue;
        }
        if (!strchr(" \t_-.'\"/:#[]()", *p)) {
            name[n++] = (char)tolower((unsigned char)*p);
        }
        p++;
    }
    name[n] = '\0';
    for (char *p = inside; *p; p++) {
        *p = (char)tolower((unsigned char)*p);
    }
}

/* "timems", "timestampus" and the like: a unit at the end without brackets. */
static void unit_at_end(char *name, int64_t *unit_ns) {
    static const char *const units[] = {"毫秒", "微秒", "ms", "us", "sec"};
    size_t length = strlen(name);
    if (strncmp(name, "time", 4) != 0 && strncmp(name, "时间", 6) != 0) {
        return;
    }
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        size_t n = strlen(units[i]);
        if (length > n && strcmp(name + length - n, units[i]) == 0 &&
            csv_time_unit(units[i], unit_ns)) {
            name[length - n] = '\0';
            return;
        }
    }
}

enum csv_kind csv_name(const char *utf8, int *index, int64_t *unit_ns) {
    char name[64], inside[32];
    *index = 0;
    *unit_ns = 0;
    normalise(utf8, name, inside);
    if (name[0] == '\0' || scan_digit(name[0])) {
        return CSV_NOTHING; /* a cell of a row; no column's name begins with a digit */
    }
    if (!inside[0] || !csv_time_unit(inside, unit_ns)) {
        unit_at_end(name, unit_ns);
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i].name) == 0) {
            *index = names[i].rank;
            return names[i].kind;
        }
    }
    return byte_name(name, index);
}

/* ------------------------------------------------------------------ cells with words */

/* whole: the cell is nothing but this. */
static const struct {
    const char *text;
    bool whole;
    unsigned says;
} words[] = {
    {"扩展", false, CSV_SAYS_EXTENDED},
    {"标准", false, CSV_SAYS_STANDARD},
    {"远程", false, CSV_SAYS_REMOTE},
    {"错误", false, CSV_SAYS_ERROR},
    {"发送", false, CSV_SAYS_SENT},
    {"接收", false, CSV_SAYS_RECEIVED},
    {"extend", false, CSV_SAYS_EXTENDED},
    {"standard", false, CSV_SAYS_STANDARD},
    {"remote", false, CSV_SAYS_REMOTE},
    {"error", false, CSV_SAYS_ERROR},
    {"canfd", false, CSV_SAYS_FD},
    {"can fd", false, CSV_SAYS_FD},
    {"can-fd", false, CSV_SAYS_FD},
    {"transmit", false, CSV_SAYS_SENT},
    {"receive", false, CSV_SAYS_RECEIVED},
    {"tx", true, CSV_SAYS_SENT},
    {"t", true, CSV_SAYS_SENT},
    {"send", true, CSV_SAYS_SENT},
    {"sent", true, CSV_SAYS_SENT},
    {"out", true, CSV_SAYS_SENT},
    {"rx", true, CSV_SAYS_RECEIVED},
    {"recv", true, CSV_SAYS_RECEIVED},
    {"in", true, CSV_SAYS_RECEIVED},
    {"r", true, CSV_SAYS_RECEIVED},
    {"ext", true, CSV_SAYS_EXTENDED},
    {"xtd", true, CSV_SAYS_EXTENDED},
    {"eff", true, CSV_SAYS_EXTENDED},
    {"29bit", true, CSV_SAYS_EXTENDED},
    {"std", true, CSV_SAYS_STANDARD},
    {"sff", true, CSV_SAYS_STANDARD},
    {"11bit", true, CSV_SAYS_STANDARD},
    {"rtr", true, CSV_SAYS_REMOTE},
    {"rr", true, CSV_SAYS_REMOTE}, /* PCAN, types of a row: RR, FD, FB, FE, BI, ER, ST, EC, EV */
    {"fb", true, CSV_SAYS_FD},
    {"fe", true, CSV_SAYS_FD},
    {"bi", true, CSV_SAYS_FD},
    {"er", true, CSV_SAYS_ERROR},
    {"st", true, CSV_SAYS_STATUS},
    {"ec", true, CSV_SAYS_STATUS},
    {"ev", true, CSV_SAYS_STATUS},
    {"warng", true, CSV_SAYS_STATUS},
    {"dt", true, CSV_SAYS_PLAIN},
    {"fd", true, CSV_SAYS_FD},
    {"数据帧", false, CSV_SAYS_PLAIN},
    {"data", true, CSV_SAYS_PLAIN},
    {"can", true, CSV_SAYS_PLAIN},
};

unsigned csv_words(const char *utf8) {
    char lower[64];
    unsigned says = 0;
    size_t n = 0;
    for (; n < sizeof lower - 1 && utf8[n]; n++) {
        lower[n] = (char)tolower((unsigned char)utf8[n]);
    }
    lower[n] = '\0';
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (words[i].whole ? strcmp(lower, words[i].text) == 0
                           : strstr(lower, words[i].text) != NULL) {
            says |= words[i].says;
        }
    }
    return says;
}
