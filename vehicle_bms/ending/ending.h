/* SPDX-License-Identifier: MIT */
/* ending.h: from the messages of one charge to its last word: who ended it, and why.
 *
 *   struct ending *ending = ending_new(edition, limits, clock);
 *   ending_begin(ending, 0);                 a session begins
 *   ending_message(ending, &assembled);      every message of it, of whatever length
 *   ending_fault(ending, &event);            every fault of the transport
 *   ending_finish(ending, end_ns, &session); fills ended_by, ended_*, zh, en, story, energy ...
 *
 * It weighs what was said (CST and BST reasons, CEM and BEM bits, in the order in which they came)
 * against what was seen before (which message fell silent first and for how long, abnormal BSM
 * states, demand and output, pauses): "charger, fault: CST names the connector, while both sides
 * talked until then"; "BCL stopped 1.0 s before CEM: the vehicle fell silent". No clock (clock
 * false): durations are left out of the sentences. Bounded memory, whatever the length. */
#ifndef VEHICLE_BMS_ENDING_ENDING_H
#define VEHICLE_BMS_ENDING_ENDING_H

#include "vehicle_bms/limits.h"
#include "vehicle_bms/listen/assembler.h"
#include "vehicle_bms/session.h"

struct ending; /* its fields are its own */

struct ending *ending_new(enum edition edition, const struct rules_limits *limits, bool clock);
/* Steps of the clock, for the digits of durations; 0, as at first: not known. */
void ending_resolution(struct ending *ending, int64_t resolution_ns);
/* The frames are those of one side only: nothing is claimed of the other one. */
enum ending_only {
    ENDING_BOTH,
    ENDING_BMS_ONLY,
    ENDING_CHARGER_ONLY
};
void ending_only(struct ending *ending, enum ending_only only);
void ending_begin(struct ending *ending, unsigned session);
void ending_message(struct ending *ending, const struct assembled *assembled);
void ending_fault(struct ending *ending, const struct transfer_event *event);
/* Another charge begins where this one ends: its last word does not speak of the capture's end. */
void ending_followed(struct ending *ending);
/* Does not end it: may be called for a look in between. */
void ending_finish(const struct ending *ending, int64_t end_ns, struct rules_session *session);
void ending_free(struct ending *ending);

#endif
