/* SPDX-License-Identifier: MIT */
/* A judgement as one JSON object: the names of judgement.h, rules with the keys of the record's
 * checks, instants in nanoseconds on the capture's clock, null where nothing is known. */
#include "reports/judgement/judgement.h"
#include "sim/text/json_writer.h"

/* Instants mean nothing without a clock. */
static void put_instant(struct json_writer *json, const char *key,
                        const struct judgement *judgement, int64_t ns) {
    if (judgement->clock) {
        json_integer(json, key, ns);
    } else {
        json_null(json, key);
    }
}

static void put_proofs(struct json_writer *json, const char *key, const struct judgement *judgement,
                       const struct judgement_proof *proofs, size_t count) {
    json_begin_array(json, key);
    for (size_t i = 0; i < count; i++) {
        json_begin_object(json, NULL);
        put_instant(json, "at_ns", judgement, proofs[i].at_ns);
        json_count(json, "line", proofs[i].line);
        json_string(json, "zh", proofs[i].text.zh);
        json_string(json, "en", proofs[i].text.en);
        json_end_object(json);
    }
    json_end_array(json);
}

/* The id first, for people who look for one; then the check as in the record. */
static void put_rule(struct json_writer *json, const struct judgement *judgement,
                     const struct judgement_rule *rule) {
    json_begin_object(json, NULL);
    json_string(json, "id", rule->check.condition);
    json_string(json, "side", rule->side.en);
    json_string(json, "group", rule->group.en);
    result_put_check(json, &rule->check);
    json_count(json, "violations", rule->violations);
    json_number(json, "smallest", rule->smallest);
    json_number(json, "largest", rule->largest);
    put_proofs(json, "proofs", judgement, rule->proofs, rule->proof_count);
    json_end_object(json);
}

static void put_phases(struct json_writer *json, const struct judgement *judgement,
                       const struct judgement_session *session) {
    json_begin_array(json, "phases");
    for (size_t i = 0; i < session->phase_count; i++) {
        const struct judgement_phase *phase = &session->phases[i];
        json_begin_object(json, NULL);
        json_string(json, "phase", phase->name.en);
        put_instant(json, "from_ns", judgement, phase->from_ns);
        put_instant(json, "to_ns", judgement, phase->to_ns);
        json_count(json, "from_line", phase->from_line);
        json_count(json, "to_line", phase->to_line);
        json_end_object(json);
    }
    json_end_array(json);
}

static void put_session(struct json_writer *json, const struct judgement *judgement,
                        const struct judgement_session *session) {
    bool vin = session->vin != NULL && session->vin[0] != '\0';
    json_begin_object(json, NULL);
    json_count(json, "charge", session->number);
    json_string(json, "ended_by", session->ended_by.en);
    json_string(json, "zh", session->last_word.zh);
    json_string(json, "en", session->last_word.en);
    put_instant(json, "ended_ns", judgement, session->ended_ns);
    json_count(json, "ended_line", session->ended_line);
    put_instant(json, "from_ns", judgement, session->from_ns);
    put_instant(json, "to_ns", judgement, session->to_ns);
    json_count(json, "from_line", session->from_line);
    json_count(json, "to_line", session->to_line);
    json_count(json, "reconnections", session->reconnections);
    json_string(json, "vin", vin ? session->vin : NULL);
    json_number(json, "energy_kwh", session->energy_kwh);
    json_number(json, "minutes", session->minutes);
    json_number(json, "soc_from", session->soc_from);
    json_number(json, "soc_to", session->soc_to);
    json_number(json, "voltage_max", session->voltage_max);
    json_number(json, "current_max", session->current_max);
    put_phases(json, judgement, session);
    put_proofs(json, "story", judgement, session->story, session->story_count);
    json_end_object(json);
}

static void put_file(struct json_writer *json, const struct judgement *judgement) {
    json_string(json, "file", judgement->file);
    json_string(json, "format", judgement->dialect.en);
    json_string(json, "network", judgement->network);
    json_string(json, "edition", judgement->edition);
    json_string(json, "profile", judgement->profile);
    json_string(json, "bench_version", judgement->bench_version);
    json_string(json, "clock", judgement->clock_name.en);
    json_string(json, "started", judgement->started);
    put_instant(json, "resolution_ns", judgement, judgement->resolution_ns);
    put_instant(json, "start_ns", judgement, judgement->start_ns);
    json_count(json, "frames", judgement->frames);
    json_count(json, "foreign", judgement->foreign);
    json_count(json, "damaged", judgement->damaged);
}

void judgement_json(FILE *stream, const struct judgement *judgement) {
    struct buffer text = {0};
    struct json_writer json = {.out = &text};
    json_begin_object(&json, NULL);
    put_file(&json, judgement);
    json_string(&json, "verdict", verdict_name(judgement->verdict));
    put_proofs(&json, "remarks", judgement, judgement->remarks, judgement->remark_count);
    json_count(&json, "charges", judgement->charge_count);
    json_begin_array(&json, "sessions");
    for (size_t i = 0; i < judgement->session_count; i++) {
        put_session(&json, judgement, &judgement->sessions[i]);
    }
    json_end_array(&json);
    json_begin_array(&json, "rules");
    for (size_t i = 0; i < judgement->rule_count; i++) {
        put_rule(&json, judgement, &judgement->rules[i]);
    }
    json_end_array(&json);
    json_end_object(&json);
    json_line(&json, stream);
    buffer_free(&text);
}
