/* SPDX-License-Identifier: MIT */
/* digest.h: SHA-256 (FIPS 180-4) as text: which file, which bytes.
 *
 *   char digest[DIGEST_SIZE];
 *   if (!digest_file("out/results.jsonl", digest, &size, &problem)) ...      64 hexadecimal digits
 *   digest_bytes(text.chars, text.length, digest);
 *
 * Only regular files have one: a device or a pipe would not be there a second time, or without end. */
#ifndef SIM_TEXT_DIGEST_H
#define SIM_TEXT_DIGEST_H

#include "sim/text/problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIGEST_SIZE 65 /* with the final 0 */

void digest_bytes(const void *bytes, size_t length, char text[DIGEST_SIZE]);
/* size may be NULL. False: the problem is a clause, "cannot read PATH: No such file or directory". */
bool digest_file(const char *path, char text[DIGEST_SIZE], uint64_t *size, struct problem *problem);
/* 64 digits 0-9 a-f and nothing else. */
bool digest_is(const char *text);

#endif
