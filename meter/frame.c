/* SPDX-License-Identifier: MIT */
#include "meter/frame.h"

#include <assert.h>
#include <string.h>

#define START      0x68
#define END        0x16
#define WAKE_UP    0xFE
#define OFFSET     0x33
#define BROADCAST  0x99
#define AT_SECOND  7 /* of the second 68 */
#define AT_CONTROL 8
#define AT_LENGTH  9
#define AT_DATA    10
#define OVERHEAD   12
#define NOISE_MAX  64 /* bytes of noise told as one */

static uint8_t sum(const uint8_t *bytes, size_t count) {
    unsigned total = 0;
    for (size_t i = 0; i < count; i++) {
        total += bytes[i];
    }
    return (uint8_t)total;
}

size_t meter_frame_encode(const struct meter_frame *frame, uint8_t bytes[METER_FRAME_BYTES_MAX]) {
    size_t length = frame->length;
    if (length > METER_READ_DATA_MAX) {
        return 0;
    }
    bytes[0] = bytes[AT_SECOND] = START;
    memcpy(bytes + 1, frame->address, sizeof frame->address);
    bytes[AT_CONTROL] = frame->control;
    bytes[AT_LENGTH] = frame->length;
    for (size_t i = 0; i < length; i++) {
        bytes[AT_DATA + i] = (uint8_t)(frame->data[i] + OFFSET);
    }
    bytes[AT_DATA + length] = sum(bytes, AT_DATA + length);
    bytes[AT_DATA + length + 1] = END;
    assert(OVERHEAD + length >= METER_FRAME_BYTES_MIN &&
           OVERHEAD + length <= METER_FRAME_BYTES_MAX);
    return OVERHEAD + length;
}

/* ---- addresses ---- */

static int digit_of(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c == 'A' || c == 'a' ? 0xA : -1;
}

bool meter_address_from_text(const char *text, uint8_t address[6]) {
    size_t length = strlen(text);
    uint8_t built[6] = {0};
    if (length < 1 || length > 12) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        int digit = digit_of(text[length - 1 - i]);
        if (digit < 0) {
            return false;
        }
        built[i / 2] |= (uint8_t)(digit << (i % 2 * 4));
    }
    assert(length <= 2 * sizeof built);
    memcpy(address, built, sizeof built);
    return true;
}

void meter_address_to_text(const uint8_t address[6], char text[METER_ADDRESS_TEXT]) {
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < 6; i++) {
        text[2 * i] = digits[address[5 - i] >> 4];
        text[2 * i + 1] = digits[address[5 - i] & 0xF];
    }
    text[12] = '\0';
}

bool meter_address_is_broadcast(const uint8_t address[6]) {
    for (size_t i = 0; i < 6; i++) {
        if (address[i] != BROADCAST) {
            return false;
        }
    }
    return true;
}

bool meter_address_matches(const uint8_t asked[6], const uint8_t own[6]) {
    if (meter_address_is_broadcast(asked)) {
        return true;
    }
    for (size_t i = 0; i < 6; i++) {
        if (asked[i] != METER_WILDCARD && asked[i] != own[i]) {
            return false;
        }
    }
    return true;
}

/* ---- parser ---- */

void meter_parser_init(struct meter_parser *parser,
                       void (*frame)(void *ctx, int64_t first_ns, int64_t last_ns,
                                     const struct meter_frame *frame),
                       void (*damage)(void *ctx, int64_t at_ns, enum meter_damage damage,
                                      const uint8_t *bytes, size_t count),
                       void *ctx) {
    parser->gap_ns = METER_GAP_NS;
    parser->accept_bare = parser->bare = false;
    parser->frame = frame;
    parser->damage = damage;
    parser->ctx = ctx;
    parser->count = 0;
    parser->ending = false;
}

static void drop(struct meter_parser *parser, size_t count) {
    assert(count > 0 && count <= parser->count);
    parser->count -= count;
    memmove(parser->bytes, parser->bytes + count, parser->count);
    memmove(parser->at_ns, parser->at_ns + count, parser->count * sizeof parser->at_ns[0]);
}

