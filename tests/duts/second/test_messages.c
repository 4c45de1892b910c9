/* SPDX-License-Identifier: MIT */
#include "messages.h"

#include "tests/support/suite.h"

#include <string.h>

START_TEST(what_the_charger_says) {
    static const uint8_t crm[] = {0xAA, 0x1B, 0xDA, 0x34, 0x01, 0xFF, 0xFF, 0xFF};
    static const uint8_t cml[] = {0x4C, 0x1D, 0xD0, 0x07, 0x48, 0x0D, 0xA0, 0x0F};
    static const uint8_t ccs[] = {0xC5, 0x0E, 0xD8, 0x0E, 0x03, 0x00, 0xFD};
    static const uint8_t cts[] = {0x58, 0x59, 0x23, 0x29, 0x02, 0x24, 0x20};
    static const uint8_t csd[] = {0x58, 0x02, 0x01, 0x00, 0x01, 0x01, 0x01, 0x01};
    uint8_t bytes[8];
    crm_write(bytes, true, 20240923);
    ck_assert_mem_eq(bytes, crm, sizeof crm);
    cml_write(bytes, 750000, 200000, 60000, 0);
    ck_assert_mem_eq(bytes, cml, sizeof cml);
    ccs_write(bytes, 378100, 20000, 3, true);
    ck_assert_mem_eq(bytes, ccs, sizeof ccs);
    ccs_write(bytes, 0, 0, 700, false);
    ck_assert_uint_eq(bytes[6], 0xFC);
    ck_assert_uint_eq(bytes[4] | bytes[5] << 8, 600);
    cts_write(bytes, 1709251198); /* 2024-02-29 23:59:58 */
    ck_assert_mem_eq(bytes, cts, sizeof cts);
    csd_write(bytes, 601, 149, 0x01010101);
    ck_assert_mem_eq(bytes, csd, sizeof csd);
}
END_TEST

START_TEST(what_did_not_come) {
    static const uint8_t expected[][4] = {
        [MISSED_NONE] = {0xFC, 0xF0, 0xC0, 0xFC}, [MISSED_BRM] = {0xFD, 0xF0, 0xC0, 0xFC},
        [MISSED_BCP] = {0xFC, 0xF1, 0xC0, 0xFC},  [MISSED_BRO] = {0xFC, 0xF4, 0xC0, 0xFC},
        [MISSED_BCS] = {0xFC, 0xF0, 0xC1, 0xFC},  [MISSED_BCL] = {0xFC, 0xF0, 0xC4, 0xFC},
        [MISSED_BST] = {0xFC, 0xF0, 0xD0, 0xFC},  [MISSED_BSD] = {0xFC, 0xF0, 0xC0, 0xFD},
    };
    uint8_t bytes[8];
    for (int missed = MISSED_NONE; missed <= MISSED_BSD; missed++) {
        cem_write(bytes, (enum missed)missed);
        ck_assert_mem_eq(bytes, expected[missed], 4);
    }
}
END_TEST

START_TEST(what_the_vehicle_says) {
    static const uint8_t capture_bcp[] = {0x72, 0x01, 0xDA, 0x05, 0x2A, 0x02, 0xA5,
                                          0x10, 0x73, 0x08, 0x03, 0xC6, 0x0E};
    uint8_t demand[] = {0xA5, 0x10, 0xD8, 0x0E, 0x02};
    uint8_t value, state[] = {0x1E, 0x36, 0x06, 0x35, 0x0F, 0x00, 0x10};
    struct bcp bcp;
    struct bcl bcl;
    struct bsm bsm;
    uint32_t pgn;
    ck_assert(bcp_read(capture_bcp, 13, &bcp));
    ck_assert_int_eq(bcp.current_max_ma, 250200);
    ck_assert_int_eq(bcp.voltage_max_mv, 426100);
    ck_assert_int_eq(bcp.voltage_now_mv, 378200);
    ck_assert_int_eq(bcp.soc_permille, 776);
    ck_assert(!bcp_read(capture_bcp, 12, &bcp));
    ck_assert(brm_read(capture_bcp, 41) && brm_read(capture_bcp, 49));
    ck_assert(!brm_read(capture_bcp, 40) && !brm_read(capture_bcp, 48));
    ck_assert(bcl_read(demand, 5, &bcl) && bcl.voltage_mv == 426100 && bcl.current_ma == 20000);
    ck_assert(!bcl.constant_voltage);
    ck_assert(!bcl_read(demand, 8, &bcl));
    demand[0] = demand[1] = 0xFF;
    ck_assert(!bcl_read(demand, 5, &bcl));
    ck_assert(bsm_read(state, 7, &bsm) && !bsm.abnormal && bsm.permitted);
    state[6] = 0x00; /* a pause */
    ck_assert(bsm_read(state, 7, &bsm) && !bsm.abnormal && !bsm.permitted);
    state[5] = 0x20; /* over-current untrusted: as before */
    ck_assert(bsm_read(state, 7, &bsm) && !bsm.abnormal);
    state[5] = 0x02; /* cell voltage too low */
    ck_assert(bsm_read(state, 7, &bsm) && bsm.abnormal);
    state[5] = 0x00;
    state[6] = 0x14; /* connector abnormal */
    ck_assert(bsm_read(state, 7, &bsm) && bsm.abnormal && bsm.permitted);
    ck_assert(bro_read((uint8_t[]){0xAA}, 1, &value) && value == BRO_READY);
    ck_assert(!bro_read((uint8_t[]){0xFF}, 1, &value));
    ck_assert(id_from_vehicle(0x1CEC56F4, &pgn) && pgn == PGN_TP_CM);
    ck_assert(!id_from_vehicle(0x0070F4B5, &pgn));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("second messages");
    TCase *tests = tcase_create("messages");
    tcase_add_test(tests, what_the_charger_says);
    tcase_add_test(tests, what_did_not_come);
    tcase_add_test(tests, what_the_vehicle_says);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
