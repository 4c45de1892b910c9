/* SPDX-License-Identifier: MIT */
/* What was seen of a charge, and which part has its last word. */
#include "vehicle_bms/ending/ending.h"

#include "sim/memory.h"
#include "vehicle_bms/ending/internal.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define READY   0xAA
#define NO_RAW  0xFFFF              /* two bytes "not supplied" */
#define ATTEMPT INT64_C(1000000000) /* an error message this early belongs to the former attempt */

struct ending *ending_new(enum edition edition, const struct rules_limits *limits, bool clock) {
    struct ending *ending = memory_zeroed(1, sizeof *ending);
    ending->edition = edition;
    ending->limits = *limits;
    ending->clock = clock;
    ending_begin(ending, 0);
    return ending;
}

void ending_free(struct ending *ending) {
    free(ending);
}

void ending_only(struct ending *ending, enum ending_only only) {
    ending->only = only;
}

void ending_resolution(struct ending *ending, int64_t resolution_ns) {
    assert(resolution_ns >= 0);
    ending->resolution_ns = resolution_ns;
}

/* What holds between two messages, whatever they say. */
static bool ending_sound(const struct ending *ending) {
    bool error = ending->origin_kind == SAID_BEM || ending->origin_kind == SAID_CEM;
    return (error ? ending->origin.at.order != 0 : ending->origin_kind == -1) &&
           ending->failed <= ending->reconnections && ending->story_count <= RULE_PROOFS_MAX &&
           (ending->since.order == 0 || ending->charged) &&
           ending->now.side[0].order <= ending->order && ending->now.side[1].order <= ending->order;
}

void ending_begin(struct ending *ending, unsigned session) {
    *ending = (struct ending){
        .edition = ending->edition,
        .limits = ending->limits,
        .clock = ending->clock,
        .only = ending->only,
        .resolution_ns = ending->resolution_ns,
        .session = session,
        .origin_kind = -1,
        .voltage_raw = {0, 0},
        .current_raw = {NO_RAW, NO_RAW},
        .soc_from = (double)NAN,
    };
}

/* ------------------------------------------------------------------ events */

static void remember(struct ending *ending, const struct instant *at, const char *zh,
                     const char *en) {
    struct statement statement = {"", ""};
    tell_both(statement_writer(&statement), zh, en);
    story_add(ending->story, &ending->story_count, ending->session, at, &statement);
}

static void remember_said(struct ending *ending, const struct instant *at, const struct said *said,
                          const struct message *message) {
    struct statement statement = {"", ""};
    struct writer writer = statement_writer(&statement);
    tell(writer, "%s：", "%s: ", message->code);
    if (!tell_bits(writer, said, message)) {
        tell_both(writer, "未给出原因", "no reason given");
    }
    story_add(ending->story, &ending->story_count, ending->session, at, &statement);
}

/* BST, CST, BEM or CEM. Their first frame counts; a later one, when only that gives a reason. */
static void take_said(struct ending *ending, int kind, const struct assembled *assembled,
                      const struct instant *at) {
    assert(kind >= SAID_BST && kind < SAID_COUNT);
    struct said *said = &ending->said[kind];
    bool first = said->at.order == 0;
    if (said->reason || (first && ending->origin_kind == kind && ending->begun.order != 0 &&
                         came_within(ending, &ending->begun, at, ATTEMPT))) {
        return; /* said already; or the former attempt's error goes on beside the new one */
    }
    assert(first || said->at.order < at->order);
    if (first) {
        said->at = *at;
        said->before = ending->now;
    }
    said->length = assembled->length < sizeof said->data ? assembled->length : sizeof said->data;
    memcpy(said->data, assembled->data, said->length);
    struct statement ignored = {"", ""};
    said->reason = tell_bits(statement_writer(&ignored), said, assembled->message);
    if (first || said->reason) {
        remember_said(ending, at, said, assembled->message);
    }
    bool error = kind == SAID_BEM || kind == SAID_CEM;
    bool stopped = ending->said[SAID_BST].at.order != 0 || ending->said[SAID_CST].at.order != 0;
    if (error && !stopped && (ending->origin_kind < 0 || ending->origin_kind == kind) &&
        (ending->origin_kind < 0 || ending->origin.at.order == said->at.order)) {
        ending->origin = *said;
        ending->origin_kind = kind;
    }
}

