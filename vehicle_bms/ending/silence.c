/* SPDX-License-Identifier: MIT */
/* Neither side said that it stopped: silence, a charge that never began, a file that ends. */
#include "vehicle_bms/ending/internal.h"

#include <assert.h>
#include <math.h>

#define MS INT64_C(1000000)
/* Later than that after the last frame of one side it is no pause between two frames any more. */
#define QUIET_CHARGING (500 * MS)  /* BCL and CCS come every 50 ms */
#define QUIET_BEFORE   (1000 * MS) /* the slowest of the earlier messages comes every 500 ms */
/* Before charging a side that stops that much earlier than the other gave up first. */
#define QUIET_FIRST (2000 * MS)
/* Insulation is tested with the voltage that BHM allows; NB/T 33001 lets output begin at 200 V. */
#define BHM_LOW_V 200.0

static struct instant later_of(const struct instant *a, const struct instant *b) {
    return a->order > b->order ? *a : *b;
}

static void set_end(struct rules_session *session, enum ended_by by, const struct instant *at) {
    assert(by == ENDED_NOT || at->order != 0); /* an end has a frame that shows it */
    session->ended_by = by;
    session->ended_ns = at->ns;
    session->ended_mark = at->mark;
}

/* "the recording ends 3.2 s later" */
static void tell_end(const struct ending *ending, int64_t end_ns, const struct instant *last,
                     struct writer writer) {
    if (ending->clock && end_ns > last->ns) {
        tell(writer,
             ending->followed ? "下一次充电在最后一帧之后%s开始。" : "记录在最后一帧之后%s结束。",
             ending->followed ? " The next charge begins %s after the last frame."
                              : " The recording ends %s after the last frame.",
             duration_of(ending, end_ns - last->ns).text);
    } else if (!ending->followed) {
        tell_both(writer, "记录到此为止。", " There the recording ends.");
    }
}

/* ------------------------------------------------------------------ silence */

/* Which side fell silent first. Returns false when neither can be said to be silent. */
static bool tell_silence(const struct ending *ending, int64_t end_ns, int64_t quiet_ns,
                         struct rules_session *session) {
    assert(quiet_ns > 0);
    const struct instant *bms = &ending->now.side[0], *charger = &ending->now.side[1];
    struct instant last = later_of(bms, charger);
    int64_t apart_ns = charger->ns - bms->ns;
    struct writer writer = session_writer(session);
    if (!ending->clock || bms->order == 0 || charger->order == 0) {
        return false;
    }
    if (apart_ns > quiet_ns || apart_ns < -quiet_ns) {
        bool vehicle = apart_ns > 0;
        const struct instant *silent = vehicle ? bms : charger;
        set_end(session, ENDED_BY_BUS, silent);
        tell(writer,
             vehicle ? "车辆先失去通信（最后一帧在第%llu行），充电机此后还发送了%s"
                     : "充电机先失去通信（最后一帧在第%llu行），车辆此后还发送了%s",
             vehicle ? "The vehicle fell silent first (its last frame is line %llu); the charger "
                       "went on for %s"
                     : "The charger fell silent first (its last frame is line %llu); the vehicle "
                       "went on for %s",
             (unsigned long long)silent->mark,
             duration_of(ending, apart_ns < 0 ? -apart_ns : apart_ns).text);
        tell_both(writer, vehicle ? "，但没有发送CEM。" : "，但没有发送BEM。",
                  vehicle ? ", without CEM." : ", without BEM.");
        tell_both(writer, "没有BST或CST。", " There is no BST and no CST.");
        return true;
    }
    if (end_ns - last.ns > quiet_ns) {
        set_end(session, ENDED_BY_BUS, &last);
        tell(writer,
             "双方几乎同时失去通信（相差%s），没有BST、CST、CEM或BEM：更可能是总线（电缆、插头、S+/"
             "S-）"
             "或记录设备断开，而非某一控制器。",
             "Both sides fell silent at once (%s apart), without BST, CST, CEM or BEM: rather the "
             "bus (cable, plug, S+/S-), its supply or the recorder than one controller.",
             duration_of(ending, apart_ns < 0 ? -apart_ns : apart_ns).text);
        return true;
    }
    return false;
}

static void remember_last(const struct ending *ending, struct rules_session *session) {
    for (int side = 0; side < 2; side++) {
        struct statement statement = {"", ""};
        tell_both(statement_writer(&statement), side ? "充电机的最后一帧" : "BMS的最后一帧",
                  side ? "last frame of the charger" : "last frame of the BMS");
        if (ending->now.side[side].order != 0) {
            story_add(session->story, &session->story_count, ending->session,
                      &ending->now.side[side], &statement);
        }
    }
    assert(session->story_count <= RULE_PROOFS_MAX);
}

