/* SPDX-License-Identifier: MIT */
/* Coding against frames of a real session and the CEM bytes of GB/T 27930-2015. */
#include "firmware-under-test/core/link/messages.h"
#include "tests/firmware/support/fake_pile.h"
#include "tests/support/suite.h"

static struct dut_can_frame frame;

static void expect(uint32_t id, unsigned length, const char *hex) {
    char text[3 * 8 + 1] = "";
    for (unsigned i = 0; i < frame.len; i++) {
        snprintf(&text[3 * i], 4, "%02X ", frame.data[i]);
    }
    if (frame.len > 0) {
        text[3 * frame.len - 1] = '\0';
    }
    ck_assert_uint_eq(frame.id, id);
    ck_assert_uint_eq(frame.len, length);
    ck_assert_str_eq(text, hex);
}

START_TEST(golden_frames) {
    struct core_cml cml = {950000, 38000, 250000, 0};
    struct core_ccs ccs = {285200, 0, 0, true, 7};
    core_encode_chm(&frame);
    expect(0x1826F456, 3, "01 01 00");
    core_encode_crm(&frame, CORE_NOT_READY, 0x01010101, 0x333231);
    expect(0x1801F456, 8, "00 01 01 01 01 31 32 33");
    core_encode_crm(&frame, CORE_READY, 0x01010101, 0x333231);
    expect(0x1801F456, 8, "AA 01 01 01 01 31 32 33");
    core_encode_cts(&frame, &(struct core_clock){0});
    expect(0x1807F456, 7, "FF FF FF FF FF FF FF");
    core_encode_cml(&frame, &cml);
    expect(0x1808F456, 8, "1C 25 7C 01 DC 05 A0 0F");
    core_encode_cro(&frame, CORE_READY);
    expect(0x100AF456, 1, "AA");
    core_encode_ccs(&frame, &ccs);
    expect(0x1812F456, 7, "24 0B A0 0F 00 00 FD");
    core_encode_cst(&frame, CORE_CAUSE_PERSON, CORE_FAULT_NONE);
    expect(0x101AF456, 4, "04 00 F0 F0");
    core_encode_csd(&frame, 0, 100, 0x01010101);
    expect(0x181DF456, 8, "00 00 01 00 01 01 01 01");
}
END_TEST

START_TEST(edges) {
    struct core_ccs ccs = {950040, 400000, 5000, false, 8};
    core_encode_ccs(&frame, &ccs); /* time saturates at 600 min, -400 A is raw 0 */
    expect(0x1812F456, 8, "1C 25 00 00 58 02 FC FF");
    ccs = (struct core_ccs){-1000, -2000, 0, true, 8};
    core_encode_ccs(&frame, &ccs); /* no negative voltage; a current back is above raw 4000 */
    expect(0x1812F456, 8, "00 00 B4 0F 00 00 FD FF");
    core_encode_csd(&frame, 601, 2000000, 0xFFFFFFFF);
    expect(0x181DF456, 8, "58 02 10 27 FF FF FF FF");
}
END_TEST

START_TEST(cst_reasons) {
    core_encode_cst(&frame, CORE_CAUSE_BMS, CORE_FAULT_NONE);
    expect(0x101AF456, 4, "40 00 F0 F0");
    core_encode_cst(&frame, CORE_CAUSE_CONDITION, CORE_FAULT_NONE);
    expect(0x101AF456, 4, "01 00 F0 F0");
    core_encode_cst(&frame, CORE_CAUSE_FAULT, CORE_FAULT_ESTOP);
    expect(0x101AF456, 4, "10 00 F1 F0");
    core_encode_cst(&frame, CORE_CAUSE_FAULT, CORE_FAULT_PILOT);
    expect(0x101AF456, 4, "10 04 F0 F0");
    core_encode_cst(&frame, CORE_CAUSE_FAULT, CORE_FAULT_OVERVOLTAGE);
    expect(0x101AF456, 4, "10 00 F0 F4");
}
END_TEST

static const char *const cem_bytes[CORE_AWAITED_COUNT] = {
    [CORE_AWAITED_BRM] = "FD F0 C0 FC", [CORE_AWAITED_BCP] = "FC F1 C0 FC",
    [CORE_AWAITED_BRO] = "FC F4 C0 FC", [CORE_AWAITED_BCS] = "FC F0 C1 FC",
    [CORE_AWAITED_BCL] = "FC F0 C4 FC", [CORE_AWAITED_BST] = "FC F0 D0 FC",
    [CORE_AWAITED_BSD] = "FC F0 C0 FD",
};

START_TEST(cem) {
    core_encode_cem(&frame, 1u << _i);
    expect(0x081FF456, 4, cem_bytes[_i]);
}
END_TEST

START_TEST(clock_in_bcd) {
    struct core_clock clock = {2015, 5, 16, 8, 24, 36};
    core_encode_cts(&frame, &clock);
    expect(0x1807F456, 7, "36 24 08 16 05 15 20");
}
END_TEST