/* The first bytes are given up; wake-up bytes are no loss. */
static void give_up(struct meter_parser *parser, size_t count, enum meter_damage damage) {
    assert(count > 0 && count <= parser->count);
    bool all_wake_up = true;
    for (size_t i = 0; i < count; i++) {
        all_wake_up = all_wake_up && parser->bytes[i] == WAKE_UP;
    }
    if (!all_wake_up && parser->damage != NULL) {
        parser->damage(parser->ctx, parser->at_ns[0], damage, parser->bytes, count);
    }
    drop(parser, count);
}

/* Bytes up to the next that may start a frame. At least one: the first has proven not to. */
static size_t to_next_start(const struct meter_parser *parser, size_t from) {
    size_t at = from;
    while (at < parser->count && parser->bytes[at] != START) {
        at++;
    }
    return at;
}

static void deliver(struct meter_parser *parser, size_t whole) {
    struct meter_frame frame = {.control = parser->bytes[AT_CONTROL],
                                .length = parser->bytes[AT_LENGTH]};
    assert(whole == (size_t)OVERHEAD + frame.length && whole <= parser->count);
    int64_t first = parser->at_ns[0], last = parser->at_ns[whole - 1];
    memcpy(frame.address, parser->bytes + 1, sizeof frame.address);
    for (size_t i = 0; i < frame.length; i++) {
        frame.data[i] = (uint8_t)(parser->bytes[AT_DATA + i] - (parser->bare ? 0 : OFFSET));
    }
    drop(parser, whole);
    parser->frame(parser->ctx, first, last, &frame);
}

/* The sum as it is, or (then *bare) with 33H put back to the data. */
static bool sum_fits(const uint8_t *bytes, size_t whole, bool accept_bare, bool *bare) {
    assert(whole >= METER_FRAME_BYTES_MIN);
    uint8_t is = sum(bytes, whole - 2), wanted = bytes[whole - 2];
    uint8_t put_back = (uint8_t)(is + OFFSET * bytes[AT_LENGTH]);
    *bare = is != wanted && accept_bare && put_back == wanted;
    return is == wanted || *bare;
}

bool meter_frame_is_whole(const uint8_t *bytes, size_t count, bool bare) {
    bool is_bare;
    return count >= METER_FRAME_BYTES_MIN && bytes[0] == START && bytes[AT_SECOND] == START &&
           count == OVERHEAD + (size_t)bytes[AT_LENGTH] && bytes[count - 1] == END &&
           sum_fits(bytes, count, bare, &is_bare);
}

/* One step: a frame found, bytes given up (true), or more bytes needed (false). */
static bool advance(struct meter_parser *parser) {
    const uint8_t *bytes = parser->bytes;
    size_t noise = to_next_start(parser, 0);
    if (noise > 0) {
        /* Told in one piece, once its end is known. */
        if (noise == parser->count && !parser->ending && noise < NOISE_MAX) {
            return false;
        }
        give_up(parser, noise, METER_DAMAGE_NOISE);
        return parser->count > 0;
    }
    if (parser->count > AT_SECOND && bytes[AT_SECOND] != START) {
        give_up(parser, to_next_start(parser, 1), METER_DAMAGE_NOISE);
        return true;
    }
    if (parser->count <= AT_LENGTH) {
        return false;
    }
    if (bytes[AT_LENGTH] > METER_READ_DATA_MAX) {
        give_up(parser, to_next_start(parser, 1), METER_DAMAGE_LENGTH);
        return true;
    }
    size_t whole = OVERHEAD + (size_t)bytes[AT_LENGTH];
    assert(whole <= METER_FRAME_BYTES_MAX); /* it will have room */
    if (parser->count < whole) {
        return false;
    }
    if (bytes[whole - 1] != END) {
        give_up(parser, to_next_start(parser, 1), METER_DAMAGE_END);
    } else if (!sum_fits(bytes, whole, parser->accept_bare, &parser->bare)) {
        give_up(parser, to_next_start(parser, 1), METER_DAMAGE_CHECKSUM);
    } else {
        deliver(parser, whole);
    }
    return parser->count > 0;
}

void meter_parser_end(struct meter_parser *parser) {
    parser->ending = true;
    while (parser->count > 0) {
        if (!advance(parser) && parser->count > 0) {
            give_up(parser, to_next_start(parser, 1), METER_DAMAGE_GAP);
        }
    }
    parser->ending = false;
    assert(parser->count == 0);
}

