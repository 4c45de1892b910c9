/* SPDX-License-Identifier: MIT */
/* BST and CST: who said so first, and why. */
#include "vehicle_bms/ending/internal.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define MS      INT64_C(1000000)
#define CROSSED (50 * MS)   /* both on their way at once: neither can be the other's answer */
#define SILENT  (1000 * MS) /* no pause between two frames any more */

/* What a reason is about: the figures that belong to it. */
enum figures {
    FIGURES_NONE,
    FIGURES_SOC,
    FIGURES_VOLTAGE,
    FIGURES_CELL,
    FIGURES_CURRENT,
    FIGURES_TEMPERATURE,
};

static const struct {
    enum message_index message;
    const char *field;
    enum figures figures;
} reasons[] = {
    {MESSAGE_BST, "soc_reached", FIGURES_SOC},
    {MESSAGE_BST, "voltage_reached", FIGURES_VOLTAGE},
    {MESSAGE_BST, "cell_voltage_reached", FIGURES_CELL},
    {MESSAGE_BST, "pack_over_temperature", FIGURES_TEMPERATURE},
    {MESSAGE_BST, "over_current", FIGURES_CURRENT},
    {MESSAGE_BST, "voltage_abnormal", FIGURES_VOLTAGE},
    {MESSAGE_CST, "energy_not_transferred", FIGURES_CURRENT},
    {MESSAGE_CST, "current_mismatch", FIGURES_CURRENT},
    {MESSAGE_CST, "voltage_abnormal", FIGURES_VOLTAGE},
};

static void tell_figure(struct writer writer, const char *zh, const char *en, double value,
                        const char *unit) {
    if (!isnan(value)) {
        tell_both(writer, zh, en);
        tell(writer, "%.*f %s", " %.*f %s", value == rint(value) ? 0 : 2, value, unit);
    }
}

static void tell_figures(struct writer writer, enum figures figures,
                         const struct evidence *before) {
    assert(figures <= FIGURES_TEMPERATURE);
    switch (figures) {
    case FIGURES_SOC:
        tell_figure(writer, "BCS：SOC ", "BCS: SOC", evidence_value(before, MESSAGE_BCS, "soc"),
                    "%");
        break;
    case FIGURES_VOLTAGE:
        tell_voltage(writer, before);
        break;
    case FIGURES_CELL:
        tell_figure(writer, "BCS：最高单体电压", "BCS: highest cell",
                    evidence_value(before, MESSAGE_BCS, "cell_voltage_max"), "V");
        tell_figure(writer, "，BCP最高允许", ", BCP allows",
                    evidence_value(before, MESSAGE_BCP, "cell_voltage_max"), "V");
        break;
    case FIGURES_CURRENT:
        tell_current(writer, before);
        break;
    case FIGURES_TEMPERATURE:
        tell_figure(writer, "BSM：最高温度", "BSM: highest temperature",
                    evidence_value(before, MESSAGE_BSM, "temperature_max"), "°C");
        tell_figure(writer, "，BCP最高允许", ", BCP allows",
                    evidence_value(before, MESSAGE_BCP, "temperature_max"), "°C");
        break;
    case FIGURES_NONE:
        break;
    }
}

/* "(BST; BCS: SOC 98 %)": where the reasons stand, and the figures of the first that has any. */
static void tell_proof(struct writer writer, const struct said *said,
                       const struct message *message) {
    tell(writer, "（%s", " (%s", message->code);
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (&messages[reasons[i].message] != message ||
            !said_bit(said, message, reasons[i].field)) {
            continue;
        }
        struct statement figures = {"", ""};
        tell_figures(statement_writer(&figures), reasons[i].figures, &said->before);
        if (figures.en[0] != '\0') {
            tell_both(writer, "；", "; ");
            tell_statement(writer, &figures);
            break;
        }
    }
    tell_both(writer, "）。", ").");
}

