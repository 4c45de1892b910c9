/* SPDX-License-Identifier: MIT */
/* What a message says, taken by itself: length, legal values, mandatory fields, reserved bits
 * (GB/T 27930-2015 chapter 10, clause 7.9), priority and addresses (chapter 6). A payload like the
 * one before is not looked at again. */
#include "vehicle_bms/rules/internal.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define VERSION_MAJOR 1 /* V1.1: GB/T 27930-2015, and class A of 2023 */
#define VERSION_MINOR 1

/* The last payload of a message, already judged. */
struct payload {
    bool known, value_bad, reserved_bad;
    uint16_t length;
    uint8_t bytes[MESSAGE_LENGTH_MAX];
};

struct value {
    struct payload payloads[MESSAGE_COUNT];
};

static struct value *own(const struct rules *rules) {
    return rules->states[STATE_VALUE];
}

/* A value that is coded and not legal; a mandatory field that is not supplied has none. */
static struct rule_measure measure_of(const struct field *field, double value) {
    struct rule_measure measure = {value, (double)NAN, (double)NAN, field->unit};
    if (isnan(value)) {
        return rule_measure_none;
    }
    if (field->labels == NULL) { /* else single values are legal, not a range */
        field_range(field, &measure.limit_min, &measure.limit_max);
    }
    return measure;
}

static void say(struct rules *rules, enum rule_index index, const struct assembled *message,
                const struct field *field, double value, const char *zh, const char *en) {
    char value_zh[48], value_en[48];
    struct rule_proof *proof =
        rules_violation_of(rules, index, message->at_ns, message->mark, measure_of(field, value));
    if (proof == NULL) {
        return;
    }
    field_print(field, message->data, message->length, true, value_zh, sizeof value_zh);
    field_print(field, message->data, message->length, false, value_en, sizeof value_en);
    snprintf(proof->zh, sizeof proof->zh, "%s %s(SPN %u):%s,%s", message->message->code, field->zh,
             field->spn, value_zh, zh);
    snprintf(proof->en, sizeof proof->en, "%s %s (SPN %u): %s, %s", message->message->code,
             field->en, field->spn, value_en, en);
}