/* CRM(00) after something that came later in the course: the charger connects again. */
static void take_recognition(struct ending *ending, const struct instant *at) {
    const struct evidence *now = &ending->now;
    bool error = ending->said[SAID_BEM].at.order != 0 || ending->said[SAID_CEM].at.order != 0;
    bool stopped = ending->said[SAID_BST].at.order != 0 || ending->said[SAID_CST].at.order != 0;
    if (!error && !stopped && now->seen[SEEN_CRM_AA].count == 0 && ending->since.order == 0) {
        return;
    }
    if (stopped) { /* a new charge without a handshake */
        ending->origin_kind = -1;
        ending->failed = 0;
    } else {
        ending->reconnections++;
        ending->failed++;
        assert(ending->failed <= ending->reconnections);
        remember(ending, at, "充电机重新连接：重新发送CRM(00)",
                 "the charger connects again: CRM(00)");
    }
    struct instant side[2] = {now->side[0], now->side[1]};
    memset(&ending->now, 0, sizeof ending->now);
    memcpy(ending->now.side, side, sizeof side);
    memset(ending->said, 0, sizeof ending->said);
    ending->since = (struct instant){0};
    ending->begun = *at;
}

/* Whoever sends demand and output is charging, whatever the length the edition wants. */
static bool came(const struct seen *seen) {
    return seen->count > 0 || seen->ill_count > 0;
}

static void take_charging(struct ending *ending, const struct instant *at) {
    const struct seen *seen = ending->now.seen;
    if (ending->since.order != 0 || !came(&seen[MESSAGE_BCL]) || !came(&seen[MESSAGE_CCS])) {
        return;
    }
    assert(at->order != 0 && ending->since.order == 0);
    ending->since = *at;
    ending->charged = true;
    if (ending->origin_kind >= 0) {
        ending->healed++;
        ending->origin_kind = -1;
        ending->failed = 0;
        remember(ending, at, "重新连接成功，充电继续", "reconnected: charging goes on");
    } else {
        remember(ending, at, "充电阶段：BCL与CCS均已出现", "charging: BCL and CCS have both come");
    }
}

static void take_state(struct ending *ending, const struct instant *at) {
    static const struct instant never = {0};
    struct evidence *now = &ending->now;
    struct statement states = {"", ""};
    bool abnormal = evidence_abnormal(now, &states);
    if (abnormal && now->abnormal.order == 0) {
        struct statement statement = {"", ""};
        tell_both(statement_writer(&statement), "BSM：", "BSM: ");
        tell_statement(statement_writer(&statement), &states);
        story_add(ending->story, &ending->story_count, ending->session, at, &statement);
    }
    if (!abnormal) {
        now->abnormal = never;
    } else if (now->abnormal.order == 0) {
        now->abnormal = *at;
    }
    bool paused = evidence_value(now, MESSAGE_BSM, "charging_permitted") == 0;
    if (paused != (now->paused.order != 0)) {
        remember(ending, at,
                 paused ? "BSM：充电禁止（SPN 3096=00）" : "BSM：充电允许（SPN 3096=01）",
                 paused ? "BSM forbids charging (SPN 3096 = 00)"
                        : "BSM permits charging again (SPN 3096 = 01)");
        now->paused = paused ? *at : never;
    }
    assert(abnormal == (now->abnormal.order != 0) && paused == (now->paused.order != 0));
}

/* ------------------------------------------------------------------ messages */

static uint16_t raw_16(const uint8_t *data) {
    return (uint16_t)(data[0] | data[1] << 8);
}

/* Voltage and current of CCS [1] and BCS [0], where they are largest; current grows downwards. */
static void take_output(struct ending *ending, bool charger, const uint8_t *data) {
    uint16_t voltage = raw_16(data), current = raw_16(data + 2);
    if (voltage != NO_RAW && voltage > ending->voltage_raw[charger]) {
        ending->voltage_raw[charger] = voltage;
    }
    if (current < ending->current_raw[charger]) {
        ending->current_raw[charger] = current;
    }
    assert(ending->voltage_raw[charger] != NO_RAW && current >= ending->current_raw[charger]);
}

static void note(struct seen *seen, const struct assembled *assembled, const struct instant *at) {
    assert(seen->last.order < at->order); /* each message once */
    if (seen->count++ == 0) {
        seen->first = *at;
    }
    seen->last = *at;
    assert(seen->first.order >= 1 && seen->first.order <= seen->last.order);
    seen->length =
        (uint8_t)(assembled->length < sizeof seen->data ? assembled->length : sizeof seen->data);
    memcpy(seen->data, assembled->data, seen->length);
}

