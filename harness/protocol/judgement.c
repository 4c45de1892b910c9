/* SPDX-License-Identifier: MIT */
/* What the rules and the capture's health say, as reports/judgement.h. */
#include "harness/capture/health_text.h"
#include "harness/protocol/check.h"
#include "harness/protocol/internal.h"
#include "sim/memory.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SWAPPED_LEAST 10 /* messages; fewer are somebody's mistake, not the file's */

/* ------------------------------------------------------------------ remarks on the file */

static void remark(struct protocol_judge *judge, uint64_t line, const char *zh, const char *en, ...)
    __attribute__((format(printf, 3, 5), format(printf, 4, 5)));

static void remark(struct protocol_judge *judge, uint64_t line, const char *zh, const char *en,
                   ...) {
    assert(judge->remark_count < REMARKS_MAX); /* none is left out */
    struct remark *texts = &judge->remark_texts[judge->remark_count];
    va_list arguments, again;
    va_start(arguments, en);
    va_copy(again, arguments);
    vsnprintf(texts->zh, sizeof texts->zh, zh, arguments);
    vsnprintf(texts->en, sizeof texts->en, en, again);
    va_end(again);
    va_end(arguments);
    judge->remarks[judge->remark_count++] =
        (struct judgement_proof){.at_ns = 0, .line = line, .text = {texts->en, texts->zh}};
}

/* A text that the capture has in both languages. */
static void remark_text(struct protocol_judge *judge, uint64_t line, const char *before_zh,
                        const char *before_en, const struct capture_text *text) {
    assert(judge->remark_count < REMARKS_MAX); /* none is left out */
    struct remark *texts = &judge->remark_texts[judge->remark_count];
    snprintf(texts->zh, sizeof texts->zh, "%s%s", before_zh, text->zh);
    snprintf(texts->en, sizeof texts->en, "%s%s", before_en, text->en);
    judge->remarks[judge->remark_count++] =
        (struct judgement_proof){.line = line, .text = {texts->en, texts->zh}};
}

static void remark_on_networks(struct protocol_judge *judge, const struct capture_health *health) {
    if (!judge->several) {
        return;
    }
    char others[REMARK_TEXT / 2] = "";
    for (size_t i = 0; i < health->network_count; i++) {
        size_t used = strlen(others);
        if (strcmp(health->networks[i], judge->network) != 0) {
            snprintf(others + used, sizeof others - used, "%s%s", used > 0 ? ", " : "",
                     health->networks[i]);
        }
    }
    remark(judge, 0, "文件含多个网络：判定%s（GB/T 27930报文最多），未判定：%s",
           "the file has several networks: judged is %s, which has the frames of GB/T 27930; left "
           "out: %s",
           judge->network, others);
}

static void remark_on_edition(struct protocol_judge *judge) {
    const char *likely = edition_text(judge->likely.edition);
    const char *year = edition_year(judge->likely.edition);
    char which[EDITION_MESSAGES_SIZE];
    if (judge->likely.edition == judge->options->edition) {
        return;
    }
    edition_messages(judge->likely.by, which, sizeof which);
    if (judge->edition == judge->likely.edition) {
        remark(judge, 0, "从%s的形式看是%s，按此判定；如需其他版本：--edition",
               "by the form of %s this is %s, and judged as such; for another one say --edition",
               which, likely);
    } else {
        remark(judge, 0, "从%s的形式看像是%s：如属实，请用--edition %s",
               "by the form of %s this looks like %s: if it is, say --edition %s", which, likely,
               year);
    }
}

/* More charges than are told one by one: how the others ended. */
static void remark_on_charges(struct protocol_judge *judge) {
    const size_t charges = rules_charge_count(judge->rules);
    char en[REMARK_TEXT / 2 + 40] = "", zh[REMARK_TEXT / 2 + 40] = "";
    if (charges <= RULES_SESSIONS_MAX) {
        return;
    }
    for (unsigned by = 0; by < ENDED_BY_COUNT; by++) {
        const uint64_t count = rules_charges_left_out(judge->rules, (enum ended_by)by);
        const size_t used_en = strlen(en), used_zh = strlen(zh);
        if (count > 0) {
            snprintf(en + used_en, sizeof en - used_en, "%s%s: %" PRIu64, used_en > 0 ? "; " : "",
                     ended_by_text((enum ended_by)by, false), count);
            snprintf(zh + used_zh, sizeof zh - used_zh, "%s%s：%" PRIu64, used_zh > 0 ? "；" : "",
                     ended_by_text((enum ended_by)by, true), count);
        }
    }
    struct capture_text told;
    snprintf(told.en, sizeof told.en,
             "of %zu charges the first %d and the last are told; of the others: %s", charges,
             RULES_SESSIONS_MAX - 1, en);
    snprintf(told.zh, sizeof told.zh, "共%zu次充电，只逐一列出前%d次和最后一次；其余：%s", charges,
             RULES_SESSIONS_MAX - 1, zh);
    remark_text(judge, 0, "", "", &told);
}

