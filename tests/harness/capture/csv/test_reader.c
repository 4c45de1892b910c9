/* SPDX-License-Identifier: MIT */
/* Tables as the tools write them. Fixtures: the layouts of real exports, the content made up. */
#include "tests/harness/capture/support/reading.h"

#include <stdio.h>
#include <string.h>

static struct reading r;

START_TEST(excel_lost_the_hour) {
    read_fixture(&r, "excel-minutes-gbk.csv");
    ck_assert_uint_eq(r.count, 6);
    ck_frame(&r, 0, 3599500 * MS, "1826F456#010100");
    ck_frame(&r, 2, 3599800 * MS, "1826F456#010100");
    ck_frame(&r, 3, 3600 * S, "1826F456#010100"); /* over the full hour */
    ck_frame(&r, 5, 3600300 * MS,
             "1801F456#00010000"
             "00FFFFFF");
    ck_assert_str_eq(r.health.dialect.en, "CSV, GBK, comma separated");
    ck_assert_int_eq(r.health.clock, CLOCK_RELATIVE);
    ck_assert_int_eq(r.health.resolution_ns, 100 * MS);
    ck_assert(!capture_clock_good_for(&r.health, 250 * MS));
    ck_assert(capture_clock_good_for(&r.health, 5 * S));
    ck_assert_uint_eq(r.health.steps_back, 0);
}
END_TEST

START_TEST(canalyst) {
    read_fixture(&r, "canalyst-gbk.xls");
    ck_assert_uint_eq(r.count, 4);
    ck_assert_uint_eq(r.health.remote, 1);
    /* The adapter's counter, not the PC's time: 0x592897 is 5843095 of 0.1 ms. */
    ck_frame(&r, 0, 5843095 * 100000ll, "1826F456#010100");
    ck_frame(&r, 1, 5845595 * 100000ll, "182756F4#8E17");
    ck_frame(&r, 2, 5848096 * 100000ll, "123#7F");
    ck_assert_str_eq(r.networks[0], "ch1");
    ck_assert_str_eq(r.networks[2], "ch2");
    ck_assert(r.frames[2].sent);
    ck_assert(!r.frames[0].sent);
    ck_assert_str_eq(r.health.dialect.en, "CSV, GBK, comma separated, time in hex 0.1 ms");
    ck_assert_uint_eq(r.health.network_count, 2);
    ck_assert_uint_eq(r.health.network_frames[0], 3);
}
END_TEST

START_TEST(a_counter_that_is_none_gives_way_to_the_pc_s_time) {
    read_text(&r, "序号,系统时间,时间标识,CAN通道,传输方向,ID号,帧类型,帧格式,长度,数据\n"
                  "0,=\"12:04:59.533\",无,ch1,发送,0x1826F456,数据帧,扩展帧,0x03,x| 01 01 00\n"
                  "1,=\"12:04:59.783,无,ch1,发送,0x1826F456,数据帧,扩展帧,0x03,x| 01 01 00\n"
                  "2,=\"12:05:00.033\",无,ch1,发送,0x1826F456,数据帧,扩展帧,0x03,x| 01 01 00\n");
    ck_assert_uint_eq(r.count, 3);
    ck_frame(&r, 1, 43499783 * MS, "1826F456#010100"); /* the quote is left open */
    ck_assert_int_eq(r.health.clock, CLOCK_OF_DAY);
    ck_assert(r.frames[0].sent);
}
END_TEST

START_TEST(zcanpro) {
    read_fixture(&r, "zcanpro-utf8.csv");
    ck_assert_uint_eq(r.count, 2);
    ck_assert_uint_eq(r.health.fd, 1);
    /* date -u -d '2023-05-04 12:34:56' +%s */
    ck_frame(&r, 0, 1683203696789000000, "1826F456#010100");
    ck_frame(&r, 1, 1683203697039000000, "182756F4#8E17");
    ck_assert_str_eq(r.networks[0], "通道0");
    ck_assert(r.frames[1].sent);
    ck_assert_int_eq(r.health.clock, CLOCK_ABSOLUTE);
    ck_assert_str_eq(r.health.dialect.en, "CSV, UTF-8, comma separated");
}
END_TEST