/* ------------------------------------------------------------------ charging */

/* What has been overdue when the capture ends, though nobody complained. */
static void tell_overdue(const struct ending *ending, int64_t end_ns, struct writer writer) {
    static const int watched[] = {MESSAGE_BCL, MESSAGE_BCS, MESSAGE_CCS};
    const struct rules_limits *limits = &ending->limits;
    const int64_t limits_ns[] = {limits->bcl_ns, limits->bcs_ns, limits->ccs_ns};
    for (size_t i = 0; ending->clock && i < 3; i++) {
        const struct seen *seen = &ending->now.seen[watched[i]];
        if (seen->count > 0 && end_ns - seen->last.ns > limits_ns[i]) {
            tell(writer, "但%s已缺失%s，无人报告超时。",
                 " But %s has been missing for the last %s, and nobody reported a timeout.",
                 seen_message(watched[i])->code, duration_of(ending, end_ns - seen->last.ns).text);
        }
    }
}

static void while_charging(const struct ending *ending, int64_t end_ns,
                           struct rules_session *session) {
    struct instant last = later_of(&ending->now.side[0], &ending->now.side[1]);
    struct writer writer = session_writer(session);
    if (tell_silence(ending, end_ns, QUIET_CHARGING, session)) {
        remember_last(ending, session);
        tell_end(ending, end_ns, &last, writer);
        return;
    }
    set_end(session, ENDED_NOT, &last);
    tell_both(writer,
              ending->followed ? "充电过程中又开始了新的充电：没有BST、CST、CEM或BEM。"
                               : "记录在充电过程中结束：没有BST、CST、CEM或BEM。",
              ending->followed
                  ? "Another charge begins while this one goes on: no BST, CST, CEM or BEM."
                  : "The recording ends while the charge goes on: no BST, CST, CEM or BEM.");
    tell_overdue(ending, end_ns, writer);
    assert(session->ended_by == ENDED_NOT); /* nobody has ended it */
}

/* ------------------------------------------------------------------ never began */

static void tell_handshake(const struct ending *ending, bool ended, struct writer writer) {
    assert(!ended || ending->now.seen[MESSAGE_CHM].count + ending->now.seen[MESSAGE_BHM].count > 0);
    const struct seen *bhm = &ending->now.seen[MESSAGE_BHM];
    double voltage = evidence_value(&ending->now, MESSAGE_BHM, "voltage_max");
    if (bhm->count == 0 && bhm->ill_count > 0) {
        tell(writer, "BHM只以错误长度出现（%zu字节）。",
             " BHM came with a wrong length only (%zu bytes).", bhm->ill_length);
    } else if (bhm->count == 0) {
        tell_both(writer, ended ? "车辆没有应答BHM。" : "车辆尚未应答BHM。",
                  ended ? " The vehicle never answered with BHM."
                        : " The vehicle had not answered with BHM yet.");
    } else if (isnan(voltage)) {
        tell_both(writer, "BHM没有给出最高允许充电总电压。",
                  " BHM gives no highest allowed voltage.");
    } else if (voltage < BHM_LOW_V) {
        tell(writer, "BHM仅允许%.1f V，不足以进行绝缘检测。",
             " BHM allows %.1f V only: too low for an insulation test.", voltage);
    } else {
        tell(writer, "BHM允许%.1f V；", " BHM allows %.1f V;", voltage);
        tell_both(
            writer, ended ? "绝缘检测没有结束或没有通过，这在报文中不可见。" : "绝缘检测尚未结束。",
            ended ? " the insulation test did not end or did not pass, which no message tells."
                  : " the insulation test had not ended yet.");
    }
}

/* What is known about the message that was waited for. */
static void tell_why(const struct ending *ending, const struct stage *stage, bool ended,
                     struct writer writer) {
    assert((unsigned)stage->awaited < SEEN_COUNT);
    const struct seen *base = &ending->now.seen[message_index(seen_message(stage->awaited))];
    const struct seen *ready = &ending->now.seen[SEEN_BRO_AA];
    const char *code = seen_message(stage->awaited)->code;
    if (stage->mark == MESSAGE_CHM || stage->mark == MESSAGE_BHM) {
        tell_handshake(ending, ended, writer);
    } else if (base->broken_count > 0 && base->count == 0) {
        tell_broken(ending, base, stage->awaited, writer);
    } else if (base->ill_count > 0 && base->count == 0) {
        tell(writer, "%s只以错误长度出现（%zu字节）。",
             " %s came with a wrong length only (%zu bytes).", code, base->ill_length);
    } else if (stage->awaited == SEEN_CRO_AA || stage->awaited == MESSAGE_CRO) {
        if (ready->last.order != 0 &&
            ready->last.order < ending->now.seen[MESSAGE_BRO].last.order) {
            tell_both(writer, "BRO又从AA退回00。", " BRO fell back from AA to 00.");
        }
        tell_battery(writer, &ending->now);
    } else {
        struct statement name = seen_name(stage->awaited);
        tell_both(writer, ended ? "没有等到" : "尚未出现", " ");
        tell_statement(writer, &name);
        tell_both(writer, "。", ended ? " never came." : " had not come yet.");
    }
}

