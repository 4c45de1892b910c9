/* SPDX-License-Identifier: MIT */
#include "vehicle_bms/message/print.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A message on its way onto the page. */
struct page {
    const struct message *message;
    const uint8_t *data;
    size_t length;
    bool chinese;
    char *text;
    size_t size, used;
    unsigned items;
    bool quiet; /* a state was normal and has not been mentioned */
    bool loud;  /* a state was not */
};

static void put(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct page *page, const char *format, ...) {
    assert(page->used < page->size); /* the NUL has room, whatever was cut */
    va_list arguments;
    size_t room = page->size - page->used;
    va_start(arguments, format);
    int length = vsnprintf(page->text + page->used, room, format, arguments);
    va_end(arguments);
    size_t wanted = length < 0 ? 0 : (size_t)length;
    page->used += wanted < room ? wanted : room - 1;
}

static void begin(struct page *page) {
    if (page->items++ > 0) {
        put(page, page->chinese ? "，" : ", ");
    }
}

static const char *name_of(const struct page *page, const struct field *field) {
    return page->chinese ? field->zh : field->en;
}

static const char *unit_of(const struct field *field) {
    return strcmp(field->unit, "degC") == 0 ? "°C" : field->unit;
}

static void put_number(struct page *page, const struct field *field, double value) {
    int decimals = field->scale >= 1 ? 0 : field->scale >= 0.1 ? 1 : 2;
    const char *unit = unit_of(field);
    put(page, "%.*f%s%s", decimals, value, unit[0] != '\0' && unit[0] != '%' ? " " : "", unit);
}

static enum field_state get(const struct page *page, const struct field *field, double *value) {
    return field_get(field, page->data, page->length, value);
}

static const struct field *next_fields(const struct page *page, size_t first, unsigned count,
                                       double *values) {
    assert(first + count <= page->message->field_count);
    for (unsigned i = 0; i < count; i++) {
        get(page, &page->message->fields[first + i], &values[i]);
        if (isnan(values[i])) {
            return NULL;
        }
    }
    return &page->message->fields[first];
}

/* ---- fields that are read together ---- */

static void put_version(struct page *page, const double *v) {
    put(page, "%s V%.0f.%.0f", page->chinese ? "协议版本" : "protocol version", v[1], v[0]);
}

static void put_clock(struct page *page, const double *v) {
    put(page, "%04.0f-%02.0f-%02.0f %02.0f:%02.0f:%02.0f", v[5], v[4], v[3], v[2], v[1], v[0]);
}

static void put_production(struct page *page, const double *v) {
    put(page, "%s %04.0f-%02.0f-%02.0f", page->chinese ? "生产日期" : "produced", v[0], v[1], v[2]);
}

static void put_software(struct page *page, const double *v) {
    put(page,
        page->chinese ? "BMS软件 %04.0f-%02.0f-%02.0f 第%.0f次编译"
                      : "software of %04.0f-%02.0f-%02.0f, build %.0f",
        v[3], v[2], v[1], v[0]);
}

static void put_hottest(struct page *page, const double *v) {
    put(page, page->chinese ? "最高温度 %.0f °C（检测点%.0f）" : "highest %.0f °C (sensor %.0f)",
        v[0], v[1]);
}

static void put_coldest(struct page *page, const double *v) {
    put(page, page->chinese ? "最低温度 %.0f °C（检测点%.0f）" : "lowest %.0f °C (sensor %.0f)",
        v[0], v[1]);
}

static const struct compound {
    enum message_index message;
    const char *first;
    unsigned fields;
    void (*put)(struct page *page, const double *values);
} compounds[] = {
    {MESSAGE_CHM, "version_minor", 2, put_version},
    {MESSAGE_BRM, "version_minor", 2, put_version},
    {MESSAGE_BRM, "year", 3, put_production},
    {MESSAGE_BRM, "software_build", 4, put_software},
    {MESSAGE_CTS, "second", 6, put_clock},
    {MESSAGE_BSM, "temperature_max", 2, put_hottest},
    {MESSAGE_BSM, "temperature_min", 2, put_coldest},
};
#define COMPOUND_FIELDS 6

/* Returns how many fields it has put; 0: none begins here, or not all of them have a value. */
static unsigned put_compound(struct page *page, size_t first) {
    enum message_index index = message_index(page->message);
    double values[COMPOUND_FIELDS];
    for (size_t i = 0; i < sizeof compounds / sizeof compounds[0]; i++) {
        const struct compound *one = &compounds[i];
        assert(one->fields >= 1 && one->fields <= COMPOUND_FIELDS);
        if (one->message != index || strcmp(page->message->fields[first].name, one->first) != 0 ||
            next_fields(page, first, one->fields, values) == NULL) {
            continue;
        }
        begin(page);
        one->put(page, values);
        return one->fields;
    }
    return 0;
}

/* ---- single fields ---- */

/* Messages whose fields name what is wrong: "insulation fault" needs no "abnormal" behind it. */
static bool says_by_name(const struct message *message) {
    enum message_index index = message_index(message);
    return index == MESSAGE_BST || index == MESSAGE_CST || index == MESSAGE_BEM ||
           index == MESSAGE_CEM;
}

static void put_label(struct page *page, const struct field *field,
                      const struct field_label *label) {
    const char *meaning = page->chinese ? label->zh : label->en;
    bool by_name = says_by_name(page->message) && label->raw == 1;
    begin(page);
    if (page->message->field_count == 1) { /* the message's own name has said it */
        put(page, "%s", meaning);
    } else if (by_name) {
        put(page, "%s", name_of(page, field));
    } else {
        put(page, "%s %s", name_of(page, field), meaning);
    }
    if (field->bits == 8) { /* people talk of CRM(AA) */
        put(page, page->chinese ? "（%02X）" : " (%02X)", label->raw);
    }
}