START_TEST(cantest_in_utf16) {
    read_fixture(&r, "cantest-utf16.xls");
    ck_assert_uint_eq(r.count, 2);
    ck_frame(&r, 0, 45296789 * MS, "1826F456#010100");
    ck_frame(&r, 1, 45297039 * MS, "182756F4#8E17");
    ck_assert_str_eq(r.health.dialect.en, "CSV, UTF-16, tab separated");
    ck_assert_int_eq(r.health.clock, CLOCK_OF_DAY);
}
END_TEST

START_TEST(savvycan) {
    read_text(&r, "Time Stamp,ID,Extended,Dir,Bus,LEN,D1,D2,D3,D4,D5,D6,D7,D8\n"
                  "1000000,1826F456,true,Rx,0,3,01,01,00,,,,,,\n"
                  "1250000,182756F4,true,Tx,0,2,8E,17,,,,,,,\n"
                  "1250000,00000123,false,Rx,1,8,01,02,03,04,05,06,07,08,\n"
                  "1500000,00000124,true,Rx,1,0,,,,,,,,,\n");
    ck_assert_uint_eq(r.count, 4);
    ck_frame(&r, 0, 1 * S, "1826F456#010100");
    ck_frame(&r, 1, 1250 * MS, "182756F4#8E17");
    ck_frame(&r, 2, 1250 * MS, "123#0102030405060708");
    ck_frame(&r, 3, 1500 * MS, "00000124#");
    ck_assert(r.frames[1].sent);
    ck_assert_str_eq(r.networks[2], "1");
}
END_TEST

/* Bytes that look decimal are hexadecimal, as long as none has three digits. */
START_TEST(two_digits_are_hexadecimal) {
    read_text(&r, "Time Stamp,ID,Extended,Dir,Bus,LEN,D1,D2,D3\n"
                  "1000000,1826F456,true,Rx,0,3,10,11,12\n"
                  "1250000,1826F456,true,Rx,0,3,20,21,22\n");
    ck_frame(&r, 0, 1 * S, "1826F456#101112");
    read_text(&r, "Time Stamp,ID,Extended,Dir,Bus,LEN,D1,D2,D3\n"
                  "1000000,1826F456,true,Rx,0,3,10,11,12\n"
                  "1250000,1826F456,true,Rx,0,3,20,21,255\n");
    ck_frame(&r, 0, 1 * S, "1826F456#0A0B0C");
    ck_frame(&r, 1, 1250 * MS, "1826F456#1415FF");
}
END_TEST

START_TEST(python_can_base64) {
    read_text(&r, "timestamp,arbitration_id,extended,remote,error,dlc,data\n"
                  "1436509052.249713,0x1826f456,1,0,0,3,AQEA\n"
                  "1436509052.449713,0x182756f4,1,0,0,2,jhc=\n"
                  "1436509052.459713,0x182756f4,1,1,0,0,\n"
                  "1436509052.469713,0x4,0,0,1,8,AAAAAAAAAAA=\n"
                  "1436509052.499713,0x123,0,0,0,8,AQIDBAUGBwg=\n");
    ck_assert_uint_eq(r.count, 3);
    ck_frame(&r, 0, 1436509052249713000, "1826F456#010100");
    ck_frame(&r, 1, 1436509052449713000, "182756F4#8E17");
    ck_frame(&r, 2, 1436509052499713000, "123#0102030405060708");
    ck_assert_uint_eq(r.health.remote, 1);
    ck_assert_uint_eq(r.health.error, 1);
    ck_assert_int_eq(r.health.clock, CLOCK_ABSOLUTE);
}
END_TEST