/* Was it waited for long enough, or did a side give up, so that this was the end? */
static bool given_up(const struct ending *ending, int64_t end_ns, const struct stage *stage) {
    assert(ending->now.seen[stage->mark].first.order != 0); /* it was reached */
    const struct instant *from = &ending->now.seen[stage->mark].first;
    struct instant last = later_of(&ending->now.side[0], &ending->now.side[1]);
    if (ending->followed || !ending->clock) {
        return ending->followed;
    }
    return last.ns - from->ns >= limit_of(&ending->limits, stage->limit) ||
           end_ns - last.ns > QUIET_BEFORE;
}

static void before_charging(const struct ending *ending, int64_t end_ns, const struct stage *stage,
                            struct rules_session *session) {
    struct instant last = later_of(&ending->now.side[0], &ending->now.side[1]);
    const struct instant *from = &ending->now.seen[stage->mark].first;
    assert(from->order != 0 && from->order <= last.order); /* the stage was reached */
    struct writer writer = session_writer(session);
    bool ended = given_up(ending, end_ns, stage);
    set_end(session, ended ? ENDED_BEFORE : ENDED_NOT, &last);
    tell_both(writer, ended ? "充电没有开始，停在：" : "记录在充电开始之前结束，当时：",
              ended ? "The charge never began. It stopped at: "
                    : "The recording ends before the charge began, at: ");
    tell_both(writer, stage->zh, stage->en);
    if (ending->clock && last.ns > from->ns) {
        tell(writer, "（%s）", " (for %s)", duration_of(ending, last.ns - from->ns).text);
    }
    tell_both(writer, "。", ".");
    tell_why(ending, stage, ended, writer);
    if (ended) {
        const struct instant *bms = &ending->now.side[0], *charger = &ending->now.side[1];
        int64_t apart_ns = charger->ns - bms->ns;
        if (bms->order != 0 && charger->order != 0 &&
            (apart_ns > QUIET_FIRST || apart_ns < -QUIET_FIRST)) {
            tell(writer,
                 apart_ns > 0 ? "车辆先停止发送，比充电机早%s。" : "充电机先停止发送，比车辆早%s。",
                 apart_ns > 0 ? " The vehicle stopped sending %s before the charger."
                              : " The charger stopped sending %s before the vehicle.",
                 duration_of(ending, apart_ns < 0 ? -apart_ns : apart_ns).text);
        }
        tell_end(ending, end_ns, &last, writer);
    }
    remember_last(ending, session);
}

void ending_by_silence(const struct ending *ending, int64_t end_ns, struct rules_session *session) {
    assert(ending->origin_kind < 0 && ending->said[SAID_BST].at.order == 0 &&
           ending->said[SAID_CST].at.order == 0); /* nobody has said a word */
    const struct seen *seen = ending->now.seen;
    const struct stage *stage = evidence_stage(&ending->now);
    struct instant last = later_of(&ending->now.side[0], &ending->now.side[1]);
    struct writer writer = session_writer(session);
    if (ending->since.order != 0 || seen[MESSAGE_CCS].count > 0) {
        while_charging(ending, end_ns, session);
    } else if (seen[MESSAGE_BSD].count > 0 || seen[MESSAGE_CSD].count > 0) {
        set_end(session, ENDED_NOT, &last);
        tell_both(
            writer, "记录中只有充电结束后的统计报文（BSD、CSD），看不到由谁停止。",
            "The recording holds only the statistics after a charge (BSD, CSD); who stopped it "
            "is not in it.");
    } else if (stage != NULL) {
        before_charging(ending, end_ns, stage, session);
    } else {
        set_end(session, ENDED_NOT, &last);
        tell_both(writer, "报文太少，无法判断充电过程。",
                  "Too few messages to tell the course of a charge.");
    }
    assert(session->ended_by == ENDED_NOT || session->ended_by == ENDED_BY_BUS ||
           session->ended_by == ENDED_BEFORE); /* no side has said so */
}
