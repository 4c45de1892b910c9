/* SPDX-License-Identifier: MIT */
/* An object a line, for machines; docs/decode.md describes it. */
#include "harness/decode/internal.h"

#include <inttypes.h>
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
};

/* Seconds with all nine digits: exact, which a double is not. */
static void put_time(struct decode *decode, const char *key, int64_t at_ns) {
    if (decode_has_clock(decode)) {
        buffer_format(&decode->line, "\"%s\":%" PRId64 ".%09" PRId64, key, at_ns / NS_PER_S,
                    at_ns % NS_PER_S);
    } else {
        buffer_format(&decode->line, "\"%s\":null", key);
    }
}

static void put_origin(struct decode *decode, int64_t at_ns, uint64_t mark,
                       const struct decode_network *network) {
    decode->line.length = 0;
    buffer_put(&decode->line, "{");
    put_time(decode, "time_s", at_ns);
    if (decode->options.numbered) {
        buffer_format(&decode->line, ",\"line\":%" PRIu64, mark);
    }
    if (network->name[0] != '\0') {
        buffer_put(&decode->line, ",\"network\":");
        buffer_put_json(&decode->line, network->name);
    }
}

static void write_line(struct decode *decode) {
    buffer_put(&decode->line, "}\n");
    fwrite(decode->line.chars, 1, decode->line.length, decode->options.out);
}

static void put_hex(struct buffer *line, const uint8_t *data, size_t length) {
    static const char digits[] = "0123456789ABCDEF";
    buffer_put(line, ",\"data\":\"");
    for (size_t i = 0; i < length; i++) {
        const char pair[2] = {digits[data[i] >> 4], digits[data[i] & 0xF]};
        buffer_put_bytes(line, pair, 2);
    }
    buffer_put(line, "\"");
}

static void put_text(struct buffer *line, const struct field *field, const struct assembled *whole) {
    char text[32];
    if (field_text(field, whole->data, whole->length, text, sizeof text) == 0) {
        buffer_put(line, "{\"state\":\"not_supplied\"}");
    } else {
        buffer_put(line, "{\"state\":\"text\",\"text\":");
        buffer_put_json(line, text);
        buffer_put(line, "}");
    }
}

static void put_value(struct decode *decode, const struct field *field,
                      const struct assembled *whole) {
    struct buffer *line = &decode->line;
    char number[BUFFER_NUMBER_SIZE];
    double value;
    uint64_t raw = 0;
    enum field_state state = field_get(field, whole->data, whole->length, &value);
    if (state == FIELD_TEXT) {
        put_text(line, field, whole);
        return;
    }
    buffer_format(line, "{\"state\":\"%s\"", state_names[state]);
    if (field_raw(field, whole->data, whole->length, &raw)) {
        const struct field_label *label = field_label(field, raw);
        buffer_format(line, ",\"raw\":%" PRIu64, raw);
        if (!isnan(value)) {
            buffer_format(line, ",\"value\":%s", buffer_number(number, value));
        }
        if (field->unit[0] != '\0') {
            buffer_format(line, ",\"unit\":\"%s\"", field->unit);
        }
        if (label != NULL) {
            buffer_put(line, ",\"label\":");
            buffer_put_json(line, decode->options.chinese ? label->zh : label->en);
        }
    }
    buffer_put(line, "}");
}

/* As many elements as the payload holds. */
static void put_elements(struct decode *decode, const struct field *field,
                         const struct assembled *whole) {
    buffer_put(&decode->line, "[");
    for (unsigned n = 0; n < field->repeat; n++) {
        struct field one = field_element(field, n);
        double value;
        if (field_get(&one, whole->data, whole->length, &value) == FIELD_ABSENT) {
            break;
        }
        buffer_put(&decode->line, n > 0 ? "," : "");
        put_value(decode, &one, whole);
    }
    buffer_put(&decode->line, "]");
}

static void put_fields(struct decode *decode, const struct decoded *one) {
    buffer_put(&decode->line, ",\"fields\":{");
    for (size_t i = 0; i < one->message->field_count; i++) {
        const struct field *field = &one->message->fields[i];
        buffer_format(&decode->line, "%s\"%s\":", i > 0 ? "," : "", field->name);
        if (field->repeat > 1) {
            put_elements(decode, field, one->whole);
        } else {
            put_value(decode, field, one->whole);
        }
    }
    buffer_put(&decode->line, "}");
}

