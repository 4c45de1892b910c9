/* SPDX-License-Identifier: MIT */
/* Facts: DL/T 645-2007 annex A. Confirmed by public implementations: energies (00), the variables that
 * identifiers.c names (02), clock, address, meter number and status words (04), DI1 of freezes (05:
 * 00 time, 01 forward active energy). Everything else is from memory of the printed annex, and marked
 * (m): a length that does not fit is shown as raw bytes, never read as something else. What is not
 * remembered for sure is left out: it stays raw bytes. */
#include "meter/scheme.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define COUNT(a)        (sizeof(a) / sizeof(a)[0])
#define BLOCK           0xFFu
#define TARIFFS_MAX     0x3Fu
#define SETTLEMENTS_MAX 12u
#define PHASE_STEP      0x14u /* from a quantity of all phases to the same of phase A, B, C */
#define HARMONICS_MAX   21u   /* (m) */

static const char moment[] = "20%-%-% %:%";

struct di {
    unsigned d3, d2, d1, d0;
};

struct title {
    const char *zh, *en;
};

static void set_title(struct meter_found *found, const char *zh, const char *en) {
    snprintf(found->zh, sizeof found->zh, "%s", zh);
    snprintf(found->en, sizeof found->en, "%s", en);
}

__attribute__((format(printf, 3, 4))) static void append(char *text, size_t size,
                                                         const char *format, ...) {
    size_t length = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    int wanted = vsnprintf(text + length, size - length, format, arguments);
    va_end(arguments);
    assert(wanted >= 0 && length + (size_t)wanted < size); /* names out of the tables have room */
    (void)wanted;
}

static void set_number(struct meter_item *item, const char *unit, uint8_t bytes, uint8_t decimals,
                       bool is_signed) {
    assert(bytes >= 1 && decimals < 2 * bytes);
    item->kind = METER_NUMBER;
    item->unit = unit;
    item->bytes = bytes;
    item->decimals = decimals;
    item->is_signed = is_signed;
}

/* ---- energies and demands: DI3 00 and 01 ---- */

static const struct {
    const char *zh, *en, *unit, *demand_unit;
    bool is_signed;
} quantities[] = {
    {"组合有功", "combined active", "kWh", NULL, true},
    {"正向有功", "forward active", "kWh", "kW", false},
    {"反向有功", "reverse active", "kWh", "kW", false},
    {"组合无功1", "combined reactive 1", "kvarh", "kvar", true},
    {"组合无功2", "combined reactive 2", "kvarh", "kvar", true},
    {"第一象限无功", "reactive quadrant 1", "kvarh", "kvar", false},
    {"第二象限无功", "reactive quadrant 2", "kvarh", "kvar", false},
    {"第三象限无功", "reactive quadrant 3", "kvarh", "kvar", false},
    {"第四象限无功", "reactive quadrant 4", "kvarh", "kvar", false},
    {"正向视在", "forward apparent", "kVAh", "kVA", false},
    {"反向视在", "reverse apparent", "kVAh", "kVA", false},
};

/* Quantity and phase (0: all) of DI2: 15H, 29H, 3DH are forward active of A, B, C (m). */
static bool split_quantity(unsigned d2, unsigned *quantity, unsigned *phase) {
    *phase = d2 > COUNT(quantities) - 1 ? d2 / PHASE_STEP : 0;
    *quantity = d2 - *phase * PHASE_STEP;
    assert(d2 == *quantity + *phase * PHASE_STEP);
    return *quantity < COUNT(quantities) && *phase <= 3 && (*phase == 0 || *quantity > 0);
}

static bool has_tariff(const struct di *di, unsigned phase) {
    return di->d1 == 0 || (phase == 0 && (di->d1 <= TARIFFS_MAX || di->d1 == BLOCK));
}

static void append_of_phase(struct meter_found *found, unsigned phase) {
    assert(phase <= 3);
    if (phase > 0) {
        append(found->zh, sizeof found->zh, "（%c相）", 'A' + (int)phase - 1);
        append(found->en, sizeof found->en, ", phase %c", 'A' + (int)phase - 1);
    }
}