START_TEST(hexadecimal_data_under_the_same_header_is_not_base64) {
    read_text(&r, "timestamp,arbitration_id,extended,remote,error,dlc,data\n"
                  "0.1,0x1826f456,1,0,0,3,010100\n0.2,0x1826f456,1,0,0,4,01010011\n");
    ck_frame(&r, 0, 100 * MS, "1826F456#010100");
    ck_frame(&r, 1, 200 * MS, "1826F456#01010011");
}
END_TEST

START_TEST(what_could_be_both_is_hexadecimal) {
    read_text(&r, "Time,ID,Data\n0.1,1826F456,01010011\n0.2,1826F456,8E178E17\n");
    ck_frame(&r, 0, 100 * MS, "1826F456#01010011");
    ck_frame(&r, 1, 200 * MS, "1826F456#8E178E17");
}
END_TEST

/* Cells without a byte are hexadecimal as well as anything: one that could only be base64 is damage. */
START_TEST(a_single_cell_does_not_make_it_base64) {
    read_text(&r, "Time,ID,Data\n0.1,1826F456,x|\n0.2,1826F456,x|\n0.3,1826F456,AQEA\n"
                  "0.4,1826F456,x|\n");
    ck_assert_uint_eq(r.count, 3);
    ck_frame(&r, 2, 400 * MS, "1826F456#");
    ck_assert_uint_eq(r.health.damaged, 1);
    ck_assert_uint_eq(r.health.damages[0].line, 4);
}
END_TEST

/* A row that does not say its network has none; the one before it does not lend its own. */
START_TEST(a_network_holds_for_its_row) {
    read_text(&r, "Time,ID,Channel,Data\n0.1,1826F456,can1,01\n0.2,1826F456,,02\n"
                  "0.3,1826F456,can1,03\n");
    ck_assert_uint_eq(r.count, 3);
    ck_assert_str_eq(r.networks[0], "can1");
    ck_assert_str_ne(r.networks[1], "can1");
    ck_assert_str_eq(r.networks[2], "can1");
    ck_assert_uint_eq(r.health.network_frames[0], 2);
}
END_TEST

START_TEST(a_stamp_that_stands_gives_way_to_a_time_that_runs) {
    read_text(&r, "系统时间,时间标识,ID号,数据\n12:00:00.000,0x0,0x1826F456,01 01 00\n"
                  "12:00:00.250,0x0,0x1826F456,01 01 00\n");
    ck_frame(&r, 1, 43200250 * MS, "1826F456#010100");
    ck_assert_int_eq(r.health.clock, CLOCK_OF_DAY);
}
END_TEST

START_TEST(an_identifier_above_7ff_is_extended_whatever_the_table_says) {
    read_text(&r, "ID,Type,Data\n1826F456,标准帧,01 01 00\n00000123,标准帧,01\n"
                  "00000123,扩展帧,01\n");
    ck_frame(&r, 0, 0, "1826F456#010100");
    ck_frame(&r, 1, 0, "123#01");
    ck_frame(&r, 2, 0, "00000123#01");
}
END_TEST

START_TEST(a_counter_is_not_taken_for_the_identifier) {
    read_text(&r, "0x00592897,0x18FF0301,2,01 02\n0x00592997,0x18FF0201,2,01 02\n"
                  "0x00592A97,0x18FF0301,2,01 02\n0x00592B97,0x18FF0101,2,01 02\n");
    ck_frame(&r, 0, 5843095 * 100000ll, "18FF0301#0102");
    ck_frame(&r, 3, (5843095 + 768) * 100000ll, "18FF0101#0102");
}
END_TEST

START_TEST(decimal_identifiers_and_bytes) {
    read_text(&r, "Time,CAN ID,B0,B1,B2,B3\n"
                  "0.000,405206102,1,1,0,\n"     /* 1826F456 */
                  "0.250,405231348,142,23,,\n"); /* 182756F4 */
    ck_frame(&r, 0, 0, "1826F456#010100");
    ck_frame(&r, 1, 250 * MS, "182756F4#8E17");
}
END_TEST

