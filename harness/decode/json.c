/* SPDX-License-Identifier: MIT */
/* An object a line, for machines; docs/decode.md describes it. */
#include "harness/decode/internal.h"

#include <math.h>

static const char *const state_names[] = {
    [FIELD_VALUE] = "value",         [FIELD_OUT_OF_RANGE] = "out_of_range",
    [FIELD_UNTRUSTED] = "untrusted", [FIELD_NOT_SUPPLIED] = "not_supplied",
    [FIELD_ABSENT] = "absent",       [FIELD_TEXT] = "text",
};

static const char *const fault_names[TRANSFER_FAULTS] = {
    [TRANSFER_LENGTH] = "length",
    [TRANSFER_COUNT] = "count",
    [TRANSFER_RESTARTED] = "restarted",
    [TRANSFER_INTERLEAVED] = "interleaved",
    [TRANSFER_UNASKED] = "unasked",
    [TRANSFER_SEQUENCE] = "sequence",
    [TRANSFER_DOUBLED] = "doubled",
    [TRANSFER_ABORTED] = "aborted",
    [TRANSFER_REPEATED] = "repeated",
    [TRANSFER_NO_ANSWER] = "no_answer",
    [TRANSFER_HELD] = "held",
    [TRANSFER_NO_PACKET] = "no_packet",
    [TRANSFER_GAP] = "gap",
    [TRANSFER_SLOW] = "slow",
    [TRANSFER_UNFINISHED] = "unfinished",
    [TRANSFER_BROADCAST] = "broadcast",
    [TRANSFER_SHORT_FRAME] = "short_frame",
    [TRANSFER_MISSED] = "missed",
    [TRANSFER_MISSED_RTS] = "missed_rts",
    [TRANSFER_MISSED_CTS] = "missed_cts",
    [TRANSFER_UNRECEIVED] = "unreceived",
    [TRANSFER_ACK_COUNTS] = "ack_counts",
    [TRANSFER_WRONG_CTS] = "wrong_cts",
};

static void put_time(struct decode *decode, const char *key, int64_t at_ns) {
    if (decode_has_clock(decode)) {
        json_seconds(&decode->json, key, at_ns);
    } else {
        json_null(&decode->json, key);
    }
}

/* An object that says when and where. */
static struct json_writer *begin_object(struct decode *decode, int64_t at_ns, uint64_t mark,
                                        const struct decode_network *network) {
    struct json_writer *json = &decode->json;
    json_begin_object(json, NULL);
    put_time(decode, "time_s", at_ns);
    if (decode->options.numbered) {
        json_count(json, "line", mark);
    }
    if (network->name[0] != '\0') {
        json_string(json, "network", network->name);
    }
    return json;
}

static void end_object(struct decode *decode) {
    json_end_object(&decode->json);
    json_line(&decode->json, decode->options.out);
}

static const char *side_name(bool charger) {
    return charger ? "charger" : "bms";
}

static void put_text(struct json_writer *json, const char *key, const struct field *field,
                     const struct assembled *whole) {
    char text[32];
    bool supplied = field_text(field, whole->data, whole->length, text, sizeof text) > 0;
    json_begin_object(json, key);
    json_string(json, "state", state_names[supplied ? FIELD_TEXT : FIELD_NOT_SUPPLIED]);
    if (supplied) {
        json_string(json, "text", text);
    }
    json_end_object(json);
}

static void put_raw(struct decode *decode, const struct field *field, uint64_t raw, double value) {
    struct json_writer *json = &decode->json;
    const struct field_label *label = field_label(field, raw);
    json_count(json, "raw", raw);
    if (!isnan(value)) {
        json_number(json, "value", value);
    }
    if (field->unit[0] != '\0') {
        json_string(json, "unit", field->unit);
    }
    if (label != NULL) {
        json_string(json, "label", decode->options.chinese ? label->zh : label->en);
    }
}

static void put_value(struct decode *decode, const char *key, const struct field *field,
                      const struct assembled *whole) {
    double value;
    uint64_t raw = 0;
    enum field_state state = field_get(field, whole->data, whole->length, &value);
    if (state == FIELD_TEXT) {
        put_text(&decode->json, key, field, whole);
        return;
    }
    json_begin_object(&decode->json, key);
    json_string(&decode->json, "state", state_names[state]);
    if (field_raw(field, whole->data, whole->length, &raw)) {
        put_raw(decode, field, raw, value);
    }
    json_end_object(&decode->json);
}

