/* SPDX-License-Identifier: MIT */
/* The two makers' protocols: every public example, and nothing where there is no answer of a module. */
#include "firmware-under-test/core/modules/module.h"
#include "tests/support/suite.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct dut_can_frame frame_of(uint32_t id, const char *bytes) {
    struct dut_can_frame frame = {.id = id, .len = 8};
    memcpy(frame.data, bytes, 8);
    return frame;
}

static const struct {
    uint32_t id;
    const char *bytes;
    enum core_module_command command;
    struct core_module_target target;
    int32_t mv, ma;
} infy_commands[] = {
    /* The example 0283… reads 0x03 (floats); this master reads 0x09, same rule of identifiers. */
    {0x028905F0, "\0\0\0\0\0\0\0\0", CORE_MODULE_ASK_OUTPUT, {CORE_MODULE_ONE, 5}, 0, 0},
    {0x028405F0, "\0\0\0\0\0\0\0\0", CORE_MODULE_ASK_STATUS, {CORE_MODULE_ONE, 5}, 0, 0},
    {0x02C402F0, "\0\0\0\0\0\0\0\0", CORE_MODULE_ASK_STATUS, {CORE_MODULE_GROUP, 2}, 0, 0},
    {0x028A00F0, "\0\0\0\0\0\0\0\0", CORE_MODULE_ASK_PLATE, {CORE_MODULE_ONE, 0}, 0, 0},
    {0x029C3FF0,
     "\x00\x0B\x71\xB0\x00\x00\x3A\x98",
     CORE_MODULE_SET,
     {CORE_MODULE_ALL, 0},
     750000,
     15000},
    {0x02DC02F0,
     "\x00\x04\x93\xE0\x00\x00\x27\x10",
     CORE_MODULE_SET,
     {CORE_MODULE_GROUP, 2},
     300000,
     10000},
    {0x029A3FF0, "\x01\0\0\0\0\0\0\0", CORE_MODULE_OFF, {CORE_MODULE_ALL, 0}, 0, 0},
    {0x029A07F0, "\0\0\0\0\0\0\0\0", CORE_MODULE_ON, {CORE_MODULE_ONE, 7}, 0, 0},
    {0x029307F0, "\0\0\0\0\0\0\0\0", CORE_MODULE_NO_WALK_IN, {CORE_MODULE_ONE, 7}, 0, 0},
    {0x028F3FF0, "\x11\x14\0\0\0\0\0\xA1", CORE_MODULE_HIGH_RANGE, {CORE_MODULE_ALL, 0}, 0, 0},
};

START_TEST(infypower_commands) {
    struct dut_can_frame frame, want = frame_of(infy_commands[_i].id, infy_commands[_i].bytes);
    const struct core_face *face = core_face_infypower();
    ck_assert(face->encode(infy_commands[_i].command, 0, infy_commands[_i].target,
                           infy_commands[_i].mv, infy_commands[_i].ma, &frame));
    ck_assert_uint_eq(frame.id, want.id);
    ck_assert_uint_eq(frame.len, 8);
    ck_assert_mem_eq(frame.data, want.data, 8);
    ck_assert(!face->encode(infy_commands[_i].command, 1, infy_commands[_i].target, 0, 0, &frame));
}
END_TEST

static struct core_module_report decoded(const struct core_face *face, uint32_t id,
                                         const char *bytes) {
    struct core_module_report report;
    struct dut_can_frame frame = frame_of(id, bytes);
    ck_assert(face->decode(&frame, &report));
    return report;
}

START_TEST(infypower_status) {
    const struct core_face *face = core_face_infypower();
    struct core_module_report report =
        decoded(face, 0x0284F000, "\x00\x00\x02\x00\x1B\x00\x40\x00"); /* 27 degC, running */
    ck_assert_uint_eq(report.address, 0);
    ck_assert_uint_eq(report.group, 2);
    ck_assert_uint_eq(report.flags, CORE_MODULE_WALKS_IN);
    report = decoded(face, 0x0284F005, "\x00\x00\x01\x02\x1B\x02\x01\x00");
    ck_assert_uint_eq(report.address, 5);
    ck_assert_uint_eq(report.flags,
                      CORE_MODULE_REPEATED | CORE_MODULE_OFF_NOW | CORE_MODULE_LOW_RANGE);
    ck_assert_uint_eq(report.tells, CORE_TELLS_STATUS | CORE_TELLS_GROUP | CORE_TELLS_SELECTION);
    report = decoded(face, 0x02C4F00B, "\x00\x00\x01\x01\x1B\x00\x00\x00"); /* asked by group */
    ck_assert_uint_eq(report.address, 11);
    ck_assert_uint_eq(report.flags, 0);
}
END_TEST

