/* SPDX-License-Identifier: MIT */
/* JSON is written value by value: commas, nesting, escapes and exact numbers. */
#include "sim/text/json_writer.h"

#include <check.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>

static struct buffer text;
static struct json_writer json;

static void setup(void) {
    text = (struct buffer){0};
    json = (struct json_writer){.out = &text};
}

static void teardown(void) {
    buffer_free(&text);
}

START_TEST(values_stand_in_the_order_of_the_calls) {
    const struct phrase pass = {"pass", "合格"}, nothing = {NULL, NULL};
    json_begin_object(&json, NULL);
    json_string(&json, "a", "x\"\n");
    json_string(&json, "b", NULL);
    json_begin_array(&json, "list");
    json_count(&json, NULL, 18446744073709551615u);
    json_integer(&json, NULL, -7);
    json_begin_object(&json, NULL);
    json_end_object(&json);
    json_end_array(&json);
    json_number(&json, "c", 0.1);
    json_number(&json, "d", (double)NAN);
    json_bool(&json, "e", true);
    json_phrase(&json, "f", &pass);
    json_phrase(&json, "g", &nothing);
    json_digits(&json, "h", 5);
    json_end_object(&json);
    ck_assert_str_eq(text.chars,
                     "{\"a\":\"x\\\"\\n\",\"b\":null,\"list\":[18446744073709551615,-7,{}],"
                     "\"c\":0.1,\"d\":null,\"e\":true,\"f\":{\"en\":\"pass\",\"zh\":\"合格\"},"
                     "\"g\":null,\"h\":\"5\"}");
}
END_TEST

START_TEST(seconds_and_bytes_are_exact) {
    const uint8_t bytes[] = {0x00, 0xAB, 0xFF};
    json_begin_array(&json, NULL);
    json_seconds(&json, NULL, INT64_C(1700000000123456789));
    json_seconds(&json, NULL, -1);
    json_seconds(&json, NULL, INT64_MIN);
    json_bytes(&json, NULL, bytes, sizeof bytes);
    json_bytes(&json, NULL, bytes, 0);
    json_end_array(&json);
    ck_assert_str_eq(text.chars,
                     "[1700000000.123456789,-0.000000001,-9223372036.854775808,\"00ABFF\",\"\"]");
}
END_TEST

START_TEST(a_line_is_written_and_the_buffer_is_empty_again) {
    char *bytes = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&bytes, &size);
    for (unsigned i = 0; i < 2; i++) {
        json_begin_array(&json, NULL);
        json_on_new_line(&json, 2);
        json_count(&json, NULL, i);
        json_end_array(&json);
        json_line(&json, stream);
    }
    fclose(stream);
    ck_assert_str_eq(bytes, "[\n  0]\n[\n  1]\n");
    ck_assert_uint_eq(text.length, 0);
    free(bytes);
}
END_TEST

/* ------------------------------------------------------------------ misuse is a defect */

START_TEST(an_object_is_not_ended_as_an_array) {
    json_begin_object(&json, NULL);
    json_end_array(&json);
}
END_TEST

START_TEST(a_value_of_an_object_has_a_key) {
    json_begin_object(&json, NULL);
    json_bool(&json, NULL, true);
}
END_TEST

START_TEST(a_value_of_an_array_has_no_key) {
    json_begin_array(&json, NULL);
    json_bool(&json, "a", true);
}
END_TEST

START_TEST(a_line_is_not_written_half) {
    json_begin_object(&json, NULL);
    json_line(&json, stdout);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("json_writer");
    TCase *tests = tcase_create("json_writer");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, values_stand_in_the_order_of_the_calls);
    tcase_add_test(tests, seconds_and_bytes_are_exact);
    tcase_add_test(tests, a_line_is_written_and_the_buffer_is_empty_again);
    tcase_add_test_raise_signal(tests, an_object_is_not_ended_as_an_array, SIGABRT);
    tcase_add_test_raise_signal(tests, a_value_of_an_object_has_a_key, SIGABRT);
    tcase_add_test_raise_signal(tests, a_value_of_an_array_has_no_key, SIGABRT);
    tcase_add_test_raise_signal(tests, a_line_is_not_written_half, SIGABRT);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