static void remark_on_sides(struct protocol_judge *judge) {
    if (!judge->only) {
        return;
    }
    if (rules_is_only(judge->rules)) {
        remark(judge, 0,
               judge->only_charger ? "记录中只有充电机的报文：涉及双方的规则不适用%s"
                                   : "记录中只有BMS的报文：涉及双方的规则不适用%s",
               judge->only_charger
                   ? "the capture holds frames of the charger only: rules that need "
                     "both sides do not apply%s"
                   : "the capture holds frames of the BMS only: rules that need both "
                     "sides do not apply%s",
               "");
    } else {
        remark(judge, 0, "记录开始部分只有一方的报文%s",
               "for long from the beginning there are frames of one side only%s", "");
    }
}

/* "recorded twice", of which sides. */
static void remark_on_copies(struct protocol_judge *judge) {
    const bool bms = twice_is(&judge->twice, false), charger = twice_is(&judge->twice, true);
    const uint64_t copies = judge->twice.copies[0] + judge->twice.copies[1];
    if (!bms && !charger) {
        return;
    }
    remark(judge, 0,
           bms && charger ? "记录工具把每一帧记录了两次（发送回显和接收）：略去%" PRIu64 "帧副本"
           : bms ? "记录工具把BMS的每一帧记录了两次（发送回显和接收）：略去%" PRIu64 "帧副本"
                 : "记录工具把充电机的每一帧记录了两次（发送回显和接收）：略去%" PRIu64 "帧副本",
           bms && charger ? "recorded twice: the recorder wrote each frame down as sent and as "
                            "received; the %" PRIu64 " copies are left out"
           : bms
               ? "recorded twice: the recorder wrote each frame of the BMS down as sent and as "
                 "received; the %" PRIu64 " copies are left out"
               : "recorded twice: the recorder wrote each frame of the charger down as sent and as "
                 "received; the %" PRIu64 " copies are left out",
           copies);
}

/* Charger and BMS under each other's address, in all that they say. */
static void remark_on_addresses(struct protocol_judge *judge) {
    if (judge->swapped >= SWAPPED_LEAST && judge->swapped > judge->right) {
        remark(judge, 0,
               "%" PRIu64 "帧报文的源地址和目的地址（56和F4）对调：充电机的报文来自BMS的地址，"
               "BMS的报文来自充电机的地址",
               "addresses exchanged: %" PRIu64
               " messages have source and destination (56 and F4) the wrong way round, the "
               "charger's come from the address of the BMS and the other way round",
               judge->swapped);
    }
}

static void remark_on_records(struct protocol_judge *judge, const struct capture_health *health) {
    if (strcmp(capture_unit(health->format), "line") != 0) {
        remark(judge, 0, "此格式没有行：所称的行是文件中记录的序号%s",
               "this format has no lines: what is called a line is the number of a record%s", "");
    }
}

static void remark_on_clock(struct protocol_judge *judge, const struct capture_health *health) {
    if (health->no_clock.en[0] != '\0') {
        remark_text(judge, 0, "", "", &health->no_clock);
    }
    if (!judge->clock) {
        remark(judge, 0, "记录没有可用的时间：只判定顺序和内容，与时间有关的规则均为无法判定%s",
               "no clock in this capture: order and content are judged, every rule of time is "
               "inconclusive%s",
               "");
    } else if (health->resolution_ns >= INT64_C(10000000)) {
        remark(judge, 0, "时钟分辨率只有%.0f ms：更短的时间无法判定",
               "the clock has steps of %.0f ms: what is shorter cannot be decided",
               (double)health->resolution_ns / 1e6);
    }
    if (health->steps_back > 0) {
        remark(judge, health->first_back_line,
               "时间在此倒退（全文件共%" PRIu64 "次）：跨越此处的时间不作判定",
               "time goes backwards here (in all: %" PRIu64 "): no time is judged across it",
               health->steps_back);
    }
    if (judge->still.count > 0) {
        remark(judge, judge->still.first_line,
               "此前%.0f ms双方均无报文，随后照常继续（全文件共%" PRIu64
               "处）：记录有缺失、时钟被拨快或总线停顿，跨越此处的时间不作判定",
               "for %.0f ms before this neither side says anything, and both go on as before (in "
               "all: %" PRIu64 "): something was not recorded, the clock was set forward, or the "
               "bus stood still; no time is judged across it",
               (double)judge->still.first_ns / 1e6, judge->still.count);
    }
}

