/* SPDX-License-Identifier: MIT */
/* suite.h: the main of a libcheck executable.
 *
 *   int main(void) {
 *       Suite *suite = suite_create("weld");
 *       ...
 *       return suite_main(suite);           runs and frees it; EXIT_SUCCESS when no check failed
 *   } */
#ifndef TESTS_SUITE_H
#define TESTS_SUITE_H

#include <check.h>

int suite_main(Suite *suite);

#endif
