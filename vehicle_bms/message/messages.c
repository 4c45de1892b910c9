/* SPDX-License-Identifier: MIT */
#include "vehicle_bms/message/messages.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define FRAME_LENGTH 8 /* bytes of a CAN frame, at most */

const struct message *message_by_code(const char *code) {
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        if (strcmp(messages[i].code, code) == 0) {
            return &messages[i];
        }
    }
    return NULL;
}

/* Index + 1 by PF, so that a frame finds its message without a search; 0: none. */
static const uint8_t by_pf[] = {
    [0x26] = MESSAGE_CHM + 1, [0x27] = MESSAGE_BHM + 1, [0x01] = MESSAGE_CRM + 1,
    [0x02] = MESSAGE_BRM + 1, [0x06] = MESSAGE_BCP + 1, [0x07] = MESSAGE_CTS + 1,
    [0x08] = MESSAGE_CML + 1, [0x09] = MESSAGE_BRO + 1, [0x0A] = MESSAGE_CRO + 1,
    [0x10] = MESSAGE_BCL + 1, [0x11] = MESSAGE_BCS + 1, [0x12] = MESSAGE_CCS + 1,
    [0x13] = MESSAGE_BSM + 1, [0x15] = MESSAGE_BMV + 1, [0x16] = MESSAGE_BMT + 1,
    [0x17] = MESSAGE_BSP + 1, [0x19] = MESSAGE_BST + 1, [0x1A] = MESSAGE_CST + 1,
    [0x1C] = MESSAGE_BSD + 1, [0x1D] = MESSAGE_CSD + 1, [0x1E] = MESSAGE_BEM + 1,
    [0x1F] = MESSAGE_CEM + 1,
};

const struct message *message_by_pgn(uint32_t pgn) {
    if ((pgn & 0xFFu) != 0 || pgn >> 8 >= sizeof by_pf) {
        return NULL;
    }
    unsigned index = by_pf[pgn >> 8];
    return index == 0 ? NULL : &messages[index - 1];
}

enum message_index message_index(const struct message *message) {
    unsigned index = by_pf[message->pgn >> 8]; /* so that rows of another edition have it too */
    assert(index != 0 && messages[index - 1].pgn == message->pgn);
    return (enum message_index)(index - 1);
}

const struct message_form *message_form(const struct message *message, enum edition edition) {
    assert((unsigned)edition < EDITIONS);
    const struct message_form *form = &message->forms[edition];
    return form->length_sent != 0 ? form : &message->forms[EDITION_2015];
}

const char *message_phase_text(enum message_phase phase, bool chinese) {
    static const char *const texts[PHASES][2] = {
        [PHASE_HANDSHAKE] = {"handshake", "握手启动阶段"},
        [PHASE_RECOGNITION] = {"recognition", "握手辨识阶段"},
        [PHASE_CONFIGURATION] = {"configuration", "充电参数配置阶段"},
        [PHASE_CHARGING] = {"charging", "充电阶段"},
        [PHASE_END] = {"end", "充电结束阶段"},
        [PHASE_ERROR] = {"error", "错误处理"},
    };
    assert((unsigned)phase < PHASES);
    return texts[phase][chinese];
}

const char *edition_text(enum edition edition) {
    static const char *const texts[EDITIONS] = {
        [EDITION_2011] = "GB/T 27930-2011",
        [EDITION_2015] = "GB/T 27930-2015",
        [EDITION_2023] = "GB/T 27930-2023 (A)",
    };
    assert((unsigned)edition < EDITIONS);
    return texts[edition];
}

const char *edition_year(enum edition edition) {
    static const char *const years[EDITIONS] = {
        [EDITION_2011] = "2011", [EDITION_2015] = "2015", [EDITION_2023] = "2023"};
    assert((unsigned)edition < EDITIONS);
    return years[edition];
}

