/* SPDX-License-Identifier: MIT */
#include "harness/capture/csv/csv.h"
#include "tests/harness/capture/support/reading.h"

#include <stdio.h>
#include <string.h>

static void ck_split(const char *text, char separator, unsigned count, const char *const cells[]) {
    char line[256], *got[CSV_CELLS_MAX];
    snprintf(line, sizeof line, "%s", text);
    ck_assert_msg(csv_split(line, separator, got) == count, "%s", text);
    for (unsigned i = 0; i < count; i++) {
        ck_assert_str_eq(got[i], cells[i]);
    }
}

#define SPLIT(text, separator, ...)                                                                \
    do {                                                                                           \
        const char *const cells[] = {__VA_ARGS__};                                                 \
        ck_split(text, separator, sizeof cells / sizeof cells[0], cells);                          \
    } while (0)

START_TEST(lines_into_cells) {
    SPLIT("a,b,c", ',', "a", "b", "c");
    SPLIT(" a , b\t,", ',', "a", "b", "");
    SPLIT("", ',', "");
    SPLIT("a\t\tb", '\t', "a", "", "b");
    SPLIT("  a  b c ", ' ', "a", "b", "c");
    SPLIT("\"a,b\",c", ',', "a,b", "c");
    SPLIT("=\"12:04:59.533\",0x1", ',', "12:04:59.533", "0x1");
    SPLIT("=\"12:04:59.533,0x1", ',', "12:04:59.533", "0x1"); /* left open */
    SPLIT("\"01 02\" ; \"x\"", ';', "01 02", "x");
    SPLIT("\"\"\"q\"\",\",2", ',', "\"\"q\"\",", "2");
}
END_TEST

