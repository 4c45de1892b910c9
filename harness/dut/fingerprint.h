/* SPDX-License-Identifier: MIT */
/* fingerprint.h: which firmware is judged: the SHA-256 (FIPS 180-4) of the file it is loaded from.
 *
 *   char hash[FINGERPRINT_SIZE];
 *   if (!fingerprint_take("./my_dut.so", hash, &problem)) ...     64 hexadecimal digits
 *   ... all cases ...
 *   if (!fingerprint_holds("./my_dut.so", hash, &problem)) ...    it is another file now
 *
 * A path without a slash is one of the working folder, as dut_load() has it. Of a shared object this is
 * the object itself; libraries that it loads are not in it. */
#ifndef HARNESS_DUT_FINGERPRINT_H
#define HARNESS_DUT_FINGERPRINT_H

#include "sim/text/digest.h"

#include <stdbool.h>

#define FINGERPRINT_SIZE DIGEST_SIZE

/* The program that runs: of it the file that was started, also when another one has its name by now. */
#define FINGERPRINT_SELF "/proc/self/exe"

bool fingerprint_take(const char *path, char text[FINGERPRINT_SIZE], struct problem *problem);
bool fingerprint_holds(const char *path, const char *text, struct problem *problem);

#endif