bool edition_named(const char *text, size_t length, enum edition *edition) {
    for (int i = 0; i < EDITIONS; i++) {
        const char *year = edition_year((enum edition)i);
        if (strlen(year) == length && memcmp(year, text, length) == 0) {
            *edition = (enum edition)i;
            return true;
        }
    }
    return false;
}

uint32_t message_frame_id(uint8_t priority, uint32_t pgn, uint8_t destination, uint8_t source) {
    assert(priority <= 7 && (pgn & 0xFFu) == 0 && pgn <= 0x3FF00u); /* PDU1: PS is an address */
    return (uint32_t)priority << 26 | pgn << 8 | (uint32_t)destination << 8 | source;
}

uint32_t message_id(const struct message *message) {
    bool down = message->from_charger;
    return message_frame_id(message->priority, message->pgn, down ? ADDRESS_BMS : ADDRESS_CHARGER,
                            down ? ADDRESS_CHARGER : ADDRESS_BMS);
}

bool message_length_ok(const struct message *message, enum edition edition, size_t length) {
    const struct message_form *form = message_form(message, edition);
    if (form->length_unit != 0) {
        return length > 0 && length <= form->lengths[0] && length % form->length_unit == 0;
    }
    return length > 0 && (length == form->lengths[0] || length == form->lengths[1]);
}

size_t message_unpadded(const struct message *message, enum edition edition, const uint8_t *data,
                        size_t length) {
    const struct message_form *form = message_form(message, edition);
    size_t whole = form->lengths[0] > form->lengths[1] ? form->lengths[0] : form->lengths[1];
    if (message->transport || form->length_unit != 0 || length != FRAME_LENGTH ||
        whole >= FRAME_LENGTH) {
        return 0;
    }
    for (size_t i = whole; i < length; i++) {
        if (data[i] != data[whole]) {
            return 0;
        }
    }
    assert(whole > 0 && whole < length);
    return whole;
}

size_t message_blank(const struct message *message, enum edition edition, uint8_t *data) {
    size_t length = message_form(message, edition)->length_sent;
    assert(length > 0 && length <= MESSAGE_LENGTH_MAX);
    memset(data, 0xFF, length);
    return length;
}

/* Marks the bits from first on that lie within length bytes. */
static void own_bits(uint8_t *owned, size_t length, size_t first, size_t bits) {
    for (size_t bit = first, past = first + bits; bit < past && bit / 8 < length;) {
        size_t here = 8 - bit % 8 < past - bit ? 8 - bit % 8 : past - bit;
        assert(here >= 1 && here <= 8); /* so it ends */
        owned[bit / 8] = (uint8_t)(owned[bit / 8] | ((1u << here) - 1u) << bit % 8);
        bit += here;
    }
}

bool message_reserved_ok(const struct message *message, const uint8_t *data, size_t length) {
    uint8_t owned[MESSAGE_LENGTH_MAX];
    size_t known = length < MESSAGE_LENGTH_MAX ? length : MESSAGE_LENGTH_MAX;
    memset(owned, 0, known);
    for (size_t i = 0; i < message->field_count; i++) {
        const struct field *field = &message->fields[i];
        size_t first = (size_t)(field->byte - 1) * 8 + field->bit - 1u;
        for (size_t n = 0; n < field->repeat && first / 8 < known; n++) {
            own_bits(owned, known, first, field->bits);
            first += (size_t)field->stride * 8;
        }
    }
    for (size_t i = 0; i < length; i++) {
        if (((i < known ? owned[i] : 0) | data[i]) != 0xFF) {
            return false;
        }
    }
    return true;
}

const struct field *field_find(const struct message *message, const char *name) {
    for (size_t i = 0; i < message->field_count; i++) {
        if (strcmp(message->fields[i].name, name) == 0) {
            return &message->fields[i];
        }
    }
    return NULL;
}

const struct field *field_by_path(const char *path, const struct message **message) {
    if (strlen(path) < 5 || path[3] != '.') {
        return NULL;
    }
    const char code[4] = {path[0], path[1], path[2], '\0'};
    const struct message *found = message_by_code(code);
    if (found == NULL) {
        return NULL;
    }
    if (message != NULL) {
        *message = found;
    }
    return field_find(found, path + 4);
}