static void append_of_tariff(struct meter_found *found, unsigned d1) {
    assert(d1 <= TARIFFS_MAX || d1 == BLOCK);
    found->item.is_block = d1 == BLOCK;
    if (d1 == BLOCK) {
        append(found->zh, sizeof found->zh, "数据块");
        append(found->en, sizeof found->en, ", block");
    } else if (d1 > 0) {
        append(found->zh, sizeof found->zh, "，费率%u", d1);
        append(found->en, sizeof found->en, ", tariff %u", d1);
    }
}

/* "last ...", "... -2" */
static void append_of_time(struct meter_found *found, unsigned d0) {
    assert(d0 <= SETTLEMENTS_MAX);
    if (d0 > 0) {
        append(found->zh, sizeof found->zh, "（上%u结算日）", d0);
        append(found->en, sizeof found->en,
               d0 == 1 ? ", last settlement day" : ", settlement day -%u", d0);
    }
}

static bool energy_or_demand(const struct di *di, struct meter_found *found) {
    unsigned quantity, phase;
    bool demand = di->d3 == 0x01;
    if (!split_quantity(di->d2, &quantity, &phase) || di->d0 > SETTLEMENTS_MAX ||
        !has_tariff(di, phase) || (demand && quantities[quantity].demand_unit == NULL)) {
        return false;
    }
    snprintf(found->zh, sizeof found->zh, "%s%s", quantities[quantity].zh,
             demand ? "最大需量" : "电能");
    snprintf(found->en, sizeof found->en, "%s %s", quantities[quantity].en,
             demand ? "maximum demand" : "energy");
    append_of_phase(found, phase);
    append_of_tariff(found, di->d1);
    append_of_time(found, di->d0);
    if (demand) {
        set_number(&found->item, quantities[quantity].demand_unit, 8, 4,
                   quantities[quantity].is_signed);
        found->item.kind = METER_DEMAND;
        found->item.form = moment;
    } else {
        set_number(&found->item, quantities[quantity].unit, 4, 2, quantities[quantity].is_signed);
    }
    return true;
}

/* ---- variables: DI3 02 ---- */

static const struct {
    const char *zh, *en, *unit;
    uint8_t bytes, decimals;
    bool is_signed, has_total;
} variables[] = {
    {NULL, NULL, NULL, 0, 0, false, false},
    {"电压", "voltage", "V", 2, 1, false, false},
    {"电流", "current", "A", 3, 3, true, false},
    {"瞬时有功功率", "active power", "kW", 3, 4, true, true},
    {"瞬时无功功率", "reactive power", "kvar", 3, 4, true, true},
    {"瞬时视在功率", "apparent power", "kVA", 3, 4, true, true},
    {"功率因数", "power factor", "", 2, 3, true, true},
    {"相角", "phase angle", "deg", 2, 1, false, false},
    {"电压波形失真度", "voltage THD", "%", 2, 2, false, false},
    {"电流波形失真度", "current THD", "%", 2, 2, false, false},
    {"电压谐波含量", "voltage harmonic", "%", 2, 2, false, false}, /* (m), as the next */
    {"电流谐波含量", "current harmonic", "%", 2, 2, false, false},
};

static bool variable(const struct di *di, struct meter_found *found) {
    bool harmonic = di->d2 == 0x0A || di->d2 == 0x0B;
    bool phase = di->d1 >= 1 && di->d1 <= 3;
    if (di->d2 == 0 || di->d2 >= COUNT(variables)) {
        return false;
    }
    bool known = harmonic ? phase && ((di->d0 >= 1 && di->d0 <= HARMONICS_MAX) || di->d0 == BLOCK)
                          : di->d0 == 0 && (phase || di->d1 == BLOCK ||
                                            (di->d1 == 0 && variables[di->d2].has_total));
    if (!known) {
        return false;
    }
    set_title(found, variables[di->d2].zh, variables[di->d2].en);
    if (harmonic && di->d0 != BLOCK) {
        append(found->zh, sizeof found->zh, "，%u次", di->d0);
        append(found->en, sizeof found->en, " %u", di->d0);
    }
    append_of_phase(found, phase ? di->d1 : 0);
    append_of_tariff(found, di->d1 == BLOCK || di->d0 == BLOCK ? BLOCK : 0);
    set_number(&found->item, variables[di->d2].unit, variables[di->d2].bytes,
               variables[di->d2].decimals, variables[di->d2].is_signed);
    return true;
}

