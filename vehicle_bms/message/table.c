/* SPDX-License-Identifier: MIT */
/* The dictionary itself. Facts: GB/T 27930-2015 chapters 9 and 10.
 *
 * The other editions are columns (forms) and, where a layout differs, rows of their own at the end:
 *  - 2011: no CHM, no BHM; CRM with a charger number of 1 byte (1..100) and a region code of 6; BRM
 *    ends with the VIN (41 bytes); CML without the lowest current (6); CCS without "charging
 *    permitted" (6); CSD with a charger number of 1 byte (5). Taken from firmware written to that
 *    edition, not from the standard. Not known: its periods and clauses, whether BST and CST have
 *    all the reasons of 2015, whether a CCS of 8 bytes was allowed. They are as in 2015 here.
 *  - 2023, class A: BRM fixed at 49 and CCS at 7 bytes; BHM's field has another name; BST has a
 *    further reason (parameters do not match), CST two (self-check fault, pre-charge fault). Where
 *    those stand is not public: the bits that 2015 leaves open are shown as they are and not held
 *    to be reserved. The time-out of BSM that 2023 adds is a limit of the rules, not a column. */
#include "vehicle_bms/message/messages.h"

#include <assert.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define NO_MIN   1 /* min > max: no range printed */
#define NO_MAX   0

#define ROW(name, zh, en, spn, byte, bit, bits, scale, offset, unit, min, max, kind, flags,        \
            labels)                                                                                \
    {                                                                                              \
        name, zh, en, spn, byte, bit, bits, 1, 0, scale, offset, min, max, unit, kind, flags,      \
            labels, 1.0 / (scale)                                                                  \
    }

/* Whole bytes with a scale. */
#define NUM(name, zh, en, spn, byte, bytes, scale, offset, unit, min, max, flags)                  \
    ROW(name, zh, en, spn, byte, 1, (bytes)*8, scale, offset, unit, min, max, FIELD_NUMBER, flags, \
        NULL)
#define VOLT(name, zh, en, spn, byte, min, max)                                                    \
    NUM(name, zh, en, spn, byte, 2, 0.1, 0, "V", min, max, 0)
#define AMPERE(name, zh, en, spn, byte)                                                            \
    NUM(name, zh, en, spn, byte, 2, 0.1, -400, "A", -400, 400, 0)
#define CELSIUS(name, zh, en, spn, byte)                                                           \
    NUM(name, zh, en, spn, byte, 1, 1, -50, "degC", -50, 200, 0)
#define ENUM(name, zh, en, spn, byte, labels, flags)                                               \
    ROW(name, zh, en, spn, byte, 1, 8, 1, 0, "", NO_MIN, NO_MAX, FIELD_NUMBER, flags, labels)
#define ASCII(name, zh, en, spn, byte, bytes)                                                      \
    ROW(name, zh, en, spn, byte, 1, (bytes)*8, 1, 0, "", NO_MIN, NO_MAX, FIELD_ASCII,              \
        FIELD_OPTIONAL, NULL)
#define BCD(name, zh, en, byte, bytes, min, max)                                                   \
    ROW(name, zh, en, 2823, byte, 1, (bytes)*8, 1, 0, "", min, max, FIELD_BCD, FIELD_OPTIONAL, NULL)
#define TWO(name, zh, en, spn, byte, bit, flags, labels)                                           \
    ROW(name, zh, en, spn, byte, bit, 2, 1, 0, "", 0, 2, FIELD_BITS, flags, labels)
/* A state that is normal (0) as a rule. */
#define STATE(name, zh, en, spn, byte, bit, labels)                                                \
    TWO(name, zh, en, spn, byte, bit, FIELD_QUIET, labels)
#define SIX(byte, bit)                                                                             \
    ROW("other", "其他", "other", 0, byte, bit, 6, 1, 0, "", NO_MIN, NO_MAX, FIELD_BITS,           \
        FIELD_OPTIONAL, NULL)
#define FURTHER(name, byte)                                                                        \
    ROW(name, "其他原因（位置未公开）", "further reasons, bits not public", 0, byte, 5, 4, 1, 0,   \
        "", NO_MIN, NO_MAX, FIELD_BITS, FIELD_OPTIONAL, NULL)

static const struct field_label recognition_labels[] = {
    {0x00, false, "不能识别", "not recognised"}, {0xAA, false, "能识别", "recognised"}, {0}};
