/* SPDX-License-Identifier: MIT */
/* CEM and BEM: which message was missed, and whether it was really silent. */
#include "vehicle_bms/ending/internal.h"

#include <assert.h>
#include <stddef.h>

#define LIMIT(member) offsetof(struct rules_limits, member)
#define AWAITED_MAX   8

static const struct awaited {
    bool by_charger; /* who waits */
    const char *field;
    int index;
    size_t limit;
} awaited[] = {
    {true, "brm_timeout", MESSAGE_BRM, LIMIT(brm_ns)},
    {true, "bcp_timeout", MESSAGE_BCP, LIMIT(bcp_ns)},
    {true, "bro_timeout", SEEN_BRO_AA, LIMIT(bro_ns)},
    {true, "bcs_timeout", MESSAGE_BCS, LIMIT(bcs_ns)},
    {true, "bcl_timeout", MESSAGE_BCL, LIMIT(bcl_ns)},
    {true, "bst_timeout", MESSAGE_BST, LIMIT(bst_ns)},
    {true, "bsd_timeout", MESSAGE_BSD, LIMIT(bsd_ns)},
    {false, "crm_00_timeout", MESSAGE_CRM, LIMIT(crm_00_ns)},
    {false, "crm_aa_timeout", SEEN_CRM_AA, LIMIT(crm_aa_ns)},
    {false, "cml_timeout", MESSAGE_CML, LIMIT(cml_ns)},
    {false, "cro_timeout", SEEN_CRO_AA, LIMIT(cro_ns)},
    {false, "ccs_timeout", MESSAGE_CCS, LIMIT(ccs_ns)},
    {false, "cst_timeout", MESSAGE_CST, LIMIT(cst_ns)},
    {false, "csd_timeout", MESSAGE_CSD, LIMIT(csd_ns)},
};

size_t error_awaited(const struct said *error, bool by_charger, int *indexes, int64_t *limits_ns,
                     size_t room, const struct rules_limits *limits) {
    const struct message *message = &messages[by_charger ? MESSAGE_CEM : MESSAGE_BEM];
    size_t count = 0;
    for (size_t i = 0; i < sizeof awaited / sizeof awaited[0]; i++) {
        if (awaited[i].by_charger == by_charger && said_bit(error, message, awaited[i].field)) {
            assert(count < room); /* there are no more bits than that */
            indexes[count] = awaited[i].index;
            limits_ns[count++] = limit_of(limits, awaited[i].limit);
        }
    }
    return count;
}

/* What "recently" means for a message with that limit: some less than the limit itself, because
 * the side that waits may be early. */
static int64_t recent(int64_t limit_ns) {
    assert(limit_ns >= 0);
    return limit_ns / 5 * 4;
}

/* A message that came no longer ago than this was still being sent. */
static int64_t unbroken(enum edition edition, int index) {
    return (int64_t)message_form(seen_message(index), edition)->period_ms * NS_PER_MS * 5 / 2;
}

static void tell_ill(const struct ending *ending, const struct seen *seen, int index,
                     struct writer writer) {
    assert(seen->ill_count > 0);
    (void)ending;
    tell(writer, "%s一直在发送，但长度错误（%zu字节，%llu次），对方无法采用。",
         " %s was sent all the time, but with a wrong length (%zu bytes, %llu times), so that the "
         "other side could not take it.",
         seen_message(index)->code, seen->ill_length, (unsigned long long)seen->ill_count);
}

/* By order alone: nothing came between RTS and the abort. */
static void tell_unanswered(const struct seen *seen, const char *code, struct writer writer) {
    tell(writer, "BMS为%s发送了RTS %llu次，充电机从未以CTS应答。",
         " The BMS sent RTS for %s %llu times, and the charger answered none of them with CTS.",
         code, (unsigned long long)seen->broken_count);
}

