/* SPDX-License-Identifier: MIT */
/* The table of messages, field by field, as each edition has it, and which lengths it takes. Kept in
 * table.txt. */
#include "vehicle_bms/message/messages.h"

#include "tests/support/kept.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <string.h>

static void show_lengths(FILE *to, const struct message *message, enum edition edition) {
    fputs("  lengths", to);
    for (size_t length = 0; length <= MESSAGE_LENGTH_MAX + 1; length++) {
        bool before = length > 0 && message_length_ok(message, edition, length - 1);
        bool ok = message_length_ok(message, edition, length);
        if (ok && (!before || length < 16)) {
            fprintf(to, " %zu", length);
        } else if (before && !ok && length > 16) {
            fprintf(to, "-%zu", length - 1);
        }
    }
    uint8_t data[MESSAGE_LENGTH_MAX];
    fprintf(to, "; sent %zu; unpadded", message_blank(message, edition, data));
    memset(data, 0, sizeof data);
    for (size_t length = 0; length <= 9; length++) {
        fprintf(to, " %zu", message_unpadded(message, edition, data, length));
    }
    fputc('\n', to);
}

static void show_field(FILE *to, const struct field *field) {
    double min, max;
    field_range(field, &min, &max);
    fprintf(to, "  %s SPN %u byte %u.%u, %u bits, %u times by %u; %.9g x + %.9g %s, %.9g to %.9g",
            field->name, field->spn, field->byte, field->bit, field->bits, field->repeat,
            field->stride, field->scale, field->offset, field->unit, field->min, field->max);
    fprintf(to, " (%.9g to %.9g), kind %u, flags %u; %s | %s", min, max, field->kind, field->flags,
            field->en, field->zh);
    for (const struct field_label *label = field->labels; label != NULL && label->en != NULL;
         label++) {
        fprintf(to, "; %u%s %s | %s", label->raw, label->untrusted ? "?" : "", label->en,
                label->zh);
    }
    fputc('\n', to);
}

static void show_message(FILE *to, const struct message *common, enum edition edition) {
    const struct message *message = message_of_edition(common, edition);
    const struct message_form *form = message_form(message, edition);
    fprintf(to, "%s %s: PGN %X, id %08X, priority %u, %s%s, %s | %s; %u ms, %s%s; %s; %s | %s\n",
            edition_text(edition), message->code, message->pgn, message_id(message),
            message->priority, message->from_charger ? "charger" : "BMS",
            message->transport ? ", transport" : "",
            message_phase_text((enum message_phase)message->phase, false),
            message_phase_text((enum message_phase)message->phase, true), form->period_ms,
            form->mandatory ? "mandatory" : "optional", form->absent ? ", absent" : "",
            form->clause, message->en, message->zh);
    show_lengths(to, message, edition);
    for (size_t i = 0; i < message->field_count; i++) {
        show_field(to, &message->fields[i]);
    }
}

START_TEST(every_field) {
    struct kept kept;
    kept_open(&kept);
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        for (unsigned edition = 0; edition < EDITIONS; edition++) {
            show_message(kept.stream, &messages[i], (enum edition)edition);
        }
    }
    kept_check(&kept, TEST_SOURCE_DIR "/tests/vehicle_bms/message/table.txt");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("message_table");
    TCase *tests = tcase_create("table");
    tcase_add_test(tests, every_field);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}
