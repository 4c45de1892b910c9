/* SPDX-License-Identifier: MIT */
#include "vehicle_bms/message/print.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void says(const char *code, enum edition edition, const char *hex, const char *en,
                 const char *zh) {
    const struct message *message = message_of_edition(message_by_code(code), edition);
    uint8_t data[MESSAGE_LENGTH_MAX];
    char text[MESSAGE_TEXT_SIZE];
    size_t length = 0;
    for (; sscanf(hex, "%2hhx", &data[length]) == 1; hex += hex[2] == ' ' ? 3 : 2) {
        length++;
        if (hex[2] == '\0') {
            break;
        }
    }
    size_t told = message_print(message, data, length, false, text, sizeof text);
    ck_assert_str_eq(text, en);
    ck_assert_uint_eq(told, strlen(text));
    message_print(message, data, length, true, text, sizeof text);
    ck_assert_str_eq(text, zh);
}

START_TEST(single_values) {
    says("BHM", EDITION_2015, "A5 10", "highest allowed total charging voltage 426.1 V",
         "最高允许充电总电压 426.1 V");
    says("BHM", EDITION_2023, "A5 10", "insulation monitoring allowed voltage 426.1 V",
         "绝缘监测允许电压 426.1 V");
    says("BHM", EDITION_2015, "FF FF", "highest allowed total charging voltage not supplied",
         "最高允许充电总电压 未提供");
    says("BCL", EDITION_2015, "A5 10 D8 0E 02",
         "voltage demand 426.1 V, current demand -20.0 A, charging mode constant current (02)",
         "电压需求 426.1 V，电流需求 -20.0 A，充电模式 恒流充电（02）");
    says("BCL", EDITION_2015, "A5 10 10 27 07",
         "voltage demand 426.1 V, current demand 600.0 A (out of range), charging mode 0x07 (out "
         "of range)",
         "电压需求 426.1 V，电流需求 600.0 A（超出范围），充电模式 0x07（超出范围）");
    says("CRM", EDITION_2015, "AA 01 00 00 00 31 32 33",
         "recognition result recognised (AA), charger number 1, region code 123",
         "辨识结果 能识别（AA），充电机编号 1，充电机/充电站所在区域编码 123");
    says("CRM", EDITION_2011, "00 07 61 62 63 64 65 66",
         "recognition result not recognised (00), charger number 7, region code abcdef",
         "辨识结果 不能识别（00），充电机编号 7，充电机/充电站所在区域编码 abcdef");
    says("BRO", EDITION_2015, "FF", "invalid (FF)", "无效（FF）");
    says("CRO", EDITION_2015, "AA", "ready (AA)", "准备好（AA）");
    says("CRO", EDITION_2015, "01", "charger ready to charge 0x01 (out of range)",
         "充电机是否充电准备好 0x01（超出范围）");
}
END_TEST

START_TEST(fields_read_together) {
    says("CHM", EDITION_2015, "01 01 00", "protocol version V1.1", "协议版本 V1.1");
    says("CTS", EDITION_2015, "59 30 12 31 12 15 20", "2015-12-31 12:30:59", "2015-12-31 12:30:59");
    says("CTS", EDITION_2015, "FF FF FF FF FF FF FF", "nothing supplied", "未提供任何内容");
    says("CTS", EDITION_2015, "5A 30 12 31 12 15 20",
         "second 0x5A (out of range), minute 30, hour 12, day 31, month 12, year 2015",
         "秒 0x5A（超出范围），分 30，时 12，日 31，月 12，年 2015");
    says("BSD", EDITION_2015, "4D 4D 01 4E 01 35 36",
         "SOC at stop 77%, lowest cell voltage 3.33 V, highest cell voltage 3.34 V, lowest "
         "temperature 3 °C, highest temperature 4 °C",
         "中止荷电状态 77%，单体最低电压 3.33 V，单体最高电压 3.34 V，最低温度 3 °C，最高温度 4 "
         "°C");
}
END_TEST