static void put_text(struct page *page, const struct field *field) {
    char text[32];
    if (field_text(field, page->data, page->length, text, sizeof text) > 0) {
        begin(page);
        put(page, "%s %s", name_of(page, field), text);
    }
}

static void put_unknown(struct page *page, const struct field *field, enum field_state state) {
    if (state == FIELD_NOT_SUPPLIED && !(field->flags & FIELD_OPTIONAL)) {
        begin(page);
        put(page, "%s %s", name_of(page, field), page->chinese ? "未提供" : "not supplied");
    }
}

static void put_value(struct page *page, const struct field *field, enum field_state state,
                      double value) {
    uint64_t raw = 0;
    field_raw(field, page->data, page->length, &raw);
    begin(page);
    put(page, "%s ", name_of(page, field));
    if (field->labels != NULL || isnan(value)) { /* a state or digit that the table does not have */
        put(page, "0x%0*llX", (field->bits + 3) / 4, (unsigned long long)raw);
    } else {
        put_number(page, field, value);
    }
    if (state == FIELD_OUT_OF_RANGE) {
        put(page, page->chinese ? "（超出范围）" : " (out of range)");
    }
}

static void put_field(struct page *page, const struct field *field) {
    double value;
    uint64_t raw = 0;
    enum field_state state = get(page, field, &value);
    if (state == FIELD_TEXT) {
        put_text(page, field);
        return;
    }
    if (state == FIELD_ABSENT || state == FIELD_NOT_SUPPLIED) {
        put_unknown(page, field, state);
        return;
    }
    field_raw(field, page->data, page->length, &raw);
    if (field->flags & FIELD_QUIET) {
        page->quiet |= raw == 0;
        page->loud |= raw != 0;
        if (raw == 0) {
            return;
        }
    }
    const struct field_label *label = field_label(field, raw);
    if (label != NULL) {
        put_label(page, field, label);
    } else {
        put_value(page, field, state, value);
    }
}

/* ---- repeated fields ---- */

struct span {
    unsigned supplied, unknown, lowest, highest; /* elements, from 1 */
    double min, max;
    bool out_of_range;
};

static struct span span_of(const struct page *page, const struct field *field) {
    struct span span = {0};
    for (unsigned n = 0; n < field->repeat; n++) {
        struct field one = field_element(field, n);
        double value;
        enum field_state state = get(page, &one, &value);
        if (state == FIELD_ABSENT) {
            break;
        }
        if (isnan(value)) {
            span.unknown++;
            continue;
        }
        if (span.supplied == 0 || value < span.min) {
            span.min = value;
            span.lowest = n + 1;
        }
        if (span.supplied == 0 || value > span.max) {
            span.max = value;
            span.highest = n + 1;
        }
        span.out_of_range |= state == FIELD_OUT_OF_RANGE;
        span.supplied++;
    }
    assert(span.supplied == 0 || (span.min <= span.max && span.lowest >= 1 && span.highest >= 1));
    assert(span.supplied + span.unknown <= field->repeat);
    return span;
}

static void put_span(struct page *page, const struct field *field) {
    assert(field->repeat > 1);
    struct span span = span_of(page, field);
    if (span.supplied > 0) {
        begin(page);
        put(page, "%u× %s ", span.supplied, name_of(page, field));
        put_number(page, field, span.min);
        if (span.max > span.min) {
            put(page, " (#%u) … ", span.lowest);
            put_number(page, field, span.max);
            put(page, " (#%u)", span.highest);
        }
        if (span.out_of_range) {
            put(page, page->chinese ? "（有超出范围）" : " (some out of range)");
        }
        if (span.unknown > 0) {
            put(page, page->chinese ? "（%u个未提供）" : " (%u not supplied)", span.unknown);
        }
    }
}

/* ---- the whole ---- */

/* Said before the first field that is no state, or at the end: the states stand together. */
static void sum_up(struct page *page) {
    if (page->quiet && !page->loud) {
        begin(page);
        put(page, page->chinese ? "均正常" : "all normal");
    }
    page->quiet = page->loud = false;
}

static void cut_between_characters(struct page *page) {
    size_t at = page->used;
    while (at > 0 && ((unsigned char)page->text[at - 1] & 0xC0) == 0x80) {
        at--;
    }
    unsigned char lead = at > 0 ? (unsigned char)page->text[at - 1] : 0;
    size_t needed = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (lead >= 0xC0 && page->used - at + 1 < needed) {
        page->used = at - 1;
        page->text[page->used] = '\0';
    }
}

size_t message_print(const struct message *message, const uint8_t *data, size_t length,
                     bool chinese, char *text, size_t size) {
    assert(size > 0);
    struct page page = {.message = message,
                        .data = data,
                        .length = length,
                        .chinese = chinese,
                        .text = text,
                        .size = size};
    text[0] = '\0';
    for (size_t i = 0; i < message->field_count;) {
        const struct field *field = &message->fields[i];
        unsigned together = put_compound(&page, i);
        if (together == 0) {
            if (!(field->flags & FIELD_QUIET)) {
                sum_up(&page);
            }
            if (field->repeat > 1) {
                put_span(&page, field);
            } else {
                put_field(&page, field);
            }
            together = 1;
        }
        i += together;
    }
    sum_up(&page);
    if (page.items == 0) {
        put(&page, chinese ? "未提供任何内容" : "nothing supplied");
    }
    cut_between_characters(&page);
    assert(page.used < size);
    return page.used;
}

size_t message_text_columns(const char *text) {
    size_t columns = 0;
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        if ((*at & 0xC0) != 0x80) {
            columns += *at >= 0xE3 ? 2 : 1; /* U+3000 and above: CJK, full-width forms */
        }
    }
    return columns;
}