static void remark_on_damage(struct protocol_judge *judge, const struct capture_health *health) {
    const uint64_t odd = health->remote + health->error + health->fd + health->other;
    if (odd > 0) {
        remark(judge, 0,
               "有%" PRIu64 "帧不是经典数据帧（远程帧、错误帧、CAN FD），GB/T 27930不使用",
               "%" PRIu64 " frames are no classic data frames (remote, error, CAN FD), which "
               "GB/T 27930 does not use",
               odd);
    }
    if (health->cut) {
        remark(judge, 0, "文件在一行中间结束%s", "the file ends in the middle of a line%s", "");
    }
    if (health->unended_line > 0) {
        remark(judge, health->unended_line,
               judge->cut_frame ? "文件在此行结束而没有换行：数据可能不完整，此帧未采用%s"
                                : "文件在此行结束而没有换行：此帧长度与其报文相符，予以采用%s",
               judge->cut_frame
                   ? "the file ends here without a line end: data may be missing, this "
                     "frame is left out%s"
                   : "the file ends here without a line end: this frame has the length "
                     "of its message and is used%s",
               "");
    }
    if (health->short_data) {
        remark(judge, 0, "所有帧都不超过一个数据字节：请检查data=所指的列%s",
               "no frame has more than one byte of data: is the column of the data right?%s", "");
    }
    if (health->read_error != NULL) {
        remark(judge, 0, "读取提前结束：%s", "reading ended early: %s", health->read_error);
    }
    for (size_t i = 0; i < health->damage_count; i++) {
        const struct capture_damage *damage = &health->damages[i];
        remark_text(judge, damage->line, damage->lost ? "" : "无法读取：",
                    damage->lost ? "" : "could not be read: ", &damage->what);
    }
    if (health->damaged + health->losses > health->damage_count) {
        remark(judge, 0, "还有%" PRIu64 "处类似情况", "and %" PRIu64 " more places like these",
               health->damaged + health->losses - health->damage_count);
    }
    if (capture_columns_doubtful(health)) {
        remark(
            judge, 0,
            "多数行无法读取：若列判断有误，请说明各列位置，例如--columns id=2,data=6,time=1%s",
            "most lines could not be read: if the columns were mistaken, say where they are, for "
            "example --columns id=2,data=6,time=1%s",
            "");
    }
}

/* ------------------------------------------------------------------ rules and charges */

/* Hands out the next places of one array for all proofs. */
static const struct judgement_proof *copy_proofs(struct protocol_judge *judge, size_t *used,
                                                 const struct rule_proof *from, size_t count) {
    assert(count <= RULE_PROOFS_MAX); /* there is room for so many of each */
    struct judgement_proof *to = judge->proofs + *used;
    for (size_t i = 0; i < count; i++) {
        to[i] = (struct judgement_proof){.at_ns = from[i].at_ns,
                                         .line = from[i].mark,
                                         .session = from[i].session,
                                         .text = {from[i].en, from[i].zh}};
    }
    *used += count;
    return to;
}

static void tell_rule(struct protocol_judge *judge, size_t index, size_t *used) {
    const struct rule_result *from = rules_result(judge->rules, index);
    struct judgement_rule *to = &judge->result_rules[index];
    *to = (struct judgement_rule){
        .check = protocol_check(from),
        .side = {rule_side_text(from->side, false), rule_side_text(from->side, true)},
        .group = {rule_kind_text(from->kind, false), rule_kind_text(from->kind, true)},
        .observed = from->observed,
        .violations = from->violations,
        .proofs = copy_proofs(judge, used, from->proofs, from->proof_count),
        .proof_count = from->proof_count,
        .smallest = from->smallest,
        .largest = from->largest,
        .bins = from->kind == RULE_PERIOD ? from->bins : NULL,
        .bin_count = from->kind == RULE_PERIOD ? RULE_BINS : 0,
    };
    protocol_check_measured(&to->check, from);
    if (!judge->clock) {
        to->check.from_ns = to->check.to_ns = to->check.failed_ns = -1;
    }
    judge->judgement.verdict = verdict_worst(judge->judgement.verdict, to->check.verdict);
}

