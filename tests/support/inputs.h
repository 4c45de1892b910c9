/* SPDX-License-Identifier: MIT */
/* inputs.h: inputs of a test that are kept as text, one a line.
 *
 *   while (input_next(file, line, sizeof line)) size = input_bytes(line, bytes);
 *
 * \t, \n, \\ and \xHH are the bytes that they mean; a line that begins with # is a comment. */
#ifndef TESTS_INPUTS_H
#define TESTS_INPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The next line that is no comment, without its end; false: there is none. */
bool input_next(FILE *file, char *line, size_t size);
/* How many they are; a NUL stands behind them. There is room for as many as the line has characters. */
size_t input_bytes(const char *line, char *bytes);

#endif
