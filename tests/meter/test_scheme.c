/* SPDX-License-Identifier: MIT */
/* The grammar of identifiers, whole: which there are, how long their values are, and none besides. */
#include "meter/scheme.h"
#include "tests/support/kept.h"
#include "tests/support/suite.h"

#include <inttypes.h>
#include <string.h>

#define BLOCK 0xFFu

/* Bytes of an identifier: the ends of each part of the grammar, and what is next to them. */
static const unsigned some[] = {0,  1,  2,  3,  4,  11, 12,  13,  14,   20,
                                21, 22, 62, 63, 64, 65, 127, 128, 0xFE, 0xFF};
#define EACH(byte)                                                                                 \
    for (unsigned byte##_i = 0, byte = 0;                                                          \
         byte##_i < sizeof some / sizeof some[0] && (byte = some[byte##_i], true); byte##_i++)

/* ---- what stands alone, or in a row by DI0 ---- */

static const struct {
    uint32_t first, last;
    enum meter_item_kind kind;
    uint8_t bytes, decimals;
    const char *unit;
    bool block;
} rows[] = {
    {0x02800003, 0x02800003, METER_NUMBER, 3, 4, "kW", false},
    {0x02800004, 0x02800004, METER_NUMBER, 3, 4, "kW", false},
    {0x02800005, 0x02800005, METER_NUMBER, 3, 4, "kvar", false},
    {0x02800006, 0x02800006, METER_NUMBER, 3, 4, "kVA", false},
    {0x02800009, 0x02800009, METER_NUMBER, 2, 2, "V", false},
    {0x0280000A, 0x0280000A, METER_NUMBER, 4, 0, "min", false},
    {0x03110000, 0x03110000, METER_NUMBER, 3, 0, "", false},
    {0x03300000, 0x03300000, METER_NUMBER, 3, 0, "", false},
    {0x03300100, 0x03300100, METER_NUMBER, 3, 0, "", false},
    {0x03300200, 0x03300200, METER_NUMBER, 3, 0, "", false},
    {0x03300300, 0x03300300, METER_NUMBER, 3, 0, "", false},
    {0x03300400, 0x03300400, METER_NUMBER, 3, 0, "", false},
    {0x03300D00, 0x03300D00, METER_NUMBER, 3, 0, "", false},
    {0x03300E00, 0x03300E00, METER_NUMBER, 3, 0, "", false},
    {0x04000103, 0x04000103, METER_NUMBER, 1, 0, "min", false},
    {0x04000104, 0x04000104, METER_NUMBER, 1, 0, "min", false},
    {0x04000105, 0x04000105, METER_NUMBER, 2, 0, "ms", false},
    {0x04000106, 0x04000106, METER_STAMP, 5, 0, "", false},
    {0x04000107, 0x04000107, METER_STAMP, 5, 0, "", false},
    {0x04000201, 0x04000201, METER_NUMBER, 1, 0, "", false},
    {0x04000202, 0x04000202, METER_NUMBER, 1, 0, "", false},
    {0x04000203, 0x04000203, METER_NUMBER, 1, 0, "", false},
    {0x04000205, 0x04000205, METER_NUMBER, 2, 0, "", false},
    {0x04000206, 0x04000206, METER_NUMBER, 1, 0, "", false},
    {0x04000306, 0x04000306, METER_NUMBER, 3, 0, "", false},
    {0x04000307, 0x04000307, METER_NUMBER, 3, 0, "", false},
    {0x04000403, 0x04000403, METER_TEXT, 32, 0, "", false},
    {0x04000404, 0x04000404, METER_TEXT, 6, 0, "", false},
    {0x04000405, 0x04000405, METER_TEXT, 6, 0, "", false},
    {0x04000406, 0x04000406, METER_TEXT, 6, 0, "", false},
    {0x04000407, 0x04000407, METER_TEXT, 4, 0, "", false},
    {0x04000408, 0x04000408, METER_TEXT, 4, 0, "", false},
    {0x0400040A, 0x0400040A, METER_NUMBER, 3, 0, "imp/kvarh", false},
    {0x0400040B, 0x0400040B, METER_TEXT, 10, 0, "", false},
    {0x0400040C, 0x0400040C, METER_TEXT, 10, 0, "", false},
    {0x0400040D, 0x0400040D, METER_TEXT, 16, 0, "", false},
    {0x0400040E, 0x0400040E, METER_DIGITS, 6, 0, "", false},
    {0x04000601, 0x04000601, METER_STATUS, 1, 0, "", false},
    {0x04000602, 0x04000603, METER_STATUS, 1, 0, "", false},
    {0x04000701, 0x04000701, METER_STATUS, 1, 0, "", false},
    {0x04000702, 0x04000702, METER_STATUS, 1, 0, "", false},
    {0x04000704, 0x04000704, METER_STATUS, 1, 0, "", false},
    {0x04000705, 0x04000705, METER_STATUS, 1, 0, "", false},
    {0x04000801, 0x04000801, METER_STATUS, 1, 0, "", false},
    {0x04000802, 0x04000802, METER_NUMBER, 1, 0, "", false},
    {0x04000B01, 0x04000B03, METER_STAMP, 2, 0, "", false},
    {0x04000C01, 0x04000C0A, METER_SECRET, 4, 0, "", false},
    {0x04010000, 0x04010000, METER_STAMP, 3, 0, "", true},
    {0x04010001, 0x04010008, METER_STAMP, 3, 0, "", true},
    {0x04020000, 0x04020000, METER_STAMP, 3, 0, "", true},
    {0x04020001, 0x04020008, METER_STAMP, 3, 0, "", true},
    {0x04030001, 0x040300FE, METER_STAMP, 4, 0, "", false},
    {0x04800001, 0x04800001, METER_TEXT, 32, 0, "", false},
    {0x04800002, 0x04800002, METER_TEXT, 32, 0, "", false},
    {0x04800003, 0x04800003, METER_TEXT, 32, 0, "", false},
};

static size_t row_of(uint32_t di) {
    size_t i = 0;
    while (i < sizeof rows / sizeof rows[0] && (di < rows[i].first || di > rows[i].last)) {
        i++;
    }
    return i;
}

/* From two before the first to two behind the last of each row. */
START_TEST(rows_of_the_annex) {
    struct meter_found found;
    for (uint32_t di = rows[_i].first - 2; di <= rows[_i].last + 2; di++) {
        size_t row = row_of(di);
        bool there = row < sizeof rows / sizeof rows[0];
        ck_assert_msg(meter_scheme(di, &found) == there, "%08X", di);
        if (there) {
            ck_assert_msg(found.item.kind == rows[row].kind, "%08X: kind", di);
            ck_assert_msg(found.item.bytes == rows[row].bytes, "%08X: bytes", di);
            ck_assert_msg(found.item.decimals == rows[row].decimals, "%08X: decimals", di);
            ck_assert_str_eq(found.item.unit, rows[row].unit);
            ck_assert(found.item.is_block == rows[row].block && !found.item.is_signed);
        }
    }
}
END_TEST

/* ---- energies and demands: 11 quantities, three of them by phase, 63 tariffs, 12 settlements ---- */

START_TEST(energies_and_demands) {
    struct meter_found found;
    bool demand = _i == 1;
    for (unsigned d2 = 0; d2 <= 0x60; d2++) {
        unsigned phase = d2 > 10 ? d2 / 20 : 0, quantity = d2 - 20 * phase;
        bool known = quantity <= 10 && phase <= 3 && (phase == 0 || quantity > 0) &&
                     !(demand && quantity == 0);
        EACH(d1) {
            bool tariff = d1 == 0 || (phase == 0 && (d1 <= 63 || d1 == BLOCK));
            EACH(d0) {
                uint32_t di = (uint32_t)_i << 24 | d2 << 16 | d1 << 8 | d0;
                bool there = known && tariff && d0 <= 12;
                ck_assert_msg(meter_scheme(di, &found) == there, "%08X", di);
                if (there) {
                    ck_assert_uint_eq(found.item.bytes, demand ? 8 : 4);
                    ck_assert_uint_eq(found.item.decimals, demand ? 4 : 2);
                    ck_assert(found.item.is_block == (d1 == BLOCK));
                    bool is_signed = quantity == 0 || quantity == 3 || quantity == 4;
                    ck_assert_msg(found.item.is_signed == is_signed, "%08X: sign", di);
                }
            }
        }
    }
}
END_TEST

/* ---- variables ---- */

static const struct {
    uint8_t bytes, decimals;
    bool is_signed, has_total;
    const char *unit;
} variables[] = {
    {2, 1, false, false, "V"},   {3, 3, true, false, "A"},  {3, 4, true, true, "kW"},
    {3, 4, true, true, "kvar"},  {3, 4, true, true, "kVA"}, {2, 3, true, true, ""},
    {2, 1, false, false, "deg"}, {2, 2, false, false, "%"}, {2, 2, false, false, "%"},
    {2, 2, false, false, "%"},   {2, 2, false, false, "%"},
};

START_TEST(variables_of_phases_and_harmonics) {
    struct meter_found found;
    for (unsigned d2 = 0; d2 <= 0x20; d2++) {
        bool known = d2 >= 1 && d2 <= 11, harmonic = d2 == 10 || d2 == 11;
        EACH(d1) {
            bool phase = d1 >= 1 && d1 <= 3;
            EACH(d0) {
                bool whole = known &&
                             (phase || d1 == BLOCK || (d1 == 0 && variables[d2 - 1].has_total)) &&
                             d0 == 0;
                bool there = harmonic ? phase && ((d0 >= 1 && d0 <= 21) || d0 == BLOCK) : whole;
                uint32_t di = 0x02000000u | d2 << 16 | d1 << 8 | d0;
                ck_assert_msg(meter_scheme(di, &found) == there, "%08X", di);
                if (there) {
                    ck_assert_uint_eq(found.item.bytes, variables[d2 - 1].bytes);
                    ck_assert_uint_eq(found.item.decimals, variables[d2 - 1].decimals);
                    ck_assert(found.item.is_signed == variables[d2 - 1].is_signed);
                    ck_assert_str_eq(found.item.unit, variables[d2 - 1].unit);
                    ck_assert(found.item.is_block == (d1 == BLOCK || d0 == BLOCK));
                }
            }
        }
    }
}
END_TEST

/* ---- freezes ---- */

START_TEST(freezes) {
    static const unsigned most[] = {60, 3, 2, 2, 254, 0, 62};
    struct meter_found found;
    for (unsigned d2 = 0; d2 <= 10; d2++) {
        for (unsigned d1 = 0; d1 <= 12; d1++) {
            for (unsigned d0 = 0; d0 <= 0xFF; d0++) {
                uint32_t di = 0x05000000u | d2 << 16 | d1 << 8 | d0;
                bool hourly = d2 == 4;
                bool there = d2 < 7 && d0 >= 1 && d0 <= most[d2] && d1 <= (hourly ? 2u : 10u);
                ck_assert_msg(meter_scheme(di, &found) == there, "%08X", di);
                if (there) {
                    ck_assert_uint_eq(found.item.bytes, d1 == 0 ? 5 : d1 < 9 ? 4 : 8);
                    ck_assert_uint_eq(found.item.decimals, d1 == 0 ? 0 : d1 < 9 ? 2 : 4);
                    ck_assert_int_eq(found.item.kind, d1 == 0  ? METER_STAMP
                                                      : d1 < 9 ? METER_NUMBER
                                                               : METER_DEMAND);
                    ck_assert(found.item.is_block == (d1 > 0 && !hourly));
                }
            }
        }
    }
}
END_TEST

/* ---- names ---- */

START_TEST(in_words) {
    static const struct {
        uint32_t di;
        const char *en, *zh;
    } names[] = {
        {0x00000000, "combined active energy", "组合有功电能"},
        {0x00010000, "forward active energy", "正向有功电能"},
        {0x00020100, "reverse active energy, tariff 1", "反向有功电能，费率1"},
        {0x0001FF01, "forward active energy, block, last settlement day",
         "正向有功电能数据块（上1结算日）"},
        {0x00150002, "forward active energy, phase A, settlement day -2",
         "正向有功电能（A相）（上2结算日）"},
        {0x013D0000, "forward active maximum demand, phase C", "正向有功最大需量（C相）"},
        {0x02010200, "voltage, phase B", "电压（B相）"},
        {0x0203FF00, "active power, block", "瞬时有功功率数据块"},
        {0x020A0105, "voltage harmonic 5, phase A", "电压谐波含量，5次（A相）"},
        {0x020B03FF, "current harmonic, phase C, block", "电流谐波含量（C相）数据块"},
        {0x05000001, "time of the last timed freeze", "（上1次）定时冻结时间"},
        {0x05060103, "forward active energy at daily freeze -3", "（上3次）日冻结正向有功电能"},
        {0x05000902, "forward active maximum demand at timed freeze -2",
         "（上2次）定时冻结正向有功最大需量"},
        {0x04010003, "day table 3, first set", "第一套第3日时段表"},
        {0x04000602, "rule of combined reactive energy 1", "无功组合方式1特征字"},
    };
    struct meter_found found;
    ck_assert_msg(meter_scheme(names[_i].di, &found), "%08X", names[_i].di);
    ck_assert_str_eq(found.en, names[_i].en);
    ck_assert_str_eq(found.zh, names[_i].zh);
    ck_assert_uint_eq(found.item.di, names[_i].di);
    ck_assert(found.item.is_private == false);
}
END_TEST

/* What tells one meter from another is not shown by itself. */
START_TEST(what_is_private) {
    struct meter_found found;
    ck_assert(meter_scheme(0x04000403, &found) && found.item.is_private);
    ck_assert(meter_scheme(0x04800003, &found) && found.item.is_private);
    ck_assert(meter_scheme(0x04000404, &found) && !found.item.is_private);
    ck_assert_str_eq(found.item.name, "04000404");
}
END_TEST

/* ---- every word of it ---- */

/* FNV-1a, 64 bits. */
static uint64_t hashed(uint64_t hash, const char *text) {
    for (; text != NULL && *text != '\0'; text++) {
        hash = (hash ^ (uint8_t)*text) * UINT64_C(0x100000001B3);
    }
    return hash;
}

static void describe(const struct meter_found *found, char *text, size_t size) {
    const struct meter_item *item = &found->item;
    snprintf(text, size, "%08X %s | %s; %u bytes .%u %s%s%s%s kind %u %s", item->di, found->en,
             found->zh, item->bytes, item->decimals, item->unit, item->is_signed ? " signed" : "",
             item->is_block ? " block" : "", item->is_private ? " private" : "", item->kind,
             item->form != NULL ? item->form : "");
}

/* Far from every end of the grammar: as its neighbours are. */
static bool is_inner(unsigned byte) {
    return (byte > 0x18 && byte < 0x3A) || (byte > 0x44 && byte < 0xFC);
}

/* How many of DI1 and DI0 are known, the first and the last of them, and a hash of all. */
static void show_quantity(FILE *to, unsigned d3, unsigned d2) {
    char text[512], first[512] = "";
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    unsigned known = 0;
    for (unsigned low = 0; low < 0x10000; low++) {
        const unsigned d1 = low >> 8, d0 = low & 0xFF;
        struct meter_found found;
        if (is_inner(d1) || (d1 > 2 && is_inner(d0)) ||
            !meter_scheme(METER_DI(d3, d2, d1, d0), &found)) {
            continue;
        }
        describe(&found, text, sizeof text);
        if (known++ == 0) {
            memcpy(first, text, sizeof first);
        }
        hash = hashed(hash, text);
    }
    if (known > 0) {
        fprintf(to, "%02X %02X: %u, %016" PRIx64 "\n  %s\n  %s\n", d3, d2, known, hash, first,
                text);
    }
}

START_TEST(every_identifier) {
    struct kept kept;
    kept_open(&kept);
    for (unsigned d3 = 0; d3 <= 6; d3++) {
        for (unsigned d2 = 0; d2 <= 0xFF; d2 += d2 < 0x50 || d2 >= 0x7F ? 1 : 0x10) {
            show_quantity(kept.stream, d3, d2);
        }
    }
    kept_check(&kept, TEST_SOURCE_DIR "/tests/meter/scheme.txt");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("scheme");
    TCase *tc = tcase_create("scheme");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, rows_of_the_annex, 0, sizeof rows / sizeof rows[0]);
    tcase_add_loop_test(tc, energies_and_demands, 0, 2);
    tcase_add_test(tc, variables_of_phases_and_harmonics);
    tcase_add_test(tc, freezes);
    tcase_add_loop_test(tc, in_words, 0, 15);
    tcase_add_test(tc, what_is_private);
    tcase_add_test(tc, every_identifier);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
