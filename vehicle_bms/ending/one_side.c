/* SPDX-License-Identifier: MIT */
/* The frames are those of one side only: what it said itself, and nothing of the other side. */
#include "vehicle_bms/ending/internal.h"

#include <assert.h>

static void tell_who(const struct ending *ending, struct writer writer) {
    assert(ending->only != ENDING_BOTH);
    const bool charger = ending->only == ENDING_CHARGER_ONLY;
    tell_both(writer,
              charger ? "记录中只有充电机的报文，看不到车辆做了什么。"
                      : "记录中只有BMS的报文，看不到充电机做了什么。",
              charger
                  ? " The recording holds frames of the charger only: what the vehicle did is not "
                    "in it."
                  : " The recording holds frames of the BMS only: what the charger did is not in "
                    "it.");
}

static void tell_error(const struct said *error, int kind, struct rules_session *session) {
    assert(kind == SAID_BEM || kind == SAID_CEM);
    const bool charger = kind == SAID_CEM;
    struct writer writer = session_writer(session);
    struct statement names = {"", ""};
    session->ended_by = ENDED_BY_TIMEOUT;
    session->ended_ns = error->at.ns;
    session->ended_mark = error->at.mark;
    tell(writer, charger ? "充电机报告了通信超时（CEM：" : "BMS报告了通信超时（BEM：",
         charger ? "The charger reports a timeout (CEM: " : "The BMS reports a timeout (BEM: ");
    if (!tell_bits(statement_writer(&names), error,
                   &messages[charger ? MESSAGE_CEM : MESSAGE_BEM])) {
        tell_both(statement_writer(&names), "未指明报文", "no message named");
    }
    tell_statement(writer, &names);
    tell_both(writer, "）。", ").");
}

void ending_by_one_side(const struct ending *ending, int64_t end_ns,
                        struct rules_session *session) {
    assert(ending->only != ENDING_BOTH);
    const bool charger = ending->only == ENDING_CHARGER_ONLY;
    const struct instant *last = &ending->now.side[charger];
    if (ending->origin_kind >= 0) {
        tell_error(&ending->origin, ending->origin_kind, session);
    } else if (ending->said[charger ? SAID_CST : SAID_BST].at.order != 0) {
        ending_by_stop(ending, end_ns, session);
    } else {
        session->ended_ns = last->ns;
        session->ended_mark = last->mark;
        tell_both(
            session_writer(session), charger ? "充电机没有发送CST或CEM。" : "BMS没有发送BST或BEM。",
            charger ? "The charger sent no CST and no CEM." : "The BMS sent no BST and no BEM.");
    }
    tell_who(ending, session_writer(session));
}
