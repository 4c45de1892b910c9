/* SPDX-License-Identifier: MIT */
/* Every field of every edition over its whole raw range (all raw values up to 16 bits; above that
 * the edges and many from a seed): it comes back, its neighbours stay, and its state is the one
 * that the table says. The bits are counted here once more, one by one. */
#include "vehicle_bms/message/messages.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEEDED 20000 /* raw values of fields above 16 bits */

static uint64_t next_random(uint64_t *state) {
    *state += UINT64_C(0x9E3779B97F4A7C15); /* splitmix64 */
    uint64_t z = *state;
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static const struct message *message_here(int i, enum edition *edition) {
    *edition = (enum edition)(i / MESSAGE_COUNT);
    return message_of_edition(&messages[i % MESSAGE_COUNT], *edition);
}

/* The longest payload of the edition. */
static size_t longest(const struct message *message, enum edition edition) {
    const struct message_form *form = message_form(message, edition);
    size_t length = form->lengths[0];
    return form->lengths[1] > length ? form->lengths[1] : length;
}

static bool reaches(const struct field *field, size_t length) {
    return (field->byte - 1u) * 8u + field->bit - 1u + field->bits <= length * 8;
}

static uint64_t bits_one_by_one(const struct field *field, const uint8_t *data) {
    uint64_t raw = 0;
    for (unsigned i = 0; i < field->bits; i++) {
        unsigned at = (field->byte - 1u) * 8u + field->bit - 1u + i;
        raw |= (uint64_t)(data[at / 8] >> at % 8 & 1) << i;
    }
    return raw;
}

static bool is_own(const struct field *field, size_t bit) {
    size_t first = (field->byte - 1u) * 8u + field->bit - 1u;
    return bit >= first && bit < first + field->bits;
}

static bool only_its_bits_differ(const struct field *field, const uint8_t *before,
                                 const uint8_t *after, size_t length) {
    size_t last = (field->byte - 1u) + (field->bit - 1u + field->bits + 7u) / 8u;
    for (size_t byte = 0; byte < length; byte++) {
        if (before[byte] == after[byte]) {
            continue;
        }
        for (size_t bit = 0; bit < 8; bit++) {
            bool differs = ((before[byte] ^ after[byte]) >> bit & 1) != 0;
            if (differs && (byte >= last || !is_own(field, byte * 8 + bit))) {
                return false;
            }
        }
    }
    return true;
}

static uint64_t ones(const struct field *field) {
    return field->bits == 64 ? UINT64_MAX : (UINT64_C(1) << field->bits) - 1;
}

static bool is_decimal(uint64_t raw) {
    for (; raw != 0; raw >>= 4) {
        if ((raw & 0xF) > 9) {
            return false;
        }
    }
    return true;
}

/* The double nearest to the decimal number: as printed with the decimals of the step and read. */
static double nearest(const struct field *field, uint64_t raw) {
    char text[64];
    int decimals = field->scale >= 1 ? 0 : field->scale >= 0.1 ? 1 : 2;
    long double exact = (long double)raw * (long double)field->scale + field->offset;
    snprintf(text, sizeof text, "%.*Lf", decimals, exact);
    return strtod(text, NULL);
}

/* What the header promises about a raw value, said in another way than the decoder does. */
static enum field_state wanted_state(const struct field *field, uint64_t raw, double value) {
    const struct field_label *label = field_label(field, raw);
    double min, max;
    if (label != NULL) {
        return label->untrusted ? FIELD_UNTRUSTED : FIELD_VALUE;
    }
    if (raw == ones(field) && !(field->flags & FIELD_FULL)) {
        return FIELD_NOT_SUPPLIED;
    }
    if (field->labels != NULL || (field->kind == FIELD_BCD && !is_decimal(raw))) {
        return FIELD_OUT_OF_RANGE;
    }
    field_range(field, &min, &max);
    bool inside = value > min - field->scale * 0.75 && value < max + field->scale * 0.75;
    return inside ? FIELD_VALUE : FIELD_OUT_OF_RANGE;
}

static const char *wrong_with(const struct field *field, uint64_t raw, const uint8_t *around,
                              size_t length) {
    uint8_t data[MESSAGE_LENGTH_MAX], again[MESSAGE_LENGTH_MAX];
    uint64_t back = ~raw;
    double value;
    memcpy(data, around, length);
    if (field_put_raw(field, data, length, raw) != 0) {
        return "cannot be put";
    }
    if (bits_one_by_one(field, data) != raw) {
        return "stands in other bits";
    }
    if (!only_its_bits_differ(field, around, data, length)) {
        return "touches its neighbours";
    }
    if (!field_raw(field, data, length, &back) || back != raw) {
        return "comes back as another raw value";
    }
    enum field_state state = field_get(field, data, length, &value);
    if (state != wanted_state(field, raw, value)) {
        return "has a state that the table does not say";
    }
    if (isnan(value)) {
        return state == FIELD_NOT_SUPPLIED || (field->kind == FIELD_BCD && !is_decimal(raw))
                   ? NULL
                   : "has no value";
    }
    if (field->kind != FIELD_BCD && value != nearest(field, raw)) {
        return "is not the double nearest to its decimal value";
    }
    memcpy(again, around, length);
    if (field_put(field, again, length, value) != 0 || memcmp(again, data, length) != 0) {
        return "does not come back through its value";
    }
    return NULL;
}

static void check_raw(const struct message *message, const struct field *field, uint64_t raw,
                      size_t length, uint64_t *seed) {
    uint8_t around[MESSAGE_LENGTH_MAX];
    for (size_t i = 0; i < length; i += 8) {
        uint64_t random = next_random(seed);
        memcpy(around + i, &random, length - i < 8 ? length - i : 8);
    }
    const char *wrong = wrong_with(field, raw, around, length);
    if (wrong != NULL) { /* an assertion each would take minutes */
        ck_abort_msg("%s.%s, raw 0x%llX of %u bits: %s", message->code, field->name,
                     (unsigned long long)raw, field->bits, wrong);
    }
}

static uint64_t check_field(const struct message *message, const struct field *field, size_t length,
                            uint64_t *seed) {
    uint64_t done = 0;
    if (field->bits <= 16) {
        for (uint64_t raw = 0; raw <= ones(field); raw++, done++) {
            check_raw(message, field, raw, length, seed);
        }
        return done;
    }
    const uint64_t edges[] = {0,
                              1,
                              ones(field) - 1,
                              ones(field),
                              ones(field) / 2,
                              ones(field) / 2 + 1,
                              UINT64_C(0x5555555555555555) & ones(field),
                              UINT64_C(0xAAAAAAAAAAAAAAAA) & ones(field)};
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++, done++) {
        check_raw(message, field, edges[i], length, seed);
    }
    for (; done < SEEDED; done++) {
        check_raw(message, field, next_random(seed) & ones(field), length, seed);
    }
    return done;
}