/* Before any energy flowed: how far it had come. */
static void tell_too_early(const struct ending *ending, const struct said *said,
                           struct writer writer) {
    assert(said->at.order != 0);
    const struct stage *stage = evidence_stage(&said->before);
    if (ending->since.order == 0 && stage != NULL) {
        tell_both(writer, "此时尚未开始充电（", " Charging had not begun yet (");
        tell_both(writer, stage->zh, stage->en);
        tell_both(writer, "）。", ").");
    }
}

/* ------------------------------------------------------------------ BST first */

static bool reached(const struct said *bst) {
    const struct message *message = &messages[MESSAGE_BST];
    return said_bit(bst, message, "soc_reached") || said_bit(bst, message, "voltage_reached") ||
           said_bit(bst, message, "cell_voltage_reached");
}

/* A fault named in bytes 2 to 4. */
static bool faulty(const struct said *bst) {
    const struct message *message = &messages[MESSAGE_BST];
    for (size_t i = 0; i < message->field_count; i++) {
        if (message->fields[i].byte >= 2 && said_bit(bst, message, message->fields[i].name)) {
            return true;
        }
    }
    return false;
}

/* The other side's reason is its own, though it stopped second: by how much. */
static void tell_own_stop(const struct ending *ending, const struct said *first,
                          const struct said *second, bool charger, struct writer writer) {
    assert(first->at.order != 0 && second->at.order != 0); /* both have come */
    const struct duration after = duration_of(ending, second->at.ns - first->at.ns);
    tell(writer,
         charger ? "充电机几乎同时（%s后）也发送了CST：" : "车辆BMS几乎同时（%s后）也发送了BST：",
         charger ? " Almost at once (%s later) the charger sent a CST of its own: "
                 : " Almost at once (%s later) the vehicle's BMS sent a BST of its own: ",
         after.text);
    tell_bits(writer, second, &messages[charger ? MESSAGE_CST : MESSAGE_BST]);
    tell_both(writer, "。", ".");
}

static void tell_answer(const struct ending *ending, int64_t end_ns, struct writer writer) {
    assert(ending->said[SAID_BST].at.order != 0); /* what is answered */
    const struct said *bst = &ending->said[SAID_BST], *cst = &ending->said[SAID_CST];
    bool own = cst->reason && !said_bit(cst, &messages[MESSAGE_CST], "bms_stopped");
    bool later = cst->at.order > bst->at.order;
    if (cst->at.order != 0 && own && later && ending->clock &&
        cst->at.ns - bst->at.ns <= ending->limits.crossing_ns) {
        tell_own_stop(ending, bst, cst, true, writer);
    } else if (cst->at.order != 0) {
        tell_both(writer, "充电机以CST应答", " The charger answered with CST");
        if (ending->clock && later) {
            tell(writer, "（%s后）", " after %s",
                 duration_of(ending, cst->at.ns - bst->at.ns).text);
        }
        if (own) {
            tell_both(writer, "，但CST给出的原因是：", ", but its CST names another reason: ");
            tell_bits(writer, cst, &messages[MESSAGE_CST]);
        }
        tell_both(writer, "。", ".");
    } else if (ending->clock && end_ns - bst->at.ns >= ending->limits.cst_ns) {
        tell(writer, "充电机在此后%s内未以CST应答。",
             " The charger did not answer with CST in the %s that followed.",
             duration_of(ending, end_ns - bst->at.ns).text);
    } else if (ending->followed || ending->now.seen[MESSAGE_BSD].count > 0 ||
               ending->now.seen[MESSAGE_CSD].count > 0) {
        tell_both(writer, "充电机没有以CST应答。", " The charger did not answer with CST.");
    } else {
        tell_both(writer, "记录在CST出现之前结束", " The recording ends before any CST");
        if (ending->clock) {
            tell(writer, "（BST之后%s）", " (%s after BST)",
                 duration_of(ending, end_ns - bst->at.ns).text);
        }
        tell_both(writer, "。", ".");
    }
}