START_TEST(more_cells_than_there_is_room_for) {
    char line[400], *cells[CSV_CELLS_MAX];
    memset(line, ',', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    ck_assert_uint_eq(csv_split(line, ',', cells), CSV_CELLS_MAX);
}
END_TEST

START_TEST(identifiers) {
    static const struct {
        const char *text;
        bool decimal, good;
        uint32_t id;
    } cases[] = {
        {"1826F456", false, true, 0x1826F456},
        {"0x1826f456", false, true, 0x1826F456},
        {"1826F456H", false, true, 0x1826F456},
        {"1826F456x", false, true, 0x1826F456},
        {"0000001826F456", false, true, 0x1826F456},
        {"405206102", true, true, 0x1826F456},
        {"0x123", true, true, 0x123},
        {"", false, false, 0},
        {"帧ID", false, false, 0},
        {"1826F4567", false, false, 0},
        {"12 34", false, false, 0},
        {"99999999999", true, false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t id = 0;
        unsigned digits;
        ck_assert_msg(csv_id(cases[i].text, cases[i].decimal, &id, &digits) == cases[i].good, "%s",
                      cases[i].text);
        if (cases[i].good) {
            ck_assert_uint_eq(id, cases[i].id);
        }
    }
}
END_TEST

START_TEST(bytes_in_one_cell) {
    static const char *const good[] = {"01 02 AB", "0102AB",   "x| 01 02 ab ", "0x01 0x02 0xAB",
                                       "01-02-AB", "01:02:AB", "01.02.AB",     "01H 02H ABH",
                                       "0x0102AB", "1 2 AB"};
    static const char *const bad[] = {"01 0", "zz", "010", "01 0z", "0102Q", "x|x|", "-01"};
    uint8_t data[8];
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ck_assert_msg(csv_bytes(good[i], data, 8) == 3, "%s", good[i]);
        ck_assert_mem_eq(data, "\x01\x02\xAB", 3);
    }
    for (size_t i = 1; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_msg(csv_bytes(bad[i], data, 8) == -1, "%s", bad[i]);
    }
    ck_assert_int_eq(csv_bytes("01 0", data, 8), 2); /* a single digit alone is a byte */
    ck_assert_int_eq(csv_bytes("", data, 8), 0);
    ck_assert_int_eq(csv_bytes("010203040506070809", data, 8), 9);
}
END_TEST

START_TEST(base64) {
    uint8_t data[8];
    ck_assert_int_eq(csv_base64("AQEA", data, 8), 3);
    ck_assert_mem_eq(data, "\x01\x01\x00", 3);
    ck_assert_int_eq(csv_base64("jhc=", data, 8), 2);
    ck_assert_mem_eq(data, "\x8E\x17", 2);
    ck_assert_int_eq(csv_base64("/w==", data, 8), 1);
    ck_assert_int_eq(csv_base64("", data, 8), 0);
    ck_assert_int_eq(csv_base64("AQEAAQEAAQEA", data, 8), 9);
    ck_assert_int_eq(csv_base64("AQE", data, 8), -1);
    ck_assert_int_eq(csv_base64("A=EA", data, 8), -1);
    ck_assert_int_eq(csv_base64("AQ!A", data, 8), -1);
}
END_TEST

START_TEST(lengths_and_single_bytes) {
    unsigned length;
    uint8_t byte;
    ck_assert(csv_length("8", &length) && length == 8);
    ck_assert(csv_length("0x08", &length) && length == 8);
    ck_assert(csv_length("64", &length) && length == 64);
    ck_assert(!csv_length("65", &length) && !csv_length("", &length) && !csv_length("-1", &length));
    ck_assert(csv_byte("fF", false, &byte) && byte == 255);
    ck_assert(csv_byte("0xFF", true, &byte) && byte == 255);
    ck_assert(csv_byte("255", true, &byte) && byte == 255);
    ck_assert(!csv_byte("256", true, &byte) && !csv_byte("100", false, &byte));
    ck_assert(csv_byte("a0h", false, &byte) && byte == 0xA0);
    ck_assert(csv_byte("7H", false, &byte) && byte == 7);
    ck_assert(csv_byte("0x7h", false, &byte) && byte == 7);
    ck_assert(!csv_byte("7hh", false, &byte) && !csv_byte("7x", false, &byte));
    ck_assert(!csv_byte("h", false, &byte) && !csv_byte("12h", true, &byte));
    ck_assert(!csv_byte("", false, &byte) && !csv_byte("", true, &byte));
}
END_TEST

START_TEST(words) {
    ck_assert_uint_eq(csv_words("接收  CAN    扩展帧  数据帧"),
                      CSV_SAYS_RECEIVED | CSV_SAYS_EXTENDED | CSV_SAYS_PLAIN);
    ck_assert_uint_eq(csv_words("标准帧"), CSV_SAYS_STANDARD);
    ck_assert_uint_eq(csv_words("远程帧"), CSV_SAYS_REMOTE);
    ck_assert_uint_eq(csv_words("发送"), CSV_SAYS_SENT);
    ck_assert_uint_eq(csv_words("TX"), CSV_SAYS_SENT);
    ck_assert_uint_eq(csv_words("Rx"), CSV_SAYS_RECEIVED);
    ck_assert_uint_eq(csv_words("CANFD"), CSV_SAYS_FD);
    ck_assert_uint_eq(csv_words("Extended"), CSV_SAYS_EXTENDED);
    ck_assert_uint_eq(csv_words("whatever"), 0);
    ck_assert_uint_eq(csv_words(""), 0);
}
END_TEST

START_TEST(names_of_columns) {
    static const struct {
        const char *name;
        enum csv_kind kind;
        int index;
        int64_t unit_ns;
    } cases[] = {
        {"帧ID(靠右对齐)", CSV_ID, 0, 0},
        {"ID号", CSV_ID, 0, 0},
        {"CAN ID (hex)", CSV_ID, 0, 0},
        {"arbitration_id", CSV_ID, 0, 0},
        {"数据(Hex)", CSV_DATA, 0, 0},
        {"数据（HEX）", CSV_DATA, 0, 0},
        {"Data Bytes", CSV_DATA, 0, 0},
        {"时间标识", CSV_TIME, 0, 0},
        {"系统时间", CSV_TIME, 2, 0},
        {"Time [ms]", CSV_TIME, 1, MS},
        {"Time(s)", CSV_TIME, 1, S},
        {"时间(毫秒)", CSV_TIME, 1, MS},
        {"timestamp_us", CSV_TIME, 0, 1000},
        {"Time Stamp", CSV_TIME, 0, 0},
        {"D1", CSV_BYTE, 1, 0},
        {"data[0]", CSV_BYTE, 0, 0},
        {"Byte 3", CSV_BYTE, 3, 0},
        {"长度", CSV_LENGTH, 0, 0},
        {"DLC", CSV_LENGTH, 0, 0},
        {"Rx/Tx", CSV_DIRECTION, 0, 0},
        {"传输方向", CSV_DIRECTION, 0, 0},
        {"帧格式", CSV_WORDS, 0, 0},
        {"CAN通道", CSV_NETWORK, 0, 0},
        {"序号", CSV_NOTHING, 0, 0},
        {"报文内容", CSV_NOTHING, 0, 0},
        {"设备号", CSV_NOTHING, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int index;
        int64_t unit_ns;
        ck_assert_msg(csv_name(cases[i].name, &index, &unit_ns) == cases[i].kind, "%s",
                      cases[i].name);
        ck_assert_int_eq(index, cases[i].index);
        ck_assert_int_eq(unit_ns, cases[i].unit_ns);
    }
}
END_TEST

START_TEST(texts_in_gbk) {
    struct text_encoding encoding = {0};
    char out[16];
    text_encoding_learn(&encoding, (const uint8_t *)"\xCA\xFD\xBE\xDD", 4);
    text_to_utf8(&encoding, "\xD6\xA1ID", out, sizeof out);
    ck_assert_str_eq(out, "帧ID");
    ck_assert_int_eq(encoding.kind, TEXT_GBK);
    text_to_utf8(&encoding,
                 "\xD6\xA1\xFF"
                 "x",
                 out, sizeof out); /* FF is nothing in GBK */
    ck_assert_str_eq(out, "帧?x");
    text_to_utf8(&encoding, "\xD6\xA1\xD6\xA1\xD6\xA1\xD6\xA1\xD6\xA1\xD6\xA1", out, sizeof out);
    ck_assert_str_eq(out, "帧帧帧帧帧"); /* cut at a whole character */
    text_encoding_close(&encoding);
    text_to_utf8(&encoding, "帧ID", out, sizeof out);
    ck_assert_int_eq(encoding.kind, TEXT_UTF8);
    ck_assert_str_eq(out, "帧ID");
    text_to_utf8(&encoding, "帧帧帧帧帧帧", out, sizeof out);
    ck_assert_str_eq(out, "帧帧帧帧帧");
    text_to_utf8(&encoding, "帧帧帧帧帧帧", out, 15);
    ck_assert_str_eq(out, "帧帧帧帧"); /* not half of the fifth */
    text_encoding_close(&encoding);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("cells of tables");
    tcase_add_test(cases, lines_into_cells);
    tcase_add_test(cases, more_cells_than_there_is_room_for);
    tcase_add_test(cases, identifiers);
    tcase_add_test(cases, bytes_in_one_cell);
    tcase_add_test(cases, base64);
    tcase_add_test(cases, lengths_and_single_bytes);
    tcase_add_test(cases, words);
    tcase_add_test(cases, names_of_columns);
    tcase_add_test(cases, texts_in_gbk);
    return run_suite("csv_cells", cases);
}