/* Does the value AA count as a step of its own? */
static int ready_index(int index) {
    return index == MESSAGE_CRM   ? SEEN_CRM_AA
           : index == MESSAGE_BRO ? SEEN_BRO_AA
           : index == MESSAGE_CRO ? SEEN_CRO_AA
                                  : -1;
}

static void take_vin(struct ending *ending, const struct assembled *brm) {
    const struct field *vin = field_find(brm->message, "vin");
    char text[sizeof ending->vin];
    if (ending->vin[0] == '\0' && field_text(vin, brm->data, brm->length, text, sizeof text) > 0) {
        memcpy(ending->vin, text, sizeof text);
    }
}

/* What a sound message means beyond having come. */
static void take_meaning(struct ending *ending, int index, const struct assembled *assembled,
                         const struct instant *at, bool state_changed) {
    switch (index) {
    case MESSAGE_BRM:
        take_vin(ending, assembled);
        break;
    case MESSAGE_BCP:
        if (isnan(ending->soc_from)) {
            ending->soc_from = evidence_value(&ending->now, MESSAGE_BCP, "soc");
        }
        break;
    case MESSAGE_BCL:
        take_charging(ending, at);
        break;
    case MESSAGE_CCS:
        take_output(ending, true, assembled->data);
        take_charging(ending, at);
        break;
    case MESSAGE_BCS:
        take_output(ending, false, assembled->data);
        if (isnan(ending->soc_from)) {
            ending->soc_from = evidence_value(&ending->now, MESSAGE_BCS, "soc");
        }
        break;
    case MESSAGE_BSM:
        if (state_changed) {
            take_state(ending, at);
        }
        break;
    default:
        break;
    }
}

/* The stretch of the course in which no capture begins that has seen its start. */
static bool begins_inside(int index) {
    return index != MESSAGE_CHM && index != MESSAGE_BHM && index != MESSAGE_CRM &&
           index != MESSAGE_BRM;
}

void ending_message(struct ending *ending, const struct assembled *assembled) {
    const int index = (int)message_index(assembled->message);
    const struct instant at = {assembled->at_ns, assembled->mark, ++ending->order};
    const bool whole = assembled->length_ok || assembled->unpadded > 0;
    struct seen *seen = &ending->now.seen[index];
    if (ending->order == 1) {
        ending->inside = begins_inside(index);
        ending->opened = at;
    }
    if (index == MESSAGE_CRM && whole && assembled->data[0] != READY) {
        take_recognition(ending, &at);
    }
    ending->now.side[assembled->message->from_charger] = at;
    if (index == MESSAGE_BST || index == MESSAGE_CST || index == MESSAGE_BEM ||
        index == MESSAGE_CEM) {
        static const int kinds[] = {SAID_BST, SAID_CST, SAID_BEM, SAID_CEM};
        take_said(ending,
                  kinds[index >= MESSAGE_BEM ? index - MESSAGE_BEM + 2 : index - MESSAGE_BST],
                  assembled, &at);
    }
    if (!assembled->length_ok) {
        seen->ill = at;
        seen->ill_count++;
        seen->ill_length = assembled->length;
    }
    if (!whole) {
        if (index == MESSAGE_BCL || index == MESSAGE_CCS) {
            take_charging(ending, &at);
        }
        return;
    }
    bool changed = seen->count == 0 ||
                   (index == MESSAGE_BSM && memcmp(seen->data + 5, assembled->data + 5, 2) != 0);
    note(seen, assembled, &at);
    int ready = ready_index(index);
    if (ready >= 0 && assembled->data[0] == READY) {
        note(&ending->now.seen[ready], assembled, &at);
    }
    take_meaning(ending, index, assembled, &at, changed);
    assert(ending_sound(ending));
}

/* Did the transfer fail by it? A timer that runs out while packets are due ends it in effect. */
static bool breaks(const struct transfer_event *event) {
    switch (event->fault) {
    case TRANSFER_NO_ANSWER:
    case TRANSFER_HELD:
    case TRANSFER_NO_PACKET:
    case TRANSFER_GAP:
        return event->packet != 0;
    case TRANSFER_UNFINISHED: /* it is the capture that ends, or lacks a packet */
    case TRANSFER_MISSED:
    case TRANSFER_MISSED_RTS:
    case TRANSFER_MISSED_CTS:
        return false;
    default:
        return event->ends;
    }
}

