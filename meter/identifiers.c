/* SPDX-License-Identifier: MIT */
/* The table. Facts: DL/T 645-2007 annex A by public implementations; decimals of DC meters are the
 * makers', hence types. */
#include "meter/identifiers.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

#define ENERGY(di, name, zh, en, unit)                                                             \
    {                                                                                              \
        di, name, zh, en, unit, 4, 2, false, METER_NUMBER, {                                       \
            0                                                                                      \
        }                                                                                          \
    }
#define SIGNED(di, name, zh, en, unit, bytes, decimals)                                            \
    {                                                                                              \
        di, name, zh, en, unit, bytes, decimals, true, METER_NUMBER, {                             \
            0                                                                                      \
        }                                                                                          \
    }
#define PLAIN(di, name, zh, en, unit, bytes, decimals)                                             \
    {                                                                                              \
        di, name, zh, en, unit, bytes, decimals, false, METER_NUMBER, {                            \
            0                                                                                      \
        }                                                                                          \
    }
#define OTHER(di, name, zh, en, bytes, kind)                                                       \
    {                                                                                              \
        di, name, zh, en, "", bytes, 0, false, kind, {                                             \
            0                                                                                      \
        }                                                                                          \
    }
#define BLOCK(di, name, zh, en, unit, bytes, decimals, is_signed, ...)                             \
    {                                                                                              \
        di, name, zh, en, unit, bytes, decimals, is_signed, METER_BLOCK, {                         \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

static const struct meter_item standard[] = {
    SIGNED(0x00000000, "energy_combined", "当前组合有功总电能", "combined active energy", "kWh", 4,
           2),
    ENERGY(0x00010000, "energy_forward", "当前正向有功总电能", "forward active energy", "kWh"),
    ENERGY(0x00010100, "energy_forward_1", "正向有功费率1电能", "forward active energy, tariff 1",
           "kWh"),
    ENERGY(0x00010200, "energy_forward_2", "正向有功费率2电能", "forward active energy, tariff 2",
           "kWh"),
    ENERGY(0x00010300, "energy_forward_3", "正向有功费率3电能", "forward active energy, tariff 3",
           "kWh"),
    ENERGY(0x00010400, "energy_forward_4", "正向有功费率4电能", "forward active energy, tariff 4",
           "kWh"),
    BLOCK(0x0001FF00, "energy_forward_all", "正向有功电能数据块", "forward active energy, block",
          "kWh", 4, 2, false, 0x00010000, 0x00010100, 0x00010200, 0x00010300, 0x00010400),
    ENERGY(0x00020000, "energy_reverse", "当前反向有功总电能", "reverse active energy", "kWh"),
    SIGNED(0x00030000, "energy_reactive_1", "当前组合无功1总电能", "combined reactive energy 1",
           "kvarh", 4, 2),
    SIGNED(0x00040000, "energy_reactive_2", "当前组合无功2总电能", "combined reactive energy 2",
           "kvarh", 4, 2),
    PLAIN(0x02010100, "voltage_a", "A相电压", "voltage, phase A", "V", 2, 1),
    PLAIN(0x02010200, "voltage_b", "B相电压", "voltage, phase B", "V", 2, 1),
    PLAIN(0x02010300, "voltage_c", "C相电压", "voltage, phase C", "V", 2, 1),
    BLOCK(0x0201FF00, "voltages", "电压数据块", "voltages, block", "V", 2, 1, false, 0x02010100,
          0x02010200, 0x02010300),
    SIGNED(0x02020100, "current_a", "A相电流", "current, phase A", "A", 3, 3),
    SIGNED(0x02020200, "current_b", "B相电流", "current, phase B", "A", 3, 3),
    SIGNED(0x02020300, "current_c", "C相电流", "current, phase C", "A", 3, 3),
    BLOCK(0x0202FF00, "currents", "电流数据块", "currents, block", "A", 3, 3, true, 0x02020100,
          0x02020200, 0x02020300),
    SIGNED(0x02030000, "power", "瞬时总有功功率", "active power, total", "kW", 3, 4),
    SIGNED(0x02030100, "power_a", "瞬时A相有功功率", "active power, phase A", "kW", 3, 4),
    SIGNED(0x02030200, "power_b", "瞬时B相有功功率", "active power, phase B", "kW", 3, 4),
    SIGNED(0x02030300, "power_c", "瞬时C相有功功率", "active power, phase C", "kW", 3, 4),
    SIGNED(0x02040000, "power_reactive", "瞬时总无功功率", "reactive power, total", "kvar", 3, 4),
    SIGNED(0x02050000, "power_apparent", "瞬时总视在功率", "apparent power, total", "kVA", 3, 4),
    SIGNED(0x02060000, "power_factor", "总功率因数", "power factor, total", "", 2, 3),
    PLAIN(0x02070100, "angle_a", "A相相角", "phase angle, phase A", "deg", 2, 1),
    PLAIN(0x02070200, "angle_b", "B相相角", "phase angle, phase B", "deg", 2, 1),
    PLAIN(0x02070300, "angle_c", "C相相角", "phase angle, phase C", "deg", 2, 1),
    PLAIN(0x02080100, "thd_voltage_a", "A相电压波形失真度", "voltage THD, phase A", "%", 2, 2),
    PLAIN(0x02080200, "thd_voltage_b", "B相电压波形失真度", "voltage THD, phase B", "%", 2, 2),
    PLAIN(0x02080300, "thd_voltage_c", "C相电压波形失真度", "voltage THD, phase C", "%", 2, 2),
    PLAIN(0x02090100, "thd_current_a", "A相电流波形失真度", "current THD, phase A", "%", 2, 2),
    PLAIN(0x02090200, "thd_current_b", "B相电流波形失真度", "current THD, phase B", "%", 2, 2),
    PLAIN(0x02090300, "thd_current_c", "C相电流波形失真度", "current THD, phase C", "%", 2, 2),
    SIGNED(0x02800001, "current_neutral", "零线电流", "neutral current", "A", 3, 3),
    PLAIN(0x02800002, "frequency", "电网频率", "frequency", "Hz", 2, 2),
    SIGNED(0x02800007, "temperature", "表内温度", "temperature inside", "degC", 2, 1),
    PLAIN(0x02800008, "clock_battery", "时钟电池电压", "clock battery", "V", 2, 2),
    OTHER(0x04000101, "date", "日期及星期", "date and weekday", 4, METER_STAMP),
    OTHER(0x04000102, "time", "时间", "time", 3, METER_STAMP),
    PLAIN(0x04000204, "tariff_count", "费率数", "number of tariffs", "", 1, 0),
    OTHER(0x04000401, "address", "通信地址", "communication address", 6, METER_DIGITS),
    OTHER(0x04000402, "number", "表号", "meter number", 6, METER_DIGITS),
    PLAIN(0x04000409, "constant", "电表有功常数", "active constant", "imp/kWh", 3, 0),
    OTHER(0x04000501, "status_1", "电表运行状态字1", "running status word 1", 2, METER_STATUS),
    OTHER(0x04000502, "status_2", "电表运行状态字2", "running status word 2", 2, METER_STATUS),
    OTHER(0x04000503, "status_3", "电表运行状态字3", "running status word 3", 2, METER_STATUS),
    OTHER(0x04000504, "status_4", "电表运行状态字4", "running status word 4", 2, METER_STATUS),
    OTHER(0x04000505, "status_5", "电表运行状态字5", "running status word 5", 2, METER_STATUS),
    OTHER(0x04000506, "status_6", "电表运行状态字6", "running status word 6", 2, METER_STATUS),
    OTHER(0x04000507, "status_7", "电表运行状态字7", "running status word 7", 2, METER_STATUS),
    OTHER(0x04000703, "baud_1", "通信口1通信速率特征字", "baud rate of port 1", 1, METER_STATUS),
    /* Public sources give 050600xx for frozen energy; which xx is which freeze is not confirmed. */
    ENERGY(METER_ENERGY_FROZEN, "energy_frozen", "冻结正向有功电能", "frozen forward active energy",
           "kWh"),
};

/* What replaces the standard's rows, in the order of identifiers. */
static const struct meter_item dc_vendor[] = {
    PLAIN(0x02010100, "voltage_a", "直流电压", "DC voltage", "V", 3, 1),
    SIGNED(0x02020100, "current_a", "直流电流", "DC current", "A", 4, 3),
    SIGNED(0x02030000, "power", "直流功率", "DC power", "kW", 4, 4),
};

static const struct meter_item ac_wide[] = {
    SIGNED(0x02030000, "power", "瞬时总有功功率", "active power, total", "kW", 4, 4),
    SIGNED(0x02030100, "power_a", "瞬时A相有功功率", "active power, phase A", "kW", 4, 4),
    SIGNED(0x02030200, "power_b", "瞬时B相有功功率", "active power, phase B", "kW", 4, 4),
    SIGNED(0x02030300, "power_c", "瞬时C相有功功率", "active power, phase C", "kW", 4, 4),
};

static const struct {
    const char *name;
    const struct meter_item *items;
    size_t count;
} types[METER_TYPES] = {
    [METER_STANDARD] = {"standard", NULL, 0},
    [METER_DC_VENDOR] = {"dc-vendor", dc_vendor, COUNT(dc_vendor)},
    [METER_AC_WIDE] = {"ac-wide", ac_wide, COUNT(ac_wide)},
};

const char *meter_type_name(enum meter_type type) {
    return types[type].name;
}

/* The type's own row where it has one. */
static const struct meter_item *of_type(enum meter_type type, const struct meter_item *item) {
    for (size_t i = 0; i < types[type].count; i++) {
        if (types[type].items[i].di == item->di) {
            return &types[type].items[i];
        }
    }
    return item;
}

const struct meter_item *meter_item_at(enum meter_type type, size_t index) {
    return index < COUNT(standard) ? of_type(type, &standard[index]) : NULL;
}

const struct meter_item *meter_item(enum meter_type type, uint32_t di) {
    for (size_t i = 0; i < COUNT(standard); i++) {
        if (standard[i].di == di) {
            return of_type(type, &standard[i]);
        }
    }
    return NULL;
}

const struct meter_item *meter_item_by_name(enum meter_type type, const char *name) {
    for (size_t i = 0; i < COUNT(standard); i++) {
        if (strcmp(standard[i].name, name) == 0) {
            return of_type(type, &standard[i]);
        }
    }
    return NULL;
}

/* ---- values ---- */

static int64_t ten_to(unsigned exponent) {
    int64_t power = 1;
    assert(exponent <= 18);
    while (exponent-- > 0) {
        power *= 10;
    }
    return power;
}

int64_t meter_item_max(const struct meter_item *item) {
    int64_t all = ten_to(2u * item->bytes) - 1;
    /* The highest digit keeps three bits: 0 to 7. */
    return item->is_signed ? 8 * ten_to(2u * item->bytes - 1) - 1 : all;
}

bool meter_item_put(const struct meter_item *item, int64_t value, uint8_t *data) {
    int64_t max = meter_item_max(item);
    if (value > max || value < (item->is_signed ? -max : 0)) {
        return false;
    }
    int64_t magnitude = value < 0 ? -value : value;
    for (size_t i = 0; i < item->bytes; i++) {
        data[i] = (uint8_t)(magnitude % 10 | magnitude / 10 % 10 << 4);
        magnitude /= 100;
    }
    assert(magnitude == 0); /* every digit has found its place */
    if (value < 0) {
        data[item->bytes - 1] |= 0x80;
    }
    return true;
}

bool meter_item_get(const struct meter_item *item, const uint8_t *data, int64_t *value) {
    int64_t magnitude = 0;
    bool negative = item->is_signed && (data[item->bytes - 1] & 0x80) != 0;
    for (size_t i = item->bytes; i-- > 0;) {
        uint8_t byte = data[i];
        if (i == item->bytes - 1u && negative) {
            byte &= 0x7F;
        }
        if ((byte & 0x0F) > 9 || byte >> 4 > 9) {
            return false;
        }
        magnitude = magnitude * 100 + (byte >> 4) * 10 + (byte & 0x0F);
    }
    *value = negative ? -magnitude : magnitude;
    return true;
}

size_t meter_item_bytes(enum meter_type type, const struct meter_item *item) {
    if (item->kind != METER_BLOCK) {
        return item->bytes;
    }
    size_t bytes = 0;
    for (size_t i = 0; i < COUNT(item->elements) && (i == 0 || item->elements[i] != 0); i++) {
        bytes += meter_item(type, item->elements[i])->bytes;
    }
    assert(bytes >= item->bytes);
    return bytes;
}

/* ---- for people ---- */

static void print_number(const struct meter_item *item, const uint8_t *data, char *text,
                         size_t size) {
    int64_t value;
    if (!meter_item_get(item, data, &value)) {
        snprintf(text, size, "?");
        return;
    }
    int64_t one = ten_to(item->decimals), magnitude = value < 0 ? -value : value;
    int length = snprintf(text, size, "%s%" PRId64, value < 0 ? "-" : "", magnitude / one);
    if (item->decimals > 0 && length > 0 && (size_t)length < size) {
        length += snprintf(text + length, size - (size_t)length, ".%0*" PRId64, item->decimals,
                           magnitude % one);
    }
    if (item->unit[0] != '\0' && length > 0 && (size_t)length < size) {
        snprintf(text + length, size - (size_t)length, " %s", item->unit);
    }
}

static void print_bytes(const struct meter_item *item, const uint8_t *data, const char *prefix,
                        const char *between, char *text, size_t size) {
    size_t at = (size_t)snprintf(text, size, "%s", prefix);
    for (size_t i = item->bytes; i-- > 0 && at < size;) {
        at += (size_t)snprintf(text + at, size - at, "%02X%s", data[i], i > 0 ? between : "");
    }
}

void meter_item_print(const struct meter_item *item, const uint8_t *data, char *text, size_t size) {
    switch (item->kind) {
    case METER_NUMBER:
    case METER_BLOCK: /* one element of it */
        print_number(item, data, text, size);
        break;
    case METER_DIGITS:
        print_bytes(item, data, "", "", text, size);
        break;
    case METER_STATUS:
        print_bytes(item, data, "0x", "", text, size);
        break;
    default:
        if (item->di == METER_DATE) { /* YYMMDDWW */
            snprintf(text, size, "20%02X-%02X-%02X (%u)", data[3], data[2], data[1], data[0]);
        } else {
            print_bytes(item, data, "", ":", text, size);
        }
        break;
    }
}

void meter_di_put(uint32_t di, uint8_t data[4]) {
    for (unsigned i = 0; i < 4; i++) {
        data[i] = (uint8_t)(di >> 8 * i);
    }
}

uint32_t meter_di_get(const uint8_t data[4]) {
    return METER_DI(data[3], data[2], data[1], data[0]);
}
