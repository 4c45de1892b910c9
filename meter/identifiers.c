/* SPDX-License-Identifier: MIT */
/* The named items. Facts: DL/T 645-2007 annex A by public implementations; decimals of DC meters are
 * the makers', hence types. */
#include "meter/identifiers.h"

#include "meter/scheme.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

#define ITEM(di, name, zh, en, unit, bytes, decimals, is_signed, kind, is_block, form)             \
    { di, name, zh, en, unit, bytes, decimals, is_signed, kind, is_block, false, form }
#define ENERGY(di, name, zh, en, unit)                                                             \
    ITEM(di, name, zh, en, unit, 4, 2, false, METER_NUMBER, false, NULL)
#define SIGNED(di, name, zh, en, unit, bytes, decimals)                                            \
    ITEM(di, name, zh, en, unit, bytes, decimals, true, METER_NUMBER, false, NULL)
#define PLAIN(di, name, zh, en, unit, bytes, decimals)                                             \
    ITEM(di, name, zh, en, unit, bytes, decimals, false, METER_NUMBER, false, NULL)
#define OTHER(di, name, zh, en, bytes, kind)                                                       \
    ITEM(di, name, zh, en, "", bytes, 0, false, kind, false, NULL)
#define STAMP(di, name, zh, en, bytes, form)                                                       \
    ITEM(di, name, zh, en, "", bytes, 0, false, METER_STAMP, false, form)
#define BLOCK(di, name, zh, en, unit, bytes, decimals, is_signed)                                  \
    ITEM(di, name, zh, en, unit, bytes, decimals, is_signed, METER_NUMBER, true, NULL)

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
          "kWh", 4, 2, false),
    ENERGY(0x00020000, "energy_reverse", "当前反向有功总电能", "reverse active energy", "kWh"),
    BLOCK(0x0002FF00, "energy_reverse_all", "反向有功电能数据块", "reverse active energy, block",
          "kWh", 4, 2, false),
    SIGNED(0x00030000, "energy_reactive_1", "当前组合无功1总电能", "combined reactive energy 1",
           "kvarh", 4, 2),
    SIGNED(0x00040000, "energy_reactive_2", "当前组合无功2总电能", "combined reactive energy 2",
           "kvarh", 4, 2),
    PLAIN(0x02010100, "voltage_a", "A相电压", "voltage, phase A", "V", 2, 1),
    PLAIN(0x02010200, "voltage_b", "B相电压", "voltage, phase B", "V", 2, 1),
    PLAIN(0x02010300, "voltage_c", "C相电压", "voltage, phase C", "V", 2, 1),
    BLOCK(0x0201FF00, "voltages", "电压数据块", "voltages, block", "V", 2, 1, false),
    SIGNED(0x02020100, "current_a", "A相电流", "current, phase A", "A", 3, 3),
    SIGNED(0x02020200, "current_b", "B相电流", "current, phase B", "A", 3, 3),
    SIGNED(0x02020300, "current_c", "C相电流", "current, phase C", "A", 3, 3),
    BLOCK(0x0202FF00, "currents", "电流数据块", "currents, block", "A", 3, 3, true),
    SIGNED(0x02030000, "power", "瞬时总有功功率", "active power, total", "kW", 3, 4),
    SIGNED(0x02030100, "power_a", "瞬时A相有功功率", "active power, phase A", "kW", 3, 4),
    SIGNED(0x02030200, "power_b", "瞬时B相有功功率", "active power, phase B", "kW", 3, 4),
    SIGNED(0x02030300, "power_c", "瞬时C相有功功率", "active power, phase C", "kW", 3, 4),
    BLOCK(0x0203FF00, "powers", "瞬时有功功率数据块", "active power, block", "kW", 3, 4, true),
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
    STAMP(0x04000101, "date", "日期及星期", "date and weekday", 4, "20%-%-% (#)"),
    STAMP(0x04000102, "time", "时间", "time", 3, "%:%:%"),
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
    STAMP(METER_FREEZE_TIME, "freeze_time", "（上1次）瞬时冻结时间",
          "time of the last freeze at once", 5, "20%-%-% %:%"),
    BLOCK(METER_FREEZE_ENERGY, "energy_frozen", "（上1次）瞬时冻结正向有功电能",
          "forward active energy at the last freeze at once", "kWh", 4, 2, false),
};

