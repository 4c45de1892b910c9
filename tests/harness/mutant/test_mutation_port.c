/* SPDX-License-Identifier: MIT */
/* Transfers that are acknowledged untruly. */
#include "harness/mutant/mutation_port.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct mutation_transfer transfer;

static struct dut_can_frame frame_of(uint32_t id, const char *bytes) {
    struct dut_can_frame frame = {.id = id, .len = 8};
    char *end = (char *)(uintptr_t)bytes;
    for (size_t i = 0; i < 8; i++) {
        frame.data[i] = (uint8_t)strtoul(end, &end, 16);
    }
    return frame;
}

static void heard(const char *bytes) {
    struct dut_can_frame frame = frame_of(0x1CEC56F4, bytes);
    mutation_transfer_heard(&transfer, &frame);
}

static void says(enum untrue what, const char *bytes, const char *wanted) {
    struct dut_can_frame frame = frame_of(0x1CECF456, bytes);
    struct dut_can_frame want = frame_of(0x1CECF456, wanted);
    mutation_transfer_say(&transfer, what, &frame);
    ck_assert_msg(memcmp(frame.data, want.data, 8) == 0, "%s", bytes);
}

#define RTS   "10 31 00 07 FF 00 02 00"
#define CTS   "11 07 01 FF FF 00 02 00"
#define AGAIN "11 05 03 FF FF 00 02 00"
#define ACK   "13 31 00 07 FF 00 02 00"
#define ABORT "FF 03 FF FF FF 00 02 00"

START_TEST(broken_is_acknowledged) {
    transfer = (struct mutation_transfer){0};
    says(UNTRUE_BROKEN, ABORT, ABORT); /* of nothing */
    heard(RTS);
    says(UNTRUE_BROKEN, CTS, CTS);
    says(UNTRUE_BROKEN, AGAIN, ACK);
    says(UNTRUE_BROKEN, ABORT, ABORT); /* it is over */
    heard(RTS);
    says(UNTRUE_BROKEN, ABORT, ACK); /* refused */
    heard(RTS);
    says(UNTRUE_BROKEN, CTS, CTS);
    says(UNTRUE_BROKEN, ACK, ACK);
}
END_TEST

START_TEST(counts_are_untrue) {
    transfer = (struct mutation_transfer){0};
    heard(RTS);
    says(UNTRUE_COUNTS, CTS, CTS);
    says(UNTRUE_COUNTS, AGAIN, AGAIN);
    says(UNTRUE_COUNTS, ACK, "13 31 00 00 FF 00 02 00");
}
END_TEST

START_TEST(answers_are_not_filled) {
    transfer = (struct mutation_transfer){0};
    says(UNTRUE_FILLED, CTS, "11 07 01 FF 00 00 02 00");
    says(UNTRUE_FILLED, ACK, "13 31 00 07 00 00 02 00");
    says(UNTRUE_FILLED, ABORT, "FF 03 FF FF 00 00 02 00");
}
END_TEST

START_TEST(names) {
    enum dut_input channel;
    ck_assert(mutation_input_named("ac", &channel));
    ck_assert_int_eq(channel, DUT_IN_AC_MV);
    ck_assert(!mutation_input_named("energy", &channel)); /* no firmware of ours reads it */
    ck_assert(!mutation_input_named("", &channel));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("mutation of the port");
    TCase *all = tcase_create("all");
    tcase_add_test(all, broken_is_acknowledged);
    tcase_add_test(all, counts_are_untrue);
    tcase_add_test(all, answers_are_not_filled);
    tcase_add_test(all, names);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