/* A broken transfer shows that its sender was not silent, at least until its RTS. */
static void note_sender(struct ending *ending, bool charger, const struct transfer_event *event) {
    assert(event->late_ns >= 0 && event->first_mark <= event->mark);
    struct instant *side = &ending->now.side[charger];
    bool timer = event->late_ns > 0;
    int64_t at_ns = timer ? event->at_ns - event->late_ns : event->at_ns;
    if (event->by_charger != charger && !timer) {
        at_ns = event->first_ns;
    }
    if (at_ns >= side->ns && event->first_mark > side->mark) {
        *side = (struct instant){at_ns, event->first_mark, ending->order};
    }
}

void ending_fault(struct ending *ending, const struct transfer_event *event) {
    const struct message *message = message_by_pgn(event->pgn);
    if (message == NULL || !breaks(event)) {
        return;
    }
    struct seen *seen = &ending->now.seen[message_index(message)];
    if (seen->broken_count == 0 || seen->broken_rts != event->first_mark) {
        seen->broken_count++;
        seen->fault = event->fault;
        seen->fault_by_charger = event->by_charger;
    }
    seen->broken = (struct instant){event->at_ns, event->mark, ending->order};
    seen->broken_rts = event->first_mark;
    note_sender(ending, message->from_charger, event);
}

/* ------------------------------------------------------------------ figures */

static double output_value(const uint16_t raw[2], uint16_t none, double scale, double offset) {
    uint16_t one = raw[1] != none ? raw[1] : raw[0];
    return one == none ? NAN : one * scale + offset;
}

static double or_else(double value, double other) {
    return isnan(value) ? other : value;
}

static void fill_figures(const struct ending *ending, struct rules_session *session) {
    const struct evidence *now = &ending->now;
    memcpy(session->vin, ending->vin, sizeof session->vin);
    session->energy_kwh = evidence_value(now, MESSAGE_CSD, "energy");
    session->minutes = or_else(evidence_value(now, MESSAGE_CSD, "charging_time"),
                               evidence_value(now, MESSAGE_CCS, "charging_time"));
    session->soc_from = ending->soc_from;
    session->soc_to =
        or_else(evidence_value(now, MESSAGE_BSD, "soc"), evidence_value(now, MESSAGE_BCS, "soc"));
    session->voltage_max = output_value(ending->voltage_raw, 0, 0.1, 0);
    session->current_max = output_value(ending->current_raw, NO_RAW, -0.1, 400);
    session->reconnections = ending->reconnections;
}

void ending_followed(struct ending *ending) {
    ending->followed = true;
}

void ending_finish(const struct ending *ending, int64_t end_ns, struct rules_session *session) {
    assert(ending_sound(ending));
    session->zh[0] = session->en[0] = '\0';
    session->ended_by = ENDED_NOT;
    memcpy(session->story, ending->story, sizeof session->story);
    session->story_count = ending->story_count;
    fill_figures(ending, session);
    bool stopped = ending->said[SAID_BST].at.order != 0 || ending->said[SAID_CST].at.order != 0;
    if (ending->only != ENDING_BOTH) {
        ending_by_one_side(ending, end_ns, session);
    } else if (ending->origin_kind >= 0) {
        ending_by_error(ending, end_ns, session);
    } else if (stopped) {
        ending_by_stop(ending, end_ns, session);
    } else {
        ending_by_silence(ending, end_ns, session);
    }
    struct writer writer = session_writer(session);
    if (ending->healed == 1) {
        tell_both(writer, "此前有1次通信超时，已重新连接成功。",
                  " Before that, a timeout had been healed by reconnecting.");
    } else if (ending->healed > 1) {
        tell(writer, "此前有%u次通信超时，均已重新连接成功。",
             " Before that, %u timeouts had been healed by reconnecting.", ending->healed);
    }
    if (ending->inside && ending->only == ENDING_BOTH) {
        tell_both(writer, "记录从充电过程中间开始。",
                  " The recording begins in the middle of the charge.");
    }
    /* There is always a last word, in both languages, and a charge that ended has an instant. */
    assert(session->zh[0] != '\0' && session->en[0] != '\0');
    assert(ending->failed <= ending->reconnections);
    assert(session->story_count <= RULE_PROOFS_MAX);
}