static const struct field_label ready_bms_labels[] = {{0x00, false, "未准备好", "not ready"},
                                                      {0xAA, false, "准备好", "ready"},
                                                      {0xFF, false, "无效", "invalid"},
                                                      {0}};
static const struct field_label battery_labels[] = {
    {0x01, false, "铅酸电池", "lead-acid"},
    {0x02, false, "镍氢电池", "NiMH"},
    {0x03, false, "磷酸铁锂电池", "LFP"},
    {0x04, false, "锰酸锂电池", "LMO"},
    {0x05, false, "钴酸锂电池", "LCO"},
    {0x06, false, "三元材料电池", "ternary"},
    {0x07, false, "聚合物锂离子电池", "polymer Li-ion"},
    {0x08, false, "钛酸锂电池", "LTO"},
    {0xFF, false, "其他电池", "other"},
    {0}};
static const struct field_label ownership_labels[] = {
    {0, false, "租赁", "leased"}, {1, false, "车自有", "owned by the vehicle"}, {0}};
static const struct field_label mode_labels[] = {
    {1, false, "恒压充电", "constant voltage"}, {2, false, "恒流充电", "constant current"}, {0}};
static const struct field_label permitted_labels[] = {
    {0, false, "禁止", "forbidden"}, {1, false, "允许", "permitted"}, {0}};
static const struct field_label paused_labels[] = {
    {0, false, "暂停", "paused"}, {1, false, "允许", "permitted"}, {0}};
static const struct field_label level_labels[] = {{0, false, "正常", "normal"},
                                                  {1, false, "过高", "too high"},
                                                  {2, false, "过低", "too low"},
                                                  {0}};
static const struct field_label over_labels[] = {{0, false, "正常", "normal"},
                                                 {1, false, "过流", "over-current"},
                                                 {2, true, "不可信状态", "untrusted"},
                                                 {0}};
static const struct field_label hot_labels[] = {{0, false, "正常", "normal"},
                                                {1, false, "过高", "too hot"},
                                                {2, true, "不可信状态", "untrusted"},
                                                {0}};
static const struct field_label fault_labels[] = {{0, false, "正常", "normal"},
                                                  {1, false, "不正常", "abnormal"},
                                                  {2, true, "不可信状态", "untrusted"},
                                                  {0}};
static const struct field_label reached_labels[] = {{0, false, "未达到", "not reached"},
                                                    {1, false, "达到", "reached"},
                                                    {2, true, "不可信状态", "untrusted"},
                                                    {0}};
static const struct field_label stop_labels[] = {{0, false, "正常", "normal"},
                                                 {1, false, "中止", "stopped"},
                                                 {2, true, "不可信状态", "untrusted"},
                                                 {0}};
static const struct field_label timeout_labels[] = {{0, false, "正常", "normal"},
                                                    {1, false, "超时", "timeout"},
                                                    {2, true, "不可信状态", "untrusted"},
                                                    {0}};

