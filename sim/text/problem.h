/* SPDX-License-Identifier: MIT */
/* problem.h: the one way in which the bench's functions say why they failed.
 *
 *   bool profile_open(..., struct problem *problem);
 *   return problem_set(problem, "no profile is called %s", name);      always false
 *
 * A function fails by returning false (or NULL) and filling the problem: where it is, and what to
 * do. When it succeeds it leaves the problem alone. The text is a sentence or clause for people,
 * without a full stop. */
#ifndef SIM_TEXT_PROBLEM_H
#define SIM_TEXT_PROBLEM_H

#include <stdarg.h>
#include <stdbool.h>

struct problem {
    char file[256];   /* "": it is in no file */
    int line, column; /* 1-based; 0: not known */
    char text[512];
};

/* A text that does not fit ends with "…". Returns false. */
bool problem_set(struct problem *problem, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bool problem_set_list(struct problem *problem, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

#endif
