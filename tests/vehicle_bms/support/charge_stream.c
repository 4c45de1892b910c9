/* SPDX-License-Identifier: MIT */
#include "tests/vehicle_bms/support/charge_stream.h"

enum message_index code_of(const char *code) {
    const struct message *message = message_by_code(code);
    ck_assert_ptr_nonnull(message);
    return message_index(message);
}

static size_t bytes_of(const char *text, uint8_t *data, size_t room) {
    size_t count = 0;
    char *end;
    for (const char *at = text; *at != '\0' && count < room; at = end) {
        data[count++] = (uint8_t)strtoul(at, &end, 16);
        while (*end == ' ') {
            end++;
        }
    }
    return count;
}

static void push_us(struct stream *stream, int64_t at_us, enum message_index of, uint32_t id,
                    const uint8_t *data, size_t length) {
    ck_assert_uint_lt(stream->count, STREAM_MAX);
    struct stream_frame *new = &stream->frames[stream->count];
    *new = (struct stream_frame){.at_ns = at_us * 1000, .of = of, .order = stream->count++};
    new->frame = (struct can_frame_ext){.id = id, .extended = true, .len = (uint8_t)length};
    memcpy(new->frame.data, data, length);
}

void raw(struct stream *stream, int64_t at_ms, const char *id, const char *text) {
    uint8_t data[8];
    size_t length = bytes_of(text, data, sizeof data);
    push_us(stream, at_ms * 1000, MESSAGE_COUNT, (uint32_t)strtoul(id, NULL, 16), data, length);
}

void transfer(struct stream *stream, int64_t at_ms, enum message_index of, const uint8_t *data,
              size_t length) {
    uint32_t pgn = messages[of].pgn;
    uint8_t count = (uint8_t)((length + 6) / 7), p1 = (uint8_t)(pgn >> 8);
    uint8_t rts[8] = {0x10, (uint8_t)length, (uint8_t)(length >> 8), count, 0xFF, 0, p1, 0};
    uint8_t cts[8] = {0x11, count, 1, 0xFF, 0xFF, 0, p1, 0};
    uint8_t ack[8] = {0x13, (uint8_t)length, (uint8_t)(length >> 8), count, 0xFF, 0, p1, 0};
    int64_t at_us = at_ms * 1000;
    push_us(stream, at_us, of, 0x1CEC56F4, rts, 8);
    push_us(stream, at_us += 1000, of, 0x1CECF456, cts, 8);
    for (uint8_t n = 0; n < count; n++) {
        uint8_t packet[8] = {(uint8_t)(n + 1)};
        for (size_t i = 0; i < 7; i++) {
            size_t from = n * 7u + i;
            packet[i + 1] = from < length ? data[from] : 0xFF;
        }
        push_us(stream, at_us += 8000, of, 0x1CEB56F4, packet, 8);
    }
    push_us(stream, at_us + 500, of, 0x1CECF456, ack, 8);
}

void put(struct stream *stream, int64_t at_ms, const char *code, const char *text) {
    uint8_t data[64];
    enum message_index of = code_of(code);
    size_t length = bytes_of(text, data, sizeof data);
    size_t longest = message_form(&messages[of], stream->edition)->lengths[0];
    if (stream->edition == EDITION_2011 && length > longest) {
        length = longest; /* CML, CCS and CSD are shorter there, and begin alike */
    }
    if (messages[of].transport) {
        transfer(stream, at_ms, of, data, length);
    } else {
        push_us(stream, at_ms * 1000, of, message_id(&messages[of]), data, length);
    }
}

void repeat(struct stream *stream, const char *code, int64_t from_ms, int64_t to_ms,
            int64_t period_ms, const char *text) {
    for (int64_t at = from_ms; at < to_ms; at += period_ms) {
        put(stream, at, code, text);
    }
}

