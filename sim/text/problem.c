/* SPDX-License-Identifier: MIT */
#include "sim/text/problem.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ELLIPSIS "…"

bool problem_set_list(struct problem *problem, const char *format, va_list arguments) {
    int length = vsnprintf(problem->text, sizeof problem->text, format, arguments);
    assert(length >= 0);
    if ((size_t)length >= sizeof problem->text) {
        size_t end = sizeof problem->text - sizeof ELLIPSIS;
        for (int back = 0; back < 3 && ((unsigned char)problem->text[end] & 0xC0) == 0x80; back++) {
            end--; /* never within a character */
        }
        memcpy(problem->text + end, ELLIPSIS, sizeof ELLIPSIS);
    }
    return false;
}

bool problem_set(struct problem *problem, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    problem_set_list(problem, format, arguments);
    va_end(arguments);
    return false;
}