/* All elements of a repeated field by their edges, the first, a middle and the last one in full. */
START_TEST(every_raw_value_round_trips) {
    enum edition edition;
    const struct message *message = message_here(_i, &edition);
    size_t length = longest(message, edition);
    uint64_t seed = (uint64_t)_i, done = 0;
    for (size_t i = 0; i < message->field_count; i++) {
        const struct field *field = &message->fields[i];
        for (unsigned n = 0; n < field->repeat && field->kind != FIELD_ASCII; n++) {
            struct field one = field_element(field, n);
            if (!reaches(&one, length)) {
                continue;
            }
            if (n == 0 || n == field->repeat / 2u || n + 1u == field->repeat) {
                done += check_field(message, &one, length, &seed);
            } else {
                check_raw(message, &one, 0, length, &seed);
                check_raw(message, &one, ones(&one), length, &seed);
            }
        }
    }
    ck_assert_uint_ge(done, 1);
}
END_TEST

/* Texts: every byte at every place, and that the rest stays. */
START_TEST(texts_round_trip) {
    enum edition edition;
    const struct message *message = message_here(_i, &edition);
    size_t length = longest(message, edition);
    for (size_t i = 0; i < message->field_count; i++) {
        const struct field *field = &message->fields[i];
        size_t room = field->bits / 8u;
        if (field->kind != FIELD_ASCII || !reaches(field, length)) {
            continue;
        }
        for (unsigned character = 0x20; character < 0x7F; character++) {
            uint8_t data[MESSAGE_LENGTH_MAX] = {0}, before[MESSAGE_LENGTH_MAX] = {0};
            char text[32] = "", back[32];
            memset(text, (int)character, room);
            ck_assert_int_eq(field_put_text(field, data, length, text), 0);
            ck_assert(only_its_bits_differ(field, before, data, length));
            ck_assert_uint_eq(field_text(field, data, length, back, sizeof back), room);
            ck_assert_str_eq(back, text);
        }
    }
}
END_TEST