static void by_bms(const struct ending *ending, int64_t end_ns, struct rules_session *session) {
    assert(ending->said[SAID_BST].at.order != 0);
    const struct said *bst = &ending->said[SAID_BST];
    const struct message *message = &messages[MESSAGE_BST];
    struct writer writer = session_writer(session);
    session->ended_by = ENDED_BY_BMS;
    if (!bst->reason) {
        tell_both(writer, "车辆BMS结束了充电，但未给出原因（BST没有置位）。",
                  "The vehicle's BMS ended the charge and gave no reason (no bit of BST is set).");
    } else if (faulty(bst)) {
        tell_both(writer, "车辆BMS因故障中止了充电：",
                  "The vehicle's BMS stopped the charge for a fault: ");
    } else if (reached(bst)) {
        tell_both(writer, "车辆BMS正常结束了充电：",
                  "The vehicle's BMS ended the charge as intended: ");
    } else { /* only "charger stopped", and no CST before it */
        tell_both(writer, "车辆BMS以BST结束了充电，并称充电机已中止，但此前没有CST：",
                  "The vehicle's BMS ended the charge and says that the charger had stopped, "
                  "though no CST came before: ");
    }
    if (bst->reason) {
        tell_bits(writer, bst, message);
        tell_proof(writer, bst, message);
    }
    if (ending->only == ENDING_BOTH) {
        tell_too_early(ending, bst, writer);
        tell_answer(ending, end_ns, writer);
    }
}

/* ------------------------------------------------------------------ CST first */

static void clear_bit(struct said *said, const struct message *message, const char *name) {
    const struct field *field = field_find(message, name);
    if (field != NULL) {
        assert(field->byte >= 1 && field->byte <= sizeof said->data && field->bits == 2);
        said->data[field->byte - 1] &= (uint8_t) ~(3u << (field->bit - 1));
    }
}

/* What CST gives as reasons beside those that are told: its first byte has room for several. */
static void tell_besides(const struct said *rest, struct writer writer) {
    struct statement besides = {"", ""};
    if (tell_bits(statement_writer(&besides), rest, &messages[MESSAGE_CST])) {
        tell_both(writer, "CST同时给出：", " CST says besides: ");
        tell_statement(writer, &besides);
        tell_both(writer, "。", ".");
    }
}

static void tell_person(const struct said *cst, struct writer writer) {
    const struct message *message = &messages[MESSAGE_CST];
    const bool stop = said_bit(cst, message, "emergency_stop");
    struct said rest = *cst;
    if (stop) {
        tell_both(writer, "充电机的急停按钮被按下（CST：充电机急停故障）。",
                  "The charger's emergency stop was pressed (CST: emergency stop).");
    } else {
        tell_both(writer, "有人在充电机侧手动停止了充电（CST：人工中止）。",
                  "Somebody stopped the charge at the charger by hand (CST: stopped by hand).");
    }
    clear_bit(&rest, message, "manual_stop");
    clear_bit(&rest, message, "emergency_stop");
    if (stop) {
        clear_bit(&rest, message, "fault_stop"); /* it is one */
    }
    tell_besides(&rest, writer);
}

/* The vehicle's doing, though the charger said it: abnormal BSM or a pause that was too long. */
static bool tell_vehicle_state(const struct ending *ending, const struct said *cst,
                               struct writer writer) {
    assert(cst->at.order != 0);
    const struct evidence *before = &cst->before;
    struct statement states = {"", ""};
    if (evidence_abnormal(before, &states)) {
        tell_both(writer, "车辆状态异常使充电机中止了充电，BSM报告：",
                  "The vehicle's state made the charger stop; BSM reported: ");
        tell_statement(writer, &states);
        if (ending->clock) {
            tell(writer, "（CST之前%s起）", " (since %s before CST)",
                 duration_of(ending, cst->at.ns - before->abnormal.ns).text);
        }
        tell_both(writer, "。", ".");
        return true;
    }
    if (before->paused.order != 0 && ending->clock &&
        cst->at.ns - before->paused.ns >= ending->limits.pause_ns / 20 * 19) {
        tell(
            writer, "车辆暂停充电（BSM充电禁止）%s后，充电机中止了充电，允许的最长暂停为%s。",
            "The charger stopped after the vehicle had paused the charge (BSM: charging forbidden) "
            "for %s; a pause may last %s.",
            duration_of(ending, cst->at.ns - before->paused.ns).text,
            duration_of(ending, ending->limits.pause_ns).text);
        return true;
    }
    return false;
}