void tell_broken(const struct ending *ending, const struct seen *seen, int index,
                 struct writer writer) {
    assert(seen->broken_count > 0);
    const char *code = seen_message(index)->code;
    if (!ending->clock && seen->fault == TRANSFER_NO_ANSWER && seen->fault_by_charger) {
        tell_unanswered(seen, code, writer);
        return;
    }
    if (seen->broken_count == 1) {
        tell(writer, "%s的多包传输未完成：",
             " A transfer of %s was begun and did not come whole: ", code);
    } else {
        tell(writer, "%1$s的多包传输%2$llu次均未完成：",
             " Transfers of %1$s were begun %2$llu times, and none came whole: ", code,
             (unsigned long long)seen->broken_count);
    }
    tell_both(writer, transfer_fault_text(seen->fault, true),
              transfer_fault_text(seen->fault, false));
    tell_both(writer, seen->fault_by_charger ? "（充电机）。" : "（BMS）。",
              seen->fault_by_charger ? " (the charger's doing)." : " (the BMS's doing).");
}

/* It was there, and the other side says that it was not. */
static void tell_unheard(const struct ending *ending, const struct seen *seen,
                         const struct instant *at, int index, struct writer writer) {
    const char *code = seen_message(index)->code;
    if (ending->clock) {
        tell(writer, "但%s在总线上一直正常发送（最后一帧在此前%s），对方没有收到或没有采用。",
             " Yet %s was on the bus until then (the last one %s before): the other side did not "
             "receive it or did not take it.",
             code, duration_of(ending, at->ns - seen->last.ns).text);
    } else {
        tell(writer, "但%s在总线上一直正常发送，对方没有收到或没有采用。",
             " Yet %s was on the bus until then: the other side did not receive it or did not "
             "take it.",
             code);
    }
}

static void tell_silent(const struct ending *ending, const struct seen *seen,
                        const struct instant *at, int index, struct writer writer) {
    const char *code = seen_message(index)->code;
    if (seen->count == 0) {
        tell(writer, "此前从未出现%s。", " No %s had come before it.", code);
    } else if (ending->clock) {
        tell(writer, "最后一帧%s在此前%s（第%llu行）。", " The last %s was %s before (line %llu).",
             code, duration_of(ending, at->ns - seen->last.ns).text,
             (unsigned long long)seen->last.mark);
    } else {
        tell(writer, "最后一帧%s在第%llu行。", " The last %s is in line %llu.", code,
             (unsigned long long)seen->last.mark);
    }
}

/* AA is awaited, and what came was something else. */
static void tell_not_ready(const struct said *error, int index, struct writer writer) {
    assert(index >= SEEN_CRM_AA && index < SEEN_COUNT);
    const struct seen *ready = &error->before.seen[index];
    const char *code = seen_message(index)->code;
    if (ready->count > 0) {
        tell(writer, "%s曾为AA，又退回00。", " %s had been AA and fell back to 00.", code);
    } else {
        tell(writer, "%s一直为00，从未变为AA。", " %s came all the time, but never as AA.", code);
    }
    if (index == SEEN_BRO_AA) {
        tell_both(writer, "即车辆未报告K5、K6闭合。",
                  " So the vehicle did not report K5/K6 closed.");
        tell_outside(writer, &error->before);
    } else if (index == SEEN_CRO_AA) {
        tell_battery(writer, &error->before);
    }
}

static void tell_side(const struct ending *ending, const struct said *error, bool by_charger,
                      int64_t limit_ns, struct writer writer) {
    const struct instant *other = &error->before.side[!by_charger];
    if (came_within(ending, other, &error->at, recent(limit_ns))) {
        tell_both(writer,
                  by_charger ? "此时BMS的其他报文仍在发送。" : "此时充电机的其他报文仍在发送。",
                  by_charger ? " Other messages of the BMS still came."
                             : " Other messages of the charger still came.");
    } else if (other->order == 0) {
        tell_both(writer, by_charger ? "BMS没有发送任何报文。" : "充电机没有发送任何报文。",
                  by_charger ? " Nothing at all came from the BMS."
                             : " Nothing at all came from the charger.");
    } else {
        tell_both(writer, by_charger ? "BMS已完全无报文。" : "充电机已完全无报文。",
                  by_charger ? " The BMS had fallen silent altogether."
                             : " The charger had fallen silent altogether.");
    }
}

/* It had stopped, though not for as long as the side that complains has to wait. */
static void tell_too_soon(const struct ending *ending, const struct seen *seen,
                          const struct instant *at, int index, int64_t limit_ns,
                          struct writer writer) {
    assert(ending->clock && at->ns - seen->last.ns < limit_ns);
    tell(writer, "最后一帧%s在此前%s，未到%s的时限：报错过早。",
         " The last %s was %s before, and the limit is %s: that was too early.",
         seen_message(index)->code, duration_of(ending, at->ns - seen->last.ns).text,
         duration_of(ending, limit_ns).text);
}

