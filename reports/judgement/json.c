/* SPDX-License-Identifier: MIT */
/* A judgement as one JSON object: the names of judgement.h, instants in nanoseconds on the
 * capture's clock, null where nothing is known. */
#include "reports/judgement/judgement.h"
#include "sim/text/buffer.h"

#include <inttypes.h>
#include <math.h>

static void put_string(struct buffer *out, const char *key, const char *value) {
    buffer_format(out, "\"%s\":", key);
    buffer_put_json(out, value);
    buffer_put(out, ",");
}

static void put_double(struct buffer *out, const char *key, double value) {
    char number[BUFFER_NUMBER_SIZE];
    buffer_format(out, "\"%s\":%s,", key, buffer_number(number, value));
}

/* Instants mean nothing without a clock. */
static void put_instant(struct buffer *out, const struct judgement *judgement, const char *key,
                        int64_t ns) {
    if (judgement->clock) {
        buffer_format(out, "\"%s\":%" PRId64 ",", key, ns);
    } else {
        buffer_format(out, "\"%s\":null,", key);
    }
}

static void end_object(struct buffer *out, char bracket) {
    if (out->chars[out->length - 1] == ',') {
        out->chars[--out->length] = '\0';
    }
    buffer_format(out, "%c,", bracket);
}

static void put_proofs(struct buffer *out, const struct judgement *judgement, const char *key,
                       const struct judgement_proof *proofs, size_t count) {
    buffer_format(out, "\"%s\":[", key);
    for (size_t i = 0; i < count; i++) {
        buffer_put(out, "{");
        put_instant(out, judgement, "at_ns", proofs[i].at_ns);
        buffer_format(out, "\"line\":%" PRIu64 ",", proofs[i].line);
        put_string(out, "zh", proofs[i].zh);
        put_string(out, "en", proofs[i].en);
        end_object(out, '}');
    }
    end_object(out, ']');
}

static void put_rule(struct buffer *out, const struct judgement *judgement,
                     const struct judgement_rule *rule) {
    buffer_put(out, "{");
    put_string(out, "id", rule->id);
    put_string(out, "side", rule->side_en);
    put_string(out, "kind", rule->kind_en);
    put_string(out, "verdict", verdict_name(rule->verdict));
    put_string(out, "clause", rule->clause);
    put_string(out, "zh", rule->zh);
    put_string(out, "en", rule->en);
    put_string(out, "reason_zh", rule->reason_zh);
    put_string(out, "reason_en", rule->reason_en);
    buffer_format(out, "\"observed\":%" PRIu64 ",\"violations\":%" PRIu64 ",", rule->observed,
                rule->violations);
    put_string(out, "unit", rule->unit);
    put_double(out, "value", rule->value);
    put_double(out, "smallest", rule->smallest);
    put_double(out, "largest", rule->largest);
    put_double(out, "limit_min", rule->limit_min);
    put_double(out, "limit_max", rule->limit_max);
    put_proofs(out, judgement, "proofs", rule->proofs, rule->proof_count);
    end_object(out, '}');
}

static void put_session(struct buffer *out, const struct judgement *judgement,
                        const struct judgement_session *session) {
    buffer_put(out, "{");
    put_string(out, "ended_by", session->ended_en);
    put_string(out, "zh", session->zh);
    put_string(out, "en", session->en);
    put_instant(out, judgement, "ended_ns", session->ended_ns);
    buffer_format(out, "\"ended_line\":%" PRIu64 ",", session->ended_line);
    put_instant(out, judgement, "from_ns", session->from_ns);
    put_instant(out, judgement, "to_ns", session->to_ns);
    buffer_format(out, "\"from_line\":%" PRIu64 ",\"to_line\":%" PRIu64 ",\"reconnections\":%u,",
                session->from_line, session->to_line, session->reconnections);
    put_string(out, "vin", session->vin != NULL && session->vin[0] != '\0' ? session->vin : NULL);
    put_double(out, "energy_kwh", session->energy_kwh);
    put_double(out, "minutes", session->minutes);
    put_double(out, "soc_from", session->soc_from);
    put_double(out, "soc_to", session->soc_to);
    put_double(out, "voltage_max", session->voltage_max);
    put_double(out, "current_max", session->current_max);
    buffer_put(out, "\"phases\":[");
    for (size_t i = 0; i < session->phase_count; i++) {
        const struct judgement_phase *phase = &session->phases[i];
        buffer_put(out, "{");
        put_string(out, "phase", phase->en);
        put_instant(out, judgement, "from_ns", phase->from_ns);
        put_instant(out, judgement, "to_ns", phase->to_ns);
        buffer_format(out, "\"from_line\":%" PRIu64 ",\"to_line\":%" PRIu64, phase->from_line,
                    phase->to_line);
        end_object(out, '}');
    }
    end_object(out, ']');
    put_proofs(out, judgement, "story", session->story, session->story_count);
    end_object(out, '}');
}

void judgement_json(FILE *stream, const struct judgement *judgement) {
    struct buffer out = {0};
    buffer_put(&out, "{");
    put_string(&out, "file", judgement->file);
    put_string(&out, "format", judgement->dialect);
    put_string(&out, "network", judgement->network);
    put_string(&out, "edition", judgement->edition);
    put_string(&out, "profile", judgement->profile);
    put_string(&out, "bench_version", judgement->bench_version);
    put_string(&out, "clock", judgement->clock_en);
    put_string(&out, "started", judgement->started);
    put_instant(&out, judgement, "resolution_ns", judgement->resolution_ns);
    put_instant(&out, judgement, "start_ns", judgement->start_ns);
    buffer_format(&out, "\"frames\":%" PRIu64 ",\"foreign\":%" PRIu64 ",\"damaged\":%" PRIu64 ",",
                judgement->frames, judgement->foreign, judgement->damaged);
    put_string(&out, "verdict", verdict_name(judgement->verdict));
    put_proofs(&out, judgement, "remarks", judgement->remarks, judgement->remark_count);
    buffer_put(&out, "\"sessions\":[");
    for (size_t i = 0; i < judgement->session_count; i++) {
        put_session(&out, judgement, &judgement->sessions[i]);
    }
    end_object(&out, ']');
    buffer_put(&out, "\"rules\":[");
    for (size_t i = 0; i < judgement->rule_count; i++) {
        put_rule(&out, judgement, &judgement->rules[i]);
    }
    end_object(&out, ']');
    end_object(&out, '}');
    out.chars[--out.length] = '\0'; /* the comma behind the last bracket */
    fprintf(stream, "%s\n", out.chars);
    buffer_free(&out);
}