/* One bit after the other: what it means, and nothing else. */
static const struct {
    uint8_t byte, bit;
    unsigned flag;
} infy_bits[] = {
    {5, 0, CORE_MODULE_LIMITED},
    {5, 1, CORE_MODULE_REPEATED},
    {5, 2, 0},
    {5, 3, 0},
    {5, 4, 0},
    {5, 5, 0},
    {5, 6, 0},
    {5, 7, 0},
    {6, 0, CORE_MODULE_OFF_NOW},
    {6, 1, CORE_MODULE_FAULT},
    {6, 2, CORE_MODULE_PROTECTED},
    {6, 3, CORE_MODULE_FAN},
    {6, 4, CORE_MODULE_HOT},
    {6, 5, CORE_MODULE_PROTECTED},
    {6, 6, CORE_MODULE_WALKS_IN},
    {6, 7, 0},
    {7, 0, CORE_MODULE_PROTECTED},
    {7, 1, 0},
    {7, 2, CORE_MODULE_FAULT},
    {7, 3, 0},
    {7, 4, CORE_MODULE_SLEEPS},
    {7, 5, 0},
    {7, 6, 0},
    {7, 7, 0},
};

START_TEST(infypower_status_bits) {
    char bytes[8] = {0};
    bytes[infy_bits[_i].byte] = (char)(1 << infy_bits[_i].bit);
    ck_assert_uint_eq(decoded(core_face_infypower(), 0x0284F000, bytes).flags, infy_bits[_i].flag);
}
END_TEST

