/* SPDX-License-Identifier: MIT */
/* state_table.h: the charging session of one gun, phase by phase (standards: GB/T 18487.1-2015 B.3,
 * GB/T 27930-2015).
 *
 *   core_session_begin(&session, &machines);
 *   core_session_run(&session);              looks, and makes at most one transition
 *
 * A state is one row of the table in state_table.c: what it sends, what it watches, where a fault,
 * a stop, BST or BEM lead, and its handlers (phases.h). core_session_run makes every transition. */
#ifndef CORE_STATE_TABLE_H
#define CORE_STATE_TABLE_H

#include "session/session.h"

/* At power on. */
void core_session_begin(struct core_session *session, struct core_machines *machines);
void core_session_run(struct core_session *session);
const char *core_session_state_name(int32_t state);

#endif