struct field field_element(const struct field *field, unsigned n) {
    assert(n < field->repeat);
    struct field element = *field;
    element.byte = (uint16_t)(field->byte + n * field->stride);
    element.spn = (uint16_t)(field->spn + n);
    element.repeat = 1;
    element.stride = 0;
    assert((size_t)element.byte - 1 + (size_t)(element.bit + element.bits + 6) / 8 <=
           MESSAGE_LENGTH_MAX);
    return element;
}

static uint64_t all_ones(const struct field *field) {
    return field->bits >= 64 ? UINT64_MAX : (UINT64_C(1) << field->bits) - 1;
}

static uint64_t decimal_max(const struct field *field) {
    uint64_t max = 1;
    for (unsigned digit = 0; digit < field->bits / 4u; digit++) {
        max *= 10;
    }
    return max - 1;
}

void field_range(const struct field *field, double *min, double *max) {
    bool printed = field->min <= field->max;
    /* Without a printed range everything codable counts, all ones apart unless they mean
     * something. */
    bool full = (field->flags & FIELD_FULL) != 0 || field_label(field, all_ones(field)) != NULL;
    uint64_t raw_max = field->kind == FIELD_BCD ? decimal_max(field) : all_ones(field) - !full;
    *min = printed ? field->min : field->offset;
    *max = printed ? field->max : ((double)raw_max + field->offset * field->steps) / field->steps;
    assert(*min <= *max);
}

static bool inside(const struct field *field, size_t length) {
    assert(field->byte >= 1 && field->bit >= 1 && field->bit <= 8); /* both count from 1 */
    size_t last_bit = (size_t)(field->byte - 1) * 8 + field->bit - 1u + field->bits;
    return (last_bit + 7) / 8 <= length;
}

bool field_raw(const struct field *field, const uint8_t *data, size_t length, uint64_t *raw) {
    if (!inside(field, length) || field->bits > 64) {
        return false;
    }
    size_t first = field->byte - 1u;
    unsigned shift = field->bit - 1u;
    assert(shift + field->bits <= 64);
    uint64_t bits = 0;
    for (unsigned n = (shift + field->bits + 7u) / 8u; n > 0; n--) {
        bits = bits << 8 | data[first + n - 1];
    }
    *raw = bits >> shift & all_ones(field);
    assert(first + (shift + field->bits + 7u) / 8u <= length);
    return true;
}

int field_put_raw(const struct field *field, uint8_t *data, size_t length, uint64_t raw) {
    if (!inside(field, length) || field->bits > 64 || raw > all_ones(field)) {
        return -1;
    }
    unsigned shift = field->bit - 1u;
    assert(shift + field->bits <= 64);
    uint64_t mask = all_ones(field) << shift, bits = raw << shift;
    for (uint8_t *at = data + field->byte - 1; mask != 0; at++, mask >>= 8, bits >>= 8) {
        *at = (uint8_t)((*at & ~mask) | bits);
    }
    uint64_t back = ~raw;
    bool read = field_raw(field, data, length, &back);
    assert(read && back == raw); /* what is coded reads back the same */
    return 0;
}

/* Packed decimal, low byte first. False when a digit is above 9. */
static bool decimal_from_raw(uint64_t raw, unsigned bits, double *value) {
    assert(bits % 4 == 0 && bits <= 64);
    uint64_t number = 0;
    for (unsigned digit = bits / 4; digit > 0; digit--) {
        uint64_t nibble = raw >> 4 * (digit - 1) & 0xF;
        if (nibble > 9) {
            return false;
        }
        number = number * 10 + nibble;
    }
    *value = (double)number;
    return true;
}

static uint64_t decimal_to_raw(uint64_t number) {
    uint64_t raw = 0;
    for (unsigned shift = 0; number != 0; shift += 4, number /= 10) {
        raw |= number % 10 << shift;
    }
    return raw;
}