/* The frames begin too late to show whether it was there. */
static bool begins_too_late(const struct ending *ending, const struct said *error,
                            const struct seen *seen, int64_t limit_ns) {
    assert(!ending->inside || ending->opened.order == 1);
    return ending->inside && seen->count == 0 &&
           (!ending->clock || error->at.ns - ending->opened.ns < limit_ns);
}

static void tell_too_late(const struct ending *ending, const struct said *error, int index,
                          struct writer writer) {
    const char *code = seen_message(index)->code;
    if (ending->clock) {
        tell(writer, "记录在此前仅%s才开始，看不到%s是否缺失。",
             " The recording begins only %s before, too late to show whether %s was missing.",
             duration_of(ending, error->at.ns - ending->opened.ns).text, code);
    } else {
        tell(writer, "记录中看不到%s是否缺失。",
             " The recording does not show whether %s was missing.", code);
    }
}

/* What an answer is for, when that never came whole: then no answer can come. */
static const struct seen *unanswerable(const struct evidence *before, int index, int *asks) {
    *asks = index == SEEN_CRM_AA ? MESSAGE_BRM : index == MESSAGE_CML ? MESSAGE_BCP : -1;
    const struct seen *seen = *asks >= 0 ? &before->seen[*asks] : NULL;
    return seen != NULL && seen->count == 0 && seen->broken_count > 0 ? seen : NULL;
}

void tell_missed(const struct ending *ending, const struct said *error, int index, int64_t limit_ns,
                 struct writer writer) {
    assert(index >= 0 && index < SEEN_COUNT && error->at.order != 0);
    int asks;
    const struct seen *asked = unanswerable(&error->before, index, &asks);
    if (asked != NULL) {
        tell_broken(ending, asked, asks, writer);
        return;
    }
    const struct seen *seen = &error->before.seen[index];
    const struct seen *base = &error->before.seen[message_index(seen_message(index))];
    const struct instant *at = &error->at;
    bool by_charger = !seen_message(index)->from_charger;
    int64_t near_ns = recent(limit_ns);
    bool soon = came_within(ending, &seen->last, at, near_ns);
    if (soon && ending->clock && at->ns - seen->last.ns > unbroken(ending->edition, index)) {
        tell_too_soon(ending, seen, at, index, limit_ns, writer);
    } else if (soon && base->ill.order == base->last.order) {
        tell_ill(ending, base, index, writer); /* filled up: perhaps that is why */
    } else if (soon) {
        tell_unheard(ending, seen, at, index, writer);
    } else if (came_within(ending, &base->ill, at, near_ns)) {
        tell_ill(ending, base, index, writer);
    } else if (base != seen && came_within(ending, &base->last, at, near_ns)) {
        tell_not_ready(error, index, writer);
    } else if (base->broken.order != 0 &&
               (base->count == 0 || base->broken.mark > base->last.mark)) {
        tell_broken(ending, base, index, writer);
    } else if (begins_too_late(ending, error, seen, limit_ns)) {
        tell_too_late(ending, error, index, writer);
    } else {
        tell_silent(ending, seen, at, index, writer);
        tell_side(ending, error, by_charger, limit_ns, writer);
    }
}

/* ------------------------------------------------------------------ the last word */

/* Each missed the other at the same time: no controller does that by itself. */
static bool both_ways(const struct ending *ending) {
    const struct said *bem = &ending->said[SAID_BEM], *cem = &ending->said[SAID_CEM];
    if (bem->at.order == 0 || cem->at.order == 0 || ending->failed > 0) {
        return false;
    }
    const struct instant *first = bem->at.order < cem->at.order ? &bem->at : &cem->at;
    const struct instant *second = first == &bem->at ? &cem->at : &bem->at;
    return came_within(ending, first, second, ending->limits.bcl_ns);
}

