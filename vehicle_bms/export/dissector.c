/* SPDX-License-Identifier: MIT */
#include "vehicle_bms/export/dissector.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

extern const char dissector_lua[]; /* dissector.lua: what follows the table */

struct dissector {
    enum edition edition;
    bool chinese;
    FILE *out;
};

static void put_string(FILE *out, const char *text) {
    fputc('\'', out);
    for (; *text != '\0'; text++) {
        if (*text == '\'' || *text == '\\') {
            fputc('\\', out);
        }
        fputc(*text, out);
    }
    fputc('\'', out);
}

static void put_labels(const struct dissector *dissector, const struct field *field) {
    assert(field->labels[0].en != NULL); /* a list that is there names something */
    FILE *out = dissector->out;
    bool untrusted = false;
    fputs(", labels = {", out);
    for (const struct field_label *label = field->labels; label->en != NULL; label++) {
        fprintf(out, "[%" PRIu32 "] = ", label->raw);
        put_string(out, dissector->chinese ? label->zh : label->en);
        fputs(label[1].en != NULL ? ", " : "}", out);
        untrusted |= label->untrusted;
    }
    if (untrusted) {
        fputs(", untrusted = {", out);
        for (const struct field_label *label = field->labels; label->en != NULL; label++) {
            if (label->untrusted) {
                fprintf(out, "[%" PRIu32 "] = true", label->raw);
            }
        }
        fputc('}', out);
    }
}

/* Bytes and bits counted from 0 there. */
static void put_field(const struct dissector *dissector, const struct field *field) {
    static const char *const kinds[] = {[FIELD_NUMBER] = "number",
                                        [FIELD_ASCII] = "ascii",
                                        [FIELD_BCD] = "bcd",
                                        [FIELD_BITS] = "bits"};
    FILE *out = dissector->out;
    assert(field->kind < sizeof kinds / sizeof kinds[0] && field->byte >= 1 && field->bit >= 1);
    fprintf(out, "    {name = '%s', title = ", field->name);
    put_string(out, dissector->chinese ? field->zh : field->en);
    fprintf(out, ", kind = '%s', byte = %u, bit = %u, bits = %u, repeated = %u, stride = %u",
            kinds[field->kind], field->byte - 1u, field->bit - 1u, field->bits, field->repeat,
            field->stride);
    fprintf(out, ",\n     steps = %.15g, offset = %.15g, unit = '%s'", field->steps, field->offset,
            field->unit);
    if (field->min <= field->max) {
        fprintf(out, ", min = %.15g, max = %.15g", field->min, field->max);
    }
    fputs(field->flags & FIELD_OPTIONAL ? ", optional = true" : "", out);
    fputs(field->flags & FIELD_FULL ? ", full = true" : "", out);
    fputs(field->flags & FIELD_QUIET ? ", quiet = true" : "", out);
    if (field->labels != NULL) {
        put_labels(dissector, field);
    }
    fputs("},\n", out);
}

/* Messages of which a set bit is a reason to stop or a timeout. */
static bool tells_a_stop(enum message_index index) {
    return index == MESSAGE_BST || index == MESSAGE_CST || index == MESSAGE_BEM ||
           index == MESSAGE_CEM;
}

static void put_message(const struct dissector *dissector, const struct message *message) {
    const struct message_form *form = message_form(message, dissector->edition);
    FILE *out = dissector->out;
    fprintf(out, "  {code = '%s', name = ", message->code);
    put_string(out, dissector->chinese ? message->zh : message->en);
    fprintf(out, ", pgn = 0x%04" PRIX32 ", charger = %s, lengths = {%u", message->pgn,
            message->from_charger ? "true" : "false", form->lengths[0]);
    if (form->lengths[1] != 0) {
        fprintf(out, ", %u", form->lengths[1]);
    }
    fprintf(out, "}, unit = %u, stops = %s, fields = {\n", form->length_unit,
            tells_a_stop(message_index(message)) ? "true" : "false");
    for (size_t i = 0; i < message->field_count; i++) {
        put_field(dissector, &message->fields[i]);
    }
    fputs("  }},\n", out);
}

void dissector_write(enum edition edition, bool chinese, FILE *out) {
    const struct dissector dissector = {.edition = edition, .chinese = chinese, .out = out};
    fprintf(out,
            "-- %s for Wireshark and tshark, written by `pilebench dissector`.\n"
            "--   tshark -X lua_script:gbt27930.lua -r charge.pcapng\n"
            "-- or into the folder that Wireshark names under Help, About, Folders, Personal Lua "
            "Plugins.\n\n"
            "local messages = {\n",
            edition_text(edition));
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        const struct message *message = message_of_edition(&messages[i], edition);
        if (!message_form(message, edition)->absent) {
            put_message(&dissector, message);
        }
    }
    fputs("}\n\n", out);
    fputs(dissector_lua, out);
}
