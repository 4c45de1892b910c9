/* SPDX-License-Identifier: MIT */
/* The rules beside a running case: what is recorded of a charger that only says CHM, on the virtual clock
 * and on a real one whose machine was late. */
#include "harness/protocol/watch.h"
#include "tests/support/suite.h"
#include "vehicle_bms/message/messages.h"

#include <stdlib.h>
#include <string.h>

#define CHM_ID 0x1826F456u

static struct loop loop;
static struct can_net *net;
static struct can_node charger, vehicle;
static struct lateness late;
static struct result_case result;

static void ignore(void *ctx, int64_t at_ns, const struct can_frame_ext *frame) {
    (void)ctx, (void)at_ns, (void)frame;
}

static void say_chm(int64_t at_ms, uint8_t length) {
    const struct can_frame_ext chm = {
        .id = CHM_ID, .extended = true, .len = length, .data = {1, 1, 0}};
    loop_run(&loop, at_ms * NS_PER_MS);
    ck_assert_int_eq(can_send(net, &charger, &chm), 0);
}

static const struct result_check *check_of(const char *id) {
    for (size_t i = 0; i < result.check_count; i++) {
        const struct result_check *check = &result.checks[i];
        if (check->condition != NULL && strcmp(check->condition, id) == 0) {
            return check;
        }
    }
    return NULL;
}

/* CHM every 250 ms, but 900 ms after the fourth one; one of them is too short. The machine was late by
 * 500 ms at 1200 ms. */
static void run(bool real_clock, int64_t from_ms) {
    loop_init(&loop, LOOP_VIRTUAL);
    net = can_bus_new(&loop, 250000);
    charger = vehicle = (struct can_node){.received = ignore};
    can_join(net, &charger);
    can_join(net, &vehicle);
    struct protocol_watch *watch = protocol_watch_new(EDITION_2015, &rules_limits_default, net);
    memset(&late, 0, sizeof late);
    if (real_clock) {
        protocol_watch_late(watch, &late);
        lateness_note(&late, 1200 * NS_PER_MS, 500 * NS_PER_MS);
    }
    for (int i = 0; i < 8; i++) {
        say_chm(from_ms + i * 250 + (i > 3 ? 650 : 0), i == 6 ? 2 : 3);
    }
    loop_run(&loop, (from_ms + 3000) * NS_PER_MS);
    result = (struct result_case){0};
    protocol_watch_record(watch, loop.now_ns, &result);
    protocol_watch_free(watch);
    can_free(net);
    loop_free(&loop);
}

static void ck_recorded(enum verdict period, const char *reason) {
    const struct result_check *check = check_of("period.CHM");
    ck_assert_ptr_nonnull(check);
    ck_assert(check->monitor);
    ck_assert_int_eq(check->verdict, period);
    ck_assert_msg(strstr(check->reason.en, reason) != NULL, "%s", check->reason.en);
    check = check_of("length.CHM");
    ck_assert_ptr_nonnull(check);
    ck_assert_int_eq(check->verdict, VERDICT_FAIL); /* whatever the clock */
    check = check_of("order.CHM value.CHM priority.CHM");
    ck_assert_ptr_nonnull(check);
    ck_assert_int_eq(check->verdict, VERDICT_PASS);
    ck_assert_str_eq(check->title.en, "GB/T 27930: the charger kept 3 rules that were judged");
    ck_assert_uint_eq(result.check_count, 3);
    ck_assert_ptr_nonnull(result.last_word.en);
    result_case_clear(&result);
}

START_TEST(on_the_virtual_clock) {
    run(false, 0);
    ck_recorded(VERDICT_FAIL, "CHM 900.00 ms after the last one");
}
END_TEST

/* What the lateness cannot decide has its reason and no verdict; what it can fails. */
START_TEST(on_a_machine_that_was_late) {
    run(true, 0);
    ck_recorded(VERDICT_NONE, "not precise enough");
}
END_TEST

START_TEST(on_one_that_was_late_long_before) {
    run(true, 10000);
    ck_recorded(VERDICT_FAIL, "CHM 900.00 ms after the last one");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("protocol_watch");
    TCase *tests = tcase_create("watch");
    tcase_add_test(tests, on_the_virtual_clock);
    tcase_add_test(tests, on_a_machine_that_was_late);
    tcase_add_test(tests, on_one_that_was_late_long_before);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