/* Longer variables of a type: of all phases and the block. */
struct variable {
    uint8_t d2, bytes, decimals;
};

static const struct variable dc_vendor[] = {{0x01, 3, 1}, {0x02, 4, 3}, {0x03, 4, 4}};
static const struct variable ac_wide[] = {{0x03, 4, 4}};

static const struct {
    const char *name;
    const struct variable *variables;
    size_t count;
} types[METER_TYPES] = {
    [METER_STANDARD] = {"standard", NULL, 0},
    [METER_DC_VENDOR] = {"dc-vendor", dc_vendor, COUNT(dc_vendor)},
    [METER_AC_WIDE] = {"ac-wide", ac_wide, COUNT(ac_wide)},
};

const char *meter_type_name(enum meter_type type) {
    assert((unsigned)type < METER_TYPES);
    return types[type].name;
}

static void widen(enum meter_type type, struct meter_item *item) {
    for (size_t i = 0; i < types[type].count; i++) {
        const struct variable *variable = &types[type].variables[i];
        if (item->di >> 16 == (0x0200u | variable->d2)) {
            item->bytes = variable->bytes;
            item->decimals = variable->decimals;
            assert(item->decimals < 2 * item->bytes); /* a digit before the point */
        }
    }
}

/* The table once for each type; filled at first use, the same from then on. */
static const struct meter_item *items_of(enum meter_type type) {
    assert((unsigned)type < METER_TYPES);
    static struct meter_item all[METER_TYPES][COUNT(standard)];
    struct meter_item *items = all[type];
    if (items[0].name == NULL) {
        for (size_t i = COUNT(standard); i-- > 0;) {
            struct meter_item item = standard[i];
            widen(type, &item);
            assert(item.bytes >= 1 && item.name != NULL);
            items[i] = item;
        }
    }
    return items;
}

const struct meter_item *meter_item_at(enum meter_type type, size_t index) {
    return index < COUNT(standard) ? &items_of(type)[index] : NULL;
}

const struct meter_item *meter_item(enum meter_type type, uint32_t di) {
    for (size_t i = 0; i < COUNT(standard); i++) {
        if (standard[i].di == di) {
            return &items_of(type)[i];
        }
    }
    return NULL;
}

const struct meter_item *meter_item_by_name(enum meter_type type, const char *name) {
    for (size_t i = 0; i < COUNT(standard); i++) {
        if (strcmp(standard[i].name, name) == 0) {
            return &items_of(type)[i];
        }
    }
    return NULL;
}

bool meter_find(enum meter_type type, uint32_t di, struct meter_found *found) {
    const struct meter_item *named = meter_item(type, di);
    if (named != NULL) {
        found->item = *named;
        return true;
    }
    if (!meter_scheme(di, found)) {
        return false;
    }
    widen(type, &found->item);
    return true;
}

/* ---- blocks ---- */

/* Voltages, currents, angles, THD: A, B, C. Powers and their factor: total, A, B, C. Energies: total
 * and tariffs. */
static unsigned first_element(uint32_t di) {
    uint32_t kind = di >> 16;
    bool phases = kind == 0x0201 || kind == 0x0202 || (kind >= 0x0207 && kind <= 0x0209);
    return phases ? 1 : 0;
}

unsigned meter_item_elements(const struct meter_item *item) {
    if (!item->is_block) {
        return 1;
    }
    bool variable = item->di >> 24 == 0x02;
    return variable ? 4 - first_element(item->di) : METER_TARIFFS + 1;
}

