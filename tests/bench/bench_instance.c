/* SPDX-License-Identifier: MIT */
/* What looking for writes beyond the instance costs after each call of a firmware. A figure, no test. */
#include "harness/dut/instance.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define CHECKS 10000000

int main(void) {
    struct dut_instance instance;
    struct timespec from, to;
    unsigned found = 0;
    if (!dut_instance_make(&instance, 10000)) {
        return EXIT_FAILURE;
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    for (unsigned i = 0; i < CHECKS; i++) {
        found += dut_instance_check(&instance, false) != DUT_BLAME_NONE;
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    double ns = (double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec);
    printf("a look at the guards after a call: %.1f ns (%u found)\n", ns / CHECKS, found);
    dut_instance_free(&instance);
    return EXIT_SUCCESS;
}