START_TEST(forms_of_identifiers_and_data) {
    read_text(&r, "Time [ms];ID;Data\n"
                  "1,5;1826F456h;01H 01H 00H\n"
                  "2,5;1826F456x;0x01 0x01 0x00\n"
                  "3,5;0x1826F456;0x010100\n"
                  "4,5;1826f456;01-01-00\n"
                  "5,5;\"1826F456\";\"01 01 00\"\n"
                  "6,5;1826F456;x| 1 1 0\n"
                  "7,5;0000001826F456;010100\n");
    ck_assert_uint_eq(r.count, 7);
    for (int i = 0; i < 7; i++) {
        ck_frame(&r, (size_t)i, i * MS + 1500000, "1826F456#010100");
    }
    ck_assert_str_eq(r.health.dialect.en, "CSV, UTF-8, semicolon separated, time in ms");
}
END_TEST

START_TEST(no_header_found_by_content) {
    read_text(&r, "0,0x1826F456,12:00:00.100,接收,数据帧,扩展帧,3,01 01 00\n"
                  "1,0x182756F4,12:00:00.200,接收,数据帧,扩展帧,2,8E 17\n"
                  "2,0x00000123,12:00:00.300,发送,数据帧,标准帧,1,7F\n"
                  "3,0x1826F456,12:00:00.350,接收,远程帧,扩展帧,0,\n");
    ck_assert_uint_eq(r.count, 3);
    ck_frame(&r, 0, 43200100 * MS, "1826F456#010100");
    ck_frame(&r, 2, 43200300 * MS, "123#7F");
    ck_assert(r.frames[2].sent);
    ck_assert_uint_eq(r.health.remote, 1);
}
END_TEST

START_TEST(no_header_no_length_no_time) {
    read_text(&r, "1826F456\t01 01 00\n182756F4\t8E 17\n1801F456\t00 01 00 00 00 FF FF FF\n");
    ck_assert_uint_eq(r.count, 3);
    ck_frame(&r, 1, 0, "182756F4#8E17");
    ck_assert_int_eq(r.health.clock, CLOCK_NONE);
}
END_TEST

START_TEST(pcan_trace) {
    read_text(&r, ";$FILEVERSION=1.1\n;$STARTTIME=42010.5\n"
                  ";   Message Number\n"
                  "     1)        12.3  Rx     1826F456  3  01 01 00\n"
                  "     2)       262.4  Rx     182756F4  2  8E 17\n"
                  "     3)       271.0  Tx     1801F456  8  00 01 00 00 00 FF FF FF\n"
                  "     4)       512.3  Rx     1826F456  3  01 01 00\n");
    ck_assert_uint_eq(r.count, 4);
    /* 42010.5 days since 30 December 1899: date -u -d '2015-01-06 12:00' +%s */
    ck_frame(&r, 0, 1420545600 * S + 12300000, "1826F456#010100");
    ck_frame(&r, 1, 1420545600 * S + 262400000, "182756F4#8E17");
    ck_assert(r.frames[2].sent);
    ck_assert_str_eq(r.health.dialect.en, "PCAN trace 1.1, UTF-8, blank separated, time in ms");
    ck_assert_int_eq(r.health.clock, CLOCK_ABSOLUTE);
}
END_TEST

START_TEST(a_preamble_and_a_second_header_are_no_damage) {
    read_text(&r,
              "USB2CANFD&LIN Display List File\n设备,USBCAN-2E-U\n\n"
              "序号,帧ID(Hex),长度,数据(Hex),时间标识,方向,帧类型,帧格式,CAN类型,通道号,设备号\n"
              "0,1826F456,3,01 01 00,0.250000,接收,数据帧,扩展帧,CAN,0,0\n"
              "1,1826F456,3,01 01 00,0.500000,接收,数据帧,扩展帧,CAN,0,0\n"
              "序号,帧ID(Hex),长度,数据(Hex),时间标识,方向,帧类型,帧格式,CAN类型,通道号,设备号\n"
              "0,1826F456,3,01 01 00,0.750000,接收,数据帧,扩展帧,CAN,0,0\n");
    ck_assert_uint_eq(r.count, 3);
    ck_assert_uint_eq(r.frames[0].line, 5);
    ck_frame(&r, 2, 750 * MS, "1826F456#010100");
    ck_assert_uint_eq(r.health.damaged, 0);
}
END_TEST