/* Demand or state had been missing for half of what the charger waits for, or longer. */
static bool tell_quiet(const struct ending *ending, const struct said *cst, int index,
                       int64_t limit_ns, struct writer writer) {
    assert((unsigned)index < SEEN_COUNT && limit_ns > 0);
    const struct seen *seen = &cst->before.seen[index];
    int64_t quiet_ns = cst->at.ns - seen->last.ns;
    if (!ending->clock || seen->count == 0 || quiet_ns < limit_ns / 2) {
        return false;
    }
    if (ending_too_quiet(quiet_ns, limit_ns)) {
        return true; /* that is told first of all */
    }
    tell(writer, "CST之前%s已中断%s。", " %s had been silent for %s before CST.",
         seen_message(index)->code, duration_of(ending, quiet_ns).text);
    return true;
}

/* A demand that had fallen silent explains a CST that says "fault" and no more. */
static void tell_quiet_vehicle(const struct ending *ending, const struct said *cst,
                               struct writer writer) {
    if (tell_quiet(ending, cst, MESSAGE_BCL, ending->limits.bcl_ns, writer) ||
        tell_quiet(ending, cst, MESSAGE_BCS, ending->limits.bcs_ns, writer)) {
        ; /* told */
    } else if (ending->since.order != 0) {
        tell_both(writer, "双方此前一直正常通信。", " Both sides had talked until then.");
    }
    if (cst->before.paused.order != 0 && ending->clock) {
        tell(writer, "当时车辆暂停充电已%s。", " The vehicle had paused the charge for %s.",
             duration_of(ending, cst->at.ns - cst->before.paused.ns).text);
    }
}

/* A state that the 2015 edition reserves says 01: one of those that 2023 adds. */
static bool further(const struct said *cst) {
    assert(cst->length <= sizeof cst->data);
    for (unsigned bit = 4; cst->length == 4 && bit < 8; bit += 2) {
        if (((unsigned)cst->data[2] >> bit & 3u) == 1 ||
            ((unsigned)cst->data[3] >> bit & 3u) == 1) {
            return true;
        }
    }
    return false;
}

static void tell_charger(const struct ending *ending, const struct said *cst,
                         struct writer writer) {
    assert(cst->at.order != 0);
    const struct message *message = &messages[MESSAGE_CST];
    bool fault = said_bit(cst, message, "fault_stop");
    bool condition = said_bit(cst, message, "condition_reached");
    struct statement causes = {"", ""};
    struct said named = *cst;
    named.data[0] = 0xFF; /* byte 1 says how, bytes 2 to 4 say why */
    bool cause = tell_bits(statement_writer(&causes), &named, message);
    const char *told = "fault_stop";
    if (cause) {
        tell_both(writer, "充电机因故障中止了充电：",
                  "The charger stopped the charge for a fault: ");
        tell_statement(writer, &causes);
        tell_proof(writer, cst, message);
    } else if (further(cst)) {
        tell_both(writer,
                  "充电机中止了充电，CST的原因位在2015版中未定义（2023版新增，含义未公开）。",
                  "The charger stopped the charge for a reason whose bit GB/T 27930-2015 reserves "
                  "(2023 adds reasons; their places are not public).");
    } else if (fault) {
        tell_both(writer, "充电机因故障中止了充电，但CST没有指明是什么故障。",
                  "The charger stopped the charge for a fault, but CST does not say which.");
    } else if (condition) {
        told = "condition_reached";
        tell_both(writer,
                  "充电机正常结束了充电：达到充电机设定的条件（CST），例如电量、金额或时间。",
                  "The charger ended the charge as intended: condition set on the charger reached "
                  "(CST), such as energy, money or time.");
    } else if (said_bit(cst, message, "bms_stopped")) {
        told = "bms_stopped";
        tell_both(writer, "充电机结束了充电，并称BMS已主动中止，但此前没有BST。",
                  "The charger ended the charge and says that the BMS had stopped it, though no "
                  "BST came before.");
    } else {
        tell_both(writer, "充电机结束了充电，但未给出原因（CST没有置位）。",
                  "The charger ended the charge and gave no reason (no bit of CST is set).");
    }
    memset(named.data + 1, 0, sizeof named.data - 1);
    named.data[0] = cst->data[0]; /* now byte 1 alone */
    clear_bit(&named, message, told);
    tell_besides(&named, writer);
    if ((!condition || cause || fault) && ending->only == ENDING_BOTH) {
        tell_quiet_vehicle(ending, cst, writer);
    }
}

