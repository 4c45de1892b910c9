/* SPDX-License-Identifier: MIT */
#include "sim/random.h"

#include <check.h>
#include <stdlib.h>

/* The first numbers of seed 1234567, as published with the generator's ports to many languages. */
START_TEST(known_numbers) {
    static const uint64_t wanted[] = {
        UINT64_C(6457827717110365317),  UINT64_C(3203168211198807973),
        UINT64_C(9817491932198370423),  UINT64_C(4593380528125082431),
        UINT64_C(16408922859458223821),
    };
    uint64_t state = 1234567;
    for (unsigned i = 0; i < 5; i++) {
        ck_assert_uint_eq(random_next(&state), wanted[i]);
    }
}
END_TEST

START_TEST(without_a_state) {
    uint64_t state = 0;
    for (uint64_t seed = 1; seed < 100; seed++) {
        ck_assert_uint_eq(random_of(seed), random_next(&state));
    }
}
END_TEST

START_TEST(shares) {
    ck_assert(random_share(0) == 0.0);
    ck_assert(random_share(UINT64_MAX) < 1.0);
    ck_assert(random_share(UINT64_C(1) << 63) == 0.5);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("random");
    TCase *all = tcase_create("all");
    tcase_add_test(all, known_numbers);
    tcase_add_test(all, without_a_state);
    tcase_add_test(all, shares);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
