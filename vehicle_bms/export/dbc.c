/* SPDX-License-Identifier: MIT */
#include "vehicle_bms/export/dbc.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#define EXTENDED   0x80000000u /* a DBC's mark of 29-bit identifiers */
#define J1939_PG   "3"         /* place of J1939PG in VFrameFormat's list */
#define TEXT_BYTES 8u          /* bits of a character */

struct dbc {
    enum edition edition;
    bool chinese;
    FILE *out;
    size_t length; /* of the message at hand */
};

/* One signal: a field, an element of it, or a character of a text. */
struct dbc_signal {
    char name[DBC_NAME_MAX + 1];
    const struct field *field;
    unsigned start, bits;
    unsigned spn;
};

typedef void signal_writer(struct dbc *dbc, const struct message *message,
                           const struct dbc_signal *signal);

static const char *pick(const struct dbc *dbc, const char *en, const char *zh) {
    return dbc->chinese ? zh : en;
}

static uint32_t dbc_id(const struct message *message) {
    assert((message_id(message) & EXTENDED) == 0);
    return message_id(message) | EXTENDED;
}

static size_t longest(const struct message_form *form) {
    return form->lengths[1] > form->lengths[0] ? form->lengths[1] : form->lengths[0];
}

/* Calls write for each signal of a field that the payload holds. */
static void each_part(struct dbc *dbc, const struct message *message, const struct field *field,
                      signal_writer *write) {
    bool text = field->kind == FIELD_ASCII;
    unsigned parts = text ? field->bits / TEXT_BYTES : field->repeat;
    for (unsigned n = 0; n < parts; n++) {
        struct dbc_signal signal = {.field = field, .spn = field->spn};
        unsigned stride = text ? 1 : field->stride;
        signal.start = (field->byte - 1u + n * stride) * 8u + field->bit - 1u;
        signal.bits = text ? TEXT_BYTES : field->bits;
        /* Elements of BMV, BMT and BSP have SPNs of their own; characters have not. */
        signal.spn += text || field->spn == 0 ? 0 : n;
        int length = parts > 1
                         ? snprintf(signal.name, sizeof signal.name, "%s_%u", field->name, n + 1)
                         : snprintf(signal.name, sizeof signal.name, "%s", field->name);
        assert(length > 0 && length <= DBC_NAME_MAX);
        (void)length;
        if (signal.start + signal.bits <= dbc->length * 8) {
            write(dbc, message, &signal);
        }
    }
}

static void each_signal(struct dbc *dbc, const struct message *message, signal_writer *write) {
    dbc->length = longest(message_form(message, dbc->edition));
    assert(dbc->length > 0 && dbc->length <= MESSAGE_LENGTH_MAX);
    for (size_t i = 0; i < message->field_count; i++) {
        each_part(dbc, message, &message->fields[i], write);
    }
}

static const struct message *in_edition(const struct dbc *dbc, size_t index) {
    const struct message *message = message_of_edition(&messages[index], dbc->edition);
    return message_form(message, dbc->edition)->absent ? NULL : message;
}

static void each_message(struct dbc *dbc,
                         void (*write)(struct dbc *dbc, const struct message *message)) {
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        const struct message *message = in_edition(dbc, i);
        if (message != NULL) {
            write(dbc, message);
        }
    }
}

/* Decimal number to packed decimal. */
static double packed(double number) {
    assert(number >= 0 && number < 1e8); /* eight digits */
    unsigned value = (unsigned)number, raw = 0;
    for (unsigned shift = 0; value != 0; shift += 4, value /= 10) {
        raw |= value % 10 << shift;
    }
    return raw;
}

static void signal_range(const struct field *field, double *min, double *max) {
    field_range(field, min, max);
    if (field->kind == FIELD_ASCII) {
        *min = 0;
        *max = 255;
    } else if (field->kind == FIELD_BCD) {
        *min = packed(*min);
        *max = packed(*max);
    }
    assert(*min <= *max);
}

static void write_signal(struct dbc *dbc, const struct message *message,
                         const struct dbc_signal *signal) {
    const struct field *field = signal->field;
    double min, max;
    signal_range(field, &min, &max);
    fprintf(dbc->out, " SG_ %s : %u|%u@1+ (%.10g,%.10g) [%.15g|%.15g] \"%s\" %s\n", signal->name,
            signal->start, signal->bits, field->scale, field->offset, min, max, field->unit,
            message->from_charger ? "BMS" : "CHARGER");
}

static void write_message(struct dbc *dbc, const struct message *message) {
    fprintf(dbc->out, "BO_ %" PRIu32 " %s: %zu %s\n", dbc_id(message), message->code,
            longest(message_form(message, dbc->edition)),
            message->from_charger ? "CHARGER" : "BMS");
    each_signal(dbc, message, write_signal);
    fputc('\n', dbc->out);
}

static void comment_signal(struct dbc *dbc, const struct message *message,
                           const struct dbc_signal *signal) {
    const struct field *field = signal->field;
    const char *note = field->kind == FIELD_BCD ? pick(dbc, " (packed decimal)", "（压缩BCD码）")
                       : field->kind == FIELD_ASCII ? pick(dbc, " (ASCII)", "（ASCII）")
                                                    : "";
    const char *optional = field->flags & FIELD_OPTIONAL ? pick(dbc, ", optional", "，可选项") : "";
    fprintf(dbc->out, "CM_ SG_ %" PRIu32 " %s \"%s%s%s\";\n", dbc_id(message), signal->name,
            pick(dbc, field->en, field->zh), note, optional);
}