static void read_with(const char *text, const char *columns, const char *unit) {
    struct capture_options options = {.columns = columns, .time_unit = unit};
    read_bytes(&r, text, strlen(text), &options);
}

START_TEST(columns_by_number_and_by_name) {
    const char *text = "wann,wer,was\n7,1826F456,010100\n8,182756F4,8E17\n";
    read_text(&r, "wann,wer,egal,was\n7,zz,yy,xx\n");
    ck_assert(strstr(r.problem.text, "unknown capture format") != NULL);
    read_with(text, "id=2,data=3,time=1", "0.1ms");
    ck_assert_uint_eq(r.count, 2);
    ck_frame(&r, 0, 700000, "1826F456#010100");
    ck_assert_uint_eq(r.health.damaged, 0);
    read_with(text, "id=wer,data=was", NULL);
    ck_frame(&r, 1, 0, "182756F4#8E17");
    ck_assert_int_eq(r.health.clock, CLOCK_NONE);
    read_with("\xD6\xA1ID,\xCA\xFD\xBE\xDD\n1826F456,010100\n", "id=帧ID,data=数据",
              NULL); /* GBK */
    ck_frame(&r, 0, 0, "1826F456#010100");
}
END_TEST

START_TEST(wrong_columns_are_explained) {
    const char *text = "a,b\n1826F456,010100\n";
    read_with(text, "id=1,data=9", NULL);
    ck_assert_str_eq(r.problem.text,
                     "columns \"id=1,data=9\": no line among the first 200 has them all (id= "
                     "and data= are needed)");
    read_with(text, "id=1", NULL);
    ck_assert(strstr(r.problem.text, "needed") != NULL);
    read_with(text, "ident=1,data=2", NULL);
    ck_assert(strstr(r.problem.text, "expected id=, data=") != NULL);
    read_with(text, "id=1,data=", NULL);
    ck_assert(strstr(r.problem.text, "expected id=, data=") != NULL);
    read_with(text, "id", NULL);
    ck_assert(strstr(r.problem.text, "expected id=, data=") != NULL);
    read_with("ID,Data\n1826F456,010100\n", NULL, "minutes");
    ck_assert_str_eq(r.problem.text, "time unit \"minutes\": expected s, ms, us, ns or 0.1ms");
}
END_TEST

START_TEST(every_damage_has_its_line) {
    read_text(&r, "Time,ID,Len,Data\n"
                  "0.1,1826F456,3,01 01 00\n" /* 2 */
                  "0.2\n"
                  "0.2,18Z6F456,3,01 01 00\n"
                  "0.2,3826F456,3,01 01 00\n" /* 5 */
                  "0.2,1826F456,x,01 01 00\n"
                  "0.2,1826F456,3,01 0z 00\n"
                  "0.2,1826F456,3,01 01\n"
                  "0.2,1826F456,9,01 02 03 04 05 06 07 08 09\n"
                  "later,1826F456,3,01 01 00\n" /* 10 */
                  "# a remark\n"
                  "0.3,1826F456,3,01 01 00\n"
                  "0.4,1826F456,3,01 01 00\n");
    ck_assert_uint_eq(r.count, 3);
    ck_assert_uint_eq(r.health.damaged, 8);
    ck_damage(&r, 0, 3, "the row has 1 columns; the identifier is in column 2");
    ck_damage(&r, 1, 4, "identifier \"18Z6F456\" is no hexadecimal number");
    ck_damage(&r, 2, 5, "identifier above 1FFFFFFF");
    ck_damage(&r, 3, 6, "length \"x\" is no number up to 64");
    ck_damage(&r, 4, 7, "data is not bytes");
    ck_damage(&r, 5, 8, "2 data bytes, but the length says 3");
    ck_damage(&r, 6, 9, "data longer than 8 bytes");
    ck_damage(&r, 7, 10, "time \"later\" is unreadable");
}
END_TEST