void put_brm(struct stream *stream, int64_t at_ms) {
    const struct message *brm = &messages[MESSAGE_BRM];
    uint8_t data[MESSAGE_LENGTH_MAX];
    size_t length = message_blank(brm, stream->edition, data);
    field_put(field_find(brm, "version_minor"), data, length, 1);
    field_put(field_find(brm, "version_major"), data, length, 1);
    field_put(field_find(brm, "battery_type"), data, length, 3);
    field_put(field_find(brm, "rated_capacity"), data, length, 200);
    field_put(field_find(brm, "rated_voltage"), data, length, 480);
    field_put_text(field_find(brm, "vin"), data, length, "LPILEBENCH0000001");
    transfer(stream, at_ms, MESSAGE_BRM, data, length);
}

void start(struct stream *stream, int64_t at) {
    if (stream->edition != EDITION_2011) {
        repeat(stream, "CHM", at + T_CHM, at + T_CRM_00, 250, CHM_V11);
        repeat(stream, "BHM", at + T_BHM, at + T_CRM_00, 250, BHM_V);
    }
    put(stream, at + T_CRM_00, "CRM", CRM_00);
    put_brm(stream, at + T_BRM);
    put(stream, at + T_CRM_AA, "CRM", CRM_AA);
    put(stream, at + T_BCP, "BCP", BCP_MAX);
    repeat(stream, "CML", at + T_CML, at + T_CRO_00, 250, CML_MAX);
    repeat(stream, "CTS", at + T_CML + 1, at + T_CRO_00, 500, CTS_TIME);
    repeat(stream, "BRO", at + T_BRO_00, at + T_BRO_AA, 250, "00");
    repeat(stream, "BRO", at + T_BRO_AA, at + T_BCL, 250, "AA");
    repeat(stream, "CRO", at + T_CRO_00, at + T_CRO_AA, 250, "00");
    put(stream, at + T_CRO_AA, "CRO", "AA");
}

void charging(struct stream *stream, int64_t at, int64_t to) {
    const char *ccs = stream->edition == EDITION_2023 ? "A0 0F B8 0B 01 00 FD" : CCS_OK;
    repeat(stream, "BCL", at + T_BCL, to, 50, BCL_OK);
    repeat(stream, "BCS", at + T_BCL + 5, to - 30, 250, BCS_OK);
    repeat(stream, "BSM", at + T_BCL + 40, to, 250, BSM_OK);
    repeat(stream, "CCS", at + T_CCS, to, 50, ccs);
}

void ending(struct stream *stream, int64_t at) {
    repeat(stream, "CST", at + T_CST, at + T_CSD, 10, CST_HAND);
    repeat(stream, "BST", at + T_BST, at + T_BSD, 10, BST_CST);
    put(stream, at + T_BSD, "BSD", BSD_OK);
    repeat(stream, "CSD", at + T_CSD, at + T_END, 250,
           stream->edition == EDITION_2011 ? "01 00 05 00 01" : CSD_OK);
}

void stream_init(struct stream *stream, enum edition edition) {
    memset(stream, 0, sizeof *stream);
    stream->edition = edition;
    stream->limits = rules_limits_default;
}

void charge_at(struct stream *stream, int64_t at_ms) {
    start(stream, at_ms);
    charging(stream, at_ms, at_ms + T_CST);
    ending(stream, at_ms);
}

void charge(struct stream *stream) {
    stream_init(stream, EDITION_2015);
    charge_at(stream, 0);
}

/* "*": every frame; "charger", "BMS": all that one side sends. */
static bool is_of(const struct stream_frame *frame, const char *what) {
    bool charger = (frame->frame.id & 0xFF) == ADDRESS_CHARGER;
    if (strcmp(what, "*") == 0) {
        return true;
    }
    if (strcmp(what, "charger") == 0 || strcmp(what, "BMS") == 0) {
        return charger == (what[0] == 'c');
    }
    return frame->of == code_of(what);
}

void drop(struct stream *stream, const char *what, int64_t from_ms, int64_t to_ms) {
    for (size_t i = 0; i < stream->count; i++) {
        struct stream_frame *frame = &stream->frames[i];
        if (frame->at_ns >= from_ms * MS && frame->at_ns < to_ms * MS && is_of(frame, what)) {
            frame->gone = true;
        }
    }
}