uint32_t meter_item_element(const struct meter_item *item, unsigned index) {
    bool by_d1 = item->is_block && (item->di >> 8 & 0xFF) == 0xFF;
    assert(index < 0xFF);
    return by_d1 ? (item->di & 0xFFFF00FFu) | (index + first_element(item->di)) << 8 : item->di;
}

bool meter_item_length_fits(const struct meter_item *item, size_t length) {
    assert(item->bytes > 0);
    return item->is_block ? length > 0 && length % item->bytes == 0 : length == item->bytes;
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
    assert(item->bytes >= 1 && item->bytes <= 9); /* of a double word's eighteen digits */
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
    assert(magnitude >= 0 && item->bytes <= 9);
    *value = negative ? -magnitude : magnitude;
    return true;
}

/* ---- for people ---- */

static void print_number(const struct meter_item *item, const uint8_t *data, char *text,
                         size_t size) {
    int64_t value;
    struct meter_item number = *item;
    number.bytes = item->kind == METER_DEMAND ? item->bytes - METER_MOMENT_BYTES : item->bytes;
    assert(number.bytes >= 1 && number.bytes <= 8);
    if (!meter_item_get(&number, data, &value)) {
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
                        char *text, size_t size) {
    assert(item->bytes > 0);
    size_t at = (size_t)snprintf(text, size, "%s", prefix);
    for (size_t i = item->bytes; i-- > 0 && at < size;) {
        at += (size_t)snprintf(text + at, size - at, "%02X", data[i]);
    }
}

/* data ends with the highest part, the form begins with it. */
static void print_form(const char *form, const uint8_t *data, size_t bytes, char *text,
                       size_t size) {
    size_t at = 0;
    text[0] = '\0';
    for (; *form != '\0' && at < size; form++) {
        if (*form != '%' && *form != '#') {
            at += (size_t)snprintf(text + at, size - at, "%c", *form);
            continue;
        }
        assert(bytes > 0);
        at += (size_t)snprintf(text + at, size - at, *form == '%' ? "%02X" : "%X", data[--bytes]);
    }
    assert(bytes == 0 || at >= size); /* every part has been shown */
}

/* ASCII, highest byte first, as every number of a meter. */
static void print_ascii(const struct meter_item *item, const uint8_t *data, char *text,
                        size_t size) {
    size_t at = 0;
    for (size_t i = item->bytes; i-- > 0 && at + 1 < size;) {
        text[at++] = data[i] == 0 || data[i] == 0xFF   ? ' '
                     : data[i] > ' ' && data[i] <= '~' ? (char)data[i]
                     : data[i] == ' '                  ? ' '
                                                       : '?';
    }
    while (at > 0 && text[at - 1] == ' ') {
        at--;
    }
    text[at] = '\0';
}

void meter_item_print(const struct meter_item *item, const uint8_t *data, bool chinese, char *text,
                      size_t size) {
    size_t at;
    switch (item->kind) {
    case METER_NUMBER:
        print_number(item, data, text, size);
        break;
    case METER_DEMAND:
        print_number(item, data, text, size);
        at = strlen(text);
        at += (size_t)snprintf(text + at, size - at, chinese ? "，发生于" : " at ");
        if (at < size) {
            print_form(item->form, data + item->bytes - METER_MOMENT_BYTES, METER_MOMENT_BYTES,
                       text + at, size - at);
        }
        break;
    case METER_DIGITS:
        print_bytes(item, data, "", text, size);
        break;
    case METER_STATUS:
        print_bytes(item, data, "0x", text, size);
        break;
    case METER_TEXT:
        print_ascii(item, data, text, size);
        break;
    case METER_SECRET:
        snprintf(text, size, chinese ? "（不显示）" : "(not shown)");
        break;
    default:
        print_form(item->form, data, item->bytes, text, size);
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
