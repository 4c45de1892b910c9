/* SPDX-License-Identifier: MIT */
/* clauses.h: every clause of the profile, with what decides it.
 *
 *   return list_clauses(&session, only_open);                       an exit code
 *
 * A row is covered by cases; decided by inspection, by a station or by a platform; or OPEN, wholly or in
 * part, with the reason. The reason is data of the list, or a part of the row that is open. */
#ifndef HARNESS_CLI_LIST_CLAUSES_H
#define HARNESS_CLI_LIST_CLAUSES_H

#include <stdbool.h>

struct session;

int list_clauses(struct session *session, bool only_open);

#endif
