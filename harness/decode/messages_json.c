/* SPDX-License-Identifier: MIT */
#include "harness/decode/messages_json.h"

#include "sim/text/buffer.h"

#include <inttypes.h>

static const char *truth(bool value) {
    return value ? "true" : "false";
}

static void put_names(struct buffer *text, const char *en, const char *zh) {
    buffer_put(text, "\"en\":");
    buffer_put_json(text, en);
    buffer_put(text, ",\"zh\":");
    buffer_put_json(text, zh);
}

static void put_labels(struct buffer *text, const struct field *field) {
    buffer_put(text, ",\"labels\":[");
    const struct field_label *label = field->labels;
    for (; label != NULL && label->en != NULL; label++) {
        buffer_format(text, "%s{\"raw\":%" PRIu32 ",", label > field->labels ? "," : "", label->raw);
        put_names(text, label->en, label->zh);
        buffer_format(text, ",\"untrusted\":%s}", truth(label->untrusted));
    }
    buffer_put(text, "]");
}

static void put_field(struct buffer *text, const struct field *field) {
    static const char *const kinds[] = {[FIELD_NUMBER] = "number",
                                        [FIELD_ASCII] = "ascii",
                                        [FIELD_BCD] = "bcd",
                                        [FIELD_BITS] = "bits"};
    char number[BUFFER_NUMBER_SIZE];
    double min = 0, max = 0;
    buffer_format(text, "{\"name\":\"%s\",", field->name);
    put_names(text, field->en, field->zh);
    buffer_format(text,
                ",\"spn\":%u,\"byte\":%u,\"bit\":%u,\"bits\":%u,\"repeat\":%u,\"stride\":%u,"
                "\"kind\":\"%s\"",
                field->spn, field->byte, field->bit, field->bits, field->repeat, field->stride,
                kinds[field->kind]);
    if (field->kind != FIELD_ASCII) {
        field_range(field, &min, &max);
        buffer_format(text, ",\"scale\":%s", buffer_number(number, field->scale));
        buffer_format(text, ",\"offset\":%s", buffer_number(number, field->offset));
        buffer_format(text, ",\"min\":%s", buffer_number(number, min));
        buffer_format(text, ",\"max\":%s", buffer_number(number, max));
    }
    buffer_format(text, ",\"unit\":\"%s\",\"optional\":%s", field->unit,
                truth((field->flags & FIELD_OPTIONAL) != 0));
    put_labels(text, field);
    buffer_put(text, "}");
}

static void put_message(struct buffer *text, const struct message *message, enum edition edition) {
    const struct message_form *form = message_form(message, edition);
    buffer_format(text, "{\"code\":\"%s\",", message->code);
    put_names(text, message->en, message->zh);
    buffer_format(text,
                ",\"pgn\":%" PRIu32 ",\"priority\":%u,\"id\":\"%08" PRIX32
                "\",\"from\":\"%s\",\"transport\":%s,\"phase\":\"%s\",\"lengths\":[%u",
                message->pgn, message->priority, message_id(message),
                message->from_charger ? "charger" : "bms", truth(message->transport),
                message_phase_text((enum message_phase)message->phase, false), form->lengths[0]);
    if (form->lengths[1] != 0) {
        buffer_format(text, ",%u", form->lengths[1]);
    }
    buffer_format(text,
                "],\"length_unit\":%u,\"period_ms\":%u,\"mandatory\":%s,\"clause\":\"%s\","
                "\"fields\":[",
                form->length_unit, form->period_ms, truth(form->mandatory), form->clause);
    for (size_t i = 0; i < message->field_count; i++) {
        buffer_put(text, i > 0 ? ",\n  " : "\n  ");
        put_field(text, &message->fields[i]);
    }
    buffer_put(text, "]}");
}

void messages_json(enum edition edition, FILE *out) {
    struct buffer text = {0};
    bool any = false;
    buffer_put(&text, "{\"edition\":");
    buffer_put_json(&text, edition_text(edition));
    buffer_put(&text, ",\"messages\":[");
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        const struct message *message = message_of_edition(&messages[i], edition);
        if (!message_form(message, edition)->absent) {
            buffer_put(&text, any ? ",\n " : "\n ");
            put_message(&text, message, edition);
            any = true;
        }
    }
    buffer_put(&text, "]}\n");
    fwrite(text.chars, 1, text.length, out);
    buffer_free(&text);
}