/* The label of a raw value; inline for the decoder's sake. */
static inline const struct field_label *label_of(const struct field *field, uint64_t raw) {
    if (field->labels != NULL) {
        for (const struct field_label *label = field->labels; label->en != NULL; label++) {
            if (label->raw == raw) {
                return label;
            }
        }
    }
    return NULL;
}

const struct field_label *field_label(const struct field *field, uint64_t raw) {
    return label_of(field, raw);
}

static enum field_state decimal_state(const struct field *field, uint64_t raw, double *value) {
    if (!decimal_from_raw(raw, field->bits, value)) {
        return FIELD_OUT_OF_RANGE;
    }
    bool legal = *value >= field->min && *value <= field->max;
    return legal ? FIELD_VALUE : FIELD_OUT_OF_RANGE;
}

/* What a raw value says. *value is NAN when called. */
static inline enum field_state state_of(const struct field *field, uint64_t raw, double *value) {
    const struct field_label *label = label_of(field, raw);
    if (raw == all_ones(field) && label == NULL && !(field->flags & FIELD_FULL)) {
        return FIELD_NOT_SUPPLIED;
    }
    if (field->kind == FIELD_BCD) {
        return decimal_state(field, raw, value);
    }
    *value = ((double)raw + field->offset * field->steps) / field->steps;
    if (field->labels != NULL) {
        return label == NULL      ? FIELD_OUT_OF_RANGE
               : label->untrusted ? FIELD_UNTRUSTED
                                  : FIELD_VALUE;
    }
    /* Half a step of slack: the printed range need not fall on a step. */
    bool printed = field->min <= field->max;
    double slack = field->scale / 2;
    bool legal = !printed || (*value >= field->min - slack && *value <= field->max + slack);
    return legal ? FIELD_VALUE : FIELD_OUT_OF_RANGE;
}

enum field_state field_get(const struct field *field, const uint8_t *data, size_t length,
                           double *value) {
    *value = (double)NAN;
    if (!inside(field, length)) {
        return FIELD_ABSENT;
    }
    if (field->kind == FIELD_ASCII) {
        return FIELD_TEXT;
    }
    uint64_t raw = 0;
    field_raw(field, data, length, &raw);
    return state_of(field, raw, value);
}

static void put_ones(const struct field *field, uint8_t *data) {
    assert(field->byte >= 1 && field->bit >= 1 && field->bit <= 8);
    size_t first = (size_t)(field->byte - 1) * 8 + field->bit - 1u;
    for (size_t bit = first; bit < first + field->bits; bit++) {
        data[bit / 8] = (uint8_t)(data[bit / 8] | 1u << bit % 8);
    }
}

int field_put(const struct field *field, uint8_t *data, size_t length, double value) {
    if (!inside(field, length)) {
        return -1;
    }
    if (isnan(value)) {
        put_ones(field, data);
        return 0;
    }
    if (field->kind == FIELD_ASCII) {
        return -1;
    }
    bool decimal = field->kind == FIELD_BCD;
    double raw = round((value - field->offset) / field->scale);
    double max = (double)(decimal ? decimal_max(field) : all_ones(field));
    if (raw < 0 || raw > max) {
        return -1;
    }
    uint64_t bits = (uint64_t)raw;
    assert((double)bits == raw); /* rounded already */
    return field_put_raw(field, data, length, decimal ? decimal_to_raw(bits) : bits);
}

size_t field_text(const struct field *field, const uint8_t *data, size_t length, char *text,
                  size_t size) {
    assert(size > 0);
    size_t used = 0;
    if (field->kind == FIELD_ASCII && inside(field, length)) {
        for (const uint8_t *at = data + field->byte - 1;
             used + 1 < size && used < field->bits / 8u && at[used] != 0 && at[used] != 0xFF;
             used++) {
            text[used] = (char)(at[used] >= 0x20 && at[used] < 0x7F ? at[used] : '?');
        }
    }
    text[used] = '\0';
    assert(used < size && used <= field->bits / 8u);
    return used;
}

