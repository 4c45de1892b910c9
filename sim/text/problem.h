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
    char zh[512]; /* the same in Chinese; "": nobody has said it */
};

/* A text that does not fit ends with "…". Returns false. */
bool problem_set(struct problem *problem, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* In both languages; both formats take the same arguments. Returns false. */
bool problem_set_both(struct problem *problem, const char *en, const char *zh, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));
/* Adds to the end of the text; of the Chinese one where there is one. Returns false. */
bool problem_add(struct problem *problem, const char *en, const char *zh);
/* Puts something before both: "--out x: ". Both formats take the same arguments. Returns false. */
bool problem_front(struct problem *problem, const char *en, const char *zh, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));
/* Its texts are those of the other one, its place stays. Returns false. */
bool problem_as(struct problem *problem, const struct problem *other);
/* The text in that language, as far as it was said. */
static inline const char *problem_in(const struct problem *problem, bool chinese) {
    return chinese && problem->zh[0] != '\0' ? problem->zh : problem->text;
}
bool problem_set_list(struct problem *problem, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
bool problem_set_both_list(struct problem *problem, const char *en, const char *zh,
                           va_list arguments)
    __attribute__((format(printf, 2, 0), format(printf, 3, 0)));

#endif