static const struct field chm_fields[] = {
    NUM("version_minor", "协议版本号（次）", "protocol version, minor", 2600, 1, 1, 1, 0, "",
        NO_MIN, NO_MAX, 0),
    NUM("version_major", "协议版本号（主）", "protocol version, major", 2600, 2, 2, 1, 0, "",
        NO_MIN, NO_MAX, 0),
};
static const struct field bhm_fields[] = {
    VOLT("voltage_max", "最高允许充电总电压", "highest allowed total charging voltage", 2601, 1,
         NO_MIN, NO_MAX),
};
/* The Chinese name is translated back: the wording of the standard is not known. */
static const struct field bhm_fields_2023[] = {
    VOLT("voltage_max", "绝缘监测允许电压", "insulation monitoring allowed voltage", 2601, 1,
         NO_MIN, NO_MAX),
};
static const struct field crm_fields[] = {
    ENUM("result", "辨识结果", "recognition result", 2560, 1, recognition_labels, 0),
    NUM("charger_number", "充电机编号", "charger number", 2561, 2, 4, 1, 0, "", NO_MIN, NO_MAX,
        FIELD_FULL),
    ASCII("region", "充电机/充电站所在区域编码", "region code", 2562, 6, 3),
};
static const struct field crm_fields_2011[] = {
    ENUM("result", "辨识结果", "recognition result", 2560, 1, recognition_labels, 0),
    NUM("charger_number", "充电机编号", "charger number", 2561, 2, 1, 1, 0, "", 1, 100, 0),
    ASCII("region", "充电机/充电站所在区域编码", "region code", 2562, 3, 6),
};
static const struct field brm_fields[] = {
    NUM("version_minor", "BMS协议版本号（次）", "protocol version, minor", 2565, 1, 1, 1, 0, "",
        NO_MIN, NO_MAX, 0),
    NUM("version_major", "BMS协议版本号（主）", "protocol version, major", 2565, 2, 2, 1, 0, "",
        NO_MIN, NO_MAX, 0),
    ENUM("battery_type", "电池类型", "battery type", 2566, 4, battery_labels, 0),
    NUM("rated_capacity", "额定容量", "rated capacity", 2567, 5, 2, 0.1, 0, "Ah", 0, 1000, 0),
    /* The printed range ends at 750 V; newer vehicles exceed it. */
    VOLT("rated_voltage", "额定总电压", "rated total voltage", 2568, 7, 0, 750),
    ASCII("maker", "电池生产厂商名称", "battery maker", 2569, 9, 4),
    NUM("serial_number", "电池组序号", "pack serial number", 2570, 13, 4, 1, 0, "", NO_MIN, NO_MAX,
        FIELD_OPTIONAL | FIELD_PERSONAL),
    NUM("year", "生产日期：年", "production year", 2571, 17, 1, 1, 1985, "", 1985, 2235,
        FIELD_OPTIONAL),
    NUM("month", "生产日期：月", "production month", 2571, 18, 1, 1, 0, "", 1, 12, FIELD_OPTIONAL),
    NUM("day", "生产日期：日", "production day", 2571, 19, 1, 1, 0, "", 1, 31, FIELD_OPTIONAL),
    NUM("charge_count", "充电次数", "charge count", 2572, 20, 3, 1, 0, "", NO_MIN, NO_MAX,
        FIELD_OPTIONAL),
    ENUM("ownership", "产权标识", "ownership", 2573, 23, ownership_labels, FIELD_OPTIONAL),
    NUM("reserved", "预留", "reserved", 2574, 24, 1, 1, 0, "", NO_MIN, NO_MAX, FIELD_OPTIONAL),
    ROW("vin", "车辆识别码（VIN）", "vehicle identification number", 2575, 25, 1, 17 * 8, 1, 0, "",
        NO_MIN, NO_MAX, FIELD_ASCII, FIELD_OPTIONAL | FIELD_PERSONAL, NULL),
    NUM("software_build", "BMS软件版本：当日编译次数", "software build of the day", 2576, 42, 1, 1,
        0, "", NO_MIN, NO_MAX, FIELD_OPTIONAL),
    NUM("software_day", "BMS软件版本：日", "software day", 2576, 43, 1, 1, 0, "", 1, 31,
        FIELD_OPTIONAL),
    NUM("software_month", "BMS软件版本：月", "software month", 2576, 44, 1, 1, 0, "", 1, 12,
        FIELD_OPTIONAL),
    NUM("software_year", "BMS软件版本：年", "software year", 2576, 45, 2, 1, 0, "", NO_MIN, NO_MAX,
        FIELD_OPTIONAL),
};
static const struct field bcp_fields[] = {
    NUM("cell_voltage_max", "单体最高允许充电电压", "highest allowed cell voltage", 2816, 1, 2,
        0.01, 0, "V", 0, 24, 0),
    AMPERE("current_max", "最高允许充电电流", "highest allowed charging current", 2817, 3),
    /* Optional by a secondary source only; FF is accepted. */
    NUM("energy", "标称总能量", "nominal total energy", 2818, 5, 2, 0.1, 0, "kWh", 0, 1000,
        FIELD_OPTIONAL),
    VOLT("voltage_max", "最高允许充电总电压", "highest allowed total voltage", 2819, 7, NO_MIN,
         NO_MAX),
    CELSIUS("temperature_max", "最高允许温度", "highest allowed temperature", 2820, 9),
    NUM("soc", "荷电状态", "state of charge", 2821, 10, 2, 0.1, 0, "%", 0, 100, 0),
    VOLT("battery_voltage", "当前电池电压", "present total battery voltage", 2822, 12, NO_MIN,
         NO_MAX),
};
static const struct field cts_fields[] = {
    BCD("second", "秒", "second", 1, 1, 0, 59), BCD("minute", "分", "minute", 2, 1, 0, 59),
    BCD("hour", "时", "hour", 3, 1, 0, 23),     BCD("day", "日", "day", 4, 1, 1, 31),
    BCD("month", "月", "month", 5, 1, 1, 12),   BCD("year", "年", "year", 6, 2, 0, 9999),
};
static const struct field cml_fields[] = {
    VOLT("voltage_max", "最高输出电压", "highest output voltage", 2824, 1, NO_MIN, NO_MAX),
    VOLT("voltage_min", "最低输出电压", "lowest output voltage", 2825, 3, NO_MIN, NO_MAX),
    AMPERE("current_max", "最大输出电流", "highest output current", 2826, 5),
    AMPERE("current_min", "最小输出电流", "lowest output current", 2827, 7),
};
static const struct field bro_fields[] = {
    ENUM("ready", "BMS是否充电准备好", "BMS ready to charge", 2829, 1, ready_bms_labels, 0),
};
static const struct field cro_fields[] = {
    ENUM("ready", "充电机是否充电准备好", "charger ready to charge", 2830, 1, ready_bms_labels, 0),
};
static const struct field bcl_fields[] = {
    VOLT("voltage_demand", "电压需求", "voltage demand", 3072, 1, NO_MIN, NO_MAX),
    AMPERE("current_demand", "电流需求", "current demand", 3073, 3),
    ENUM("mode", "充电模式", "charging mode", 3074, 5, mode_labels, 0),
};
static const struct field bcs_fields[] = {
    VOLT("voltage", "充电电压测量值", "measured charging voltage", 3075, 1, NO_MIN, NO_MAX),
    AMPERE("current", "充电电流测量值", "measured charging current", 3076, 3),
    ROW("cell_voltage_max", "最高单体电压", "highest cell voltage", 3077, 5, 1, 12, 0.01, 0, "V", 0,
        24, FIELD_NUMBER, 0, NULL),
    ROW("cell_group", "最高单体电压所在组号", "group of that cell", 3077, 6, 5, 4, 1, 0, "", 0, 15,
        FIELD_NUMBER, FIELD_FULL, NULL),
    NUM("soc", "当前荷电状态", "state of charge", 3078, 7, 1, 1, 0, "%", 0, 100, 0),
    NUM("time_left", "估算剩余充电时间", "estimated time left", 3079, 8, 2, 1, 0, "min", 0, 600, 0),
};
static const struct field ccs_fields[] = {
    VOLT("output_voltage", "电压输出值", "output voltage", 3081, 1, NO_MIN, NO_MAX),
    AMPERE("output_current", "电流输出值", "output current", 3082, 3),
    NUM("charging_time", "累计充电时间", "time charged", 3083, 5, 2, 1, 0, "min", 0, 600, 0),
    TWO("charging_permitted", "充电允许", "charging", 3929, 7, 1, 0, paused_labels),
};
static const struct field bsm_fields[] = {
    NUM("cell_number", "最高单体电压所在编号", "number of the highest-voltage cell", 3085, 1, 1, 1,
        1, "", 1, 256, FIELD_FULL),
    CELSIUS("temperature_max", "最高动力蓄电池温度", "highest battery temperature", 3086, 2),
    NUM("temperature_max_sensor", "最高温度检测点编号", "sensor of the highest temperature", 3087,
        3, 1, 1, 1, "", 1, 128, 0),
    CELSIUS("temperature_min", "最低动力蓄电池温度", "lowest battery temperature", 3088, 4),
    NUM("temperature_min_sensor", "最低温度检测点编号", "sensor of the lowest temperature", 3089, 5,
        1, 1, 1, "", 1, 128, 0),
    STATE("cell_voltage_state", "单体电压过高/过低", "cell voltage state", 3090, 6, 1,
          level_labels),
    STATE("soc_state", "SOC过高/过低", "SOC state", 3091, 6, 3, level_labels),
    STATE("over_current", "充电过电流", "charging over-current", 3092, 6, 5, over_labels),
    STATE("over_temperature", "温度过高", "over-temperature", 3093, 6, 7, hot_labels),
    STATE("insulation", "绝缘状态", "insulation state", 3094, 7, 1, fault_labels),
    STATE("connector", "输出连接器连接状态", "output connector state", 3095, 7, 3, fault_labels),
    TWO("charging_permitted", "充电允许", "charging", 3096, 7, 5, 0, permitted_labels),
};
static const struct field bmv_fields[] = {
    {"cell_voltage", "单体电压", "cell voltage", 3101, 1, 1, 12, 256, 2, 0.01, 0, 0, 24, "V",
     FIELD_NUMBER, FIELD_OPTIONAL, NULL, 100},
    {"cell_group", "单体所在组号", "group of the cell", 3101, 2, 5, 4, 256, 2, 1, 0, 0, 15, "",
     FIELD_NUMBER, FIELD_OPTIONAL | FIELD_FULL, NULL, 1},
};
static const struct field bmt_fields[] = {
    /* The first SPN is uncertain in the sources (3361). */
    {"temperature", "动力蓄电池温度", "battery temperature", 3361, 1, 1, 8, 128, 1, 1, -50, -50,
     200, "degC", FIELD_NUMBER, FIELD_OPTIONAL, NULL, 1},
};
static const struct field bsp_fields[] = {
    {"reserved", "动力蓄电池预留字段", "reserved", 3491, 1, 1, 8, 16, 1, 1, 0, 0, 255, "",
     FIELD_NUMBER, FIELD_OPTIONAL, NULL, 1},
};
static const struct field bst_fields[] = {
    STATE("soc_reached", "达到所需求的SOC目标值", "wanted SOC reached", 3511, 1, 1, reached_labels),
    STATE("voltage_reached", "达到总电压的设定值", "total-voltage set value reached", 3511, 1, 3,
          reached_labels),
    STATE("cell_voltage_reached", "达到单体电压的设定值", "cell-voltage set value reached", 3511, 1,
          5, reached_labels),
    STATE("charger_stopped", "充电机主动中止", "charger stopped (CST received)", 3511, 1, 7,
          stop_labels),
    STATE("insulation_fault", "绝缘故障", "insulation fault", 3512, 2, 1, fault_labels),
    STATE("connector_over_temperature", "输出连接器过温故障", "output connector over-temperature",
          3512, 2, 3, fault_labels),
    STATE("component_over_temperature", "BMS元件、输出连接器过温",
          "BMS component or connector over-temperature", 3512, 2, 5, fault_labels),
    STATE("connector_fault", "充电连接器故障", "charging connector fault", 3512, 2, 7,
          fault_labels),
    STATE("pack_over_temperature", "电池组温度过高故障", "battery pack over-temperature", 3512, 3,
          1, fault_labels),
    STATE("relay_fault", "高压继电器故障", "high-voltage relay fault", 3512, 3, 3, fault_labels),
    STATE("detection_point_2_fault", "检测点2电压检测故障", "detection point 2 voltage fault", 3512,
          3, 5, fault_labels),
    STATE("other_fault", "其他故障", "other fault", 3512, 3, 7, fault_labels),
    STATE("over_current", "电流过大", "over-current", 3513, 4, 1, fault_labels),
    STATE("voltage_abnormal", "电压异常", "voltage abnormal", 3513, 4, 3, fault_labels),
    /* From here on 2023 only. */
    FURTHER("further_reasons", 4),
};
static const struct field cst_fields[] = {
    STATE("condition_reached", "达到充电机设定的条件中止", "condition set on the charger reached",
          3521, 1, 1, reached_labels),
    STATE("manual_stop", "人工中止", "stopped by hand", 3521, 1, 3, stop_labels),
    STATE("fault_stop", "故障中止", "stopped by fault", 3521, 1, 5, stop_labels),
    STATE("bms_stopped", "BMS主动中止", "BMS stopped (BST received)", 3521, 1, 7, stop_labels),
    STATE("over_temperature", "充电机过温故障", "charger over-temperature", 3522, 2, 1,
          fault_labels),
    STATE("connector_fault", "充电连接器故障", "charging connector fault", 3522, 2, 3,
          fault_labels),
    STATE("internal_over_temperature", "充电机内部过温故障", "charger internal over-temperature",
          3522, 2, 5, fault_labels),
    STATE("energy_not_transferred", "所需电量不能传送", "energy cannot be transferred", 3522, 2, 7,
          fault_labels),
    STATE("emergency_stop", "充电机急停故障", "emergency stop", 3522, 3, 1, fault_labels),
    STATE("other_fault", "其他故障", "other fault", 3522, 3, 3, fault_labels),
    STATE("current_mismatch", "电流不匹配", "current mismatch", 3523, 4, 1, fault_labels),
    STATE("voltage_abnormal", "电压异常", "voltage abnormal", 3523, 4, 3, fault_labels),
    /* From here on 2023 only. */
    FURTHER("further_reasons", 3),
    FURTHER("further_reasons_2", 4),
};
static const struct field bsd_fields[] = {
    NUM("soc", "中止荷电状态", "SOC at stop", 3601, 1, 1, 1, 0, "%", 0, 100, 0),
    NUM("cell_voltage_min", "单体最低电压", "lowest cell voltage", 3602, 2, 2, 0.01, 0, "V", 0, 24,
        0),
    NUM("cell_voltage_max", "单体最高电压", "highest cell voltage", 3603, 4, 2, 0.01, 0, "V", 0, 24,
        0),
    CELSIUS("temperature_min", "最低温度", "lowest temperature", 3604, 6),
    CELSIUS("temperature_max", "最高温度", "highest temperature", 3605, 7),
};
static const struct field csd_fields[] = {
    NUM("charging_time", "累计充电时间", "total charging time", 3611, 1, 2, 1, 0, "min", 0, 600, 0),
    NUM("energy", "输出能量", "energy delivered", 3612, 3, 2, 0.1, 0, "kWh", 0, 1000, 0),
    NUM("charger_number", "充电机编号", "charger number", 3613, 5, 4, 1, 0, "", NO_MIN, NO_MAX,
        FIELD_FULL),
};
static const struct field csd_fields_2011[] = {
    NUM("charging_time", "累计充电时间", "total charging time", 3611, 1, 2, 1, 0, "min", 0, 600, 0),
    NUM("energy", "输出能量", "energy delivered", 3612, 3, 2, 0.1, 0, "kWh", 0, 1000, 0),
    NUM("charger_number", "充电机编号", "charger number", 3613, 5, 1, 1, 0, "", 1, 100, 0),
};
static const struct field bem_fields[] = {
    STATE("crm_00_timeout", "接收CRM(00)超时", "CRM(00) not received in time", 3901, 1, 1,
          timeout_labels),
    STATE("crm_aa_timeout", "接收CRM(AA)超时", "CRM(AA) not received in time", 3902, 1, 3,
          timeout_labels),
    STATE("cml_timeout", "接收CTS和CML超时", "CTS and CML not received in time", 3903, 2, 1,
          timeout_labels),
    STATE("cro_timeout", "接收CRO超时", "CRO not received in time", 3904, 2, 3, timeout_labels),
    STATE("ccs_timeout", "接收CCS超时", "CCS not received in time", 3905, 3, 1, timeout_labels),
    STATE("cst_timeout", "接收CST超时", "CST not received in time", 3906, 3, 3, timeout_labels),
    STATE("csd_timeout", "接收CSD超时", "CSD not received in time", 3907, 4, 1, timeout_labels),
    SIX(4, 3),
};
static const struct field cem_fields[] = {
    STATE("brm_timeout", "接收BRM超时", "BRM not received in time", 3921, 1, 1, timeout_labels),
    STATE("bcp_timeout", "接收BCP超时", "BCP not received in time", 3922, 2, 1, timeout_labels),
    STATE("bro_timeout", "接收BRO(AA)超时", "BRO(AA) not received in time", 3923, 2, 3,
          timeout_labels),
    STATE("bcs_timeout", "接收BCS超时", "BCS not received in time", 3924, 3, 1, timeout_labels),
    STATE("bcl_timeout", "接收BCL超时", "BCL not received in time", 3925, 3, 3, timeout_labels),
    STATE("bst_timeout", "接收BST超时", "BST not received in time", 3926, 3, 5, timeout_labels),
    STATE("bsd_timeout", "接收BSD超时", "BSD not received in time", 3927, 4, 1, timeout_labels),
    SIX(4, 3),
};