/* Vehicles in the field have newer packs than the printed range knows, and dates that are none. */
static bool tolerated(const struct message *message, const struct field *field) {
    static const char *const names[] = {"rated_voltage", "month", "day", "software_day",
                                        "software_month"};
    if (message != &messages[MESSAGE_BRM]) {
        return false;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(field->name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool field_legal(struct rules *rules, const struct assembled *message,
                        const struct field *field) {
    assert((size_t)field->byte <= message->length); /* it has come */
    enum rule_index index = rule_of(GROUP_VALUE, message_index(message->message));
    double value;
    switch (field_get(field, message->data, message->length, &value)) {
    case FIELD_OUT_OF_RANGE:
        if (tolerated(message->message, field)) {
            return true;
        }
        say(rules, index, message, field, value, "取值非法", "not a legal value");
        return false;
    case FIELD_NOT_SUPPLIED:
        if (field->flags & FIELD_OPTIONAL) {
            return true;
        }
        say(rules, index, message, field, (double)NAN, "必填字段", "the field is mandatory");
        return false;
    default: /* absent: a shorter form; untrusted: the former state is kept */
        return true;
    }
}

static bool version_legal(struct rules *rules, const struct assembled *message) {
    const uint8_t *data = message->data;
    if (message->message != &messages[MESSAGE_CHM] ||
        (data[0] == VERSION_MINOR && data[1] == VERSION_MAJOR && data[2] == 0)) {
        return true;
    }
    assert(message->length >= 3); /* it is whole */
    RULES_SAY(
        rules_violation(rules, rule_of(GROUP_VALUE, MESSAGE_CHM), message->at_ns, message->mark),
        "CHM协议版本号V%u.%u，应为V%d.%d", "CHM has protocol version V%u.%u, V%d.%d is specified",
        data[1] + 256u * data[2], data[0], VERSION_MAJOR, VERSION_MINOR);
    return false;
}

static bool values_legal(struct rules *rules, const struct assembled *message) {
    const struct message *what = message_of_edition(message->message, rules->edition);
    bool legal = version_legal(rules, message);
    for (size_t i = 0; i < what->field_count; i++) {
        for (unsigned n = 0; n < what->fields[i].repeat; n++) {
            struct field element = field_element(&what->fields[i], n);
            if ((size_t)element.byte > message->length) {
                break;
            }
            legal = field_legal(rules, message, &element) && legal;
        }
    }
    return legal;
}

static bool reserved_ones(struct rules *rules, const struct assembled *message) {
    assert(message->length > 0 && message->length <= MESSAGE_LENGTH_MAX); /* it is whole */
    enum rule_index index = rule_of(GROUP_RESERVED, message_index(message->message));
    if (!rules_listed(rules, index) ||
        message_reserved_ok(message_of_edition(message->message, rules->edition), message->data,
                            message->length)) {
        return true;
    }
    RULES_SAY(rules_violation(rules, index, message->at_ns, message->mark),
              "%s的预留位不全为1，末字节0x%02X",
              "reserved bits of %s are not all 1, last byte 0x%02X", message->message->code,
              message->data[message->length - 1]);
    return false;
}

/* The same payload once more: counted like the first, whose proof says it all. */
static void count_again(struct rules *rules, enum message_index number) {
    const struct payload *state = &own(rules)->payloads[number];
    assert(state->known);
    if (state->value_bad) {
        rules_violation_again(rules, rule_of(GROUP_VALUE, number));
    }
    if (state->reserved_bad) {
        rules_violation_again(rules, rule_of(GROUP_RESERVED, number));
    }
}

static void judge_payload(struct rules *rules, const struct assembled *message) {
    assert(message->length <= MESSAGE_LENGTH_MAX); /* it is whole, so it has room */
    struct payload *state = &own(rules)->payloads[message_index(message->message)];
    state->value_bad = !values_legal(rules, message);
    state->reserved_bad = !reserved_ones(rules, message);
    state->known = true;
    state->length = (uint16_t)message->length;
    memcpy(state->bytes, message->data, message->length);
}

/* Against an accepted length that is near. */
static struct rule_measure length_measure(const struct message_form *form, size_t length) {
    double min = form->lengths[0], max = min, second = form->lengths[1];
    if (form->length_unit != 0 && (double)length < max) { /* not a multiple of it */
        size_t below = length / form->length_unit * form->length_unit;
        min = max = below > 0 ? (double)below : form->length_unit;
    } else if (second != 0 && fabs((double)length - second) < fabs((double)length - min)) {
        min = max = second;
    }
    assert(min > 0 && min <= max);
    return (struct rule_measure){(double)length, min, max, "bytes"};
}

static bool length_legal(struct rules *rules, const struct heard *heard) {
    const struct assembled *message = heard->message;
    enum rule_index index = rule_of(GROUP_LENGTH, heard->index);
    const struct message_form *form = message_form(message->message, rules->edition);
    if (!rules_listed(rules, index)) {
        return message->length_ok;
    }
    rules_observe(rules, index);
    if (message->length_ok) {
        return true;
    }
    const struct rule_measure measure = length_measure(form, message->length);
    RULES_SAY(rules_violation_of(rules, index, message->first_ns, message->first_mark, measure),
              "%s为%zu字节，规定%u字节", "%s has %zu bytes, %u are specified",
              message->message->code, message->length, form->lengths[0]);
    return false;
}

static void judge_priority(struct rules *rules, const struct heard *heard) {
    const struct assembled *message = heard->message;
    enum rule_index index = rule_of(GROUP_PRIORITY, heard->index);
    if (!rules_listed(rules, index)) {
        return;
    }
    rules_observe(rules, index);
    if (message->priority != message->message->priority) {
        const double laid_down = message->message->priority;
        const struct rule_measure measure = {message->priority, laid_down, laid_down, ""};
        RULES_SAY(rules_violation_of(rules, index, message->first_ns, message->first_mark, measure),
                  "%s优先权%u，规定%u", "%s has priority %u, %u is specified",
                  message->message->code, message->priority, message->message->priority);
    }
}

static bool judge_message(struct rules *rules, const struct heard *heard) {
    enum message_index number = heard->index;
    judge_priority(rules, heard);
    rules_observe(rules, RULE_ADDRESS);
    bool whole = length_legal(rules, heard) || heard_whole(heard);
    if (!whole || !rules_in_edition(rules->edition, number)) {
        return false;
    }
    rules_observe(rules, rule_of(GROUP_VALUE, number));
    rules_observe(rules, rule_of(GROUP_RESERVED, number));
    if (heard->changed) {
        struct assembled message = *heard->message;
        message.length = message.unpadded > 0 ? message.unpadded : message.length;
        judge_payload(rules, &message);
    } else {
        count_again(rules, number);
    }
    assert(own(rules)->payloads[number].known);
    return !own(rules)->payloads[number].value_bad;
}

static void value_message(struct rules *rules, struct heard *heard) {
    const struct payload *former = &own(rules)->payloads[heard->index];
    const struct assembled *message = heard->message;
    heard->changed = !former->known || former->length != message->length ||
                     memcmp(former->bytes, message->data, message->length) != 0;
    heard->legal = judge_message(rules, heard);
    assert(!heard->legal || heard_whole(heard));
}

/* Other identifiers may well be on the wire (real vehicles have them). A message of GB/T 27930
 * between its two nodes, but from the wrong one or on another data page, is none of those. */
static void value_foreign(struct rules *rules, int64_t at_ns, uint64_t mark,
                          const struct can_frame_ext *frame) {
    uint32_t addresses = frame->id & 0xFFFFu;
    uint32_t pgn = frame->id >> 8 & 0xFF00u;
    bool ours = frame->extended && (addresses == (ADDRESS_BMS << 8 | ADDRESS_CHARGER) ||
                                    addresses == (ADDRESS_CHARGER << 8 | ADDRESS_BMS));
    const struct message *message = message_by_pgn(pgn);
    if (ours && message != NULL) {
        RULES_SAY(rules_violation(rules, RULE_ADDRESS, at_ns, mark), "%s的标识符为%08X，应为%08X",
                  "%s has identifier %08X, %08X is specified", message->code, frame->id,
                  message_id(message));
    }
}

const struct judge judge_value = {
    .state_size = sizeof(struct value),
    .message = value_message,
    .foreign = value_foreign,
};
