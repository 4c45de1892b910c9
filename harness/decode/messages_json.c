/* SPDX-License-Identifier: MIT */
#include "harness/decode/messages_json.h"

#include "sim/text/json_writer.h"

static void put_labels(struct json_writer *json, const struct field *field) {
    json_begin_array(json, "labels");
    const struct field_label *label = field->labels;
    for (; label != NULL && label->en != NULL; label++) {
        json_begin_object(json, NULL);
        json_count(json, "raw", label->raw);
        json_string(json, "en", label->en);
        json_string(json, "zh", label->zh);
        json_bool(json, "untrusted", label->untrusted);
        json_end_object(json);
    }
    json_end_array(json);
}

static void put_scale(struct json_writer *json, const struct field *field) {
    double min = 0, max = 0;
    field_range(field, &min, &max);
    json_number(json, "scale", field->scale);
    json_number(json, "offset", field->offset);
    json_number(json, "min", min);
    json_number(json, "max", max);
}

static void put_field(struct json_writer *json, const struct field *field) {
    static const char *const kinds[] = {[FIELD_NUMBER] = "number",
                                        [FIELD_ASCII] = "ascii",
                                        [FIELD_BCD] = "bcd",
                                        [FIELD_BITS] = "bits"};
    json_on_new_line(json, 2);
    json_begin_object(json, NULL);
    json_string(json, "name", field->name);
    json_string(json, "en", field->en);
    json_string(json, "zh", field->zh);
    json_count(json, "spn", field->spn);
    json_count(json, "byte", field->byte);
    json_count(json, "bit", field->bit);
    json_count(json, "bits", field->bits);
    json_count(json, "repeat", field->repeat);
    json_count(json, "stride", field->stride);
    json_string(json, "kind", kinds[field->kind]);
    if (field->kind != FIELD_ASCII) {
        put_scale(json, field);
    }
    json_string(json, "unit", field->unit);
    json_bool(json, "optional", (field->flags & FIELD_OPTIONAL) != 0);
    put_labels(json, field);
    json_end_object(json);
}

static void put_lengths(struct json_writer *json, const struct message_form *form) {
    json_begin_array(json, "lengths");
    json_count(json, NULL, form->lengths[0]);
    if (form->lengths[1] != 0) {
        json_count(json, NULL, form->lengths[1]);
    }
    json_end_array(json);
    json_count(json, "length_unit", form->length_unit);
}

static void put_fields(struct json_writer *json, const struct message *message) {
    json_begin_array(json, "fields");
    for (size_t i = 0; i < message->field_count; i++) {
        put_field(json, &message->fields[i]);
    }
    json_end_array(json);
}

static void put_message(struct json_writer *json, const struct message *message,
                        enum edition edition) {
    const struct message_form *form = message_form(message, edition);
    const uint32_t id = message_id(message);
    const uint8_t id_bytes[] = {(uint8_t)(id >> 24), (uint8_t)(id >> 16), (uint8_t)(id >> 8),
                                (uint8_t)id};
    json_on_new_line(json, 1);
    json_begin_object(json, NULL);
    json_string(json, "code", message->code);
    json_string(json, "en", message->en);
    json_string(json, "zh", message->zh);
    json_count(json, "pgn", message->pgn);
    json_count(json, "priority", message->priority);
    json_bytes(json, "id", id_bytes, sizeof id_bytes);
    json_string(json, "from", message->from_charger ? "charger" : "bms");
    json_bool(json, "transport", message->transport);
    json_string(json, "phase", message_phase_text((enum message_phase)message->phase, false));
    put_lengths(json, form);
    json_count(json, "period_ms", form->period_ms);
    json_bool(json, "mandatory", form->mandatory);
    json_string(json, "clause", form->clause);
    put_fields(json, message);
    json_end_object(json);
}

void messages_json(enum edition edition, FILE *out) {
    struct buffer text = {0};
    struct json_writer json = {.out = &text};
    json_begin_object(&json, NULL);
    json_string(&json, "edition", edition_text(edition));
    json_begin_array(&json, "messages");
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        const struct message *message = message_of_edition(&messages[i], edition);
        if (!message_form(message, edition)->absent) {
            put_message(&json, message, edition);
        }
    }
    json_end_array(&json);
    json_end_object(&json);
    json_line(&json, out);
    buffer_free(&text);
}