#define C true  /* charger to BMS */
#define B false /* BMS to charger */
#define M true
#define O false

#define MESSAGE(index, code, zh, en, pgn, priority, from_charger, tp, phase, fields, count, ...)   \
    [index] = {code, zh, en, pgn, priority, from_charger, tp, phase, fields, count, {__VA_ARGS__}}
#define IN_2011(first, second, sent, period)                                                       \
    [EDITION_2011] = {{first, second}, sent, 0, period, M, "", false}
#define NOT_IN_2011(length, period) [EDITION_2011] = {{length, 0}, length, 0, period, M, "", true}
#define IN_2015(first, second, sent, unit, period, mandatory, clause)                              \
    [EDITION_2015] = {{first, second}, sent, unit, period, mandatory, clause, false}
#define IN_2023(first, second, sent, unit, period, mandatory, clause)                              \
    [EDITION_2023] = {{first, second}, sent, unit, period, mandatory, clause, false}

#define BHM_ROW(index, fields, count)                                                              \
    MESSAGE(index, "BHM", "车辆握手", "vehicle handshake", 0x2700, 6, B, false, PHASE_HANDSHAKE,   \
            fields, count, IN_2015(2, 0, 2, 0, 250, M, "10.1.2"), NOT_IN_2011(2, 250))