static const char *truth(bool value) {
    return value ? "true" : "false";
}

void decode_json_message(struct decode *decode, const struct decoded *one) {
    const struct message *message = one->message;
    const struct assembled *whole = one->whole;
    put_origin(decode, whole->at_ns, whole->mark, one->network);
    if (whole->first_mark != whole->mark || whole->first_ns != whole->at_ns) {
        buffer_put(&decode->line, ",");
        put_time(decode, "first_time_s", whole->first_ns);
    }
    buffer_format(&decode->line, ",\"code\":\"%s\",\"from\":\"%s\",\"name\":", message->code,
                message->from_charger ? "charger" : "bms");
    buffer_put_json(&decode->line, decode->options.chinese ? message->zh : message->en);
    buffer_format(&decode->line,
                ",\"pgn\":%" PRIu32 ",\"priority\":%u,\"length\":%zu,\"length_ok\":%s,"
                "\"reserved_ok\":%s",
                message->pgn, whole->priority, whole->length, truth(whole->length_ok),
                truth(one->reserved_ok));
    if (one->absent) {
        buffer_put(&decode->line, ",\"in_edition\":false");
    }
    put_hex(&decode->line, whole->data, whole->length);
    put_fields(decode, one);
    write_line(decode);
}

void decode_json_fault(struct decode *decode, const struct decode_network *network,
                       const struct transfer_event *event) {
    const struct message *message = message_by_pgn(event->pgn);
    struct buffer *line = &decode->line;
    put_origin(decode, event->at_ns, event->mark, network);
    buffer_format(line, ",\"fault\":\"%s\",\"by\":\"%s\",\"ends\":%s,\"pgn\":%" PRIu32,
                fault_names[event->fault], event->by_charger ? "charger" : "bms",
                truth(event->ends), event->pgn);
    if (message != NULL) {
        buffer_format(line, ",\"code\":\"%s\"", message->code);
    }
    if (event->packet != 0) {
        buffer_format(line, ",\"packet\":%u", event->packet);
    }
    if (event->fault == TRANSFER_ABORTED) {
        buffer_format(line, ",\"reason\":%u", event->reason);
    }
    if (event->late_ns > 0) {
        buffer_format(line, ",\"late_s\":%" PRId64 ".%09" PRId64, event->late_ns / NS_PER_S,
                    event->late_ns % NS_PER_S);
    }
    if (decode->options.numbered) {
        buffer_format(line, ",\"first_line\":%" PRIu64, event->first_mark);
    }
    buffer_put(line, ",\"text\":");
    buffer_put_json(line, transfer_fault_text(event->fault, decode->options.chinese));
    write_line(decode);
}

void decode_json_summary(struct decode *decode) {
    struct assembler_stats stats = decode_stats(decode);
    struct buffer *line = &decode->line;
    line->length = 0;
    buffer_format(line,
                "{\"summary\":{\"frames\":%" PRIu64 ",\"messages\":%" PRIu64
                ",\"transfers\":%" PRIu64 ",\"transfers_broken\":%" PRIu64
                ",\"wrong_length\":%" PRIu64 ",\"foreign_frames\":%" PRIu64 ",\"foreign\":{",
                decode->frames, decode->messages, stats.transfers, stats.transfers_broken,
                decode->wrong_length, decode->foreign_frames);
    for (size_t i = 0; i < decode->foreign_ids; i++) {
        const struct decode_foreign *one = &decode->foreign[i];
        buffer_format(line, "%s\"%0*X\":%" PRIu64, i > 0 ? "," : "", one->extended ? 8 : 3, one->id,
                    one->count);
    }
    buffer_put(line, "},\"faults\":{");
    bool any = false;
    for (size_t i = 0; i < TRANSFER_FAULTS; i++) {
        if (decode->faults[i] > 0) {
            buffer_format(line, "%s\"%s\":%" PRIu64, any ? "," : "", fault_names[i],
                        decode->faults[i]);
            any = true;
        }
    }
    buffer_put(line, "}}");
    write_line(decode);
}
