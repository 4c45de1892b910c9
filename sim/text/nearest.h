/* SPDX-License-Identifier: MIT */
/* nearest.h: "did you mean": the known name that is nearest to a mistyped word.
 *
 *   const char *near = nearest_name("estopp", next_action, &walk);
 *   problem_set(problem, near ? "unknown action '%s'; did you mean '%s'?" : ..., word, near);
 *
 * By letters to change, add or drop; a third of the word and two more at most. */
#ifndef SIM_TEXT_NEAREST_H
#define SIM_TEXT_NEAREST_H

#include <stddef.h>

/* next gives the names one by one (index 0, 1, ...), then NULL. Returns NULL when none
 * is near. */
const char *nearest_name(const char *word, const char *(*next)(void *ctx, size_t index), void *ctx);

/* Letters to change, add or drop; SIZE_MAX: one of them is too long to be a mistyped word. */
size_t nearest_letters(const char *a, const char *b);

#endif