/* ---- freezes: DI3 05 ---- */

static const struct {
    struct title title;
    unsigned most; /* DI0: how many are kept (m) */
} freezes[] = {
    {{"定时冻结", "timed freeze"}, 60},
    {{"瞬时冻结", "freeze at once"}, 3},
    {{"两套时区表切换冻结", "freeze at the change of zone tables"}, 2},
    {{"两套日时段表切换冻结", "freeze at the change of day tables"}, 2},
    {{"整点冻结", "hourly freeze"}, 254},
    {{NULL, NULL}, 0},
    {{"日冻结", "daily freeze"}, 62},
};

/* DI1 03 to 08, 09 and 0A: (m). Variables (10H) and the block of all (FF) are left raw. */
static bool freeze(const struct di *di, struct meter_found *found) {
    bool known = di->d2 < COUNT(freezes) && freezes[di->d2].most > 0 && di->d0 >= 1 &&
                 di->d0 <= freezes[di->d2].most && di->d1 <= 0x0A;
    if (!known || (di->d2 == 0x04 && di->d1 > 2)) {
        return false; /* the hourly freeze has two energies, without tariffs */
    }
    unsigned quantity = di->d1 < 0x09 ? di->d1 : di->d1 - 0x08;
    assert(quantity < COUNT(quantities) || di->d1 == 0);
    const struct title *title = &freezes[di->d2].title;
    const char *zh = di->d1 == 0 ? "时间" : di->d1 < 0x09 ? "电能" : "最大需量";
    const char *en = di->d1 == 0 ? "time" : di->d1 < 0x09 ? "energy" : "maximum demand";
    snprintf(found->zh, sizeof found->zh, "（上%u次）%s%s%s", di->d0, title->zh,
             di->d1 == 0 ? "" : quantities[quantity].zh, zh);
    snprintf(found->en, sizeof found->en, "%s%s%s%s%s", di->d1 == 0 ? "" : quantities[quantity].en,
             di->d1 == 0 ? "" : " ", en, di->d1 == 0 ? " of " : " at ",
             di->d0 == 1 ? "the last " : "");
    append(found->en, sizeof found->en, di->d0 == 1 ? "%s" : "%s -%u", title->en, di->d0);
    if (di->d1 == 0) {
        found->item.kind = METER_STAMP;
        found->item.bytes = 5;
        found->item.form = moment;
    } else if (di->d1 < 0x09) {
        set_number(&found->item, quantities[quantity].unit, 4, 2, quantities[quantity].is_signed);
    } else {
        set_number(&found->item, quantities[quantity].demand_unit, 8, 4, false);
        found->item.kind = METER_DEMAND;
        found->item.form = moment;
    }
    found->item.is_block = di->d1 > 0 && di->d2 != 0x04;
    return true;
}

/* ---- what stands alone, or in a row by DI0: averages (02 80), counts (03), parameters (04) ---- */

static const char slot[] = "%:% -> #"; /* from that time on, which tariff; a day's table of them */
static const char zone[] = "%-% -> #"; /* from that day on, which table of a day */

#define NUMBER(first, last, zh, en, unit, bytes, decimals)                                         \
    { first, last, {zh, en}, unit, NULL, bytes, decimals, METER_NUMBER, false }
#define BITS(first, last, zh, en, bytes)                                                           \
    { first, last, {zh, en}, "", NULL, bytes, 0, METER_STATUS, false }
#define STAMP(first, last, zh, en, bytes, form)                                                    \
    { first, last, {zh, en}, "", form, bytes, 0, METER_STAMP, false }
#define TABLE(first, last, zh, en, bytes, form)                                                    \
    { first, last, {zh, en}, "", form, bytes, 0, METER_STAMP, true }
#define TEXT(first, last, zh, en, bytes)                                                           \
    { first, last, {zh, en}, "", NULL, bytes, 0, METER_TEXT, false }
#define OTHER(first, last, zh, en, bytes, kind)                                                    \
    { first, last, {zh, en}, "", NULL, bytes, 0, kind, false }