static void by_charger(const struct ending *ending, struct rules_session *session) {
    assert(ending->said[SAID_CST].at.order != 0);
    const struct said *bst = &ending->said[SAID_BST], *cst = &ending->said[SAID_CST];
    const struct message *message = &messages[MESSAGE_CST];
    struct writer writer = session_writer(session);
    bool stop = said_bit(cst, message, "emergency_stop");
    if (stop || said_bit(cst, message, "manual_stop")) {
        session->ended_by = ENDED_BY_PERSON;
        tell_person(cst, writer);
    } else {
        session->ended_by = ENDED_BY_CHARGER;
        bool condition = said_bit(cst, message, "condition_reached");
        if (condition || !tell_vehicle_state(ending, cst, writer)) {
            tell_charger(ending, cst, writer);
        } else if (cst->reason) {
            tell_both(writer, "CST给出：", " CST says: ");
            tell_bits(writer, cst, message);
            tell_both(writer, "。", ".");
        }
    }
    if (ending->only == ENDING_BOTH) {
        tell_too_early(ending, cst, writer);
    }
    if (bst->at.order != 0 && ending->clock && bst->at.ns - cst->at.ns < CROSSED &&
        (reached(bst) || faulty(bst))) {
        tell_own_stop(ending, cst, bst, false, writer);
    }
}

/* An error message after the stop belongs to the end phase: BST, BSD, CSD missing. */
static void tell_later_error(const struct ending *ending, struct writer writer) {
    for (int kind = SAID_BEM; kind <= SAID_CEM; kind++) {
        const struct said *error = &ending->said[kind];
        if (error->at.order != 0) {
            tell(writer, "之后%s：", " Afterwards %s: ", kind == SAID_CEM ? "CEM" : "BEM");
            if (!tell_bits(writer, error,
                           &messages[kind == SAID_CEM ? MESSAGE_CEM : MESSAGE_BEM])) {
                tell_both(writer, "未指明报文", "no message named");
            }
            tell_both(writer, "。", ".");
        }
    }
}

/* A side that fell silent after the stop, before its statistics, while the other went on. */
static void tell_silent_since(const struct ending *ending, struct writer writer) {
    const struct instant *bms = &ending->now.side[0], *charger = &ending->now.side[1];
    int64_t apart_ns = charger->ns - bms->ns;
    bool vehicle = apart_ns > 0;
    int statistics = vehicle ? MESSAGE_BSD : MESSAGE_CSD;
    if (!ending->clock || bms->order == 0 || charger->order == 0 ||
        (apart_ns < SILENT && apart_ns > -SILENT) || ending->now.seen[statistics].count > 0) {
        return;
    }
    assert(ending->clock && bms->order != 0 && charger->order != 0);
    tell(writer,
         vehicle ? "车辆随后失去通信（最后一帧在第%llu行），充电机此后还发送了%s。"
                 : "充电机随后失去通信（最后一帧在第%llu行），车辆此后还发送了%s。",
         vehicle ? " The vehicle then fell silent (its last frame is line %llu); the charger went "
                   "on for %s."
                 : " The charger then fell silent (its last frame is line %llu); the vehicle went "
                   "on for %s.",
         (unsigned long long)(vehicle ? bms : charger)->mark,
         duration_of(ending, vehicle ? apart_ns : -apart_ns).text);
}