void shift(struct stream *stream, const char *what, int64_t from_ms, int64_t to_ms, int64_t by_us) {
    for (size_t i = 0; i < stream->count; i++) {
        struct stream_frame *frame = &stream->frames[i];
        if (frame->at_ns >= from_ms * MS && frame->at_ns < to_ms * MS && is_of(frame, what)) {
            frame->at_ns += by_us * 1000;
        }
    }
}

void say(struct stream *stream, const char *code, int64_t from_ms, int64_t to_ms,
         const char *text) {
    for (size_t i = 0; i < stream->count; i++) {
        struct stream_frame *frame = &stream->frames[i];
        if (frame->at_ns >= from_ms * MS && frame->at_ns < to_ms * MS && is_of(frame, code)) {
            frame->frame.len = (uint8_t)bytes_of(text, frame->frame.data, 8);
        }
    }
}

int by_time(const void *a, const void *b) {
    const struct stream_frame *one = a, *two = b;
    if (one->at_ns != two->at_ns) {
        return one->at_ns < two->at_ns ? -1 : 1;
    }
    return one->order < two->order ? -1 : 1;
}

static void collect(char *ids, size_t size, const char *id) {
    if (ids[0] != '\0') {
        strncat(ids, " ", size - strlen(ids) - 1);
    }
    strncat(ids, id, size - strlen(ids) - 1);
}

void done_at(struct stream *stream, enum rules_told what, int64_t at_ms) {
    ck_assert_uint_lt(stream->told_count, sizeof stream->told / sizeof stream->told[0]);
    stream->told[stream->told_count].what = what;
    stream->told[stream->told_count++].at_ms = at_ms;
}

/* All that was done up to then. */
static size_t told_until(struct stream *stream, size_t next, int64_t at_ns) {
    for (; next < stream->told_count && stream->told[next].at_ms * MS <= at_ns; next++) {
        rules_tell(stream->rules, stream->told[next].what, stream->told[next].at_ms * MS);
    }
    return next;
}

const char *judged(struct stream *stream) {
    int64_t last_ns = 0;
    size_t place = 0, told = 0;
    rules_free(stream->rules);
    qsort(stream->frames, stream->count, sizeof stream->frames[0], by_time);
    stream->rules = rules_new(stream->edition, &stream->limits, !stream->no_clock);
    ck_assert_ptr_nonnull(stream->rules);
    rules_resolution(stream->rules, stream->resolution_ns);
    if (stream->lossless) {
        rules_lossless(stream->rules);
    }
    for (size_t i = 0; i < stream->count; i++) {
        const struct stream_frame *frame = &stream->frames[i];
        if (!frame->gone) {
            if (++place == stream->lost_at) {
                rules_lost(stream->rules, place);
            }
            if (place == stream->jump_at) {
                rules_jumped(stream->rules, place);
            }
            last_ns = frame->at_ns;
            told = told_until(stream, told, last_ns);
            rules_frame(stream->rules, last_ns, place, &frame->frame);
        }
    }
    told_until(stream, told, stream->end_ms * MS);
    rules_finish(stream->rules, stream->end_ms > 0 ? stream->end_ms * MS : last_ns);
    stream->failed[0] = stream->unclear[0] = '\0';
    for (size_t i = 0; i < rules_count(stream->rules); i++) {
        const struct rule_result *result = rules_result(stream->rules, i);
        if (result->verdict == RULE_FAIL) {
            collect(stream->failed, sizeof stream->failed, result->id);
        } else if (result->verdict == RULE_INCONCLUSIVE) {
            collect(stream->unclear, sizeof stream->unclear, result->id);
        }
    }
    return stream->failed;
}

const struct rule_result *result_of(const struct stream *stream, const char *id) {
    for (size_t i = 0; i < rules_count(stream->rules); i++) {
        if (strcmp(rules_result(stream->rules, i)->id, id) == 0) {
            return rules_result(stream->rules, i);
        }
    }
    ck_abort_msg("no rule %s", id);
    return NULL;
}

void stream_free(struct stream *stream) {
    rules_free(stream->rules);
    stream->rules = NULL;
}
