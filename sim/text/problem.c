/* SPDX-License-Identifier: MIT */
#include "sim/text/problem.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ELLIPSIS "…"

/* size: of text, as every text of a problem. */
static void put_list(char *text, size_t size, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

static void put_list(char *text, size_t size, const char *format, va_list arguments) {
    assert(size > sizeof ELLIPSIS);
    int length = vsnprintf(text, size, format, arguments);
    assert(length >= 0);
    if ((size_t)length >= size) {
        size_t end = size - sizeof ELLIPSIS;
        for (int back = 0; back < 3 && ((unsigned char)text[end] & 0xC0) == 0x80; back++) {
            end--; /* never within a character */
        }
        memcpy(text + end, ELLIPSIS, sizeof ELLIPSIS);
    }
}

bool problem_set_list(struct problem *problem, const char *format, va_list arguments) {
    put_list(problem->text, sizeof problem->text, format, arguments);
    problem->zh[0] = '\0';
    assert(problem->text[0] != '\0'); /* whoever fails says why */
    return false;
}

bool problem_set_both_list(struct problem *problem, const char *en, const char *zh,
                           va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    put_list(problem->text, sizeof problem->text, en, arguments);
    put_list(problem->zh, sizeof problem->zh, zh, again);
    va_end(again);
    assert(problem->text[0] != '\0' && problem->zh[0] != '\0');
    return false;
}

bool problem_set_both(struct problem *problem, const char *en, const char *zh, ...) {
    va_list arguments;
    va_start(arguments, zh);
    problem_set_both_list(problem, en, zh, arguments);
    va_end(arguments);
    return false;
}

static void put_text(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void put_text(char *text, size_t size, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    put_list(text, size, format, arguments);
    va_end(arguments);
}

bool problem_add(struct problem *problem, const char *en, const char *zh) {
    const struct problem before = *problem;
    put_text(problem->text, sizeof problem->text, "%s%s", before.text, en);
    if (before.zh[0] != '\0') {
        put_text(problem->zh, sizeof problem->zh, "%s%s", before.zh, zh);
    }
    return false;
}

bool problem_front(struct problem *problem, const char *en, const char *zh, ...) {
    const struct problem before = *problem;
    va_list arguments;
    va_start(arguments, zh);
    problem_set_both_list(problem, en, zh, arguments);
    va_end(arguments);
    return problem_add(problem, before.text, problem_in(&before, true));
}

bool problem_as(struct problem *problem, const struct problem *other) {
    memmove(problem->text, other->text, sizeof problem->text);
    memmove(problem->zh, other->zh, sizeof problem->zh);
    assert(problem->text[0] != '\0');
    return false;
}

bool problem_set(struct problem *problem, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    problem_set_list(problem, format, arguments);
    va_end(arguments);
    return false;
}