static void tell_session(struct protocol_judge *judge, size_t index, size_t *phases, size_t *used) {
    const struct rules_session *from = rules_session(judge->rules, index);
    struct judgement_phase *to = judge->phases + *phases;
    for (size_t i = 0; i < from->phase_count; i++) {
        const struct rules_phase *phase = &from->phases[i];
        to[i] = (struct judgement_phase){.name = {message_phase_text(phase->phase, false),
                                                  message_phase_text(phase->phase, true)},
                                         .from_ns = phase->from_ns,
                                         .to_ns = phase->to_ns,
                                         .from_line = phase->from_mark,
                                         .to_line = phase->to_mark};
    }
    *phases += from->phase_count;
    const size_t charges = rules_charge_count(judge->rules);
    judge->sessions[index] = (struct judgement_session){
        .number = index + 1 < RULES_SESSIONS_MAX ? index + 1 : charges,
        .from_ns = from->from_ns,
        .to_ns = from->to_ns,
        .from_line = from->from_mark,
        .to_line = from->to_mark,
        .phases = to,
        .phase_count = from->phase_count,
        .reconnections = from->reconnections,
        .ended_by = {ended_by_text(from->ended_by, false), ended_by_text(from->ended_by, true)},
        .ended_ns = from->ended_ns,
        .ended_line = from->ended_mark,
        .last_word = {from->en, from->zh},
        .story = copy_proofs(judge, used, from->story, from->story_count),
        .story_count = from->story_count,
        .vin = from->vin,
        .energy_kwh = from->energy_kwh,
        .soc_from = from->soc_from,
        .soc_to = from->soc_to,
        .voltage_max = from->voltage_max,
        .current_max = from->current_max,
        .minutes = from->minutes,
    };
}

static void tell_results(struct protocol_judge *judge) {
    const size_t rules = rules_count(judge->rules), sessions = rules_session_count(judge->rules);
    size_t used = 0, phases = 0;
    judge->result_rules = memory_zeroed(rules, sizeof *judge->result_rules);
    judge->sessions = memory_zeroed(sessions, sizeof *judge->sessions);
    judge->phases = memory_zeroed(sessions * RULES_PHASES_MAX, sizeof *judge->phases);
    judge->proofs = memory_zeroed((rules + sessions) * RULE_PROOFS_MAX, sizeof *judge->proofs);
    for (size_t i = 0; i < rules; i++) {
        tell_rule(judge, i, &used);
    }
    for (size_t i = 0; i < sessions; i++) {
        tell_session(judge, i, &phases, &used);
    }
    judge->judgement.rules = judge->result_rules;
    judge->judgement.rule_count = rules;
    judge->judgement.sessions = judge->sessions;
    judge->judgement.session_count = sessions;
    judge->judgement.charge_count = rules_charge_count(judge->rules);
}

/* ------------------------------------------------------------------ the whole */

/* The file's own wall time; a relative clock has none. */
static const char *wall_time(struct protocol_judge *judge, const struct capture_health *health) {
    const time_t seconds = (time_t)(judge->start_ns / 1000000000);
    struct tm parts;
    bool date = health->clock == CLOCK_ABSOLUTE;
    if ((!date && health->clock != CLOCK_OF_DAY) || gmtime_r(&seconds, &parts) == NULL) {
        return NULL;
    }
    size_t used = strftime(judge->started_text, sizeof judge->started_text,
                           date ? "%Y-%m-%d %H:%M:%S" : "%H:%M:%S", &parts);
    snprintf(judge->started_text + used, sizeof judge->started_text - used, ".%03d",
             (int)(judge->start_ns / 1000000 % 1000));
    return judge->started_text;
}

void protocol_tell(struct protocol_judge *judge, const char *path) {
    const struct capture_health *health = capture_health(judge->capture);
    struct judgement *judgement = &judge->judgement;
    judge->file = memory_copy(strcmp(path, "-") == 0 ? "standard input" : path);
    judge->dialect = health->dialect;
    remark_on_networks(judge, health);
    remark_on_edition(judge);
    remark_on_sides(judge);
    remark_on_copies(judge);
    remark_on_addresses(judge);
    remark_on_charges(judge);
    remark_on_records(judge, health);
    remark_on_clock(judge, health);
    remark_on_damage(judge, health);
    *judgement = (struct judgement){
        .file = judge->file,
        .dialect = {judge->dialect.en, judge->dialect.zh},
        .edition = edition_text(judge->edition),
        .profile = judge->options->profile,
        .bench_version = PILEBENCH_VERSION,
        .clock_name = {capture_clock_text(health->clock, false),
                       capture_clock_text(health->clock, true)},
        .clock = judge->clock,
        .resolution_ns = health->resolution_ns,
        .start_ns = judge->start_ns,
        .started = judge->clock ? wall_time(judge, health) : NULL,
        .network = judge->several ? judge->network : NULL,
        .frames = judge->frames,
        .foreign = rules_foreign(judge->rules),
        .damaged = health->damaged,
        .remarks = judge->remarks,
        .remark_count = judge->remark_count,
    };
    tell_results(judge);
}