START_TEST(cut_at_the_end) {
    read_text(&r, "Time,ID,Len,Data\n0.1,1826F456,3,01 01 00\n0.2,1826F456,3,01 01");
    ck_assert_uint_eq(r.count, 1);
    ck_assert(r.health.cut);
    read_text(&r, "Time,ID,Len,Data\n0.1,1826F456,3,01 01 00\n0.2,1826F456,3,01 01 00");
    ck_assert_uint_eq(r.count, 2);
    ck_assert(!r.health.cut);
    read_text(&r, "Time,ID,Data\n0.1,1826F456,01 01 00\n0.2,1826F456,01 01");
    ck_assert_uint_eq(r.count, 2);
    ck_assert(r.frames[1].unended);
    ck_assert_uint_eq(r.health.unended_line, 3);
}
END_TEST

START_TEST(nul_bytes_and_huge_lines) {
    static char text[20000];
    size_t n =
        (size_t)sprintf(text, "Time,ID,Len,Data\n0.1,1826F456,3,01 01 00\n0.2,1826F456,3,01 ");
    memcpy(text + n,
           "\0"
           "1 00\n",
           6);
    n += 6;
    memset(text + n, ',', 5000);
    n += 5000;
    n += (size_t)sprintf(text + n, "\n0.3,1826F456,3,01 01 00\n");
    read_bytes(&r, text, n, NULL);
    ck_assert_uint_eq(r.count, 2);
    struct capture_options options = {.columns = "time=1,id=2,length=3,data=4"};
    read_bytes(&r, text, n, &options);
    ck_assert_uint_eq(r.count, 2);
    ck_damage(&r, 0, 3, "the line contains NUL bytes");
    ck_damage(&r, 1, 4, "line longer than 4096 bytes");
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("tables");
    tcase_add_test(cases, excel_lost_the_hour);
    tcase_add_test(cases, canalyst);
    tcase_add_test(cases, a_counter_that_is_none_gives_way_to_the_pc_s_time);
    tcase_add_test(cases, zcanpro);
    tcase_add_test(cases, cantest_in_utf16);
    tcase_add_test(cases, savvycan);
    tcase_add_test(cases, two_digits_are_hexadecimal);
    tcase_add_test(cases, python_can_base64);
    tcase_add_test(cases, hexadecimal_data_under_the_same_header_is_not_base64);
    tcase_add_test(cases, what_could_be_both_is_hexadecimal);
    tcase_add_test(cases, a_single_cell_does_not_make_it_base64);
    tcase_add_test(cases, a_network_holds_for_its_row);
    tcase_add_test(cases, a_stamp_that_stands_gives_way_to_a_time_that_runs);
    tcase_add_test(cases, an_identifier_above_7ff_is_extended_whatever_the_table_says);
    tcase_add_test(cases, a_counter_is_not_taken_for_the_identifier);
    tcase_add_test(cases, decimal_identifiers_and_bytes);
    tcase_add_test(cases, forms_of_identifiers_and_data);
    tcase_add_test(cases, no_header_found_by_content);
    tcase_add_test(cases, no_header_no_length_no_time);
    tcase_add_test(cases, pcan_trace);
    tcase_add_test(cases, a_preamble_and_a_second_header_are_no_damage);
    tcase_add_test(cases, columns_by_number_and_by_name);
    tcase_add_test(cases, wrong_columns_are_explained);
    tcase_add_test(cases, every_damage_has_its_line);
    tcase_add_test(cases, cut_at_the_end);
    tcase_add_test(cases, nul_bytes_and_huge_lines);
    return run_suite("reader_csv", cases);
}