static void comment_message(struct dbc *dbc, const struct message *message) {
    const struct message_form *form = message_form(message, dbc->edition);
    fprintf(dbc->out, "CM_ BO_ %" PRIu32 " \"%s", dbc_id(message),
            pick(dbc, message->en, message->zh));
    if (form->lengths[1] != 0) {
        fprintf(dbc->out, pick(dbc, "; %u or %u bytes", "；%u或%u字节"), form->lengths[0],
                form->lengths[1]);
    }
    if (form->length_unit != 0) {
        fprintf(dbc->out, pick(dbc, "; at most %u bytes", "；最多%u字节"), form->lengths[0]);
    }
    if (message->transport) {
        fputs(pick(dbc, "; in several packets by TP.CM and TP.DT", "；由TP.CM和TP.DT多包传输"),
              dbc->out);
    }
    fputs("\";\n", dbc->out);
    each_signal(dbc, message, comment_signal);
}

static void comment_file(struct dbc *dbc) {
    fprintf(dbc->out, "CM_ \"%s. %s\";\n", edition_text(dbc->edition),
            pick(dbc,
                 "Messages of more than 8 bytes: identifier by the J1939 formula and whole "
                 "length; on the bus only TP.CM (1CEC....) and TP.DT (1CEB....) are seen. Of "
                 "lengths that differ the longest. Repeated fields and the characters of texts "
                 "are numbered from 1. Packed decimals are raw. All ones: not supplied.",
                 "超过8字节的报文：标识符按J1939公式，长度为全长；总线上只有TP.CM（1CEC....）"
                 "和TP.DT（1CEB....）。长度不定时取最长。重复项和文本的字符从1编号。压缩BCD码"
                 "为原始值。全1：未提供。"));
    fputs("CM_ BU_ CHARGER \"86, 0x56\";\nCM_ BU_ BMS \"244, 0xF4\";\n", dbc->out);
}

static void define_attributes(struct dbc *dbc) {
    fputs("BA_DEF_ \"BusType\" STRING ;\n"
          "BA_DEF_ \"ProtocolType\" STRING ;\n"
          "BA_DEF_ BU_ \"NmStationAddress\" INT 0 255;\n"
          "BA_DEF_ BO_ \"GenMsgCycleTime\" INT 0 65535;\n"
          "BA_DEF_ BO_ \"VFrameFormat\" ENUM "
          "\"StandardCAN\",\"ExtendedCAN\",\"reserved\",\"J1939PG\";\n"
          "BA_DEF_ SG_ \"SPN\" INT 0 524287;\n"
          "BA_DEF_DEF_ \"BusType\" \"CAN\";\n"
          "BA_DEF_DEF_ \"ProtocolType\" \"J1939\";\n"
          "BA_DEF_DEF_ \"NmStationAddress\" 254;\n"
          "BA_DEF_DEF_ \"GenMsgCycleTime\" 0;\n"
          "BA_DEF_DEF_ \"VFrameFormat\" \"J1939PG\";\n"
          "BA_DEF_DEF_ \"SPN\" 0;\n"
          "BA_ \"BusType\" \"CAN\";\n"
          "BA_ \"ProtocolType\" \"J1939\";\n",
          dbc->out);
    fprintf(dbc->out, "BA_ \"NmStationAddress\" BU_ CHARGER %d;\n", ADDRESS_CHARGER);
    fprintf(dbc->out, "BA_ \"NmStationAddress\" BU_ BMS %d;\n", ADDRESS_BMS);
}

static void attribute_signal(struct dbc *dbc, const struct message *message,
                             const struct dbc_signal *signal) {
    if (signal->spn != 0) {
        fprintf(dbc->out, "BA_ \"SPN\" SG_ %" PRIu32 " %s %u;\n", dbc_id(message), signal->name,
                signal->spn);
    }
}

static void attribute_message(struct dbc *dbc, const struct message *message) {
    fprintf(dbc->out, "BA_ \"GenMsgCycleTime\" BO_ %" PRIu32 " %u;\n", dbc_id(message),
            message_form(message, dbc->edition)->period_ms);
    fprintf(dbc->out, "BA_ \"VFrameFormat\" BO_ %" PRIu32 " " J1939_PG ";\n", dbc_id(message));
    each_signal(dbc, message, attribute_signal);
}

static void label_signal(struct dbc *dbc, const struct message *message,
                         const struct dbc_signal *signal) {
    const struct field_label *label = signal->field->labels;
    if (label == NULL) {
        return;
    }
    fprintf(dbc->out, "VAL_ %" PRIu32 " %s", dbc_id(message), signal->name);
    for (; label->en != NULL; label++) {
        fprintf(dbc->out, " %" PRIu32 " \"%s\"", label->raw, pick(dbc, label->en, label->zh));
    }
    fputs(" ;\n", dbc->out);
}

static void label_message(struct dbc *dbc, const struct message *message) {
    each_signal(dbc, message, label_signal);
}

void dbc_write(enum edition edition, bool chinese, FILE *out) {
    struct dbc dbc = {.edition = edition, .chinese = chinese, .out = out};
    fprintf(out, "VERSION \"%s\"\n\n", edition_text(edition));
    fputs("NS_ :\n\tCM_\n\tBA_DEF_\n\tBA_\n\tVAL_\n\tBA_DEF_DEF_\n\nBS_:\n\n"
          "BU_: CHARGER BMS\n\n",
          out);
    each_message(&dbc, write_message);
    comment_file(&dbc);
    each_message(&dbc, comment_message);
    define_attributes(&dbc);
    each_message(&dbc, attribute_message);
    each_message(&dbc, label_message);
}
