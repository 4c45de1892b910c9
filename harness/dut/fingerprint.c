/* SPDX-License-Identifier: MIT */
#include "harness/dut/fingerprint.h"

#include <assert.h>
#include <string.h>

bool fingerprint_take(const char *path, char text[FINGERPRINT_SIZE], struct problem *problem) {
    if (digest_file(path, text, NULL, problem)) {
        return true;
    }
    return problem_front(problem, "the firmware: ", "固件：");
}

bool fingerprint_holds(const char *path, const char *text, struct problem *problem) {
    char now[FINGERPRINT_SIZE];
    assert(strlen(text) == FINGERPRINT_SIZE - 1);
    return fingerprint_take(path, now, problem) &&
           (strcmp(now, text) == 0 ||
            problem_set(problem,
                        "the firmware '%s' is another file than when the run began: its cases "
                        "are not of one firmware; run it again",
                        path));
}