#define CRM_ROW(index, fields, count)                                                              \
    MESSAGE(index, "CRM", "充电机辨识", "charger recognition", 0x0100, 6, C, false,                \
            PHASE_RECOGNITION, fields, count, IN_2015(8, 0, 8, 0, 250, M, "10.1.3"))
#define BST_ROW(index, fields, count)                                                              \
    MESSAGE(index, "BST", "BMS中止充电", "BMS stops charging", 0x1900, 4, B, false,                \
            PHASE_CHARGING, fields, count, IN_2015(4, 0, 4, 0, 10, M, "10.3.8"))
#define CST_ROW(index, fields, count)                                                              \
    MESSAGE(index, "CST", "充电机中止充电", "charger stops charging", 0x1A00, 4, C, false,         \
            PHASE_CHARGING, fields, count, IN_2015(4, 0, 4, 0, 10, M, "10.3.9"))
#define CSD_ROW(index, fields, count)                                                              \
    MESSAGE(index, "CSD", "充电机统计数据", "charger statistics", 0x1D00, 6, C, false, PHASE_END,  \
            fields, count, IN_2015(8, 0, 8, 0, 250, M, "10.4.2"), IN_2011(5, 0, 5, 250))

const struct message messages[MESSAGE_COUNT] = {
    MESSAGE(MESSAGE_CHM, "CHM", "充电机握手", "charger handshake", 0x2600, 6, C, false,
            PHASE_HANDSHAKE, chm_fields, COUNT(chm_fields), IN_2015(3, 0, 3, 0, 250, M, "10.1.1"),
            NOT_IN_2011(3, 250)),
    BHM_ROW(MESSAGE_BHM, bhm_fields, COUNT(bhm_fields)),
    CRM_ROW(MESSAGE_CRM, crm_fields, COUNT(crm_fields)),
    /* Table 3 prints 41 bytes, the field table runs to byte 49 and vehicles send 49. */
    MESSAGE(MESSAGE_BRM, "BRM", "BMS和车辆辨识", "BMS and vehicle recognition", 0x0200, 7, B, true,
            PHASE_RECOGNITION, brm_fields, COUNT(brm_fields),
            IN_2015(41, 49, 49, 0, 250, M, "10.1.4"), IN_2023(49, 0, 49, 0, 250, M, ""),
            IN_2011(41, 0, 41, 250)),
    MESSAGE(MESSAGE_BCP, "BCP", "动力蓄电池充电参数", "battery charging parameters", 0x0600, 7, B,
            true, PHASE_CONFIGURATION, bcp_fields, COUNT(bcp_fields),
            IN_2015(13, 0, 13, 0, 500, M, "10.2.1")),
    MESSAGE(MESSAGE_CTS, "CTS", "充电机发送时间同步信息", "time synchronisation", 0x0700, 6, C,
            false, PHASE_CONFIGURATION, cts_fields, COUNT(cts_fields),
            IN_2015(7, 0, 7, 0, 500, O, "10.2.2")),
    MESSAGE(MESSAGE_CML, "CML", "充电机最大输出能力", "charger output capability", 0x0800, 6, C,
            false, PHASE_CONFIGURATION, cml_fields, COUNT(cml_fields),
            IN_2015(8, 0, 8, 0, 250, M, "10.2.3"), IN_2011(6, 0, 6, 250)),
    MESSAGE(MESSAGE_BRO, "BRO", "电池充电准备就绪状态", "battery ready", 0x0900, 4, B, false,
            PHASE_CONFIGURATION, bro_fields, COUNT(bro_fields),
            IN_2015(1, 0, 1, 0, 250, M, "10.2.4")),
    MESSAGE(MESSAGE_CRO, "CRO", "充电机输出准备就绪状态", "charger ready", 0x0A00, 4, C, false,
            PHASE_CONFIGURATION, cro_fields, COUNT(cro_fields),
            IN_2015(1, 0, 1, 0, 250, M, "10.2.5")),
    MESSAGE(MESSAGE_BCL, "BCL", "电池充电需求", "battery charging demand", 0x1000, 6, B, false,
            PHASE_CHARGING, bcl_fields, COUNT(bcl_fields), IN_2015(5, 0, 5, 0, 50, M, "10.3.1")),
    MESSAGE(MESSAGE_BCS, "BCS", "电池充电总状态", "battery charging state", 0x1100, 7, B, true,
            PHASE_CHARGING, bcs_fields, COUNT(bcs_fields), IN_2015(9, 0, 9, 0, 250, M, "10.3.2")),
    /* The message table prints 8 bytes, the fields fill 7; chargers send either. */
    MESSAGE(MESSAGE_CCS, "CCS", "充电机充电状态", "charger charging state", 0x1200, 6, C, false,
            PHASE_CHARGING, ccs_fields, COUNT(ccs_fields), IN_2015(7, 8, 8, 0, 50, M, "10.3.3"),
            IN_2023(7, 0, 7, 0, 50, M, ""), IN_2011(6, 0, 6, 50)),
    MESSAGE(MESSAGE_BSM, "BSM", "动力蓄电池状态信息", "battery state", 0x1300, 6, B, false,
            PHASE_CHARGING, bsm_fields, COUNT(bsm_fields), IN_2015(7, 0, 7, 0, 250, M, "10.3.4")),
    MESSAGE(MESSAGE_BMV, "BMV", "单体动力蓄电池电压", "cell voltages", 0x1500, 7, B, true,
            PHASE_CHARGING, bmv_fields, COUNT(bmv_fields),
            IN_2015(512, 0, 512, 2, 10000, O, "10.3.5")),
    MESSAGE(MESSAGE_BMT, "BMT", "动力蓄电池温度", "battery temperatures", 0x1600, 7, B, true,
            PHASE_CHARGING, bmt_fields, COUNT(bmt_fields),
            IN_2015(128, 0, 128, 1, 10000, O, "10.3.6")),
    MESSAGE(MESSAGE_BSP, "BSP", "动力蓄电池预留报文", "battery reserved message", 0x1700, 7, B,
            true, PHASE_CHARGING, bsp_fields, COUNT(bsp_fields),
            IN_2015(16, 0, 16, 0, 10000, O, "10.3.7")),
    BST_ROW(MESSAGE_BST, bst_fields, COUNT(bst_fields) - 1),
    CST_ROW(MESSAGE_CST, cst_fields, COUNT(cst_fields) - 2),
    MESSAGE(MESSAGE_BSD, "BSD", "BMS统计数据", "BMS statistics", 0x1C00, 6, B, false, PHASE_END,
            bsd_fields, COUNT(bsd_fields), IN_2015(7, 0, 7, 0, 250, M, "10.4.1")),
    CSD_ROW(MESSAGE_CSD, csd_fields, COUNT(csd_fields)),
    MESSAGE(MESSAGE_BEM, "BEM", "BMS错误报文", "BMS error", 0x1E00, 2, B, false, PHASE_ERROR,
            bem_fields, COUNT(bem_fields), IN_2015(4, 0, 4, 0, 250, M, "10.5.1")),
    MESSAGE(MESSAGE_CEM, "CEM", "充电机错误报文", "charger error", 0x1F00, 2, C, false, PHASE_ERROR,
            cem_fields, COUNT(cem_fields), IN_2015(4, 0, 4, 0, 250, M, "10.5.2")),
};