START_TEST(infypower_values) {
    const struct core_face *face = core_face_infypower();
    struct core_module_report report = decoded(
        face, 0x028AF003, "\x03\xE8\x00\x32\x02\x58\x07\xD0"); /* 1000 V, 50 V, 60 A, 20 kW */
    ck_assert_int_eq(report.voltage_max_mv, 1000000);
    ck_assert_int_eq(report.voltage_min_mv, 50000);
    ck_assert_int_eq(report.current_max_ma, 60000);
    ck_assert_int_eq(report.power_w, 20000);
    report =
        decoded(face, 0x028AF000, "\x02\xEE\x00\x64\x01\x00\x05\xDC"); /* the maker's example */
    ck_assert_int_eq(report.voltage_max_mv, 750000);
    ck_assert_int_eq(report.voltage_min_mv, 100000);
    ck_assert_int_eq(report.current_max_ma, 25600);
    ck_assert_int_eq(report.power_w, 15000);
    report = decoded(face, 0x0289F00A, "\x00\x03\x0D\x40\x00\x00\x13\x88");
    ck_assert_int_eq(report.mv, 200000);
    ck_assert_int_eq(report.ma, 5000);
    report = decoded(face, 0x0289F00A, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF");
    ck_assert(report.mv > 0 && report.ma > 0); /* nonsense, but a number */
}
END_TEST

START_TEST(infypower_errors) {
    const struct core_face *face = core_face_infypower();
    ck_assert_uint_eq(decoded(face, 0x1E84F000, "\0\0\0\0\0\0\0\0").tells, CORE_TELLS_ALLOCATING);
    ck_assert_uint_eq(decoded(face, 0x0A9CF002, "\0\0\0\0\0\0\0\0").tells, CORE_TELLS_REFUSED);
    ck_assert_uint_eq(decoded(face, 0x0E9CF002, "\0\0\0\0\0\0\0\0").tells, CORE_TELLS_REFUSED);
    /* The effective set value, quantised: a sign of life. */
    ck_assert_uint_eq(decoded(face, 0x029CF002, "\x00\x04\x93\xC9\x00\x00\x27\x10").tells, 0);
}
END_TEST

static const uint32_t infy_foreign[] = {
    0x0757F800,        /* between modules */
    0x0283F000 | 0x3F, /* a system answer: of no one module */
    0x028405F0,        /* a controller's question */
    0x0284F800,        /* to another controller */
    0x0244F000,        /* another device */
    0x2284F000,        /* 30 bits */
    0x0284F03C,        /* no rectifier's address */
};

START_TEST(infypower_foreign_frames) {
    struct core_module_report report;
    struct dut_can_frame frame = frame_of(infy_foreign[_i], "\0\0\0\0\0\0\0\0");
    ck_assert(!core_face_infypower()->decode(&frame, &report));
}
END_TEST

START_TEST(short_frames_are_none) {
    for (uint8_t length = 0; length < 8; length++) {
        struct core_module_report report;
        struct dut_can_frame frame = {.id = 0x0284F000, .len = length};
        ck_assert(!core_face_infypower()->decode(&frame, &report));
        frame.id = 0x02204000;
        frame.data[0] = 3;
        ck_assert(!core_face_uugreen()->decode(&frame, &report));
    }
}
END_TEST

static const struct {
    uint32_t id;
    const char *bytes;
    enum core_module_command command;
    unsigned part;
    struct core_module_target target;
} uu_commands[] = {
    {0x02204000, "\x00\x02\0\0\x00\x03\x0D\x40", CORE_MODULE_SET, 0, {CORE_MODULE_ONE, 1}},
    {0x02204000, "\x00\x03\0\0\x00\x00\x27\x10", CORE_MODULE_SET, 1, {CORE_MODULE_ONE, 1}},
    {0x02200000, "\x20\x02\0\0\x00\x03\x0D\x40", CORE_MODULE_SET, 0, {CORE_MODULE_GROUP, 2}},
    {0x02230000, "\x00\x04\0\0\0\0\0\x00", CORE_MODULE_ON, 0, {CORE_MODULE_ONE, 12}},
    {0x02200000, "\x00\x04\0\0\0\0\0\x01", CORE_MODULE_OFF, 0, {CORE_MODULE_ALL, 0}},
    {0x02200000, "\xF0\x04\0\0\0\0\0\x01", CORE_MODULE_OFF, 0, {CORE_MODULE_GROUP, 15}},
    {0x02204000, "\x00\x5F\0\0\0\0\0\x01", CORE_MODULE_HIGH_RANGE, 0, {CORE_MODULE_ONE, 1}},
    {0x02200000, "\x12\x08\0\0\0\0\0\0", CORE_MODULE_ASK_STATUS, 0, {CORE_MODULE_GROUP, 1}},
    {0x02200000, "\x12\x00\0\0\0\0\0\0", CORE_MODULE_ASK_OUTPUT, 0, {CORE_MODULE_GROUP, 1}},
    {0x02200000, "\x12\x01\0\0\0\0\0\0", CORE_MODULE_ASK_OUTPUT, 1, {CORE_MODULE_GROUP, 1}},
    {0x02204000, "\x02\x59\0\0\0\0\0\0", CORE_MODULE_ASK_PLATE, 0, {CORE_MODULE_ONE, 1}},
    {0x02204000, "\x02\x65\0\0\0\0\0\0", CORE_MODULE_ASK_PLATE, 1, {CORE_MODULE_ONE, 1}},
    {0x02204000, "\x02\x68\0\0\0\0\0\0", CORE_MODULE_ASK_PLATE, 2, {CORE_MODULE_ONE, 1}},
};

START_TEST(uugreen_commands) {
    struct dut_can_frame frame, want = frame_of(uu_commands[_i].id, uu_commands[_i].bytes);
    ck_assert(core_face_uugreen()->encode(uu_commands[_i].command, uu_commands[_i].part,
                                          uu_commands[_i].target, 200000, 10000, &frame));
    ck_assert_uint_eq(frame.id, want.id);
    ck_assert_mem_eq(frame.data, want.data, 8);
}
END_TEST

START_TEST(uugreen_parts_end) {
    static const unsigned parts[] = {
        [CORE_MODULE_SET] = 2,        [CORE_MODULE_ON] = 1,         [CORE_MODULE_OFF] = 1,
        [CORE_MODULE_NO_WALK_IN] = 0, [CORE_MODULE_HIGH_RANGE] = 1, [CORE_MODULE_ASK_STATUS] = 1,
        [CORE_MODULE_ASK_OUTPUT] = 2, [CORE_MODULE_ASK_PLATE] = 3};
    struct dut_can_frame frame;
    struct core_module_target one = {CORE_MODULE_ONE, 1};
    for (unsigned i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        ck_assert(
            !core_face_uugreen()->encode((enum core_module_command)i, parts[i], one, 0, 0, &frame));
    }
}
END_TEST

START_TEST(uugreen_answers) {
    const struct core_face *face = core_face_uugreen();
    const uint32_t id = 0x02204000 | 3u << 9 | 77;
    struct core_module_report report = decoded(face, id, "\x03\x00\0\0\x00\x07\xA1\x20");
    ck_assert_uint_eq(report.address, 1);
    ck_assert_uint_eq(report.mark, 3u << 9 | 77);
    ck_assert_uint_eq(report.tells, CORE_TELLS_VOLTAGE);
    ck_assert_int_eq(report.mv, 500000);
    ck_assert_int_eq(decoded(face, id, "\x03\x01\0\0\x00\x00\x27\x10").ma, 10000);
    ck_assert_int_eq(decoded(face, id, "\x03\x68\0\0\x00\x00\xEA\x60").current_max_ma, 60000);
    ck_assert_uint_eq(decoded(face, id, "\x13\x59\0\0\0\0\0\x02").group, 2);
    ck_assert_int_eq(decoded(face, id, "\x03\x65\0\0\0\0\0\x02").voltage_max_mv, 500000);
    ck_assert_uint_eq(decoded(face, id, "\x03\x65\0\0\0\0\0\x02").flags, CORE_MODULE_LOW_RANGE);
    ck_assert_uint_eq(decoded(face, id, "\x03\x65\0\0\0\0\0\x01").flags, 0);
    ck_assert_uint_eq(decoded(face, id, "\x03\x08\0\0\x02\x00\x00\x00").flags, CORE_MODULE_OFF_NOW);
    ck_assert_uint_eq(decoded(face, id, "\x03\x08\0\0\x00\x01\x00\x00").flags, CORE_MODULE_HOT);
    ck_assert_uint_eq(decoded(face, id, "\x03\x08\0\0\x20\x00\x00\x00").flags,
                      CORE_MODULE_REPEATED);
    ck_assert_uint_eq(decoded(face, id, "\x01\x02\0\0\x00\x07\xA1\x20").tells, 0); /* set, taken */
}
END_TEST

START_TEST(uugreen_foreign_frames) {
    static const struct {
        uint32_t id;
        char type;
    } rows[] = {
        {0x02204000, 0}, {0x02204000, 2}, /* a monitor's own */
        {0x02204000, 4},                  /* serial number */
        {0x02200000, 3},                  /* of no module */
        {0x02404000, 3},                  /* to another monitor */
        {0x04204000, 3},                  /* another protocol */
        {0x22204000, 3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct core_module_report report;
        struct dut_can_frame frame = frame_of(rows[i].id, "\0\x08\0\0\0\0\0\0");
        frame.data[0] = (uint8_t)rows[i].type;
        ck_assert_msg(!core_face_uugreen()->decode(&frame, &report), "row %zu", i);
    }
}
END_TEST

/* Any frame at all: an address and a group that tables can hold, quantities that arithmetic can. */
START_TEST(nonsense_is_bounded) {
    const struct core_face *faces[] = {core_face_infypower(), core_face_uugreen()};
    uint64_t dice = 12345;
    unsigned taken = 0;
    for (unsigned i = 0; i < 200000; i++) {
        struct dut_can_frame frame = {.len = 8};
        struct core_module_report report;
        const struct core_face *face = faces[i % 2];
        dice = dice * 6364136223846793005u + 1442695040888963407u;
        memcpy(frame.data, &dice, 8);
        frame.id = (uint32_t)(dice >> 33) & 0x1FFFFFFF;
        if (i % 4 > 1) { /* near what is one */
            frame.id = i % 2 == 0 ? (frame.id & 0x1C3F003F) | 0x0280F000
                                  : (frame.id & 0x001FFFFF) | 0x02200000;
        }
        if (face->decode(&frame, &report)) {
            taken++;
            ck_assert_uint_ge(report.address, face->address_first);
            ck_assert_uint_le(report.address, face->address_last);
            ck_assert(report.mv >= 0 && report.ma >= 0 && report.voltage_max_mv >= 0 &&
                      report.voltage_min_mv >= 0 && report.current_max_ma >= 0 &&
                      report.power_w >= 0);
        }
    }
    ck_assert_uint_gt(taken, 10000);
}
END_TEST

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

int main(void) {
    Suite *suite = suite_create("faces");
    TCase *tc = tcase_create("faces");
    tcase_add_loop_test(tc, infypower_commands, 0, COUNT(infy_commands));
    tcase_add_test(tc, infypower_status);
    tcase_add_loop_test(tc, infypower_status_bits, 0, COUNT(infy_bits));
    tcase_add_test(tc, infypower_values);
    tcase_add_test(tc, infypower_errors);
    tcase_add_loop_test(tc, infypower_foreign_frames, 0, COUNT(infy_foreign));
    tcase_add_test(tc, short_frames_are_none);
    tcase_add_loop_test(tc, uugreen_commands, 0, COUNT(uu_commands));
    tcase_add_test(tc, uugreen_parts_end);
    tcase_add_test(tc, uugreen_answers);
    tcase_add_test(tc, uugreen_foreign_frames);
    tcase_add_test(tc, nonsense_is_bounded);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
