/* SPDX-License-Identifier: MIT */
/* pile_io.h and pile_io.dbc say the same. */
#include "firmware-under-test/include/dut.h"
#include "firmware-under-test/include/pile_io.h"
#include "tests/firmware/support/dbc.h"
#include "tests/support/suite.h"

#include <check.h>
#include <stdlib.h>

#define DBC_FILE TEST_SOURCE_DIR "/firmware-under-test/include/pile_io.dbc"

/* A signal as the header has it: bits are counted in frames, so a byte is 8 of them. */
struct layout {
    unsigned id, frame_length;
    const char *name;
    unsigned start, length;
    bool is_signed, per_gun;
};

#define BIT(frame, bit)                                                                            \
    { frame, 8, #bit, PILE_IO_BIT_##bit, 1, false, true }
#define S32(frame, n, len)                                                                         \
    { frame, len, #n, 8 * PILE_IO_S32_##n, 32, true, true }
#define S16(frame, n)                                                                              \
    { frame, 8, #n, 8 * PILE_IO_S16_##n, 16, true, true }
#define U32(frame, n, len)                                                                         \
    { frame, len, #n, 8 * PILE_IO_U32_##n, 32, false, false }
#define BYTE(frame, n)                                                                             \
    { frame, 8, #n, 8 * PILE_IO_BYTE_##n, 8, false, false }
#define COUNT(frame)                                                                               \
    { frame, 8, "SEQUENCE", 8 * PILE_IO_BYTE_SEQUENCE, 8, false, true }

static const struct layout layouts[] = {
    BIT(PILE_IO_SWITCHES, LOCK_FEEDBACK),
    BIT(PILE_IO_SWITCHES, K1_FEEDBACK),
    BIT(PILE_IO_SWITCHES, K2_FEEDBACK),
    BIT(PILE_IO_SWITCHES, PE_OK),
    BIT(PILE_IO_SWITCHES, START),
    BIT(PILE_IO_SWITCHES, STOP),
    BIT(PILE_IO_SWITCHES, ESTOP),
    BIT(PILE_IO_SWITCHES, DOOR_OPEN),
    COUNT(PILE_IO_SWITCHES),
    S32(PILE_IO_VOLTAGES, INNER_MV, 8),
    S32(PILE_IO_VOLTAGES, OUTER_MV, 8),
    S32(PILE_IO_CURRENT, CURRENT_MA, 8),
    S16(PILE_IO_CURRENT, CC1_MV),
    S16(PILE_IO_CURRENT, AUX_MV),
    S32(PILE_IO_INSULATION, POSITIVE_OHM, 8),
    S32(PILE_IO_INSULATION, NEGATIVE_OHM, 8),
    S16(PILE_IO_SLOW, TEMPERATURE_POS_DC),
    S16(PILE_IO_SLOW, TEMPERATURE_NEG_DC),
    S32(PILE_IO_SLOW, AC_MV, 8),
    S32(PILE_IO_ENERGY, ENERGY_WH, 4),
    S32(PILE_IO_PHASES, L1_MV, 8),
    S32(PILE_IO_PHASES, L2_MV, 8),
    S32(PILE_IO_SUPPLY, L3_MV, 8),
    S32(PILE_IO_SUPPLY, FREQUENCY_MHZ, 8),
    S32(PILE_IO_CURRENTS, RESIDUAL_UA, 8),
    S32(PILE_IO_CURRENTS, AUX_MA, 8),
    S32(PILE_IO_TO_PE, POS_TO_PE_MV, 8),
    S32(PILE_IO_TO_PE, NEG_TO_PE_MV, 8),
    S16(PILE_IO_AIR, CABINET_DC),
    S16(PILE_IO_AIR, AMBIENT_DC),
    S32(PILE_IO_AIR, PRESSURE_PA, 8),
    S32(PILE_IO_PLACES, GROUPS_CLOSED, 8),
    S16(PILE_IO_PLACES, FAN_RPM),
    BIT(PILE_IO_PLACES, AC_ORDER_OK),
    BIT(PILE_IO_PLACES, AC_SWITCH_CLOSED),
    BIT(PILE_IO_PLACES, AC_CONTACTOR_CLOSED),
    {PILE_IO_PLACES, 8, "PLACES_WIRED", 8 * PILE_IO_BYTE_PLACES_WIRED, 8, false, true},
    U32(PILE_IO_PING, PING_COUNT, 8),
    BYTE(PILE_IO_PING, PING_WISH),
    BIT(PILE_IO_COMMANDS, K1),
    BIT(PILE_IO_COMMANDS, K2),
    BIT(PILE_IO_COMMANDS, AUX),
    BIT(PILE_IO_COMMANDS, LOCK),
    BIT(PILE_IO_COMMANDS, DISCHARGE),
    BIT(PILE_IO_COMMANDS, IMD),
    BIT(PILE_IO_COMMANDS, MODULES_ON),
    COUNT(PILE_IO_COMMANDS),
    S32(PILE_IO_MODULES, MODULE_MV, 8),
    S32(PILE_IO_MODULES, MODULE_MA, 8),
    S32(PILE_IO_STATUS, ALARM, 8),
    S32(PILE_IO_STATUS, STATE, 8),
    S32(PILE_IO_EXTRA, GROUPS, 8),
    S16(PILE_IO_EXTRA, FAN_PERMILLE),
    BIT(PILE_IO_EXTRA, AC_TRIP),
    BIT(PILE_IO_EXTRA, AC_CONTACTOR),
    BIT(PILE_IO_EXTRA, IMD_POS),
    BIT(PILE_IO_EXTRA, IMD_NEG),
    U32(PILE_IO_ECHO, PING_COUNT, 4),
    U32(PILE_IO_ALIVE, ALIVE_COUNT, 8),
    BYTE(PILE_IO_ALIVE, ALIVE_ABI),
    BYTE(PILE_IO_ALIVE, ALIVE_GUNS),
    BYTE(PILE_IO_ALIVE, ALIVE_STATE),
    {PILE_IO_IDENTITY, 8, "IDENTITY_PIECE", 0, 8, false, false},
    BYTE(PILE_IO_CAPABILITY, CAPABILITY_GUN),
    BYTE(PILE_IO_CAPABILITY, CAPABILITY_NUMBER),
    BYTE(PILE_IO_CAPABILITY, CAPABILITY_COUNT),
    {PILE_IO_CAPABILITY, 8, "CAPABILITY", 8 * PILE_IO_S32_CAPABILITY, 32, true, false},
};
#define LAYOUTS  (sizeof layouts / sizeof layouts[0])
#define PER_GUN  16 /* messages that exist for both guns */
#define PER_PILE 5

static struct dbc dbc;

static void setup(void) {
    ck_assert(dbc_read(&dbc, DBC_FILE));
}

static void check_layout(const struct layout *l, unsigned gun) {
    const struct dbc_signal *s = dbc_find(&dbc, l->id + gun * PILE_IO_GUN_STEP, l->name);
    ck_assert_msg(s != NULL, "%s of 0x%X, gun %u is not in the DBC", l->name, l->id, gun);
    ck_assert_msg(s->start == l->start, "%s starts at bit %u", l->name, s->start);
    ck_assert_msg(s->length == l->length, "%s has %u bits", l->name, s->length);
    ck_assert_msg(s->is_signed == l->is_signed, "%s: sign", l->name);
    ck_assert_msg(s->frame_length == l->frame_length, "%s: %u bytes", l->name, s->frame_length);
    ck_assert_str_eq(s->sender, l->id < PILE_IO_COMMANDS ? "BENCH" : "PILE");
}

START_TEST(each_signal_of_the_header_is_in_the_dbc) {
    unsigned expected = 0;
    for (unsigned i = 0; i < LAYOUTS; i++) {
        check_layout(&layouts[i], 0);
        expected++;
        if (layouts[i].per_gun) {
            check_layout(&layouts[i], 1);
            expected++;
        }
    }
    ck_assert_uint_eq(dbc.count, expected); /* and nothing else is */
    ck_assert_uint_eq(dbc.messages, 2 * PER_GUN + PER_PILE);
}
END_TEST

START_TEST(no_two_signals_of_a_frame_overlap) {
    for (unsigned i = 0; i < dbc.count; i++) {
        const struct dbc_signal *a = &dbc.signals[i];
        ck_assert_uint_le(a->start + a->length, 8 * a->frame_length);
        for (unsigned k = 0; k < i; k++) {
            const struct dbc_signal *b = &dbc.signals[k];
            bool apart = a->start >= b->start + b->length || b->start >= a->start + a->length;
            ck_assert_msg(a->id != b->id || apart, "%s and %s", a->name, b->name);
        }
    }
}
END_TEST

/* 29-bit identifiers carry bit 31 in a DBC; these are 11-bit ones. */
START_TEST(identifiers_are_standard_ones) {
    for (unsigned i = 0; i < dbc.count; i++) {
        ck_assert_uint_le(dbc.signals[i].id, 0x7FF);
    }
}
END_TEST

START_TEST(units_are_those_of_the_channel_names) {
    ck_assert_str_eq(dbc_find(&dbc, PILE_IO_VOLTAGES, "OUTER_MV")->unit, "mV");
    ck_assert_str_eq(dbc_find(&dbc, PILE_IO_CURRENT, "CURRENT_MA")->unit, "mA");
    const struct dbc_signal *t = dbc_find(&dbc, PILE_IO_SLOW, "TEMPERATURE_POS_DC");
    ck_assert_str_eq(t->unit, "degC");
    ck_assert_double_eq(t->factor, 0.1);
    ck_assert_str_eq(dbc_find(&dbc, PILE_IO_COMMANDS, "K1")->unit, "");
}
END_TEST

/* Another reader of the format, where it is installed (Debian: python3-canmatrix). */
START_TEST(canmatrix_reads_the_same) {
    if (system("/usr/bin/python3 -c 'import canmatrix.formats' 2>/dev/null") != 0) {
        fputs("canmatrix_reads_the_same: skipped, python3-canmatrix is not installed\n", stderr);
        return;
    }
    char command[1024];
    snprintf(command, sizeof command,
             "/usr/bin/python3 -c \"import canmatrix.formats as f, sys\n"
             "m = f.loadp_flat('%s')\n"
             "n = sum(len(x.signals) for x in m.frames)\n"
             "v = m.frame_by_name('VOLTAGES_GUN1').decode(bytes([0xFF]*4 + [0x10,0x27,0,0]))\n"
             "ok = len(m.frames) == %u and n == %u\n"
             "ok = ok and v['INNER_MV'].raw_value == -1 and v['OUTER_MV'].raw_value == 10000\n"
             "sys.exit(0 if ok else 1)\"",
             DBC_FILE, dbc.messages, dbc.count);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("pile_io");
    TCase *tcase = tcase_create("layout");
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, each_signal_of_the_header_is_in_the_dbc);
    tcase_add_test(tcase, no_two_signals_of_a_frame_overlap);
    tcase_add_test(tcase, identifiers_are_standard_ones);
    tcase_add_test(tcase, units_are_those_of_the_channel_names);
    tcase_add_test(tcase, canmatrix_reads_the_same);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}