int field_put_text(const struct field *field, uint8_t *data, size_t length, const char *text) {
    size_t room = field->bits / 8u, used = strlen(text);
    if (field->kind != FIELD_ASCII || !inside(field, length) || used > room) {
        return -1;
    }
    uint8_t *at = data + field->byte - 1;
    memset(at, 0xFF, room);
    memcpy(at, text, used);
    return 0;
}

static int decimals(double scale) {
    return scale >= 1 ? 0 : scale >= 0.1 ? 1 : 2;
}

void field_print(const struct field *field, const uint8_t *data, size_t length, bool chinese,
                 char *text, size_t size) {
    double value;
    uint64_t raw = 0;
    enum field_state state = field_get(field, data, length, &value);
    field_raw(field, data, length, &raw);
    const struct field_label *label = field_label(field, raw);
    if (state == FIELD_TEXT && field_text(field, data, length, text, size) > 0) {
        return;
    }
    if (state == FIELD_ABSENT || state == FIELD_NOT_SUPPLIED || state == FIELD_TEXT) {
        snprintf(text, size, "%s", chinese ? "未提供" : "not supplied");
    } else if (label != NULL) {
        snprintf(text, size, "0x%02X %s", (unsigned)raw, chinese ? label->zh : label->en);
    } else if (isnan(value)) {
        snprintf(text, size, "0x%llX ?", (unsigned long long)raw);
    } else {
        snprintf(text, size, "%.*f%s%s%s", decimals(field->scale), value,
                 field->unit[0] != '\0' ? " " : "", field->unit,
                 state == FIELD_OUT_OF_RANGE ? (chinese ? "（超出范围）" : " (out of range)") : "");
    }
}

size_t message_encode(const struct message *message, enum edition edition, const double *values,
                      uint8_t *data, size_t *bad) {
    size_t length = message_blank(message, edition, data);
    assert(message->field_count <= MESSAGE_FIELDS_MAX);
    for (size_t i = 0; i < message->field_count; i++) {
        const struct field *field = &message->fields[i];
        bool there = inside(field, length); /* else the edition ends before it */
        if (there && field_put(field, data, length, values[i]) != 0) {
            if (bad != NULL) {
                *bad = i;
            }
            return 0;
        }
    }
    return length;
}

/* Payloads of one frame: eight bytes at once, then a shift and a mask a field. */
static size_t decode_frame(const struct message *message, const uint8_t *data, size_t length,
                           double *values, enum field_state *states) {
    uint64_t word = 0;
    assert(length <= sizeof word);
    for (size_t i = length; i > 0; i--) {
        word = word << 8 | data[i - 1];
    }
    size_t present = 0;
    for (size_t i = 0; i < message->field_count; i++) {
        const struct field *field = &message->fields[i];
        unsigned first = (field->byte - 1u) * 8u + field->bit - 1u;
        values[i] = (double)NAN;
        if (first + field->bits > length * 8) {
            states[i] = FIELD_ABSENT;
        } else if (field->kind == FIELD_ASCII) {
            states[i] = FIELD_TEXT;
        } else {
            states[i] = state_of(field, word >> first & all_ones(field), &values[i]);
            present += isnan(values[i]) ? 0 : 1;
        }
    }
    return present;
}

size_t message_decode(const struct message *message, const uint8_t *data, size_t length,
                      double *values, enum field_state *states) {
    assert(message->field_count <= MESSAGE_FIELDS_MAX);
    if (length <= 8) {
        return decode_frame(message, data, length, values, states);
    }
    size_t present = 0;
    for (size_t i = 0; i < message->field_count; i++) {
        states[i] = field_get(&message->fields[i], data, length, &values[i]);
        present += isnan(values[i]) ? 0 : 1;
    }
    return present;
}