/* Seconds by Unix `date -u`. */
START_TEST(clock_by_the_calendar) {
    static const struct {
        int64_t wall_s;
        const char *bytes;
    } rows[] = {
        {0, "00 00 00 01 01 70 19"},          {1704067199, "59 59 23 31 12 23 20"},
        {1704067200, "00 00 00 01 01 24 20"}, {1709164800, "00 00 00 29 02 24 20"},
        {1709251199, "59 59 23 29 02 24 20"}, {1677628800, "00 00 00 01 03 23 20"},
        {4107542400, "00 00 00 01 03 00 21"}, /* 2100 is no leap year */
        {4107542399, "59 59 23 28 02 00 21"}, {-1, "FF FF FF FF FF FF FF"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct core_clock clock = core_clock_at(rows[i].wall_s);
        core_encode_cts(&frame, &clock);
        expect(0x1807F456, 7, rows[i].bytes);
    }
}
END_TEST

START_TEST(bhm_bcl_decode) {
    static const uint8_t bhm[2] = {0xA5, 0x10}, none[2] = {0xFF, 0xFF};
    static const uint8_t bcl[5] = {0xA5, 0x10, 0xD8, 0x0E, 0x02};
    static const uint8_t no_current[5] = {0xA5, 0x10, 0xFF, 0xFF, 0x02};
    static const uint8_t backwards[5] = {0xA5, 0x10, 0x68, 0x10, 0x02};
    struct core_bcl demand;
    int32_t mv;
    ck_assert(core_decode_bhm(bhm, &mv));
    ck_assert_int_eq(mv, 426100);
    ck_assert(!core_decode_bhm(none, &mv));
    ck_assert(core_decode_bcl(bcl, &demand));
    ck_assert_int_eq(demand.voltage_mv, 426100);
    ck_assert_int_eq(demand.current_ma, 20000);
    ck_assert(!core_decode_bcl(no_current, &demand));
    ck_assert(core_decode_bcl(backwards, &demand)); /* a demand to discharge is no demand */
    ck_assert_int_eq(demand.current_ma, 0);
}
END_TEST

START_TEST(bcp_bcs_decode) {
    static const uint8_t bytes[13] = {0x72, 0x01, 0xDA, 0x05, 0x2A, 0x02, 0xA5,
                                      0x10, 0x73, 0x08, 0x03, 0xC6, 0x0E};
    static const uint8_t status[9] = {0xC5, 0x0E, 0xA0, 0x0F, 0x4C, 0x61, 0x4D, 0, 0};
    static const uint8_t far_cell[9] = {0xC5, 0x0E, 0xA0, 0x0F, 0xFF, 0x6F, 0xFF, 0, 0};
    struct core_bcp bcp;
    struct core_bcs bcs;
    ck_assert(core_decode_bcp(bytes, &bcp));
    ck_assert_int_eq(bcp.cell_max_mv, 3700);
    ck_assert_int_eq(bcp.current_max_ma, 250200);
    ck_assert_int_eq(bcp.voltage_max_mv, 426100);
    ck_assert_int_eq(bcp.temperature_max_c, 65);
    ck_assert_int_eq(bcp.battery_mv, 378200);
    ck_assert(core_decode_bcs(status, &bcs));
    ck_assert_int_eq(bcs.voltage_mv, 378100);
    ck_assert_int_eq(bcs.current_ma, 0);
    ck_assert_int_eq(bcs.cell_max_mv, 3320);
    ck_assert_int_eq(bcs.soc_percent, 77);
    ck_assert(core_decode_bcs(far_cell, &bcs));
    ck_assert_int_eq(bcs.cell_max_mv, -1);
    ck_assert_int_eq(bcs.soc_percent, -1);
}
END_TEST

/* The car of the golden session leaves the undefined bits 0. */
START_TEST(bsm_decode) {
    uint8_t bytes[7] = {0x1E, 0x36, 0x06, 0x35, 0x0F, 0x00, 0x10};
    struct core_bsm bsm;
    ck_assert(core_decode_bsm(bytes, &bsm));
    ck_assert_int_eq(bsm.abnormal, CORE_FAULT_NONE);
    ck_assert_int_eq(bsm.permission, CORE_PERMISSION_CHARGE);
    ck_assert_int_eq(bsm.temperature_max_c, 4);
    bytes[6] = 0x30;
    core_decode_bsm(bytes, &bsm);
    ck_assert_int_eq(bsm.permission, CORE_PERMISSION_KEEP);
    bytes[5] = 0x40;
    core_decode_bsm(bytes, &bsm);
    ck_assert_int_eq(bsm.abnormal, CORE_FAULT_BSM_TEMPERATURE);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("messages");
    TCase *tc = tcase_create("messages");
    tcase_add_test(tc, golden_frames);
    tcase_add_test(tc, edges);
    tcase_add_test(tc, cst_reasons);
    tcase_add_loop_test(tc, cem, 0, CORE_AWAITED_COUNT);
    tcase_add_test(tc, clock_in_bcd);
    tcase_add_test(tc, clock_by_the_calendar);
    tcase_add_test(tc, bhm_bcl_decode);
    tcase_add_test(tc, bcp_bcs_decode);
    tcase_add_test(tc, bsm_decode);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
