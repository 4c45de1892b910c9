/* SPDX-License-Identifier: MIT */
/* Columns as the user says them: by numbers and by names, with and without lines in front. */
#include "harness/capture/csv/csv.h"
#include "tests/harness/capture/support/reading.h"

#include <string.h>

static struct problem problem;

static unsigned propose(struct csv_layout proposed[CSV_PROPOSED_MAX], const char *columns,
                        const char *text) {
    struct csv_choice choices[CSV_CHOICES_MAX];
    struct text_encoding encoding = {0};
    int count = csv_choices(columns, choices, &problem);
    ck_assert_msg(count > 0, "%s", problem.text);
    unsigned proposals =
        csv_columns(proposed, &encoding, choices, count, ',', (const uint8_t *)text, strlen(text));
    text_encoding_close(&encoding);
    return proposals;
}

static const char table[] = "Recorder A\nNr,Time,ID,DLC,Data\n1,0.1,123,1,01\n2,0.2,123,1,02\n";

/* The line of the names is none of the rows. */
START_TEST(a_header_is_where_the_names_are) {
    struct csv_layout proposed[CSV_PROPOSED_MAX];
    ck_assert_uint_ge(propose(proposed, "id=ID,data=Data,time=Time,length=DLC", table), 1);
    ck_assert_uint_eq(proposed[0].header_line, 2);
    ck_assert_int_eq(proposed[0].column[CSV_ID], 2);
    ck_assert_int_eq(proposed[0].column[CSV_DATA], 4);
    ck_assert_int_eq(proposed[0].column[CSV_LENGTH], 3);
    ck_assert_uint_ge(propose(proposed, "id=3,data=Data", table), 1);
    ck_assert_uint_eq(proposed[0].header_line, 2); /* one name is enough */
    ck_assert_uint_ge(propose(proposed, "id=ID,data=5", table), 1);
    ck_assert_uint_eq(proposed[0].header_line, 2); /* whichever it is */
    ck_assert_int_eq(proposed[0].column[CSV_ID], 2);
    ck_assert_uint_eq(proposed[0].time_columns, 0);
    ck_assert_uint_ge(propose(proposed, "time=Time,id=3,data=5", table), 1);
    ck_assert_uint_eq(proposed[0].header_line, 2);
    ck_assert_uint_eq(proposed[0].time_columns, 1);
    ck_assert_int_eq(proposed[0].times[0], 1);
}
END_TEST

START_TEST(numbers_need_no_header) {
    struct csv_layout proposed[CSV_PROPOSED_MAX];
    ck_assert_uint_ge(propose(proposed, "id=3,data=5,time=2,length=4", table), 1);
    ck_assert_uint_eq(proposed[0].header_line, 0);
    ck_assert_int_eq(proposed[0].column[CSV_ID], 2);
    ck_assert_int_eq(proposed[0].column[CSV_DATA], 4);
    ck_assert_int_eq(proposed[0].column[CSV_LENGTH], 3);
    ck_assert(proposed[0].said);
}
END_TEST

START_TEST(a_name_that_is_not_there) {
    struct csv_layout proposed[CSV_PROPOSED_MAX];
    ck_assert_uint_eq(propose(proposed, "id=ID,data=Payload", table), 0);
    ck_assert_uint_eq(propose(proposed, "id=3,data=9", table), 0);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("columns");
    tcase_add_test(cases, a_header_is_where_the_names_are);
    tcase_add_test(cases, numbers_need_no_header);
    tcase_add_test(cases, a_name_that_is_not_there);
    return run_suite("csv_columns", cases);
}
