/* SPDX-License-Identifier: MIT */
/* phases.h: the handlers of the session's states, for state_table.c.
 *
 * enter and leave act once; run looks and returns the next state, or CORE_STAY. */
#ifndef CORE_PHASES_H
#define CORE_PHASES_H

#include "session/session.h"

/* session_start.c: from the plug to the insulation test */
void core_idle_enter(struct core_session *session);
enum core_state core_idle_run(struct core_session *session);
void core_plugged_enter(struct core_session *session);
enum core_state core_plugged_run(struct core_session *session);
void core_locking_enter(struct core_session *session);
enum core_state core_locking_run(struct core_session *session);
void core_waking_enter(struct core_session *session);
enum core_state core_waking_run(struct core_session *session);
void core_handshake_enter(struct core_session *session);
enum core_state core_handshake_run(struct core_session *session);
void core_weld_test_enter(struct core_session *session);
enum core_state core_weld_test_run(struct core_session *session);
void core_insulation_test_enter(struct core_session *session);
enum core_state core_insulation_test_run(struct core_session *session);
void core_insulation_test_leave(struct core_session *session);

/* session_charge.c: from CRM to the end of charging */
void core_recognition_enter(struct core_session *session);
enum core_state core_recognition_run(struct core_session *session);
void core_configuration_enter(struct core_session *session);
enum core_state core_configuration_run(struct core_session *session);
void core_parameters_enter(struct core_session *session);
enum core_state core_parameters_run(struct core_session *session);
void core_readying_enter(struct core_session *session);
enum core_state core_readying_run(struct core_session *session);
void core_confirming_enter(struct core_session *session);
enum core_state core_confirming_run(struct core_session *session);
void core_charging_enter(struct core_session *session);
enum core_state core_charging_run(struct core_session *session);
void core_paused_enter(struct core_session *session);
enum core_state core_paused_run(struct core_session *session);

/* session_end.c: from CST to the unplugged gun, and communication errors */
void core_stopping_enter(struct core_session *session);
enum core_state core_stopping_run(struct core_session *session);
enum core_state core_statistics_run(struct core_session *session);
void core_broken_enter(struct core_session *session);
enum core_state core_timed_out_run(struct core_session *session);
enum core_state core_accused_run(struct core_session *session);
void core_broken_leave(struct core_session *session);
void core_releasing_enter(struct core_session *session);
enum core_state core_releasing_run(struct core_session *session);
void core_ended_enter(struct core_session *session);
enum core_state core_ended_run(struct core_session *session);

#endif