/* ------------------------------------------------------------------ who was first */

/* It says that the other side had stopped, and nothing else. */
static bool only_answers(const struct said *said, bool charger) {
    struct said rest = *said;
    struct statement ignored = {"", ""};
    const struct message *message = &messages[charger ? MESSAGE_CST : MESSAGE_BST];
    bool answers =
        said->at.order != 0 && said_bit(said, message, charger ? "bms_stopped" : "charger_stopped");
    rest.data[0] &= 0x3F;
    return answers && !tell_bits(statement_writer(&ignored), &rest, message);
}

/* The side whose message stands first in the file was the second: the frames begin after the other
 * one's, or the recorder has turned two round that came at once. */
static bool was_second(const struct ending *ending, const struct said *first,
                       const struct said *other, bool charger) {
    assert(first->at.order != 0 && (other->at.order == 0 || other->at.order != first->at.order));
    bool unheard = ending->inside && first->before.side[!charger].order == 0;
    bool at_once = other->at.order != 0 && other->reason && !only_answers(other, !charger) &&
                   ending->clock && other->at.ns - first->at.ns <= ending->limits.crossing_ns;
    return only_answers(first, charger) && (unheard || at_once);
}

/* The answer is all that the capture holds. */
static void by_unseen(bool charger, struct rules_session *session) {
    session->ended_by = charger ? ENDED_BY_BMS : ENDED_BY_CHARGER;
    tell_both(session_writer(session),
              charger ? "车辆BMS先中止了充电，充电机以CST应答（BMS主动中止）；BST及其原因在记录"
                        "开始之前。"
                      : "充电机先中止了充电，车辆以BST应答（充电机主动中止）；CST及其原因在记录"
                        "开始之前。",
              charger ? "The vehicle's BMS stopped the charge, and the charger answered (CST: BMS "
                        "stopped); BST and its reason came before the recording begins."
                      : "The charger stopped the charge, and the vehicle answered (BST: charger "
                        "stopped); CST and its reason came before the recording begins.");
    assert(session->ended_by != ENDED_NOT);
}

void ending_by_stop(const struct ending *ending, int64_t end_ns, struct rules_session *session) {
    const struct said *bst = &ending->said[SAID_BST], *cst = &ending->said[SAID_CST];
    bool bms = bst->at.order != 0 && (cst->at.order == 0 || bst->at.order < cst->at.order);
    const struct said *first = bms ? bst : cst;
    assert(first->at.order != 0);
    bool second = ending->only == ENDING_BOTH && was_second(ending, first, bms ? cst : bst, !bms);
    bool unseen =
        second && ((bms ? cst : bst)->at.order == 0 || only_answers(bms ? cst : bst, bms));
    if (second && !unseen) {
        bms = !bms;
        first = bms ? bst : cst;
    }
    session->ended_ns = first->at.ns;
    session->ended_mark = first->at.mark;
    bool named = !unseen && ending_quiet_first(ending, first, bms, session);
    if (unseen) {
        by_unseen(!bms, session);
    } else if (bms) {
        by_bms(ending, end_ns, session);
    } else {
        by_charger(ending, session);
    }
    if (named && session->ended_by != ENDED_BY_PERSON) {
        session->ended_by = ENDED_BY_TIMEOUT;
    }
    tell_silent_since(ending, session_writer(session));
    tell_later_error(ending, session_writer(session));
    assert(session->ended_by != ENDED_NOT && session->ended_mark == first->at.mark);
}
