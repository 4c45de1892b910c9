/* SPDX-License-Identifier: MIT */
/* nearest.h: "did you mean": the known name that is nearest to a mistyped word.
 *
 *   problem_set_both(problem, "there is no vehicle '%s'", "没有车辆'%s'", word);
 *   return nearest_add(problem, word, next_vehicle, &walk, nearest_else);
 *
 * gives "there is no vehicle 'cat'; did you mean 'car'?", and where none is near what stands in `otherwise`.
 * nearest_name gives the name alone.
 *
 * By letters to change, add or drop; a third of the word and two more at most. */
#ifndef SIM_TEXT_NEAREST_H
#define SIM_TEXT_NEAREST_H

#include "sim/text/phrase.h"
#include "sim/text/problem.h"

#include <stddef.h>

/* next gives the names one by one (index 0, 1, ...), then NULL. Returns NULL when none
 * is near. */
const char *nearest_name(const char *word, const char *(*next)(void *ctx, size_t index), void *ctx);

/* Adds what may have been meant, or `otherwise` ("; `pilebench list limits` has them"). Returns false. */
bool nearest_add(struct problem *problem, const char *word,
                 const char *(*next)(void *ctx, size_t index), void *ctx, struct phrase otherwise);

/* Names that are written with something before them ("--"). */
bool nearest_add_after(struct problem *problem, const char *before, const char *word,
                       const char *(*next)(void *ctx, size_t index), void *ctx,
                       struct phrase otherwise);

/* Where no name is near nothing is added. */
static const struct phrase nearest_else = {"", ""};

/* Letters to change, add or drop; SIZE_MAX: one of them is too long to be a mistyped word. */
size_t nearest_letters(const char *a, const char *b);

#endif