/* Where an edition lays a message out otherwise; the first fields are those of messages[], in the
 * same order. */
static const struct message other_layouts[] = {
    CRM_ROW(0, crm_fields_2011, COUNT(crm_fields_2011)),
    CSD_ROW(1, csd_fields_2011, COUNT(csd_fields_2011)),
    BHM_ROW(2, bhm_fields_2023, COUNT(bhm_fields_2023)),
    BST_ROW(3, bst_fields, COUNT(bst_fields)),
    CST_ROW(4, cst_fields, COUNT(cst_fields)),
};
static const struct {
    enum edition edition;
    enum message_index index;
} laid_out[COUNT(other_layouts)] = {
    {EDITION_2011, MESSAGE_CRM}, {EDITION_2011, MESSAGE_CSD}, {EDITION_2023, MESSAGE_BHM},
    {EDITION_2023, MESSAGE_BST}, {EDITION_2023, MESSAGE_CST},
};

const struct message *message_of_edition(const struct message *message, enum edition edition) {
    enum message_index index = message_index(message);
    for (size_t i = 0; i < COUNT(laid_out); i++) {
        if (laid_out[i].edition == edition && laid_out[i].index == index) {
            /* It differs in its fields only, and has no fewer. */
            assert(other_layouts[i].pgn == message->pgn);
            return &other_layouts[i];
        }
    }
    return &messages[index];
}
