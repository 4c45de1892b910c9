/* SPDX-License-Identifier: MIT */
/* What a column is by its name, and what a cell's words say: as tools and people write them. */
#include "harness/capture/csv/csv.h"
#include "tests/support/suite.h"

#define US        1000
#define MS        (1000 * US)
#define NAMES_MAX 24

static const struct {
    enum csv_kind kind;
    int index; /* of times: their rank; of bytes: their number */
    const char *names[NAMES_MAX];
} columns[] = {
    {CSV_ID,
     0,
     {"ID",     "CAN ID",     "Frame ID",       "Message-ID", "msg_id",   "Arbitration ID",
      "ArbID",  "Identifier", "CAN Identifier", "帧ID",       "ID号",     "帧ID号",
      "报文ID", "消息ID",     "标识符",         "帧标识",     "帧标识符", "帧ID(靠右对齐)",
      "\"ID\"", "#ID"}},
    {CSV_DATA,
     0,
     {"Data", "Data Bytes", "Frame Data", "Data Hex", "Hex Data", "Payload",
      "D0...1...2...3...4...5...6..D7", "D0.1.2.3.4.5.6.7", "Bytes", "数据", "帧数据", "数据域",
      "数据内容", "报文数据", "数据HEX", "数据（HEX）", "Data [hex]"}},
    {CSV_TIME,
     0,
     {"Time Stamp", "timestamp", "Time Mark", "时间标识", "时间戳", "时标", "Timestamp Epoch",
      "接收时间标识"}},
    {CSV_TIME, 1, {"Time", "t", "Time Offset", "RelTime", "Relative Time", "时间", "相对时间"}},
    {CSV_TIME,
     2,
     {"系统时间", "接收时间", "记录时间", "绝对时间", "日期时间", "System Time", "AbsTime",
      "Absolute Time", "Date/Time"}},
    {CSV_LENGTH,
     0,
     {"Len", "Length", "DLC", "Data Length", "DataLen", "长度", "数据长度", "帧长度", "字节数"}},
    {CSV_DIRECTION,
     0,
     {"Dir", "Direction", "Tx/Rx", "Rx/Tx", "方向", "传输方向", "收发方向", "收发"}},
    {CSV_NETWORK,
     0,
     {"Channel", "Chn", "Ch", "Bus", "CAN Channel", "Interface", "Network", "通道", "CAN通道",
      "通道号", "源通道", "接口", "Bus No.", "Bus Channel"}},
    {CSV_DATE, 0, {"Date", "Day", "日期"}},
    {CSV_EXTENDED, 0, {"Extended", "XTD", "Ext", "is_extended", "is_extended_id", "IDE"}},
    {CSV_REMOTE, 0, {"Remote", "is_remote_frame", "RTR"}},
    {CSV_ERROR, 0, {"Error", "is_error_frame"}},
    {CSV_FD, 0, {"FD", "is_fd", "EDL"}},
    {CSV_WORDS,
     0,
     {"Type", "Frame Type", "Format", "Frame Format", "ID type", "CAN type", "类型", "格式",
      "帧类型", "帧格式", "CAN类型", "协议类型"}},
    {CSV_BYTE,
     0,
     {"D0", "B0", "DB0", "Data0", "data[0]", "Byte 0", "Data Byte 0", "字节0", "数据0"}},
    {CSV_BYTE,
     9,
     {"D9", "B9", "DB9", "Data9", "data[9]", "Byte 9", "Data Byte 9", "字节9", "数据9"}},
    {CSV_NOTHING,
     0,
     {"", "1", "12:00", "Remark", "0x123", "D10", "D", "X1", "Identifiers", "tim", "()", "Dat",
      "帧", "IDs", "18FF50E5", "D01"}},
};

START_TEST(columns_by_name) {
    for (size_t i = 0; i < NAMES_MAX && columns[_i].names[i] != NULL; i++) {
        int index = -1;
        int64_t unit_ns = -1;
        enum csv_kind kind = csv_name(columns[_i].names[i], &index, &unit_ns);
        ck_assert_msg(kind == columns[_i].kind, "%s: %d", columns[_i].names[i], (int)kind);
        ck_assert_msg(index == columns[_i].index, "%s: index %d", columns[_i].names[i], index);
        ck_assert_msg(unit_ns == 0, "%s: has no unit", columns[_i].names[i]);
    }
}
END_TEST

/* In brackets of four forms, or at the end of a time's name. */
START_TEST(units_of_a_time) {
    static const struct {
        const char *name;
        int64_t unit_ns;
    } rows[] = {
        {"Time [ms]", MS},       {"Time(us)", US}, {"时间（毫秒）", MS},
        {"时间【微秒】", US},    {"time_ms", MS},  {"Timestamp_us", US},
        {"时间毫秒", MS},        {"时间微秒", US}, {"Time sec", 1000 * MS},
        {"Time (s)", 1000 * MS}, {"Time", 0},      {"Time (PC)", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int index;
        int64_t unit_ns;
        ck_assert_msg(csv_name(rows[i].name, &index, &unit_ns) == CSV_TIME, "%s", rows[i].name);
        ck_assert_msg(unit_ns == rows[i].unit_ns, "%s: %lld ns", rows[i].name, (long long)unit_ns);
    }
}
END_TEST

static const struct {
    unsigned says;
    const char *cells[NAMES_MAX];
} words[] = {
    {CSV_SAYS_EXTENDED,
     {"扩展", "扩展帧", "Extended", "extended frame", "Ext", "XTD", "EFF", "29bit"}},
    {CSV_SAYS_STANDARD, {"标准", "标准帧", "Standard", "Std", "SFF", "11bit"}},
    {CSV_SAYS_REMOTE, {"远程", "远程帧", "Remote", "remote frame", "RTR", "RR"}},
    {CSV_SAYS_ERROR, {"错误", "错误帧", "Error", "error frame", "ER"}},
    {CSV_SAYS_SENT, {"发送", "Transmit", "transmitted", "Tx", "T", "send", "Sent", "out"}},
    {CSV_SAYS_RECEIVED, {"接收", "Receive", "received", "Rx", "recv", "in", "R"}},
    {CSV_SAYS_FD, {"CANFD", "CAN FD", "can-fd", "FB", "FE", "BI", "FD"}},
    {CSV_SAYS_STATUS, {"ST", "EC", "EV", "Warng"}},
    {CSV_SAYS_PLAIN, {"DT", "数据帧", "Data", "CAN"}},
    {CSV_SAYS_PLAIN | CSV_SAYS_EXTENDED, {"扩展数据帧", "数据帧 扩展帧"}},
    {CSV_SAYS_REMOTE | CSV_SAYS_STANDARD, {"标准远程帧", "standard remote"}},
    {0,
     {"", "0", "x", "text", "next", "rxx", "outer", "inn", "data1", "can2", "11 bit", "external"}},
};

/* Some words count anywhere in a cell, short ones only when they are all of it. */
START_TEST(what_words_say) {
    for (size_t i = 0; i < NAMES_MAX && words[_i].cells[i] != NULL; i++) {
        unsigned says = csv_words(words[_i].cells[i]);
        ck_assert_msg(says == words[_i].says, "%s: %x", words[_i].cells[i], says);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("names");
    TCase *tc = tcase_create("names");
    tcase_add_loop_test(tc, columns_by_name, 0, sizeof columns / sizeof columns[0]);
    tcase_add_test(tc, units_of_a_time);
    tcase_add_loop_test(tc, what_words_say, 0, sizeof words / sizeof words[0]);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
