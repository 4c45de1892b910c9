/* SPDX-License-Identifier: MIT */
/* action.h: what a scenario can do to the bench: "press estop", "weld k1", "mute BRM after 3".
 *
 *   struct action *action = action_parse("weld k1", &problem, &offset);     when the case is loaded
 *   if (!action_do(bench, action, &why)) ...                                when its step is reached
 *   free(action);
 *
 * "gun2:" before the words does it to the pile's second gun.
 *
 * An action is its row of the table and its arguments, resolved: a contactor is an index, a message a
 * row of the dictionary, a quantity a number in the unit of its kind and in its range. Doing it reads no
 * words. It
 * belongs to no bench, so that a case is parsed once however often it runs. */
#ifndef HARNESS_ACTION_ACTION_H
#define HARNESS_ACTION_ACTION_H

#include "sim/text/phrase.h"
#include "sim/text/problem.h"

#include <stdbool.h>
#include <stddef.h>

struct action;
struct bench;

/* One piece of memory, the caller's to free. NULL: problem->text says what is wrong, offset (may be
 * NULL) is where in the text. */
struct action *action_parse(const char *text, struct problem *problem, size_t *offset);
/* "gun2: plug in": done to the other gun, which the bench then has to have. */
bool action_is_of_other_gun(const struct action *action);
/* Is it done to that gun: to it, or to the whole pile? */
bool action_concerns(const struct action *action, bool other_gun);
/* A person or a fault, after which a healthy charger may end a charge without waiting for what it waits
 * for; not what the vehicle says or leaves unsaid. */
bool action_disturbs(const struct action *action);
/* A person confirms a start. */
bool action_starts(const struct action *action);
/* Now, on this bench. False: it cannot be done in the state the bench is in; why gets words that go on
 * after the action's ("is not possible ..."). */
bool action_do(struct bench *bench, const struct action *action, struct phrase *why);

/* Row number index of the table, for lists: its usage, in which words in capitals stand for
 * arguments, and what it means. False: no more. */
bool action_describe(size_t index, const char **usage, const char **meaning);

#endif