/* As many elements as the payload holds. */
static void put_elements(struct decode *decode, const struct field *field,
                         const struct assembled *whole) {
    json_begin_array(&decode->json, field->name);
    for (unsigned n = 0; n < field->repeat; n++) {
        struct field one = field_element(field, n);
        double value;
        if (field_get(&one, whole->data, whole->length, &value) == FIELD_ABSENT) {
            break;
        }
        put_value(decode, NULL, &one, whole);
    }
    json_end_array(&decode->json);
}

static void put_fields(struct decode *decode, const struct decoded *one) {
    json_begin_object(&decode->json, "fields");
    for (size_t i = 0; i < one->message->field_count; i++) {
        const struct field *field = &one->message->fields[i];
        if (field->repeat > 1) {
            put_elements(decode, field, one->whole);
        } else {
            put_value(decode, field->name, field, one->whole);
        }
    }
    json_end_object(&decode->json);
}

void decode_json_message(struct decode *decode, const struct decoded *one) {
    const struct message *message = one->message;
    const struct assembled *whole = one->whole;
    struct json_writer *json = begin_object(decode, whole->at_ns, whole->mark, one->network);
    if (whole->first_mark != whole->mark || whole->first_ns != whole->at_ns) {
        put_time(decode, "first_time_s", whole->first_ns);
    }
    json_string(json, "code", message->code);
    json_string(json, "from", side_name(message->from_charger));
    json_string(json, "name", decode->options.chinese ? message->zh : message->en);
    json_count(json, "pgn", message->pgn);
    json_count(json, "priority", whole->priority);
    json_count(json, "length", whole->length);
    json_bool(json, "length_ok", whole->length_ok);
    json_bool(json, "reserved_ok", one->reserved_ok);
    if (one->absent) {
        json_bool(json, "in_edition", false);
    }
    json_bytes(json, "data", whole->data, whole->length);
    put_fields(decode, one);
    end_object(decode);
}

void decode_json_fault(struct decode *decode, const struct decode_network *network,
                       const struct transfer_event *event) {
    const struct message *message = message_by_pgn(event->pgn);
    struct json_writer *json = begin_object(decode, event->at_ns, event->mark, network);
    json_string(json, "fault", fault_names[event->fault]);
    json_string(json, "by", side_name(event->by_charger));
    json_bool(json, "ends", event->ends);
    json_count(json, "pgn", event->pgn);
    if (message != NULL) {
        json_string(json, "code", message->code);
    }
    if (event->packet != 0) {
        json_count(json, "packet", event->packet);
    }
    if (event->fault == TRANSFER_ABORTED) {
        json_count(json, "reason", event->reason);
    }
    if (event->late_ns > 0) {
        json_seconds(json, "late_s", event->late_ns);
    }
    if (decode->options.numbered) {
        json_count(json, "first_line", event->first_mark);
    }
    json_string(json, "text", transfer_fault_text(event->fault, decode->options.chinese));
    end_object(decode);
}

static void put_foreign(struct json_writer *json, const struct decode *decode) {
    json_begin_object(json, "foreign");
    for (size_t i = 0; i < decode->foreign_ids; i++) {
        const struct decode_foreign *one = &decode->foreign[i];
        char id[16];
        snprintf(id, sizeof id, "%0*X", one->extended ? 8 : 3, one->id);
        json_count(json, id, one->count);
    }
    json_end_object(json);
}

static void put_faults(struct json_writer *json, const struct decode *decode) {
    json_begin_object(json, "faults");
    for (size_t i = 0; i < TRANSFER_FAULTS; i++) {
        if (decode->faults[i] > 0) {
            json_count(json, fault_names[i], decode->faults[i]);
        }
    }
    json_end_object(json);
}

void decode_json_summary(struct decode *decode) {
    struct assembler_stats stats = decode_stats(decode);
    struct json_writer *json = &decode->json;
    json_begin_object(json, NULL);
    json_begin_object(json, "summary");
    json_count(json, "frames", decode->frames);
    json_count(json, "messages", decode->messages);
    json_count(json, "transfers", stats.transfers);
    json_count(json, "transfers_broken", stats.transfers_broken);
    json_count(json, "wrong_length", decode->wrong_length);
    json_count(json, "foreign_frames", decode->foreign_frames);
    put_foreign(json, decode);
    put_faults(json, decode);
    json_end_object(json);
    end_object(decode);
}