START_TEST(states) {
    says("CST", EDITION_2015, "04 00 F0 F0", "stopped by hand", "人工中止");
    says("CST", EDITION_2015, "10 00 F1 F0", "stopped by fault, emergency stop",
         "故障中止，充电机急停故障");
    says("BST", EDITION_2015, "00 00 00 F0", "all normal", "均正常");
    says("BST", EDITION_2015, "40 02 00 F0",
         "charger stopped (CST received), insulation fault untrusted",
         "充电机主动中止，绝缘故障 不可信状态");
    says("CST", EDITION_2023, "00 00 10 F0", "all normal, further reasons, bits not public 1",
         "均正常，其他原因（位置未公开） 1");
    says("CEM", EDITION_2015, "FC F0 C4 FC", "BCL not received in time", "接收BCL超时");
    says("CCS", EDITION_2015, "24 0B A0 0F 00 00 FC",
         "output voltage 285.2 V, output current 0.0 A, time charged 0 min, charging "
         "paused",
         "电压输出值 285.2 V，电流输出值 0.0 A，累计充电时间 0 min，充电允许 暂停");
    says("BSM", EDITION_2015, "1E 36 06 35 0F 00 10",
         "number of the highest-voltage cell 31, highest 4 °C (sensor 7), lowest 3 °C (sensor "
         "16), all normal, charging permitted",
         "最高单体电压所在编号 31，最高温度 4 °C（检测点7），最低温度 3 °C"
         "（检测点16），均正常，充电允许 允许");
    says("BSM", EDITION_2015, "1E 36 06 35 0F 42 01",
         "number of the highest-voltage cell 31, highest 4 °C (sensor 7), lowest 3 °C (sensor "
         "16), cell voltage state too low, over-temperature too hot, insulation state abnormal, "
         "charging forbidden",
         "最高单体电压所在编号 31，最高温度 4 °C（检测点7），最低温度 3 °C"
         "（检测点16），单体电压过高/过低 过低，温度过高 过高，绝缘状态 不正常，充电允许 禁止");
}
END_TEST

START_TEST(repeated_fields) {
    says("BMV", EDITION_2015, "4C 61 4A 61 FF FF 50 61",
         "3× cell voltage 3.30 V (#2) … 3.36 V (#4) (1 not supplied), 4× group of the cell 6 "
         "(#1) … 15 (#3)",
         "3× 单体电压 3.30 V (#2) … 3.36 V (#4)（1个未提供），4× 单体所在组号 6 (#1) … 15 (#3)");
    says("BMT", EDITION_2015, "47 47 47", "3× battery temperature 21 °C",
         "3× 动力蓄电池温度 21 °C");
    says("BSP", EDITION_2015, "FF FF", "nothing supplied", "未提供任何内容");
}
END_TEST

/* A short buffer, of whatever size, holds whole characters. */
START_TEST(cut_between_characters) {
    const uint8_t bsm[7] = {0x1E, 0x36, 0x06, 0x35, 0x0F, 0x00, 0x10};
    char whole[MESSAGE_TEXT_SIZE];
    size_t length = message_print(&messages[MESSAGE_BSM], bsm, 7, true, whole, sizeof whole);
    for (size_t size = 1; size <= length; size++) {
        char *text = malloc(size);
        ck_assert_ptr_nonnull(text);
        size_t told = message_print(&messages[MESSAGE_BSM], bsm, 7, true, text, size);
        ck_assert_uint_eq(strlen(text), told);
        ck_assert_int_eq(strncmp(text, whole, told), 0);
        /* What follows in the whole text begins a character. */
        ck_assert_uint_ne((unsigned char)whole[told] & 0xC0, 0x80);
        ck_assert_uint_lt(size - 1 - told, 4);
        free(text);
    }
}
END_TEST

/* Every message, with any payload and any length, fits and ends. */
START_TEST(any_payload) {
    static const uint8_t fills[] = {0x00, 0xFF, 0x55, 0xAA, 0x7F, 0x80, 0x12};
    for (int edition = 0; edition < EDITIONS; edition++) {
        const struct message *message = message_of_edition(&messages[_i], (enum edition)edition);
        for (size_t length = 0; length <= MESSAGE_LENGTH_MAX; length += length < 60 ? 1 : 113) {
            for (size_t k = 0; k < sizeof fills; k++) {
                uint8_t data[MESSAGE_LENGTH_MAX];
                char text[MESSAGE_TEXT_SIZE];
                memset(data, fills[k], sizeof data);
                size_t told = message_print(message, data, length, _i % 2 != 0, text, sizeof text);
                ck_assert_uint_gt(told, 0);
                ck_assert_uint_lt(told, MESSAGE_TEXT_SIZE - 1); /* nothing was cut */
            }
        }
    }
}
END_TEST

START_TEST(columns) {
    ck_assert_uint_eq(message_text_columns("BCL 4 °C …"), 10);
    ck_assert_uint_eq(message_text_columns("BMS和车辆辨识"), 13);
    ck_assert_uint_eq(message_text_columns("，"), 2);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("message print");
    TCase *all = tcase_create("all");
    tcase_add_test(all, single_values);
    tcase_add_test(all, fields_read_together);
    tcase_add_test(all, states);
    tcase_add_test(all, repeated_fields);
    tcase_add_test(all, cut_between_characters);
    tcase_add_loop_test(all, any_payload, 0, MESSAGE_COUNT);
    tcase_add_test(all, columns);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
