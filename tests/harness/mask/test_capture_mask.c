/* SPDX-License-Identifier: MIT */
#include "harness/mask/capture_mask.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#define OUT_MAX 4096

struct seen {
    struct capture_frame frame;
    char network[CAPTURE_NETWORK_MAX];
};

static struct seen out[OUT_MAX];
static size_t out_count;
static uint64_t line;
static struct capture_mask *mask;

static void take(void *ctx, const struct capture_frame *frame) {
    (void)ctx;
    ck_assert_uint_lt(out_count, OUT_MAX);
    out[out_count].frame = *frame;
    snprintf(out[out_count++].network, CAPTURE_NETWORK_MAX, "%s", frame->network);
}

static void setup(void) {
    out_count = 0;
    line = 0;
    mask = capture_mask_new("key", take, NULL);
}

/* The name is gone once the frame was given in: what is kept of it has to be a copy. */
static void push(const char *network, uint32_t id, const char *bytes) {
    char name[CAPTURE_NETWORK_MAX];
    snprintf(name, sizeof name, "%s", network);
    line++;
    struct capture_frame frame = {.at_ns = (int64_t)(line - 1) * NS_PER_MS,
                                  .line = line,
                                  .network = name,
                                  .sent = line % 2 == 0,
                                  .frame = {.id = id, .extended = true, .len = 8}};
    memcpy(frame.frame.data, bytes, 8);
    capture_mask_frame(mask, &frame);
    memset(name, 'x', sizeof name - 1);
}

static void finish(void) {
    capture_mask_free(mask);
    ck_assert_uint_eq(out_count, line);
    for (size_t i = 0; i < out_count; i++) {
        ck_assert_uint_eq(out[i].frame.line, i + 1);
        ck_assert_int_eq(out[i].frame.at_ns, (int64_t)i * NS_PER_MS);
        ck_assert_int_eq(out[i].frame.sent, i % 2 == 1);
    }
}

static void push_brm(const char *network, unsigned number, char last) {
    static const char rts[] = "\x10\x31\x00\x07\xFF\x00\x02";
    static const char vin[] = "LTESTVEH1CLE00042";
    char data[49] = {0}, bytes[8];
    for (int i = 0; i < 49; i++) {
        data[i] = (char)(i + 1);
    }
    memcpy(data + 24, vin, 17);
    data[40] = last;
    if (number == 0) {
        push(network, 0x1CEC56F4, rts);
    } else {
        bytes[0] = (char)number;
        memcpy(bytes + 1, data + (number - 1) * (size_t)7, 7);
        push(network, 0x1CEB56F4, bytes);
    }
}

START_TEST(two_networks_at_once_keep_their_frames_apart) {
    for (unsigned number = 0; number <= 7; number++) {
        push_brm("can0", number, '2');
        push_brm("can1", number, '2');
        push("", 0x181056F4, "12345678"); /* one without a name among them */
    }
    finish();
    for (size_t i = 0; i < out_count; i++) {
        ck_assert_str_eq(out[i].network, i % 3 == 0 ? "can0" : i % 3 == 1 ? "can1" : "");
        if (i % 3 == 1) { /* the same car: the same pseudonym */
            ck_assert_mem_eq(out[i].frame.frame.data, out[i - 1].frame.frame.data, 8);
        }
    }
    ck_assert_int_ne(memcmp(out[15].frame.frame.data + 1, "TVEH1CL", 7), 0);
    ck_assert_mem_eq(out[17].frame.frame.data, "12345678", 8);
}
END_TEST

/* More frames wait than are ever held back at once. */
START_TEST(long_waits_mix_nothing_up) {
    push_brm("can0", 0, '2');
    push_brm("can0", 1, '2');
    for (unsigned i = 0; i < 3000; i++) {
        char bytes[9];
        snprintf(bytes, sizeof bytes, "%08u", i);
        push(i % 2 == 0 ? "can0" : "can1", 0x181056F4, bytes);
    }
    finish();
    for (unsigned i = 0; i < 3000; i++) {
        char bytes[9];
        snprintf(bytes, sizeof bytes, "%08u", i);
        ck_assert_mem_eq(out[i + 2].frame.frame.data, bytes, 8);
        ck_assert_str_eq(out[i + 2].network, i % 2 == 0 ? "can0" : "can1");
    }
}
END_TEST

START_TEST(more_networks_than_are_told_apart) {
    for (unsigned i = 0; i < 100; i++) {
        char name[16];
        snprintf(name, sizeof name, "net%u", i);
        push(name, 0x181056F4, "12345678");
    }
    finish();
    ck_assert_str_eq(out[63].network, "net63");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("capture_mask");
    TCase *tests = tcase_create("capture_mask");
    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, two_networks_at_once_keep_their_frames_apart);
    tcase_add_test(tests, long_waits_mix_nothing_up);
    tcase_add_test(tests, more_networks_than_are_told_apart);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