/* The decoder of whole messages says bit for bit what field_get says, at every length. */
START_TEST(decode_is_field_get) {
    enum edition edition;
    const struct message *message = message_here(_i, &edition);
    uint64_t seed = 77 + (uint64_t)_i;
    uint8_t data[MESSAGE_LENGTH_MAX];
    size_t lengths = longest(message, edition) + 1;
    for (unsigned round = 0; round < 2000; round++) {
        size_t length = round % lengths;
        for (size_t k = 0; k < length; k++) {
            uint64_t random = next_random(&seed);
            data[k] = random >> 60 == 0 ? 0xFF : (uint8_t)random;
        }
        double values[MESSAGE_FIELDS_MAX], value;
        enum field_state states[MESSAGE_FIELDS_MAX];
        size_t present = 0, told = message_decode(message, data, length, values, states);
        for (size_t i = 0; i < message->field_count; i++) {
            enum field_state state = field_get(&message->fields[i], data, length, &value);
            ck_assert_int_eq(state, states[i]);
            ck_assert_int_eq(memcmp(&value, &values[i], sizeof value), 0);
            present += isnan(value) ? 0 : 1;
        }
        ck_assert_uint_eq(present, told);
    }
}
END_TEST

/* A single bit of 0 is a fault exactly where no field owns it, whatever the length. */
START_TEST(reserved_is_what_no_field_owns) {
    enum edition edition;
    const struct message *message = message_here(_i, &edition);
    static const size_t lengths[] = {1, 7, 8, 49, 511, 512, 700};
    static bool owned[700 * 8];
    for (size_t i = 0; i < message->field_count; i++) {
        for (unsigned n = 0; n < message->fields[i].repeat; n++) {
            struct field one = field_element(&message->fields[i], n);
            size_t first = (one.byte - 1u) * 8u + one.bit - 1u;
            memset(owned + first, true, one.bits);
        }
    }
    for (size_t k = 0; k < sizeof lengths / sizeof lengths[0]; k++) {
        uint8_t data[700];
        memset(data, 0xFF, sizeof data);
        ck_assert(message_reserved_ok(message, data, lengths[k]));
        for (size_t bit = 0; bit < lengths[k] * 8; bit++) {
            data[bit / 8] = (uint8_t) ~(1u << bit % 8);
            if (message_reserved_ok(message, data, lengths[k]) != owned[bit]) {
                ck_abort_msg("%s: bit %zu of %zu bytes", message->code, bit, lengths[k]);
            }
            data[bit / 8] = 0xFF;
        }
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("fields");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 240);
    tcase_add_loop_test(all, every_raw_value_round_trips, 0, EDITIONS * MESSAGE_COUNT);
    tcase_add_loop_test(all, texts_round_trip, 0, EDITIONS * MESSAGE_COUNT);
    tcase_add_loop_test(all, decode_is_field_get, 0, EDITIONS * MESSAGE_COUNT);
    tcase_add_loop_test(all, reserved_is_what_no_field_owns, 0, EDITIONS * MESSAGE_COUNT);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