static void tell_reconnections(const struct ending *ending, int64_t end_ns, struct writer writer) {
    assert(ending->failed <= ending->reconnections);
    const struct instant *at = &ending->origin.at;
    if (ending->failed > 0) {
        if (ending->failed == 1) {
            tell_both(writer, "之后充电机重新连接1次，未成功",
                      " Then a reconnection was tried, in vain");
        } else {
            tell(writer, "之后充电机重新连接%u次，均未成功",
                 " Then %u reconnections were tried, in vain", ending->failed);
        }
        if (ending->failed >= ending->limits.reconnections) {
            tell_both(writer, "，构成通信中断", ": a communication interruption");
        }
        const struct stage *stage = evidence_stage(&ending->now);
        if (stage != NULL) {
            tell_both(writer, "（停在：", " (stopped at: ");
            tell_both(writer, stage->zh, stage->en);
            tell_both(writer, "）", ")");
        }
        tell_both(writer, "。", ".");
    } else if (ending->clock) {
        tell(writer,
             ending->followed ? "此后没有重新连接，%s后开始下一次充电。"
                              : "此后没有重新连接，记录在%s后结束。",
             ending->followed ? " No reconnection followed; the next charge begins %s later."
                              : " No reconnection followed; the recording ends %s later.",
             duration_of(ending, end_ns - at->ns).text);
    } else {
        tell_both(writer, "此后没有重新连接。", " No reconnection followed.");
    }
}

/* A stop that came after the timeout confirms it, and may say something else. */
static void tell_stop_after(const struct ending *ending, struct writer writer) {
    for (int kind = SAID_BST; kind <= SAID_CST; kind++) {
        const struct said *stop = &ending->said[kind];
        const struct message *message = &messages[kind == SAID_BST ? MESSAGE_BST : MESSAGE_CST];
        if (stop->at.order != 0) {
            tell(writer, "随后%s：", " Then %s: ", message->code);
            if (!tell_bits(writer, stop, message)) {
                tell_both(writer, "未给出原因", "no reason given");
            }
            tell_both(writer, "。", ".");
        }
    }
}

void ending_by_error(const struct ending *ending, int64_t end_ns, struct rules_session *session) {
    assert(ending->origin_kind == SAID_BEM || ending->origin_kind == SAID_CEM);
    const struct said *error = &ending->origin;
    bool by_charger = ending->origin_kind == SAID_CEM;
    struct writer writer = session_writer(session);
    int indexes[AWAITED_MAX];
    int64_t limits_ns[AWAITED_MAX];
    size_t count =
        error_awaited(error, by_charger, indexes, limits_ns, AWAITED_MAX, &ending->limits);
    session->ended_by = ENDED_BY_TIMEOUT;
    session->ended_ns = error->at.ns;
    session->ended_mark = error->at.mark;
    if (count == 0) {
        tell_both(writer,
                  by_charger ? "充电因通信错误终止：充电机发送了CEM，但没有指明哪条报文超时。"
                             : "充电因通信错误终止：BMS发送了BEM，但没有指明哪条报文超时。",
                  by_charger
                      ? "A communication error ended the charge: the charger sent CEM, which "
                        "names no message."
                      : "A communication error ended the charge: the BMS sent BEM, which "
                        "names no message.");
    } else {
        tell_both(writer,
                  by_charger ? "充电因通信超时终止：充电机未按时收到"
                             : "充电因通信超时终止：BMS未按时收到",
                  by_charger ? "A timeout ended the charge: the charger missed "
                             : "A timeout ended the charge: the BMS missed ");
        for (size_t i = 0; i < count; i++) {
            struct statement name = seen_name(indexes[i]);
            tell_both(writer, i > 0 ? "、" : "", i > 0 ? " and " : "");
            tell_statement(writer, &name);
        }
        tell_both(writer, by_charger ? "，发送了CEM。" : "，发送了BEM。",
                  by_charger ? " and sent CEM." : " and sent BEM.");
        tell_missed(ending, error, indexes[0], limits_ns[0], writer);
    }
    if (both_ways(ending)) {
        tell_both(writer,
                  "双方同时互相收不到报文，更可能是总线（电缆、插头、S+/S-）中断，而非某一控制器。",
                  " Both sides missed each other at the same time: rather the bus (cable, plug, "
                  "S+/S-) than one controller.");
    }
    tell_stop_after(ending, writer);
    tell_reconnections(ending, end_ns, writer);
}