void meter_parser_byte(struct meter_parser *parser, int64_t at_ns, uint8_t byte) {
    if (parser->count > 0 && at_ns - parser->last_ns > parser->gap_ns) {
        meter_parser_end(parser);
    }
    assert(parser->count < METER_FRAME_BYTES_MAX); /* a whole one has been taken out */
    parser->bytes[parser->count] = byte;
    parser->at_ns[parser->count++] = at_ns;
    parser->last_ns = at_ns;
    while (parser->count > 0 && advance(parser)) {
    }
    assert(parser->count == 0 || parser->count < NOISE_MAX || parser->bytes[0] == START);
}

/* ---- texts ---- */

const char *meter_control_text(uint8_t control, bool chinese) {
    static const struct {
        uint8_t function;
        const char *en, *zh;
    } texts[] = {
        {METER_SECURITY, "security", "安全认证"},
        {METER_BROADCAST_TIME, "broadcast time", "广播校时"},
        {METER_READ, "read data", "读数据"},
        {METER_READ_MORE, "read following data", "读后续数据"},
        {METER_READ_ADDRESS, "read address", "读通信地址"},
        {METER_WRITE, "write data", "写数据"},
        {METER_WRITE_ADDRESS, "write address", "写通信地址"},
        {METER_FREEZE, "freeze", "冻结命令"},
        {METER_BAUD, "change baud rate", "更改通信速率"},
        {METER_PASSWORD, "change password", "修改密码"},
        {METER_CLEAR_DEMAND, "clear maximum demand", "最大需量清零"},
        {METER_CLEAR, "clear meter", "电表清零"},
        {METER_CLEAR_EVENTS, "clear events", "事件清零"},
        {METER_SWITCH, "trip, close, alarm, hold", "跳合闸、报警、保电"},
        {METER_TERMINAL, "multi-function terminal", "多功能端子输出控制"},
        /* DL/T 645-1997 has the same frame and other codes: told, not read. */
        {0x01, "read data (DL/T 645-1997)", "读数据（DL/T 645-1997）"},
        {0x02, "read following data (DL/T 645-1997)", "读后续数据（DL/T 645-1997）"},
        {METER_WRITE_1997, "write data (DL/T 645-1997)", "写数据（DL/T 645-1997）"},
        {METER_PASSWORD_1997, "change password (DL/T 645-1997)", "修改密码（DL/T 645-1997）"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i].function == (control & METER_FUNCTION)) {
            return chinese ? texts[i].zh : texts[i].en;
        }
    }
    return chinese ? "未知控制码" : "unknown control code";
}

const char *meter_error_text(uint8_t bit, bool chinese) {
    switch (bit) {
    case METER_ERROR_OTHER:
        return chinese ? "其他错误" : "other error";
    case METER_ERROR_NO_DATA:
        return chinese ? "无请求数据" : "no such data";
    case METER_ERROR_PASSWORD:
        return chinese ? "密码错或未授权" : "wrong password or no permission";
    case METER_ERROR_BAUD:
        return chinese ? "通信速率不能更改" : "baud rate cannot be changed";
    case METER_ERROR_ZONES:
        return chinese ? "年时区数超" : "too many year zones";
    case METER_ERROR_PERIODS:
        return chinese ? "日时段数超" : "too many day periods";
    case METER_ERROR_TARIFFS:
        return chinese ? "费率数超" : "too many tariffs";
    default:
        return chinese ? "保留" : "reserved";
    }
}

const char *meter_damage_text(enum meter_damage damage, bool chinese) {
    static const struct {
        const char *en, *zh;
    } texts[] = {
        [METER_DAMAGE_NOISE] = {"bytes outside any frame", "帧外字节"},
        [METER_DAMAGE_CHECKSUM] = {"wrong checksum", "校验码错误"},
        [METER_DAMAGE_END] = {"no end byte 16", "缺少结束符16H"},
        [METER_DAMAGE_LENGTH] = {"length beyond 200", "数据域长度超过200"},
        [METER_DAMAGE_GAP] = {"frame cut off", "帧不完整"},
    };
    assert((unsigned)damage < sizeof texts / sizeof texts[0]);
    return chinese ? texts[damage].zh : texts[damage].en;
}