/* %u: the how-manieth of a row it is, from 1. All but the clock, address, numbers of tariffs, status
 * words and the rate of port 1: (m). */
static const struct single {
    uint32_t first, last;
    struct title title;
    const char *unit, *form;
    uint8_t bytes, decimals, kind;
    bool is_block;
} singles[] = {
    NUMBER(0x02800003, 0x02800003, "一分钟有功总平均功率", "active power, mean of a minute", "kW",
           3, 4),
    NUMBER(0x02800004, 0x02800004, "当前有功需量", "present active demand", "kW", 3, 4),
    NUMBER(0x02800005, 0x02800005, "当前无功需量", "present reactive demand", "kvar", 3, 4),
    NUMBER(0x02800006, 0x02800006, "当前视在需量", "present apparent demand", "kVA", 3, 4),
    NUMBER(0x02800009, 0x02800009, "停电抄表电池电压", "reading battery", "V", 2, 2),
    NUMBER(0x0280000A, 0x0280000A, "内部电池工作时间", "battery in use", "min", 4, 0),
    NUMBER(0x03110000, 0x03110000, "掉电总次数", "power failures", "", 3, 0),
    NUMBER(0x03300000, 0x03300000, "编程总次数", "times programmed", "", 3, 0),
    NUMBER(0x03300100, 0x03300100, "电表清零总次数", "times cleared", "", 3, 0),
    NUMBER(0x03300200, 0x03300200, "需量清零总次数", "times the demand was cleared", "", 3, 0),
    NUMBER(0x03300300, 0x03300300, "事件清零总次数", "times the events were cleared", "", 3, 0),
    NUMBER(0x03300400, 0x03300400, "校时总次数", "times the clock was set", "", 3, 0),
    NUMBER(0x03300D00, 0x03300D00, "开表盖总次数", "times the cover was opened", "", 3, 0),
    NUMBER(0x03300E00, 0x03300E00, "开端钮盖总次数", "times the terminal cover was opened", "", 3,
           0),
    NUMBER(0x04000103, 0x04000103, "最大需量周期", "period of the demand", "min", 1, 0),
    NUMBER(0x04000104, 0x04000104, "滑差时间", "step of the demand", "min", 1, 0),
    NUMBER(0x04000105, 0x04000105, "校表脉冲宽度", "width of the test pulse", "ms", 2, 0),
    STAMP(0x04000106, 0x04000106, "两套时区表切换时间", "change of zone tables", 5, moment),
    STAMP(0x04000107, 0x04000107, "两套日时段表切换时间", "change of day tables", 5, moment),
    NUMBER(0x04000201, 0x04000201, "年时区数", "number of year zones", "", 1, 0),
    NUMBER(0x04000202, 0x04000202, "日时段表数", "number of day tables", "", 1, 0),
    NUMBER(0x04000203, 0x04000203, "日时段数", "number of slots of a day", "", 1, 0),
    NUMBER(0x04000205, 0x04000205, "公共假日数", "number of holidays", "", 2, 0),
    NUMBER(0x04000206, 0x04000206, "谐波分析次数", "harmonics analysed", "", 1, 0),
    NUMBER(0x04000306, 0x04000306, "电流互感器变比", "ratio of current transformers", "", 3, 0),
    NUMBER(0x04000307, 0x04000307, "电压互感器变比", "ratio of voltage transformers", "", 3, 0),
    TEXT(0x04000403, 0x04000403, "资产管理编码", "asset code", 32),
    TEXT(0x04000404, 0x04000404, "额定电压", "rated voltage", 6),
    TEXT(0x04000405, 0x04000405, "额定电流", "rated current", 6),
    TEXT(0x04000406, 0x04000406, "最大电流", "maximum current", 6),
    TEXT(0x04000407, 0x04000407, "有功准确度等级", "accuracy class, active", 4),
    TEXT(0x04000408, 0x04000408, "无功准确度等级", "accuracy class, reactive", 4),
    NUMBER(0x0400040A, 0x0400040A, "电表无功常数", "reactive constant", "imp/kvarh", 3, 0),
    TEXT(0x0400040B, 0x0400040B, "电表型号", "model", 10),
    TEXT(0x0400040C, 0x0400040C, "生产日期", "date of manufacture", 10),
    TEXT(0x0400040D, 0x0400040D, "协议版本号", "version of the protocol", 16),
    OTHER(0x0400040E, 0x0400040E, "客户编号", "customer's number", 6, METER_DIGITS),
    BITS(0x04000601, 0x04000601, "有功组合方式特征字", "rule of combined active energy", 1),
    BITS(0x04000602, 0x04000603, "无功组合方式%u特征字", "rule of combined reactive energy %u", 1),
    BITS(0x04000701, 0x04000701, "调制型红外光口通信速率特征字",
         "baud rate of the modulated infrared port", 1),
    BITS(0x04000702, 0x04000702, "接触式红外光口通信速率特征字", "baud rate of the optical port",
         1),
    BITS(0x04000704, 0x04000704, "通信口2通信速率特征字", "baud rate of port 2", 1),
    BITS(0x04000705, 0x04000705, "通信口3通信速率特征字", "baud rate of port 3", 1),
    BITS(0x04000801, 0x04000801, "周休日特征字", "days of rest", 1),
    NUMBER(0x04000802, 0x04000802, "周休日采用的日时段表号", "day table of days of rest", "", 1, 0),
    STAMP(0x04000B01, 0x04000B03, "每月第%u结算日", "settlement day %u of a month", 2,
          "day % %:00"),
    OTHER(0x04000C01, 0x04000C0A, "密码%u", "password %u", 4, METER_SECRET),
    TABLE(0x04010000, 0x04010000, "第一套时区表", "zone table, first set", 3, zone),
    TABLE(0x04010001, 0x04010008, "第一套第%u日时段表", "day table %u, first set", 3, slot),
    TABLE(0x04020000, 0x04020000, "第二套时区表", "zone table, second set", 3, zone),
    TABLE(0x04020001, 0x04020008, "第二套第%u日时段表", "day table %u, second set", 3, slot),
    STAMP(0x04030001, 0x040300FE, "第%u公共假日", "holiday %u", 4, "20%-%-% -> #"),
    TEXT(0x04800001, 0x04800001, "厂家软件版本号", "version of the software", 32),
    TEXT(0x04800002, 0x04800002, "厂家硬件版本号", "version of the hardware", 32),
    TEXT(0x04800003, 0x04800003, "厂家编号", "maker's number", 32),
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static bool single(uint32_t di, struct meter_found *found) {
    for (size_t i = 0; i < COUNT(singles); i++) {
        const struct single *one = &singles[i];
        if (di < one->first || di > one->last) {
            continue;
        }
        assert(one->first <= one->last && one->bytes > 0);
        unsigned which = (unsigned)(di - one->first + 1);
        snprintf(found->zh, sizeof found->zh, one->title.zh, which);
        snprintf(found->en, sizeof found->en, one->title.en, which);
        found->item.kind = one->kind;
        found->item.unit = one->unit;
        found->item.bytes = one->bytes;
        found->item.decimals = one->decimals;
        found->item.form = one->form;
        found->item.is_block = one->is_block;
        found->item.is_private = di == 0x04000403 || di == 0x04800003;
        return true;
    }
    return false;
}

#pragma GCC diagnostic pop

bool meter_scheme(uint32_t number, struct meter_found *found) {
    struct di di = {number >> 24, number >> 16 & 0xFF, number >> 8 & 0xFF, number & 0xFF};
    found->item = (struct meter_item){.di = number, .unit = ""};
    found->zh[0] = found->en[0] = '\0';
    bool known = di.d3 <= 0x01                     ? energy_or_demand(&di, found)
                 : di.d3 == 0x02 && di.d2 != 0x80u ? variable(&di, found)
                 : di.d3 == 0x05                   ? freeze(&di, found)
                                                   : single(number, found);
    if (known) {
        snprintf(found->name, sizeof found->name, "%08X", (unsigned)number);
        found->item.name = found->name;
        found->item.zh = found->zh;
        found->item.en = found->en;
    }
    assert(!known || (found->item.bytes > 0 && found->zh[0] != '\0' && found->en[0] != '\0'));
    return known;
}
